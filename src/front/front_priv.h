/* What the stages behind the parser share: the compilation they work for, and how they report
 * what is wrong with a program.
 *
 * One compilation turns one tree into one code object.  Everything the stages make but the code
 * objects and their constants lies in the arena; Values that the arena's structures name are kept alive by `kept`. */
#ifndef KRAIT_FRONT_PRIV_H
#define KRAIT_FRONT_PRIV_H

#include <stdio.h>

#include "base/vec.h"
#include "core/errors.h"
#include "front/ast.h"
#include "front/compile.h"

typedef VEC(Value) ValueVec;

typedef struct Compilation {
    Thread *t;
    Arena *arena;
    struct IdentTable *idents; /* of the tree; NULL: made when first needed */
    Value filename;            /* borrowed str */
    int optimize;              /* 0, 1, 2 */
    uint32_t futures;          /* CO_FUTURE_... in force */
    AstPos last_future;        /* of the last `from __future__` at the beginning; line 0: none */
    bool interactive;
    bool top_level_await;
    ValueVec kept;             /* owned */
    FILE *dump;                /* graphs are shown there; or NULL */
} Compilation;

/* For a parsed tree and compile()'s flags; what it keeps is dropped at the end. */
void compilation_init(Compilation *c, Thread *t, const ParsedTree *p, Value filename, int flags, int optimize);
void compilation_end(Compilation *c);
/* What `from __future__ import` at the beginning of the tree asks for; false: SyntaxError. */
bool compilation_futures(Compilation *c, AstMod *mod) MUST_USE;

/* Raises a SyntaxError at a node's place; answers false. */
bool front_error(Compilation *c, AstPos pos, const char *format, ...) COLD;
/* Issues a SyntaxWarning at a node's place; false: it became an exception (a SyntaxError there). */
bool front_warn(Compilation *c, AstPos pos, const char *format, ...) MUST_USE;
bool front_no_memory(Compilation *c) COLD; /* false */
/* Takes v and keeps it alive until the compilation ends; answers it, VNULL on failure. */
Value front_keep(Compilation *c, Value v);

/* The identifier of an ASCII text. NULL: exception pending. */
Ident *front_ident(Compilation *c, const char *ascii);
/* The name as the program's runtime sees it inside class `class_name` (NULL: none): __x becomes _C__x. */
Ident *front_mangle(Compilation *c, Ident *class_name, Ident *name);
/* The identifier's interned str, borrowed (kept by the compilation). */
Value front_name(Compilation *c, Ident *name);
/* The value of a literal, owned. */
Value front_constant(Compilation *c, const AstConstant *k);

static inline bool ident_is(const Ident *name, const char *ascii) { return strcmp(name->utf8, ascii) == 0; }

/* The docstring statement at the front of a body, or NULL. */
static inline AstConstant *front_docstring(const AstStmtSeq *body)
{
    if (body->n == 0 || body->items[0]->kind != AST_Expr) return NULL;
    AstExpr *e = body->items[0]->u.Expr.value;
    if (e->kind != AST_Constant) return NULL;
    AstConstant *k = &e->u.Constant.value;
    if (k->kind == AST_CONST_STR) return k;
    if (k->kind == AST_CONST_EXTERNAL && IS_EXACT((Value){k->u.external}, str)) return k;
    return NULL;
}

#endif
