/* What stands between the parentheses of a call and of a definition: arguments, parameters; lambda; type
 * parameters. */
#include <string.h>

#include "front/parser_priv.h"

/* --- Arguments --- */

/* In the order the language asks for: positional and *, then also name=, then ** and name= only. */
typedef enum ArgState { ARGS_POSITIONAL, ARGS_KEYWORDS, ARGS_DOUBLE_STAR } ArgState;

typedef struct ArgList {
    uint32_t from;       /* arguments and keywords together lie on the stack from here */
    uint32_t n_keywords;
    ArgState state;
} ArgList;

/* A keyword is told from an argument by a tag in its pointer. */
static void *tag_keyword(AstKeyword *keyword)
{
    return keyword ? (void *)((uintptr_t)keyword | 1) : NULL;
}

static bool push_keyword(Parser *p, ArgList *list, uint32_t start, Ident *name, AstExpr *value)
{
    AstPos pos = span(p, start);
    AstKeyword *keyword = NEW_PRODUCT(p, AstKeyword, .pos = pos, .arg = name, .value = value);
    list->n_keywords++;
    return parser_push(p, tag_keyword(keyword));
}

static bool starred_argument(Parser *p, ArgList *list)
{
    if (list->state == ARGS_DOUBLE_STAR) {
        return false;
    }
    return parser_push(p, parse_starred_expression(p));
}

static bool keyword_argument(Parser *p, ArgList *list)
{
    uint32_t start = p->pos;
    Ident *name = parser_name(p);
    p->pos++;
    AstExpr *value = name ? parse_expression(p) : NULL;
    if (!value) {
        return false;
    }
    if (list->state == ARGS_POSITIONAL) {
        list->state = ARGS_KEYWORDS;
    }
    return push_keyword(p, list, start, name, value);
}

static bool mapping_argument(Parser *p, ArgList *list)
{
    uint32_t start = p->pos++;
    AstExpr *value = parse_expression(p);
    if (!value) {
        return false;
    }
    list->state = ARGS_DOUBLE_STAR;
    return push_keyword(p, list, start, NULL, value);
}

/* One argument; false if none matches here. */
static bool argument(Parser *p, ArgList *list)
{
    TokenType type = peek(p);
    bool keyword = type == T_NAME && peek_at(p, 1) == T_EQUAL;
    if (list->state == ARGS_POSITIONAL && !keyword && type != T_STAR && type != T_DOUBLESTAR) {
        Mark mark = parser_mark(p);
        AstExpr *e = parse_assignment_or_expression(p);
        if (e && peek(p) != T_EQUAL) {
            return parser_push(p, e);
        }
        if (!parser_back(p, mark)) {
            return false;
        }
    }
    if (type == T_STAR && list->state == ARGS_POSITIONAL) {
        return starred_argument(p, list);
    }
    if (invalid_forms(p)) {
        Mark mark = parser_mark(p);
        diagnose_kwarg(p);
        if (!parser_back(p, mark)) {
            return false;
        }
    }
    if (keyword) {
        return keyword_argument(p, list);
    }
    if (type == T_DOUBLESTAR) {
        return mapping_argument(p, list);
    }
    return type == T_STAR && starred_argument(p, list);
}

/* f(x for x in y): at the `for`, with the element parsed. The parentheses are the call's. */
static bool sole_genexp(Parser *p, uint32_t paren, ArgList *list)
{
    AstExpr *elt = p->items[p->n_items - 1];
    AstComprehensionSeq *generators = elt->kind == AST_Starred ? NULL : parse_comprehensions(p);
    if (!generators || peek(p) != T_RPAR) {
        return false;
    }
    p->pos++;
    AstPos pos = span(p, paren);
    p->pos--;
    p->n_items = list->from;
    return parser_push(p, NEW_EXPR(p, pos, GeneratorExp, .elt = elt, .generators = generators));
}

static bool split_arguments(Parser *p, ArgList *list, AstExprSeq **args, AstKeywordSeq **keywords)
{
    uint32_t n = p->n_items - list->from;
    if (list->n_keywords == 0) {
        *args = take_seq(p, expr, list->from);
        *keywords = empty_seq(p, keyword);
        return *args != NULL;
    }
    *args = AST_SEQ(p->arena, expr, n - list->n_keywords);
    *keywords = AST_SEQ(p->arena, keyword, list->n_keywords);
    if (!*args || !*keywords) {
        parser_no_memory(p);
        return false;
    }
    uint32_t n_args = 0, n_keywords = 0;
    for (uint32_t i = 0; i < n; i++) {
        uintptr_t item = (uintptr_t)p->items[list->from + i];
        if (item & 1) {
            (*keywords)->items[n_keywords++] = (AstKeyword *)(item - 1);
        } else {
            (*args)->items[n_args++] = (AstExpr *)item;
        }
    }
    p->n_items = list->from;
    return true;
}

/* Arguments as far as they match; the comma behind the last is not consumed. */
static bool arguments_prefix(Parser *p, ArgList *list)
{
    *list = (ArgList){.from = p->n_items};
    Mark mark = parser_mark(p);
    if (!argument(p, list)) {
        parser_back(p, mark);
        return false;
    }
    while (peek(p) == T_COMMA) {
        mark = parser_mark(p);
        ArgList before = *list;
        p->pos++;
        if (!argument(p, list)) {
            *list = before;
            return parser_back(p, mark);
        }
    }
    return true;
}

bool parse_args_prefix(Parser *p, AstExprSeq **args, AstKeywordSeq **keywords)
{
    ArgList list;
    return arguments_prefix(p, &list) && split_arguments(p, &list, args, keywords);
}

bool parse_arguments(Parser *p, bool genexp, AstExprSeq **args, AstKeywordSeq **keywords)
{
    uint32_t start = p->pos;
    *args = empty_seq(p, expr);
    *keywords = empty_seq(p, keyword);
    if (peek(p) == T_RPAR) {
        return true;
    }
    ArgList list;
    bool matched = arguments_prefix(p, &list);
    if (matched && genexp && p->n_items == list.from + 1 && list.state == ARGS_POSITIONAL && !p->diagnosing &&
        (peek(p) == T_FOR || peek(p) == T_ASYNC)) {
        matched = sole_genexp(p, start - 1, &list);
    } else if (matched) {
        accept(p, T_COMMA);
    }
    if (matched && peek(p) == T_RPAR) {
        return split_arguments(p, &list, args, keywords);
    }
    if (invalid_forms(p)) {
        p->pos = start;
        p->n_items = list.from;
        diagnose_arguments(p);
    }
    return false;
}

/* --- Parameters --- */

typedef struct ParamList {
    uint32_t from;       /* pairs of an AstArg and its default, or NULL, from here on the stack */
    uint32_t n_posonly, n_args, n_kwonly;
    bool slash, star, defaults;
    AstArg *vararg, *kwarg;
    bool lambda;
} ParamList;

AstArguments *empty_arguments(Parser *p)
{
    return NEW_PRODUCT(p, AstArguments, .posonlyargs = empty_seq(p, arg), .args = empty_seq(p, arg),
                       .kwonlyargs = empty_seq(p, arg), .kw_defaults = empty_seq(p, expr),
                       .defaults = empty_seq(p, expr));
}

static AstArg *parameter(Parser *p, bool lambda, bool star_annotation)
{
    uint32_t start = p->pos;
    Ident *name = parser_name(p);
    AstExpr *annotation = NULL;
    if (!name) {
        return NULL;
    }
    if (!lambda && accept(p, T_COLON)) {
        annotation = star_annotation && peek(p) == T_STAR ? parse_star_named_expression(p) : parse_expression(p);
        if (!annotation) {
            return NULL;
        }
    }
    AstPos pos = span(p, start);
    return NEW_PRODUCT(p, AstArg, .pos = pos, .arg = name, .annotation = annotation);
}

/* '=' expression, if it is there. */
static bool default_value(Parser *p, AstExpr **value)
{
    *value = NULL;
    if (peek(p) != T_EQUAL) {
        return true;
    }
    Token equal = p->tokens[p->pos++];
    Mark mark = parser_mark(p);
    *value = parse_expression(p);
    if (*value) {
        return true;
    }
    if (parser_back(p, mark) && invalid_forms(p) &&
        (peek(p) == T_COMMA || peek(p) == T_RPAR)) {
        raise_at(p, token_span(&equal), "expected default value expression");
    }
    return false;
}

static bool at_end(Parser *p, const ParamList *list)
{
    return peek(p) == (list->lambda ? T_COLON : T_RPAR);
}

/* Behind a parameter: a comma or the end, with a type comment after it. */
static bool parameter_end(Parser *p, ParamList *list, AstArg *arg)
{
    if (!accept(p, T_COMMA) && !at_end(p, list) && peek(p) != T_TYPE_COMMENT) {
        return false;
    }
    if (!list->lambda && peek(p) == T_TYPE_COMMENT && arg) {
        arg->type_comment = parse_type_comment(p);
    }
    return !p->failed;
}

static bool slash_parameter(Parser *p, ParamList *list)
{
    if (list->slash || list->star || !list->n_args) {
        return false;
    }
    p->pos++;
    list->slash = true;
    list->n_posonly = list->n_args;
    list->n_args = 0;
    return accept(p, T_COMMA) || at_end(p, list);
}

static bool star_parameter(Parser *p, ParamList *list)
{
    if (list->star) {
        return false;
    }
    p->pos++;
    list->star = true;
    if (accept(p, T_COMMA)) {
        return peek(p) == T_NAME;
    }
    list->vararg = parameter(p, list->lambda, true);
    return list->vararg && parameter_end(p, list, list->vararg);
}

static bool double_star_parameter(Parser *p, ParamList *list)
{
    p->pos++;
    list->kwarg = parameter(p, list->lambda, false);
    return list->kwarg && parameter_end(p, list, list->kwarg) && at_end(p, list);
}

static bool plain_parameter(Parser *p, ParamList *list)
{
    AstExpr *value;
    AstArg *arg = parameter(p, list->lambda, false);
    if (!arg || !default_value(p, &value)) {
        return false;
    }
    if (list->star) {
        list->n_kwonly++;
    } else {
        if (!value && list->defaults) {
            return false;
        }
        list->defaults |= value != NULL;
        list->n_args++;
    }
    return parser_push(p, arg) && (value ? parser_push(p, value) : parser_push_absent(p)) &&
           parameter_end(p, list, arg);
}

static AstArgSeq *take_params(Parser *p, uint32_t from, uint32_t n)
{
    AstArgSeq *seq = AST_SEQ(p->arena, arg, n);
    if (!seq) {
        return parser_no_memory(p);
    }
    for (uint32_t i = 0; i < n; i++) {
        seq->items[i] = p->items[from + 2 * i];
    }
    return seq;
}

static AstArguments *build_arguments(Parser *p, ParamList *list)
{
    uint32_t n_positional = list->n_posonly + list->n_args, from = list->from;
    uint32_t kwonly_from = from + 2 * n_positional;
    uint32_t n_defaults = 0;
    for (uint32_t i = 0; i < n_positional; i++) {
        n_defaults += p->items[from + 2 * i + 1] != NULL;
    }
    AstArgSeq *posonly = take_params(p, from, list->n_posonly);
    AstArgSeq *args = take_params(p, from + 2 * list->n_posonly, list->n_args);
    AstArgSeq *kwonly = take_params(p, kwonly_from, list->n_kwonly);
    AstExprSeq *defaults = AST_SEQ(p->arena, expr, n_defaults);
    AstExprSeq *kw_defaults = AST_SEQ(p->arena, expr, list->n_kwonly);
    if (!posonly || !args || !kwonly || !defaults || !kw_defaults) {
        return parser_no_memory(p);
    }
    for (uint32_t i = 0; i < n_defaults; i++) {
        defaults->items[i] = p->items[from + 2 * (n_positional - n_defaults + i) + 1];
    }
    for (uint32_t i = 0; i < list->n_kwonly; i++) {
        kw_defaults->items[i] = p->items[kwonly_from + 2 * i + 1];
    }
    p->n_items = from;
    return NEW_PRODUCT(p, AstArguments, .posonlyargs = posonly, .args = args, .vararg = list->vararg,
                       .kwonlyargs = kwonly, .kw_defaults = kw_defaults, .kwarg = list->kwarg,
                       .defaults = defaults);
}

AstArguments *parse_parameters(Parser *p, bool lambda)
{
    ParamList list = {.from = p->n_items, .lambda = lambda};
    if (invalid_forms(p)) {
        Mark mark = parser_mark(p);
        diagnose_parameters(p, lambda);
        if (!parser_back(p, mark)) {
            return NULL;
        }
    }
    while (!at_end(p, &list)) {
        bool ok;
        switch (peek(p)) {
        case T_SLASH: ok = slash_parameter(p, &list); break;
        case T_STAR:
        case T_DOUBLESTAR:
            if (invalid_forms(p) && !(list.star && peek(p) == T_STAR)) {
                Mark mark = parser_mark(p);
                diagnose_star_etc(p, lambda);
                if (!parser_back(p, mark)) {
                    return NULL;
                }
            }
            ok = peek(p) == T_STAR ? star_parameter(p, &list) : double_star_parameter(p, &list);
            break;
        case T_NAME: ok = plain_parameter(p, &list); break;
        default: ok = false; break;
        }
        if (!ok) {
            return NULL;
        }
        if (p->tokens[p->pos - 1].type != T_COMMA && p->tokens[p->pos - 1].type != T_TYPE_COMMENT) {
            break;
        }
    }
    if (!at_end(p, &list) || (list.slash && !parser_version(p, 8, "Positional-only parameters are"))) {
        return NULL;
    }
    return build_arguments(p, &list);
}

AstExpr *parse_lambda(Parser *p)
{
    uint32_t start = p->pos++;
    AstArguments *args = peek(p) == T_COLON ? empty_arguments(p) : parse_parameters(p, true);
    if (!args || !accept(p, T_COLON)) {
        return NULL;
    }
    AstExpr *body = parse_expression(p);
    return body ? NEW_EXPR(p, span(p, start), Lambda, .args = args, .body = body) : NULL;
}

/* --- Type parameters --- */

static bool no_bound(Parser *p, const char *what)
{
    if (peek(p) != T_COLON || !invalid_forms(p)) {
        return true;
    }
    Token colon = p->tokens[p->pos++];
    AstExpr *e = parse_expression(p);
    if (e) {
        raise_from(p, token_span(&colon), "cannot use %s with %s", e->kind == AST_Tuple ? "constraints" : "bound",
                   what);
    }
    return false;
}

static AstTypeParam *type_param(Parser *p)
{
    uint32_t start = p->pos;
    bool star = accept(p, T_STAR), double_star = !star && accept(p, T_DOUBLESTAR);
    Ident *name = parser_name(p);
    AstExpr *bound = NULL, *value = NULL;
    if (!name) {
        return NULL;
    }
    if (star || double_star) {
        if (!no_bound(p, star ? "TypeVarTuple" : "ParamSpec")) {
            return NULL;
        }
    } else if (accept(p, T_COLON) && !(bound = parse_expression(p))) {
        return NULL;
    }
    if (accept(p, T_EQUAL)) {
        value = star && peek(p) == T_STAR ? parse_star_named_expression(p) : parse_expression(p);
        if (!value || !parser_version(p, 13, "Type parameter defaults are")) {
            return NULL;
        }
    }
    AstPos pos = span(p, start);
    if (star) {
        return NEW(p, AstTypeParam, pos, TypeVarTuple, .name = name, .default_value = value);
    }
    if (double_star) {
        return NEW(p, AstTypeParam, pos, ParamSpec, .name = name, .default_value = value);
    }
    return NEW(p, AstTypeParam, pos, TypeVar, .name = name, .bound = bound, .default_value = value);
}

AstTypeParamSeq *parse_type_params(Parser *p)
{
    if (!accept(p, T_LSQB)) {
        return empty_seq(p, type_param);
    }
    if (peek(p) == T_RSQB && invalid_forms(p)) {
        return raise_from(p, token_span(&p->tokens[p->pos]), "Type parameter list cannot be empty");
    }
    uint32_t from = p->n_items;
    do {
        if (peek(p) == T_RSQB && p->n_items > from) {
            break;
        }
        if (!parser_push(p, type_param(p))) {
            return NULL;
        }
    } while (accept(p, T_COMMA));
    if (!accept(p, T_RSQB) || !parser_version(p, 12, "Type parameter lists are")) {
        return NULL;
    }
    return take_seq(p, type_param, from);
}
