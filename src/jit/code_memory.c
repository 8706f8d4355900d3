#include "jit/code_memory.h"

#include <stdlib.h>
#include <sys/mman.h>

/* A free block is described outside of it: the memory itself is not writable. The list is in the order of addresses, neighbours are one
   block, and none touches the top: code is asked for with room to spare, and what is left over must come together with its neighbours. */
typedef struct FreeBlock {
    struct FreeBlock *next;
    uint8_t *block;
    size_t size;
} FreeBlock;

enum { PAGE = 4096 };

static size_t rounded(size_t size) { return (size + CODE_MEMORY_ALIGN - 1) & ~(size_t)(CODE_MEMORY_ALIGN - 1); }

bool code_memory_init(CodeMemory *m) {
    uint8_t *base = mmap(NULL, CODE_MEMORY_BYTES, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_32BIT, -1, 0);
    if (base == MAP_FAILED) return false;
    *m = (CodeMemory){base, base, base + CODE_MEMORY_BYTES, NULL};
    return true;
}

void code_memory_destroy(CodeMemory *m) {
    munmap(m->base, CODE_MEMORY_BYTES);
    while (m->free != NULL) {
        FreeBlock *next = m->free->next;
        free(m->free);
        m->free = next;
    }
}

uint8_t *code_memory_alloc(CodeMemory *m, size_t size) {
    size = rounded(size);
    for (FreeBlock **link = &m->free; *link != NULL; link = &(*link)->next) {
        FreeBlock *f = *link;
        if (f->size < size) continue;
        uint8_t *block = f->block;
        f->block += size;
        f->size -= size;
        if (f->size == 0) {
            *link = f->next;
            free(f);
        }
        return block;
    }
    if ((size_t)(m->end - m->top) < size) return NULL;
    uint8_t *block = m->top;
    m->top += size;
    return block;
}

void code_memory_free(CodeMemory *m, uint8_t *block, size_t size) {
    size = rounded(size);
    FreeBlock **link = &m->free, *before = NULL, *f;
    while (*link != NULL && (*link)->block < block) {
        before = *link;
        if (before->block + before->size == block) break;
        link = &before->next;
    }
    if (before != NULL && before->block + before->size == block) {
        before->size += size;
        f = before;
    } else {
        f = malloc(sizeof *f);
        if (f == NULL) return; /* the block is lost */
        *f = (FreeBlock){*link, block, size};
        *link = f;
    }
    FreeBlock *next = f->next;
    if (next != NULL && f->block + f->size == next->block) {
        f->size += next->size;
        f->next = next->next;
        free(next);
    }
    if (f->block + f->size != m->top) return;
    m->top = f->block;
    for (link = &m->free; *link != f; link = &(*link)->next) {}
    *link = NULL;
    free(f);
}

static bool protect(uint8_t *block, size_t size, int how) {
    uintptr_t first = (uintptr_t)block & ~(uintptr_t)(PAGE - 1), last = ((uintptr_t)block + size + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
    return mprotect((void *)first, last - first, how) == 0;
}
bool code_memory_open(uint8_t *block, size_t size) { return protect(block, size, PROT_READ | PROT_WRITE); }
bool code_memory_close(uint8_t *block, size_t size) { return protect(block, size, PROT_READ | PROT_EXEC); }
