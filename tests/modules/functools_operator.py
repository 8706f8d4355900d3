# _functools, _operator, _heapq, _bisect: results, texts, errors.
from _functools import *
from _functools import _lru_cache_wrapper
import _functools, _operator as o, _heapq as h, _bisect as b
from _operator import itemgetter, attrgetter, methodcaller

def t(f):
    try:
        r = f()
        print('ok', repr(r))
    except BaseException as e:
        print(type(e).__name__, '|', e)

class F:
    def __call__(s, *a, **k): return a, k
    def __repr__(s): return '<F>'
f = F(); P = Placeholder
t(lambda: partial()); t(lambda: partial(5)); t(lambda: partial(f, 1, x=2)); t(lambda: partial(f, 1, x=2)(3, y=4, x=5)); t(lambda: partial(f, P, 1)); t(lambda: partial(f, P, 1)(2)); t(lambda: partial(f, P, 1)()); t(lambda: partial(f, 1, P)); t(lambda: partial(f, x=P)); t(lambda: partial(partial(f, P, 2), 1).args); t(lambda: partial(partial(f, P, P, 3), 1).args); t(lambda: partial(partial(f, 1, x=1), 2, x=3, y=4)); t(lambda: partial(f, P, P, 3)(1)); t(lambda: partial(f, P)(1))
t(lambda: partial(f, 1).__reduce__()); t(lambda: P.__reduce__()); t(lambda: type(P)() is P); t(lambda: type(P)(1)); t(lambda: repr(P)); t(lambda: type(P))
p = partial(f, 1)
for s in (5, (f,), (f, (), {}, None, 5), (f, 5, {}, None), (f, (2,), {'a': 1}, {'z': 5})): t(lambda: p.__setstate__(s))
t(lambda: p); t(lambda: p.z); t(lambda: p()); t(lambda: p.__setstate__((f, (P,), {}, None)))
class A: m = partial(f, 1)
t(lambda: len(A().m(2)[0]))
class S(partial): pass
t(lambda: S(f, 1)); t(lambda: S(f, 1)(2)); t(lambda: partial(S(f, 1), 2).func)
q = partial(f); q.__setstate__((q, (), {}, {})); t(lambda: q)
t(lambda: cmp_to_key()); t(lambda: cmp_to_key(5)(3) < cmp_to_key(5)(4)); K = cmp_to_key(lambda a, b: a - b); t(lambda: K(1) < K(2)); t(lambda: K(1) < 5); t(lambda: K(1) == K(1)); t(lambda: hash(K(1))); t(lambda: K(1).obj); t(lambda: K()); t(lambda: K(1, 2)); t(lambda: K(obj=3).obj); t(lambda: type(K)()); t(lambda: sorted([3, 1, 2], key=cmp_to_key(lambda a, b: b - a)))
t(lambda: reduce(o.add, [])); t(lambda: reduce(o.add, [1])); t(lambda: reduce(o.add, [1, 2], 10)); t(lambda: reduce(o.add, 5)); t(lambda: reduce(1, [1, 2])); t(lambda: reduce(o.add, [], initial=None)); t(lambda: reduce()); t(lambda: reduce(o.add, [1], initial=3))
def cached(maxsize, typed=False): return _lru_cache_wrapper(f, maxsize, typed, lambda *a: a)
w = cached(2)
for a in (1, 2, 3, 2, 1, 3): w(a)
t(lambda: w.cache_info()); t(lambda: w.cache_clear()); t(lambda: w([])); t(lambda: w.cache_info()); t(lambda: w(1, a=2)); t(lambda: w(1, a=2)); t(lambda: w.cache_info())
t(lambda: _lru_cache_wrapper(5, 1, 2, 3)); t(lambda: _lru_cache_wrapper(f, 'a', True, tuple)); t(lambda: cached(0)(3)); t(lambda: cached(None)(3, x=1))
w = cached(None); [w(i % 7) for i in range(50)]; t(lambda: w.cache_info())
w = cached(10); [w(i * i % 13, k=i % 3) for i in range(500)]; t(lambda: w.cache_info())
w = cached(3, True); w(1); w(1.0); w(True); w(a=1); w(a=1.0); t(lambda: w.cache_info())
class In(int): pass
w = cached(3); w(1); w(In(1)); w(1.0); w('1'); w((1,)); t(lambda: w.cache_info())

t(lambda: o.indexOf(5, 1)); t(lambda: o.countOf(5, 1)); t(lambda: o.indexOf([1], 2)); t(lambda: o.indexOf('abc', 'c')); t(lambda: o.countOf('abca', 'a')); t(lambda: o.iconcat(1, 2)); t(lambda: o.concat([1], 5)); t(lambda: o.iconcat([1], 5)); t(lambda: o._compare_digest('a', 'b')); t(lambda: o._compare_digest('é', 'b')); t(lambda: o._compare_digest(b'a', b'a'))
t(lambda: itemgetter()); t(lambda: itemgetter(1)); t(lambda: itemgetter(1, 'a')); t(lambda: itemgetter(1)()); t(lambda: itemgetter(1)([1, 2])); t(lambda: itemgetter(1)([1, 2], 3)); t(lambda: itemgetter(1)([1, 2], x=3)); t(lambda: itemgetter(0, 1)([1, 2])); t(lambda: itemgetter(1, 2).__reduce__()); t(lambda: itemgetter(x=1)); t(lambda: itemgetter(5)((1,))); t(lambda: itemgetter(-1)((1, 2)))
t(lambda: attrgetter()); t(lambda: attrgetter(1)); t(lambda: attrgetter('a.b')); t(lambda: attrgetter('real.imag')(5)); t(lambda: attrgetter('real', 'imag')(5)); t(lambda: attrgetter('x')(5)); t(lambda: attrgetter('real')()); t(lambda: attrgetter('a', 'b.c').__reduce__()); t(lambda: attrgetter('real')(1, x=2))
t(lambda: methodcaller()); t(lambda: methodcaller(1)); t(lambda: methodcaller('f', 1, x=2)); t(lambda: methodcaller('upper')('a')); t(lambda: methodcaller('upper')()); t(lambda: methodcaller('f', 1).__reduce__()); t(lambda: methodcaller('to_bytes', 2, byteorder='little')(5)); t(lambda: methodcaller('nope')(5)); t(lambda: methodcaller('upper')('a', x=2))
t(lambda: o.length_hint(1, 'a')); t(lambda: o.length_hint(1, 2)); t(lambda: o.call(max, 1, 2)); t(lambda: o.call()); t(lambda: o.call(dict, a=1)); t(lambda: o.pow(2, 3)); t(lambda: o.truth()); t(lambda: o.add(1)); t(lambda: itemgetter.__module__); t(lambda: o.contains(5, 1)); t(lambda: o.index('a')); t(lambda: o.not_(1, 2))

t(lambda: h.heappush(5, 1)); t(lambda: h.heappop([])); t(lambda: h.heappop(())); t(lambda: h.heapreplace([], 1)); t(lambda: h.heapify(5)); t(lambda: h.heappushpop([], 3)); t(lambda: h.heapify_max(()))
class X:
    def __lt__(s, o): l.clear(); return True
for g in (h.heapify, h.heappop, lambda l: h.heappush(l, X())):
    l = [X(), X(), X()]; t(lambda: g(l))
n = [(i * 7919) % 101 for i in range(60)]; l = n[:]; h.heapify(l); print(l); print([h.heappop(l) for _ in range(60)] == sorted(n))
l = n[:]; h.heapify_max(l); print(l); print([h.heappop_max(l) for _ in range(60)] == sorted(n)[::-1])
l = []; [h.heappush(l, (x % 5, str(x))) for x in n]; print(l[:10], h.heapreplace(l, (9, '')), h.heappushpop(l, (0, '')), l[:5])
t(lambda: b.bisect_left([1], 2, -1)); t(lambda: b.bisect_left(5, 2)); t(lambda: b.bisect_left([1], 2, key=5)); t(lambda: b.bisect_left([1], 2, 'a')); t(lambda: b.bisect_left([1, 2], 2, 0, None)); t(lambda: b.bisect_left([1, 2], 2, 0, 50)); t(lambda: b.bisect_left([1, 2], 2, 0, 'a')); t(lambda: b.bisect_left([1, 2], 2, hi=-1)); t(lambda: b.bisect_left([1, 2], 2, hi=-5)); t(lambda: b.insort_left((), 2)); t(lambda: b.bisect_left([1, 'a'], 2)); t(lambda: [b.bisect_left([1, 2, 2, 3], x) for x in (0, 1, 2, 3, 4)]); t(lambda: [b.bisect_right([1, 2, 2, 3], x) for x in (0, 1, 2, 3, 4)]); t(lambda: b.bisect_right(['a', 'bb', 'ccc'], 2, key=len))
l = []; [b.insort_right(l, x, key=lambda v: -v) for x in n]; print(l)

import inspect
import operator
print(inspect.signature(operator.call), operator.call(max, 1, 2, key=lambda v: -v))
