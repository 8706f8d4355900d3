/* UTF-16 and UTF-32, both byte orders. */
#include "object/bytes.h"
#include "types/codec_errors.h"
#include "types/codec_text.h"

static inline uint32_t unit_16(const uint8_t *p, bool big) { return big ? (uint32_t)(p[0] << 8 | p[1]) : (uint32_t)(p[1] << 8 | p[0]); }
static inline uint32_t unit_32(const uint8_t *p, bool big) {
    return big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

Value utf16_decode_text(Thread *t, const char *data, int64_t n, const char *errors, int *order, int64_t *consumed) {
    int64_t at = 0;
    if (*order == ORDER_NATIVE && n >= 2) {
        uint32_t mark = unit_16((const uint8_t *)data, false);
        if (mark == 0xfeff || mark == 0xfffe) {
            *order = mark == 0xfeff ? ORDER_LITTLE : ORDER_BIG;
            at = 2;
        }
    }
    bool big = *order == ORDER_BIG, done = true;
    Decoding d;
    decoding_start(&d, big ? "utf-16-be" : "utf-16-le", errors, data, n);
    while (done && at < d.n) {
        const uint8_t *p = (const uint8_t *)d.data + at;
        const char *reason;
        int64_t end;
        if (d.n - at < 2) {
            if (consumed) break;
            reason = "truncated data";
            end = d.n;
        } else {
            uint32_t c = unit_16(p, big);
            if (c < 0xd800 || c > 0xdfff) {
                done = str_builder_char(t, &d.out, c);
                at += 2;
                continue;
            }
            if (c >= 0xdc00) {
                reason = "illegal encoding";
                end = at + 2;
            } else if (d.n - at < 4) {
                if (consumed) break;
                reason = "unexpected end of data";
                end = d.n;
            } else {
                uint32_t low = unit_16(p + 2, big);
                if (low >= 0xdc00 && low <= 0xdfff) {
                    done = str_builder_char(t, &d.out, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
                    at += 4;
                    continue;
                }
                reason = "illegal UTF-16 surrogate";
                end = at + 2;
            }
        }
        at = decoding_problem(t, &d, at, end, reason);
        done = at >= 0;
    }
    if (consumed) *consumed = at;
    return decoding_finish(t, &d, done);
}

Value utf32_decode_text(Thread *t, const char *data, int64_t n, const char *errors, int *order, int64_t *consumed) {
    int64_t at = 0;
    if (*order == ORDER_NATIVE && n >= 4) {
        uint32_t mark = unit_32((const uint8_t *)data, false);
        if (mark == 0xfeff || mark == 0xfffe0000) {
            *order = mark == 0xfeff ? ORDER_LITTLE : ORDER_BIG;
            at = 4;
        }
    }
    bool big = *order == ORDER_BIG, done = true;
    Decoding d;
    decoding_start(&d, big ? "utf-32-be" : "utf-32-le", errors, data, n);
    while (done && at < d.n) {
        const char *reason = "truncated data";
        int64_t end = d.n;
        if (d.n - at >= 4) {
            uint32_t c = unit_32((const uint8_t *)d.data + at, big);
            if (c <= 0x10ffff && (c < 0xd800 || c > 0xdfff)) {
                done = str_builder_char(t, &d.out, c);
                at += 4;
                continue;
            }
            reason = c > 0x10ffff ? "code point not in range(0x110000)" : "code point in surrogate code point range(0xd800, 0xe000)";
            end = at + 4;
        } else if (consumed) {
            break;
        }
        at = decoding_problem(t, &d, at, end, reason);
        done = at >= 0;
    }
    if (consumed) *consumed = at;
    return decoding_finish(t, &d, done);
}

/* --- Encoding ---------------------------------------------------------------------------------- */

static void put_unit(Encoding *e, uint32_t unit, int bytes) {
    bool big = e->context != NULL;
    char out[4];
    for (int i = 0; i < bytes; i++) out[big ? bytes - 1 - i : i] = (char)(unit >> (8 * i));
    buf_bytes(&e->out, out, (size_t)bytes);
}
static bool put_16(Encoding *e, uint32_t c) {
    if (c >= 0xd800 && c <= 0xdfff) return false;
    if (c < 0x10000) {
        put_unit(e, c, 2);
    } else {
        put_unit(e, 0xd800 + ((c - 0x10000) >> 10), 2);
        put_unit(e, 0xdc00 + ((c - 0x10000) & 0x3ff), 2);
    }
    return true;
}
static bool put_32(Encoding *e, uint32_t c) {
    if (c >= 0xd800 && c <= 0xdfff) return false;
    put_unit(e, c, 4);
    return true;
}

static Value encode(Thread *t, Value text, const char *errors, int order, bool wide) {
    static const char *const names[2][3] = {{"utf-16-le", "utf-16", "utf-16-be"}, {"utf-32-le", "utf-32", "utf-32-be"}};
    Encoding e;
    encoding_start(&e, names[wide][order + 1], errors, text, wide ? put_32 : put_16);
    e.context = order == ORDER_BIG ? &e : NULL;
    e.unit = wide ? 4 : 2;
    e.ascii_replacements = true;
    if (order == ORDER_NATIVE) put_unit(&e, 0xfeff, wide ? 4 : 2);
    Str *s = V_AS(Str, text);
    int64_t n = str_len(s), at = 0;
    while (at >= 0 && at < n) {
        if (e.put(&e, str_at(s, at))) {
            at++;
            continue;
        }
        at = encoding_problem(t, &e, at, at + 1, "surrogates not allowed");
    }
    return encoding_finish(t, &e, at >= 0);
}
Value utf16_encode_text(Thread *t, Value text, const char *errors, int order) { return encode(t, text, errors, order, false); }
Value utf32_encode_text(Thread *t, Value text, const char *errors, int order) { return encode(t, text, errors, order, true); }
