/* Building the scopes of a tree: collection of definitions and uses (this file), then resolution of
 * every name (scopes_resolve.c).  The walk follows evaluation order, since global and nonlocal statements are checked
 * against what stood before them. */
#include "front/scopes.h"

#include "front/parse.h"
#include "front/scopes_priv.h"

/* --- Tables ------------------------------------------------------------------------------------ */

Symbol *scope_symbol(const Scope *scope, const Ident *name)
{
    if (scope->table_size == 0) return NULL;
    uint32_t mask = scope->table_size - 1;
    for (uint32_t i = name->hash & mask;; i = (i + 1) & mask) {
        Symbol *s = scope->table[i];
        if (s == NULL || s->name == name) return s;
    }
}

static bool grow_symbols(Compilation *c, Scope *scope)
{
    uint32_t size = scope->table_size ? scope->table_size * 2 : 8;
    Symbol **table = arena_zalloc(c->arena, size * sizeof *table);
    Symbol **order = arena_alloc(c->arena, size * sizeof *order);
    if (table == NULL || order == NULL) return front_no_memory(c);
    for (uint32_t k = 0; k < scope->n_symbols; k++) {
        Symbol *s = order[k] = scope->symbols[k];
        uint32_t i = s->name->hash & (size - 1);
        while (table[i]) i = (i + 1) & (size - 1);
        table[i] = s;
    }
    scope->table = table;
    scope->symbols = order;
    scope->table_size = scope->symbols_cap = size;
    return true;
}

/* The symbol, made if it is not there. */
Symbol *scope_symbol_add(Compilation *c, Scope *scope, Ident *name)
{
    Symbol *s = scope_symbol(scope, name);
    if (s) return s;
    if (scope->n_symbols * 4 >= scope->table_size * 3 && !grow_symbols(c, scope)) return NULL;
    s = arena_zalloc(c->arena, sizeof *s);
    if (s == NULL) {
        front_no_memory(c);
        return NULL;
    }
    s->name = name;
    s->local = s->cell = -1;
    uint32_t mask = scope->table_size - 1, i = name->hash & mask;
    while (scope->table[i]) i = (i + 1) & mask;
    scope->table[i] = s;
    scope->symbols[scope->n_symbols++] = s;
    return s;
}

static uint32_t key_hash(const void *key)
{
    uint64_t h = (uint64_t)(uintptr_t)key * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(h >> 32);
}

Scope *scopes_find(const Scopes *scopes, const void *key)
{
    if (scopes->table_size == 0) return NULL;
    uint32_t mask = scopes->table_size - 1;
    for (uint32_t i = key_hash(key) & mask;; i = (i + 1) & mask) {
        Scope *s = scopes->table[i];
        if (s == NULL || s->node == key) return s;
    }
}

static bool scopes_insert(Compilation *c, Scopes *scopes, Scope *scope)
{
    if (scopes->n * 4 >= scopes->table_size * 3) {
        uint32_t size = scopes->table_size ? scopes->table_size * 2 : 64;
        Scope **table = arena_zalloc(c->arena, size * sizeof *table);
        if (table == NULL) return front_no_memory(c);
        for (uint32_t k = 0; k < scopes->table_size; k++) {
            Scope *s = scopes->table[k];
            if (s == NULL) continue;
            uint32_t i = key_hash(s->node) & (size - 1);
            while (table[i]) i = (i + 1) & (size - 1);
            table[i] = s;
        }
        scopes->table = table;
        scopes->table_size = size;
    }
    uint32_t mask = scopes->table_size - 1, i = key_hash(scope->node) & mask;
    while (scopes->table[i]) i = (i + 1) & mask;
    scopes->table[i] = scope;
    scopes->n++;
    return true;
}

/* --- The walk ---------------------------------------------------------------------------------- */

typedef struct Builder {
    Compilation *c;
    Scopes *scopes;
    Scope *current;
    Ident *class_name; /* private names belong to it */
    Ident *n_class, *n_classdict, *n_conditional, *n_super, *n_debug, *n_format, *n_dot_zero;
} Builder;

static bool visit_expr(Builder *b, AstExpr *e);
static bool visit_stmts(Builder *b, AstStmtSeq *seq);
static bool visit_pattern(Builder *b, AstPattern *p);

static Scope *enter(Builder *b, Ident *name, ScopeKind kind, const void *node, AstPos pos)
{
    Scope *s = arena_zalloc(b->c->arena, sizeof *s);
    if (s == NULL) {
        front_no_memory(b->c);
        return NULL;
    }
    Scope *parent = b->current;
    s->kind = kind;
    s->name = name;
    s->node = node;
    s->pos = pos;
    s->parent = parent;
    s->private_name = b->class_name;
    s->unit = s;
    if (parent) {
        s->nested = parent->nested || scope_is_function_like(parent);
        s->comp_iter = parent->comp_iter;
        s->mangled = kind == SCOPE_CLASS ? NULL : parent->mangled;
        if (parent->last_child) parent->last_child->next = s;
        else parent->children = s;
        parent->last_child = s;
    }
    if (!scopes_insert(b->c, b->scopes, s)) return NULL;
    b->current = s;
    return s;
}
static void leave(Builder *b) { b->current = b->current->parent; }
/* Leaves a scope that was entered only to check what stands in it, and forgets it. */
static void leave_unused(Builder *b, Scope *last_before)
{
    leave(b);
    Scope *s = b->current;
    s->last_child = last_before;
    if (last_before) last_before->next = NULL;
    else s->children = NULL;
}

Ident *scope_mangle(Compilation *c, const Scope *scope, Ident *name)
{
    if (scope->private_name == NULL || name->utf8[0] != '_' || name->utf8[1] != '_') return name;
    if (scope->mangled) {
        Ident *m = front_mangle(c, scope->private_name, name);
        if (m == NULL) return NULL;
        Symbol *s = scope_symbol(scope->mangled, m);
        return s && s->flags & SYM_TYPE_PARAM ? m : name;
    }
    return front_mangle(c, scope->private_name, name);
}

static bool check_name(Builder *b, Ident *name, AstPos pos, AstContext ctx)
{
    if (name != b->n_debug || ctx == AST_Load) return true;
    return front_error(b->c, pos, ctx == AST_Store ? "cannot assign to __debug__" : "cannot delete __debug__");
}

static bool define_in(Builder *b, Scope *scope, Ident *name, uint32_t flags, AstPos pos)
{
    if (flags & SYM_BOUND && !check_name(b, name, pos, AST_Store)) return false;
    Ident *mangled = flags & SYM_TYPE_PARAM ? front_mangle(b->c, scope->private_name, name) : scope_mangle(b->c, scope, name);
    if (mangled == NULL) return false;
    Symbol *s = scope_symbol_add(b->c, scope, mangled);
    if (s == NULL) return false;
    if (flags & SYM_PARAM && s->flags & SYM_PARAM) {
        return front_error(b->c, pos, "duplicate argument '%s' in function definition", name->utf8);
    }
    if (flags & SYM_TYPE_PARAM && s->flags & SYM_TYPE_PARAM) {
        return front_error(b->c, pos, "duplicate type parameter '%s'", name->utf8);
    }
    s->flags |= flags;
    if (scope->comp_target) {
        if (s->flags & (SYM_GLOBAL | SYM_NONLOCAL)) {
            return front_error(b->c, pos, "comprehension inner loop cannot rebind assignment expression target '%s'", name->utf8);
        }
        s->flags |= SYM_COMP_ITER;
    }
    if (flags & SYM_PARAM) {
        if ((scope->n_params & (scope->n_params - 1)) == 0) { /* grows at powers of two */
            uint32_t cap = scope->n_params ? scope->n_params * 2 : 1;
            Ident **params = arena_alloc(b->c->arena, cap * sizeof *params);
            if (params == NULL) return front_no_memory(b->c);
            if (scope->n_params) memcpy(params, scope->params, scope->n_params * sizeof *params);
            scope->params = params;
        }
        scope->params[scope->n_params++] = mangled;
    } else if (flags & SYM_GLOBAL) {
        /* What a function declares global is so for the module's own code as well. */
        Symbol *g = scope_symbol_add(b->c, b->scopes->module, mangled);
        if (g == NULL) return false;
        g->flags |= SYM_GLOBAL;
    }
    return true;
}
static bool define(Builder *b, Ident *name, uint32_t flags, AstPos pos) { return define_in(b, b->current, name, flags, pos); }

static bool use_class_namespace(Builder *b, Scope *s)
{
    s->sees_class = true;
    return define(b, b->n_classdict, SYM_USE, s->pos);
}

static bool add_directive(Builder *b, Scope *scope, Ident *name, AstPos pos)
{
    Directive *d = arena_alloc(b->c->arena, sizeof *d);
    if (d == NULL) return front_no_memory(b->c);
    Ident *mangled = scope_mangle(b->c, scope, name);
    if (mangled == NULL) return false;
    *d = (Directive){scope->directives, mangled, pos};
    scope->directives = d;
    return true;
}

static bool visit_exprs(Builder *b, AstExprSeq *seq)
{
    for (uint32_t i = 0; i < seq->n; i++) {
        if (seq->items[i] && !visit_expr(b, seq->items[i])) return false;
    }
    return true;
}
static bool visit_opt(Builder *b, AstExpr *e) { return e == NULL || visit_expr(b, e); }

/* Marks that evaluation of an expression here may bind locals or suspend. */
static void mark_rebinding(Scope *s)
{
    s->has_rebinding = true;
    while (s->comprehension && s->parent) {
        s = s->parent;
        s->has_rebinding = true;
    }
}

/* --- Lazily evaluated blocks ------------------------------------------------------------------------ */

static bool refuse_in_lazy_block(Builder *b, const char *what, AstExpr *e)
{
    Scope *s = b->current;
    const char *where;
    switch (s->kind) {
    case SCOPE_ANNOTATION: where = "an annotation"; break;
    case SCOPE_TYPE_VARIABLE: where = s->what; break;
    case SCOPE_TYPE_ALIAS: where = "a type alias"; break;
    case SCOPE_TYPE_PARAMS: where = "the definition of a generic"; break;
    default: return true;
    }
    return front_error(b->c, e->pos, "%s cannot be used within %s", what, where);
}

static bool visit_bound_or_default(Builder *b, AstExpr *e, Ident *name, const void *key, const char *what)
{
    if (e == NULL) return true;
    bool in_class = b->current->sees_class;
    Scope *s = enter(b, name, SCOPE_TYPE_VARIABLE, key, e->pos);
    if (s == NULL) return false;
    s->what = what;
    if (!define(b, b->n_format, SYM_PARAM | SYM_USE, e->pos)) return false;
    if (in_class && !use_class_namespace(b, s)) return false;
    if (!visit_expr(b, e)) return false;
    leave(b);
    return true;
}

static bool visit_type_params(Builder *b, AstTypeParamSeq *seq)
{
    bool default_seen = false;
    for (uint32_t i = 0; i < seq->n; i++) {
        AstTypeParam *p = seq->items[i];
        Ident *name;
        AstExpr *bound = NULL, *dflt;
        const char *what;
        switch (p->kind) {
        case AST_TypeVar:
            name = p->u.TypeVar.name;
            bound = p->u.TypeVar.bound;
            dflt = p->u.TypeVar.default_value;
            what = "a TypeVar default";
            break;
        case AST_ParamSpec:
            name = p->u.ParamSpec.name;
            dflt = p->u.ParamSpec.default_value;
            what = "a ParamSpec default";
            break;
        default:
            name = p->u.TypeVarTuple.name;
            dflt = p->u.TypeVarTuple.default_value;
            what = "a TypeVarTuple default";
            break;
        }
        if (!define(b, name, SYM_TYPE_PARAM | SYM_LOCAL, p->pos)) return false;
        if (dflt == NULL && default_seen) {
            return front_error(b->c, p->pos, "non-default type parameter '%s' follows default type parameter", name->utf8);
        }
        default_seen |= dflt != NULL;
        const char *bound_what = bound && bound->kind == AST_Tuple ? "a TypeVar constraint" : "a TypeVar bound";
        if (!visit_bound_or_default(b, bound, name, SCOPE_KEY_BOUND(p), bound_what)) return false;
        if (!visit_bound_or_default(b, dflt, name, SCOPE_KEY_DEFAULT(p), what)) return false;
    }
    return true;
}

static Scope *enter_type_params(Builder *b, Ident *name, AstTypeParamSeq *seq, bool defaults, bool kwdefaults, bool is_class, AstPos pos)
{
    bool in_class = b->current->kind == SCOPE_CLASS;
    Scope *s = enter(b, name, SCOPE_TYPE_PARAMS, SCOPE_KEY_TYPE_PARAMS(seq), pos);
    if (s == NULL) return NULL;
    if (in_class && !use_class_namespace(b, s)) return NULL;
    if (is_class) {
        Ident *params = front_ident(b->c, ".type_params"), *base = front_ident(b->c, ".generic_base");
        if (params == NULL || base == NULL) return NULL;
        if (!define(b, params, SYM_LOCAL | SYM_USE, pos) || !define(b, base, SYM_LOCAL | SYM_USE, pos)) return NULL;
    }
    if (defaults) {
        Ident *n = front_ident(b->c, ".defaults");
        if (n == NULL || !define(b, n, SYM_PARAM, pos)) return NULL;
    }
    if (kwdefaults) {
        Ident *n = front_ident(b->c, ".kwdefaults");
        if (n == NULL || !define(b, n, SYM_PARAM, pos)) return NULL;
    }
    return s;
}

static bool visit_param_annotations(Builder *b, AstArgSeq *seq)
{
    for (uint32_t i = 0; i < seq->n; i++) {
        if (!visit_opt(b, seq->items[i]->annotation)) return false;
    }
    return true;
}

static bool visit_function_annotations(Builder *b, AstArguments *a, AstExpr *returns, AstPos pos)
{
    bool in_class = b->current->sees_class || b->current->kind == SCOPE_CLASS;
    Ident *name = front_ident(b->c, "__annotate__");
    if (name == NULL) return false;
    bool unused = b->c->futures & CO_FUTURE_ANNOTATIONS_BIT;
    Scope *last_before = b->current->last_child;
    Scope *s = enter(b, name, SCOPE_ANNOTATION, SCOPE_KEY_ANNOTATIONS(a), pos);
    if (s == NULL) return false;
    if (!unused && in_class && !use_class_namespace(b, s)) return false;
    if (!define(b, b->n_format, SYM_PARAM | SYM_USE, pos)) return false;
    if (!visit_param_annotations(b, a->posonlyargs) || !visit_param_annotations(b, a->args)) return false;
    if (a->vararg && !visit_opt(b, a->vararg->annotation)) return false;
    if (a->kwarg && !visit_opt(b, a->kwarg->annotation)) return false;
    if (!visit_param_annotations(b, a->kwonlyargs)) return false;
    if (!visit_opt(b, returns)) return false;
    if (unused) leave_unused(b, last_before);
    else leave(b);
    return true;
}

static bool visit_variable_annotation(Builder *b, AstExpr *annotation)
{
    Scope *owner = b->current;
    bool unevaluated = owner->kind == SCOPE_FUNCTION;
    if ((owner->kind == SCOPE_MODULE || (owner->kind == SCOPE_CLASS && owner->conditional)) &&
        !owner->has_conditional_annotations) {
        owner->has_conditional_annotations = true;
        if (!define(b, b->n_conditional, SYM_USE, annotation->pos)) return false;
    }
    bool unused = b->c->futures & CO_FUTURE_ANNOTATIONS_BIT;
    Scope *last_before = owner->last_child;
    Scope *s = owner->annotations;
    if (s == NULL) {
        Ident *name = front_ident(b->c, "__annotate__");
        if (name == NULL) return false;
        s = enter(b, name, SCOPE_ANNOTATION, (const char *)owner->node + 1, annotation->pos);
        if (s == NULL) return false;
        if (!unused && owner->kind == SCOPE_CLASS && !use_class_namespace(b, s)) return false;
        if (!define(b, b->n_format, SYM_PARAM | SYM_USE, annotation->pos)) return false;
        if (!unused) owner->annotations = s;
    }
    b->current = s;
    bool before = s->unevaluated;
    s->unevaluated = unevaluated;
    /* The function made from this block asks which of the conditional annotations were reached. */
    if (!unused && owner->has_conditional_annotations && !define(b, b->n_conditional, 0, annotation->pos)) return false;
    bool ok = visit_expr(b, annotation);
    s->unevaluated = before;
    if (unused && ok) leave_unused(b, last_before);
    b->current = owner;
    return ok;
}

/* --- Functions, classes ------------------------------------------------------------------------------ */

static bool define_params(Builder *b, AstArgSeq *seq)
{
    for (uint32_t i = 0; i < seq->n; i++) {
        if (!define(b, seq->items[i]->arg, SYM_PARAM, seq->items[i]->pos)) return false;
    }
    return true;
}

static bool define_arguments(Builder *b, AstArguments *a)
{
    if (!define_params(b, a->posonlyargs) || !define_params(b, a->args) || !define_params(b, a->kwonlyargs)) return false;
    if (a->vararg) {
        if (!define(b, a->vararg->arg, SYM_PARAM, a->vararg->pos)) return false;
        b->current->varargs = true;
    }
    if (a->kwarg) {
        if (!define(b, a->kwarg->arg, SYM_PARAM, a->kwarg->pos)) return false;
        b->current->varkeywords = true;
    }
    return true;
}

static bool any_default(AstExprSeq *seq)
{
    for (uint32_t i = 0; i < seq->n; i++) {
        if (seq->items[i]) return true;
    }
    return false;
}

static bool visit_function(Builder *b, AstStmt *s, bool async)
{
    struct Ast_FunctionDef *f = &s->u.FunctionDef; /* AsyncFunctionDef is alike */
    if (!define(b, f->name, SYM_LOCAL, s->pos)) return false;
    if (!visit_exprs(b, f->args->defaults) || !visit_exprs(b, f->args->kw_defaults)) return false;
    if (!visit_exprs(b, f->decorator_list)) return false;
    if (f->type_params->n) {
        if (!enter_type_params(b, f->name, f->type_params, true, any_default(f->args->kw_defaults), false, s->pos)) return false;
        if (!visit_type_params(b, f->type_params)) return false;
    }
    if (!visit_function_annotations(b, f->args, f->returns, s->pos)) return false;
    Scope *fs = enter(b, f->name, SCOPE_FUNCTION, s, s->pos);
    if (fs == NULL) return false;
    fs->async_def = fs->coroutine = async;
    fs->method = fs->parent->kind == SCOPE_CLASS;
    fs->has_docstring = front_docstring(f->body) != NULL;
    if (!define_arguments(b, f->args) || !visit_stmts(b, f->body)) return false;
    leave(b);
    if (f->type_params->n) leave(b);
    return true;
}

static bool visit_keywords(Builder *b, AstKeywordSeq *seq)
{
    for (uint32_t i = 0; i < seq->n; i++) {
        if (seq->items[i]->arg && !check_name(b, seq->items[i]->arg, seq->items[i]->pos, AST_Store)) return false;
    }
    for (uint32_t i = 0; i < seq->n; i++) {
        if (!visit_expr(b, seq->items[i]->value)) return false;
    }
    return true;
}

static bool visit_class(Builder *b, AstStmt *s)
{
    struct Ast_ClassDef *d = &s->u.ClassDef;
    Ident *outer_name = b->class_name;
    if (!define(b, d->name, SYM_LOCAL, s->pos)) return false;
    if (!visit_exprs(b, d->decorator_list)) return false;
    if (d->type_params->n) {
        b->class_name = d->name;
        Scope *ts = enter_type_params(b, d->name, d->type_params, false, false, true, s->pos);
        if (ts == NULL) return false;
        ts->mangled = ts;
        if (!visit_type_params(b, d->type_params)) return false;
    }
    if (!visit_exprs(b, d->bases) || !visit_keywords(b, d->keywords)) return false;
    b->class_name = d->name;
    Scope *cs = enter(b, d->name, SCOPE_CLASS, s, s->pos);
    if (cs == NULL) return false;
    if (d->type_params->n) {
        Ident *params = front_ident(b->c, ".type_params"), *attribute = front_ident(b->c, "__type_params__");
        if (params == NULL || attribute == NULL) return false;
        if (!define(b, attribute, SYM_LOCAL, s->pos) || !define(b, params, SYM_USE, s->pos)) return false;
    }
    cs->has_docstring = front_docstring(d->body) != NULL;
    if (!visit_stmts(b, d->body)) return false;
    leave(b);
    if (d->type_params->n) leave(b);
    b->class_name = outer_name;
    return true;
}

static bool visit_type_alias(Builder *b, AstStmt *s)
{
    struct Ast_TypeAlias *a = &s->u.TypeAlias;
    if (!visit_expr(b, a->name)) return false;
    Ident *name = a->name->u.Name.id;
    bool in_class = b->current->kind == SCOPE_CLASS;
    if (a->type_params->n) {
        if (!enter_type_params(b, name, a->type_params, false, false, false, s->pos)) return false;
        if (!visit_type_params(b, a->type_params)) return false;
    }
    Scope *as = enter(b, name, SCOPE_TYPE_ALIAS, s, s->pos);
    if (as == NULL) return false;
    if (!define(b, b->n_format, SYM_PARAM | SYM_USE, s->pos)) return false;
    if (in_class && !use_class_namespace(b, as)) return false;
    if (!visit_expr(b, a->value)) return false;
    leave(b);
    if (a->type_params->n) leave(b);
    return true;
}

/* --- Expressions -------------------------------------------------------------------------------------- */

/* Whether the block may suspend itself for asynchronous things. */
static bool may_await(const Builder *b) { return b->current->async_def || (b->c->top_level_await && b->current->kind == SCOPE_MODULE); }

static bool visit_comprehension(Builder *b, AstExpr *e, Comprehension kind, const char *name, AstComprehensionSeq *generators,
                                AstExpr *elt, AstExpr *value)
{
    bool inlined = kind != COMP_GENERATOR && !b->current->sees_class;
    AstComprehension *first = generators->items[0];
    b->current->comp_iter++;
    if (!visit_expr(b, first->iter)) return false;
    b->current->comp_iter--;
    Ident *scope_name = front_ident(b->c, name);
    if (scope_name == NULL) return false;
    Scope *s = enter(b, scope_name, SCOPE_FUNCTION, e, e->pos);
    if (s == NULL) return false;
    s->comprehension = kind;
    s->coroutine = first->is_async;
    s->inlined = inlined;
    if (inlined) s->unit = s->parent->unit;
    if (!inlined && !define(b, b->n_dot_zero, SYM_PARAM, e->pos)) return false;
    for (uint32_t i = 0; i < generators->n; i++) {
        AstComprehension *g = generators->items[i];
        s->comp_target = true;
        if (!visit_expr(b, g->target)) return false;
        s->comp_target = false;
        if (i > 0) {
            s->comp_iter++;
            if (!visit_expr(b, g->iter)) return false;
            s->comp_iter--;
        }
        if (!visit_exprs(b, g->ifs)) return false;
        if (g->is_async) s->coroutine = true;
    }
    if (!visit_opt(b, value) || !visit_expr(b, elt)) return false;
    s->generator = kind == COMP_GENERATOR;
    bool is_async = s->coroutine && kind != COMP_GENERATOR;
    leave(b);
    if (is_async) {
        if (!may_await(b) && !b->current->comprehension) {
            return front_error(b->c, e->pos, "asynchronous comprehension outside of an asynchronous function");
        }
        b->current->coroutine = true;
        mark_rebinding(b->current);
    }
    return true;
}

/* `target := value` inside a comprehension binds in the nearest scope that is none. */
static bool bind_outside_comprehension(Builder *b, AstExpr *target)
{
    Ident *name = target->u.Name.id;
    AstPos pos = target->pos;
    for (Scope *s = b->current; s; s = s->parent) {
        if (s->comprehension) {
            Ident *m = scope_mangle(b->c, s, name);
            if (m == NULL) return false;
            Symbol *y = scope_symbol(s, m);
            if (y && y->flags & SYM_COMP_ITER && y->flags & SYM_BOUND) {
                return front_error(b->c, pos, "assignment expression cannot rebind comprehension iteration variable '%s'", name->utf8);
            }
            continue;
        }
        switch (s->kind) {
        case SCOPE_FUNCTION: {
            Ident *m = scope_mangle(b->c, s, name);
            if (m == NULL) return false;
            Symbol *y = scope_symbol(s, m);
            bool global = y && y->flags & SYM_GLOBAL;
            s->has_rebinding = true;
            return define(b, name, global ? SYM_GLOBAL : SYM_NONLOCAL, pos) && add_directive(b, b->current, name, pos) &&
                   define_in(b, s, name, SYM_LOCAL, pos);
        }
        case SCOPE_MODULE:
            return define(b, name, SYM_GLOBAL, pos) && add_directive(b, b->current, name, pos) && define_in(b, s, name, SYM_GLOBAL, pos);
        case SCOPE_CLASS:
            return front_error(b->c, pos, "assignment expression within a comprehension cannot be used in a class body");
        case SCOPE_TYPE_PARAMS:
            return front_error(b->c, pos, "assignment expression within a comprehension cannot be used within the definition of a generic");
        case SCOPE_TYPE_ALIAS:
            return front_error(b->c, pos, "assignment expression within a comprehension cannot be used in a type alias");
        case SCOPE_TYPE_VARIABLE:
            return front_error(b->c, pos, "assignment expression within a comprehension cannot be used in a TypeVar bound");
        case SCOPE_ANNOTATION: break; /* what is around it decides */
        }
    }
    return true;
}

static bool visit_named_expr(Builder *b, AstExpr *e)
{
    AstExpr *target = e->u.NamedExpr.target;
    if (!refuse_in_lazy_block(b, "named expression", e)) return false;
    if (b->current->comp_iter > 0) {
        return front_error(b->c, e->pos, "assignment expression cannot be used in a comprehension iterable expression");
    }
    if (b->current->comprehension && !bind_outside_comprehension(b, target)) return false;
    mark_rebinding(b->current);
    return visit_expr(b, e->u.NamedExpr.value) && visit_expr(b, target);
}

static bool visit_yield(Builder *b, AstExpr *e, AstExpr *value)
{
    static const char *const kinds[] = {"", "list comprehension", "dict comprehension", "set comprehension", "generator expression"};
    if (!refuse_in_lazy_block(b, "yield expression", e)) return false;
    if (!visit_opt(b, value)) return false;
    b->current->generator = true;
    mark_rebinding(b->current);
    if (b->current->comprehension) return front_error(b->c, e->pos, "'yield' inside %s", kinds[b->current->comprehension]);
    return true;
}

static bool visit_await(Builder *b, AstExpr *e)
{
    if (!refuse_in_lazy_block(b, "await expression", e)) return false;
    Scope *s = b->current;
    if (!b->c->top_level_await || s->kind != SCOPE_MODULE) {
        if (!scope_is_function_like(s)) return front_error(b->c, e->pos, "'await' outside function");
        if (!s->async_def && !s->comprehension) return front_error(b->c, e->pos, "'await' outside async function");
    }
    if (!visit_expr(b, e->u.Await.value)) return false;
    s->coroutine = true;
    mark_rebinding(s);
    return true;
}

static bool visit_lambda(Builder *b, AstExpr *e)
{
    AstArguments *a = e->u.Lambda.args;
    if (!visit_exprs(b, a->defaults) || !visit_exprs(b, a->kw_defaults)) return false;
    Ident *name = front_ident(b->c, "lambda");
    if (name == NULL) return false;
    Scope *s = enter(b, name, SCOPE_FUNCTION, e, e->pos);
    if (s == NULL) return false;
    s->method = s->parent->kind == SCOPE_CLASS;
    if (!define_arguments(b, a) || !visit_expr(b, e->u.Lambda.body)) return false;
    leave(b);
    return true;
}

static bool visit_name(Builder *b, AstExpr *e)
{
    Ident *name = e->u.Name.id;
    AstContext ctx = e->u.Name.ctx;
    if (b->current->unevaluated) return true;
    if (!check_name(b, name, e->pos, ctx)) return false;
    if (!define(b, name, ctx == AST_Load ? SYM_USE : SYM_LOCAL, e->pos)) return false;
    /* super() without arguments finds its class through the cell. */
    if (ctx == AST_Load && name == b->n_super && scope_is_function_like(b->current)) return define(b, b->n_class, SYM_USE, e->pos);
    return true;
}

static bool visit_expr(Builder *b, AstExpr *e)
{
    if (!stack_check(b->c->t, " during compilation")) return false;
    switch (e->kind) {
    case AST_BoolOp: return visit_exprs(b, e->u.BoolOp.values);
    case AST_NamedExpr: return visit_named_expr(b, e);
    case AST_BinOp: return visit_expr(b, e->u.BinOp.left) && visit_expr(b, e->u.BinOp.right);
    case AST_UnaryOp: return visit_expr(b, e->u.UnaryOp.operand);
    case AST_Lambda: return visit_lambda(b, e);
    case AST_IfExp: return visit_expr(b, e->u.IfExp.test) && visit_expr(b, e->u.IfExp.body) && visit_expr(b, e->u.IfExp.orelse);
    case AST_Dict: return visit_exprs(b, e->u.Dict.keys) && visit_exprs(b, e->u.Dict.values);
    case AST_Set: return visit_exprs(b, e->u.Set.elts);
    case AST_ListComp: return visit_comprehension(b, e, COMP_LIST, "listcomp", e->u.ListComp.generators, e->u.ListComp.elt, NULL);
    case AST_SetComp: return visit_comprehension(b, e, COMP_SET, "setcomp", e->u.SetComp.generators, e->u.SetComp.elt, NULL);
    case AST_DictComp:
        return visit_comprehension(b, e, COMP_DICT, "dictcomp", e->u.DictComp.generators, e->u.DictComp.key, e->u.DictComp.value);
    case AST_GeneratorExp:
        return visit_comprehension(b, e, COMP_GENERATOR, "genexpr", e->u.GeneratorExp.generators, e->u.GeneratorExp.elt, NULL);
    case AST_Await: return visit_await(b, e);
    case AST_Yield: return visit_yield(b, e, e->u.Yield.value);
    case AST_YieldFrom: return visit_yield(b, e, e->u.YieldFrom.value);
    case AST_Compare: return visit_expr(b, e->u.Compare.left) && visit_exprs(b, e->u.Compare.comparators);
    case AST_Call: return visit_expr(b, e->u.Call.func) && visit_exprs(b, e->u.Call.args) && visit_keywords(b, e->u.Call.keywords);
    case AST_FormattedValue: return visit_expr(b, e->u.FormattedValue.value) && visit_opt(b, e->u.FormattedValue.format_spec);
    case AST_Interpolation: return visit_expr(b, e->u.Interpolation.value) && visit_opt(b, e->u.Interpolation.format_spec);
    case AST_JoinedStr: return visit_exprs(b, e->u.JoinedStr.values);
    case AST_TemplateStr: return visit_exprs(b, e->u.TemplateStr.values);
    case AST_Constant: return true;
    case AST_Attribute:
        return check_name(b, e->u.Attribute.attr, e->pos, e->u.Attribute.ctx) && visit_expr(b, e->u.Attribute.value);
    case AST_Subscript: return visit_expr(b, e->u.Subscript.value) && visit_expr(b, e->u.Subscript.slice);
    case AST_Starred: return visit_expr(b, e->u.Starred.value);
    case AST_Name: return visit_name(b, e);
    case AST_List: return visit_exprs(b, e->u.List.elts);
    case AST_Tuple: return visit_exprs(b, e->u.Tuple.elts);
    case AST_Slice: return visit_opt(b, e->u.Slice.lower) && visit_opt(b, e->u.Slice.upper) && visit_opt(b, e->u.Slice.step);
    default: return true;
    }
}

/* --- Patterns ------------------------------------------------------------------------------------------ */

static bool visit_patterns(Builder *b, AstPatternSeq *seq)
{
    for (uint32_t i = 0; i < seq->n; i++) {
        if (!visit_pattern(b, seq->items[i])) return false;
    }
    return true;
}

static bool visit_pattern(Builder *b, AstPattern *p)
{
    if (!stack_check(b->c->t, " during compilation")) return false;
    switch (p->kind) {
    case AST_MatchValue: return visit_expr(b, p->u.MatchValue.value);
    case AST_MatchSingleton: return true;
    case AST_MatchSequence: return visit_patterns(b, p->u.MatchSequence.patterns);
    case AST_MatchStar: return p->u.MatchStar.name == NULL || define(b, p->u.MatchStar.name, SYM_LOCAL, p->pos);
    case AST_MatchMapping:
        return visit_exprs(b, p->u.MatchMapping.keys) && visit_patterns(b, p->u.MatchMapping.patterns) &&
               (p->u.MatchMapping.rest == NULL || define(b, p->u.MatchMapping.rest, SYM_LOCAL, p->pos));
    case AST_MatchClass: {
        IdentSeq *names = p->u.MatchClass.kwd_attrs;
        if (!visit_expr(b, p->u.MatchClass.cls) || !visit_patterns(b, p->u.MatchClass.patterns)) return false;
        for (uint32_t i = 0; i < names->n; i++) {
            if (!check_name(b, names->items[i], p->u.MatchClass.kwd_patterns->items[i]->pos, AST_Store)) return false;
        }
        return visit_patterns(b, p->u.MatchClass.kwd_patterns);
    }
    case AST_MatchAs:
        if (p->u.MatchAs.pattern && !visit_pattern(b, p->u.MatchAs.pattern)) return false;
        return p->u.MatchAs.name == NULL || define(b, p->u.MatchAs.name, SYM_LOCAL, p->pos);
    case AST_MatchOr: return visit_patterns(b, p->u.MatchOr.patterns);
    default: return true;
    }
}

/* --- Statements ------------------------------------------------------------------------------------------ */

static bool visit_alias(Builder *b, AstAlias *a)
{
    Ident *name = a->asname ? a->asname : a->name;
    const char *dot = a->asname ? NULL : strchr(name->utf8, '.');
    if (dot) {
        name = ident_intern(b->c->idents, name->utf8, (size_t)(dot - name->utf8));
        if (name == NULL) return front_no_memory(b->c);
    }
    if (ident_is(name, "*")) {
        if (b->current->kind != SCOPE_MODULE) return front_error(b->c, a->pos, "import * only allowed at module level");
        return true;
    }
    return define(b, name, SYM_IMPORT, a->pos);
}

static bool visit_declaration(Builder *b, AstStmt *s, IdentSeq *names, bool global)
{
    const char *word = global ? "global" : "nonlocal";
    for (uint32_t i = 0; i < names->n; i++) {
        Ident *name = names->items[i];
        Ident *m = scope_mangle(b->c, b->current, name);
        if (m == NULL) return false;
        Symbol *y = scope_symbol(b->current, m);
        uint32_t flags = y ? y->flags : 0;
        if (flags & (SYM_PARAM | SYM_LOCAL | SYM_USE | SYM_ANNOT)) {
            if (flags & SYM_PARAM) return front_error(b->c, s->pos, "name '%s' is parameter and %s", name->utf8, word);
            if (flags & SYM_USE) return front_error(b->c, s->pos, "name '%s' is used prior to %s declaration", name->utf8, word);
            if (flags & SYM_ANNOT) return front_error(b->c, s->pos, "annotated name '%s' can't be %s", name->utf8, word);
            return front_error(b->c, s->pos, "name '%s' is assigned to before %s declaration", name->utf8, word);
        }
        if (!define(b, name, global ? SYM_GLOBAL : SYM_NONLOCAL, s->pos) || !add_directive(b, b->current, name, s->pos)) return false;
    }
    return true;
}

static bool visit_ann_assign(Builder *b, AstStmt *s)
{
    struct Ast_AnnAssign *a = &s->u.AnnAssign;
    b->current->annotations_used = true;
    if (a->target->kind == AST_Name) {
        Ident *name = a->target->u.Name.id;
        if (!check_name(b, name, a->target->pos, AST_Store)) return false;
        Ident *m = scope_mangle(b->c, b->current, name);
        if (m == NULL) return false;
        Symbol *y = scope_symbol(b->current, m);
        if (y && y->flags & (SYM_GLOBAL | SYM_NONLOCAL) && b->current->kind != SCOPE_MODULE && a->simple) {
            return front_error(b->c, s->pos, "annotated name '%s' can't be %s", name->utf8, y->flags & SYM_GLOBAL ? "global" : "nonlocal");
        }
        if (a->simple) {
            if (!define(b, name, SYM_ANNOT | SYM_LOCAL, a->target->pos)) return false;
        } else if (a->value && !define(b, name, SYM_LOCAL, a->target->pos)) {
            return false;
        }
    } else if (!visit_expr(b, a->target)) {
        return false;
    }
    return visit_variable_annotation(b, a->annotation) && visit_opt(b, a->value);
}

static bool visit_with(Builder *b, struct Ast_With *w)
{
    for (uint32_t i = 0; i < w->items->n; i++) {
        if (!visit_expr(b, w->items->items[i]->context_expr) || !visit_opt(b, w->items->items[i]->optional_vars)) return false;
    }
    return visit_stmts(b, w->body);
}

static bool visit_try(Builder *b, struct Ast_Try *t)
{
    if (!visit_stmts(b, t->body)) return false;
    for (uint32_t i = 0; i < t->handlers->n; i++) {
        AstHandler *h = t->handlers->items[i];
        if (!visit_opt(b, h->u.ExceptHandler.type)) return false;
        if (h->u.ExceptHandler.name && !define(b, h->u.ExceptHandler.name, SYM_LOCAL, h->pos)) return false;
        if (!visit_stmts(b, h->u.ExceptHandler.body)) return false;
    }
    return visit_stmts(b, t->orelse) && visit_stmts(b, t->finalbody);
}

static bool visit_match(Builder *b, struct Ast_Match *m)
{
    if (!visit_expr(b, m->subject)) return false;
    for (uint32_t i = 0; i < m->cases->n; i++) {
        AstMatchCase *k = m->cases->items[i];
        if (!visit_pattern(b, k->pattern) || !visit_opt(b, k->guard) || !visit_stmts(b, k->body)) return false;
    }
    return true;
}

static bool is_late_future(const Builder *b, const AstStmt *s)
{
    AstPos last = b->c->last_future;
    if (s->u.ImportFrom.module == NULL || s->u.ImportFrom.level != 0 || !ident_is(s->u.ImportFrom.module, "__future__")) return false;
    return s->lineno > last.lineno || (s->lineno == last.lineno && s->col_offset > last.col_offset);
}

static bool enter_async_stmt(Builder *b, AstStmt *s, const char *what)
{
    if (!may_await(b)) return front_error(b->c, s->pos, "'%s' outside async function", what);
    b->current->coroutine = true;
    mark_rebinding(b->current);
    return true;
}

static bool visit_conditional(Builder *b, AstStmt *s)
{
    switch (s->kind) {
    case AST_For:
    case AST_AsyncFor:
        if (s->kind == AST_AsyncFor && !enter_async_stmt(b, s, "async for")) return false;
        return visit_expr(b, s->u.For.target) && visit_expr(b, s->u.For.iter) && visit_stmts(b, s->u.For.body) &&
               visit_stmts(b, s->u.For.orelse);
    case AST_While: return visit_expr(b, s->u.While.test) && visit_stmts(b, s->u.While.body) && visit_stmts(b, s->u.While.orelse);
    case AST_If: {
        for (;;) { /* a chain of elif is no deeper than one if */
            struct Ast_If *i = &s->u.If;
            if (!visit_expr(b, i->test) || !visit_stmts(b, i->body)) return false;
            if (i->orelse->n != 1 || i->orelse->items[0]->kind != AST_If) return visit_stmts(b, i->orelse);
            s = i->orelse->items[0];
        }
    }
    case AST_With:
    case AST_AsyncWith:
        if (s->kind == AST_AsyncWith && !enter_async_stmt(b, s, "async with")) return false;
        return visit_with(b, &s->u.With);
    case AST_Match: return visit_match(b, &s->u.Match);
    default: return visit_try(b, &s->u.Try);
    }
}

static bool visit_stmt(Builder *b, AstStmt *s)
{
    if (!stack_check(b->c->t, " during compilation")) return false;
    switch (s->kind) {
    case AST_FunctionDef: return visit_function(b, s, false);
    case AST_AsyncFunctionDef: return visit_function(b, s, true);
    case AST_ClassDef: return visit_class(b, s);
    case AST_TypeAlias: return visit_type_alias(b, s);
    case AST_Return: return visit_opt(b, s->u.Return.value);
    case AST_Delete: return visit_exprs(b, s->u.Delete.targets);
    case AST_Assign: return visit_exprs(b, s->u.Assign.targets) && visit_expr(b, s->u.Assign.value);
    case AST_AugAssign: return visit_expr(b, s->u.AugAssign.target) && visit_expr(b, s->u.AugAssign.value);
    case AST_AnnAssign: return visit_ann_assign(b, s);
    case AST_Raise: return visit_opt(b, s->u.Raise.exc) && visit_opt(b, s->u.Raise.cause);
    case AST_Assert: return visit_expr(b, s->u.Assert.test) && visit_opt(b, s->u.Assert.msg);
    case AST_Import:
        for (uint32_t i = 0; i < s->u.Import.names->n; i++) {
            if (!visit_alias(b, s->u.Import.names->items[i])) return false;
        }
        return true;
    case AST_ImportFrom:
        if (is_late_future(b, s)) return front_error(b->c, s->pos, "from __future__ imports must occur at the beginning of the file");
        for (uint32_t i = 0; i < s->u.ImportFrom.names->n; i++) {
            if (!visit_alias(b, s->u.ImportFrom.names->items[i])) return false;
        }
        return true;
    case AST_Global: return visit_declaration(b, s, s->u.Global.names, true);
    case AST_Nonlocal: return visit_declaration(b, s, s->u.Nonlocal.names, false);
    case AST_Expr: return visit_expr(b, s->u.Expr.value);
    case AST_Pass:
    case AST_Break:
    case AST_Continue: return true;
    default: {
        bool before = b->current->conditional;
        b->current->conditional = true;
        bool ok = visit_conditional(b, s);
        b->current->conditional = before;
        return ok;
    }
    }
}

static bool visit_stmts(Builder *b, AstStmtSeq *seq)
{
    for (uint32_t i = 0; i < seq->n; i++) {
        if (!visit_stmt(b, seq->items[i])) return false;
    }
    return true;
}

bool scopes_build(Compilation *c, AstMod *mod, Scopes *out)
{
    *out = (Scopes){0};
    Builder b = {.c = c, .scopes = out};
    b.n_class = front_ident(c, "__class__");
    b.n_classdict = front_ident(c, "__classdict__");
    b.n_conditional = front_ident(c, "__conditional_annotations__");
    b.n_super = front_ident(c, "super");
    b.n_debug = front_ident(c, "__debug__");
    b.n_dot_zero = front_ident(c, ".0");
    Ident *top = front_ident(c, "top");
    if (c->arena->failed || top == NULL) return front_no_memory(c);
    b.n_format = front_ident(c, ".format");
    if (b.n_format == NULL) return false;
    AstPos none = {0, 0, 0, 0};
    Scope *s = enter(&b, top, SCOPE_MODULE, mod, none);
    if (s == NULL) return false;
    out->module = s;
    bool ok;
    switch (mod->kind) {
    case AST_Module:
        s->has_docstring = front_docstring(mod->u.Module.body) != NULL;
        ok = visit_stmts(&b, mod->u.Module.body);
        break;
    case AST_Interactive: ok = visit_stmts(&b, mod->u.Interactive.body); break;
    case AST_Expression: ok = visit_expr(&b, mod->u.Expression.body); break;
    default: return err_fail(c->t, T_RuntimeError, "this compiler does not handle FunctionTypes");
    }
    return ok && scopes_resolve(c, out);
}
