/* The module _signal.
 *
 * A signal handler in C only marks the signal in the Runtime (found through the signal stack, core/runtime.h), writes to
 * the wakeup descriptor and asks the main thread for a safe point; there signals_run calls the Python handlers.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "core/runtime.h"
#include "modules/module.h"
#include "modules/signal_set.h"
#include "modules/time_value.h"
#include "ops/warn.h"
#include "vm/run.h"
#include "vm/thread.h"

enum { SIGNALS = 65 };

typedef struct SignalState {
    Value handlers[SIGNALS]; /* what signal() set or found: a callable, 0, 1 or None */
    Value default_handler, ignore_handler; /* the ints SIG_DFL and SIG_IGN */
    Value int_handler;       /* default_int_handler */
    Type *itimer_error, *siginfo;
    bool warn_on_full_buffer;
} SignalState;

static SignalState *state_of(Thread *t) { return MODULE_STATE(t, _signal, SignalState); }

/* --- Arrival ----------------------------------------------------------------------------------- */

static void on_signal(int number, siginfo_t *info, void *context) {
    int saved = errno;
    Thread *t = thread_of_signal(context);
    if (t != NULL) {
        Runtime *runtime = t->runtime;
        runtime->signal_flags[number] = 1;
        runtime->signals_pending = 1;
        if (runtime->main != NULL && runtime->main->main_thread != NULL) breaker_set(runtime->main->main_thread, BREAK_SIGNAL);
        else breaker_set(t, BREAK_SIGNAL);
        if (runtime->signal_wakeup_fd > 0) {
            uint8_t byte = (uint8_t)number;
            ssize_t done = write(runtime->signal_wakeup_fd - 1, &byte, 1); /* stored plus one: 0 is none */
            (void)done;
        }
    }
    errno = saved;
}

/* The handlers of what arrived, in the order of their numbers. */
static bool signals_run(Thread *t) {
    SignalState *state = state_of(t);
    Runtime *runtime = t->runtime;
    for (int number = 1; number < SIGNALS; number++) {
        if (!runtime->signal_flags[number]) continue;
        runtime->signal_flags[number] = 0;
        Value handler = state->handlers[number];
        if (t->interp->finalizing && same(handler, state->int_handler)) { /* nobody would catch its KeyboardInterrupt */
            err_raise(t, T_OSError, "Signal %d ignored due to race condition", number);
            err_unraisable(t, NULL, VNULL);
            continue;
        }
        if (is_null(handler) || is_none(handler) || same(handler, state->ignore_handler) || same(handler, state->default_handler)) continue;
        incref(handler);
        Value frame = frame_object_at(t, 0);
        if (is_null(frame)) frame = V_NONE;
        Value result = err_pending(t) ? VNULL : call_2(t, handler, v_smallint(number), frame);
        decref(t, frame);
        decref(t, handler);
        if (is_null(result)) {
            runtime->signals_pending = 1; /* the others come at the next safe point */
            breaker_set(t, BREAK_SIGNAL);
            return false;
        }
        decref(t, result);
    }
    return true;
}

enum Disposition { TO_DEFAULT, TO_NOTHING, TO_PYTHON };
static bool install(int number, enum Disposition what) {
    struct sigaction action = {0};
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_ONSTACK;
    if (what == TO_PYTHON) {
        action.sa_sigaction = on_signal;
        action.sa_flags |= SA_SIGINFO;
    } else {
        action.sa_handler = what == TO_NOTHING ? SIG_IGN : SIG_DFL;
    }
    return sigaction(number, &action, NULL) == 0;
}

/* --- signal, getsignal ------------------------------------------------------------------------- */

static bool number_argument(Thread *t, Value v, int *number) {
    int32_t n;
    if (!arg_i32(t, v, &n)) return false;
    if (n < 1 || n >= SIGNALS) return err_fail(t, T_ValueError, "signal number out of range");
    *number = n;
    return true;
}

static Value os_error(Thread *t) { return err_raise_errno(t, errno, VNULL, VNULL); }

static Value signal_default_int_handler(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return err_raise_value(t, v_from(builtin_type(t, T_KeyboardInterrupt)));
}

static Value signal_signal(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    SignalState *state = state_of(t);
    int number;
    if (!t->is_main) return err_raise(t, T_ValueError, "signal only works in main thread of the main interpreter");
    if (!number_argument(t, args[0], &number)) return VNULL;
    Value handler = args[1];
    enum Disposition what = TO_PYTHON;
    if (!is_callable(t, handler) || is_int(t, handler)) {
        int is_ignore = equal(t, handler, state->ignore_handler), is_default = is_ignore ? 0 : equal(t, handler, state->default_handler);
        if (is_ignore < 0 || is_default < 0) return VNULL;
        if (is_ignore) what = TO_NOTHING, handler = state->ignore_handler;
        else if (is_default) what = TO_DEFAULT, handler = state->default_handler;
        else return err_raise(t, T_TypeError, "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object");
    }
    if (!signals_check(t)) return VNULL;
    if (!install(number, what)) return os_error(t);
    Value old = state->handlers[number];
    state->handlers[number] = new_ref(handler);
    return is_null(old) ? V_NONE : old;
}

static Value signal_getsignal(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int number;
    if (!number_argument(t, args[0], &number)) return VNULL;
    Value handler = state_of(t)->handlers[number];
    return is_null(handler) ? V_NONE : new_ref(handler);
}

static Value signal_siginterrupt(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int number;
    int32_t flag;
    if (!number_argument(t, args[0], &number) || !arg_i32(t, args[1], &flag)) return VNULL;
    struct sigaction action;
    if (sigaction(number, NULL, &action) != 0) return os_error(t);
    if (flag) action.sa_flags &= ~SA_RESTART;
    else action.sa_flags |= SA_RESTART;
    return sigaction(number, &action, NULL) == 0 ? V_NONE : os_error(t);
}

static Value signal_strsignal(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int number;
    if (!number_argument(t, args[0], &number)) return VNULL;
    const char *text = strsignal(number);
    return text == NULL || strncmp(text, "Unknown", 7) == 0 ? V_NONE : str_from_cstr(t, text);
}

static Value signal_raise_signal(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t number;
    if (!arg_i32(t, args[0], &number)) return VNULL;
    int failed;
    ALLOW_THREADS(t, failed = raise(number));
    if (failed) return os_error(t);
    return signals_check(t) ? V_NONE : VNULL;
}

static Value signal_set_wakeup_fd(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t fd;
    bool warn_full = true;
    if (!arg_i32(t, args[0], &fd) || (!is_null(args[1]) && !arg_bool(t, args[1], &warn_full))) return VNULL;
    if (!t->is_main) return err_raise(t, T_ValueError, "set_wakeup_fd only works in main thread of the main interpreter");
    if (fd != -1) {
        int flags = fcntl(fd, F_GETFL);
        if (flags < 0) return os_error(t);
        if (!(flags & O_NONBLOCK)) return err_raise(t, T_ValueError, "the fd %d must be in non-blocking mode", fd);
    }
    int before = t->runtime->signal_wakeup_fd - 1;
    t->runtime->signal_wakeup_fd = fd + 1;
    state_of(t)->warn_on_full_buffer = warn_full;
    return v_smallint(before);
}

/* --- Timers ------------------------------------------------------------------------------------ */

static Value signal_alarm(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t seconds;
    return arg_i32(t, args[0], &seconds) ? v_smallint(alarm((unsigned)seconds)) : VNULL;
}

static Value signal_pause(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    ALLOW_THREADS(t, pause());
    return signals_check(t) ? V_NONE : VNULL;
}

static Value timer_pair(Thread *t, const struct itimerval *v) {
    Value pair[2] = {float_from_double(t, (double)v->it_value.tv_sec + (double)v->it_value.tv_usec * 1e-6),
                     float_from_double(t, (double)v->it_interval.tv_sec + (double)v->it_interval.tv_usec * 1e-6)};
    return tuple_take(t, pair, 2);
}
static Value itimer_error(Thread *t) {
    Value args[2] = {v_smallint(errno), str_from_cstr(t, strerror(errno))};
    Value error = is_null(args[1]) ? VNULL : call_2(t, v_from(state_of(t)->itimer_error), args[0], args[1]);
    decref_maybe(t, args[1]);
    if (is_null(error)) return VNULL;
    err_raise_value(t, error);
    decref(t, error);
    return VNULL;
}
static bool timeval_of(Thread *t, Value v, struct timeval *out) {
    int64_t ns;
    if (!time_seconds_to_ns(t, v, TIME_CEILING, &ns)) return false;
    int64_t us = ns / 1000 + (ns % 1000 > 0);
    *out = (struct timeval){us / 1000000, us % 1000000};
    if (out->tv_usec < 0) out->tv_usec += 1000000, out->tv_sec--;
    return true;
}
static Value signal_setitimer(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t which;
    struct itimerval fresh = {0}, old;
    if (!arg_i32(t, args[0], &which) || !timeval_of(t, args[1], &fresh.it_value) || (!is_null(args[2]) && !timeval_of(t, args[2], &fresh.it_interval))) return VNULL;
    return setitimer((__itimer_which_t)which, &fresh, &old) == 0 ? timer_pair(t, &old) : itimer_error(t);
}
static Value signal_getitimer(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t which;
    struct itimerval now;
    if (!arg_i32(t, args[0], &which)) return VNULL;
    return getitimer((__itimer_which_t)which, &now) == 0 ? timer_pair(t, &now) : itimer_error(t);
}

/* --- Masks and waiting ------------------------------------------------------------------------- */

static bool add_to_set(Thread *t, Value item, void *context) {
    int64_t number;
    if (!arg_i64(t, item, &number)) {
        if (!err_catch(t, T_OverflowError)) return false;
        number = -1;
    }
    if (number < 1 || number >= SIGNALS) return err_fail(t, T_ValueError, "signal number %lld out of range [1; 64]", (long long)number);
    sigaddset(context, (int)number);
    return true;
}
bool signal_set(Thread *t, Value v, sigset_t *set) {
    sigemptyset(set);
    return iterate(t, v, add_to_set, set);
}
static Value set_result(Thread *t, const sigset_t *set) {
    Value list = list_new(t, 8);
    for (int number = 1; !is_null(list) && number < SIGNALS; number++)
        if (sigismember(set, number) == 1 && !list_append_take(t, V_AS(List, list), v_smallint(number))) slot_clear(t, &list);
    if (is_null(list)) return list;
    Value result = call_1(t, v_from(builtin_type(t, T_set)), list);
    decref(t, list);
    return result;
}

static Value signal_pthread_sigmask(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t how;
    sigset_t set, old;
    if (!arg_i32(t, args[0], &how) || !signal_set(t, args[1], &set)) return VNULL;
    int error = pthread_sigmask(how, &set, &old);
    if (error) return err_raise_errno(t, error, VNULL, VNULL);
    return signals_check(t) ? set_result(t, &old) : VNULL;
}
static Value signal_sigpending(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    sigset_t set;
    return sigpending(&set) == 0 ? set_result(t, &set) : os_error(t);
}
static Value signal_valid_signals(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    sigset_t set;
    sigfillset(&set);
    return set_result(t, &set);
}
static Value signal_sigwait(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    sigset_t set;
    int number = 0, error;
    if (!signal_set(t, args[0], &set)) return VNULL;
    ALLOW_THREADS(t, error = sigwait(&set, &number));
    return error ? err_raise_errno(t, error, VNULL, VNULL) : v_smallint(number);
}

static Value siginfo_result(Thread *t, const siginfo_t *info) {
    Value values[] = {v_smallint(info->si_signo), v_smallint(info->si_code), v_smallint(info->si_errno), v_smallint(info->si_pid),
                      v_smallint(info->si_uid), v_smallint(info->si_status), v_smallint(info->si_band)};
    return structseq_new(t, state_of(t)->siginfo, values);
}
/* sigtimedwait with the rest of the time after each interruption; ns < 0: no limit. */
static Value wait_for_info(Thread *t, Value signals, int64_t ns) {
    sigset_t set;
    siginfo_t info;
    if (!signal_set(t, signals, &set)) return VNULL;
    int64_t deadline = ns < 0 ? 0 : time_monotonic_ns() + ns;
    for (;;) {
        struct timespec left = time_ns_to_timespec(ns);
        int number, error;
        gil_release(t);
        number = ns < 0 ? sigwaitinfo(&set, &info) : sigtimedwait(&set, &info, &left);
        error = errno;
        gil_acquire(t);
        if (number >= 0) return siginfo_result(t, &info);
        if (error == EAGAIN && ns >= 0) return V_NONE;
        if (error != EINTR) return err_raise_errno(t, error, VNULL, VNULL);
        if (!signals_check(t)) return VNULL;
        if (ns >= 0) {
            ns = deadline - time_monotonic_ns();
            if (ns < 0) return V_NONE;
        }
    }
}
static Value signal_sigwaitinfo(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return wait_for_info(t, args[0], -1); }
static Value signal_sigtimedwait(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t ns;
    if (!time_seconds_to_ns(t, args[1], TIME_CEILING, &ns)) return VNULL;
    if (ns < 0) return err_raise(t, T_ValueError, "timeout must be non-negative");
    return wait_for_info(t, args[0], ns);
}
static Value signal_pthread_kill(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    uint64_t id;
    int32_t number;
    if (!arg_u64(t, args[0], &id) || !arg_i32(t, args[1], &number)) return VNULL;
    int error = thread_find(t, id) ? pthread_kill((pthread_t)id, number) : ESRCH;
    if (error) return err_raise_errno(t, error, VNULL, VNULL);
    return signals_check(t) ? V_NONE : VNULL;
}
static Value signal_pidfd_send_signal(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t fd, number, flags = 0;
    if (!arg_i32(t, args[0], &fd) || !arg_i32(t, args[1], &number) || (!is_null(args[3]) && !arg_i32(t, args[3], &flags))) return VNULL;
    if (!is_null(args[2]) && !is_none(args[2])) return err_raise(t, T_TypeError, "siginfo must be None");
    if (syscall(SYS_pidfd_send_signal, fd, number, NULL, flags) < 0) return os_error(t);
    return signals_check(t) ? V_NONE : VNULL;
}

static const MethodDef functions[] = {
    {"alarm", "($module, seconds, /)", "Arrange for SIGALRM after some seconds.", signal_alarm},
    {"default_int_handler", "($module, signalnum, frame, /)", "The handler of SIGINT: raises KeyboardInterrupt.", signal_default_int_handler},
    {"getitimer", "($module, which, /)", "The time left of a timer, and its interval.", signal_getitimer},
    {"getsignal", "($module, signalnum, /)", "The handler of a signal.", signal_getsignal},
    {"pause", "($module, /)", "Wait until a signal arrives.", signal_pause},
    {"pidfd_send_signal", "($module, pidfd, signalnum, siginfo=None, flags=0, /)", "Send a signal to the process of a descriptor.", signal_pidfd_send_signal},
    {"pthread_kill", "($module, thread_id, signalnum, /)", "Send a signal to a thread.", signal_pthread_kill},
    {"pthread_sigmask", "($module, how, mask, /)", "Change the signals that the thread blocks; answers the mask before.", signal_pthread_sigmask},
    {"raise_signal", "($module, signalnum, /)", "Send a signal to this process.", signal_raise_signal},
    {"set_wakeup_fd", "($module, fd, /, *, warn_on_full_buffer=True)", "The descriptor that gets the number of each signal.", signal_set_wakeup_fd},
    {"setitimer", "($module, which, seconds, interval=0.0, /)", "Set a timer; answers what it was.", signal_setitimer},
    {"siginterrupt", "($module, signalnum, flag, /)", "Whether system calls are interrupted by a signal.", signal_siginterrupt},
    {"signal", "($module, signalnum, handler, /)", "Set the handler of a signal; answers the one before.", signal_signal},
    {"sigpending", "($module, /)", "The signals that wait while they are blocked.", signal_sigpending},
    {"sigtimedwait", "($module, sigset, timeout, /)", "As sigwaitinfo, with a limit in seconds.", signal_sigtimedwait},
    {"sigwait", "($module, sigset, /)", "Wait for one of the signals.", signal_sigwait},
    {"sigwaitinfo", "($module, sigset, /)", "Wait for one of the signals; answers what is known of it.", signal_sigwaitinfo},
    {"strsignal", "($module, signalnum, /)", "The system's description of a signal.", signal_strsignal},
    {"valid_signals", "($module, /)", "The set of all signals.", signal_valid_signals},
    {NULL},
};

static const StructSeqField siginfo_fields[] = {{"si_signo", "signal number"}, {"si_code", "signal code"}, {"si_errno", "errno associated with this signal"},
                                                {"si_pid", "sending process ID"}, {"si_uid", "real user ID of sending process"}, {"si_status", "exit value or signal"},
                                                {"si_band", "band event for SIGPOLL"}, {NULL}};
static const StructSeqDef siginfo_def = {"signal.struct_siginfo", "What sigwaitinfo and sigtimedwait answer.", siginfo_fields, 7};

static const struct { const char *name; int value; } numbers[] = {
#define S(x) {#x, x}
    S(SIGHUP), S(SIGINT), S(SIGQUIT), S(SIGILL), S(SIGTRAP), S(SIGIOT), S(SIGABRT), S(SIGFPE), S(SIGKILL), S(SIGBUS), S(SIGSEGV), S(SIGSYS), S(SIGPIPE),
    S(SIGALRM), S(SIGTERM), S(SIGUSR1), S(SIGUSR2), {"SIGCLD", SIGCHLD}, S(SIGCHLD), S(SIGPWR), S(SIGIO), S(SIGURG), S(SIGWINCH), S(SIGPOLL), S(SIGSTOP), S(SIGTSTP),
    S(SIGCONT), S(SIGTTIN), S(SIGTTOU), S(SIGVTALRM), S(SIGPROF), S(SIGXCPU), S(SIGXFSZ), S(SIGSTKFLT), {"NSIG", SIGNALS}, {"SIG_DFL", 0}, {"SIG_IGN", 1},
    S(SIG_BLOCK), S(SIG_UNBLOCK), S(SIG_SETMASK), {"ITIMER_REAL", 0}, {"ITIMER_VIRTUAL", 1}, {"ITIMER_PROF", 2},
#undef S
};

static bool signal_exec(Thread *t, Value module) {
    SignalState *state = module_state(module);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if (!module_add_int(t, module, numbers[i].name, numbers[i].value)) return false;
    if (!module_add_int(t, module, "SIGRTMIN", SIGRTMIN) || !module_add_int(t, module, "SIGRTMAX", SIGRTMAX)) return false;
    state->default_handler = v_smallint(0);
    state->ignore_handler = v_smallint(1);
    state->int_handler = new_ref_maybe(dict_get_cstr(t, V_AS(Module, module)->dict, "default_int_handler"));
    if (is_null(state->int_handler)) return err_pending(t) ? false : err_no_memory_fail(t);
    state->siginfo = structseq_type(t, &siginfo_def);
    if (state->siginfo == NULL || !module_add(t, module, "struct_siginfo", ref_of(state->siginfo))) return false;
    Value name = str_from_cstr(t, "signal.itimer_error"), bases = tuple_of(t, 1, v_from(builtin_type(t, T_OSError))), dict = dict_new(t), error = VNULL;
    Value module_name = str_from_cstr(t, "signal");
    if (!is_null(name) && !is_null(bases) && !is_null(dict) && !is_null(module_name) && dict_set_str(t, dict, N(t, __module__), module_name)) {
        Value short_name = str_from_cstr(t, "itimer_error");
        if (!is_null(short_name)) error = call_3(t, v_from(builtin_type(t, T_type)), short_name, bases, dict);
        decref_maybe(t, short_name);
    }
    decref_maybe(t, module_name);
    decref_maybe(t, name);
    decref_maybe(t, bases);
    decref_maybe(t, dict);
    if (is_null(error)) return false;
    state->itimer_error = V_AS(Type, error);
    if (!module_add(t, module, "ItimerError", new_ref(error))) return false;
    if (!t->is_main || t->interp != (t->runtime->main ? t->runtime->main : t->interp)) return true;
    for (int number = 1; number < SIGNALS; number++) {
        struct sigaction action;
        bool known = sigaction(number, NULL, &action) == 0;
        state->handlers[number] = !known ? V_NONE : action.sa_handler == SIG_DFL ? state->default_handler : action.sa_handler == SIG_IGN ? state->ignore_handler : V_NONE;
    }
    t->interp->hooks.signals = signals_run;
    if (same(state->handlers[SIGINT], state->default_handler)) {
        state->handlers[SIGINT] = new_ref(state->int_handler);
        return install(SIGINT, TO_PYTHON);
    }
    return true;
}

static int signal_traverse(void *memory, VisitFn visit, void *context) {
    SignalState *state = memory;
    for (int i = 0; i < SIGNALS; i++) {
        int stop = !is_obj(state->handlers[i]) ? 0 : visit(state->handlers[i], context);
        if (stop) return stop;
    }
    return is_null(state->int_handler) ? 0 : visit(state->int_handler, context);
}

const ModuleDef module__signal = {
    .name = "_signal",
    .doc = "Signals and their handlers in Python.",
    .functions = functions,
    .state_size = sizeof(SignalState),
    .exec = signal_exec,
    .traverse = signal_traverse,
};
