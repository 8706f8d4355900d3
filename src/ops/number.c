/* Number operations by the slots of both operands' types.
 *
 * The right operand goes first when its type is a proper subtype of the left one's and has another slot.  Sequences take
 * part in + and * after the number slots have declined.
 */
#include "ops/number.h"

#include <math.h>

#include "core/names.h"
#include "object/buffer.h"
#include "object/dict.h"
#include "object/float.h"
#include "object/int.h"
#include "object/str.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"
#include "ops/warn.h"

static const char *const symbols[BINOP_COUNT] = {
#define BINOP(id, symbol, ...) [OP_##id] = symbol,
#include "core/binops.def"
#undef BINOP
};
static const char *const inplace_symbols[BINOP_COUNT] = {
    [OP_add] = "+=", [OP_sub] = "-=", [OP_mul] = "*=", [OP_matmul] = "@=", [OP_truediv] = "/=", [OP_floordiv] = "//=", [OP_mod] = "%=",
    [OP_pow] = "**=", [OP_lshift] = "<<=", [OP_rshift] = ">>=", [OP_and] = "&=", [OP_or] = "|=", [OP_xor] = "^=", [OP_divmod] = "divmod()",
};

static COLD Value unsupported(Thread *t, const char *symbol, Value a, Value b) {
    return err_raise(t, T_TypeError, "unsupported operand type(s) for %s: '%T' and '%T'", symbol, a, b);
}

/* NotImplemented when neither slot applies. */
static Value try_slots(Thread *t, enum BinOp op, Value a, Value b) {
    Type *ta = type_of(t, a), *tb = type_of(t, b);
    BinaryFn left = ta->slots.binop[op], right = tb != ta ? tb->slots.binop[op] : NULL;
    if (right == left) right = NULL;
    if (left != NULL) {
        if (right != NULL && is_subtype(tb, ta)) {
            Value v = right(t, a, b);
            if (!is_notimpl(v)) return v;
            right = NULL;
        }
        Value v = left(t, a, b);
        if (!is_notimpl(v)) return v;
    }
    return right != NULL ? right(t, a, b) : V_NOTIMPL;
}

static Value sequence_repeat(Thread *t, Value (*repeat)(Thread *, Value, int64_t), Value sequence, Value n) {
    if (!has_index(t, n)) return err_raise(t, T_TypeError, "can't multiply sequence by non-int of type '%T'", n);
    int64_t count;
    if (!number_to_index(t, n, &count, T_OverflowError)) return VNULL;
    return repeat(t, sequence, count);
}

/* What + and * mean for sequences; NotImplemented: nothing. */
static Value try_sequence(Thread *t, enum BinOp op, Value a, Value b, bool inplace) {
    Slots *sa = &type_of(t, a)->slots, *sb = &type_of(t, b)->slots;
    if (op == OP_add) {
        BinaryFn fn = inplace && sa->inplace_concat ? sa->inplace_concat : sa->concat;
        return fn ? fn(t, a, b) : V_NOTIMPL;
    }
    if (op == OP_mul) {
        if (inplace && sa->inplace_repeat) return sequence_repeat(t, sa->inplace_repeat, a, b);
        if (sa->repeat) return sequence_repeat(t, sa->repeat, a, b);
        if (sb->repeat) return sequence_repeat(t, sb->repeat, b, a);
    }
    return V_NOTIMPL;
}

Value number_binary(Thread *t, enum BinOp op, Value a, Value b) {
    Value v = try_slots(t, op, a, b);
    if (LIKELY(!is_notimpl(v))) return v;
    v = try_sequence(t, op, a, b, false);
    if (!is_notimpl(v)) return v;
    if (op == OP_rshift && IS_EXACT(a, builtin_function) && same(dict_get_str(t, t->interp->builtins, N(t, print)), a))
        return err_raise(t, T_TypeError, "unsupported operand type(s) for >>: '%T' and '%T'. Did you mean \"print(<message>, file=<output_stream>)\"?", a, b);
    return unsupported(t, symbols[op], a, b);
}

Value number_inplace(Thread *t, enum BinOp op, Value a, Value b) {
    BinaryFn fn = type_of(t, a)->slots.inplace[op];
    if (fn != NULL) {
        Value v = fn(t, a, b);
        if (!is_notimpl(v)) return v;
    }
    return number_inplace_declined(t, op, a, b);
}

static const uint16_t reflected_names[BINOP_COUNT] = {
#define BINOP(id, symbol, forward, reflected, inplace) [OP_##id] = N_##reflected,
#include "core/binops.def"
#undef BINOP
};

Value number_binary_declined(Thread *t, enum BinOp op, Value a, Value b, bool inplace, bool reflected) {
    Type *ta = type_of(t, a), *tb = type_of(t, b);
    BinaryFn left = ta->slots.binop[op], right = tb->slots.binop[op];
    Value v = V_NOTIMPL;
    if (!reflected && ta != tb && right != NULL) {
        bool found = true;
        v = right != left ? right(t, a, b) : call_special(t, b, t->names[reflected_names[op]], &a, 1, &found);
        if (!found) v = V_NOTIMPL;
    }
    if (is_notimpl(v)) v = try_sequence(t, op, a, b, inplace);
    return is_notimpl(v) ? unsupported(t, inplace ? inplace_symbols[op] : symbols[op], a, b) : v;
}

Value number_inplace_declined(Thread *t, enum BinOp op, Value a, Value b) {
    Value v = try_slots(t, op, a, b);
    if (is_notimpl(v)) v = try_sequence(t, op, a, b, true);
    return is_notimpl(v) ? unsupported(t, inplace_symbols[op], a, b) : v;
}

Value number_power(Thread *t, Value a, Value b, Value modulus) {
    if (is_none(modulus)) return number_binary(t, OP_pow, a, b);
    Value operands[3] = {a, b, modulus};
    Value (*tried[3])(Thread *, Value, Value, Value) = {NULL};
    Type *ta = type_of(t, a), *tb = type_of(t, b);
    int order[3] = {0, 1, 2};
    if (tb != ta && tb->slots.power && tb->slots.power != ta->slots.power && is_subtype(tb, ta)) order[0] = 1, order[1] = 0;
    for (int i = 0; i < 3; i++) {
        tried[i] = type_of(t, operands[order[i]])->slots.power;
        if (tried[i] == NULL || (i > 0 && tried[i] == tried[0]) || (i > 1 && tried[i] == tried[1])) continue;
        Value v = tried[i](t, a, b, modulus);
        if (!is_notimpl(v)) return v;
    }
    return err_raise(t, T_TypeError, "unsupported operand type(s) for ** or pow(): '%T', '%T', '%T'", a, b, modulus);
}

/* --- One operand ------------------------------------------------------------------------------- */

static Value unary(Thread *t, UnaryFn slot, Value v, const char *what) {
    return LIKELY(slot != NULL) ? slot(t, v) : err_raise(t, T_TypeError, "bad operand type for %s: '%T'", what, v);
}
Value number_neg(Thread *t, Value v) { return unary(t, type_of(t, v)->slots.neg, v, "unary -"); }
Value number_pos(Thread *t, Value v) { return unary(t, type_of(t, v)->slots.pos, v, "unary +"); }
Value number_invert(Thread *t, Value v) { return unary(t, type_of(t, v)->slots.invert, v, "unary ~"); }
Value number_abs(Thread *t, Value v) { return unary(t, type_of(t, v)->slots.abs, v, "abs()"); }

/* --- Conversions ------------------------------------------------------------------------------- */

bool has_index(Thread *t, Value v) { return type_of(t, v)->slots.index != NULL; }

bool is_number(Thread *t, Value v) {
    Slots *s = &type_of(t, v)->slots;
    return s->index || s->to_int || s->to_float || has_flag(t, v, TF_INT) || IS_A(t, v, complex);
}

/* The answer of __index__ or __int__ must be an int; a strict subclass is deprecated. Takes v. */
static Value checked_int(Thread *t, Value v, const char *method) {
    if (is_null(v) || is_exact_int(v)) return v;
    if (!is_int(t, v)) {
        err_raise(t, T_TypeError, "%s returned non-int (type %T)", method, v);
        decref(t, v);
        return VNULL;
    }
    if (!warn(t, T_DeprecationWarning, 1,
              "%s returned non-int (type %T).  The ability to return an instance of a strict subclass of int is deprecated, "
              "and may not be supported in a future version of Python.", method, v)) {
        decref(t, v);
        return VNULL;
    }
    Value exact = int_exact(t, v);
    decref(t, v);
    return exact;
}

Value number_index(Thread *t, Value v) {
    if (LIKELY(is_smallint(v))) return v;
    if (is_int(t, v)) return int_exact(t, v);
    UnaryFn slot = type_of(t, v)->slots.index;
    if (slot == NULL) return err_raise(t, T_TypeError, "'%T' object cannot be interpreted as an integer", v);
    return checked_int(t, slot(t, v), "__index__");
}

bool number_to_index(Thread *t, Value v, int64_t *out, enum TypeId overflow) {
    if (LIKELY(is_smallint(v))) {
        *out = smallint_get(v);
        return true;
    }
    Value i = number_index(t, v);
    if (is_null(i)) return false;
    *out = int_clamp_i64(i);
    bool fits = overflow == T_INVALID || (*out != INT64_MAX && *out != INT64_MIN) || int_to_i64(t, i, out);
    if (!fits) err_clear(t);
    decref(t, i);
    return fits || err_fail(t, overflow, "cannot fit '%T' into an index-sized integer", v);
}

Value number_int(Thread *t, Value v) {
    if (is_exact_int(v)) return new_ref(v);
    if (is_smallfloat(v) && fabs(smallfloat_get(v)) < (double)SMALLINT_MAX) return v_smallint((int64_t)smallfloat_get(v));
    Slots *s = &type_of(t, v)->slots;
    if (s->to_int != NULL) return checked_int(t, s->to_int(t, v), "__int__");
    if (s->index != NULL) return checked_int(t, s->index(t, v), "__index__");
    if (is_str(t, v) || is_bytes(t, v) || has_buffer(t, v)) return int_from_str(t, v, 10);
    return err_raise(t, T_TypeError, "int() argument must be a string, a bytes-like object or a real number, not '%T'", v);
}

/* By the slots of the type, which a subclass of float may have overridden. */
static bool float_by_slots(Thread *t, Value v, double *out) {
    Slots *s = &type_of(t, v)->slots;
    if (s->to_float != NULL) {
        Value f = s->to_float(t, v);
        if (is_null(f)) return false;
        bool good = is_float(t, f);
        if (!good) {
            err_raise(t, T_TypeError, "%T.__float__() must return a float, not %T", v, f);
        } else {
            *out = float_get(f);
            if (!is_exact_float(f))
                good = warn(t, T_DeprecationWarning, 1,
                            "%T.__float__() must return a float, not %T.  The ability to return an instance of a strict subclass of float "
                            "is deprecated, and may not be supported in a future version of Python.", v, f);
        }
        decref(t, f);
        return good;
    }
    if (s->index != NULL) {
        Value i = number_index(t, v);
        if (is_null(i)) return false;
        bool fits = int_to_double(t, i, out);
        decref(t, i);
        return fits;
    }
    return err_fail(t, T_TypeError, "must be real number, not %T", v);
}

bool float_convert(Thread *t, Value v, double *out) {
    if (is_float(t, v)) {
        *out = float_get(v);
        return true;
    }
    if (is_smallint(v)) {
        *out = (double)smallint_get(v);
        return true;
    }
    return float_by_slots(t, v, out);
}

Value number_float(Thread *t, Value v) {
    if (is_exact_float(v)) return new_ref(v);
    if (is_smallint(v)) return float_from_double(t, (double)smallint_get(v));
    Slots *s = &type_of(t, v)->slots;
    if (s->to_float == NULL && s->index == NULL && !is_float(t, v)) return float_from_str(t, v);
    double d;
    bool good = s->to_float != NULL ? float_by_slots(t, v, &d) : float_convert(t, v, &d);
    return good ? float_from_double(t, d) : VNULL;
}

bool complex_convert(Thread *t, Value v, double *real, double *imag) {
    if (IS_EXACT(v, complex)) { /* a subclass may have a __complex__ of its own */
        *real = V_AS(Complex, v)->real;
        *imag = V_AS(Complex, v)->imag;
        return true;
    }
    bool found;
    Value c = is_str(t, v) ? VNULL : call_special(t, v, N(t, __complex__), NULL, 0, &found);
    if (!is_null(c)) {
        bool good = IS_A(t, c, complex);
        if (!good) {
            err_raise(t, T_TypeError, "%T.__complex__() must return a complex, not %T", v, c);
        } else {
            *real = V_AS(Complex, c)->real;
            *imag = V_AS(Complex, c)->imag;
            if (!IS_EXACT(c, complex))
                good = warn(t, T_DeprecationWarning, 1,
                            "%T.__complex__() must return a complex, not %T.  The ability to return an instance of a strict subclass of complex "
                            "is deprecated, and may not be supported in a future version of Python.", v, c);
        }
        decref(t, c);
        return good;
    }
    if (err_pending(t)) return false;
    *imag = 0;
    return float_convert(t, v, real);
}

/* --- Arguments of C functions ------------------------------------------------------------------ */

bool arg_i64(Thread *t, Value v, int64_t *out) {
    if (LIKELY(is_smallint(v))) {
        *out = smallint_get(v);
        return true;
    }
    Value i = number_index(t, v);
    if (is_null(i)) return false;
    bool fits = int_to_i64(t, i, out);
    decref(t, i);
    return fits;
}

bool arg_size(Thread *t, Value v, int64_t *out) {
    if (arg_i64(t, v, out)) return true;
    return err_catch(t, T_OverflowError) ? err_fail(t, T_OverflowError, "Python int too large to convert to C ssize_t") : false;
}

bool arg_c_int(Thread *t, Value v, int32_t *out) {
    Value number = number_index(t, v);
    if (is_null(number)) return false;
    bool fits = int_to_i32(t, number, out);
    decref(t, number);
    return fits;
}

bool arg_i32(Thread *t, Value v, int32_t *out) {
    int64_t wide;
    if (!arg_i64(t, v, &wide)) return false;
    if (wide > INT32_MAX) return err_fail(t, T_OverflowError, "signed integer is greater than maximum");
    if (wide < INT32_MIN) return err_fail(t, T_OverflowError, "signed integer is less than minimum");
    *out = (int32_t)wide;
    return true;
}

bool arg_u64(Thread *t, Value v, uint64_t *out) {
    Value i = number_index(t, v);
    if (is_null(i)) return false;
    bool fits = int_to_u64(t, i, out);
    decref(t, i);
    return fits;
}

bool arg_u32(Thread *t, Value v, uint32_t *out) {
    uint64_t wide;
    if (!arg_u64(t, v, &wide)) return false;
    if (wide > UINT32_MAX) return err_fail(t, T_OverflowError, "Python int too large to convert to C unsigned int");
    *out = (uint32_t)wide;
    return true;
}

bool arg_double(Thread *t, Value v, double *out) { return float_convert(t, v, out); }

bool arg_bool(Thread *t, Value v, bool *out) {
    int is_true = truth(t, v);
    *out = is_true > 0;
    return is_true >= 0;
}

bool arg_str(Thread *t, Value v, const char *function, const char *argument) {
    return is_str(t, v) || err_fail(t, T_TypeError, "%s() argument %s must be str, not %T", function, argument, v);
}
