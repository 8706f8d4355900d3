/* posix: what the system knows of a file: stat and its kin, times, access, modes and owners. */
#include <math.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/time.h>

#include "modules/posix/posix_priv.h"

/* --- stat_result ------------------------------------------------------------------------------- */

enum { STAT_VISIBLE = 10, STAT_FIELDS = 19 };
static const StructSeqField stat_fields[] = {
    {"st_mode", "protection bits"}, {"st_ino", "inode"}, {"st_dev", "device"}, {"st_nlink", "number of hard links"}, {"st_uid", "user ID of owner"},
    {"st_gid", "group ID of owner"}, {"st_size", "total size, in bytes"}, {"", "integer time of last access"}, {"", "integer time of last modification"},
    {"", "integer time of last change"}, {"st_atime", "time of last access"}, {"st_mtime", "time of last modification"}, {"st_ctime", "time of last change"},
    {"st_atime_ns", "time of last access in nanoseconds"}, {"st_mtime_ns", "time of last modification in nanoseconds"},
    {"st_ctime_ns", "time of last change in nanoseconds"}, {"st_blksize", "blocksize for filesystem I/O"}, {"st_blocks", "number of blocks allocated"},
    {"st_rdev", "device type (if inode device)"}, {NULL}};
static const StructSeqDef stat_def = {
    "os.stat_result", "Result from stat, fstat, or lstat.\n\nA tuple of ten ints (mode, ino, dev, nlink, uid, gid, size, atime, mtime, ctime) with these and more as attributes.",
    stat_fields, STAT_VISIBLE};

/* The float times stand for the int ones where none are given. */
static Value stat_result_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value v = posix_state(t)->tuple_new(t, type, args, nargs, kwnames);
    for (int i = 0; !is_null(v) && i < 3; i++) {
        Value *items = V_AS(Tuple, v)->items;
        if (is_none(items[10 + i])) slot_set(t, &items[10 + i], new_ref(items[7 + i]));
    }
    return v;
}

Value time_ns_value(Thread *t, int64_t seconds, int64_t nanoseconds) {
    int64_t total;
    if (!__builtin_mul_overflow(seconds, INT64_C(1000000000), &total) && !__builtin_add_overflow(total, nanoseconds, &total)) return int_from_i64(t, total);
    Value s = int_from_i64(t, seconds), product = is_null(s) ? VNULL : int_mul(t, s, v_smallint(1000000000)), sum = is_null(product) ? VNULL : int_add(t, product, v_smallint(nanoseconds));
    decref_maybe(t, s);
    decref_maybe(t, product);
    return sum;
}

Value stat_value(Thread *t, const struct stat *st) {
    const struct timespec *times[] = {&st->st_atim, &st->st_mtim, &st->st_ctim};
    Value v[STAT_FIELDS] = {v_smallint(st->st_mode), int_from_u64(t, st->st_ino), int_from_u64(t, st->st_dev), int_from_u64(t, st->st_nlink), id_value(t, st->st_uid),
                            id_value(t, st->st_gid), int_from_i64(t, st->st_size)};
    for (int i = 0; i < 3; i++) {
        v[7 + i] = int_from_i64(t, times[i]->tv_sec);
        v[10 + i] = float_from_double(t, (double)times[i]->tv_sec + 1e-9 * (double)times[i]->tv_nsec);
        v[13 + i] = time_ns_value(t, times[i]->tv_sec, times[i]->tv_nsec);
    }
    v[16] = int_from_i64(t, st->st_blksize);
    v[17] = int_from_i64(t, st->st_blocks);
    v[18] = int_from_u64(t, st->st_rdev);
    return structseq_new(t, posix_state(t)->stat_result, v);
}

static Value do_stat(Thread *t, const char *function, Value *args, Value dir, bool follow) {
    Path path;
    int fd, result;
    struct stat st;
    if (!path_get(t, args[0], &path, function, "path", follow || function[0] == 's' ? PATH_FD : 0)) return VNULL;
    if (!dir_fd_get(t, dir, &fd) || !path_no_fd(t, &path, fd, follow, function)) {
        path_drop(t, &path);
        return VNULL;
    }
    if (path.narrow == NULL) SYSCALL(t, result, fstat(path.fd, &st));
    else SYSCALL(t, result, fstatat(fd, path.narrow, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW));
    Value v = result < 0 ? path_error(t, &path) : stat_value(t, &st);
    path_drop(t, &path);
    return v;
}

POSIX_FUNCTION(posix_stat) {
    bool follow;
    return flag_get(t, args[2], true, &follow) ? do_stat(t, "stat", args, args[1], follow) : VNULL;
}
POSIX_FUNCTION(posix_lstat) { return do_stat(t, "lstat", args, args[1], false); }
POSIX_FUNCTION(posix_fstat) {
    int fd, result;
    struct stat st;
    bool ok = true;
    if (!arg_i32(t, args[0], &fd)) return VNULL;
    SYSCALL_RETRY(t, result, ok, fstat(fd, &st));
    return !ok ? VNULL : result < 0 ? errno_error(t) : stat_value(t, &st);
}

/* --- statvfs ----------------------------------------------------------------------------------- */

static const StructSeqField statvfs_fields[] = {{"f_bsize"}, {"f_frsize"}, {"f_blocks"}, {"f_bfree"}, {"f_bavail"}, {"f_files"},
                                                {"f_ffree"}, {"f_favail"}, {"f_flag"}, {"f_namemax"}, {"f_fsid"}, {NULL}};
static const StructSeqDef statvfs_def = {"os.statvfs_result", "Result from statvfs or fstatvfs, a tuple and attributes.", statvfs_fields, 10};

static Value statvfs_value(Thread *t, const struct statvfs *s) {
    Value v[] = {int_from_u64(t, s->f_bsize), int_from_u64(t, s->f_frsize), int_from_u64(t, s->f_blocks), int_from_u64(t, s->f_bfree),
                 int_from_u64(t, s->f_bavail), int_from_u64(t, s->f_files), int_from_u64(t, s->f_ffree), int_from_u64(t, s->f_favail),
                 int_from_u64(t, s->f_flag), int_from_u64(t, s->f_namemax), int_from_u64(t, s->f_fsid)};
    return structseq_new(t, posix_state(t)->statvfs_result, v);
}

POSIX_FUNCTION(posix_statvfs) {
    Path path;
    int result;
    struct statvfs s;
    if (!path_get(t, args[0], &path, "statvfs", "path", PATH_FD)) return VNULL;
    SYSCALL(t, result, path.narrow ? statvfs(path.narrow, &s) : fstatvfs(path.fd, &s));
    Value v = result < 0 ? path_error(t, &path) : statvfs_value(t, &s);
    path_drop(t, &path);
    return v;
}
POSIX_FUNCTION(posix_fstatvfs) {
    int fd, result;
    bool ok = true;
    struct statvfs s;
    if (!arg_i32(t, args[0], &fd)) return VNULL;
    SYSCALL_RETRY(t, result, ok, fstatvfs(fd, &s));
    return !ok ? VNULL : result < 0 ? errno_error(t) : statvfs_value(t, &s);
}

/* --- access, chmod, chown ---------------------------------------------------------------------- */

POSIX_FUNCTION(posix_access) {
    Path path;
    int mode, dir, result;
    bool effective, follow;
    if (!arg_i32(t, args[1], &mode) || !dir_fd_get(t, args[2], &dir) || !flag_get(t, args[3], false, &effective) || !flag_get(t, args[4], true, &follow)) return VNULL;
    if (!path_get(t, args[0], &path, "access", "path", 0)) return VNULL;
    SYSCALL(t, result, faccessat(dir, path.narrow, mode, (effective ? AT_EACCESS : 0) | (follow ? 0 : AT_SYMLINK_NOFOLLOW)));
    path_drop(t, &path);
    return v_bool(result == 0);
}

POSIX_FUNCTION(posix_chmod) {
    Path path;
    int mode, dir, result;
    bool follow;
    if (!arg_i32(t, args[1], &mode) || !dir_fd_get(t, args[2], &dir) || !flag_get(t, args[3], true, &follow)) return VNULL;
    if (!path_get(t, args[0], &path, "chmod", "path", PATH_FD)) return VNULL;
    if (path.narrow == NULL) SYSCALL(t, result, fchmod(path.fd, (mode_t)mode));
    else SYSCALL(t, result, fchmodat(dir, path.narrow, (mode_t)mode, follow ? 0 : AT_SYMLINK_NOFOLLOW));
    if (result < 0 && !follow && (errno == ENOTSUP || errno == EOPNOTSUPP)) {
        path_drop(t, &path);
        if (dir != AT_FDCWD) return err_raise(t, T_ValueError, "chmod: cannot use dir_fd and follow_symlinks together");
        return err_raise(t, T_NotImplementedError, "chmod: follow_symlinks unavailable on this platform");
    }
    return path_done(t, &path, result);
}
POSIX_FUNCTION(posix_fchmod) {
    int fd, mode, result;
    bool ok = true;
    if (!arg_i32(t, args[0], &fd) || !arg_i32(t, args[1], &mode)) return VNULL;
    SYSCALL_RETRY(t, result, ok, fchmod(fd, (mode_t)mode));
    return ok ? none_or_errno(t, result) : VNULL;
}

static Value do_chown(Thread *t, const char *function, Value *args, Value dir_fd, bool follow, int flags) {
    Path path;
    uid_t uid;
    gid_t gid;
    int dir, result;
    if (!uid_get(t, args[1], &uid) || !gid_get(t, args[2], &gid) || !dir_fd_get(t, dir_fd, &dir)) return VNULL;
    if (!path_get(t, args[0], &path, function, "path", flags)) return VNULL;
    if (flags && !path_no_fd(t, &path, dir, follow, function)) {
        path_drop(t, &path);
        return VNULL;
    }
    if (path.narrow == NULL) SYSCALL(t, result, fchown(path.fd, uid, gid));
    else SYSCALL(t, result, fchownat(dir, path.narrow, uid, gid, follow ? 0 : AT_SYMLINK_NOFOLLOW));
    return path_done(t, &path, result);
}
POSIX_FUNCTION(posix_chown) {
    bool follow;
    return flag_get(t, args[4], true, &follow) ? do_chown(t, "chown", args, args[3], follow, PATH_FD) : VNULL;
}
POSIX_FUNCTION(posix_lchown) { return do_chown(t, "lchown", args, VNULL, false, 0); }
POSIX_FUNCTION(posix_fchown) {
    int fd, result;
    uid_t uid;
    gid_t gid;
    bool ok = true;
    if (!arg_i32(t, args[0], &fd) || !uid_get(t, args[1], &uid) || !gid_get(t, args[2], &gid)) return VNULL;
    SYSCALL_RETRY(t, result, ok, fchown(fd, uid, gid));
    return ok ? none_or_errno(t, result) : VNULL;
}

/* --- utime ------------------------------------------------------------------------------------- */

/* Seconds, an int or a float, rounded down to nanoseconds. */
static bool timespec_from_seconds(Thread *t, Value v, struct timespec *out) {
    if (is_float(t, v)) {
        double d, whole;
        if (!arg_double(t, v, &d)) return false;
        if (isnan(d)) return err_fail(t, T_ValueError, "Invalid value NaN (not a number)");
        double fraction = floor(modf(d, &whole) * 1e9);
        if (fraction >= 1e9) fraction -= 1e9, whole += 1;
        if (fraction < 0) fraction += 1e9, whole -= 1;
        if (!(whole >= -0x1p63 && whole < 0x1p63)) return err_fail(t, T_OverflowError, "timestamp out of range for platform time_t");
        *out = (struct timespec){(time_t)whole, (long)fraction};
        return true;
    }
    Value index = number_index(t, v);
    if (is_null(index)) return false;
    int64_t seconds;
    bool ok = int_to_i64(t, index, &seconds);
    decref(t, index);
    if (!ok) return err_catch(t, T_OverflowError) && err_fail(t, T_OverflowError, "timestamp out of range for platform time_t");
    *out = (struct timespec){seconds, 0};
    return true;
}

static bool timespec_from_ns(Thread *t, Value v, struct timespec *out) {
    if (!is_int(t, v)) return err_fail(t, T_TypeError, "'%T' object cannot be interpreted as an integer", v);
    Value quotient, rest;
    if (!int_divmod(t, v, v_smallint(1000000000), &quotient, &rest)) return false;
    int64_t seconds;
    bool ok = int_to_i64(t, quotient, &seconds);
    if (ok) *out = (struct timespec){seconds, smallint_get(rest)};
    decref(t, quotient);
    decref(t, rest);
    return ok;
}

POSIX_FUNCTION(posix_utime) {
    struct timespec times[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
    Path path;
    int dir, result;
    bool follow, has_times = !is_null(args[1]) && !is_none(args[1]), has_ns = !is_null(args[2]);
    if (!dir_fd_get(t, args[3], &dir) || !flag_get(t, args[4], true, &follow)) return VNULL;
    if (!path_get(t, args[0], &path, "utime", "path", PATH_FD)) return VNULL;
    if (has_times && has_ns) {
        err_raise(t, T_ValueError, "utime: you may specify either 'times' or 'ns' but not both");
        goto failed;
    }
    if (has_times) {
        if (!is_tuple(t, args[1]) || tuple_len(args[1]) != 2) {
            err_raise(t, T_TypeError, "utime: 'times' must be either a tuple of two ints or None");
            goto failed;
        }
        if (!timespec_from_seconds(t, tuple_at(args[1], 0), &times[0]) || !timespec_from_seconds(t, tuple_at(args[1], 1), &times[1])) goto failed;
    }
    if (has_ns) {
        if (!is_tuple(t, args[2]) || tuple_len(args[2]) != 2) {
            err_raise(t, T_TypeError, "utime: 'ns' must be a tuple of two ints");
            goto failed;
        }
        if (!timespec_from_ns(t, tuple_at(args[2], 0), &times[0]) || !timespec_from_ns(t, tuple_at(args[2], 1), &times[1])) goto failed;
    }
    if (!path_no_fd(t, &path, dir, follow, "utime")) goto failed;
    if (path.narrow == NULL) SYSCALL(t, result, futimens(path.fd, times));
    else SYSCALL(t, result, utimensat(dir, path.narrow, times, follow ? 0 : AT_SYMLINK_NOFOLLOW));
    return path_done(t, &path, result);
failed:
    path_drop(t, &path);
    return VNULL;
}

/* --- Device numbers ---------------------------------------------------------------------------- */

static bool device_get(Thread *t, Value v, dev_t *out) {
    uint64_t u;
    if (is_int(t, v) && same(v, v_smallint(-1))) {
        *out = (dev_t)-1;
        return true;
    }
    if (!arg_u64(t, v, &u)) return false;
    *out = u;
    return true;
}
POSIX_FUNCTION(posix_major) {
    dev_t d;
    return device_get(t, args[0], &d) ? id_value(t, major(d)) : VNULL;
}
POSIX_FUNCTION(posix_minor) {
    dev_t d;
    return device_get(t, args[0], &d) ? id_value(t, minor(d)) : VNULL;
}
POSIX_FUNCTION(posix_makedev) {
    uint32_t a = UINT32_MAX, b = UINT32_MAX; /* -1 stands for no device */
    return (same(args[0], v_smallint(-1)) || arg_u32(t, args[0], &a)) && (same(args[1], v_smallint(-1)) || arg_u32(t, args[1], &b)) ? makedev(a, b) == (dev_t)-1 ? v_smallint(-1) : int_from_u64(t, makedev(a, b)) : VNULL;
}

const MethodDef posix_stat_rows[] = {
    {"stat", "($module, /, path, *, dir_fd=None, follow_symlinks=True)", "Perform a stat system call on the given path.", posix_stat},
    {"lstat", "($module, /, path, *, dir_fd=None)", "Perform a stat system call on the given path, without following symbolic links.", posix_lstat},
    {"fstat", "($module, /, fd)", "Perform a stat system call on the given file descriptor.", posix_fstat},
    {"statvfs", "($module, /, path)", "Perform a statvfs system call on the given path.", posix_statvfs},
    {"fstatvfs", "($module, fd, /)", "Perform an fstatvfs system call on the given fd.", posix_fstatvfs},
    {"access", "($module, /, path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)", "Use the real uid/gid to test for access to a path.", posix_access},
    {"chmod", "($module, /, path, mode, *, dir_fd=None, follow_symlinks=(os.name != 'nt'))", "Change the access permissions of a file.", posix_chmod},
    {"fchmod", "($module, /, fd, mode)", "Change the access permissions of the file given by file descriptor fd.", posix_fchmod},
    {"chown", "($module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)", "Change the owner and group id of path to the numeric uid and gid.", posix_chown},
    {"lchown", "($module, /, path, uid, gid)", "Change the owner and group id of path without following symbolic links.", posix_lchown},
    {"fchown", "($module, /, fd, uid, gid)", "Change the owner and group id of the file specified by file descriptor.", posix_fchown},
    {"utime", "($module, /, path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)", "Set the access and modified time of path.", posix_utime},
    {"major", "($module, device, /)", "Extracts a device major number from a raw device number.", posix_major},
    {"minor", "($module, device, /)", "Extracts a device minor number from a raw device number.", posix_minor},
    {"makedev", "($module, major, minor, /)", "Composes a raw device number from the major and minor device numbers.", posix_makedev},
    {0},
};

bool stat_ready(Thread *t, Value module) {
    PosixState *s = module_state(module);
    if (!(s->stat_result = posix_structseq(t, module, "stat_result", &stat_def))) return false;
    s->tuple_new = s->stat_result->slots.new;
    s->stat_result->slots.new = stat_result_new;
    return (s->statvfs_result = posix_structseq(t, module, "statvfs_result", &statvfs_def)) != NULL;
}
