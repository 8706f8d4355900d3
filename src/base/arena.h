/* A bump arena: memory that is taken piece by piece and given back all at once.
 *
 * Pieces are aligned to 8 bytes and never move. Running out of memory is an
 * ordinary error: arena_alloc returns NULL and the arena remembers it in `failed`, so
 * that a long construction may check once at its end. Memory is not cleared unless
 * the name says so. */
#ifndef KRAIT_BASE_ARENA_H
#define KRAIT_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ArenaChunk ArenaChunk;

typedef struct Arena {
    char *next;          /* the first free byte of the newest chunk */
    char *end;           /* one past its last byte */
    ArenaChunk *chunks;  /* newest first */
    size_t total;        /* bytes taken from the system, all chunks */
    bool failed;         /* an allocation was refused */
} Arena;

void arena_init(Arena *arena);

/* Gives everything back; the arena is then as after arena_init. */
void arena_free(Arena *arena);

/* The slow path of arena_alloc: opens a new chunk. */
void *arena_grow(Arena *arena, size_t size);

static inline void *arena_alloc(Arena *arena, size_t size)
{
    size = (size + 7) & ~(size_t)7;
    if (__builtin_expect((size_t)(arena->end - arena->next) < size, 0)) {
        return arena_grow(arena, size);
    }
    void *piece = arena->next;
    arena->next += size;
    return piece;
}

void *arena_zalloc(Arena *arena, size_t size);

/* A copy of `length` bytes with a NUL byte after them. */
char *arena_strdup(Arena *arena, const char *bytes, size_t length);

/* printf into the arena; NULL when out of memory. */
char *arena_printf(Arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
