/* BytesIO: a stream of bytes in memory, and the object behind its getbuffer().
 *
 * The contents are the first `length` bytes of `bytes`, an exact bytes object.  It may be shared, with who gave it or has
 * it from getvalue(), and is then copied before the first change.  While getbuffer() is in use the size cannot change.
 */
#include "modules/io/io_priv.h"
#include "types/memoryview.h"

typedef struct BytesIO {
    Object head;
    Value bytes; /* VNULL: closed, or not initialised */
    int64_t length, pos, exports;
} BytesIO;
#define SELF(v) V_AS(BytesIO, v)

static bool is_open(Thread *t, BytesIO *b) { return !is_null(b->bytes) || err_fail(t, T_ValueError, "I/O operation on closed file."); }
static bool may_resize(Thread *t, BytesIO *b) { return b->exports == 0 || err_fail(t, T_BufferError, "Existing exports of data: object cannot be re-sized"); }
static bool is_shared(Thread *t, BytesIO *b) { return v_obj(b->bytes)->refs != 1; }
static char *data_of(BytesIO *b) { return V_AS(Bytes, b->bytes)->data; }
static int64_t capacity_of(BytesIO *b) { return V_AS(Bytes, b->bytes)->length; }

/* Bytes of our own with room for `capacity`. */
static bool own(Thread *t, BytesIO *b, int64_t capacity) {
    if (capacity < 2) capacity = 2; /* shorter ones are shared */
    if (!is_shared(t, b) && capacity_of(b) >= 2) {
        if (capacity == capacity_of(b)) return true;
        Value bytes = bytes_resize(t, b->bytes, capacity);
        b->bytes = bytes;
        if (!is_null(bytes)) return true;
        b->bytes = new_ref(t->interp->empty_bytes);
        b->length = b->pos = 0;
        return false;
    }
    Value bytes = bytes_new(t, NULL, capacity);
    if (is_null(bytes)) return false;
    memcpy(V_AS(Bytes, bytes)->data, data_of(b), (size_t)(b->length < capacity ? b->length : capacity));
    slot_set(t, &b->bytes, bytes);
    return true;
}
static bool reserve(Thread *t, BytesIO *b, int64_t n) {
    int64_t capacity = capacity_of(b);
    if (n <= capacity && !is_shared(t, b) && capacity >= 2) return true;
    if (n > capacity) capacity = n < capacity + (capacity >> 3) ? capacity + (capacity >> 3) + 6 : n + (n >> 3) + (n < 9 ? 3 : 6);
    return own(t, b, capacity);
}

static bool write_at(Thread *t, BytesIO *b, Value v, int64_t *written) {
    Buffer view;
    if (!is_open(t, b) || !may_resize(t, b) || !buffer_get(t, v, &view, BUF_ANY_CONTIGUOUS)) return false;
    int64_t n = view.length, end;
    bool ok = is_open(t, b) && may_resize(t, b);
    *written = n;
    if (ok && n > 0) {
        if (__builtin_add_overflow(b->pos, n, &end) || end > INT64_MAX / 2) ok = err_fail(t, T_OverflowError, "new buffer size too large");
        else ok = reserve(t, b, end > b->length ? end : b->length);
        if (ok) {
            if (b->pos > b->length) memset(data_of(b) + b->length, 0, (size_t)(b->pos - b->length));
            memcpy(data_of(b) + b->pos, view.data, (size_t)n);
            b->pos = end;
            if (end > b->length) b->length = end;
        }
    }
    buffer_release(t, &view);
    return ok;
}
IO_FUNCTION(bytesio_write) {
    int64_t n;
    return write_at(t, SELF(args[0]), args[1], &n) ? int_from_i64(t, n) : VNULL;
}
IO_FUNCTION(bytesio_writelines) {
    BytesIO *b = SELF(args[0]);
    if (!is_open(t, b)) return VNULL;
    Value it = iter_of(t, args[1]);
    if (is_null(it)) return VNULL;
    for (;;) {
        Value v = iter_next(t, it);
        int64_t n;
        if (is_null(v)) break;
        bool ok = write_at(t, b, v, &n);
        decref(t, v);
        if (!ok) break;
    }
    decref(t, it);
    return err_pending(t) ? VNULL : V_NONE;
}

static Value take(Thread *t, BytesIO *b, int64_t n) {
    int64_t rest = b->length - b->pos;
    if (n < 0 || n > rest) n = rest;
    if (n <= 0) return new_ref(t->interp->empty_bytes);
    if (b->pos == 0 && n == capacity_of(b) && b->exports == 0) { /* all of it: shared from now on */
        b->pos = n;
        return new_ref(b->bytes);
    }
    Value v = bytes_new(t, data_of(b) + b->pos, n);
    if (!is_null(v)) b->pos += n;
    return v;
}
static int64_t line_length(BytesIO *b, int64_t limit) {
    int64_t n = b->length - b->pos;
    if (n <= 0) return 0;
    if (limit >= 0 && limit < n) n = limit;
    const char *p = data_of(b) + b->pos, *lf = memchr(p, '\n', (size_t)n);
    return lf ? lf - p + 1 : n;
}
IO_FUNCTION(bytesio_read) {
    int64_t n;
    return io_size(t, args[1], -1, &n) && is_open(t, SELF(args[0])) ? take(t, SELF(args[0]), n) : VNULL;
}
IO_FUNCTION(bytesio_readline) {
    int64_t n;
    return io_size(t, args[1], -1, &n) && is_open(t, SELF(args[0])) ? take(t, SELF(args[0]), line_length(SELF(args[0]), n)) : VNULL;
}
IO_FUNCTION(bytesio_readlines) {
    BytesIO *b = SELF(args[0]);
    int64_t most = 0, total = 0;
    if (!is_open(t, b)) return VNULL;
    if (!io_size(t, args[1], -1, &most)) return VNULL;
    Value list = list_new(t, 0);
    int64_t n;
    while (!is_null(list) && (n = line_length(b, -1)) > 0) {
        Value line = take(t, b, n);
        if (is_null(line) || !list_append_take(t, V_AS(List, list), line)) {
            decref(t, list);
            return VNULL;
        }
        total += n;
        if (most > 0 && total >= most) break;
    }
    return list;
}
IO_FUNCTION(bytesio_readinto) {
    BytesIO *b = SELF(args[0]);
    Buffer view;
    if (!is_open(t, b)) return VNULL;
    if (!buffer_get(t, args[1], &view, BUF_WRITABLE)) {
        if (!err_catch(t, T_BufferError) && !err_catch(t, T_TypeError)) return VNULL;
        return err_raise(t, T_TypeError, "readinto() argument must be read-write bytes-like object, not %T", args[1]);
    }
    Value v = VNULL;
    if (is_open(t, b)) {
        int64_t n = b->length - b->pos;
        if (n > view.length) n = view.length;
        if (n < 0) n = 0;
        memcpy(view.data, data_of(b) + b->pos, (size_t)n);
        b->pos += n;
        v = int_from_i64(t, n);
    }
    buffer_release(t, &view);
    return v;
}
static Value bytesio_next(Thread *t, Value self) {
    BytesIO *b = SELF(self);
    if (!is_open(t, b)) return VNULL;
    int64_t n = line_length(b, -1);
    return n ? take(t, b, n) : VNULL;
}
static Value bytesio_iter(Thread *t, Value self) { return is_open(t, SELF(self)) ? new_ref(self) : VNULL; }

IO_FUNCTION(bytesio_getvalue) {
    BytesIO *b = SELF(args[0]);
    if (!is_open(t, b)) return VNULL;
    if (b->length != capacity_of(b)) {
        if (b->exports || b->length < 2) return bytes_new(t, data_of(b), b->length);
        if (is_shared(t, b)) {
            Value v = bytes_new(t, data_of(b), b->length);
            if (is_null(v)) return VNULL;
            slot_set(t, &b->bytes, v);
        } else if (!own(t, b, b->length)) {
            return VNULL;
        }
    }
    return b->exports ? bytes_new(t, data_of(b), b->length) : new_ref(b->bytes);
}
IO_FUNCTION(bytesio_tell) { return is_open(t, SELF(args[0])) ? int_from_i64(t, SELF(args[0])->pos) : VNULL; }
IO_FUNCTION(bytesio_seek) {
    BytesIO *b = SELF(args[0]);
    int64_t pos;
    int whence = 0;
    if (!number_to_index(t, args[1], &pos, T_OverflowError) || (!is_null(args[2]) && !arg_i32(t, args[2], &whence)) || !is_open(t, b)) return VNULL;
    if (whence == 0 && pos < 0) return err_raise(t, T_ValueError, "negative seek value %lld", (long long)pos);
    if (whence < 0 || whence > 2) return err_raise(t, T_ValueError, "invalid whence (%d, should be 0, 1 or 2)", whence);
    if (whence && __builtin_add_overflow(pos, whence == 1 ? b->pos : b->length, &pos)) return err_raise(t, T_OverflowError, "new position too large");
    b->pos = pos < 0 ? 0 : pos;
    return int_from_i64(t, b->pos);
}
IO_FUNCTION(bytesio_truncate) {
    BytesIO *b = SELF(args[0]);
    if (!is_open(t, b) || !may_resize(t, b)) return VNULL;
    int64_t n = b->pos;
    if (!is_null(args[1]) && !is_none(args[1]) && !number_to_index(t, args[1], &n, T_OverflowError)) return VNULL;
    if (n < 0) return err_raise(t, T_ValueError, "negative size value %lld", (long long)n);
    if (n < b->length) {
        b->length = n;
        if (capacity_of(b) > 2 * n + 64 && !own(t, b, n)) return VNULL;
    }
    return int_from_i64(t, n);
}
IO_FUNCTION(bytesio_close) {
    BytesIO *b = SELF(args[0]);
    if (!may_resize(t, b)) return VNULL;
    slot_clear(t, &b->bytes);
    return V_NONE;
}
IO_FUNCTION(bytesio_true) { return is_open(t, SELF(args[0])) ? V_TRUE : VNULL; }
IO_FUNCTION(bytesio_false) { return is_open(t, SELF(args[0])) ? V_FALSE : VNULL; }
IO_FUNCTION(bytesio_flush) { return is_open(t, SELF(args[0])) ? V_NONE : VNULL; }
static Value bytesio_closed(Thread *t, Value self, void *closure) { return v_bool(is_null(SELF(self)->bytes)); }
IO_FUNCTION(bytesio_sizeof) { return v_smallint((int64_t)sizeof(BytesIO) + (is_null(SELF(args[0])->bytes) ? 0 : capacity_of(SELF(args[0])))); }

static Value attributes(Thread *t, Value self) { /* a copy of the __dict__, None where it is empty */
    Value dict = instance_dict(t, v_obj(self));
    if (is_null(dict)) return VNULL;
    Value copy = dict_len(dict) ? dict_copy(t, dict) : V_NONE;
    decref(t, dict);
    return copy;
}
IO_FUNCTION(bytesio_getstate) {
    Value value = bytesio_getvalue(t, args, 1, VNULL), dict = is_null(value) ? VNULL : attributes(t, args[0]), pos = int_from_i64(t, SELF(args[0])->pos);
    Value v = is_null(dict) ? VNULL : tuple_of(t, 3, value, pos, dict);
    decref_maybe(t, value);
    decref_maybe(t, dict);
    decref_maybe(t, pos);
    return v;
}
IO_FUNCTION(bytesio_setstate) {
    BytesIO *b = SELF(args[0]);
    Value state = args[1];
    int64_t pos, n;
    if (!is_open(t, b)) return VNULL;
    if (!is_tuple(t, state) || tuple_len(state) < 3) return err_raise(t, T_TypeError, "%s.__setstate__ argument should be 3-tuple, got %T", type_of(t, args[0])->def->name, state);
    if (!may_resize(t, b)) return VNULL;
    slot_set(t, &b->bytes, new_ref(t->interp->empty_bytes));
    b->length = b->pos = 0;
    if (!write_at(t, b, tuple_at(state, 0), &n)) return VNULL;
    Value index = tuple_at(state, 1);
    if (!is_int(t, index)) return err_raise(t, T_TypeError, "second item of state must be an integer, not %T", index);
    if (!number_to_index(t, index, &pos, T_OverflowError)) return VNULL;
    if (pos < 0) return err_raise(t, T_ValueError, "position value cannot be negative");
    b->pos = pos;
    Value items = tuple_at(state, 2);
    if (is_none(items)) return V_NONE;
    if (!is_dict(t, items)) return err_raise(t, T_TypeError, "third item of state should be a dict, got a %T", items);
    Value dict = instance_dict(t, v_obj(args[0]));
    bool ok = !is_null(dict) && dict_update(t, dict, items);
    decref_maybe(t, dict);
    return ok ? V_NONE : VNULL;
}

static Value bytesio_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    SELF(v)->bytes = new_ref(t->interp->empty_bytes);
    return object_done(t, v);
}
static bool bytesio_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    BytesIO *b = SELF(self);
    Value a[1];
    int64_t n;
    if (!call_bind_signature(t, "BytesIO", "(initial_bytes=b'')", args, nargs, kwnames, a) || !may_resize(t, b)) return false;
    b->length = b->pos = 0;
    if (!is_null(a[0]) && IS_EXACT(a[0], bytes)) {
        slot_set(t, &b->bytes, new_ref(a[0]));
        b->length = V_AS(Bytes, a[0])->length;
        return true;
    }
    slot_set(t, &b->bytes, new_ref(t->interp->empty_bytes));
    if (is_null(a[0]) || is_none(a[0])) return true;
    bool ok = write_at(t, b, a[0], &n);
    b->pos = 0;
    return ok;
}

/* --- getbuffer() ------------------------------------------------------------------------------- */

typedef struct BytesIOBuffer { Object head; Value source; } BytesIOBuffer;

static bool export_get(Thread *t, Value self, Buffer *view, int flags) {
    BytesIO *b = SELF(V_AS(BytesIOBuffer, self)->source);
    if (!is_open(t, b)) return false;
    if (b->exports == 0 && is_shared(t, b) && !own(t, b, b->length)) return false;
    if (b->exports == 0 && capacity_of(b) < 2 && !own(t, b, 2)) return false;
    if (!buffer_fill(t, view, self, data_of(b), b->length, false, flags)) return false;
    b->exports++;
    return true;
}
static void export_release(Thread *t, Value self, Buffer *view) {
    Value source = V_AS(BytesIOBuffer, self)->source; /* VNULL: the collector took it apart */
    if (!is_null(source)) SELF(source)->exports--;
}
static const Field export_fields[] = {FIELD_VALUE(BytesIOBuffer, source)};
const TypeDef typedef_BytesIOBuffer = {
    .name = "_io._BytesIOBuffer",
    .flags = TF_GC | TF_NO_NEW,
    .size = sizeof(BytesIOBuffer),
    FIELDS(export_fields),
    .slots = {.get_buffer = export_get, .release_buffer = export_release},
};
IO_FUNCTION(bytesio_getbuffer) {
    if (!is_open(t, SELF(args[0]))) return VNULL;
    Value source = object_new(t, builtin_type(t, T_BytesIOBuffer));
    if (is_null(source)) return VNULL;
    V_AS(BytesIOBuffer, source)->source = new_ref(args[0]);
    source = object_done(t, source);
    Value v = memoryview_new(t, source, BUF_FULL_RO);
    decref(t, source);
    return v;
}

static const MethodDef methods[] = {
    {"readable", "($self, /)", NULL, bytesio_true}, {"seekable", "($self, /)", NULL, bytesio_true}, {"writable", "($self, /)", NULL, bytesio_true},
    {"close", "($self, /)", "Disable all I/O operations.", bytesio_close}, {"flush", "($self, /)", "Does nothing.", bytesio_flush},
    {"isatty", "($self, /)", "Always returns False.", bytesio_false}, {"tell", "($self, /)", "Current file position, an integer.", bytesio_tell},
    {"write", "($self, b, /)", "Write bytes to file.", bytesio_write}, {"writelines", "($self, lines, /)", "Write lines to the file.", bytesio_writelines},
    {"read1", "($self, size=-1, /)", NULL, bytesio_read}, {"readinto", "($self, buffer, /)", NULL, bytesio_readinto},
    {"readline", "($self, size=-1, /)", NULL, bytesio_readline}, {"readlines", "($self, size=None, /)", NULL, bytesio_readlines},
    {"read", "($self, size=-1, /)", NULL, bytesio_read}, {"getbuffer", "($self, /)", "Get a read-write view over the contents of the BytesIO object.", bytesio_getbuffer},
    {"getvalue", "($self, /)", "Retrieve the entire contents of the BytesIO object.", bytesio_getvalue}, {"seek", "($self, pos, whence=0, /)", NULL, bytesio_seek},
    {"truncate", "($self, size=None, /)", NULL, bytesio_truncate}, {"__getstate__", "($self, /)", NULL, bytesio_getstate},
    {"__setstate__", "($self, object, /)", NULL, bytesio_setstate}, {"__sizeof__", "($self, /)", NULL, bytesio_sizeof}, {0}};
static const GetSetDef getsets[] = {{"closed", bytesio_closed}, {0}};
static const Field fields[] = {FIELD_VALUE(BytesIO, bytes)};
const TypeDef typedef_BytesIO = {
    .name = "_io.BytesIO",
    .doc = "Buffered I/O implementation using an in-memory bytes buffer.",
    .signature = "(initial_bytes=b'')",
    .flags = TF_BASE | TF_GC | TF_DICT | TF_WEAKREF | TF_EXT | TF_FINALIZE,
    .size = sizeof(BytesIO),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .slots = {.new = bytesio_new, .init = bytesio_init, .iter = bytesio_iter, .next = bytesio_next, .finalize = io_finalize},
};
