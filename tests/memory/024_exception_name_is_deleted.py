class E(Exception):
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
try:
    raise E("one")
except E as e:
    print("in handler", e.name)
print("out")
try:
    try:
        raise E("inner")
    except E as e:
        raise E("outer")
except E as e:
    print("handling", e.name, "context", e.__context__.name)
print("out")
try:
    try:
        raise E("inner")
    except E as e:
        raise E("outer") from None
except E as e:
    print(e.name, e.__suppress_context__)
print("out")
try:
    raise E("in finally")
except E:
    print("handler without a name")
finally:
    print("finally")
print("end")
