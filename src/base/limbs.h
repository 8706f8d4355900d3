/* Magnitudes of big integers as arrays of 64-bit limbs, least significant first, and what an integer type does with them
   beyond GMP's mpn functions (which callers use directly for sums and products). Storage is the caller's; every function
   answers the normalised size (the top limb is not zero; zero has size 0). Signs are bools beside the magnitudes.
   Outputs overlap inputs only where that is said. */
#ifndef KRAIT_BASE_LIMBS_H
#define KRAIT_BASE_LIMBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t Limb;
/* For functions that need scratch memory and found none. */
#define LIMBS_NO_MEMORY SIZE_MAX

/* GMP has memory of its own where numbers are large, and ends the process when it finds none. So whoever lets it work on operands of n limbs
   asks before whether there is enough; limbs_* below do so themselves. */
enum { LIMBS_ON_STACK = 64 }; /* up to there it uses the stack */
bool limbs_find_room(size_t n);
static inline bool limbs_have_room(size_t n) { return n <= LIMBS_ON_STACK || limbs_find_room(n); }

static inline size_t limbs_normalize(const Limb *p, size_t n) {
    while (n > 0 && p[n - 1] == 0) n--;
    return n;
}
static inline size_t limbs_bit_length(const Limb *p, size_t n) {
    return n == 0 ? 0 : n * 64 - (size_t)__builtin_clzll(p[n - 1]);
}
size_t limbs_bit_count(const Limb *p, size_t n);
/* -1, 0, 1 */
int limbs_compare(const Limb *a, size_t na, const Limb *b, size_t nb);

/* --- Text. Bases 2 to 36; digits are lower case, no prefix, no sign. ---------------------------------------------------------- */

/* Bytes that the text takes at most. */
size_t limbs_text_bound(const Limb *p, size_t n, unsigned base);
/* Returns the length; zero is "0". Subquadratic. LIMBS_NO_MEMORY possible. */
size_t limbs_to_text(const Limb *p, size_t n, unsigned base, char *out);
/* Limbs that so many digits take at most. */
size_t limbs_from_text_bound(size_t digits, unsigned base);
/* The digits are valid ones of the base, in any case. LIMBS_NO_MEMORY possible. */
size_t limbs_from_text(const char *digits, size_t n, unsigned base, Limb *out);

/* --- Bytes ------------------------------------------------------------------------------------------------------------------- */

static inline size_t limbs_from_bytes_bound(size_t n) { return n / 8 + 1; }
size_t limbs_from_bytes(const uint8_t *p, size_t n, bool little, bool is_signed, Limb *out, bool *negative);
typedef enum LimbsBytes { LIMBS_BYTES_FINE, LIMBS_BYTES_TOO_BIG, LIMBS_BYTES_NEGATIVE } LimbsBytes;
/* Two's complement when signed; the output is filled (truncated) in every case but NEGATIVE. */
LimbsBytes limbs_to_bytes(const Limb *p, size_t n, bool negative, uint8_t *out, size_t size, bool little, bool is_signed);

/* --- Shifts and bits ----------------------------------------------------------------------------------------------------------- */

static inline size_t limbs_shift_left_bound(size_t n, size_t count) { return n + count / 64 + 1; }
size_t limbs_shift_left(const Limb *p, size_t n, size_t count, Limb *out);
/* Rounds to minus infinity. Room: n + 1 (at least 1). */
size_t limbs_shift_right(const Limb *p, size_t n, bool negative, size_t count, Limb *out);
typedef enum LimbsBitOp { LIMBS_AND, LIMBS_OR, LIMBS_XOR } LimbsBitOp;
/* As if on two's complement of unlimited length. Room: max(na, nb) + 1. */
size_t limbs_bit_op(LimbsBitOp op, const Limb *a, size_t na, bool a_negative, const Limb *b, size_t nb, bool b_negative,
                    Limb *out, bool *out_negative);

/* --- Arithmetic ---------------------------------------------------------------------------------------------------------------- */

/* Floor division, the remainder has the divisor's sign (as Python's). Room: quotient na - nb + 2 (at least 1),
   remainder nb + 1. Either output may be NULL. LIMBS_NO_MEMORY in *nq possible. b is not zero. */
void limbs_divmod(const Limb *a, size_t na, bool a_negative, const Limb *b, size_t nb, bool b_negative, Limb *q, size_t *nq,
                  Limb *r, size_t *nr);
/* Room of both arrays: limbs_pow_bound; SIZE_MAX when the result would not fit in memory. */
size_t limbs_pow_bound(const Limb *p, size_t n, uint64_t exponent);
size_t limbs_pow(const Limb *p, size_t n, uint64_t exponent, Limb *out, Limb *scratch);
/* base^exponent mod modulus, magnitudes only; modulus > 0. Room: nm. */
size_t limbs_pow_mod(const Limb *b, size_t nb, const Limb *e, size_t ne, const Limb *m, size_t nm, Limb *out);
/* The inverse of a modulo m, 0 < inverse < m; false: there is none. Room: nm. */
bool limbs_invert(const Limb *a, size_t na, const Limb *m, size_t nm, Limb *out, size_t *n_out);
/* floor(sqrt(p)); *exact when that is the root. Room: (n + 1) / 2. LIMBS_NO_MEMORY possible. */
size_t limbs_isqrt(const Limb *p, size_t n, Limb *out, bool *exact);
/* Room: min(na, nb), or the other's size when one is zero. */
size_t limbs_gcd(const Limb *a, size_t na, const Limb *b, size_t nb, Limb *out);

/* --- Doubles ------------------------------------------------------------------------------------------------------------------- */

/* The bits of the double nearest to p * 2^e, half to even; `sticky`: the true value is a little larger. n > 0.
   Too large gives infinity's bits. */
uint64_t limbs_round(const Limb *p, size_t n, int64_t e, bool sticky);
/* False: too large. */
bool limbs_to_double(const Limb *p, size_t n, bool negative, double *out);
/* The magnitude as m * 2^*exponent, 0.5 <= m < 1, m correctly rounded; 0 for zero. */
double limbs_frexp(const Limb *p, size_t n, int64_t *exponent);
/* a / b, correctly rounded. LIMBS_DIVIDE_OVERFLOW: too large for a double. b is not zero. */
typedef enum LimbsDivide { LIMBS_DIVIDE_FINE, LIMBS_DIVIDE_OVERFLOW, LIMBS_DIVIDE_NO_MEMORY } LimbsDivide;
LimbsDivide limbs_true_divide(const Limb *a, size_t na, const Limb *b, size_t nb, bool negative, double *out);
/* The integer part of a finite double's magnitude. Room: 16. */
enum { LIMBS_OF_DOUBLE = 16 };
size_t limbs_from_double(double d, Limb out[LIMBS_OF_DOUBLE]);

#endif
