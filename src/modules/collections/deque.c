/* deque: a ring of values that grows and shrinks at both ends.
 *
 *     items: [ . . . c d e | . . . a b ]      start is the index of a; capacity is a power of two
 *
 * `state` counts the changes of length and order, by which iterators and searches notice them.
 */
#include "modules/collections/collections_priv.h"

typedef struct Deque {
    Object head;
    Value *items; /* raw block, NULL when capacity is 0 */
    int64_t capacity, start, length;
    int64_t maxlen; /* -1: none */
    uint64_t state;
    void *ext;
} Deque;

#define SELF V_AS(Deque, args[0])

static inline Value *slot(Deque *d, int64_t i) { return &d->items[(d->start + i) & (d->capacity - 1)]; }

static bool reserve(Thread *t, Deque *d, int64_t n) {
    if (n <= d->capacity) return true;
    if (n > INT64_MAX / 32) return err_no_memory_fail(t);
    int64_t capacity = d->capacity ? d->capacity : 8;
    while (capacity < n) capacity *= 2;
    Value *items = heap_alloc(t, (size_t)capacity * sizeof(Value));
    if (items == NULL) return false;
    for (int64_t i = 0; i < d->length; i++) items[i] = *slot(d, i);
    heap_free(t, d->items);
    d->items = items;
    d->capacity = capacity;
    d->start = 0;
    return true;
}

static Value take_left(Deque *d) {
    Value v = *slot(d, 0);
    d->start = (d->start + 1) & (d->capacity - 1);
    d->length--;
    d->state++;
    return v;
}

static Value take_right(Deque *d) {
    Value v = *slot(d, d->length - 1);
    d->length--;
    d->state++;
    return v;
}

/* Takes v. */
static bool push_right(Thread *t, Deque *d, Value v) {
    if (UNLIKELY(!reserve(t, d, d->length + 1))) {
        decref(t, v);
        return false;
    }
    *slot(d, d->length++) = v;
    d->state++;
    if (d->maxlen >= 0 && d->length > d->maxlen) decref(t, take_left(d));
    return true;
}

static bool push_left(Thread *t, Deque *d, Value v) {
    if (UNLIKELY(!reserve(t, d, d->length + 1))) {
        decref(t, v);
        return false;
    }
    d->start = (d->start - 1) & (d->capacity - 1);
    *slot(d, 0) = v;
    d->length++;
    d->state++;
    if (d->maxlen >= 0 && d->length > d->maxlen) decref(t, take_right(d));
    return true;
}

static void clear(Thread *t, Deque *d) {
    Deque old = *d;
    d->items = NULL;
    d->capacity = d->start = d->length = 0;
    d->state++;
    for (int64_t i = 0; i < old.length; i++) decref(t, *slot(&old, i));
    heap_free(t, old.items);
}

static void deque_clear(Thread *t, Object *self) { clear(t, (Deque *)self); }

static int deque_traverse(Object *self, VisitFn visit, void *context) {
    Deque *d = (Deque *)self;
    for (int64_t i = 0; i < d->length; i++) {
        Value v = *slot(d, i);
        int stop = is_obj(v) ? visit(v, context) : 0;
        if (stop) return stop;
    }
    return 0;
}

static bool is_deque(Thread *t, Value v) { return IS_A(t, v, deque); }

/* --- Life ------------------------------------------------------------------------------------------------------------------------ */

NEW(deque_make) {
    Value v = object_new(t, type);
    if (is_null(v)) return VNULL;
    V_AS(Deque, v)->maxlen = -1;
    return object_done(t, v);
}

static Value deque_new(Thread *t, int64_t maxlen) {
    Value v = deque_make(t, builtin_type(t, T_deque), NULL, 0, VNULL);
    if (!is_null(v)) V_AS(Deque, v)->maxlen = maxlen;
    return v;
}

static bool extend(Thread *t, Value self, Value iterable, bool left) {
    Deque *d = V_AS(Deque, self);
    if (same(self, iterable)) {
        Value list = list_from_iterable(t, iterable);
        bool ok = !is_null(list) && extend(t, self, list, left);
        decref_maybe(t, list);
        return ok;
    }
    Value it = iter_of(t, iterable), item;
    if (is_null(it)) return false;
    while (!is_null(item = iter_next(t, it)))
        if (!(left ? push_left(t, d, item) : push_right(t, d, item))) break;
    decref(t, it);
    return !err_pending(t);
}

static bool deque_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Value bound[2];
    if (!call_bind_signature(t, "deque", "(iterable=<unrepresentable>, maxlen=None)", args, nargs, kwnames, bound)) return false;
    int64_t maxlen = -1;
    if (!is_null(bound[1]) && !is_none(bound[1])) {
        if (!has_index(t, bound[1])) return err_fail(t, T_TypeError, "an integer is required");
        if (!arg_size(t, bound[1], &maxlen)) return false;
        if (maxlen < 0) return err_fail(t, T_ValueError, "maxlen must be non-negative");
    }
    Deque *d = V_AS(Deque, self);
    d->maxlen = maxlen;
    if (d->length > 0) clear(t, d);
    return is_null(bound[0]) || extend(t, self, bound[0], false);
}

static Value deque_repr(Thread *t, Value self) {
    int entered = repr_enter(t, self);
    if (entered <= 0) return entered < 0 ? VNULL : str_from_ascii(t, "[...]", 5);
    Value list = list_from_iterable(t, self), text = VNULL, name = type_of(t, self)->name;
    int64_t maxlen = V_AS(Deque, self)->maxlen;
    if (!is_null(list)) text = maxlen >= 0 ? str_format(t, "%U(%R, maxlen=%ld)", name, list, (long)maxlen) : str_format(t, "%U(%R)", name, list);
    decref_maybe(t, list);
    repr_leave(t, self);
    return text;
}

static Value deque_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if (!is_deque(t, a) || !is_deque(t, b)) return V_NOTIMPL;
    int64_t n = V_AS(Deque, a)->length, m = V_AS(Deque, b)->length;
    if (op == CMP_EQ || op == CMP_NE) {
        if (same(a, b)) return v_bool(op == CMP_EQ);
        if (n != m) return v_bool(op == CMP_NE);
    }
    Value x = list_from_iterable(t, a), y = is_null(x) ? VNULL : list_from_iterable(t, b), result = VNULL;
    if (!is_null(y)) result = compare(t, x, y, op);
    decref_maybe(t, x);
    decref_maybe(t, y);
    return result;
}

static int64_t deque_len(Thread *t, Value self) { return V_AS(Deque, self)->length; }

/* --- Searching ------------------------------------------------------------------------------------------------------------------- */

/* The index of the first item equal to v in [start, stop): -1 none, -2 exception, changes of the deque included. */
static int64_t find(Thread *t, Deque *d, Value v, int64_t start, int64_t stop, enum TypeId changed) {
    uint64_t state = d->state;
    for (int64_t i = start; i < stop; i++) {
        Value item = new_ref(*slot(d, i));
        int found = equal_fast(t, item, v);
        decref(t, item);
        if (found < 0) return -2;
        if (d->state != state) return err_raise(t, changed, "deque mutated during iteration"), -2;
        if (found) return i;
    }
    return -1;
}

static int deque_contains(Thread *t, Value self, Value v) {
    int64_t i = find(t, V_AS(Deque, self), v, 0, V_AS(Deque, self)->length, T_RuntimeError);
    return i >= 0 ? 1 : i == -1 ? 0 : -1;
}

METHOD(method_count) {
    Deque *d = SELF;
    uint64_t state = d->state;
    int64_t count = 0;
    for (int64_t i = 0; i < d->length; i++) {
        Value item = new_ref(*slot(d, i));
        int found = equal_fast(t, item, args[1]);
        decref(t, item);
        if (found < 0) return VNULL;
        if (d->state != state) return err_raise(t, T_RuntimeError, "deque mutated during iteration");
        count += found;
    }
    return v_smallint(count);
}

METHOD(method_index) {
    if (!call_no_keywords(t, "deque.index", kwnames) || !call_arity(t, "index", nargs - 1, 1, 3)) return VNULL;
    Deque *d = SELF;
    int64_t start = 0, stop = d->length;
    if (nargs > 2 && !arg_slice_index(t, args[2], &start)) return VNULL;
    if (nargs > 3 && !arg_slice_index(t, args[3], &stop)) return VNULL;
    if (start < 0 && (start += d->length) < 0) start = 0;
    if (stop < 0 && (stop += d->length) < 0) stop = 0;
    if (stop > d->length) stop = d->length;
    int64_t i = find(t, d, args[1], start, stop, T_RuntimeError);
    if (i == -1) return err_raise(t, T_ValueError, "deque.index(x): x not in deque");
    return i < 0 ? VNULL : v_smallint(i);
}

/* --- Items ----------------------------------------------------------------------------------------------------------------------- */

static Value deque_item(Thread *t, Value self, int64_t i) {
    Deque *d = V_AS(Deque, self);
    if ((uint64_t)i >= (uint64_t)d->length) return err_raise(t, T_IndexError, "deque index out of range");
    return new_ref(*slot(d, i));
}

/* Closes the gap at i; answers what was there. */
static Value remove_at(Deque *d, int64_t i) {
    Value v = *slot(d, i);
    if (i < d->length / 2) {
        for (; i > 0; i--) *slot(d, i) = *slot(d, i - 1);
        d->start = (d->start + 1) & (d->capacity - 1);
    } else {
        for (; i + 1 < d->length; i++) *slot(d, i) = *slot(d, i + 1);
    }
    d->length--;
    d->state++;
    return v;
}

static bool deque_set_item(Thread *t, Value self, int64_t i, Value v) {
    Deque *d = V_AS(Deque, self);
    if ((uint64_t)i >= (uint64_t)d->length) return err_fail(t, T_IndexError, "deque index out of range");
    if (is_null(v)) decref(t, remove_at(d, i));
    else slot_set(t, slot(d, i), new_ref(v));
    return true;
}

METHOD(method_append) { return push_right(t, SELF, new_ref(args[1])) ? V_NONE : VNULL; }
METHOD(method_appendleft) { return push_left(t, SELF, new_ref(args[1])) ? V_NONE : VNULL; }
METHOD(method_pop) { return SELF->length == 0 ? err_raise(t, T_IndexError, "pop from an empty deque") : take_right(SELF); }
METHOD(method_popleft) { return SELF->length == 0 ? err_raise(t, T_IndexError, "pop from an empty deque") : take_left(SELF); }
METHOD(method_extend) { return extend(t, args[0], args[1], false) ? V_NONE : VNULL; }
METHOD(method_extendleft) { return extend(t, args[0], args[1], true) ? V_NONE : VNULL; }
METHOD(method_clear) {
    clear(t, SELF);
    return V_NONE;
}

METHOD(method_insert) {
    Deque *d = SELF;
    int64_t i;
    if (!arg_size(t, args[1], &i)) return VNULL;
    if (d->maxlen == d->length) return err_raise(t, T_IndexError, "deque already at its maximum size");
    if (i < 0 && (i += d->length) < 0) i = 0;
    if (i > d->length) i = d->length;
    if (!reserve(t, d, d->length + 1)) return VNULL;
    d->length++;
    if (i < d->length / 2) {
        d->start = (d->start - 1) & (d->capacity - 1);
        for (int64_t j = 0; j < i; j++) *slot(d, j) = *slot(d, j + 1);
    } else {
        for (int64_t j = d->length - 1; j > i; j--) *slot(d, j) = *slot(d, j - 1);
    }
    *slot(d, i) = new_ref(args[2]);
    d->state++;
    return V_NONE;
}

METHOD(method_remove) {
    Deque *d = SELF;
    int64_t i = find(t, d, args[1], 0, d->length, T_IndexError);
    if (i == -1) return err_raise(t, T_ValueError, "deque.remove(x): x not in deque");
    if (i < 0) return VNULL;
    decref(t, remove_at(d, i));
    return V_NONE;
}

METHOD(method_reverse) {
    Deque *d = SELF;
    for (int64_t i = 0, j = d->length - 1; i < j; i++, j--) {
        Value v = *slot(d, i);
        *slot(d, i) = *slot(d, j);
        *slot(d, j) = v;
    }
    d->state++;
    return V_NONE;
}

METHOD(method_rotate) {
    Deque *d = SELF;
    int64_t n = 1;
    if (!is_null(args[1]) && !arg_size(t, args[1], &n)) return VNULL;
    if (d->length < 2) return V_NONE;
    n %= d->length;
    if (n < 0) n += d->length;
    if (n > d->length / 2) n -= d->length;
    d->state += n != 0;
    if (d->length == d->capacity) { /* a full ring only turns */
        d->start = (d->start - n) & (d->capacity - 1);
        return V_NONE;
    }
    for (; n > 0; n--) {
        Value v = *slot(d, d->length - 1);
        d->start = (d->start - 1) & (d->capacity - 1);
        *slot(d, 0) = v;
    }
    for (; n < 0; n++) {
        Value v = *slot(d, 0);
        d->start = (d->start + 1) & (d->capacity - 1);
        *slot(d, d->length - 1) = v;
    }
    return V_NONE;
}

/* A deque of the same type, items and maxlen. */
static Value copy_of(Thread *t, Value self) {
    Deque *d = V_AS(Deque, self);
    Value v;
    if (IS_EXACT(self, deque)) {
        v = deque_new(t, d->maxlen);
        if (!is_null(v) && !extend(t, v, self, false)) {
            decref(t, v);
            return VNULL;
        }
        return v;
    }
    Value type = v_from(type_of(t, self));
    if (d->maxlen < 0) v = call_1(t, type, self);
    else {
        Value maxlen = int_from_i64(t, d->maxlen);
        if (is_null(maxlen)) return VNULL;
        v = call_2(t, type, self, maxlen);
        decref(t, maxlen);
    }
    if (!is_null(v) && !is_deque(t, v)) {
        err_raise(t, T_TypeError, "%N() must return a deque, not %T", type_of(t, self), v);
        decref(t, v);
        return VNULL;
    }
    return v;
}

METHOD(method_copy) { return copy_of(t, args[0]); }

static Value deque_concat(Thread *t, Value a, Value b) {
    if (!is_deque(t, b)) return err_raise(t, T_TypeError, "can only concatenate deque (not \"%T\") to deque", b);
    Value v = copy_of(t, a);
    if (!is_null(v) && !extend(t, v, b, false)) {
        decref(t, v);
        return VNULL;
    }
    return v;
}

static Value deque_inplace_concat(Thread *t, Value a, Value b) { return extend(t, a, b, false) ? new_ref(a) : VNULL; }

static Value deque_inplace_repeat(Thread *t, Value self, int64_t count) {
    Deque *d = V_AS(Deque, self);
    int64_t n = d->length, total;
    if (n == 0 || count == 1) return new_ref(self);
    if (count <= 0) {
        clear(t, d);
        return new_ref(self);
    }
    if (__builtin_mul_overflow(n, count, &total)) return err_no_memory(t);
    /* What a bounded deque keeps are the last maxlen of all, in their phase. */
    if (d->maxlen >= 0) {
        int64_t keep = total < d->maxlen ? total : d->maxlen;
        Value list = list_from_iterable(t, self);
        if (is_null(list)) return VNULL;
        clear(t, d);
        for (int64_t i = total - keep; i < total; i++)
            if (!push_right(t, d, new_ref(list_at(list, i % n)))) {
                decref(t, list);
                return VNULL;
            }
        decref(t, list);
        return new_ref(self);
    }
    if (!reserve(t, d, total)) return VNULL;
    for (int64_t i = n; i < total; i++) *slot(d, i) = new_ref(*slot(d, i - n));
    d->length = total;
    d->state++;
    return new_ref(self);
}

static Value deque_repeat(Thread *t, Value self, int64_t count) {
    Value v = copy_of(t, self);
    if (is_null(v)) return VNULL;
    Value result = deque_inplace_repeat(t, v, count);
    decref(t, v);
    return result;
}

METHOD(method_reduce) {
    Deque *d = SELF;
    Value state = call_method_0(t, args[0], N(t, __getstate__)), it = VNULL, maxlen = VNULL, inner = VNULL, result = VNULL;
    if (!is_null(state)) it = iter_of(t, args[0]);
    if (!is_null(it)) maxlen = int_from_i64(t, d->maxlen);
    if (!is_null(maxlen)) inner = d->maxlen < 0 ? tuple_new(t, 0) : tuple_of(t, 2, t->interp->empty_tuple, maxlen);
    decref_maybe(t, maxlen);
    if (!is_null(inner)) result = tuple_of(t, 4, v_from(type_of(t, args[0])), inner, state, it);
    decref_maybe(t, state);
    decref_maybe(t, it);
    decref_maybe(t, inner);
    return result;
}

METHOD(method_sizeof) { return v_smallint((int64_t)type_of(t, args[0])->size + SELF->capacity * (int64_t)sizeof(Value)); }

static Value get_maxlen(Thread *t, Value self, void *closure) {
    int64_t maxlen = V_AS(Deque, self)->maxlen;
    return maxlen < 0 ? V_NONE : int_from_i64(t, maxlen);
}

/* --- Iterators ------------------------------------------------------------------------------------------------------------------- */

typedef struct DequeIterator { Object head; Value deque; int64_t done, left; uint64_t state; } DequeIterator;

static Value iterator_new(Thread *t, Value deque, enum TypeId id) {
    Value v = object_new(t, builtin_type(t, id));
    if (is_null(v)) return VNULL;
    DequeIterator *it = V_AS(DequeIterator, v);
    it->deque = new_ref(deque);
    it->left = V_AS(Deque, deque)->length;
    it->state = V_AS(Deque, deque)->state;
    return object_done(t, v);
}

static Value deque_iter(Thread *t, Value self) { return iterator_new(t, self, T_deque_iterator); }
METHOD(method_reversed) { return iterator_new(t, args[0], T_deque_reverse_iterator); }

static Value iterator_step(Thread *t, DequeIterator *it, bool reversed) {
    if (is_null(it->deque)) return VNULL;
    Deque *d = V_AS(Deque, it->deque);
    if (it->state != d->state) {
        it->left = 0;
        return err_raise(t, T_RuntimeError, "deque mutated during iteration");
    }
    if (it->left == 0) return VNULL;
    it->left--;
    int64_t i = it->done++;
    return new_ref(*slot(d, reversed ? d->length - 1 - i : i));
}
static Value iterator_next(Thread *t, Value self) { return iterator_step(t, V_AS(DequeIterator, self), false); }
static Value reverse_iterator_next(Thread *t, Value self) { return iterator_step(t, V_AS(DequeIterator, self), true); }

/* (deque, index=0): as pickled. */
static Value iterator_restore(Thread *t, enum TypeId id, const char *name, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, name, kwnames) || !call_arity(t, name, nargs, 1, 2)) return VNULL;
    if (!is_deque(t, args[0])) return err_raise(t, T_TypeError, "argument 1 must be collections.deque, not %T", args[0]);
    int64_t skip = 0;
    if (nargs > 1 && !arg_size(t, args[1], &skip)) return VNULL;
    Value v = iterator_new(t, args[0], id);
    if (is_null(v)) return VNULL;
    DequeIterator *it = V_AS(DequeIterator, v);
    if (skip < 0) skip = 0;
    if (skip > it->left) skip = it->left;
    it->done = skip;
    it->left -= skip;
    return v;
}
NEW(iterator_make) { return iterator_restore(t, T_deque_iterator, "_deque_iterator", args, nargs, kwnames); }
NEW(reverse_iterator_make) { return iterator_restore(t, T_deque_reverse_iterator, "_deque_reverse_iterator", args, nargs, kwnames); }

METHOD(iterator_hint) { return v_smallint(V_AS(DequeIterator, args[0])->left); }
METHOD(iterator_reduce) {
    DequeIterator *it = V_AS(DequeIterator, args[0]);
    Value inner = tuple_of(t, 2, it->deque, v_smallint(it->done)), result = VNULL;
    if (!is_null(inner)) result = tuple_of(t, 2, v_from(type_of(t, args[0])), inner);
    decref_maybe(t, inner);
    return result;
}

static const MethodDef iterator_methods[] = {
    {"__length_hint__", "($self, /)", "The number of items that are left.", iterator_hint},
    {"__reduce__", "($self, /)", "For pickling.", iterator_reduce},
    {NULL},
};
static const Field iterator_fields[] = {FIELD_VALUE(DequeIterator, deque)};

const TypeDef typedef_deque_iterator = {
    .name = "collections._deque_iterator",
    .flags = TF_GC | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(DequeIterator),
    FIELDS(iterator_fields),
    .methods = iterator_methods,
    .slots = {.new = iterator_make, .iter = collections_self_iter, .next = iterator_next},
};
const TypeDef typedef_deque_reverse_iterator = {
    .name = "collections._deque_reverse_iterator",
    .flags = TF_GC | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(DequeIterator),
    FIELDS(iterator_fields),
    .methods = iterator_methods,
    .slots = {.new = reverse_iterator_make, .iter = collections_self_iter, .next = reverse_iterator_next},
};

static const MethodDef deque_methods[] = {
    {"append", "($self, item, /)", "Add an item at the right end.", method_append},
    {"appendleft", "($self, item, /)", "Add an item at the left end.", method_appendleft},
    {"pop", "($self, /)", "Remove the rightmost item and return it.", method_pop},
    {"popleft", "($self, /)", "Remove the leftmost item and return it.", method_popleft},
    {"extend", "($self, iterable, /)", "Add the items of an iterable at the right end.", method_extend},
    {"extendleft", "($self, iterable, /)", "Add the items of an iterable at the left end, one after the other.", method_extendleft},
    {"clear", "($self, /)", "Remove all items.", method_clear},
    {"copy", "($self, /)", "A new deque with the same items.", method_copy},
    {"__copy__", "($self, /)", "A new deque with the same items.", method_copy},
    {"count", "($self, value, /)", "How many items are equal to a value.", method_count},
    {"index", NULL, "D.index(value[, start[, stop]]) -> integer\n\nThe index of the first item equal to a value.\n\nValueError if there is none.", method_index},
    {"insert", "($self, index, value, /)", "Add a value in front of the item at an index.", method_insert},
    {"remove", "($self, value, /)", "Remove the first item equal to a value.", method_remove},
    {"reverse", "($self, /)", "Turn the order of the items around, in place.", method_reverse},
    {"rotate", "($self, n=1, /)", "Move n items from the right end to the left one; for a negative n the other way.", method_rotate},
    {"__reversed__", "($self, /)", "An iterator from the right end to the left one.", method_reversed},
    {"__reduce__", "($self, /)", "For pickling.", method_reduce},
    {"__sizeof__", "($self, /)", "Bytes of memory.", method_sizeof},
    CLASS_GETITEM,
    {NULL},
};
static const GetSetDef deque_getsets[] = {{"maxlen", get_maxlen, NULL, "maximum size of a deque or None if unbounded", NULL}, {NULL}};

const TypeDef typedef_deque = {
    .name = "collections.deque",
    .doc = "A sequence like a list that is fast at both ends.",
    .signature = "([iterable[, maxlen]])",
    .flags = TF_BASE | TF_GC | TF_SEQUENCE | TF_WEAKREF | TF_EXT | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(Deque),
    .ext_offset = offsetof(Deque, ext),
    .methods = deque_methods,
    .getsets = deque_getsets,
    .slots = {.new = deque_make, .init = deque_init, .destroy = deque_clear, .traverse = deque_traverse, .clear = deque_clear, .repr = deque_repr,
              .compare = deque_compare, .iter = deque_iter, .len = deque_len, .item = deque_item, .set_item_at = deque_set_item,
              .contains = deque_contains, .concat = deque_concat, .inplace_concat = deque_inplace_concat, .repeat = deque_repeat,
              .inplace_repeat = deque_inplace_repeat},
};
