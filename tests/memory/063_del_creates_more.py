class Chain:
    def __init__(self, n): self.n = n
    def __del__(self):
        print("del", self.n)
        if self.n: Chain(self.n - 1)
Chain(4)
print("--")
class Holder:
    def __init__(self, n): self.n = n
    def __del__(self):
        print("holder", self.n)
        self.more = Chain(1)
        print("holder done")
Holder(1)
print("end")
