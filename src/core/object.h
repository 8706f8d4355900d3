/* Reference counting.
 *
 * The count is 32 bits with the sign bit for immortal objects; arithmetic is unsigned, so an
 * overflow only makes an object immortal.  Counts are not atomic: the GIL is held.
 *
 * Words: "borrowed" - the caller keeps the reference; "owned" - the receiver must release or pass it on;
 * "taken" - a function takes over a reference that its caller owned, also when it fails.
 */
#ifndef KRAIT_CORE_OBJECT_H
#define KRAIT_CORE_OBJECT_H

#include "core/state.h"

/* Called when a count reaches zero: finalizers, weak references, fields, memory (object/dealloc.c). */
void object_dealloc(Thread *t, Object *o) NOINLINE;

static inline bool is_immortal(Object *o) { return (int32_t)o->refs < 0; }
static inline void obj_incref(void *object) {
    Object *o = object;
    if (LIKELY((int32_t)o->refs >= 0)) o->refs++;
}
static inline void obj_decref(Thread *t, void *object) {
    Object *o = object;
    if (LIKELY((int32_t)o->refs >= 0) && UNLIKELY(--o->refs == 0)) object_dealloc(t, o);
}

/* v may be any value but VNULL. */
static inline void incref(Value v) {
    if (is_ptr(v)) obj_incref(v_obj(v));
}
static inline void decref(Thread *t, Value v) {
    if (is_ptr(v)) obj_decref(t, v_obj(v));
}
/* ... or VNULL as well. */
static inline void incref_maybe(Value v) {
    if (is_obj(v)) obj_incref(v_obj(v));
}
static inline void decref_maybe(Thread *t, Value v) {
    if (is_obj(v)) obj_decref(t, v_obj(v));
}
static inline Value new_ref(Value v) {
    incref(v);
    return v;
}
static inline Value new_ref_maybe(Value v) {
    incref_maybe(v);
    return v;
}
static inline Value ref_of(const void *object) { /* an owned Value of a borrowed object */
    obj_incref((void *)object);
    return v_from(object);
}
/* Stores the owned `v` in *slot, then drops what was there: never the other way round. */
static inline void slot_set(Thread *t, Value *slot, Value v) {
    Value old = *slot;
    *slot = v;
    decref_maybe(t, old);
}
static inline void slot_clear(Thread *t, Value *slot) { slot_set(t, slot, VNULL); }

static inline void obj_init(void *object, uint32_t shape) {
    *(Object *)object = (Object){1, shape};
}
static inline void make_immortal(Value v) {
    if (is_obj(v)) v_obj(v)->refs |= REFS_IMMORTAL;
}

#endif
