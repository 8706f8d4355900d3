/* exp, ln, log10 and powers.
 *
 * exp and the logarithms are computed in binary fixed point (the value times 2^bits), with an error that is known, and once more with
 * more bits where that error leaves the rounding open; so they are correctly rounded.  They are irrational but for the cases that are
 * answered before, so that this ends. */
#include <math.h>
#include <stdlib.h>

#include "modules/decimal/number.h"

typedef mp_bitcnt_t Bits;

/* --- Fixed point ------------------------------------------------------------------------------------------------------------------------ */

/* 2 atanh(p / q), q > p > 0; error below 4 units for each term. */
static void twice_atanh(mpz_t out, unsigned long p, unsigned long q, Bits bits) {
    mpz_t power, term;
    mpz_inits(power, term, NULL);
    mpz_set_ui(power, 2 * p);
    mpz_mul_2exp(power, power, bits);
    mpz_tdiv_q_ui(power, power, q);
    mpz_set(out, power);
    for (unsigned long k = 3; mpz_sgn(power) != 0; k += 2) {
        mpz_mul_ui(power, power, p * p);
        mpz_tdiv_q_ui(power, power, q * q);
        mpz_tdiv_q_ui(term, power, k);
        mpz_add(out, out, term);
    }
    mpz_clears(power, term, NULL);
}

/* ln 2 = 18 L(26) - 2 L(4801) + 8 L(8749), ln 10 = 46 L(31) + 34 L(49) + 20 L(161), L(n) = atanh(1/n). */
static void combine(mpz_t out, Bits bits, const long weights[3], const unsigned long arguments[3]) {
    mpz_t part;
    mpz_init(part);
    mpz_set_ui(out, 0);
    for (int i = 0; i < 3; i++) {
        twice_atanh(part, 1, arguments[i], bits);
        mpz_mul_si(part, part, weights[i] / 2);
        mpz_add(out, out, part);
    }
    mpz_clear(part);
}
static void fixed_ln2(mpz_t out, Bits bits) { combine(out, bits, (const long[]){18, -2, 8}, (const unsigned long[]){26, 4801, 8749}); }
static void fixed_ln10(mpz_t out, Bits bits) { combine(out, bits, (const long[]){46, 34, 20}, (const unsigned long[]){31, 49, 161}); }

static Bits root_of(Bits bits) {
    Bits r = 1;
    while (r * r < bits) r++;
    return r;
}

/* e^x of 0 <= x < 1 (as fixed point, in place): x is halved often, the series summed, the result squared as often. The squarings lose
 * `halvings` bits, for which room was made. */
static void fixed_exp(mpz_t x, Bits bits) {
    Bits halvings = root_of(bits), wide = bits + 2 * halvings + 16;
    mpz_t sum, term;
    mpz_inits(sum, term, NULL);
    mpz_mul_2exp(x, x, wide - bits);
    mpz_tdiv_q_2exp(x, x, halvings);
    mpz_set_ui(sum, 1);
    mpz_mul_2exp(sum, sum, wide);
    mpz_set(term, sum);
    for (unsigned long k = 1; mpz_sgn(term) != 0; k++) {
        mpz_mul(term, term, x);
        mpz_tdiv_q_2exp(term, term, wide);
        mpz_tdiv_q_ui(term, term, k);
        mpz_add(sum, sum, term);
    }
    for (Bits i = 0; i < halvings; i++) {
        mpz_mul(sum, sum, sum);
        mpz_tdiv_q_2exp(sum, sum, wide);
    }
    mpz_tdiv_q_2exp(x, sum, wide - bits);
    mpz_clears(sum, term, NULL);
}

/* ln of y, 1 <= y < 2 (fixed point, in place): Newton's iteration on exp, y := x + 2 (v - e^x) / (v + e^x), which triples the bits that
 * are right, from a double. */
static void fixed_ln(mpz_t y, Bits bits) {
    enum { FIRST = 45 };
    Bits steps[64];
    int n = 0;
    for (Bits b = bits; b > FIRST; b = b / 3 + 4) steps[n++] = b + 8;
    signed long exponent;
    double start = mpz_get_d_2exp(&exponent, y);
    start = log(ldexp(start, (int)(exponent - (signed long)bits)));
    mpz_t x, e, v, up;
    mpz_inits(x, e, v, up, NULL);
    Bits now = 60;
    mpz_set_d(x, ldexp(start < 0 ? 0 : start, 60));
    while (n-- > 0) {
        Bits b = steps[n];
        if (b >= now) mpz_mul_2exp(x, x, b - now);
        else mpz_tdiv_q_2exp(x, x, now - b);
        now = b;
        if (b >= bits) mpz_mul_2exp(v, y, b - bits);
        else mpz_tdiv_q_2exp(v, y, bits - b);
        mpz_set(e, x);
        fixed_exp(e, b);
        mpz_sub(up, v, e);
        mpz_mul_2exp(up, up, b + 1);
        mpz_add(v, v, e);
        mpz_tdiv_q(up, up, v);
        mpz_add(x, x, up);
    }
    if (now >= bits) mpz_tdiv_q_2exp(y, x, now - bits);
    else mpz_mul_2exp(y, x, bits - now);
    mpz_clears(x, e, v, up, NULL);
}

/* --- Rounding an approximation --------------------------------------------------------------------------------------------------------------- */

/* The value v / 2^bits * 10^exp, wrong by less than `error` units of v: as a Num of digits enough for the context, if the error cannot
 * matter. `digits` more than the precision are looked at. */
static bool settle(Num *r, const mpz_t v, Bits bits, const mpz_t error, int64_t exp, const Ctx *ctx, uint32_t *status) {
    mpz_t low, high;
    mpz_inits(low, high, NULL);
    mpz_sub(low, v, error);
    mpz_add(high, v, error);
    bool good = mpz_sgn(low) > 0;
    if (good) {
        /* As decimal integers with some digits more than are kept; both ends must round to the same. */
        int64_t bits_left = (int64_t)mpz_sizeinbase(low, 2) - (int64_t)bits;
        int64_t whole = (int64_t)floor((double)bits_left * 0.30103), scale = ctx->prec + 3 - whole;
        Num a, b;
        num_init(&a);
        num_init(&b);
        const mpz_t *ends[] = {&low, &high};
        Num *nums[] = {&a, &b};
        for (int i = 0; i < 2; i++) {
            mpz_t *e = (mpz_t *)ends[i];
            if (scale >= 0) {
                num_scale(*e, *e, scale);
                mpz_tdiv_q_2exp(nums[i]->c, *e, bits);
            } else {
                mpz_t p;
                mpz_init(p);
                num_pow10(p, -scale);
                mpz_mul_2exp(p, p, bits);
                mpz_tdiv_q(nums[i]->c, *e, p);
                mpz_clear(p);
            }
            /* Irrational: something is lost behind these digits. */
            mpz_mul_ui(nums[i]->c, nums[i]->c, 10);
            mpz_add_ui(nums[i]->c, nums[i]->c, 1);
            nums[i]->exp = exp - scale - 1;
            nums[i]->sign = r->sign;
        }
        uint32_t sa = 0, sb = 0;
        num_finalize(&a, ctx, &sa);
        num_finalize(&b, ctx, &sb);
        good = sa == sb && a.kind == b.kind && a.exp == b.exp && mpz_cmp(a.c, b.c) == 0;
        if (good) {
            num_copy(r, &a);
            *status |= sa | INEXACT | ROUNDED;
        }
        num_clear(&a);
        num_clear(&b);
    }
    mpz_clears(low, high, NULL);
    return good;
}

/* c * 10^e as fixed point, rounded down. */
static void to_fixed(mpz_t out, const Num *a, Bits bits) {
    if (a->exp >= 0) {
        num_scale(out, a->c, a->exp);
        mpz_mul_2exp(out, out, bits);
        return;
    }
    mpz_t p;
    mpz_init(p);
    num_pow10(p, -a->exp);
    mpz_mul_2exp(out, a->c, bits);
    mpz_tdiv_q(out, out, p);
    mpz_clear(p);
}

static Bits bits_for(int64_t digits) { return (Bits)(digits * 3322 / 1000 + 16); }

static Ctx nearest(const Ctx *ctx) {
    Ctx c = *ctx;
    c.round = ROUND_HALF_EVEN;
    return c;
}

/* --- exp ---------------------------------------------------------------------------------------------------------------------------------------- */

/* A number beyond any: the limits of the context turn it into what they give. */
static void extreme(Num *r, int sign, bool large, const Ctx *ctx, uint32_t *status) {
    num_set_u64(r, sign, 1, large ? ctx->emax + 1 : ctx_etiny(ctx) - 2);
    num_finalize(r, ctx, status);
}

/* One with all its digits: what differs from it by less than any of them. */
static void near_one(Num *r, int sign, const Ctx *ctx, uint32_t *status) {
    if (num_too_large(r, ctx->prec, status)) return;
    num_set_u64(r, sign, 1, 0);
    num_scale(r->c, r->c, ctx->prec - 1);
    r->exp = 1 - ctx->prec;
    num_finalize(r, ctx, status);
    *status |= INEXACT | ROUNDED;
}

static void exp_of(Num *r, const Num *a, const Ctx *ctx, uint32_t *status) {
    Ctx even = nearest(ctx);
    int64_t size = num_adjusted(a);
    /* e^x = 10^(x / ln 10): beyond these every context ends. */
    if (size > 19) {
        extreme(r, 0, !a->sign, &even, status);
        return;
    }
    if (size < -even.prec - 2) {
        near_one(r, 0, &even, status);
        return;
    }
    double estimate = mpz_get_d(a->c) * pow(10, (double)a->exp);
    if (num_digits(a) < 300 && fabs(estimate) / 2.302585 > 1.001 * (double)(a->sign ? -ctx_etiny(ctx) + 3 : ctx->emax + 3)) {
        extreme(r, 0, !a->sign, &even, status);
        return;
    }
    for (int64_t extra = 8;; extra *= 2) {
        int64_t digits = even.prec + extra + (size > 0 ? size : 0) + 3;
        if (num_too_large(r, digits * 4 + num_digits(a), status)) return;
        Bits bits = bits_for(digits);
        mpz_t x, ln10, q, error;
        mpz_inits(x, ln10, q, error, NULL);
        to_fixed(x, a, bits);
        if (a->sign) mpz_neg(x, x);
        fixed_ln10(ln10, bits);
        mpz_fdiv_qr(q, x, x, ln10);
        int64_t exponent = mpz_get_si(q);
        /* x < ln 10 < 4: e^x = (e^(x/4))^4. */
        mpz_tdiv_q_2exp(x, x, 2);
        fixed_exp(x, bits);
        for (int i = 0; i < 2; i++) {
            mpz_mul(x, x, x);
            mpz_tdiv_q_2exp(x, x, bits);
        }
        /* The reduction's error is that of ln 10 times the quotient. */
        mpz_abs(error, q);
        mpz_add_ui(error, error, 4);
        mpz_mul_ui(error, error, 64 * (unsigned long)(bits + 16));
        r->sign = 0;
        bool done = settle(r, x, bits, error, exponent, &even, status);
        mpz_clears(x, ln10, q, error, NULL);
        if (done) return;
    }
}

void num_exp(Num *r, const Num *a, const Ctx *ctx, uint32_t *status) {
    if (num_nan1(r, a, ctx, status)) return;
    if (a->kind == NUM_INF) {
        if (a->sign) num_set_u64(r, 0, 0, 0);
        else num_copy(r, a);
        return;
    }
    if (mpz_sgn(a->c) == 0) {
        num_set_u64(r, 0, 1, 0);
        return;
    }
    exp_of(r, a, ctx, status);
}

/* --- Logarithms ----------------------------------------------------------------------------------------------------------------------------------- */

static int cmp_one(const Num *a) {
    Num one;
    num_init(&one);
    num_set_u64(&one, 0, 1, 0);
    int order = num_cmp(a, &one);
    num_clear(&one);
    return order;
}

/* ln a, or log10 a. */
static void logarithm(Num *r, const Num *a, bool base10, const Ctx *ctx, uint32_t *status) {
    Ctx even = nearest(ctx);
    /* a = m * 10^e, with e the adjusted exponent (or 0 near one): ln a = ln m + e ln 10. */
    int64_t digits_a = num_digits(a), e = num_adjusted(a);
    /* 0.9...: how near a is to one decides how many leading digits cancel. */
    int64_t cancelled = 0;
    if (e == -1 || e == 0) {
        Num one, difference;
        uint32_t ignored = 0;
        num_init(&one);
        num_init(&difference);
        num_set_u64(&one, 1, 1, 0);
        num_add(&difference, a, &one, &ctx_max, &ignored);
        cancelled = -num_adjusted(&difference);
        if (cancelled < 0) cancelled = 0;
        num_clear(&one);
        num_clear(&difference);
    }
    for (int64_t extra = 8;; extra *= 2) {
        int64_t digits = even.prec + extra + cancelled + 20;
        if (num_too_large(r, digits * 4 + digits_a, status)) return;
        Bits bits = bits_for(digits);
        mpz_t x, ln2, ln10, error;
        mpz_inits(x, ln2, ln10, error, NULL);
        Num m = *a;
        m.exp = 1 - digits_a; /* 1 <= m < 10 */
        to_fixed(x, &m, bits);
        int64_t halvings = (int64_t)mpz_sizeinbase(x, 2) - 1 - (int64_t)bits;
        mpz_t y;
        mpz_init_set(y, x);
        if (halvings > 0) mpz_tdiv_q_2exp(y, y, (Bits)halvings);
        fixed_ln(y, bits);
        fixed_ln2(ln2, bits);
        fixed_ln10(ln10, bits);
        mpz_mul_si(ln2, ln2, halvings);
        mpz_add(y, y, ln2);
        mpz_mul_si(x, ln10, e);
        mpz_add(y, y, x);
        mpz_set_si(error, labs(e));
        mpz_add_ui(error, error, 16);
        mpz_mul_ui(error, error, 64 * (unsigned long)(bits + 16));
        if (base10) {
            mpz_mul_2exp(y, y, bits);
            mpz_tdiv_q(y, y, ln10);
        }
        r->sign = mpz_sgn(y) < 0;
        mpz_abs(y, y);
        bool done = settle(r, y, bits, error, 0, &even, status);
        mpz_clears(x, y, ln2, ln10, error, NULL);
        if (done) return;
    }
}

static bool log_special(Num *r, const Num *a, const Ctx *ctx, uint32_t *status) {
    if (num_nan1(r, a, ctx, status)) return true;
    if (num_is_zero(a)) {
        num_set_kind(r, 1, NUM_INF);
        return true;
    }
    if (a->sign) {
        num_invalid(r, INVALID_OPERATION, status);
        return true;
    }
    if (a->kind == NUM_INF) {
        num_set_kind(r, 0, NUM_INF);
        return true;
    }
    return false;
}

void num_ln(Num *r, const Num *a, const Ctx *ctx, uint32_t *status) {
    if (log_special(r, a, ctx, status)) return;
    if (cmp_one(a) == 0) num_set_u64(r, 0, 0, 0);
    else logarithm(r, a, false, ctx, status);
}

void num_log10(Num *r, const Num *a, const Ctx *ctx, uint32_t *status) {
    if (log_special(r, a, ctx, status)) return;
    mpz_t c;
    mpz_init_set(c, a->c);
    num_strip(c, INT64_MAX);
    bool power = mpz_cmp_ui(c, 1) == 0;
    mpz_clear(c);
    if (!power) {
        logarithm(r, a, true, ctx, status);
        return;
    }
    int64_t e = num_adjusted(a);
    num_set_u64(r, e < 0, (uint64_t)llabs(e), 0);
    Ctx even = nearest(ctx);
    num_finalize(r, &even, status);
}

/* --- Powers ------------------------------------------------------------------------------------------------------------------------------------------ */

/* |a| == 1: answers r and true. */
static bool power_of_one(Num *r, const Num *a, const Num *b, int sign, const Ctx *ctx, uint32_t *status) {
    Num size = *a;
    size.sign = 0;
    if (cmp_one(&size) != 0) return false;
    int64_t zeros;
    if (!num_is_integer(b)) {
        zeros = ctx->prec - 1;
        *status |= INEXACT | ROUNDED;
    } else if (b->sign) {
        zeros = 0;
    } else {
        /* 1.00 ** 3 = 1.000000 */
        mpz_t n;
        mpz_init(n);
        int64_t e = b->exp;
        if (e > 19) e = 19;
        if (e >= 0) num_scale(n, b->c, e);
        else {
            mpz_set(n, b->c);
            num_drop(n, -e);
        }
        mpz_mul_si(n, n, (long)-a->exp);
        zeros = mpz_sgn(n) <= 0 ? (mpz_fits_slong_p(n) ? mpz_get_si(n) : INT64_MIN / 4) : mpz_fits_slong_p(n) ? mpz_get_si(n) : INT64_MAX;
        mpz_clear(n);
        if (zeros > ctx->prec - 1) {
            zeros = ctx->prec - 1;
            *status |= ROUNDED;
        }
        if (zeros < 0) zeros = 0;
    }
    if (num_too_large(r, zeros, status)) return true;
    num_set_u64(r, sign, 1, 0);
    num_scale(r->c, r->c, zeros);
    r->exp = -zeros;
    return true;
}

/* Whether the power lies beyond the context for sure: adjusted(a) tells how large |log10 a| is at least, or how small. */
static bool power_out_of_range(Num *r, const Num *a, const Num *b, int sign, const Ctx *ctx, uint32_t *status) {
    Num x = *a;
    x.sign = 0;
    int above = cmp_one(&x);
    bool large = (above > 0) == !b->sign;
    int64_t e = num_adjusted(a), reach;
    /* 10^reach <= |log10 a|. */
    if (e >= 1 || e <= -2) {
        reach = (int64_t)floor(log10((double)(e >= 1 ? e : -e - 1)));
    } else {
        Num one, difference;
        uint32_t ignored = 0;
        num_init(&one);
        num_init(&difference);
        num_set_u64(&one, 1, 1, 0);
        num_add(&difference, &x, &one, &ctx_max, &ignored);
        reach = num_adjusted(&difference) - 2;
        num_clear(&one);
        num_clear(&difference);
    }
    double limit = large ? (double)ctx->emax : (double)-ctx_etiny(ctx);
    if ((double)(reach + num_adjusted(b)) <= log10(limit < 1 ? 1 : limit) + 1) return false;
    extreme(r, sign, large, ctx, status);
    return true;
}

static void integer_power(Num *r, const Num *a, const Num *b, int sign, const Ctx *ctx, uint32_t *status) {
    Ctx work = nearest(ctx);
    work.prec += num_digits(b) + b->exp + 2;
    work.clamp = 0;
    if (work.prec > MAX_PREC) work.prec = MAX_PREC;
    Num base, next;
    num_init(&base);
    num_init(&next);
    num_copy(&base, a);
    base.sign = 0;
    if (b->sign) {
        work.prec += 1;
        Num one;
        num_init(&one);
        num_set_u64(&one, 0, 1, 0);
        num_copy(&next, &base);
        num_div(&base, &one, &next, &work, status);
        num_clear(&one);
    }
    mpz_t n;
    mpz_init(n);
    if (b->exp >= 0) num_scale(n, b->c, b->exp);
    else {
        mpz_set(n, b->c);
        num_drop(n, -b->exp);
    }
    num_copy(r, &base);
    for (int64_t i = (int64_t)mpz_sizeinbase(n, 2) - 2; i >= 0; i--) {
        num_mul(&next, r, r, &work, status);
        mpz_swap(next.c, r->c);
        r->exp = next.exp, r->kind = next.kind;
        if (mpz_tstbit(n, (Bits)i)) {
            num_mul(&next, r, &base, &work, status);
            mpz_swap(next.c, r->c);
            r->exp = next.exp, r->kind = next.kind;
        }
        if (r->kind != NUM_FINITE || (mpz_sgn(r->c) == 0 && (*status & CLAMPED))) break;
    }
    mpz_clear(n);
    num_clear(&next);
    num_clear(&base);
    r->sign = (uint8_t)sign;
    if (num_is_nan(r)) return;
    if (r->kind == NUM_INF) extreme(r, sign, true, ctx, status);
    else num_finalize(r, ctx, status);
}

static void real_power(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    Ctx work = nearest(ctx);
    int64_t digits = num_digits(a);
    work.prec = (digits > ctx->prec ? digits : ctx->prec) + 4 + 19;
    work.clamp = 0;
    work.emax = MAX_EMAX;
    work.emin = MIN_EMIN;
    if (work.prec > MAX_PREC) work.prec = MAX_PREC;
    Num l, p;
    uint32_t inner = 0;
    num_init(&l);
    num_init(&p);
    num_ln(&l, a, &work, &inner);
    num_mul(&p, &l, b, &work, &inner);
    num_exp(r, &p, &work, &inner);
    *status |= inner & MALLOC_ERROR;
    num_clear(&l);
    num_clear(&p);
    if (num_is_nan(r)) return;
    if (cmp_one(r) == 0) {
        near_one(r, 0, ctx, status);
        return;
    }
    if (r->kind == NUM_INF) extreme(r, 0, true, ctx, status);
    else num_finalize(r, ctx, status);
    *status |= INEXACT | ROUNDED;
}

/* Powers of and by infinity. */
static void infinite_power(Num *r, const Num *a, const Num *b, int sign, const Ctx *ctx, uint32_t *status) {
    if (b->kind == NUM_INF) {
        Num size = *a;
        size.sign = 0;
        int order = a->kind == NUM_INF ? 1 : cmp_one(&size);
        if (order == 0) near_one(r, sign, ctx, status);
        else if ((order > 0) == !b->sign) num_set_kind(r, sign, NUM_INF);
        else num_set_u64(r, sign, 0, 0);
        return;
    }
    if (num_is_zero(b)) num_set_u64(r, sign, 1, 0);
    else if (b->sign) num_set_u64(r, sign, 0, 0);
    else num_set_kind(r, sign, NUM_INF);
}

void num_pow(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status) {
    if (num_nan2(r, a, b, ctx, status)) return;
    bool integer = num_is_integer(b);
    int sign = a->sign && integer && num_is_odd(b);
    if (num_is_zero(a)) {
        if (num_is_zero(b)) num_invalid(r, INVALID_OPERATION, status);
        else if (b->sign) num_set_kind(r, sign, NUM_INF);
        else num_set_u64(r, sign, 0, 0);
        return;
    }
    if (a->sign && !integer) {
        num_invalid(r, INVALID_OPERATION, status);
        return;
    }
    if (a->kind == NUM_INF || b->kind == NUM_INF) {
        infinite_power(r, a, b, sign, ctx, status);
        return;
    }
    if (num_is_zero(b)) {
        num_set_u64(r, sign, 1, 0);
        return;
    }
    if (power_of_one(r, a, b, sign, ctx, status) || power_out_of_range(r, a, b, sign, ctx, status)) return;
    if (integer) integer_power(r, a, b, sign, ctx, status);
    else real_power(r, a, b, ctx, status);
}

/* a ** b modulo m, of integers. */
static bool as_integer(mpz_t out, const Num *a, Num *r, uint32_t *status) {
    if (a->exp >= 0) {
        if (num_too_large(r, num_digits(a) + a->exp, status)) return false;
        num_scale(out, a->c, a->exp);
    } else {
        mpz_set(out, a->c);
        num_drop(out, -a->exp);
    }
    return true;
}

void num_powmod(Num *r, const Num *a, const Num *b, const Num *m, const Ctx *ctx, uint32_t *status) {
    if (num_is_nan(a) || num_is_nan(b) || num_is_nan(m)) {
        if (num_nan2(r, a, b, ctx, status)) {
            if (m->kind != NUM_SNAN || a->kind == NUM_SNAN || b->kind == NUM_SNAN) return;
        }
        num_nan1(r, m, ctx, status);
        return;
    }
    bool good = num_is_integer(a) && num_is_integer(b) && num_is_integer(m) && (!b->sign || num_is_zero(b)) && !num_is_zero(m) && !(num_is_zero(a) && num_is_zero(b));
    if (good) good = num_adjusted(m) < ctx->prec;
    if (!good) {
        num_invalid(r, INVALID_OPERATION, status);
        return;
    }
    int sign = a->sign && num_is_odd(b);
    mpz_t modulus, base, power;
    mpz_inits(modulus, base, power, NULL);
    if (as_integer(modulus, m, r, status) && num_too_large(r, num_digits(a), status) == false) {
        /* Of a huge exponent in the operands only the residue is needed. */
        bool fits = true;
        if (a->exp >= 0) {
            mpz_set_ui(base, 10);
            mpz_set_si(power, a->exp);
            mpz_powm(base, base, power, modulus);
            mpz_mul(base, base, a->c);
            mpz_tdiv_r(base, base, modulus);
        } else {
            fits = as_integer(base, a, r, status);
        }
        Num whole = *b;
        int64_t tens = 0;
        if (whole.exp > 0) {
            tens = whole.exp;
            whole.exp = 0;
        }
        fits = fits && as_integer(power, &whole, r, status);
        if (fits) {
            mpz_powm(base, base, power, modulus);
            if (tens > 0) {
                /* base^(n * 10^tens): a power of ten at a time, while it still changes anything. */
                enum { MOST = 1 << 20 };
                mpz_t ten;
                mpz_init_set_ui(ten, 10);
                for (int64_t i = 0; i < tens && i < MOST; i++) mpz_powm(base, base, ten, modulus);
                if (tens > MOST) *status |= MALLOC_ERROR;
                mpz_clear(ten);
            }
            num_set_u64(r, sign, 0, 0);
            mpz_set(r->c, base);
            num_finalize(r, ctx, status);
        }
    }
    mpz_clears(modulus, base, power, NULL);
}
