/* The door of the front end: source text or a syntax tree to code. */
#ifndef KRAIT_FRONT_COMPILE_H
#define KRAIT_FRONT_COMPILE_H

#include "core/errors.h"

enum CompileMode { COMPILE_EXEC, COMPILE_EVAL, COMPILE_SINGLE, COMPILE_FUNC_TYPE };
/* Flags of compile(), the same numbers as CPython's ast.PyCF_* and co_flags' futures. */
enum CompileFlags {
    CF_DONT_IMPLY_DEDENT = 0x200, CF_ONLY_AST = 0x400, CF_IGNORE_COOKIE = 0x800, CF_TYPE_COMMENTS = 0x1000,
    CF_ALLOW_TOP_LEVEL_AWAIT = 0x2000, CF_ALLOW_INCOMPLETE_INPUT = 0x4000, CF_OPTIMIZED_AST = 0x8400,
    CF_FILE = 1 << 29, /* not of compile(): the bytes are those of the file, and errors of their encoding name it */
};

/* Compiles UTF-8 text (decoded and stripped of its cookie's meaning). filename: str. optimize: 0, 1, 2.
 * Answers a code object (owned); SyntaxError and warnings as compile() gives them. */
Value compile_utf8(Thread *t, const char *text, int64_t bytes, Value filename, enum CompileMode mode, int flags, int optimize, int feature_version);
/* compile() for source in a str, bytes or buffer object: decodes it first. */
Value compile_source(Thread *t, Value source, Value filename, enum CompileMode mode, int flags, int optimize, int feature_version);


/* For trees as objects (the module _ast): the tree of a source, before anything is compiled; and compiling
 * a tree. The tree and all it needs lie in `arena`, which parsed_free gives back. */
struct AstMod;
struct IdentTable;
struct Arena;
typedef struct ParsedTree {
    struct Arena *arena;
    struct AstMod *tree;
    struct IdentTable *idents;
    Value kept; /* tuple of what folded constants name, or VNULL; owned */
} ParsedTree;
bool compile_parse(Thread *t, Value source, Value filename, enum CompileMode mode, int flags, int optimize, int feature_version, ParsedTree *out) MUST_USE;
void parsed_free(Thread *t, ParsedTree *p);
/* Folds constants, as compile_parse does for CF_OPTIMIZED_AST. p->kept is then the caller's to drop. */
bool compile_optimize(Thread *t, ParsedTree *p, Value filename, int optimize) MUST_USE;
/* The tree may be changed. External constants in it must stay alive until the call returns. */
Value compile_tree(Thread *t, const ParsedTree *p, Value filename, int flags, int optimize);

#endif
