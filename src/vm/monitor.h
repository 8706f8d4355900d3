/* sys.monitoring (PEP 669). */
#ifndef KRAIT_VM_MONITOR_H
#define KRAIT_VM_MONITOR_H

#include "core/errors.h"
#include "vm/c_calls.h"
#include "vm/frame.h"
#include "vm/vm_state.h"

enum { MONITOR_TOOLS = 6, MONITOR_EVENTS = 19 };

typedef struct Monitoring {
    bool active;                             /* some tool asks for some event */
    bool has_local;                          /* some code has had events of its own */
    bool inside;                             /* a callback runs: its own events are not reported */
    Value names[MONITOR_TOOLS];              /* of the tools in use; VNULL: free */
    Value callbacks[MONITOR_TOOLS][MONITOR_EVENTS]; /* VNULL: none */
    uint32_t events[MONITOR_TOOLS];          /* asked for everywhere */
    uint32_t asked;                          /* the union of these */
    uint32_t restarts;                       /* how often disabled events were turned on again */
    Value disable, missing;
    /* What the next instruction of a frame will tell: how a branch went, that a C function returned. */
    Frame *branch_frame;
    uint32_t branch_index, branch_left, branch_right;
    CCalls c_calls;
} Monitoring;

static inline bool monitor_active(Thread *t) {
    VmState *s = vm_state(t);
    return s != NULL && s->monitoring != NULL && s->monitoring->active && !s->monitoring->inside;
}
enum MonitorPhase { MONITOR_RAISED, MONITOR_RAISED_AGAIN, MONITOR_HANDLED, MONITOR_UNWOUND, MONITOR_THROWN, MONITOR_STOPPED };
bool monitor_enter(Thread *t, Frame *f, bool begins);
/* Whether a tool asks for the lines of the code; an active monitor only. */
bool monitor_wants_lines(Thread *t, const Code *code);
/* line_before counts where lines are wanted only. */
bool monitor_instruction(Thread *t, Frame *f, uint32_t index, int line_before);
bool monitor_exception(Thread *t, Frame *f, Value exception, enum MonitorPhase phase);
void monitor_code_free(Thread *t, Code *code);
/* The module sys.monitoring: owned. */
Value monitor_module(Thread *t);

#endif
