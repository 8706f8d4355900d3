/* The private heap: memory of objects and of what belongs to them.
 *
 * Objects and raw blocks come from size classes in pages of aligned segments; what is larger than
 * HEAP_SMALL_MAX comes in runs of pages or from the operating system.  Freed memory goes back to
 * its page at once.  No locks: the GIL is held.  Code without the GIL uses libc's malloc.
 *
 * Objects and raw blocks live in different pages, so that the collector finds containers by
 * walking pages.  An object is invisible to the collector until gc_track.  Allocation never collects and never
 * runs Python: it sets BREAK_GC, and a safe point collects.
 */
#ifndef KRAIT_HEAP_HEAP_H
#define KRAIT_HEAP_HEAP_H

#include "core/object.h"

enum { HEAP_ALIGN = 16, HEAP_SMALL_MAX = 512 };

/* Memory for an object of `size` bytes with its head set (one reference, the shape); the rest is
 * not initialised.  NULL: t->pending is the
 * interpreter's spare MemoryError.  object_new_sized (object/instance.h) is for
 * instances of any type. */
void *heap_object(Thread *t, uint32_t shape, size_t size) MUST_USE;
/* The same with the ext word in front (see core/shape.h): an 8-byte word precedes the object, NULL. */
void *heap_object_front(Thread *t, uint32_t shape, size_t size) MUST_USE;
/* Gives the memory of a dead object back: last step of object_dealloc. */
void heap_object_free(Thread *t, Object *o);
/* Changes the size of an untracked object that nobody else knows (str and bytes builders). */
void *heap_object_resize(Thread *t, void *object, size_t size) MUST_USE;

/* Raw blocks. heap_alloc(t, 0) gives a block. */
void *heap_alloc(Thread *t, size_t size) MUST_USE;
void *heap_alloc_zeroed(Thread *t, size_t size) MUST_USE;
void *heap_realloc(Thread *t, void *block, size_t size) MUST_USE; /* NULL: the old block stays */
void heap_free(Thread *t, void *block);                           /* NULL is nothing */
/* Usable bytes of a block or object. */
size_t heap_size(const void *block);

/* Pages that hold tracked objects (the collector is object/gc.c).  gc_track: the object is fully initialised and may be walked. */
void gc_track(Thread *t, void *object);
void gc_untrack(Thread *t, void *object);
bool gc_is_tracked(Thread *t, Object *object);

/* Set up and tear down the heap of an interpreter. */
Heap *heap_create(Interp *interp);
void heap_destroy(Heap *heap);

#endif
