# Augmented, annotated, chained assignment; del in every form; evaluation order.
log = []
def e(v): log.append(v); return v
class O: pass
o, l, d = O(), [0] * 5, {}
l[e(0)] = e("value"); print(log); log.clear()
l[e(1)], d[e("k")] = e(10), e(20); print(log, l, d); log.clear()
a = b = l[e(2)] = e(7); print(log, a, b, l); log.clear()
l[e(1)] += e(5); print(log, l); log.clear()
def get(): log.append("get"); return l
get()[e(3)] += 1; print(log, l); log.clear()
{e(1): e(2), e(3): e(4)}; [e(5), e(6)]; (lambda x=e(7): x); print(log); log.clear()
print(e(1) + e(2) * e(3), e(4) if e(0) else e(5), e(1) < e(2) < e(3)); print(log); log.clear()
o.x = 1; o.x += 1; o.x **= 3; print(o.x, o.__dict__); o.y: int = 5; print(o.y, hasattr(O, "__annotations__") and O.__annotations__)
x: int
try: x
except NameError as err: print(err)
(y): str = "no annotation"; print(y)
m = [1, 2, 3, 4, 5]; del m[0], m[-1], m[0:1]; print(m); del o.x, (o.y); print(o.__dict__); del [m]
try: m
except NameError as err: print(err)
p = q = []; p += [1]; print(q); p = p + [2]; print(q, p); t = (1,); u = t; t += (2,); print(t, u); s = "a"; s *= 3; print(s)
i = 5; i //= 2; i **= 3; i <<= 2; i |= 3; i ^= 1; i %= 13; i -= 20; i /= 4; print(i); w = 6; w @= type("M", (), {"__rmatmul__": lambda s, o: o * 7})(); print(w)
class Aug:
    def __init__(self): self.v = []
    def __iadd__(self, o): self.v.append(("iadd", o)); return self
    def __isub__(self, o): return "isub result"
    def __getitem__(self, k): self.v.append(("get", k)); return 10
    def __setitem__(self, k, v): self.v.append(("set", k, v))
    def __delitem__(self, k): self.v.append(("del", k))
g = Aug(); h = g; g += 1; g[5] += 2; del g[1:2], g["k"], g[1, 2]; print(g is h, g.v); g -= 1; print(g)
class Imm:
    def __add__(self, o): return "added"
z = Imm(); z += 1; print(z)
for bad in ("1 = x", "f() = 1", "x + 1 = 2", "None = 1", "[1, 2] = x", "(x, 1) = y", "x = 1 = y", "del 1", "del f()", "del x + 1", "x += y += 1", "(a, b) += 1", "[a] += 1", "f() += 1", "a, b: int = 1", "[a]: int", "*a = 1", "*a, *b = c", "x := 5", "(x.y := 5)", "(x[0] := 5)", "lambda: x = 1", "if x = 1: pass", "f(a=1, a=2)", "f(**k, *a)", "f(a=1, 2)", "f(x for x in y, 1)", "def f(a, a): pass", "def f(a=1, b): pass", "def f(*): pass", "def f(**k, a): pass", "global x; x = 1\nglobal y" if False else "def f():\n x = 1\n global x", "def f(x):\n global x", "nonlocal x", "def f():\n nonlocal zz", "return 1", "yield 1", "break", "continue", "for x in y: def", "class C: return", "x = (yield)", "import a.b as c.d", "from . import *" if False else "def f(): from a import *", "from __future__ import nope", "True = 1", "def f(None): pass", "x.True = 1", "f(True=1)", "a b", "1 2", "(1", "1)", "[1)", "{1: 2", "'abc", "\"\"\"abc", "if x:\npass", "  x = 1", "if 1:\n  a\n b", "x = 5 +", "print 1", "exec 'x'", "1if 1else", "0777", "1__0", "0x", "1_", "0b2", "1.2.3", "é = $", "a ? b", "!x", "x = ?", "\\x", "f'{a!}'", "b'é'", "'\\N{nope}'", "'\\x1'", "'\\u12'", "assert (1, 2)" if False else "try: pass", "else: pass", "with a as 1: pass", "for 1 in x: pass", "[x for 1 in y]", "async x", "await", "{**a for a in b}", "[*a for a in b]", "(*a)", "*a", "print(*)", "f(*)", "lambda *: 0", "x = *a", "not", "a not b", "a is is b", "class C(a for a in b): pass", "@\ndef f(): pass", "def f() pass", "def f(:", "while 1 pass", "elif 1: pass", "except: pass", "case 1: pass", "import", "from x import", "from x import (a,", "raise from x", "del", "global", "a.1", "a..b", "->", "x <> y", "x++", "x === y", "a && b", "def f(x, /, /): pass", "def f(*, **k): pass", "def f(/): pass"):
    try: compile(bad, "<s>", "exec"); print(repr(bad), "compiled")
    except SyntaxError as err: print(repr(bad), type(err).__name__, err.msg, err.lineno, err.offset, err.end_lineno, err.end_offset)
