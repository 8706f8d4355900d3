/* The module _multiprocessing: SemLock, a named semaphore that processes share, used as a lock, a recursive lock or a semaphore. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>

#include "modules/module.h"
#include "object/instance.h"

enum SemKind { RECURSIVE_MUTEX, SEMAPHORE };

typedef struct SemLock {
    Object head;
    sem_t *handle;    /* SEM_FAILED: none */
    uint64_t owner;   /* the thread that holds a mutex */
    int32_t count;    /* how often this process holds it */
    int32_t max;
    int32_t kind;
    char *name;       /* raw heap block; NULL: none */
} SemLock;

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)
#define SELF V_AS(SemLock, args[0])

static Value os_error(Thread *t) { return err_raise_errno(t, errno, VNULL, VNULL); }
static bool is_mine(Thread *t, const SemLock *s) { return s->count > 0 && s->owner == t->id; }

/* --- Making ------------------------------------------------------------------------------------------------------------------------------- */

static char *copy_text(Thread *t, const char *text) {
    char *copy = heap_alloc(t, strlen(text) + 1);
    if (copy != NULL) strcpy(copy, text);
    return copy;
}

/* Takes the handle, which is closed on failure. */
static Value semlock_from(Thread *t, Type *type, sem_t *handle, int kind, int max, const char *name) {
    Value v = object_new(t, type);
    if (!is_null(v)) {
        SemLock *s = V_AS(SemLock, v);
        s->handle = handle;
        s->kind = kind;
        s->max = max;
        s->name = name ? copy_text(t, name) : NULL;
        if (name == NULL || s->name != NULL) return object_done(t, v);
        decref(t, v);
        return VNULL;
    }
    sem_close(handle);
    return VNULL;
}

static Value semlock_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value a[5], keep;
    int kind, value, max;
    bool unlink;
    if (!call_bind_signature(t, "SemLock", "(kind, value, maxvalue, name, unlink)", args, nargs, kwnames, a) || !arg_i32(t, a[0], &kind) ||
        !arg_i32(t, a[1], &value) || !arg_i32(t, a[2], &max) || !arg_str(t, a[3], "SemLock", "'name'"))
        return VNULL;
    const char *name = str_cstr(t, a[3], &keep);
    if (name == NULL) return VNULL;
    Value v = VNULL;
    if (!arg_bool(t, a[4], &unlink)) {
        decref_maybe(t, keep);
        return VNULL;
    }
    if (kind != RECURSIVE_MUTEX && kind != SEMAPHORE) {
        err_raise(t, T_ValueError, "unrecognized kind");
    } else {
        sem_t *handle = sem_open(name, O_CREAT | O_EXCL, 0600, (unsigned)value);
        if (handle == SEM_FAILED) {
            os_error(t);
        } else if (unlink && sem_unlink(name) < 0) {
            os_error(t);
            sem_close(handle);
        } else {
            /* An unlinked semaphore has no name any more that another process could open. */
            v = semlock_from(t, type, handle, kind, max, unlink ? NULL : name);
        }
    }
    decref_maybe(t, keep);
    return v;
}

/* In another process: by its name, or (forked) by the handle itself. */
METHOD(m_rebuild) {
    int64_t handle;
    int kind, max;
    Value keep = VNULL;
    const char *name = NULL;
    if (!arg_i64(t, args[1], &handle) || !arg_i32(t, args[2], &kind) || !arg_i32(t, args[3], &max)) return VNULL;
    if (!is_none(args[4])) {
        if (!is_str(t, args[4])) return err_raise(t, T_TypeError, "_rebuild() argument 4 must be str or None, not %T", args[4]);
        name = str_cstr(t, args[4], &keep);
        if (name == NULL) return VNULL;
    }
    sem_t *semaphore = name ? sem_open(name, 0) : (sem_t *)handle;
    Value v = semaphore == SEM_FAILED ? os_error(t) : semlock_from(t, V_AS(Type, args[0]), semaphore, kind, max, name);
    decref_maybe(t, keep);
    return v;
}

static void semlock_destroy(Thread *t, Object *o) {
    SemLock *s = (SemLock *)o;
    if (s->handle != NULL && s->handle != SEM_FAILED) sem_close(s->handle);
}

/* --- Acquiring ------------------------------------------------------------------------------------------------------------------------------ */

/* When a timeout ends. */
static bool deadline_of(Thread *t, Value timeout, struct timespec *out) {
    double seconds;
    if (!arg_double(t, timeout, &seconds)) return false;
    if (!(seconds > 0)) seconds = 0;
    if (clock_gettime(CLOCK_REALTIME, out) < 0) return !is_null(os_error(t));
    if (seconds > 1e9) seconds = 1e9;
    int64_t whole = (int64_t)seconds, ns = out->tv_nsec + (int64_t)(1e9 * (seconds - (double)whole) + 0.5);
    out->tv_sec += whole + ns / 1000000000;
    out->tv_nsec = ns % 1000000000;
    return true;
}

/* Waits without the GIL; signals' handlers run in between. */
static int wait_for(Thread *t, sem_t *handle, const struct timespec *deadline) {
    int status, error;
    do {
        gil_release(t);
        status = deadline ? sem_timedwait(handle, deadline) : sem_wait(handle);
        error = status < 0 ? errno : 0;
        gil_acquire(t);
    } while (status < 0 && error == EINTR && signals_check(t));
    errno = error;
    return status;
}

static Value acquire(Thread *t, SemLock *s, bool block, Value timeout) {
    struct timespec deadline;
    if (s->kind == RECURSIVE_MUTEX && is_mine(t, s)) {
        s->count++;
        return V_TRUE;
    }
    bool timed = !is_null(timeout) && !is_none(timeout);
    if (timed && !deadline_of(t, timeout, &deadline)) return VNULL;
    int status;
    do {
        status = sem_trywait(s->handle);
    } while (status < 0 && errno == EINTR);
    if (status < 0 && errno == EAGAIN && block) status = wait_for(t, s->handle, timed ? &deadline : NULL);
    if (status < 0) {
        if (err_pending(t)) return VNULL;
        return errno == EAGAIN || errno == ETIMEDOUT ? V_FALSE : os_error(t);
    }
    s->count++;
    s->owner = t->id;
    return V_TRUE;
}

METHOD(m_acquire) {
    bool block = true;
    if (!is_null(args[1]) && !arg_bool(t, args[1], &block)) return VNULL;
    return acquire(t, SELF, block, args[2]);
}
METHOD(m_enter) { return acquire(t, SELF, true, VNULL); }

static Value release(Thread *t, SemLock *s) {
    if (s->kind == RECURSIVE_MUTEX) {
        if (!is_mine(t, s)) return err_raise(t, T_AssertionError, "attempt to release recursive lock not owned by thread");
        if (s->count > 1) {
            s->count--;
            return V_NONE;
        }
    } else {
        int value;
        if (sem_getvalue(s->handle, &value) < 0) return os_error(t);
        if (value >= s->max) return err_raise(t, T_ValueError, "semaphore or lock released too many times");
    }
    if (sem_post(s->handle) < 0) return os_error(t);
    s->count--;
    return V_NONE;
}
METHOD(m_release) { return release(t, SELF); }

/* --- Questions -------------------------------------------------------------------------------------------------------------------------------- */

METHOD(m_count) { return v_smallint(SELF->count); }
METHOD(m_is_mine) { return v_bool(is_mine(t, SELF)); }
METHOD(m_after_fork) {
    SELF->count = 0;
    return V_NONE;
}
METHOD(m_get_value) {
    int value;
    if (sem_getvalue(SELF->handle, &value) < 0) return os_error(t);
    return v_smallint(value < 0 ? 0 : value);
}
METHOD(m_is_zero) {
    int value;
    if (sem_getvalue(SELF->handle, &value) < 0) return os_error(t);
    return v_bool(value == 0);
}

static Value get_handle(Thread *t, Value self, void *closure) { return int_from_i64(t, (int64_t)V_AS(SemLock, self)->handle); }
static Value get_name(Thread *t, Value self, void *closure) {
    const char *name = V_AS(SemLock, self)->name;
    return name ? str_from_cstr(t, name) : V_NONE;
}

static const MethodDef methods[] = {
    {"acquire", "($self, /, block=True, timeout=None)", "Acquire the semaphore/lock.", m_acquire},
    {"release", "($self, /)", "Release the semaphore/lock.", m_release},
    {"__enter__", "($self, /)", "Enter the semaphore/lock.", m_enter},
    {"__exit__", "($self, exc_type=None, exc_value=None, exc_tb=None, /)", "Exit the semaphore/lock.", m_release},
    {"_count", "($self, /)", "Num of `acquire()`s minus num of `release()`s for this process.", m_count},
    {"_is_mine", "($self, /)", "Whether the lock is owned by this thread.", m_is_mine},
    {"_get_value", "($self, /)", "Get the value of the semaphore.", m_get_value},
    {"_is_zero", "($self, /)", "Return whether semaphore has value zero.", m_is_zero},
    {"_rebuild", "($type, handle, kind, maxvalue, name, /)", NULL, m_rebuild, MF_CLASS},
    {"_after_fork", "($self, /)", "Rezero the net acquisition count after fork().", m_after_fork},
    {NULL},
};
static const GetSetDef getsets[] = {{"handle", get_handle, NULL, ""}, {"name", get_name, NULL, ""}, {NULL}};
static const MemberDef members[] = {{"kind", MK_INT32, MEMBER_READONLY, offsetof(SemLock, kind), ""},
                                    {"maxvalue", MK_INT32, MEMBER_READONLY, offsetof(SemLock, max), ""},
                                    {NULL}};
static const Field fields[] = {FIELD_BUFFER(SemLock, name)};

static const TypeDef typedef_SemLock = {
    .name = "_multiprocessing.SemLock",
    .doc = "Semaphore/Mutex type",
    .flags = TF_BASE | TF_MODULE_NAME,
    .size = sizeof(SemLock),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .slots = {.new = semlock_make, .destroy = semlock_destroy},
};

static Value fn_sem_unlink(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value keep;
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "sem_unlink() argument must be str, not %T", args[0]);
    const char *name = str_cstr(t, args[0], &keep);
    if (name == NULL) return VNULL;
    int status = sem_unlink(name);
    decref_maybe(t, keep);
    return status < 0 ? os_error(t) : V_NONE;
}

static const MethodDef functions[] = {{"sem_unlink", "($module, name, /)", NULL, fn_sem_unlink}, {NULL}};

static bool exec(Thread *t, Value module) {
    Value flags = dict_new(t);
    if (is_null(flags)) return false;
    if (!dict_set_cstr(t, flags, "HAVE_SEM_OPEN", v_smallint(1)) || !dict_set_cstr(t, flags, "HAVE_SEM_TIMEDWAIT", v_smallint(1))) {
        decref(t, flags);
        return false;
    }
    Type *type = module_add(t, module, "flags", flags) ? module_add_dynamic_type(t, module, &typedef_SemLock, VNULL) : NULL;
    return type != NULL && dict_set_cstr(t, type->dict, "SEM_VALUE_MAX", v_smallint(SEM_VALUE_MAX));
}

const ModuleDef module__multiprocessing = {.name = "_multiprocessing", .functions = functions, .exec = exec};
