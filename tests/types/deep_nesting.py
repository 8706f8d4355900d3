# Deep nesting of objects that stand for others ends in RecursionError or an answer, never in a crash.
def T(f, *a):
    try: f(*a)
    except Exception: pass
x = ()
for i in range(200000): x = (x,)
T(hash, x); T(repr, x); T(lambda: x == (x,))
y = x
import types
g = int
for i in range(200000): g = types.GenericAlias(list, g)
T(hash, g); T(repr, g); T(lambda: g.__parameters__)
u = int
class M(type):
    def __getattr__(c, n): return getattr(c, n)
class A(metaclass=M): pass
T(lambda: A.x)
class P:
    @property
    def p(self): return self.p
T(lambda: P().p)
class D:
    def __get__(s, i, o): return o.d
class E: d = D()
T(lambda: E.d)
class S:
    def __setattr__(s, n, v): s.x = v
T(setattr, S(), 'y', 1)
class C:
    pass
C.__call__ = C()
T(C())
class I: pass
I.__init__ = property(lambda s: s.__init__)
T(I)
m = types.MethodType(len, 1)
for i in range(200000): m = types.MethodType(m, 1)
T(m); T(repr, m); T(hash, m)
s = staticmethod(len)
for i in range(200000): s = staticmethod(s)
T(s, 1); T(repr, s)
cm = classmethod(len)
for i in range(100000): cm = classmethod(cm)
T(lambda: cm.__get__(1)())
T(lambda: isinstance(1, x)); 
ns = types.SimpleNamespace()
for i in range(200000): ns = types.SimpleNamespace(a=ns)
T(repr, ns); T(lambda: ns == types.SimpleNamespace(a=ns))
mp = types.MappingProxyType({})
for i in range(100000): mp = types.MappingProxyType(mp)
T(len, mp); T(lambda: mp['x']); T(repr, mp); T(lambda: 'x' in mp); T(iter, mp); T(lambda: mp | {}); T(lambda: mp == mp)
cell = types.CellType(1)
for i in range(100000): cell = types.CellType(cell)
cell2 = types.CellType(1)
for i in range(100000): cell2 = types.CellType(cell2)
T(lambda: cell == cell2)
bases = object
T(lambda: type('x', (), {'__slots__': ['a%d' % i for i in range(70000)]})())
class Base: pass
k = Base
for i in range(300): k = type('K', (k,), {})
T(lambda: k().foo); Base.__len__ = lambda s: 3; print(len(k())); Base.q = 4; print(k().q)
T(lambda: type('a', (k,), {})); 
del k, x, y, g, m, s, cm, ns, mp, cell, cell2
print('end')
