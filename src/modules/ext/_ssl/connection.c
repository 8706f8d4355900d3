/* _SSLSocket: making connections, and moving data over them. Questions about a connection are connection_info.c. */
#include <errno.h>
#include <limits.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>

#include "modules/ext/_ssl/connection_priv.h"
#include "modules/socket_object.h"
#include "modules/time_value.h"

static SslConnection *as(Value self) { return V_AS(SslConnection, self); }

/* --- The BIO of a socket: never blocks, and remembers what the system said ------------------------------------------ */

typedef struct SocketBio {
    int fd, error; /* errno of the last failure, 0: none */
    bool at_end;
} SocketBio;

static bool is_temporary(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR || error == EINPROGRESS || error == ENOTCONN; }

static int socket_bio_read(BIO *bio, char *out, int n) {
    SocketBio *s = BIO_get_data(bio);
    ssize_t got;
    do got = recv(s->fd, out, (size_t)n, MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    BIO_clear_retry_flags(bio);
    if (got == 0) s->at_end = true;
    if (got >= 0) return (int)got;
    s->error = errno;
    if (errno != ENOTCONN && is_temporary(errno)) BIO_set_retry_read(bio);
    return -1;
}

static int socket_bio_write(BIO *bio, const char *data, int n) {
    SocketBio *s = BIO_get_data(bio);
    ssize_t sent;
    do sent = send(s->fd, data, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    BIO_clear_retry_flags(bio);
    if (sent >= 0) return (int)sent;
    s->error = errno;
    if (errno != ENOTCONN && is_temporary(errno)) BIO_set_retry_write(bio);
    return -1;
}

static int socket_bio_puts(BIO *bio, const char *text) { return socket_bio_write(bio, text, (int)strlen(text)); }

static long socket_bio_ctrl(BIO *bio, int command, long number, void *pointer) {
    switch (command) {
    case BIO_CTRL_FLUSH: case BIO_CTRL_DUP: return 1;
    case BIO_CTRL_EOF: return ((SocketBio *)BIO_get_data(bio))->at_end;
    case BIO_CTRL_GET_CLOSE: return BIO_get_shutdown(bio);
    case BIO_CTRL_SET_CLOSE: BIO_set_shutdown(bio, (int)number); return 1;
    default: return 0;
    }
}

static int socket_bio_create(BIO *bio) {
    SocketBio *s = OPENSSL_zalloc(sizeof *s);
    BIO_set_data(bio, s);
    BIO_set_init(bio, s != NULL);
    return s != NULL;
}
static int socket_bio_destroy(BIO *bio) {
    OPENSSL_free(BIO_get_data(bio));
    return 1;
}

BIO_METHOD *ssl_socket_bio_method(void) {
    BIO_METHOD *m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK | BIO_TYPE_DESCRIPTOR, "socket without waiting");
    if (m != NULL && BIO_meth_set_read(m, socket_bio_read) && BIO_meth_set_write(m, socket_bio_write) && BIO_meth_set_puts(m, socket_bio_puts) &&
        BIO_meth_set_ctrl(m, socket_bio_ctrl) && BIO_meth_set_create(m, socket_bio_create) && BIO_meth_set_destroy(m, socket_bio_destroy))
        return m;
    BIO_meth_free(m);
    return NULL;
}

static SocketBio *socket_bio_of(SslConnection *c) { return is_null(c->socket) ? NULL : BIO_get_data(SSL_get_rbio(c->ssl)); }

/* --- Making ------------------------------------------------------------------------------------------------------------ */

/* The name that a client asks for and, where the context wants it, checks; addresses are only checked. */
static bool set_hostname(Thread *t, SslConnection *c, const char *name) {
    SslContext *context = V_AS(SslContext, c->context);
    if (name[0] == 0 || name[0] == '.') return err_fail(t, T_ValueError, "server_hostname cannot be an empty string or start with a leading dot.");
    ASN1_OCTET_STRING *address = a2i_IPADDRESS(name);
    if (address == NULL) ERR_clear_error();
    bool good = address != NULL || SSL_set_tlsext_host_name(c->ssl, name);
    if (good && context->check_hostname) {
        X509_VERIFY_PARAM *p = SSL_get0_param(c->ssl);
        good = address ? X509_VERIFY_PARAM_set1_ip(p, ASN1_STRING_get0_data(address), (size_t)ASN1_STRING_length(address))
                       : X509_VERIFY_PARAM_set1_host(p, name, strlen(name));
    }
    ASN1_OCTET_STRING_free(address);
    if (!good) ssl_raise_queued(t);
    return good;
}

/* A hostname argument: ASCII text without NUL; None: NULL. false: exception pending. */
static bool hostname_argument(Thread *t, Value v, const char **out) {
    *out = NULL;
    if (is_null(v) || is_none(v)) return true;
    if (!is_str(t, v)) return err_fail(t, T_TypeError, "argument must be str, not %T", v);
    Str *s = V_AS(Str, v);
    for (int64_t i = 0; i < str_len(s); i++)
        if (str_at(s, i) >= 128) return err_unicode_encode(t, "ascii", v, i, i + 1, "ordinal not in range(128)"), false;
    if (memchr(s->data, 0, (size_t)str_len(s))) return err_fail(t, T_TypeError, "argument must be encoded string without null bytes, not str");
    *out = (const char *)s->data;
    return true;
}

static bool set_post_handshake_auth(SslConnection *c) {
    SslContext *context = V_AS(SslContext, c->context);
    if (!context->post_handshake_auth) return true;
    if (!c->server_side) {
        SSL_set_post_handshake_auth(c->ssl, 1);
    } else {
        int mode = SSL_get_verify_mode(c->ssl);
        if (mode & SSL_VERIFY_PEER) SSL_set_verify(c->ssl, mode | SSL_VERIFY_POST_HANDSHAKE, SSL_get_verify_callback(c->ssl));
    }
    return true;
}

typedef struct ConnectionPlan {
    Value context, socket; /* socket VNULL: BIOs */
    MemoryBio *incoming, *outgoing;
    bool server_side;
    Value server_hostname, owner, session; /* VNULL or None: none */
} ConnectionPlan;

static bool given(Value v) { return !is_null(v) && !is_none(v); }

static bool connect_bios(Thread *t, SslConnection *c, const ConnectionPlan *plan) {
    if (is_null(plan->socket)) {
        BIO_up_ref(plan->incoming->bio);
        BIO_up_ref(plan->outgoing->bio);
        SSL_set_bio(c->ssl, plan->incoming->bio, plan->outgoing->bio);
        return true;
    }
    BIO *bio = BIO_new(SSL_STATE(t)->socket_bio);
    if (bio == NULL) return err_no_memory_fail(t);
    ((SocketBio *)BIO_get_data(bio))->fd = socket_fd(plan->socket);
    SSL_set_bio(c->ssl, bio, bio);
    c->socket = weakref_new(t, plan->socket, VNULL);
    return !is_null(c->socket);
}

static bool connection_set_up(Thread *t, SslConnection *c, const ConnectionPlan *plan) {
    SslContext *context = V_AS(SslContext, plan->context);
    const char *hostname;
    c->context = new_ref(plan->context);
    c->server_hostname = V_NONE;
    c->server_side = plan->server_side;
    if (!hostname_argument(t, plan->server_hostname, &hostname)) return false;
    if (plan->server_side && context->protocol == PROTOCOL_TLS_CLIENT) return ssl_raise(t, 0, "Cannot create a server socket with a PROTOCOL_TLS_CLIENT context"), false;
    if (!plan->server_side && context->protocol == PROTOCOL_TLS_SERVER) return ssl_raise(t, 0, "Cannot create a client socket with a PROTOCOL_TLS_SERVER context"), false;
    ERR_clear_error();
    c->ssl = SSL_new(context->ctx);
    if (c->ssl == NULL) return ssl_raise_queued(t), false;
    SSL_set_app_data(c->ssl, c);
    if (!connect_bios(t, c, plan)) return false;
    SSL_set_mode(c->ssl, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
    set_post_handshake_auth(c);
    if (hostname != NULL && !set_hostname(t, c, hostname)) return false;
    if (hostname != NULL) c->server_hostname = new_ref(plan->server_hostname);
    if (c->server_side) SSL_set_accept_state(c->ssl);
    else SSL_set_connect_state(c->ssl);
    if (given(plan->owner)) {
        c->owner = weakref_new(t, plan->owner, VNULL);
        if (is_null(c->owner)) return false;
    }
    return !given(plan->session) || connection_set_session(t, v_from(c), plan->session, NULL);
}

static Value connection_new(Thread *t, const ConnectionPlan *plan) {
    Value v = object_new(t, SSL_STATE(t)->connection_type);
    if (is_null(v)) return v;
    if (connection_set_up(t, as(v), plan)) return object_done(t, v);
    decref(t, v);
    return VNULL;
}

static void connection_destroy(Thread *t, Object *self) {
    SslConnection *c = (SslConnection *)self;
    if (c->ssl == NULL) return;
    SSL_set_app_data(c->ssl, NULL);
    SSL_free(c->ssl);
}

SSL_METHOD(ssl_context_wrap_socket) {
    int32_t server_side;
    if (!IS_A(t, args[1], socket)) return err_raise(t, T_TypeError, "_wrap_socket() argument 'sock' must be _socket.socket, not %T", args[1]);
    if (!arg_c_int(t, args[2], &server_side)) return VNULL;
    ConnectionPlan plan = {.context = args[0], .socket = args[1], .server_side = server_side, .server_hostname = args[3], .owner = args[4], .session = args[5]};
    return connection_new(t, &plan);
}

SSL_METHOD(ssl_context_wrap_bio) {
    int32_t server_side;
    const Type *type = SSL_STATE(t)->memory_bio_type;
    for (int i = 1; i <= 2; i++)
        if (type_of(t, args[i]) != type)
            return err_raise(t, T_TypeError, "_wrap_bio() argument '%s' must be _ssl.MemoryBIO, not %T", i == 1 ? "incoming" : "outgoing", args[i]);
    if (!arg_c_int(t, args[3], &server_side)) return VNULL;
    ConnectionPlan plan = {.context = args[0], .incoming = V_AS(MemoryBio, args[1]), .outgoing = V_AS(MemoryBio, args[2]), .server_side = server_side,
                           .server_hostname = args[4], .owner = args[5], .session = args[6]};
    return connection_new(t, &plan);
}

Value ssl_connection_face(SslConnection *c) {
    Value face = is_null(c->owner) ? V_NONE : weakref_get(c->owner);
    return is_none(face) ? ref_of(c) : new_ref(face);
}

/* --- Calling the library --------------------------------------------------------------------------------------------------- */

bool connection_enter(Thread *t, SslConnection *c) {
    if (c->thread == t) return false; /* a callback of a call that this thread has under way */
    object_lock(t, &c->mutex);
    return true;
}
void connection_leave(SslConnection *c, bool entered) {
    if (entered) object_unlock(&c->mutex);
}

/* What one call of the library came to. */
typedef struct Outcome {
    int result;         /* as the library's function answers */
    int kind;           /* SSL_get_error */
    unsigned long code; /* of the queue, 0: empty */
    int system_error;   /* errno, 0: none */
} Outcome;

typedef int (*Operation)(SSL *ssl, void *context);

static Outcome attempt(Thread *t, SslConnection *c, Operation operation, void *context) {
    Outcome o;
    object_lock(t, &c->mutex);
    SocketBio *s = socket_bio_of(c);
    if (s != NULL) s->error = 0;
    c->thread = t;
    c->gil_released = s != NULL; /* memory BIOs are Python's, too: they need the GIL */
    ERR_clear_error();
    if (c->gil_released) gil_release(t);
    errno = 0;
    o.result = operation(c->ssl, context);
    o.kind = SSL_get_error(c->ssl, o.result);
    o.code = ERR_peek_last_error();
    o.system_error = s ? s->error : 0;
    ERR_clear_error();
    if (c->gil_released) gil_acquire(t);
    c->gil_released = false;
    c->thread = NULL;
    object_unlock(&c->mutex);
    return o;
}

static Value raise_library_error(Thread *t, SslConnection *c, const Outcome *o, int line) {
    SslState *state = SSL_STATE(t);
    if (o->code == 0) return ssl_raise_at(t, c, state->error, SSL_ERROR_SSL, "A failure in the SSL library occurred", 0, line);
    int library = ERR_GET_LIB(o->code), reason = ERR_GET_REASON(o->code);
    if (library == ERR_LIB_SYS) return err_raise_errno(t, reason, VNULL, VNULL);
    if (library == ERR_LIB_SSL && reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
        return ssl_raise_at(t, c, state->cert_verification_error, SSL_ERROR_SSL, NULL, o->code, line);
    if (library == ERR_LIB_SSL && reason == SSL_R_UNEXPECTED_EOF_WHILE_READING)
        return ssl_raise_at(t, c, state->eof_error, SSLE_EOF, "EOF occurred in violation of protocol", o->code, line);
    return ssl_raise_at(t, c, state->error, SSL_ERROR_SSL, NULL, o->code, line);
}

static Value raise_outcome(Thread *t, SslConnection *c, const Outcome *o, int line) {
    SslState *state = SSL_STATE(t);
    switch (o->kind) {
    case SSL_ERROR_ZERO_RETURN: return ssl_raise_at(t, c, state->zero_return_error, o->kind, "TLS/SSL connection has been closed (EOF)", 0, line);
    case SSL_ERROR_WANT_READ: return ssl_raise_at(t, c, state->want_read_error, o->kind, "The operation did not complete (read)", 0, line);
    case SSL_ERROR_WANT_WRITE: return ssl_raise_at(t, c, state->want_write_error, o->kind, "The operation did not complete (write)", 0, line);
    case SSL_ERROR_WANT_X509_LOOKUP: return ssl_raise_at(t, c, state->error, o->kind, "The operation did not complete (X509 lookup)", 0, line);
    case SSL_ERROR_WANT_CONNECT: return ssl_raise_at(t, c, state->error, o->kind, "The operation did not complete (connect)", 0, line);
    case SSL_ERROR_SYSCALL:
        if (o->code != 0) return ssl_raise_at(t, c, state->syscall_error, SSL_ERROR_SYSCALL, "Some I/O error occurred", o->code, line);
        if (o->result != 0 && o->system_error != 0) return err_raise_errno(t, o->system_error, VNULL, VNULL);
        return ssl_raise_at(t, c, state->eof_error, SSLE_EOF, "EOF occurred in violation of protocol", 0, line);
    case SSL_ERROR_SSL: return raise_library_error(t, c, o, line);
    default: return ssl_raise_at(t, c, state->error, SSLE_INVALID_CODE, "Invalid error code", 0, line);
    }
}

/* The socket under the connection (owned); VNULL for BIOs. false: it is gone or closed. */
static bool socket_get(Thread *t, SslConnection *c, Value *socket) {
    *socket = VNULL;
    if (is_null(c->socket)) return true;
    Value there = weakref_get(c->socket);
    if (is_none(there)) return ssl_raise(t, SSLE_NO_SOCKET, "Underlying socket connection gone"), false;
    if (socket_fd(there) < 0) return ssl_raise_plain(t, "Underlying socket has been closed."), false;
    *socket = new_ref(there);
    return true;
}

/* Waits until the socket is ready; deadline -1: for ever. 1 ready, 0 timed out, -1 exception. */
static int wait_ready(Thread *t, int fd, bool writing, int64_t deadline) {
    for (;;) {
        int64_t left = deadline < 0 ? 0 : deadline - time_monotonic_ns();
        if (left < 0) return 0;
        struct pollfd p = {.fd = fd, .events = writing ? POLLOUT : POLLIN};
        int ready, error;
        gil_release(t);
        ready = poll(&p, 1, deadline < 0 ? -1 : (int)((left + 999999) / 1000000));
        error = errno;
        gil_acquire(t);
        if (ready > 0) return 1;
        if (ready == 0) return 0;
        if (error != EINTR) return err_raise_errno(t, error, VNULL, VNULL), -1;
        if (!signals_check(t)) return -1;
    }
}

static void raise_timeout(Thread *t, const char *name, int line) {
    if (strcmp(name, "handshake") == 0) err_raise(t, T_TimeoutError, "_ssl.c:%d: The handshake operation timed out", line);
    else err_raise(t, T_TimeoutError, "The %s operation timed out", name);
}

/* Runs an operation to its end: waits for the socket as often and as long as its timeout allows.  Answers whether it succeeded;
 * else the exception is pending, but for a connection that the other side closed in order (`closed`, may be NULL). */
static bool run(Thread *t, SslConnection *c, const char *name, Operation operation, void *context, int *result, bool *closed) {
    Value socket;
    if (c->thread == t) return err_fail(t, T_ValueError, "the connection is in use: it has called this function");
    if (!socket_get(t, c, &socket)) return false;
    int64_t timeout = is_null(socket) ? 0 : socket_timeout(socket), deadline = timeout > 0 ? time_monotonic_ns() + timeout : -1;
    bool good = false;
    for (;;) {
        Outcome o = attempt(t, c, operation, context);
        if (err_pending(t)) break; /* of a callback */
        if (o.kind == SSL_ERROR_NONE) {
            *result = o.result;
            good = true;
            break;
        }
        if (closed != NULL && o.kind == SSL_ERROR_ZERO_RETURN && SSL_get_shutdown(c->ssl) == SSL_RECEIVED_SHUTDOWN) {
            *closed = true;
            break;
        }
        bool wants = o.kind == SSL_ERROR_WANT_READ || o.kind == SSL_ERROR_WANT_WRITE;
        if (!wants || timeout == 0) {
            if (timeout == 0 && !signals_check(t)) break;
            raise_outcome(t, c, &o, __LINE__);
            break;
        }
        bool is_writing = o.kind == SSL_ERROR_WANT_WRITE;
        int ready = wait_ready(t, socket_bio_of(c)->fd, is_writing, deadline);
        if (ready == 0) raise_timeout(t, name ? name : is_writing ? "write" : "read", __LINE__);
        if (ready <= 0) break;
        if (socket_fd(socket) < 0) {
            ssl_raise_plain(t, "Underlying socket has been closed.");
            break;
        }
    }
    decref_maybe(t, socket);
    return good;
}

/* --- Operations --------------------------------------------------------------------------------------------------------------- */

static int do_handshake(SSL *ssl, void *context) { return SSL_do_handshake(ssl); }
SSL_FUNCTION(m_do_handshake) {
    int result;
    return run(t, as(args[0]), "handshake", do_handshake, NULL, &result, NULL) ? V_NONE : VNULL;
}

typedef struct Transfer {
    char *data;
    size_t length, done;
} Transfer;
static int do_read(SSL *ssl, void *context) {
    Transfer *x = context;
    return SSL_read_ex(ssl, x->data, x->length, &x->done);
}
static int do_write(SSL *ssl, void *context) {
    Transfer *x = context;
    return SSL_write_ex(ssl, x->data, x->length, &x->done);
}

SSL_FUNCTION(m_write) {
    Buffer view;
    int result;
    if (!buffer_get(t, args[1], &view, BUF_SIMPLE)) return VNULL;
    Transfer x = {view.data, (size_t)view.length, 0};
    bool good = run(t, as(args[0]), "write", do_write, &x, &result, NULL);
    buffer_release(t, &view);
    return good ? int_from_u64(t, x.done) : VNULL;
}

/* Reads up to x->length bytes; 0 of them where the other side closed the connection. */
static bool read_some(Thread *t, SslConnection *c, Transfer *x) {
    int result;
    bool closed = false;
    x->done = 0;
    return x->length == 0 || run(t, c, "read", do_read, x, &result, &closed) || closed;
}

static Value read_bytes(Thread *t, SslConnection *c, int64_t n) {
    if (n < 0) return err_raise(t, T_ValueError, "size should not be negative");
    Value out = bytes_new(t, NULL, n);
    if (is_null(out) || n == 0) return out;
    Transfer x = {V_AS(Bytes, out)->data, (size_t)n, 0};
    if (read_some(t, c, &x)) return bytes_resize(t, out, (int64_t)x.done);
    decref(t, out);
    return VNULL;
}

static Value read_into(Thread *t, SslConnection *c, int64_t n, Value buffer) {
    Buffer view;
    if (!buffer_get(t, buffer, &view, BUF_WRITABLE)) {
        if (err_catch(t, T_TypeError) || err_catch(t, T_BufferError)) err_raise(t, T_TypeError, "read() argument 2 must be read-write bytes-like object, not %T", buffer);
        return VNULL;
    }
    Transfer x = {view.data, (size_t)(n <= 0 || n > view.length ? view.length : n), 0};
    bool good = read_some(t, c, &x);
    buffer_release(t, &view);
    return good ? int_from_u64(t, x.done) : VNULL;
}

SSL_FUNCTION(m_read) {
    int64_t n;
    if (!call_no_keywords(t, "read", kwnames)) return VNULL;
    if (nargs < 2 || nargs > 3) return err_raise(t, T_TypeError, "_ssl._SSLSocket.read requires 1 to 2 arguments");
    if (!arg_size(t, args[1], &n)) return VNULL;
    return nargs == 3 ? read_into(t, as(args[0]), n, args[2]) : read_bytes(t, as(args[0]), n);
}

/* The two halves of an orderly end: our notice, and theirs. */
typedef struct Shutdown {
    SslConnection *c;
    int zeros;
} Shutdown;
static int do_shutdown(SSL *ssl, void *context) {
    Shutdown *s = context;
    if (s->c->shutdown_seen_zero) SSL_set_read_ahead(ssl, 0); /* what follows theirs is no longer for the library */
    int result = SSL_shutdown(ssl);
    if (result == 0 && s->zeros++ == 0) {
        s->c->shutdown_seen_zero = true;
        SSL_set_read_ahead(ssl, 0);
        result = SSL_shutdown(ssl);
    }
    return result;
}

SSL_FUNCTION(m_shutdown) {
    SslConnection *c = as(args[0]);
    Shutdown s = {c, 0};
    int result;
    if (!run(t, c, NULL, do_shutdown, &s, &result, NULL)) return VNULL;
    Value socket = is_null(c->socket) ? V_NONE : weakref_get(c->socket);
    return new_ref(socket);
}

SSL_FUNCTION(m_verify_client_post_handshake) {
    SslConnection *c = as(args[0]);
    bool entered = connection_enter(t, c);
    ERR_clear_error();
    int good = SSL_verify_client_post_handshake(c->ssl);
    connection_leave(c, entered);
    return good ? V_NONE : ssl_raise_queued(t);
}

SSL_FUNCTION(m_pending) {
    SslConnection *c = as(args[0]);
    bool entered = connection_enter(t, c);
    int n = SSL_pending(c->ssl);
    connection_leave(c, entered);
    return v_smallint(n);
}

/* --- The type -------------------------------------------------------------------------------------------------------------------- */

static const MethodDef methods[] = {
    {"do_handshake", "($self, /)", "Agree on keys with the other side.", m_do_handshake},
    {"write", "($self, b, /)", "Send bytes; answers how many.", m_write},
    {"read", NULL, "read(size, [buffer])\n\nReceive up to `size` bytes, into the buffer if one is given.", m_read},
    {"pending", "($self, /)", "The number of bytes that can be read at once.", m_pending},
    {"shutdown", "($self, /)", "End the connection in order; answers the socket.", m_shutdown},
    {"verify_client_post_handshake", "($self, /)", "Ask the client for its certificate.", m_verify_client_post_handshake},
    CONNECTION_INFO_METHODS,
    {NULL},
};
static const GetSetDef getsets[] = {CONNECTION_INFO_GETSETS, {NULL}};
static const Field fields[] = {FIELD_VALUE(SslConnection, context), FIELD_VALUE(SslConnection, socket), FIELD_VALUE(SslConnection, owner),
                               FIELD_VALUE(SslConnection, server_hostname)};

const TypeDef typedef_SSLSocket = {
    .name = "_ssl._SSLSocket",
    .flags = TF_NO_NEW | TF_GC | TF_IMMUTABLE,
    .size = sizeof(SslConnection),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .slots = {.destroy = connection_destroy},
};
