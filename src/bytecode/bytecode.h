/* Instruction words: encoding and decoding.  The table is opcodes.def. */
#ifndef KRAIT_BYTECODE_BYTECODE_H
#define KRAIT_BYTECODE_BYTECODE_H

#include <stdint.h>

enum Opcode {
#define OP(name, ...) BC_##name,
#include "bytecode/opcodes.def"
#undef OP
    OPCODE_COUNT
};
enum Intrinsic {
#define INTRINSIC(name, ...) INTRINSIC_##name,
#include "bytecode/intrinsics.def"
#undef INTRINSIC
    INTRINSIC_COUNT
};

/* Words between a window's callee and its self: a frame header fits (vm/frame.h). */
enum { CALL_GAP = 8 };

static inline uint32_t bc_make(enum Opcode op, uint32_t a, uint32_t b, uint32_t c) {
    return (uint32_t)op | (a & 255) << 8 | (b & 255) << 16 | (c & 255) << 24;
}
static inline enum Opcode bc_op(uint32_t w) { return (enum Opcode)(w & 255); }
static inline uint32_t bc_a(uint32_t w) { return (w >> 8) & 255; }
static inline uint32_t bc_b(uint32_t w) { return (w >> 16) & 255; }
static inline uint32_t bc_c(uint32_t w) { return w >> 24; }
static inline uint32_t bc_bx(uint32_t w) { return w >> 16; }
static inline int32_t bc_sbx(uint32_t w) { return (int32_t)w >> 16; }
static inline int32_t bc_sax(uint32_t w) { return (int32_t)w >> 8; }
static inline int32_t bc_sc(uint32_t w) { return (int32_t)w >> 24; }

typedef struct OpInfo {
    const char *name;
    const char *operands; /* three letters, see opcodes.def */
    char word;            /* '-' or the kind of the second word */
    const char *meaning;
} OpInfo;
extern const OpInfo op_info[OPCODE_COUNT]; /* bytecode/bytecode.c */

#endif
