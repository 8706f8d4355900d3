/* The door of module `_ast` for compile(): syntax trees as Python objects and back. */
#ifndef KRAIT_MODULES_AST_H
#define KRAIT_MODULES_AST_H

#include "core/errors.h"
#include "front/compile.h"
#include "front/parse.h"

/* Is v an instance of ast.AST? False with an exception pending when the module could not be made. */
bool ast_is_node(Thread *t, Value v);

/* The tree as objects, owned. */
Value ast_to_object(Thread *t, const AstMod *tree);

/* The objects as a checked tree in the arena; NULL: exception pending. Values that the tree names are kept alive
 * by `keep`, a list; identifiers come from `idents`. */
AstMod *ast_from_object(Thread *t, Arena *arena, struct IdentTable *idents, Value object, enum CompileMode mode,
                        Value keep);

/* compile(source, ..., flags with CF_ONLY_AST), owned. */
Value ast_parse(Thread *t, Value source, Value filename, enum CompileMode mode, int flags, int optimize,
                int feature_version);

/* compile(node, ...), owned: code, or with CF_ONLY_AST a tree. */
Value ast_compile(Thread *t, Value object, Value filename, enum CompileMode mode, int flags, int optimize);

#endif
