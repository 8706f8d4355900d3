import sys
class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
def f():
    n = N("local")
    sys.exit(0)
try:
    f()
except SystemExit as e:
    print("exit", e.code)
print("--")
def g():
    try:
        yield 1
    finally:
        print("generator closed")
x = g()
next(x)
del x
sys.exit()
