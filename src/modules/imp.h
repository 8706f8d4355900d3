/* What boot needs of the module _imp. */
#ifndef KRAIT_MODULES_IMP_H
#define KRAIT_MODULES_IMP_H

#include "core/errors.h"

/* The code of a module that CPython freezes and Krait takes from the standard library's source or its cache; ImportError
 * when `name` is none of them. Owned. */
Value imp_frozen_code(Thread *t, Value name);

/* The import lock, which a thread may take several times; around a fork. false: exception pending. */
bool imp_lock_acquire(Thread *t) MUST_USE;
bool imp_lock_release(Thread *t) MUST_USE;
void imp_lock_after_fork(Thread *t);

#endif
