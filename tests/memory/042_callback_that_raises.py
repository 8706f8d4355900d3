import sys, weakref
sys.unraisablehook = lambda u: print("unraisable:", u.err_msg, u.exc_type.__name__, u.exc_value)
class C: pass
c = C()
def bad(r): raise ValueError("bad callback")
r1 = weakref.ref(c, lambda r: print("first"))
r2 = weakref.ref(c, bad)
r3 = weakref.ref(c, lambda r: print("third"))
del c
print("end")
