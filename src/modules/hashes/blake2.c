/* The module _blake2: BLAKE2b and BLAKE2s with all their parameters. */
#include "modules/hashes/hashes_priv.h"

enum Parameter { P_DATA, P_DIGEST_SIZE, P_KEY, P_SALT, P_PERSON, P_FANOUT, P_DEPTH, P_LEAF_SIZE, P_NODE_OFFSET, P_NODE_DEPTH, P_INNER_SIZE,
                 P_LAST_NODE, P_SECURITY, P_STRING, P_COUNT };

#define SIGNATURE(type)                                                                                                                        \
    "(data=b'', *, digest_size=_blake2." type ".MAX_DIGEST_SIZE, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, "          \
    "node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=None)"

/* What differs between the two. */
typedef struct Variant {
    const DigestKind *kind;
    const char *title, *signature;
    uint8_t max_size, salt_size; /* of digest and key; of salt and person */
} Variant;
static const Variant variant_b = {&digest_blake2b, "Blake2b", SIGNATURE("blake2b"), 64, 16};
static const Variant variant_s = {&digest_blake2s, "Blake2s", SIGNATURE("blake2s"), 32, 8};

/* A C int, through __index__. */
static bool take_int(Thread *t, Value v, int64_t *out) {
    Value number = number_index(t, v);
    if (is_null(number)) return false;
    uint64_t scratch;
    IntView view = int_view(number, &scratch);
    uint64_t magnitude = view.n != 0 ? view.limbs[0] : 0;
    bool fits = view.n <= 1 && magnitude <= (uint64_t)INT32_MAX + view.negative;
    *out = view.negative ? -(int64_t)magnitude : (int64_t)magnitude;
    decref(t, number);
    return fits || err_fail(t, T_OverflowError, "Python int too large to convert to C int");
}

/* Copies the bytes of an optional argument. */
static bool take_bytes(Thread *t, Value v, const char *name, uint8_t *to, uint8_t max, uint8_t *size) {
    if (is_null(v)) return true;
    Buffer view;
    if (!buffer_get(t, v, &view, BUF_SIMPLE)) return false;
    bool fits = view.length <= max;
    if (fits) {
        memcpy(to, view.data, (size_t)view.length);
        *size = (uint8_t)view.length;
    } else {
        err_raise(t, T_ValueError, "maximum %s length is %d bytes", name, (int)max);
    }
    buffer_release(t, &view);
    return fits;
}

static bool take_small(Thread *t, Value v, const char *name, int low, int high, uint8_t *to) {
    int64_t n;
    if (is_null(v)) return true;
    if (!take_int(t, v, &n)) return false;
    if (n < low || n > high) return err_fail(t, T_ValueError, "%s must be between %d and %d", name, low, high);
    *to = (uint8_t)n;
    return true;
}

static bool take_parameters(Thread *t, const Variant *variant, const Value *v, Blake2Parameters *p) {
    uint8_t ignored;
    int64_t n;
    uint64_t wide;
    bool flag;
    if (!is_null(v[P_DIGEST_SIZE])) {
        if (!take_int(t, v[P_DIGEST_SIZE], &n)) return false;
        if (n < 1 || n > variant->max_size)
            return err_fail(t, T_ValueError, "digest_size for %s must be between 1 and %d bytes, here it is %d", variant->title, (int)variant->max_size, (int)n);
        p->digest_size = (uint8_t)n;
    }
    if (!take_bytes(t, v[P_SALT], "salt", p->salt, variant->salt_size, &ignored)) return false;
    if (!take_bytes(t, v[P_PERSON], "person", p->person, variant->salt_size, &ignored)) return false;
    if (!take_small(t, v[P_FANOUT], "fanout", 0, 255, &p->fanout)) return false;
    if (!take_small(t, v[P_DEPTH], "depth", 1, 255, &p->depth)) return false;
    if (!is_null(v[P_LEAF_SIZE])) {
        if (!hash_unsigned(t, v[P_LEAF_SIZE], "unsigned long", &wide)) return false;
        if (wide > UINT32_MAX) return err_fail(t, T_OverflowError, "leaf_size is too large");
        p->leaf_size = (uint32_t)wide;
    }
    if (!is_null(v[P_NODE_OFFSET])) {
        if (!hash_unsigned(t, v[P_NODE_OFFSET], "unsigned long long", &p->node_offset)) return false;
        if (variant == &variant_s && p->node_offset >> 48 != 0) return err_fail(t, T_OverflowError, "node_offset is too large");
    }
    if (!take_small(t, v[P_NODE_DEPTH], "node_depth", 0, 255, &p->node_depth)) return false;
    if (!is_null(v[P_INNER_SIZE])) {
        if (!take_int(t, v[P_INNER_SIZE], &n)) return false;
        if (n < 0 || n > variant->max_size) return err_fail(t, T_ValueError, "inner_size must be between 0 and is %d", (int)variant->max_size);
        p->inner_size = (uint8_t)n;
    }
    if (!is_null(v[P_LAST_NODE])) {
        if (!arg_bool(t, v[P_LAST_NODE], &flag)) return false;
        p->last_node = flag;
    }
    return take_bytes(t, v[P_KEY], "key", p->key, variant->max_size, &p->key_size);
}

static Value blake2_new(Thread *t, Type *type, const Variant *variant, Value *args, uint32_t nargs, Value kwnames) {
    Value given[P_COUNT], data;
    if (!call_bind_signature(t, variant->kind->name, variant->signature, args, nargs, kwnames, given)) return VNULL;
    if (!hash_first_data(t, given[P_DATA], given[P_STRING], &data)) return VNULL;
    Blake2Parameters p = {.digest_size = variant->max_size, .fanout = 1, .depth = 1};
    if (!take_parameters(t, variant, given, &p)) return VNULL;
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    HashObject *h = V_AS(HashObject, v);
    digest_start_blake2(&h->digest, variant->kind, &p);
    if (!is_null(data) && !hash_feed(t, &h->mutex, &h->digest, data)) {
        decref(t, v);
        return VNULL;
    }
    return object_done(t, v);
}

static Value blake2b_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    return blake2_new(t, type, &variant_b, args, nargs, kwnames);
}
static Value blake2s_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    return blake2_new(t, type, &variant_s, args, nargs, kwnames);
}

static bool set_size(Thread *t, Type *type, const char *name, uint8_t size) { return dict_set_cstr(t, type->dict, name, v_smallint(size)); }
static bool set_sizes(Thread *t, Type *type, const Variant *variant) {
    return set_size(t, type, "SALT_SIZE", variant->salt_size) && set_size(t, type, "PERSON_SIZE", variant->salt_size) &&
           set_size(t, type, "MAX_KEY_SIZE", variant->max_size) && set_size(t, type, "MAX_DIGEST_SIZE", variant->max_size);
}
static bool blake2b_ready(Thread *t, Type *type) { return set_sizes(t, type, &variant_b); }
static bool blake2s_ready(Thread *t, Type *type) { return set_sizes(t, type, &variant_s); }

static const MethodDef blake2_methods[] = {HASH_METHODS("data"), {NULL}};
static const GetSetDef blake2_getsets[] = {HASH_GETSETS, {NULL}};

#define HASH(id, title)                                                                                                                        \
    static const TypeDef typedef_##id = {                                                                                                      \
        .name = "_blake2." #id,                                                                                                                \
        .doc = "Return a new " title " hash object.",                                                                                          \
        .signature = SIGNATURE(#id),                                                                                                           \
        .flags = TF_IMMUTABLE,                                                                                                                 \
        .size = sizeof(HashObject),                                                                                                            \
        .methods = blake2_methods,                                                                                                             \
        .getsets = blake2_getsets,                                                                                                             \
        .slots = {.new = id##_new},                                                                                                            \
        .ready = id##_ready,                                                                                                                   \
    };
HASH(blake2b, "BLAKE2b")
HASH(blake2s, "BLAKE2s")

static bool blake2_exec(Thread *t, Value module) {
    return module_add_int(t, module, "_GIL_MINSIZE", HASH_GIL_MINSIZE) && module_add_type(t, module, T_blake2b, &typedef_blake2b) &&
           module_add_int(t, module, "BLAKE2B_SALT_SIZE", variant_b.salt_size) && module_add_int(t, module, "BLAKE2B_PERSON_SIZE", variant_b.salt_size) &&
           module_add_int(t, module, "BLAKE2B_MAX_KEY_SIZE", variant_b.max_size) && module_add_int(t, module, "BLAKE2B_MAX_DIGEST_SIZE", variant_b.max_size) &&
           module_add_type(t, module, T_blake2s, &typedef_blake2s) && module_add_int(t, module, "BLAKE2S_SALT_SIZE", variant_s.salt_size) &&
           module_add_int(t, module, "BLAKE2S_PERSON_SIZE", variant_s.salt_size) && module_add_int(t, module, "BLAKE2S_MAX_KEY_SIZE", variant_s.max_size) &&
           module_add_int(t, module, "BLAKE2S_MAX_DIGEST_SIZE", variant_s.max_size);
}

const ModuleDef module__blake2 = {.name = "_blake2", .doc = "BLAKE2b and BLAKE2s for hashlib.", .exec = blake2_exec};
