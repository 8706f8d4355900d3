# What a full collection finds alive, whoever holds it, and that it finds everything else: old objects and young ones.
import gc
import sys
import threading
import types
import weakref

gc.disable()
gc.collect()


class Node:
    def __init__(self, name):
        self.name = name
        self.own = self

    def __repr__(self):
        return self.name


dead = []


def watched(name):
    node = Node(name)
    weakref.finalize(node, dead.append, name).atexit = False
    return node


def report(what, n=None):
    print(what, sorted(dead), "" if n is None else n)
    dead.clear()


# Held by a module's globals, by a module that sys.modules does not know, by a class, by a default, by a cell.
kept = watched("global")
apart = types.ModuleType("apart")
apart.node = watched("module apart")


class Holder:
    node = watched("class")

    def method(self, default=watched("default")):
        return default


def closure():
    node = watched("cell")
    return lambda: node


get = closure()
sys.node_of_test = watched("sys")
gc.collect()
gc.collect()
report("held:")

# Held by locals of frames that run, by their temporaries, by generators suspended and running.
def local():
    node = watched("local")
    gc.collect()
    report("a local:")
    return [watched("temporary"), gc.collect(), report("a temporary:")][0].name


print(local(), gc.collect() > 0)
report("they are gone:")


def generator():
    node = watched("in a generator")
    yield gc.collect()
    yield gc.collect()


suspended = generator()
next(suspended)
gc.collect()
report("a suspended generator:")
next(suspended)
report("a running one:")
suspended = None
gc.collect()
report("dropped:")

# Held by another thread only.
ready, done = threading.Event(), threading.Event()


def thread():
    node = watched("in a thread")
    ready.set()
    done.wait()


other = threading.Thread(target=thread)
other.start()
ready.wait()
gc.collect()
report("a thread:")
done.set()
other.join()
gc.collect()
report("after it:")

# Held by what is frozen, by an exception under way, by a container that is not tracked.
frozen = [watched("by a frozen list")]
gc.freeze()
frozen_node = frozen[0]
gc.unfreeze()
gc.freeze()
del frozen_node
holder = [frozen]
del frozen
gc.collect()
report("frozen:")
gc.unfreeze()
del holder
gc.collect()
report("unfrozen:")
try:
    raise ValueError(watched("in an exception"))
except ValueError:
    gc.collect()
    report("handled exception:")
gc.collect()
report("after it:")

# Circles among the old that refer to what is alive, and are referred to by weak references only.
ring = [watched(f"ring {i}") for i in range(4)]
for i, node in enumerate(ring):
    node.next, node.alive = ring[i - 1], kept
gc.collect()
gc.collect()
report("old ring:")
lost = weakref.ref(ring[0])
del ring, node
report("not collected yet:")
print(lost() is not None, gc.collect() >= 4, lost())
report("old ring dropped:")

# A young circle reached only by an old circle, and the other way round; both go in one full collection.
old = watched("old")
gc.collect()
gc.collect()
young = watched("young")
old.young, young.old = young, old
del old, young
gc.collect(0)
report("the young alone:")
gc.collect()
report("together:")

# The holders are alive still.
print(kept, apart.node, Holder.node, Holder().method(), get(), sys.node_of_test)
del kept, apart, get, sys.node_of_test
Holder = None
gc.collect()
report("dropped:")
print(gc.garbage)
