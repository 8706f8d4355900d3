/* An expression's source text, for annotations that are kept as text. */
#ifndef KRAIT_FRONT_UNPARSE_H
#define KRAIT_FRONT_UNPARSE_H

#include "core/errors.h"
#include "front/ast.h"

Value unparse_expr(Thread *t, AstExpr *e); /* str, owned; VNULL: exception pending */

#endif
