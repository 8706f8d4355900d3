/* float and complex. Most floats are immediate (core/value.h). */
#ifndef KRAIT_OBJECT_FLOAT_H
#define KRAIT_OBJECT_FLOAT_H

#include "core/object.h"

typedef struct FloatObject {
    Object head;
    double value;
} FloatObject;

typedef struct Complex {
    Object head;
    double real, imag;
} Complex;

Value float_from_double_slow(Thread *t, double d); /* zeroes and the rest of the range */
static inline Value float_from_double(Thread *t, double d) {
    Value v;
    return LIKELY(smallfloat_try(d, &v)) ? v : float_from_double_slow(t, d);
}
/* v is a float or an instance of a subclass. */
static inline double float_get(Value v) { return is_smallfloat(v) ? smallfloat_get(v) : V_AS(FloatObject, v)->value; }
Value float_from_str(Thread *t, Value v); /* str, bytes-like: as float(v) */
Value float_to_str(Thread *t, double d); /* repr(d) */
Value float_exact(Thread *t, Value v);
/* float(v) as C: __float__, then __index__.  false: exception pending. */
bool float_convert(Thread *t, Value v, double *out);
Value complex_from_doubles(Thread *t, double real, double imag);
bool complex_convert(Thread *t, Value v, double *real, double *imag);

#endif
