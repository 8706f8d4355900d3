/* The module math, by file. */
#ifndef KRAIT_MODULES_MATH_PRIV_H
#define KRAIT_MODULES_MATH_PRIV_H

#include "modules/module.h"

#define MATH_FUNCTION(f) Value f(Thread *t, Value *args, uint32_t nargs, Value kwnames)

/* math_int.c */
MATH_FUNCTION(math_comb);
MATH_FUNCTION(math_factorial);
MATH_FUNCTION(math_gcd);
MATH_FUNCTION(math_isqrt);
MATH_FUNCTION(math_lcm);
MATH_FUNCTION(math_perm);
/* math_sums.c */
MATH_FUNCTION(math_dist);
MATH_FUNCTION(math_fsum);
MATH_FUNCTION(math_hypot);
MATH_FUNCTION(math_prod);
MATH_FUNCTION(math_sumprod);

#endif
