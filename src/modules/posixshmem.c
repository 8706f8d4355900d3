/* The module _posixshmem: shared memory objects by name. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "modules/module.h"

/* The path as UTF-8 of one of our own, in *keep or in the str; NULL: exception. */
static const char *path_argument(Thread *t, Value v, const char *what, Value *keep) {
    if (is_str(t, v)) return str_cstr(t, v, keep);
    err_raise(t, T_TypeError, "%s must be str, not %T", what, v);
    return NULL;
}

/* After a call was interrupted: false: a signal's handler raised. */
static bool again(Thread *t, int status) { return status < 0 && errno == EINTR && signals_check(t); }

static Value shm_open_(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int flags, mode = 0777, fd;
    Value keep;
    const char *path = path_argument(t, args[0], "shm_open() argument 1", &keep);
    if (path == NULL) return VNULL;
    if (!arg_i32(t, args[1], &flags) || (!is_null(args[2]) && !arg_i32(t, args[2], &mode))) {
        decref_maybe(t, keep);
        return VNULL;
    }
    do {
        ALLOW_THREADS(t, fd = shm_open(path, flags, (mode_t)mode));
    } while (again(t, fd));
    decref_maybe(t, keep);
    if (fd >= 0) return v_smallint(fd);
    return err_pending(t) ? VNULL : err_raise_errno(t, errno, args[0], VNULL);
}

static Value shm_unlink_(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int status;
    Value keep;
    const char *path = path_argument(t, args[0], "shm_unlink() argument", &keep);
    if (path == NULL) return VNULL;
    do {
        ALLOW_THREADS(t, status = shm_unlink(path));
    } while (again(t, status));
    decref_maybe(t, keep);
    if (status == 0) return V_NONE;
    return err_pending(t) ? VNULL : err_raise_errno(t, errno, args[0], VNULL);
}

static const MethodDef functions[] = {
    {"shm_open", "($module, /, path, flags, mode=511)", "Open a shared memory object.  Returns a file descriptor (integer).", shm_open_},
    {"shm_unlink", "($module, path, /)",
     "Remove a shared memory object (similar to unlink()).\n\nRemove a shared memory object name, and, once all processes have\nunmapped the object, "
     "de-allocates and destroys the contents of the\nassociated memory region.", shm_unlink_},
    {NULL},
};

const ModuleDef module__posixshmem = {.name = "_posixshmem", .doc = "POSIX shared memory module", .functions = functions};
