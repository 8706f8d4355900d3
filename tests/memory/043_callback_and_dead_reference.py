import weakref
class C: pass
c = C()
r = weakref.ref(c, lambda r: print("never"))
del r
del c
print("the reference died first")
c = C()
c.r = weakref.ref(c, lambda r: print("held by the object itself"))
del c
print("--")
import gc
c = C(); d = C()
c.other = d; d.other = c
r = weakref.ref(c, lambda r: print("from outside", r()))
d.r = weakref.ref(c, lambda r: print("from inside"))
del c, d
gc.collect()
print(r())
