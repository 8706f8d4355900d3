/* UTF-8, ASCII, Latin-1 and character maps. */
#include "base/utf8.h"
#include "core/names.h"
#include "heap/heap.h"
#include "object/bytes.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/simple.h"
#include "ops/object.h"
#include "types/codec_errors.h"
#include "types/codec_text.h"

/* --- UTF-8 ------------------------------------------------------------------------------------- */

static bool put_utf8(Encoding *e, uint32_t c) {
    uint8_t bytes[4];
    if (c >= 0xd800 && c <= 0xdfff) return false;
    buf_bytes(&e->out, bytes, utf8_write(c, bytes));
    return true;
}

/* The first two bytes of a surrogate at the data's end: with the third a handler can make something of it. */
static bool begins_surrogate(const uint8_t *p, size_t n) { return n == 2 && p[0] == 0xed && p[1] >= 0xa0 && p[1] <= 0xbf; }

Value utf8_decode_text(Thread *t, const char *data, int64_t n, const char *errors, int64_t *consumed) {
    Utf8Scan scan;
    Utf8Error error;
    if (consumed) *consumed = n;
    if (utf8_scan((const uint8_t *)data, (size_t)n, UTF8_STRICT, &scan, &error)) return str_from_utf8(t, data, n);
    Decoding d;
    decoding_start(&d, "utf-8", errors, data, n);
    int64_t at = 0;
    bool done = true;
    while (done && at < d.n) {
        const uint8_t *p = (const uint8_t *)d.data + at;
        size_t ascii = utf8_ascii_prefix(p, (size_t)(d.n - at));
        if (ascii > 0) {
            done = str_builder_ascii(t, &d.out, (const char *)p, (int64_t)ascii);
            at += (int64_t)ascii;
            continue;
        }
        uint32_t c;
        unsigned bad;
        Utf8Fault fault;
        unsigned length = utf8_read(p, (size_t)(d.n - at), UTF8_STRICT, &c, &bad, &fault);
        if (length > 0) {
            done = str_builder_char(t, &d.out, c);
            at += length;
            continue;
        }
        if (consumed && (fault == UTF8_UNEXPECTED_END || begins_surrogate(p, (size_t)(d.n - at)))) break;
        at = decoding_problem(t, &d, at, at + bad, utf8_reason(fault));
        done = at >= 0;
    }
    if (consumed) *consumed = at;
    return decoding_finish(t, &d, done);
}

Value utf8_encode_text(Thread *t, Value text, const char *errors) {
    Str *s = V_AS(Str, text);
    if (str_is_ascii(s)) return bytes_new(t, (const char *)s->data, str_len(s));
    size_t size;
    Utf8Error error;
    if (utf8_size(str_units(s), UTF8_STRICT, &size, &error)) {
        Value b = bytes_new(t, NULL, (int64_t)size);
        if (!is_null(b)) utf8_encode(str_units(s), (uint8_t *)V_AS(Bytes, b)->data);
        return b;
    }
    Encoding e;
    encoding_start(&e, "utf-8", errors, text, put_utf8);
    e.ascii_replacements = true;
    int64_t n = str_len(s), at = 0;
    while (at >= 0 && at < n) {
        if (put_utf8(&e, str_at(s, at))) {
            at++;
            continue;
        }
        int64_t end = at + 1;
        while (end < n && str_at(s, end) >= 0xd800 && str_at(s, end) <= 0xdfff) end++;
        at = encoding_problem(t, &e, at, end, "surrogates not allowed");
    }
    return encoding_finish(t, &e, at >= 0);
}

/* --- ASCII and Latin-1 ------------------------------------------------------------------------- */

Value ascii_decode_text(Thread *t, const char *data, int64_t n, const char *errors) {
    if (utf8_ascii_prefix((const uint8_t *)data, (size_t)n) == (size_t)n) return str_from_ascii(t, data, n);
    Decoding d;
    decoding_start(&d, "ascii", errors, data, n);
    int64_t at = 0;
    bool done = true;
    while (done && at < d.n) {
        int64_t ascii = (int64_t)utf8_ascii_prefix((const uint8_t *)d.data + at, (size_t)(d.n - at));
        done = str_builder_ascii(t, &d.out, d.data + at, ascii);
        at += ascii;
        if (!done || at >= d.n) break;
        at = decoding_problem(t, &d, at, at + 1, "ordinal not in range(128)");
        done = at >= 0;
    }
    return decoding_finish(t, &d, done);
}

Value latin1_decode_text(Thread *t, const char *data, int64_t n) { return str_from_latin1(t, (const uint8_t *)data, n); }

static bool put_ascii(Encoding *e, uint32_t c) {
    if (c < 128) buf_byte(&e->out, (char)c);
    return c < 128;
}
static bool put_latin1(Encoding *e, uint32_t c) {
    if (c < 256) buf_byte(&e->out, (char)c);
    return c < 256;
}

static Value encode_narrow(Thread *t, Value text, const char *errors, uint32_t limit) {
    Str *s = V_AS(Str, text);
    if (str_is_ascii(s) || (limit == 256 && s->kind == 1)) return bytes_new(t, (const char *)s->data, str_len(s));
    Encoding e;
    encoding_start(&e, limit == 128 ? "ascii" : "latin-1", errors, text, limit == 128 ? put_ascii : put_latin1);
    int64_t n = str_len(s), at = 0;
    while (at >= 0 && at < n) {
        if (e.put(&e, str_at(s, at))) {
            at++;
            continue;
        }
        int64_t end = at + 1;
        while (end < n && str_at(s, end) >= limit) end++;
        at = encoding_problem(t, &e, at, end, limit == 128 ? "ordinal not in range(128)" : "ordinal not in range(256)");
    }
    return encoding_finish(t, &e, at >= 0);
}
Value ascii_encode_text(Thread *t, Value text, const char *errors) { return encode_narrow(t, text, errors, 128); }
Value latin1_encode_text(Thread *t, Value text, const char *errors) { return encode_narrow(t, text, errors, 256); }

/* --- Character maps ---------------------------------------------------------------------------- */

/* What a byte stands for: 1 put, 0 undefined, -1. */
static int map_byte(Thread *t, StrBuilder *b, Value mapping, uint8_t byte) {
    if (IS_EXACT(mapping, str)) {
        Str *s = V_AS(Str, mapping);
        uint32_t c = byte < str_len(s) ? str_at(s, byte) : 0xfffe;
        return c == 0xfffe ? 0 : str_builder_char(t, b, c) ? 1 : -1;
    }
    Value v = item_get(t, mapping, v_smallint(byte));
    if (is_null(v)) return err_catch(t, T_LookupError) ? 0 : -1;
    int result;
    if (is_none(v)) {
        result = 0;
    } else if (is_int(t, v)) {
        int64_t c = int_clamp_i64(v);
        if (c == 0xfffe) result = 0;
        else if (c < 0 || c > 0x10ffff) result = err_minus(t, T_TypeError, "character mapping must be in range(0x110000)");
        else result = str_builder_char(t, b, (uint32_t)c) ? 1 : -1;
    } else if (is_str(t, v)) {
        bool undefined = str_len(V_AS(Str, v)) == 1 && str_at(V_AS(Str, v), 0) == 0xfffe;
        result = undefined ? 0 : str_builder_str(t, b, v) ? 1 : -1;
    } else {
        result = err_minus(t, T_TypeError, "character mapping must return integer, None or str");
    }
    decref(t, v);
    return result;
}

Value charmap_decode_text(Thread *t, const char *data, int64_t n, Value mapping, const char *errors) {
    if (is_null(mapping) || is_none(mapping)) return latin1_decode_text(t, data, n);
    Decoding d;
    decoding_start(&d, "charmap", errors, data, n);
    int64_t at = 0;
    while (at >= 0 && at < d.n) {
        int mapped = map_byte(t, &d.out, mapping, (uint8_t)d.data[at]);
        if (mapped < 0) at = -1;
        else if (mapped > 0) at++;
        else at = decoding_problem(t, &d, at, at + 1, "character maps to <undefined>");
    }
    return decoding_finish(t, &d, at >= 0);
}

typedef struct CharmapContext {
    Thread *t;
    Value mapping;
    bool failed; /* an exception is pending */
} CharmapContext;

static bool put_charmap(Encoding *e, uint32_t c) {
    CharmapContext *context = e->context;
    Thread *t = context->t;
    Value v = IS_EXACT(context->mapping, dict) ? new_ref_maybe(dict_get(t, context->mapping, v_smallint(c))) : item_get(t, context->mapping, v_smallint(c));
    if (is_null(v)) {
        if (err_pending(t) && !err_catch(t, T_LookupError)) context->failed = true;
        return false;
    }
    bool put = false;
    if (is_int(t, v)) {
        int64_t byte = int_clamp_i64(v);
        if (byte < 0 || byte > 255) {
            err_raise(t, T_TypeError, "character mapping must be in range(256)");
            context->failed = true;
        } else {
            buf_byte(&e->out, (char)byte);
            put = true;
        }
    } else if (is_bytes(t, v)) {
        buf_bytes(&e->out, V_AS(Bytes, v)->data, (size_t)V_AS(Bytes, v)->length);
        put = true;
    } else if (!is_none(v)) {
        err_raise(t, T_TypeError, "character mapping must return integer, bytes or None, not %T", v);
        context->failed = true;
    }
    decref(t, v);
    return put;
}

Value charmap_encode_text(Thread *t, Value text, Value mapping, const char *errors) {
    if (is_null(mapping) || is_none(mapping)) return latin1_encode_text(t, text, errors);
    CharmapContext context = {t, mapping, false};
    Encoding e;
    encoding_start(&e, "charmap", errors, text, put_charmap);
    e.context = &context;
    Str *s = V_AS(Str, text);
    int64_t n = str_len(s), at = 0;
    while (at >= 0 && at < n) {
        if (put_charmap(&e, str_at(s, at))) {
            at++;
            continue;
        }
        if (context.failed) break;
        int64_t end = at + 1;
        size_t before = e.out.len;
        while (end < n && !put_charmap(&e, str_at(s, end)) && !context.failed) end++;
        e.out.len = before;
        if (context.failed) break;
        at = encoding_problem(t, &e, at, end, "character maps to <undefined>");
        if (context.failed) break;
    }
    return encoding_finish(t, &e, at >= 0 && !context.failed);
}
