import sys
class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
class Awaitable:
    def __await__(self): yield "suspended"
async def inner():
    n = N("inner")
    try:
        await Awaitable()
    finally:
        print("inner finally")
async def outer():
    n = N("outer")
    await inner()
c = outer()
print(c.send(None))
del c
print("dropped")
c = outer()
c.send(None)
c.close()
print("closed")
async def agen():
    n = N("agen")
    yield 1
a = agen()
try:
    a.__anext__().send(None)
except StopIteration as e:
    print("value", e.value)
del a
print("end")
