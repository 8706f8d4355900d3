/* The wrong forms of assignments. Those of other statements stand beside their right forms, in
 * parse_stmt.c and parse_compound.c. */
#include "front/parser_priv.h"

/* [a]: x, (a, b): x; under parentheses too */
static AstExpr *invalid_annotation_target(AstExpr *e)
{
    return e->kind == AST_List || e->kind == AST_Tuple ? e : NULL;
}

/* (targets '=')*, then what must be the next target. */
static void skip_targets(Parser *p)
{
    for (;;) {
        Mark mark = parser_mark(p);
        if (!parse_star_targets(p) || !accept(p, T_EQUAL)) {
            parser_back(p, mark);
            return;
        }
    }
}

static void annotation_forms(Parser *p)
{
    Mark mark = parser_mark(p);
    AstExpr *e = NULL;
    if (peek(p) == T_LPAR || peek(p) == T_LSQB) {
        e = parse_atom(p);
        if (e && peek(p) == T_COLON && invalid_annotation_target(e)) {
            p->pos++;
            if (parse_expression(p)) {
                raise_at(p, e->pos, "only single target (not %s) can be annotated", expr_kind_name(e));
            }
        }
        if (!parser_back(p, mark)) {
            return;
        }
    }
    e = parse_star_named_expression(p);
    if (e && accept(p, T_COMMA)) {
        for (;;) {
            Mark before = parser_mark(p);
            if (!parse_star_named_expression(p)) {
                parser_back(p, before);
                break;
            }
            accept(p, T_COMMA);
        }
        if (accept(p, T_COLON) && parse_expression(p)) {
            raise_at(p, e->pos, "only single target (not tuple) can be annotated");
        }
    }
    if (!parser_back(p, mark)) {
        return;
    }
    e = parse_expression(p);
    if (e && accept(p, T_COLON) && parse_expression(p)) {
        raise_at(p, e->pos, "illegal target for annotation");
    }
    parser_back(p, mark);
}

void diagnose_assignment(Parser *p)
{
    Mark mark = parser_mark(p);
    annotation_forms(p);
    if (p->failed) {
        return;
    }
    skip_targets(p);
    Mark value = parser_mark(p);
    AstExpr *e = parse_star_expressions(p);
    if (e && peek(p) == T_EQUAL) {
        raise_invalid_target(p, e, TARGET_STAR);
    }
    if (!parser_back(p, value)) {
        return;
    }
    if (peek(p) == T_YIELD) {
        e = parse_yield(p);
        if (e && peek(p) == T_EQUAL) {
            raise_at(p, e->pos, "assignment to yield expression not possible");
        }
    }
    if (!parser_back(p, mark)) {
        return;
    }
    e = parse_star_expressions(p);
    if (e) {
        TokenType op = peek(p);
        if (op >= T_PLUSEQUAL && op <= T_DOUBLESTAREQUAL ? true : op == T_DOUBLESLASHEQUAL || op == T_ATEQUAL) {
            p->pos++;
            if (parse_annotated_rhs(p)) {
                raise_at(p, e->pos, "'%s' is an illegal expression for augmented assignment", expr_kind_name(e));
            }
        }
    }
    parser_back(p, mark);
}
