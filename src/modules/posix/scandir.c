/* posix.scandir: entries of a directory one by one, with what the directory itself tells of them. */
#include <dirent.h>
#include <string.h>

#include "modules/posix/posix_priv.h"
#include "modules/sys.h"
#include "modules/warnings.h"
#include "object/instance.h"
#include "types/generic_alias.h"

typedef struct DirEntry {
    Object head;
    Value name, path;
    Value stat, lstat; /* cached, VNULL: not asked yet */
    int dir_fd;        /* of the scan by descriptor; AT_FDCWD: `path` is to be used */
    uint8_t d_type;
    bool own_descriptor;
    uint64_t inode;
} DirEntry;

typedef struct ScandirIterator {
    Object head;
    Value path;     /* as it was given, fspath'd; VNULL: the working directory */
    DIR *dir;       /* NULL: at its end, or closed */
    int fd;         /* -1: by path */
    bool is_bytes;
    void *ext;
} ScandirIterator;

/* --- DirEntry ---------------------------------------------------------------------------------- */

static Value entry_fetch(Thread *t, DirEntry *e, bool follow) {
    struct stat st;
    int result;
    Value keep = VNULL, bytes = VNULL;
    Value name = e->dir_fd == AT_FDCWD ? e->path : e->name;
    if (is_str(t, name)) {
        keep = fs_encode(t, name);
        if (is_null(keep)) return VNULL;
        bytes = keep;
    } else {
        bytes = name;
    }
    SYSCALL(t, result, fstatat(e->dir_fd, V_AS(Bytes, bytes)->data, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW));
    Value v = result < 0 ? err_raise_errno(t, errno, e->path, VNULL) : stat_value(t, &st);
    decref_maybe(t, keep);
    return v;
}

static Value entry_lstat(Thread *t, DirEntry *e) { /* borrowed */
    if (is_null(e->lstat)) slot_set(t, &e->lstat, entry_fetch(t, e, false));
    return e->lstat;
}

/* 1, 0, -1: whether the entry itself is a symbolic link. */
static int entry_is_link(Thread *t, DirEntry *e) {
    if (e->d_type != DT_UNKNOWN) return e->d_type == DT_LNK;
    Value st = entry_lstat(t, e);
    if (is_null(st)) return err_catch(t, T_FileNotFoundError) ? 0 : -1;
    return (smallint_get(tuple_at(st, 0)) & S_IFMT) == S_IFLNK;
}

static Value entry_stat_of(Thread *t, DirEntry *e, bool follow) { /* borrowed */
    if (!follow) return entry_lstat(t, e);
    if (is_null(e->stat)) {
        int link = entry_is_link(t, e);
        if (link < 0) return VNULL;
        Value v = link ? entry_fetch(t, e, true) : new_ref_maybe(entry_lstat(t, e));
        slot_set(t, &e->stat, v);
    }
    return e->stat;
}

static Value entry_has_mode(Thread *t, Value *args, mode_t mode, int d_type) {
    DirEntry *e = V_AS(DirEntry, args[0]);
    bool follow;
    if (!flag_get(t, args[1], true, &follow)) return VNULL;
    bool is_link = e->d_type == DT_LNK;
    if (e->d_type != DT_UNKNOWN && !(is_link && follow)) return v_bool(e->d_type == d_type);
    Value st = entry_stat_of(t, e, follow);
    if (is_null(st)) return err_catch(t, T_FileNotFoundError) ? V_FALSE : VNULL;
    return v_bool((smallint_get(tuple_at(st, 0)) & S_IFMT) == mode);
}
POSIX_FUNCTION(entry_is_dir) { return entry_has_mode(t, args, S_IFDIR, DT_DIR); }
POSIX_FUNCTION(entry_is_file) { return entry_has_mode(t, args, S_IFREG, DT_REG); }
POSIX_FUNCTION(entry_is_symlink) {
    int link = entry_is_link(t, V_AS(DirEntry, args[0]));
    return link < 0 ? VNULL : v_bool(link);
}
POSIX_FUNCTION(entry_is_junction) { return V_FALSE; }
POSIX_FUNCTION(entry_stat) {
    bool follow;
    return flag_get(t, args[1], true, &follow) ? new_ref_maybe(entry_stat_of(t, V_AS(DirEntry, args[0]), follow)) : VNULL;
}
POSIX_FUNCTION(entry_inode) { return int_from_u64(t, V_AS(DirEntry, args[0])->inode); }
POSIX_FUNCTION(entry_fspath) { return new_ref(V_AS(DirEntry, args[0])->path); }
static Value entry_repr(Thread *t, Value self) { return str_format(t, "<DirEntry %R>", V_AS(DirEntry, self)->name); }

static const MethodDef entry_methods[] = {
    {"is_dir", "($self, /, *, follow_symlinks=True)", "Return True if the entry is a directory; cached per entry.", entry_is_dir},
    {"is_file", "($self, /, *, follow_symlinks=True)", "Return True if the entry is a file; cached per entry.", entry_is_file},
    {"is_symlink", "($self, /)", "Return True if the entry is a symbolic link; cached per entry.", entry_is_symlink},
    {"is_junction", "($self, /)", "Return True if the entry is a junction; cached per entry.", entry_is_junction},
    {"stat", "($self, /, *, follow_symlinks=True)", "Return stat_result object for the entry; cached per entry.", entry_stat},
    {"inode", "($self, /)", "Return inode of the entry; cached per entry.", entry_inode},
    {"__fspath__", "($self, /)", "Returns the path for the entry.", entry_fspath},
    {"__class_getitem__", "($type, object, /)", "See PEP 585", generic_alias_class_getitem, MF_CLASS},
    {0},
};
static const MemberDef entry_members[] = {
    {"name", MK_VALUE, MEMBER_READONLY, offsetof(DirEntry, name), "the entry's base filename, relative to scandir() \"path\" argument"},
    {"path", MK_VALUE, MEMBER_READONLY, offsetof(DirEntry, path), "the entry's full path name; equivalent to os.path.join(scandir_path, entry.name)"},
    {0},
};
static const Field entry_fields[] = {FIELD_VALUE(DirEntry, name), FIELD_VALUE(DirEntry, path), FIELD_VALUE(DirEntry, stat), FIELD_VALUE(DirEntry, lstat)};
const TypeDef typedef_DirEntry = {
    .name = "posix.DirEntry",
    .flags = TF_NO_NEW,
    .size = sizeof(DirEntry),
    FIELDS(entry_fields),
    .methods = entry_methods,
    .members = entry_members,
    .slots = {.repr = entry_repr},
};

/* --- The iterator ------------------------------------------------------------------------------ */

static void scan_close(Thread *t, ScandirIterator *s) {
    DIR *dir = s->dir;
    if (dir == NULL) return;
    s->dir = NULL;
    gil_release(t);
    if (s->fd >= 0) rewinddir(dir);
    closedir(dir);
    gil_acquire(t);
}

/* path, a slash where there is none, and the name; owned. */
static Value join(Thread *t, ScandirIterator *s, const char *name, size_t n) {
    if (is_null(s->path)) return s->is_bytes ? bytes_new(t, name, (int64_t)n) : fs_decode(t, name, (int64_t)n);
    if (s->is_bytes) {
        Bytes *dir = V_AS(Bytes, s->path);
        bool slash = dir->length > 0 && dir->data[dir->length - 1] != '/';
        Value v = bytes_new(t, NULL, dir->length + slash + (int64_t)n);
        if (is_null(v)) return v;
        char *p = V_AS(Bytes, v)->data;
        memcpy(p, dir->data, (size_t)dir->length);
        if (slash) p[dir->length] = '/';
        memcpy(p + dir->length + slash, name, n);
        return v;
    }
    Value text = fs_decode(t, name, (int64_t)n);
    if (is_null(text)) return text;
    Str *dir = V_AS(Str, s->path);
    bool slash = str_len(dir) > 0 && str_at(dir, str_len(dir) - 1) != '/';
    Value v = str_format(t, slash ? "%U/%U" : "%U%U", s->path, text);
    decref(t, text);
    return v;
}

static Value entry_new(Thread *t, ScandirIterator *s, const struct dirent *d) {
    size_t n = strlen(d->d_name);
    Value v = object_new(t, builtin_type(t, T_DirEntry));
    if (is_null(v)) return v;
    DirEntry *e = V_AS(DirEntry, v);
    e->dir_fd = s->fd >= 0 ? s->fd : AT_FDCWD;
    e->d_type = d->d_type;
    e->inode = d->d_ino;
    e->name = s->is_bytes ? bytes_new(t, d->d_name, (int64_t)n) : fs_decode(t, d->d_name, (int64_t)n);
    if (!is_null(e->name)) e->path = s->fd >= 0 ? new_ref(e->name) : join(t, s, d->d_name, n);
    if (!is_null(e->name) && !is_null(e->path)) return object_done(t, v);
    decref(t, v);
    return VNULL;
}

static Value scan_next(Thread *t, Value self) {
    ScandirIterator *s = V_AS(ScandirIterator, self);
    while (s->dir) {
        struct dirent *d;
        errno = 0;
        SYSCALL(t, d, readdir(s->dir));
        if (d == NULL) {
            if (errno) err_raise_errno(t, errno, s->path, VNULL);
            scan_close(t, s);
            return VNULL;
        }
        const char *n = d->d_name;
        if (n[0] == '.' && (n[1] == 0 || (n[1] == '.' && n[2] == 0))) continue;
        Value entry = entry_new(t, s, d);
        if (is_null(entry)) scan_close(t, s);
        return entry;
    }
    return VNULL;
}

static Value scan_iter(Thread *t, Value self) { return new_ref(self); }
POSIX_FUNCTION(scan_m_close) {
    scan_close(t, V_AS(ScandirIterator, args[0]));
    return V_NONE;
}
POSIX_FUNCTION(scan_enter) { return new_ref(args[0]); }
POSIX_FUNCTION(scan_exit) {
    scan_close(t, V_AS(ScandirIterator, args[0]));
    return V_NONE;
}
static void scan_finalize(Thread *t, Value self) {
    ScandirIterator *s = V_AS(ScandirIterator, self);
    if (s->dir == NULL) return;
    Value pending = err_fetch(t);
    if (!warnings_unclosed(t, self, "unclosed scandir iterator %R")) {
        if (err_is(t, T_Warning)) err_unraisable(t, NULL, self);
        else err_clear(t);
    }
    scan_close(t, s);
    err_restore(t, pending);
}
static void scan_destroy(Thread *t, Object *self) { scan_close(t, (ScandirIterator *)self); }

static const MethodDef scan_methods[] = {
    {"__enter__", "($self, /)", NULL, scan_enter},
    {"__exit__", "($self, /, *args)", NULL, scan_exit},
    {"close", "($self, /)", NULL, scan_m_close},
    {0},
};
static const Field scan_fields[] = {FIELD_VALUE(ScandirIterator, path)};
const TypeDef typedef_ScandirIterator = {
    .name = "posix.ScandirIterator",
    .flags = TF_NO_NEW | TF_FINALIZE,
    .size = sizeof(ScandirIterator),
    FIELDS(scan_fields),
    .methods = scan_methods,
    .slots = {.iter = scan_iter, .next = scan_next, .finalize = scan_finalize, .destroy = scan_destroy},
};

POSIX_FUNCTION(posix_scandir) {
    Path path;
    if (!path_get(t, args[0], &path, "scandir", "path", PATH_FD | PATH_NULLABLE)) return VNULL;
    Value v = VNULL;
    if (!sys_audit_event(t, "os.scandir", tuple_of(t, 1, is_null(path.object) ? V_NONE : path.object))) goto done;
    v = object_new(t, builtin_type(t, T_ScandirIterator));
    if (is_null(v)) goto done;
    ScandirIterator *s = V_AS(ScandirIterator, v);
    s->fd = path.fd;
    s->is_bytes = path.is_bytes;
    s->path = path.fd >= 0 ? VNULL : new_ref_maybe(path.object);
    if (is_null(s->path) && path.fd < 0) s->path = str_from_cstr(t, ".");
    gil_release(t);
    if (path.fd >= 0) {
        int copy = fcntl(path.fd, F_DUPFD_CLOEXEC, 0);
        if (copy >= 0 && (s->dir = fdopendir(copy)) == NULL) close(copy);
        if (s->dir) rewinddir(s->dir);
    } else {
        s->dir = opendir(path.narrow ? path.narrow : ".");
    }
    int error = errno;
    gil_acquire(t);
    if (s->dir == NULL) {
        decref(t, v);
        errno = error;
        v = path_error(t, &path);
    } else {
        v = object_done(t, v);
    }
done:
    path_drop(t, &path);
    return v;
}

bool scandir_ready(Thread *t, Value module) {
    if (!module_add_type(t, module, T_DirEntry, &typedef_DirEntry)) return false;
    return builtin_type(t, T_ScandirIterator) != NULL || type_boot(t, T_ScandirIterator, T_object, &typedef_ScandirIterator);
}

const MethodDef posix_scandir_rows[] = {
    {"scandir", "($module, /, path=None)", "Return an iterator of DirEntry objects for given path.", posix_scandir},
    {0},
};
