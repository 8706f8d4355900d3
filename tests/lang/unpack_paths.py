import sys
class D:
    log = []
    def __init__(self, n, act=None): self.n, self.act = n, act
    def __del__(self):
        D.log.append(self.n)
        if self.act: self.act()
def order():
    a = D('a'); b = D('b'); c = D('c')
    a, b, c = (lambda: (D(1), D(2), D(3)))()
    print(D.log); D.log.clear()
    t = (D(4), D(5), D(6))
    a, b, c = t
    print(D.log); D.log.clear()
    t = None
    a, b, c = [D(7), D(8), D(9)]
    print(D.log); D.log.clear()
    a, b = (c, a)
    print(a.n, b.n, D.log)
order(); print(D.log); D.log.clear()
def itself():
    a = (1, (2, 3))
    a, b = a
    b, a = b
    print(a, b)
    a = [1, 2, 3]
    a, b, c = a
    c = (4, 5, 6)
    a, b, c = c
    print(a, b, c)
itself()
def mutate():
    l = [1, 2, 3]
    a = D('x', lambda: l.clear()); b = c = 0
    a, b, c = l
    print(a, b, c, l)
    l = [1, 2]
    q = D('y', lambda: l.append(0)); i = 0
    q, l2 = l
    i, q = l[:2]
    print(q, l2, i, l)
mutate()
def fails(t):
    a = b = c = z = 0
    try: a, b = t
    except Exception as e: print(type(e).__name__, e)
    try: a, b, c = t
    except Exception as e: print(type(e).__name__, e)
    try: a, z = t
    except Exception as e: print(type(e).__name__, e)
    print(a, b, c, z)
class It:
    def __iter__(self): yield 1; yield 2; raise KeyError('k')
for t in [(), (1,), (1, 2), (1, 2, 3), [1], [1, 2, 3, 4], 'ab', {1, 2}, {1: 2, 3: 4}, iter((1, 2)), It(), 5, None]: fails(t)
def targets(p):
    l = [0] * 5
    i = 3
    i, l[i] = 1, 'a'
    l[i], i = 'b', 2
    print(i, l)
    i, l[i] = p
    l[i], i = p
    (a, b), c = (1, 2), 3
    c, (a, b) = p[0], (b, a)
    print(i, l, a, b, c)
    for i, (j, k) in enumerate(zip('ab', 'cd')): print(i, j, k)
    for (a, b), c in [((1, 2), 3)]: print(a, b, c)
    for a, a in [(1, 2)]: print(a)
    for b, a in [(1, 2)]: print(a, b)
    return [x + y for x, y in [(1, 2), (3, 4)]], {x: y for x, y in [(1, 2)]}
print(targets((3, 4)))
def unbound():
    try: print(q)
    except UnboundLocalError as e: print(e)
    if p := 0: pass
    try:
        q, r = 1,
    except TypeError as e: print(e)
    except ValueError as e: print(e)
    try: print(q)
    except UnboundLocalError as e: print(e)
    q, r = (lambda: (1, 2))()
    print(q, r)
    del q
    try: print(q)
    except UnboundLocalError as e: print(e)
unbound()
def lines():
    seen = []
    def tr(f, e, a):
        if f.f_code.co_name == 'g': seen.append((e, f.f_lineno - f.f_code.co_firstlineno)); return tr
    def g(t):
        (a,
         b) = tuple(t)
        a, b = t
        return a
    sys.settrace(tr); g((1, 2)); sys.settrace(None)
    print(seen)
lines()
def many(t):
    a,b,c,d,e,f,g,h,i,j = t
    a,b,c,d,e,f,g,h,i,j = iter(t)
    try: a,b,c,d,e,f,g,h,i,j = iter(t[:9])
    except ValueError as x: print(x)
    try: a,b,c,d,e,f,g,h,i,j = range(20)
    except ValueError as x: print(x)
    print(a,b,c,d,e,f,g,h,i,j)
many(tuple(range(10)))
many(list(range(10)))
def gen():
    while True:
        a, b = yield
        print(a, b)
g = gen(); next(g); g.send((1, 2)); g.send([3, 4])
try: g.send(5)
except TypeError as e: print(e)
def cells():
    a, b = 1, 2
    def f(): return a
    a, b = (lambda: (3, 4))()
    print(f(), b)
    def h():
        nonlocal a
        a, c = (lambda: (5, 6))()
        return c
    print(h(), a, f())
cells()
def locs():
    a = b = None
    sys._getframe().f_locals['a'] = D('late')
    a, b = (1, 2)
    t = (7, 8)
    a, b = t
    print(a, b, locals(), D.log)
locs()
