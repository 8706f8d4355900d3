"""Cycles through thread-local data are collected, in all threads; data goes with its thread and with its object."""
import gc
import threading
import weakref


class Thing:
    def __init__(self, name):
        self.name = name


def cycle():
    thing = Thing("cycle")
    thing.local = threading.local()
    thing.local.back = thing
    return weakref.ref(thing)


ref = cycle()
gc.collect()
print(ref())

# Another thread's share of a cycle.
thing = Thing("shared")
thing.local = threading.local()
inside, leave = threading.Event(), threading.Event()


def other():
    thing.local.back = thing
    inside.set()
    leave.wait()


t = threading.Thread(target=other)
t.start()
inside.wait()
ref = weakref.ref(thing)
del thing
gc.collect()
print(ref())
leave.set()
t.join()

# Data goes with the thread, while the object stays.
local, refs = threading.local(), []


def own():
    local.thing = Thing("own")
    refs.append(weakref.ref(local.thing))


for _ in range(3):
    t = threading.Thread(target=own)
    t.start()
    t.join()
print([r() for r in refs], local.__dict__)


# __init__ for each thread; one that fails is tried again.
class Counted(threading.local):
    made = 0

    def __init__(self, start):
        Counted.made += 1
        if Counted.made == 2:
            raise ValueError("not now")
        self.x = start


counted = Counted(5)


def touch():
    try:
        counted.x
    except ValueError as e:
        print(e)
    print(counted.x, Counted.made)


t = threading.Thread(target=touch)
t.start()
t.join()

# Many objects, many threads.
locals_ = [threading.local() for _ in range(50)]


def many(n):
    for i, l in enumerate(locals_):
        l.x = n * i
    assert [l.x for l in locals_] == [n * i for i in range(50)]


threads = [threading.Thread(target=many, args=(n,)) for n in range(20)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print([hasattr(l, "x") for l in locals_[:3]])
