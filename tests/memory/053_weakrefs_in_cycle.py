import gc, weakref
gc.disable()
class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name, "sees", self.ref() if hasattr(self, "ref") else "-")
a = N("a"); b = N("b")
a.other = b; b.other = a
a.ref = weakref.ref(b); b.ref = weakref.ref(a)
outer = weakref.ref(a, lambda r: print("outer callback", r()))
del a, b
print(gc.collect())
print(outer())
