class N:
    def __init__(self, name): self.name = name
    def method(self): return self.name
    def __del__(self): print("del", self.name)
m = N("a").method
print(m())
del m
print(N("b").method())
f = N("c").__class__.method
print(f(N("d")))
import functools
p = functools.partial(N.method, N("partial"))
print(p())
del p
print("end")
