/* float. */
#include "object/float.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "base/floattext.h"
#include "base/hash.h"
#include "core/def.h"
#include "core/names.h"
#include "object/instance.h"
#include "object/int.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"
#include "types/float_arith.h"
#include "types/format.h"

/* --- Arithmetic -------------------------------------------------------------------------------- */

double float_mod(double a, double b) {
    double r = fmod(a, b);
    if (r != 0) return (r < 0) != (b < 0) ? r + b : r;
    return copysign(0.0, b);
}

double float_floordiv(double a, double b) {
    double r = fmod(a, b), q = (a - r) / b;
    if (r != 0 && (r < 0) != (b < 0)) q -= 1;
    if (q == 0) return copysign(0.0, a / b);
    double whole = floor(q);
    return q - whole > 0.5 ? whole + 1 : whole;
}

/* An int or float as a double: 1, 0 (neither), -1 (too large). */
static int operand(Thread *t, Value v, double *out) {
    if (is_smallfloat(v)) *out = smallfloat_get(v);
    else if (is_smallint(v)) *out = (double)smallint_get(v);
    else if (is_float(t, v)) *out = float_get(v);
    else if (is_int(t, v)) return int_to_double(t, v, out) ? 1 : -1;
    else return 0;
    return 1;
}

#define OPERANDS(a, b)                                                                                                           \
    double x, y;                                                                                                                 \
    int known = operand(t, a, &x);                                                                                               \
    if (known > 0) known = operand(t, b, &y);                                                                                    \
    if (known <= 0) return known < 0 ? VNULL : V_NOTIMPL

static Value slot_add(Thread *t, Value a, Value b) {
    OPERANDS(a, b);
    return float_from_double(t, x + y);
}
static Value slot_sub(Thread *t, Value a, Value b) {
    OPERANDS(a, b);
    return float_from_double(t, x - y);
}
static Value slot_mul(Thread *t, Value a, Value b) {
    OPERANDS(a, b);
    return float_from_double(t, x * y);
}
static Value zero_division(Thread *t, const char *text) { return err_raise(t, T_ZeroDivisionError, "%s", text); }
static Value slot_truediv(Thread *t, Value a, Value b) {
    OPERANDS(a, b);
    return y == 0 ? zero_division(t, "division by zero") : float_from_double(t, x / y);
}
static Value slot_floordiv(Thread *t, Value a, Value b) {
    OPERANDS(a, b);
    return y == 0 ? zero_division(t, "division by zero") : float_from_double(t, float_floordiv(x, y));
}
static Value slot_mod(Thread *t, Value a, Value b) {
    OPERANDS(a, b);
    return y == 0 ? zero_division(t, "division by zero") : float_from_double(t, float_mod(x, y));
}
static Value slot_divmod(Thread *t, Value a, Value b) {
    OPERANDS(a, b);
    if (y == 0) return zero_division(t, "division by zero");
    Value pair[2] = {float_from_double(t, float_floordiv(x, y)), float_from_double(t, float_mod(x, y))};
    if (is_null(pair[0]) || is_null(pair[1])) {
        decref_maybe(t, pair[0]);
        decref_maybe(t, pair[1]);
        return VNULL;
    }
    return tuple_take(t, pair, 2);
}

/* OverflowError(34, 'Numerical result out of range') */
static Value float_range_error(Thread *t) {
    Value text = str_from_cstr(t, "Numerical result out of range");
    if (is_null(text)) return VNULL;
    Value error = call_2(t, v_from(builtin_type(t, T_OverflowError)), v_smallint(ERANGE), text);
    decref(t, text);
    if (is_null(error)) return VNULL;
    err_raise_value(t, error);
    decref(t, error);
    return VNULL;
}

Value float_power(Thread *t, double x, double y) {
    if (x == 0 && y < 0 && !isinf(y)) return zero_division(t, "zero to a negative power");
    if (x < 0 && isfinite(x) && isfinite(y) && y != floor(y)) { /* a complex result */
        Value base = complex_from_doubles(t, x, 0), result = VNULL;
        if (is_null(base)) return VNULL;
        Value exponent = complex_from_doubles(t, y, 0);
        if (!is_null(exponent)) {
            result = number_binary(t, OP_pow, base, exponent);
            decref(t, exponent);
        }
        decref(t, base);
        return result;
    }
    double r = pow(x, y);
    if (isinf(r) && isfinite(x) && isfinite(y)) return float_range_error(t);
    return float_from_double(t, r);
}
static Value slot_power(Thread *t, Value a, Value b, Value modulus) {
    OPERANDS(a, b);
    if (!is_none(modulus)) return err_raise(t, T_TypeError, "pow() 3rd argument not allowed unless all arguments are integers");
    return float_power(t, x, y);
}
static Value slot_pow(Thread *t, Value a, Value b) { return slot_power(t, a, b, V_NONE); }

static Value slot_neg(Thread *t, Value v) { return float_from_double(t, -float_get(v)); }
static Value slot_abs(Thread *t, Value v) { return float_from_double(t, fabs(float_get(v))); }
static int slot_truth(Thread *t, Value v) { return float_get(v) != 0; }
static Value slot_int(Thread *t, Value v) { return int_from_double(t, float_get(v)); }
static Value slot_repr(Thread *t, Value v) { return float_to_str(t, float_get(v)); }
static bool slot_hash(Thread *t, Value v, int64_t *hash) {
    double d = float_get(v);
    *hash = isnan(d) ? hash_pointer((void *)v.bits) : hash_double(d);
    return true;
}

/* Exact order of a finite double and an int. */
static int compare_with_int(Thread *t, double x, Value i, bool *failed) {
    if (is_smallint(i)) {
        int64_t y = smallint_get(i);
        if (y <= (INT64_C(1) << 53) && y >= -(INT64_C(1) << 53)) return x < (double)y ? -1 : x > (double)y;
    }
    int sign_x = x < 0 ? -1 : x > 0, sign_i = int_sign(i);
    if (sign_x != sign_i) return sign_x < sign_i ? -1 : 1;
    Value whole = int_from_double(t, x);
    if (is_null(whole)) {
        *failed = true;
        return 0;
    }
    int order = int_compare(whole, i);
    decref(t, whole);
    double fraction = x - trunc(x);
    return order != 0 ? order : fraction < 0 ? -1 : fraction > 0;
}

static Value slot_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    double x = float_get(a), y;
    int order;
    if (is_float(t, b)) {
        y = float_get(b);
        if (isnan(x) || isnan(y)) return v_bool(op == CMP_NE);
        order = x < y ? -1 : x > y;
    } else if (is_int(t, b)) {
        if (isnan(x)) return v_bool(op == CMP_NE);
        bool failed = false;
        order = isinf(x) ? (x > 0 ? 1 : -1) : compare_with_int(t, x, b, &failed);
        if (failed) return VNULL;
    } else {
        return V_NOTIMPL;
    }
    switch (op) {
    case CMP_LT: return v_bool(order < 0);
    case CMP_LE: return v_bool(order <= 0);
    case CMP_EQ: return v_bool(order == 0);
    case CMP_NE: return v_bool(order != 0);
    case CMP_GT: return v_bool(order > 0);
    default: return v_bool(order >= 0);
    }
}

/* --- Construction ------------------------------------------------------------------------------ */

static Value subclass_instance(Thread *t, Type *type, Value exact) {
    if (is_null(exact)) return VNULL;
    Value v = object_new(t, type);
    if (!is_null(v)) {
        V_AS(FloatObject, v)->value = float_get(exact);
        v = object_done(t, v);
    }
    decref(t, exact);
    return v;
}

static Value float_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if ((type == builtin_type(t, T_float) || type->slots.init == builtin_type(t, T_object)->slots.init) && !call_no_keywords(t, "float", kwnames)) return VNULL;
    if (!call_arity(t, "float", nargs, 0, 1)) return VNULL;
    Value v = nargs == 0 ? float_from_double(t, 0) : number_float(t, args[0]);
    return type == builtin_type(t, T_float) ? v : subclass_instance(t, type, v);
}

static Value float_from_number(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double d;
    if (is_exact_float(args[1]) && same(args[0], v_from(builtin_type(t, T_float)))) return new_ref(args[1]);
    if (!float_convert(t, args[1], &d)) return VNULL;
    Value v = float_from_double(t, d);
    if (is_null(v) || same(args[0], v_from(builtin_type(t, T_float)))) return v;
    Value converted = call_1(t, args[0], v);
    decref(t, v);
    return converted;
}

/* --- Methods ----------------------------------------------------------------------------------- */

static Value float_self(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return float_exact(t, args[0]); }
static Value float_trunc(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return int_from_double(t, float_get(args[0])); }
static Value float_floor(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return int_from_double(t, floor(float_get(args[0]))); }
static Value float_ceil(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return int_from_double(t, ceil(float_get(args[0]))); }
static Value float_is_integer(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double d = float_get(args[0]);
    return v_bool(isfinite(d) && floor(d) == d);
}
static Value float_getnewargs(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value exact = float_exact(t, args[0]);
    return is_null(exact) ? VNULL : tuple_take(t, &exact, 1);
}

static Value float_round(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double d = float_get(args[0]);
    if (is_null(args[1]) || is_none(args[1])) {
        double rounded = rint(d);
        return int_from_double(t, rounded);
    }
    int64_t digits;
    if (!number_to_index(t, args[1], &digits, T_INVALID)) return VNULL;
    if (!isfinite(d) || d == 0 || digits > 323) return float_from_double(t, d);
    if (digits < -308) return float_from_double(t, copysign(0.0, d));
    FloatDigits out;
    float_digits_decimals(fabs(d), (int)digits, &out);
    char text[FLOAT_DIGITS_SIZE + 16];
    text[0] = '0';
    int n = out.n == 0 ? 1 : out.n;
    if (out.n) memcpy(text, out.digits, (size_t)out.n);
    n += snprintf(text + n, 16, "e%d", out.n == 0 ? 0 : out.point - out.n);
    double rounded;
    float_parse(text, (size_t)n, false, &rounded);
    if (isinf(rounded)) return err_raise(t, T_OverflowError, "rounded value too large to represent");
    return float_from_double(t, copysign(rounded, d));
}

static Value float_ratio(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    double d = float_get(args[0]);
    if (isinf(d)) return err_raise(t, T_OverflowError, "cannot convert Infinity to integer ratio");
    if (isnan(d)) return err_raise(t, T_ValueError, "cannot convert NaN to integer ratio");
    int exponent;
    double m = frexp(d, &exponent);
    for (int i = 0; i < 300 && m != floor(m); i++) m *= 2, exponent--;
    Value pair[2] = {int_from_double(t, m), v_smallint(1)};
    int which = exponent > 0 ? 0 : 1;
    if (!is_null(pair[0])) {
        Value shifted = int_lshift(t, pair[which], v_smallint(exponent > 0 ? exponent : -exponent));
        decref(t, pair[which]);
        pair[which] = shifted;
    }
    if (is_null(pair[0]) || is_null(pair[1])) {
        decref_maybe(t, pair[0]);
        decref_maybe(t, pair[1]);
        return VNULL;
    }
    return tuple_take(t, pair, 2);
}

static Value float_hex_method(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    char text[FLOAT_HEX_SIZE];
    return str_from_ascii(t, text, (int64_t)float_hex(float_get(args[0]), text));
}

static Value float_fromhex(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "fromhex() argument must be str, not %T", args[1]);
    Value keep;
    int64_t n;
    const char *text = str_utf8(t, args[1], &n, &keep);
    if (text == NULL) return VNULL;
    double d;
    FloatHexResult result = float_from_hex(text, (size_t)n, &d);
    decref_maybe(t, keep);
    if (result == FLOAT_HEX_INVALID) return err_raise(t, T_ValueError, "invalid hexadecimal floating-point string");
    if (result == FLOAT_HEX_TOO_LARGE) return err_raise(t, T_OverflowError, "hexadecimal value too large to represent as a float");
    Value v = float_from_double(t, d);
    if (is_null(v) || same(args[0], v_from(builtin_type(t, T_float)))) return v;
    Value converted = call_1(t, args[0], v);
    decref(t, v);
    return converted;
}

static Value float_getformat(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "__getformat__() argument must be str, not %T", args[1]);
    Str *kind = V_AS(Str, args[1]);
    if (!str_equals_cstr(kind, "double") && !str_equals_cstr(kind, "float"))
        return err_raise(t, T_ValueError, "__getformat__() argument 1 must be 'double' or 'float'");
    return str_from_cstr(t, "IEEE, little-endian");
}

static Value float_format_method(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "__format__() argument must be str, not %T", args[1]);
    return format_float(t, args[0], args[1]);
}

static Value get_real(Thread *t, Value self, void *closure) { return float_exact(t, self); }
static Value get_imag(Thread *t, Value self, void *closure) { return float_from_double(t, 0); }

static const MethodDef float_methods[] = {
    {"conjugate", "($self, /)", "The number itself.", float_self, 0, FX_PURE},
    {"is_integer", "($self, /)", "Whether the number is whole.", float_is_integer, 0, FX_PURE},
    {"as_integer_ratio", "($self, /)", "The pair of ints in lowest terms whose ratio is exactly this number.\n\n>>> (2.75).as_integer_ratio()\n(11, 4)", float_ratio},
    {"hex", "($self, /)", "Hexadecimal text, exact.\n\n>>> (3.5).hex()\n'0x1.c000000000000p+1'", float_hex_method},
    {"fromhex", "($type, string, /)", "A number from hexadecimal text.\n\n>>> float.fromhex('-0x1.8p3')\n-12.0", float_fromhex, MF_CLASS},
    {"from_number", "($type, number, /)", "A float from a real number, but not from text.", float_from_number, MF_CLASS},
    {"__trunc__", "($self, /)", "The whole part as an int.", float_trunc},
    {"__floor__", "($self, /)", "The largest int not above.", float_floor},
    {"__ceil__", "($self, /)", "The smallest int not below.", float_ceil},
    {"__round__", "($self, ndigits=None, /)", "Rounded to so many decimals, half to even; to an int without ndigits.", float_round},
    {"__getnewargs__", "($self, /)", NULL, float_getnewargs},
    {"__getformat__", "($type, typestr, /)", "How C's 'double' or 'float' is stored.", float_getformat, MF_CLASS},
    {"__format__", "($self, format_spec, /)", "Text by a format specification.", float_format_method},
    {NULL},
};

static const GetSetDef float_getsets[] = {
    {"real", get_real, NULL, "the real part: the number itself", NULL},
    {"imag", get_imag, NULL, "the imaginary part: 0", NULL},
    {NULL},
};

const TypeDef typedef_float = {
    .name = "float",
    .doc = "A 64-bit floating-point number, from a number or from text.",
    .signature = "(x=0, /)",
    .flags = TF_BASE | TF_FLOAT,
    .size = sizeof(FloatObject),
    .methods = float_methods,
    .getsets = float_getsets,
    .slots = {.new = float_new, .repr = slot_repr, .hash = slot_hash, .compare = slot_compare, .truth = slot_truth,
              .binop = {[OP_add] = slot_add, [OP_sub] = slot_sub, [OP_mul] = slot_mul, [OP_floordiv] = slot_floordiv, [OP_mod] = slot_mod,
                        [OP_truediv] = slot_truediv, [OP_divmod] = slot_divmod, [OP_pow] = slot_pow},
              .power = slot_power, .neg = slot_neg, .pos = float_exact, .abs = slot_abs, .to_int = slot_int, .to_float = float_exact},
};
