/* Text as an array of code units of 1, 2 or 4 bytes, each unit one code point (never surrogate pairs).
   This is how str stores its characters and how every text algorithm of this room takes its subject.
   Owns nothing: a Units is a borrowed view. */
#ifndef KRAIT_BASE_UNITS_H
#define KRAIT_BASE_UNITS_H

#include <stddef.h>
#include <stdint.h>

typedef struct Units { /* two words, so that it is passed in registers: in memory its parts are written narrower than they are read, which stalls */
    const void *data;
    uint64_t len : 56;  /* in units */
    uint64_t width : 8; /* 1, 2 or 4 */
} Units;

static inline uint32_t units_at(Units u, size_t i) {
    switch (u.width) {
    case 1: return ((const uint8_t *)u.data)[i];
    case 2: return ((const uint16_t *)u.data)[i];
    default: return ((const uint32_t *)u.data)[i];
    }
}

static inline Units units_slice(Units u, size_t start, size_t end) {
    return (Units){(const char *)u.data + start * u.width, end - start, u.width};
}

/* The width that the widest code point needs. */
static inline unsigned units_width_for(uint32_t widest) {
    return widest < 0x100 ? 1 : widest < 0x10000 ? 2 : 4;
}

/* The bound of the class of the widest unit: 0x7f, 0xff, 0xffff or 0x10ffff. */
uint32_t units_widest(Units u);

/* Copies into an array of another width. Every unit must fit the destination's width. */
void units_copy(void *dst, unsigned dst_width, Units src);

#endif
