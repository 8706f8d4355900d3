/* Frames: what stands in front of a function's registers, and the stack on which they lie.
 *
 * A frame lies on the fiber's register stack (linked chunks that never move), directly in front
 * of its registers, in the CALL_GAP words of the caller's window; or inside a generator.
 *
 *     caller's registers ... | callee | gap: Frame header | register 0 (self or first argument) ...
 *
 * Invariants:
 *   - No word of the stack above the running frames holds a pointer, and no dead temporary does: whoever leaves a frame
 *     wipes its header and its registers. So a frame's temporaries need no preparation, and unwinding may drop them all.
 *   - fiber->frame is the innermost frame, fiber->top the first free word; both are kept at every entry and exit.
 *   - `pc - 1` of a frame that is not in the eval loop's hands points at a word of the instruction under way.
 */
#ifndef KRAIT_VM_FRAME_H
#define KRAIT_VM_FRAME_H

#include "bytecode/bytecode.h"
#include "core/object.h"
#include "core/state.h"
#include "object/code.h"
#include "object/function.h"
#include "object/gen.h"
#include "object/tuple.h"

typedef struct FrameObject FrameObject; /* vm/frame_object.h */

enum FrameFlags {
    FRAME_ENTRY = 1,      /* called from C: returning from it leaves the eval loop */
    FRAME_GENERATOR = 2,  /* lies in a Generator */
    FRAME_INIT = 4,       /* an __init__ run by a call of its class: the result is the instance, kept in `instance` */
    FRAME_APART = 8,      /* its arguments were copied: its registers are not in the caller's window */
    FRAME_CHUNK = 16,     /* the first of its chunk, which is given back with it */
    FRAME_FOR = 32,       /* a generator resumed by the caller's FOR_ITER */
    FRAME_SEND = 64,      /* ... by the caller's SEND */
    FRAME_TRACED = 128,   /* its 'call' event was reported: 'return' is due */
    FRAME_SPECIAL = 512,  /* a special method that the caller's operation waits for: see eval_special.c, which has bits 16 to 24 */
    FRAME_INPLACE = 1024, /* ... for an operation in place whose class has the plain method only */
    FRAME_DISCARD = 256,  /* an entry frame whose result nobody wants */
    FRAME_ASEND = 2048,   /* with FRAME_SEND: an asynchronous generator; the delegate is its AsyncSend */
    FRAME_COLLECT = 4096, /* with FRAME_FOR: by the caller's COLLECT, which is to be run again */
    FRAME_UNUSUAL = FRAME_ENTRY | FRAME_GENERATOR | FRAME_CHUNK | FRAME_FOR | FRAME_SEND | FRAME_TRACED | FRAME_DISCARD, /* not left in a hurry */
};

struct Frame {
    Frame *previous;          /* caller, or NULL */
    Function *function;       /* owned; its globals and builtins */
    const uint32_t *pc;       /* the next instruction; see above */
    Code *code;               /* borrowed from function at entry: function.__code__ assigned meanwhile is kept by vm/call.c */
    Value globals;            /* borrowed from function */
    FrameObject *object;      /* owned: it is told when the frame ends; NULL: none was asked for */
    uint32_t result;          /* register of the caller that gets the result */
    uint32_t flags;           /* FRAME_... */
    Value instance;           /* FRAME_INIT: what the call answers. FRAME_SEND, FRAME_FOR: register of the delegate, as an int.
                               * A suspended generator: A | C << 16 of its YIELD as an int, -1 before the first. Else no pointer. */
    Value registers[];
};
_Static_assert(offsetof(Frame, registers) == CALL_GAP * 8, "a frame header fills the gap of a call window");

static inline Frame *frame_of(Value *registers) { return (Frame *)(registers - CALL_GAP); }
static inline Generator *frame_generator(Frame *f) { return (Generator *)((char *)f - offsetof(Generator, frame)); }
static inline Frame *generator_frame(Generator *g) { return (Frame *)g->frame; }
static inline uint32_t frame_lasti(const Frame *f) { /* index of a word of the instruction under way */
    return f->pc > f->code->instructions ? (uint32_t)(f->pc - f->code->instructions) - 1 : 0;
}

/* A chunk of the register stack; chunks are linked downwards, one emptied chunk is kept above. */
struct RegChunk {
    RegChunk *previous, *next;
    Value *saved_top;   /* of the previous chunk */
    Value *end;
    Value words[];
};

/* Fills in what depends on the other fields: nfixed and exact_args. */
void code_prepare(Code *code);

/* Room for a frame with `nregs` registers at the stack's top: where its registers begin. NULL: MemoryError. *flags gets FRAME_CHUNK
 * or 0. Nothing is pushed yet. */
Value *stack_room(Thread *t, size_t nregs, uint32_t *flags) MUST_USE;
/* Gives back what stack_room took without pushing a frame. */
void stack_room_drop(Thread *t, uint32_t flags);
void stack_free(Fiber *fiber);

bool recursion_error(Thread *t) COLD;
/* Completes a frame whose registers hold the bound arguments: cells of the closure, unbound locals from `first_unbound` on; takes
 * `function`. false: RecursionError is pending; the frame was not pushed and its registers are as they were. */
static inline MUST_USE bool frame_push(Thread *t, Value *registers, Function *function, uint32_t first_unbound, uint32_t result, uint32_t flags) {
    Fiber *fiber = t->fiber;
    Code *code = function->code;
    if (UNLIKELY(fiber->depth >= t->depth_limit)) return recursion_error(t);
    Frame *f = frame_of(registers);
    f->previous = fiber->frame;
    f->function = function;
    f->code = code;
    f->pc = code->start;
    f->globals = function->globals;
    f->object = NULL;
    f->result = result;
    f->flags = flags;
    f->instance = V_UNBOUND;
    for (uint32_t i = first_unbound; i < code->nlocals; i++) registers[i] = V_UNBOUND;
    if (code->nfree != 0) {
        Value *cells = V_AS(Tuple, function->closure)->items, *target = registers + code->nlocals + code->ncells;
        for (uint32_t i = 0; i < code->nfree; i++) target[i] = new_ref(cells[i]);
    }
    fiber->frame = f;
    fiber->top = registers + code->nregs;
    fiber->depth++;
    return true;
}
/* The stack's top is what it was before frame f, whose header may be wiped already, was pushed by `caller`. */
void frame_give_back(Fiber *fiber, Frame *f, uint32_t flags, Frame *caller);
/* Leaves the innermost frame: its locals are dropped or go to the frame object, its words are wiped, the caller is innermost. */
void frame_leave(Thread *t, Frame *f);
/* Drops the locals and cells; no frame's word is VNULL. */
void frame_drop_fixed(Thread *t, Frame *f);
/* Drops the temporaries from register `from` on. */
void frame_drop_temporaries(Thread *t, Frame *f, uint32_t from);
/* For generators: the hooks frame_clear and frame_traverse. */
void frame_clear_registers(Thread *t, Frame *f);
int frame_traverse_registers(Frame *f, VisitFn visit, void *context);
/* For the collector: the hook visit_running. */
void frame_visit_running(Thread *t, VisitFn visit, void *context);

#endif
