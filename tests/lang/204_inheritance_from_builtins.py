# Subclasses of the builtin types.
class MyList(list):
    def __init__(self, *a): super().__init__(a); self.tag = "t"
    def append(self, x): super().append(x * 2)
    def __getitem__(self, i): return ("got", super().__getitem__(i))
l = MyList(1, 2); l.append(3); print(l, l.tag, l[0], len(l), list(l), isinstance(l, list), l + [1], type(l + [1]).__name__, type(l[:]).__name__, l.copy())
class MyDict(dict):
    def __missing__(self, k): self[k] = v = k * 2; return v
d = MyDict(a=1); print(d["x"], d, d.get("zz"), {**d}, dict(d), type(d.copy()).__name__)
class MyStr(str):
    def upper(self): return "UP:" + super().upper()
    def __add__(self, o): return MyStr(str.__add__(self, o))
s = MyStr("abc"); print(s, s.upper(), s.lower(), type(s + "d").__name__, type(s[1:]).__name__, s == "abc", {s: 1}["abc"], f"{s}", "%s" % s, s.join("xy"))
class MyInt(int):
    def __add__(self, o): return MyInt(int(self) + int(o) + 100)
    def __repr__(self): return f"MyInt({int(self)})"
i = MyInt(5); i.extra = 1; print(i, i + 1, 1 + i, i * 2, type(i * 2).__name__, i == 5, hash(i) == hash(5), [10, 20, 30, 40, 50, 60][i], range(i), i.extra, f"{i:d}", int(i))
class MyFloat(float): pass
print(MyFloat("2.5") + 1, MyFloat(1), type(-MyFloat(1)).__name__, MyFloat(1).is_integer())
class MyTuple(tuple):
    def __new__(cls, *a): return super().__new__(cls, a)
    @property
    def first(self): return self[0]
t = MyTuple(1, 2, 3); t.note = "x"; print(t, t.first, t + (4,), t == (1, 2, 3), hash(t) == hash((1, 2, 3)), len(t), t.note)
class MySet(set): pass
m = MySet([1, 2]); m.q = 1; print(m, m | {3}, type(m | {3}).__name__, type(m.copy()).__name__)
class MyBytes(bytes): pass
print(MyBytes(b"ab"), MyBytes(b"ab") + b"c", MyBytes(3))
class MyExc(ValueError):
    code = 5
    def __init__(self, msg, extra=None): super().__init__(msg); self.extra = extra
try: raise MyExc("boom", [1])
except ValueError as e: print(e, e.extra, e.code, e.args, repr(e))
class Bool2(int):
    def __bool__(self): return False
print("yes" if Bool2(5) else "no", bool(Bool2(1)), not Bool2(3))
class Eq(int):
    def __eq__(self, o): return True
    __hash__ = int.__hash__
print(Eq(1) == 2, 2 == Eq(1), [Eq(1)] == [5], Eq(1) in [7])
class Iter(list):
    def __iter__(self): return iter("hijack")
x = Iter([1, 2]); print(list(x), [*x], tuple(x), len(x), sorted(x), (lambda *a: a)(*x), x)
class Keys(dict):
    def keys(self): return ["a"]
    def __getitem__(self, k): return "item"
print({**Keys(b=1)}, (lambda **k: k)(**Keys(b=1)))
class M:
    def keys(self): return ["k1", "k2"]
    def __getitem__(self, k): return k.upper()
print(dict(M()), {**M()}, (lambda **k: k)(**M()))
class Comp(complex): pass
print(Comp(1, 2), Comp(1, 2) * 2)
class Fn:
    pass
class P(property): pass
class WithP:
    x = P(lambda s: 5)
print(WithP().x, isinstance(WithP.__dict__["x"], property))
class St(staticmethod): pass
class WithS:
    f = St(lambda: 6)
print(WithS.f(), WithS().f())
class Default(dict):
    def __init__(self, f): self.f = f
    def __missing__(self, k): v = self[k] = self.f(); return v
dd = Default(list); dd["a"].append(1); dd["a"].append(2); print(dd)
print([c.__name__ for c in MyInt.__mro__], MyList.__base__, bool.__mro__, int.__subclasses__()[0])
print(list.__len__(l), int.__add__(i, 1), str.upper(s), dict.__getitem__(d, "a"))
for bad in (lambda: int.__add__("x", 1), lambda: str.upper(5), lambda: list.append({}, 1), lambda: MyTuple.first.fget(5)[0], lambda: int.__new__(str), lambda: object.__new__(int), lambda: tuple.__new__(list)):
    try: print(bad())
    except TypeError as e: print(e)
