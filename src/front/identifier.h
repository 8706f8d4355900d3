/* What the lexer must know of characters beyond ASCII, and the table of interned identifiers. */
#ifndef KRAIT_FRONT_IDENTIFIER_H
#define KRAIT_FRONT_IDENTIFIER_H

#include "base/arena.h"
#include "front/parse.h"

/* Bytes of the character at p, 1 for a broken sequence. */
size_t identifier_char_length(const char *p, size_t n);

/* How many leading bytes make a valid identifier; *c is the character that ended it. */
size_t identifier_valid_prefix(const char *utf8, size_t n, uint32_t *c);

/* The NFKC form in the arena; sets *length. NULL when out of memory. */
const char *identifier_normalize(Arena *arena, const char *utf8, size_t n, size_t *length);

#endif
