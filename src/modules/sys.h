/* Versions, and what other rooms do with the module sys. */
#ifndef KRAIT_MODULES_SYS_H
#define KRAIT_MODULES_SYS_H

#include "core/errors.h"

#define KRAIT_VERSION "0.1.0"
#define KRAIT_CACHE_TAG "krait-314"

/* The language; PYTHON_MICRO is that of the library last seen (tools/python.conf). */
enum { PYTHON_MAJOR = 3, PYTHON_MINOR = 14, PYTHON_MICRO = 8 };

/* Shows the pending exception through sys.excepthook and drops it; SystemExit is the caller's business. */
void sys_print_exception(Thread *t);
/* sys.audit from C: formats as in core/errors.h do not apply, `args` is a tuple (taken) or VNULL. */
bool sys_audit_event(Thread *t, const char *event, Value args);
/* The same with n borrowed values, VNULL for None. Where no hook is there it costs a load and a test. */
bool sys_audit_values(Thread *t, const char *event, int n, ...) MUST_USE;
/* Whether a hook is there, for arguments that are dear to make. */
bool sys_is_audited(Thread *t);

#endif
