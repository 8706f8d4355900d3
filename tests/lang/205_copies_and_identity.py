# Shallow and deep copies, identity, equality.
import copy
a = [1, [2, 3], {"k": [4]}]
s, d = copy.copy(a), copy.deepcopy(a)
a[1].append("changed"); a[2]["k"].append("changed"); a.append("new")
print(a, s, d, sep="\n")
print(s[1] is a[1], d[1] is a[1], s == a, copy.copy((1, 2)) == (1, 2))
class P:
    def __init__(self, x): self.x = x
p = P([1]); q, r = copy.copy(p), copy.deepcopy(p)
p.x.append(2); print(q.x, r.x, type(q).__name__, q is p)
cyc = [1]; cyc.append(cyc); dc = copy.deepcopy(cyc); print(dc[1] is dc, dc is cyc, dc)
shared = [0]; pair = copy.deepcopy([shared, shared]); print(pair[0] is pair[1])
class Custom:
    def __copy__(self): return "copied"
    def __deepcopy__(self, memo): return "deep copied"
print(copy.copy(Custom()), copy.deepcopy([Custom()]))
class Slots:
    __slots__ = ("a", "b")
o = Slots(); o.a = [1]; o2, o3 = copy.copy(o), copy.deepcopy(o); print(o2.a is o.a, o3.a is o.a, o3.a, hasattr(o2, "b"))
class State:
    def __init__(self): self.v, self.cache = 1, "big"
    def __getstate__(self): return {"v": self.v}
    def __setstate__(self, st): self.__dict__.update(st, restored=True)
print(copy.copy(State()).__dict__)
class Red:
    def __init__(self, n): self.n = n
    def __reduce__(self): return (Red, (self.n + 1,))
print(copy.copy(Red(1)).n)
class L(list): pass
l = L([1, [2]]); l.tag = {"t"}; m = copy.deepcopy(l); print(m, m.tag, m.tag is l.tag, type(m).__name__)
for atom in (1, "s", None, 1.5, True, len, P, ..., range(3), frozenset([1]), b"x", type):
    assert copy.copy(atom) is atom and (copy.deepcopy(atom) is atom or atom == copy.deepcopy(atom)), atom
t = (1, [2]); u = copy.deepcopy(t); print(u == t, u is t, copy.deepcopy((1, 2)) is not None)
print(copy.deepcopy({1: {2: [3]}}), copy.copy({1, 2}), copy.deepcopy(bytearray(b"x")))
def f(): pass
print(copy.copy(f) is f, copy.deepcopy(f) is f)
try: copy.copy(iter([])).__class__; copy.deepcopy((i for i in ()))
except TypeError as e: print(e)
import copyreg
x = y = []
print(x is y, [] is [], x == [], id(x) == id(y), () is (), None is None)
n = float("nan"); print(n == n, [n] == [n], n in [n], [n].index(n), {n: 1}.get(n))
print(copy.replace.__name__, type(copy.Error))
