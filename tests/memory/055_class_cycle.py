import gc, weakref
gc.disable()
class Meta(type):
    def __del__(cls): print("class dies", cls.__name__)
class A(metaclass=Meta):
    def __del__(self): print("instance dies")
A.instance = A()
r = weakref.ref(A)
del A
print("unreachable")
gc.collect()
print(r())
def f():
    class Local: pass
    return weakref.ref(Local)
r = f()
print(r() is not None)
gc.collect()
print(r())
