# Evaluation order and operands that are rebound while they wait.
log = []
def t(x, v=None):
    log.append(x)
    return x if v is None else v
def show(*a):
    print(*a, log); log.clear()
def f1(x):
    return (x + (x := 5), x < (x := 1), x[0] if False else [x, (x := 9), x], -x ** (x := 2))
show(f1(2))
def f2(x, i):
    a = [10, 20, 30]
    r = a[i:(i := 2)], a[i], i, (a[0], (a := [7]), a[0])
    a[(i := 0)] = i
    return r, a
show(f2(1, 0))
def f3(x):
    return x.real + (x := 3) + x, (x, (x := 4), x), f"{x}{(x := 6)}{x}", {x: (x := 7)}, x == (x := 7) == x
show(f3(1))
def chain():
    return t(1) < t(2) < t(3), t(3) < t(2) < t(1), (t(1), t(2)) == t((1, 2)) != t(5), 1 < t(2) < 3 < t(4)
show(chain())
def chain2(a, b, c):
    if a < b < c: r = 1
    else: r = 0
    if not a < t(b) < c: r += 10
    while a < t(b) <= t(c): a += 1; log.append(a)
    return r, a < b == c, [a < b < c for _ in range(2)], a in (b, c) in [False]
show(chain2(1, 2, 3)); show(chain2(3, 2, 1))
def order():
    d = {}
    d[t("k")] = t("v")
    t(d)[t("i")] = t("w")
    a, d[t("x")], (b, *c) = t("a", 1), t("b", 2), t("c", [3, 4, 5])
    print(a, b, c, list(d.items()))
    t("fn", max)(t(1), *t("s", [2]), t(3), **t("kw", {}))
    t([1, 2, 3])[t(1):t(2)] = t([9])
    x = y = t("xy")
    d[t("q")] = z = t("z")
    [t(1), *t((2, 3)), t(4)], {t(1), *t((2,))}, {t("a"): t("b"), **t({"c": 1}), t("d"): t("e")}
    return x, y, z
show(order())
def swaps():
    a, b, c = 1, 2, 3
    a, b = b, a; r = [(a, b)]
    a, b, c = c, a, b; r.append((a, b, c))
    a, b = b, a + b; r.append((a, b))
    a, b = a + b, a; r.append((a, b))
    a, b = 1, a; r.append((a, b))
    a, a = 1, 2; r.append(a)
    [a, b], c = (b, a), c; r.append((a, b, c))
    i = 0; l = [0, 0]
    i, l[i] = 1, 5; r.append((i, l))
    a = b = c = a + 1; r.append((a, b, c))
    a, b = c, (c := 7); r.append((a, b, c))
    x, y = y0, x0 = 1, 2; r.append((x, y, y0, x0))
    return r
show(swaps())
def aug2():
    class A: pass
    o = A(); o.x = 1; o.l = [1]
    t("o", o).x += t(5); t("o", o).l += t([2]); t("o", o).l[t(0)] += t(10); t("o", o).l[t(0):t(1)] *= t(2)
    d = {"k": 1}; d["k"] += 1; d["k"] -= (d := {"k": 50})["k"]
    x = 5; x += (x := 3); x *= x + 1; x //= 2; x **= 2; x <<= 1; x |= 1; x ^= 3; x &= 0xff; x >>= 1; x %= 50
    return o.x, o.l, d, x
show(aug2())
def unbound(n):
    r = []
    for k in range(6):
        try:
            if k == 0: v + (w := 1)
            elif k == 1: del v
            elif k == 2: v = 1; del v; v
            elif k == 3:
                for q in (): pass
                q
            elif k == 4:
                if n: z = 1
                r.append(z)
            else:
                (lambda: late)()
        except NameError as e: r.append((type(e).__name__, str(e)))
        else: r.append("fine")
    late = 1
    return r
show(unbound(0), unbound(1))
def del_then(x):
    try:
        del x
        x
    except UnboundLocalError as e: return str(e)
show(del_then(1))
def exc_name():
    try: raise ValueError(1)
    except ValueError as e: pass
    try: e
    except UnboundLocalError as x: return str(x)
show(exc_name())
def many(*a, **k): return len(a), len(k), a[-1:], sorted(k)[-1:]
exec("show(many(%s))" % ",".join(map(str, range(300))))
exec("show(many(%s))" % ",".join("k%d=%d" % (i, i) for i in range(300)))
exec("show(many(%s, *[1], %s, **{'z': 1}))" % (",".join(map(str, range(100))), ",".join("k%d=%d" % (i, i) for i in range(100))))
exec("x = [%s]; show(len(x), x[-1], type(x))" % ",".join("t0(%d)" % i for i in range(200)), {"t0": lambda x: x, "show": show})
exec("x = (%s); show(len(x), x[-1], type(x))" % ",".join("t0(%d)" % i for i in range(200)), {"t0": lambda x: x, "show": show})
exec("x = {%s}; show(len(x), x[199], type(x))" % ",".join("t0(%d): %d" % (i, i) for i in range(200)), {"t0": lambda x: x, "show": show})
exec("x = {%s}; show(len(x), type(x))" % ",".join("t0(%d)" % i for i in range(200)), {"t0": lambda x: x, "show": show})
exec("x = f'%s'; show(len(x))" % ("{1}a" * 200), {"show": show})
exec("def f():\n" + "".join(" v%d = %d\n" % (i, i) for i in range(400)) + " return v0 + v399, [v%d for v399 in range(2)], (lambda: v398)()\nshow(f())" % 300, {"show": show})
exec("def f(x):\n while x:\n  x -= 1\n" + "  y = x + 1; z = [y, x]\n" * 9000 + "  if x == 1: continue\n  if x == 3: break\n return x, z\nshow(f(5))", {"show": show})
def nested_calls(f): return f(f(f(f(f(f(f(f(f(f(f(f(f(f(f(f(f(f(f(f(f(f(f(f(f(f(f(f(f(f(1))))))))))))))))))))))))))))))
show(nested_calls(lambda x: x + 1))
show((lambda a, b=2, /, c=3, *d, e, f=6, **g: (a, b, c, d, e, f, g))(1, e=5, z=9))
show([*range(3), *"ab", 1], (*"xy",), {*"a"}, {**{"a": 1}, "b": 2, **{"c": 3}})
try: print(**{"a": 1}, **{"a": 2})
except TypeError as e: show(e)
try: many(*1)
except TypeError as e: show(e)
try: many(**1)
except TypeError as e: show(e)
show(1 if t(0) else 2 if t(1) else 3, t(0) or t("") or t([]), t(1) and t(0) and t(2), not (t(1) and t(2)), (t(0) or t(3)) and t(4))
def bools(a, b, c):
    if a and b or c: x = 1
    else: x = 0
    if not (a or b) and not c: x += 10
    if (a if b else c): x += 100
    y = a and b or c
    a = a and b
    return x, y, a, a or b and c, (not a) is (not b)
show([bools(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)])
def consts():
    return (1 + 2 * 3, "a" "b" + "c", (1, 2)[0], -1, not 1, 2 ** 10, 10 ** 30, 1 << 70, "ab" * 3, (1,) * 3, ~5, 7 // 2, 7 % 3, 1 / 4, -0.0, 0.0, 1j * 2, 5 in [1, 5], "x" in {"y"}, [i for i in [1, 2]], None is None, () == (), 1 == 1.0, True)
show(consts())
def k(): return 1, 1.0, True, 0.0, -0.0, (1,), (1.0,), (True,)
print(k())
