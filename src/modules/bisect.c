/* The module _bisect: places in sorted sequences. */
#include "modules/module.h"

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

/* The parameters of all functions here. */
enum { ARG_A, ARG_X, ARG_LO, ARG_HI, ARG_KEY };

/* Where x goes: left of equal items or right of them. -1: exception. */
static int64_t place(Thread *t, Value a, Value x, int64_t lo, int64_t hi, Value key, bool left) {
    if (hi == -1 && (hi = length_of(t, a)) < 0) return -1;
    while (lo < hi) {
        int64_t middle = (int64_t)(((uint64_t)lo + (uint64_t)hi) / 2);
        Value item = item_get_index(t, a, middle);
        if (is_null(item)) return -1;
        if (!is_null(key)) slot_set(t, &item, call_1(t, key, item));
        if (is_null(item)) return -1;
        int less;
        if (are_smallints(item, x)) less = left ? smallint_get(item) < smallint_get(x) : smallint_get(x) < smallint_get(item);
        else less = left ? compare_bool(t, item, x, CMP_LT) : compare_bool(t, x, item, CMP_LT);
        decref(t, item);
        if (less < 0) return -1;
        if (less == left) lo = middle + 1;
        else hi = middle;
    }
    return lo;
}

static bool bounds(Thread *t, Value *args, int64_t *lo, int64_t *hi, Value *key) {
    *lo = 0;
    *hi = -1;
    *key = is_null(args[ARG_KEY]) || is_none(args[ARG_KEY]) ? VNULL : args[ARG_KEY];
    if (!is_null(args[ARG_LO]) && !arg_size(t, args[ARG_LO], lo)) return false;
    if (*lo < 0) return err_fail(t, T_ValueError, "lo must be non-negative");
    Value v = args[ARG_HI];
    if (is_null(v) || is_none(v)) return true;
    if (!has_index(t, v)) return err_fail(t, T_TypeError, "argument should be integer or None, not '%T'", v);
    return number_to_index(t, v, hi, T_OverflowError);
}

static Value bisect(Thread *t, Value *args, bool left) {
    int64_t lo, hi;
    Value key;
    if (!bounds(t, args, &lo, &hi, &key)) return VNULL;
    int64_t i = place(t, args[ARG_A], args[ARG_X], lo, hi, key, left);
    return i < 0 ? VNULL : int_from_i64(t, i);
}

static Value insort(Thread *t, Value *args, bool left) {
    int64_t lo, hi;
    Value key, a = args[ARG_A], x = args[ARG_X];
    if (!bounds(t, args, &lo, &hi, &key)) return VNULL;
    Value sought = is_null(key) ? new_ref(x) : call_1(t, key, x);
    if (is_null(sought)) return VNULL;
    int64_t i = place(t, a, sought, lo, hi, key, left);
    decref(t, sought);
    if (i < 0) return VNULL;
    if (IS_EXACT(a, list)) return list_insert(t, V_AS(List, a), i, x) ? V_NONE : VNULL;
    Value index = int_from_i64(t, i);
    if (is_null(index)) return VNULL;
    Value done = call_method_2(t, a, N(t, insert), index, x);
    decref(t, index);
    if (is_null(done)) return VNULL;
    decref(t, done);
    return V_NONE;
}

METHOD(bisect_right) { return bisect(t, args, false); }
METHOD(bisect_left) { return bisect(t, args, true); }
METHOD(insort_right) { return insort(t, args, false); }
METHOD(insort_left) { return insort(t, args, true); }

#define PARAMETERS "($module, /, a, x, lo=0, hi=None, *, key=None)"
static const MethodDef functions[] = {
    {"bisect_right", PARAMETERS, "The index in a sorted list at which x can be inserted, right of equal items.\n\nlo and hi bound what is searched; key is called for each item, not for x.", bisect_right},
    {"insort_right", PARAMETERS, "Insert x into a sorted list, right of equal items.\n\nlo and hi bound what is searched; key is called for each item and for x.", insort_right},
    {"bisect_left", PARAMETERS, "The index in a sorted list at which x can be inserted, left of equal items.\n\nlo and hi bound what is searched; key is called for each item, not for x.", bisect_left},
    {"insort_left", PARAMETERS, "Insert x into a sorted list, left of equal items.\n\nlo and hi bound what is searched; key is called for each item and for x.", insort_left},
    {NULL},
};

const ModuleDef module__bisect = {
    .name = "_bisect",
    .doc = "Keeping a list sorted without sorting it again after each insertion.",
    .functions = functions,
};
