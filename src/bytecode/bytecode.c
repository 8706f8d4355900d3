/* The instruction table as data, for disassembly and verification. */
#include "bytecode/bytecode.h"

const OpInfo op_info[OPCODE_COUNT] = {
#define OP(name, operands, word, meaning) {#name, operands, word, meaning},
#include "bytecode/opcodes.def"
#undef OP
};

_Static_assert(OPCODE_COUNT <= 256, "an opcode is a byte");
