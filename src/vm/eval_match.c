/* Out-of-line operations of pattern matching. */
#include "object/instance.h"
#include "object/str.h"
#include "object/set.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"
#include "vm/eval_priv.h"

OP3(match_sequence) {
    reg_set(t, R, a, v_bool(has_flag(t, R[b], TF_SEQUENCE)));
    return true;
}

OP3(match_mapping) {
    reg_set(t, R, a, v_bool(has_flag(t, R[b], TF_MAPPING)));
    return true;
}

OP3(get_len) {
    int64_t n = length_of(t, R[b]);
    return n >= 0 && reg_result(t, R, a, int_from_i64(t, n));
}

static Value match_keys(Thread *t, Value subject, Value keys) {
    if (!IS_EXACT(keys, tuple)) return err_raise(t, T_SystemError, "a tuple is needed");
    int64_t n = tuple_len(keys);
    if (n == 0) return new_ref(t->interp->empty_tuple);
    Value missing = VNULL, seen = set_new(t, VNULL), getter = attr_get(t, subject, N(t, get)), values = VNULL, result = VNULL;
    if (is_null(seen) || is_null(getter)) goto done;
    missing = object_new(t, builtin_type(t, T_object)); /* equal to nothing */
    values = is_null(missing) ? VNULL : list_new(t, n);
    if (is_null(values)) goto done;
    for (int64_t i = 0; i < n; i++) {
        Value key = tuple_at(keys, i);
        int known = set_contains(t, seen, key);
        if (known < 0) goto done;
        if (known) {
            err_raise(t, T_ValueError, "mapping pattern checks duplicate key (%R)", key);
            goto done;
        }
        if (!set_add(t, seen, key)) goto done;
        Value v = call_2(t, getter, key, missing);
        if (is_null(v)) goto done;
        if (same(v, missing)) {
            decref(t, v);
            result = V_NONE;
            goto done;
        }
        if (!list_append_take(t, V_AS(List, values), v)) goto done;
    }
    result = list_to_tuple(t, V_AS(List, values));
done:
    decref_maybe(t, missing);
    decref_maybe(t, seen);
    decref_maybe(t, getter);
    decref_maybe(t, values);
    return result;
}

OP3(match_keys) { return reg_result(t, R, a, match_keys(t, R[b], R[c])); }

/* Appends subject.name to `values`: 1, 0 the subject has none, -1. */
static int match_attribute(Thread *t, Value subject, Type *type, Value name, Value seen, Value values) {
    int known = set_contains(t, seen, name);
    if (known < 0) return -1;
    if (known) return err_minus(t, T_TypeError, "%N() got multiple sub-patterns for attribute %R", type, name);
    if (!set_add(t, seen, name)) return -1;
    Value v = attr_get_maybe(t, subject, name);
    if (is_null(v)) return err_pending(t) ? -1 : 0;
    return list_append_take(t, V_AS(List, values), v) ? 1 : -1;
}

/* Builtin types whose single positional pattern is the subject itself. */
static bool matches_itself(Type *type) {
    return (type->flags & (TF_INT | TF_STR | TF_BYTES | TF_TUPLE | TF_LIST | TF_DICT_SUB | TF_FLOAT | TF_SET)) != 0;
}

static Value match_class(Thread *t, Value subject, Value class, uint32_t npositional, Value keywords) {
    if (!is_type(t, class)) return err_raise(t, T_TypeError, "called match pattern must be a class");
    Type *type = V_AS(Type, class);
    int is = is_instance(t, subject, class);
    if (is < 0) return VNULL;
    if (is == 0) return V_NONE;
    Value seen = set_new(t, VNULL), values = list_new(t, npositional + tuple_len(keywords)), names = VNULL, result = VNULL;
    if (is_null(seen) || is_null(values)) goto done;
    if (npositional > 0) {
        bool itself = false;
        int64_t allowed = 0;
        names = attr_get_maybe(t, class, N(t, __match_args__));
        if (is_null(names)) {
            if (err_pending(t)) goto done;
            itself = matches_itself(type) || is_subtype(type, builtin_type(t, T_bytearray));
            allowed = itself;
        } else if (!IS_EXACT(names, tuple)) {
            err_raise(t, T_TypeError, "%N.__match_args__ must be a tuple (got %T)", type, names);
            goto done;
        } else {
            allowed = tuple_len(names);
        }
        if (npositional > allowed) {
            err_raise(t, T_TypeError, "%N() accepts %ld positional sub-pattern%s (%u given)", type, (long)allowed, allowed == 1 ? "" : "s", npositional);
            goto done;
        }
        if (itself) {
            if (!list_append(t, V_AS(List, values), subject)) goto done;
        } else {
            for (uint32_t i = 0; i < npositional; i++) {
                Value name = tuple_at(names, i);
                if (!IS_EXACT(name, str)) {
                    err_raise(t, T_TypeError, "__match_args__ elements must be strings (got %T)", name);
                    goto done;
                }
                int r = match_attribute(t, subject, type, name, seen, values);
                if (r == 0) result = V_NONE;
                if (r <= 0) goto done;
            }
        }
    }
    for (int64_t i = 0; i < tuple_len(keywords); i++) {
        int r = match_attribute(t, subject, type, tuple_at(keywords, i), seen, values);
        if (r == 0) result = V_NONE;
        if (r <= 0) goto done;
    }
    result = list_to_tuple(t, V_AS(List, values));
done:
    decref_maybe(t, seen);
    decref_maybe(t, values);
    decref_maybe(t, names);
    return result;
}

bool op_match_class(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, uint32_t word) {
    Operand class = operand(R, c);
    bool ok = reg_result(t, R, a, match_class(t, R[b], class.v, word & 0xFFFF, frame_of(R)->code->consts[word >> 16]));
    operand_drop(t, class);
    return ok;
}
