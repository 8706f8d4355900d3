"""Searches in long subjects: what a match may begin with is looked for several places at a time."""
import re
import random

random.seed(7)
dna = "".join(random.choice("acgt") for i in range(6000))
text = "".join(random.choice("abc xyz.\n\u0161\u4e2d") for i in range(6000))
patterns = ["agggtaaa|tttaccct", "[cgt]gggtaaa|tttaccc[acg]", "a[act]gg|tt[agt]t", "(?:ag|tt)+c", "(ac|g)(?=tt)", r"(?:a|c)\Bg{2}t?", "(?i:AG|TT)c", "[^a]g[^c]|ttt",
            "gg|a", "(?:gg|a)|t", "(?>ac|gt)g{3}", "(?!ac)[ac][cg]a|t{2,3}g", "g{2}a?|c{2,}t", "(a|c)\\1|g(t)\\2", "ta$|^c", "(?:ac|(?<=g)t)g", "a.c.|.ta."]
for p in patterns:
    found = re.findall(p, dna)
    r = re.compile(p)
    slow = [m for m in (r.match(dna, i) for i in range(len(dna))) if m]
    starts, end = [], 0
    for m in slow:
        if m.start() >= end:
            starts.append(m.start())
            end = max(m.end(), m.start() + 1)
    assert [m.start() for m in r.finditer(dna)] == starts, p
    raw = re.findall(p.encode(), dna.encode())
    print(p, len(found), len(raw), found[:4])
for p in ["ab|xy", "[ab]\u0161|\u4e2dx", "(?:\u0161|a)[^b]", "\\s[xyz]|\\.\\W", "(?i:\u0160A|B\u4e2d)", "x.|\\nz", "(?s:b.|.c)", "\\w\\d|\\bab"]:
    r = re.compile(p)
    print(ascii(p), len(r.findall(text)), [m.span() for m in r.finditer(text)][:3], ascii(r.sub("<>", text)[:20]), len(r.split(text)), r.search(text, 5000).span())
tail = "c" * 2000
print(re.search("ab|bc", tail), re.search("cc|ab", tail).span(), re.search("ca|ac", tail + "a").span(), re.search("ab|cd", tail + "c"), re.search("ab|cd", tail + "d").span())
