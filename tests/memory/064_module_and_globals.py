import sys, types
class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
m = types.ModuleType("m")
m.x = N("x")
m.y = N("y")
m.x = None
print("replaced")
del m
print("module gone")
ns = {}
exec("class C:\n    def f(self): return C\nobj = C()", ns)
ns["held"] = N("held")
ns.clear()
import gc
gc.collect()
print("namespace cleared")
