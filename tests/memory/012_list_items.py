class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)

l = [N(i) for i in range(6)]
del l[2]
print("one deleted")
l[0] = N("zero")
print("one replaced")
del l[1:3]
print("slice deleted")
l[:] = [N("x"), N("y")]
print("slice replaced")
l.pop()
print("popped")
l.append(N("z"))
l.clear()
print("cleared")
l = [N("p"), N("q"), N("r")]
l = None
print("list dropped")
l = [N("s"), N("t")] * 2
l.remove(l[0])
print("removed one of two")
del l
