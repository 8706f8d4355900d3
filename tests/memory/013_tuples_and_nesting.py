class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)

t = (N(1), (N(2), N(3)), [N(4), N(5)], N(6))
t = None
print("--")
t = ((N("a"),), (N("b"),))
u = t[0]
del t
print("held", u[0].name)
del u
a, b = N("left"), N("right")
a, b = b, a
print(a.name, b.name)
del b
del a
