class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
    def __hash__(self): return hash(self.name)
    def __eq__(self, other): return self.name == other.name

d = {"a": N(1), "b": N(2), "c": N(3)}
d["a"] = N(10)
print("replaced")
del d["b"]
print("deleted")
d.pop("c")
print("popped")
d.update(a=N(100), z=N(26))
print("updated")
d.setdefault("a", N("unused"))
print("setdefault")
d.clear()
print("cleared")
d = {N("key"): N("value")}
d[N("key")] = N("second value")
print("same key")
d.popitem()
print("popitem")
d = {i: N(i) for i in range(4)}
del d
print("end")
