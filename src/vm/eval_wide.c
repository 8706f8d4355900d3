/* One instruction, in a switch over the same bodies as the loop's: one with 16-bit operands (functions with more than 255 registers, calls with
 * many arguments), or, without a prefix, one that machine code leaves to its body. */
#include "vm/eval_priv.h"

#include "vm/eval_switch.h"

#define A (bc_a(w) | bc_a(prefix) << 8)
#define B (bc_b(w) | bc_b(prefix) << 8)
#define C (bc_c(w) | bc_c(prefix) << 8)
#define Bx (bc_bx(w) | bc_bx(prefix) << 16)
#define AB ((w >> 8 & 0xFFFF) | (prefix >> 8 & 0xFFFF) << 16)
#define SBX (prefix ? (int32_t)Bx : bc_sbx(w))
#define SAX (prefix ? (int32_t)((w >> 8) | (prefix >> 8) << 24) : bc_sax(w))
#define SC (prefix ? (int32_t)(int16_t)C : bc_sc(w))
#define COLLECT_WORDS 0 /* goes round by the LOOP */

enum Step eval_wide(Thread *t, WideState *state, uint32_t prefix) {
    const uint32_t *pc = state->pc;
    Value *R = state->R;
    Value *K = frame_of(R)->code->consts;
    uint32_t nfixed = frame_of(R)->code->nfixed;
    Warm *warm_now = frame_of(R)->code->warm;
    Site *sites = warm_now != NULL ? warm_now->sites : NULL;
    Object *dead;
    Value result = VNULL;
    enum Step step;
    uint32_t w = *pc++;
    switch (w & 255) {
#include "vm/eval_ops.inc"
        default:
            SAVE_PC();
            err_raise(t, T_SystemError, "unknown opcode %u", w & 255);
            goto error;
    }
dealloc_next:
    SAVE_PC();
    object_dealloc(t, dead);
next:
    step = STEP_NEXT;
    goto done;
error:
    step = STEP_ERROR;
    goto done;
error_again:
    step = STEP_ERROR_AGAIN;
    goto done;
load_frame:
    step = STEP_LOAD_FRAME;
    goto done;
enter_cold:
    SAVE_PC();
enter_frame:
    step = STEP_ENTER_FRAME;
    goto done;
leave_frame:
    step = STEP_LEAVE_FRAME;
    goto done;
leave_loop:
    step = STEP_LEAVE_LOOP;
done:
    (void)sites;
    state->pc = pc;
    state->R = R;
    state->result = result;
    return step;
}
