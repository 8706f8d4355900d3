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

Value weakref_at_once(Thread *t, Value object); /* the one that there is already, without a callback; VNULL, and no exception: there is none */
Value weakref_new(Thread *t, Value object, Value callback); /* callback VNULL: the shared one */
static inline Value weakref_get(Value ref) { return V_AS(WeakRef, ref)->referent; } /* borrowed; V_NONE: dead */
/* The same with a type derived from weakref's, or one of the proxies'; always a new one unless the type is one of
 * ours and callback is VNULL. */
Value weakref_make(Thread *t, Type *type, Value object, Value callback);
/* The head of the object's list, NULL: none. */
WeakRef *weakref_list(Thread *t, Object *o);
/* Makes a reference dead, without its callback being called. */
void weakref_sever(Thread *t, WeakRef *w);
/* Calls the callback of a dead reference, once; errors are reported as unraisable. */
void weakref_notify(Thread *t, WeakRef *w);
/* Makes the references to a dying object dead and calls their callbacks. */
void weakref_clear_all(Thread *t, Object *o);

#endif
