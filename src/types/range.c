/* The type range, and its iterators: one for ranges whose numbers are small ints, one for the rest. */
#include "base/hash.h"
#include "core/names.h"
#include "heap/heap.h"
#include "object/int.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"
#include "types/iterators.h"

#define SELF V_AS(Range, args[0])

static Value range_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "range", kwnames) || !call_arity(t, "range", nargs, 1, 3)) return VNULL;
    if (nargs == 1) {
        Value stop = number_index(t, args[0]), r = VNULL;
        if (!is_null(stop)) r = range_new(t, v_smallint(0), stop, v_smallint(1));
        decref_maybe(t, stop);
        return r;
    }
    Value start = number_index(t, args[0]), stop = VNULL, step = VNULL, r = VNULL;
    if (!is_null(start)) stop = number_index(t, args[1]);
    if (!is_null(stop)) step = nargs == 3 ? number_index(t, args[2]) : v_smallint(1);
    if (!is_null(step)) r = range_new(t, start, stop, step);
    decref_maybe(t, start);
    decref_maybe(t, stop);
    decref_maybe(t, step);
    return r;
}

static Value range_repr(Thread *t, Value self) {
    Range *r = V_AS(Range, self);
    if (same(r->step, v_smallint(1))) return str_format(t, "range(%R, %R)", r->start, r->stop);
    return str_format(t, "range(%R, %R, %R)", r->start, r->stop, r->step);
}

static bool is_small(const Range *r) { return are_smallints(r->start, r->stop) && are_smallints(r->step, r->length); }

/* start + i * step, where i is in the range or one step outside. Owned. */
static Value number_at(Thread *t, Range *r, Value i) {
    int64_t product, sum;
    if (is_smallint(i) && is_small(r) && !__builtin_mul_overflow(smallint_get(i), smallint_get(r->step), &product) &&
        !__builtin_add_overflow(smallint_get(r->start), product, &sum))
        return int_from_i64(t, sum);
    Value offset = int_mul(t, i, r->step);
    if (is_null(offset)) return VNULL;
    Value v = int_add(t, r->start, offset);
    decref(t, offset);
    return v;
}

static int64_t range_len(Thread *t, Value self) {
    Value length = V_AS(Range, self)->length;
    int64_t n;
    if (is_smallint(length)) return smallint_get(length);
    if (int_to_i64(t, length, &n)) return n;
    err_clear(t);
    return err_minus(t, T_OverflowError, "Python int too large to convert to C ssize_t");
}

static int range_truth(Thread *t, Value self) { return int_sign(V_AS(Range, self)->length) != 0; }

static Value range_slice(Thread *t, Range *r, Value slice) {
    Value step = VNULL, start = VNULL, stop = VNULL, result = VNULL;
    Value indices = call_method_1(t, slice, N(t, indices), r->length);
    if (is_null(indices)) return VNULL;
    step = int_mul(t, r->step, tuple_at(indices, 2));
    if (!is_null(step)) start = number_at(t, r, tuple_at(indices, 0));
    if (!is_null(start)) stop = number_at(t, r, tuple_at(indices, 1));
    if (!is_null(stop)) result = range_new(t, start, stop, step);
    decref(t, indices);
    decref_maybe(t, step);
    decref_maybe(t, start);
    decref_maybe(t, stop);
    return result;
}

static Value range_getitem(Thread *t, Value self, Value key) {
    Range *r = V_AS(Range, self);
    if (IS_EXACT(key, slice)) return range_slice(t, r, key);
    if (!has_index(t, key)) return err_raise(t, T_TypeError, "range indices must be integers or slices, not %T", key);
    Value i = number_index(t, key), v = VNULL;
    if (is_null(i)) return VNULL;
    if (int_sign(i) < 0) slot_set(t, &i, int_add(t, i, r->length));
    if (is_null(i)) return VNULL;
    if (int_sign(i) < 0 || int_compare(i, r->length) >= 0) err_raise(t, T_IndexError, "range object index out of range");
    else v = number_at(t, r, i);
    decref(t, i);
    return v;
}

static Value range_item(Thread *t, Value self, int64_t index) {
    Value key = int_from_i64(t, index);
    if (is_null(key)) return VNULL;
    Value v = index < 0 ? err_raise(t, T_IndexError, "range object index out of range") : range_getitem(t, self, key);
    decref(t, key);
    return v;
}

/* The index of an exact int in the range; V_NONE: not in it. Owned. */
static Value index_of_int(Thread *t, Range *r, Value v) {
    bool down = int_sign(r->step) < 0;
    if (down ? int_compare(v, r->start) > 0 || int_compare(v, r->stop) <= 0 : int_compare(v, r->start) < 0 || int_compare(v, r->stop) >= 0) return V_NONE;
    Value distance = int_sub(t, v, r->start), quotient = VNULL, rest = VNULL;
    if (is_null(distance)) return VNULL;
    bool ok = int_divmod(t, distance, r->step, &quotient, &rest);
    decref(t, distance);
    if (!ok) return VNULL;
    bool inside = int_sign(rest) == 0;
    decref(t, rest);
    if (inside) return quotient;
    decref(t, quotient);
    return V_NONE;
}

/* The same for True and False, which compare as ints. */
static Value as_exact_int(Value v) { return is_bool(v) ? v_smallint(same(v, V_TRUE)) : v; }

/* Walks the range comparing: for what is no int. Answers how many were equal, with `first` set stops at the first one and
 * puts its index there; -1: exception. */
static int64_t search(Thread *t, Value self, Value v, int64_t *first) {
    Value it = iter_of(t, self), item;
    if (is_null(it)) return -1;
    int64_t count = 0;
    for (int64_t i = 0; !is_null(item = iter_next(t, it)); i++) {
        int found = equal_fast(t, item, v);
        decref(t, item);
        if (found < 0) break;
        count += found;
        if (found && first != NULL) {
            *first = i;
            break;
        }
    }
    decref(t, it);
    return err_pending(t) ? -1 : count;
}

static int range_contains(Thread *t, Value self, Value v) {
    v = as_exact_int(v);
    if (!is_exact_int(v)) {
        int64_t first, found = search(t, self, v, &first);
        return found < 0 ? -1 : found > 0;
    }
    Value i = index_of_int(t, V_AS(Range, self), v);
    if (is_null(i)) return -1;
    bool found = !is_none(i);
    decref(t, i);
    return found;
}

static bool is_length(const Range *r, int64_t n) { return same(r->length, v_smallint(n)); }

static Value range_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if (!IS_EXACT(a, range) || !IS_EXACT(b, range) || (op != CMP_EQ && op != CMP_NE)) return V_NOTIMPL;
    Range *x = V_AS(Range, a), *y = V_AS(Range, b);
    bool is_equal = int_compare(x->length, y->length) == 0;
    if (is_equal && !is_length(x, 0)) is_equal = int_compare(x->start, y->start) == 0;
    if (is_equal && !is_length(x, 0) && !is_length(x, 1)) is_equal = int_compare(x->step, y->step) == 0;
    return v_bool(is_equal == (op == CMP_EQ));
}

static bool range_hash(Thread *t, Value self, int64_t *hash) {
    Range *r = V_AS(Range, self);
    Value parts = tuple_of(t, 3, r->length, is_length(r, 0) ? V_NONE : r->start, is_length(r, 0) || is_length(r, 1) ? V_NONE : r->step);
    if (is_null(parts)) return false;
    bool ok = hash_of(t, parts, hash);
    decref(t, parts);
    return ok;
}

/* --- Iterators ------------------------------------------------------------------------------------------------------------------- */

typedef struct LongRangeIterator { Object head; Value next, step, remaining; } LongRangeIterator;

static Value small_iterator(Thread *t, int64_t next, int64_t step, int64_t remaining) {
    RangeIterator *it = heap_object(t, SHAPE_range_iterator, sizeof *it);
    if (UNLIKELY(it == NULL)) return VNULL;
    it->next = next;
    it->step = step;
    it->remaining = remaining;
    return v_from(it);
}

/* Takes its arguments, VNULL among them: exception. */
static Value long_iterator(Thread *t, Value next, Value step, Value remaining) {
    LongRangeIterator *it = NULL;
    if (!is_null(next) && !is_null(step) && !is_null(remaining)) it = heap_object(t, SHAPE_longrange_iterator, sizeof *it);
    if (it == NULL) {
        decref_maybe(t, next);
        decref_maybe(t, step);
        decref_maybe(t, remaining);
        return VNULL;
    }
    it->next = next;
    it->step = step;
    it->remaining = remaining;
    return v_from(it);
}

static Value range_iter(Thread *t, Value self) {
    Range *r = V_AS(Range, self);
    if (LIKELY(is_small(r))) return small_iterator(t, smallint_get(r->start), smallint_get(r->step), smallint_get(r->length));
    return long_iterator(t, new_ref(r->start), new_ref(r->step), new_ref(r->length));
}

static Value range_reversed(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Range *r = SELF;
    Value last_index = int_sub(t, r->length, v_smallint(1));
    if (is_null(last_index)) return VNULL;
    Value last = number_at(t, r, last_index);
    decref(t, last_index);
    if (is_null(last)) return VNULL;
    if (is_small(r) && is_smallint(last)) return small_iterator(t, smallint_get(last), -smallint_get(r->step), smallint_get(r->length));
    return long_iterator(t, last, int_neg(t, r->step), new_ref(r->length));
}

static Value small_next(Thread *t, Value self) {
    RangeIterator *it = V_AS(RangeIterator, self);
    if (UNLIKELY(it->remaining <= 0)) return VNULL;
    it->remaining--;
    int64_t v = it->next;
    it->next = v + it->step;
    return v_smallint(v);
}

static Value long_next(Thread *t, Value self) {
    LongRangeIterator *it = V_AS(LongRangeIterator, self);
    if (int_sign(it->remaining) <= 0) return VNULL;
    Value next = int_add(t, it->next, it->step), remaining = VNULL;
    if (!is_null(next)) remaining = int_sub(t, it->remaining, v_smallint(1));
    if (is_null(remaining)) {
        decref_maybe(t, next);
        return VNULL;
    }
    slot_set(t, &it->remaining, remaining);
    Value v = it->next;
    it->next = next;
    return v;
}

static Value self_iter(Thread *t, Value self) { return new_ref(self); }

static Value small_hint(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return int_from_i64(t, V_AS(RangeIterator, args[0])->remaining); }
static Value long_hint(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return new_ref(V_AS(LongRangeIterator, args[0])->remaining); }

/* (iter, (range(next, next + remaining * step, step),), None); borrows. */
static Value reduce(Thread *t, Value next, Value step, Value remaining) {
    Value width = int_mul(t, remaining, step), stop = VNULL, range = VNULL;
    if (!is_null(width)) stop = int_add(t, next, width);
    if (!is_null(stop)) range = range_new(t, next, stop, step);
    decref_maybe(t, width);
    decref_maybe(t, stop);
    return reduce_to_iter(t, range, V_NONE);
}

static Value small_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    RangeIterator *it = V_AS(RangeIterator, args[0]);
    Value next = int_from_i64(t, it->next);
    if (is_null(next)) return VNULL;
    Value result = reduce(t, next, v_smallint(it->step), v_smallint(it->remaining));
    decref(t, next);
    return result;
}

static Value long_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    LongRangeIterator *it = V_AS(LongRangeIterator, args[0]);
    return reduce(t, it->next, it->step, it->remaining);
}

static Value small_setstate(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    RangeIterator *it = V_AS(RangeIterator, args[0]);
    int64_t index;
    if (!arg_size(t, args[1], &index)) return VNULL;
    if (index < 0) index = 0;
    if (index > it->remaining) index = it->remaining;
    it->next += index * it->step;
    it->remaining -= index;
    return V_NONE;
}

static Value long_setstate(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    LongRangeIterator *it = V_AS(LongRangeIterator, args[0]);
    if (!is_int(t, args[1])) return err_raise(t, T_TypeError, "state must be an int, not %T", args[1]);
    Value index = int_exact(t, args[1]), offset = VNULL, next = VNULL, remaining = VNULL;
    if (is_null(index)) return VNULL;
    if (int_sign(index) < 0) slot_set(t, &index, v_smallint(0));
    if (int_compare(index, it->remaining) > 0) slot_set(t, &index, new_ref(it->remaining));
    offset = int_mul(t, index, it->step);
    if (!is_null(offset)) next = int_add(t, it->next, offset);
    if (!is_null(next)) remaining = int_sub(t, it->remaining, index);
    decref(t, index);
    decref_maybe(t, offset);
    if (is_null(remaining)) {
        decref_maybe(t, next);
        return VNULL;
    }
    slot_set(t, &it->next, next);
    slot_set(t, &it->remaining, remaining);
    return V_NONE;
}

#define ITERATOR_METHODS(kind)                                                                      \
    {"__length_hint__", "($self, /)", "The number of items that are left.", kind##_hint},           \
    {"__reduce__", "($self, /)", "For pickling.", kind##_reduce},                                   \
    {"__setstate__", "($self, object, /)", "Skip that many items.", kind##_setstate},               \
    {NULL}
static const MethodDef small_methods[] = {ITERATOR_METHODS(small)};
static const MethodDef long_methods[] = {ITERATOR_METHODS(long)};

const TypeDef typedef_range_iterator = {
    .name = "range_iterator",
    .flags = TF_NO_NEW | TF_IMMUTABLE,
    .size = sizeof(RangeIterator),
    .methods = small_methods,
    .slots = {.iter = self_iter, .next = small_next},
};

static const Field long_fields[] = {FIELD_VALUE(LongRangeIterator, next), FIELD_VALUE(LongRangeIterator, step), FIELD_VALUE(LongRangeIterator, remaining)};
const TypeDef typedef_longrange_iterator = {
    .name = "longrange_iterator",
    .flags = TF_NO_NEW | TF_IMMUTABLE,
    .size = sizeof(LongRangeIterator),
    FIELDS(long_fields),
    .methods = long_methods,
    .slots = {.iter = self_iter, .next = long_next},
};

/* --- Methods --------------------------------------------------------------------------------------------------------------------- */

static Value method_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value parts = tuple_of(t, 3, SELF->start, SELF->stop, SELF->step);
    if (is_null(parts)) return VNULL;
    Value result = tuple_of(t, 2, v_from(type_of(t, args[0])), parts);
    decref(t, parts);
    return result;
}

static Value method_count(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value v = as_exact_int(args[1]);
    if (is_exact_int(v)) {
        int found = range_contains(t, args[0], v);
        return found < 0 ? VNULL : v_smallint(found);
    }
    int64_t count = search(t, args[0], v, NULL);
    return count < 0 ? VNULL : v_smallint(count);
}

static Value method_index(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value v = as_exact_int(args[1]);
    if (!is_exact_int(v)) {
        int64_t first, found = search(t, args[0], v, &first);
        if (found < 0) return VNULL;
        if (found > 0) return v_smallint(first);
        return err_raise(t, T_ValueError, "sequence.index(x): x not in sequence");
    }
    Value i = index_of_int(t, SELF, v);
    if (is_null(i) || !is_none(i)) return i;
    return err_raise(t, T_ValueError, "range.index(x): x not in range");
}

static const MethodDef range_methods[] = {
    {"__reversed__", "($self, /)", "An iterator from the last number to the first.", range_reversed, 0, FX_NO_PYTHON},
    {"__reduce__", "($self, /)", NULL, method_reduce},
    {"count", "($self, object, /)", "How many numbers are equal to a value.", method_count},
    {"index", "($self, object, /)", "The index of the number that is equal to a value.\n\nValueError if there is none.", method_index},
    {NULL},
};

static const MemberDef range_members[] = {
    {"start", MK_VALUE, MEMBER_READONLY, offsetof(Range, start), NULL},
    {"stop", MK_VALUE, MEMBER_READONLY, offsetof(Range, stop), NULL},
    {"step", MK_VALUE, MEMBER_READONLY, offsetof(Range, step), NULL},
    {NULL},
};

static const Field range_fields[] = {FIELD_VALUE(Range, start), FIELD_VALUE(Range, stop), FIELD_VALUE(Range, step), FIELD_VALUE(Range, length)};

const TypeDef typedef_range = {
    .name = "range",
    .doc = "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nThe integers from start (0) up to stop, which is not "
           "among them, in steps of step (1).",
    .flags = TF_SEQUENCE | TF_IMMUTABLE,
    .size = sizeof(Range),
    FIELDS(range_fields),
    .methods = range_methods,
    .members = range_members,
    .slots = {.new = range_make, .repr = range_repr, .hash = range_hash, .compare = range_compare, .iter = range_iter, .truth = range_truth,
              .len = range_len, .getitem = range_getitem, .item = range_item, .contains = range_contains},
};
