/* Blocks that must be left in order: loops, try, with; and return, break and continue, which leave them.
 *
 * A handler starts with the exception in a temporary, which stays there while the block runs:
 *
 *     T[d] the exception    T[d+1] what was handled before, from PUSH_EXC    T[d+2].. free
 *
 * A clause that caught the exception drops it there, or binds it: what is being handled keeps it.
 * An exception inside a handler goes to a small clean-up block that restores what was handled before and raises
 * it on; temporaries need no dropping there, since unwinding does that. */
#include "front/codegen_priv.h"

enum { MAX_NEST = 21 };

bool gen_nest_push(Codegen *g, Nest *n, NestKind kind)
{
    Unit *u = g->u;
    if (u->n_nest >= MAX_NEST) {
        AstPos pos = n->pos;
        gen_error_at(g, pos, "too many statically nested blocks");
        return false;
    }
    n->kind = kind;
    n->outer = u->nest;
    n->handler = u->handler;
    u->nest = n;
    u->n_nest++;
    return true;
}

void gen_nest_pop(Codegen *g)
{
    if (g->u->nest == NULL) return;
    g->u->nest = g->u->nest->outer;
    g->u->n_nest--;
}

/* exit(None, None, None); the exit method stands in T[base], its self in T[base + 1]. */
static void call_exit(Codegen *g, uint32_t base, bool async)
{
    Unit *u = g->u;
    uint32_t mark = u->depth;
    Reg result = async ? temp_push(g) : REG_NONE;
    Reg window = temp_window(g);
    gen_emit(g, BC_MOVE, window, temp_at(base), 0);
    gen_emit(g, BC_MOVE, window_self(window), temp_at(base + 1), 0);
    for (int i = 0; i < 3; i++) gen_load_none(g, temp_push(g));
    u->depth = reg_index(window) + 1;
    gen_emit(g, BC_CALL, window, 3, window);
    if (async) {
        gen_emit(g, BC_GET_AWAITABLE, window, window, 2);
        await_in(g, window, result);
        gen_emit(g, BC_DROP, result, 0, 0);
    } else {
        gen_emit(g, BC_DROP, window, 0, 0);
    }
    u->depth = mark;
}

static void forget_name(Codegen *g, Ident *name)
{
    if (name == NULL) return;
    Access a = access_of(g, name, false);
    if (a.kind == ACCESS_LOCAL) { /* = None; del */
        gen_emit(g, BC_DROP, a.reg, 0, 0);
        return;
    }
    Reg r = temp_push(g);
    gen_load_none(g, r);
    gen_store_name(g, name, r);
    g->u->depth--;
    gen_delete_name(g, name);
}

/* Emits what leaving the block asks for. A finally body or the exit of a with statement seems to run behind the statement
 * that leaves, so what follows those has no place. */
static void leave_nest(Codegen *g, Nest *n)
{
    Unit *u = g->u;
    switch (n->kind) {
    case NEST_WHILE:
    case NEST_TRY:
    case NEST_STAR_HANDLER:
    case NEST_FINALLY_WARN: break;
    case NEST_FOR:
    case NEST_TEMP: gen_emit(g, BC_DROP, temp_at(n->base), 0, 0); break;
    case NEST_FINALLY: {
        Nest *inner = u->nest;
        uint32_t count = u->n_nest;
        bool quiet = g->no_warnings;
        gen_set_handler(g, n->handler);
        u->nest = n->outer;
        u->n_nest = 0;
        for (Nest *k = u->nest; k; k = k->outer) u->n_nest++;
        g->no_warnings = true;
        gen_stmts(g, n->body);
        g->no_warnings = quiet;
        u->nest = inner;
        u->n_nest = count;
        gen_no_place(g);
        return;
    }
    case NEST_FINALLY_END:
        gen_emit(g, BC_DROP, temp_at(n->base), 0, 0);
        gen_emit(g, BC_POP_EXC, temp_at(n->base + 1), 0, 0);
        break;
    case NEST_WITH:
    case NEST_ASYNC_WITH:
        gen_set_handler(g, n->handler);
        u->pos = n->pos;
        call_exit(g, n->base, n->kind == NEST_ASYNC_WITH);
        gen_no_place(g);
        break;
    case NEST_HANDLER:
        gen_set_handler(g, n->handler);
        gen_emit(g, BC_POP_EXC, temp_at(n->base + 1), 0, 0);
        forget_name(g, n->name);
        break;
    }
    gen_set_handler(g, n->handler);
}

static void warn_finally(Codegen *g, AstPos pos, const char *word)
{
    /* Asked from inside outwards until a loop (for break and continue) or the function ends. */
    bool is_return = word[0] == 'r';
    for (Nest *n = g->u->nest; n; n = n->outer) {
        if (!is_return && (n->kind == NEST_WHILE || n->kind == NEST_FOR)) return;
        if (n->kind == NEST_FINALLY_WARN) {
            gen_warning_at(g, pos, "'%s' in a 'finally' block", word);
            return;
        }
    }
}

static bool refuse_in_except_star(Codegen *g, AstPos pos, bool to_loop)
{
    for (Nest *n = g->u->nest; n; n = n->outer) {
        if (to_loop && (n->kind == NEST_WHILE || n->kind == NEST_FOR)) return false;
        if (n->kind == NEST_STAR_HANDLER) {
            gen_error_at(g, pos, "'break', 'continue' and 'return' cannot appear in an except* block");
            return true;
        }
    }
    return false;
}

void return_stmt(Codegen *g, AstStmt *s)
{
    Unit *u = g->u;
    AstExpr *value = s->u.Return.value;
    if (u->kind != UNIT_FUNCTION && u->kind != UNIT_ASYNC_FUNCTION && u->kind != UNIT_LAMBDA) {
        gen_error_at(g, s->pos, "'return' outside function");
        return;
    }
    warn_finally(g, s->pos, "return");
    if (value && u->flags & CO_ASYNC_GENERATOR) {
        gen_error_at(g, s->pos, "'return' with value in async generator");
        return;
    }
    if (refuse_in_except_star(g, s->pos, false)) return;
    uint32_t mark = u->depth;
    bool constant = value == NULL || value->kind == AST_Constant, plain = true;
    for (Nest *n = u->nest; n; n = n->outer) {
        if (n->kind == NEST_FINALLY || n->kind == NEST_WITH || n->kind == NEST_ASYNC_WITH || (n->kind == NEST_HANDLER && n->name)) plain = false;
    }
    Reg r = REG_NONE;
    Nest kept = {0};
    bool kept_pushed = false;
    if (constant && value) {
        u->pos = value->pos;
        gen_emit(g, BC_NOP, 0, 0, 0); /* the line is visited before what is left on the way */
    }
    if (!constant) {
        r = plain ? gen_operand(g, value) : gen_expr(g, value, REG_NONE);
        u->pos = s->pos;
        if (!plain) {
            kept.base = mark;
            kept.kind = NEST_TEMP;
            kept_pushed = true;
        }
    }
    if (value == NULL || value->lineno != s->lineno) {
        u->pos = s->pos;
        gen_emit(g, BC_NOP, 0, 0, 0);
    }
    Handler before = u->handler;
    /* A return in a finally body on the way drops the value: it is a block of its own then. */
    for (Nest *n = u->nest; n; n = n->outer) {
        if (kept_pushed && n->kind == NEST_FINALLY) {
            kept.outer = n->outer;
            kept.handler = n->handler;
            Nest with_value = *n;
            with_value.outer = &kept;
            leave_nest(g, &with_value);
        } else {
            leave_nest(g, n);
        }
    }
    if (constant) gen_emit(g, BC_RETURN_CONST, const_index(g, value ? constant_value(g, value) : V_NONE), 0, 0);
    else gen_emit(g, BC_RETURN, r, 0, 0);
    u->depth = mark;
    gen_set_handler(g, before);
}

static Nest *innermost_loop(Unit *u)
{
    for (Nest *n = u->nest; n; n = n->outer) {
        if (n->kind == NEST_WHILE || n->kind == NEST_FOR) return n;
    }
    return NULL;
}

void break_stmt(Codegen *g, AstStmt *s)
{
    Unit *u = g->u;
    warn_finally(g, s->pos, "break");
    if (refuse_in_except_star(g, s->pos, true)) return;
    Nest *loop = innermost_loop(u);
    if (loop == NULL) {
        gen_error_at(g, s->pos, "'break' outside loop");
        return;
    }
    Handler before = u->handler;
    gen_emit(g, BC_NOP, 0, 0, 0);
    for (Nest *n = u->nest; n != loop; n = n->outer) leave_nest(g, n);
    leave_nest(g, loop);
    emit_jump(g, loop->exit);
    gen_set_handler(g, before);
}

void continue_stmt(Codegen *g, AstStmt *s)
{
    Unit *u = g->u;
    warn_finally(g, s->pos, "continue");
    if (refuse_in_except_star(g, s->pos, true)) return;
    Nest *loop = innermost_loop(u);
    if (loop == NULL) {
        gen_error_at(g, s->pos, "'continue' not properly in loop");
        return;
    }
    Handler before = u->handler;
    gen_emit(g, BC_NOP, 0, 0, 0);
    for (Nest *n = u->nest; n != loop; n = n->outer) leave_nest(g, n);
    gen_emit(g, BC_LOOP, 0, 0, 0)->target = loop->top;
    gen_set_handler(g, before);
}

/* --- try ... except ---------------------------------------------------------------------------------- */

/* The block where an exception inside a handler goes: T[base + 1] is restored, the new one raised on. */
static void clean_up_block(Codegen *g, Block *b, uint32_t base, Handler outside)
{
    Unit *u = g->u;
    u->handler = outside;
    block_use(g, b);
    gen_no_place(g);
    gen_emit(g, BC_POP_EXC, temp_at(base + 1), 0, 0);
    gen_emit(g, BC_RERAISE, temp_at(base + 2), 1, 0);
    if (u->cfg.n_temps < base + 3) u->cfg.n_temps = base + 3;
}

static void except_clause(Codegen *g, AstHandler *h, uint32_t base, Handler inside, Handler outside, Block *end)
{
    Unit *u = g->u;
    Ident *name = h->u.ExceptHandler.name;
    Block *forget = name ? block_new(g) : NULL;
    u->depth = base + 2;
    if (name) gen_store_name(g, name, temp_at(base));
    else gen_emit(g, BC_DROP, temp_at(base), 0, 0);
    Nest n = {.base = base, .name = name, .pos = h->pos};
    if (!gen_nest_push(g, &n, NEST_HANDLER)) return;
    n.handler = outside;
    if (name) gen_set_handler(g, (Handler){forget, base + 2, base + 2});
    gen_stmts(g, h->u.ExceptHandler.body);
    gen_nest_pop(g);
    gen_no_place(g);
    gen_set_handler(g, outside);
    gen_emit(g, BC_POP_EXC, temp_at(base + 1), 0, 0);
    forget_name(g, name);
    emit_jump(g, end);
    if (name == NULL) return;
    u->handler = inside;
    block_use(g, forget); /* the exception is in T[base + 2] */
    u->depth = base + 3;
    forget_name(g, name);
    gen_emit(g, BC_RERAISE, temp_at(base + 2), 1, 0);
}

static void try_except(Codegen *g, AstStmt *s)
{
    Unit *u = g->u;
    struct Ast_Try *t = &s->u.Try;
    uint32_t base = u->depth;
    Handler outside = u->handler;
    Block *caught = block_new(g), *clean_up = block_new(g), *end = block_new(g);
    Nest n = {.pos = s->pos};
    gen_emit(g, BC_NOP, 0, 0, 0);
    if (!gen_nest_push(g, &n, NEST_TRY)) return;
    gen_set_handler(g, (Handler){caught, base, base});
    gen_stmts(g, t->body);
    gen_nest_pop(g);
    gen_set_handler(g, outside);
    gen_stmts(g, t->orelse);
    gen_no_place(g);
    emit_jump(g, end);

    Handler inside = {clean_up, base + 2, base + 2};
    u->handler = outside;
    block_use(g, caught);
    u->depth = base + 2;
    if (u->cfg.n_temps < base + 3) u->cfg.n_temps = base + 3;
    gen_no_place(g);
    gen_emit(g, BC_PUSH_EXC, temp_at(base + 1), temp_at(base), 0);
    gen_set_handler(g, inside);
    for (uint32_t i = 0; i < t->handlers->n && !g->failed; i++) {
        AstHandler *h = t->handlers->items[i];
        AstExpr *type = h->u.ExceptHandler.type;
        u->pos = h->pos;
        u->depth = base + 2;
        if (type == NULL && i + 1 < t->handlers->n) {
            gen_error_at(g, h->pos, "default 'except:' must be last");
            return;
        }
        Block *next = block_new(g);
        u->handler = inside;
        if (u->block->n) block_use(g, block_new(g));
        if (type) {
            Reg r = gen_operand(g, type);
            u->depth = base + 2;
            Reg match = temp_push(g);
            u->pos = h->pos;
            gen_emit(g, BC_EXC_MATCH, match, temp_at(base), r);
            emit_cond(g, BC_JUMP_IF_FALSE, match, 0, 0, next);
        }
        except_clause(g, h, base, inside, outside, end);
        u->handler = inside;
        block_use(g, next);
    }
    gen_no_place(g);
    gen_emit(g, BC_RERAISE, temp_at(base), 0, 0);
    clean_up_block(g, clean_up, base, outside);
    u->depth = base;
    block_use(g, end);
}

/* --- try ... finally ------------------------------------------------------------------------------------ */

static void try_star_except(Codegen *g, AstStmt *s);

static void try_finally(Codegen *g, AstStmt *s, bool star)
{
    Unit *u = g->u;
    struct Ast_Try *t = &s->u.Try;
    uint32_t base = u->depth;
    Handler outside = u->handler;
    Block *caught = block_new(g), *clean_up = block_new(g), *end = block_new(g);
    Nest n = {.body = t->finalbody, .base = base, .pos = s->pos};
    gen_emit(g, BC_NOP, 0, 0, 0);
    if (!gen_nest_push(g, &n, NEST_FINALLY)) return;
    gen_set_handler(g, (Handler){caught, base, base});
    if (t->handlers->n) {
        if (star) try_star_except(g, s);
        else try_except(g, s);
    } else {
        gen_stmts(g, t->body);
        gen_stmts(g, t->orelse);
    }
    gen_no_place(g);
    gen_emit(g, BC_NOP, 0, 0, 0);
    gen_nest_pop(g);
    gen_set_handler(g, outside);
    Nest warn = {.pos = s->pos};
    uint32_t count = u->n_nest;
    if (!gen_nest_push(g, &warn, NEST_FINALLY_WARN)) return;
    u->n_nest = count;
    gen_stmts(g, t->finalbody);
    gen_nest_pop(g);
    u->n_nest = count;
    gen_no_place(g);
    emit_jump(g, end);

    u->handler = outside;
    block_use(g, caught);
    u->depth = base + 2;
    if (u->cfg.n_temps < base + 3) u->cfg.n_temps = base + 3;
    gen_no_place(g);
    gen_emit(g, BC_PUSH_EXC, temp_at(base + 1), temp_at(base), 0);
    Nest in_finally = {.base = base, .pos = s->pos};
    if (!gen_nest_push(g, &in_finally, NEST_FINALLY_END)) return;
    gen_set_handler(g, (Handler){clean_up, base + 2, base + 2});
    bool quiet = g->no_warnings;
    g->no_warnings = true;
    gen_stmts(g, t->finalbody);
    g->no_warnings = quiet;
    gen_nest_pop(g);
    gen_no_place(g);
    gen_emit(g, BC_RERAISE, temp_at(base), 0, 0);
    clean_up_block(g, clean_up, base, outside);
    u->depth = base;
    block_use(g, end);
}

void try_stmt(Codegen *g, AstStmt *s)
{
    if (s->u.Try.finalbody->n) try_finally(g, s, false);
    else try_except(g, s);
}

/* --- try ... except* -------------------------------------------------------------------------------------- */

/*     T[b] exception  T[b+1] handled before  T[b+2] original  T[b+3] list of results  T[b+4] rest
 *     T[b+5] match    T[b+6] handled before the clause */
static void star_clause(Codegen *g, AstHandler *h, uint32_t base, Handler inside, Block *next)
{
    Unit *u = g->u;
    Ident *name = h->u.ExceptHandler.name;
    Block *raised = block_new(g);
    Reg list = temp_at(base + 3), match = temp_at(base + 5), saved = temp_at(base + 6);
    u->depth = base + 7;
    if (u->cfg.n_temps < base + 8) u->cfg.n_temps = base + 8;
    gen_emit(g, BC_PUSH_EXC, saved, match, 0);
    gen_set_handler(g, (Handler){raised, base + 7, base + 7});
    if (name) {
        Reg copy = temp_push(g);
        gen_emit(g, BC_COPY, copy, match, 0);
        gen_store_name(g, name, copy);
        u->depth--;
    }
    Nest n = {.base = base, .name = name, .pos = h->pos};
    if (!gen_nest_push(g, &n, NEST_STAR_HANDLER)) return;
    gen_stmts(g, h->u.ExceptHandler.body);
    gen_nest_pop(g);
    gen_no_place(g);
    forget_name(g, name);
    gen_set_handler(g, inside);
    gen_emit(g, BC_POP_EXC, saved, 0, 0);
    gen_emit(g, BC_DROP, match, 0, 0);
    emit_jump(g, next);

    u->handler = inside;
    block_use(g, raised);
    u->depth = base + 8;
    forget_name(g, name);
    gen_emit(g, BC_LIST_APPEND, list, temp_at(base + 7), 0);
    gen_emit(g, BC_POP_EXC, saved, 0, 0);
    gen_emit(g, BC_DROP, match, 0, 0);
    emit_jump(g, next);
}

static void try_star_except(Codegen *g, AstStmt *s)
{
    Unit *u = g->u;
    struct Ast_Try *t = &s->u.Try;
    uint32_t base = u->depth;
    Handler outside = u->handler;
    Block *caught = block_new(g), *clean_up = block_new(g), *end = block_new(g), *none_left = block_new(g), *reraise = block_new(g);
    Nest n = {.pos = s->pos};
    gen_emit(g, BC_NOP, 0, 0, 0);
    if (!gen_nest_push(g, &n, NEST_TRY)) return;
    gen_set_handler(g, (Handler){caught, base, base});
    gen_stmts(g, t->body);
    gen_nest_pop(g);
    gen_set_handler(g, outside);
    gen_stmts(g, t->orelse);
    gen_no_place(g);
    emit_jump(g, end);

    Handler inside = {clean_up, base + 2, base + 2};
    Reg original = temp_at(base + 2), list = temp_at(base + 3), rest = temp_at(base + 4), match = temp_at(base + 5);
    u->handler = outside;
    block_use(g, caught);
    if (u->cfg.n_temps < base + 9) u->cfg.n_temps = base + 9;
    gen_no_place(g);
    gen_emit(g, BC_PUSH_EXC, temp_at(base + 1), temp_at(base), 0);
    gen_set_handler(g, inside);
    gen_emit(g, BC_COPY, original, temp_at(base), 0);
    gen_emit(g, BC_BUILD_LIST, list, list, 0);
    gen_emit(g, BC_COPY, rest, temp_at(base), 0);
    for (uint32_t i = 0; i < t->handlers->n && !g->failed; i++) {
        AstHandler *h = t->handlers->items[i];
        Block *next = block_new(g), *matched = block_new(g);
        u->handler = inside;
        if (u->block->n) block_use(g, block_new(g));
        u->pos = h->pos;
        u->depth = base + 5;
        Reg type = gen_operand(g, h->u.ExceptHandler.type);
        u->pos = h->pos;
        gen_emit(g, BC_EXC_GROUP_MATCH, temp_at(base + 6), rest, type);
        gen_emit(g, BC_MOVE, rest, temp_at(base + 7), 0);
        gen_emit(g, BC_MOVE, match, temp_at(base + 6), 0);
        gen_emit(g, BC_COPY, temp_at(base + 6), match, 0);
        emit_cond(g, BC_JUMP_IF_NOT_NONE, temp_at(base + 6), 0, 0, matched);
        gen_emit(g, BC_DROP, match, 0, 0);
        emit_jump(g, next);
        block_use(g, matched);
        star_clause(g, h, base, inside, next);
        u->handler = inside;
        block_use(g, next);
    }
    gen_no_place(g);
    Block *no_rest = block_new(g);
    gen_emit(g, BC_COPY, match, rest, 0);
    emit_cond(g, BC_JUMP_IF_NONE, match, 0, 0, no_rest);
    gen_emit(g, BC_COPY, match, rest, 0);
    gen_emit(g, BC_LIST_APPEND, list, match, 0);
    block_use(g, no_rest);
    gen_emit(g, BC_DROP, rest, 0, 0);
    gen_emit(g, BC_EXC_STAR_RESULT, rest, original, list);
    gen_emit(g, BC_COPY, match, rest, 0);
    emit_cond(g, BC_JUMP_IF_NOT_NONE, match, 0, 0, reraise);
    block_use(g, none_left);
    u->handler = outside;
    block_use(g, block_new(g));
    gen_emit(g, BC_DROP, rest, 0, 0);
    gen_emit(g, BC_DROP, temp_at(base), 0, 0);
    gen_emit(g, BC_POP_EXC, temp_at(base + 1), 0, 0);
    emit_jump(g, end);
    block_use(g, reraise);
    gen_emit(g, BC_POP_EXC, temp_at(base + 1), 0, 0);
    gen_emit(g, BC_RERAISE, rest, 0, 0);
    clean_up_block(g, clean_up, base, outside);
    u->depth = base;
    block_use(g, end);
}

void try_star_stmt(Codegen *g, AstStmt *s)
{
    if (s->u.Try.finalbody->n) try_finally(g, s, true);
    else try_star_except(g, s);
}

/* --- with -------------------------------------------------------------------------------------------------- */

/*     T[b] exit method  T[b+1] its self  T[b+2] exception  T[b+3] handled before */
static void with_item(Codegen *g, AstStmt *s, uint32_t index)
{
    Unit *u = g->u;
    struct Ast_With *w = &s->u.With;
    bool async = s->kind == AST_AsyncWith;
    if (index == w->items->n) {
        gen_stmts(g, w->body);
        return;
    }
    AstWithItem *item = w->items->items[index];
    AstPos pos = item->context_expr->pos;
    uint32_t base = u->depth;
    Handler outside = u->handler;
    Block *caught = block_new(g), *clean_up = block_new(g), *suppress = block_new(g), *end = block_new(g);
    Reg exit_window = temp_window(g);
    Reg manager = gen_expr(g, item->context_expr, REG_NONE);
    Reg enter = temp_window(g);
    u->pos = pos;
    gen_emit(g, BC_LOAD_SPECIAL, exit_window, manager, async ? 3 : 1);
    gen_emit(g, BC_MOVE, temp_at(base + 1), window_self(exit_window), 0);
    gen_emit(g, BC_LOAD_SPECIAL, enter, manager, async ? 2 : 0);
    gen_emit(g, BC_DROP, manager, 0, 0);
    Reg result = temp_at(base + 2);
    if (async) {
        Reg awaitable = temp_at(base + 3);
        gen_emit(g, BC_CALL, enter, 0, awaitable);
        gen_emit(g, BC_GET_AWAITABLE, awaitable, awaitable, 1);
        u->depth = base + 4;
        await_in(g, awaitable, result);
    } else {
        gen_emit(g, BC_CALL, enter, 0, result);
    }
    u->depth = base + 2;
    Nest n = {.base = base, .pos = pos};
    if (!gen_nest_push(g, &n, async ? NEST_ASYNC_WITH : NEST_WITH)) return;
    gen_set_handler(g, (Handler){caught, base + 2, base + 2});
    if (item->optional_vars) {
        u->depth = base + 3;
        gen_store(g, item->optional_vars, result);
    } else {
        gen_emit(g, BC_DROP, result, 0, 0);
    }
    u->depth = base + 2;
    with_item(g, s, index + 1);
    gen_nest_pop(g);
    gen_set_handler(g, outside);
    u->pos = pos;
    call_exit(g, base, async);
    emit_jump(g, end);

    u->handler = outside;
    block_use(g, caught);
    u->depth = base + 4;
    if (u->cfg.n_temps < base + 6) u->cfg.n_temps = base + 6;
    u->pos = pos;
    gen_emit(g, BC_PUSH_EXC, temp_at(base + 3), temp_at(base + 2), 0);
    gen_set_handler(g, (Handler){clean_up, base + 4, base + 4});
    Reg verdict = temp_push(g);
    if (async) {
        Reg awaitable = temp_push(g);
        gen_emit(g, BC_WITH_EXCEPT, awaitable, temp_at(base), temp_at(base + 2));
        gen_emit(g, BC_GET_AWAITABLE, awaitable, awaitable, 2);
        await_in(g, awaitable, verdict);
        u->depth--;
    } else {
        gen_emit(g, BC_WITH_EXCEPT, verdict, temp_at(base), temp_at(base + 2));
    }
    gen_no_place(g);
    emit_cond(g, BC_JUMP_IF_TRUE, verdict, 0, 0, suppress);
    gen_emit(g, BC_RERAISE, temp_at(base + 2), 1, 0);
    clean_up_block(g, clean_up, base + 2, outside);
    block_use(g, suppress);
    gen_emit(g, BC_DROP, temp_at(base + 2), 0, 0);
    gen_emit(g, BC_POP_EXC, temp_at(base + 3), 0, 0);
    gen_emit(g, BC_DROP, temp_at(base + 1), 0, 0);
    gen_emit(g, BC_DROP, temp_at(base), 0, 0);
    u->depth = base;
    block_use(g, end);
}

void with_stmt(Codegen *g, AstStmt *s)
{
    Unit *u = g->u;
    uint32_t depth = u->depth;
    with_item(g, s, 0);
    u->depth = depth;
}
