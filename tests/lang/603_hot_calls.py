"""Calls and membership tests in code that runs often, with everything that can change under them."""
import sys
import math
from math import gcd


def repeat(f, *args, times=200):
    for _ in range(times):
        result = f(*args)
    return result


# --- Defaults that are left out.
def three(a, b=2, c=[3]):
    return a, b, c


def call_three():
    return three(1), three(1, 5), three(1, 5, 6)


print(repeat(call_three))
three.__defaults__ = (7,)
print(three(1, 2))
try:
    call_three()
except TypeError as e:
    print(e)
three.__defaults__ = (10, 11, 12, 13)
print(three(), call_three())
three.__defaults__ = None
try:
    call_three()
except TypeError as e:
    print(e)


class Adding:
    def method(self, x=1, y=2):
        total = x + y
        return total


print(repeat(lambda a: a.method() + a.method(5) + a.method(5, 6), Adding()))


def deep(n, depth=0, *, limit=None):
    return depth if n == 0 else deep(n - 1, depth + 1)


def deeper(n, depth=0):
    return depth if n == 0 else deeper(n - 1, depth + 1)


print(repeat(deep, 50), repeat(deeper, 50))
try:
    deeper(100_000)
except RecursionError:
    print("too deep")


def with_cells(a, b=4):
    def inner():
        return a, b, late
    late = a + b
    return inner


print(repeat(lambda: (with_cells(1)(), with_cells(1, 2)())))


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone:", self.name)

    def __repr__(self):
        return self.name


def keep(x, default=Noisy("default")):
    return None


repeat(keep, 1)
keep.__defaults__ = (5,)
repeat(keep, 1)


# --- Functions of C.
def c_functions(x, text):
    return (type(x), type(text), isinstance(x, int), id(x) == id(x), gcd(12, 18), math.floor(2.5), text.find("b"), text.find("b", 2), text.upper(), text.split(),
            text.startswith("a"), abs(-3), hash(text) == hash(text), callable(x), max(1, 2), sum([1, 2]), {1: 2}.get(1, 0), {}.get(1, 0), [3, 1].index(1))


print(repeat(c_functions, 1, "ab cb"))
print(c_functions(None, "xyz"))
print(c_functions(2.5, "ab"))


class Text(str):
    def find(self, *args):
        return "mine"


def find(text):
    return text.find("b")


print(repeat(find, "ab"), find(Text("ab")), find(b"ab" and "b"))
try:
    find(5)
except AttributeError as e:
    print(e)


def ask(x):
    return isinstance(x, int)


print(repeat(ask, 1))
isinstance = lambda *args: ("other", args)
print(ask(1))
del isinstance
print(ask("a"))


def fails(x):
    return hash(x)


print(repeat(fails, 1))
try:
    fails([])
except TypeError as e:
    print(e, e.__traceback__.tb_next.tb_lineno - fails.__code__.co_firstlineno)


class Measured:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n

    def __del__(self):
        print("dropped", self.n)


def dropped():
    isinstance(Measured(1), Measured)
    hash(Measured(2))
    divmod(Measured and 7, 2)
    return len([Measured(3), Measured(4)])


def quiet():
    return hash(Quiet())


class Quiet:
    pass


repeat(quiet)
print(dropped())
print(dropped())


# A function of C that begins to trace, and one that looks at the frames.
def traced(f):
    f(tracer)
    x = 1
    f(None)
    return x


lines = []


def tracer(frame, event, arg):
    lines.append((frame.f_code.co_name, event))
    return tracer


repeat(traced, lambda f: None)
repeat(traced, sys.settrace, times=1)
lines.clear()


def tracing():
    sys.settrace(None)
    return 1


repeat(tracing)


def start():
    sys.settrace(tracer)
    helper()
    sys.settrace(None)


def helper():
    return 1


repeat(start)
print(len(lines) // 200, sorted(set(lines)))


def who():
    return sys._getframe(0).f_code.co_name, sys._getframe(1).f_code.co_name


print(repeat(who))


# --- Membership.
def member(x, container):
    return "in" if x in container else "out"


def member_not(x, container):
    if x not in container:
        return "out"
    return "in"


atoms = {int, str, type(None), float, bytes, list}
for x, container in ((int, atoms), (dict, atoms), ("a", {"a", "b"}), ("c", {"a": 1}), ("a", {"a": 1}), (1, frozenset({1, 2})), (1.0, {1, 2}), ((1, 2), {(1, 2)}),
                     ("b", "abc"), (3, [1, 2]), (3, range(5)), (True, {1}), (2 ** 70, {2 ** 70}), ({1}, {frozenset({1})})):
    print(repeat(member, x, container), repeat(member_not, x, container), end=" ")
print()
for container in ({1}, {1: 2}, [1], 5, frozenset()):
    for f in member, member_not:
        try:
            print(f([], container), end=" ")
        except TypeError as e:
            print(e, end="; ")
print()


class Meta(type):
    def __hash__(cls):
        return 5

    def __eq__(cls, other):
        print("compared", end=" ")
        return True


class WithMeta(metaclass=Meta):
    pass


class Other(metaclass=Meta):
    pass


print(repeat(member, WithMeta, {WithMeta}), member(Other, {WithMeta}), member(Other, {WithMeta: 1}), member(int, {WithMeta}))


class Contains:
    def __contains__(self, x):
        return x == 3


print(repeat(member, 3, Contains()), member(4, Contains()))


class Equal:
    def __init__(self, hashed):
        self.hashed = hashed

    def __hash__(self):
        return self.hashed

    def __eq__(self, other):
        if other == "error":
            raise ValueError("compared with an error")
        sys.settrace(tracer)
        return True


lines.clear()


def begins(container):
    if "trace" in container:
        y = 1
    y = 2
    sys.settrace(None)
    return y


repeat(begins, {"trace": 1})
print(begins({Equal(hash("trace")): 1}))
for f in member, member_not:
    try:
        f("error", {Equal(hash("error")): 1})
    except ValueError as e:
        print(e)
    try:
        f("error", {Equal(hash("error"))})
    except ValueError as e:
        print(e)
