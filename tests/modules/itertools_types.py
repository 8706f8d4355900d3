# The iterators of itertools: results, texts, errors.
import itertools
from itertools import *

def t(f):
    try:
        r = f()
        print('ok', repr(r))
    except BaseException as e:
        print(type(e).__name__, '|', e)

t(lambda: count('a')); t(lambda: count(1, 'a')); t(lambda: count(1, 2, 3)); t(lambda: count(x=1)); t(lambda: count(10)); t(lambda: count(1.5, 2)); t(lambda: count(step=2)); t(lambda: count(1 << 70)); t(lambda: count(1, 1.0)); t(lambda: repr(count(5, step=1)))
c = count((1 << 61) - 3)
t(lambda: [next(c) for _ in range(6)]); t(lambda: c)
c = count(True); t(lambda: (c, next(c))); c = count(5, True); next(c); t(lambda: c)
class C(count): pass
t(lambda: C(5)); t(lambda: list(islice(count(10, -3), 5))); t(lambda: list(islice(count(0.5, 0.25), 3)))
t(lambda: cycle(5)); t(lambda: cycle()); t(lambda: cycle([], [])); t(lambda: cycle(iterable=[])); t(lambda: list(islice(cycle('abc'), 8))); t(lambda: list(cycle('')))
t(lambda: repeat()); t(lambda: repeat(1, 'a')); t(lambda: repeat(1, 2, 3)); t(lambda: repeat(1, -5)); t(lambda: repeat(1)); t(lambda: repeat(object=1, times=2)); t(lambda: repeat(1, x=2)); t(lambda: len(repeat(1))); t(lambda: repeat(1).__length_hint__()); t(lambda: list(repeat('a', 3)))
t(lambda: list(chain('ab', [1], ()))); t(lambda: list(chain(5))); t(lambda: chain.from_iterable(5)); t(lambda: list(chain.from_iterable(['ab', 'c']))); t(lambda: list(chain.from_iterable([5]))); t(lambda: chain(x=1)); t(lambda: chain[int]); t(lambda: count[int])
for a in ((), ([], -1), ([], 'a'), ([], 1, 'a'), ([], -1, 5), ([], 1, 2, 0), ([], 1, 2, 'a'), ([], 1, 2, 3, 4), ([1, 2], 1.5), ([], 1 << 70), ([], 0, -1)):
    t(lambda: islice(*a))
for a in ((3,), (2, 5), (2, None), (0, None, 3), (1, 8, 2), (None, None), (5, 2), (None, 4, None)):
    it = iter(range(10))
    t(lambda: (list(islice(it, *a)), list(it)))
t(lambda: starmap(1)); t(lambda: list(starmap(pow, [5]))); t(lambda: list(starmap(pow, [(1, 2), [3, 4]])))
for f in (takewhile, dropwhile, filterfalse):
    t(lambda: f(1)); t(lambda: f(1, 5)); t(lambda: list(f(lambda x: x < 3, [1, 2, 3, 1]))); t(lambda: f(x=1))
t(lambda: list(takewhile(None, [1]))); t(lambda: list(filterfalse(None, [0, 1, '', 'a']))); t(lambda: list(filterfalse(bool, [0, 1])))
t(lambda: compress([1])); t(lambda: list(compress([1], 5))); t(lambda: list(compress(data='abc', selectors=[1, 0, 1])))
for f in (combinations, combinations_with_replacement, permutations):
    t(lambda: f([1], -1)); t(lambda: f([1], 'a')); t(lambda: f([1], 1 << 70)); t(lambda: f()); t(lambda: f([1, 2], r=1, x=2))
    for n in range(4):
        for r in range(5):
            t(lambda: list(f(range(n), r)))
t(lambda: list(permutations('abc'))); t(lambda: combinations([1, 2])); t(lambda: permutations([1], None) is not None)
t(lambda: product([1], repeat=-1)); t(lambda: product([1], x=1)); t(lambda: product([1], repeat='a')); t(lambda: list(product(repeat=2))); t(lambda: list(product([1], repeat=0))); t(lambda: product(5)); t(lambda: product([1, 2], repeat=1 << 62)); t(lambda: product([1], repeat=2, x=1))
t(lambda: list(product('ab', range(3)))); t(lambda: list(product('ab', repeat=3))); t(lambda: list(product('ab', []))); t(lambda: list(product()))
t(lambda: batched([1], 0)); t(lambda: batched([1], 'a')); t(lambda: list(batched([1, 2, 3], 2))); t(lambda: list(batched([1, 2, 3], 2, strict=True))); t(lambda: batched([1])); t(lambda: list(batched([1, 2, 3, 4], n=2, strict=True)))
t(lambda: accumulate(5)); t(lambda: accumulate()); t(lambda: list(accumulate([1, 'a']))); t(lambda: list(accumulate([1, 2, 3]))); t(lambda: accumulate([1], x=1)); t(lambda: list(accumulate([1, 2], initial=10))); t(lambda: list(accumulate([], initial=10))); t(lambda: accumulate([1], 5, 6)); t(lambda: list(accumulate([1, 2], 5))); t(lambda: list(accumulate([3, 1, 4], max)))
t(lambda: list(zip_longest([1], [1, 2], fillvalue=9))); t(lambda: zip_longest(x=1)); t(lambda: zip_longest(5)); t(lambda: list(zip_longest())); t(lambda: list(zip_longest('ab', 'c', [])))
t(lambda: tee(5)); t(lambda: tee([1], -1)); t(lambda: tee([1], 0)); t(lambda: tee([1], 'a')); t(lambda: tee()); t(lambda: tee([1], 1, 2)); t(lambda: type(tee([1])[0])())
a, b, c = tee(range(200), 3)
t(lambda: ([next(a) for _ in range(100)][-1], [next(b) for _ in range(60)][-1], sum(c), sum(a), sum(b)))
a, b = tee([1, 2, 3]); next(a); d, e = tee(a); t(lambda: (list(d), list(e), list(a), list(b)))
t(lambda: type(a))
t(lambda: list(pairwise([1, 2, 3]))); t(lambda: list(pairwise([1]))); t(lambda: pairwise(5)); t(lambda: pairwise())
t(lambda: [(k, list(g)) for k, g in groupby('aabccc')]); t(lambda: [k for k, g in groupby([1, 1, 2, 3, 3])]); t(lambda: groupby()); t(lambda: groupby(5)); t(lambda: list(groupby([1], key=5))); t(lambda: [(k, list(g)) for k, g in groupby(range(10), lambda x: x // 4)])
g = groupby([1, 1, 2]); k, first = next(g); k, second = next(g); t(lambda: (list(first), list(second)))
def reenter():
    class I:
        def __iter__(s): return s
        def __next__(s): return next(x)
    x, y = tee(I())
    next(x)
t(reenter)
