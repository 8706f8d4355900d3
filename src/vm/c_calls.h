/* Calls of C functions that a profiler was told of and that have not ended yet. They nest: a C function may call Python code that calls others.
 * A call ends where its frame goes on, or an exception arrives there; frames of several threads and fibers may be among them, in any order.
 */
#ifndef KRAIT_VM_C_CALLS_H
#define KRAIT_VM_C_CALLS_H

#include "base/vec.h"
#include "vm/frame.h"

typedef struct CCall {
    Frame *frame;             /* the caller; never looked into */
    uint32_t index;           /* of the calling instruction */
    Value callable, argument; /* owned; argument: VNULL when nobody asks */
} CCall;

typedef VEC(CCall) CCalls;

/* Takes the call's references, also when it fails. false: MemoryError. */
bool c_calls_begin(Thread *t, CCalls *calls, CCall call);
/* Whether the frame was in such a call, which is over then: the caller owns its references. */
bool c_calls_end(CCalls *calls, const Frame *frame, CCall *call);
/* Forgets them all. */
void c_calls_free(Thread *t, CCalls *calls);

#endif
