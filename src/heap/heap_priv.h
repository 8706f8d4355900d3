/* Of the heap's files among themselves. */
#ifndef KRAIT_HEAP_HEAP_PRIV_H
#define KRAIT_HEAP_HEAP_PRIV_H

#include "heap/heap.h"

/* The next page in use, of any kind; NULL: the end. */
Page *heap_next_used_page(HeapCursor *cursor);

#endif
