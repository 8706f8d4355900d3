class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)

a = N("a")
b = a
del a
print("still", b.name)
b = None
print("gone")
N("temporary")
print("after the temporary")
x = N("old")
x = N("new")
print("rebound")
del x
print("end")
