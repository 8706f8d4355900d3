/* Number operations on any values. */
#ifndef KRAIT_OPS_NUMBER_H
#define KRAIT_OPS_NUMBER_H

#include "core/errors.h"

Value number_binary(Thread *t, enum BinOp op, Value a, Value b);
Value number_inplace(Thread *t, enum BinOp op, Value a, Value b);
/* The rest of an operation when the left operand's own method has answered NotImplemented (or, `reflected`, the right one's in its turn). */
Value number_binary_declined(Thread *t, enum BinOp op, Value a, Value b, bool inplace, bool reflected);
Value number_inplace_declined(Thread *t, enum BinOp op, Value a, Value b); /* ... its in-place method */
Value number_power(Thread *t, Value a, Value b, Value modulus);
Value number_neg(Thread *t, Value v);
Value number_pos(Thread *t, Value v);
Value number_invert(Thread *t, Value v);
Value number_abs(Thread *t, Value v);
static inline Value number_add(Thread *t, Value a, Value b) { return number_binary(t, OP_add, a, b); }
static inline Value number_sub(Thread *t, Value a, Value b) { return number_binary(t, OP_sub, a, b); }
static inline Value number_mul(Thread *t, Value a, Value b) { return number_binary(t, OP_mul, a, b); }

/* operator.index(v): an exact int, owned. */
Value number_index(Thread *t, Value v);
/* v as an index into C's int64: error type `overflow` (T_IndexError, T_OverflowError) when it does not fit, or saturating with T_INVALID. */
bool number_to_index(Thread *t, Value v, int64_t *out, enum TypeId overflow);
/* int(v) and float(v) of one argument. */
Value number_int(Thread *t, Value v);
Value number_float(Thread *t, Value v);
bool has_index(Thread *t, Value v);
bool is_number(Thread *t, Value v);

/* Arguments of C functions: through __index__, with CPython's errors. */
bool arg_i64(Thread *t, Value v, int64_t *out);
bool arg_size(Thread *t, Value v, int64_t *out); /* the same, called a C ssize_t in the message */
bool arg_i32(Thread *t, Value v, int32_t *out);
bool arg_c_int(Thread *t, Value v, int32_t *out); /* with the message of a plain conversion: "... to convert to C int" */
bool arg_u32(Thread *t, Value v, uint32_t *out);
bool arg_u64(Thread *t, Value v, uint64_t *out);
bool arg_double(Thread *t, Value v, double *out);
bool arg_bool(Thread *t, Value v, bool *out); /* truth */
/* str argument: TypeError "NAME() argument 'ARG' must be str, not T" otherwise. */
bool arg_str(Thread *t, Value v, const char *function, const char *argument);

#endif
