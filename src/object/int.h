/* int: small ones are immediate (core/value.h); the rest are BigInt objects: sign and magnitude in
 * GMP limbs, always normalised (no leading zero limb, never a value that fits a small int).  Instances of
 * subclasses of int are BigInts of any value (also small ones: read them with the functions below). */
#ifndef KRAIT_OBJECT_INT_H
#define KRAIT_OBJECT_INT_H

#include "core/object.h"

typedef struct BigInt {
    Object head;
    int64_t size;      /* number of limbs, negative for negative numbers; 0 is zero */
    uint64_t limbs[];  /* least significant first */
} BigInt;

/* The magnitude of any int: of a small one in *scratch.  Valid while v lives. */
typedef struct IntView { /* two words: passed in registers */
    const uint64_t *limbs;
    int64_t n : 56; /* limbs; 0 for zero */
    uint64_t negative : 8;
} IntView;
static inline IntView int_view(Value v, uint64_t *scratch) {
    if (is_smallint(v)) {
        int64_t i = smallint_get(v);
        *scratch = i < 0 ? -(uint64_t)i : (uint64_t)i;
        return (IntView){scratch, i != 0, i < 0};
    }
    if (is_bool(v)) {
        *scratch = same(v, V_TRUE);
        return (IntView){scratch, (int64_t)*scratch, false};
    }
    BigInt *b = V_AS(BigInt, v);
    return (IntView){b->limbs, b->size < 0 ? -b->size : b->size, b->size < 0};
}

int int_small_text(int64_t i, char *out); /* decimal, at most 20 characters; answers their number */
Value int_from_limbs(Thread *t, const uint64_t *limbs, int64_t n, bool negative); /* normalises */
Value int_from_i64_slow(Thread *t, int64_t i);
static inline Value int_from_i64(Thread *t, int64_t i) { return LIKELY(smallint_fits(i)) ? v_smallint(i) : int_from_i64_slow(t, i); }
Value int_from_u64(Thread *t, uint64_t u);
Value int_from_double(Thread *t, double d); /* truncates; OverflowError / ValueError for inf, nan */
/* Text in base 2 to 36 or 0, as int(s, base): false result with ValueError. */
Value int_from_str(Thread *t, Value str, int base);
Value int_from_ascii(Thread *t, const char *digits, int64_t n, int base); /* digits only (a front end's literal, no sign, no underscores) */
Value int_to_str(Thread *t, Value v, int base, bool prefix); /* base 2, 8, 10, 16; obeys the digit limit */
bool int_digits_allowed(Thread *t, int64_t digits, bool parsing); /* ValueError beyond sys.set_int_max_str_digits */

/* To C; v is an int or a subclass instance.  false: OverflowError pending, worded as CPython's. */
bool int_to_i64(Thread *t, Value v, int64_t *out); /* "Python int too large to convert to C long" */
bool int_to_i32(Thread *t, Value v, int32_t *out); /* "... C int" */
bool int_to_u64(Thread *t, Value v, uint64_t *out);
uint64_t int_to_u64_mask(Value v);                 /* modulo 2^64 */
bool int_to_double(Thread *t, Value v, double *out); /* "int too large to convert to float" */
/* Saturates: for slice bounds and the like. */
int64_t int_clamp_i64(Value v);
int int_sign(Value v); /* -1, 0, 1 */
bool int_is_zero(Value v);
int64_t int_bit_length(Value v);
int64_t int_hash(Value v);
int int_compare(Value a, Value b);
/* Little- or big-endian bytes, two's complement when is_signed. false: OverflowError. */
bool int_to_bytes(Thread *t, Value v, uint8_t *out, int64_t n, bool little, bool is_signed);
Value int_from_bytes(Thread *t, const uint8_t *data, int64_t n, bool little, bool is_signed);

/* Arithmetic on ints (small or big); what the number slots of int and the interpreter's slow paths call. */
Value int_add(Thread *t, Value a, Value b);
Value int_sub(Thread *t, Value a, Value b);
Value int_mul(Thread *t, Value a, Value b);
Value int_floordiv(Thread *t, Value a, Value b); /* ZeroDivisionError */
Value int_mod(Thread *t, Value a, Value b);
bool int_divmod(Thread *t, Value a, Value b, Value *quotient, Value *remainder);
Value int_truediv(Thread *t, Value a, Value b);
Value int_pow(Thread *t, Value a, Value b, Value modulus); /* modulus VNULL: none */
Value int_lshift(Thread *t, Value a, Value b);
Value int_rshift(Thread *t, Value a, Value b);
Value int_and(Thread *t, Value a, Value b);
Value int_or(Thread *t, Value a, Value b);
Value int_xor(Thread *t, Value a, Value b);
Value int_neg(Thread *t, Value a);
Value int_invert(Thread *t, Value a);
Value int_abs(Thread *t, Value a);
Value int_gcd(Thread *t, Value a, Value b);
Value int_exact(Thread *t, Value v); /* owned exact int of an int or subclass instance */

#endif
