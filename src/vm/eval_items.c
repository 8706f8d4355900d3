/* Items and slices for the loop: the containers that programs index most are told by their shape, the others are asked by their slots. */
#include "object/array.h"
#include "object/bytes.h"
#include "object/str.h"
#include "ops/object.h"
#include "vm/eval_priv.h"

/* --- Items ------------------------------------------------------------------------------------------------------------------------ */

static Value dict_item(Thread *t, Value dict, Value key) {
    Value v = IS_EXACT(key, str) ? dict_get_str(t, dict, key) : dict_get(t, dict, key);
    if (LIKELY(!is_null(v))) return new_ref(v);
    if (!err_pending(t)) err_raise_with(t, T_KeyError, key);
    return VNULL;
}

/* Of a container that holds no objects; VNULL, without an exception: ask its type. */
static inline Value item_at_once(Thread *t, Object *o, int64_t i) {
    switch (o->shape) {
    case SHAPE_array: return array_item_at_once(t, (Array *)o, i);
    case SHAPE_str: {
        Str *s = (Str *)o;
        int64_t n = str_len(s);
        if (i < 0) i += n;
        return (uint64_t)i < (uint64_t)n ? str_from_char(t, str_at(s, i)) : VNULL;
    }
    case SHAPE_bytes: {
        Bytes *b = (Bytes *)o;
        if (i < 0) i += b->length;
        return (uint64_t)i < (uint64_t)b->length ? v_smallint((uint8_t)b->data[i]) : VNULL;
    }
    case SHAPE_bytearray: {
        ByteArray *b = (ByteArray *)o;
        if (i < 0) i += b->length;
        return (uint64_t)i < (uint64_t)b->length ? v_smallint((uint8_t)b->start[i]) : VNULL;
    }
    default: return VNULL;
    }
}

Value get_item(Thread *t, Value container, Value key) {
    if (IS_EXACT(container, dict)) return dict_item(t, container, key);
    if (is_smallint(key) && is_ptr(container)) {
        Value v = item_at_once(t, v_obj(container), smallint_get(key));
        if (LIKELY(!is_null(v))) return v;
        if (UNLIKELY(err_pending(t))) return VNULL; /* no memory for a character */
    }
    return item_get(t, container, key);
}

bool set_item(Thread *t, Value container, Value key, Value v) {
    if (IS_EXACT(container, dict)) return dict_set(t, container, key, v);
    if (IS_EXACT(container, bytearray) && is_smallint(key) && is_smallint(v)) {
        ByteArray *a = V_AS(ByteArray, container);
        int64_t i = smallint_get(key), byte = smallint_get(v);
        if (i < 0) i += a->length;
        if (LIKELY((uint64_t)i < (uint64_t)a->length && (uint64_t)byte <= 255)) {
            a->start[i] = (char)byte;
            return true;
        }
    }
    if (IS_EXACT(container, array) && is_smallint(key) && array_set_at_once(V_AS(Array, container), smallint_get(key), v)) return true;
    return item_set(t, container, key, v);
}

static bool delete_item(Thread *t, Value container, Value key) {
    if (IS_EXACT(container, dict)) {
        int deleted = dict_delete(t, container, key);
        return deleted > 0 || (deleted == 0 && !is_null(err_raise_with(t, T_KeyError, key)));
    }
    if (IS_EXACT(container, list) && is_smallint(key)) {
        List *l = V_AS(List, container);
        int64_t i = smallint_get(key);
        if (i < 0) i += l->length;
        if (LIKELY((uint64_t)i < (uint64_t)l->length)) {
            decref(t, list_pop(t, l, i));
            return true;
        }
    }
    return item_delete(t, container, key);
}

bool op_delete_item(Thread *t, Value *R, uint32_t a, uint32_t b) {
    Operand x = operand(R, a), y = operand(R, b);
    bool ok = delete_item(t, x.v, y.v);
    operand_drop(t, x);
    operand_drop(t, y);
    return ok;
}

/* --- Slices ----------------------------------------------------------------------------------------------------------------------- */

/* The length of what can be sliced without a slice object, else -1. */
static inline int64_t plain_length(Value container) {
    if (!is_ptr(container)) return -1;
    switch (v_obj(container)->shape) {
    case SHAPE_list: return list_len(container);
    case SHAPE_tuple: return tuple_len(container);
    case SHAPE_str: return str_len(V_AS(Str, container));
    default: return -1;
    }
}

/* A bound, moved into [0, length]; `omitted` stands for None. false: no plain number. */
static inline bool plain_bound(Value v, int64_t length, int64_t omitted, int64_t *out) {
    if (is_none(v)) {
        *out = omitted;
        return true;
    }
    if (!is_smallint(v)) return false;
    int64_t i = smallint_get(v);
    if (i < 0) i = i + length < 0 ? 0 : i + length;
    *out = i > length ? length : i;
    return true;
}

static Value get_by_slice(Thread *t, Value container, Value start, Value stop, Value step) {
    Value slice = slice_new(t, start, stop, step);
    if (is_null(slice)) return VNULL;
    Value v = item_get(t, container, slice);
    decref(t, slice);
    return v;
}

static Value get_slice(Thread *t, Value container, Value start, Value stop) {
    int64_t n = plain_length(container), i, j;
    if (n < 0 || !plain_bound(start, n, 0, &i) || !plain_bound(stop, n, n, &j)) return get_by_slice(t, container, start, stop, V_NONE);
    if (j < i) j = i;
    if (IS_EXACT(container, list)) return list_from(t, V_AS(List, container)->items + i, j - i);
    if (IS_EXACT(container, tuple)) return tuple_slice(t, container, i, j);
    return str_substring(t, container, i, j);
}

OP3(get_slice) {
    Operand x = operand(R, b), i = operand(R, c), j = operand(R, c + 1);
    Value v = get_slice(t, x.v, i.v, j.v);
    operand_drop(t, x);
    operand_drop(t, i);
    operand_drop(t, j);
    return reg_result(t, R, a, v);
}

static Value get_slice_step(Thread *t, Value container, Value start, Value stop, Value step) {
    if (is_none(step)) return get_slice(t, container, start, stop);
    bool plain = IS_EXACT(container, list) && is_smallint(step) && smallint_get(step) != 0 && (is_none(start) || is_smallint(start)) &&
                 (is_none(stop) || is_smallint(stop));
    if (!plain) return get_by_slice(t, container, start, stop, step);
    int64_t by = smallint_get(step), i = is_none(start) ? (by < 0 ? INT64_MAX : 0) : smallint_get(start);
    int64_t j = is_none(stop) ? (by < 0 ? INT64_MIN : INT64_MAX) : smallint_get(stop);
    int64_t n = slice_adjust(list_len(container), &i, &j, by);
    return n == 0 ? list_new(t, 0) : list_from_strided(t, V_AS(List, container)->items + i, n, by);
}

OP3(get_slice_step) {
    Operand x = operand(R, b), i = operand(R, c), j = operand(R, c + 1), k = operand(R, c + 2);
    Value v = get_slice_step(t, x.v, i.v, j.v, k.v);
    operand_drop(t, x);
    operand_drop(t, i);
    operand_drop(t, j);
    operand_drop(t, k);
    return reg_result(t, R, a, v);
}

OP3(set_slice) {
    Operand x = operand(R, a), i = operand(R, b), j = operand(R, b + 1), v = operand(R, c);
    bool ok;
    int64_t start, stop, n = IS_EXACT(x.v, list) && (IS_EXACT(v.v, list) || IS_EXACT(v.v, tuple)) ? list_len(x.v) : -1;
    if (n >= 0 && plain_bound(i.v, n, 0, &start) && plain_bound(j.v, n, n, &stop)) {
        bool moving = v.owned && list_is_unshared(v.v);
        ok = moving ? list_set_slice_moving(t, V_AS(List, x.v), start, stop, V_AS(List, v.v)) : list_set_slice(t, V_AS(List, x.v), start, stop, v.v);
    } else {
        Value slice = slice_new(t, i.v, j.v, VNULL);
        ok = !is_null(slice) && item_set(t, x.v, slice, v.v);
        decref_maybe(t, slice);
    }
    operand_drop(t, x);
    operand_drop(t, i);
    operand_drop(t, j);
    operand_drop(t, v);
    return ok;
}
