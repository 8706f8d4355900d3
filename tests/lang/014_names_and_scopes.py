# Global, local, nonlocal, builtin names; errors for unbound ones.
x = "global"
def read():
    return x
def shadow():
    x = "local"
    return x
def write():
    global x
    x = "changed"
print(read(), shadow(), read())
write()
print(x)

def counter():
    n = 0
    def step():
        nonlocal n
        n += 1
        return n
    return step
c1, c2 = counter(), counter()
print(c1(), c1(), c2(), c1())

try:
    aa
except NameError as e:
    print(e, e.name)
def unbound():
    print(y)
    y = 1
try:
    unbound()
except UnboundLocalError as e:
    print(e)
def free():
    def inner():
        return z
    if False:
        z = 1
    return inner
try:
    free()()
except NameError as e:
    print(type(e).__name__, e)
def deleted():
    a = 1
    del a
    return a
try:
    deleted()
except UnboundLocalError as e:
    print(e)
g = 1
del g
try:
    g
except NameError as e:
    print(e)
len_saved = len
len = lambda x: 42
print(len([]))
del len
print(len([]))
class C:
    x = "class"
    def get(self):
        return x
    y = [x for _ in range(2)]
    z = x
print(C().get(), C.y, C.z)
def outer():
    x = "outer"
    class D:
        a = x
        x = "inner"
        b = x
        def m(self):
            return x
    return D.a, D.b, D().m()
try:
    print(outer())
except NameError as e:
    print(e)
def defaults_bind_early():
    fs = []
    for i in range(3):
        fs.append(lambda i=i: i)
    gs = [lambda: i for i in range(3)]
    return [f() for f in fs], [g() for g in gs]
print(defaults_bind_early())
print(sorted(k for k in globals() if k in ("x", "read", "C")), "x" in locals(), locals() is globals())
def loc(a, b=2):
    c = 3
    return locals()
print(loc(1))
