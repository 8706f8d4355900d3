# Arithmetic, signals, contexts and texts of _decimal.
import _decimal, decimal, pickle
from decimal import *
from fractions import Fraction

def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)

c = getcontext()
numbers = ['0', '-0', '1', '-1.50', '3', '7E+3', '1E-30', '123456789012345678901234567890', '-9.99E+6', 'NaN12', 'sNaN', 'Infinity', '-Infinity']
for prec, rounding in [(28, ROUND_HALF_EVEN), (5, ROUND_FLOOR), (3, ROUND_05UP), (19, ROUND_UP)]:
    c.prec, c.rounding = prec, rounding
    for trap in c.traps:
        c.traps[trap] = False
    for x in numbers:
        for name in 'exp ln log10 sqrt normalize next_plus next_minus to_integral_exact logb logical_invert plus minus abs'.split():
            c.clear_flags()
            print(name, x, getattr(c, name)(Decimal(x)), [s.__name__ for s in c.flags if c.flags[s]])
        for y in numbers:
            row = []
            for name in ('add subtract multiply divide divide_int remainder remainder_near quantize compare max min_mag next_toward shift '
                         'rotate scaleb power compare_total').split():
                c.clear_flags()
                row.append(str(getattr(c, name)(Decimal(x), Decimal(y))) + ''.join(s.__name__[0] for s in c.flags if c.flags[s]))
            print(x, y, row)

setcontext(DefaultContext)
c = getcontext()
show(lambda: Decimal('x'))
show(lambda: Decimal(5) / 0)
show(lambda: Decimal(0) / 0)
show(lambda: divmod(Decimal(5), 0))
show(lambda: Decimal('sNaN') == 1)
show(lambda: Decimal('NaN') < 1)
show(lambda: Decimal('1e999999999999999999') * 10)
show(lambda: Decimal('1e9999999999999999999'))
show(lambda: c.add(1, 'x'))
show(lambda: Context(rounding='x'))
show(lambda: Context(5, 'ROUND_UP', -5, 5, 0, 1, [], [Inexact]))
show(lambda: pickle.loads(pickle.dumps(Decimal('-1.50'))))
show(lambda: str(pickle.loads(pickle.dumps(c))) == str(c))
show(lambda: [hash(Decimal(x)) == hash(y) for x, y in [('1.5', 1.5), ('1E+50', 10**50), ('-0.125', -0.125), ('Infinity', float('inf'))]])
show(lambda: [Decimal('0.1') == Fraction(1, 10), Decimal('0.1') < Fraction(1, 9), Decimal('0.5') == 0.5, Decimal(2) < 2.5, Decimal(1) == 1 + 0j])
show(lambda: [Decimal('-1.25').as_tuple(), Decimal('1.25').as_integer_ratio(), Decimal.from_float(0.1), Decimal(0.5), Decimal((1, (1, 2), -1))])
show(lambda: [int(Decimal('-7.9')), round(Decimal('2.5')), round(Decimal('2.675'), 2), float(Decimal('1e-5'))])
show(lambda: [pow(Decimal(3), 200, 1000), Decimal(2) ** -3, Decimal(2) ** Decimal('0.5'), Decimal(10) ** 3])
for spec in ['', '.2f', '010.3f', '>12', '*^15,.2f', 'e', '.3e', '.0e', '+.3g', '%', '.1%', '=+12', ' G', ',', '20,.4f', '020,', 'z.1f']:
    print(spec, [format(Decimal(x), spec) for x in ['0', '-0.04', '1234567.891', '1E+20', '-1.5E-9', 'Infinity', '-NaN']])
c.flags[Inexact] = True
print(c.flags, len(c.flags), c)
with localcontext(prec=5) as inner:
    print(Decimal(1) / 3, getcontext() is inner)
print(Decimal(1) / 3, IEEEContext(64))
with localcontext() as big:
    big.prec = 2000
    x = Decimal(2).sqrt()
    print(x * x - 2, hash(Decimal(2).exp()), str(Decimal(10).ln())[-30:], str(Decimal(1) / 7)[-20:], hash(str(x)) != 0, x % 1)
with localcontext(Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)):
    show(lambda: Decimal(1) / 3)
    show(lambda: [Decimal(4) / 2, Decimal(4).sqrt(), Decimal(400) ** -1, Decimal(10**20).log10(), Decimal(1).ln()])
class Sub(Decimal):
    pass
print(type(Sub(3)), type(Sub(3) + 1), Sub('12345678901234567890123456789012345678901234567890'))
print(sorted(set(dir(_decimal)) - {'__file__', '__loader__', '__spec__'}))
