# list: slices with every kind of bound, sorting, methods that see themselves change.
a = list(range(10))
for s in (slice(None), slice(2, 5), slice(-3, None), slice(None, -3), slice(None, None, -1), slice(8, 2, -2), slice(100, -100, -3), slice(5, 5), slice(3, None, 4), slice(-100, 100)):
    c = a[:]; d = a[:]
    del c[s]
    d[s] = [0] * len(a[s])
    print(s, a[s], c, d, s.indices(10))
b = a[:]; b[2:4] = "xyz"; print(b); b[5:5] = [[]]; print(b); b[:] = range(3); print(b); b[3:] = iter("q"); print(b); b[1:1] = b; print(b); b[::2] = reversed(b[::2]); print(b)
for bad in (lambda: a.__setitem__(slice(0, 4, 2), [1]), lambda: a.__setitem__(slice(0, 1), 5), lambda: a[1:2:0], lambda: a["x"], lambda: a[1.5], lambda: a[2 ** 100], lambda: a[slice("a", 1)], lambda: a.insert("x", 1), lambda: a.pop("x"), lambda: a.pop(99), lambda: [].pop(), lambda: a.index(5, 6), lambda: a * "x", lambda: a + 5, lambda: a.__imul__(2.5), lambda: a.__iadd__(5), lambda: hash(a), lambda: a < 5, lambda: a.sort(5), lambda: a.sort(key=5), lambda: a.extend(None), lambda: list(5), lambda: a.__delitem__(99), lambda: a.foo):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
print(a[True], a.index(5, 2, 7), a.index(9, -3), a.count(3), a.copy() is a, a.__len__(), a.__contains__(3), a.__sizeof__() > 40)
i = [1, 2]; i.insert(-1, "m"); i.insert(99, "e"); i.insert(-99, "s"); print(i)
import_order = [5, 2, 9, 1, 5, 6]
print(sorted(import_order), sorted(import_order, reverse=True), sorted(import_order, key=lambda x: -x), sorted([True, 0, 2.5, -1]), sorted("bAc", key=str.lower), sorted([[2], [1, 5], []]), sorted([(1, "b"), (1, "a")]))
class K:
    n = 0
    def __init__(self, v, t): self.v, self.t = v, t
    def __lt__(self, o): K.n += 1; return self.v < o.v
    def __repr__(self): return f"{self.v}{self.t}"
ks = [K(v, t) for v, t in zip([3, 1, 2, 1, 3, 2, 1], "abcdefg")]
print(sorted(ks), sorted(ks, reverse=True), sorted(ks, key=lambda k: k.v, reverse=True))
seed = 12345
big = []
for _ in range(2000):
    seed = (seed * 1103515245 + 12345) % 2 ** 31; big.append(seed % 500)
s = sorted(big); print(all(x <= y for x, y in zip(s, s[1:])), s[:5], s[-5:], sorted(big, reverse=True) == s[::-1])
pairs = sorted(((v, n) for n, v in enumerate(big)), key=lambda p: p[0]); print(all(p < q for p, q in zip(pairs, pairs[1:])))
runs = list(range(300)) + list(range(150)) + list(range(300, 0, -1)); print(sorted(runs) == sorted(sorted(runs, key=lambda x: -x)), sorted(runs)[::100])
K.n = 0; sorted([K(i, "") for i in range(100)]); print(K.n); K.n = 0; sorted([K(-i, "") for i in range(100)]); print(K.n)
def mutate(x): l.append(x); return x
l = [3, 1, 2]
try: l.sort(key=mutate)
except ValueError as e: print(e, l)
def boom(x): raise KeyError(x)
l = [3, 1, 2]
try: l.sort(key=boom)
except KeyError as e: print(e, l)
for bad in ([1, "a"], [None, None], [1, 2j], ["x", 1, b"y"], [[1], 2], [{}, {}]):
    try: print(sorted(bad))
    except TypeError as e: print(e)
class Evil:
    def __eq__(self, o): x.clear(); return False
x = [Evil(), Evil(), 5]; print(5 in x, x)
x = [Evil(), 1]
try: x.index(3)
except ValueError as e: print(e)
x = [Evil(), 2]
try: x.remove(3)
except ValueError as e: print(e)
g = [1, 2, 3]
for v in g:
    if v < 10: g.append(v * 10)
print(g)
h = [1, 2, 3, 4]
for v in h: h.remove(v)
print(h)
it = iter([1, 2]); print(it.__length_hint__(), next(it), list(it), next(it, "end"), list(it)); r = reversed([1, 2, 3]); print(next(r), r.__length_hint__(), list(r))
print([1, 2] == [1, 2], [1, 2] != [1], [1, 2] < [1, 2, 0], [2] > [1, 9], [[1]] == [[1.0]], [] == (), [1] * 0, [[]] * 2, 3 * ["a"], [1, [2]] <= [1, [3]])
print([].__class__, list(map(type, [1, "a"])), [*a, *"xy"], list({1: 2}.items()), list("é日"), [x for x in a if x > 7])
