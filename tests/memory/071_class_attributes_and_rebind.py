class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
class C:
    x = N("class x")
C.x = N("class x again")
print("rebound")
del C.x
print("deleted")
c = C()
c.y = N("instance")
c.__class__ = type("Other", (), {})
print(type(c).__name__)
del c
print("end")
