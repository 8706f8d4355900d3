# Generators: send, throw, close, yield from, their attributes and errors.
def g():
    x = yield 1
    print("got", x)
    y = yield 2
    print("got", y)
    return "result"
i = g(); print(next(i), i.send("a"))
try: i.send("b")
except StopIteration as e: print("StopIteration", e.value)
print(next(i, "done"), list(g()))
def inner():
    try:
        r = yield "inner 1"; print("inner received", r)
    except ValueError as e:
        print("inner caught", e); yield "after catch"
    return "inner result"
def outer():
    v = yield from inner(); print("outer got", v)
    v = yield from [1, 2]; print("from list", v)
o = outer(); print(next(o), o.send("s"), list(o))
o = outer(); next(o); print(o.throw(ValueError("v")), next(o))
def closing():
    try: yield 1; yield 2
    except GeneratorExit: print("GeneratorExit"); raise
    finally: print("closed")
c = closing(); next(c); print(c.close(), c.close(), next(c, "ended"))
c = closing(); next(c); del c; print("after del")
def stubborn():
    while True:
        try: yield
        except GeneratorExit: print("ignored"); yield "still here"
s = stubborn(); next(s)
try: s.close()
except RuntimeError as e: print(e)
def ret_on_close():
    try: yield
    except GeneratorExit: return "closed value"
r = ret_on_close(); next(r); print(r.close())
def early():
    raise StopIteration("inside")
    yield
try: next(early())
except RuntimeError as e: print(e, repr(e.__cause__))
n = g()
try: n.send("non-None")
except TypeError as e: print(e)
def selfcall():
    yield next(me)
me = selfcall()
try: next(me)
except ValueError as e: print(e)
print(type(g()).__name__, g.__code__.co_flags & 0x20 != 0, n.gi_frame is not None, n.gi_running, n.gi_code is g.__code__, n.gi_yieldfrom, n.__name__, n.__qualname__)
list(n); print(n.gi_frame, n.gi_suspended)
def fib():
    a, b = 0, 1
    while True: yield a; a, b = b, a + b
f = fib(); print([next(f) for _ in range(15)])
def tree(t):
    if t:
        yield from tree(t[0]); yield t[1]; yield from tree(t[2])
print(list(tree(((None, 1, None), 2, ((None, 3, None), 4, None)))))
def deep(n):
    if n: yield from deep(n - 1)
    yield n
print(sum(deep(100)))
ge = (i * 2 for i in range(3)); print(next(ge), ge.send(None), ge.__name__, list(ge))
print(list((yield_ for yield_ in "ab")), (lambda: (yield "y"))().__next__())
def with_args(*a, k=1, **kw):
    yield a; yield k; yield kw
print(list(with_args(1, 2, k=3, z=4)))
def throw_types():
    try: yield
    except Exception as e: yield repr(e)
for args in ((ValueError,), (ValueError("x"),)):
    t = throw_types(); next(t); print(t.throw(*args))
t = throw_types()
try: t.throw(KeyError("unstarted"))
except KeyError as e: print("unstarted", e, next(t, "finished"))
try: next(throw_types()).throw
except AttributeError as e: print(e)
def finally_order():
    try:
        yield 1
    finally:
        print("fin"); yield 2; print("unreached?")
fo = finally_order(); print(next(fo), fo.throw(ValueError("pending")))
try: next(fo)
except ValueError as e: print("then", e)
class Deleg:
    def __iter__(self): return self
    def __next__(self): return "n"
    def send(self, v): return ("send", v)
    def throw(self, e): return ("throw", repr(e))
    def close(self): print("close delegated")
def d(): yield from Deleg()
x = d(); print(next(x), x.send(5), x.throw(ValueError("z"))); x.close()
def exc_state():
    try: 1 / 0
    except ZeroDivisionError:
        yield
        try: raise
        except ZeroDivisionError as e: yield "kept " + str(e)
es = exc_state(); next(es)
try: raise KeyError
except KeyError: print(next(es))
