# Context managers.
class CM:
    def __init__(self, name, swallow=False): self.name, self.swallow = name, swallow
    def __enter__(self):
        print("enter", self.name)
        return self.name
    def __exit__(self, t, v, tb):
        print("exit", self.name, t and t.__name__, v, tb is not None)
        return self.swallow
with CM("a") as a: print("body", a)
with CM("b"), CM("c") as c: print("body", c)
with (CM("d") as d, CM("e") as e,): print(d, e)
with CM("swallow", True): raise ValueError("gone")
try:
    with CM("pass on"): raise ValueError("kept")
except ValueError as e: print("caught", e)
def f():
    with CM("return"): return "value"
print(f())
def loop():
    for i in range(3):
        with CM(i):
            if i == 0: continue
            if i == 1: break
loop()
class BadEnter:
    def __enter__(self): raise RuntimeError("enter fails")
    def __exit__(self, *a): print("never")
try:
    with CM("outer"), BadEnter(): print("never")
except RuntimeError as e: print(e)
class BadExit:
    def __enter__(self): return self
    def __exit__(self, *a): raise KeyError("exit fails")
try:
    with BadExit(): raise ValueError("original")
except KeyError as e: print(repr(e), repr(e.__context__))
class NoCM: pass
for src in ("with NoCM(): pass", "with 5: pass"):
    try: exec(src)
    except TypeError as e: print(e)
class HalfCM:
    def __enter__(self): pass
try:
    with HalfCM(): pass
except TypeError as e: print(e)
class Multi:
    def __enter__(self): return (1, (2, 3))
    def __exit__(self, *a): return None
with Multi() as (x, (y, z)): print(x, y, z)
class Holder: pass
h = Holder()
with Multi() as h.attr: print(h.attr)
l = [0]
with Multi() as l[0]: print(l)
def gen():
    with CM("gen"):
        yield 1
        yield 2
g = gen(); print(next(g)); g.close()
print(list(gen()))
class Truthy:
    def __bool__(self): print("bool asked"); return True
class CMT:
    def __enter__(self): pass
    def __exit__(self, *a): return Truthy()
with CMT(): 1 / 0
with CMT(): pass
class Inst:
    pass
i = Inst(); i.__enter__ = lambda: 1; i.__exit__ = lambda *a: 1
try:
    with i: pass
except TypeError as e: print(e)
with CM("nested 1"):
    try:
        with CM("nested 2"): 1 / 0
    except ZeroDivisionError: print("between")
