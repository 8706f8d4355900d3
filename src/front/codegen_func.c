/* Functions, lambdas and classes. */
#include "front/codegen_priv.h"

#include "object/str.h"
#include "object/tuple.h"

/* --- Parts of a function -------------------------------------------------------------------------- */

void gen_make_function(Codegen *g, Value code, Scope *scope, FunctionParts parts, Reg dst)
{
    Unit *u = g->u;
    if (g->failed) return;
    uint32_t mark = u->depth;
    if (!vec_push(&u->consts, code)) {
        front_no_memory(g->c);
        gen_fail(g);
        return;
    }
    uint32_t k = (uint32_t)u->consts.len - 1;
    Reg closure = REG_NONE;
    if (scope->n_free) {
        closure = temp_at(mark);
        for (uint32_t i = 0; i < scope->n_free; i++) {
            Reg cell = closure_register(g, scope, scope->free_names[i]);
            gen_emit(g, BC_MOVE, temp_push(g), cell, 0);
        }
        u->depth = mark + 1;
        gen_emit(g, BC_BUILD_TUPLE, closure, closure, scope->n_free);
    }
    gen_emit(g, BC_MAKE_FUNCTION, dst, k, 0);
    if (closure != REG_NONE) gen_emit(g, BC_SET_FUNCTION, dst, closure, 2);
    if (parts.annotate != REG_NONE) gen_emit(g, BC_SET_FUNCTION, dst, parts.annotate, 3);
    if (parts.kwdefaults != REG_NONE) gen_emit(g, BC_SET_FUNCTION, dst, parts.kwdefaults, 1);
    if (parts.defaults != REG_NONE) gen_emit(g, BC_SET_FUNCTION, dst, parts.defaults, 0);
    u->depth = mark;
}

Reg default_tuple(Codegen *g, AstArguments *a)
{
    AstExprSeq *seq = a->defaults;
    Unit *u = g->u;
    uint32_t mark = u->depth;
    if (seq->n == 0) return REG_NONE;
    bool constant = true;
    for (uint32_t i = 0; i < seq->n; i++) constant &= seq->items[i]->kind == AST_Constant;
    Reg r = temp_at(mark);
    if (constant) {
        Value t = tuple_new(g->t, seq->n);
        if (is_null(t)) {
            gen_fail(g);
            return r;
        }
        for (uint32_t i = 0; i < seq->n; i++) V_AS(Tuple, t)->items[i] = new_ref(constant_value(g, seq->items[i]));
        temp_push(g);
        gen_emit(g, BC_LOAD_CONST, r, const_take(g, tuple_done(g->t, t)), 0);
        return r;
    }
    AstPos pos = u->pos;
    for (uint32_t i = 0; i < seq->n; i++) gen_expr(g, seq->items[i], REG_NONE);
    u->depth = mark;
    temp_push(g);
    u->pos = pos;
    gen_emit(g, BC_BUILD_TUPLE, r, r, seq->n);
    return r;
}

Reg default_dict(Codegen *g, AstArguments *a)
{
    Unit *u = g->u;
    uint32_t mark = u->depth, n = 0;
    AstPos pos = u->pos;
    Reg r = temp_at(mark);
    for (uint32_t i = 0; i < a->kw_defaults->n; i++) {
        if (a->kw_defaults->items[i] == NULL) continue;
        gen_load_str(g, scope_mangle(g->c, u->here, a->kwonlyargs->items[i]->arg), temp_push(g));
        gen_expr(g, a->kw_defaults->items[i], REG_NONE);
        n++;
    }
    if (n == 0) return REG_NONE;
    u->depth = mark;
    temp_push(g);
    u->pos = pos;
    gen_emit(g, BC_BUILD_MAP, r, r, n);
    return r;
}

static void count_arguments(Unit *u, AstArguments *a)
{
    u->n_posonly = a->posonlyargs->n;
    u->n_args = a->posonlyargs->n + a->args->n;
    u->n_kwonly = a->kwonlyargs->n;
}

/* --- Decorators -------------------------------------------------------------------------------------- */

/* Each decorator's window stands ready; what it decorates is its argument. */
static uint32_t enter_decorators(Codegen *g, AstExprSeq *decorators)
{
    uint32_t mark = g->u->depth;
    for (uint32_t i = 0; i < decorators->n; i++) {
        Reg window = temp_at(g->u->depth);
        gen_expr(g, decorators->items[i], REG_NONE);
        g->u->depth = reg_index(window);
        temp_window(g);
        window_plain(g, window);
    }
    return mark;
}

/* The decorated object stands in the temporary behind the last window; the result is then in temporary `mark`. */
static void apply_decorators(Codegen *g, AstExprSeq *decorators, uint32_t mark)
{
    for (uint32_t i = decorators->n; i-- > 0;) {
        Reg window = temp_at(mark + i * (CALL_GAP + 2));
        g->u->pos = decorators->items[i]->pos;
        gen_emit(g, BC_CALL, window, 1, window);
        g->u->depth = reg_index(window) + 1;
    }
}

/* --- Functions ------------------------------------------------------------------------------------------- */

static Value function_code(Codegen *g, AstStmt *s, Scope *scope, int32_t first_line)
{
    struct Ast_FunctionDef *f = &s->u.FunctionDef;
    UnitKind kind = s->kind == AST_AsyncFunctionDef ? UNIT_ASYNC_FUNCTION : UNIT_FUNCTION;
    if (!unit_enter(g, kind, scope, f->name, first_line)) return VNULL;
    count_arguments(g->u, f->args);
    body_with_docstring(g, f->body, false);
    gen_no_place(g); /* the end is on the line of what came before it */
    gen_emit(g, BC_RETURN_CONST, const_index(g, V_NONE), 0, 0);
    return unit_leave(g);
}

/* The function of a def, with everything but decorators, into the temporary `dst` (already taken). */
static void function_value(Codegen *g, AstStmt *s, int32_t first_line, FunctionParts parts, Reg dst)
{
    uint32_t mark = g->u->depth;
    AstPos pos = g->u->pos;
    Scope *scope = scopes_find(&g->scopes, s);
    parts.annotate = function_annotate(g, s, temp_at(mark));
    if (parts.annotate != REG_NONE) g->u->depth = mark + 1;
    Value code = function_code(g, s, scope, first_line);
    g->u->pos = pos;
    gen_make_function(g, code, scope, parts, dst);
    g->u->depth = mark;
}

static Ident *generic_name(Codegen *g, Ident *name)
{
    char *text = arena_printf(g->c->arena, "<generic parameters of %s>", name->utf8);
    Ident *r = text ? ident_intern(g->c->idents, text, strlen(text)) : NULL;
    if (r == NULL) {
        front_no_memory(g->c);
        gen_fail(g);
    }
    return r;
}

/* Calls the function just made for the type parameters with what stands behind its window. */
static void generic_function(Codegen *g, AstStmt *s, int32_t first_line, Reg dst)
{
    struct Ast_FunctionDef *f = &s->u.FunctionDef;
    Unit *u = g->u;
    Scope *scope = scopes_find(&g->scopes, SCOPE_KEY_TYPE_PARAMS(f->type_params));
    uint32_t mark = u->depth, n_args = 0;
    Reg window = temp_window(g);
    window_plain(g, window);
    bool defaults = default_tuple(g, f->args) != REG_NONE;
    bool kwdefaults = default_dict(g, f->args) != REG_NONE;
    n_args = (uint32_t)defaults + (uint32_t)kwdefaults;
    AstPos pos = s->pos;
    Ident *name = generic_name(g, f->name);
    if (g->failed || !unit_enter(g, UNIT_TYPE_PARAMS, scope, name, first_line)) return;
    Unit *in = g->u;
    in->n_args = n_args;
    in->pos = pos;
    Reg params = temp_push(g), function = temp_push(g);
    gen_type_params(g, f->type_params, params);
    in->pos = pos;
    FunctionParts parts = {defaults ? reg_local(0) : REG_NONE, kwdefaults ? reg_local(defaults) : REG_NONE, REG_NONE};
    function_value(g, s, first_line, parts, function);
    gen_emit(g, BC_INTRINSIC_2, function, function, params)->word = INTRINSIC_SET_FUNCTION_TYPE_PARAMS;
    gen_emit(g, BC_RETURN, function, 0, 0);
    Value code = unit_leave(g);
    u->pos = pos;
    gen_make_function(g, code, scope, (FunctionParts){REG_NONE, REG_NONE, REG_NONE}, window);
    gen_emit(g, BC_CALL, window, n_args, dst);
    u->depth = mark;
}

void function_stmt(Codegen *g, AstStmt *s)
{
    struct Ast_FunctionDef *f = &s->u.FunctionDef;
    Unit *u = g->u;
    int32_t first_line = f->decorator_list->n ? f->decorator_list->items[0]->lineno : s->lineno;
    uint32_t mark = enter_decorators(g, f->decorator_list);
    u->pos = s->pos;
    Reg function = temp_push(g);
    if (f->type_params->n) {
        generic_function(g, s, first_line, function);
    } else {
        FunctionParts parts = {default_tuple(g, f->args), default_dict(g, f->args), REG_NONE};
        function_value(g, s, first_line, parts, function);
    }
    apply_decorators(g, f->decorator_list, mark);
    u->pos = s->pos;
    gen_store_name(g, f->name, temp_at(mark));
    u->depth = mark;
}

Reg lambda_expr(Codegen *g, AstExpr *e, Reg want)
{
    Unit *u = g->u;
    AstArguments *a = e->u.Lambda.args;
    uint32_t mark = u->depth;
    Scope *scope = scopes_find(&g->scopes, e);
    Reg function = temp_push(g);
    FunctionParts parts = {default_tuple(g, a), default_dict(g, a), REG_NONE};
    Ident *name = gen_ident(g, "<lambda>");
    if (g->failed || !unit_enter(g, UNIT_LAMBDA, scope, name, e->lineno)) return dest(g, want);
    count_arguments(g->u, a);
    uint32_t k;
    AstExpr *body = e->u.Lambda.body;
    if (body->kind == AST_Constant && !scope->generator) {
        g->u->pos = body->pos;
        k = const_index(g, constant_value(g, body));
        gen_emit(g, BC_RETURN_CONST, k, 0, 0);
    } else {
        Reg r = gen_operand(g, body);
        g->u->pos = body->pos;
        gen_emit(g, BC_RETURN, r, 0, 0);
    }
    Value code = unit_leave(g);
    u->pos = e->pos;
    bool plain = parts.defaults == REG_NONE && parts.kwdefaults == REG_NONE && scope->n_free == 0;
    if (plain && want != REG_NONE) function = want;
    gen_make_function(g, code, scope, parts, function);
    u->depth = mark;
    if (want == REG_NONE) return temp_push(g);
    if (want != function) gen_emit(g, BC_MOVE, want, function, 0);
    return want;
}

/* --- Classes --------------------------------------------------------------------------------------------- */

/* `self.name = ...` anywhere inside a class is one of its __static_attributes__. */
void note_static_attribute(Codegen *g, AstExpr *target)
{
    AstExpr *object = target->u.Attribute.value;
    if (object->kind != AST_Name || !ident_is(object->u.Name.id, "self")) return;
    for (Unit *u = g->u; u; u = u->outer) {
        if (u->kind != UNIT_CLASS) continue;
        if (!vec_push(&u->static_attributes, target->u.Attribute.attr)) gen_no_memory(g);
        return;
    }
}

static int by_text(const void *a, const void *b) { return strcmp((*(Ident *const *)a)->utf8, (*(Ident *const *)b)->utf8); }

static Value static_attributes(Codegen *g)
{
    Unit *u = g->u;
    Ident **names = u->static_attributes.data;
    size_t n = u->static_attributes.len, unique = 0;
    if (n) qsort(names, n, sizeof *names, by_text);
    for (size_t i = 0; i < n; i++) {
        if (unique == 0 || names[unique - 1] != names[i]) names[unique++] = names[i];
    }
    Value t = tuple_new(g->t, (int64_t)unique);
    if (is_null(t)) return t;
    for (size_t i = 0; i < unique; i++) {
        Value name = front_name(g->c, names[i]);
        if (is_null(name)) {
            decref(g->t, t);
            return VNULL;
        }
        V_AS(Tuple, t)->items[i] = new_ref(name);
    }
    return tuple_done(g->t, t);
}

/* namespace[name] = value, unless the body declares the name to be another's. */
static void store_item(Codegen *g, const char *name, Reg value)
{
    Ident *id = gen_ident(g, name);
    const Symbol *y = scope_symbol(g->u->scope, id);
    if (y != NULL && y->flags & (SYM_GLOBAL | SYM_NONLOCAL)) gen_store_name(g, id, value);
    else emit_name(g, BC_STORE_NAME, value, 0, id);
    g->u->depth--;
}

static Value class_code(Codegen *g, AstStmt *s, Scope *scope, int32_t first_line)
{
    struct Ast_ClassDef *d = &s->u.ClassDef;
    if (!unit_enter(g, UNIT_CLASS, scope, d->name, first_line)) return VNULL;
    Unit *u = g->u;
    Reg r = temp_push(g);
    emit_name(g, BC_LOAD_NAME, r, 0, gen_ident(g, "__name__"));
    store_item(g, "__module__", r);
    r = temp_push(g);
    gen_load_value(g, u->qualname, r);
    store_item(g, "__qualname__", r);
    r = temp_push(g);
    gen_load_value(g, v_smallint(first_line), r);
    store_item(g, "__firstlineno__", r);
    if (d->type_params->n) {
        r = gen_load_name(g, gen_ident(g, ".type_params"), REG_NONE);
        store_item(g, "__type_params__", r);
    }
    if (scope->needs_classdict) {
        r = temp_push(g);
        gen_emit(g, BC_LOAD_LOCALS, r, 0, 0);
        gen_emit(g, BC_STORE_CELL, cell_register(g, gen_ident(g, "__classdict__")), r, 0);
        u->depth--;
    }
    annotations_prologue(g);
    body_with_docstring(g, d->body, true);
    u->pos = (AstPos){s->lineno, 0, s->lineno, 0};
    if (g->failed) return unit_leave(g);
    deferred_annotate(g);
    gen_no_place(g); /* the end is on the line of what came before it */
    r = temp_push(g);
    gen_emit(g, BC_LOAD_CONST, r, const_take(g, static_attributes(g)), 0);
    store_item(g, "__static_attributes__", r);
    if (scope->needs_classdict) {
        r = temp_push(g);
        gen_emit(g, BC_MOVE, r, cell_register(g, gen_ident(g, "__classdict__")), 0);
        store_item(g, "__classdictcell__", r);
    }
    if (scope->needs_class_cell) {
        Reg cell = temp_push(g), copy = temp_push(g);
        gen_emit(g, BC_MOVE, cell, cell_register(g, gen_ident(g, "__class__")), 0);
        gen_emit(g, BC_COPY, copy, cell, 0);
        store_item(g, "__classcell__", copy);
        gen_emit(g, BC_RETURN, cell, 0, 0);
    } else {
        gen_emit(g, BC_RETURN_CONST, const_index(g, V_NONE), 0, 0);
    }
    return unit_leave(g);
}

/* __build_class__(body, name, bases..., keywords) into `dst`. */
static void build_class(Codegen *g, AstStmt *s, int32_t first_line, Reg dst)
{
    struct Ast_ClassDef *d = &s->u.ClassDef;
    Unit *u = g->u;
    Scope *scope = scopes_find(&g->scopes, s);
    uint32_t mark = u->depth;
    Reg window = temp_window(g);
    gen_emit(g, BC_LOAD_COMMON, window, 7, 0);
    window_plain(g, window);
    Reg body = temp_push(g);
    Value code = class_code(g, s, scope, first_line);
    u->pos = s->pos;
    gen_make_function(g, code, scope, (FunctionParts){REG_NONE, REG_NONE, REG_NONE}, body);
    gen_load_str(g, d->name, temp_push(g));
    Reg base = REG_NONE;
    if (d->type_params->n) {
        Ident *params = gen_ident(g, ".type_params"), *generic = gen_ident(g, ".generic_base");
        Reg r = gen_load_name(g, params, REG_NONE);
        gen_emit(g, BC_INTRINSIC_1, r, r, INTRINSIC_SUBSCRIPT_GENERIC);
        gen_store_name(g, generic, r);
        u->depth--;
        Access a = access_of(g, generic, true);
        base = a.reg;
    }
    u->pos = s->pos;
    gen_call_with(g, window, 2, d->bases, base, d->keywords, dst);
    u->depth = mark;
}

static void generic_class(Codegen *g, AstStmt *s, int32_t first_line, Reg dst)
{
    struct Ast_ClassDef *d = &s->u.ClassDef;
    Unit *u = g->u;
    Scope *scope = scopes_find(&g->scopes, SCOPE_KEY_TYPE_PARAMS(d->type_params));
    uint32_t mark = u->depth;
    Reg window = temp_window(g);
    window_plain(g, window);
    Ident *name = generic_name(g, d->name);
    if (g->failed || !unit_enter(g, UNIT_TYPE_PARAMS, scope, name, first_line)) return;
    g->u->pos = s->pos;
    Reg r = temp_push(g);
    gen_type_params(g, d->type_params, r);
    gen_store_name(g, gen_ident(g, ".type_params"), r);
    build_class(g, s, first_line, r);
    gen_emit(g, BC_RETURN, r, 0, 0);
    Value code = unit_leave(g);
    u->pos = s->pos;
    gen_make_function(g, code, scope, (FunctionParts){REG_NONE, REG_NONE, REG_NONE}, window);
    gen_emit(g, BC_CALL, window, 0, dst);
    u->depth = mark;
}

void class_stmt(Codegen *g, AstStmt *s)
{
    struct Ast_ClassDef *d = &s->u.ClassDef;
    Unit *u = g->u;
    int32_t first_line = d->decorator_list->n ? d->decorator_list->items[0]->lineno : s->lineno;
    uint32_t mark = enter_decorators(g, d->decorator_list);
    u->pos = s->pos;
    Reg r = temp_push(g);
    if (d->type_params->n) generic_class(g, s, first_line, r);
    else build_class(g, s, first_line, r);
    apply_decorators(g, d->decorator_list, mark);
    u->pos = s->pos;
    gen_store_name(g, d->name, temp_at(mark));
    u->depth = mark;
}
