/* Code generation: units, blocks, registers, constants, names, and the whole tree. */
#include "front/codegen.h"

#include "front/codegen_priv.h"
#include "front/const_table.h"
#include "front/fold.h"
#include "object/bytes.h"
#include "object/dispatch.h"
#include "object/float.h"
#include "object/int.h"
#include "object/set.h"
#include "object/str.h"
#include "object/tuple.h"

enum { MAX_REGISTERS = 60000 };

/* --- Failure ---------------------------------------------------------------------------------------- */

void gen_fail(Codegen *g) { g->failed = true; }
void gen_no_memory(Codegen *g)
{
    if (!g->failed) front_no_memory(g->c);
    g->failed = true;
}

void gen_error_at(Codegen *g, AstPos pos, const char *format, ...)
{
    if (g->failed) return;
    g->failed = true;
    va_list args;
    va_start(args, format);
    Value message = str_format_va(g->t, format, args);
    va_end(args);
    if (is_null(message)) return;
    front_error(g->c, pos, "%U", message);
    decref(g->t, message);
}

void gen_warning_at(Codegen *g, AstPos pos, const char *format, ...)
{
    if (g->failed || g->no_warnings) return;
    va_list args;
    va_start(args, format);
    Value message = str_format_va(g->t, format, args);
    va_end(args);
    if (is_null(message) || !front_warn(g->c, pos, "%U", message)) g->failed = true;
    if (!is_null(message)) decref(g->t, message);
}

Ident *gen_ident(Codegen *g, const char *ascii)
{
    Ident *name = front_ident(g->c, ascii);
    if (name == NULL) gen_fail(g);
    return name;
}

/* --- Blocks and instructions -------------------------------------------------------------------------- */

Block *block_new(Codegen *g)
{
    Block *b = cfg_block(&g->u->cfg);
    if (b) return b;
    gen_fail(g);
    return &g->scratch_block;
}

void block_use(Codegen *g, Block *b)
{
    Unit *u = g->u;
    if (b == &g->scratch_block) return;
    b->handler = u->handler;
    cfg_append(&u->cfg, b);
    u->block = b;
}

void gen_set_handler(Codegen *g, Handler h)
{
    Unit *u = g->u;
    if (u->handler.block == h.block && u->handler.depth == h.depth && u->handler.target == h.target) return;
    u->handler = h;
    if (u->block->n == 0) u->block->handler = h;
    else block_use(g, block_new(g));
}

Instr *gen_emit(Codegen *g, enum Opcode op, uint32_t a, uint32_t b, uint32_t c)
{
    Unit *u = g->u;
    if (u->block->n) {
        Instr *last = &u->block->instrs[u->block->n - 1];
        if (last->target || instr_is_terminator(last)) block_use(g, block_new(g));
    }
    Instr *i = g->failed ? &g->scratch : cfg_emit(&u->cfg, u->block, op);
    if (i == NULL) {
        gen_fail(g);
        i = &g->scratch;
    }
    *i = (Instr){.op = (uint8_t)op, .a = a, .b = b, .c = c, .pos = u->pos};
    return i;
}

void emit_name(Codegen *g, enum Opcode op, uint32_t a, uint32_t b, Ident *name) { gen_emit(g, op, a, b, 0)->word = name_index(g, name); }
void emit_jump(Codegen *g, Block *target) { gen_emit(g, BC_JUMP, 0, 0, 0)->target = target; }
void emit_cond(Codegen *g, enum Opcode op, uint32_t a, uint32_t b, uint32_t c, Block *target) { gen_emit(g, op, a, b, c)->target = target; }

/* --- Registers ------------------------------------------------------------------------------------------- */

static void note_depth(Codegen *g)
{
    Unit *u = g->u;
    if (u->depth <= u->cfg.n_temps) return;
    u->cfg.n_temps = u->depth;
    if (u->depth > MAX_REGISTERS && !g->failed) {
        err_raise(g->t, T_OverflowError, "code needs too many registers");
        gen_fail(g);
    }
}

Reg temp_push(Codegen *g)
{
    Reg r = reg_temp(g->u->depth++);
    note_depth(g);
    return r;
}

Reg temp_window(Codegen *g)
{
    Reg r = reg_temp(g->u->depth);
    g->u->depth += CALL_GAP + 2;
    note_depth(g);
    return r;
}

void gen_drop(Codegen *g, Reg r)
{
    gen_emit(g, BC_DROP, r, 0, 0);
    if (reg_is_temp(r) && reg_index(r) + 1 == g->u->depth) g->u->depth--;
}

/* A register's name; `reuse`: one of the same name that an ended comprehension left. */
static uint32_t register_new(Codegen *g, Ident *name, void *names_vec, void *free_vec, bool reuse)
{
    VEC(Ident *) *names = names_vec;
    VEC(bool) *is_free = free_vec;
    for (size_t i = 0; reuse && i < is_free->len; i++) {
        if (is_free->data[i] && names->data[i] == name) {
            is_free->data[i] = false;
            return (uint32_t)i;
        }
    }
    if (!vec_push(names, name) || !vec_push(is_free, false)) {
        gen_no_memory(g);
        return 0;
    }
    if (names->len > MAX_REGISTERS && !g->failed) {
        err_raise(g->t, T_OverflowError, "code needs too many registers");
        gen_fail(g);
    }
    return (uint32_t)names->len - 1;
}

Reg gen_local_new(Codegen *g, Ident *name) { return reg_local(register_new(g, name, &g->u->local_names, &g->u->local_free, false)); }
static uint32_t cell_new_index(Codegen *g, Ident *name) { return register_new(g, name, &g->u->cell_names, &g->u->cell_free, false); }

void comp_register_take(Codegen *g, Symbol *s)
{
    Unit *u = g->u;
    if (s->found == NAME_CELL) s->cell = (int32_t)register_new(g, s->name, &u->cell_names, &u->cell_free, true);
    else s->local = (int32_t)register_new(g, s->name, &u->local_names, &u->local_free, true);
}

void comp_register_leave(Codegen *g, Symbol *s)
{
    if (g->failed) return;
    if (s->found == NAME_CELL) g->u->cell_free.data[s->cell] = true;
    else g->u->local_free.data[s->local] = true;
}

Reg local_register(Codegen *g, Symbol *s)
{
    if (s->local < 0) s->local = (int32_t)reg_index(gen_local_new(g, s->name));
    return reg_local((uint32_t)s->local);
}

/* --- Constants ---------------------------------------------------------------------------------------------- */

Value gen_canonical(Codegen *g, Value v)
{
    if (is_null(v)) {
        gen_fail(g);
        return V_NONE;
    }
    if (!is_obj(v)) return v;
    if (IS_EXACT(v, str)) v = str_intern(g->t, v);
    if (is_null(v)) {
        gen_fail(g);
        return V_NONE;
    }
    if (g->n_canon * 2 >= g->canon_size) {
        uint32_t size = g->canon_size ? g->canon_size * 2 : 64;
        Value *table = arena_zalloc(g->c->arena, size * sizeof *table);
        if (table == NULL) {
            decref(g->t, v);
            gen_no_memory(g);
            return V_NONE;
        }
        for (uint32_t k = 0; k < g->canon_size; k++) {
            if (is_null(g->canon[k])) continue;
            uint32_t i = (uint32_t)const_hash(g->canon[k]) & (size - 1);
            while (!is_null(table[i])) i = (i + 1) & (size - 1);
            table[i] = g->canon[k];
        }
        g->canon = table;
        g->canon_size = size;
    }
    uint32_t mask = g->canon_size - 1, i = (uint32_t)const_hash(v) & mask;
    for (; !is_null(g->canon[i]); i = (i + 1) & mask) {
        if (const_same(g->canon[i], v)) {
            decref(g->t, v);
            return g->canon[i];
        }
    }
    if (is_null(front_keep(g->c, v))) {
        gen_fail(g);
        return V_NONE;
    }
    g->n_canon++;
    return g->canon[i] = v;
}

/* Interns the strings inside a constant's tuples by rebuilding them with canonical items. */
static Value canonical_deep(Codegen *g, Value v)
{
    if (!IS_EXACT(v, tuple) || tuple_len(v) == 0) return gen_canonical(g, new_ref(v));
    int64_t n = tuple_len(v);
    Value copy = tuple_new(g->t, n);
    if (is_null(copy)) return gen_canonical(g, copy);
    for (int64_t i = 0; i < n; i++) V_AS(Tuple, copy)->items[i] = new_ref(canonical_deep(g, tuple_at(v, i)));
    return gen_canonical(g, tuple_done(g->t, copy));
}

static uint32_t const_append(Codegen *g, Value v)
{
    Unit *u = g->u;
    if (!vec_push(&u->consts, v)) {
        gen_no_memory(g);
        return 0;
    }
    return (uint32_t)u->consts.len - 1;
}

uint32_t const_index(Codegen *g, Value v)
{
    Unit *u = g->u;
    if (g->failed) return 0;
    v = canonical_deep(g, v);
    if (u->consts.len * 2 >= u->const_table_size) {
        uint32_t size = u->const_table_size ? u->const_table_size * 2 : 16;
        NameSlot *table = arena_zalloc(g->c->arena, size * sizeof *table);
        if (table == NULL) {
            gen_no_memory(g);
            return 0;
        }
        for (uint32_t k = 0; k < u->const_table_size; k++) {
            if (u->const_table[k].name == NULL) continue;
            uint32_t i = (uint32_t)const_bits_hash((uint64_t)(uintptr_t)u->const_table[k].name) & (size - 1);
            while (table[i].name) i = (i + 1) & (size - 1);
            table[i] = u->const_table[k];
        }
        u->const_table = table;
        u->const_table_size = size;
    }
    uint32_t mask = u->const_table_size - 1, i = (uint32_t)const_bits_hash(v.bits) & mask;
    for (; u->const_table[i].name; i = (i + 1) & mask) {
        if ((uint64_t)(uintptr_t)u->const_table[i].name == v.bits) return u->const_table[i].index;
    }
    u->const_table[i] = (NameSlot){(Ident *)(uintptr_t)v.bits, const_append(g, v)};
    return u->const_table[i].index;
}

uint32_t const_take(Codegen *g, Value v)
{
    if (is_null(v)) {
        gen_fail(g);
        return 0;
    }
    uint32_t k = const_index(g, v);
    decref(g->t, v);
    return k;
}

Value constant_value(Codegen *g, AstExpr *e)
{
    AstConstant *k = &e->u.Constant.value;
    if (k->kind == AST_CONST_EXTERNAL) return (Value){k->u.external};
    Value v = front_constant(g->c, k);
    if (is_null(v) || is_null(front_keep(g->c, v))) {
        gen_fail(g);
        return V_NONE;
    }
    return v;
}

void gen_load_value(Codegen *g, Value v, Reg dst)
{
    if (is_smallint(v) && smallint_get(v) >= 0 && smallint_get(v) <= 255) { /* others stand in co_consts, where programs look for them */
        gen_emit(g, BC_LOAD_INT, dst, (uint32_t)smallint_get(v), 0);
    } else if (is_immediate(v)) {
        gen_emit(g, BC_LOAD_IMMEDIATE, dst, immediate_index(v), 0);
    } else {
        gen_emit(g, BC_LOAD_CONST, dst, const_index(g, v), 0);
    }
}
void gen_load_none(Codegen *g, Reg dst) { gen_load_value(g, V_NONE, dst); }

void gen_load_str(Codegen *g, Ident *name, Reg dst)
{
    if (name == NULL || g->failed) return;
    Value v = front_name(g->c, name);
    if (is_null(v)) gen_fail(g);
    else gen_load_value(g, v, dst);
}

bool value_truth(Codegen *g, Value v)
{
    int r = truth(g->t, v);
    if (r < 0) gen_fail(g);
    return r > 0;
}

uint32_t name_index(Codegen *g, Ident *name)
{
    Unit *u = g->u;
    if (g->failed || name == NULL) return 0;
    if (u->names.len * 2 >= u->name_table_size) {
        uint32_t size = u->name_table_size ? u->name_table_size * 2 : 16;
        NameSlot *table = arena_zalloc(g->c->arena, size * sizeof *table);
        if (table == NULL) {
            front_no_memory(g->c);
            gen_fail(g);
            return 0;
        }
        for (uint32_t k = 0; k < u->names.len; k++) {
            uint32_t i = u->names.data[k]->hash & (size - 1);
            while (table[i].name) i = (i + 1) & (size - 1);
            table[i] = (NameSlot){u->names.data[k], k};
        }
        u->name_table = table;
        u->name_table_size = size;
    }
    uint32_t mask = u->name_table_size - 1, i = name->hash & mask;
    for (; u->name_table[i].name; i = (i + 1) & mask) {
        if (u->name_table[i].name == name) return u->name_table[i].index;
    }
    if (!vec_push(&u->names, name)) {
        front_no_memory(g->c);
        gen_fail(g);
        return 0;
    }
    u->name_table[i] = (NameSlot){name, (uint32_t)u->names.len - 1};
    return u->name_table[i].index;
}

/* --- Names ---------------------------------------------------------------------------------------------------- */

static bool cell_index(Unit *u, Ident *name, uint32_t *index)
{
    for (size_t i = 0; i < u->cell_names.len; i++) {
        if (u->cell_names.data[i] == name && !u->cell_free.data[i]) {
            *index = (uint32_t)i;
            return true;
        }
    }
    return false;
}

/* The register of a name that `binding` binds, seen from the unit being generated. */
static Reg bound_register(Codegen *g, Scope *binding, Ident *name, bool *is_cell)
{
    Unit *u = g->u;
    *is_cell = true;
    if (binding->unit == u->scope) {
        Symbol *s = scope_symbol(binding, name);
        if (s && s->found == NAME_LOCAL && binding->kind != SCOPE_CLASS) {
            *is_cell = false;
            return local_register(g, s);
        }
        if (s && s->cell >= 0) return reg_cell((uint32_t)s->cell);
        uint32_t i;
        if (cell_index(u, name, &i)) return reg_cell(i);
    }
    for (uint32_t i = 0; i < u->scope->n_free; i++) {
        if (u->scope->free_names[i] == name) return reg_free(i);
    }
    if (!g->failed) err_raise(g->t, T_SystemError, "compiler: no cell for '%s' in '%s'", name->utf8, u->name->utf8);
    gen_fail(g);
    return reg_local(0);
}

static bool is_class_internal(const Ident *name) { return ident_is(name, "__classdict__") || ident_is(name, "__conditional_annotations__"); }

Access access_of(Codegen *g, Ident *name, bool load)
{
    Unit *u = g->u;
    Ident *m = scope_mangle(g->c, u->here, name);
    if (m == NULL) {
        gen_fail(g);
        m = name;
    }
    Access a = {ACCESS_NAME, REG_NONE, m};
    Symbol *s = scope_symbol(u->here, m);
    bool function_like = scope_is_function_like(u->scope);
    bool inlined = u->here != u->scope;
    bool is_cell;
    switch (s ? s->found : NAME_GLOBAL_IMPLICIT) {
    case NAME_LOCAL:
        if (!function_like && !inlined) return a;
        a.kind = ACCESS_LOCAL;
        a.reg = local_register(g, s);
        return a;
    case NAME_CELL:
        a.kind = ACCESS_CELL;
        a.reg = bound_register(g, u->here, m, &is_cell);
        break;
    case NAME_FREE:
        a.reg = bound_register(g, s->binding, m, &is_cell);
        if (!is_cell) {
            a.kind = ACCESS_LOCAL;
            return a;
        }
        a.kind = ACCESS_CELL;
        if (load && !inlined && u->scope->sees_class && !is_class_internal(m)) a.kind = ACCESS_DICT_OR_CELL;
        break;
    case NAME_GLOBAL_EXPLICIT: a.kind = ACCESS_GLOBAL; return a;
    default:
        if (!function_like && !(inlined && u->scope->kind == SCOPE_CLASS)) return a;
        a.kind = ACCESS_GLOBAL;
        if (load && !inlined && s && u->scope->sees_class) a.kind = ACCESS_DICT_OR_GLOBAL;
        return a;
    }
    if (load && u->scope->kind == SCOPE_CLASS && !inlined && !is_class_internal(m)) a.kind = ACCESS_DICT_OR_CELL;
    return a;
}

Reg cell_register(Codegen *g, Ident *name)
{
    Scope *s = g->u->scope;
    Symbol *y = scope_symbol(s, name);
    uint32_t i;
    if (y && y->found == NAME_CELL && y->cell >= 0) return reg_cell((uint32_t)y->cell);
    /* A class's implicit cells come before names of outer functions that are called alike. */
    if (s->kind == SCOPE_CLASS && cell_index(g->u, name, &i)) return reg_cell(i);
    for (i = 0; i < s->n_free; i++) {
        if (s->free_names[i] == name) return reg_free(i);
    }
    if (!g->failed) err_raise(g->t, T_SystemError, "compiler: no cell for '%s' in '%s'", name->utf8, g->u->name->utf8);
    gen_fail(g);
    return reg_local(0);
}

Reg closure_register(Codegen *g, Scope *inner, Ident *name)
{
    for (Scope *s = inner->parent; s && s->inlined; s = s->parent) {
        Symbol *y = scope_symbol(s, name);
        if (y && y->found == NAME_CELL && y->cell >= 0) return reg_cell((uint32_t)y->cell);
    }
    return cell_register(g, name);
}

Reg gen_load_name(Codegen *g, Ident *name, Reg want)
{
    Access a = access_of(g, name, true);
    Reg dst;
    switch (a.kind) {
    case ACCESS_LOCAL:
        gen_emit(g, BC_CHECK_BOUND, a.reg, 0, 0);
        dst = dest(g, want);
        if (dst != a.reg) gen_emit(g, BC_MOVE, dst, a.reg, 0);
        return dst;
    case ACCESS_CELL:
        dst = dest(g, want);
        gen_emit(g, BC_LOAD_CELL, dst, a.reg, 0);
        return dst;
    case ACCESS_DICT_OR_CELL: {
        uint32_t mark = g->u->depth;
        Reg namespace = reg_local(0);
        if (g->u->scope->kind != SCOPE_CLASS) {
            namespace = temp_push(g);
            gen_emit(g, BC_LOAD_CELL, namespace, cell_register(g, gen_ident(g, "__classdict__")), 0);
        }
        g->u->depth = mark;
        dst = dest(g, want);
        gen_emit(g, BC_LOAD_DICT_OR_CELL, dst, namespace, a.reg);
        return dst;
    }
    case ACCESS_DICT_OR_GLOBAL: {
        uint32_t mark = g->u->depth;
        Reg namespace = temp_push(g);
        gen_emit(g, BC_LOAD_CELL, namespace, cell_register(g, gen_ident(g, "__classdict__")), 0);
        g->u->depth = mark;
        dst = dest(g, want);
        emit_name(g, BC_LOAD_DICT_OR_GLOBAL, dst, namespace, a.name);
        return dst;
    }
    case ACCESS_GLOBAL:
        dst = dest(g, want);
        emit_name(g, BC_LOAD_GLOBAL, dst, 0, a.name);
        return dst;
    default:
        dst = dest(g, want);
        emit_name(g, BC_LOAD_NAME, dst, 0, a.name);
        return dst;
    }
}

void gen_store_name(Codegen *g, Ident *name, Reg value)
{
    Access a = access_of(g, name, false);
    switch (a.kind) {
    case ACCESS_LOCAL:
        if (a.reg != value) gen_emit(g, BC_MOVE, a.reg, value, 0);
        break;
    case ACCESS_CELL:
    case ACCESS_DICT_OR_CELL: gen_emit(g, BC_STORE_CELL, a.reg, value, 0); break;
    case ACCESS_GLOBAL:
    case ACCESS_DICT_OR_GLOBAL: emit_name(g, BC_STORE_GLOBAL, value, 0, a.name); break;
    case ACCESS_NAME: emit_name(g, BC_STORE_NAME, value, 0, a.name); break;
    }
}

void gen_delete_name(Codegen *g, Ident *name)
{
    Access a = access_of(g, name, false);
    switch (a.kind) {
    case ACCESS_LOCAL: gen_emit(g, BC_DELETE_LOCAL, a.reg, 0, 0); break;
    case ACCESS_CELL:
    case ACCESS_DICT_OR_CELL: gen_emit(g, BC_DELETE_CELL, a.reg, 0, 0); break;
    case ACCESS_GLOBAL:
    case ACCESS_DICT_OR_GLOBAL: emit_name(g, BC_DELETE_GLOBAL, 0, 0, a.name); break;
    case ACCESS_NAME: emit_name(g, BC_DELETE_NAME, 0, 0, a.name); break;
    }
}

/* --- Units ------------------------------------------------------------------------------------------------------- */

static bool is_function_unit(const Unit *u)
{
    return u->kind == UNIT_FUNCTION || u->kind == UNIT_ASYNC_FUNCTION || u->kind == UNIT_LAMBDA;
}

static Value qualified_name(Codegen *g, Unit *u)
{
    Value own = front_name(g->c, u->name);
    Unit *parent = u->outer;
    if (is_null(own) || parent == NULL) return own;
    if (parent->kind == UNIT_LAZY || parent->kind == UNIT_TYPE_PARAMS) {
        parent = parent->outer;
        if (parent == NULL) return own;
    }
    if (parent->outer == NULL) return own;
    if (u->kind == UNIT_FUNCTION || u->kind == UNIT_ASYNC_FUNCTION || u->kind == UNIT_CLASS) {
        Ident *m = scope_mangle(g->c, parent->scope, u->name);
        Symbol *s = m ? scope_symbol(parent->scope, m) : NULL;
        if (s && s->found == NAME_GLOBAL_EXPLICIT) return own;
    }
    const char *between = is_function_unit(parent) ? ".<locals>" : "";
    return front_keep(g->c, str_format(g->t, "%U%s.%U", parent->qualname, between, own));
}

static int by_name(const void *a, const void *b) { return strcmp((*(Symbol *const *)a)->name->utf8, (*(Symbol *const *)b)->name->utf8); }

/* Gives cells to the names of the unit's own scope: parameters first, then by name. */
static void make_cells(Codegen *g)
{
    Unit *u = g->u;
    Scope *s = u->scope;
    AstPos pos = u->pos;
    gen_no_place(g);
    Ident *implicit[3] = {NULL};
    int n_implicit = 0;
    if (s->kind == SCOPE_CLASS) {
        if (s->needs_class_cell) implicit[n_implicit++] = gen_ident(g, "__class__");
        if (s->needs_classdict) implicit[n_implicit++] = gen_ident(g, "__classdict__");
        if (s->has_conditional_annotations) implicit[n_implicit++] = gen_ident(g, "__conditional_annotations__");
    }
    for (int i = 0; i < n_implicit; i++) {
        Reg r = reg_cell(cell_new_index(g, implicit[i]));
        gen_emit(g, BC_MAKE_CELL, r, r, 0);
    }
    VEC(Symbol *) cells = {0};
    for (uint32_t i = 0; i < s->n_params; i++) {
        Symbol *y = scope_symbol(s, s->params[i]);
        if (y->found == NAME_CELL && !vec_push(&cells, y)) gen_no_memory(g);
    }
    size_t n_param_cells = cells.len;
    for (uint32_t i = 0; i < s->n_symbols; i++) {
        Symbol *y = s->symbols[i];
        if (y->found == NAME_CELL && !(y->flags & SYM_PARAM) && !vec_push(&cells, y)) gen_no_memory(g);
    }
    if (cells.len > n_param_cells) qsort(cells.data + n_param_cells, cells.len - n_param_cells, sizeof *cells.data, by_name);
    for (size_t i = 0; i < cells.len; i++) {
        Symbol *y = cells.data[i];
        y->cell = (int32_t)cell_new_index(g, y->name);
        Reg r = reg_cell((uint32_t)y->cell);
        gen_emit(g, BC_MAKE_CELL, r, y->local >= 0 ? reg_local((uint32_t)y->local) : r, 0);
    }
    vec_free(&cells);
    u->pos = pos;
}

bool unit_enter(Codegen *g, UnitKind kind, Scope *scope, Ident *name, int32_t first_line)
{
    if (g->failed) return false;
    Unit *u = calloc(1, sizeof *u);
    if (u == NULL) {
        front_no_memory(g->c);
        gen_fail(g);
        return false;
    }
    u->outer = g->u;
    u->kind = kind;
    u->scope = u->here = scope;
    u->name = name;
    u->first_line = (uint32_t)first_line;
    u->cfg.c = g->c;
    u->pos = (AstPos){first_line, 0, first_line, 0};
    u->deferred_end = &u->deferred;
    u->block = &g->scratch_block;
    g->u = u;
    u->qualname = qualified_name(g, u);
    if (is_null(u->qualname)) gen_fail(g);
    block_use(g, block_new(g));
    gen_emit(g, BC_NOP, 0, 0, 0); /* the call itself, on the line of the def: execution begins behind it */
    if (kind == UNIT_MODULE && u->block->n > 0) u->block->instrs[0].pos = (AstPos){.end_lineno = 1}; /* that of a module on line 0 */
    if (!scope_is_function_like(scope)) gen_local_new(g, gen_ident(g, ""));
    /* A scope in a finally body is compiled once for each way through it, each time with registers of its own. */
    for (uint32_t i = 0; i < scope->n_symbols; i++) scope->symbols[i]->local = scope->symbols[i]->cell = -1;
    bool annotate = scope->kind == SCOPE_ANNOTATION;
    for (uint32_t i = 0; i < scope->n_params; i++) {
        Symbol *y = scope_symbol(scope, scope->params[i]);
        y->local = (int32_t)reg_index(gen_local_new(g, annotate ? gen_ident(g, "format") : y->name));
    }
    u->cfg.n_params = (uint32_t)u->local_names.len;
    bool suspends = scope_is_function_like(scope) ? scope->generator || (scope->coroutine && (kind == UNIT_ASYNC_FUNCTION || kind == UNIT_COMPREHENSION))
                                                  : kind == UNIT_MODULE && scope->coroutine && g->c->top_level_await;
    if (suspends) {
        u->flags |= scope->generator ? (scope->coroutine ? CO_ASYNC_GENERATOR : CO_GENERATOR) : CO_COROUTINE;
        gen_emit(g, BC_RETURN_GENERATOR, 0, 0, 0);
    }
    make_cells(g);
    if (suspends) {
        /* A StopIteration that would leave the body becomes a RuntimeError. */
        Block *convert = block_new(g);
        block_use(g, block_new(g));
        gen_set_handler(g, (Handler){convert, 0, 0});
        u->convert = convert;
    }
    return !g->failed;
}

static void unit_free(Unit *u)
{
    vec_free(&u->consts);
    vec_free(&u->names);
    vec_free(&u->local_names);
    vec_free(&u->local_free);
    vec_free(&u->cell_names);
    vec_free(&u->cell_free);
    vec_free(&u->static_attributes);
    free(u);
}

static uint32_t unit_flags(Codegen *g, Unit *u)
{
    uint32_t flags = u->flags | g->c->futures;
    Scope *s = u->scope;
    if (!scope_is_function_like(s)) return flags;
    flags |= CO_OPTIMIZED | CO_NEWLOCALS;
    if (s->nested) flags |= CO_NESTED;
    if (s->varargs) flags |= CO_VARARGS;
    if (s->varkeywords) flags |= CO_VARKEYWORDS;
    if (s->method) flags |= CO_METHOD;
    return flags;
}

Value unit_leave(Codegen *g)
{
    Unit *u = g->u;
    Value code = VNULL;
    bool suspends = u->flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR);
    if (suspends && u->convert && !g->failed) {
        u->handler = (Handler){0};
        u->depth = 0;
        gen_no_place(g);
        block_use(g, u->convert);
        Reg r = temp_push(g);
        gen_emit(g, BC_INTRINSIC_1, r, r, INTRINSIC_STOPITERATION_ERROR);
        gen_emit(g, BC_RERAISE, r, 1, 0);
    }
    if (!g->failed) {
        u->cfg.n_locals = (uint32_t)u->local_names.len;
        if (!cfg_optimize(&u->cfg)) gen_fail(g);
        else if (g->c->dump) cfg_dump(&u->cfg, u->name->utf8, g->c->dump);
    }
    if (!g->failed) {
        CodeParts parts = {
            .name = front_name(g->c, u->name), .qualname = u->qualname, .first_line = u->first_line, .flags = unit_flags(g, u),
            .n_args = u->n_args, .n_posonly = u->n_posonly, .n_kwonly = u->n_kwonly,
            .consts = u->consts.data, .n_consts = u->consts.len, .names = u->names.data, .n_names = u->names.len,
            .local_names = u->local_names.data, .n_locals = u->local_names.len,
            .cell_names = u->cell_names.data, .n_cells = u->cell_names.len,
            .free_names = u->scope->free_names, .n_free = u->scope->n_free,
        };
        code = assemble(&u->cfg, &parts);
        if (is_null(code)) gen_fail(g);
        else code = front_keep(g->c, code);
    }
    g->u = u->outer;
    unit_free(u);
    if (is_null(code)) gen_fail(g);
    return code;
}

/* --- The tree ------------------------------------------------------------------------------------------------------ */

static void module_body(Codegen *g, AstMod *mod)
{
    Unit *u = g->u;
    switch (mod->kind) {
    case AST_Module:
        annotations_prologue(g);
        body_with_docstring(g, mod->u.Module.body, true);
        break;
    case AST_Interactive:
        annotations_prologue(g);
        gen_stmts(g, mod->u.Interactive.body);
        break;
    default: {
        AstExpr *e = mod->u.Expression.body;
        u->pos = e->pos;
        Reg r = gen_expr(g, e, REG_NONE);
        u->pos = e->pos;
        gen_emit(g, BC_RETURN, r, 0, 0);
        return;
    }
    }
    if (g->failed) return;
    deferred_annotate(g);
    gen_no_place(g); /* the end is on the line of what came before it */
    gen_emit(g, BC_RETURN_CONST, const_index(g, V_NONE), 0, 0);
}

Value codegen_module(Compilation *c, AstMod *mod)
{
    Codegen g = {.c = c, .t = c->t, .mod = mod};
    Value code = VNULL;
    if (!fold_preprocess(c, mod)) return VNULL;
    if (!scopes_build(c, mod, &g.scopes)) return VNULL;
    if (!fold_tree(c, mod)) return VNULL;
    Ident *name = gen_ident(&g, "<module>");
    if (g.failed) return VNULL;
    if (unit_enter(&g, UNIT_MODULE, g.scopes.module, name, 1)) {
        module_body(&g, mod);
        code = unit_leave(&g);
    }
    while (g.u) {
        Unit *u = g.u;
        g.u = u->outer;
        unit_free(u);
    }
    return g.failed || is_null(code) ? VNULL : new_ref(code);
}
