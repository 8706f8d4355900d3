/* Attributes. Names are str; interned ones are fastest. */
#ifndef KRAIT_OPS_ATTR_H
#define KRAIT_OPS_ATTR_H

#include "core/errors.h"
#include "core/names.h"

Value attr_get(Thread *t, Value object, Value name);
/* VNULL without an exception when there is no such attribute. */
Value attr_get_maybe(Thread *t, Value object, Value name);
bool attr_set(Thread *t, Value object, Value name, Value value) MUST_USE; /* VNULL deletes */
int attr_has(Thread *t, Value object, Value name);                         /* 1, 0, -1 */
Value attr_get_cstr(Thread *t, Value object, const char *name);
bool attr_set_cstr(Thread *t, Value object, const char *name, Value value) MUST_USE;

/* Looks `name` up along the mro; borrowed, VNULL: absent (never an exception).  Uses the interpreter's cache. */
Value type_lookup(Thread *t, Type *type, Value name);
/* A type's own namespace changed at `name`: new version, slots updated, subclasses too. */
void type_modified(Thread *t, Type *type);
/* The type's version for caches (gives one if needed; 0: cannot be cached). */
uint32_t type_version(Thread *t, Type *type);

/* object.__getattribute__ and __setattr__: what most types' slots are. */
Value attr_generic_get(Thread *t, Value object, Value name);
Value attr_generic_get_maybe(Thread *t, Value object, Value name); /* no AttributeError is made */
bool attr_generic_set(Thread *t, Value object, Value name, Value value);

#endif
