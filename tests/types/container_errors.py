# Messages of errors that containers and their operations raise.
import operator

def t(f):
    try:
        r = f()
        print('ok', repr(r))
    except BaseException as e:
        print(type(e).__name__, '|', e)

class O: pass
o = O()
def statements(text):
    for line in text.strip().splitlines():
        def run():
            exec(line.strip(), {'o': o, 'L': [1, 2, 3]})
        t(run)

t(lambda: len(5)); t(lambda: o[0])
statements('''
o[0] = 1
del o[0]
(1,).__class__.__setitem__
L[5] = 1
del L[5]
L['a'] = 1
del L['a']
L[::2] = [1]
L[0:1] = 5
L[::2] = 5
L += 5
L *= 'a'
''')
one, pair = [1], (1,)
for c in (one, pair):
    for k in ('a', 1.5, 2, -3, 1 << 70, None, o):
        t(lambda: c[k])
for k in ('a', 1.5, 5, 1 << 80):
    t(lambda: range(3)[k])
t(lambda: iter(5)); t(lambda: 1 in 5); t(lambda: next(5)); t(lambda: O in o)
class L:
    def __init__(s, v): s.v = v
    def __len__(s): return s.v
t(lambda: len(L(-1))); t(lambda: len(L('a'))); t(lambda: len(L(1 << 70))); t(lambda: len(L(True)))
class H:
    def __init__(s, v): s.v = v
    def __length_hint__(s): return s.v
t(lambda: operator.length_hint(H(-1))); t(lambda: operator.length_hint(H('a'))); t(lambda: operator.length_hint(H(1 << 70)))
t(lambda: operator.length_hint(H(NotImplemented), 7)); t(lambda: operator.length_hint(H(4), 7))
class I:
    def __iter__(s): return 5
t(lambda: iter(I()))
class F:
    def __format__(s, x): return 5
t(lambda: format(5, 5)); t(lambda: format(F(), ''))
t(lambda: list(5)); t(lambda: tuple(5)); t(lambda: set(5)); t(lambda: [].extend(5)); t(lambda: dict(5)); t(lambda: dict([5]))
t(lambda: dict([(1, 2, 3)])); t(lambda: dict(['ab', 'c']))
t(lambda: isinstance(1, 1)); t(lambda: issubclass(1, int)); t(lambda: issubclass(int, 1)); t(lambda: isinstance(1, (int, 1))); t(lambda: isinstance('', (int, 1)))
class D:
    def __dir__(s): return 5
t(lambda: dir(D())); t(lambda: int[3]); t(lambda: type[int]); t(lambda: O[3])
t(lambda: operator.concat(1, 2)); t(lambda: operator.concat([], 2)); t(lambda: [] + 5); t(lambda: () + 5); t(lambda: [] * 'a'); t(lambda: () * 'a')
t(lambda: [1] * (1 << 70)); t(lambda: [1] * (1 << 62)); t(lambda: (1,) * (1 << 62))
t(lambda: [1, 2, 3].index(4)); t(lambda: [1].remove(4)); t(lambda: (1,).index(3)); t(lambda: [].pop()); t(lambda: [1].pop(5)); t(lambda: [].pop('a'))
t(lambda: [1].index(1, 1 << 70)); t(lambda: [1].index(1, 'a')); t(lambda: [1, 2, 1].index(1, -1)); t(lambda: (1, 2, 1).index(1, -1, 100))
t(lambda: [3, 1, 2].sort(5)); t(lambda: [1, 'a'].sort()); t(lambda: sorted([1, 2], key=5))
t(lambda: hash([])); t(lambda: hash({})); t(lambda: hash(slice(1, 2, 3)) == hash(slice(1, 2, 3))); t(lambda: hash(slice(1, [])))
t(lambda: list(1, 2)); t(lambda: list(x=1)); t(lambda: tuple(1, 2)); t(lambda: tuple(x=1)); t(lambda: set(1, 2)); t(lambda: frozenset(1, 2)); t(lambda: dict(1, 2)); t(lambda: set(x=1))
t(lambda: range()); t(lambda: range(1, 2, 3, 4)); t(lambda: range('a')); t(lambda: range(1.5)); t(lambda: range(1, 2, 0)); t(lambda: slice()); t(lambda: slice(1, 2, 3, 4)); t(lambda: range(x=1)); t(lambda: slice(x=1))
t(lambda: enumerate()); t(lambda: enumerate(1)); t(lambda: enumerate([], 1, 2)); t(lambda: enumerate([], 'a')); t(lambda: enumerate(x=1)); t(lambda: enumerate(start=5)); t(lambda: list(enumerate(iterable=[1], start=5)))
t(lambda: reversed(5)); t(lambda: reversed({1})); t(lambda: reversed()); t(lambda: reversed(x=1))
t(lambda: zip(1)); t(lambda: map(1)); t(lambda: map()); t(lambda: filter(1)); t(lambda: filter(None, 1)); t(lambda: filter(1, 2, 3)); t(lambda: zip(x=1)); t(lambda: map(x=1)); t(lambda: filter(x=1)); t(lambda: zip([], strict=1, x=2))
t(lambda: list(zip([1], [], strict=True))); t(lambda: list(zip([1], [1, 2], strict=True))); t(lambda: list(zip([1], [1], [1, 2], strict=True))); t(lambda: list(zip([1, 2], [1, 2], [1], strict=True)))
t(lambda: list(map(lambda *a: a, [1, 2], [1, 2], [1], strict=True))); t(lambda: list(map(lambda *a: a, [1], [1], [1, 3], strict=True))); t(lambda: list(map(None, [1])))
t(lambda: {[]: 1}); t(lambda: {[]})
for f in (lambda: {}[[]], lambda: [] in {}, lambda: {}.get([]), lambda: {}.pop([]), lambda: {1: 1}.pop([]), lambda: {}.setdefault([]), lambda: set().discard([]), lambda: set().remove([]),
          lambda: [] in set(), lambda: set().add([]), lambda: frozenset([[]]), lambda: {}.__delitem__([]), lambda: dict.fromkeys([[]]),
          lambda: {1: 2}.keys() & [[]], lambda: {1}.isdisjoint([[]]), lambda: {1}.difference([[]]), lambda: {(1, [])}):
    t(f)
class A:
    def __hash__(self): raise TypeError
class B:
    def __hash__(self): raise ValueError('x')
class C(TypeError): pass
class E:
    def __hash__(self): raise C('x')
for c in A, B, E:
    t(lambda: {c(): 1}); t(lambda: {c()})
t(lambda: {}.popitem()); t(lambda: {}[1]); t(lambda: {}[(1, 2)]); t(lambda: set().pop()); t(lambda: set().remove(5)); t(lambda: {1: 2}.pop(3)); t(lambda: {}.fromkeys(5)); t(lambda: {}.update(1, 2))
t(lambda: set().union(x=1)); t(lambda: frozenset().union(x=1)); t(lambda: set().update(5)); t(lambda: set() | [1]); t(lambda: frozenset() & 5); t(lambda: {} | []); t(lambda: {1} < [1])
class K:
    def keys(s): return 5
t(lambda: dict(K())); t(lambda: {**{}, **dict(a=1)}); t(lambda: {**5}); t(lambda: [*5])
def grow():
    d = {1: 1}
    for k in d: d[k + 1] = 1
def again():
    d = {0: 0}
    for k in d:
        del d[0]
        d[0] = 0
def shrink():
    s = {1, 2, 3}
    for k in s: s.discard(k)
t(grow); t(again); t(shrink)
l = []
class X:
    def __lt__(s, other): l.append(1); return True
class Z:
    def __lt__(s, other): return 1 / 0
def sort(c):
    l[:] = [c(), c(), c()]
    l.sort()
t(lambda: sort(X)); print(len(l)); t(lambda: sort(Z)); print(len(l))
t(lambda: reversed(range(3)).__setstate__('a')); t(lambda: iter([1]).__setstate__('a')); t(lambda: iter(range(1 << 70)).__setstate__('a'))
class R:
    def __reversed__(s): return 5
class R2: __reversed__ = None
t(lambda: reversed(R())); t(lambda: reversed(R2()))
t(lambda: slice(None).indices(-1)); t(lambda: slice(None, None, 0).indices(3)); t(lambda: slice('a').indices(3)); t(lambda: slice(1, 1 << 80, 3).indices(1 << 90))
