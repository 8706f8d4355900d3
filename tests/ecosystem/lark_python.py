"""lark parses Python with its own Python grammar."""
import glob, os, textwrap
from lark import Lark
from lark.indenter import PythonIndenter
parser = Lark.open_from_package("lark", "python.lark", ["grammars"], parser="lalr", postlex=PythonIndenter(), start="file_input")
folder = os.path.dirname(os.__file__)
for name in ("textwrap.py", "bisect.py", "heapq.py", "this.py", "keyword.py", "stat.py"):
    with open(os.path.join(folder, name), encoding="utf-8") as f: source = f.read()
    tree = parser.parse(source + "\n")
    print(name, sum(1 for _ in tree.iter_subtrees()), len(tree.pretty()))
print(parser.parse("def f(a, *b, c=1, **d):\n    return [x for x in a if x] or {1: 2}\n").pretty())
e = Lark("start: e\n?e: e \"+\" e -> add | NUMBER\n%import common.NUMBER\n%ignore \" \"", ambiguity="explicit")
print(e.parse("1 + 2 + 3").pretty())
