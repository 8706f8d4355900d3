import gc
gc.disable()
class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name, sorted(k for k in self.__dict__ if k != "name"))
a = N("a"); b = N("b")
a.b = b; b.a = a
a.tail = N("tail"); a.tail.further = N("further")
del a, b
print(gc.collect())
print("--")
outside = N("outside")
a = N("a"); a.me = a; a.out = outside
del a
gc.collect()
print("outside lives", outside.name)
del outside
