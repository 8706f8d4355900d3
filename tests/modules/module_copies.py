# A module in C that is imported again while its first copy is there, and goes on when that is dropped.
import gc, sys


def again(name):
    first = sys.modules.pop(name, None) or __import__(name)
    sys.modules.pop(name, None)
    second = __import__(name)
    del first
    gc.collect()
    return second


csv = again("_csv")
csv.register_dialect("mine", delimiter=";")
print(csv.list_dialects(), csv.field_size_limit(), csv.get_dialect("mine").delimiter)
try:
    csv.get_dialect("other")
except Exception as e:
    print(type(e).__name__, e)
print(again("_struct").pack("<h", 1), again("_random").Random(1).random(), again("array").array("i", [1]), again("math").sqrt(4))
print(again("_bisect").bisect_left([1, 2], 1), again("_queue").SimpleQueue().empty(), list(again("itertools").batched("abc", 2)))
print(again("_collections").OrderedDict(a=1), again("binascii").hexlify(b"a"), again("_json").encode_basestring_ascii("\xe9"))
