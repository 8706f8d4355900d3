class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
print([n.name for n in [N(1), N(2), N(3)]])
print("--")
print({n.name: 1 for n in (N(i) for i in range(2))})
print("--")
for n in (N(i) for i in "ab"):
    print("body", n.name)
print("after", n.name)
del n
it = iter([N("x"), N("y")])
next(it)
print("advanced")
del it
print("--")
m = map(N, "pq")
print(next(m).name)
print("mapped")
z = zip([N("l")], [N("r")])
del z
print("end")
