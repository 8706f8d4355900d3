"""The hash modules: every algorithm over many lengths, in pieces and at once; BLAKE2's parameters; HMAC; errors."""
import _blake2
import _hmac
import _md5
import _sha1
import _sha2
import _sha3

data = bytes(i * i * 7 + (i >> 8) & 255 for i in range(5000))
lengths = [0, 1, 55, 56, 63, 64, 65, 71, 72, 103, 104, 111, 112, 127, 128, 129, 135, 136, 143, 144, 167, 168, 169, 300, 2048, 5000]


def result(h):
    return h.digest(400) if h.name.startswith("shake") else h.digest()


for new in (_md5.md5, _sha1.sha1, _sha2.sha224, _sha2.sha256, _sha2.sha384, _sha2.sha512, _sha3.sha3_224, _sha3.sha3_256, _sha3.sha3_384,
            _sha3.sha3_512, _sha3.shake_128, _sha3.shake_256, _blake2.blake2b, _blake2.blake2s):
    whole = _sha2.sha256()
    for n in lengths:
        expected = result(new(data[:n]))
        whole.update(expected)
        for step in (1, 37, 128, 200):
            h = new()
            for at in range(0, n, step):
                h.update(data[at:min(at + step, n)])
            assert result(h) == expected, (h.name, n, step)
        copy = h.copy()
        copy.update(b"more")
        assert result(h) == expected and result(copy) == result(new(data[:n] + b"more"))
    h = new(b"abc")
    print(h.name, h.digest_size, h.block_size, result(h)[:64].hex(), whole.hexdigest())

for new, size in (_blake2.blake2b, 64), (_blake2.blake2s, 32):
    whole = _md5.md5()
    for i in range(size):
        h = new(data[:i * 9], digest_size=i + 1, key=data[:i], salt=data[5:5 + i % (size // 4 + 1)], person=data[9:9 + i % (size // 4 + 1)],
                fanout=i, depth=i + 1, leaf_size=i << 20, node_offset=i << 40, node_depth=i, inner_size=i, last_node=i % 3 == 0)
        whole.update(h.digest())
    print(whole.hexdigest(), new.SALT_SIZE, new.PERSON_SIZE, new.MAX_KEY_SIZE, new.MAX_DIGEST_SIZE)

for name in "md5", "sha1", "SHA256", "sha512", "sha3_256":
    h = _hmac.new(data[:200], data[:3000], name)
    print(h.name, h.digest_size, h.block_size, h.hexdigest(), _hmac.compute_digest(data[:200], data[:3000], name) == h.digest())


def error(function, *args, **keywords):
    try:
        print(function(*args, **keywords))
    except Exception as e:
        print(type(e).__name__, e)


error(_md5.md5, "x")
error(_md5.md5, 1)
error(_md5.md5, b"a", string=b"b")
error(_md5.MD5Type)
error(_sha2.sha256().update, memoryview(b"abcdef")[::2])
error(_sha3.shake_128().digest, -1)
error(_sha3.shake_128().digest, 2**29)
error(_blake2.blake2b, digest_size=65)
error(_blake2.blake2b, digest_size=2**70)
error(_blake2.blake2b, key=bytes(65))
error(_blake2.blake2s, salt=bytes(9))
error(_blake2.blake2s, node_offset=2**48)
error(_blake2.blake2b, leaf_size=2**32)
error(_hmac.new, b"k")
error(_hmac.new, b"k", b"m", "nope")
