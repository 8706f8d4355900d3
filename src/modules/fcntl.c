/* The module fcntl: fcntl(), ioctl() and locks of files. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>

#include "modules/module.h"
#include "modules/sys.h"
#include "object/buffer.h"

#define FUNCTION(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)
enum { ARGUMENT_MAX = 1024 }; /* bytes of a structure that is copied */

static bool descriptor_get(Thread *t, Value v, int *fd) {
    Value number = VNULL;
    if (!is_int(t, v)) {
        Value method = attr_get_maybe(t, v, N(t, fileno));
        if (is_null(method)) return err_pending(t) ? false : err_fail(t, T_TypeError, "argument must be an int, or have a fileno() method.");
        number = call_0(t, method);
        decref(t, method);
        if (is_null(number)) return false;
        if (!is_int(t, number)) {
            decref(t, number);
            return err_fail(t, T_TypeError, "fileno() returned a non-integer");
        }
    }
    bool ok = arg_i32(t, is_null(number) ? v : number, fd);
    decref_maybe(t, number);
    return ok && (*fd >= 0 || err_fail(t, T_ValueError, "file descriptor cannot be a negative integer (%d)", *fd));
}

/* One call; `argument` is a number or an address. */
typedef struct Call { int fd; unsigned long code; bool is_ioctl; } Call;
static bool make_call(Thread *t, const Call *c, void *argument, int *result) {
    int error;
    do {
        gil_release(t);
        *result = c->is_ioctl ? ioctl(c->fd, c->code, argument) : fcntl(c->fd, (int)c->code, argument);
        error = errno;
        gil_acquire(t);
        if (*result < 0 && error == EINTR && !signals_check(t)) return false;
    } while (*result < 0 && error == EINTR);
    if (*result >= 0) return true;
    err_raise_errno(t, error, VNULL, VNULL);
    return false;
}
/* With the bytes of a structure, copied; answers what they are afterwards. */
static Value call_with_copy(Thread *t, const Call *c, const char *data, int64_t n) {
    char copy[ARGUMENT_MAX + 1];
    int result;
    if (n > ARGUMENT_MAX) return err_raise(t, T_ValueError, "%s argument 3 is too long", c->is_ioctl ? "ioctl" : "fcntl");
    memcpy(copy, data, (size_t)n);
    copy[n] = 0;
    return make_call(t, c, copy, &result) ? bytes_new(t, copy, n) : VNULL;
}
static Value call_with_number(Thread *t, const Call *c, Value v) {
    int64_t n = 0;
    int result;
    if (!is_null(v)) {
        Value index = number_index(t, v);
        if (is_null(index)) return VNULL;
        n = (int64_t)int_to_u64_mask(index);
        decref(t, index);
    }
    return make_call(t, c, (void *)(c->is_ioctl ? n : (int64_t)(uint32_t)n), &result) ? v_smallint(result) : VNULL;
}
static Value call_with_bytes(Thread *t, const Call *c, Value v) {
    Buffer view;
    if (is_str(t, v)) {
        Value bytes = t->hooks->encode(t, v, "utf-8", "strict");
        if (is_null(bytes)) return VNULL;
        Value r = call_with_copy(t, c, V_AS(Bytes, bytes)->data, V_AS(Bytes, bytes)->length);
        decref(t, bytes);
        return r;
    }
    if (!buffer_get(t, v, &view, BUF_SIMPLE)) return VNULL;
    Value r = call_with_copy(t, c, view.data, view.length);
    buffer_release(t, &view);
    return r;
}

FUNCTION(fcntl_fcntl) {
    int fd, command;
    if (!descriptor_get(t, args[0], &fd) || !arg_i32(t, args[1], &command)) return VNULL;
    if (!sys_audit_values(t, "fcntl.fcntl", 3, v_smallint(fd), v_smallint(command), args[2])) return VNULL;
    Call c = {fd, (unsigned long)command, false};
    if (is_null(args[2]) || has_index(t, args[2])) return call_with_number(t, &c, args[2]);
    if (is_str(t, args[2]) || has_buffer(t, args[2])) return call_with_bytes(t, &c, args[2]);
    return err_raise(t, T_TypeError, "fcntl() argument 3 must be an integer, a bytes-like object, or a string, not %T", args[2]);
}
FUNCTION(fcntl_ioctl) {
    int fd, result;
    bool mutate = true;
    Value index, argument = args[2];
    if (!descriptor_get(t, args[0], &fd)) return VNULL;
    if (is_null(index = number_index(t, args[1]))) return VNULL;
    Call c = {fd, int_to_u64_mask(index), true};
    decref(t, index);
    if (sys_is_audited(t)) {
        Value request = int_from_u64(t, c.code);
        bool allowed = !is_null(request) && sys_audit_values(t, "fcntl.ioctl", 3, v_smallint(fd), request, argument);
        decref_maybe(t, request);
        if (!allowed) return VNULL;
    }
    if (!is_null(args[3]) && !arg_bool(t, args[3], &mutate)) return VNULL;
    if (is_null(argument) || has_index(t, argument)) return call_with_number(t, &c, argument);
    if (!is_str(t, argument) && !has_buffer(t, argument)) return err_raise(t, T_TypeError, "ioctl() argument 3 must be an integer, a bytes-like object, or a string, not %T", args[2]);
    Buffer view;
    if (is_str(t, argument) || !mutate) return call_with_bytes(t, &c, argument);
    if (!buffer_get(t, argument, &view, BUF_WRITABLE)) { /* it cannot be changed in place */
        if (!err_catch(t, T_BufferError) && !err_catch(t, T_TypeError)) return VNULL;
        return call_with_bytes(t, &c, argument);
    }
    /* Small ones go through a copy, so that a kernel that writes too much does no harm. */
    char copy[ARGUMENT_MAX];
    bool small = view.length <= ARGUMENT_MAX;
    if (small) {
        memset(copy, 0, sizeof copy);
        memcpy(copy, view.data, (size_t)view.length);
    }
    bool ok = make_call(t, &c, small ? copy : view.data, &result);
    if (small) memcpy(view.data, copy, (size_t)view.length);
    buffer_release(t, &view);
    return ok ? v_smallint(result) : VNULL;
}
FUNCTION(fcntl_flock) {
    int fd, operation, result, error;
    if (!descriptor_get(t, args[0], &fd) || !arg_i32(t, args[1], &operation)) return VNULL;
    if (!sys_audit_values(t, "fcntl.flock", 2, v_smallint(fd), v_smallint(operation))) return VNULL;
    do {
        gil_release(t);
        result = flock(fd, operation);
        error = errno;
        gil_acquire(t);
        if (result < 0 && error == EINTR && !signals_check(t)) return VNULL;
    } while (result < 0 && error == EINTR);
    return result < 0 ? err_raise_errno(t, error, VNULL, VNULL) : V_NONE;
}
FUNCTION(fcntl_lockf) {
    int fd, command, whence = 0, result;
    int64_t length = 0, start = 0;
    if (!descriptor_get(t, args[0], &fd) || !arg_i32(t, args[1], &command) || (!is_null(args[2]) && !arg_i64(t, args[2], &length)) ||
        (!is_null(args[3]) && !arg_i64(t, args[3], &start)) || (!is_null(args[4]) && !arg_i32(t, args[4], &whence))) return VNULL;
    if (!sys_audit_values(t, "fcntl.lockf", 5, v_smallint(fd), v_smallint(command), args[2], args[3], v_smallint(whence))) return VNULL;
    struct flock lock = {.l_whence = (short)whence, .l_start = start, .l_len = length};
    if (command == LOCK_UN) lock.l_type = F_UNLCK;
    else if (command & LOCK_SH) lock.l_type = F_RDLCK;
    else if (command & LOCK_EX) lock.l_type = F_WRLCK;
    else return err_raise(t, T_ValueError, "unrecognized lockf argument");
    Call c = {fd, command & LOCK_NB ? F_SETLK : F_SETLKW, false};
    return make_call(t, &c, &lock, &result) ? V_NONE : VNULL;
}

static const MethodDef functions[] = {
    {"fcntl", "($module, fd, cmd, arg=0, /)", "Perform the operation `cmd` on file descriptor fd.", fcntl_fcntl},
    {"ioctl", "($module, fd, request, arg=0, mutate_flag=True, /)", "Perform the operation request on file descriptor fd.", fcntl_ioctl},
    {"flock", "($module, fd, operation, /)", "Perform the lock operation `operation` on file descriptor `fd`.", fcntl_flock},
    {"lockf", "($module, fd, cmd, len=0, start=0, whence=0, /)", "A wrapper around the fcntl() locking calls.", fcntl_lockf},
    {0},
};
#ifndef F_DUPFD_QUERY
#define F_DUPFD_QUERY (1024 + 3)
#endif
static bool fcntl_exec(Thread *t, Value module) {
#define X(name) if (!module_add_int(t, module, #name, (int64_t)name)) return false;
    X(DN_ACCESS) X(DN_ATTRIB) X(DN_CREATE) X(DN_DELETE) X(DN_MODIFY) X(DN_MULTISHOT) X(DN_RENAME) X(FASYNC) X(FD_CLOEXEC) X(FICLONE) X(FICLONERANGE)
    X(F_ADD_SEALS) X(F_DUPFD) X(F_DUPFD_CLOEXEC) X(F_DUPFD_QUERY) X(F_EXLCK) X(F_GETFD) X(F_GETFL) X(F_GETLEASE) X(F_GETLK) X(F_GETLK64) X(F_GETOWN) X(F_GETOWN_EX)
    X(F_GETPIPE_SZ) X(F_GETSIG) X(F_GET_FILE_RW_HINT) X(F_GET_RW_HINT) X(F_GET_SEALS) X(F_NOTIFY) X(F_OFD_GETLK) X(F_OFD_SETLK) X(F_OFD_SETLKW) X(F_OWNER_PGRP)
    X(F_OWNER_PID) X(F_OWNER_TID) X(F_RDLCK) X(F_SEAL_FUTURE_WRITE) X(F_SEAL_GROW) X(F_SEAL_SEAL) X(F_SEAL_SHRINK) X(F_SEAL_WRITE) X(F_SETFD) X(F_SETFL)
    X(F_SETLEASE) X(F_SETLK) X(F_SETLK64) X(F_SETLKW) X(F_SETLKW64) X(F_SETOWN) X(F_SETOWN_EX) X(F_SETPIPE_SZ) X(F_SETSIG) X(F_SET_FILE_RW_HINT) X(F_SET_RW_HINT)
    X(F_SHLCK) X(F_UNLCK) X(F_WRLCK) X(LOCK_EX) X(LOCK_MAND) X(LOCK_NB) X(LOCK_READ) X(LOCK_RW) X(LOCK_SH) X(LOCK_UN) X(LOCK_WRITE) X(RWH_WRITE_LIFE_EXTREME)
    X(RWH_WRITE_LIFE_LONG) X(RWH_WRITE_LIFE_MEDIUM) X(RWH_WRITE_LIFE_NONE) X(RWH_WRITE_LIFE_NOT_SET) X(RWH_WRITE_LIFE_SHORT)
#undef X
    return true;
}
const ModuleDef module_fcntl = {.name = "fcntl", .doc = "This module performs file control and I/O control on file descriptors.", .functions = functions, .exec = fcntl_exec};
