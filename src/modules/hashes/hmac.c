/* The module _hmac: HMAC (RFC 2104) over the digests of base, by the hash's name. */
#include <ctype.h>

#include "modules/hashes/hashes_priv.h"

typedef struct HmacState {
    Value type, unknown; /* HMAC and UnknownHashError */
} HmacState;
/* Of the module whose function was called: an interpreter may have several copies. */
static HmacState *state_of(Thread *t, const Value *args) { return module_state(function_module(t, args[-1])); }

typedef struct HmacObject {
    Object head;
    pthread_mutex_t mutex; /* as in HashObject; guards `hmac` */
    HmacDigest hmac;
} HmacObject;

static const struct { const char *name; const DigestKind *kind; } kinds[] = {
    {"md5", &digest_md5}, {"sha1", &digest_sha1}, {"sha224", &digest_sha224}, {"sha256", &digest_sha256}, {"sha384", &digest_sha384},
    {"sha512", &digest_sha512}, {"sha3_224", &digest_sha3_224}, {"sha3_256", &digest_sha3_256}, {"sha3_384", &digest_sha3_384},
    {"sha3_512", &digest_sha3_512}, {"blake2s", &digest_blake2s}, {"blake2s_32", &digest_blake2s}, {"blake2b", &digest_blake2b},
    {"blake2b_32", &digest_blake2b},
};

/* The algorithm of a name, all in lower or all in upper case; NULL: UnknownHashError. */
static const DigestKind *find_kind(Thread *t, const HmacState *state, Value name) {
    if (is_str(t, name)) {
        int64_t n;
        Value keep = VNULL;
        const char *text = str_utf8(t, name, &n, &keep);
        if (text == NULL) return NULL;
        const DigestKind *found = NULL;
        for (size_t i = 0; i < COUNT_OF(kinds) && found == NULL; i++) {
            const char *known = kinds[i].name;
            if ((int64_t)strlen(known) != n) continue;
            bool lower = true, upper = true;
            for (int64_t j = 0; j < n; j++) {
                lower &= text[j] == known[j];
                upper &= text[j] == (char)toupper((unsigned char)known[j]);
            }
            if (lower || upper) found = kinds[i].kind;
        }
        decref_maybe(t, keep);
        if (found != NULL) return found;
    }
    Type *error = is_null(state->unknown) ? builtin_type(t, T_ValueError) : V_AS(Type, state->unknown); /* null: the module was torn down */
    err_raise_type(t, error, "unsupported hash type: %R", name);
    return NULL;
}

static bool start(Thread *t, HmacDigest *h, const DigestKind *kind, Value key) {
    Buffer view;
    if (!hash_buffer(t, key, &view)) return false;
    hmac_start(h, kind, view.data, (size_t)view.length);
    buffer_release(t, &view);
    return true;
}

static HmacDigest snapshot(Thread *t, Value self) {
    HmacObject *h = V_AS(HmacObject, self);
    hash_lock(t, &h->mutex);
    HmacDigest copy = h->hmac;
    hash_unlock(&h->mutex);
    return copy;
}

static Value hmac_new(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (is_null(args[2]) || is_none(args[2])) return err_raise(t, T_TypeError, "new() missing 1 required argument 'digestmod'");
    const HmacState *state = state_of(t, args);
    const DigestKind *kind = find_kind(t, state, args[2]);
    if (kind == NULL) return VNULL;
    if (is_null(state->type)) return err_raise(t, T_RuntimeError, "the module _hmac was torn down");
    Value v = object_new(t, V_AS(Type, state->type));
    if (is_null(v)) return v;
    HmacObject *h = V_AS(HmacObject, v);
    bool message = !is_null(args[1]) && !is_none(args[1]);
    if (!start(t, &h->hmac, kind, args[0]) || (message && !hash_feed(t, &h->mutex, &h->hmac.inner, args[1]))) {
        decref(t, v);
        return VNULL;
    }
    return object_done(t, v);
}

static Value compute(Thread *t, const DigestKind *kind, Value key, Value message) {
    HmacDigest h;
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    if (!start(t, &h, kind, key) || !hash_feed(t, &mutex, &h.inner, message)) return VNULL;
    uint8_t out[DIGEST_MAX_SIZE];
    hmac_finish(&h, out);
    return bytes_new(t, (const char *)out, kind->digest_size);
}

static Value hmac_compute_digest(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    const DigestKind *kind = find_kind(t, state_of(t, args), args[2]);
    return kind == NULL ? VNULL : compute(t, kind, args[0], args[1]);
}

#define COMPUTE(id, kind) \
    static Value compute_##id(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return compute(t, &digest_##kind, args[0], args[1]); }
COMPUTE(md5, md5)
COMPUTE(sha1, sha1)
COMPUTE(sha224, sha224)
COMPUTE(sha256, sha256)
COMPUTE(sha384, sha384)
COMPUTE(sha512, sha512)
COMPUTE(sha3_224, sha3_224)
COMPUTE(sha3_256, sha3_256)
COMPUTE(sha3_384, sha3_384)
COMPUTE(sha3_512, sha3_512)
COMPUTE(blake2s_32, blake2s)
COMPUTE(blake2b_32, blake2b)
#define ROW(id) {"compute_" #id, "($module, key, msg, /)", NULL, compute_##id}

static const MethodDef hmac_functions[] = {
    {"new", "($module, /, key, msg=None, digestmod=None)", "Return a new HMAC object.", hmac_new},
    {"compute_digest", "($module, /, key, msg, digest)", NULL, hmac_compute_digest},
    ROW(md5),
    ROW(sha1),
    ROW(sha224),
    ROW(sha256),
    ROW(sha384),
    ROW(sha512),
    ROW(sha3_224),
    ROW(sha3_256),
    ROW(sha3_384),
    ROW(sha3_512),
    ROW(blake2s_32),
    ROW(blake2b_32),
    {NULL},
};

static Value hmac_update(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    HmacObject *h = V_AS(HmacObject, args[0]);
    return hash_feed(t, &h->mutex, &h->hmac.inner, args[1]) ? V_NONE : VNULL;
}

static Value hmac_digest(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    HmacDigest h = snapshot(t, args[0]);
    uint8_t out[DIGEST_MAX_SIZE];
    hmac_finish(&h, out);
    return bytes_new(t, (const char *)out, h.outer.size);
}

static Value hmac_hexdigest(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    HmacDigest h = snapshot(t, args[0]);
    uint8_t out[DIGEST_MAX_SIZE];
    hmac_finish(&h, out);
    return hash_hex(t, out, h.outer.size);
}

static Value hmac_copy(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value v = object_new(t, type_of(t, args[0]));
    if (is_null(v)) return v;
    V_AS(HmacObject, v)->hmac = snapshot(t, args[0]);
    return object_done(t, v);
}

static const DigestKind *kind_of(Value self) { return V_AS(HmacObject, self)->hmac.outer.kind; }
static Value hmac_name(Thread *t, Value self, void *closure) {
    char text[32];
    snprintf(text, sizeof text, "hmac-%s", kind_of(self)->name);
    return str_from_cstr(t, text);
}
static Value hmac_block_size(Thread *t, Value self, void *closure) { return v_smallint(kind_of(self)->block_size); }
static Value hmac_digest_size(Thread *t, Value self, void *closure) { return v_smallint(kind_of(self)->digest_size); }
static Value hmac_repr(Thread *t, Value self) {
    char text[80];
    snprintf(text, sizeof text, "<%s HMAC object @ %p>", kind_of(self)->name, (void *)V_AS(HmacObject, self));
    return str_from_cstr(t, text);
}

static const MethodDef object_methods[] = {
    {"copy", "($self, /)", "Return a copy (\"clone\") of the HMAC object.", hmac_copy},
    {"update", "($self, /, msg)", "Update the HMAC object with the given message.", hmac_update},
    {"digest", "($self, /)", "Return the digest of the bytes passed to the update() method so far.", hmac_digest},
    {"hexdigest", "($self, /)", "Return hexadecimal digest of the bytes passed to the update() method so far.", hmac_hexdigest},
    {NULL},
};
static const GetSetDef object_getsets[] = {{"name", hmac_name}, {"block_size", hmac_block_size}, {"digest_size", hmac_digest_size}, {NULL}};
static const TypeDef typedef_HMAC = {
    .name = "_hmac.HMAC",
    .flags = TF_NO_NEW,
    .size = sizeof(HmacObject),
    .methods = object_methods,
    .getsets = object_getsets,
    .slots = {.repr = hmac_repr},
};

static bool hmac_exec(Thread *t, Value module) {
    HmacState *s = module_state(module);
    s->unknown = module_new_exception(t, "_hmac", "UnknownHashError", v_from(builtin_type(t, T_ValueError)));
    if (is_null(s->unknown) || !module_add(t, module, "UnknownHashError", new_ref(s->unknown))) return false;
    Type *type = module_add_dynamic_type(t, module, &typedef_HMAC, VNULL);
    if (type == NULL) return false;
    s->type = ref_of(type);
    return module_add_int(t, module, "_GIL_MINSIZE", HASH_GIL_MINSIZE);
}

static int hmac_traverse(void *state, VisitFn visit, void *context) {
    HmacState *s = state;
    int result = is_null(s->type) ? 0 : visit(s->type, context);
    return result ? result : is_null(s->unknown) ? 0 : visit(s->unknown, context);
}

static void hmac_clear(Thread *t, void *state) {
    HmacState *s = state;
    slot_clear(t, &s->type);
    slot_clear(t, &s->unknown);
}

const ModuleDef module__hmac = {
    .name = "_hmac",
    .functions = hmac_functions,
    .state_size = sizeof(HmacState),
    .exec = hmac_exec,
    .traverse = hmac_traverse,
    .clear = hmac_clear,
};
