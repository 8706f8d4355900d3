/* Starting and ending the interpreter's machinery. */
#ifndef KRAIT_VM_VM_H
#define KRAIT_VM_VM_H

#include "core/errors.h"

/* Boot: the dispatch table, the GIL (held by the caller from here on), the vm's hooks. */
bool vm_init(Thread *t);
/* Shutdown: what is left of frames, tracing and other threads' states. */
void vm_finish(Thread *t);

#endif
