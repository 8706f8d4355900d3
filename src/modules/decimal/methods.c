/* The operations as methods: of Decimal, where the context is an optional argument, and of Context, where the operands are.
 *
 * One line of OPERATIONS makes both methods of an operation. */
#include "modules/decimal/decimal_priv.h"

/* --- Calling an operation --------------------------------------------------------------------------------------------------------------- */

/* Operands in args, converted; the result of `op` by the context. */
static Value run_unary(Thread *t, Value a, Value context, UnaryOp *op) {
    Value x = decimal_argument(t, a);
    if (is_null(x)) return x;
    Num n, p = decimal_view(x);
    uint32_t status = 0;
    num_init(&n);
    op(&n, &p, ctx_of(context), &status);
    decref(t, x);
    return decimal_result(t, &n, ctx_of(context), status);
}

static bool two_operands(Thread *t, Value a, Value b, Value *x, Value *y) {
    *x = decimal_argument(t, a);
    if (is_null(*x)) return false;
    *y = decimal_argument(t, b);
    if (is_null(*y)) decref(t, *x);
    return !is_null(*y);
}

static Value run_binary(Thread *t, Value a, Value b, Value context, BinaryOp *op) {
    Value x, y;
    if (!two_operands(t, a, b, &x, &y)) return VNULL;
    Num n, p = decimal_view(x), q = decimal_view(y);
    uint32_t status = 0;
    num_init(&n);
    op(&n, &p, &q, ctx_of(context), &status);
    decref(t, x);
    decref(t, y);
    return decimal_result(t, &n, ctx_of(context), status);
}

static Value run_ternary(Thread *t, Value a, Value b, Value c, Value context, void (*op)(Num *, const Num *, const Num *, const Num *, const Ctx *, uint32_t *)) {
    Value x, y;
    if (!two_operands(t, a, b, &x, &y)) return VNULL;
    Value z = decimal_argument(t, c), result = VNULL;
    if (!is_null(z)) {
        Num n, p = decimal_view(x), q = decimal_view(y), r = decimal_view(z);
        uint32_t status = 0;
        num_init(&n);
        op(&n, &p, &q, &r, ctx_of(context), &status);
        result = decimal_result(t, &n, ctx_of(context), status);
        decref(t, z);
    }
    decref(t, x);
    decref(t, y);
    return result;
}

/* Total order and the like, which no context limits. */
#define UNARY_BOTH(name, op)                                                                          \
    METHOD(d_##name) {                                                                                \
        Value context = context_argument(t, args[1]);                                                 \
        return is_null(context) ? context : run_unary(t, args[0], context, op);                       \
    }                                                                                                 \
    METHOD(c_##name) { return run_unary(t, args[1], args[0], op); }
#define UNARY_CONTEXT(name, op) METHOD(c_##name) { return run_unary(t, args[1], args[0], op); }
#define BINARY_BOTH(name, op)                                                                         \
    METHOD(d_##name) {                                                                                \
        Value context = context_argument(t, args[2]);                                                 \
        return is_null(context) ? context : run_binary(t, args[0], args[1], context, op);             \
    }                                                                                                 \
    METHOD(c_##name) { return run_binary(t, args[1], args[2], args[0], op); }
#define BINARY_CONTEXT(name, op) METHOD(c_##name) { return run_binary(t, args[1], args[2], args[0], op); }

#define UNARY_OPERATIONS(X) \
    X(exp, num_exp, "e to the power of x, correctly rounded.") \
    X(ln, num_ln, "The natural logarithm, correctly rounded.") \
    X(log10, num_log10, "The logarithm of base ten, correctly rounded.") \
    X(logb, num_logb, "The exponent of the most significant digit.") \
    X(logical_invert, num_invert, "Digit by digit: not.") \
    X(next_minus, num_next_minus, "The largest number of the context below x.") \
    X(next_plus, num_next_plus, "The smallest number of the context above x.") \
    X(normalize, num_normalize, "The same number without trailing zeros.") \
    X(sqrt, num_sqrt, "The square root, correctly rounded.")
#define BINARY_OPERATIONS(X) \
    X(compare, num_compare, "-1, 0, 1 or NaN.") \
    X(compare_signal, num_compare_signal, "As compare, and every NaN signals.") \
    X(compare_total, num_compare_total, "Compare by the total order of representations: also numbers that are equal have an order.\n\n    >>> Decimal('1.50').compare_total(Decimal('1.5'))\n    Decimal('-1')\n") \
    X(compare_total_mag, num_compare_total_mag, "As compare_total, without the signs.") \
    X(logical_and, num_and, "Digit by digit: and.") \
    X(logical_or, num_or, "Digit by digit: or.") \
    X(logical_xor, num_xor, "Digit by digit: exclusive or.") \
    X(max, num_max, "The larger one; a number rather than a NaN.") \
    X(max_mag, num_max_mag, "The one of the larger magnitude.") \
    X(min, num_min, "The smaller one; a number rather than a NaN.") \
    X(min_mag, num_min_mag, "The one of the smaller magnitude.") \
    X(next_toward, num_next_toward, "The neighbour of the first towards the second.") \
    X(remainder_near, num_rem_near, "What is left of the first by the nearest multiple of the second.") \
    X(rotate, num_rotate, "The digits rotated by so many places.") \
    X(scaleb, num_scaleb, "The first with the second added to its exponent.") \
    X(shift, num_shift, "The digits shifted by so many places.")
#define UNARY_CONTEXT_OPERATIONS(X) \
    X(abs, num_abs, "The magnitude, rounded.") \
    X(minus, num_minus, "-x, rounded.") \
    X(plus, num_plus, "x, rounded.") \
    X(to_integral, num_to_integral, "The nearest integer, without signals.") \
    X(to_integral_exact, num_to_integral_exact, "The nearest integer; signals what is lost.") \
    X(to_integral_value, num_to_integral, "The nearest integer, without signals.") \
    X(_apply, num_plus_any, "x, rounded.")
#define BINARY_CONTEXT_OPERATIONS(X) \
    X(divide_int, num_divint, "The quotient, cut to an integer.") \
    X(remainder, num_rem, "What is left by the integer quotient.")
#define BINARY_SMALL_OPERATIONS(X) \
    X(add, num_add, small_add, "The sum.") \
    X(divide, num_div, small_div, "The quotient.") \
    X(multiply, num_mul, small_mul, "The product.") \
    X(quantize, num_quantize, small_quantize_by, "The first with the exponent of the second.") \
    X(subtract, num_sub, small_sub, "The difference.")

static Value small_quantize_by(Thread *t, Value a, Value b, Ctx *ctx) { return small_quantize(t, a, b, ctx, ctx->round); }

static void num_plus_any(Num *r, const Num *a, const Ctx *ctx, uint32_t *status) {
    num_copy(r, a);
    num_finalize(r, ctx, status);
}

#define X(name, op, doc) UNARY_BOTH(name, op)
UNARY_OPERATIONS(X)
#undef X
#define X(name, op, doc) BINARY_BOTH(name, op)
BINARY_OPERATIONS(X)
#undef X
#define X(name, op, doc) UNARY_CONTEXT(name, op)
UNARY_CONTEXT_OPERATIONS(X)
#undef X
#define X(name, op, doc) BINARY_CONTEXT(name, op)
BINARY_CONTEXT_OPERATIONS(X)
#undef X
/* What is quick for small numbers. */
#define X(name, op, small, doc)                                                                   \
    METHOD(c_##name) {                                                                            \
        Value v = small(t, args[1], args[2], ctx_of(args[0]));                                    \
        return !is_null(v) || err_pending(t) ? v : run_binary(t, args[1], args[2], args[0], op);  \
    }
BINARY_SMALL_OPERATIONS(X)
#undef X

/* --- Questions ----------------------------------------------------------------------------------------------------------------------------- */

static bool q_is_finite(const Num *n, const Ctx *c) { return n->kind == NUM_FINITE; }
static bool q_is_infinite(const Num *n, const Ctx *c) { return n->kind == NUM_INF; }
static bool q_is_nan(const Num *n, const Ctx *c) { return num_is_nan(n); }
static bool q_is_qnan(const Num *n, const Ctx *c) { return n->kind == NUM_QNAN; }
static bool q_is_snan(const Num *n, const Ctx *c) { return n->kind == NUM_SNAN; }
static bool q_is_signed(const Num *n, const Ctx *c) { return n->sign; }
static bool q_is_zero(const Num *n, const Ctx *c) { return num_is_zero(n); }
static bool q_is_normal(const Num *n, const Ctx *c) { return n->kind == NUM_FINITE && !num_is_zero(n) && num_adjusted(n) >= c->emin; }
static bool q_is_subnormal(const Num *n, const Ctx *c) { return n->kind == NUM_FINITE && !num_is_zero(n) && num_adjusted(n) < c->emin; }

typedef bool Question(const Num *n, const Ctx *c);
static Value ask(Thread *t, Value a, Value context, Question *question) {
    Value x = decimal_argument(t, a);
    if (is_null(x)) return x;
    Num n = decimal_view(x);
    Value v = v_bool(question(&n, ctx_of(context)));
    decref(t, x);
    return v;
}

#define QUESTIONS(X) \
    X(is_finite, "Whether it is a finite number.") X(is_infinite, "Whether it is an infinity.") X(is_nan, "Whether it is a NaN.") \
    X(is_qnan, "Whether it is a quiet NaN.") X(is_signed, "Whether its sign is minus.") X(is_snan, "Whether it is a signalling NaN.") X(is_zero, "Whether it is a zero.")
#define CONTEXT_QUESTIONS(X) X(is_normal, "Whether it is a normal number of the context.") X(is_subnormal, "Whether it is a subnormal number of the context.")
#define X(name, doc)                                                       \
    METHOD(d_##name) {                                                     \
        Num n = decimal_view(args[0]);                                     \
        return v_bool(q_##name(&n, NULL));                                 \
    }                                                                      \
    METHOD(c_##name) { return ask(t, args[1], args[0], q_##name); }
QUESTIONS(X)
#undef X
#define X(name, doc)                                                       \
    METHOD(d_##name) {                                                     \
        Value context = context_argument(t, args[1]);                      \
        return is_null(context) ? context : ask(t, args[0], context, q_##name); \
    }                                                                      \
    METHOD(c_##name) { return ask(t, args[1], args[0], q_##name); }
CONTEXT_QUESTIONS(X)
#undef X

static Value class_text(Thread *t, Value a, Value context) {
    Value x = decimal_argument(t, a);
    if (is_null(x)) return x;
    Num n = decimal_view(x);
    const char *text = num_class(&n, ctx_of(context));
    decref(t, x);
    return str_from_cstr(t, text);
}
METHOD(d_number_class) {
    Value context = context_argument(t, args[1]);
    return is_null(context) ? context : class_text(t, args[0], context);
}
METHOD(c_number_class) { return class_text(t, args[1], args[0]); }

static Value same_quantum(Thread *t, Value a, Value b) {
    Value x, y;
    if (!two_operands(t, a, b, &x, &y)) return VNULL;
    Num p = decimal_view(x), q = decimal_view(y);
    bool same_one = num_is_nan(&p) || num_is_nan(&q) ? num_is_nan(&p) && num_is_nan(&q)
                    : p.kind == NUM_INF || q.kind == NUM_INF ? p.kind == q.kind : p.exp == q.exp;
    decref(t, x);
    decref(t, y);
    return v_bool(same_one);
}
METHOD(d_same_quantum) { return is_null(context_argument(t, args[2])) ? VNULL : same_quantum(t, args[0], args[1]); }
METHOD(c_same_quantum) { return same_quantum(t, args[1], args[2]); }

/* --- Copies and texts ----------------------------------------------------------------------------------------------------------------------------- */

/* a with the sign of b: '+', '-' other, 'n'egated. */
static Value copied(Thread *t, Value a, Value b, char how) {
    Value x = decimal_argument(t, a);
    if (is_null(x)) return x;
    Num n = decimal_view(x);
    if (how == '+') n.sign = 0;
    else if (how == 'n') n.sign = !n.sign;
    else {
        Value y = decimal_argument(t, b);
        if (is_null(y)) {
            decref(t, x);
            return y;
        }
        n.sign = V_AS(Decimal, y)->sign;
        decref(t, y);
    }
    Value v = decimal_plain(t, &n);
    decref(t, x);
    return v;
}
METHOD(d_copy_abs) { return copied(t, args[0], VNULL, '+'); }
METHOD(d_copy_negate) { return copied(t, args[0], VNULL, 'n'); }
METHOD(d_copy_sign) { return is_null(context_argument(t, args[2])) ? VNULL : copied(t, args[0], args[1], 's'); }
METHOD(c_copy_abs) { return copied(t, args[1], VNULL, '+'); }
METHOD(c_copy_negate) { return copied(t, args[1], VNULL, 'n'); }
METHOD(c_copy_sign) { return copied(t, args[1], args[2], 's'); }
METHOD(c_copy_decimal) { return decimal_argument(t, args[1]); }
METHOD(c_canonical) {
    if (!is_decimal(t, args[1])) return err_raise(t, T_TypeError, "argument must be a Decimal");
    return new_ref(args[1]);
}

METHOD(d_is_canonical) { return V_TRUE; }
METHOD(c_is_canonical) { return is_decimal(t, args[1]) ? V_TRUE : err_raise(t, T_TypeError, "argument must be a Decimal"); }

static Value text(Thread *t, Value a, Value context, bool engineering) {
    Value x = decimal_argument(t, a);
    if (is_null(x)) return x;
    Num n = decimal_view(x);
    Value v = decimal_text(t, &n, engineering, ctx_of(context)->capitals);
    decref(t, x);
    return v;
}
METHOD(d_to_eng_string) {
    Value context = context_argument(t, args[1]);
    return is_null(context) ? context : text(t, args[0], context, true);
}
METHOD(c_to_eng_string) { return text(t, args[1], args[0], true); }
METHOD(c_to_sci_string) { return text(t, args[1], args[0], false); }

/* --- With a rounding of their own -------------------------------------------------------------------------------------------------------------------- */

/* The context with the rounding of an argument, if there is one. */
static bool rounded_context(Thread *t, Value context, Value rounding, Ctx *out) {
    *out = *ctx_of(context);
    return is_null(rounding) || is_none(rounding) || rounding_from_value(t, rounding, &out->round);
}

METHOD(d_quantize) {
    Value context = context_argument(t, args[3]), x, y;
    Ctx ctx;
    if (is_null(context) || !rounded_context(t, context, args[2], &ctx)) return VNULL;
    Value v = small_quantize(t, args[0], args[1], ctx_of(context), ctx.round);
    if (!is_null(v) || err_pending(t)) return v;
    if (!two_operands(t, args[0], args[1], &x, &y)) return VNULL;
    Num n, p = decimal_view(x), q = decimal_view(y);
    uint32_t status = 0;
    num_init(&n);
    num_quantize(&n, &p, &q, &ctx, &status);
    decref(t, x);
    decref(t, y);
    return decimal_result(t, &n, ctx_of(context), status);
}

static Value integral(Thread *t, Value *args, UnaryOp *op) {
    Value context = context_argument(t, args[2]);
    Ctx ctx;
    if (is_null(context) || !rounded_context(t, context, args[1], &ctx)) return VNULL;
    Num n, p = decimal_view(args[0]);
    uint32_t status = 0;
    num_init(&n);
    op(&n, &p, &ctx, &status);
    return decimal_result(t, &n, ctx_of(context), status);
}
METHOD(d_to_integral) { return integral(t, args, num_to_integral); }
METHOD(d_to_integral_exact) { return integral(t, args, num_to_integral_exact); }

/* --- The rest ------------------------------------------------------------------------------------------------------------------------------------------- */

METHOD(d_fma) {
    Value context = context_argument(t, args[3]);
    return is_null(context) ? context : run_ternary(t, args[0], args[1], args[2], context, num_fma);
}
METHOD(c_fma) { return run_ternary(t, args[1], args[2], args[3], args[0], num_fma); }
METHOD(c_power) {
    if (is_null(args[3]) || is_none(args[3])) return run_binary(t, args[1], args[2], args[0], num_pow);
    return run_ternary(t, args[1], args[2], args[3], args[0], num_powmod);
}
METHOD(c_divmod) {
    Value x, y, result = VNULL;
    if (!two_operands(t, args[1], args[2], &x, &y)) return VNULL;
    Num q, r, p = decimal_view(x), d = decimal_view(y);
    uint32_t status = 0;
    num_init(&q);
    num_init(&r);
    num_divmod(&q, &r, &p, &d, ctx_of(args[0]), &status);
    decref(t, x);
    decref(t, y);
    if (status_add(t, ctx_of(args[0]), status)) {
        Value pair[] = {decimal_plain(t, &q), decimal_plain(t, &r)};
        result = tuple_take(t, pair, 2);
    }
    num_clear(&q);
    num_clear(&r);
    return result;
}

METHOD(d_adjusted) {
    Num n = decimal_view(args[0]);
    return n.kind == NUM_FINITE ? int_from_i64(t, num_is_zero(&n) ? n.exp : num_adjusted(&n)) : v_smallint(0);
}
METHOD(radix) { return decimal_from_word(t, false, 10, 0); }
METHOD(c_etiny) { return int_from_i64(t, ctx_etiny(ctx_of(args[0]))); }
METHOD(c_etop) { return int_from_i64(t, ctx_etop(ctx_of(args[0]))); }
METHOD(c_clear_flags) {
    ctx_of(args[0])->status = 0;
    return V_NONE;
}
METHOD(c_clear_traps) {
    ctx_of(args[0])->traps = 0;
    return V_NONE;
}
METHOD(c_copy) { return context_new(t, ctx_of(args[0])); }
METHOD(c_reduce) {
    const Ctx *c = ctx_of(args[0]);
    Value fields[] = {int_from_i64(t, c->prec), new_ref(decimal_state(t)->roundings[c->round]), int_from_i64(t, c->emin), int_from_i64(t, c->emax),
                      v_smallint(c->capitals), v_smallint(c->clamp), signals_list(t, c->status), signals_list(t, c->traps)};
    Value arguments = tuple_take(t, fields, COUNT_OF(fields));
    if (is_null(arguments)) return arguments;
    Value pair[] = {ref_of(type_of(t, args[0])), arguments};
    return tuple_take(t, pair, 2);
}
METHOD(c_create_decimal) { return decimal_convert(t, builtin_type(t, T_Decimal), args[1], ctx_of(args[0]), false); }
METHOD(c_create_decimal_from_float) {
    Value v = args[1];
    if (!is_int(t, v) && !is_float(t, v)) return err_raise(t, T_TypeError, "argument must be int or float");
    Type *plain = builtin_type(t, T_Decimal);
    if (is_int(t, v)) return decimal_from_int(t, plain, v, ctx_of(args[0]), false);
    Value exact = decimal_from_float(t, plain, v), result = is_null(exact) ? VNULL : run_unary(t, exact, args[0], num_plus_any);
    decref_maybe(t, exact);
    return result;
}

/* --- Tables ---------------------------------------------------------------------------------------------------------------------------------------------- */

const MethodDef decimal_methods[] = {
#define X(name, op, doc) {#name, "($self, /, context=None)", doc, d_##name},
    UNARY_OPERATIONS(X)
#undef X
#define X(name, op, doc) {#name, "($self, /, other, context=None)", doc, d_##name},
    BINARY_OPERATIONS(X)
#undef X
#define X(name, doc) {#name, "($self, /)", doc, d_##name},
    QUESTIONS(X)
#undef X
#define X(name, doc) {#name, "($self, /, context=None)", doc, d_##name},
    CONTEXT_QUESTIONS(X)
#undef X
    {"number_class", "($self, /, context=None)", "The class of the number, as a str.", d_number_class},
    {"same_quantum", "($self, /, other, context=None)", "Whether both have the same exponent.", d_same_quantum},
    {"copy_abs", "($self, /)", "The number without its sign, as it is.", d_copy_abs},
    {"copy_negate", "($self, /)", "The number with the other sign, as it is.", d_copy_negate},
    {"copy_sign", "($self, /, other, context=None)", "The number with the sign of the other.\n\n    >>> Decimal('7').copy_sign(Decimal('-0'))\n    Decimal('-7')\n", d_copy_sign},
    {"to_eng_string", "($self, /, context=None)", "The text with an exponent that is a multiple of three.", d_to_eng_string},
    {"quantize", "($self, /, exp, rounding=None, context=None)", "The number with the exponent of exp.\n\n    >>> Decimal('2.718').quantize(Decimal('0.1'))\n    Decimal('2.7')\n", d_quantize},
    {"to_integral", "($self, /, rounding=None, context=None)", "The nearest integer, without signals.", d_to_integral},
    {"to_integral_value", "($self, /, rounding=None, context=None)", "The nearest integer, without signals.", d_to_integral},
    {"to_integral_exact", "($self, /, rounding=None, context=None)", "The nearest integer; signals what is lost.", d_to_integral_exact},
    {"fma", "($self, /, other, third, context=None)", "self * other + third, rounded once.\n\n    >>> Decimal(4).fma(Decimal('2.5'), 3)\n    Decimal('13.0')\n", d_fma},
    {"adjusted", "($self, /)", "The exponent of the most significant digit.", d_adjusted},
    {"is_canonical", "($self, /)", "True.", d_is_canonical},
    {"canonical", "($self, /)", "The number itself.", decimal_self},
    {"conjugate", "($self, /)", "The number itself.", decimal_self},
    {"radix", "($self, /)", "Decimal(10).", radix},
    {"as_tuple", "($self, /)", "DecimalTuple(sign, digits, exponent).", decimal_as_tuple},
    {"as_integer_ratio", "($self, /)", "The number as a pair of ints, numerator and denominator.", decimal_as_integer_ratio},
    {"from_float", "($type, f, /)", "The exact value of a float.", decimal_of_float, MF_CLASS},
    {"from_number", "($type, number, /)", "The exact value of an int, float or Decimal.", decimal_of_number, MF_CLASS},
    {"__copy__", "($self, /)", NULL, decimal_self},
    {"__deepcopy__", "($self, object, /)", NULL, decimal_self},
    {"__format__", NULL, "The number as text, by a format specification.", decimal_do_format},
    {"__reduce__", "($self, /)", NULL, decimal_reduce},
    {"__round__", NULL, "The nearest int, or the number to so many digits.", decimal_round},
    {"__ceil__", "($self, /)", NULL, decimal_ceil},
    {"__complex__", "($self, /)", NULL, decimal_complex},
    {"__floor__", "($self, /)", NULL, decimal_floor},
    {"__trunc__", "($self, /)", NULL, decimal_trunc},
    {"__sizeof__", "($self, /)", NULL, decimal_sizeof},
    {NULL},
};

const MethodDef context_methods[] = {
#define X(name, op, doc) {#name, "($self, x, /)", doc, c_##name},
    UNARY_OPERATIONS(X) UNARY_CONTEXT_OPERATIONS(X)
#undef X
#define X(name, op, doc) {#name, "($self, x, y, /)", doc, c_##name},
    BINARY_OPERATIONS(X) BINARY_CONTEXT_OPERATIONS(X)
#undef X
#define X(name, op, small, doc) {#name, "($self, x, y, /)", doc, c_##name},
    BINARY_SMALL_OPERATIONS(X)
#undef X
#define X(name, doc) {#name, "($self, x, /)", doc, c_##name},
    QUESTIONS(X) CONTEXT_QUESTIONS(X)
#undef X
    {"number_class", "($self, x, /)", "The class of the number, as a str.", c_number_class},
    {"same_quantum", "($self, x, y, /)", "Whether both have the same exponent.", c_same_quantum},
    {"copy_abs", "($self, x, /)", "The number without its sign, as it is.", c_copy_abs},
    {"copy_negate", "($self, x, /)", "The number with the other sign, as it is.", c_copy_negate},
    {"copy_sign", "($self, x, y, /)", "The first with the sign of the second.", c_copy_sign},
    {"copy_decimal", "($self, x, /)", "The number as it is.", c_copy_decimal},
    {"is_canonical", "($self, x, /)", "True.", c_is_canonical},
    {"canonical", "($self, x, /)", "The number itself.", c_canonical},
    {"to_eng_string", "($self, x, /)", "The text with an exponent that is a multiple of three.", c_to_eng_string},
    {"to_sci_string", "($self, x, /)", "The text.", c_to_sci_string},
    {"fma", "($self, x, y, z, /)", "x * y + z, rounded once.", c_fma},
    {"power", "($self, /, a, b, modulo=None)", "a ** b, or a ** b % modulo.", c_power},
    {"divmod", "($self, x, y, /)", "The integer quotient and what is left.", c_divmod},
    {"radix", "($self, /)", "Decimal(10).", radix},
    {"Etiny", "($self, /)", "The exponent of the smallest subnormal number.", c_etiny},
    {"Etop", "($self, /)", "The exponent of the largest number.", c_etop},
    {"clear_flags", "($self, /)", "No signal has occurred.", c_clear_flags},
    {"clear_traps", "($self, /)", "No signal is trapped.", c_clear_traps},
    {"copy", "($self, /)", "A copy, with its flags and traps.", c_copy},
    {"__copy__", "($self, /)", NULL, c_copy},
    {"__reduce__", "($self, /)", NULL, c_reduce},
    {"create_decimal", "($self, num=\"0\", /)", "A Decimal, rounded by the context.", c_create_decimal},
    {"create_decimal_from_float", "($self, f, /)", "The value of a float, rounded by the context.", c_create_decimal_from_float},
    {NULL},
};
