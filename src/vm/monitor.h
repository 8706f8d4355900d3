/* sys.monitoring (PEP 669). */
#ifndef KRAIT_VM_MONITOR_H
#define KRAIT_VM_MONITOR_H

#include "core/errors.h"
#include "vm/frame.h"
#include "vm/vm_state.h"

/* Whether a tool has asked for events. */
static inline bool monitor_active(Thread *t) { return vm_state(t) != NULL && vm_state(t)->monitoring != NULL; }
bool monitor_enter(Thread *t, Frame *f);
bool monitor_instruction(Thread *t, Frame *f, uint32_t index);
bool monitor_unwind(Thread *t, Frame *f, Value exception, bool leaving);

#endif
