/* JSON's strings, both ways. */
#include "modules/json/json_priv.h"

/* --- Plain runs ------------------------------------------------------------------------------------------------------------- */

/* Eight characters at once: is one a quote, a backslash or a control character, or, with `ascii`, beyond ASCII's printable ones? */
static inline bool eight_are_plain(const uint8_t *p, bool ascii) {
    const uint64_t ones = 0x0101010101010101, highs = ones * 0x80;
    uint64_t w;
    memcpy(&w, p, 8);
    uint64_t quote = w ^ ones * '"', backslash = w ^ ones * '\\', delete = w ^ ones * 0x7f;
    uint64_t found = ((w - ones * ' ') & ~w) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash);
    if (ascii) found |= w | ((delete - ones) & ~delete);
    return (found & highs) == 0;
}

/* --- To JSON ---------------------------------------------------------------------------------------------------------------- */

static inline bool is_plain(uint32_t c, bool ascii) { return c >= ' ' && c != '"' && c != '\\' && (!ascii || c < 0x7f); }

static void put_hex(char *out, uint32_t unit) {
    out[0] = '\\';
    out[1] = 'u';
    for (int i = 0; i < 4; i++) out[2 + i] = "0123456789abcdef"[unit >> (12 - 4 * i) & 15];
}

static bool put_escape(Thread *t, StrBuilder *b, uint32_t c) {
    char text[12] = {'\\'};
    switch (c) {
    case '"':
    case '\\': text[1] = (char)c; return str_builder_ascii(t, b, text, 2);
    case '\b': return str_builder_ascii(t, b, "\\b", 2);
    case '\f': return str_builder_ascii(t, b, "\\f", 2);
    case '\n': return str_builder_ascii(t, b, "\\n", 2);
    case '\r': return str_builder_ascii(t, b, "\\r", 2);
    case '\t': return str_builder_ascii(t, b, "\\t", 2);
    }
    if (c < 0x10000) {
        put_hex(text, c);
        return str_builder_ascii(t, b, text, 6);
    }
    put_hex(text, 0xd800 + ((c - 0x10000) >> 10));
    put_hex(text + 6, 0xdc00 + (c & 0x3ff));
    return str_builder_ascii(t, b, text, 12);
}

bool json_put_string(Thread *t, StrBuilder *b, Value str, bool ascii) {
    Str *s = V_AS(Str, str);
    int64_t n = str_len(s), i = 0;
    if (!str_builder_char(t, b, '"')) return false;
    while (i < n) {
        int64_t run = i;
        if (s->kind == 1) {
            while (run + 8 <= n && eight_are_plain(str_1(s) + run, ascii)) run += 8;
            while (run < n && is_plain(str_1(s)[run], ascii)) run++;
            if (i == 0 && run == n && str_is_ascii(s)) return str_builder_ascii(t, b, (const char *)str_1(s), n) && str_builder_char(t, b, '"');
        } else
            while (run < n && is_plain(str_at(s, run), ascii)) run++;
        if (run > i && !str_builder_part(t, b, str, i, run)) return false;
        if (run < n && !put_escape(t, b, str_at(s, run++))) return false;
        i = run;
    }
    return str_builder_char(t, b, '"');
}

static Value encode(Thread *t, Value v, bool ascii) {
    if (!is_str(t, v)) return err_raise(t, T_TypeError, "first argument must be a string, not %T", v);
    StrBuilder b;
    str_builder_init(&b);
    return json_put_string(t, &b, v, ascii) ? str_builder_finish(t, &b) : VNULL;
}

Value json_encode_basestring(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return encode(t, args[0], false); }
Value json_encode_basestring_ascii(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return encode(t, args[0], true); }

/* --- From JSON -------------------------------------------------------------------------------------------------------------- */

Value json_error(Thread *t, const char *message, Value document, int64_t position) {
    Value module = t->hooks->import(t, "json.decoder");
    if (is_null(module)) return VNULL;
    Value type = attr_get_cstr(t, module, "JSONDecodeError");
    decref(t, module);
    if (is_null(type)) return VNULL;
    Value text = str_from_cstr(t, message);
    Value error = is_null(text) ? VNULL : call_3(t, type, text, document, v_smallint(position));
    decref_maybe(t, text);
    decref(t, type);
    if (is_null(error)) return VNULL;
    err_raise_value(t, error);
    decref(t, error);
    return VNULL;
}

/* The next character that ends a plain run: a quote, a backslash, or a control character when strict. */
static int64_t plain_end(const Str *s, int64_t i, bool strict) {
    int64_t n = str_len(s);
    if (s->kind == 1) {
        const uint8_t *p = str_1(s);
        while (i + 8 <= n && eight_are_plain(p + i, false)) i += 8;
        while (i < n && p[i] != '"' && p[i] != '\\' && (p[i] >= ' ' || !strict)) i++;
        return i;
    }
    for (; i < n; i++) {
        uint32_t c = str_at(s, i);
        if (c == '"' || c == '\\' || (c < ' ' && strict)) break;
    }
    return i;
}

/* Four hex digits at i; -1: not so. */
static int32_t hex_unit(const Str *s, int64_t i) {
    if (i + 4 > str_len(s)) return -1;
    int32_t v = 0;
    for (int k = 0; k < 4; k++) {
        uint32_t c = str_at(s, i + k);
        uint32_t digit = c - '0' < 10 ? c - '0' : (c | 32) - 'a' < 6 ? (c | 32) - 'a' + 10 : 16;
        if (digit > 15) return -1;
        v = v << 4 | (int32_t)digit;
    }
    return v;
}

/* The character of an escape; *i is behind the backslash, and then behind the escape. UINT32_MAX: an exception is pending. */
static uint32_t read_escape(Thread *t, Value document, int64_t begin, int64_t *i) {
    const Str *s = V_AS(Str, document);
    if (*i >= str_len(s)) {
        json_error(t, "Unterminated string starting at", document, begin - 1);
        return UINT32_MAX;
    }
    uint32_t c = str_at(s, (*i)++);
    switch (c) {
    case '"':
    case '\\':
    case '/': return c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'u': break;
    default: json_error(t, "Invalid \\escape", document, *i - 2); return UINT32_MAX;
    }
    int32_t unit = hex_unit(s, *i);
    if (unit < 0) {
        json_error(t, "Invalid \\uXXXX escape", document, *i - 1);
        return UINT32_MAX;
    }
    *i += 4;
    if (unit >= 0xd800 && unit < 0xdc00 && *i + 6 <= str_len(s) && str_at(s, *i) == '\\' && str_at(s, *i + 1) == 'u') {
        int32_t low = hex_unit(s, *i + 2);
        if (low >= 0xdc00 && low < 0xe000) {
            *i += 6;
            return 0x10000 + (uint32_t)((unit - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
        }
    }
    return (uint32_t)unit;
}

Value json_scan_string(Thread *t, Value document, int64_t begin, bool strict, int64_t *end) {
    const Str *s = V_AS(Str, document);
    int64_t n = str_len(s), stop = plain_end(s, begin, strict);
    if (LIKELY(stop < n && str_at(s, stop) == '"')) {
        *end = stop + 1;
        return str_substring(t, document, begin, stop);
    }
    StrBuilder b;
    str_builder_init(&b);
    for (int64_t i = begin;;) {
        stop = plain_end(s, i, strict);
        if (stop > i && !str_builder_part(t, &b, document, i, stop)) return VNULL;
        if (stop == n) {
            json_error(t, "Unterminated string starting at", document, begin - 1);
            break;
        }
        uint32_t c = str_at(s, stop);
        i = stop + 1;
        if (c == '"') {
            *end = i;
            return str_builder_finish(t, &b);
        }
        if (c != '\\') {
            json_error(t, "Invalid control character at", document, stop);
            break;
        }
        c = read_escape(t, document, begin, &i);
        if (c == UINT32_MAX) break;
        if (!str_builder_char(t, &b, c)) return VNULL;
    }
    str_builder_drop(t, &b);
    return VNULL;
}

Value json_scanstring(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t begin, end = 0;
    if (!number_to_index(t, args[1], &begin, T_OverflowError)) return VNULL;
    int strict = is_null(args[2]) ? 1 : truth(t, args[2]);
    if (strict < 0) return VNULL;
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "first argument must be a string, not %T", args[0]);
    if (begin < 0 || begin > str_len(V_AS(Str, args[0]))) return err_raise(t, T_ValueError, "end is out of bounds");
    Value text = json_scan_string(t, args[0], begin, strict, &end);
    if (is_null(text)) return VNULL;
    Value pair = tuple_of(t, 2, text, v_smallint(end));
    decref(t, text);
    return pair;
}
