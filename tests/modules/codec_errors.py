# What a codec does with what an error handler answers, what handlers do with exceptions that are not right, incremental
# UTF-8 that ends inside a surrogate, and how the names of codecs are looked up.
import codecs


def show(f, *a):
    try:
        print("", ascii(f(*a)))
    except UnicodeError as e:
        print("", type(e).__name__, e.start, e.end, e.reason)
    except Exception as e:
        print("", type(e).__name__, e)


print("- the built-in handlers and exceptions whose object is of the wrong type")
HANDLERS = "strict ignore replace xmlcharrefreplace backslashreplace namereplace surrogatepass surrogateescape".split()
for name in HANDLERS:
    print(name)
    handler = codecs.lookup_error(name)
    for make in (lambda: UnicodeEncodeError("utf-8", "", 0, 1, "bad"), lambda: UnicodeDecodeError("ascii", b"", 0, 1, "bad"),
                 lambda: UnicodeTranslateError("", 0, 1, "bad")):
        for wrong in [], "a", b"a", bytearray(b"a"), None:
            e = make()
            e.object = wrong
            show(handler, e)
        del e.object
        show(handler, e)
    show(handler, UnicodeDecodeError("ascii", bytearray(b"a\xffb"), 1, 2, "ouch"))
    show(handler, ValueError())

print("- replacements that the codec cannot take")
charmap = {ord(c): bytes(2 * c.upper(), "ascii") for c in "abc"}
for replacement in "XYZ", 300, 63, None, b"??":
    charmap[ord("?")] = replacement
    show(codecs.charmap_encode, "abcDEF", "replace", charmap)

answer = None
codecs.register_error("test.answer", lambda e: (answer, e.end))
for encoding in "utf-8 utf-16 utf-16le utf-16be utf-32 utf-32le utf-32be ascii latin-1 iso8859-15".split():
    print(encoding)
    for answer in "\udc80", "\u20ac", "\xe4", "a\udc80", b"", b"a", b"ab", b"abc", b"abcd", b"abcde":
        show("[\udc80\udc81]".encode, encoding, "test.answer")

print("- where to go on")
calls = where = 0


def go_on(e):
    global calls
    calls += 1
    return ("x", where) if calls < 3 else ("", e.end)


codecs.register_error("test.where", go_on)
for encoding in "utf-8", "ascii", "utf-16":
    for where in 0, 1, 100, -1, -100, 1 << 80:
        calls = 0
        show("[\udc80\udc81]".encode, encoding, "test.where")
        calls = 0
        show(b"\xff[]".decode, encoding, "test.where")

print("- UTF-8 in parts")
for text in "\ud901", "a\udc02b", "\ud901\udc02":
    data = text.encode("utf-8", "surrogatepass")
    for errors in "strict", "surrogatepass", "replace", "ignore", "surrogateescape":
        for i in range(len(data) + 1):
            decoder = codecs.getincrementaldecoder("utf-8")(errors)
            show(lambda: [decoder.decode(data[:i]), decoder.decode(data[i:], True)])
for data in b"\xed", b"\xed\xa0", b"\xed\xa0\xed", b"\xed\x9f", b"\xed\xa0A", b"\xe0\x80", b"\xf4\x90":
    for final in False, True:
        for errors in "strict", "backslashreplace":
            show(codecs.utf_8_decode, data, errors, final)

print("- names")
asked = []
codecs.register(asked.append)
for name in ("aaa_8", "AAA-8", "AAA---8", "AAA   8", "aaa\xe9\u20ac-8", "AAA.8", "AAA...8", "--AAA", "..x", "a__b", "x--", "\xc9", "_", "",
             "a-\xe9-b", "a\tb", "a--.b", "_a_", "a\xe9b"):
    asked.clear()
    try:
        codecs.lookup(name)
    except LookupError as e:
        print(ascii(name), asked, ascii(e.args))
