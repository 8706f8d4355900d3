/* An expression back to source text, in the canonical form that annotations kept as text have. */
#include "front/unparse.h"

#include "object/bytes.h"
#include "object/dispatch.h"
#include "object/float.h"
#include "object/int.h"
#include "object/str.h"

typedef enum Level {
    L_TUPLE, L_TEST, L_OR, L_AND, L_NOT, L_CMP, L_EXPR, L_BOR = L_EXPR, L_BXOR, L_BAND, L_SHIFT, L_ARITH, L_TERM, L_FACTOR,
    L_POWER, L_AWAIT, L_ATOM,
} Level;

typedef struct Writer {
    Thread *t;
    StrBuilder b;
    bool failed;
} Writer;

static void put(Writer *w, const char *text)
{
    if (!w->failed && !str_builder_cstr(w->t, &w->b, text)) w->failed = true;
}
static void put_value(Writer *w, Value v) /* a str, taken */
{
    if (is_null(v)) {
        if (!w->failed) str_builder_drop(w->t, &w->b);
        w->failed = true;
        return;
    }
    if (!w->failed && !str_builder_str(w->t, &w->b, v)) w->failed = true;
    decref(w->t, v);
}
static void put_ident(Writer *w, Ident *name) { put_value(w, str_from_utf8_surrogatepass(w->t, name->utf8, name->length)); }
static void put_if(Writer *w, bool condition, const char *text)
{
    if (condition) put(w, text);
}

static void write_expr(Writer *w, AstExpr *e, Level level);

static void write_list(Writer *w, AstExprSeq *seq, Level level)
{
    for (uint32_t i = 0; i < seq->n; i++) {
        put_if(w, i > 0, ", ");
        write_expr(w, seq->items[i], level);
    }
}

static Value constant_of(Writer *w, const AstConstant *k)
{
    Thread *t = w->t;
    switch (k->kind) {
    case AST_CONST_NONE: return V_NONE;
    case AST_CONST_FALSE: return V_FALSE;
    case AST_CONST_TRUE: return V_TRUE;
    case AST_CONST_ELLIPSIS: return V_ELLIPSIS;
    case AST_CONST_INT: return int_from_i64(t, k->u.integer);
    case AST_CONST_BIG_INT: return int_from_ascii(t, k->u.text, k->length, k->base);
    case AST_CONST_FLOAT: return float_from_double(t, k->u.real);
    case AST_CONST_IMAGINARY: return complex_from_doubles(t, 0.0, k->u.real);
    case AST_CONST_STR: return str_from_utf8_surrogatepass(t, k->u.text, k->length);
    case AST_CONST_BYTES: return bytes_new(t, k->u.text, k->length);
    default: return new_ref((Value){k->u.external});
    }
}

/* repr, where infinity is a number too large to be one. */
static void write_constant(Writer *w, const AstConstant *k)
{
    Value v = constant_of(w, k);
    if (is_null(v)) {
        put_value(w, v);
        return;
    }
    if (same(v, V_ELLIPSIS)) {
        put(w, "...");
        return;
    }
    Value text = repr_of(w->t, v);
    bool number = is_float(w->t, v) || IS_A(w->t, v, complex);
    decref(w->t, v);
    if (is_null(text) || !number) {
        put_value(w, text);
        return;
    }
    Str *s = V_AS(Str, text);
    for (int64_t i = 0; i < str_len(s) && !w->failed; i++) {
        if (str_at(s, i) == 'i' && i + 2 < str_len(s) && str_at(s, i + 1) == 'n' && str_at(s, i + 2) == 'f') {
            put(w, "1e309");
            i += 2;
        } else if (!str_builder_char(w->t, &w->b, str_at(s, i))) {
            w->failed = true;
        }
    }
    decref(w->t, text);
}

static void write_arg(Writer *w, AstArg *a)
{
    put_ident(w, a->arg);
    if (a->annotation) {
        put(w, ": ");
        write_expr(w, a->annotation, L_TEST);
    }
}

static void write_arguments(Writer *w, AstArguments *a)
{
    bool first = true;
    uint32_t n_posonly = a->posonlyargs->n, n = n_posonly + a->args->n;
    for (uint32_t i = 0; i < n; i++) {
        put_if(w, !first, ", ");
        first = false;
        write_arg(w, i < n_posonly ? a->posonlyargs->items[i] : a->args->items[i - n_posonly]);
        uint32_t with_default = n - a->defaults->n;
        if (i >= with_default) {
            put(w, "=");
            write_expr(w, a->defaults->items[i - with_default], L_TEST);
        }
        put_if(w, n_posonly && i + 1 == n_posonly, ", /");
    }
    if (a->vararg || a->kwonlyargs->n) {
        put_if(w, !first, ", ");
        first = false;
        put(w, "*");
        if (a->vararg) write_arg(w, a->vararg);
    }
    for (uint32_t i = 0; i < a->kwonlyargs->n; i++) {
        put_if(w, !first, ", ");
        first = false;
        write_arg(w, a->kwonlyargs->items[i]);
        if (a->kw_defaults->items[i]) {
            put(w, "=");
            write_expr(w, a->kw_defaults->items[i], L_TEST);
        }
    }
    if (a->kwarg) {
        put_if(w, !first, ", ");
        put(w, "**");
        write_arg(w, a->kwarg);
    }
}

static void write_generators(Writer *w, AstComprehensionSeq *seq)
{
    for (uint32_t i = 0; i < seq->n; i++) {
        AstComprehension *c = seq->items[i];
        put(w, c->is_async ? " async for " : " for ");
        write_expr(w, c->target, L_TUPLE);
        put(w, " in ");
        write_expr(w, c->iter, L_TEST + 1);
        for (uint32_t k = 0; k < c->ifs->n; k++) {
            put(w, " if ");
            write_expr(w, c->ifs->items[k], L_TEST + 1);
        }
    }
}

static void write_comprehension(Writer *w, const char *open, AstExpr *elt, AstComprehensionSeq *generators, const char *close)
{
    put(w, open);
    write_expr(w, elt, L_TEST);
    write_generators(w, generators);
    put(w, close);
}

static void write_binary(Writer *w, AstExpr *e, Level level)
{
    static const struct { const char *text; Level level; bool right; } ops[] = {
        {" + ", L_ARITH, false}, {" - ", L_ARITH, false}, {" * ", L_TERM, false}, {" @ ", L_TERM, false}, {" / ", L_TERM, false},
        {" % ", L_TERM, false}, {" ** ", L_POWER, true}, {" << ", L_SHIFT, false}, {" >> ", L_SHIFT, false}, {" | ", L_BOR, false},
        {" ^ ", L_BXOR, false}, {" & ", L_BAND, false}, {" // ", L_TERM, false},
    };
    unsigned i = (unsigned)(e->u.BinOp.op - AST_Add);
    Level own = ops[i].level;
    put_if(w, level > own, "(");
    write_expr(w, e->u.BinOp.left, own + ops[i].right);
    put(w, ops[i].text);
    write_expr(w, e->u.BinOp.right, own + !ops[i].right);
    put_if(w, level > own, ")");
}

static void write_compare(Writer *w, AstExpr *e, Level level)
{
    static const char *const ops[] = {" == ", " != ", " < ", " <= ", " > ", " >= ", " is ", " is not ", " in ", " not in "};
    put_if(w, level > L_CMP, "(");
    write_expr(w, e->u.Compare.left, L_CMP + 1);
    for (uint32_t i = 0; i < e->u.Compare.ops->n; i++) {
        put(w, ops[e->u.Compare.ops->items[i] - AST_Eq]);
        write_expr(w, e->u.Compare.comparators->items[i], L_CMP + 1);
    }
    put_if(w, level > L_CMP, ")");
}

static void write_call(Writer *w, AstExpr *e)
{
    struct Ast_Call *c = &e->u.Call;
    write_expr(w, c->func, L_ATOM);
    if (c->args->n == 1 && c->keywords->n == 0 && c->args->items[0]->kind == AST_GeneratorExp) {
        write_expr(w, c->args->items[0], L_TUPLE);
        return;
    }
    put(w, "(");
    bool first = true;
    for (uint32_t i = 0; i < c->args->n; i++) {
        put_if(w, !first, ", ");
        first = false;
        write_expr(w, c->args->items[i], L_TEST);
    }
    for (uint32_t i = 0; i < c->keywords->n; i++) {
        put_if(w, !first, ", ");
        first = false;
        if (c->keywords->items[i]->arg) {
            put_ident(w, c->keywords->items[i]->arg);
            put(w, "=");
        } else {
            put(w, "**");
        }
        write_expr(w, c->keywords->items[i]->value, L_TEST);
    }
    put(w, ")");
}

/* --- f-strings ------------------------------------------------------------------------------------------ */

static Value text_of(Thread *t, AstExpr *e, Level level);

static void put_doubled(Writer *w, Value text) /* taken: { and } are doubled */
{
    if (is_null(text)) {
        put_value(w, text);
        return;
    }
    Str *s = V_AS(Str, text);
    for (int64_t i = 0; i < str_len(s) && !w->failed; i++) {
        uint32_t ch = str_at(s, i);
        if (!str_builder_char(w->t, &w->b, ch)) w->failed = true;
        else if ((ch == '{' || ch == '}') && !str_builder_char(w->t, &w->b, ch)) w->failed = true;
    }
    decref(w->t, text);
}

static void write_pieces(Writer *w, AstExprSeq *values);

/* `source`: the field's own text, which an interpolation keeps; NULL: made from the expression. */
static void write_replacement(Writer *w, AstExpr *value, const AstConstant *source, int conversion, AstExpr *spec)
{
    Value text = source ? constant_of(w, source) : text_of(w->t, value, L_TEST + 1);
    put(w, "{");
    if (!is_null(text) && str_len(V_AS(Str, text)) && str_at(V_AS(Str, text), 0) == '{') put(w, " ");
    put_value(w, text);
    put_if(w, conversion == 's', "!s");
    put_if(w, conversion == 'r', "!r");
    put_if(w, conversion == 'a', "!a");
    if (spec) {
        put(w, ":");
        if (spec->kind == AST_JoinedStr) write_pieces(w, spec->u.JoinedStr.values);
        else if (spec->kind == AST_Constant) put_doubled(w, constant_of(w, &spec->u.Constant.value));
    }
    put(w, "}");
}

static void write_pieces(Writer *w, AstExprSeq *values)
{
    for (uint32_t i = 0; i < values->n && !w->failed; i++) {
        AstExpr *v = values->items[i];
        switch (v->kind) {
        case AST_Constant: put_doubled(w, constant_of(w, &v->u.Constant.value)); break;
        case AST_JoinedStr: write_pieces(w, v->u.JoinedStr.values); break;
        case AST_FormattedValue:
            write_replacement(w, v->u.FormattedValue.value, NULL, v->u.FormattedValue.conversion, v->u.FormattedValue.format_spec);
            break;
        case AST_Interpolation:
            write_replacement(w, v->u.Interpolation.value, &v->u.Interpolation.str, v->u.Interpolation.conversion, v->u.Interpolation.format_spec);
            break;
        default: break;
        }
    }
}

static void write_joined(Writer *w, AstExprSeq *values, const char *prefix)
{
    Writer inner = {.t = w->t};
    str_builder_init(&inner.b);
    write_pieces(&inner, values);
    Value text = inner.failed ? VNULL : str_builder_finish(w->t, &inner.b);
    Value quoted = is_null(text) ? VNULL : repr_of(w->t, text);
    decref_maybe(w->t, text);
    put(w, prefix);
    put_value(w, quoted);
}

/* --- All expressions ------------------------------------------------------------------------------------- */

static void write_subscript(Writer *w, AstExpr *e)
{
    write_expr(w, e->u.Subscript.value, L_ATOM);
    put(w, "[");
    write_expr(w, e->u.Subscript.slice, L_TUPLE);
    put(w, "]");
}

static void write_dict(Writer *w, AstExpr *e)
{
    put(w, "{");
    for (uint32_t i = 0; i < e->u.Dict.keys->n; i++) {
        put_if(w, i > 0, ", ");
        if (e->u.Dict.keys->items[i]) {
            write_expr(w, e->u.Dict.keys->items[i], L_TEST);
            put(w, ": ");
            write_expr(w, e->u.Dict.values->items[i], L_TEST);
        } else {
            put(w, "**");
            write_expr(w, e->u.Dict.values->items[i], L_EXPR);
        }
    }
    put(w, "}");
}

static void write_expr(Writer *w, AstExpr *e, Level level)
{
    if (w->failed) return;
    if (!stack_check(w->t, " during compilation")) {
        put_value(w, VNULL);
        return;
    }
    switch (e->kind) {
    case AST_BoolOp: {
        Level own = e->u.BoolOp.op == AST_And ? L_AND : L_OR;
        put_if(w, level > own, "(");
        for (uint32_t i = 0; i < e->u.BoolOp.values->n; i++) {
            put_if(w, i > 0, own == L_AND ? " and " : " or ");
            write_expr(w, e->u.BoolOp.values->items[i], own + 1);
        }
        put_if(w, level > own, ")");
        break;
    }
    case AST_BinOp: write_binary(w, e, level); break;
    case AST_UnaryOp: {
        static const struct { const char *text; Level level; } ops[] = {{"~", L_FACTOR}, {"not ", L_NOT}, {"+", L_FACTOR}, {"-", L_FACTOR}};
        unsigned i = (unsigned)(e->u.UnaryOp.op - AST_Invert);
        put_if(w, level > ops[i].level, "(");
        put(w, ops[i].text);
        write_expr(w, e->u.UnaryOp.operand, ops[i].level);
        put_if(w, level > ops[i].level, ")");
        break;
    }
    case AST_Lambda:
        put_if(w, level > L_TEST, "(");
        put(w, "lambda");
        {
            AstArguments *a = e->u.Lambda.args;
            if (a->posonlyargs->n || a->args->n || a->vararg || a->kwonlyargs->n || a->kwarg) put(w, " ");
            write_arguments(w, a);
        }
        put(w, ": ");
        write_expr(w, e->u.Lambda.body, L_TEST);
        put_if(w, level > L_TEST, ")");
        break;
    case AST_IfExp:
        put_if(w, level > L_TEST, "(");
        write_expr(w, e->u.IfExp.body, L_TEST + 1);
        put(w, " if ");
        write_expr(w, e->u.IfExp.test, L_TEST + 1);
        put(w, " else ");
        write_expr(w, e->u.IfExp.orelse, L_TEST);
        put_if(w, level > L_TEST, ")");
        break;
    case AST_Dict: write_dict(w, e); break;
    case AST_Set:
        put(w, "{");
        write_list(w, e->u.Set.elts, L_TEST);
        put(w, "}");
        break;
    case AST_GeneratorExp: write_comprehension(w, "(", e->u.GeneratorExp.elt, e->u.GeneratorExp.generators, ")"); break;
    case AST_ListComp: write_comprehension(w, "[", e->u.ListComp.elt, e->u.ListComp.generators, "]"); break;
    case AST_SetComp: write_comprehension(w, "{", e->u.SetComp.elt, e->u.SetComp.generators, "}"); break;
    case AST_DictComp:
        put(w, "{");
        write_expr(w, e->u.DictComp.key, L_TEST);
        put(w, ": ");
        write_expr(w, e->u.DictComp.value, L_TEST);
        write_generators(w, e->u.DictComp.generators);
        put(w, "}");
        break;
    case AST_Yield:
        put(w, "(yield");
        if (e->u.Yield.value) {
            put(w, " ");
            write_expr(w, e->u.Yield.value, L_TUPLE);
        }
        put(w, ")");
        break;
    case AST_YieldFrom:
        put(w, "(yield from ");
        write_expr(w, e->u.YieldFrom.value, L_TEST);
        put(w, ")");
        break;
    case AST_Await:
        put_if(w, level > L_AWAIT, "(");
        put(w, "await ");
        write_expr(w, e->u.Await.value, L_ATOM);
        put_if(w, level > L_AWAIT, ")");
        break;
    case AST_Compare: write_compare(w, e, level); break;
    case AST_Call: write_call(w, e); break;
    case AST_Constant:
        put_if(w, e->u.Constant.kind != NULL, "u");
        write_constant(w, &e->u.Constant.value);
        break;
    case AST_JoinedStr: write_joined(w, e->u.JoinedStr.values, "f"); break;
    case AST_TemplateStr: write_joined(w, e->u.TemplateStr.values, "t"); break;
    case AST_FormattedValue:
        put(w, "f'");
        write_replacement(w, e->u.FormattedValue.value, NULL, e->u.FormattedValue.conversion, e->u.FormattedValue.format_spec);
        put(w, "'");
        break;
    case AST_Interpolation:
        put(w, "t'");
        write_replacement(w, e->u.Interpolation.value, &e->u.Interpolation.str, e->u.Interpolation.conversion, e->u.Interpolation.format_spec);
        put(w, "'");
        break;
    case AST_Attribute: {
        AstExpr *value = e->u.Attribute.value;
        bool integer = value->kind == AST_Constant && (value->u.Constant.value.kind == AST_CONST_INT || value->u.Constant.value.kind == AST_CONST_BIG_INT);
        write_expr(w, value, L_ATOM);
        put(w, integer ? " ." : ".");
        put_ident(w, e->u.Attribute.attr);
        break;
    }
    case AST_Starred:
        put(w, "*");
        write_expr(w, e->u.Starred.value, L_EXPR);
        break;
    case AST_Name: put_ident(w, e->u.Name.id); break;
    case AST_List:
        put(w, "[");
        write_list(w, e->u.List.elts, L_TEST);
        put(w, "]");
        break;
    case AST_Tuple:
        if (e->u.Tuple.elts->n == 0) {
            put(w, "()");
            break;
        }
        put_if(w, level > L_TUPLE, "(");
        write_list(w, e->u.Tuple.elts, L_TEST);
        put_if(w, e->u.Tuple.elts->n == 1, ",");
        put_if(w, level > L_TUPLE, ")");
        break;
    case AST_Subscript: write_subscript(w, e); break;
    case AST_Slice:
        if (e->u.Slice.lower) write_expr(w, e->u.Slice.lower, L_TEST);
        put(w, ":");
        if (e->u.Slice.upper) write_expr(w, e->u.Slice.upper, L_TEST);
        if (e->u.Slice.step) {
            put(w, ":");
            write_expr(w, e->u.Slice.step, L_TEST);
        }
        break;
    case AST_NamedExpr:
        put_if(w, level > L_TUPLE, "(");
        write_expr(w, e->u.NamedExpr.target, L_ATOM);
        put(w, " := ");
        write_expr(w, e->u.NamedExpr.value, L_ATOM);
        put_if(w, level > L_TUPLE, ")");
        break;
    default: put(w, "?"); break;
    }
}

static Value text_of(Thread *t, AstExpr *e, Level level)
{
    Writer w = {.t = t};
    str_builder_init(&w.b);
    write_expr(&w, e, level);
    return w.failed ? VNULL : str_builder_finish(t, &w.b);
}

Value unparse_expr(Thread *t, AstExpr *e) { return text_of(t, e, L_TEST); }
