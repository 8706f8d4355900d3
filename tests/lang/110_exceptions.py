# try, except, else, finally; raising, chaining, notes, cleaning up.
def f(x):
    try:
        print("try", x)
        if x == 1: raise ValueError("one")
        if x == 2: raise KeyError("two")
        if x == 3: return "returned"
    except ValueError as e:
        print("ValueError", e, e.args)
    except (KeyError, IndexError) as e:
        print("Key or Index", e, repr(e))
    else:
        print("else")
    finally:
        print("finally")
    return "end"
for i in range(4): print(f(i))
def finally_wins():
    try: return 1
    finally: return 2
print(finally_wins())
def loop():
    for i in range(5):
        try:
            if i == 1: continue
            if i == 3: break
            print("body", i)
        finally:
            print("cleanup", i)
loop()
def nested():
    try:
        try: 1 / 0
        finally: print("inner finally")
    except ZeroDivisionError as e: print("outer", e)
nested()
try:
    try: raise ValueError("a")
    except ValueError as e: raise TypeError("b") from e
except TypeError as e:
    print(repr(e.__cause__), repr(e.__context__), e.__suppress_context__)
try:
    try: raise ValueError("a")
    except ValueError: raise TypeError("b")
except TypeError as e:
    print(e.__cause__, repr(e.__context__), e.__suppress_context__)
try:
    try: raise ValueError("a")
    except ValueError: raise TypeError("b") from None
except TypeError as e:
    print(e.__cause__, repr(e.__context__), e.__suppress_context__)
try:
    try: raise ValueError("again")
    except ValueError: raise
except ValueError as e: print("reraised", e)
try: e
except NameError as err: print(err)
class Custom(Exception):
    def __init__(self, a, b):
        super().__init__(a)
        self.b = b
    def __str__(self): return f"custom {self.args} {self.b}"
try: raise Custom(1, 2)
except Custom as c: print(c, repr(c), c.b)
try: raise Exception
except Exception as e: print(repr(e), e.args, str(e) == "")
e = ValueError("x"); e.add_note("note 1"); e.add_note("note 2"); print(e.__notes__)
for bad in (lambda: exec("raise"), lambda: exec("raise 5"), lambda: exec("raise ValueError from 5"), lambda: e.add_note(1), lambda: exec("raise int")):
    try: bad()
    except BaseException as x: print(type(x).__name__, x)
try:
    try: 1 / 0
    except 5: pass
except TypeError as x: print(x)
print(repr(KeyError("k")), str(KeyError("k")), str(KeyError(1, 2)), str(ValueError(1, 2)), str(OSError(2, "No such file", "name")), repr(OSError(2, "x")), type(OSError(2, "x")).__name__)
print(issubclass(KeyError, LookupError), issubclass(ZeroDivisionError, ArithmeticError), Exception.__mro__, isinstance(StopIteration(3).value, int))
def with_tb():
    try: raise ValueError
    except ValueError as e: return e
tb = with_tb().__traceback__
print(tb.tb_lineno, tb.tb_frame.f_code.co_name, tb.tb_next)
import sys
print(sys.exc_info())
try: 1 / 0
except ZeroDivisionError: print(sys.exc_info()[0], sys.exception())
print(sys.exception())
def gen():
    try: yield 1
    except ValueError as e: print("in generator", e); yield 2
    finally: print("gen finally")
g = gen(); print(next(g), g.throw(ValueError("thrown")), next(g, "exhausted"))
def swallow():
    while True:
        try: raise ValueError
        except ValueError: break
        finally: print("break through finally")
    for _ in [1]:
        try: 1 / 0
        except ZeroDivisionError: continue
    return "ok"
print(swallow())
err = None
try: raise KeyError("kept")
except KeyError as err2: err = err2
print(err.__traceback__ is not None, err.with_traceback(None).__traceback__)
try: [][5]
except LookupError as e: print(type(e), e)
try:
    raise (ValueError("one"),)
except TypeError as e: print(e)
