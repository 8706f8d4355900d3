/* Memory for what is read before there is an interpreter: without it the program ends. */
#ifndef KRAIT_CLI_MEMORY_H
#define KRAIT_CLI_MEMORY_H

#include <stdio.h>
#include <stdlib.h>

static inline void *need(void *memory) {
    if (memory != NULL) return memory;
    fputs("krait: out of memory\n", stderr);
    exit(1);
}

#endif
