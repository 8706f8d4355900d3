/* Float arithmetic as Python defines it, for the interpreter's fast paths as well. */
#ifndef KRAIT_TYPES_FLOAT_ARITH_H
#define KRAIT_TYPES_FLOAT_ARITH_H

#include "core/errors.h"

/* b is not zero. */
double float_mod(double a, double b);
double float_floordiv(double a, double b);
Value float_power(Thread *t, double x, double y);

#endif
