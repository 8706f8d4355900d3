/* Slots and special methods: the two are one thing seen from C and from Python. */
#ifndef KRAIT_TYPES_SLOTS_H
#define KRAIT_TYPES_SLOTS_H

#include "core/errors.h"
#include "core/names.h"
#include "object/function.h"

/* Calls a C slot as the method it stands for; self has been checked. */
typedef Value (*WrapFn)(Thread *t, WrapperDescriptor *d, Value self, Value *args, uint32_t nargs, Value kwnames);

typedef struct SlotDef {
    enum NameId name_id;
    uint16_t offset; /* of the slot in Slots */
    bool keywords;   /* the method takes keyword arguments */
    WrapFn wrap;     /* NULL: no method is made from the slot */
    void *generic;   /* NULL: no slot is made from the method */
    const char *name, *signature, *doc;
} SlotDef;
extern const SlotDef slot_defs[];
extern const int slot_defs_count;

static inline void **slot_address(const Type *type, const SlotDef *d) { return (void **)((char *)&type->slots + d->offset); }

/* Makes the methods of the slots that `own` has, as far as the type's dict has no such name. */
bool slots_make_methods(Thread *t, Type *type, const Slots *own) MUST_USE;
/* Takes over what `type` lacks from `base`. */
void slots_inherit(Type *type, const Type *base);
/* Sets the slots of a class from what its mro holds.  `all`: every slot; else those of the names in its own dict, the others being the base's. */
void slots_resolve(Thread *t, Type *type, bool all);
/* For a new type that has its base's slots: what its own and other bases' attributes say, which stand among those of the base's mro. */
void slots_resolve_beside(Thread *t, Type *type);
/* All slots of the class and of its subclasses: its bases have changed. */
void slots_resolve_family(Thread *t, Type *type);
/* The attribute `name` of the class was set or deleted: its slots follow, and those of its subclasses. */
void slots_follow(Thread *t, Type *type, Value name);
/* __new__ of a class: what type.__new__'s C slot calls; and the object that shows a C `new` slot as __new__. */
Value slots_new_method(Thread *t, Type *type);

#endif
