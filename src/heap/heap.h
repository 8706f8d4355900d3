/* The private heap: memory of objects and of what belongs to them.
 *
 *     segment, 1 MB, aligned:  | page | page | page ... |      64 pages of 16 KB
 *     page:                    | Page header, map | cell | cell | cell ... |
 *
 * A page holds cells of one size class and one kind: objects, objects with an ext word in front, or raw blocks.
 * What is larger than a page is a run of pages, or, from half a megabyte on, a mapping of its own; both begin with
 * a Page header, too, so that the header of any block is found by masking its address.  Each page has its own
 * list of free cells; memory that is freed goes back to its page at once, empty pages to their segment, empty segments to the
 * system.  No locks: the GIL is held.  Code without the GIL uses libc's malloc.
 *
 * A free cell of an object page: the object's head is zero (shape T_INVALID), the link follows it.
 *
 * Objects carry no collector header.  The map of an object page has one byte for each cell: enum GcMark.  An object is invisible to
 * the collector until gc_track, which also writes it into the log of young objects; so the collector
 * finds the young ones in the order of their making, and the others by walking pages.  What dies takes its entry out again when that is
 * the newest, as it mostly is for what lives briefly; other entries go stale.  Allocation never collects and never runs Python: it sets
 * BREAK_GC, and a safe point collects.
 */
#ifndef KRAIT_HEAP_HEAP_H
#define KRAIT_HEAP_HEAP_H

#include <stdio.h>

#include "core/object.h"

#if defined(__SANITIZE_ADDRESS__)
#define HEAP_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HEAP_ASAN 1
#endif
#endif

enum {
    HEAP_ALIGN = 16,
    HEAP_SMALL_MAX = 512, /* up to here the size classes are 16 bytes apart */
    PAGE_BYTES = 16 << 10,
    SEGMENT_BYTES = 1 << 20,
    SEGMENT_PAGES = SEGMENT_BYTES / PAGE_BYTES,
    HEAP_CLASSES = 47,
    HEAP_QUARANTINE = 8192, /* blocks, in builds for AddressSanitizer */
};

enum PageKind { PAGE_OBJECTS, PAGE_FRONT, PAGE_RAW, PAGE_KINDS };
enum PageFlags {
    PAGE_FULL = 1,    /* no free cell: in no list of its class */
    PAGE_BIG = 2,     /* one block: a run of pages or ... */
    PAGE_MAPPED = 4,  /* ... a mapping of its own (PAGE_BIG is set, too) */
    PAGE_HOOKED = 8,  /* someone wants to hear of what is freed */
    PAGE_MARKED = 16, /* the map is not all zero, or was not since the log was last cleaned */
    PAGE_LIMBO = 32,  /* empty, but the log may still name its cells */
    PAGE_CONDEMNED = 64, /* collector: some object in it is GC_CONDEMNED */
    PAGE_GUARDED = 128,  /* PYTHONMALLOC=debug: see heap/guard.h */
    PAGE_SLOW_FREE = PAGE_FULL | PAGE_BIG | PAGE_HOOKED | PAGE_GUARDED,
};

/* What the collector knows of an object: its byte in the page's map. */
enum GcMark {
    GC_TRACKED = 1,
    GC_OLD_1 = 2,      /* generation: neither bit: young, OLD_1: survived once, OLD_2: survived twice */
    GC_OLD_2 = 4,
    GC_FROZEN = 8,     /* gc.freeze(): in no generation */
    GC_CONDEMNED = 16, /* belongs to the collection under way */
    GC_REACHED = 32,   /* ... and was found alive */
    GC_SEEN = 64,      /* while the log is cleaned */
    GC_FINALIZED = 128, /* its finaliser ran; independent of the rest */
    GC_GENERATION = GC_OLD_1 | GC_OLD_2 | GC_FROZEN,
};

typedef struct FreeCell {
    Object head;
    struct FreeCell *next;
} FreeCell;

typedef struct Page Page;
struct Page {
    FreeCell *free;
    uint32_t used;       /* live cells */
    uint8_t kind, size_class, flags, front; /* front: 8 where an ext word precedes the object, else 0 */
    uint32_t cell;       /* bytes of a cell */
    uint32_t reciprocal; /* 2^32 / cell, rounded up; 0 in big pages: their only block has index 0 */
    uint32_t first;      /* offset of the first object */
    uint32_t fresh;      /* offset of the first object that was never handed out; beyond `end`: none */
    uint32_t end;        /* offset behind the last cell */
    uint32_t segment;    /* index in the heap's table */
    uint64_t bytes;      /* of the page, run or mapping, this header included */
    Page *next, *previous; /* pages of the class with free cells; mapped pages: all of them */
    uint8_t map[];       /* one enum GcMark for each cell; none in raw pages */
};

/* What tracing of allocations fills; every allocation then takes the slow path.  Neither may allocate from the heap. */
typedef struct HeapHook {
    void (*allocated)(void *context, void *block, size_t size);
    void (*freed)(void *context, void *block);
    void *context;
} HeapHook;

typedef struct Segment Segment;
typedef struct HeapStats {
    uint64_t mapped;       /* bytes had from the system */
    uint64_t used;         /* bytes in live cells and big blocks */
    uint64_t segments, pages_used, pages_free, big_blocks;
    struct { uint32_t cell, pages; uint64_t used, capacity; } classes[PAGE_KINDS][HEAP_CLASSES];
} HeapStats;

struct Heap {
    /* The page that each class allocates from; `no_page` where there is none, everywhere while `slow` is set. */
    Page *current[PAGE_KINDS][HEAP_CLASSES];
    /* The log of young objects: tracked since the last collection, in order; stale entries are possible. log[-1] is NULL. */
    Object **log_top, **log_limit;
    Object **log, **log_end;
    int64_t young_count;      /* tracked since the last collection, less what has died since then, old or young; below 0: as 0 */
    uint32_t young_threshold; /* a higher count asks for a collection; 0: never */
    uint32_t stress_count;
    uint64_t old_tracked;     /* objects in generation 2 after the last full collection, for the collector */

    Page *active[PAGE_KINDS][HEAP_CLASSES];
    Page *partial[PAGE_KINDS][HEAP_CLASSES]; /* further pages with free cells */
    Page no_page;
    Interp *interp;
    Segment *segments;        /* table, NULL base: free row */
    uint32_t segment_count, segment_capacity;
    uint32_t segment_hint;    /* no segment below it has a free page */
    Page *mapped;             /* list of mappings */
    Page **limbo;             /* pages with PAGE_LIMBO */
    uint32_t limbo_count, limbo_capacity;
    /* The log of generation 1, as the one above. */
    Object **middle, **middle_top, **middle_end;
    uint64_t free_pages;      /* in segments */
    uint64_t dirty_pages;     /* ... of which had been used since they were last given back */
    uint64_t mapped_bytes;
    struct Fault *fault;      /* testing: which allocations fail; NULL: none */
    bool guarded;             /* config: pages have PAGE_GUARDED */
    bool slow;                /* every allocation goes through the slow path: hook, fault or guarded */
    HeapHook hook;
#ifdef HEAP_ASAN
    void *quarantine[HEAP_QUARANTINE]; /* freed blocks wait here, so that a use after free is found */
    uint32_t quarantine_at;
#endif
};

static inline Page *page_of(const void *block) { return (Page *)((uintptr_t)block & ~(uintptr_t)(PAGE_BYTES - 1)); }
static inline uint32_t page_index(const Page *p, const void *object) {
    uint32_t offset = (uint32_t)((uintptr_t)object & (PAGE_BYTES - 1)) - p->first;
    return (uint32_t)((uint64_t)offset * p->reciprocal >> 32);
}
/* The collector's byte of an object. */
static inline uint8_t *gc_mark_of(const void *object) {
    Page *p = page_of(object);
    return &p->map[page_index(p, object)];
}

/* A MemoryError to raise, owned; VNULL while none has been made yet. The next safe point makes another one. */
Value memory_error_take(Thread *t);
void *heap_take_slow(Thread *t, enum PageKind kind, size_t size) MUST_USE;
void heap_give_slow(Thread *t, void *block);
void heap_page_empty(Thread *t, Page *page);
void heap_log_full(Thread *t);

/* A cell for `size` bytes; in PAGE_FRONT `size` does not count the word in front, and the object's address is answered. */
static inline MUST_USE void *heap_take(Thread *t, enum PageKind kind, size_t size) {
#if !defined(HEAP_ASAN) && !defined(KRAIT_STRESS_GC)
    size_t bytes = size + (kind == PAGE_FRONT ? 8 : 0);
    if (LIKELY(bytes <= HEAP_SMALL_MAX)) {
        Page *p = t->heap->current[kind][(bytes + HEAP_ALIGN - 1) / HEAP_ALIGN];
        FreeCell *cell = p->free;
        if (LIKELY(cell != NULL)) {
            p->free = cell->next;
            p->used++;
            return cell;
        }
    }
#endif
    return heap_take_slow(t, kind, size);
}

static inline void heap_give(Thread *t, void *block) {
    Page *p = page_of(block);
#ifndef HEAP_ASAN
    if (LIKELY(!(p->flags & PAGE_SLOW_FREE))) {
        FreeCell *cell = block;
        cell->head = (Object){0, T_INVALID};
        cell->next = p->free;
        p->free = cell;
        if (UNLIKELY(--p->used == 0)) heap_page_empty(t, p);
        return;
    }
#endif
    (void)p;
    heap_give_slow(t, block);
}

/* Memory for an object of `size` bytes with its head set (one reference, the shape); the rest is
 * not initialised.  NULL: t->pending is a MemoryError.  object_new_sized
 * (object/instance.h) is for instances of any type. */
static inline MUST_USE void *heap_object(Thread *t, uint32_t shape, size_t size) {
    Object *o = heap_take(t, PAGE_OBJECTS, size);
    if (LIKELY(o != NULL)) *o = (Object){1, shape};
    return o;
}
/* The same with the ext word in front (see core/shape.h): an 8-byte word precedes the object, NULL. */
static inline MUST_USE void *heap_object_front(Thread *t, uint32_t shape, size_t size) {
    Object *o = heap_take(t, PAGE_FRONT, size);
    if (LIKELY(o != NULL)) {
        *o = (Object){1, shape};
        ((void **)o)[-1] = NULL;
    }
    return o;
}
/* Gives the memory of a dead object back: last step of object_dealloc. */
static inline void heap_object_free(Thread *t, Object *o) {
    Page *p = page_of(o);
    if (p->flags & PAGE_MARKED) p->map[page_index(p, o)] = 0;
    heap_give(t, o);
}
/* Changes the size of an untracked object that nobody else knows (str and bytes builders). NULL: the old one stays. */
void *heap_object_resize(Thread *t, void *object, size_t size) MUST_USE;

/* Raw blocks. heap_alloc(t, 0) gives a block. */
static inline MUST_USE void *heap_alloc(Thread *t, size_t size) { return heap_take(t, PAGE_RAW, size + (size == 0)); }
void *heap_alloc_zeroed(Thread *t, size_t size) MUST_USE;
void *heap_realloc(Thread *t, void *block, size_t size) MUST_USE; /* NULL: the old block stays */
static inline void heap_free(Thread *t, void *block) {            /* NULL is nothing */
    if (block) heap_give(t, block);
}
/* Usable bytes of a block or object. */
size_t heap_size(const void *block);

/* Tracking for the collector (object/gc.c).  gc_track: the object is fully initialised and may be walked. */
static inline void gc_track(Thread *t, void *object) {
    Page *p = page_of(object);
    Heap *h = t->heap;
    uint8_t *mark = &p->map[page_index(p, object)];
    *mark = (*mark & GC_FINALIZED) | GC_TRACKED;
    p->flags |= PAGE_MARKED;
    h->young_count++;
    *h->log_top++ = object;
    if (UNLIKELY(h->log_top == h->log_limit)) heap_log_full(t);
}
static inline void gc_untrack(Thread *t, void *object) {
    Heap *h = t->heap;
    uint8_t *mark = gc_mark_of(object);
    h->young_count -= *mark & GC_TRACKED;
    *mark &= GC_FINALIZED;
    h->log_top -= h->log_top[-1] == object;
}
static inline bool gc_is_tracked(Thread *t, Object *object) {
    (void)t;
    return *gc_mark_of(object) & GC_TRACKED;
}

/* For the collector.  Drops what is stale from both logs and lets empty pages go; answers the number of young objects. */
uint32_t heap_log_clean(Heap *heap);
/* Young objects from now on: none (what the log held has been given other generations). */
void heap_log_reset(Heap *heap);
void heap_set_threshold(Heap *heap, uint32_t threshold);
/* Adds an object to the log of generation 1; false: no memory, the caller makes it old. */
bool heap_middle_add(Heap *heap, Object *o);
/* Walks the pages that hold, or held, marked objects.  Nothing may be allocated or freed meanwhile. */
typedef struct HeapCursor {
    Heap *heap;
    uint32_t segment;
    uint64_t heads; /* of that segment, yet to come */
    Page *mapped;
} HeapCursor;
HeapCursor heap_cursor(Heap *heap);
Page *heap_next_page(HeapCursor *cursor); /* NULL: the end */
static inline uint32_t page_cells(const Page *p) { return p->flags & PAGE_BIG ? 1 : (p->fresh - p->first) / p->cell; }
static inline Object *page_object(Page *p, uint32_t index) { return (Object *)((char *)p + p->first + (size_t)index * p->cell); }
/* The next index from i on whose mark has TRACKED; the number of cells when there is none. */
static inline uint32_t page_next_tracked(const Page *p, uint32_t i, uint32_t cells) {
    while (i < cells) {
        if (!(i & 7)) {
            uint64_t eight;
            memcpy(&eight, p->map + i, 8);
            if (!(eight & UINT64_C(0x0101010101010101))) {
                i += 8;
                continue;
            }
        }
        if (p->map[i] & GC_TRACKED) return i;
        i++;
    }
    return cells;
}
/* Gives memory of free pages back to the system. */
void heap_trim(Heap *heap);
void heap_stats(Heap *heap, HeapStats *stats);
/* The same as a table for people. */
void heap_print_stats(Heap *heap, FILE *out);
/* How many objects and blocks there are (sys.getallocatedblocks). */
uint64_t heap_live_blocks(Thread *t);
/* Starts (hook) or ends (NULL) the reports of allocations. */
void heap_set_hook(Heap *heap, const HeapHook *hook);
/* For tests: from now on allocations fail as it says; NULL: none. */
void heap_set_fault(Heap *heap, struct Fault *fault);
/* Scratch memory beside the heap: reserved address space that costs what is touched. NULL: none. */
void *heap_scratch(size_t bytes) MUST_USE;
void heap_scratch_free(void *scratch, size_t bytes);

/* Set up and tear down the heap of an interpreter. NULL: out of memory. */
Heap *heap_create(Interp *interp) MUST_USE;
void heap_destroy(Heap *heap);

#endif
