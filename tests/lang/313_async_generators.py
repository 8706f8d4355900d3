# Asynchronous generators driven by async for, by asend and by hand: awaits inside, errors, ends, and what others see of it.
import sys
import types


@types.coroutine
def pause(v):
    got = yield v
    return got


def run(coro, sent=("s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8")):
    out, sent = [], iter(sent)
    try:
        v = coro.send(None)
        while True:
            out.append(v)
            v = coro.send(next(sent))
    except StopIteration as e:
        return out, e.value
    except Exception as e:
        return out, type(e).__name__, str(e), type(e.__cause__ or e.__context__).__name__


async def counter(n):
    for i in range(n):
        yield i


async def pausing(n):
    for i in range(n):
        got = await pause(("pause", i))
        sent = yield (i, got)
        if sent is not None:
            await pause(("sent", sent))


async def collect(agen):
    return [x async for x in agen]


async def through(agen, depth):
    if depth:
        agen = through(agen, depth - 1)
    async for x in agen:
        yield x


print(run(collect(counter(4))), run(collect(counter(0))))
print(run(collect(pausing(3))))
print(run(collect(through(pausing(2), 5))))


# Errors inside, StopIteration and StopAsyncIteration among them.
async def failing(exc, when):
    yield 1
    if when:
        await pause("before")
    raise exc


for exc in ValueError("v"), StopIteration("s"), StopAsyncIteration("a"), GeneratorExit("g"):
    for when in 0, 1:
        try:
            print(run(collect(failing(exc, when))))
        except GeneratorExit as e:
            print("exit", e)


async def traceback_of(agen):
    try:
        async for x in agen:
            pass
    except Exception as e:
        t, names = e.__traceback__, []
        while t:
            names.append((t.tb_frame.f_code.co_name, t.tb_lineno - t.tb_frame.f_code.co_firstlineno))
            t = t.tb_next
        return names


print(run(traceback_of(through(failing(ValueError(), 1), 1))))


# asend, athrow, aclose, and the states in between.
async def talk():
    got = []
    try:
        while True:
            got.append((yield len(got)))
            if got[-1] == "await":
                got.append(await pause("talk"))
    except KeyError:
        yield "key"
    finally:
        await pause(("end", got))


async def talking():
    g = talk()
    out = [await g.asend(None), await g.asend("x"), await g.__anext__(), await g.asend("await")]
    out.append(await g.athrow(KeyError("k")))
    await g.aclose()
    try:
        await g.asend(1)
    except StopAsyncIteration:
        out.append("over")
    return out


print(run(talking()))


async def started_with_a_value():
    g = talk()
    try:
        await g.asend(5)
    except TypeError as e:
        print(e)
    first = await g.asend(None)
    await g.aclose()
    return first


print(run(started_with_a_value()))


# One awaitable at a time, and each once.
async def twice():
    g = pausing(5)
    a, b = g.__anext__(), g.__anext__()
    a.send(None)
    print(g.ag_running, g.ag_frame.f_lineno - g.ag_code.co_firstlineno, g.ag_await is not None)
    try:
        b.send(None)
    except RuntimeError as e:
        print(e)
    try:
        await b
    except RuntimeError as e:
        print(e)
    try:
        a.send("go")
    except StopIteration as e:
        print(e.value, g.ag_running)
    try:
        await a
    except RuntimeError as e:
        print(e)
    c = g.__anext__()
    c.send(None)
    return await c


print(run(twice()))


async def inner_sees():
    f, names = sys._getframe(), []
    while f is not None and len(names) < 4:
        names.append(f.f_code.co_name)
        f = f.f_back
    yield names


print(run(collect(through(inner_sees(), 1))))


# Thrown into the coroutine while the generator awaits.
async def careful():
    try:
        await pause("careful")
    except LookupError as e:
        yield repr(e)
    finally:
        print("careful ends")
    yield "more"


async def consumer():
    async for x in through(careful(), 1):
        print("got", x)
    return "done"


c = consumer()
print(c.send(None))
try:
    c.throw(LookupError("thrown"))
except StopIteration as e:
    print(e.value)
c = consumer()
c.send(None)
print(type(c.cr_await).__name__)
c.close()
print(c.cr_frame)


# Breaking off, with hooks and without.
async def breaking():
    async for x in counter(9):
        if x == 2:
            break
    g = counter(3)
    async for x in g:
        break
    left = [y async for y in g]
    return x, left, g.ag_running, g.ag_frame


print(run(breaking()))
seen = []


async def hooked():
    async for x in counter(2):
        seen.append(x)


sys.set_asyncgen_hooks(firstiter=lambda g: seen.append(g.__name__), finalizer=lambda g: seen.append("finalizer"))
run(hooked())
sys.set_asyncgen_hooks(None, None)
print(seen)

# What is yielded lives as long as somebody has it.
class Noisy:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


async def noisy():
    for i in range(3):
        yield Noisy(i)


async def listen():
    async for x in through(noisy(), 2):
        print("has", x.n)
    print("end", x.n)


run(listen())

# With a tracer in it.
events = []


def tracer(frame, event, arg):
    if frame.f_code.co_name in ("through", "counter", "collect"):
        events.append((frame.f_code.co_name, event))
        return tracer


sys.settrace(tracer)
r = run(collect(through(counter(1), 0)))
sys.settrace(None)
print(r, [e for e in events if e[1] != "line"])


async def endless(n):
    async for x in endless(n + 1):
        yield x


print(run(collect(endless(0)))[1])
