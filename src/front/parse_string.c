/* Strings: implicit concatenation, f-strings, t-strings.
 *
 * The parts of adjacent literals are collected flat on the item stack, text and fields alike; neighbouring texts
 * then become one constant, and empty ones vanish. */
#include <string.h>

#include "front/literal.h"
#include "front/parser_priv.h"

typedef struct Prefix {
    bool raw, bytes, u;
    size_t length;      /* of the prefix */
    size_t quote_size;
} Prefix;

static Prefix read_prefix(const char *text)
{
    Prefix prefix = {0};
    size_t i = 0;
    for (; text[i] != '"' && text[i] != '\''; i++) {
        char c = text[i] | 32;
        prefix.raw |= c == 'r';
        prefix.bytes |= c == 'b';
        prefix.u |= text[i] == 'u';
    }
    prefix.length = i;
    prefix.quote_size = text[i + 1] == text[i] && text[i + 2] == text[i] ? 3 : 1;
    return prefix;
}

/* --- Decoding --- */

static void warn_escape(Parser *p, const Token *token, const EscapeResult *result)
{
    if (p->lx.no_warnings || p->diagnosing) {
        return;
    }
    const char *escape = result->invalid;
    int lineno = token->lineno;
    for (const char *c = token_bytes(p, token); c < escape; c++) {
        lineno += *c == '\n';
    }
    int length = result->invalid_octal ? 3 : 1;
    if (!result->invalid_octal) {
        while (((unsigned char)escape[1 + length] & 0xC0) == 0x80) {
            length++;
        }
    }
    const char *kind = result->invalid_octal ? "octal " : "";
    SyntaxWarningNote *note = arena_zalloc(p->arena, sizeof *note);
    if (!note) {
        parser_no_memory(p);
        return;
    }
    note->message = arena_printf(p->arena,
                                 "\"\\%.*s\" is an invalid %sescape sequence. Such sequences will not work in the "
                                 "future. Did you mean \"\\\\%.*s\"? A raw string is also an option.",
                                 length, escape + 1, kind, length, escape + 1);
    /* Described as a problem and taken back: what it is if the warning becomes an error. */
    SyntaxProblem before = p->problem;
    const char *line = escape;
    while (line > p->lx.base && line[-1] != '\n') {
        line--;
    }
    int col = (int)(escape - line);
    raise_at(p, (AstPos){lineno, col, lineno, col + 2},
             "\"\\%.*s\" is an invalid %sescape sequence. Did you mean \"\\\\%.*s\"? A raw string is also an option.",
             length, escape + 1, kind, length, escape + 1);
    note->at = p->problem;
    note->lineno = lineno;
    p->problem = before;
    p->failed = p->out_of_memory;
    *p->lx.warnings_end = note;
    p->lx.warnings_end = &note->next;
}

static bool check_escapes(Parser *p, const Token *token, const EscapeResult *result)
{
    switch (result->fault) {
    case ESCAPE_FINE: break;
    case ESCAPE_NO_MEMORY: parser_no_memory(p); return false;
    case ESCAPE_BYTES_X:
        raise_here(p, SYNTAX_ERROR, "(value error) invalid \\x escape at position %zu", result->start);
        return false;
    default:
        if (result->start == result->end) {
            raise_here(p, SYNTAX_ERROR, "(unicode error) 'unicodeescape' codec can't decode byte 0x5c in position %zu: %s",
                       result->start, literal_fault_reason(result->fault));
        } else {
            raise_here(p, SYNTAX_ERROR,
                       "(unicode error) 'unicodeescape' codec can't decode bytes in position %zu-%zu: %s",
                       result->start, result->end, literal_fault_reason(result->fault));
        }
        return false;
    }
    if (result->invalid) {
        warn_escape(p, token, result);
    }
    return !p->failed;
}

static bool is_ascii(const char *text, size_t length)
{
    unsigned char high = 0;
    for (size_t i = 0; i < length; i++) {
        high |= (unsigned char)text[i];
    }
    return high < 128;
}

/* The text of a literal's body; without escapes it stays where it lies in the source. */
static bool decode_str(Parser *p, const Token *token, const char *body, size_t length, bool raw, AstConstant *value)
{
    *value = (AstConstant){.kind = AST_CONST_STR};
    if (raw || !memchr(body, '\\', length)) {
        value->u.text = body;
        value->length = (uint32_t)length;
        value->ascii = is_ascii(body, length);
        return true;
    }
    EscapeResult result;
    literal_decode_str(p->arena, body, length, &result);
    if (!check_escapes(p, token, &result)) {
        return false;
    }
    value->u.text = result.text;
    value->length = (uint32_t)result.length;
    value->ascii = result.ascii;
    return true;
}

static bool decode_bytes(Parser *p, const Token *token, const char *body, size_t length, bool raw,
                         AstConstant *value)
{
    *value = (AstConstant){.kind = AST_CONST_BYTES};
    if (!is_ascii(body, length)) {
        raise_at(p, token_span(token), "bytes can only contain ASCII literal characters");
        return false;
    }
    if (raw || !memchr(body, '\\', length)) {
        value->u.text = body;
        value->length = (uint32_t)length;
        return true;
    }
    EscapeResult result;
    literal_decode_bytes(p->arena, body, length, &result);
    if (!check_escapes(p, token, &result)) {
        return false;
    }
    value->u.text = result.text;
    value->length = (uint32_t)result.length;
    return true;
}

static AstString *u_kind(Parser *p)
{
    AstString *kind = ast_string(p->arena, "u", 1);
    return kind ? kind : parser_no_memory(p);
}

AstExpr *parse_plain_string(Parser *p)
{
    Token token = p->tokens[p->pos++];
    const char *text = token_bytes(p, &token);
    Prefix prefix = read_prefix(text);
    const char *body = text + prefix.length + prefix.quote_size;
    size_t length = token.end - token.start - prefix.length - 2 * prefix.quote_size;
    AstConstant value;
    bool ok = prefix.bytes ? decode_bytes(p, &token, body, length, prefix.raw, &value)
                           : decode_str(p, &token, body, length, prefix.raw, &value);
    if (!ok) {
        return NULL;
    }
    AstString *kind = prefix.u ? u_kind(p) : NULL;
    if (p->failed) {
        return NULL;
    }
    return NEW_EXPR(p, token_span(&token), Constant, .value = value, .kind = kind);
}

/* --- Joining --- */

/* One constant of the n on the stack from `from`. */
static AstExpr *join_constants(Parser *p, uint32_t from, uint32_t n, AstPos pos)
{
    AstExpr *first = p->items[from];
    AstConstant value = first->u.Constant.value;
    if (n > 1) {
        size_t length = 0;
        for (uint32_t i = 0; i < n; i++) {
            length += ((AstExpr *)p->items[from + i])->u.Constant.value.length;
        }
        char *text = length > UINT32_MAX ? NULL : arena_alloc(p->arena, length + 1);
        if (!text) {
            return parser_no_memory(p);
        }
        char *at = text;
        bool ascii = true;
        for (uint32_t i = 0; i < n; i++) {
            const AstConstant *part = &((AstExpr *)p->items[from + i])->u.Constant.value;
            memcpy(at, part->u.text, part->length);
            at += part->length;
            ascii &= part->ascii;
        }
        *at = '\0';
        value.u.text = text;
        value.length = (uint32_t)length;
        value.ascii = ascii;
    }
    return NEW_EXPR(p, pos, Constant, .value = value, .kind = first->u.Constant.kind);
}

/* The values on the stack from `from`, neighbouring constants joined. */
static AstExprSeq *join_values(Parser *p, uint32_t from)
{
    uint32_t to = from;
    uint32_t n = p->n_items;
    for (uint32_t i = from; i < n;) {
        AstExpr *e = p->items[i];
        if (e->kind != AST_Constant) {
            p->items[to++] = e;
            i++;
            continue;
        }
        uint32_t run = 1;
        while (i + run < n && ((AstExpr *)p->items[i + run])->kind == AST_Constant) {
            run++;
        }
        AstExpr *last = p->items[i + run - 1];
        if (run > 1) {
            e = join_constants(p, i, run, range(e->pos, last->pos));
            if (!e) {
                return NULL;
            }
        }
        if (e->u.Constant.value.length) {
            p->items[to++] = e;
        }
        i += run;
    }
    p->n_items = to;
    return take_seq(p, expr, from);
}

/* --- Replacement fields --- */

typedef struct FieldKind {
    char letter;   /* of the messages: 'f' or 't' */
    bool template; /* makes an Interpolation */
    bool raw;
} FieldKind;

static bool replacement_field(Parser *p, FieldKind kind);

/* The text between two places of the source, without comments. */
static AstConstant source_text(Parser *p, uint32_t start, uint32_t end)
{
    const char *text = p->lx.base + start;
    size_t length = end - start;
    AstConstant value = {.kind = AST_CONST_STR, .length = (uint32_t)length, .u.text = text};
    value.ascii = is_ascii(text, length);
    if (!memchr(text, '#', length)) {
        return value;
    }
    char *copy = arena_alloc(p->arena, length + 1);
    if (!copy) {
        parser_no_memory(p);
        return value;
    }
    size_t n = 0;
    char quote = '\0';
    size_t quote_size = 0;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (quote) {
            if (c == '\\' && i + 1 < length) {
                copy[n++] = c;
                c = text[++i];
            } else if (c == quote && (quote_size == 1 || (i + 2 < length && text[i + 1] == c && text[i + 2] == c))) {
                for (; quote_size > 1; quote_size--, i++) {
                    copy[n++] = c;
                }
                quote = '\0';
            }
        } else if (c == '"' || c == '\'') {
            quote = c;
            quote_size = i + 2 < length && text[i + 1] == c && text[i + 2] == c ? 3 : 1;
            for (size_t k = 1; k < quote_size; k++, i++) {
                copy[n++] = c;
            }
        } else if (c == '#') {
            while (i < length && text[i] != '\n') {
                i++;
            }
            if (i == length) {
                break;
            }
            c = text[i];
        }
        copy[n++] = c;
    }
    value.u.text = copy;
    value.length = (uint32_t)n;
    return value;
}

/* '!' and a letter. The result is the letter, or 0 after a problem. */
static int conversion(Parser *p, FieldKind kind)
{
    Token mark = p->tokens[p->pos++];
    if (peek(p) != T_NAME) {
        return 0;
    }
    Token letter = p->tokens[p->pos++];
    if (mark.end_lineno != letter.lineno || mark.end_col != letter.col) {
        raise_at(p, range(token_span(&mark), token_span(&letter)),
                 "%c-string: conversion type must come right after the exclamation mark", kind.letter);
        return 0;
    }
    const char *text = token_bytes(p, &letter);
    size_t length = letter.end - letter.start;
    if (length != 1 || !strchr("sra", *text)) {
        raise_at(p, token_span(&letter), "%c-string: invalid conversion character '%.*s': expected 's', 'r', or 'a'",
                 kind.letter, (int)length, text);
        return 0;
    }
    return *text;
}

static bool is_middle(TokenType type)
{
    return type == T_FSTRING_MIDDLE || type == T_TSTRING_MIDDLE;
}

static AstExpr *middle_constant(Parser *p, const Token *token, bool raw)
{
    AstConstant value;
    const char *body = token_bytes(p, token);
    size_t length = token->end - token->start;
    /* A backslash before a brace stands for itself; the brace is no part of this piece. */
    bool lone = false;
    for (size_t i = length; !raw && i > 0 && body[i - 1] == '\\'; i--) {
        lone = !lone;
    }
    if (!decode_str(p, token, body, length, raw, &value)) {
        return NULL;
    }
    if (lone && token->end < p->lx.end - p->lx.base && (body[length] == '{' || body[length] == '}')) {
        EscapeResult brace = {.invalid = body + length - 1};
        warn_escape(p, token, &brace);
    }
    return p->failed ? NULL : parse_constant(p, token_span(token), value);
}

/* ':' and what follows up to the closing brace, as a JoinedStr. */
static AstExpr *format_spec(Parser *p, FieldKind kind)
{
    uint32_t start = p->pos++;
    uint32_t from = p->n_items;
    for (;;) {
        TokenType type = peek(p);
        if (is_middle(type)) {
            Token token = p->tokens[p->pos++];
            if (!parser_push(p, middle_constant(p, &token, kind.raw))) {
                return NULL;
            }
        } else if (type == T_LBRACE) {
            Mark mark = parser_mark(p);
            if (!replacement_field(p, (FieldKind){kind.letter, false, kind.raw})) {
                if (!parser_back(p, mark)) {
                    return NULL;
                }
                break;
            }
        } else {
            break;
        }
    }
    AstPos pos = span(p, start);
    AstExprSeq *values = join_values(p, from);
    return values ? NEW_EXPR(p, pos, JoinedStr, .values = values) : NULL;
}

/* { expression [=] [!conversion] [:spec] }; pushes the debug text, if any, and the field. */
static bool replacement_field(Parser *p, FieldKind kind)
{
    uint32_t start = p->pos;
    Token open = p->tokens[p->pos++];
    AstExpr *value = parse_annotated_rhs(p);
    AstExpr *spec = NULL;
    int letter = -1;
    bool debug = false;
    uint32_t expression_end = 0;
    Token end = {0};
    bool ok = value != NULL;
    if (ok) {
        peek(p);
        expression_end = p->tokens[p->pos].start;
        debug = accept(p, T_EQUAL);
        peek(p);
        end = p->tokens[p->pos];
    }
    if (ok && peek(p) == T_EXCLAMATION) {
        letter = conversion(p, kind);
        ok = letter > 0;
    }
    if (ok && peek(p) == T_COLON) {
        spec = format_spec(p, kind);
        ok = spec != NULL;
    }
    if (!ok || !accept(p, T_RBRACE)) {
        if (!p->failed && invalid_forms(p)) {
            p->pos = start;
            diagnose_field(p, kind.letter);
        }
        return false;
    }
    if (debug) {
        AstPos pos = {open.lineno, open.col + 1, end.lineno, end.col};
        if (letter < 0 && !spec) {
            letter = 'r';
        }
        if (!parser_push(p, parse_constant(p, pos, source_text(p, open.end, end.start)))) {
            return false;
        }
    }
    AstPos pos = span(p, start);
    if (!kind.template) {
        return parser_push(p, NEW_EXPR(p, pos, FormattedValue, .value = value, .conversion = letter,
                                       .format_spec = spec));
    }
    AstConstant text = source_text(p, open.end, expression_end);
    return !p->failed && parser_push(p, NEW_EXPR(p, pos, Interpolation, .value = value, .str = text,
                                                 .conversion = letter, .format_spec = spec));
}

/* One f-string or t-string, from START to END; pushes its values. */
static bool interpolated(Parser *p)
{
    Token start = p->tokens[p->pos++];
    bool template = start.type == T_TSTRING_START;
    FieldKind kind = {template ? 't' : 'f', template, read_prefix(token_bytes(p, &start)).raw};
    uint32_t from = p->n_items;
    for (;;) {
        TokenType type = peek(p);
        if (is_middle(type)) {
            /* Decoded at the end, as the order of problems wants it; until then the token's index stands
               for it, marked by the lowest bit. */
            if (!parser_push(p, (void *)((uintptr_t)p->pos << 1 | 1))) {
                return false;
            }
            p->pos++;
        } else if (type == T_LBRACE) {
            if (!replacement_field(p, kind)) {
                return false;
            }
        } else {
            break;
        }
    }
    if (!accept(p, template ? T_TSTRING_END : T_FSTRING_END) ||
        (template && !parser_version(p, 14, "t-strings are"))) {
        return false;
    }
    for (uint32_t i = from; i < p->n_items; i++) {
        uintptr_t item = (uintptr_t)p->items[i];
        if (item & 1) {
            Token token = p->tokens[item >> 1];
            AstExpr *e = middle_constant(p, &token, kind.raw);
            if (!e) {
                return false;
            }
            p->items[i] = e;
        }
    }
    return true;
}

static bool at_string(Parser *p)
{
    TokenType type = peek(p);
    return type == T_STRING || type == T_FSTRING_START || type == T_TSTRING_START;
}

static AstExpr *strings(Parser *p)
{
    uint32_t start = p->pos, from = p->n_items;
    bool template = peek(p) == T_TSTRING_START;
    bool joined = false, bytes = false, text = false;
    do {
        if ((peek(p) == T_TSTRING_START) != template) {
            if (!p->diagnosing) {
                return NULL;
            }
            uint32_t last_from = p->n_items;
            bool ok = peek(p) == T_STRING ? parse_plain_string(p) != NULL : interpolated(p);
            p->n_items = last_from;
            return ok && invalid_forms(p)
                       ? raise_at(p, span(p, start),
                                  "cannot mix t-string literals with string or bytes literals")
                       : NULL;
        }
        if (peek(p) == T_STRING) {
            AstExpr *e = parse_plain_string(p);
            if (!parser_push(p, e)) {
                return NULL;
            }
            bool is_bytes = e->u.Constant.value.kind == AST_CONST_BYTES;
            bytes |= is_bytes;
            text |= !is_bytes;
        } else {
            joined = text = true;
            if (!interpolated(p)) {
                return NULL;
            }
        }
    } while (at_string(p));
    if (p->failed) {
        return NULL;
    }
    if (bytes && text) {
        return raise_here(p, SYNTAX_ERROR, "cannot mix bytes and nonbytes literals");
    }
    AstPos pos = span(p, start);
    if (!joined) {
        AstExpr *e = p->n_items == from + 1 ? p->items[from] : join_constants(p, from, p->n_items - from, pos);
        p->n_items = from;
        return e;
    }
    AstExprSeq *values = join_values(p, from);
    if (!values) {
        return NULL;
    }
    return template ? NEW_EXPR(p, pos, TemplateStr, .values = values)
                    : NEW_EXPR(p, pos, JoinedStr, .values = values);
}

AstExpr *parse_strings(Parser *p)
{
    void *known;
    if (memo_get(p, MEMO_STRINGS, &known)) {
        return known;
    }
    uint32_t start = p->pos;
    AstExpr *e = NULL;
    if (parser_enter(p)) {
        e = strings(p);
    }
    parser_leave(p);
    return memo_put(p, MEMO_STRINGS, start, e);
}
