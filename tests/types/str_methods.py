# str: the methods, case mapping, searching, splitting, predicates over Unicode.
words = ["", "a", "Hello World", "ÉCOLE", "straße", "İstanbul", "ΌΣΟΣ", "ǅ", "ﬁn", "日本語 テキスト", "😀 emoji", "a\u0301", "x\0y", "  pad\t\n", "1²½", "_id9", "ǆungla", "MIXED case 123"]
for w in words:
    print(repr(w), ascii(w), len(w), repr(w.upper()), repr(w.lower()), repr(w.title()), repr(w.capitalize()), repr(w.casefold()), repr(w.swapcase()))
    print([int(f()) for f in (w.isalpha, w.isdecimal, w.isdigit, w.isnumeric, w.isalnum, w.islower, w.isupper, w.istitle, w.isspace, w.isidentifier, w.isprintable, w.isascii)], w.encode(), w.split(), w[::-1].encode("utf-16-le")[:8])
s = "the quick brown fox jumps over the lazy dog"
print(s.find("the"), s.find("the", 1), s.rfind("the"), s.find("the", 1, 5), s.find("", 99), s.find("", 43), s.find("x", -10), s.index("fox"), s.rindex("o"), s.count("o"), s.count("o", 15), s.count("", 3, 6), s.find("fo", None, None))
print(s.split(None, 2), s.rsplit(None, 2), s.split("o", 2), s.rsplit("o", 1), "a,,b,".split(","), ",".split(","), " a b ".split(" "), "aXXbXXc".split("XX"), s.split(maxsplit=1), "abc".split("abc"))
print("a\nb\x0cc\x1cd\u2028e\x85f\r\ng".splitlines(), "\n".splitlines(), "a\r\n\r\nb".splitlines(keepends=True))
print("xyxaxyx".strip("xy"), "xyxaxyx".lstrip("x"), "xyxaxyx".rstrip("yx"), "\u3000a\u2003".strip(), "".strip("a"), "aaa".strip("a"), "é1é".strip("é"))
print("aaa".replace("a", "b", 2), "abc".replace("", "-", 2), "aaaa".replace("aa", "b"), "abc".replace("abc", ""), "é".replace("é", "日本"), "日本".replace("日", "x"), "abab".replace("ab", "", count=1))
print("abc".center(10), "abc".center(8, "é") + "|", "abc".ljust(2), "abc".rjust(6, "日"), "+5".zfill(5), "é".zfill(3), "".zfill(2), "01\t012\t0123\t".expandtabs(), "a\tb\nc\td".expandtabs(3), "\t".expandtabs(0) + "|")
print("abc".startswith("b", 1), "abc".startswith("", 3), "abc".startswith("", 4), "abc".endswith(("x", "bc")), "abc".endswith("ab", 0, 2), "abc".startswith(()), "prefix-x".removeprefix("prefix"), "x.py".removesuffix(".py"), "x".removesuffix(""))
print("a-b-c".partition("-"), "a-b-c".rpartition("-"), "abc".partition("x"), "abc".rpartition("x"), "-".join("abc"), "é".join(["a", "b"]), "".join(("x",)), ", ".join(str(i) for i in range(3)))
t = str.maketrans({"a": "AA", "b": None, ord("c"): 0x1F600}); print(t, "abcd".translate(t), "hello".translate(str.maketrans("el", "ip")), "x".translate({120: "\u00e9"}))
class Tr:
    def __getitem__(self, k):
        if k == 97: raise LookupError
        return chr(k + 1)
print("abz".translate(Tr()))
for bad in (lambda: "a".split(""), lambda: "a".join([1]), lambda: "a".join(5), lambda: "a".partition(""), lambda: "a".center(5, "xx"), lambda: "a".index("b"), lambda: "a".rindex("b"), lambda: "a".startswith(1), lambda: "a".startswith((1,)), lambda: "a".replace(1, 2), lambda: "a".translate(5), lambda: str.maketrans("a", "bc"), lambda: str.maketrans({"ab": 1}), lambda: "a".zfill("x"), lambda: "a".find(), lambda: "a".count(1), lambda: chr(-1), lambda: chr(0x110000), lambda: "a" * (2 ** 62), lambda: "\ud800".encode(), lambda: "é".encode("ascii"), lambda: b"\xff".decode(), lambda: str(b"x", "nope"), lambda: str(5, "utf-8"), lambda: "x".translate({120: 0x110000})):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
print("é".encode("ascii", "ignore"), "é日".encode("ascii", "replace"), "é😀".encode("ascii", "backslashreplace"), "é".encode("ascii", "xmlcharrefreplace"), "é".encode("ascii", "namereplace"), b"a\xffb".decode("utf-8", "replace"), b"a\xff".decode("utf-8", "surrogateescape").encode("utf-8", "surrogateescape"), b"\xff".decode("utf-8", "backslashreplace"), "\ud800".encode("utf-8", "surrogatepass"), b"a\xe2\x82".decode(errors="ignore"))
print("😀".encode("utf-16"), "a".encode("utf-32-be"), "é".encode("latin-1"), "€".encode("cp1252"), b"\x80".decode("cp1252"), "+é".encode("utf-7"), b"caf\xe9".decode("latin-1"), "x".encode("utf-8-sig"), "a\n".encode("unicode_escape"), "bücher".encode("idna"), "ü".encode("punycode"))
print(repr("\x00\x1f\x7f\x80\xa0\xad\u200b\u2028\ue000\ufffe\U000e0001\U0010ffff\ud83d"), repr("'"), repr('"'), repr("'\""), repr("\\"), ascii("é日😀"))
print("a" < "b" < "é" < "日" < "😀", max("aé日"), sorted("éaZ日😀b"), "a" == "\u0061", "\u00e9" == "e\u0301", hash("abc") == hash("".join("abc")), hash("é"), hash("abc"), hash(""))
print(s[4:9], s[-3:], s[::5], s[40:100], s[5:2], s[::-7], s[True], "abc"[-3], "日本語"[0:2], "a😀b"[1:], "".join(reversed("a😀b")), "ab" * 3 + "c", "é" * 3, "in" in s, "q" not in s)
