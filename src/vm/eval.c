/* The interpreter's loop: register code by computed goto through a table held in a register.
 *
 *     eval --> loop: label of each instruction (eval_ops.inc)
 *                load_frame   another frame is innermost: take over its state
 *                enter_frame  the same for a frame that begins or goes on: safe point first
 *                leave_frame  the frame returned `result`
 *                error        an exception is pending: unwind.c finds the handler
 *
 * State of the running frame in C variables: R its registers (the Frame lies in front), pc, K its constants, sites its inline caches (NULL
 * while cold), nfixed the number of its first temporary, dispatch the table, reloaded after whatever can run Python code.
 * With tracing on, all entries of the table lead to `traced`, which reports and goes on through the plain table.
 */
#include "vm/eval_priv.h"
#include "vm/native.h"

#define RELOAD() (dispatch = t->dispatch)
#define NEXT()                        \
    do {                              \
        w = *pc++;                    \
        goto *dispatch[w & 255];      \
    } while (0)
#define HEAT_UP() \
    if (UNLIKELY(--warm_of(sites)->heat < 0)) goto hot
#define HAS_NATIVE() (sites != NULL && warm_of(sites)->native != NULL)
#define OPCODE(name) L_##name:
#define UNTRACED() (dispatch == plain)
#define A bc_a(w)
#define B bc_b(w)
#define C bc_c(w)
#define Bx bc_bx(w)
#define AB (w >> 8 & 0xFFFF)
#define SBX bc_sbx(w)
#define SAX bc_sax(w)
#define SC bc_sc(w)
#define COLLECT_WORDS 2

/* Begins where `step` says. Without a thread only the dispatch tables are put into *tables: labels are local to the function. */
static Value loop(Thread *t, enum Step step, const void *const *tables[2]) {
    static const void *const plain[256] = {
#define OP(name, ...) [BC_##name] = &&L_##name,
#include "bytecode/opcodes.def"
#undef OP
        [OPCODE_COUNT ... 255] = &&bad_opcode,
    };
    static const void *const tracing[256] = {[0 ... 255] = &&traced};
    if (t == NULL) {
        tables[0] = plain;
        tables[1] = tracing;
        return VNULL;
    }

    Value *R;
    const uint32_t *pc;
    Value *K;
    Site *sites;
    uint32_t nfixed, w;
    const void *const *dispatch;
    Object *dead;
    Value result;
    goto left_native;

#include "vm/eval_ops.inc"

OPCODE(WIDE) {
    WideState state = {pc, R, VNULL};
    step = eval_wide(t, &state, w);
    R = state.R;
    pc = state.pc;
    result = state.result;
stepped:
    switch (step) {
        case STEP_NEXT: frame_of(R)->pc = pc; goto load_frame;
        case STEP_ERROR: goto error;
        case STEP_ERROR_AGAIN: goto error_again;
        case STEP_LOAD_FRAME: goto load_frame;
        case STEP_ENTER_FRAME: goto enter_frame;
        case STEP_LEAVE_FRAME: goto leave_frame;
        case STEP_LEAVE_LOOP: goto leave_loop;
    }
    __builtin_unreachable();
}

#include "vm/eval_leave.inc"

leave_loop:
    return result;

enter_cold:
    frame_of(R)->pc = pc;
enter_frame:
    if (UNLIKELY(t->fiber->frame->code->warm == NULL)) code_ran(t, t->fiber->frame->code);
    else if (UNLIKELY(--t->fiber->frame->code->warm->heat < 0)) code_heated(t, t->fiber->frame->code);
    if (UNLIKELY(t->breaker != 0)) {
        if (UNLIKELY((t->breaker & BREAK_TRACE) && !trace_enter(t))) goto error;
        if (UNLIKELY(!safe_point(t))) goto error;
    }
load_frame: {
    Frame *f = t->fiber->frame;
    Code *code = f->code;
    R = f->registers;
    pc = f->pc;
    K = code->consts;
    nfixed = code->nfixed;
    Warm *warm = code->warm;
    sites = warm != NULL ? warm->sites : NULL;
    RELOAD();
    if (UNLIKELY(warm != NULL && warm->native != NULL) && LIKELY(dispatch == plain)) {
        step = native_door(t)->enter(t, R, native_at(warm->native, code, pc), sites);
        goto left_native;
    }
    NEXT();
}
left_native:
    result = t->native_result;
    if (step == STEP_LEAVE_FRAME) {
        Frame *f = t->fiber->frame;
        R = f->registers;
        pc = f->pc;
        nfixed = f->code->nfixed;
    }
    goto stepped;
hot:
    SAVE_PC();
    code_heated(t, frame_of(R)->code);
    goto load_frame;

dealloc_next:
    SAVE_PC();
    object_dealloc(t, dead);
    RELOAD();
    NEXT();

traced:
    if (UNLIKELY(!trace_instruction(t, R, pc - 1))) goto error;
    pc = frame_of(R)->pc;
    w = pc[-1];
    goto *plain[w & 255];

bad_opcode:
    SAVE_PC();
    err_raise(t, T_SystemError, "unknown opcode %u", w & 255);
error:
    if (LIKELY(unwind(t, false))) goto load_frame;
    return VNULL;
error_again:
    if (unwind(t, true)) goto load_frame;
    return VNULL;
}

Value eval(Thread *t, Frame *frame) {
    if (UNLIKELY(!stack_check(t, ""))) return eval_throw(t, frame);
    Warm *warm = frame->code->warm;
    if (warm == NULL || warm->native == NULL || t->breaker || t->dispatch != t->plain_dispatch) return loop(t, STEP_ENTER_FRAME, NULL);
    enum Step step = native_door(t)->enter(t, frame->registers, native_at(warm->native, frame->code, frame->pc), warm->sites);
    return LIKELY(step == STEP_LEAVE_LOOP) ? t->native_result : loop(t, step, NULL);
}
Value eval_throw(Thread *t, Frame *frame) { return loop(t, STEP_ERROR, NULL); }

const void *const *eval_table(bool traced) {
    const void *const *tables[2];
    loop(NULL, STEP_NEXT, tables);
    return tables[traced];
}
