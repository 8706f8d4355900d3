/* Statements and stores. */
#include "front/codegen_priv.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/call.h"

enum { PARALLEL_MAX = 32 }; /* items of `a, b = x, y` that need no tuple */

/* --- Stores ----------------------------------------------------------------------------------------- */

static int find_star(Codegen *g, AstExprSeq *elts)
{
    int star = -1;
    for (uint32_t i = 0; i < elts->n; i++) {
        if (elts->items[i]->kind != AST_Starred) continue;
        if (star >= 0) {
            gen_error_at(g, g->u->pos, "multiple starred expressions in assignment");
            return -1;
        }
        if (i >= 256 || elts->n - i - 1 >= (1 << 23)) {
            gen_error_at(g, g->u->pos, "too many expressions in star-unpacking assignment");
            return -1;
        }
        star = (int)i;
    }
    return star;
}

static bool plain_local(Codegen *g, AstExpr *e, Reg *reg, bool load)
{
    if (e->kind != AST_Name) return false;
    Access a = access_of(g, e->u.Name.id, load);
    *reg = a.reg;
    return a.kind == ACCESS_LOCAL;
}

/* Whether e is a local that an instruction of `line` may fill: a store of its own would show as another line. */
static bool fillable(Codegen *g, AstExpr *e, int line, Reg *reg)
{
    return e->pos.lineno == line && plain_local(g, e, reg, false);
}

/* Stores are made from left to right. So the unpacking itself may make the first ones, if they are to locals. */
static bool unpack_into_locals(Codegen *g, AstExpr *target, AstExprSeq *elts, Reg value)
{
    uint32_t n = elts->n, row = 1;
    int line = target->pos.lineno;
    Reg first, next;
    if (n < 2 || !fillable(g, elts->items[0], line, &first)) return false;
    if (n > 2) {
        while (row < n && fillable(g, elts->items[row], line, &next) && next == first + row) row++;
        if (row == n) gen_emit(g, BC_UNPACK, first, value, n);
        return row == n;
    }
    bool both = fillable(g, elts->items[1], line, &next);
    if (!both) next = temp_push(g);
    gen_emit(g, BC_UNPACK_PAIR, first, next, value);
    if (!both) gen_store(g, elts->items[1], next);
    return true;
}

static void unpack_store(Codegen *g, AstExpr *target, AstExprSeq *elts, Reg value)
{
    Unit *u = g->u;
    uint32_t mark = u->depth, n = elts->n;
    u->pos = target->pos;
    int star = find_star(g, elts);
    if (star < 0 && unpack_into_locals(g, target, elts, value)) {
        u->depth = mark;
        return;
    }
    Reg first = temp_at(mark);
    for (uint32_t i = 0; i < n; i++) temp_push(g);
    if (g->failed) return;
    if (star < 0) gen_emit(g, BC_UNPACK, first, value, n);
    else gen_emit(g, BC_UNPACK_EX, first, value, (uint32_t)star)->word = n - (uint32_t)star - 1;
    for (uint32_t i = 0; i < n; i++) {
        AstExpr *item = elts->items[i];
        gen_store(g, item->kind == AST_Starred ? item->u.Starred.value : item, first + i);
    }
    u->depth = mark;
}

void gen_store(Codegen *g, AstExpr *target, Reg value)
{
    Unit *u = g->u;
    if (g->failed || !stack_check(g->t, " during compilation")) {
        gen_fail(g);
        return;
    }
    uint32_t mark = u->depth, k;
    u->pos = target->pos;
    switch (target->kind) {
    case AST_Name: gen_store_name(g, target->u.Name.id, value); break;
    case AST_Attribute: {
        Reg object = gen_operand(g, target->u.Attribute.value);
        Ident *name = scope_mangle(g->c, u->here, target->u.Attribute.attr);
        if (name == NULL) gen_fail(g);
        note_static_attribute(g, target);
        u->pos = attribute_pos(target, target->pos);
        emit_name(g, BC_STORE_ATTR, object, value, name);
        break;
    }
    case AST_Subscript: {
        AstExpr *slice = target->u.Subscript.slice;
        if (slice->kind == AST_Slice && slice->u.Slice.step == NULL) {
            Reg object = gen_operand_before(g, target->u.Subscript.value, slice->u.Slice.lower, slice->u.Slice.upper);
            Reg bounds = temp_at(u->depth);
            if (slice->u.Slice.lower) gen_expr(g, slice->u.Slice.lower, REG_NONE);
            else gen_load_none(g, temp_push(g));
            if (slice->u.Slice.upper) gen_expr(g, slice->u.Slice.upper, REG_NONE);
            else gen_load_none(g, temp_push(g));
            u->pos = target->pos;
            gen_emit(g, BC_SET_SLICE, object, bounds, value);
            break;
        }
        Reg object = gen_operand_before(g, target->u.Subscript.value, slice, NULL);
        if (constant_index(g, slice, &k)) {
            u->pos = target->pos;
            gen_emit(g, BC_SET_ITEM_K, object, k, value);
        } else {
            Reg key = gen_operand(g, slice);
            u->pos = target->pos;
            gen_emit(g, BC_SET_ITEM, object, key, value);
        }
        break;
    }
    case AST_Tuple: unpack_store(g, target, target->u.Tuple.elts, value); break;
    case AST_List: unpack_store(g, target, target->u.List.elts, value); break;
    case AST_Starred: gen_error_at(g, target->pos, "starred assignment target must be in a list or tuple"); break;
    default:
        if (!g->failed) err_raise(g->t, T_SystemError, "compiler: unexpected target");
        gen_fail(g);
    }
    u->depth = mark;
}

/* --- Assignment ---------------------------------------------------------------------------------------- */

static AstExprSeq *display_items(AstExpr *e)
{
    return e->kind == AST_Tuple ? e->u.Tuple.elts : e->kind == AST_List ? e->u.List.elts : NULL;
}

/* Items of a constant tuple as expressions; NULL: not one. */
static AstExprSeq *value_items(Codegen *g, AstExpr *e)
{
    if (e->kind == AST_Tuple) return e->u.Tuple.elts;
    if (e->kind != AST_Constant || e->u.Constant.value.kind != AST_CONST_EXTERNAL) return NULL;
    Value v = {e->u.Constant.value.u.external};
    if (!IS_EXACT(v, tuple) || tuple_len(v) > PARALLEL_MAX) return NULL;
    AstExprSeq *seq = AST_SEQ(g->c->arena, expr, (size_t)tuple_len(v));
    if (seq == NULL) return NULL;
    for (uint32_t i = 0; i < seq->n; i++) {
        AstExpr *item = AST_NEW(g->c->arena, AstExpr, e->pos, Constant, .value = {.kind = AST_CONST_EXTERNAL, .u.external = tuple_at(v, i).bits});
        if (item == NULL) return NULL;
        seq->items[i] = item;
    }
    return seq;
}

/* a, b = x, y where all targets are locals: each value goes where it belongs as late as it may. */
static void parallel_locals(Codegen *g, AstExprSeq *targets, AstExprSeq *values, const Reg *to)
{
    Unit *u = g->u;
    uint32_t n = targets->n, mark = u->depth;
    Reg from[PARALLEL_MAX];
    AstExpr *constant[PARALLEL_MAX] = {NULL};
    Reg a, b;
    if (n == 2 && plain_local(g, values->items[0], &a, true) && plain_local(g, values->items[1], &b, true) && a == to[1] && b == to[0] && a != b) {
        u->pos = values->items[0]->pos;
        gen_emit(g, BC_CHECK_BOUND, a, 0, 0);
        u->pos = values->items[1]->pos;
        gen_emit(g, BC_CHECK_BOUND, b, 0, 0);
        u->pos = targets->items[0]->pos;
        gen_emit(g, BC_SWAP, a, b, 0);
        return;
    }
    bool last_direct = values->items[n - 1]->kind != AST_Constant && !plain_local(g, values->items[n - 1], &a, true);
    for (uint32_t i = 0; i < n; i++) {
        AstExpr *v = values->items[i];
        if (v->kind == AST_Constant) {
            constant[i] = v;
            from[i] = REG_NONE;
            continue;
        }
        if (plain_local(g, v, &a, true)) {
            bool overwritten = last_direct && a == to[n - 1];
            for (uint32_t j = 0; j < i; j++) overwritten |= to[j] == a;
            u->pos = v->pos;
            gen_emit(g, BC_CHECK_BOUND, a, 0, 0);
            from[i] = a;
            if (overwritten) gen_emit(g, BC_MOVE, from[i] = temp_push(g), a, 0);
            continue;
        }
        from[i] = i == n - 1 ? gen_expr(g, v, to[i]) : gen_expr(g, v, REG_NONE);
    }
    for (uint32_t i = 0; i < n; i++) {
        u->pos = targets->items[i]->pos;
        if (constant[i]) gen_expr(g, constant[i], to[i]);
        else if (from[i] != to[i]) gen_emit(g, BC_MOVE, to[i], from[i], 0);
    }
    u->depth = mark;
}

/* Whether targets and values pair up; then the assignment is done. */
static bool parallel_assign(Codegen *g, AstExpr *target, AstExpr *value)
{
    AstExprSeq *targets = display_items(target), *values = value_items(g, value);
    if (targets == NULL || values == NULL || targets->n != values->n || targets->n == 0 || targets->n > PARALLEL_MAX) return false;
    for (uint32_t i = 0; i < targets->n; i++) {
        if (targets->items[i]->kind == AST_Starred || values->items[i]->kind == AST_Starred) return false;
    }
    Reg to[PARALLEL_MAX];
    bool locals = !g->u->scope->has_rebinding;
    for (uint32_t i = 0; i < targets->n && locals; i++) {
        locals = plain_local(g, targets->items[i], &to[i], false);
        for (uint32_t j = 0; j < i; j++) locals &= to[j] != to[i];
    }
    if (locals) {
        parallel_locals(g, targets, values, to);
        return true;
    }
    uint32_t mark = g->u->depth;
    Reg first = temp_at(mark);
    for (uint32_t i = 0; i < values->n; i++) gen_expr(g, values->items[i], REG_NONE);
    for (uint32_t i = 0; i < targets->n; i++) gen_store(g, targets->items[i], first + i);
    g->u->depth = mark;
    return true;
}

static void assign_stmt(Codegen *g, AstStmt *s)
{
    Unit *u = g->u;
    AstExprSeq *targets = s->u.Assign.targets;
    AstExpr *value = s->u.Assign.value;
    uint32_t mark = u->depth;
    Reg local;
    if (targets->n == 1) {
        AstExpr *target = targets->items[0];
        if (plain_local(g, target, &local, false)) {
            gen_expr(g, value, local);
            return;
        }
        if (parallel_assign(g, target, value)) return;
        bool safe = !u->scope->has_rebinding || target->kind == AST_Name;
        gen_store(g, target, safe ? gen_operand(g, value) : gen_expr(g, value, REG_NONE));
        u->depth = mark;
        return;
    }
    bool all_locals = true;
    for (uint32_t i = 0; i < targets->n; i++) all_locals &= plain_local(g, targets->items[i], &local, false);
    if (all_locals) {
        Reg first = 0, next = 0;
        plain_local(g, targets->items[0], &first, false);
        gen_expr(g, value, first);
        for (uint32_t i = 1; i < targets->n; i++) {
            plain_local(g, targets->items[i], &next, false);
            u->pos = targets->items[i]->pos;
            if (next != first) gen_emit(g, BC_MOVE, next, first, 0);
        }
        return;
    }
    Reg v = gen_expr(g, value, REG_NONE);
    for (uint32_t i = 0; i < targets->n; i++) {
        u->depth = mark + 1;
        if (i + 1 == targets->n) {
            gen_store(g, targets->items[i], v);
        } else {
            Reg copy = temp_push(g);
            u->pos = s->pos;
            gen_emit(g, BC_COPY, copy, v, 0);
            gen_store(g, targets->items[i], copy);
        }
    }
    u->depth = mark;
}

static enum Opcode inplace_op(AstOperator op)
{
    static const uint8_t ops[] = {BC_IADD, BC_ISUB, BC_IMUL, BC_IMATMUL, BC_ITRUEDIV, BC_IMOD, BC_IPOW, BC_ILSHIFT, BC_IRSHIFT, BC_IOR, BC_IXOR, BC_IAND, BC_IFLOORDIV};
    return ops[op - AST_Add];
}

/* old (a register, consumed) op= value into `dst`. */
static void inplace(Codegen *g, AstStmt *s, Reg dst, Reg old)
{
    uint32_t k;
    enum Opcode op = inplace_op(s->u.AugAssign.op);
    AstExpr *value = s->u.AugAssign.value;
    if ((op == BC_IADD || op == BC_ISUB) && constant_index(g, value, &k)) {
        g->u->pos = s->pos;
        gen_emit(g, op == BC_IADD ? BC_IADD_K : BC_ISUB_K, dst, old, k);
        return;
    }
    Reg v = gen_operand(g, value);
    g->u->pos = s->pos;
    gen_emit(g, op, dst, old, v);
}

/* Reads again what stays in use: a temporary is copied. */
static Reg reread(Codegen *g, Reg r)
{
    if (!reg_is_temp(r)) return r;
    Reg copy = temp_push(g);
    gen_emit(g, BC_COPY, copy, r, 0);
    return copy;
}

static void aug_assign_stmt(Codegen *g, AstStmt *s)
{
    Unit *u = g->u;
    AstExpr *target = s->u.AugAssign.target, *value = s->u.AugAssign.value;
    uint32_t mark = u->depth, k;
    Reg local;
    switch (target->kind) {
    case AST_Name:
        if (plain_local(g, target, &local, false)) {
            inplace(g, s, local, gen_operand_before(g, target, value, NULL));
        } else {
            Reg r = gen_load_name(g, target->u.Name.id, REG_NONE);
            inplace(g, s, r, r);
            u->pos = target->pos;
            gen_store_name(g, target->u.Name.id, r);
        }
        break;
    case AST_Attribute: {
        Ident *name = scope_mangle(g->c, u->here, target->u.Attribute.attr);
        if (name == NULL) gen_fail(g);
        Reg object = gen_operand_before(g, target->u.Attribute.value, value, NULL);
        u->pos = attribute_pos(target, target->pos);
        Reg read = reread(g, object);
        Reg r = reg_is_temp(read) ? read : temp_push(g);
        emit_name(g, BC_LOAD_ATTR, r, read, name);
        inplace(g, s, r, r);
        u->pos = attribute_pos(target, target->pos);
        emit_name(g, BC_STORE_ATTR, object, r, name);
        break;
    }
    case AST_Subscript: {
        AstExpr *slice = target->u.Subscript.slice;
        bool is_slice = slice->kind == AST_Slice && slice->u.Slice.step == NULL;
        if (is_slice) {
            Reg object = u->scope->has_rebinding ? gen_expr(g, target->u.Subscript.value, REG_NONE) : gen_operand(g, target->u.Subscript.value);
            Reg bounds = temp_at(u->depth);
            if (slice->u.Slice.lower) gen_expr(g, slice->u.Slice.lower, REG_NONE);
            else gen_load_none(g, temp_push(g));
            if (slice->u.Slice.upper) gen_expr(g, slice->u.Slice.upper, REG_NONE);
            else gen_load_none(g, temp_push(g));
            u->pos = target->pos;
            uint32_t result = u->depth;
            Reg read = reread(g, object), low = temp_push(g), high = temp_push(g);
            gen_emit(g, BC_COPY, low, bounds, 0);
            gen_emit(g, BC_COPY, high, bounds + 1, 0);
            u->depth = result;
            Reg r = temp_push(g);
            gen_emit(g, BC_GET_SLICE, r, read, low);
            inplace(g, s, r, r);
            u->pos = target->pos;
            gen_emit(g, BC_SET_SLICE, object, bounds, r);
            break;
        }
        Reg object = gen_operand_before(g, target->u.Subscript.value, slice, value);
        if (constant_index(g, slice, &k)) {
            u->pos = target->pos;
            Reg read = reread(g, object);
            Reg r = reg_is_temp(read) ? read : temp_push(g);
            gen_emit(g, BC_GET_ITEM_K, r, read, k);
            inplace(g, s, r, r);
            u->pos = target->pos;
            gen_emit(g, BC_SET_ITEM_K, object, k, r);
            break;
        }
        Reg key = gen_operand_before(g, slice, value, NULL);
        u->pos = target->pos;
        uint32_t result = u->depth;
        Reg read = reread(g, object), read_key = reread(g, key);
        u->depth = result;
        Reg r = temp_push(g);
        gen_emit(g, BC_GET_ITEM, r, read, read_key);
        inplace(g, s, r, r);
        u->pos = target->pos;
        gen_emit(g, BC_SET_ITEM, object, key, r);
        break;
    }
    default:
        if (!g->failed) err_raise(g->t, T_SystemError, "compiler: invalid target of augmented assignment");
        gen_fail(g);
    }
    u->depth = mark;
}

static void delete_target(Codegen *g, AstExpr *e)
{
    Unit *u = g->u;
    uint32_t mark = u->depth;
    if (g->failed || !stack_check(g->t, " during compilation")) {
        gen_fail(g);
        return;
    }
    u->pos = e->pos;
    switch (e->kind) {
    case AST_Name: gen_delete_name(g, e->u.Name.id); break;
    case AST_Attribute: {
        Reg object = gen_operand(g, e->u.Attribute.value);
        Ident *name = scope_mangle(g->c, u->here, e->u.Attribute.attr);
        if (name == NULL) gen_fail(g);
        u->pos = e->pos;
        emit_name(g, BC_DELETE_ATTR, object, 0, name);
        break;
    }
    case AST_Subscript: {
        Reg object = gen_operand_before(g, e->u.Subscript.value, e->u.Subscript.slice, NULL), key = gen_operand(g, e->u.Subscript.slice);
        u->pos = e->pos;
        gen_emit(g, BC_DELETE_ITEM, object, key, 0);
        break;
    }
    case AST_Tuple:
    case AST_List: {
        AstExprSeq *seq = display_items(e);
        for (uint32_t i = 0; i < seq->n; i++) delete_target(g, seq->items[i]);
        break;
    }
    default:
        if (!g->failed) err_raise(g->t, T_SystemError, "compiler: invalid target of del");
        gen_fail(g);
    }
    u->depth = mark;
}

/* --- Control flow --------------------------------------------------------------------------------------------- */

static void if_stmt(Codegen *g, AstStmt *s)
{
    Unit *u = g->u;
    Block *end = block_new(g);
    u->in_conditional++;
    for (;;) { /* elif by elif */
        struct Ast_If *i = &s->u.If;
        Block *next = i->orelse->n ? block_new(g) : end;
        gen_branch(g, i->test, next, false);
        gen_stmts(g, i->body);
        if (next == end) break;
        gen_no_place(g);
        emit_jump(g, end);
        block_use(g, next);
        if (i->orelse->n != 1 || i->orelse->items[0]->kind != AST_If) {
            gen_stmts(g, i->orelse);
            break;
        }
        s = i->orelse->items[0];
        u->pos = s->pos;
    }
    block_use(g, end);
    u->in_conditional--;
}

static void loop_jump(Codegen *g, Block *top) { gen_emit(g, BC_LOOP, 0, 0, 0)->target = top; }

static bool is_always_true(Codegen *g, AstExpr *test) { return test->kind == AST_Constant && value_truth(g, constant_value(g, test)); }

static void while_stmt(Codegen *g, AstStmt *s)
{
    Unit *u = g->u;
    struct Ast_While *w = &s->u.While;
    Block *top = block_new(g), *orelse = block_new(g), *end = block_new(g);
    Nest n = {.exit = end, .top = top, .pos = s->pos};
    u->in_conditional++;
    bool endless = is_always_true(g, w->test);
    if (endless) gen_emit(g, BC_NOP, 0, 0, 0); /* its line is visited at first here, then by the jump */
    block_use(g, top);
    if (!gen_nest_push(g, &n, NEST_WHILE)) return;
    if (!endless) gen_branch(g, w->test, orelse, false);
    gen_stmts(g, w->body);
    if (endless) u->pos = w->test->pos;
    else gen_no_place(g);
    loop_jump(g, top);
    gen_nest_pop(g);
    block_use(g, orelse);
    gen_stmts(g, w->orelse);
    block_use(g, end);
    u->in_conditional--;
}

static void for_stmt(Codegen *g, AstStmt *s)
{
    Unit *u = g->u;
    struct Ast_For *f = &s->u.For;
    uint32_t mark = u->depth;
    Block *top = block_new(g), *orelse = block_new(g), *end = block_new(g);
    Reg v = gen_operand(g, f->iter);
    u->depth = mark;
    Reg iterator = temp_push(g), local;
    u->pos = f->iter->pos;
    gen_emit(g, BC_GET_ITER, iterator, v, 0);
    Nest n = {.exit = end, .top = top, .base = mark, .pos = s->pos};
    u->in_conditional++;
    block_use(g, top);
    if (!gen_nest_push(g, &n, NEST_FOR)) return;
    u->pos = f->iter->pos;
    if (plain_local(g, f->target, &local, false)) {
        emit_cond(g, BC_FOR_ITER, local, iterator, 0, orelse);
        u->pos = f->target->pos;
        gen_emit(g, BC_NOP, 0, 0, 0);
    } else {
        Reg item = temp_push(g);
        emit_cond(g, BC_FOR_ITER, item, iterator, 0, orelse);
        gen_store(g, f->target, item);
        u->depth = mark + 1;
    }
    gen_stmts(g, f->body);
    gen_no_place(g);
    loop_jump(g, top);
    gen_nest_pop(g);
    u->depth = mark;
    block_use(g, orelse);
    gen_stmts(g, f->orelse);
    block_use(g, end);
    u->in_conditional--;
}

static void async_for_stmt(Codegen *g, AstStmt *s)
{
    Unit *u = g->u;
    struct Ast_For *f = &s->u.For;
    uint32_t mark = u->depth;
    Block *top = block_new(g), *stop = block_new(g), *end = block_new(g);
    Reg v = gen_operand(g, f->iter);
    u->depth = mark;
    Reg iterator = temp_push(g);
    u->pos = f->iter->pos;
    gen_emit(g, BC_GET_AITER, iterator, v, 0);
    Nest n = {.exit = end, .top = top, .base = mark, .pos = s->pos};
    u->in_conditional++;
    block_use(g, top);
    if (!gen_nest_push(g, &n, NEST_FOR)) return;
    Handler outside = u->handler;
    gen_set_handler(g, (Handler){stop, mark + 1, mark + 1});
    Reg item = temp_push(g), awaitable = temp_push(g);
    u->pos = f->iter->pos;
    gen_emit(g, BC_GET_ANEXT, awaitable, iterator, 0);
    await_in(g, awaitable, item);
    gen_set_handler(g, outside);
    gen_store(g, f->target, item);
    u->depth = mark + 1;
    gen_stmts(g, f->body);
    gen_no_place(g);
    loop_jump(g, top);
    gen_nest_pop(g);
    u->depth = mark;
    block_use(g, stop);
    u->pos = f->iter->pos;
    gen_emit(g, BC_END_ASYNC_FOR, iterator, temp_at(mark + 1), 0);
    gen_stmts(g, f->orelse);
    block_use(g, end);
    u->in_conditional--;
}

/* --- Imports ------------------------------------------------------------------------------------------------------ */

static Reg import_name(Codegen *g, Ident *module, int level, Value fromlist)
{
    Reg r = temp_push(g), from = temp_push(g);
    gen_load_value(g, v_smallint(level), r);
    if (is_none(fromlist)) gen_load_none(g, from);
    else gen_emit(g, BC_LOAD_CONST, from, const_index(g, fromlist), 0);
    g->u->depth--;
    emit_name(g, BC_IMPORT_NAME, r, r, scope_mangle(g->c, g->u->here, module));
    return r;
}

static Ident *part_of(Codegen *g, const char *text, size_t length)
{
    Ident *name = ident_intern(g->c->idents, text, length);
    if (name == NULL) {
        front_no_memory(g->c);
        gen_fail(g);
    }
    return name;
}

static void import_stmt(Codegen *g, AstStmt *s)
{
    for (uint32_t i = 0; i < s->u.Import.names->n && !g->failed; i++) {
        AstAlias *a = s->u.Import.names->items[i];
        uint32_t mark = g->u->depth;
        g->u->pos = s->pos;
        Reg module = import_name(g, a->name, 0, V_NONE);
        const char *dot = strchr(a->name->utf8, '.');
        if (a->asname) {
            /* import a.b.c as d binds the innermost module. */
            while (dot) {
                const char *part = dot + 1;
                dot = strchr(part, '.');
                Ident *name = part_of(g, part, dot ? (size_t)(dot - part) : strlen(part));
                if (name == NULL) return;
                Reg inner = temp_push(g);
                emit_name(g, BC_IMPORT_FROM, inner, module, name);
                gen_emit(g, BC_MOVE, module, inner, 0);
                g->u->depth--;
            }
            gen_store_name(g, a->asname, module);
        } else {
            Ident *name = dot ? part_of(g, a->name->utf8, (size_t)(dot - a->name->utf8)) : a->name;
            if (name) gen_store_name(g, name, module);
        }
        g->u->depth = mark;
    }
}

static void import_from_stmt(Codegen *g, AstStmt *s)
{
    struct Ast_ImportFrom *f = &s->u.ImportFrom;
    uint32_t mark = g->u->depth, n = f->names->n;
    Ident *empty = gen_ident(g, "");
    Value list = tuple_new(g->t, n);
    if (is_null(list)) {
        gen_fail(g);
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        Value name = front_name(g->c, f->names->items[i]->name);
        if (is_null(name)) gen_fail(g);
        else V_AS(Tuple, list)->items[i] = new_ref(name);
    }
    list = tuple_done(g->t, list);
    Reg module = import_name(g, f->module ? f->module : empty, f->level, list);
    decref(g->t, list);
    if (n == 1 && ident_is(f->names->items[0]->name, "*")) {
        gen_emit(g, BC_IMPORT_STAR, module, 0, 0);
        g->u->depth = mark;
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        AstAlias *a = f->names->items[i];
        Ident *as = a->asname ? a->asname : a->name;
        Access target = access_of(g, as, false);
        if (target.kind == ACCESS_LOCAL) {
            emit_name(g, BC_IMPORT_FROM, target.reg, module, scope_mangle(g->c, g->u->here, a->name));
        } else {
            Reg r = temp_push(g);
            emit_name(g, BC_IMPORT_FROM, r, module, scope_mangle(g->c, g->u->here, a->name));
            gen_store_name(g, as, r);
            g->u->depth--;
        }
    }
    gen_emit(g, BC_DROP, module, 0, 0);
    g->u->depth = mark;
}

/* --- Small statements ------------------------------------------------------------------------------------------------ */

static void raise_stmt(Codegen *g, AstStmt *s)
{
    uint32_t mark = g->u->depth;
    AstExpr *exc = s->u.Raise.exc, *cause = s->u.Raise.cause;
    Reg a = exc ? gen_operand_before(g, exc, cause, NULL) : 0, b = exc && cause ? gen_operand(g, cause) : 0;
    g->u->pos = s->pos;
    unsigned kind = !exc ? 0 : !cause ? 1 : 2;
    /* Operands that are not used must not look like live temporaries. */
    gen_emit(g, BC_RAISE, kind ? a : temp_at(mark), kind == 2 ? b : temp_at(mark), kind);
    if (kind < 2 && g->u->cfg.n_temps <= mark) g->u->cfg.n_temps = mark + 1;
    g->u->depth = mark;
}

static void assert_stmt(Codegen *g, AstStmt *s)
{
    Unit *u = g->u;
    AstExpr *test = s->u.Assert.test, *msg = s->u.Assert.msg;
    bool is_tuple = (test->kind == AST_Tuple && test->u.Tuple.elts->n > 0);
    if (test->kind == AST_Constant && test->u.Constant.value.kind == AST_CONST_EXTERNAL) {
        Value v = {test->u.Constant.value.u.external};
        is_tuple = IS_EXACT(v, tuple) && tuple_len(v) > 0;
    }
    if (is_tuple) gen_warning_at(g, s->pos, "assertion is always true, perhaps remove parentheses?");
    if (g->c->optimize) return;
    Block *end = block_new(g);
    gen_branch(g, test, end, true);
    uint32_t mark = u->depth;
    u->pos = s->pos;
    Reg r = temp_at(mark);
    if (msg) {
        Reg window = temp_window(g);
        gen_emit(g, BC_LOAD_COMMON, window, 0, 0);
        window_plain(g, window);
        gen_expr(g, msg, REG_NONE);
        u->depth = mark;
        temp_push(g);
        u->pos = test->pos;
        gen_emit(g, BC_CALL, window, 1, r);
    } else {
        temp_push(g);
        gen_emit(g, BC_LOAD_COMMON, r, 0, 0);
    }
    u->pos = test->pos;
    gen_emit(g, BC_RAISE, r, r, 1);
    u->depth = mark;
    block_use(g, end);
}

static void expr_stmt(Codegen *g, AstStmt *s)
{
    Unit *u = g->u;
    AstExpr *e = s->u.Expr.value;
    uint32_t mark = u->depth;
    if (g->c->interactive && u->outer == NULL) {
        Reg r = gen_expr(g, e, REG_NONE);
        u->pos = s->pos;
        gen_emit(g, BC_INTRINSIC_1, r, r, INTRINSIC_PRINT_EXPRESSION);
        gen_emit(g, BC_DROP, r, 0, 0);
    } else if (e->kind == AST_Constant) {
        gen_emit(g, BC_NOP, 0, 0, 0);
    } else {
        gen_effect(g, e);
    }
    u->depth = mark;
}

void gen_stmt(Codegen *g, AstStmt *s)
{
    if (g->failed || !stack_check(g->t, " during compilation")) {
        gen_fail(g);
        return;
    }
    g->u->pos = s->pos;
    switch (s->kind) {
    case AST_FunctionDef:
    case AST_AsyncFunctionDef: function_stmt(g, s); break;
    case AST_ClassDef: class_stmt(g, s); break;
    case AST_Return: return_stmt(g, s); break;
    case AST_Delete:
        for (uint32_t i = 0; i < s->u.Delete.targets->n; i++) delete_target(g, s->u.Delete.targets->items[i]);
        break;
    case AST_Assign: assign_stmt(g, s); break;
    case AST_TypeAlias: type_alias_stmt(g, s); break;
    case AST_AugAssign: aug_assign_stmt(g, s); break;
    case AST_AnnAssign: ann_assign_stmt(g, s); break;
    case AST_For: for_stmt(g, s); break;
    case AST_AsyncFor: async_for_stmt(g, s); break;
    case AST_While: while_stmt(g, s); break;
    case AST_If: if_stmt(g, s); break;
    case AST_With:
    case AST_AsyncWith:
        g->u->in_conditional++;
        with_stmt(g, s);
        g->u->in_conditional--;
        break;
    case AST_Match:
        g->u->in_conditional++;
        match_stmt(g, s);
        g->u->in_conditional--;
        break;
    case AST_Raise: raise_stmt(g, s); break;
    case AST_Try:
        g->u->in_conditional++;
        try_stmt(g, s);
        g->u->in_conditional--;
        break;
    case AST_TryStar:
        g->u->in_conditional++;
        try_star_stmt(g, s);
        g->u->in_conditional--;
        break;
    case AST_Assert: assert_stmt(g, s); break;
    case AST_Import: import_stmt(g, s); break;
    case AST_ImportFrom: import_from_stmt(g, s); break;
    case AST_Global:
    case AST_Nonlocal: break;
    case AST_Expr: expr_stmt(g, s); break;
    case AST_Pass: gen_emit(g, BC_NOP, 0, 0, 0); break;
    case AST_Break: break_stmt(g, s); break;
    case AST_Continue: continue_stmt(g, s); break;
    default: break;
    }
}

void gen_stmts(Codegen *g, AstStmtSeq *seq)
{
    for (uint32_t i = 0; i < seq->n && !g->failed; i++) gen_stmt(g, seq->items[i]);
}

static Value without_tabs(Thread *t, Value doc)
{
    Str *s = V_AS(Str, doc);
    int64_t n = str_len(s), i = 0;
    while (i < n && str_at(s, i) != '\t') i++;
    if (i == n) return new_ref(doc);
    Value name = str_intern_cstr(t, "expandtabs"), text = is_null(name) ? VNULL : call_method_0(t, doc, name);
    decref_maybe(t, name);
    return text;
}

/* The indentation that docstrings have in source is removed as inspect.cleandoc does. */
static Value remove_indentation(Thread *t, Value doc)
{
    Str *s = V_AS(Str, doc);
    int64_t n = str_len(s), i = 0, margin = INT64_MAX;
    while (i < n && str_at(s, i) != '\n') i++;
    for (int64_t k = i; k < n;) { /* the smallest indentation of the lines behind the first one that are not blank */
        int64_t start = ++k;
        while (k < n && str_at(s, k) == ' ') k++;
        if (k < n && str_at(s, k) != '\n' && k - start < margin) margin = k - start;
        while (k < n && str_at(s, k) != '\n') k++;
    }
    if (margin == INT64_MAX) margin = 0;
    StrBuilder b;
    str_builder_init(&b);
    int64_t k = 0;
    while (k < n && str_at(s, k) == ' ') k++;
    for (bool first = true; k < n || first; first = false) {
        if (!first) {
            if (!str_builder_char(t, &b, '\n')) return VNULL;
            int64_t skip = 0;
            while (skip < margin && k < n && str_at(s, k) == ' ') {
                k++;
                skip++;
            }
        }
        int64_t start = k;
        while (k < n && str_at(s, k) != '\n') k++;
        if (!str_builder_part(t, &b, doc, start, k)) return VNULL;
        if (k >= n) break;
        k++;
        if (k == n) { /* a newline at the very end stays */
            if (!str_builder_char(t, &b, '\n')) return VNULL;
            break;
        }
    }
    return str_builder_finish(t, &b);
}

static Value clean_docstring(Thread *t, Value doc)
{
    Value text = without_tabs(t, doc), clean = is_null(text) ? VNULL : remove_indentation(t, text);
    decref_maybe(t, text);
    return clean;
}

/* A body whose first statement may be a docstring: `store_doc` binds __doc__ (modules, classes);
 * a function's is its first constant. */
void body_with_docstring(Codegen *g, AstStmtSeq *seq, bool store_doc)
{
    Unit *u = g->u;
    AstConstant *k = front_docstring(seq);
    uint32_t i = 0;
    if (k && g->c->optimize < 2) {
        Value doc = constant_value(g, seq->items[0]->u.Expr.value);
        Value clean = g->failed ? VNULL : clean_docstring(g->t, doc);
        if (is_null(clean)) {
            gen_fail(g);
            return;
        }
        i = 1;
        if (store_doc) {
            u->pos = seq->items[0]->pos;
            Reg r = temp_push(g);
            gen_emit(g, BC_LOAD_CONST, r, const_take(g, clean), 0);
            gen_store_name(g, gen_ident(g, "__doc__"), r);
            u->depth--;
        } else {
            const_take(g, clean);
            u->flags |= CO_HAS_DOCSTRING;
        }
    } else if (k) {
        i = 1;
    }
    for (; i < seq->n && !g->failed; i++) gen_stmt(g, seq->items[i]);
}
