# Huge exponents and precisions end in a signal or MemoryError, soon.
from decimal import *
setcontext(Context(prec=28, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[]))
big, tiny = Decimal('1e999999999999999999'), Decimal('1e-999999999999999999')
for r in (big + 1, big + tiny, big * big, tiny * tiny, big.exp(), (-big).exp(), big.ln(), tiny.log10(), big // 7, big % tiny, tiny ** big, big ** tiny,
          hash(big), hash(tiny), big.compare_total(tiny), tiny.quantize(big), Decimal(1).quantize(tiny), big.scaleb(10), tiny.to_integral_value(),
          int(tiny), float(big), float(tiny), Decimal('2e18').exp(), Decimal(3) ** Decimal('1e17'), (1 + Decimal('1e-20')).ln()):
    print(r)
setcontext(Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN))
for f in (lambda: Decimal(1) / 3, lambda: Decimal(2).sqrt(), lambda: Decimal(1).logical_invert(), lambda: big * big):
    try:
        print(f())
    except (ArithmeticError, MemoryError) as e:
        print(type(e).__name__)
c = Context(prec=1, Emin=-5, Emax=5, traps=[])
print(c.next_toward(Decimal('-6E-34'), Decimal(5)), c.flags)
