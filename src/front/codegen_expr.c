/* Expressions into registers, and conditions into jumps. */
#include "front/codegen_priv.h"
#include "object/set.h"
#include "object/str.h"
#include "object/tuple.h"

enum { DISPLAY_CHUNK = 30 }; /* items evaluated into registers at most; a larger display is built item by item */

/* --- Operands --------------------------------------------------------------------------------------- */

/* Whether evaluating e may bind the local `name` or suspend the frame. Only asked in units that do either at all. */
static bool may_rebind(AstExpr *e, Ident *name);
static bool any_may_rebind(AstExprSeq *seq, Ident *name)
{
    for (uint32_t i = 0; i < seq->n; i++) {
        if (seq->items[i] && may_rebind(seq->items[i], name)) return true;
    }
    return false;
}
static bool may_rebind(AstExpr *e, Ident *name)
{
    if (e == NULL) return false;
    switch (e->kind) {
    case AST_NamedExpr: return e->u.NamedExpr.target->u.Name.id == name || may_rebind(e->u.NamedExpr.value, name);
    case AST_Constant:
    case AST_Name:
    case AST_Lambda: return false;
    case AST_BoolOp: return any_may_rebind(e->u.BoolOp.values, name);
    case AST_BinOp: return may_rebind(e->u.BinOp.left, name) || may_rebind(e->u.BinOp.right, name);
    case AST_UnaryOp: return may_rebind(e->u.UnaryOp.operand, name);
    case AST_Attribute: return may_rebind(e->u.Attribute.value, name);
    case AST_Subscript: return may_rebind(e->u.Subscript.value, name) || may_rebind(e->u.Subscript.slice, name);
    case AST_Starred: return may_rebind(e->u.Starred.value, name);
    case AST_Tuple: return any_may_rebind(e->u.Tuple.elts, name);
    case AST_List: return any_may_rebind(e->u.List.elts, name);
    case AST_Compare: return may_rebind(e->u.Compare.left, name) || any_may_rebind(e->u.Compare.comparators, name);
    default: return true; /* rare enough: a copy is never wrong */
    }
}

static bool is_plain_local(Codegen *g, AstExpr *e, Reg *reg)
{
    if (e->kind != AST_Name) return false;
    Access a = access_of(g, e->u.Name.id, true);
    *reg = a.reg;
    return a.kind == ACCESS_LOCAL;
}

Reg gen_operand(Codegen *g, AstExpr *e)
{
    Reg r;
    if (is_plain_local(g, e, &r)) {
        g->u->pos = e->pos;
        gen_emit(g, BC_CHECK_BOUND, r, 0, 0);
        return r;
    }
    if (e->kind == AST_NamedExpr && is_plain_local(g, e->u.NamedExpr.target, &r)) {
        gen_expr(g, e->u.NamedExpr.value, r);
        return r;
    }
    return gen_expr(g, e, REG_NONE);
}

Reg gen_operand_before(Codegen *g, AstExpr *e, AstExpr *later, AstExpr *later2)
{
    if (g->u->scope->has_rebinding) {
        AstExpr *name = e->kind == AST_NamedExpr ? e->u.NamedExpr.target : e;
        if (name->kind == AST_Name && (may_rebind(later, name->u.Name.id) || may_rebind(later2, name->u.Name.id))) {
            return gen_expr(g, e, REG_NONE);
        }
    }
    return gen_operand(g, e);
}

bool constant_index(Codegen *g, AstExpr *e, uint32_t *index)
{
    if (e->kind != AST_Constant || g->failed) return false;
    *index = const_index(g, constant_value(g, e));
    return *index < 256;
}

void gen_effect(Codegen *g, AstExpr *e)
{
    uint32_t mark = g->u->depth;
    Reg r = gen_operand(g, e);
    gen_no_place(g);
    if (reg_is_temp(r)) gen_emit(g, BC_DROP, r, 0, 0);
    g->u->depth = mark;
}

/* --- Warnings about literals ---------------------------------------------------------------------------- */

const char *inferred_type(AstExpr *e)
{
    switch (e->kind) {
    case AST_Tuple: return "tuple";
    case AST_List:
    case AST_ListComp: return "list";
    case AST_Dict:
    case AST_DictComp: return "dict";
    case AST_Set:
    case AST_SetComp: return "set";
    case AST_GeneratorExp: return "generator";
    case AST_Lambda: return "function";
    case AST_TemplateStr:
    case AST_Interpolation: return "string.templatelib.Template";
    case AST_JoinedStr:
    case AST_FormattedValue: return "str";
    case AST_Constant:
        switch (e->u.Constant.value.kind) {
        case AST_CONST_NONE: return "NoneType";
        case AST_CONST_FALSE:
        case AST_CONST_TRUE: return "bool";
        case AST_CONST_ELLIPSIS: return "ellipsis";
        case AST_CONST_INT:
        case AST_CONST_BIG_INT: return "int";
        case AST_CONST_FLOAT: return "float";
        case AST_CONST_IMAGINARY: return "complex";
        case AST_CONST_STR: return "str";
        case AST_CONST_BYTES: return "bytes";
        case AST_CONST_EXTERNAL: {
            Value v = {e->u.Constant.value.u.external};
            if (is_none(v)) return "NoneType";
            if (is_bool(v)) return "bool";
            if (same(v, V_ELLIPSIS)) return "ellipsis";
            if (is_exact_int(v)) return "int";
            if (is_exact_float(v)) return "float";
            if (IS_EXACT(v, str)) return "str";
            if (IS_EXACT(v, bytes)) return "bytes";
            if (IS_EXACT(v, tuple)) return "tuple";
            if (IS_EXACT(v, complex)) return "complex";
            if (IS_EXACT(v, frozenset)) return "frozenset";
            return NULL;
        }
        }
        return NULL;
    default: return NULL;
    }
}

static bool is_singleton_constant(AstExpr *e)
{
    const char *type = inferred_type(e);
    return strcmp(type, "NoneType") == 0 || strcmp(type, "bool") == 0 || strcmp(type, "ellipsis") == 0;
}

void check_is(Codegen *g, AstExpr *e)
{
    AstExpr *left = e->u.Compare.left;
    for (uint32_t i = 0; i < e->u.Compare.ops->n; i++) {
        AstExpr *right = e->u.Compare.comparators->items[i];
        AstCmpOp op = e->u.Compare.ops->items[i];
        if (op == AST_Is || op == AST_IsNot) {
            AstExpr *literal = NULL;
            if (left->kind == AST_Constant && inferred_type(left) && !is_singleton_constant(left)) literal = left;
            else if (left->kind == AST_Tuple) literal = NULL;
            if (literal == NULL && right->kind == AST_Constant && inferred_type(right) && !is_singleton_constant(right)) literal = right;
            if (literal) {
                gen_warning_at(g, e->pos, op == AST_Is ? "\"is\" with '%s' literal. Did you mean \"==\"?" : "\"is not\" with '%s' literal. Did you mean \"!=\"?",
                           inferred_type(literal));
                return;
            }
        }
        left = right;
    }
}

static void check_subscripter(Codegen *g, AstExpr *e)
{
    const char *type = NULL;
    switch (e->kind) {
    case AST_Constant: {
        type = inferred_type(e);
        if (type == NULL) return;
        static const char *const bad[] = {"NoneType", "ellipsis", "int", "float", "complex", "set", "frozenset", "bool"};
        bool is_bad = false;
        for (size_t i = 0; i < COUNT_OF(bad); i++) is_bad |= strcmp(type, bad[i]) == 0;
        if (!is_bad) return;
        break;
    }
    case AST_Set:
    case AST_SetComp:
    case AST_GeneratorExp:
    case AST_TemplateStr:
    case AST_Interpolation:
    case AST_Lambda: type = inferred_type(e); break;
    default: return;
    }
    gen_warning_at(g, e->pos, "'%s' object is not subscriptable; perhaps you missed a comma?", type);
}

static void check_index(Codegen *g, AstExpr *e, AstExpr *index)
{
    const char *index_type = inferred_type(index);
    if (index_type == NULL || strcmp(index_type, "int") == 0 || strcmp(index_type, "bool") == 0 || index->kind == AST_Slice) return;
    switch (e->kind) {
    case AST_Constant: {
        const char *t = inferred_type(e);
        if (t == NULL || (strcmp(t, "str") != 0 && strcmp(t, "bytes") != 0 && strcmp(t, "tuple") != 0)) return;
        break;
    }
    case AST_Tuple:
    case AST_List:
    case AST_ListComp:
    case AST_JoinedStr:
    case AST_FormattedValue: break;
    default: return;
    }
    gen_warning_at(g, e->pos, "%s indices must be integers or slices, not %s; perhaps you missed a comma?", inferred_type(e), index_type);
}

/* --- Operators --------------------------------------------------------------------------------------------- */

static enum Opcode binary_op(AstOperator op)
{
    static const uint8_t ops[] = {BC_ADD, BC_SUB, BC_MUL, BC_MATMUL, BC_TRUEDIV, BC_MOD, BC_POW, BC_LSHIFT, BC_RSHIFT, BC_OR, BC_XOR, BC_AND, BC_FLOORDIV};
    return ops[op - AST_Add];
}

/* The form with a constant on the right; BC_NOP: none. */
static enum Opcode constant_form(enum Opcode op)
{
    switch (op) {
    case BC_ADD: return BC_ADD_K;
    case BC_SUB: return BC_SUB_K;
    case BC_MUL: return BC_MUL_K;
    case BC_TRUEDIV: return BC_TRUEDIV_K;
    case BC_FLOORDIV: return BC_FLOORDIV_K;
    case BC_MOD: return BC_MOD_K;
    case BC_POW: return BC_POW_K;
    case BC_LSHIFT: return BC_LSHIFT_K;
    case BC_RSHIFT: return BC_RSHIFT_K;
    case BC_AND: return BC_AND_K;
    case BC_IADD: return BC_IADD_K;
    case BC_ISUB: return BC_ISUB_K;
    default: return BC_NOP;
    }
}

static Reg binary_expr(Codegen *g, AstExpr *e, Reg want)
{
    uint32_t mark = g->u->depth, k;
    enum Opcode op = binary_op(e->u.BinOp.op);
    AstExpr *right = e->u.BinOp.right;
    Reg a = gen_operand_before(g, e->u.BinOp.left, right, NULL);
    bool constant = constant_form(op) != BC_NOP && constant_index(g, right, &k);
    Reg b = constant ? k : gen_operand(g, right);
    g->u->depth = mark;
    Reg dst = dest(g, want);
    g->u->pos = e->pos;
    gen_emit(g, constant ? constant_form(op) : op, dst, a, b);
    return dst;
}

/* --- Comparison ------------------------------------------------------------------------------------------------ */

static enum Opcode compare_op(AstCmpOp op)
{
    static const uint8_t ops[] = {BC_EQ, BC_NE, BC_LT, BC_LE, BC_GT, BC_GE, BC_IS, BC_IS_NOT, BC_IN, BC_NOT_IN};
    return ops[op - AST_Eq];
}

static bool is_none_constant(AstExpr *e)
{
    if (e->kind != AST_Constant) return false;
    AstConstant *k = &e->u.Constant.value;
    return k->kind == AST_CONST_NONE || (k->kind == AST_CONST_EXTERNAL && is_none((Value){k->u.external}));
}

/* Jumps if (a op b) == condition, b being register or, with `constant`, a constant. */
static void compare_jump(Codegen *g, AstCmpOp op, Reg a, Reg b, bool constant, bool condition, Block *target)
{
    static const uint8_t plain[] = {BC_JUMP_EQ, BC_JUMP_NE, BC_JUMP_LT, BC_JUMP_LE, BC_JUMP_GT, BC_JUMP_GE, BC_JUMP_IS, BC_JUMP_IS, BC_JUMP_IN, BC_JUMP_IN};
    static const uint8_t with_constant[] = {BC_JUMP_EQ_K, BC_JUMP_NE_K, BC_JUMP_LT_K, BC_JUMP_LE_K, BC_JUMP_GT_K, BC_JUMP_GE_K};
    unsigned i = (unsigned)(op - AST_Eq);
    if (op == AST_IsNot || op == AST_NotIn) condition = !condition;
    emit_cond(g, constant ? with_constant[i] : plain[i], a, b, condition, target);
}

static bool has_constant_form(AstCmpOp op) { return op >= AST_Eq && op <= AST_GtE; }

/* a < b < c: the middle operands stand in one temporary, `keep`, from which each comparison but the second one reads a copy. */
typedef struct Chain { Reg left; Reg keep; bool kept; } Chain;

static Reg chain_middle(Codegen *g, AstExpr *e, AstExpr *later, Chain *k)
{
    uint32_t mark = g->u->depth;
    Reg r = gen_operand_before(g, e, later, NULL);
    k->kept = reg_is_temp(r);
    if (!k->kept) return r;
    k->keep = r;
    g->u->depth = mark + 1;
    Reg copy = temp_push(g);
    gen_emit(g, BC_COPY, copy, r, 0);
    return copy;
}

static Reg chain_expr(Codegen *g, AstExpr *e, Reg want)
{
    AstExprSeq *right = e->u.Compare.comparators;
    uint32_t n = right->n, mark = g->u->depth;
    Block *end = block_new(g), *out = block_new(g);
    Reg result = temp_push(g), first = temp_push(g), keep = REG_NONE;
    Chain k = {0};
    g->u->depth = mark + 1;
    k.left = gen_operand_before(g, e->u.Compare.left, right->items[0], NULL);
    for (uint32_t i = 0; i + 1 < n; i++) {
        g->u->depth = mark + 2;
        Reg b = chain_middle(g, right->items[i], right->items[i + 1], &k);
        if (k.kept) keep = k.keep;
        g->u->pos = e->pos;
        gen_emit(g, compare_op(e->u.Compare.ops->items[i]), result, k.left, b);
        emit_cond(g, BC_JUMP_IF_FALSE_KEEP, result, 0, 0, out);
        k.left = b;
        if (k.kept) {
            gen_emit(g, BC_MOVE, first, k.keep, 0);
            k.left = first;
        }
    }
    g->u->depth = mark + 2;
    Reg b = gen_operand(g, right->items[n - 1]);
    g->u->pos = e->pos;
    gen_emit(g, compare_op(e->u.Compare.ops->items[n - 1]), result, k.left, b);
    if (keep != REG_NONE) {
        emit_jump(g, end);
        block_use(g, out);
        gen_emit(g, BC_DROP, keep, 0, 0);
    } else {
        block_use(g, out);
    }
    block_use(g, end);
    g->u->depth = mark;
    if (want == REG_NONE) return temp_push(g);
    if (want != result) gen_emit(g, BC_MOVE, want, result, 0);
    return want;
}

static void chain_branch(Codegen *g, AstExpr *e, Block *target, bool condition)
{
    AstExprSeq *right = e->u.Compare.comparators;
    uint32_t n = right->n, mark = g->u->depth;
    Block *end = block_new(g), *out = block_new(g);
    Reg first = temp_push(g), keep = REG_NONE;
    Chain k = {0};
    g->u->depth = mark;
    k.left = gen_operand_before(g, e->u.Compare.left, right->items[0], NULL);
    for (uint32_t i = 0; i + 1 < n; i++) {
        g->u->depth = mark + 1;
        Reg b = chain_middle(g, right->items[i], right->items[i + 1], &k);
        if (k.kept) keep = k.keep;
        g->u->pos = e->pos;
        compare_jump(g, e->u.Compare.ops->items[i], k.left, b, false, false, out);
        k.left = b;
        if (k.kept) {
            gen_emit(g, BC_MOVE, first, k.keep, 0);
            k.left = first;
        }
    }
    g->u->depth = mark + 1;
    uint32_t c = 0;
    AstCmpOp op = e->u.Compare.ops->items[n - 1];
    bool constant = has_constant_form(op) && constant_index(g, right->items[n - 1], &c);
    Reg b = constant ? c : gen_operand(g, right->items[n - 1]);
    g->u->pos = e->pos;
    compare_jump(g, op, k.left, b, constant, condition, target);
    emit_jump(g, end);
    block_use(g, out);
    if (keep != REG_NONE) gen_emit(g, BC_DROP, keep, 0, 0);
    if (!condition) emit_jump(g, target);
    block_use(g, end);
    g->u->depth = mark;
}

static Reg compare_expr(Codegen *g, AstExpr *e, Reg want)
{
    check_is(g, e);
    if (e->u.Compare.ops->n > 1) return chain_expr(g, e, want);
    uint32_t mark = g->u->depth;
    AstExpr *right = e->u.Compare.comparators->items[0];
    Reg a = gen_operand_before(g, e->u.Compare.left, right, NULL), b = gen_operand(g, right);
    g->u->depth = mark;
    Reg dst = dest(g, want);
    g->u->pos = e->pos;
    gen_emit(g, compare_op(e->u.Compare.ops->items[0]), dst, a, b);
    return dst;
}

static void compare_branch(Codegen *g, AstExpr *e, Block *target, bool condition)
{
    check_is(g, e);
    if (e->u.Compare.ops->n > 1) {
        chain_branch(g, e, target, condition);
        return;
    }
    uint32_t mark = g->u->depth, k;
    AstExpr *right = e->u.Compare.comparators->items[0];
    AstCmpOp op = e->u.Compare.ops->items[0];
    Reg a = gen_operand_before(g, e->u.Compare.left, right, NULL);
    if ((op == AST_Is || op == AST_IsNot) && is_none_constant(right)) {
        g->u->depth = mark;
        g->u->pos = e->pos;
        emit_cond(g, condition == (op == AST_Is) ? BC_JUMP_IF_NONE : BC_JUMP_IF_NOT_NONE, a, 0, 0, target);
        return;
    }
    bool constant = has_constant_form(op) && constant_index(g, right, &k);
    Reg b = constant ? k : gen_operand(g, right);
    g->u->depth = mark;
    g->u->pos = e->pos;
    compare_jump(g, op, a, b, constant, condition, target);
}

/* --- Conditions --------------------------------------------------------------------------------------------------- */

static void bool_branch(Codegen *g, AstExpr *e, Block *target, bool condition)
{
    AstExprSeq *values = e->u.BoolOp.values;
    bool is_or = e->u.BoolOp.op == AST_Or;
    /* `or` jumps at once when a value is true, `and` when it is false. */
    Block *skip = condition == is_or ? NULL : block_new(g);
    for (uint32_t i = 0; i + 1 < values->n; i++) gen_branch(g, values->items[i], skip ? skip : target, is_or);
    gen_branch(g, values->items[values->n - 1], target, condition);
    if (skip) block_use(g, skip);
}

void gen_branch(Codegen *g, AstExpr *e, Block *target, bool condition)
{
    if (g->failed || !stack_check(g->t, " during compilation")) {
        gen_fail(g);
        return;
    }
    g->u->pos = e->pos;
    switch (e->kind) {
    case AST_UnaryOp:
        if (e->u.UnaryOp.op != AST_Not) break;
        gen_branch(g, e->u.UnaryOp.operand, target, !condition);
        return;
    case AST_BoolOp: bool_branch(g, e, target, condition); return;
    case AST_Compare: compare_branch(g, e, target, condition); return;
    case AST_IfExp: {
        Block *orelse = block_new(g), *end = block_new(g);
        gen_branch(g, e->u.IfExp.test, orelse, false);
        gen_branch(g, e->u.IfExp.body, target, condition);
        emit_jump(g, end);
        block_use(g, orelse);
        gen_branch(g, e->u.IfExp.orelse, target, condition);
        block_use(g, end);
        return;
    }
    case AST_Constant:
        gen_emit(g, BC_NOP, 0, 0, 0); /* its line is still visited */
        if (value_truth(g, constant_value(g, e)) == condition) emit_jump(g, target);
        return;
    default: break;
    }
    uint32_t mark = g->u->depth;
    Reg r = gen_operand(g, e);
    g->u->depth = mark;
    g->u->pos = e->pos;
    emit_cond(g, condition ? BC_JUMP_IF_TRUE : BC_JUMP_IF_FALSE, r, 0, 0, target);
}

static Reg bool_expr(Codegen *g, AstExpr *e, Reg want)
{
    AstExprSeq *values = e->u.BoolOp.values;
    enum Opcode op = e->u.BoolOp.op == AST_Or ? BC_JUMP_IF_TRUE_KEEP : BC_JUMP_IF_FALSE_KEEP;
    uint32_t mark = g->u->depth;
    Block *end = block_new(g);
    Reg r = REG_NONE;
    uint32_t n = values->n;
    for (uint32_t i = 0; i < n; i++) {
        AstExpr *v = values->items[i];
        if (v->kind == AST_Constant && i + 1 < n && !g->failed) {
            if (value_truth(g, constant_value(g, v)) != (op == BC_JUMP_IF_TRUE_KEEP)) continue;
            n = i + 1; /* decided: the rest is never reached */
        }
        g->u->depth = mark;
        r = gen_expr(g, v, REG_NONE);
        g->u->pos = e->pos;
        if (i + 1 < n) emit_cond(g, op, r, 0, 0, end);
    }
    block_use(g, end);
    if (want == REG_NONE || want == r) return r;
    gen_emit(g, BC_MOVE, want, r, 0);
    g->u->depth = mark;
    return want;
}

static Reg if_expr(Codegen *g, AstExpr *e, Reg want)
{
    uint32_t mark = g->u->depth;
    Block *orelse = block_new(g), *end = block_new(g);
    gen_branch(g, e->u.IfExp.test, orelse, false);
    Reg r = gen_expr(g, e->u.IfExp.body, want);
    emit_jump(g, end);
    block_use(g, orelse);
    g->u->depth = mark;
    r = gen_expr(g, e->u.IfExp.orelse, want);
    block_use(g, end);
    return r;
}

/* --- Displays -------------------------------------------------------------------------------------------------------- */

static bool has_star(AstExprSeq *seq)
{
    for (uint32_t i = 0; i < seq->n; i++) {
        if (seq->items[i]->kind == AST_Starred) return true;
    }
    return false;
}

/* A tuple of the items where all are constants; VNULL: they are not. */
static Value constant_items(Codegen *g, AstExprSeq *seq)
{
    for (uint32_t i = 0; i < seq->n; i++) {
        if (seq->items[i]->kind != AST_Constant) return VNULL;
    }
    Value t = tuple_new(g->t, seq->n);
    if (is_null(t)) {
        gen_fail(g);
        return VNULL;
    }
    for (uint32_t i = 0; i < seq->n; i++) V_AS(Tuple, t)->items[i] = new_ref(constant_value(g, seq->items[i]));
    return tuple_done(g->t, t);
}

/* A list, set or tuple of expressions. */
static Reg display_expr(Codegen *g, AstExpr *e, AstExprSeq *seq, enum Opcode build, Reg want)
{
    uint32_t mark = g->u->depth, n = seq->n;
    bool is_set = build == BC_BUILD_SET;
    enum Opcode add = is_set ? BC_SET_ADD : BC_LIST_APPEND, extend = is_set ? BC_SET_UPDATE : BC_LIST_EXTEND;
    if (n > 2 && build != BC_BUILD_TUPLE) {
        Value items = constant_items(g, seq);
        if (is_set && !is_null(items)) { /* the order of the set is that of an update from a frozenset */
            Value frozen = frozenset_new(g->t, items);
            decref(g->t, items);
            items = frozen;
            if (is_null(frozen)) gen_fail(g);
        }
        if (!is_null(items)) {
            Reg r = temp_push(g), k = temp_push(g);
            gen_emit(g, build, r, r, 0);
            gen_emit(g, BC_LOAD_CONST, k, const_take(g, items), 0);
            gen_emit(g, extend, r, k, 0);
            g->u->depth = mark;
            if (want == REG_NONE) return temp_push(g);
            gen_emit(g, BC_MOVE, want, r, 0);
            return want;
        }
    }
    if (n <= DISPLAY_CHUNK && !has_star(seq)) {
        Reg first = temp_at(mark);
        for (uint32_t i = 0; i < n; i++) gen_expr(g, seq->items[i], REG_NONE);
        g->u->depth = mark;
        Reg dst = dest(g, want);
        g->u->pos = e->pos;
        gen_emit(g, build, dst, first, n);
        return dst;
    }
    /* Step by step: what comes before the first star at once, then one by one. */
    Reg r = temp_push(g), first = temp_at(mark + 1);
    uint32_t i = 0;
    for (; n <= DISPLAY_CHUNK && seq->items[i]->kind != AST_Starred; i++) gen_expr(g, seq->items[i], REG_NONE);
    g->u->depth = mark + 1;
    g->u->pos = e->pos;
    gen_emit(g, build == BC_BUILD_TUPLE ? BC_BUILD_LIST : build, r, first, i);
    for (; i < n; i++) {
        AstExpr *item = seq->items[i];
        bool star = item->kind == AST_Starred;
        Reg v = gen_operand(g, star ? item->u.Starred.value : item);
        g->u->depth = mark + 1;
        g->u->pos = e->pos;
        gen_emit(g, star ? extend : add, r, v, 0);
    }
    g->u->pos = e->pos;
    g->u->depth = mark;
    if (build == BC_BUILD_TUPLE) {
        Reg dst = dest(g, want);
        gen_emit(g, BC_LIST_TO_TUPLE, dst, r, 0);
        return dst;
    }
    if (want == REG_NONE) return temp_push(g);
    gen_emit(g, BC_MOVE, want, r, 0);
    return want;
}

static Reg dict_expr(Codegen *g, AstExpr *e, Reg want)
{
    AstExprSeq *keys = e->u.Dict.keys, *values = e->u.Dict.values;
    uint32_t mark = g->u->depth, n = keys->n;
    bool simple = n <= DISPLAY_CHUNK / 2, constant_keys = n > 1 && n <= DISPLAY_CHUNK;
    for (uint32_t i = 0; i < n; i++) {
        if (keys->items[i] == NULL) simple = constant_keys = false;
        else if (keys->items[i]->kind != AST_Constant) constant_keys = false;
    }
    Reg first = temp_at(mark);
    if (constant_keys) {
        Value tuple = constant_items(g, keys);
        if (is_null(tuple)) return dest(g, want);
        for (uint32_t i = 0; i < n; i++) gen_expr(g, values->items[i], REG_NONE);
        g->u->depth = mark;
        Reg dst = dest(g, want);
        g->u->pos = e->pos;
        gen_emit(g, BC_BUILD_CONST_KEY_MAP, dst, first, n)->word = const_take(g, tuple);
        return dst;
    }
    if (simple) {
        for (uint32_t i = 0; i < n; i++) {
            gen_expr(g, keys->items[i], REG_NONE);
            gen_expr(g, values->items[i], REG_NONE);
        }
        g->u->depth = mark;
        Reg dst = dest(g, want);
        g->u->pos = e->pos;
        gen_emit(g, BC_BUILD_MAP, dst, first, n);
        return dst;
    }
    Reg r = temp_push(g);
    uint32_t i = 0;
    for (; n <= DISPLAY_CHUNK / 2 && keys->items[i]; i++) {
        gen_expr(g, keys->items[i], REG_NONE);
        gen_expr(g, values->items[i], REG_NONE);
    }
    g->u->depth = mark + 1;
    g->u->pos = e->pos;
    gen_emit(g, BC_BUILD_MAP, r, temp_at(mark + 1), i);
    for (; i < n; i++) {
        if (keys->items[i] == NULL) {
            Reg v = gen_operand(g, values->items[i]);
            g->u->pos = e->pos;
            gen_emit(g, BC_DICT_UPDATE, r, v, 0);
        } else {
            Reg k = gen_operand_before(g, keys->items[i], values->items[i], NULL), v = gen_operand(g, values->items[i]);
            g->u->pos = e->pos;
            gen_emit(g, BC_MAP_ADD, r, k, v);
        }
        g->u->depth = mark + 1;
    }
    g->u->depth = mark;
    if (want == REG_NONE) return temp_push(g);
    gen_emit(g, BC_MOVE, want, r, 0);
    return want;
}

/* --- Text --------------------------------------------------------------------------------------------------------------- */

static Reg formatted_expr(Codegen *g, AstExpr *e, Reg want)
{
    struct Ast_FormattedValue *f = &e->u.FormattedValue;
    uint32_t mark = g->u->depth;
    Reg v = gen_operand_before(g, f->value, f->format_spec, NULL);
    g->u->pos = e->pos;
    if (f->conversion > 0) {
        g->u->depth = mark;
        Reg r = temp_push(g);
        gen_emit(g, BC_CONVERT, r, v, f->conversion == 's' ? 1 : f->conversion == 'r' ? 2 : 3);
        v = r;
    }
    Reg spec = f->format_spec ? gen_operand(g, f->format_spec) : REG_NONE;
    g->u->depth = mark;
    Reg dst = dest(g, want);
    g->u->pos = e->pos;
    if (spec == REG_NONE) gen_emit(g, BC_FORMAT, dst, v, 0);
    else gen_emit(g, BC_FORMAT_SPEC, dst, v, spec);
    return dst;
}

static Reg joined_expr(Codegen *g, AstExpr *e, Reg want)
{
    AstExprSeq *values = e->u.JoinedStr.values;
    uint32_t mark = g->u->depth, n = values->n;
    if (n == 0) {
        Reg dst = dest(g, want);
        gen_load_value(g, g->t->interp->empty_str, dst);
        return dst;
    }
    if (n == 1) return gen_expr(g, values->items[0], want);
    Reg first = temp_at(mark);
    uint32_t pending = 0;
    for (uint32_t i = 0; i < n; i++) {
        gen_expr(g, values->items[i], REG_NONE);
        if (++pending == DISPLAY_CHUNK && i + 1 < n) {
            g->u->pos = e->pos;
            gen_emit(g, BC_BUILD_STRING, first, first, pending);
            g->u->depth = mark + 1;
            pending = 1;
        }
    }
    g->u->depth = mark;
    Reg dst = dest(g, want);
    g->u->pos = e->pos;
    gen_emit(g, BC_BUILD_STRING, dst, first, pending);
    return dst;
}

static Reg interpolation_expr(Codegen *g, AstExpr *e, Reg want)
{
    struct Ast_Interpolation *p = &e->u.Interpolation;
    uint32_t mark = g->u->depth;
    Reg v = gen_expr(g, p->value, REG_NONE), text = temp_push(g);
    Value str = front_constant(g->c, &p->str);
    if (is_null(str)) gen_fail(g);
    else gen_emit(g, BC_LOAD_CONST, text, const_take(g, str), 0);
    unsigned flags = p->conversion == 's' ? 1 : p->conversion == 'r' ? 2 : p->conversion == 'a' ? 3 : 0;
    if (p->format_spec) {
        gen_expr(g, p->format_spec, REG_NONE);
        flags |= 4;
    }
    g->u->depth = mark;
    Reg dst = dest(g, want);
    g->u->pos = e->pos;
    gen_emit(g, BC_BUILD_INTERPOLATION, dst, v, flags);
    return dst;
}

static Reg template_expr(Codegen *g, AstExpr *e, Reg want)
{
    AstExprSeq *values = e->u.TemplateStr.values;
    uint32_t mark = g->u->depth, n = values->n, count = 0;
    /* Strings and interpolations alternate, beginning and ending with a string. */
    for (uint32_t i = 0; i < n; i++) count += values->items[i]->kind == AST_Interpolation;
    Value strings = tuple_new(g->t, count + 1);
    if (is_null(strings)) {
        gen_fail(g);
        return dest(g, want);
    }
    uint32_t at = 0;
    Tuple *t = V_AS(Tuple, strings);
    for (uint32_t i = 0; i < n; i++) {
        if (values->items[i]->kind == AST_Interpolation) {
            if (is_null(t->items[at])) t->items[at] = new_ref(g->t->interp->empty_str);
            at++;
        } else if (values->items[i]->kind == AST_Constant) {
            Value s = constant_value(g, values->items[i]);
            t->items[at] = is_null(t->items[at]) ? new_ref(s) : str_concat(g->t, t->items[at], s);
        }
    }
    if (is_null(t->items[at])) t->items[at] = new_ref(g->t->interp->empty_str);
    Reg s = temp_push(g);
    gen_emit(g, BC_LOAD_CONST, s, const_take(g, tuple_done(g->t, strings)), 0);
    Reg first = temp_at(mark + 1), list = REG_NONE;
    uint32_t pending = 0;
    if (count > DISPLAY_CHUNK) {
        list = temp_push(g);
        gen_emit(g, BC_BUILD_LIST, list, list, 0);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (values->items[i]->kind != AST_Interpolation) continue;
        Reg r = gen_expr(g, values->items[i], REG_NONE);
        pending++;
        if (list != REG_NONE) {
            gen_emit(g, BC_LIST_APPEND, list, r, 0);
            g->u->depth = mark + 2;
        }
    }
    g->u->depth = mark + 2;
    g->u->pos = e->pos;
    if (list != REG_NONE) gen_emit(g, BC_LIST_TO_TUPLE, first, list, 0);
    else gen_emit(g, BC_BUILD_TUPLE, first, first, pending);
    g->u->depth = mark;
    Reg dst = dest(g, want);
    gen_emit(g, BC_BUILD_TEMPLATE, dst, s, first);
    return dst;
}

/* --- Subscripts -------------------------------------------------------------------------------------------------------------- */

/* The bounds of a slice into two temporaries in a row. */
static Reg slice_bounds(Codegen *g, AstExpr *slice)
{
    Reg first = temp_at(g->u->depth);
    AstExpr *parts[2] = {slice->u.Slice.lower, slice->u.Slice.upper};
    for (int i = 0; i < 2; i++) {
        if (parts[i]) gen_expr(g, parts[i], REG_NONE);
        else gen_load_none(g, temp_push(g));
    }
    return first;
}

static bool small_index(Codegen *g, AstExpr *e, int32_t *index)
{
    if (e->kind != AST_Constant || g->failed) return false;
    Value v = constant_value(g, e);
    if (!is_smallint(v) || smallint_get(v) < -128 || smallint_get(v) > 127) return false;
    *index = (int32_t)smallint_get(v);
    return true;
}

static Reg subscript_expr(Codegen *g, AstExpr *e, Reg want)
{
    AstExpr *value = e->u.Subscript.value, *slice = e->u.Subscript.slice;
    check_subscripter(g, value);
    check_index(g, value, slice);
    uint32_t mark = g->u->depth, k;
    int32_t index;
    bool is_slice = slice->kind == AST_Slice, has_step = is_slice && slice->u.Slice.step != NULL;
    Reg object = is_slice && !has_step ? gen_operand_before(g, value, slice->u.Slice.lower, slice->u.Slice.upper) : gen_operand_before(g, value, slice, NULL);
    enum Opcode op = BC_GET_ITEM;
    Reg key;
    if (is_slice) {
        op = has_step ? BC_GET_SLICE_STEP : BC_GET_SLICE;
        key = slice_bounds(g, slice);
        if (has_step) gen_expr(g, slice->u.Slice.step, REG_NONE);
    } else if (small_index(g, slice, &index)) {
        op = BC_GET_ITEM_INT;
        key = (uint32_t)index;
    } else if (constant_index(g, slice, &k)) {
        op = BC_GET_ITEM_K;
        key = k;
    } else {
        key = gen_operand(g, slice);
    }
    g->u->depth = mark;
    Reg dst = dest(g, want);
    g->u->pos = e->pos;
    gen_emit(g, op, dst, object, key);
    return dst;
}

static Reg slice_expr(Codegen *g, AstExpr *e, Reg want)
{
    uint32_t mark = g->u->depth;
    Reg first = slice_bounds(g, e);
    if (e->u.Slice.step) gen_expr(g, e->u.Slice.step, REG_NONE);
    g->u->depth = mark;
    Reg dst = dest(g, want);
    g->u->pos = e->pos;
    gen_emit(g, BC_BUILD_SLICE, dst, first, e->u.Slice.step ? 3 : 2);
    return dst;
}

/* --- Suspension ----------------------------------------------------------------------------------------------------------------- */

/* Delegates to the iterator in the temporary `iterator` until it returns; the result is then in `result`,
 * a temporary below it, and the iterator is gone. */
void await_in(Codegen *g, Reg iterator, Reg result)
{
    Unit *u = g->u;
    AstPos pos = u->pos;
    Handler outside = u->handler;
    Block *again = block_new(g), *done = block_new(g), *thrown = block_new(g);
    gen_load_none(g, result);
    block_use(g, again);
    emit_cond(g, BC_SEND, result, iterator, result, done);
    gen_set_handler(g, (Handler){thrown, reg_index(iterator) + 1, reg_index(result)});
    gen_emit(g, BC_YIELD, result, result, iterator);
    gen_set_handler(g, outside);
    emit_jump(g, again);
    block_use(g, thrown);
    u->pos = pos;
    gen_emit(g, BC_CLEANUP_THROW, result, result, iterator);
    emit_jump(g, done);
    block_use(g, done);
}

static Reg await_expr(Codegen *g, AstExpr *e, Reg want)
{
    Unit *u = g->u;
    uint32_t mark = u->depth;
    Reg result = temp_push(g);
    Reg v = gen_operand(g, e->u.Await.value);
    u->depth = mark + 1;
    Reg iterator = temp_push(g);
    u->pos = e->pos;
    gen_emit(g, BC_GET_AWAITABLE, iterator, v, 0);
    await_in(g, iterator, result);
    u->depth = mark;
    if (want == REG_NONE) return temp_push(g);
    gen_emit(g, BC_MOVE, want, result, 0);
    return want;
}

static bool is_function_scope(Unit *u) { return u->kind == UNIT_FUNCTION || u->kind == UNIT_ASYNC_FUNCTION || u->kind == UNIT_LAMBDA; }

static Reg yield_expr(Codegen *g, AstExpr *e, Reg want)
{
    Unit *u = g->u;
    if (!is_function_scope(u)) {
        gen_error_at(g, e->pos, "'yield' outside function");
        return dest(g, want);
    }
    uint32_t mark = u->depth;
    Reg v;
    if (e->u.Yield.value) v = gen_operand(g, e->u.Yield.value);
    else gen_load_none(g, v = temp_push(g));
    u->pos = e->pos;
    u->depth = mark;
    if (u->flags & CO_ASYNC_GENERATOR) {
        Reg wrapped = temp_push(g);
        gen_emit(g, BC_ASYNC_GEN_WRAP, wrapped, v, 0);
        v = wrapped;
        u->depth = mark;
    }
    Reg dst = dest(g, want);
    gen_emit(g, BC_YIELD, dst, v, REG_NONE);
    return dst;
}

static Reg yield_from_expr(Codegen *g, AstExpr *e, Reg want)
{
    Unit *u = g->u;
    if (!is_function_scope(u)) {
        gen_error_at(g, e->pos, "'yield from' outside function");
        return dest(g, want);
    }
    if (u->kind == UNIT_ASYNC_FUNCTION) {
        gen_error_at(g, e->pos, "'yield from' inside async function");
        return dest(g, want);
    }
    uint32_t mark = u->depth;
    Reg result = temp_push(g);
    Reg v = gen_operand(g, e->u.YieldFrom.value);
    u->depth = mark + 1;
    Reg iterator = temp_push(g);
    u->pos = e->pos;
    gen_emit(g, BC_GET_YIELD_FROM_ITER, iterator, v, 0);
    await_in(g, iterator, result);
    u->depth = mark;
    if (want == REG_NONE) return temp_push(g);
    gen_emit(g, BC_MOVE, want, result, 0);
    return want;
}

/* --- All expressions --------------------------------------------------------------------------------------------------------------- */

static Reg named_expr(Codegen *g, AstExpr *e, Reg want)
{
    AstExpr *target = e->u.NamedExpr.target;
    Reg r;
    if (is_plain_local(g, target, &r)) {
        gen_expr(g, e->u.NamedExpr.value, r);
        Reg dst = dest(g, want);
        g->u->pos = e->pos;
        if (dst != r) gen_emit(g, BC_MOVE, dst, r, 0);
        return dst;
    }
    uint32_t mark = g->u->depth;
    r = gen_expr(g, e->u.NamedExpr.value, REG_NONE);
    Reg copy = temp_push(g);
    g->u->pos = e->pos;
    gen_emit(g, BC_COPY, copy, r, 0);
    g->u->pos = target->pos;
    gen_store_name(g, target->u.Name.id, copy);
    g->u->depth = mark + 1;
    if (want == REG_NONE) return r;
    gen_emit(g, BC_MOVE, want, r, 0);
    g->u->depth = mark;
    return want;
}

static Reg unary_expr(Codegen *g, AstExpr *e, Reg want)
{
    uint32_t mark = g->u->depth;
    AstExpr *o = e->u.UnaryOp.operand;
    enum Opcode op;
    switch (e->u.UnaryOp.op) {
    case AST_Invert: op = BC_INVERT; break;
    case AST_Not: op = BC_NOT; break;
    case AST_UAdd: op = BC_POS; break;
    default: op = BC_NEG; break;
    }
    Reg r = gen_operand(g, o);
    g->u->depth = mark;
    Reg dst = dest(g, want);
    g->u->pos = e->pos;
    gen_emit(g, op, dst, r, 0);
    return dst;
}

Reg gen_expr(Codegen *g, AstExpr *e, Reg want)
{
    if (g->failed || !stack_check(g->t, " during compilation")) {
        gen_fail(g);
        return want == REG_NONE ? temp_at(g->u->depth) : want;
    }
    g->u->pos = e->pos;
    switch (e->kind) {
    case AST_BoolOp: return bool_expr(g, e, want);
    case AST_NamedExpr: return named_expr(g, e, want);
    case AST_BinOp: return binary_expr(g, e, want);
    case AST_UnaryOp: return unary_expr(g, e, want);
    case AST_Lambda: return lambda_expr(g, e, want);
    case AST_IfExp: return if_expr(g, e, want);
    case AST_Dict: return dict_expr(g, e, want);
    case AST_Set: return display_expr(g, e, e->u.Set.elts, BC_BUILD_SET, want);
    case AST_List: return display_expr(g, e, e->u.List.elts, BC_BUILD_LIST, want);
    case AST_Tuple: return display_expr(g, e, e->u.Tuple.elts, BC_BUILD_TUPLE, want);
    case AST_ListComp:
    case AST_SetComp:
    case AST_DictComp:
    case AST_GeneratorExp: return comprehension_expr(g, e, want);
    case AST_Await: return await_expr(g, e, want);
    case AST_Yield: return yield_expr(g, e, want);
    case AST_YieldFrom: return yield_from_expr(g, e, want);
    case AST_Compare: return compare_expr(g, e, want);
    case AST_Call: return gen_call_expr(g, e, want);
    case AST_FormattedValue: return formatted_expr(g, e, want);
    case AST_Interpolation: return interpolation_expr(g, e, want);
    case AST_JoinedStr: return joined_expr(g, e, want);
    case AST_TemplateStr: return template_expr(g, e, want);
    case AST_Constant: {
        Value v = constant_value(g, e);
        Reg dst = dest(g, want);
        gen_load_value(g, v, dst);
        return dst;
    }
    case AST_Attribute: return attribute_expr(g, e, want);
    case AST_Subscript: return subscript_expr(g, e, want);
    case AST_Starred:
        gen_error_at(g, e->pos, "can't use starred expression here");
        return dest(g, want);
    case AST_Name: return gen_load_name(g, e->u.Name.id, want);
    case AST_Slice: return slice_expr(g, e, want);
    default:
        if (!g->failed) err_raise(g->t, T_SystemError, "compiler: unexpected expression");
        gen_fail(g);
        return dest(g, want);
    }
}
