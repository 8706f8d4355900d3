class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
    def __iadd__(self, other): return N(self.name + "+" + other.name)
n = N("a")
n += N("b")
print(n.name)
l = [N("x")]
l[0] += N("y")
print(l[0].name)
class B: pass
b = B(); b.v = N("v")
b.v += N("w")
print(b.v.name)
n, l[0] = l[0], n
print(n.name, l[0].name)
del n, l, b
print("end")
