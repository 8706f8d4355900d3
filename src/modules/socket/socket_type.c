/* socket objects.
 *
 * A socket with a timeout is non-blocking underneath; each operation waits with poll until it can go on, and goes on
 * with the rest of the time after an interruption.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "modules/fd_argument.h"
#include "modules/socket/socket_priv.h"
#include "modules/socket_object.h"
#include "modules/sys.h"
#include "modules/time_value.h"
#include "modules/warnings.h"
#include "object/buffer.h"
#include "object/instance.h"

typedef struct Socket {
    Object head;
    int fd_plus_1; /* 0: closed */
    int family, kind, protocol;
    int64_t timeout; /* ns; -1: blocking */
} Socket;

static int fd_of(const Socket *s) { return s->fd_plus_1 - 1; }
int socket_fd(Value socket) { return fd_of(V_AS(Socket, socket)); }
int64_t socket_timeout(Value socket) { return V_AS(Socket, socket)->timeout; }
static Value os_error(Thread *t) { return err_raise_errno(t, errno, VNULL, VNULL); }

/* --- Waiting ----------------------------------------------------------------------------------- */

/* 1 ready, 0 timed out, -1 exception. */
static int wait_ready(Thread *t, Socket *s, bool writing, int64_t deadline) {
    for (;;) {
        int64_t left = deadline - time_monotonic_ns();
        if (left < 0) return 0;
        struct pollfd p = {.fd = fd_of(s), .events = writing ? POLLOUT : POLLIN};
        int ready, error;
        gil_release(t);
        ready = poll(&p, 1, (int)((left + 999999) / 1000000));
        error = errno;
        gil_acquire(t);
        if (ready > 0) return 1;
        if (ready == 0) return 0;
        if (error != EINTR) {
            err_raise_errno(t, error, VNULL, VNULL);
            return -1;
        }
        if (!signals_check(t)) return -1;
    }
}

/* One attempt of an operation: its result as the system call has it. */
typedef int64_t (*Attempt)(int fd, void *context);

/* Runs an operation without the GIL until it succeeds, fails or times out: -1 with an exception. */
static int64_t run(Thread *t, Socket *s, bool writing, Attempt attempt, void *context) {
    int64_t deadline = s->timeout > 0 ? time_monotonic_ns() + s->timeout : 0;
    for (;;) {
        if (s->timeout > 0) {
            int ready = wait_ready(t, s, writing, deadline);
            if (ready < 0) return -1;
            if (ready == 0) return err_minus(t, T_TimeoutError, "timed out");
        }
        int64_t result;
        int error, fd = fd_of(s);
        gil_release(t);
        result = attempt(fd, context);
        error = errno;
        gil_acquire(t);
        if (result >= 0) return result;
        if (error == EINTR) {
            if (!signals_check(t)) return -1;
            continue;
        }
        if (s->timeout > 0 && (error == EAGAIN || error == EWOULDBLOCK)) continue;
        err_raise_errno(t, error, VNULL, VNULL);
        return -1;
    }
}

/* --- Construction ------------------------------------------------------------------------------ */

static bool set_blocking(Thread *t, int fd, bool blocking) {
    int on = !blocking;
    if (ioctl(fd, FIONBIO, &on) == 0) return true;
    os_error(t);
    return false;
}

Value socket_make(Thread *t, Type *type, int fd, int family, int kind, int protocol) {
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    Socket *s = V_AS(Socket, v);
    s->fd_plus_1 = fd + 1;
    s->family = family;
    s->kind = kind & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    s->protocol = protocol;
    s->timeout = -1;
    return object_done(t, v);
}

static Value slot_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value v = socket_make(t, type, -1, -1, 0, 0);
    if (!is_null(v)) V_AS(Socket, v)->timeout = -1;
    return v;
}

static bool slot_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Value out[4];
    int32_t family = -1, kind = -1, protocol = -1;
    if (!call_bind_signature(t, "socket", "(family=-1, type=-1, proto=-1, fileno=None)", args, nargs, kwnames, out)) return false;
    if ((!is_null(out[0]) && !arg_i32(t, out[0], &family)) || (!is_null(out[1]) && !arg_i32(t, out[1], &kind)) || (!is_null(out[2]) && !arg_i32(t, out[2], &protocol))) return false;
    if (!sys_audit_values(t, "socket.__new__", 4, self, v_smallint(family), v_smallint(kind), v_smallint(protocol))) return false;
    Socket *s = V_AS(Socket, self);
    int fd;
    if (!is_null(out[3]) && !is_none(out[3])) {
        int32_t given;
        if (is_float(t, out[3])) return err_fail(t, T_TypeError, "integer argument expected, got float");
        if (!arg_i32(t, out[3], &given)) return false;
        if (given < 0) return err_fail(t, T_ValueError, "negative file descriptor");
        fd = given;
        SocketAddress address = {.length = sizeof address.room};
        if (getsockname(fd, &address.any, &address.length) < 0) {
            if (family == -1 || errno == EBADF || errno == ENOTSOCK) return os_error(t), false;
        } else if (family == -1) {
            family = address.any.sa_family;
        }
        socklen_t n = sizeof(int);
        if (kind == -1 && getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &n) < 0) return os_error(t), false;
        if (protocol == -1 && getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &n) < 0) return os_error(t), false;
    } else {
        if (family == -1) family = AF_INET;
        if (kind == -1) kind = SOCK_STREAM;
        if (protocol == -1) protocol = 0;
        ALLOW_THREADS(t, fd = socket(family, kind | SOCK_CLOEXEC, protocol));
        if (fd < 0) return os_error(t), false;
    }
    s->fd_plus_1 = fd + 1;
    s->family = family;
    s->protocol = protocol;
    s->kind = kind & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (kind & SOCK_NONBLOCK) {
        s->timeout = 0;
        return true;
    }
    s->timeout = SOCKET_STATE(t)->default_timeout - 1;
    return s->timeout < 0 || set_blocking(t, fd, false);
}

static void slot_finalize(Thread *t, Value self) {
    Socket *s = V_AS(Socket, self);
    if (s->fd_plus_1 == 0) return;
    Value saved = err_fetch(t);
    if (!warnings_unclosed(t, self, "unclosed %R")) {
        if (err_is(t, T_Warning)) err_unraisable(t, NULL, self);
        else err_clear(t); /* repr() may fail where the module's globals are gone already */
    }
    if (s->fd_plus_1 > 0) close(fd_of(s));
    s->fd_plus_1 = 0;
    if (!is_null(saved)) err_restore(t, saved);
}

static Value slot_repr(Thread *t, Value self) {
    Socket *s = V_AS(Socket, self);
    return str_format(t, "<socket object, fd=%d, family=%d, type=%d, proto=%d>", fd_of(s), s->family, s->kind, s->protocol);
}

/* --- Connecting -------------------------------------------------------------------------------- */

typedef struct AddressCall { SocketAddress address; int flags; } AddressCall;
static int64_t try_accept(int fd, void *context) {
    AddressCall *c = context;
    c->address.length = sizeof c->address.room;
    return accept4(fd, &c->address.any, &c->address.length, SOCK_CLOEXEC);
}
static Value m_accept(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    AddressCall c = {0};
    int64_t fd = run(t, V_AS(Socket, args[0]), false, try_accept, &c);
    if (fd < 0) return VNULL;
    Value parts[2] = {v_smallint(fd), address_make(t, &c.address)};
    if (is_null(parts[1])) {
        close((int)fd);
        return VNULL;
    }
    return tuple_take(t, parts, 2);
}

static Value m_bind(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Socket *s = V_AS(Socket, args[0]);
    SocketAddress address;
    int failed;
    if (!address_parse(t, s->family, args[1], &address, "bind") || !sys_audit_values(t, "socket.bind", 2, args[0], args[1])) return VNULL;
    ALLOW_THREADS(t, failed = bind(fd_of(s), &address.any, address.length));
    return failed ? os_error(t) : V_NONE;
}

/* 0, an errno, or -1 with an exception. */
static int connect_to(Thread *t, Socket *s, const SocketAddress *address) {
    int failed, error, fd = fd_of(s);
    gil_release(t);
    failed = connect(fd, &address->any, address->length);
    error = errno;
    gil_acquire(t);
    if (!failed) return 0;
    bool interrupted = error == EINTR;
    if (interrupted && !signals_check(t)) return -1;
    if (!(interrupted && s->timeout != 0) && !(s->timeout > 0 && (error == EINPROGRESS || error == EWOULDBLOCK))) return error;
    int64_t deadline = s->timeout < 0 ? INT64_MAX / 2 : time_monotonic_ns() + s->timeout;
    for (;;) {
        int64_t left = s->timeout < 0 ? 1000000000 : 0;
        int ready = wait_ready(t, s, true, s->timeout < 0 ? time_monotonic_ns() + left : deadline);
        if (ready < 0) return -1;
        if (ready == 0 && s->timeout < 0) continue;
        if (ready == 0) return err_minus(t, T_TimeoutError, "timed out");
        socklen_t n = sizeof error;
        if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0) return errno;
        return error == EISCONN ? 0 : error;
    }
}
static Value m_connect(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    SocketAddress address;
    Socket *s = V_AS(Socket, args[0]);
    if (!address_parse(t, s->family, args[1], &address, "connect") || !sys_audit_values(t, "socket.connect", 2, args[0], args[1])) return VNULL;
    int error = connect_to(t, s, &address);
    return error == 0 ? V_NONE : error < 0 ? VNULL : err_raise_errno(t, error, VNULL, VNULL);
}
static Value m_connect_ex(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    SocketAddress address;
    Socket *s = V_AS(Socket, args[0]);
    if (!address_parse(t, s->family, args[1], &address, "connect_ex") || !sys_audit_values(t, "socket.connect", 2, args[0], args[1])) return VNULL;
    int error = connect_to(t, s, &address);
    if (error < 0) return err_catch(t, T_TimeoutError) ? v_smallint(EWOULDBLOCK) : VNULL;
    return v_smallint(error);
}
static Value m_listen(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t backlog = 128;
    int failed;
    if (!is_null(args[1]) && !arg_i32(t, args[1], &backlog)) return VNULL;
    ALLOW_THREADS(t, failed = listen(fd_of(V_AS(Socket, args[0])), backlog < 0 ? 0 : backlog));
    return failed ? os_error(t) : V_NONE;
}
static Value m_shutdown(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t how;
    int failed;
    if (!arg_i32(t, args[1], &how)) return VNULL;
    ALLOW_THREADS(t, failed = shutdown(fd_of(V_AS(Socket, args[0])), how));
    return failed ? os_error(t) : V_NONE;
}
static Value m_close(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Socket *s = V_AS(Socket, args[0]);
    if (s->fd_plus_1 == 0) return V_NONE;
    int fd = fd_of(s), failed;
    s->fd_plus_1 = 0;
    ALLOW_THREADS(t, failed = close(fd));
    return failed && errno != ECONNRESET ? os_error(t) : V_NONE;
}
static Value m_detach(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Socket *s = V_AS(Socket, args[0]);
    int fd = fd_of(s);
    s->fd_plus_1 = 0;
    return v_smallint(fd);
}
static Value m_fileno(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_smallint(fd_of(V_AS(Socket, args[0]))); }

static Value name_of(Thread *t, Value self, int (*get)(int, struct sockaddr *, socklen_t *)) {
    SocketAddress address = {.length = sizeof address.room};
    return get(fd_of(V_AS(Socket, self)), &address.any, &address.length) == 0 ? address_make(t, &address) : os_error(t);
}
static int get_own(int fd, struct sockaddr *a, socklen_t *n) { return getsockname(fd, a, n); }
static int get_peer(int fd, struct sockaddr *a, socklen_t *n) { return getpeername(fd, a, n); }
static Value m_getsockname(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return name_of(t, args[0], get_own); }
static Value m_getpeername(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return name_of(t, args[0], get_peer); }

/* --- Timeouts ---------------------------------------------------------------------------------- */

static Value m_setblocking(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    bool blocking;
    Socket *s = V_AS(Socket, args[0]);
    if (!arg_bool(t, args[1], &blocking)) return VNULL;
    s->timeout = blocking ? -1 : 0;
    return set_blocking(t, fd_of(s), blocking) ? V_NONE : VNULL;
}
static Value m_getblocking(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_bool(V_AS(Socket, args[0])->timeout != 0); }
static Value m_settimeout(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t ns = -1;
    Socket *s = V_AS(Socket, args[0]);
    if (!is_none(args[1])) {
        if (!time_seconds_to_ns(t, args[1], TIME_UP, &ns)) return VNULL;
        if (ns < 0) return err_raise(t, T_ValueError, "Timeout value out of range");
    }
    s->timeout = ns;
    return set_blocking(t, fd_of(s), ns < 0) ? V_NONE : VNULL;
}
static Value timeout_value(Thread *t, int64_t ns) { return ns < 0 ? V_NONE : float_from_double(t, (double)ns / 1e9); }
static Value m_gettimeout(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return timeout_value(t, V_AS(Socket, args[0])->timeout); }

/* --- Options ----------------------------------------------------------------------------------- */

static Value m_setsockopt(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t level, option, number;
    int fd = fd_of(V_AS(Socket, args[0])), failed;
    if (!arg_i32(t, args[1], &level) || !arg_i32(t, args[2], &option)) return VNULL;
    if (V_AS(Socket, args[0])->family == AF_VSOCK && is_int(t, args[3])) { /* its options are sizes in 64 bits */
        uint64_t size = int_to_u64_mask(args[3]);
        failed = setsockopt(fd, level, option, &size, sizeof size);
    } else if (is_none(args[3])) {
        uint32_t n;
        if (is_null(args[4])) return err_raise(t, T_TypeError, "socket.setsockopt() requires 4 arguments when the third argument is None");
        if (!arg_u32(t, args[4], &n)) return VNULL;
        failed = setsockopt(fd, level, option, NULL, n);
    } else if (is_int(t, args[3])) {
        if (!arg_i32(t, args[3], &number)) return VNULL;
        failed = setsockopt(fd, level, option, &number, sizeof number);
    } else {
        Buffer view;
        if (!buffer_get(t, args[3], &view, BUF_SIMPLE)) return VNULL;
        failed = setsockopt(fd, level, option, view.data, (socklen_t)view.length);
        buffer_release(t, &view);
    }
    return failed ? os_error(t) : V_NONE;
}
static Value m_getsockopt(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t level, option, room = 0;
    int fd = fd_of(V_AS(Socket, args[0]));
    if (!arg_i32(t, args[1], &level) || !arg_i32(t, args[2], &option) || (!is_null(args[3]) && !arg_i32(t, args[3], &room))) return VNULL;
    if (room == 0 && V_AS(Socket, args[0])->family == AF_VSOCK) { /* its options are sizes in 64 bits */
        uint64_t number = 0;
        socklen_t n = sizeof number;
        return getsockopt(fd, level, option, &number, &n) ? os_error(t) : int_from_u64(t, number);
    }
    if (room == 0) {
        int number = 0;
        socklen_t n = sizeof number;
        return getsockopt(fd, level, option, &number, &n) ? os_error(t) : v_smallint(number);
    }
    if (room < 0 || room > 1024) return err_raise(t, T_OSError, "getsockopt buflen out of range");
    char data[1024];
    socklen_t n = (socklen_t)room;
    return getsockopt(fd, level, option, data, &n) ? os_error(t) : bytes_new(t, data, n);
}

/* --- Receiving --------------------------------------------------------------------------------- */

typedef struct Transfer { void *data; size_t n; int flags; SocketAddress *address; } Transfer;
static int64_t try_recv(int fd, void *context) {
    Transfer *c = context;
    if (c->address == NULL) return recv(fd, c->data, c->n, c->flags);
    c->address->length = sizeof c->address->room;
    return recvfrom(fd, c->data, c->n, c->flags, &c->address->any, &c->address->length);
}
static int64_t try_send(int fd, void *context) {
    Transfer *c = context;
    if (c->address == NULL) return send(fd, c->data, c->n, c->flags);
    return sendto(fd, c->data, c->n, c->flags, &c->address->any, c->address->length);
}

static bool flags_argument(Thread *t, Value v, int *flags) {
    int32_t f = 0;
    if (!is_null(v) && !arg_i32(t, v, &f)) return false;
    *flags = f;
    return true;
}

static Value receive(Thread *t, const char *name, Value *args, SocketAddress *address) {
    int64_t n;
    Transfer c = {.address = address};
    if (!number_to_index(t, args[1], &n, T_OverflowError) || !flags_argument(t, args[2], &c.flags)) return VNULL;
    if (n < 0) return err_raise(t, T_ValueError, "negative buffersize in %s", name);
    Value bytes = bytes_new(t, NULL, n);
    if (is_null(bytes)) return VNULL;
    c.data = V_AS(Bytes, bytes)->data;
    c.n = (size_t)n;
    int64_t got = run(t, V_AS(Socket, args[0]), false, try_recv, &c);
    if (got < 0) {
        decref(t, bytes);
        return VNULL;
    }
    return bytes_resize(t, bytes, got);
}
static Value m_recv(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return receive(t, "recv", args, NULL); }

static Value with_address(Thread *t, Value first, const SocketAddress *address) {
    if (is_null(first)) return VNULL;
    Value parts[2] = {first, address_make(t, address)};
    if (is_null(parts[1])) {
        decref(t, first);
        return VNULL;
    }
    return tuple_take(t, parts, 2);
}
static Value m_recvfrom(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    SocketAddress address = {0};
    return with_address(t, receive(t, "recvfrom", args, &address), &address);
}

static Value receive_into(Thread *t, const char *name, Value *args, SocketAddress *address) {
    int64_t n = 0;
    Transfer c = {.address = address};
    Buffer view;
    if ((!is_null(args[2]) && !number_to_index(t, args[2], &n, T_OverflowError)) || !flags_argument(t, args[3], &c.flags)) return VNULL;
    if (n < 0) return err_raise(t, T_ValueError, "negative buffersize in %s", name);
    if (!buffer_get(t, args[1], &view, BUF_WRITABLE)) return VNULL;
    Value result = VNULL;
    if (n == 0) n = view.length;
    if (n > view.length) {
        err_raise(t, T_ValueError, address ? "nbytes is greater than the length of the buffer" : "buffer too small for requested bytes");
    } else {
        c.data = view.data;
        c.n = (size_t)n;
        int64_t got = run(t, V_AS(Socket, args[0]), false, try_recv, &c);
        if (got >= 0) result = v_smallint(got);
    }
    buffer_release(t, &view);
    return result;
}
static Value m_recv_into(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return receive_into(t, "recv_into", args, NULL); }
static Value m_recvfrom_into(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    SocketAddress address = {0};
    return with_address(t, receive_into(t, "recvfrom_into", args, &address), &address);
}

/* --- Sending ----------------------------------------------------------------------------------- */

static Value m_send(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Transfer c = {0};
    Buffer view;
    if (!flags_argument(t, args[2], &c.flags) || !buffer_get(t, args[1], &view, BUF_SIMPLE)) return VNULL;
    c.data = view.data;
    c.n = (size_t)view.length;
    int64_t sent = run(t, V_AS(Socket, args[0]), true, try_send, &c);
    buffer_release(t, &view);
    return sent < 0 ? VNULL : v_smallint(sent);
}
static Value m_sendall(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Transfer c = {0};
    Buffer view;
    Socket *s = V_AS(Socket, args[0]);
    if (!flags_argument(t, args[2], &c.flags) || !buffer_get(t, args[1], &view, BUF_SIMPLE)) return VNULL;
    c.data = view.data;
    c.n = (size_t)view.length;
    int64_t sent = 0, timeout = s->timeout, deadline = timeout > 0 ? time_monotonic_ns() + timeout : 0;
    do {
        if (timeout > 0) { /* the limit holds for the whole */
            int64_t left = deadline - time_monotonic_ns();
            if (left <= 0) {
                sent = err_minus(t, T_TimeoutError, "timed out");
                break;
            }
            s->timeout = left;
        }
        sent = run(t, s, true, try_send, &c);
        if (sent < 0) break;
        c.data = (char *)c.data + sent;
        c.n -= (size_t)sent;
    } while (c.n > 0 && signals_check(t));
    s->timeout = timeout;
    buffer_release(t, &view);
    return err_pending(t) ? VNULL : V_NONE;
}
static Value m_sendto(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "sendto", kwnames)) return VNULL;
    if (nargs < 3 || nargs > 4) return err_raise(t, T_TypeError, "sendto() takes 2 or 3 arguments (%d given)", (int)nargs - 1);
    Socket *s = V_AS(Socket, args[0]);
    SocketAddress address;
    Transfer c = {.address = &address};
    Buffer view;
    if (nargs == 4 && !flags_argument(t, args[2], &c.flags)) return VNULL;
    if (!buffer_get(t, args[1], &view, BUF_SIMPLE)) return VNULL;
    c.data = view.data;
    c.n = (size_t)view.length;
    int64_t sent = address_parse(t, s->family, args[nargs - 1], &address, "sendto") ? run(t, s, true, try_send, &c) : -1;
    buffer_release(t, &view);
    return sent < 0 ? VNULL : v_smallint(sent);
}

/* --- Messages with ancillary data ---------------------------------------------------------------- */

typedef struct Message { struct msghdr header; int flags; } Message;
static int64_t try_recvmsg(int fd, void *context) {
    Message *m = context;
    return recvmsg(fd, &m->header, m->flags | MSG_CMSG_CLOEXEC);
}
static int64_t try_sendmsg(int fd, void *context) {
    Message *m = context;
    return sendmsg(fd, &m->header, m->flags);
}

static Value ancillary_list(Thread *t, struct msghdr *header) {
    Value list = list_new(t, 2);
    for (struct cmsghdr *c = header->msg_controllen > 0 ? CMSG_FIRSTHDR(header) : NULL; !is_null(list) && c != NULL; c = CMSG_NXTHDR(header, c)) {
        size_t n = c->cmsg_len - CMSG_LEN(0);
        size_t room = (size_t)((char *)header->msg_control + header->msg_controllen - (char *)CMSG_DATA(c));
        if (n > room) n = room;
        Value parts[3] = {v_smallint(c->cmsg_level), v_smallint(c->cmsg_type), bytes_new(t, (char *)CMSG_DATA(c), (int64_t)n)};
        Value item = is_null(parts[2]) ? VNULL : tuple_take(t, parts, 3);
        if (is_null(item) || !list_append_take(t, V_AS(List, list), item)) slot_clear(t, &list);
    }
    return list;
}

static Value m_recvmsg(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t n, room = 0;
    Message m = {0};
    if (!number_to_index(t, args[1], &n, T_OverflowError) || (!is_null(args[2]) && !number_to_index(t, args[2], &room, T_OverflowError)) || !flags_argument(t, args[3], &m.flags)) return VNULL;
    if (n < 0) return err_raise(t, T_ValueError, "negative buffer size in recvmsg()");
    if (room < 0 || room > INT32_MAX) return err_raise(t, T_ValueError, "invalid ancillary data buffer length");
    Value bytes = bytes_new(t, NULL, n), result = VNULL;
    char *control = heap_alloc_zeroed(t, (size_t)room + 1);
    if (!is_null(bytes) && control != NULL) {
        SocketAddress address = {0};
        struct iovec part = {V_AS(Bytes, bytes)->data, (size_t)n};
        m.header = (struct msghdr){.msg_name = &address.room, .msg_namelen = sizeof address.room, .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = (size_t)room};
        int64_t got = run(t, V_AS(Socket, args[0]), false, try_recvmsg, &m);
        if (got >= 0) {
            address.length = m.header.msg_namelen;
            bytes = bytes_resize(t, bytes, got);
            Value parts[4] = {bytes, ancillary_list(t, &m.header), v_smallint(m.header.msg_flags & ~MSG_CMSG_CLOEXEC), address_make(t, &address)};
            bytes = VNULL;
            result = tuple_take(t, parts, 4);
        }
    }
    decref_maybe(t, bytes);
    heap_free(t, control);
    return result;
}

/* The buffers of an iterable as parts of a message. */
typedef struct Parts { Buffer *views; struct iovec *parts; int64_t n; } Parts;
static bool parts_get(Thread *t, Value v, int flags, Parts *p) {
    *p = (Parts){0};
    Value fast = sequence_tuple(t, v, flags == BUF_WRITABLE ? "recvmsg_into() argument 1 must be an iterable" : "sendmsg() argument 1 must be an iterable");
    if (is_null(fast)) return false;
    int64_t n = sequence_fast_len(fast);
    p->views = heap_alloc(t, sizeof *p->views * (size_t)(n + 1));
    p->parts = heap_alloc(t, sizeof *p->parts * (size_t)(n + 1));
    bool done = p->views != NULL && p->parts != NULL;
    for (int64_t i = 0; done && i < n && i < sequence_fast_len(fast); i++) {
        done = buffer_get(t, sequence_fast_items(fast)[i], &p->views[i], flags);
        if (!done && flags == BUF_WRITABLE && (err_catch(t, T_TypeError) || err_catch(t, T_BufferError)))
            err_raise(t, T_TypeError, "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers");
        if (!done) break;
        p->parts[i] = (struct iovec){p->views[i].data, (size_t)p->views[i].length};
        p->n++;
    }
    decref(t, fast);
    return done;
}
static void parts_free(Thread *t, Parts *p) {
    for (int64_t i = 0; i < p->n; i++) buffer_release(t, &p->views[i]);
    heap_free(t, p->views);
    heap_free(t, p->parts);
}

static Value m_recvmsg_into(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t room = 0;
    Message m = {0};
    Parts parts;
    if ((!is_null(args[2]) && !number_to_index(t, args[2], &room, T_OverflowError)) || !flags_argument(t, args[3], &m.flags)) return VNULL;
    if (room < 0 || room > INT32_MAX) return err_raise(t, T_ValueError, "invalid ancillary data buffer length");
    Value result = VNULL;
    char *control = heap_alloc_zeroed(t, (size_t)room + 1);
    if (parts_get(t, args[1], BUF_WRITABLE, &parts) && control != NULL) {
        SocketAddress address = {0};
        m.header = (struct msghdr){.msg_name = &address.room, .msg_namelen = sizeof address.room, .msg_iov = parts.parts, .msg_iovlen = (size_t)parts.n, .msg_control = control, .msg_controllen = (size_t)room};
        int64_t got = run(t, V_AS(Socket, args[0]), false, try_recvmsg, &m);
        if (got >= 0) {
            address.length = m.header.msg_namelen;
            Value items[4] = {v_smallint(got), ancillary_list(t, &m.header), v_smallint(m.header.msg_flags & ~MSG_CMSG_CLOEXEC), address_make(t, &address)};
            result = tuple_take(t, items, 4);
        }
    }
    parts_free(t, &parts);
    heap_free(t, control);
    return result;
}

/* Ancillary data: tuples (level, type, data) into a control block; NULL with n 0: none.  false: exception. */
static bool control_make(Thread *t, Value v, char **out, size_t *n) {
    *out = NULL;
    *n = 0;
    if (is_null(v)) return true;
    Value fast = sequence_tuple(t, v, "sendmsg() argument 2 must be an iterable");
    if (is_null(fast)) return false;
    bool done = true;
    for (int pass = 0; done && pass < 2; pass++) { /* the size, then the data */
        char *at = *out;
        for (int64_t i = 0; done && i < sequence_fast_len(fast); i++) {
            Value item = sequence_fast_items(fast)[i];
            Buffer view;
            int32_t level, type;
            if (!is_tuple(t, item) || tuple_len(item) != 3) {
                done = err_fail(t, T_TypeError, "[sendmsg() ancillary data items] must be 3-item tuples");
                break;
            }
            done = arg_i32(t, tuple_at(item, 0), &level) && arg_i32(t, tuple_at(item, 1), &type) && buffer_get(t, tuple_at(item, 2), &view, BUF_SIMPLE);
            if (!done) break;
            if (pass == 0) {
                *n += CMSG_SPACE((size_t)view.length);
            } else if (at + CMSG_SPACE((size_t)view.length) <= *out + *n) {
                struct cmsghdr *c = (struct cmsghdr *)at;
                c->cmsg_level = level;
                c->cmsg_type = type;
                c->cmsg_len = CMSG_LEN((size_t)view.length);
                memcpy(CMSG_DATA(c), view.data, (size_t)view.length);
                at += CMSG_SPACE((size_t)view.length);
            }
            buffer_release(t, &view);
        }
        if (done && pass == 0) {
            *out = heap_alloc_zeroed(t, *n + 1);
            done = *out != NULL;
        }
    }
    decref(t, fast);
    return done;
}

static Value m_sendmsg(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Socket *s = V_AS(Socket, args[0]);
    Message m = {0};
    Parts parts;
    SocketAddress address;
    char *control = NULL;
    size_t control_size = 0;
    int64_t sent = -1;
    if (!flags_argument(t, args[3], &m.flags)) return VNULL;
    bool has_address = !is_null(args[4]) && !is_none(args[4]);
    if (parts_get(t, args[1], BUF_SIMPLE, &parts) && control_make(t, args[2], &control, &control_size) && (!has_address || address_parse(t, s->family, args[4], &address, "sendmsg"))) {
        m.header = (struct msghdr){.msg_iov = parts.parts, .msg_iovlen = (size_t)parts.n, .msg_control = control_size ? control : NULL, .msg_controllen = control_size};
        if (has_address) {
            m.header.msg_name = &address.room;
            m.header.msg_namelen = address.length;
        }
        sent = run(t, s, true, try_sendmsg, &m);
    }
    parts_free(t, &parts);
    heap_free(t, control);
    return sent < 0 ? VNULL : v_smallint(sent);
}

/* --- Table ------------------------------------------------------------------------------------- */

enum Attribute { A_FAMILY, A_TYPE, A_PROTO, A_TIMEOUT };
static Value get_attribute(Thread *t, Value self, void *closure) {
    Socket *s = V_AS(Socket, self);
    switch ((enum Attribute)(intptr_t)closure) {
    case A_FAMILY: return v_smallint(s->family);
    case A_TYPE: return v_smallint(s->kind);
    case A_PROTO: return v_smallint(s->protocol);
    default: return timeout_value(t, s->timeout);
    }
}

static const MethodDef methods[] = {
    {"_accept", "($self, /)", "Wait for a connection: its descriptor and address.", m_accept},
    {"bind", "($self, address, /)", "Bind to a local address.", m_bind},
    {"close", "($self, /)", "Close the socket.", m_close},
    {"connect", "($self, address, /)", "Connect to an address.", m_connect},
    {"connect_ex", "($self, address, /)", "As connect, but answers an error number.", m_connect_ex},
    {"detach", "($self, /)", "Close the object without closing the descriptor, which is answered.", m_detach},
    {"fileno", "($self, /)", "The descriptor, -1 when closed.", m_fileno},
    {"getpeername", "($self, /)", "The address of the other end.", m_getpeername},
    {"getsockname", "($self, /)", "The address of this end.", m_getsockname},
    {"getsockopt", "($self, level, option, buffersize=0, /)", "An option's value.", m_getsockopt},
    {"setsockopt", "($self, level, option, value, optlen=<unrepresentable>, /)", "Set an option.", m_setsockopt},
    {"listen", "($self, backlog=128, /)", "Start to accept connections.", m_listen},
    {"recv", "($self, bufsize, flags=0, /)", "Receive bytes.", m_recv},
    {"recv_into", "($self, /, buffer, nbytes=0, flags=0)", "Receive bytes into a buffer.", m_recv_into},
    {"recvfrom", "($self, bufsize, flags=0, /)", "Receive bytes and the sender's address.", m_recvfrom},
    {"recvfrom_into", "($self, /, buffer, nbytes=0, flags=0)", "Receive bytes into a buffer, and the sender's address.", m_recvfrom_into},
    {"recvmsg", "($self, bufsize, ancbufsize=0, flags=0, /)", "Receive a message with ancillary data.", m_recvmsg},
    {"recvmsg_into", "($self, buffers, ancbufsize=0, flags=0, /)", "Receive a message with ancillary data into buffers.", m_recvmsg_into},
    {"send", "($self, data, flags=0, /)", "Send bytes; answers how many were sent.", m_send},
    {"sendall", "($self, data, flags=0, /)", "Send all bytes.", m_sendall},
    {"sendto", NULL, "sendto(data[, flags], address) -> count\n\nSend bytes to an address.", m_sendto},
    {"sendmsg", "($self, buffers, ancdata=<unrepresentable>, flags=0, address=None, /)", "Send a message with ancillary data.", m_sendmsg},
    {"setblocking", "($self, flag, /)", "Blocking or not.", m_setblocking},
    {"getblocking", "($self, /)", "Whether operations wait.", m_getblocking},
    {"settimeout", "($self, timeout, /)", "The seconds that operations wait; None: for ever.", m_settimeout},
    {"gettimeout", "($self, /)", "The seconds that operations wait.", m_gettimeout},
    {"shutdown", "($self, how, /)", "Shut down one or both directions.", m_shutdown},
    {NULL},
};
static const GetSetDef getsets[] = {{"family", get_attribute, NULL, "the address family", (void *)A_FAMILY}, {"type", get_attribute, NULL, "the type", (void *)A_TYPE},
                                    {"proto", get_attribute, NULL, "the protocol", (void *)A_PROTO}, {"timeout", get_attribute, NULL, "the timeout", (void *)A_TIMEOUT}, {NULL}};

const TypeDef typedef_socket = {
    .name = "_socket.socket",
    .doc = "socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object\nsocket(family=-1, type=-1, proto=-1, fileno=None) -> socket object\n\nOne end of a connection.",
    .flags = TF_BASE | TF_FINALIZE,
    .size = sizeof(Socket),
    .methods = methods,
    .getsets = getsets,
    .slots = {.new = slot_new, .init = slot_init, .finalize = slot_finalize, .repr = slot_repr},
};
