/* posix: the environment, the machine and its limits, randomness. */
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <sys/random.h>
#include <sys/times.h>
#include <sys/utsname.h>

#include "core/config.h"
#include "modules/posix/posix_priv.h"
#include "modules/sys.h"

extern char **environ; /* the C library's */

/* --- The environment --------------------------------------------------------------------------- */

static Value make_environ(Thread *t) {
    Value dict = dict_new(t);
    for (char **p = environ; !is_null(dict) && p && *p; p++) {
        const char *equals = strchr(*p, '=');
        if (equals == NULL) continue;
        Value key = bytes_new(t, *p, equals - *p), value = is_null(key) ? VNULL : bytes_from_cstr(t, equals + 1);
        Value there = is_null(value) ? VNULL : dict_setdefault(t, dict, key, value);
        decref_maybe(t, key);
        decref_maybe(t, value);
        if (is_null(there)) {
            decref(t, dict);
            return VNULL;
        }
        decref(t, there);
    }
    return dict;
}
POSIX_FUNCTION(posix_create_environ) { return make_environ(t); }

/* A name or a value as C text; *keep is owned. */
static const char *environment_text(Thread *t, Value v, Value *keep) {
    *keep = VNULL;
    if (is_bytes(t, v)) *keep = new_ref(v);
    else if (is_str(t, v)) *keep = fs_encode(t, v);
    else err_raise(t, T_TypeError, "expected str, bytes or os.PathLike object, not %T", v);
    if (is_null(*keep)) return NULL;
    Bytes *b = V_AS(Bytes, *keep);
    if (memchr(b->data, 0, (size_t)b->length) == NULL) return b->data;
    decref(t, *keep);
    *keep = VNULL;
    err_raise(t, T_ValueError, "embedded null byte");
    return NULL;
}
POSIX_FUNCTION(posix_putenv) {
    Value keep, keep2;
    const char *name = environment_text(t, args[0], &keep);
    if (name == NULL) return VNULL;
    const char *value = environment_text(t, args[1], &keep2);
    Value result = VNULL;
    if (value == NULL) {
    } else if (strchr(name, '=')) {
        err_raise(t, T_ValueError, "illegal environment variable name");
    } else {
        result = none_or_errno(t, setenv(name, value, 1));
    }
    decref(t, keep);
    decref_maybe(t, keep2);
    return result;
}
POSIX_FUNCTION(posix_unsetenv) {
    Value keep;
    const char *name = environment_text(t, args[0], &keep);
    if (name == NULL) return VNULL;
    Value result = none_or_errno(t, unsetenv(name));
    decref(t, keep);
    return result;
}

/* --- The machine ------------------------------------------------------------------------------- */

static const StructSeqField uname_fields[] = {{"sysname", "operating system name"}, {"nodename", "name of machine on network (implementation-defined)"},
                                              {"release", "operating system release"}, {"version", "operating system version"}, {"machine", "hardware identifier"}, {NULL}};
static const StructSeqDef uname_def = {"posix.uname_result", "uname_result: Result from os.uname(), a tuple and attributes.", uname_fields, 5};
static const StructSeqField times_fields[] = {{"user", "user time"}, {"system", "system time"}, {"children_user", "user time of children"},
                                              {"children_system", "system time of children"}, {"elapsed", "elapsed time since an arbitrary point in the past"}, {NULL}};
static const StructSeqDef times_def = {"posix.times_result", "times_result: Result from os.times(), a tuple and attributes.", times_fields, 5};

static Value text(Thread *t, const char *s) { return fs_decode(t, s, (int64_t)strlen(s)); }

POSIX_FUNCTION(posix_uname) {
    struct utsname u;
    if (uname(&u) < 0) return errno_error(t);
    Value v[] = {text(t, u.sysname), text(t, u.nodename), text(t, u.release), text(t, u.version), text(t, u.machine)};
    return structseq_new(t, posix_state(t)->uname_result, v);
}
POSIX_FUNCTION(posix_times) {
    struct tms b;
    clock_t elapsed = times(&b);
    double tick = (double)sysconf(_SC_CLK_TCK);
    if (elapsed == (clock_t)-1) return errno_error(t);
    Value v[] = {float_from_double(t, (double)b.tms_utime / tick), float_from_double(t, (double)b.tms_stime / tick), float_from_double(t, (double)b.tms_cutime / tick),
                 float_from_double(t, (double)b.tms_cstime / tick), float_from_double(t, (double)elapsed / tick)};
    return structseq_new(t, posix_state(t)->times_result, v);
}
POSIX_FUNCTION(posix_cpu_count) {
    long n = t->runtime->config->cpu_count > 0 ? t->runtime->config->cpu_count : sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? V_NONE : v_smallint(n);
}
POSIX_FUNCTION(posix_getloadavg) {
    double load[3];
    if (getloadavg(load, 3) != 3) return err_raise(t, T_OSError, "Load averages are unobtainable");
    Value v[] = {float_from_double(t, load[0]), float_from_double(t, load[1]), float_from_double(t, load[2])};
    return tuple_take(t, v, 3);
}

/* --- Limits ------------------------------------------------------------------------------------ */

/* A name from one of the tables or a number. */
static bool configuration_name(Thread *t, Value v, const char *table, int *out) {
    if (is_int(t, v)) return arg_i32(t, v, out);
    if (!is_str(t, v)) return err_fail(t, T_TypeError, "configuration names must be strings or integers");
    Value modules = t->interp->modules, module = dict_get_cstr(t, modules, "posix");
    Value dict = is_null(module) ? VNULL : attr_get_cstr(t, module, table);
    if (is_null(dict)) return err_pending(t) ? false : err_fail(t, T_ValueError, "unrecognized configuration name");
    Value number = item_get(t, dict, v);
    decref(t, dict);
    if (is_null(number)) return err_catch(t, T_KeyError) && err_fail(t, T_ValueError, "unrecognized configuration name");
    bool ok = arg_i32(t, number, out);
    decref(t, number);
    return ok;
}
POSIX_FUNCTION(posix_sysconf) {
    int name;
    if (!configuration_name(t, args[0], "sysconf_names", &name)) return VNULL;
    errno = 0;
    long v = sysconf(name);
    return v == -1 && errno ? errno_error(t) : int_from_i64(t, v);
}
POSIX_FUNCTION(posix_confstr) {
    int name;
    char small[255];
    if (!configuration_name(t, args[0], "confstr_names", &name)) return VNULL;
    errno = 0;
    size_t n = confstr(name, small, sizeof small);
    if (n == 0) return errno ? errno_error(t) : V_NONE;
    if (n <= sizeof small) return fs_decode(t, small, (int64_t)n - 1);
    char *large = heap_alloc(t, n);
    if (large == NULL) return VNULL;
    confstr(name, large, n);
    Value v = fs_decode(t, large, (int64_t)n - 1);
    heap_free(t, large);
    return v;
}
POSIX_FUNCTION(posix_fpathconf) {
    int fd, name;
    if (!descriptor_get(t, args[0], &fd) || !configuration_name(t, args[1], "pathconf_names", &name)) return VNULL;
    errno = 0;
    long v = fpathconf(fd, name);
    return v == -1 && errno ? errno_error(t) : int_from_i64(t, v);
}
POSIX_FUNCTION(posix_pathconf) {
    Path path;
    int name;
    if (!configuration_name(t, args[1], "pathconf_names", &name) || !path_get(t, args[0], &path, "pathconf", "path", PATH_FD)) return VNULL;
    errno = 0;
    long v;
    SYSCALL(t, v, path.narrow ? pathconf(path.narrow, name) : fpathconf(path.fd, name));
    Value result = v == -1 && errno ? path_error(t, &path) : int_from_i64(t, v);
    path_drop(t, &path);
    return result;
}
POSIX_FUNCTION(posix_strerror) {
    int code;
    char buffer[256];
    return arg_i32(t, args[0], &code) ? text(t, strerror_r(code, buffer, sizeof buffer)) : VNULL;
}

/* --- Randomness -------------------------------------------------------------------------------- */

POSIX_FUNCTION(posix_urandom) {
    int64_t size;
    if (!arg_i64(t, args[0], &size)) return VNULL;
    if (size < 0) return err_raise(t, T_ValueError, "negative argument not allowed");
    if (size == 0) return new_ref(t->interp->empty_bytes);
    char one;
    Value bytes = size == 1 ? VNULL : bytes_new(t, NULL, size);
    if (size > 1 && is_null(bytes)) return VNULL;
    char *p = size == 1 ? &one : V_AS(Bytes, bytes)->data;
    for (int64_t at = 0; at < size;) {
        ssize_t n;
        bool ok = true;
        SYSCALL_RETRY(t, n, ok, getrandom(p + at, (size_t)(size - at), 0));
        if (n < 0) {
            decref_maybe(t, bytes);
            return ok ? errno_error(t) : VNULL;
        }
        at += n;
    }
    return size == 1 ? bytes_new(t, &one, 1) : bytes;
}
POSIX_FUNCTION(posix_getrandom) {
    int64_t size;
    int flags = 0;
    bool ok = true;
    ssize_t n;
    if (!arg_i64(t, args[0], &size) || (!is_null(args[1]) && !arg_i32(t, args[1], &flags))) return VNULL;
    if (size < 0) {
        errno = EINVAL;
        return errno_error(t);
    }
    if (size < 2) {
        char small[2];
        SYSCALL_RETRY(t, n, ok, getrandom(small, (size_t)size, (unsigned)flags));
        return !ok ? VNULL : n < 0 ? errno_error(t) : bytes_new(t, small, n);
    }
    Value bytes = bytes_new(t, NULL, size);
    if (is_null(bytes)) return VNULL;
    SYSCALL_RETRY(t, n, ok, getrandom(V_AS(Bytes, bytes)->data, (size_t)size, (unsigned)flags));
    if (ok && n >= 0) return n == size ? bytes : bytes_resize(t, bytes, n);
    decref(t, bytes);
    return ok ? errno_error(t) : VNULL;
}

const MethodDef posix_system_rows[] = {
    {"_create_environ", "($module, /)", "Create the environment dictionary.", posix_create_environ},
    {"putenv", "($module, name, value, /)", "Change or add an environment variable.", posix_putenv},
    {"unsetenv", "($module, name, /)", "Delete an environment variable.", posix_unsetenv},
    {"uname", "($module, /)", "Return an object identifying the current operating system.", posix_uname},
    {"times", "($module, /)", "Return a collection containing process timing information.", posix_times},
    {"cpu_count", "($module, /)", "Return the number of logical CPUs in the system.", posix_cpu_count},
    {"getloadavg", "($module, /)", "Return average recent system load information.", posix_getloadavg},
    {"sysconf", "($module, name, /)", "Return an integer-valued system configuration variable.", posix_sysconf},
    {"confstr", "($module, name, /)", "Return a string-valued system configuration variable.", posix_confstr},
    {"fpathconf", "($module, fd, name, /)", "Return the configuration limit name for the file descriptor fd.", posix_fpathconf},
    {"pathconf", "($module, /, path, name)", "Return the configuration limit name for the file or directory path.", posix_pathconf},
    {"strerror", "($module, code, /)", "Translate an error code to a message string.", posix_strerror},
    {"urandom", "($module, size, /)", "Return a bytes object containing random bytes suitable for cryptographic use.", posix_urandom},
    {"getrandom", "($module, /, size, flags=0)", "Obtain a series of random bytes.", posix_getrandom},
    {0},
};

bool system_ready(Thread *t, Value module) {
    PosixState *s = module_state(module);
    return module_add(t, module, "environ", make_environ(t)) && (s->uname_result = posix_structseq(t, module, "uname_result", &uname_def)) &&
           (s->times_result = posix_structseq(t, module, "times_result", &times_def));
}
