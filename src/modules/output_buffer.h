/* The bytes object that a codec writes its output into: grows as needed, up to a limit. */
#ifndef KRAIT_MODULES_OUTPUT_BUFFER_H
#define KRAIT_MODULES_OUTPUT_BUFFER_H

#include "modules/module.h"

typedef struct OutputBuffer {
    Value bytes;   /* nobody else knows it: it may be written without the GIL */
    int64_t used;
    int64_t limit; /* of the length; -1: none */
} OutputBuffer;

/* Room for about `expected` bytes at first. false: MemoryError. */
bool output_begin(Thread *t, OutputBuffer *out, int64_t expected, int64_t limit) MUST_USE;
/* There is no room left and the limit is not reached: makes more. */
bool output_grow(Thread *t, OutputBuffer *out) MUST_USE;
/* The bytes, owned; the buffer is gone then, as it is after output_drop. */
Value output_finish(Thread *t, OutputBuffer *out);
void output_drop(Thread *t, OutputBuffer *out);

static inline char *output_at(const OutputBuffer *out) { return V_AS(Bytes, out->bytes)->data + out->used; }
static inline size_t output_room(const OutputBuffer *out) { return (size_t)(V_AS(Bytes, out->bytes)->length - out->used); }
static inline bool output_is_full(const OutputBuffer *out) { return out->used == out->limit; }

#endif
