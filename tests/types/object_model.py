def T(f, *a, **k):
    try: print("ok", repr(f(*a, **k)))
    except Exception as e: print(type(e).__name__, e)
class Meta(type):
    def __new__(m, n, b, d, **k):
        print('meta new', n, k); return super().__new__(m, n, b, d)
    def __init__(c, n, b, d, **k): print('meta init', n, k); super().__init__(n, b, d)
    def __call__(c, *a): print('meta call', a); return super().__call__(*a)
    @classmethod
    def __prepare__(m, n, b, **k): print('prepare', n, b, k); return {}
    def __instancecheck__(c, x): print("ic"); return True
class A(metaclass=Meta, x=1):
    def __init__(self, *a): self.a = a
print(A(1,2).a, isinstance(3, A))
class D:
    def __get__(self, i, o): return ('get', i is None, o.__name__)
    def __set__(self, i, v): print('set', v)
    def __delete__(self, i): print('del')
    def __set_name__(self, o, n): print('set_name', o.__name__, n)
class B:
    d = D()
    def f(self): return 'f'
    @classmethod
    def c(cls): return cls.__name__
    @staticmethod
    def s(x): return x
    @property
    def p(self): return self._p
    @p.setter
    def p(self, v): self._p = v
    @p.deleter
    def p(self): del self._p
b = B(); print(b.d, B.d); b.d = 3; del b.d
b.p = 4; print(b.p); del b.p
T(lambda: b.p)
print(b.c(), B.c(), b.s(1), B.s(2), b.f(), B.f(b))
b.__dict__['d'] = 5; print(b.d, b.__dict__)
class C(B):
    def __getattr__(self, n): 
        if n.startswith('x'): return n*2
        raise AttributeError(n)
c = C(); print(c.xy, c.f()); T(lambda: c.nope)
class G:
    def __getattribute__(self, n): return 'ga ' + n
print(G().foo, G().__class__)
class S:
    __slots__ = ('a', '__b', '__dict__')
s = S(); T(lambda: s.a); s.a = 1; print(s.a, S.__dict__['_S__b']); del s.a; T(lambda: s.a); s.zz = 1; print(s.__dict__)
class S2(S): __slots__ = ('c',)
s2 = S2(); s2.c = 1; s2.a = 2; s2.d = 3; print(s2.c, s2.a, s2.d, s2.__dict__)
class N:
    def __init_subclass__(cls, /, tag=None, **kw): super().__init_subclass__(**kw); cls.tag = tag
class N1(N, tag='t'): pass
print(N1.tag)
T(type, 'X', (N,), {}, foo=1)
class Add:
    def __init__(s, v): s.v = v
    def __add__(s, o): return ('add', o)
    def __radd__(s, o): return ('radd', o)
    def __iadd__(s, o): s.v += o; return s
    def __eq__(s, o): return s.v == getattr(o, 'v', o)
    def __lt__(s, o): return s.v < o.v
    def __len__(s): return s.v
    def __bool__(s): return s.v > 3
    def __getitem__(s, i): 
        if i >= s.v: raise IndexError(i)
        return i * 10
    def __contains__(s, x): return x == 'q'
    def __call__(s, *a, **k): return a, k
    def __index__(s): return s.v
    def __neg__(s): return 'neg'
    def __repr__(s): return 'Add(%d)' % s.v
    def __pow__(s, o, m=None): return ('pow', o, m)
    def __enter__(s): return 'entered'
    def __exit__(s, *a): print('exit', a[0]); return True
    def __format__(s, spec): return 'fmt ' + spec
x = Add(3); print(x + 1, 1 + x, x == 3, x != 3, x < Add(4), x > Add(4), len(x), bool(x), list(x), 'q' in x, 5 in x, x(1, k=2), [1,2,3,4][x], -x, f"{x:abc}", x ** 2, pow(x, 2, 3))
x += 5; print(x)
T(hash, x)
with x as y: print(y); raise ValueError
T(lambda: x <= Add(1))
class Sub(Add):
    def __radd__(s, o): return 'sub radd'
print(Add(1) + Sub(2))
class I(int):
    def __add__(s, o): return 'I.add'
    def __new__(cls, v, extra): r = super().__new__(cls, v); r.extra = extra; return r
i = I(3, 'e'); print(i + 1, i * 2, i.extra, 1 + i, type(i * 2), isinstance(i, int), i == 3, hash(i) == 3)
class L(list):
    def append(self, x): super().append(x); super().append(x)
l = L(); l.append(1); print(l, len(l), l[0])
class Dd(dict):
    def __missing__(self, k): return 'missing ' + k
print(Dd()['x'], Dd(a=1)['a'])
class E(Exception):
    def __init__(self, a, b): super().__init__(a); self.b = b
try: raise E(1, 2)
except E as e: print(e, e.b, e.args, repr(e))
class Str(str):
    __slots__ = ()
print(Str('abc').upper(), type(Str('abc') + 'd'), Str('x') == 'x')
T(setattr, Str('x'), 'y', 1)
print(B.__mro__, B.__name__, B.__qualname__, B.__module__, B.__bases__, B.__base__)
print(type(B.f), type(b.f), type(b.f.__func__), b.f.__self__ is b)
print([k for k in B.__dict__])
T(lambda: B.__slots__)
def fn(a, b=2, *, c=3): "doc"; return a
print(fn.__name__, fn.__defaults__, fn.__kwdefaults__, fn.__doc__, fn.__module__, fn.__qualname__, fn.__dict__, fn.__closure__)
fn.x = 1; print(fn.__dict__); fn.__name__ = 'q'; print(fn.__name__)
fn.__defaults__ = None; T(fn); T(fn, 1, 2, 3); T(fn, 1, 2)
b.__class__ = C; print(b.xq, type(b).__name__)
T(setattr, b, '__class__', int)
class W1:
    __slots__ = 'a', 'b'
class W2:
    __slots__ = 'b', 'a'
w = W1(); w.a = 1; w.__class__ = W2; print(w.a, type(w).__name__)
class X: pass
class Y(X): pass
class Z: 
    def zz(self): return 'zz'
Y.__bases__ = (Z,); print(Y().zz(), Y.__mro__)
T(setattr, Y, '__bases__', (Y,))
T(type, 'Q', (X, object, X), {})
class Abs(metaclass=type):
    pass
print(super(C, c).f(), super(C, C).c())
class P1:
    def m(self): return ['P1']
class P2(P1):
    def m(self): return ['P2'] + super().m()
class P3(P1):
    def m(self): return ['P3'] + super().m()
class P4(P2, P3):
    def m(self): return ['P4'] + super().m()
print(P4().m())
print(type.__call__(int, '3'), int.__new__(int, 4), object.__new__(X).__class__)
print((5).__class__, None.__class__, type(None)(), ... , type(...), NotImplemented)
T(lambda: bool(NotImplemented))
print(X().__eq__(1), X() == 1, X() != 1)
print(type(X.__init__), type(X().__init__), X.__init__ is object.__init__, X.__hash__ is object.__hash__)
print(sorted(set(dir(X())) - set(dir(object()))))
for k in ('__lt__','__eq__'): print(getattr(object, k))
