/* Guards around blocks, for PYTHONMALLOC=debug: what was written behind a block's end or after its death is found when the block is
 * given back or its memory is taken again, and what is used before it was written does not look like anything.
 *
 *     a block:      | `size` bytes | GUARD bytes of 0xFB, at least 8 | size |   end of the cell
 *     a free cell:  | head, link | 0xDD ...                                 |
 *
 * A fault ends the process with a message and abort(): there is no way on.
 */
#ifndef KRAIT_HEAP_GUARD_H
#define KRAIT_HEAP_GUARD_H

#include <stddef.h>

enum { GUARD_BYTES = 16 }; /* that a block needs more */

/* `end`: where the memory of the block's cell ends, a multiple of 8. */
void guard_set(void *block, size_t size, char *end);
size_t guard_size(const char *end); /* what was asked for */
void guard_check(const void *block, const char *end);
/* Fills memory that was never written, or that nobody is to read again; whether it is still full of that. */
void guard_fill_new(void *block, size_t size);
void guard_fill_dead(char *from, const char *end);
void guard_check_dead(const char *from, const char *end);

#endif
