/* The types of the module _collections, by file. */
#ifndef KRAIT_MODULES_COLLECTIONS_PRIV_H
#define KRAIT_MODULES_COLLECTIONS_PRIV_H

#include "modules/module.h"
#include "object/instance.h"
#include "types/iterators.h"

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)
#define NEW(name) static Value name(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames)

/* deque.c */
extern const TypeDef typedef_deque, typedef_deque_iterator, typedef_deque_reverse_iterator;
/* ordered_dict.c */
extern const TypeDef typedef_OrderedDict, typedef_odict_iterator, typedef_odict_keys, typedef_odict_values, typedef_odict_items;

static inline Value collections_self_iter(Thread *t, Value self) { return new_ref(self); }

#endif
