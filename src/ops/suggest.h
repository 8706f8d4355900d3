/* "Did you mean ...?" */
#ifndef KRAIT_OPS_SUGGEST_H
#define KRAIT_OPS_SUGGEST_H

#include "core/object.h"

/* The candidate most like `name` (borrowed), VNULL: none is near. Candidates that are no str are passed over. */
Value suggest_name(Thread *t, const Value *candidates, int64_t n, Value name);

#endif
