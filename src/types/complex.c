/* complex. */
#include <errno.h>
#include <math.h>

#include "base/floattext.h"
#include "base/hash.h"
#include "core/def.h"
#include "core/names.h"
#include "heap/heap.h"
#include "object/float.h"
#include "object/instance.h"
#include "object/int.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/number_text.h"
#include "ops/object.h"
#include "ops/warn.h"
#include "types/format.h"

typedef struct C { double re, im; } C;

/* An operand: 2 complex, 1 a real number, 0 neither, -1 error. */
static int operand(Thread *t, Value v, C *out) {
    out->im = 0;
    if (IS_A(t, v, complex)) {
        *out = (C){V_AS(Complex, v)->real, V_AS(Complex, v)->imag};
        return 2;
    }
    if (is_int(t, v)) return int_to_double(t, v, &out->re) ? 1 : -1;
    if (is_float(t, v)) {
        out->re = float_get(v);
        return 1;
    }
    return 0;
}

#define OPERANDS(a, b)                                                                                                           \
    C x, y;                                                                                                                      \
    int kx = operand(t, a, &x), ky = kx > 0 ? operand(t, b, &y) : kx;                                                            \
    if (kx <= 0 || ky <= 0) return kx < 0 || ky < 0 ? VNULL : V_NOTIMPL

static Value make(Thread *t, double re, double im) { return complex_from_doubles(t, re, im); }

static Value slot_add(Thread *t, Value a, Value b) {
    OPERANDS(a, b);
    return make(t, x.re + y.re, kx == 1 ? y.im : ky == 1 ? x.im : x.im + y.im);
}
static Value slot_sub(Thread *t, Value a, Value b) {
    OPERANDS(a, b);
    return make(t, x.re - y.re, kx == 1 ? -y.im : ky == 1 ? x.im : x.im - y.im);
}

/* With the infinities of C's Annex G. */
static C multiply(C a, C b) {
    double ac = a.re * b.re, bd = a.im * b.im, ad = a.re * b.im, bc = a.im * b.re;
    C r = {ac - bd, ad + bc};
    if (isnan(r.re) && isnan(r.im)) {
        bool again = false;
        if (isinf(a.re) || isinf(a.im)) {
            a = (C){copysign(isinf(a.re), a.re), copysign(isinf(a.im), a.im)};
            if (isnan(b.re)) b.re = copysign(0, b.re);
            if (isnan(b.im)) b.im = copysign(0, b.im);
            again = true;
        }
        if (isinf(b.re) || isinf(b.im)) {
            b = (C){copysign(isinf(b.re), b.re), copysign(isinf(b.im), b.im)};
            if (isnan(a.re)) a.re = copysign(0, a.re);
            if (isnan(a.im)) a.im = copysign(0, a.im);
            again = true;
        }
        if (!again && (isinf(ac) || isinf(bd) || isinf(ad) || isinf(bc))) {
            if (isnan(a.re)) a.re = copysign(0, a.re);
            if (isnan(a.im)) a.im = copysign(0, a.im);
            if (isnan(b.re)) b.re = copysign(0, b.re);
            if (isnan(b.im)) b.im = copysign(0, b.im);
            again = true;
        }
        if (again) r = (C){INFINITY * (a.re * b.re - a.im * b.im), INFINITY * (a.re * b.im + a.im * b.re)};
    }
    return r;
}

static Value slot_mul(Thread *t, Value a, Value b) {
    OPERANDS(a, b);
    if (kx == 1) return make(t, x.re * y.re, x.re * y.im);
    if (ky == 1) return make(t, x.re * y.re, x.im * y.re);
    C r = multiply(x, y);
    return make(t, r.re, r.im);
}

/* Smith's method: scales by the larger part of the divisor.  y is not zero. */
static C divide(C x, C y) {
    C r;
    double ay = fabs(y.re), by = fabs(y.im);
    if (ay >= by) {
        double ratio = y.im / y.re, d = y.re + y.im * ratio;
        r = (C){(x.re + x.im * ratio) / d, (x.im - x.re * ratio) / d};
    } else if (by >= ay) {
        double ratio = y.re / y.im, d = y.re * ratio + y.im;
        r = (C){(x.re * ratio + x.im) / d, (x.im * ratio - x.re) / d};
    } else {
        r = (C){NAN, NAN};
    }
    if (isnan(r.re) && isnan(r.im)) {
        if ((isinf(x.re) || isinf(x.im)) && isfinite(y.re) && isfinite(y.im)) {
            double re = copysign(isinf(x.re), x.re), im = copysign(isinf(x.im), x.im);
            r = (C){INFINITY * (re * y.re + im * y.im), INFINITY * (im * y.re - re * y.im)};
        } else if ((isinf(ay) || isinf(by)) && isfinite(x.re) && isfinite(x.im)) {
            double re = copysign(isinf(y.re), y.re), im = copysign(isinf(y.im), y.im);
            r = (C){0 * (x.re * re + x.im * im), 0 * (x.im * re - x.re * im)};
        }
    }
    return r;
}

/* A real number by a complex one: its imaginary part is none, not a zero with a sign. */
static C divide_real(double x, C y) {
    C r;
    double ay = fabs(y.re), by = fabs(y.im);
    if (ay >= by) {
        double ratio = y.im / y.re, d = y.re + y.im * ratio;
        r = (C){x / d, -x * ratio / d};
    } else if (by >= ay) {
        double ratio = y.re / y.im, d = y.re * ratio + y.im;
        r = (C){x * ratio / d, -x / d};
    } else {
        r = (C){NAN, NAN};
    }
    if (isnan(r.re) && isnan(r.im) && isfinite(x) && (isinf(ay) || isinf(by))) {
        double re = copysign(isinf(y.re), y.re), im = copysign(isinf(y.im), y.im);
        r = (C){0 * (x * re), 0 * (-x * im)};
    }
    return r;
}

static Value slot_truediv(Thread *t, Value a, Value b) {
    OPERANDS(a, b);
    if (y.re == 0 && y.im == 0) return err_raise(t, T_ZeroDivisionError, "division by zero");
    if (ky == 1) return make(t, x.re / y.re, x.im / y.re);
    C r = kx == 1 ? divide_real(x.re, y) : divide(x, y);
    return make(t, r.re, r.im);
}

static C power_int(C x, int64_t n) {
    C r = {1, 0};
    uint64_t m = n < 0 ? -(uint64_t)n : (uint64_t)n;
    for (C p = x; m > 0; m >>= 1) {
        if (m & 1) r = multiply(r, p);
        if (m > 1) p = multiply(p, p);
    }
    return n < 0 ? divide((C){1, 0}, r) : r;
}

static Value slot_power(Thread *t, Value a, Value b, Value modulus) {
    OPERANDS(a, b);
    if (!is_none(modulus)) return err_raise(t, T_ValueError, "complex modulo");
    C r;
    if (y.re == 0 && y.im == 0) {
        r = (C){1, 0};
    } else if (x.re == 0 && x.im == 0) {
        if (y.im != 0 || y.re < 0) return err_raise(t, T_ZeroDivisionError, "zero to a negative or complex power");
        r = (C){0, 0};
    } else if (y.im == 0 && y.re == floor(y.re) && fabs(y.re) <= 100) {
        r = power_int(x, (int64_t)y.re);
    } else {
        double magnitude = hypot(x.re, x.im), angle = atan2(x.im, x.re), length = pow(magnitude, y.re), phase = angle * y.re;
        if (y.im != 0) {
            length *= exp(-angle * y.im);
            phase += y.im * log(magnitude);
        }
        r = (C){length * cos(phase), length * sin(phase)};
    }
    bool finite_in = isfinite(x.re) && isfinite(x.im) && isfinite(y.re) && isfinite(y.im);
    if (finite_in && (isinf(r.re) || isinf(r.im))) return err_raise(t, T_OverflowError, "complex exponentiation");
    return make(t, r.re, r.im);
}
static Value slot_pow(Thread *t, Value a, Value b) { return slot_power(t, a, b, V_NONE); }

static Value slot_neg(Thread *t, Value v) { return make(t, -V_AS(Complex, v)->real, -V_AS(Complex, v)->imag); }
static Value slot_pos(Thread *t, Value v) { return IS_EXACT(v, complex) ? new_ref(v) : make(t, V_AS(Complex, v)->real, V_AS(Complex, v)->imag); }
static Value slot_abs(Thread *t, Value v) {
    Complex *c = V_AS(Complex, v);
    double r = hypot(c->real, c->imag);
    if (isinf(r) && isfinite(c->real) && isfinite(c->imag)) return err_raise(t, T_OverflowError, "absolute value too large");
    return float_from_double(t, r);
}
static int slot_truth(Thread *t, Value v) { return V_AS(Complex, v)->real != 0 || V_AS(Complex, v)->imag != 0; }

static int64_t hash_part(double d, Value v) { return isnan(d) ? hash_pointer((void *)v.bits) : hash_double(d); }
static bool slot_hash(Thread *t, Value v, int64_t *hash) {
    Complex *c = V_AS(Complex, v);
    *hash = hash_complex(hash_part(c->real, v), hash_part(c->imag, v));
    return true;
}

static Value slot_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if (op != CMP_EQ && op != CMP_NE) return V_NOTIMPL;
    Complex *x = V_AS(Complex, a);
    bool is_equal;
    if (is_int(t, b)) {
        is_equal = x->imag == 0;
        if (is_equal) {
            Value real = float_from_double(t, x->real);
            if (is_null(real)) return VNULL;
            int eq = equal(t, real, b);
            decref(t, real);
            if (eq < 0) return VNULL;
            is_equal = eq;
        }
    } else if (is_float(t, b)) {
        is_equal = x->real == float_get(b) && x->imag == 0;
    } else if (IS_A(t, b, complex)) {
        is_equal = x->real == V_AS(Complex, b)->real && x->imag == V_AS(Complex, b)->imag;
    } else {
        return V_NOTIMPL;
    }
    return v_bool(is_equal == (op == CMP_EQ));
}

static Value slot_repr(Thread *t, Value v) {
    Complex *c = V_AS(Complex, v);
    char text[2 * FLOAT_REPR_SIZE + 8];
    size_t n = 0;
    bool plain = c->real == 0 && !signbit(c->real);
    if (!plain) {
        text[n++] = '(';
        n += float_format(c->real, 'r', 0, 0, text + n);
    }
    n += float_format(c->imag, 'r', 0, plain ? 0 : FLOAT_SIGN, text + n);
    text[n++] = 'j';
    if (!plain) text[n++] = ')';
    return str_from_ascii(t, text, (int64_t)n);
}

/* --- Construction ------------------------------------------------------------------------------ */

/* "1+2j", "(1+2j)", "j", "3": false when malformed. */
static bool parse(const char *p, int64_t n, C *out) {
    while (n > 0 && (*p == ' ' || (*p >= '\t' && *p <= '\r'))) p++, n--;
    bool bracket = n > 0 && *p == '(';
    if (bracket) {
        p++, n--;
        while (n > 0 && (*p == ' ' || (*p >= '\t' && *p <= '\r'))) p++, n--;
        while (n > 0 && (p[n - 1] == ' ' || (p[n - 1] >= '\t' && p[n - 1] <= '\r'))) n--;
        if (n == 0 || p[--n] != ')') return false;
        while (n > 0 && (p[n - 1] == ' ' || (p[n - 1] >= '\t' && p[n - 1] <= '\r'))) n--;
    }
    *out = (C){0, 0};
    double first;
    size_t used = float_parse(p, (size_t)n, true, &first);
    if (used > 0) {
        p += used, n -= (int64_t)used;
        if (n == 0) {
            out->re = first;
            return true;
        }
        if (*p == 'j' || *p == 'J') {
            out->im = first;
            return n == 1;
        }
        if (*p != '+' && *p != '-') return false;
        out->re = first;
        double second;
        used = float_parse(p, (size_t)n, true, &second);
        if (used == 0) {
            second = *p == '-' ? -1 : 1;
            used = 1;
        }
        out->im = second;
        p += used, n -= (int64_t)used;
        return n == 1 && (*p == 'j' || *p == 'J');
    }
    double sign = 1;
    if (n > 0 && (*p == '+' || *p == '-')) {
        sign = *p == '-' ? -1 : 1;
        p++, n--;
    }
    out->im = sign;
    return n == 1 && (*p == 'j' || *p == 'J');
}

static bool from_text(Thread *t, Value v, C *out) {
    NumberText text;
    if (!number_text_get(t, v, &text)) return false;
    char *clean = heap_alloc(t, (size_t)text.n + 1);
    bool good = clean != NULL;
    if (good) {
        int64_t n = number_text_strip_underscores(text.text, text.n, clean);
        good = (n >= 0 && parse(clean, n, out)) || err_fail(t, T_ValueError, "complex() arg is a malformed string");
    }
    heap_free(t, clean);
    number_text_free(t, &text);
    return good;
}

static Value instance(Thread *t, Type *type, C c) {
    if (type == builtin_type(t, T_complex)) return make(t, c.re, c.im);
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    V_AS(Complex, v)->real = c.re;
    V_AS(Complex, v)->imag = c.im;
    return object_done(t, v);
}

static bool deprecate_complex(Thread *t, Value v, const char *which) {
    return warn(t, T_DeprecationWarning, 1, "complex() argument '%s' must be a real number, not %Q", which, v);
}

/* A part given as any number: 2 complex, 1 real, 0 error. */
static int part(Thread *t, Value v, const char *which, C *out) {
    Slots *s = &type_of(t, v)->slots;
    if (IS_A(t, v, complex)) {
        *out = (C){V_AS(Complex, v)->real, V_AS(Complex, v)->imag};
        return deprecate_complex(t, v, which) ? 2 : 0;
    }
    out->im = 0;
    if (s->to_float == NULL && s->index == NULL) {
        err_raise(t, T_TypeError, "complex() argument '%s' must be a real number, not %T", which, v);
        return 0;
    }
    return float_convert(t, v, &out->re);
}

static Value complex_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value out[2];
    if (!call_bind_signature(t, "complex", "(real=0, imag=0)", args, nargs, kwnames, out)) return VNULL;
    Value real = out[0], imag = out[1];
    C r = {0, 0}, i;
    if (is_null(imag) && !is_null(real) && nargs == 1) {
        if (IS_EXACT(real, complex) && type == builtin_type(t, T_complex)) return new_ref(real);
        if (is_str(t, real)) return from_text(t, real, &r) ? instance(t, type, r) : VNULL;
        Slots *s = &type_of(t, real)->slots;
        if (!IS_A(t, real, complex) && s->to_float == NULL && s->index == NULL) {
            if (is_null(type_lookup(t, type_of(t, real), N(t, __complex__))))
                return err_raise(t, T_TypeError, "complex() argument must be a string or a number, not %T", real);
        }
        return complex_convert(t, real, &r.re, &r.im) ? instance(t, type, r) : VNULL;
    }
    if (!is_null(real)) {
        bool has_complex = !IS_A(t, real, complex) && !is_str(t, real) && !is_null(type_lookup(t, type_of(t, real), N(t, __complex__)));
        if (has_complex) {
            if (!complex_convert(t, real, &r.re, &r.im) || !deprecate_complex(t, real, "real")) return VNULL;
        } else if (!part(t, real, "real", &r)) {
            return VNULL;
        }
    }
    if (!is_null(imag)) {
        int kind = part(t, imag, "imag", &i);
        if (!kind) return VNULL;
        bool real_is_complex = !is_null(real) && IS_A(t, real, complex);
        if (kind == 2) r.re -= i.im;
        r.im = real_is_complex ? r.im + i.re : i.re;
    }
    return instance(t, type, r);
}

static Value complex_from_number(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (IS_EXACT(args[1], complex) && same(args[0], v_from(builtin_type(t, T_complex)))) return new_ref(args[1]);
    C c;
    if (!complex_convert(t, args[1], &c.re, &c.im)) return VNULL;
    return instance(t, V_AS(Type, args[0]), c);
}

/* --- Methods ----------------------------------------------------------------------------------- */

static Value complex_conjugate(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return make(t, V_AS(Complex, args[0])->real, -V_AS(Complex, args[0])->imag);
}
static Value complex_self(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return slot_pos(t, args[0]); }
static Value complex_getnewargs(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value parts[2] = {float_from_double(t, V_AS(Complex, args[0])->real), float_from_double(t, V_AS(Complex, args[0])->imag)};
    if (is_null(parts[0]) || is_null(parts[1])) return VNULL;
    return tuple_take(t, parts, 2);
}
static Value complex_format_method(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "__format__() argument must be str, not %T", args[1]);
    return format_complex(t, args[0], args[1]);
}

static const MethodDef complex_methods[] = {
    {"conjugate", "($self, /)", "The conjugate: (3-4j).conjugate() is 3+4j.", complex_conjugate, 0, FX_PURE},
    {"from_number", "($type, number, /)", "A complex number from a number, but not from text.", complex_from_number, MF_CLASS},
    {"__complex__", "($self, /)", "The number as an exact complex.", complex_self},
    {"__getnewargs__", "($self, /)", NULL, complex_getnewargs},
    {"__format__", "($self, format_spec, /)", "Text by a format specification.", complex_format_method},
    {NULL},
};

static const MemberDef complex_members[] = {
    {"real", MK_DOUBLE, MEMBER_READONLY, offsetof(Complex, real), "the real part of a complex number"},
    {"imag", MK_DOUBLE, MEMBER_READONLY, offsetof(Complex, imag), "the imaginary part of a complex number"},
    {NULL},
};

const TypeDef typedef_complex = {
    .name = "complex",
    .doc = "A complex number from text or from numbers: complex('1+2j') == complex(1, 2).",
    .signature = "(real=0, imag=0)",
    .flags = TF_BASE,
    .size = sizeof(Complex),
    .methods = complex_methods,
    .members = complex_members,
    .slots = {.new = complex_new, .repr = slot_repr, .hash = slot_hash, .compare = slot_compare, .truth = slot_truth,
              .binop = {[OP_add] = slot_add, [OP_sub] = slot_sub, [OP_mul] = slot_mul, [OP_truediv] = slot_truediv, [OP_pow] = slot_pow},
              .power = slot_power, .neg = slot_neg, .pos = slot_pos, .abs = slot_abs},
};
