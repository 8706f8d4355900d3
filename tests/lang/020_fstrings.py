# f-strings by PEP 701.
name, n, x = "World", 42, 3.14159
print(f"Hello {name}!", f"{n}", f"{x:.2f}", f"{n:5d}|{n:<5}|{n:^5}|{n:>5}", f"{n:#x} {n:08b} {n:+}")
print(f"{name!r} {name!s} {'é'!a}", f"{{}} {{{n}}}", f"{n + 1} {n * 2}")
print(f"{name=} {n = } {x=:.1f} {n + 1=}", f"{'nested ' + f'{n}'}", f"{x:{n // 6}.{2}f}|")
print(f"{'a' if n else 'b'}", f"{[i for i in range(3)]}", f"{ {'k': 1}['k'] }", f"{(lambda v: v + 1)(1)}")
print(f"{"same quotes"}", f"{'\n'.join(['a', 'b'])}", f"{
    n  # a comment
}")
print(f"""triple {n}
second {name}""", rf"raw \n {n}", f"a" "b" f"{n}" 'c')
class P:
    def __format__(self, spec):
        return f"<{spec}>"
    def __str__(self):
        return "str"
    def __repr__(self):
        return "repr"
p = P()
print(f"{p}", f"{p:abc}", f"{p!r:>6}", f"{p!s:*<6}", f"{p:{n}}", f"{p=}", f"{p=:x}", f"{p=!s}")
print(f"{1000000:,} {1000000:_} {0.5:%} {1e10:g} {255:x} {255:X} {255:o} {255:c}", f"{'abc':*^9}", f"{True:d} {True}")
print(f"{x:10.3f}|{x:<10.3f}|{x:+.1e}|{-0.0:.1f}|{-0.0:z.1f}", f"{n!r:^10}|")
print(f"", f"{''}", f"{n}{n}", f"{{", f"}}", f"{n:}")
def side(v, log=[]):
    log.append(v)
    return log
print(f"{side(1)} {side(2)}")
print(f"{f"{f"{n}"}"}", f"{'{'}", f"{n:{'>'}{10}}", f"{'x':{'*'}>{5}}")
print(f'{n!r}', f'{3.0}', f'{None}', f'{[1, "a"]}', f'{"a" "b"}', f"\x41\u00e9\N{DIGIT ONE} {n}")
for bad in ("f'{'", "f'{}'", "f'{a b}'", "f'}'", "f'{n!x}'", "f'{n!}'", "f'{!r}'", "f'{n:{'"):
    try:
        eval(bad)
    except SyntaxError as e:
        print(bad, "->", e.msg)
try:
    f"{n:q}"
except ValueError as e:
    print(e)
try:
    f"{[]:5}"
except TypeError as e:
    print(e)
