/* What an _SSLContext loads: its own certificate and key, authorities, parameters. */
#define OPENSSL_SUPPRESS_DEPRECATED /* what reads parameters of one kind only tells more plainly what a file lacks */
#include <limits.h>
#include <openssl/dh.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "modules/ext/_ssl/ssl_priv.h"
#include "modules/posix/posix_priv.h"

static SSL_CTX *ctx_of(Value self) { return V_AS(SslContext, self)->ctx; }

Value ssl_path(Thread *t, Value v) {
    Value path = path_fspath(t, v);
    if (!is_null(path) && is_str(t, path)) {
        Value encoded = fs_encode(t, path);
        decref(t, path);
        path = encoded;
    }
    if (is_null(path) || !memchr(V_AS(Bytes, path)->data, 0, (size_t)V_AS(Bytes, path)->length)) return path;
    decref(t, path);
    return err_raise(t, T_ValueError, "embedded null byte");
}

/* An optional path; false: an exception is pending, of which a TypeError is worded anew. */
static bool optional_path(Thread *t, Value v, const char *name, Value *path) {
    *path = VNULL;
    if (is_null(v) || is_none(v)) return true;
    *path = ssl_path(t, v);
    if (!is_null(*path)) return true;
    return err_catch(t, T_TypeError) ? err_fail(t, T_TypeError, "%s should be a valid filesystem path", name) : false;
}
static const char *path_text(Value path) { return is_null(path) ? NULL : V_AS(Bytes, path)->data; }

/* --- The own certificate ----------------------------------------------------------------------------------------------- */

/* A password for the library: the bytes of a str or bytes-like object, or what a callable answers. */
typedef struct Password {
    Thread *t;
    Value given;  /* borrowed */
    Value bytes;  /* owned; VNULL until it is known */
    bool is_called, failed;
} Password;

/* The bytes of a password: false with a TypeError where it is none. */
static bool password_take(Thread *t, Password *p, Value v, const char *message) {
    if (is_str(t, v)) {
        int64_t n;
        Value keep = VNULL;
        const char *text = str_utf8(t, v, &n, &keep);
        p->bytes = text ? bytes_new(t, text, n) : VNULL;
        decref_maybe(t, keep);
    } else if (is_bytes(t, v) || is_instance_of(t, v, builtin_type(t, T_bytearray))) {
        Buffer view;
        if (!buffer_get(t, v, &view, BUF_SIMPLE)) return false;
        p->bytes = bytes_new(t, view.data, view.length);
        buffer_release(t, &view);
    } else {
        return err_fail(t, T_TypeError, "%s", message);
    }
    return !is_null(p->bytes);
}

/* The library asks for the password. It runs with the GIL released. */
static int password_callback(char *out, int size, int is_writing, void *context) {
    Password *p = context;
    Thread *t = p->t;
    int n = -1;
    gil_acquire(t);
    if (p->is_called && !p->failed) {
        Value v = call_0(t, p->given);
        slot_clear(t, &p->bytes);
        p->failed = is_null(v) || !password_take(t, p, v, "password callback must return a string");
        decref_maybe(t, v);
    }
    if (!p->failed) {
        Bytes *b = V_AS(Bytes, p->bytes);
        if (b->length > size) {
            err_raise(t, T_ValueError, "password cannot be longer than %d bytes", size);
            p->failed = true;
        } else {
            memcpy(out, b->data, (size_t)b->length);
            n = (int)b->length;
        }
    }
    gil_release(t);
    return n;
}

static bool load_chain(Thread *t, SSL_CTX *ctx, const char *certificate, const char *key, Password *p) {
    int good;
    ERR_clear_error();
    ALLOW_THREADS(t, good = SSL_CTX_use_certificate_chain_file(ctx, certificate));
    if (good != 1) {
        if (!p->failed) ssl_raise_file(t);
        return false;
    }
    ALLOW_THREADS(t, good = SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM));
    if (good != 1) {
        if (!p->failed) ssl_raise_file(t);
        return false;
    }
    ALLOW_THREADS(t, good = SSL_CTX_check_private_key(ctx));
    if (good == 1) return true;
    ssl_raise_queued(t);
    return false;
}

SSL_METHOD(ssl_context_load_cert_chain) {
    SSL_CTX *ctx = ctx_of(args[0]);
    Value certificate, key = VNULL, result = VNULL;
    if (is_none(args[1])) return err_raise(t, T_TypeError, "certfile should be a valid filesystem path");
    if (!optional_path(t, args[1], "certfile", &certificate)) return VNULL;
    Password p = {.t = t, .given = is_null(args[3]) ? V_NONE : args[3]};
    if (!optional_path(t, args[2], "keyfile", &key)) goto done;
    if (!is_none(p.given)) {
        p.is_called = is_callable(t, p.given);
        if (!p.is_called && !password_take(t, &p, p.given, "password should be a string or callable")) goto done;
    }
    pem_password_cb *callback = SSL_CTX_get_default_passwd_cb(ctx);
    void *userdata = SSL_CTX_get_default_passwd_cb_userdata(ctx);
    if (!is_none(p.given)) {
        SSL_CTX_set_default_passwd_cb(ctx, password_callback);
        SSL_CTX_set_default_passwd_cb_userdata(ctx, &p);
    }
    if (load_chain(t, ctx, path_text(certificate), path_text(is_null(key) ? certificate : key), &p)) result = V_NONE;
    ERR_clear_error();
    SSL_CTX_set_default_passwd_cb(ctx, callback);
    SSL_CTX_set_default_passwd_cb_userdata(ctx, userdata);
done:
    decref_maybe(t, certificate);
    decref_maybe(t, key);
    decref_maybe(t, p.bytes);
    return result;
}

/* --- Authorities ---------------------------------------------------------------------------------------------------------- */

/* Adds the certificates of a text in PEM or of bytes in DER, one after the other. */
static bool add_authorities(Thread *t, SSL_CTX *ctx, const char *data, int64_t n, bool is_pem) {
    if (n <= 0) return err_fail(t, T_ValueError, "Empty certificate data");
    if (n > INT_MAX) return err_fail(t, T_OverflowError, "Certificate data is too long.");
    BIO *bio = BIO_new_mem_buf(data, (int)n);
    if (bio == NULL) return ssl_raise_plain(t, "Can't allocate buffer"), false;
    X509_STORE *store = SSL_CTX_get_cert_store(ctx);
    int loaded = 0;
    bool at_end = false, failed = false;
    ERR_clear_error();
    while (!failed) {
        if (!is_pem && loaded > 0 && BIO_pending(bio) == 0) {
            at_end = true;
            break;
        }
        X509 *cert = is_pem ? PEM_read_bio_X509(bio, NULL, SSL_CTX_get_default_passwd_cb(ctx), SSL_CTX_get_default_passwd_cb_userdata(ctx)) : d2i_X509_bio(bio, NULL);
        if (cert == NULL) break;
        failed = !X509_STORE_add_cert(store, cert); /* one that is there already is no error */
        X509_free(cert);
        loaded += !failed;
    }
    unsigned long code = ERR_peek_last_error();
    if (is_pem && ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE) at_end = true;
    BIO_free(bio);
    if (loaded == 0) {
        ERR_clear_error();
        ssl_raise(t, 0, is_pem ? "no start line: cadata does not contain a certificate" : "not enough data: cadata does not contain a certificate");
        return false;
    }
    if (!at_end) return ssl_raise_queued(t), false;
    ERR_clear_error();
    return true;
}

static bool add_cadata(Thread *t, SSL_CTX *ctx, Value v) {
    static const char message[] = "cadata should be an ASCII string or a bytes-like object";
    if (is_str(t, v)) {
        Str *s = V_AS(Str, v);
        if (!str_is_ascii(s)) return err_fail(t, T_TypeError, "%s", message);
        return add_authorities(t, ctx, (const char *)s->data, str_len(s), true);
    }
    Buffer view;
    if (!has_buffer(t, v) || !buffer_get(t, v, &view, BUF_SIMPLE)) return err_clear(t), err_fail(t, T_TypeError, "%s", message);
    bool good = add_authorities(t, ctx, view.data, view.length, false);
    buffer_release(t, &view);
    return good;
}

SSL_METHOD(ssl_context_load_verify_locations) {
    SSL_CTX *ctx = ctx_of(args[0]);
    Value file = VNULL, folder = VNULL, result = VNULL;
    bool has_data = !is_null(args[3]) && !is_none(args[3]);
    if (!optional_path(t, args[1], "cafile", &file) || !optional_path(t, args[2], "capath", &folder)) goto done;
    if (is_null(file) && is_null(folder) && !has_data) {
        err_raise(t, T_TypeError, "cafile, capath and cadata cannot be all omitted");
        goto done;
    }
    if (has_data && !add_cadata(t, ctx, args[3])) goto done;
    if (!is_null(file) || !is_null(folder)) {
        const char *file_name = path_text(file), *folder_name = path_text(folder);
        int good;
        ERR_clear_error();
        ALLOW_THREADS(t, good = SSL_CTX_load_verify_locations(ctx, file_name, folder_name));
        if (good != 1) {
            ssl_raise_file(t);
            goto done;
        }
    }
    result = V_NONE;
done:
    decref_maybe(t, file);
    decref_maybe(t, folder);
    return result;
}

SSL_METHOD(ssl_context_set_default_verify_paths) {
    int good;
    SSL_CTX *ctx = ctx_of(args[0]);
    ALLOW_THREADS(t, good = SSL_CTX_set_default_verify_paths(ctx));
    return good ? V_NONE : ssl_raise_queued(t);
}

/* The objects of the store, in a list of the library: owned, X509_OBJECT by X509_OBJECT. */
static STACK_OF(X509_OBJECT) *lock_store(SSL_CTX *ctx, X509_STORE **store) {
    *store = SSL_CTX_get_cert_store(ctx);
    X509_STORE_lock(*store);
    return X509_STORE_get0_objects(*store);
}

SSL_METHOD(ssl_context_cert_store_stats) {
    X509_STORE *store;
    STACK_OF(X509_OBJECT) *objects = lock_store(ctx_of(args[0]), &store);
    int certificates = 0, lists = 0, authorities = 0;
    for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
        X509_OBJECT *o = sk_X509_OBJECT_value(objects, i);
        if (X509_OBJECT_get_type(o) == X509_LU_CRL) lists++;
        if (X509_OBJECT_get_type(o) != X509_LU_X509) continue;
        certificates++;
        authorities += X509_check_ca(X509_OBJECT_get0_X509(o)) != 0;
    }
    X509_STORE_unlock(store);
    Value stats = dict_new(t);
    if (is_null(stats) || (dict_set_cstr(t, stats, "x509", v_smallint(certificates)) && dict_set_cstr(t, stats, "crl", v_smallint(lists)) &&
                           dict_set_cstr(t, stats, "x509_ca", v_smallint(authorities))))
        return stats;
    decref(t, stats);
    return VNULL;
}

SSL_METHOD(ssl_context_get_ca_certs) {
    bool is_binary = false;
    if (!is_null(args[1]) && !arg_bool(t, args[1], &is_binary)) return VNULL;
    Value list = list_new(t, 4);
    X509_STORE *store;
    STACK_OF(X509_OBJECT) *objects = lock_store(ctx_of(args[0]), &store);
    for (int i = 0; !is_null(list) && i < sk_X509_OBJECT_num(objects); i++) {
        X509_OBJECT *o = sk_X509_OBJECT_value(objects, i);
        X509 *cert = X509_OBJECT_get_type(o) == X509_LU_X509 ? X509_OBJECT_get0_X509(o) : NULL;
        if (cert == NULL || !X509_check_ca(cert)) continue;
        Value item = is_binary ? ssl_certificate_der(t, cert) : ssl_certificate_info(t, cert);
        if (is_null(item) || !list_append_take(t, V_AS(List, list), item)) slot_clear(t, &list);
    }
    X509_STORE_unlock(store);
    return list;
}

/* --- Parameters ------------------------------------------------------------------------------------------------------------- */

SSL_METHOD(ssl_context_load_dh_params) {
    Value path = ssl_path(t, args[1]);
    if (is_null(path)) return VNULL;
    BIO *bio = BIO_new_file(V_AS(Bytes, path)->data, "rb");
    decref(t, path);
    if (bio == NULL) {
        ERR_clear_error();
        return err_raise_errno(t, errno, args[1], VNULL);
    }
    ERR_clear_error();
    DH *parameters = PEM_read_bio_DHparams(bio, NULL, NULL, NULL);
    BIO_free(bio);
    if (parameters == NULL) return ssl_raise_file(t);
    long good = SSL_CTX_set_tmp_dh(ctx_of(args[0]), parameters);
    DH_free(parameters);
    return good ? V_NONE : ssl_raise_queued(t);
}

SSL_METHOD(ssl_context_set_ecdh_curve) {
    Value name = ssl_path(t, args[1]);
    if (is_null(name)) return VNULL;
    int nid = OBJ_sn2nid(V_AS(Bytes, name)->data);
    Value result = V_NONE;
    if (nid == NID_undef) {
        Value text = is_str(t, args[1]) ? new_ref(args[1]) : str_from_cstr(t, V_AS(Bytes, name)->data);
        if (!is_null(text)) err_raise(t, T_ValueError, "unknown elliptic curve name %R", text);
        decref_maybe(t, text);
        result = VNULL;
    } else if (!SSL_CTX_set1_groups(ctx_of(args[0]), &nid, 1)) {
        result = ssl_raise_queued(t);
    }
    decref(t, name);
    return result;
}
