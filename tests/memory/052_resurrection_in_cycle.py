import gc
gc.disable()
saved = []
class N:
    def __init__(self, name): self.name = name
    def __del__(self):
        print("del", self.name)
        if self.name == "b": saved.append(self)
a = N("a"); b = N("b"); c = N("c")
a.x = b; b.x = c; c.x = a
del a, b, c
print(gc.collect())
print(saved[0].x.x.name, saved[0].x.x.x.name)
saved.clear()
print("dropped again")
print(gc.collect())
print("finalisers ran once")
