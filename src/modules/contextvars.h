/* Contexts for other modules in C. */
#ifndef KRAIT_MODULES_CONTEXTVARS_H
#define KRAIT_MODULES_CONTEXTVARS_H

#include "core/errors.h"

Value contextvars_copy(Thread *t);                            /* a copy of the running context; owned */
bool contextvars_enter(Thread *t, Value context) MUST_USE;    /* it runs from now on; TypeError, RuntimeError: it does already */
void contextvars_leave(Thread *t, Value context);             /* the one before runs again */

#endif
