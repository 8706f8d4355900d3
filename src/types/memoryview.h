/* Making memoryviews. */
#ifndef KRAIT_TYPES_MEMORYVIEW_H
#define KRAIT_TYPES_MEMORYVIEW_H

#include "object/buffer.h"

Value memoryview_new(Thread *t, Value object, int flags);
/* The same memory as plain bytes in one dimension; BufferError unless it is contiguous. */
Value memoryview_flat(Thread *t, Value object);
/* The get_buffer slot of classes with a __buffer__ method. */
bool buffer_get_from_method(Thread *t, Value object, Buffer *out, int flags);

#endif
