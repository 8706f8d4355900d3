/* Reading a code object's table of positions, whose encoding belongs to the compiler. */
#include "vm/positions.h"

#include "front/positions.h"

CodePosition code_position(const Code *code, uint32_t index) {
    Position p = positions_find(code->positions, code->npositions, code->first_line, index);
    if (p.end_line <= 0) return (CodePosition){-1, -1, -1, -1};
    return (CodePosition){p.line, p.end_line, p.column, p.end_column};
}
