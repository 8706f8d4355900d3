/* Decimal text to double, and hexadecimal text both ways. */
#include <gmp.h>
#include <math.h>
#include <string.h>

#include "base/floattext.h"
#include "base/floattext_priv.h"
#include "base/limbs.h"

typedef unsigned __int128 Wide;

/* A decimal number as read: its first digits in `w`, and where all of them stand for the exact path. */
typedef struct Decimal {
    const char *start, *end;  /* digits, perhaps with a point among them */
    uint64_t w;               /* the first 19 significant digits */
    int64_t exponent;         /* value = w * 10^exponent, when nothing was cut off */
    bool cut;                 /* there are more digits, not all zero */
} Decimal;

static double from_bits(uint64_t bits) {
    double d;
    memcpy(&d, &bits, 8);
    return d;
}

static const uint64_t infinity_bits = 0x7ff0000000000000u;

/* Eisel-Lemire: the bits of the double nearest to w * 10^q. False: 128 bits do not decide. */
static bool nearest(uint64_t w, int64_t q, uint64_t *bits) {
    if (w == 0 || q < FLOAT_POWER_FIRST) {
        *bits = 0;
        return true;
    }
    if (q > 308) {
        *bits = infinity_bits;
        return true;
    }
    int e = (int)q;
    FloatPower power = float_powers[e - FLOAT_POWER_FIRST];
    if (e < 0 && e >= -27) power.lo++;
    int lead = __builtin_clzll(w);
    w <<= lead;
    Wide product = (Wide)w * power.hi;
    if (((uint64_t)(product >> 64) & 0x1ff) == 0x1ff) {
        product += (uint64_t)((Wide)w * power.lo >> 64);
        if ((uint64_t)product == UINT64_MAX && (e < -27 || e > FLOAT_POWER_EXACT)) return false;
    }
    uint64_t upper = (uint64_t)(product >> 64), lower = (uint64_t)product;
    int top = (int)(upper >> 63);
    uint64_t mantissa = upper >> (top + 9);
    int exponent = float_log2_pow10(e) + 63 + top - lead + 1023;
    if (exponent <= 0) {
        if (-exponent + 1 >= 64) {
            *bits = 0;
            return true;
        }
        mantissa >>= -exponent + 1;
        mantissa += mantissa & 1;
        *bits = mantissa >> 1;  /* a carry into bit 52 is the smallest normal number */
        return true;
    }
    /* Exactly between two doubles, which only these exponents allow: to even. */
    if (lower <= 1 && e >= -4 && e <= 23 && (mantissa & 3) == 1 && mantissa << (top + 9) == upper) mantissa &= ~(uint64_t)1;
    mantissa += mantissa & 1;
    mantissa >>= 1;
    if (mantissa >> 53) {
        mantissa >>= 1;
        exponent++;
    }
    *bits = exponent >= 0x7ff ? infinity_bits : (mantissa & (((uint64_t)1 << 52) - 1)) | (uint64_t)exponent << 52;
    return true;
}

/* All digits count, up to FLOAT_DIGITS_MAX; what comes after is at most a bit more. */
static uint64_t nearest_exact(const Decimal *d) {
    unsigned char digits[FLOAT_DIGITS_MAX + 1];
    size_t n = 0;
    bool sticky = false;
    for (const char *p = d->start; p < d->end; p++) {
        if (*p == '.' || (n == 0 && *p == '0')) continue;
        if (n < FLOAT_DIGITS_MAX) digits[n++] = (unsigned char)(*p - '0');
        else sticky = sticky || *p != '0';
    }
    /* The point's place: d->exponent belongs to the first 19 digits. */
    int64_t exponent = d->exponent + 19 - (int64_t)n;
    if (exponent + (int64_t)n > 310) return infinity_bits;
    if (exponent + (int64_t)n < -330) return 0;
    Limb num[FLOAT_EXACT_LIMBS], other[FLOAT_EXACT_LIMBS], product[2 * FLOAT_EXACT_LIMBS];
    mp_size_t size = mpn_set_str(num, digits, n, 10);
    while (num[size - 1] == 0) size--;
    if (exponent >= 0) {
        mp_size_t other_size = (mp_size_t)float_pow5(other, (unsigned)exponent);
        if (size >= other_size) mpn_mul(product, num, size, other, other_size);
        else mpn_mul(product, other, other_size, num, size);
        size += other_size;
        while (product[size - 1] == 0) size--;
        return limbs_round(product, (size_t)size, exponent, sticky);
    }
    mp_size_t other_size = (mp_size_t)float_pow5(other, (unsigned)-exponent);
    /* Shift so far that the quotient has at least two limbs. */
    mp_size_t up = other_size + 2 > size ? other_size + 2 - size : 0;
    memset(product, 0, (size_t)up * 8);
    memcpy(product + up, num, (size_t)size * 8);
    Limb quotient[FLOAT_EXACT_LIMBS], rem[FLOAT_EXACT_LIMBS];
    mpn_tdiv_qr(quotient, rem, 0, product, size + up, other, other_size);
    mp_size_t q_size = size + up - other_size + 1;
    while (quotient[q_size - 1] == 0) q_size--;
    for (mp_size_t i = 0; i < other_size && !sticky; i++) sticky = rem[i] != 0;
    return limbs_round(quotient, (size_t)q_size, exponent - up * 64, sticky);
}

static const double exact_powers[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static double decimal_value(const Decimal *d) {
    if (!d->cut && d->w <= (uint64_t)1 << 53 && d->exponent >= -22 && d->exponent <= 22) {
        double w = (double)d->w;
        return d->exponent < 0 ? w / exact_powers[-d->exponent] : w * exact_powers[d->exponent];
    }
    uint64_t bits, above;
    if (nearest(d->w, d->exponent, &bits) &&
        (!d->cut || (nearest(d->w + 1, d->exponent, &above) && bits == above)))
        return from_bits(bits);
    if (!d->cut) {
        /* The digits in w are all there are; spell them out for the exact path. */
        char text[20];
        uint64_t w = d->w;
        for (int i = 18; i >= 0; i--) {
            text[i] = (char)('0' + w % 10);
            w /= 10;
        }
        int skip = 0;
        while (text[skip] == '0') skip++;
        Decimal whole = {text + skip, text + 19, d->w, d->exponent - skip, false};
        return from_bits(nearest_exact(&whole));
    }
    return from_bits(nearest_exact(d));
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Does s begin with the lower-case word, in any case? */
static bool begins(const char *s, const char *end, const char *word) {
    for (; *word; word++, s++)
        if (s == end || (*s | 32) != *word) return false;
    return true;
}

static size_t parse_name(const char *s, const char *end, double *out) {
    if (begins(s, end, "infinity") || begins(s, end, "inf")) {
        *out = INFINITY;
        return begins(s, end, "infinity") ? 8 : 3;
    }
    if (begins(s, end, "nan")) {
        *out = NAN;
        return 3;
    }
    return 0;
}

size_t float_parse(const char *s, size_t n, bool names, double *out) {
    const char *p = s, *end = s + n;
    bool negative = false;
    if (p < end && (*p == '-' || *p == '+')) negative = *p++ == '-';

    Decimal d = {.start = p};
    const char *point = NULL;
    size_t n_digits = 0;  /* significant ones */
    bool any = false;
    for (; p < end; p++) {
        if (*p == '.') {
            if (point) break;
            point = p;
            continue;
        }
        if (!is_digit(*p)) break;
        any = true;
        unsigned digit = (unsigned)(*p - '0');
        if (n_digits < 19) {
            d.w = d.w * 10 + digit;
            if (d.w != 0) n_digits++;
            if (point) d.exponent--;
        } else {
            d.cut = d.cut || digit != 0;
            if (!point) d.exponent++;
        }
    }
    d.end = p;
    if (!any) {
        size_t took = names ? parse_name(d.start, end, out) : 0;
        if (took == 0) return 0;
        if (negative) *out = -*out;
        return (size_t)(d.start - s) + took;
    }
    if (p < end && (*p | 32) == 'e') {
        const char *q = p + 1;
        bool minus = false;
        if (q < end && (*q == '-' || *q == '+')) minus = *q++ == '-';
        if (q < end && is_digit(*q)) {
            int64_t e = 0;
            for (; q < end && is_digit(*q); q++)
                if (e < INT64_MAX / 20) e = e * 10 + (*q - '0');
            d.exponent += minus ? -e : e;
            p = q;
        }
    }
    double value = d.w == 0 ? 0.0 : decimal_value(&d);
    *out = negative ? -value : value;
    return (size_t)(p - s);
}

/* --- Hexadecimal ----------------------------------------------------------------------------------------------------------- */

size_t float_hex(double d, char out[FLOAT_HEX_SIZE]) {
    char *p = out;
    if (!isfinite(d)) {
        if (d < 0) *p++ = '-';
        memcpy(p, isnan(d) ? "nan" : "inf", 3);
        return (size_t)(p + 3 - out);
    }
    uint64_t bits;
    memcpy(&bits, &d, 8);
    if (bits >> 63) *p++ = '-';
    if (d == 0) {
        memcpy(p, "0x0.0p+0", 8);
        return (size_t)(p + 8 - out);
    }
    int e = (int)(bits >> 52 & 0x7ff);
    memcpy(p, e ? "0x1." : "0x0.", 4);
    p += 4;
    for (int shift = 48; shift >= 0; shift -= 4) *p++ = "0123456789abcdef"[bits >> shift & 15];
    e = e ? e - 1023 : -1022;
    *p++ = 'p';
    *p++ = e < 0 ? '-' : '+';
    if (e < 0) e = -e;
    if (e >= 1000) *p++ = (char)('0' + e / 1000);
    if (e >= 100) *p++ = (char)('0' + e / 100 % 10);
    if (e >= 10) *p++ = (char)('0' + e / 10 % 10);
    *p++ = (char)('0' + e % 10);
    return (size_t)(p - out);
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

FloatHexResult float_from_hex(const char *s, size_t n, double *out) {
    const char *p = s, *end = s + n;
    while (p < end && is_space(*p)) p++;
    while (end > p && is_space(end[-1])) end--;
    bool negative = false;
    if (p < end && (*p == '-' || *p == '+')) negative = *p++ == '-';
    size_t took = parse_name(p, end, out);
    if (took > 0) {
        if (negative) *out = -*out;
        return p + took == end ? FLOAT_HEX_FINE : FLOAT_HEX_INVALID;
    }
    if (end - p >= 2 && p[0] == '0' && (p[1] | 32) == 'x') p += 2;

    /* The leading 60 bits of digits, whether more follow, and the exponent that belongs to them. */
    uint64_t m = 0;
    int64_t exponent = 0;
    bool sticky = false, any = false, point = false;
    for (; p < end; p++) {
        if (*p == '.' && !point) {
            point = true;
            continue;
        }
        int digit = hex_digit(*p);
        if (digit < 0) break;
        any = true;
        if (m >> 56 == 0) {
            m = m << 4 | (uint64_t)digit;
            if (point) exponent -= 4;
        } else {
            sticky = sticky || digit != 0;
            if (!point) exponent += 4;
        }
    }
    if (!any) return FLOAT_HEX_INVALID;
    if (p < end && (*p | 32) == 'p') {
        p++;
        bool minus = false;
        if (p < end && (*p == '-' || *p == '+')) minus = *p++ == '-';
        if (p == end || !is_digit(*p)) return FLOAT_HEX_INVALID;
        int64_t e = 0;
        for (; p < end && is_digit(*p); p++)
            if (e < INT64_MAX / 20) e = e * 10 + (*p - '0');
        exponent += minus ? -e : e;
    }
    if (p != end) return FLOAT_HEX_INVALID;
    uint64_t bits = 0;
    if (m != 0) {
        if (exponent > 2000) return FLOAT_HEX_TOO_LARGE;
        bits = exponent < -2000 ? 0 : limbs_round(&m, 1, exponent, sticky);
        if (bits >= infinity_bits) return FLOAT_HEX_TOO_LARGE;
    }
    *out = from_bits(bits | (uint64_t)negative << 63);
    return FLOAT_HEX_FINE;
}
