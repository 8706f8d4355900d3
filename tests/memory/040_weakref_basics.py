import weakref
class C:
    def __init__(self, name): self.name = name
c = C("c")
r = weakref.ref(c)
print(r() is c, r is weakref.ref(c), weakref.getweakrefcount(c))
s = weakref.ref(c, lambda ref: print("callback", ref is s, ref()))
print(r is s, r == s, hash(r) == hash(s), weakref.getweakrefcount(c))
del c
print(r(), s(), r == s, r == r)
print(s.__callback__)
try:
    weakref.ref(5)
except TypeError as e:
    print(e)
c = C("d")
r = weakref.ref(c)
try:
    del c
    hash(r)
except TypeError as e:
    print(e)
