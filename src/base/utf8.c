#include "base/utf8.h"

#include <emmintrin.h>
#include <string.h>

const char *utf8_reason(Utf8Fault fault) {
    switch (fault) {
    case UTF8_INVALID_START: return "invalid start byte";
    case UTF8_INVALID_CONTINUATION: return "invalid continuation byte";
    case UTF8_UNEXPECTED_END: return "unexpected end of data";
    case UTF8_SURROGATE: return "surrogates not allowed";
    default: return "";
    }
}

size_t utf8_ascii_prefix(const uint8_t *s, size_t n) {
    size_t i = 0;
    for (; i + 64 <= n; i += 64) {
        __m128i a = _mm_loadu_si128((const __m128i *)(s + i));
        __m128i b = _mm_loadu_si128((const __m128i *)(s + i + 16));
        __m128i c = _mm_loadu_si128((const __m128i *)(s + i + 32));
        __m128i d = _mm_loadu_si128((const __m128i *)(s + i + 48));
        if (_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d)))) break;
    }
    for (; i + 16 <= n; i += 16) {
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(s + i)));
        if (mask) return i + (size_t)__builtin_ctz(mask);
    }
    if (i + 8 <= n) {
        uint64_t w;
        memcpy(&w, s + i, 8);
        w &= 0x8080808080808080u;
        if (w) return i + (size_t)__builtin_ctzll(w) / 8;
        i += 8;
    }
    while (i < n && s[i] < 0x80) i++;
    return i;
}

static inline bool is_continuation(uint8_t c) { return (c & 0xc0) == 0x80; }

static unsigned refuse(unsigned n_bad, Utf8Fault why, unsigned *bad, Utf8Fault *fault) {
    *bad = n_bad;
    *fault = why;
    return 0;
}

unsigned utf8_read(const uint8_t *s, size_t n, unsigned mode, uint32_t *ch, unsigned *bad, Utf8Fault *fault) {
    uint8_t c = s[0];
    if (c < 0x80) {
        *ch = c;
        return 1;
    }
    if (c < 0xc2 || c > 0xf4) return refuse(1, UTF8_INVALID_START, bad, fault);
    unsigned need = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    if (n < 2) return refuse(1, UTF8_UNEXPECTED_END, bad, fault);

    /* The second byte's range shuts out overlong forms, surrogates and what lies beyond U+10FFFF. */
    uint8_t low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    uint8_t high = c == 0xed && !(mode & UTF8_SURROGATEPASS) ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    if (s[1] < low || s[1] > high) return refuse(1, UTF8_INVALID_CONTINUATION, bad, fault);
    uint32_t v = (c & (0x7fu >> need)) << 6 | (s[1] & 0x3f);
    for (unsigned i = 2; i < need; i++) {
        if (i >= n) return refuse(i, UTF8_UNEXPECTED_END, bad, fault);
        if (!is_continuation(s[i])) return refuse(i, UTF8_INVALID_CONTINUATION, bad, fault);
        v = v << 6 | (s[i] & 0x3f);
    }
    *ch = v;
    return need;
}

bool utf8_scan(const uint8_t *s, size_t n, unsigned mode, Utf8Scan *scan, Utf8Error *err) {
    size_t i = utf8_ascii_prefix(s, n);
    size_t chars = i;
    uint32_t bits = 0;
    bool good = true;
    while (i < n) {
        uint32_t ch;
        unsigned bad;
        Utf8Fault fault;
        if (s[i] < 0x80) {
            size_t run = utf8_ascii_prefix(s + i, n - i);
            i += run;
            chars += run;
            continue;
        }
        unsigned took = utf8_read(s + i, n - i, mode, &ch, &bad, &fault);
        if (took == 0) {
            *err = (Utf8Error){i, i + bad, fault};
            good = false;
            break;
        }
        bits |= ch;
        i += took;
        chars++;
    }
    scan->n_chars = chars;
    scan->widest = bits == 0 ? 0x7f : bits < 0x100 ? 0xff : bits < 0x10000 ? 0xffff : 0x10ffff;
    return good;
}

/* One character of valid UTF-8. */
static inline uint32_t next_valid(const uint8_t **sp) {
    const uint8_t *s = *sp;
    uint32_t c = s[0];
    if (c < 0x80) {
        *sp = s + 1;
        return c;
    }
    if (c < 0xe0) {
        *sp = s + 2;
        return (c & 0x1f) << 6 | (s[1] & 0x3fu);
    }
    if (c < 0xf0) {
        *sp = s + 3;
        return (c & 0xf) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
    }
    *sp = s + 4;
    return (c & 7) << 18 | (s[1] & 0x3fu) << 12 | (s[2] & 0x3fu) << 6 | (s[3] & 0x3fu);
}

static size_t decode1(const uint8_t *s, const uint8_t *end, uint8_t *dst) {
    uint8_t *p = dst;
    while (s < end) {
        if (*s < 0x80) {
            size_t run = utf8_ascii_prefix(s, (size_t)(end - s));
            memcpy(p, s, run);
            s += run;
            p += run;
        } else {
            *p++ = (uint8_t)next_valid(&s);
        }
    }
    return (size_t)(p - dst);
}

static size_t decode2(const uint8_t *s, const uint8_t *end, uint16_t *dst) {
    uint16_t *p = dst;
    while (s < end) *p++ = (uint16_t)next_valid(&s);
    return (size_t)(p - dst);
}

static size_t decode4(const uint8_t *s, const uint8_t *end, uint32_t *dst) {
    uint32_t *p = dst;
    while (s < end) *p++ = next_valid(&s);
    return (size_t)(p - dst);
}

size_t utf8_decode(const uint8_t *s, size_t n, void *dst, unsigned width) {
    switch (width) {
    case 1: return decode1(s, s + n, dst);
    case 2: return decode2(s, s + n, dst);
    default: return decode4(s, s + n, dst);
    }
}

static inline bool is_surrogate(uint32_t ch) { return ch - 0xd800 < 0x800; }

bool utf8_size(Units u, unsigned mode, size_t *size, Utf8Error *err) {
    size_t total = u.len;
    if (u.width == 1) {
        const uint8_t *p = u.data;
        for (size_t i = 0; i < u.len; i++) total += p[i] >> 7;
        *size = total;
        return true;
    }
    for (size_t i = 0; i < u.len; i++) {
        uint32_t ch = units_at(u, i);
        total += (size_t)(ch >= 0x80) + (ch >= 0x800) + (ch >= 0x10000);
        if (is_surrogate(ch) && !(mode & UTF8_SURROGATEPASS)) {
            size_t end = i + 1;
            while (end < u.len && is_surrogate(units_at(u, end))) end++;
            *err = (Utf8Error){i, end, UTF8_SURROGATE};
            *size = total - 2 - (u.len - i);
            return false;
        }
    }
    *size = total;
    return true;
}

size_t utf8_encode(Units u, uint8_t *dst) {
    uint8_t *p = dst;
    if (u.width == 1) {
        const uint8_t *s = u.data, *end = s + u.len;
        while (s < end) {
            size_t run = utf8_ascii_prefix(s, (size_t)(end - s));
            memcpy(p, s, run);
            p += run;
            s += run;
            while (s < end && *s >= 0x80) p += utf8_write(*s++, p);
        }
    } else if (u.width == 2) {
        const uint16_t *s = u.data;
        for (size_t i = 0; i < u.len; i++) p += utf8_write(s[i], p);
    } else {
        const uint32_t *s = u.data;
        for (size_t i = 0; i < u.len; i++) p += utf8_write(s[i], p);
    }
    return (size_t)(p - dst);
}
