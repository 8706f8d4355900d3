# Arithmetic on ints and floats.
print(1 + 2, 7 - 10, 6 * 7, 7 / 2, 7 // 2, 7 % 3, 2 ** 10)
print(-7 // 2, -7 % 3, 7 // -2, 7 % -3, -7 // -2, -7 % -3)
print(7.5 // 2, -7.5 // 2, 7.5 % 2, -7.5 % 2, 7.5 % -2, 2.0 ** 0.5, 2 ** -1)
print(1 + 2 * 3, (1 + 2) * 3, 2 ** 3 ** 2, -2 ** 2, (-2) ** 2, 2 ** -2)
print(5 & 3, 5 | 3, 5 ^ 3, ~5, 1 << 10, 1024 >> 3, -1 >> 5, -9 >> 1)
print(+5, -5, +-5, not 5, not 0)
print(True + True, True * 3, -True, ~False, 3 - False)
big = 2 ** 200
print(big, -big, big + 1, big - big, big * big)
print(big // 3, big % 1000007, -big // 7, -big % 7, big >> 190, big & 0xff, (big - 1) & 0xffff)
print(2 ** 62, 2 ** 61 - 1 + 1, 2 ** 63 - 1, 2 ** 64, -(2 ** 61), -(2 ** 61) - 1)
print(4611686018427387903 + 1, 4611686018427387904 - 1, 2305843009213693951 + 1, -2305843009213693952 - 1)
print(3037000500 * 3037000500, 9223372036854775807 * 9223372036854775807)
print(divmod(17, 5), divmod(-17, 5), divmod(17.5, 5), pow(3, 4), pow(3, 4, 5), pow(3, -1, 7), pow(2, 1000, 1000007))
print(abs(-5), abs(-5.5), round(2.5), round(3.5), round(-2.5), round(2.675, 2), round(1234, -2), round(1250, -2))
print(1 / 3, 2 / 3, 10 / 3, 1e308 * 10, -1e308 * 10, 1e308 * 10 - 1e308 * 10)
print(0.1 + 0.2, 1e16 + 1, 1.1 * 1.1, 1e23, 123456789.123456789, 5e-324, 1.7976931348623157e308)
print(1 == 1.0, 1 < 2 < 3, 1 < 3 < 2, 1 != 2, 2 ** 53 == 2.0 ** 53, 2 ** 53 + 1 == 2.0 ** 53, 3 > 2 >= 2)
x = 10
x += 5; print(x)
x -= 3; print(x)
x *= 4; print(x)
x //= 5; print(x)
x **= 3; print(x)
x %= 100; print(x)
x <<= 3; print(x)
x >>= 1; print(x)
x |= 1; print(x)
x &= 0xF5; print(x)
x ^= 0xFF; print(x)
x /= 4; print(x)
for a, b in [(1, 0), (1.0, 0), (0, 0.0)]:
    for op in ("/", "//", "%"):
        try:
            print(eval(f"a {op} b"))
        except ZeroDivisionError as e:
            print(type(e).__name__, e)
try:
    0 ** -1
except ZeroDivisionError as e:
    print(e)
try:
    1 << -1
except ValueError as e:
    print(e)
try:
    1 + "a"
except TypeError as e:
    print(e)
try:
    "a" + 1
except TypeError as e:
    print(e)
try:
    [] - 1
except TypeError as e:
    print(e)
