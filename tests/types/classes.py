def T(f, *a, **k):
    try: print("ok", repr(f(*a, **k)))
    except Exception as e: print(type(e).__name__, e, getattr(e, '__notes__', ''))
import _abc, _types, sys
class ABCMeta(type):
    def __new__(mcls, name, bases, namespace, /, **kwargs):
        cls = super().__new__(mcls, name, bases, namespace, **kwargs)
        _abc._abc_init(cls)
        return cls
    def register(cls, subclass): return _abc._abc_register(cls, subclass)
    def __instancecheck__(cls, instance): return _abc._abc_instancecheck(cls, instance)
    def __subclasscheck__(cls, subclass): return _abc._abc_subclasscheck(cls, subclass)
def abstractmethod(f): f.__isabstractmethod__ = True; return f
class A(metaclass=ABCMeta):
    @abstractmethod
    def f(self): pass
    @property
    @abstractmethod
    def g(self): pass
T(A)
print(A.__abstractmethods__ == {'f', 'g'})
class B(A):
    f = 1
T(B)
class C(B): g = 2
T(lambda: C().f)
print(issubclass(int, A), isinstance(3, A)); A.register(int); print(issubclass(int, A), isinstance(3, A), isinstance(True, A), issubclass(str, A))
T(A.register, 3); T(lambda: issubclass(3, A))
class H(metaclass=ABCMeta):
    @classmethod
    def __subclasshook__(cls, C): return any('zz' in b.__dict__ for b in C.__mro__) or NotImplemented
class Zz: zz = 1
print(issubclass(Zz, H), issubclass(int, H), isinstance(Zz(), H))
d = _abc._get_dump(A); print(len(d), [len(x) for x in d[:3]])
# annotations
class Ann:
    x: int = 1
    y: undefined_name
    z: 'str'
T(lambda: Ann.__annotations__)
undefined_name = 3
T(lambda: Ann.__annotations__)
T(lambda: Ann.__annotate__(1))
T(lambda: Ann.__annotate__(2))
def fa(a: int, b: 'x' = 3, *c: undefined_name) -> None: pass
print(fa.__annotations__, fa.__annotate__(1))
fa.__annotations__ = {'q': 1}; print(fa.__annotations__, fa.__annotate__)
T(lambda: int.__annotations__)
class Sub(Ann): pass
print(Sub.__annotations__)
Ann.__annotations__ = {}; print(Ann.__annotations__, Ann.__annotate__)
del Ann.__annotations__; T(lambda: Ann.__annotations__)
T(setattr, Ann, '__annotate__', 3)
# set_name
class SN:
    def __set_name__(self, o, n): raise RuntimeError('boo')
T(type, 'X', (), {'a': SN()})
# slots errors
T(type, 'X', (), {'__slots__': ('a', 'a')})
T(type, 'X', (int,), {'__slots__': ('__dict__',)})
T(type, 'X', (), {'__slots__': {'a': 'doc'}})
T(type, 'X', (), {'__slots__': 'abc'})
class NoDict: __slots__ = ()
T(setattr, NoDict(), 'x', 1)
T(lambda: NoDict().__dict__)
class NW(NoDict): __slots__ = ('__weakref__',)
import _weakref
T(lambda: _weakref.ref(NW())() )
T(lambda: _weakref.ref(NoDict()))
# descriptors
T(lambda: property().fget); T(lambda: A.g.fget.__name__)
class P:
    @property
    def a(self): "doc a"; return 1
    b = property(lambda s: 2, doc='b doc')
print(P.a.__doc__, P.b.__doc__, P.a.__name__, P.b.__name__, P.a.__isabstractmethod__)
T(setattr, P(), 'a', 1); T(delattr, P(), 'b')
class PS(property):
    pass
class Q:
    @PS
    def a(self): "doc"; return 3
print(Q().a, Q.a.__doc__, type(Q.__dict__['a'].getter(lambda s: 4)).__name__)
@staticmethod
def sm(): "d"; return 1
print(sm(), sm.__name__, sm.__doc__, sm.__wrapped__ is sm.__func__, sm.__isabstractmethod__)
# mro
class Mm(type):
    def mro(cls): return [cls, Base2, object]
class Base2: bb = 2
class UU(metaclass=Mm): pass
print(UU.__mro__, UU.bb)
class Mbad(type):
    def mro(cls): return [cls, 1]
T(lambda: Mbad('x', (), {}))
class Mbad2(type):
    def mro(cls): return [cls, int]
T(lambda: Mbad2('x', (), {}))
# metaclass conflict
class M1(type): pass
class M2(type): pass
class K1(metaclass=M1): pass
class K2(metaclass=M2): pass
T(lambda: type('x', (K1, K2), {}))
# pickling basics
class R:
    def __init__(self): self.x = 1
    __slots__ = ('__dict__', 'y')
class Ns: pass
n = _types.SimpleNamespace(a=1, b=2); print(n, n.a, n == _types.SimpleNamespace(a=1, b=2)); n.c = n; print(n)
# method/func attributes
class MM:
    def m(self, a): "mdoc"; return a
m = MM().m; print(m.__name__, m.__doc__, m.__func__ is MM.m, m.__qualname__, m == m, m(3))
T(setattr, m, 'x', 1)
T(lambda: m.nope)
T(_types.MethodType, 1)
print(_types.MethodType(len, [1,2])())
# type attrs
MM.__name__ = 'MMM'; MM.__qualname__ = 'q.MMM'; print(MM, MM.__name__, MM().m.__qualname__)
T(setattr, MM, '__name__', 'a\0b')
print(type.__dict__['__mro__'], type.__dict__['__call__'], object.__dict__['__class__'])
T(lambda: type.__dict__['__mro__'].__get__(3))
T(lambda: object.__dict__['__class__'].__get__(3))
T(lambda: str.join(1, [])); T(lambda: str.join()); T(lambda: int.__add__(1)); T(lambda: int.__add__()); T(lambda: [].append.__call__(1, 2))
# call errors
T(lambda: None.foo); T(lambda: (1).foo); T(setattr, 3, 'x', 1); T(delattr, 3, 'real'); T(lambda: MM.foo)
class CallMe:
    __call__ = 3
T(CallMe())
class NoneHash:
    __hash__ = None
T(hash, NoneHash()); T(lambda: {NoneHash(): 1})
class NoneIter: __iter__ = None; __contains__ = None; __len__ = None; __bool__ = None
T(iter, NoneIter()); T(lambda: 1 in NoneIter()); T(len, NoneIter()); T(bool, NoneIter())
class BadRepr:
    def __repr__(self): return 3
    def __str__(self): return 4
    def __hash__(self): return 'x'
    def __len__(self): return -1
    def __bool__(self): return 3
    def __index__(self): return 'q'
T(repr, BadRepr()); T(str, BadRepr()); T(hash, BadRepr()); T(len, BadRepr()); T(bool, BadRepr()); T(lambda: [1][BadRepr()])
class BL:
    def __len__(self): return 1 << 80
T(len, BL())
class BL2:
    def __len__(self): return 'x'
T(len, BL2())
class Init:
    def __init__(self): return 3
T(Init)
T(object, 3); T(MM, 3); T(MM.__new__, MM, 3); T(MM.__init__, MM(), 3)
class New:
    def __new__(cls, *a): return object.__new__(cls, *a)
T(New, 3)
class New2:
    def __new__(cls, *a): return object.__new__(cls)
T(lambda: type(New2(3)).__name__)
class Del:
    def __del__(self): print('del')
Del(); x = Del(); del x
class Meta3(type):
    def __getattr__(cls, n): return 'meta ' + n
    @property
    def mp(cls): return 'mp'
class MC(metaclass=Meta3): pass
print(MC.foo, MC.mp); T(lambda: MC().foo)
class Cmp:
    def __eq__(self, o): return NotImplemented
print(Cmp() == 1, Cmp() != 1); T(lambda: Cmp() < 1)
print(list(map(lambda c: c.__name__, MM.__subclasses__())), [c.__name__ for c in Ann.__subclasses__()])
import gc
def cyc():
    class Cyc: pass
    Cyc.me = Cyc(); return _weakref.ref(Cyc)
r = cyc(); gc.collect(); print(r())
MM.m2 = lambda self: 'm2'; print(MM().m2())
MM.__add__ = lambda s, o: 'added'; print(MM() + 1); del MM.__add__; T(lambda: MM() + 1)
class Sub2(MM): pass
MM.__len__ = lambda s: 7; print(len(Sub2())); MM.__eq__ = lambda s, o: True; print(Sub2() == 3)
MM.__getattr__ = lambda s, n: n; print(Sub2().abc); del MM.__getattr__; T(lambda: Sub2().abc)
MM.__setattr__ = lambda s, n, v: print('sa', n, v); s2 = Sub2(); s2.q = 1; del MM.__setattr__; s2.q = 2; print(s2.q)
