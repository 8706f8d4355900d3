#include "base/limbs.h"

#include <gmp.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(mp_limb_t) == 8 && GMP_NAIL_BITS == 0, "limbs are whole 64-bit words");

static inline mp_limb_t *mp(Limb *p) { return (mp_limb_t *)p; }
static inline const mp_limb_t *cmp(const Limb *p) { return (const mp_limb_t *)p; }

/* Measured for all operations here, from 100 to a million limbs: at most fifteen times the operands' size, for inverses. */
bool limbs_find_room(size_t n) {
    size_t bytes;
    if (__builtin_mul_overflow(n, 16 * sizeof(Limb), &bytes)) return false;
    void *volatile room = malloc(bytes); /* volatile: or the compiler would find it useless */
    bool found = room != NULL;
    free(room);
    return found;
}

size_t limbs_bit_count(const Limb *p, size_t n) { return n == 0 ? 0 : mpn_popcount(cmp(p), (mp_size_t)n); }

int limbs_compare(const Limb *a, size_t na, const Limb *b, size_t nb) {
    if (na != nb) return na < nb ? -1 : 1;
    if (na == 0) return 0;
    int order = mpn_cmp(cmp(a), cmp(b), (mp_size_t)na);
    return (order > 0) - (order < 0);
}

/* --- Text ----------------------------------------------------------------------------------------------------------------------- */

size_t limbs_text_bound(const Limb *p, size_t n, unsigned base) {
    if (n == 0) return 1;
    return mpn_sizeinbase(cmp(p), (mp_size_t)n, (int)base) + 1;
}

static size_t word_to_text(Limb v, unsigned base, char *out) {
    char buffer[64];
    size_t i = sizeof buffer;
    do {
        buffer[--i] = "0123456789abcdefghijklmnopqrstuvwxyz"[v % base];
        v /= base;
    } while (v > 0);
    memcpy(out, buffer + i, sizeof buffer - i);
    return sizeof buffer - i;
}

size_t limbs_to_text(const Limb *p, size_t n, unsigned base, char *out) {
    if (n <= 1) return word_to_text(n == 0 ? 0 : p[0], base, out);
    if (!limbs_have_room(n)) return LIMBS_NO_MEMORY;
    Limb small[64];
    Limb *copy = small;
    if (n + 1 > 64) {
        copy = malloc((n + 1) * sizeof *copy);
        if (copy == NULL) return LIMBS_NO_MEMORY;
    }
    memcpy(copy, p, n * sizeof *copy);
    size_t length = mpn_get_str((unsigned char *)out, (int)base, mp(copy), (mp_size_t)n);
    if (copy != small) free(copy);
    size_t skip = 0;
    while (skip + 1 < length && out[skip] == 0) skip++;
    for (size_t i = skip; i < length; i++) out[i - skip] = "0123456789abcdefghijklmnopqrstuvwxyz"[(unsigned char)out[i]];
    return length - skip;
}

size_t limbs_from_text_bound(size_t digits, unsigned base) {
    /* Bits of a digit, in 1/256, rounded up. */
    unsigned bits = base <= 2 ? 256 : (unsigned)ceil(log2(base) * 256);
    return digits / 64 * bits / 256 + ((digits % 64) * bits / 256 + 1) / 64 + 3 + digits / 4096;
}

static inline unsigned digit_value(char c) { return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 32) - 'a') + 10; }

size_t limbs_from_text(const char *digits, size_t n, unsigned base, Limb *out) {
    while (n > 0 && *digits == '0') {
        digits++;
        n--;
    }
    if (n == 0) return 0;
    if (n <= 12) {
        Limb v = 0;
        for (size_t i = 0; i < n; i++) v = v * base + digit_value(digits[i]);
        out[0] = v;
        return 1;
    }
    if (!limbs_have_room(n / 16)) return LIMBS_NO_MEMORY;
    unsigned char small[512];
    unsigned char *values = small;
    if (n > sizeof small) {
        values = malloc(n);
        if (values == NULL) return LIMBS_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) values[i] = (unsigned char)digit_value(digits[i]);
    size_t size = (size_t)mpn_set_str(mp(out), values, n, (int)base);
    if (values != small) free(values);
    return limbs_normalize(out, size);
}

/* --- Bytes ---------------------------------------------------------------------------------------------------------------------- */

/* Replaces p by its two's complement in the same length; answers whether p was zero. */
static bool negate(Limb *p, size_t n) { return n == 0 || mpn_neg(mp(p), cmp(p), (mp_size_t)n) == 0; }

size_t limbs_from_bytes(const uint8_t *p, size_t n, bool little, bool is_signed, Limb *out, bool *negative) {
    *negative = is_signed && n > 0 && (p[little ? n - 1 : 0] & 0x80);
    size_t limbs = (n + 7) / 8;
    for (size_t i = 0; i < limbs; i++) {
        size_t have = n - i * 8 < 8 ? n - i * 8 : 8;
        Limb v = 0;
        if (have == 8) {
            memcpy(&v, little ? p + i * 8 : p + n - i * 8 - 8, 8);
            if (!little) v = __builtin_bswap64(v);
        } else {
            for (size_t k = 0; k < have; k++) v |= (Limb)p[little ? i * 8 + k : n - 1 - i * 8 - k] << (8 * k);
            if (*negative) v |= ~(Limb)0 << (8 * have);
        }
        out[i] = v;
    }
    if (*negative) negate(out, limbs);
    return limbs_normalize(out, limbs);
}

LimbsBytes limbs_to_bytes(const Limb *p, size_t n, bool negative, uint8_t *out, size_t size, bool little, bool is_signed) {
    if (negative && n > 0 && !is_signed) return LIMBS_BYTES_NEGATIVE;
    Limb borrow = negative;  /* two's complement: complement and add one, carried along */
    for (size_t i = 0; i * 8 < size; i++) {
        Limb v = i < n ? p[i] : 0;
        if (negative) {
            v = ~v + borrow;
            borrow = borrow && v == 0;
        }
        size_t have = size - i * 8 < 8 ? size - i * 8 : 8;
        if (have == 8) {
            if (!little) v = __builtin_bswap64(v);
            memcpy(little ? out + i * 8 : out + size - i * 8 - 8, &v, 8);
        } else {
            for (size_t k = 0; k < have; k++) out[little ? i * 8 + k : size - 1 - i * 8 - k] = (uint8_t)(v >> (8 * k));
        }
    }
    size_t bits = limbs_bit_length(p, n);
    if (!is_signed) return bits > size * 8 ? LIMBS_BYTES_TOO_BIG : LIMBS_BYTES_FINE;
    if (bits < size * 8 || bits == 0) return LIMBS_BYTES_FINE;
    /* Minus a power of two takes no bit more. */
    bool lowest = negative && bits == size * 8 && limbs_bit_count(p, n) == 1;
    return lowest ? LIMBS_BYTES_FINE : LIMBS_BYTES_TOO_BIG;
}

/* --- Shifts and bits --------------------------------------------------------------------------------------------------------------- */

size_t limbs_shift_left(const Limb *p, size_t n, size_t count, Limb *out) {
    if (n == 0) return 0;
    size_t limbs = count / 64;
    unsigned bits = count % 64;
    memset(out, 0, limbs * sizeof *out);
    if (bits == 0) {
        memcpy(out + limbs, p, n * sizeof *out);
        return n + limbs;
    }
    Limb carry = mpn_lshift(mp(out + limbs), cmp(p), (mp_size_t)n, bits);
    out[n + limbs] = carry;
    return n + limbs + (carry != 0);
}

size_t limbs_shift_right(const Limb *p, size_t n, bool negative, size_t count, Limb *out) {
    size_t limbs = count / 64;
    unsigned bits = count % 64;
    if (limbs >= n) {
        out[0] = 1;
        return negative && n > 0 ? 1 : 0;
    }
    bool lost = false;
    if (negative) {
        for (size_t i = 0; i < limbs && !lost; i++) lost = p[i] != 0;
        lost = lost || (p[limbs] & (((Limb)1 << bits) - 1)) != 0;
    }
    size_t size = n - limbs;
    if (bits) mpn_rshift(mp(out), cmp(p + limbs), (mp_size_t)size, bits);
    else memcpy(out, p + limbs, size * sizeof *out);
    size = limbs_normalize(out, size);
    if (!lost) return size;
    if (size == 0) {
        out[0] = 1;
        return 1;
    }
    Limb carry = mpn_add_1(mp(out), cmp(out), (mp_size_t)size, 1);
    if (carry) out[size++] = carry;
    return size;
}

size_t limbs_bit_op(LimbsBitOp op, const Limb *a, size_t na, bool a_negative, const Limb *b, size_t nb, bool b_negative,
                    Limb *out, bool *out_negative) {
    size_t n = na > nb ? na : nb;
    bool sign = op == LIMBS_AND ? a_negative && b_negative : op == LIMBS_OR ? a_negative || b_negative : a_negative != b_negative;
    *out_negative = sign;
    Limb carry_a = a_negative, carry_b = b_negative, carry = sign;
    for (size_t i = 0; i < n; i++) {
        Limb x = i < na ? a[i] : 0, y = i < nb ? b[i] : 0;
        if (a_negative) {
            x = ~x + carry_a;
            carry_a = carry_a && x == 0;
        }
        if (b_negative) {
            y = ~y + carry_b;
            carry_b = carry_b && y == 0;
        }
        Limb z = op == LIMBS_AND ? x & y : op == LIMBS_OR ? x | y : x ^ y;
        if (sign) {
            z = ~z + carry;
            carry = carry && z == 0;
        }
        out[i] = z;
    }
    if (sign && carry) out[n++] = 1;
    return limbs_normalize(out, n);
}

/* --- Arithmetic ------------------------------------------------------------------------------------------------------------------- */

void limbs_divmod(const Limb *a, size_t na, bool a_negative, const Limb *b, size_t nb, bool b_negative, Limb *q, size_t *nq,
                  Limb *r, size_t *nr) {
    bool apart = a_negative != b_negative;
    Limb small_q[16], small_r[16];
    Limb *quotient = q, *rest = r;
    size_t q_size = na >= nb ? na - nb + 2 : 1;
    void *heap_q = NULL, *heap_r = NULL;
    if (quotient == NULL) quotient = q_size <= 16 ? small_q : (heap_q = malloc(q_size * sizeof(Limb)));
    if (rest == NULL) rest = nb + 1 <= 16 ? small_r : (heap_r = malloc((nb + 1) * sizeof(Limb)));
    size_t n_quotient, n_rest;
    if (quotient == NULL || rest == NULL || !limbs_have_room(na)) {
        n_quotient = n_rest = LIMBS_NO_MEMORY;
        goto done;
    }
    if (na < nb) {
        n_quotient = 0;
        memcpy(rest, a, na * sizeof *rest);
        n_rest = na;
    } else if (nb == 1) {
        rest[0] = mpn_divrem_1(mp(quotient), 0, cmp(a), (mp_size_t)na, b[0]);
        n_quotient = limbs_normalize(quotient, na);
        n_rest = rest[0] != 0;
    } else {
        mpn_tdiv_qr(mp(quotient), mp(rest), 0, cmp(a), (mp_size_t)na, cmp(b), (mp_size_t)nb);
        n_quotient = limbs_normalize(quotient, na - nb + 1);
        n_rest = limbs_normalize(rest, nb);
    }
    if (apart && n_rest > 0) {
        /* One step down: the quotient's magnitude grows, the remainder turns to the other side. */
        if (n_quotient == 0) {
            quotient[0] = 1;
            n_quotient = 1;
        } else {
            Limb carry = mpn_add_1(mp(quotient), cmp(quotient), (mp_size_t)n_quotient, 1);
            if (carry) quotient[n_quotient++] = carry;
        }
        memset(rest + n_rest, 0, (nb - n_rest) * sizeof *rest);
        mpn_sub_n(mp(rest), cmp(b), cmp(rest), (mp_size_t)nb);
        n_rest = limbs_normalize(rest, nb);
    }
done:
    if (nq) *nq = n_quotient;
    if (nr) *nr = n_rest;
    free(heap_q);
    free(heap_r);
}

size_t limbs_pow_bound(const Limb *p, size_t n, uint64_t exponent) {
    size_t bits = limbs_bit_length(p, n), total;
    if (bits <= 1 || exponent == 0) return 2;
    if (__builtin_mul_overflow(bits, exponent, &total) || total > (size_t)1 << 48) return SIZE_MAX;
    return total / 64 + 3;
}

size_t limbs_pow(const Limb *p, size_t n, uint64_t exponent, Limb *out, Limb *scratch) {
    if (exponent == 0) {
        out[0] = 1;
        return 1;
    }
    if (n == 0) return 0;
    if (n == 1 && p[0] == 1) {
        out[0] = 1;
        return 1;
    }
    if (!limbs_have_room(limbs_pow_bound(p, n, exponent) / 2)) return LIMBS_NO_MEMORY; /* the last multiplication makes so much */
    Limb *now = out, *other = scratch;
    memcpy(now, p, n * sizeof *now);
    size_t size = n;
    for (int bit = 62 - __builtin_clzll(exponent); bit >= 0; bit--) {
        mpn_sqr(mp(other), cmp(now), (mp_size_t)size);
        size = limbs_normalize(other, 2 * size);
        Limb *t = now;
        now = other;
        other = t;
        if (exponent >> bit & 1) {
            if (n == 1) {
                Limb carry = mpn_mul_1(mp(now), cmp(now), (mp_size_t)size, p[0]);
                if (carry) now[size++] = carry;
                continue;
            }
            if (size >= n) mpn_mul(mp(other), cmp(now), (mp_size_t)size, cmp(p), (mp_size_t)n);
            else mpn_mul(mp(other), cmp(p), (mp_size_t)n, cmp(now), (mp_size_t)size);
            size = limbs_normalize(other, size + n);
            t = now;
            now = other;
            other = t;
        }
    }
    if (now != out) memcpy(out, now, size * sizeof *out);
    return size;
}

static size_t take_out(mpz_t z, Limb *out) {
    size_t n = mpz_size(z);
    memcpy(out, mpz_limbs_read(z), n * sizeof *out);
    mpz_clear(z);
    return n;
}

size_t limbs_pow_mod(const Limb *b, size_t nb, const Limb *e, size_t ne, const Limb *m, size_t nm, Limb *out) {
    if (!limbs_have_room(nb + ne + nm)) return LIMBS_NO_MEMORY;
    mpz_t base, exponent, modulus, result;
    mpz_init(result);
    mpz_powm(result, mpz_roinit_n(base, cmp(b), (mp_size_t)nb), mpz_roinit_n(exponent, cmp(e), (mp_size_t)ne),
             mpz_roinit_n(modulus, cmp(m), (mp_size_t)nm));
    return take_out(result, out);
}

bool limbs_invert(const Limb *a, size_t na, const Limb *m, size_t nm, Limb *out, size_t *n_out) {
    *n_out = LIMBS_NO_MEMORY;
    if (!limbs_have_room(na + nm)) return false;
    mpz_t value, modulus, result;
    mpz_init(result);
    bool found = mpz_invert(result, mpz_roinit_n(value, cmp(a), (mp_size_t)na), mpz_roinit_n(modulus, cmp(m), (mp_size_t)nm));
    *n_out = take_out(result, out);
    return found;
}

size_t limbs_isqrt(const Limb *p, size_t n, Limb *out, bool *exact) {
    *exact = true;
    if (n == 0) return 0;
    if (!limbs_have_room(n)) return LIMBS_NO_MEMORY;
    mp_limb_t small[64];
    mp_limb_t *rest = n <= 64 ? small : malloc(n * sizeof *rest);
    if (rest == NULL) return LIMBS_NO_MEMORY;
    *exact = mpn_sqrtrem(mp(out), rest, cmp(p), (mp_size_t)n) == 0;
    if (rest != small) free(rest);
    return limbs_normalize(out, (n + 1) / 2);
}

static uint64_t gcd_words(uint64_t a, uint64_t b) {
    int shift = __builtin_ctzll(a | b);
    a >>= __builtin_ctzll(a);
    do {
        b >>= __builtin_ctzll(b);
        if (a > b) {
            uint64_t t = a;
            a = b;
            b = t;
        }
        b -= a;
    } while (b != 0);
    return a << shift;
}

size_t limbs_gcd(const Limb *a, size_t na, const Limb *b, size_t nb, Limb *out) {
    if (na == 0 || nb == 0) {
        size_t n = na + nb;
        memcpy(out, na ? a : b, n * sizeof *out);
        return n;
    }
    if (na == 1 && nb == 1) {
        out[0] = gcd_words(a[0], b[0]);
        return 1;
    }
    if (!limbs_have_room(na + nb)) return LIMBS_NO_MEMORY;
    mpz_t x, y, result;
    mpz_init(result);
    mpz_gcd(result, mpz_roinit_n(x, cmp(a), (mp_size_t)na), mpz_roinit_n(y, cmp(b), (mp_size_t)nb));
    return take_out(result, out);
}

/* --- Doubles ----------------------------------------------------------------------------------------------------------------------- */

static const uint64_t infinity_bits = 0x7ff0000000000000u;

static double from_bits(uint64_t bits) {
    double d;
    memcpy(&d, &bits, 8);
    return d;
}

uint64_t limbs_round(const Limb *p, size_t n, int64_t e, bool sticky) {
    int64_t length = (int64_t)limbs_bit_length(p, n);
    int64_t exponent = length - 1 + e;  /* of the leading bit */
    if (exponent > 1023) return infinity_bits;
    int64_t keep = exponent >= -1022 ? 53 : exponent + 1075;
    if (keep < 0) return 0;
    int64_t drop = length - keep;
    uint64_t m = 0;
    bool half = false;
    if (drop <= 0) {
        m = p[0] << -drop;
    } else {
        size_t at = (size_t)drop / 64;
        unsigned shift = drop % 64;
        if (at < n) m = p[at] >> shift;
        if (at + 1 < n && shift) m |= p[at + 1] << (64 - shift);
        m &= ((uint64_t)1 << keep) - 1;
        at = (size_t)(drop - 1) / 64;
        shift = (drop - 1) % 64;
        half = p[at] >> shift & 1;
        sticky = sticky || (p[at] & (((Limb)1 << shift) - 1)) != 0;
        for (size_t i = 0; i < at && !sticky; i++) sticky = p[i] != 0;
    }
    if (half && (sticky || (m & 1))) m++;
    if (exponent < -1022) return m;
    return m + ((uint64_t)(exponent + 1022) << 52);  /* m brings its leading bit, or a carry, into the exponent */
}

bool limbs_to_double(const Limb *p, size_t n, bool negative, double *out) {
    uint64_t bits = n == 0 ? 0 : limbs_round(p, n, 0, false);
    *out = from_bits(bits | (uint64_t)negative << 63);
    return bits != infinity_bits;
}

double limbs_frexp(const Limb *p, size_t n, int64_t *exponent) {
    *exponent = 0;
    if (n == 0) return 0;
    int64_t length = (int64_t)limbs_bit_length(p, n);
    double m = from_bits(limbs_round(p, n, -length, false));
    if (m == 1) {
        m = 0.5;
        length++;
    }
    *exponent = length;
    return m;
}

LimbsDivide limbs_true_divide(const Limb *a, size_t na, const Limb *b, size_t nb, bool negative, double *out) {
    *out = negative ? -0.0 : 0.0;
    if (na == 0) return LIMBS_DIVIDE_FINE;
    int64_t difference = (int64_t)limbs_bit_length(a, na) - (int64_t)limbs_bit_length(b, nb);
    if (difference > 1025) return LIMBS_DIVIDE_OVERFLOW;
    if (difference < -1080) return LIMBS_DIVIDE_FINE;
    if (na == 1 && nb == 1 && a[0] <= (uint64_t)1 << 53 && b[0] <= (uint64_t)1 << 53) {
        *out = (double)a[0] / (double)b[0];
        if (negative) *out = -*out;
        return LIMBS_DIVIDE_FINE;
    }
    /* Shift a by whole limbs so that the quotient has at least two. */
    size_t up = nb + 2 > na ? nb + 2 - na : 0;
    size_t n = na + up;
    Limb small[64];
    Limb *num = small, *quotient, *rest;
    size_t need = n + (n - nb + 1) + nb;
    if (need > 64) {
        num = limbs_have_room(n) ? malloc(need * sizeof *num) : NULL;
        if (num == NULL) return LIMBS_DIVIDE_NO_MEMORY;
    }
    quotient = num + n;
    rest = quotient + (n - nb + 1);
    memset(num, 0, up * sizeof *num);
    memcpy(num + up, a, na * sizeof *num);
    mpn_tdiv_qr(mp(quotient), mp(rest), 0, cmp(num), (mp_size_t)n, cmp(b), (mp_size_t)nb);
    bool sticky = limbs_normalize(rest, nb) > 0;
    uint64_t bits = limbs_round(quotient, limbs_normalize(quotient, n - nb + 1), -(int64_t)up * 64, sticky);
    if (num != small) free(num);
    *out = from_bits(bits | (uint64_t)negative << 63);
    return bits == infinity_bits ? LIMBS_DIVIDE_OVERFLOW : LIMBS_DIVIDE_FINE;
}

size_t limbs_from_double(double d, Limb out[LIMBS_OF_DOUBLE]) {
    d = fabs(d);
    if (d < 1) return 0;
    int e;
    uint64_t m = (uint64_t)ldexp(frexp(d, &e), 53);
    e -= 53;
    memset(out, 0, LIMBS_OF_DOUBLE * sizeof *out);
    if (e <= 0) {
        out[0] = m >> -e;
        return 1;
    }
    unsigned limbs = (unsigned)e / 64, bits = (unsigned)e % 64;
    out[limbs] = m << bits;
    if (bits) {
        Limb high = m >> (64 - bits);
        if (high) {
            out[limbs + 1] = high;
            return limbs + 2;
        }
    }
    return limbs + 1;
}
