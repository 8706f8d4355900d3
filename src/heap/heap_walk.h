/* Every object that there is, tracked by the collector or not. */
#ifndef KRAIT_HEAP_HEAP_WALK_H
#define KRAIT_HEAP_HEAP_WALK_H

#include "heap/heap.h"

/* Tells the shape of each object and the bytes of its cell. Nothing may be allocated or freed meanwhile. */
void heap_each_object(Heap *heap, void (*visit)(uint32_t shape, uint64_t bytes, void *context), void *context);

#endif
