class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)

def f(p):
    a = N("a")
    b = N("b")
    c = N("c")
    del b
    print("in f", p.name)
    return c

r = f(N("argument"))
print("returned", r.name)
r = f(r)
print("again")
del r
