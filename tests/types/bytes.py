# bytes and bytearray.
b = b"hello, \x00\xff world"
print(b, len(b), b[0], b[-1], b[1:4], b[::-1], list(b"ab"), bytes(3), bytes([65, 66]), bytes("é", "utf-8"), bytes(range(3)), bytes(b"x"), bytes(), b"a" b"b", rb"\n", b'"' + b"'", repr(b"'"), bytes.fromhex("41 42\n43"), b"\x01ab".hex(), b"\x01ab".hex(":"), b"abcdef".hex("-", 2), b"abcdef".hex("_", -4))
print(b"a" + b"b", b"ab" * 2, b"ell" in b, 104 in b, b"abc" < b"abd", b"a" == "a", b"a" == bytearray(b"a"), hash(b"a") == hash(bytes([97])), b.upper(), b"Hello World".swapcase(), b"hello world".title(), b"ABC".lower(), b"hello".capitalize())
print(b.find(b"o"), b.find(111, 5), b.rfind(b"o"), b.count(b"l"), b.index(0), b"a,b,,c".split(b","), b" a  b ".split(), b"a,b".rsplit(b",", 1), b"a\nb\r\n".splitlines(), b"-".join([b"a", bytearray(b"b")]), b" x ".strip(), b"xxaxx".strip(b"x"), b"abc".replace(b"b", b"XX"), b"a-b".partition(b"-"), b"abc".startswith((b"x", b"ab")), b"abc".endswith(b"bc"), b"abc".removeprefix(b"a"), b"7".zfill(3), b"a".center(5, b"*"), b"a\tb".expandtabs(4), b"abc".translate(bytes.maketrans(b"ab", b"xy"), b"c"), b"abc".translate(None, b"b"))
print(b"abc".isalpha(), b"123".isdigit(), b"aB".islower(), b" \t".isspace(), b"A B".istitle(), b"\xff".isascii(), b"%d %s %r %x %c %a" % (5, b"x", "q", 255, 65, "é"), b"%(k)b" % {b"k": b"v"}, b"%5.1f|%-4s|" % (1.25, b"a"))
for bad in (lambda: b"a" + "a", lambda: b"a" < "a", lambda: bytes("x"), lambda: bytes([256]), lambda: bytes(-1), lambda: bytes(["a"]), lambda: b"a"[5], lambda: b"a".index(b"z"), lambda: bytes.fromhex("4"), lambda: bytes.fromhex("zz"), lambda: b"a".join(["x"]), lambda: "a" in b"a", lambda: 300 in b"a", lambda: b"a".split(b""), lambda: b"%s" % "x", lambda: b"a".find("a"), lambda: b"a".decode("ascii2"), lambda: bytes(5, "utf-8"), lambda: bytes(None), lambda: bytes(1.5), lambda: b"".maketrans(b"a", b"bc")):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
a = bytearray(b"hello"); a[0] = 72; a.append(33); a.extend(b"!!"); a += b"?"; a.insert(0, 42); print(a, a.pop(), a.pop(0), a, len(a))
a[1:3] = b"XYZ"; print(a); a[::2] = b"-" * len(a[::2]); print(a); del a[::2]; print(a); a.reverse(); print(a); a.remove(33); print(a); a *= 2; print(a, a.copy(), a.clear(), a)
a = bytearray(b"abc"); print(a.upper(), a + b"d", b"x" + a, a == b"abc", a[1], a[1:], bytes(a), a.decode(), a.find(b"c"), bytearray(3), bytearray("é", "latin-1"), bytearray([1, 2]), a.translate(None), a.split(b"b"), a.hex())
for bad in (lambda: a.__setitem__(0, 256), lambda: a.__setitem__(9, 1), lambda: a.append("x"), lambda: hash(a), lambda: a.remove(0), lambda: bytearray().pop(), lambda: a.extend(5), lambda: a.__setitem__(slice(0, 2), 5) or a, lambda: a.__setitem__(slice(None, None, 2), b"abcd"), lambda: a.extend([300])):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
class B:
    def __bytes__(self): return b"from bytes"
    def __index__(self): return 2
print(bytes(B()), bytearray(B()), [i for i in b"abc"], tuple(bytearray(b"ab")), b"abc".__getitem__(slice(1, None)), sorted(b"cab"), max(b"az"), sum(b"ab"), b"" or b"empty", bool(bytearray()), {b"k": 1}[b"k"])
