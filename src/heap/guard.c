/* Guards: see guard.h. */
#include "heap/guard.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FENCE = 0xFB, NEW = 0xCD, DEAD = 0xDD };

static __attribute__((noreturn, cold)) void fault(const char *what, const void *where, unsigned char found) {
    fprintf(stderr, "Fatal Python error: PYTHONMALLOC=debug: %s: 0x%02x at %p\n", what, found, where);
    abort();
}

static void check_filled(const char *from, const char *end, unsigned char fill, const char *what) {
    for (; from < end; from++) {
        if ((unsigned char)*from != fill) fault(what, from, (unsigned char)*from);
    }
}

size_t guard_size(const char *end) {
    uint64_t size;
    memcpy(&size, end - 8, 8);
    return (size_t)size;
}

void guard_set(void *block, size_t size, char *end) {
    char *fence = (char *)block + size;
    uint64_t kept = size;
    memset(fence, FENCE, (size_t)(end - 8 - fence));
    memcpy(end - 8, &kept, 8);
}

void guard_check(const void *block, const char *end) {
    size_t size = guard_size(end);
    if (size > (size_t)(end - 8 - (const char *)block)) fault("a block's end was written over", end - 8, (unsigned char)end[-8]);
    check_filled((const char *)block + size, end - 8, FENCE, "written behind a block's end");
}

void guard_fill_new(void *block, size_t size) { memset(block, NEW, size); }
void guard_fill_dead(char *from, const char *end) { memset(from, DEAD, (size_t)(end - from)); }
void guard_check_dead(const char *from, const char *end) { check_filled(from, end, DEAD, "written into a free block"); }
