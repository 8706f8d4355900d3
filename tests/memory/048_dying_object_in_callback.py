import weakref
class C:
    def __init__(self, n): self.n = n
    def __del__(self): print("del", self.n, ref() is None)
c = C(1)
ref = weakref.ref(c, lambda r: print("callback sees", r()))
del c
c = C(2)
ref = weakref.ref(c)
del c
class D:
    def __del__(self):
        global r
        r = weakref.ref(self, lambda r: print("made while dying"))
        print("made", r() is self)
D()
print(r())
