import traceback
def show(f):
    try: f()
    except Exception as e:
        print(type(e).__name__, e.args, getattr(e,'name','?'), getattr(e,'obj','?') is not None)
        try: print(traceback.format_exception_only(e)[-1])
        except Exception as x: print(x)
class A:
    blech = None
    def __getattr__(self, attr): raise AttributeError
class A2:
    blech = None
    def __getattr__(self, attr): raise AttributeError()
class B:
    blech = None
    def __getattr__(self, attr): raise AttributeError("Error", 23)
class C:
    def __init__(self): self.blech = 1
    def foo(self):
        def g(): pass
        print(blech)
        blech = 1
for X in A, A2, B:
    show(lambda: getattr(X(), 'bluch'))
    show(lambda: X().bluch)
    show(lambda: getattr(X(), 'blu' + 'ch'))
def func():
    something = 3
    print(somethong)
    somethong = 3
show(func)
show(C().foo)
def f3():
    def g(): print(free)
    g()
    free = 1
show(f3)
def f4():
    x = 1
    del x
    x
show(f4)
show(lambda: exec('print(zzz)'))
def f5():
    x=1; del x
    del x
show(f5)
class P:
    @property
    def p(self): raise AttributeError
    __slots__=('s',)
show(lambda: P().p); show(lambda: P().s)
show(lambda: hasattr(A(), 'x'))
show(lambda: setattr(P(), 'zz', 1))
def f6():
    try: A().bluch
    except AttributeError as e:
        raise
show(f6)
class D(A2):
    def m(self): return super().bluch
show(lambda: D().m())
class M(type):
    def __getattr__(c, a): raise AttributeError
class E(metaclass=M): blech=1
show(lambda: E.bluch)
