/* The handled exception, and tracebacks of exceptions raised in C. */
#ifndef KRAIT_VM_UNWIND_H
#define KRAIT_VM_UNWIND_H

#include "core/errors.h"
#include "object/code.h"

/* What handles an exception at the instruction with that index; NULL: nothing does. */
const ExceptionEntry *unwind_handler(const Code *code, uint32_t index);
/* sys.exception(): borrowed, None when none is handled. */
Value handled_exception(Thread *t);
/* The hook add_traceback: an entry for the innermost frame. */
void unwind_add_traceback(Thread *t, Value exception);

#endif
