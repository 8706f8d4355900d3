"""sympy integrates, factors, solves."""
from sympy import *
x, y, n, k = symbols("x y n k")
print(integrate(x**2 * exp(-x) * sin(x), x))
print(integrate(1 / (x**3 + 1), x))
print(integrate(exp(-x**2), (x, -oo, oo)))
print(factor(x**12 - 1), factor(x**4 + 4*y**4), factorint(2**67 - 1))
print(solve(x**4 - 5*x**2 + 6, x), solve([x + y - 3, x*y - 2], [x, y]))
print(series(sin(x)/cos(x), x, 0, 10), limit((1 + 1/x)**x, x, oo))
print(Matrix([[1, 2], [3, 4]]).eigenvals(), Matrix(3, 3, lambda i, j: 1/(i + j + S(1))).inv())
print(simplify(sin(x)**2 + cos(x)**2), expand((x + y)**8), diff(x**x, x))
print(summation(k**3, (k, 1, n)), dsolve(Function("f")(x).diff(x, 2) + Function("f")(x)))
print(N(pi, 60), zeta(4), bernoulli(20), latex(Integral(sqrt(x/y), x)))
print(pretty(Integral(x**2/(x + 1), x), use_unicode=True))
