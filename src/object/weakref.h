/* Weak references: each referent's ext holds a list of them. */
#ifndef KRAIT_OBJECT_WEAKREF_H
#define KRAIT_OBJECT_WEAKREF_H

#include "core/object.h"

typedef struct WeakRef {
    Object head;
    Value referent;  /* borrowed; V_NONE once it died */
    Value callback;  /* owned or VNULL */
    int64_t hash;    /* -1: not computed */
    struct WeakRef *previous, *next;
} WeakRef;

Value weakref_new(Thread *t, Value object, Value callback); /* callback VNULL: the shared one */
static inline Value weakref_get(Value ref) { return V_AS(WeakRef, ref)->referent; } /* borrowed; V_NONE: dead */
/* Clears the references to a dying object and calls their callbacks: object_dealloc and the collector. */
void weakref_clear_all(Thread *t, Object *o);
void weakref_clear_silently(Thread *t, Object *o, Value *callbacks_list); /* collector: first phase */

#endif
