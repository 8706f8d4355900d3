# A MemoryError that was dealt with holds no frame, and none is another.
import sys


class Dropped:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


def fail(name):
    held = Dropped(name)
    return bytearray(1 << 62)


for i in range(3):
    try:
        fail("local %d" % i)
    except MemoryError as e:
        print("caught", type(e).__name__, e.args, e.__traceback__ is not None)
    print("after", i)

kept = []
for i in range(10):
    try:
        [None] * (1 << 60)
    except MemoryError as e:
        kept.append(e)
print(len(set(map(id, kept))), all(e.__traceback__.tb_lineno == kept[0].__traceback__.tb_lineno for e in kept))
kept[0].note = "mine"
print(hasattr(kept[1], "note"))
kept.clear()

try:
    try:
        fail("outer")
    except MemoryError as first:
        fail("inner")
except MemoryError as second:
    print(second.__context__ is second, second.__cause__)
print("after both")

try:
    "x" * (1 << 62)
except MemoryError as e:
    e.held = Dropped("attribute")
    e.add_note("n")
print("after attribute")
try:
    "x" * (1 << 62)
except MemoryError as e:
    print(hasattr(e, "held"), hasattr(e, "__notes__"))
print(sys.exception())
