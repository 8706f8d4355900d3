/* Memory of fibers: C stacks with a guard page, mapped and only used as far as they are touched, and kept for the next fiber together with
 * the register stack. */
#include "modules/greenlet/greenlet_priv.h"

#include <sys/mman.h>
#include <unistd.h>

#include "core/runtime.h"
#include "vm/frame.h"

/* What only a suspended stack refers to is in use. */
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#define WATCH(mapping) __lsan_register_root_region(mapping, FIBER_STACK_BYTES)
#define UNWATCH(mapping) __lsan_unregister_root_region(mapping, FIBER_STACK_BYTES)
#else
#define WATCH(mapping) ((void)(mapping))
#define UNWATCH(mapping) ((void)(mapping))
#endif

static char *stack_map(Thread *t) {
    char *mapping = mmap(NULL, FIBER_STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (mapping == MAP_FAILED) return err_no_memory(t), NULL;
    if (mprotect(mapping, (size_t)sysconf(_SC_PAGESIZE), PROT_NONE) == 0) {
        WATCH(mapping);
        return mapping;
    }
    munmap(mapping, FIBER_STACK_BYTES);
    return err_no_memory(t), NULL;
}

static void stack_unmap(char *mapping) {
    UNWATCH(mapping);
    munmap(mapping, FIBER_STACK_BYTES);
}

void fiber_stacks_free(GreenletModule *m) {
    while (m->stacks != NULL) {
        FiberStack kept = *m->stacks;
        Fiber fiber = {.chunk = kept.chunk};
        stack_free(&fiber);
        stack_unmap(kept.mapping);
        m->stacks = kept.next;
    }
    m->stacks_count = FIBER_STACKS_KEPT; /* what ends from now on is given back at once */
}

bool fiber_stack_take(Thread *t, Greenlet *g) {
    GreenletModule *m = greenlet_module(t);
    FiberStack *kept = m->stacks;
    Value context = g->own.context; /* may have been set before the start */
    if (kept != NULL) {
        m->stacks = kept->next;
        m->stacks_count--;
        g->mapping = kept->mapping;
    } else {
        g->mapping = stack_map(t);
        if (g->mapping == NULL) return false;
    }
    size_t guard = (size_t)sysconf(_SC_PAGESIZE);
    fiber_init(&g->own, t, g->mapping + guard, FIBER_STACK_BYTES - guard);
    g->own.context = context;
    g->own.greenlet = g;
    if (kept != NULL) {
        g->own.chunk = kept->chunk;
        g->own.top = kept->top;
        g->own.limit = kept->limit;
    }
    return true;
}

/* The description of a kept stack lies in the stack itself, at its end. */
void fiber_stack_give(Thread *t, Greenlet *g, bool unwound) {
    GreenletModule *m = greenlet_module(t);
    char *mapping = g->mapping;
    if (mapping == NULL) return;
    g->mapping = NULL;
    if (!unwound || m == NULL || m->stacks_count >= FIBER_STACKS_KEPT) {
        stack_free(&g->own);
        stack_unmap(mapping);
        return;
    }
    FiberStack *kept = (FiberStack *)(mapping + FIBER_STACK_BYTES - sizeof *kept);
    *kept = (FiberStack){mapping, g->own.chunk, g->own.top, g->own.limit, m->stacks};
    m->stacks = kept;
    m->stacks_count++;
    g->own.chunk = NULL;
    g->own.top = g->own.limit = NULL;
}
