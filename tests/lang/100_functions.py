# Function definitions, every kind of parameter, call errors.
def plain(): pass
def one(a): return a
def defaults(a, b=2, *, c=3): return a, b, c
def star(a, *args, k=None, **kw): return a, args, k, kw
def posonly(a, b=5, /, c=6, *, d=7): return a, b, c, d
def kwonly(*, x, y=1): return x, y
print(plain(), one(1), one(a=2), defaults(1), defaults(1, 3), defaults(1, c=9), defaults(b=5, a=4))
print(star(1), star(1, 2, 3), star(1, k=4, z=5), star(*[1, 2], **{"q": 3}), star(1, *[2], 3, **{"k": 4}, m=5))
print(posonly(1), posonly(1, 2, 3, d=4), posonly(1, c=3), kwonly(x=1), kwonly(y=2, x=3))
def kwshadow(a, /, **kw): return a, kw
print(kwshadow(1, a=2))
calls = [
    lambda: one(), lambda: one(1, 2), lambda: one(b=1), lambda: one(1, a=2), lambda: defaults(), lambda: defaults(1, 2, 3),
    lambda: defaults(1, 2, 3, c=4), lambda: kwonly(), lambda: kwonly(1), lambda: posonly(a=1), lambda: posonly(1, 2, 3, 4),
    lambda: plain(1), lambda: plain(x=1), lambda: star(), lambda: star(1, **{"a": 2}), lambda: (lambda a, b, c: 0)(1),
    lambda: (lambda a, b, c: 0)(), lambda: defaults(1, d=4), lambda: defaults(1, cc=4), lambda: 5(), lambda: None(1), lambda: one(*5), lambda: one(**[1]),
]
for c in calls:
    try:
        print(c())
    except TypeError as e:
        print(e)
def annotated(a: int, b: "str" = "x") -> list: return [a, b]
print(annotated(1), annotated.__annotations__, annotated.__name__, annotated.__qualname__, annotated.__defaults__, annotated.__doc__)
print(defaults.__kwdefaults__, posonly.__defaults__, star.__code__.co_varnames, star.__code__.co_argcount, posonly.__code__.co_posonlyargcount, kwonly.__code__.co_kwonlyargcount)
def doc():
    """The doc.

    More."""
print(doc.__doc__.splitlines()[0])
doc.attr = 5
print(doc.attr, doc.__dict__, doc.__module__)
def mutable(x, acc=[]):
    acc.append(x)
    return acc
print(mutable(1), mutable(2), mutable(3, []))
def recursive(n): return 1 if n < 2 else n * recursive(n - 1)
print(recursive(20), recursive(30))
fib = lambda n: n if n < 2 else fib(n - 1) + fib(n - 2)
print([fib(i) for i in range(15)])
def outer():
    def inner(): return inner.__qualname__
    return inner
print(outer()(), outer.__qualname__, (lambda: 0).__name__)
def multi(): return 1, 2
a, b = multi()
print(a, b, type(multi()))
def order(tag, v): print(tag, end=" "); return v
star(order("a", 1), *order("b", [2]), k=order("c", 3), **order("d", {"z": 4}))
print()
def dflt(x=order("default", 1), *, y=order("kwdefault", 2)): pass
print()
defaults.__defaults__ = (7,)
defaults.__kwdefaults__ = {"c": 8}
print(defaults(1))
def many(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, *rest): return a9, len(rest)
print(many(*range(300)))
print(eval("one(" + ",".join(["*[]"] * 100) + ",5)"), eval("star(" + ",".join(map(str, range(300))) + ")")[1][-1])
