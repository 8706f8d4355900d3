# int: text both ways, big arithmetic, methods, limits.
print(int("42"), int(" -7_000 "), int("ff", 16), int("0xff", 16), int("0b101", 0), int("z", 36), int("١٢٣"), int(3.99), int(-3.99), int(True), int(b"12"), int())
for bad in (lambda: int("x"), lambda: int("1__0"), lambda: int(""), lambda: int("12", 1), lambda: int("9", 8), lambda: int(None), lambda: int(float("inf")), lambda: int(float("nan")),
            lambda: int("1", "2"), lambda: int([]), lambda: int(5, 10), lambda: int("9" * 5000), lambda: str(10 ** 5000), lambda: int("0x", 0), lambda: int("010", 0)):
    try: print(bad())
    except (ValueError, TypeError, OverflowError) as e: print(type(e).__name__, str(e)[:100])
b = 12345678901234567890123456789012345678901234567890
print(b, hex(b), oct(b), bin(255), -b, b * b, b ** 5 % 1000000007, str(b)[::-1])
print(b // 987654321987654321, b % 987654321987654321, divmod(-b, 10 ** 20), divmod(b, -10 ** 20), (b << 70) >> 65, -b >> 10, b & -b, b | 1 << 300, b ^ (b >> 1), ~b)
print(2 ** 1000, 3 ** 200 // 2 ** 100, (2 ** 127 - 1) * (2 ** 89 - 1), 7 ** 77 % 10 ** 10)
f = 1
for i in range(1, 101): f *= i
print(f)
print(pow(3, 1000, 10 ** 30), pow(2, -3, 11), pow(-3, 3, 7), pow(5, 0, 1), pow(b, b, 97))
for bad in (lambda: pow(2, -1, 4), lambda: pow(2, 3, 0), lambda: pow(2.0, 3, 5), lambda: 1 << 2 ** 70, lambda: b / 0, lambda: 10 ** 400 / 3.0, lambda: float(10 ** 400), lambda: 10 ** 400 * 1.0):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
print(10 ** 400 / 10 ** 399, 10 ** 20 / 3, (2 ** 60 + 1) / 2 ** 60, 1 / 10 ** 300, -7 / 2, 10 ** 308 / 1)
print(b.bit_length(), (-1).bit_length(), (0).bit_length(), b.bit_count(), (255).to_bytes(2, "big"), (-2).to_bytes(3, "little", signed=True), (5).to_bytes(), int.from_bytes(b"\xff\xfe", "big"), int.from_bytes(b"\xff\xfe", "little", signed=True), int.from_bytes([1, 2]))
for bad in (lambda: (256).to_bytes(1), lambda: (-1).to_bytes(1), lambda: (1).to_bytes(-1), lambda: (1).to_bytes(1, "x")):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
print((5).real, (5).imag, (5).numerator, (5).denominator, (5).conjugate(), (5).as_integer_ratio(), (5).is_integer(), (7).__index__(), True.__and__(False), (3).__add__("x"))
print(hash(5), hash(-1), hash(-2), hash(2 ** 61 - 1), hash(2 ** 61), hash(2 ** 64), hash(-b), hash(b), hash(2 ** 61 - 2), hash(True))
print(5 == 5.0, 2 ** 53 + 1 == float(2 ** 53 + 1), 10 ** 30 == 1e30, 10 ** 22 == 1e22, 2 ** 70 < 1e300, -2 ** 2000 < -1e308, b > float("inf"), b < float("nan"), 1 == True, 1 == 1 + 0j)
for x in (2 ** 61 - 1, 2 ** 61, 2 ** 62, 2 ** 63, 2 ** 64):
    for y in (1, -1, 2, x):
        print(x + y, x - y, x * y, -x - y, x // y, -x // y, x % 7, -x % 7, x > y, x & y, x | -y)
print(f"{b:,}", f"{b:_x}", f"{5:+d} {-5: d} {5: d} {5:05d} {-5:05} {5:<6}| {5:^6}| {5:=+6}", f"{1234567:_d} {1234567:,.2f} {255:#b} {255:#o} {255:#X} {65:c} {5:.1e} {5:%} {12:n}")
for spec in (".3d", "s", ",x", "_c", "5.5", "q", "#c", "+c"):
    try: print(format(5, spec))
    except ValueError as e: print(e)
print("%d %i %5d|%-5d|%05d %+d % d %x %X %o %#x %c %s %r %e %g" % (5, 5, 5, 5, 5, 5, 5, 255, 255, 8, 255, 65, 5, 5, 5, 5), "%d" % 3.7, "%d" % b, "%x" % -b)
print(round(15, -1), round(25, -1), round(-15, -1), round(b, -45), round(5, 2), round(150, -3), (5).__round__(), (-7).__floordiv__(2), (7).__rsub__(10))
print(type(5 // 2), type(5 / 5), isinstance(True, int), (True + 1).__class__, bool("x"), bool(0.0), True & True, type(True & 1), ~5)
