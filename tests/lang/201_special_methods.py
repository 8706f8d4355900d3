# Operators and protocols by special methods.
class V:
    def __init__(self, *c): self.c = c
    def __repr__(self): return "V" + repr(self.c)
    def __add__(self, o): return V(*(a + b for a, b in zip(self.c, o.c))) if isinstance(o, V) else NotImplemented
    def __radd__(self, o): return ("radd", o)
    def __sub__(self, o): return "sub"
    def __rsub__(self, o): return "rsub"
    def __mul__(self, k): return V(*(a * k for a in self.c))
    __rmul__ = __mul__
    def __matmul__(self, o): return sum(a * b for a, b in zip(self.c, o.c))
    def __neg__(self): return self * -1
    def __pos__(self): return "pos"
    def __invert__(self): return "invert"
    def __abs__(self): return max(map(abs, self.c))
    def __eq__(self, o): return isinstance(o, V) and self.c == o.c
    def __lt__(self, o): return self.c < o.c
    def __hash__(self): return hash(self.c)
    def __len__(self): return len(self.c)
    def __getitem__(self, i): return self.c[i]
    def __contains__(self, x): return x in self.c
    def __bool__(self): return any(self.c)
    def __iter__(self): return iter(self.c)
    def __reversed__(self): return iter(self.c[::-1])
    def __call__(self, *a, **k): return ("called", a, k)
    def __truediv__(self, o): return "truediv"
    def __floordiv__(self, o): return "floordiv"
    def __mod__(self, o): return "mod"
    def __divmod__(self, o): return "divmod"
    def __pow__(self, o, m=None): return ("pow", o, m)
    def __lshift__(self, o): return "lshift"
    def __rshift__(self, o): return "rshift"
    def __and__(self, o): return "and"
    def __or__(self, o): return "or"
    def __xor__(self, o): return "xor"
    def __iadd__(self, o): self.c += (o,); return self
    def __int__(self): return 7
    def __float__(self): return 7.5
    def __index__(self): return 2
    def __complex__(self): return 1j
    def __round__(self, n=None): return ("round", n)
    def __trunc__(self): return "trunc"
    def __floor__(self): return "floor"
    def __format__(self, s): return f"fmt[{s}]"
    def __bytes__(self): return b"bytes"
    def __dir__(self): return ["b", "a"]
v, w = V(1, 2), V(3, 4)
print(v + w, 5 + v, v - 1, 1 - v, v * 2, 2 * v, v @ w, -v, +v, ~v, abs(w))
print(v == V(1, 2), v != w, v < w, v > w, sorted([w, v]), hash(v) == hash(V(1, 2)), {v: 1}[V(1, 2)])
print(len(v), v[0], v[-1], v[::-1], 2 in v, 9 in v, bool(V(0)), [*v], list(reversed(v)), v(1, k=2))
print(v / 1, v // 1, v % 1, divmod(v, 1), v ** 3, pow(v, 2, 5), v << 1, v >> 1, v & 1, v | 1, v ^ 1)
u = v
u += 9
print(v, u is v, int(v), float(v), complex(v), [10, 20, 30][v], hex(v), round(v), round(v, 2), f"{v:x}", bytes(v), dir(v))
for bad in (lambda: v + "x", lambda: v <= w, lambda: "x" @ v, lambda: object() + object(), lambda: object() < object(), lambda: -object(), lambda: len(5), lambda: 5[0], lambda: 5(), lambda: hash([]), lambda: abs("x"), lambda: 1 in 5, lambda: reversed(5), lambda: iter(5)):
    try: print(bad())
    except TypeError as e: print(e)
class E:
    def __eq__(self, o): return "eq"
    __ne__ = lambda self, o: "ne"
    def __lt__(self, o): return []
print(E() == 1, 1 == E(), E() != 1, E() < 1, 1 > E(), E.__hash__)
try: hash(E())
except TypeError as e: print(e)
class Sub(V):
    def __radd__(self, o): return "subclass first"
print(V(1) + Sub(1), Sub(1) + V(1))
class Attr:
    def __getattr__(self, n):
        if n.startswith("dyn"): return n.upper()
        raise AttributeError(n)
    def __setattr__(self, n, v): object.__setattr__(self, n, ("set", v))
    def __delattr__(self, n): print("del", n); object.__delattr__(self, n)
a = Attr(); a.x = 1
print(a.x, a.dyn_1, hasattr(a, "other")); del a.x; print(hasattr(a, "x"))
class GA:
    def __getattribute__(self, n): return f"attr {n}" if n != "__class__" else object.__getattribute__(self, n)
print(GA().anything, GA().__dict__)
class Items(dict):
    def __setitem__(self, k, v): super().__setitem__(k, v * 2)
    def __delitem__(self, k): print("delete", k); super().__delitem__(k)
i = Items(); i["a"] = 5; print(i["a"]); del i["a"]; print(i)
class BadLen:
    def __init__(self, n): self.n = n
    def __len__(self): return self.n
for n in (-1, "x", 2 ** 100, True):
    try: print(len(BadLen(n)))
    except (TypeError, ValueError, OverflowError) as e: print(type(e).__name__, e)
class BadStr:
    def __str__(self): return 5
    def __repr__(self): return None
    def __bool__(self): return 1
    def __hash__(self): return "x"
    def __iter__(self): return 5
    def __index__(self): return "x"
b = BadStr()
for f in (str, repr, bool, hash, iter, lambda b: [1][b]):
    try: f(b)
    except TypeError as e: print(e)
