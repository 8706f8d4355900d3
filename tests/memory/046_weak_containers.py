import weakref
class C:
    def __init__(self, n): self.n = n
    def __repr__(self): return "C(%r)" % self.n
a, b, c = C(1), C(2), C(3)
v = weakref.WeakValueDictionary(a=a, b=b)
k = weakref.WeakKeyDictionary({a: "A", c: "C"})
s = weakref.WeakSet([a, b, c])
print(sorted(v), len(k), len(s))
del a
print(sorted(v), len(k), len(s))
del b
print(sorted(v), list(k.items()), len(s))
for item in s:
    print(item)
del item
del c
print(len(v), len(k), len(s))
class M:
    def method(self): return "called"
m = M()
w = weakref.WeakMethod(m.method)
print(w()())
del m
print(w())
