class N:
    def __init__(self, name): self.name = name
    def __enter__(self): print("enter", self.name); return self
    def __exit__(self, *a): print("exit", self.name)
    def __del__(self): print("del", self.name)
with N("a"):
    print("body")
print("after")
with N("b") as b:
    print("body of", b.name)
print("b is kept")
del b
def f():
    with N("c") as c, N("d"):
        return c.name
print(f())
def g():
    x = N("x")
    try:
        return "result"
    finally:
        print("finally")
print(g())
