/* math: functions of integers. */
#include "base/limbs.h"
#include "modules/math/math_priv.h"

/* Folds an operation over the arguments. */
static Value fold(Thread *t, Value *args, uint32_t nargs, Value start, Value (*op)(Thread *, Value, Value)) {
    Value acc = start;
    for (uint32_t i = 0; i < nargs; i++) {
        Value x = number_index(t, args[i]);
        Value next = is_null(x) ? VNULL : i == 0 ? int_abs(t, x) : op(t, acc, x);
        decref_maybe(t, x);
        decref(t, acc);
        if (is_null(next)) return VNULL;
        acc = next;
    }
    return acc;
}

MATH_FUNCTION(math_gcd) {
    if (!call_no_keywords(t, "math.gcd", kwnames)) return VNULL;
    return fold(t, args, nargs, v_smallint(0), int_gcd);
}

static Value lcm_two(Thread *t, Value a, Value b) {
    if (int_is_zero(a) || int_is_zero(b)) return v_smallint(0);
    Value g = int_gcd(t, a, b), q = is_null(g) ? VNULL : int_floordiv(t, a, g), p = is_null(q) ? VNULL : int_mul(t, q, b);
    decref_maybe(t, g);
    decref_maybe(t, q);
    if (is_null(p)) return VNULL;
    Value result = int_abs(t, p);
    decref(t, p);
    return result;
}
MATH_FUNCTION(math_lcm) {
    if (!call_no_keywords(t, "math.lcm", kwnames)) return VNULL;
    return fold(t, args, nargs, v_smallint(1), lcm_two);
}

MATH_FUNCTION(math_isqrt) {
    Value n = number_index(t, args[0]), result = VNULL;
    if (is_null(n)) return VNULL;
    uint64_t scratch;
    IntView v = int_view(n, &scratch);
    if (v.negative) {
        err_raise(t, T_ValueError, "isqrt() argument must be nonnegative");
    } else if (v.n == 0) {
        result = v_smallint(0);
    } else {
        Limb *out = heap_alloc(t, (size_t)((v.n + 1) / 2) * sizeof *out);
        bool exact;
        if (out != NULL) {
            size_t size = limbs_isqrt(v.limbs, (size_t)v.n, out, &exact);
            result = size == LIMBS_NO_MEMORY ? err_no_memory(t) : int_from_limbs(t, out, (int64_t)size, false);
            heap_free(t, out);
        }
    }
    decref(t, n);
    return result;
}

/* The product start * (start + 1) * ... * (stop - 1), split in halves so that factors have like sizes. */
static Value range_product(Thread *t, uint64_t start, uint64_t stop) {
    if (stop - start <= 16) {
        Value acc = v_smallint(1);
        for (uint64_t i = start; i < stop; i++) {
            Value factor = int_from_u64(t, i), next = is_null(factor) ? VNULL : int_mul(t, acc, factor);
            decref_maybe(t, factor);
            decref(t, acc);
            if (is_null(next)) return VNULL;
            acc = next;
        }
        return acc;
    }
    uint64_t middle = start + (stop - start) / 2;
    Value low = range_product(t, start, middle), high = is_null(low) ? VNULL : range_product(t, middle, stop), result = VNULL;
    if (!is_null(high)) result = signals_check(t) ? int_mul(t, low, high) : VNULL;
    decref_maybe(t, low);
    decref_maybe(t, high);
    return result;
}

static Value factorial_of(Thread *t, Value v) {
    Value n = number_index(t, v);
    if (is_null(n)) return VNULL;
    int sign = int_sign(n);
    int64_t k = int_clamp_i64(n);
    decref(t, n);
    if (sign < 0) return err_raise(t, T_ValueError, "factorial() not defined for negative values");
    if (k == INT64_MAX) return err_raise(t, T_OverflowError, "factorial() argument should not exceed %lld", (long long)INT64_MAX);
    return range_product(t, 1, (uint64_t)k + 1);
}
MATH_FUNCTION(math_factorial) { return factorial_of(t, args[0]); }

/* n * (n - 1) * ... of k factors, n any int. */
static Value falling_product(Thread *t, Value n, int64_t k) {
    if (is_smallint(n)) {
        uint64_t top = (uint64_t)smallint_get(n);
        return range_product(t, top - (uint64_t)k + 1, top + 1);
    }
    Value acc = new_ref(n);
    for (int64_t i = 1; i < k; i++) {
        Value factor = int_sub(t, n, v_smallint(i)), next = is_null(factor) ? VNULL : int_mul(t, acc, factor);
        decref_maybe(t, factor);
        decref(t, acc);
        if (is_null(next)) return VNULL;
        acc = next;
    }
    return acc;
}

/* n and k as non-negative ints; false: exception. */
static bool counts(Thread *t, Value *args, Value *n, Value *k) {
    *n = number_index(t, args[0]);
    *k = is_null(*n) ? VNULL : number_index(t, args[1]);
    if (!is_null(*k)) {
        if (int_sign(*n) < 0) err_raise(t, T_ValueError, "n must be a non-negative integer");
        else if (int_sign(*k) < 0) err_raise(t, T_ValueError, "k must be a non-negative integer");
        else return true;
    }
    decref_maybe(t, *n);
    decref_maybe(t, *k);
    return false;
}

MATH_FUNCTION(math_perm) {
    if (is_null(args[1]) || is_none(args[1])) return factorial_of(t, args[0]);
    Value n, k, result = VNULL;
    if (!counts(t, args, &n, &k)) return VNULL;
    int64_t count = int_clamp_i64(k);
    if (int_compare(n, k) < 0) result = v_smallint(0);
    else if (count == INT64_MAX) err_raise(t, T_OverflowError, "k must not exceed %lld", (long long)INT64_MAX);
    else result = count == 0 ? v_smallint(1) : falling_product(t, n, count);
    decref(t, n);
    decref(t, k);
    return result;
}

MATH_FUNCTION(math_comb) {
    Value n, k, result = VNULL;
    if (!counts(t, args, &n, &k)) return VNULL;
    Value rest = int_sub(t, n, k);
    if (!is_null(rest)) {
        if (int_sign(rest) < 0) {
            result = v_smallint(0);
        } else {
            int64_t count = int_clamp_i64(int_compare(rest, k) < 0 ? rest : k);
            if (count == INT64_MAX) {
                err_raise(t, T_OverflowError, "min(n - k, k) must not exceed %lld", (long long)INT64_MAX);
            } else if (count == 0) {
                result = v_smallint(1);
            } else {
                Value top = falling_product(t, n, count), bottom = is_null(top) ? VNULL : range_product(t, 1, (uint64_t)count + 1);
                if (!is_null(bottom)) result = int_floordiv(t, top, bottom);
                decref_maybe(t, top);
                decref_maybe(t, bottom);
            }
        }
        decref(t, rest);
    }
    decref(t, n);
    decref(t, k);
    return result;
}
