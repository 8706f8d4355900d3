# tuple, range and slice objects.
t = (1, "a", None, 1)
print(t[1:], t[::-1], t + (2,), t * 2, 2 * (1,), t.index(1, 1), t.count(1), None in t, t == (1, "a", None, 1.0), hash(t) == hash((1, "a", None, 1)), hash(()), hash((1,)), hash((1, 2, 3)), (1, 2) < (1, 2, 0), () < (0,), tuple(t) is t, tuple("ab"), tuple(), (1,)[0], t.__getnewargs__())
for bad in (lambda: t[9], lambda: t["x"], lambda: t + [1], lambda: t.index("zz"), lambda: t < 5, lambda: hash(([],)), lambda: t * "x", lambda: tuple(5), lambda: t.append, lambda: (1,) + None):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
r = ()
x = ([1],); x[0].append(2); print(x, (1, (2, (3,))), repr((1,)), str(()))
for args in ((5,), (2, 8), (0, 10, 3), (10, 0, -3), (5, 5), (0, -5), (-3, 3), (0, 2 ** 70, 2 ** 68), (2 ** 65, 2 ** 65 + 3), (10, 0), (0, 10, 100)):
    r = range(*args); n = r.stop - r.start if len(args) < 3 else 0
    print(r, list(r)[:5], bool(r), r[::-1], r[1:], r[-2:], r[::2], 3 in r, 3.0 in r, "x" in r, r == range(*args), hash(r) == hash(range(*args)))
print(len(range(0, 2 ** 62)), range(5).index(3), range(5).count(9), range(0, 10, 2)[2], range(0, 10, 2)[-1], list(reversed(range(0, 10, 3))), range(10)[2:8:3], range(1, 4) == range(1, 4, 1), range(0, 3, 2) == range(0, 4, 2), {range(3): 1}[range(0, 3)], range(True), max(range(5)), sum(range(101)), range(3).__reduce__())
it = iter(range(5)); next(it); print(list(it), it.__length_hint__(), next(it, None)); big = iter(range(2 ** 70, 2 ** 70 + 2)); print(next(big), list(big))
for bad in (lambda: range(), lambda: range(1, 2, 0), lambda: range(1.5), lambda: range("x"), lambda: range(1, 2, 3, 4), lambda: range(5)[5], lambda: range(5)[-6], lambda: range(5)["a"], lambda: range(5).index(9), lambda: len(range(2 ** 70)), lambda: range(5) < range(6), lambda: range(5) + range(2), lambda: setattr(range(5), "start", 1), lambda: range(start=1), lambda: class_sub()):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
def class_sub():
    class R(range): pass
try: class_sub()
except TypeError as e: print(e)
s = slice(1, 10, 2); print(s, s.start, s.stop, s.step, slice(5), slice(None), s == slice(1, 10, 2), s.indices(5), slice(-1, None, -1).indices(4), slice(None, None, -2).indices(5), slice("a", 1.5), hash(slice(1, 2)) == hash(slice(1, 2)), slice(1, 2) < slice(1, 3), s.__reduce__())
for bad in (lambda: slice(), lambda: slice(1, 2, 0).indices(5), lambda: slice(1).indices(-1), lambda: slice("a").indices(5), lambda: hash(slice([])), lambda: setattr(s, "start", 5)):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
class G:
    def __getitem__(self, k): return k
g = G(); print(g[1], g[1:2], g[:], g[::2], g[1:2, 3], g[...], g[1, 2], g[()], g[1:2, ::3, ...], g[(1, 2)], g["k":None], g[*[1, 2]], g[*(), 5])
