/* What the end of the main interpreter and a fork must know of the others. */
#ifndef KRAIT_MODULES_INTERPRETERS_INTERPRETERS_H
#define KRAIT_MODULES_INTERPRETERS_INTERPRETERS_H

#include "core/errors.h"

/* Ends those that the program left open, with a warning. */
void interpreters_end_all(Thread *t);
/* In the child of a fork: the others and what they share are gone. */
void interpreters_after_fork(Thread *t);

#endif
