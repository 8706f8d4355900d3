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

/* A double-double sum of products. */
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

MATH_FUNCTION(math_sumprod) {
    Value p = iter_of(t, args[0]), q = is_null(p) ? VNULL : iter_of(t, args[1]), total = v_smallint(0);
    TripleSum floats = {0};
    bool use_floats = false, done = !is_null(q);
    while (done) {
        Value x = iter_next(t, p);
        if (is_null(x) && err_pending(t)) {
            done = false;
            break;
        }
        Value y = iter_next(t, q);
        if (is_null(y) && err_pending(t)) done = false;
        else if (is_null(x) != is_null(y)) done = err_fail(t, T_ValueError, "Inputs are not the same length");
        if (!done || is_null(x)) {
            decref_maybe(t, x);
            decref_maybe(t, y);
            break;
        }
        bool fx = is_exact_float(x), fy = is_exact_float(y);
        bool float_path = (fx || fy) && (fx || is_smallint(x)) && (fy || is_smallint(y)) && (is_smallint(total) || is_exact_float(total));
        if (float_path) {
            double a = fx ? float_get(x) : (double)smallint_get(x), b = fy ? float_get(y) : (double)smallint_get(y);
            triple_add(&floats, a, b);
            use_floats = true;
        } else {
            Value product = number_mul(t, x, y), next = is_null(product) ? VNULL : number_add(t, total, product);
            decref_maybe(t, product);
            done = !is_null(next);
            if (done) slot_set(t, &total, next);
        }
        decref(t, x);
        decref(t, y);
    }
    if (done && use_floats) {
        double sum = floats.high + (floats.low + floats.tiny);
        if (!isfinite(sum) || isnan(sum)) sum = floats.high;
        Value part = float_from_double(t, sum), next = is_null(part) ? VNULL : number_add(t, total, part);
        decref_maybe(t, part);
        done = !is_null(next);
        if (done) slot_set(t, &total, next);
    }
    decref_maybe(t, p);
    decref_maybe(t, q);
    if (done) return total;
    decref(t, total);
    return VNULL;
}
