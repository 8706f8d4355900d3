#include "base/floattext.h"

#include <gmp.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/floattext_priv.h"

_Static_assert(sizeof(mp_limb_t) == 8 && GMP_NAIL_BITS == 0, "limbs are whole 64-bit words");

typedef unsigned __int128 Wide;

/* A positive finite double is c * 2^q. */
typedef struct Parts {
    uint64_t c;
    int q;
    bool closer_below;  /* a power of two: the neighbour below is at half the distance */
} Parts;

static Parts take_apart(double d) {
    uint64_t bits;
    memcpy(&bits, &d, 8);
    uint64_t fraction = bits & (((uint64_t)1 << 52) - 1);
    int e = (int)(bits >> 52 & 0x7ff);
    if (e == 0) return (Parts){fraction, -1074, false};
    return (Parts){fraction | (uint64_t)1 << 52, e - 1075, fraction == 0 && e > 1};
}

static void set_zero(FloatDigits *out) {
    out->n = 0;
    out->point = 1;
}

static const char digit_pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960"
    "616263646566676869707172737475767778798081828384858687888990919293949596979899";

/* Writes v's decimal digits, returns how many. */
static int write_uint(uint64_t v, char *out) {
    char buffer[20];
    int i = 20;
    while (v >= 100) {
        uint64_t high = v / 100;
        memcpy(buffer + (i -= 2), digit_pairs + 2 * (v - high * 100), 2);
        v = high;
    }
    if (v >= 10) memcpy(buffer + (i -= 2), digit_pairs + 2 * v, 2);
    else buffer[--i] = (char)('0' + v);
    memcpy(out, buffer + i, (size_t)(20 - i));
    return 20 - i;
}

/* The digits of v * 10^k. */
static void set_uint(uint64_t v, int k, FloatDigits *out) {
    if (v == 0) {
        set_zero(out);
        return;
    }
    int n = write_uint(v, out->digits);
    out->point = n + k;
    while (out->digits[n - 1] == '0') n--;
    out->n = n;
}

/* --- Shortest ------------------------------------------------------------------------------------------------------------ */

/* The high word of the product, its lowest bit set when anything was lost below. */
static inline uint64_t round_to_odd(FloatPower g, uint64_t c) {
    Wide low = (Wide)g.lo * c;
    Wide high = (Wide)g.hi * c + (uint64_t)(low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

void float_shortest(double d, FloatDigits *out) {
    if (d == 0) {
        set_zero(out);
        return;
    }
    Parts v = take_apart(fabs(d));
    bool even = (v.c & 1) == 0;
    if (v.q <= 0 && v.q >= -52 && (v.c & (((uint64_t)1 << -v.q) - 1)) == 0) {
        set_uint(v.c >> -v.q, 0, out);  /* integers below 2^53 */
        return;
    }
    int k = (v.q * 1262611 - (v.closer_below ? 524031 : 0)) >> 22;
    int h = v.q + float_log2_pow10(-k) + 1;
    FloatPower g = float_powers[-k - FLOAT_POWER_FIRST];
    if (-k < 0 || -k > FLOAT_POWER_EXACT) g.lo++;

    uint64_t lower = round_to_odd(g, (4 * v.c - 2 + v.closer_below) << h) + !even;
    uint64_t middle = round_to_odd(g, (4 * v.c) << h);
    uint64_t upper = round_to_odd(g, (4 * v.c + 2) << h) - !even;
    uint64_t s = middle / 4;
    if (s >= 10) {
        uint64_t tens = s / 10;
        bool below = lower <= 40 * tens, above = 40 * tens + 40 <= upper;
        if (below != above) {
            set_uint(tens + above, k + 1, out);
            return;
        }
    }
    bool below = lower <= 4 * s, above = 4 * s + 4 <= upper;
    uint64_t half = 4 * s + 2;
    bool up = below != above ? above : middle > half || (middle == half && (s & 1) != 0);
    set_uint(s + up, k, out);
}

/* --- A given number of digits --------------------------------------------------------------------------------------------- */

static const uint64_t small_powers[20] = {
    1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u, 1000000000u, 10000000000u, 100000000000u,
    1000000000000u, 10000000000000u, 100000000000000u, 1000000000000000u, 10000000000000000u, 100000000000000000u,
    1000000000000000000u, 10000000000000000000u};

/* round(c * 2^q * 10^p) when that is below 2^62 and the product of 192 bits is sure about it. */
static bool round_scaled(Parts v, int p, uint64_t *result) {
    if (p < FLOAT_POWER_FIRST || p > FLOAT_POWER_LAST) return false;
    FloatPower g = float_powers[p - FLOAT_POWER_FIRST];
    bool exact = p >= 0 && p <= FLOAT_POWER_EXACT;
    int lead = __builtin_clzll(v.c);
    uint64_t c = v.c << lead;
    /* value = (high:mid:low) * 2^-shift, where high:mid:low is c * g. */
    int shift = -(v.q - lead + float_log2_pow10(p) - 127);
    Wide low = (Wide)g.lo * c;
    Wide top = (Wide)g.hi * c + (uint64_t)(low >> 64);
    uint64_t rest = (uint64_t)low;
    /* The integer lies in top's high bits: top has 127 or 128 bits. */
    int drop = shift - 64;
    if (drop <= 66 || drop > 190) {
        if (drop <= 66) return false;
        *result = 0;
        return true;
    }
    /* The table's error is below one unit of g.lo, so below c < 2^64 units of `rest`: one unit of top. */
    Wide integer, fraction, half;
    if (drop >= 128) {
        if (drop > 129) {
            *result = 0;
            return true;
        }
        integer = 0;
        if (drop == 129) {
            /* value = top / 2^129 < 1/2 */
            if (!exact && top >= ~(Wide)0 - 2) return false;
            *result = 0;
            return true;
        }
        fraction = top;
        half = (Wide)1 << 127;
    } else {
        integer = top >> drop;
        fraction = top & (((Wide)1 << drop) - 1);
        half = (Wide)1 << (drop - 1);
    }
    bool up;
    if (exact) {
        up = fraction > half || (fraction == half && (rest != 0 || (integer & 1)));
    } else {
        if (fraction >= half - 2 && fraction <= half + 2) return false;
        up = fraction > half;
    }
    *result = (uint64_t)integer + up;
    return true;
}

unsigned float_pow5(uint64_t *out, unsigned n) {
    mp_limb_t a[FLOAT_EXACT_LIMBS], b[FLOAT_EXACT_LIMBS];
    mp_limb_t *p = a, *spare = b;
    mp_size_t size = 1;
    p[0] = 1;
    for (int bit = 31 - __builtin_clz(n | 1); bit >= 0; bit--) {
        mpn_sqr(spare, p, size);
        size *= 2;
        size -= spare[size - 1] == 0;
        mp_limb_t *t = p;
        p = spare;
        spare = t;
        if (n >> bit & 1) {
            mp_limb_t carry = mpn_mul_1(p, p, size, 5);
            if (carry) p[size++] = carry;
        }
    }
    memcpy(out, p, (size_t)size * 8);
    return (unsigned)size;
}

/* Shifts left by any count; returns the new size. */
static mp_size_t shift_up(mp_limb_t *p, mp_size_t size, unsigned count) {
    unsigned limbs = count / 64, bits = count % 64;
    mp_limb_t carry = bits ? mpn_lshift(p, p, size, bits) : 0;
    if (carry) p[size++] = carry;
    if (limbs) {
        memmove(p + limbs, p, (size_t)size * 8);
        memset(p, 0, limbs * 8);
        size += limbs;
    }
    return size;
}

/* p / 2^count, rounded half to even. */
static mp_size_t shift_down_rounding(mp_limb_t *p, mp_size_t size, unsigned count) {
    mp_size_t limbs = count / 64;
    unsigned bits = count % 64;
    if ((mp_size_t)((count - 1) / 64) >= size) return 0;
    bool half = p[(count - 1) / 64] >> (count - 1) % 64 & 1;
    bool sticky = (p[(count - 1) / 64] & (((mp_limb_t)1 << (count - 1) % 64) - 1)) != 0;
    for (mp_size_t i = 0; i < (mp_size_t)((count - 1) / 64) && !sticky; i++) sticky = p[i] != 0;
    size -= limbs;
    if (size > 0) {
        if (bits) mpn_rshift(p, p + limbs, size, bits);
        else memmove(p, p + limbs, (size_t)size * 8);
        while (size > 0 && p[size - 1] == 0) size--;
    }
    bool odd = size > 0 && (p[0] & 1);
    if (half && (sticky || odd)) {
        if (size == 0) {
            p[0] = 1;
            return 1;
        }
        mp_limb_t carry = mpn_add_1(p, p, size, 1);
        if (carry) p[size++] = carry;
    }
    return size;
}

/* round(c * 2^q * 10^p), exactly, as digits of N * 10^-p. */
static void round_exact(Parts v, int p, FloatDigits *out) {
    mp_limb_t n[2 * FLOAT_EXACT_LIMBS];
    mp_size_t size;
    int shift = v.q + p;
    if (p >= 0) {
        size = (mp_size_t)float_pow5(n, (unsigned)p);
        mp_limb_t carry = mpn_mul_1(n, n, size, v.c);
        if (carry) n[size++] = carry;
        size = shift >= 0 ? shift_up(n, size, (unsigned)shift) : shift_down_rounding(n, size, (unsigned)-shift);
    } else {
        mp_limb_t den[FLOAT_EXACT_LIMBS], quotient[FLOAT_EXACT_LIMBS], rem[FLOAT_EXACT_LIMBS + 1];
        n[0] = v.c;
        size = 1;
        mp_size_t den_size = (mp_size_t)float_pow5(den, (unsigned)-p);
        if (shift >= 0) size = shift_up(n, size, (unsigned)shift);
        else den_size = shift_up(den, den_size, (unsigned)-shift);
        if (size < den_size) {
            memset(n + size, 0, (size_t)(den_size - size) * 8);
            size = den_size;
        }
        mpn_tdiv_qr(quotient, rem, 0, n, size, den, den_size);
        mp_size_t q_size = size - den_size + 1;
        rem[den_size] = mpn_lshift(rem, rem, den_size, 1);
        int order = rem[den_size] ? 1 : mpn_cmp(rem, den, den_size);
        memcpy(n, quotient, (size_t)q_size * 8);
        n[q_size] = 0;
        if (order > 0 || (order == 0 && (n[0] & 1))) n[q_size] = mpn_add_1(n, n, q_size, 1);
        size = q_size + 1;
        while (size > 0 && n[size - 1] == 0) size--;
    }
    if (size == 0) {
        set_zero(out);
        return;
    }
    int count = (int)mpn_get_str((unsigned char *)out->digits, 10, n, size);
    char *digits = out->digits;
    int skip = 0;
    while (digits[skip] == 0) skip++;
    if (skip) memmove(digits, digits + skip, (size_t)(count -= skip));
    out->point = count - p;
    while (digits[count - 1] == 0) count--;
    for (int i = 0; i < count; i++) digits[i] = (char)(digits[i] + '0');
    out->n = count;
}

void float_digits_decimals(double d, int decimals, FloatDigits *out) {
    if (d == 0) {
        set_zero(out);
        return;
    }
    if (decimals > FLOAT_DECIMALS_MAX) decimals = FLOAT_DECIMALS_MAX;
    if (decimals < -400) decimals = -400;
    Parts v = take_apart(fabs(d));
    uint64_t n;
    if (round_scaled(v, decimals, &n)) set_uint(n, -decimals, out);
    else round_exact(v, decimals, out);
}

/* floor(log10(c * 2^q)), or one less. */
static int guess_log10(Parts v) {
    int top = v.q + 63 - __builtin_clzll(v.c);
    return (top * 1262611) >> 22;
}

void float_digits_significant(double d, int n, FloatDigits *out) {
    if (d == 0) {
        set_zero(out);
        return;
    }
    if (n > FLOAT_DIGITS_MAX) n = FLOAT_DIGITS_MAX;
    Parts v = take_apart(fabs(d));
    int e = guess_log10(v);
    for (int tries = 0; tries < 3; tries++) {
        int p = n - 1 - e;
        uint64_t scaled;
        if (n <= 17 && round_scaled(v, p, &scaled)) {
            if (scaled >= small_powers[n]) {
                e++;
                continue;
            }
            set_uint(scaled, -p, out);
            return;
        }
        round_exact(v, p, out);
        if (out->point > e + 1) {
            e++;
            continue;
        }
        return;
    }
}

/* --- Layout -------------------------------------------------------------------------------------------------------------- */

static char *write_exponent(char *p, int exponent, char letter) {
    *p++ = letter;
    *p++ = exponent < 0 ? '-' : '+';
    unsigned e = (unsigned)(exponent < 0 ? -exponent : exponent);
    if (e >= 100) {
        *p++ = (char)('0' + e / 100);
        e %= 100;
    }
    *p++ = (char)('0' + e / 10);
    *p++ = (char)('0' + e % 10);
    return p;
}

static char *write_zeros(char *p, size_t n) {
    memset(p, '0', n);
    return p + n;
}

/* The digits as a plain number with `decimals` places (a negative number: as many as there are). */
static char *write_plain(char *p, const FloatDigits *digits, int decimals) {
    int n = digits->n, point = digits->point;
    if (n == 0) point = 0;
    if (point <= 0) {
        *p++ = '0';
    } else {
        int whole = n < point ? n : point;
        memcpy(p, digits->digits, (size_t)whole);
        p = write_zeros(p + whole, (size_t)(point - whole));
    }
    if (decimals < 0) decimals = n > point ? n - point : 0;
    if (decimals == 0) return p;
    *p++ = '.';
    int zeros = point < 0 ? (-point < decimals ? -point : decimals) : 0;
    p = write_zeros(p, (size_t)zeros);
    decimals -= zeros;
    int from = point > 0 ? point : 0;
    int have = n > from ? n - from : 0;
    if (have > decimals) have = decimals;
    memcpy(p, digits->digits + from, (size_t)have);
    return write_zeros(p + have, (size_t)(decimals - have));
}

/* One digit before the point, `decimals` behind it (negative: as many as there are), and the exponent. */
static char *write_scientific(char *p, const FloatDigits *digits, int decimals, bool keep_point, char letter) {
    int n = digits->n;
    *p++ = n > 0 ? digits->digits[0] : '0';
    int have = n > 1 ? n - 1 : 0;
    if (decimals < 0) decimals = have;
    if (have > decimals) have = decimals;
    if (decimals > 0 || keep_point) *p++ = '.';
    memcpy(p, digits->digits + 1, (size_t)have);
    p = write_zeros(p + have, (size_t)(decimals - have));
    return write_exponent(p, digits->point - 1, letter);
}

static size_t write_special(double d, bool capital, unsigned flags, char *out) {
    char *p = out;
    bool nan = isnan(d);
    if (!nan && d < 0) *p++ = '-';
    else if (flags & FLOAT_SIGN) *p++ = '+';
    memcpy(p, nan ? (capital ? "NAN" : "nan") : (capital ? "INF" : "inf"), 3);
    return (size_t)(p + 3 - out);
}

size_t float_repr(double d, char out[FLOAT_REPR_SIZE]) { return float_format(d, 'r', 0, FLOAT_ADD_DOT_0, out); }

size_t float_format_bound(double d, char code, int precision) {
    size_t room = 40 + (size_t)precision;
    if (code != 'f' && code != 'F') return room;
    int e = 0;
    if (isfinite(d)) frexp(d, &e);
    return room + (e > 0 ? (size_t)e / 3 : 0);
}

size_t float_format(double d, char code, int precision, unsigned flags, char *out) {
    bool capital = code >= 'A' && code <= 'Z';
    char kind = capital ? (char)(code + 32) : code;
    if (!isfinite(d)) return write_special(d, capital, flags, out);

    FloatDigits digits;
    bool alternate = (flags & FLOAT_ALTERNATE) != 0;
    if (kind == 'g' && precision == 0) precision = 1;
    switch (kind) {
    case 'e': float_digits_significant(d, precision < INT_MAX ? precision + 1 : precision, &digits); break;
    case 'f': float_digits_decimals(d, precision, &digits); break;
    case 'g': float_digits_significant(d, precision, &digits); break;
    default: float_shortest(d, &digits); break;
    }

    char *p = out;
    if (signbit(d) && !(digits.n == 0 && (flags & FLOAT_NO_NEG_0))) *p++ = '-';
    else if (flags & FLOAT_SIGN) *p++ = '+';

    char letter = capital ? 'E' : 'e';
    if (kind == 'e') return (size_t)(write_scientific(p, &digits, precision, alternate, letter) - out);
    if (kind == 'f') {
        p = write_plain(p, &digits, precision);
        if (alternate && precision == 0) *p++ = '.';
        return (size_t)(p - out);
    }
    bool dot_0 = (flags & FLOAT_ADD_DOT_0) != 0;
    int limit = kind == 'r' ? 16 : precision - dot_0;
    bool scientific = digits.point <= -4 || digits.point > limit;
    bool all_digits = kind == 'g' && alternate;
    if (scientific) {
        p = write_scientific(p, &digits, all_digits ? precision - 1 : -1, alternate, letter);
        return (size_t)(p - out);
    }
    int decimals = -1;
    if (all_digits) decimals = precision - digits.point;
    else if (dot_0 && digits.n <= digits.point) decimals = 1;
    p = write_plain(p, &digits, decimals);
    if (alternate && (decimals == 0 || (decimals < 0 && digits.n <= digits.point))) *p++ = '.';
    return (size_t)(p - out);
}
