class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
class S:
    __slots__ = ("c", "a", "b")
class T(S):
    __slots__ = ("z", "y", "__dict__")

s = S()
s.a, s.b, s.c = N("a"), N("b"), N("c")
del s.b
s = None
print("--")
t = T()
t.a, t.b, t.c, t.z, t.y = N("a"), N("b"), N("c"), N("z"), N("y")
t.other = N("other")
t.more = N("more")
del t
print("end")
