/* The types of the module itertools, by file. */
#ifndef KRAIT_MODULES_ITERTOOLS_PRIV_H
#define KRAIT_MODULES_ITERTOOLS_PRIV_H

#include "modules/module.h"
#include "object/instance.h"
#include "types/iterators.h"

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)
#define NEW(name) static Value name(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames)

/* Flags of all types here. */
#define ITERATOR_FLAGS (TF_GC | TF_IMMUTABLE | TF_MODULE_NAME)

/* linear.c */
extern const TypeDef typedef_count, typedef_cycle, typedef_repeat, typedef_chain, typedef_islice, typedef_starmap, typedef_takewhile,
    typedef_dropwhile, typedef_filterfalse, typedef_compress, typedef_accumulate, typedef_pairwise, typedef_batched, typedef_zip_longest;
/* combinatoric.c */
extern const TypeDef typedef_product, typedef_combinations, typedef_combinations_with_replacement, typedef_permutations;
/* sharing.c */
extern const TypeDef typedef_groupby, typedef_grouper, typedef_tee, typedef_tee_data;
Value itertools_tee(Thread *t, Value *args, uint32_t nargs, Value kwnames);

static inline Value itertools_self_iter(Thread *t, Value self) { return new_ref(self); }

/* A class whose constructor takes no keywords refuses them, unless a subclass has an __init__ that may want them. */
static inline bool itertools_no_keywords(Thread *t, Type *type, enum TypeId id, const char *name, Value kwnames) {
    if (is_null(kwnames)) return true;
    Type *plain = builtin_type(t, id);
    return (type != plain && type->slots.init != plain->slots.init) || call_no_keywords(t, name, kwnames);
}

#endif
