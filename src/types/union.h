/* typing.Union: int | str. */
#ifndef KRAIT_TYPES_UNION_H
#define KRAIT_TYPES_UNION_H

#include "core/errors.h"

typedef struct Union { Object head; Value args, hashable, unhashable, parameters; void *ext; } Union;
/* a | b of classes and the like: the `or` slot of type and of others. NotImplemented where they are not. */
Value union_of_operands(Thread *t, Value a, Value b);

#endif
