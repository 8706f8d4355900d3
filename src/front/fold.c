/* Constant folding on the tree: a walk from the leaves up by the reflection tables, so that each node is looked at once.
 *
 * Results are bounded as in CPython, so that source text cannot make huge constants. An operation that raises stays
 * in the program. */
#include "front/fold.h"

#include "object/bytes.h"
#include "object/code.h"
#include "object/dispatch.h"
#include "object/int.h"
#include "object/set.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/number.h"
#include "ops/object.h"

enum { MAX_INT_BITS = 128, MAX_ITEMS = 256, MAX_TEXT = 4096, MAX_TOTAL_ITEMS = 1024 };

typedef struct Folder {
    Compilation *c;
    bool full;   /* everything, not only what an optimized tree shows */
} Folder;

static Value value_of(Folder *f, AstExpr *e)
{
    if (e->kind != AST_Constant) return VNULL;
    AstConstant *k = &e->u.Constant.value;
    if (k->kind != AST_CONST_EXTERNAL) {
        Value v = front_constant(f->c, k);
        if (is_null(front_keep(f->c, v))) return VNULL;
        *k = (AstConstant){.kind = AST_CONST_EXTERNAL, .u.external = v.bits};
    }
    return (Value){k->u.external};
}

/* Puts the constant v (taken) in the place of an expression. */
static bool replace(Compilation *c, AstExpr **slot, Value v)
{
    if (is_null(front_keep(c, v))) return false;
    AstExpr *e = AST_NEW(c->arena, AstExpr, (*slot)->pos, Constant, .value = {.kind = AST_CONST_EXTERNAL, .u.external = v.bits});
    if (e == NULL) return front_no_memory(c);
    *slot = e;
    return true;
}

/* An operation's result becomes the node; an error leaves it. False: no memory, or interrupted. */
static bool finish(Folder *f, AstExpr **slot, Value v)
{
    if (is_null(v)) {
        Thread *t = f->c->t;
        if (err_is(t, T_MemoryError) || err_is(t, T_KeyboardInterrupt)) return false;
        err_clear(t);
        return true;
    }
    return replace(f->c, slot, v);
}

/* --- Limits ------------------------------------------------------------------------------------------------- */

/* The number of items in nested constants; more than the limit: -1. */
static int64_t complexity(Value v, int64_t limit)
{
    if (!IS_EXACT(v, tuple)) return limit;
    limit -= tuple_len(v);
    for (int64_t i = 0; limit >= 0 && i < tuple_len(v); i++) limit = complexity(tuple_at(v, i), limit);
    return limit;
}

static bool may_multiply(Value a, Value b)
{
    if (is_exact_int(a) && is_exact_int(b)) return int_is_zero(a) || int_is_zero(b) || int_bit_length(a) + int_bit_length(b) <= MAX_INT_BITS;
    if (is_exact_int(a)) {
        Value swap = a;
        a = b;
        b = swap;
    }
    if (!is_exact_int(b)) return true;
    int64_t size = IS_EXACT(a, tuple) ? tuple_len(a) : IS_EXACT(a, str) ? str_len(V_AS(Str, a)) : IS_EXACT(a, bytes) ? V_AS(Bytes, a)->length : 0;
    if (size == 0) return true;
    int64_t n = int_clamp_i64(b), limit = IS_EXACT(a, tuple) ? MAX_ITEMS : MAX_TEXT;
    if (n < 0 || n > limit / size) return false;
    return !IS_EXACT(a, tuple) || n == 0 || complexity(a, MAX_TOTAL_ITEMS / n) >= 0;
}

static bool may_raise_to(Value a, Value b)
{
    if (!is_exact_int(a) || !is_exact_int(b) || int_sign(b) <= 0) return true;
    int64_t n = int_clamp_i64(b), bits = int_bit_length(a);
    return bits == 0 || (n <= MAX_INT_BITS && bits * n <= MAX_INT_BITS);
}

static bool may_shift(Value a, Value b)
{
    if (!is_exact_int(a) || !is_exact_int(b) || int_is_zero(a) || int_is_zero(b)) return true;
    int64_t n = int_clamp_i64(b);
    return n >= 0 && n <= MAX_INT_BITS && int_bit_length(a) + n <= MAX_INT_BITS;
}

/* --- Expressions --------------------------------------------------------------------------------------------- */

static bool fold_binary(Folder *f, AstExpr **slot)
{
    AstExpr *e = *slot;
    Value a = value_of(f, e->u.BinOp.left), b = value_of(f, e->u.BinOp.right);
    static const uint8_t ops[] = {OP_add, OP_sub, OP_mul, OP_matmul, OP_truediv, OP_mod, OP_pow, OP_lshift, OP_rshift, OP_or, OP_xor, OP_and, OP_floordiv};
    if (is_null(a) || is_null(b)) return !err_pending(f->c->t);
    switch (e->u.BinOp.op) {
    case AST_Mult:
        if (!may_multiply(a, b)) return true;
        break;
    case AST_Pow:
        if (!may_raise_to(a, b)) return true;
        break;
    case AST_LShift:
        if (!may_shift(a, b)) return true;
        break;
    case AST_Mod:
        if (IS_EXACT(a, str) || IS_EXACT(a, bytes)) return true;
        break;
    case AST_MatMult: return true;
    default: break;
    }
    return finish(f, slot, number_binary(f->c->t, ops[e->u.BinOp.op - AST_Add], a, b));
}

static bool fold_unary(Folder *f, AstExpr **slot)
{
    AstExpr *e = *slot;
    Thread *t = f->c->t;
    AstExpr *o = e->u.UnaryOp.operand;
    if (e->u.UnaryOp.op == AST_Not && o->kind == AST_Compare && o->u.Compare.ops->n == 1) {
        AstCmpOp *op = &o->u.Compare.ops->items[0], inverse;
        switch (*op) {
        case AST_Is: inverse = AST_IsNot; break;
        case AST_IsNot: inverse = AST_Is; break;
        case AST_In: inverse = AST_NotIn; break;
        case AST_NotIn: inverse = AST_In; break;
        default: return true;
        }
        *op = inverse;
        o->pos = e->pos;
        *slot = o;
        return true;
    }
    Value v = value_of(f, o);
    if (is_null(v)) return !err_pending(t);
    switch (e->u.UnaryOp.op) {
    case AST_Not: {
        int r = truth(t, v);
        return finish(f, slot, r < 0 ? VNULL : v_bool(!r));
    }
    case AST_Invert: return is_bool(v) ? true : finish(f, slot, number_invert(t, v));
    case AST_UAdd: return finish(f, slot, number_pos(t, v));
    default: return finish(f, slot, number_neg(t, v));
    }
}

/* A tuple of constants; NULL items are not possible. VNULL: not all are constant, or an exception. */
static Value constant_tuple(Folder *f, AstExprSeq *seq)
{
    for (uint32_t i = 0; i < seq->n; i++) {
        if (seq->items[i]->kind != AST_Constant) return VNULL;
    }
    Value tuple = tuple_new(f->c->t, seq->n);
    for (uint32_t i = 0; i < seq->n && !is_null(tuple); i++) {
        Value v = value_of(f, seq->items[i]);
        if (is_null(v)) {
            decref(f->c->t, tuple);
            return VNULL;
        }
        V_AS(Tuple, tuple)->items[i] = new_ref(v);
    }
    return is_null(tuple) ? tuple : tuple_done(f->c->t, tuple);
}

static bool fold_tuple(Folder *f, AstExpr **slot)
{
    AstExpr *e = *slot;
    if (e->u.Tuple.ctx != AST_Load) return true;
    Value v = constant_tuple(f, e->u.Tuple.elts);
    if (is_null(v)) return !err_pending(f->c->t);
    return replace(f->c, slot, v);
}

static bool fold_subscript(Folder *f, AstExpr **slot)
{
    AstExpr *e = *slot;
    if (e->u.Subscript.ctx != AST_Load) return true;
    Value a = value_of(f, e->u.Subscript.value), b = value_of(f, e->u.Subscript.slice);
    if (is_null(a) || is_null(b)) return !err_pending(f->c->t);
    return finish(f, slot, item_get(f->c->t, a, b));
}

/* A list or set of constants that is only looked through becomes a tuple or frozenset. */
static bool fold_iterated(Folder *f, AstExpr **slot)
{
    AstExpr *e = *slot;
    Thread *t = f->c->t;
    if (e->kind == AST_List) {
        for (uint32_t i = 0; i < e->u.List.elts->n; i++) {
            if (e->u.List.elts->items[i]->kind == AST_Starred) return true;
        }
        Value v = constant_tuple(f, e->u.List.elts);
        if (!is_null(v)) {
            return replace(f->c, slot, v);
        } else {
            if (err_pending(t)) return false;
            AstExprSeq *elts = e->u.List.elts;
            e->kind = AST_Tuple;
            e->u.Tuple.elts = elts;
            e->u.Tuple.ctx = AST_Load;
        }
    } else if (e->kind == AST_Set) {
        Value tuple = constant_tuple(f, e->u.Set.elts);
        if (is_null(tuple)) return !err_pending(t);
        Value v = frozenset_new(t, tuple);
        decref(t, tuple);
        return finish(f, slot, v);
    }
    return true;
}

static bool fold_expr(Folder *f, AstExpr **slot)
{
    AstExpr *e = *slot;
    if (e->kind == AST_Name) {
        if (e->u.Name.ctx == AST_Load && ident_is(e->u.Name.id, "__debug__")) return replace(f->c, slot, v_bool(f->c->optimize == 0));
        return true;
    }
    if (!f->full) return true;
    switch (e->kind) {
    case AST_BinOp: return fold_binary(f, slot);
    case AST_UnaryOp: return fold_unary(f, slot);
    case AST_Tuple: return fold_tuple(f, slot);
    case AST_Subscript: return fold_subscript(f, slot);
    case AST_Compare: {
        AstCmpOpSeq *ops = (AstCmpOpSeq *)e->u.Compare.ops;
        AstCmpOp last = ops->items[ops->n - 1];
        if (last != AST_In && last != AST_NotIn) return true;
        return fold_iterated(f, &e->u.Compare.comparators->items[ops->n - 1]);
    }
    default: return true;
    }
}

/* --- The walk ---------------------------------------------------------------------------------------------------- */

static bool is_leaf_type(unsigned type)
{
    switch (type) {
    case AST_TYPE_identifier:
    case AST_TYPE_string:
    case AST_TYPE_int:
    case AST_TYPE_constant:
    case AST_TYPE_expr_context:
    case AST_TYPE_boolop:
    case AST_TYPE_operator:
    case AST_TYPE_unaryop:
    case AST_TYPE_cmpop:
    case AST_TYPE_type_ignore:
    case AST_TYPE_alias: return true;
    default: return false;
    }
}

static bool walk(Folder *f, unsigned kind, void *node);

static bool walk_slot(Folder *f, AstType type, void **slot)
{
    if (*slot == NULL) return true;
    if (!walk(f, ast_kind_of(type, *slot), *slot)) return false;
    return type != AST_TYPE_expr || fold_expr(f, (AstExpr **)slot);
}

/* A pattern's value: a number with a sign, or a sum with an imaginary part. */
static bool fold_pattern_value(Folder *f, AstExpr **slot)
{
    AstExpr *e = *slot;
    bool full = f->full;
    f->full = true;
    bool done = true;
    if (e->kind == AST_BinOp) done = fold_pattern_value(f, &e->u.BinOp.left) && fold_binary(f, slot);
    else if (e->kind == AST_UnaryOp) done = fold_unary(f, slot);
    f->full = full;
    return done;
}

/* Under `from __future__ import annotations` these become text, as they are written. */
static bool is_annotation(unsigned kind, const AstFieldInfo *field)
{
    switch (kind) {
    case AST_arg:
    case AST_AnnAssign: return strcmp(field->name, "annotation") == 0;
    case AST_FunctionDef:
    case AST_AsyncFunctionDef: return strcmp(field->name, "returns") == 0;
    default: return false;
    }
}

/* At -OO a docstring goes; a body of nothing else becomes `pass`. */
static bool drop_docstring(Folder *f, AstStmtSeq *body)
{
    if (f->full || f->c->optimize < 2 || front_docstring(body) == NULL) return true;
    if (body->n == 1) {
        AstPos pos = body->items[0]->pos;
        pos.end_lineno = pos.lineno;
        pos.end_col_offset = pos.col_offset + (int)strlen("pass");
        AstStmt *s = AST_NEW(f->c->arena, AstStmt, pos, Pass, );
        if (s == NULL) return front_no_memory(f->c);
        body->items[0] = s;
        return true;
    }
    memmove(body->items, body->items + 1, (body->n - 1) * sizeof *body->items);
    body->n--;
    return true;
}

static bool walk(Folder *f, unsigned kind, void *node)
{
    if (!stack_check(f->c->t, " during compilation")) return false;
    const AstNodeInfo *info = ast_info(kind);
    for (unsigned i = 0; i < info->n_fields; i++) {
        const AstFieldInfo *field = &info->fields[i];
        if (is_leaf_type(field->type) || (f->c->futures & CO_FUTURE_ANNOTATIONS && is_annotation(kind, field))) continue;
        void *at = (char *)node + field->offset;
        if (field->mark == AST_MARK_ONE || field->mark == AST_MARK_OPT) {
            if (!walk_slot(f, field->type, at)) return false;
        } else {
            AstExprSeq *seq = *(AstExprSeq **)at; /* all sequences of pointers are alike */
            for (uint32_t k = 0; k < seq->n; k++) {
                if (!walk_slot(f, field->type, (void **)&seq->items[k])) return false;
            }
        }
    }
    switch (kind) {
    case AST_Module: return drop_docstring(f, ((AstMod *)node)->u.Module.body);
    case AST_FunctionDef:
    case AST_AsyncFunctionDef: return drop_docstring(f, ((AstStmt *)node)->u.FunctionDef.body);
    case AST_ClassDef: return drop_docstring(f, ((AstStmt *)node)->u.ClassDef.body);
    case AST_MatchValue: return fold_pattern_value(f, &((AstPattern *)node)->u.MatchValue.value);
    case AST_MatchMapping: {
        AstExprSeq *keys = ((AstPattern *)node)->u.MatchMapping.keys;
        for (uint32_t k = 0; k < keys->n; k++) {
            if (keys->items[k] && !fold_pattern_value(f, &keys->items[k])) return false;
        }
        return true;
    }
    case AST_For: return !f->full || fold_iterated(f, &((AstStmt *)node)->u.For.iter);
    case AST_comprehension: return !f->full || fold_iterated(f, &((AstComprehension *)node)->iter);
    default: return true;
    }
}

bool fold_preprocess(Compilation *c, AstMod *mod)
{
    Folder f = {c, false};
    return walk(&f, mod->kind, mod);
}

bool fold_tree(Compilation *c, AstMod *mod)
{
    Folder f = {c, true};
    return walk(&f, mod->kind, mod);
}
