# Code made at run time: namespaces, flags, code objects.
g = {"x": 1}
exec("y = x + 1\ndef f(): return x, y\nclass C:\n    z = y", g); print(g["y"], g["f"](), g["C"].z, "__builtins__" in g)
l = {}; exec("a = 1; b = [a for _ in range(2)]", {}, l); print(l)
class NS(dict):
    def __missing__(self, k): return f"<{k}>" if k != "print" else print
    def __setitem__(self, k, v): super().__setitem__(k, ("stored", v))
ns = NS(); exec("p = q; r = p", {}, ns); print(dict(ns)); print(eval("u + v", {}, NS()))
def outer():
    n = 10
    def inner(): return eval("n") if "n" in dir() else "no n"
    exec("n = 99"); return n, inner(), eval("n * 2"), [eval("n", globals(), {"n": i}) for i in range(2)]
print(outer())
c = compile("a + b * 2", "<expr>", "eval"); print(c.co_name, c.co_filename, c.co_names, c.co_argcount, c.co_firstlineno, eval(c, {"a": 1, "b": 2}))
def f(a, b=2, /, c=3, *args, d, e=5, **kw):
    local = 1
    def inner(): return local, a
    return inner
k = f.__code__; print(k.co_varnames, k.co_argcount, k.co_posonlyargcount, k.co_kwonlyargcount, k.co_nlocals, k.co_cellvars, k.co_freevars, k.co_name, k.co_qualname, k.co_firstlineno > 0, bool(k.co_flags & 4), bool(k.co_flags & 8), f(1, d=2).__code__.co_freevars, k.co_stacksize >= 0, k == f.__code__, hash(k) == hash(f.__code__), k is f.__code__)
r = k.replace(co_name="renamed"); print(r.co_name, r.co_qualname, r == k)
def h(x): return x + 1
h.__code__ = (lambda x: x * 100).__code__; print(h(5), h.__name__)
try: h.__code__ = f(1, d=2).__code__
except ValueError as e: print(e)
import types
fn = types.FunctionType((lambda x, y=1: x + y + z).__code__, {"z": 100}, "named", (50,)); print(fn(1), fn.__name__, fn(1, 2))
print(types.FunctionType(h.__code__, globals())(2), types.CodeType.__name__, type(k).__name__)
try: exec("x = 1\ny = = 2", {})
except SyntaxError as e: print(e.msg, e.lineno, e.offset, e.text, e.filename)
try: exec("\n\nraise ValueError('line 3')", {})
except ValueError as e: print(e.__traceback__.tb_next.tb_lineno, e.__traceback__.tb_next.tb_frame.f_code.co_filename)
print(eval("lambda: (yield)").__code__.co_flags & 0x20, eval("(x := 5) + x", {}), eval("__import__('sys').maxsize", {}), eval("[y for y in z]", {"z": "ab"}), eval("w", {"w": 1}, None))
try: eval("open", {"__builtins__": {}})
except NameError as e: print(e)
print(eval("len('abc')", {"__builtins__": {"len": lambda x: "fake"}}), eval("1;2" if False else "1"), eval("\t 1 \n"), eval("(\n1\n+\n2)"))
single = compile("for i in range(2): i\n", "s", "single"); exec(single); exec(compile("x = 5\n", "s", "single")); exec(compile("None", "s", "single")); exec(compile("'a'; 'b'", "s", "single"))
exec(compile("'doc'\nx: int = 1\nprint(__annotations__ if '__annotations__' in dir() else 'lazy', __doc__)", "s", "exec"), {"__name__": "m"})
import ast; t = ast.parse("1 + 2 * x"); print(ast.dump(t)); print(eval(compile(ast.Expression(t.body[0].value), "a", "eval"), {"x": 4}), ast.unparse(t), ast.literal_eval("[1, {'a': (2.5, None)}]"))
exec(compile("from __future__ import annotations\ndef f(x: nope): pass\nprint(f.__annotations__)", "s", "exec"), {}); print(compile("1", "s", "exec", dont_inherit=True).co_name, compile("x", "s", "eval", ast.PyCF_ONLY_AST))
for opt in (0, 1, 2): ns = {}; exec(compile("'doc'\ndebug = __debug__\ndef f(): 'fdoc'\ntry:\n    assert 0\n    asserted = False\nexcept AssertionError: asserted = True", "s", "exec", optimize=opt), ns); print(opt, ns["debug"], ns["asserted"], ns["f"].__doc__)
for s in ("", "# only a comment", "\n\n", "pass", "x = 1 # c", "if 1:\n\tpass\n", "\\\n1", "x = [\n1,\n\n2]", ";" if False else "1;", "'a' \\\n'b'", "def f():\n  '''d'''\n\n  return 1\n\n\n"): exec(s, {})
for s in ("x = 1\0", "\x0cx", b"\xff", b"# coding: latin-1\nx = '\xe9'", b"# coding: nope\n1", b"\xef\xbb\xbfx = 1"):
    try: n = {}; exec(s, n); print(sorted(k for k in n if k != "__builtins__"), n.get("x"))
    except (SyntaxError, ValueError, NameError) as e: print(type(e).__name__, str(e)[:90])
