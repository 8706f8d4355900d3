/* The module sys, by file. */
#ifndef KRAIT_MODULES_SYS_PRIV_H
#define KRAIT_MODULES_SYS_PRIV_H

#include "modules/module.h"

#define SYS_FUNCTION(f) Value f(Thread *t, Value *args, uint32_t nargs, Value kwnames)

/* State: MODULE_STATE(t, sys, SysState). */
typedef struct SysState {
    Value audit_hooks; /* list or VNULL */
    Type *unraisable_args;
    int dlopen_flags;
} SysState;

/* sys_info.c: constants and what the process was started with. */
bool sys_add_info(Thread *t, Value module);
/* sys_hooks.c */
bool sys_write_text(Thread *t, Value file, Value text); /* takes the text; VNULL: pending */
SYS_FUNCTION(sys_displayhook);
SYS_FUNCTION(sys_excepthook);
SYS_FUNCTION(sys_unraisablehook);
SYS_FUNCTION(sys_breakpointhook);
SYS_FUNCTION(sys_audit);
SYS_FUNCTION(sys_addaudithook);
bool sys_init_hooks(Thread *t, Value module);
/* plain_traceback.c */
bool sys_write_plainly(Thread *t, Value file, Value exception);

#endif
