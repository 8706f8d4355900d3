/* greenlet inside: fibers of one thread that hand control to one another.
 *
 *     greenlet.c   the type            switch.c   who runs next, and what travels       fiber_stack.c   memory of C stacks
 *     module.c     the module                                                           fiber_switch.c  registers
 *
 * The running greenlet of a thread is t->fiber->greenlet. It is kept alive by a reference that is handed over with control: the one who
 * arrives drops that of the one who left, so that a suspended greenlet which nobody holds dies (GreenletExit is thrown into it).
 */
#ifndef KRAIT_MODULES_GREENLET_PRIV_H
#define KRAIT_MODULES_GREENLET_PRIV_H

#include "modules/module.h"
#include "object/exception.h"
#include "object/instance.h"

/* --- fiber_stack.c, fiber_switch.c --------------------------------------------------------------------------------------------------- */

/* A C stack, its lowest page being a guard, and the register stack that was used on it. */
typedef struct FiberStack {
    char *mapping; /* NULL: none */
    RegChunk *chunk;
    Value *top, *limit;
    struct FiberStack *next;
} FiberStack;
enum { FIBER_STACK_BYTES = 1 << 20, FIBER_STACKS_KEPT = 64 };

/* A saved point of execution: the stack pointer, below which the registers are. */
typedef struct FiberPoint { void *sp; } FiberPoint;
/* Makes `point` one that calls start(argument), which must not return, on a stack that ends at `high`. */
void fiber_point_init(FiberPoint *point, char *low, char *high, void (*start)(void *), void *argument);
/* Saves where we are and goes on at `to`. */
void fiber_point_switch(FiberPoint *from, FiberPoint *to);

/* --- The type -------------------------------------------------------------------------------------------------------------------------- */

enum GreenletState { GREENLET_NEW, GREENLET_ACTIVE, GREENLET_DEAD };

typedef struct Greenlet Greenlet;
struct Greenlet {
    Object head;
    Value run;         /* VNULL: none, or it was started */
    Value parent;      /* VNULL: it is the main one of its thread */
    Value main;        /* the main greenlet of its thread, that is, the thread; VNULL: it is one itself, or new and goes with its parent */
    Value args, kwargs; /* what arrives with control; args VNULL: the pending exception does */
    Value trace;       /* main greenlet: the thread's trace function; VNULL */
    Value doomed;      /* main greenlet: list of those that other threads let go: they are killed when this thread comes by; VNULL */
    void *ext;
    uint8_t state;     /* enum GreenletState */
    Fiber *fiber;      /* &own, or the thread's main fiber */
    Fiber own;
    FiberPoint point;  /* while it is suspended */
    char *mapping;     /* of its C stack; NULL: it has none */
#if defined(__SANITIZE_ADDRESS__)
    const void *stack_low; /* the C stack as the sanitizer knows it, also the thread's own */
    size_t stack_size;
#endif
    Greenlet *origin;  /* who handed control over: owned, until we have arrived */
};

typedef struct GreenletModule {
    Value error, GreenletExit;
    FiberStack *stacks; /* free ones */
    int64_t stacks_count;
} GreenletModule;
static inline GreenletModule *greenlet_module(Thread *t) { return MODULE_STATE(t, greenlet, GreenletModule); }

bool fiber_stack_take(Thread *t, Greenlet *g) MUST_USE; /* sets mapping and the fiber */
void fiber_stack_give(Thread *t, Greenlet *g, bool unwound);
void fiber_stacks_free(GreenletModule *m); /* those that are kept */

Greenlet *greenlet_current(Thread *t); /* borrowed; NULL: no memory */
static inline bool is_greenlet(Thread *t, Value v) { return IS_A(t, v, greenlet); }
static inline bool greenlet_is_main(const Greenlet *g) { return is_null(g->parent); }
static inline Greenlet *greenlet_main_of(Greenlet *g) {
    while (is_null(g->main) && !greenlet_is_main(g)) g = V_AS(Greenlet, g->parent);
    return is_null(g->main) ? g : V_AS(Greenlet, g->main);
}
/* Whether its thread has ended; suspended then, it never runs again. */
bool greenlet_is_orphan(Thread *t, Greenlet *g);
/* Hands control and args (taken; VNULL: the pending exception) to a greenlet, or to its first living ancestor; answers what comes back. */
Value greenlet_switch(Thread *t, Greenlet *target, Value args, Value kwargs);
/* Throws an exception (taken) there. */
Value greenlet_throw(Thread *t, Greenlet *target, Value exception);
/* Nobody holds a suspended greenlet any more. */
void greenlet_kill(Thread *t, Greenlet *g);
/* TypeError, unless it is a greenlet. */
bool greenlet_check(Thread *t, Value v) MUST_USE;

extern const TypeDef typedef_greenlet;
extern const MethodDef greenlet_functions[];

#endif
