/* Scans and copies over code-unit arrays. The loops are written in blocks without early exits,
   so that the compiler vectorises them. */
#include "base/units.h"

#include <string.h>

#include "base/utf8.h"

static uint32_t widest_of2(const uint16_t *p, size_t n) {
    uint16_t bits = 0;
    size_t i = 0;
    while (i < n) {
        size_t stop = n - i > 256 ? i + 256 : n;
        for (; i < stop; i++) bits |= p[i];
        if (bits >= 0x100) return 0xffff;
    }
    return bits < 0x80 ? 0x7f : 0xff;
}

static uint32_t widest_of4(const uint32_t *p, size_t n) {
    uint32_t bits = 0;
    size_t i = 0;
    while (i < n) {
        size_t stop = n - i > 256 ? i + 256 : n;
        for (; i < stop; i++) bits |= p[i];
        if (bits >= 0x10000) return 0x10ffff;
    }
    return bits < 0x80 ? 0x7f : bits < 0x100 ? 0xff : 0xffff;
}

uint32_t units_widest(Units u) {
    switch (u.width) {
    case 1: return utf8_ascii_prefix(u.data, u.len) == u.len ? 0x7f : 0xff;
    case 2: return widest_of2(u.data, u.len);
    default: return widest_of4(u.data, u.len);
    }
}

#define COPY_LOOP(To, From)                   \
    do {                                      \
        To *restrict to = dst;                \
        const From *restrict from = src.data; \
        for (size_t i = 0; i < src.len; i++)  \
            to[i] = (To)from[i];              \
    } while (0)

void units_copy(void *dst, unsigned dst_width, Units src) {
    if (src.len == 0) return;
    if (dst_width == src.width) {
        memcpy(dst, src.data, src.len * src.width);
        return;
    }
    switch (dst_width * 8 + src.width) {
    case 1 * 8 + 2: COPY_LOOP(uint8_t, uint16_t); break;
    case 1 * 8 + 4: COPY_LOOP(uint8_t, uint32_t); break;
    case 2 * 8 + 1: COPY_LOOP(uint16_t, uint8_t); break;
    case 2 * 8 + 4: COPY_LOOP(uint16_t, uint32_t); break;
    case 4 * 8 + 1: COPY_LOOP(uint32_t, uint8_t); break;
    case 4 * 8 + 2: COPY_LOOP(uint32_t, uint16_t); break;
    }
}
