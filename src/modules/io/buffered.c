/* Buffered streams over a raw one.
 *
 * The buffer holds either what was read ahead, data[pos, end), or what waits to be written, data[0, pending): a stream that
 * does both flushes before it reads, and goes back to its logical position before it writes.  `raw_pos` is where the raw
 * stream stands, -1 when that is not known.  A lock keeps threads apart, since the GIL is released in system calls.
 */
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "modules/io/io_priv.h"
#include "object/exception.h"

typedef struct Buffered {
    Object head;
    Value raw;
    char *data; /* NULL: not initialised, or closed */
    int64_t size, pos, end, pending, raw_pos;
    uint64_t owner; /* id of the thread that holds the lock */
    uint32_t locked, waiters;
    uint8_t ok, detached, readable, writable, finalizing, fast;
} Buffered;
#define SELF(v) V_AS(Buffered, v)
enum { LARGEST_ROOM = 128 << 10 };

/* --- The lock ---------------------------------------------------------------------------------- */

static bool lock_slow(Thread *t, Buffered *b) {
    if (b->owner == t->id) return err_fail(t, T_RuntimeError, "reentrant call inside %R", v_from(b));
    while (b->locked) {
        struct timespec limit = {0, 5000000};
        b->waiters++;
        gil_release(t);
        syscall(SYS_futex, &b->locked, FUTEX_WAIT_PRIVATE, 1, &limit, NULL, 0);
        gil_acquire(t);
        b->waiters--;
    }
    return true;
}
static inline bool lock(Thread *t, Buffered *b) {
    if (UNLIKELY(b->locked) && !lock_slow(t, b)) return false;
    b->locked = 1;
    b->owner = t->id;
    return true;
}
static inline void unlock(Buffered *b) {
    b->locked = 0;
    b->owner = 0;
    if (UNLIKELY(b->waiters)) syscall(SYS_futex, &b->locked, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* --- State checks ------------------------------------------------------------------------------ */

static bool usable(Thread *t, Buffered *b) {
    if (LIKELY(b->ok)) return true;
    return err_fail(t, T_ValueError, b->detached ? "raw stream has been detached" : "I/O operation on uninitialized object");
}
static int raw_closed(Thread *t, Buffered *b) {
    if (is_null(b->raw)) return !usable(t, b) ? -1 : 0;
    if (b->fast) return V_AS(FileIO, b->raw)->fd < 0;
    return io_is_closed(t, b->raw);
}
static bool open_for(Thread *t, Buffered *b, const char *message) {
    if (!usable(t, b)) return false;
    int closed = b->data ? raw_closed(t, b) : 1;
    if (LIKELY(closed == 0) || (closed > 0 && b->data && b->end > b->pos)) return true;
    return closed > 0 && err_fail(t, T_ValueError, message);
}
static inline int64_t ahead(const Buffered *b) { return b->end - b->pos; }

/* --- The raw stream ---------------------------------------------------------------------------- */

static int64_t checked_count(Thread *t, Value r, int64_t n, const char *method) {
    int64_t got;
    if (is_none(r)) return -2;
    if (!has_index(t, r) || !number_to_index(t, r, &got, T_ValueError)) {
        if (!err_pending(t)) err_raise(t, T_TypeError, "'%T' object cannot be interpreted as an integer", r);
        Value cause = err_fetch(t);
        if (method[0] == 'r') {
            err_raise(t, T_OSError, "raw readinto() failed");
            err_set_cause(t, cause);
        } else {
            err_restore(t, cause);
        }
        return -1;
    }
    if (got >= 0 && got <= n) return got;
    err_raise(t, T_OSError, "raw %s() returned invalid length %lld (should have been between 0 and %lld)", method, (long long)got, (long long)n);
    return -1;
}

/* -1: exception, -2: would block. */
static int64_t raw_read(Thread *t, Buffered *b, char *out, int64_t n) {
    int64_t got;
    if (b->fast) {
        got = fileio_read_raw(t, V_AS(FileIO, b->raw), out, n);
    } else {
        Value room = bytearray_new(t, NULL, n), r;
        if (is_null(room)) return -1;
        memset(bytearray_data(V_AS(ByteArray, room)), 0, (size_t)n);
        do r = call_method_1(t, b->raw, N(t, readinto), room);
        while (is_null(r) && io_interrupted(t));
        got = is_null(r) ? -1 : checked_count(t, r, n, "readinto");
        decref_maybe(t, r);
        if (got > 0) memcpy(out, bytearray_data(V_AS(ByteArray, room)), (size_t)got);
        decref(t, room);
    }
    if (got > 0 && b->raw_pos >= 0) b->raw_pos += got;
    return got;
}
static int64_t raw_write(Thread *t, Buffered *b, const char *data, int64_t n) {
    int64_t put;
    if (b->fast) {
        put = fileio_write_raw(t, V_AS(FileIO, b->raw), data, n);
    } else {
        Value bytes = bytes_new(t, data, n), r;
        if (is_null(bytes)) return -1;
        do {
            errno = 0;
            r = call_method_1(t, b->raw, N(t, write), bytes);
        } while (is_null(r) && io_interrupted(t));
        put = is_null(r) ? -1 : checked_count(t, r, n, "write");
        decref_maybe(t, r);
        decref(t, bytes);
    }
    if (put > 0 && b->raw_pos >= 0) b->raw_pos += put;
    return put;
}
static int64_t position_of(Thread *t, Value r) {
    int64_t at;
    if (is_null(r)) return -1;
    bool ok = arg_i64(t, r, &at);
    if (ok && at < 0) ok = err_fail(t, T_OSError, "Raw stream returned invalid position %lld", (long long)at);
    decref(t, r);
    return ok ? at : -1;
}
static int64_t raw_tell(Thread *t, Buffered *b) {
    if (b->raw_pos >= 0) return b->raw_pos;
    return b->raw_pos = position_of(t, call_method_0(t, b->raw, N(t, tell)));
}
static int64_t raw_seek(Thread *t, Buffered *b, int64_t target, int whence) {
    Value offset = int_from_i64(t, target);
    if (is_null(offset)) return -1;
    b->raw_pos = -1;
    b->raw_pos = position_of(t, call_method_2(t, b->raw, N(t, seek), offset, v_smallint(whence)));
    decref(t, offset);
    return b->raw_pos;
}

/* --- Writing ----------------------------------------------------------------------------------- */

static bool would_block(Thread *t, int64_t written) {
    Value args[] = {v_smallint(EAGAIN), str_from_cstr(t, "write could not complete without blocking"), v_smallint(written)};
    if (is_null(args[1])) return false;
    Value e = call_copy(t, v_from(builtin_type(t, T_BlockingIOError)), args, 3, VNULL);
    decref(t, args[1]);
    if (is_null(e)) return false;
    err_raise_value(t, e);
    decref(t, e);
    return false;
}
/* What waits goes to the raw stream. What was not taken stays. */
static bool flush_pending(Thread *t, Buffered *b) {
    int64_t done = 0;
    bool ok = true;
    while (ok && done < b->pending) {
        int64_t n = raw_write(t, b, b->data + done, b->pending - done);
        if (n == -2) ok = would_block(t, 0);
        else if (n < 0) ok = false;
        else done += n;
        if (ok && done < b->pending) ok = signals_check(t);
    }
    if (b->data && done > 0) memmove(b->data, b->data + done, (size_t)(b->pending - done));
    b->pending -= done;
    return ok;
}
/* The raw stream goes to the logical position; nothing is ahead. */
static bool rewind_ahead(Thread *t, Buffered *b) {
    if (ahead(b) > 0 && raw_seek(t, b, -ahead(b), 1) < 0) return false;
    b->pos = b->end = 0;
    return true;
}
static bool flush_and_rewind(Thread *t, Buffered *b) { return flush_pending(t, b) && (!b->readable || rewind_ahead(t, b)); }

/* Answers how many were taken, -1: exception. */
static int64_t write_locked(Thread *t, Buffered *b, const char *data, int64_t n) {
    if (b->end > 0 && !rewind_ahead(t, b)) return -1;
    if (LIKELY(n <= b->size - b->pending)) {
        memcpy(b->data + b->pending, data, (size_t)n);
        b->pending += n;
        return n;
    }
    if (!flush_pending(t, b)) {
        if (!err_is(t, T_BlockingIOError)) return -1;
        int64_t room = b->size - b->pending;
        if (room >= n) {
            err_clear(t);
            room = n;
        }
        memcpy(b->data + b->pending, data, (size_t)room);
        b->pending += room;
        if (room == n) return n;
        err_clear(t);
        would_block(t, room);
        return -1;
    }
    int64_t done = 0;
    while (n - done > b->size) {
        int64_t put = raw_write(t, b, data + done, n - done);
        if (put == -2) { /* as much as fits waits */
            memcpy(b->data, data + done, (size_t)b->size);
            b->pending = b->size;
            would_block(t, done + b->size);
            return -1;
        }
        if (put < 0) return -1;
        done += put;
        if (!signals_check(t)) return -1;
    }
    memcpy(b->data, data + done, (size_t)(n - done));
    b->pending = n - done;
    return n;
}
bool buffered_write_data(Thread *t, Value self, const char *data, int64_t n) {
    Buffered *b = SELF(self);
    if (!open_for(t, b, "write to closed file") || !lock(t, b)) return false;
    int64_t done = write_locked(t, b, data, n);
    unlock(b);
    return done >= 0;
}
IO_FUNCTION(buffered_write) {
    Buffered *b = SELF(args[0]);
    Buffer view;
    if (!usable(t, b) || !buffer_get(t, args[1], &view, BUF_SIMPLE)) return VNULL;
    Value result = VNULL;
    if (lock(t, b)) {
        if (open_for(t, b, "write to closed file")) {
            int64_t n = write_locked(t, b, view.data, view.length);
            if (n >= 0) result = int_from_i64(t, n);
        }
        unlock(b);
    }
    buffer_release(t, &view);
    return result;
}
bool buffered_flush_exact(Thread *t, Value self) {
    Buffered *b = SELF(self);
    if (!open_for(t, b, "flush of closed file") || !lock(t, b)) return false;
    bool ok = flush_and_rewind(t, b);
    unlock(b);
    return ok;
}
IO_FUNCTION(buffered_flush) { return buffered_flush_exact(t, args[0]) ? V_NONE : VNULL; }
IO_FUNCTION(buffered_simple_flush) {
    Buffered *b = SELF(args[0]);
    return usable(t, b) ? call_method_0(t, b->raw, N(t, flush)) : VNULL;
}

/* --- Reading ----------------------------------------------------------------------------------- */

/* More data behind what is there (which is nothing). */
static int64_t fill(Thread *t, Buffered *b) {
    b->pos = b->end = 0;
    int64_t n = raw_read(t, b, b->data, b->size);
    if (n > 0) b->end = n;
    return n;
}
static bool ready_to_read(Thread *t, Buffered *b) { return b->pending == 0 || flush_pending(t, b); }

/* How much of n >= b->size one raw read asks for: whole buffers. A raw stream of another kind reads into room that is made for each call: who wants
 * ten megabytes of a socket that has a hundred bytes must not wait for ten megabytes of zeros. */
static int64_t large_read(const Buffered *b, int64_t n) {
    if (!b->fast && n > LARGEST_ROOM) n = b->size > LARGEST_ROOM ? b->size : LARGEST_ROOM;
    return n / b->size * b->size;
}
/* Up to n bytes into `out`; at most one raw read where `once`. -1: exception, -2: would block and nothing was there. */
static int64_t read_locked(Thread *t, Buffered *b, char *out, int64_t n, bool once) {
    int64_t got = ahead(b) < n ? ahead(b) : n;
    memcpy(out, b->data + b->pos, (size_t)got);
    b->pos += got;
    if (once && got > 0 && n - got <= b->size) return got;
    while (got < n) {
        int64_t r;
        if (n - got >= b->size) {
            b->pos = b->end = 0;
            r = raw_read(t, b, out + got, once ? n - got : large_read(b, n - got));
            if (r > 0) got += r;
        } else {
            r = fill(t, b);
            if (r > 0) {
                int64_t take = r < n - got ? r : n - got;
                memcpy(out + got, b->data, (size_t)take);
                b->pos = take;
                got += take;
            }
        }
        if (r == -1) return -1;
        if (r <= 0) return got > 0 || r == 0 ? got : -2;
        if (once) break;
    }
    return got;
}

static Value read_everything(Thread *t, Buffered *b) {
    Value head = ahead(b) > 0 ? bytes_new(t, b->data + b->pos, ahead(b)) : VNULL;
    if (ahead(b) > 0 && is_null(head)) return VNULL;
    b->pos = b->end = 0;
    Value readall = attr_get_maybe(t, b->raw, N(t, readall));
    if (is_null(readall) && err_pending(t)) goto failed;
    if (!is_null(readall)) {
        Value rest = call_0(t, readall);
        decref(t, readall);
        b->raw_pos = -1;
        if (is_null(rest)) goto failed;
        if (is_none(rest)) return is_null(head) ? rest : head;
        if (!is_bytes(t, rest)) {
            decref(t, rest);
            decref_maybe(t, head);
            return err_raise(t, T_TypeError, "readall() should return bytes");
        }
        if (is_null(head)) return rest;
        Value all = bytes_concat(t, head, rest);
        decref(t, head);
        decref(t, rest);
        return all;
    }
    Value all = bytearray_new(t, is_null(head) ? NULL : V_AS(Bytes, head)->data, is_null(head) ? 0 : V_AS(Bytes, head)->length);
    if (is_null(all)) goto failed;
    for (;;) {
        Value chunk = call_method_0(t, b->raw, N(t, read));
        b->raw_pos = -1;
        if (!is_null(chunk) && !is_none(chunk) && !is_bytes(t, chunk)) {
            decref(t, chunk);
            chunk = err_raise(t, T_TypeError, "read() should return bytes");
        }
        if (is_null(chunk)) {
            decref(t, all);
            goto failed;
        }
        int64_t old = V_AS(ByteArray, all)->length, n = is_none(chunk) ? 0 : V_AS(Bytes, chunk)->length;
        if (n == 0) {
            Value result = is_none(chunk) && old == 0 ? V_NONE : bytes_new(t, bytearray_data(V_AS(ByteArray, all)), old);
            decref(t, chunk);
            decref(t, all);
            decref_maybe(t, head);
            return result;
        }
        bool ok = bytearray_resize(t, V_AS(ByteArray, all), old + n);
        if (ok) memcpy(bytearray_data(V_AS(ByteArray, all)) + old, V_AS(Bytes, chunk)->data, (size_t)n);
        decref(t, chunk);
        if (!ok) {
            decref(t, all);
            goto failed;
        }
    }
failed:
    decref_maybe(t, head);
    return VNULL;
}

/* A bytes of up to n. */
static Value read_bytes(Thread *t, Buffered *b, int64_t n, bool once) {
    if (LIKELY(n <= ahead(b))) {
        Value v = bytes_new(t, b->data + b->pos, n);
        if (!is_null(v)) b->pos += n;
        return v;
    }
    char small[2];
    Value bytes = n < 2 ? VNULL : bytes_new(t, NULL, n);
    if (n >= 2 && is_null(bytes)) return VNULL;
    int64_t got = read_locked(t, b, n < 2 ? small : V_AS(Bytes, bytes)->data, n, once);
    if (n >= 2 && got == n) return bytes;
    if (n >= 2 && got >= 2) return bytes_resize(t, bytes, got);
    Value v = got == -1 ? VNULL : got == -2 ? V_NONE : bytes_new(t, n < 2 ? small : V_AS(Bytes, bytes)->data, got);
    decref_maybe(t, bytes);
    return v;
}
IO_FUNCTION(buffered_read) {
    Buffered *b = SELF(args[0]);
    int64_t n;
    if (!usable(t, b) || !io_size(t, args[1], -1, &n)) return VNULL;
    if (n < -1) return err_raise(t, T_ValueError, "read length must be non-negative or -1");
    if (!open_for(t, b, "read of closed file") || !lock(t, b)) return VNULL;
    Value v = !ready_to_read(t, b) ? VNULL : n < 0 ? read_everything(t, b) : read_bytes(t, b, n, false);
    unlock(b);
    return v;
}
Value buffered_read1(Thread *t, Value self, int64_t n) {
    Buffered *b = SELF(self);
    if (!usable(t, b)) return VNULL;
    if (n < 0) n = b->size;
    if (!open_for(t, b, "read of closed file")) return VNULL;
    if (n == 0) return new_ref(t->interp->empty_bytes);
    if (!lock(t, b)) return VNULL;
    Value v = VNULL;
    if (ready_to_read(t, b)) {
        if (ahead(b) > 0) {
            v = read_bytes(t, b, n < ahead(b) ? n : ahead(b), true);
        } else { /* past the buffer */
            char small[2];
            Value bytes = n < 2 ? VNULL : bytes_new(t, NULL, n);
            if (n < 2 || !is_null(bytes)) {
                b->pos = b->end = 0;
                int64_t got = raw_read(t, b, n < 2 ? small : V_AS(Bytes, bytes)->data, n);
                if (got == -2) got = 0;
                if (n >= 2 && got >= 2) {
                    v = got == n ? bytes : bytes_resize(t, bytes, got);
                } else {
                    v = got < 0 ? VNULL : bytes_new(t, n < 2 ? small : V_AS(Bytes, bytes)->data, got);
                    decref_maybe(t, bytes);
                }
            }
        }
    }
    unlock(b);
    return v;
}
IO_FUNCTION(buffered_m_read1) {
    int64_t n = -1;
    if (!is_null(args[1]) && !number_to_index(t, args[1], &n, T_OverflowError)) return VNULL;
    return buffered_read1(t, args[0], n);
}
static Value do_readinto(Thread *t, Value *args, bool once) {
    Buffered *b = SELF(args[0]);
    Buffer view;
    if (!usable(t, b)) return VNULL;
    if (!buffer_get(t, args[1], &view, BUF_WRITABLE)) {
        if (!err_catch(t, T_BufferError) && !err_catch(t, T_TypeError)) return VNULL;
        return err_raise(t, T_TypeError, "%s() argument must be read-write bytes-like object, not %T", once ? "readinto1" : "readinto", args[1]);
    }
    Value v = VNULL;
    if (open_for(t, b, "readinto of closed file") && lock(t, b)) {
        if (ready_to_read(t, b)) {
            int64_t n = read_locked(t, b, view.data, view.length, once);
            v = n == -1 ? VNULL : n == -2 ? V_NONE : int_from_i64(t, n);
        }
        unlock(b);
    }
    buffer_release(t, &view);
    return v;
}
IO_FUNCTION(buffered_readinto) { return do_readinto(t, args, false); }
IO_FUNCTION(buffered_readinto1) { return do_readinto(t, args, true); }
IO_FUNCTION(buffered_peek) {
    Buffered *b = SELF(args[0]);
    if (!open_for(t, b, "peek of closed file") || !lock(t, b)) return VNULL;
    Value v = VNULL;
    if (ready_to_read(t, b) && (ahead(b) > 0 || fill(t, b) != -1)) v = bytes_new(t, b->data + b->pos, ahead(b));
    unlock(b);
    return v;
}

static Value readline(Thread *t, Buffered *b, int64_t limit) {
    if (!open_for(t, b, "readline of closed file")) return VNULL;
    /* The line lies in the buffer, most of the time. */
    int64_t n = ahead(b);
    if (limit >= 0 && n > limit) n = limit;
    const char *lf = memchr(b->data + b->pos, '\n', (size_t)n);
    if (lf || n == limit) {
        n = lf ? lf + 1 - (b->data + b->pos) : n;
        Value v = bytes_new(t, b->data + b->pos, n);
        if (!is_null(v)) b->pos += n;
        return v;
    }
    if (!lock(t, b)) return VNULL;
    Value line = VNULL, result = VNULL;
    if (!ready_to_read(t, b)) goto done;
    line = bytearray_new(t, b->data + b->pos, n);
    b->pos += n;
    while (!is_null(line)) {
        ByteArray *a = V_AS(ByteArray, line);
        int64_t got = fill(t, b);
        if (got == -1) goto done;
        if (got <= 0) break;
        if (limit >= 0 && got > limit - a->length) got = limit - a->length;
        lf = memchr(b->data, '\n', (size_t)got);
        if (lf) got = lf + 1 - b->data;
        int64_t old = a->length;
        if (!bytearray_resize(t, a, old + got)) goto done;
        memcpy(bytearray_data(a) + old, b->data, (size_t)got);
        b->pos = got;
        if (lf || a->length == limit) break;
    }
    if (!is_null(line)) result = bytes_new(t, bytearray_data(V_AS(ByteArray, line)), V_AS(ByteArray, line)->length);
done:
    unlock(b);
    decref_maybe(t, line);
    return result;
}
IO_FUNCTION(buffered_readline) {
    int64_t limit;
    return usable(t, SELF(args[0])) && io_size(t, args[1], -1, &limit) ? readline(t, SELF(args[0]), limit < 0 ? -1 : limit) : VNULL;
}
static Value buffered_next(Thread *t, Value self) {
    if (!usable(t, SELF(self))) return VNULL;
    Value line;
    if (IS_EXACT(self, BufferedReader) || IS_EXACT(self, BufferedRandom)) {
        line = readline(t, SELF(self), -1);
    } else {
        line = call_method_0(t, self, N(t, readline));
        if (!is_null(line) && !is_bytes(t, line)) {
            err_raise(t, T_OSError, "readline() should have returned a bytes object, not '%T'", line);
            decref(t, line);
            return VNULL;
        }
    }
    if (is_null(line) || V_AS(Bytes, line)->length > 0) return line;
    decref(t, line);
    return VNULL;
}

/* --- Position ---------------------------------------------------------------------------------- */

IO_FUNCTION(buffered_tell) {
    Buffered *b = SELF(args[0]);
    if (!usable(t, b)) return VNULL;
    b->raw_pos = -1; /* asked anew: others may have moved it */
    int64_t at = raw_tell(t, b);
    if (at < 0) return VNULL;
    at += b->pending - ahead(b);
    return int_from_i64(t, at < 0 ? 0 : at);
}
IO_FUNCTION(buffered_seek) {
    Buffered *b = SELF(args[0]);
    int whence = 0;
    int64_t target;
    if (!usable(t, b) || (!is_null(args[2]) && !arg_i32(t, args[2], &whence))) return VNULL;
    if (whence < 0 || (whence > 2 && whence != SEEK_DATA && whence != SEEK_HOLE)) return err_raise(t, T_ValueError, "whence value %d unsupported", whence);
    if (!open_for(t, b, "seek of closed file") || !io_check_able(t, b->raw, "seekable")) return VNULL;
    if (!arg_i64(t, args[1], &target)) return VNULL;
    if (whence < 2 && b->readable && b->pending == 0) {
        int64_t at = raw_tell(t, b);
        if (at < 0) return VNULL;
        int64_t offset = whence == 0 ? target - (at - ahead(b)) : target;
        if (offset >= -b->pos && offset <= ahead(b) && b->end > 0) {
            b->pos += offset;
            return int_from_i64(t, at > ahead(b) ? at - ahead(b) : 0);
        }
    }
    if (!lock(t, b)) return VNULL;
    Value v = VNULL;
    if (flush_pending(t, b)) {
        if (whence == 1) target -= ahead(b);
        int64_t at = raw_seek(t, b, target, whence);
        if (at >= 0) {
            b->pos = b->end = 0;
            v = int_from_i64(t, at);
        }
    }
    unlock(b);
    return v;
}
IO_FUNCTION(buffered_truncate) {
    Buffered *b = SELF(args[0]);
    if (!open_for(t, b, "truncate of closed file")) return VNULL;
    if (!b->writable) return io_unsupported(t, "truncate");
    if (!lock(t, b)) return VNULL;
    Value v = VNULL;
    if (flush_and_rewind(t, b)) {
        v = call_method_1(t, b->raw, N(t, truncate), is_null(args[1]) ? V_NONE : args[1]);
        b->raw_pos = -1;
    }
    unlock(b);
    return v;
}

/* --- Life -------------------------------------------------------------------------------------- */

static bool init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames, const char *name, bool readable, bool writable) {
    Buffered *b = SELF(self);
    Value a[2];
    int64_t size = IO_BUFFER_SIZE;
    if (!call_bind_signature(t, name, "(raw, buffer_size=DEFAULT_BUFFER_SIZE)", args, nargs, kwnames, a)) return false;
    if (!is_null(a[1]) && !number_to_index(t, a[1], &size, T_OverflowError)) return false;
    b->ok = b->detached = 0;
    if (readable && writable && !io_check_able(t, a[0], "seekable")) return false;
    if (readable && !io_check_able(t, a[0], "readable")) return false;
    if (writable && !io_check_able(t, a[0], "writable")) return false;
    slot_set(t, &b->raw, new_ref(a[0]));
    if (size <= 0) return err_fail(t, T_ValueError, "buffer size must be strictly positive");
    char *data = heap_alloc(t, (size_t)size);
    if (data == NULL) return false;
    heap_free(t, b->data);
    b->data = data;
    b->size = size;
    b->pos = b->end = b->pending = 0;
    b->readable = readable;
    b->writable = writable;
    b->fast = is_fileio(a[0]) && (type_of(t, self)->def == &typedef_BufferedReader || type_of(t, self)->def == &typedef_BufferedWriter || type_of(t, self)->def == &typedef_BufferedRandom);
    b->raw_pos = -1;
    b->ok = 1;
    return true;
}
static bool reader_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) { return init(t, self, args, nargs, kwnames, "BufferedReader", true, false); }
static bool writer_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) { return init(t, self, args, nargs, kwnames, "BufferedWriter", false, true); }
static bool random_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) { return init(t, self, args, nargs, kwnames, "BufferedRandom", true, true); }

static bool is_closed(Thread *t, Value self, int *closed) {
    *closed = !usable(t, SELF(self)) ? -1 : raw_closed(t, SELF(self));
    return *closed >= 0;
}
IO_FUNCTION(buffered_close) {
    Buffered *b = SELF(args[0]);
    int closed;
    if (!is_closed(t, args[0], &closed)) return VNULL;
    if (closed) return V_NONE;
    if (b->finalizing && !is_null(b->raw)) {
        Value r = call_method_1(t, b->raw, N(t, _dealloc_warn), args[0]);
        if (is_null(r)) err_clear(t);
        decref_maybe(t, r);
    }
    Value r = call_method_0(t, args[0], N(t, flush)), first = is_null(r) ? err_fetch(t) : VNULL;
    decref_maybe(t, r);
    bool locked = lock(t, b); /* others find it closed when they get the lock */
    r = locked && !is_null(b->raw) ? call_method_0(t, b->raw, N(t, close)) : locked ? V_NONE : VNULL;
    if (locked) {
        heap_free(t, b->data);
        b->data = NULL;
        b->pos = b->end = b->pending = 0;
        unlock(b);
    }
    if (is_null(first)) return r;
    if (is_null(r)) {
        err_set_context(t, first);
    } else {
        decref(t, r);
        err_restore(t, first);
    }
    return VNULL;
}
IO_FUNCTION(buffered_detach) {
    Buffered *b = SELF(args[0]);
    if (!usable(t, b)) return VNULL;
    Value r = call_method_0(t, args[0], N(t, flush));
    if (is_null(r)) return VNULL;
    decref(t, r);
    Value raw = b->raw;
    b->raw = VNULL;
    b->detached = 1;
    b->ok = 0;
    return raw;
}
IO_FUNCTION(buffered_dealloc_warn) {
    Buffered *b = SELF(args[0]);
    if (b->ok && !is_null(b->raw)) {
        Value r = call_method_1(t, b->raw, N(t, _dealloc_warn), args[1]);
        if (is_null(r)) err_clear(t);
        decref_maybe(t, r);
    }
    return V_NONE;
}

/* --- What the raw stream answers ---------------------------------------------------------------- */

#define DELEGATE(name) IO_FUNCTION(buffered_##name) { return usable(t, SELF(args[0])) ? io_call(t, SELF(args[0])->raw, #name, NULL, 0) : VNULL; }
DELEGATE(seekable)
DELEGATE(readable)
DELEGATE(writable)
DELEGATE(fileno)
DELEGATE(isatty)
IO_FUNCTION(buffered_getstate) { return err_raise(t, T_TypeError, "cannot pickle '%U' instances", type_of(t, args[0])->name); }
IO_FUNCTION(buffered_sizeof) { return v_smallint((int64_t)sizeof(Buffered) + (SELF(args[0])->data ? SELF(args[0])->size : 0)); }
static Value get_closed(Thread *t, Value self, void *closure) { return usable(t, SELF(self)) ? attr_get(t, SELF(self)->raw, N(t, closed)) : VNULL; }
static Value get_name(Thread *t, Value self, void *closure) { return usable(t, SELF(self)) ? attr_get(t, SELF(self)->raw, N(t, name)) : VNULL; }
static Value get_mode(Thread *t, Value self, void *closure) { return usable(t, SELF(self)) ? attr_get(t, SELF(self)->raw, N(t, mode)) : VNULL; }
static Value buffered_repr(Thread *t, Value self) {
    Value name = attr_get_maybe(t, self, N(t, name)), v = VNULL;
    if (is_null(name) && err_pending(t)) {
        if (!err_catch(t, T_ValueError)) return VNULL;
    }
    if (is_null(name)) {
        v = str_format(t, "<%T>", self);
    } else {
        int entered = repr_enter(t, self);
        if (entered > 0) {
            v = str_format(t, "<%T name=%R>", self, name);
            repr_leave(t, self);
        } else if (entered == 0) {
            err_raise(t, T_RuntimeError, "reentrant call inside %T.__repr__", self);
        }
    }
    decref_maybe(t, name);
    return v;
}

#define COMMON_ROWS                                                                                                        \
    {"detach", "($self, /)", NULL, buffered_detach}, {"seekable", "($self, /)", NULL, buffered_seekable},                  \
    {"fileno", "($self, /)", NULL, buffered_fileno}, {"isatty", "($self, /)", NULL, buffered_isatty},                      \
    {"close", "($self, /)", NULL, buffered_close}, {"_dealloc_warn", "($self, source, /)", NULL, buffered_dealloc_warn},   \
    {"seek", "($self, target, whence=0, /)", NULL, buffered_seek}, {"tell", "($self, /)", NULL, buffered_tell},            \
    {"truncate", "($self, pos=None, /)", NULL, buffered_truncate}, {"__sizeof__", "($self, /)", NULL, buffered_sizeof},    \
    {"__getstate__", "($self, /)", NULL, buffered_getstate}
#define READ_ROWS                                                                                                          \
    {"readable", "($self, /)", NULL, buffered_readable}, {"read", "($self, size=-1, /)", NULL, buffered_read},             \
    {"peek", "($self, size=0, /)", NULL, buffered_peek}, {"read1", "($self, size=-1, /)", NULL, buffered_m_read1},         \
    {"readinto", "($self, buffer, /)", NULL, buffered_readinto}, {"readinto1", "($self, buffer, /)", NULL, buffered_readinto1}, \
    {"readline", "($self, size=-1, /)", NULL, buffered_readline}
#define WRITE_ROWS {"writable", "($self, /)", NULL, buffered_writable}, {"write", "($self, buffer, /)", NULL, buffered_write}
static const MethodDef reader_methods[] = {COMMON_ROWS, READ_ROWS, {"flush", "($self, /)", NULL, buffered_simple_flush}, {0}};
static const MethodDef writer_methods[] = {COMMON_ROWS, WRITE_ROWS, {"flush", "($self, /)", NULL, buffered_flush}, {0}};
static const MethodDef random_methods[] = {COMMON_ROWS, READ_ROWS, WRITE_ROWS, {"flush", "($self, /)", NULL, buffered_flush}, {0}};
static const GetSetDef getsets[] = {{"closed", get_closed}, {"name", get_name}, {"mode", get_mode}, {0}};
static const MemberDef members[] = {{"raw", MK_VALUE, MEMBER_READONLY, offsetof(Buffered, raw)}, {"_finalizing", MK_BOOL8, 0, offsetof(Buffered, finalizing)}, {0}};
static const Field fields[] = {FIELD_VALUE(Buffered, raw), FIELD_BUFFER(Buffered, data)};

#define BUFFERED(id, text, rows, initialise, ...)                                                               \
    const TypeDef typedef_##id = {                                                                              \
        .name = "_io." #id, .doc = text, .signature = "(raw, buffer_size=DEFAULT_BUFFER_SIZE)",                 \
        .flags = TF_BASE | TF_GC | TF_DICT | TF_WEAKREF | TF_EXT | TF_FINALIZE, .size = sizeof(Buffered), FIELDS(fields), .methods = rows,       \
        .getsets = getsets, .members = members,                                                                 \
        .slots = {.init = initialise, .repr = buffered_repr, .finalize = io_finalize, __VA_ARGS__}, \
    }
BUFFERED(BufferedReader, "Create a new buffered reader using the given readable raw IO object.", reader_methods, reader_init, .next = buffered_next);
BUFFERED(BufferedWriter, "A buffer for a writeable sequential RawIO object.", writer_methods, writer_init);
BUFFERED(BufferedRandom, "A buffered interface to random access streams.", random_methods, random_init, .next = buffered_next);

/* --- BufferedRWPair ---------------------------------------------------------------------------- */

typedef struct Pair { Object head; Value reader, writer; } Pair;
#define PAIR(v) V_AS(Pair, v)

static bool pair_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Value a[3], size = v_smallint(IO_BUFFER_SIZE);
    if (!call_bind_signature(t, "BufferedRWPair", "(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)", args, nargs, kwnames, a)) return false;
    if (!is_null(a[2])) size = a[2];
    if (!io_check_able(t, a[0], "readable") || !io_check_able(t, a[1], "writable")) return false;
    Value reader = call_2(t, v_from(builtin_type(t, T_BufferedReader)), a[0], size);
    if (is_null(reader)) return false;
    slot_set(t, &PAIR(self)->reader, reader);
    Value writer = call_2(t, v_from(builtin_type(t, T_BufferedWriter)), a[1], size);
    if (is_null(writer)) {
        slot_clear(t, &PAIR(self)->reader);
        return false;
    }
    slot_set(t, &PAIR(self)->writer, writer);
    return true;
}
static Value forward(Thread *t, Value to, const char *name, Value *args, uint32_t nargs) {
    if (is_null(to)) return err_raise(t, T_ValueError, "I/O operation on uninitialized object");
    while (nargs && is_null(args[nargs - 1])) nargs--;
    return io_call(t, to, name, args, nargs);
}
#define FORWARD(name, end, n) IO_FUNCTION(pair_##name) { return forward(t, PAIR(args[0])->end, #name, args + 1, n); }
FORWARD(read, reader, 1)
FORWARD(read1, reader, 1)
FORWARD(peek, reader, 1)
FORWARD(readinto, reader, 1)
FORWARD(readinto1, reader, 1)
FORWARD(readable, reader, 0)
FORWARD(write, writer, 1)
FORWARD(flush, writer, 0)
FORWARD(writable, writer, 0)
IO_FUNCTION(pair_close) {
    Value r = forward(t, PAIR(args[0])->writer, "close", NULL, 0), first = is_null(r) ? err_fetch(t) : VNULL;
    decref_maybe(t, r);
    r = forward(t, PAIR(args[0])->reader, "close", NULL, 0);
    if (is_null(first)) return r;
    if (is_null(r)) err_set_context(t, first);
    else decref(t, r), err_restore(t, first);
    return VNULL;
}
IO_FUNCTION(pair_isatty) {
    Value r = forward(t, PAIR(args[0])->writer, "isatty", NULL, 0);
    if (!same(r, V_FALSE)) return r;
    return forward(t, PAIR(args[0])->reader, "isatty", NULL, 0);
}
static Value pair_closed(Thread *t, Value self, void *closure) {
    if (is_null(PAIR(self)->writer)) return err_raise(t, T_RuntimeError, "the BufferedRWPair object is being garbage-collected");
    return attr_get(t, PAIR(self)->writer, N(t, closed));
}
static const MethodDef pair_methods[] = {
    {"read", "($self, size=-1, /)", NULL, pair_read}, {"peek", "($self, size=0, /)", NULL, pair_peek}, {"read1", "($self, size=-1, /)", NULL, pair_read1},
    {"readinto", "($self, buffer, /)", NULL, pair_readinto}, {"readinto1", "($self, buffer, /)", NULL, pair_readinto1},
    {"write", "($self, buffer, /)", NULL, pair_write}, {"flush", "($self, /)", NULL, pair_flush}, {"readable", "($self, /)", NULL, pair_readable},
    {"writable", "($self, /)", NULL, pair_writable}, {"close", "($self, /)", NULL, pair_close}, {"isatty", "($self, /)", NULL, pair_isatty}, {0}};
static const GetSetDef pair_getsets[] = {{"closed", pair_closed}, {0}};
static const Field pair_fields[] = {FIELD_VALUE(Pair, reader), FIELD_VALUE(Pair, writer)};
const TypeDef typedef_BufferedRWPair = {
    .name = "_io.BufferedRWPair", .doc = "A buffered reader and writer object together.", .signature = "(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)",
    .flags = TF_BASE | TF_GC | TF_DICT | TF_WEAKREF | TF_EXT | TF_FINALIZE, .size = sizeof(Pair), FIELDS(pair_fields), .methods = pair_methods, .getsets = pair_getsets,
    .slots = {.init = pair_init, .finalize = io_finalize},
};
