# Programs that pull the rug from under the interpreter: each ends in an exception or quietly, hot or cold.
import collections
import copy
import functools
import gc
import itertools
import json
import operator
import os
import pickle
import re
import sys
import threading
import types
import weakref


def attempt(name, function, rounds=300):
    """What the last of many rounds ended in."""
    answer = None
    for _ in range(rounds):
        try:
            function()
            answer = 'done'
        except Exception as e:
            answer = type(e).__name__
    print(name, answer)


def ends(name, function):
    """The same where it depends on the depth of the stack whether there is an exception."""
    try:
        function()
    except (RecursionError, MemoryError, OverflowError):
        pass
    print(name, 'ended')


# --- Containers that change while they are used ---------------------------------------------------------------------------------------------
class Shrinks:
    """Empties its container when it is compared, hashed or shown."""
    def __init__(self, container): self.container = container
    def act(self):
        self.container.clear()
        return True
    def __eq__(self, other): return self.act()
    def __lt__(self, other): return self.act()
    def __hash__(self): return 1
    def __repr__(self):
        self.act()
        return 'shrinks'
    def __index__(self):
        self.act()
        return 0


def with_list(use):
    def run():
        l = []
        l.extend(Shrinks(l) for _ in range(5))
        return use(l)
    return run


attempt('list ==', with_list(lambda l: l == [0] * 5))
attempt('list index', with_list(lambda l: l.index(7)))
attempt('list remove', with_list(lambda l: l.remove(7)))
attempt('list count', with_list(lambda l: l.count(7)))
attempt('list sort', with_list(lambda l: l.sort()))
attempt('list repr', with_list(repr))
attempt('list in', with_list(lambda l: 7 in l))
attempt('list item', with_list(lambda l: l[l[0]]))
attempt('list store', with_list(lambda l: operator.setitem(l, l[0], 1)))
attempt('list slice', with_list(lambda l: operator.setitem(l, slice(l[0], 3), l)))
attempt('list max', with_list(max))
attempt('list join', with_list(lambda l: ''.join(map(repr, l))))
attempt('list extend', with_list(lambda l: l.extend(l.clear() or i for i in range(9))))


def dict_changes():
    d = {i: i for i in range(8)}
    for k in d:
        d[k + 100] = 1


def dict_dies():
    d = {i: i for i in range(8)}
    for k, v in d.items():
        del d[k]


class Key:
    def __init__(self, d): self.d, self.asked = d, False
    def __hash__(self): return 5
    def __eq__(self, other):
        if self.asked: return False
        self.asked = True
        self.d.clear()
        self.d.update({i: i for i in range(20)})
        return False


def dict_keys():
    d = {}
    for _ in range(6):
        d[Key(d)] = 1
    d == {Key(d): 1}
    d | d
    d.setdefault(Key(d), 2)


attempt('dict grows', dict_changes)
attempt('dict shrinks', dict_dies)
attempt('dict keys', dict_keys)


def set_changes():
    s = {Shrinks(set()) for _ in range(3)}
    for x in s:
        x.container = s
        s.add(7)
    s | {Shrinks(s)}


attempt('set', set_changes)


def deque_changes():
    d = collections.deque(range(5))
    for x in d:
        d.append(x)


attempt('deque', deque_changes)


def buffer_moves():
    b = bytearray(10)
    m = memoryview(b)
    try:
        b.extend(b'x' * 1000)
    finally:
        m.release()


attempt('bytearray', buffer_moves)
attempt('bytearray join', lambda: b''.join([bytearray(5), memoryview(b'x')] * 3))


# --- Objects that come back, callbacks that meddle ----------------------------------------------------------------------------------------
def resurrect():
    kept = []
    class Back:
        def __del__(self): kept.append(self)
    for _ in range(3):
        b = Back()
        b.self = b
        del b
    gc.collect()
    kept[0].self = None
    kept.clear()


def callbacks():
    class Thing: pass
    things = [Thing() for _ in range(5)]
    refs = [weakref.ref(x, lambda r: (things.clear(), refs.clear(), gc.collect())) for x in things]
    things.pop()
    things = None


def deaths():
    class Node:
        def __del__(self):
            self.others.clear()
            gc.collect(0)
    nodes = [Node() for _ in range(5)]
    for n in nodes: n.others = nodes
    del nodes, n


attempt('resurrect', resurrect, 20)
attempt('callbacks', callbacks, 20)
attempt('deaths', deaths, 20)


def class_changes():
    class A:
        def m(self): return 1
    class B:
        __slots__ = ('x',)
    a = A()
    for i in range(50):
        a.m()
        if i == 25:
            del A.m
            A.__getattr__ = lambda s, n: (lambda: setattr(A, 'm', lambda s: 2))
    B().x


def mro_changes():
    class A: pass
    class B(A): pass
    class Meta(type):
        def mro(cls): return (cls, B, A, object)
    class C(B, metaclass=Meta): pass
    C.__bases__ = (C,)


attempt('class', class_changes, 20)
attempt('mro', mro_changes, 20)


# --- Frames ---------------------------------------------------------------------------------------------------------------------------------
def frame_clears():
    def inner():
        f = sys._getframe()
        f.clear()
    inner()


def frame_locals():
    x = [1]
    for i in range(10):
        sys._getframe().f_locals['x'] = i
        sys._getframe().f_locals['i'] = 'text'
        x + 1
    del sys._getframe().f_locals['x']


def frame_outlives():
    def g():
        a = [1]
        yield sys._getframe()
        yield a
    it = g()
    f = next(it)
    f.f_locals['a'] = 5
    next(it)
    f.clear()


def generator_in_itself():
    def g():
        yield next(it)
    it = g()
    next(it)


def iterator_replaced():
    def f():
        return [sys._getframe().f_locals.update({'.0': 5, 'x': 6}) or x for x in range(3)]
    f()
    g = (x for x in range(3))
    g.gi_frame.f_locals['.0'] = 5
    list(g)


attempt('frame clear', frame_clears)
attempt('f_locals', frame_locals)
attempt('frame outlives', frame_outlives)
attempt('generator', generator_in_itself)
attempt('iterator', iterator_replaced)


# --- Depth ------------------------------------------------------------------------------------------------------------------------------------
class Deep:
    def __repr__(self): return repr(self)
    def __eq__(self, other): return self == other
    def __lt__(self, other): return self < other
    def __hash__(self): return hash(self)
    def __getattr__(self, name): return getattr(self, name + 'x')
    def __call__(self): return self()
    def __iter__(self): return iter(self)
    def __getitem__(self, i): return self[i]
    def __add__(self, other): return self + other
    def __bool__(self): return bool(self)
    def __index__(self): return operator.index(self)
    def __format__(self, f): return f'{self:{f}}'
    def __enter__(self):
        with self: pass
    def __exit__(self, *a): pass
    def __instancecheck__(self, x): return isinstance(x, self)
    def __len__(self): return len(self)
    def __contains__(self, x): return x in self
    def __float__(self): return float(self)
    def __reduce_ex__(self, n): return copy.copy(self)


deep = Deep()
for name, use in {
        'repr': repr, 'eq': lambda d: d == 1, 'lt': lambda d: d < 1, 'hash': hash, 'getattr': lambda d: d.a, 'call': lambda d: d(), 'iter': iter,
        'item': lambda d: d[0], 'add': lambda d: d + 1, 'bool': lambda d: not d, 'index': lambda d: [1][d], 'format': lambda d: f'{d:x}',
        'with': Deep.__enter__, 'isinstance': lambda d: isinstance(1, d), 'len': len, 'in': lambda d: 1 in d, 'float': float,
        'pickle': pickle.dumps, 'sorted': lambda d: sorted([d, Deep()]), 'dict': lambda d: {d: 1}, 'star': lambda d: print(*d)}.items():
    attempt('deep ' + name, functools.partial(use, deep), 5)


def nested(make, n=100000):
    x = None
    for _ in range(n):
        x = make(x)
    return x


def both(make, use):
    return lambda: use(nested(make))


for name, make in {'list': lambda x: [x], 'tuple': lambda x: (x,), 'dict': lambda x: {1: x}}.items():
    ends(name + ' repr', both(make, repr))
    ends(name + ' ==', lambda: nested(make) == nested(make))
    ends(name + ' json', both(make, json.dumps))
    ends(name + ' deepcopy', both(make, copy.deepcopy))
    ends(name + ' pickle', both(make, pickle.dumps))
ends('partials', both(lambda x: functools.partial(print, x), lambda x: None))
ends('chains', both(lambda x: itertools.chain(x or []), list))
ends('cells', both(types.CellType, lambda x: None))
attempt('json text', lambda: json.loads('[' * 100000), 1)
attempt('source', lambda: compile('(' * 100000, '', 'eval'), 1)
ends('maps', both(lambda x: map(x, []) if x else map(repr, []), list))


def endless(): return endless()


sys.setrecursionlimit(2**31 - 1)
sys.setrecursionlimit(1000)
attempt('limit', lambda: sys.setrecursionlimit(0), 1)
attempt('endless', endless, 3)

# --- Threads, processes, the collector's lists ----------------------------------------------------------------------------------------------
def forks():
    pid = os.fork()
    if pid == 0:
        os._exit(gc.collect() * 0)
    os.waitpid(pid, 0)


def many(work, n=4):
    threads = [threading.Thread(target=work) for _ in range(n)]
    for t in threads: t.start()
    for t in threads: t.join()


import warnings
warnings.simplefilter('ignore')
attempt('forks', lambda: many(forks), 3)
shared = {}
attempt('shared dict', lambda: many(lambda: [shared.update({i: i}) or shared.pop(i, None) for i in range(500)]), 3)


def collected_lists():
    for o in gc.get_objects(0):
        if type(o) is list and o and o[0] == 'bait':
            o.clear()


bait = [['bait', i] for i in range(100)]
attempt('get_objects', collected_lists, 3)
attempt('group', lambda: re.match('(' * 300 + 'a' + ')' * 300, 'a').groups(), 3)
attempt('repeat', lambda: re.compile('(?:' * 5000 + 'a' + ')*' * 5000), 1)
attempt('number', lambda: int('9' * 5000), 3)
ends('shift', lambda: 1 << (1 << 62))
attempt('times', lambda: 'x' * (1 << 62), 1)
attempt('bytes', lambda: bytes(1 << 62), 1)
attempt('format', lambda: '%*d' % (1 << 62, 1), 1)
attempt('width', lambda: f'{1:{1 << 62}}', 1)
