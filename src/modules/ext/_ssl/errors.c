/* The classes of SSLError, and raising them from what the library's queue of errors says. */
#include <ctype.h>
#include <openssl/x509v3.h>
#include <openssl/x509_vfy.h>

#include "modules/ext/_ssl/ssl_priv.h"

/* --- Names ----------------------------------------------------------------------------------------------------- */

static const char *library_name(int library) {
    static const struct { int library; const char *name; } names[] = {
        {ERR_LIB_SYS, "SYS"}, {ERR_LIB_BN, "BN"}, {ERR_LIB_RSA, "RSA"}, {ERR_LIB_DH, "DH"}, {ERR_LIB_EVP, "EVP"}, {ERR_LIB_BUF, "BUF"},
        {ERR_LIB_OBJ, "OBJ"}, {ERR_LIB_PEM, "PEM"}, {ERR_LIB_DSA, "DSA"}, {ERR_LIB_X509, "X509"}, {ERR_LIB_ASN1, "ASN1"}, {ERR_LIB_CONF, "CONF"},
        {ERR_LIB_CRYPTO, "CRYPTO"}, {ERR_LIB_EC, "EC"}, {ERR_LIB_SSL, "SSL"}, {ERR_LIB_BIO, "BIO"}, {ERR_LIB_PKCS7, "PKCS7"},
        {ERR_LIB_X509V3, "X509V3"}, {ERR_LIB_PKCS12, "PKCS12"}, {ERR_LIB_RAND, "RAND"}, {ERR_LIB_DSO, "DSO"}, {ERR_LIB_ENGINE, "ENGINE"},
        {ERR_LIB_OCSP, "OCSP"}, {ERR_LIB_UI, "UI"}, {ERR_LIB_COMP, "COMP"}, {ERR_LIB_OSSL_STORE, "OSSL_STORE"}, {ERR_LIB_CMS, "CMS"}, {ERR_LIB_TS, "TS"},
        {ERR_LIB_CT, "CT"}, {ERR_LIB_ASYNC, "ASYNC"}, {ERR_LIB_KDF, "KDF"}, {ERR_LIB_PROV, "PROV"}, {ERR_LIB_OSSL_DECODER, "OSSL_DECODER"},
        {ERR_LIB_OSSL_ENCODER, "OSSL_ENCODER"}, {ERR_LIB_PROP, "PROP"}, {ERR_LIB_HTTP, "HTTP"},
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (names[i].library == library) return names[i].name;
    return NULL;
}

/* The symbolic name of a reason is its text in capitals: "key values mismatch" is KEY_VALUES_MISMATCH. Reasons that all libraries
 * share have none. VNULL: none, or an exception is pending. */
static Value reason_name(Thread *t, unsigned long code) {
    const char *text = ERR_reason_error_string(code);
    if (text == NULL || ERR_GET_LIB(code) == ERR_LIB_SYS || (ERR_GET_REASON(code) & ERR_RFLAG_COMMON)) return VNULL;
    char name[160];
    size_t n = 0;
    for (; text[n] != 0 && n < sizeof name; n++) name[n] = isalnum((unsigned char)text[n]) ? (char)toupper((unsigned char)text[n]) : '_';
    return str_from_ascii(t, name, (int64_t)n);
}

/* --- Raising ------------------------------------------------------------------------------------------------------ */

/* Why the peer's certificate was not accepted; owned. */
static Value verify_text(Thread *t, SslConnection *c, long result) {
    if (result == X509_V_ERR_HOSTNAME_MISMATCH) return str_format(t, "Hostname mismatch, certificate is not valid for '%S'.", c->server_hostname);
    if (result == X509_V_ERR_IP_ADDRESS_MISMATCH) return str_format(t, "IP address mismatch, certificate is not valid for '%S'.", c->server_hostname);
    return str_from_cstr(t, X509_verify_cert_error_string(result));
}

static Value full_message(Thread *t, const char *text, const char *library, Value reason, Value verify, int line) {
    if (library == NULL) return str_format(t, "%s (_ssl.c:%d)", text, line);
    if (is_null(reason)) return str_format(t, "[%s] %s (_ssl.c:%d)", library, text, line);
    if (is_null(verify)) return str_format(t, "[%s: %U] %s (_ssl.c:%d)", library, reason, text, line);
    return str_format(t, "[%s: %U] %s: %U (_ssl.c:%d)", library, reason, text, verify, line);
}

static bool set_details(Thread *t, Value exception, const char *library, Value reason, Value verify, long verify_code) {
    Value name = library ? str_from_cstr(t, library) : V_NONE;
    bool good = !is_null(name) && attr_set_cstr(t, exception, "library", name) &&
                attr_set_cstr(t, exception, "reason", is_null(reason) ? V_NONE : reason);
    decref_maybe(t, name);
    if (!good || is_null(verify)) return good;
    return attr_set_cstr(t, exception, "verify_code", v_smallint(verify_code)) && attr_set_cstr(t, exception, "verify_message", verify);
}

Value ssl_raise_at(Thread *t, SslConnection *c, Value type, int number, const char *text, unsigned long code, int line) {
    const char *library = NULL;
    Value reason = VNULL, verify = VNULL, exception = VNULL;
    long verify_code = 0;
    if (code != 0) {
        library = library_name(ERR_GET_LIB(code));
        reason = reason_name(t, code);
        if (text == NULL) text = ERR_reason_error_string(code);
        if (c != NULL && same(type, SSL_STATE(t)->cert_verification_error)) {
            verify_code = SSL_get_verify_result(c->ssl);
            verify = verify_text(t, c, verify_code);
        }
    }
    if (text == NULL) text = "unknown error";
    Value message = err_pending(t) ? VNULL : full_message(t, text, library, reason, verify, line);
    if (!is_null(message)) {
        exception = call_2(t, type, v_smallint(number), message);
        if (!is_null(exception) && set_details(t, exception, library, reason, verify, verify_code)) err_raise_value(t, exception);
    }
    decref_maybe(t, exception);
    decref_maybe(t, message);
    decref_maybe(t, reason);
    decref_maybe(t, verify);
    return VNULL;
}

Value ssl_raise_queued_at(Thread *t, int line) {
    unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    return ssl_raise_at(t, NULL, SSL_STATE(t)->error, ERR_GET_REASON(code), NULL, code, line);
}

Value ssl_raise_file_at(Thread *t, int line) {
    unsigned long last = ERR_peek_last_error(), code;
    while ((code = ERR_get_error()) != 0) {
        if (ERR_GET_LIB(code) != ERR_LIB_SYS) continue;
        ERR_clear_error();
        return err_raise_errno(t, ERR_GET_REASON(code), VNULL, VNULL);
    }
    return ssl_raise_at(t, NULL, SSL_STATE(t)->error, ERR_GET_REASON(last), NULL, last, line);
}

Value ssl_raise_plain(Thread *t, const char *text) {
    ERR_clear_error();
    return err_raise_type(t, V_AS(Type, SSL_STATE(t)->error), "%s", text);
}

/* --- The classes ----------------------------------------------------------------------------------------------------- */

/* str(error): the text, where errno and text were given. */
static Value error_str(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    OSErrorObject *e = V_AS(OSErrorObject, args[0]);
    if (!is_null(e->strerror) && is_str(t, e->strerror)) return new_ref(e->strerror);
    return str_of(t, e->args);
}
static const MethodDef error_str_row = {"__str__", "($self, /)", NULL, error_str};

/* A subclass of one or two bases; owned. */
static Value make_class(Thread *t, Value module, const char *name, const char *doc, Value base, Value second) {
    Value type = VNULL, text = str_from_cstr(t, name), namespace = dict_new(t), module_name = str_from_cstr(t, "ssl"), doc_text = str_from_cstr(t, doc);
    Value bases = is_null(second) ? tuple_of(t, 1, base) : tuple_of(t, 2, base, second);
    if (!err_pending(t) && dict_set_cstr(t, namespace, "__module__", module_name) && dict_set_cstr(t, namespace, "__doc__", doc_text))
        type = call_3(t, v_from(builtin_type(t, T_type)), text, bases, namespace);
    decref_maybe(t, text);
    decref_maybe(t, namespace);
    decref_maybe(t, module_name);
    decref_maybe(t, doc_text);
    decref_maybe(t, bases);
    if (is_null(type) || !module_add(t, module, name, new_ref(type))) slot_clear(t, &type);
    return type;
}

bool ssl_errors_exec(Thread *t, Value module, SslState *state) {
    struct { Value *slot; const char *name, *doc; } classes[] = {
        {&state->cert_verification_error, "SSLCertVerificationError", "A certificate could not be verified."},
        {&state->zero_return_error, "SSLZeroReturnError", "The other side closed the connection in order."},
        {&state->want_read_error, "SSLWantReadError", "The operation can go on when there is more to read."},
        {&state->want_write_error, "SSLWantWriteError", "The operation can go on when more can be written."},
        {&state->syscall_error, "SSLSyscallError", "The system failed during an operation."},
        {&state->eof_error, "SSLEOFError", "The connection ended without notice."},
    };
    if (!is_null(state->error)) {
        for (size_t i = 0; i < COUNT_OF(classes); i++)
            if (!module_add(t, module, classes[i].name, new_ref(*classes[i].slot))) return false;
        return module_add(t, module, "SSLError", new_ref(state->error));
    }
    state->error = make_class(t, module, "SSLError", "The SSL library reports an error.", v_from(builtin_type(t, T_OSError)), VNULL);
    if (is_null(state->error)) return false;
    Value str = method_descriptor_new(t, V_AS(Type, state->error), &error_str_row);
    bool good = !is_null(str) && attr_set_cstr(t, state->error, "__str__", str);
    decref_maybe(t, str);
    for (size_t i = 0; good && i < COUNT_OF(classes); i++) {
        *classes[i].slot = make_class(t, module, classes[i].name, classes[i].doc, state->error, i == 0 ? v_from(builtin_type(t, T_ValueError)) : VNULL);
        good = !is_null(*classes[i].slot);
    }
    if (good) V_AS(Type, state->error)->flags |= TF_IMMUTABLE;
    return good;
}
