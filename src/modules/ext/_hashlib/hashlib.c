/* The module _hashlib: constructors, key derivation. */
#include <openssl/err.h>

#include "modules/compare_digest.h"
#include "modules/ext/_hashlib/hashlib_priv.h"
#include "types/mappingproxy.h"

/* --- Constructors ------------------------------------------------------------------------------------------- */

static bool for_security(Thread *t, Value v, bool *out) {
    *out = true;
    return is_null(v) || arg_bool(t, v, out);
}

static Value fn_new(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    bool secure;
    if (!for_security(t, args[2], &secure)) return VNULL;
    return hashlib_new(t, hashlib_fetch_named(t, args[0], secure, "new", "name"), args[1], args[3]);
}

#define CONSTRUCTOR(name)                                                                                \
    static Value fn_##name(Thread *t, Value *args, uint32_t nargs, Value kwnames) {                      \
        bool secure;                                                                                     \
        if (!for_security(t, args[1], &secure)) return VNULL;                                            \
        return hashlib_new(t, hashlib_fetch(t, #name, secure), args[0], args[2]);                        \
    }
#define CONSTRUCTOR_ROW(name) \
    {"openssl_" #name, "($module, /, data=b'', *, usedforsecurity=True, string=None)", "A " #name " hash object.", fn_##name}
#define ALL_CONSTRUCTORS(X)                                                                                                          \
    X(md5) X(sha1) X(sha224) X(sha256) X(sha384) X(sha512) X(sha3_224) X(sha3_256) X(sha3_384) X(sha3_512) X(shake_128) X(shake_256)
ALL_CONSTRUCTORS(CONSTRUCTOR)

/* --- Key derivation ------------------------------------------------------------------------------------------ */

static Value pbkdf2(Thread *t, const EVP_MD *md, const Buffer *password, const Buffer *salt, int64_t iterations, int64_t length) {
    if (password->length > INT32_MAX) return err_raise(t, T_OverflowError, "password is too long.");
    if (salt->length > INT32_MAX) return err_raise(t, T_OverflowError, "salt is too long.");
    if (iterations < 1) return err_raise(t, T_ValueError, "iteration value must be greater than 0.");
    if (iterations > INT32_MAX) return err_raise(t, T_OverflowError, "iteration value is too great.");
    if (length < 1) return err_raise(t, T_ValueError, "key length must be greater than 0.");
    if (length > INT32_MAX) return err_raise(t, T_OverflowError, "key length is too great.");
    Value key = bytes_new(t, NULL, length);
    if (is_null(key)) return key;
    unsigned char *out = (unsigned char *)V_AS(Bytes, key)->data;
    int good;
    ALLOW_THREADS(t, good = PKCS5_PBKDF2_HMAC(password->data, (int)password->length, (unsigned char *)salt->data, (int)salt->length,
                                              (int)iterations, md, (int)length, out));
    if (good) return key;
    decref(t, key);
    return hashlib_raise(t, builtin_type(t, T_ValueError), "no reason supplied");
}

static Value fn_pbkdf2_hmac(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "pbkdf2_hmac() argument 'hash_name' must be str, not %T", args[0]);
    Buffer password, salt;
    if (!buffer_get(t, args[1], &password, BUF_SIMPLE)) return VNULL;
    Value key = VNULL;
    if (buffer_get(t, args[2], &salt, BUF_SIMPLE)) {
        int64_t iterations, length;
        EVP_MD *md = arg_i64(t, args[3], &iterations) ? hashlib_fetch_named(t, args[0], true, "pbkdf2_hmac", "hash_name") : NULL;
        if (md != NULL) {
            length = EVP_MD_get_size(md);
            if (is_null(args[4]) || is_none(args[4]) || arg_i64(t, args[4], &length)) key = pbkdf2(t, md, &password, &salt, iterations, length);
        }
        EVP_MD_free(md);
        buffer_release(t, &salt);
    }
    buffer_release(t, &password);
    return key;
}

typedef struct ScryptCost {
    uint64_t n, r, p;
    int64_t memory, length;
} ScryptCost;

static bool take_cost(Thread *t, const Value *args, ScryptCost *c) {
    c->memory = 0;
    c->length = 64;
    return hash_unsigned(t, args[2], "unsigned long", &c->n) && hash_unsigned(t, args[3], "unsigned long", &c->r) &&
           hash_unsigned(t, args[4], "unsigned long", &c->p) && (is_null(args[5]) || arg_i64(t, args[5], &c->memory)) &&
           (is_null(args[6]) || arg_i64(t, args[6], &c->length));
}

static bool check_cost(Thread *t, const ScryptCost *c) {
    if (c->n < 2 || (c->n & (c->n - 1)) != 0) return err_fail(t, T_ValueError, "n must be a power of 2.");
    if (c->memory < 0 || c->memory > INT32_MAX) return err_fail(t, T_ValueError, "maxmem must be positive and smaller than %d", INT32_MAX);
    if (c->length < 1 || c->length > INT32_MAX) return err_fail(t, T_ValueError, "dklen must be greater than 0 and smaller than %d", INT32_MAX);
    ERR_clear_error();
    if (EVP_PBE_scrypt(NULL, 0, NULL, 0, c->n, c->r, c->p, (uint64_t)c->memory, NULL, 0)) return true;
    hashlib_raise(t, builtin_type(t, T_ValueError), "Invalid parameter combination for n, r, p, maxmem.");
    return false;
}

static Value scrypt(Thread *t, const Buffer *password, const Buffer *salt, const ScryptCost *c) {
    if (password->length > INT32_MAX) return err_raise(t, T_OverflowError, "password is too long.");
    if (salt->length > INT32_MAX) return err_raise(t, T_OverflowError, "salt is too long.");
    if (!check_cost(t, c)) return VNULL;
    Value key = bytes_new(t, NULL, c->length);
    if (is_null(key)) return key;
    unsigned char *out = (unsigned char *)V_AS(Bytes, key)->data;
    int good;
    ALLOW_THREADS(t, good = EVP_PBE_scrypt(password->data, (size_t)password->length, (unsigned char *)salt->data, (size_t)salt->length, c->n, c->r, c->p,
                                           (uint64_t)c->memory, out, (size_t)c->length));
    if (good) return key;
    decref(t, key);
    return hashlib_raise(t, builtin_type(t, T_ValueError), "no reason supplied");
}

static Value fn_scrypt(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Buffer password, salt;
    if (!buffer_get(t, args[0], &password, BUF_SIMPLE)) return VNULL;
    Value key = VNULL;
    if (buffer_get(t, args[1], &salt, BUF_SIMPLE)) {
        ScryptCost cost;
        if (take_cost(t, args, &cost)) key = scrypt(t, &password, &salt, &cost);
        buffer_release(t, &salt);
    }
    buffer_release(t, &password);
    return key;
}

/* --- The module ---------------------------------------------------------------------------------------------- */

static Value fn_get_fips_mode(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_smallint(EVP_default_properties_is_fips_enabled(NULL)); }

#define COMMA_ROW(name) CONSTRUCTOR_ROW(name),
static const MethodDef functions[] = {
    ALL_CONSTRUCTORS(COMMA_ROW)
    {"new", "($module, /, name, data=b'', *, usedforsecurity=True, string=None)", "A hash object of a named algorithm.", fn_new},
    {"hmac_new", "($module, /, key, msg=b'', digestmod=None)", "An HMAC object.", hashlib_hmac_new},
    {"hmac_digest", "($module, /, key, msg, digest)", "HMAC of one message.", hashlib_hmac_digest},
    {"pbkdf2_hmac", "($module, /, hash_name, password, salt, iterations, dklen=None)", "A key from a password: PKCS #5 with HMAC.", fn_pbkdf2_hmac},
    {"scrypt", "($module, /, password, *, salt, n, r, p, maxmem=0, dklen=64)", "A key from a password: scrypt.", fn_scrypt},
    {"compare_digest", "($module, a, b, /)", "a == b in a time that does not tell where they differ.", compare_digest},
    {"get_fips_mode", "($module, /)", "Whether the library keeps to FIPS 140: 1 or 0.", fn_get_fips_mode},
    {NULL},
};

static bool add_types(Thread *t, Value module, HashlibState *state) {
    if (!hash_add_type(t, module, T_HASH, "HASH", &typedef_HASH) || !hash_add_type(t, module, T_HMAC, "HMAC", &typedef_hashlib_HMAC)) return false;
    if (state->xof_type != NULL) return module_add(t, module, "HASHXOF", ref_of(state->xof_type));
    state->xof_type = module_add_dynamic_type(t, module, &typedef_HASHXOF, v_from(builtin_type(t, T_HASH)));
    return state->xof_type != NULL;
}

/* The module's constructors stand for their algorithms. */
static bool add_constructors(Thread *t, Value module, HashlibState *state) {
    if (is_null(state->constructors)) state->constructors = dict_new(t);
    if (is_null(state->constructors)) return false;
    for (const MethodDef *row = functions; row->name != NULL; row++) {
        if (strncmp(row->name, "openssl_", 8) != 0) continue;
        Value name = str_intern_cstr(t, row->name + 8), function = dict_get_cstr(t, V_AS(Module, module)->dict, row->name);
        bool done = !is_null(name) && !is_null(function) && dict_set(t, state->constructors, function, name);
        decref_maybe(t, name);
        if (!done) return false;
    }
    return module_add(t, module, "_constructors", mappingproxy_new(t, state->constructors));
}

static bool hashlib_exec(Thread *t, Value module) {
    HashlibState *state = HASHLIB_STATE(t);
    if (is_null(state->unsupported)) state->unsupported = module_new_exception(t, "_hashlib", "UnsupportedDigestmodError", v_from(builtin_type(t, T_ValueError)));
    return !is_null(state->unsupported) && module_add(t, module, "UnsupportedDigestmodError", new_ref(state->unsupported)) && add_types(t, module, state) &&
           add_constructors(t, module, state) && module_add(t, module, "openssl_md_meth_names", hashlib_all_names(t)) &&
           module_add_int(t, module, "_GIL_MINSIZE", HASH_GIL_MINSIZE);
}

const ModuleDef krait_module__hashlib = {
    .name = "_hashlib",
    .doc = "The hashes and key derivations of OpenSSL.",
    .functions = functions,
    .state_size = sizeof(HashlibState),
    .exec = hashlib_exec,
};
