/* HASH and HASHXOF objects: a running digest of the library. */
#include "modules/ext/_hashlib/hashlib_priv.h"

typedef struct EvpHash {
    Object head;
    pthread_mutex_t mutex; /* guards the context */
    EVP_MD_CTX *context;
} EvpHash;

static EvpHash *as(Value self) { return V_AS(EvpHash, self); }
static Value raise_value_error(Thread *t) { return hashlib_raise(t, builtin_type(t, T_ValueError), "no reason supplied"); }

static Value hash_alloc(Thread *t, Type *type) {
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    as(v)->context = EVP_MD_CTX_new();
    if (as(v)->context != NULL) return v;
    decref(t, v);
    return err_no_memory(t);
}

static void hash_destroy(Thread *t, Object *self) { EVP_MD_CTX_free(((EvpHash *)self)->context); }

static bool feed(Thread *t, EvpHash *h, Value data) {
    Buffer view;
    int good;
    if (!hash_buffer(t, data, &view)) return false;
    object_lock(t, &h->mutex);
    if (view.length >= HASH_GIL_MINSIZE) ALLOW_THREADS(t, good = EVP_DigestUpdate(h->context, view.data, (size_t)view.length));
    else good = EVP_DigestUpdate(h->context, view.data, (size_t)view.length);
    object_unlock(&h->mutex);
    buffer_release(t, &view);
    return good || (raise_value_error(t), false);
}

Value hashlib_new(Thread *t, EVP_MD *md, Value data, Value string) {
    Value first, v = VNULL;
    if (md == NULL) return VNULL;
    bool is_xof = EVP_MD_get_flags(md) & EVP_MD_FLAG_XOF;
    if (hash_first_data(t, data, string, &first)) v = hash_alloc(t, is_xof ? HASHLIB_STATE(t)->xof_type : builtin_type(t, T_HASH));
    if (!is_null(v)) {
        bool good = EVP_DigestInit_ex(as(v)->context, md, NULL) || (raise_value_error(t), false);
        if (good && !is_null(first)) good = feed(t, as(v), first);
        if (!good) slot_clear(t, &v);
    }
    EVP_MD_free(md);
    return is_null(v) ? v : object_done(t, v);
}

/* A copy of the context, for reading the digest; NULL: exception pending. */
static EVP_MD_CTX *snapshot(Thread *t, Value self) {
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    if (copy == NULL) {
        err_no_memory(t);
        return NULL;
    }
    object_lock(t, &as(self)->mutex);
    int good = EVP_MD_CTX_copy(copy, as(self)->context);
    object_unlock(&as(self)->mutex);
    if (good) return copy;
    EVP_MD_CTX_free(copy);
    raise_value_error(t);
    return NULL;
}

static bool finish(Thread *t, Value self, unsigned char *out, unsigned *n) {
    EVP_MD_CTX *copy = snapshot(t, self);
    if (copy == NULL) return false;
    int good = EVP_DigestFinal_ex(copy, out, n);
    EVP_MD_CTX_free(copy);
    return good || (raise_value_error(t), false);
}

/* --- Methods ------------------------------------------------------------------------------------------------- */

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
    Value v = hash_alloc(t, type_of(t, args[0]));
    if (is_null(v)) return v;
    object_lock(t, &as(args[0])->mutex);
    int good = EVP_MD_CTX_copy(as(v)->context, as(args[0])->context);
    object_unlock(&as(args[0])->mutex);
    if (good) return object_done(t, v);
    decref(t, v);
    return raise_value_error(t);
}

/* The digest of a function of any length; n bytes. */
static Value xof_digest(Thread *t, Value self, Value length) {
    int64_t n;
    if (!arg_size(t, length, &n)) return VNULL;
    if (n < 0) return err_no_memory(t);
    if (n == 0) return new_ref(t->interp->empty_bytes);
    Value out = bytes_new(t, NULL, n);
    EVP_MD_CTX *copy = is_null(out) ? NULL : snapshot(t, self);
    if (copy == NULL) {
        decref_maybe(t, out);
        return VNULL;
    }
    int good = EVP_DigestFinalXOF(copy, (unsigned char *)V_AS(Bytes, out)->data, (size_t)n);
    EVP_MD_CTX_free(copy);
    if (good) return out;
    decref(t, out);
    return raise_value_error(t);
}
static Value m_xof_digest(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return xof_digest(t, args[0], args[1]); }
static Value m_xof_hexdigest(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value bytes = xof_digest(t, args[0], args[1]);
    if (is_null(bytes)) return bytes;
    Value hex = hash_hex(t, (const uint8_t *)V_AS(Bytes, bytes)->data, (size_t)V_AS(Bytes, bytes)->length);
    decref(t, bytes);
    return hex;
}

static const EVP_MD *md_of(Value self) { return EVP_MD_CTX_get0_md(as(self)->context); }
static Value get_block_size(Thread *t, Value self, void *closure) { return v_smallint(EVP_MD_get_block_size(md_of(self))); }
static Value get_digest_size(Thread *t, Value self, void *closure) { return v_smallint(EVP_MD_get_size(md_of(self))); }
static Value get_xof_digest_size(Thread *t, Value self, void *closure) { return v_smallint(0); }
static Value get_name(Thread *t, Value self, void *closure) { return str_from_cstr(t, hashlib_name(md_of(self))); }

static Value hash_repr(Thread *t, Value self) {
    char address[32];
    snprintf(address, sizeof address, "%p", (void *)as(self));
    return str_format(t, "<%s %N object @ %s>", hashlib_name(md_of(self)), type_of(t, self), address);
}

static const MethodDef hash_methods[] = {
    {"copy", "($self, /)", "A copy with the same state.", m_copy},
    {"digest", "($self, /)", "The digest of what was taken so far, as bytes.", m_digest},
    {"hexdigest", "($self, /)", "The digest of what was taken so far, as hexadecimal digits.", m_hexdigest},
    {"update", "($self, obj, /)", "Take more data.", m_update},
    {NULL},
};
static const GetSetDef hash_getsets[] = {{"block_size", get_block_size}, {"digest_size", get_digest_size}, {"name", get_name}, {NULL}};

const TypeDef typedef_HASH = {
    .name = "_hashlib.HASH",
    .doc = "A running hash: update() takes data, digest() and hexdigest() tell its hash so far.",
    .signature = "(name, string=b'')",
    .flags = TF_NO_NEW | TF_BASE | TF_IMMUTABLE,
    .size = sizeof(EvpHash),
    .methods = hash_methods,
    .getsets = hash_getsets,
    .slots = {.destroy = hash_destroy, .repr = hash_repr},
};

static const MethodDef xof_methods[] = {
    {"digest", "($self, /, length)", "The first `length` bytes of the digest.", m_xof_digest},
    {"hexdigest", "($self, /, length)", "The first `length` bytes of the digest, as hexadecimal digits.", m_xof_hexdigest},
    {NULL},
};
static const GetSetDef xof_getsets[] = {{"digest_size", get_xof_digest_size}, {NULL}};

const TypeDef typedef_HASHXOF = {
    .name = "_hashlib.HASHXOF",
    .doc = "A running hash whose digest may have any length: digest() and hexdigest() are told it.",
    .signature = "(name, string=b'')",
    .flags = TF_NO_NEW | TF_BASE | TF_IMMUTABLE,
    .size = sizeof(EvpHash),
    .methods = xof_methods,
    .getsets = xof_getsets,
};
