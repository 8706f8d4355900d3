/* What the two files of _SSLSocket share. */
#ifndef KRAIT_MODULES_EXT_SSL_CONNECTION_PRIV_H
#define KRAIT_MODULES_EXT_SSL_CONNECTION_PRIV_H

#include "modules/ext/_ssl/ssl_priv.h"

/* Around a look at the library's state: true where it took the lock, which it does not inside a callback of the connection. */
bool connection_enter(Thread *t, SslConnection *c) MUST_USE;
void connection_leave(SslConnection *c, bool entered);

/* connection_info.c */
bool connection_set_session(Thread *t, Value self, Value value, void *closure);
SSL_METHOD(connection_getpeercert);
SSL_METHOD(connection_get_verified_chain);
SSL_METHOD(connection_get_unverified_chain);
SSL_METHOD(connection_shared_ciphers);
SSL_METHOD(connection_cipher);
SSL_METHOD(connection_version);
SSL_METHOD(connection_selected_alpn_protocol);
SSL_METHOD(connection_compression);
SSL_METHOD(connection_get_channel_binding);
Value connection_get_context(Thread *t, Value self, void *closure);
bool connection_set_context(Thread *t, Value self, Value value, void *closure);
Value connection_get_owner(Thread *t, Value self, void *closure);
bool connection_set_owner(Thread *t, Value self, Value value, void *closure);
Value connection_get_server_side(Thread *t, Value self, void *closure);
Value connection_get_server_hostname(Thread *t, Value self, void *closure);
Value connection_get_session(Thread *t, Value self, void *closure);
Value connection_get_session_reused(Thread *t, Value self, void *closure);

#define CONNECTION_INFO_METHODS                                                                                                                       \
    {"getpeercert", "($self, der=False, /)", "The certificate of the other side, as a dict or as bytes; None: it gave none.", connection_getpeercert}, \
    {"get_verified_chain", "($self, /)", "The certificates from the other side's to an authority's.", connection_get_verified_chain},                \
    {"get_unverified_chain", "($self, /)", "The certificates that the other side sent.", connection_get_unverified_chain},                            \
    {"cipher", "($self, /)", "(name, version, bits) of the cipher in use.", connection_cipher},                                                       \
    {"shared_ciphers", "($self, /)", "The ciphers that both sides have.", connection_shared_ciphers},                                                 \
    {"version", "($self, /)", "The version of the protocol.", connection_version},                                                                    \
    {"selected_alpn_protocol", "($self, /)", "The application protocol that was agreed on.", connection_selected_alpn_protocol},                      \
    {"compression", "($self, /)", "The compression in use.", connection_compression},                                                                 \
    {"get_channel_binding", "($self, /, cb_type='tls-unique')", "Bytes that both sides know of this connection.", connection_get_channel_binding}
#define CONNECTION_INFO_GETSETS                                                                                                                        \
    {"context", connection_get_context, connection_set_context, "The context; a server may set another while it is asked for a name."},               \
    {"owner", connection_get_owner, connection_set_owner, "The Python-level object, which callbacks are given."},                                     \
    {"server_side", connection_get_server_side, NULL, "Whether this is the server's end."},                                                           \
    {"server_hostname", connection_get_server_hostname, NULL, "The name that the server was asked for."},                                             \
    {"session", connection_get_session, connection_set_session, "The session, for a client to resume."},                                              \
    {"session_reused", connection_get_session_reused, NULL, "Whether the session was resumed."}

#endif
