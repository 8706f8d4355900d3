# Calls: every way of giving arguments to every kind of signature, from sites that run often; classes; conversions; super().
import itertools


def s0(): return ()
def s1(a): return a
def s2(a, b=2): return a, b
def s3(a, b=2, c=3): return a, b, c
def s4(a, /, b, *, c, d=4): return a, b, c, d
def s5(a=1, /, b=2, *, c=3, d=4): return a, b, c, d
def s6(*a, **k): return a, k
def s7(a, *b, c=3, **d): return a, b, c, d
def s8(a, b, c=3, *, d): return a, b, c, d
def s9(*, a=1, b=2): return a, b
def s10(a, /): return a
def s11(a, b=2, *, c=None, d=None, e=5, f=6, g=7, h=8, i=9, j=10): return a, b, c, d, e, f, g, h, i, j


calls = [
    lambda f: f(), lambda f: f(1), lambda f: f(1, 2), lambda f: f(1, 2, 3), lambda f: f(1, 2, 3, 4), lambda f: f(a=1), lambda f: f(b=1),
    lambda f: f(1, b=5), lambda f: f(1, c=5), lambda f: f(1, d=5), lambda f: f(1, b=5, c=6), lambda f: f(1, c=5, b=6), lambda f: f(1, 2, c=5),
    lambda f: f(1, 2, d=5), lambda f: f(1, 2, c=5, d=6), lambda f: f(1, 2, d=5, c=6), lambda f: f(1, a=2), lambda f: f(1, 2, b=3),
    lambda f: f(a=1, b=2, c=3, d=4), lambda f: f(d=1, c=2, b=3, a=4), lambda f: f(1, z=2), lambda f: f(1, b=2, z=3),
    lambda f: f(*(1, 2)), lambda f: f(*[1], **{"b": 2}), lambda f: f(*(), **{}), lambda f: f(1, *(2,), c=3), lambda f: f(**{"a": 1, "d": 2}),
    lambda f: f(1, b=2, c=3, d=4, e=5, f=6, g=7, h=8, i=9, j=0), lambda f: f(1, j=2, c=3), lambda f: f(1, e=2, j=3),
]


def outcome(call, f):
    try:
        return call(f)
    except TypeError as e:
        return str(e)


for f in (s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11):
    for call in calls:
        first = outcome(call, f)
        assert first == outcome(call, f) == outcome(call, f)
        print(f.__name__, first)


# The same through methods, bound methods, classes and objects with __call__.
class Through:
    made = None

    def __init__(self, a, b=2, *, c=3):
        self.made = a, b, c

    def method(self, a, b=2, *, c=3): return a, b, c
    def __call__(self, a, b=2, *, c=3): return a, b, c

    @classmethod
    def of_class(cls, a, b=2, *, c=3): return cls.__name__, a, b, c

    @staticmethod
    def static(a, b=2, *, c=3): return a, b, c


class Meta(type):
    def __call__(cls, *args, **kwargs): return "meta", cls.__name__, args, kwargs


class WithMeta(metaclass=Meta):
    pass


class Bare:
    pass


class BareChild(Bare):
    pass


class OnlyNew:
    def __new__(cls, *args): return args


def made(*args, **kwargs): return Through(*args, **kwargs).made


t = Through(0)
bound, of_class = t.method, Through.of_class
for call in calls:
    results = [outcome(call, f) for f in (t.method, bound, t, Through.of_class, of_class, t.of_class, Through.static, made, WithMeta, OnlyNew)]
    assert results == [outcome(call, f) for f in (t.method, bound, t, Through.of_class, of_class, t.of_class, Through.static, made, WithMeta, OnlyNew)]
    print(*results, sep=" | ")


def bare(cls):
    out = []
    for args, kwargs in ((), {}), ((1,), {}), ((), {"a": 1}):
        try:
            out.append(type(cls(*args, **kwargs)).__name__ if kwargs or args else type(cls()).__name__)
        except TypeError as e:
            out.append(str(e))
    return out


for i in range(3):
    print(bare(Bare), bare(BareChild), bare(object))
Bare.__init__ = lambda self, x=1: None
print(bare(Bare), bare(BareChild))
del Bare.__init__
Bare.__new__ = lambda cls, *a: object.__new__(BareChild)
print(bare(Bare), bare(BareChild))


# Defaults and code that change between calls.
def changing(a, b=1, *, c=2): return a, b, c
def replacement(a, b, *, c): return "replaced", a, b, c


def ask():
    return outcome(lambda f: f(0), changing), outcome(lambda f: f(0, c=9), changing)


for i in range(3):
    ask()
print(ask())
changing.__defaults__ = (10,)
changing.__kwdefaults__ = {"c": 20}
print(ask())
changing.__defaults__ = None
print(ask())
changing.__kwdefaults__ = None
print(ask())
changing.__defaults__ = (1, 2, 3)
changing.__code__ = replacement.__code__
print(ask())


# Conversions of one argument.
class I(int):
    def __str__(self): return "I!"
    def __int__(self): return 77


class S(str):
    def __str__(self): return "S!"


def conversions(v):
    out = []
    for f in (type, str, int, float, bool, len, abs):
        try:
            r = f(v)
            out.append((type(r).__name__, r if f is not type else r.__name__))
        except (TypeError, ValueError, OverflowError) as e:
            out.append(type(e).__name__)
    return out


for v in 5, -5, 2 ** 61, -2 ** 61, 2 ** 70, 1.5, -1.5, 1e17, 1e18, 1e19, -1e300, 0.0, -0.0, float("inf"), float("nan"), "12", "x", True, None, I(3), S("4"), [1], b"5":
    conversions(v)
    print(repr(v), conversions(v))


# super() at sites with several classes.
class A:
    def who(self): return ["A"]
    @classmethod
    def make(cls): return ["A.make", cls.__name__]
    @property
    def p(self): return "A.p"


class B(A):
    def who(self): return ["B"] + super().who()
    @classmethod
    def make(cls): return ["B"] + super().make()
    @property
    def p(self): return "B." + super().p


class C(A):
    def who(self): return ["C"] + super().who()


class D(B, C):
    def who(self): return ["D"] + super().who()


objects = [B(), D(), C(), D(), B()]
for i in range(3):
    r = [(o.who(), o.make(), o.p) for o in objects]
print(r)
A.who = lambda self: ["new"]
print([o.who() for o in objects])
C.who = lambda self: ["other"]
print([o.who() for o in objects])
D.__bases__ = (C,)
try:
    print([o.who() for o in objects])
except TypeError as e:
    print(e)


# Arguments that die with the call, in order.
class Dies:
    def __init__(self, n): self.n = n
    def __del__(self): print("del", self.n)


print(len((Dies(1), Dies(2))), isinstance(Dies(3), Dies))
print(isinstance(Dies(6), (int, str)), hash(Dies(7)) is None, [Dies(8)].append(Dies(9)))
