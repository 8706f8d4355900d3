/* The module _ssl: functions of its own, types and constants. */
#include <limits.h>
#include <openssl/objects.h>
#include <openssl/rand.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <openssl/pem.h>

#include "modules/ext/_ssl/ssl_priv.h"

/* --- Object identifiers ------------------------------------------------------------------------------------------- */

/* (nid, short name, long name, oid) */
static Value object_tuple(Thread *t, const ASN1_OBJECT *object) {
    char oid[256];
    int nid = OBJ_obj2nid(object), n = OBJ_obj2txt(oid, sizeof oid, object, 1);
    if (nid == NID_undef) return err_raise(t, T_ValueError, "Unknown object");
    Value parts[4] = {v_smallint(nid), str_from_cstr(t, OBJ_nid2sn(nid)), str_from_cstr(t, OBJ_nid2ln(nid)),
                      n > 0 && n < (int)sizeof oid ? str_from_utf8(t, oid, n) : V_NONE};
    return tuple_take(t, parts, 4);
}

SSL_FUNCTION(fn_txt2obj) {
    bool by_name = false;
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "txt2obj() argument 'txt' must be str, not %T", args[0]);
    if (!is_null(args[1]) && !arg_bool(t, args[1], &by_name)) return VNULL;
    Value keep = VNULL;
    const char *text = str_cstr(t, args[0], &keep);
    if (text == NULL) return VNULL;
    ASN1_OBJECT *object = OBJ_txt2obj(text, !by_name);
    Value result = object ? object_tuple(t, object) : err_raise(t, T_ValueError, "unknown object '%.100s'", text);
    ASN1_OBJECT_free(object);
    ERR_clear_error();
    decref_maybe(t, keep);
    return result;
}

SSL_FUNCTION(fn_nid2obj) {
    int32_t nid;
    if (!arg_c_int(t, args[0], &nid)) return VNULL;
    if (nid < NID_undef) return err_raise(t, T_ValueError, "NID must be positive.");
    ASN1_OBJECT *object = OBJ_nid2obj(nid);
    ERR_clear_error();
    return object ? object_tuple(t, object) : err_raise(t, T_ValueError, "unknown NID %d", nid);
}

/* --- Others ------------------------------------------------------------------------------------------------------------ */

SSL_FUNCTION(fn_test_decode_cert) {
    Value path = ssl_path(t, args[0]);
    if (is_null(path)) return VNULL;
    BIO *bio = BIO_new_file(V_AS(Bytes, path)->data, "r");
    decref(t, path);
    if (bio == NULL) return ssl_raise_plain(t, "Can't open file");
    X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    if (cert == NULL) return ssl_raise_plain(t, "Error decoding PEM-encoded file");
    Value info = ssl_certificate_info(t, cert);
    X509_free(cert);
    return info;
}

SSL_FUNCTION(fn_get_default_verify_paths) {
    Value parts[4] = {str_from_cstr(t, X509_get_default_cert_file_env()), str_from_cstr(t, X509_get_default_cert_file()),
                      str_from_cstr(t, X509_get_default_cert_dir_env()), str_from_cstr(t, X509_get_default_cert_dir())};
    return tuple_take(t, parts, 4);
}

SSL_FUNCTION(fn_rand_bytes) {
    int32_t n;
    if (!arg_c_int(t, args[0], &n)) return VNULL;
    if (n < 0) return err_raise(t, T_ValueError, "num must be positive");
    Value bytes = bytes_new(t, NULL, n);
    if (is_null(bytes) || n == 0) return bytes;
    if (RAND_bytes((unsigned char *)V_AS(Bytes, bytes)->data, n) == 1) return bytes;
    decref(t, bytes);
    return ssl_raise_queued(t);
}

SSL_FUNCTION(fn_rand_add) {
    double entropy;
    Buffer view;
    Value keep = VNULL;
    if (!arg_double(t, args[1], &entropy)) return VNULL;
    if (is_str(t, args[0])) {
        int64_t n;
        const char *text = str_utf8(t, args[0], &n, &keep);
        if (text == NULL) return VNULL;
        RAND_add(text, n > INT_MAX ? INT_MAX : (int)n, entropy);
        decref_maybe(t, keep);
        return V_NONE;
    }
    if (!buffer_get(t, args[0], &view, BUF_SIMPLE)) return VNULL;
    RAND_add(view.data, view.length > INT_MAX ? INT_MAX : (int)view.length, entropy);
    buffer_release(t, &view);
    return V_NONE;
}

SSL_FUNCTION(fn_rand_status) { return v_bool(RAND_status() != 0); }

static const MethodDef functions[] = {
    {"_test_decode_cert", "($module, path, /)", "For tests: the certificate in a file, as a dict.", fn_test_decode_cert},
    {"RAND_add", "($module, string, entropy, /)", "Mix bytes into the library's random numbers.", fn_rand_add},
    {"RAND_bytes", "($module, n, /)", "Random bytes, fit for keys.", fn_rand_bytes},
    {"RAND_status", "($module, /)", "Whether the library's random numbers are seeded.", fn_rand_status},
    {"get_default_verify_paths", "($module, /)", "Where the library looks for authorities: (variable, file, variable, directory).", fn_get_default_verify_paths},
    {"txt2obj", "($module, /, txt, name=False)", "(nid, short name, long name, oid) of an oid, or of a name.", fn_txt2obj},
    {"nid2obj", "($module, nid, /)", "(nid, short name, long name, oid) of a number.", fn_nid2obj},
    {NULL},
};

/* --- The module ------------------------------------------------------------------------------------------------------------ */

static bool add_type(Thread *t, Value module, Type **slot, const TypeDef *def) {
    if (*slot != NULL) return module_add(t, module, strrchr(def->name, '.') + 1, ref_of(*slot));
    *slot = module_add_dynamic_type(t, module, def, VNULL);
    return *slot != NULL;
}

static bool add_types(Thread *t, Value module, SslState *s) {
    return add_type(t, module, &s->context_type, &typedef_SSLContext) && add_type(t, module, &s->connection_type, &typedef_SSLSocket) &&
           add_type(t, module, &s->memory_bio_type, &typedef_MemoryBIO) && add_type(t, module, &s->session_type, &typedef_SSLSession) &&
           add_type(t, module, &s->certificate_type, &typedef_Certificate);
}

static bool add_numbers(Thread *t, Value module) {
    static const struct { const char *name; int64_t value; } numbers[] = {
#define SSL_NUMBER(name, value) {#name, value},
#define SSL_FLAG(name, value) {#name, (int64_t)(value)},
#include "modules/ext/_ssl/ssl_constants.def"
#undef SSL_NUMBER
#undef SSL_FLAG
    };
    static const struct { const char *name; bool value; } features[] = {
        {"HAS_SNI", true}, {"HAS_TLS_UNIQUE", true}, {"HAS_ECDH", true}, {"HAS_NPN", false}, {"HAS_ALPN", true}, {"HAS_SSLv2", false}, {"HAS_SSLv3", false},
        {"HAS_TLSv1", true}, {"HAS_TLSv1_1", true}, {"HAS_TLSv1_2", true}, {"HAS_TLSv1_3", true}, {"HAS_PSK", true}, {"HAS_PHA", true},
    };
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if (!module_add_int(t, module, numbers[i].name, numbers[i].value)) return false;
    for (size_t i = 0; i < COUNT_OF(features); i++)
        if (!module_add(t, module, features[i].name, v_bool(features[i].value))) return false;
    return true;
}

/* Of a version number 0xMNN00PPS: (major, minor, fix, patch, status). */
static Value version_tuple(Thread *t, unsigned long v) {
    Value parts[5] = {v_smallint(v >> 28 & 15), v_smallint(v >> 20 & 255), v_smallint(v >> 12 & 255), v_smallint(v >> 4 & 255), v_smallint(v & 15)};
    return tuple_take(t, parts, 5);
}

static bool add_versions(Thread *t, Value module) {
    unsigned long now = OpenSSL_version_num();
    return module_add(t, module, "OPENSSL_VERSION_NUMBER", int_from_u64(t, now)) && module_add(t, module, "OPENSSL_VERSION_INFO", version_tuple(t, now)) &&
           module_add_cstr(t, module, "OPENSSL_VERSION", OpenSSL_version(OPENSSL_VERSION)) &&
           module_add(t, module, "_OPENSSL_API_VERSION", version_tuple(t, OPENSSL_VERSION_NUMBER)) &&
           module_add_cstr(t, module, "_DEFAULT_CIPHERS", "ALL:!COMPLEMENTOFDEFAULT:!eNULL");
}

static bool ssl_exec(Thread *t, Value module) {
    SslState *state = SSL_STATE(t);
    if (state->socket_bio == NULL && (state->socket_bio = ssl_socket_bio_method()) == NULL) return err_no_memory_fail(t);
    return ssl_errors_exec(t, module, state) && add_types(t, module, state) && add_numbers(t, module) && add_versions(t, module);
}

const ModuleDef krait_module__ssl = {
    .name = "_ssl",
    .doc = "Connections over TLS, by OpenSSL; programs use the module ssl.",
    .functions = functions,
    .state_size = sizeof(SslState),
    .exec = ssl_exec,
};
