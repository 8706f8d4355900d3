# The singletons, truth, object and type.
print(bool(), bool(0), bool(""), bool("0"), bool([]), bool([0]), bool(0.0), bool(None), bool(...), bool(NotImplemented) if False else "", bool(object()), True + 1, True == 1, True is 1 == False, repr(True), str(False), int(True), float(True), hash(True), True & False, True | 2, True ^ True, ~True + 0, -True, True < 2, "x" * True, [1, 2][True], True.real, True.bit_length(), bool.__mro__, isinstance(True, int), type(True + True), True // 1, f"{True:5}|{True:d}", max(True, 0), sum([True, True]))
print(None, repr(None), type(None), None == None, None is None, hash(None) == hash(None), type(None)(), type(...)(), type(NotImplemented)(), Ellipsis, ..., str(...), type(...).__name__, NotImplemented, type(NotImplemented))
for bad in (lambda: None.x, lambda: None(), lambda: None[0], lambda: None + 1, lambda: None < None, lambda: len(None), lambda: iter(None), lambda: int(None), lambda: type(None)(1), lambda: bool(1, 2), lambda: ....x, lambda: setattr(None, "x", 1), lambda: type("X", (bool,), {}), lambda: type("X", (type(None),), {}), lambda: None[0:1], lambda: setattr(int, "x", 1), lambda: setattr(object(), "x", 1), lambda: object(1), lambda: object().y, lambda: delattr(object(), "y"), lambda: bool(NotImplemented), lambda: float(...)):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
class T:
    def __init__(self, r): self.r = r
    def __bool__(self): return self.r
class L:
    def __init__(self, n): self.n = n
    def __len__(self): return self.n
class E(T):
    def __bool__(self): raise ValueError("no truth")
print(bool(T(True)), bool(T(False)), not T(True), bool(L(0)), bool(L(5)), [1 if x else 0 for x in (T(True), L(0))], T(False) or "or", T(True) and "and", any([T(False), L(2)]), all([T(True), L(0)]))
for f in (lambda: bool(E(1)), lambda: not E(1), lambda: 1 if E(1) else 2, lambda: E(1) and 1, lambda: bool(T(1)), lambda: bool(L(-1)), lambda: any([E(1)]), lambda: [x for x in [1] if E(1)]):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
o = object(); print(type(o), o == o, sorted(dir(o)), o.__eq__(1), o.__eq__(o), o.__lt__(1), type(type), type.__bases__, object.__base__)
print(1 < 2 < 3 > 2 != 5, 1 < 3 < 2, 1 == 1 == True, not not 5, not [], 1 in [1] == True, (1 in [1]) == True, None or 0 or "last", 1 and 0 and 2, 5 if [] else 6, (lambda: (yield))().__class__.__name__)
def side(v): print("side", v, end=";"); return v
print(side(1) < side(2) < side(0) < side(9)); print(side(0) or side(2) and side(3)); print(side(1) if side(0) else side(2))
