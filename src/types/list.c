/* The type list. */
#include "core/names.h"
#include "heap/heap.h"
#include "object/instance.h"
#include "object/list.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"
#include "types/iterators.h"

#define SELF V_AS(List, args[0])

/* --- Life ------------------------------------------------------------------------------------------------------------------------ */

static Value list_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (type == builtin_type(t, T_list)) return list_new(t, 0);
    Value v = object_new(t, type);
    return is_null(v) ? v : object_done(t, v);
}

static bool list_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_null(kwnames) && type_of(t, self)->slots.new == list_make && !call_no_keywords(t, "list", kwnames)) return false;
    if (!call_arity(t, "list", nargs, 0, 1)) return false;
    if (V_AS(List, self)->length > 0) list_clear(t, V_AS(List, self));
    return nargs == 0 || list_extend(t, V_AS(List, self), args[0]);
}

static Value list_repr(Thread *t, Value self) {
    if (list_len(self) == 0) return str_from_ascii(t, "[]", 2);
    int entered = repr_enter(t, self);
    if (entered <= 0) return entered < 0 ? VNULL : str_from_ascii(t, "[...]", 5);
    StrBuilder b;
    str_builder_init(&b);
    bool ok = str_builder_char(t, &b, '[');
    for (int64_t i = 0; ok && i < list_len(self); i++) {
        Value item = new_ref(list_at(self, i));
        ok = (i == 0 || str_builder_ascii(t, &b, ", ", 2)) && str_builder_repr(t, &b, item);
        decref(t, item);
    }
    ok = ok && str_builder_char(t, &b, ']');
    repr_leave(t, self);
    return ok ? str_builder_finish(t, &b) : VNULL;
}

static Value list_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if (!is_list(t, a) || !is_list(t, b)) return V_NOTIMPL;
    List *x = V_AS(List, a), *y = V_AS(List, b);
    if (x->length != y->length && (op == CMP_EQ || op == CMP_NE)) return v_bool(op == CMP_NE);
    for (int64_t i = 0; i < x->length && i < y->length; i++) {
        Value v = x->items[i], w = y->items[i];
        if (same(v, w)) continue;
        incref(v);
        incref(w);
        int is_equal = equal(t, v, w);
        Value result = VNULL;
        bool still_there = i < x->length && i < y->length; /* else the lengths decide */
        if (is_equal == 0 && still_there) result = op == CMP_EQ ? V_FALSE : op == CMP_NE ? V_TRUE : compare(t, v, w, op);
        decref(t, v);
        decref(t, w);
        if (is_equal < 0 || (is_equal == 0 && still_there)) return result;
    }
    int64_t n = x->length, m = y->length;
    switch (op) {
    case CMP_LT: return v_bool(n < m);
    case CMP_LE: return v_bool(n <= m);
    case CMP_EQ: return v_bool(n == m);
    case CMP_NE: return v_bool(n != m);
    case CMP_GT: return v_bool(n > m);
    default: return v_bool(n >= m);
    }
}

static Value list_iter(Thread *t, Value self) { return index_iterator_new(t, SHAPE_list_iterator, self, 0); }
static int64_t list_length(Thread *t, Value self) { return list_len(self); }

static int list_contains(Thread *t, Value self, Value v) {
    List *l = V_AS(List, self);
    for (int64_t i = 0; i < l->length; i++) {
        Value item = l->items[i];
        if (same(item, v)) return 1;
        if (are_smallints(item, v)) continue;
        incref(item);
        int found = equal(t, item, v);
        decref(t, item);
        if (found) return found;
    }
    return 0;
}

/* --- Items ----------------------------------------------------------------------------------------------------------------------- */

static Value list_item(Thread *t, Value self, int64_t index) {
    List *l = V_AS(List, self);
    if (UNLIKELY((uint64_t)index >= (uint64_t)l->length)) return err_raise(t, T_IndexError, "list index out of range");
    return new_ref(l->items[index]);
}

static Value list_slice(Thread *t, List *l, Value slice) {
    int64_t start, stop, step;
    if (!slice_unpack(t, slice, &start, &stop, &step)) return VNULL;
    int64_t n = slice_adjust(l->length, &start, &stop, step);
    return n == 0 ? list_new(t, 0) : list_from_strided(t, l->items + start, n, step);
}

COLD static Value bad_index(Thread *t, Value key) { return err_raise(t, T_TypeError, "list indices must be integers or slices, not %T", key); }

static Value list_getitem(Thread *t, Value self, Value key) {
    List *l = V_AS(List, self);
    int64_t i;
    if (LIKELY(is_smallint(key))) i = smallint_get(key);
    else if (IS_EXACT(key, slice)) return list_slice(t, l, key);
    else if (!has_index(t, key)) return bad_index(t, key);
    else if (!number_to_index(t, key, &i, T_IndexError)) return VNULL;
    if (i < 0) i += l->length;
    return list_item(t, self, i);
}

static bool list_set_at(Thread *t, Value self, int64_t i, Value value) {
    List *l = V_AS(List, self);
    if (UNLIKELY((uint64_t)i >= (uint64_t)l->length)) return err_fail(t, T_IndexError, "list assignment index out of range");
    if (is_null(value)) {
        decref(t, list_pop(t, l, i));
        return true;
    }
    slot_set(t, &l->items[i], new_ref(value));
    return true;
}

/* del l[start:stop:step] */
static bool delete_stepped(Thread *t, List *l, int64_t start, int64_t step, int64_t count) {
    if (step < 0) {
        start += step * (count - 1);
        step = -step;
    }
    Value *removed = heap_alloc(t, (size_t)count * sizeof(Value));
    if (removed == NULL) return false;
    int64_t to = start, from = start;
    for (int64_t i = 0; i < count; i++) {
        removed[i] = l->items[from++];
        int64_t kept = i + 1 < count ? step - 1 : l->length - from;
        memmove(l->items + to, l->items + from, (size_t)kept * sizeof(Value));
        to += kept;
        from += kept;
    }
    l->length -= count;
    for (int64_t i = 0; i < count; i++) decref(t, removed[i]);
    heap_free(t, removed);
    return true;
}

static bool assign_stepped(Thread *t, List *l, int64_t start, int64_t step, int64_t count, Value fast) {
    int64_t n = sequence_fast_len(fast);
    if (n != count)
        return err_fail(t, T_ValueError, "attempt to assign sequence of size %ld to extended slice of size %ld", (long)n, (long)count);
    if (count == 0) return true;
    Value *replaced = heap_alloc(t, (size_t)count * sizeof(Value));
    if (replaced == NULL) return false;
    Value *items = sequence_fast_items(fast);
    for (int64_t i = 0; i < count; i++, start += step) {
        replaced[i] = l->items[start];
        l->items[start] = new_ref(items[i]);
    }
    for (int64_t i = 0; i < count; i++) decref(t, replaced[i]);
    heap_free(t, replaced);
    return true;
}

static bool set_slice(Thread *t, Value self, Value slice, Value value) {
    List *l = V_AS(List, self);
    int64_t start, stop, step;
    if (!slice_unpack(t, slice, &start, &stop, &step)) return false;
    Value fast = VNULL;
    if (!is_null(value)) {
        if (step != 1 && same(value, self)) fast = list_from(t, l->items, l->length);
        else fast = sequence_fast(t, value, "must assign iterable to extended slice");
        if (is_null(fast)) return false;
    }
    int64_t count = slice_adjust(l->length, &start, &stop, step);
    bool ok;
    if (step == 1) ok = list_set_slice(t, l, start, stop < start ? start : stop, fast);
    else if (!is_null(fast)) ok = assign_stepped(t, l, start, step, count, fast);
    else ok = count == 0 || delete_stepped(t, l, start, step, count);
    decref_maybe(t, fast);
    return ok;
}

static bool list_setitem(Thread *t, Value self, Value key, Value value) {
    int64_t i;
    if (LIKELY(is_smallint(key))) i = smallint_get(key);
    else if (IS_EXACT(key, slice)) return set_slice(t, self, key, value);
    else if (!has_index(t, key)) {
        bad_index(t, key);
        return false;
    } else if (!number_to_index(t, key, &i, T_IndexError)) return false;
    if (i < 0) i += list_len(self);
    return list_set_at(t, self, i, value);
}

/* --- + and * --------------------------------------------------------------------------------------------------------------------- */

static Value list_concat(Thread *t, Value a, Value b) {
    if (!is_list(t, b)) return err_raise(t, T_TypeError, "can only concatenate list (not \"%T\") to list", b);
    List *x = V_AS(List, a), *y = V_AS(List, b);
    Value v = list_new(t, x->length + y->length);
    if (is_null(v)) return v;
    List *l = V_AS(List, v);
    for (int64_t i = 0; i < x->length; i++) l->items[i] = new_ref(x->items[i]);
    for (int64_t i = 0; i < y->length; i++) l->items[x->length + i] = new_ref(y->items[i]);
    l->length = x->length + y->length;
    return v;
}

static Value list_inplace_concat(Thread *t, Value a, Value b) { return list_extend(t, V_AS(List, a), b) ? new_ref(a) : VNULL; }

/* Repeats the n items at the front of `items` until `total` stand there. */
static void repeat_items(Value *items, int64_t n, int64_t total) {
    for (int64_t i = n; i < total; i++) items[i] = new_ref(items[i - n]);
}

static Value list_repeat(Thread *t, Value self, int64_t count) {
    List *l = V_AS(List, self);
    if (count <= 0 || l->length == 0) return list_new(t, 0);
    int64_t n = l->length, total;
    if (__builtin_mul_overflow(n, count, &total)) return err_no_memory(t);
    Value v = list_new(t, total);
    if (is_null(v)) return v;
    List *result = V_AS(List, v);
    for (int64_t i = 0; i < n; i++) result->items[i] = new_ref(l->items[i]);
    repeat_items(result->items, n, total);
    result->length = total;
    return v;
}

static Value list_inplace_repeat(Thread *t, Value self, int64_t count) {
    List *l = V_AS(List, self);
    if (l->length == 0 || count == 1) return new_ref(self);
    if (count < 1) {
        list_clear(t, l);
        return new_ref(self);
    }
    int64_t n = l->length, total;
    if (__builtin_mul_overflow(n, count, &total)) return err_no_memory(t);
    if (!list_grow(t, l, total)) return VNULL;
    repeat_items(l->items, n, total);
    l->length = total;
    return new_ref(self);
}

/* --- Methods --------------------------------------------------------------------------------------------------------------------- */

static Value method_append(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return list_append(t, SELF, args[1]) ? V_NONE : VNULL; }
static Value method_extend(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return list_extend(t, SELF, args[1]) ? V_NONE : VNULL; }

static Value method_insert(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t index;
    if (!arg_size(t, args[1], &index)) return VNULL;
    return list_insert(t, SELF, index, args[2]) ? V_NONE : VNULL;
}

static Value method_pop(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    List *l = SELF;
    int64_t index = -1;
    if (!is_null(args[1]) && !arg_size(t, args[1], &index)) return VNULL;
    if (l->length == 0) return err_raise(t, T_IndexError, "pop from empty list");
    if (index < 0) index += l->length;
    if ((uint64_t)index >= (uint64_t)l->length) return err_raise(t, T_IndexError, "pop index out of range");
    return list_pop(t, l, index);
}

/* The index of the first item equal to v in [start, stop), -1: none, -2: exception. */
static int64_t find(Thread *t, List *l, Value v, int64_t start, int64_t stop) {
    for (int64_t i = start; i < stop && i < l->length; i++) {
        Value item = new_ref(l->items[i]);
        int found = equal_fast(t, item, v);
        decref(t, item);
        if (found) return found > 0 ? i : -2;
    }
    return -1;
}

static Value method_remove(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    List *l = SELF;
    int64_t i = find(t, l, args[1], 0, INT64_MAX);
    if (i == -1) return err_raise(t, T_ValueError, "list.remove(x): x not in list");
    if (i < 0) return VNULL;
    if (i < l->length) decref(t, list_pop(t, l, i));
    return V_NONE;
}

static Value method_index(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    List *l = SELF;
    int64_t start = 0, stop = INT64_MAX;
    if (!arg_slice_index(t, args[2], &start) || !arg_slice_index(t, args[3], &stop)) return VNULL;
    if (start < 0 && (start += l->length) < 0) start = 0;
    if (stop < 0 && (stop += l->length) < 0) stop = 0;
    int64_t i = find(t, l, args[1], start, stop);
    if (i == -1) return err_raise(t, T_ValueError, "list.index(x): x not in list");
    return i < 0 ? VNULL : v_smallint(i);
}

static Value method_count(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    List *l = SELF;
    int64_t count = 0;
    for (int64_t i = 0; i < l->length; i++) {
        Value item = new_ref(l->items[i]);
        int found = equal_fast(t, item, args[1]);
        decref(t, item);
        if (found < 0) return VNULL;
        count += found;
    }
    return v_smallint(count);
}

static Value method_reverse(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    list_reverse(SELF);
    return V_NONE;
}

static Value method_sort(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    bool reverse = false;
    if (!is_null(args[2]) && !arg_bool(t, args[2], &reverse)) return VNULL;
    return list_sort(t, SELF, args[1], reverse) ? V_NONE : VNULL;
}

static Value method_clear(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    list_clear(t, SELF);
    return V_NONE;
}

static Value method_copy(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return list_from(t, SELF->items, SELF->length); }
static Value method_reversed(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return index_iterator_new(t, SHAPE_list_reverseiterator, args[0], SELF->length - 1);
}
static Value method_sizeof(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    List *l = SELF;
    return v_smallint((int64_t)type_of(t, args[0])->size + (l->capacity > 0 ? l->capacity : 0) * (int64_t)sizeof(Value));
}

static const MethodDef list_methods[] = {
    {"__reversed__", "($self, /)", "An iterator from the last item to the first.", method_reversed, 0, FX_NO_PYTHON},
    {"__sizeof__", "($self, /)", "Bytes of memory.", method_sizeof, 0, FX_PURE},
    {"clear", "($self, /)", "Remove all items.", method_clear},
    {"copy", "($self, /)", "A new list with the same items.", method_copy, 0, FX_NO_PYTHON},
    {"append", "($self, object, /)", "Add an object at the end.", method_append, 0, FX_NO_PYTHON},
    {"insert", "($self, index, object, /)", "Add an object in front of the item at an index.", method_insert},
    {"extend", "($self, iterable, /)", "Add the items of an iterable at the end.", method_extend},
    {"pop", "($self, index=-1, /)", "Remove an item, the last one unless an index is given, and return it.\n\nIndexError if there is none.", method_pop},
    {"remove", "($self, value, /)", "Remove the first item equal to a value.\n\nValueError if there is none.", method_remove},
    {"index", "($self, value, start=0, stop=sys.maxsize, /)", "The index of the first item equal to a value.\n\nValueError if there is none.", method_index},
    {"count", "($self, value, /)", "How many items are equal to a value.", method_count},
    {"reverse", "($self, /)", "Turn the order of the items around, in place.", method_reverse, 0, FX_NO_PYTHON},
    {"sort", "($self, /, *, key=None, reverse=False)",
     "Sort the items in place, smallest first unless reverse is true; equal ones keep their order.\n\n"
     "With a key function the items are ordered by what it returns for each.", method_sort},
    CLASS_GETITEM,
    {NULL},
};

static const Field list_fields[] = {FIELD_VALUES(List, items, length)};

const TypeDef typedef_list = {
    .name = "list",
    .doc = "A mutable sequence, of the items of an iterable if one is given.",
    .signature = "(iterable=(), /)",
    .flags = TF_BASE | TF_GC | TF_LIST | TF_SEQUENCE | TF_IMMUTABLE,
    .size = sizeof(List),
    FIELDS(list_fields),
    .methods = list_methods,
    .slots = {.new = list_make, .init = list_init, .repr = list_repr, .compare = list_compare, .iter = list_iter,
              .len = list_length, .getitem = list_getitem, .setitem = list_setitem, .item = list_item, .set_item_at = list_set_at,
              .contains = list_contains, .concat = list_concat, .inplace_concat = list_inplace_concat, .repeat = list_repeat,
              .inplace_repeat = list_inplace_repeat},
};
