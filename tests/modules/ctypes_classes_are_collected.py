# Structures and pointers to them refer to each other; the collector takes them apart.
import ctypes
import gc


def make(i):
    class Pair(ctypes.Structure):
        _fields_ = [("a", ctypes.c_int), ("b", ctypes.c_double)]

    pointer = ctypes.pointer(Pair(i, 2.5))
    return pointer.contents.a


def alive():
    gc.collect()
    return sum(isinstance(o, type) and o.__name__ in ("Pair", "LP_Pair") for o in gc.get_objects())


for i in range(5):
    print(make(i), alive())
