class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
def f():
    n = N("local of f")
    g()
def g():
    m = N("local of g")
    raise ValueError
try:
    f()
except ValueError as e:
    print("caught")
print("after the handler")
saved = None
try:
    f()
except ValueError as e:
    saved = e
print("saved")
saved = None
print("dropped")
try:
    f()
except ValueError:
    pass
print("unnamed")
