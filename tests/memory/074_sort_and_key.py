class N:
    def __init__(self, k): self.k = k
    def __lt__(self, o): return self.k < o.k
    def __del__(self): print("del", self.k)
l = [N(3), N(1), N(2)]
l.sort()
print([n.k for n in l])
l.sort(key=lambda n: -n.k)
print([n.k for n in l])
m = sorted(l)
print(m[0].k)
del l
print("sorted copy keeps them")
del m
print(max(N(5), N(9)).k)
print("end")
