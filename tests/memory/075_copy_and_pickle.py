import copy, pickle
class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
a = N("a")
b = copy.copy(a); b.name = "copy"
del a
print("original gone")
c = copy.deepcopy([b, b])
print(c[0] is c[1])
c[0].name = "deep"
del c
print("deep gone")
d = pickle.loads(pickle.dumps(b)); d.name = "unpickled"
del b
del d
print("end")
