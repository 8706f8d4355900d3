class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
def f(*args, **kwargs):
    print([a.name for a in args], {k: v.name for k, v in kwargs.items()})
    args = None
    print("args dropped")
f(N(1), N(2), key=N(3))
print("--")
f(*[N("s1"), N("s2")], **{"k": N("k")})
print("--")
def g(a, b):
    a = None
    print("a dropped")
    return b.name
print(g(N("A"), N("B")))
def h(a):
    del a
    print("deleted the argument")
h(N("H"))
try:
    g(N("only one"))
except TypeError as e:
    print(e)
