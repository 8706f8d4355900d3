/* Searching text and bytes for text and bytes. Linear in the worst case; memchr and vector compares in the usual one.
   Haystack and needle may have different widths: the needle is brought to the haystack's. An empty needle is found
   everywhere, as Python has it. */
#ifndef KRAIT_BASE_FIND_H
#define KRAIT_BASE_FIND_H

#include <stdint.h>

#include "base/units.h"

#define FIND_NONE SIZE_MAX

/* Index of the first and of the last occurrence, or FIND_NONE. */
size_t find_first(Units hay, Units needle);
size_t find_last(Units hay, Units needle);
/* Occurrences that do not overlap, counted up to max. */
size_t find_count(Units hay, Units needle, size_t max);

/* The same for a single unit. */
size_t find_unit(Units hay, uint32_t unit);
size_t find_last_unit(Units hay, uint32_t unit);
size_t find_count_unit(Units hay, uint32_t unit, size_t max);

#endif
