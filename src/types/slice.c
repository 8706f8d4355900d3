/* The type slice. */
#include "base/hash.h"
#include "heap/heap.h"
#include "object/int.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"
#include "types/iterators.h"

static Value slice_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "slice", kwnames) || !call_arity(t, "slice", nargs, 1, 3)) return VNULL;
    if (nargs == 1) return slice_new(t, V_NONE, args[0], V_NONE);
    return slice_new(t, args[0], args[1], nargs == 3 ? args[2] : V_NONE);
}

static Value slice_repr(Thread *t, Value self) {
    Slice *s = V_AS(Slice, self);
    return str_format(t, "slice(%R, %R, %R)", s->start, s->stop, s->step);
}

static bool slice_hash(Thread *t, Value self, int64_t *hash) {
    Slice *s = V_AS(Slice, self);
    const Value parts[3] = {s->start, s->stop, s->step};
    uint64_t acc = hash_tuple_start();
    for (int i = 0; i < 3; i++) {
        int64_t part;
        if (!hash_of(t, parts[i], &part)) return false;
        acc = hash_tuple_step(acc, part);
    }
    *hash = acc == (uint64_t)-1 ? 1546275796 : (int64_t)acc;
    return true;
}

static Value slice_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if (!IS_EXACT(a, slice) || !IS_EXACT(b, slice)) return V_NOTIMPL;
    if (same(a, b)) return v_bool(op == CMP_EQ || op == CMP_LE || op == CMP_GE);
    Slice *x = V_AS(Slice, a), *y = V_AS(Slice, b);
    Value v = tuple_of(t, 3, x->start, x->stop, x->step), w = VNULL, result = VNULL;
    if (!is_null(v)) w = tuple_of(t, 3, y->start, y->stop, y->step);
    if (!is_null(w)) result = compare(t, v, w, op);
    decref_maybe(t, v);
    decref_maybe(t, w);
    return result;
}

static Value reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Slice *s = V_AS(Slice, args[0]);
    Value parts = tuple_of(t, 3, s->start, s->stop, s->step);
    if (is_null(parts)) return VNULL;
    Value result = tuple_of(t, 2, v_from(type_of(t, args[0])), parts);
    decref(t, parts);
    return result;
}

/* A part as an int of any size, owned. */
static Value part_as_int(Thread *t, Value v) {
    if (!has_index(t, v)) return err_raise(t, T_TypeError, "slice indices must be integers or None or have an __index__ method");
    return number_index(t, v);
}

/* start or stop, moved into [low, high]; `fallback` for None. Owned. */
static Value adjusted(Thread *t, Value v, Value length, Value low, Value high, Value fallback) {
    if (is_none(v)) return new_ref(fallback);
    Value i = part_as_int(t, v);
    if (is_null(i)) return VNULL;
    if (int_sign(i) < 0) {
        slot_set(t, &i, int_add(t, i, length));
        if (is_null(i)) return VNULL;
        if (int_compare(i, low) < 0) slot_set(t, &i, new_ref(low));
    } else if (int_compare(i, high) > 0) {
        slot_set(t, &i, new_ref(high));
    }
    return i;
}

static Value indices(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Slice *s = V_AS(Slice, args[0]);
    Value length = number_index(t, args[1]), step = VNULL, low = VNULL, high = VNULL, start = VNULL, stop = VNULL, result = VNULL;
    if (is_null(length)) return VNULL;
    if (int_sign(length) < 0) {
        err_raise(t, T_ValueError, "length should not be negative");
        goto done;
    }
    step = is_none(s->step) ? v_smallint(1) : part_as_int(t, s->step);
    if (is_null(step)) goto done;
    int sign = int_sign(step);
    if (sign == 0) {
        err_raise(t, T_ValueError, "slice step cannot be zero");
        goto done;
    }
    low = v_smallint(sign < 0 ? -1 : 0);
    high = sign < 0 ? int_sub(t, length, v_smallint(1)) : new_ref(length);
    if (is_null(high)) goto done;
    start = adjusted(t, s->start, length, low, high, sign < 0 ? high : low);
    if (is_null(start)) goto done;
    stop = adjusted(t, s->stop, length, low, high, sign < 0 ? low : high);
    if (!is_null(stop)) result = tuple_of(t, 3, start, stop, step);
done:
    decref(t, length);
    decref_maybe(t, step);
    decref_maybe(t, high);
    decref_maybe(t, start);
    decref_maybe(t, stop);
    return result;
}

static const MethodDef slice_methods[] = {
    {"indices", "($self, object, /)",
     "S.indices(len) -> (start, stop, stride)\n\nThe slice applied to a sequence of that length: what is out of bounds is cut off as indexing does.", indices},
    {"__reduce__", "($self, /)", "For pickling.", reduce},
    {NULL},
};

static const MemberDef slice_members[] = {
    {"start", MK_VALUE, MEMBER_READONLY, offsetof(Slice, start), NULL},
    {"stop", MK_VALUE, MEMBER_READONLY, offsetof(Slice, stop), NULL},
    {"step", MK_VALUE, MEMBER_READONLY, offsetof(Slice, step), NULL},
    {NULL},
};

static const Field slice_fields[] = {FIELD_VALUE(Slice, start), FIELD_VALUE(Slice, stop), FIELD_VALUE(Slice, step)};

const TypeDef typedef_slice = {
    .name = "slice",
    .doc = "slice(stop)\nslice(start, stop[, step])\n\nWhat stands in the brackets of an extended slice such as a[0:10:2].",
    .flags = TF_GC | TF_IMMUTABLE,
    .size = sizeof(Slice),
    FIELDS(slice_fields),
    .methods = slice_methods,
    .members = slice_members,
    .slots = {.new = slice_make, .repr = slice_repr, .hash = slice_hash, .compare = slice_compare},
};
