class Eq:
    def __init__(s, h): s.h = h
    def __hash__(s): return s.h
    def __eq__(s, o): print('eq', s.h, o); return o == s.h
for n in (0, 20):
    d = {i + 100: i for i in range(n)}
    d[Eq(5)] = 'five'
    print(5 in d, 6 in d, d[5], d.get(7))
    d[1.0] = 'one'; d[True] = 'true'; d[2] = 'two'
    print(d[1], d[True], d[2.0], {2: 'x'}[2.0], d.pop(2), 2 in d)
    d[2] = 3; del d[2]; d[2] = 4; print(d[2], 2.0 in d)
    d['s'] = 1; print(d['s'])
a = [[1], [2]]
x = a[:1] + a[1:]; print(x, a)
x = a + a[:1]; print(x, a)
x = [a] + [a]; print(len(x), x[0] is x[1])
def f(l):
    l[:] = l[2:3] + l[0:2] + l[3:]
    return l
print(f(list('abcdef')), f([1, 2]), f([]))
def g(l): l[1:3] = l[::-1]; return l
print(g([1, 2, 3, 4]), g([1]))
def h():
    l = [1, 2, 3]
    l[1:1] = [x for x in 'ab']; print(l)
    l[:] = [] + []; print(l)
    l[0:0] = [l, l][:1]; print(len(l), l[0] is l)
    k = [1]; m = [k] + [k]; k.append(2); print(m)
    try: print([1] + (2,))
    except TypeError as e: print(e)
    return [1, 2] + [3] * 2 + list('x')
print(h())
class D:
    log = []
    def __init__(self, n): self.n = n
    def __del__(self): D.log.append(self.n)
def w():
    l = [D(i) for i in range(5)]
    l[1:3] = [D(10), D(11), D(12)] + [D(13)]
    print(D.log, [x.n for x in l]); D.log.clear()
    l[:] = l[::-1]
    print(D.log, [x.n for x in l])
w(); print(D.log)
class L(list): pass
print(type(L([1]) + [2]), L([1])[:] + [3])
print((1, (2, [3])) == (1, (2, [3])), (1, 2) == (1,), (1,) == (1, 2), {(1, 'a', (2.0,)): 1}[(1, 'a', (2,))], (float('nan'),) == (float('nan'),))
t = (); 
for _ in range(100000): t = (t,)
u = ()
for _ in range(100000): u = (u,)
try: print((t == u) and False)
except RecursionError as e: print(False)
