"""sys.unraisablehook shows the traceback without marks, and of the exception a line: no notes, no causes, no parts."""
import re
import sys


class Out:
    def write(self, text):
        return sys.stdout.write(re.sub(r"0x[0-9a-f]+|\S+(?=plain_traceback.py)", "", text))

    def flush(self):
        pass


sys.stderr = Out()


def rec(n):
    if n: rec(n-1)
    else:
        1/0
class A:
    def __del__(s):
        try: rec(0)
        except Exception as e: raise ValueError("x"
             " y") from e
class B:
    def __del__(s):
        rec(6)
class C:
    def __del__(s):
        e = ValueError(1); e.add_note("note"); raise e
class D:
    def __del__(s):
        raise ExceptionGroup("g", [ValueError(1)])
class E:
    def __del__(s): exec("x = = 1")
class F(Exception):
    def __str__(s): 1/0
class G:
    def __del__(s): raise F
for c in A,B,C,D,E,G: c()
class H:
    def __del__(s): raise ValueError
import decimal
class I:
    def __del__(s): raise decimal.InvalidOperation("x")
class J:
    class K(Exception): pass
    def __del__(s): raise s.K(1)
for c in H,I,J: c()
sys.tracebacklimit=2
B()
sys.tracebacklimit=0
B()
