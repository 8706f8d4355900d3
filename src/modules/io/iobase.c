/* _IOBase and the abstract classes above it: what every stream has.
 *
 * An instance has no fields: that it was closed stands in its attribute __IOBase_closed.
 */
#include "modules/io/io_priv.h"

typedef struct IOBase { Object head; } IOBase;

/* --- Helpers ----------------------------------------------------------------------------------- */

int io_is_closed(Thread *t, Value stream) {
    Value v = attr_get(t, stream, N(t, closed));
    if (is_null(v)) return -1;
    int closed = truth(t, v);
    decref(t, v);
    return closed;
}

bool io_check_closed(Thread *t, Value stream) {
    int closed = io_is_closed(t, stream);
    return closed == 0 || (closed > 0 && err_fail(t, T_ValueError, "I/O operation on closed file."));
}

bool io_flag(Thread *t, Value stream, const char *method, bool *out) {
    Value v = io_call(t, stream, method, NULL, 0);
    if (is_null(v)) return false;
    int is = truth(t, v);
    decref(t, v);
    *out = is > 0;
    return is >= 0;
}

bool io_check_able(Thread *t, Value stream, const char *method) {
    Value v = io_call(t, stream, method, NULL, 0);
    if (is_null(v)) return false;
    decref(t, v);
    if (same(v, V_TRUE)) return true;
    const char *message = method[0] == 'r' ? "File or stream is not readable." : method[0] == 'w' ? "File or stream is not writable." : "File or stream is not seekable.";
    return !is_null(io_unsupported(t, message));
}

/* Closes a stream that is dropped. */
void io_finalize(Thread *t, Value self) {
    Value pending = err_fetch(t);
    int closed = io_is_closed(t, self);
    if (closed < 0) err_clear(t);
    if (closed == 0) { /* where that cannot be told the stream is of no use any more */
        if (!attr_set(t, self, N(t, _finalizing), V_TRUE)) err_clear(t);
        Value r = call_method_0(t, self, N(t, close));
        if (is_null(r)) {
            err_unraisable(t, "Exception ignored while finalizing file", self);
        } else {
            decref(t, r);
        }
    }
    err_restore(t, pending);
}

/* --- _IOBase ----------------------------------------------------------------------------------- */

static int marked_closed(Thread *t, Value self) { return attr_has(t, self, N(t, __IOBase_closed)); }
static bool check_open(Thread *t, Value self) {
    int closed = marked_closed(t, self);
    return closed == 0 || (closed > 0 && err_fail(t, T_ValueError, "I/O operation on closed file."));
}
static Value iobase_closed(Thread *t, Value self, void *closure) {
    int closed = marked_closed(t, self);
    return closed < 0 ? VNULL : v_bool(closed);
}

IO_FUNCTION(iobase_seek) { return io_unsupported(t, "seek"); }
IO_FUNCTION(iobase_truncate) { return io_unsupported(t, "truncate"); }
IO_FUNCTION(iobase_fileno) { return io_unsupported(t, "fileno"); }
IO_FUNCTION(iobase_tell) { return call_method_2(t, args[0], N(t, seek), v_smallint(0), v_smallint(1)); }
IO_FUNCTION(iobase_flush) { return check_open(t, args[0]) ? V_NONE : VNULL; }
IO_FUNCTION(iobase_close) {
    int closed = marked_closed(t, args[0]);
    if (closed) return closed < 0 ? VNULL : V_NONE;
    Value r = call_method_0(t, args[0], N(t, flush)), pending = is_null(r) ? err_fetch(t) : VNULL;
    decref_maybe(t, r);
    bool marked = attr_set(t, args[0], N(t, __IOBase_closed), V_TRUE);
    if (is_null(pending)) return marked ? V_NONE : VNULL;
    if (marked) err_restore(t, pending);
    else err_set_context(t, pending);
    return VNULL;
}
IO_FUNCTION(iobase_false) { return V_FALSE; }
IO_FUNCTION(iobase_isatty) { return io_check_closed(t, args[0]) ? V_FALSE : VNULL; }
IO_FUNCTION(iobase_check_closed) { return io_check_closed(t, args[0]) ? V_NONE : VNULL; }
IO_FUNCTION(iobase_check_readable) { return io_check_able(t, args[0], "readable") ? V_TRUE : VNULL; }
IO_FUNCTION(iobase_check_writable) { return io_check_able(t, args[0], "writable") ? V_TRUE : VNULL; }
IO_FUNCTION(iobase_check_seekable) { return io_check_able(t, args[0], "seekable") ? V_TRUE : VNULL; }
IO_FUNCTION(iobase_enter) { return io_check_closed(t, args[0]) ? new_ref(args[0]) : VNULL; }
IO_FUNCTION(iobase_exit) {
    return call_method_0(t, args[0], N(t, close));
}

/* Up to a line feed, by peek() where the stream has it, else byte by byte. */
Value io_readline_generic(Thread *t, Value self, int64_t limit) {
    Value peek_name = str_intern_cstr(t, "peek");
    if (is_null(peek_name)) return VNULL;
    Value peek = attr_get_maybe(t, self, peek_name);
    decref(t, peek_name);
    if (is_null(peek) && err_pending(t)) return VNULL;
    Value line = bytearray_new(t, NULL, 0);
    while (!is_null(line)) {
        ByteArray *a = V_AS(ByteArray, line);
        if (limit >= 0 && a->length >= limit) break;
        int64_t want = 1;
        if (!is_null(peek)) {
            Value ahead = call_1(t, peek, v_smallint(1));
            if (is_null(ahead)) {
                if (io_interrupted(t)) continue;
                goto failed;
            }
            if (!is_bytes(t, ahead)) {
                err_raise(t, T_OSError, "peek() should have returned a bytes object, not '%T'", ahead);
                decref(t, ahead);
                goto failed;
            }
            int64_t n = V_AS(Bytes, ahead)->length;
            const char *p = V_AS(Bytes, ahead)->data;
            if (n > 0) {
                int64_t most = limit >= 0 && limit - a->length < n ? limit - a->length : n;
                const char *lf = memchr(p, '\n', (size_t)most);
                want = lf ? lf - p + 1 : most;
            }
            decref(t, ahead);
        }
        Value b = call_method_1(t, self, N(t, read), v_smallint(want));
        if (is_null(b)) {
            if (io_interrupted(t)) continue;
            goto failed;
        }
        if (!is_bytes(t, b)) {
            err_raise(t, T_OSError, "read() should have returned a bytes object, not '%T'", b);
            decref(t, b);
            goto failed;
        }
        int64_t n = V_AS(Bytes, b)->length, old = a->length;
        if (n == 0) {
            decref(t, b);
            break;
        }
        bool ok = bytearray_resize(t, a, old + n);
        if (ok) memcpy(bytearray_data(a) + old, V_AS(Bytes, b)->data, (size_t)n);
        bool ended = V_AS(Bytes, b)->data[n - 1] == '\n';
        decref(t, b);
        if (!ok) goto failed;
        if (ended) break;
    }
    decref_maybe(t, peek);
    if (is_null(line)) return VNULL;
    Value result = bytes_new(t, bytearray_data(V_AS(ByteArray, line)), V_AS(ByteArray, line)->length);
    decref(t, line);
    return result;
failed:
    decref_maybe(t, peek);
    decref(t, line);
    return VNULL;
}
IO_FUNCTION(iobase_readline) {
    int64_t limit;
    return io_size(t, args[1], -1, &limit) ? io_readline_generic(t, args[0], limit) : VNULL;
}

IO_FUNCTION(iobase_readlines) {
    int64_t hint, total = 0;
    if (!io_size(t, args[1], -1, &hint)) return VNULL;
    Value it = iter_of(t, args[0]), list = is_null(it) ? VNULL : list_new(t, 0);
    while (!is_null(list)) {
        Value line = iter_next(t, it);
        if (is_null(line)) {
            if (err_pending(t)) goto failed;
            break;
        }
        int64_t n = hint > 0 ? length_of(t, line) : 0;
        if (!list_append_take(t, V_AS(List, list), line) || n < 0) goto failed;
        total += n;
        if (hint > 0 && total >= hint) break;
    }
    decref_maybe(t, it);
    return list;
failed:
    decref(t, it);
    decref(t, list);
    return VNULL;
}
IO_FUNCTION(iobase_writelines) {
    if (!io_check_closed(t, args[0])) return VNULL;
    Value it = iter_of(t, args[1]);
    if (is_null(it)) return VNULL;
    for (;;) {
        Value line = iter_next(t, it);
        if (is_null(line)) break;
        Value r;
        do r = call_method_1(t, args[0], N(t, write), line);
        while (is_null(r) && io_interrupted(t));
        decref(t, line);
        if (is_null(r)) break;
        decref(t, r);
    }
    decref(t, it);
    return err_pending(t) ? VNULL : V_NONE;
}
static Value iobase_iter(Thread *t, Value self) { return io_check_closed(t, self) ? new_ref(self) : VNULL; }
static Value iobase_next(Thread *t, Value self) {
    Value line = call_method_0(t, self, N(t, readline));
    if (is_null(line)) return VNULL;
    int64_t n = length_of(t, line);
    if (n > 0) return line;
    decref(t, line);
    return VNULL;
}

static const MethodDef iobase_methods[] = {
    {"seek", "($self, offset, whence=os.SEEK_SET, /)", "Change the stream position to the given byte offset.", iobase_seek},
    {"tell", "($self, /)", "Return current stream position.", iobase_tell},
    {"truncate", "($self, size=None, /)", "Truncate file to size bytes.", iobase_truncate},
    {"flush", "($self, /)", "Flush write buffers, if applicable.", iobase_flush},
    {"close", "($self, /)", "Flush and close the IO object.", iobase_close},
    {"seekable", "($self, /)", "Return whether object supports random access.", iobase_false},
    {"readable", "($self, /)", "Return whether object was opened for reading.", iobase_false},
    {"writable", "($self, /)", "Return whether object was opened for writing.", iobase_false},
    {"_checkClosed", "($self, /)", NULL, iobase_check_closed},
    {"_checkSeekable", "($self, /)", NULL, iobase_check_seekable},
    {"_checkReadable", "($self, /)", NULL, iobase_check_readable},
    {"_checkWritable", "($self, /)", NULL, iobase_check_writable},
    {"fileno", "($self, /)", "Return underlying file descriptor if one exists.", iobase_fileno},
    {"isatty", "($self, /)", "Return whether this is an 'interactive' stream.", iobase_isatty},
    {"__enter__", "($self, /)", NULL, iobase_enter},
    {"__exit__", "($self, /, *args)", NULL, iobase_exit},
    {"readline", "($self, size=-1, /)", "Read and return a line from the stream.", iobase_readline},
    {"readlines", "($self, hint=-1, /)", "Return a list of lines from the stream.", iobase_readlines},
    {"writelines", "($self, lines, /)", "Write a list of lines to stream.", iobase_writelines},
    {0},
};
static const GetSetDef iobase_getsets[] = {{"closed", iobase_closed}, {0}};
const TypeDef typedef_IOBase = {
    .name = "_io._IOBase",
    .doc = "The abstract base class for all I/O classes.",
    .flags = TF_BASE | TF_GC | TF_DICT | TF_WEAKREF | TF_EXT | TF_FINALIZE,
    .size = sizeof(IOBase),
    .methods = iobase_methods,
    .getsets = iobase_getsets,
    .slots = {.iter = iobase_iter, .next = iobase_next, .finalize = io_finalize},
};

/* --- _RawIOBase -------------------------------------------------------------------------------- */

IO_FUNCTION(raw_read) {
    int64_t n;
    if (!io_size(t, args[1], -1, &n)) return VNULL;
    if (n < 0) return call_method_0(t, args[0], N(t, readall));
    Value room = bytearray_new(t, NULL, n);
    if (is_null(room)) return VNULL;
    if (n > 0) memset(bytearray_data(V_AS(ByteArray, room)), 0, (size_t)n);
    Value r = call_method_1(t, args[0], N(t, readinto), room), result = r;
    if (!is_null(r) && !is_none(r)) {
        int64_t got;
        result = VNULL;
        if (arg_i64(t, r, &got)) {
            if (got < 0 || got > V_AS(ByteArray, room)->length) err_raise(t, T_ValueError, "readinto returned %lld outside buffer size %lld", (long long)got, (long long)n);
            else result = bytes_new(t, bytearray_data(V_AS(ByteArray, room)), got);
        }
        decref(t, r);
    }
    decref(t, room);
    return result;
}
IO_FUNCTION(raw_readall) {
    Value all = bytearray_new(t, NULL, 0);
    bool some = false;
    while (!is_null(all)) {
        Value chunk = call_method_1(t, args[0], N(t, read), v_smallint(IO_BUFFER_SIZE));
        if (is_null(chunk)) {
            if (io_interrupted(t)) continue;
            decref(t, all);
            return VNULL;
        }
        if (is_none(chunk)) {
            if (some) break;
            decref(t, all);
            return chunk;
        }
        if (!is_bytes(t, chunk)) {
            decref(t, chunk);
            decref(t, all);
            return err_raise(t, T_TypeError, "read() should return bytes");
        }
        int64_t n = V_AS(Bytes, chunk)->length, old = V_AS(ByteArray, all)->length;
        some = true;
        bool ok = n == 0 || bytearray_resize(t, V_AS(ByteArray, all), old + n);
        if (ok && n) memcpy(bytearray_data(V_AS(ByteArray, all)) + old, V_AS(Bytes, chunk)->data, (size_t)n);
        decref(t, chunk);
        if (!ok) {
            decref(t, all);
            return VNULL;
        }
        if (n == 0) break;
    }
    if (is_null(all)) return VNULL;
    Value result = bytes_new(t, bytearray_data(V_AS(ByteArray, all)), V_AS(ByteArray, all)->length);
    decref(t, all);
    return result;
}
IO_FUNCTION(raw_not_implemented) { return err_raise_value(t, v_from(builtin_type(t, T_NotImplementedError))); }
static const MethodDef raw_methods[] = {
    {"read", "($self, size=-1, /)", NULL, raw_read},
    {"readall", "($self, /)", "Read until EOF, using multiple read() call.", raw_readall},
    {"readinto", "($self, buffer, /)", NULL, raw_not_implemented},
    {"write", "($self, b, /)", NULL, raw_not_implemented},
    {0},
};
const TypeDef typedef_RawIOBase = {
    .name = "_io._RawIOBase", .doc = "Base class for raw binary I/O.", .flags = TF_BASE | TF_GC | TF_DICT | TF_WEAKREF | TF_EXT | TF_FINALIZE, .size = sizeof(IOBase), .methods = raw_methods,
};

/* --- _BufferedIOBase --------------------------------------------------------------------------- */

static Value readinto_by(Thread *t, Value self, Value target, Value method) {
    Buffer view;
    if (!buffer_get(t, target, &view, BUF_WRITABLE)) return VNULL;
    Value data = call_method_1(t, self, method, int_from_i64(t, view.length)), result = VNULL;
    if (!is_null(data) && !is_bytes(t, data)) {
        err_raise(t, T_TypeError, "read() should return bytes");
    } else if (!is_null(data)) {
        int64_t n = V_AS(Bytes, data)->length;
        if (n > view.length) {
            err_raise(t, T_ValueError, "read() returned too much data: %lld bytes requested, %lld returned", (long long)view.length, (long long)n);
        } else {
            memcpy(view.data, V_AS(Bytes, data)->data, (size_t)n);
            result = int_from_i64(t, n);
        }
    }
    decref_maybe(t, data);
    buffer_release(t, &view);
    return result;
}
IO_FUNCTION(bufbase_readinto) { return readinto_by(t, args[0], args[1], N(t, read)); }
IO_FUNCTION(bufbase_readinto1) { return readinto_by(t, args[0], args[1], N(t, read1)); }
IO_FUNCTION(bufbase_detach) { return io_unsupported(t, "detach"); }
IO_FUNCTION(bufbase_read) { return io_unsupported(t, "read"); }
IO_FUNCTION(bufbase_read1) { return io_unsupported(t, "read1"); }
IO_FUNCTION(bufbase_write) { return io_unsupported(t, "write"); }
IO_FUNCTION(textbase_readline) { return io_unsupported(t, "readline"); }
static const MethodDef bufbase_methods[] = {
    {"detach", "($self, /)", "Disconnect this buffer from its underlying raw stream and return it.", bufbase_detach},
    {"read", "($self, size=-1, /)", "Read and return up to n bytes.", bufbase_read},
    {"read1", "($self, size=-1, /)", "Read and return up to size bytes, with at most one read() call to the raw stream.", bufbase_read1},
    {"readinto", "($self, buffer, /)", NULL, bufbase_readinto},
    {"readinto1", "($self, buffer, /)", NULL, bufbase_readinto1},
    {"write", "($self, b, /)", "Write buffer b to the IO stream.", bufbase_write},
    {0},
};
const TypeDef typedef_BufferedIOBase = {
    .name = "_io._BufferedIOBase", .doc = "Base class for buffered IO objects.", .flags = TF_BASE | TF_GC | TF_DICT | TF_WEAKREF | TF_EXT | TF_FINALIZE, .size = sizeof(IOBase), .methods = bufbase_methods,
};

/* --- _TextIOBase ------------------------------------------------------------------------------- */

static Value textbase_none(Thread *t, Value self, void *closure) { return V_NONE; }
static const MethodDef textbase_methods[] = {
    {"detach", "($self, /)", "Separate the underlying buffer from the TextIOBase and return it.", bufbase_detach},
    {"read", "($self, size=-1, /)", "Read at most size characters from stream.", bufbase_read},
    {"readline", "($self, size=-1, /)", "Read until newline or EOF.", textbase_readline},
    {"write", "($self, s, /)", "Write string s to stream.", bufbase_write},
    {0},
};
static const GetSetDef textbase_getsets[] = {
    {"encoding", textbase_none, NULL, "Encoding of the text stream."},
    {"newlines", textbase_none, NULL, "Line endings translated so far."},
    {"errors", textbase_none, NULL, "The error setting of the decoder or encoder."},
    {0},
};
const TypeDef typedef_TextIOBase = {
    .name = "_io._TextIOBase", .doc = "Base class for text I/O.", .flags = TF_BASE | TF_GC | TF_DICT | TF_WEAKREF | TF_EXT | TF_FINALIZE, .size = sizeof(IOBase), .methods = textbase_methods,
    .getsets = textbase_getsets,
};
