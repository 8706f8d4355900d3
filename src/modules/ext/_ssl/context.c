/* _SSLContext: making it, and its settings. */
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "modules/ext/_ssl/ssl_priv.h"
#include "ops/warn.h"

static SslContext *as(Value self) { return V_AS(SslContext, self); }
static SSL_CTX *ctx_of(Value self) { return as(self)->ctx; }

bool ssl_check_callable(Thread *t, Value v, const char *message) { return is_callable(t, v) || err_fail(t, T_TypeError, "%s", message); }

static bool not_deletable(Thread *t, Value self, const char *name) {
    return err_fail(t, T_AttributeError, "attribute '%s' of '%N' objects cannot be deleted", name, type_of(t, self));
}

/* --- Making ------------------------------------------------------------------------------------------------------ */

static SSL_CTX *new_ctx(int protocol) {
    switch (protocol) {
    case PROTOCOL_TLS: return SSL_CTX_new(TLS_method());
    case PROTOCOL_TLS_CLIENT: return SSL_CTX_new(TLS_client_method());
    case PROTOCOL_TLS_SERVER: return SSL_CTX_new(TLS_server_method());
    default: return SSL_CTX_new(TLS_method());
    }
}

/* The one version that an old protocol number stands for; 0: any. */
static int only_version(int protocol) {
    switch (protocol) {
    case PROTOCOL_TLSV1: return TLS1_VERSION;
    case PROTOCOL_TLSV1_1: return TLS1_1_VERSION;
    case PROTOCOL_TLSV1_2: return TLS1_2_VERSION;
    default: return 0;
    }
}

static bool warn_of_protocol(Thread *t, int protocol) {
    const char *name;
    switch (protocol) {
    case PROTOCOL_TLS: name = "PROTOCOL_TLS"; break;
    case PROTOCOL_TLSV1: name = "PROTOCOL_TLSv1"; break;
    case PROTOCOL_TLSV1_1: name = "PROTOCOL_TLSv1_1"; break;
    case PROTOCOL_TLSV1_2: name = "PROTOCOL_TLSv1_2"; break;
    case PROTOCOL_TLS_CLIENT: case PROTOCOL_TLS_SERVER: return true;
    default: return err_fail(t, T_ValueError, "invalid or unsupported protocol version %d", protocol);
    }
    return warn(t, T_DeprecationWarning, 2, "ssl.%s is deprecated", name);
}

static void set_verify(SSL_CTX *ctx, int mode) { SSL_CTX_set_verify(ctx, mode, SSL_CTX_get_verify_callback(ctx)); }

static bool context_set_up(Thread *t, SslContext *c, int protocol) {
    static const unsigned char session_context[] = "Python";
    c->protocol = protocol;
    c->ctx = new_ctx(protocol);
    if (c->ctx == NULL) return ssl_raise_queued(t), false;
    int version = only_version(protocol);
    if (version != 0 && (!SSL_CTX_set_min_proto_version(c->ctx, version) || !SSL_CTX_set_max_proto_version(c->ctx, version))) return ssl_raise_queued(t), false;
    c->check_hostname = protocol == PROTOCOL_TLS_CLIENT;
    set_verify(c->ctx, c->check_hostname ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT : SSL_VERIFY_NONE);
    uint64_t options = SSL_OP_ALL & ~(uint64_t)SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS;
    SSL_CTX_set_options(c->ctx, options | SSL_OP_NO_SSLv3 | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_SINGLE_DH_USE | SSL_OP_SINGLE_ECDH_USE);
    SSL_CTX_set_mode(c->ctx, SSL_MODE_RELEASE_BUFFERS);
    if (protocol != PROTOCOL_TLS_CLIENT) SSL_CTX_set_session_id_context(c->ctx, session_context, sizeof session_context); /* of what a server offers to resume */
    SSL_CTX_set_post_handshake_auth(c->ctx, 0);
    X509_VERIFY_PARAM *parameters = SSL_CTX_get0_param(c->ctx);
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_TRUSTED_FIRST);
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_CTX_set_app_data(c->ctx, c);
    return true;
}

static Value context_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    int32_t protocol;
    if (!call_no_keywords(t, "_SSLContext", kwnames) || !call_arity(t, "_SSLContext", nargs, 1, 1) || !arg_c_int(t, args[0], &protocol)) return VNULL;
    if (!warn_of_protocol(t, protocol)) return VNULL;
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    if (context_set_up(t, as(v), protocol)) return object_done(t, v);
    decref(t, v);
    return VNULL;
}

static void context_destroy(Thread *t, Object *self) {
    SslContext *c = (SslContext *)self;
    if (c->ctx != NULL) SSL_CTX_set_app_data(c->ctx, NULL);
    SSL_CTX_free(c->ctx);
    ssl_context_drop_callbacks(c);
}

/* --- Verification --------------------------------------------------------------------------------------------------- */

static int verify_mode_of(const SslContext *c) {
    int mode = SSL_CTX_get_verify_mode(c->ctx);
    if (!(mode & SSL_VERIFY_PEER)) return MODE_NONE;
    return mode & SSL_VERIFY_FAIL_IF_NO_PEER_CERT ? MODE_REQUIRED : MODE_OPTIONAL;
}
static Value get_verify_mode(Thread *t, Value self, void *closure) { return v_smallint(verify_mode_of(as(self))); }
static bool set_verify_mode(Thread *t, Value self, Value value, void *closure) {
    static const int modes[] = {SSL_VERIFY_NONE, SSL_VERIFY_PEER, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT};
    int32_t mode;
    if (is_null(value)) return not_deletable(t, self, "verify_mode");
    if (!arg_c_int(t, value, &mode)) return false;
    if (mode < MODE_NONE || mode > MODE_REQUIRED) return err_fail(t, T_ValueError, "invalid value for verify_mode");
    if (mode == MODE_NONE && as(self)->check_hostname)
        return err_fail(t, T_ValueError, "Cannot set verify_mode to CERT_NONE when check_hostname is enabled.");
    set_verify(ctx_of(self), modes[mode]);
    return true;
}

static Value get_check_hostname(Thread *t, Value self, void *closure) { return v_bool(as(self)->check_hostname); }
static bool set_check_hostname(Thread *t, Value self, Value value, void *closure) {
    bool on;
    if (is_null(value)) return not_deletable(t, self, "check_hostname");
    if (!arg_bool(t, value, &on)) return false;
    if (on && verify_mode_of(as(self)) == MODE_NONE) set_verify(ctx_of(self), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
    as(self)->check_hostname = on;
    return true;
}

/* What setting a flag word to a new value must clear and set. */
static bool flag_argument(Thread *t, Value self, Value value, const char *name, uint64_t *out) {
    if (is_null(value)) return not_deletable(t, self, name);
    if (is_none(value)) return err_fail(t, T_TypeError, "argument must be int, not None");
    if (!is_int(t, value)) return err_fail(t, T_TypeError, "argument must be int, not %T", value);
    *out = int_to_u64_mask(value);
    return true;
}
static Value get_verify_flags(Thread *t, Value self, void *closure) { return int_from_u64(t, X509_VERIFY_PARAM_get_flags(SSL_CTX_get0_param(ctx_of(self)))); }
static bool set_verify_flags(Thread *t, Value self, Value value, void *closure) {
    uint64_t wanted = 0;
    if (!flag_argument(t, self, value, "verify_flags", &wanted)) return false;
    X509_VERIFY_PARAM *p = SSL_CTX_get0_param(ctx_of(self));
    unsigned long now = X509_VERIFY_PARAM_get_flags(p), clear = now & ~wanted, set = ~now & wanted;
    if ((clear && !X509_VERIFY_PARAM_clear_flags(p, clear)) || (set && !X509_VERIFY_PARAM_set_flags(p, set))) return ssl_raise_queued(t), false;
    return true;
}

static Value get_host_flags(Thread *t, Value self, void *closure) { return int_from_u64(t, X509_VERIFY_PARAM_get_hostflags(SSL_CTX_get0_param(ctx_of(self)))); }
static bool set_host_flags(Thread *t, Value self, Value value, void *closure) {
    if (is_null(value)) return not_deletable(t, self, "_host_flags");
    Value number = number_index(t, value);
    if (is_null(number)) return false;
    X509_VERIFY_PARAM_set_hostflags(SSL_CTX_get0_param(ctx_of(self)), (unsigned)int_to_u64_mask(number));
    decref(t, number);
    return true;
}

/* --- Options and versions ----------------------------------------------------------------------------------------------- */

static Value get_options(Thread *t, Value self, void *closure) { return int_from_u64(t, SSL_CTX_get_options(ctx_of(self))); }
static bool set_options(Thread *t, Value self, Value value, void *closure) {
    const uint64_t versions = SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3;
    if (is_null(value)) return not_deletable(t, self, "options");
    Value number = number_index(t, value);
    if (is_null(number)) return false;
    bool is_negative = int_sign(number) < 0;
    uint64_t wanted = 0, now = SSL_CTX_get_options(ctx_of(self));
    bool fits = !is_negative && int_to_u64(t, number, &wanted);
    decref(t, number);
    if (is_negative) return err_fail(t, T_ValueError, "Cannot convert negative int");
    if (!fits) return false;
    if ((~now & wanted & versions) && !warn(t, T_DeprecationWarning, 1, "ssl.OP_NO_SSL*/ssl.OP_NO_TLS* options are deprecated")) return false;
    if (now & ~wanted) SSL_CTX_clear_options(ctx_of(self), now & ~wanted);
    if (~now & wanted) SSL_CTX_set_options(ctx_of(self), ~now & wanted);
    return true;
}

static bool check_version(Thread *t, const SslContext *c, int version) {
    const char *old = NULL;
    if (only_version(c->protocol) != 0)
        return err_fail(t, T_ValueError, "The context's protocol doesn't support modification of highest and lowest version.");
    switch (version) {
    case PROTO_MINIMUM_SUPPORTED: case PROTO_MAXIMUM_SUPPORTED: case TLS1_2_VERSION: case TLS1_3_VERSION: return true;
    case SSL3_VERSION: old = "SSLv3"; break;
    case TLS1_VERSION: old = "TLSv1"; break;
    case TLS1_1_VERSION: old = "TLSv1_1"; break;
    default: return err_fail(t, T_ValueError, "Unsupported TLS/SSL version 0x%x", version);
    }
    return warn(t, T_DeprecationWarning, 2, "ssl.TLSVersion.%s is deprecated", old);
}
static bool set_version(Thread *t, Value self, Value value, void *closure) {
    bool is_minimum = closure == NULL;
    int32_t version;
    if (is_null(value)) return not_deletable(t, self, is_minimum ? "minimum_version" : "maximum_version");
    if (!arg_c_int(t, value, &version) || !check_version(t, as(self), version)) return false;
    int number = version;
    if (version == PROTO_MINIMUM_SUPPORTED) number = is_minimum ? 0 : TLS1_VERSION;
    if (version == PROTO_MAXIMUM_SUPPORTED) number = is_minimum ? TLS1_3_VERSION : 0;
    int good = is_minimum ? SSL_CTX_set_min_proto_version(ctx_of(self), number) : SSL_CTX_set_max_proto_version(ctx_of(self), number);
    return good || err_fail(t, T_ValueError, "Unsupported protocol version 0x%x", number);
}
static Value get_version(Thread *t, Value self, void *closure) {
    long number = closure == NULL ? SSL_CTX_get_min_proto_version(ctx_of(self)) : SSL_CTX_get_max_proto_version(ctx_of(self));
    return v_smallint(number ? number : closure == NULL ? PROTO_MINIMUM_SUPPORTED : PROTO_MAXIMUM_SUPPORTED);
}

static Value get_num_tickets(Thread *t, Value self, void *closure) { return int_from_u64(t, SSL_CTX_get_num_tickets(ctx_of(self))); }
static bool set_num_tickets(Thread *t, Value self, Value value, void *closure) {
    int64_t n;
    if (is_null(value)) return not_deletable(t, self, "num_tickets");
    if (!arg_i64(t, value, &n)) return false;
    if (n < 0) return err_fail(t, T_ValueError, "value must be non-negative");
    if (as(self)->protocol != PROTOCOL_TLS_SERVER) return err_fail(t, T_ValueError, "SSLContext is not a server context.");
    return SSL_CTX_set_num_tickets(ctx_of(self), (size_t)n) || err_fail(t, T_ValueError, "failed to set num tickets.");
}

static Value get_post_handshake_auth(Thread *t, Value self, void *closure) { return v_bool(as(self)->post_handshake_auth); }
static bool set_post_handshake_auth(Thread *t, Value self, Value value, void *closure) {
    if (is_null(value)) return err_fail(t, T_AttributeError, "cannot delete attribute");
    if (!arg_bool(t, value, &as(self)->post_handshake_auth)) return false;
    SSL_CTX_set_post_handshake_auth(ctx_of(self), as(self)->post_handshake_auth); /* the client's side; the server asks at each connection */
    return true;
}

static Value get_protocol(Thread *t, Value self, void *closure) { return v_smallint(as(self)->protocol); }
static Value get_security_level(Thread *t, Value self, void *closure) { return v_smallint(SSL_CTX_get_security_level(ctx_of(self))); }

/* --- Ciphers ---------------------------------------------------------------------------------------------------------------- */

SSL_FUNCTION(m_set_ciphers) {
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "set_ciphers() argument must be str, not %T", args[1]);
    Value keep = VNULL;
    const char *text = str_cstr(t, args[1], &keep);
    int good = text && SSL_CTX_set_cipher_list(ctx_of(args[0]), text);
    decref_maybe(t, keep);
    if (good) return V_NONE;
    return text ? ssl_raise_plain(t, "No cipher can be selected.") : VNULL;
}

static bool cipher_set(Thread *t, Value dict, const char *key, Value v) {
    bool done = !is_null(v) && dict_set_cstr(t, dict, key, v);
    decref_maybe(t, v);
    return done;
}
static Value nid_name(Thread *t, int nid) { return nid == NID_undef ? V_NONE : str_from_cstr(t, OBJ_nid2ln(nid)); }

static Value cipher_dict(Thread *t, const SSL_CIPHER *cipher) {
    char description[512];
    int alg_bits, strength = SSL_CIPHER_get_bits(cipher, &alg_bits);
    SSL_CIPHER_description(cipher, description, sizeof description);
    size_t n = strlen(description);
    if (n > 0 && description[n - 1] == '\n') description[n - 1] = 0;
    Value d = dict_new(t);
    if (is_null(d)) return d;
    if (cipher_set(t, d, "id", int_from_u64(t, SSL_CIPHER_get_id(cipher))) && cipher_set(t, d, "name", str_from_cstr(t, SSL_CIPHER_get_name(cipher))) &&
        cipher_set(t, d, "protocol", str_from_cstr(t, SSL_CIPHER_get_version(cipher))) && cipher_set(t, d, "description", str_from_cstr(t, description)) &&
        cipher_set(t, d, "strength_bits", v_smallint(strength)) && cipher_set(t, d, "alg_bits", v_smallint(alg_bits)) &&
        cipher_set(t, d, "aead", v_bool(SSL_CIPHER_is_aead(cipher))) && cipher_set(t, d, "symmetric", nid_name(t, SSL_CIPHER_get_cipher_nid(cipher))) &&
        cipher_set(t, d, "digest", nid_name(t, SSL_CIPHER_get_digest_nid(cipher))) && cipher_set(t, d, "kea", nid_name(t, SSL_CIPHER_get_kx_nid(cipher))) &&
        cipher_set(t, d, "auth", nid_name(t, SSL_CIPHER_get_auth_nid(cipher))))
        return d;
    decref(t, d);
    return VNULL;
}

SSL_FUNCTION(m_get_ciphers) {
    SSL *ssl = SSL_new(ctx_of(args[0]));
    if (ssl == NULL) return ssl_raise_queued(t);
    STACK_OF(SSL_CIPHER) *ciphers = SSL_get_ciphers(ssl);
    Value list = list_new(t, ciphers ? sk_SSL_CIPHER_num(ciphers) : 0);
    for (int i = 0; !is_null(list) && i < (ciphers ? sk_SSL_CIPHER_num(ciphers) : 0); i++) {
        Value d = cipher_dict(t, sk_SSL_CIPHER_value(ciphers, i));
        if (is_null(d) || !list_append_take(t, V_AS(List, list), d)) slot_clear(t, &list);
    }
    SSL_free(ssl);
    return list;
}

SSL_FUNCTION(m_session_stats) {
    SSL_CTX *ctx = ctx_of(args[0]);
    const struct { const char *name; long value; } counts[] = {
        {"number", SSL_CTX_sess_number(ctx)}, {"connect", SSL_CTX_sess_connect(ctx)}, {"connect_good", SSL_CTX_sess_connect_good(ctx)},
        {"connect_renegotiate", SSL_CTX_sess_connect_renegotiate(ctx)}, {"accept", SSL_CTX_sess_accept(ctx)},
        {"accept_good", SSL_CTX_sess_accept_good(ctx)}, {"accept_renegotiate", SSL_CTX_sess_accept_renegotiate(ctx)}, {"hits", SSL_CTX_sess_hits(ctx)},
        {"misses", SSL_CTX_sess_misses(ctx)}, {"timeouts", SSL_CTX_sess_timeouts(ctx)}, {"cache_full", SSL_CTX_sess_cache_full(ctx)},
    };
    Value d = dict_new(t);
    for (size_t i = 0; !is_null(d) && i < COUNT_OF(counts); i++)
        if (!cipher_set(t, d, counts[i].name, int_from_i64(t, counts[i].value))) slot_clear(t, &d);
    return d;
}

/* --- The type ------------------------------------------------------------------------------------------------------------------ */

static Value get_callback(Thread *t, Value self, void *closure) {
    Value v = *(Value *)((char *)as(self) + (size_t)closure);
    return is_null(v) ? V_NONE : new_ref(v);
}

static const MethodDef methods[] = {
    {"_wrap_socket", "($self, /, sock, server_side, server_hostname=None, *, owner=None, session=None)", "A connection over a socket.", ssl_context_wrap_socket},
    {"_wrap_bio", "($self, /, incoming, outgoing, server_side, server_hostname=None, *, owner=None, session=None)", "A connection over two MemoryBIOs.", ssl_context_wrap_bio},
    {"set_ciphers", "($self, cipherlist, /)", "Set the ciphers of TLS up to 1.2.", m_set_ciphers},
    {"get_ciphers", "($self, /)", "The ciphers that may be used, as dicts.", m_get_ciphers},
    {"_set_alpn_protocols", "($self, protos, /)", "Set the application protocols, in their form on the wire.", ssl_context_set_alpn_protocols},
    {"load_cert_chain", "($self, /, certfile, keyfile=None, password=None)", "Load the own certificate and key.", ssl_context_load_cert_chain},
    {"load_dh_params", "($self, path, /)", "Load the parameters of Diffie-Hellman.", ssl_context_load_dh_params},
    {"load_verify_locations", "($self, /, cafile=None, capath=None, cadata=None)", "Load certificates of authorities.", ssl_context_load_verify_locations},
    {"session_stats", "($self, /)", "Numbers of sessions.", m_session_stats},
    {"set_default_verify_paths", "($self, /)", "Trust the authorities of the system.", ssl_context_set_default_verify_paths},
    {"set_ecdh_curve", "($self, name, /)", "Set the curve of elliptic Diffie-Hellman.", ssl_context_set_ecdh_curve},
    {"cert_store_stats", "($self, /)", "Numbers of loaded certificates.", ssl_context_cert_store_stats},
    {"get_ca_certs", "($self, /, binary_form=False)", "The loaded certificates of authorities.", ssl_context_get_ca_certs},
    {"set_psk_client_callback", "($self, /, callback)", "Set the function that gives a client identity and key.", ssl_context_set_psk_client_callback},
    {"set_psk_server_callback", "($self, /, callback, identity_hint=None)", "Set the function that gives a server the key of an identity.", ssl_context_set_psk_server_callback},
    {NULL},
};
#define CALLBACK(name, set, doc) {#name, get_callback, set, doc, (void *)offsetof(SslContext, name)}
static const GetSetDef getsets[] = {
    {"verify_mode", get_verify_mode, set_verify_mode},
    {"verify_flags", get_verify_flags, set_verify_flags},
    {"_host_flags", get_host_flags, set_host_flags},
    {"check_hostname", get_check_hostname, set_check_hostname},
    {"options", get_options, set_options},
    {"minimum_version", get_version, set_version},
    {"maximum_version", get_version, set_version, NULL, (void *)1},
    {"num_tickets", get_num_tickets, set_num_tickets, "Session tickets that a server sends after a handshake."},
    {"post_handshake_auth", get_post_handshake_auth, set_post_handshake_auth},
    {"protocol", get_protocol},
    {"security_level", get_security_level, NULL, "The library's security level."},
    CALLBACK(sni_callback, ssl_context_set_sni_callback, "Called with the name that a client asks for."),
    CALLBACK(keylog_filename, ssl_context_set_keylog_filename, "The file that keys are logged in."),
    {"_msg_callback", get_callback, ssl_context_set_msg_callback, NULL, (void *)offsetof(SslContext, msg_callback)},
    {NULL},
};
static const Field fields[] = {FIELD_VALUE(SslContext, keylog_filename), FIELD_VALUE(SslContext, sni_callback), FIELD_VALUE(SslContext, msg_callback),
                               FIELD_VALUE(SslContext, psk_client_callback), FIELD_VALUE(SslContext, psk_server_callback)};

const TypeDef typedef_SSLContext = {
    .name = "_ssl._SSLContext",
    .flags = TF_BASE | TF_GC | TF_IMMUTABLE,
    .size = sizeof(SslContext),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .slots = {.new = context_new, .destroy = context_destroy},
};
