"""Uses up the memory in many ways; each ends in MemoryError, and the program goes on. For tests/memory/limit.sh."""
import gc, sys, threading


def until_full(name, make):
    """Runs make() and tells whether it ended in MemoryError."""
    ended = False
    try:
        make()
    except MemoryError:
        ended = True
    gc.collect()
    print(name, "ended in MemoryError" if ended else "came to an end")


def small_lists():
    kept = []
    while True:
        kept.append([None])


def one_list():
    kept = []
    while True:
        kept.append(1)


def list_repeat():
    kept = [0]
    while True:
        kept = kept * 2


def strings():
    kept = []
    n = 0
    while True:
        n += 1
        kept.append("%d-%d" % (n, n))


def one_string():
    s = "x\u017e"
    while True:
        s += s


def join():
    part = ["x" * 1000000]
    while True:
        "".join(part)
        part += part


def wide_dict():
    d = {}
    n = 0
    while True:
        d[n] = n
        n += 1


def dicts():
    kept = []
    while True:
        kept.append({"a": 1, "b": None})


def sets():
    s = set()
    n = 0.5
    while True:
        s.add(n)
        n += 1


def instances():
    class C:
        def __init__(self):
            self.a = self.b = self.c = None
    kept = None
    while True:
        c = C()
        c.a = kept
        kept = c


def one_bytes():
    b = b"x"
    while True:
        b = b + b


def byte_array():
    b = bytearray()
    while True:
        b.extend(bytes(100000))


def big_ints():
    n = 3
    while True:
        n = n * n


def shifted():
    kept = []
    while True:
        kept.append(1 << 1000000)


def digits():
    n = 10 ** 200000
    sys.set_int_max_str_digits(0)
    while True:
        n = n * n
        str(n)


def tuples():
    t = ()
    while True:
        t = (t, None)


def functions():
    kept = []
    while True:
        kept.append(lambda: None)


def generators():
    def count():
        yield 1
        yield 2
    kept = []
    while True:
        g = count()
        next(g)
        kept.append(g)


def exceptions():
    kept = []
    while True:
        try:
            1 / 0
        except ZeroDivisionError as e:
            kept.append(e.with_traceback(None))


def source():
    kept = []
    n = 0
    while True:
        n += 1
        kept.append(compile("def f(a, b):\n  return a + b * %d\n" % n, "<x>", "exec"))


def recursion():
    def down(kept):
        kept = [kept] * 10000
        return down(kept)
    sys.setrecursionlimit(1000000)
    try:
        down(None)
    finally:
        sys.setrecursionlimit(1000)


def deep():
    def down(n):
        return down(n + 1) + 1
    sys.setrecursionlimit(100000000)
    try:
        down(0)
    finally:
        sys.setrecursionlimit(1000)


def sorting():
    kept = [0, 1]
    while True:
        kept = kept + kept
        sorted(kept, key=lambda n: -n)


def threads():
    begin, failures = threading.Event(), []

    def use():
        begin.wait()
        try:
            small_lists()
        except MemoryError:
            failures.append(1)
    threading.stack_size(1 << 20)  # what is left of the room may not hold three stacks of the usual size
    made = [threading.Thread(target=use) for _ in range(3)]
    try:
        for t in made:
            t.start()
    finally:
        begin.set()
    for t in made:
        t.join()
    if failures:
        raise MemoryError


KINDS = [small_lists, one_list, list_repeat, strings, one_string, join, wide_dict, dicts, sets, instances, one_bytes, byte_array, big_ints, shifted, digits,
         tuples, functions, generators, exceptions, source, recursion, deep, sorting, threads]
for kind in KINDS:
    if len(sys.argv) < 2 or kind.__name__ in sys.argv[1:]:
        until_full(kind.__name__, kind)
print("still here:", sum(range(10)), "".join(sorted("cab")), len([None] * 100000))
