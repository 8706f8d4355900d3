/* super: attributes of the classes behind a class in the mro. */
#ifndef KRAIT_TYPES_SUPER_H
#define KRAIT_TYPES_SUPER_H

#include "core/errors.h"

/* The class whose mro super(type, object) walks (borrowed); NULL: TypeError. */
Type *super_check(Thread *t, Type *type, Value object);
/* super(type, object).name for an object that super_check gave `object_type` for, without making the super object.  With
 * is_method, a function is given unbound and *is_method tells so. Owned; VNULL without an exception: not found. */
Value super_lookup(Thread *t, Type *type, Value object, Type *object_type, Value name, bool *is_method);

#endif
