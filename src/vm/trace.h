/* sys.settrace, sys.setprofile and sys.monitoring: what the interpreter reports, and to whom. */
#ifndef KRAIT_VM_TRACE_H
#define KRAIT_VM_TRACE_H

#include "core/errors.h"
#include "vm/c_calls.h"
#include "vm/frame_object.h"

/* What hangs on Thread.trace; NULL while nothing was ever set. */
typedef struct TraceState {
    Value trace, profile; /* functions, VNULL: none */
    CCalls c_calls;
    Frame *last_frame;    /* what ran last, if it was traced, and its instruction: the frame's pc may have been set since */
    uint32_t last_index;
    const char *event;    /* under way */
    uint32_t inside;      /* a trace function runs: events are not reported */
    bool yields;          /* ... for the 'return' event of a generator that is about to be suspended */
} TraceState;

TraceState *trace_state(Thread *t); /* made on demand; NULL: MemoryError */
/* Sets the functions (borrowed; VNULL: none) and the dispatch table accordingly. */
bool trace_set(Thread *t, Value trace);
bool trace_set_profile(Thread *t, Value profile);
/* Chooses the dispatch table by what is watched: after each change. */
void trace_refresh(Thread *t);
/* f_lineno = v: jumps, in a trace function called for a line. */
bool trace_set_line(Thread *t, FrameObject *o, Value v);
/* Goes on at the first instruction of the line, if that is possible from here (vm/jump.c). */
bool trace_jump(Thread *t, FrameObject *o, int line);
void trace_free(Thread *t);

#endif
