/* The match statement and its patterns. `match` and `case` are names elsewhere: a statement is one
 * only if a colon and an indented `case` follow, else it is read again as something else. */
#include <string.h>

#include "front/parser_priv.h"

static AstPattern *pattern(Parser *p);
static AstPattern *or_pattern(Parser *p);

#define NEW_PATTERN(p, position, name, ...) NEW(p, AstPattern, position, name, __VA_ARGS__)

/* --- Literals and values --- */

/* A number, perhaps negative. */
static AstExpr *signed_number(Parser *p)
{
    uint32_t start = p->pos;
    bool minus = accept(p, T_MINUS);
    if (peek(p) != T_NUMBER) {
        return NULL;
    }
    AstExpr *number = parse_number(p);
    if (!number || !minus) {
        return number;
    }
    return NEW_EXPR(p, span(p, start), UnaryOp, .op = AST_USub, .operand = number);
}

static const AstConstant *number_value(const AstExpr *e)
{
    return e->kind == AST_UnaryOp ? &e->u.UnaryOp.operand->u.Constant.value : &e->u.Constant.value;
}

/* A number, or real ± imaginary. */
static AstExpr *number_expr(Parser *p)
{
    uint32_t start = p->pos;
    AstExpr *real = signed_number(p);
    if (!real || (peek(p) != T_PLUS && peek(p) != T_MINUS)) {
        return real;
    }
    Mark mark = parser_mark(p);
    AstOperator op = peek(p) == T_PLUS ? AST_Add : AST_Sub;
    p->pos++;
    if (peek(p) != T_NUMBER) {
        return parser_back(p, mark) ? real : NULL;
    }
    AstExpr *imaginary = parse_number(p);
    if (!imaginary) {
        return NULL;
    }
    if (number_value(real)->kind == AST_CONST_IMAGINARY) {
        return raise_at(p, real->pos, "real number required in complex literal");
    }
    if (imaginary->u.Constant.value.kind != AST_CONST_IMAGINARY) {
        return raise_at(p, imaginary->pos, "imaginary number required in complex literal");
    }
    return NEW_EXPR(p, span(p, start), BinOp, .left = real, .op = op, .right = imaginary);
}

static bool at_string_literal(Parser *p)
{
    return peek(p) == T_STRING || peek(p) == T_FSTRING_START || peek(p) == T_TSTRING_START;
}

/* None, True, False: as a constant. False: none of them. */
static bool singleton(Parser *p, AstConstant *value)
{
    switch (peek(p)) {
    case T_NONE: *value = (AstConstant){.kind = AST_CONST_NONE}; break;
    case T_TRUE: *value = (AstConstant){.kind = AST_CONST_TRUE}; break;
    case T_FALSE: *value = (AstConstant){.kind = AST_CONST_FALSE}; break;
    default: return false;
    }
    p->pos++;
    return true;
}

static AstPattern *value_pattern(Parser *p, uint32_t start, AstExpr *value)
{
    return value ? NEW_PATTERN(p, span(p, start), MatchValue, .value = value) : NULL;
}

/* name or a.b.c; the name is at the next token. */
static AstExpr *name_or_attr(Parser *p)
{
    uint32_t start = p->pos;
    AstPos pos = token_span(&p->tokens[p->pos]);
    Ident *id = parser_name(p);
    AstExpr *e = id ? NEW_EXPR(p, pos, Name, .id = id, .ctx = AST_Load) : NULL;
    while (e && peek(p) == T_DOT && peek_at(p, 1) == T_NAME) {
        p->pos++;
        Ident *attr = parser_name(p);
        e = attr ? NEW_EXPR(p, span(p, start), Attribute, .value = e, .attr = attr, .ctx = AST_Load) : NULL;
    }
    return e;
}

/* --- Classes, mappings, sequences --- */

/* Behind a keyword pattern no positional one may stand; at such a one, with the parenthesis open. */
static void diagnose_class_arguments(Parser *p)
{
    AstPattern *first = pattern(p), *last = first;
    if (!first) {
        return;
    }
    while (accept(p, T_COMMA)) {
        if (peek(p) == T_NAME && peek_at(p, 1) == T_EQUAL) {
            break;
        }
        AstPattern *next = pattern(p);
        if (!next) {
            break;
        }
        last = next;
    }
    raise_at(p, range(first->pos, last->pos), "positional patterns follow keyword patterns");
}

static AstPattern *class_pattern(Parser *p, uint32_t start, AstExpr *cls)
{
    p->pos++;
    uint32_t from = p->n_items;
    uint32_t n_positional = 0;
    bool keywords = false;
    while (peek(p) != T_RPAR) {
        if (peek(p) == T_NAME && peek_at(p, 1) == T_EQUAL) {
            keywords = true;
            Ident *name = parser_name(p);
            p->pos++;
            if (!parser_push(p, name) || !parser_push(p, pattern(p))) {
                return NULL;
            }
        } else if (keywords) {
            if (invalid_forms(p)) {
                diagnose_class_arguments(p);
            }
            return NULL;
        } else {
            n_positional++;
            if (!parser_push(p, pattern(p))) {
                return NULL;
            }
        }
        if (!accept(p, T_COMMA)) {
            break;
        }
    }
    if (!accept(p, T_RPAR)) {
        return NULL;
    }
    uint32_t n_keywords = (p->n_items - from - n_positional) / 2;
    AstPatternSeq *patterns = AST_SEQ(p->arena, pattern, n_positional);
    IdentSeq *attrs = ast_seq_new(p->arena, n_keywords, sizeof(Ident *));
    AstPatternSeq *values = AST_SEQ(p->arena, pattern, n_keywords);
    if (!patterns || !attrs || !values) {
        return parser_no_memory(p);
    }
    for (uint32_t i = 0; i < n_positional; i++) {
        patterns->items[i] = p->items[from + i];
    }
    for (uint32_t i = 0; i < n_keywords; i++) {
        attrs->items[i] = p->items[from + n_positional + 2 * i];
        values->items[i] = p->items[from + n_positional + 2 * i + 1];
    }
    p->n_items = from;
    return NEW_PATTERN(p, span(p, start), MatchClass, .cls = cls, .patterns = patterns, .kwd_attrs = attrs,
                       .kwd_patterns = values);
}

static AstExpr *mapping_key(Parser *p)
{
    uint32_t start = p->pos;
    AstConstant value;
    switch (peek(p)) {
    case T_NUMBER:
    case T_MINUS: return number_expr(p);
    case T_NAME: {
        AstExpr *e = name_or_attr(p);
        return e && e->kind == AST_Attribute ? e : NULL;
    }
    default:
        if (at_string_literal(p)) {
            return parse_strings(p);
        }
        return singleton(p, &value) ? parse_constant(p, span(p, start), value) : NULL;
    }
}

static AstPattern *mapping_pattern(Parser *p)
{
    uint32_t start = p->pos++, from = p->n_items;
    Ident *rest = NULL;
    while (peek(p) != T_RBRACE) {
        if (accept(p, T_DOUBLESTAR)) {
            if (peek_name(p, "_") || !(rest = parser_name(p))) {
                return NULL;
            }
            accept(p, T_COMMA);
            break;
        }
        AstExpr *key = mapping_key(p);
        if (!key || !accept(p, T_COLON)) {
            return NULL;
        }
        if (!parser_push(p, key) || !parser_push(p, pattern(p))) {
            return NULL;
        }
        if (!accept(p, T_COMMA)) {
            break;
        }
    }
    if (!accept(p, T_RBRACE)) {
        return NULL;
    }
    uint32_t n = (p->n_items - from) / 2;
    AstExprSeq *keys = AST_SEQ(p->arena, expr, n);
    AstPatternSeq *patterns = AST_SEQ(p->arena, pattern, n);
    if (!keys || !patterns) {
        return parser_no_memory(p);
    }
    for (uint32_t i = 0; i < n; i++) {
        keys->items[i] = p->items[from + 2 * i];
        patterns->items[i] = p->items[from + 2 * i + 1];
    }
    p->n_items = from;
    return NEW_PATTERN(p, span(p, start), MatchMapping, .keys = keys, .patterns = patterns, .rest = rest);
}

/* A name that captures: not _, and not the start of something longer. */
static Ident *capture_name(Parser *p)
{
    if (peek(p) != T_NAME || peek_name(p, "_")) {
        return NULL;
    }
    TokenType next = peek_at(p, 1);
    return next == T_DOT || next == T_LPAR || next == T_EQUAL ? NULL : parser_name(p);
}

static AstPattern *star_pattern(Parser *p)
{
    uint32_t start = p->pos++;
    if (peek_name(p, "_")) {
        p->pos++;
        return NEW_PATTERN(p, span(p, start), MatchStar, .name = NULL);
    }
    Ident *name = capture_name(p);
    return name ? NEW_PATTERN(p, span(p, start), MatchStar, .name = name) : NULL;
}

static AstPattern *maybe_star_pattern(Parser *p)
{
    return peek(p) == T_STAR ? star_pattern(p) : pattern(p);
}

/* Patterns between commas, up to a bracket or what else ends them, pushed. */
static bool pattern_list(Parser *p)
{
    while (accept(p, T_COMMA)) {
        Mark mark = parser_mark(p);
        AstPattern *next = maybe_star_pattern(p);
        if (!next) {
            return parser_back(p, mark);
        }
        if (!parser_push(p, next)) {
            return false;
        }
    }
    return true;
}

static AstPattern *sequence_from(Parser *p, uint32_t start, uint32_t from)
{
    AstPos pos = span(p, start);
    AstPatternSeq *patterns = take_seq(p, pattern, from);
    return patterns ? NEW_PATTERN(p, pos, MatchSequence, .patterns = patterns) : NULL;
}

/* [a, b], (a, b), or (a), which is a. */
static AstPattern *bracketed_pattern(Parser *p)
{
    uint32_t start = p->pos, from = p->n_items;
    bool square = peek(p) == T_LSQB;
    TokenType close = square ? T_RSQB : T_RPAR;
    p->pos++;
    if (accept(p, close)) {
        return sequence_from(p, start, from);
    }
    AstPattern *first = maybe_star_pattern(p);
    if (!first) {
        return NULL;
    }
    if (!square && first->kind != AST_MatchStar && accept(p, T_RPAR)) {
        return first;
    }
    if (!square && peek(p) != T_COMMA) {
        return NULL;
    }
    if (!parser_push(p, first) || !pattern_list(p) || !accept(p, close)) {
        return NULL;
    }
    return sequence_from(p, start, from);
}

/* --- Patterns --- */

static AstPattern *name_pattern(Parser *p)
{
    uint32_t start = p->pos;
    if (peek_at(p, 1) != T_DOT && peek_at(p, 1) != T_LPAR) {
        if (peek_name(p, "_")) {
            p->pos++;
            return NEW_PATTERN(p, span(p, start), MatchAs, .pattern = NULL);
        }
        Ident *name = capture_name(p);
        return name ? NEW_PATTERN(p, span(p, start), MatchAs, .name = name) : NULL;
    }
    AstExpr *e = name_or_attr(p);
    if (!e) {
        return NULL;
    }
    if (peek(p) == T_LPAR) {
        return class_pattern(p, start, e);
    }
    return e->kind == AST_Attribute && peek(p) != T_EQUAL && peek(p) != T_DOT ? value_pattern(p, start, e) : NULL;
}

static AstPattern *closed_pattern(Parser *p)
{
    uint32_t start = p->pos;
    AstConstant value;
    switch (peek(p)) {
    case T_NAME: return name_pattern(p);
    case T_NUMBER:
    case T_MINUS: return value_pattern(p, start, number_expr(p));
    case T_LPAR:
    case T_LSQB: return bracketed_pattern(p);
    case T_LBRACE: return mapping_pattern(p);
    default:
        if (at_string_literal(p)) {
            return value_pattern(p, start, parse_strings(p));
        }
        return singleton(p, &value) ? NEW_PATTERN(p, span(p, start), MatchSingleton, .value = value) : NULL;
    }
}

static AstPattern *or_pattern(Parser *p)
{
    uint32_t start = p->pos;
    if (!parser_enter(p)) {
        parser_leave(p);
        return NULL;
    }
    AstPattern *first = closed_pattern(p);
    parser_leave(p);
    if (!first || peek(p) != T_VBAR) {
        return first;
    }
    uint32_t from = p->n_items;
    if (!parser_push(p, first)) {
        return NULL;
    }
    while (accept(p, T_VBAR)) {
        if (!parser_push(p, closed_pattern(p))) {
            return NULL;
        }
    }
    AstPos pos = span(p, start);
    AstPatternSeq *patterns = take_seq(p, pattern, from);
    return patterns ? NEW_PATTERN(p, pos, MatchOr, .patterns = patterns) : NULL;
}

static AstPattern *pattern(Parser *p)
{
    uint32_t start = p->pos;
    AstPattern *inner = or_pattern(p);
    if (!inner || peek(p) != T_AS) {
        return inner;
    }
    Mark mark = parser_mark(p);
    p->pos++;
    Token token = p->tokens[peek(p) == T_ERRORTOKEN ? p->pos - 1 : p->pos];
    bool wildcard = peek_name(p, "_");
    Ident *name = capture_name(p);
    if (name) {
        return NEW_PATTERN(p, span(p, start), MatchAs, .pattern = inner, .name = name);
    }
    if (!p->failed && invalid_forms(p)) {
        AstExpr *e;
        if (wildcard) {
            raise_at(p, token_span(&token), "cannot use '_' as a target");
        } else if ((e = parse_expression(p))) {
            raise_at(p, e->pos, "cannot use %s as pattern target", expr_kind_name(e));
        }
    }
    return parser_back(p, mark) ? inner : NULL;
}

/* A pattern, or several without brackets. */
static AstPattern *patterns(Parser *p)
{
    uint32_t start = p->pos, from = p->n_items;
    AstPattern *first = maybe_star_pattern(p);
    if (!first || (peek(p) != T_COMMA && first->kind != AST_MatchStar)) {
        return first;
    }
    if (peek(p) != T_COMMA || !parser_push(p, first) || !pattern_list(p)) {
        return NULL;
    }
    return sequence_from(p, start, from);
}

/* --- The statement --- */

static AstMatchCase *match_case(Parser *p)
{
    Token keyword = p->tokens[p->pos++];
    AstPattern *pat = patterns(p);
    AstExpr *guard = NULL;
    if (!pat) {
        return NULL;
    }
    if (accept(p, T_IF) && !(guard = parse_named_expression(p))) {
        return NULL;
    }
    if (peek(p) == T_NEWLINE && invalid_forms(p)) {
        return raise_here(p, SYNTAX_ERROR, "expected ':'");
    }
    if (!accept(p, T_COLON)) {
        return NULL;
    }
    diagnose_missing_block(p, "'case' statement", &keyword);
    AstStmtSeq *body = p->failed ? NULL : parse_block(p);
    return body ? NEW_PRODUCT(p, AstMatchCase, .pattern = pat, .guard = guard, .body = body) : NULL;
}

/* What is matched: an expression, or a tuple without parentheses. */
static AstExpr *subject(Parser *p)
{
    uint32_t start = p->pos;
    AstExpr *first = parse_star_named_expression(p);
    if (!first || peek(p) != T_COMMA) {
        return first && first->kind != AST_Starred ? first : NULL;
    }
    return parse_rest_of_tuple(p, start, first, parse_star_named_expression);
}

AstStmt *parse_match(Parser *p)
{
    uint32_t start = p->pos, from = p->n_items;
    Token keyword = p->tokens[p->pos++];
    AstExpr *what = subject(p);
    if (!what) {
        return NULL;
    }
    if (peek(p) == T_NEWLINE && invalid_forms(p)) {
        return raise_here(p, SYNTAX_ERROR, "expected ':'");
    }
    if (!accept(p, T_COLON) || peek(p) != T_NEWLINE) {
        return NULL;
    }
    diagnose_missing_block(p, "'match' statement", &keyword);
    if (p->failed) {
        return NULL;
    }
    p->pos++;
    if (!accept(p, T_INDENT) || !parser_version(p, 10, "Pattern matching is")) {
        return NULL;
    }
    while (peek_name(p, "case")) {
        if (!parser_push(p, match_case(p))) {
            return NULL;
        }
    }
    if (p->n_items == from || !accept(p, T_DEDENT)) {
        return NULL;
    }
    AstMatchCaseSeq *cases = take_seq(p, match_case, from);
    return cases ? NEW_STMT(p, statement_span(p, start), Match, .subject = what, .cases = cases) : NULL;
}
