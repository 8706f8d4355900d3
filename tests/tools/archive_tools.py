"""krait -m zipfile, tarfile and gzip: files go in and come out, are listed and tested; bad archives and bad options are refused."""
import io
import tarfile
import zipfile

from support.tool import show

TEXT = "".join(f"line {i} of a text that goes into an archive\n" for i in range(300))


def files(t):
    t.write("in/a.txt", TEXT)
    t.write("in/sub/ü.bin", bytes(range(256)) * 20)
    t.write("in/sub/empty", "")


def bad_archives(t):
    """Archives that no tool of these would write."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as z:
        z.writestr(zipfile.ZipInfo("good.txt"), "good")
        z.writestr(zipfile.ZipInfo("../up.txt"), "up")
        z.writestr(zipfile.ZipInfo("/root.txt"), "root")
    t.write("names.zip", data.getvalue())
    t.write("crc.zip", data.getvalue().replace(b"good.txtgood", b"good.txtbad!", 1))
    t.write("short.zip", data.getvalue()[:-30])
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as a:
        for name, kind, target in (("good.txt", tarfile.REGTYPE, ""), ("../up.txt", tarfile.REGTYPE, ""), ("link", tarfile.SYMTYPE, "/etc/passwd")):
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, target, 4 if kind == tarfile.REGTYPE else 0
            a.addfile(info, io.BytesIO(b"text"))
    t.write("names.tar", data.getvalue())
    t.write("short.tar", data.getvalue()[:700])
    t.write("text.txt", TEXT)


def zip_tool(t):
    t.neutral(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "YYYY-MM-DD hh:mm:ss")
    t.run("zipfile", "-c", "a.zip", "in/a.txt", "in/sub")
    t.run("zipfile", "-l", "a.zip")
    t.run("zipfile", "-t", "a.zip")
    t.run("zipfile", "-e", "a.zip", "out")
    t.listing("out")
    t.run("zipfile", "--list", "names.zip")
    t.run("zipfile", "--extract", "names.zip", "out2")
    t.listing("out2")
    t.run("zipfile", "--test", "crc.zip")
    t.run("zipfile", "--metadata-encoding", "cp437", "-l", "a.zip")
    t.run("zipfile", "--metadata-encoding", "cp437", "-c", "b.zip", "in")
    t.run("zipfile", "-e", "crc.zip", "out3", brief=True)
    for name in ("short.zip", "text.txt", "missing.zip"):
        t.run("zipfile", "-l", name)
        t.run("zipfile", "-t", name)
    t.run("zipfile", "-c", "a.zip")
    t.run("zipfile", "-c", "b.zip", "missing")
    t.run("zipfile")
    t.run("zipfile", "-l")
    t.run("zipfile", "-x", "a.zip")
    t.run("zipfile", "-h", brief=True)


def tar_tool(t):
    t.neutral(r"\w+/\w+(?= +\d+ YYYY)", "owner/group")
    for name in ("a.tar", "a.tgz", "a.tar.bz2", "a.tar.xz", "a.tar.zst"):
        t.run("tarfile", "-c", name, "in")
        t.run("tarfile", "-t", name)
    t.run("tarfile", "-l", "a.tgz")
    t.run("tarfile", "-v", "-l", "a.tar.bz2")
    t.run("tarfile", "-v", "-e", "a.tar.xz", "out4")
    t.listing("out4")
    t.run("tarfile", "-v", "-c", "b.tar", "in/a.txt", "in/sub/empty")
    t.run("tarfile", "-v", "-t", "b.tar")
    t.run("tarfile", "--list", "names.tar")
    for policy in ("data", "tar", "fully_trusted"):
        t.run("tarfile", "--filter", policy, "-v", "-e", "names.tar", "deep/" + policy, brief=policy != "data")
    t.run("tarfile", "--filter", "none", "-e", "names.tar")
    for name in ("short.tar", "text.txt", "missing.tar"):
        t.run("tarfile", "-l", name)
        t.run("tarfile", "-t", name)
        t.run("tarfile", "-e", name, "out5")
    t.run("tarfile", "-c", "c.tar", "missing")
    t.run("tarfile", "-c", "c.tar")
    t.run("tarfile", "-e", "a.tar", "b", "c", brief=True)
    t.run("tarfile")
    t.run("tarfile", "-h", brief=True)


def gzip_tool(t):
    t.run("gzip", "in/a.txt")
    t.run("gzip", "--best", "in/sub/ü.bin")
    t.run("gzip", "--fast", "in/sub/empty")
    for name in ("in/a.txt.gz", "in/sub/ü.bin.gz", "in/sub/empty.gz"):
        packed = t.read(name)
        t.say("head and end:", packed[:4].hex(), packed[8:10].hex(), packed[-8:].hex())
    t.write("copy.gz", t.read("in/a.txt.gz") * 2)
    t.run("gzip", "-d", "copy.gz")
    t.say(t.read("copy") == TEXT.encode() * 2)
    done = t.run("gzip", input="standard input", hidden=True)
    t.run("gzip", "-d", input=b"not packed")
    t.run("gzip", "-d", input=b"\x1f\x8b\x08" + b"\0" * 4)
    t.run("gzip", "-d", "-", input=done.stdout)
    t.run("gzip", "-d", "text.txt")
    t.write("text.gz", "not packed")
    t.write("cut.gz", t.read("in/a.txt.gz")[:-5])
    t.run("gzip", "-d", "text.gz")
    t.run("gzip", "-d", "cut.gz")
    t.run("gzip", "missing")
    t.run("gzip", "--fast", "--best", "text.txt")
    t.run("gzip", "-z")
    t.run("gzip", "-h", brief=True)


def test(t):
    files(t)
    bad_archives(t)
    zip_tool(t)
    tar_tool(t)
    gzip_tool(t)


show(test)
