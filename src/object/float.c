/* float and complex: construction. Conversion of other objects is in ops/number.c, methods in types/. */
#include "object/float.h"

#include <math.h>

#include "base/floattext.h"
#include "core/errors.h"
#include "heap/heap.h"
#include "object/str.h"

Value float_from_double_slow(Thread *t, double d) {
    if (d == 0) {
        Value zero = signbit(d) ? t->interp->float_minus_zero : t->interp->float_zero;
        if (!is_null(zero)) return zero; /* immortal */
    }
    FloatObject *f = heap_object(t, SHAPE_float, sizeof *f);
    if (f != NULL) f->value = d;
    return v_from(f);
}

Value float_to_str(Thread *t, double d) {
    char text[FLOAT_REPR_SIZE];
    return str_from_ascii(t, text, (int64_t)float_repr(d, text));
}

Value float_exact(Thread *t, Value v) { return is_exact_float(v) ? new_ref(v) : float_from_double(t, float_get(v)); }

Value complex_from_doubles(Thread *t, double real, double imag) {
    Complex *c = heap_object(t, SHAPE_complex, sizeof *c);
    if (c != NULL) {
        c->real = real;
        c->imag = imag;
    }
    return v_from(c);
}
