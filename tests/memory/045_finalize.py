import weakref
class C: pass
c = C()
f = weakref.finalize(c, print, "finalized", 1, end="!\n")
print(f.alive, f.peek()[2])
del c
print(f.alive, f.peek())
c = C()
f = weakref.finalize(c, print, "called by hand")
f()
print(f.alive)
del c
c = C()
f = weakref.finalize(c, print, "detached")
f.detach()
del c
c = C()
weakref.finalize(c, print, "one at exit")
weakref.finalize(c, print, "two at exit")
x = weakref.finalize(c, print, "never"); x.atexit = False
print("end")
