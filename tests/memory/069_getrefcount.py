import sys
class C: pass
c = C()
print(sys.getrefcount(c) - sys.getrefcount(C()))
a = b = c
l = [c, c]
print(sys.getrefcount(c) > 4)
d = {"c": c}
n = sys.getrefcount(c)
del d
print(n - sys.getrefcount(c))
del l
print(n - sys.getrefcount(c))
x = object()
y = [x] * 10
n = sys.getrefcount(x)
y.pop()
print(n - sys.getrefcount(x))
