/* The cycle collector's door, and the walks over one object that it shares with deallocation. */
#ifndef KRAIT_OBJECT_GC_H
#define KRAIT_OBJECT_GC_H

#include "core/object.h"

enum { GC_GENERATIONS = 3 };
enum GcDebug { GC_DEBUG_STATS = 1, GC_DEBUG_COLLECTABLE = 2, GC_DEBUG_UNCOLLECTABLE = 4, GC_DEBUG_SAVEALL = 32, GC_DEBUG_LEAK = 38 };

typedef struct GcStats { uint64_t collections, collected, uncollectable; } GcStats;
typedef struct GcState {
    bool enabled, collecting;
    uint32_t debug;                   /* enum GcDebug */
    int64_t threshold[GC_GENERATIONS];
    int64_t count[GC_GENERATIONS];    /* [1], [2]: collections of the younger generation since the last of this; [0] is the log's */
    int64_t old_total, old_pending;   /* objects in the oldest generation, and those come since its last collection */
    uint64_t stress;
    uint64_t shortages;               /* safe points at which MemoryErrors had been raised since the last */
    uint64_t shortages_met;           /* by a collection for their sake */
    GcStats stats[GC_GENERATIONS];
    Value garbage;   /* list */
    Value callbacks; /* list */
} GcState;

static inline GcState *gc_state(Thread *t) { return t->interp->gc_state; }

/* Boot: thresholds and lists; the collector is off before. false: exception pending. */
bool gc_init(Thread *t) MUST_USE;
/* Drops what the collector owns; at the interpreter's end. */
void gc_fini(Thread *t);
/* At a safe point, BREAK_GC being set: clears the bit and collects what is due. Never leaves an exception. */
void gc_collect_if_due(Thread *t);
/* Collects a generation and the younger ones; answers the number of unreachable objects. Never leaves an exception. */
int64_t gc_collect(Thread *t, int generation);
/* Another number than before: MemoryErrors were raised in between. */
uint64_t gc_shortages(Thread *t);
/* Before a thread waits: collects all, where MemoryErrors were raised since the last such collection. There is time; tracebacks have
 * let go of what failed; and what is waited for may depend on the end of something that is garbage. */
void gc_collect_after_shortage(Thread *t);
/* The collector's parameters changed (enabled, threshold): the heap follows. */
void gc_configure(Thread *t);
int64_t gc_young_count(Thread *t);

/* Out of the generations, and back into the oldest. */
void gc_freeze(Thread *t);
void gc_unfreeze(Thread *t);
int64_t gc_frozen_count(Thread *t);
/* The tracked objects of a generation (-1: all, frozen ones too) in scratch memory; borrowed, true until something is freed. false: no memory. */
typedef struct GcSnapshot { Object **objects; size_t count, bytes; } GcSnapshot;
bool gc_snapshot(Thread *t, int generation, GcSnapshot *out) MUST_USE;
void gc_snapshot_free(GcSnapshot *snapshot);

/* Visits what the object refers to; answers what stopped the walk, or 0. */
int object_traverse(Thread *t, Object *o, VisitFn visit, void *context);
/* The same, with the values in fields and slots that are no pointers. */
int object_traverse_all(Thread *t, Object *o, VisitFn visit, void *context);
/* Drops what the object refers to, as far as that breaks cycles. The object stays valid. */
void object_clear(Thread *t, Object *o);
/* Runs the finaliser, once in the object's life; the caller holds a reference. Never leaves an exception. */
void object_finalize(Thread *t, Object *o);

#endif
