/* Iterators over sequences by index, over anything with __getitem__, and over the answers of a callable; and small helpers that the
 * containers' types share.
 *
 * An iterator drops its sequence when it is exhausted and stays so.
 */
#include "types/iterators.h"

#include "core/names.h"
#include "heap/heap.h"
#include "object/bytes.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/list.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"

/* --- Shared helpers -------------------------------------------------------------------------------------------------------------- */

Value class_getitem(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return call_2(t, v_from(builtin_type(t, T_GenericAlias)), args[0], args[1]);
}

Value builtin_named(Thread *t, const char *name) {
    Value v = dict_get_cstr(t, t->interp->builtins, name);
    return is_null(v) ? err_raise(t, T_AttributeError, "%s", name) : new_ref(v);
}

Value reduce_to_iter(Thread *t, Value argument, Value state) {
    Value result = VNULL, iter = is_null(argument) ? VNULL : builtin_named(t, "iter");
    if (!is_null(iter)) {
        Value args = tuple_of(t, 1, argument);
        if (!is_null(args)) result = is_null(state) ? tuple_of(t, 2, iter, args) : tuple_of(t, 3, iter, args, state);
        decref_maybe(t, args);
        decref(t, iter);
    }
    decref_maybe(t, argument);
    decref_maybe(t, state);
    return result;
}

bool arg_slice_index(Thread *t, Value v, int64_t *out) {
    if (is_null(v)) return true;
    if (LIKELY(is_smallint(v))) {
        *out = smallint_get(v);
        return true;
    }
    if (!has_index(t, v)) return err_fail(t, T_TypeError, "slice indices must be integers or have an __index__ method");
    return number_to_index(t, v, out, T_INVALID);
}

Value index_iterator_new(Thread *t, uint32_t shape, Value sequence, int64_t index) {
    IndexIterator *it = heap_object(t, shape, sizeof *it);
    if (UNLIKELY(it == NULL)) return VNULL;
    it->sequence = new_ref(sequence);
    it->index = index;
    gc_track(t, it);
    return v_from(it);
}

static const Field index_iterator_fields[] = {FIELD_VALUE(IndexIterator, sequence)};

static Value exhaust(Thread *t, IndexIterator *it) {
    slot_clear(t, &it->sequence);
    return VNULL;
}

static Value self_iter(Thread *t, Value self) { return new_ref(self); }

/* The index that __setstate__ was given, cut to [low, high]. */
static bool state_index(Thread *t, Value state, int64_t low, int64_t high, int64_t *index) {
    if (!is_int(t, state)) {
        if (!has_index(t, state)) return err_fail(t, T_TypeError, "an integer is required");
    }
    if (!number_to_index(t, state, index, T_OverflowError)) return false;
    if (*index < low) *index = low;
    if (*index > high) *index = high;
    return true;
}

/* --- list, tuple, str, bytes, bytearray ------------------------------------------------------------------------------------------ */

static Value list_iterator_next(Thread *t, Value self) {
    IndexIterator *it = V_AS(IndexIterator, self);
    if (UNLIKELY(is_null(it->sequence))) return VNULL;
    List *l = V_AS(List, it->sequence);
    if (LIKELY(it->index < l->length)) return new_ref(l->items[it->index++]);
    return exhaust(t, it);
}

static Value tuple_iterator_next(Thread *t, Value self) {
    IndexIterator *it = V_AS(IndexIterator, self);
    if (UNLIKELY(is_null(it->sequence))) return VNULL;
    Tuple *tuple = V_AS(Tuple, it->sequence);
    if (LIKELY(it->index < tuple->length)) return new_ref(tuple->items[it->index++]);
    return exhaust(t, it);
}

static Value str_iterator_next(Thread *t, Value self) {
    IndexIterator *it = V_AS(IndexIterator, self);
    if (UNLIKELY(is_null(it->sequence))) return VNULL;
    Str *s = V_AS(Str, it->sequence);
    if (LIKELY(it->index < str_len(s))) return str_from_char(t, str_at(s, it->index++));
    return exhaust(t, it);
}

static Value bytes_iterator_next(Thread *t, Value self) {
    IndexIterator *it = V_AS(IndexIterator, self);
    if (UNLIKELY(is_null(it->sequence))) return VNULL;
    Bytes *b = V_AS(Bytes, it->sequence);
    if (LIKELY(it->index < b->length)) return v_smallint((uint8_t)b->data[it->index++]);
    return exhaust(t, it);
}

static Value bytearray_iterator_next(Thread *t, Value self) {
    IndexIterator *it = V_AS(IndexIterator, self);
    if (UNLIKELY(is_null(it->sequence))) return VNULL;
    ByteArray *b = V_AS(ByteArray, it->sequence);
    if (LIKELY(it->index < b->length)) return v_smallint((uint8_t)bytearray_data(b)[it->index++]);
    return exhaust(t, it);
}

/* The number of items in any of the sequences above. */
static int64_t length_now(Value sequence) {
    switch (v_obj(sequence)->shape) {
    case SHAPE_list: return list_len(sequence);
    case SHAPE_tuple: return tuple_len(sequence);
    case SHAPE_str: return str_len(V_AS(Str, sequence));
    case SHAPE_bytes: return V_AS(Bytes, sequence)->length;
    default: return -1;
    }
}
static int64_t length_of_sequence(Thread *t, Value sequence) {
    int64_t n = length_now(sequence);
    if (n >= 0) return n;
    if (is_list(t, sequence)) return list_len(sequence);
    if (is_tuple(t, sequence)) return tuple_len(sequence);
    if (is_str(t, sequence)) return str_len(V_AS(Str, sequence));
    if (is_bytes(t, sequence)) return V_AS(Bytes, sequence)->length;
    return V_AS(ByteArray, sequence)->length;
}

static Value index_iterator_hint(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    IndexIterator *it = V_AS(IndexIterator, args[0]);
    if (is_null(it->sequence)) return v_smallint(0);
    int64_t n = length_of_sequence(t, it->sequence) - it->index;
    return v_smallint(n > 0 ? n : 0);
}

/* What an exhausted iterator pickles as: over an empty str, list or tuple. */
static Value empty_for(Thread *t, Object *o) {
    if (o->shape == SHAPE_list_iterator || o->shape == SHAPE_list_reverseiterator) return list_new(t, 0);
    if (o->shape == SHAPE_str_iterator) return new_ref(t->interp->empty_str);
    return tuple_new(t, 0);
}

static Value index_iterator_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    IndexIterator *it = V_AS(IndexIterator, args[0]);
    Value iter = builtin_named(t, "iter"); /* looked up first: it may run code that exhausts us */
    if (is_null(iter)) return VNULL;
    decref(t, iter);
    if (is_null(it->sequence)) return reduce_to_iter(t, empty_for(t, v_obj(args[0])), VNULL);
    return reduce_to_iter(t, new_ref(it->sequence), v_smallint(it->index));
}

static Value index_iterator_setstate(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    IndexIterator *it = V_AS(IndexIterator, args[0]);
    int64_t index;
    if (!state_index(t, args[1], 0, INT64_MAX, &index)) return VNULL;
    if (is_null(it->sequence)) return V_NONE;
    int64_t n = length_of_sequence(t, it->sequence);
    it->index = index > n ? n : index;
    return V_NONE;
}

static const MethodDef index_iterator_methods[] = {
    {"__length_hint__", "($self, /)", "The number of items that are left.", index_iterator_hint},
    {"__reduce__", "($self, /)", "For pickling.", index_iterator_reduce},
    {"__setstate__", "($self, object, /)", "Set the index of the next item.", index_iterator_setstate},
    {NULL},
};

#define INDEX_ITERATOR(id)                                                          \
    const TypeDef typedef_##id##_iterator = {                                       \
        .name = #id "_iterator",                                                    \
        .flags = TF_GC | TF_NO_NEW | TF_IMMUTABLE,                                  \
        .size = sizeof(IndexIterator),                                              \
        FIELDS(index_iterator_fields),                                              \
        .methods = index_iterator_methods,                                          \
        .slots = {.iter = self_iter, .next = id##_iterator_next},                   \
    }
INDEX_ITERATOR(list);
INDEX_ITERATOR(tuple);
INDEX_ITERATOR(bytes);
INDEX_ITERATOR(bytearray);
const TypeDef typedef_str_iterator = {
    .name = "str_iterator",
    .flags = TF_GC | TF_NO_NEW | TF_IMMUTABLE,
    .size = sizeof(IndexIterator),
    FIELDS(index_iterator_fields),
    .methods = index_iterator_methods,
    .slots = {.iter = self_iter, .next = str_iterator_next},
};

/* --- list, backwards ------------------------------------------------------------------------------------------------------------- */

static Value list_reverse_next(Thread *t, Value self) {
    IndexIterator *it = V_AS(IndexIterator, self);
    if (is_null(it->sequence)) return VNULL;
    List *l = V_AS(List, it->sequence);
    if (LIKELY(it->index >= 0 && it->index < l->length)) return new_ref(l->items[it->index--]);
    it->index = -1;
    return exhaust(t, it);
}

static Value list_reverse_hint(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    IndexIterator *it = V_AS(IndexIterator, args[0]);
    int64_t n = it->index + 1;
    return v_smallint(is_null(it->sequence) || list_len(it->sequence) < n ? 0 : n);
}

static Value list_reverse_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    IndexIterator *it = V_AS(IndexIterator, args[0]);
    Value reversed = builtin_named(t, "reversed");
    if (is_null(reversed)) return VNULL;
    bool ended = is_null(it->sequence);
    Value list = ended ? list_new(t, 0) : new_ref(it->sequence), inner = VNULL, result = VNULL;
    if (!is_null(list)) inner = tuple_take(t, &list, 1);
    if (!is_null(inner)) result = ended ? tuple_of(t, 2, reversed, inner) : tuple_of(t, 3, reversed, inner, v_smallint(it->index));
    decref_maybe(t, inner);
    decref(t, reversed);
    return result;
}

static Value list_reverse_setstate(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    IndexIterator *it = V_AS(IndexIterator, args[0]);
    int64_t index;
    if (!state_index(t, args[1], -1, INT64_MAX, &index)) return VNULL;
    if (is_null(it->sequence)) return V_NONE;
    int64_t last = list_len(it->sequence) - 1;
    it->index = index > last ? last : index;
    return V_NONE;
}

static const MethodDef list_reverse_methods[] = {
    {"__length_hint__", "($self, /)", "The number of items that are left.", list_reverse_hint},
    {"__reduce__", "($self, /)", "For pickling.", list_reverse_reduce},
    {"__setstate__", "($self, object, /)", "Set the index of the next item.", list_reverse_setstate},
    {NULL},
};

const TypeDef typedef_list_reverseiterator = {
    .name = "list_reverseiterator",
    .flags = TF_GC | TF_NO_NEW | TF_IMMUTABLE,
    .size = sizeof(IndexIterator),
    FIELDS(index_iterator_fields),
    .methods = list_reverse_methods,
    .slots = {.iter = self_iter, .next = list_reverse_next},
};

/* --- Anything with __getitem__ --------------------------------------------------------------------------------------------------- */

static Value sequence_next(Thread *t, Value self) {
    IndexIterator *it = V_AS(IndexIterator, self);
    if (is_null(it->sequence)) return VNULL;
    if (it->index == INT64_MAX) return err_raise(t, T_OverflowError, "iter index too large");
    Value sequence = new_ref(it->sequence);
    Value v = item_get_index(t, sequence, it->index);
    decref(t, sequence);
    if (!is_null(v)) {
        it->index++;
        return v;
    }
    if (err_catch(t, T_IndexError) || err_catch(t, T_StopIteration)) slot_clear(t, &it->sequence);
    return VNULL;
}

static Value sequence_hint(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    IndexIterator *it = V_AS(IndexIterator, args[0]);
    if (is_null(it->sequence)) return v_smallint(0);
    if (type_of(t, it->sequence)->slots.len == NULL) return V_NOTIMPL;
    int64_t n = length_of(t, it->sequence);
    if (n < 0) return VNULL;
    return v_smallint(n > it->index ? n - it->index : 0);
}

static Value sequence_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    IndexIterator *it = V_AS(IndexIterator, args[0]);
    Value iter = builtin_named(t, "iter");
    if (is_null(iter)) return VNULL;
    decref(t, iter);
    if (is_null(it->sequence)) return reduce_to_iter(t, tuple_new(t, 0), VNULL);
    return reduce_to_iter(t, new_ref(it->sequence), int_from_i64(t, it->index));
}

static Value sequence_setstate(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    IndexIterator *it = V_AS(IndexIterator, args[0]);
    int64_t index;
    if (!state_index(t, args[1], 0, INT64_MAX, &index)) return VNULL;
    if (!is_null(it->sequence)) it->index = index;
    return V_NONE;
}

static const MethodDef sequence_methods[] = {
    {"__length_hint__", "($self, /)", "The number of items that are left.", sequence_hint},
    {"__reduce__", "($self, /)", "For pickling.", sequence_reduce},
    {"__setstate__", "($self, object, /)", "Set the index of the next item.", sequence_setstate},
    {NULL},
};

const TypeDef typedef_sequence_iterator = {
    .name = "iterator",
    .flags = TF_GC | TF_NO_NEW | TF_IMMUTABLE,
    .size = sizeof(IndexIterator),
    FIELDS(index_iterator_fields),
    .methods = sequence_methods,
    .slots = {.iter = self_iter, .next = sequence_next},
};

/* --- iter(callable, sentinel) ---------------------------------------------------------------------------------------------------- */

typedef struct CallableIterator { Object head; Value callable, sentinel; } CallableIterator;

Value callable_iterator_new(Thread *t, Value callable, Value sentinel) {
    CallableIterator *it = heap_object(t, SHAPE_callable_iterator, sizeof *it);
    if (it == NULL) return VNULL;
    it->callable = new_ref(callable);
    it->sentinel = new_ref(sentinel);
    gc_track(t, it);
    return v_from(it);
}

static Value callable_next(Thread *t, Value self) {
    CallableIterator *it = V_AS(CallableIterator, self);
    if (is_null(it->callable)) return VNULL;
    Value callable = new_ref(it->callable);
    Value v = call_0(t, callable);
    decref(t, callable);
    if (is_null(v)) {
        if (err_catch(t, T_StopIteration)) {
            slot_clear(t, &it->callable);
            slot_clear(t, &it->sentinel);
        }
        return VNULL;
    }
    if (is_null(it->sentinel)) { /* the call exhausted us */
        decref(t, v);
        return VNULL;
    }
    Value sentinel = new_ref(it->sentinel);
    int is_end = equal_fast(t, sentinel, v);
    decref(t, sentinel);
    if (is_end == 0) return v;
    decref(t, v);
    if (is_end > 0) {
        slot_clear(t, &it->callable);
        slot_clear(t, &it->sentinel);
    }
    return VNULL;
}

static Value callable_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    CallableIterator *it = V_AS(CallableIterator, args[0]);
    Value iter = builtin_named(t, "iter"), result = VNULL;
    if (is_null(iter)) return VNULL;
    if (is_null(it->callable)) {
        decref(t, iter);
        return reduce_to_iter(t, tuple_new(t, 0), VNULL);
    }
    Value inner = tuple_of(t, 2, it->callable, it->sentinel);
    if (!is_null(inner)) result = tuple_of(t, 2, iter, inner);
    decref_maybe(t, inner);
    decref(t, iter);
    return result;
}

static const MethodDef callable_methods[] = {
    {"__reduce__", "($self, /)", "For pickling.", callable_reduce},
    {NULL},
};
static const Field callable_fields[] = {FIELD_VALUE(CallableIterator, callable), FIELD_VALUE(CallableIterator, sentinel)};

const TypeDef typedef_callable_iterator = {
    .name = "callable_iterator",
    .flags = TF_GC | TF_NO_NEW | TF_IMMUTABLE,
    .size = sizeof(CallableIterator),
    FIELDS(callable_fields),
    .methods = callable_methods,
    .slots = {.iter = self_iter, .next = callable_next},
};
