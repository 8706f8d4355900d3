import re, sys, weakref
def clean(text): return text and re.sub("0x[0-9a-f]+", "ADDRESS", text)
sys.unraisablehook = lambda u: print("unraisable:", clean(u.err_msg), u.exc_type.__name__, u.exc_value)
class C: pass
c = C()
def bad(r): raise ValueError("bad callback")
r1 = weakref.ref(c, lambda r: print("first"))
r2 = weakref.ref(c, bad)
r3 = weakref.ref(c, lambda r: print("third"))
del c
print("end")
