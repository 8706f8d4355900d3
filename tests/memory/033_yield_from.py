class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
def inner():
    n = N("inner local")
    try:
        yield 1
        yield 2
    finally:
        print("inner finally")
def outer():
    n = N("outer local")
    try:
        yield from inner()
    finally:
        print("outer finally")
g = outer()
print(next(g))
del g
print("--")
print(list(outer()))
print("--")
for x in outer():
    print("item", x)
    break
print("left the loop")
