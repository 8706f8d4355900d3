/* The module faulthandler: Python tracebacks of a dying, hanging or curious process.
 *
 * What is written from signal handlers uses no heap, takes no lock and follows the frames as they lie; it may show nonsense when
 * they are being changed, but it stops.  A handler finds its Thread through the signal stack (core/runtime.h).
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "core/runtime.h"
#include "modules/module.h"
#include "vm/frame_object.h"

enum { FRAMES_MAX = 100, TEXT_MAX = 500, C_FRAMES_MAX = 32, SIGNALS = 65 };

static const struct { int number; const char *text; } fatal_signals[] = {
    {SIGBUS, "Bus error"}, {SIGILL, "Illegal instruction"}, {SIGFPE, "Floating-point exception"}, {SIGABRT, "Aborted"},
    {SIGSEGV, "Segmentation fault"},
};
enum { FATAL_COUNT = sizeof fatal_signals / sizeof *fatal_signals };

typedef struct UserSignal {
    bool set, all_threads, chain;
    int fd;
    Value file;
    struct sigaction before;
} UserSignal;

typedef struct Watchdog {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool cancelled, repeat, exit;
    struct timespec interval;
    int fd;
    Value file;
    Interp *interp;
    char header[64];
} Watchdog;

typedef struct FaultState {
    bool enabled, all_threads;
    int fd;
    Value file;
    struct sigaction before[FATAL_COUNT];
    UserSignal user[SIGNALS];
    Watchdog *watchdog;
} FaultState;

/* --- Writing without anything ------------------------------------------------------------------ */

static void put_bytes(int fd, const char *text, size_t n) {
    while (n) {
        ssize_t done = write(fd, text, n);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return;
        text += done;
        n -= (size_t)done;
    }
}
static void put(int fd, const char *text) { put_bytes(fd, text, strlen(text)); }

static void put_number(int fd, uint64_t n, unsigned base, int width) {
    char digits[32];
    int i = sizeof digits;
    do digits[--i] = "0123456789abcdef"[n % base], n /= base, width--;
    while (n || width > 0);
    put_bytes(fd, digits + i, sizeof digits - (size_t)i);
}

static void put_str(int fd, Value v) {
    if (!IS_EXACT(v, str)) {
        put(fd, "???");
        return;
    }
    const Str *s = V_AS(Str, v);
    int64_t n = str_len(s);
    for (int64_t i = 0; i < n && i < TEXT_MAX; i++) {
        uint32_t c = str_at(s, i);
        char one = (char)c;
        if (c >= ' ' && c < 0x7F) put_bytes(fd, &one, 1);
        else if (c <= 0xFF) put(fd, "\\x"), put_number(fd, c, 16, 2);
        else if (c <= 0xFFFF) put(fd, "\\u"), put_number(fd, c, 16, 4);
        else put(fd, "\\U"), put_number(fd, c, 16, 8);
    }
    if (n > TEXT_MAX) put(fd, "...");
}

static void dump_frames(int fd, Thread *t) {
    Frame *f = t->fiber ? t->fiber->frame : NULL;
    if (!f) put(fd, "  <no Python frame>\n");
    for (int n = 0; f; f = f->previous, n++) {
        if (n == FRAMES_MAX) {
            put(fd, "  ...\n");
            break;
        }
        if (!f->code) continue;
        int line = frame_line_of(t, f);
        put(fd, "  File \"");
        put_str(fd, f->code->filename);
        put(fd, "\", line ");
        if (line < 0) put(fd, "???");
        else put_number(fd, (uint64_t)line, 10, 1);
        put(fd, " in ");
        put_str(fd, f->code->name);
        put(fd, "\n");
    }
}

static void dump_thread(int fd, Thread *t, bool is_current) {
    char name[32] = "";
    put(fd, is_current ? "Current thread 0x" : "Thread 0x");
    put_number(fd, t->id, 16, 16);
    if (!pthread_getname_np(t->pthread, name, sizeof name) && name[0]) put(fd, " ["), put(fd, name), put(fd, "]");
    put(fd, " (most recent call first):\n");
    dump_frames(fd, t);
}

static void dump_all(int fd, Interp *interp, Thread *current) {
    bool first = true;
    for (Thread *t = interp->threads; t; t = t->next) {
        if (!first) put(fd, "\n");
        first = false;
        dump_thread(fd, t, t == current);
    }
}

static void dump(int fd, Thread *t, bool all_threads) {
    if (all_threads) {
        dump_all(fd, t->interp, t);
        return;
    }
    put(fd, "Stack (most recent call first):\n");
    dump_frames(fd, t);
}

/* The file, and the nearest symbol or else the place in the file, of a return address. */
static void dump_c_frame(int fd, void *address) {
    Dl_info info;
    uintptr_t at = (uintptr_t)address;
    if (!dladdr(address, &info) || !info.dli_fname || !*info.dli_fname) {
        put(fd, "  <unknown> [0x");
    } else {
        uintptr_t start = (uintptr_t)(info.dli_sname ? info.dli_saddr : info.dli_fbase);
        put(fd, "  Binary file \""), put(fd, info.dli_fname), put(fd, "\", at ");
        if (info.dli_sname) put(fd, info.dli_sname);
        put(fd, at < start ? "-0x" : "+0x");
        put_number(fd, at < start ? start - at : at - start, 16, 1);
        put(fd, " [0x");
    }
    put_number(fd, at, 16, 1);
    put(fd, "]\n");
}

static void dump_c_stack(int fd) {
    void *frames[C_FRAMES_MAX];
    put(fd, "Current thread's C stack trace (most recent call first):\n");
    int n = backtrace(frames, C_FRAMES_MAX);
    for (int i = 1; i < n; i++) dump_c_frame(fd, frames[i]);
}

/* --- Handlers ---------------------------------------------------------------------------------- */

static FaultState *state_of(Thread *t) { return MODULE_STATE(t, faulthandler, FaultState); }

static void on_fatal(int number, siginfo_t *info, void *context) {
    int saved = errno;
    Thread *t = thread_of_signal(context);
    FaultState *s = t ? state_of(t) : NULL;
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int i = 0; i < FATAL_COUNT; i++) {
        if (fatal_signals[i].number != number) continue;
        sigaction(number, s ? &s->before[i] : &standard, NULL);
        if (!s || !s->enabled) break;
        put(s->fd, "Fatal Python error: ");
        put(s->fd, fatal_signals[i].text);
        put(s->fd, "\n\n");
        dump(s->fd, t, s->all_threads);
        put(s->fd, "\n");
        dump_c_stack(s->fd);
    }
    errno = saved;
    raise(number);
}

static void on_user(int number, siginfo_t *info, void *context) {
    int saved = errno;
    Thread *t = thread_of_signal(context);
    FaultState *s = t ? state_of(t) : NULL;
    if (!s || !s->user[number].set) return;
    UserSignal *u = &s->user[number];
    dump(u->fd, t, u->all_threads);
    errno = saved;
    if (!u->chain) return;
    if (u->before.sa_flags & SA_SIGINFO) u->before.sa_sigaction(number, info, context);
    else if (u->before.sa_handler != SIG_DFL && u->before.sa_handler != SIG_IGN) u->before.sa_handler(number);
    else if (u->before.sa_handler == SIG_DFL) {
        struct sigaction own;
        sigset_t only;
        sigaction(number, &u->before, &own);
        sigemptyset(&only);
        sigaddset(&only, number);
        pthread_sigmask(SIG_UNBLOCK, &only, NULL);
        raise(number);
        sigaction(number, &own, NULL);
    }
    errno = saved;
}

/* --- Arguments --------------------------------------------------------------------------------- */

/* The descriptor of a file argument (VNULL: sys.stderr); *keep is the object to hold, owned, VNULL for a number. -1: exception. */
static int file_argument(Thread *t, Value file, Value *keep) {
    *keep = VNULL;
    if (is_null(file) || is_none(file)) {
        file = dict_get_cstr(t, t->interp->sys_dict, "stderr");
        if (is_null(file)) return err_minus(t, T_RuntimeError, "lost sys.stderr");
        if (is_none(file)) return err_minus(t, T_RuntimeError, "sys.stderr is None");
    } else if (is_int(t, file)) {
        int32_t fd;
        if (!arg_i32(t, file, &fd)) return -1;
        if (fd < 0) return err_minus(t, T_ValueError, "file is not a valid file descriptor");
        return fd;
    }
    Value number = call_method_0(t, file, N(t, fileno));
    if (is_null(number)) return -1;
    int64_t fd = -1;
    if (is_smallint(number)) fd = smallint_get(number);
    decref(t, number);
    if (fd < 0 || fd > INT32_MAX) return err_minus(t, T_RuntimeError, "file.fileno() is not a valid file descriptor");
    Value flushed = call_method_0(t, file, N(t, flush));
    if (is_null(flushed)) err_clear(t);
    else decref(t, flushed);
    *keep = new_ref(file);
    return (int)fd;
}

static bool flag(Thread *t, Value v, bool fallback, bool *out) {
    *out = fallback;
    return is_null(v) || arg_bool(t, v, out);
}

/* --- Functions --------------------------------------------------------------------------------- */

static Value fault_dump_traceback(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value keep;
    bool all;
    int fd = file_argument(t, args[0], &keep);
    if (fd < 0) return VNULL;
    bool ok = flag(t, args[1], true, &all);
    if (ok) dump(fd, t, all);
    decref_maybe(t, keep);
    return ok ? V_NONE : VNULL;
}

static Value fault_dump_c_stack(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value keep;
    int fd = file_argument(t, args[0], &keep);
    if (fd < 0) return VNULL;
    dump_c_stack(fd);
    decref_maybe(t, keep);
    return V_NONE;
}

static void disable(Thread *t, FaultState *s) {
    if (!s->enabled) return;
    s->enabled = false;
    for (int i = 0; i < FATAL_COUNT; i++) sigaction(fatal_signals[i].number, &s->before[i], NULL);
    slot_clear(t, &s->file);
}

static void enable(Thread *t, FaultState *s, int fd, Value keep, bool all_threads) {
    s->fd = fd;
    s->all_threads = all_threads;
    slot_set(t, &s->file, keep);
    if (s->enabled) return;
    void *one[1];
    backtrace(one, 1); /* the first call loads a library, which a handler must not */
    s->enabled = true;
    struct sigaction a = {.sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
    for (int i = 0; i < FATAL_COUNT; i++) sigaction(fatal_signals[i].number, &a, &s->before[i]);
}

static Value fault_enable(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value keep;
    bool all;
    int fd = file_argument(t, args[0], &keep);
    if (fd < 0) return VNULL;
    if (!flag(t, args[1], true, &all)) {
        decref_maybe(t, keep);
        return VNULL;
    }
    enable(t, state_of(t), fd, keep, all);
    return V_NONE;
}

static Value fault_disable(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    FaultState *s = state_of(t);
    bool was = s->enabled;
    disable(t, s);
    return v_bool(was);
}

static Value fault_is_enabled(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_bool(state_of(t)->enabled); }

/* --- The watchdog ------------------------------------------------------------------------------ */

static void *watch(void *argument) {
    Watchdog *w = argument;
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    pthread_mutex_lock(&w->lock);
    for (bool again = true; again && !w->cancelled;) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += w->interval.tv_sec;
        until.tv_nsec += w->interval.tv_nsec;
        if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
        int r = 0;
        while (!w->cancelled && r != ETIMEDOUT) r = pthread_cond_timedwait(&w->wake, &w->lock, &until);
        if (w->cancelled) break;
        put(w->fd, w->header);
        dump_all(w->fd, w->interp, NULL);
        if (w->exit) _exit(1);
        again = w->repeat;
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static void watchdog_stop(Thread *t, FaultState *s) {
    Watchdog *w = s->watchdog;
    if (!w) return;
    s->watchdog = NULL;
    pthread_mutex_lock(&w->lock);
    w->cancelled = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    ALLOW_THREADS(t, pthread_join(w->thread, NULL));
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    decref_maybe(t, w->file);
    free(w);
}

static void watchdog_header(Watchdog *w, double seconds) {
    long long us = (long long)(seconds * 1e6 + 0.5), s = us / 1000000;
    us %= 1000000;
    int n = snprintf(w->header, sizeof w->header, "Timeout (%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    if (us) n += snprintf(w->header + n, sizeof w->header - (size_t)n, ".%06lld", us);
    snprintf(w->header + n, sizeof w->header - (size_t)n, ")!\n");
}

static Value fault_dump_later(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    FaultState *s = state_of(t);
    double seconds;
    bool repeat, exit_then;
    Value keep;
    if (!is_int(t, args[0]) && !is_float(t, args[0]) && !has_index(t, args[0])) {
        return err_raise(t, T_TypeError, "'%T' object cannot be interpreted as an integer or float", args[0]);
    }
    if (!float_convert(t, args[0], &seconds) || !flag(t, args[1], false, &repeat) || !flag(t, args[3], false, &exit_then)) return VNULL;
    if (isnan(seconds)) return err_raise(t, T_ValueError, "Invalid value NaN (not a number)");
    if (seconds <= 0) return err_raise(t, T_ValueError, "timeout must be greater than 0");
    if (seconds > 1e9) return err_raise(t, T_OverflowError, "timeout value is too large");
    int fd = file_argument(t, args[2], &keep);
    if (fd < 0) return VNULL;
    watchdog_stop(t, s);
    Watchdog *w = calloc(1, sizeof *w);
    if (!w) {
        decref_maybe(t, keep);
        return err_no_memory(t);
    }
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w->wake, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&w->lock, NULL);
    *w = (Watchdog){.lock = w->lock, .wake = w->wake, .repeat = repeat, .exit = exit_then, .fd = fd, .file = keep, .interp = t->interp};
    w->interval.tv_sec = (time_t)seconds;
    w->interval.tv_nsec = (long)((seconds - floor(seconds)) * 1e9);
    watchdog_header(w, seconds);
    if (pthread_create(&w->thread, NULL, watch, w)) {
        decref_maybe(t, keep);
        free(w);
        return err_raise(t, T_RuntimeError, "unable to start watchdog thread");
    }
    s->watchdog = w;
    return V_NONE;
}

static Value fault_cancel_later(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    watchdog_stop(t, state_of(t));
    return V_NONE;
}

/* --- User signals ------------------------------------------------------------------------------ */

static bool check_signal(Thread *t, Value v, int32_t *number) {
    if (!arg_i32(t, v, number)) return false;
    for (int i = 0; i < FATAL_COUNT; i++) {
        if (fatal_signals[i].number == *number) {
            return err_fail(t, T_RuntimeError, "signal %d cannot be registered, use enable() instead", *number);
        }
    }
    return (*number >= 1 && *number < SIGNALS) || err_fail(t, T_ValueError, "signal number out of range");
}

static bool user_signal_drop(Thread *t, UserSignal *u, int number) {
    if (!u->set) return false;
    u->set = false;
    sigaction(number, &u->before, NULL);
    slot_clear(t, &u->file);
    return true;
}

static Value fault_register(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    FaultState *s = state_of(t);
    int32_t number;
    bool all, chain;
    Value keep;
    if (!check_signal(t, args[0], &number) || !flag(t, args[2], true, &all) || !flag(t, args[3], false, &chain)) return VNULL;
    int fd = file_argument(t, args[1], &keep);
    if (fd < 0) return VNULL;
    UserSignal *u = &s->user[number];
    u->fd = fd;
    u->all_threads = all;
    u->chain = chain;
    slot_set(t, &u->file, keep);
    if (u->set) return V_NONE;
    struct sigaction a = {.sa_sigaction = on_user, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK | (chain ? SA_NODEFER : 0)};
    u->set = true;
    if (!sigaction(number, &a, &u->before)) return V_NONE;
    u->set = false;
    slot_clear(t, &u->file);
    return err_raise_errno(t, errno, VNULL, VNULL);
}

static Value fault_unregister(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t number;
    if (!check_signal(t, args[0], &number)) return VNULL;
    return v_bool(user_signal_drop(t, &state_of(t)->user[number], number));
}

/* --- Ways to die, for tests -------------------------------------------------------------------- */

static void no_core(void) {
    struct rlimit none;
    if (getrlimit(RLIMIT_CORE, &none)) return;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_CORE, &none);
}

static Value die(int number) {
    no_core();
    raise(number);
    return V_NONE;
}
static Value fault_sigsegv(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return die(SIGSEGV); }
static Value fault_sigfpe(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return die(SIGFPE); }
static Value fault_sigabrt(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    no_core();
    abort();
}
static Value fault_read_null(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    no_core();
    const volatile int *nowhere = NULL;
    return v_smallint(*nowhere);
}

enum { FALL_MAX = 100 << 20 };

/* Goes down the stack page by page until it ends; answers how far it came where it does not. */
static NOINLINE size_t fall(uintptr_t top) {
    volatile char page[4096];
    page[0] = (char)top;
    size_t depth = top - (uintptr_t)page;
    return depth > FALL_MAX ? depth : fall(top) + (size_t)(page[0] - (char)top);
}
static Value fault_stack_overflow(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    no_core();
    size_t depth = fall((uintptr_t)__builtin_frame_address(0));
    return err_raise(t, T_RuntimeError, "unable to raise a stack overflow (allocated %zu bytes on the stack)", depth);
}

static const MethodDef functions[] = {
    {"enable", "($module, /, file=sys.stderr, all_threads=True)", "Writes tracebacks when a fatal signal comes.", fault_enable},
    {"disable", "($module, /)", "Leaves fatal signals to others.", fault_disable},
    {"is_enabled", "($module, /)", "Whether fatal signals are handled.", fault_is_enabled},
    {"dump_traceback", "($module, /, file=sys.stderr, all_threads=True)", "Writes the tracebacks of this thread, or of all.", fault_dump_traceback},
    {"dump_c_stack", "($module, /, file=sys.stderr)", "Writes the C stack of this thread.", fault_dump_c_stack},
    {"dump_traceback_later", "($module, /, timeout, repeat=False, file=sys.stderr, exit=False)",
     "Writes the tracebacks of all threads after so many seconds, unless cancelled.", fault_dump_later},
    {"cancel_dump_traceback_later", "($module, /)", "Cancels what dump_traceback_later asked for.", fault_cancel_later},
    {"register", "($module, /, signum, file=sys.stderr, all_threads=True, chain=False)", "Writes tracebacks when the signal comes.", fault_register},
    {"unregister", "($module, signum, /)", "Gives a signal back; answers whether it was registered.", fault_unregister},
    {"_read_null", "($module, /)", "Reads from address 0.", fault_read_null},
    {"_sigsegv", "($module, release_gil=False, /)", "Raises SIGSEGV.", fault_sigsegv},
    {"_sigabrt", "($module, /)", "Raises SIGABRT.", fault_sigabrt},
    {"_stack_overflow", "($module, /)", "Uses up the stack.", fault_stack_overflow},
    {"_sigfpe", "($module, /)", "Raises SIGFPE.", fault_sigfpe},
    {0},
};

static bool faulthandler_exec(Thread *t, Value module) { return true; }

static int faulthandler_traverse(void *state, VisitFn visit, void *context) {
    FaultState *s = state;
    int stop = is_obj(s->file) ? visit(s->file, context) : 0;
    for (int i = 0; i < SIGNALS && !stop; i++) {
        if (is_obj(s->user[i].file)) stop = visit(s->user[i].file, context);
    }
    return stop || !s->watchdog || !is_obj(s->watchdog->file) ? stop : visit(s->watchdog->file, context);
}

static void faulthandler_clear(Thread *t, void *state) {
    FaultState *s = state;
    watchdog_stop(t, s);
    disable(t, s);
    for (int i = 1; i < SIGNALS; i++) user_signal_drop(t, &s->user[i], i);
}

const ModuleDef module_faulthandler = {
    .name = "faulthandler",
    .doc = "Python tracebacks on fatal signals, after a time, or on a signal of one's own.",
    .functions = functions,
    .state_size = sizeof(FaultState),
    .exec = faulthandler_exec,
    .traverse = faulthandler_traverse,
    .clear = faulthandler_clear,
};
