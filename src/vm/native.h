/* Machine code of code objects, as the interpreter's loop sees it.
 *
 * The room jit makes it of code that has run often and fills the door below into Interp.native; on a processor that it does not know, or with
 * `-X jit=off`, the door stays NULL and everything is interpreted. Machine code works on the same frames and registers as the loop and can be
 * entered at any instruction; it is left by a Step, with the frames in the state that the loop's label of that name expects.
 */
#ifndef KRAIT_VM_NATIVE_H
#define KRAIT_VM_NATIVE_H

#include "vm/eval_priv.h"

/* The machine code of one Code; belongs to its Warm. */
typedef struct Native {
    struct Native *next, **link; /* of all there is, from the jit on */
    char *base;
    char *call_entry;       /* where a call that needs no binding enters: locals and free variables are still to be set */
    uint32_t size;          /* bytes at base */
    uint32_t noffsets;      /* words of the code */
    uint32_t offsets[];     /* from base, by instruction word; 0: no instruction begins there */
} Native;

typedef struct NativeDoor {
    /* NULL: it cannot be compiled, or memory is short; never an exception. */
    Native *(*compile)(Thread *t, Code *code);
    void (*release)(Thread *t, Native *native);
    /* Runs the innermost frame, whose registers and sites are given, from an address of its machine code on. With STEP_LEAVE_LOOP the result is
     * in t->native_result. */
    enum Step (*enter)(Thread *t, Value *R, const void *address, Site *sites);
    uint64_t size; /* bytes of all machine code */
} NativeDoor;

static inline NativeDoor *native_door(Thread *t) { return t->interp->native; }
static inline const void *native_at(const Native *n, const Code *code, const uint32_t *pc) { return n->base + n->offsets[pc - code->instructions]; }

#endif
