/* int and bool. Arithmetic is object/int.c's, formatting types/format*.c's. */
#include "object/int.h"

#include <stdlib.h>

#include "base/limbs.h"
#include "core/def.h"
#include "core/names.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/float.h"
#include "object/instance.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"
#include "ops/warn.h"
#include "types/format.h"

/* --- Construction ------------------------------------------------------------------------------ */

/* An instance of a subclass with the value of an exact int (taken). */
static Value subclass_instance(Thread *t, Type *type, Value exact) {
    if (is_null(exact)) return VNULL;
    uint64_t scratch;
    IntView i = int_view(exact, &scratch);
    Value v = object_new_sized(t, type, i.n);
    if (!is_null(v)) {
        BigInt *b = V_AS(BigInt, v);
        memcpy(b->limbs, i.limbs, (size_t)i.n * 8);
        b->size = i.negative ? -i.n : i.n;
        v = object_done(t, v);
    }
    decref(t, exact);
    return v;
}

static Value int_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (LIKELY(nargs == 1 && is_null(kwnames) && type == builtin_type(t, T_int))) return number_int(t, args[0]);
    Value out[2];
    if (nargs > 2 && !call_arity(t, "int", nargs, 0, 2)) return VNULL;
    if (!call_bind_signature(t, "int", "(x=0, /, base=10)", args, nargs, kwnames, out)) return VNULL;
    Value v;
    if (is_null(out[1])) {
        v = is_null(out[0]) ? v_smallint(0) : number_int(t, out[0]);
    } else if (is_null(out[0])) {
        return err_raise(t, T_TypeError, "int() missing string argument");
    } else {
        int64_t base;
        if (!number_to_index(t, out[1], &base, T_INVALID)) return VNULL;
        if (!is_str(t, out[0]) && !is_bytes(t, out[0]) && !IS_A(t, out[0], bytearray))
            return err_raise(t, T_TypeError, "int() can't convert non-string with explicit base");
        v = int_from_str(t, out[0], base < -1 || base > 37 ? 37 : (int)base);
    }
    return type == builtin_type(t, T_int) ? v : subclass_instance(t, type, v);
}

/* --- Slots ------------------------------------------------------------------------------------- */

#define BINARY(NAME)                                                                                                             \
    static Value slot_##NAME(Thread *t, Value a, Value b) {                                                                      \
        return is_int(t, a) && is_int(t, b) ? int_##NAME(t, a, b) : V_NOTIMPL;                                                   \
    }
BINARY(add) BINARY(sub) BINARY(mul) BINARY(floordiv) BINARY(mod) BINARY(truediv)
BINARY(lshift) BINARY(rshift) BINARY(and) BINARY(or) BINARY(xor)

static Value slot_divmod(Thread *t, Value a, Value b) {
    if (!is_int(t, a) || !is_int(t, b)) return V_NOTIMPL;
    Value pair[2];
    return int_divmod(t, a, b, &pair[0], &pair[1]) ? tuple_take(t, pair, 2) : VNULL;
}
static Value slot_power(Thread *t, Value a, Value b, Value modulus) {
    if (!is_int(t, a) || !is_int(t, b)) return V_NOTIMPL;
    if (is_none(modulus)) return int_pow(t, a, b, VNULL);
    return is_int(t, modulus) ? int_pow(t, a, b, modulus) : V_NOTIMPL;
}
static Value slot_pow(Thread *t, Value a, Value b) { return slot_power(t, a, b, V_NONE); }

static int int_truth(Thread *t, Value v) { return int_sign(v) != 0; }
static bool slot_hash(Thread *t, Value v, int64_t *hash) {
    *hash = int_hash(v);
    return true;
}
static Value slot_repr(Thread *t, Value v) { return int_to_str(t, v, 10, false); }
static Value slot_float(Thread *t, Value v) {
    double d;
    return int_to_double(t, v, &d) ? float_from_double(t, d) : VNULL;
}

static Value slot_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if (!is_int(t, a) || !is_int(t, b)) return V_NOTIMPL;
    int order = int_compare(a, b);
    switch (op) {
    case CMP_LT: return v_bool(order < 0);
    case CMP_LE: return v_bool(order <= 0);
    case CMP_EQ: return v_bool(order == 0);
    case CMP_NE: return v_bool(order != 0);
    case CMP_GT: return v_bool(order > 0);
    default: return v_bool(order >= 0);
    }
}

/* --- Methods ----------------------------------------------------------------------------------- */

static Value int_self(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return int_exact(t, args[0]); }
static Value int_getnewargs(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value exact = int_exact(t, args[0]);
    return is_null(exact) ? VNULL : tuple_take(t, &exact, 1);
}
static Value int_sizeof(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (is_immediate(args[0]) || is_smallint(args[0])) return v_smallint(8);
    return v_smallint((int64_t)sizeof(BigInt) + llabs(V_AS(BigInt, args[0])->size) * 8);
}
static Value int_format_method(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "__format__() argument must be str, not %T", args[1]);
    return format_int(t, args[0], args[1]);
}

/* round(n, -k): to the nearest multiple of 10**k, ties to even. */
static Value int_round(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (is_null(args[1]) || is_none(args[1])) return int_exact(t, args[0]);
    Value digits = number_index(t, args[1]);
    if (is_null(digits)) return VNULL;
    if (int_sign(digits) >= 0) {
        decref(t, digits);
        return int_exact(t, args[0]);
    }
    Value count = int_neg(t, digits), unit = VNULL, q = VNULL, r = VNULL, twice = VNULL, result = VNULL;
    decref(t, digits);
    if (is_null(count)) return VNULL;
    unit = int_pow(t, v_smallint(10), count, VNULL);
    decref(t, count);
    if (is_null(unit) || !int_divmod(t, args[0], unit, &q, &r)) goto done;
    twice = int_add(t, r, r);
    if (is_null(twice)) goto done;
    int order = int_compare(twice, unit);
    uint64_t scratch;
    IntView vq = int_view(q, &scratch);
    bool up = order > 0 || (order == 0 && vq.n > 0 && (vq.limbs[0] & 1));
    Value base = int_sub(t, args[0], r);
    result = is_null(base) || !up ? base : int_add(t, base, unit);
    if (up) decref_maybe(t, base);
done:
    decref_maybe(t, unit);
    decref_maybe(t, q);
    decref_maybe(t, r);
    decref_maybe(t, twice);
    return result;
}

static Value int_ratio(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value pair[2] = {int_exact(t, args[0]), v_smallint(1)};
    return is_null(pair[0]) ? VNULL : tuple_take(t, pair, 2);
}
static Value int_bit_count(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    uint64_t scratch;
    IntView i = int_view(args[0], &scratch);
    return v_smallint((int64_t)limbs_bit_count(i.limbs, (size_t)i.n));
}
static Value int_bit_length_method(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_smallint(int_bit_length(args[0])); }
static Value int_is_integer(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return V_TRUE; }

static bool byte_order(Thread *t, Value v, bool *little) {
    if (is_null(v)) {
        *little = false;
        return true;
    }
    if (is_str(t, v)) {
        if (str_equals_cstr(V_AS(Str, v), "little") || str_equals_cstr(V_AS(Str, v), "big")) {
            *little = str_equals_cstr(V_AS(Str, v), "little");
            return true;
        }
        return err_fail(t, T_ValueError, "byteorder must be either 'little' or 'big'");
    }
    return err_fail(t, T_TypeError, "%s() argument 'byteorder' must be str, not %T", "to_bytes", v);
}

static Value int_to_bytes_method(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t length = 1;
    bool little, is_signed = false;
    if (!is_null(args[1]) && !number_to_index(t, args[1], &length, T_OverflowError)) return VNULL;
    if (!byte_order(t, args[2], &little) || (!is_null(args[3]) && !arg_bool(t, args[3], &is_signed))) return VNULL;
    if (length < 0) return err_raise(t, T_ValueError, "length argument must be non-negative");
    Value b = bytes_new(t, NULL, length);
    if (is_null(b)) return VNULL;
    uint8_t none;
    if (!int_to_bytes(t, args[0], length ? (uint8_t *)V_AS(Bytes, b)->data : &none, length, little, is_signed)) {
        decref(t, b);
        return VNULL;
    }
    return b;
}

static Value int_from_bytes_method(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    bool little, is_signed = false;
    if (!byte_order(t, args[2], &little) || (!is_null(args[3]) && !arg_bool(t, args[3], &is_signed))) return VNULL;
    if (has_index(t, args[1]) && !has_buffer(t, args[1]) && type_of(t, args[1])->slots.iter == NULL)
        return err_raise(t, T_TypeError, "cannot convert '%T' object to bytes", args[1]); /* not so many zeros */
    Value bytes = is_bytes(t, args[1]) ? new_ref(args[1]) : call_1(t, v_from(builtin_type(t, T_bytes)), args[1]);
    if (is_null(bytes)) return VNULL;
    Value v = int_from_bytes(t, (const uint8_t *)V_AS(Bytes, bytes)->data, V_AS(Bytes, bytes)->length, little, is_signed);
    decref(t, bytes);
    if (is_null(v) || same(args[0], v_from(builtin_type(t, T_int)))) return v;
    Value converted = call_1(t, args[0], v);
    decref(t, v);
    return converted;
}

static Value get_real(Thread *t, Value self, void *closure) { return int_exact(t, self); }
static Value get_zero(Thread *t, Value self, void *closure) { return v_smallint(0); }
static Value get_one(Thread *t, Value self, void *closure) { return v_smallint(1); }

static const MethodDef int_methods[] = {
    {"conjugate", "($self, /)", "The number itself.", int_self, 0, FX_PURE},
    {"bit_length", "($self, /)", "The number of bits in binary, sign and leading zeros excluded.\n\n>>> (-37).bit_length()\n6", int_bit_length_method, 0, FX_PURE},
    {"bit_count", "($self, /)", "The number of ones in the absolute value in binary.\n\n>>> (-13).bit_count()\n3", int_bit_count, 0, FX_PURE},
    {"to_bytes", "($self, /, length=1, byteorder='big', *, signed=False)",
     "The number as `length` bytes, most significant first unless byteorder is 'little'; negative ones only when signed.", int_to_bytes_method},
    {"from_bytes", "($type, /, bytes, byteorder='big', *, signed=False)",
     "The number that bytes stand for, most significant first unless byteorder is 'little'; in two's complement when signed.", int_from_bytes_method, MF_CLASS},
    {"as_integer_ratio", "($self, /)", "The pair (self, 1).\n\n>>> (-7).as_integer_ratio()\n(-7, 1)", int_ratio},
    {"is_integer", "($self, /)", "True: as float has it.", int_is_integer, 0, FX_PURE},
    {"__trunc__", "($self, /)", "The number itself.", int_self},
    {"__floor__", "($self, /)", "The number itself.", int_self},
    {"__ceil__", "($self, /)", "The number itself.", int_self},
    {"__round__", "($self, ndigits=None, /)", "Rounded to a power of ten when ndigits is negative.", int_round},
    {"__getnewargs__", "($self, /)", NULL, int_getnewargs},
    {"__format__", "($self, format_spec, /)", "Text by a format specification.", int_format_method},
    {"__sizeof__", "($self, /)", "Bytes of memory.", int_sizeof},
    {NULL},
};

static const GetSetDef int_getsets[] = {
    {"real", get_real, NULL, "the real part: the number itself", NULL},
    {"imag", get_zero, NULL, "the imaginary part: 0", NULL},
    {"numerator", get_real, NULL, "the numerator in lowest terms: the number itself", NULL},
    {"denominator", get_one, NULL, "the denominator in lowest terms: 1", NULL},
    {NULL},
};

const TypeDef typedef_int = {
    .name = "int",
    .doc = "int([x]) -> integer\nint(x, base=10) -> integer\n\nA whole number of any size, from a number (cut off towards zero) or from text.\n"
           "The base is 2 to 36, or 0 to read the prefix of a literal.\n\n>>> int('0b100', base=0)\n4",
    .flags = TF_BASE | TF_INT | TF_VARSIZED,
    .size = sizeof(BigInt),
    .item_size = 8,
    .methods = int_methods,
    .getsets = int_getsets,
    .slots = {.new = int_new, .repr = slot_repr, .hash = slot_hash, .compare = slot_compare, .truth = int_truth,
              .binop = {[OP_add] = slot_add, [OP_sub] = slot_sub, [OP_mul] = slot_mul, [OP_floordiv] = slot_floordiv, [OP_mod] = slot_mod,
                        [OP_truediv] = slot_truediv, [OP_divmod] = slot_divmod, [OP_pow] = slot_pow, [OP_lshift] = slot_lshift,
                        [OP_rshift] = slot_rshift, [OP_and] = slot_and, [OP_or] = slot_or, [OP_xor] = slot_xor},
              .power = slot_power, .neg = int_neg, .pos = int_exact, .abs = int_abs, .invert = int_invert, .to_int = int_exact,
              .to_float = slot_float, .index = int_exact},
};

/* --- bool -------------------------------------------------------------------------------------- */

static Value bool_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "bool", kwnames) || !call_arity(t, "bool", nargs, 0, 1)) return VNULL;
    int is_true = nargs == 0 ? 0 : truth(t, args[0]);
    return is_true < 0 ? VNULL : v_bool(is_true);
}

static Value bool_repr(Thread *t, Value v) { return new_ref(same(v, V_TRUE) ? N(t, True) : N(t, False)); }

static Value bool_invert(Thread *t, Value v) {
    if (!warn(t, T_DeprecationWarning, 1,
              "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise inversion of the "
              "underlying int object and is usually not what you expect from the negation of a bool object. Use the 'not' operator for "
              "boolean negation or ~int(x) for the bitwise inversion of the underlying int."))
        return VNULL;
    return v_smallint(same(v, V_TRUE) ? -2 : -1);
}

static Value bool_and(Thread *t, Value a, Value b) {
    return is_bool(a) && is_bool(b) ? v_bool(same(a, V_TRUE) && same(b, V_TRUE)) : slot_and(t, a, b);
}
static Value bool_or(Thread *t, Value a, Value b) {
    return is_bool(a) && is_bool(b) ? v_bool(same(a, V_TRUE) || same(b, V_TRUE)) : slot_or(t, a, b);
}
static Value bool_xor(Thread *t, Value a, Value b) { return is_bool(a) && is_bool(b) ? v_bool(!same(a, b)) : slot_xor(t, a, b); }

const TypeDef typedef_bool = {
    .name = "bool",
    .doc = "The truth of its argument: True or False, the only two instances, which are also the ints 1 and 0.",
    .signature = "(object=False, /)",
    .flags = TF_INT | TF_VARSIZED,
    .size = sizeof(BigInt),
    .item_size = 8,
    .slots = {.new = bool_new, .repr = bool_repr, .invert = bool_invert,
              .binop = {[OP_and] = bool_and, [OP_or] = bool_or, [OP_xor] = bool_xor}},
};
