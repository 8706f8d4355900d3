/* posix: names in the file system: making, moving and removing files and directories, listing, the working directory. */
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "modules/posix/posix_priv.h"
#include "modules/sys.h"

/* --- Listing ----------------------------------------------------------------------------------- */

static bool is_dots(const char *name) { return name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0)); }

POSIX_FUNCTION(posix_listdir) {
    Path path;
    if (!path_get(t, args[0], &path, "listdir", "path", PATH_FD | PATH_NULLABLE)) return VNULL;
    if (!sys_audit_event(t, "os.listdir", tuple_of(t, 1, is_null(path.object) ? V_NONE : path.object))) {
        path_drop(t, &path);
        return VNULL;
    }
    DIR *dir = NULL;
    gil_release(t);
    if (path.fd >= 0) {
        int copy = fcntl(path.fd, F_DUPFD_CLOEXEC, 0);
        if (copy >= 0 && (dir = fdopendir(copy)) == NULL) {
            int error = errno;
            close(copy);
            errno = error;
        }
        if (dir) rewinddir(dir);
    } else {
        dir = opendir(path.narrow ? path.narrow : ".");
    }
    int error = errno;
    gil_acquire(t);
    errno = error;
    if (dir == NULL) {
        Value v = path_error(t, &path);
        path_drop(t, &path);
        return v;
    }
    /* The names are read without the GIL, a batch at a time, NUL between them. */
    Value list = list_new(t, 0);
    Buf names = {0};
    bool more = !is_null(list);
    while (more) {
        buf_clear(&names);
        gil_release(t);
        errno = 0;
        int n = 0;
        struct dirent *e = NULL;
        while (n < 512 && (e = readdir(dir)) != NULL) {
            if (is_dots(e->d_name)) continue;
            buf_bytes(&names, e->d_name, strlen(e->d_name) + 1);
            n++;
        }
        error = e == NULL ? errno : 0;
        gil_acquire(t);
        if (names.failed) err_no_memory(t);
        errno = error;
        if (error) path_error(t, &path);
        more = e != NULL;
        if (names.failed || error) {
            decref(t, list);
            list = VNULL;
            break;
        }
        for (const char *p = names.data, *end = p + names.len; p < end;) {
            size_t len = strlen(p);
            Value name = path.is_bytes ? bytes_new(t, p, (int64_t)len) : fs_decode(t, p, (int64_t)len);
            if (is_null(name) || !list_append_take(t, V_AS(List, list), name)) {
                decref(t, list);
                list = VNULL;
                more = false;
                break;
            }
            p += len + 1;
        }
    }
    buf_free(&names);
    ALLOW_THREADS(t, closedir(dir));
    path_drop(t, &path);
    return list;
}

/* --- The working directory --------------------------------------------------------------------- */

static Value working_directory(Thread *t, bool bytes) {
    char small[PATH_MAX], *p;
    gil_release(t);
    p = getcwd(small, sizeof small);
    if (p == NULL && errno == ERANGE) p = getcwd(NULL, 0);
    int error = errno;
    gil_acquire(t);
    errno = error;
    if (p == NULL) return errno_error(t);
    Value v = bytes ? bytes_new(t, p, (int64_t)strlen(p)) : fs_decode(t, p, (int64_t)strlen(p));
    if (p != small) free(p);
    return v;
}
POSIX_FUNCTION(posix_getcwd) { return working_directory(t, false); }
POSIX_FUNCTION(posix_getcwdb) { return working_directory(t, true); }

POSIX_FUNCTION(posix_chdir) {
    Path path;
    int result;
    if (!path_get(t, args[0], &path, "chdir", "path", PATH_FD)) return VNULL;
    if (!sys_audit_event(t, "os.chdir", tuple_of(t, 1, path.object))) {
        path_drop(t, &path);
        return VNULL;
    }
    SYSCALL(t, result, path.narrow ? chdir(path.narrow) : fchdir(path.fd));
    return path_done(t, &path, result);
}
POSIX_FUNCTION(posix_fchdir) {
    int fd, result;
    bool ok = true;
    if (!descriptor_get(t, args[0], &fd)) return VNULL;
    SYSCALL_RETRY(t, result, ok, fchdir(fd));
    return ok ? none_or_errno(t, result) : VNULL;
}
POSIX_FUNCTION(posix_chroot) {
    Path path;
    int result;
    if (!path_get(t, args[0], &path, "chroot", "path", 0)) return VNULL;
    SYSCALL(t, result, chroot(path.narrow));
    return path_done(t, &path, result);
}

/* --- One name ---------------------------------------------------------------------------------- */

/* Audits with the path, a mode (-2: none) and the descriptor of the directory. */
static bool audit_path(Thread *t, const char *event, Path *path, int mode, int dir) {
    Value d = v_smallint(dir == AT_FDCWD ? -1 : dir);
    return sys_audit_event(t, event, mode == -2 ? tuple_of(t, 2, path->object, d) : tuple_of(t, 3, path->object, v_smallint(mode), d));
}

POSIX_FUNCTION(posix_mkdir) {
    Path path;
    int mode = 0777, dir, result;
    if ((!is_null(args[1]) && !arg_i32(t, args[1], &mode)) || !dir_fd_get(t, args[2], &dir)) return VNULL;
    if (!path_get(t, args[0], &path, "mkdir", "path", 0)) return VNULL;
    if (!audit_path(t, "os.mkdir", &path, mode, dir)) {
        path_drop(t, &path);
        return VNULL;
    }
    SYSCALL(t, result, mkdirat(dir, path.narrow, (mode_t)mode));
    return path_done(t, &path, result);
}
static Value do_unlink(Thread *t, const char *function, const char *event, Value *args, int flags) {
    Path path;
    int dir, result;
    if (!dir_fd_get(t, args[1], &dir)) return VNULL;
    if (!path_get(t, args[0], &path, function, "path", 0)) return VNULL;
    if (!audit_path(t, event, &path, -2, dir)) {
        path_drop(t, &path);
        return VNULL;
    }
    SYSCALL(t, result, unlinkat(dir, path.narrow, flags));
    return path_done(t, &path, result);
}
POSIX_FUNCTION(posix_rmdir) { return do_unlink(t, "rmdir", "os.rmdir", args, AT_REMOVEDIR); }
POSIX_FUNCTION(posix_unlink) { return do_unlink(t, "unlink", "os.remove", args, 0); }
POSIX_FUNCTION(posix_remove) { return do_unlink(t, "remove", "os.remove", args, 0); }

POSIX_FUNCTION(posix_mkfifo) {
    Path path;
    int mode = 0666, dir, result;
    bool ok = true;
    if ((!is_null(args[1]) && !arg_i32(t, args[1], &mode)) || !dir_fd_get(t, args[2], &dir)) return VNULL;
    if (!path_get(t, args[0], &path, "mkfifo", "path", 0)) return VNULL;
    SYSCALL_RETRY(t, result, ok, mkfifoat(dir, path.narrow, (mode_t)mode));
    if (ok) return path_done(t, &path, result);
    path_drop(t, &path);
    return VNULL;
}
POSIX_FUNCTION(posix_mknod) {
    Path path;
    int mode = 0600, dir, result;
    uint64_t device = 0;
    bool ok = true;
    if ((!is_null(args[1]) && !arg_i32(t, args[1], &mode)) || (!is_null(args[2]) && !arg_u64(t, args[2], &device)) || !dir_fd_get(t, args[3], &dir)) return VNULL;
    if (!path_get(t, args[0], &path, "mknod", "path", 0)) return VNULL;
    SYSCALL_RETRY(t, result, ok, mknodat(dir, path.narrow, (mode_t)mode, device));
    if (ok) return path_done(t, &path, result);
    path_drop(t, &path);
    return VNULL;
}

POSIX_FUNCTION(posix_readlink) {
    Path path;
    int dir;
    if (!dir_fd_get(t, args[1], &dir)) return VNULL;
    if (!path_get(t, args[0], &path, "readlink", "path", 0)) return VNULL;
    char target[PATH_MAX + 1];
    ssize_t n;
    SYSCALL(t, n, readlinkat(dir, path.narrow, target, PATH_MAX));
    Value v = n < 0 ? path_error(t, &path) : path.is_bytes ? bytes_new(t, target, n) : fs_decode(t, target, n);
    path_drop(t, &path);
    return v;
}

/* --- Two names --------------------------------------------------------------------------------- */

static bool two_paths(Thread *t, Value *args, Path *a, Path *b, const char *function) {
    if (!path_get(t, args[0], a, function, "src", 0)) return false;
    if (path_get(t, args[1], b, function, "dst", 0)) return true;
    path_drop(t, a);
    return false;
}
static Value two_done(Thread *t, Path *a, Path *b, int result) {
    Value v = result < 0 ? path_error2(t, a, b) : V_NONE;
    path_drop(t, a);
    path_drop(t, b);
    return v;
}
static bool audit_two(Thread *t, const char *event, Path *a, Path *b, int from, int to) {
    return sys_audit_event(t, event, tuple_of(t, 4, a->object, b->object, v_smallint(from == AT_FDCWD ? -1 : from), v_smallint(to == AT_FDCWD ? -1 : to)));
}

static Value do_rename(Thread *t, Value *args, const char *function) {
    Path a, b;
    int from, to, result;
    if (!dir_fd_get(t, args[2], &from) || !dir_fd_get(t, args[3], &to) || !two_paths(t, args, &a, &b, function)) return VNULL;
    if (!audit_two(t, "os.rename", &a, &b, from, to)) {
        two_done(t, &a, &b, 0);
        return VNULL;
    }
    SYSCALL(t, result, renameat(from, a.narrow, to, b.narrow));
    return two_done(t, &a, &b, result);
}
POSIX_FUNCTION(posix_rename) { return do_rename(t, args, "rename"); }
POSIX_FUNCTION(posix_replace) { return do_rename(t, args, "replace"); }

POSIX_FUNCTION(posix_link) {
    Path a, b;
    int from, to, result;
    bool follow;
    if (!dir_fd_get(t, args[2], &from) || !dir_fd_get(t, args[3], &to) || !flag_get(t, args[4], true, &follow) || !two_paths(t, args, &a, &b, "link")) return VNULL;
    if (!audit_two(t, "os.link", &a, &b, from, to)) {
        two_done(t, &a, &b, 0);
        return VNULL;
    }
    SYSCALL(t, result, linkat(from, a.narrow, to, b.narrow, follow ? AT_SYMLINK_FOLLOW : 0));
    return two_done(t, &a, &b, result);
}
POSIX_FUNCTION(posix_symlink) {
    Path a, b;
    int dir, result;
    if (!dir_fd_get(t, args[3], &dir) || !two_paths(t, args, &a, &b, "symlink")) return VNULL;
    SYSCALL(t, result, symlinkat(a.narrow, dir, b.narrow));
    return two_done(t, &a, &b, result);
}

const MethodDef posix_directory_rows[] = {
    {"listdir", "($module, /, path=None)", "Return a list containing the names of the files in the directory.", posix_listdir},
    {"getcwd", "($module, /)", "Return a unicode string representing the current working directory.", posix_getcwd},
    {"getcwdb", "($module, /)", "Return a bytes string representing the current working directory.", posix_getcwdb},
    {"chdir", "($module, /, path)", "Change the current working directory to the specified path.", posix_chdir},
    {"fchdir", "($module, /, fd)", "Change to the directory of the given file descriptor.", posix_fchdir},
    {"chroot", "($module, /, path)", "Change root directory to path.", posix_chroot},
    {"mkdir", "($module, /, path, mode=511, *, dir_fd=None)", "Create a directory.", posix_mkdir},
    {"rmdir", "($module, /, path, *, dir_fd=None)", "Remove a directory.", posix_rmdir},
    {"unlink", "($module, /, path, *, dir_fd=None)", "Remove a file (same as remove()).", posix_unlink},
    {"remove", "($module, /, path, *, dir_fd=None)", "Remove a file (same as unlink()).", posix_remove},
    {"mkfifo", "($module, /, path, mode=438, *, dir_fd=None)", "Create a \"fifo\" (a POSIX named pipe).", posix_mkfifo},
    {"mknod", "($module, /, path, mode=384, device=0, *, dir_fd=None)", "Create a node in the file system.", posix_mknod},
    {"readlink", "($module, /, path, *, dir_fd=None)", "Return a string representing the path to which the symbolic link points.", posix_readlink},
    {"rename", "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)", "Rename a file or directory.", posix_rename},
    {"replace", "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)", "Rename a file or directory, overwriting the destination.", posix_replace},
    {"link", "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=(os.name != 'nt'))", "Create a hard link to a file.", posix_link},
    {"symlink", "($module, /, src, dst, target_is_directory=False, *, dir_fd=None)", "Create a symbolic link pointing to src named dst.", posix_symlink},
    {0},
};
