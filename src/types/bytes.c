/* bytes: slots and the parts that differ from bytearray. */
#include "core/config.h"
#include "heap/heap.h"
#include "object/instance.h"
#include "ops/warn.h"
#include "types/bytes_priv.h"
#include "types/codecs.h"
#include "types/format.h"

/* --- Construction ------------------------------------------------------------------------------ */

static Value from_iterable(Thread *t, Value v) {
    Value iterator = iter_of(t, v);
    if (is_null(iterator)) return VNULL;
    int64_t hint = length_hint(t, v, 64), n = 0;
    Value result = hint < 0 ? VNULL : bytes_new(t, NULL, hint < 16 ? 16 : hint);
    for (Value item; !is_null(result) && !is_null(item = iter_next(t, iterator));) {
        uint8_t byte;
        bool good = byte_value(t, item, &byte, "bytes must be in range(0, 256)");
        decref(t, item);
        if (!good) slot_clear(t, &result);
        else if (n == V_AS(Bytes, result)->length) result = bytes_resize(t, result, n + n / 2 + 16);
        if (!is_null(result)) V_AS(Bytes, result)->data[n++] = (char)byte;
    }
    decref(t, iterator);
    if (err_pending(t)) {
        decref_maybe(t, result);
        return VNULL;
    }
    return is_null(result) ? result : bytes_resize(t, result, n);
}

Value bytes_from_object(Thread *t, Value v, const char *type_name) {
    if (has_buffer(t, v)) {
        Buffer b;
        if (!buffer_get(t, v, &b, BUF_FULL_RO)) return VNULL;
        Value result = bytes_new(t, NULL, b.length);
        if (!is_null(result) && b.length > 0) buffer_copy_out(&b, V_AS(Bytes, result)->data);
        buffer_release(t, &b);
        return result;
    }
    if (is_str(t, v)) return err_raise(t, T_TypeError, "string argument without an encoding");
    Slots *s = &type_of(t, v)->slots;
    if (s->iter == NULL && s->item == NULL && s->getitem == NULL) return err_raise(t, T_TypeError, "cannot convert '%T' object to %s", v, type_name);
    return from_iterable(t, v);
}

static Value encoded(Thread *t, Value source, Value encoding, Value errors) {
    if (!is_str(t, source)) return err_raise(t, T_TypeError, is_null(encoding) ? "errors without a string argument" : "encoding without a string argument");
    Value keep[2] = {{0}}, result = VNULL;
    const char *e = is_null(encoding) ? "utf-8" : str_cstr(t, encoding, &keep[0]), *r = NULL;
    if (is_null(encoding)) err_raise(t, T_TypeError, "string argument without an encoding");
    else if (e != NULL && (is_null(errors) || (r = str_cstr(t, errors, &keep[1])) != NULL)) result = codec_encode(t, source, e, r);
    decref_maybe(t, keep[0]);
    decref_maybe(t, keep[1]);
    return result;
}

static Value build(Thread *t, Value *out) {
    Value source = out[0];
    if (!is_null(out[1]) || !is_null(out[2])) {
        if (is_null(source)) return err_raise(t, T_TypeError, is_null(out[1]) ? "errors without a string argument" : "encoding without a string argument");
        return encoded(t, source, out[1], out[2]);
    }
    if (is_null(source)) return bytes_new(t, "", 0);
    if (IS_EXACT(source, bytes)) return new_ref(source);
    bool found;
    Value made = IS_EXACT(source, str) ? VNULL : call_special(t, source, N(t, __bytes__), NULL, 0, &found);
    if (!is_null(made)) {
        if (is_bytes(t, made)) return made;
        err_raise(t, T_TypeError, "%T.__bytes__() must return a bytes, not %T", source, made);
        decref(t, made);
        return VNULL;
    }
    if (err_pending(t)) return VNULL;
    if (!is_str(t, source) && has_index(t, source)) {
        int64_t n;
        if (!number_to_index(t, source, &n, T_OverflowError)) {
            if (!err_catch(t, T_TypeError)) return VNULL;
            return bytes_from_object(t, source, "bytes");
        }
        if (n < 0) return err_raise(t, T_ValueError, "negative count");
        Value zeros = bytes_new(t, NULL, n);
        if (!is_null(zeros) && n > 0) memset(V_AS(Bytes, zeros)->data, 0, (size_t)n);
        return zeros;
    }
    return bytes_from_object(t, source, "bytes");
}

static Value slot_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value out[3];
    if (!call_bind_signature(t, "bytes", "(source=b'', encoding=None, errors='strict')", args, nargs, kwnames, out)) return VNULL;
    if (!is_null(out[1]) && !arg_str(t, out[1], "bytes", "'encoding'")) return VNULL;
    if (!is_null(out[2]) && !arg_str(t, out[2], "bytes", "'errors'")) return VNULL;
    Value exact = build(t, out);
    if (is_null(exact) || type == builtin_type(t, T_bytes)) return exact;
    Bytes *b = V_AS(Bytes, exact);
    Value v = object_new_sized(t, type, b->length + 1);
    if (!is_null(v)) {
        Bytes *copy = V_AS(Bytes, v);
        copy->length = b->length;
        copy->hash = -1;
        memcpy(copy->data, b->data, (size_t)b->length + 1);
        v = object_done(t, v);
    }
    decref(t, exact);
    return v;
}

/* --- What both types share --------------------------------------------------------------------- */

Value bytes_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if (is_bytes(t, a) ? !is_bytes(t, b) : !has_buffer(t, b)) { /* bytes leave it to the other one */
        if (t->runtime->config->bytes_warning && (op == CMP_EQ || op == CMP_NE)) {
            if (is_str(t, b) && !warn(t, T_BytesWarning, 1, "Comparison between bytes and string")) return VNULL;
            if (is_int(t, b) && is_bytes(t, a) && !warn(t, T_BytesWarning, 1, "Comparison between bytes and int")) return VNULL;
        }
        return V_NOTIMPL;
    }
    Buffer y;
    View x = view_of(t, a);
    if (!buffer_get(t, b, &y, BUF_SIMPLE)) {
        if (!err_catch(t, T_BufferError) && !err_catch(t, T_TypeError)) return VNULL;
        return V_NOTIMPL;
    }
    x = view_of(t, a);
    int64_t common = x.n < y.length ? x.n : y.length;
    int order;
    if ((op == CMP_EQ || op == CMP_NE) && x.n != y.length) order = 1;
    else {
        order = memcmp(x.data, y.data, (size_t)common);
        if (order == 0) order = x.n < y.length ? -1 : x.n > y.length;
    }
    buffer_release(t, &y);
    switch (op) {
    case CMP_LT: return v_bool(order < 0);
    case CMP_LE: return v_bool(order <= 0);
    case CMP_EQ: return v_bool(order == 0);
    case CMP_NE: return v_bool(order != 0);
    case CMP_GT: return v_bool(order > 0);
    default: return v_bool(order >= 0);
    }
}

Value bytes_repeat_like(Thread *t, Value self, int64_t count) {
    View v = view_of(t, self);
    if (count < 0) count = 0;
    if (count == 1 && IS_EXACT(self, bytes)) return new_ref(self);
    if (v.n > 0 && count > INT64_MAX / 2 / v.n) return v.is_array ? err_no_memory(t) : err_raise(t, T_OverflowError, "repeated bytes are too long");
    int64_t total = v.n * count;
    Value result = make_like(t, v, NULL, total);
    if (is_null(result) || total == 0) return result;
    uint8_t *out = data_of(t, result);
    v = view_of(t, self);
    if (v.n == 1) {
        memset(out, v.data[0], (size_t)total);
    } else {
        memcpy(out, v.data, (size_t)v.n);
        for (int64_t done = v.n; done < total; done *= 2) memcpy(out + done, out, (size_t)(done < total - done ? done : total - done));
    }
    return result;
}

Value bytes_slice_like(Thread *t, Value self, Value slice) {
    int64_t start, stop, step, count;
    if (!slice_indices(t, slice, view_of(t, self).n, &start, &stop, &step, &count)) return VNULL;
    View v = view_of(t, self);
    if (step == 1 && start == 0 && count == v.n && IS_EXACT(self, bytes)) return new_ref(self);
    if (step == 1 || count == 0) return make_like(t, v, v.data + start, count);
    Value result = make_like(t, v, NULL, count);
    if (is_null(result)) return result;
    if (!v.is_array && count == 1) {
        char byte = (char)v.data[start];
        decref(t, result);
        return bytes_new(t, &byte, 1);
    }
    uint8_t *out = data_of(t, result);
    for (int64_t i = 0; i < count; i++) out[i] = v.data[start + i * step];
    return result;
}

/* --- Slots ------------------------------------------------------------------------------------- */

static Value slot_repr(Thread *t, Value v) { return bytes_repr(t, view_of(t, v), "", ""); }
static Value slot_str(Thread *t, Value v) {
    if (t->runtime->config->bytes_warning && !warn(t, T_BytesWarning, 1, "str() on a bytes instance")) return VNULL;
    return slot_repr(t, v);
}
static bool slot_hash(Thread *t, Value v, int64_t *hash) {
    *hash = bytes_hash(t, V_AS(Bytes, v));
    return true;
}
static int64_t slot_len(Thread *t, Value v) { return V_AS(Bytes, v)->length; }
static Value slot_item(Thread *t, Value v, int64_t i) {
    Bytes *b = V_AS(Bytes, v);
    if (i < 0 || i >= b->length) return err_raise(t, T_IndexError, "index out of range");
    return v_smallint((uint8_t)b->data[i]);
}
static Value slot_getitem(Thread *t, Value v, Value key) {
    if (IS_EXACT(key, slice)) return bytes_slice_like(t, v, key);
    if (!has_index(t, key)) return err_raise(t, T_TypeError, "byte indices must be integers or slices, not %T", key);
    int64_t i;
    if (!number_to_index(t, key, &i, T_IndexError)) return VNULL;
    return slot_item(t, v, i < 0 ? i + V_AS(Bytes, v)->length : i);
}
static Value slot_concat(Thread *t, Value a, Value b) {
    if (IS_EXACT(a, bytes) && IS_EXACT(b, bytes)) return bytes_concat(t, a, b);
    Buffer x, y;
    if (!has_buffer(t, b)) return err_raise(t, T_TypeError, "can't concat %T to bytes", b);
    if (!buffer_get(t, a, &x, BUF_SIMPLE)) return VNULL;
    Value result = VNULL;
    if (buffer_get(t, b, &y, BUF_SIMPLE)) {
        if (x.length > INT64_MAX - 64 - y.length) err_no_memory(t);
        else result = bytes_new(t, NULL, x.length + y.length);
        if (!is_null(result) && x.length + y.length > 0) {
            memcpy(V_AS(Bytes, result)->data, x.data, (size_t)x.length);
            memcpy(V_AS(Bytes, result)->data + x.length, y.data, (size_t)y.length);
        }
        buffer_release(t, &y);
    }
    buffer_release(t, &x);
    return result;
}
static Value slot_mod(Thread *t, Value a, Value b) { return is_bytes(t, a) ? percent_bytes(t, a, b) : V_NOTIMPL; }
static bool slot_buffer(Thread *t, Value v, Buffer *view, int flags) {
    return buffer_fill(t, view, v, V_AS(Bytes, v)->data, V_AS(Bytes, v)->length, true, flags);
}
static Value slot_iter(Thread *t, Value v) {
    IndexIterator *it = heap_object(t, SHAPE_bytes_iterator, sizeof *it);
    if (it == NULL) return VNULL;
    it->sequence = new_ref(v);
    it->index = 0;
    return v_from(it);
}

static Value bytes_m_getnewargs(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value copy = bytes_new(t, V_AS(Bytes, args[0])->data, V_AS(Bytes, args[0])->length);
    return is_null(copy) ? VNULL : tuple_take(t, &copy, 1);
}
static Value bytes_m_bytes(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (IS_EXACT(args[0], bytes)) return new_ref(args[0]);
    return bytes_new(t, V_AS(Bytes, args[0])->data, V_AS(Bytes, args[0])->length);
}
static Value bytes_m_sizeof(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return v_smallint((int64_t)offsetof(Bytes, data) + V_AS(Bytes, args[0])->length + 1);
}

static const MethodDef bytes_methods[] = {
    BYTES_ROWS,
    {"__getnewargs__", "($self, /)", NULL, bytes_m_getnewargs},
    {"__bytes__", "($self, /)", "The bytes as an exact bytes object.", bytes_m_bytes},
    {"__sizeof__", "($self, /)", "Bytes of memory.", bytes_m_sizeof},
    {NULL},
};

const TypeDef typedef_bytes = {
    .name = "bytes",
    .doc = "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer\n"
           "bytes(int) -> bytes object of size given by the parameter initialized with null bytes\nbytes() -> empty bytes object\n\n"
           "An immutable sequence of bytes.",
    .flags = TF_BASE | TF_BYTES | TF_VARSIZED,
    .size = sizeof(Bytes),
    .item_size = 1,
    .methods = bytes_methods,
    .slots = {.new = slot_new, .repr = slot_repr, .str = slot_str, .hash = slot_hash, .compare = bytes_compare, .iter = slot_iter, .len = slot_len,
              .item = slot_item, .getitem = slot_getitem, .contains = bytes_contains, .concat = slot_concat, .repeat = bytes_repeat_like,
              .binop = {[OP_mod] = slot_mod}, .get_buffer = slot_buffer},
};
