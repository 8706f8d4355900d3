/* math: sums, products and distances.
 *
 * fsum keeps partial sums without overlap (Shewchuk), so that the result is correctly rounded; hypot and dist scale by
 * the largest part and add the squares in double-double arithmetic.
 */
#include <math.h>

#include "modules/math/math_priv.h"

/* --- fsum -------------------------------------------------------------------------------------- */

typedef struct Partials { double *p; int64_t n, capacity; double small[32]; } Partials;

static bool partials_add(Thread *t, Partials *s, double x) {
    int64_t kept = 0;
    double original = x;
    for (int64_t i = 0; i < s->n; i++) {
        double y = s->p[i];
        if (fabs(x) < fabs(y)) {
            double swap = x;
            x = y;
            y = swap;
        }
        double high = x + y, low = y - (high - x);
        if (low != 0) s->p[kept++] = low;
        x = high;
    }
    s->n = kept;
    if (x == 0) return true;
    if (!isfinite(x)) return isfinite(original) ? err_fail(t, T_OverflowError, "intermediate overflow in fsum") : true;
    if (s->n == s->capacity) {
        double *grown = s->p == s->small ? heap_alloc(t, sizeof(double) * 64) : heap_realloc(t, s->p, sizeof(double) * (size_t)s->capacity * 2);
        if (grown == NULL) return false;
        if (s->p == s->small) memcpy(grown, s->small, sizeof s->small);
        s->p = grown;
        s->capacity = s->capacity * 2;
    }
    s->p[s->n++] = x;
    return true;
}

static double partials_total(const Partials *s) {
    int64_t n = s->n;
    if (n == 0) return 0;
    double high = s->p[--n], low = 0;
    while (n > 0) {
        double x = high, y = s->p[--n];
        high = x + y;
        low = y - (high - x);
        if (low != 0) break;
    }
    /* Half-way cases look at the next partial for the direction. */
    if (n > 0 && ((low < 0 && s->p[n - 1] < 0) || (low > 0 && s->p[n - 1] > 0))) {
        double y = low * 2, x = high + y;
        if (y == x - high) high = x;
    }
    return high;
}

MATH_FUNCTION(math_fsum) {
    Value iterator = iter_of(t, args[0]), item;
    if (is_null(iterator)) return VNULL;
    Partials s = {.capacity = 32};
    s.p = s.small;
    double special = 0, infinities = 0;
    bool done = true;
    while (done && !is_null(item = iter_next(t, iterator))) {
        double x;
        done = float_convert(t, item, &x);
        decref(t, item);
        if (!done) break;
        if (!isfinite(x)) {
            special += x;
            if (isinf(x)) infinities += x;
        } else {
            done = partials_add(t, &s, x);
        }
    }
    decref(t, iterator);
    done = done && !err_pending(t);
    if (done && isnan(infinities)) done = err_fail(t, T_ValueError, "-inf + inf in fsum");
    double total = special != 0 || isnan(special) ? special : partials_total(&s);
    if (s.p != s.small) heap_free(t, s.p);
    return done ? float_from_double(t, total) : VNULL;
}

/* --- Distances --------------------------------------------------------------------------------- */

static double vector_norm(const double *v, int64_t n, double max, bool found_nan) {
    if (isinf(max)) return max;
    if (found_nan) return NAN;
    if (max == 0 || n <= 1) return max;
    int exponent;
    frexp(max, &exponent);
    if (exponent < -1023) { /* subnormal: scale up first */
        double sum = 0;
        for (int64_t i = 0; i < n; i++) sum += (v[i] / 0x1p-1022) * (v[i] / 0x1p-1022);
        return 0x1p-1022 * sqrt(sum);
    }
    double scale = ldexp(1, -exponent), high = 1, low = 0, error = 0;
    for (int64_t i = 0; i < n; i++) { /* squares, exactly, into a sum that starts at 1 so that it is always the larger */
        double x = v[i] * scale, square = x * x, rest = fma(x, x, -square), sum = high + square;
        low += square - (sum - high);
        error += rest;
        high = sum;
    }
    double total = high - 1 + (low + error), root = sqrt(total);
    /* One step of Newton with the exact remainder. */
    double square = root * root, rest = fma(root, root, -square);
    double remainder = (high - 1 - square) + (low + error - rest);
    return (root + remainder / (2 * root)) / scale;
}

MATH_FUNCTION(math_hypot) {
    if (!call_no_keywords(t, "math.hypot", kwnames)) return VNULL;
    double small[16], *v = nargs <= 16 ? small : heap_alloc(t, sizeof(double) * nargs), max = 0;
    if (v == NULL) return VNULL;
    bool nan = false, done = true;
    for (uint32_t i = 0; done && i < nargs; i++) {
        done = float_convert(t, args[i], &v[i]);
        v[i] = fabs(v[i]);
        nan |= isnan(v[i]);
        if (v[i] > max) max = v[i];
    }
    double norm = done ? vector_norm(v, nargs, max, nan) : 0;
    if (v != small) heap_free(t, v);
    return done ? float_from_double(t, norm) : VNULL;
}

MATH_FUNCTION(math_dist) {
    Value p = is_tuple(t, args[0]) ? new_ref(args[0]) : tuple_from_iterable(t, args[0]);
    if (is_null(p)) return VNULL;
    Value q = is_tuple(t, args[1]) ? new_ref(args[1]) : tuple_from_iterable(t, args[1]), result = VNULL;
    if (!is_null(q)) {
        int64_t n = tuple_len(p);
        if (n != tuple_len(q)) {
            err_raise(t, T_ValueError, "both points must have the same number of dimensions");
        } else {
            double small[16], *v = n <= 16 ? small : heap_alloc(t, sizeof(double) * (size_t)n), max = 0;
            bool nan = false, done = v != NULL;
            for (int64_t i = 0; done && i < n; i++) {
                double x, y;
                done = float_convert(t, tuple_at(p, i), &x) && float_convert(t, tuple_at(q, i), &y);
                if (!done) break;
                v[i] = fabs(x - y);
                nan |= isnan(v[i]);
                if (v[i] > max) max = v[i];
            }
            if (done) result = float_from_double(t, vector_norm(v, n, max, nan));
            if (v != small) heap_free(t, v);
        }
        decref(t, q);
    }
    decref(t, p);
    return result;
}

/* --- Products ---------------------------------------------------------------------------------- */

MATH_FUNCTION(math_prod) {
    Value iterator = iter_of(t, args[0]), acc = is_null(args[1]) ? v_smallint(1) : new_ref(args[1]), item;
    if (is_null(iterator)) {
        decref(t, acc);
        return VNULL;
    }
    while (!is_null(acc) && !is_null(item = iter_next(t, iterator))) {
        Value next = is_exact_float(acc) && is_exact_float(item) ? float_from_double(t, float_get(acc) * float_get(item)) : number_mul(t, acc, item);
        decref(t, item);
        decref(t, acc);
        acc = next;
    }
    decref(t, iterator);
    if (err_pending(t)) {
        decref_maybe(t, acc);
        return VNULL;
    }
    return acc;
}

/* A sum of products in three doubles. */
typedef struct TripleSum { double high, low, tiny; } TripleSum;
static void triple_add(TripleSum *s, double x, double y) {
    double product = x * y, rest = fma(x, y, -product);
    double sum = s->high + product, z = sum - s->high, error = (s->high - (sum - z)) + (product - z);
    double sum2 = s->low + rest, z2 = sum2 - s->low, error2 = (s->low - (sum2 - z2)) + (rest - z2);
    double sum3 = sum2 + error, z3 = sum3 - sum2, error3 = (sum2 - (sum3 - z3)) + (error - z3);
    s->high = sum;
    s->low = sum3;
    s->tiny += error2 + error3;
}

/* A running sumprod.  It begins with machine integers, goes over to floats and from there to whatever objects do, and never
 * back: so the order in which parts meet the total is that of the items' types, not of their values. */
typedef struct ProductSum {
    enum { SUM_INTS, SUM_FLOATS, SUM_OBJECTS } stage;
    int64_t ints;
    TripleSum floats;
    bool use_floats;
    Value total;
} ProductSum;

static bool sum_add_object(Thread *t, ProductSum *s, Value part) {
    Value next = is_null(part) ? VNULL : number_add(t, s->total, part);
    decref_maybe(t, part);
    if (is_null(next)) return false;
    slot_set(t, &s->total, next);
    return true;
}

/* Brings what the stage has gathered into the total. */
static bool sum_leave_stage(Thread *t, ProductSum *s) {
    if (s->stage == SUM_INTS) {
        s->stage = SUM_FLOATS;
        return s->ints == 0 || sum_add_object(t, s, int_from_i64(t, s->ints));
    }
    s->stage = SUM_OBJECTS;
    return !s->use_floats || sum_add_object(t, s, float_from_double(t, s->floats.high + (s->floats.low + s->floats.tiny)));
}

static bool small_int(Thread *t, Value v, int64_t *out) {
    if (is_smallint(v)) *out = smallint_get(v);
    else if (!IS_EXACT(v, int) || int_bit_length(v) > 63) return false;
    else *out = int_clamp_i64(v);
    return true;
}

static bool sum_ints(Thread *t, ProductSum *s, Value x, Value y) {
    int64_t a, b, product;
    return small_int(t, x, &a) && small_int(t, y, &b) && !__builtin_mul_overflow(a, b, &product) && !__builtin_add_overflow(s->ints, product, &s->ints);
}

/* A factor beside a float: a float, an int or a bool. */
static bool float_factor(Thread *t, Value v, double *out) {
    if (is_exact_float(v)) *out = float_get(v);
    else if (is_smallint(v)) *out = (double)smallint_get(v);
    else if (is_bool(v)) *out = same(v, V_TRUE);
    else if (!IS_EXACT(v, int)) return false;
    else if (!int_to_double(t, v, out)) return err_clear(t), false;
    return true;
}

static bool sum_floats(Thread *t, ProductSum *s, Value x, Value y) {
    double a, b;
    if (!(is_exact_float(x) || is_exact_float(y)) || !float_factor(t, x, &a) || !float_factor(t, y, &b)) return false;
    TripleSum next = s->floats;
    triple_add(&next, a, b);
    if (!isfinite(next.high)) return false;
    s->floats = next;
    return s->use_floats = true;
}

static bool sum_product(Thread *t, ProductSum *s, Value x, Value y) {
    if (s->stage == SUM_INTS) {
        int64_t before = s->ints;
        if (sum_ints(t, s, x, y)) return true;
        s->ints = before;
        if (!sum_leave_stage(t, s)) return false;
    }
    if (s->stage == SUM_FLOATS) {
        if (sum_floats(t, s, x, y)) return true;
        if (!sum_leave_stage(t, s)) return false;
    }
    return sum_add_object(t, s, number_mul(t, x, y));
}

MATH_FUNCTION(math_sumprod) {
    Value p = iter_of(t, args[0]), q = is_null(p) ? VNULL : iter_of(t, args[1]);
    ProductSum sum = {.total = v_smallint(0)};
    bool done = !is_null(q), more = done;
    while (more) {
        Value x = iter_next(t, p), y = is_null(x) && err_pending(t) ? VNULL : iter_next(t, q);
        more = !is_null(x) && !is_null(y);
        if (more) done = more = sum_product(t, &sum, x, y);
        else if (err_pending(t)) done = false;
        else if (is_null(x) != is_null(y)) done = err_fail(t, T_ValueError, "Inputs are not the same length");
        decref_maybe(t, x);
        decref_maybe(t, y);
    }
    while (done && sum.stage != SUM_OBJECTS) done = sum_leave_stage(t, &sum);
    decref_maybe(t, p);
    decref_maybe(t, q);
    if (done) return sum.total;
    decref(t, sum.total);
    return VNULL;
}
