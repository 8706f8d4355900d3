#include "base/find.h"

#include <emmintrin.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NOINLINE __attribute__((noinline))
#define VECTOR __m128i

#define UNIT uint8_t
#define NAME(x) x##_1
#define SPLAT(u) _mm_set1_epi8((char)(u))
#define EQUAL(a, b) _mm_cmpeq_epi8(a, b)
#include "base/find_template.inc"
#undef UNIT
#undef NAME
#undef SPLAT
#undef EQUAL

#define UNIT uint16_t
#define NAME(x) x##_2
#define SPLAT(u) _mm_set1_epi16((short)(u))
#define EQUAL(a, b) _mm_cmpeq_epi16(a, b)
#include "base/find_template.inc"
#undef UNIT
#undef NAME
#undef SPLAT
#undef EQUAL

#define UNIT uint32_t
#define NAME(x) x##_4
#define SPLAT(u) _mm_set1_epi32((int)(u))
#define EQUAL(a, b) _mm_cmpeq_epi32(a, b)
#include "base/find_template.inc"

/* --- Single units ---------------------------------------------------------------------------------------------------------- */

static bool fits(Units hay, uint32_t unit) { return hay.width == 4 || unit >> (8 * hay.width) == 0; }

static size_t unit_2(const uint16_t *y, size_t n, uint16_t unit) {
    __m128i want = _mm_set1_epi16((short)unit);
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi16(_mm_loadu_si128((const __m128i *)(y + i)), want));
        if (mask) return i + (unsigned)__builtin_ctz(mask) / 2;
    }
    for (; i < n; i++)
        if (y[i] == unit) return i;
    return FIND_NONE;
}

static size_t unit_4(const uint32_t *y, size_t n, uint32_t unit) {
    __m128i want = _mm_set1_epi32((int)unit);
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi32(_mm_loadu_si128((const __m128i *)(y + i)), want));
        if (mask) return i + (unsigned)__builtin_ctz(mask) / 4;
    }
    for (; i < n; i++)
        if (y[i] == unit) return i;
    return FIND_NONE;
}

size_t find_unit(Units hay, uint32_t unit) {
    if (hay.len == 0 || !fits(hay, unit)) return FIND_NONE;
    switch (hay.width) {
    case 1: {
        const uint8_t *p = memchr(hay.data, (int)unit, hay.len);
        return p ? (size_t)(p - (const uint8_t *)hay.data) : FIND_NONE;
    }
    case 2: return unit_2(hay.data, hay.len, (uint16_t)unit);
    default: return unit_4(hay.data, hay.len, unit);
    }
}

size_t find_last_unit(Units hay, uint32_t unit) {
    if (hay.len == 0 || !fits(hay, unit)) return FIND_NONE;
    switch (hay.width) {
    case 1: {
        const uint8_t *p = memrchr(hay.data, (int)unit, hay.len);
        return p ? (size_t)(p - (const uint8_t *)hay.data) : FIND_NONE;
    }
    case 2: return last_unit_2(hay.data, hay.len, (uint16_t)unit);
    default: return last_unit_4(hay.data, hay.len, unit);
    }
}

size_t find_count_unit(Units hay, uint32_t unit, size_t max) {
    if (hay.len == 0 || !fits(hay, unit)) return 0;
    size_t count;
    switch (hay.width) {
    case 1: { /* mostly there is none */
        const uint8_t *data = hay.data, *first = memchr(data, (int)unit, hay.len);
        count = first == NULL ? 0 : count_unit_1(first, hay.len - (size_t)(first - data), (uint8_t)unit);
        break;
    }
    case 2: count = count_unit_2(hay.data, hay.len, (uint16_t)unit); break;
    default: count = count_unit_4(hay.data, hay.len, unit); break;
    }
    return count < max ? count : max;
}

/* --- Needles --------------------------------------------------------------------------------------------------------------- */

enum { SMALL_NEEDLE = 64 };

/* A needle in the haystack's width; `heap` is to be freed. */
typedef struct Needle {
    Units units;
    void *heap;
    bool impossible;  /* it holds a unit that the haystack cannot */
    bool slow;        /* no memory for the other width */
    uint32_t small[SMALL_NEEDLE];
} Needle;

static void needle_init(Needle *n, Units hay, Units needle) {
    n->heap = NULL;
    n->impossible = n->slow = false;
    n->units = needle;
    if (needle.width == hay.width) return;
    if (needle.width > hay.width) {
        for (size_t i = 0; i < needle.len; i++) {
            if (!fits(hay, units_at(needle, i))) {
                n->impossible = true;
                return;
            }
        }
    }
    void *to = n->small;
    if (needle.len > SMALL_NEEDLE) to = n->heap = malloc(needle.len * hay.width);
    if (to == NULL) {
        n->slow = true;
        return;
    }
    units_copy(to, hay.width, needle);
    n->units = (Units){to, needle.len, hay.width};
}

/* Without memory for a converted needle, plainly. */
static bool stands_at(Units hay, size_t i, Units needle) {
    for (size_t k = 0; k < needle.len; k++)
        if (units_at(hay, i + k) != units_at(needle, k)) return false;
    return true;
}

static size_t first_slow(Units hay, Units needle) {
    for (size_t i = 0; i + needle.len <= hay.len; i++)
        if (stands_at(hay, i, needle)) return i;
    return FIND_NONE;
}

static size_t last_slow(Units hay, Units needle) {
    for (size_t i = hay.len - needle.len + 1; i-- > 0;)
        if (stands_at(hay, i, needle)) return i;
    return FIND_NONE;
}

/* The needle has 2 units at least and the haystack's width. */
static size_t first_same(Units hay, Units needle) {
    if (needle.len > hay.len) return FIND_NONE;
    switch (hay.width) {
    case 1: return first_1(hay.data, hay.len, needle.data, needle.len);
    case 2: return first_2(hay.data, hay.len, needle.data, needle.len);
    default: return first_4(hay.data, hay.len, needle.data, needle.len);
    }
}

size_t find_first(Units hay, Units needle) {
    if (needle.len == 0) return 0;
    if (needle.len == 1) return find_unit(hay, units_at(needle, 0));
    if (needle.len > hay.len) return FIND_NONE;
    Needle n;
    needle_init(&n, hay, needle);
    if (n.impossible) return FIND_NONE;
    size_t at = n.slow ? first_slow(hay, needle) : first_same(hay, n.units);
    free(n.heap);
    return at;
}

size_t find_last(Units hay, Units needle) {
    if (needle.len == 0) return hay.len;
    if (needle.len == 1) return find_last_unit(hay, units_at(needle, 0));
    if (needle.len > hay.len) return FIND_NONE;
    Needle n;
    needle_init(&n, hay, needle);
    if (n.impossible) return FIND_NONE;
    size_t at;
    if (n.slow) {
        at = last_slow(hay, needle);
    } else {
        switch (hay.width) {
        case 1: at = last_1(hay.data, hay.len, n.units.data, needle.len); break;
        case 2: at = last_2(hay.data, hay.len, n.units.data, needle.len); break;
        default: at = last_4(hay.data, hay.len, n.units.data, needle.len); break;
        }
    }
    free(n.heap);
    return at;
}

size_t find_count(Units hay, Units needle, size_t max) {
    if (needle.len == 0) return hay.len < max ? hay.len + 1 : max;
    if (needle.len == 1) return find_count_unit(hay, units_at(needle, 0), max);
    if (needle.len > hay.len) return 0;
    Needle n;
    needle_init(&n, hay, needle);
    if (n.impossible) return 0;
    size_t count = 0;
    while (count < max) {
        size_t at = n.slow ? first_slow(hay, needle) : first_same(hay, n.units);
        if (at == FIND_NONE) break;
        count++;
        hay = units_slice(hay, at + needle.len, hay.len);
    }
    free(n.heap);
    return count;
}
