"""zlib, _bz2, _lzma, _zstd: whole and in pieces, bounded output, ends of streams, dictionaries, filters, threads, errors."""
import _bz2
import _lzma
import _zstd
import bz2
import gzip
import io
import lzma
import pickle
import tarfile
import threading
import zipfile
import zlib
from compression import zstd

text = b"".join(b"%d bottles of beer on the wall, %d bottles of beer\n" % (i, i * i % 97) for i in range(3000))
noise = bytes(i * i * 7 + (i >> 3) * 11 & 255 for i in range(70000))


def error(function, *args, **keywords):
    try:
        result = function(*args, **keywords)
        print("fine", result if isinstance(result, (int, str, bool, dict, type(None))) else type(result).__name__)
    except Exception as e:
        print(type(e).__name__, e)


codecs = {
    "zlib": (zlib.compressobj, zlib._ZlibDecompressor, zlib.error),
    "raw": (lambda: zlib.compressobj(wbits=-15), lambda: zlib._ZlibDecompressor(-15), zlib.error),
    "gzip": (lambda: zlib.compressobj(1, wbits=31), lambda: zlib._ZlibDecompressor(wbits=47), zlib.error),
    "bz2": (_bz2.BZ2Compressor, _bz2.BZ2Decompressor, OSError),
    "xz": (_lzma.LZMACompressor, _lzma.LZMADecompressor, _lzma.LZMAError),
    "alone": (lambda: _lzma.LZMACompressor(_lzma.FORMAT_ALONE), _lzma.LZMADecompressor, _lzma.LZMAError),
    "zstd": (_zstd.ZstdCompressor, _zstd.ZstdDecompressor, _zstd.ZstdError),
}

# Every codec: pieces in, pieces out.
for name, (compressor, decompressor, failure) in codecs.items():
    for data in b"", b"a", text, noise, bytes(300000):
        for step in 1 << 20, 5000, 77:
            c = compressor()
            packed = b"".join([c.compress(data[i:i + step]) for i in range(0, len(data), step)]) + c.flush()
            d = decompressor()
            assert d.needs_input and not d.eof
            assert d.decompress(packed + b"tail") == data and d.eof and d.unused_data == b"tail" and not d.needs_input
            d = decompressor()
            out, at = [], 0
            while not d.eof:
                piece = packed[at:at + step] if d.needs_input else b""
                at += len(piece)
                out.append(d.decompress(piece, 1000))
                assert len(out[-1]) <= 1000
            assert b"".join(out) == data, (name, len(data), step)
    error(d.decompress, b"more")
    d = decompressor()
    print(name, len(d.decompress(packed[:20], 10)) <= 10, d.eof, d.unused_data)
    for bad in b"this is nothing that was compressed" * 3, "text", 5:
        try:
            decompressor().decompress(bad)
            print("fine")
        except (failure, TypeError) as e:
            print(name, type(e).__name__, *["" if name in ("raw", "alone") else e])
    error(decompressor().decompress, b"", 2**70)
    error(pickle.dumps, d)

print("--- zlib")
packed = zlib.compress(text, 9)
d = zlib.decompressobj()
parts = [d.decompress(packed, 100)]
while d.unconsumed_tail:
    parts.append(d.decompress(d.unconsumed_tail, 4096))
parts.append(d.flush())
print(b"".join(parts) == text, d.eof, d.unused_data)
d = zlib.decompressobj()
first = d.decompress(packed[:1000])
copy = d.copy()
print(first + d.decompress(packed[1000:] + b"x") == text, d.unused_data, copy.unused_data, copy.eof, first + copy.decompress(packed[1000:]) == text)
c = zlib.compressobj()
start = c.compress(text[:1000])
copy = c.copy()
print(zlib.decompress(start + c.compress(b"1") + c.flush())[-2:], zlib.decompress(start + copy.compress(b"2") + copy.flush())[-2:])
for mode in zlib.Z_PARTIAL_FLUSH, zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH, zlib.Z_BLOCK:
    c, d = zlib.compressobj(), zlib.decompressobj()
    print(mode, len(d.decompress(c.compress(b"abc" * 99) + c.flush(mode))), len(d.decompress(c.flush())))
packed = (c := zlib.compressobj(zdict=text[:500])).compress(text) + c.flush()
print(zlib.decompressobj(zdict=memoryview(text[:500])).decompress(packed) == text)
error(zlib.decompress, packed)
error(zlib.decompressobj().decompress, packed)
error(zlib.decompressobj(zdict=b"nope").decompress, packed)
print(zlib.crc32(text), zlib.crc32(text, 77), zlib.crc32(b"a", -1), zlib.crc32(b"a", 2**80 + 3), zlib.adler32(text), zlib.adler32(text, 77), zlib.adler32(b""))
for arguments in (zlib.crc32, b"a", 1.0), (zlib.crc32, "a"), (zlib.adler32,), (zlib.compress, "x"), (zlib.compress, b"x", 10), (zlib.compress, b"x", 2**40), \
        (zlib.compress, b"", 1, 100), (zlib.decompress, b""), (zlib.decompress, b"abcdefgh"), (zlib.decompress, zlib.compress(text)[:-3]), \
        (zlib.decompress, b"", 15, -1), (zlib.decompress, b"", 100), (zlib.decompress, zlib.compress(b"a"), 15, 0), (zlib.compressobj, 10), \
        (zlib.compressobj, 1, 9), (zlib.compressobj, 1, 8, 15, 8, 0, 5), (zlib.decompressobj, 100), (zlib.decompressobj, 15, 5), \
        (zlib._ZlibDecompressor, 100), (type(c),), (type(d),), (c.compress, b"x"), (c.flush,), (c.flush, 99), (c.flush, 0), (c.copy,), \
        (d.decompress, b"", -1), (d.flush, 0), (d.flush, -1), (d.flush, 2**70):
    error(*arguments)

print("--- bz2")
for level in 1, 9:
    print(bz2.decompress(bz2.compress(text, level)) == text, bz2.decompress(bz2.compress(text) + bz2.compress(b"second")) == text + b"second")
c = _bz2.BZ2Compressor()
c.flush()
for arguments in (c.compress, b""), (c.flush,), (_bz2.BZ2Compressor, 0), (_bz2.BZ2Compressor, 10), (_bz2.BZ2Compressor, "x"), (_bz2.BZ2Decompressor, 1), (bz2.decompress, b"BZ"):
    error(*arguments)
d = _bz2.BZ2Decompressor()
for _ in range(2):
    error(d.decompress, b"nothing of the kind")

print("--- lzma")
LZMA1, LZMA2, DELTA, X86 = lzma.FILTER_LZMA1, lzma.FILTER_LZMA2, lzma.FILTER_DELTA, lzma.FILTER_X86
for filters in [{"id": LZMA2, "preset": 1}], [{"id": DELTA, "dist": 4}, {"id": LZMA2, "dict_size": 1 << 16, "lc": 2, "mode": lzma.MODE_FAST, "mf": lzma.MF_HC4}], \
        ({"id": X86, "start_offset": 16}, {"id": LZMA2}), [{"id": LZMA1, "nice_len": 32, "depth": 5}]:
    packed = lzma.compress(noise, lzma.FORMAT_RAW, filters=filters)
    print(lzma.decompress(packed, lzma.FORMAT_RAW, filters=filters) == noise)
for check in lzma.CHECK_NONE, lzma.CHECK_CRC32, lzma.CHECK_CRC64, lzma.CHECK_SHA256:
    d = lzma.LZMADecompressor()
    print(check, d.check, lzma.is_check_supported(check), d.decompress(lzma.compress(text, check=check)) == text, d.check)
C, D = _lzma.LZMACompressor, _lzma.LZMADecompressor
for arguments in (C, 99), (C, 1, 4, 1, []), (C, 2, 4), (C, 3), (C, 1, 99), (C, 1, -1, 100), (C, 1, -1, -1), (C, 1, -1, 2**40), (C, 1, -1, "x"), (C, "x"), (C, 1, 2, 3, 4, 5), \
        (D, 99), (D, 3), (D, 3, 5, [{"id": LZMA2}]), (D, 0, None, [{"id": LZMA2}]), (D, 0, -1), (D, 0, 2**64), (D, 0, 2**63), (D(memlimit=1).decompress, lzma.compress(text)):
    error(*arguments)
for filters in 5, [5], [{}], {"id": LZMA2}, [{"id": LZMA2}] * 5, [{"id": LZMA2, "foo": 1}], [{"id": DELTA, "foo": 1}], [{"id": X86, "foo": 1}], [{"id": 999}], [{"id": -1}], \
        [{"id": 2**70}], [{"id": "x"}], [{"id": LZMA2, "preset": 100}], [{"id": LZMA2, "preset": "x"}], [{"id": LZMA2, "dict_size": -1}], \
        [{"id": LZMA2, "mode": 99}], [{"id": DELTA}], [{"id": DELTA, "dist": 0}], []:
    error(C, filters=filters)
    error(C, lzma.FORMAT_ALONE, filters=filters)
for f in {"id": LZMA2}, {"id": LZMA1, "preset": 3}, {"id": DELTA, "dist": 5}, {"id": X86}, {"id": X86, "start_offset": 16}, {"id": LZMA2, "lc": 9}, {"id": 99}, 5:
    try:
        properties = _lzma._encode_filter_properties(f)
        print(properties, _lzma._decode_filter_properties(f["id"], properties))
    except Exception as e:
        print(type(e).__name__, e)
for arguments in (99, b""), (LZMA2, b""), (LZMA2, b"\xff"), (LZMA2, "x"), (-1, b""), (DELTA, b"abc"), ("x", b""):
    error(_lzma._decode_filter_properties, *arguments)

print("--- zstd")
C, D, T, P, Q = _zstd.ZstdCompressor, _zstd.ZstdDecompressor, _zstd.ZstdDict, zstd.CompressionParameter, zstd.DecompressionParameter
samples = [(b"%d: the quick brown fox %d jumps" % (i, i * i)) * 10 for i in range(500)]
trained = zstd.train_dict(samples, 3000)
print(len(trained) <= 3000, trained.dict_id != 0, len(zstd.finalize_dict(trained, samples[:50], 6000, 3)) <= 6000)
raw = T(text[:3000], is_raw=True)
print(raw, len(raw), raw.dict_content == text[:3000], raw.as_prefix, raw.as_digested_dict[1], raw.as_undigested_dict[1])
for dictionary in trained, raw:
    for use in "as_digested_dict", "as_undigested_dict", "as_prefix":
        packed = zstd.compress(samples[7] + text[:2000], zstd_dict=getattr(dictionary, use))
        print(use, zstd.decompress(packed, zstd_dict=getattr(dictionary, use)) == samples[7] + text[:2000], zstd.get_frame_info(packed).decompressed_size)
error(zstd.decompress, zstd.compress(text, zstd_dict=trained))
options = {P.compression_level: 5, P.checksum_flag: 1, P.window_log: 18, P.strategy: zstd.Strategy.lazy2, P.enable_long_distance_matching: 1}
print(zstd.decompress(zstd.compress(text, options=options), options={Q.window_log_max: 20}) == text)
error(zstd.decompress, zstd.compress(noise * 50, options={P.window_log: 22})[:-5], options={Q.window_log_max: 15})
c = C()
c.set_pledged_input_size(3)
error(c.compress, b"abcd")
print(c.last_mode, zstd.decompress(c.compress(b"abc", C.FLUSH_BLOCK) + c.flush()), c.last_mode)
for arguments in (c.compress, "x"), (c.compress, b"x", 99), (c.flush, 0), (c.flush, 5), (c.set_pledged_input_size, -1), (c.set_pledged_input_size, "x"), \
        (c.set_pledged_input_size, 2**64 - 2), (c.set_pledged_input_size, 2**64 - 3), (c.set_pledged_input_size, None), (C, 3, {}), (C, "x"), (C, 10**6), (C, 2**70), \
        (C, 1.5), (C, None, 5), (C, None, {1: 2}), (C, None, {"x": 1}), (C, None, {100: "x"}), (C, None, {100: 2**70}), (C, None, {100: 1000}), (C, None, {101: 1000}), \
        (C, None, {Q.window_log_max: 20}), (C, None, None, 5), (C, None, None, (raw, 9)), (C, None, None, (raw, 2**70)), (D, (raw,)), (D, None, 5), (D, None, {100: 1000}), \
        (D, None, {55: 5}), (D, None, {P.window_log: 10}), (T, b""), (T, b"12345678"), (T, "x"), (T,), (setattr, raw, "dict_id", 3), (pickle.dumps, raw), \
        (_zstd.get_frame_info, b""), (_zstd.get_frame_info, b"x" * 20), (_zstd.get_frame_size, b"x" * 20), (_zstd.get_param_bounds, 99, True), \
        (_zstd.get_param_bounds, 99, False), (_zstd.set_parameter_types, 1, 2), (_zstd.train_dict, b"abc", (3,), 100), (_zstd.train_dict, b"abc", [3], 100), \
        (_zstd.train_dict, b"abc", (4,), 100), (_zstd.train_dict, b"abc", (3,), 0), (_zstd.train_dict, "abc", (3,), 100), (_zstd.train_dict, b"abc", (1.5,), 100), \
        (_zstd.train_dict, b"abc", (-3, 6), 100), (_zstd.finalize_dict, b"abc", b"abc", (3,), 100, 3), (_zstd.finalize_dict, b"abc", b"abc", (3,), 100, 10**30), \
        (zstd.decompress, zstd.compress(text)[:-1]), (zstd.decompress, b"xxxx"):
    error(*arguments)
print(_zstd.get_param_bounds(parameter=100, is_compress=True), zstd.get_frame_size(zstd.compress(text) + b"x") == len(zstd.compress(text)))

print("--- files")
for module in gzip, bz2, lzma, zstd:
    file = io.BytesIO()
    with module.open(file, "wb") as f:
        for i in range(0, len(text), 999):
            f.write(text[i:i + 999])
    file.seek(0)
    with module.open(file) as f:
        print(module.__name__, f.readline(), f.read(10), f.seek(5000), f.read() == text[5000:], f.tell() == len(text))
for kind in zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_ZSTANDARD:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as z:
        z.writestr("a.txt", text)
    with zipfile.ZipFile(file) as z:
        print(z.testzip(), z.read("a.txt") == text, z.getinfo("a.txt").compress_size < len(text) // 3)
for mode in "gz", "bz2", "xz", "zst":
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:" + mode) as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text))
    file.seek(0)
    print(tarfile.open(fileobj=file).extractfile("a.txt").read() == text)

# One object in several threads: calls take turns.
for compressor, decompressor, _ in codecs.values():
    d, total, lock = decompressor(), [], threading.Lock()
    c = compressor()
    pieces = []
    threads = [threading.Thread(target=lambda: pieces.append(c.compress(bytes(200000)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pieces.append(c.flush())
    print(len(pieces), sum(map(len, pieces)) > 20)
