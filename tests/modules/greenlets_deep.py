# Many greenlets, deep ones, trace functions that switch, greenlets let go by other threads and by the collector.
import gc, greenlet, importlib.metadata, json, threading, weakref
from greenlet import greenlet as G, getcurrent, GreenletExit

main = getcurrent()
print(importlib.metadata.version('greenlet') >= '3.0', greenlet.__version__ >= '3.0')

# A ring of generators, exceptions and C calls on the stack of each.
def work(i):
    def by_c(x):
        main.switch((i, x))
        return x
    try:
        raise KeyError(i)
    except KeyError as e:
        total = sum(map(by_c, range(3)))
        assert e.args == (i,)
        return sorted([3, 1, 2], key=lambda x: (main.switch('sort'), -x)[1]), total
gs = [G(work) for i in range(200)]
for i, g in enumerate(gs):
    assert g.switch(i) == (i, 0)
for r in range(1, 3):
    for i, g in enumerate(gs):
        assert g.switch() == (i, r)
for r in range(3):
    assert all(g.switch() == 'sort' for g in gs)
print(gs[0].switch(), all(g.switch() == ([3, 2, 1], 3) for g in gs[1:]), all(g.dead for g in gs))

# The guard of a fiber's own C stack.
def nest(n):
    l = []
    for _ in range(n):
        l = [l]
    return l
def deep():
    try:
        json.dumps(nest(100000))
    except RecursionError:
        return 'RecursionError'
print(G(deep).switch())
l = nest(50000)
def drop():
    global l
    del l
    return 'dropped'
print(G(drop).switch())

# Each in the next one's arms.
def down(n):
    return G(down).switch(n - 1) + 1 if n else 0
print(down(300))

# A trace function that switches.
other = G(lambda: main.switch('from other'))
def tracer(event, pair):
    global armed
    if armed:
        armed = False
        print('nested', other.switch())
armed = False
greenlet.settrace(tracer)
def plain():
    global armed
    armed = True
    return main.switch('from plain')
g = G(plain)
print(g.switch())
greenlet.settrace(None)
print(g.switch('last'), g.dead)

# Let go by another thread: it dies in its own.
log = []
def worker():
    try:
        main.switch()
    except GreenletExit:
        log.append(threading.current_thread() is threading.main_thread())
        raise
box = [G(worker)]
box[0].switch()
thread = threading.Thread(target=box.clear)
thread.start()
thread.join()
print(log)
G()
print(log)

# Suspended for ever in a thread that ends.
class Held:
    pass
def in_thread():
    g = G(lambda held: getcurrent().parent.switch())
    g.switch(Held())
    kept.append(g)
kept = []
thread = threading.Thread(target=in_thread)
thread.start()
thread.join()
print(kept[0].dead, bool(kept[0]))
kept.clear()

# It will not die.
def stubborn():
    while True:
        try:
            main.switch()
        except GreenletExit:
            log.append('no')
            return 'at last'
g = G(stubborn)
g.switch()
del g
print(log)

# Subclasses, weak references, cycles of greenlets that never ran.
class Sub(G):
    def run(self, *args):
        self.args = args
        return getcurrent() is self
s = Sub()
print(s.switch(1, 2), s.args)
s.loop = s
r = weakref.ref(s)
del s
gc.collect()
print(r())
n = Sub()
n.loop = n
r = weakref.ref(n)
del n
gc.collect()
print(r())
