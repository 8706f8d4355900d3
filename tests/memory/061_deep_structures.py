class N:
    def __init__(self, next): self.next = next
l = None
for i in range(200000): l = [l]
l = None
print("lists")
t = ()
for i in range(200000): t = (t,)
t = None
print("tuples")
n = None
for i in range(200000): n = N(n)
n = None
print("instances")
d = {}
for i in range(100000): d = {"d": d}
d = None
print("dicts")
class D:
    count = 0
    def __init__(self, next): self.next = next
    def __del__(self): D.count += 1
n = None
for i in range(20000): n = D(n)
n = None
print("finalisers", D.count)
