/* Iterators that other rooms make. */
#ifndef KRAIT_TYPES_ITERATORS_H
#define KRAIT_TYPES_ITERATORS_H

#include "core/errors.h"

/* iter(callable, sentinel); borrows both. */
Value callable_iterator_new(Thread *t, Value callable, Value sentinel);

#endif
