/* Frame objects: what sys._getframe, tracebacks and trace functions see of a frame.
 *
 * Made on demand. While its frame runs or is suspended, `frame` points at it; when the frame ends, the object takes over the locals and cells
 * into its own room (`own`), if anyone still holds it.
 */
#ifndef KRAIT_VM_FRAME_OBJECT_H
#define KRAIT_VM_FRAME_OBJECT_H

#include "vm/frame.h"

struct FrameObject {
    Object head;
    Frame *frame;        /* the live frame, or `own`, below */
    Value back;          /* frame object of the caller once the frame ended; VNULL: none */
    Value trace;         /* f_trace or VNULL */
    Value extra;         /* dict of names set through f_locals that are no variables; VNULL */
    Value kept;          /* list of values overwritten through f_locals: kept until the frame ends; VNULL */
    int32_t lineno;      /* the line to go on at when f_lineno was set; 0: none */
    bool trace_lines, trace_opcodes;
    bool ended;          /* the frame is over: `frame` is `own` */
    bool cleared;
    uint32_t room;       /* registers that `own` can hold */
    Value own[];         /* a Frame header and the fixed registers */
};

/* The frame's object, made if there is none. Owned; VNULL: MemoryError. */
Value frame_object(Thread *t, Frame *f);
/* The frame is about to end: moves locals and cells into the object. The registers are wiped. */
void frame_object_detach(Thread *t, Frame *f);
/* Line of the instruction under way. */
int frame_line_of(Thread *t, Frame *f);
int frame_object_line(Thread *t, FrameObject *o);
/* A snapshot of the locals, or the namespace of class and module code. */
Value frame_locals_snapshot(Thread *t, Frame *f);
Value frame_locals_of(Thread *t, FrameObject *o); /* f_locals */

#endif
