/* Reading instruction words: decoding, and their text. */
#ifndef KRAIT_BYTECODE_DISASSEMBLE_H
#define KRAIT_BYTECODE_DISASSEMBLE_H

#include <stdbool.h>

#include "bytecode/bytecode.h"

/* One instruction with its prefix merged in. */
typedef struct Decoded {
    enum Opcode op;
    uint32_t a, b, c;      /* operands; for K, I, J and L forms see `value` */
    int64_t value;         /* the operand of a K, I, J or L form */
    uint32_t word;         /* the second word */
    bool has_word;
    uint32_t length;       /* words in all */
    int64_t target;        /* of jumps: the word it goes to; -1: no jump */
} Decoded;

/* Decodes the instruction at words[at]. False: it does not lie inside n words, or is no instruction. */
bool bc_decode(const uint32_t *words, uint32_t n, uint32_t at, Decoded *out);

/* Its text without the values of constants and names, at most `size` bytes with the NUL. */
void bc_text(const Decoded *d, char *out, unsigned size);

#endif
