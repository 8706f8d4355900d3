class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
match [N(1), N(2), N(3)]:
    case [a, *rest]:
        print("matched", a.name, len(rest))
print("after match")
del a, rest
for i, n in enumerate([N("a"), N("b")]):
    print("loop", i)
print("after loop")
del n
while (w := N("walrus")) is not None:
    break
print("left")
w = None
with open("/dev/null") as f, __import__("contextlib").ExitStack() as stack:
    stack.callback(print, "callback", N("of the stack").name)
print("end")
