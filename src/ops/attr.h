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
/* The same for a name of any str, in the namespaces themselves. */
Value type_lookup_uncached(Thread *t, Type *type, Value name);
/* A type's own namespace or its bases changed: new versions for it and its subclasses. (Slots: types/slots.h.) */
void type_modified(Thread *t, Type *type);
/* The type's version for caches (gives one if needed; 0: cannot be cached). */
uint32_t type_version(Thread *t, Type *type);

/* object.__getattribute__ and __setattr__: what most types' slots are. */
Value attr_generic_get(Thread *t, Value object, Value name);
Value attr_generic_get_maybe(Thread *t, Value object, Value name); /* no AttributeError is made */
bool attr_generic_set(Thread *t, Value object, Value name, Value value);
/* The getattr slot of type. */
Value attr_type_get(Thread *t, Value type, Value name);
/* The getattr slot of module: with its __getattr__, and texts that know of half-initialised modules. */
Value attr_module_get(Thread *t, Value module, Value name);
/* What the object itself holds under an interned name (no descriptors): borrowed or VNULL, never an exception. */
Value attr_own(Thread *t, Type *type, Value object, Value name);
/* AttributeError with name and object set, and a text of its own. */
Value err_attribute_text(Thread *t, Value object, Value name, const char *format, ...) COLD;

#endif
