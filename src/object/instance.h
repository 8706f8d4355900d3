/* Instances: allocation for any type, and attributes in slots by shape. */
#ifndef KRAIT_OBJECT_INSTANCE_H
#define KRAIT_OBJECT_INSTANCE_H

#include "core/object.h"

/* What hangs on the ext word: made when an object needs one of them. */
typedef struct InstanceExt {
    Value dict;            /* in dict mode (or for types whose __dict__ is always real): the dict; VNULL */
    struct WeakRef *weak;  /* head of the list of weak references, borrowed */
    uint32_t overflow_cap;
    Value overflow[];      /* slots beyond the inline capacity */
} InstanceExt;

/* A new zeroed instance of `type` with n items (TF_VARSIZED; else 0) as type.__call__'s new would make it:
 * head, ext word, inline slots empty.  Not tracked: call gc_track when it is initialised (object_done does
 * so where the type has TF_GC).  VNULL: MemoryError. */
Value object_new_sized(Thread *t, Type *type, int64_t nitems);
static inline Value object_new(Thread *t, Type *type) { return object_new_sized(t, type, 0); }
Value object_done(Thread *t, Value object); /* tracks if the type asks for it; answers it */

/* The ext of an object with TF_EXT: where its word lies, and making one. */
InstanceExt **instance_ext_word(Thread *t, Object *o); /* NULL: its type has none */
InstanceExt *instance_ext_make(Thread *t, Object *o);

/* Attributes of the instance itself (no type lookup, no descriptors).  `name`: interned str. */
Value instance_get(Thread *t, Object *o, Value name);             /* borrowed; VNULL: absent, no exception */
bool instance_set(Thread *t, Object *o, Value name, Value value); /* borrows value */
int instance_delete(Thread *t, Object *o, Value name);            /* 1, 0 absent, -1 */
/* __dict__: a dict that shares its contents with the object. Taking it leaves shape mode (SHAPE_DICT_MODE). Owned. */
Value instance_dict(Thread *t, Object *o);
bool instance_set_dict(Thread *t, Object *o, Value dict);
/* For inline caches: slot index of `name` in a shape, -1 when absent; and the address of a slot. */
int instance_slot_index(Thread *t, Shape *shape, Value name);
Value *instance_slot(Thread *t, Object *o, Shape *shape, int slot);

/* Shapes (object/shape.c).  The shape after adding `name`; NULL without an exception: none (limit reached or memory): use a dict. */
Shape *shape_add(Thread *t, Shape *shape, Value name);
/* Makes a root shape from the type's flags, size and inline_hint and stores its offset in type->shape.  The first root of a
 * type with a constant id lies at its constant offset: the caller has put that into type->shape (else 0).  The ext word lies
 * at def->ext_offset where the payload struct has room for it, else behind type->size.  NULL: MemoryError pending. */
Shape *shape_new_root(Thread *t, Type *type);
/* The shape of the type's instances whose __dict__ is a real dict. NULL: MemoryError pending. */
Shape *shape_dict_mode(Thread *t, Type *type);
void shape_free_all(Thread *t, Type *type);
/* Names of the dict slots in order, shape->nslots of them; NULL: MemoryError pending. */
const Value *shape_names(Thread *t, Shape *shape);
/* Bytes of an instance of the type with n items, up to the end of its inline slots. */
size_t shape_instance_bytes(const Type *type, const Shape *shape, int64_t nitems);
static inline uint32_t shape_offset(Thread *t, const Shape *shape) { return (uint32_t)((const char *)shape - t->shapes); }

#endif
