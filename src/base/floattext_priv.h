/* The table of powers shared by printing and parsing of floats. */
#ifndef KRAIT_BASE_FLOATTEXT_PRIV_H
#define KRAIT_BASE_FLOATTEXT_PRIV_H

#include <stdint.h>

/* The leading 128 bits of 10^q, rounded down; hi has its top bit set. Exact for 0 <= q <= FLOAT_POWER_EXACT. */
typedef struct FloatPower {
    uint64_t hi, lo;
} FloatPower;

enum { FLOAT_POWER_FIRST = -342, FLOAT_POWER_LAST = 324, FLOAT_POWER_EXACT = 55 };
extern const FloatPower float_powers[FLOAT_POWER_LAST - FLOAT_POWER_FIRST + 1];

/* floor(log2(10^q)), for the table's range. */
static inline int float_log2_pow10(int q) { return (q * 1741647) >> 19; }

/* Limbs for the exact computations: the largest is a significand of 800 digits against 10^-1200. */
enum { FLOAT_EXACT_LIMBS = 160 };
/* Writes 5^n, n <= 2000; returns its limbs. */
unsigned float_pow5(uint64_t *out, unsigned n);

#endif
