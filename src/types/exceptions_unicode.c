/* UnicodeEncodeError, UnicodeDecodeError and UnicodeTranslateError: what, where, why.
 *
 * start and end may be set to anything; what uses them brings them into the object's range first.
 */
#include "types/exceptions_priv.h"

#include <stdio.h>

#include "object/buffer.h"
#include "object/bytes.h"

static Value str_argument(Thread *t, Value v, int number) {
    if (is_str(t, v)) return new_ref(v);
    return err_raise(t, T_TypeError, "argument %d must be str, not %T", number, v);
}

static Value bytes_argument(Thread *t, Value v) {
    if (is_bytes(t, v)) return new_ref(v);
    Buffer b;
    if (!buffer_get(t, v, &b, BUF_SIMPLE)) return VNULL;
    Value bytes = bytes_new(t, b.data, b.length);
    buffer_release(t, &b);
    return bytes;
}

/* [encoding,] object, start, end, reason */
static bool unicode_error_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames, bool has_encoding, bool is_decode) {
    UnicodeErrorObject *e = V_AS(UnicodeErrorObject, self);
    if (!exception_init(t, self, args, nargs, kwnames)) return false;
    uint32_t want = has_encoding ? 5 : 4;
    if (nargs != want) return err_fail(t, T_TypeError, "function takes exactly %d arguments (%d given)", (int)want, (int)nargs);
    int at = has_encoding;
    Value encoding = has_encoding ? str_argument(t, args[0], 1) : VNULL, object = VNULL, reason = VNULL;
    int64_t start, end;
    if (has_encoding && is_null(encoding)) return false;
    if (is_decode) object = new_ref(args[at]);
    else object = str_argument(t, args[at], at + 1);
    if (is_null(object) || !number_to_index(t, args[at + 1], &start, T_OverflowError) ||
        !number_to_index(t, args[at + 2], &end, T_OverflowError) || is_null(reason = str_argument(t, args[at + 3], at + 4))) {
        decref_maybe(t, encoding);
        decref_maybe(t, object);
        return false;
    }
    if (is_decode) {
        Value bytes = bytes_argument(t, object);
        decref(t, object);
        object = bytes;
        if (is_null(object)) {
            decref_maybe(t, encoding);
            decref_maybe(t, reason);
            return false;
        }
    }
    slot_set(t, &e->encoding, encoding);
    slot_set(t, &e->object, object);
    slot_set(t, &e->reason, reason);
    e->start = start;
    e->end = end;
    return true;
}

static bool UnicodeEncodeError_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    return unicode_error_init(t, self, args, nargs, kwnames, true, false);
}
static bool UnicodeDecodeError_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    return unicode_error_init(t, self, args, nargs, kwnames, true, true);
}
static bool UnicodeTranslateError_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    return unicode_error_init(t, self, args, nargs, kwnames, false, false);
}

/* The one character of a str that is bad, as an escape. */
static void escape_char(uint32_t c, char *out, size_t n) {
    snprintf(out, n, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
}

/* Owned str of a field that may be anything. */
static Value field_text(Thread *t, Value v) { return is_null(v) ? str_from_cstr(t, "") : str_of(t, v); }

/* What is bad, and where: "character 'x'", "in position 3".  The object is looked at last: the texts of the other fields may have run code. */
typedef struct BadPart { char subject[64], where[96]; } BadPart;

static void part_of_range(BadPart *p, const char *plural, int64_t start, int64_t end) {
    snprintf(p->subject, sizeof p->subject, "%s", plural);
    snprintf(p->where, sizeof p->where, "in position %lld-%lld", (long long)start, (long long)(end - 1));
}

static bool part_of_text(Thread *t, const UnicodeErrorObject *e, BadPart *p) {
    if (is_null(e->object) || !is_str(t, e->object)) return err_fail(t, T_TypeError, "UnicodeError 'object' attribute must be a string");
    const Str *s = V_AS(Str, e->object);
    if (e->start < 0 || e->start >= str_len(s) || e->end != e->start + 1) {
        part_of_range(p, "characters", e->start, e->end);
        return true;
    }
    char escape[16];
    escape_char(str_at(s, e->start), escape, sizeof escape);
    snprintf(p->subject, sizeof p->subject, "character '%s'", escape);
    snprintf(p->where, sizeof p->where, "in position %lld", (long long)e->start);
    return true;
}

static bool part_of_bytes(Thread *t, const UnicodeErrorObject *e, BadPart *p) {
    if (is_null(e->object) || !is_bytes(t, e->object)) return err_fail(t, T_TypeError, "UnicodeError 'object' attribute must be a bytes");
    const Bytes *b = V_AS(Bytes, e->object);
    if (e->start < 0 || e->start >= b->length || e->end != e->start + 1) {
        part_of_range(p, "bytes", e->start, e->end);
        return true;
    }
    snprintf(p->subject, sizeof p->subject, "byte 0x%02x", (unsigned char)b->data[e->start]);
    snprintf(p->where, sizeof p->where, "in position %lld", (long long)e->start);
    return true;
}

static Value unicode_error_str(Thread *t, Value self, const char *verb, bool (*part)(Thread *, const UnicodeErrorObject *, BadPart *)) {
    UnicodeErrorObject *e = V_AS(UnicodeErrorObject, self);
    if (is_null(e->object)) return new_ref(t->interp->empty_str);
    BadPart p;
    Value reason = field_text(t, e->reason), encoding = is_null(reason) ? VNULL : field_text(t, e->encoding), r = VNULL;
    if (!is_null(encoding) && part(t, e, &p)) {
        r = verb ? str_format(t, "'%U' codec can't %s %s %s: %U", encoding, verb, p.subject, p.where, reason)
                 : str_format(t, "can't translate %s %s: %U", p.subject, p.where, reason);
    }
    decref_maybe(t, encoding);
    decref_maybe(t, reason);
    return r;
}

static Value UnicodeEncodeError_str(Thread *t, Value self) { return unicode_error_str(t, self, "encode", part_of_text); }
static Value UnicodeDecodeError_str(Thread *t, Value self) { return unicode_error_str(t, self, "decode", part_of_bytes); }
static Value UnicodeTranslateError_str(Thread *t, Value self) { return unicode_error_str(t, self, NULL, part_of_text); }

static const Field unicode_fields[] = {FIELD_VALUE(UnicodeErrorObject, encoding), FIELD_VALUE(UnicodeErrorObject, object),
                                       FIELD_VALUE(UnicodeErrorObject, reason)};
static const MemberDef unicode_members[] = {
    {"encoding", MK_VALUE, 0, offsetof(UnicodeErrorObject, encoding), "the encoding"},
    {"object", MK_VALUE, 0, offsetof(UnicodeErrorObject, object), "what was to be converted"},
    {"start", MK_INT64, 0, offsetof(UnicodeErrorObject, start), "where the bad part begins"},
    {"end", MK_INT64, 0, offsetof(UnicodeErrorObject, end), "where it ends"},
    {"reason", MK_VALUE, 0, offsetof(UnicodeErrorObject, reason), "what is bad about it"},
    {0},
};

#define UNICODE_ERROR(id, text) \
    const TypeDef typedef_##id = { \
        .name = #id, .doc = text, .flags = EXCEPTION_FLAGS, .size = sizeof(UnicodeErrorObject), FIELDS(unicode_fields), \
        .members = unicode_members, .slots = {.new = exception_new, .init = id##_init, .str = id##_str}};
UNICODE_ERROR(UnicodeEncodeError, "Text cannot be encoded.")
UNICODE_ERROR(UnicodeDecodeError, "Bytes cannot be decoded.")
UNICODE_ERROR(UnicodeTranslateError, "Text cannot be translated.")
