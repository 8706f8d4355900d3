/* Comprehensions and generator expressions.
 *
 * An inlined comprehension is a loop in the code around it: its variables have registers (or cells) of their own,
 * which are empty outside of it.  The others are functions of one parameter, the outermost iterator. */
#include "front/codegen_priv.h"

typedef struct Parts {
    AstComprehensionSeq *generators;
    AstExpr *elt, *value;
    enum Opcode build; /* NOP for a generator */
} Parts;

static Parts parts_of(AstExpr *e)
{
    switch (e->kind) {
    case AST_ListComp: return (Parts){e->u.ListComp.generators, e->u.ListComp.elt, NULL, BC_BUILD_LIST};
    case AST_SetComp: return (Parts){e->u.SetComp.generators, e->u.SetComp.elt, NULL, BC_BUILD_SET};
    case AST_DictComp: return (Parts){e->u.DictComp.generators, e->u.DictComp.key, e->u.DictComp.value, BC_BUILD_MAP};
    default: return (Parts){e->u.GeneratorExp.generators, e->u.GeneratorExp.elt, NULL, BC_NOP};
    }
}

static void comprehension_element(Codegen *g, AstExpr *e, const Parts *p, Reg result)
{
    Unit *u = g->u;
    uint32_t mark = u->depth;
    if (p->build == BC_BUILD_MAP) {
        Reg k = gen_operand_before(g, p->elt, p->value, NULL), v = gen_operand(g, p->value);
        u->pos = p->elt->pos;
        gen_emit(g, BC_MAP_ADD, result, k, v);
    } else if (p->build != BC_NOP) {
        Reg v = gen_operand(g, p->elt);
        u->pos = p->elt->pos;
        gen_emit(g, p->build == BC_BUILD_SET ? BC_SET_ADD : BC_LIST_APPEND, result, v, 0);
    } else {
        Reg v = gen_operand(g, p->elt);
        u->pos = p->elt->pos;
        u->depth = mark;
        Reg r = temp_push(g);
        if (u->flags & CO_ASYNC_GENERATOR) {
            gen_emit(g, BC_ASYNC_GEN_WRAP, r, v, 0);
            v = r;
        }
        gen_emit(g, BC_YIELD, r, v, REG_NONE);
        gen_emit(g, BC_DROP, r, 0, 0);
    }
    u->depth = mark;
}

/* `for x in [value]` and `for x in (value,)` assign. */
static AstExpr *single_item(AstComprehension *gen)
{
    AstExpr *it = gen->iter;
    AstExprSeq *seq = it->kind == AST_List ? it->u.List.elts : it->kind == AST_Tuple ? it->u.Tuple.elts : NULL;
    return seq && seq->n == 1 && seq->items[0]->kind != AST_Starred ? seq->items[0] : NULL;
}

static void comprehension_loop(Codegen *g, AstExpr *e, const Parts *p, uint32_t index, Reg iterator, Reg result)
{
    Unit *u = g->u;
    if (g->failed || !stack_check(g->t, " during compilation")) {
        gen_fail(g);
        return;
    }
    if (index == p->generators->n) {
        comprehension_element(g, e, p, result);
        return;
    }
    AstComprehension *gen = p->generators->items[index];
    uint32_t mark = u->depth;
    Block *top = block_new(g), *again = block_new(g), *done = block_new(g);
    AstExpr *single = index > 0 && !gen->is_async ? single_item(gen) : NULL;
    if (single) {
        gen_store(g, gen->target, gen_expr(g, single, REG_NONE));
        u->depth = mark;
        for (uint32_t i = 0; i < gen->ifs->n; i++) gen_branch(g, gen->ifs->items[i], done, false);
        comprehension_loop(g, e, p, index + 1, REG_NONE, result);
        block_use(g, done);
        return;
    }
    if (index > 0) {
        Reg v = gen_operand(g, gen->iter);
        u->depth = mark;
        iterator = temp_push(g);
        u->pos = gen->iter->pos;
        gen_emit(g, gen->is_async ? BC_GET_AITER : BC_GET_ITER, iterator, v, 0);
    }
    uint32_t inside = u->depth;
    u->pos = gen->iter->pos;
    block_use(g, top);
    if (gen->is_async) {
        Handler outside = u->handler;
        gen_set_handler(g, (Handler){done, inside, inside});
        Reg item = temp_push(g), awaitable = temp_push(g);
        gen_emit(g, BC_GET_ANEXT, awaitable, iterator, 0);
        await_in(g, awaitable, item);
        gen_set_handler(g, outside);
        u->depth = inside + 1;
        gen_store(g, gen->target, item);
        u->depth = inside;
    } else {
        Access a = gen->target->kind == AST_Name ? access_of(g, gen->target->u.Name.id, false) : (Access){ACCESS_NAME, REG_NONE, NULL};
        if (a.kind == ACCESS_LOCAL) {
            emit_cond(g, BC_FOR_ITER, a.reg, iterator, 0, done);
            u->pos = gen->target->pos;
            gen_emit(g, BC_NOP, 0, 0, 0);
        } else {
            Reg item = temp_push(g);
            emit_cond(g, BC_FOR_ITER, item, iterator, 0, done);
            gen_store(g, gen->target, item);
            u->depth = inside;
        }
    }
    for (uint32_t i = 0; i < gen->ifs->n; i++) gen_branch(g, gen->ifs->items[i], again, false);
    comprehension_loop(g, e, p, index + 1, REG_NONE, result);
    block_use(g, again);
    u->pos = p->elt->pos;
    gen_emit(g, BC_LOOP, 0, 0, 0)->target = top;
    block_use(g, done);
    u->pos = gen->iter->pos;
    if (gen->is_async) gen_emit(g, BC_END_ASYNC_FOR, iterator, temp_at(inside), 0);
    u->depth = mark;
}

/* Variables of the comprehension, but none of those that `:=` binds outside. */
static bool is_own(const Symbol *s) { return s->found == NAME_LOCAL || s->found == NAME_CELL; }

static Reg inlined(Codegen *g, AstExpr *e, const Parts *p, Scope *scope, Reg want)
{
    Unit *u = g->u;
    uint32_t mark = u->depth;
    AstComprehension *first = p->generators->items[0];
    Reg result = temp_push(g);
    Reg v = gen_operand(g, first->iter);
    u->depth = mark + 1;
    Reg iterator = temp_push(g);
    u->pos = first->iter->pos;
    gen_emit(g, first->is_async ? BC_GET_AITER : BC_GET_ITER, iterator, v, 0);
    u->pos = e->pos;
    gen_emit(g, p->build, result, result, 0);

    Scope *outer_here = u->here;
    Handler outside = u->handler;
    Block *cleanup = block_new(g), *end = block_new(g);
    bool any = false;
    for (uint32_t i = 0; i < scope->n_symbols; i++) {
        Symbol *s = scope->symbols[i];
        if (!is_own(s)) continue;
        comp_register_take(g, s);
        if (s->found == NAME_CELL) {
            Reg cell = reg_cell((uint32_t)s->cell);
            gen_emit(g, BC_MAKE_CELL, cell, cell, 0);
        }
        any = true;
    }
    u->here = scope;
    if (any) gen_set_handler(g, (Handler){cleanup, mark, mark});
    comprehension_loop(g, e, p, 0, iterator, result);
    u->here = outer_here;
    if (any) gen_set_handler(g, outside);
    gen_no_place(g);
    for (int pass = 0; pass < 2 && any; pass++) { /* when done, and when an exception comes through */
        if (pass == 1) {
            emit_jump(g, end);
            block_use(g, cleanup);
        }
        for (uint32_t i = 0; i < scope->n_symbols; i++) {
            Symbol *s = scope->symbols[i];
            if (!is_own(s)) continue;
            gen_emit(g, BC_DROP, s->found == NAME_CELL ? reg_cell((uint32_t)s->cell) : reg_local((uint32_t)s->local), 0, 0);
            if (pass == 1) comp_register_leave(g, s);
        }
        if (pass == 1) gen_emit(g, BC_RERAISE, temp_at(mark), 0, 0);
    }
    block_use(g, end);
    u->pos = e->pos;
    u->depth = mark;
    if (want == REG_NONE) return temp_push(g);
    if (want != result) gen_emit(g, BC_MOVE, want, result, 0);
    return want;
}

static Reg separate(Codegen *g, AstExpr *e, const Parts *p, Scope *scope, Reg want)
{
    static const char *const names[] = {"", "<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>"};
    Unit *u = g->u;
    uint32_t mark = u->depth;
    AstComprehension *first = p->generators->items[0];
    Ident *name = gen_ident(g, names[scope->comprehension]);
    bool awaited = scope->coroutine && p->build != BC_NOP;
    if (g->failed || !unit_enter(g, UNIT_COMPREHENSION, scope, name, e->lineno)) return dest(g, want);
    g->u->n_args = g->u->n_posonly = 1;
    g->u->n_posonly = 0;
    g->u->pos = e->pos;
    Reg result = REG_NONE;
    if (p->build != BC_NOP) {
        result = temp_push(g);
        gen_emit(g, p->build, result, result, 0);
    }
    Reg iterator = temp_push(g);
    gen_emit(g, BC_MOVE, iterator, reg_local(0), 0);
    comprehension_loop(g, e, p, 0, iterator, result);
    if (result != REG_NONE) {
        g->u->pos = e->pos;
        gen_emit(g, BC_RETURN, result, 0, 0);
    } else {
        gen_no_place(g);
        gen_emit(g, BC_RETURN_CONST, const_index(g, V_NONE), 0, 0);
    }
    Value code = unit_leave(g);
    u->pos = e->pos;
    Reg awaited_result = awaited ? temp_push(g) : REG_NONE;
    Reg window = temp_window(g);
    gen_make_function(g, code, scope, (FunctionParts){REG_NONE, REG_NONE, REG_NONE}, window);
    window_plain(g, window);
    Reg argument = temp_at(u->depth);
    Reg v = gen_operand(g, first->iter);
    u->depth = reg_index(argument) + 1;
    if (u->depth > u->cfg.n_temps) u->cfg.n_temps = u->depth;
    u->pos = first->iter->pos;
    gen_emit(g, first->is_async ? BC_GET_AITER : BC_GET_ITER, argument, v, 0);
    u->pos = e->pos;
    if (!awaited) {
        u->depth = mark;
        Reg dst = dest(g, want);
        gen_emit(g, BC_CALL, window, 1, dst);
        return dst;
    }
    gen_emit(g, BC_CALL, window, 1, window);
    u->depth = reg_index(window) + 1;
    gen_emit(g, BC_GET_AWAITABLE, window, window, 0);
    await_in(g, window, awaited_result);
    u->depth = mark;
    if (want == REG_NONE) return temp_push(g);
    gen_emit(g, BC_MOVE, want, awaited_result, 0);
    return want;
}

Reg comprehension_expr(Codegen *g, AstExpr *e, Reg want)
{
    Parts p = parts_of(e);
    Scope *scope = scopes_find(&g->scopes, e);
    return scope->inlined ? inlined(g, e, &p, scope, want) : separate(g, e, &p, scope, want);
}
