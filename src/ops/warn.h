/* Warnings, through the hook that modules/_warnings fills. */
#ifndef KRAIT_OPS_WARN_H
#define KRAIT_OPS_WARN_H

#include "core/errors.h"

/* false: the warning became an exception. */
bool warn(Thread *t, enum TypeId category, int stack_level, const char *format, ...) MUST_USE;
bool warn_at(Thread *t, enum TypeId category, Value filename, int lineno, const char *format, ...) MUST_USE;

#endif
