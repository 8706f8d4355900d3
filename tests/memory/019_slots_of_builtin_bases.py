class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
class L(list):
    def __del__(self): print("L of", len(self))
class D(dict):
    def __del__(self): print("D of", len(self))
class T(tuple):
    def __del__(self): print("T of", len(self))
class I(int):
    def __del__(self): print("I", int(self))
class S(str):
    def __del__(self): print("S", str(self))

l = L([N(1), N(2)])
l.extra = N("extra")
del l
d = D(a=N(3))
d.extra = N("extra")
del d
t = T([N(4)])
t.extra = N("extra")
del t
I(42)
S("text")
x = S("with attributes")
x.a = N("attribute")
del x
