/* Code generation: a checked tree to a code object. */
#ifndef KRAIT_FRONT_CODEGEN_H
#define KRAIT_FRONT_CODEGEN_H

#include "front/front_priv.h"

/* The code of a whole tree (owned); VNULL: exception pending. The tree is changed by constant folding. */
Value codegen_module(Compilation *c, AstMod *mod);

#endif
