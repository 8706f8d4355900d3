/* posix: descriptors that are no files (eventfd, timerfd, memfd), and extended attributes. */
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <sys/xattr.h>

#include "modules/posix/posix_priv.h"
#include "modules/time_value.h"
#include "object/buffer.h"

/* --- eventfd, memfd ------------------------------------------------------------------------------ */

POSIX_FUNCTION(posix_eventfd) {
    uint32_t start;
    int flags = EFD_CLOEXEC, fd;
    if (!arg_u32(t, args[0], &start) || (!is_null(args[1]) && !arg_i32(t, args[1], &flags))) return VNULL;
    fd = eventfd(start, flags);
    return fd < 0 ? errno_error(t) : v_smallint(fd);
}
POSIX_FUNCTION(posix_eventfd_read) {
    int fd, r;
    eventfd_t v;
    if (!descriptor_get(t, args[0], &fd)) return VNULL;
    SYSCALL(t, r, eventfd_read(fd, &v));
    return r < 0 ? errno_error(t) : int_from_u64(t, v);
}
POSIX_FUNCTION(posix_eventfd_write) {
    int fd, r;
    uint64_t v;
    if (!descriptor_get(t, args[0], &fd) || !arg_u64(t, args[1], &v)) return VNULL;
    SYSCALL(t, r, eventfd_write(fd, v));
    return none_or_errno(t, r);
}
POSIX_FUNCTION(posix_memfd_create) {
    Path name;
    uint32_t flags = MFD_CLOEXEC;
    int fd;
    if ((!is_null(args[1]) && !arg_u32(t, args[1], &flags)) || !path_get(t, args[0], &name, "memfd_create", "name", 0)) return VNULL;
    SYSCALL(t, fd, memfd_create(name.narrow, flags));
    path_drop(t, &name);
    return fd < 0 ? errno_error(t) : v_smallint(fd);
}

/* --- timerfd ----------------------------------------------------------------------------------- */

static double to_seconds(struct timespec s) { return (double)s.tv_sec + 1e-9 * (double)s.tv_nsec; }
static Value timer_value(Thread *t, const struct itimerspec *s, bool ns) {
    Value v[] = {ns ? time_ns_value(t, s->it_value.tv_sec, s->it_value.tv_nsec) : float_from_double(t, to_seconds(s->it_value)),
                 ns ? time_ns_value(t, s->it_interval.tv_sec, s->it_interval.tv_nsec) : float_from_double(t, to_seconds(s->it_interval))};
    return tuple_take(t, v, 2);
}
POSIX_FUNCTION(posix_timerfd_create) {
    int clock, flags = 0, fd;
    if (!arg_i32(t, args[0], &clock) || (!is_null(args[1]) && !arg_i32(t, args[1], &flags))) return VNULL;
    fd = timerfd_create(clock, flags | TFD_CLOEXEC);
    return fd < 0 ? errno_error(t) : v_smallint(fd);
}
static bool timer_time(Thread *t, Value v, bool ns, struct timespec *out) {
    int64_t n = 0;
    if (!is_null(v) && !(ns ? arg_i64(t, v, &n) : time_seconds_to_ns(t, v, TIME_FLOOR, &n))) return false;
    *out = time_ns_to_timespec(n);
    return true;
}
static Value timer_set(Thread *t, Value *args, bool ns) {
    int fd, flags = 0, r;
    struct itimerspec now, old;
    if (!descriptor_get(t, args[0], &fd) || (!is_null(args[1]) && !arg_i32(t, args[1], &flags)) || !timer_time(t, args[2], ns, &now.it_value) || !timer_time(t, args[3], ns, &now.it_interval)) return VNULL;
    SYSCALL(t, r, timerfd_settime(fd, flags, &now, &old));
    return r < 0 ? errno_error(t) : timer_value(t, &old, ns);
}
POSIX_FUNCTION(posix_timerfd_settime) { return timer_set(t, args, false); }
POSIX_FUNCTION(posix_timerfd_settime_ns) { return timer_set(t, args, true); }
static Value timer_get(Thread *t, Value v, bool ns) {
    int fd, r;
    struct itimerspec now;
    if (!descriptor_get(t, v, &fd)) return VNULL;
    SYSCALL(t, r, timerfd_gettime(fd, &now));
    return r < 0 ? errno_error(t) : timer_value(t, &now, ns);
}
POSIX_FUNCTION(posix_timerfd_gettime) { return timer_get(t, args[0], false); }
POSIX_FUNCTION(posix_timerfd_gettime_ns) { return timer_get(t, args[0], true); }

/* --- Extended attributes ------------------------------------------------------------------------ */

static bool attribute_paths(Thread *t, Value *args, Path *path, Path *name, const char *function, Value follow_symlinks, bool *follow) {
    if (!flag_get(t, follow_symlinks, true, follow) || !path_get(t, args[0], path, function, "path", PATH_FD)) return false;
    if (!path_get(t, args[1], name, function, "attribute", 0)) {
        path_drop(t, path);
        return false;
    }
    if (path_no_fd(t, path, AT_FDCWD, *follow, function) ) return true;
    path_drop(t, path);
    path_drop(t, name);
    return false;
}
POSIX_FUNCTION(posix_getxattr) {
    Path path, name;
    bool follow;
    if (!attribute_paths(t, args, &path, &name, "getxattr", args[2], &follow)) return VNULL;
    char *data = malloc(65536);
    ssize_t n;
    SYSCALL(t, n, path.narrow == NULL ? fgetxattr(path.fd, name.narrow, data, 65536) : follow ? getxattr(path.narrow, name.narrow, data, 65536) : lgetxattr(path.narrow, name.narrow, data, 65536));
    Value v = n < 0 ? path_error(t, &path) : bytes_new(t, data, n);
    free(data);
    path_drop(t, &path);
    path_drop(t, &name);
    return v;
}
POSIX_FUNCTION(posix_setxattr) {
    Path path, name;
    Buffer value;
    bool follow;
    int flags = 0, r;
    if ((!is_null(args[3]) && !arg_i32(t, args[3], &flags)) || !attribute_paths(t, args, &path, &name, "setxattr", args[4], &follow)) return VNULL;
    Value v = VNULL;
    if (buffer_get(t, args[2], &value, BUF_SIMPLE)) {
        SYSCALL(t, r, path.narrow == NULL ? fsetxattr(path.fd, name.narrow, value.data, (size_t)value.length, flags)
                      : follow ? setxattr(path.narrow, name.narrow, value.data, (size_t)value.length, flags) : lsetxattr(path.narrow, name.narrow, value.data, (size_t)value.length, flags));
        v = r < 0 ? path_error(t, &path) : V_NONE;
        buffer_release(t, &value);
    }
    path_drop(t, &path);
    path_drop(t, &name);
    return v;
}
POSIX_FUNCTION(posix_removexattr) {
    Path path, name;
    bool follow;
    int r;
    if (!attribute_paths(t, args, &path, &name, "removexattr", args[2], &follow)) return VNULL;
    SYSCALL(t, r, path.narrow == NULL ? fremovexattr(path.fd, name.narrow) : follow ? removexattr(path.narrow, name.narrow) : lremovexattr(path.narrow, name.narrow));
    path_drop(t, &name);
    return path_done(t, &path, r);
}
POSIX_FUNCTION(posix_listxattr) {
    Path path;
    bool follow;
    if (!flag_get(t, args[1], true, &follow) || !path_get(t, args[0], &path, "listxattr", "path", PATH_FD | PATH_NULLABLE)) return VNULL;
    if (!path_no_fd(t, &path, AT_FDCWD, follow, "listxattr")) {
        path_drop(t, &path);
        return VNULL;
    }
    const char *where = path.narrow ? path.narrow : ".";
    char *data = malloc(65536);
    ssize_t n;
    SYSCALL(t, n, path.fd >= 0 ? flistxattr(path.fd, data, 65536) : follow ? listxattr(where, data, 65536) : llistxattr(where, data, 65536));
    Value list = n < 0 ? path_error(t, &path) : list_new(t, 0);
    for (ssize_t i = 0; i < n && !is_null(list);) {
        size_t len = strlen(data + i);
        Value name = fs_decode(t, data + i, (int64_t)len);
        if (is_null(name) || !list_append_take(t, V_AS(List, list), name)) slot_clear(t, &list);
        i += (ssize_t)len + 1;
    }
    free(data);
    path_drop(t, &path);
    return list;
}

const MethodDef posix_event_rows[] = {
    {"eventfd", "($module, /, initval, flags=EFD_CLOEXEC)", "Creates and returns an event notification file descriptor.", posix_eventfd},
    {"eventfd_read", "($module, /, fd)", "Read eventfd value", posix_eventfd_read},
    {"eventfd_write", "($module, /, fd, value)", "Write eventfd value.", posix_eventfd_write},
    {"memfd_create", "($module, /, name, flags=MFD_CLOEXEC)", NULL, posix_memfd_create},
    {"timerfd_create", "($module, clockid, /, *, flags=0)", "Create and return a timer file descriptor.", posix_timerfd_create},
    {"timerfd_settime", "($module, fd, /, *, flags=0, initial=0.0, interval=0.0)", "Alter a timer file descriptor's internal timer in seconds.", posix_timerfd_settime},
    {"timerfd_settime_ns", "($module, fd, /, *, flags=0, initial=0, interval=0)", "Alter a timer file descriptor's internal timer in nanoseconds.", posix_timerfd_settime_ns},
    {"timerfd_gettime", "($module, fd, /)", "Return a tuple of a timer file descriptor's (interval, next expiration) in float seconds.", posix_timerfd_gettime},
    {"timerfd_gettime_ns", "($module, fd, /)", "Return a tuple of a timer file descriptor's (interval, next expiration) in nanoseconds.", posix_timerfd_gettime_ns},
    {"getxattr", "($module, /, path, attribute, *, follow_symlinks=True)", "Return the value of extended attribute attribute on path.", posix_getxattr},
    {"setxattr", "($module, /, path, attribute, value, flags=0, *, follow_symlinks=True)", "Set extended attribute attribute on path to value.", posix_setxattr},
    {"removexattr", "($module, /, path, attribute, *, follow_symlinks=True)", "Remove extended attribute attribute on path.", posix_removexattr},
    {"listxattr", "($module, /, path=None, *, follow_symlinks=True)", "Return a list of extended attributes on path.", posix_listxattr},
    {0},
};
