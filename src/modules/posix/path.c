/* posix: path and descriptor arguments, and work on the text of paths. */
#include <stdlib.h>
#include <string.h>

#include "modules/posix/posix_priv.h"
#include "object/buffer.h"
#include "ops/warn.h"

/* --- Arguments --------------------------------------------------------------------------------- */

static Value call_and_drop(Thread *t, Value method) {
    Value v = call_0(t, method);
    decref(t, method);
    return v;
}
/* v.__fspath__(); a class that sets it to None has none. */
static Value call_fspath(Thread *t, Value v, bool *found) {
    Value method = lookup_special(t, v, N(t, __fspath__));
    *found = !is_null(method) && !is_none(method);
    return *found ? call_and_drop(t, method) : VNULL;
}
Value path_fspath(Thread *t, Value v) {
    if (is_str(t, v) || is_bytes(t, v)) return new_ref(v);
    bool found;
    Value result = call_fspath(t, v, &found);
    if (is_null(result)) {
        if (!found && !err_pending(t)) return err_raise(t, T_TypeError, "expected str, bytes or os.PathLike object, not %T", v);
        return VNULL;
    }
    if (is_str(t, result) || is_bytes(t, result)) return result;
    err_raise(t, T_TypeError, "expected %T.__fspath__() to return str or bytes, not %T", v, result);
    decref(t, result);
    return VNULL;
}

static bool fd_get(Thread *t, Value v, int *fd) {
    if (is_bool(v) && !warn(t, T_RuntimeWarning, 1, "bool is used as a file descriptor")) return false;
    Value index = number_index(t, v);
    if (is_null(index)) return false;
    int64_t wide = int_clamp_i64(index);
    decref(t, index);
    if (wide > INT32_MAX) return err_fail(t, T_OverflowError, "fd is greater than maximum");
    if (wide < INT32_MIN) return err_fail(t, T_OverflowError, "fd is less than minimum");
    *fd = (int)wide;
    return true;
}

static bool path_type_error(Thread *t, Value v, const char *function, const char *argument, int flags) {
    const char *kinds = flags & PATH_FD ? flags & PATH_NULLABLE ? "string, bytes, os.PathLike, integer or None" : "string, bytes, os.PathLike or integer"
                        : flags & PATH_NULLABLE ? "string, bytes, os.PathLike or None" : "string, bytes or os.PathLike";
    return err_fail(t, T_TypeError, "%s: %s should be %s, not %T", function, argument, kinds, v);
}

bool path_get(Thread *t, Value v, Path *path, const char *function, const char *argument, int flags) {
    *path = (Path){.fd = -1};
    if ((is_null(v) || is_none(v)) && flags & PATH_NULLABLE) return true;
    if (!is_str(t, v) && !is_bytes(t, v)) {
        if (flags & PATH_FD && has_index(t, v)) {
            if (!fd_get(t, v, &path->fd)) return false;
            path->object = new_ref(v);
            return true;
        }
        bool found;
        Value result = call_fspath(t, v, &found);
        if (is_null(result)) {
            if (!found && !err_pending(t)) return path_type_error(t, v, function, argument, flags);
            return false;
        }
        if (!is_str(t, result) && !is_bytes(t, result)) {
            err_raise(t, T_TypeError, "expected %T.__fspath__() to return str or bytes, not %T", v, result);
            decref(t, result);
            return false;
        }
        path->object = result;
    } else {
        path->object = new_ref(v);
    }
    Value o = path->object;
    if (is_bytes(t, o)) {
        path->is_bytes = true;
        path->narrow = V_AS(Bytes, o)->data;
        path->length = V_AS(Bytes, o)->length;
    } else if (str_is_ascii(V_AS(Str, o))) {
        path->narrow = (const char *)str_1(V_AS(Str, o));
        path->length = str_len(V_AS(Str, o));
    } else {
        path->keep = flags & PATH_TEXT ? t->hooks->encode(t, o, "utf-8", "surrogatepass") : fs_encode(t, o);
        if (is_null(path->keep)) {
            path_drop(t, path);
            return false;
        }
        path->narrow = V_AS(Bytes, path->keep)->data;
        path->length = V_AS(Bytes, path->keep)->length;
    }
    if (!(flags & PATH_TEXT) && memchr(path->narrow, 0, (size_t)path->length)) {
        path_drop(t, path);
        return err_fail(t, T_ValueError, "%s: embedded null character in %s", function, argument);
    }
    return true;
}

void path_drop(Thread *t, Path *path) {
    decref_maybe(t, path->object);
    decref_maybe(t, path->keep);
    path->object = path->keep = VNULL;
}

Value path_error(Thread *t, Path *path) { return err_raise_errno(t, errno, path->object, VNULL); }
Value path_error2(Thread *t, Path *a, Path *b) { return err_raise_errno(t, errno, a->object, b->object); }

Value path_done(Thread *t, Path *path, int result) {
    Value v = result < 0 ? path_error(t, path) : V_NONE;
    path_drop(t, path);
    return v;
}

bool path_no_fd(Thread *t, const Path *path, int dir_fd, bool follow, const char *function) {
    if (path->narrow == NULL && dir_fd != AT_FDCWD) return err_fail(t, T_ValueError, "%s: can't specify dir_fd without matching path", function);
    if (path->fd >= 0 && dir_fd != AT_FDCWD) return err_fail(t, T_ValueError, "%s: can't specify both dir_fd and fd", function);
    if (path->fd >= 0 && !follow) return err_fail(t, T_ValueError, "%s: cannot use fd and follow_symlinks together", function);
    return true;
}

bool dir_fd_get(Thread *t, Value v, int *fd) {
    *fd = AT_FDCWD;
    if (is_null(v) || is_none(v)) return true;
    if (!has_index(t, v)) return err_fail(t, T_TypeError, "argument should be integer or None, not %T", v);
    return fd_get(t, v, fd);
}

bool descriptor_get(Thread *t, Value v, int *fd) {
    if (is_int(t, v)) {
        if (is_bool(v) && !warn(t, T_RuntimeWarning, 1, "bool is used as a file descriptor")) return false;
        if (!arg_i32(t, v, fd)) return false;
    } else {
        Value method = attr_get_maybe(t, v, N(t, fileno));
        if (is_null(method)) return err_pending(t) ? false : err_fail(t, T_TypeError, "argument must be an int, or have a fileno() method.");
        Value result = call_0(t, method);
        decref(t, method);
        if (is_null(result)) return false;
        bool ok = is_int(t, result) ? arg_i32(t, result, fd) : err_fail(t, T_TypeError, "fileno() returned a non-integer");
        decref(t, result);
        if (!ok) return false;
    }
    if (*fd < 0) return err_fail(t, T_ValueError, "file descriptor cannot be a negative integer (%d)", *fd);
    return true;
}

bool flag_get(Thread *t, Value v, bool missing, bool *out) {
    *out = missing;
    return is_null(v) || arg_bool(t, v, out);
}

/* --- Work on the text -------------------------------------------------------------------------- */

POSIX_FUNCTION(posix_fspath) { return path_fspath(t, args[0]); }

/* The number of leading slashes that make the root: two stay two, any other number is one. */
static int64_t root_length(const char *p, int64_t n) {
    if (n == 0 || p[0] != '/') return 0;
    return n >= 2 && p[1] == '/' && (n < 3 || p[2] != '/') ? 2 : 1;
}

static Value part(Thread *t, const Path *path, const char *data, int64_t n) {
    return path->is_bytes ? bytes_new(t, data, n) : str_from_utf8_surrogatepass(t, data, n);
}

POSIX_FUNCTION(posix_splitroot) {
    Path path;
    if (!path_get(t, args[0], &path, "_path_splitroot_ex", "path", PATH_TEXT)) return VNULL;
    int64_t root = root_length(path.narrow, path.length);
    Value items[] = {part(t, &path, "", 0), part(t, &path, path.narrow, root), VNULL};
    items[2] = root == 0 && (IS_EXACT(path.object, str) || IS_EXACT(path.object, bytes)) ? new_ref(path.object) : part(t, &path, path.narrow + root, path.length - root);
    path_drop(t, &path);
    return tuple_take(t, items, 3);
}

/* Without empty parts and dots, and without `x/..`. `out` has room for the text and one more. Answers the length. */
static int64_t normalise(const char *p, int64_t n, char *out) {
    int64_t root = root_length(p, n), at = root, i = root;
    memcpy(out, p, (size_t)root);
    while (i < n) {
        if (p[i] == '/') {
            i++;
            continue;
        }
        const char *end = memchr(p + i, '/', (size_t)(n - i));
        int64_t len = end ? end - (p + i) : n - i;
        if (len == 2 && p[i] == '.' && p[i + 1] == '.') {
            int64_t last = at;
            while (last > root && out[last - 1] != '/') last--;
            bool has_part = at > root, part_is_up = at - last == 2 && out[last] == '.' && out[last + 1] == '.';
            if (has_part && !part_is_up) {
                at = last > root ? last - 1 : root;
                i += len;
                continue;
            }
            if (!has_part && root > 0) { /* above the root there is the root */
                i += len;
                continue;
            }
        } else if (len == 1 && p[i] == '.') {
            i += len;
            continue;
        }
        if (at > root) out[at++] = '/';
        memmove(out + at, p + i, (size_t)len);
        at += len;
        i += len;
    }
    if (at == 0) out[at++] = '.';
    return at;
}

POSIX_FUNCTION(posix_normpath) {
    Path path;
    if (!path_get(t, args[0], &path, "_path_normpath", "path", PATH_TEXT)) return VNULL;
    char small[512], *out = path.length < (int64_t)sizeof small ? small : heap_alloc(t, (size_t)path.length + 1);
    Value result = VNULL;
    if (out != NULL) {
        int64_t n = normalise(path.narrow, path.length, out);
        bool unchanged = n == path.length && (IS_EXACT(path.object, str) || IS_EXACT(path.object, bytes)) && memcmp(out, path.narrow, (size_t)n) == 0;
        result = unchanged ? new_ref(path.object) : part(t, &path, out, n);
        if (out != small) heap_free(t, out);
    }
    path_drop(t, &path);
    return result;
}

const MethodDef posix_path_rows[] = {
    {"fspath", "($module, /, path)", "Return the file system path representation of the object.\n\nA str or bytes object is returned as it is; otherwise __fspath__() gives it.", posix_fspath},
    {"_path_splitroot_ex", "($module, /, p)", "Split a pathname into drive, root and tail.", posix_splitroot},
    {"_path_normpath", "($module, /, path)", "Normalize path, eliminating double slashes, etc.", posix_normpath},
    {0},
};
