/* Questions about a connection: certificates, ciphers, versions, the session. */
#include "modules/ext/_ssl/connection_priv.h"

static SslConnection *as(Value self) { return V_AS(SslConnection, self); }
static Value text_or_none(Thread *t, const char *text) { return text ? str_from_utf8(t, text, (int64_t)strlen(text)) : V_NONE; }

/* --- Certificates ------------------------------------------------------------------------------------------------- */

SSL_METHOD(connection_getpeercert) {
    SslConnection *c = as(args[0]);
    bool is_binary = false;
    if (!is_null(args[1]) && !arg_bool(t, args[1], &is_binary)) return VNULL;
    bool entered = connection_enter(t, c);
    bool is_ready = SSL_is_init_finished(c->ssl), is_checked = SSL_get_verify_mode(c->ssl) & SSL_VERIFY_PEER;
    X509 *cert = is_ready ? SSL_get1_peer_certificate(c->ssl) : NULL;
    connection_leave(c, entered);
    if (!is_ready) return err_raise(t, T_ValueError, "handshake not done yet");
    if (cert == NULL) return V_NONE;
    Value result = is_binary ? ssl_certificate_der(t, cert) : is_checked ? ssl_certificate_info(t, cert) : dict_new(t);
    X509_free(cert);
    return result;
}

SSL_METHOD(connection_get_verified_chain) {
    SslConnection *c = as(args[0]);
    bool entered = connection_enter(t, c);
    Value list = ssl_certificate_list(t, SSL_get0_verified_chain(c->ssl), NULL);
    connection_leave(c, entered);
    return list;
}

/* What a server got of its client lacks the client's own certificate: it is put first. */
SSL_METHOD(connection_get_unverified_chain) {
    SslConnection *c = as(args[0]);
    bool entered = connection_enter(t, c);
    X509 *own = c->server_side ? SSL_get0_peer_certificate(c->ssl) : NULL;
    Value list = ssl_certificate_list(t, SSL_get_peer_cert_chain(c->ssl), own);
    connection_leave(c, entered);
    return list;
}

/* --- Ciphers and versions ------------------------------------------------------------------------------------------- */

static Value cipher_tuple(Thread *t, const SSL_CIPHER *cipher) {
    Value parts[3] = {text_or_none(t, SSL_CIPHER_get_name(cipher)), text_or_none(t, SSL_CIPHER_get_version(cipher)), v_smallint(SSL_CIPHER_get_bits(cipher, NULL))};
    return tuple_take(t, parts, 3);
}

SSL_METHOD(connection_cipher) {
    const SSL_CIPHER *cipher = SSL_get_current_cipher(as(args[0])->ssl);
    return cipher ? cipher_tuple(t, cipher) : V_NONE;
}

SSL_METHOD(connection_shared_ciphers) {
    SslConnection *c = as(args[0]);
    bool entered = connection_enter(t, c);
    STACK_OF(SSL_CIPHER) *theirs = SSL_get_client_ciphers(c->ssl), *ours = SSL_get_ciphers(c->ssl);
    Value list = theirs && ours ? list_new(t, 8) : V_NONE;
    for (int i = 0; theirs && ours && !is_null(list) && i < sk_SSL_CIPHER_num(theirs); i++) {
        const SSL_CIPHER *cipher = sk_SSL_CIPHER_value(theirs, i);
        if (sk_SSL_CIPHER_find(ours, (SSL_CIPHER *)cipher) < 0) continue;
        Value item = cipher_tuple(t, cipher);
        if (is_null(item) || !list_append_take(t, V_AS(List, list), item)) slot_clear(t, &list);
    }
    connection_leave(c, entered);
    return list;
}

SSL_METHOD(connection_version) {
    SSL *ssl = as(args[0])->ssl;
    if (!SSL_is_init_finished(ssl)) return V_NONE;
    const char *version = SSL_get_version(ssl);
    return strcmp(version, "unknown") == 0 ? V_NONE : str_from_cstr(t, version);
}

SSL_METHOD(connection_selected_alpn_protocol) {
    const unsigned char *name;
    unsigned n;
    SSL_get0_alpn_selected(as(args[0])->ssl, &name, &n);
    return name ? str_from_utf8(t, (const char *)name, n) : V_NONE;
}

SSL_METHOD(connection_compression) {
    const COMP_METHOD *method = SSL_get_current_compression(as(args[0])->ssl);
    int nid = method ? COMP_get_type(method) : NID_undef;
    return nid == NID_undef ? V_NONE : text_or_none(t, OBJ_nid2sn(nid));
}

SSL_METHOD(connection_get_channel_binding) {
    SslConnection *c = as(args[0]);
    if (!is_null(args[1])) {
        if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "get_channel_binding() argument 'cb_type' must be str, not %T", args[1]);
        if (!str_equals_cstr(V_AS(Str, args[1]), "tls-unique")) return err_raise(t, T_ValueError, "'%S' channel binding type not implemented", args[1]);
    }
    char out[128];
    bool entered = connection_enter(t, c);
    /* The first Finished message of the handshake: the client's, but the server's of a resumed session. */
    bool is_ours = SSL_session_reused(c->ssl) ? c->server_side : !c->server_side;
    size_t n = is_ours ? SSL_get_finished(c->ssl, out, sizeof out) : SSL_get_peer_finished(c->ssl, out, sizeof out);
    connection_leave(c, entered);
    return n == 0 ? V_NONE : bytes_new(t, out, (int64_t)n);
}

/* --- Attributes ------------------------------------------------------------------------------------------------------ */

static bool not_deletable(Thread *t, Value self, const char *name) {
    return err_fail(t, T_AttributeError, "attribute '%s' of '%N' objects cannot be deleted", name, type_of(t, self));
}

Value connection_get_context(Thread *t, Value self, void *closure) { return new_ref(as(self)->context); }
bool connection_set_context(Thread *t, Value self, Value value, void *closure) {
    SslConnection *c = as(self);
    if (is_null(value)) return not_deletable(t, self, "context");
    if (!is_instance_of(t, value, SSL_STATE(t)->context_type)) return err_fail(t, T_TypeError, "The value must be a SSLContext");
    SslContext *context = V_AS(SslContext, value);
    bool entered = connection_enter(t, c);
    SSL_set_SSL_CTX(c->ssl, context->ctx);
    ssl_connection_follow_messages(c, context);
    connection_leave(c, entered);
    slot_set(t, &c->context, new_ref(value));
    return true;
}

Value connection_get_owner(Thread *t, Value self, void *closure) {
    SslConnection *c = as(self);
    return is_null(c->owner) ? V_NONE : new_ref(weakref_get(c->owner));
}
bool connection_set_owner(Thread *t, Value self, Value value, void *closure) {
    SslConnection *c = as(self);
    if (is_null(value)) return not_deletable(t, self, "owner");
    Value ref = is_none(value) ? VNULL : weakref_new(t, value, VNULL);
    if (is_null(ref) && !is_none(value)) return false;
    slot_set(t, &c->owner, ref);
    return true;
}

Value connection_get_server_side(Thread *t, Value self, void *closure) { return v_bool(as(self)->server_side); }
Value connection_get_server_hostname(Thread *t, Value self, void *closure) { return new_ref(as(self)->server_hostname); }
Value connection_get_session_reused(Thread *t, Value self, void *closure) { return v_bool(SSL_session_reused(as(self)->ssl)); }

/* --- The session --------------------------------------------------------------------------------------------------------- */

Value connection_get_session(Thread *t, Value self, void *closure) {
    SslConnection *c = as(self);
    bool entered = connection_enter(t, c);
    SSL_SESSION *now = SSL_get0_session(c->ssl), *session = now ? SSL_SESSION_dup(now) : NULL;
    connection_leave(c, entered);
    if (session == NULL) return now ? err_no_memory(t) : V_NONE;
    Value v = object_new(t, SSL_STATE(t)->session_type);
    if (is_null(v)) {
        SSL_SESSION_free(session);
        return v;
    }
    V_AS(SslSession, v)->session = session;
    V_AS(SslSession, v)->context = new_ref(c->context);
    return object_done(t, v);
}

bool connection_set_session(Thread *t, Value self, Value value, void *closure) {
    SslConnection *c = as(self);
    if (is_null(value)) return not_deletable(t, self, "session");
    if (type_of(t, value) != SSL_STATE(t)->session_type) return err_fail(t, T_TypeError, "Value is not a SSLSession.");
    SslSession *session = V_AS(SslSession, value);
    if (!same(session->context, c->context)) return err_fail(t, T_ValueError, "Session refers to a different SSLContext.");
    if (c->server_side) return err_fail(t, T_ValueError, "Cannot set session for server-side SSLSocket.");
    bool entered = connection_enter(t, c), is_done = SSL_is_init_finished(c->ssl);
    SSL_SESSION *copy = is_done ? NULL : SSL_SESSION_dup(session->session);
    int good = copy && SSL_set_session(c->ssl, copy);
    SSL_SESSION_free(copy);
    connection_leave(c, entered);
    if (is_done) return err_fail(t, T_ValueError, "Cannot set session after handshake.");
    if (!good) ssl_raise_queued(t);
    return good;
}
