/* The function compare_digest of _operator and _hashlib: equality in a time that does not tell where two texts differ. */
#ifndef KRAIT_MODULES_COMPARE_DIGEST_H
#define KRAIT_MODULES_COMPARE_DIGEST_H

#include "modules/module.h"

Value compare_digest(Thread *t, Value *args, uint32_t nargs, Value kwnames);

#endif
