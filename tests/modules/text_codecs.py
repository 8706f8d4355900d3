# binascii, base64, codecs, unicodedata, hashes, zlib's checksums.
try:
    import _hashlib, zlib
except ImportError as e:
    print(f"SKIP: {e.name} is not there yet")
    raise SystemExit
import base64, binascii, codecs, hashlib, hmac, unicodedata
def t(f, *a, **k):
    try: return f(*a, **k)
    except Exception as e: return f"{type(e).__name__}: {e}"
d = bytes(range(0, 256, 7))
print(binascii.hexlify(d), binascii.unhexlify("0aFF"), t(binascii.unhexlify, "abc"), t(binascii.unhexlify, "zz"), binascii.hexlify(b"abcd", ":", 2), binascii.crc32(b"hello"), binascii.crc32(b"lo", binascii.crc32(b"hel")), binascii.crc_hqx(b"hello", 0), binascii.b2a_base64(b"hello"), binascii.b2a_base64(b"x", newline=False), binascii.a2b_base64("aGVsbG8="), t(binascii.a2b_base64, "aGVsbG8"), t(binascii.a2b_base64, "a", strict_mode=True), binascii.a2b_base64("aGV\nsb G8="), binascii.b2a_uu(b"hello"), binascii.a2b_uu(binascii.b2a_uu(b"hello")), binascii.b2a_qp("é=x\t ".encode()), binascii.a2b_qp("=C3=A9=\nx"))
print(base64.b64encode(d), base64.urlsafe_b64encode(b"\xff\xfe"), base64.b32encode(b"hello"), base64.b16encode(b"hi"), base64.b85encode(b"hello"), base64.a85encode(b"hello"), base64.b64decode("aGk="), base64.b85decode(base64.b85encode(d)) == d, t(base64.b32decode, "x"), base64.decodebytes(b"aGk=\n"))
for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "sha3_512", "blake2b", "blake2s"):
    h = hashlib.new(name); h.update(b"hello "); c = h.copy(); h.update(b"world"); print(name, h.hexdigest(), c.hexdigest()[:16], h.digest_size, h.block_size, h.name)
print(hashlib.shake_128(b"x").hexdigest(8), hashlib.blake2b(b"x", digest_size=8, key=b"k", salt=b"s", person=b"p").hexdigest(), hmac.new(b"key", b"msg", "sha256").hexdigest(), hmac.compare_digest("a", "a"), hashlib.pbkdf2_hmac("sha256", b"pw", b"salt", 100).hex(), hashlib.sha256(bytearray(b"x" * 1000)).hexdigest()[:20], t(hashlib.new, "nope"), t(hashlib.md5, "str"), hashlib.md5(usedforsecurity=False).hexdigest())
for c in "aA1²½é日😀\u0301\u00a0Ⅷﬁ𝟚\u200bǅ":
    print(ascii(c), unicodedata.name(c, "none"), unicodedata.category(c), unicodedata.bidirectional(c), unicodedata.combining(c), unicodedata.east_asian_width(c), unicodedata.mirrored(c), unicodedata.decomposition(c), unicodedata.decimal(c, None), unicodedata.digit(c, None), unicodedata.numeric(c, None))
for form in ("NFC", "NFD", "NFKC", "NFKD"): print(form, ascii(unicodedata.normalize(form, "é e\u0301 ﬁ Å 한글 ①")), unicodedata.is_normalized(form, "é"))
print(unicodedata.lookup("GREEK SMALL LETTER ALPHA"), t(unicodedata.lookup, "NOPE"), t(unicodedata.name, "\0"), unicodedata.unidata_version, unicodedata.lookup("LATIN SMALL LETTER E WITH ACUTE"), unicodedata.name("한"), unicodedata.name("一"), "\N{SNOWMAN}", t(unicodedata.numeric, "a"), t(unicodedata.category, "ab"), unicodedata.ucd_3_2_0.unidata_version)
s = "aé€😀"
for enc in ("utf-8", "utf-16", "utf-16-le", "utf-32-be", "utf-8-sig", "latin-1", "ascii", "cp1252", "iso8859-15", "koi8-r", "utf-7", "unicode_escape", "raw_unicode_escape", "punycode", "idna", "mac-roman", "cp437"):
    e = t(s.encode, enc); print(enc, e if isinstance(e, str) else (e, e.decode(enc)), t(s.encode, enc, "replace"), t(s.encode, enc, "xmlcharrefreplace"))
for bad, enc in ((b"\xff", "utf-8"), (b"\xc3", "utf-8"), (b"\xe2\x82", "utf-8"), (b"\xed\xa0\x80", "utf-8"), (b"\xf5\x80\x80\x80", "utf-8"), (b"\xc0\x80", "utf-8"), (b"a", "utf-16"), (b"\0\xd8", "utf-16-le"), (b"\xff\xff\xff\xff", "utf-32"), (b"\x81", "cp1252"), (b"\\x1", "unicode_escape"), (b"\x80", "ascii")):
    print(enc, t(bad.decode, enc), *(repr(t((b"[" + bad + b"]" if "16" not in enc and "32" not in enc else bad).decode, enc, h)) for h in ("ignore", "replace", "backslashreplace", "surrogateescape")))
print(codecs.lookup("UTF8").name, t(codecs.lookup, "nope"), codecs.encode("abc", "rot13"), codecs.encode(b"abc", "hex"), codecs.decode(b"YQ==", "base64"), t(codecs.encode, 5, "utf-8"), codecs.getencoder("ascii")("x"), codecs.BOM_UTF8, codecs.escape_decode(b"\\n")[0]); codecs.register_error("mine", lambda e: ("<%d>" % e.start, e.end)); print("aéb".encode("ascii", "mine"), b"a\xffb".decode("ascii", "mine"), t("é".encode, "ascii", "nohandler"))
d = codecs.getincrementaldecoder("utf-8")(); print([d.decode(bytes([b])) for b in "é😀".encode()], d.decode(b"", True), t(d.decode, b"\xc3", True)); e = codecs.getincrementalencoder("utf-16")(); print(e.encode("a"), e.encode("b"))
try: b"ab\xffcd".decode("utf-8")
except UnicodeDecodeError as x: print(x.encoding, x.object, x.start, x.end, x.reason, x)
try: "ab\udc00".encode()
except UnicodeEncodeError as x: print(x.encoding, ascii(x.object), x.start, x.end, x.reason, x)
