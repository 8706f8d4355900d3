/* array: the type array.array. Converting an item may run Python code, so items are converted first, and the array is
   looked at again afterwards. */
#include "modules/array/array_priv.h"

#include "object/buffer.h"
#include "object/bytes.h"
#include "ops/warn.h"

/* --- Size ------------------------------------------------------------------------------------------------------------------------------- */

static bool may_resize(Thread *t, const Array *a) {
    return a->exports == 0 || err_fail(t, T_BufferError, "cannot resize an array that is exporting buffers");
}

static bool resize(Thread *t, Array *a, int64_t length) {
    if (!may_resize(t, a)) return false;
    if (length > a->capacity || length < a->capacity / 2) {
        int64_t capacity = length == 0 ? 0 : length + (length >> 4) + (length < 8 ? 3 : 7), bytes;
        if (__builtin_mul_overflow(capacity, kind_of(a)->size, &bytes)) return err_no_memory_fail(t);
        if (capacity == 0) {
            heap_free(t, a->data);
            a->data = NULL;
        } else {
            char *data = heap_realloc(t, a->data, (size_t)bytes);
            if (data == NULL) return false;
            a->data = data;
        }
        a->capacity = capacity;
    }
    a->length = length;
    return true;
}

Value array_new_sized(Thread *t, Type *type, int kind, int64_t length) {
    int64_t bytes;
    if (__builtin_mul_overflow(length, array_kinds[kind].size, &bytes)) return err_no_memory(t);
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    Array *a = V_AS(Array, v);
    a->kind = (uint8_t)kind;
    if (length > 0) {
        a->data = heap_alloc(t, (size_t)bytes);
        if (a->data == NULL) {
            decref(t, v);
            return VNULL;
        }
        a->length = a->capacity = length;
    }
    return object_done(t, v);
}

static Value new_like(Thread *t, const Array *a, int64_t length) { return array_new_sized(t, builtin_type(t, T_array), a->kind, length); }

static void copy_items(Array *to, int64_t at, const Array *from, int64_t start, int64_t n) {
    if (n > 0) memcpy(item_at(to, at), item_at(from, start), (size_t)n * kind_of(to)->size);
}

bool array_append_bytes(Thread *t, Array *a, const char *data, int64_t bytes) {
    int64_t length = a->length, n = bytes / kind_of(a)->size;
    if (length > INT64_MAX - n) return err_no_memory_fail(t);
    if (!resize(t, a, length + n)) return false;
    if (bytes > 0) memcpy(item_at(a, length), data, (size_t)bytes);
    return true;
}

bool array_append(Thread *t, Array *a, Value v) {
    char item[ITEM_MAX];
    return kind_of(a)->set(t, v, item) && array_append_bytes(t, a, item, kind_of(a)->size);
}

/* Replaces [start, stop) by n items' room, which the caller fills at once. */
static bool open_gap(Thread *t, Array *a, int64_t start, int64_t stop, int64_t n) {
    int64_t length = a->length, change = n - (stop - start), size = kind_of(a)->size;
    if (change == 0) return true;
    if (!may_resize(t, a)) return false;
    if (change > 0 && !resize(t, a, length + change)) return false;
    if (length > stop) memmove(a->data + (stop + change) * size, a->data + stop * size, (size_t)((length - stop) * size));
    return change > 0 || resize(t, a, length + change);
}

/* --- Filling ------------------------------------------------------------------------------------------------------------------------------ */

static bool extend_iterable(Thread *t, Array *a, Value iterable) {
    Value iterator = iter_of(t, iterable);
    if (is_null(iterator)) return false;
    for (Value item; !is_null(item = iter_next(t, iterator));) {
        bool good = array_append(t, a, item);
        decref(t, item);
        if (!good) break;
    }
    decref(t, iterator);
    return !err_pending(t);
}

static bool extend_array(Thread *t, Array *a, const Array *other) {
    if (a->kind != other->kind) return err_fail(t, T_TypeError, "can only extend with array of same kind");
    int64_t length = a->length, n = other->length;
    if (length > INT64_MAX - n) return err_no_memory_fail(t);
    if (!resize(t, a, length + n)) return false;
    copy_items(a, length, other, 0, n);
    return true;
}

static bool extend_any(Thread *t, Array *a, Value v) {
    return IS_A(t, v, array) ? extend_array(t, a, V_AS(Array, v)) : extend_iterable(t, a, v);
}

static bool extend_text(Thread *t, Array *a, Value text) {
    Str *s = V_AS(Str, text);
    int64_t length = a->length, n = str_len(s);
    if (!resize(t, a, length + n)) return false;
    if (n > 0) units_copy(item_at(a, length), 4, str_units(s));
    return true;
}

static bool extend_buffer(Thread *t, Array *a, Value v) {
    Buffer buffer;
    if (!buffer_get(t, v, &buffer, BUF_SIMPLE)) return false;
    bool good;
    if (buffer.item_size != 1) good = err_fail(t, T_TypeError, "a bytes-like object is required");
    else if (buffer.length % kind_of(a)->size != 0) good = err_fail(t, T_ValueError, "bytes length not a multiple of item size");
    else good = array_append_bytes(t, a, buffer.data, buffer.length);
    buffer_release(t, &buffer);
    return good;
}

/* --- Making ------------------------------------------------------------------------------------------------------------------------------- */

static bool fill(Thread *t, Array *a, Value initial) {
    if (is_str(t, initial)) return extend_text(t, a, initial);
    if (is_bytes(t, initial) || IS_A(t, initial, bytearray)) return extend_buffer(t, a, initial);
    if (IS_A(t, initial, array)) {
        const Array *other = V_AS(Array, initial);
        if (other->kind == a->kind || (kind_of(other)->is_text && kind_of(a)->is_text)) {
            int64_t n = other->length;
            if (!resize(t, a, n)) return false;
            copy_items(a, 0, other, 0, n);
            return true;
        }
    }
    return extend_iterable(t, a, initial);
}

static Value array_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (type == builtin_type(t, T_array) && !call_no_keywords(t, "array.array", kwnames)) return VNULL;
    if (nargs < 1) return err_raise(t, T_TypeError, "array() takes at least 1 argument (0 given)");
    if (nargs > 2) return err_raise(t, T_TypeError, "array() takes at most 2 arguments (%u given)", nargs);
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "array() argument 1 must be a unicode character, not %T", args[0]);
    Str *s = V_AS(Str, args[0]);
    if (str_len(s) != 1)
        return err_raise(t, T_TypeError, "array() argument 1 must be a unicode character, not a string of length %zd", (size_t)str_len(s));
    uint32_t code = str_at(s, 0);
    Value initial = nargs > 1 ? args[1] : VNULL;
    bool is_text = code == 'u' || code == 'w';
    if (code == 'u' && !warn(t, T_DeprecationWarning, 1, "The 'u' type code is deprecated and will be removed in Python 3.16")) return VNULL;
    if (!is_null(initial) && !is_text) {
        if (is_str(t, initial)) return err_raise(t, T_TypeError, "cannot use a str to initialize an array with typecode '%c'", (int)code);
        if (IS_A(t, initial, array) && kind_of(V_AS(Array, initial))->is_text)
            return err_raise(t, T_TypeError, "cannot use a unicode array to initialize an array with typecode '%c'", (int)code);
    }
    int kind = array_kind_of_code(code);
    if (kind < 0) return err_raise(t, T_ValueError, "bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)");
    Value v = array_new_sized(t, type, kind, 0);
    if (is_null(v) || is_null(initial) || fill(t, V_AS(Array, v), initial)) return v;
    decref(t, v);
    return VNULL;
}

/* --- Sequence ------------------------------------------------------------------------------------------------------------------------------- */

static int64_t slot_len(Thread *t, Value self) { return V_AS(Array, self)->length; }

static Value slot_item(Thread *t, Value self, int64_t i) {
    Array *a = V_AS(Array, self);
    if (i < 0 || i >= a->length) return err_raise(t, T_IndexError, "array index out of range");
    return array_get(t, a, i);
}

/* An index of the array; counts from the end when negative. */
static bool index_of(Thread *t, Array *a, Value key, int64_t *i) {
    if (!number_to_index(t, key, i, T_IndexError)) return false;
    if (*i < 0) *i += a->length;
    return true;
}

static Value get_slice(Thread *t, Array *a, Value slice) {
    int64_t start, stop, step, count;
    if (!slice_indices(t, slice, a->length, &start, &stop, &step, &count)) return VNULL;
    Value v = new_like(t, a, count);
    if (is_null(v)) return v;
    if (step == 1) {
        copy_items(V_AS(Array, v), 0, a, start, count);
    } else {
        for (int64_t i = 0; i < count; i++) copy_items(V_AS(Array, v), i, a, start + i * step, 1);
    }
    return v;
}

static Value slot_getitem(Thread *t, Value self, Value key) {
    Array *a = V_AS(Array, self);
    int64_t i;
    if (has_index(t, key)) return index_of(t, a, key, &i) ? slot_item(t, self, i) : VNULL;
    if (IS_EXACT(key, slice)) return get_slice(t, a, key);
    return err_raise(t, T_TypeError, "array indices must be integers");
}

static bool set_one(Thread *t, Array *a, int64_t i, Value v) {
    char item[ITEM_MAX];
    if (i < 0 || i >= a->length) return err_fail(t, T_IndexError, "array assignment index out of range");
    if (!kind_of(a)->set(t, v, item)) return false;
    if (i >= a->length) return err_fail(t, T_IndexError, "array assignment index out of range");
    memcpy(item_at(a, i), item, kind_of(a)->size);
    return true;
}

static bool delete_slice(Thread *t, Array *a, int64_t start, int64_t step, int64_t count) {
    if (!may_resize(t, a)) return false;
    if (count == 0) return true;
    if (step < 0) {
        start += (count - 1) * step;
        step = -step;
    }
    if (step == 1) return open_gap(t, a, start, start + count, 0);
    /* Each stretch between two deleted items moves down. */
    int64_t size = kind_of(a)->size, to = start;
    for (int64_t i = 0; i < count; i++) {
        int64_t from = start + i * step + 1, end = i + 1 < count ? from + step - 1 : a->length;
        memmove(a->data + to * size, a->data + from * size, (size_t)((end - from) * size));
        to += end - from;
    }
    return resize(t, a, to);
}

static bool set_slice(Thread *t, Array *a, Value slice, Value value) {
    int64_t start, stop, step, count;
    if (!is_null(value) && !IS_A(t, value, array)) return err_fail(t, T_TypeError, "can only assign array (not \"%T\") to array slice", value);
    if (!slice_indices(t, slice, a->length, &start, &stop, &step, &count)) return false;
    if (is_null(value)) return delete_slice(t, a, start, step, count);
    Value copy = VNULL;
    if (same(value, v_from(a))) {
        copy = new_like(t, a, a->length);
        if (is_null(copy)) return false;
        copy_items(V_AS(Array, copy), 0, a, 0, a->length);
        value = copy;
    }
    const Array *other = V_AS(Array, value);
    bool good = true;
    if (other->kind != a->kind) good = err_fail(t, T_TypeError, "bad argument type for built-in operation");
    else if ((other->length == 0 || count != other->length) && !may_resize(t, a)) good = false;
    else if (step == 1) {
        if (stop < start) stop = start;
        good = open_gap(t, a, start, stop, other->length);
        if (good) copy_items(a, start, other, 0, other->length);
    } else if (count != other->length) {
        good = other->length == 0 ? delete_slice(t, a, start, step, count)
                                  : err_fail(t, T_ValueError, "attempt to assign array of size %zd to extended slice of size %zd",
                                             (size_t)other->length, (size_t)count);
    } else {
        for (int64_t i = 0; i < count; i++) copy_items(a, start + i * step, other, i, 1);
    }
    decref_maybe(t, copy);
    return good;
}

static bool slot_setitem(Thread *t, Value self, Value key, Value value) {
    Array *a = V_AS(Array, self);
    int64_t i;
    if (has_index(t, key)) {
        if (!index_of(t, a, key, &i)) return false;
        if (!is_null(value)) return set_one(t, a, i, value);
        if (i < 0 || i >= a->length) return err_fail(t, T_IndexError, "array assignment index out of range");
        return open_gap(t, a, i, i + 1, 0);
    }
    if (IS_EXACT(key, slice)) return set_slice(t, a, key, value);
    return err_fail(t, T_TypeError, "array indices must be integers");
}

static Value slot_concat(Thread *t, Value self, Value other) {
    Array *a = V_AS(Array, self);
    if (!IS_A(t, other, array)) return err_raise(t, T_TypeError, "can only append array (not \"%T\") to array", other);
    Array *b = V_AS(Array, other);
    if (a->kind != b->kind) return err_raise(t, T_TypeError, "bad argument type for built-in operation");
    Value v = a->length > INT64_MAX - b->length ? err_no_memory(t) : new_like(t, a, a->length + b->length);
    if (is_null(v)) return v;
    copy_items(V_AS(Array, v), 0, a, 0, a->length);
    copy_items(V_AS(Array, v), a->length, b, 0, b->length);
    return v;
}

static Value slot_inplace_concat(Thread *t, Value self, Value other) {
    if (!IS_A(t, other, array)) return err_raise(t, T_TypeError, "can only extend array with array (not \"%T\")", other);
    return extend_array(t, V_AS(Array, self), V_AS(Array, other)) ? new_ref(self) : VNULL;
}

/* Fills the array with copies of its first n items. */
static void repeat_items(Array *a, int64_t n) {
    int64_t size = kind_of(a)->size, done = n * size, total = a->length * size;
    while (done > 0 && done < total) {
        int64_t step = done < total - done ? done : total - done;
        memcpy(a->data + done, a->data, (size_t)step);
        done += step;
    }
}

static Value slot_repeat(Thread *t, Value self, int64_t count) {
    Array *a = V_AS(Array, self);
    int64_t n;
    if (count < 0) count = 0;
    if (__builtin_mul_overflow(a->length, count, &n)) return err_no_memory(t);
    Value v = new_like(t, a, n);
    if (is_null(v) || n == 0) return v;
    copy_items(V_AS(Array, v), 0, a, 0, a->length);
    repeat_items(V_AS(Array, v), a->length);
    return v;
}

static Value slot_inplace_repeat(Thread *t, Value self, int64_t count) {
    Array *a = V_AS(Array, self);
    int64_t n, length = a->length;
    if (count < 0) count = 0;
    if (length == 0 || count == 1) return new_ref(self);
    if (__builtin_mul_overflow(length, count, &n)) return err_no_memory(t);
    if (!resize(t, a, n)) return VNULL;
    if (n > 0) repeat_items(a, length);
    return new_ref(self);
}

/* The first index from `start` before `stop` whose item equals v; -1: none, -2: error. */
static int64_t find_item(Thread *t, Array *a, Value v, int64_t start, int64_t stop) {
    for (int64_t i = start; i < stop && i < a->length; i++) {
        Value item = array_get(t, a, i);
        if (is_null(item)) return -2;
        int is_equal = equal(t, item, v);
        decref(t, item);
        if (is_equal != 0) return is_equal > 0 ? i : -2;
    }
    return -1;
}

static int slot_contains(Thread *t, Value self, Value v) {
    int64_t i = find_item(t, V_AS(Array, self), v, 0, INT64_MAX);
    return i == -2 ? -1 : i >= 0;
}

/* --- Comparison, text ---------------------------------------------------------------------------------------------------------------------- */

/* Compares two values as == does, without asking for identity first (NaN differs from itself). */
static int differ(Thread *t, Value a, Value b) {
    Value same_value = compare(t, a, b, CMP_EQ);
    if (is_null(same_value)) return -1;
    int is_equal = truth(t, same_value);
    decref(t, same_value);
    return is_equal < 0 ? -1 : !is_equal;
}

/* The first index at which the arrays differ; -1: error. */
static int64_t first_difference(Thread *t, Array *a, Array *b) {
    int64_t i = 0, size = kind_of(a)->size;
    bool plain = a->kind == b->kind && kind_of(a)->is_int;
    for (; i < a->length && i < b->length; i++) {
        if (plain) {
            if (memcmp(item_at(a, i), item_at(b, i), (size_t)size) != 0) break;
            continue;
        }
        Value x = array_get(t, a, i), y = is_null(x) ? VNULL : array_get(t, b, i);
        int different = is_null(y) ? -1 : differ(t, x, y);
        decref_maybe(t, x);
        decref_maybe(t, y);
        if (different < 0) return -1;
        if (different) break;
    }
    return i;
}

static Value slot_compare(Thread *t, Value left, Value right, enum CompareOp op) {
    if (!IS_A(t, left, array) || !IS_A(t, right, array)) return V_NOTIMPL;
    Array *a = V_AS(Array, left), *b = V_AS(Array, right);
    if (a->length != b->length && (op == CMP_EQ || op == CMP_NE)) return v_bool(op == CMP_NE);
    int64_t i = first_difference(t, a, b);
    if (i < 0) return VNULL;
    if (i >= a->length || i >= b->length) {
        int order = (a->length > b->length) - (a->length < b->length);
        switch (op) {
        case CMP_LT: return v_bool(order < 0);
        case CMP_LE: return v_bool(order <= 0);
        case CMP_EQ: return v_bool(order == 0);
        case CMP_NE: return v_bool(order != 0);
        case CMP_GT: return v_bool(order > 0);
        default: return v_bool(order >= 0);
        }
    }
    if (op == CMP_EQ) return V_FALSE;
    if (op == CMP_NE) return V_TRUE;
    Value x = array_get(t, a, i), y = is_null(x) ? VNULL : array_get(t, b, i);
    Value result = is_null(y) ? VNULL : compare(t, x, y, op);
    decref_maybe(t, x);
    decref_maybe(t, y);
    return result;
}

static Value to_list(Thread *t, Array *a) {
    Value list = list_new(t, a->length);
    for (int64_t i = 0; !is_null(list) && i < a->length; i++) {
        Value item = array_get(t, a, i);
        if (is_null(item) || !list_append_take(t, V_AS(List, list), item)) slot_clear(t, &list);
    }
    return list;
}

static Value to_text(Thread *t, Array *a) {
    for (int64_t i = 0; i < a->length; i++) {
        uint32_t c;
        memcpy(&c, item_at(a, i), 4);
        if (c > 0x10ffff) return err_raise(t, T_ValueError, "character U+%x is not in range [U+0000; U+10ffff]", c);
    }
    return a->length == 0 ? str_from_cstr(t, "") : str_from_ucs4(t, (const uint32_t *)a->data, a->length);
}

static Value slot_repr(Thread *t, Value self) {
    Array *a = V_AS(Array, self);
    Value name = type_of(t, self)->name;
    if (a->length == 0) return str_format(t, "%U('%c')", name, kind_of(a)->code);
    Value items = kind_of(a)->is_text ? to_text(t, a) : to_list(t, a);
    if (is_null(items)) return VNULL;
    Value text = str_format(t, "%U('%c', %R)", name, kind_of(a)->code, items);
    decref(t, items);
    return text;
}

/* --- Buffers ---------------------------------------------------------------------------------------------------------------------------------- */

static bool slot_get_buffer(Thread *t, Value self, Buffer *view, int flags) {
    Array *a = V_AS(Array, self);
    const ItemKind *kind = kind_of(a);
    if (!buffer_fill(t, view, self, a->data ? a->data : (char *)"", a->length * kind->size, false, flags)) return false;
    view->item_size = kind->size;
    if (view->format) view->format = kind->format;
    view->small[0] = a->length;
    view->small[1] = kind->size;
    a->exports++;
    return true;
}

static void slot_release_buffer(Thread *t, Value self, Buffer *view) { V_AS(Array, self)->exports--; }

/* --- Iterator --------------------------------------------------------------------------------------------------------------------------------- */

static Value slot_iter(Thread *t, Value self) {
    IndexIterator *it = heap_object(t, SHAPE_array_iterator, sizeof *it);
    if (it == NULL) return VNULL;
    it->sequence = new_ref(self);
    it->index = 0;
    gc_track(t, it);
    return v_from(it);
}

static Value iterator_next(Thread *t, Value self) {
    IndexIterator *it = V_AS(IndexIterator, self);
    if (is_null(it->sequence)) return VNULL;
    Array *a = V_AS(Array, it->sequence);
    if (it->index < a->length) return array_get(t, a, it->index++);
    slot_clear(t, &it->sequence);
    return VNULL;
}

static Value iterator_self(Thread *t, Value self) { return new_ref(self); }

static Value iterator_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    IndexIterator *it = V_AS(IndexIterator, args[0]);
    Value iter = dict_get_cstr(t, t->interp->builtins, "iter");
    if (is_null(iter)) return err_raise(t, T_AttributeError, "iter");
    Value inner = is_null(it->sequence) ? new_ref(t->interp->empty_tuple) : new_ref(it->sequence);
    Value arguments = tuple_of(t, 1, inner), result = VNULL;
    if (!is_null(arguments))
        result = is_null(it->sequence) ? tuple_of(t, 2, iter, arguments) : tuple_of(t, 3, iter, arguments, v_smallint(it->index));
    decref_maybe(t, arguments);
    decref(t, inner);
    return result;
}

static Value iterator_setstate(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    IndexIterator *it = V_AS(IndexIterator, args[0]);
    int64_t i;
    if (!number_to_index(t, args[1], &i, T_OverflowError)) return VNULL;
    if (is_null(it->sequence)) return V_NONE;
    int64_t length = V_AS(Array, it->sequence)->length;
    it->index = i < 0 ? 0 : i > length ? length : i;
    return V_NONE;
}

static const MethodDef iterator_methods[] = {
    {"__reduce__", "($self, /)", "Return state information for pickling.", iterator_reduce},
    {"__setstate__", "($self, state, /)", "Set state information for unpickling.", iterator_setstate},
    {NULL},
};
static const Field iterator_fields[] = {FIELD_VALUE(IndexIterator, sequence)};

const TypeDef typedef_array_iterator = {
    .name = "array.arrayiterator",
    .flags = TF_NO_NEW | TF_GC | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(IndexIterator),
    FIELDS(iterator_fields),
    .methods = iterator_methods,
    .slots = {.iter = iterator_self, .next = iterator_next},
};

/* --- Methods ---------------------------------------------------------------------------------------------------------------------------------- */

#define SELF V_AS(Array, args[0])
#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

static Value done(bool good) { return good ? V_NONE : VNULL; }

METHOD(m_append) { return done(array_append(t, SELF, args[1])); }
METHOD(m_extend) { return done(extend_any(t, SELF, args[1])); }
METHOD(m_clear) { return done(resize(t, SELF, 0)); }
METHOD(m_tolist) { return to_list(t, SELF); }
METHOD(m_frombytes) { return done(extend_buffer(t, SELF, args[1])); }
METHOD(m_tobytes) { return bytes_new(t, SELF->data ? SELF->data : "", SELF->length * kind_of(SELF)->size); }

METHOD(m_insert) {
    Array *a = SELF;
    int64_t i;
    char item[ITEM_MAX];
    if (!number_to_index(t, args[1], &i, T_OverflowError) || !kind_of(a)->set(t, args[2], item)) return VNULL;
    if (i < 0) i += a->length;
    if (i < 0) i = 0;
    if (i > a->length) i = a->length;
    if (!open_gap(t, a, i, i, 1)) return VNULL;
    memcpy(item_at(a, i), item, kind_of(a)->size);
    return V_NONE;
}

METHOD(m_pop) {
    Array *a = SELF;
    int64_t i = -1;
    if (!is_null(args[1]) && !number_to_index(t, args[1], &i, T_IndexError)) return VNULL;
    if (a->length == 0) return err_raise(t, T_IndexError, "pop from empty array");
    if (i < 0) i += a->length;
    if (i < 0 || i >= a->length) return err_raise(t, T_IndexError, "pop index out of range");
    Value item = array_get(t, a, i);
    if (is_null(item) || open_gap(t, a, i, i + 1, 0)) return item;
    decref(t, item);
    return VNULL;
}

METHOD(m_remove) {
    Array *a = SELF;
    int64_t i = find_item(t, a, args[1], 0, INT64_MAX);
    if (i == -2) return VNULL;
    if (i < 0 || i >= a->length) return err_raise(t, T_ValueError, "array.remove(x): x not in array");
    return done(open_gap(t, a, i, i + 1, 0));
}

METHOD(m_index) {
    Array *a = SELF;
    int64_t start = 0, stop = INT64_MAX;
    if (!is_null(args[2]) && !number_to_index(t, args[2], &start, T_INVALID)) return VNULL;
    if (!is_null(args[3]) && !number_to_index(t, args[3], &stop, T_INVALID)) return VNULL;
    if (start < 0 && (start += a->length) < 0) start = 0;
    if (stop < 0) stop += a->length;
    int64_t i = find_item(t, a, args[1], start, stop);
    if (i == -2) return VNULL;
    return i >= 0 ? v_smallint(i) : err_raise(t, T_ValueError, "array.index(x): x not in array");
}

METHOD(m_count) {
    Array *a = SELF;
    int64_t count = 0;
    for (int64_t i = 0; (i = find_item(t, a, args[1], i, INT64_MAX)) >= 0; i++) count++;
    return err_pending(t) ? VNULL : v_smallint(count);
}

METHOD(m_reverse) {
    Array *a = SELF;
    size_t size = kind_of(a)->size;
    char item[ITEM_MAX];
    for (int64_t i = 0, k = a->length - 1; i < k; i++, k--) {
        memcpy(item, item_at(a, i), size);
        memcpy(item_at(a, i), item_at(a, k), size);
        memcpy(item_at(a, k), item, size);
    }
    return V_NONE;
}

METHOD(m_byteswap) {
    Array *a = SELF;
    int64_t size = kind_of(a)->size;
    for (int64_t i = 0; i < a->length; i++) {
        char *p = item_at(a, i);
        for (int64_t k = 0; k < size / 2; k++) {
            char c = p[k];
            p[k] = p[size - 1 - k];
            p[size - 1 - k] = c;
        }
    }
    return V_NONE;
}

METHOD(m_fromlist) {
    Array *a = SELF;
    Value list = args[1];
    if (!is_list(t, list)) return err_raise(t, T_TypeError, "arg must be list");
    int64_t length = a->length, n = list_len(list);
    char item[ITEM_MAX];
    for (int64_t i = 0; i < n; i++) {
        if (list_len(list) != n) {
            err_raise(t, T_RuntimeError, "list changed size during iteration");
        } else {
            Value v = new_ref(list_at(list, i));
            bool good = kind_of(a)->set(t, v, item) && array_append_bytes(t, a, item, kind_of(a)->size);
            decref(t, v);
            if (good) continue;
        }
        /* All or nothing. */
        Value pending = err_fetch(t);
        if (a->length > length && !resize(t, a, length)) err_clear(t);
        err_restore(t, pending);
        return VNULL;
    }
    return V_NONE;
}

METHOD(m_fromunicode) {
    Array *a = SELF;
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "fromunicode() argument must be str, not %T", args[1]);
    if (!kind_of(a)->is_text) return err_raise(t, T_ValueError, "fromunicode() may only be called on unicode type arrays ('u' or 'w')");
    return done(extend_text(t, a, args[1]));
}

METHOD(m_tounicode) {
    if (!kind_of(SELF)->is_text) return err_raise(t, T_ValueError, "tounicode() may only be called on unicode type arrays ('u' or 'w')");
    return to_text(t, SELF);
}

METHOD(m_buffer_info) {
    Value address = int_from_u64(t, (uint64_t)(uintptr_t)SELF->data);
    if (is_null(address)) return VNULL;
    Value pair = tuple_of(t, 2, address, v_smallint(SELF->length));
    decref(t, address);
    return pair;
}

static Value call_named(Thread *t, Value object, const char *name, Value argument) {
    Value method = attr_get_cstr(t, object, name);
    if (is_null(method)) return VNULL;
    Value result = call_1(t, method, argument);
    decref(t, method);
    return result;
}

METHOD(m_fromfile) {
    Array *a = SELF;
    int64_t n, bytes;
    if (!number_to_index(t, args[2], &n, T_OverflowError)) return VNULL;
    if (n < 0) return err_raise(t, T_ValueError, "negative count");
    if (__builtin_mul_overflow(n, kind_of(a)->size, &bytes)) return err_no_memory(t);
    Value size = int_from_i64(t, bytes), data = is_null(size) ? VNULL : call_named(t, args[1], "read", size);
    decref_maybe(t, size);
    if (is_null(data)) return VNULL;
    bool good = is_bytes(t, data) || err_fail(t, T_TypeError, "read() didn't return bytes");
    bool enough = good && V_AS(Bytes, data)->length == bytes;
    good = good && extend_buffer(t, a, data);
    decref(t, data);
    if (!good) return VNULL;
    return enough ? V_NONE : err_raise(t, T_EOFError, "read() didn't return enough bytes");
}

METHOD(m_tofile) {
    enum { BLOCK = 64 * 1024 };
    Array *a = SELF;
    int64_t total = a->length * kind_of(a)->size;
    for (int64_t at = 0; at < total && at < a->length * kind_of(a)->size; at += BLOCK) {
        Value block = bytes_new(t, a->data + at, total - at < BLOCK ? total - at : BLOCK);
        Value written = is_null(block) ? VNULL : call_named(t, args[1], "write", block);
        decref_maybe(t, block);
        if (is_null(written)) return VNULL;
        decref(t, written);
    }
    return V_NONE;
}

METHOD(m_copy) {
    Array *a = SELF;
    Value v = new_like(t, a, a->length);
    if (!is_null(v)) copy_items(V_AS(Array, v), 0, a, 0, a->length);
    return v;
}

METHOD(m_reduce_ex) {
    Array *a = SELF;
    int64_t protocol;
    if (!is_int(t, args[1])) return err_raise(t, T_TypeError, "__reduce_ex__ argument should be an integer");
    protocol = int_clamp_i64(args[1]);
    Value type = v_from(type_of(t, args[0])), state = attr_get_cstr(t, args[0], "__dict__");
    if (is_null(state)) {
        if (!err_catch(t, T_AttributeError)) return VNULL;
        state = V_NONE;
    }
    Value code = str_from_char(t, (uint32_t)kind_of(a)->code), items = VNULL, arguments = VNULL, maker = VNULL, result = VNULL;
    if (protocol < 3) {
        items = to_list(t, a);
        maker = new_ref(type);
        if (!is_null(items) && !is_null(code)) arguments = tuple_of(t, 2, code, items);
    } else {
        Value module = t->hooks->import(t, "array");
        if (!is_null(module)) maker = attr_get_cstr(t, module, "_array_reconstructor");
        decref_maybe(t, module);
        items = bytes_new(t, a->data ? a->data : "", a->length * kind_of(a)->size);
        if (!is_null(items) && !is_null(code) && !is_null(maker))
            arguments = tuple_of(t, 4, type, code, v_smallint(array_machine_format(kind_of(a))), items);
    }
    if (!is_null(arguments) && !is_null(maker)) result = tuple_of(t, 3, maker, arguments, state);
    decref_maybe(t, code);
    decref_maybe(t, items);
    decref_maybe(t, arguments);
    decref_maybe(t, maker);
    decref(t, state);
    return result;
}

METHOD(m_sizeof) { return v_smallint((int64_t)sizeof(Array) + SELF->capacity * kind_of(SELF)->size); }
METHOD(m_class_getitem) { return call_2(t, v_from(builtin_type(t, T_GenericAlias)), args[0], args[1]); }

static Value get_typecode(Thread *t, Value self, void *closure) { return str_from_char(t, (uint32_t)kind_of(V_AS(Array, self))->code); }
static Value get_itemsize(Thread *t, Value self, void *closure) { return v_smallint(kind_of(V_AS(Array, self))->size); }

static const MethodDef methods[] = {
    {"append", "($self, v, /)", "Append an item.", m_append},
    {"buffer_info", "($self, /)", "The pair (address, length) of the memory.", m_buffer_info},
    {"byteswap", "($self, /)", "Reverse the bytes of every item.", m_byteswap},
    {"clear", "($self, /)", "Remove all items.", m_clear},
    {"count", "($self, v, /)", "How many items equal v.", m_count},
    {"extend", "($self, bb, /)", "Append the items of an array or iterable.", m_extend},
    {"frombytes", "($self, buffer, /)", "Append items from their bytes.", m_frombytes},
    {"fromfile", "($self, f, n, /)", "Read n items from a file and append them.", m_fromfile},
    {"fromlist", "($self, list, /)", "Append the items of a list; none of them if one does not fit.", m_fromlist},
    {"fromunicode", "($self, ustr, /)", "Append the characters of a str.", m_fromunicode},
    {"index", "($self, v, start=0, stop=sys.maxsize, /)", "The index of the first item that equals v.", m_index},
    {"insert", "($self, i, v, /)", "Insert an item in front of index i.", m_insert},
    {"pop", "($self, i=-1, /)", "Remove the item at index i and answer it.", m_pop},
    {"remove", "($self, v, /)", "Remove the first item that equals v.", m_remove},
    {"reverse", "($self, /)", "Reverse the order of the items.", m_reverse},
    {"tobytes", "($self, /)", "The bytes of all items.", m_tobytes},
    {"tofile", "($self, f, /)", "Write the bytes of all items to a file.", m_tofile},
    {"tolist", "($self, /)", "A list of the items.", m_tolist},
    {"tounicode", "($self, /)", "The characters as a str.", m_tounicode},
    {"__copy__", "($self, /)", "A copy of the array.", m_copy},
    {"__deepcopy__", "($self, unused, /)", "A copy of the array.", m_copy},
    {"__reduce_ex__", "($self, value, /)", "State for pickling.", m_reduce_ex},
    {"__sizeof__", "($self, /)", "Bytes of memory.", m_sizeof},
    {"__class_getitem__", "($type, object, /)", "See PEP 585", m_class_getitem, MF_CLASS},
    {NULL},
};
static const GetSetDef getsets[] = {
    {"typecode", get_typecode, NULL, "The character that names the type of the items."},
    {"itemsize", get_itemsize, NULL, "The bytes of an item."},
    {NULL},
};
static const Field fields[] = {FIELD_BUFFER(Array, data)};

const TypeDef typedef_array = {
    .name = "array.array",
    .doc = "array(typecode [, initializer]) -> array\n\nA sequence of numbers or characters of one C type, kept compactly. Type codes:\n"
           "b B h H i I l L q Q: integers of 1, 2, 4, 8 and 8 bytes, signed and unsigned; f d: floats of 4 and 8 bytes;\n"
           "w: a character; u: the same, deprecated.",
    .flags = TF_BASE | TF_IMMUTABLE | TF_MODULE_NAME | TF_WEAKREF | TF_EXT | TF_SEQUENCE,
    .size = sizeof(Array),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .slots = {.new = array_new, .repr = slot_repr, .compare = slot_compare, .iter = slot_iter, .len = slot_len, .getitem = slot_getitem,
              .setitem = slot_setitem, .item = slot_item, .contains = slot_contains, .concat = slot_concat,
              .inplace_concat = slot_inplace_concat, .repeat = slot_repeat, .inplace_repeat = slot_inplace_repeat,
              .get_buffer = slot_get_buffer, .release_buffer = slot_release_buffer},
};

/* --- The module ---------------------------------------------------------------------------------------------------------------------------------- */

static const MethodDef functions[] = {
    {"_array_reconstructor", "($module, arraytype, typecode, mformat_code, items, /)", "Make an array from its pickled form.",
     array_reconstructor},
    {NULL},
};

static bool register_sequence(Thread *t, Value type) {
    Value abc = t->hooks->import(t, "collections.abc");
    if (is_null(abc)) return false;
    Value sequence = attr_get_cstr(t, abc, "MutableSequence");
    decref(t, abc);
    if (is_null(sequence)) return false;
    Value result = call_named(t, sequence, "register", type);
    decref(t, sequence);
    decref_maybe(t, result);
    return !is_null(result);
}

static bool exec(Thread *t, Value module) {
    char codes[KIND_COUNT] = {0};
    for (int i = 0; array_kinds[i].code; i++) codes[i] = array_kinds[i].code;
    if (!type_boot(t, T_array_iterator, T_object, &typedef_array_iterator) || !module_add_type(t, module, T_array, &typedef_array)) return false;
    Value type = v_from(builtin_type(t, T_array));
    return module_add(t, module, "ArrayType", new_ref(type)) && module_add_cstr(t, module, "typecodes", codes) && register_sequence(t, type);
}

const ModuleDef module_array = {
    .name = "array",
    .doc = "Compact sequences of numbers and characters.",
    .functions = functions,
    .exec = exec,
};
