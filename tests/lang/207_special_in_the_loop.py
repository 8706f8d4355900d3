# Special methods in Python run by operators: what each operation makes of their answers, on both sides, in every form.
import sys


class V:
    def __init__(self, n):
        self.n = n

    def __repr__(self):
        return "V(%r)" % (self.n,)

    def _(self, other, op):
        if isinstance(other, V):
            return V("%s%s%s" % (self.n, op, other.n))
        if isinstance(other, int):
            return V("%s%s%d" % (self.n, op, other))
        return NotImplemented

    def __add__(self, other): return self._(other, "+")
    def __sub__(self, other): return self._(other, "-")
    def __mul__(self, other): return self._(other, "*")
    def __truediv__(self, other): return self._(other, "/")
    def __floordiv__(self, other): return self._(other, "//")
    def __mod__(self, other): return self._(other, "%")
    def __pow__(self, other): return self._(other, "**")
    def __matmul__(self, other): return self._(other, "@")
    def __and__(self, other): return self._(other, "&")
    def __lshift__(self, other): return self._(other, "<<")
    def __radd__(self, other): return V("r%s+%s" % (other, self.n))
    def __rmul__(self, other): return NotImplemented
    def __iadd__(self, other): return V("%s+=%s" % (self.n, other)) if other != 3 else NotImplemented
    def __neg__(self): return V("-%s" % self.n)
    def __lt__(self, other): return ("lt", self, other) if not isinstance(other, str) else NotImplemented
    def __eq__(self, other): return self.n == other.n if isinstance(other, V) else NotImplemented
    def __getitem__(self, key): return (self, key)
    def __setitem__(self, key, value): self.n = (key, value); return "ignored"
    def __contains__(self, key): return [] if key == 1 else "yes"
    def __iter__(self): return iter([1, 2]) if self.n != "bad" else 5
    def __call__(self, *args, **kwargs): return self, args, kwargs


class Right(V):
    def __radd__(self, other): return "Right first"
    def __gt__(self, other): return "Right.__gt__"


class Other:
    def __radd__(self, other): return "Other.__radd__"
    def __rmul__(self, other): return NotImplemented
    def __gt__(self, other): return "Other.__gt__"
    def __eq__(self, other): return "Other.__eq__"


def operations(a, b):
    out = []

    def run(name, f):
        try:
            out.append((name, f()))
        except Exception as e:
            out.append((name, type(e).__name__, str(e)))

    run("+", lambda: a + b)
    run("-", lambda: a - b)
    run("*", lambda: a * b)
    run("/", lambda: a / b)
    run("//", lambda: a // b)
    run("%", lambda: a % b)
    run("**", lambda: a ** b)
    run("@", lambda: a @ b)
    run("&", lambda: a & b)
    run("<<", lambda: a << b)
    run("-a", lambda: -a)
    run("<", lambda: a < b)
    run(">", lambda: a > b)
    run("==", lambda: a == b)
    run("!=", lambda: a != b)

    def inplace():
        x = a
        x += b
        y = a
        y -= b
        return x, y

    run("in place", inplace)

    def jumps():
        return ["lt" if a < b else "not lt", "eq" if a == b else "not eq", "in" if b in a else "not in", "not in" if b not in a else "in", b in a, b not in a]

    run("jumps", jumps)
    return out


def constants(a):
    x = a
    x += 3
    y = a
    y += 1
    z = a
    z -= 2
    return a + 1, a - 1, a * 2, a / 2, a << 1, a[0], a[-1], a["k"], x, y, z, a if a == 1 else None, a if a < 1 else None


for turn in range(3):
    pairs = [V(1), V(2)], [V(1), 5], [5, V(1)], [V(1), "s"], ["s", V(1)], [V(1), Right(2)], [Right(2), V(1)], [V(1), Other()], [Other(), V(1)], [V(1), None], [[1], V(1)], [2.5, V(1)]
    results = [operations(a, b) for a, b in pairs]
    c = constants(V(7))
for (a, b), r in zip(pairs, results):
    print(type(a).__name__, type(b).__name__)
    for line in r:
        print("   ", *[str(x).replace(hex(id(x)), "") if "Other object" not in repr(x) else "..." for x in line])
print(c)

# Items, iteration, calls.
v = V(1)
for i in range(3):
    v[i] = i
    print(v.n, v[i], v["k"], v[i:i + 1], v[...], list(v), v(1, *[2], k=3, **{"l": 4}), v())
v["const"] = v
print(v.n[0])
try:
    for x in V("bad"):
        pass
except TypeError as e:
    print(e)


# In generators and coroutines the frames stand apart.
def generator(a, b):
    yield a + b
    yield a[1]
    a[2] = 3
    yield a.n
    yield a == b, a < b, 1 in a, 2 not in a
    if a < b:
        yield "jump"
    for x in a:
        yield x
    yield a(1)
    yield 5 + a


for i in range(3):
    print(list(generator(V(1), V(2))))


# Generators as special methods; __init__ that answers something.
class Odd:
    def __init__(self, answer=None):
        self.answer = answer

    def __add__(self, other):
        yield other

    def __getitem__(self, key):
        yield key

    def __contains__(self, key):
        yield key

    def __lt__(self, other):
        yield other

    def __iter__(self):
        yield 1


class BadInit:
    def __init__(self, answer):
        return answer


class GeneratorInit:
    def __init__(self):
        yield


for i in range(3):
    o = Odd()
    print(list(o + 1), list(o[2]), 3 in o, list(o < 4), list(o), "j" if o < 1 else "n")
    for make in (lambda: BadInit(None), lambda: BadInit(5), lambda: BadInit([1]), GeneratorInit):
        try:
            print(type(make()).__name__)
        except TypeError as e:
            print(e)


# Exceptions pass through, with the lines of the operations.
class Raises:
    def __add__(self, other): raise ValueError("add")
    def __radd__(self, other): raise ValueError("radd")
    def __eq__(self, other): raise ValueError("eq")
    def __getitem__(self, key): raise KeyError(key)
    def __setitem__(self, key, value): raise KeyError(key, value)
    def __contains__(self, key): raise LookupError
    def __bool__(self): raise ValueError("bool")
    def __lt__(self, other): return Raises()
    def __iter__(self): raise TypeError("iter")


def raising(r):
    def one(f):
        try:
            return f()
        except Exception as e:
            tb, where = e.__traceback__, []
            while tb:
                where.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno))
                tb = tb.tb_next
            return type(e).__name__, e.args, where

    def setitem():
        r[1] = 2

    return [one(f) for f in (lambda: r + 1, lambda: 1 + r, lambda: r == 1, lambda: 1 if r == 1 else 2, lambda: r[3], setitem,
                             lambda: 1 in r, lambda: 1 if 2 in r else 3, lambda: 1 if r < 2 else 3, lambda: [x for x in r])]


for i in range(3):
    r = raising(Raises())
for line in r:
    print(line)


# Recursion, tracing, and the lifetime of operands.
class Deep:
    def __add__(self, other): return self + other
    def __eq__(self, other): return self == other
    def __getitem__(self, key): return self[key]
    def __call__(self): return self()
    def __contains__(self, key): return key in self


for f in (lambda d: d + 1, lambda d: d == 1, lambda d: d[1], lambda d: d(), lambda d: 1 in d):
    try:
        f(Deep())
    except RecursionError as e:
        print("RecursionError")

log = []


def tracer(frame, event, arg):
    if frame.f_code.co_filename == __file__:
        log.append((event, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))
    return tracer


def traced():
    a = V(1) + V(2)
    if a == a:
        a[1] = a[2]
    return 1 in a


for i in range(3):
    traced()
sys.settrace(tracer)
traced()
sys.settrace(None)
print(log)


class Dies:
    def __init__(self, n): self.n = n
    def __add__(self, other): return Dies(self.n + other.n)
    def __eq__(self, other): print("eq"); return True
    def __getitem__(self, key): print("getitem"); return 1
    def __del__(self): print("del", self.n)


def lifetimes():
    print("sum")
    x = (Dies(1) + Dies(2)) + Dies(4)
    print("compare")
    Dies(10) == Dies(20)
    if Dies(30) == Dies(40):
        print("then")
    print("end")


lifetimes()


# Frames see their callers.
class Frames:
    def __add__(self, other): return sys._getframe(1).f_code.co_name, sys._getframe().f_lineno > 0
    def __eq__(self, other): sys._getframe(1).f_locals; return True


def caller():
    f = Frames()
    return f + 1, f == 2, "yes" if f == 3 else "no"


print(caller(), caller(), caller())
