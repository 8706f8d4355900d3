import gc
gc.disable()
class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
a = N("a"); b = N("b"); c = N("c")
a.next = b; b.next = c; c.next = a
del a, b, c
print("unreachable")
print(gc.collect())
x = N("self"); x.me = x
del x
print(gc.collect(0))
l = []; l.append(l)
del l
print(gc.collect())
d = {}; d["d"] = d
del d
print(gc.collect())
