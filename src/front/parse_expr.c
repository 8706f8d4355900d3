/* Expressions by operators: from `*a, b` down to calls and subscripts. Binary operators climb by
 * precedence; what is an operand of them all is in parse_atom.c. */
#include <string.h>

#include "front/parser_priv.h"

/* --- Lists of expressions --- */

/* '*' bitwise_or, a Starred; the star is at the next token. */
static AstExpr *starred_or(Parser *p)
{
    uint32_t start = p->pos++;
    AstExpr *value = parse_bitwise_or(p);
    return value ? NEW_EXPR(p, span(p, start), Starred, .value = value, .ctx = AST_Load) : NULL;
}

AstExpr *parse_starred_expression(Parser *p)
{
    uint32_t start = p->pos;
    if (!accept(p, T_STAR)) {
        return NULL;
    }
    AstExpr *value = parse_expression(p);
    if (value && peek(p) == T_EQUAL && invalid_forms(p)) {
        Mark mark = parser_mark(p);
        p->pos++;
        AstExpr *assigned = parse_expression(p);
        if (assigned) {
            return raise_at(p, range(token_span(&p->tokens[start]), assigned->pos),
                            "cannot assign to iterable argument unpacking");
        }
        if (!parser_back(p, mark)) {
            return NULL;
        }
    }
    if (!value && invalid_forms(p)) {
        return raise_here(p, SYNTAX_ERROR, "Invalid star expression");
    }
    return value ? NEW_EXPR(p, span(p, start), Starred, .value = value, .ctx = AST_Load) : NULL;
}

static AstExpr *star_expression(Parser *p)
{
    return peek(p) == T_STAR ? starred_or(p) : parse_expression(p);
}

AstExpr *parse_star_named_expression(Parser *p)
{
    return peek(p) == T_STAR ? starred_or(p) : parse_named_expression(p);
}

AstExpr *parse_rest_of_tuple(Parser *p, uint32_t start, AstExpr *first, AstExpr *(*item)(Parser *))
{
    uint32_t from = p->n_items;
    if (!parser_push(p, first)) {
        return NULL;
    }
    while (accept(p, T_COMMA)) {
        Mark mark = parser_mark(p);
        AstExpr *next = item(p);
        if (!next) {
            if (!parser_back(p, mark)) {
                return NULL;
            }
            break;
        }
        if (!parser_push(p, next)) {
            return NULL;
        }
    }
    AstPos pos = span(p, start);
    AstExprSeq *elts = take_seq(p, expr, from);
    return elts ? NEW_EXPR(p, pos, Tuple, .elts = elts, .ctx = AST_Load) : NULL;
}

AstExpr *parse_star_expressions(Parser *p)
{
    uint32_t start = p->pos;
    AstExpr *first = star_expression(p);
    if (!first || peek(p) != T_COMMA) {
        return first;
    }
    return parse_rest_of_tuple(p, start, first, star_expression);
}

AstExpr *parse_yield(Parser *p)
{
    uint32_t start = p->pos;
    if (!accept(p, T_YIELD)) {
        return NULL;
    }
    if (accept(p, T_FROM)) {
        AstExpr *value = parse_expression(p);
        return value ? NEW_EXPR(p, span(p, start), YieldFrom, .value = value) : NULL;
    }
    Mark mark = parser_mark(p);
    AstExpr *value = parse_star_expressions(p);
    if (!value && !parser_back(p, mark)) {
        return NULL;
    }
    return NEW_EXPR(p, span(p, start), Yield, .value = value);
}

AstExpr *parse_annotated_rhs(Parser *p)
{
    return peek(p) == T_YIELD ? parse_yield(p) : parse_star_expressions(p);
}

/* --- Named and conditional expressions --- */

static AstExpr *assignment_expression(Parser *p)
{
    uint32_t start = p->pos;
    Token name = p->tokens[start];
    p->pos += 2;
    AstExpr *value = parse_expression(p);
    if (!value || !parser_version(p, 8, "Assignment expressions are")) {
        return NULL;
    }
    Ident *id = parser_ident(p, &name);
    AstExpr *target = id ? NEW_EXPR(p, token_span(&name), Name, .id = id, .ctx = AST_Store) : NULL;
    return target ? NEW_EXPR(p, span(p, start), NamedExpr, .target = target, .value = value) : NULL;
}

static bool at_assignment_expression(Parser *p)
{
    return peek(p) == T_NAME && peek_at(p, 1) == T_COLONEQUAL;
}

AstExpr *parse_assignment_or_expression(Parser *p)
{
    if (at_assignment_expression(p)) {
        return assignment_expression(p);
    }
    AstExpr *e = parse_expression(p);
    return e && peek(p) != T_COLONEQUAL ? e : NULL;
}

AstExpr *parse_named_expression(Parser *p)
{
    if (at_assignment_expression(p)) {
        return assignment_expression(p);
    }
    if (invalid_forms(p)) {
        diagnose_named(p);
    }
    AstExpr *e = parse_expression(p);
    return e && peek(p) != T_COLONEQUAL ? e : NULL;
}

static AstExpr *conditional(Parser *p)
{
    if (peek(p) == T_LAMBDA) {
        return parse_lambda(p);
    }
    uint32_t start = p->pos;
    AstExpr *body = parse_disjunction(p);
    if (!body || peek(p) != T_IF) {
        return body;
    }
    Mark mark = parser_mark(p);
    p->pos++;
    AstExpr *test = parse_disjunction(p);
    if (test && accept(p, T_ELSE)) {
        AstExpr *orelse = parse_expression(p);
        if (orelse) {
            return NEW_EXPR(p, span(p, start), IfExp, .test = test, .body = body, .orelse = orelse);
        }
    }
    return parser_back(p, mark) ? body : NULL;
}

AstExpr *parse_expression(Parser *p)
{
    void *known;
    if (memo_get(p, MEMO_EXPRESSION, &known)) {
        return known;
    }
    if (!parser_enter(p)) {
        return NULL;
    }
    uint32_t start = p->pos;
    if (invalid_forms(p)) {
        diagnose_expression(p);
        diagnose_legacy(p);
    }
    AstExpr *e = p->failed ? NULL : conditional(p);
    parser_leave(p);
    return memo_put(p, MEMO_EXPRESSION, start, e);
}

AstExpr *parse_expression_without_invalid(Parser *p)
{
    bool before = p->no_invalid;
    p->no_invalid = true;
    AstExpr *e = parser_enter(p) ? conditional(p) : NULL;
    parser_leave(p);
    p->no_invalid = before;
    return e;
}

/* --- or, and, not, comparisons --- */

/* operand (op operand)+ as one BoolOp */
static AstExpr *bool_op(Parser *p, TokenType op, AstBoolOp kind, AstExpr *(*operand)(Parser *))
{
    uint32_t start = p->pos;
    AstExpr *first = operand(p);
    if (!first || peek(p) != op) {
        return first;
    }
    uint32_t from = p->n_items;
    if (!parser_push(p, first)) {
        return NULL;
    }
    while (peek(p) == op) {
        Mark mark = parser_mark(p);
        p->pos++;
        AstExpr *next = operand(p);
        if (!next) {
            if (!parser_back(p, mark)) {
                return NULL;
            }
            break;
        }
        if (!parser_push(p, next)) {
            return NULL;
        }
    }
    AstPos pos = span(p, start);
    AstExprSeq *values = take_seq(p, expr, from);
    if (!values || values->n == 1) {
        return values ? first : NULL;
    }
    return NEW_EXPR(p, pos, BoolOp, .op = kind, .values = values);
}

static AstExpr *conjunction(Parser *p)
{
    return bool_op(p, T_AND, AST_And, parse_inversion);
}

AstExpr *parse_disjunction(Parser *p)
{
    void *known;
    if (memo_get(p, MEMO_DISJUNCTION, &known)) {
        return known;
    }
    uint32_t start = p->pos;
    return memo_put(p, MEMO_DISJUNCTION, start, bool_op(p, T_OR, AST_Or, conjunction));
}

/* `<` with `>` right behind it: the other spelling of `!=`. */
static bool at_diamond(Parser *p)
{
    return peek_at(p, 1) == T_GREATER && p->tokens[p->pos].end == p->tokens[p->pos + 1].start;
}

static unsigned diamond(Parser *p)
{
    uint32_t start = p->pos;
    p->pos += 2;
    if (p->barry) {
        return AST_NotEq;
    }
    if (invalid_forms(p)) {
        raise_at(p, span(p, start), "invalid syntax.  Maybe you meant '!=' instead of '<>'?");
    }
    p->pos = start;
    return 0;
}

/* The comparison operator at the next token, consumed; 0 if there is none. */
static unsigned comparison_op(Parser *p)
{
    switch (peek(p)) {
    case T_LESS:
        if (at_diamond(p)) {
            return diamond(p);
        }
        p->pos++;
        return AST_Lt;
    case T_GREATER: p->pos++; return AST_Gt;
    case T_LESSEQUAL: p->pos++; return AST_LtE;
    case T_GREATEREQUAL: p->pos++; return AST_GtE;
    case T_EQEQUAL: p->pos++; return AST_Eq;
    case T_NOTEQUAL:
        if (p->barry) {
            raise_here(p, SYNTAX_ERROR, "with Barry as BDFL, use '<>' instead of '!='");
            return 0;
        }
        p->pos++;
        return AST_NotEq;
    case T_IN: p->pos++; return AST_In;
    case T_NOT:
        if (peek_at(p, 1) != T_IN) {
            return 0;
        }
        p->pos += 2;
        return AST_NotIn;
    case T_IS:
        p->pos++;
        return accept(p, T_NOT) ? AST_IsNot : AST_Is;
    default: return 0;
    }
}

static AstExpr *comparison(Parser *p)
{
    uint32_t start = p->pos;
    AstExpr *left = parse_bitwise_or(p);
    if (!left) {
        return NULL;
    }
    Mark mark = parser_mark(p);
    unsigned op = comparison_op(p);
    if (!op) {
        return p->failed ? NULL : left;
    }
    uint32_t from = p->n_items;
    uint32_t n = 0;
    do {
        AstExpr *right = parse_bitwise_or(p);
        if (!right) {
            p->pos = mark.pos;
            if (p->failed) {
                return NULL;
            }
            break;
        }
        if (!parser_push(p, (void *)(uintptr_t)op) || !parser_push(p, right)) {
            return NULL;
        }
        n++;
        mark = parser_mark(p);
        op = comparison_op(p);
    } while (op);
    if (p->failed || !n) {
        return p->failed ? NULL : left;
    }
    AstPos pos = span(p, start);
    AstCmpOpSeq *ops = ast_seq_new(p->arena, n, sizeof(AstCmpOp));
    AstExprSeq *comparators = AST_SEQ(p->arena, expr, n);
    if (!ops || !comparators) {
        return parser_no_memory(p);
    }
    for (uint32_t i = 0; i < n; i++) {
        ops->items[i] = (AstCmpOp)(uintptr_t)p->items[from + 2 * i];
        comparators->items[i] = p->items[from + 2 * i + 1];
    }
    p->n_items = from;
    return NEW_EXPR(p, pos, Compare, .left = left, .ops = ops, .comparators = comparators);
}

AstExpr *parse_inversion(Parser *p)
{
    if (peek(p) != T_NOT) {
        return comparison(p);
    }
    void *known;
    if (memo_get(p, MEMO_INVERSION, &known)) {
        return known;
    }
    uint32_t start = p->pos++;
    if (!parser_enter(p)) {
        return NULL;
    }
    AstExpr *operand = parse_inversion(p);
    parser_leave(p);
    AstExpr *e = operand ? NEW_EXPR(p, span(p, start), UnaryOp, .op = AST_Not, .operand = operand) : NULL;
    return memo_put(p, MEMO_INVERSION, start, e);
}

/* --- Binary operators --- */

typedef struct BinaryOp {
    uint8_t precedence, kind;
} BinaryOp;

enum { PREC_OR = 1, PREC_XOR, PREC_AND, PREC_SHIFT, PREC_SUM, PREC_TERM };

static const BinaryOp binary_ops[T_COUNT] = {
    [T_VBAR] = {PREC_OR, AST_BitOr},         [T_CIRCUMFLEX] = {PREC_XOR, AST_BitXor},
    [T_AMPER] = {PREC_AND, AST_BitAnd},      [T_LEFTSHIFT] = {PREC_SHIFT, AST_LShift},
    [T_RIGHTSHIFT] = {PREC_SHIFT, AST_RShift}, [T_PLUS] = {PREC_SUM, AST_Add},
    [T_MINUS] = {PREC_SUM, AST_Sub},         [T_STAR] = {PREC_TERM, AST_Mult},
    [T_SLASH] = {PREC_TERM, AST_Div},        [T_DOUBLESLASH] = {PREC_TERM, AST_FloorDiv},
    [T_PERCENT] = {PREC_TERM, AST_Mod},      [T_AT] = {PREC_TERM, AST_MatMult},
};

/* a + not b: the operand must stand in parentheses. The `not` is the next token. */
static void diagnose_not_operand(Parser *p, AstExpr *(*operand)(Parser *))
{
    Mark mark = parser_mark(p);
    uint32_t start = p->pos;
    if (operand == parse_factor) {
        p->pos++;
    }
    AstExpr *e = operand(p);
    if (e) {
        raise_at(p, range(token_span(&p->tokens[start]), e->pos), "'not' after an operator must be parenthesized");
    }
    parser_back(p, mark);
}

static AstExpr *binary(Parser *p, int precedence)
{
    uint32_t start = p->pos;
    AstExpr *left = parse_factor(p);
    if (!left) {
        return NULL;
    }
    for (;;) {
        BinaryOp op = binary_ops[peek(p)];
        if (!op.precedence || op.precedence < precedence) {
            return left;
        }
        Mark mark = parser_mark(p);
        p->pos++;
        if (op.precedence >= PREC_SUM && peek(p) == T_NOT && invalid_forms(p)) {
            diagnose_not_operand(p, parse_inversion);
        }
        AstExpr *right = op.precedence == PREC_TERM ? parse_factor(p) : binary(p, op.precedence + 1);
        if (!right) {
            return parser_back(p, mark) ? left : NULL;
        }
        if (op.kind == AST_MatMult && !parser_version(p, 5, "The '@' operator is")) {
            return NULL;
        }
        left = NEW_EXPR(p, span(p, start), BinOp, .left = left, .op = op.kind, .right = right);
        if (!left) {
            return NULL;
        }
    }
}

AstExpr *parse_bitwise_or(Parser *p)
{
    if (!p->diagnosing) {
        return binary(p, PREC_OR);
    }
    void *known;
    if (memo_get(p, MEMO_BITWISE_OR, &known)) {
        return known;
    }
    uint32_t start = p->pos;
    AstExpr *e = NULL;
    if (parser_enter(p)) {
        e = binary(p, PREC_OR);
    }
    parser_leave(p);
    return memo_put(p, MEMO_BITWISE_OR, start, e);
}

static AstExpr *await_primary(Parser *p)
{
    if (peek(p) != T_AWAIT) {
        return parse_primary(p);
    }
    uint32_t start = p->pos++;
    AstExpr *value = parse_primary(p);
    return value && parser_version(p, 5, "Await expressions are") ? NEW_EXPR(p, span(p, start), Await, .value = value) : NULL;
}

static AstExpr *power(Parser *p)
{
    uint32_t start = p->pos;
    AstExpr *left = await_primary(p);
    if (!left || peek(p) != T_DOUBLESTAR) {
        return left;
    }
    Mark mark = parser_mark(p);
    p->pos++;
    AstExpr *right = parser_enter(p) ? parse_factor(p) : NULL;
    parser_leave(p);
    if (!right) {
        return parser_back(p, mark) ? left : NULL;
    }
    return NEW_EXPR(p, span(p, start), BinOp, .left = left, .op = AST_Pow, .right = right);
}

AstExpr *parse_factor(Parser *p)
{
    AstUnaryOp op;
    switch (peek(p)) {
    case T_PLUS: op = AST_UAdd; break;
    case T_MINUS: op = AST_USub; break;
    case T_TILDE: op = AST_Invert; break;
    default: return power(p);
    }
    uint32_t start = p->pos++;
    if (peek(p) == T_NOT && invalid_forms(p)) {
        diagnose_not_operand(p, parse_factor);
    }
    AstExpr *operand = NULL;
    if (parser_enter(p)) {
        operand = parse_factor(p);
    }
    parser_leave(p);
    return operand ? NEW_EXPR(p, span(p, start), UnaryOp, .op = op, .operand = operand) : NULL;
}

/* --- Attributes, calls, subscripts --- */

/* f(x for x in y): the generator expression is the argument, with the call's parentheses. */
static AstExpr *call(Parser *p, uint32_t start, AstExpr *func)
{
    Mark mark = parser_mark(p);
    AstExprSeq *args = NULL;
    AstKeywordSeq *keywords = NULL;
    if (p->diagnosing) {
        AstExpr *genexp = parse_genexp(p);
        if (genexp) {
            args = AST_SEQ(p->arena, expr, 1);
            keywords = empty_seq(p, keyword);
            if (!args) {
                return parser_no_memory(p);
            }
            args->items[0] = genexp;
            return NEW_EXPR(p, span(p, start), Call, .func = func, .args = args, .keywords = keywords);
        }
        if (!parser_back(p, mark)) {
            return NULL;
        }
    }
    p->pos++;
    if (!parse_arguments(p, true, &args, &keywords) || !accept(p, T_RPAR)) {
        return NULL;
    }
    return NEW_EXPR(p, span(p, start), Call, .func = func, .args = args, .keywords = keywords);
}

static AstExpr *primary(Parser *p)
{
    uint32_t start = p->pos;
    AstExpr *e = parse_atom(p);
    while (e) {
        Mark mark = parser_mark(p);
        AstExpr *next = NULL;
        TokenType type = peek(p);
        if ((type == T_LSQB || type == T_LBRACE) && invalid_forms(p)) {
            /* Any bracket may have been meant to hold a call's comprehension. */
            diagnose_comprehension(p);
        }
        switch (type) {
        case T_DOT: {
            p->pos++;
            Ident *attr = parser_name(p);
            if (attr) {
                next = NEW_EXPR(p, span(p, start), Attribute, .value = e, .attr = attr, .ctx = AST_Load);
            }
            break;
        }
        case T_LPAR: next = call(p, start, e); break;
        case T_LSQB: {
            p->pos++;
            AstExpr *slice = parse_slices(p);
            if (slice && accept(p, T_RSQB)) {
                next = NEW_EXPR(p, span(p, start), Subscript, .value = e, .slice = slice, .ctx = AST_Load);
            }
            break;
        }
        default: return e;
        }
        if (!next) {
            return parser_back(p, mark) ? e : NULL;
        }
        e = next;
    }
    return NULL;
}

AstExpr *parse_primary(Parser *p)
{
    if (!p->diagnosing) {
        return primary(p);
    }
    void *known;
    if (memo_get(p, MEMO_PRIMARY, &known)) {
        return known;
    }
    uint32_t start = p->pos;
    AstExpr *e = NULL;
    if (parser_enter(p)) {
        e = primary(p);
    }
    parser_leave(p);
    return memo_put(p, MEMO_PRIMARY, start, e);
}
