/* array.array: its layout, and access to the items of the common kinds. The type is in modules/array. */
#ifndef KRAIT_OBJECT_ARRAY_H
#define KRAIT_OBJECT_ARRAY_H

#include <math.h>

#include "core/object.h"

/* Named by the type codes; the order is that of array_kinds (modules/array/items.c). */
enum ArrayKind {
    ARRAY_b, ARRAY_B, ARRAY_u, ARRAY_w, ARRAY_h, ARRAY_H, ARRAY_i, ARRAY_I, ARRAY_l, ARRAY_L, ARRAY_q, ARRAY_Q, ARRAY_f, ARRAY_d,
    ARRAY_KINDS,
};

/* Items of one C type, one behind the other. */
typedef struct Array {
    Object head;
    int64_t length, capacity;  /* items */
    char *data;                /* raw heap block or NULL */
    int64_t exports;           /* views: the size must not change */
    uint8_t kind;              /* enum ArrayKind */
} Array;

/* The item at an index that may count from the end; VNULL, without an exception: out of range, or not an immediate number or 0.0. */
static inline Value array_item_at_once(Thread *t, const Array *a, int64_t i) {
    Value v;
    if (i < 0) i += a->length;
    if ((uint64_t)i >= (uint64_t)a->length) return VNULL;
    switch (a->kind) {
    case ARRAY_d: {
        double d = ((const double *)a->data)[i];
        if (LIKELY(smallfloat_try(d, &v))) return v;
        return d == 0 && !signbit(d) ? t->interp->float_zero : VNULL;
    }
    case ARRAY_i: return v_smallint(((const int32_t *)a->data)[i]);
    case ARRAY_B: return v_smallint(((const uint8_t *)a->data)[i]);
    case ARRAY_l:
    case ARRAY_q: {
        int64_t n = ((const int64_t *)a->data)[i];
        return smallint_fits(n) ? v_smallint(n) : VNULL;
    }
    default: return VNULL;
    }
}

/* Stores an immediate number that fits; false, without an exception: ask the type. */
static inline bool array_set_at_once(Array *a, int64_t i, Value v) {
    if (i < 0) i += a->length;
    if ((uint64_t)i >= (uint64_t)a->length) return false;
    if (a->kind == ARRAY_d) {
        if (is_smallfloat(v)) ((double *)a->data)[i] = smallfloat_get(v);
        else if (is_smallint(v)) ((double *)a->data)[i] = (double)smallint_get(v);
        else return false;
        return true;
    }
    if (!is_smallint(v)) return false;
    int64_t n = smallint_get(v);
    switch (a->kind) {
    case ARRAY_i:
        if (n != (int32_t)n) return false;
        ((int32_t *)a->data)[i] = (int32_t)n;
        return true;
    case ARRAY_B:
        if (n != (uint8_t)n) return false;
        ((uint8_t *)a->data)[i] = (uint8_t)n;
        return true;
    case ARRAY_l:
    case ARRAY_q: ((int64_t *)a->data)[i] = n; return true;
    default: return false;
    }
}

#endif
