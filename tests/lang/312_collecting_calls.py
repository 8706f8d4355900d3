# tuple, list, set, any and all of a generator expression: the items may be taken by a loop in the caller, and nobody is to notice.
import builtins
import sys


def all_of(xs):
    return (tuple(x + 1 for x in xs), list(x + 1 for x in xs), sorted(set(x % 3 for x in xs)), any(x > 3 for x in xs), all(x > 0 for x in xs))


print(all_of(range(1, 6)), all_of([]), all_of([0]), all_of(iter([3, 4, -1])))


def nested(rows):
    return tuple(tuple(c for c in row if c) for row in rows), any(all(c for c in row) for row in rows)


print(nested([(0, 1), (2, 3)]), nested([(0,)]), nested([()]))


# Another meaning of the name.
def shadowed(any):
    return any(x for x in [1])


print(shadowed(lambda g: ("mine", next(g), list(g))))


def rebound():
    saved = builtins.any, builtins.tuple
    try:
        builtins.any = lambda g: ("other any", list(g))
        builtins.tuple = list
        return any(x for x in "ab"), tuple(x for x in "ab")
    finally:
        builtins.any, builtins.tuple = saved


print(rebound())


def late():
    global set
    set = frozenset
    try:
        return set(x for x in "a")
    finally:
        del set


print(late(), set(x for x in "a"))


class Sub(tuple):
    pass


def positions(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
        t = e.__traceback__.tb_next
        while t:
            start, end, column, end_column = list(t.tb_frame.f_code.co_positions())[t.tb_lasti // 2]
            base = t.tb_frame.f_code.co_firstlineno
            print(" ", t.tb_frame.f_code.co_name, t.tb_lineno - base, start - base, end - base)
            t = t.tb_next


def in_tuple():
    return tuple(
        1 // x
        for x in [1,
                  0])


def in_set():
    return set(
        [x]
        for x in [1])


class Truth:
    def __bool__(self):
        raise ValueError("neither")


def in_any():
    return (1,
            any(Truth() for _ in "a"))


def stop_in_list():
    def stop():
        raise StopIteration

    return list(
        stop() for _ in "a")


for f in in_tuple, in_set, in_any, stop_in_list:
    positions(f)


# What is dropped, and when.
class Noisy:
    def __init__(self, n):
        self.n = n

    def __bool__(self):
        return self.n == 2

    def __del__(self):
        print("del", self.n)


def source():
    try:
        for i in range(1, 9):
            yield i
    finally:
        print("source closed")


def drops():
    print(any(Noisy(i) for i in source()))
    print("after any")
    kept = tuple(Noisy(i) for i in (5, 6))
    print(len(kept))
    del kept
    print(all(Noisy(i) for i in source()))
    try:
        list(Noisy(7 // i) for i in (1, 0))
    except ZeroDivisionError:
        pass
    print("after list")


drops()


# The generator can be found and run by somebody else.
def meddled():
    def look():
        f = sys._getframe(1)
        return f.f_code.co_name, f.f_back.f_code.co_name, sorted(f.f_locals)

    return list(look() for x in "a"), tuple(look() for x in "a"), any(look() for x in "a")


print(meddled())


# Tools see the loop of those that CPython inlines, too, and the call of the others.
def traced():
    a = tuple(x for x in [1, 2])
    b = set(x for x in [1, 2])
    c = any(x > 1 for x in [1, 2])
    return a


events = []


def tracer(frame, event, arg):
    events.append((frame.f_code.co_name, event, frame.f_lineno - traced.__code__.co_firstlineno))
    return tracer


sys.settrace(tracer)
traced()
sys.settrace(None)
for e in events[:-1]:
    print(*e)
called = []
sys.setprofile(lambda frame, event, arg: called.append((event, frame.f_code.co_name)))
traced()
sys.setprofile(None)
print(called[:-1])


async def awaited():
    async def one():
        return 1

    return [x for x in [await one()]], list([await one() for _ in "ab"])


try:
    awaited().send(None)
except StopIteration as e:
    print(e.value)


async def asynchronous():
    async def one():
        return 1

    any(await one() for _ in "a")


try:
    asynchronous().send(None)
except TypeError as e:
    print(e)




def wide(n):
    names = [f"v{i}" for i in range(n)]
    source = "def f():\n    " + "; ".join(f"{v} = {i}" for i, v in enumerate(names)) + "\n"
    source += "    return tuple(v0 + x for x in range(3)), set(v1 + x for x in range(3)), any(x == v2 for x in range(3)), list(x for x in range(2))\n"
    namespace = {}
    exec(source, namespace)
    return namespace["f"]()


print(wide(3), wide(300))


# Sets: order, equal keys of other types, growth.
def sets(items):
    return list(set(x for x in items)), list({x for x in items})


for items in ([8, 0, 16, 1], [True, 1, 0, False], [1, True, 1.0], [-1, -2, 2**61 - 1, 2**61, 0], list(range(40, 0, -3)), [9, 1, 17, "a" * 0, 1]):
    print(*sets(items))
