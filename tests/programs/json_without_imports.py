# A JSON reader and writer, written out.
class JSONError(ValueError):
    def __init__(self, message, text, pos):
        line = text.count("\n", 0, pos) + 1
        super().__init__(f"{message} at line {line}, column {pos - text.rfind(chr(10), 0, pos)}")
        self.pos = pos


class Reader:
    ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "/": "/"}
    WORDS = {"true": True, "false": False, "null": None}

    def __init__(self, text):
        self.text, self.pos = text, 0

    def fail(self, message):
        raise JSONError(message, self.text, self.pos)

    def peek(self):
        while self.pos < len(self.text) and self.text[self.pos] in " \t\r\n":
            self.pos += 1
        return self.text[self.pos] if self.pos < len(self.text) else ""

    def expect(self, c):
        if self.peek() != c:
            self.fail(f"expected {c!r}")
        self.pos += 1

    def value(self):
        match self.peek():
            case "{":
                return dict(self.items("{", "}", self.pair))
            case "[":
                return list(self.items("[", "]", self.value))
            case '"':
                return self.string()
            case c if c.isdigit() or c == "-":
                return self.number()
            case "":
                self.fail("unexpected end")
            case _:
                for word, v in self.WORDS.items():
                    if self.text.startswith(word, self.pos):
                        self.pos += len(word)
                        return v
                self.fail("unexpected character")

    def items(self, opening, closing, item):
        self.expect(opening)
        if self.peek() == closing:
            self.pos += 1
            return
        while True:
            yield item()
            if self.peek() != ",":
                self.expect(closing)
                return
            self.pos += 1

    def pair(self):
        key = self.string()
        self.expect(":")
        return key, self.value()

    def string(self):
        self.expect('"')
        out = []
        while True:
            if self.pos >= len(self.text):
                self.fail("unterminated string")
            c = self.text[self.pos]
            self.pos += 1
            if c == '"':
                return "".join(out)
            if c != "\\":
                out.append(c)
                continue
            c = self.text[self.pos]
            self.pos += 1
            if c == "u":
                out.append(chr(int(self.text[self.pos:self.pos + 4], 16)))
                self.pos += 4
            elif c in self.ESCAPES:
                out.append(self.ESCAPES[c])
            else:
                self.fail(f"bad escape \\{c}")

    def number(self):
        start = self.pos
        while self.pos < len(self.text) and self.text[self.pos] in "+-.eE0123456789":
            self.pos += 1
        s = self.text[start:self.pos]
        try:
            return float(s) if any(c in s for c in ".eE") else int(s)
        except ValueError:
            self.pos = start
            self.fail("bad number")


def loads(text):
    r = Reader(text)
    v = r.value()
    if r.peek():
        r.fail("extra data")
    return v


def dumps(v, indent=None, level=0):
    if v is None or v is True or v is False:
        return {None: "null", True: "true", False: "false"}[v]
    if isinstance(v, (int, float)):
        return repr(v)
    if isinstance(v, str):
        return '"' + "".join(f"\\{c}" if c in '"\\' else c if " " <= c <= "~" else f"\\u{ord(c):04x}" for c in v) + '"'
    pad = "" if indent is None else "\n" + " " * indent * (level + 1)
    end = "" if indent is None else "\n" + " " * indent * level
    if isinstance(v, dict):
        parts = [dumps(str(k)) + ": " + dumps(x, indent, level + 1) for k, x in v.items()]
        a, b = "{}"
    elif isinstance(v, (list, tuple)):
        parts, a, b = [dumps(x, indent, level + 1) for x in v], "[", "]"
    else:
        raise TypeError(f"not JSON: {type(v).__name__}")
    return a + (pad + ("," + (pad or " ")).join(parts) + end if parts else "") + b


doc = '{"name": "Krait", "n": [1, -2.5, 3e2, true, null], "nested": {"é": "\\u00e9\\n\\"q\\"", "empty": [{}, []]}}'
v = loads(doc)
print(v)
print(dumps(v))
print(dumps(v, indent=2))
print(loads(dumps(v)) == v)
for bad in ('{"a": }', "[1, 2", '"abc', "[1 2]", "nul", "-", '{"a" 1}', "[1],", '"\\q"', "", '{"x": [1,\n2,\n!]}'):
    try:
        print(loads(bad))
    except JSONError as e:
        print(repr(bad), "->", e, e.pos)
try:
    dumps({1: {2}})
except TypeError as e:
    print(e)
big = {f"k{i}": [{"i": i, "sq": i * i, "s": "x" * (i % 7)} for _ in range(3)] for i in range(200)}
text = dumps(big)
print(len(text), loads(text) == big)
