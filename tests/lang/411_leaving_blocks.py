# Leaving blocks.
def f(n):
    out = []
    for i in range(4):
        try:
            try:
                if i == n: break
                if i == 1: continue
                out.append(("body", i))
            finally:
                out.append(("in", i))
                if n == 9 and i == 2: break
        finally:
            out.append(("out", i))
    else: out.append("else")
    return out
for n in (0, 2, 3, 8, 9): print(f(n))
class M:
    def __init__(s, n, swallow=False): s.n, s.swallow = n, swallow
    def __enter__(s): print("+" + s.n); return s.n
    def __exit__(s, t, v, tb): print("-" + s.n, t and t.__name__); return s.swallow
def g(k):
    for i in range(3):
        with M("a%d" % i) as a, M("b%d" % i, k == 5) as b:
            if k == 0: return a + b
            if k == 1 and i == 1: break
            if k == 2 and i == 1: continue
            if k in (3, 5): raise KeyError(i)
            if k == 4:
                try: return "try" + a
                finally: print("fin")
    else: print("else")
    return "end"
for k in range(6):
    try: print(g(k))
    except KeyError as e: print("caught", e)
def h(k):
    try:
        try: return 1
        finally:
            if k == 1: return 2
            if k == 2: raise ValueError
            if k == 3:
                try: raise KeyError
                except KeyError: pass
    except ValueError: return 3
    finally: print("last", k)
print([h(k) for k in range(4)])
def lo():
    while True:
        try: return 1
        finally: break
    return 2
def lc():
    for i in range(3):
        try: raise ValueError
        finally: continue
    return i
import sys as _s
def chained():
    try:
        try: raise ValueError(1)
        except ValueError as e:
            try: raise KeyError(2)
            except KeyError as e2: print(repr(e2.__context__))
            print(repr(e), repr(_s.exception()))
            raise
    except ValueError as e: print("again", repr(e), e.__context__)
    print(_s.exception())
    try:
        try: raise ValueError(1)
        finally: raise KeyError(2)
    except KeyError as e: print(repr(e.__context__))
    try: raise TypeError from ValueError(3)
    except TypeError as e: print(repr(e.__cause__), e.__suppress_context__)
    try: raise TypeError from None
    except (KeyError, TypeError) as e: print(e.__cause__, e.__suppress_context__)
    try:
        try: raise ValueError
        except KeyError: pass
        else: print("no")
    except ValueError: print("through")
    def inner():
        try: raise ValueError("x")
        except ValueError as e:
            for i in range(2):
                try:
                    if i: return repr(_s.exception())
                    raise KeyError(i)
                except KeyError: continue
    print(inner(), _s.exception())
chained(); print(lo(), lc())
def gen(n):
    r = []
    try:
        while True:
            try:
                x = yield len(r)
                r.append(x)
                if x == n: return r
            except ValueError as e:
                r.append(repr(e))
                yield "handled"
            finally:
                r.append("f")
    except GeneratorExit:
        print("closed", r); raise
    finally: print("end", r)
g1 = gen(3); print(next(g1), g1.send(1), g1.throw(ValueError("v")), next(g1))
try: g1.send(3)
except StopIteration as e: print(e.value)
g2 = gen(0); next(g2); g2.close()
g3 = gen(0); next(g3)
try: g3.throw(KeyError("k"))
except KeyError as e: print("out", e)
def sub():
    try: a = yield 1; print("a", a); b = yield 2; print("b", b)
    except ValueError as e: print("sub", e); return "subret"
    return "normal"
def dele():
    x = yield from sub()
    y = (yield x) + (yield "second")
    z = 0
    return x, y
d = dele(); print(next(d), d.send("A"), d.throw(ValueError("T")), d.send(10))
try: d.send(5)
except StopIteration as e: print(e.value)
def expr_yield():
    a = 1
    r = a + (yield a) * (yield a + 1)
    s = f"{(yield)}{a}"
    t = [a, (yield 3), a]
    u = (yield 4) < a < (yield 5)
    return r, s, t, u
e = expr_yield(); print([e.send(v) for v in (None, 10, 20, "S", "T", 0)])
try: e.send(7)
except StopIteration as x: print(x.value)
def stop():
    yield 1
    raise StopIteration(5)
try: list(stop())
except RuntimeError as e: print(e, repr(e.__cause__))
# except*
def star(*excs):
    try:
        try: raise ExceptionGroup("g", list(excs))
        except* (ValueError, KeyError) as e: print("VK", e.exceptions)
        except* TypeError as e: print("T", e.exceptions); raise OSError("from T")
        else: print("else")
        finally: print("fin")
    except BaseException as e: print("rest", repr(e), repr(e.__context__))
star(ValueError(1)); star(TypeError(2), KeyError(3)); star(IndexError(4), TypeError(5)); star(OSError(6))
try:
    try: raise ValueError("naked")
    except* ValueError as e: print(repr(e))
except BaseException as e: print("bad", repr(e))
def star2():
    try: pass
    except* ValueError: print("no")
    else: print("else")
    try:
        try: raise ValueError(1)
        except* TypeError: print("no")
    except ValueError as e: print(repr(e), _s.exception() is e)
    for i in range(2):
        try: raise ExceptionGroup("x", [KeyError(i)])
        except* KeyError as e:
            for j in range(3):
                if j == 1: break
            print(i, j)
    print(_s.exception())
star2()
# coroutines
class AM:
    def __init__(s, n): s.n = n
    async def __aenter__(s): print("+", s.n); return s
    async def __aexit__(s, t, v, tb): print("-", s.n, t); return t is KeyError
class AI:
    def __init__(s, n): s.n = n
    def __aiter__(s): return s
    async def __anext__(s):
        s.n -= 1
        if s.n < 0: raise StopAsyncIteration
        return s.n
class Aw:
    def __init__(s, v): s.v = v
    def __await__(s): r = yield s.v; return r
async def ag(n):
    try:
        for i in range(n):
            x = yield i
            if x: print("sent", x)
            await Aw("ag%d" % i)
    finally: print("ag done")
async def main(k):
    async with AM("a") as a, AM("b"):
        if k == 1: return "ret", await Aw("w")
        if k == 2: raise KeyError
    out = [x async for x in AI(3)]
    out2 = {x: await Aw(x) async for x in AI(2) if x}
    async for i in AI(3):
        if i == 1: break
    else: print("no else")
    async for i in AI(1): continue
    else: print("else")
    g = (x * 2 async for x in AI(2))
    async for y in ag(2): out.append(y)
    r = [y async for y in g]
    return out, out2, i, r, await Aw("last") + 1
def run(c):
    v = None
    while True:
        try: y = c.send(v)
        except StopIteration as e: return e.value
        print("await", y); v = 1
for k in range(3): print(run(main(k)))
