/* _decimal inside: the objects, and what its files share.
 *
 *     number.h ...    the arithmetic, without Python
 *     decimal.c       Decimal objects: making, conversion, operators, comparison, the type
 *     small.c         the everyday operations on numbers of one word
 *     methods.c       what Decimal and Context offer alike, as methods of both
 *     context.c       Context and its attributes; the running context
 *     signals.c       exceptions, status bits as lists, SignalDict
 *     format.c        __format__
 *     module.c        the module
 *
 * A Decimal is immutable. All state of the module hangs on the type Decimal and lives as long as the interpreter, whichever copy of the
 * module is imported. */
#ifndef KRAIT_MODULES_DECIMAL_PRIV_H
#define KRAIT_MODULES_DECIMAL_PRIV_H

#include "modules/decimal/number.h"
#include "modules/module.h"
#include "object/instance.h"

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

enum { INLINE_LIMBS = 2, SIGNALS = 9, CONDITIONS = 4 };

typedef struct Decimal {
    Object head;
    int64_t exp;
    uint32_t n; /* limbs of the coefficient, normalised; a NaN's payload */
    uint8_t kind, sign;
    union {
        uint64_t limbs[INLINE_LIMBS];
        uint64_t *big; /* n > INLINE_LIMBS: a block of the heap */
    };
} Decimal;

typedef struct SignalDict SignalDict;
typedef struct DecimalContext {
    Object head;
    Ctx c;
    SignalDict *flags, *traps; /* made when first asked for; owned */
} DecimalContext;

/* A view of a context's flags or traps, as long as the context lives. */
struct SignalDict {
    Object head;
    DecimalContext *context; /* borrowed; NULL: gone */
    bool is_traps;
};

typedef struct ContextManager {
    Object head;
    Value local, global;
} ContextManager;

typedef struct DecimalState {
    Value signals[SIGNALS], conditions[CONDITIONS], base_exception;
    Value rational, tuple_type, signal_dict, variable;
    Value default_context, basic_context, extended_context;
    Value roundings[ROUNDINGS];
    Value cached_root, cached_context; /* what the variable holds in that root of a context's tree */
} DecimalState;
static inline DecimalState *decimal_state(Thread *t) { return builtin_type(t, T_Decimal)->module_state; }

static inline bool is_decimal(Thread *t, Value v) { return IS_EXACT(v, Decimal) || (is_obj(v) && IS_A(t, v, Decimal)); }
static inline bool is_context(Thread *t, Value v) { return IS_EXACT(v, DecimalContext) || (is_obj(v) && IS_A(t, v, DecimalContext)); }
static inline Ctx *ctx_of(Value context) { return &V_AS(DecimalContext, context)->c; }
static inline const uint64_t *decimal_limbs(const Decimal *d) { return d->n > INLINE_LIMBS ? d->big : d->limbs; }
/* The number as an operand: it lives as long as the object. */
static inline Num decimal_view(Value v) {
    const Decimal *d = V_AS(Decimal, v);
    Num n;
    mpz_roinit_n(n.c, (const mp_limb_t *)decimal_limbs(d), (mp_size_t)d->n);
    n.exp = d->exp;
    n.kind = d->kind;
    n.sign = d->sign;
    return n;
}

/* --- decimal.c ------------------------------------------------------------------------------------------------------------------------ */

Value decimal_new(Thread *t, Type *type, const Num *n); /* copies */
static inline Value decimal_plain(Thread *t, const Num *n) { return decimal_new(t, builtin_type(t, T_Decimal), n); }
Value decimal_from_word(Thread *t, bool negative, uint64_t c, int64_t exp); /* of the exact type */
/* The result of an operation: status goes to the context; clears n. */
Value decimal_result(Thread *t, Num *n, Ctx *ctx, uint32_t status);
/* An operand of an operator: a Decimal or an int as one. Owned; NotImplemented: neither. */
Value decimal_operand(Thread *t, Value v);
/* ... of a method: TypeError. */
Value decimal_argument(Thread *t, Value v);
Value decimal_from_int(Thread *t, Type *type, Value v, Ctx *ctx, bool exact);
Value decimal_from_float(Thread *t, Type *type, Value v); /* exact */
Value decimal_from_text(Thread *t, Type *type, Value v, Ctx *ctx, bool exact);
/* Decimal(v) by the context's precision or exactly. */
Value decimal_convert(Thread *t, Type *type, Value v, Ctx *ctx, bool exact);
Value decimal_text(Thread *t, const Num *n, bool engineering, bool capitals);
extern const TypeDef typedef_Decimal, typedef_DecimalContext, typedef_DecimalSignalDict, typedef_DecimalContextManager;
extern const MethodDef decimal_methods[], context_methods[];

/* Methods that methods.c lists. */
#define DECIMAL_METHOD(name) Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)
DECIMAL_METHOD(decimal_complex);
DECIMAL_METHOD(decimal_trunc);
DECIMAL_METHOD(decimal_floor);
DECIMAL_METHOD(decimal_ceil);
DECIMAL_METHOD(decimal_round);
DECIMAL_METHOD(decimal_as_integer_ratio);
DECIMAL_METHOD(decimal_as_tuple);
DECIMAL_METHOD(decimal_reduce);
DECIMAL_METHOD(decimal_self);
DECIMAL_METHOD(decimal_sizeof);
DECIMAL_METHOD(decimal_do_format);
DECIMAL_METHOD(decimal_of_float);
DECIMAL_METHOD(decimal_of_number);

/* --- small.c ---------------------------------------------------------------------------------------------------------------------------- */

/* The operation where both operands, and what is rounded, fit few words; VNULL without an exception: not for here. */
typedef Value SmallOp(Thread *t, Value a, Value b, Ctx *ctx);
SmallOp small_add, small_sub, small_mul, small_div;
Value small_quantize(Thread *t, Value a, Value b, Ctx *ctx, enum Rounding round);

/* --- context.c ---------------------------------------------------------------------------------------------------------------------------- */

Value context_current(Thread *t); /* borrowed: it lives until the next call of Python code or context_current; VNULL: exception */
Value context_new(Thread *t, const Ctx *c);
/* An argument `context`: VNULL or None: the running one; TypeError. Borrowed. */
Value context_argument(Thread *t, Value v);
bool rounding_from_value(Thread *t, Value v, uint8_t *out) MUST_USE;
Value context_set(Thread *t, Value context) MUST_USE; /* None */
extern const MethodDef module_functions[];

/* --- signals.c ------------------------------------------------------------------------------------------------------------------------------ */

/* Adds to the context's flags; false: one is trapped and raised. */
bool status_raise(Thread *t, Ctx *ctx, uint32_t status) COLD;
static inline MUST_USE bool status_add(Thread *t, Ctx *ctx, uint32_t status) {
    ctx->status |= status;
    return LIKELY(!(status & (ctx->traps | MALLOC_ERROR))) || status_raise(t, ctx, status);
}
Value signals_list(Thread *t, uint32_t flags); /* of the classes */
/* Flags of a list of signals or of a dict; false: exception. */
bool signals_from_list(Thread *t, Value list, uint32_t *out) MUST_USE;
bool signals_from_dict(Thread *t, Value dict, uint32_t *out) MUST_USE;
void signals_names(char *out, uint32_t flags); /* "[Inexact, Rounded]"; room for 160 */
bool signals_init(Thread *t, DecimalState *s) MUST_USE;
bool signals_add(Thread *t, DecimalState *s, Value module) MUST_USE;
SignalDict *signal_dict_of(Thread *t, DecimalContext *c, bool traps);

/* --- format.c --------------------------------------------------------------------------------------------------------------------------------- */

Value decimal_format(Thread *t, Value self, Value spec, Value override);

#endif
