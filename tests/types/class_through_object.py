# object.__getattribute__ on a class finds what stands in that class's own namespace, unbound.
class M(type):
    def __getattribute__(self, attr):
        return object.__getattribute__(self, attr)
    mm = 5
class A(metaclass=M):
    x = 1
    def f(self): pass
    p = property(lambda self: 3)
class B(A): pass
print(A.x, A.f.__name__, A.p.__class__, A.mm)
for n in 'x', 'nope':
    try: print(getattr(B, n))
    except AttributeError as e: print(e)
def t(f):
    try: print(f())
    except (TypeError, AttributeError) as e: print(type(e), e)
t(lambda: object.__getattribute__(int, 'bit_length'))
t(lambda: object.__getattribute__(int, '__name__'))
print(sorted(object.__getattribute__(A, '__dict__')))
for f in (lambda: object.__setattr__(A, 'x', 2), lambda: object.__delattr__(A, 'x'), lambda: object.__setattr__(int, 'x', 2)):
    try: print(f())
    except (TypeError, AttributeError) as e: print(type(e), e)
print(object.__getattribute__(A, 'x'))
import types
m = types.ModuleType('m'); m.y = 3
print(object.__getattribute__(m, 'y'))
for n in 'zz',:
    try: print(object.__getattribute__(m, n))
    except AttributeError as e: print(e)
def fn(): pass
fn.q = 1
print(object.__getattribute__(fn, 'q'))
