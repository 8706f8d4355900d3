# A reader that asks for far more than its raw stream has gets what there is, and touches no more memory than that.
import io, resource, socket, zlib


class Pieces(io.RawIOBase):
    """Gives its pieces one by one; None is `nothing at the moment`."""

    def __init__(self, *pieces):
        self.pieces = list(pieces)

    def readable(self):
        return True

    def readinto(self, room):
        if not self.pieces:
            return 0
        piece = self.pieces.pop(0)
        if piece is None:
            return None
        if len(piece) > len(room):
            self.pieces.insert(0, piece[len(room):])
            piece = piece[:len(room)]
        room[:len(piece)] = piece
        return len(piece)


def show(what, got):
    print(what, got if got is None else (len(got), zlib.crc32(got)))


data = bytes(range(256)) * 400
for size in 10, 8192, 300_000:
    for n in 100, 9_000, 10_000_000:
        b = io.BufferedReader(Pieces(*(data[i:i + 7] for i in range(0, 4000, 7)), data[4000:4005]), size)
        show(f"{size}, {n}:", b.read(n))
b = io.BufferedReader(Pieces(b"abc", None, b"def", None), 16)
show("a pause:", b.read(1_000_000))
show("after it:", b.read(1_000_000))
show("the next:", b.read(1_000_000))
show("at the end:", b.read(1_000_000))
b = io.BufferedReader(Pieces(None), 16)
show("nothing at once:", b.read(1_000_000))
room = bytearray(1_000_000)
print("readinto:", io.BufferedReader(Pieces(b"abc" * 5, b"def"), 16).readinto(room), room[:20])

ours, theirs = socket.socketpair()
with ours, theirs, ours.makefile("rb") as reader:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    ours.settimeout(20)
    for n in range(20):
        theirs.sendall(b"x" * 100)
        assert len(reader.read1(10)) == 10
        assert len(reader.read(90)) == 90
    theirs.sendall(b"y" * 50_000)
    theirs.shutdown(socket.SHUT_WR)
    show("from a socket:", reader.read(40_000_000))
    print("little memory:", resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before < 1500)
