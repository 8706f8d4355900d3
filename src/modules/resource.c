/* The module resource: limits and usage of the process. */
#include <errno.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "modules/module.h"
#include "object/exception.h"

typedef struct ResourceState { Type *rusage; } ResourceState;

static bool which(Thread *t, Value v, int32_t *resource) {
    if (!arg_i32(t, v, resource)) return false;
    return (*resource >= 0 && *resource < RLIM_NLIMITS) || err_fail(t, T_ValueError, "invalid resource specified");
}

static Value os_error(Thread *t) { return err_raise_errno(t, errno, VNULL, VNULL); }

static Value limit_value(Thread *t, rlim_t n) { return n == RLIM_INFINITY ? v_smallint(-1) : int_from_u64(t, n); }

static Value limits_value(Thread *t, const struct rlimit *l) {
    return tuple_of(t, 2, limit_value(t, l->rlim_cur), limit_value(t, l->rlim_max));
}

static bool limit_argument(Thread *t, Value v, rlim_t *out) {
    Value n = number_index(t, v);
    if (is_null(n)) return false;
    bool ok = true;
    uint64_t u;
    if (int_sign(n) < 0) {
        *out = RLIM_INFINITY;
        ok = same(n, v_smallint(-1)) || err_fail(t, T_ValueError, "Cannot convert negative int");
    } else if (int_to_u64(t, n, &u)) {
        *out = u;
    } else {
        err_clear(t);
        ok = err_fail(t, T_OverflowError, "Python int too large to convert to C rlim_t");
    }
    decref(t, n);
    return ok;
}

static bool limits_argument(Thread *t, Value v, struct rlimit *out) {
    Value pair = tuple_from_iterable(t, v);
    if (is_null(pair)) return false;
    bool ok = tuple_len(pair) == 2 ? limit_argument(t, tuple_at(pair, 0), &out->rlim_cur) && limit_argument(t, tuple_at(pair, 1), &out->rlim_max)
                                   : err_fail(t, T_ValueError, "expected a tuple of 2 integers");
    decref(t, pair);
    return ok;
}

static Value set_error(Thread *t) {
    if (errno == EINVAL) return err_raise(t, T_ValueError, "current limit exceeds maximum limit");
    if (errno == EPERM) return err_raise(t, T_ValueError, "not allowed to raise maximum limit");
    return os_error(t);
}

static Value resource_getrlimit(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t resource;
    struct rlimit l;
    if (!which(t, args[0], &resource)) return VNULL;
    return getrlimit((__rlimit_resource_t)resource, &l) ? os_error(t) : limits_value(t, &l);
}

static Value resource_setrlimit(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t resource;
    struct rlimit l;
    if (!which(t, args[0], &resource) || !limits_argument(t, args[1], &l)) return VNULL;
    return setrlimit((__rlimit_resource_t)resource, &l) ? set_error(t) : V_NONE;
}

static Value resource_prlimit(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t pid, resource;
    struct rlimit now, before;
    if (!arg_i32(t, args[0], &pid) || !which(t, args[1], &resource)) return VNULL;
    bool set = !is_null(args[2]) && !is_none(args[2]);
    if (set && !limits_argument(t, args[2], &now)) return VNULL;
    if (prlimit(pid, (__rlimit_resource_t)resource, set ? &now : NULL, &before)) {
        return errno == EINVAL ? err_raise(t, T_ValueError, "current limit exceeds maximum limit") : os_error(t);
    }
    return limits_value(t, &before);
}

static Value seconds(Thread *t, const struct timeval *v) { return float_from_double(t, (double)v->tv_sec + (double)v->tv_usec * 1e-6); }

static Value resource_getrusage(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t who;
    struct rusage u;
    if (!arg_i32(t, args[0], &who)) return VNULL;
    if (getrusage(who, &u)) return errno == EINVAL ? err_raise(t, T_ValueError, "invalid who parameter") : os_error(t);
    const long n[] = {u.ru_maxrss, u.ru_ixrss, u.ru_idrss, u.ru_isrss, u.ru_minflt, u.ru_majflt, u.ru_nswap,
                      u.ru_inblock, u.ru_oublock, u.ru_msgsnd, u.ru_msgrcv, u.ru_nsignals, u.ru_nvcsw, u.ru_nivcsw};
    Value v[2 + COUNT_OF(n)] = {seconds(t, &u.ru_utime), seconds(t, &u.ru_stime)};
    for (size_t i = 0; i < COUNT_OF(n); i++) v[2 + i] = int_from_i64(t, n[i]);
    return structseq_new(t, MODULE_STATE(t, resource, ResourceState)->rusage, v);
}

static Value resource_getpagesize(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_smallint(sysconf(_SC_PAGESIZE)); }

static const MethodDef functions[] = {
    {"getrusage", "($module, who, /)", "What the process or its children have used.", resource_getrusage},
    {"getrlimit", "($module, resource, /)", "The soft and the hard limit.", resource_getrlimit},
    {"prlimit", "($module, pid, resource, limits=None, /)", "Gets, and sets, the limits of any process.", resource_prlimit},
    {"setrlimit", "($module, resource, limits, /)", "Sets the soft and the hard limit.", resource_setrlimit},
    {"getpagesize", "($module, /)", "Bytes of a page of memory.", resource_getpagesize},
    {0},
};

static const StructSeqField rusage_fields[] = {
    {"ru_utime", "user time"}, {"ru_stime", "system time"}, {"ru_maxrss", "most memory at once"}, {"ru_ixrss", "shared memory"},
    {"ru_idrss", "unshared data"}, {"ru_isrss", "unshared stack"}, {"ru_minflt", "page faults without I/O"}, {"ru_majflt", "page faults with I/O"},
    {"ru_nswap", "swaps"}, {"ru_inblock", "blocks read"}, {"ru_oublock", "blocks written"}, {"ru_msgsnd", "messages sent"},
    {"ru_msgrcv", "messages received"}, {"ru_nsignals", "signals received"}, {"ru_nvcsw", "voluntary context switches"},
    {"ru_nivcsw", "involuntary context switches"}, {NULL},
};
static const StructSeqDef rusage_def = {"resource.struct_rusage", "What a process has used.", rusage_fields, 16};

static const struct { const char *name; int value; } constants[] = {
#define ROW(name) {#name, name}
    ROW(RLIMIT_AS), ROW(RLIMIT_CORE), ROW(RLIMIT_CPU), ROW(RLIMIT_DATA), ROW(RLIMIT_FSIZE), ROW(RLIMIT_MEMLOCK), ROW(RLIMIT_MSGQUEUE),
    ROW(RLIMIT_NICE), ROW(RLIMIT_NOFILE), ROW(RLIMIT_NPROC), ROW(RLIMIT_OFILE), ROW(RLIMIT_RSS), ROW(RLIMIT_RTPRIO), ROW(RLIMIT_RTTIME),
    ROW(RLIMIT_SIGPENDING), ROW(RLIMIT_STACK), ROW(RUSAGE_CHILDREN), ROW(RUSAGE_SELF), ROW(RUSAGE_THREAD),
#undef ROW
    {"RLIM_INFINITY", -1},
};

static bool resource_exec(Thread *t, Value module) {
    ResourceState *s = module_state(module);
    for (size_t i = 0; i < COUNT_OF(constants); i++) {
        if (!module_add_int(t, module, constants[i].name, constants[i].value)) return false;
    }
    s->rusage = structseq_type(t, &rusage_def);
    return s->rusage && module_add(t, module, "struct_rusage", ref_of(s->rusage)) &&
           module_add(t, module, "error", ref_of(builtin_type(t, T_OSError)));
}

const ModuleDef module_resource = {
    .name = "resource",
    .doc = "Limits and usage of the process.",
    .functions = functions,
    .state_size = sizeof(ResourceState),
    .exec = resource_exec,
};
