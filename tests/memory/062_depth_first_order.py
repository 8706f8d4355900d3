class T:
    def __init__(self, name, *children): self.name, self.children = name, list(children)
    def __del__(self): print(self.name, end=" ")
def tree(name, depth): return T(name, *(tree(name + str(i), depth - 1) for i in range(2))) if depth else T(name)
t = tree("r", 3)
t = None
print()
a = T("a", T("b", T("c")), T("d"))
del a.children[0]
print()
del a
print()
