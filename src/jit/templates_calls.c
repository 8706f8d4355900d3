/* Templates of what enters and leaves frames: calls, returns, and generators under a loop.
 *
 * A function with machine code is entered by a jump, with its frame in the caller's window, and left by a jump to where the caller's frame goes on;
 * the machine's stack does not grow. Callees that are known when the code is compiled are known_calls.c's.
 */
#include "jit/templates.h"
#include "object/function.h"
#include "object/tuple.h"

enum { UNROLLED_MAX = 24 };

/* What always goes elsewhere: by its body, in line, so that each place has a jump of its own to be predicted. */
bool template_leaving(Compiler *c) {
    run_step(c, c->word);
    jump_reg(&c->s, RAX);
    return true;
}
/* What often does. */
bool template_straying(Compiler *c) {
    run_step(c, c->word);
    test_rr(&c->s, RAX, RAX);
    Place follows = jump_if(&c->s, CC_E);
    jump_reg(&c->s, RAX);
    patch_here(&c->s, follows);
    return true;
}

/* A call that needs no binding: locals that are no parameters are unbound, and free variables come from the closure. */
void template_entry(Compiler *c) {
    Asm *s = &c->s;
    const Code *code = c->code;
    for (uint32_t i = code->nargs; i < code->nlocals; i++) kill_temp(c, i);
    if (code->nfree == 0) return;
    load(s, RAX, REG_R, FRAME_FIELD(function));
    load(s, RAX, RAX, offsetof(Function, closure));
    for (uint32_t i = 0; i < code->nfree; i++) {
        load(s, RCX, RAX, (int32_t)offsetof(Tuple, items) + 8 * (int32_t)i);
        count(c, RCX);
        store(s, REG_R, reg_at(code->nlocals + code->ncells + i), RCX);
    }
}

static bool call_anything(Compiler *c);
bool template_call(Compiler *c) {
    KnownCall known;
    if (!known_call(c, &known)) return call_anything(c);
    Place done = jump(&c->s);
    for (int i = 0; i < known.exits; i++) patch_here(&c->s, known.elsewhere[i]);
    template_straying(c);
    for (int i = 0; i < known.dones; i++) patch_here(&c->s, known.done[i]);
    patch_here(&c->s, done);
    return true;
}

/* CALL of a function of C that was not known when the code was compiled, or of anything else by the instruction's body. */
static bool call_builtin_or_stray(Compiler *c) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w);
    load_reg(c, RAX, a);
    test8(s, RAX, 7);
    Place no_pointer = jump_if(s, CC_NE);
    op32_mi(s, CMP, RAX, offsetof(Object, shape), SHAPE_builtin_function);
    Place other = jump_if(s, CC_NE);
    save_pc(c, RDX);
    move(s, RDI, REG_T);
    lea(s, RSI, REG_R, reg_at(a));
    move_immediate(s, RDX, bc_b(c->w));
    call_to(s, (const void *)jit_call_builtin);
    op_ri(s, CMP, RAX, BITS(V_UNBOUND));
    Place declined = jump_if(s, CC_E);
    take_result(c);
    put(c, bc_c(c->w), R15);
    poll(c);
    Place done = jump(s);
    patch_here(s, no_pointer);
    patch_here(s, other);
    patch_here(s, declined);
    template_straying(c);
    patch_here(s, done);
    return true;
}
/* CALL of a Python function with machine code that needs no binding but that of defaults: its frame lies in the window. Machine registers:
 * rsi function, rdi its code, r8 warm, r9 native, r10 fiber, rdx its registers, rcx the stack's new top, r15 how many arguments are left out. */
static bool call_anything(Compiler *c) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w), nargs = bc_b(c->w), dest = bc_c(c->w);
    if (c->code->flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR)) return call_builtin_or_stray(c);
    Place elsewhere[10];
    int n = 0;
    load_reg(c, RSI, a);
    test8(s, RSI, 7);
    elsewhere[n++] = jump_if(s, CC_NE);
    op32_mi(s, CMP, RSI, offsetof(Object, shape), SHAPE_function);
    Place is_function = jump_if(s, CC_E);
    lea(s, RDI, REG_R, reg_at(a));
    call_to(s, c->jit->unbind);
    elsewhere[n++] = jump_if(s, CC_B);
    patch_here(s, is_function);
    load(s, RDI, RSI, offsetof(Function, code));
    lea(s, RDX, REG_R, reg_at(a + CALL_GAP + 2));
    move_immediate(s, RAX, nargs + 1);
    op_mi(s, CMP, REG_R, reg_at(a + CALL_GAP + 1), BITS(V_UNBOUND));
    Place unbound = jump_if(s, CC_E);
    op_ri(s, SUB, RDX, 8);
    op32_ri(s, ADD, RAX, 1);
    patch_here(s, unbound);
    load32(s, RCX, RDI, offsetof(Code, exact_args) & ~3); /* the upper or the lower half of this word */
    if (offsetof(Code, exact_args) & 2) shift(s, SHR, RCX, 16);
    else op32_ri(s, AND, RCX, 0xFFFF);
    op32_rr(s, SUB, RCX, RAX);
    elsewhere[n++] = jump_if(s, CC_B);
    move32(s, R15, RCX);
    load(s, R8, RDI, offsetof(Code, warm));
    test_rr(s, R8, R8);
    elsewhere[n++] = jump_if(s, CC_E);
    load(s, R9, R8, offsetof(Warm, native));
    test_rr(s, R9, R9);
    elsewhere[n++] = jump_if(s, CC_E);
    load(s, R10, REG_T, offsetof(Thread, fiber));
    load32(s, RCX, RDI, offsetof(Code, nregs));
    lea_indexed(s, RCX, RDX, RCX, 3, 0);
    op_rm(s, CMP, RCX, R10, offsetof(Fiber, limit));
    elsewhere[n++] = jump_if(s, CC_A);
    load32(s, RAX, R10, offsetof(Fiber, depth));
    op32_rm(s, CMP, RAX, REG_T, offsetof(Thread, depth_limit));
    elsewhere[n++] = jump_if(s, CC_AE);
    op32_mi(s, CMP, REG_T, offsetof(Thread, breaker), 0);
    elsewhere[n++] = jump_if(s, CC_NE);
    test32_rr(s, R15, R15);
    Place complete = jump_if(s, CC_E);
    call_to(s, c->jit->defaults);
    elsewhere[n++] = jump_if(s, CC_B);
    patch_here(s, complete);

    op32_ri(s, ADD, RAX, 1);
    store32(s, R10, offsetof(Fiber, depth), RAX);
    store(s, R10, offsetof(Fiber, top), RCX);
    move_immediate(s, RAX, (uint64_t)(c->code->instructions + c->next));
    store(s, REG_R, FRAME_FIELD(pc), RAX);
    kill_temp(c, a);
    lea(s, RCX, REG_R, FRAME);
    store(s, RDX, FRAME_FIELD(previous), RCX);
    store(s, RDX, FRAME_FIELD(function), RSI);
    store(s, RDX, FRAME_FIELD(code), RDI);
    load(s, RAX, RSI, offsetof(Function, globals));
    store(s, RDX, FRAME_FIELD(globals), RAX);
    store_immediate(s, RDX, FRAME_FIELD(object), 0);
    _Static_assert(offsetof(Frame, flags) == offsetof(Frame, result) + 4, "one store for both");
    store_immediate(s, RDX, FRAME_FIELD(result), (int32_t)dest);
    store_immediate(s, RDX, FRAME_FIELD(instance), BITS(V_UNBOUND));
    lea(s, RCX, RDX, FRAME);
    store(s, R10, offsetof(Fiber, frame), RCX);
    move(s, REG_R, RDX);
    lea(s, REG_SITES, R8, offsetof(Warm, sites));
    asm_rm(s, false, 0xFF, 4, R9, offsetof(Native, call_entry)); /* jmp [r9 + ...] */

    for (int i = 0; i < n; i++) patch_here(s, elsewhere[i]);
    return call_builtin_or_stray(c);
}

/* rcx is kept: the register r15 of the innermost frame, rbx, gets the Value in r14, which becomes what was there. */
static void exchange_result(Compiler *c) {
    load_indexed(&c->s, RAX, REG_R, R15, 3, 0);
    store_indexed(&c->s, REG_R, R15, 3, 0, R14);
    move(&c->s, R14, RAX);
}
/* r14 = where the frame in rdi with the code in rdx and the machine code in r9 goes on. */
static void resume_address(Compiler *c) {
    Asm *s = &c->s;
    load(s, RAX, RDI, offsetof(Frame, pc));
    op_rm(s, SUB, RAX, RDX, offsetof(Code, instructions)); /* in bytes: an offset has the size of a word */
    load_indexed32(s, R14, R9, RAX, 0, offsetof(Native, offsets));
    op_rm(s, ADD, R14, R9, offsetof(Native, base));
}
/* Goes on in the innermost frame, or leaves machine code where it has none. */
static void resume_frame(Compiler *c) {
    Asm *s = &c->s;
    load(s, RDI, REG_T, offsetof(Thread, fiber));
    load(s, RDI, RDI, offsetof(Fiber, frame));
    load(s, RDX, RDI, offsetof(Frame, code));
    load(s, R8, RDX, offsetof(Code, warm));
    test_rr(s, R8, R8);
    Place cold = jump_if(s, CC_E);
    load(s, R9, R8, offsetof(Warm, native));
    test_rr(s, R9, R9);
    Place interpreted = jump_if(s, CC_E);
    resume_address(c);
    lea(s, REG_SITES, R8, offsetof(Warm, sites));
    jump_reg(s, R14);
    patch_here(s, cold);
    patch_here(s, interpreted);
    jump_to(s, c->jit->leave[STEP_LOAD_FRAME]);
}

/* The fixed registers from the last one on; those that hold no object keep what they hold. */
static void drop_fixed(Compiler *c, int moved_out) {
    Asm *s = &c->s;
    if (c->nfixed <= UNROLLED_MAX) {
        for (uint32_t i = c->nfixed; i-- > 0;) {
            if ((int)i == moved_out) continue;
            load_reg(c, RCX, i);
            test8(s, RCX, 7);
            cold_drop(c, jump_if(s, CC_E), DROP_WITHIN, (int)i);
        }
        return;
    }
    move_immediate(s, R15, c->nfixed);
    const uint8_t *loop = s->at;
    load_indexed(s, RCX, REG_R, R15, 3, -8);
    test8(s, RCX, 7);
    Place other = jump_if(s, CC_NE);
    move_immediate(s, RAX, V_UNBOUND.bits);
    store_indexed(s, REG_R, R15, 3, -8, RAX);
    drop_pointer(c, DROP_WITHIN);
    patch_here(s, other);
    op_ri(s, SUB, R15, 1);
    jump_if_to(s, CC_NE, loop);
}

/* RETURN from a plain frame, with the owned result in r14. */
static void leave_frame(Compiler *c, int moved_out) {
    Asm *s = &c->s;
    drop_fixed(c, moved_out);
    load(s, RDI, REG_R, FRAME_FIELD(previous));
    load(s, RCX, REG_R, FRAME_FIELD(function));
    load32(s, R15, REG_R, FRAME_FIELD(result));
    move_immediate(s, RAX, V_UNBOUND.bits);
    float_from_bits(s, XMM0, RAX);
    asm_bytes(s, "\x66\x0F\x6C\xC0", 4); /* punpcklqdq xmm0, xmm0 */
    for (int i = 0; i < CALL_GAP; i += 2) { /* movups [rbx + ...], xmm0 */
        asm_bytes(s, "\x0F\x11", 2);
        asm_memory(s, XMM0, REG_R, FRAME + 8 * i);
    }
    load(s, R10, REG_T, offsetof(Thread, fiber));
    store(s, R10, offsetof(Fiber, frame), RDI);
    load(s, RDX, RDI, offsetof(Frame, code));
    load32(s, RAX, RDX, offsetof(Code, nregs));
    lea(s, REG_R, RDI, offsetof(Frame, registers));
    lea_indexed(s, RAX, REG_R, RAX, 3, 0);
    store(s, R10, offsetof(Fiber, top), RAX);
    decrement32_m(s, R10, offsetof(Fiber, depth));
    exchange_result(c);
    drop_pointer(c, DROP_LEAVING);
    move(s, RCX, R14);
    drop_value(c, DROP_LEAVING);
    resume_frame(c);
}
static bool plain_return(Compiler *c) {
    if (c->code->flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR)) return false;
    Asm *s = &c->s;
    op32_mi(s, CMP, REG_R, FRAME_FIELD(flags), 0);
    slow_if(c, CC_NE);
    op_mi(s, CMP, REG_R, FRAME_FIELD(object), 0);
    slow_if(c, CC_NE);
    return true;
}
bool template_return(Compiler *c) {
    uint32_t a = bc_a(c->w);
    if (!plain_return(c)) return template_leaving(c);
    load_reg(c, R14, a);
    kill_temp(c, a);
    leave_frame(c, (int)a);
    return true;
}
bool template_return_const(Compiler *c) {
    Value v = c->code->consts[c->w >> 8 & 0xFFFF];
    if (!plain_return(c)) return template_leaving(c);
    move_immediate(&c->s, R14, v.bits);
    if (is_ptr(v) && !is_immortal(v_obj(v))) increment32_m(&c->s, R14, offsetof(Object, refs));
    leave_frame(c, -1);
    return true;
}

/* YIELD to a loop over the generator, or to a function of C that asked for the next. */
#define GENERATOR_FIELD(field) (FRAME + (int)offsetof(Generator, field) - (int)offsetof(Generator, frame))
/* r14 = the value that is yielded, and the generator in rbx is left: rdi is the caller's frame, r10 the fiber. */
static void suspend(Compiler *c) {
    Asm *s = &c->s;
    uint32_t b = bc_b(c->w), suspended = bc_a(c->w) | bc_c(c->w) << 16;
    load_reg(c, R14, b);
    if (is_temp(c, b)) kill_temp(c, b);
    else count(c, R14);
    move_immediate(s, RAX, (uint64_t)(c->code->instructions + c->next));
    store(s, REG_R, FRAME_FIELD(pc), RAX);
    store_immediate(s, REG_R, FRAME_FIELD(instance), BITS(v_smallint(suspended)));
    store32_immediate(s, REG_R, FRAME_FIELD(flags), FRAME_GENERATOR);
    store8_immediate(s, REG_R, GENERATOR_FIELD(state), GEN_SUSPENDED);
    load(s, R10, REG_T, offsetof(Thread, fiber));
    load(s, RAX, REG_R, GENERATOR_FIELD(handled.previous));
    store(s, R10, offsetof(Fiber, handled), RAX);
    load(s, RDI, REG_R, FRAME_FIELD(previous));
    store(s, R10, offsetof(Fiber, frame), RDI);
    store_immediate(s, REG_R, FRAME_FIELD(previous), 0);
    decrement32_m(s, R10, offsetof(Fiber, depth));
}
bool template_yield(Compiler *c) {
    Asm *s = &c->s;
    asm_rm(s, false, 0xF7, 0, REG_R, FRAME_FIELD(flags)); /* test dword [...], FRAME_FOR */
    asm_4(s, FRAME_FOR);
    Place no_loop = jump_if(s, CC_E);
    suspend(c);
    load32(s, R15, REG_R, FRAME_FIELD(result));
    lea(s, REG_R, RDI, offsetof(Frame, registers));
    exchange_result(c);
    move(s, RCX, R14);
    drop_value(c, DROP_LEAVING);
    resume_frame(c);
    patch_here(s, no_loop);
    op32_mi(s, CMP, REG_R, FRAME_FIELD(flags), FRAME_GENERATOR | FRAME_ENTRY);
    slow_if(c, CC_NE);
    suspend(c);
    store(s, REG_T, offsetof(Thread, native_result), R14);
    jump_to(s, c->jit->leave[STEP_LEAVE_LOOP]);
    return true;
}
/* FOR_ITER over the generator in rsi, which has not ended and has machine code. */
void template_for_generator(Compiler *c) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w), b = bc_b(c->w);
    op8_mi(s, CMP, RSI, offsetof(Generator, state), GEN_SUSPENDED);
    slow_if(c, CC_A);
    load(s, R10, REG_T, offsetof(Thread, fiber));
    load32(s, RAX, R10, offsetof(Fiber, depth));
    op32_rm(s, CMP, RAX, REG_T, offsetof(Thread, depth_limit));
    slow_if(c, CC_AE);
    op32_mi(s, CMP, REG_T, offsetof(Thread, breaker), 0);
    slow_if(c, CC_NE);
    lea(s, RDI, RSI, offsetof(Generator, frame));
    load(s, RDX, RDI, offsetof(Frame, code));
    load(s, R8, RDX, offsetof(Code, warm));
    test_rr(s, R8, R8);
    slow_if(c, CC_E);
    load(s, R9, R8, offsetof(Warm, native));
    test_rr(s, R9, R9);
    slow_if(c, CC_E);
    load(s, R15, RDI, offsetof(Frame, instance));
    shift(s, SAR, R15, 2);
    op_ri(s, CMP, R15, 0xFFFF); /* beyond: it delegates */
    slow_if(c, CC_G);

    op32_ri(s, ADD, RAX, 1);
    store32(s, R10, offsetof(Fiber, depth), RAX);
    move_immediate(s, RAX, (uint64_t)(c->code->instructions + c->next));
    store(s, REG_R, FRAME_FIELD(pc), RAX);
    lea(s, RAX, REG_R, FRAME);
    store(s, RDI, offsetof(Frame, previous), RAX);
    store32_immediate(s, RDI, offsetof(Frame, result), (int32_t)a);
    store32_immediate(s, RDI, offsetof(Frame, flags), FRAME_GENERATOR | FRAME_FOR);
    store_immediate(s, RDI, offsetof(Frame, instance), BITS(v_smallint(b)));
    store8_immediate(s, RSI, offsetof(Generator, state), GEN_RUNNING);
    load(s, RAX, R10, offsetof(Fiber, handled));
    store(s, RSI, offsetof(Generator, handled.previous), RAX);
    lea(s, RAX, RSI, offsetof(Generator, handled));
    store(s, R10, offsetof(Fiber, handled), RAX);
    store(s, R10, offsetof(Fiber, frame), RDI);
    resume_address(c);
    lea(s, REG_R, RDI, offsetof(Frame, registers));
    lea(s, REG_SITES, R8, offsetof(Warm, sites));
    test_rr(s, R15, R15);
    Place first = jump_if(s, CC_S);
    load_indexed(s, RCX, REG_R, R15, 3, 0);
    move_immediate(s, RAX, V_NONE.bits);
    store_indexed(s, REG_R, R15, 3, 0, RAX);
    drop_value(c, DROP_LEAVING);
    patch_here(s, first);
    jump_reg(s, R14);
}
