# Metaclasses, __prepare__, __init_subclass__, __class_getitem__, class creation hooks.
class Meta(type):
    @classmethod
    def __prepare__(mcls, name, bases, **kw):
        print("prepare", name, [b.__name__ for b in bases], kw); return {"injected": 1}
    def __new__(mcls, name, bases, ns, **kw):
        print("new", name, sorted(k for k in ns if not k.startswith("__"))); return super().__new__(mcls, name, bases, ns)
    def __init__(cls, name, bases, ns, **kw):
        print("init", name, kw); super().__init__(name, bases, ns)
    def __call__(cls, *a):
        print("call", cls.__name__, a); return super().__call__(*a)
    def __len__(cls): return 99
    def __iter__(cls): return iter("iter")
    def __getitem__(cls, i): return ("item", i)
    def __contains__(cls, x): return x == 1
    def __instancecheck__(cls, o): return o == "instance"
    def __subclasscheck__(cls, o): return o is int
    def __repr__(cls): return f"<<{cls.__name__}>>"
    def __getattr__(cls, n): return f"meta {n}"
    def __add__(cls, o): return "added"
    def method(cls): return cls.__name__
class A(metaclass=Meta, opt=5):
    x = 1
    def __init__(self, *a): print("A.__init__", a)
class B(A): y = 2
b = B(1, 2)
print(A, type(A), A.injected, len(A), list(A), A[3], 1 in A, isinstance("instance", A), issubclass(int, A), A.undefined, A + 1, B.method(), type(b))
class Order(type):
    def __new__(m, n, b, ns): ns["order"] = [k for k in ns if not k.startswith("__")]; return type.__new__(m, n, b, ns)
class O(metaclass=Order):
    c = 1; a = 2
    def b(self): pass
print(O.order)
class P:
    subs = []
    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw); P.subs.append((cls.__name__, tag))
class P1(P, tag="one"): pass
class P2(P1): pass
print(P.subs)
try:
    class P3(P, other=1): pass
except TypeError as e: print(e)
class G:
    def __class_getitem__(cls, k): return f"{cls.__name__}[{k!r}]"
print(G[int], G[1, 2])
try: P[int]
except TypeError as e: print(e)
class M1(type): pass
class M2(type): pass
class X1(metaclass=M1): pass
class X2(metaclass=M2): pass
try:
    class X3(X1, X2): pass
except TypeError as e: print(e)
class M3(M1, M2): pass
class X4(X1, X2, metaclass=M3): pass
print(type(X4).__name__)
def fmeta(name, bases, ns, **kw): return (name, bases, [k for k in ns if not k.startswith("__")], kw)
class F(metaclass=fmeta, k=1): z = 1
print(F)
class Singleton(type):
    _inst = {}
    def __call__(cls, *a):
        if cls not in cls._inst: cls._inst[cls] = super().__call__(*a)
        return cls._inst[cls]
class S(metaclass=Singleton): pass
print(S() is S())
class New:
    def __new__(cls, *a): print("__new__", a); return super().__new__(cls)
    def __init__(self, *a): print("__init__", a)
New(1)
class Other:
    def __new__(cls): return 5
    def __init__(self): print("never")
print(Other())
class Imm(int):
    def __new__(cls, v): return super().__new__(cls, v * 2)
print(Imm(21), type(Imm(1) + 1).__name__)
class ME:
    def __mro_entries__(self, bases): return (dict,)
class D(ME()): pass
print(D.__bases__, D.__orig_bases__[0].__class__.__name__)
print(type("T", (), {})().__class__.__name__, type(5), type(type), type.__call__(int, "7"))
for bad in (lambda: type("x"), lambda: type("x", (), {}, 1), lambda: type(1, (), {}), lambda: type("x", 5, {}), lambda: type("x", (), 5), lambda: type()):
    try: print(bad())
    except TypeError as e: print(e)
class CC:
    def show(self): return __class__.__name__
print(CC().show())
class Mro(type):
    def mro(cls): return [cls, int.__mro__[-1]]
class W(metaclass=Mro): pass
print(W.__mro__)
A2 = type("A2", (), {}); B2 = type("B2", (A2,), {}); C2 = type("C2", (), {"v": 1})
B2.__bases__ = (C2,); print(B2.v, B2.__mro__, A2.__subclasses__())
