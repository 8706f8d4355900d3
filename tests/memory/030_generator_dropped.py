class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
def gen(n):
    local = N("local")
    try:
        yield 1
        yield 2
    finally:
        print("finally")
g = gen(N("argument"))
print(next(g))
del g
print("dropped while suspended")
g = gen(N("argument"))
del g
print("dropped before the start")
g = gen(N("argument"))
print(list(g))
print("exhausted")
del g
print("end")
