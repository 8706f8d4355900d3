import atexit, sys
if getattr(sys.implementation, "_stress", "") == "gc": # the cycle is found before the names are cleared
    print("SKIP: a collection at every chance finds the cycle first")
    sys.exit(77)
class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
atexit.register(print, "registered first")
atexit.register(print, "registered second")
first = N("global")
def f(): return first
cycle = N("cycle"); cycle.me = cycle
print("end of the program")
