# math and cmath.
import cmath, math
vals = [0.0, -0.0, 0.5, 1.0, -1.0, 2.5, -3.7, 1e-10, 1e10, 100, -5, math.inf, -math.inf, math.nan]
def tryf(f, *a):
    try: return f(*a)
    except Exception as e: return f"{type(e).__name__}: {e}"
for name in ("acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil", "cos", "cosh", "cbrt", "degrees", "erf", "erfc", "exp", "exp2", "expm1", "fabs", "floor", "frexp", "gamma", "isfinite", "isinf", "isnan", "lgamma", "log", "log10", "log1p", "log2", "modf", "radians", "sin", "sinh", "sqrt", "tan", "tanh", "trunc", "ulp"):
    f = getattr(math, name); out = []
    for v in vals:
        r = tryf(f, v); out.append(f"{r:.12g}" if isinstance(r, float) and name not in ("ceil",) else str(r))
    print(name, *out, sep=" | ")
for name, args in (("atan2", [(1, 1), (-0.0, -1), (0, 0), (math.inf, -math.inf)]), ("copysign", [(1, -0.0), (math.nan, -1)]), ("fmod", [(7, 3), (-7, 3), (7, 0), (math.inf, 1), (5, math.inf)]), ("hypot", [(), (3, 4), (1, 2, 3), (math.inf, math.nan)]), ("ldexp", [(0.5, 3), (1, 5000), (1, -5000), (0, 10 ** 30)]), ("log", [(8, 2), (10 ** 400,), (10 ** 400, 10), (0,), (-1,), (2, 1), (2, 0)]), ("pow", [(2, 3), (2, -1), (-8, 1 / 3), (0, -1), (0, 0), (1, math.nan), (10, 400)]), ("remainder", [(7, 3), (8, 3), (5, 0), (1, math.inf)]), ("isclose", [(1, 1 + 1e-10), (1, 1.1), (0, 1e-10), (math.inf, math.inf)]), ("gcd", [(), (12, 18), (0, 5), (-4, 6, 10), (2 ** 70, 2 ** 65 * 3), (1.5,)]), ("lcm", [(), (4, 6), (0, 5), (2 ** 40, 3 ** 30)]), ("comb", [(5, 2), (100, 50), (3, 5), (-1, 2), (5, -1), (1.0, 1)]), ("perm", [(5, 2), (5,), (3, 5), (20, 10)]), ("factorial", [(0,), (20,), (50,), (-1,), (2.0,), (10 ** 20,)]), ("isqrt", [(0,), (15,), (16,), (10 ** 40,), (10 ** 40 - 1,), (-1,), (1.5,)]), ("dist", [([1, 2], [4, 6]), ([1], [1, 2])]), ("nextafter", [(1, 2), (0, -1), (1, 1)]), ("prod", [([1, 2, 3],), ([],), ([1.5, 2],), ([2 ** 40, 2 ** 40],)]), ("fsum", [([0.1] * 10,), ([1e100, 1, -1e100],), ([math.inf, -math.inf],), (["a"],)]), ("sumprod", [([1, 2], [3, 4]), ([0.1] * 10, [1] * 10), ([1], [1, 2])]), ("fma", [(2, 3, 4), (1e200, 1e200, -math.inf)])):
    for a in args: print(name, a if sum(map(lambda x: isinstance(x, int) and abs(x) > 10 ** 100, a)) == 0 else "big", tryf(getattr(math, name), *a))
print(math.pi, math.e, math.tau, math.inf, math.nan, math.floor(-2.5), math.ceil(2 ** 70 + 0.0), math.trunc(-7.9), math.floor(10 ** 30), math.dist((0, 0), (3, 4)))
class F:
    def __float__(self): return 4.0
    def __index__(self): return 9
    def __floor__(self): return "floor"
    def __ceil__(self): return "ceil"
    def __trunc__(self): return "trunc"
print(math.sqrt(F()), math.floor(F()), math.ceil(F()), math.trunc(F()), math.factorial(True), math.gcd(F(), 6), tryf(math.sqrt, "x"), tryf(math.floor, "x"), tryf(math.sqrt), tryf(math.sin, 10 ** 400), tryf(math.hypot, "a"))
for z in (1 + 2j, -1.5j, 0j, -4 + 0j, complex(math.inf, 1)):
    print(z, *(f"{n}={tryf(getattr(cmath, n), z) if not isinstance(tryf(getattr(cmath, n), z), complex) else format(getattr(cmath, n)(z), '.9g')}" for n in ("sqrt", "exp", "log", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "phase", "polar", "isnan", "isinf", "isfinite")))
print(cmath.rect(2, math.pi / 3), cmath.isclose(1, 1 + 1e-12j), cmath.infj, cmath.log(8, 2), cmath.pi)
