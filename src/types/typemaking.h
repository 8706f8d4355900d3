/* Making types. */
#ifndef KRAIT_TYPES_TYPEMAKING_H
#define KRAIT_TYPES_TYPEMAKING_H

#include "core/def.h"
#include "core/errors.h"

/* Boot: makes the type with a constant id from its definition (its base stands already). */
bool type_boot(Thread *t, enum TypeId id, enum TypeId base, const TypeDef *def);
/* A new built-in type without a constant id; bases VNULL: object. Owned. */
Type *type_from_def(Thread *t, const TypeDef *def, Value bases, Value module_name);
/* The same as an instance of a metatype, which is built-in, too (NULL: type). */
Type *type_from_def_of(Thread *t, Type *metatype, const TypeDef *def, Value bases, Value module_name);
/* The `new` slot of types that have nothing to do in it: an empty instance. */
Value type_generic_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames);
/* The `call` slot of type: makes an instance. */
Value type_call(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames);
/* Whether the object keeps its attributes as plain instances do, and is asked for them in the plain way: they may be read and set
 * in its slots (object/instance.h), as if by its __dict__. */
bool type_is_plain_instance(Thread *t, Value object);
/* What `type(name, bases, namespace, **kw)` does. */
Value type_new(Thread *t, Type *metatype, Value name, Value bases, Value namespace, Value *args, uint32_t nargs, Value kwnames);
/* A tuple subclass with named fields, as os.stat_result: fields end with a NULL name; the first n_visible
 * are items, the others attributes only. */
typedef struct StructSeqField { const char *name, *doc; } StructSeqField;
typedef struct StructSeqDef {
    const char *name, *doc;
    const StructSeqField *fields; /* one without a name ("") is an item only */
    int n_visible;
    bool no_new; /* cannot be made from Python */
    Value (*reduce)(Thread *t, Value *args, uint32_t nargs, Value kwnames); /* NULL: __reduce__ answers the visible items and a dict of the others */
} StructSeqDef;
bool tuple_items_hash(Thread *t, Value tuple, int64_t *hash); /* keeps none: behind the items of these are others */
Type *structseq_type(Thread *t, const StructSeqDef *def);
Value structseq_new(Thread *t, Type *type, const Value *values); /* takes the values (all fields) */

#endif
