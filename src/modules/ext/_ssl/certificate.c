/* Certificates: as dicts, as bytes, and the Certificate objects of a chain. */
#include <limits.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "modules/ext/_ssl/ssl_priv.h"
#include "ops/warn.h"

/* What was written into a memory BIO, as str. */
static Value bio_text(Thread *t, BIO *bio) {
    char *data;
    long n = BIO_get_mem_data(bio, &data);
    return str_from_utf8(t, data, n);
}

static Value asn1_text(Thread *t, const ASN1_STRING *s) { return str_from_utf8(t, (const char *)ASN1_STRING_get0_data(s), ASN1_STRING_length(s)); }

static Value pair_take(Thread *t, Value a, Value b) {
    Value both[2] = {a, b};
    if (!is_null(a) && !is_null(b)) return tuple_take(t, both, 2);
    decref_maybe(t, a);
    decref_maybe(t, b);
    return VNULL;
}
static Value pair_of(Thread *t, const char *kind, Value text) { return pair_take(t, str_from_cstr(t, kind), text); }

/* Adds to a list (may be VNULL after an error), taking v. */
static bool list_take_item(Thread *t, Value list, Value v) { return !is_null(v) && list_append_take(t, V_AS(List, list), v); }
static Value list_as_tuple(Thread *t, Value list, bool good) {
    Value tuple = good ? list_to_tuple(t, V_AS(List, list)) : VNULL;
    decref_maybe(t, list);
    return tuple;
}

/* --- Names ----------------------------------------------------------------------------------------------------- */

static Value object_name(Thread *t, const ASN1_OBJECT *object, bool numeric) {
    char small[256];
    int n = OBJ_obj2txt(small, sizeof small, object, numeric);
    if (n < 0) return ssl_raise_queued(t);
    if (n < (int)sizeof small) return str_from_utf8(t, small, n);
    char *large = heap_alloc(t, (size_t)n + 1);
    if (large == NULL) return VNULL;
    n = OBJ_obj2txt(large, n + 1, object, numeric);
    Value name = str_from_utf8(t, large, n);
    heap_free(t, large);
    return name;
}

static Value name_entry(Thread *t, X509_NAME_ENTRY *entry) {
    unsigned char *utf8;
    int n = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry));
    if (n < 0) return ssl_raise_queued(t);
    Value text = str_from_utf8(t, (char *)utf8, n);
    OPENSSL_free(utf8);
    return pair_take(t, object_name(t, X509_NAME_ENTRY_get_object(entry), false), text);
}

/* A distinguished name: a tuple of sets, each a tuple of (name, value). */
static Value name_tuple(Thread *t, const X509_NAME *name) {
    Value sets = list_new(t, 8), set = VNULL;
    bool good = !is_null(sets);
    int n = X509_NAME_entry_count(name), before = -1;
    for (int i = 0; good && i < n; i++) {
        X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
        if (X509_NAME_ENTRY_set(entry) != before) {
            if (!is_null(set)) good = list_take_item(t, sets, list_as_tuple(t, set, true));
            set = good ? list_new(t, 1) : VNULL;
            good = !is_null(set);
            before = X509_NAME_ENTRY_set(entry);
        }
        good = good && list_take_item(t, set, name_entry(t, entry));
    }
    if (!is_null(set)) {
        Value last = list_as_tuple(t, set, good);
        good = good && list_take_item(t, sets, last);
    }
    return list_as_tuple(t, sets, good);
}

/* --- Alternative names --------------------------------------------------------------------------------------------- */

static Value ip_text(Thread *t, const ASN1_OCTET_STRING *address) {
    const unsigned char *p = ASN1_STRING_get0_data(address);
    char text[64];
    switch (ASN1_STRING_length(address)) {
    case 4: snprintf(text, sizeof text, "%d.%d.%d.%d", p[0], p[1], p[2], p[3]); break;
    case 16:
        for (int i = 0, at = 0; i < 16; i += 2) at += snprintf(text + at, sizeof text - (size_t)at, i ? ":%X" : "%X", p[i] << 8 | p[i + 1]);
        break;
    default: return str_from_cstr(t, "<invalid>");
    }
    return str_from_cstr(t, text);
}

static Value registered_id(Thread *t, const ASN1_OBJECT *id) {
    char text[2048];
    int n = i2t_ASN1_OBJECT(text, sizeof text, id);
    if (n <= 0) return ssl_raise_queued(t);
    return n < (int)sizeof text ? str_from_utf8(t, text, n) : str_from_cstr(t, "<INVALID>");
}

/* Other kinds, as the library prints them: "kind:value". */
static Value printed_name(Thread *t, GENERAL_NAME *name) {
    if (name->type != GEN_OTHERNAME && name->type != GEN_X400 && name->type != GEN_EDIPARTY &&
        !warn(t, T_RuntimeWarning, 1, "Unknown general name type %d", name->type))
        return VNULL;
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio == NULL) return err_no_memory(t);
    GENERAL_NAME_print(bio, name);
    char *data, *colon;
    long n = BIO_get_mem_data(bio, &data);
    Value pair = VNULL;
    if (n > 0 && (colon = memchr(data, ':', (size_t)n)) != NULL)
        pair = pair_take(t, str_from_utf8(t, data, colon - data), str_from_utf8(t, colon + 1, n - (colon + 1 - data)));
    else err_raise(t, T_ValueError, "Invalid value %.200s", n > 0 ? "in a general name" : "");
    BIO_free(bio);
    return pair;
}

static Value general_name(Thread *t, GENERAL_NAME *name) {
    switch (name->type) {
    case GEN_DIRNAME: return pair_of(t, "DirName", name_tuple(t, name->d.dirn));
    case GEN_EMAIL: return pair_of(t, "email", asn1_text(t, name->d.rfc822Name));
    case GEN_DNS: return pair_of(t, "DNS", asn1_text(t, name->d.dNSName));
    case GEN_URI: return pair_of(t, "URI", asn1_text(t, name->d.uniformResourceIdentifier));
    case GEN_RID: return pair_of(t, "Registered ID", registered_id(t, name->d.rid));
    case GEN_IPADD: return pair_of(t, "IP Address", ip_text(t, name->d.ip));
    default: return printed_name(t, name);
    }
}

static Value alternative_names(Thread *t, X509 *cert) {
    Value list = list_new(t, 4);
    bool good = !is_null(list);
    for (int at = -1; good && (at = X509_get_ext_by_NID(cert, NID_subject_alt_name, at)) >= 0;) {
        GENERAL_NAMES *names = X509V3_EXT_d2i(X509_get_ext(cert, at));
        if (names == NULL) {
            ssl_raise_plain(t, "No method for internalizing subjectAltName!");
            good = false;
        }
        for (int i = 0; good && i < sk_GENERAL_NAME_num(names); i++) good = list_take_item(t, list, general_name(t, sk_GENERAL_NAME_value(names, i)));
        GENERAL_NAMES_free(names);
    }
    return list_as_tuple(t, list, good);
}

/* --- Where to ask about a certificate -------------------------------------------------------------------------------- */

static Value access_uris(Thread *t, X509 *cert, int method) {
    Value list = list_new(t, 1);
    bool good = !is_null(list);
    AUTHORITY_INFO_ACCESS *info = X509_get_ext_d2i(cert, NID_info_access, NULL, NULL);
    for (int i = 0; good && info && i < sk_ACCESS_DESCRIPTION_num(info); i++) {
        ACCESS_DESCRIPTION *a = sk_ACCESS_DESCRIPTION_value(info, i);
        if (OBJ_obj2nid(a->method) == method && a->location->type == GEN_URI)
            good = list_take_item(t, list, asn1_text(t, a->location->d.uniformResourceIdentifier));
    }
    AUTHORITY_INFO_ACCESS_free(info);
    return list_as_tuple(t, list, good);
}

static Value crl_uris(Thread *t, X509 *cert) {
    Value list = list_new(t, 1);
    bool good = !is_null(list);
    CRL_DIST_POINTS *points = X509_get_ext_d2i(cert, NID_crl_distribution_points, NULL, NULL);
    for (int i = 0; good && points && i < sk_DIST_POINT_num(points); i++) {
        DIST_POINT *point = sk_DIST_POINT_value(points, i);
        if (point->distpoint == NULL || point->distpoint->type != 0) continue;
        GENERAL_NAMES *names = point->distpoint->name.fullname;
        for (int k = 0; good && k < sk_GENERAL_NAME_num(names); k++) {
            GENERAL_NAME *name = sk_GENERAL_NAME_value(names, k);
            if (name->type == GEN_URI) good = list_take_item(t, list, asn1_text(t, name->d.uniformResourceIdentifier));
        }
    }
    CRL_DIST_POINTS_free(points);
    return list_as_tuple(t, list, good);
}

/* --- All of it ---------------------------------------------------------------------------------------------------------- */

static bool info_set(Thread *t, Value info, const char *key, Value v) {
    bool done = !is_null(v) && dict_set_cstr(t, info, key, v);
    decref_maybe(t, v);
    return done;
}
/* ... unless it is the empty tuple. */
static bool info_set_some(Thread *t, Value info, const char *key, Value tuple) {
    if (is_null(tuple) || tuple_len(tuple) > 0) return info_set(t, info, key, tuple);
    decref(t, tuple);
    return true;
}

static Value time_text(Thread *t, const ASN1_TIME *time) {
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio == NULL) return err_no_memory(t);
    Value text = ASN1_TIME_print(bio, time) ? bio_text(t, bio) : ssl_raise_queued(t);
    BIO_free(bio);
    return text;
}
static Value serial_text(Thread *t, const ASN1_INTEGER *number) {
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio == NULL) return err_no_memory(t);
    Value text = i2a_ASN1_INTEGER(bio, number) >= 0 ? bio_text(t, bio) : ssl_raise_queued(t);
    BIO_free(bio);
    return text;
}

Value ssl_certificate_info(Thread *t, X509 *cert) {
    Value info = dict_new(t);
    if (is_null(info)) return info;
    if (info_set(t, info, "subject", name_tuple(t, X509_get_subject_name(cert))) && info_set(t, info, "issuer", name_tuple(t, X509_get_issuer_name(cert))) &&
        info_set(t, info, "version", int_from_i64(t, X509_get_version(cert) + 1)) &&
        info_set(t, info, "serialNumber", serial_text(t, X509_get0_serialNumber(cert))) &&
        info_set(t, info, "notBefore", time_text(t, X509_get0_notBefore(cert))) && info_set(t, info, "notAfter", time_text(t, X509_get0_notAfter(cert))) &&
        info_set_some(t, info, "subjectAltName", alternative_names(t, cert)) && info_set_some(t, info, "OCSP", access_uris(t, cert, NID_ad_OCSP)) &&
        info_set_some(t, info, "caIssuers", access_uris(t, cert, NID_ad_ca_issuers)) && info_set_some(t, info, "crlDistributionPoints", crl_uris(t, cert)))
        return info;
    decref(t, info);
    return VNULL;
}

Value ssl_certificate_der(Thread *t, X509 *cert) {
    unsigned char *der = NULL;
    int n = i2d_X509(cert, &der);
    if (n < 0) return ssl_raise_queued(t);
    Value bytes = bytes_new(t, (char *)der, n);
    OPENSSL_free(der);
    return bytes;
}

/* --- Certificate objects ------------------------------------------------------------------------------------------------- */

enum Encoding { ENCODING_PEM = X509_FILETYPE_PEM, ENCODING_DER = X509_FILETYPE_ASN1, ENCODING_PEM_AUX = X509_FILETYPE_PEM + 0x100 };

typedef struct Certificate {
    Object head;
    X509 *cert;
} Certificate;
static X509 *cert_of(Value self) { return V_AS(Certificate, self)->cert; }

static Value certificate_new(Thread *t, X509 *cert) {
    Value v = object_new(t, SSL_STATE(t)->certificate_type);
    if (is_null(v)) return v;
    X509_up_ref(cert);
    V_AS(Certificate, v)->cert = cert;
    return object_done(t, v);
}
static void certificate_destroy(Thread *t, Object *self) { X509_free(((Certificate *)self)->cert); }

Value ssl_certificate_list(Thread *t, STACK_OF(X509) *chain, X509 *first) {
    if (chain == NULL) return V_NONE;
    int n = sk_X509_num(chain);
    Value list = list_new(t, n + 1);
    bool good = !is_null(list) && (first == NULL || list_take_item(t, list, certificate_new(t, first)));
    for (int i = 0; good && i < n; i++) good = list_take_item(t, list, certificate_new(t, sk_X509_value(chain, i)));
    if (!good && !is_null(list)) slot_clear(t, &list);
    return list;
}

SSL_FUNCTION(m_public_bytes) {
    int32_t format = ENCODING_PEM;
    if (!is_null(args[1]) && !arg_c_int(t, args[1], &format)) return VNULL;
    if (format == ENCODING_DER) return ssl_certificate_der(t, cert_of(args[0]));
    if (format != ENCODING_PEM && format != ENCODING_PEM_AUX) return err_raise(t, T_ValueError, "Unsupported format");
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio == NULL) return err_no_memory(t);
    int good = format == ENCODING_PEM ? PEM_write_bio_X509(bio, cert_of(args[0])) : PEM_write_bio_X509_AUX(bio, cert_of(args[0]));
    Value text = good ? bio_text(t, bio) : ssl_raise_queued(t);
    BIO_free(bio);
    return text;
}
SSL_FUNCTION(m_get_info) { return ssl_certificate_info(t, cert_of(args[0])); }

static Value certificate_repr(Thread *t, Value self) {
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio == NULL) return err_no_memory(t);
    X509_NAME_print_ex(bio, X509_get_subject_name(cert_of(self)), 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
    Value name = bio_text(t, bio), text = is_null(name) ? VNULL : str_format(t, "<%N '%U'>", type_of(t, self), name);
    decref_maybe(t, name);
    BIO_free(bio);
    return text;
}
static bool certificate_hash(Thread *t, Value self, int64_t *hash) {
    *hash = (int64_t)X509_subject_name_hash(cert_of(self));
    return true;
}
static Value certificate_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    const Type *type = SSL_STATE(t)->certificate_type;
    if ((op != CMP_EQ && op != CMP_NE) || type_of(t, a) != type || type_of(t, b) != type) return V_NOTIMPL;
    return v_bool((X509_cmp(cert_of(a), cert_of(b)) == 0) == (op == CMP_EQ));
}

static const MethodDef methods[] = {
    {"get_info", "($self, /)", "The certificate as a dict.", m_get_info},
    {"public_bytes", "($self, /, format=Encoding.PEM)", "The certificate as PEM text or DER bytes.", m_public_bytes},
    {NULL},
};

const TypeDef typedef_Certificate = {
    .name = "_ssl.Certificate",
    .flags = TF_NO_NEW | TF_IMMUTABLE,
    .size = sizeof(Certificate),
    .methods = methods,
    .slots = {.destroy = certificate_destroy, .repr = certificate_repr, .hash = certificate_hash, .compare = certificate_compare},
};
