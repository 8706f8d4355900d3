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


# --- Items of what is not a list.
from collections import defaultdict, OrderedDict
from array import array


def get(container, key):
    return container[key]


def first(container):
    return container[0], container[-1]


def named(container):
    return container["name"]


def put(container, key, value):
    container[key] = value


def put_named(container, value):
    container["name"] = value
    container[0] = value


class Indexed:
    def __getitem__(self, key):
        return "item", key

    def __setitem__(self, key, value):
        print("set", key, value, end="; ")


class MissingKeys(dict):
    def __missing__(self, key):
        return "missing", key


for container, key in (([1, 2, 3], 1), ({"a": 1}, "a"), ({1: 2, (1, 2): 3}, (1, 2)), ("text", 2), ("text", -1), (b"bytes", 0), (defaultdict(list), 3), (range(10), 4),
                       (OrderedDict(a=5), "a"), (array("d", [1.5]), 0), (Indexed(), 5), (MissingKeys(), 6), ((1, 2), True), ([1, 2], -2), ("text", slice(1, 3)),
                       (memoryview(b"abc"), 1), (list, int)):
    print(repeat(get, container, key), end=" ")
print()
print(repeat(first, "text"), first((1, 2)), first({0: "a", -1: "b"}), first(Indexed()), repeat(named, {"name": 1}), named(Indexed()), named(MissingKeys()))
for container, key in (([1], 1), ({}, "a"), ({}, (1, 2)), ((1,), -2), ("", 0), (5, 0), ({}, []), ([1], "a"), (None, 1), (range(2), 5)):
    for f in get, lambda c, k: first(c), lambda c, k: named(c):
        try:
            print(f(container, key), end=" ")
        except Exception as e:
            print(type(e).__name__, e, end="; ")
print()
target = {}
repeat(put, target, "a", 1)
repeat(put, target, (1, 2), [3])
print(target)
for container, key in (([1, 2], -1), (defaultdict(list), 5), (bytearray(b"abc"), 1), (array("i", [1, 2]), 1), (Indexed(), 5), (MissingKeys(), 6), ([1, 2], slice(0, 1))):
    put(container, key, [65] if isinstance(key, slice) else 65)
    print(type(container).__name__, container if not isinstance(container, Indexed) else "", end=" ")
print()
repeat(put_named, target, None)
put_named(Indexed(), 1)
print(target)
for container, key in (([], 0), ((), 0), ("", 0), ({}, []), (5, 0), (bytearray(1), 0)):
    for f in put, lambda c, k, v: put_named(c, v):
        try:
            f(container, key, "value")
        except Exception as e:
            print(type(e).__name__, e, end="; ")
print()


def consuming():
    return {Measured(7): Measured(8)}[Measured(7)] if False else len({1: Measured(9)}[1].__class__.__name__)


repeat(consuming, times=2)


class Tracing:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        sys.settrace(tracer)
        return True


def begins_in_item(d):
    x = d[1]
    y = 3
    sys.settrace(None)
    return x, y


lines.clear()
repeat(begins_in_item, {1: 2})
print(begins_in_item({Tracing(): 4}))


# --- Tuples, lists and dicts that are built, and attributes of classes that are descriptors.
def build(a, b):
    return (a, b), [a, b], [], {}, (a,), [a, (b, [])], {a: b}


print(repeat(build, 1, "x"))


class Described:
    __slots__ = ("slot",)

    @property
    def prop(self):
        return "value"

    def plain(self):
        pass


def class_attributes(cls):
    return cls.__repr__ is object.__repr__, cls.__hash__


print(repeat(class_attributes, int), class_attributes(Indexed)[0], repeat(lambda: (int.__repr__, dict.get, type(Described.slot).__name__, type(Described.prop).__name__)))
Described.prop = 5
print(repeat(lambda c: c.prop, Described))
Described.prop = property(lambda self: 6)
print(type(repeat(lambda c: c.prop, Described)).__name__, repeat(lambda: dict.get({1: 2}, 1)), repeat(lambda: object.__repr__(5)[:4]))


# --- Frames with many locals.
def many(n):
    a1 = a2 = a3 = a4 = a5 = a6 = a7 = a8 = a9 = a10 = [n]
    b1 = b2 = b3 = b4 = b5 = b6 = b7 = b8 = b9 = b10 = (n,)
    c1 = c2 = c3 = c4 = c5 = c6 = c7 = c8 = c9 = c10 = n
    if n == 5:
        last, other = Measured(10), Measured(11)
    return b3


print(repeat(many, 1), many(5), [many(i)[0] for i in range(4)])


# --- Loops over lists, tuples and dicts.
def total(items):
    n = 0
    for x in items:
        n += x
    return n


def pairs(items):
    found = []
    for k, v in items:
        found.append((v, k))
    return found


def singles(items):
    return [x for x in items]


def nested(items):
    return [(a, b) for a in items for b in items if a != b]


shared = iter([1, 2, 3])
print(repeat(total, [1, 2, 3]), total((1, 2)), total({1: 2, 3: 4}), total({1: 2}.values()), total({5, 6}), total(range(4)), total(shared), total(shared), list(shared), total(()))
print(repeat(pairs, {1: 2, 3: 4}.items()), pairs([(1, 2)]), pairs(((1, 2), [3, 4])), pairs(zip("ab", [1, 2])), pairs(enumerate("xy")), pairs({}.items()), pairs(OrderedDict(a=1).items()))
print(repeat(singles, {1: 2, 3: 4}), singles({1: 2}.items()), singles(OrderedDict(b=2)), singles(reversed({1: 2, 3: 4})), repeat(nested, (1, 2, 3)))
kept = list({1: 2, 3: 4}.items())
pairs_kept = []
for pair in {1: 2, 3: 4}.items():
    pairs_kept.append(pair)
print(kept == pairs_kept)


def changing(d, change):
    seen = []
    for k, v in d.items():
        seen.append(k)
        change(d, k)
    return seen


repeat(changing, {1: 2, 3: 4}, lambda d, k: None)
for change in (lambda d, k: d.__setitem__(k + 10, 1), lambda d, k: d.pop(k), lambda d, k: d.__setitem__(k, 5),
               lambda d, k: d.clear()):
    try:
        print(changing({1: 2, 3: 4, 5: 6}, change), end=" ")
    except RuntimeError as e:
        print(e, end="; ")
print()


def growing(items):
    n = 0
    for x in items:
        n += 1
        if n < 4:
            items.append(x)
    return n


print(repeat(growing, [1], times=1), growing([1, 2]))


def loop_variable(items):
    for x in items:
        pass
    try:
        return x
    except UnboundLocalError as e:
        return str(e)


print(repeat(loop_variable, [1, 2]), loop_variable([]), loop_variable(()), loop_variable({}))
for bad in 5, None, 2.5:
    for f in total, pairs:
        try:
            f(bad)
        except TypeError as e:
            print(e, end="; ")
for bad in ([1], [(1, 2, 3)], {1: 2}, [()]):
    try:
        pairs(bad)
    except (TypeError, ValueError) as e:
        print(e, end="; ")
print()


def dying():
    for x in [Measured(12), Measured(13)]:
        pass
    return "left"


print(dying())
repeat(dying, times=1)

# --- Identity, weak references and views.
import weakref


def identity(x, y):
    return type(x) is type(y), type(x) is int, [x] is y, (x if x else None) is None, x.__class__ is not y.__class__


print(repeat(identity, 1, 2), identity("a", 1), identity(2 ** 70, 2 ** 70), identity(None, None), identity(0.0, 5))


class Referred:
    pass


def reference(x):
    return weakref.ref(x) is weakref.ref(x), weakref.ref(x)() is x, type(weakref.ref(x)).__name__


print(repeat(reference, Referred()), repeat(reference, Referred))
keeping = weakref.ref(Referred)
print(keeping is weakref.ref(Referred), weakref.ref(Referred, lambda r: None) is keeping)
for bad in 5, "text", None:
    try:
        reference(bad)
    except TypeError as e:
        print(e, end="; ")
print()
print(repeat(member, "method", Adding.__dict__), member("nothing", Adding.__dict__), member([], {}.keys()) if False else member(1, {1: 2}.keys()))
