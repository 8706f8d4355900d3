/* The module _hashlib, by file. */
#ifndef KRAIT_MODULES_EXT_HASHLIB_PRIV_H
#define KRAIT_MODULES_EXT_HASHLIB_PRIV_H

#define OPENSSL_SUPPRESS_DEPRECATED /* HMAC_* takes an EVP_MD, which EVP_MAC does not */
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "modules/hashes/hashes_priv.h"
#include "modules/object_lock.h"

enum { HASHLIB_KNOWN = 16 };
typedef struct HashlibState {
    Value unsupported;                    /* the class UnsupportedDigestmodError, owned */
    Value constructors;                   /* dict: function -> name, owned */
    Type *xof_type;                       /* HASHXOF, immortal */
    EVP_MD *known[HASHLIB_KNOWN][2];      /* fetched ones, by index in the table of names and by use for security */
} HashlibState;
#define HASHLIB_STATE(t) MODULE_STATE(t, _hashlib, HashlibState)

/* algorithms.c: the library's algorithms and Python's names for them. */

/* Raises what the library's queue of errors says, else `otherwise`. */
Value hashlib_raise(Thread *t, Type *type, const char *otherwise) COLD;
/* The algorithm of a name, owned: EVP_MD_free; NULL: UnsupportedDigestmodError. */
EVP_MD *hashlib_fetch(Thread *t, const char *name, bool for_security) MUST_USE;
/* ... of an argument that is a name or one of the module's constructors. */
EVP_MD *hashlib_fetch_digestmod(Thread *t, Value digestmod) MUST_USE;
/* ... of a str argument. */
EVP_MD *hashlib_fetch_named(Thread *t, Value name, bool for_security, const char *function, const char *argument) MUST_USE;
const char *hashlib_name(const EVP_MD *md);
/* A frozenset of the names of all that the library has. */
Value hashlib_all_names(Thread *t);

/* hash.c: HASH and HASHXOF. */
extern const TypeDef typedef_HASH, typedef_HASHXOF;
/* A new hash object; takes md (NULL: an exception is pending). */
Value hashlib_new(Thread *t, EVP_MD *md, Value data, Value string);

/* hmac.c: HMAC objects and hmac_digest. */
extern const TypeDef typedef_hashlib_HMAC;
Value hashlib_hmac_new(Thread *t, Value *args, uint32_t nargs, Value kwnames);
Value hashlib_hmac_digest(Thread *t, Value *args, uint32_t nargs, Value kwnames);

#endif
