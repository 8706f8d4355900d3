import weakref
class Ref(weakref.ref):
    __slots__ = ("key", "__weakref__")
    def __new__(cls, ob, callback, key):
        self = super().__new__(cls, ob, callback)
        self.key = key
        return self
    def __init__(self, ob, callback, key): super().__init__(ob, callback)
    def __del__(self): print("reference dies", self.key)
class C: pass
c = C()
r = Ref(c, lambda r: print("callback", r.key), "k")
print(r() is c, r.key, weakref.getweakrefcount(c), isinstance(r, weakref.ref))
rr = weakref.ref(r)
del c
print(r())
del r
print(rr())
