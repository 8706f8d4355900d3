import sys
def hook(u):
    print("unraisable:", u.exc_type.__name__, u.exc_value, "|", u.err_msg, "|", getattr(u.object, "__qualname__", u.object))
sys.unraisablehook = hook
class Bad:
    def __del__(self): raise ValueError("from del")
Bad()
print("goes on")
try:
    x = Bad()
    raise KeyError("outer")
except KeyError as e:
    del x
    print("caught", e, e.__context__)
def f():
    b = Bad()
    return 1
print(f())
