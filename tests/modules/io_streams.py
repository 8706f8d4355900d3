# io: text, binary, buffered, raw files; in memory and on disk.
import io, os, tempfile
def t(f, *a, **k):
    try: return f(*a, **k)
    except Exception as e: return f"{type(e).__name__}: {e}"
s = io.StringIO("line 1\nline 2\r\nline 3"); print(s.readline(), s.read(3), s.tell(), s.readlines(), s.seek(0), list(s), s.getvalue()); s.seek(0, 2); s.write("é!"); s.truncate(10); print(repr(s.getvalue()), s.closed, s.readable(), s.seekable(), s.newlines, s.line_buffering, s.encoding); s.close(); print(t(s.read))
for nl in (None, "", "\n", "\r", "\r\n"): x = io.StringIO("a\rb\nc\r\nd", newline=nl); print(repr(nl), [*x], repr(x.getvalue()), x.newlines)
b = io.BytesIO(b"hello world"); print(b.read(5), b.read1(2), b.tell(), b.seek(-3, 2), b.read(), b.seek(0), b.readinto(m := bytearray(4)), m, b.getvalue(), b.getbuffer()[1], b.write(b"XY"), b.getvalue(), t(b.write, "s"), t(b.seek, -1), b.readline(), b.peek if hasattr(b, "peek") else "no peek"); v = b.getbuffer(); print(t(b.truncate, 0)); del v; print(b.truncate(3), b.getvalue())
tmp = tempfile.mkdtemp(); p = os.path.join(tmp, "f.txt")
with open(p, "w") as f: print(f.write("première\nsecond\n"), f.name == p, f.mode, f.encoding, f.errors, f.fileno() > 2, f.isatty(), f.writable(), f.readable(), type(f).__name__, type(f.buffer).__name__, type(f.buffer.raw).__name__, t(f.read), f.tell())
print(f.closed, open(p).read(), open(p, "rb").read(), open(p, encoding="latin-1").read(4), [l for l in open(p)], open(p, newline="").readline())
with open(p, "a+") as f: f.write("third"); f.seek(0); print(f.readlines(), f.tell(), f.seek(0, 2), t(f.seek, -1, 2), f.seek(3), t(f.seek, 1, 1))
with open(p, "r+b") as f: f.seek(2); f.write(b"??"); f.seek(0); print(f.read(6), f.peek(3)[:3], f.read1(4), f.tell(), f.readinto(bytearray(2)), f.truncate(8), f.seek(0, 2), type(f).__name__)
with open(p, "rb", buffering=0) as f: print(f.read(3), f.readall(), f.mode, type(f).__name__, f.closefd, f.readinto(bytearray(2)), t(f.write, b"x"))
with open(p, "w", newline="\r\n") as f: f.write("a\nb\n"); f.writelines(["c\n", "d"])
print(open(p, "rb").read(), open(p).read(), repr(open(p, newline="").read())); print(t(open, p, "z"), t(open, p, "rw"), t(open, p, "rbt"), t(open, p, "rb", encoding="utf-8"), t(open, p, "r", 0), t(open, p + "/x"), t(open, tmp), t(open, p, "x"), t(open, ""), t(open, p, encoding="nope"), t(open, None), t(open, "a\0b"), sep="\n") if False else [print(str(x).replace(tmp, "TMP")) for x in (t(open, p, "z"), t(open, p, "rw"), t(open, p, "rbt"), t(open, p, "rb", encoding="utf-8"), t(open, p, "r", 0), t(open, p + "/x"), t(open, tmp), t(open, p, "x"), t(open, ""), t(open, p, encoding="nope"), t(open, None), t(open, "a\0b"))]
with open(p, "wb") as f: f.write(b"caf\xe9")
print(t(open(p, encoding="utf-8").read), open(p, encoding="utf-8", errors="replace").read(), open(p, encoding="utf-8", errors="surrogateescape").read().encode("utf-8", "surrogateescape")); w = io.TextIOWrapper(io.BytesIO(), encoding="utf-16", write_through=True); w.write("hé\n"); print(w.buffer.getvalue(), w.detach().getvalue()[:2], t(w.read)); w = io.TextIOWrapper(io.BytesIO("1\n2\n日本\n".encode()), encoding="utf-8"); print(next(w), t(w.tell), w.read(3), w.seek(0), w.readline(), w.read(), w.reconfigure(errors="replace"), w.errors)
big = "".join(f"line {i} é\n" for i in range(5000)); open(p, "w").write(big); print(open(p).read() == big, sum(1 for _ in open(p)), len(open(p, "rb").read()), open(p).readlines()[4321], len(open(p).read(12345)))
with open(p) as f: f.readline(); pos = f.tell(); a = f.readline(); f.seek(pos); print(f.readline() == a, pos)
class Raw(io.RawIOBase):
    def __init__(self, d): self.d, self.out = io.BytesIO(d), []
    def readable(self): return True
    def writable(self): return True
    def readinto(self, b): return self.d.readinto(memoryview(b)[:3])
    def write(self, b): self.out.append(bytes(b)); return len(b)
r = io.BufferedReader(Raw(b"0123456789"), 4); print(r.read(5), r.peek(1), r.read(), r.raw.__class__.__name__); raw = Raw(b""); bw = io.BufferedWriter(raw, 4); bw.write(b"ab"); print(raw.out); bw.write(b"cdef"); bw.flush(); print(b"".join(raw.out)); pair = io.BufferedRWPair(Raw(b"in"), Raw(b"")); print(pair.read(), pair.write(b"x")); print(Raw(b"abcdef").read(2), Raw(b"abcdef").readall(), Raw(b"a\nb").readlines())
rd, wr = os.pipe(); print(os.write(wr, b"piped"), os.read(rd, 3)); os.close(wr)
with os.fdopen(rd) as f: print(f.read(), t(f.seek, 0), f.seekable())
class CM(io.StringIO):
    def close(self): print("closing"); super().close()
with CM("x") as c: print(c.read())
print(io.SEEK_END, io.DEFAULT_BUFFER_SIZE, isinstance(s, io.TextIOBase), isinstance(b, io.IOBase), issubclass(io.FileIO, io.RawIOBase), io.open is open, t(io.IOBase().read) if False else t(io.RawIOBase().readinto, b""), io.UnsupportedOperation.__mro__[1:3], io.text_encoding(None)); import shutil; shutil.rmtree(tmp); print(os.path.exists(tmp))
