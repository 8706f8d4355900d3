# Scopes.
x = "global"
def f(x):
    r = [[x for x in range(x)] for x in range(x + 1)]
    return r, x, [x for x in [x + 1]], {x: y for y, x in [(1, 2)]}, x
print(f(2))
def g():
    fs = [lambda: i for i in range(3)]
    gs = [lambda i=i: i for i in range(3)]
    hs = [(lambda: (i, j)) for i in range(2) for j in range(2)]
    return [k() for k in fs], [k() for k in gs], [k() for k in hs]
print(g())
def outer_same(i):
    def inner(): return i
    a = [i for i in range(3)]
    b = [lambda: i for i in range(2)]
    return inner(), a, b[0](), i
print(outer_same("keep"))
def loop():
    out = []
    for n in range(2):
        out.append([q for q in range(n)])
        q = n
        out.append(q)
    return out, q
print(loop())
def wal():
    if any((m := v) > 2 for v in range(5)): pass
    l = [last := v for v in range(4)]
    d = {w: (w2 := w) for w in "ab"}
    return m, last, l, d, w2
print(wal())
def exc_in_comp():
    try: [1 // z for z in (1, 0)]
    except ZeroDivisionError: pass
    try: z
    except NameError as e: return str(e), locals()
print(exc_in_comp())
class C:
    x = "class"
    a = [x for _ in (1,)] if False else [1]
    y = [v for v in [x]]
    fs = [lambda: x for _ in (1,)]
    def m(self): return x, __class__.__name__
    @property
    def p(self): return super().__class__
    __priv = 1
    def q(self): self.__z = C.__priv; return self.__dict__
    z = [__x for __x in (1, 2)]
    def s(self): self.aa = 1; self.bb = 2
print(C.y, C.fs[0](), C().m(), C().p, C().q(), sorted(k for k in C.__dict__ if "_C" in k), C.z, C.__static_attributes__, C.__firstlineno__)
def nl():
    a = 1
    class D:
        nonlocal a
        a = 2
        b = a
        def m(self): nonlocal a; a += 1; return a
    return D.b, D().m(), a, hasattr(D, "a")
print(nl())
class E:
    global GG
    GG = 5
    def GH(): pass
print(GG, hasattr(E, "GG"))
def dflt(a, b=x, *, c=[v for v in "ab"], **k): return a, b, c, k
print(dflt(1), dflt.__defaults__, dflt.__kwdefaults__)
class P:
    x = "P.x"
    class Q:
        y = x
        def m(self): return x
print(P.Q.y, P.Q().m())
def clsfree():
    x = "fn"
    class R:
        y = x
        x = "R"
        z = x
        w = [x for _ in "a"]
        def m(self): return x
    return R.y, R.z, R.w, R().m()
print(clsfree())
def ex():
    ns = {}
    exec("a = 1\ndef f(): return a\nb = [a + i for i in range(2)]\nclass K:\n  c = a", {}, ns) if False else exec("a = 1\nb = [i for i in range(2)]", {}, ns)
    return ns
print(ex())
exec("global zz; zz = 3; yy = [zz for _ in (1,)]", globals(), l := {}); print(zz, l)
def rec(n): return n and [rec(n - 1) for _ in range(1)]
print(rec(3))
def gx():
    y = 1
    g = (y + i for i in range(3))
    y = 10
    return list(g), list((i, j) for i in range(2) for j in range(i + 1) if i or j)
print(gx())
def dels():
    a = 1
    def h(): return a
    del a
    try: h()
    except NameError as e: r = str(e)
    a = 2
    return r, h()
print(dels())
def cellparam(a, b, *args, c=3, **kw):
    def inner(): return a, b, args, c, kw
    a += 1
    return inner
print(cellparam(1, 2, 4, c=5, d=6)())
def many_closures():
    r = []
    for i in range(2):
        def f(i=i):
            def g(): return i
            i += 1
            return g
        r.append(f())
    return [k() for k in r]
print(many_closures())
def annot():
    z: undefined_name = 5
    (w): also_undefined = 6
    return z, w
print(annot(), annot.__annotations__)
class An:
    a: int
    b: "str" = 1
    if True: c: float
    if False: d: float
    __e: int = 2
print(An.__annotations__)
def fa(a: int, /, b: "x" = 1, *c: float, d: list = [], **e: dict) -> None: pass
print(fa.__annotations__)
m1: int = 1
if m1: m2: str
print(__annotations__ if "__annotations__" in globals() else __annotate__(1))
type A1 = list[A1]
type A2[T, *U, **V] = tuple[T]
print(A1.__name__, A2.__type_params__, A2.__value__)
def gen1[T: int, U: (int, str) = str, *Ts = *tuple[int], **P = [int]](a: T, b=3) -> U: return b
print(gen1(1), gen1.__type_params__, gen1.__type_params__[0].__bound__, gen1.__type_params__[1].__constraints__, gen1.__type_params__[1].__default__, gen1.__type_params__[3].__default__)
