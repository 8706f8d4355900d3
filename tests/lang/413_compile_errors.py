# What the compiler refuses, its words and places.
S = r'''
def f(x):
  global x
def f(x):
  nonlocal x
def f():
  x=1
  global x
def f():
  print(x)
  global x
def f():
  x: int
  global x
def f():
  x: int
  nonlocal x
def f():
  global x
  x: int
nonlocal x
def f():
  nonlocal x
def f():
  nonlocal x, y
  global x
class C:
  nonlocal x
def f():
  from a import *
class C:
  from a import *
def f(a, b, a): pass
lambda a, *, a: 1
def f[T, T](): pass
class C[T, *T]: pass
def f[T=int, U](): pass
type X[T=int, *Ts] = 1
[x for x in (y := 1, 2)]
[(x := 1) for x in y]
[[(x := 1) for z in y] for x in w]
[x for x in y if (x := 1)]
[i for i in range(3) if (j := i) for j in range(2)]
class C: [(x := 1) for y in z]
def f[T: (x := 1)](): pass
def f[T: (yield)](): pass
def f[T: (yield from x)](): pass
async def f[T: (await 1)](): pass
type X = (yield)
type X = (x := 1)
type X[T: (x:=1)] = 1
type X[T = (x:=1)] = 1
type X = [(x := 1) for y in z]
def f() -> (yield): pass
def f(x: (y := 1)): pass
async def f(x: (await 1)): pass
class C[T]((yield)): pass
class C[T](x := 1): pass
def f[T](x = (yield)): pass
def f[T](x : [(z:=1) for _ in y]): pass
class C[T]([(z:=1) for _ in y]): pass
x: (yield) = 1
def f(): x: (yield) = 1
def f(): x: (y := 1)
[(yield) for x in y]
{(yield) for x in y}
{(yield):1 for x in y}
((yield) for x in y)
((yield from z) for x in y)
[x for x in (yield)]
def f(): [x for x in y if (yield)]
yield 1
class C: yield 1
class C: yield from x
yield from x
await x
def f(): await x
async def f(): yield from x
return
class C: return 1
async def f():
  yield 1
  return 2
break
continue
def f(): break
while 1:
  def f(): continue
if 1: break
async for x in y: pass
def f():
  async for x in y: pass
async with x: pass
def f():
  async with x: pass
def f(): [x async for x in y]
[x async for x in y]
def f(): [await x for x in y]
[await x for x in y]
async def f(): [[x async for x in y] for z in w]
def f(): [[x async for x in y] for z in w]
def f(): (x async for x in y)
try: pass
except: pass
except X: pass
*a = 1
*a, *b = 1
*x
print(*x for x in y)
x = *y
for *x in y: pass
del *x
a, *b, c = 1
__debug__ = 1
del __debug__
def __debug__(): pass
def f(__debug__): pass
x.__debug__ = 1
import __debug__
import a as __debug__
from a import __debug__
from a import b as __debug__
class __debug__: pass
f(__debug__=1)
lambda __debug__: 1
for __debug__ in x: pass
with x as __debug__: pass
(__debug__ := 1)
try: pass
except X as __debug__: pass
global __debug__
__debug__: int
__debug__ += 1
x.__debug__: int
def f[__debug__](): pass
type __debug__ = 1
match x:
  case __debug__: pass
match x:
  case {**__debug__}: pass
match x:
  case C(__debug__=1): pass
def f(*__debug__): pass
def f(**__debug__): pass
from __future__ import braces
from __future__ import nope
x = 1; from __future__ import division
from __future__ import division, nope
def f(): from __future__ import division
match x:
  case y: pass
  case 1: pass
match x:
  case _: pass
  case 1: pass
match x:
  case y | 1: pass
match x:
  case _ | 1: pass
match x:
  case [a, a]: pass
match x:
  case [a] | [b]: pass
match x:
  case [*a, *b]: pass
match x:
  case C(a=1, a=2): pass
match x:
  case {1: a, 1: b}: pass
match x:
  case {1: a, **a}: pass
match x:
  case {"a": 1, "a": b}: pass
match x:
  case {-1: 1, -1: b}: pass
match x:
  case {1+1j: 1, 1+1j: b}: pass
match x:
  case [a] as a: pass
match x:
  case {1: _, True: _}: pass
try: pass
except* X: break
def f():
  try: pass
  except* X: return
while 1:
  try: pass
  except* X: continue
while 1:
  try: pass
  except* X:
    while 2: break
def f(): 
  x = __class__
  nonlocal __class__
def f():
  def g():
    nonlocal x
    x = 1
def f[T]():
  nonlocal T
  T = 1
class C[T]:
  nonlocal T
  T = 1
class C[T]:
  def f(self):
    nonlocal T
    T = 1
def f():
  x = 1
  def g():
    x = 2
    nonlocal x
def f():
  x = 1
  def g():
    print(x)
    nonlocal x
def f(a, (b)): pass
(x for x in y) = 1
f(a=1, a=2)
f(**a, *b)
class C(a=1, a=2): pass
x, y: int
(x): int = 1
x[1]: int = 2
def f():
  global x
  x: int = 1
def f():
  global x
  global x
  x = 1
  global x
for x in y:
  global x
[x := 1 for y in z]
f(x := 1)
def f(): 
  import x
  global x
def f():
  def x(): pass
  global x
def f():
  class x: pass
  global x
def f():
  for x in y: pass
  global x
def f():
  with y as x: pass
  global x
x = 1
global x
print(x)
global x
class C:
  x = 1
  global x
import x.y.__debug__
import x as y.z
def f(x, y=1, z): pass
def f(*, **k): pass
def f(): return *a, *b
def f(): yield *a
x[*a] = 1
x[a:b, *c]
f"{x!z}"
f"{yield}"
def f(): f"{(yield)}"
f"{(x:=1)}"
class C: x: (yield)
def f():
  x: (await y)
lambda: (yield)
[lambda: (yield) for x in y]
class C: [lambda: (x:=1) for x in y]
[x for x in lambda: (y := 1)]
[x for x in [y := 1 for z in w]]
[x for x in y for z in (w := 1)]
{**a for a in b}
[*a for a in b]
a + 1 = 2
def f():
    nonlocal x
    x = 1
    def x(): pass
def f(a):
    def g(a):
        nonlocal a
type T[X: [(yield)]] = 1
type T[X = (yield)] = 1
type T[**P = (yield)] = 1
def f[*Ts = (yield)](): pass
class C[T = (await 1)]: pass
assert (x, y)
def f(x): x: int; global x
try: pass
finally: return
def f():
    for __class__ in x: nonlocal __class__
with x as (yield): pass
'''
import warnings
warnings.simplefilter("ignore")
snips = []
lines=S.strip("\n").split("\n")
i=0
while i<len(lines):
    cur=[lines[i]]; i+=1
    while i<len(lines) and (lines[i].startswith((" ","except","finally"))): cur.append(lines[i]); i+=1
    if cur[0] in ("x = 1","print(x)") and i<len(lines): cur.append(lines[i]); i+=1
    snips.append("\n".join(cur)+"\n")
for s in snips:
    try:
        compile(s,"<s>","exec")
        print(repr(s),"-> ok")
    except SyntaxError as e:
        print(repr(s),"->",type(e).__name__, e.msg, (e.lineno,e.offset,e.end_lineno,e.end_offset))
    except Exception as e:
        print(repr(s),"->",type(e).__name__, e)
