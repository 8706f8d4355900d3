/* The heap: blocks keep what is written, sizes change, memory goes back, the log keeps order, failures are clean, guards bark. */
#include "heap/heap.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "check.h"
#include "core/runtime.h"

enum { BLOCKS = 4000, ROUNDS = 200000 };

typedef struct Block { unsigned char *p; size_t size; int kind; unsigned char fill; } Block;

static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static size_t random_size(uint32_t *r) {
    switch (next_random(r) % 40) {
        case 0: return 8000 + next_random(r) % 600000;
        case 1: case 2: case 3: return 500 + next_random(r) % 9000;
        default: return 16 + next_random(r) % 200;
    }
}

static void fill(Block *b) { memset(b->p + 8, b->fill, b->size - 8); }
static bool is_filled(const Block *b, size_t n) {
    for (size_t i = 8; i < n; i++) {
        if (b->p[i] != b->fill) return false;
    }
    return true;
}

static void block_make(Thread *t, Block *b, uint32_t *r) {
    b->size = random_size(r);
    b->kind = (int)(next_random(r) % PAGE_KINDS);
    b->fill = (unsigned char)next_random(r);
    b->p = b->kind == PAGE_RAW ? heap_alloc(t, b->size)
           : b->kind == PAGE_FRONT ? heap_object_front(t, SHAPE_tuple, b->size) : heap_object(t, SHAPE_list, b->size);
    CHECK(b->p != NULL && heap_size(b->p) >= b->size);
    if (b->kind == PAGE_FRONT) CHECK(((void **)b->p)[-1] == NULL);
    if (b->kind != PAGE_RAW) CHECK(((Object *)b->p)->refs == 1);
    if (b->kind == PAGE_RAW) memset(b->p, b->fill, 8);
    fill(b);
    if (b->kind != PAGE_RAW && next_random(r) % 2) gc_track(t, b->p);
}

static void block_drop(Thread *t, Block *b) {
    CHECK(is_filled(b, b->size));
    if (b->kind == PAGE_RAW) heap_free(t, b->p);
    else heap_object_free(t, (Object *)b->p);
    b->p = NULL;
}

static void test_blocks(Thread *t) {
    Block *blocks = calloc(BLOCKS, sizeof *blocks);
    uint32_t r = 1;
    for (int i = 0; i < ROUNDS; i++) {
        Block *b = &blocks[next_random(&r) % BLOCKS];
        if (!b->p) {
            block_make(t, b, &r);
        } else if (b->kind == PAGE_RAW && next_random(&r) % 3 == 0) {
            size_t old = b->size, size = random_size(&r);
            b->p = heap_realloc(t, b->p, size);
            CHECK(is_filled(b, old < size ? old : size));
            b->size = size;
            fill(b);
        } else {
            block_drop(t, b);
        }
    }
    for (int i = 0; i < BLOCKS; i++) {
        if (blocks[i].p) block_drop(t, &blocks[i]);
    }
    free(blocks);
    heap_log_clean(t->heap);
    HeapStats stats;
    heap_stats(t->heap, &stats);
    CHECK(stats.big_blocks == 0);
#ifndef HEAP_ASAN
    CHECK(stats.used == 0);
    CHECK(stats.pages_used <= PAGE_KINDS * HEAP_CLASSES); /* the active ones */
    CHECK(stats.segments <= (t->heap->guarded ? 12 : 6));
#endif
}

static void die(Thread *t, Object *o) {
    gc_untrack(t, o);
    heap_object_free(t, o);
}

static void test_log(Thread *t) {
    Heap *h = t->heap;
    enum { N = 1000 };
    Object *objects[N];
    CHECK(heap_log_clean(h) == 0);
    heap_log_reset(h);
    for (int i = 0; i < N; i++) {
        objects[i] = heap_object(t, SHAPE_list, 32);
        gc_track(t, objects[i]);
    }
    for (int i = 0; i < N; i += 2) die(t, objects[i]);
    for (int i = 0; i < N; i += 4) {
        objects[i] = heap_object(t, SHAPE_list, 32);
        gc_track(t, objects[i]);
    }
    CHECK(heap_log_clean(h) == N / 2 + N / 4);
    for (int i = 0; i < N / 2; i++) CHECK(h->log[i] == objects[2 * i + 1]);
    for (int i = 0; i < N / 4; i++) CHECK(h->log[N / 2 + i] == objects[4 * i]);
    HeapCursor c = heap_cursor(h);
    int found = 0;
    for (Page *p; (p = heap_next_page(&c));) {
        uint32_t cells = page_cells(p);
        for (uint32_t i = page_next_tracked(p, 0, cells); i < cells; i = page_next_tracked(p, i + 1, cells)) {
            CHECK(gc_is_tracked(t, page_object(p, i)) && page_object(p, i)->refs == 1);
            found++;
        }
    }
    CHECK(found == N / 2 + N / 4);
    /* Churn neither fills the log nor asks for a collection. */
    heap_set_threshold(h, 2000);
    breaker_clear(t, BREAK_GC);
    for (int i = 0; i < 50000; i++) { /* what dies first leaves a stale entry */
        Object *o = heap_object(t, SHAPE_list, 48), *after = heap_object(t, SHAPE_list, 48);
        gc_track(t, o);
        gc_track(t, after);
        die(t, o);
        die(t, after);
    }
#ifndef KRAIT_STRESS_GC
    CHECK(!(t->breaker & BREAK_GC));
#endif
    Object *kept = NULL;
    for (int i = 0; i < 2000; i++) {
        Object *o = heap_object(t, SHAPE_list, 48);
        memcpy(o + 1, &kept, sizeof kept);
        gc_track(t, kept = o);
    }
    CHECK(t->breaker & BREAK_GC);
    while (kept) {
        Object *next;
        memcpy(&next, kept + 1, sizeof next);
        die(t, kept);
        kept = next;
    }
    for (int i = 0; i < N; i++) {
        if (i % 2 || i % 4 == 0) die(t, objects[i]);
    }
    CHECK(heap_log_clean(h) == 0 && h->young_count == 0);
}

static void test_failure(Thread *t) {
    Fault *fault = fault_new("3", "allocation");
    heap_set_fault(t->heap, fault);
    void *a = heap_alloc(t, 16), *b = heap_object(t, SHAPE_list, 32), *c = heap_alloc(t, 16), *d = heap_alloc(t, 16);
    CHECK(a && b && !c && d);
    CHECK(heap_alloc(t, SIZE_MAX / 2) == NULL);
    heap_set_fault(t->heap, NULL);
    fault_free(fault);
    heap_free(t, a);
    heap_object_free(t, b);
    heap_free(t, d);
}

/* What is written where no block is ends the process: in a child of its own. */
static bool is_fatal(Thread *t, void (*wrong)(Thread *t)) {
    pid_t child = fork();
    if (child == 0) {
        fclose(stderr);
        wrong(t);
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void write_behind(Thread *t) {
    char *block = heap_alloc(t, 100);
    block[100] = 'x';
    heap_free(t, block);
}
static void write_behind_big(Thread *t) {
    char *block = heap_alloc(t, 1000000);
    block[1000001] = 'x';
    heap_free(t, block);
}
static void write_when_dead(Thread *t) {
    char *block = heap_alloc(t, 100);
    heap_free(t, block);
    block[50] = 'x';
    heap_free(t, heap_alloc(t, 100));
}
static void nothing_wrong(Thread *t) {
    char *block = heap_alloc(t, 100);
    block[99] = 'x';
    heap_free(t, block);
    heap_free(t, heap_alloc(t, 100));
}

static void test_guards(Thread *t) {
    CHECK(!is_fatal(t, nothing_wrong));
#ifndef HEAP_ASAN
    CHECK(is_fatal(t, write_behind) && is_fatal(t, write_behind_big) && is_fatal(t, write_when_dead));
#endif
}

static void test_heap(bool guarded) {
    Config config = {.int_max_str_digits = -1, .hash_seed_given = true, .check_memory = guarded};
    Runtime *r = runtime_create(&config);
    Interp *interp = interp_create(r);
    interp->heap = heap_create(interp);
    Thread *t = thread_create(interp);
    thread_attach(t);
    CHECK(thread_current(r) == t && t->fiber->c_stack_limit < (char *)&config);
    if (guarded) test_guards(t);
    test_blocks(t);
    test_log(t);
    test_failure(t);
    thread_detach(t);
    thread_destroy(t);
    heap_destroy(interp->heap);
    interp_destroy(interp);
    runtime_destroy(r);
}

int main(void) {
    test_heap(false);
    test_heap(true);
    return CHECK_DONE();
}
