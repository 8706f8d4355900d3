/* What the vm keeps for an interpreter: Interp.code_registry. */
#ifndef KRAIT_VM_VM_STATE_H
#define KRAIT_VM_VM_STATE_H

#include "core/state.h"

typedef struct VmState {
    Type *asyncgen_hooks;    /* type of sys.get_asyncgen_hooks() */
    struct Monitoring *monitoring; /* vm/monitor.c; NULL: never used */
} VmState;

static inline VmState *vm_state(Thread *t) { return t->interp->code_registry; }

#endif
