/* The library's algorithms by Python's names, and its errors. */
#include <openssl/err.h>
#include <openssl/objects.h>

#include "modules/ext/_hashlib/hashlib_priv.h"
#include "object/set.h"

Value hashlib_raise(Thread *t, Type *type, const char *otherwise) {
    unsigned long code = ERR_peek_last_error();
    if (code == 0) return err_raise_type(t, type, "%s", otherwise);
    const char *library = ERR_lib_error_string(code), *reason = ERR_reason_error_string(code);
    ERR_clear_error();
    if (reason == NULL) reason = "no reason supplied";
    return library ? err_raise_type(t, type, "[%s] %s", library, reason) : err_raise_type(t, type, "%s", reason);
}

/* What Python calls an algorithm, and the library. */
static const struct { const char *name, *library_name; int nid; } known[HASHLIB_KNOWN] = {
    {"md5", "MD5", NID_md5},
    {"sha1", "SHA1", NID_sha1},
    {"sha224", "SHA2-224", NID_sha224},
    {"sha256", "SHA2-256", NID_sha256},
    {"sha384", "SHA2-384", NID_sha384},
    {"sha512", "SHA2-512", NID_sha512},
    {"sha512_224", "SHA2-512/224", NID_sha512_224},
    {"sha512_256", "SHA2-512/256", NID_sha512_256},
    {"sha3_224", "SHA3-224", NID_sha3_224},
    {"sha3_256", "SHA3-256", NID_sha3_256},
    {"sha3_384", "SHA3-384", NID_sha3_384},
    {"sha3_512", "SHA3-512", NID_sha3_512},
    {"shake_128", "SHAKE-128", NID_shake128},
    {"shake_256", "SHAKE-256", NID_shake256},
    {"blake2b", "BLAKE2B-512", NID_blake2b512},
    {"blake2s", "BLAKE2S-256", NID_blake2s256},
};

EVP_MD *hashlib_fetch(Thread *t, const char *name, bool for_security) {
    const char *properties = for_security ? NULL : "-fips";
    EVP_MD **cached = NULL, *md;
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (strcmp(name, known[i].name) != 0) continue;
        cached = &HASHLIB_STATE(t)->known[i][for_security];
        name = known[i].library_name;
        break;
    }
    if (cached == NULL || (md = *cached) == NULL) {
        md = EVP_MD_fetch(NULL, name, properties);
        if (cached != NULL) *cached = md;
    }
    if (md != NULL && (cached == NULL || EVP_MD_up_ref(md))) return md;
    hashlib_raise(t, V_AS(Type, HASHLIB_STATE(t)->unsupported), "unsupported hash type");
    return NULL;
}

EVP_MD *hashlib_fetch_named(Thread *t, Value name, bool for_security, const char *function, const char *argument) {
    if (!is_str(t, name)) {
        err_raise(t, T_TypeError, "%s() argument '%s' must be str, not %T", function, argument, name);
        return NULL;
    }
    Value keep = VNULL;
    const char *text = str_cstr(t, name, &keep);
    EVP_MD *md = text ? hashlib_fetch(t, text, for_security) : NULL;
    decref_maybe(t, keep);
    return md;
}

EVP_MD *hashlib_fetch_digestmod(Thread *t, Value digestmod) {
    HashlibState *state = HASHLIB_STATE(t);
    Value name = digestmod;
    if (!is_str(t, digestmod)) {
        int64_t hash;
        name = hash_of(t, digestmod, &hash) ? dict_get_hashed(t, state->constructors, digestmod, hash) : VNULL;
        if (is_null(name)) {
            err_clear(t);
            err_raise_type(t, V_AS(Type, state->unsupported), "Unsupported digestmod %R", digestmod);
            return NULL;
        }
    }
    return hashlib_fetch_named(t, name, true, "hmac_new", "digestmod");
}

const char *hashlib_name(const EVP_MD *md) {
    int nid = EVP_MD_get_type(md);
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (known[i].nid == nid) return known[i].name;
    return nid == NID_undef ? EVP_MD_get0_name(md) : OBJ_nid2ln(nid);
}

/* --- All of them -------------------------------------------------------------------------------------------- */

typedef struct NameCollector {
    Thread *t;
    Value set;
    bool failed;
} NameCollector;

static void collect_name(EVP_MD *md, void *context) {
    NameCollector *c = context;
    if (c->failed || EVP_MD_get_type(md) == NID_undef) return;
    Value name = str_from_cstr(c->t, hashlib_name(md));
    c->failed = is_null(name) || !set_add(c->t, c->set, name);
    decref_maybe(c->t, name);
}

Value hashlib_all_names(Thread *t) {
    NameCollector c = {t, set_new_shaped(t, true), false};
    if (is_null(c.set)) return VNULL;
    EVP_MD_do_all_provided(NULL, collect_name, &c);
    if (!c.failed) return c.set;
    decref(t, c.set);
    return VNULL;
}
