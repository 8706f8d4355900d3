class Base:
    def __init__(self, name): self.name = name
    def __del__(self): print("Base", self.name)
class Derived(Base):
    def __del__(self):
        print("Derived", self.name)
        super().__del__()
class Silent(Base):
    __del__ = None

Derived("d")
Base("b")
class Later: pass
x = Later()
Later.__del__ = lambda self: print("added later")
del x
x = Later()
del Later.__del__
del x
print("no more")
