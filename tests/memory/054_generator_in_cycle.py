import gc
gc.disable()
def gen():
    me = yield
    try:
        yield 1
    finally:
        print("finally", type(me).__name__)
g = gen()
next(g)
g.send(g)
del g
print("unreachable")
gc.collect()
def closure():
    def f(): return f
    n = [f]
    return None
closure()
print(gc.collect() > 0)
