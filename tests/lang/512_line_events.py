# Which lines a trace function is told of, and of which exceptions, for each way through statements.
import sys

events = []


def trace(frame, event, arg):
    line = frame.f_lineno
    what = repr(arg[1]) if event == "exception" else ""
    events.append(f"{frame.f_code.co_name}:{line if line is None else line - frame.f_code.co_firstlineno}:{event[0]}{what}")
    return trace


def run(function, *args):
    events.clear()
    sys.settrace(trace)
    try:
        function(*args)
    except Exception as e:
        pass
    finally:
        sys.settrace(None)
    print(function.__name__, *args)
    print("   ", *events)


# --- loops ---

def loops(n):
    x = 0
    while x < n: x += 1
    while True:
        x += 1
        if x > 10:
            break
    while 1: x += 1; break
    while 0:
        pass
    for i in range(n): x += i
    for i in range(n):
        if i:
            x += i
        else:
            x += 2
    for i in range(n):
        if i == 1:
            continue
        x += 1
    for i in range(n):
        if i:
            x += 1
    for (i,
         j) in [(1, 2)]:
        pass
    else:
        x = 0
    while x < 3:
        if x == 1:
            break
        x += 1
    else:
        x = 8
    return x


def nested(x):
    for a in range(2):
        for b in range(2):
            if b == x:
                break
        else:
            continue
        break
    while x:
        x -= 1
        while True:
            break
        continue


run(loops, 3)
run(loops, 0)
run(nested, 1)
run(nested, 5)


# --- conditions ---

def conditions(a, b):
    if a:
        if b:
            x = 1
    else:
        x = 2
    if a and b or \
            not a:
        pass
    elif b:
        x = (1 if a
             else 2)
    if False:
        x = 5
    if 1:
        x = 6
    assert a, \
        "no"
    return


run(conditions, 1, 1)
run(conditions, 1, 0)
run(conditions, 0, 1)


# --- try, with ---

class Manager:
    def __enter__(self): return self
    def __exit__(self, *what): return what[0] is ValueError


def handling(kind):
    try:
        if kind:
            raise kind
    except ValueError:
        x = 1
    except (TypeError,
            OSError) as e:
        x = 2
        del x
    except:
        raise
    else:
        x = 3
    finally:
        x = 4
    y = x


def finals(kind):
    for i in range(2):
        try:
            if kind == 1:
                break
            if kind == 2:
                continue
            if kind == 3:
                return i
            if kind == 4:
                1 / 0
        finally:
            i += 1
            if i > 5:
                i = 2
        x = 3
    return (
        i)


def managed(kind):
    for i in range(2):
        with Manager(), \
             Manager() as m:
            if kind == 1:
                break
            if kind == 2:
                raise ValueError
            if kind == 3:
                return 5
            if kind == 4:
                return m
            if kind == 5:
                raise KeyError
            if kind == 6:
                continue
            x = 3
    with Manager():
        pass
    with Manager():
        if kind:
            pass


def groups(kind):
    try:
        if kind:
            raise ExceptionGroup("g", [kind, OSError()])
    except* ValueError as e:
        x = 1
    except* TypeError:
        x = 2
    except* OSError:
        x = 3
    else:
        x = 4
    y = 5


for kind in None, ValueError, TypeError, KeyError:
    run(handling, kind)
for kind in range(5):
    run(finals, kind)
for kind in range(7):
    run(managed, kind)
for kind in None, ValueError(), TypeError(), KeyError():
    run(groups, kind)


# --- match ---

def matching(x):
    match x:
        case 1:
            y = 1
        case [a, b] if a:
            y = 2
        case {"k": v} | {"l": v}:
            y = 3
        case str() as s:
            pass
        case _:
            y = 5


for x in 1, [1, 2], [0, 2], {"l": 1}, "s", 7.5:
    run(matching, x)


# --- functions, classes, suspension ---

def definitions():
    @staticmethod
    def f(a=1,
          *, b: int = 2): return a
    class C(object):
        """doc"""
        x: int = 1
        def m(self): pass
        if x:
            y = 2
    lambda: (
        1)
    [i for i in
     range(2)
     if i]
    def g(): return f
    g()
    return C().m()


def gen0():
    if 0: yield
def gen1():
    yield 1
def gen5():
    yield 1
    return 5
class Stops:
    def __iter__(self): return self
    def __next__(self): raise StopIteration(4)
async def co(): return 3


def iterating():
    for x in gen0(): pass
    for x in gen1():
        pass
    for x in gen5(): pass
    for x in Stops(): pass
    for x in [1]: pass
    next(gen5())


def delegating():
    def inner():
        yield from gen0()
        x = yield from gen5()
        yield from [1]
        yield from Stops()
        return x
    list(inner())


def awaiting():
    async def agen():
        for i in range(2): yield i
    async def f():
        await co()
        async for x in agen():
            if x > 10:
                break
        async with AManager() as a: pass
        return [y async for y in agen()]
    try: f().send(None)
    except StopIteration: pass


class AManager:
    async def __aenter__(self): return self
    def __repr__(self): return "AManager"
    async def __aexit__(self, *what): pass


def closes():
    def g():
        try:
            yield 1
        finally:
            x = 1
    i = g()
    next(i)
    i.close()
    i = g()
    next(i)
    i.throw(ValueError)


for f in definitions, iterating, delegating, awaiting, closes:
    run(f)


# --- tracing begins in the middle ---

def begins():
    sys.settrace(trace); sys._getframe().f_trace = trace; x = 1
    y = 2
    try:
        raise ValueError
    except ValueError: pass
    sys.settrace(None)


events.clear()
begins()
print(*events)


# --- what has no line ---

def lines(f):
    return sorted({line - f.__code__.co_firstlineno for _, _, line in f.__code__.co_lines() if line is not None})


for f in loops, nested, conditions, handling, finals, managed, groups, matching:
    print(f.__name__, lines(f))
