# dis, opcode, inspect, symtable and ast say the same of code where the interpreter's own insides do not show.
import ast, dis, inspect, opcode, symtable
src = '''
import os, a.b as c
from m import x as y, z
g = 1
def f(p, q=2, *r, s, **t):
    global w
    w = g + len(p)
    v = lambda: v
    for i in range(3): pass
    del w
    return [k for k in q]
class K:
    attr = g
'''
code = compile(src, "s", "exec")
def names(code, *ops): return sorted({i.argval for i in dis.get_instructions(code) if i.opname in ops})
f = next(c for c in code.co_consts if inspect.iscode(c) and c.co_name == "f")
print(names(code, "STORE_NAME", "STORE_GLOBAL"), names(f, "LOAD_GLOBAL"), names(f, "STORE_GLOBAL"), names(f, "DELETE_GLOBAL"), names(code, "IMPORT_NAME"), names(code, "IMPORT_FROM"))
print(all(opcode.opmap[n] == opcode.opname.index(n) for n in ("LOAD_GLOBAL", "STORE_GLOBAL", "DELETE_GLOBAL")), isinstance(opcode.EXTENDED_ARG, int))
print(sorted(f.co_varnames), f.co_cellvars, f.co_freevars, [c.co_name for c in f.co_consts if inspect.iscode(c)], f.co_argcount, f.co_kwonlyargcount)
print(sorted({l for _, _, l in f.co_lines() if l} - {5}), sorted({p[0] for p in f.co_positions() if p[0]} - {5}))
lines = [l for _, l in dis.findlinestarts(f) if l]; print(max(lines), sorted({*lines} - {5}))
def sample(a, b: int = 2, /, c=3, *args, d, e: "str" = 5, **kw) -> list: return a
sig = inspect.signature(sample); print(sig, [p.kind.name for p in sig.parameters.values()], sig.bind(1, 2, 3, d=4).arguments, inspect.getfullargspec(sample).kwonlydefaults, sig.return_annotation)
try: sig.bind(1)
except TypeError as e: print(e)
for fn in (len, print, sorted, int.from_bytes, "".split, [].append, dict.get, isinstance, sum): print(fn.__name__, inspect.signature(fn))
class C:
    def m(self, x): "doc"
    @classmethod
    def c(cls, y=1): pass
    @staticmethod
    def s(): pass
    async def co(self): yield
print(inspect.signature(C.m), inspect.signature(C().m), inspect.signature(C.c), inspect.signature(C.s), inspect.signature(C), inspect.isfunction(C.m), inspect.ismethod(C().m), inspect.isasyncgenfunction(C.co), inspect.isbuiltin(len), inspect.getdoc(C.m), [n for n, _ in inspect.getmembers(C, inspect.isfunction)])
def outer():
    n = 1
    def inner(): return n, len, missing, g2
    return inner
g2 = 5
cv = inspect.getclosurevars(outer()); print(cv.nonlocals, cv.globals, sorted(cv.builtins), cv.unbound); print(inspect.getsource(outer).splitlines()[1].strip(), inspect.getsourcelines(C)[1] > 1, inspect.getmodule(outer).__name__, inspect.currentframe().f_code.co_name, inspect.getmro(bool))
def gen(): yield 1
g = gen(); print(inspect.getgeneratorstate(g), next(g), inspect.getgeneratorstate(g), inspect.getgeneratorlocals(g)); g.close(); print(inspect.getgeneratorstate(g))
t = symtable.symtable(src, "s", "exec"); tf = next(c for c in t.get_children() if c.get_name() == "f")
print(t.get_type(), sorted(t.get_identifiers()), [c.get_name() for c in t.get_children()], tf.get_parameters(), tf.get_globals(), tf.get_locals(), tf.is_optimized(), tf.lookup("v").is_local(), tf.lookup("w").is_declared_global(), tf.lookup("g").is_global(), tf.lookup("p").is_parameter(), t.lookup("f").is_namespace(), t.lookup("os").is_imported())
tree = ast.parse(src); print([type(n).__name__ for n in tree.body], len(list(ast.walk(tree))), ast.unparse(tree), ast.dump(tree.body[2], indent=1), ast.get_source_segment(src, tree.body[3]))
class V(ast.NodeVisitor):
    def visit_Name(self, n): seen.append((n.id, type(n.ctx).__name__, n.lineno, n.col_offset, n.end_col_offset))
seen = []; V().visit(tree); print(seen)
class T(ast.NodeTransformer):
    def visit_Constant(self, n): return ast.copy_location(ast.Constant(n.value * 10), n) if isinstance(n.value, int) else n
ns = {}; exec(compile(ast.fix_missing_locations(T().visit(ast.parse("v = [1, 2 + 3, 'x']"))), "t", "exec"), ns); print(ns["v"])
for bad in (lambda: compile(ast.Module([ast.Expr(5)], []), "s", "exec"), lambda: compile(ast.Expression(ast.Name("x", ast.Store(), lineno=1, col_offset=0)), "s", "eval"), lambda: ast.literal_eval("f()"), lambda: compile(ast.Expression(ast.Name("x")), "s", "eval"), lambda: ast.parse("x ="), lambda: ast.Name(), lambda: ast.BinOp(1, 2, 3, 4), lambda: ast.Name(nope=1)):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
print(ast.dump(ast.parse("def f(a: int = 1, /, *b, c, **d) -> x: return await_ if y else (z := 3)"), include_attributes=False), ast.dump(ast.parse("f'{a!r:>{w}} {b=}'", mode="eval")), ast.dump(ast.parse("match x:\n case [1, *_, {'k': v, **r}] | C(a, b=2) as q: pass")), ast.dump(ast.parse("try: pass\nexcept* E as e: pass\nelse: pass\nfinally: pass")), ast.dump(ast.parse("type X[T: int = str, *U, **P] = T")), ast.dump(ast.parse("(a, b), *c = d = [*e, f[g:h, ::i]]; x: int\nasync def f(): await y")), sep="\n")
