class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
class Box: pass

b = Box()
b.first = N("first")
b.second = N("second")
b.third = N("third")
b.first = N("first again")
print("replaced")
del b.second
print("deleted")
b.fourth = N("fourth")
del b
print("box gone")
b = Box()
b.__dict__["x"] = N("x")
b.__dict__.update(y=N("y"))
b.__dict__ = {"z": N("z")}
print("dict replaced")
b.__dict__ = {}
print("emptied")
b.a = N("a")
d = b.__dict__
del b
print("dict survives", list(d))
del d
