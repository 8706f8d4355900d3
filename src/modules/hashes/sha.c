/* The modules _md5, _sha1 and _sha2: the algorithms whose objects come from functions. */
#include "modules/hashes/hashes_priv.h"

static const MethodDef object_methods[] = {HASH_METHODS("obj"), {NULL}};
static const GetSetDef object_getsets[] = {HASH_GETSETS, {NULL}};

#define SIGNATURE "($module, /, data=b'', *, usedforsecurity=True, string=None)"
#define HASH(id, type_name)                                                                                                                    \
    static Value new_##id(Thread *t, Value *args, uint32_t nargs, Value kwnames) {                                                             \
        Value data;                                                                                                                            \
        if (!hash_first_data(t, args[0], args[2], &data)) return VNULL;                                                                        \
        return hash_object_new(t, builtin_type(t, T_##id), &digest_##id, data);                                                                \
    }                                                                                                                                          \
    static const TypeDef typedef_##id = {                                                                                                      \
        .name = type_name,                                                                                                                     \
        .flags = TF_NO_NEW,                                                                                                                    \
        .size = sizeof(HashObject),                                                                                                            \
        .methods = object_methods,                                                                                                             \
        .getsets = object_getsets,                                                                                                             \
    };
#define ROW(id, title) {#id, SIGNATURE, "Return a new " title " hash object; optionally initialized with a string.", new_##id}

HASH(md5, "_md5.md5")
HASH(sha1, "_sha1.sha1")
HASH(sha224, "_sha2.SHA224Type")
HASH(sha256, "_sha2.SHA256Type")
HASH(sha384, "_sha2.SHA384Type")
HASH(sha512, "_sha2.SHA512Type")

static const MethodDef md5_functions[] = {ROW(md5, "MD5"), {NULL}};
static const MethodDef sha1_functions[] = {ROW(sha1, "SHA1"), {NULL}};
static const MethodDef sha2_functions[] = {ROW(sha256, "SHA-256"), ROW(sha224, "SHA-224"), ROW(sha512, "SHA-512"), ROW(sha384, "SHA-384"), {NULL}};

static bool md5_exec(Thread *t, Value module) {
    return hash_add_type(t, module, T_md5, "MD5Type", &typedef_md5) && module_add_int(t, module, "_GIL_MINSIZE", HASH_GIL_MINSIZE);
}

static bool sha1_exec(Thread *t, Value module) {
    return hash_add_type(t, module, T_sha1, "SHA1Type", &typedef_sha1) && module_add_int(t, module, "_GIL_MINSIZE", HASH_GIL_MINSIZE);
}

static bool sha2_exec(Thread *t, Value module) {
    return hash_add_type(t, module, T_sha224, "SHA224Type", &typedef_sha224) && hash_add_type(t, module, T_sha256, "SHA256Type", &typedef_sha256) &&
           hash_add_type(t, module, T_sha384, "SHA384Type", &typedef_sha384) && hash_add_type(t, module, T_sha512, "SHA512Type", &typedef_sha512) &&
           module_add_int(t, module, "_GIL_MINSIZE", HASH_GIL_MINSIZE);
}

const ModuleDef module__md5 = {.name = "_md5", .functions = md5_functions, .exec = md5_exec};
const ModuleDef module__sha1 = {.name = "_sha1", .functions = sha1_functions, .exec = sha1_exec};
const ModuleDef module__sha2 = {.name = "_sha2", .functions = sha2_functions, .exec = sha2_exec};
