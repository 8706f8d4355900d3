class Evil:
    def __init__(self, target, action): self.target, self.action = target, action
    def __del__(self): self.action(self.target)
l = []
l.extend([1, Evil(l, lambda l: l.append("appended")), 2])
l[1] = "replaced"
print(l)
l[:] = [Evil(l, lambda l: l.append("after slice")), 5]
l[0:1] = []
print(l)
d = {}
d["a"] = Evil(d, lambda d: d.update(b=2))
d["a"] = 1
print(d)
d["c"] = Evil(d, lambda d: d.clear())
del d["c"]
print(d)
class Box: pass
b = Box()
b.x = Evil(b, lambda b: setattr(b, "x", "set by the old one"))
b.x = 3
print(b.x)
l = [1, 2, 3]
l.append(Evil(l, lambda l: l.clear()))
l.pop()
print(l)
