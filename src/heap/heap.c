/* Pages, segments and size classes.
 *
 * Owns: all memory of objects and raw blocks of an interpreter, and the two logs of young objects.  Does not
 * know what an object is made of.
 *
 * Invariants
 *   - A page with no free cell has PAGE_FULL and is in no list, or it is its class's active page.
 *     Every other page of cells is in the list `partial` of its class.
 *   - `current` equals `active`, or `no_page` everywhere while `slow` is set.
 *   - A page named by an entry of a log is not given back before heap_log_clean: an entry may be stale, its page's header is not.
 *     Big blocks are taken out of the logs when they are freed.
 *   - Tables of the heap itself (segments, logs) come from libc: they are no object's memory.
 */
#include "heap/heap_priv.h"

#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/fault.h"
#include "core/config.h"
#include "heap/guard.h"

#ifdef HEAP_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>
#define POISON(p, n) __asan_poison_memory_region((p), (n))
#define UNPOISON(p, n) __asan_unpoison_memory_region((p), (n))
#else
#define POISON(p, n) ((void)0)
#define UNPOISON(p, n) ((void)0)
#endif

enum {
    PAGE_HEAD = (sizeof(Page) + 7) & ~7,
    BIG_FIRST = (PAGE_HEAD + 8 + HEAP_ALIGN - 1) & ~(HEAP_ALIGN - 1), /* offset of a big block */
    RUN_PAGES_MAX = SEGMENT_PAGES / 2,
    BATCH_BYTES = 1024,      /* of cells that were never used, linked at once */
    TRIM_PAGES = 512,        /* dirty free pages that we keep in any case */
    LOG_START = 4096,
    LOG_MAX = 1 << 18,       /* more young objects than that are called old, collections being off */
    LIMBO_MAX = 64,          /* pages that may wait for the logs to be cleaned */
    OS_PAGE = 4096,
};
#define BLOCK_MAX ((size_t)1 << 46)
_Static_assert(offsetof(Page, map) % 8 == 0, "maps are read eight bytes at a time");

struct Segment {
    char *base;     /* NULL: this row is free */
    uint64_t free;  /* bit n: page n is free */
    uint64_t dirty; /* ... and was used before */
    uint64_t heads; /* bit n: a page or run in use begins at page n */
};

/* Sizes beyond HEAP_SMALL_MAX, chosen so that 16 KB divide well. */
static const uint16_t large_classes[] = {640, 768, 896, 1024, 1280, 1536, 1792, 2016, 2304, 2688, 3232, 4032, 5376, 8064};
enum { LARGE_MAX = 8064, FIRST_LARGE = HEAP_SMALL_MAX / HEAP_ALIGN + 1 };
_Static_assert(FIRST_LARGE + COUNT_OF(large_classes) == HEAP_CLASSES, "every class has a row");

static uint32_t class_bytes(unsigned size_class) {
    return size_class < FIRST_LARGE ? size_class * HEAP_ALIGN : large_classes[size_class - FIRST_LARGE];
}

static unsigned class_of(size_t bytes) {
    if (bytes <= HEAP_SMALL_MAX) return (unsigned)((bytes + HEAP_ALIGN - 1) / HEAP_ALIGN);
    unsigned i = 0;
    while (large_classes[i] < bytes) i++;
    return FIRST_LARGE + i;
}

/* --- Memory from the system -------------------------------------------------------------------- */

/* Without MAP_NORESERVE: the system refuses at once what the machine does not have, instead of ending the process when it is used. */
static void *map_once(size_t bytes) {
    return mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* When there is no memory, libc may have some that it does not use. */
static void *map(size_t bytes) {
    void *p = map_once(bytes);
    return p == MAP_FAILED && malloc_trim(0) ? map_once(bytes) : p;
}

/* `bytes` at a multiple of `alignment`, both multiples of OS_PAGE. */
static char *map_aligned(size_t bytes, size_t alignment) {
    char *p = map(bytes);
    if (p == MAP_FAILED) return NULL;
    if (((uintptr_t)p & (alignment - 1)) == 0) return p;
    munmap(p, bytes);
    size_t wide = bytes + alignment - OS_PAGE;
    p = map(wide);
    if (p == MAP_FAILED) return NULL;
    char *start = (char *)(((uintptr_t)p + alignment - 1) & ~(alignment - 1));
    if (start > p) munmap(p, (size_t)(start - p));
    size_t behind = (size_t)(p + wide - (start + bytes));
    if (behind) munmap(start + bytes, behind);
    return start;
}

void *heap_scratch(size_t bytes) {
    void *p = map(bytes + !bytes);
    if (p == MAP_FAILED) return NULL;
    UNPOISON(p, bytes); /* a fiber's stack may have been here */
    return p;
}

void heap_scratch_free(void *scratch, size_t bytes) {
    if (scratch) munmap(scratch, bytes + !bytes);
}

Value memory_error_take(Thread *t) {
    Interp *interp = t->interp;
    breaker_set(t, BREAK_GC);
    if (interp->memory_error_count > 1) return interp->memory_errors[--interp->memory_error_count];
    Value e = interp->memory_errors[0];
    incref_maybe(e);
    return e;
}

static void *no_memory(Thread *t) {
    if (is_null(t->pending)) t->pending = memory_error_take(t);
    return NULL;
}

/* --- Segments ---------------------------------------------------------------------------------- */

static Segment *segment_new(Heap *h) {
    uint32_t i = 0;
    while (i < h->segment_count && h->segments[i].base) i++;
    if (i == h->segment_capacity) {
        uint32_t capacity = i ? 2 * i : 16;
        Segment *table = realloc(h->segments, capacity * sizeof *table);
        if (!table) return NULL;
        h->segments = table;
        h->segment_capacity = capacity;
    }
    char *base = map_aligned(SEGMENT_BYTES, SEGMENT_BYTES);
    if (!base) return NULL;
#ifdef HEAP_ASAN
    __lsan_register_root_region(base, SEGMENT_BYTES);
#endif
    h->segments[i] = (Segment){base, ~UINT64_C(0), 0, 0};
    if (i == h->segment_count) h->segment_count++;
    if (i < h->segment_hint) h->segment_hint = i;
    h->free_pages += SEGMENT_PAGES;
    h->mapped_bytes += SEGMENT_BYTES;
    return &h->segments[i];
}

static void segment_unmap(Heap *h, Segment *s) {
#ifdef HEAP_ASAN
    UNPOISON(s->base, SEGMENT_BYTES);
    __lsan_unregister_root_region(s->base, SEGMENT_BYTES);
#endif
    munmap(s->base, SEGMENT_BYTES);
    h->free_pages -= (uint64_t)__builtin_popcountll(s->free);
    h->dirty_pages -= (uint64_t)__builtin_popcountll(s->dirty);
    h->mapped_bytes -= SEGMENT_BYTES;
    *s = (Segment){0};
}

/* Where n free pages in a row begin; -1: nowhere. */
static int segment_find(uint64_t free, unsigned n) {
    for (unsigned have = 1; have < n && free;) {
        unsigned step = have < n - have ? have : n - have;
        free &= free >> step;
        have += step;
    }
    return free ? __builtin_ctzll(free) : -1;
}

static uint64_t page_bits(unsigned at, unsigned n) { return (n == 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1) << at; }

/* A run of n pages; its header's `segment`, `bytes`, lists and map are set, the rest is the caller's. */
static Page *run_take(Heap *h, unsigned n) {
    Segment *s = NULL;
    int at = -1;
    bool skipped = false;
    for (uint32_t i = h->segment_hint; i < h->segment_count; i++) {
        if (!h->segments[i].free) {
            if (!skipped) h->segment_hint = i + 1;
            continue;
        }
        skipped = true;
        at = segment_find(h->segments[i].free, n);
        if (at >= 0) {
            s = &h->segments[i];
            break;
        }
    }
    if (!s) {
        s = segment_new(h);
        if (!s) return NULL;
        at = 0;
    }
    uint64_t bits = page_bits((unsigned)at, n);
    h->free_pages -= n;
    h->dirty_pages -= (uint64_t)__builtin_popcountll(s->dirty & bits);
    s->free &= ~bits;
    s->dirty &= ~bits;
    s->heads |= UINT64_C(1) << at;
    Page *p = (Page *)(s->base + (size_t)at * PAGE_BYTES);
    UNPOISON(p, (size_t)n * PAGE_BYTES);
    memset(p, 0, sizeof *p + 8);
    p->segment = (uint32_t)(s - h->segments);
    p->bytes = (uint64_t)n * PAGE_BYTES;
    return p;
}

static void run_give(Heap *h, Page *p) {
    Segment *s = &h->segments[p->segment];
    unsigned n = (unsigned)(p->bytes / PAGE_BYTES), at = (unsigned)(((char *)p - s->base) / PAGE_BYTES);
    uint64_t bits = page_bits(at, n);
    s->free |= bits;
    s->dirty |= bits;
    s->heads &= ~(UINT64_C(1) << at);
    h->free_pages += n;
    h->dirty_pages += n;
    if (p->segment < h->segment_hint) h->segment_hint = p->segment;
    POISON(p, (size_t)n * PAGE_BYTES);
    if (s->free == ~UINT64_C(0) && h->free_pages >= 2 * SEGMENT_PAGES) segment_unmap(h, s);
    else if (h->dirty_pages > TRIM_PAGES && h->dirty_pages > h->mapped_bytes / PAGE_BYTES / 4) heap_trim(h);
}

void heap_trim(Heap *h) {
    for (uint32_t i = 0; i < h->segment_count; i++) {
        Segment *s = &h->segments[i];
        while (s->dirty) {
            unsigned at = (unsigned)__builtin_ctzll(s->dirty);
            uint64_t rest = ~(s->dirty >> at);
            unsigned n = rest ? (unsigned)__builtin_ctzll(rest) : 64;
            if (n > 64 - at) n = 64 - at;
            madvise(s->base + (size_t)at * PAGE_BYTES, (size_t)n * PAGE_BYTES, MADV_DONTNEED);
            s->dirty &= ~page_bits(at, n);
        }
    }
    h->dirty_pages = 0;
}

/* --- Pages of cells ---------------------------------------------------------------------------- */

static void list_push(Page **list, Page *p) {
    p->previous = NULL;
    p->next = *list;
    if (*list) (*list)->previous = p;
    *list = p;
}

static void list_remove(Page **list, Page *p) {
    if (p->previous) p->previous->next = p->next;
    else *list = p->next;
    if (p->next) p->next->previous = p->previous;
    p->next = p->previous = NULL;
}

static uint8_t slow_free_flags(const Heap *h) {
    return (uint8_t)((h->hook.freed ? PAGE_HOOKED : 0) | (h->guarded ? PAGE_GUARDED : 0));
}

static Page *page_new(Heap *h, enum PageKind kind, unsigned size_class) {
    Page *p = run_take(h, 1);
    if (!p) return NULL;
    uint32_t cell = class_bytes(size_class), cells = (PAGE_BYTES - PAGE_HEAD) / cell, map, start;
    for (;; cells--) {
        map = kind == PAGE_RAW ? 0 : (cells + 7) & ~7u;
        start = (PAGE_HEAD + map + HEAP_ALIGN - 1) & ~(uint32_t)(HEAP_ALIGN - 1);
        if (start + cells * cell <= PAGE_BYTES) break;
    }
    memset(p->map, 0, map);
    p->kind = (uint8_t)kind;
    p->size_class = (uint8_t)size_class;
    p->flags = slow_free_flags(h);
    p->front = kind == PAGE_FRONT ? 8 : 0;
    p->cell = cell;
    p->reciprocal = (uint32_t)(((UINT64_C(1) << 32) + cell - 1) / cell);
    p->first = p->fresh = start + p->front;
    p->end = p->first + cells * cell;
    POISON((char *)p + start, PAGE_BYTES - start);
    if (h->guarded) guard_fill_dead((char *)p + start, (char *)p + PAGE_BYTES);
    return p;
}

static void set_active(Heap *h, Page *p, unsigned kind, unsigned size_class) {
    h->active[kind][size_class] = p;
    h->current[kind][size_class] = h->slow ? &h->no_page : p;
}

/* A page that is empty, and not active, goes back to its segment; at once, or after the logs were cleaned. */
static void page_release(Heap *h, Page *p) {
    if (p->flags & PAGE_LIMBO) return;
    if (p->flags & PAGE_MARKED && (h->log_top > h->log || h->middle_top > h->middle)) {
        if (h->limbo_count == h->limbo_capacity) {
            uint32_t capacity = h->limbo_capacity ? 2 * h->limbo_capacity : 64;
            Page **limbo = realloc(h->limbo, capacity * sizeof *limbo);
            if (!limbo) return; /* it stays in use, empty */
            h->limbo = limbo;
            h->limbo_capacity = capacity;
        }
        p->flags |= PAGE_LIMBO;
        h->limbo[h->limbo_count++] = p;
        return;
    }
    list_remove(&h->partial[p->kind][p->size_class], p);
    run_give(h, p);
}

void heap_page_empty(Thread *t, Page *p) {
    Heap *h = t->heap;
    if (p != h->active[p->kind][p->size_class]) page_release(h, p);
}

/* Links a batch of cells that were never used; answers the first, for use. */
static FreeCell *page_freshen(Page *p) {
    if (p->fresh >= p->end) return NULL;
#ifdef HEAP_ASAN
    uint32_t n = 1;
#else
    uint32_t n = BATCH_BYTES / p->cell + 1;
#endif
    uint32_t left = (p->end - p->fresh) / p->cell;
    if (n > left) n = left;
    FreeCell *first = (FreeCell *)((char *)p + p->fresh), *cell = first;
    p->fresh += n * p->cell;
    UNPOISON((char *)first - p->front, p->cell);
    first->head = (Object){0, T_INVALID};
    for (; n > 1; n--) {
        FreeCell *next = (FreeCell *)((char *)cell + p->cell);
        next->head = (Object){0, T_INVALID};
        cell->next = next;
        cell = next;
    }
    cell->next = NULL;
    p->free = NULL;
    return first;
}

static void *page_pop(Page *p) {
    FreeCell *cell = p->free;
    if (cell) {
        UNPOISON((char *)cell - p->front, p->cell);
    } else {
        cell = page_freshen(p);
        if (!cell) return NULL;
    }
    p->free = cell->next;
    p->used++;
    return cell;
}

static void *cell_take(Heap *h, enum PageKind kind, unsigned size_class) {
    Page *p = h->active[kind][size_class];
    for (;;) {
        if (p != &h->no_page) {
            void *cell = page_pop(p);
            if (cell) return cell;
            p->flags |= PAGE_FULL;
        }
        p = h->partial[kind][size_class];
        if (p) {
            list_remove(&h->partial[kind][size_class], p);
        } else {
            p = page_new(h, kind, size_class);
            if (!p) {
                set_active(h, &h->no_page, kind, size_class);
                return NULL;
            }
        }
        set_active(h, p, kind, size_class);
    }
}

static void cell_give(Heap *h, Page *p, void *block) {
    FreeCell *cell = block;
    UNPOISON(cell, sizeof *cell);
    cell->head = (Object){0, T_INVALID};
    cell->next = p->free;
    p->free = cell;
    POISON((char *)cell - p->front, p->cell);
    p->used--;
    if (p == h->active[p->kind][p->size_class]) {
        p->flags &= (uint8_t)~PAGE_FULL;
        return;
    }
    if (p->flags & PAGE_FULL) {
        p->flags &= (uint8_t)~PAGE_FULL;
        list_push(&h->partial[p->kind][p->size_class], p);
    }
    if (p->used == 0) page_release(h, p);
}

/* --- Big blocks -------------------------------------------------------------------------------- */

static void big_arrange(Heap *h, Page *p, enum PageKind kind, uint8_t flags) {
    p->kind = (uint8_t)kind;
    p->flags = PAGE_BIG | PAGE_FULL | flags | slow_free_flags(h);
    p->front = kind == PAGE_FRONT ? 8 : 0;
    p->used = 1;
    p->first = (uint32_t)BIG_FIRST + p->front;
    p->map[0] = 0;
}

static void *big_take(Heap *h, enum PageKind kind, size_t bytes) {
    size_t total = bytes + BIG_FIRST;
    Page *p;
    if (total <= (size_t)RUN_PAGES_MAX * PAGE_BYTES) {
        p = run_take(h, (unsigned)((total + PAGE_BYTES - 1) / PAGE_BYTES));
        if (!p) return NULL;
        big_arrange(h, p, kind, 0);
    } else {
        total = (total + OS_PAGE - 1) & ~(size_t)(OS_PAGE - 1);
        p = (Page *)map_aligned(total, PAGE_BYTES);
        if (!p) return NULL;
        p->bytes = total;
        big_arrange(h, p, kind, PAGE_MAPPED);
        list_push(&h->mapped, p);
        h->mapped_bytes += total;
#ifdef HEAP_ASAN
        __lsan_register_root_region(p, total);
#endif
    }
    return (char *)p + p->first;
}

static void log_forget(Object **from, Object **to, void *object) {
    for (; from < to; from++) {
        if (*from == object) *from = NULL;
    }
}

static void big_give(Heap *h, Page *p, void *block) {
    if (p->flags & PAGE_MARKED) {
        log_forget(h->log, h->log_top, block);
        log_forget(h->middle, h->middle_top, block);
    }
    if (!(p->flags & PAGE_MAPPED)) {
        run_give(h, p);
        return;
    }
    list_remove(&h->mapped, p);
    h->mapped_bytes -= p->bytes;
#ifdef HEAP_ASAN
    UNPOISON(p, p->bytes);
    __lsan_unregister_root_region(p, p->bytes);
#endif
    munmap(p, p->bytes);
}

/* Gives a mapping another size, moving it if it must. */
static Page *mapped_resize(Heap *h, Page *p, size_t bytes) {
    size_t total = (bytes + BIG_FIRST + OS_PAGE - 1) & ~(size_t)(OS_PAGE - 1), old = p->bytes;
    if (total == old) return p;
    UNPOISON(p, old);
#ifdef HEAP_ASAN
    __lsan_unregister_root_region(p, old);
#endif
    Page *now = p;
    if (mremap(p, old, total, 0) == MAP_FAILED) {
        char *place = map_aligned(total, PAGE_BYTES);
        now = place ? mremap(p, old, total, MREMAP_MAYMOVE | MREMAP_FIXED, place) : MAP_FAILED;
        if (now == MAP_FAILED) {
            if (place) munmap(place, total);
            now = NULL;
        }
    }
    Page *kept = now ? now : p;
    if (now) {
        now->bytes = total;
        h->mapped_bytes += total - old;
        if (now->previous) now->previous->next = now;
        else h->mapped = now;
        if (now->next) now->next->previous = now;
    }
#ifdef HEAP_ASAN
    __lsan_register_root_region(kept, kept->bytes);
#endif
    (void)kept;
    return now;
}

/* --- Allocation -------------------------------------------------------------------------------- */

static void fast_path_set(Heap *h) {
    h->slow = h->fault || h->hook.allocated || h->guarded;
    for (unsigned k = 0; k < PAGE_KINDS; k++) {
        for (unsigned c = 0; c < HEAP_CLASSES; c++) h->current[k][c] = h->slow ? &h->no_page : h->active[k][c];
    }
}

/* Where the memory of a block's cell ends. */
static char *block_end(const Page *p, const void *block) {
    return p->flags & PAGE_BIG ? (char *)p + p->bytes : (char *)block - p->front + p->cell;
}

static COLD void guard_new(void *block, size_t size) {
    Page *p = page_of(block);
    char *end = block_end(p, block);
    if (!(p->flags & PAGE_BIG)) guard_check_dead((char *)block + sizeof(FreeCell), end);
    if (!(p->flags & PAGE_MAPPED)) guard_fill_new(block, size); /* a mapping comes zeroed, and some count on that */
    guard_set(block, size, end);
}

static COLD void guard_dead(void *block) {
    Page *p = page_of(block);
    char *end = block_end(p, block);
    guard_check(block, end);
    if (!(p->flags & PAGE_BIG)) guard_fill_dead((char *)block + sizeof(FreeCell), end);
}

void *heap_take_slow(Thread *t, enum PageKind kind, size_t size) {
    Heap *h = t->heap;
#ifdef KRAIT_STRESS_GC
    if (kind != PAGE_RAW) breaker_set(t, BREAK_GC);
#endif
    if (UNLIKELY(size > BLOCK_MAX)) return no_memory(t);
    if (UNLIKELY(h->fault != NULL) && fault_now(h->fault)) return no_memory(t);
    size_t bytes = size + (kind == PAGE_FRONT ? 8 : 0) + (UNLIKELY(h->guarded) ? GUARD_BYTES : 0);
    void *block = bytes <= LARGE_MAX ? cell_take(h, kind, class_of(bytes)) : big_take(h, kind, bytes);
    if (UNLIKELY(!block)) return no_memory(t);
#ifdef HEAP_ASAN
    Page *p = page_of(block);
    if (!(p->flags & PAGE_BIG)) {
        POISON((char *)block + ((size + 7) & ~(size_t)7), p->cell - p->front - ((size + 7) & ~(size_t)7));
        memset(block, 0xCB, size); /* what is not initialised does not look like anything */
    }
#endif
    if (UNLIKELY(h->guarded)) guard_new(block, size);
    if (UNLIKELY(h->hook.allocated != NULL)) h->hook.allocated(h->hook.context, block, size);
    return block;
}

static void block_give(Heap *h, void *block) {
    Page *p = page_of(block);
    if (p->flags & PAGE_BIG) big_give(h, p, block);
    else cell_give(h, p, block);
}

void heap_give_slow(Thread *t, void *block) {
    Heap *h = t->heap;
    Page *p = page_of(block);
    if (UNLIKELY(p->flags & PAGE_GUARDED)) guard_dead(block);
    if (UNLIKELY(p->flags & PAGE_HOOKED) && h->hook.freed) h->hook.freed(h->hook.context, block);
#ifdef HEAP_ASAN
    if (!(p->flags & PAGE_BIG)) {
        UNPOISON(block, sizeof(Object));
        *(Object *)block = (Object){0, T_INVALID};
        POISON((char *)block - p->front, p->cell);
        void **place = &h->quarantine[h->quarantine_at++ % HEAP_QUARANTINE], *old = *place;
        *place = block;
        if (!old) return;
        block = old;
    }
#endif
    block_give(h, block);
}

size_t heap_size(const void *block) {
    Page *p = page_of(block);
    if (UNLIKELY(p->flags & PAGE_GUARDED)) return guard_size(block_end(p, block));
    if (p->flags & PAGE_BIG) return p->bytes - p->first;
    UNPOISON(block, p->cell - p->front);
    return p->cell - p->front;
}

void *heap_alloc_zeroed(Thread *t, size_t size) {
    void *block = heap_alloc(t, size);
    /* A mapping of its own comes zeroed from the system. */
    if (LIKELY(block != NULL) && !(page_of(block)->flags & PAGE_MAPPED)) memset(block, 0, size);
    return block;
}

/* A block in another size; NULL: none, and the old one stays. */
static void *block_resize(Thread *t, void *block, size_t size) {
    Heap *h = t->heap;
    Page *p = page_of(block);
    enum PageKind kind = p->kind;
    if (UNLIKELY(size > BLOCK_MAX)) return no_memory(t);
    if (p->flags & PAGE_MAPPED && size + p->front + BIG_FIRST > (size_t)RUN_PAGES_MAX * PAGE_BYTES) {
        if (UNLIKELY(h->fault != NULL) && fault_now(h->fault)) return no_memory(t);
        if (h->hook.freed) h->hook.freed(h->hook.context, block);
        if (h->guarded) guard_check(block, block_end(p, block));
        p = mapped_resize(h, p, size + p->front + (h->guarded ? GUARD_BYTES : 0));
        void *now = p ? (char *)p + p->first : block;
        if (p && h->guarded) guard_set(now, size, block_end(p, now));
        if (h->hook.allocated) h->hook.allocated(h->hook.context, now, size);
        return p ? now : no_memory(t);
    }
    size_t usable = p->flags & PAGE_GUARDED ? guard_size(block_end(p, block)) : p->flags & PAGE_BIG ? p->bytes - p->first : p->cell - p->front;
    /* In place where it fits and wastes less than half. */
    if (size <= usable && (size + p->front > usable / 2 || usable <= 64) && !h->slow) {
#ifdef HEAP_ASAN
        if (!(p->flags & PAGE_BIG)) {
            UNPOISON(block, size);
            POISON((char *)block + ((size + 7) & ~(size_t)7), usable - ((size + 7) & ~(size_t)7));
        }
#endif
        return block;
    }
    void *now = heap_take(t, kind, size + (size == 0));
    if (UNLIKELY(!now)) return NULL;
    UNPOISON(block, usable);
    memcpy((char *)now - p->front, (char *)block - p->front, (usable < size ? usable : size) + p->front);
    heap_give(t, block);
    return now;
}

void *heap_realloc(Thread *t, void *block, size_t size) {
    return block ? block_resize(t, block, size) : heap_alloc(t, size);
}

void *heap_object_resize(Thread *t, void *object, size_t size) { return block_resize(t, object, size); }

/* --- The logs of young objects ----------------------------------------------------------------- */

static bool is_generation(const Object *o, uint8_t generation) {
    uint8_t mark = *gc_mark_of(o);
    return mark & GC_TRACKED && (mark & GC_GENERATION) == generation && !(mark & GC_SEEN);
}

/* Keeps the last entry of each object that is tracked in `generation`; answers the new end. */
static Object **log_clean(Object **from, Object **to, uint8_t generation) {
    Object **keep = to;
    for (Object **p = to; p > from;) {
        Object *o = *--p;
        if (!o || !is_generation(o, generation)) continue;
        *gc_mark_of(o) |= GC_SEEN;
        *--keep = o;
    }
    size_t n = (size_t)(to - keep);
    if (n) memmove(from, keep, n * sizeof *from);
    for (size_t i = 0; i < n; i++) *gc_mark_of(from[i]) &= (uint8_t)~GC_SEEN;
    return from + n;
}

/* No log names a page that is empty: the pages may go. */
static void limbo_leave(Heap *h) {
    uint32_t n = h->limbo_count;
    h->limbo_count = 0;
    for (uint32_t i = 0; i < n; i++) {
        Page *p = h->limbo[i];
        p->flags &= (uint8_t)~PAGE_LIMBO;
        if (p->used || p == h->active[p->kind][p->size_class] || p->flags & PAGE_FULL) continue;
        list_remove(&h->partial[p->kind][p->size_class], p);
        run_give(h, p);
    }
}

/* Sets where the log counts as full: where it has no room, or where there may be too many young objects. There is room for one. */
static void log_limit_set(Heap *h) {
    int64_t room = h->log_end - h->log_top, threshold = h->young_threshold;
    if (threshold) {
        int64_t more = threshold - h->young_count + 1, least = threshold / 8 + 1; /* it may take a while to the next safe point */
        if (more < least) more = least;
        if (more < room) room = more;
    }
    h->log_limit = h->log_top + room;
}

/* n live entries are in the log: so many more should find room, or it would be cleaned again and again. */
static void log_arrange(Heap *h, uint32_t n) {
    size_t wanted = n + (n > LOG_START / 2 ? (size_t)n : LOG_START / 2);
    if (wanted > LOG_MAX) wanted = LOG_MAX;
    if (wanted > (size_t)(h->log_end - h->log)) {
        Object **log = realloc(h->log - 1, (1 + wanted) * sizeof *log);
        if (log) {
            h->log = log + 1;
            h->log_end = h->log + wanted;
        }
    }
    if (n == (size_t)(h->log_end - h->log) || n >= LOG_MAX - LOG_START) { /* no room: half of it is called old */
        uint32_t half = n / 2;
        for (uint32_t i = 0; i < half; i++) *gc_mark_of(h->log[i]) |= GC_OLD_2;
        memmove(h->log, h->log + half, (n - half) * sizeof *h->log);
        n -= half;
    }
    h->log_top = h->log + n;
    log_limit_set(h);
}

uint32_t heap_log_clean(Heap *h) {
    h->log_top = log_clean(h->log, h->log_top, 0);
    if (h->limbo_count) {
        h->middle_top = log_clean(h->middle, h->middle_top, GC_OLD_1);
        limbo_leave(h);
    }
    uint32_t n = (uint32_t)(h->log_top - h->log);
    log_arrange(h, n);
    return n;
}

void heap_log_full(Thread *t) {
    Heap *h = t->heap;
    if (h->young_count < 0) h->young_count = 0; /* many old ones died: that does not make room for as many */
    if (h->log_top == h->log_end || h->limbo_count >= LIMBO_MAX) heap_log_clean(h);
    else log_limit_set(h);
    if (h->young_threshold && h->young_count > h->young_threshold) breaker_set(t, BREAK_GC);
}

void heap_log_reset(Heap *h) {
    h->log_top = h->log;
    h->young_count = 0;
    if (h->limbo_count) {
        h->middle_top = log_clean(h->middle, h->middle_top, GC_OLD_1);
        limbo_leave(h);
    }
    log_arrange(h, 0);
}

void heap_set_threshold(Heap *h, uint32_t threshold) {
    h->young_threshold = threshold;
    heap_log_clean(h);
}

bool heap_middle_add(Heap *h, Object *o) {
    if (h->middle_top == h->middle_end) {
        size_t n = (size_t)(h->middle_top - h->middle), capacity = n ? 2 * n : LOG_START;
        if (capacity > LOG_MAX * 8) return false;
        Object **middle = realloc(h->middle, capacity * sizeof *middle);
        if (!middle) return false;
        h->middle = middle;
        h->middle_top = middle + n;
        h->middle_end = middle + capacity;
    }
    *h->middle_top++ = o;
    return true;
}

/* --- Walking ----------------------------------------------------------------------------------- */

HeapCursor heap_cursor(Heap *h) {
    return (HeapCursor){h, 0, h->segment_count && h->segments[0].base ? h->segments[0].heads : 0, h->mapped};
}

Page *heap_next_used_page(HeapCursor *c) {
    while (c->segment < c->heap->segment_count) {
        if (c->heads) {
            unsigned at = (unsigned)__builtin_ctzll(c->heads);
            c->heads &= c->heads - 1;
            return (Page *)(c->heap->segments[c->segment].base + (size_t)at * PAGE_BYTES);
        }
        if (++c->segment < c->heap->segment_count) c->heads = c->heap->segments[c->segment].heads;
    }
    Page *p = c->mapped;
    if (p) c->mapped = p->next;
    return p;
}

Page *heap_next_page(HeapCursor *c) {
    Page *p;
    while ((p = heap_next_used_page(c))) {
        if (p->flags & PAGE_MARKED) return p;
    }
    return NULL;
}

void heap_set_hook(Heap *h, const HeapHook *hook) {
    h->hook = hook ? *hook : (HeapHook){0};
    HeapCursor c = heap_cursor(h);
    Page *p;
    while ((p = heap_next_used_page(&c))) {
        if (h->hook.freed) p->flags |= PAGE_HOOKED;
        else p->flags &= (uint8_t)~PAGE_HOOKED;
    }
    fast_path_set(h);
}

void heap_set_fault(Heap *h, Fault *fault) {
    h->fault = fault;
    fast_path_set(h);
}

void heap_stats(Heap *h, HeapStats *s) {
    memset(s, 0, sizeof *s);
    s->mapped = h->mapped_bytes;
    s->pages_free = h->free_pages;
    for (uint32_t i = 0; i < h->segment_count; i++) s->segments += h->segments[i].base != NULL;
    for (unsigned k = 0; k < PAGE_KINDS; k++) {
        for (unsigned c = 0; c < HEAP_CLASSES; c++) s->classes[k][c].cell = class_bytes(c);
    }
    HeapCursor cursor = heap_cursor(h);
    Page *p;
    while ((p = heap_next_used_page(&cursor))) {
        if (!(p->flags & PAGE_MAPPED)) s->pages_used += p->bytes / PAGE_BYTES;
        if (p->flags & PAGE_BIG) {
            s->big_blocks++;
            s->used += p->bytes;
            continue;
        }
        s->used += (uint64_t)p->used * p->cell;
        s->classes[p->kind][p->size_class].pages++;
        s->classes[p->kind][p->size_class].used += p->used;
        s->classes[p->kind][p->size_class].capacity += (p->end - p->first) / p->cell;
    }
}

/* --- Life -------------------------------------------------------------------------------------- */

Heap *heap_create(Interp *interp) {
    Heap *h = calloc(1, sizeof *h);
    if (!h) return NULL;
    h->interp = interp;
    for (unsigned k = 0; k < PAGE_KINDS; k++) {
        for (unsigned c = 0; c < HEAP_CLASSES; c++) h->active[k][c] = h->current[k][c] = &h->no_page;
    }
    Object **log = malloc((1 + LOG_START) * sizeof *log);
    if (!log) {
        free(h);
        return NULL;
    }
    log[0] = NULL;
    h->log = log + 1;
    h->log_end = h->log + LOG_START;
    h->log_top = h->log;
    log_arrange(h, 0);
    const Config *config = interp->runtime->config;
#ifndef HEAP_ASAN
    h->guarded = config && config->check_memory;
    fast_path_set(h);
#endif
    if (config) heap_set_fault(h, config->fail_allocation);
    return h;
}

void heap_destroy(Heap *h) {
    for (uint32_t i = 0; i < h->segment_count; i++) {
        if (h->segments[i].base) segment_unmap(h, &h->segments[i]);
    }
    while (h->mapped) {
        Page *p = h->mapped;
        h->mapped = p->next;
#ifdef HEAP_ASAN
        UNPOISON(p, p->bytes);
        __lsan_unregister_root_region(p, p->bytes);
#endif
        munmap(p, p->bytes);
    }
    free(h->segments);
    free(h->log - 1);
    free(h->middle);
    free(h->limbo);
    free(h);
}
