/* The functions of the module sys that look at frames, threads and tracing; modules/sys adds them to its own. */
#ifndef KRAIT_VM_SYS_VM_H
#define KRAIT_VM_SYS_VM_H

#include "core/def.h"

extern const MethodDef sys_vm_functions[];
/* Further attributes: sys.monitoring. */
bool sys_vm_init(Thread *t, Value module);

#endif
