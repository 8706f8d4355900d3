/* Character names and code points, both ways. Names are found in any case of letters. */
#ifndef KRAIT_BASE_UNICODE_NAMES_H
#define KRAIT_BASE_UNICODE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for the longest name and a NUL. */
enum { UNICODE_NAME_SIZE = 128 };

/* Writes the name with a NUL and returns its length; 0: the character has none. */
size_t unicode_name(uint32_t ch, char out[UNICODE_NAME_SIZE]);

/* Finds a character by name or alias. Returns how many code points it stands for: 1, or up to 4 for a named sequence
   (which only unicodedata.lookup accepts), or 0 when there is no such name. */
unsigned unicode_lookup(const char *name, size_t n, uint32_t out[4]);

/* Was it found under an alias? unicodedata.ucd_3_2_0 refuses those. */
unsigned unicode_lookup_ex(const char *name, size_t n, uint32_t out[4], bool *is_alias);

#endif
