/* The everyday operations where the coefficients fit a word: no memory but the result's, products and quotients of at most 128 bits.
 *
 * Each answers VNULL without an exception where it is not its case; then the general way begins. */
#include "modules/decimal/decimal_priv.h"

typedef unsigned __int128 Wide;

/* An operand: a finite Decimal of one word, or an int of one. */
typedef struct Small {
    uint64_t c;
    int64_t exp;
    bool sign;
} Small;

static inline bool small_of(Value v, Small *out) {
    if (IS_EXACT(v, Decimal)) {
        const Decimal *d = V_AS(Decimal, v);
        if (d->kind != NUM_FINITE || d->n > 1) return false;
        *out = (Small){d->n ? d->limbs[0] : 0, d->exp, d->sign};
        return true;
    }
    if (!is_smallint(v)) return false;
    int64_t i = smallint_get(v);
    *out = (Small){i < 0 ? -(uint64_t)i : (uint64_t)i, 0, i < 0};
    return true;
}

static const uint64_t tens[20] = {
    1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u, 1000000000u, 10000000000u, 100000000000u, 1000000000000u,
    10000000000000u, 100000000000000u, 1000000000000000u, 10000000000000000u, 100000000000000000u, 1000000000000000000u, 10000000000000000000u,
};

static inline int digits_of_word(uint64_t w) {
    int guess = (64 - __builtin_clzll(w | 1)) * 1233 >> 12;
    return guess + (w >= tens[guess]) + (w == 0);
}
static inline int digits_of(Wide w) {
    if (w >> 64 == 0) return digits_of_word((uint64_t)w);
    if (w < (Wide)tens[19] * 10) return 20;
    int digits = 20;
    for (Wide p = (Wide)tens[19] * 10; w >= p; digits++) {
        if (digits == 38) return 39;
        p *= 10;
    }
    return digits;
}

static inline bool rounds_up(bool odd, uint64_t last5, int lost, enum Rounding round, bool sign) {
    switch (round) {
    case ROUND_HALF_EVEN: return lost == 3 || (lost == 2 && odd);
    case ROUND_HALF_UP: return lost >= 2;
    case ROUND_HALF_DOWN: return lost == 3;
    case ROUND_UP: return true;
    case ROUND_CEILING: return !sign;
    case ROUND_FLOOR: return sign;
    case ROUND_DOWN: return false;
    default: return last5 == 0;
    }
}

/* q = c / 10^drop, rounded; drop < 39. *lost as num_drop says it. */
static inline Wide dropped(Wide c, int drop, enum Rounding round, bool sign, int *lost) {
    Wide q, rest, p;
    if (LIKELY(drop < 20)) {
        uint64_t d = tens[drop];
        if (LIKELY(c >> 64 == 0)) {
            q = (uint64_t)c / d;
            rest = (uint64_t)c - (uint64_t)q * d;
        } else {
            uint64_t high = (uint64_t)(c >> 64), low = (uint64_t)c, q_high = high / d, r = high % d;
            /* The remainder is below d: the quotient of two words by one fits a word. */
            uint64_t q_low;
            __asm__("divq %4" : "=a"(q_low), "=d"(r) : "a"(low), "d"(r), "r"(d) : "cc");
            q = (Wide)q_high << 64 | q_low;
            rest = r;
        }
        p = d;
    } else {
        p = (Wide)tens[19] * tens[drop - 19];
        q = c / p;
        rest = c - q * p;
    }
    *lost = 0;
    if (rest == 0) return q;
    Wide other = p - rest;
    *lost = rest < other ? 1 : rest == other ? 2 : 3;
    bool odd = (uint64_t)q & 1;
    return q + rounds_up(odd, round == ROUND_05UP ? (uint64_t)(q % 5) : 1, *lost, round, sign);
}

static Value result_of(Thread *t, bool sign, Wide c, int64_t exp) {
    Decimal *d = heap_object(t, SHAPE_Decimal, sizeof *d);
    if (d == NULL) return VNULL;
    d->exp = exp;
    d->limbs[0] = (uint64_t)c;
    d->limbs[1] = (uint64_t)(c >> 64);
    d->n = d->limbs[1] ? 2 : d->limbs[0] != 0;
    d->kind = NUM_FINITE;
    d->sign = sign;
    return v_from(d);
}

/* c * 10^exp by the context, where that is in the middle of the exponents' range. */
static inline Value finish(Thread *t, Ctx *ctx, bool sign, Wide c, int64_t exp) {
    int digits = digits_of(c);
    uint32_t status = 0;
    if (UNLIKELY(exp + digits > ctx->emax - 1 || exp < ctx->emin || (ctx->clamp && exp > ctx_etop(ctx) - 1))) return VNULL;
    if (digits > ctx->prec) {
        int drop = digits - (int)ctx->prec, lost;
        if (drop >= 38) return VNULL;
        c = dropped(c, drop, ctx->round, sign, &lost);
        exp += drop;
        status = ROUNDED | (lost ? INEXACT : 0);
        if (lost && digits_of(c) > ctx->prec) {
            c /= 10;
            exp++;
        }
        if (!status_add(t, ctx, status)) return VNULL;
    }
    return result_of(t, sign, c, exp);
}

static ALWAYS_INLINE Value sum(Thread *t, Value a, Value b, Ctx *ctx, const bool subtract) {
    Small x, y;
    if (!small_of(a, &x) || !small_of(b, &y) || x.c == 0 || y.c == 0) return VNULL;
    y.sign ^= subtract;
    Wide p = x.c, q = y.c;
    int64_t exp = x.exp, gap = x.exp - y.exp;
    if (gap != 0) {
        if (gap > 18 || gap < -18) return VNULL;
        if (gap > 0) p *= tens[gap], exp = y.exp;
        else q *= tens[-gap];
    }
    if (x.sign == y.sign) return finish(t, ctx, x.sign, p + q, exp);
    if (p == q) return VNULL;
    return p > q ? finish(t, ctx, x.sign, p - q, exp) : finish(t, ctx, y.sign, q - p, exp);
}
Value small_add(Thread *t, Value a, Value b, Ctx *ctx) { return sum(t, a, b, ctx, false); }
Value small_sub(Thread *t, Value a, Value b, Ctx *ctx) { return sum(t, a, b, ctx, true); }

Value small_mul(Thread *t, Value a, Value b, Ctx *ctx) {
    Small x, y;
    if (!small_of(a, &x) || !small_of(b, &y) || x.c == 0 || y.c == 0) return VNULL;
    return finish(t, ctx, x.sign ^ y.sign, (Wide)x.c * y.c, x.exp + y.exp);
}

Value small_div(Thread *t, Value a, Value b, Ctx *ctx) {
    Wide c;
    int64_t exp_a;
    bool sign_a;
    Small y;
    /* The dividend may have two words: a product before rounding is no rarity. */
    if (IS_EXACT(a, Decimal) && V_AS(Decimal, a)->kind == NUM_FINITE && V_AS(Decimal, a)->n == 2) {
        const Decimal *d = V_AS(Decimal, a);
        c = (Wide)d->limbs[1] << 64 | d->limbs[0];
        exp_a = d->exp;
        sign_a = d->sign;
    } else {
        Small x;
        if (!small_of(a, &x)) return VNULL;
        c = x.c;
        exp_a = x.exp;
        sign_a = x.sign;
    }
    if (!small_of(b, &y) || y.c == 0 || c == 0) return VNULL;
    int shift = digits_of_word(y.c) - digits_of(c) + (int)(ctx->prec > 60 ? 60 : ctx->prec) + 1;
    if (shift < 0) shift = 0;
    if (digits_of(c) + shift > 38) return VNULL;
    Wide scaled = shift < 20 ? c * tens[shift] : c * tens[19] * tens[shift - 19], q, rest;
    if (scaled >> 64 == 0) {
        q = (uint64_t)scaled / y.c;
        rest = (uint64_t)scaled % y.c;
    } else {
        uint64_t high = (uint64_t)(scaled >> 64), low = (uint64_t)scaled, q_high = high / y.c, r = high % y.c, q_low;
        __asm__("divq %4" : "=a"(q_low), "=d"(r) : "a"(low), "d"(r), "r"(y.c) : "cc");
        q = (Wide)q_high << 64 | q_low;
        rest = r;
    }
    int64_t exp = exp_a - y.exp - shift, ideal = exp_a - y.exp;
    if (rest != 0) {
        if (q % 5 == 0) q++;
    } else {
        while (exp < ideal && q >> 64 == 0 && (uint64_t)q % 10 == 0) {
            q = (uint64_t)q / 10;
            exp++;
        }
        while (exp < ideal && q % 10 == 0) {
            q /= 10;
            exp++;
        }
    }
    return finish(t, ctx, sign_a ^ y.sign, q, exp);
}

Value small_quantize(Thread *t, Value a, Value b, Ctx *ctx, enum Rounding round) {
    if (!IS_EXACT(a, Decimal) || !IS_EXACT(b, Decimal)) return VNULL;
    const Decimal *x = V_AS(Decimal, a), *unit = V_AS(Decimal, b);
    if (x->kind != NUM_FINITE || x->n > INLINE_LIMBS || x->n == 0 || unit->kind != NUM_FINITE || unit->n > INLINE_LIMBS) return VNULL;
    Wide c = x->n == 2 ? (Wide)x->limbs[1] << 64 | x->limbs[0] : x->limbs[0];
    int64_t exp = unit->exp, shift = exp - x->exp;
    int digits = digits_of(c), lost = 0;
    if (exp + 60 > ctx->emax || exp < ctx->emin || x->exp + digits > ctx->emax || (ctx->clamp && exp > ctx_etop(ctx) - 1)) return VNULL;
    if (shift <= 0) {
        if (shift < -19 || digits - shift > 38 || digits - shift > ctx->prec) return VNULL;
        return result_of(t, x->sign, c * tens[-shift], exp);
    }
    if (shift >= 38 || digits - shift > ctx->prec - 1) return VNULL;
    c = dropped(c, (int)shift, round, x->sign, &lost);
    if (c == 0 && exp - 1 < ctx->emin) return VNULL;
    if (!status_add(t, ctx, ROUNDED | (lost ? INEXACT : 0))) return VNULL;
    return result_of(t, x->sign, c, exp);
}
