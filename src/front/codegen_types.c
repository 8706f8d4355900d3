/* Lazily evaluated blocks: annotations, type parameters, type aliases.
 *
 * Each is a function of one positional parameter, the format; it computes values and refuses formats above 2
 * (VALUE_WITH_FAKE_GLOBALS) with NotImplementedError. */
#include "front/codegen_priv.h"
#include "front/unparse.h"
#include "object/str.h"
#include "object/tuple.h"

static const FunctionParts no_parts = {REG_NONE, REG_NONE, REG_NONE};

static bool annotations_are_text(Codegen *g) { return g->c->futures & CO_FUTURE_ANNOTATIONS; }

void format_check(Codegen *g)
{
    Block *fine = block_new(g);
    g->u->n_args = g->u->n_posonly = 1;
    emit_cond(g, BC_JUMP_GT_K, reg_local(0), const_index(g, v_smallint(2)), 0, fine);
    Reg r = temp_push(g);
    gen_emit(g, BC_LOAD_COMMON, r, 1, 0);
    gen_emit(g, BC_RAISE, r, r, 1);
    g->u->depth--;
    block_use(g, fine);
}

/* The value of an annotation expression into the next temporary. */
static Reg annotation_value(Codegen *g, AstExpr *e)
{
    Unit *u = g->u;
    if (annotations_are_text(g)) {
        u->pos = e->pos;
        Reg r = temp_push(g);
        Value text = unparse_expr(g->t, e);
        gen_emit(g, BC_LOAD_CONST, r, const_take(g, text), 0);
        return r;
    }
    if (e->kind == AST_Starred) { /* *args: *Ts */
        Reg r = gen_expr(g, e->u.Starred.value, REG_NONE), item = temp_push(g);
        gen_emit(g, BC_UNPACK, item, r, 1);
        gen_emit(g, BC_MOVE, r, item, 0);
        u->depth--;
        return r;
    }
    return gen_expr(g, e, REG_NONE);
}

/* --- Annotations of a function ------------------------------------------------------------------------ */

static void annotate_arg(Codegen *g, AstArg *a, Reg dict)
{
    if (a == NULL || a->annotation == NULL) return;
    uint32_t mark = g->u->depth;
    g->u->pos = a->annotation->pos;
    Ident *name = scope_mangle(g->c, g->u->here, a->arg);
    Reg key = temp_push(g);
    gen_load_str(g, name, key);
    Reg v = annotation_value(g, a->annotation);
    gen_emit(g, BC_MAP_ADD, dict, key, v);
    g->u->depth = mark;
}

static bool has_annotations(AstArguments *a, AstExpr *returns)
{
    if (returns || (a->vararg && a->vararg->annotation) || (a->kwarg && a->kwarg->annotation)) return true;
    AstArgSeq *lists[] = {a->posonlyargs, a->args, a->kwonlyargs};
    for (int k = 0; k < 3; k++) {
        for (uint32_t i = 0; i < lists[k]->n; i++) {
            if (lists[k]->items[i]->annotation) return true;
        }
    }
    return false;
}

/* The scope of annotations that are text has no part in name resolution: any scope serves. */
static Scope *text_scope(Codegen *g, Ident *name)
{
    Scope *s = arena_zalloc(g->c->arena, sizeof *s);
    if (s == NULL) {
        front_no_memory(g->c);
        gen_fail(g);
        return NULL;
    }
    s->kind = SCOPE_ANNOTATION;
    s->name = name;
    s->unit = s;
    s->parent = g->u->here;
    s->private_name = g->u->here->private_name;
    s->nested = g->u->scope->nested || scope_is_function_like(g->u->scope);
    s->n_params = 1;
    s->params = arena_alloc(g->c->arena, sizeof *s->params);
    s->table_size = 8;
    s->table = arena_zalloc(g->c->arena, 8 * sizeof *s->table);
    s->symbols = arena_zalloc(g->c->arena, 8 * sizeof *s->symbols);
    Symbol *y = arena_zalloc(g->c->arena, sizeof *y);
    if (g->c->arena->failed) {
        front_no_memory(g->c);
        gen_fail(g);
        return NULL;
    }
    Ident *format = gen_ident(g, ".format");
    if (format == NULL) return NULL;
    *y = (Symbol){.name = format, .flags = SYM_PARAM, .found = NAME_LOCAL, .local = -1, .cell = -1};
    s->params[0] = format;
    s->table[format->hash & 7] = s->symbols[0] = y;
    s->n_symbols = 1;
    return s;
}

Reg function_annotate(Codegen *g, AstStmt *s, Reg dst)
{
    struct Ast_FunctionDef *f = &s->u.FunctionDef;
    AstArguments *a = f->args;
    Unit *outer = g->u;
    AstPos pos = outer->pos;
    if (g->failed || !has_annotations(a, f->returns)) return REG_NONE;
    Ident *name = gen_ident(g, "__annotate__");
    Scope *scope = annotations_are_text(g) ? text_scope(g, name) : scopes_find(&g->scopes, SCOPE_KEY_ANNOTATIONS(a));
    if (g->failed || !unit_enter(g, UNIT_LAZY, scope, name, s->lineno)) return REG_NONE;
    g->u->pos = s->pos;
    format_check(g);
    Reg dict = temp_push(g);
    gen_emit(g, BC_BUILD_MAP, dict, dict, 0);
    for (uint32_t i = 0; i < a->args->n; i++) annotate_arg(g, a->args->items[i], dict);
    for (uint32_t i = 0; i < a->posonlyargs->n; i++) annotate_arg(g, a->posonlyargs->items[i], dict);
    annotate_arg(g, a->vararg, dict);
    for (uint32_t i = 0; i < a->kwonlyargs->n; i++) annotate_arg(g, a->kwonlyargs->items[i], dict);
    annotate_arg(g, a->kwarg, dict);
    if (f->returns) {
        g->u->pos = f->returns->pos;
        Reg key = temp_push(g);
        gen_load_str(g, gen_ident(g, "return"), key);
        Reg v = annotation_value(g, f->returns);
        gen_emit(g, BC_MAP_ADD, dict, key, v);
    }
    g->u->pos = s->pos;
    gen_emit(g, BC_RETURN, dict, 0, 0);
    Value code = unit_leave(g);
    outer->pos = pos;
    outer->depth++;
    if (outer->depth > outer->cfg.n_temps) outer->cfg.n_temps = outer->depth;
    gen_make_function(g, code, scope, no_parts, dst);
    outer->depth--;
    return dst;
}

/* --- Annotations of variables ---------------------------------------------------------------------------- */

void annotations_prologue(Codegen *g)
{
    Unit *u = g->u;
    Scope *s = u->scope;
    if (s->kind == SCOPE_MODULE) {
        /* Filled at the end, when it is known what is annotated. */
        u->prologue = u->block;
        block_use(g, block_new(g));
    }
    if (s->has_conditional_annotations) {
        Reg r = temp_push(g);
        gen_emit(g, BC_BUILD_SET, r, r, 0);
        if (s->kind == SCOPE_CLASS) gen_emit(g, BC_STORE_CELL, cell_register(g, gen_ident(g, "__conditional_annotations__")), r, 0);
        else emit_name(g, BC_STORE_NAME, r, 0, gen_ident(g, "__conditional_annotations__"));
        u->depth--;
    }
    if (annotations_are_text(g) && s->annotations_used) gen_emit(g, BC_SETUP_ANNOTATIONS, 0, 0, 0);
}

static void defer_annotation(Codegen *g, AstStmt *s)
{
    Unit *u = g->u;
    Deferred *d = arena_zalloc(g->c->arena, sizeof *d);
    if (d == NULL) {
        front_no_memory(g->c);
        gen_fail(g);
        return;
    }
    d->stmt = s;
    d->condition = -1;
    bool conditional = u->scope->kind == SCOPE_MODULE || u->in_conditional;
    if (conditional) {
        d->condition = (int32_t)u->n_conditions++;
        Reg set = temp_push(g), k = temp_push(g);
        if (u->scope->kind == SCOPE_CLASS) gen_emit(g, BC_LOAD_CELL, set, cell_register(g, gen_ident(g, "__conditional_annotations__")), 0);
        else emit_name(g, BC_LOAD_NAME, set, 0, gen_ident(g, "__conditional_annotations__"));
        gen_load_value(g, v_smallint(d->condition), k);
        gen_emit(g, BC_SET_ADD, set, k, 0);
        gen_emit(g, BC_DROP, set, 0, 0);
        u->depth -= 2;
    }
    *u->deferred_end = d;
    u->deferred_end = &d->next;
}

/* __annotate__ of a module (in its prologue) or of a class (here). */
void deferred_annotate(Codegen *g)
{
    Unit *u = g->u;
    if (u->deferred == NULL || g->failed) return;
    Scope *scope = u->scope->annotations;
    bool is_class = u->scope->kind == SCOPE_CLASS;
    Ident *name = gen_ident(g, "__annotate__"), *conditions = gen_ident(g, "__conditional_annotations__");
    AstStmtSeq *body = g->mod->kind == AST_Module ? g->mod->u.Module.body : g->mod->u.Interactive.body;
    int32_t first_line = is_class ? (int32_t)u->first_line : body->items[0]->lineno;
    AstPos pos = is_class ? u->pos : body->items[0]->pos;
    if (g->failed || !unit_enter(g, UNIT_LAZY, scope, name, first_line)) return;
    format_check(g);
    Reg dict = temp_push(g);
    gen_emit(g, BC_BUILD_MAP, dict, dict, 0);
    for (Deferred *d = u->deferred; d && !g->failed; d = d->next) {
        struct Ast_AnnAssign *a = &d->stmt->u.AnnAssign;
        uint32_t mark = g->u->depth;
        Block *skip = block_new(g);
        g->u->pos = d->stmt->pos;
        if (d->condition >= 0) {
            Reg k = temp_push(g), set;
            gen_load_value(g, v_smallint(d->condition), k);
            if (is_class) {
                set = temp_push(g);
                gen_emit(g, BC_LOAD_CELL, set, cell_register(g, conditions), 0);
            } else {
                set = temp_push(g);
                emit_name(g, BC_LOAD_GLOBAL, set, 0, conditions);
            }
            emit_cond(g, BC_JUMP_IN, k, set, 0, skip);
            g->u->depth = mark;
        }
        Reg key = temp_push(g);
        gen_load_str(g, scope_mangle(g->c, u->scope, a->target->u.Name.id), key);
        Reg v = annotation_value(g, a->annotation);
        g->u->pos = d->stmt->pos;
        gen_emit(g, BC_MAP_ADD, dict, key, v);
        g->u->depth = mark;
        block_use(g, skip);
    }
    gen_emit(g, BC_RETURN, dict, 0, 0);
    Value code = unit_leave(g);
    Block *here = u->block;
    if (!is_class) u->block = u->prologue;
    uint32_t depth = u->depth;
    if (!is_class) u->depth = 0;
    u->pos = pos;
    Reg r = temp_push(g);
    gen_make_function(g, code, scope, no_parts, r);
    emit_name(g, BC_STORE_NAME, r, 0, gen_ident(g, is_class ? "__annotate_func__" : "__annotate__"));
    u->depth = depth;
    u->block = is_class ? u->block : here;
}

static void evaluate_and_drop(Codegen *g, AstExpr *e)
{
    if (e) gen_effect(g, e);
}

static void evaluate_index(Codegen *g, AstExpr *e)
{
    if (e->kind == AST_Slice) {
        evaluate_and_drop(g, e->u.Slice.lower);
        evaluate_and_drop(g, e->u.Slice.upper);
        evaluate_and_drop(g, e->u.Slice.step);
    } else if (e->kind == AST_Tuple) {
        for (uint32_t i = 0; i < e->u.Tuple.elts->n; i++) evaluate_index(g, e->u.Tuple.elts->items[i]);
    } else {
        gen_effect(g, e);
    }
}

void ann_assign_stmt(Codegen *g, AstStmt *s)
{
    struct Ast_AnnAssign *a = &s->u.AnnAssign;
    Unit *u = g->u;
    AstExpr *target = a->target;
    uint32_t mark = u->depth;
    bool own_namespace = !scope_is_function_like(u->scope);
    if (a->value) {
        Access access = target->kind == AST_Name ? access_of(g, target->u.Name.id, false) : (Access){0};
        if (target->kind == AST_Name && access.kind == ACCESS_LOCAL) gen_expr(g, a->value, access.reg);
        else gen_store(g, target, gen_expr(g, a->value, REG_NONE));
        u->depth = mark;
    }
    u->pos = s->pos;
    switch (target->kind) {
    case AST_Name:
        if (!a->simple || !own_namespace) break;
        if (annotations_are_text(g)) {
            Reg v = annotation_value(g, a->annotation), dict = temp_push(g), key = temp_push(g);
            emit_name(g, BC_LOAD_NAME, dict, 0, gen_ident(g, "__annotations__"));
            gen_load_str(g, scope_mangle(g->c, u->here, target->u.Name.id), key);
            gen_emit(g, BC_SET_ITEM, dict, key, v);
        } else {
            defer_annotation(g, s);
        }
        break;
    case AST_Attribute:
        if (a->value == NULL) evaluate_and_drop(g, target->u.Attribute.value);
        break;
    case AST_Subscript:
        if (a->value == NULL) {
            evaluate_and_drop(g, target->u.Subscript.value);
            evaluate_index(g, target->u.Subscript.slice);
        }
        break;
    default: break;
    }
    u->depth = mark;
}

/* --- Type parameters and aliases ------------------------------------------------------------------------------ */

/* The function that computes e lazily, into the next temporary; its parameter defaults to 1, VALUE. */
static Reg lazy_function(Codegen *g, AstExpr *e, const void *key, Ident *name, bool star)
{
    Unit *u = g->u;
    Reg r = temp_push(g);
    AstPos pos = e->pos;
    Scope *scope = scopes_find(&g->scopes, key);
    if (!unit_enter(g, UNIT_LAZY, scope, name, e->lineno)) return r;
    g->u->pos = pos;
    format_check(g);
    Reg v;
    if (star && e->kind == AST_Starred) {
        v = gen_expr(g, e->u.Starred.value, REG_NONE);
        Reg item = temp_push(g);
        gen_emit(g, BC_UNPACK, item, v, 1);
        gen_emit(g, BC_MOVE, v, item, 0);
    } else {
        v = gen_expr(g, e, REG_NONE);
    }
    g->u->pos = pos;
    gen_emit(g, BC_RETURN, v, 0, 0);
    Value code = unit_leave(g);
    if (g->failed) return r;
    u->pos = pos;
    Value one = v_smallint(1);
    Reg defaults = temp_push(g);
    gen_emit(g, BC_LOAD_CONST, defaults, const_take(g, tuple_from(g->t, &one, 1)), 0);
    gen_make_function(g, code, scope, (FunctionParts){defaults, REG_NONE, REG_NONE}, r);
    u->depth--;
    return r;
}

void gen_type_params(Codegen *g, AstTypeParamSeq *seq, Reg dst)
{
    Unit *u = g->u;
    uint32_t mark = u->depth;
    Reg first = temp_at(mark);
    for (uint32_t i = 0; i < seq->n && !g->failed; i++) {
        AstTypeParam *p = seq->items[i];
        Ident *name;
        AstExpr *dflt, *bound = NULL;
        unsigned intrinsic;
        switch (p->kind) {
        case AST_TypeVar:
            name = p->u.TypeVar.name;
            dflt = p->u.TypeVar.default_value;
            bound = p->u.TypeVar.bound;
            intrinsic = INTRINSIC_TYPEVAR;
            break;
        case AST_ParamSpec:
            name = p->u.ParamSpec.name;
            dflt = p->u.ParamSpec.default_value;
            intrinsic = INTRINSIC_PARAMSPEC;
            break;
        default:
            name = p->u.TypeVarTuple.name;
            dflt = p->u.TypeVarTuple.default_value;
            intrinsic = INTRINSIC_TYPEVARTUPLE;
            break;
        }
        u->pos = p->pos;
        Reg r = temp_push(g);
        gen_load_str(g, name, r);
        if (bound) {
            Reg f = lazy_function(g, bound, SCOPE_KEY_BOUND(p), name, false);
            u->pos = p->pos;
            gen_emit(g, BC_INTRINSIC_2, r, r, f)->word = bound->kind == AST_Tuple ? INTRINSIC_TYPEVAR_WITH_CONSTRAINTS : INTRINSIC_TYPEVAR_WITH_BOUND;
            u->depth--;
        } else {
            gen_emit(g, BC_INTRINSIC_1, r, r, intrinsic);
        }
        if (dflt) {
            Reg f = lazy_function(g, dflt, SCOPE_KEY_DEFAULT(p), name, p->kind == AST_TypeVarTuple);
            u->pos = p->pos;
            gen_emit(g, BC_INTRINSIC_2, r, r, f)->word = INTRINSIC_SET_TYPEPARAM_DEFAULT;
            u->depth--;
        }
        Reg copy = temp_push(g);
        gen_emit(g, BC_COPY, copy, r, 0);
        Symbol *y = scope_symbol(u->scope, front_mangle(g->c, u->scope->private_name, name));
        if (y && y->found == NAME_CELL) gen_emit(g, BC_STORE_CELL, reg_cell((uint32_t)y->cell), copy, 0);
        else if (y) gen_emit(g, BC_MOVE, local_register(g, y), copy, 0);
        u->depth--;
    }
    u->depth = mark;
    gen_emit(g, BC_BUILD_TUPLE, dst, first, seq->n);
}

/* TypeAliasType(name, parameters, function) into `dst`; the parameters' tuple stands in `params`, or REG_NONE. */
static void alias_value(Codegen *g, AstStmt *s, Reg params, Reg dst)
{
    struct Ast_TypeAlias *a = &s->u.TypeAlias;
    Unit *u = g->u;
    uint32_t mark = u->depth;
    Ident *name = a->name->u.Name.id;
    Reg first = temp_push(g);
    gen_load_str(g, name, first);
    Reg second = temp_push(g);
    if (params == REG_NONE) gen_load_none(g, second);
    else gen_emit(g, BC_MOVE, second, params, 0);
    Reg r = temp_push(g);
    AstPos pos = s->pos;
    Scope *scope = scopes_find(&g->scopes, s);
    if (g->failed || !unit_enter(g, UNIT_LAZY, scope, name, s->lineno)) return;
    g->u->pos = pos;
    format_check(g);
    Reg v = gen_expr(g, a->value, REG_NONE);
    g->u->pos = pos;
    gen_emit(g, BC_RETURN, v, 0, 0);
    Value code = unit_leave(g);
    if (g->failed) return;
    u->pos = pos;
    Value one = v_smallint(1);
    Reg defaults = temp_push(g);
    gen_emit(g, BC_LOAD_CONST, defaults, const_take(g, tuple_from(g->t, &one, 1)), 0);
    gen_make_function(g, code, scope, (FunctionParts){defaults, REG_NONE, REG_NONE}, r);
    u->depth = mark;
    temp_push(g);
    gen_emit(g, BC_BUILD_TUPLE, first, first, 3);
    u->depth = mark;
    gen_emit(g, BC_INTRINSIC_1, dst, first, INTRINSIC_TYPEALIAS);
}

void type_alias_stmt(Codegen *g, AstStmt *s)
{
    struct Ast_TypeAlias *a = &s->u.TypeAlias;
    Unit *u = g->u;
    uint32_t mark = u->depth;
    Ident *name = a->name->u.Name.id;
    Reg r = temp_push(g);
    if (a->type_params->n) {
        Scope *scope = scopes_find(&g->scopes, SCOPE_KEY_TYPE_PARAMS(a->type_params));
        Reg window = temp_window(g);
        window_plain(g, window);
        char *text = arena_printf(g->c->arena, "<generic parameters of %s>", name->utf8);
        Ident *generic = text ? ident_intern(g->c->idents, text, strlen(text)) : NULL;
        if (generic == NULL || !unit_enter(g, UNIT_TYPE_PARAMS, scope, generic, s->lineno)) {
            gen_fail(g);
            return;
        }
        g->u->pos = s->pos;
        Reg params = temp_push(g);
        gen_type_params(g, a->type_params, params);
        g->u->pos = s->pos;
        Reg alias = temp_push(g);
        alias_value(g, s, params, alias);
        gen_emit(g, BC_RETURN, alias, 0, 0);
        Value code = unit_leave(g);
        u->pos = s->pos;
        gen_make_function(g, code, scope, no_parts, window);
        gen_emit(g, BC_CALL, window, 0, r);
    } else {
        alias_value(g, s, REG_NONE, r);
    }
    u->depth = mark + 1;
    u->pos = a->name->pos;
    gen_store_name(g, name, r);
    u->depth = mark;
}
