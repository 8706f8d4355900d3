/* From the control-flow graph to a code object. */
#ifndef KRAIT_FRONT_ASSEMBLE_H
#define KRAIT_FRONT_ASSEMBLE_H

#include "front/cfg.h"

/* Everything of a code object that is not in the graph. Values are borrowed. */
typedef struct CodeParts {
    Value name, qualname;
    uint32_t first_line, flags;
    uint32_t n_args, n_posonly, n_kwonly;
    const Value *consts;
    size_t n_consts;
    Ident *const *names;
    size_t n_names;
    Ident *const *local_names;
    size_t n_locals;
    Ident *const *cell_names;
    size_t n_cells;
    Ident *const *free_names;
    size_t n_free;
} CodeParts;

/* Owned; VNULL: exception pending. The graph has been optimized. */
Value assemble(Cfg *g, const CodeParts *parts);

#endif
