/* What the parser's files share: the parser's state, tokens, problems, memory of attempts.
 *
 * The parser is a recursive descent over a buffer of tokens that grows on demand. A rule returns its node, or NULL
 * when the text does not match; then the position is undefined, and whoever has another alternative restores
 * it (parser_mark, parser_back). `failed` means that a problem was described (or memory ran
 * out): everything then returns NULL at once.
 *
 * A text that does not match is parsed a second time, from the statement that failed, with
 * `diagnosing` set. The rules then try, at the places where the message is decided, the wrong
 * forms that have a message of their own (diagnose*.c); the first that matches describes the problem. In that
 * pass parsing results are remembered per token, as the same text is tried in many ways. `quiet` suspends
 * the wrong forms for an attempt. */
#ifndef KRAIT_FRONT_PARSER_PRIV_H
#define KRAIT_FRONT_PARSER_PRIV_H

#include "front/lexer.h"
#include "front/parse.h"

typedef struct MemoEntry {
    uint32_t key;   /* position * 32 + rule + 1; 0 is empty */
    uint32_t end;
    void *node;
} MemoEntry;

typedef struct Parser {
    Arena *arena;
    struct IdentTable *idents;
    const ParseOptions *options;
    Token *tokens;
    uint32_t pos;         /* of the next token to consume */
    uint32_t fill;        /* tokens read so far */
    uint32_t capacity;
    bool failed;
    bool out_of_memory;
    bool diagnosing;
    bool no_invalid;      /* wrong forms are not tried, results are remembered all the same */
    bool quiet;           /* wrong forms are not tried, results are remembered apart */
    bool barry;           /* from __future__ import barry_as_FLUFL was seen */
    bool started;         /* a token was seen: single mode may end here */
    int feature;          /* minor version */
    int depth;
    const char *stack_end;
    void **items;         /* the stack on which sequences are collected */
    uint32_t n_items, items_capacity;
    MemoEntry *memo;
    uint32_t memo_mask, memo_used;
    AstTypeIgnore **ignores;
    uint32_t n_ignores, ignores_capacity;
    SyntaxProblem problem;
    uint32_t line_hint;   /* offset of a line start at or before the statement, and its number */
    int line_hint_no;
    Lexer lx;
} Parser;

/* --- parser.c: tokens --- */

/* Reads one more token into the buffer. */
void parser_fill(Parser *p);

static inline TokenType peek_at(Parser *p, uint32_t ahead)
{
    while (__builtin_expect(p->pos + ahead >= p->fill, 0)) {
        uint32_t before = p->fill;
        parser_fill(p);
        if (p->fill == before) {
            return T_ERRORTOKEN;
        }
    }
    return (TokenType)p->tokens[p->pos + ahead].type;
}

static inline TokenType peek(Parser *p)
{
    return peek_at(p, 0);
}

static inline bool accept(Parser *p, TokenType type)
{
    if (peek(p) != type) {
        return false;
    }
    p->pos++;
    return true;
}

static inline const char *token_bytes(Parser *p, const Token *token)
{
    return p->lx.base + token->start;
}

static inline bool token_is(Parser *p, const Token *token, const char *text, size_t length)
{
    return token->end - token->start == length && memcmp(token_bytes(p, token), text, length) == 0;
}

/* The next token is the name `text`. */
#define peek_name(p, text) \
    (peek(p) == T_NAME && token_is((p), &(p)->tokens[(p)->pos], text, sizeof(text) - 1))

/* Consumes a token that must be there; under diagnosis "expected 'x'" is said of what stands there instead. */
bool parser_force(Parser *p, TokenType type);

/* The identifier of a NAME token. */
Ident *parser_ident(Parser *p, const Token *token);

/* Consumes a NAME; NULL if there is none. */
Ident *parser_name(Parser *p);

/* --- positions --- */

/* From the start of token `start` to the end of the token consumed last. */
static inline AstPos span(Parser *p, uint32_t start)
{
    const Token *a = &p->tokens[start], *b = &p->tokens[p->pos - 1];
    return (AstPos){a->lineno, a->col, b->end_lineno, b->end_col};
}

/* The same for a statement: line ends and dedents at its end do not count. */
AstPos statement_span(Parser *p, uint32_t start);

static inline AstPos token_span(const Token *token)
{
    return (AstPos){token->lineno, token->col, token->end_lineno, token->end_col};
}

/* --- problems; each returns NULL --- */

void *parser_no_memory(Parser *p);

/* At the token read last, as most messages. */
void *raise_here(Parser *p, SyntaxClass kind, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* At a range. */
void *raise_at(Parser *p, AstPos at, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* From a position to the end of the text read last. */
void *raise_from(Parser *p, AstPos at, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* All places as given: bytes from 1; end_col 0 or -1 as they are. */
void *raise_exact(Parser *p, SyntaxClass kind, int lineno, int col, int end_lineno, int end_col, const char *format,
                  ...) __attribute__((format(printf, 7, 8)));

static inline AstPos range(AstPos a, AstPos b)
{
    return (AstPos){a.lineno, a.col_offset, b.end_lineno, b.end_col_offset};
}

/* False, with a message, when the language version asked for has not got `what`. */
bool parser_version(Parser *p, int minor, const char *what);

/* --- attempts --- */

typedef struct Mark {
    uint32_t pos, n_items;
} Mark;

static inline Mark parser_mark(Parser *p)
{
    return (Mark){p->pos, p->n_items};
}

/* Takes an attempt back; false if a problem was described meanwhile. */
static inline bool parser_back(Parser *p, Mark mark)
{
    p->pos = mark.pos;
    p->n_items = mark.n_items;
    return !p->failed;
}

/* Are wrong forms to be tried? */
static inline bool invalid_forms(Parser *p)
{
    return p->diagnosing && !p->no_invalid && !p->quiet && !p->failed;
}

typedef enum MemoRule {
    MEMO_EXPRESSION, MEMO_DISJUNCTION, MEMO_BITWISE_OR, MEMO_NAMED, MEMO_BLOCK, MEMO_STRINGS, MEMO_ARGUMENTS,
    MEMO_PRIMARY, MEMO_SIMPLE, MEMO_INVALID_NAMED, MEMO_STAR_EXPRESSION, MEMO_DICT, MEMO_ATOM, MEMO_CALL, MEMO_INVERSION, MEMO_SUM,
} MemoRule;

/* Looks a result up (diagnosing only): true if known, with the position moved behind it. */
bool memo_get(Parser *p, MemoRule rule, void **node);

/* Remembers a result found at `start`; returns it. */
void *memo_put(Parser *p, MemoRule rule, uint32_t start, void *node);

/* --- recursion --- */

enum { PARSER_MAX_DEPTH = 5000 };

bool parser_too_deep(Parser *p);

static inline bool parser_enter(Parser *p)
{
    if (__builtin_expect(++p->depth > PARSER_MAX_DEPTH || (const char *)__builtin_frame_address(0) < p->stack_end, 0)) {
        return parser_too_deep(p);
    }
    return !p->failed;
}

static inline void parser_leave(Parser *p)
{
    p->depth--;
}

/* --- sequences --- */

bool parser_push_slow(Parser *p, void *item);

/* NULL items are refused (false), so that a failed rule can be pushed as it comes. */
static inline bool parser_push(Parser *p, void *item)
{
    if (!item || p->n_items == p->items_capacity) {
        return item ? parser_push_slow(p, item) : false;
    }
    p->items[p->n_items++] = item;
    return true;
}

/* Pushes an absent item. */
bool parser_push_absent(Parser *p);

/* The items pushed since n_items was `from`, taken off the stack. NULL: out of memory. */
void *parser_take(Parser *p, uint32_t from);

#define take_seq(p, type, from) ((AstSeq_##type *)parser_take((p), (from)))
#define empty_seq(p, type) ((AstSeq_##type *)ast_seq_new((p)->arena, 0, 8))

/* Builds a node, noting when memory ran out. */
#define NEW(p, ctype, position, name, ...)                                     \
    ({                                                                         \
        ctype *new_ = AST_NEW((p)->arena, ctype, position, name, __VA_ARGS__); \
        if (__builtin_expect(!new_, 0)) {                                      \
            parser_no_memory(p);                                               \
        }                                                                      \
        new_;                                                                  \
    })
#define NEW_EXPR(p, position, name, ...) NEW(p, AstExpr, position, name, __VA_ARGS__)
#define NEW_STMT(p, position, name, ...) NEW(p, AstStmt, position, name, __VA_ARGS__)
/* A node of a product type. */
#define NEW_PRODUCT(p, ctype, ...)                        \
    ({                                                    \
        ctype *new_ = arena_alloc((p)->arena, sizeof *new_); \
        if (new_) {                                       \
            *new_ = (ctype){__VA_ARGS__};                 \
        } else {                                          \
            parser_no_memory(p);                          \
        }                                                 \
        new_;                                             \
    })

/* --- parse_expr.c --- */
AstExpr *parse_expression(Parser *p);
AstExpr *parse_expression_without_invalid(Parser *p);
AstExpr *parse_named_expression(Parser *p);
/* name := expression, or an expression that no := follows */
AstExpr *parse_assignment_or_expression(Parser *p);
AstExpr *parse_star_expressions(Parser *p);
/* After `first`, which began at token `start`: the tuple without parentheses of it and the items that follow, each behind a comma. */
AstExpr *parse_rest_of_tuple(Parser *p, uint32_t start, AstExpr *first, AstExpr *(*item)(Parser *));
AstExpr *parse_star_named_expression(Parser *p);
AstExpr *parse_star_named_list(Parser *p, uint32_t *n);
AstExpr *parse_yield(Parser *p);
AstExpr *parse_annotated_rhs(Parser *p);
AstExpr *parse_disjunction(Parser *p);
AstExpr *parse_inversion(Parser *p);
AstExpr *parse_bitwise_or(Parser *p);
AstExpr *parse_factor(Parser *p);
AstExpr *parse_primary(Parser *p);
AstExpr *parse_starred_expression(Parser *p);  /* '*' expression */

/* --- parse_atom.c --- */
AstExpr *parse_atom(Parser *p);
AstComprehensionSeq *parse_comprehensions(Parser *p);
/* A generator expression with its parentheses; NULL and nothing consumed if it is none. */
AstExpr *parse_genexp(Parser *p);
AstExpr *parse_slices(Parser *p);
AstExpr *parse_constant(Parser *p, AstPos pos, AstConstant value);
AstExpr *parse_number(Parser *p);

/* --- parse_args.c --- */
/* Arguments up to, not including, the closing parenthesis. genexp: a generator expression without parentheses may be
 * the only one. */
bool parse_arguments(Parser *p, bool genexp, AstExprSeq **args, AstKeywordSeq **keywords);
/* As many arguments as match, even if a closing parenthesis does not follow; false if none. */
bool parse_args_prefix(Parser *p, AstExprSeq **args, AstKeywordSeq **keywords);
AstArguments *parse_parameters(Parser *p, bool lambda);
AstExpr *parse_lambda(Parser *p);
AstTypeParamSeq *parse_type_params(Parser *p);
AstArguments *empty_arguments(Parser *p);

/* --- parse_string.c --- */
AstExpr *parse_strings(Parser *p);
AstExpr *parse_plain_string(Parser *p);

/* --- parse_target.c --- */
/* Makes e a target; false if it cannot be one. */
bool target_set(Parser *p, AstExpr *e, AstContext ctx);
bool target_valid(const AstExpr *e, AstContext ctx);
/* name, attribute or subscript, perhaps in parentheses */
bool target_single(const AstExpr *e);
AstExpr *parse_star_targets(Parser *p);
AstExpr *parse_star_target(Parser *p);
typedef enum TargetUse { TARGET_STAR, TARGET_DEL, TARGET_FOR } TargetUse;
/* Describes what in e cannot be a target, if anything; NULL. */
void *raise_invalid_target(Parser *p, AstExpr *e, TargetUse use);
const char *expr_kind_name(const AstExpr *e);

/* --- parse_stmt.c --- */
AstStmtSeq *parse_simple_stmts(Parser *p);
bool parse_simple_line(Parser *p);    /* pushes its statements */
AstStmt *parse_simple_stmt(Parser *p);
AstString *parse_type_comment(Parser *p);

/* --- parse_compound.c --- */
/* Pushes one statement, or the simple statements of one line; false if there is none. */
bool parse_statement(Parser *p);
AstStmtSeq *parse_block(Parser *p);
AstStmtSeq *parse_func_body(Parser *p, AstString **type_comment);

/* --- parse_pattern.c --- */
AstStmt *parse_match(Parser *p);

/* --- diagnose.c: the wrong forms of expressions. They describe a problem or restore the position. --- */
void diagnose_expression(Parser *p);
void diagnose_legacy(Parser *p);
void diagnose_named(Parser *p);
void diagnose_group(Parser *p);
void diagnose_comprehension(Parser *p);
void diagnose_dict_comprehension(Parser *p);
void diagnose_dict(Parser *p);
void diagnose_arguments(Parser *p);
void diagnose_kwarg(Parser *p);
void diagnose_for_clause(Parser *p);
void diagnose_for_target(Parser *p);
void diagnose_parameters(Parser *p, bool lambda);
void diagnose_star_etc(Parser *p, bool lambda);
void diagnose_field(Parser *p, char letter);

/* --- diagnose_stmt.c: the wrong forms of statements --- */
void diagnose_assignment(Parser *p);
/* "expected an indented block after WHAT on line N" if a line end without indentation follows */
void diagnose_missing_block(Parser *p, const char *what, const Token *keyword);

static inline bool newline_without_indent(Parser *p)
{
    return peek(p) == T_NEWLINE && peek_at(p, 1) != T_INDENT;
}

#endif
