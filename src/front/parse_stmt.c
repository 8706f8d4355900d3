/* Simple statements: those of one line. */
#include <string.h>

#include "front/parser_priv.h"

AstString *parse_type_comment(Parser *p)
{
    if (peek(p) != T_TYPE_COMMENT) {
        return NULL;
    }
    const Token *token = &p->tokens[p->pos++];
    AstString *comment = ast_string(p->arena, token_bytes(p, token), token->end - token->start);
    return comment ? comment : parser_no_memory(p);
}

/* --- Assignments and expression statements --- */

static const uint8_t augmented_ops[T_COUNT] = {
    [T_PLUSEQUAL] = AST_Add,          [T_MINEQUAL] = AST_Sub,           [T_STAREQUAL] = AST_Mult,
    [T_ATEQUAL] = AST_MatMult,        [T_SLASHEQUAL] = AST_Div,         [T_PERCENTEQUAL] = AST_Mod,
    [T_AMPEREQUAL] = AST_BitAnd,      [T_VBAREQUAL] = AST_BitOr,        [T_CIRCUMFLEXEQUAL] = AST_BitXor,
    [T_LEFTSHIFTEQUAL] = AST_LShift,  [T_RIGHTSHIFTEQUAL] = AST_RShift, [T_DOUBLESTAREQUAL] = AST_Pow,
    [T_DOUBLESLASHEQUAL] = AST_FloorDiv,
};

/* target ':' annotation [= value], at the colon */
static AstStmt *annotated_assignment(Parser *p, uint32_t start, AstExpr *target)
{
    p->pos++;
    AstExpr *annotation = parse_expression(p);
    AstExpr *value = NULL;
    if (!annotation) {
        return NULL;
    }
    Mark mark = parser_mark(p);
    if (accept(p, T_EQUAL) && !(value = parse_annotated_rhs(p)) && !parser_back(p, mark)) {
        return NULL;
    }
    int simple = target->kind == AST_Name && !target->parenthesised;
    if (!target_set(p, target, AST_Store) ||
        !parser_version(p, 6, simple ? "Variable annotation syntax is" : "Variable annotations syntax is")) {
        return NULL;
    }
    return NEW_STMT(p, span(p, start), AnnAssign, .target = target, .annotation = annotation, .value = value,
                    .simple = simple);
}

/* targets '=' ... value, at the first '=' */
static AstStmt *assignment(Parser *p, uint32_t start, AstExpr *first)
{
    uint32_t from = p->n_items;
    AstExpr *value = first;
    while (accept(p, T_EQUAL)) {
        if (value->kind == AST_Yield || value->kind == AST_YieldFrom || !target_set(p, value, AST_Store) ||
            !parser_push(p, value)) {
            return NULL;
        }
        value = parse_annotated_rhs(p);
        if (!value) {
            return NULL;
        }
    }
    AstString *comment = parse_type_comment(p);
    if (p->failed) {
        return NULL;
    }
    AstPos pos = span(p, start);
    AstExprSeq *targets = take_seq(p, expr, from);
    return targets ? NEW_STMT(p, pos, Assign, .targets = targets, .value = value, .type_comment = comment) : NULL;
}

static AstStmt *augmented_assignment(Parser *p, uint32_t start, AstExpr *target)
{
    AstOperator op = augmented_ops[peek(p)];
    if (!target_single(target)) {
        return NULL;
    }
    p->pos++;
    AstExpr *value = parse_annotated_rhs(p);
    if (!value || !target_set(p, target, AST_Store)) {
        return NULL;
    }
    return NEW_STMT(p, span(p, start), AugAssign, .target = target, .op = op, .value = value);
}

static AstStmt *expression_statement(Parser *p)
{
    uint32_t start = p->pos;
    AstExpr *e = peek(p) == T_YIELD ? parse_yield(p) : parse_star_expressions(p);
    if (!e) {
        return NULL;
    }
    switch (peek(p)) {
    case T_EQUAL: return assignment(p, start, e);
    case T_COLON: return target_single(e) ? annotated_assignment(p, start, e) : NULL;
    default:
        if (augmented_ops[peek(p)]) {
            return augmented_assignment(p, start, e);
        }
        return NEW_STMT(p, span(p, start), Expr, .value = e);
    }
}

/* The same under diagnosis: targets are first looked for without trying wrong forms in them, as those
 * belong to what the text may mean otherwise. */
static AstStmt *expression_statement_diagnosing(Parser *p)
{
    uint32_t start = p->pos;
    Mark mark = parser_mark(p);
    bool quiet = p->quiet;
    if (peek(p) == T_NAME && peek_at(p, 1) == T_COLON) {
        AstExpr *target = parse_primary(p);
        AstStmt *s = target ? annotated_assignment(p, start, target) : NULL;
        if (s || !parser_back(p, mark)) {
            return s;
        }
    }
    p->quiet = true;
    AstExpr *e = parse_star_expressions(p);
    p->quiet = quiet;
    if (e && peek(p) == T_COLON && target_single(e) && e->kind != AST_Name) {
        AstStmt *s = annotated_assignment(p, start, e);
        if (s || p->failed) {
            return s;
        }
    }
    if (!parser_back(p, mark)) {
        return NULL;
    }
    AstExpr *value = NULL;
    bool targets = false;
    for (;;) {
        Mark before = parser_mark(p);
        AstExpr *target = parse_star_targets(p);
        if (!target || !accept(p, T_EQUAL)) {
            if (!parser_back(p, before)) {
                return NULL;
            }
            break;
        }
        targets = true;
    }
    if (targets) {
        value = parse_annotated_rhs(p);
        if (value && peek(p) != T_EQUAL) {
            parse_type_comment(p);
            return NEW_STMT(p, span(p, start), Assign, .targets = empty_seq(p, expr), .value = value);
        }
        if (!parser_back(p, mark)) {
            return NULL;
        }
    }
    p->quiet = true;
    e = parse_bitwise_or(p);
    p->quiet = quiet;
    if (e && target_single(e) && augmented_ops[peek(p)]) {
        AstOperator op = augmented_ops[peek(p)];
        p->pos++;
        value = parse_annotated_rhs(p);
        return value ? NEW_STMT(p, span(p, start), AugAssign, .target = e, .op = op, .value = value) : NULL;
    }
    if (!parser_back(p, mark)) {
        return NULL;
    }
    if (invalid_forms(p)) {
        diagnose_assignment(p);
        if (!parser_back(p, mark)) {
            return NULL;
        }
    }
    e = peek(p) == T_YIELD ? parse_yield(p) : parse_star_expressions(p);
    return e ? NEW_STMT(p, span(p, start), Expr, .value = e) : NULL;
}

/* --- Statements with a keyword --- */

static AstStmt *return_statement(Parser *p)
{
    uint32_t start = p->pos++;
    Mark mark = parser_mark(p);
    AstExpr *value = parse_star_expressions(p);
    if (!value && !parser_back(p, mark)) {
        return NULL;
    }
    return NEW_STMT(p, span(p, start), Return, .value = value);
}

static AstStmt *raise_statement(Parser *p)
{
    uint32_t start = p->pos++;
    Mark mark = parser_mark(p);
    AstExpr *exc = parse_expression(p), *cause = NULL;
    if (!exc && !parser_back(p, mark)) {
        return NULL;
    }
    mark = parser_mark(p);
    if (exc && accept(p, T_FROM) && !(cause = parse_expression(p)) && !parser_back(p, mark)) {
        return NULL;
    }
    return NEW_STMT(p, span(p, start), Raise, .exc = exc, .cause = cause);
}

static AstStmt *assert_statement(Parser *p)
{
    uint32_t start = p->pos++;
    AstExpr *test = parse_expression(p), *msg = NULL;
    if (!test) {
        return NULL;
    }
    Mark mark = parser_mark(p);
    if (accept(p, T_COMMA) && !(msg = parse_expression(p)) && !parser_back(p, mark)) {
        return NULL;
    }
    return NEW_STMT(p, span(p, start), Assert, .test = test, .msg = msg);
}

static AstStmt *delete_statement(Parser *p)
{
    uint32_t start = p->pos++;
    Mark mark = parser_mark(p);
    uint32_t from = p->n_items;
    bool quiet = p->quiet;
    p->quiet = p->diagnosing;
    bool ok = true;
    for (bool first = true; ok; first = false) {
        Mark before = parser_mark(p);
        if (!first && !accept(p, T_COMMA)) {
            break;
        }
        AstExpr *e = parse_bitwise_or(p);
        if (!e || !target_set(p, e, AST_Del)) {
            ok = parser_back(p, before) && !first && accept(p, T_COMMA);
            break;
        }
        ok = parser_push(p, e);
    }
    p->quiet = quiet;
    if (ok && (peek(p) == T_SEMI || peek(p) == T_NEWLINE)) {
        AstPos pos = span(p, start);
        AstExprSeq *targets = take_seq(p, expr, from);
        return targets ? NEW_STMT(p, pos, Delete, .targets = targets) : NULL;
    }
    if (!p->failed && invalid_forms(p)) {
        parser_back(p, mark);
        AstExpr *e = parse_star_expressions(p);
        if (e) {
            raise_invalid_target(p, e, TARGET_DEL);
        }
    }
    return NULL;
}

static AstStmt *scope_statement(Parser *p)
{
    uint32_t start = p->pos;
    bool global = peek(p) == T_GLOBAL;
    uint32_t from = p->n_items;
    p->pos++;
    do {
        if (!parser_push(p, parser_name(p))) {
            return NULL;
        }
    } while (peek(p) == T_COMMA && peek_at(p, 1) == T_NAME && accept(p, T_COMMA));
    AstPos pos = span(p, start);
    IdentSeq *names = parser_take(p, from);
    if (!names) {
        return NULL;
    }
    return global ? NEW_STMT(p, pos, Global, .names = names) : NEW_STMT(p, pos, Nonlocal, .names = names);
}

/* --- Imports --- */

/* a.b.c as one identifier */
static Ident *dotted_name(Parser *p)
{
    if (peek(p) != T_NAME) {
        return NULL;
    }
    Ident *name = parser_name(p);
    if (!name || peek(p) != T_DOT) {
        return name;
    }
    char small[256];
    size_t length = name->length, capacity = sizeof small;
    char *text = small;
    memcpy(text, name->utf8, length < capacity ? length : 0);
    if (length >= capacity) {
        capacity = length + 256;
        text = arena_alloc(p->arena, capacity);
        if (!text) {
            return parser_no_memory(p);
        }
        memcpy(text, name->utf8, length);
    }
    while (peek(p) == T_DOT && peek_at(p, 1) == T_NAME) {
        p->pos++;
        Ident *part = parser_name(p);
        if (!part) {
            return NULL;
        }
        if (length + part->length + 2 > capacity) {
            capacity = 2 * capacity + part->length;
            char *larger = arena_alloc(p->arena, capacity);
            if (!larger) {
                return parser_no_memory(p);
            }
            memcpy(larger, text, length);
            text = larger;
        }
        text[length++] = '.';
        memcpy(text + length, part->utf8, part->length);
        length += part->length;
    }
    Ident *whole = ident_intern(p->idents, text, length);
    return whole ? whole : parser_no_memory(p);
}

/* `as` something that is no plain name. At the `as`. */
static void diagnose_import_target(Parser *p)
{
    Mark mark = parser_mark(p);
    p->pos++;
    TokenType after = peek(p) == T_NAME ? peek_at(p, 1) : T_ERRORTOKEN;
    if (after != T_COMMA && after != T_RPAR && after != T_SEMI && after != T_NEWLINE) {
        AstExpr *e = parse_expression(p);
        if (e) {
            raise_at(p, e->pos, "cannot use %s as import target", expr_kind_name(e));
        }
    }
    parser_back(p, mark);
}

static AstAlias *alias(Parser *p, bool dotted)
{
    uint32_t start = p->pos;
    Ident *name = dotted ? dotted_name(p) : parser_name(p), *asname = NULL;
    if (!name) {
        return NULL;
    }
    if (peek(p) == T_AS) {
        if (invalid_forms(p)) {
            diagnose_import_target(p);
            if (p->failed) {
                return NULL;
            }
        }
        Mark mark = parser_mark(p);
        p->pos++;
        asname = parser_name(p);
        if (!asname && !parser_back(p, mark)) {
            return NULL;
        }
    }
    AstPos pos = span(p, start);
    return NEW_PRODUCT(p, AstAlias, .pos = pos, .name = name, .asname = asname);
}

static AstAliasSeq *aliases(Parser *p, bool dotted)
{
    uint32_t from = p->n_items;
    do {
        if (!parser_push(p, alias(p, dotted))) {
            return NULL;
        }
    } while (peek(p) == T_COMMA && peek_at(p, 1) == T_NAME && accept(p, T_COMMA));
    return take_seq(p, alias, from);
}

static void diagnose_import(Parser *p)
{
    Mark mark = parser_mark(p);
    Token keyword = p->tokens[p->pos++];
    if (peek(p) == T_NEWLINE) {
        raise_from(p, token_span(&p->tokens[p->pos]), "Expected one or more names after 'import'");
    }
    do {
        if (!dotted_name(p)) {
            parser_back(p, mark);
            return;
        }
    } while (accept(p, T_COMMA));
    if (accept(p, T_FROM) && dotted_name(p)) {
        raise_from(p, token_span(&keyword), "Did you mean to use 'from ... import ...' instead?");
    }
    parser_back(p, mark);
}

static AstStmt *import_statement(Parser *p)
{
    uint32_t start = p->pos;
    if (invalid_forms(p)) {
        diagnose_import(p);
    }
    p->pos++;
    AstAliasSeq *names = p->failed ? NULL : aliases(p, true);
    return names ? NEW_STMT(p, span(p, start), Import, .names = names) : NULL;
}

static AstAliasSeq *star_alias(Parser *p)
{
    AstPos pos = token_span(&p->tokens[p->pos++]);
    Ident *star = ident_intern(p->idents, "*", 1);
    AstAlias *all = star ? NEW_PRODUCT(p, AstAlias, .pos = pos, .name = star) : parser_no_memory(p);
    uint32_t from = p->n_items;
    return parser_push(p, all) ? take_seq(p, alias, from) : NULL;
}

static AstAliasSeq *import_from_targets(Parser *p)
{
    if (peek(p) == T_STAR) {
        return star_alias(p);
    }
    Mark mark = parser_mark(p);
    if (accept(p, T_LPAR)) {
        AstAliasSeq *names = aliases(p, false);
        if (names) {
            accept(p, T_COMMA);
        }
        return names && accept(p, T_RPAR) ? names : NULL;
    }
    AstAliasSeq *names = aliases(p, false);
    if (names && peek(p) != T_COMMA) {
        return names;
    }
    if (invalid_forms(p)) {
        if (names && peek_at(p, 1) == T_NEWLINE) {
            return raise_here(p, SYNTAX_ERROR, "trailing comma not allowed without surrounding parentheses");
        }
        if (!parser_back(p, mark)) {
            return NULL;
        }
        if (peek(p) == T_NEWLINE) {
            raise_from(p, token_span(&p->tokens[p->pos]), "Expected one or more names after 'import'");
        }
    }
    return NULL;
}

static AstStmt *import_from_statement(Parser *p)
{
    uint32_t start = p->pos++;
    int level = 0;
    for (;;) {
        if (accept(p, T_DOT)) {
            level++;
        } else if (accept(p, T_ELLIPSIS)) {
            level += 3;
        } else {
            break;
        }
    }
    Ident *module = NULL;
    if (peek(p) != T_IMPORT && !(module = dotted_name(p))) {
        return NULL;
    }
    if ((!module && !level) || !accept(p, T_IMPORT)) {
        return NULL;
    }
    AstAliasSeq *names = import_from_targets(p);
    if (!names) {
        return NULL;
    }
    if (!level && module && module->length == 10 && memcmp(module->utf8, "__future__", 10) == 0) {
        for (uint32_t i = 0; i < names->n; i++) {
            /* Acts on the text that follows, not only on code generation. */
            if (strcmp(names->items[i]->name->utf8, "barry_as_FLUFL") == 0) {
                p->barry = true;
            }
        }
    }
    return NEW_STMT(p, span(p, start), ImportFrom, .module = module, .names = names, .level = level);
}

/* --- type X[T] = ... --- */

static bool at_type_alias(Parser *p)
{
    return peek_name(p, "type") && peek_at(p, 1) == T_NAME &&
           (peek_at(p, 2) == T_EQUAL || peek_at(p, 2) == T_LSQB);
}

static AstStmt *type_alias(Parser *p)
{
    uint32_t start = p->pos++;
    AstPos pos = token_span(&p->tokens[p->pos]);
    Ident *id = parser_name(p);
    AstExpr *name = id ? NEW_EXPR(p, pos, Name, .id = id, .ctx = AST_Store) : NULL;
    AstTypeParamSeq *params = name ? parse_type_params(p) : NULL;
    if (!params || !accept(p, T_EQUAL)) {
        return NULL;
    }
    AstExpr *value = parse_expression(p);
    if (!value || !parser_version(p, 12, "Type statement is")) {
        return NULL;
    }
    return NEW_STMT(p, span(p, start), TypeAlias, .name = name, .type_params = params, .value = value);
}

/* --- Lines --- */

static AstStmt *keyword_only(Parser *p, AstStmtKind kind)
{
    AstPos pos = token_span(&p->tokens[p->pos++]);
    switch (kind) {
    case AST_Break: return NEW_STMT(p, pos, Break, );
    case AST_Continue: return NEW_STMT(p, pos, Continue, );
    default: return NEW_STMT(p, pos, Pass, );
    }
}

static AstStmt *simple_stmt(Parser *p)
{
    if (p->diagnosing && peek(p) >= T_FIRST_KEYWORD) {
        /* A keyword may stand where an expression should: pass if x else y. */
        Mark mark = parser_mark(p);
        if (invalid_forms(p)) {
            diagnose_assignment(p);
        }
        if (!parser_back(p, mark)) {
            return NULL;
        }
    }
    switch (peek(p)) {
    case T_RETURN: return return_statement(p);
    case T_IMPORT: return import_statement(p);
    case T_FROM: return import_from_statement(p);
    case T_RAISE: return raise_statement(p);
    case T_PASS: return keyword_only(p, AST_Pass);
    case T_BREAK: return keyword_only(p, AST_Break);
    case T_CONTINUE: return keyword_only(p, AST_Continue);
    case T_DEL: return delete_statement(p);
    case T_ASSERT: return assert_statement(p);
    case T_GLOBAL:
    case T_NONLOCAL: return scope_statement(p);
    case T_NAME:
        if (at_type_alias(p)) {
            Mark mark = parser_mark(p);
            AstStmt *s = type_alias(p);
            if (s || !parser_back(p, mark)) {
                return s;
            }
        }
        break;
    default: break;
    }
    return p->diagnosing ? expression_statement_diagnosing(p) : expression_statement(p);
}

AstStmt *parse_simple_stmt(Parser *p)
{
    if (!p->diagnosing) {
        return simple_stmt(p);
    }
    void *known;
    if (memo_get(p, MEMO_SIMPLE, &known)) {
        return known;
    }
    uint32_t start = p->pos;
    return memo_put(p, MEMO_SIMPLE, start, simple_stmt(p));
}

bool parse_simple_line(Parser *p)
{
    do {
        if (peek(p) == T_NEWLINE) {
            break;
        }
        if (!parser_push(p, parse_simple_stmt(p))) {
            return false;
        }
    } while (accept(p, T_SEMI));
    return accept(p, T_NEWLINE) && p->tokens[p->pos - 1].type == T_NEWLINE;
}

AstStmtSeq *parse_simple_stmts(Parser *p)
{
    uint32_t from = p->n_items;
    if (peek(p) == T_NEWLINE) {
        return NULL;
    }
    return parse_simple_line(p) ? take_seq(p, stmt, from) : NULL;
}
