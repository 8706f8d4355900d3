/* Decimal numbers without Python: sign, coefficient, exponent, and the arithmetic of the General Decimal Arithmetic specification.
 *
 *     number.c        rounding, sums, products, quotients, comparison, and what is made of them
 *     digits.c        what looks at single digits: shift, rotate, logical operations; total order, neighbours
 *     elementary.c    exp, ln, log10, powers
 *     number_text.c   text to number and back
 *
 * The coefficient is a binary integer, not a row of decimal words: products and quotients are GMP's on it as it stands, of any size,
 * and the usual number fits one word; the price is a multiplication by a power of ten where exponents differ.
 * Every operation collects what happened in *status; it never fails otherwise. What would need more memory than there is answers
 * NaN with MALLOC_ERROR. Operands are only read and may be views of objects; the result is initialised and is none of the operands. */
#ifndef KRAIT_MODULES_DECIMAL_NUMBER_H
#define KRAIT_MODULES_DECIMAL_NUMBER_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum NumKind { NUM_FINITE, NUM_INF, NUM_QNAN, NUM_SNAN };
/* The digits of a NaN are its payload. */
typedef struct Num {
    mpz_t c;
    int64_t exp;
    uint8_t kind, sign;
} Num;

enum Rounding { ROUND_UP, ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_05UP, ROUNDINGS };

enum Status {
    CLAMPED = 1, CONVERSION_SYNTAX = 2, DIVISION_BY_ZERO = 4, DIVISION_IMPOSSIBLE = 8, DIVISION_UNDEFINED = 16, INEXACT = 32,
    INVALID_CONTEXT = 64, INVALID_OPERATION = 128, MALLOC_ERROR = 256, FLOAT_OPERATION = 512, OVERFLOW_ = 1024, ROUNDED = 2048,
    SUBNORMAL = 4096, UNDERFLOW_ = 8192,
    ANY_INVALID = CONVERSION_SYNTAX | DIVISION_IMPOSSIBLE | DIVISION_UNDEFINED | INVALID_CONTEXT | INVALID_OPERATION | MALLOC_ERROR,
    ANY_ERROR = ANY_INVALID | DIVISION_BY_ZERO,
    SIGNALS_ALL = CLAMPED | ANY_INVALID | DIVISION_BY_ZERO | INEXACT | FLOAT_OPERATION | OVERFLOW_ | ROUNDED | SUBNORMAL | UNDERFLOW_,
};

#define MAX_PREC INT64_C(999999999999999999)
#define MAX_EMAX MAX_PREC
#define MIN_EMIN (-MAX_EMAX)
#define MIN_ETINY (MIN_EMIN - (MAX_PREC - 1))
/* More digits than this are out of memory. */
#define DIGITS_MAX INT64_C(500000000)

typedef struct Ctx {
    int64_t prec, emax, emin;
    uint32_t traps, status;
    uint8_t round, clamp, capitals;
} Ctx;
extern const Ctx ctx_max; /* the widest limits: exact results */

static inline int64_t ctx_etiny(const Ctx *c) { return c->emin - (c->prec - 1); }
static inline int64_t ctx_etop(const Ctx *c) { return c->emax - (c->prec - 1); }

static inline void num_init(Num *n) {
    mpz_init(n->c);
    n->exp = 0;
    n->kind = NUM_FINITE;
    n->sign = 0;
}
static inline void num_clear(Num *n) { mpz_clear(n->c); }
static inline bool num_is_nan(const Num *n) { return n->kind >= NUM_QNAN; }
static inline bool num_is_zero(const Num *n) { return n->kind == NUM_FINITE && mpz_sgn(n->c) == 0; }
void num_copy(Num *r, const Num *a);
void num_set_u64(Num *r, int sign, uint64_t c, int64_t exp);
void num_set_kind(Num *r, int sign, enum NumKind kind); /* no payload */
void num_invalid(Num *r, uint32_t flag, uint32_t *status); /* NaN */
/* GMP ends the process when memory runs out: whoever lets it work on so many digits asks first, for the numbers and the work on them. */
bool num_have_room(int64_t digits);
/* Whether so many digits are too many: then r is NaN and MALLOC_ERROR set. */
bool num_too_large(Num *r, int64_t digits, uint32_t *status);
void num_pow10(mpz_t out, int64_t k);
/* r = 10^k times c (c may be r). */
void num_scale(mpz_t r, const mpz_t c, int64_t k);
int64_t num_digits_of(const mpz_t c); /* 1 for zero */
static inline int64_t num_digits(const Num *n) { return num_digits_of(n->c); }
static inline int64_t num_adjusted(const Num *n) { return n->exp + num_digits(n) - 1; }
/* Removes up to `most` trailing zeros; how many. c is not zero. */
int64_t num_strip(mpz_t c, int64_t most);
bool num_is_integer(const Num *n);
bool num_is_odd(const Num *n); /* of an integer */

/* Rounds into the context and does what its limits ask for. */
void num_finalize(Num *r, const Ctx *ctx, uint32_t *status);
/* Drops `shift` > 0 digits; 0: nothing was lost, else how the lost part compares with a half: 1 below, 2 equal, 3 above. */
int num_drop(mpz_t c, int64_t shift);
bool num_rounds_up(const mpz_t c, int lost, enum Rounding round, int sign);

/* Whether an operand is NaN: then r is the result. */
bool num_nan1(Num *r, const Num *a, const Ctx *ctx, uint32_t *status);
bool num_nan2(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status);

typedef void UnaryOp(Num *r, const Num *a, const Ctx *ctx, uint32_t *status);
typedef void BinaryOp(Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status);
UnaryOp num_plus, num_minus, num_abs, num_sqrt, num_exp, num_ln, num_log10, num_normalize, num_to_integral_exact, num_to_integral, num_logb,
    num_next_plus, num_next_minus, num_invert;
BinaryOp num_add, num_sub, num_mul, num_div, num_divint, num_rem, num_rem_near, num_quantize, num_scaleb, num_shift, num_rotate, num_and, num_or,
    num_xor, num_max, num_min, num_max_mag, num_min_mag, num_next_toward, num_compare, num_compare_signal, num_pow, num_compare_total,
    num_compare_total_mag;
void num_divmod(Num *q, Num *r, const Num *a, const Num *b, const Ctx *ctx, uint32_t *status);
void num_fma(Num *r, const Num *a, const Num *b, const Num *c, const Ctx *ctx, uint32_t *status);
void num_powmod(Num *r, const Num *a, const Num *b, const Num *m, const Ctx *ctx, uint32_t *status);
/* Rounds to an exponent, without limits. */
void num_rescale(Num *r, const Num *a, int64_t exp, enum Rounding round, uint32_t *status);
int num_cmp(const Num *a, const Num *b);       /* no NaNs */
int num_cmp_total(const Num *a, const Num *b);
const char *num_class(const Num *a, const Ctx *ctx);

/* Text. The result is malloc'ed (or lies in `small`, where there is one, and it fits), NULL: no memory. */
enum { NUM_SMALL_TEXT = 72 };
char *num_to_text(const Num *a, bool engineering, bool capitals, char *small, size_t *length);
char *num_coefficient_text(const mpz_t c, size_t *length);
/* ASCII; CONVERSION_SYNTAX in *status where it is no number. Rounded as the context asks. */
void num_from_text(Num *r, const char *s, size_t n, const Ctx *ctx, uint32_t *status);

#endif
