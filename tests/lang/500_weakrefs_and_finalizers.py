# Objects die when the last reference goes: order of __del__, weak references, finalisers, resurrection.
import weakref
class D:
    def __init__(self, n): self.n = n
    def __del__(self): print("del", self.n)
    def __repr__(self): return f"D({self.n})"
d = D(1); d = None; print("after 1")
d = D(2); e = d; del d; print("still held"); del e; print("after 2")
def f(): x = D("local"); y = D("second"); print("in f")
f(); print("after f")
l = [D("a"), D("b"), D("c")]; del l[1]; l.pop(); l.clear(); print("cleared")
t = (D("t1"), [D("t2"), {"k": D("t3")}]); del t; D("temp"); print("after temp")
x = D("old"); x = D("new"); x.attr = D("attribute"); del x
dd = {"a": D("da"), "b": D("db")}; dd["a"] = None; del dd
def g():
    try: h = D("in try"); raise ValueError
    except ValueError: print("handler")
    print("after handler")
g()
def gen(): d = D("gen local"); yield 1; yield 2
i = gen(); next(i); del i; print("generator gone")
class R:
    saved = None
    def __del__(self): R.saved = self; print("resurrected")
r = R(); del r; print(R.saved is not None); R.saved = None; print("second death is silent")
class Bad:
    def __del__(self): raise RuntimeError("ignored")
import sys
old, sys.unraisablehook = sys.unraisablehook, lambda u: print("unraisable", type(u.exc_value).__name__, u.exc_value)
Bad(); sys.unraisablehook = old
class W: pass
w = W(); ref = weakref.ref(w, lambda r: print("callback", r() is None)); print(ref() is w, ref is not weakref.ref(w), weakref.ref(w) is weakref.ref(w), weakref.getweakrefcount(w), hash(ref) == hash(w), ref == weakref.ref(w)); del w; print(ref())
p = W(); p.v = 5; px = weakref.proxy(p); print(px.v, type(px).__name__); px.v = 6; print(p.v); del p
try: px.v
except ReferenceError as err: print(err)
vd = weakref.WeakValueDictionary(); k1, k2 = W(), W(); vd["a"], vd["b"] = k1, k2; print(sorted(vd)); del k1; print(sorted(vd), len(vd))
kd = weakref.WeakKeyDictionary(); kd[k2] = "val"; print(len(kd), kd[k2]); ws = weakref.WeakSet([k2]); del k2; print(len(kd), len(ws), len(vd))
class M:
    def meth(self): return "bound"
m = M(); wm = weakref.WeakMethod(m.meth); print(wm()()); del m; print(wm())
fin = weakref.finalize(o := W(), print, "finalize", 1, sep="-"); print(fin.alive, fin.peek()[2]); del o; print(fin.alive, fin())
for bad in (5, "s", [], {}, (), None, object()):
    try: weakref.ref(bad); print(type(bad).__name__, "ok")
    except TypeError as err: print(err)
for ok in ({1}, frozenset(), f, W, gen(), type("S", (list,), {})(), lambda: 0, len): print(type(weakref.ref(ok)).__name__, end=" ")
print()
class Sl: __slots__ = ("__weakref__",)
class NoW: __slots__ = ()
s = Sl(); print(weakref.ref(s)() is s)
try: weakref.ref(NoW())
except TypeError as err: print(err)
order = []; a = W(); refs = [weakref.ref(a, lambda r, n=n: order.append(n)) for n in range(3)]; del a; print(order)
class Node:
    def __init__(self, n): self.n = n
    def __del__(self): print("node", self.n)
head = None
for n in range(3): new = Node(n); new.next = head; head = new
del new; head = None; print("list gone")
class Outer:
    def __init__(self): self.a, self.b = D("first attr"), D("second attr")
    def __del__(self): print("outer")
Outer(); print("end")
z = D("at exit")
