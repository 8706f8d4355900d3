/* Lines and columns of a code object's instructions. */
#ifndef KRAIT_VM_POSITIONS_H
#define KRAIT_VM_POSITIONS_H

#include "bytecode/bytecode.h"
#include "object/code.h"

typedef struct CodePosition { int32_t line, end_line, column, end_column; } CodePosition; /* -1: none; columns in bytes from 0 */

/* Of the instruction that the word at `index` belongs to. */
CodePosition code_position(const Code *code, uint32_t index);
static inline int code_line(const Code *code, uint32_t index) { return code_position(code, index).line; }
/* A module without statements stands on line 0, of which its only instruction that does something tells. */
static inline bool is_empty_module(const Code *code, uint32_t index, int line) { return line == 0 && bc_op(code->instructions[index]) == BC_RETURN_CONST; }

#endif
