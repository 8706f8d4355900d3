/* The wrong forms of expressions, arguments and parameters that have a message of their own.
 *
 * Each function is called where the right forms have failed, or just before they are tried, as the order of messages
 * wants it. It describes a problem or leaves the position where it found it. */
#include <string.h>

#include "front/parser_priv.h"

static AstPos token_pos(Parser *p, uint32_t index)
{
    return token_span(&p->tokens[index]);
}

static bool is_legacy_name(const AstExpr *e)
{
    return e->kind == AST_Name &&
           (strcmp(e->u.Name.id->utf8, "print") == 0 || strcmp(e->u.Name.id->utf8, "exec") == 0);
}

static bool at_soft_keyword(Parser *p)
{
    return peek_name(p, "_") || peek_name(p, "case") || peek_name(p, "match") || peek_name(p, "type");
}

/* --- Expressions --- */

/* "a" b "c": the quotes of one string inside it */
static void diagnose_broken_string(Parser *p)
{
    if (!accept(p, T_STRING)) {
        return;
    }
    AstExpr *first = NULL, *last = NULL, *e;
    while (peek(p) != T_STRING && (e = parse_expression_without_invalid(p))) {
        first = first ? first : e;
        last = e;
    }
    if (first && !p->failed && peek(p) == T_STRING) {
        raise_at(p, range(first->pos, last->pos), "invalid syntax. Is this intended to be part of the string?");
    }
}

/* a b: two expressions side by side, inside brackets. */
static void diagnose_missing_comma(Parser *p)
{
    if (at_soft_keyword(p) || (peek(p) == T_NAME && peek_at(p, 1) == T_STRING)) {
        return;
    }
    AstExpr *a = parse_disjunction(p);
    AstExpr *b = a ? parse_expression_without_invalid(p) : NULL;
    if (b && !is_legacy_name(a) && p->tokens[p->pos - 1].level > 0) {
        raise_at(p, range(a->pos, b->pos), "invalid syntax. Perhaps you forgot a comma?");
    }
}

/* a if b, without an else that an expression follows */
static void diagnose_conditional(Parser *p)
{
    AstExpr *a = parse_disjunction(p);
    if (!a || !accept(p, T_IF)) {
        return;
    }
    AstExpr *b = parse_disjunction(p);
    if (!b) {
        return;
    }
    if (peek(p) != T_ELSE) {
        if (peek(p) != T_COLON) {
            raise_at(p, range(a->pos, b->pos), "expected 'else' after 'if' expression");
        }
        return;
    }
    p->pos++;
    Mark mark = parser_mark(p);
    if (!parse_expression(p) && parser_back(p, mark)) {
        raise_here(p, SYNTAX_ERROR, "expected expression after 'else', but statement is given");
    }
}

/* pass if a else b */
static void diagnose_statement_as_value(Parser *p)
{
    uint32_t start = p->pos;
    TokenType type = peek(p);
    if (type != T_PASS && type != T_BREAK && type != T_CONTINUE) {
        return;
    }
    p->pos++;
    if (accept(p, T_IF) && parse_disjunction(p) && accept(p, T_ELSE) && parse_simple_stmt(p)) {
        raise_at(p, token_pos(p, start), "expected expression before 'if', but statement is given");
    }
}

/* lambda x: in a replacement field, where the colon begins the format */
static void diagnose_lambda_in_field(Parser *p)
{
    uint32_t start = p->pos;
    if (!accept(p, T_LAMBDA)) {
        return;
    }
    Mark mark = parser_mark(p);
    if (peek(p) != T_COLON && !parse_parameters(p, true) && !parser_back(p, mark)) {
        return;
    }
    uint32_t colon = p->pos;
    if (!accept(p, T_COLON)) {
        return;
    }
    TokenType next = peek(p);
    if (next == T_FSTRING_MIDDLE || next == T_TSTRING_MIDDLE) {
        raise_at(p, range(token_pos(p, start), token_pos(p, colon)),
                 "%c-string: lambda expressions are not allowed without parentheses",
                 next == T_FSTRING_MIDDLE ? 'f' : 't');
    }
}

static void (*const expression_forms[])(Parser *) = {
    diagnose_broken_string,
    diagnose_missing_comma,
    diagnose_conditional,
    diagnose_statement_as_value,
    diagnose_lambda_in_field,
};

void diagnose_expression(Parser *p)
{
    Mark mark = parser_mark(p);
    for (size_t i = 0; i < sizeof expression_forms / sizeof expression_forms[0]; i++) {
        expression_forms[i](p);
        if (!parser_back(p, mark)) {
            return;
        }
    }
}

/* print a */
void diagnose_legacy(Parser *p)
{
    if (p->failed || peek(p) != T_NAME || peek_at(p, 1) == T_LPAR) {
        return;
    }
    Mark mark = parser_mark(p);
    AstPos name_pos = token_pos(p, p->pos);
    bool legacy = peek_name(p, "print") || peek_name(p, "exec");
    Ident *name = parser_name(p);
    AstExpr *b = name ? parse_star_expressions(p) : NULL;
    if (b && legacy) {
        raise_at(p, range(name_pos, b->pos), "Missing parentheses in call to '%s'. Did you mean %s(...)?",
                 name->utf8, name->utf8);
    }
    parser_back(p, mark);
}

/* name = value, or a = value, where a condition is expected */
static void diagnose_equal(Parser *p)
{
    Mark mark = parser_mark(p);
    if (peek(p) == T_NAME && peek_at(p, 1) == T_EQUAL) {
        AstPos name = token_pos(p, p->pos);
        p->pos += 2;
        AstExpr *b = parse_bitwise_or(p);
        if (b && peek(p) != T_EQUAL && peek(p) != T_COLONEQUAL) {
            raise_at(p, range(name, b->pos), "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
        }
        if (!parser_back(p, mark)) {
            return;
        }
    }
    AstExpr *a = parse_bitwise_or(p);
    if (!a || !accept(p, T_EQUAL)) {
        return;
    }
    switch (a->kind) {
    case AST_List:
    case AST_Tuple:
    case AST_GeneratorExp: return;
    case AST_Constant:
        switch (a->u.Constant.value.kind) {
        case AST_CONST_NONE:
        case AST_CONST_TRUE:
        case AST_CONST_FALSE: return;
        default: break;
        }
        break;
    default: break;
    }
    AstExpr *b = parse_bitwise_or(p);
    if (b && peek(p) != T_EQUAL && peek(p) != T_COLONEQUAL) {
        raise_at(p, a->pos, "cannot assign to %s here. Maybe you meant '==' instead of '='?", expr_kind_name(a));
    }
}

void diagnose_named(Parser *p)
{
    void *known;
    Mark mark = parser_mark(p);
    if (memo_get(p, MEMO_INVALID_NAMED, &known)) {
        parser_back(p, mark);
        return;
    }
    AstExpr *a = parse_expression(p);
    if (a && accept(p, T_COLONEQUAL) && parse_expression(p)) {
        raise_at(p, a->pos, "cannot use assignment expressions with %s", expr_kind_name(a));
    }
    if (!parser_back(p, mark)) {
        return;
    }
    diagnose_equal(p);
    if (parser_back(p, mark)) {
        memo_put(p, MEMO_INVALID_NAMED, p->pos, NULL);
    }
}

/* --- Brackets --- */

/* (*a), (**a); at the parenthesis */
void diagnose_group(Parser *p)
{
    if (p->failed) {
        return;
    }
    Mark mark = parser_mark(p);
    p->pos++;
    AstPos at = token_pos(p, p->pos);
    if (peek(p) == T_STAR) {
        AstExpr *e = parse_starred_expression(p);
        if (e && peek(p) == T_RPAR) {
            raise_at(p, e->pos, "cannot use starred expression here");
        }
    } else if (accept(p, T_DOUBLESTAR) && parse_expression(p) && peek(p) == T_RPAR) {
        raise_at(p, at, "cannot use double starred expression here");
    }
    parser_back(p, mark);
}

/* At the opening bracket. */
void diagnose_comprehension(Parser *p)
{
    if (p->failed) {
        return;
    }
    Mark mark = parser_mark(p);
    bool paren = peek(p) == T_LPAR;
    p->pos++;
    Mark inside = parser_mark(p);
    if (peek(p) == T_STAR) {
        AstExpr *e = parse_starred_expression(p);
        if (e && parse_comprehensions(p)) {
            raise_at(p, e->pos, "iterable unpacking cannot be used in comprehension");
        }
        if (!parser_back(p, inside)) {
            return;
        }
    }
    if (!paren) {
        AstExpr *first = parse_star_named_expression(p);
        uint32_t comma = p->pos;
        if (first && accept(p, T_COMMA)) {
            AstExpr *last = NULL, *next;
            Mark before = parser_mark(p);
            while ((next = parse_star_named_expression(p))) {
                last = next;
                before = parser_mark(p);
                if (!accept(p, T_COMMA)) {
                    break;
                }
                before = parser_mark(p);
            }
            if (parser_back(p, before) && last && parse_comprehensions(p)) {
                raise_at(p, range(first->pos, last->pos),
                         "did you forget parentheses around the comprehension target?");
            }
            if (!p->failed && !last && parse_comprehensions(p)) {
                raise_at(p, range(first->pos, token_pos(p, comma)),
                         "did you forget parentheses around the comprehension target?");
            }
        }
    }
    parser_back(p, mark);
}

/* {**a for a in b}; at the brace */
void diagnose_dict_comprehension(Parser *p)
{
    Mark mark = parser_mark(p);
    p->pos++;
    AstPos at = token_pos(p, p->pos < p->fill ? p->pos : p->pos - 1);
    if (accept(p, T_DOUBLESTAR) && parse_bitwise_or(p) && parse_comprehensions(p) && peek(p) == T_RBRACE) {
        raise_at(p, at, "dict unpacking cannot be used in dict comprehension");
    }
    parser_back(p, mark);
}

/* key: *value, or key: without a value. Behind the key, at the colon. */
static void diagnose_dict_value(Parser *p)
{
    Token colon = p->tokens[p->pos++];
    if (peek(p) == T_STAR) {
        AstPos star = token_pos(p, p->pos);
        p->pos++;
        if (parse_bitwise_or(p)) {
            raise_from(p, star, "cannot use a starred expression in a dictionary value");
        }
    } else if (peek(p) == T_RBRACE || peek(p) == T_COMMA) {
        raise_at(p, token_span(&colon), "expression expected after dictionary key and ':'");
    }
}

/* At the brace. */
void diagnose_dict(Parser *p)
{
    Mark mark = parser_mark(p);
    p->pos++;
    Mark item = parser_mark(p);
    for (bool first = true;; first = false) {
        /* Items as long as they are right. */
        bool right = false;
        if (accept(p, T_DOUBLESTAR)) {
            right = parse_bitwise_or(p) != NULL;
        } else {
            right = parse_expression(p) && accept(p, T_COLON) && parse_expression(p);
        }
        if (right && accept(p, T_COMMA)) {
            item = parser_mark(p);
            continue;
        }
        if (right || !parser_back(p, item)) {
            break;
        }
        AstExpr *key = parse_expression(p);
        if (!key) {
            break;
        }
        if (peek(p) == T_COLON) {
            diagnose_dict_value(p);
        } else if (!first) {
            raise_exact(p, SYNTAX_ERROR, key->lineno, key->end_col_offset, key->end_lineno, 0,
                        "':' expected after dictionary key");
        }
        break;
    }
    parser_back(p, mark);
}

/* --- Comprehension clauses --- */

/* for a, b without in; at `for` or `async` */
void diagnose_for_clause(Parser *p)
{
    Mark mark = parser_mark(p);
    accept(p, T_ASYNC);
    p->pos++;
    if (parse_bitwise_or(p)) {
        Mark before = parser_mark(p);
        while (accept(p, T_COMMA)) {
            before = parser_mark(p);
            if (!parse_bitwise_or(p)) {
                parser_back(p, before);
                break;
            }
        }
        if (!p->failed && peek(p) != T_IN) {
            raise_here(p, SYNTAX_ERROR, "'in' expected after for-loop variables");
        }
    }
    parser_back(p, mark);
}

void diagnose_for_target(Parser *p)
{
    if (p->failed) {
        return;
    }
    Mark mark = parser_mark(p);
    accept(p, T_ASYNC);
    p->pos++;
    AstExpr *e = parse_star_expressions(p);
    if (e) {
        raise_invalid_target(p, e, TARGET_FOR);
    }
    parser_back(p, mark);
}

/* --- Arguments --- */

/* At an argument that is no plain one. */
void diagnose_kwarg(Parser *p)
{
    Mark mark = parser_mark(p);
    uint32_t start = p->pos;
    TokenType type = peek(p);
    if ((type == T_TRUE || type == T_FALSE || type == T_NONE) && peek_at(p, 1) == T_EQUAL) {
        raise_at(p, range(token_pos(p, start), token_pos(p, start + 1)), "cannot assign to %s", token_text(type));
        return;
    }
    bool named = type == T_NAME && peek_at(p, 1) == T_EQUAL;
    if (named) {
        AstPos at = range(token_pos(p, start), token_pos(p, start + 1));
        p->pos += 2;
        if (parse_expression(p) && parse_comprehensions(p)) {
            raise_at(p, at, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
        }
    } else if (type == T_DOUBLESTAR) {
        p->pos++;
        if (parse_expression(p) && accept(p, T_EQUAL)) {
            AstExpr *b = parse_expression(p);
            if (b) {
                raise_at(p, range(token_pos(p, start), b->pos), "cannot assign to keyword argument unpacking");
            }
        }
    } else {
        AstExpr *a = parse_expression(p);
        if (a && peek(p) == T_EQUAL) {
            raise_at(p, range(a->pos, token_pos(p, p->pos)),
                     "expression cannot contain assignment, perhaps you meant \"==\"?");
        }
    }
    parser_back(p, mark);
}

static AstPos last_comprehension_target(const AstComprehensionSeq *generators)
{
    const AstComprehension *last = generators->items[generators->n - 1];
    if (last->ifs->n) {
        return last->ifs->items[last->ifs->n - 1]->pos;
    }
    return last->iter->pos;
}

/* Do the arguments from here end in a ** with a * behind it? */
static void diagnose_star_after_mapping(Parser *p)
{
    AstExprSeq *args;
    AstKeywordSeq *keywords;
    if (!parse_args_prefix(p, &args, &keywords) || peek(p) != T_COMMA || peek_at(p, 1) != T_STAR) {
        return;
    }
    AstPos comma = token_pos(p, p->pos++);
    for (;;) {
        Mark mark = parser_mark(p);
        if (!parse_starred_expression(p)) {
            parser_back(p, mark);
            break;
        }
        if (peek(p) != T_COMMA || peek_at(p, 1) != T_STAR) {
            break;
        }
        p->pos++;
    }
    raise_from(p, comma, "iterable argument unpacking follows keyword argument unpacking");
}

/* f(a for b in c, d) */
static void diagnose_genexp_first(Parser *p)
{
    AstExpr *a = parse_expression(p);
    AstComprehensionSeq *generators = a ? parse_comprehensions(p) : NULL;
    if (!generators || !accept(p, T_COMMA)) {
        return;
    }
    /* Arguments may follow, or nothing; but what is wrong in them comes first. */
    AstExprSeq *args;
    AstKeywordSeq *keywords;
    peek(p);
    if (!p->failed) {
        parse_args_prefix(p, &args, &keywords);
    }
    raise_at(p, range(a->pos, last_comprehension_target(generators)), "Generator expression must be parenthesized");
}

/* f(a=b for c in d) */
static void diagnose_named_genexp(Parser *p)
{
    uint32_t start = p->pos;
    if (peek(p) != T_NAME || peek_at(p, 1) != T_EQUAL) {
        return;
    }
    p->pos += 2;
    if (parse_expression(p) && parse_comprehensions(p)) {
        raise_at(p, range(token_pos(p, start), token_pos(p, start + 1)),
                 "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
    }
}

/* f(a=) */
static void diagnose_missing_value(Parser *p)
{
    Mark mark = parser_mark(p);
    AstExprSeq *args;
    AstKeywordSeq *keywords;
    bool some = parse_args_prefix(p, &args, &keywords);
    if (!(some && accept(p, T_COMMA)) && !parser_back(p, mark)) {
        return;
    }
    uint32_t start = p->pos;
    if (peek(p) == T_NAME && peek_at(p, 1) == T_EQUAL && (peek_at(p, 2) == T_COMMA || peek_at(p, 2) == T_RPAR)) {
        raise_at(p, range(token_pos(p, start), token_pos(p, start + 1)), "expected argument value expression");
    }
}

/* f(a, b for c in d) */
static void diagnose_genexp_last(Parser *p)
{
    AstExprSeq *args;
    AstKeywordSeq *keywords;
    Mark mark = parser_mark(p);
    if (!parse_args_prefix(p, &args, &keywords)) {
        return;
    }
    AstComprehensionSeq *generators = parse_comprehensions(p);
    if (generators && args->n > 1 && keywords->n == 0) {
        raise_at(p, range(args->items[args->n - 1]->pos, last_comprehension_target(generators)),
                 "Generator expression must be parenthesized");
    }
    if (!parser_back(p, mark) || !parse_args_prefix(p, &args, &keywords) || !accept(p, T_COMMA)) {
        return;
    }
    AstExpr *a = parse_expression(p);
    generators = a ? parse_comprehensions(p) : NULL;
    if (generators) {
        raise_at(p, range(a->pos, generators->items[generators->n - 1]->target->pos),
                 "Generator expression must be parenthesized");
    }
}

/* f(a=1, b), f(**a, b) */
static void diagnose_positional_last(Parser *p)
{
    AstExprSeq *args, *more;
    AstKeywordSeq *keywords, *more_keywords;
    if (!parse_args_prefix(p, &args, &keywords) || !accept(p, T_COMMA) ||
        !parse_args_prefix(p, &more, &more_keywords)) {
        return;
    }
    bool mapping = keywords->n && !keywords->items[keywords->n - 1]->arg;
    raise_here(p, SYNTAX_ERROR, "positional argument follows keyword argument%s", mapping ? " unpacking" : "");
}

static void (*const argument_forms[])(Parser *) = {
    diagnose_star_after_mapping, diagnose_genexp_first, diagnose_named_genexp,
    diagnose_missing_value,      diagnose_genexp_last,  diagnose_positional_last,
};

void diagnose_arguments(Parser *p)
{
    Mark mark = parser_mark(p);
    for (size_t i = 0; i < sizeof argument_forms / sizeof argument_forms[0]; i++) {
        if (p->failed) {
            return;
        }
        argument_forms[i](p);
        if (!parser_back(p, mark)) {
            return;
        }
    }
}

/* --- Parameters --- */

/* One parameter with what may follow it; 0: none, 1: without default, 2: with one. */
static int skip_parameter(Parser *p, bool lambda)
{
    Mark mark = parser_mark(p);
    if (!accept(p, T_NAME)) {
        return 0;
    }
    if (!lambda && accept(p, T_COLON) && !parse_expression(p)) {
        parser_back(p, mark);
        return 0;
    }
    int kind = 1;
    if (accept(p, T_EQUAL)) {
        if (!parse_expression(p)) {
            parser_back(p, mark);
            return 0;
        }
        kind = 2;
    }
    TokenType close = lambda ? T_COLON : T_RPAR;
    if (!accept(p, T_COMMA) && peek(p) != close) {
        parser_back(p, mark);
        return 0;
    }
    if (!lambda) {
        accept(p, T_TYPE_COMMENT);
    }
    return kind;
}

/* The positional parameters, walked through once: each wrong form shows on the way. */
void diagnose_parameters(Parser *p, bool lambda)
{
    bool slash = false, defaults = false, any = false;
    Mark mark = parser_mark(p);
    bool quiet = p->quiet;
    if (peek(p) == T_SLASH && peek_at(p, 1) == T_COMMA) {
        raise_at(p, token_pos(p, p->pos), "at least one argument must precede /");
        return;
    }
    p->quiet = true;
    for (;;) {
        uint32_t start = p->pos;
        if (peek(p) == T_SLASH && any) {
            if (slash) {
                raise_at(p, token_pos(p, start), "/ may appear only once");
                break;
            }
            slash = true;
            p->pos++;
            if (peek(p) == T_STAR) {
                raise_at(p, token_pos(p, p->pos), "expected comma between / and *");
                break;
            }
            if (!accept(p, T_COMMA)) {
                break;
            }
            continue;
        }
        if (peek(p) == T_LPAR) {
            p->pos++;
            bool names = false;
            while (peek(p) == T_NAME) {
                names = true;
                p->pos++;
                if (!accept(p, T_COMMA)) {
                    break;
                }
            }
            if (names && peek(p) == T_RPAR && !defaults) {
                raise_at(p, range(token_pos(p, start), token_pos(p, p->pos)),
                         "%s parameters cannot be parenthesized", lambda ? "Lambda expression" : "Function");
            }
            break;
        }
        if (peek(p) == T_STAR) {
            p->pos++;
            if (!accept(p, T_COMMA) && !skip_parameter(p, lambda)) {
                break;
            }
            while (skip_parameter(p, lambda)) {
            }
            if (peek(p) == T_SLASH && !p->failed) {
                raise_at(p, token_pos(p, p->pos), "/ must be ahead of *");
            }
            break;
        }
        int kind = skip_parameter(p, lambda);
        if (!kind) {
            break;
        }
        any = true;
        if (kind == 1 && defaults) {
            AstPos pos = token_pos(p, start);
            uint32_t last = p->pos - 1;
            while (last > start && (p->tokens[last].type == T_COMMA || p->tokens[last].type == T_TYPE_COMMENT)) {
                last--;
            }
            pos.end_lineno = p->tokens[last].end_lineno;
            pos.end_col_offset = p->tokens[last].end_col;
            raise_at(p, pos, "parameter without a default follows parameter with a default");
            break;
        }
        defaults |= kind == 2;
    }
    p->quiet = quiet;
    parser_back(p, mark);
}

/* At a * or ** among the parameters. */
void diagnose_star_etc(Parser *p, bool lambda)
{
    TokenType close = lambda ? T_COLON : T_RPAR;
    uint32_t start = p->pos;
    bool quiet = p->quiet;
    if (accept(p, T_STAR)) {
        TokenType next = peek(p);
        if (next == close || (next == T_COMMA && (peek_at(p, 1) == close || peek_at(p, 1) == T_DOUBLESTAR))) {
            if (lambda) {
                raise_here(p, SYNTAX_ERROR, "named arguments must follow bare *");
            } else {
                raise_at(p, token_pos(p, start), "named arguments must follow bare *");
            }
            return;
        }
        if (next == T_COMMA && peek_at(p, 1) == T_TYPE_COMMENT) {
            raise_here(p, SYNTAX_ERROR, "bare * has associated type comment");
            return;
        }
        p->quiet = true;
        Mark mark = parser_mark(p);
        if (accept(p, T_NAME)) {
            bool plain = lambda || !accept(p, T_COLON) || parse_expression(p);
            if (plain && peek(p) == T_EQUAL && !p->failed) {
                raise_at(p, token_pos(p, p->pos), "var-positional argument cannot have default value");
            }
        }
        if (parser_back(p, mark) && (accept(p, T_COMMA) || skip_parameter(p, lambda) == 1)) {
            while (skip_parameter(p, lambda)) {
            }
            if (peek(p) == T_STAR && !p->failed) {
                Token star = p->tokens[p->pos++];
                if (peek(p) == T_COMMA || skip_parameter(p, lambda) == 1) {
                    raise_at(p, token_span(&star), "* argument may appear only once");
                }
            }
        }
    } else {
        p->pos++;
        p->quiet = true;
        if (accept(p, T_NAME) && (lambda || !accept(p, T_COLON) || parse_expression(p))) {
            if (peek(p) == T_EQUAL) {
                raise_at(p, token_pos(p, p->pos), "var-keyword argument cannot have default value");
            } else if (accept(p, T_COMMA)) {
                TokenType next = peek(p);
                uint32_t at = p->pos;
                if (next == T_STAR || next == T_DOUBLESTAR || next == T_SLASH) {
                    raise_at(p, token_pos(p, at), "arguments cannot follow var-keyword argument");
                } else if (next == T_NAME) {
                    p->pos++;
                    if (!lambda && accept(p, T_COLON)) {
                        parse_expression(p);
                    }
                    raise_at(p, span(p, at), "arguments cannot follow var-keyword argument");
                }
            }
        }
    }
    p->quiet = quiet;
}

/* --- Replacement fields --- */

static bool at_field_end(Parser *p, const char *allowed)
{
    TokenType type = peek(p);
    for (; *allowed; allowed++) {
        if ((*allowed == '=' && type == T_EQUAL) || (*allowed == '!' && type == T_EXCLAMATION) ||
            (*allowed == ':' && type == T_COLON) || (*allowed == '}' && type == T_RBRACE)) {
            return true;
        }
    }
    return false;
}

/* At the next token, even if others were read. */
#define raise_next(p, ...) (peek(p), raise_at((p), token_pos((p), (p)->pos), __VA_ARGS__))

/* At the brace. */
void diagnose_field(Parser *p, char letter)
{
    Mark mark = parser_mark(p);
    p->pos++;
    TokenType type = peek(p);
    if (at_field_end(p, "=!:}")) {
        raise_at(p, token_pos(p, p->pos), "%c-string: valid expression required before '%s'", letter,
                 token_text(type));
        return;
    }
    if (!parse_annotated_rhs(p)) {
        if (parser_back(p, mark)) {
            p->pos++;
            raise_next(p, "%c-string: expecting a valid expression after '{'", letter);
        }
        return;
    }
    if (!at_field_end(p, "=!:}")) {
        raise_next(p, "%c-string: expecting '=', or '!', or ':', or '}'", letter);
        return;
    }
    if (accept(p, T_EQUAL) && !at_field_end(p, "!:}")) {
        raise_next(p, "%c-string: expecting '!', or ':', or '}'", letter);
        return;
    }
    if (accept(p, T_EXCLAMATION)) {
        if (at_field_end(p, ":}")) {
            raise_next(p, "%c-string: missing conversion character", letter);
        } else if (!accept(p, T_NAME)) {
            raise_next(p, "%c-string: invalid conversion character", letter);
        }
        if (p->failed) {
            return;
        }
        if (!at_field_end(p, ":}")) {
            raise_next(p, "%c-string: expecting ':' or '}'", letter);
            return;
        }
    }
    if (accept(p, T_COLON)) {
        while (peek(p) == T_FSTRING_MIDDLE || peek(p) == T_TSTRING_MIDDLE) {
            p->pos++;
        }
        if (peek(p) != T_RBRACE && peek(p) != T_LBRACE) {
            raise_next(p, "%c-string: expecting '}', or format specs", letter);
        }
    } else if (peek(p) != T_RBRACE) {
        raise_next(p, "%c-string: expecting '}'", letter);
    }
    parser_back(p, mark);
}
