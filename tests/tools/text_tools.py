"""krait -m json.tool, base64, calendar and tokenize: what filters print, and what they say of bad input."""
from support.tool import show

SOURCE = '''# coding: utf-8
"""Text of the module."""
import os as system

def area(width: float, height=2.5, *rest, **named) -> float:
    if width >= 0x1F and not rest:  # a comment
        return width ** 2 // height
    name = f"{width!r:>{height}} {{}} {named['a']}" rb'bytes\\x00'
    template = t"{name} and {width=}"
    x = 1_000j + .5e-3 \\
        @ named
    return lambda: ...

async def später():
\tawait area(ñ := 1)
'''


def json_tool(t):
    t.neutral(r"Stack overflow \(used \d+ kB\)", "maximum recursion depth exceeded")  # the words for the C stack and for the limit
    t.write("a.json", '{"name": "Ünï\\u00e9 \\ud83d\\ude00", "list": [1, 2.50, -3e10, true, null, [], {}], "b": {"z": 1, "a": {"deep": [[1], [2]]}}}')
    t.write("lines.jsonl", '{"b": 1, "a": 2}\n[1, 2]\n"text"\n')
    t.run("json.tool", "a.json")
    for options in (["--sort-keys"], ["--no-ensure-ascii"], ["--indent", "2"], ["--tab"], ["--no-indent"], ["--compact"],
                    ["--compact", "--sort-keys"], ["--json-lines"]):
        t.run("json.tool", *options, "lines.jsonl" if options == ["--json-lines"] else "a.json")
    t.run("json", "a.json", "--compact")
    t.run("json.tool", input='[1, {"a": NaN, "b": -Infinity}]')
    t.run("json.tool", "a.json", "out.json", "--indent", "1")
    t.text(t.read("out.json"))
    t.run("json.tool", "--json-lines", "--compact", "-", input='{"x": [1,\t2]}\n\n')
    for bad in ("", "{bad", '{"a": 1,}', "[1, 2", '["a\nb"]', "[1] 2", '{"a" 1}', '"\\x"', "nul", "\ufeff[]", "[" * 100000, "1" * 5000):
        t.run("json.tool", input=bad)
    t.run("json.tool", input=b'["\xff"]')
    t.run("json.tool", "missing.json")
    t.run("json.tool", ".")
    t.run("json.tool", "a.json", "missing/out.json")
    t.run("json.tool", "--nonsense")
    t.run("json.tool", "--indent", "two")
    t.run("json.tool", "--tab", "--compact")
    t.run("json.tool", "-h", brief=True)


def base64(t):
    t.write("data", bytes(range(256)))
    t.run("base64", "-e", "data")
    t.run("base64", "-d", input="S3JhaXQgw6lhdCBk\nZXMgc291cmlzLg==\n")
    t.run("base64", "-u", "-", input="VGV4dA==")
    t.run("base64", input="text of standard input")
    t.run("base64", "-d", input="abc")
    t.run("base64", "-d", input="####")
    t.run("base64", "missing")
    t.run("base64", "-x", brief=True)
    t.run("base64", "-h", brief=True)


def calendar(t):
    t.run("calendar", "2024")
    t.run("calendar", "2024", "2")
    t.run("calendar", "1582", "10", "--first-weekday", "6")
    t.run("calendar", "-w", "4", "-l", "2", "2025", "12")
    t.run("calendar", "-m", "2", "-s", "1", "2023")
    t.run("calendar", "-t", "html", "-c", "style.css", "-e", "latin-1", "2030", brief=True)
    t.run("calendar", "-L", "C", "-e", "utf-8", "2000", "1")
    t.run("calendar", "-L", "xx_YY", "-e", "utf-8", "2000", "1")
    t.run("calendar", "-L", "C", "2000")
    t.run("calendar", "2024", "13")
    t.run("calendar", "zero")
    t.run("calendar", "2024", "1", "2")
    t.run("calendar", "-t", "pdf", "2024")
    t.run("calendar", "-t", "html", "2024", "2", brief=True)
    t.run("calendar", "10000", "1")
    t.run("calendar", "0")


def tokenize(t):
    t.write("source.py", SOURCE)
    t.run("tokenize", "source.py")
    t.run("tokenize", "-e", "source.py")
    t.run("tokenize", "--exact", input="x @= [1<<2, 'é'] if a<>b else {**c}\n")
    t.run("tokenize", input="if 1:\n        a\n    b\n")
    t.write("unclosed.py", "x = (1,\n")
    t.write("quotes.py", "x = '''abc\n")
    t.write("quote.py", "x = 'abc\n")
    t.write("latin.py", b"# coding: latin-1\nx = '\xe9'\n")
    t.write("bad.py", b"x = '\xe9'\n")
    t.write("odd.py", "x = 1$ + ? 0777 1__0 0xZ\n")
    t.write("unknown.py", "# coding: nonsense\n")
    for name in ("unclosed.py", "quotes.py", "quote.py", "latin.py", "bad.py", "odd.py", "unknown.py", "missing.py"):
        t.run("tokenize", name)
    t.run("tokenize", "-q")
    t.run("tokenize", "-h", brief=True)


def test(t):
    json_tool(t)
    base64(t)
    calendar(t)
    tokenize(t)


show(test)
