/* repr and ascii of str. */
#include "base/unicode.h"
#include "types/str_priv.h"

static int escape_length(uint32_t c, uint32_t quote, bool ascii_only) {
    if (c == quote || c == '\\' || c == '\n' || c == '\r' || c == '\t') return 2;
    if (c >= ' ' && c < 127) return 1;
    if (c < ' ' || c == 127) return 4;
    if (!ascii_only && unicode_is_printable(c)) return 1;
    return c < 0x100 ? 4 : c < 0x10000 ? 6 : 10;
}

static char *put_hex(char *p, char letter, uint32_t c, int digits) {
    *p++ = '\\';
    *p++ = letter;
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) *p++ = "0123456789abcdef"[(c >> shift) & 15];
    return p;
}

static char *put_escape(char *p, uint32_t c) {
    switch (c) {
    case '\n': *p++ = '\\'; *p++ = 'n'; return p;
    case '\r': *p++ = '\\'; *p++ = 'r'; return p;
    case '\t': *p++ = '\\'; *p++ = 't'; return p;
    default: break;
    }
    if (c < 127 && c >= ' ') {
        *p++ = '\\';
        *p++ = (char)c;
        return p;
    }
    return c < 0x100 ? put_hex(p, 'x', c, 2) : c < 0x10000 ? put_hex(p, 'u', c, 4) : put_hex(p, 'U', c, 8);
}

static Value quoted(Thread *t, Value v, bool ascii_only) {
    Str *s = V_AS(Str, v);
    int64_t n = str_len(s);
    uint32_t quote = str_find_char(s, '\'', 0, n) >= 0 && str_find_char(s, '"', 0, n) < 0 ? '"' : '\'';
    int64_t length = 2;
    uint32_t widest = 0x7f;
    for (int64_t i = 0; i < n; i++) {
        uint32_t c = str_at(s, i);
        int k = escape_length(c, quote, ascii_only);
        length += k;
        if (k == 1 && c > widest) widest = c;
    }
    Value result = str_new(t, length, widest < 128 ? 0x7f : widest < 256 ? 0xff : widest < 0x10000 ? 0xffff : 0x10ffff);
    if (is_null(result)) return result;
    Str *out = V_AS(Str, result);
    int64_t at = 0;
#define PUT(c) (out->kind == 1 ? (void)(out->data[at] = (uint8_t)(c)) : out->kind == 2 ? (void)(((uint16_t *)out->data)[at] = (uint16_t)(c)) : (void)(((uint32_t *)out->data)[at] = (c)), at++)
    PUT(quote);
    for (int64_t i = 0; i < n; i++) {
        uint32_t c = str_at(s, i);
        if (escape_length(c, quote, ascii_only) == 1) {
            PUT(c);
            continue;
        }
        char text[12], *end = put_escape(text, c);
        for (char *p = text; p < end; p++) PUT((uint32_t)(uint8_t)*p);
    }
    PUT(quote);
#undef PUT
    return result;
}

Value str_repr(Thread *t, Value v) { return quoted(t, v, false); }
