/* posix: file descriptors: opening, reading, writing, positions, locks, flags. */
#include <limits.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

#include "modules/posix/posix_priv.h"
#include "modules/sys.h"
#include "object/buffer.h"

enum { READ_MAX = 0x7ffff000 }; /* what one call transfers at most */

/* --- Opening and closing ----------------------------------------------------------------------- */

POSIX_FUNCTION(posix_open) {
    Path path;
    int flags, mode = 0777, dir, fd;
    bool ok = true;
    if (!arg_i32(t, args[1], &flags) || (!is_null(args[2]) && !arg_i32(t, args[2], &mode)) || !dir_fd_get(t, args[3], &dir)) return VNULL;
    if (!path_get(t, args[0], &path, "open", "path", 0)) return VNULL;
    if (!sys_audit_event(t, "open", tuple_of(t, 3, path.object, V_NONE, v_smallint(flags)))) {
        path_drop(t, &path);
        return VNULL;
    }
    SYSCALL_RETRY(t, fd, ok, openat(dir, path.narrow, flags | O_CLOEXEC, (mode_t)mode));
    Value v = !ok ? VNULL : fd < 0 ? path_error(t, &path) : v_smallint(fd);
    path_drop(t, &path);
    return v;
}

POSIX_FUNCTION(posix_close) {
    int fd, result;
    if (!arg_i32(t, args[0], &fd)) return VNULL;
    SYSCALL(t, result, close(fd));
    return result < 0 && errno != EINTR ? errno_error(t) : V_NONE;
}
POSIX_FUNCTION(posix_closerange) {
    int low, high;
    if (!arg_i32(t, args[0], &low) || !arg_i32(t, args[1], &high)) return VNULL;
    if (low < 0) low = 0;
    if (high > low) ALLOW_THREADS(t, close_range((unsigned)low, (unsigned)high - 1, 0));
    return V_NONE;
}
POSIX_FUNCTION(posix_dup) {
    int fd, copy;
    if (!arg_i32(t, args[0], &fd)) return VNULL;
    SYSCALL(t, copy, fcntl(fd, F_DUPFD_CLOEXEC, 0));
    return copy < 0 ? errno_error(t) : v_smallint(copy);
}
POSIX_FUNCTION(posix_dup2) {
    int fd, fd2, result;
    bool inheritable;
    if (!arg_i32(t, args[0], &fd) || !arg_i32(t, args[1], &fd2) || !flag_get(t, args[2], true, &inheritable)) return VNULL;
    if (fd < 0 || fd2 < 0) {
        errno = EBADF;
        return errno_error(t);
    }
    SYSCALL(t, result, inheritable || fd == fd2 ? dup2(fd, fd2) : dup3(fd, fd2, O_CLOEXEC));
    return result < 0 ? errno_error(t) : v_smallint(result);
}
static Value make_pipe(Thread *t, int flags) {
    int fds[2], result;
    SYSCALL(t, result, pipe2(fds, flags));
    return result < 0 ? errno_error(t) : tuple_of(t, 2, v_smallint(fds[0]), v_smallint(fds[1]));
}
POSIX_FUNCTION(posix_pipe) { return make_pipe(t, O_CLOEXEC); }
POSIX_FUNCTION(posix_pipe2) {
    int flags;
    return arg_i32(t, args[0], &flags) ? make_pipe(t, flags) : VNULL;
}

/* --- Reading ----------------------------------------------------------------------------------- */

/* Bytes of `length` shortened to what a read gave. */
static Value read_result(Thread *t, Value bytes, bool ok, ssize_t n) {
    if (ok && n >= 0) return n == V_AS(Bytes, bytes)->length ? bytes : bytes_resize(t, bytes, n);
    decref(t, bytes);
    return ok ? errno_error(t) : VNULL;
}
static bool read_arguments(Thread *t, Value *args, int *fd, int64_t *length) {
    if (!arg_i32(t, args[0], fd) || !arg_i64(t, args[1], length)) return false;
    if (*length < 0) {
        errno = EINVAL;
        errno_error(t);
        return false;
    }
    if (*length > READ_MAX) *length = READ_MAX;
    return true;
}

POSIX_FUNCTION(posix_read) {
    int fd;
    int64_t length;
    ssize_t n;
    bool ok = true;
    if (!read_arguments(t, args, &fd, &length)) return VNULL;
    if (length == 0) { /* no bytes of its own to read into */
        SYSCALL_RETRY(t, n, ok, read(fd, NULL, 0));
        return !ok ? VNULL : n < 0 ? errno_error(t) : new_ref(t->interp->empty_bytes);
    }
    if (length == 1) {
        char c;
        SYSCALL_RETRY(t, n, ok, read(fd, &c, 1));
        return !ok ? VNULL : n < 0 ? errno_error(t) : bytes_new(t, &c, n);
    }
    Value bytes = bytes_new(t, NULL, length);
    if (is_null(bytes)) return VNULL;
    SYSCALL_RETRY(t, n, ok, read(fd, V_AS(Bytes, bytes)->data, (size_t)length));
    return read_result(t, bytes, ok, n);
}
POSIX_FUNCTION(posix_pread) {
    int fd;
    int64_t length, offset;
    ssize_t n;
    bool ok = true;
    if (!read_arguments(t, args, &fd, &length) || !arg_i64(t, args[2], &offset)) return VNULL;
    char small[2];
    if (length < 2) {
        SYSCALL_RETRY(t, n, ok, pread(fd, small, (size_t)length, offset));
        return !ok ? VNULL : n < 0 ? errno_error(t) : bytes_new(t, small, n);
    }
    Value bytes = bytes_new(t, NULL, length);
    if (is_null(bytes)) return VNULL;
    SYSCALL_RETRY(t, n, ok, pread(fd, V_AS(Bytes, bytes)->data, (size_t)length, offset));
    return read_result(t, bytes, ok, n);
}
POSIX_FUNCTION(posix_readinto) {
    int fd;
    Buffer view;
    ssize_t n;
    bool ok = true;
    if (!arg_i32(t, args[0], &fd)) return VNULL;
    if (!buffer_get(t, args[1], &view, BUF_WRITABLE)) {
        if (!err_catch(t, T_BufferError) && !err_catch(t, T_TypeError)) return VNULL;
        return err_raise(t, T_TypeError, "readinto() argument 2 must be read-write bytes-like object, not %T", args[1]);
    }
    SYSCALL_RETRY(t, n, ok, read(fd, view.data, (size_t)(view.length > READ_MAX ? READ_MAX : view.length)));
    int error = errno;
    buffer_release(t, &view);
    errno = error;
    return !ok ? VNULL : n < 0 ? errno_error(t) : int_from_i64(t, n);
}

/* --- Writing ----------------------------------------------------------------------------------- */

static Value write_buffer(Thread *t, int fd, Value data, bool at, int64_t offset) {
    Buffer view;
    ssize_t n;
    bool ok = true;
    if (!buffer_get(t, data, &view, BUF_SIMPLE)) return VNULL;
    size_t length = (size_t)(view.length > READ_MAX ? READ_MAX : view.length);
    if (at) SYSCALL_RETRY(t, n, ok, pwrite(fd, view.data, length, offset));
    else SYSCALL_RETRY(t, n, ok, write(fd, view.data, length));
    int error = errno;
    if (ok && n >= 0 && (size_t)n < length) ok = signals_check(t); /* a signal may have cut it short */
    buffer_release(t, &view);
    errno = error;
    return !ok ? VNULL : n < 0 ? errno_error(t) : int_from_i64(t, n);
}
POSIX_FUNCTION(posix_write) {
    int fd;
    return arg_i32(t, args[0], &fd) ? write_buffer(t, fd, args[1], false, 0) : VNULL;
}
POSIX_FUNCTION(posix_pwrite) {
    int fd;
    int64_t offset;
    return arg_i32(t, args[0], &fd) && arg_i64(t, args[2], &offset) ? write_buffer(t, fd, args[1], true, offset) : VNULL;
}

/* --- Several buffers --------------------------------------------------------------------------- */

typedef struct Vectors {
    struct iovec *iov;
    Buffer *views;
    int n;
} Vectors;

static void vectors_drop(Thread *t, Vectors *v) {
    int error = errno;
    for (int i = 0; i < v->n; i++) buffer_release(t, &v->views[i]);
    heap_free(t, v->views);
    heap_free(t, v->iov);
    errno = error;
}
static bool vectors_get(Thread *t, Value buffers, const char *function, int flags, Vectors *v) {
    *v = (Vectors){0};
    if (!is_sequence(t, buffers)) return err_fail(t, T_TypeError, "%s() arg 2 must be a sequence", function);
    int64_t n = length_of(t, buffers);
    if (n < 0) return false;
    if (n > INT_MAX / 2) return err_no_memory_fail(t);
    v->iov = heap_alloc(t, (size_t)n * sizeof *v->iov);
    v->views = heap_alloc(t, (size_t)n * sizeof *v->views);
    bool ok = v->iov != NULL && v->views != NULL;
    while (ok && v->n < n) {
        Value item = item_get_index(t, buffers, v->n);
        ok = !is_null(item) && buffer_get(t, item, &v->views[v->n], flags);
        decref_maybe(t, item);
        if (!ok) break;
        v->iov[v->n] = (struct iovec){v->views[v->n].data, (size_t)v->views[v->n].length};
        v->n++;
    }
    if (!ok) vectors_drop(t, v);
    return ok;
}
static Value vectors_done(Thread *t, Vectors *v, bool ok, ssize_t n) {
    vectors_drop(t, v);
    return !ok ? VNULL : n < 0 ? errno_error(t) : int_from_i64(t, n);
}
static Value do_vectors(Thread *t, Value *args, const char *function, bool writing, bool at) {
    int fd, flags = 0;
    int64_t offset = 0;
    Vectors v;
    ssize_t n;
    bool ok = true;
    if (!arg_i32(t, args[0], &fd)) return VNULL;
    if (at && (!arg_i64(t, args[2], &offset) || (!is_null(args[3]) && !arg_i32(t, args[3], &flags)))) return VNULL;
    if (!vectors_get(t, args[1], function, writing ? BUF_SIMPLE : BUF_WRITABLE, &v)) return VNULL;
    if (!at && writing) SYSCALL_RETRY(t, n, ok, writev(fd, v.iov, v.n));
    else if (!at) SYSCALL_RETRY(t, n, ok, readv(fd, v.iov, v.n));
    else if (writing) SYSCALL_RETRY(t, n, ok, pwritev2(fd, v.iov, v.n, offset, flags));
    else SYSCALL_RETRY(t, n, ok, preadv2(fd, v.iov, v.n, offset, flags));
    return vectors_done(t, &v, ok, n);
}
POSIX_FUNCTION(posix_readv) { return do_vectors(t, args, "readv", false, false); }
POSIX_FUNCTION(posix_writev) { return do_vectors(t, args, "writev", true, false); }
POSIX_FUNCTION(posix_preadv) { return do_vectors(t, args, "preadv", false, true); }
POSIX_FUNCTION(posix_pwritev) { return do_vectors(t, args, "pwritev", true, true); }

/* --- Copying inside the kernel ------------------------------------------------------------------ */

/* An offset or None. */
static bool offset_get(Thread *t, Value v, off_t *offset, off_t **out) {
    *out = NULL;
    if (is_null(v) || is_none(v)) return true;
    int64_t wide;
    if (!arg_i64(t, v, &wide)) return false;
    *offset = wide;
    *out = offset;
    return true;
}
static bool count_get(Thread *t, Value v, int64_t *out) {
    if (!arg_i64(t, v, out)) return false;
    return *out >= 0 || err_fail(t, T_ValueError, "negative value for 'count' not allowed");
}
POSIX_FUNCTION(posix_sendfile) {
    int out, in;
    int64_t count;
    off_t offset, *at;
    ssize_t n;
    bool ok = true;
    if (!arg_i32(t, args[0], &out) || !arg_i32(t, args[1], &in) || !offset_get(t, args[2], &offset, &at) || !arg_i64(t, args[3], &count)) return VNULL;
    if (count < 0) return err_raise(t, T_ValueError, "negative value for 'count' not allowed");
    SYSCALL_RETRY(t, n, ok, sendfile(out, in, at, (size_t)count));
    return !ok ? VNULL : n < 0 ? errno_error(t) : int_from_i64(t, n);
}
POSIX_FUNCTION(posix_copy_file_range) {
    int from, to;
    int64_t count;
    off_t a, b, *at, *bt;
    ssize_t n;
    bool ok = true;
    if (!arg_i32(t, args[0], &from) || !arg_i32(t, args[1], &to) || !count_get(t, args[2], &count) || !offset_get(t, args[3], &a, &at) ||
        !offset_get(t, args[4], &b, &bt)) return VNULL;
    SYSCALL_RETRY(t, n, ok, copy_file_range(from, at, to, bt, (size_t)count, 0));
    return !ok ? VNULL : n < 0 ? errno_error(t) : int_from_i64(t, n);
}
POSIX_FUNCTION(posix_splice) {
    int from, to;
    int64_t count;
    uint32_t flags = 0;
    off_t a, b, *at, *bt;
    ssize_t n;
    bool ok = true;
    if (!arg_i32(t, args[0], &from) || !arg_i32(t, args[1], &to) || !count_get(t, args[2], &count) || !offset_get(t, args[3], &a, &at) ||
        !offset_get(t, args[4], &b, &bt) || (!is_null(args[5]) && !arg_u32(t, args[5], &flags))) return VNULL;
    SYSCALL_RETRY(t, n, ok, splice(from, at, to, bt, (size_t)count, flags));
    return !ok ? VNULL : n < 0 ? errno_error(t) : int_from_i64(t, n);
}

/* --- Positions, sizes, the disk ------------------------------------------------------------------ */

POSIX_FUNCTION(posix_lseek) {
    int fd, whence;
    int64_t position;
    off_t at;
    if (!arg_i32(t, args[0], &fd) || !arg_i64(t, args[1], &position) || !arg_i32(t, args[2], &whence)) return VNULL;
    SYSCALL(t, at, lseek(fd, position, whence));
    return at < 0 ? errno_error(t) : int_from_i64(t, at);
}
POSIX_FUNCTION(posix_ftruncate) {
    int fd, result;
    int64_t length;
    bool ok = true;
    if (!arg_i32(t, args[0], &fd) || !arg_i64(t, args[1], &length)) return VNULL;
    SYSCALL_RETRY(t, result, ok, ftruncate(fd, length));
    return ok ? none_or_errno(t, result) : VNULL;
}
POSIX_FUNCTION(posix_truncate) {
    Path path;
    int64_t length;
    int result;
    if (!arg_i64(t, args[1], &length) || !path_get(t, args[0], &path, "truncate", "path", PATH_FD)) return VNULL;
    SYSCALL(t, result, path.narrow ? truncate(path.narrow, length) : ftruncate(path.fd, length));
    return path_done(t, &path, result);
}
static Value sync_with(Thread *t, Value v, int (*function)(int)) {
    int fd, result;
    bool ok = true;
    if (!descriptor_get(t, v, &fd)) return VNULL;
    SYSCALL_RETRY(t, result, ok, function(fd));
    return ok ? none_or_errno(t, result) : VNULL;
}
POSIX_FUNCTION(posix_fsync) { return sync_with(t, args[0], fsync); }
POSIX_FUNCTION(posix_fdatasync) { return sync_with(t, args[0], fdatasync); }
POSIX_FUNCTION(posix_sync) {
    ALLOW_THREADS(t, sync());
    return V_NONE;
}
POSIX_FUNCTION(posix_fallocate_) {
    int fd, result;
    int64_t offset, length;
    if (!arg_i32(t, args[0], &fd) || !arg_i64(t, args[1], &offset) || !arg_i64(t, args[2], &length)) return VNULL;
    do {
        SYSCALL(t, result, posix_fallocate(fd, offset, length));
        if (result == EINTR && !signals_check(t)) return VNULL;
    } while (result == EINTR);
    return result ? err_raise_errno(t, result, VNULL, VNULL) : V_NONE;
}
POSIX_FUNCTION(posix_fadvise_) {
    int fd, advice, result;
    int64_t offset, length;
    if (!arg_i32(t, args[0], &fd) || !arg_i64(t, args[1], &offset) || !arg_i64(t, args[2], &length) || !arg_i32(t, args[3], &advice)) return VNULL;
    SYSCALL(t, result, posix_fadvise(fd, offset, length, advice));
    return result ? err_raise_errno(t, result, VNULL, VNULL) : V_NONE;
}
POSIX_FUNCTION(posix_lockf) {
    int fd, command, result;
    int64_t length;
    if (!arg_i32(t, args[0], &fd) || !arg_i32(t, args[1], &command) || !arg_i64(t, args[2], &length)) return VNULL;
    SYSCALL(t, result, lockf(fd, command, length));
    return none_or_errno(t, result);
}

/* --- Flags ------------------------------------------------------------------------------------- */

POSIX_FUNCTION(posix_isatty) {
    int fd, result;
    if (!arg_i32(t, args[0], &fd)) return VNULL;
    SYSCALL(t, result, isatty(fd));
    return v_bool(result);
}
POSIX_FUNCTION(posix_get_inheritable) {
    int fd;
    if (!arg_i32(t, args[0], &fd)) return VNULL;
    int flags = fcntl(fd, F_GETFD);
    return flags < 0 ? errno_error(t) : v_bool(!(flags & FD_CLOEXEC));
}
POSIX_FUNCTION(posix_set_inheritable) {
    int fd, inheritable;
    if (!arg_i32(t, args[0], &fd) || !arg_i32(t, args[1], &inheritable)) return VNULL;
    int flags = fcntl(fd, F_GETFD);
    if (flags < 0) return errno_error(t);
    return none_or_errno(t, fcntl(fd, F_SETFD, inheritable ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC));
}
POSIX_FUNCTION(posix_get_blocking) {
    int fd;
    if (!arg_i32(t, args[0], &fd)) return VNULL;
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 ? errno_error(t) : v_bool(!(flags & O_NONBLOCK));
}
POSIX_FUNCTION(posix_set_blocking) {
    int fd;
    bool blocking;
    if (!arg_i32(t, args[0], &fd) || !arg_bool(t, args[1], &blocking)) return VNULL;
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0) return errno_error(t);
    return none_or_errno(t, fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK));
}

const MethodDef posix_descriptor_rows[] = {
    {"open", "($module, /, path, flags, mode=511, *, dir_fd=None)", "Open a file for low level IO.  Returns a file descriptor (integer).", posix_open},
    {"close", "($module, /, fd)", "Close a file descriptor.", posix_close},
    {"closerange", "($module, fd_low, fd_high, /)", "Closes all file descriptors in [fd_low, fd_high), ignoring errors.", posix_closerange},
    {"dup", "($module, fd, /)", "Return a duplicate of a file descriptor.", posix_dup},
    {"dup2", "($module, /, fd, fd2, inheritable=True)", "Duplicate file descriptor.", posix_dup2},
    {"pipe", "($module, /)", "Create a pipe.", posix_pipe},
    {"pipe2", "($module, flags, /)", "Create a pipe with flags set atomically.", posix_pipe2},
    {"read", "($module, fd, length, /)", "Read from a file descriptor.  Returns a bytes object.", posix_read},
    {"readinto", "($module, fd, buffer, /)", "Read into a buffer object from a file descriptor.", posix_readinto},
    {"pread", "($module, fd, length, offset, /)", "Read a number of bytes from a file descriptor starting at a particular offset.", posix_pread},
    {"write", "($module, fd, data, /)", "Write a bytes object to a file descriptor.", posix_write},
    {"pwrite", "($module, fd, buffer, offset, /)", "Write bytes to a file descriptor starting at a particular offset.", posix_pwrite},
    {"readv", "($module, fd, buffers, /)", "Read from a file descriptor fd into an iterable of buffers.", posix_readv},
    {"writev", "($module, fd, buffers, /)", "Iterate over buffers, and write the contents of each to a file descriptor.", posix_writev},
    {"preadv", "($module, fd, buffers, offset, flags=0, /)", "Reads from a file descriptor into a number of mutable bytes-like objects.", posix_preadv},
    {"pwritev", "($module, fd, buffers, offset, flags=0, /)", "Writes the contents of bytes-like objects to a file descriptor at a given offset.", posix_pwritev},
    {"sendfile", "($module, /, out_fd, in_fd, offset, count)", "Copy count bytes from file descriptor in_fd to file descriptor out_fd.", posix_sendfile},
    {"copy_file_range", "($module, /, src, dst, count, offset_src=None, offset_dst=None)", "Copy count bytes from one file descriptor to another.", posix_copy_file_range},
    {"splice", "($module, /, src, dst, count, offset_src=None, offset_dst=None, flags=0)", "Transfer count bytes from one pipe to a descriptor or vice versa.", posix_splice},
    {"lseek", "($module, fd, position, whence, /)", "Set the position of a file descriptor.  Return the new position.", posix_lseek},
    {"ftruncate", "($module, fd, length, /)", "Truncate a file, specified by file descriptor, to a specific length.", posix_ftruncate},
    {"truncate", "($module, /, path, length)", "Truncate a file, specified by path, to a specific length.", posix_truncate},
    {"fsync", "($module, /, fd)", "Force write of fd to disk.", posix_fsync},
    {"fdatasync", "($module, /, fd)", "Force write of fd to disk without forcing update of metadata.", posix_fdatasync},
    {"sync", "($module, /)", "Force write of everything to disk.", posix_sync},
    {"posix_fallocate", "($module, fd, offset, length, /)", "Ensure a file has allocated at least a particular number of bytes on disk.", posix_fallocate_},
    {"posix_fadvise", "($module, fd, offset, length, advice, /)", "Announce an intention to access data in a specific pattern.", posix_fadvise_},
    {"lockf", "($module, fd, command, length, /)", "Apply, test or remove a POSIX lock on an open file descriptor.", posix_lockf},
    {"isatty", "($module, fd, /)", "Return True if the fd is connected to a terminal.", posix_isatty},
    {"get_inheritable", "($module, fd, /)", "Get the close-on-exe flag of the specified file descriptor.", posix_get_inheritable},
    {"set_inheritable", "($module, fd, inheritable, /)", "Set the inheritable flag of the specified file descriptor.", posix_set_inheritable},
    {"get_blocking", "($module, fd, /)", "Get the blocking mode of the file descriptor.", posix_get_blocking},
    {"set_blocking", "($module, fd, blocking, /)", "Set the blocking mode of the specified file descriptor.", posix_set_blocking},
    {0},
};
