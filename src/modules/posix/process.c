/* posix: making, replacing and ending processes, signals to them, and waiting for them. */
#include <limits.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "modules/imp.h"
#include "modules/interpreters/interpreters.h"
#include "modules/posix/posix_priv.h"
#include "modules/sys.h"
#include "modules/thread_lock.h"
#include "ops/warn.h"
#include "vm/thread.h"

/* --- Arguments and environments ---------------------------------------------------------------- */

void strings_drop(Strings *s) {
    for (int64_t i = 0; i < s->n; i++) free(s->items[i]);
    free(s->items);
    *s = (Strings){0};
}
char *text_copy(Thread *t, Value v, const char *message) {
    Value path = path_fspath(t, v), bytes = VNULL;
    if (is_null(path)) return NULL;
    bytes = is_bytes(t, path) ? new_ref(path) : fs_encode(t, path);
    decref(t, path);
    if (is_null(bytes)) return NULL;
    char *copy = NULL;
    if (memchr(V_AS(Bytes, bytes)->data, 0, (size_t)V_AS(Bytes, bytes)->length)) err_raise(t, T_ValueError, "%s", message);
    else if ((copy = strndup(V_AS(Bytes, bytes)->data, (size_t)V_AS(Bytes, bytes)->length)) == NULL) err_no_memory(t);
    decref(t, bytes);
    return copy;
}
static bool strings_room(Thread *t, Strings *s, int64_t n) {
    *s = (Strings){calloc((size_t)n + 1, sizeof(char *)), 0};
    return s->items || err_no_memory_fail(t);
}
bool arguments_get(Thread *t, Value v, const char *function, Strings *s) {
    if (!is_list(t, v) && !is_tuple(t, v)) return err_fail(t, T_TypeError, "%s: argv must be a tuple or list", function);
    int64_t n = length_of(t, v);
    if (n < 1) return err_fail(t, T_ValueError, function[0] == 'p' ? "%s: argv must not be empty" : "%s() arg 2 must not be empty", function);
    if (!strings_room(t, s, n)) return false;
    for (int64_t i = 0; i < n; i++) {
        Value item = item_get_index(t, v, i);
        char *copy = is_null(item) ? NULL : text_copy(t, item, "embedded null byte");
        decref_maybe(t, item);
        if (copy == NULL) {
            strings_drop(s);
            return false;
        }
        s->items[s->n++] = copy;
    }
    if (s->items[0][0] == 0) {
        strings_drop(s);
        return err_fail(t, T_ValueError, function[0] == 'p' ? "%s: argv first element cannot be empty" : "%s() arg 2 first element cannot be empty", function);
    }
    return true;
}
/* What a mapping's keys() or values() answers, as a list of its own. */
static Value mapping_list(Thread *t, Value mapping, Value method) {
    Value answer = call_method_0(t, mapping, method), list = is_null(answer) ? VNULL : list_from_iterable(t, answer);
    if (is_null(list) && !is_null(answer) && err_catch(t, T_TypeError)) err_raise(t, T_TypeError, "%T.%U() returned a non-iterable (type %T)", mapping, method, answer);
    decref_maybe(t, answer);
    return list;
}

/* "key=value" of two paths; NULL: exception. */
static char *environment_entry(Thread *t, Value k, Value v) {
    char *key = text_copy(t, k, "embedded null byte"), *value = key ? text_copy(t, v, "embedded null byte") : NULL, *entry = NULL;
    if (value && (key[0] == 0 || strchr(key + 1, '='))) err_raise(t, T_ValueError, "illegal environment variable name");
    else if (value && asprintf(&entry, "%s=%s", key, value) < 0) err_no_memory(t), entry = NULL;
    free(key);
    free(value);
    return entry;
}

bool environment_get(Thread *t, Value v, const char *function, Strings *s) {
    if (!is_mapping(t, v)) return err_fail(t, T_TypeError, "%s: environment must be a mapping object%s", function, function[0] == 'p' ? " or None" : "");
    int64_t n = length_of(t, v);
    if (n < 0 || !strings_room(t, s, n)) return false;
    Value keys = mapping_list(t, v, N(t, keys)), values = is_null(keys) ? VNULL : mapping_list(t, v, N(t, values));
    bool ok = !is_null(values);
    for (int64_t i = 0; ok && i < n; i++) {
        char *entry = NULL;
        if (i >= list_len(keys) || i >= list_len(values)) err_raise(t, T_IndexError, "list index out of range");
        else entry = environment_entry(t, list_at(keys, i), list_at(values, i));
        if ((ok = entry != NULL)) s->items[s->n++] = entry;
    }
    decref_maybe(t, keys);
    decref_maybe(t, values);
    if (!ok) strings_drop(s);
    return ok;
}

/* --- exec -------------------------------------------------------------------------------------- */

static Value do_exec(Thread *t, Value target, Value argv, Value env, const char *function, int flags) {
    Path path;
    Strings a, e = {0};
    if (!path_get(t, target, &path, function, "path", flags)) return VNULL;
    if (!arguments_get(t, argv, function, &a)) {
        path_drop(t, &path);
        return VNULL;
    }
    Value result = VNULL;
    if (is_null(env) || environment_get(t, env, function, &e)) {
        if (sys_audit_event(t, "os.exec", tuple_of(t, 3, path.object, argv, is_null(env) ? V_NONE : env))) {
            if (path.narrow == NULL) fexecve(path.fd, a.items, e.items);
            else if (is_null(env)) execv(path.narrow, a.items);
            else execve(path.narrow, a.items, e.items);
            result = path_error(t, &path);
        }
        strings_drop(&e);
    }
    strings_drop(&a);
    path_drop(t, &path);
    return result;
}
POSIX_FUNCTION(posix_execv) { return do_exec(t, args[0], args[1], VNULL, "execv", 0); }
POSIX_FUNCTION(posix_execve) { return do_exec(t, args[0], args[1], args[2], "execve", PATH_FD); }

/* --- fork -------------------------------------------------------------------------------------- */

static bool hook_add(Thread *t, Value *list, Value function) {
    if (is_null(function)) return true;
    if (!is_callable(t, function)) return err_fail(t, T_TypeError, "'%T' object is not callable", function);
    if (is_null(*list)) *list = list_new(t, 1);
    return !is_null(*list) && list_append(t, V_AS(List, *list), function);
}
POSIX_FUNCTION(posix_register_at_fork) {
    PosixState *s = posix_state(t);
    if (is_null(args[0]) && is_null(args[1]) && is_null(args[2])) return err_raise(t, T_TypeError, "At least one argument is required.");
    static const char *const names[] = {"before", "after_in_child", "after_in_parent"};
    for (int i = 0; i < 3; i++)
        if (!is_null(args[i]) && !is_callable(t, args[i])) return err_raise(t, T_TypeError, "'%s' must be callable, not %T", names[i], args[i]);
    return hook_add(t, &s->before_fork, args[0]) && hook_add(t, &s->after_fork_child, args[1]) && hook_add(t, &s->after_fork_parent, args[2]) ? V_NONE : VNULL;
}
static void hooks_run(Thread *t, Value list, bool reverse) {
    if (is_null(list)) return;
    Value copy = list_from(t, V_AS(List, list)->items, list_len(list));
    if (is_null(copy)) {
        err_clear(t);
        return;
    }
    int64_t n = list_len(copy);
    for (int64_t i = 0; i < n; i++) {
        Value f = list_at(copy, reverse ? n - 1 - i : i), r = call_0(t, f);
        if (is_null(r)) err_unraisable(t, "Exception ignored in fork hook", f);
        decref_maybe(t, r);
    }
    decref(t, copy);
}
/* What runs before a fork, after it in the child and after it in the parent; for other modules that fork, too. */
void posix_before_fork(Thread *t) {
    if (posix_state(t)) hooks_run(t, posix_state(t)->before_fork, true);
    if (!imp_lock_acquire(t)) err_unraisable(t, "Exception ignored while a fork waited for the import lock", VNULL);
}
void posix_after_fork_child(Thread *t) {
    thread_after_fork(t);
    thread_handles_after_fork(t);
    interpreters_after_fork(t);
    imp_lock_after_fork(t);
    if (!imp_lock_release(t)) err_clear(t); /* it could not be had */
    if (posix_state(t)) hooks_run(t, posix_state(t)->after_fork_child, false);
}
void posix_after_fork_parent(Thread *t) {
    if (!imp_lock_release(t)) err_clear(t);
    if (posix_state(t)) hooks_run(t, posix_state(t)->after_fork_parent, false);
}

static bool warn_of_threads(Thread *t, const char *name) {
    int n = 0;
    for (Thread *other = t->interp->threads; other; other = other->next) n++;
    return n < 2 || warn(t, T_DeprecationWarning, 1, "This process (pid=%d) is multi-threaded, use of %s() may lead to deadlocks in the child.", (int)getpid(), name);
}
POSIX_FUNCTION(posix_fork) {
    if (t->interp->finalizing) return err_raise(t, T_PythonFinalizationError, "can't fork at interpreter shutdown");
    if (t->interp != t->runtime->main) return err_raise(t, T_RuntimeError, "fork not supported for isolated subinterpreters");
    if (!sys_audit_event(t, "os.fork", VNULL)) return VNULL;
    posix_before_fork(t);
    pid_t pid = fork();
    int error = errno;
    if (pid == 0) {
        posix_after_fork_child(t);
        return v_smallint(0);
    }
    posix_after_fork_parent(t);
    if (pid < 0) return err_raise_errno(t, error, VNULL, VNULL);
    if (!warn_of_threads(t, "fork")) return VNULL;
    return v_smallint(pid);
}
POSIX_FUNCTION(posix_forkpty) {
    int master = -1;
    if (t->interp->finalizing) return err_raise(t, T_PythonFinalizationError, "can't fork at interpreter shutdown");
    if (t->interp != t->runtime->main) return err_raise(t, T_RuntimeError, "fork not supported for isolated subinterpreters");
    if (!sys_audit_event(t, "os.forkpty", VNULL)) return VNULL;
    posix_before_fork(t);
    pid_t pid = forkpty(&master, NULL, NULL, NULL);
    int error = errno;
    if (pid == 0) {
        posix_after_fork_child(t);
    } else {
        posix_after_fork_parent(t);
        if (pid < 0) return err_raise_errno(t, error, VNULL, VNULL);
        if (!warn_of_threads(t, "forkpty")) return VNULL;
    }
    return tuple_of(t, 2, v_smallint(pid), v_smallint(master));
}

/* --- Ending, signals --------------------------------------------------------------------------- */

POSIX_FUNCTION(posix_exit) {
    int status;
    if (!arg_i32(t, args[0], &status)) return VNULL;
    _exit(status);
}
POSIX_FUNCTION(posix_abort) { abort(); }
POSIX_FUNCTION(posix_kill) {
    int pid, number;
    if (!arg_i32(t, args[0], &pid) || !arg_i32(t, args[1], &number) || !sys_audit_event(t, "os.kill", tuple_of(t, 2, v_smallint(pid), v_smallint(number)))) return VNULL;
    if (kill(pid, number) < 0) return errno_error(t);
    return signals_check(t) ? V_NONE : VNULL;
}
POSIX_FUNCTION(posix_killpg) {
    int group, number;
    if (!arg_i32(t, args[0], &group) || !arg_i32(t, args[1], &number) || !sys_audit_event(t, "os.killpg", tuple_of(t, 2, v_smallint(group), v_smallint(number)))) return VNULL;
    if (killpg(group, number) < 0) return errno_error(t);
    return signals_check(t) ? V_NONE : VNULL;
}
POSIX_FUNCTION(posix_system) {
    Path command;
    int status;
    if (!path_get(t, args[0], &command, "system", "command", 0)) return VNULL;
    bool ok = sys_audit_event(t, "os.system", tuple_of(t, 1, command.object));
    if (ok) SYSCALL(t, status, system(command.narrow));
    path_drop(t, &command);
    return ok ? v_smallint(status) : VNULL;
}
POSIX_FUNCTION(posix_pidfd_open) {
    int pid, fd;
    uint32_t flags = 0;
    if (!arg_i32(t, args[0], &pid) || (!is_null(args[1]) && !arg_u32(t, args[1], &flags))) return VNULL;
    fd = (int)syscall(SYS_pidfd_open, pid, flags);
    return fd < 0 ? errno_error(t) : v_smallint(fd);
}

/* --- wait -------------------------------------------------------------------------------------- */

static const StructSeqField waitid_fields[] = {{"si_pid"}, {"si_uid"}, {"si_signo"}, {"si_status"}, {"si_code"}, {NULL}};
static const StructSeqDef waitid_def = {"posix.waitid_result", "waitid_result: Result from waitid.", waitid_fields, 5};

static Value pair(Thread *t, pid_t pid, int status) { return tuple_of(t, 2, v_smallint(pid), v_smallint(status)); }
static Value do_waitpid(Thread *t, int pid, int options) {
    pid_t r;
    int status = 0;
    bool ok = true;
    SYSCALL_RETRY(t, r, ok, waitpid(pid, &status, options));
    return !ok ? VNULL : r < 0 ? errno_error(t) : pair(t, r, status);
}
POSIX_FUNCTION(posix_waitpid) {
    int pid, options;
    return arg_i32(t, args[0], &pid) && arg_i32(t, args[1], &options) ? do_waitpid(t, pid, options) : VNULL;
}
POSIX_FUNCTION(posix_wait) { return do_waitpid(t, -1, 0); }
static Value do_wait4(Thread *t, int pid, int options) {
    pid_t r;
    int status = 0;
    bool ok = true;
    struct rusage u = {0};
    SYSCALL_RETRY(t, r, ok, wait4(pid, &status, options, &u));
    if (!ok || r < 0) return ok ? errno_error(t) : VNULL;
    Value module = import_module(t, "resource"), type = is_null(module) ? VNULL : attr_get_cstr(t, module, "struct_rusage");
    decref_maybe(t, module);
    if (is_null(type)) return VNULL;
    Value v[] = {float_from_double(t, (double)u.ru_utime.tv_sec + (double)u.ru_utime.tv_usec * 1e-6), float_from_double(t, (double)u.ru_stime.tv_sec + (double)u.ru_stime.tv_usec * 1e-6),
                 v_smallint(u.ru_maxrss), v_smallint(u.ru_ixrss), v_smallint(u.ru_idrss), v_smallint(u.ru_isrss), v_smallint(u.ru_minflt), v_smallint(u.ru_majflt),
                 v_smallint(u.ru_nswap), v_smallint(u.ru_inblock), v_smallint(u.ru_oublock), v_smallint(u.ru_msgsnd), v_smallint(u.ru_msgrcv), v_smallint(u.ru_nsignals),
                 v_smallint(u.ru_nvcsw), v_smallint(u.ru_nivcsw)};
    Value usage = structseq_new(t, V_AS(Type, type), v);
    decref(t, type);
    Value result = is_null(usage) ? VNULL : tuple_of(t, 3, v_smallint(r), v_smallint(status), usage);
    decref_maybe(t, usage);
    return result;
}
POSIX_FUNCTION(posix_wait3) {
    int options;
    return arg_i32(t, args[0], &options) ? do_wait4(t, -1, options) : VNULL;
}
POSIX_FUNCTION(posix_wait4) {
    int pid, options;
    return arg_i32(t, args[0], &pid) && arg_i32(t, args[1], &options) ? do_wait4(t, pid, options) : VNULL;
}
POSIX_FUNCTION(posix_waitid) {
    int type, id, options, r;
    bool ok = true;
    siginfo_t info = {0};
    if (!arg_i32(t, args[0], &type) || !arg_i32(t, args[1], &id) || !arg_i32(t, args[2], &options)) return VNULL;
    SYSCALL_RETRY(t, r, ok, waitid((idtype_t)type, (id_t)id, &info, options));
    if (!ok || r < 0) return ok ? errno_error(t) : VNULL;
    if (info.si_pid == 0) return V_NONE;
    Value v[] = {v_smallint(info.si_pid), id_value(t, info.si_uid), v_smallint(info.si_signo), v_smallint(info.si_status), v_smallint(info.si_code)};
    return structseq_new(t, posix_state(t)->waitid_result, v);
}

#define STATUS(name, kind) \
    POSIX_FUNCTION(posix_##name) { \
        int status; \
        return arg_i32(t, args[0], &status) ? kind(name(status)) : VNULL; \
    }
STATUS(WCOREDUMP, v_bool)
STATUS(WIFCONTINUED, v_bool)
STATUS(WIFSTOPPED, v_bool)
STATUS(WIFSIGNALED, v_bool)
STATUS(WIFEXITED, v_bool)
STATUS(WEXITSTATUS, v_smallint)
STATUS(WTERMSIG, v_smallint)
STATUS(WSTOPSIG, v_smallint)
POSIX_FUNCTION(posix_waitstatus_to_exitcode) {
    int status;
    if (!arg_i32(t, args[0], &status)) return VNULL;
    if (WIFEXITED(status)) return v_smallint(WEXITSTATUS(status));
    if (WIFSIGNALED(status)) return v_smallint(-WTERMSIG(status));
    if (WIFSTOPPED(status)) return err_raise(t, T_ValueError, "process stopped by delivery of signal %d", WSTOPSIG(status));
    return err_raise(t, T_ValueError, "invalid wait status: %d", status);
}

/* --- Scheduling -------------------------------------------------------------------------------- */

static const StructSeqField param_fields[] = {{"sched_priority", "the scheduling priority"}, {NULL}};
/* The class is called with the priority. */
static Value sched_param_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value priority = tuple_of(t, 1, tuple_at(args[0], 0));
    if (is_null(priority)) return VNULL;
    Value pair[2] = {new_ref(v_from(type_of(t, args[0]))), priority};
    return tuple_take(t, pair, 2);
}
static const StructSeqDef param_def = {"posix.sched_param", "Currently has only one field: sched_priority", param_fields, 1, .reduce = sched_param_reduce};

static Value sched_param_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value a[1];
    if (!call_bind_signature(t, "sched_param", "(sched_priority)", args, nargs, kwnames, a)) return VNULL;
    Value v[] = {new_ref(a[0])};
    return structseq_new(t, type, v);
}
bool sched_param_get(Thread *t, Value v, struct sched_param *p) {
    int n;
    if (type_of(t, v) != posix_state(t)->sched_param) return err_fail(t, T_TypeError, "must have a sched_param object");
    if (!arg_i32(t, tuple_at(v, 0), &n)) return false;
    p->sched_priority = n;
    return true;
}
POSIX_FUNCTION(posix_sched_get_priority_max) {
    int policy, r;
    return !arg_i32(t, args[0], &policy) ? VNULL : (r = sched_get_priority_max(policy)) < 0 ? errno_error(t) : v_smallint(r);
}
POSIX_FUNCTION(posix_sched_get_priority_min) {
    int policy, r;
    return !arg_i32(t, args[0], &policy) ? VNULL : (r = sched_get_priority_min(policy)) < 0 ? errno_error(t) : v_smallint(r);
}
POSIX_FUNCTION(posix_sched_getscheduler) {
    int pid, r;
    return !arg_i32(t, args[0], &pid) ? VNULL : (r = sched_getscheduler(pid)) < 0 ? errno_error(t) : v_smallint(r);
}
POSIX_FUNCTION(posix_sched_setscheduler) {
    int pid, policy;
    struct sched_param p;
    if (!arg_i32(t, args[0], &pid) || !arg_i32(t, args[1], &policy) || !sched_param_get(t, args[2], &p)) return VNULL;
    return none_or_errno(t, sched_setscheduler(pid, policy, &p));
}
POSIX_FUNCTION(posix_sched_getparam) {
    int pid;
    struct sched_param p;
    if (!arg_i32(t, args[0], &pid)) return VNULL;
    if (sched_getparam(pid, &p) < 0) return errno_error(t);
    Value v[] = {v_smallint(p.sched_priority)};
    return structseq_new(t, posix_state(t)->sched_param, v);
}
POSIX_FUNCTION(posix_sched_setparam) {
    int pid;
    struct sched_param p;
    return arg_i32(t, args[0], &pid) && sched_param_get(t, args[1], &p) ? none_or_errno(t, sched_setparam(pid, &p)) : VNULL;
}
POSIX_FUNCTION(posix_sched_rr_get_interval) {
    int pid;
    struct timespec s;
    if (!arg_i32(t, args[0], &pid)) return VNULL;
    return sched_rr_get_interval(pid, &s) < 0 ? errno_error(t) : float_from_double(t, (double)s.tv_sec + 1e-9 * (double)s.tv_nsec);
}
POSIX_FUNCTION(posix_sched_yield) {
    int r;
    SYSCALL(t, r, sched_yield());
    return none_or_errno(t, r);
}
enum { CPUS_MAX = 1 << 16 };
POSIX_FUNCTION(posix_sched_getaffinity) {
    int pid;
    if (!arg_i32(t, args[0], &pid)) return VNULL;
    size_t size = CPU_ALLOC_SIZE(CPUS_MAX);
    cpu_set_t *set = CPU_ALLOC(CPUS_MAX);
    if (set == NULL) return err_no_memory(t);
    CPU_ZERO_S(size, set);
    Value v = sched_getaffinity(pid, size, set) < 0 ? errno_error(t) : call_0(t, v_from(builtin_type(t, T_set)));
    for (int i = 0, left = is_null(v) ? 0 : CPU_COUNT_S(size, set); left > 0; i++) {
        if (!CPU_ISSET_S((size_t)i, size, set)) continue;
        left--;
        if (is_null(call_method_1(t, v, N(t, add), v_smallint(i)))) {
            slot_clear(t, &v);
            break;
        }
    }
    CPU_FREE(set);
    return v;
}
static bool affinity_each(Thread *t, Value item, void *context) {
    int64_t cpu;
    if (!is_int(t, item)) return err_fail(t, T_TypeError, "expected an iterator of ints, but iterator yielded %T", item);
    if (!arg_i64(t, item, &cpu)) return false;
    if (cpu < 0) return err_fail(t, T_ValueError, "negative CPU number");
    if (cpu >= CPUS_MAX) return err_fail(t, T_OverflowError, "CPU number too large");
    CPU_SET_S((size_t)cpu, CPU_ALLOC_SIZE(CPUS_MAX), (cpu_set_t *)context);
    return true;
}
POSIX_FUNCTION(posix_sched_setaffinity) {
    int pid;
    if (!arg_i32(t, args[0], &pid)) return VNULL;
    size_t size = CPU_ALLOC_SIZE(CPUS_MAX);
    cpu_set_t *set = CPU_ALLOC(CPUS_MAX);
    if (set == NULL) return err_no_memory(t);
    CPU_ZERO_S(size, set);
    Value v = iterate(t, args[1], affinity_each, set) ? none_or_errno(t, sched_setaffinity(pid, size, set)) : VNULL;
    CPU_FREE(set);
    return v;
}
POSIX_FUNCTION(posix_unshare) {
    int flags;
    return arg_i32(t, args[0], &flags) ? none_or_errno(t, unshare(flags)) : VNULL;
}
POSIX_FUNCTION(posix_setns) {
    int fd, kind = 0;
    return descriptor_get(t, args[0], &fd) && (is_null(args[1]) || arg_i32(t, args[1], &kind)) ? none_or_errno(t, setns(fd, kind)) : VNULL;
}

const MethodDef posix_process_rows[] = {
    {"execv", "($module, path, argv, /)", "Execute an executable path with arguments, replacing current process.", posix_execv},
    {"execve", "($module, /, path, argv, env)", "Execute an executable path with arguments, replacing current process.", posix_execve},
    {"fork", "($module, /)", "Fork a child process.\n\nReturn 0 to child process and PID of child to parent process.", posix_fork},
    {"forkpty", "($module, /)", "Fork a new process with a new pseudo-terminal as controlling tty.", posix_forkpty},
    {"register_at_fork", "($module, /, *, before=<unrepresentable>, after_in_child=<unrepresentable>, after_in_parent=<unrepresentable>)", "Register callables to be called when forking a new process.", posix_register_at_fork},
    {"_exit", "($module, /, status)", "Exit to the system with specified status, without normal exit processing.", posix_exit},
    {"abort", "($module, /)", "Abort the interpreter immediately.", posix_abort},
    {"kill", "($module, pid, signal, /)", "Kill a process with a signal.", posix_kill},
    {"killpg", "($module, pgid, signal, /)", "Kill a process group with a signal.", posix_killpg},
    {"system", "($module, /, command)", "Execute the command in a subshell.", posix_system},
    {"pidfd_open", "($module, /, pid, flags=0)", "Return a file descriptor referring to the process *pid*.", posix_pidfd_open},
    {"wait", "($module, /)", "Wait for completion of a child process.", posix_wait},
    {"wait3", "($module, /, options)", "Wait for completion of a child process.", posix_wait3},
    {"wait4", "($module, /, pid, options)", "Wait for completion of a specific child process.", posix_wait4},
    {"waitid", "($module, idtype, id, options, /)", "Returns the result of waiting for a process or processes.", posix_waitid},
    {"waitpid", "($module, pid, options, /)", "Wait for completion of a given child process.", posix_waitpid},
    {"waitstatus_to_exitcode", "($module, /, status)", "Convert a wait status to an exit code.", posix_waitstatus_to_exitcode},
    {"WCOREDUMP", "($module, status, /)", "Return True if the process returning status was dumped to a core file.", posix_WCOREDUMP},
    {"WIFCONTINUED", "($module, /, status)", "Return True if a particular process was continued from a job control stop.", posix_WIFCONTINUED},
    {"WIFSTOPPED", "($module, /, status)", "Return True if the process returning status was stopped.", posix_WIFSTOPPED},
    {"WIFSIGNALED", "($module, /, status)", "Return True if the process returning status was terminated by a signal.", posix_WIFSIGNALED},
    {"WIFEXITED", "($module, /, status)", "Return True if the process returning status exited via the exit() system call.", posix_WIFEXITED},
    {"WEXITSTATUS", "($module, /, status)", "Return the process return code from status.", posix_WEXITSTATUS},
    {"WTERMSIG", "($module, /, status)", "Return the signal that terminated the process that provided the status value.", posix_WTERMSIG},
    {"WSTOPSIG", "($module, /, status)", "Return the signal that stopped the process that provided the status value.", posix_WSTOPSIG},
    {0},
};
const MethodDef posix_schedule_rows[] = {
    {"sched_get_priority_max", "($module, /, policy)", "Get the maximum scheduling priority for policy.", posix_sched_get_priority_max},
    {"sched_get_priority_min", "($module, /, policy)", "Get the minimum scheduling priority for policy.", posix_sched_get_priority_min},
    {"sched_getscheduler", "($module, pid, /)", "Get the scheduling policy for the process identified by pid.", posix_sched_getscheduler},
    {"sched_setscheduler", "($module, pid, policy, param, /)", "Set the scheduling policy for the process identified by pid.", posix_sched_setscheduler},
    {"sched_getparam", "($module, pid, /)", "Returns scheduling parameters for the process identified by pid.", posix_sched_getparam},
    {"sched_setparam", "($module, pid, param, /)", "Set scheduling parameters for the process identified by pid.", posix_sched_setparam},
    {"sched_rr_get_interval", "($module, pid, /)", "Return the round-robin quantum for the process identified by pid, in seconds.", posix_sched_rr_get_interval},
    {"sched_yield", "($module, /)", "Voluntarily relinquish the CPU.", posix_sched_yield},
    {"sched_getaffinity", "($module, pid, /)", "Return the affinity of the process identified by pid (or the current process if zero).", posix_sched_getaffinity},
    {"sched_setaffinity", "($module, pid, mask, /)", "Set the CPU affinity of the process identified by pid to mask.", posix_sched_setaffinity},
    {"unshare", "($module, /, flags)", "Disassociate parts of a process (or thread) execution context.", posix_unshare},
    {"setns", "($module, /, fd, nstype=0)", "Move the calling thread into different namespaces.", posix_setns},
    {0},
};

bool process_ready(Thread *t, Value module) {
    PosixState *s = module_state(module);
    if (!(s->waitid_result = posix_structseq(t, module, "waitid_result", &waitid_def)) || !(s->sched_param = posix_structseq(t, module, "sched_param", &param_def))) return false;
    s->sched_param->slots.new = sched_param_new;
    return true;
}
