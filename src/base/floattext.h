/* Doubles to text and back, always correctly rounded (half to even).

   shortest digits   Schubfach (Giulietti): the fewest digits that read back as the same double, the closest of those
   given digits      one 64x128 bit product where its error bound decides the rounding, exact integers where not
   parsing           Eisel-Lemire on the first 19 digits, exact integers where that cannot decide

   Digits come without layout, for callers that lay out themselves; float_format and float_repr know Python's layouts. */
#ifndef KRAIT_BASE_FLOATTEXT_H
#define KRAIT_BASE_FLOATTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No double needs more significant digits, nor more digits behind the point. */
enum { FLOAT_DIGITS_MAX = 800, FLOAT_DECIMALS_MAX = 1074, FLOAT_DIGITS_SIZE = 1400 };

/* The magnitude of a finite double is 0.D1 D2 D3... times 10^point; no trailing zeros. Zero has no digits and point 1. */
typedef struct FloatDigits {
    int n;
    int point;
    char digits[FLOAT_DIGITS_SIZE];
} FloatDigits;

/* All three take the magnitude of a finite double. */
void float_shortest(double d, FloatDigits *out);
/* n >= 1 significant digits; beyond FLOAT_DIGITS_MAX the rest is zeros. */
void float_digits_significant(double d, int n, FloatDigits *out);
/* Digits down to 10^-decimals; decimals may be negative. What rounds to zero has no digits. */
void float_digits_decimals(double d, int decimals, FloatDigits *out);

/* repr(float); returns the length, no NUL. */
enum { FLOAT_REPR_SIZE = 32 };
size_t float_repr(double d, char out[FLOAT_REPR_SIZE]);

enum {
    FLOAT_SIGN = 1,        /* a plus sign too */
    FLOAT_ADD_DOT_0 = 2,   /* ".0" behind what would look like an int */
    FLOAT_ALTERNATE = 4,   /* keep the point, and the zeros of 'g' */
    FLOAT_NO_NEG_0 = 8,    /* no minus sign before a rounded zero */
};
/* Formats as C does for e, f, g and in capitals E, F, G; code 'r' is repr's digits (precision ignored). Precision is not
   negative. Inf and NaN come out by name. The bound says how many bytes `out` needs. */
size_t float_format_bound(double d, char code, int precision);
size_t float_format(double d, char code, int precision, unsigned flags, char *out);

/* Reads digits[.digits][e[+-]digits], a point without digits on one side allowed, a sign before it allowed, and with
   `names` inf, infinity and nan in any case. Returns the bytes read, the longest that make sense; 0: no number.
   Too large gives an infinity, too small a zero. */
size_t float_parse(const char *s, size_t n, bool names, double *out);

/* float.hex and float.fromhex. */
enum { FLOAT_HEX_SIZE = 32 };
size_t float_hex(double d, char out[FLOAT_HEX_SIZE]);
typedef enum FloatHexResult { FLOAT_HEX_FINE, FLOAT_HEX_INVALID, FLOAT_HEX_TOO_LARGE } FloatHexResult;
/* White space around it is allowed. */
FloatHexResult float_from_hex(const char *s, size_t n, double *out);

#endif
