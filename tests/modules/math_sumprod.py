# sumprod: machine integers, then floats in extended precision, then any objects, and never back.
from math import sumprod, inf, nan
from fractions import Fraction as F
big = 1 << 70
for p, q in [((-5, -5, 10), (1.5, 4611686018427387904, 2305843009213693952)), ([],[]), ([1.5],[2]), ([True],[True]), ([True,2.5],[True,2]),
  ([10, 2.5], [big, 2]), ([2.5, 10], [2, big]), ([1e308]*3, [10, 2, -1]), ([1e308,-1e308,1], [10, 10, 1]), ([F(1,3), 1.5],[3, 2]), ([1.5, F(1,3)],[3, 2]),
  ([2**62, 2**62, 1.5], [2, 2, 2]), ([2**63, -2**63],[1, 1]), ([1<<2000, 1.0], [1.0, 2.0]), ([1.0, 1e16, 1.0, -1e16], [1,1,1,1]), ([1.0, 2, 1e16, 1, -1e16], [1,3, 1,1,1]),
  ([0.1]*10, [1]*10), ([inf, 1], [1, 1.5]), ([nan, 1],[1.0, 1]), ([1.0, inf, 2],[0.0, 1, 1]), ([-0.0], [1.0]), ([0.0],[-1])]:
    try: r = sumprod(p, q); print(r, type(r).__name__)
    except Exception as e: print(type(e).__name__, e)
for p, q in ([1],[]), ([], [1]), ([1,2], [1]), (iter([1,2.5]), (x for x in (1, 2))), (["a"], [2]), ([1.5, "a"], [2, 2]), ([1, 1/1], [1, None]):
    try: print(sumprod(p, q))
    except Exception as e: print(type(e).__name__, e)
def bad(): yield 1; raise KeyError(3)
for p, q in (bad(), [1, 2]), ([1,2], bad()), (bad(), [1]), ([1], bad()):
    try: print(sumprod(p, q))
    except Exception as e: print(type(e).__name__, e)
