# Chains of `yield from` and `await`: what is sent, yielded, thrown and seen while values pass through the frames in between.
import sys
import types


def leaf(n):
    got = []
    try:
        for i in range(n):
            got.append((yield i))
    except KeyError as e:
        got.append(repr(e))
        got.append((yield "caught"))
    finally:
        got.append("end")
    return got


def chain(depth, n):
    if depth == 0:
        result = yield from leaf(n)
    else:
        result = yield from chain(depth - 1, n)
    return (depth, result)


def drain(g, values):
    out = []
    try:
        for v in values:
            out.append(g.send(v))
    except StopIteration as e:
        out.append(("stop", e.value))
    return out


print(drain(chain(4, 3), [None, "a", "b", "c"]))
g = chain(3, 5)
print(next(g), g.send("x"), g.throw(KeyError("k")), drain(g, ["y"]))


# What others see in between.
def links(g):
    out = []
    while g is not None:
        out.append((g.gi_frame.f_lineno - g.gi_code.co_firstlineno, g.gi_running, g.gi_suspended, g.gi_frame.f_back is None, type(g.gi_yieldfrom).__name__))
        g = g.gi_yieldfrom if isinstance(g.gi_yieldfrom, types.GeneratorType) else None
    return out


g = chain(2, 9)
print(links(g))
next(g)
print(links(g))
next(g)
print(links(g))


def spy(outer):
    yield 0
    f = sys._getframe()
    names = []
    while f is not None:
        names.append((f.f_code.co_name, f.f_lineno - f.f_code.co_firstlineno))
        f = f.f_back
    print(names[:4])
    print(outer[0].gi_running, outer[0].gi_suspended)
    try:
        outer[0].send(None)
    except ValueError as e:
        print(e)
    yield 1
    1 / 0


def through(inner):
    yield from inner


holder = []
g = through(through(spy(holder)))
holder.append(g)
print(next(g), next(g))
try:
    next(g)
except ZeroDivisionError as e:
    tb, names = e.__traceback__, []
    while tb:
        names.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno))
        tb = tb.tb_next
    print(names[1:])
print(g.gi_frame, g.gi_running)

# A frame in between handles an exception of its own.
def handling(inner):
    try:
        raise ValueError("outer")
    except ValueError:
        yield from inner


def asks():
    yield sys.exception()
    yield sys.exception()


g = through(handling(through(asks())))
print(next(g), next(g), sys.exception())
try:
    raise TypeError("mine")
except TypeError:
    g = through(handling(through(asks())))
    print(repr(next(g)), repr(sys.exception()))
print(repr(next(g)), sys.exception())


# Delegates shared by two generators, closed or exhausted behind the back of one.
shared = leaf(4)
a, b = through(shared), through(shared)
print(next(a), next(b), next(a))
shared.close()
print(list(a), list(b))
shared = leaf(2)
a, b = through(through(shared)), through(shared)
print(next(a), next(b), list(b), list(a))


# Values that die on the way.
class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


def noisy():
    x = yield Noisy("first")
    print("got", x.name)
    y = yield Noisy("second")
    print("got", y.name)
    del x
    print("x is gone")


g = through(through(through(noisy())))
next(g)
g.send(Noisy("x"))
try:
    g.send(Noisy("y"))
except StopIteration:
    print("stop")


# Coroutines, and awaitables that are none.
class Step:
    def __init__(self, v):
        self.v = v

    def __await__(self):
        got = yield self.v
        return got


async def inner(n):
    total = []
    for i in range(n):
        total.append(await Step(i))
    return total


async def middle(n, depth):
    return await (middle(n, depth - 1) if depth else inner(n))


c = middle(3, 4)
print(drain(c, [None, "a", "b", "c"]))
c = middle(2, 2)
c.send(None)
print(c.cr_await.cr_await.cr_await.cr_await.__class__.__name__, c.cr_running, c.cr_suspended)
c.close()
print(c.cr_await, c.cr_frame)

# Traced, all frames in between take part.
events = []


def tracer(frame, event, arg):
    if frame.f_code.co_name in ("through", "leaf"):
        events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno))
        return tracer


g = through(through(leaf(2)))
next(g)
sys.settrace(tracer)
next(g)
sys.settrace(None)
print(events)


# Too deep is an error, and the way back works.
def deep(n):
    if n:
        yield from deep(n - 1)
    else:
        yield "bottom"


g = deep(300)
print(next(g), list(g))
g = deep(100000)
try:
    next(g)
except RecursionError:
    print("too deep")

# A generator that is dropped while it is suspended deep down closes from the inside out.
def closing(name, inner):
    try:
        yield from inner
    finally:
        print("close", name)


g = closing("outer", closing("inner", leaf(3)))
next(g)
del g


# Arguments of generator functions: too few, defaults, keywords, cells.
def params(a, b=2, *args, c=3, **kw):
    f = lambda: (a, b, args, c, kw)
    yield f()


print(list(params(1)), list(params(1, 5, 6, c=7, d=8)))
try:
    params()
except TypeError as e:
    print(e)


def plain(a, b):
    yield a
    a = yield lambda: a
    yield b


g = plain(1, 2)
print(next(g), next(g)(), g.gi_frame.f_locals["b"])
plain.__code__ = chain.__code__
print(next(g), plain.__name__, g.__name__)
