/* types.GenericAlias: list[int]. */
#ifndef KRAIT_TYPES_GENERIC_ALIAS_H
#define KRAIT_TYPES_GENERIC_ALIAS_H

#include "core/errors.h"
#include "object/str.h"

typedef struct GenericAlias { Object head; Value origin, args, parameters; bool starred; void *ext; } GenericAlias;

Value generic_alias_new(Thread *t, Value origin, Value args); /* args: a tuple, or the only argument */
/* The __class_getitem__ of built-in types: a row {"__class_getitem__", "($type, object, /)", "See PEP 585", ..., MF_CLASS}. */
Value generic_alias_class_getitem(Thread *t, Value *args, uint32_t nargs, Value kwnames);

/* The type parameters that occur in arguments, in order, each once (tuple). */
Value generic_parameters(Thread *t, Value args);
/* The arguments with parameters replaced by the items of alias[item] (tuple). */
Value generic_substitute(Thread *t, Value self, Value args, Value parameters, Value item);
/* repr of an argument: a class by its name, ... as itself. */
bool generic_repr_item(Thread *t, StrBuilder *b, Value v);

#endif
