/* The Value: one 64-bit word that is any Python object.
 *
 *     low bits   meaning
 *     ......000  pointer to a heap object, as it is (the word 0 is the absent mark)
 *     ......100  immediate: None, False, True, Ellipsis, NotImplemented, unbound
 *     .......11  small int: a 62-bit signed integer, shifted left by 2
 *     .......01  small float: the bits of a double rotated left by 3, when its two
 *     .......10  top exponent bits differ (magnitudes 2^-511 to 2^513)
 *
 * Every access to the encoding goes through this header.  A Value is a struct, so that a
 * value taken for an integer or a pointer does not compile; compilers pass it in a register.
 *
 * VNULL, the word 0, is the C-level mark for "error" or "absent".  It never stands for a
 * Python object.  V_UNBOUND marks an unbound local or an empty cell.
 *
 * `a is b` is same(a, b), except for the few numbers that may live both ways: see is_same in
 * ops/compare.h.  Ints and floats have one encoding for each number, so words compare.
 */
#ifndef KRAIT_CORE_VALUE_H
#define KRAIT_CORE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define MUST_USE __attribute__((warn_unused_result))
#define COLD __attribute__((cold, noinline))
#define NOINLINE __attribute__((noinline))
#define ALWAYS_INLINE __attribute__((always_inline)) inline
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

typedef struct Value {
    uint64_t bits;
} Value;

/* The header of every heap object.  `refs`: the reference count; the sign bit set means
 * immortal.  `shape`: offset of the object's Shape in the interpreter's region (shape.h). */
typedef struct Object {
    uint32_t refs;
    uint32_t shape;
} Object;

#define REFS_IMMORTAL 0x80000000u

#define VNULL ((Value){0})
#define V_IMMEDIATE(i) ((Value){((uint64_t)(i) << 3) | 4})
#define V_NONE V_IMMEDIATE(0)
#define V_ELLIPSIS V_IMMEDIATE(1)
#define V_FALSE V_IMMEDIATE(2) /* differs from True in one bit: see is_bool */
#define V_TRUE V_IMMEDIATE(3)
#define V_NOTIMPL V_IMMEDIATE(4)
#define V_UNBOUND V_IMMEDIATE(5)
#define IMMEDIATE_COUNT 6

static inline bool is_null(Value v) { return v.bits == 0; }
static inline bool same(Value a, Value b) { return a.bits == b.bits; }
static inline bool is_none(Value v) { return same(v, V_NONE); }
static inline bool is_unbound(Value v) { return same(v, V_UNBOUND); }
static inline bool is_notimpl(Value v) { return same(v, V_NOTIMPL); }
static inline bool is_immediate(Value v) { return (v.bits & 7) == 4; }
static inline unsigned immediate_index(Value v) { return (unsigned)(v.bits >> 3); }
static inline bool is_bool(Value v) { return (v.bits | 8) == V_TRUE.bits; }
static inline Value v_bool(bool b) { return b ? V_TRUE : V_FALSE; }

/* Pointers.  is_ptr may be asked of VNULL only where the caller treats 0 as a pointer, too. */
static inline bool is_ptr(Value v) { return (v.bits & 7) == 0; }
static inline bool is_obj(Value v) { return (v.bits & 7) == 0 && v.bits != 0; }
static inline Object *v_obj(Value v) { return (Object *)v.bits; }
static inline Value v_from(const void *object) { return (Value){(uint64_t)object}; }
/* V_AS(List, v): v's object as a List*; the caller has checked its type. */
#define V_AS(T, v) ((T *)(v).bits)

/* Small ints. */
#define SMALLINT_MAX ((int64_t)((UINT64_C(1) << 61) - 1))
#define SMALLINT_MIN (-SMALLINT_MAX - 1)
static inline bool is_smallint(Value v) { return (v.bits & 3) == 3; }
static inline bool are_smallints(Value a, Value b) { return (a.bits & b.bits & 3) == 3; }
static inline bool smallint_fits(int64_t i) { return i >= SMALLINT_MIN && i <= SMALLINT_MAX; }
static inline Value v_smallint(int64_t i) { return (Value){((uint64_t)i << 2) | 3}; }
static inline int64_t smallint_get(Value v) { return (int64_t)v.bits >> 2; }

/* Small floats. */
static inline bool is_smallfloat(Value v) { return ((v.bits ^ (v.bits >> 1)) & 1) != 0; }
static inline double smallfloat_get(Value v) {
    uint64_t bits = (v.bits >> 3) | (v.bits << 61);
    double d;
    memcpy(&d, &bits, 8);
    return d;
}
/* Whether d has the immediate encoding; if so *out is it. */
static inline bool smallfloat_try(double d, Value *out) {
    uint64_t bits;
    memcpy(&bits, &d, 8);
    out->bits = (bits << 3) | (bits >> 61);
    return is_smallfloat(*out);
}

#endif
