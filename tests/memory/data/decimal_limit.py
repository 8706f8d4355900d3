"""Works on ever longer decimals while there is hardly any memory. For tests/memory/decimal_limit.sh."""
import sys
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal, setcontext

setcontext(Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN))
OPERATIONS = {
    "multiply": lambda x, n: x * (x + 2),
    "divide": lambda x, n: Context(prec=n).divide(x, Decimal(10) ** (n // 2) + 3),
    "sqrt": lambda x, n: Context(prec=n).sqrt(Decimal(2)),
    "exp": lambda x, n: Context(prec=n // 20).exp(Decimal(2)),
    "str": lambda x, n: str(x),
    "parse": lambda x, n: Decimal("7" * n),
    "ratio": lambda x, n: (1 / Decimal(8) + Decimal(10) ** -n).as_integer_ratio(),
}
operation = OPERATIONS[sys.argv[1]]
n = int(sys.argv[2])
kept = []
try:
    while True:
        kept.append(bytearray(1 << 16))
except MemoryError:
    pass
while n < 10**7:
    n = n * 21 // 20
    try:
        operation(Decimal(7).scaleb(n) + 3, n)
    except MemoryError:
        kept.clear()
        print("MemoryError")
        break
