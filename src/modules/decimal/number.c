/* The core of decimal arithmetic: rounding into a context, sums, products, quotients, comparison. */
#include "modules/decimal/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const Ctx ctx_max = {.prec = MAX_PREC, .emax = MAX_EMAX, .emin = MIN_EMIN, .round = ROUND_HALF_EVEN, .capitals = 1};

/* --- Parts ------------------------------------------------------------------------------------------------------------------------- */

void num_copy(Num *r, const Num *a) {
    mpz_set(r->c, a->c);
    r->exp = a->exp;
    r->kind = a->kind;
    r->sign = a->sign;
}
void num_set_u64(Num *r, int sign, uint64_t c, int64_t exp) {
    mpz_set_ui(r->c, c);
    r->exp = exp;
    r->kind = NUM_FINITE;
    r->sign = (uint8_t)sign;
}
void num_set_kind(Num *r, int sign, enum NumKind kind) {
    num_set_u64(r, sign, 0, 0);
    r->kind = (uint8_t)kind;
}
void num_invalid(Num *r, uint32_t flag, uint32_t *status) {
    num_set_kind(r, 0, NUM_QNAN);
    *status |= flag;
}

bool num_have_room(int64_t digits) {
    enum { SURELY_THERE = 1000, PROBE_MIN = 1 << 16 }; /* so many digits find room in what libc keeps at hand */
    if (digits < SURELY_THERE) return true;
    if (digits > DIGITS_MAX) return false;
    size_t bytes = (size_t)digits * 4;
    void *probe = malloc(bytes < PROBE_MIN ? PROBE_MIN : bytes);
    free(probe);
    return probe != NULL;
}

bool num_too_large(Num *r, int64_t digits, uint32_t *status) {
    if (num_have_room(digits)) return false;
    num_invalid(r, MALLOC_ERROR, status);
    return true;
}

static const uint64_t powers[20] = {
    1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u, 1000000000u, 10000000000u, 100000000000u, 1000000000000u,
    10000000000000u, 100000000000000u, 1000000000000000u, 10000000000000000u, 100000000000000000u, 1000000000000000000u, 10000000000000000000u,
};

void num_pow10(mpz_t out, int64_t k) {
    if (k < 20) {
        mpz_set_ui(out, powers[k]);
        return;
    }
    mpz_ui_pow_ui(out, 5, (unsigned long)k);
    mpz_mul_2exp(out, out, (mp_bitcnt_t)k);
}

void num_scale(mpz_t r, const mpz_t c, int64_t k) {
    if (k < 20) {
        mpz_mul_ui(r, c, powers[k]);
        return;
    }
    mpz_t p;
    mpz_init(p);
    num_pow10(p, k);
    mpz_mul(r, c, p);
    mpz_clear(p);
}

static int64_t digits_of_word(uint64_t w) {
    int64_t guess = (64 - __builtin_clzll(w | 1)) * 1233 >> 12;
    return guess + (w >= powers[guess]) + (w == 0);
}

int64_t num_digits_of(const mpz_t c) {
    if (mpz_size(c) <= 1) return digits_of_word(mpz_getlimbn(c, 0));
    /* The logarithm decides but in the neighbourhood of a power of ten. */
    signed long bits;
    double m = mpz_get_d_2exp(&bits, c);
    double l = log10(m) + (double)bits * 0.30102999566398119521, whole = floor(l), margin = 1e-14 * (l + 100);
    if (l - whole > margin && whole + 1 - l > margin) return (int64_t)whole + 1;
    int64_t near = (int64_t)(l + 0.5);
    mpz_t p;
    mpz_init(p);
    num_pow10(p, near);
    int64_t digits = near + (mpz_cmp(c, p) >= 0);
    mpz_clear(p);
    return digits;
}

int64_t num_strip(mpz_t c, int64_t most) {
    int64_t limit = (int64_t)mpz_scan1(c, 0), done = 0;
    if (limit > most) limit = most;
    if (limit <= 0) return 0;
    mpz_t p, q, rest;
    mpz_inits(p, q, rest, NULL);
    int64_t step = 1;
    while (step * 2 <= limit) step *= 2;
    for (; step > 0; step /= 2) {
        while (done + step <= limit) {
            num_pow10(p, step);
            mpz_tdiv_qr(q, rest, c, p);
            if (mpz_sgn(rest) != 0) break;
            mpz_swap(c, q);
            done += step;
        }
    }
    mpz_clears(p, q, rest, NULL);
    return done;
}

static int64_t trailing_zeros(const Num *n) {
    mpz_t copy;
    mpz_init_set(copy, n->c);
    int64_t zeros = num_strip(copy, INT64_MAX);
    mpz_clear(copy);
    return zeros;
}

bool num_is_integer(const Num *n) {
    if (n->kind != NUM_FINITE) return false;
    if (n->exp >= 0 || mpz_sgn(n->c) == 0) return true;
    return (int64_t)mpz_scan1(n->c, 0) >= -n->exp && trailing_zeros(n) >= -n->exp;
}

bool num_is_odd(const Num *n) {
    if (n->exp > 0 || mpz_sgn(n->c) == 0 || n->kind != NUM_FINITE) return false;
    if (n->exp == 0) return mpz_odd_p(n->c);
    if (-n->exp >= num_digits(n)) return false;
    mpz_t copy;
    mpz_init_set(copy, n->c);
    num_drop(copy, -n->exp);
    bool odd = mpz_odd_p(copy);
    mpz_clear(copy);
    return odd;
}

/* --- Rounding ------------------------------------------------------------------------------------------------------------------------ */

int num_drop(mpz_t c, int64_t shift) {
    if (mpz_sgn(c) == 0) return 0;
    if (shift > num_digits_of(c)) {
        mpz_set_ui(c, 0);
        return 1;
    }
    if (shift < 20) {
        uint64_t p = powers[shift], rest = mpz_tdiv_q_ui(c, c, p);
        if (rest == 0) return 0;
        return rest < p - rest ? 1 : rest == p - rest ? 2 : 3;
    }
    mpz_t p, rest;
    mpz_inits(p, rest, NULL);
    num_pow10(p, shift);
    mpz_tdiv_qr(c, rest, c, p);
    int lost = 0;
    if (mpz_sgn(rest) != 0) {
        mpz_mul_2exp(rest, rest, 1);
        int order = mpz_cmp(rest, p);
        lost = order < 0 ? 1 : order == 0 ? 2 : 3;
    }
    mpz_clears(p, rest, NULL);
    return lost;
}

bool num_rounds_up(const mpz_t c, int lost, enum Rounding round, int sign) {
    if (lost == 0) return false;
    switch (round) {
    case ROUND_DOWN: return false;
    case ROUND_UP: return true;
    case ROUND_CEILING: return !sign;
    case ROUND_FLOOR: return sign;
    case ROUND_HALF_UP: return lost >= 2;
    case ROUND_HALF_DOWN: return lost == 3;
    case ROUND_HALF_EVEN: return lost == 3 || (lost == 2 && mpz_odd_p(c));
    default: return mpz_divisible_ui_p(c, 5); /* ROUND_05UP: the last digit is 0 or 5 */
    }
}

static void overflow(Num *r, const Ctx *ctx, uint32_t *status) {
    bool to_infinity = ctx->round == ROUND_CEILING ? !r->sign : ctx->round == ROUND_FLOOR ? r->sign : ctx->round != ROUND_DOWN && ctx->round != ROUND_05UP;
    *status |= OVERFLOW_ | INEXACT | ROUNDED;
    if (to_infinity) {
        num_set_kind(r, r->sign, NUM_INF);
        return;
    }
    if (num_too_large(r, ctx->prec, status)) return;
    num_pow10(r->c, ctx->prec);
    mpz_sub_ui(r->c, r->c, 1);
    r->exp = ctx_etop(ctx);
}

/* Puts zeros behind the digits where the exponent is above what a clamping context allows. */
static void clamp_down(Num *r, const Ctx *ctx, uint32_t *status) {
    int64_t etop = ctx_etop(ctx);
    if (!ctx->clamp || r->exp <= etop) return;
    *status |= CLAMPED;
    if (num_too_large(r, num_digits(r) + (r->exp - etop), status)) return;
    num_scale(r->c, r->c, r->exp - etop);
    r->exp = etop;
}

static void finalize_zero(Num *r, const Ctx *ctx, uint32_t *status) {
    int64_t low = ctx_etiny(ctx), high = ctx->clamp ? ctx_etop(ctx) : ctx->emax, exp = r->exp < low ? low : r->exp > high ? high : r->exp;
    if (exp != r->exp) *status |= CLAMPED;
    r->exp = exp;
}

static void finalize_nan(Num *r, const Ctx *ctx) {
    int64_t most = ctx->prec - ctx->clamp;
    if (mpz_sgn(r->c) == 0 || num_digits(r) <= most) return;
    mpz_t p;
    mpz_init(p);
    num_pow10(p, most);
    mpz_tdiv_r(r->c, r->c, p);
    mpz_clear(p);
}

void num_finalize(Num *r, const Ctx *ctx, uint32_t *status) {
    if (r->kind != NUM_FINITE) {
        if (num_is_nan(r)) finalize_nan(r, ctx);
        return;
    }
    if (mpz_sgn(r->c) == 0) {
        finalize_zero(r, ctx, status);
        return;
    }
    int64_t exp_min = num_digits(r) + r->exp - ctx->prec, etop = ctx_etop(ctx), etiny = ctx_etiny(ctx);
    if (exp_min > etop) {
        overflow(r, ctx, status);
        return;
    }
    bool subnormal = exp_min < etiny;
    if (subnormal) exp_min = etiny;
    if (subnormal) *status |= SUBNORMAL;
    if (r->exp >= exp_min) {
        clamp_down(r, ctx, status);
        return;
    }
    int lost = num_drop(r->c, exp_min - r->exp);
    r->exp = exp_min;
    *status |= ROUNDED;
    if (lost) *status |= INEXACT | (subnormal ? UNDERFLOW_ : 0);
    if (num_rounds_up(r->c, lost, ctx->round, r->sign)) {
        mpz_add_ui(r->c, r->c, 1);
        if (num_digits(r) > ctx->prec) {
            mpz_divexact_ui(r->c, r->c, 10);
            r->exp++;
        }
        if (r->exp > etop) {
            overflow(r, ctx, status);
            return;
        }
    }
    if (mpz_sgn(r->c) == 0) *status |= CLAMPED;
}

void num_rescale(Num *r, const Num *a, int64_t exp, enum Rounding round, uint32_t *status) {
    if (a->exp >= exp) {
        if (mpz_sgn(a->c) != 0 && num_too_large(r, num_digits(a) + (a->exp - exp), status)) return;
        num_copy(r, a);
        if (mpz_sgn(a->c) != 0) num_scale(r->c, r->c, a->exp - exp);
        r->exp = exp;
        return;
    }
    num_copy(r, a);
    r->exp = exp;
    if (mpz_sgn(a->c) == 0) return;
    int lost = num_drop(r->c, exp - a->exp);
    if (num_rounds_up(r->c, lost, round, a->sign)) mpz_add_ui(r->c, r->c, 1);
    *status |= ROUNDED | (lost ? INEXACT : 0);
}

/* --- NaNs ------------------------------------------------------------------------------------------------------------------------------ */

static void quiet(Num *r, const Num *a, const Ctx *ctx, uint32_t *status) {
    num_copy(r, a);
    if (a->kind == NUM_SNAN) *status |= INVALID_OPERATION;
    r->kind = NUM_QNAN;
    finalize_nan(r, ctx);
}

bool num_nan1(Num *r, const Num *a, const Ctx *ctx, uint32_t *status) {
    if (!num_is_nan(a)) return false;
    quiet(r, a, ctx, status);
    return true;
}

bool num_nan2(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    if (!num_is_nan(a) && !num_is_nan(b)) return false;
    const Num *which = a->kind == NUM_SNAN ? a : b->kind == NUM_SNAN ? b : num_is_nan(a) ? a : b;
    quiet(r, which, ctx, status);
    return true;
}

/* --- Sums -------------------------------------------------------------------------------------------------------------------------------- */

/* Copies a view with its sign and exponent, the digits of the same memory. */
static Num view_of(const Num *a) { return *a; }

static void add_signed(Num *r, const Num *a, const Num *b, int b_sign, const Ctx *ctx, uint32_t *status) {
    if (a->kind == NUM_INF || b->kind == NUM_INF) {
        if (a->kind == NUM_INF && b->kind == NUM_INF && a->sign != b_sign) num_invalid(r, INVALID_OPERATION, status);
        else num_set_kind(r, a->kind == NUM_INF ? a->sign : b_sign, NUM_INF);
        return;
    }
    int64_t exp = a->exp < b->exp ? a->exp : b->exp;
    bool a_zero = mpz_sgn(a->c) == 0, b_zero = mpz_sgn(b->c) == 0;
    if (a_zero && b_zero) {
        bool negative = a->sign == b_sign ? a->sign : ctx->round == ROUND_FLOOR;
        num_set_u64(r, negative, 0, exp);
        num_finalize(r, ctx, status);
        return;
    }
    if (a_zero || b_zero) {
        const Num *one = a_zero ? b : a;
        int sign = a_zero ? b_sign : a->sign;
        /* Zeros down to the other's exponent, as far as they can matter. */
        int64_t lowest = one->exp - ctx->prec - 1;
        if (exp < lowest) exp = lowest;
        if (num_too_large(r, num_digits(one) + (one->exp - exp), status)) return;
        num_scale(r->c, one->c, one->exp - exp);
        r->exp = exp;
        r->kind = NUM_FINITE;
        r->sign = (uint8_t)sign;
        num_finalize(r, ctx, status);
        return;
    }
    Num high = view_of(a), low = view_of(b);
    low.sign = (uint8_t)b_sign;
    if (high.exp < low.exp) {
        Num keep = high;
        high = low;
        low = keep;
    }
    int64_t gap = high.exp - low.exp;
    mpz_t tiny, aligned;
    mpz_init(aligned);
    mpz_init_set_ui(tiny, 1);
    if (gap > 0) {
        int64_t reach = num_digits(&high) - ctx->prec - 2;
        int64_t floor_exp = high.exp + (reach < -1 ? reach : -1);
        /* The lower operand lies below every digit that counts: any smallest digit stands for it. */
        if (num_adjusted(&low) < floor_exp) {
            low.exp = floor_exp;
            low.c[0] = tiny[0];
            gap = high.exp - floor_exp;
        }
        if (num_too_large(r, num_digits(&high) + gap, status)) goto done;
        num_scale(aligned, high.c, gap);
        high.c[0] = aligned[0];
    }
    r->kind = NUM_FINITE;
    r->exp = low.exp;
    if (high.sign == low.sign) {
        mpz_add(r->c, high.c, low.c);
        r->sign = high.sign;
    } else {
        mpz_sub(r->c, high.c, low.c);
        int side = mpz_sgn(r->c);
        r->sign = side > 0 ? high.sign : side < 0 ? low.sign : ctx->round == ROUND_FLOOR;
        mpz_abs(r->c, r->c);
    }
    num_finalize(r, ctx, status);
done:
    mpz_clear(tiny);
    mpz_clear(aligned);
}

void num_add(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    if (!num_nan2(r, a, b, ctx, status)) add_signed(r, a, b, b->sign, ctx, status);
}
void num_sub(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    if (!num_nan2(r, a, b, ctx, status)) add_signed(r, a, b, !b->sign, ctx, status);
}

static void with_sign(Num *r, const Num *a, int sign, const Ctx *ctx, uint32_t *status) {
    num_copy(r, a);
    r->sign = (uint8_t)sign;
    num_finalize(r, ctx, status);
}
void num_plus(Num *r, const Num *a, const Ctx *ctx, uint32_t *status) {
    if (num_nan1(r, a, ctx, status)) return;
    with_sign(r, a, num_is_zero(a) && ctx->round != ROUND_FLOOR ? 0 : a->sign, ctx, status);
}
void num_minus(Num *r, const Num *a, const Ctx *ctx, uint32_t *status) {
    if (num_nan1(r, a, ctx, status)) return;
    with_sign(r, a, num_is_zero(a) && ctx->round != ROUND_FLOOR ? 0 : !a->sign, ctx, status);
}
void num_abs(Num *r, const Num *a, const Ctx *ctx, uint32_t *status) {
    if (!num_nan1(r, a, ctx, status)) with_sign(r, a, 0, ctx, status);
}

/* --- Products ------------------------------------------------------------------------------------------------------------------------------ */

void num_mul(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    if (num_nan2(r, a, b, ctx, status)) return;
    int sign = a->sign ^ b->sign;
    if (a->kind == NUM_INF || b->kind == NUM_INF) {
        if (num_is_zero(a) || num_is_zero(b)) num_invalid(r, INVALID_OPERATION, status);
        else num_set_kind(r, sign, NUM_INF);
        return;
    }
    if (num_too_large(r, (int64_t)(mpz_size(a->c) + mpz_size(b->c)) * 20, status)) return;
    mpz_mul(r->c, a->c, b->c);
    r->exp = a->exp + b->exp;
    r->sign = (uint8_t)sign;
    r->kind = NUM_FINITE;
    num_finalize(r, ctx, status);
}

void num_fma(Num *r, const Num *a, const Num *b, const Num *c, const Ctx *ctx, uint32_t *status) {
    Num product;
    num_init(&product);
    num_mul(&product, a, b, &ctx_max, status);
    if (*status & MALLOC_ERROR) num_copy(r, &product);
    else if ((*status & INVALID_OPERATION) && num_is_nan(&product)) quiet(r, &product, ctx, status);
    else num_add(r, &product, c, ctx, status);
    num_clear(&product);
}

/* --- Quotients ------------------------------------------------------------------------------------------------------------------------------- */

/* a / b to so many digits and one more; false: it is not exact. */
static bool divide_to(Num *r, const Num *a, const Num *b, int64_t prec, int64_t da, int64_t db, uint32_t *status) {
    int64_t shift = db - da + prec + 1;
    if (num_too_large(r, prec + da + db, status)) return true;
    mpz_t x, rest;
    mpz_inits(x, rest, NULL);
    if (shift >= 0) {
        num_scale(x, a->c, shift);
        mpz_tdiv_qr(r->c, rest, x, b->c);
    } else {
        num_scale(x, b->c, -shift);
        mpz_tdiv_qr(r->c, rest, a->c, x);
    }
    r->exp = a->exp - b->exp - shift;
    bool exact = mpz_sgn(rest) == 0;
    mpz_clears(x, rest, NULL);
    if (exact) {
        int64_t ideal = a->exp - b->exp;
        if (r->exp < ideal) r->exp += num_strip(r->c, ideal - r->exp);
    } else if (mpz_divisible_ui_p(r->c, 5)) {
        mpz_add_ui(r->c, r->c, 1); /* what is lost must be seen by the rounding */
    }
    return exact;
}

void num_div(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    if (num_nan2(r, a, b, ctx, status)) return;
    int sign = a->sign ^ b->sign;
    if (a->kind == NUM_INF) {
        if (b->kind == NUM_INF) num_invalid(r, INVALID_OPERATION, status);
        else num_set_kind(r, sign, NUM_INF);
        return;
    }
    if (b->kind == NUM_INF) {
        num_set_u64(r, sign, 0, ctx_etiny(ctx));
        *status |= CLAMPED;
        return;
    }
    if (mpz_sgn(b->c) == 0) {
        if (mpz_sgn(a->c) == 0) {
            num_invalid(r, DIVISION_UNDEFINED, status);
        } else {
            num_set_kind(r, sign, NUM_INF);
            *status |= DIVISION_BY_ZERO;
        }
        return;
    }
    r->kind = NUM_FINITE;
    r->sign = (uint8_t)sign;
    if (mpz_sgn(a->c) == 0) {
        mpz_set_ui(r->c, 0);
        r->exp = a->exp - b->exp;
    } else {
        /* An exact quotient has few digits, however many are allowed. */
        int64_t da = num_digits(a), db = num_digits(b), few = da + 4 * db + 4;
        if (few >= ctx->prec || !divide_to(r, a, b, few, da, db, status)) divide_to(r, a, b, ctx->prec, da, db, status);
    }
    num_finalize(r, ctx, status);
}

/* Quotient as an integer, remainder; finite operands, b not zero. false: the quotient has more digits than the context. */
static bool divide_integers(Num *q, Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    int64_t ideal = a->exp < b->exp ? a->exp : b->exp;
    num_set_u64(q, a->sign ^ b->sign, 0, 0);
    if (mpz_sgn(a->c) == 0) {
        num_set_u64(r, a->sign, 0, ideal);
        return true;
    }
    int64_t difference = num_adjusted(a) - num_adjusted(b);
    if (difference < -1) {
        /* The remainder is a itself, with b's exponent where that is the lower one and the digits can be had. */
        int64_t lowest = a->exp - ctx->prec - 1;
        num_rescale(r, a, ideal < lowest ? lowest : ideal, ROUND_DOWN, status);
        return true;
    }
    if (difference > ctx->prec) return false;
    if (num_too_large(r, num_digits(a) + num_digits(b) + llabs(a->exp - b->exp), status)) {
        num_copy(q, r);
        return true;
    }
    mpz_t x;
    mpz_init(x);
    r->exp = ideal;
    r->sign = a->sign;
    r->kind = NUM_FINITE;
    if (a->exp >= b->exp) {
        num_scale(x, a->c, a->exp - b->exp);
        mpz_tdiv_qr(q->c, r->c, x, b->c);
    } else {
        num_scale(x, b->c, b->exp - a->exp);
        mpz_tdiv_qr(q->c, r->c, a->c, x);
    }
    mpz_clear(x);
    return num_digits(q) <= ctx->prec;
}

void num_divint(Num *q, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    if (num_nan2(q, a, b, ctx, status)) return;
    int sign = a->sign ^ b->sign;
    if (a->kind == NUM_INF) {
        if (b->kind == NUM_INF) num_invalid(q, INVALID_OPERATION, status);
        else num_set_kind(q, sign, NUM_INF);
        return;
    }
    if (b->kind == NUM_INF) {
        num_set_u64(q, sign, 0, 0);
        return;
    }
    if (mpz_sgn(b->c) == 0) {
        if (mpz_sgn(a->c) == 0) {
            num_invalid(q, DIVISION_UNDEFINED, status);
        } else {
            num_set_kind(q, sign, NUM_INF);
            *status |= DIVISION_BY_ZERO;
        }
        return;
    }
    Num r;
    uint32_t ignored = 0;
    num_init(&r);
    if (!divide_integers(q, &r, a, b, ctx, &ignored)) num_invalid(q, DIVISION_IMPOSSIBLE, status);
    *status |= ignored & MALLOC_ERROR;
    num_clear(&r);
    num_finalize(q, ctx, status);
}

/* The cases of a remainder that need no division. */
static bool remainder_special(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    if (num_nan2(r, a, b, ctx, status)) return true;
    if (a->kind == NUM_INF) {
        num_invalid(r, INVALID_OPERATION, status);
        return true;
    }
    if (b->kind == NUM_INF) {
        num_copy(r, a);
        num_finalize(r, ctx, status);
        return true;
    }
    if (mpz_sgn(b->c) != 0) return false;
    num_invalid(r, mpz_sgn(a->c) == 0 ? DIVISION_UNDEFINED : INVALID_OPERATION, status);
    return true;
}

void num_rem(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    if (remainder_special(r, a, b, ctx, status)) return;
    Num q;
    num_init(&q);
    if (!divide_integers(&q, r, a, b, ctx, status)) num_invalid(r, DIVISION_IMPOSSIBLE, status);
    num_clear(&q);
    num_finalize(r, ctx, status);
}

void num_divmod(Num *q, Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    if (num_nan2(q, a, b, ctx, status)) {
        num_copy(r, q);
        return;
    }
    if (a->kind == NUM_INF || b->kind == NUM_INF || mpz_sgn(b->c) == 0) {
        num_divint(q, a, b, ctx, status);
        if (b->kind == NUM_INF && a->kind == NUM_FINITE) num_rem(r, a, b, ctx, status);
        else num_invalid(r, num_is_nan(q) ? 0 : INVALID_OPERATION, status);
        return;
    }
    if (!divide_integers(q, r, a, b, ctx, status)) {
        num_invalid(q, DIVISION_IMPOSSIBLE, status);
        num_copy(r, q);
        return;
    }
    num_finalize(q, ctx, status);
    num_finalize(r, ctx, status);
}

void num_rem_near(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    if (remainder_special(r, a, b, ctx, status)) return;
    Num q;
    num_init(&q);
    bool fits = divide_integers(&q, r, a, b, ctx, status);
    if (fits && !num_is_nan(r)) {
        /* |r| > |b| / 2, or equal and q odd: the next quotient is nearer. */
        Num twice, size;
        num_init(&twice);
        num_init(&size);
        num_copy(&twice, r);
        mpz_mul_2exp(twice.c, twice.c, 1);
        num_copy(&size, b);
        twice.sign = size.sign = 0;
        int order = num_cmp(&twice, &size);
        if (order > 0 || (order == 0 && mpz_odd_p(q.c))) {
            mpz_add_ui(q.c, q.c, 1);
            uint32_t ignored = 0;
            num_copy(&twice, r);
            size.sign = !r->sign;
            num_add(r, &twice, &size, &ctx_max, &ignored);
            *status |= ignored & MALLOC_ERROR;
            fits = num_digits(&q) <= ctx->prec;
        }
        num_clear(&twice);
        num_clear(&size);
    }
    if (!fits) num_invalid(r, DIVISION_IMPOSSIBLE, status);
    num_clear(&q);
    num_finalize(r, ctx, status);
}

/* --- Roots ------------------------------------------------------------------------------------------------------------------------------------- */

void num_sqrt(Num *r, const Num *a, const Ctx *ctx, uint32_t *status) {
    if (num_nan1(r, a, ctx, status)) return;
    int64_t half = a->exp >> 1;
    if (num_is_zero(a)) {
        num_set_u64(r, a->sign, 0, half);
        num_finalize(r, ctx, status);
        return;
    }
    if (a->sign) {
        num_invalid(r, INVALID_OPERATION, status);
        return;
    }
    if (a->kind == NUM_INF) {
        num_copy(r, a);
        return;
    }
    Ctx even = *ctx;
    even.round = ROUND_HALF_EVEN;
    mpz_t c;
    mpz_init(c);
    mpz_mul_ui(c, a->c, a->exp & 1 ? 10 : 1);
    r->kind = NUM_FINITE;
    r->sign = 0;
    r->exp = half;
    if (mpz_perfect_square_p(c)) {
        mpz_sqrt(r->c, c);
    } else {
        int64_t shift = ctx->prec + 1 - (num_digits_of(c) + 1) / 2;
        if (num_too_large(r, 2 * (shift > 0 ? shift : 0) + num_digits_of(c), status)) {
            mpz_clear(c);
            return;
        }
        if (shift >= 0) num_scale(c, c, 2 * shift);
        else num_drop(c, -2 * shift);
        mpz_sqrt(r->c, c);
        r->exp -= shift;
        if (mpz_divisible_ui_p(r->c, 5)) mpz_add_ui(r->c, r->c, 1);
    }
    mpz_clear(c);
    num_finalize(r, &even, status);
}

/* --- Comparison ---------------------------------------------------------------------------------------------------------------------------------- */

static int cmp_finite_magnitudes(const Num *a, const Num *b) {
    int64_t x = num_adjusted(a), y = num_adjusted(b);
    if (x != y) return x < y ? -1 : 1;
    if (a->exp == b->exp) return mpz_cmp(a->c, b->c);
    mpz_t scaled;
    mpz_init(scaled);
    int order;
    if (a->exp > b->exp) {
        num_scale(scaled, a->c, a->exp - b->exp);
        order = mpz_cmp(scaled, b->c);
    } else {
        num_scale(scaled, b->c, b->exp - a->exp);
        order = mpz_cmp(a->c, scaled);
    }
    mpz_clear(scaled);
    return order;
}

int num_cmp(const Num *a, const Num *b) {
    int x = num_is_zero(a) ? 0 : a->sign ? -1 : 1, y = num_is_zero(b) ? 0 : b->sign ? -1 : 1;
    if (x != y) return x < y ? -1 : 1;
    if (x == 0) return 0;
    int order = a->kind == NUM_INF || b->kind == NUM_INF ? (a->kind == NUM_INF) - (b->kind == NUM_INF) : cmp_finite_magnitudes(a, b);
    order = (order > 0) - (order < 0);
    return x < 0 ? -order : order;
}

static void set_order(Num *r, int order) { num_set_u64(r, order < 0, order != 0, 0); }

void num_compare(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    if (!num_nan2(r, a, b, ctx, status)) set_order(r, num_cmp(a, b));
}
void num_compare_signal(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    if (num_nan2(r, a, b, ctx, status)) *status |= INVALID_OPERATION;
    else set_order(r, num_cmp(a, b));
}

int num_cmp_total(const Num *a, const Num *b) {
    static const uint8_t rank[] = {[NUM_FINITE] = 0, [NUM_INF] = 0, [NUM_SNAN] = 1, [NUM_QNAN] = 2};
    if (a->sign != b->sign) return a->sign ? -1 : 1;
    int order = rank[a->kind] - rank[b->kind];
    if (order == 0 && num_is_nan(a)) order = mpz_cmp(a->c, b->c);
    else if (order == 0) {
        order = num_cmp(a, b);
        if (order != 0) return order;
        order = a->exp < b->exp ? -1 : a->exp > b->exp;
    }
    order = (order > 0) - (order < 0);
    return a->sign ? -order : order;
}
void num_compare_total(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    (void)ctx;
    (void)status;
    set_order(r, num_cmp_total(a, b));
}
void num_compare_total_mag(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    Num x = view_of(a), y = view_of(b);
    (void)ctx;
    (void)status;
    x.sign = y.sign = 0;
    set_order(r, num_cmp_total(&x, &y));
}

/* --- To an exponent -------------------------------------------------------------------------------------------------------------------------------- */

void num_quantize(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    if (num_nan2(r, a, b, ctx, status)) return;
    if (a->kind == NUM_INF || b->kind == NUM_INF) {
        if (a->kind != b->kind) num_invalid(r, INVALID_OPERATION, status);
        else num_copy(r, a);
        return;
    }
    int64_t exp = b->exp;
    uint32_t happened = 0;
    bool fits = exp <= ctx->emax && exp >= ctx_etiny(ctx);
    if (fits && mpz_sgn(a->c) != 0) fits = num_adjusted(a) <= ctx->emax && num_adjusted(a) - exp + 1 <= ctx->prec;
    if (fits) {
        num_rescale(r, a, exp, ctx->round, &happened);
        if (!(happened & MALLOC_ERROR)) fits = mpz_sgn(r->c) == 0 || (num_adjusted(r) <= ctx->emax && num_digits(r) <= ctx->prec);
    }
    if (!fits) {
        num_invalid(r, INVALID_OPERATION, status);
        return;
    }
    *status |= happened;
    uint32_t limits = 0;
    num_finalize(r, ctx, &limits);
    *status |= limits & ~(uint32_t)UNDERFLOW_;
}

static void to_integral(Num *r, const Num *a, const Ctx *ctx, uint32_t *status, bool exact) {
    if (num_nan1(r, a, ctx, status)) return;
    if (a->kind == NUM_INF || a->exp >= 0) {
        num_copy(r, a);
        return;
    }
    uint32_t happened = 0;
    num_rescale(r, a, 0, ctx->round, &happened);
    if (exact) *status |= happened;
}
void num_to_integral_exact(Num *r, const Num *a, const Ctx *ctx, uint32_t *status) { to_integral(r, a, ctx, status, true); }
void num_to_integral(Num *r, const Num *a, const Ctx *ctx, uint32_t *status) { to_integral(r, a, ctx, status, false); }

void num_normalize(Num *r, const Num *a, const Ctx *ctx, uint32_t *status) {
    if (num_nan1(r, a, ctx, status)) return;
    num_copy(r, a);
    num_finalize(r, ctx, status);
    if (r->kind != NUM_FINITE) return;
    if (mpz_sgn(r->c) == 0) {
        r->exp = 0;
        return;
    }
    int64_t top = ctx->clamp ? ctx_etop(ctx) : ctx->emax;
    if (r->exp < top) r->exp += num_strip(r->c, top - r->exp);
}
