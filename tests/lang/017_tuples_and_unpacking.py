# Tuples and every form of unpacking.
t = (1, 2, 3)
print(t, t[0], t[-1], t[1:], t + (4,), t * 2, len(t), 2 in t, t.index(3), t.count(1))
print((), (1,), tuple("ab"), tuple([1, 2]), (1, 2) == (1, 2), (1, 2) < (1, 3), hash((1, 2)) == hash((1, 2)))
a, b, c = t
print(a, b, c)
(a, b), c = (1, 2), 3
[d, e] = "xy"
print(a, b, c, d, e)
first, *rest = [1, 2, 3]
*init, last = "abc"
x, *mid, y = range(5)
only, *none = [1]
print(first, rest, init, last, x, mid, y, only, none)
print([*range(3), *"ab"], (*[1], 2), {*[1], 1}, {**{"a": 1}, "b": 2, **{"a": 3}})
def f(*args, **kw):
    return args, kw
print(f(*[1, 2], 3, *(4,), **{"k": 1}, j=2))
i = 0
arr = [0, 0]
i, arr[i] = 1, 5
print(i, arr)
class Obj: pass
o = Obj()
o.x, o.y = 1, 2
print(o.x, o.y)
for a, *b in [(1, 2, 3), "xyz"]:
    print(a, b)
for bad in (lambda: exec("a, b = [1]"), lambda: exec("a, b = [1, 2, 3]"), lambda: exec("a, *b, c = [1]"), lambda: exec("a, b = 5"),
            lambda: exec("a, b = iter([1,2,3])"), lambda: (1, 2)[5], lambda: (1).__getitem__, lambda: f(*5), lambda: f(**5), lambda: f(**{1: 2})):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
try:
    t[0] = 1
except TypeError as e:
    print(e)
try:
    del t[0]
except TypeError as e:
    print(e)
m = ([],)
try:
    m[0] += [1]
except TypeError as e:
    print(e, m)
def swap(a, b): return b, a
print(swap(*swap(1, 2)))
def g(): return *[1, 2], 3
print(g())
for z in *[1], 2:
    print(z)
