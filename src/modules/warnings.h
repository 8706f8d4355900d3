/* The doors of the module _warnings for C code; they fill the hooks `warn` and `warn_at`. */
#ifndef KRAIT_MODULES_WARNINGS_H
#define KRAIT_MODULES_WARNINGS_H

#include "core/errors.h"

bool warnings_warn(Thread *t, Type *category, Value message, int stack_level);
/* A ResourceWarning: the format has one %R, for `source`, an object that is left open; false: it became an exception. */
bool warnings_unclosed(Thread *t, Value source, const char *format) MUST_USE;
bool warnings_warn_at(Thread *t, Type *category, Value message, Value filename, int lineno);

#endif
