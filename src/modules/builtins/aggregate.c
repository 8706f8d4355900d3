/* all, any, max, min, sorted, sum. */
#include <math.h>

#include "modules/builtins/builtins_priv.h"

/* 1 when an item's truth is `wanted`, 0 when none is, -1. */
static int find_truth(Thread *t, Value iterable, int wanted) {
    Value iterator = iter_of(t, iterable);
    if (is_null(iterator)) return -1;
    int found = 0;
    for (Value item; !is_null(item = iter_next_fast(t, iterator));) {
        int is_true = truth(t, item);
        decref(t, item);
        if (is_true == wanted || is_true < 0) {
            found = is_true < 0 ? -1 : 1;
            break;
        }
    }
    decref(t, iterator);
    return err_pending(t) ? -1 : found;
}

Value builtins_all(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int found = find_truth(t, args[0], 0);
    return found < 0 ? VNULL : v_bool(!found);
}

Value builtins_any(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int found = find_truth(t, args[0], 1);
    return found < 0 ? VNULL : v_bool(found);
}

/* --- max and min ------------------------------------------------------------------------------- */

static inline int is_better(Thread *t, enum CompareOp op, Value a, Value b) {
    if (are_smallints(a, b)) return op == CMP_GT ? smallint_get(a) > smallint_get(b) : smallint_get(a) < smallint_get(b);
    if (is_smallfloat(a) && is_smallfloat(b)) return op == CMP_GT ? smallfloat_get(a) > smallfloat_get(b) : smallfloat_get(a) < smallfloat_get(b);
    return compare_bool(t, a, b, op);
}

/* Keeps the better of *best and item (both by their keys); takes item and key. */
static bool keep_better(Thread *t, enum CompareOp op, Value *best, Value *best_key, Value item, Value key) {
    if (is_null(*best)) {
        *best = item;
        *best_key = key;
        return true;
    }
    int better = is_better(t, op, key, *best_key);
    if (better > 0) {
        slot_set(t, best, item);
        slot_set(t, best_key, key);
    } else {
        decref(t, item);
        decref(t, key);
    }
    return better >= 0;
}

static Value key_of(Thread *t, Value item, Value key_function) {
    return is_null(key_function) ? new_ref(item) : call_1(t, key_function, item);
}

static Value extreme(Thread *t, const char *name, enum CompareOp op, Value *args, uint32_t nargs, Value kwnames) {
    if (nargs == 2 && is_null(kwnames) && are_smallints(args[0], args[1])) return args[is_better(t, op, args[1], args[0])];
    Value key_function = VNULL, fallback = VNULL;
    for (int64_t i = 0; !is_null(kwnames) && i < tuple_len(kwnames); i++) {
        Value key = tuple_at(kwnames, i);
        if (str_equals_cstr(V_AS(Str, key), "key")) key_function = args[nargs + i];
        else if (str_equals_cstr(V_AS(Str, key), "default")) fallback = args[nargs + i];
        else return err_raise(t, T_TypeError, "%s() got an unexpected keyword argument '%U'", name, key);
    }
    if (nargs == 0) return err_raise(t, T_TypeError, "%s expected at least 1 argument, got 0", name);
    if (nargs > 1 && !is_null(fallback))
        return err_raise(t, T_TypeError, "Cannot specify a default for %s() with multiple positional arguments", name);
    if (!is_null(key_function) && is_none(key_function)) key_function = VNULL;
    Value best = VNULL, best_key = VNULL, iterator = VNULL;
    if (nargs == 1) {
        iterator = iter_of(t, args[0]);
        if (is_null(iterator)) return VNULL;
    }
    for (uint32_t i = 0;; i++) {
        Value item = nargs == 1 ? iter_next_fast(t, iterator) : i < nargs ? new_ref(args[i]) : VNULL;
        if (is_null(item)) break;
        Value key = key_of(t, item, key_function);
        if (is_null(key)) {
            decref(t, item);
            break;
        }
        if (!keep_better(t, op, &best, &best_key, item, key)) break;
    }
    decref_maybe(t, iterator);
    decref_maybe(t, best_key);
    if (err_pending(t)) {
        decref_maybe(t, best);
        return VNULL;
    }
    if (!is_null(best)) return best;
    if (!is_null(fallback)) return new_ref(fallback);
    return err_raise(t, T_ValueError, "%s() iterable argument is empty", name);
}

Value builtins_max(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return extreme(t, "max", CMP_GT, args, nargs, kwnames); }
Value builtins_min(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return extreme(t, "min", CMP_LT, args, nargs, kwnames); }

/* --- sorted and sum ---------------------------------------------------------------------------- */

Value builtins_sorted(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    bool reverse = false;
    if (!is_null(args[2]) && !arg_bool(t, args[2], &reverse)) return VNULL;
    Value list = list_from_iterable(t, args[0]);
    if (is_null(list)) return VNULL;
    if (!list_sort(t, V_AS(List, list), args[1], reverse)) {
        decref(t, list);
        return VNULL;
    }
    return list;
}

/* A float sum with a running compensation (Neumaier), as sum() of floats is specified since 3.12. */
typedef struct CompensatedSum { double high, low; } CompensatedSum;

static void compensated_add(CompensatedSum *s, double x) {
    double total = s->high + x;
    if (fabs(s->high) >= fabs(x)) s->low += (s->high - total) + x;
    else s->low += (x - total) + s->high;
    s->high = total;
}
static double compensated_result(const CompensatedSum *s) { return s->low != 0 && isfinite(s->low) ? s->high + s->low : s->high; }

/* Adds ints while they are small; *total is left exact.  Answers the first other item (owned) or VNULL. */
static Value sum_small_ints(Thread *t, Value iterator, int64_t *total) {
    Value item;
    while (!is_null(item = iter_next_fast(t, iterator))) {
        int64_t sum;
        bool fits = is_smallint(item) && !__builtin_add_overflow(*total, smallint_get(item), &sum) && smallint_fits(sum);
        if (!fits && is_bool(item)) fits = !__builtin_add_overflow(*total, (int64_t)same(item, V_TRUE), &sum) && smallint_fits(sum);
        if (!fits) return item;
        *total = sum;
    }
    return VNULL;
}

/* Adds floats and ints to a float start; answers as above. */
static Value sum_floats(Thread *t, Value iterator, CompensatedSum *total) {
    Value item;
    while (!is_null(item = iter_next_fast(t, iterator))) {
        if (is_exact_float(item)) compensated_add(total, float_get(item));
        else if (is_smallint(item) && smallint_get(item) < (INT64_C(1) << 53) && smallint_get(item) > -(INT64_C(1) << 53)) compensated_add(total, (double)smallint_get(item));
        else return item;
        decref(t, item);
    }
    return VNULL;
}

static Value sum_complex(Thread *t, Value iterator, CompensatedSum *re, CompensatedSum *im) {
    Value item;
    while (!is_null(item = iter_next_fast(t, iterator))) {
        if (IS_EXACT(item, complex)) {
            compensated_add(re, V_AS(Complex, item)->real);
            compensated_add(im, V_AS(Complex, item)->imag);
        } else if (is_exact_float(item)) {
            compensated_add(re, float_get(item));
        } else if (is_smallint(item)) {
            compensated_add(re, (double)smallint_get(item));
        } else {
            return item;
        }
        decref(t, item);
    }
    return VNULL;
}

Value builtins_sum(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value start = is_null(args[1]) ? v_smallint(0) : args[1];
    if (is_str(t, start)) return err_raise(t, T_TypeError, "sum() can't sum strings [use ''.join(seq) instead]");
    if (is_bytes(t, start)) return err_raise(t, T_TypeError, "sum() can't sum bytes [use b''.join(seq) instead]");
    if (IS_A(t, start, bytearray)) return err_raise(t, T_TypeError, "sum() can't sum bytearray [use b''.join(seq) instead]");
    Value iterator = iter_of(t, args[0]);
    if (is_null(iterator)) return VNULL;
    Value total = new_ref(start), item;
    for (;;) {
        if (is_smallint(total)) {
            int64_t sum = smallint_get(total);
            item = sum_small_ints(t, iterator, &sum);
            total = v_smallint(sum);
        } else if (is_exact_float(total)) {
            CompensatedSum sum = {float_get(total), 0};
            item = sum_floats(t, iterator, &sum);
            slot_set(t, &total, float_from_double(t, compensated_result(&sum)));
        } else if (IS_EXACT(total, complex)) {
            CompensatedSum re = {V_AS(Complex, total)->real, 0}, im = {V_AS(Complex, total)->imag, 0};
            item = sum_complex(t, iterator, &re, &im);
            slot_set(t, &total, complex_from_doubles(t, compensated_result(&re), compensated_result(&im)));
        } else {
            item = iter_next_fast(t, iterator);
        }
        if (is_null(item) || is_null(total)) break;
        Value next = number_binary(t, OP_add, total, item);
        decref(t, item);
        slot_set(t, &total, next);
        if (is_null(next)) break;
    }
    decref(t, iterator);
    if (err_pending(t)) {
        decref_maybe(t, total);
        return VNULL;
    }
    return total;
}
