# memoryview and bytearray whose memory changes under them, comparisons of buffers, keys that are no indices.
def attempt(f):
    try:
        return f()
    except Exception as e:
        return f"{type(e).__name__}: {e}"


class Index:
    def __init__(self, release, value=4):
        self.release, self.value = release, value

    def __index__(self):
        self.release()
        return self.value


def fresh():
    return memoryview(bytearray(b"\xff" * 16))


def store(m, key, value): m[key] = value


m = fresh(); print(attempt(lambda: m[Index(m.release)]))
m = fresh(); print(attempt(lambda: list(m[:Index(m.release)])))
m = fresh(); print(attempt(lambda: store(m, Index(m.release), 42)))
m = fresh(); print(attempt(lambda: store(m, slice(None, Index(m.release)), b"spam")))
m = fresh(); print(attempt(lambda: store(m, 0, Index(m.release))))
m = fresh(); print(attempt(lambda: store(m, (0, slice(1)), 1)), attempt(lambda: store(m, (slice(1), slice(1)), 1)))
m = fresh(); print(attempt(lambda: m[0, slice(1)]), attempt(lambda: m[slice(1), slice(1)]), attempt(lambda: m["a"]))
print(memoryview(b"\0\2").cast("?") == memoryview(b"\0\4").cast("?"))
print(attempt(lambda: b"a" < memoryview(b"b")), attempt(lambda: memoryview(b"b") < b"a"), bytearray(b"a") < memoryview(b"b"))
print(b"a" == bytearray(b"a"), bytearray(b"a") == b"a", b"a" == memoryview(b"a"), b"a" < bytearray(b"b"))


class Separator(bytes):
    def __len__(self):
        m.release()
        return 1


m = fresh(); print(attempt(lambda: m.hex(Separator(b":"))))

for name in "find", "rfind", "index", "rindex", "count", "__contains__":
    ba = bytearray(b"A" * 10)
    print(name, attempt(lambda: getattr(ba, name)(Index(ba.clear, 65))), len(ba))

print("{0[0]} {0[7]} {1[1]}".format({0: "zero", 7: "seven"}, [1, 2]), attempt(lambda: "{0[1]}".format({})))
print(attempt(lambda: 2**70 in b"a"), attempt(lambda: 300 in bytearray(b"a")), 97 in b"a")


class Grows:
    def __buffer__(self, flags):
        ba.extend(b"yyy")
        return memoryview(b"AB")


ba = bytearray(b"xx")
ba.extend(Grows())
print(ba)
