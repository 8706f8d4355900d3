/* What the library calls in the middle of an operation: ALPN, SNI, PSK, messages, the key log. Each enters with
 * ssl_callback_enter, since the operation may run without the GIL. */
#include <errno.h>
#include <stdlib.h>

#include "modules/ext/_ssl/ssl_priv.h"

static SslContext *as(Value self) { return V_AS(SslContext, self); }
static SslConnection *connection_of(const SSL *ssl) { return SSL_get_app_data(ssl); }
static SslContext *context_of(SslConnection *c) { return V_AS(SslContext, c->context); }

/* --- ALPN ------------------------------------------------------------------------------------------------------- */

typedef struct AlpnList {
    struct AlpnList *older;
    unsigned length;
    unsigned char protocols[];
} AlpnList;

/* No Python runs here, and the list is never changed or freed while its context lives: nothing is to be locked. */
static int alpn_select(SSL *ssl, const unsigned char **out, unsigned char *out_length, const unsigned char *offered, unsigned offered_length, void *context) {
    const AlpnList *own = __atomic_load_n((AlpnList **)context, __ATOMIC_ACQUIRE);
    if (own == NULL || own->length == 0) return SSL_TLSEXT_ERR_NOACK;
    int result = SSL_select_next_proto((unsigned char **)out, out_length, own->protocols, own->length, offered, offered_length);
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

SSL_METHOD(ssl_context_set_alpn_protocols) {
    SslContext *c = as(args[0]);
    Buffer view;
    if (!buffer_get(t, args[1], &view, BUF_SIMPLE)) return VNULL;
    Value result = V_NONE;
    AlpnList *list = view.length <= UINT16_MAX ? malloc(sizeof *list + (size_t)view.length) : NULL;
    if (list == NULL) {
        result = view.length > UINT16_MAX ? err_raise(t, T_OverflowError, "protocols longer than %u bytes", (unsigned)UINT16_MAX) : err_no_memory(t);
    } else {
        memcpy(list->protocols, view.data, (size_t)view.length);
        list->length = (unsigned)view.length;
        list->older = c->alpn;
        __atomic_store_n(&c->alpn, list, __ATOMIC_RELEASE);
        if (SSL_CTX_set_alpn_protos(c->ctx, list->protocols, list->length)) result = err_no_memory(t);
        else SSL_CTX_set_alpn_select_cb(c->ctx, alpn_select, &c->alpn);
    }
    buffer_release(t, &view);
    return result;
}

/* --- SNI --------------------------------------------------------------------------------------------------------- */

/* Calls the function with the connection, the name and the context it was made with; answers the library's word. */
static int sni_call(Thread *t, SslConnection *c, SslContext *context, const char *name, int *alert) {
    Value function = new_ref(context->sni_callback), face = ssl_connection_face(c), text = V_NONE, result = VNULL;
    *alert = SSL_AD_INTERNAL_ERROR;
    if (name != NULL) {
        size_t n = strlen(name);
        for (size_t i = 0; i < n && !is_null(text); i++)
            if ((unsigned char)name[i] >= 128)
                text = err_unicode_decode(t, "ascii", name, (int64_t)n, (int64_t)i, (int64_t)i + 1, "ordinal not in range(128)");
        if (!is_null(text)) text = str_from_ascii(t, name, (int64_t)n);
    }
    if (!is_null(text)) {
        *alert = SSL_AD_HANDSHAKE_FAILURE;
        result = call_3(t, function, face, text, v_from(context));
    }
    int word = SSL_TLSEXT_ERR_ALERT_FATAL;
    if (is_null(result)) {
        err_unraisable(t, NULL, function);
    } else if (is_none(result)) {
        word = SSL_TLSEXT_ERR_OK;
    } else {
        int64_t number;
        if (is_int(t, result) && int_to_i64(t, result, &number)) {
            *alert = (int)number;
        } else {
            if (!err_pending(t)) err_raise(t, T_TypeError, "'%T' object cannot be interpreted as an integer", result);
            err_unraisable(t, NULL, result);
            *alert = SSL_AD_INTERNAL_ERROR;
        }
    }
    decref_maybe(t, result);
    decref_maybe(t, text);
    decref(t, face);
    decref(t, function);
    return word;
}

static int sni_callback(SSL *ssl, int *alert, void *context) {
    SslConnection *c = connection_of(ssl);
    if (c == NULL || c->thread == NULL) return SSL_TLSEXT_ERR_OK;
    Thread *t = ssl_callback_enter(c);
    SslContext *own = SSL_CTX_get_app_data((SSL_CTX *)context); /* NULL: Python's side of the context died */
    int word = SSL_TLSEXT_ERR_OK;
    if (!is_null(c->owner) && is_none(weakref_get(c->owner))) {
        *alert = SSL_AD_INTERNAL_ERROR; /* nobody to ask about */
        word = SSL_TLSEXT_ERR_ALERT_FATAL;
    } else if (own != NULL && !is_null(own->sni_callback)) {
        Value keep = ref_of(own); /* the function may set another context */
        word = sni_call(t, c, own, SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name), alert);
        decref(t, keep);
    }
    ssl_callback_leave(c);
    return word;
}

static bool not_deletable(Thread *t, Value self, const char *name) {
    return err_fail(t, T_AttributeError, "attribute '%s' of '%N' objects cannot be deleted", name, type_of(t, self));
}

bool ssl_context_set_sni_callback(Thread *t, Value self, Value value, void *closure) {
    SslContext *c = as(self);
    if (is_null(value)) return not_deletable(t, self, "sni_callback");
    if (c->protocol == PROTOCOL_TLS_CLIENT) return err_fail(t, T_ValueError, "sni_callback cannot be set on TLS_CLIENT context");
    if (is_none(value)) {
        SSL_CTX_set_tlsext_servername_callback(c->ctx, NULL);
        slot_clear(t, &c->sni_callback);
        return true;
    }
    if (!ssl_check_callable(t, value, "not a callable object")) return false;
    slot_set(t, &c->sni_callback, new_ref(value));
    SSL_CTX_set_tlsext_servername_callback(c->ctx, sni_callback);
    SSL_CTX_set_tlsext_servername_arg(c->ctx, c->ctx);
    return true;
}

/* --- PSK ----------------------------------------------------------------------------------------------------------- */

/* Copies the key that a function answered; 0: it has none that fits, an exception may be pending. */
static unsigned take_key(Thread *t, Value key, unsigned char *out, unsigned max) {
    Buffer view;
    if (!buffer_get(t, key, &view, BUF_SIMPLE)) return 0;
    unsigned n = 0;
    if (view.length > (int64_t)max) {
        err_raise(t, T_ValueError, "psk too long: %zd > %u", (size_t)view.length, max);
    } else {
        n = (unsigned)view.length;
        memcpy(out, view.data, n);
    }
    buffer_release(t, &view);
    return n;
}

static bool take_identity(Thread *t, Value identity, char *out, unsigned max) {
    if (is_none(identity)) {
        out[0] = 0;
        return true;
    }
    if (!is_str(t, identity)) return err_fail(t, T_TypeError, "psk identity must be a string or None, not %T", identity);
    int64_t n;
    Value keep = VNULL;
    const char *text = str_utf8(t, identity, &n, &keep);
    bool fits = text != NULL && n < (int64_t)max;
    if (fits) memcpy(out, text, (size_t)n + 1);
    else if (text != NULL) err_raise(t, T_ValueError, "identity too long: %zd > %u", (size_t)n, max);
    decref_maybe(t, keep);
    return fits;
}

static Value text_or_none(Thread *t, const char *text) { return text ? str_from_utf8(t, text, (int64_t)strlen(text)) : V_NONE; }

static unsigned psk_client(SSL *ssl, const char *hint, char *identity, unsigned max_identity, unsigned char *key, unsigned max_key) {
    SslConnection *c = connection_of(ssl);
    if (c == NULL || c->thread == NULL) return 0;
    Thread *t = ssl_callback_enter(c);
    unsigned n = 0;
    if (!is_null(context_of(c)->psk_client_callback)) {
        Value function = new_ref(context_of(c)->psk_client_callback), text = text_or_none(t, hint), pair = is_null(text) ? VNULL : call_1(t, function, text);
        if (!is_null(pair)) {
            if (!is_tuple(t, pair) || tuple_len(pair) != 2) err_raise(t, T_TypeError, "psk callback must return a tuple of an identity and a key, not %T", pair);
            else if (take_identity(t, tuple_at(pair, 0), identity, max_identity)) n = take_key(t, tuple_at(pair, 1), key, max_key);
        }
        if (err_pending(t)) {
            err_unraisable(t, NULL, function);
            n = 0;
        }
        decref_maybe(t, pair);
        decref_maybe(t, text);
        decref(t, function);
    }
    ssl_callback_leave(c);
    return n;
}

static unsigned psk_server(SSL *ssl, const char *identity, unsigned char *key, unsigned max_key) {
    SslConnection *c = connection_of(ssl);
    if (c == NULL || c->thread == NULL) return 0;
    Thread *t = ssl_callback_enter(c);
    unsigned n = 0;
    if (!is_null(context_of(c)->psk_server_callback)) {
        Value function = new_ref(context_of(c)->psk_server_callback), text = text_or_none(t, identity && identity[0] ? identity : NULL);
        Value answer = is_null(text) ? VNULL : call_1(t, function, text);
        if (!is_null(answer)) n = take_key(t, answer, key, max_key);
        if (err_pending(t)) {
            err_unraisable(t, NULL, function);
            n = 0;
        }
        decref_maybe(t, answer);
        decref_maybe(t, text);
        decref(t, function);
    }
    ssl_callback_leave(c);
    return n;
}

SSL_METHOD(ssl_context_set_psk_client_callback) {
    SslContext *c = as(args[0]);
    if (c->protocol == PROTOCOL_TLS_SERVER) return ssl_raise(t, 0, "Cannot add PSK client callback to a PROTOCOL_TLS_SERVER context");
    if (is_none(args[1])) {
        SSL_CTX_set_psk_client_callback(c->ctx, NULL);
        slot_clear(t, &c->psk_client_callback);
        return V_NONE;
    }
    if (!ssl_check_callable(t, args[1], "callback must be callable")) return VNULL;
    slot_set(t, &c->psk_client_callback, new_ref(args[1]));
    SSL_CTX_set_psk_client_callback(c->ctx, psk_client);
    return V_NONE;
}

SSL_METHOD(ssl_context_set_psk_server_callback) {
    SslContext *c = as(args[0]);
    bool has_hint = !is_null(args[2]) && !is_none(args[2]);
    if (has_hint && !is_str(t, args[2])) return err_raise(t, T_TypeError, "set_psk_server_callback() argument 'identity_hint' must be str or None, not %T", args[2]);
    if (c->protocol == PROTOCOL_TLS_CLIENT) return ssl_raise(t, 0, "Cannot add PSK server callback to a PROTOCOL_TLS_CLIENT context");
    if (is_none(args[1])) {
        SSL_CTX_set_psk_server_callback(c->ctx, NULL);
        slot_clear(t, &c->psk_server_callback);
        return V_NONE;
    }
    if (!ssl_check_callable(t, args[1], "callback must be callable")) return VNULL;
    Value keep = VNULL;
    const char *hint = has_hint ? str_cstr(t, args[2], &keep) : "";
    int good = hint && SSL_CTX_use_psk_identity_hint(c->ctx, hint);
    decref_maybe(t, keep);
    if (!good) {
        ERR_clear_error();
        return hint ? err_raise(t, T_ValueError, "failed to set identity hint") : VNULL;
    }
    slot_set(t, &c->psk_server_callback, new_ref(args[1]));
    SSL_CTX_set_psk_server_callback(c->ctx, psk_server);
    return V_NONE;
}

/* --- Messages --------------------------------------------------------------------------------------------------------- */

/* The kind of a message, by the kind of its record; a record's head tells the version, too. */
static int message_type(int content_type, const unsigned char *data, size_t n, int *version) {
    switch (content_type) {
    case SSL3_RT_CHANGE_CIPHER_SPEC: return SSL3_MT_CHANGE_CIPHER_SPEC;
    case SSL3_RT_ALERT: return n > 1 ? data[1] : -1;
    case SSL3_RT_HANDSHAKE: case SSL3_RT_INNER_CONTENT_TYPE: return n > 0 ? data[0] : -1;
    case SSL3_RT_HEADER:
        if (n > 2) *version = data[1] << 8 | data[2];
        return n > 0 ? data[0] : -1;
    default: return -1;
    }
}

/* An exception of the function stays pending: the operation ends with it. */
static void message_callback(int is_writing, int version, int content_type, const void *data, size_t n, SSL *ssl, void *context) {
    SslConnection *c = connection_of(ssl);
    if (c == NULL || c->thread == NULL) return;
    Thread *t = ssl_callback_enter(c);
    SslContext *own = context_of(c);
    if (!is_null(own->msg_callback) && !err_pending(t)) {
        int type = message_type(content_type, data, n, &version);
        Value function = new_ref(own->msg_callback), face = ssl_connection_face(c), result = VNULL;
        Value room[7] = {VNULL, face, str_from_cstr(t, is_writing ? "write" : "read"), v_smallint(version), v_smallint(content_type), v_smallint(type),
                         bytes_new(t, data, (int64_t)n)};
        if (!is_null(room[2]) && !is_null(room[6])) result = call(t, function, room + 1, 6, VNULL);
        decref_maybe(t, result);
        decref_maybe(t, room[2]);
        decref_maybe(t, room[6]);
        decref(t, face);
        decref(t, function);
    }
    ssl_callback_leave(c);
}

bool ssl_context_set_msg_callback(Thread *t, Value self, Value value, void *closure) {
    SslContext *c = as(self);
    if (is_null(value)) return not_deletable(t, self, "_msg_callback");
    if (is_none(value)) {
        SSL_CTX_set_msg_callback(c->ctx, NULL);
        slot_clear(t, &c->msg_callback);
        return true;
    }
    if (!ssl_check_callable(t, value, "not a callable object")) return false;
    slot_set(t, &c->msg_callback, new_ref(value));
    SSL_CTX_set_msg_callback(c->ctx, message_callback);
    return true;
}

/* A connection copies the callback of the context that it was made with: this is for another context. */
void ssl_connection_follow_messages(SslConnection *c, SslContext *context) {
    SSL_set_msg_callback(c->ssl, is_null(context->msg_callback) ? NULL : message_callback);
}

/* --- The key log -------------------------------------------------------------------------------------------------------- */

static void keylog_callback(const SSL *ssl, const char *line) {
    SslConnection *c = connection_of(ssl);
    if (c == NULL || c->thread == NULL) return;
    Thread *t = ssl_callback_enter(c);
    SslContext *own = context_of(c);
    if (own->keylog != NULL) {
        int written, flushed, error;
        object_lock(t, &own->keylog_mutex);
        gil_release(t);
        written = BIO_printf(own->keylog, "%s\n", line);
        flushed = BIO_flush(own->keylog);
        error = errno;
        gil_acquire(t);
        object_unlock(&own->keylog_mutex);
        if ((written < 0 || flushed <= 0) && !err_pending(t)) err_raise_errno(t, error, own->keylog_filename, VNULL);
    }
    ssl_callback_leave(c);
}

static void keylog_close(SslContext *c) {
    if (c->keylog == NULL) return;
    BIO_free_all(c->keylog);
    c->keylog = NULL;
}

bool ssl_context_set_keylog_filename(Thread *t, Value self, Value value, void *closure) {
    SslContext *c = as(self);
    if (is_null(value)) return not_deletable(t, self, "keylog_filename");
    SSL_CTX_set_keylog_callback(c->ctx, NULL);
    object_lock(t, &c->keylog_mutex);
    keylog_close(c);
    object_unlock(&c->keylog_mutex);
    slot_clear(t, &c->keylog_filename);
    if (is_none(value)) return true;
    Value path = ssl_path(t, value);
    if (is_null(path)) return false;
    FILE *file = fopen(V_AS(Bytes, path)->data, "ae");
    int error = errno;
    decref(t, path);
    if (file == NULL) return err_raise_errno(t, error, value, VNULL), false;
    c->keylog = BIO_new_fp(file, BIO_CLOSE | BIO_FP_TEXT);
    if (c->keylog == NULL) {
        fclose(file);
        return ssl_raise_plain(t, "Can't malloc memory for keylog file"), false;
    }
    fseek(file, 0, SEEK_END);
    if (ftell(file) == 0) BIO_puts(c->keylog, "# TLS secrets log file, generated by OpenSSL / Python\n");
    BIO_flush(c->keylog);
    slot_set(t, &c->keylog_filename, new_ref(value));
    SSL_CTX_set_keylog_callback(c->ctx, keylog_callback);
    return true;
}

/* The context dies. */
void ssl_context_drop_callbacks(SslContext *c) {
    keylog_close(c);
    for (AlpnList *list = c->alpn, *older; list != NULL; list = older) {
        older = list->older;
        free(list);
    }
    c->alpn = NULL;
}
