/* An assembler for x86-64: one function an instruction form, bytes into a buffer.
 *
 * Addresses of functions and tables of the executable, and of machine code itself, lie below 2 GB (the executable is not position-independent,
 * code_memory.c maps low memory), so calls and jumps are relative and such addresses fit 32 bits. Running out of room sets `full`; bytes are no longer
 * written then, and the caller looks once, at the end.
 */
#ifndef KRAIT_JIT_X86_H
#define KRAIT_JIT_X86_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef enum Reg { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15 } Reg;
typedef enum Xmm { XMM0, XMM1 } Xmm;
typedef enum Condition { CC_O = 0, CC_NO, CC_B, CC_AE, CC_E, CC_NE, CC_BE, CC_A, CC_S, CC_NS, CC_P, CC_NP, CC_L, CC_GE, CC_LE, CC_G } Condition;

typedef struct Asm {
    uint8_t *start, *at, *end;
    bool full;
} Asm;
typedef uint8_t *Place; /* of a 32-bit relative offset, to be patched */

static inline void asm_bytes(Asm *s, const void *bytes, size_t n) {
    if (s->end - s->at < (ptrdiff_t)n) s->full = true;
    else {
        memcpy(s->at, bytes, n);
        s->at += n;
    }
}
static inline void asm_1(Asm *s, uint8_t b) { asm_bytes(s, &b, 1); }
static inline void asm_4(Asm *s, int32_t v) { asm_bytes(s, &v, 4); }
static inline void asm_8(Asm *s, uint64_t v) { asm_bytes(s, &v, 8); }

/* Prefixes and operand bytes. `wide`: 64-bit operands. */
static inline void asm_rex(Asm *s, bool wide, int reg, int index, int base, bool always) {
    uint8_t rex = (uint8_t)(0x40 | wide << 3 | (reg >> 3) << 2 | (index >> 3) << 1 | base >> 3);
    if (rex != 0x40 || always) asm_1(s, rex);
}
static inline void asm_memory(Asm *s, int reg, Reg base, int32_t offset) {
    bool byte = offset >= -128 && offset <= 127;
    asm_1(s, (uint8_t)((byte ? 0x40 : 0x80) | (reg & 7) << 3 | (base & 7)));
    if ((base & 7) == RSP) asm_1(s, 0x24);
    if (byte) asm_1(s, (uint8_t)offset);
    else asm_4(s, offset);
}
static inline void asm_indexed(Asm *s, int reg, Reg base, Reg index, int scale_log2, int32_t offset) {
    bool byte = offset >= -128 && offset <= 127;
    asm_1(s, (uint8_t)((byte ? 0x44 : 0x84) | (reg & 7) << 3));
    asm_1(s, (uint8_t)(scale_log2 << 6 | (index & 7) << 3 | (base & 7)));
    if (byte) asm_1(s, (uint8_t)offset);
    else asm_4(s, offset);
}
static inline void asm_rm(Asm *s, bool wide, uint8_t op, int reg, Reg base, int32_t offset) {
    asm_rex(s, wide, reg, 0, base, false);
    asm_1(s, op);
    asm_memory(s, reg, base, offset);
}
static inline void asm_rr(Asm *s, bool wide, uint8_t op, int reg, int rm) {
    asm_rex(s, wide, reg, 0, rm, false);
    asm_1(s, op);
    asm_1(s, (uint8_t)(0xC0 | (reg & 7) << 3 | (rm & 7)));
}

/* Moves. */
static inline void load(Asm *s, Reg to, Reg base, int32_t offset) { asm_rm(s, true, 0x8B, to, base, offset); }
static inline void load32(Asm *s, Reg to, Reg base, int32_t offset) { asm_rm(s, false, 0x8B, to, base, offset); }
static inline void store(Asm *s, Reg base, int32_t offset, Reg from) { asm_rm(s, true, 0x89, from, base, offset); }
static inline void store32(Asm *s, Reg base, int32_t offset, Reg from) { asm_rm(s, false, 0x89, from, base, offset); }
static inline void load_indexed(Asm *s, Reg to, Reg base, Reg index, int scale_log2, int32_t offset) {
    asm_rex(s, true, to, index, base, false);
    asm_1(s, 0x8B);
    asm_indexed(s, to, base, index, scale_log2, offset);
}
static inline void load_indexed32(Asm *s, Reg to, Reg base, Reg index, int scale_log2, int32_t offset) {
    asm_rex(s, false, to, index, base, false);
    asm_1(s, 0x8B);
    asm_indexed(s, to, base, index, scale_log2, offset);
}
static inline void store_indexed(Asm *s, Reg base, Reg index, int scale_log2, int32_t offset, Reg from) {
    asm_rex(s, true, from, index, base, false);
    asm_1(s, 0x89);
    asm_indexed(s, from, base, index, scale_log2, offset);
}
static inline void lea(Asm *s, Reg to, Reg base, int32_t offset) { asm_rm(s, true, 0x8D, to, base, offset); }
static inline void lea_indexed(Asm *s, Reg to, Reg base, Reg index, int scale_log2, int32_t offset) {
    asm_rex(s, true, to, index, base, false);
    asm_1(s, 0x8D);
    asm_indexed(s, to, base, index, scale_log2, offset);
}
static inline void move(Asm *s, Reg to, Reg from) {
    if (to != from) asm_rr(s, true, 0x89, from, to);
}
static inline void move32(Asm *s, Reg to, Reg from) { asm_rr(s, false, 0x89, from, to); }
static inline void move_immediate(Asm *s, Reg to, uint64_t v) {
    if (v <= UINT32_MAX) {
        asm_rex(s, false, 0, 0, to, false);
        asm_1(s, (uint8_t)(0xB8 | (to & 7)));
        asm_4(s, (int32_t)(uint32_t)v);
    } else if ((int64_t)v == (int32_t)v) {
        asm_rr(s, true, 0xC7, 0, to);
        asm_4(s, (int32_t)v);
    } else {
        asm_rex(s, true, 0, 0, to, false);
        asm_1(s, (uint8_t)(0xB8 | (to & 7)));
        asm_8(s, v);
    }
}
static inline void store_immediate(Asm *s, Reg base, int32_t offset, int32_t v) { /* 64 bits, sign-extended */
    asm_rm(s, true, 0xC7, 0, base, offset);
    asm_4(s, v);
}
static inline void store32_immediate(Asm *s, Reg base, int32_t offset, int32_t v) {
    asm_rm(s, false, 0xC7, 0, base, offset);
    asm_4(s, v);
}

static inline void store8_immediate(Asm *s, Reg base, int32_t offset, uint8_t v) {
    asm_rm(s, false, 0xC6, 0, base, offset);
    asm_1(s, v);
}

/* Arithmetic: op is the /digit of the immediate form. */
enum { ADD = 0, OR = 1, AND = 4, SUB = 5, XOR = 6, CMP = 7 };
static inline void op_rr(Asm *s, int op, Reg to, Reg from) { asm_rr(s, true, (uint8_t)(op << 3 | 1), from, to); }
static inline void op32_rr(Asm *s, int op, Reg to, Reg from) { asm_rr(s, false, (uint8_t)(op << 3 | 1), from, to); }
static inline void op_rm(Asm *s, int op, Reg to, Reg base, int32_t offset) { asm_rm(s, true, (uint8_t)(op << 3 | 3), to, base, offset); }
static inline void op32_rm(Asm *s, int op, Reg to, Reg base, int32_t offset) { asm_rm(s, false, (uint8_t)(op << 3 | 3), to, base, offset); }
static inline void asm_op_i(Asm *s, bool wide, int op, Reg to, int32_t v) {
    bool byte = v >= -128 && v <= 127;
    asm_rr(s, wide, byte ? 0x83 : 0x81, op, to);
    if (byte) asm_1(s, (uint8_t)v);
    else asm_4(s, v);
}
static inline void op_ri(Asm *s, int op, Reg to, int32_t v) { asm_op_i(s, true, op, to, v); }
static inline void op32_ri(Asm *s, int op, Reg to, int32_t v) { asm_op_i(s, false, op, to, v); }
static inline void asm_op_mi(Asm *s, bool wide, int op, Reg base, int32_t offset, int32_t v) {
    bool byte = v >= -128 && v <= 127;
    asm_rm(s, wide, byte ? 0x83 : 0x81, op, base, offset);
    if (byte) asm_1(s, (uint8_t)v);
    else asm_4(s, v);
}
static inline void op_mi(Asm *s, int op, Reg base, int32_t offset, int32_t v) { asm_op_mi(s, true, op, base, offset, v); }
static inline void op32_mi(Asm *s, int op, Reg base, int32_t offset, int32_t v) { asm_op_mi(s, false, op, base, offset, v); }
static inline void op8_mi(Asm *s, int op, Reg base, int32_t offset, uint8_t v) {
    asm_rm(s, false, 0x80, op, base, offset);
    asm_1(s, v);
}
static inline void multiply(Asm *s, Reg to, Reg from) {
    asm_rex(s, true, to, 0, from, false);
    asm_1(s, 0x0F);
    asm_1(s, 0xAF);
    asm_1(s, (uint8_t)(0xC0 | (to & 7) << 3 | (from & 7)));
}
static inline void divide(Asm *s, Reg by) { asm_rr(s, true, 0xF7, 7, by); } /* RDX:RAX by it: RAX, RDX the rest */
static inline void sign_extend_rax(Asm *s) { asm_1(s, 0x48); asm_1(s, 0x99); }
enum { ROL = 0, ROR = 1, SHL = 4, SHR = 5, SAR = 7 };
static inline void shift(Asm *s, int op, Reg reg, uint8_t by) {
    asm_rr(s, true, 0xC1, op, reg);
    asm_1(s, by);
}
static inline void shift_cl(Asm *s, int op, Reg reg) { asm_rr(s, true, 0xD3, op, reg); }
static inline void test8(Asm *s, Reg reg, uint8_t mask) {
    asm_rex(s, false, 0, 0, reg, true);
    asm_1(s, 0xF6);
    asm_1(s, (uint8_t)(0xC0 | (reg & 7)));
    asm_1(s, mask);
}
static inline void test_rr(Asm *s, Reg a, Reg b) { asm_rr(s, true, 0x85, a, b); }
static inline void test32_rr(Asm *s, Reg a, Reg b) { asm_rr(s, false, 0x85, a, b); }
static inline void set_condition(Asm *s, Condition c, Reg to) { /* the whole register: 0 or 1 */
    asm_rex(s, false, 0, 0, to, true);
    asm_1(s, 0x0F);
    asm_1(s, (uint8_t)(0x90 | c));
    asm_1(s, (uint8_t)(0xC0 | (to & 7)));
    asm_rex(s, false, to, 0, to, true);
    asm_1(s, 0x0F);
    asm_1(s, 0xB6);
    asm_1(s, (uint8_t)(0xC0 | (to & 7) << 3 | (to & 7)));
}
static inline void increment32_m(Asm *s, Reg base, int32_t offset) { asm_rm(s, false, 0xFF, 0, base, offset); }
static inline void decrement32_m(Asm *s, Reg base, int32_t offset) { asm_rm(s, false, 0xFF, 1, base, offset); }

/* Doubles. */
static inline void float_from_bits(Asm *s, Xmm to, Reg from) {
    asm_1(s, 0x66);
    asm_rex(s, true, to, 0, from, false);
    asm_1(s, 0x0F);
    asm_1(s, 0x6E);
    asm_1(s, (uint8_t)(0xC0 | (to & 7) << 3 | (from & 7)));
}
static inline void float_to_bits(Asm *s, Reg to, Xmm from) {
    asm_1(s, 0x66);
    asm_rex(s, true, from, 0, to, false);
    asm_1(s, 0x0F);
    asm_1(s, 0x7E);
    asm_1(s, (uint8_t)(0xC0 | (from & 7) << 3 | (to & 7)));
}
enum { FLOAT_ADD = 0x58, FLOAT_MUL = 0x59, FLOAT_SUB = 0x5C, FLOAT_DIV = 0x5E };
static inline void float_op(Asm *s, uint8_t op, Xmm to, Xmm from) {
    asm_1(s, 0xF2);
    asm_1(s, 0x0F);
    asm_1(s, op);
    asm_1(s, (uint8_t)(0xC0 | to << 3 | from));
}
static inline void float_from_int(Asm *s, Xmm to, Reg from) {
    asm_1(s, 0xF2);
    asm_rex(s, true, to, 0, from, false);
    asm_1(s, 0x0F);
    asm_1(s, 0x2A);
    asm_1(s, (uint8_t)(0xC0 | (to & 7) << 3 | (from & 7)));
}
static inline void float_compare(Asm *s, Xmm a, Xmm b) { /* unordered: carry, zero and parity are set */
    asm_1(s, 0x66);
    asm_1(s, 0x0F);
    asm_1(s, 0x2E);
    asm_1(s, (uint8_t)(0xC0 | a << 3 | b));
}

/* Control. */
static inline Place jump_if(Asm *s, Condition c) {
    asm_1(s, 0x0F);
    asm_1(s, (uint8_t)(0x80 | c));
    asm_4(s, 0);
    return s->at - 4;
}
static inline Place jump(Asm *s) {
    asm_1(s, 0xE9);
    asm_4(s, 0);
    return s->at - 4;
}
static inline void jump_reg(Asm *s, Reg reg) { asm_rr(s, false, 0xFF, 4, reg); }
static inline void patch(Asm *s, Place place, const void *target) {
    if (s->full) return;
    int32_t offset = (int32_t)((const uint8_t *)target - (place + 4));
    memcpy(place, &offset, 4);
}
static inline void patch_here(Asm *s, Place place) { patch(s, place, s->at); }
static inline void jump_to(Asm *s, const void *target) { patch(s, jump(s), target); }
static inline void jump_if_to(Asm *s, Condition c, const void *target) { patch(s, jump_if(s, c), target); }
static inline void call_to(Asm *s, const void *target) {
    asm_1(s, 0xE8);
    asm_4(s, 0);
    patch(s, s->at - 4, target);
}
static inline void push(Asm *s, Reg reg) {
    asm_rex(s, false, 0, 0, reg, false);
    asm_1(s, (uint8_t)(0x50 | (reg & 7)));
}
static inline void pop(Asm *s, Reg reg) {
    asm_rex(s, false, 0, 0, reg, false);
    asm_1(s, (uint8_t)(0x58 | (reg & 7)));
}
static inline void carry(Asm *s, bool set) { asm_1(s, set ? 0xF9 : 0xF8); }
static inline void ret(Asm *s) { asm_1(s, 0xC3); }

#endif
