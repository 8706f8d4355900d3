/* The module select: select, poll objects, epoll objects.  Waiting is interrupted by signals and goes on with the rest of
 * the time when no handler raised. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

#include "modules/fd_argument.h"
#include "modules/module.h"
#include "modules/time_value.h"
#include "object/gc.h"
#include "object/instance.h"

/* --- select ------------------------------------------------------------------------------------ */

typedef struct FdList {
    Value asked, objects; /* the argument as a sequence; what was in it, a list: both owned */
    int *fds;
    int64_t n, room;
} FdList;

static bool fd_list_add(Thread *t, FdList *list, int fd) {
    if (list->n == list->room) {
        int64_t room = list->room < 8 ? 8 : list->room * 2;
        int *fds = heap_realloc(t, list->fds, sizeof(int) * (size_t)room);
        if (fds == NULL) return false;
        list->fds = fds;
        list->room = room;
    }
    list->fds[list->n++] = fd;
    return true;
}

static bool fd_list(Thread *t, Value v, FdList *out, fd_set *set, int *max) {
    FD_ZERO(set);
    out->asked = sequence_fast(t, v, "arguments 1-3 must be sequences");
    out->objects = is_null(out->asked) ? VNULL : list_new(t, sequence_fast_len(out->asked));
    if (is_null(out->objects)) return false;
    for (int64_t i = 0; i < sequence_fast_len(out->asked); i++) { /* fileno() may change the list */
        int fd;
        if (!list_append(t, V_AS(List, out->objects), sequence_fast_items(out->asked)[i]) || !fd_argument(t, list_at(out->objects, i), &fd)) return false;
        if (fd >= FD_SETSIZE) return err_fail(t, T_ValueError, "filedescriptor out of range in select()");
        if (!fd_list_add(t, out, fd)) return false;
        FD_SET(fd, set);
        if (fd > *max) *max = fd;
    }
    return true;
}

static Value ready_list(Thread *t, const FdList *list, const fd_set *set) {
    Value ready = list_new(t, 4);
    for (int64_t i = 0; !is_null(ready) && i < list->n; i++)
        if (FD_ISSET(list->fds[i], set) && !list_append(t, V_AS(List, ready), list_at(list->objects, i))) slot_clear(t, &ready);
    return ready;
}

static Value select_select(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    gc_collect_after_shortage(t);
    int64_t ns = -1;
    if (!is_null(args[3]) && !is_none(args[3])) {
        if (!time_seconds_to_ns(t, args[3], TIME_UP, &ns)) return err_catch(t, T_TypeError) ? err_raise(t, T_TypeError, "timeout must be a float or None") : VNULL;
        if (ns < 0) return err_raise(t, T_ValueError, "timeout must be non-negative");
    }
    FdList lists[3] = {0};
    fd_set sets[3], work[3];
    int max = -1;
    Value result = VNULL;
    bool done = fd_list(t, args[0], &lists[0], &sets[0], &max) && fd_list(t, args[1], &lists[1], &sets[1], &max) && fd_list(t, args[2], &lists[2], &sets[2], &max);
    int64_t deadline = ns < 0 ? 0 : time_monotonic_ns() + ns;
    while (done) {
        struct timeval tv = {ns / 1000000000, (ns % 1000000000 + 999) / 1000};
        if (tv.tv_usec >= 1000000) tv.tv_sec++, tv.tv_usec -= 1000000;
        memcpy(work, sets, sizeof work);
        int count, error;
        gil_release(t);
        count = select(max + 1, &work[0], &work[1], &work[2], ns < 0 ? NULL : &tv);
        error = errno;
        gil_acquire(t);
        if (count < 0 && error == EINTR) {
            done = signals_check(t);
            if (done && ns >= 0) {
                ns = deadline - time_monotonic_ns();
                if (ns < 0) ns = 0;
            }
            continue;
        }
        if (count < 0) {
            err_raise_errno(t, error, VNULL, VNULL);
            break;
        }
        if (count == 0) for (int i = 0; i < 3; i++) FD_ZERO(&work[i]);
        Value parts[3];
        for (int i = 0; i < 3; i++) parts[i] = ready_list(t, &lists[i], &work[i]);
        result = tuple_take(t, parts, 3);
        break;
    }
    for (int i = 0; i < 3; i++) {
        heap_free(t, lists[i].fds);
        decref_maybe(t, lists[i].asked);
        decref_maybe(t, lists[i].objects);
    }
    return result;
}

/* A number of milliseconds, rounded away from zero. */
static bool milliseconds(Thread *t, Value v, int64_t *ns) {
    if (is_float(t, v)) {
        double d = float_get(v) * 1e6;
        if (isnan(d)) return err_fail(t, T_ValueError, "Invalid value NaN (not a number)");
        d = d < 0 ? floor(d) : ceil(d);
        if (fabs(d) < 0x1p63) {
            *ns = (int64_t)d;
            return true;
        }
    } else {
        Value n = number_index(t, v);
        if (is_null(n)) return false;
        bool fits = !__builtin_mul_overflow(int_clamp_i64(n), 1000000, ns);
        decref(t, n);
        if (fits) return true;
    }
    return err_fail(t, T_OverflowError, "timestamp out of range for C PyTime_t");
}

/* Milliseconds of a timeout argument: -1 for None; `scale` 1 (poll: milliseconds) or 1000 (epoll: seconds). */
static bool timeout_ms(Thread *t, Value v, bool seconds, int64_t *ns) {
    *ns = -1;
    if (is_null(v) || is_none(v)) return true;
    if (seconds) {
        if (!time_seconds_to_ns(t, v, TIME_CEILING, ns)) return err_catch(t, T_TypeError) ? err_fail(t, T_TypeError, "timeout must be an integer or None") : false;
    } else {
        if (!is_float(t, v) && !has_index(t, v)) return err_fail(t, T_TypeError, "timeout must be an integer or None");
        if (!milliseconds(t, v, ns)) return false;
    }
    if (*ns < 0) *ns = -1;
    if (*ns / 1000000 > INT_MAX) return err_fail(t, T_OverflowError, "timeout is too large");
    return true;
}

/* --- poll -------------------------------------------------------------------------------------- */

typedef struct Poll {
    Object head;
    Value registered; /* dict: fd -> events */
    bool running;
} Poll;

static bool events_argument(Thread *t, Value v, uint16_t *out) {
    if (is_null(v)) {
        *out = POLLIN | POLLPRI | POLLOUT;
        return true;
    }
    int64_t events;
    if (!arg_i64(t, v, &events)) return false;
    if (events < 0) return err_fail(t, T_ValueError, "value must be positive");
    if (events > UINT16_MAX) return err_fail(t, T_OverflowError, "Python int too large for C unsigned short");
    *out = (uint16_t)events;
    return true;
}

static Value poll_register(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int fd;
    uint16_t events;
    if (!fd_argument(t, args[1], &fd) || !events_argument(t, args[2], &events)) return VNULL;
    return dict_set(t, V_AS(Poll, args[0])->registered, v_smallint(fd), v_smallint(events)) ? V_NONE : VNULL;
}
static Value poll_modify(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int fd;
    uint16_t events;
    if (!fd_argument(t, args[1], &fd) || !events_argument(t, args[2], &events)) return VNULL;
    Value dict = V_AS(Poll, args[0])->registered;
    if (is_null(dict_get(t, dict, v_smallint(fd)))) return err_raise_errno(t, ENOENT, VNULL, VNULL);
    return dict_set(t, dict, v_smallint(fd), v_smallint(events)) ? V_NONE : VNULL;
}
static Value poll_unregister(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int fd;
    if (!fd_argument(t, args[1], &fd)) return VNULL;
    int deleted = dict_delete(t, V_AS(Poll, args[0])->registered, v_smallint(fd));
    return deleted > 0 ? V_NONE : deleted < 0 ? VNULL : err_raise_with(t, T_KeyError, v_smallint(fd));
}

static Value poll_results(Thread *t, const struct pollfd *fds, int64_t n) {
    Value list = list_new(t, 4);
    for (int64_t i = 0; !is_null(list) && i < n; i++) {
        if (fds[i].revents == 0) continue;
        Value pair[2] = {v_smallint(fds[i].fd), v_smallint((uint16_t)fds[i].revents)}, item = tuple_take(t, pair, 2);
        if (is_null(item) || !list_append_take(t, V_AS(List, list), item)) slot_clear(t, &list);
    }
    return list;
}

static Value poll_poll(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    gc_collect_after_shortage(t);
    Poll *p = V_AS(Poll, args[0]);
    int64_t ns;
    if (!timeout_ms(t, args[1], false, &ns)) return VNULL;
    if (p->running) return err_raise(t, T_RuntimeError, "concurrent poll() invocation");
    int64_t n = dict_len(p->registered), k = 0;
    struct pollfd *fds = heap_alloc(t, sizeof *fds * (size_t)(n + 1));
    if (fds == NULL) return VNULL;
    Value key, value, result = VNULL;
    for (uint32_t pos = 0; dict_next(p->registered, &pos, &key, &value);) fds[k++] = (struct pollfd){.fd = (int)smallint_get(key), .events = (short)smallint_get(value)};
    int64_t deadline = ns < 0 ? 0 : time_monotonic_ns() + ns;
    p->running = true;
    for (;;) {
        int ms = ns < 0 ? -1 : (int)((ns + 999999) / 1000000), count, error;
        gil_release(t);
        count = poll(fds, (nfds_t)n, ms);
        error = errno;
        gil_acquire(t);
        if (count < 0 && error == EINTR) {
            if (!signals_check(t)) break;
            if (ns >= 0) {
                ns = deadline - time_monotonic_ns();
                if (ns < 0) ns = 0;
            }
            continue;
        }
        result = count < 0 ? err_raise_errno(t, error, VNULL, VNULL) : poll_results(t, fds, n);
        break;
    }
    p->running = false;
    heap_free(t, fds);
    return result;
}

static const MethodDef poll_methods[] = {
    {"register", "($self, fd, eventmask=7, /)", "Watch a descriptor for events.", poll_register},
    {"modify", "($self, fd, eventmask, /)", "Change the events of a descriptor.", poll_modify},
    {"unregister", "($self, fd, /)", "Stop watching a descriptor.", poll_unregister},
    {"poll", "($self, timeout=None, /)", "Wait; the list of (descriptor, events), at most for some milliseconds.", poll_poll},
    {NULL},
};
static const Field poll_fields[] = {FIELD_VALUE(Poll, registered)};
static const TypeDef typedef_poll = {
    .name = "select.poll", .flags = TF_GC | TF_NO_NEW, .size = sizeof(Poll), FIELDS(poll_fields), .methods = poll_methods};

static Value select_poll(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value v = object_new(t, builtin_type(t, T_poll));
    if (is_null(v)) return v;
    V_AS(Poll, v)->registered = dict_new(t);
    if (is_null(V_AS(Poll, v)->registered)) {
        decref(t, v);
        return VNULL;
    }
    return object_done(t, v);
}

/* --- epoll ------------------------------------------------------------------------------------- */

typedef struct Epoll {
    Object head;
    int fd_plus_1; /* 0: closed */
} Epoll;

static bool epoll_live(Thread *t, Epoll *e) { return e->fd_plus_1 > 0 || err_fail(t, T_ValueError, "I/O operation on closed epoll object"); }

static Value epoll_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value out[2];
    int32_t sizehint = -1, flags = 0;
    if (!call_bind_signature(t, "epoll", "(sizehint=-1, flags=0)", args, nargs, kwnames, out)) return VNULL;
    if ((!is_null(out[0]) && !arg_i32(t, out[0], &sizehint)) || (!is_null(out[1]) && !arg_i32(t, out[1], &flags))) return VNULL;
    if (sizehint == 0 || sizehint < -1) return err_raise(t, T_ValueError, "negative sizehint");
    if (flags && flags != EPOLL_CLOEXEC) return err_raise(t, T_OSError, "invalid flags");
    int fd = epoll_create1(EPOLL_CLOEXEC);
    if (fd < 0) return err_raise_errno(t, errno, VNULL, VNULL);
    Value v = object_new(t, type);
    if (is_null(v)) {
        close(fd);
        return v;
    }
    V_AS(Epoll, v)->fd_plus_1 = fd + 1;
    return object_done(t, v);
}
static Value epoll_fromfd(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t fd;
    if (!arg_i32(t, args[1], &fd)) return VNULL;
    Value v = object_new(t, V_AS(Type, args[0]));
    if (is_null(v)) return v;
    V_AS(Epoll, v)->fd_plus_1 = fd + 1;
    return object_done(t, v);
}
static void epoll_destroy(Thread *t, Object *o) {
    if (((Epoll *)o)->fd_plus_1 > 0) close(((Epoll *)o)->fd_plus_1 - 1);
}
static Value epoll_close(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Epoll *e = V_AS(Epoll, args[0]);
    if (e->fd_plus_1 > 0) {
        int fd = e->fd_plus_1 - 1, failed;
        e->fd_plus_1 = 0;
        ALLOW_THREADS(t, failed = close(fd));
        if (failed) return err_raise_errno(t, errno, VNULL, VNULL);
    }
    return V_NONE;
}
static Value epoll_fileno(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Epoll *e = V_AS(Epoll, args[0]);
    return epoll_live(t, e) ? v_smallint(e->fd_plus_1 - 1) : VNULL;
}
static Value epoll_control(Thread *t, Value self, Value what, int operation, Value mask) {
    Epoll *e = V_AS(Epoll, self);
    int fd;
    struct epoll_event event = {.events = EPOLLIN | EPOLLPRI | EPOLLOUT};
    if (!epoll_live(t, e) || !fd_argument(t, what, &fd)) return VNULL;
    if (!is_null(mask)) {
        uint32_t events;
        if (!arg_u32(t, mask, &events)) return VNULL;
        event.events = events;
    }
    event.data.fd = fd;
    return epoll_ctl(e->fd_plus_1 - 1, operation, fd, &event) == 0 ? V_NONE : err_raise_errno(t, errno, VNULL, VNULL);
}
static Value epoll_register(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return epoll_control(t, args[0], args[1], EPOLL_CTL_ADD, args[2]); }
static Value epoll_modify(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return epoll_control(t, args[0], args[1], EPOLL_CTL_MOD, args[2]); }
static Value epoll_unregister(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return epoll_control(t, args[0], args[1], EPOLL_CTL_DEL, VNULL); }

static Value epoll_poll(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    gc_collect_after_shortage(t);
    Epoll *e = V_AS(Epoll, args[0]);
    int64_t ns;
    int32_t max = -1;
    if (!epoll_live(t, e) || !timeout_ms(t, args[1], true, &ns) || (!is_null(args[2]) && !arg_i32(t, args[2], &max))) return VNULL;
    if (max == -1) max = FD_SETSIZE - 1;
    else if (max < 1) return err_raise(t, T_ValueError, "maxevents must be greater than 0, got %d", max);
    struct epoll_event *events = heap_alloc(t, sizeof *events * (size_t)max);
    if (events == NULL) return VNULL;
    int64_t deadline = ns < 0 ? 0 : time_monotonic_ns() + ns;
    Value list = VNULL;
    for (;;) {
        int ms = ns < 0 ? -1 : (int)((ns + 999999) / 1000000), count, error, fd = e->fd_plus_1 - 1;
        gil_release(t);
        count = epoll_wait(fd, events, max, ms);
        error = errno;
        gil_acquire(t);
        if (count < 0 && error == EINTR) {
            if (!signals_check(t)) break;
            if (ns >= 0) {
                ns = deadline - time_monotonic_ns();
                if (ns < 0) ns = 0;
            }
            continue;
        }
        if (count < 0) {
            err_raise_errno(t, error, VNULL, VNULL);
            break;
        }
        list = list_new(t, count);
        for (int i = 0; !is_null(list) && i < count; i++) {
            Value pair[2] = {v_smallint(events[i].data.fd), v_smallint(events[i].events)}, item = tuple_take(t, pair, 2);
            if (is_null(item) || !list_append_take(t, V_AS(List, list), item)) slot_clear(t, &list);
        }
        break;
    }
    heap_free(t, events);
    return list;
}
static Value epoll_enter(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return epoll_live(t, V_AS(Epoll, args[0])) ? new_ref(args[0]) : VNULL; }
static Value get_closed(Thread *t, Value self, void *closure) { return v_bool(V_AS(Epoll, self)->fd_plus_1 == 0); }

static const MethodDef epoll_methods[] = {
    {"fromfd", "($type, fd, /)", "An epoll object of a descriptor.", epoll_fromfd, MF_CLASS},
    {"close", "($self, /)", "Close the descriptor.", epoll_close},
    {"fileno", "($self, /)", "The descriptor.", epoll_fileno},
    {"register", "($self, /, fd, eventmask=7)", "Watch a descriptor for events.", epoll_register},
    {"modify", "($self, /, fd, eventmask)", "Change the events of a descriptor.", epoll_modify},
    {"unregister", "($self, /, fd)", "Stop watching a descriptor.", epoll_unregister},
    {"poll", "($self, /, timeout=None, maxevents=-1)", "Wait; the list of (descriptor, events), at most for some seconds.", epoll_poll},
    {"__enter__", "($self, /)", NULL, epoll_enter},
    {"__exit__", "($self, exc_type=None, exc_value=None, exc_tb=None, /)", NULL, epoll_close},
    {NULL},
};
static const GetSetDef epoll_getsets[] = {{"closed", get_closed, NULL, "whether the object is closed", NULL}, {NULL}};
static const TypeDef typedef_epoll = {
    .name = "select.epoll",
    .doc = "A set of descriptors to watch, kept by the system.",
    .flags = TF_BASE,
    .size = sizeof(Epoll),
    .methods = epoll_methods,
    .getsets = epoll_getsets,
    .slots = {.new = epoll_new, .destroy = epoll_destroy},
};

/* --- Module ------------------------------------------------------------------------------------ */

static const MethodDef functions[] = {
    {"select", "($module, rlist, wlist, xlist, timeout=None, /)", "Wait until descriptors are ready for reading, writing or have something exceptional.", select_select},
    {"poll", "($module, /)", "A new poll object.", select_poll},
    {NULL},
};

static bool select_exec(Thread *t, Value module) {
    static const struct { const char *name; int64_t value; } numbers[] = {
#define S(x) {#x, (uint32_t)x}
        S(POLLIN), S(POLLPRI), S(POLLOUT), S(POLLERR), S(POLLHUP), S(POLLNVAL), S(POLLRDNORM), S(POLLRDBAND), S(POLLWRNORM), S(POLLWRBAND), S(POLLMSG), S(POLLRDHUP),
        S(EPOLLIN), S(EPOLLOUT), S(EPOLLPRI), S(EPOLLERR), S(EPOLLHUP), S(EPOLLRDHUP), S(EPOLLET), S(EPOLLONESHOT), S(EPOLLEXCLUSIVE), S(EPOLLWAKEUP),
        S(EPOLLRDNORM), S(EPOLLRDBAND), S(EPOLLWRNORM), S(EPOLLWRBAND), S(EPOLLMSG), S(EPOLL_CLOEXEC), S(PIPE_BUF),
#undef S
    };
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if (!module_add_int(t, module, numbers[i].name, numbers[i].value)) return false;
    Value dict = V_AS(Module, module)->dict;
    if (!module_add(t, module, "error", ref_of(builtin_type(t, T_OSError))) || !module_add_type(t, module, T_epoll, &typedef_epoll)) return false;
    Value poll_function = new_ref(dict_get_cstr(t, dict, "poll"));
    return module_add_type(t, module, T_poll, &typedef_poll) & module_add(t, module, "poll", poll_function); /* the function, not the type */
}

const ModuleDef module_select = {.name = "select", .doc = "Waiting for descriptors.", .functions = functions, .exec = select_exec};
