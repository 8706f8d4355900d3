/* The parser's machinery: the token buffer, problems and their places, remembered attempts, the
 * stack of items; and the door, parse_source, with its two passes. */
#include "front/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "front/identifier.h"
#include "front/parser_priv.h"

/* --- Tokens --- */

static bool grow_tokens(Parser *p)
{
    uint32_t capacity = p->capacity ? p->capacity * 2 : 256;
    Token *tokens = realloc(p->tokens, capacity * sizeof *tokens);
    if (!tokens) {
        parser_no_memory(p);
        return false;
    }
    p->tokens = tokens;
    p->capacity = capacity;
    return true;
}

/* The text after `# type: ignore`, and where the comment has a line for itself that line's end too. */
static AstString *ignore_tag(Parser *p, const Token *token)
{
    const char *text = token_bytes(p, token), *comment = text;
    size_t length = token->end - token->start;
    while (*comment != '#') {
        comment--;
    }
    const char *line = comment;
    while (line > p->lx.base && (line[-1] == ' ' || line[-1] == '\t' || line[-1] == '\f')) {
        line--;
    }
    if (line > p->lx.base && line[-1] != '\n' && line[-1] != '\r') {
        return ast_string(p->arena, text, length);
    }
    char *with_end = arena_alloc(p->arena, length + 1);
    if (!with_end) {
        return NULL;
    }
    memcpy(with_end, text, length);
    with_end[length] = '\n';
    return ast_string(p->arena, with_end, length + 1);
}

static bool add_ignore(Parser *p, const Token *token)
{
    AstTypeIgnore *ignore = arena_alloc(p->arena, sizeof *ignore);
    AstString *tag = ignore_tag(p, token);
    if (!ignore || !tag) {
        parser_no_memory(p);
        return false;
    }
    *ignore = (AstTypeIgnore){.kind = AST_TypeIgnore, .u.TypeIgnore = {token->lineno, tag}};
    if (p->n_ignores == p->ignores_capacity) {
        uint32_t capacity = p->ignores_capacity ? p->ignores_capacity * 2 : 16;
        AstTypeIgnore **ignores = realloc(p->ignores, capacity * sizeof *ignores);
        if (!ignores) {
            parser_no_memory(p);
            return false;
        }
        p->ignores = ignores;
        p->ignores_capacity = capacity;
    }
    p->ignores[p->n_ignores++] = ignore;
    return true;
}

void parser_fill(Parser *p)
{
    if (p->failed) {
        return;
    }
    if (p->fill == p->capacity && !grow_tokens(p)) {
        return;
    }
    Token *token = &p->tokens[p->fill];
    TokenType type = lexer_next(&p->lx, token);
    while (type == T_TYPE_IGNORE) {
        if (!add_ignore(p, token)) {
            return;
        }
        type = lexer_next(&p->lx, token);
    }
    if (type == T_NAME) {
        token->type = token_keyword(token_bytes(p, token), token->end - token->start);
    }
    if (p->options->mode == PARSE_SINGLE && type == T_ENDMARKER && p->started) {
        /* The end of an interactive statement is the end of its line, and of its blocks. */
        token->type = T_NEWLINE;
        p->started = false;
        if (p->lx.indent && !(p->options->flags & PARSE_DONT_IMPLY_DEDENT)) {
            p->lx.pending_indents = -p->lx.indent;
            p->lx.indent = 0;
        }
    } else {
        p->started = true;
    }
    p->fill++;
    if (type == T_ERRORTOKEN && p->lx.problem.kind != SYNTAX_OK) {
        p->problem = p->lx.problem;
        p->failed = true;
    } else if (type == T_ERRORTOKEN && p->lx.state == LEX_EOF) {
        if (p->lx.level) {
            const LexBracket *open = &p->lx.brackets[p->lx.level - 1];
            raise_exact(p, SYNTAX_ERROR, open->lineno, open->col + 1, open->lineno, 0, "'%c' was never closed",
                        open->open);
        } else {
            raise_here(p, SYNTAX_ERROR, "unexpected EOF while parsing");
        }
    }
}

bool parser_force(Parser *p, TokenType type)
{
    if (accept(p, type)) {
        return true;
    }
    if (!p->failed && p->diagnosing && !p->no_invalid) {
        raise_at(p, token_span(&p->tokens[p->pos]), "expected '%s'", token_text(type));
    }
    return false;
}

Ident *parser_ident(Parser *p, const Token *token)
{
    const char *bytes = token_bytes(p, token);
    size_t length = token->end - token->start;
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)bytes[i] >= 128) {
            bytes = identifier_normalize(p->arena, bytes, length, &length);
            break;
        }
    }
    if (bytes && bytes != token_bytes(p, token) && token_keyword(bytes, length) <= T_TRUE &&
        token_keyword(bytes, length) != T_NAME && !p->failed) {
        p->problem = (SyntaxProblem){
            .kind = SYNTAX_VALUE,
            .message = arena_printf(p->arena, "identifier field can't represent '%.*s' constant", (int)length, bytes),
        };
        p->failed = true;
        return NULL;
    }
    Ident *ident = bytes ? ident_intern(p->idents, bytes, length) : NULL;
    return ident ? ident : parser_no_memory(p);
}

Ident *parser_name(Parser *p)
{
    if (peek(p) != T_NAME) {
        return NULL;
    }
    return parser_ident(p, &p->tokens[p->pos++]);
}

AstPos statement_span(Parser *p, uint32_t start)
{
    uint32_t last = p->pos - 1;
    while (last > start && (p->tokens[last].type == T_NEWLINE || p->tokens[last].type == T_INDENT ||
                            p->tokens[last].type == T_DEDENT || p->tokens[last].type == T_ENDMARKER)) {
        last--;
    }
    const Token *a = &p->tokens[start], *b = &p->tokens[last];
    return (AstPos){a->lineno, a->col, b->end_lineno, b->end_col};
}

/* --- Problems --- */

void *parser_no_memory(Parser *p)
{
    if (!p->failed) {
        p->problem = (SyntaxProblem){.kind = SYNTAX_MEMORY};
    }
    p->failed = true;
    p->out_of_memory = true;
    return NULL;
}

bool parser_too_deep(Parser *p)
{
    if (!p->failed) {
        p->problem = (SyntaxProblem){
            .kind = SYNTAX_MEMORY,
            .message = "Parser stack overflowed - Python source too complex to parse",
        };
        p->failed = true;
    }
    return false;
}

/* The text of line `lineno` as an error shows it: with its line end only if the lexer has not gone further. */
static void find_line(Parser *p, int lineno, SyntaxProblem *problem)
{
    const char *line = p->lx.base;
    for (int i = 1; i < lineno; i++) {
        const char *next = memchr(line, '\n', (size_t)(p->lx.end - line));
        if (!next) {
            break;
        }
        line = next + 1;
    }
    const char *end = memchr(line, '\n', (size_t)(p->lx.end - line));
    if (!end) {
        end = p->lx.end;
    } else if (p->lx.lineno <= lineno) {
        end++;
    }
    problem->line = line;
    problem->line_length = (size_t)(end - line);
}

/* A column in bytes as one in characters, both from 1. */
static int char_column(const SyntaxProblem *problem, int col)
{
    if (col <= 0) {
        return col;
    }
    size_t n = (size_t)col;
    if (n > problem->line_length + 1) {
        n = problem->line_length + 1;
    }
    size_t within = n > problem->line_length ? problem->line_length : n;
    return lexer_count_chars(problem->line, within) + (int)(n - within);
}

static void *describe(Parser *p, SyntaxClass kind, int lineno, int col, int end_lineno, int end_col,
                      const char *format, va_list args)
{
    if (p->failed) {
        return NULL;
    }
    char text[1024];
    int n = vsnprintf(text, sizeof text, format, args);
    size_t length = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    const char *message = arena_strdup(p->arena, text, length);
    if (!message) {
        return parser_no_memory(p);
    }
    p->problem = (SyntaxProblem){.kind = kind, .message = message, .lineno = lineno, .end_lineno = end_lineno};
    find_line(p, lineno, &p->problem);
    p->problem.offset = char_column(&p->problem, col);
    p->problem.end_offset = end_col;
    if (end_col > 0) {
        /* Also of another line, the end is counted on the first: what is shown is that one. */
        p->problem.end_offset = char_column(&p->problem, end_col);
    }
    p->failed = true;
    return NULL;
}

void *raise_exact(Parser *p, SyntaxClass kind, int lineno, int col, int end_lineno, int end_col, const char *format,
                  ...)
{
    va_list args;
    va_start(args, format);
    describe(p, kind, lineno, col, end_lineno, end_col, format, args);
    va_end(args);
    return NULL;
}

void *raise_here(Parser *p, SyntaxClass kind, const char *format, ...)
{
    const Token *token = &p->tokens[p->fill - 1];
    int col = token->col + 1, end_col = token->end_col == -1 ? -1 : token->end_col + 1;
    if (token->col == -1) {
        col = p->lx.cur == p->lx.end ? 0 : (int)(p->lx.cur - p->lx.line_start);
        if (p->lx.cur == p->lx.end && p->lx.line_start < p->lx.cur) {
            col = (int)(p->lx.cur - p->lx.line_start);
        }
    }
    va_list args;
    va_start(args, format);
    describe(p, kind, token->lineno, col, token->end_lineno, end_col, format, args);
    va_end(args);
    return NULL;
}

void *raise_at(Parser *p, AstPos at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    describe(p, SYNTAX_ERROR, at.lineno, at.col_offset + 1, at.end_lineno, at.end_col_offset + 1, format, args);
    va_end(args);
    return NULL;
}

void *raise_from(Parser *p, AstPos at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int end_col = (int)(p->lx.cur - p->lx.line_start);
    describe(p, SYNTAX_ERROR, at.lineno, at.col_offset + 1, p->lx.lineno, end_col, format, args);
    va_end(args);
    return NULL;
}

bool parser_version(Parser *p, int minor, const char *what)
{
    if (p->feature >= minor) {
        return true;
    }
    raise_here(p, SYNTAX_ERROR, "%s only supported in Python 3.%d and greater", what, minor);
    return false;
}

/* --- Remembered results --- */

static uint32_t memo_key(Parser *p, MemoRule rule, uint32_t start)
{
    return start * 32 + rule * 2u + p->quiet + 1;
}

static MemoEntry *memo_find(Parser *p, uint32_t key)
{
    uint32_t at = key * 2654435761u >> 7 & p->memo_mask;
    while (p->memo[at].key && p->memo[at].key != key) {
        at = (at + 1) & p->memo_mask;
    }
    return &p->memo[at];
}

bool memo_get(Parser *p, MemoRule rule, void **node)
{
    if (!p->diagnosing || !p->memo) {
        return false;
    }
    MemoEntry *entry = memo_find(p, memo_key(p, rule, p->pos));
    if (!entry->key) {
        return false;
    }
    *node = entry->node;
    p->pos = entry->end;
    return true;
}

static bool memo_grow(Parser *p)
{
    uint32_t old_size = p->memo ? p->memo_mask + 1 : 0;
    uint32_t size = old_size ? old_size * 2 : 1024;
    MemoEntry *old = p->memo;
    MemoEntry *memo = calloc(size, sizeof *memo);
    if (!memo) {
        parser_no_memory(p);
        return false;
    }
    p->memo = memo;
    p->memo_mask = size - 1;
    for (uint32_t i = 0; i < old_size; i++) {
        if (old[i].key) {
            *memo_find(p, old[i].key) = old[i];
        }
    }
    free(old);
    return true;
}

void *memo_put(Parser *p, MemoRule rule, uint32_t start, void *node)
{
    if (!p->diagnosing || p->failed) {
        return node;
    }
    if ((!p->memo || p->memo_used * 2 > p->memo_mask) && !memo_grow(p)) {
        return NULL;
    }
    uint32_t key = memo_key(p, rule, start);
    MemoEntry *entry = memo_find(p, key);
    if (!entry->key) {
        p->memo_used++;
    }
    *entry = (MemoEntry){key, p->pos, node};
    return node;
}

/* --- The stack of items --- */

bool parser_push_slow(Parser *p, void *item)
{
    if (p->n_items == p->items_capacity) {
        uint32_t capacity = p->items_capacity ? p->items_capacity * 2 : 128;
        void **items = realloc(p->items, capacity * sizeof *items);
        if (!items) {
            parser_no_memory(p);
            return false;
        }
        p->items = items;
        p->items_capacity = capacity;
    }
    p->items[p->n_items++] = item;
    return true;
}

bool parser_push_absent(Parser *p)
{
    return parser_push_slow(p, NULL);
}

void *parser_take(Parser *p, uint32_t from)
{
    uint32_t n = p->n_items - from;
    AstExprSeq *seq = ast_seq_new(p->arena, n, sizeof(void *));
    if (!seq) {
        return parser_no_memory(p);
    }
    if (n) {
        memcpy(seq->items, p->items + from, n * sizeof(void *));
    }
    p->n_items = from;
    return seq;
}

/* --- The door --- */

/* Forgets the tokens before the statement just parsed. Diagnosis begins one statement
 * early, as a wrong one can be the end of that (an elif behind an else). */
static void forget_tokens(Parser *p, uint32_t statement)
{
    uint32_t rest = p->fill - statement;
    memmove(p->tokens, p->tokens + statement, rest * sizeof *p->tokens);
    p->fill = rest;
    p->pos -= statement;
}

static AstMod *new_mod(Parser *p, AstModKind kind)
{
    AstMod *mod = arena_zalloc(p->arena, sizeof *mod);
    if (!mod) {
        return parser_no_memory(p);
    }
    mod->kind = kind;
    return mod;
}

static AstMod *parse_file(Parser *p)
{
    uint32_t from = p->n_items;
    while (peek(p) != T_ENDMARKER) {
        uint32_t start = p->pos;
        if (!parse_statement(p)) {
            return NULL;
        }
        if (!p->diagnosing) {
            forget_tokens(p, start);
        }
    }
    AstMod *mod = new_mod(p, AST_Module);
    AstTypeIgnoreSeq *ignores = AST_SEQ(p->arena, type_ignore, p->n_ignores);
    if (!mod || !ignores) {
        return parser_no_memory(p);
    }
    if (p->n_ignores) {
        memcpy(ignores->items, p->ignores, p->n_ignores * sizeof *p->ignores);
    }
    mod->u.Module.type_ignores = ignores;
    mod->u.Module.body = take_seq(p, stmt, from);
    return mod->u.Module.body ? mod : NULL;
}

/* expression (',' expression)* */
static AstExpr *parse_expressions(Parser *p)
{
    uint32_t start = p->pos, from = p->n_items;
    AstExpr *first = parse_expression(p);
    if (!first || peek(p) != T_COMMA) {
        return first;
    }
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

/* An expression with line ends behind it. */
static AstMod *parse_eval(Parser *p)
{
    AstExpr *e = parse_expressions(p);
    if (!e) {
        return NULL;
    }
    while (accept(p, T_NEWLINE)) {
    }
    if (peek(p) != T_ENDMARKER) {
        return NULL;
    }
    AstMod *mod = new_mod(p, AST_Expression);
    if (mod) {
        mod->u.Expression.body = e;
    }
    return mod;
}

static bool is_compound(const AstStmt *stmt)
{
    switch (stmt->kind) {
    case AST_If: case AST_While: case AST_For: case AST_AsyncFor: case AST_Try: case AST_TryStar: case AST_With:
    case AST_AsyncWith: case AST_FunctionDef: case AST_AsyncFunctionDef: case AST_ClassDef: case AST_Match:
        return true;
    default: return false;
    }
}

static AstMod *parse_interactive(Parser *p)
{
    uint32_t from = p->n_items;
    if (peek(p) == T_NEWLINE) {
        Token token = p->tokens[p->pos++];
        if (!parser_push(p, NEW_STMT(p, token_span(&token), Pass, ))) {
            return NULL;
        }
    } else if (peek(p) == T_ENDMARKER) {
        return NULL;
    } else {
        uint32_t items = p->n_items;
        if (!parse_statement(p)) {
            return NULL;
        }
        /* A compound statement is ended by an empty line. */
        if (is_compound(p->items[items]) && !accept(p, T_NEWLINE)) {
            return NULL;
        }
    }
    AstMod *mod = new_mod(p, AST_Interactive);
    if (mod) {
        mod->u.Interactive.body = take_seq(p, stmt, from);
    }
    return mod && mod->u.Interactive.body ? mod : NULL;
}

/* (int, *str, **Any) -> float */
static AstMod *parse_func_type(Parser *p)
{
    uint32_t from = p->n_items;
    if (!accept(p, T_LPAR)) {
        return NULL;
    }
    bool star = false, double_star = false;
    while (peek(p) != T_RPAR) {
        if (double_star) {
            return NULL;
        }
        if (accept(p, T_DOUBLESTAR)) {
            double_star = true;
        } else if (accept(p, T_STAR)) {
            if (star) {
                return NULL;
            }
            star = true;
        } else if (star) {
            return NULL;
        }
        if (!parser_push(p, parse_expression(p))) {
            return NULL;
        }
        if (double_star || !accept(p, T_COMMA)) {
            break;
        }
        if (peek(p) == T_RPAR) {
            return NULL;
        }
    }
    if (!accept(p, T_RPAR) || !accept(p, T_RARROW)) {
        return NULL;
    }
    AstExpr *returns = parse_expression(p);
    if (!returns) {
        return NULL;
    }
    while (accept(p, T_NEWLINE)) {
    }
    if (peek(p) != T_ENDMARKER) {
        return NULL;
    }
    AstMod *mod = new_mod(p, AST_FunctionType);
    if (mod) {
        mod->u.FunctionType.argtypes = take_seq(p, expr, from);
        mod->u.FunctionType.returns = returns;
    }
    return mod && mod->u.FunctionType.argtypes ? mod : NULL;
}

static AstMod *parse_by_mode(Parser *p)
{
    switch (p->options->mode) {
    case PARSE_EVAL: return parse_eval(p);
    case PARSE_SINGLE: return parse_interactive(p);
    case PARSE_FUNC_TYPE: return parse_func_type(p);
    case PARSE_EXEC: break;
    }
    return parse_file(p);
}

/* The rest of the text may hold something that cannot even be read; that is the better message. */
static void check_rest_of_text(Parser *p)
{
    Lexer *lx = &p->lx;
    int error_line = p->tokens[p->fill - 1].lineno;
    if (lx->state != LEX_OK && lx->state != LEX_DONE) {
        return;
    }
    Token token;
    TokenType type;
    lx->problem.kind = SYNTAX_OK;
    do {
        type = lexer_next(lx, &token);
    } while (type != T_ENDMARKER && type != T_ERRORTOKEN);
    if (type != T_ERRORTOKEN) {
        return;
    }
    SyntaxProblem before = p->problem;
    if (lx->problem.kind != SYNTAX_OK && lx->state != LEX_FAILED_LINE) {
        p->problem = lx->problem;
    } else if (lx->level && error_line > lx->brackets[lx->level - 1].lineno) {
        const LexBracket *open = &lx->brackets[lx->level - 1];
        p->failed = false;
        raise_exact(p, SYNTAX_ERROR, open->lineno, open->col + 1, open->lineno, 0, "'%c' was never closed",
                    open->open);
    }
    if (lx->n_strings) {
        p->problem = before;
    }
}

static void parse_again(Parser *p, bool no_invalid)
{
    p->diagnosing = true;
    p->no_invalid = no_invalid;
    p->depth = 0;
    p->pos = 0;
    p->n_items = 0;
    p->lx.no_warnings = true;
    parse_by_mode(p);
    if (p->memo) {
        memset(p->memo, 0, (p->memo_mask + 1) * sizeof *p->memo);
        p->memo_used = 0;
    }
}

/* The second pass: finds the words for what is wrong. The wrong forms of dicts come before all others. */
static void diagnose(Parser *p)
{
    Token last = p->tokens[p->fill - 1];
    bool braces = false;
    for (uint32_t i = 0; i < p->fill; i++) {
        braces |= p->tokens[i].type == T_LBRACE;
    }
    if (braces) {
        parse_again(p, true);
    }
    if (!p->failed) {
        parse_again(p, false);
    }
    if (p->problem.kind == SYNTAX_OK) {
        if (last.type == T_INDENT || last.type == T_DEDENT) {
            raise_here(p, SYNTAX_INDENTATION, "%s",
                       last.type == T_INDENT ? "unexpected indent" : "unexpected unindent");
            return;
        }
        raise_at(p, token_span(&last), "invalid syntax");
    }
    if (p->problem.kind == SYNTAX_ERROR || p->problem.kind == SYNTAX_INDENTATION) {
        check_rest_of_text(p);
    }
}

static bool at_end_of_source(Parser *p)
{
    switch (p->lx.state) {
    case LEX_FAILED:
    case LEX_FAILED_LINE: return false;
    case LEX_EOF_IN_STRING:
    case LEX_EOL_IN_STRING: return true;
    default: return p->lx.saw_end;
    }
}

/* An interactive text must hold one statement only. */
static bool more_statements(Parser *p)
{
    const char *c = p->lx.cur;
    for (;;) {
        while (*c == ' ' || *c == '\t' || *c == '\n' || *c == '\014') {
            c++;
        }
        if (*c != '#') {
            return *c != '\0';
        }
        while (*c && *c != '\n') {
            c++;
        }
    }
}

/* A copy with '\n' line ends, ended by one if asked for, and by NUL. */
static const char *prepare_text(Arena *arena, const char *text, size_t length, bool end_line, size_t *out_length)
{
    char *copy = arena_alloc(arena, length + 2);
    if (!copy) {
        return NULL;
    }
    size_t n = 0;
    if (!memchr(text, '\r', length)) {
        memcpy(copy, text, length);
        n = length;
    } else {
        for (size_t i = 0; i < length; i++) {
            char c = text[i];
            if (c == '\r') {
                c = '\n';
                if (i + 1 < length && text[i + 1] == '\n') {
                    i++;
                }
            }
            copy[n++] = c;
        }
    }
    if (end_line && n && copy[n - 1] != '\n') {
        copy[n++] = '\n';
    }
    copy[n] = '\0';
    *out_length = n;
    return copy;
}

enum { C_STACK_ROOM = 6 << 20 };

static void parse_with(Parser *p, ParseResult *result)
{
    AstMod *tree = parse_by_mode(p);
    if (tree && p->options->mode == PARSE_SINGLE && more_statements(p)) {
        tree = NULL;
        raise_here(p, SYNTAX_ERROR, "multiple statements found while compiling a single statement");
    } else if (!tree && (p->options->flags & PARSE_ALLOW_INCOMPLETE_INPUT) && at_end_of_source(p) &&
               !p->out_of_memory && p->problem.kind != SYNTAX_MEMORY) {
        p->failed = false;
        raise_here(p, SYNTAX_INCOMPLETE, "incomplete input");
        if (p->lx.state == LEX_EOF_IN_STRING) {
            p->problem.line_length = (size_t)(p->lx.end - p->problem.line);
        }
    } else if (!tree && p->failed) {
        if (p->problem.kind == SYNTAX_ERROR) {
            check_rest_of_text(p);
        }
    } else if (!tree) {
        diagnose(p);
    }
    result->tree = tree;
    result->problem = p->problem;
    result->warnings = p->lx.warnings;
    result->idents = p->idents;
}

void parse_source(Arena *arena, const char *text, size_t length, const ParseOptions *options, ParseResult *result)
{
    memset(result, 0, sizeof *result);
    result->problem.kind = SYNTAX_MEMORY;
    if (length >= UINT32_MAX / 32) {
        return;
    }
    if (memchr(text, '\0', length)) {
        result->problem = (SyntaxProblem){
            .kind = SYNTAX_ERROR,
            .message = "source code string cannot contain null bytes",
            .lineno = -1,
        };
        return;
    }
    Parser *p = malloc(sizeof *p);
    if (!p) {
        return;
    }
    memset(p, 0, offsetof(Parser, lx));
    p->arena = arena;
    p->options = options;
    p->barry = options->flags & PARSE_BARRY_AS_BDFL;
    p->feature = options->feature_version ? options->feature_version : 14;
    p->stack_end = options->c_stack_end ? options->c_stack_end
                                        : (const char *)__builtin_frame_address(0) - C_STACK_ROOM;
    p->idents = ident_table_new(arena);
    size_t n;
    const char *copy = prepare_text(arena, text, length, options->mode == PARSE_EXEC, &n);
    if (p->idents && copy) {
        result->text = copy;
        result->text_length = n;
        lexer_init(&p->lx, arena, copy, n);
        p->lx.type_comments = options->flags & PARSE_TYPE_COMMENTS;
        p->lx.no_warnings = options->flags & PARSE_NO_BYTE_WARNINGS;
        parse_with(p, result);
    }
    if (p->out_of_memory || arena->failed) {
        result->tree = NULL;
        result->problem = (SyntaxProblem){.kind = SYNTAX_MEMORY};
    }
    free(p->tokens);
    free(p->items);
    free(p->memo);
    free(p->ignores);
    free(p);
}
