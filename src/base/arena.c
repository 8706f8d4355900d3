/* The bump arena: chunks of doubling size, each from malloc, linked newest first.
 * A request larger than half a chunk gets a chunk of its own behind the newest one, so
 * that the room left in the newest is not lost. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ArenaChunk {
    ArenaChunk *older;
    size_t size;
    char bytes[];
};

enum { CHUNK_FIRST = 8 * 1024, CHUNK_MOST = 256 * 1024 };

void arena_init(Arena *arena)
{
    *arena = (Arena){0};
}

void arena_free(Arena *arena)
{
    ArenaChunk *chunk = arena->chunks;
    while (chunk) {
        ArenaChunk *older = chunk->older;
        free(chunk);
        chunk = older;
    }
    arena_init(arena);
}

static ArenaChunk *chunk_new(Arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2) {
        arena->failed = true;
        return NULL;
    }
    ArenaChunk *chunk = malloc(sizeof *chunk + size);
    if (!chunk) {
        arena->failed = true;
        return NULL;
    }
    chunk->size = size;
    arena->total += size;
    return chunk;
}

void *arena_grow(Arena *arena, size_t size)
{
    size_t usual = CHUNK_FIRST;
    while (usual < CHUNK_MOST && usual <= arena->total) {
        usual *= 2;
    }
    if (size > usual / 2 && arena->chunks) {
        ArenaChunk *chunk = chunk_new(arena, size);
        if (!chunk) {
            return NULL;
        }
        chunk->older = arena->chunks->older;
        arena->chunks->older = chunk;
        return chunk->bytes;
    }
    ArenaChunk *chunk = chunk_new(arena, size > usual ? size : usual);
    if (!chunk) {
        return NULL;
    }
    chunk->older = arena->chunks;
    arena->chunks = chunk;
    arena->next = chunk->bytes + size;
    arena->end = chunk->bytes + chunk->size;
    return chunk->bytes;
}

void *arena_zalloc(Arena *arena, size_t size)
{
    void *piece = arena_alloc(arena, size);
    return piece ? memset(piece, 0, size) : NULL;
}

char *arena_strdup(Arena *arena, const char *bytes, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    if (!copy) {
        return NULL;
    }
    if (length) {
        memcpy(copy, bytes, length);
    }
    copy[length] = '\0';
    return copy;
}

char *arena_printf(Arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0) {
        arena->failed = true;
        return NULL;
    }
    char *text = arena_alloc(arena, (size_t)length + 1);
    if (!text) {
        return NULL;
    }
    va_start(args, format);
    vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    return text;
}
