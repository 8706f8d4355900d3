/* Reading a code object's table of positions, whose encoding belongs to the compiler. */
#include "vm/positions.h"

CodePosition code_position(const Code *code, uint32_t index) { return (CodePosition){(int32_t)code->first_line, (int32_t)code->first_line, -1, -1}; }
