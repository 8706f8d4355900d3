/* The module math: functions of one and two floats, rounding, logarithms, and the table. */
#include <math.h>

#include "base/floattext.h"
#include "base/limbs.h"
#include "modules/math/math_priv.h"

/* --- Errors ------------------------------------------------------------------------------------ */

static Value domain_error(Thread *t) { return err_raise(t, T_ValueError, "math domain error"); }
static Value range_error(Thread *t) { return err_raise(t, T_OverflowError, "math range error"); }
/* "expected a finite input, got inf": what is expected, and the argument. */
static COLD Value expected(Thread *t, const char *what, double x) {
    Value text = float_to_str(t, x);
    if (is_null(text)) return VNULL;
    err_raise(t, T_ValueError, "expected %s, got %U", what, text);
    decref(t, text);
    return VNULL;
}

/* f(x): a NaN from a number is a domain error, an infinity from a finite one a range error or, where `pole` says so, a domain error. */
static Value apply(Thread *t, Value v, double (*f)(double), const char *domain, bool can_overflow) {
    double x;
    if (!float_convert(t, v, &x)) return VNULL;
    double r = f(x);
    if (isnan(r) && !isnan(x)) return expected(t, domain, x);
    if (isinf(r) && isfinite(x)) return can_overflow ? range_error(t) : expected(t, domain, x);
    return float_from_double(t, r);
}

#define UNARY(NAME, F, DOMAIN, OVERFLOWS)                                                                                        \
    static Value math_##NAME(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return apply(t, args[0], F, DOMAIN, OVERFLOWS); }
UNARY(acos, acos, "a number in range from -1 up to 1", false)
UNARY(acosh, acosh, "argument value not less than 1", false)
UNARY(asin, asin, "a number in range from -1 up to 1", false)
UNARY(asinh, asinh, "", false)
UNARY(atan, atan, "", false)
UNARY(atanh, atanh, "a number between -1 and 1", false)
UNARY(cbrt, cbrt, "", false)
UNARY(cos, cos, "a finite input", false)
UNARY(cosh, cosh, "", true)
UNARY(erf, erf, "", false)
UNARY(erfc, erfc, "", false)
UNARY(exp, exp, "", true)
UNARY(exp2, exp2, "", true)
UNARY(expm1, expm1, "", true)
UNARY(fabs, fabs, "", false)
UNARY(log1p, log1p, "argument value > -1", false)
UNARY(sin, sin, "a finite input", false)
UNARY(sinh, sinh, "", true)
UNARY(sqrt, sqrt, "a nonnegative input", false)
UNARY(tan, tan, "a finite input", false)
UNARY(tanh, tanh, "", false)

static Value math_gamma(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double x;
    if (!float_convert(t, args[0], &x)) return VNULL;
    if (isnan(x) || (isinf(x) && x > 0)) return float_from_double(t, x);
    if (isinf(x) || x == 0 || (x < 0 && x == floor(x))) return expected(t, "a noninteger or positive integer", x);
    if (x > 0 && x <= 23 && x == floor(x)) { /* exact factorials */
        double r = 1;
        for (int i = 2; i < (int)x; i++) r *= i;
        return float_from_double(t, r);
    }
    double r = tgamma(x);
    return isinf(r) ? range_error(t) : float_from_double(t, r);
}

static Value math_lgamma(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double x;
    if (!float_convert(t, args[0], &x)) return VNULL;
    if (!isfinite(x)) return float_from_double(t, isnan(x) ? x : INFINITY);
    if (x <= 0 && x == floor(x)) return expected(t, "a noninteger or positive integer", x);
    int sign;
    double r = lgamma_r(x, &sign);
    return isinf(r) ? range_error(t) : float_from_double(t, r);
}

/* --- Two arguments ----------------------------------------------------------------------------- */

#define TWO_DOUBLES(x, y)                                                                                                        \
    double x, y;                                                                                                                 \
    if (!float_convert(t, args[0], &x) || !float_convert(t, args[1], &y)) return VNULL

static Value math_atan2(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    TWO_DOUBLES(y, x);
    return float_from_double(t, atan2(y, x));
}
static Value math_copysign(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    TWO_DOUBLES(x, y);
    return float_from_double(t, copysign(x, y));
}
static Value math_fmod(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    TWO_DOUBLES(x, y);
    if (isinf(y) && isfinite(x)) return float_from_double(t, x);
    double r = fmod(x, y);
    return isnan(r) && !isnan(x) && !isnan(y) ? domain_error(t) : float_from_double(t, r);
}
static Value math_remainder(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    TWO_DOUBLES(x, y);
    double r = remainder(x, y);
    return isnan(r) && !isnan(x) && !isnan(y) ? domain_error(t) : float_from_double(t, r);
}
static Value math_pow(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    TWO_DOUBLES(x, y);
    double r = pow(x, y);
    if (isfinite(x) && isfinite(y)) {
        if (isnan(r) || (x == 0 && y < 0)) return domain_error(t);
        if (isinf(r)) return range_error(t);
    }
    return float_from_double(t, r);
}
static Value math_ldexp(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double x;
    if (!float_convert(t, args[0], &x)) return VNULL;
    if (!is_int(t, args[1])) return err_raise(t, T_TypeError, "Expected an int as second argument to ldexp.");
    int64_t e = int_clamp_i64(args[1]);
    if (x == 0 || !isfinite(x)) return float_from_double(t, x);
    double r = e > 100000 ? INFINITY : e < -100000 ? copysign(0, x) : ldexp(x, (int)e);
    return isinf(r) ? range_error(t) : float_from_double(t, r);
}
static Value math_fma(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double z;
    TWO_DOUBLES(x, y);
    if (!float_convert(t, args[2], &z)) return VNULL;
    double r = fma(x, y, z);
    if (isnan(r) && !isnan(x) && !isnan(y) && !isnan(z)) return err_raise(t, T_ValueError, "invalid operation in fma");
    if (isinf(r) && isfinite(x) && isfinite(y) && isfinite(z)) return err_raise(t, T_OverflowError, "overflow in fma");
    return float_from_double(t, r);
}

static Value math_nextafter(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    TWO_DOUBLES(x, y);
    if (is_null(args[2]) || is_none(args[2])) return float_from_double(t, nextafter(x, y));
    Value steps = number_index(t, args[2]);
    if (is_null(steps)) return VNULL;
    if (int_sign(steps) < 0) {
        decref(t, steps);
        return err_raise(t, T_ValueError, "steps must be a non-negative integer");
    }
    uint64_t left = int_bit_length(steps) > 64 ? UINT64_MAX : int_to_u64_mask(steps);
    decref(t, steps);
    if (left == 0 || isnan(x)) return float_from_double(t, x);
    if (isnan(y)) return float_from_double(t, y);
    /* On the line of doubles as integers: negative ones mirrored. */
    int64_t a, b;
    memcpy(&a, &x, 8);
    memcpy(&b, &y, 8);
    if (a < 0) a = INT64_MIN - a;
    if (b < 0) b = INT64_MIN - b;
    uint64_t gap = a < b ? (uint64_t)b - (uint64_t)a : (uint64_t)a - (uint64_t)b;
    if (left >= gap) return float_from_double(t, y);
    int64_t at = a < b ? (int64_t)((uint64_t)a + left) : (int64_t)((uint64_t)a - left);
    if (at < 0 || (at == 0 && a < 0)) at = INT64_MIN - at;
    memcpy(&x, &at, 8);
    return float_from_double(t, x);
}

static Value math_ulp(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double x;
    if (!float_convert(t, args[0], &x)) return VNULL;
    if (isnan(x)) return float_from_double(t, x);
    x = fabs(x);
    if (isinf(x)) return float_from_double(t, x);
    double above = nextafter(x, INFINITY);
    return float_from_double(t, isinf(above) ? x - nextafter(x, 0) : above - x);
}

static Value math_isclose(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    TWO_DOUBLES(a, b);
    double relative = 1e-9, absolute = 0;
    if ((!is_null(args[2]) && !float_convert(t, args[2], &relative)) || (!is_null(args[3]) && !float_convert(t, args[3], &absolute))) return VNULL;
    if (relative < 0 || absolute < 0) return err_raise(t, T_ValueError, "tolerances must be non-negative");
    if (a == b) return V_TRUE;
    if (isinf(a) || isinf(b)) return V_FALSE;
    double difference = fabs(b - a);
    return v_bool(difference <= fabs(relative * b) || difference <= fabs(relative * a) || difference <= absolute);
}

/* --- Logarithms -------------------------------------------------------------------------------- */

static Value logarithm(Thread *t, Value v, double (*f)(double), double of_two) {
    if (is_int(t, v)) {
        if (int_sign(v) <= 0) return err_raise(t, T_ValueError, "expected a positive input");
        double x;
        if (int_to_double(t, v, &x)) return float_from_double(t, f(x));
        if (!err_catch(t, T_OverflowError)) return VNULL;
        uint64_t scratch;
        IntView i = int_view(v, &scratch);
        int64_t exponent;
        double m = limbs_frexp(i.limbs, (size_t)i.n, &exponent);
        return float_from_double(t, f(m) + of_two * (double)exponent);
    }
    double x;
    if (!float_convert(t, v, &x)) return VNULL;
    if (x <= 0) return expected(t, "a positive input", x);
    return float_from_double(t, f(x));
}

static Value math_log(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "math.log", kwnames) || !call_arity(t, "log", nargs, 1, 2)) return VNULL;
    Value top = logarithm(t, args[0], log, M_LN2);
    if (is_null(top) || nargs == 1) return top;
    Value bottom = logarithm(t, args[1], log, M_LN2), result = VNULL;
    if (!is_null(bottom)) {
        result = number_binary(t, OP_truediv, top, bottom);
        decref(t, bottom);
    }
    decref(t, top);
    return result;
}
static Value math_log2(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return logarithm(t, args[0], log2, 1); }
static Value math_log10(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return logarithm(t, args[0], log10, 0.30102999566398119521); }

/* --- Rounding ---------------------------------------------------------------------------------- */

static Value round_by(Thread *t, Value v, Value method, double (*f)(double)) {
    if (is_exact_float(v)) return int_from_double(t, f(float_get(v)));
    bool found;
    Value result = call_special(t, v, method, NULL, 0, &found);
    if (!is_null(result) || found || err_pending(t)) return result;
    double x;
    return float_convert(t, v, &x) ? int_from_double(t, f(x)) : VNULL;
}
static Value math_ceil(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return round_by(t, args[0], N(t, __ceil__), ceil); }
static Value math_floor(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return round_by(t, args[0], N(t, __floor__), floor); }
static Value math_trunc(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (is_exact_float(args[0])) return int_from_double(t, float_get(args[0]));
    bool found;
    Value result = call_special(t, args[0], N(t, __trunc__), NULL, 0, &found);
    if (is_null(result) && !found && !err_pending(t)) return err_raise(t, T_TypeError, "type %T doesn't define __trunc__ method", args[0]);
    return result;
}

static Value pair(Thread *t, Value a, Value b) {
    if (is_null(a) || is_null(b)) {
        decref_maybe(t, a);
        decref_maybe(t, b);
        return VNULL;
    }
    Value items[2] = {a, b};
    return tuple_take(t, items, 2);
}
static Value math_frexp(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double x;
    int e = 0;
    if (!float_convert(t, args[0], &x)) return VNULL;
    if (isfinite(x) && x != 0) x = frexp(x, &e);
    return pair(t, float_from_double(t, x), v_smallint(e));
}
static Value math_modf(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double x, whole;
    if (!float_convert(t, args[0], &x)) return VNULL;
    if (isinf(x)) return pair(t, float_from_double(t, copysign(0, x)), float_from_double(t, x));
    double fraction = modf(x, &whole);
    return pair(t, float_from_double(t, fraction), float_from_double(t, whole));
}

static Value math_degrees(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double x;
    return float_convert(t, args[0], &x) ? float_from_double(t, x * (180 / M_PI)) : VNULL;
}
static Value math_radians(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double x;
    return float_convert(t, args[0], &x) ? float_from_double(t, x * (M_PI / 180)) : VNULL;
}
static Value math_isfinite(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double x;
    return float_convert(t, args[0], &x) ? v_bool(isfinite(x)) : VNULL;
}
static Value math_isinf(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double x;
    return float_convert(t, args[0], &x) ? v_bool(isinf(x)) : VNULL;
}
static Value math_isnan(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double x;
    return float_convert(t, args[0], &x) ? v_bool(isnan(x)) : VNULL;
}

#define ROW1(NAME, DOC) {#NAME, "($module, x, /)", DOC, math_##NAME}
static const MethodDef functions[] = {
    ROW1(acos, "The arc cosine, between 0 and pi."),
    ROW1(acosh, "The inverse hyperbolic cosine."),
    ROW1(asin, "The arc sine, between -pi/2 and pi/2."),
    ROW1(asinh, "The inverse hyperbolic sine."),
    ROW1(atan, "The arc tangent, between -pi/2 and pi/2."),
    {"atan2", "($module, y, x, /)", "The arc tangent of y/x in the quadrant of the point.", math_atan2},
    ROW1(atanh, "The inverse hyperbolic tangent."),
    ROW1(cbrt, "The cube root."),
    ROW1(ceil, "The smallest int not below x."),
    {"comb", "($module, n, k, /)", "The number of ways to choose k of n things without order.", math_comb},
    {"copysign", "($module, x, y, /)", "The magnitude of x with the sign of y.", math_copysign},
    ROW1(cos, "The cosine."),
    ROW1(cosh, "The hyperbolic cosine."),
    ROW1(degrees, "An angle in degrees from radians."),
    {"dist", "($module, p, q, /)", "The Euclidean distance of two points.", math_dist},
    ROW1(erf, "The error function."),
    ROW1(erfc, "1 - erf(x)."),
    ROW1(exp, "e to the power of x."),
    ROW1(exp2, "2 to the power of x."),
    ROW1(expm1, "exp(x) - 1, exact near zero."),
    ROW1(fabs, "The absolute value as a float."),
    {"factorial", "($module, n, /)", "n!.", math_factorial},
    ROW1(floor, "The largest int not above x."),
    {"fma", "($module, x, y, z, /)", "x * y + z with one rounding.", math_fma},
    {"fmod", "($module, x, y, /)", "The remainder with the sign of x, as C has it.", math_fmod},
    ROW1(frexp, "The pair (m, e) with x == m * 2**e and 0.5 <= abs(m) < 1."),
    {"fsum", "($module, seq, /)", "The sum of floats, correctly rounded.", math_fsum},
    ROW1(gamma, "The gamma function."),
    {"gcd", "($module, /, *integers)", "The greatest common divisor.", math_gcd},
    {"hypot", "($module, /, *coordinates)", "The Euclidean distance from the origin.", math_hypot},
    {"isclose", "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)", "Whether two numbers are nearly equal.", math_isclose},
    ROW1(isfinite, "Whether x is neither an infinity nor a NaN."),
    ROW1(isinf, "Whether x is an infinity."),
    ROW1(isnan, "Whether x is a NaN."),
    {"isqrt", "($module, n, /)", "The integer part of the square root of an int.", math_isqrt},
    {"lcm", "($module, /, *integers)", "The least common multiple.", math_lcm},
    {"ldexp", "($module, x, i, /)", "x * 2**i.", math_ldexp},
    ROW1(lgamma, "The natural logarithm of the absolute value of gamma(x)."),
    {"log", NULL, "log(x, [base=math.e])\n\nThe logarithm to a base, natural unless given.", math_log},
    ROW1(log10, "The logarithm to base 10."),
    ROW1(log1p, "log(1 + x), exact near zero."),
    ROW1(log2, "The logarithm to base 2."),
    ROW1(modf, "The fraction and the whole part, both with the sign of x."),
    {"nextafter", "($module, x, y, /, *, steps=None)", "The float that many steps (one) from x towards y.", math_nextafter},
    {"perm", "($module, n, k=None, /)", "The number of ways to choose k of n things in order.", math_perm},
    {"pow", "($module, x, y, /)", "x to the power of y, as a float.", math_pow},
    {"prod", "($module, iterable, /, *, start=1)", "The product of all items.", math_prod},
    ROW1(radians, "An angle in radians from degrees."),
    {"remainder", "($module, x, y, /)", "x minus the nearest multiple of y.", math_remainder},
    ROW1(sin, "The sine."),
    ROW1(sinh, "The hyperbolic sine."),
    ROW1(sqrt, "The square root."),
    {"sumprod", "($module, p, q, /)", "The sum of the products of two iterables of equal length.", math_sumprod},
    ROW1(tan, "The tangent."),
    ROW1(tanh, "The hyperbolic tangent."),
    ROW1(trunc, "x.__trunc__(): the whole part."),
    ROW1(ulp, "The value of the least significant bit."),
    {NULL},
};

static bool math_exec(Thread *t, Value module) {
    return module_add(t, module, "pi", float_from_double(t, M_PI)) && module_add(t, module, "e", float_from_double(t, M_E)) &&
           module_add(t, module, "tau", float_from_double(t, 2 * M_PI)) && module_add(t, module, "inf", float_from_double(t, INFINITY)) &&
           module_add(t, module, "nan", float_from_double(t, NAN));
}

const ModuleDef module_math = {.name = "math", .doc = "Mathematical functions of real numbers.", .functions = functions, .exec = math_exec};
