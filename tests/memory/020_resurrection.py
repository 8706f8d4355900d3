saved = []
class R:
    count = 0
    def __init__(self, name): self.name = name
    def __del__(self):
        R.count += 1
        print("del", self.name, R.count)
        saved.append(self)

R("a")
print(len(saved), saved[0].name)
saved.clear()
print("second death is silent", R.count)

class Again:
    def __del__(self):
        print("again")
        global keep
        keep = self
Again()
keep = None
print("once only")
