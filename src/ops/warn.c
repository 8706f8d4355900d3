/* Warnings from C: the message is made here, the rest is the module _warnings' business. */
#include "ops/warn.h"

bool warn(Thread *t, enum TypeId category, int stack_level, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Value message = str_format_va(t, format, args);
    va_end(args);
    if (is_null(message)) return false;
    bool done = t->hooks->warn == NULL || t->hooks->warn(t, builtin_type(t, category), message, stack_level);
    decref(t, message);
    return done;
}

bool warn_at(Thread *t, enum TypeId category, Value filename, int lineno, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Value message = str_format_va(t, format, args);
    va_end(args);
    if (is_null(message)) return false;
    bool done = t->hooks->warn_at == NULL || t->hooks->warn_at(t, builtin_type(t, category), message, filename, lineno);
    decref(t, message);
    return done;
}
