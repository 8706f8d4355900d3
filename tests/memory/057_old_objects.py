import gc
gc.disable()
deaths = []
class N:
    def __init__(self, name): self.name = name
    def __del__(self): deaths.append(self.name)
old = N("old")
gc.collect(); gc.collect()
young = N("young")
old.y = young; young.o = old
del old, young
print(gc.collect(0))
print(gc.collect(1))
print(gc.collect(2), sorted(deaths))
print("--")
keep = [N("kept")]
keep[0].l = keep
for i in range(3): gc.collect(i)
print(len(gc.get_referents(keep)))
