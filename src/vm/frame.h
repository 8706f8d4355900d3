/* Frames: what stands in front of a function's registers.
 *
 * A frame lies on the fiber's register stack (linked chunks that never move), directly in front
 * of its registers, in the CALL_GAP words of the caller's window; or inside a generator.
 */
#ifndef KRAIT_VM_FRAME_H
#define KRAIT_VM_FRAME_H

#include "bytecode/bytecode.h"
#include "core/state.h"
#include "object/code.h"
#include "object/function.h"

enum FrameFlags {
    FRAME_ENTRY = 1,      /* called from C: returning from it leaves the eval loop */
    FRAME_GENERATOR = 2,  /* lies in a Generator */
    FRAME_INIT = 4,       /* an __init__ run by a call of its class: the result is the instance, kept in ... */
    FRAME_OWN_CHUNK = 8,  /* its arguments were copied: registers are not in the caller's window */
    FRAME_TRACED = 16,
    FRAME_DISCARD = 32,
};

struct Frame {
    Frame *previous;          /* caller, or NULL */
    Function *function;       /* owned; its code, globals, builtins */
    const uint32_t *pc;       /* next instruction while this frame is not running; the current one when it called out */
    Code *code;               /* borrowed from function at entry, owned if the function's code was changed meanwhile */
    Value globals;            /* borrowed from function */
    struct FrameObject *object; /* owned, or NULL: made on demand */
    uint32_t result;          /* register of the caller that gets the result */
    uint32_t flags;           /* FRAME_... */
    Value instance;           /* FRAME_INIT: what the call answers; else VNULL or reserved */
    Value registers[];
};
_Static_assert(offsetof(Frame, registers) <= CALL_GAP * 8, "a frame header fits into a call window");

#endif
