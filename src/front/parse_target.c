/* Targets of assignment, deletion and loops: parsed as expressions, then judged and turned. */
#include "front/parser_priv.h"

const char *expr_kind_name(const AstExpr *e)
{
    switch (e->kind) {
    case AST_Attribute: return "attribute";
    case AST_Subscript: return "subscript";
    case AST_Starred: return "starred";
    case AST_Name: return "name";
    case AST_List: return "list";
    case AST_Tuple: return "tuple";
    case AST_Lambda: return "lambda";
    case AST_Call: return "function call";
    case AST_BoolOp:
    case AST_BinOp:
    case AST_UnaryOp: return "expression";
    case AST_GeneratorExp: return "generator expression";
    case AST_Yield:
    case AST_YieldFrom: return "yield expression";
    case AST_Await: return "await expression";
    case AST_ListComp: return "list comprehension";
    case AST_SetComp: return "set comprehension";
    case AST_DictComp: return "dict comprehension";
    case AST_Dict: return "dict literal";
    case AST_Set: return "set display";
    case AST_JoinedStr:
    case AST_FormattedValue: return "f-string expression";
    case AST_TemplateStr:
    case AST_Interpolation: return "t-string expression";
    case AST_Compare: return "comparison";
    case AST_IfExp: return "conditional expression";
    case AST_NamedExpr: return "named expression";
    case AST_Constant:
        switch (e->u.Constant.value.kind) {
        case AST_CONST_NONE: return "None";
        case AST_CONST_FALSE: return "False";
        case AST_CONST_TRUE: return "True";
        case AST_CONST_ELLIPSIS: return "ellipsis";
        default: return "literal";
        }
    default: return "expression";
    }
}

bool target_valid(const AstExpr *e, AstContext ctx)
{
    switch (e->kind) {
    case AST_Name:
    case AST_Attribute:
    case AST_Subscript: return true;
    case AST_Starred:
        return ctx != AST_Del && e->u.Starred.value->kind != AST_Starred && target_valid(e->u.Starred.value, ctx);
    case AST_List:
    case AST_Tuple: {
        AstExprSeq *elts = e->kind == AST_List ? e->u.List.elts : e->u.Tuple.elts;
        for (uint32_t i = 0; i < elts->n; i++) {
            if (!target_valid(elts->items[i], ctx)) {
                return false;
            }
        }
        return true;
    }
    default: return false;
    }
}

static void turn(AstExpr *e, AstContext ctx)
{
    switch (e->kind) {
    case AST_Name: e->u.Name.ctx = ctx; break;
    case AST_Attribute: e->u.Attribute.ctx = ctx; break;
    case AST_Subscript: e->u.Subscript.ctx = ctx; break;
    case AST_Starred:
        e->u.Starred.ctx = ctx;
        turn(e->u.Starred.value, ctx);
        break;
    case AST_List:
    case AST_Tuple: {
        AstExprSeq *elts = e->kind == AST_List ? e->u.List.elts : e->u.Tuple.elts;
        if (e->kind == AST_List) {
            e->u.List.ctx = ctx;
        } else {
            e->u.Tuple.ctx = ctx;
        }
        for (uint32_t i = 0; i < elts->n; i++) {
            turn(elts->items[i], ctx);
        }
        break;
    }
    default: break;
    }
}

bool target_set(Parser *p, AstExpr *e, AstContext ctx)
{
    if (!target_valid(e, ctx)) {
        return false;
    }
    /* Under diagnosis nodes are shared between attempts, and no tree is made. */
    if (!p->diagnosing) {
        turn(e, ctx);
    }
    return true;
}

bool target_single(const AstExpr *e)
{
    return e->kind == AST_Name || e->kind == AST_Attribute || e->kind == AST_Subscript;
}

AstExpr *parse_star_target(Parser *p)
{
    bool quiet = p->quiet;
    p->quiet = p->diagnosing;
    AstExpr *e = NULL;
    if (peek(p) == T_STAR) {
        uint32_t start = p->pos++;
        AstExpr *value = peek(p) == T_STAR ? NULL : parse_bitwise_or(p);
        e = value ? NEW_EXPR(p, span(p, start), Starred, .value = value, .ctx = AST_Load) : NULL;
    } else {
        e = parse_bitwise_or(p);
    }
    p->quiet = quiet;
    return e && target_set(p, e, AST_Store) ? e : NULL;
}

AstExpr *parse_star_targets(Parser *p)
{
    uint32_t start = p->pos;
    AstExpr *first = parse_star_target(p);
    if (!first || peek(p) != T_COMMA) {
        return first;
    }
    uint32_t from = p->n_items;
    if (!parser_push(p, first)) {
        return NULL;
    }
    while (accept(p, T_COMMA)) {
        Mark mark = parser_mark(p);
        AstExpr *next = parse_star_target(p);
        if (!next) {
            if (!parser_back(p, mark)) {
                return NULL;
            }
            break;
        }
        if (!parser_push(p, next)) {
            return NULL;
        }
    }
    AstPos pos = span(p, start);
    AstExprSeq *elts = take_seq(p, expr, from);
    return elts ? NEW_EXPR(p, pos, Tuple, .elts = elts, .ctx = AST_Store) : NULL;
}

static AstExpr *find_invalid(AstExpr *e, TargetUse use)
{
    switch (e->kind) {
    case AST_Name:
    case AST_Attribute:
    case AST_Subscript: return NULL;
    case AST_Starred: return use == TARGET_DEL ? e : find_invalid(e->u.Starred.value, use);
    case AST_List:
    case AST_Tuple: {
        AstExprSeq *elts = e->kind == AST_List ? e->u.List.elts : e->u.Tuple.elts;
        for (uint32_t i = 0; i < elts->n; i++) {
            AstExpr *wrong = find_invalid(elts->items[i], use);
            if (wrong) {
                return wrong;
            }
        }
        return NULL;
    }
    case AST_Compare:
        /* `for x in y` reads as a comparison up to here. */
        if (use == TARGET_FOR) {
            return e->u.Compare.ops->items[0] == AST_In ? find_invalid(e->u.Compare.left, use) : NULL;
        }
        return e;
    default: return e;
    }
}

void *raise_invalid_target(Parser *p, AstExpr *e, TargetUse use)
{
    AstExpr *wrong = find_invalid(e, use);
    if (wrong) {
        raise_at(p, wrong->pos, use == TARGET_DEL ? "cannot delete %s" : "cannot assign to %s",
                 expr_kind_name(wrong));
    }
    return NULL;
}
