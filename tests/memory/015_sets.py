class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
    def __hash__(self): return self.name
    def __eq__(self, other): return self.name == other.name

s = {N(1), N(2), N(3)}
s.add(N(1))
print("added again")
s.discard(N(2))
print("discarded")
s.pop()
print("popped")
s.clear()
print("cleared")
f = frozenset([N(4), N(5)])
del f
s = {N(6)} | {N(7)}
print("union")
s -= {N(6)}
print("difference")
