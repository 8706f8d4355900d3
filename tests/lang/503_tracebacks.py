# Tracebacks: text, positions, chains, groups, frames.
import traceback, sys, io, os
def show(f, *a):
    try: f(*a)
    except BaseException as e:
        print("".join(traceback.format_exception(e)).replace(__file__, "FILE").replace(os.__file__, "OS"), end="")
def one(x): return 1 / x
def two(x):
    y = [one(i) for i in (2, x)]
    return y
show(two, 0)
def chain():
    try: {}["missing"]
    except KeyError as e: raise ValueError("because") from e
show(chain)
def context():
    try: int("x")
    except ValueError: undefined_name
show(context)
def suppressed():
    try: 1 / 0
    except ZeroDivisionError: raise TypeError("alone") from None
show(suppressed)
def carets():
    a = {"k": {"j": None}}
    return a["k"]["j"]["deep"] + 1
show(carets)
def attr(): return (1).real.nothing.more
show(attr)
def call(): return print(len(5),
    "second line")
show(call)
def binop(): return 1 + 2 * ("a" + 3) - 4
show(binop)
def notes():
    e = RuntimeError("with notes"); e.add_note("first note"); e.add_note("second\nlines"); raise e
show(notes)
def group(): raise ExceptionGroup("eg", [ValueError(1), ExceptionGroup("inner", [TypeError("t")])])
show(group)
def rec(n): return rec(n - 1) if n else 1 / 0
show(rec, 10)
show(exec, "x = 1\ny = 2\nz = x / 0")
show(compile, "def f(:\n  pass", "bad.py", "exec")
show(eval, "1 +")
class E(Exception):
    def __str__(self): raise ValueError("no str")
def unprintable(): raise E
show(unprintable)
def multi():
    x = (1 +
         2 / 0
         + 3)
show(multi)
def gen(): yield one(0)
show(lambda: list(gen()))
show(lambda: [].nothing)
show(lambda: undefinde_var_name_x)
class Suggest: attribute = 1
show(lambda: Suggest().atribute)
def raise_in_with():
    class C:
        def __enter__(self): pass
        def __exit__(self, *a): raise KeyError("exit")
    with C(): raise ValueError("body")
show(raise_in_with)
show(lambda: (_ for _ in ()).throw(SystemExit(3)))
def asserting(): assert 1 == 2, f"{1} is not {2}"
show(asserting)
def kw(): return one(y=3)
show(kw)
def imp(): import no_such_module_at_all
show(imp)
def fromimp(): from os import no_such_name
show(fromimp)
def manual():
    f = sys._getframe(); return f.f_code.co_name, f.f_lineno - manual.__code__.co_firstlineno, f.f_back.f_code.co_name, sorted(f.f_locals), f.f_globals is globals()
print(manual()); print([fs.name for fs in traceback.extract_stack()])
try: two(0)
except ZeroDivisionError as e:
    tb = e.__traceback__; names = []
    while tb: names.append((tb.tb_frame.f_code.co_name, tb.tb_lineno)); tb = tb.tb_next
    print(names); s = io.StringIO(); traceback.print_exc(file=s, limit=1); print(s.getvalue().count("File")); te = traceback.TracebackException.from_exception(e); print(te.exc_type_str, list(te.format_exception_only()), te.stack[-1].line, te.stack[-1].colno, te.stack[-1].end_colno)
