/* Operations on single digits and neighbours: shift, rotate, logical operations, minimum and maximum, next numbers, exponents as numbers. */
#include <stdlib.h>
#include <string.h>

#include "modules/decimal/number.h"

/* --- Shift and rotate ---------------------------------------------------------------------------------------------------------------- */

/* The second operand as a count: an integer with exponent 0 that is at most `most` in magnitude. */
static bool count_of(const Num *b, int64_t most, int64_t *count) {
    if (b->kind != NUM_FINITE || b->exp != 0 || mpz_size(b->c) > 1 || mpz_getlimbn(b->c, 0) > (uint64_t)most) return false;
    int64_t n = (int64_t)mpz_getlimbn(b->c, 0);
    *count = b->sign ? -n : n;
    return true;
}

/* The lowest `n` digits. */
static void keep_digits(mpz_t c, int64_t n) {
    if (num_digits_of(c) <= n) return;
    mpz_t p;
    mpz_init(p);
    num_pow10(p, n);
    mpz_tdiv_r(c, c, p);
    mpz_clear(p);
}

static bool shift_begin(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status, int64_t *count) {
    if (num_nan2(r, a, b, ctx, status)) return false;
    if (!count_of(b, ctx->prec, count)) {
        num_invalid(r, INVALID_OPERATION, status);
        return false;
    }
    num_copy(r, a);
    if (a->kind == NUM_INF) return false;
    keep_digits(r->c, ctx->prec);
    return true;
}

void num_shift(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    int64_t n;
    if (!shift_begin(r, a, b, ctx, status, &n)) return;
    if (n < 0) {
        num_drop(r->c, -n);
        return;
    }
    if (mpz_sgn(r->c) == 0) return;
    keep_digits(r->c, ctx->prec - n);
    if (mpz_sgn(r->c) == 0 || num_too_large(r, num_digits(r) + n, status)) return;
    num_scale(r->c, r->c, n);
}

void num_rotate(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    int64_t n;
    if (!shift_begin(r, a, b, ctx, status, &n) || mpz_sgn(r->c) == 0) return;
    if (n < 0) n += ctx->prec;
    Num low;
    num_init(&low);
    num_copy(&low, r);
    num_drop(r->c, ctx->prec - n);
    keep_digits(low.c, ctx->prec - n);
    if (mpz_sgn(low.c) != 0 && !num_too_large(r, num_digits(&low) + n, status)) {
        num_scale(low.c, low.c, n);
        mpz_add(r->c, r->c, low.c);
    }
    num_clear(&low);
}

/* --- Logical operations ------------------------------------------------------------------------------------------------------------------ */

/* The digits of a logical operand; NULL: it is none. */
static char *logical_digits(const Num *a, size_t *n) {
    if (a->kind != NUM_FINITE || a->sign || a->exp != 0) return NULL;
    char *text = num_coefficient_text(a->c, n);
    for (size_t i = 0; text && i < *n; i++) {
        if (text[i] == '0' || text[i] == '1') continue;
        free(text);
        return NULL;
    }
    return text;
}

static void set_logical(Num *r, const char *digits) {
    num_set_u64(r, 0, 0, 0);
    mpz_set_str(r->c, *digits ? digits : "0", 10);
}

static void logical(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status, char op) {
    size_t na, nb;
    char *x = logical_digits(a, &na), *y = x ? logical_digits(b, &nb) : NULL;
    if (y == NULL) {
        free(x);
        num_invalid(r, INVALID_OPERATION, status);
        return;
    }
    size_t n = na > nb ? na : nb;
    if ((int64_t)n > ctx->prec) n = (size_t)ctx->prec;
    char *out = malloc(n + 1);
    if (out == NULL) {
        num_invalid(r, MALLOC_ERROR, status);
    } else {
        for (size_t i = 1; i <= n; i++) {
            int p = i <= na && x[na - i] == '1', q = i <= nb && y[nb - i] == '1';
            out[n - i] = (char)('0' + (op == '&' ? (p & q) : op == '|' ? (p | q) : (p ^ q)));
        }
        out[n] = 0;
        set_logical(r, out);
    }
    free(out);
    free(x);
    free(y);
}
void num_and(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) { logical(r, a, b, ctx, status, '&'); }
void num_or(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) { logical(r, a, b, ctx, status, '|'); }
void num_xor(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) { logical(r, a, b, ctx, status, '^'); }

void num_invert(Num *r, const Num *a, const Ctx *ctx, uint32_t *status) {
    size_t n;
    char *x = logical_digits(a, &n);
    if (x == NULL) {
        num_invalid(r, INVALID_OPERATION, status);
        return;
    }
    if (!num_too_large(r, ctx->prec, status)) {
        char *out = malloc((size_t)ctx->prec + 1);
        if (out == NULL) {
            num_invalid(r, MALLOC_ERROR, status);
        } else {
            size_t width = (size_t)ctx->prec;
            for (size_t i = 1; i <= width; i++) out[width - i] = i <= n && x[n - i] == '1' ? '0' : '1';
            out[width] = 0;
            set_logical(r, out);
        }
        free(out);
    }
    free(x);
}

/* --- Minimum and maximum -------------------------------------------------------------------------------------------------------------------- */

static void choose(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status, bool largest, bool magnitude) {
    if (num_is_nan(a) || num_is_nan(b)) {
        bool quiet_a = a->kind == NUM_QNAN && !num_is_nan(b), quiet_b = b->kind == NUM_QNAN && !num_is_nan(a);
        if (!quiet_a && !quiet_b) {
            num_nan2(r, a, b, ctx, status);
            return;
        }
        num_copy(r, quiet_a ? b : a);
        num_finalize(r, ctx, status);
        return;
    }
    Num x = *a, y = *b;
    if (magnitude) x.sign = y.sign = 0;
    int order = num_cmp(&x, &y);
    if (order == 0) order = num_cmp_total(a, b);
    num_copy(r, (order < 0) == largest ? b : a);
    num_finalize(r, ctx, status);
}
void num_max(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) { choose(r, a, b, ctx, status, true, false); }
void num_min(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) { choose(r, a, b, ctx, status, false, false); }
void num_max_mag(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) { choose(r, a, b, ctx, status, true, true); }
void num_min_mag(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) { choose(r, a, b, ctx, status, false, true); }

/* --- Neighbours -------------------------------------------------------------------------------------------------------------------------------- */

static void step(Num *r, const Num *a, const Ctx *ctx, uint32_t *status, bool up) {
    if (a->kind == NUM_INF && a->sign == up) {
        if (num_too_large(r, ctx->prec, status)) return;
        num_set_u64(r, up, 0, ctx_etop(ctx));
        num_pow10(r->c, ctx->prec);
        mpz_sub_ui(r->c, r->c, 1);
        return;
    }
    if (a->kind == NUM_INF) {
        num_copy(r, a);
        return;
    }
    Ctx directed = *ctx;
    uint32_t ignored = 0;
    directed.round = up ? ROUND_CEILING : ROUND_FLOOR;
    num_copy(r, a);
    num_finalize(r, &directed, &ignored);
    if (r->kind == NUM_INF || num_cmp(r, a) != 0) return;
    Num tiny;
    num_init(&tiny);
    num_set_u64(&tiny, !up, 1, ctx_etiny(ctx) - 1);
    ignored = 0;
    num_add(r, a, &tiny, &directed, &ignored);
    *status |= ignored & MALLOC_ERROR;
    num_clear(&tiny);
}
void num_next_plus(Num *r, const Num *a, const Ctx *ctx, uint32_t *status) {
    if (!num_nan1(r, a, ctx, status)) step(r, a, ctx, status, true);
}
void num_next_minus(Num *r, const Num *a, const Ctx *ctx, uint32_t *status) {
    if (!num_nan1(r, a, ctx, status)) step(r, a, ctx, status, false);
}
void num_next_toward(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    if (num_nan2(r, a, b, ctx, status)) return;
    int order = num_cmp(a, b);
    if (order == 0) {
        num_copy(r, a);
        r->sign = b->sign;
        return;
    }
    step(r, a, ctx, status, order < 0);
    if (r->kind == NUM_INF) *status |= OVERFLOW_ | ROUNDED | INEXACT;
    else if (num_adjusted(r) < ctx->emin) {
        *status |= UNDERFLOW_ | SUBNORMAL | ROUNDED | INEXACT;
        if (mpz_sgn(r->c) == 0) *status |= CLAMPED;
    }
}

/* --- Exponents ------------------------------------------------------------------------------------------------------------------------------------ */

void num_logb(Num *r, const Num *a, const Ctx *ctx, uint32_t *status) {
    if (num_nan1(r, a, ctx, status)) return;
    if (a->kind == NUM_INF) {
        num_set_kind(r, 0, NUM_INF);
        return;
    }
    if (mpz_sgn(a->c) == 0) {
        num_set_kind(r, 1, NUM_INF);
        *status |= DIVISION_BY_ZERO;
        return;
    }
    int64_t e = num_adjusted(a);
    num_set_u64(r, e < 0, (uint64_t)llabs(e), 0);
    num_finalize(r, ctx, status);
}

void num_scaleb(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    if (num_nan2(r, a, b, ctx, status)) return;
    int64_t n;
    if (!count_of(b, 2 * (ctx->emax + ctx->prec), &n)) {
        num_invalid(r, INVALID_OPERATION, status);
        return;
    }
    num_copy(r, a);
    if (a->kind == NUM_INF) return;
    r->exp += n;
    num_finalize(r, ctx, status);
}

const char *num_class(const Num *a, const Ctx *ctx) {
    if (a->kind == NUM_QNAN) return "NaN";
    if (a->kind == NUM_SNAN) return "sNaN";
    if (a->kind == NUM_INF) return a->sign ? "-Infinity" : "+Infinity";
    if (mpz_sgn(a->c) == 0) return a->sign ? "-Zero" : "+Zero";
    if (num_adjusted(a) < ctx->emin) return a->sign ? "-Subnormal" : "+Subnormal";
    return a->sign ? "-Normal" : "+Normal";
}
