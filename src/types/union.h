/* typing.Union: int | str. */
#ifndef KRAIT_TYPES_UNION_H
#define KRAIT_TYPES_UNION_H

#include "core/errors.h"
#include "object/simple.h"

/* a | b of classes and the like: the `or` slot of type and of others. NotImplemented where they are not. */
Value union_of_operands(Thread *t, Value a, Value b);
/* Union[args]: everything that typing accepts; one different argument is answered as it is. */
Value union_from_args(Thread *t, const Value *args, int64_t n);

#endif
