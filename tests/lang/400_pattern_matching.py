# match: every kind of pattern.
class Point:
    __match_args__ = ("x", "y")
    def __init__(self, x, y): self.x, self.y = x, y
class Color: RED = 1; BLUE = "b"
def m(v):
    match v:
        case None: return "None"
        case True: return "True"
        case 0: return "zero"
        case -1: return "minus one"
        case 1.5: return "float"
        case 2 + 3j: return "complex"
        case "str" | b"bytes": return "text"
        case Color.BLUE: return "dotted"
        case int(n) if n > 100: return f"big {n}"
        case int() | float(): return f"number {v}"
        case []: return "empty"
        case [x]: return f"one {x}"
        case [1, 2, *rest]: return f"1 2 {rest}"
        case [first, *_, last] if first == last: return f"same ends {first}"
        case (a, b): return f"pair {a} {b}"
        case [[p, q], *more, {"k": k}]: return f"nested {p} {q} {more} {k}"
        case [*all_]: return f"list of {len(all_)}"
        case {"type": "a", "v": val, **others}: return f"dict {val} {others}"
        case {"only": Point(x=px)}: return f"point in dict {px}"
        case {}: return f"mapping {sorted(v)}"
        case Point(0, 0): return "origin"
        case Point(x, y=0): return f"on x {x}"
        case Point(x=0, y=yy): return f"on y {yy}"
        case Point(x, y) as pt if x == y: return f"diagonal {pt.x}"
        case Point(): return "point"
        case str(s): return f"str {s}"
        case _: return f"other {type(v).__name__}"
for v in (None, True, False, 0, 0.0, -1, 1.5, 2 + 3j, "str", b"bytes", "b", 101, 7, 2.5, [], (), [9], [1, 2], [1, 2, 3, 4], [5, 0, 5], (1, 3), range(2),
          [[1, 2], 3, {"k": 4}], [1, 3, 5], {"type": "a", "v": 1}, {"type": "a", "v": 1, "w": 2}, {"only": Point(3, 4)}, {"z": 1}, {},
          Point(0, 0), Point(3, 0), Point(0, 4), Point(5, 5), Point(1, 2), "text", b"x", {1, 2}, bytearray(b"ab"), print):
    print(m(v))
def fall(x):
    match x:
        case 1: r = "one"
        case 2: r = "two"
    try: return r
    except UnboundLocalError as e: return str(e)
print(fall(1), fall(3))
match 1, 2:
    case 1, y: print("tuple subject", y)
match [1, [2, [3]]]:
    case [a, [b, [c]]]: print(a, b, c)
match {"a": 1, "b": 2}:
    case {"a": x, **kw}: print(x, kw)
match (1, 2, 3):
    case (1 | 2 as a, *_) as whole: print(a, whole)
class Kw:
    def __init__(self, **k): self.__dict__.update(k)
match Kw(a=1, b=[2, 3]):
    case Kw(a=int(), b=[_, z]): print("kw", z)
for src in ("match 1:\n case x: pass\n case y: pass", "match 1:\n case x | y: pass", "match 1:\n case [a, a]: pass", "match 1:\n case {'a': x, 'a': y}: pass",
            "match 1:\n case [*a, *b]: pass", "match 1:\n case x | 1: pass", "match 1:\n case {**r, 'a': 1}: pass", "match 1:\n case P(a=1, a=2): pass", "match 1:\n case _ | 1: pass", "match 1:\n case 1 + 1: pass", "match 1:\n case f'x': pass", "match 1:\n case x.y as z.w: pass"):
    try: compile(src, "s", "exec"); print("compiled")
    except SyntaxError as e: print(e.msg)
class NoArgs: pass
class BadArgs: __match_args__ = "x"
class Dup: __match_args__ = ("a", "a"); a = 1
for src in ("case NoArgs(1): pass", "case BadArgs(1): pass", "case Point(1, 2, 3): pass", "case Point(1, x=1): pass", "case int(1, 2): pass", "case five(): pass", "case Dup(_, _): pass"):
    five = 5
    for subj in ("NoArgs()", "BadArgs()", "Point(1, 1)", "1", "Dup()"):
        try: exec(f"match {subj}:\n {src}")
        except TypeError as e: print(src, subj, e)
match, case, _, type = 1, 2, 3, 4
print(match, case, _, type)
match = lambda x: x
print(match(5), match (6))
class Ev:
    def __eq__(self, o): print("eq", o); return o == 2
match Ev():
    case 1: print("no")
    case 2: print("two")
    case 3: print("no")
import collections.abc
class S(collections.abc.Sequence):
    def __len__(self): return 2
    def __getitem__(self, i): return ("a", "b")[i]
class M(collections.abc.Mapping):
    def __len__(self): return 1
    def __iter__(self): return iter(["k"])
    def __getitem__(self, k): return {"k": "v"}[k]
match S():
    case [x, y]: print(x, y)
match M():
    case {"k": v, **r}: print(v, r)
