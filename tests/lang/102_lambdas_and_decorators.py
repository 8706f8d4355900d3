# Lambdas and decorators of functions, methods and classes.
print((lambda: 1)(), (lambda x: x)(2), (lambda x, *a, y=3, **k: (x, a, y, k))(1, 2, z=4), (lambda *, k: k)(k=5))
print(list(map(lambda x: x ** 2, range(4))), sorted("bca", key=lambda c: -ord(c)), (lambda f: f(f))(lambda f: 7))
def shout(f):
    def wrapped(*a, **k):
        return f(*a, **k).upper() + "!"
    return wrapped
def repeat(n):
    print("repeat", n)
    def deco(f):
        print("deco", f.__name__)
        def wrapped(*a):
            return " ".join([f(*a)] * n)
        wrapped.__name__ = f.__name__
        return wrapped
    return deco
@shout
@repeat(2)
def greet(name):
    return "hi " + name
print(greet("bob"))
registry = {}
def register(key):
    return lambda f: registry.setdefault(key, f)
@register("a")
def fa(): return "fa"
@register("b")
def fb(): return "fb"
print({k: f() for k, f in registry.items()})
class Count:
    def __init__(self, f):
        self.f, self.n = f, 0
    def __call__(self, *a):
        self.n += 1
        return self.f(*a)
@Count
def hello(x): return x
hello(1); hello(2)
print(hello.n, hello(3))
def add_repr(cls):
    cls.__repr__ = lambda self: f"{cls.__name__}({self.__dict__})"
    return cls
@add_repr
class Point:
    def __init__(self, x): self.x = x
print(Point(3))
class M:
    @staticmethod
    def s(x): return x
    @classmethod
    def c(cls, x): return cls.__name__, x
    @property
    def p(self): return "prop"
    @shout
    def m(self): return "method"
print(M.s(1), M().s(2), M.c(3), M().c(4), M().p, M().m())
@lambda f: "replaced"
def gone(): pass
print(gone)
decos = [shout]
@decos[0]
def idx(): return "indexed"
print(idx())
@(lambda n: lambda f: (n, f()))(5)
def tup(): return 6
print(tup)
@type
def typed(): pass
print(typed)
def trace(tag):
    print("eval", tag)
    def d(f):
        print("apply", tag)
        return f
    return d
@trace(1)
@trace(2)
class T: pass
def memo(f):
    cache = {}
    def g(n):
        if n not in cache:
            cache[n] = f(n)
        return cache[n]
    return g
@memo
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(80))
