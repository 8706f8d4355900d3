/* The types of the module _functools, by file. */
#ifndef KRAIT_MODULES_FUNCTOOLS_PRIV_H
#define KRAIT_MODULES_FUNCTOOLS_PRIV_H

#include "modules/module.h"
#include "object/instance.h"
#include "types/iterators.h"

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)
#define NEW(name) static Value name(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames)

typedef struct FunctoolsState {
    Value placeholder;  /* the one instance of its type */
    Value keyword_mark; /* stands between positional and keyword arguments in keys of caches */
} FunctoolsState;
#define STATE(t) MODULE_STATE(t, _functools, FunctoolsState)

/* partial.c */
extern const TypeDef typedef_partial, typedef_placeholder;
/* lru_cache.c */
extern const TypeDef typedef_lru_cache_wrapper;

#endif
