/* Error handlers: strict, ignore, replace, backslashreplace, xmlcharrefreplace, namereplace, surrogateescape, surrogatepass.
 *
 * Codecs meet them in two ways.  The common ones are done in place, without making an exception.  As objects they are
 * functions of an exception, for programs and for codecs written in Python.
 */
#include "types/codec_errors.h"

#include <stdio.h>

#include "base/unicode_names.h"
#include "core/names.h"
#include "object/bytes.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/function.h"
#include "object/int.h"
#include "object/tuple.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"

static bool is(const char *errors, const char *name) { return strcmp(errors, name) == 0; }

/* --- Replacement texts ------------------------------------------------------------------------- */

static bool put_char_escape(Thread *t, StrBuilder *b, uint32_t c) {
    char text[16];
    snprintf(text, sizeof text, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
    return str_builder_cstr(t, b, text);
}

static bool put_replacement(Thread *t, StrBuilder *b, const char *errors, uint32_t c) {
    char text[256];
    if (is(errors, "backslashreplace")) return put_char_escape(t, b, c);
    if (is(errors, "xmlcharrefreplace")) {
        snprintf(text, sizeof text, "&#%u;", c);
        return str_builder_cstr(t, b, text);
    }
    if (is(errors, "namereplace")) {
        char name[UNICODE_NAME_SIZE];
        size_t n = unicode_name(c, name);
        if (n == 0) return put_char_escape(t, b, c);
        return str_builder_cstr(t, b, "\\N{") && str_builder_ascii(t, b, name, (int64_t)n) && str_builder_char(t, b, '}');
    }
    return str_builder_char(t, b, '?');
}

/* --- Handlers as functions --------------------------------------------------------------------- */

typedef struct Problem {
    UnicodeErrorObject *e;
    bool decode, encode;
    int64_t start, end;
} Problem;

enum { DECODE = 1, ENCODE = 2, TRANSLATE = 4, ANY = 7 };

/* The exception that a handler of these kinds got; its range is not looked at yet. */
static bool problem_of(Thread *t, Value v, int kinds, Problem *p) {
    *p = (Problem){.decode = IS_A(t, v, UnicodeDecodeError), .encode = IS_A(t, v, UnicodeEncodeError)};
    int kind = p->decode ? DECODE : p->encode ? ENCODE : IS_A(t, v, UnicodeTranslateError) ? TRANSLATE : 0;
    if (!(kind & kinds)) return err_fail(t, T_TypeError, "don't know how to handle %T in error callback", v);
    p->e = V_AS(UnicodeErrorObject, v);
    return true;
}

/* Brings the range into the object. */
static bool problem_range(Thread *t, Problem *p) {
    Value object = p->e->object;
    if (is_null(object)) return err_fail(t, T_TypeError, "UnicodeError 'object' attribute is not set");
    if (p->decode ? !is_bytes(t, object) : !is_str(t, object)) return err_fail(t, T_TypeError, "UnicodeError 'object' attribute must be a %s", p->decode ? "bytes" : "string");
    int64_t n = p->decode ? V_AS(Bytes, object)->length : str_len(V_AS(Str, object));
    p->start = p->e->start < 0 ? 0 : p->e->start >= n ? (n > 0 ? n - 1 : 0) : p->e->start;
    p->end = p->e->end < 1 ? (n > 0 ? 1 : 0) : p->e->end > n ? n : p->e->end;
    if (p->end < p->start) p->end = p->start;
    return true;
}

static bool problem_read(Thread *t, Value v, int kinds, Problem *p) { return problem_of(t, v, kinds, p) && problem_range(t, p); }

/* (replacement, position); takes the replacement. */
static Value answer(Thread *t, Value replacement, int64_t position) {
    if (is_null(replacement)) return VNULL;
    Value pair[2] = {replacement, int_from_i64(t, position)};
    return tuple_take(t, pair, 2);
}

static Value h_strict(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (is_exception(t, args[0])) return err_raise_value(t, args[0]);
    return err_raise(t, T_TypeError, "codec must pass exception instance");
}
static Value h_ignore(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Problem p;
    return problem_read(t, args[0], ANY, &p) ? answer(t, new_ref(t->interp->empty_str), p.end) : VNULL;
}

static Value build_replacements(Thread *t, const Problem *p, const char *errors) {
    StrBuilder b;
    str_builder_init(&b);
    for (int64_t i = p->start; i < p->end; i++)
        if (!put_replacement(t, &b, errors, str_at(V_AS(Str, p->e->object), i))) return VNULL;
    return answer(t, str_builder_finish(t, &b), p->end);
}

static Value h_replace(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Problem p;
    if (!problem_read(t, args[0], ANY, &p)) return VNULL;
    if (p.decode) return answer(t, str_from_char(t, 0xfffd), p.end);
    StrBuilder b;
    str_builder_init(&b);
    if (!str_builder_fill(t, &b, p.encode ? '?' : 0xfffd, p.end - p.start)) return VNULL;
    return answer(t, str_builder_finish(t, &b), p.end);
}
static Value h_backslashreplace(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Problem p;
    if (!problem_read(t, args[0], ANY, &p)) return VNULL;
    if (!p.decode) return build_replacements(t, &p, "backslashreplace");
    StrBuilder b;
    str_builder_init(&b);
    for (int64_t i = p.start; i < p.end; i++)
        if (!put_char_escape(t, &b, (uint8_t)V_AS(Bytes, p.e->object)->data[i])) return VNULL;
    return answer(t, str_builder_finish(t, &b), p.end);
}
static Value h_xmlcharrefreplace(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Problem p;
    return problem_read(t, args[0], ENCODE, &p) ? build_replacements(t, &p, "xmlcharrefreplace") : VNULL;
}
static Value h_namereplace(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Problem p;
    return problem_read(t, args[0], ENCODE, &p) ? build_replacements(t, &p, "namereplace") : VNULL;
}

static Value h_surrogateescape(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Problem p;
    if (!problem_read(t, args[0], DECODE | ENCODE, &p)) return VNULL;
    if (p.encode) {
        Value bytes = bytes_new(t, NULL, p.end - p.start);
        if (is_null(bytes)) return VNULL;
        for (int64_t i = p.start; i < p.end; i++) {
            uint32_t c = str_at(V_AS(Str, p.e->object), i);
            if (c < 0xdc80 || c > 0xdcff) {
                decref(t, bytes);
                return err_raise_value(t, args[0]);
            }
            if (p.end - p.start == 1) {
                char byte = (char)(c - 0xdc00);
                decref(t, bytes);
                return answer(t, bytes_new(t, &byte, 1), p.end);
            }
            V_AS(Bytes, bytes)->data[i - p.start] = (char)(c - 0xdc00);
        }
        return answer(t, bytes, p.end);
    }
    StrBuilder b;
    str_builder_init(&b);
    int64_t i = p.start;
    for (; i < p.end && i < p.start + 4; i++) {
        uint8_t byte = (uint8_t)V_AS(Bytes, p.e->object)->data[i];
        if (byte < 128) break;
        if (!str_builder_char(t, &b, 0xdc00u + byte)) return VNULL;
    }
    if (i == p.start) {
        str_builder_drop(t, &b);
        return err_raise_value(t, args[0]);
    }
    return answer(t, str_builder_finish(t, &b), i);
}

/* The width and order of a UTF encoding's name: 1 utf-8, 2 utf-16, 4 utf-32; 0: another. */
static int utf_kind(const char *name, bool *big) {
    *big = false;
    if (strncasecmp(name, "utf", 3) != 0) return 0;
    name += 3;
    if (*name == '-' || *name == '_') name++;
    int kind = name[0] == '8' && name[1] == 0 ? 1 : strncmp(name, "16", 2) == 0 ? 2 : strncmp(name, "32", 2) == 0 ? 4 : 0;
    if (kind > 1) {
        name += 2;
        if (*name == '-' || *name == '_') name++;
        if (strcasecmp(name, "be") == 0) *big = true;
        else if (*name != 0 && strcasecmp(name, "le") != 0) return 0;
    }
    return kind;
}

static int encode_surrogate(uint32_t c, int kind, bool big, uint8_t *out) {
    if (kind == 1) {
        out[0] = (uint8_t)(0xe0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 63));
        out[2] = (uint8_t)(0x80 | (c & 63));
        return 3;
    }
    for (int i = 0; i < kind; i++) out[big ? kind - 1 - i : i] = (uint8_t)(c >> (8 * i));
    return kind;
}

static uint32_t decode_surrogate(const uint8_t *p, int64_t n, int kind, bool big, int *length) {
    *length = kind == 1 ? 3 : kind;
    if (n < *length) return 0;
    if (kind == 1) return (p[0] & 0xf0) == 0xe0 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80 ? (uint32_t)((p[0] & 15) << 12 | (p[1] & 63) << 6 | (p[2] & 63)) : 0;
    uint32_t c = 0;
    for (int i = 0; i < kind; i++) c |= (uint32_t)p[big ? kind - 1 - i : i] << (8 * i);
    return c;
}

static Value h_surrogatepass(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Problem p;
    if (!problem_of(t, args[0], DECODE | ENCODE, &p)) return VNULL;
    Value keep;
    const char *name = str_cstr(t, p.e->encoding, &keep);
    if (name == NULL) return VNULL;
    bool big;
    int kind = utf_kind(name, &big);
    decref_maybe(t, keep);
    if (kind == 0) return err_raise_value(t, args[0]);
    if (!problem_range(t, &p)) return VNULL;
    if (p.encode) {
        Buf out = {0};
        for (int64_t i = p.start; i < p.end; i++) {
            uint32_t c = str_at(V_AS(Str, p.e->object), i);
            uint8_t bytes[4];
            if (c < 0xd800 || c > 0xdfff) {
                buf_free(&out);
                return err_raise_value(t, args[0]);
            }
            buf_bytes(&out, bytes, (size_t)encode_surrogate(c, kind, big, bytes));
        }
        Value v = out.failed ? err_no_memory(t) : bytes_new(t, out.data ? out.data : "", (int64_t)out.len);
        buf_free(&out);
        return answer(t, v, p.end);
    }
    Bytes *b = V_AS(Bytes, p.e->object);
    int length;
    uint32_t c = decode_surrogate((const uint8_t *)b->data + p.start, b->length - p.start, kind, big, &length);
    if (c < 0xd800 || c > 0xdfff) return err_raise_value(t, args[0]);
    return answer(t, str_from_char(t, c), p.start + length);
}

static const MethodDef handlers[] = {
    {"strict_errors", "($module, exc, /)", "Raise the exception.", h_strict},
    {"ignore_errors", "($module, exc, /)", "Leave the characters or bytes out.", h_ignore},
    {"replace_errors", "($module, exc, /)", "Put a question mark or U+FFFD in their place.", h_replace},
    {"xmlcharrefreplace_errors", "($module, exc, /)", "Put XML character references in their place.", h_xmlcharrefreplace},
    {"backslashreplace_errors", "($module, exc, /)", "Put backslash escapes in their place.", h_backslashreplace},
    {"namereplace_errors", "($module, exc, /)", "Put \\N{...} escapes in their place.", h_namereplace},
    {"surrogatepass", "($module, exc, /)", "Let surrogates pass in the UTF encodings.", h_surrogatepass},
    {"surrogateescape", "($module, exc, /)", "Undecodable bytes become lone surrogates, and the other way round.", h_surrogateescape},
};
static const char *const handler_names[] = {"strict", "ignore", "replace", "xmlcharrefreplace", "backslashreplace", "namereplace", "surrogatepass", "surrogateescape"};

bool codec_errors_init(Thread *t) {
    Value dict = t->interp->codec_errors = dict_new(t);
    for (size_t i = 0; !is_null(dict) && i < COUNT_OF(handlers); i++) {
        Value function = builtin_new(t, &handlers[i], VNULL, VNULL);
        bool done = !is_null(function) && dict_set_cstr(t, dict, handler_names[i], function);
        decref_maybe(t, function);
        if (!done) return false;
    }
    return !is_null(dict);
}

Value codec_lookup_error(Thread *t, const char *name) {
    if (name == NULL) name = "strict";
    Value key = str_intern_cstr(t, name);
    if (is_null(key)) return VNULL;
    Value handler = dict_get_str(t, t->interp->codec_errors, key);
    decref(t, key);
    return is_null(handler) ? err_raise(t, T_LookupError, "unknown error handler name '%s'", name) : new_ref(handler);
}

bool codec_register_error(Thread *t, Value name, Value handler) {
    if (!is_callable(t, handler)) return err_fail(t, T_TypeError, "handler must be callable");
    return dict_set(t, t->interp->codec_errors, name, handler);
}

bool codec_unregister_error(Thread *t, Value name, bool *was_there) {
    for (size_t i = 0; i < COUNT_OF(handler_names); i++)
        if (str_equals_cstr(V_AS(Str, name), handler_names[i]))
            return err_fail(t, T_ValueError, "cannot un-register built-in error handler '%U'", name);
    int deleted = dict_delete(t, t->interp->codec_errors, name);
    *was_there = deleted > 0;
    return deleted >= 0;
}

/* --- Decoding ---------------------------------------------------------------------------------- */

void decoding_start(Decoding *d, const char *encoding, const char *errors, const char *data, int64_t n) {
    *d = (Decoding){.encoding = encoding, .errors = errors && *errors ? errors : "strict", .data = data, .n = n};
    str_builder_init(&d->out);
}

/* Where a handler says to go on, of n; -1: an exception is pending. */
static int64_t handler_position(Thread *t, Value v, int64_t n) {
    int64_t position;
    if (!arg_size(t, v, &position)) return -1;

    if (position < 0) position += n;
    if (position < 0 || position > n) return err_minus(t, T_IndexError, "position %lld from error handler out of bounds", (long long)position);
    return position;
}

/* Calls the registered handler; it may put another object in the data's place. */
static int64_t call_decode_handler(Thread *t, Decoding *d, int64_t start, int64_t end, const char *reason) {
    if (is_null(d->handler)) d->handler = codec_lookup_error(t, d->errors);
    if (is_null(d->handler)) return -1;
    err_unicode_decode(t, d->encoding, d->data, d->n, start, end, reason);
    Value exception = err_fetch(t), result = call_1(t, d->handler, exception);
    int64_t position = -1;
    if (is_null(result)) {
        decref(t, exception);
        return -1;
    }
    if (!is_tuple(t, result) || tuple_len(result) != 2 || !is_str(t, tuple_at(result, 0)) || !is_int(t, tuple_at(result, 1))) {
        err_raise(t, T_TypeError, "decoding error handler must return (str, int) tuple");
    } else {
        Value object = V_AS(UnicodeErrorObject, exception)->object;
        if (!is_bytes(t, object)) {
            err_raise(t, T_TypeError, "exception attribute object must be bytes");
        } else {
            slot_set(t, &d->kept, new_ref(object));
            d->data = V_AS(Bytes, object)->data;
            d->n = V_AS(Bytes, object)->length;
            position = handler_position(t, tuple_at(result, 1), d->n);
            if (position >= 0 && !str_builder_str(t, &d->out, tuple_at(result, 0))) position = -1;
        }
    }
    decref(t, result);
    decref(t, exception);
    return position;
}

int64_t decoding_problem(Thread *t, Decoding *d, int64_t start, int64_t end, const char *reason) {
    if (is(d->errors, "strict")) {
        err_unicode_decode(t, d->encoding, d->data, d->n, start, end, reason);
        return -1;
    }
    if (is(d->errors, "ignore")) return end;
    if (is(d->errors, "replace")) return str_builder_char(t, &d->out, 0xfffd) ? end : -1;
    if (is(d->errors, "surrogateescape")) {
        int64_t i = start;
        for (; i < end && (uint8_t)d->data[i] >= 128; i++)
            if (!str_builder_char(t, &d->out, 0xdc00u + (uint8_t)d->data[i])) return -1;
        if (i > start) return i;
        err_unicode_decode(t, d->encoding, d->data, d->n, start, end, reason);
        return -1;
    }
    return call_decode_handler(t, d, start, end, reason);
}

Value decoding_finish(Thread *t, Decoding *d, bool done) {
    Value v = VNULL;
    if (done) v = str_builder_finish(t, &d->out);
    else if (!d->out.failed) str_builder_drop(t, &d->out);
    decref_maybe(t, d->handler);
    decref_maybe(t, d->kept);
    return v;
}

/* --- Encoding ---------------------------------------------------------------------------------- */

void encoding_start(Encoding *e, const char *encoding, const char *errors, Value text, bool (*put)(Encoding *, uint32_t)) {
    *e = (Encoding){.encoding = encoding, .errors = errors && *errors ? errors : "strict", .text = text, .put = put};
}

static int64_t strict_problem(Thread *t, Encoding *e, int64_t start, int64_t end, const char *reason) {
    err_unicode_encode(t, e->encoding, e->text, start, end, reason);
    return -1;
}

/* The codec cannot take the replacement either; what it raised itself stays. */
static int64_t refuse_replacement(Thread *t, Encoding *e, int64_t start, int64_t end, const char *reason) {
    return err_pending(t) ? -1 : strict_problem(t, e, start, end, reason);
}

/* A handler's text goes through the codec itself. */
static bool put_text(Encoding *e, Value text) {
    Str *s = V_AS(Str, text);
    if (e->ascii_replacements && !str_is_ascii(s)) return false;
    for (int64_t i = 0; i < str_len(s); i++)
        if (!e->put(e, str_at(s, i))) return false;
    return true;
}

/* Bytes stand for themselves, in whole units. */
static bool put_bytes(Encoding *e, Value bytes) {
    Bytes *b = V_AS(Bytes, bytes);
    if (e->unit > 1 && b->length % e->unit != 0) return false;
    buf_bytes(&e->out, b->data, (size_t)b->length);
    return true;
}

static int64_t call_encode_handler(Thread *t, Encoding *e, int64_t start, int64_t end, const char *reason) {
    if (is_null(e->handler)) e->handler = codec_lookup_error(t, e->errors);
    if (is_null(e->handler)) return -1;
    err_unicode_encode(t, e->encoding, e->text, start, end, reason);
    Value exception = err_fetch(t), result = call_1(t, e->handler, exception);
    decref(t, exception);
    if (is_null(result)) return -1;
    int64_t position = -1;
    bool shape = is_tuple(t, result) && tuple_len(result) == 2 && (is_str(t, tuple_at(result, 0)) || is_bytes(t, tuple_at(result, 0))) && is_int(t, tuple_at(result, 1));
    if (!shape) {
        err_raise(t, T_TypeError, "encoding error handler must return (str/bytes, int) tuple");
    } else {
        Value replacement = tuple_at(result, 0);
        position = handler_position(t, tuple_at(result, 1), str_len(V_AS(Str, e->text)));
        if (position >= 0 && !(is_bytes(t, replacement) ? put_bytes(e, replacement) : put_text(e, replacement))) position = refuse_replacement(t, e, start, end, reason);
    }
    decref(t, result);
    return position;
}

int64_t encoding_problem(Thread *t, Encoding *e, int64_t start, int64_t end, const char *reason) {
    const char *errors = e->errors;
    Str *s = V_AS(Str, e->text);
    if (is(errors, "strict")) return strict_problem(t, e, start, end, reason);
    if (is(errors, "ignore")) return end;
    if (is(errors, "surrogateescape")) {
        int64_t i = start;
        for (; i < end; i++) {
            uint32_t c = str_at(s, i);
            if (c < 0xdc80 || c > 0xdcff) break;
            buf_byte(&e->out, (char)(c - 0xdc00));
        }
        return i > start ? i : strict_problem(t, e, start, end, reason);
    }
    if (is(errors, "replace") || is(errors, "backslashreplace") || is(errors, "xmlcharrefreplace")) {
        StrBuilder b;
        str_builder_init(&b);
        for (int64_t i = start; i < end; i++)
            if (!put_replacement(t, &b, errors, str_at(s, i))) return -1;
        Value text = str_builder_finish(t, &b);
        if (is_null(text)) return -1;
        bool done = put_text(e, text);
        decref(t, text);
        return done ? end : refuse_replacement(t, e, start, end, reason);
    }
    return call_encode_handler(t, e, start, end, reason);
}

Value encoding_finish(Thread *t, Encoding *e, bool done) {
    Value v = VNULL;
    if (done) v = e->out.failed ? err_no_memory(t) : bytes_new(t, e->out.data ? e->out.data : "", (int64_t)e->out.len);
    buf_free(&e->out);
    decref_maybe(t, e->handler);
    return v;
}
