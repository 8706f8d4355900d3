class It:
    def __init__(self, n): self.n = n; self.calls = 0
    def __iter__(self): return self
    def __next__(self):
        self.calls += 1
        if self.calls > self.n: raise StopIteration
        return self.calls
for f in (lambda i: list(enumerate(i)), lambda i: list(zip(i, 'abcdef')), lambda i: list(zip('abcdef', i)), lambda i: [x for x in enumerate(i)], lambda i: [(a, b) for a, b in enumerate(i)], lambda i: list(map(str, i)), lambda i: set(i), lambda i: sum(i), lambda i: max(i), lambda i: tuple(i), lambda i: dict(enumerate(i)), lambda i: any(i)):
    i = It(3)
    print(f(i), i.calls)
def loop(it):
    out = []
    for a, b in it: out.append((b, a))
    return out
for i in (zip([1, 2, 3], 'ab'), zip('abc'), zip('ab', 'cd', 'ef'), enumerate('ab', 2**61 - 1), enumerate('ab', 2**70), {1: 2, 'a': 'b'}.items(), zip('ab', 'abc', strict=True), zip(), reversed({1: 2, 3: 4}.items())):
    try: print(loop(i))
    except ValueError as e: print(type(e).__name__, e)
    print(next(i, 'end') if not hasattr(i, 'mapping') else len(i))
d = {1: 1, 2: 2}
try:
    for k, v in d.items(): d[k + 10] = v
except RuntimeError as e: print(e)
def gen():
    yield 1
    raise KeyError('x')
try:
    for a, b in enumerate(gen()): print(a, b)
except KeyError as e: print(repr(e))
try:
    for a, b in zip(gen(), gen()): print(a, b)
except KeyError as e: print(repr(e))
class E(enumerate):
    def __next__(self): return (9, 9, 9)
try:
    for a, b in E('ab'): print(a, b)
except ValueError as e: print(e)
keep = []
for p in enumerate('abc'): keep.append(p)
for p in zip('abc', 'def'): keep.append(p)
for p in {1: 2, 3: 4}.items(): keep.append(p)
print(keep, hash(keep[0]) == hash((0, 'a')))
for p in zip([1, 2], [3, 4]): print(hash(p) == hash(tuple(list(p))), {p: 1}[tuple(list(p))])
import sys
events = []
def tr(f, e, a):
    if f.f_code.co_name == 'traced': events.append((e, f.f_lineno - f.f_code.co_firstlineno)); return tr
def traced():
    for a, b in enumerate('ab'):
        a
    for (a,
         b) in enumerate('c'):
        b
sys.settrace(tr); traced(); sys.settrace(None)
print(events)
print('%d %s|%5d|%-5s|%05d|%+d|% d|%s %s|%d%%' % (5, 'a', 6, 'b', -7, 8, 9, 1.5, None, -2**61))
print('%(a)s %(b)d' % {'a': 'x', 'b': 7}, '%s' % 'q', '%d' % True, '%i' % 2**70 if 0 else '%i' % (2**70), b'%d %s' % (5, b'x'))
for a in ('%d' , '%s %s', '%q', '%'):
    try: print(a % ('x',))
    except Exception as e: print(type(e).__name__, e)
print([str(x) for x in (0, 9, 10, 99, 100, 101, 12345, -1, -10, -100, 2**61 - 1, -2**61, 10**17)], max(1.5, 2), min(2, True), max(3, 3.0), min(0.0, -0.0))
