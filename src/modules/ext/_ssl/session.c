/* SSLSession: what a later connection may resume. */
#include "modules/ext/_ssl/ssl_priv.h"

static SSL_SESSION *session_of(Value self) { return V_AS(SslSession, self)->session; }

static void session_destroy(Thread *t, Object *self) { SSL_SESSION_free(((SslSession *)self)->session); }

static Value session_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    const Type *type = SSL_STATE(t)->session_type;
    if ((op != CMP_EQ && op != CMP_NE) || type_of(t, a) != type || type_of(t, b) != type) return V_NOTIMPL;
    unsigned n, m;
    const unsigned char *x = SSL_SESSION_get_id(session_of(a), &n), *y = SSL_SESSION_get_id(session_of(b), &m);
    bool is_equal = session_of(a) == session_of(b) || (n == m && memcmp(x, y, n) == 0);
    return v_bool(is_equal == (op == CMP_EQ));
}

static bool no_hash(Thread *t, Value self, int64_t *hash) { return err_fail(t, T_TypeError, "unhashable type: '%T'", self); }

static Value get_time(Thread *t, Value self, void *closure) { return int_from_i64(t, SSL_SESSION_get_time(session_of(self))); }
static Value get_timeout(Thread *t, Value self, void *closure) { return int_from_i64(t, SSL_SESSION_get_timeout(session_of(self))); }
static Value get_lifetime(Thread *t, Value self, void *closure) { return int_from_u64(t, SSL_SESSION_get_ticket_lifetime_hint(session_of(self))); }
static Value get_has_ticket(Thread *t, Value self, void *closure) { return v_bool(SSL_SESSION_has_ticket(session_of(self))); }
static Value get_id(Thread *t, Value self, void *closure) {
    unsigned n;
    const unsigned char *id = SSL_SESSION_get_id(session_of(self), &n);
    return bytes_new(t, (const char *)id, n);
}

static const GetSetDef getsets[] = {
    {"has_ticket", get_has_ticket, NULL, "Whether it comes with a ticket."},
    {"id", get_id, NULL, "Its identity."},
    {"ticket_lifetime_hint", get_lifetime, NULL, "Seconds that the server means to honour the ticket."},
    {"time", get_time, NULL, "When it was made, in seconds of the epoch."},
    {"timeout", get_timeout, NULL, "Seconds that it lasts."},
    {NULL},
};
static const Field fields[] = {FIELD_VALUE(SslSession, context)};

const TypeDef typedef_SSLSession = {
    .name = "_ssl.SSLSession",
    .flags = TF_NO_NEW | TF_IMMUTABLE | TF_GC,
    .size = sizeof(SslSession),
    FIELDS(fields),
    .getsets = getsets,
    .slots = {.destroy = session_destroy, .compare = session_compare, .hash = no_hash},
};
