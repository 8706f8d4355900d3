/* The module _sha3: SHA-3 and the extendable SHAKE. */
#include "modules/hashes/hashes_priv.h"

static Value sha3_new(Thread *t, Type *type, const DigestKind *kind, Value *args, uint32_t nargs, Value kwnames) {
    Value given[3], data;
    if (!call_bind_signature(t, "sha3_224", "(data=b'', *, usedforsecurity=True, string=None)", args, nargs, kwnames, given)) return VNULL;
    if (!hash_first_data(t, given[0], given[2], &data)) return VNULL;
    return hash_object_new(t, type, kind, data);
}

static Value sha3_capacity(Thread *t, Value self, void *closure) { return v_smallint(1600 - 8 * V_AS(HashObject, self)->digest.kind->block_size); }
static Value sha3_rate(Thread *t, Value self, void *closure) { return v_smallint(8 * V_AS(HashObject, self)->digest.kind->block_size); }
static Value sha3_suffix(Thread *t, Value self, void *closure) {
    return bytes_new(t, V_AS(HashObject, self)->digest.kind->digest_size != 0 ? "\x06" : "\x1f", 1);
}

static bool shake_output(Thread *t, Value *args, uint8_t **out, size_t *size) {
    uint64_t length;
    if (!hash_unsigned(t, args[1], "unsigned long", &length)) return false;
    if (length >= 1u << 29) return err_fail(t, T_ValueError, "length is too large");
    Digest d = hash_snapshot(t, V_AS(HashObject, args[0]));
    *out = heap_alloc(t, length + 1);
    if (*out == NULL) return false;
    digest_finish_size(&d, *out, *size = length);
    return true;
}

static Value shake_digest(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    uint8_t *out;
    size_t size;
    if (!shake_output(t, args, &out, &size)) return VNULL;
    Value v = bytes_new(t, (const char *)out, (int64_t)size);
    heap_free(t, out);
    return v;
}

static Value shake_hexdigest(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    uint8_t *out;
    size_t size;
    if (!shake_output(t, args, &out, &size)) return VNULL;
    Value v = hash_hex(t, out, size);
    heap_free(t, out);
    return v;
}

static const MethodDef sha3_methods[] = {HASH_METHODS("data"), {NULL}};
static const MethodDef shake_methods[] = {
    {"copy", "($self, /)", "Return a copy of the hash object.", hash_copy},
    {"digest", "($self, /, length)", "Return the digest value as a bytes object.", shake_digest},
    {"hexdigest", "($self, /, length)", "Return the digest value as a string of hexadecimal digits.", shake_hexdigest},
    {"update", "($self, data, /)", "Update this hash object's state with the provided bytes-like object.", hash_update},
    {NULL},
};
static const GetSetDef sha3_getsets[] = {
    HASH_GETSETS,
    {"_capacity_bits", sha3_capacity},
    {"_rate_bits", sha3_rate},
    {"_suffix", sha3_suffix},
    {NULL},
};

#define HASH(id, methods_of, text)                                                                                                             \
    static Value id##_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {                                                 \
        return sha3_new(t, type, &digest_##id, args, nargs, kwnames);                                                                          \
    }                                                                                                                                          \
    static const TypeDef typedef_##id = {                                                                                                      \
        .name = "_sha3." #id,                                                                                                                  \
        .doc = #id "([data], *, usedforsecurity=True) -> " text,                                                                               \
        .flags = TF_IMMUTABLE,                                                                                                                 \
        .size = sizeof(HashObject),                                                                                                            \
        .methods = methods_of,                                                                                                                 \
        .getsets = sha3_getsets,                                                                                                               \
        .slots = {.new = id##_new},                                                                                                            \
    };

HASH(sha3_224, sha3_methods, "SHA3 object\n\nReturn a new SHA3 hash object with a hashbit length of 28 bytes.")
HASH(sha3_256, sha3_methods, "SHA3 object\n\nReturn a new SHA3 hash object with a hashbit length of 32 bytes.")
HASH(sha3_384, sha3_methods, "SHA3 object\n\nReturn a new SHA3 hash object with a hashbit length of 48 bytes.")
HASH(sha3_512, sha3_methods, "SHA3 object\n\nReturn a new SHA3 hash object with a hashbit length of 64 bytes.")
HASH(shake_128, shake_methods, "SHAKE object\n\nReturn a new SHAKE hash object.")
HASH(shake_256, shake_methods, "SHAKE object\n\nReturn a new SHAKE hash object.")

static bool sha3_exec(Thread *t, Value module) {
    static const TypeDef *const types[] = {&typedef_sha3_224, &typedef_sha3_256, &typedef_sha3_384, &typedef_sha3_512, &typedef_shake_128, &typedef_shake_256};
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (module_add_dynamic_type(t, module, types[i], VNULL) == NULL) return false;
    return module_add_cstr(t, module, "implementation", "krait") && module_add_int(t, module, "_GIL_MINSIZE", HASH_GIL_MINSIZE);
}

const ModuleDef module__sha3 = {.name = "_sha3", .exec = sha3_exec};
