/* cmath: functions of complex numbers. The values are those of C's Annex G; what Python makes an error of is said here:
   an invalid argument is a ValueError, a finite argument with an infinite result an OverflowError. */
#include <complex.h>
#include <math.h>

#include "modules/module.h"

#ifndef CMPLX /* clang with a C library that knows only gcc */
#define CMPLX(real, imag) __builtin_complex((double)(real), (double)(imag))
#endif

typedef enum Trouble { NO_TROUBLE, DOMAIN_ERROR, RANGE_ERROR } Trouble;

static bool argument(Thread *t, Value v, double complex *z) {
    double real, imag;
    if (!complex_convert(t, v, &real, &imag)) return false;
    *z = CMPLX(real, imag);
    return true;
}

static bool is_finite(double complex z) { return isfinite(creal(z)) && isfinite(cimag(z)); }
static bool is_nan(double complex z) { return isnan(creal(z)) || isnan(cimag(z)); }

static Value fail(Thread *t, Trouble trouble) {
    return trouble == DOMAIN_ERROR ? err_raise(t, T_ValueError, "math domain error") : err_raise(t, T_OverflowError, "math range error");
}

static Value make(Thread *t, double complex z) { return complex_from_doubles(t, creal(z), cimag(z)); }

static Value answer(Thread *t, double complex z, double complex result, bool invalid) {
    if (invalid) return fail(t, DOMAIN_ERROR);
    if (is_finite(z) && !is_finite(result)) return fail(t, RANGE_ERROR);
    return make(t, result);
}

/* --- Functions of one argument ---------------------------------------------------------------------------------------------------- */

static bool never(double complex z) { return false; }
static bool exp_invalid(double complex z) { return isinf(cimag(z)) && (isfinite(creal(z)) || creal(z) == INFINITY); }
static bool cosh_invalid(double complex z) { return isinf(cimag(z)) && !isnan(creal(z)); }
static bool tanh_invalid(double complex z) { return isinf(cimag(z)) && isfinite(creal(z)); }
static bool cos_invalid(double complex z) { return isinf(creal(z)) && !isnan(cimag(z)); }
static bool tan_invalid(double complex z) { return isinf(creal(z)) && isfinite(cimag(z)); }
static bool log_invalid(double complex z) { return creal(z) == 0 && cimag(z) == 0; }
static bool atanh_invalid(double complex z) { return fabs(creal(z)) == 1 && cimag(z) == 0; }
static bool atan_invalid(double complex z) { return creal(z) == 0 && fabs(cimag(z)) == 1; }

/* A product of i, without the rounding and the signs that a multiplication would bring. */
static double complex times_i(double complex z) { return CMPLX(-cimag(z), creal(z)); }
static double complex by_i(double complex z) { return CMPLX(cimag(z), -creal(z)); }

static double complex cos_of(double complex z) { return ccosh(times_i(z)); }
static double complex sin_of(double complex z) { return by_i(csinh(times_i(z))); }
static double complex tan_of(double complex z) { return by_i(ctanh(times_i(z))); }
static double complex atan_of(double complex z) { return by_i(catanh(times_i(z))); }
static double complex asin_of(double complex z) { return by_i(casinh(times_i(z))); }

/* Very large and subnormal numbers are scaled, so that neither the modulus overflows nor digits are lost. */
static double complex log_of(double complex z) {
    double ax = fabs(creal(z)), ay = fabs(cimag(z));
    double angle = atan2(cimag(z), creal(z));
    if (is_finite(z) && ax < 0x1p-1022 && ay < 0x1p-1022 && (ax > 0 || ay > 0))
        return CMPLX(log(hypot(ldexp(ax, 53), ldexp(ay, 53))) - 53 * M_LN2, angle);
    if (is_finite(z) && (ax > 0x1p1022 || ay > 0x1p1022)) return CMPLX(log(hypot(ax / 2, ay / 2)) + M_LN2, angle);
    return clog(z);
}

static double complex log10_of(double complex z) {
    double complex l = log_of(z);
    return CMPLX(creal(l) / M_LN10, cimag(l) / M_LN10);
}

/* id, function, when it is invalid, doc */
#define EACH_FUNCTION(X)                                                     \
    X(acos, cacos, never, "The arc cosine of z.")                            \
    X(acosh, cacosh, never, "The inverse hyperbolic cosine of z.")           \
    X(asin, asin_of, never, "The arc sine of z.")                            \
    X(asinh, casinh, never, "The inverse hyperbolic sine of z.")             \
    X(atan, atan_of, atan_invalid, "The arc tangent of z.")                  \
    X(atanh, catanh, atanh_invalid, "The inverse hyperbolic tangent of z.")  \
    X(cos, cos_of, cos_invalid, "The cosine of z.")                          \
    X(cosh, ccosh, cosh_invalid, "The hyperbolic cosine of z.")              \
    X(exp, cexp, exp_invalid, "e to the power of z.")                        \
    X(log10, log10_of, log_invalid, "The base-10 logarithm of z.")           \
    X(sin, sin_of, cos_invalid, "The sine of z.")                            \
    X(sinh, csinh, cosh_invalid, "The hyperbolic sine of z.")                \
    X(sqrt, csqrt, never, "The square root of z.")                           \
    X(tan, tan_of, tan_invalid, "The tangent of z.")                         \
    X(tanh, ctanh, tanh_invalid, "The hyperbolic tangent of z.")

#define DEFINE(id, function, invalid, doc)                                                              \
    static Value cmath_##id(Thread *t, Value *args, uint32_t nargs, Value kwnames) {                    \
        double complex z;                                                                               \
        return argument(t, args[0], &z) ? answer(t, z, function(z), invalid(z)) : VNULL;                \
    }
EACH_FUNCTION(DEFINE)

static Value cmath_log(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double complex z, base;
    if (!argument(t, args[0], &z)) return VNULL;
    if (is_null(args[1])) return answer(t, z, log_of(z), log_invalid(z));
    if (!argument(t, args[1], &base)) return VNULL;
    if (log_invalid(z) || log_invalid(base)) return fail(t, DOMAIN_ERROR);
    double complex divisor = log_of(base);
    if (divisor == 0) return fail(t, DOMAIN_ERROR);
    return answer(t, z, log_of(z) / divisor, false);
}

/* --- Polar coordinates --------------------------------------------------------------------------------------------------------------- */

static Value cmath_phase(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double complex z;
    return argument(t, args[0], &z) ? float_from_double(t, atan2(cimag(z), creal(z))) : VNULL;
}

static Value cmath_polar(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double complex z;
    if (!argument(t, args[0], &z)) return VNULL;
    double modulus = cabs(z);
    if (is_finite(z) && isinf(modulus)) return fail(t, RANGE_ERROR);
    Value r = float_from_double(t, modulus), phi = float_from_double(t, atan2(cimag(z), creal(z))), pair = VNULL;
    if (!is_null(r) && !is_null(phi)) pair = tuple_of(t, 2, r, phi);
    decref_maybe(t, r);
    decref_maybe(t, phi);
    return pair;
}

static Value cmath_rect(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double r, phi;
    if (!arg_double(t, args[0], &r) || !arg_double(t, args[1], &phi)) return VNULL;
    if (r != 0 && !isnan(r) && isinf(phi)) return fail(t, DOMAIN_ERROR);
    if (r == 0 && !isfinite(phi)) return make(t, CMPLX(0, 0));
    if (phi == 0) return make(t, CMPLX(r, isinf(r) ? copysign(0, phi * copysign(1, r)) : isnan(r) ? phi : r * phi));
    if (isinf(r) && isfinite(phi)) return make(t, CMPLX(copysign(r, cos(phi) * copysign(1, r)), copysign(r, sin(phi) * copysign(1, r))));
    if (isinf(r)) return make(t, CMPLX(INFINITY, NAN));
    return make(t, CMPLX(r * cos(phi), r * sin(phi)));
}

/* --- Tests ------------------------------------------------------------------------------------------------------------------------------ */

static Value cmath_isfinite(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double complex z;
    return argument(t, args[0], &z) ? v_bool(is_finite(z)) : VNULL;
}
static Value cmath_isinf(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double complex z;
    return argument(t, args[0], &z) ? v_bool(isinf(creal(z)) || isinf(cimag(z))) : VNULL;
}
static Value cmath_isnan(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double complex z;
    return argument(t, args[0], &z) ? v_bool(is_nan(z)) : VNULL;
}

static Value cmath_isclose(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double complex a, b;
    double relative = 1e-9, absolute = 0;
    if (!argument(t, args[0], &a) || !argument(t, args[1], &b)) return VNULL;
    if (!is_null(args[2]) && !arg_double(t, args[2], &relative)) return VNULL;
    if (!is_null(args[3]) && !arg_double(t, args[3], &absolute)) return VNULL;
    if (relative < 0 || absolute < 0) return err_raise(t, T_ValueError, "tolerances must be non-negative");
    if (creal(a) == creal(b) && cimag(a) == cimag(b)) return V_TRUE;
    if (isinf(creal(a)) || isinf(cimag(a)) || isinf(creal(b)) || isinf(cimag(b))) return V_FALSE;
    double difference = hypot(creal(a) - creal(b), cimag(a) - cimag(b));
    return v_bool(difference <= relative * cabs(b) || difference <= relative * cabs(a) || difference <= absolute);
}

/* --- The module -------------------------------------------------------------------------------------------------------------------------- */

#define ROW(id, function, invalid, doc) {#id, "($module, z, /)", doc, cmath_##id, 0, FX_PURE},
static const MethodDef functions[] = {
    EACH_FUNCTION(ROW)
    {"log", "($module, z, base=<unrepresentable>, /)", "The logarithm of z, to the base e if none is given.", cmath_log, 0, FX_PURE},
    {"phase", "($module, z, /)", "The angle of z's polar coordinates.", cmath_phase, 0, FX_PURE},
    {"polar", "($module, z, /)", "The polar coordinates of z: modulus and angle.", cmath_polar, 0, FX_PURE},
    {"rect", "($module, r, phi, /)", "The number with these polar coordinates.", cmath_rect, 0, FX_PURE},
    {"isfinite", "($module, z, /)", "Whether both parts are finite.", cmath_isfinite, 0, FX_PURE},
    {"isinf", "($module, z, /)", "Whether a part is infinite.", cmath_isinf, 0, FX_PURE},
    {"isnan", "($module, z, /)", "Whether a part is not a number.", cmath_isnan, 0, FX_PURE},
    {"isclose", "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)", "Whether two numbers differ by little, relatively or absolutely.", cmath_isclose, 0, FX_PURE},
    {NULL},
};

static bool exec(Thread *t, Value module) {
    return module_add(t, module, "pi", float_from_double(t, M_PI)) && module_add(t, module, "e", float_from_double(t, M_E)) &&
           module_add(t, module, "tau", float_from_double(t, 2 * M_PI)) && module_add(t, module, "inf", float_from_double(t, INFINITY)) &&
           module_add(t, module, "nan", float_from_double(t, NAN)) && module_add(t, module, "infj", complex_from_doubles(t, 0, INFINITY)) &&
           module_add(t, module, "nanj", complex_from_doubles(t, 0, NAN));
}

const ModuleDef module_cmath = {
    .name = "cmath",
    .doc = "Functions of complex numbers.",
    .functions = functions,
    .exec = exec,
};
