/* unicode-escape, raw-unicode-escape, UTF-7, and the escapes of bytes literals. */
#include <stdio.h>

#include "base/unicode_names.h"
#include "object/bytes.h"
#include "ops/warn.h"
#include "types/codec_errors.h"
#include "types/codec_text.h"

static int hex_digit(uint8_t c) { return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1; }

/* --- unicode-escape ---------------------------------------------------------------------------- */

/* A character of \x, \u or \U with its digits from `at`: 1 put, 0 a problem until *end, 2 the input ends too early. */
static int hex_escape(Thread *t, Decoding *d, int64_t at, int digits, int64_t *end) {
    uint32_t c = 0;
    int64_t i = at;
    for (; i < at + digits; i++) {
        if (i >= d->n) {
            *end = i;
            return 2;
        }
        int digit = hex_digit((uint8_t)d->data[i]);
        if (digit < 0) {
            *end = i;
            return 0;
        }
        c = c << 4 | (uint32_t)digit;
    }
    *end = i;
    if (c > 0x10ffff) return 3;
    return str_builder_char(t, &d->out, c) ? 1 : -1;
}

Value unicode_escape_decode_text(Thread *t, const char *data, int64_t n, const char *errors, int64_t *consumed) {
    Decoding d;
    decoding_start(&d, "unicodeescape", errors, data, n);
    int64_t at = 0, bad_escape = -1;
    bool done = true;
    while (done && at < d.n) {
        uint8_t c = (uint8_t)d.data[at];
        if (c != '\\') {
            done = str_builder_char(t, &d.out, c);
            at++;
            continue;
        }
        int64_t start = at, end;
        if (at + 1 >= d.n) {
            if (consumed) break;
            at = decoding_problem(t, &d, start, d.n, "\\ at end of string");
            done = at >= 0;
            continue;
        }
        c = (uint8_t)d.data[at + 1];
        static const char plain[] = "\\'\"bftnrva", meaning[] = "\\'\"\b\f\t\n\r\v\a";
        const char *found = c ? strchr(plain, c) : NULL;
        const char *reason = NULL;
        if (c == '\n') {
            at += 2;
            continue;
        }
        if (found) {
            done = str_builder_char(t, &d.out, (uint8_t)meaning[found - plain]);
            at += 2;
            continue;
        }
        if (c >= '0' && c <= '7') {
            uint32_t value = 0;
            for (end = at + 1; end < d.n && end < at + 4 && d.data[end] >= '0' && d.data[end] <= '7'; end++) value = value * 8 + (uint32_t)(d.data[end] - '0');
            if (value > 0xff && bad_escape < 0) bad_escape = at;
            done = str_builder_char(t, &d.out, value);
            at = end;
            continue;
        }
        if (c == 'x' || c == 'u' || c == 'U') {
            int result = hex_escape(t, &d, at + 2, c == 'x' ? 2 : c == 'u' ? 4 : 8, &end);
            if (result < 0) {
                done = false;
                continue;
            }
            if (result == 1) {
                at = end;
                continue;
            }
            if (result == 2 && consumed) break;
            reason = result == 3 ? "illegal Unicode character" : c == 'x' ? "truncated \\xXX escape" : c == 'u' ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape";
        } else if (c == 'N') {
            reason = "malformed \\N character escape";
            end = at + 2;
            if (end >= d.n && consumed) break;
            if (end < d.n && d.data[end] == '{') {
                int64_t name = ++end;
                while (end < d.n && d.data[end] != '}') end++;
                if (end >= d.n && consumed) break;
                if (end < d.n && end > name) {
                    uint32_t chars[4];
                    bool known = unicode_lookup(d.data + name, (size_t)(end - name), chars) == 1;
                    end++;
                    if (known) {
                        done = str_builder_char(t, &d.out, chars[0]);
                        at = end;
                        continue;
                    }
                    reason = "unknown Unicode character name";
                } else if (end < d.n) {
                    end++;
                }
            }
        } else {
            if (bad_escape < 0) bad_escape = at;
            done = str_builder_char(t, &d.out, '\\') && str_builder_char(t, &d.out, c);
            at += 2;
            continue;
        }
        at = decoding_problem(t, &d, start, end, reason);
        done = at >= 0;
    }
    if (consumed) *consumed = at;
    if (done && bad_escape >= 0) {
        uint8_t c = (uint8_t)d.data[bad_escape + 1];
        if (c >= '4' && c <= '7') done = warn(t, T_DeprecationWarning, 1, "\"\\%.3s\" is an invalid octal escape sequence. Such sequences will not work in the future. ", d.data + bad_escape + 1);
        else done = warn(t, T_DeprecationWarning, 1, "\"\\%c\" is an invalid escape sequence. Such sequences will not work in the future. ", c);
    }
    return decoding_finish(t, &d, done);
}

static void put_hex(Buf *out, char letter, uint32_t c, int digits) {
    char text[16];
    snprintf(text, sizeof text, "\\%c%0*x", letter, digits, c);
    buf_str(out, text);
}

static Value escaped(Thread *t, Value text, bool raw) {
    Str *s = V_AS(Str, text);
    Buf out = {0};
    for (int64_t i = 0; i < str_len(s); i++) {
        uint32_t c = str_at(s, i);
        if (c >= 0x10000) put_hex(&out, 'U', c, 8);
        else if (c >= 0x100) put_hex(&out, 'u', c, 4);
        else if (raw) buf_byte(&out, (char)c);
        else if (c == '\\') buf_str(&out, "\\\\");
        else if (c == '\n') buf_str(&out, "\\n");
        else if (c == '\r') buf_str(&out, "\\r");
        else if (c == '\t') buf_str(&out, "\\t");
        else if (c < ' ' || c >= 127) put_hex(&out, 'x', c, 2);
        else buf_byte(&out, (char)c);
    }
    Value v = out.failed ? err_no_memory(t) : bytes_new(t, out.data ? out.data : "", (int64_t)out.len);
    buf_free(&out);
    return v;
}
Value unicode_escape_encode_text(Thread *t, Value text) { return escaped(t, text, false); }
Value raw_unicode_escape_encode_text(Thread *t, Value text) { return escaped(t, text, true); }

Value raw_unicode_escape_decode_text(Thread *t, const char *data, int64_t n, const char *errors, int64_t *consumed) {
    Decoding d;
    decoding_start(&d, "rawunicodeescape", errors, data, n);
    int64_t at = 0;
    bool done = true;
    while (done && at < d.n) {
        uint8_t c = (uint8_t)d.data[at];
        if (c != '\\' || (at + 1 >= d.n && !consumed)) {
            done = str_builder_char(t, &d.out, c);
            at++;
            continue;
        }
        if (at + 1 >= d.n) break;
        uint8_t kind = (uint8_t)d.data[at + 1];
        if (kind != 'u' && kind != 'U') {
            done = str_builder_char(t, &d.out, c) && str_builder_char(t, &d.out, kind);
            at += 2;
            continue;
        }
        int64_t end;
        int result = hex_escape(t, &d, at + 2, kind == 'u' ? 4 : 8, &end);
        if (result < 0) {
            done = false;
        } else if (result == 1) {
            at = end;
        } else if (result == 2 && consumed) {
            break;
        } else {
            at = decoding_problem(t, &d, at, end, result == 3 ? "\\Uxxxxxxxx out of range" : kind == 'u' ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape");
            done = at >= 0;
        }
    }
    if (consumed) *consumed = at;
    return decoding_finish(t, &d, done);
}

/* --- Bytes literals ---------------------------------------------------------------------------- */

Value bytes_escape_decode(Thread *t, const char *data, int64_t n, const char *errors) {
    Buf out = {0};
    bool done = true;
    int64_t at = 0, bad_escape = -1;
    while (done && at < n) {
        if (data[at] != '\\') {
            buf_byte(&out, data[at++]);
            continue;
        }
        if (at + 1 >= n) {
            done = err_fail(t, T_ValueError, "Trailing \\ in string");
            break;
        }
        char c = data[at + 1];
        static const char plain[] = "\\'\"bftnrva", meaning[] = "\\'\"\b\f\t\n\r\v\a";
        const char *found = c ? strchr(plain, c) : NULL;
        if (c == '\n') {
            at += 2;
        } else if (found) {
            buf_byte(&out, meaning[found - plain]);
            at += 2;
        } else if (c >= '0' && c <= '7') {
            int value = 0;
            int64_t end = at + 1;
            for (; end < n && end < at + 4 && data[end] >= '0' && data[end] <= '7'; end++) value = value * 8 + (data[end] - '0');
            if (value > 255 && bad_escape < 0) bad_escape = at;
            buf_byte(&out, (char)value);
            at = end;
        } else if (c == 'x') {
            int high = at + 2 < n ? hex_digit((uint8_t)data[at + 2]) : -1, low = at + 3 < n ? hex_digit((uint8_t)data[at + 3]) : -1;
            if (high >= 0 && low >= 0) {
                buf_byte(&out, (char)(high << 4 | low));
                at += 4;
                continue;
            }
            if (errors == NULL || strcmp(errors, "strict") == 0) done = err_fail(t, T_ValueError, "invalid \\x escape at position %lld", (long long)at);
            else if (strcmp(errors, "replace") == 0) buf_byte(&out, '?');
            else if (strcmp(errors, "ignore") != 0) done = err_fail(t, T_ValueError, "decoding error; unknown error handling code: %s", errors);
            at += high >= 0 ? 3 : 2;
        } else {
            if (bad_escape < 0) bad_escape = at;
            buf_byte(&out, '\\');
            at++;
        }
    }
    if (done && bad_escape >= 0) {
        char c = data[bad_escape + 1];
        if (c >= '4' && c <= '7') done = warn(t, T_DeprecationWarning, 1, "\"\\%.3s\" is an invalid octal escape sequence. Such sequences will not work in the future. ", data + bad_escape + 1);
        else done = warn(t, T_DeprecationWarning, 1, "\"\\%c\" is an invalid escape sequence. Such sequences will not work in the future. ", (uint8_t)c);
    }
    Value v = VNULL;
    if (done) v = out.failed ? err_no_memory(t) : bytes_new(t, out.data ? out.data : "", (int64_t)out.len);
    buf_free(&out);
    return v;
}

/* --- UTF-7 ------------------------------------------------------------------------------------- */

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static int base64_value(uint8_t c) {
    const char *p = c ? strchr(base64, c) : NULL;
    return p ? (int)(p - base64) : -1;
}
/* Characters that stand for themselves: set D, blanks, and those of set O that are safe to read. */
static bool is_direct(uint32_t c) { return c < 128 && c > 0 && (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'(),-./:? \t\n\r", (int)c) || strchr("!\"#$%&*;<=>@[]^_`{|}", (int)c)); }
static bool is_readable(uint8_t c) { return c < 128 && c != '~' && c != '\\'; }

Value utf7_decode_text(Thread *t, const char *data, int64_t n, const char *errors, int64_t *consumed) {
    Decoding d;
    decoding_start(&d, "utf7", errors, data, n);
    bool in_shift = false, done = true;
    uint32_t buffer = 0, surrogate = 0;
    int bits = 0;
    int64_t at = 0, shift_start = 0, out_at_shift = 0;
    while (done && at < d.n) {
        uint8_t c = (uint8_t)d.data[at];
        const char *reason = NULL;
        if (in_shift) {
            int value = base64_value(c);
            if (value >= 0) {
                buffer = buffer << 6 | (uint32_t)value;
                bits += 6;
                at++;
                if (bits >= 16) {
                    uint32_t unit = (buffer >> (bits - 16)) & 0xffff;
                    bits -= 16;
                    buffer &= (1u << bits) - 1;
                    if (surrogate) {
                        if (unit >= 0xdc00 && unit <= 0xdfff) {
                            done = str_builder_char(t, &d.out, 0x10000 + ((surrogate - 0xd800) << 10) + (unit - 0xdc00));
                            surrogate = 0;
                            continue;
                        }
                        done = str_builder_char(t, &d.out, surrogate);
                        surrogate = 0;
                    }
                    if (unit >= 0xd800 && unit <= 0xdbff) surrogate = unit;
                    else done = done && str_builder_char(t, &d.out, unit);
                }
                continue;
            }
            in_shift = false;
            if (bits >= 6) reason = "partial character in base64 sequence";
            else if (bits > 0 && buffer != 0) reason = "non-zero padding bits in base64 sequence";
            if (reason) {
                at = decoding_problem(t, &d, shift_start, at + 1, reason);
                done = at >= 0;
                continue;
            }
            if (surrogate && is_readable(c)) done = str_builder_char(t, &d.out, surrogate);
            surrogate = 0;
            if (c == '-') at++;
            continue;
        }
        if (c == '+') {
            shift_start = at++;
            if (at < d.n && d.data[at] == '-') {
                at++;
                done = str_builder_char(t, &d.out, '+');
            } else if (at < d.n && base64_value((uint8_t)d.data[at]) < 0) {
                at = decoding_problem(t, &d, shift_start, at + 1, "ill-formed sequence");
                done = at >= 0;
            } else {
                in_shift = true;
                surrogate = 0;
                buffer = 0;
                bits = 0;
                out_at_shift = d.out.length;
            }
            continue;
        }
        if (is_readable(c)) {
            done = str_builder_char(t, &d.out, c);
            at++;
            continue;
        }
        at = decoding_problem(t, &d, at, at + 1, "unexpected special character");
        done = at >= 0;
    }
    if (done && in_shift) {
        if (consumed) {
            d.out.length = out_at_shift;
            at = shift_start;
        } else if (surrogate || bits >= 6 || (bits > 0 && buffer != 0)) {
            at = decoding_problem(t, &d, shift_start, d.n, "unterminated shift sequence");
            done = at >= 0;
        }
    }
    if (consumed) *consumed = at;
    return decoding_finish(t, &d, done);
}

Value utf7_encode_text(Thread *t, Value text) {
    Str *s = V_AS(Str, text);
    int64_t n = str_len(s);
    Buf out = {0};
    bool in_shift = false;
    uint64_t buffer = 0;
    int bits = 0;
    for (int64_t i = 0; i < n; i++) {
        uint32_t c = str_at(s, i);
        bool direct = is_direct(c);
        if (in_shift && direct) {
            if (bits > 0) buf_byte(&out, base64[(buffer << (6 - bits)) & 63]);
            buffer = 0;
            bits = 0;
            in_shift = false;
            if (base64_value((uint8_t)c) >= 0 || c == '-') buf_byte(&out, '-');
        } else if (!in_shift && !direct) {
            if (c == '+') {
                buf_str(&out, "+-");
                continue;
            }
            buf_byte(&out, '+');
            in_shift = true;
        }
        if (direct) {
            buf_byte(&out, (char)c);
            continue;
        }
        int units = c >= 0x10000 ? 2 : 1;
        for (int u = 0; u < units; u++) {
            uint32_t unit = units == 1 ? c : u == 0 ? 0xd800 + ((c - 0x10000) >> 10) : 0xdc00 + ((c - 0x10000) & 0x3ff);
            buffer = buffer << 16 | unit;
            bits += 16;
            while (bits >= 6) {
                bits -= 6;
                buf_byte(&out, base64[(buffer >> bits) & 63]);
            }
            buffer &= (1u << bits) - 1;
        }
    }
    if (bits > 0) buf_byte(&out, base64[(buffer << (6 - bits)) & 63]);
    if (in_shift) buf_byte(&out, '-');
    Value v = out.failed ? err_no_memory(t) : bytes_new(t, out.data ? out.data : "", (int64_t)out.len);
    buf_free(&out);
    return v;
}
