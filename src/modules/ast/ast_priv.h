/* What the files of module `_ast` share. */
#ifndef KRAIT_MODULES_AST_PRIV_H
#define KRAIT_MODULES_AST_PRIV_H

#include "front/ast.h"
#include "modules/ast/ast.h"
#include "modules/module.h"

enum { AST_FIELDS_MAX = 300 };

typedef struct AstState {
    Type *node;                     /* ast.AST, owned as all of these */
    Type *types[AST_TYPES];         /* stmt, expr, ...; NULL for identifier, string, int, constant */
    Type *kinds[AST_KINDS];         /* FunctionDef, ..., Load, ... */
    Value singletons[AST_KINDS];    /* the one instance of each fieldless class; VNULL for others */
    Value field_names[AST_FIELDS_MAX]; /* interned, of all kinds in order */
    uint16_t first_field[AST_KINDS];
    Value lineno, col_offset, end_lineno, end_col_offset;  /* interned */
} AstState;

/* Imports the module if need be; NULL: exception pending. */
AstState *ast_state(Thread *t);

/* The definition of ast.AST. */
extern const TypeDef typedef_AST;

/* Fills the state with the classes and adds them to the module. */
bool ast_make_classes(Thread *t, Value module, AstState *state);

/* Is the object what compile() in that mode takes? TypeError otherwise. */
bool ast_check_mode(Thread *t, Value object, enum CompileMode mode);

/* Checks what the conversion cannot: ValueError or TypeError. */
bool ast_validate(Thread *t, const AstMod *tree);

#endif
