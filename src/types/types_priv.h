/* What the files that make types share. */
#ifndef KRAIT_TYPES_PRIV_H
#define KRAIT_TYPES_PRIV_H

#include "core/def.h"
#include "core/errors.h"
#include "core/names.h"
#include "types/typemaking.h"

/* object.__new__ and object.__init__ as slots (types/object.c). */
Value object_new_slot(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames);
bool object_init_slot(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames);

bool merge_class_names(Thread *t, Value names, Value cls) MUST_USE; /* of the class and its bases, into a dict */
bool type_compatible(Thread *t, Type *now, Type *old, const char *attribute) MUST_USE; /* same layout; else TypeError */

/* types/type_ready.c */
Value type_getset_new(Thread *t, Type *type, const GetSetDef *def); /* a getset_descriptor */
extern const GetSetDef type_dict_getset, type_dict_getset_builtin; /* __dict__ of instances (types/type_new.c) */
Value type_member_new(Thread *t, Type *type, const MemberDef *def, Value name); /* a member_descriptor; name VNULL: the row's */
Type *type_allocate(Thread *t, Type *metatype);                    /* zeroed, one reference, not tracked; metatype NULL: type */
bool type_set_mro(Thread *t, Type *type, Value mro) MUST_USE;      /* takes the tuple */
bool type_add_subclass(Thread *t, Type *base, Type *type) MUST_USE;
void type_remove_subclass(Thread *t, Type *base, Type *type);
bool type_set_fields(Thread *t, Type *type, const Field *own, uint32_t count) MUST_USE; /* those of the base and these */

/* types/type_mro.c */
Value type_compute_mro(Thread *t, Type *type); /* by the metatype's mro(), else C3; a checked tuple, owned */
Value type_c3(Thread *t, Type *type);          /* list: what type.mro() answers */
bool type_mro_changed(Thread *t, Type *type) MUST_USE; /* new mro for the type and its subclasses */
/* The base whose layout the class extends; NULL: TypeError. */
Type *type_best_base(Thread *t, Value bases);
/* The nearest base that is more than dict and weak references. */
Type *type_solid(Type *type);

/* types/type_new.c */
bool type_new_is_plain(const Type *metatype);     /* its __new__ is type's (types/type.c) */
Value type_instance_dict(Thread *t, Value self);   /* the getter and setter of __dict__ of any instance */
bool type_set_instance_dict(Thread *t, Value self, Value value) MUST_USE;
Type *type_winning_metatype(Thread *t, Type *metatype, Value bases); /* NULL: TypeError, a conflict */

/* types/property.c: the truth of callable.__isabstractmethod__: 1, 0, -1 */
int type_is_abstract_method(Thread *t, Value callable);

/* types/type_attributes.c */
extern const GetSetDef type_getsets[];
bool type_name_is_fit(Thread *t, Value name) MUST_USE; /* else ValueError, UnicodeEncodeError */
bool type_is_mutable(Thread *t, Type *type, Value name); /* else TypeError */
Value type_name_text(Thread *t, Type *type); /* module.qualname as reprs show it */
Value type_full_name(Thread *t, Type *type); /* the same as some messages have it: not with __main__ */
Value type_module(Thread *t, Type *type);    /* owned, VNULL: AttributeError */

#endif
