/* HMAC objects, and HMAC at once. */
#include "modules/ext/_hashlib/hashlib_priv.h"

typedef struct EvpHmac {
    Object head;
    pthread_mutex_t mutex; /* guards the context */
    HMAC_CTX *context;
} EvpHmac;

static EvpHmac *as(Value self) { return V_AS(EvpHmac, self); }
static Value raise_value_error(Thread *t) { return hashlib_raise(t, builtin_type(t, T_ValueError), "no reason supplied"); }

static Value hmac_alloc(Thread *t) {
    Value v = object_new(t, builtin_type(t, T_HMAC));
    if (is_null(v)) return v;
    as(v)->context = HMAC_CTX_new();
    if (as(v)->context != NULL) return v;
    decref(t, v);
    return err_no_memory(t);
}

static void hmac_destroy(Thread *t, Object *self) { HMAC_CTX_free(((EvpHmac *)self)->context); }

static bool feed(Thread *t, EvpHmac *h, Value data) {
    Buffer view;
    int good;
    if (!hash_buffer(t, data, &view)) return false;
    object_lock(t, &h->mutex);
    if (view.length >= HASH_GIL_MINSIZE) ALLOW_THREADS(t, good = HMAC_Update(h->context, (unsigned char *)view.data, (size_t)view.length));
    else good = HMAC_Update(h->context, (unsigned char *)view.data, (size_t)view.length);
    object_unlock(&h->mutex);
    buffer_release(t, &view);
    return good || (raise_value_error(t), false);
}

/* A key of a size that the library can count. */
static bool key_get(Thread *t, Value key, Buffer *view) {
    if (!buffer_get(t, key, view, BUF_SIMPLE)) return false;
    if (view->length <= INT32_MAX) return true;
    buffer_release(t, view);
    return err_fail(t, T_OverflowError, "key is too long.");
}

static Value hmac_make(Thread *t, const Buffer *key, const EVP_MD *md, Value message) {
    Value v = hmac_alloc(t);
    if (is_null(v)) return v;
    bool good = HMAC_Init_ex(as(v)->context, key->data, (int)key->length, md, NULL) || (raise_value_error(t), false);
    if (good && (is_null(message) || is_none(message) || feed(t, as(v), message))) return object_done(t, v);
    decref(t, v);
    return VNULL;
}

Value hashlib_hmac_new(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Buffer key;
    if (!key_get(t, args[0], &key)) return VNULL;
    Value v = VNULL;
    if (is_null(args[2])) {
        err_raise(t, T_TypeError, "Missing required parameter 'digestmod'.");
    } else {
        EVP_MD *md = hashlib_fetch_digestmod(t, args[2]);
        if (md != NULL) v = hmac_make(t, &key, md, args[1]);
        EVP_MD_free(md);
    }
    buffer_release(t, &key);
    return v;
}

static Value digest_at_once(Thread *t, const EVP_MD *md, const Buffer *key, const Buffer *message) {
    unsigned char out[EVP_MAX_MD_SIZE], *done;
    unsigned n = 0;
    if (EVP_MD_get_flags(md) & EVP_MD_FLAG_XOF) return raise_value_error(t);
    ALLOW_THREADS(t, done = HMAC(md, key->data, (int)key->length, (unsigned char *)message->data, (size_t)message->length, out, &n));
    return done ? bytes_new(t, (char *)out, n) : raise_value_error(t);
}

Value hashlib_hmac_digest(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Buffer key, message;
    if (!key_get(t, args[0], &key)) return VNULL;
    Value result = VNULL;
    if (buffer_get(t, args[1], &message, BUF_SIMPLE)) {
        EVP_MD *md = hashlib_fetch_digestmod(t, args[2]);
        if (md != NULL) result = digest_at_once(t, md, &key, &message);
        EVP_MD_free(md);
        buffer_release(t, &message);
    }
    buffer_release(t, &key);
    return result;
}

/* --- Methods ------------------------------------------------------------------------------------------------- */

static bool copy_context(Thread *t, Value self, HMAC_CTX *to) {
    object_lock(t, &as(self)->mutex);
    int good = HMAC_CTX_copy(to, as(self)->context);
    object_unlock(&as(self)->mutex);
    return good || (raise_value_error(t), false);
}

static bool finish(Thread *t, Value self, unsigned char *out, unsigned *n) {
    HMAC_CTX *copy = HMAC_CTX_new();
    if (copy == NULL) return err_no_memory_fail(t);
    bool good = copy_context(t, self, copy) && (HMAC_Final(copy, out, n) || (raise_value_error(t), false));
    HMAC_CTX_free(copy);
    return good;
}

static Value m_update(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return feed(t, as(args[0]), args[1]) ? V_NONE : VNULL; }
static Value m_digest(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned n;
    return finish(t, args[0], out, &n) ? bytes_new(t, (char *)out, n) : VNULL;
}
static Value m_hexdigest(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned n;
    return finish(t, args[0], out, &n) ? hash_hex(t, out, n) : VNULL;
}
static Value m_copy(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value v = hmac_alloc(t);
    if (is_null(v)) return v;
    if (copy_context(t, args[0], as(v)->context)) return object_done(t, v);
    decref(t, v);
    return VNULL;
}

static const EVP_MD *md_of(Value self) { return HMAC_CTX_get_md(as(self)->context); }
static Value get_block_size(Thread *t, Value self, void *closure) { return v_smallint(EVP_MD_get_block_size(md_of(self))); }
static Value get_digest_size(Thread *t, Value self, void *closure) { return v_smallint(EVP_MD_get_size(md_of(self))); }
static Value get_name(Thread *t, Value self, void *closure) { return str_format(t, "hmac-%s", hashlib_name(md_of(self))); }
static Value hmac_repr(Thread *t, Value self) {
    char address[32];
    snprintf(address, sizeof address, "%p", (void *)as(self));
    return str_format(t, "<%s HMAC object @ %s>", hashlib_name(md_of(self)), address);
}

static const MethodDef methods[] = {
    {"copy", "($self, /)", "A copy with the same state.", m_copy},
    {"digest", "($self, /)", "The code of what was taken so far, as bytes.", m_digest},
    {"hexdigest", "($self, /)", "The code of what was taken so far, as hexadecimal digits.", m_hexdigest},
    {"update", "($self, /, msg)", "Take more data.", m_update},
    {NULL},
};
static const GetSetDef getsets[] = {{"block_size", get_block_size}, {"digest_size", get_digest_size}, {"name", get_name}, {NULL}};

const TypeDef typedef_hashlib_HMAC = {
    .name = "_hashlib.HMAC",
    .doc = "A running message authentication code: update() takes data, digest() and hexdigest() tell its code so far.",
    .flags = TF_NO_NEW | TF_IMMUTABLE,
    .size = sizeof(EvpHmac),
    .methods = methods,
    .getsets = getsets,
    .slots = {.destroy = hmac_destroy, .repr = hmac_repr},
};
