# float: correctly rounded text both ways, arithmetic, methods, formatting.
for s in ("1.5", " -2.25e3 ", "1_0.5", "inf", "-Infinity", "nan", "+NaN", "1e400", "-1e400", "1e-400", ".5", "5.", "0x1p3", "", "1e", "abc", "١.٥", "1.7976931348623159e308", "4.9e-324", "2.2250738585072011e-308", "0.1", "123456789012345678901234567890"):
    try: print(repr(s), float(s))
    except ValueError as e: print(e)
for x in (0.1, 1 / 3, 1e16, 1e15, 123456789012345680.0, 1e22, 1e23, 1.0, -0.0, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.0001, 0.00001, 9007199254740993.0, 1e100, 1.1e-7, 100.0, 1234.5):
    print(x, repr(x), x.hex(), float.fromhex(x.hex()) == x, x.as_integer_ratio() if abs(x) < 1e30 and abs(x) > 1e-10 else "", "%.3f %.10e %g %.17g" % (x if x < 1e50 else 1.0, x, x, x))
inf, nan = float("inf"), float("nan")
print(inf, -inf, nan, inf - inf, inf * 0, inf == inf, nan == nan, nan != nan, nan < 1, inf > 10 ** 400, -inf < -10 ** 400, 1 / inf, max(1.0, nan), min(nan, 1.0), inf // 1, 5 // inf, -5 // inf, 5 % inf, -5 % inf)
print(7.5 // 2, -7.5 // 2, 7.5 % -2, -0.0 // 1, 0.0 % -3, 1e20 // 3, 1e20 % 3, divmod(-7.5, 2), 2.5 ** 2, (-8) ** (1 / 3), 2 ** 0.5, 0.0 ** 0, inf ** 0, 10.0 ** 300 * 10.0 ** 8)
for bad in (lambda: 1.0 / 0, lambda: 1.0 // 0, lambda: 1.0 % 0, lambda: 0.0 ** -1, lambda: 10.0 ** 400, lambda: divmod(1.0, 0.0), lambda: int(inf), lambda: inf.as_integer_ratio(), lambda: nan.as_integer_ratio(), lambda: float("x"), lambda: float([]), lambda: float.fromhex("zz"), lambda: round(inf), lambda: round(nan), lambda: 1.5 << 1, lambda: 1.5 & 1, lambda: float(None)):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
print([round(x, n) for x, n in ((2.5, 0), (3.5, 0), (2.675, 2), (1.005, 2), (1234.567, -2), (0.5, 0), (1.5, 0), (-0.5, 0), (5.015, 2), (1e22, 5), (1e-5, 3))], round(2.5), round(-3.5), round(1e20), round(0.49999999999999994))
print((1.5).is_integer(), (2.0).is_integer(), (2.5).__trunc__(), (2.5).__floor__(), (-2.5).__ceil__(), (1.5).real, (1.5).imag, (1.5).conjugate(), float.__getformat__("double"), (0.5).from_number(3), float.from_number(7))
print(hash(1.0), hash(0.5), hash(1e300), hash(inf), hash(-inf), hash(-1.0), hash(1.5) == hash(3 / 2), hash(2.0 ** 70) == hash(2 ** 70), hash(0.1))
x = 1234567.891
for spec in ("", "f", ".2f", "e", ".3e", "g", ".3g", "G", "%", ".1%", ",", ",.1f", "_.2f", "10.2f", "<12.1f", "^12.1f", "+.1f", " .1f", "012.1f", "=+12.1f", "*^15.2f", "#.0f", ".0f", ".0e", "n", "z.1f", "E", "20", ".20g", ".1", ",g", ".12_f", "F"):
    try: print(spec, "|" + format(x, spec) + "|", "|" + format(-0.04, spec) + "|", "|" + format(inf, spec) + "|")
    except ValueError as e: print(spec, e)
for spec in ("d", "x", "s", "c", "5.5.5", ".", ",_", "q"):
    try: print(format(x, spec))
    except ValueError as e: print(spec, "->", e)
print("%f %5.1f|%-8.2f|%08.3f %+f % f %e %E %g %G %.0f %#.0f %s %r %d %5s|%.3s" % (x, x, 1.5, 1.5, 1.5, 1.5, x, x, x, 1e-10, 2.5, 2.5, 0.1, 0.1, 2.9, 1.5, 1.23456))
print(0.1 + 0.2 == 0.3, 0.1 + 0.2, 1e16 + 1 == 1e16, sum([0.1] * 10), sum([1e100, 1.0, -1e100]), 3 * 0.1, 1 - 0.9, 4.35 * 100, 1.1 + 2.2, 2 ** 0.5 * 2 ** 0.5)
print(1.0 == 1, 1.5 > 1, 2 < 2.5, 0.0 == -0.0, str(-0.0), 1e308 * 10, 5 .__truediv__(2), (5.5).__rfloordiv__(12), (1.5).__lt__(2), (1.5).__eq__("x"), bool(0.0), bool(nan), abs(-1.5), -(-1.5), +1.5)
i, n = 0, 0.0
while i < 1000: n += 0.001; i += 1
print(n, n == 1.0)
