/* FileIO: a file descriptor as a raw stream. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "modules/io/io_priv.h"
#include "modules/sys.h"
#include "modules/warnings.h"
#include "object/fs_text.h"
#include "ops/warn.h"

#define SELF(v) V_AS(FileIO, v)
enum { FIRST_READ = 8192 };

static Value errno_error(Thread *t) { return err_raise_errno(t, errno, VNULL, VNULL); }
static Value err_closed(Thread *t) { return err_raise(t, T_ValueError, "I/O operation on closed file"); }
static Value err_mode(Thread *t, const char *message) { return io_unsupported(t, message); }

/* --- Opening ----------------------------------------------------------------------------------- */

static Value fileio_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    SELF(v)->fd = -1;
    SELF(v)->seekable = -1;
    SELF(v)->closefd = true;
    SELF(v)->size_at_open = -1;
    return object_done(t, v);
}

static bool parse_mode(Thread *t, FileIO *f, Value mode, int *flags) {
    static const char wrong[] = "Must have exactly one of create/read/write/append mode and at most one plus";
    Str *s = V_AS(Str, mode);
    bool rwa = false, plus = false;
    *flags = 0;
    f->created = f->readable = f->writable = f->appending = 0;
    for (int64_t i = 0; i < str_len(s); i++) {
        uint32_t c = str_at(s, i);
        switch (c) {
        case 'x': case 'r': case 'w': case 'a':
            if (rwa) return err_fail(t, T_ValueError, wrong);
            rwa = true;
            if (c == 'r') {
                f->readable = 1;
            } else {
                f->writable = 1;
                if (c == 'x') f->created = 1, *flags |= O_EXCL | O_CREAT;
                if (c == 'w') *flags |= O_CREAT | O_TRUNC;
                if (c == 'a') f->appending = 1, *flags |= O_APPEND | O_CREAT;
            }
            break;
        case 'b': break;
        case '+':
            if (plus) return err_fail(t, T_ValueError, wrong);
            f->readable = f->writable = 1;
            plus = true;
            break;
        default: return err_fail(t, T_ValueError, "invalid mode: %U", mode);
        }
    }
    if (!rwa) return err_fail(t, T_ValueError, wrong);
    *flags |= (f->readable && f->writable ? O_RDWR : f->readable ? O_RDONLY : O_WRONLY) | O_CLOEXEC;
    return true;
}

static int close_fd(Thread *t, FileIO *f) {
    int fd = f->fd, result, error;
    f->fd = -1;
    if (fd < 0) return 0;
    gil_release(t);
    result = close(fd);
    error = errno;
    gil_acquire(t);
    errno = error;
    return result;
}

/* The descriptor by a path; false: exception. */
static bool open_path(Thread *t, FileIO *f, Value path, int flags) {
    Value bytes = is_bytes(t, path) ? new_ref(path) : fs_encode(t, path);
    if (is_null(bytes)) return false;
    Bytes *b = V_AS(Bytes, bytes);
    bool ok = memchr(b->data, 0, (size_t)b->length) == NULL || err_fail(t, T_ValueError, "embedded null byte");
    if (ok) {
        int error;
        do {
            gil_release(t);
            f->fd = open(b->data, flags, 0666);
            error = errno;
            gil_acquire(t);
        } while (f->fd < 0 && error == EINTR && (ok = signals_check(t)));
        if (f->fd < 0 && ok) {
            err_raise_errno(t, error, path, VNULL);
            ok = false;
        }
    }
    decref(t, bytes);
    return ok;
}

static bool open_with(Thread *t, FileIO *f, Value opener, Value name, int flags) {
    Value fd = call_2(t, opener, name, v_smallint(flags));
    if (is_null(fd)) return false;
    if (!is_int(t, fd)) {
        decref(t, fd);
        return err_fail(t, T_TypeError, "expected integer from opener");
    }
    bool ok = arg_i32(t, fd, &f->fd);
    decref(t, fd);
    if (!ok) {
        f->fd = -1;
        return false;
    }
    if (f->fd < 0) {
        int given = f->fd;
        f->fd = -1;
        return err_fail(t, T_ValueError, "opener returned %d", given);
    }
    int now = fcntl(f->fd, F_GETFD);
    if (now < 0 || fcntl(f->fd, F_SETFD, now | FD_CLOEXEC) < 0) return !is_null(errno_error(t));
    return true;
}

static bool fileio_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    FileIO *f = SELF(self);
    Value a[4], path = VNULL;
    if (!call_bind_signature(t, "FileIO", "(file, mode='r', closefd=True, opener=None)", args, nargs, kwnames, a)) return false;
    if (f->fd >= 0) {
        if (f->closefd) {
            if (close_fd(t, f) < 0) return !is_null(errno_error(t));
        } else {
            f->fd = -1;
        }
    }
    int fd = -1, flags;
    bool closefd = true, own = false, has_opener = !is_null(a[3]) && !is_none(a[3]);
    if (!is_null(a[1]) && !is_str(t, a[1])) return err_fail(t, T_TypeError, "FileIO() argument 'mode' must be str, not %T", a[1]);
    if (!is_null(a[2]) && !arg_bool(t, a[2], &closefd)) return false;
    if (is_int(t, a[0])) {
        if (is_bool(a[0]) && !warn(t, T_RuntimeWarning, 1, "bool is used as a file descriptor")) return false;
        if (!arg_i32(t, a[0], &fd)) return false;
        if (fd < 0) return err_fail(t, T_ValueError, "negative file descriptor");
    } else if (is_str(t, a[0]) || is_bytes(t, a[0])) {
        path = new_ref(a[0]);
    } else {
        bool found;
        path = io_fspath(t, a[0], &found);
        if (is_null(path)) return err_pending(t) ? false : err_fail(t, T_TypeError, "expected str, bytes or os.PathLike object, not %T", a[0]);
        if (!is_str(t, path) && !is_bytes(t, path)) {
            err_raise(t, T_TypeError, "expected %T.__fspath__() to return str or bytes, not %T", a[0], path);
            decref(t, path);
            return false;
        }
    }
    f->seekable = -1;
    f->size_at_open = -1;
    Value mode = is_null(a[1]) ? t->interp->latin1_chars['r'] : a[1];
    bool ok = parse_mode(t, f, mode, &flags);
    if (ok) ok = sys_audit_event(t, "open", tuple_of(t, 3, a[0], mode, v_smallint(flags)));
    if (ok && fd >= 0) {
        f->fd = fd;
        f->closefd = closefd;
    } else if (ok) {
        f->closefd = true;
        if (!closefd) ok = err_fail(t, T_ValueError, "Cannot use closefd=False with file name");
        else if (has_opener) ok = open_with(t, f, a[3], a[0], flags);
        else ok = open_path(t, f, path, flags);
        own = ok;
    }
    struct stat st;
    if (ok) {
        int result, error;
        gil_release(t);
        result = fstat(f->fd, &st);
        error = errno;
        gil_acquire(t);
        if (result < 0 && error == EBADF) {
            err_raise_errno(t, error, VNULL, VNULL);
            ok = false;
        } else if (result == 0 && S_ISDIR(st.st_mode)) {
            err_raise_errno(t, EISDIR, a[0], VNULL);
            ok = false;
        } else if (result == 0) {
            f->blksize = st.st_blksize > 1 ? (uint32_t)st.st_blksize : 0;
            f->size_at_open = S_ISREG(st.st_mode) ? st.st_size : -1;
        }
    }
    if (ok) ok = attr_set(t, self, N(t, name), a[0]);
    if (ok && f->appending && lseek(f->fd, 0, SEEK_END) < 0 && own && errno != ESPIPE) {
        errno_error(t);
        ok = false;
    }
    if (!ok && f->fd >= 0) {
        if (!own) {
            f->fd = -1; /* not ours to close */
        } else {
            Value pending = err_fetch(t);
            close_fd(t, f);
            err_restore(t, pending);
        }
    }
    decref_maybe(t, path);
    return ok;
}

/* --- Closing ----------------------------------------------------------------------------------- */

static void dealloc_warn(Thread *t, FileIO *f, Value source) {
    if (f->fd < 0 || !f->closefd) return;
    Value pending = err_fetch(t);
    if (!warnings_unclosed(t, source, "unclosed file %R")) {
        if (err_is(t, T_Warning)) err_unraisable(t, "Exception ignored in", source);
        else err_clear(t);
    }
    err_restore(t, pending);
}
IO_FUNCTION(fileio_dealloc_warn) {
    dealloc_warn(t, SELF(args[0]), args[1]);
    return V_NONE;
}

/* RawIOBase's close, which flushes by the method of a subclass and marks the stream. */
static Value base_close(Thread *t, Value self) {
    Value function = type_lookup(t, builtin_type(t, T_IOBase), N(t, close));
    return is_null(function) ? VNULL : call_with_self(t, function, self, NULL, 0, VNULL);
}
IO_FUNCTION(fileio_close) {
    FileIO *f = SELF(args[0]);
    Value r = base_close(t, args[0]);
    if (!f->closefd) {
        f->fd = -1;
        return r;
    }
    Value pending = is_null(r) ? err_fetch(t) : VNULL;
    if (f->finalizing) dealloc_warn(t, f, args[0]);
    int result = close_fd(t, f);
    if (result < 0 && errno != EINTR) {
        errno_error(t);
        if (!is_null(pending)) err_set_context(t, pending);
        decref_maybe(t, r);
        return VNULL;
    }
    if (!is_null(pending)) err_restore(t, pending);
    return r;
}

/* --- Reading ----------------------------------------------------------------------------------- */

int64_t fileio_read_raw(Thread *t, FileIO *f, char *out, int64_t n) {
    if (n > IO_READ_MAX) n = IO_READ_MAX;
    for (;;) {
        gil_release(t);
        ssize_t got = read(f->fd, out, (size_t)n);
        int error = errno;
        gil_acquire(t);
        if (got >= 0) return got;
        if (error == EAGAIN) return -2;
        if (error != EINTR) {
            err_raise_errno(t, error, VNULL, VNULL);
            return -1;
        }
        if (!signals_check(t)) return -1;
    }
}
int64_t fileio_write_raw(Thread *t, FileIO *f, const char *data, int64_t n) {
    if (n > IO_READ_MAX) n = IO_READ_MAX;
    for (;;) {
        gil_release(t);
        ssize_t put = write(f->fd, data, (size_t)n);
        int error = errno;
        gil_acquire(t);
        if (put >= 0) return put;
        if (error == EAGAIN) return -2;
        if (error != EINTR) {
            err_raise_errno(t, error, VNULL, VNULL);
            return -1;
        }
        if (!signals_check(t)) return -1;
    }
}
static Value count_value(Thread *t, int64_t n) { return n == -1 ? VNULL : n == -2 ? V_NONE : int_from_i64(t, n); }

IO_FUNCTION(fileio_readinto) {
    FileIO *f = SELF(args[0]);
    Buffer view;
    if (f->fd < 0) return err_closed(t);
    if (!f->readable) return err_mode(t, "File not open for reading");
    if (!buffer_get(t, args[1], &view, BUF_WRITABLE)) {
        if (!err_catch(t, T_BufferError) && !err_catch(t, T_TypeError)) return VNULL;
        return err_raise(t, T_TypeError, "readinto() argument 1 must be read-write bytes-like object, not %T", args[1]);
    }
    int64_t n = fileio_read_raw(t, f, view.data, view.length);
    buffer_release(t, &view);
    return count_value(t, n);
}

static Value fileio_read_all(Thread *t, FileIO *f) {
    if (f->fd < 0) return err_closed(t);
    int64_t capacity = FIRST_READ;
    if (f->size_at_open > 0) {
        off_t at = f->size_at_open > FIRST_READ ? lseek(f->fd, 0, SEEK_CUR) : 0; /* small ones: no need to ask */
        int64_t rest = f->size_at_open - (at > 0 ? at : 0);
        if (rest >= 0 && rest < INT64_MAX / 2) capacity = rest + 1;
    }
    Value bytes = bytes_new(t, NULL, capacity < 2 ? 2 : capacity);
    if (is_null(bytes)) return VNULL;
    capacity = V_AS(Bytes, bytes)->length;
    int64_t length = 0;
    for (;;) {
        if (length == capacity) {
            int64_t more = capacity > 65536 ? capacity + (capacity >> 3) + 1024 : capacity * 2 + 8192;
            bytes = bytes_resize(t, bytes, more);
            if (is_null(bytes)) return VNULL;
            capacity = more;
        }
        int64_t n = fileio_read_raw(t, f, V_AS(Bytes, bytes)->data + length, capacity - length);
        if (n == 0) break;
        if (n == -2 && length > 0) break;
        if (n < 0) {
            decref(t, bytes);
            return n == -2 ? V_NONE : VNULL;
        }
        length += n;
    }
    if (length >= 2) return bytes_resize(t, bytes, length);
    Value small = bytes_new(t, V_AS(Bytes, bytes)->data, length);
    decref(t, bytes);
    return small;
}
IO_FUNCTION(fileio_readall) { return fileio_read_all(t, SELF(args[0])); }
IO_FUNCTION(fileio_read) {
    FileIO *f = SELF(args[0]);
    int64_t size;
    if (f->fd < 0) return err_closed(t);
    if (!f->readable) return err_mode(t, "File not open for reading");
    if (!io_size(t, args[1], -1, &size)) return VNULL;
    if (size < 0) return fileio_read_all(t, f);
    if (size > IO_READ_MAX) size = IO_READ_MAX;
    char small[2];
    Value bytes = size < 2 ? VNULL : bytes_new(t, NULL, size);
    if (size >= 2 && is_null(bytes)) return VNULL;
    int64_t n = fileio_read_raw(t, f, size < 2 ? small : V_AS(Bytes, bytes)->data, size);
    if (n < 0 || size < 2 || n < 2) {
        Value result = n == -1 ? VNULL : n == -2 ? V_NONE : bytes_new(t, size < 2 ? small : V_AS(Bytes, bytes)->data, n);
        decref_maybe(t, bytes);
        return result;
    }
    return n == size ? bytes : bytes_resize(t, bytes, n);
}

IO_FUNCTION(fileio_write) {
    FileIO *f = SELF(args[0]);
    Buffer view;
    if (f->fd < 0) return err_closed(t);
    if (!f->writable) return err_mode(t, "File not open for writing");
    if (!buffer_get(t, args[1], &view, BUF_SIMPLE)) return VNULL;
    int64_t n = fileio_write_raw(t, f, view.data, view.length);
    bool partial = n >= 0 && n < view.length;
    buffer_release(t, &view);
    if (partial && !signals_check(t)) return VNULL; /* a signal cut it short */
    return count_value(t, n);
}

/* --- Position ---------------------------------------------------------------------------------- */

static int64_t seek_to(Thread *t, FileIO *f, int64_t offset, int whence, bool quiet) {
    gil_release(t);
    off_t at = lseek(f->fd, offset, whence);
    int error = errno;
    gil_acquire(t);
    if (f->seekable < 0) f->seekable = at >= 0;
    if (at < 0 && !quiet) err_raise_errno(t, error, VNULL, VNULL);
    return at;
}
IO_FUNCTION(fileio_seek) {
    FileIO *f = SELF(args[0]);
    int whence = 0;
    int64_t offset;
    if (f->fd < 0) return err_closed(t);
    if (!is_null(args[2]) && !arg_i32(t, args[2], &whence)) return VNULL;
    if (is_float(t, args[1])) return err_raise(t, T_TypeError, "an integer is required");
    if (!arg_i64(t, args[1], &offset)) return VNULL;
    int64_t at = seek_to(t, f, offset, whence, false);
    return at < 0 ? VNULL : int_from_i64(t, at);
}
IO_FUNCTION(fileio_tell) {
    FileIO *f = SELF(args[0]);
    if (f->fd < 0) return err_closed(t);
    int64_t at = seek_to(t, f, 0, SEEK_CUR, false);
    return at < 0 ? VNULL : int_from_i64(t, at);
}
IO_FUNCTION(fileio_truncate) {
    FileIO *f = SELF(args[0]);
    if (f->fd < 0) return err_closed(t);
    if (!f->writable) return err_mode(t, "File not open for writing");
    int64_t size;
    if (is_null(args[1]) || is_none(args[1])) {
        size = seek_to(t, f, 0, SEEK_CUR, false);
        if (size < 0) return VNULL;
    } else if (!arg_i64(t, args[1], &size)) {
        return VNULL;
    }
    for (;;) {
        int result, error;
        gil_release(t);
        result = ftruncate(f->fd, size);
        error = errno;
        gil_acquire(t);
        if (result == 0) break;
        if (error != EINTR) return err_raise_errno(t, error, VNULL, VNULL);
        if (!signals_check(t)) return VNULL;
    }
    f->size_at_open = -1;
    return int_from_i64(t, size);
}

/* --- Looks ------------------------------------------------------------------------------------- */

IO_FUNCTION(fileio_fileno) { return SELF(args[0])->fd < 0 ? err_closed(t) : v_smallint(SELF(args[0])->fd); }
IO_FUNCTION(fileio_readable) { return SELF(args[0])->fd < 0 ? err_closed(t) : v_bool(SELF(args[0])->readable); }
IO_FUNCTION(fileio_writable) { return SELF(args[0])->fd < 0 ? err_closed(t) : v_bool(SELF(args[0])->writable); }
IO_FUNCTION(fileio_seekable) {
    FileIO *f = SELF(args[0]);
    if (f->fd < 0) return err_closed(t);
    if (f->seekable < 0) seek_to(t, f, 0, SEEK_CUR, true);
    return v_bool(f->seekable > 0);
}
bool fileio_is_tty(Thread *t, FileIO *f) {
    if (f->fd < 0 || f->size_at_open >= 0) return false; /* a regular file */
    int result;
    ALLOW_THREADS(t, result = isatty(f->fd));
    return result;
}
IO_FUNCTION(fileio_isatty) {
    if (SELF(args[0])->fd < 0) return err_closed(t);
    int result;
    ALLOW_THREADS(t, result = isatty(SELF(args[0])->fd));
    return v_bool(result);
}
IO_FUNCTION(fileio_isatty_open_only) { return SELF(args[0])->fd < 0 ? err_closed(t) : v_bool(fileio_is_tty(t, SELF(args[0]))); }
IO_FUNCTION(fileio_getstate) { return err_raise(t, T_TypeError, "cannot pickle '%U' instances", type_of(t, args[0])->name); }

static const char *mode_text(const FileIO *f) {
    if (f->created) return f->readable ? "xb+" : "xb";
    if (f->appending) return f->readable ? "ab+" : "ab";
    if (f->readable) return f->writable ? "rb+" : "rb";
    return "wb";
}
static Value fileio_mode(Thread *t, Value self, void *closure) { return str_from_cstr(t, mode_text(SELF(self))); }
static Value fileio_closed(Thread *t, Value self, void *closure) { return v_bool(SELF(self)->fd < 0); }
static Value fileio_closefd(Thread *t, Value self, void *closure) { return v_bool(SELF(self)->closefd); }
static Value fileio_blksize(Thread *t, Value self, void *closure) { return v_smallint(SELF(self)->blksize ? SELF(self)->blksize : IO_BUFFER_SIZE); }

static Value fileio_repr(Thread *t, Value self) {
    FileIO *f = SELF(self);
    if (f->fd < 0) return str_format(t, "<%T [closed]>", self);
    Value name = attr_get_maybe(t, self, N(t, name));
    if (is_null(name)) {
        if (err_pending(t)) return VNULL;
        return str_format(t, "<%T fd=%d mode='%s' closefd=%s>", self, f->fd, mode_text(f), f->closefd ? "True" : "False");
    }
    int entered = repr_enter(t, self);
    Value v = VNULL;
    if (entered > 0) {
        v = str_format(t, "<%T name=%R mode='%s' closefd=%s>", self, name, mode_text(f), f->closefd ? "True" : "False");
        repr_leave(t, self);
    } else if (entered == 0) {
        err_raise(t, T_RuntimeError, "reentrant call inside %T.__repr__", self);
    }
    decref(t, name);
    return v;
}

static const MethodDef fileio_methods[] = {
    {"read", "($self, size=-1, /)", "Read at most size bytes, returned as bytes.", fileio_read},
    {"readall", "($self, /)", "Read all data from the file, returned as bytes.", fileio_readall},
    {"readinto", "($self, buffer, /)", "Same as RawIOBase.readinto().", fileio_readinto},
    {"write", "($self, b, /)", "Write buffer b to file, return number of bytes written.", fileio_write},
    {"seek", "($self, pos, whence=0, /)", "Move to new file position and return the file position.", fileio_seek},
    {"tell", "($self, /)", "Current file position.", fileio_tell},
    {"truncate", "($self, size=None, /)", "Truncate the file to at most size bytes and return the truncated size.", fileio_truncate},
    {"close", "($self, /)", "Close the file.", fileio_close},
    {"seekable", "($self, /)", "True if file supports random-access.", fileio_seekable},
    {"readable", "($self, /)", "True if file was opened in a read mode.", fileio_readable},
    {"writable", "($self, /)", "True if file was opened in a write mode.", fileio_writable},
    {"fileno", "($self, /)", "Return the underlying file descriptor (an integer).", fileio_fileno},
    {"isatty", "($self, /)", "True if the file is connected to a TTY device.", fileio_isatty},
    {"_isatty_open_only", "($self, /)", "Cheap isatty() of a file that was just opened.", fileio_isatty_open_only},
    {"_dealloc_warn", "($self, object, /)", NULL, fileio_dealloc_warn},
    {"__getstate__", "($self, /)", NULL, fileio_getstate},
    {0},
};
static const GetSetDef fileio_getsets[] = {
    {"closed", fileio_closed, NULL, "True if the file is closed"},
    {"closefd", fileio_closefd, NULL, "True if the file descriptor will be closed by close()."},
    {"mode", fileio_mode, NULL, "String giving the file mode"},
    {"_blksize", fileio_blksize, NULL, "Stat st_blksize if available"},
    {0},
};
static const MemberDef fileio_members[] = {{"_finalizing", MK_BOOL8, 0, offsetof(FileIO, finalizing)}, {0}};

const TypeDef typedef_FileIO = {
    .name = "_io.FileIO",
    .doc = "Open a file.",
    .signature = "(file, mode='r', closefd=True, opener=None)",
    .flags = TF_BASE | TF_GC | TF_DICT | TF_WEAKREF | TF_EXT | TF_FINALIZE,
    .size = sizeof(FileIO),
    .methods = fileio_methods,
    .getsets = fileio_getsets,
    .members = fileio_members,
    .slots = {.new = fileio_new, .init = fileio_init, .repr = fileio_repr, .finalize = io_finalize},
};
