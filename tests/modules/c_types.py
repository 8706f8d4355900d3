"""_ctypes: C data, structures, arrays, pointers, calls of libc, callbacks, prototypes, errors."""
import sys
try:
    import ctypes
except ImportError as error:
    print("SKIP:", error)
    sys.exit(77)
import copy
import errno
import gc
import pickle
import threading
from ctypes import *


def attempt(f, *args, **kwargs):
    try:
        print("   ", repr(f(*args, **kwargs)))
    except Exception as e:
        print("   ", type(e).__name__, e)


print("simple types")
for kind in (c_byte, c_ubyte, c_short, c_ushort, c_int, c_uint, c_long, c_ulonglong):
    print("   ", kind(-1), kind(300), kind(2**70 + 5).value, sizeof(kind), alignment(kind), memoryview(kind()).format)
print("   ", c_float(0.1).value, c_double(0.1), c_bool(7), c_char(b"x"), c_wchar("\u20ac"), c_char_p(b"text").value, c_wchar_p("text").value,
      c_void_p(16), c_void_p().value, bool(c_int()), c_double_complex(1 + 2j).value, py_object([1]).value)
for kind, value in ((c_int, "a"), (c_int, 1.5), (c_char, b"ab"), (c_char, 256), (c_wchar, "ab"), (c_char_p, "text"), (c_wchar_p, b"text"), (c_double, "x"), (c_void_p, "x")):
    attempt(kind, value)
attempt(lambda: py_object().value)
attempt(lambda: ctypes._SimpleCData(1))
attempt(type, "Bad", (ctypes._SimpleCData,), {})
attempt(type, "Bad", (ctypes._SimpleCData,), {"_type_": "!"})
class Mine(c_int): pass
print("   ", Mine(3).value, repr(Mine(3))[:5], c_int.__ctype_be__(1).value, bytes(c_int.__ctype_be__(1)))

print("structures")
class Point(Structure):
    _fields_ = [("x", c_int), ("y", c_double)]
class Bits(Structure):
    _fields_ = [("a", c_uint, 3), ("b", c_int, 5), ("c", c_ubyte, 8), ("d", c_bool, 1)]
class Packed(Structure):
    _layout_ = "ms"
    _pack_ = 1
    _fields_ = [("a", c_char), ("b", c_int), ("p", Point)]
class Either(Union):
    _fields_ = [("i", c_int), ("f", c_float), ("bytes", c_ubyte * 4)]
class Outer(Structure):
    _anonymous_ = ["u"]
    _fields_ = [("tag", c_int), ("u", Either), ("name", c_char * 8), ("text", c_wchar * 4)]
class Child(Point):
    _fields_ = [("z", c_short)]
class Big(BigEndianStructure):
    _fields_ = [("a", c_uint), ("b", c_ushort), ("n", c_ushort, 4), ("m", c_ushort, 12)]
p = Point(3, y=2.5)
print("   ", p.x, p.y, sizeof(Point), Point.x, Point.y.offset, Point.y.byte_size)
b = Bits(9, -3, 300, 5)
print("   ", b.a, b.b, b.c, b.d, sizeof(Bits), Bits.b, Bits.a.bit_size, Bits.b.bit_offset, Bits.c.is_bitfield, bytes(b))
print("   ", sizeof(Packed), Packed.p.offset, sizeof(Either), sizeof(Child), Child(1, 2, 3).z)
o = Outer(1, Either(i=0x01020304), b"name", "wide")
print("   ", o.i, list(o.bytes), o.name, o.text, Outer.i.offset, Outer.u.is_anonymous)
o.f = 1.0
o.name = b"longer"
print("   ", hex(o.i), o.name, bytes(Big(1, 2, 3, 4)), Big(1, 2, 3, 4).m)
for f in (lambda: setattr(o, "name", b"much too long"), lambda: setattr(p, "x", "a"), lambda: Point(1, 2, 3), lambda: Point(1, x=2), lambda: Point(z=1) and "z is an attribute",
          lambda: setattr(Point, "_fields_", []), lambda: delattr(p, "x"), lambda: Structure(), lambda: Point.from_buffer(b"0123456789abcdef"),
          lambda: Point.from_buffer_copy(b"short"), lambda: type("S", (Structure,), {"_fields_": [("a", int)]}), lambda: type("S", (Structure,), {"_fields_": [("a", c_int, 40)]}),
          lambda: type("S", (Structure,), {"_fields_": 5}), lambda: setattr(o, "u", 5), lambda: hash(p)):
    attempt(f)
class Node(Structure): pass
Node._fields_ = [("value", c_int), ("next", POINTER(Node))]
chain = Node(1, pointer(Node(2, None)))
print("   ", chain.next.contents.value, bool(chain.next.contents.next))
buffer = bytearray(16)
q = Point.from_buffer(buffer)
q.x = 7
print("   ", buffer[0], memoryview(p).format, memoryview((c_short * 2 * 3)()).shape, memoryview((c_short * 2 * 3)()).tobytes())
print("   ", memoryview(c_double(1)).cast("B").tobytes(), memoryview(p).cast("b").shape)
attempt(memoryview(c_double(1)).cast, "d")
r = pickle.loads(pickle.dumps(p))
print("   ", r.x, r.y, copy.copy(o).text)
attempt(pickle.dumps, chain)

print("arrays and pointers")
five = (c_int * 5)(1, 2, 3)
print("   ", list(five), five[-1], five[1:3], five[::-2], len(five), c_int * 5 is c_int * 5, (c_int * 5).__name__, sizeof(five))
five[1:3] = [8, 9]
for f in (lambda: five[5], lambda: five["a"], lambda: setattr(five, "x", 1), lambda: five.__setitem__(slice(0, 2), [1]), lambda: (c_int * 2)(1, 2, 3), lambda: c_int * -1,
          lambda: five.__delitem__(0), lambda: (c_int * 2)("a")):
    attempt(f)
s = create_string_buffer(b"hello", 8)
u = create_unicode_buffer("h\xe4llo")
print("   ", s.value, s.raw, s[1:4], u.value, u[1], len(u))
s.value = b"bye"
print("   ", s.value, s.raw)
attempt(setattr, s, "value", b"123456789")
x = c_int(5)
px = pointer(x)
px[0] = 6
px.contents.value += 1
print("   ", x.value, bool(px), POINTER(c_int) is type(px), px.contents._b_base_ is None)
print("   ", cast(five, POINTER(c_int))[0:4], cast(cast(five, c_void_p), POINTER(c_int))[2])
for f in (lambda: POINTER(c_int)().contents, lambda: POINTER(c_int)()[0], lambda: pointer(5), lambda: px[:], lambda: cast(x, c_int)):
    attempt(f)
pp = pointer(px)
print("   ", pp[0][0], pp.contents.contents.value, sizeof(pp), addressof(x) == cast(px, c_void_p).value)
resize(x, 16)
print("   ", sizeof(x), x.value)
attempt(resize, x, 1)
del pp, px
gc.collect()

print("calls")
libc = CDLL(None, use_errno=True)
print("   ", libc.abs(-5), libc.strlen(b"four"), libc.toupper(97), libc.atoi(b"42"))
strchr = libc.strchr
strchr.restype, strchr.argtypes = c_char_p, [c_char_p, c_char]
print("   ", strchr(b"abcdef", b"d"), strchr(b"abc", b"x"))
for args in ((b"abc",), (b"abc", "d"), (5.5, b"d"), (b"abc", b"dd")):
    attempt(strchr, *args)
attempt(libc.abs, 5.5)
attempt(CDLL, "/no/such/library.so")
libc.labs.restype, libc.labs.argtypes = c_long, [c_long]
print("   ", libc.labs(-2**40), libc.labs(c_long(-3)))
class Wrapped:
    _as_parameter_ = -9
print("   ", libc.abs(Wrapped()), libc.labs(Wrapped()))
class Division(Structure):
    _fields_ = [("quot", c_int), ("rem", c_int)]
libc.div.restype = Division
d = libc.div(17, 5)
print("   ", d.quot, d.rem)
libm = CDLL("libm.so.6")
libm.pow.restype, libm.pow.argtypes = c_double, [c_double] * 2
print("   ", libm.pow(2, 0.5), libm.pow(c_double(3), 2))
end = c_char_p()
libc.strtol.restype, libc.strtol.argtypes = c_long, [c_char_p, POINTER(c_char_p), c_int]
print("   ", libc.strtol(b"123rest", byref(end), 10), end.value)
set_errno(0)
libc.open(b"/no/such/file", 0)
print("   ", get_errno() == errno.ENOENT, set_errno(5) == errno.ENOENT, get_errno())
libc.sprintf.argtypes = [c_char_p, c_char_p]
out = create_string_buffer(40)
print("   ", libc.sprintf(out, b"%d %s %.2f", 42, b"text", c_double(1.5)), out.value)
def check(result, function, args):
    if result < 0:
        raise ValueError(f"{function.__name__}{args} = {result}")
    return result * 2
libc.abs.errcheck = check
print("   ", libc.abs(4))
prototype = CFUNCTYPE(c_long, c_char_p, POINTER(c_char_p), c_int)
parse = prototype(("strtol", libc), ((1, "text"), (2, "end"), (1, "base", 10)))
print("   ", parse(b"77x"), parse(text=b"ff", base=16))
attempt(parse)
attempt(prototype, ("strtol", libc), ((1,),))
print("   ", repr(byref(c_int(1)))[:11], c_int.from_param(5), c_char.from_param(b"a"), c_double.from_param(1.5))
print("   ", string_at(b"bytes", 3), wstring_at("text"), memoryview_at(addressof(five), 4).tobytes(), memmove(s, b"moved", 5) == addressof(s), s.value, memset(s, 65, 2) and s.value)

print("callbacks")
compare = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int))
numbers = (c_int * 6)(5, 2, 9, 1, 7, 3)
libc.qsort.argtypes, libc.qsort.restype = [c_void_p, c_size_t, c_size_t, compare], None
libc.qsort(numbers, len(numbers), sizeof(c_int), compare(lambda a, b: a[0] - b[0]))
print("   ", list(numbers))
add = CFUNCTYPE(c_short, c_short, c_byte)(lambda a, b: a + b)
print("   ", add(1000, -7), add(-1, 0), CFUNCTYPE(c_double, c_float)(lambda v: v * 2)(1.25), CFUNCTYPE(py_object, py_object)(lambda v: v + [2])([1]))
reports = []
sys.unraisablehook = lambda u: reports.append((u.exc_type.__name__, str(u.exc_value), u.err_msg.split(" <")[0]))
CFUNCTYPE(c_int)(lambda: 1 / 0)()
CFUNCTYPE(c_int)(lambda: "text")()
print("   ", CFUNCTYPE(None)(lambda: 5)(), reports)
attempt(CFUNCTYPE(c_int), 5.5)
attempt(CFUNCTYPE(POINTER(c_int)), lambda: None)
results = []
def work():
    sorter = compare(lambda a, b: b[0] - a[0])
    for _ in range(20):
        mine = (c_int * 4)(1, 2, 3, 4)
        libc.qsort(mine, 4, 4, sorter)
        results.append(list(mine))
threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("   ", len(results), all(r == [4, 3, 2, 1] for r in results))
def cycle():
    f = CFUNCTYPE(None)(lambda: f)
cycle()
gc.collect()
for library in (libc, pythonapi):
    try:
        library.no_such_function_here
    except AttributeError as e:
        print("   ", str(e).split(": ")[1])
