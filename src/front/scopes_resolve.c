/* Resolving names: each use finds its binding by walking outwards through the scopes.
 *
 * Class bodies are invisible from inside, but for the implicit names __class__, __classdict__ and
 * __conditional_annotations__.  A binding that is used from another code object is a cell there and a free variable of
 * every code object on the way; an inlined comprehension shares its unit's code object. */
#include "front/scopes.h"

#include <stdlib.h>

#include "front/scopes_priv.h"

typedef struct Resolver {
    Compilation *c;
    Ident *n_class, *n_classdict, *n_conditional;
} Resolver;

static bool is_implicit_class_name(const Resolver *r, const Ident *name)
{
    return name == r->n_class || name == r->n_classdict || name == r->n_conditional;
}

/* The scope around `from` that binds the name for functions inside; NULL: none does. */
static Scope *find_binding(const Resolver *r, const Scope *from, const Ident *name)
{
    for (Scope *s = from->parent; s && s->kind != SCOPE_MODULE; s = s->parent) {
        if (s->kind == SCOPE_CLASS) {
            if (is_implicit_class_name(r, name)) return s;
            continue;
        }
        Symbol *y = scope_symbol(s, name);
        if (y == NULL) continue;
        if (y->flags & SYM_GLOBAL) return NULL;
        if (y->flags & SYM_BOUND && !(y->flags & SYM_NONLOCAL)) return s;
    }
    return NULL;
}

static bool add_free(Resolver *r, Scope *unit, Ident *name)
{
    for (uint32_t i = 0; i < unit->n_free; i++) {
        if (unit->free_names[i] == name) return true;
    }
    if (unit->n_free == unit->free_cap) {
        uint32_t cap = unit->free_cap ? unit->free_cap * 2 : 4;
        Ident **names = arena_alloc(r->c->arena, cap * sizeof *names);
        if (names == NULL) return front_no_memory(r->c);
        if (unit->n_free) memcpy(names, unit->free_names, unit->n_free * sizeof *names);
        unit->free_names = names;
        unit->free_cap = cap;
    }
    unit->free_names[unit->n_free++] = name;
    return true;
}

/* A name used in `from` is bound in `binding`: makes the cell and the free variables between them. */
static bool link_binding(Resolver *r, Scope *from, Symbol *symbol, Scope *binding)
{
    Ident *name = symbol->name;
    /* A class without conditional annotations has no set of them. */
    if (binding->kind == SCOPE_CLASS && name == r->n_conditional && !binding->has_conditional_annotations) {
        symbol->found = NAME_GLOBAL_IMPLICIT;
        return true;
    }
    symbol->found = NAME_FREE;
    symbol->binding = binding;
    if (from->unit == binding->unit) return true;
    if (binding->kind == SCOPE_CLASS) {
        if (name == r->n_class) binding->needs_class_cell = true;
        else if (name == r->n_classdict) binding->needs_classdict = true;
    } else {
        scope_symbol(binding, name)->found = NAME_CELL;
    }
    for (Scope *s = from; s != binding; s = s->parent) {
        if (s->unit == binding->unit) continue; /* inlined between */
        if (!add_free(r, s->unit, name)) return false;
        if (s == from || s->inlined) continue;
        Symbol *y = scope_symbol_add(r->c, s, name);
        if (y == NULL) return false;
        if (s->kind == SCOPE_CLASS && y->flags) y->flags |= SYM_FREE_CLASS;
        if (s->kind == SCOPE_CLASS && y->flags & SYM_BOUND) continue;
        if (y->found == NAME_UNKNOWN && !(y->flags & SYM_GLOBAL)) {
            y->found = NAME_FREE;
            y->binding = binding;
        }
    }
    return true;
}

static AstPos directive_pos(const Scope *s, const Ident *name)
{
    AstPos pos = s->pos;
    for (const Directive *d = s->directives; d; d = d->next) { /* newest first; the first one counts */
        if (d->name == name) pos = d->pos;
    }
    return pos;
}

/* A block that looks into a class's namespace first: what the class binds is then not sought further out. */
static const Scope *visible_class(const Scope *s)
{
    while (s->sees_class) {
        s = s->parent;
        if (s->kind == SCOPE_CLASS) return s;
    }
    return NULL;
}

static bool resolve_symbol(Resolver *r, Scope *s, Symbol *y)
{
    Compilation *c = r->c;
    Ident *name = y->name;
    if (y->flags & SYM_GLOBAL) {
        if (y->flags & SYM_NONLOCAL) {
            return front_error(c, directive_pos(s, name), "name '%s' is nonlocal and global", name->utf8);
        }
        y->found = NAME_GLOBAL_EXPLICIT;
        return true;
    }
    if (y->flags & SYM_NONLOCAL) {
        if (s->kind == SCOPE_MODULE) return front_error(c, directive_pos(s, name), "nonlocal declaration not allowed at module level");
        Scope *binding = find_binding(r, s, name);
        if (binding == NULL) return front_error(c, directive_pos(s, name), "no binding for nonlocal '%s' found", name->utf8);
        Symbol *target = scope_symbol(binding, name);
        if (target && target->flags & SYM_TYPE_PARAM) {
            return front_error(c, directive_pos(s, name), "nonlocal binding not allowed for type parameter '%s'", name->utf8);
        }
        return link_binding(r, s, y, binding);
    }
    if (y->flags & SYM_BOUND) {
        if (y->found != NAME_CELL) y->found = NAME_LOCAL;
        return true;
    }
    const Scope *class = visible_class(s);
    if (class && !is_implicit_class_name(r, name)) {
        Symbol *k = scope_symbol(class, name);
        if (k && k->flags & SYM_GLOBAL) {
            y->found = NAME_GLOBAL_EXPLICIT;
            return true;
        }
        if (k && k->flags & SYM_BOUND && !(k->flags & SYM_NONLOCAL)) {
            y->found = NAME_GLOBAL_IMPLICIT;
            return true;
        }
    }
    Scope *binding = find_binding(r, s, name);
    if (binding && binding->kind == SCOPE_CLASS && binding == s->unit) binding = NULL; /* in the class body itself */
    if (binding) return link_binding(r, s, y, binding);
    if (y->found == NAME_UNKNOWN) y->found = NAME_GLOBAL_IMPLICIT;
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp((*(Ident *const *)a)->utf8, (*(Ident *const *)b)->utf8);
}

static bool resolve_scope(Resolver *r, Scope *s)
{
    if (!stack_check(r->c->t, " during compilation")) return false;
    for (uint32_t i = 0; i < s->n_symbols; i++) { /* may grow while we go: what is added is resolved already */
        Symbol *y = s->symbols[i];
        if (y->found == NAME_FREE || (y->flags == 0 && y->name != r->n_conditional)) continue;
        if (!resolve_symbol(r, s, y)) return false;
    }
    for (Scope *k = s->children; k; k = k->next) {
        if (!resolve_scope(r, k)) return false;
        if (k->inlined) s->unit->has_inlined = true;
    }
    return true;
}

static void sort_free(Scope *s)
{
    if (s->n_free > 1) qsort(s->free_names, s->n_free, sizeof *s->free_names, compare_names);
    for (Scope *k = s->children; k; k = k->next) sort_free(k);
}

bool scopes_resolve(Compilation *c, Scopes *scopes)
{
    Resolver r = {c, front_ident(c, "__class__"), front_ident(c, "__classdict__"), front_ident(c, "__conditional_annotations__")};
    if (r.n_class == NULL || r.n_classdict == NULL || r.n_conditional == NULL) return false;
    if (!resolve_scope(&r, scopes->module)) return false;
    sort_free(scopes->module);
    return true;
}
