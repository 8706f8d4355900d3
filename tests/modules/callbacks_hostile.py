"""User code that runs in the middle of a module's work and changes what is worked on. CPython crashes or reads foreign memory in some of
these, so the expectation is our own."""
import array
import decimal
import io
import json
import marshal
import pickle
import struct


def attempt(label, function, *args):
    try:
        v = function(*args)
        print(label, v if v is None else type(v).__name__)
    except Exception as e:
        print(label, type(e).__name__, e)


# marshal: a buffer that changes its container
class Buffer:
    action = None

    def __buffer__(self, flags):
        if self.action:
            self.action()
        return memoryview(b'xyz')

    def __hash__(self):
        return 1

    def __eq__(self, other):
        return self is other


outer = [[Buffer(), 'a' * 40], 'b' * 40]
Buffer.action = lambda self: outer.clear()
attempt('list', marshal.dumps, outer)
table = {Buffer(): ['v' * 50], 'k' * 50: 2}
Buffer.action = lambda self: table.clear()
attempt('dict', marshal.dumps, table)
items = {Buffer(), Buffer(), 5}
Buffer.action = lambda self: items.update(range(100, 1000))
attempt('set', marshal.dumps, items)
Buffer.action = None
attempt('fine', marshal.dumps, [Buffer(), {Buffer(): Buffer()}])


# struct: a format that is replaced
class Index:
    def __init__(self, action):
        self.action = action

    def __index__(self):
        self.action()
        return 1


layout = struct.Struct('3i')
again = Index(lambda: layout.__init__('100q'))
attempt('pack', layout.pack, 1, again, 3)
attempt('pack_into', layout.pack_into, bytearray(12), 0, again, 2, 3)
layout = struct.Struct('i')
rest = layout.iter_unpack(b'abcd' * 10)
next(rest)
layout.__init__('1000q')
attempt('iter_unpack', next, rest)
layout.__init__('')
attempt('iter_unpack', next, rest)
print(rest.__length_hint__())
attempt('index', struct.unpack_from, 'i', bytes(9), -1 << 63)


# pickle: the death of what stood in the memo empties it
class Dying:
    def __init__(self, owner):
        self.owner = owner

    def __del__(self):
        self.owner.memo.clear()


class Loader(pickle.Unpickler):
    def find_class(self, module, name):
        return lambda: Dying(self)


attempt('memo', Loader(io.BytesIO(b'\x80\x02cx\ny\n)Rr\xff\xff\xff\x000Nr\xff\xff\xff\x00r\xfe\xff\xff\x00.')).load)

# array: items in another machine's format
for code, number, data in (('d', 18, b'\0\0\1\0'), ('i', 9, b'\0\0\0\1'), ('b', 10, bytes(8)), ('d', 15, b'\x3f\x80\0\0'), ('w', 21, b'\0\0\0A'), ('i', 8, b'abc')):
    try:
        print(array._array_reconstructor(array.array, code, number, data))
    except Exception as e:
        print(code, number, type(e).__name__, e)

# Millions of zeros are no arithmetic
for form in ('.4000000f', '.4000000e', '%'):
    print(form, len(format(decimal.Decimal('3.25e100'), form)))
print(len(format(decimal.Decimal('1e4000000'), 'f')), format(decimal.Decimal('1234.5'), '.7,n'))




encoder = json.encoder.c_make_encoder({}, repr, repr, '', ':', ',', False, False, True)
print(encoder([1], 1 << 61))
encoder = json.encoder.c_make_encoder({}, repr, repr, ' ', ':', ',', False, False, True)
attempt('indent', encoder, [1], 1 << 61)
