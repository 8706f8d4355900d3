"""_hashlib: constructors, names, HMAC, key derivation, errors; hashlib and hmac on top of it."""
import _hashlib
import hashlib
import hmac
import pickle
import threading

data = bytes(i * i * 7 + (i >> 8) & 255 for i in range(5000))


def error(function, *args, **keywords):
    try:
        result = function(*args, **keywords)
        print("fine", result.hex() if isinstance(result, bytes) else result if isinstance(result, (bool, int, str)) else type(result))
    except Exception as e:
        print(type(e), e)


for name in sorted(_hashlib.openssl_md_meth_names):
    h = _hashlib.new(name, data[:300])
    whole = hashlib.sha256()
    for n in 0, 1, 63, 64, 65, 136, 2047, 2048, 5000:
        part = _hashlib.new(name)
        for at in range(0, n, 1000):
            part.update(data[at:min(at + 1000, n)])
        copy = part.copy()
        copy.update(b"more")
        whole.update(part.digest(99) if "shake" in name else part.digest())
        assert ("shake" in name or part.hexdigest() == part.digest().hex()) and repr(copy) != repr(h)
    print(name, h.name, h.digest_size, h.block_size, type(h), h.hexdigest(20) if "shake" in name else h.hexdigest(), whole.hexdigest())
print({f.__name__: name for f, name in _hashlib._constructors.items()})
for name in "SHA256", "sha-256", "SHA2-256", "sha512-256", "blake2b512":
    print(name, _hashlib.new(name).name)
print(_hashlib.openssl_md5(usedforsecurity=False).name, _hashlib.get_fips_mode(), _hashlib.UnsupportedDigestmodError.__mro__[1])

new, md5 = _hashlib.new, _hashlib.openssl_md5
shake, h, mac = _hashlib.openssl_shake_128(b"abc"), new("sha256", b"abc"), _hashlib.hmac_new(b"k", b"m", "sha256")
print(mac.name, mac.block_size, mac.digest_size, mac.hexdigest(), mac.copy().digest() == mac.digest(), repr(mac)[:21], repr(h)[:25], repr(shake)[:31])
for arguments in (new,), (new, "nope"), (new, 5), (new, "sha256", "x"), (new, "sha256", 5), (new, "md5\0"), (md5, "x"), (h.update, "x"), (h.update, memoryview(b"abcd")[::2]), \
        (shake.digest,), (shake.digest, 5), (shake.digest, 0), (shake.digest, 2**70), (_hashlib.HASH,), (_hashlib.HMAC,), (pickle.dumps, h), (pickle.dumps, mac):
    error(*arguments)
error(md5, b"a", string=b"b")
error(md5, string=b"b")

p = _hashlib.pbkdf2_hmac
for arguments in ("sha256", b"p", b"s", 1), ("sha1", b"password", data, 1000, 50), ("sha256", b"p", b"s", 0), ("sha256", b"p", b"s", 2**40), ("sha256", b"p", b"s", 2**70), \
        ("nope", b"p", b"s", 1), ("sha256", "p", b"s", 1), ("sha256", b"p", b"s", 1, 0), ("sha256", b"p", b"s", 1, None), ("sha256", b"p", b"s", 1, 2**40), (5, b"p", b"s", 1):
    error(p, *arguments)
s = _hashlib.scrypt
for n, r, k, more in (2, 8, 1, {}), (16, 8, 2, {"dklen": 20}), (1, 8, 1, {}), (3, 8, 1, {}), (2, 0, 1, {}), (2, 8, 0, {}), (-2, 8, 1, {}), (2**70, 8, 1, {}), ("x", 8, 1, {}), \
        (2, 8, 1, {"maxmem": -1}), (2, 8, 1, {"maxmem": 2**40}), (2, 8, 1, {"dklen": 0}), (2**20, 8, 1, {}):
    error(s, b"p", salt=b"s", n=n, r=r, p=k, **more)
error(s, "p", salt=b"s", n=2, r=8, p=1)

for arguments in (b"k", b"m", "sha256"), (b"k", data, md5), (b"k" * 200, b"m", "sha3_256"), (b"k", b"m", "nope"), (b"k", b"m", 5), (b"k", b"m", "shake_128"), ("k", b"m", "md5"), (b"k", "m", "md5"):
    error(_hashlib.hmac_digest, *arguments)
    error(lambda *a: _hashlib.hmac_new(*a).digest(), *arguments)
error(_hashlib.hmac_new, b"k", b"m")
error(_hashlib.hmac_new, b"k", b"m", None)

c = _hashlib.compare_digest
for a, b in (b"a", b"a"), ("a", "a"), ("a", "ab"), ("a", b"a"), ("\xe9", "\xe9"), (5, 5), (bytearray(b"a"), memoryview(b"a")):
    error(c, a, b)

print(sorted(hashlib.algorithms_guaranteed - {"blake2b", "blake2s"}), hashlib.sha256 is _hashlib.openssl_sha256, type(hashlib.blake2b()))
print(hashlib.pbkdf2_hmac("md5", b"p", b"s", 2).hex(), hmac.new(b"k", b"m", "sha512").hexdigest(), hmac.digest(b"k", b"m", hashlib.md5).hex())
print(hashlib.file_digest(open(__file__, "rb"), "sha256").hexdigest() == hashlib.sha256(open(__file__, "rb").read()).hexdigest())

shared = new("sha1")
threads = [threading.Thread(target=lambda: [shared.update(b"x" * 4096) for _ in range(200)]) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(shared.hexdigest())
