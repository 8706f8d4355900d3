"""Imports modules written in C; one whose import ran out of memory is imported again, and works. For tests/memory-failure."""
import sys

CHECKS = {
    "ast": lambda m: m.unparse(m.parse("a + b * 2")) == "a + b * 2",
    "datetime": lambda m: str(m.datetime(2020, 1, 2) + m.timedelta(1)) == "2020-01-03 00:00:00",
    "decimal": lambda m: str(m.Decimal(1) / 8) == "0.125",
    "contextvars": lambda m: m.copy_context().run(lambda: 1) == 1,
    "csv": lambda m: list(m.reader(["a,b"])) == [["a", "b"]],
    "struct": lambda m: m.unpack("<i", m.pack("<i", -5)) == (-5,),
    "pickle": lambda m: m.loads(m.dumps([1, "x"])) == [1, "x"],
    "array": lambda m: m.array("d", [1.5]).tolist() == [1.5],
    "random": lambda m: m.Random(1).random() == 0.13436424411240122,
    "socket": lambda m: [s.close() for s in m.socketpair()] == [None, None],
    "hashlib": lambda m: m.sha256(b"").hexdigest()[:8] == "e3b0c442",
    "_asyncio": lambda m: m.Future is not None,
    "_queue": lambda m: m.SimpleQueue().empty(),
    "bisect": lambda m: m.bisect([1, 2], 1) == 1,
}
failed = False
for name, check in CHECKS.items():
    for attempt in range(2):
        try:
            assert check(__import__(name)), name
            break
        except MemoryError:
            failed = True
if failed:
    sys.exit("MemoryError, and all is there now")
