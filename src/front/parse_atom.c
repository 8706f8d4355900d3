/* Atoms: names, constants, what stands in brackets, comprehensions, subscript slices. */
#include <string.h>

#include "front/literal.h"
#include "front/parser_priv.h"

AstExpr *parse_constant(Parser *p, AstPos pos, AstConstant value)
{
    return NEW_EXPR(p, pos, Constant, .value = value);
}

static AstExpr *keyword_constant(Parser *p, AstConstantKind kind)
{
    AstPos pos = token_span(&p->tokens[p->pos++]);
    return parse_constant(p, pos, (AstConstant){.kind = kind});
}

AstExpr *parse_number(Parser *p)
{
    Token token = p->tokens[p->pos++];
    const char *bytes = token_bytes(p, &token);
    size_t length = token.end - token.start;
    if (p->feature < 6 && memchr(bytes, '_', length)) {
        parser_version(p, 6, "Underscores in numeric literals are");
        return NULL;
    }
    AstConstant value;
    if (!literal_number(p->arena, bytes, length, &value)) {
        return parser_no_memory(p);
    }
    int limit = p->options->int_max_digits;
    if (value.kind == AST_CONST_BIG_INT && value.base == 10 && limit > 0 && value.length > (uint32_t)limit) {
        return raise_exact(p, SYNTAX_ERROR, token.lineno, 0, token.end_lineno, 0,
                           "Exceeds the limit (%d digits) for integer string conversion: value has %u digits; use "
                           "sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge "
                           "integer literals to avoid decimal conversion limits.",
                           limit, value.length);
    }
    return parse_constant(p, token_span(&token), value);
}

/* --- Comprehensions --- */

static AstComprehension *comprehension(Parser *p)
{
    Mark mark = parser_mark(p);
    bool is_async = accept(p, T_ASYNC);
    if (!accept(p, T_FOR)) {
        return parser_back(p, mark) ? NULL : NULL;
    }
    AstExpr *target = parse_star_targets(p);
    if (!target || !accept(p, T_IN)) {
        if (!parser_back(p, mark)) {
            return NULL;
        }
        if (invalid_forms(p)) {
            diagnose_for_clause(p);
            diagnose_for_target(p);
        }
        return NULL;
    }
    AstExpr *iter = parse_disjunction(p);
    if (!iter) {
        return NULL;
    }
    uint32_t from = p->n_items;
    while (peek(p) == T_IF) {
        Mark before = parser_mark(p);
        p->pos++;
        AstExpr *test = parse_disjunction(p);
        if (!test) {
            if (!parser_back(p, before)) {
                return NULL;
            }
            break;
        }
        if (!parser_push(p, test)) {
            return NULL;
        }
    }
    AstExprSeq *ifs = take_seq(p, expr, from);
    if (is_async && !parser_version(p, 6, "Async comprehensions are")) {
        return NULL;
    }
    return ifs ? NEW_PRODUCT(p, AstComprehension, .target = target, .iter = iter, .ifs = ifs, .is_async = is_async)
               : NULL;
}

static bool at_comprehension(Parser *p)
{
    return peek(p) == T_FOR || (peek(p) == T_ASYNC && peek_at(p, 1) == T_FOR);
}

AstComprehensionSeq *parse_comprehensions(Parser *p)
{
    uint32_t from = p->n_items;
    while (peek(p) == T_FOR || peek(p) == T_ASYNC) {
        Mark mark = parser_mark(p);
        AstComprehension *c = comprehension(p);
        if (!c) {
            if (!parser_back(p, mark)) {
                return NULL;
            }
            break;
        }
        if (!parser_push(p, c)) {
            return NULL;
        }
    }
    if (p->n_items == from) {
        return NULL;
    }
    return take_seq(p, comprehension, from);
}

AstExpr *parse_genexp(Parser *p)
{
    uint32_t start = p->pos;
    if (!accept(p, T_LPAR)) {
        return NULL;
    }
    AstExpr *elt = parse_assignment_or_expression(p);
    if (elt && at_comprehension(p)) {
        AstComprehensionSeq *generators = parse_comprehensions(p);
        if (generators && accept(p, T_RPAR)) {
            return NEW_EXPR(p, span(p, start), GeneratorExp, .elt = elt, .generators = generators);
        }
    }
    if (!p->failed && invalid_forms(p)) {
        p->pos = start;
        diagnose_comprehension(p);
    }
    return NULL;
}

/* --- Parentheses --- */

/* Items after the first, from a comma up to the closing bracket, pushed. */
static bool more_items(Parser *p)
{
    while (accept(p, T_COMMA)) {
        Mark mark = parser_mark(p);
        AstExpr *next = parse_star_named_expression(p);
        if (!next) {
            return parser_back(p, mark);
        }
        if (!parser_push(p, next)) {
            return false;
        }
    }
    return true;
}

static AstExpr *parenthesised(Parser *p)
{
    uint32_t start = p->pos++;
    if (accept(p, T_RPAR)) {
        return NEW_EXPR(p, span(p, start), Tuple, .elts = empty_seq(p, expr), .ctx = AST_Load);
    }
    AstExpr *e;
    if (peek(p) == T_YIELD) {
        e = parse_yield(p);
        if (!e || !accept(p, T_RPAR)) {
            return NULL;
        }
        e->parenthesised = true;
        return e;
    }
    e = parse_star_named_expression(p);
    if (e && peek(p) == T_COMMA) {
        uint32_t from = p->n_items;
        if (!parser_push(p, e) || !more_items(p)) {
            return NULL;
        }
        if (accept(p, T_RPAR)) {
            AstExprSeq *elts = take_seq(p, expr, from);
            AstExpr *tuple = elts ? NEW_EXPR(p, span(p, start), Tuple, .elts = elts, .ctx = AST_Load) : NULL;
            if (tuple) {
                tuple->parenthesised = true;
            }
            return tuple;
        }
        e = NULL;
    } else if (e && e->kind != AST_Starred && accept(p, T_RPAR)) {
        e->parenthesised = true;
        return e;
    } else if (e && e->kind != AST_Starred && at_comprehension(p)) {
        AstComprehensionSeq *generators = parse_comprehensions(p);
        if (generators && accept(p, T_RPAR)) {
            return NEW_EXPR(p, span(p, start), GeneratorExp, .elt = e, .generators = generators);
        }
    }
    if (invalid_forms(p)) {
        p->pos = start;
        diagnose_group(p);
        p->pos = start;
        diagnose_comprehension(p);
    }
    return NULL;
}

static AstExpr *square_bracketed(Parser *p)
{
    uint32_t start = p->pos++;
    if (accept(p, T_RSQB)) {
        return NEW_EXPR(p, span(p, start), List, .elts = empty_seq(p, expr), .ctx = AST_Load);
    }
    AstExpr *e = parse_star_named_expression(p);
    if (e && e->kind != AST_Starred && at_comprehension(p)) {
        AstComprehensionSeq *generators = parse_comprehensions(p);
        if (generators && accept(p, T_RSQB)) {
            return NEW_EXPR(p, span(p, start), ListComp, .elt = e, .generators = generators);
        }
    } else if (e) {
        uint32_t from = p->n_items;
        if (!parser_push(p, e) || !more_items(p)) {
            return NULL;
        }
        if (accept(p, T_RSQB)) {
            AstExprSeq *elts = take_seq(p, expr, from);
            return elts ? NEW_EXPR(p, span(p, start), List, .elts = elts, .ctx = AST_Load) : NULL;
        }
    }
    if (invalid_forms(p)) {
        p->pos = start;
        diagnose_comprehension(p);
    }
    return NULL;
}

/* --- Braces --- */

/* key: value or **mapping; pushes two items. */
static bool dict_item(Parser *p)
{
    if (accept(p, T_DOUBLESTAR)) {
        AstExpr *mapping = parse_bitwise_or(p);
        return mapping && parser_push_absent(p) && parser_push(p, mapping);
    }
    AstExpr *key = parse_expression(p);
    if (!key || !accept(p, T_COLON)) {
        return false;
    }
    AstExpr *value = parse_expression(p);
    return value && parser_push(p, key) && parser_push(p, value);
}

/* From a first item on the stack at `from` to the closing brace. */
static AstExpr *rest_of_dict(Parser *p, uint32_t start, uint32_t from)
{
    while (accept(p, T_COMMA)) {
        Mark mark = parser_mark(p);
        if (!dict_item(p)) {
            if (!parser_back(p, mark)) {
                return NULL;
            }
            break;
        }
    }
    if (!accept(p, T_RBRACE)) {
        return NULL;
    }
    uint32_t n = (p->n_items - from) / 2;
    AstExprSeq *keys = AST_SEQ(p->arena, expr, n), *values = AST_SEQ(p->arena, expr, n);
    if (!keys || !values) {
        return parser_no_memory(p);
    }
    for (uint32_t i = 0; i < n; i++) {
        keys->items[i] = p->items[from + 2 * i];
        values->items[i] = p->items[from + 2 * i + 1];
    }
    p->n_items = from;
    return NEW_EXPR(p, span(p, start), Dict, .keys = keys, .values = values);
}

static AstExpr *finish_set(Parser *p, uint32_t start, AstExpr *first)
{
    uint32_t from = p->n_items;
    if (!parser_push(p, first) || !more_items(p) || !accept(p, T_RBRACE)) {
        return NULL;
    }
    AstExprSeq *elts = take_seq(p, expr, from);
    return elts ? NEW_EXPR(p, span(p, start), Set, .elts = elts) : NULL;
}

/* The first item decides between a dict and a set. */
static AstExpr *braced(Parser *p)
{
    uint32_t start = p->pos++;
    if (accept(p, T_RBRACE)) {
        return NEW_EXPR(p, span(p, start), Dict, .keys = empty_seq(p, expr), .values = empty_seq(p, expr));
    }
    uint32_t from = p->n_items;
    if (peek(p) == T_DOUBLESTAR) {
        return dict_item(p) ? rest_of_dict(p, start, from) : NULL;
    }
    if (peek(p) == T_STAR) {
        AstExpr *first = parse_star_named_expression(p);
        return first ? finish_set(p, start, first) : NULL;
    }
    AstExpr *first = parse_named_expression(p);
    if (!first) {
        return NULL;
    }
    if ((first->kind != AST_NamedExpr || first->parenthesised) && accept(p, T_COLON)) {
        AstExpr *value = parse_expression(p);
        if (!value) {
            return NULL;
        }
        if (at_comprehension(p)) {
            AstComprehensionSeq *generators = parse_comprehensions(p);
            if (!generators || !accept(p, T_RBRACE)) {
                return NULL;
            }
            return NEW_EXPR(p, span(p, start), DictComp, .key = first, .value = value, .generators = generators);
        }
        return parser_push(p, first) && parser_push(p, value) ? rest_of_dict(p, start, from) : NULL;
    }
    if (at_comprehension(p)) {
        AstComprehensionSeq *generators = parse_comprehensions(p);
        if (!generators || !accept(p, T_RBRACE)) {
            return NULL;
        }
        return NEW_EXPR(p, span(p, start), SetComp, .elt = first, .generators = generators);
    }
    return finish_set(p, start, first);
}

/* The same under diagnosis, where each form is tried for itself, as each has wrong forms of its own. */
static AstExpr *braced_diagnosing(Parser *p)
{
    uint32_t start = p->pos;
    Mark mark = parser_mark(p);
    AstExpr *e;
    p->pos++;
    uint32_t from = p->n_items;
    if (accept(p, T_RBRACE)) {
        return NEW_EXPR(p, span(p, start), Dict, .keys = empty_seq(p, expr), .values = empty_seq(p, expr));
    }
    if (dict_item(p) && (e = rest_of_dict(p, start, from))) {
        return e;
    }
    if (!parser_back(p, mark)) {
        return NULL;
    }
    diagnose_dict(p);
    if (!parser_back(p, mark)) {
        return NULL;
    }
    p->pos++;
    AstExpr *first = parse_star_named_expression(p);
    if (first && (e = finish_set(p, start, first))) {
        return e;
    }
    if (!parser_back(p, mark)) {
        return NULL;
    }
    p->pos++;
    AstExpr *key = parse_expression(p);
    if (key && accept(p, T_COLON)) {
        AstExpr *value = parse_expression(p);
        AstComprehensionSeq *generators = value ? parse_comprehensions(p) : NULL;
        if (generators && accept(p, T_RBRACE)) {
            return NEW_EXPR(p, span(p, start), DictComp, .key = key, .value = value, .generators = generators);
        }
    }
    if (!parser_back(p, mark)) {
        return NULL;
    }
    if (invalid_forms(p)) {
        diagnose_dict_comprehension(p);
        if (!parser_back(p, mark)) {
            return NULL;
        }
    }
    p->pos++;
    AstExpr *elt = parse_named_expression(p);
    AstComprehensionSeq *generators = elt ? parse_comprehensions(p) : NULL;
    if (generators && accept(p, T_RBRACE)) {
        return NEW_EXPR(p, span(p, start), SetComp, .elt = elt, .generators = generators);
    }
    if (!parser_back(p, mark)) {
        return NULL;
    }
    if (invalid_forms(p)) {
        diagnose_comprehension(p);
    }
    return NULL;
}

/* --- Atoms --- */

static AstExpr *bracketed(Parser *p)
{
    void *known;
    if (memo_get(p, MEMO_ATOM, &known)) {
        return known;
    }
    uint32_t start = p->pos;
    AstExpr *e = NULL;
    if (parser_enter(p)) {
        switch (peek(p)) {
        case T_LPAR: e = parenthesised(p); break;
        case T_LSQB: e = square_bracketed(p); break;
        default: e = p->diagnosing ? braced_diagnosing(p) : braced(p); break;
        }
    }
    parser_leave(p);
    return memo_put(p, MEMO_ATOM, start, e);
}

AstExpr *parse_atom(Parser *p)
{
    switch (peek(p)) {
    case T_NAME: {
        const Token *token = &p->tokens[p->pos++];
        AstPos pos = token_span(token);
        Ident *id = parser_ident(p, token);
        return id ? NEW_EXPR(p, pos, Name, .id = id, .ctx = AST_Load) : NULL;
    }
    case T_NUMBER: return parse_number(p);
    case T_STRING:
    case T_FSTRING_START:
    case T_TSTRING_START: return parse_strings(p);
    case T_LPAR:
    case T_LSQB:
    case T_LBRACE: return bracketed(p);
    case T_NONE: return keyword_constant(p, AST_CONST_NONE);
    case T_TRUE: return keyword_constant(p, AST_CONST_TRUE);
    case T_FALSE: return keyword_constant(p, AST_CONST_FALSE);
    case T_ELLIPSIS: return keyword_constant(p, AST_CONST_ELLIPSIS);
    default: return NULL;
    }
}

/* --- Subscripts --- */

static bool at_slice_end(Parser *p)
{
    TokenType type = peek(p);
    return type == T_RSQB || type == T_COMMA || type == T_COLON;
}

static AstExpr *slice(Parser *p)
{
    uint32_t start = p->pos;
    AstExpr *lower = NULL, *upper = NULL, *step = NULL;
    if (peek(p) != T_COLON) {
        Mark mark = parser_mark(p);
        lower = p->diagnosing ? parse_expression(p) : parse_named_expression(p);
        if (p->diagnosing && !(lower && peek(p) == T_COLON)) {
            return parser_back(p, mark) ? parse_named_expression(p) : NULL;
        }
        if (!lower || peek(p) != T_COLON) {
            return lower;
        }
        if (lower->kind == AST_NamedExpr && !lower->parenthesised) {
            return lower;
        }
    }
    p->pos++;
    if (!at_slice_end(p) && !(upper = parse_expression(p))) {
        return NULL;
    }
    if (accept(p, T_COLON) && !at_slice_end(p) && !(step = parse_expression(p))) {
        return NULL;
    }
    return NEW_EXPR(p, span(p, start), Slice, .lower = lower, .upper = upper, .step = step);
}

static AstExpr *slice_or_starred(Parser *p)
{
    return peek(p) == T_STAR ? parse_starred_expression(p) : slice(p);
}

AstExpr *parse_slices(Parser *p)
{
    uint32_t start = p->pos;
    AstExpr *first = slice_or_starred(p);
    if (!first || (peek(p) != T_COMMA && first->kind != AST_Starred)) {
        return first;
    }
    return parse_rest_of_tuple(p, start, first, slice_or_starred);
}
