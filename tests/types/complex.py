# complex numbers.
print(1j, 1 + 2j, complex(1, -2), complex("1+2j"), complex(" -j "), complex("(3-4.5j)"), complex(2), complex(), complex("inf"), complex("nan+infj"), -0j, complex(-0.0, -0.0), complex(real=1), complex(imag=2))
a, b = 3 + 4j, 1 - 2j
print(a + b, a - b, a * b, a / b, a ** b, a ** 2, a ** 0, abs(a), -a, +a, a.real, a.imag, a.conjugate(), a == 3 + 4j, a != b, hash(a), hash(1 + 0j) == hash(1), a == 3, 3 + 0j == 3, bool(0j))
print(1 + 1j * 2, 2 * a, a + 1, 1.5 - a, a / 2, 1 / a, 0j ** 0, (1j) ** 2, 2 ** 1j, a ** -1, a ** 0.5, (-1) ** 0.5)
for bad in (lambda: a < b, lambda: a // b, lambda: a % b, lambda: divmod(a, b), lambda: int(a), lambda: float(a), lambda: 1 / 0j, lambda: 0j ** -1, lambda: complex("x"), lambda: complex("1 + 2j"), lambda: complex("1", 2), lambda: complex(1, "2"), lambda: complex([]), lambda: round(a), lambda: abs(complex(1e308, 1e308))):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
print(f"{a}", f"{a:.2f}", f"{a:>20}|", f"{a:+.1e}", f"{a:g}", format(1.5j, ".3"), repr(complex(1e20, 1e-5)), str(complex(float("nan"), -float("inf"))), "%s" % a)
for spec in ("d", "010", "=10", "%"):
    try: print(format(a, spec))
    except ValueError as e: print(e)
class C:
    def __complex__(self): return 5j
class F:
    def __float__(self): return 2.5
class I:
    def __index__(self): return 7
print(complex(C()), complex(F()), complex(I()), complex(F(), I()), complex.from_number(3), complex(1.5, 2).__getnewargs__(), sum([1j, 2, 3.5]), 1j.__add__(1), 1j.__add__("x"))
