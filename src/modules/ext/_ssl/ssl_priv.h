/* The module _ssl, by file. */
#ifndef KRAIT_MODULES_EXT_SSL_PRIV_H
#define KRAIT_MODULES_EXT_SSL_PRIV_H

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "modules/object_lock.h"
#include "object/buffer.h"
#include "object/exception.h"
#include "object/instance.h"
#include "object/weakref.h"

#define SSL_FUNCTION(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

typedef struct SslState {
    Value error, cert_verification_error, want_read_error, want_write_error, zero_return_error, syscall_error, eof_error; /* classes, owned */
    Type *context_type, *connection_type, *memory_bio_type, *session_type, *certificate_type; /* immortal */
    BIO_METHOD *socket_bio;
} SslState;
#define SSL_STATE(t) MODULE_STATE(t, _ssl, SslState)

/* errors.c */

/* SSLError.errno: the library's SSL_ERROR_..., and more. */
enum SslErrno { SSLE_EOF = 8, SSLE_NO_SOCKET = 9, SSLE_INVALID_CODE = 10 };
struct SslConnection;
/* An exception of the class: number, and the text with what the queued error `code` (0: none) says of library and reason. */
Value ssl_raise_at(Thread *t, struct SslConnection *c, Value type, int number, const char *text, unsigned long code, int line) COLD;
/* SSLError with a text of its own. */
#define ssl_raise(t, number, text) ssl_raise_at(t, NULL, SSL_STATE(t)->error, number, text, 0, __LINE__)
/* SSLError for the last error of the library's queue, which is empty then. */
Value ssl_raise_queued_at(Thread *t, int line) COLD;
#define ssl_raise_queued(t) ssl_raise_queued_at(t, __LINE__)
/* The same where a file was read: OSError when the system failed. */
Value ssl_raise_file_at(Thread *t, int line) COLD;
#define ssl_raise_file(t) ssl_raise_file_at(t, __LINE__)
/* SSLError of one argument. */
Value ssl_raise_plain(Thread *t, const char *text) COLD;
bool ssl_errors_exec(Thread *t, Value module, SslState *state);

/* memory_bio.c */
typedef struct MemoryBio {
    Object head;
    BIO *bio;
    bool eof_written;
} MemoryBio;
extern const TypeDef typedef_MemoryBIO;

/* context.c: _SSLContext and its settings. */
enum SslProtocol { PROTOCOL_SSLV2, PROTOCOL_SSLV3, PROTOCOL_TLS, PROTOCOL_TLSV1, PROTOCOL_TLSV1_1, PROTOCOL_TLSV1_2, PROTOCOL_TLS_CLIENT = 16, PROTOCOL_TLS_SERVER };
enum SslCertMode { MODE_NONE, MODE_OPTIONAL, MODE_REQUIRED };
enum { PROTO_MINIMUM_SUPPORTED = -2, PROTO_MAXIMUM_SUPPORTED = -1 };
typedef struct SslContext {
    Object head;
    pthread_mutex_t keylog_mutex;
    SSL_CTX *ctx;
    struct AlpnList *alpn; /* the newest is in use; older ones live on, since a handshake may be reading them. libc's memory */
    BIO *keylog;
    Value keylog_filename, sni_callback, msg_callback, psk_client_callback, psk_server_callback; /* VNULL: none */
    int protocol;
    bool check_hostname, post_handshake_auth;
} SslContext;
extern const TypeDef typedef_SSLContext;
bool ssl_check_callable(Thread *t, Value v, const char *message) MUST_USE;

/* loading.c: certificates, keys, authorities, parameters from files and data. */
#define SSL_METHOD(name) Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)
SSL_METHOD(ssl_context_load_cert_chain);
SSL_METHOD(ssl_context_load_verify_locations);
SSL_METHOD(ssl_context_load_dh_params);
SSL_METHOD(ssl_context_set_ecdh_curve);
SSL_METHOD(ssl_context_set_default_verify_paths);
SSL_METHOD(ssl_context_cert_store_stats);
SSL_METHOD(ssl_context_get_ca_certs);
/* A file name as bytes, owned; VNULL: TypeError or ValueError. */
Value ssl_path(Thread *t, Value v);

/* callbacks.c: Python functions that the library calls in the middle of a handshake. */
SSL_METHOD(ssl_context_set_alpn_protocols);
SSL_METHOD(ssl_context_set_psk_client_callback);
SSL_METHOD(ssl_context_set_psk_server_callback);
bool ssl_context_set_sni_callback(Thread *t, Value self, Value value, void *closure);
bool ssl_context_set_msg_callback(Thread *t, Value self, Value value, void *closure);
bool ssl_context_set_keylog_filename(Thread *t, Value self, Value value, void *closure);
void ssl_context_drop_callbacks(SslContext *c);

/* connection.c: _SSLSocket.
 *
 * Sockets are read and written without ever blocking in the library: who has to wait polls the descriptor, without
 * `mutex` and without the GIL.  So one thread may wait for data while another writes. */
typedef struct SslConnection {
    Object head;
    pthread_mutex_t mutex;   /* one call of the library at a time */
    SSL *ssl;
    Value context;           /* the SslContext */
    Value socket;            /* a weak reference; VNULL: memory BIOs */
    Value owner;             /* a weak reference, VNULL: none */
    Value server_hostname;   /* str or None */
    Thread *thread;          /* whose call of the library runs; NULL: none */
    bool gil_released;       /* ... by that call */
    bool server_side, shutdown_seen_zero;
} SslConnection;
extern const TypeDef typedef_SSLSocket;
SSL_METHOD(ssl_context_wrap_socket);
SSL_METHOD(ssl_context_wrap_bio);
void ssl_connection_follow_messages(SslConnection *c, SslContext *context); /* callbacks.c */
BIO_METHOD *ssl_socket_bio_method(void); /* NULL: out of memory */
/* The library calls from within a call of the connection: its thread, with the GIL; and back. */
static inline Thread *ssl_callback_enter(SslConnection *c) {
    if (c->gil_released) gil_acquire(c->thread);
    return c->thread;
}
static inline void ssl_callback_leave(SslConnection *c) {
    if (c->gil_released) gil_release(c->thread);
}
/* What callbacks are given for a connection: its owner or itself; owned. */
Value ssl_connection_face(SslConnection *c);

/* certificate.c */
extern const TypeDef typedef_Certificate;
Value ssl_certificate_info(Thread *t, X509 *cert);
Value ssl_certificate_der(Thread *t, X509 *cert);
/* A list of Certificate objects; VNULL chain: None. */
Value ssl_certificate_list(Thread *t, STACK_OF(X509) *chain, X509 *first);

/* session.c */
typedef struct SslSession {
    Object head;
    SSL_SESSION *session;
    Value context;
} SslSession;
extern const TypeDef typedef_SSLSession;

#endif
