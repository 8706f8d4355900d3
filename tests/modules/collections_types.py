# deque, defaultdict, OrderedDict, the getters of named tuples: results, texts, errors.
from _collections import deque, OrderedDict, defaultdict, _tuplegetter, _count_elements

def t(f):
    try:
        r = f()
        print('ok', repr(r))
    except BaseException as e:
        print(type(e).__name__, '|', e)

d = deque([1, 2, 3])
t(lambda: deque(1)); t(lambda: deque([1], 2, 3)); t(lambda: deque([1], maxlen=-1)); t(lambda: deque([1], maxlen='a')); t(lambda: deque(x=1)); t(lambda: deque(iterable=[1], maxlen=None))
t(lambda: d['a']); t(lambda: d[5]); t(lambda: d[-5]); t(lambda: (d[0], d[-1])); t(lambda: d[1:2]); t(lambda: deque().pop()); t(lambda: deque().popleft()); t(lambda: d.index(9)); t(lambda: d.remove(9)); t(lambda: d + [1]); t(lambda: d + d); t(lambda: d * 2); t(lambda: deque([1, 2], 3) * 2); t(lambda: deque([1, 2], 3) + deque([5, 6, 7])); t(lambda: deque([1], maxlen=1).insert(0, 1))
class M:
    def __eq__(s, o): d.append(1); return False
for f in (lambda: M() in d, lambda: d.index(M()), lambda: d.count(M()), lambda: d.remove(M())):
    d = deque([1, 2, 3]); t(f)
def mutate(it):
    for x in it: d.append(1)
t(lambda: mutate(d)); t(lambda: mutate(reversed(d)))
d = deque([1, 2, 3]); d.append(d); t(lambda: d)
class D(deque): pass
t(lambda: D([1], 3)); t(lambda: D([1], 3) + D([2])); t(lambda: D([1], 3).copy()); t(lambda: D([1]) * 2); t(lambda: deque([1], 3).__reduce__()[:3]); t(lambda: hash(d)); t(lambda: d < 1); t(lambda: deque([1]) < deque([2])); t(lambda: deque([1]).maxlen)
d = deque(range(6))
for n in (0, 1, 2, -1, 5, 7, -13, 100): d.rotate(n); print(n, d)
d = deque(range(8)); d.rotate(3); d.appendleft('x'); d.insert(2, 'y'); d.insert(-1, 'z'); d.insert(100, 'e'); del d[3], d[-2]; d[0] = 'w'; d.reverse(); print(d, len(d), d.count(1), d.index('y'))
d = deque('abcdef', 3); d.append('g'); d.appendleft('h'); d.extend('ij'); d.extendleft('kl'); print(d); d.clear(); print(d)
d = deque(); s = []
for i in range(300):
    d.append(i)
    if i % 3 == 0: s.append(d.popleft())
print(sum(s), len(d), d[0], d[-1], list(d) == [d[i] for i in range(len(d))], list(reversed(d)) == list(d)[::-1])
d += [1]; d *= 0; print(d, bool(d))
t(lambda: type(iter(deque([1, 2])))(deque([1, 2, 3]), 1).__length_hint__())

t(lambda: defaultdict(5)); t(lambda: defaultdict(int, [(1, 2)], x=3)); t(lambda: defaultdict(None)[5]); t(lambda: defaultdict(list) | {1: 2}); t(lambda: {1: 2} | defaultdict(list)); t(lambda: defaultdict(int).copy()); t(lambda: defaultdict(int, 1, 2)); t(lambda: defaultdict()); t(lambda: defaultdict(default_factory=int)); t(lambda: defaultdict(int).__missing__(5)); t(lambda: defaultdict(int) | 5)
e = defaultdict(int); e.default_factory = e; t(lambda: e)
class DD(defaultdict): pass
t(lambda: DD(int, a=1)); t(lambda: DD(int).copy()); t(lambda: DD(int) | {})
e = defaultdict(list)
for k, v in [('a', 1), ('b', 2), ('a', 3)]: e[k].append(v)
print(e, e.get('zz'), 'zz' in e)

o = OrderedDict(a=1, b=2)
t(lambda: o); t(lambda: OrderedDict()); t(lambda: o.move_to_end('x')); t(lambda: o.popitem()); t(lambda: OrderedDict().popitem()); t(lambda: o.pop('z')); t(lambda: o.pop('z', 5)); t(lambda: o.__reduce__()[:4]); o.x = 3; t(lambda: o.__reduce__()[:4]); t(lambda: OrderedDict(1, 2)); t(lambda: OrderedDict(5)); t(lambda: o | {1: 2}); t(lambda: {1: 2} | o); t(lambda: o.keys()); t(lambda: o.items()); t(lambda: o.values()); t(lambda: type(iter(o))); t(lambda: iter(o.items()).__reduce__()); t(lambda: type(o.keys()).__mro__)
def loop(act):
    o = OrderedDict(a=1, b=2, c=3)
    for k in o: act(o, k)
t(lambda: loop(lambda o, k: o.update(new=1))); t(lambda: loop(lambda o, k: o.move_to_end(k))); t(lambda: loop(lambda o, k: o.pop(k))); t(lambda: loop(lambda o, k: o.clear())); t(lambda: loop(lambda o, k: o.update({k: 5})))
class O(OrderedDict): pass
t(lambda: O(a=1)); t(lambda: O(a=1).copy()); t(lambda: O.fromkeys('ab', 3)); t(lambda: OrderedDict.fromkeys('ab')); t(lambda: O(a=1) | {}); t(lambda: OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1)); t(lambda: OrderedDict(a=1, b=2) == {'b': 2, 'a': 1}); t(lambda: OrderedDict.update(OrderedDict(), 1, 2)); t(lambda: o.setdefault('k')); t(lambda: o.setdefault([])); o['s'] = o; t(lambda: o)
o = OrderedDict((i, str(i)) for i in range(40))
for i in range(0, 40, 3): o.move_to_end(i)
for i in range(1, 40, 7): o.move_to_end(i, last=False)
print(list(o)); print(list(reversed(o)) == list(o)[::-1])
print([o.popitem(last=False) for _ in range(15)], [o.popitem() for _ in range(5)], list(o.items())); o[1] = 1; print(list(o))
q = OrderedDict()
for i in range(1000):
    q[i] = i
    if len(q) > 10: q.popitem(last=False)
print(list(q))

t(lambda: _tuplegetter(1, 'd')); t(lambda: _tuplegetter('a', 'd')); t(lambda: _tuplegetter(0, 'd').__get__(5)); t(lambda: _tuplegetter(0, 'd').__get__((5,))); t(lambda: _tuplegetter(3, 'd').__get__((5,))); t(lambda: _tuplegetter(0, 'd').__set__((5,), 1)); t(lambda: _tuplegetter(0, 'd').__delete__((5,))); t(lambda: _tuplegetter(0, 'd').__get__(None, 5)); t(lambda: _tuplegetter(0)); t(lambda: _tuplegetter(0, 'd').__doc__)
t(lambda: _count_elements({}, 5)); t(lambda: _count_elements({'a': 'x'}, 'a')); m = {'a': 2}; _count_elements(m, 'banana'); print(m)
