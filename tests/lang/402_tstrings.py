# Template strings.
from string.templatelib import Template, Interpolation
name, n = "World", 42
t = t"Hello {name}, {n:>5} and {n!r} {name!s:x}"
print(type(t).__name__, t.strings, t.values, len(t.interpolations))
for i in t.interpolations: print(i.value, i.expression, i.conversion, repr(i.format_spec))
print(list(t) == [*t], [type(p).__name__ for p in t], t"".strings, t"".interpolations, t"{n}".strings, t"{n}{name}".strings)
print(t, repr(t"a{n}b"), repr(Interpolation(1, "x", "r", "f")))
print((t"a{n}" + t"b{name}").strings, (t"x" + t"y").strings)
for bad in (lambda: t"a" + "b", lambda: "a" + t"b", lambda: Interpolation(1, "x", "q"), lambda: Template(5)):
    try: print(bad())
    except (TypeError, ValueError) as e: print(type(e).__name__, e)
print(t"{n=}".strings, t"{n=}".interpolations[0].conversion, t"{n = :>4}".strings, t"{n = :>4}".interpolations[0].format_spec)
print(t"{ n + 1 }".interpolations[0].expression, t"{n:{n}}".interpolations[0].format_spec, t"{{}}".strings, rt"\n{n}".strings, t"\n{n}".strings)
print((t"one {1}" t" two {2}").strings, t"{f'{n}'}".values, t"{t'{n}'}".values[0].strings)
def html(t):
    out = []
    for p in t:
        out.append(p if isinstance(p, str) else str(p.value).replace("<", "&lt;"))
    return "".join(out)
print(html(t"<p>{'<script>'}</p>"))
print(Template("a", "b", Interpolation(5, "five"), Interpolation(6, "six"), "c").strings, Template().strings)
def f(t):
    match t:
        case Template(strings=("a", "b"), interpolations=(Interpolation(v),)): return v
print(f(t"a{n}b"), Interpolation.__match_args__)
try: t.strings = ()
except AttributeError as e: print(e)
order = []
def e(x): order.append(x); return x
t"{e(1)} {e(2)} {e(3):{e(4)}}"
print(order)
lazy = lambda: t"{undefined_here}"
try: lazy()
except NameError as x: print(x)
for src in ("t'{'", "t'{}'", "t'a' 'b'", "t'a' f'b'", "bt'x'", "ft'x'", "t'{x!z}'"):
    try: compile(src, "s", "eval"); print("compiled", src)
    except SyntaxError as x: print(x.msg)
