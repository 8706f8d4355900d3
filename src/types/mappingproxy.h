/* mappingproxy: a mapping that can only be read. */
#ifndef KRAIT_TYPES_MAPPINGPROXY_H
#define KRAIT_TYPES_MAPPINGPROXY_H

#include "core/errors.h"

typedef struct MappingProxy { Object head; Value mapping; } MappingProxy;
Value mappingproxy_new(Thread *t, Value mapping);

#endif
