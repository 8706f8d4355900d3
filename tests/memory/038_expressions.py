class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
    def __add__(self, o): return N(self.name + o.name)
    def __bool__(self): return self.name != "false"
    def __getitem__(self, i): return N(self.name + "[%s]" % i.name)
    def __getattr__(self, name): return N(self.name + "." + name)
r = N("a") + N("b") + N("c")
print("sum", r.name)
del r
r = N("false") or N("x") and N("y")
print(r.name)
del r
print(N("c")[N("i")].name)
print(N("o").attribute.deeper.name)
print((N("1") if N("false") else N("2")).name)
print(f"{N('f').name} and {N('g').name}")
print("end")
