/* Decimal objects: making them from anything, conversion to other numbers, operators, comparison, hash. */
#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "modules/decimal/decimal_priv.h"
#include "ops/number_text.h"

/* --- Objects -------------------------------------------------------------------------------------------------------------------------- */

static Value new_raw(Thread *t, Type *type, uint32_t limbs) {
    Value v;
    if (LIKELY(type == builtin_type(t, T_Decimal))) {
        v = v_from(heap_object(t, SHAPE_Decimal, sizeof(Decimal)));
    } else {
        v = object_new(t, type);
    }
    if (is_null(v)) return v;
    Decimal *d = V_AS(Decimal, v);
    d->n = limbs;
    if (LIKELY(limbs <= INLINE_LIMBS)) return v;
    d->big = heap_alloc(t, limbs * sizeof *d->big);
    if (d->big != NULL) return v;
    d->n = 0;
    decref(t, v);
    return VNULL;
}

Value decimal_new(Thread *t, Type *type, const Num *n) {
    size_t limbs = mpz_size(n->c);
    if (limbs > UINT32_MAX) return err_no_memory(t);
    Value v = new_raw(t, type, (uint32_t)limbs);
    if (is_null(v)) return v;
    Decimal *d = V_AS(Decimal, v);
    memcpy((void *)decimal_limbs(d), mpz_limbs_read(n->c), limbs * sizeof(uint64_t));
    d->exp = n->exp;
    d->kind = n->kind;
    d->sign = n->sign;
    return LIKELY(type == builtin_type(t, T_Decimal)) ? v : object_done(t, v);
}

Value decimal_from_word(Thread *t, bool negative, uint64_t c, int64_t exp) {
    Decimal *d = heap_object(t, SHAPE_Decimal, sizeof *d);
    if (d == NULL) return VNULL;
    d->exp = exp;
    d->n = c != 0;
    d->kind = NUM_FINITE;
    d->sign = negative;
    d->limbs[0] = c;
    return v_from(d);
}

static void slot_destroy(Thread *t, Object *self) {
    Decimal *d = (Decimal *)self;
    if (d->n > INLINE_LIMBS) heap_free(t, d->big);
}

Value decimal_result(Thread *t, Num *n, Ctx *ctx, uint32_t status) {
    Value v = status_add(t, ctx, status) ? decimal_plain(t, n) : VNULL;
    num_clear(n);
    return v;
}

/* The same of a given type, for numbers that must be exact: what was lost makes it invalid. */
static Value made(Thread *t, Type *type, Num *n, Ctx *ctx, uint32_t status, bool exact) {
    if (exact) {
        if (status & (INEXACT | ROUNDED | CLAMPED)) num_invalid(n, INVALID_OPERATION, &status);
        status &= ANY_ERROR;
    }
    Value v = status_add(t, ctx, status) ? decimal_new(t, type, n) : VNULL;
    num_clear(n);
    return v;
}

/* --- Making ----------------------------------------------------------------------------------------------------------------------------- */

Value decimal_from_int(Thread *t, Type *type, Value v, Ctx *ctx, bool exact) {
    Num n;
    uint64_t scratch;
    uint32_t status = 0;
    IntView view = int_view(v, &scratch);
    num_init(&n);
    mpz_t c;
    mpz_roinit_n(c, (const mp_limb_t *)view.limbs, (mp_size_t)view.n);
    mpz_set(n.c, c);
    n.sign = view.negative;
    num_finalize(&n, exact ? &ctx_max : ctx, &status);
    return made(t, type, &n, ctx, status, exact);
}

static void set_double(Num *n, double d) {
    n->sign = signbit(d) != 0;
    if (isnan(d)) {
        n->kind = NUM_QNAN;
    } else if (isinf(d)) {
        n->kind = NUM_INF;
    } else if (d != 0) {
        enum { MANTISSA = 53 };
        int e;
        double m = frexp(fabs(d), &e);
        mpz_set_d(n->c, ldexp(m, MANTISSA));
        e -= MANTISSA;
        mp_bitcnt_t zeros = mpz_scan1(n->c, 0);
        mpz_tdiv_q_2exp(n->c, n->c, zeros);
        e += (int)zeros;
        if (e >= 0) {
            mpz_mul_2exp(n->c, n->c, (mp_bitcnt_t)e);
        } else { /* m / 2^k = m 5^k / 10^k */
            mpz_t p;
            mpz_init(p);
            mpz_ui_pow_ui(p, 5, (unsigned long)-e);
            mpz_mul(n->c, n->c, p);
            mpz_clear(p);
            n->exp = e;
        }
    }
}

Value decimal_from_float(Thread *t, Type *type, Value v) {
    Num n;
    num_init(&n);
    set_double(&n, float_get(v));
    Value d = decimal_new(t, type, &n);
    num_clear(&n);
    return d;
}

static bool drop_underscores(char *text, int64_t *n) {
    int64_t used = 0;
    for (int64_t i = 0; i < *n; i++)
        if (text[i] != '_') text[used++] = text[i];
    *n = used;
    return true;
}

Value decimal_from_text(Thread *t, Type *type, Value v, Ctx *ctx, bool exact) {
    NumberText text;
    if (!number_text_get(t, v, &text)) return VNULL;
    Num n;
    uint32_t status = 0;
    num_init(&n);
    const char *p = text.text;
    int64_t length = text.n;
    char small[64], *copy = NULL;
    if (exact && memchr(p, '_', (size_t)length) != NULL) {
        copy = length < (int64_t)sizeof small ? small : heap_alloc(t, (size_t)length);
        if (copy == NULL) {
            number_text_free(t, &text);
            return VNULL;
        }
        memcpy(copy, p, (size_t)length);
        drop_underscores(copy, &length);
        p = copy;
    }
    /* Only the constructor bears white space. */
    if (!exact && length != str_len(V_AS(Str, v))) num_invalid(&n, CONVERSION_SYNTAX, &status);
    else num_from_text(&n, p, (size_t)length, exact ? &ctx_max : ctx, &status);
    if (copy != NULL && copy != small) heap_free(t, copy);
    number_text_free(t, &text);
    return made(t, type, &n, ctx, status, exact);
}

/* (sign, digits, exponent) as text, which is then read. */
static bool triple_exponent(Thread *t, Value v, const char **special) {
    *special = NULL;
    if (is_str(t, v)) {
        const Str *s = V_AS(Str, v);
        if (str_equals_cstr(s, "F")) *special = "Inf";
        else if (str_equals_cstr(s, "n")) *special = "NaN";
        else if (str_equals_cstr(s, "N")) *special = "sNaN";
        else return err_fail(t, T_ValueError, "string argument in the third position must be 'F', 'n' or 'N'");
        return true;
    }
    if (!is_int(t, v)) return err_fail(t, T_ValueError, "exponent must be an integer");
    return true;
}

static Value from_triple(Thread *t, Type *type, Value sequence, Ctx *ctx, bool exact) {
    Value triple = tuple_from_iterable(t, sequence);
    if (is_null(triple)) return triple;
    Value digits = VNULL, text = VNULL, result = VNULL;
    StrBuilder b;
    str_builder_init(&b);
    if (tuple_len(triple) != 3) {
        err_raise(t, T_ValueError, "argument must be a sequence of length 3");
        goto done;
    }
    Value sign = tuple_at(triple, 0);
    if (!is_int(t, sign) || (int_compare(sign, v_smallint(0)) != 0 && int_compare(sign, v_smallint(1)) != 0)) {
        err_raise(t, T_ValueError, "sign must be an integer with the value 0 or 1");
        goto done;
    }
    const char *special;
    if (!triple_exponent(t, tuple_at(triple, 2), &special)) goto done;
    if (int_compare(sign, v_smallint(0)) != 0 && !str_builder_char(t, &b, '-')) goto done;
    if (special && !str_builder_cstr(t, &b, special)) goto done;
    digits = tuple_from_iterable(t, tuple_at(triple, 1));
    if (is_null(digits)) goto bad_digits;
    bool is_infinite = special && special[0] == 'I';
    if (tuple_len(digits) == 0 && !special && !str_builder_char(t, &b, '0')) goto done;
    for (int64_t i = 0; i < tuple_len(digits); i++) {
        Value d = tuple_at(digits, i);
        if (!is_int(t, d) || int_compare(d, v_smallint(0)) < 0 || int_compare(d, v_smallint(9)) > 0) goto bad_digits;
        if (!is_infinite && !str_builder_char(t, &b, (uint32_t)('0' + int_clamp_i64(d)))) goto done;
    }
    if (!special) {
        int64_t e;
        if (!arg_size(t, tuple_at(triple, 2), &e) || !str_builder_format(t, &b, "E%ld", (long)e)) goto done;
    }
    text = str_builder_finish(t, &b);
    if (!is_null(text)) result = decimal_from_text(t, type, text, ctx, exact);
    decref_maybe(t, text);
    str_builder_init(&b);
    goto done;
bad_digits:
    err_clear(t);
    err_raise(t, T_ValueError, "coefficient must be a tuple of digits");
done:
    str_builder_drop(t, &b);
    decref(t, triple);
    decref_maybe(t, digits);
    return result;
}

/* A float where a Decimal is asked for: allowed, but noticed. */
static bool notice_float(Thread *t, Ctx *ctx) {
    ctx->status |= FLOAT_OPERATION;
    return !(ctx->traps & FLOAT_OPERATION) || status_raise(t, ctx, FLOAT_OPERATION);
}

Value decimal_convert(Thread *t, Type *type, Value v, Ctx *ctx, bool exact) {
    if (is_null(v)) return decimal_from_int(t, type, v_smallint(0), ctx, true);
    if (is_decimal(t, v)) {
        if (exact && IS_EXACT(v, Decimal) && type == builtin_type(t, T_Decimal)) return new_ref(v);
        Num n, view = decimal_view(v);
        uint32_t status = 0;
        num_init(&n);
        num_copy(&n, &view);
        if (!exact && num_is_nan(&n) && mpz_sgn(n.c) != 0 && num_digits(&n) > ctx->prec - ctx->clamp) num_invalid(&n, CONVERSION_SYNTAX, &status);
        else if (!exact) num_finalize(&n, ctx, &status);
        return made(t, type, &n, ctx, exact ? 0 : status, false);
    }
    if (is_str(t, v)) return decimal_from_text(t, type, v, ctx, exact);
    if (is_int(t, v)) return decimal_from_int(t, type, v, ctx, exact);
    if (is_tuple(t, v) || is_list(t, v)) return from_triple(t, type, v, ctx, exact);
    if (!is_float(t, v)) return err_raise(t, T_TypeError, "conversion from %T to Decimal is not supported", v);
    if (!notice_float(t, ctx)) return VNULL;
    if (exact) return decimal_from_float(t, type, v);
    Num n;
    uint32_t status = 0;
    num_init(&n);
    set_double(&n, float_get(v));
    num_finalize(&n, ctx, &status);
    return made(t, type, &n, ctx, status, false);
}

static Value slot_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value out[2];
    if (nargs == 1 && is_null(kwnames)) out[0] = args[0], out[1] = VNULL;
    else if (!call_bind_signature(t, "Decimal", "(value=0, context=None)", args, nargs, kwnames, out)) return VNULL;
    Value context = context_argument(t, out[1]);
    return is_null(context) ? VNULL : decimal_convert(t, type, out[0], ctx_of(context), true);
}

Value decimal_operand(Thread *t, Value v) {
    if (IS_EXACT(v, Decimal)) return new_ref(v);
    if (is_smallint(v)) {
        int64_t i = smallint_get(v);
        return decimal_from_word(t, i < 0, i < 0 ? -(uint64_t)i : (uint64_t)i, 0);
    }
    if (is_decimal(t, v)) return new_ref(v);
    if (!is_int(t, v)) return V_NOTIMPL;
    Value context = context_current(t);
    return is_null(context) ? VNULL : decimal_from_int(t, builtin_type(t, T_Decimal), v, ctx_of(context), true);
}

Value decimal_argument(Thread *t, Value v) {
    Value d = decimal_operand(t, v);
    return is_notimpl(d) ? err_raise(t, T_TypeError, "conversion from %T to Decimal is not supported", v) : d;
}

/* --- Conversion -------------------------------------------------------------------------------------------------------------------------------- */

Value decimal_text(Thread *t, const Num *n, bool engineering, bool capitals) {
    size_t length;
    char small[NUM_SMALL_TEXT], *text = num_to_text(n, engineering, capitals, small, &length);
    if (text == NULL) return err_no_memory(t);
    Value v = str_from_ascii(t, text, (int64_t)length);
    if (text != small) free(text);
    return v;
}

static Value slot_str(Thread *t, Value self) {
    Value context = context_current(t);
    if (is_null(context)) return context;
    Num n = decimal_view(self);
    return decimal_text(t, &n, false, ctx_of(context)->capitals);
}
static Value slot_repr(Thread *t, Value self) {
    Value text = slot_str(t, self);
    Value v = is_null(text) ? VNULL : str_format(t, "Decimal('%U')", text);
    decref_maybe(t, text);
    return v;
}

static bool is_number_finite(Thread *t, Value self, const char *to) {
    const Decimal *d = V_AS(Decimal, self);
    if (d->kind == NUM_FINITE) return true;
    if (d->kind == NUM_INF) return err_fail(t, T_OverflowError, "cannot convert Infinity to %s", to);
    return err_fail(t, T_ValueError, "cannot convert NaN to %s", to);
}

static Value int_of(Thread *t, const mpz_t c, int sign) { return int_from_limbs(t, (const uint64_t *)mpz_limbs_read(c), (int64_t)mpz_size(c), sign); }

static Value to_int(Thread *t, Value self, enum Rounding round) {
    if (!is_number_finite(t, self, "integer")) return VNULL;
    Num view = decimal_view(self), n;
    uint32_t status = 0;
    num_init(&n);
    num_rescale(&n, &view, 0, round, &status);
    Value v = status & MALLOC_ERROR ? err_no_memory(t) : int_of(t, n.c, view.sign);
    num_clear(&n);
    return v;
}
static Value slot_int(Thread *t, Value self) { return to_int(t, self, ROUND_DOWN); }

static Value slot_float(Thread *t, Value self) {
    const Decimal *d = V_AS(Decimal, self);
    if (d->kind == NUM_SNAN) return err_raise(t, T_ValueError, "cannot convert signaling NaN to float");
    if (d->kind == NUM_QNAN) return float_from_double(t, d->sign ? -NAN : NAN);
    Num n = decimal_view(self);
    Value text = decimal_text(t, &n, false, true), v = is_null(text) ? VNULL : float_from_str(t, text);
    decref_maybe(t, text);
    return v;
}

DECIMAL_METHOD(decimal_complex) {
    Value f = slot_float(t, args[0]);
    if (is_null(f)) return f;
    double d = float_get(f);
    decref(t, f);
    return complex_from_doubles(t, d, 0);
}

DECIMAL_METHOD(decimal_trunc) { return to_int(t, args[0], ROUND_DOWN); }
DECIMAL_METHOD(decimal_floor) { return to_int(t, args[0], ROUND_FLOOR); }
DECIMAL_METHOD(decimal_ceil) { return to_int(t, args[0], ROUND_CEILING); }

DECIMAL_METHOD(decimal_round) {
    if (nargs > 2) return err_raise(t, T_TypeError, "__round__() takes at most 1 argument (%u given)", nargs - 1);
    if (nargs < 2 || is_none(args[1])) return to_int(t, args[0], ROUND_HALF_EVEN);
    if (!is_int(t, args[1])) return err_raise(t, T_TypeError, "optional arg must be an integer");
    int64_t places;
    Value context = context_current(t);
    if (is_null(context) || !arg_size(t, args[1], &places)) return VNULL;
    Num view = decimal_view(args[0]), unit, n;
    uint32_t status = 0;
    num_init(&n);
    num_init(&unit);
    num_set_u64(&unit, 0, 1, places == INT64_MIN ? INT64_MAX : -places);
    num_quantize(&n, &view, &unit, ctx_of(context), &status);
    num_clear(&unit);
    return decimal_result(t, &n, ctx_of(context), status);
}

DECIMAL_METHOD(decimal_as_integer_ratio) {
    if (!is_number_finite(t, args[0], "integer ratio")) return VNULL;
    Num n = decimal_view(args[0]);
    if (!num_is_zero(&n) && !num_have_room(llabs(n.exp) + 2 * num_digits(&n))) return err_no_memory(t);
    mpz_t numerator, denominator, g;
    mpz_init_set(numerator, n.c);
    mpz_init_set_ui(denominator, 1);
    mpz_init(g);
    if (num_is_zero(&n)) {
    } else if (n.exp >= 0) {
        num_scale(numerator, numerator, n.exp);
    } else {
        num_pow10(denominator, -n.exp);
        mpz_gcd(g, numerator, denominator);
        mpz_divexact(numerator, numerator, g);
        mpz_divexact(denominator, denominator, g);
    }
    Value pair[] = {int_of(t, numerator, n.sign), int_of(t, denominator, 0)};
    mpz_clears(numerator, denominator, g, NULL);
    return tuple_take(t, pair, 2);
}

DECIMAL_METHOD(decimal_as_tuple) {
    Num n = decimal_view(args[0]);
    size_t length = 0;
    char *text = n.kind == NUM_INF ? NULL : num_coefficient_text(n.c, &length);
    if (text == NULL && n.kind != NUM_INF) return err_no_memory(t);
    if (num_is_nan(&n) && mpz_sgn(n.c) == 0) length = 0;
    Value digits = tuple_new(t, n.kind == NUM_INF ? 1 : (int64_t)length);
    if (!is_null(digits)) {
        if (n.kind == NUM_INF) V_AS(Tuple, digits)->items[0] = v_smallint(0);
        for (size_t i = 0; i < length; i++) V_AS(Tuple, digits)->items[i] = v_smallint(text[i] - '0');
        digits = tuple_done(t, digits);
    }
    free(text);
    if (is_null(digits)) return digits;
    Value exponent = n.kind == NUM_FINITE ? int_from_i64(t, n.exp) : str_from_cstr(t, n.kind == NUM_INF ? "F" : n.kind == NUM_QNAN ? "n" : "N");
    Value result = is_null(exponent) ? VNULL : call_3(t, decimal_state(t)->tuple_type, v_smallint(n.sign), digits, exponent);
    decref(t, digits);
    decref_maybe(t, exponent);
    return result;
}

DECIMAL_METHOD(decimal_reduce) {
    Value text = slot_str(t, args[0]), arguments = is_null(text) ? VNULL : tuple_take(t, &text, 1);
    if (is_null(arguments)) return arguments;
    Value pair[] = {ref_of(type_of(t, args[0])), arguments};
    return tuple_take(t, pair, 2);
}
DECIMAL_METHOD(decimal_self) { return new_ref(args[0]); }
DECIMAL_METHOD(decimal_sizeof) {
    const Decimal *d = V_AS(Decimal, args[0]);
    return v_smallint((int64_t)(sizeof *d + (d->n > INLINE_LIMBS ? d->n * sizeof *d->big : 0)));
}
DECIMAL_METHOD(decimal_do_format) {
    Value out[2] = {nargs > 1 ? args[1] : VNULL, nargs > 2 ? args[2] : VNULL};
    if (nargs < 2 || nargs > 3 || !is_null(kwnames)) return err_raise(t, T_TypeError, "__format__() takes 1 or 2 arguments");
    return decimal_format(t, args[0], out[0], out[1]);
}
DECIMAL_METHOD(decimal_of_float) {
    if (is_int(t, args[1]) || is_float(t, args[1])) {
        Type *plain = builtin_type(t, T_Decimal);
        Value context = context_current(t);
        if (is_null(context)) return context;
        Value d = is_int(t, args[1]) ? decimal_from_int(t, plain, args[1], ctx_of(context), true) : decimal_from_float(t, plain, args[1]);
        if (is_null(d) || same(args[0], v_from(plain))) return d;
        Value made_by = call_1(t, args[0], d);
        decref(t, d);
        return made_by;
    }
    return err_raise(t, T_TypeError, "argument must be int or float");
}
DECIMAL_METHOD(decimal_of_number) {
    Value v = args[1];
    if (is_float(t, v)) {
        Value context = context_current(t);
        if (is_null(context) || !notice_float(t, ctx_of(context))) return VNULL;
    }
    if (is_int(t, v) || is_float(t, v)) return decimal_of_float(t, args, nargs, kwnames);
    if (!is_decimal(t, v)) return err_raise(t, T_TypeError, "conversion from %T to Decimal is not supported", v);
    if (same(args[0], v_from(builtin_type(t, T_Decimal))) && IS_EXACT(v, Decimal)) return new_ref(v);
    return call_1(t, args[0], v);
}

static Value get_real(Thread *t, Value self, void *closure) { return new_ref(self); }
static Value get_imag(Thread *t, Value self, void *closure) { return decimal_from_word(t, false, 0, 0); }

/* --- Operators ------------------------------------------------------------------------------------------------------------------------------------ */

static Value binary(Thread *t, Value a, Value b, BinaryOp *op) {
    Value context = context_current(t);
    if (is_null(context)) return context;
    Value x = decimal_operand(t, a);
    if (is_null(x) || is_notimpl(x)) return x;
    Value y = decimal_operand(t, b);
    if (is_null(y) || is_notimpl(y)) {
        decref(t, x);
        return y;
    }
    Num n, p = decimal_view(x), q = decimal_view(y);
    uint32_t status = 0;
    num_init(&n);
    op(&n, &p, &q, ctx_of(context), &status);
    decref(t, x);
    decref(t, y);
    return decimal_result(t, &n, ctx_of(context), status);
}

/* The quick way, then the general one. */
static ALWAYS_INLINE Value binary_or_small(Thread *t, Value a, Value b, SmallOp *small, BinaryOp *op) {
    Value context = context_current(t);
    if (UNLIKELY(is_null(context))) return context;
    Value v = small(t, a, b, ctx_of(context));
    return LIKELY(!is_null(v)) || err_pending(t) ? v : binary(t, a, b, op);
}
static Value slot_add(Thread *t, Value a, Value b) { return binary_or_small(t, a, b, small_add, num_add); }
static Value slot_sub(Thread *t, Value a, Value b) { return binary_or_small(t, a, b, small_sub, num_sub); }
static Value slot_mul(Thread *t, Value a, Value b) { return binary_or_small(t, a, b, small_mul, num_mul); }
static Value slot_truediv(Thread *t, Value a, Value b) { return binary_or_small(t, a, b, small_div, num_div); }
static Value slot_floordiv(Thread *t, Value a, Value b) { return binary(t, a, b, num_divint); }
static Value slot_mod(Thread *t, Value a, Value b) { return binary(t, a, b, num_rem); }
static Value slot_pow(Thread *t, Value a, Value b) { return binary(t, a, b, num_pow); }

static Value slot_divmod(Thread *t, Value a, Value b) {
    Value context = context_current(t);
    if (is_null(context)) return context;
    Value x = decimal_operand(t, a), y = is_null(x) || is_notimpl(x) ? VNULL : decimal_operand(t, b), result = VNULL;
    if (is_null(y) || is_notimpl(y)) {
        result = is_null(y) ? x : y;
        if (is_notimpl(y)) decref(t, x);
        else if (!is_null(x) && !is_notimpl(x)) decref(t, x), result = VNULL;
        return result;
    }
    Num q, r, p = decimal_view(x), d = decimal_view(y);
    uint32_t status = 0;
    num_init(&q);
    num_init(&r);
    num_divmod(&q, &r, &p, &d, ctx_of(context), &status);
    decref(t, x);
    decref(t, y);
    if (status_add(t, ctx_of(context), status)) {
        Value pair[] = {decimal_plain(t, &q), decimal_plain(t, &r)};
        result = tuple_take(t, pair, 2);
    }
    num_clear(&q);
    num_clear(&r);
    return result;
}

static Value slot_power(Thread *t, Value a, Value b, Value m) {
    if (is_null(m) || is_none(m)) return slot_pow(t, a, b);
    Value context = context_current(t), in[] = {a, b, m}, d[3] = {VNULL, VNULL, VNULL}, result = VNULL;
    if (is_null(context)) return context;
    int got = 0;
    for (; got < 3; got++) {
        d[got] = decimal_operand(t, in[got]);
        if (is_null(d[got]) || is_notimpl(d[got])) {
            result = d[got];
            break;
        }
    }
    if (got == 3) {
        Num n, x = decimal_view(d[0]), y = decimal_view(d[1]), z = decimal_view(d[2]);
        uint32_t status = 0;
        num_init(&n);
        num_powmod(&n, &x, &y, &z, ctx_of(context), &status);
        result = decimal_result(t, &n, ctx_of(context), status);
    }
    while (got-- > 0) decref(t, d[got]);
    return result;
}

static Value unary(Thread *t, Value a, UnaryOp *op) {
    Value context = context_current(t);
    if (is_null(context)) return context;
    Num n, p = decimal_view(a);
    uint32_t status = 0;
    num_init(&n);
    op(&n, &p, ctx_of(context), &status);
    return decimal_result(t, &n, ctx_of(context), status);
}
static Value slot_neg(Thread *t, Value a) { return unary(t, a, num_minus); }
static Value slot_pos(Thread *t, Value a) { return unary(t, a, num_plus); }
static Value slot_abs(Thread *t, Value a) { return unary(t, a, num_abs); }
static int slot_truth(Thread *t, Value a) { return V_AS(Decimal, a)->kind != NUM_FINITE || V_AS(Decimal, a)->n > 0; }

/* --- Comparison -------------------------------------------------------------------------------------------------------------------------------------- */

/* self and a rational as two Decimals that compare as they do: self * denominator, numerator. */
static Value rational_operand(Thread *t, Value *self, Value v, Ctx *ctx) {
    Value denominator = attr_get_cstr(t, v, "denominator"), numerator = is_null(denominator) ? VNULL : attr_get_cstr(t, v, "numerator"), result = VNULL;
    if (!is_null(numerator) && is_int(t, numerator) && is_int(t, denominator)) {
        Type *plain = builtin_type(t, T_Decimal);
        result = decimal_from_int(t, plain, numerator, ctx, true);
        Value d = is_null(result) ? VNULL : decimal_from_int(t, plain, denominator, ctx, true);
        if (is_null(d)) {
            if (!is_null(result)) slot_clear(t, &result);
        } else if (V_AS(Decimal, *self)->kind == NUM_FINITE) {
            Num n, p = decimal_view(*self), q = decimal_view(d);
            uint32_t status = 0;
            num_init(&n);
            /* Exponents may go beyond all limits here: it is only compared. */
            mpz_mul(n.c, p.c, q.c);
            n.exp = p.exp;
            n.sign = p.sign;
            Value product = status & MALLOC_ERROR ? err_no_memory(t) : decimal_plain(t, &n);
            num_clear(&n);
            if (is_null(product)) slot_clear(t, &result);
            else slot_set(t, self, product);
        }
        decref_maybe(t, d);
    } else if (!is_null(numerator)) {
        err_raise(t, T_TypeError, "numerator and denominator must be ints");
    }
    decref_maybe(t, numerator);
    decref_maybe(t, denominator);
    return result;
}

/* The other side of a comparison; *self may be replaced (owned). */
static Value comparison_operand(Thread *t, Value *self, Value v, enum CompareOp op, Ctx *ctx) {
    Value d = decimal_operand(t, v);
    if (!is_notimpl(d)) return d;
    bool equality = op == CMP_EQ || op == CMP_NE;
    if (IS_A(t, v, complex) && equality) {
        double real = V_AS(Complex, v)->real, imag = V_AS(Complex, v)->imag;
        if (imag != 0) return V_NOTIMPL;
        Value f = float_from_double(t, real);
        if (is_null(f)) return f;
        ctx->status |= FLOAT_OPERATION;
        d = decimal_from_float(t, builtin_type(t, T_Decimal), f);
        decref(t, f);
        return d;
    }
    if (is_float(t, v)) {
        if (equality) ctx->status |= FLOAT_OPERATION;
        else if (!notice_float(t, ctx)) return VNULL;
        return decimal_from_float(t, builtin_type(t, T_Decimal), v);
    }
    if (!is_obj(v)) return V_NOTIMPL;
    int rational = is_instance(t, v, decimal_state(t)->rational);
    if (rational < 0) return VNULL;
    return rational ? rational_operand(t, self, v, ctx) : V_NOTIMPL;
}

static Value slot_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    Value context = context_current(t);
    if (is_null(context)) return context;
    Ctx *ctx = ctx_of(context);
    incref(context);
    Value x = new_ref(a), y = comparison_operand(t, &x, b, op, ctx), result = y;
    if (is_null(y) || is_notimpl(y)) goto done;
    Num p = decimal_view(x), q = decimal_view(y);
    if (num_is_nan(&p) || num_is_nan(&q)) {
        bool signals = p.kind == NUM_SNAN || q.kind == NUM_SNAN || (op != CMP_EQ && op != CMP_NE);
        result = !signals || status_add(t, ctx, INVALID_OPERATION) ? v_bool(op == CMP_NE) : VNULL;
    } else {
        int order = num_cmp(&p, &q);
        result = v_bool(op == CMP_LT ? order < 0 : op == CMP_LE ? order <= 0 : op == CMP_EQ ? order == 0 : op == CMP_NE ? order != 0 : op == CMP_GT ? order > 0 : order >= 0);
    }
    decref(t, y);
done:
    decref(t, x);
    decref(t, context);
    return result;
}

/* As CPython's numbers: the value modulo 2^61 - 1. */
static uint64_t power_of_ten_modulo(uint64_t base, uint64_t exponent) {
    const uint64_t p = HASH_MODULUS;
    unsigned __int128 result = 1, b = base;
    for (; exponent > 0; exponent >>= 1) {
        if (exponent & 1) result = result * b % p;
        b = b * b % p;
    }
    return (uint64_t)result;
}
static bool slot_hash(Thread *t, Value self, int64_t *hash) {
    enum { OF_INFINITY = 314159 };
    const uint64_t inverse_of_ten = 2075258708292324556u;
    const Decimal *d = V_AS(Decimal, self);
    if (d->kind == NUM_SNAN) return err_fail(t, T_TypeError, "Cannot hash a signaling NaN value");
    if (d->kind == NUM_QNAN) *hash = hash_pointer(d);
    else if (d->kind == NUM_INF) *hash = d->sign ? -OF_INFINITY : OF_INFINITY;
    else {
        uint64_t e = d->exp < 0 ? power_of_ten_modulo(inverse_of_ten, (uint64_t)-d->exp) : power_of_ten_modulo(10, (uint64_t)d->exp);
        uint64_t c = hash_mod_limbs(decimal_limbs(d), d->n);
        int64_t h = (int64_t)((unsigned __int128)c * e % HASH_MODULUS);
        if (d->sign) h = -h;
        *hash = h == -1 ? -2 : h;
    }
    return true;
}

/* --- The type ---------------------------------------------------------------------------------------------------------------------------------------- */

const TypeDef typedef_Decimal = {
    .name = "decimal.Decimal",
    .doc = "A decimal floating-point number: from a string, an int, a float or a tuple (sign, digits, exponent).",
    .signature = "(value=\"0\", context=None)",
    .flags = TF_BASE | TF_MODULE_NAME | TF_IMMUTABLE,
    .size = sizeof(Decimal),
    .methods = decimal_methods,
    .getsets = (const GetSetDef[]){{"real", get_real}, {"imag", get_imag}, {NULL}},
    .slots = {.new = slot_new, .destroy = slot_destroy, .repr = slot_repr, .str = slot_str, .hash = slot_hash, .compare = slot_compare, .neg = slot_neg,
              .pos = slot_pos, .abs = slot_abs, .truth = slot_truth, .to_int = slot_int, .to_float = slot_float, .power = slot_power,
              .binop = {[OP_add] = slot_add, [OP_sub] = slot_sub, [OP_mul] = slot_mul, [OP_truediv] = slot_truediv, [OP_floordiv] = slot_floordiv,
                        [OP_mod] = slot_mod, [OP_divmod] = slot_divmod, [OP_pow] = slot_pow}},
};
