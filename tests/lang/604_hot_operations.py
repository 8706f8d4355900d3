"""Loops that run often enough to be compiled: calls of functions of C, attributes, items, comparisons and iteration of every kind, and how they fail."""
import sys

N = 300


def raised(f, *args):
    try:
        return f(*args)
    except Exception as e:
        return type(e).__name__, str(e), e.__traceback__.tb_next.tb_lineno - f.__code__.co_firstlineno


# Functions of C, with and without omitted arguments, on subclasses, and when they fail.
def builtins(x):
    return len(x), repr(x), isinstance(x, (int, str)), sorted(x), sum([1, 2]), sum([1, 2], 10), hash("a") == hash("a"), max(x), min(x, default=3)


def methods(s, d, l):
    l.append(s)
    return (s.find("b"), s.find("b", 2), s.split(), s.split("b", 1), s.startswith("a"), d.get(s), d.get(s, 1), d.setdefault(s, 2), d.pop(s), l.pop(),
            s.join(["x", "y"]), s.encode(), s.replace("a", "-"))


class Text(str):
    def find(self, *args):
        return "mine"


for i in range(N):
    a = builtins("banana")
    b = methods("abcb", {}, [])
print(a, b)
print(methods(Text("abcb"), {}, []))
print(raised(builtins, 5), raised(builtins, [1, "a"]), raised(methods, b"abcb", {}, []))


class Odd:
    def __len__(self):
        return -1


def length(x):
    return len(x)


for i in range(N):
    length([]), length("abc"), length({1: 2}), length(range(4))
print(length([1]), length("abc"), length({1}), raised(length, Odd()), raised(length, 3))


# A builtin that is replaced while its calls are compiled.
def replaced(x):
    return abs(x)


for i in range(N):
    replaced(-i)
abs = lambda x: "other"
print(replaced(-1))
del abs
print(replaced(-1))


# Bound methods in variables.
class Counter:
    def __init__(self):
        self.n = 0

    def step(self, by=1):
        self.n += by
        return self.n


def bound(n):
    counter = Counter()
    step, by_class, add = counter.step, Counter.step, [].append
    for i in range(n):
        step()
        step(2)
        by_class(counter, 3)
        counter.step()
        getattr(counter, "step")()
        add(i)
    return counter.n, raised(lambda: step(1, 2))


print(bound(N))


# Functions of C in variables, in generators, too.
class Dropped:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("dropped", self.name)


def variables(f, g, n):
    got = []
    add = got.append
    for i in range(n):
        add(f(i))
        g("x")
    return got[-1], len(got), g("abc")


def generated(f):
    while True:
        yield f(1), f.__name__


for i in range(N):
    variables(str, len, 2), variables(abs, "abc".find, 2), next(generated(abs)), next(generated([1].index))
print(variables(abs, "abc".find, 3), variables(repr, "abc".count, 3), next(generated({1: 2}.get)), variables(int, str.upper, 2))
print(raised(variables, abs, len, 0), raised(variables, ord, len, 1), raised(variables, "a".index, len, 1), raised(variables, [].append, dict.get, 1))
print(raised(lambda f: f(Dropped("first"), Dropped("second")).name, {}.get), raised(lambda f: f(Dropped("one")), len))


def omitted(split, get, pop):
    return split(), split(None, 1), get(1), get(1, 2), pop()


for i in range(N):
    omitted("a b c".split, {}.get, [1, 2].pop)
print(omitted("a b c".split, {1: 3}.get, [1, 2].pop), raised(omitted, "a".split, {}.get, [].pop), raised(omitted, "a".split, {}.get, len))


# Attributes beyond those that lie in the object; functions of C behind attributes.
class Wide:
    def __init__(self, n):
        for i in range(n):
            setattr(self, "a%d" % i, i)


def wide(w):
    return w.a0 + w.a19 + w.a39


only = Wide(40)
for i in range(N):
    wide(only)
print(wide(only), wide(Wide(40)), raised(wide, Wide(20)))
del only.a39
print(raised(wide, only))


def descriptors(f):
    return f.__code__.co_name, f.__class__, sys._getframe().f_code.co_name, sys._getframe().f_back.f_code.co_name, (1.5).real, (3).imag


for i in range(N):
    got = descriptors(wide)
print(got)


# Identity, membership, truth and equality.
def identities(x, y):
    got = 0
    if x is y:
        got += 1
    if [x] is [x]:
        got += 2
    if x.__class__ is y.__class__:
        got += 4
    if x.__class__ is not type(y):
        got += 8
    return got


for i in range(N):
    identities("a", "b")
print(identities("a", "a"), identities("a", 1), identities(1.5, 1.5), identities(10**30, 10**30 + 1))


def member(x, where):
    if x in where:
        return "in"
    if x not in where:
        return "out"


for i in range(N):
    member("b", "abc"), member(2, {1, 2}), member("k", {"k": 1}), member(4, [1, 2]), member(5, (5,)), member(3, range(4)), member(98, b"abc")
print(member("b", "abc"), member(2, {1, 2}), member("k", {"k": 1}), member(4, [1, 2]), member(5, (5,)), member(3, range(4)), member(98, b"abc"))
print(raised(member, [], {1}), raised(member, 1, "abc"), raised(member, 1, 5))


class Equal:
    def __init__(self, answer):
        self.answer = answer

    def __eq__(self, other):
        if self.answer is None:
            raise ValueError("not comparable")
        return self.answer

    def __hash__(self):
        return 1

    def __bool__(self):
        return self.answer

    def __contains__(self, x):
        return self.answer


print(member(Equal(True), [1]), member(Equal(False), {1: 2}), raised(member, Equal(None), {1}), member(1, Equal(True)), member(1, Equal(0)))


def truths(x):
    return ("yes" if x else "no") + (" really" if not x else "")


values = ["", "a", [], [1], (), {}, {1: 2}, None, 0, 3, 1.5, 0.0, object, Equal(True), Equal(False), set(), 10**30, b"", range(0)]
for i in range(N):
    got = [truths(x) for x in values]
print(got, raised(truths, Equal(7)), raised(truths, Odd()))


def numbers(x):
    return x == 3, x != 3, x == 2.5, "three" if x == 3 else "other", "three" if x != 3 else "other", "half" if x == 2.5 else "other"


for i in range(N):
    numbers(i)
print(numbers(3), numbers(2.5), numbers("a"), numbers(10**30), numbers([]), numbers(Equal(True)))


def equalities(x, y):
    return ("a" if x == y else "b") + ("c" if x != y else "d") + ("e" if x == "text" else "f") + ("g" if x != "text" else "h")


for i in range(N):
    equalities("te" + "xt" * (i > 0), "text"), equalities(1, 1.0)
print(equalities("te" + str("xt"), "text"), equalities("a", 1), equalities(1, 1), equalities(None, "a"), equalities(Text("text"), "text"),
      equalities(Equal(True), 2), raised(equalities, Equal(None), 2), equalities("te\u0161t", "te\u0161t"), equalities(1.5, "a"), equalities(10**30, 10**30))


# Items.
def item(x, k):
    return x[k]


for i in range(N):
    item([1, 2], 1), item((1, 2), 0), item({"a": 3}, "a"), item("abc", 2), item(b"abc", 2), item(range(5), 2)
print(item("abc", -1), item(b"abc", 0), item(range(5), -1), item({1: 2}, 1), item([1, 2], True), item([1, 2, 3], slice(1, None)))
print(raised(item, {}, "missing"), raised(item, "abc", 3), raised(item, [1], "a"), raised(item, {}, []), raised(item, 5, 1), raised(item, (1,), 1))


# Iteration over all kinds of things, to the end, and when it fails.
def walk(x):
    got = []
    for y in x:
        got.append(y)
    return got


def grow(s):
    for y in s:
        s.add(y + 1000)


def broken():
    yield 1
    raise KeyError("broken")


for i in range(N):
    walk({1, 2}), walk(frozenset([3])), walk({1: 2}), walk("ab"), walk(map(str, [1])), walk(filter(None, [0, 1])), walk(zip("ab", "cd")), walk(enumerate("x")),
    walk(reversed([1, 2])), walk(iter(int, 0)), walk({1: 2}.items()), walk(b"ab"), walk([]), walk(range(2))
print(walk({1, 2}), walk(map(str, [1, 2])), walk(zip("ab", "cd")), walk({1: 2}.items()), walk("ab"))
print(raised(grow, {1}), raised(walk, map(len, [[], 3])), raised(walk, broken()), raised(walk, 5))


# Sets whose members' comparison changes them.
class Shrinks:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 4

    def __eq__(self, other):
        global live
        changed, live = live, None
        if changed:
            changed.pop()
            changed.update(range(100, 110))
        return isinstance(other, Shrinks) and self.n == other.n


for operation in (lambda a, b: a & b, lambda a, b: a - b, lambda a, b: a <= b, lambda a, b: a.isdisjoint(b), lambda a, b: a ^ b):
    live = set()
    left, right = {Shrinks(i) for i in range(6)}, {Shrinks(i) for i in range(3, 12)}
    live = left
    result = operation(left, right)
    live = None
    print(type(result).__name__)
print(sorted({1, 2, 3, 20, 40} & {3, 20, 5}), sorted({1, 2, 33} - {1, 34, 66}), {1, 33} <= {1, 33, 65}, {1, 33} <= {1, 65, 97}, {"a", 1.0} <= {1, "a", True}, frozenset() <= {1})


# Comparisons of objects of built-in types, which may end in methods in Python.
def order(x, y):
    return ("<" if x < y else "") + ("<=" if x <= y else "") + (">" if x > y else "") + (">=" if x >= y else "") + ("==" if x == y else "!=" if x != y else "?")


class Less(list):
    def __lt__(self, other):
        return "less"

    def __gt__(self, other):
        return ""


pairs = [({1}, {1, 2}), (frozenset([1]), {1}), ([1, 2], [1, 3]), ((1,), (1,)), ("a", "b"), (b"a", b"a"), (10**30, 10**31), (1, 10**30), (1e300, 10**30), (Less(), []),
         ([], Less()), (float("nan"), float("nan")), (range(2), range(2))]
for i in range(N):
    for x, y in pairs[:-1]:
        got = order(x, y)
print([order(x, y) for x, y in pairs[:-1]])
print(raised(order, *pairs[-1]), raised(order, 1, "a"), raised(order, [1], (1,)), raised(order, {1}, 1), raised(order, [Equal(None)], [Equal(None)]), raised(order, None, None))


# `not`, methods that are no calls, and what iter() makes of things.
def negated(x):
    return not x


def unbound(x, name):
    methods = x.append, x.copy, x.__len__, x.index
    return methods[1]() is not x, methods[2](), methods[3](name)


class Items(list):
    def copy(self):
        return self

    @classmethod
    def index(cls, x):
        return cls.__name__, x


for i in range(N):
    got = [negated(x) for x in values]
    unbound([1, 2], 2), unbound(Items([3]), 3)
print(got, raised(negated, Equal(7)), raised(negated, Odd()))
print(unbound([1, 2], 1), unbound(Items([3]), 3), raised(unbound, [1], 2), raised(unbound, (1,), 2))


def first(x):
    for y in x:
        return y
    return "none"


for i in range(N):
    first([1]), first((2,)), first("s"), first({3}), first({4: 5}), first({4: 5}.values()), first(range(6, 7)), first(map(str, [7])), first([]), first(b"8"), first(iter([9]))
print(first([1]), first((2,)), first("s"), first({3}), first({4: 5}), first({4: 5}.values()), first(range(6, 7)), first(map(str, [7])), first([]), first(b"8"), first(iter([9])))
print(raised(first, 1), raised(first, None), raised(first, len), raised(first, 1.5), first(Less([1])))


# Tracing that begins within a call of a function of C.
lines = []


def tracer(frame, event, arg):
    lines.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
    return tracer


def begins(n):
    x = sorted([2, 1], key=lambda v: (sys.settrace(tracer) if n == "now" else None, v))
    return traced(x)


def traced(x):
    y = len(x)
    return y


for i in range(N):
    begins(i)
begins("now")
sys.settrace(None)
print(lines)
