# Type parameters, type aliases, lazily evaluated annotations.
def first[T](xs: list[T]) -> T: return xs[0]
print(first([1, 2]), first.__type_params__, first.__annotations__["xs"])
class Box[T, *Ts, **P]:
    item: T
    def get[U](self, u: U) -> tuple[T, U]: return u
print(Box.__type_params__, Box[int, str, [bool]], Box.__parameters__, Box.__orig_bases__, Box().get(1), Box.get.__type_params__)
type Alias = list[int]
type Gen[K, V] = dict[K, list[V]]
type Rec = int | list[Rec]
print(Alias, Alias.__value__, Gen[str, int], Gen.__type_params__, Rec.__value__, type(Alias).__name__, Alias.__name__, Gen[str, int].__args__)
type Lazy = undefined_name
try: Lazy.__value__
except NameError as e: print(e)
def bounded[T: int, U: (str, bytes), V = float](x: T) -> U: ...
T, U, V = bounded.__type_params__
print(T.__bound__, U.__constraints__, V.__default__, T.__name__, T.has_default(), V.has_default(), T.__infer_variance__)
def late(x: not_yet, y: list[Later] = None) -> Later: ...
try: late.__annotations__
except NameError as e: print(e)
class Later: pass
not_yet = 5
print(late.__annotations__)
print(late.__annotate__(1).keys())
class C:
    a: int = 1
    b: "str"
    c: list[C]
    if False: d: int
print(C.__annotations__, C.a, hasattr(C, "b"))
x: int = 5
y: undefined_thing
try: __annotate__(1)
except NameError as e: print(e)
def scope[T]():
    def inner(v: T) -> T: return v
    return inner, T
i, t = scope(); print(i.__annotations__["v"] is t, scope.__type_params__[0] is t)
class Outer[A]:
    class Inner[B]:
        def m[C](self) -> (A, B, C): ...
print(Outer.Inner.m.__annotations__)
print(int | str, int | None, (int | str).__args__, isinstance(5, int | str), isinstance("x", int | None), list[int] | None, int | "fwd" if False else 1)
print(list[int], dict[str, list[int]], tuple[int, ...], list[int].__origin__, list[int].__args__, type[int], list[int]([1]), list[int] == list[int], list[T][int] if False else 2)
for src in ("def f[T, T](): pass", "class A[T: (yield)]: pass", "type X[T = int, U] = T", "def f[*T: int](): pass", "type x.y = 1", "def f[T](x): nonlocal T", "type A = (x := 1)", "def f(x: (yield)): pass"):
    try: compile(src, "s", "exec"); print("compiled", src)
    except SyntaxError as e: print(e.msg)
def deco(f): print("decorating", f.__name__, f.__type_params__); return f
@deco
def generic[Z](): pass
def default_not_in_scope[T](x=1, *, y: T = 2): return x, y
print(default_not_in_scope())
T = "global"
class Shadow[T]:
    print("class body sees", T)
    T2 = T
print(Shadow.T2 is Shadow.__type_params__[0], T)
class Base[T]:
    def __init_subclass__(cls, **k): print("sub", cls.__name__, cls.__type_params__)
class Derived[W](Base[W]): pass
class Concrete(Base[int]): pass
print(Derived.__mro__[1], Concrete.__orig_bases__, Derived[str])
async def agen[T](x: T): yield x
print(agen.__type_params__, (lambda: 0).__type_params__)
