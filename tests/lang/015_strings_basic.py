# Strings: indexing, slicing, operators, the commonest methods.
s = "hello, world"
print(len(s), s[0], s[-1], s[1:4], s[:5], s[-5:], s[::2], s[::-1], s[10:2:-2], s[100:], s[-100:3])
print("a" + "b", "ab" * 3, 3 * "x", "ab" * 0, "ab" * -1, "ell" in s, "xyz" not in s, "" in "")
print("a" < "b", "a" < "B", "abc" < "abd", "abc" < "abcd", "" < "a", "é" > "z", "a" == "a", "a" != "b")
print(s.upper(), s.title(), s.capitalize(), "ABC".lower(), "aBc".swapcase(), "ß".upper(), "ẞ".casefold())
print(s.split(), s.split(","), s.split(", "), "a  b c".split(), "a  b c".split(" "), "a,b,c".split(",", 1), "a,b,c".rsplit(",", 1), "".split(), "".split(","))
print("a\nb\r\nc\rd\x0be".splitlines(), "a\nb\n".splitlines(True))
print("-".join(["a", "b", "c"]), "".join([]), ",".join("abc"))
print("  x ".strip() + "|", "  x ".lstrip() + "|", "  x ".rstrip() + "|", "xxaxx".strip("x"), "abcba".strip("ab"))
print(s.find("o"), s.find("o", 5), s.find("z"), s.rfind("o"), s.index("w"), s.count("l"), s.count(""), "aaaa".count("aa"))
print(s.replace("l", "L"), s.replace("l", "L", 1), "aaa".replace("", "-"), "abc".replace("b", ""))
print(s.startswith("he"), s.startswith(("x", "h")), s.endswith("ld"), s.startswith("lo", 3), "abc".removeprefix("a"), "abc".removesuffix("bc"))
print("abc".isalpha(), "ab1".isalnum(), "123".isdigit(), "½".isnumeric(), "½".isdigit(), " \t".isspace(), "Abc".istitle(), "abc".islower(), "a b".isidentifier(), "".isalpha(), "é".isascii(), "x\n".isprintable())
print("7".zfill(3), "-7".zfill(4), "ab".center(7, "*"), "ab".ljust(5) + "|", "ab".rjust(5), "a\tb".expandtabs(4))
print("k=v=w".partition("="), "k=v=w".rpartition("="), "kv".partition("="), "kv".rpartition("="))
print("abc".translate({97: "X", 98: None, 99: 100}), str.maketrans("ab", "xy", "z"))
print("{} {}".format(1, "a"), "{1} {0}".format(1, 2), "{a}-{b!r}".format(a=1, b="x"), "%s %d %5.2f %r %x %%" % ("s", 5, 3.14159, "q", 255))
print(ord("a"), chr(98), chr(0x1F600), ord("é"), ascii("é\n"), str(1.5), str(None), str([1, "a"]))
print("naïve"[2], "日本語"[1], len("日本語"), "日本語"[::-1], "a😀b"[1], len("a😀b"))
try:
    s[100]
except IndexError as e:
    print(e)
try:
    s.index("zzz")
except ValueError as e:
    print(e)
try:
    s[0] = "x"
except TypeError as e:
    print(e)
print("abc".encode(), "é".encode("utf-8"), "é".encode("latin-1"), b"\xc3\xa9".decode())
print(hash("a") == hash("a"), "x" is "x", str("y") == "y")
for bad in (lambda: "a" + 1, lambda: "a" * "b", lambda: "a" < 1, lambda: "".join([1]), lambda: "a"["b"], lambda: ord("ab")):
    try:
        bad()
    except TypeError as e:
        print(e)
