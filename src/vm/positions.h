/* Lines and columns of a code object's instructions. */
#ifndef KRAIT_VM_POSITIONS_H
#define KRAIT_VM_POSITIONS_H

#include "object/code.h"

typedef struct CodePosition { int32_t line, end_line, column, end_column; } CodePosition; /* -1: none; columns in bytes from 0 */

/* Of the instruction that the word at `index` belongs to. */
CodePosition code_position(const Code *code, uint32_t index);
static inline int code_line(const Code *code, uint32_t index) { return code_position(code, index).line; }

#endif
