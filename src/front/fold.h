/* Constant folding on the tree, in place. */
#ifndef KRAIT_FRONT_FOLD_H
#define KRAIT_FRONT_FOLD_H

#include "front/front_priv.h"

/* What compile(..., ast.PyCF_OPTIMIZED_AST) shows: __debug__, docstrings at -OO, '%' formats, patterns.
 * false: exception pending. */
bool fold_preprocess(Compilation *c, AstMod *mod);
/* Everything else: arithmetic, tuples, subscripts and tests of constants. */
bool fold_tree(Compilation *c, AstMod *mod);

#endif
