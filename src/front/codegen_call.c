/* Calls, attributes and super().
 *
 * A call's window is the next temporaries: callee, gap, self, arguments (bytecode/opcodes.def).  Arguments are evaluated in
 * place.  A function of a name or another value has no self; a method is looked up together with it. */
#include "front/codegen_priv.h"
#include "object/str.h"
#include "object/tuple.h"

enum { MAX_ARGUMENTS = 255 }; /* beyond, they travel as a list */

void window_plain(Codegen *g, Reg window) { gen_emit(g, BC_LOAD_IMMEDIATE, window_self(window), 5, 0); }

static void check_caller(Codegen *g, AstExpr *e)
{
    switch (e->kind) {
    case AST_Constant:
    case AST_Tuple:
    case AST_List:
    case AST_ListComp:
    case AST_Dict:
    case AST_DictComp:
    case AST_Set:
    case AST_SetComp:
    case AST_GeneratorExp:
    case AST_JoinedStr:
    case AST_FormattedValue:
    case AST_TemplateStr:
    case AST_Interpolation:
        if (inferred_type(e)) gen_warning_at(g, e->pos, "'%s' object is not callable; perhaps you missed a comma?", inferred_type(e));
        break;
    default: break;
    }
}

void check_keywords(Codegen *g, AstKeywordSeq *keywords)
{
    uint32_t n = keywords->n, size = 8;
    uint32_t few[32] = {0}, *seen = few; /* 1 + index of a name's first place */
    while (size < n * 2) size *= 2;
    if (size > COUNT_OF(few)) {
        seen = arena_zalloc(g->c->arena, size * sizeof *seen);
        if (seen == NULL) {
            gen_no_memory(g);
            return;
        }
    }
    /* The name that stands first is told, at its second place. */
    uint32_t first = n, second = 0;
    for (uint32_t i = 0; i < n; i++) {
        Ident *name = keywords->items[i]->arg;
        if (name == NULL) continue;
        uint32_t k = name->hash & (size - 1);
        while (seen[k] && keywords->items[seen[k] - 1]->arg != name) k = (k + 1) & (size - 1);
        if (seen[k] == 0) {
            seen[k] = i + 1;
        } else if (seen[k] - 1 < first) {
            first = seen[k] - 1;
            second = i;
        }
    }
    if (first < n) gen_error_at(g, keywords->items[second]->pos, "keyword argument repeated: %s", keywords->items[second]->arg->utf8);
}

/* --- Attributes ------------------------------------------------------------------------------------------- */

/* A chain over several lines is blamed on the line of its last name. */
AstPos attribute_pos(AstExpr *e, AstPos pos)
{
    if (e->lineno == e->end_lineno) return pos;
    int32_t length = (int32_t)e->u.Attribute.attr->length;
    pos.lineno = pos.end_lineno = e->end_lineno;
    pos.end_col_offset = e->end_col_offset;
    pos.col_offset = length <= e->end_col_offset ? e->end_col_offset - length : -1;
    if (pos.col_offset < 0) pos.end_col_offset = -1;
    return pos;
}

/* super().x or super(a, b).x that can be looked up without making the super object. */
static bool is_super_attribute(Codegen *g, AstExpr *attribute)
{
    AstExpr *call = attribute->u.Attribute.value;
    if (call->kind != AST_Call) return false;
    AstExpr *func = call->u.Call.func;
    AstExprSeq *args = call->u.Call.args;
    Unit *u = g->u;
    if (func->kind != AST_Name || !ident_is(func->u.Name.id, "super") || call->u.Call.keywords->n) return false;
    if (access_of(g, func->u.Name.id, true).kind != ACCESS_GLOBAL) return false;
    Symbol *global = scope_symbol(g->scopes.module, func->u.Name.id);
    if (global && global->flags & (SYM_BOUND | SYM_GLOBAL)) return false;
    if (ident_is(attribute->u.Attribute.attr, "__class__")) return false;
    for (uint32_t i = 0; i < args->n; i++) {
        if (args->items[i]->kind == AST_Starred) return false;
    }
    if (args->n == 2) return true;
    if (args->n != 0 || u->here != u->scope || u->n_args == 0 || u->scope->comprehension) return false;
    Symbol *class = scope_symbol(u->scope, gen_ident(g, "__class__"));
    return class && class->found == NAME_FREE;
}

/* super, class and object into three temporaries in a row; answers the first. */
static Reg super_operands(Codegen *g, AstExpr *call)
{
    Unit *u = g->u;
    AstExprSeq *args = call->u.Call.args;
    Reg first = gen_expr(g, call->u.Call.func, REG_NONE);
    if (args->n == 2) {
        gen_expr(g, args->items[0], REG_NONE);
        gen_expr(g, args->items[1], REG_NONE);
    } else {
        u->pos = call->pos;
        gen_load_name(g, gen_ident(g, "__class__"), REG_NONE);
        gen_load_name(g, u->local_names.data[0], REG_NONE);
    }
    return first;
}

Reg attribute_expr(Codegen *g, AstExpr *e, Reg want)
{
    uint32_t mark = g->u->depth;
    Ident *name = scope_mangle(g->c, g->u->here, e->u.Attribute.attr);
    if (name == NULL) gen_fail(g);
    bool is_super = is_super_attribute(g, e);
    Reg object = is_super ? super_operands(g, e->u.Attribute.value) : gen_operand(g, e->u.Attribute.value);
    g->u->depth = mark;
    Reg dst = dest(g, want);
    g->u->pos = attribute_pos(e, e->pos);
    Instr *i = gen_emit(g, is_super ? BC_LOAD_SUPER_ATTR : BC_LOAD_ATTR, dst, object, is_super ? e->u.Attribute.value->u.Call.args->n : 0);
    i->word = name_index(g, name);
    g->u->pos = e->pos;
    return dst;
}

/* --- Arguments ---------------------------------------------------------------------------------------------- */

static bool needs_unpacking(AstExprSeq *args, AstKeywordSeq *keywords)
{
    for (uint32_t i = 0; i < args->n; i++) {
        if (args->items[i]->kind == AST_Starred) return true;
    }
    for (uint32_t i = 0; i < keywords->n; i++) {
        if (keywords->items[i]->arg == NULL) return true;
    }
    return args->n + keywords->n > MAX_ARGUMENTS;
}

/* Keyword arguments from `i` up to the next ** (or the end) into a dict. Answers where it stopped. */
static uint32_t keyword_run(Codegen *g, AstKeywordSeq *keywords, uint32_t i, Reg dict, bool fresh)
{
    uint32_t mark = g->u->depth, stop = i;
    while (stop < keywords->n && keywords->items[stop]->arg && stop - i < 32) stop++;
    Reg first = temp_at(mark);
    for (uint32_t k = i; k < stop; k++) {
        gen_load_str(g, keywords->items[k]->arg, temp_push(g));
        gen_expr(g, keywords->items[k]->value, REG_NONE);
    }
    g->u->depth = mark;
    if (fresh) {
        gen_emit(g, BC_BUILD_MAP, dict, first, stop - i);
    } else {
        Reg part = temp_push(g);
        gen_emit(g, BC_BUILD_MAP, part, first, stop - i);
        g->u->depth = mark;
        return stop;
    }
    return stop;
}

static void keyword_mapping(Codegen *g, Reg window, AstKeywordSeq *keywords)
{
    Unit *u = g->u;
    AstPos pos = u->pos;
    Reg dict = temp_push(g); /* where CALL_EX wants it */
    uint32_t mark = u->depth;
    if (keywords->n == 1 && keywords->items[0]->arg == NULL) {
        u->depth--;
        gen_expr(g, keywords->items[0]->value, REG_NONE);
        u->pos = pos;
        return;
    }
    uint32_t i = keyword_run(g, keywords, 0, dict, true);
    while (i < keywords->n) {
        if (keywords->items[i]->arg == NULL) {
            Reg v = gen_operand(g, keywords->items[i]->value);
            u->pos = pos;
            gen_emit(g, BC_DICT_MERGE, dict, v, window);
            i++;
        } else {
            Reg part = temp_at(u->depth);
            i = keyword_run(g, keywords, i, dict, false);
            u->pos = pos;
            gen_emit(g, BC_DICT_MERGE, dict, part, window);
        }
        u->depth = mark;
    }
}

/* The call through an iterable and a mapping. `extra` arguments stand in the window already. */
static Reg call_unpacked(Codegen *g, Reg window, uint32_t extra, AstExprSeq *args, Reg last_arg, AstKeywordSeq *keywords, Reg want)
{
    Unit *u = g->u;
    AstPos pos = u->pos;
    Reg list = window_self(window) + 1;
    uint32_t n = args ? args->n : 0;
    if (extra == 0 && n == 1 && last_arg == REG_NONE && args->items[0]->kind == AST_Starred) {
        gen_expr(g, args->items[0]->u.Starred.value, REG_NONE);
    } else {
        uint32_t i = 0;
        while (i < n && i < 64 && args->items[i]->kind != AST_Starred) gen_expr(g, args->items[i++], REG_NONE);
        u->pos = pos;
        gen_emit(g, BC_BUILD_LIST, list, list, extra + i);
        u->depth = reg_index(list) + 1;
        for (; i < n; i++) {
            bool star = args->items[i]->kind == AST_Starred;
            Reg v = gen_operand(g, star ? args->items[i]->u.Starred.value : args->items[i]);
            u->pos = pos;
            gen_emit(g, star ? BC_LIST_EXTEND : BC_LIST_APPEND, list, v, 0);
            u->depth = reg_index(list) + 1;
        }
        if (last_arg != REG_NONE) gen_emit(g, BC_LIST_APPEND, list, last_arg, 0);
        gen_emit(g, BC_LIST_TO_TUPLE, list, list, 0);
    }
    u->pos = pos;
    if (keywords && keywords->n) keyword_mapping(g, window, keywords);
    else gen_emit(g, BC_LOAD_IMMEDIATE, temp_push(g), 5, 0);
    u->depth = reg_index(window);
    Reg dst = dest(g, want);
    u->pos = pos;
    gen_emit(g, BC_CALL_EX, window, 0, dst);
    return dst;
}

Reg gen_call_with(Codegen *g, Reg window, uint32_t extra, AstExprSeq *args, Reg last_arg, AstKeywordSeq *keywords, Reg want)
{
    Unit *u = g->u;
    AstPos pos = u->pos;
    uint32_t n = args ? args->n : 0, n_keywords = keywords ? keywords->n : 0;
    AstExprSeq no_args = {0};
    AstKeywordSeq no_keywords = {0};
    if (keywords) check_keywords(g, keywords);
    if (needs_unpacking(args ? args : &no_args, keywords ? keywords : &no_keywords)) {
        return call_unpacked(g, window, extra, args, last_arg, keywords, want);
    }
    for (uint32_t i = 0; i < n; i++) gen_expr(g, args->items[i], REG_NONE);
    uint32_t total = extra + n;
    if (last_arg != REG_NONE) {
        gen_emit(g, BC_MOVE, temp_push(g), last_arg, 0);
        total++;
    }
    Value names = VNULL;
    if (n_keywords) {
        names = tuple_new(g->t, n_keywords);
        if (is_null(names)) {
            gen_fail(g);
            return dest(g, want);
        }
        for (uint32_t i = 0; i < n_keywords; i++) {
            Value name = front_name(g->c, keywords->items[i]->arg);
            if (is_null(name)) gen_fail(g);
            else V_AS(Tuple, names)->items[i] = new_ref(name);
            gen_expr(g, keywords->items[i]->value, REG_NONE);
        }
        total += n_keywords;
    }
    u->depth = reg_index(window);
    Reg dst = dest(g, want);
    u->pos = pos;
    if (n_keywords) gen_emit(g, BC_CALL_KW, window, total, dst)->word = g->failed ? 0 : const_take(g, tuple_done(g->t, names));
    else gen_emit(g, BC_CALL, window, total, dst);
    return dst;
}

/* The number of the common object (LOAD_COMMON) that a call of a global with a generator expression collects for; 0: none. */
static uint32_t collecting(const struct Ast_Call *c)
{
    static const struct { const char *name; uint32_t common; } rows[] = {{"tuple", 2}, {"all", 3}, {"any", 4}, {"list", 5}, {"set", 6}};
    bool plain = c->args && c->args->n == 1 && c->args->items[0]->kind == AST_GeneratorExp && (c->keywords == NULL || c->keywords->n == 0);
    if (!plain || c->func->kind != AST_Name) return 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (ident_is(c->func->u.Name.id, rows[i].name)) return rows[i].common;
    }
    return 0;
}

/* tuple, list, set, any, all of a generator expression: if the name means what it says, the items are taken by a loop here, in which the generator's
 * frame is entered without a call from C. The window stands, with callee and generator; `common` is the callee's number. */
static Reg call_collecting(Codegen *g, AstExpr *e, Reg window, uint32_t common, Reg want)
{
    Unit *u = g->u;
    Reg iterator = window + 1, item = window + 2;
    bool asks = common == 3 || common == 4, silent = common == 5 || common == 6;
    Block *top = block_new(g), *done = block_new(g), *found = block_new(g), *call = block_new(g), *end = block_new(g);
    u->pos = silent ? e->pos : e->u.Call.func->pos;
    emit_cond(g, BC_BEGIN_COLLECT, window, common, 0, call);
    u->depth = reg_index(window) + 3;
    block_use(g, top);
    if (silent) {
        emit_cond(g, BC_COLLECT, window, iterator, item, done);
    } else {
        emit_cond(g, BC_FOR_ITER, item, iterator, 0, done);
        if (asks) emit_cond(g, common == 4 ? BC_JUMP_IF_TRUE : BC_JUMP_IF_FALSE, item, 0, 0, found);
        else gen_emit(g, BC_LIST_APPEND, window, item, 0);
    }
    gen_emit(g, BC_LOOP, 0, 0, 0)->target = top;
    u->depth = reg_index(window);
    Reg dst = dest(g, want);
    if (asks) {
        block_use(g, found);
        gen_emit(g, BC_DROP, iterator, 0, 0);
        gen_emit(g, BC_LOAD_IMMEDIATE, dst, common == 4 ? 3 : 2, 0);
        emit_jump(g, end);
    }
    block_use(g, done);
    if (asks) gen_emit(g, BC_LOAD_IMMEDIATE, dst, common == 4 ? 2 : 3, 0);
    else if (common == 2) gen_emit(g, BC_LIST_TO_TUPLE, dst, window, 0);
    else if (dst != window) gen_emit(g, BC_MOVE, dst, window, 0);
    emit_jump(g, end);
    block_use(g, call);
    u->pos = e->pos;
    gen_emit(g, BC_CALL, window, 1, dst);
    block_use(g, end);
    return dst;
}

Reg gen_call_expr(Codegen *g, AstExpr *e, Reg want)
{
    Unit *u = g->u;
    struct Ast_Call *c = &e->u.Call;
    AstExpr *func = c->func;
    check_caller(g, func);
    bool unpacked = needs_unpacking(c->args, c->keywords);
    Reg window = temp_at(u->depth);
    if (func->kind == AST_Attribute && !unpacked) {
        Ident *name = scope_mangle(g->c, u->here, func->u.Attribute.attr);
        if (name == NULL) gen_fail(g);
        bool is_super = is_super_attribute(g, func);
        uint32_t mark = u->depth;
        Reg object = is_super ? super_operands(g, func->u.Attribute.value) : gen_operand(g, func->u.Attribute.value);
        u->depth = mark;
        temp_window(g);
        u->pos = attribute_pos(func, func->pos);
        Instr *i = gen_emit(g, is_super ? BC_LOAD_SUPER_METHOD : BC_LOAD_METHOD, window, object, is_super ? func->u.Attribute.value->u.Call.args->n : 0);
        i->word = name_index(g, name);
        u->pos = attribute_pos(func, e->pos);
    } else if (func->kind == AST_Name && access_of(g, func->u.Name.id, true).kind == ACCESS_GLOBAL) {
        temp_window(g);
        u->pos = func->pos;
        emit_name(g, BC_LOAD_CALLEE, window, 0, access_of(g, func->u.Name.id, true).name);
        u->pos = e->pos;
        uint32_t common = collecting(c);
        if (common) {
            gen_expr(g, c->args->items[0], REG_NONE);
            return call_collecting(g, e, window, common, want);
        }
    } else {
        gen_expr(g, func, REG_NONE);
        u->depth = reg_index(window);
        temp_window(g);
        u->pos = e->pos;
        window_plain(g, window);
    }
    return gen_call_with(g, window, 0, c->args, REG_NONE, c->keywords, want);
}
