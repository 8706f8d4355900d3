/* The name of a type in messages. */
#ifndef KRAIT_OBJECT_TYPE_NAME_H
#define KRAIT_OBJECT_TYPE_NAME_H

#include "core/state.h"

/* A built-in type's name with its module ("collections.deque"), a class's last part. Owned. */
Value type_display_name(Thread *t, const Type *type);

#endif
