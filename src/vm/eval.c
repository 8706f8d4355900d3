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

#define RELOAD() (dispatch = t->dispatch)
#define NEXT()                        \
    do {                              \
        w = *pc++;                    \
        goto *dispatch[w & 255];      \
    } while (0)
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

/* With frame NULL only the dispatch tables are put into *tables: labels are local to the function. */
static Value loop(Thread *t, Frame *frame, bool raise, const void *const *tables[2]) {
    static const void *const plain[256] = {
#define OP(name, ...) [BC_##name] = &&L_##name,
#include "bytecode/opcodes.def"
#undef OP
        [OPCODE_COUNT ... 255] = &&bad_opcode,
    };
    static const void *const tracing[256] = {[0 ... 255] = &&traced};
    if (frame == NULL) {
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
    if (raise) goto error;
    goto enter_frame;

#include "vm/eval_ops.inc"

OPCODE(WIDE) {
    WideState state = {pc, R, VNULL};
    enum Step step = eval_wide(t, &state, w);
    R = state.R;
    pc = state.pc;
    result = state.result;
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

leave_frame: {
    Frame *f = frame_of(R), *caller = f->previous;
    uint32_t flags = f->flags;
    if (UNLIKELY((flags & FRAME_UNUSUAL) || f->object != NULL)) goto leave_slow;
    for (uint32_t i = nfixed; i-- > 0;) {
        Value v = R[i];
        R[i] = V_UNBOUND;
        if (is_ptr(v)) DROP(v_obj(v));
    }
    Function *function = f->function;
    uint32_t dest = f->result;
    Value instance = f->instance;
    for (int i = 0; i < CALL_GAP; i++) ((Value *)f)[i] = V_UNBOUND;
    Code *code = caller->code;
    R = caller->registers;
    Fiber *fiber = t->fiber;
    fiber->frame = caller;
    fiber->top = UNLIKELY(flags & FRAME_APART) ? (Value *)f : R + code->nregs;
    fiber->depth--;
    pc = caller->pc;
    K = code->consts;
    nfixed = code->nfixed;
    Warm *warm = code->warm;
    sites = warm != NULL ? warm->sites : NULL;
    if (UNLIKELY(flags & FRAME_SPECIAL)) {
        DROP(&function->head);
        if (UNLIKELY(!special_done(t, caller, flags, dest, instance, result))) goto error;
        pc = caller->pc;
        RELOAD();
        NEXT();
    }
    if (flags & FRAME_INIT) {
        if (UNLIKELY(!is_none(result))) {
            DROP(&function->head);
            init_answered(t, instance, result);
            goto error;
        }
        result = instance;
    }
    Value *slot = &R[dest], old = *slot;
    *slot = result;
    DROP(&function->head);
    if (is_ptr(old)) DROP(v_obj(old));
    NEXT();
}

leave_slow: {
    Frame *f = frame_of(R), *caller = f->previous;
    f->pc = pc;
    uint32_t flags = f->flags, dest = f->result;
    if (flags & FRAME_GENERATOR) {
        Value delegate = f->instance;
        generator_finish(t, f);
        if (flags & FRAME_ENTRY) goto leave_loop;
        if (UNLIKELY(flags & FRAME_ASEND)) {
            decref(t, result);
            err_raise_value(t, v_from(builtin_type(t, T_StopAsyncIteration)));
            async_send_end(t, V_AS(AsyncSend, caller->registers[smallint_get(delegate)]), t->pending);
            goto error;
        }
        if (UNLIKELY(t->breaker & BREAK_TRACE) && !trace_generator_returned(t, result, flags & FRAME_FOR)) {
            decref(t, result);
            goto error;
        }
        R = caller->registers;
        Value iterator = R[smallint_get(delegate)];
        R[smallint_get(delegate)] = V_UNBOUND;
        if (flags & FRAME_COLLECT) caller->pc += COLLECT_WORDS;
        caller->pc += (int32_t)caller->pc[-1]; /* the jump word of FOR_ITER or SEND */
        if (flags & FRAME_FOR) decref(t, result);
        else reg_set(t, R, dest, result);
        decref(t, iterator);
        goto load_frame;
    }
    Value waiting = f->instance;
    if (flags & FRAME_INIT) {
        Value instance = f->instance;
        f->instance = V_UNBOUND;
        frame_leave(t, f);
        if (UNLIKELY(!is_none(result))) {
            init_answered(t, instance, result);
            result = VNULL;
        } else {
            result = instance;
        }
    } else {
        frame_leave(t, f);
    }
    if (flags & FRAME_ENTRY) goto leave_loop;
    if (UNLIKELY(is_null(result))) goto error;
    if (flags & FRAME_SPECIAL) {
        if (UNLIKELY(!special_done(t, caller, flags, dest, waiting, result))) goto error;
    } else {
        reg_set(t, caller->registers, dest, result);
    }
    goto load_frame;
}

leave_loop:
    return result;

enter_cold:
    frame_of(R)->pc = pc;
enter_frame:
    if (UNLIKELY(t->fiber->frame->code->warm == NULL)) code_ran(t, t->fiber->frame->code);
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
    NEXT();
}

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
    return loop(t, frame, false, NULL);
}
Value eval_throw(Thread *t, Frame *frame) { return loop(t, frame, true, NULL); }

const void *const *eval_table(bool traced) {
    const void *const *tables[2];
    loop(NULL, NULL, false, tables);
    return tables[traced];
}
