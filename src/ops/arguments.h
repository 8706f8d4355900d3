/* Copies of argument arrays, where a callee's arguments are not those of the caller: on the C stack when they are few. */
#ifndef KRAIT_OPS_ARGUMENTS_H
#define KRAIT_OPS_ARGUMENTS_H

#include "heap/heap.h"
#include "object/tuple.h"

enum { ARGS_ON_STACK = 24 };
typedef struct ArgCopy {
    Value *args, *block;
    Value room[ARGS_ON_STACK + 1];
} ArgCopy;

/* Room for n arguments with the spare word in front; NULL: MemoryError. */
static inline Value *copy_begin(Thread *t, ArgCopy *c, size_t n) {
    c->block = NULL;
    if (LIKELY(n <= ARGS_ON_STACK)) return c->args = c->room + 1;
    c->block = heap_alloc(t, (n + 1) * sizeof(Value));
    return c->args = c->block ? c->block + 1 : NULL;
}
static inline void copy_end(Thread *t, ArgCopy *c) {
    if (UNLIKELY(c->block != NULL)) heap_free(t, c->block);
}

static inline uint32_t keyword_count(Value kwnames) { return is_null(kwnames) ? 0 : (uint32_t)tuple_len(kwnames); }

#endif
