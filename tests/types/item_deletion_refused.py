# What refuses the deletion of an item, and in which of the two wordings.
import collections, types

class Index:
    def __index__(self): return 0

def made(name, base=(), **names): return type(name, base, names)

for o in (types.MappingProxyType({1: 2}), (1,), "a", 3, range(3), b"x", memoryview(b"x"), frozenset(), iter([]), made("C")(),
          collections.deque(), memoryview(bytearray(b"xy")), None, int, slice(1), types.SimpleNamespace(), made("E", (tuple,))(),
          made("F", __getitem__=1)(), {}.keys(), {}.values(), len, ..., 1.5, made, made("D", __setitem__=1)()):
    for key in 0, "x", Index():
        try: del o[key]
        except Exception as e: print(type(o).__name__, type(e).__name__, e)

class Set:
    def __set__(self, instance, value): print("set", value)
class Owner: one = Set()
try: del Owner().one
except AttributeError as e: print(e)
class Delete:
    def __delete__(self, instance): print("deleted")
class Other: one = Delete()
try: Other().one = 3
except AttributeError as e: print(e)
