/* Numbers as text, by the specification's to-scientific-string, to-engineering-string and to-number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modules/decimal/number.h"

/* --- Out ------------------------------------------------------------------------------------------------------------------------------ */

enum { WORD_DIGITS = 20 };

/* The digits of a word end at out[WORD_DIGITS]; their number. */
static size_t word_digits(uint64_t w, char out[WORD_DIGITS]) {
    size_t at = WORD_DIGITS;
    do out[--at] = (char)('0' + w % 10);
    while ((w /= 10) > 0);
    return WORD_DIGITS - at;
}

char *num_coefficient_text(const mpz_t c, size_t *length) {
    size_t bound = mpz_sizeinbase(c, 10) + 2;
    char *out = num_have_room((int64_t)bound) ? malloc(bound) : NULL;
    if (out == NULL) return NULL;
    if (mpz_size(c) <= 1) {
        char digits[WORD_DIGITS];
        *length = word_digits(mpz_getlimbn(c, 0), digits);
        memcpy(out, digits + WORD_DIGITS - *length, *length);
        out[*length] = 0;
    } else {
        mpz_get_str(out, 10, c);
        *length = strlen(out);
    }
    return out;
}

/* A text under construction, with room for all of it. */
typedef struct Out { char *at; } Out;
static void put(Out *o, const char *s, size_t n) {
    memcpy(o->at, s, n);
    o->at += n;
}
static void put_zeros(Out *o, int64_t n) {
    if (n <= 0) return;
    memset(o->at, '0', (size_t)n);
    o->at += n;
}

static void put_special(Out *o, const Num *a, const char *digits, size_t n) {
    if (a->kind == NUM_INF) {
        put(o, "Infinity", 8);
        return;
    }
    if (a->kind == NUM_SNAN) put(o, "s", 1);
    put(o, "NaN", 3);
    if (mpz_sgn(a->c) != 0) put(o, digits, n);
}

/* Where the point stands, counted from the first digit. */
static int64_t point_of(const Num *a, int64_t n, bool engineering) {
    int64_t left = a->exp + n;
    if (a->exp <= 0 && left > -6) return left;
    if (!engineering) return 1;
    if (mpz_sgn(a->c) == 0) return ((left + 1) % 3 + 3) % 3 - 1;
    return ((left - 1) % 3 + 3) % 3 + 1;
}

char *num_to_text(const Num *a, bool engineering, bool capitals, char *small, size_t *length) {
    enum { EXPONENT = 40 };
    _Static_assert(NUM_SMALL_TEXT >= WORD_DIGITS + EXPONENT, "a word's text fits");
    size_t n;
    char word[WORD_DIGITS], *owned = NULL, *digits;
    if (mpz_size(a->c) <= 1) {
        n = word_digits(mpz_getlimbn(a->c, 0), word);
        digits = word + WORD_DIGITS - n;
    } else {
        digits = owned = num_coefficient_text(a->c, &n);
        if (digits == NULL) return NULL;
    }
    char *text = small && n + EXPONENT <= NUM_SMALL_TEXT ? small : malloc(n + EXPONENT);
    if (text != NULL) {
        Out o = {text};
        if (a->sign) put(&o, "-", 1);
        if (a->kind != NUM_FINITE) {
            put_special(&o, a, digits, n);
        } else {
            int64_t point = point_of(a, (int64_t)n, engineering), left = a->exp + (int64_t)n;
            if (point <= 0) {
                put(&o, "0.", 2);
                put_zeros(&o, -point);
                put(&o, digits, n);
            } else if (point >= (int64_t)n) {
                put(&o, digits, n);
                put_zeros(&o, point - (int64_t)n);
            } else {
                put(&o, digits, (size_t)point);
                put(&o, ".", 1);
                put(&o, digits + point, n - (size_t)point);
            }
            if (left != point) o.at += sprintf(o.at, "%c%+lld", capitals ? 'E' : 'e', (long long)(left - point));
        }
        *o.at = 0;
        *length = (size_t)(o.at - text);
    }
    free(owned);
    return text;
}

/* --- In -------------------------------------------------------------------------------------------------------------------------------- */

static bool same_word(const char *s, size_t n, const char *word) {
    if (n != strlen(word)) return false;
    for (size_t i = 0; i < n; i++)
        if ((s[i] | 32) != word[i]) return false;
    return true;
}
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Digits without the point; leading zeros are skipped. false: no memory. */
static bool set_digits(mpz_t c, const char *s, size_t n) {
    enum { IN_WORD = 19 };
    while (n > 0 && (*s == '0' || *s == '.')) s++, n--;
    if (n <= IN_WORD) {
        uint64_t w = 0;
        for (size_t i = 0; i < n; i++)
            if (s[i] != '.') w = w * 10 + (uint64_t)(s[i] - '0');
        mpz_set_ui(c, w);
        return true;
    }
    char small[128], *copy = n < sizeof small ? small : malloc(n + 1);
    if (copy == NULL) return false;
    size_t used = 0;
    for (size_t i = 0; i < n; i++)
        if (s[i] != '.') copy[used++] = s[i];
    copy[used] = 0;
    mpz_set_str(c, copy, 10);
    if (copy != small) free(copy);
    return true;
}

/* "NaN", "sNaN" with a payload. */
static bool nan_from_text(Num *r, const char *s, size_t n, const Ctx *ctx, uint32_t *status) {
    bool signalling = n > 0 && (*s | 32) == 's';
    s += signalling;
    n -= signalling;
    if (n < 3 || !same_word(s, 3, "nan")) return false;
    s += 3;
    n -= 3;
    for (size_t i = 0; i < n; i++)
        if (!is_digit(s[i])) return false;
    while (n > 0 && *s == '0') s++, n--;
    if ((int64_t)n > ctx->prec - ctx->clamp) return false;
    if (num_too_large(r, (int64_t)n, status)) return true;
    r->kind = signalling ? NUM_SNAN : NUM_QNAN;
    if (!set_digits(r->c, s, n)) num_invalid(r, MALLOC_ERROR, status);
    return true;
}

/* The exponent, kept within what arithmetic on exponents bears. */
static bool exponent_from_text(const char *s, size_t n, int64_t *out) {
    const int64_t most = 4 * MAX_EMAX;
    bool negative = n > 0 && *s == '-';
    if (n > 0 && (*s == '-' || *s == '+')) s++, n--;
    if (n == 0) return false;
    int64_t e = 0;
    for (; n > 0; s++, n--) {
        if (!is_digit(*s)) return false;
        e = e > most / 10 ? most : e * 10 + (*s - '0');
    }
    *out = negative ? -e : e;
    return true;
}

static bool finite_from_text(Num *r, const char *s, size_t n, uint32_t *status) {
    size_t i = 0, digits = 0, after = 0;
    bool point = false;
    for (; i < n; i++) {
        if (s[i] == '.' && !point) point = true;
        else if (is_digit(s[i])) digits++, after += point;
        else break;
    }
    int64_t exp = 0;
    if (digits == 0) return false;
    if (i < n && ((s[i] | 32) != 'e' || !exponent_from_text(s + i + 1, n - i - 1, &exp))) return false;
    if (num_too_large(r, (int64_t)digits, status)) return true;
    if (!set_digits(r->c, s, i)) {
        num_invalid(r, MALLOC_ERROR, status);
        return true;
    }
    r->exp = exp - (int64_t)after;
    return true;
}

void num_from_text(Num *r, const char *s, size_t n, const Ctx *ctx, uint32_t *status) {
    num_set_u64(r, 0, 0, 0);
    if (n > 0 && (*s == '-' || *s == '+')) {
        r->sign = *s == '-';
        s++, n--;
    }
    if (same_word(s, n, "inf") || same_word(s, n, "infinity")) {
        r->kind = NUM_INF;
        return;
    }
    if (n > 0 && ((*s | 32) == 'n' || (*s | 32) == 's')) {
        if (!nan_from_text(r, s, n, ctx, status)) num_invalid(r, CONVERSION_SYNTAX, status);
        return;
    }
    if (!finite_from_text(r, s, n, status)) num_invalid(r, CONVERSION_SYNTAX, status);
    else num_finalize(r, ctx, status);
}
