/* Compound statements and blocks. */
#include "front/parser_priv.h"

/* --- Blocks --- */

static AstStmtSeq *indented_block(Parser *p)
{
    uint32_t from = p->n_items;
    p->pos++;
    if (!accept(p, T_INDENT)) {
        return NULL;
    }
    while (peek(p) != T_DEDENT) {
        if (!parse_statement(p)) {
            return NULL;
        }
    }
    p->pos++;
    return take_seq(p, stmt, from);
}

AstStmtSeq *parse_block(Parser *p)
{
    void *known;
    if (memo_get(p, MEMO_BLOCK, &known)) {
        return known;
    }
    uint32_t start = p->pos;
    AstStmtSeq *body = NULL;
    if (peek(p) == T_NEWLINE) {
        if (newline_without_indent(p) && invalid_forms(p)) {
            raise_here(p, SYNTAX_INDENTATION, "expected an indented block");
        } else {
            body = indented_block(p);
        }
    } else {
        body = parse_simple_stmts(p);
    }
    return memo_put(p, MEMO_BLOCK, start, body);
}

void diagnose_missing_block(Parser *p, const char *what, const Token *keyword)
{
    if (newline_without_indent(p) && invalid_forms(p)) {
        raise_here(p, SYNTAX_INDENTATION, "expected an indented block after %s on line %d", what, keyword->lineno);
    }
}

/* ':' and the block of a statement that begins with `keyword`. */
static AstStmtSeq *colon_block(Parser *p, const char *what, const Token *keyword)
{
    Token first = *keyword;
    if (peek(p) == T_NEWLINE && invalid_forms(p)) {
        return raise_here(p, SYNTAX_ERROR, "expected ':'");
    }
    if (!accept(p, T_COLON)) {
        return NULL;
    }
    diagnose_missing_block(p, what, &first);
    return p->failed ? NULL : parse_block(p);
}

/* The same where nothing else could stand than the colon. */
static AstStmtSeq *forced_colon_block(Parser *p, const char *what, const Token *keyword)
{
    Token first = *keyword;
    if (!parser_force(p, T_COLON)) {
        return NULL;
    }
    diagnose_missing_block(p, what, &first);
    return p->failed ? NULL : parse_block(p);
}

/* --- if, while, for --- */

/* else ':' block; an empty sequence if there is no else. */
static AstStmtSeq *else_block(Parser *p)
{
    if (peek(p) != T_ELSE) {
        return empty_seq(p, stmt);
    }
    Token keyword = p->tokens[p->pos++];
    AstStmtSeq *body = forced_colon_block(p, "'else' statement", &keyword);
    if (body && peek(p) == T_ELIF && invalid_forms(p)) {
        return raise_here(p, SYNTAX_ERROR, "'elif' block follows an 'else' block");
    }
    return body;
}

static AstStmt *if_statement(Parser *p);

static AstStmtSeq *elif_or_else(Parser *p)
{
    if (peek(p) != T_ELIF) {
        return else_block(p);
    }
    AstStmt *inner = NULL;
    if (parser_enter(p)) {
        inner = if_statement(p);
    }
    parser_leave(p);
    uint32_t from = p->n_items;
    return parser_push(p, inner) ? take_seq(p, stmt, from) : NULL;
}

/* Also elif. */
static AstStmt *if_statement(Parser *p)
{
    uint32_t start = p->pos;
    Token keyword = p->tokens[p->pos++];
    AstExpr *test = parse_named_expression(p);
    if (!test) {
        return NULL;
    }
    AstStmtSeq *body = colon_block(p, keyword.type == T_IF ? "'if' statement" : "'elif' statement", &keyword);
    AstStmtSeq *orelse = body ? elif_or_else(p) : NULL;
    return orelse ? NEW_STMT(p, statement_span(p, start), If, .test = test, .body = body, .orelse = orelse) : NULL;
}

static AstStmt *while_statement(Parser *p)
{
    uint32_t start = p->pos;
    Token keyword = p->tokens[p->pos++];
    AstExpr *test = parse_named_expression(p);
    AstStmtSeq *body = test ? colon_block(p, "'while' statement", &keyword) : NULL;
    AstStmtSeq *orelse = body ? else_block(p) : NULL;
    return orelse ? NEW_STMT(p, statement_span(p, start), While, .test = test, .body = body, .orelse = orelse)
                  : NULL;
}

static AstStmt *for_statement(Parser *p, uint32_t start, bool is_async)
{
    Mark mark = parser_mark(p);
    Token keyword = p->tokens[p->pos++];
    AstExpr *target = parse_star_targets(p);
    if (!target || !accept(p, T_IN)) {
        if (parser_back(p, mark) && invalid_forms(p)) {
            diagnose_for_target(p);
        }
        return NULL;
    }
    AstExpr *iter = parse_star_expressions(p);
    if (!iter) {
        return NULL;
    }
    if (peek(p) == T_NEWLINE && invalid_forms(p)) {
        return raise_here(p, SYNTAX_ERROR, "expected ':'");
    }
    if (!accept(p, T_COLON)) {
        return NULL;
    }
    diagnose_missing_block(p, "'for' statement", &keyword);
    AstString *comment = parse_type_comment(p);
    AstStmtSeq *body = p->failed ? NULL : parse_block(p);
    AstStmtSeq *orelse = body ? else_block(p) : NULL;
    if (!orelse) {
        return NULL;
    }
    AstPos pos = statement_span(p, start);
    if (is_async) {
        return parser_version(p, 5, "Async for loops are")
                   ? NEW_STMT(p, pos, AsyncFor, .target = target, .iter = iter, .body = body, .orelse = orelse,
                              .type_comment = comment)
                   : NULL;
    }
    return NEW_STMT(p, pos, For, .target = target, .iter = iter, .body = body, .orelse = orelse,
                    .type_comment = comment);
}

/* --- with --- */

static bool after_with_target(Parser *p)
{
    TokenType type = peek(p);
    return type == T_COMMA || type == T_RPAR || type == T_COLON;
}

static AstWithItem *with_item(Parser *p)
{
    AstExpr *context = parse_expression(p), *target = NULL;
    if (!context) {
        return NULL;
    }
    if (peek(p) == T_AS) {
        Mark mark = parser_mark(p);
        p->pos++;
        target = parse_star_target(p);
        if (!target || !after_with_target(p)) {
            target = NULL;
            if (!parser_back(p, mark)) {
                return NULL;
            }
            if (invalid_forms(p)) {
                p->pos++;
                AstExpr *e = parse_expression(p);
                if (e && after_with_target(p)) {
                    raise_invalid_target(p, e, TARGET_STAR);
                }
                if (!parser_back(p, mark)) {
                    return NULL;
                }
            }
        }
    }
    return NEW_PRODUCT(p, AstWithItem, .context_expr = context, .optional_vars = target);
}

static AstWithItemSeq *with_items(Parser *p)
{
    uint32_t from = p->n_items;
    for (;;) {
        Mark mark = parser_mark(p);
        AstWithItem *item = with_item(p);
        if (!item) {
            if (!parser_back(p, mark) || p->n_items == from) {
                return NULL;
            }
            p->pos--;  /* the comma belongs to whoever called */
            break;
        }
        if (!parser_push(p, item)) {
            return NULL;
        }
        if (!accept(p, T_COMMA)) {
            break;
        }
    }
    return take_seq(p, withitem, from);
}

/* with (a as b, c as d): the parentheses are the statement's only if the colon follows. */
static AstWithItemSeq *parenthesised_items(Parser *p)
{
    if (!accept(p, T_LPAR)) {
        return NULL;
    }
    AstWithItemSeq *items = with_items(p);
    if (!items) {
        return NULL;
    }
    accept(p, T_COMMA);
    return accept(p, T_RPAR) && peek(p) == T_COLON ? items : NULL;
}

/* [as target] of the items, leniently, for diagnosis: up to what follows them. */
static bool skip_items(Parser *p)
{
    do {
        Mark mark = parser_mark(p);
        if (!parse_expression(p)) {
            parser_back(p, mark);
            return false;
        }
        if (accept(p, T_AS) && !parse_star_target(p)) {
            return false;
        }
    } while (accept(p, T_COMMA));
    return !p->failed;
}

static void diagnose_with(Parser *p, const Token *keyword)
{
    Mark mark = parser_mark(p);
    for (int parenthesised = 0; parenthesised < 2; parenthesised++) {
        bool ok = (!parenthesised || accept(p, T_LPAR)) && skip_items(p);
        if (ok && parenthesised) {
            accept(p, T_COMMA);
            ok = accept(p, T_RPAR);
        }
        if (ok && accept(p, T_COLON)) {
            diagnose_missing_block(p, "'with' statement", keyword);
        }
        if (!parser_back(p, mark)) {
            return;
        }
    }
}

static void diagnose_with_colon(Parser *p)
{
    Mark mark = parser_mark(p);
    for (int parenthesised = 0; parenthesised < 2; parenthesised++) {
        bool ok = (!parenthesised || accept(p, T_LPAR)) && skip_items(p);
        if (ok && parenthesised) {
            accept(p, T_COMMA);
            ok = accept(p, T_RPAR);
        }
        if (ok && peek(p) == T_NEWLINE) {
            raise_here(p, SYNTAX_ERROR, "expected ':'");
        }
        if (!parser_back(p, mark)) {
            return;
        }
    }
}

static AstStmt *with_statement(Parser *p, uint32_t start, bool is_async)
{
    Token keyword = p->tokens[p->pos++];
    if (invalid_forms(p)) {
        diagnose_with(p, &keyword);
        if (p->failed) {
            return NULL;
        }
    }
    Mark mark = parser_mark(p);
    AstWithItemSeq *items = parenthesised_items(p);
    if (!items) {
        if (!parser_back(p, mark)) {
            return NULL;
        }
        items = with_items(p);
    }
    if (!items || !accept(p, T_COLON)) {
        if (parser_back(p, mark) && invalid_forms(p)) {
            diagnose_with_colon(p);
        }
        return NULL;
    }
    AstString *comment = parse_type_comment(p);
    AstStmtSeq *body = p->failed ? NULL : parse_block(p);
    if (!body) {
        return NULL;
    }
    AstPos pos = statement_span(p, start);
    if (is_async) {
        return parser_version(p, 5, "Async with statements are")
                   ? NEW_STMT(p, pos, AsyncWith, .items = items, .body = body, .type_comment = comment)
                   : NULL;
    }
    return NEW_STMT(p, pos, With, .items = items, .body = body, .type_comment = comment);
}

/* --- try --- */

/* expression (',' expression)+ without parentheses; at the first comma */
static AstExpr *bare_types(Parser *p, uint32_t start, AstExpr *first)
{
    uint32_t from = p->n_items;
    if (!parser_push(p, first)) {
        return NULL;
    }
    while (accept(p, T_COMMA)) {
        Mark mark = parser_mark(p);
        AstExpr *next = parse_expression(p);
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

/* The wrong forms of an except clause's head; at the `except`. */
static void diagnose_except(Parser *p, bool star)
{
    Mark mark = parser_mark(p);
    p->pos++;
    accept(p, T_STAR);
    uint32_t start = p->pos;
    AstExpr *e = parse_expression(p);
    if (e && peek(p) == T_COMMA && bare_types(p, start, e) && accept(p, T_AS) && accept(p, T_NAME) &&
        peek(p) == T_COLON) {
        raise_from(p, e->pos, "multiple exception types must be parenthesized when using 'as'");
    }
    if (p->failed) {
        return;
    }
    p->pos = start;
    e = parse_expression(p);
    if (e) {
        if (accept(p, T_AS)) {
            uint32_t name = p->pos;
            if (accept(p, T_NAME) && peek(p) == T_NEWLINE) {
                raise_here(p, SYNTAX_ERROR, "expected ':'");
                return;
            }
            p->pos = name;
            AstExpr *target = parse_expression(p);
            if (target && accept(p, T_COLON) && parse_block(p)) {
                raise_at(p, target->pos, "cannot use except%s statement with %s", star ? "*" : "",
                         expr_kind_name(target));
            }
        } else if (peek(p) == T_NEWLINE) {
            raise_here(p, SYNTAX_ERROR, "expected ':'");
        }
    } else if (!p->failed) {
        p->pos = start;
        if (star && (peek(p) == T_NEWLINE || peek(p) == T_COLON)) {
            raise_here(p, SYNTAX_ERROR, "expected one or more exception types");
        } else if (!star && peek(p) == T_NEWLINE) {
            raise_here(p, SYNTAX_ERROR, "expected ':'");
        }
    }
    parser_back(p, mark);
}

static AstHandler *except_clause(Parser *p, bool star)
{
    uint32_t start = p->pos;
    Token keyword = p->tokens[p->pos++];
    if (star) {
        p->pos++;
    }
    AstExpr *type = NULL;
    Ident *name = NULL;
    bool ok = true;
    if (star || peek(p) != T_COLON) {
        uint32_t type_start = p->pos;
        type = parse_expression(p);
        ok = type != NULL;
        if (ok && peek(p) == T_COMMA) {
            type = bare_types(p, type_start, type);
            ok = type != NULL && parser_version(p, 14, "except expressions without parentheses are");
        } else if (ok && accept(p, T_AS)) {
            name = parser_name(p);
            ok = name != NULL;
        }
    }
    if (ok && accept(p, T_COLON)) {
        diagnose_missing_block(p, star ? "'except*' statement" : "'except' statement", &keyword);
        AstStmtSeq *body = p->failed ? NULL : parse_block(p);
        if (body) {
            return NEW(p, AstHandler, statement_span(p, start), ExceptHandler, .type = type, .name = name,
                       .body = body);
        }
    }
    if (!p->failed && invalid_forms(p)) {
        p->pos = start;
        diagnose_except(p, star);
    }
    return NULL;
}

/* An except clause of the other kind than those before it; at the `except`. */
static void diagnose_mixed_except(Parser *p, bool star)
{
    Mark mark = parser_mark(p);
    Token keyword = p->tokens[p->pos++], mark_token = p->tokens[p->pos];
    if (star) {
        p->pos++;
        if (parse_expression(p) && (!accept(p, T_AS) || accept(p, T_NAME)) && peek(p) == T_COLON) {
            raise_at(p, range(token_span(&keyword), token_span(&mark_token)),
                     "cannot have both 'except' and 'except*' on the same 'try'");
        }
    } else {
        Mark before = parser_mark(p);
        if (peek(p) != T_COLON && parse_expression(p)) {
            if (accept(p, T_AS)) {
                accept(p, T_NAME);
            }
        } else {
            parser_back(p, before);
        }
        if (peek(p) == T_COLON) {
            raise_at(p, token_span(&keyword), "cannot have both 'except' and 'except*' on the same 'try'");
        }
    }
    parser_back(p, mark);
}

static AstStmtSeq *finally_block(Parser *p)
{
    if (peek(p) != T_FINALLY) {
        return empty_seq(p, stmt);
    }
    Token keyword = p->tokens[p->pos++];
    return forced_colon_block(p, "'finally' statement", &keyword);
}

static AstStmt *try_statement(Parser *p)
{
    uint32_t start = p->pos;
    Token keyword = p->tokens[p->pos++];
    AstStmtSeq *body = forced_colon_block(p, "'try' statement", &keyword);
    if (!body) {
        return NULL;
    }
    if (peek(p) != T_EXCEPT && peek(p) != T_FINALLY) {
        return invalid_forms(p) ? raise_here(p, SYNTAX_ERROR, "expected 'except' or 'finally' block") : NULL;
    }
    uint32_t from = p->n_items;
    bool star = false;
    while (peek(p) == T_EXCEPT) {
        bool this_star = peek_at(p, 1) == T_STAR;
        if (p->n_items == from) {
            star = this_star;
        } else if (star != this_star) {
            if (invalid_forms(p)) {
                diagnose_mixed_except(p, this_star);
            }
            return NULL;
        }
        if (!parser_push(p, except_clause(p, star))) {
            return NULL;
        }
    }
    AstHandlerSeq *handlers = take_seq(p, excepthandler, from);
    AstStmtSeq *orelse = !handlers ? NULL : handlers->n ? else_block(p) : empty_seq(p, stmt);
    AstStmtSeq *finalbody = orelse ? finally_block(p) : NULL;
    if (!finalbody) {
        return NULL;
    }
    AstPos pos = statement_span(p, start);
    if (star) {
        return parser_version(p, 11, "Exception groups are")
                   ? NEW_STMT(p, pos, TryStar, .body = body, .handlers = handlers, .orelse = orelse,
                              .finalbody = finalbody)
                   : NULL;
    }
    return NEW_STMT(p, pos, Try, .body = body, .handlers = handlers, .orelse = orelse, .finalbody = finalbody);
}

/* --- def, class --- */

static AstString *function_type_comment(Parser *p)
{
    if (peek(p) == T_NEWLINE && peek_at(p, 1) == T_TYPE_COMMENT && peek_at(p, 2) == T_NEWLINE &&
        peek_at(p, 3) == T_INDENT) {
        p->pos++;
        return parse_type_comment(p);
    }
    if (peek(p) == T_TYPE_COMMENT && peek_at(p, 1) == T_NEWLINE && peek_at(p, 2) == T_TYPE_COMMENT &&
        peek_at(p, 3) == T_NEWLINE && peek_at(p, 4) == T_INDENT && invalid_forms(p)) {
        return raise_here(p, SYNTAX_ERROR, "Cannot have two type comments on def");
    }
    return parse_type_comment(p);
}

/* def; the decorators and `async` stand before. */
static AstStmt *function_definition(Parser *p, uint32_t start, AstExprSeq *decorators, bool is_async)
{
    Token keyword = p->tokens[p->pos++];
    Ident *name = parser_name(p);
    if (!name) {
        return NULL;
    }
    Mark bracket = parser_mark(p);
    AstTypeParamSeq *type_params = parse_type_params(p);
    if ((!type_params && !parser_back(p, bracket)) || !parser_force(p, T_LPAR)) {
        return NULL;
    }
    AstArguments *args = peek(p) == T_RPAR ? empty_arguments(p) : parse_parameters(p, false);
    AstExpr *returns = NULL;
    if (!args || !accept(p, T_RPAR)) {
        return NULL;
    }
    Mark arrow = parser_mark(p);
    if (accept(p, T_RARROW) && !(returns = parse_expression(p)) && !parser_back(p, arrow)) {
        return NULL;
    }
    if (!parser_force(p, T_COLON)) {
        return NULL;
    }
    diagnose_missing_block(p, "function definition", &keyword);
    AstString *comment = p->failed ? NULL : function_type_comment(p);
    AstStmtSeq *body = p->failed ? NULL : parse_block(p);
    if (!body) {
        return NULL;
    }
    AstPos pos = statement_span(p, start);
    if (is_async) {
        return parser_version(p, 5, "Async functions are")
                   ? NEW_STMT(p, pos, AsyncFunctionDef, .name = name, .args = args, .body = body,
                              .decorator_list = decorators, .returns = returns, .type_comment = comment,
                              .type_params = type_params)
                   : NULL;
    }
    return NEW_STMT(p, pos, FunctionDef, .name = name, .args = args, .body = body, .decorator_list = decorators,
                    .returns = returns, .type_comment = comment, .type_params = type_params);
}

static AstStmt *class_definition(Parser *p, AstExprSeq *decorators)
{
    uint32_t start = p->pos;
    Token keyword = p->tokens[p->pos++];
    Ident *name = parser_name(p);
    AstTypeParamSeq *type_params = name ? parse_type_params(p) : NULL;
    AstExprSeq *bases = empty_seq(p, expr);
    AstKeywordSeq *keywords = empty_seq(p, keyword);
    if (!type_params) {
        return NULL;
    }
    if (accept(p, T_LPAR) && (!parse_arguments(p, false, &bases, &keywords) || !accept(p, T_RPAR))) {
        return NULL;
    }
    AstStmtSeq *body = colon_block(p, "class definition", &keyword);
    return body ? NEW_STMT(p, statement_span(p, start), ClassDef, .name = name, .bases = bases,
                           .keywords = keywords, .body = body, .decorator_list = decorators,
                           .type_params = type_params)
                : NULL;
}

static AstStmt *decorated(Parser *p)
{
    uint32_t from = p->n_items;
    while (accept(p, T_AT)) {
        AstExpr *e = parse_named_expression(p);
        if (!parser_push(p, e) || !accept(p, T_NEWLINE)) {
            return NULL;
        }
    }
    AstExprSeq *decorators = take_seq(p, expr, from);
    if (!decorators) {
        return NULL;
    }
    uint32_t start = p->pos;
    switch (peek(p)) {
    case T_CLASS: return class_definition(p, decorators);
    case T_DEF: return function_definition(p, start, decorators, false);
    case T_ASYNC:
        if (peek_at(p, 1) == T_DEF) {
            p->pos++;
            return function_definition(p, start, decorators, true);
        }
        return NULL;
    default: return NULL;
    }
}

static AstStmt *async_statement(Parser *p)
{
    uint32_t start = p->pos++;
    switch (peek(p)) {
    case T_DEF: return function_definition(p, start, empty_seq(p, expr), true);
    case T_WITH: return with_statement(p, start, true);
    case T_FOR: return for_statement(p, start, true);
    default: return NULL;
    }
}

/* --- Any statement --- */

/* Tokens after `match` that only an expression statement can have; the others need a closer look. */
static bool may_be_match(Parser *p)
{
    if (!peek_name(p, "match")) {
        return false;
    }
    switch (peek_at(p, 1)) {
    case T_EQUAL: case T_DOT: case T_COMMA: case T_RPAR: case T_COLON: case T_SEMI: case T_NEWLINE: case T_ENDMARKER:
    case T_COLONEQUAL:
        return false;
    default: return true;
    }
}

static AstStmt *compound_statement(Parser *p)
{
    switch (peek(p)) {
    case T_DEF: return function_definition(p, p->pos, empty_seq(p, expr), false);
    case T_CLASS: return class_definition(p, empty_seq(p, expr));
    case T_AT: return decorated(p);
    case T_ASYNC: return async_statement(p);
    case T_IF: return if_statement(p);
    case T_FOR: return for_statement(p, p->pos, false);
    case T_WHILE: return while_statement(p);
    case T_WITH: return with_statement(p, p->pos, false);
    case T_TRY: return try_statement(p);
    default: return NULL;
    }
}

static bool is_compound(TokenType type)
{
    switch (type) {
    case T_DEF: case T_CLASS: case T_AT: case T_ASYNC: case T_IF: case T_FOR: case T_WHILE: case T_WITH: case T_TRY:
        return true;
    default: return false;
    }
}

static bool statement(Parser *p)
{
    Mark mark = parser_mark(p);
    if (is_compound(peek(p))) {
        AstStmt *s = compound_statement(p);
        if (s || !p->diagnosing) {
            return parser_push(p, s);
        }
    } else if (may_be_match(p)) {
        AstStmt *s = parse_match(p);
        if (s) {
            return parser_push(p, s);
        }
    }
    return parser_back(p, mark) && peek(p) != T_NEWLINE && parse_simple_line(p);
}

bool parse_statement(Parser *p)
{
    bool ok = parser_enter(p) && statement(p);
    parser_leave(p);
    return ok;
}
