# Frames, f_locals as a write-through view, locals(), sys._getframe.
import sys
def f(a):
    b = 2
    fr = sys._getframe(); fl = fr.f_locals
    fl["a"] = "changed"; fl["new"] = 5
    print(a, b, fl["new"], sorted(fl), "new" in fl, fl.get("zz"), len(fl), fl["b"], type(fl).__name__, fl is fr.f_locals, fl == fr.f_locals)
    b = 3; print(fl["b"]); snap = locals(); snap["b"] = 99; print(b, locals() is snap)
    for bad in (lambda: fl["nope"], lambda: fl.pop("b"), lambda: fl.__delitem__("a"), lambda: fl.clear()):
        try: print(bad())
        except Exception as e: print(type(e).__name__, e)
    fl.update({"b": 7}); print(b, fl | {"z": 1} == {**fl, "z": 1}, fl.setdefault("b", 0), fl.setdefault("q", 1), {**fl}["q"], list(fl.items())[0], list(reversed(fl))[-1])
    return fl
fl = f(1); print(fl["a"], fl["b"])
def cells():
    x = 1
    def inner(): return x
    sys._getframe().f_locals["x"] = 50; return x, inner()
print(cells())
def up(): sys._getframe(1).f_locals["v"] = "from below"
def down(): v = 1; up(); return v
print(down())
def g(): return sys._getframe()
fr = g(); print(fr.f_back is None or fr.f_back.f_code.co_name, fr.f_code.co_name, fr.f_locals, fr.f_lineno - g.__code__.co_firstlineno, fr.f_globals is globals(), fr.f_builtins["len"] is len, fr.f_trace, fr.f_trace_lines, fr.f_trace_opcodes, type(fr.f_lasti).__name__); fr.clear()
def gen(): x = 1; y = yield x; yield y
i = gen(); next(i); print(i.gi_frame.f_locals, i.gi_frame.f_lineno > 0, i.gi_frame.f_back); i.gi_frame.f_locals["x"] = 5; print(i.gi_frame.f_locals); i.gi_frame.clear() if False else i.close(); print(i.gi_frame)
def running(): return sys._getframe().clear()
try: running()
except RuntimeError as e: print(e)
def exc():
    local = [1, 2]
    raise ValueError
try: exc()
except ValueError as e: t = e.__traceback__.tb_next; print(t.tb_frame.f_locals, t.tb_lineno == t.tb_frame.f_lineno, t.tb_lasti >= 0); t.tb_frame.clear(); print(t.tb_frame.f_locals)
class C: names = sorted(k for k in locals() if k[:2] != "__"); x = 1; view = sys._getframe().f_locals; view["y"] = 2
print(C.names, C.y)
print([sorted(k for k in locals()) for z in [1]], (lambda q: locals())(5)); l = locals(); l["made_by_locals"] = 1; print(made_by_locals)
def depth(n): return len(list(walk())) if n == 0 else depth(n - 1)
def walk():
    f = sys._getframe(1)
    while f: yield f; f = f.f_back
print(depth(3), depth(5) - depth(2))
try: sys._getframe(1000)
except ValueError as e: print(e)
try: sys._getframe(0).f_lineno = 5
except ValueError as e: print(e)
def dele(): x = 1; del x; return sorted(sys._getframe().f_locals), sorted(locals())
print(dele()); print(vars() is globals(), dir() == sorted(globals()), sys._getframemodulename() if hasattr(sys, "_getframemodulename") else "__main__"); old = sys.getrecursionlimit(); sys.setrecursionlimit(200)
def rec(n): return rec(n + 1)
try: rec(0)
except RecursionError as e: print("limit works")
sys.setrecursionlimit(old)
for n in (0, -1, "x"):
    try: sys.setrecursionlimit(n)
    except (ValueError, TypeError) as e: print(e)
