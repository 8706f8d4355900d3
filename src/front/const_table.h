/* Equality of constants by type and value: 1, 1.0 and True differ, so do 0.0 and -0.0, also inside tuples. */
#ifndef KRAIT_FRONT_CONST_TABLE_H
#define KRAIT_FRONT_CONST_TABLE_H

#include "core/value.h"

static inline uint64_t const_bits_hash(uint64_t bits)
{
    bits ^= bits >> 32;
    bits *= UINT64_C(0x9E3779B97F4A7C15);
    return bits >> 32;
}
uint64_t const_hash(Value v);
bool const_same(Value a, Value b);

#endif
