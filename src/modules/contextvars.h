/* Contexts for other modules in C. */
#ifndef KRAIT_MODULES_CONTEXTVARS_H
#define KRAIT_MODULES_CONTEXTVARS_H

#include "core/errors.h"

Value contextvars_copy(Thread *t);                            /* a copy of the running context; owned */
bool contextvars_enter(Thread *t, Value context) MUST_USE;    /* it runs from now on; TypeError, RuntimeError: it does already */
void contextvars_leave(Thread *t, Value context);             /* the one before runs again */
/* Variables by themselves. The root changes with every change of a variable, and tells contexts with the same contents alike: what was
 * found under it may be remembered as long as the root is held. Borrowed; VNULL: no context yet. */
Value contextvars_root(Thread *t);
Value contextvars_new(Thread *t, const char *name);
Value contextvars_get(Thread *t, Value variable);                         /* borrowed; VNULL without an exception: it has no value */
bool contextvars_set(Thread *t, Value variable, Value value) MUST_USE;

#endif
