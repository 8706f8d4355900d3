/* bytearray: slots and the methods that change it. */
#include <stdio.h>

#include "heap/heap.h"
#include "object/instance.h"
#include "types/bytes_priv.h"
#include "types/format.h"

static const char range_message[] = "byte must be in range(0, 256)";

/* Replaces [start, stop) by n bytes that do not lie in the array itself. */
static bool splice(Thread *t, ByteArray *a, int64_t start, int64_t stop, const char *data, int64_t n) {
    int64_t growth = n - (stop - start), tail = a->length - stop;
    if (growth == 0) {
        if (n > 0) memcpy(a->start + start, data, (size_t)n);
        return true;
    }
    if (a->exports > 0) return err_fail(t, T_BufferError, "Existing exports of data: object cannot be re-sized");
    if (growth < 0) {
        if (start == 0 && n == 0) { /* at the front: only the start moves */
            a->start += stop;
            a->length -= stop;
            if (a->length == 0) return bytearray_resize(t, a, 0);
            return true;
        }
        memmove(a->start + start + n, a->start + stop, (size_t)tail);
        if (n > 0) memcpy(a->start + start, data, (size_t)n);
        return bytearray_resize(t, a, a->length + growth);
    }
    if (a->length > INT64_MAX / 2 - growth) return err_no_memory_fail(t);
    if (!bytearray_resize(t, a, a->length + growth)) return false;
    memmove(a->start + start + n, a->start + stop, (size_t)tail);
    memcpy(a->start + start, data, (size_t)n);
    return true;
}

/* --- Construction ------------------------------------------------------------------------------ */

static Value slot_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (type == builtin_type(t, T_bytearray)) return bytearray_new(t, NULL, 0);
    Value v = object_new(t, type);
    return is_null(v) ? v : object_done(t, v); /* zeroed: empty */
}

static bool slot_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Value out[3];
    ByteArray *a = V_AS(ByteArray, self);
    if (!call_bind_signature(t, "bytearray", "(source=b'', encoding=None, errors='strict')", args, nargs, kwnames, out)) return false;
    if (a->length > 0 && !bytearray_resize(t, a, 0)) return false;
    if (is_null(out[0]) && is_null(out[1]) && is_null(out[2])) return true;
    Value made;
    if (!is_null(out[0]) && is_null(out[1]) && is_null(out[2]) && !is_str(t, out[0])) {
        if (has_index(t, out[0])) {
            int64_t n;
            if (number_to_index(t, out[0], &n, T_OverflowError)) {
                if (n < 0) return err_fail(t, T_ValueError, "negative count");
                if (!bytearray_resize(t, a, n)) return false;
                if (n > 0) memset(a->start, 0, (size_t)n);
                return true;
            }
            if (!err_catch(t, T_TypeError)) return false;
        }
        made = bytes_from_object(t, out[0], "bytearray");
    } else {
        if (!is_null(out[0]) && !is_str(t, out[0])) return err_fail(t, T_TypeError, is_null(out[1]) ? "errors without a string argument" : "encoding without a string argument");
        made = call_copy(t, v_from(builtin_type(t, T_bytes)), args, nargs, kwnames);
    }
    if (is_null(made)) return false;
    bool done = splice(t, a, 0, a->length, V_AS(Bytes, made)->data, V_AS(Bytes, made)->length);
    decref(t, made);
    return done;
}

static void slot_destroy(Thread *t, Object *o) { heap_free(t, ((ByteArray *)o)->buffer); }

/* --- Slots ------------------------------------------------------------------------------------- */

static Value slot_repr(Thread *t, Value v) {
    Value name = type_of(t, v)->name, keep;
    char before[512];
    const char *text = str_cstr(t, name, &keep);
    if (text == NULL) return VNULL;
    snprintf(before, sizeof before, "%s(", text);
    decref_maybe(t, keep);
    return bytes_repr(t, view_of(t, v), before, ")");
}
static int64_t slot_len(Thread *t, Value v) { return V_AS(ByteArray, v)->length; }
static Value slot_item(Thread *t, Value v, int64_t i) {
    ByteArray *a = V_AS(ByteArray, v);
    if (i < 0 || i >= a->length) return err_raise(t, T_IndexError, "bytearray index out of range");
    return v_smallint((uint8_t)a->start[i]);
}
static Value slot_getitem(Thread *t, Value v, Value key) {
    if (IS_EXACT(key, slice)) return bytes_slice_like(t, v, key);
    if (!has_index(t, key)) return err_raise(t, T_TypeError, "bytearray indices must be integers or slices, not %T", key);
    int64_t i;
    if (!number_to_index(t, key, &i, T_IndexError)) return VNULL;
    return slot_item(t, v, i < 0 ? i + V_AS(ByteArray, v)->length : i);
}

static bool set_slice(Thread *t, ByteArray *a, Value slice, Value value) {
    int64_t start, stop, step, count;
    Value bytes = is_null(value) ? bytes_new(t, "", 0) : VNULL;
    if (is_null(bytes)) {
        if (!has_buffer(t, value) && has_index(t, value)) return err_fail(t, T_TypeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)");
        if (is_str(t, value)) return err_fail(t, T_TypeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)");
        bytes = bytes_from_object(t, value, "bytearray");
        if (is_null(bytes)) {
            if (err_is(t, T_TypeError) && !has_buffer(t, value) && type_of(t, value)->slots.iter == NULL) {
                err_clear(t);
                return err_fail(t, T_TypeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)");
            }
            return false;
        }
    }
    Bytes *b = V_AS(Bytes, bytes);
    bool done = slice_indices(t, slice, a->length, &start, &stop, &step, &count);
    if (done && step == 1) {
        if (stop < start) stop = start;
        done = splice(t, a, start, start + count, b->data, b->length);
    } else if (done && b->length == 0) { /* nothing deletes, also with a step */
        if (count > 0 && a->exports > 0) done = err_fail(t, T_BufferError, "Existing exports of data: object cannot be re-sized");
        if (done && count > 0) {
            if (step < 0) {
                start = start + (count - 1) * step;
                step = -step;
            }
            int64_t to = start, next = start, left = count;
            for (int64_t i = start; i < a->length; i++) {
                if (left > 0 && i == next) {
                    next += step;
                    left--;
                } else {
                    a->start[to++] = a->start[i];
                }
            }
            done = bytearray_resize(t, a, a->length - count);
        }
    } else if (done && b->length != count) {
        done = err_fail(t, T_ValueError, "attempt to assign bytes of size %lld to extended slice of size %lld", (long long)b->length, (long long)count);
    } else if (done) {
        for (int64_t i = 0; i < count; i++) a->start[start + i * step] = b->data[i];
    }
    decref(t, bytes);
    return done;
}

static bool slot_setitem(Thread *t, Value v, Value key, Value value) {
    ByteArray *a = V_AS(ByteArray, v);
    if (IS_EXACT(key, slice)) return set_slice(t, a, key, value);
    if (!has_index(t, key)) return err_fail(t, T_TypeError, "bytearray indices must be integers or slices, not %T", key);
    int64_t i;
    uint8_t byte = 0;
    if (!number_to_index(t, key, &i, T_IndexError)) return false;
    if (!is_null(value) && !byte_value(t, value, &byte, range_message)) return false;
    if (i < 0) i += a->length;
    if (i < 0 || i >= a->length) return err_fail(t, T_IndexError, "bytearray index out of range");
    if (is_null(value)) return splice(t, a, i, i + 1, NULL, 0);
    a->start[i] = (char)byte;
    return true;
}

static Value slot_concat(Thread *t, Value a, Value b) {
    Buffer x, y;
    if (!has_buffer(t, b)) return err_raise(t, T_TypeError, "can't concat %T to bytearray", b);
    if (!buffer_get(t, a, &x, BUF_SIMPLE)) return VNULL;
    Value result = VNULL;
    if (buffer_get(t, b, &y, BUF_SIMPLE)) {
        if (x.length > INT64_MAX / 2 - y.length) err_no_memory(t);
        else result = bytearray_new(t, NULL, x.length + y.length);
        if (!is_null(result) && x.length + y.length > 0) {
            memcpy(V_AS(ByteArray, result)->start, x.data, (size_t)x.length);
            memcpy(V_AS(ByteArray, result)->start + x.length, y.data, (size_t)y.length);
        }
        buffer_release(t, &y);
    }
    buffer_release(t, &x);
    return result;
}

static bool append_buffer(Thread *t, ByteArray *a, Value v) {
    Buffer b;
    if (v_obj(v) == &a->head) { /* onto itself */
        Value copy = bytes_new(t, a->start, a->length);
        bool done = !is_null(copy) && splice(t, a, a->length, a->length, V_AS(Bytes, copy)->data, V_AS(Bytes, copy)->length);
        decref_maybe(t, copy);
        return done;
    }
    int64_t end = a->length; /* as it was before the buffer was asked for, which may run Python code */
    if (!buffer_get(t, v, &b, BUF_SIMPLE)) return false;
    if (end > a->length) end = a->length;
    bool done = splice(t, a, end, end, b.data, b.length);
    buffer_release(t, &b);
    return done;
}
static Value slot_inplace_concat(Thread *t, Value a, Value b) {
    if (!has_buffer(t, b)) return err_raise(t, T_TypeError, "can't concat %T to bytearray", b);
    return append_buffer(t, V_AS(ByteArray, a), b) ? new_ref(a) : VNULL;
}
static Value slot_inplace_repeat(Thread *t, Value v, int64_t count) {
    Value repeated = bytes_repeat_like(t, v, count);
    if (is_null(repeated)) return VNULL;
    ByteArray *a = V_AS(ByteArray, v), *r = V_AS(ByteArray, repeated);
    bool done = splice(t, a, 0, a->length, bytearray_data(r), r->length);
    decref(t, repeated);
    return done ? new_ref(v) : VNULL;
}
static Value slot_mod(Thread *t, Value a, Value b) {
    if (!IS_A(t, a, bytearray)) return V_NOTIMPL;
    V_AS(ByteArray, a)->exports++; /* the values' texts are made by Python code, which must not resize the format */
    Value result = percent_bytes(t, a, b);
    V_AS(ByteArray, a)->exports--;
    return result;
}

static bool slot_buffer(Thread *t, Value v, Buffer *view, int flags) {
    ByteArray *a = V_AS(ByteArray, v);
    if (!buffer_fill(t, view, v, bytearray_data(a), a->length, false, flags)) return false;
    a->exports++;
    return true;
}
static void slot_release(Thread *t, Value v, Buffer *view) { V_AS(ByteArray, v)->exports--; }

static Value slot_iter(Thread *t, Value v) {
    IndexIterator *it = heap_object(t, SHAPE_bytearray_iterator, sizeof *it);
    if (it == NULL) return VNULL;
    it->sequence = new_ref(v);
    it->index = 0;
    gc_track(t, it);
    return v_from(it);
}

/* --- Methods ----------------------------------------------------------------------------------- */

static Value done_none(bool done) { return done ? V_NONE : VNULL; }

static Value m_append(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    uint8_t byte;
    ByteArray *a = V_AS(ByteArray, args[0]);
    return done_none(byte_value(t, args[1], &byte, range_message) && splice(t, a, a->length, a->length, (char *)&byte, 1));
}
static Value m_clear(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return done_none(bytearray_resize(t, V_AS(ByteArray, args[0]), 0)); }
static Value m_copy(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return bytearray_new(t, bytearray_data(V_AS(ByteArray, args[0])), V_AS(ByteArray, args[0])->length);
}
static Value m_extend(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    ByteArray *a = V_AS(ByteArray, args[0]);
    if (has_buffer(t, args[1])) return done_none(append_buffer(t, a, args[1]));
    if (is_str(t, args[1])) return err_raise(t, T_TypeError, "expected iterable of integers; got: 'str'");
    Value iterator = iter_of(t, args[1]);
    if (is_null(iterator)) {
        if (!err_catch(t, T_TypeError)) return VNULL;
        return err_raise(t, T_TypeError, "can't extend bytearray with %T", args[1]);
    }
    decref(t, iterator);
    Value bytes = bytes_from_object(t, args[1], "bytearray");
    if (is_null(bytes)) {
        if (err_is(t, T_ValueError)) {
            err_clear(t);
            err_raise(t, T_ValueError, "%s", range_message);
        }
        return VNULL;
    }
    bool done = splice(t, a, a->length, a->length, V_AS(Bytes, bytes)->data, V_AS(Bytes, bytes)->length);
    decref(t, bytes);
    return done_none(done);
}
static Value m_insert(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t i;
    uint8_t byte;
    ByteArray *a = V_AS(ByteArray, args[0]);
    if (!number_to_index(t, args[1], &i, T_OverflowError) || !byte_value(t, args[2], &byte, range_message)) return VNULL;
    if (i < 0) i = i + a->length < 0 ? 0 : i + a->length;
    if (i > a->length) i = a->length;
    return done_none(splice(t, a, i, i, (char *)&byte, 1));
}
static Value m_pop(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t i = -1;
    ByteArray *a = V_AS(ByteArray, args[0]);
    if (!is_null(args[1]) && !number_to_index(t, args[1], &i, T_IndexError)) return VNULL;
    if (a->length == 0) return err_raise(t, T_IndexError, "pop from empty bytearray");
    if (i < 0) i += a->length;
    if (i < 0 || i >= a->length) return err_raise(t, T_IndexError, "pop index out of range");
    uint8_t byte = (uint8_t)a->start[i];
    return splice(t, a, i, i + 1, NULL, 0) ? v_smallint(byte) : VNULL;
}
static Value m_remove(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    uint8_t byte;
    ByteArray *a = V_AS(ByteArray, args[0]);
    if (!byte_value(t, args[1], &byte, range_message)) return VNULL;
    char *p = a->length ? memchr(a->start, byte, (size_t)a->length) : NULL;
    if (p == NULL) return err_raise(t, T_ValueError, "value not found in bytearray");
    return done_none(splice(t, a, p - a->start, p - a->start + 1, NULL, 0));
}
static Value m_resize(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t n;
    ByteArray *a = V_AS(ByteArray, args[0]);
    if (!number_to_index(t, args[1], &n, T_OverflowError)) return VNULL;
    if (n < 0) return err_raise(t, T_ValueError, "bytearray.resize(): new size must be >= 0, got %lld", (long long)n);
    int64_t before = a->length;
    if (!bytearray_resize(t, a, n)) return VNULL;
    if (n > before) memset(a->start + before, 0, (size_t)(n - before));
    return V_NONE;
}
static Value m_reverse(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    ByteArray *a = V_AS(ByteArray, args[0]);
    for (int64_t i = 0, j = a->length - 1; i < j; i++, j--) {
        char c = a->start[i];
        a->start[i] = a->start[j];
        a->start[j] = c;
    }
    return V_NONE;
}
static Value m_alloc(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_smallint(V_AS(ByteArray, args[0])->capacity); }
static Value m_sizeof(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return v_smallint((int64_t)type_of(t, args[0])->size + V_AS(ByteArray, args[0])->capacity);
}

/* (type, (text, 'latin-1'), state) or, from protocol 3 on, (type, (bytes,), state). */
static Value reduce(Thread *t, Value self, int64_t protocol) {
    ByteArray *a = V_AS(ByteArray, self);
    bool found;
    Value state = call_special(t, self, N(t, __getstate__), NULL, 0, &found), args = VNULL;
    if (is_null(state)) return VNULL;
    Value data = protocol < 3 ? str_from_latin1(t, (uint8_t *)bytearray_data(a), a->length) : bytes_new(t, bytearray_data(a), a->length);
    if (!is_null(data)) {
        Value encoding = protocol < 3 ? str_from_cstr(t, "latin-1") : VNULL;
        if (a->length == 0) args = new_ref(t->interp->empty_tuple);
        else args = protocol < 3 ? tuple_of(t, 2, data, encoding) : tuple_of(t, 1, data);
        decref_maybe(t, encoding);
        decref(t, data);
    }
    Value result = is_null(args) ? VNULL : tuple_of(t, 3, v_from(type_of(t, self)), args, state);
    decref_maybe(t, args);
    decref(t, state);
    return result;
}
static Value m_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return reduce(t, args[0], 2); }
static Value m_reduce_ex(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t protocol = 0;
    return !is_null(args[1]) && !arg_i64(t, args[1], &protocol) ? VNULL : reduce(t, args[0], protocol);
}

static const MethodDef bytearray_methods[] = {
    BYTES_ROWS,
    {"append", "($self, item, /)", "Add one byte at the end.", m_append},
    {"clear", "($self, /)", "Remove all bytes.", m_clear},
    {"copy", "($self, /)", "A copy.", m_copy},
    {"extend", "($self, iterable_of_ints, /)", "Add all bytes of an iterable at the end.", m_extend},
    {"insert", "($self, index, item, /)", "Insert one byte before an index.", m_insert},
    {"pop", "($self, index=-1, /)", "Remove one byte and answer it.", m_pop},
    {"remove", "($self, value, /)", "Remove the first occurrence of a byte.", m_remove},
    {"resize", "($self, size, /)", "Change the size; new bytes are zero.", m_resize},
    {"reverse", "($self, /)", "Reverse the order of the bytes.", m_reverse},
    {"__alloc__", "($self, /)", "The number of bytes that are allocated.", m_alloc},
    {"__sizeof__", "($self, /)", "Bytes of memory.", m_sizeof},
    {"__reduce__", "($self, /)", "For pickling.", m_reduce},
    {"__reduce_ex__", "($self, proto=0, /)", "For pickling.", m_reduce_ex},
    {NULL},
};

const TypeDef typedef_bytearray = {
    .name = "bytearray",
    .doc = "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\nbytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer\n"
           "bytearray(int) -> bytes array of size given by the parameter initialized with null bytes\nbytearray() -> empty bytes array\n\n"
           "A sequence of bytes that can be changed.",
    .flags = TF_BASE,
    .size = sizeof(ByteArray),
    .methods = bytearray_methods,
    .slots = {.new = slot_new, .init = slot_init, .destroy = slot_destroy, .repr = slot_repr, .str = slot_repr, .compare = bytes_compare, .iter = slot_iter,
              .len = slot_len, .item = slot_item, .getitem = slot_getitem, .setitem = slot_setitem, .contains = bytes_contains, .concat = slot_concat,
              .inplace_concat = slot_inplace_concat, .repeat = bytes_repeat_like, .inplace_repeat = slot_inplace_repeat,
              .binop = {[OP_mod] = slot_mod}, .get_buffer = slot_buffer, .release_buffer = slot_release},
};
