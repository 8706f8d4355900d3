/* IEEE 754 half precision: 1 sign, 5 exponent, 10 fraction bits. */
#ifndef KRAIT_BASE_HALF_H
#define KRAIT_BASE_HALF_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* Rounds half to even. False: too large (an infinity is not). */
static inline bool half_from_double(double d, uint16_t *out) {
    uint16_t sign = signbit(d) ? 0x8000 : 0;
    double x = fabs(d);
    if (isnan(d) || isinf(d)) {
        *out = sign | (isnan(d) ? 0x7e00 : 0x7c00);
        return true;
    }
    if (x >= 65520) return false;
    if (x == 0) {
        *out = sign;
        return true;
    }
    int e;
    frexp(x, &e);
    if (e <= -14) {
        *out = sign | (uint16_t)nearbyint(ldexp(x, 24));  /* a carry gives the smallest normal number */
    } else {
        uint16_t fraction = (uint16_t)nearbyint(ldexp(x, 11 - e));
        *out = sign | (uint16_t)(((e + 14) << 10) + (fraction - 1024));
    }
    return true;
}

static inline double half_to_double(uint16_t h) {
    int e = h >> 10 & 31;
    double fraction = h & 1023, x;
    if (e == 31) x = fraction != 0 ? NAN : INFINITY;
    else if (e == 0) x = ldexp(fraction, -24);
    else x = ldexp(1024 + fraction, e - 25);
    return h & 0x8000 ? -x : x;
}

#endif
