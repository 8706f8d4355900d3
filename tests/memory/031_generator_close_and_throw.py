class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
def gen():
    a = N("a")
    try:
        yield a.name
    except ValueError as e:
        print("caught", e)
        b = N("b")
        yield b.name
    finally:
        print("finally")
g = gen()
print(next(g))
print(g.throw(ValueError("thrown")))
g.close()
print("closed")
g = gen()
next(g)
try:
    g.throw(KeyError("out"))
except KeyError as e:
    print("came out", e)
print("end")
