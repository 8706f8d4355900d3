# Cells, nonlocal, closures over loops, arguments and each other.
def adder(n):
    return lambda x: x + n
print([f(10) for f in (adder(1), adder(2))])
def acc():
    total = 0
    def add(x):
        nonlocal total
        total += x
        return total
    def get(): return total
    def reset():
        nonlocal total
        total = 0
    return add, get, reset
add, get, reset = acc()
print(add(5), add(7), get(), reset(), get())
def three():
    x = 1
    def two():
        nonlocal x
        x += 1
        def one():
            nonlocal x
            x *= 10
            return x
        return one
    return two, lambda: x
two, see = three()
print(two()(), see(), two()(), see())
def arg_cell(a, *b, c=1, **d):
    def inner():
        nonlocal a, c
        a += 1
        c += 1
        return a, b, c, d
    return inner
i = arg_cell(1, 2, 3, k=4)
print(i(), i())
def late():
    def f(): return later
    later = "bound after"
    return f()
print(late())
def mutual():
    def even(n): return True if n == 0 else odd(n - 1)
    def odd(n): return False if n == 0 else even(n - 1)
    return even, odd
e, o = mutual()
print(e(10), o(7), e(7))
def loop():
    fs = []
    for i in range(3):
        def f(): return i
        fs.append(f)
    return [f() for f in fs]
print(loop())
def cellinfo():
    x = 1
    def f(): return x
    return f
f = cellinfo()
print(len(f.__closure__), f.__closure__[0].cell_contents, f.__code__.co_freevars, cellinfo.__code__.co_cellvars)
f.__closure__[0].cell_contents = 99
print(f())
def empty():
    def f(): return x
    c = f.__closure__[0]
    try:
        c.cell_contents
    except ValueError as e:
        print(e)
    x = 1
    return f()
print(empty())
def deleted():
    x = 1
    def f(): return x
    del x
    try:
        f()
    except NameError as e:
        print(e)
    x = 2
    return f()
print(deleted())
def class_in_closure(n):
    class K:
        value = n
        def m(self): return n
        @staticmethod
        def s(): return n + 1
    return K
K = class_in_closure(5)
print(K.value, K().m(), K.s())
def exec_free():
    x = 5
    return eval("x"), [x for _ in "a"], {x: x}, (lambda y=x: y)()
print(exec_free())
def compose(*fs):
    def run(v):
        for f in fs: v = f(v)
        return v
    return run
print(compose(lambda v: v + 1, lambda v: v * 2, str)(4))
def gen_closure():
    n = 0
    def g():
        nonlocal n
        while n < 3:
            n += 1
            yield n
    return g, lambda: n
g, n = gen_closure()
print(list(g()), n())
