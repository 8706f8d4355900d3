/* Raising.
 *
 * Implemented in object/errors.c.  The pending exception is an instance in t->pending.  Exactly one layer sets it; everybody else
 * passes the error mark up at once.
 *
 * Formats: %d %u %ld %lu %zd %zu %lld %c %s %x %p and %.NNs as printf (%s is UTF-8), and with Value
 * arguments %R repr, %S str, %A ascii, %U a str as it is, %T the name of the value's type, %Q with module and qualname (as CPython's
 * messages show it), %N the name of a Type* argument, %%.
 */
#ifndef KRAIT_CORE_ERRORS_H
#define KRAIT_CORE_ERRORS_H

#include <stdarg.h>

#include "core/object.h"

/* Each sets the pending exception and answers the error mark of its kind. */
Value err_raise(Thread *t, enum TypeId type, const char *format, ...) COLD; /* VNULL */
bool err_fail(Thread *t, enum TypeId type, const char *format, ...) COLD;   /* false */
int err_minus(Thread *t, enum TypeId type, const char *format, ...) COLD;   /* -1 */
Value err_raise_type(Thread *t, Type *type, const char *format, ...) COLD;
Value err_raise_va(Thread *t, Type *type, const char *format, va_list args) COLD;
Value err_no_memory(Thread *t) COLD; /* raises a MemoryError of the interpreter's store */
bool err_store_memory_errors(Thread *t); /* fills the store; false: there is no memory for it, no exception is pending */
bool err_no_memory_fail(Thread *t) COLD;
/* Raises an instance (borrowed), or an instance made by calling the class with `argument`. */
Value err_raise_value(Thread *t, Value exception) COLD;
Value err_raise_with(Thread *t, enum TypeId type, Value argument) COLD; /* e.g. KeyError(key); argument borrowed */
/* OSError from errno `error`, with up to two file names (VNULL: none), as its right subclass. */
Value err_raise_errno(Thread *t, int error, Value filename, Value filename2) COLD;
/* StopIteration carrying `value` (borrowed). */
Value err_stop_iteration(Thread *t, Value value) COLD;

static inline bool err_pending(Thread *t) { return !is_null(t->pending); }
/* Whether the pending exception is an instance of the built-in class. */
bool err_is(Thread *t, enum TypeId type);
/* Drops the pending exception. */
void err_clear(Thread *t);
/* If the pending exception is a `type`, drops it and answers true. */
bool err_catch(Thread *t, enum TypeId type);
/* Takes the pending exception out (owned, VNULL: none), and puts one (taken) back. */
Value err_fetch(Thread *t);
void err_restore(Thread *t, Value exception);
/* Makes `cause` (taken, from err_fetch) the __cause__ and __context__ of the pending exception. */
void err_set_cause(Thread *t, Value cause);
void err_set_context(Thread *t, Value context);
/* The exception that is being handled (borrowed), VNULL: none. */
Value err_handled(Thread *t);
/* Reports the pending exception through sys.unraisablehook and drops it: as "MESSAGE repr(object)", as MESSAGE (object VNULL),
 * or as the usual "Exception ignored in: object" (message NULL). */
void err_unraisable(Thread *t, const char *message, Value object);

/* A str by the formats above. */
Value str_format(Thread *t, const char *format, ...);
Value str_format_va(Thread *t, const char *format, va_list args);

#endif
