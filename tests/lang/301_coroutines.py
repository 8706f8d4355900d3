# Coroutines, driven by hand: await, async for, async with, async comprehensions and generators.
class Sleep:
    def __init__(self, v): self.v = v
    def __await__(self):
        r = yield self.v
        return r
def run(coro, log=True):
    v = None
    try:
        while True:
            y = coro.send(v)
            if log: print("  yielded", y)
            v = f"reply to {y}"
    except StopIteration as e:
        return e.value
async def simple():
    a = await Sleep(1)
    b = await Sleep(2)
    return a, b
print(run(simple()))
async def nested():
    x = await simple()
    return "nested", x
print(run(nested()))
class ACM:
    async def __aenter__(self): print("aenter"); await Sleep("enter"); return "cm"
    async def __aexit__(self, t, v, tb): print("aexit", t and t.__name__); await Sleep("exit"); return t is ValueError
async def use():
    async with ACM() as c:
        print("in", c)
    async with ACM():
        raise ValueError("swallowed")
    return "used"
print(run(use()))
class AIter:
    def __init__(self, n): self.n = n
    def __aiter__(self): return self
    async def __anext__(self):
        if self.n == 0: raise StopAsyncIteration
        self.n -= 1
        await Sleep(f"tick {self.n}")
        return self.n
async def loop():
    out = []
    async for x in AIter(3): out.append(x)
    else: out.append("else")
    return out
print(run(loop()))
async def agen(n):
    try:
        for i in range(n):
            got = yield i
            if got: print("  agen got", got)
            await Sleep(i)
    finally:
        print("  agen finally")
async def consume():
    a = [x async for x in agen(3)]
    b = {x: await Sleep(x) async for x in agen(2) if x}
    c = [y for x in [1, 2] for y in [await Sleep(x)]]
    d = [x async for x in (z * 2 async for z in agen(2))]
    return a, b, c, d
print(run(consume(), log=False))
async def manual():
    g = agen(5)
    print(await g.__anext__(), await g.asend("hello"))
    try: await g.athrow(KeyError("k"))
    except KeyError as e: print("athrow", e)
    try: await g.__anext__()
    except StopAsyncIteration: print("exhausted")
    h = agen(5); await h.__anext__(); print(await h.aclose())
    print(await anext(agen(1)), await anext(AIter(0), "default"))
    return "manual"
print(run(manual(), log=False))
async def raising():
    try: await Sleep("x")
    except ValueError as e: return f"caught {e}"
c = raising(); c.send(None)
try: c.throw(ValueError("thrown in"))
except StopIteration as e: print(e.value)
c = raising(); c.send(None); c.close()
print(c.cr_frame, c.cr_running, c.cr_await)
try: c.send(None)
except RuntimeError as e: print(e)
async def bad():
    await 5
try: run(bad())
except TypeError as e: print(e)
async def bad2():
    async for x in [1]: pass
async def bad3():
    async with 5: pass
async def bad4():
    return [x async for x in 5]
for f in (bad2, bad3, bad4):
    try: run(f())
    except TypeError as e: print(e)
co = simple()
try: iter(co)
except TypeError as e: print(e)
try: next(co)
except TypeError as e: print(e)
co.close()
print(type(co).__name__, type(agen(1)).__name__, co.__name__, co.cr_code.co_name)
import types
@types.coroutine
def old():
    x = yield "old"
    return x
async def uses_old(): return await old()
print(run(uses_old()))
async def lam(): return await (lambda: simple())()
print(run(lam(), log=False))
async def chain():
    try:
        try: await Sleep(1); raise ValueError("a")
        finally: await Sleep("in finally")
    except ValueError as e: return f"{e} after finally"
print(run(chain()))
async def tup():
    return await Sleep(1), await Sleep(2), [await Sleep(3)], {"k": await Sleep(4)}, f"{await Sleep(5)}"
print(run(tup(), log=False))
for src in ("await x", "def f(): await x", "async def f():\n yield 1\n return 2", "async def f(): yield from x", "def f(): async with x: pass", "def f(): return [x async for x in y]"):
    try: compile(src, "s", "exec"); print("compiled")
    except SyntaxError as e: print(e.msg)
