/* What a tree made by a program must keep to beyond its fields' types, so that code generation may trust it. */
#include <string.h>

#include "modules/ast/ast_priv.h"

static bool check_expr(Thread *t, const AstExpr *e, AstContext ctx);
static bool check_stmts(Thread *t, const AstStmtSeq *stmts);
static bool check_pattern(Thread *t, const AstPattern *p, bool star_ok);

/* --- Positions, names, lists --- */

static bool check_position(Thread *t, const AstPos *pos)
{
    if (pos->lineno > pos->end_lineno) {
        return err_fail(t, T_ValueError, "AST node line range (%d, %d) is not valid", pos->lineno, pos->end_lineno);
    }
    if ((pos->lineno < 0 && pos->end_lineno != pos->lineno) ||
        (pos->col_offset < 0 && pos->col_offset != pos->end_col_offset)) {
        return err_fail(t, T_ValueError, "AST node column range (%d, %d) for line range (%d, %d) is not valid",
                        pos->col_offset, pos->end_col_offset, pos->lineno, pos->end_lineno);
    }
    if (pos->lineno == pos->end_lineno && pos->col_offset > pos->end_col_offset) {
        return err_fail(t, T_ValueError, "line %d, column %d-%d is not a valid range", pos->lineno, pos->col_offset,
                        pos->end_col_offset);
    }
    return true;
}

static bool check_name(Thread *t, const Ident *name)
{
    static const char *const forbidden[] = {"None", "True", "False"};
    for (size_t i = 0; i < COUNT_OF(forbidden); i++) {
        if (strcmp(name->utf8, forbidden[i]) == 0) {
            return err_fail(t, T_ValueError, "identifier field can't represent '%s' constant", forbidden[i]);
        }
    }
    return true;
}

static bool check_maybe_name(Thread *t, const Ident *name)
{
    return !name || check_name(t, name);
}

static bool check_names(Thread *t, const IdentSeq *names)
{
    for (uint32_t i = 0; i < names->n; i++) {
        if (!check_name(t, names->items[i])) {
            return false;
        }
    }
    return true;
}

static bool check_aliases(Thread *t, const AstAliasSeq *aliases)
{
    for (uint32_t i = 0; i < aliases->n; i++) {
        if (!check_name(t, aliases->items[i]->name) || !check_maybe_name(t, aliases->items[i]->asname)) {
            return false;
        }
    }
    return true;
}

static bool not_empty(Thread *t, uint32_t n, const char *what, const char *owner)
{
    return n || err_fail(t, T_ValueError, "empty %s on %s", what, owner);
}

static bool check_body(Thread *t, const AstStmtSeq *body, const char *owner)
{
    return not_empty(t, body->n, "body", owner) && check_stmts(t, body);
}

/* null_ok: absent items are allowed. */
static bool check_exprs(Thread *t, const AstExprSeq *exprs, AstContext ctx, bool null_ok)
{
    for (uint32_t i = 0; i < exprs->n; i++) {
        if (!exprs->items[i]) {
            if (!null_ok) {
                return err_fail(t, T_ValueError, "None disallowed in expression list");
            }
        } else if (!check_expr(t, exprs->items[i], ctx)) {
            return false;
        }
    }
    return true;
}

static bool check_targets(Thread *t, const AstExprSeq *targets, AstContext ctx, const char *owner)
{
    return not_empty(t, targets->n, ctx == AST_Del ? "targets" : "targets", owner) &&
           check_exprs(t, targets, ctx, false);
}

static bool check_maybe(Thread *t, const AstExpr *e)
{
    return !e || check_expr(t, e, AST_Load);
}

/* --- Arguments --- */

static bool check_arg(Thread *t, const AstArg *arg)
{
    return !arg || (check_position(t, &arg->pos) && check_name(t, arg->arg) && check_maybe(t, arg->annotation));
}

static bool check_args(Thread *t, const AstArgSeq *args)
{
    for (uint32_t i = 0; i < args->n; i++) {
        if (!check_arg(t, args->items[i])) {
            return false;
        }
    }
    return true;
}

static bool check_arguments(Thread *t, const AstArguments *args)
{
    if (!check_args(t, args->posonlyargs) || !check_args(t, args->args) || !check_arg(t, args->vararg) ||
        !check_args(t, args->kwonlyargs) || !check_arg(t, args->kwarg)) {
        return false;
    }
    if (args->defaults->n > args->posonlyargs->n + args->args->n) {
        return err_fail(t, T_ValueError, "more positional defaults than args on arguments");
    }
    if (args->kw_defaults->n != args->kwonlyargs->n) {
        return err_fail(t, T_ValueError, "length of kwonlyargs is not the same as kw_defaults on arguments");
    }
    return check_exprs(t, args->defaults, AST_Load, false) && check_exprs(t, args->kw_defaults, AST_Load, true);
}

static bool check_keywords(Thread *t, const AstKeywordSeq *keywords)
{
    for (uint32_t i = 0; i < keywords->n; i++) {
        if (!check_expr(t, keywords->items[i]->value, AST_Load)) {
            return false;
        }
    }
    return true;
}

static bool check_comprehensions(Thread *t, const AstComprehensionSeq *generators)
{
    if (!generators->n) {
        return err_fail(t, T_ValueError, "comprehension with no generators");
    }
    for (uint32_t i = 0; i < generators->n; i++) {
        const AstComprehension *c = generators->items[i];
        if (!check_expr(t, c->target, AST_Store) || !check_expr(t, c->iter, AST_Load) ||
            !check_exprs(t, c->ifs, AST_Load, false)) {
            return false;
        }
    }
    return true;
}

/* --- Constants --- */

static bool check_external(Thread *t, Value v)
{
    if (is_exact_int(v) || is_exact_float(v) || IS_EXACT(v, complex) || IS_EXACT(v, str) || IS_EXACT(v, bytes) ||
        is_none(v) || is_bool(v) || same(v, V_ELLIPSIS)) {
        return true;
    }
    if (!IS_EXACT(v, tuple) && !IS_EXACT(v, frozenset)) {
        return err_fail(t, T_TypeError, "got an invalid type in Constant: %T", v);
    }
    if (!stack_check(t, " during compilation")) {
        return false;
    }
    Value items = tuple_from_iterable(t, v);
    bool ok = !is_null(items);
    for (int64_t i = 0; ok && i < tuple_len(items); i++) {
        ok = check_external(t, tuple_at(items, i));
    }
    decref_maybe(t, items);
    return ok;
}

static bool check_constant(Thread *t, const AstConstant *k)
{
    return k->kind != AST_CONST_EXTERNAL || check_external(t, (Value){k->u.external});
}

/* --- Expressions --- */

/* The context a node carries; 0: it has none. */
static unsigned context_of(const AstExpr *e)
{
    switch (e->kind) {
    case AST_Attribute: return e->u.Attribute.ctx;
    case AST_Subscript: return e->u.Subscript.ctx;
    case AST_Starred: return e->u.Starred.ctx;
    case AST_Name: return e->u.Name.ctx;
    case AST_List: return e->u.List.ctx;
    case AST_Tuple: return e->u.Tuple.ctx;
    default: return 0;
    }
}

static bool check_context(Thread *t, const AstExpr *e, AstContext ctx)
{
    unsigned actual = context_of(e);
    if (!actual) {
        return ctx == AST_Load || err_fail(t, T_ValueError, "expression which can't be assigned to in %s context",
                                           ast_info(ctx)->name);
    }
    return actual == ctx || err_fail(t, T_ValueError, "expression must have %s context but has %s instead",
                                     ast_info(ctx)->name, ast_info(actual)->name);
}

static bool check_compare(Thread *t, const AstExpr *e)
{
    if (!e->u.Compare.comparators->n) {
        return err_fail(t, T_ValueError, "Compare has no comparators");
    }
    if (e->u.Compare.comparators->n != e->u.Compare.ops->n) {
        return err_fail(t, T_ValueError, "Compare has a different number of comparators and operands");
    }
    return check_exprs(t, e->u.Compare.comparators, AST_Load, false) && check_expr(t, e->u.Compare.left, AST_Load);
}

static bool check_expr_kind(Thread *t, const AstExpr *e, AstContext ctx)
{
    switch (e->kind) {
    case AST_BoolOp:
        return e->u.BoolOp.values->n < 2 ? err_fail(t, T_ValueError, "BoolOp with less than 2 values")
                                         : check_exprs(t, e->u.BoolOp.values, AST_Load, false);
    case AST_NamedExpr:
        if (e->u.NamedExpr.target->kind != AST_Name) {
            return err_fail(t, T_TypeError, "NamedExpr target must be a Name");
        }
        return check_expr(t, e->u.NamedExpr.value, AST_Load);
    case AST_BinOp: return check_expr(t, e->u.BinOp.left, AST_Load) && check_expr(t, e->u.BinOp.right, AST_Load);
    case AST_UnaryOp: return check_expr(t, e->u.UnaryOp.operand, AST_Load);
    case AST_Lambda: return check_arguments(t, e->u.Lambda.args) && check_expr(t, e->u.Lambda.body, AST_Load);
    case AST_IfExp:
        return check_expr(t, e->u.IfExp.test, AST_Load) && check_expr(t, e->u.IfExp.body, AST_Load) &&
               check_expr(t, e->u.IfExp.orelse, AST_Load);
    case AST_Dict:
        if (e->u.Dict.keys->n != e->u.Dict.values->n) {
            return err_fail(t, T_ValueError, "Dict doesn't have the same number of keys as values");
        }
        return check_exprs(t, e->u.Dict.keys, AST_Load, true) && check_exprs(t, e->u.Dict.values, AST_Load, false);
    case AST_Set: return check_exprs(t, e->u.Set.elts, AST_Load, false);
    case AST_ListComp:
    case AST_SetComp:
    case AST_GeneratorExp:
        return check_comprehensions(t, e->u.ListComp.generators) && check_expr(t, e->u.ListComp.elt, AST_Load);
    case AST_DictComp:
        return check_comprehensions(t, e->u.DictComp.generators) && check_expr(t, e->u.DictComp.key, AST_Load) &&
               check_expr(t, e->u.DictComp.value, AST_Load);
    case AST_Await: return check_expr(t, e->u.Await.value, AST_Load);
    case AST_Yield: return check_maybe(t, e->u.Yield.value);
    case AST_YieldFrom: return check_expr(t, e->u.YieldFrom.value, AST_Load);
    case AST_Compare: return check_compare(t, e);
    case AST_Call:
        return check_expr(t, e->u.Call.func, AST_Load) && check_exprs(t, e->u.Call.args, AST_Load, false) &&
               check_keywords(t, e->u.Call.keywords);
    case AST_FormattedValue:
        return check_expr(t, e->u.FormattedValue.value, AST_Load) && check_maybe(t, e->u.FormattedValue.format_spec);
    case AST_Interpolation:
        return check_constant(t, &e->u.Interpolation.str) && check_expr(t, e->u.Interpolation.value, AST_Load) &&
               check_maybe(t, e->u.Interpolation.format_spec);
    case AST_JoinedStr: return check_exprs(t, e->u.JoinedStr.values, AST_Load, false);
    case AST_TemplateStr: return check_exprs(t, e->u.TemplateStr.values, AST_Load, false);
    case AST_Constant: return check_constant(t, &e->u.Constant.value);
    case AST_Attribute: return check_expr(t, e->u.Attribute.value, AST_Load);
    case AST_Subscript:
        return check_expr(t, e->u.Subscript.slice, AST_Load) && check_expr(t, e->u.Subscript.value, AST_Load);
    case AST_Starred: return check_expr(t, e->u.Starred.value, ctx);
    case AST_Name: return check_name(t, e->u.Name.id);
    case AST_List: return check_exprs(t, e->u.List.elts, ctx, false);
    case AST_Tuple: return check_exprs(t, e->u.Tuple.elts, ctx, false);
    case AST_Slice:
        return check_maybe(t, e->u.Slice.lower) && check_maybe(t, e->u.Slice.upper) && check_maybe(t, e->u.Slice.step);
    default: return true;
    }
}

static bool check_expr(Thread *t, const AstExpr *e, AstContext ctx)
{
    return stack_check(t, " during compilation") && check_position(t, &e->pos) && check_context(t, e, ctx) &&
           check_expr_kind(t, e, ctx);
}

/* --- Patterns --- */

/* What a match statement may compare with: literals, negative and complex numbers, dotted names. */
static bool check_match_value(Thread *t, const AstExpr *e)
{
    if (!check_expr(t, e, AST_Load)) {
        return false;
    }
    switch (e->kind) {
    case AST_Constant:
        switch (e->u.Constant.value.kind) {
        case AST_CONST_INT: case AST_CONST_BIG_INT: case AST_CONST_FLOAT: case AST_CONST_IMAGINARY: case AST_CONST_STR: case AST_CONST_BYTES:
            return true;
        case AST_CONST_EXTERNAL: {
            Value v = {e->u.Constant.value.u.external};
            if (is_exact_int(v) || is_exact_float(v) || IS_EXACT(v, complex) || IS_EXACT(v, str) || IS_EXACT(v, bytes)) {
                return true;
            }
            break;
        }
        default: break;
        }
        return err_fail(t, T_ValueError, "unexpected constant inside of a literal pattern");
    case AST_Attribute:
    case AST_JoinedStr:
    case AST_TemplateStr: return true;
    case AST_UnaryOp:
        if (e->u.UnaryOp.op == AST_USub && e->u.UnaryOp.operand->kind == AST_Constant) {
            return true;
        }
        break;
    case AST_BinOp:
        if (e->u.BinOp.op == AST_Add || e->u.BinOp.op == AST_Sub) {
            return true;
        }
        break;
    default: break;
    }
    return err_fail(t, T_ValueError, "patterns may only match literals and attribute lookups");
}

static bool check_capture(Thread *t, const Ident *name)
{
    if (strcmp(name->utf8, "_") == 0) {
        return err_fail(t, T_ValueError, "can't capture name '_' in patterns");
    }
    return check_name(t, name);
}

static bool check_patterns(Thread *t, const AstPatternSeq *patterns, bool star_ok)
{
    for (uint32_t i = 0; i < patterns->n; i++) {
        if (!check_pattern(t, patterns->items[i], star_ok)) {
            return false;
        }
    }
    return true;
}

static bool check_class_pattern(Thread *t, const AstPattern *p)
{
    if (p->u.MatchClass.kwd_attrs->n != p->u.MatchClass.kwd_patterns->n) {
        return err_fail(t, T_ValueError, "MatchClass doesn't have the same number of keyword attributes as patterns");
    }
    if (!check_expr(t, p->u.MatchClass.cls, AST_Load)) {
        return false;
    }
    for (const AstExpr *cls = p->u.MatchClass.cls; cls->kind != AST_Name; cls = cls->u.Attribute.value) {
        if (cls->kind != AST_Attribute) {
            return err_fail(t, T_ValueError, "MatchClass cls field can only contain Name or Attribute nodes.");
        }
    }
    for (uint32_t i = 0; i < p->u.MatchClass.kwd_attrs->n; i++) {
        if (!check_name(t, p->u.MatchClass.kwd_attrs->items[i])) {
            return false;
        }
    }
    return check_patterns(t, p->u.MatchClass.patterns, false) && check_patterns(t, p->u.MatchClass.kwd_patterns, false);
}

static bool check_mapping_pattern(Thread *t, const AstPattern *p)
{
    const AstExprSeq *keys = p->u.MatchMapping.keys;
    if (keys->n != p->u.MatchMapping.patterns->n) {
        return err_fail(t, T_ValueError, "MatchMapping doesn't have the same number of keys as patterns");
    }
    if (p->u.MatchMapping.rest && !check_capture(t, p->u.MatchMapping.rest)) {
        return false;
    }
    for (uint32_t i = 0; i < keys->n; i++) {
        const AstExpr *key = keys->items[i];
        bool singleton = key->kind == AST_Constant && key->u.Constant.value.kind <= AST_CONST_TRUE;
        if (!singleton && !check_match_value(t, key)) {
            return false;
        }
    }
    return check_patterns(t, p->u.MatchMapping.patterns, false);
}

static bool check_pattern(Thread *t, const AstPattern *p, bool star_ok)
{
    if (!stack_check(t, " during compilation") || !check_position(t, &p->pos)) {
        return false;
    }
    switch (p->kind) {
    case AST_MatchValue: return check_match_value(t, p->u.MatchValue.value);
    case AST_MatchSingleton:
        return p->u.MatchSingleton.value.kind <= AST_CONST_TRUE ||
               err_fail(t, T_ValueError, "MatchSingleton can only contain True, False and None");
    case AST_MatchSequence: return check_patterns(t, p->u.MatchSequence.patterns, true);
    case AST_MatchMapping: return check_mapping_pattern(t, p);
    case AST_MatchClass: return check_class_pattern(t, p);
    case AST_MatchStar:
        if (!star_ok) {
            return err_fail(t, T_ValueError, "can't use MatchStar here");
        }
        return !p->u.MatchStar.name || check_capture(t, p->u.MatchStar.name);
    case AST_MatchAs:
        if (p->u.MatchAs.name && !check_capture(t, p->u.MatchAs.name)) {
            return false;
        }
        if (!p->u.MatchAs.pattern) {
            return true;
        }
        if (!p->u.MatchAs.name) {
            return err_fail(t, T_ValueError, "MatchAs must specify a target name if a pattern is given");
        }
        return check_pattern(t, p->u.MatchAs.pattern, false);
    case AST_MatchOr:
        return p->u.MatchOr.patterns->n < 2 ? err_fail(t, T_ValueError, "MatchOr requires at least 2 patterns")
                                            : check_patterns(t, p->u.MatchOr.patterns, false);
    default: return true;
    }
}

/* --- Statements --- */

static bool check_type_params(Thread *t, const AstTypeParamSeq *params)
{
    for (uint32_t i = 0; i < params->n; i++) {
        const AstTypeParam *p = params->items[i];
        bool ok = check_position(t, &p->pos) && check_name(t, p->u.TypeVar.name);
        switch (p->kind) {
        case AST_TypeVar: ok = ok && check_maybe(t, p->u.TypeVar.bound) && check_maybe(t, p->u.TypeVar.default_value); break;
        case AST_ParamSpec: ok = ok && check_maybe(t, p->u.ParamSpec.default_value); break;
        case AST_TypeVarTuple: ok = ok && check_maybe(t, p->u.TypeVarTuple.default_value); break;
        default: break;
        }
        if (!ok) {
            return false;
        }
    }
    return true;
}

static bool check_function(Thread *t, const struct Ast_FunctionDef *f, const char *owner)
{
    return check_name(t, f->name) && check_body(t, f->body, owner) && check_type_params(t, f->type_params) && check_arguments(t, f->args) &&
           check_exprs(t, f->decorator_list, AST_Load, false) && check_maybe(t, f->returns);
}

static bool check_with(Thread *t, const struct Ast_With *w, const char *owner)
{
    if (!not_empty(t, w->items->n, "items", owner)) {
        return false;
    }
    for (uint32_t i = 0; i < w->items->n; i++) {
        const AstWithItem *item = w->items->items[i];
        if (!check_expr(t, item->context_expr, AST_Load) ||
            (item->optional_vars && !check_expr(t, item->optional_vars, AST_Store))) {
            return false;
        }
    }
    return check_body(t, w->body, owner);
}

static bool check_try(Thread *t, const struct Ast_Try *s, const char *owner)
{
    if (!check_body(t, s->body, owner)) {
        return false;
    }
    if (!s->handlers->n && !s->finalbody->n) {
        return err_fail(t, T_ValueError, "%s has neither except handlers nor finalbody", owner);
    }
    if (!s->handlers->n && s->orelse->n) {
        return err_fail(t, T_ValueError, "%s has orelse but no except handlers", owner);
    }
    for (uint32_t i = 0; i < s->handlers->n; i++) {
        const AstHandler *h = s->handlers->items[i];
        if (!check_position(t, &h->pos) || !check_maybe_name(t, h->u.ExceptHandler.name) ||
            !check_maybe(t, h->u.ExceptHandler.type) ||
            !check_body(t, h->u.ExceptHandler.body, "ExceptHandler")) {
            return false;
        }
    }
    return check_stmts(t, s->finalbody) && check_stmts(t, s->orelse);
}

static bool check_match(Thread *t, const struct Ast_Match *m)
{
    if (!check_expr(t, m->subject, AST_Load) || !not_empty(t, m->cases->n, "cases", "Match")) {
        return false;
    }
    for (uint32_t i = 0; i < m->cases->n; i++) {
        const AstMatchCase *c = m->cases->items[i];
        if (!check_pattern(t, c->pattern, false) || !check_maybe(t, c->guard) || !check_body(t, c->body, "match_case")) {
            return false;
        }
    }
    return true;
}

static bool check_loop(Thread *t, const struct Ast_For *f, const char *owner)
{
    return check_expr(t, f->target, AST_Store) && check_expr(t, f->iter, AST_Load) && check_body(t, f->body, owner) &&
           check_stmts(t, f->orelse);
}

static bool check_stmt(Thread *t, const AstStmt *s)
{
    if (!stack_check(t, " during compilation") || !check_position(t, &s->pos)) {
        return false;
    }
    switch (s->kind) {
    case AST_FunctionDef: return check_function(t, &s->u.FunctionDef, "FunctionDef");
    case AST_AsyncFunctionDef: return check_function(t, (const struct Ast_FunctionDef *)&s->u.AsyncFunctionDef, "AsyncFunctionDef");
    case AST_ClassDef:
        return check_name(t, s->u.ClassDef.name) && check_body(t, s->u.ClassDef.body, "ClassDef") && check_type_params(t, s->u.ClassDef.type_params) &&
               check_exprs(t, s->u.ClassDef.bases, AST_Load, false) && check_keywords(t, s->u.ClassDef.keywords) &&
               check_exprs(t, s->u.ClassDef.decorator_list, AST_Load, false);
    case AST_Return: return check_maybe(t, s->u.Return.value);
    case AST_Delete: return check_targets(t, s->u.Delete.targets, AST_Del, "Delete");
    case AST_Assign:
        return check_targets(t, s->u.Assign.targets, AST_Store, "Assign") && check_expr(t, s->u.Assign.value, AST_Load);
    case AST_TypeAlias:
        if (s->u.TypeAlias.name->kind != AST_Name) {
            return err_fail(t, T_TypeError, "TypeAlias with non-Name name");
        }
        return check_expr(t, s->u.TypeAlias.name, AST_Store) && check_type_params(t, s->u.TypeAlias.type_params) &&
               check_expr(t, s->u.TypeAlias.value, AST_Load);
    case AST_AugAssign:
        return check_expr(t, s->u.AugAssign.target, AST_Store) && check_expr(t, s->u.AugAssign.value, AST_Load);
    case AST_AnnAssign:
        if (s->u.AnnAssign.target->kind != AST_Name && s->u.AnnAssign.simple) {
            return err_fail(t, T_TypeError, "AnnAssign with simple non-Name target");
        }
        return check_expr(t, s->u.AnnAssign.target, AST_Store) && check_maybe(t, s->u.AnnAssign.value) &&
               check_expr(t, s->u.AnnAssign.annotation, AST_Load);
    case AST_For: return check_loop(t, &s->u.For, "For");
    case AST_AsyncFor: return check_loop(t, (const struct Ast_For *)&s->u.AsyncFor, "AsyncFor");
    case AST_While:
        return check_expr(t, s->u.While.test, AST_Load) && check_body(t, s->u.While.body, "While") &&
               check_stmts(t, s->u.While.orelse);
    case AST_If:
        return check_expr(t, s->u.If.test, AST_Load) && check_body(t, s->u.If.body, "If") &&
               check_stmts(t, s->u.If.orelse);
    case AST_With: return check_with(t, &s->u.With, "With");
    case AST_AsyncWith: return check_with(t, (const struct Ast_With *)&s->u.AsyncWith, "AsyncWith");
    case AST_Match: return check_match(t, &s->u.Match);
    case AST_Raise:
        if (s->u.Raise.cause && !s->u.Raise.exc) {
            return err_fail(t, T_ValueError, "Raise with cause but no exception");
        }
        return check_maybe(t, s->u.Raise.exc) && check_maybe(t, s->u.Raise.cause);
    case AST_Try: return check_try(t, &s->u.Try, "Try");
    case AST_TryStar: return check_try(t, (const struct Ast_Try *)&s->u.TryStar, "TryStar");
    case AST_Assert: return check_expr(t, s->u.Assert.test, AST_Load) && check_maybe(t, s->u.Assert.msg);
    case AST_Import:
        return not_empty(t, s->u.Import.names->n, "names", "Import") && check_aliases(t, s->u.Import.names);
    case AST_ImportFrom:
        if (s->u.ImportFrom.level < 0) {
            return err_fail(t, T_ValueError, "Negative ImportFrom level");
        }
        return not_empty(t, s->u.ImportFrom.names->n, "names", "ImportFrom") &&
               check_aliases(t, s->u.ImportFrom.names);
    case AST_Global: return not_empty(t, s->u.Global.names->n, "names", "Global") && check_names(t, s->u.Global.names);
    case AST_Nonlocal:
        return not_empty(t, s->u.Nonlocal.names->n, "names", "Nonlocal") && check_names(t, s->u.Nonlocal.names);
    case AST_Expr: return check_expr(t, s->u.Expr.value, AST_Load);
    default: return true;
    }
}

static bool check_stmts(Thread *t, const AstStmtSeq *stmts)
{
    for (uint32_t i = 0; i < stmts->n; i++) {
        if (!check_stmt(t, stmts->items[i])) {
            return false;
        }
    }
    return true;
}

bool ast_validate(Thread *t, const AstMod *tree)
{
    switch (tree->kind) {
    case AST_Module: return check_stmts(t, tree->u.Module.body);
    case AST_Interactive: return check_stmts(t, tree->u.Interactive.body);
    case AST_Expression: return check_expr(t, tree->u.Expression.body, AST_Load);
    case AST_FunctionType:
        return check_exprs(t, tree->u.FunctionType.argtypes, AST_Load, false) &&
               check_expr(t, tree->u.FunctionType.returns, AST_Load);
    default: return err_fail(t, T_ValueError, "impossible module node");
    }
}
