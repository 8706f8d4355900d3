import gc
gc.disable()
class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
def f():
    n = N("local")
    try:
        raise ValueError
    except ValueError as e:
        kept = e
    return None
f()
print("the frame holds the exception that holds the frame")
print(gc.collect() > 0)
def g():
    n = N("local of g")
    try:
        raise ValueError
    except ValueError as e:
        pass
g()
print("no cycle")
