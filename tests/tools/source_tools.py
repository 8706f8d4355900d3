"""krait -m ast, dis, compileall, trace, inspect and pydoc: what they show of a program's source, and what they refuse.

dis shows Krait's own instructions: here its headings, source lines and errors are compared, and that the instructions' names are there.
"""
import re

from support.tool import FRAMES, show

SHAPES = '''"""Shapes and their areas.

The second paragraph.
"""
import math

__version__ = "1.5"
__author__ = "somebody"
LIMIT = 10


class Shape:
    """What has an area."""

    sides: int = 0

    def area(self) -> float:
        """The area."""
        raise NotImplementedError

    @property
    def name(self):
        """The name of the class."""
        return type(self).__name__

    @classmethod
    def unit(cls, *sizes, scale: float = 1.0, **named):
        return cls(*sizes)

    @staticmethod
    def parse(text, /, base=10):
        # Numbers of any base.
        return int(text, base)


class Circle(Shape):
    def __init__(self, radius):
        self.radius = radius

    def area(self):
        return math.pi * self.radius ** 2


def total(shapes, start=0):
    """The sum of the areas."""
    for shape in shapes:
        start += shape.area()
    return start


async def later(x, *, y=(1, 2)):
    "Waits."
    return [z async for z in x if z > y]
'''
MAIN = '''import sys
import shapes

def work(n):
    if n > 100:
        return 0
    total = 0
    for i in range(n):
        total += i
    return total

if __name__ == "__main__":
    print(work(3), shapes.total([shapes.Circle(1)]), sys.argv[1:])
'''


def ast_tool(t):
    t.write("a.py", "# type: ignore[x]\ndef f(a, /, b: int = 1, *c, d=2, **e) -> str:\n    return f'{a!r:>{b}}' + t'{c}'\nx: list[int] = [*y, -1]\n"
                    "match x:\n    case {'k': 1 | 2, **rest} if z: pass\n    case C(a, b=_) as q: pass\n")
    t.run("ast", "a.py")
    t.run("ast", "-a", "-i", "1", "a.py")
    t.run("ast", "--no-type-comments", "--indent", "2", "--show-empty", input="def f(): # type: () -> int\n    pass\n")
    t.run("ast", input="def f(): # type: () -> int\n    global x; yield\n")
    t.run("ast", "-m", "eval", input="lambda x: (x := 1, [i for i in j if k])")
    t.run("ast", "-m", "single", input="x = 1; y = 2")
    t.run("ast", "--mode", "func_type", input="(int, *str) -> list[int]")
    t.run("ast", "--feature-version", "3.7", input="(x := 1)\n")
    t.run("ast", "-O", "2", input='"text"\nassert x\nif __debug__: pass\n')
    t.run("ast", "--optimize", "1", input="1 + 2\n__debug__\n")
    t.run("ast", input="x = = 1\n")
    t.run("ast", "-m", "eval", input="x = 1")
    t.run("ast", input="if 1:\n  a\n b\n")
    t.run("ast", input=b"x = '\xff'\n")
    t.run("ast", input=b"a\0b\n")
    t.run("ast", "missing.py")
    t.run("ast", "-m", "nonsense", "a.py")
    t.run("ast", "-h", brief=True)


def dis_tool(t):
    """Of the disassembly: the headings, and in the plain forms the source lines that have instructions."""
    t.write("d.py", "import sys\n\ndef f(a, b):\n    for x in a:\n        if x:\n            b += x\n    return lambda: b\n\nclass C:\n    y = [1, 2]\n")
    for arguments, text in ((["d.py"], ""), (["-C", "d.py"], ""), (["-O", "d.py"], ""), (["-P", "d.py"], ""), (["--specialized", "-S", "d.py"], ""),
                            ([], "x = 1\nprint(x)\n"), (["-"], "try:\n    a\nexcept E as e:\n    b\n")):
        done = t.run("dis", *arguments, input=text, hidden=True)
        heading, lines, names = "", {}, set()
        for line in done.stdout.decode().splitlines():
            if line.startswith("Disassembly of"):
                t.say(heading, sorted(lines.get(heading, ())))
                heading = line
            number = re.match(r" *(\d+)(?::\d.*?)? {2,}", line)
            if number and not {"-O", "-P"} & set(arguments):
                lines.setdefault(heading, set()).add(int(number[1]))
            names.update(re.findall(r"\b[A-Z]+_[A-Z_]+\b", line))
        t.say(heading, sorted(lines.get(heading, ())))
        t.say("instructions:", len(names) > 1)
    for arguments, text in ((["missing.py"], ""), ([], "x = = 1\n")):
        done = t.run("dis", *arguments, input=text, hidden=True)
        t.text(re.sub(FRAMES % "(?!<stdin>)", "", done.stderr.decode()))
    t.run("dis", "--nonsense")


def compile_tool(t):
    cache = {"PYTHONPYCACHEPREFIX": ""}
    t.neutral(r"\.(c?python|krait)[-.\d]*314", ".TAG-314")
    t.neutral(r"line \d+: Sorry", "Sorry")
    t.write("tree/good.py", "x = 1\n")
    t.write("tree/bad.py", "x = = 1\n")
    t.write("tree/sub/deep.py", "assert True, 'deep'\n")
    t.write("tree/sub/latin.py", b"x = '\xe9'\n")

    def run(*arguments):
        t.run("compileall", *arguments, environment=cache)
        for name in t.names("tree"):
            if "__pycache__" in name or name.endswith(".pyc"):
                t.say("  ", name)
                t.remove(name)

    run("tree")
    run("-q", "tree")
    run("-qq", "tree")
    run("-l", "tree/sub")
    run("-r", "0", "tree")
    run("-x", "bad|latin", "tree")
    run("-b", "-q", "tree/good.py")
    run("-o", "0", "-o", "2", "tree/good.py")
    run("-d", "elsewhere", "tree/bad.py")
    run("-s", "tree", "-p", "/other", "tree/sub", "tree/bad.py")
    run("--invalidation-mode", "checked-hash", "tree/good.py")
    run("-j", "2", "tree/good.py", "tree/sub/deep.py")
    t.write("list", "tree/good.py\ntree/sub/deep.py\n")
    run("-i", "list")
    run("-f", "missing.py")
    run("--nonsense", "tree")
    run("-o", "x", "tree")
    t.run("compileall", "-h", brief=True)
    t.run("py_compile", "tree/good.py", "tree/bad.py")
    t.run("py_compile", "-q", "tree/bad.py")


def trace_tool(t):
    t.write("main.py", MAIN)
    t.write("alone.py", MAIN.replace("import shapes\n", "").replace("shapes.total([shapes.Circle(1)])", "[i for i in range(2)]"))
    t.neutral(re.escape(t.folder[1:].replace("/", ".")), "DIR")
    t.run("trace", "--trace", "alone.py", "a", "b")
    t.run("trace", "--trace", "--timing", "alone.py", hidden=True)
    t.run("trace", "--trace", "--ignore-dir", t.library, "--ignore-module", "_bootstrap,_bootstrap_external", "main.py")
    t.run("trace", "--count", "--missing", "-C", "cover", "--summary", "main.py")
    for name in t.names("cover"):
        t.say(name)
        t.text(t.read(name))
    t.run("trace", "--listfuncs", "alone.py")
    t.run("trace", "--trackcalls", "alone.py")
    t.run("trace", "--count", "--no-report", "--file", "counts", "main.py")
    t.run("trace", "--report", "--file", "counts", "-C", "cover2", "-s")
    t.run("trace", "-t", "--ignore-module", "alone", "alone.py")
    t.run("trace", "-t", "--module", "alone", "x")
    t.run("trace", "-t", "-g", "missing.py")
    t.run("trace", "main.py")
    t.run("trace", "--trace", "--listfuncs", "main.py")
    t.run("trace", "-h", brief=True)
    t.write("fails.py", "def f():\n    raise ValueError('gone')\nf()\n")
    t.run("trace", "-t", "fails.py")
    t.write("exits.py", "raise SystemExit(7)\n")
    t.run("trace", "-t", "exits.py")


def inspect_tool(t):
    t.run("inspect", "shapes", brief=False)
    t.run("inspect", "shapes:total")
    t.run("inspect", "shapes:Shape.parse")
    t.run("inspect", "--details", "shapes")
    t.run("inspect", "--details", "shapes:Shape.area")
    t.run("inspect", "sys")
    t.run("inspect", "missing_module")
    t.run("inspect", "shapes:nothing")
    t.run("inspect", "-h", brief=True)


def pydoc_tool(t):
    t.run("pydoc", "shapes")
    t.run("pydoc", "shapes.Shape")
    t.run("pydoc", "shapes.Shape.unit")
    t.run("pydoc", "./shapes.py")
    t.run("pydoc", "-w", "shapes")
    t.text(t.read("shapes.html"))
    t.run("pydoc", "-w", "missing")
    t.run("pydoc", "missing")
    t.run("pydoc", "shapes.nothing")
    t.write("broken.py", "x = = 1\n")
    t.run("pydoc", "broken")
    for topic in ("len", "str.split", "dict", "int.from_bytes", "math.hypot", "OSError", "io.TextIOWrapper", "functools.partial"):
        done = t.run("pydoc", topic, hidden=True)  # below these lines are the documentation's own words
        t.text("".join(done.stdout.decode().splitlines(True)[:3]))
    for topic in ("shlex", "html.entities", "if", "ASSIGNMENT", "keywords", "symbols", "topics", "fractions.Fraction"):
        t.run("pydoc", topic, brief=True)
    t.run("pydoc", "-x", brief=True)
    t.run("pydoc", brief=True)


def test(t):
    t.write("shapes.py", SHAPES)
    for tool in (ast_tool, dis_tool, compile_tool, trace_tool, inspect_tool, pydoc_tool):
        tool(t)


show(test)
