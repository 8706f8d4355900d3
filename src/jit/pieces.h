/* Pieces that templates are made of. See templates.c for what a template may do. */
#ifndef KRAIT_JIT_PIECES_H
#define KRAIT_JIT_PIECES_H

#include "jit/jit_priv.h"

enum { FRAME = -(int)offsetof(Frame, registers) };
#define FRAME_FIELD(field) (FRAME + (int)offsetof(Frame, field))
#define BITS(value) ((int32_t)(value).bits)

static inline int32_t reg_at(uint32_t i) { return (int32_t)i * 8; }
static inline bool is_temp(const Compiler *c, uint32_t i) { return i >= c->nfixed; }
static inline void slow_if(Compiler *c, Condition cc) { slow_here(c, jump_if(&c->s, cc)); }
static inline void load_reg(Compiler *c, Reg to, uint32_t i) { load(&c->s, to, REG_R, reg_at(i)); }
static inline void kill_temp(Compiler *c, uint32_t i) { store_immediate(&c->s, REG_R, reg_at(i), BITS(V_UNBOUND)); }

/* A new reference to the Value in `reg`: in a stub, and in a template. */
static inline void count_in_stub(Asm *s, Reg reg) {
    test8(s, reg, 7);
    Place no_pointer = jump_if(s, CC_NE);
    op32_mi(s, CMP, reg, offsetof(Object, refs), 0);
    Place immortal = jump_if(s, CC_L);
    increment32_m(s, reg, offsetof(Object, refs));
    patch_here(s, no_pointer);
    patch_here(s, immortal);
}
static inline void count(Compiler *c, Reg reg) { count_in_stub(&c->s, reg); }
/* Gives up the pointer in rcx. */
static inline void drop_pointer(Compiler *c, enum DropKind kind) {
    cold_drop(c, jump(&c->s), kind, -1);
}
/* Gives up the Value in rcx. */
static inline void drop_value(Compiler *c, enum DropKind kind) {
    test8(&c->s, RCX, 7);
    cold_drop(c, jump_if(&c->s, CC_E), kind, -1);
}
/* R[a] = from (owned), as the last act of an instruction. rcx is lost where a is no temporary. */
static inline void put(Compiler *c, uint32_t a, Reg from) {
    if (is_temp(c, a)) {
        store(&c->s, REG_R, reg_at(a), from);
        return;
    }
    load_reg(c, RCX, a);
    store(&c->s, REG_R, reg_at(a), from);
    drop_value(c, DROP_LAST);
}
static inline void put_immediate(Compiler *c, uint32_t a, int32_t bits) {
    if (!is_temp(c, a)) load_reg(c, RCX, a);
    store_immediate(&c->s, REG_R, reg_at(a), bits);
    if (!is_temp(c, a)) drop_value(c, DROP_LAST);
}
/* R[a] = from, and the object in `used`, which the temporary `b` held, is given up (b = no temporary: nothing). rcx is lost. */
static inline void put_and_consume(Compiler *c, uint32_t a, Reg from, uint32_t b, Reg used) {
    if (!is_temp(c, b)) {
        put(c, a, from);
        return;
    }
    if (is_temp(c, a)) {
        if (a != b) kill_temp(c, b);
        store(&c->s, REG_R, reg_at(a), from);
        move(&c->s, RCX, used);
        drop_pointer(c, DROP_LAST);
        return;
    }
    kill_temp(c, b);
    load_reg(c, R14, a);
    store(&c->s, REG_R, reg_at(a), from);
    move(&c->s, RCX, used);
    drop_pointer(c, DROP_WITHIN);
    move(&c->s, RCX, R14);
    drop_value(c, DROP_LAST);
}
/* Jumps where `reg` holds no small int. */
static inline Place unless_int(Compiler *c, Reg reg, Reg scratch) {
    move32(&c->s, scratch, reg);
    op32_ri(&c->s, AND, scratch, 3);
    op32_ri(&c->s, CMP, scratch, 3);
    return jump_if(&c->s, CC_NE);
}

/* The object in `reg` has this shape, or the slow path. */
static inline void need_pointer(Compiler *c, Reg reg) {
    test8(&c->s, reg, 7);
    slow_if(c, CC_NE);
}
static inline void need_shape(Compiler *c, Reg object, uint32_t shape) {
    op32_mi(&c->s, CMP, object, offsetof(Object, shape), (int32_t)shape);
    slow_if(c, CC_NE);
}

/* After what may have run Python code and has saved the next pc: where tracing began meanwhile, the loop goes on. */
static inline void leave_if_traced(Compiler *c) {
    Asm *s = &c->s;
    load(s, RAX, REG_T, offsetof(Thread, plain_dispatch));
    op_rm(s, CMP, RAX, REG_T, offsetof(Thread, dispatch));
    jump_if_to(s, CC_NE, c->jit->leave[STEP_LOAD_FRAME]);
}
/* Behind a function of C that may have waited or run Python code, with the next pc saved: what arrived meanwhile, a signal above all, is dealt with
 * before the next instruction, which may wait for long. Where tracing began, the loop goes on. */
static inline void poll(Compiler *c) {
    op32_mi(&c->s, CMP, REG_T, offsetof(Thread, breaker), 0);
    jump_if_to(&c->s, CC_NE, c->jit->poll);
}
static inline void save_pc(Compiler *c, Reg scratch) {
    move_immediate(&c->s, scratch, (uint64_t)(c->code->instructions + c->next));
    store(&c->s, REG_R, FRAME_FIELD(pc), scratch);
}
/* After a function of C: r15 = its result; an exception leaves machine code, with the operands in their registers. */
static inline void take_result(Compiler *c) {
    test_rr(&c->s, RAX, RAX);
    jump_if_to(&c->s, CC_E, c->jit->leave[STEP_ERROR]);
    move(&c->s, R15, RAX);
}
/* Consumes the temporary i, if it is one; r15 is kept. */
static inline void drop_operand(Compiler *c, uint32_t i) {
    if (!is_temp(c, i)) return;
    load_reg(c, RCX, i);
    kill_temp(c, i);
    drop_value(c, DROP_WITHIN);
}
static inline void drop_temps(Compiler *c, uint32_t a, uint32_t b) {
    drop_operand(c, a);
    if (b != a) drop_operand(c, b);
}
/* A function of C, which may be a library's and far away. rax is lost. */
static inline void call_anywhere(Asm *s, const void *function) {
    if ((uintptr_t)function >> 31 == 0) {
        call_to(s, function);
    } else {
        move_immediate(s, RAX, (uint64_t)function);
        asm_rr(s, false, 0xFF, 2, RAX);
    }
}

#endif
