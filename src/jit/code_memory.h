/* Memory for machine code: mapped below 2 GB, executable, and writable only while code is being written into it. */
#ifndef KRAIT_JIT_CODE_MEMORY_H
#define KRAIT_JIT_CODE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct CodeMemory {
    uint8_t *base, *top, *end;       /* reserved: [base, end); never used yet: [top, end) */
    struct FreeBlock *free;          /* blocks given back */
} CodeMemory;

enum { CODE_MEMORY_BYTES = 64 << 20, CODE_MEMORY_ALIGN = 64 };

bool code_memory_init(CodeMemory *m); /* false: the system gives no such memory */
void code_memory_destroy(CodeMemory *m);
/* Room for `size` bytes, or NULL. It may be written between code_memory_open and code_memory_close of the same place. */
uint8_t *code_memory_alloc(CodeMemory *m, size_t size);
void code_memory_free(CodeMemory *m, uint8_t *block, size_t size);
bool code_memory_open(uint8_t *block, size_t size);
bool code_memory_close(uint8_t *block, size_t size);

#endif
