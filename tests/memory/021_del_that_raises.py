import re, sys
def clean(text): return text and re.sub("0x[0-9a-f]+", "ADDRESS", text)
def hook(u):
    print("unraisable:", u.exc_type.__name__, u.exc_value, "|", clean(u.err_msg), "|", getattr(u.object, "__qualname__", u.object))
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
