/* What shutdown needs of the module atexit. */
#ifndef KRAIT_MODULES_ATEXIT_H
#define KRAIT_MODULES_ATEXIT_H

#include "core/errors.h"

/* Runs the registered functions, the last one first; exceptions go to sys.unraisablehook. */
void atexit_run(Thread *t);

#endif
