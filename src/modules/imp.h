/* What boot needs of the module _imp. */
#ifndef KRAIT_MODULES_IMP_H
#define KRAIT_MODULES_IMP_H

#include "core/errors.h"

/* The code of a module that CPython freezes and Krait takes from the standard library's source or its cache; ImportError
 * when `name` is none of them. Owned. */
Value imp_frozen_code(Thread *t, Value name);

#endif
