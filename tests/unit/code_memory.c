/* Memory for machine code: what is given back is found again, neighbours together. */
#include "jit/code_memory.h"

#include <stdlib.h>

#include "check.h"

enum { BLOCKS = 400, ROUNDS = 20000 };

static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

int main(void) {
    CodeMemory m;
    if (!code_memory_init(&m)) return 77;
    struct { uint8_t *block; size_t size; } live[BLOCKS] = {{0}};
    uint32_t random = 7;
    uint8_t *highest = m.base;
    for (int round = 0; round < ROUNDS; round++) {
        unsigned i = next_random(&random) % BLOCKS;
        if (live[i].block) {
            code_memory_free(&m, live[i].block, live[i].size);
            live[i].block = NULL;
            continue;
        }
        /* As the compiler does: room for the worst, then the rest is given back. */
        size_t room = 4000 + next_random(&random) % 30000, kept = (room / 5 + CODE_MEMORY_ALIGN - 1) / CODE_MEMORY_ALIGN * CODE_MEMORY_ALIGN;
        uint8_t *block = code_memory_alloc(&m, room);
        CHECK(block != NULL);
        for (unsigned k = 0; k < BLOCKS; k++) CHECK(!live[k].block || block + room <= live[k].block || live[k].block + live[k].size <= block);
        code_memory_free(&m, block + kept, room - kept);
        live[i].block = block;
        live[i].size = kept;
        if (m.top > highest) highest = m.top;
    }
    CHECK(highest - m.base < BLOCKS * 34000);
    for (unsigned i = 0; i < BLOCKS; i++)
        if (live[i].block) code_memory_free(&m, live[i].block, live[i].size);
    CHECK(m.top == m.base && m.free == NULL);
    code_memory_destroy(&m);
    return CHECK_DONE();
}
