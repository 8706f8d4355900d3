class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
def make():
    n = N("captured")
    def f(): return n.name
    def g():
        nonlocal n
        n = N("replaced")
    return f, g
f, g = make()
print(f())
g()
print(f())
del f
print("f gone")
del g
print("g gone")
def defaults(a=N("default")): pass
del defaults
print("function gone")
class C:
    attribute = N("class attribute")
    def method(self): pass
import gc
del C
print(gc.collect() > 0)
