/* The lexer's main part: lines and indentation, names, operators, brackets, comments.
 * Numbers are in lex_number.c, strings in lex_string.c.
 *
 * A line is entered (lexer_enter_line) only when a token needs something of it: until then lineno is
 * that of the line before, which is what errors at the end of the text report. */
#include "front/lexer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/unicode.h"
#include "base/utf8.h"
#include "front/identifier.h"
#include "front/lexer_priv.h"

/* --- Problems --- */

int lexer_count_chars(const char *bytes, size_t n)
{
    int count = 0;
    for (size_t i = 0; i < n; i++) {
        count += ((unsigned char)bytes[i] & 0xC0) != 0x80;
    }
    return count;
}

static const char *format_message(Arena *arena, const char *format, va_list args)
{
    char text[512];
    int n = vsnprintf(text, sizeof text, format, args);
    if (n < 0) {
        return NULL;
    }
    return arena_strdup(arena, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

static void fill_problem(Lexer *lx, SyntaxProblem *problem, SyntaxClass kind, int offset, int end_offset,
                         const char *message)
{
    const char *line_end = memchr(lx->line_start, '\n', (size_t)(lx->end - lx->line_start));
    if (!line_end) {
        line_end = lx->end;
    }
    *problem = (SyntaxProblem){
        .kind = message ? kind : SYNTAX_MEMORY,
        .message = message,
        .lineno = lx->lineno,
        .offset = offset,
        .end_lineno = lx->lineno,
        .end_offset = end_offset,
        .line = lx->line_start,
        .line_length = (size_t)(line_end - lx->line_start),
    };
}

TokenType lexer_error_at(Lexer *lx, SyntaxClass kind, int offset, int end_offset, const char *format, ...)
{
    if (lx->problem.kind == SYNTAX_OK) {
        va_list args;
        va_start(args, format);
        const char *message = format_message(lx->arena, format, args);
        va_end(args);
        fill_problem(lx, &lx->problem, kind, offset, end_offset, message);
    }
    lx->state = LEX_FAILED;
    return T_ERRORTOKEN;
}

TokenType lexer_error(Lexer *lx, const char *format, ...)
{
    if (lx->problem.kind == SYNTAX_OK) {
        va_list args;
        va_start(args, format);
        const char *message = format_message(lx->arena, format, args);
        va_end(args);
        int offset = lexer_count_chars(lx->line_start, (size_t)(lx->cur - lx->line_start));
        fill_problem(lx, &lx->problem, SYNTAX_ERROR, offset, offset, message);
    }
    lx->state = LEX_FAILED;
    return T_ERRORTOKEN;
}

void lexer_warn(Lexer *lx, bool deprecation, int lineno, int offset, int end_offset, const char *format, ...)
{
    if (lx->no_warnings) {
        return;
    }
    SyntaxWarningNote *note = arena_zalloc(lx->arena, sizeof *note);
    va_list args;
    va_start(args, format);
    const char *message = format_message(lx->arena, format, args);
    va_end(args);
    if (!note || !message) {
        return;
    }
    fill_problem(lx, &note->at, SYNTAX_ERROR, offset, end_offset, message);
    note->at.lineno = note->at.end_lineno = note->lineno = lineno;
    note->message = message;
    note->deprecation = deprecation;
    *lx->warnings_end = note;
    lx->warnings_end = &note->next;
}

/* --- Lines --- */

void lexer_init(Lexer *lx, Arena *arena, const char *text, size_t length)
{
    memset(lx, 0, offsetof(Lexer, indents));
    lx->indents[0] = lx->alt_indents[0] = 0;
    lx->more = NULL;
    lx->more_data = NULL;
    lx->arena = arena;
    lx->base = lx->cur = lx->line_start = text;
    lx->end = text + length;
    lx->line_over = true;
    lx->at_line_start = true;
    lx->warnings_end = &lx->warnings;
}

void lexer_moved(Lexer *lx, const char *base, size_t length)
{
    lx->cur = base + (lx->cur - lx->base);
    lx->line_start = base + (lx->line_start - lx->base);
    lx->base = base;
    lx->end = base + length;
}

bool lexer_enter_line(Lexer *lx)
{
    if (lx->cur == lx->end && !(lx->more && lx->more(lx))) {
        lx->saw_end = true;
        return false;
    }
    lx->lineno++;
    lx->line_start = lx->cur;
    lx->line_over = false;
    return true;
}

void lexer_begin(Lexer *lx, const char *start)
{
    lx->token_start = (uint32_t)(start - lx->base);
    lx->token_lineno = lx->lineno;
    lx->token_col = (int)(start - lx->line_start);
}

/* Is the end of such a token known only by what follows it? Of operators, those of three characters are
 * complete by themselves; of strings, only the empty one is not. */
static bool looks_ahead(Lexer *lx, TokenType type)
{
    size_t length = (size_t)(lx->cur - lx->base) - lx->token_start;
    switch (type) {
    case T_STRING: return length == 2;
    case T_NEWLINE:
    case T_NL: return false;
    case T_NAME:
    case T_NUMBER: return true;
    default: return length < 3;
    }
}

TokenType lexer_end(Lexer *lx, Token *token, TokenType type)
{
    lx->saw_end |= lx->cur == lx->end && looks_ahead(lx, type);
    token->type = type;
    token->level = (uint8_t)lx->level;
    token->lineno = lx->token_lineno;
    token->col = lx->token_col;
    token->end_lineno = lx->lineno;
    token->end_col = (int)(lx->cur - lx->line_start);
    token->start = lx->token_start;
    token->end = (uint32_t)(lx->cur - lx->base);
    return type;
}

/* A token that has no text: INDENT, DEDENT, ENDMARKER, ERRORTOKEN. */
static TokenType end_empty(Lexer *lx, Token *token, TokenType type)
{
    *token = (Token){
        .type = type,
        .level = (uint8_t)lx->level,
        .lineno = lx->lineno,
        .col = -1,
        .end_lineno = lx->lineno,
        .end_col = -1,
        .start = (uint32_t)(lx->cur - lx->base),
        .end = (uint32_t)(lx->cur - lx->base),
    };
    return type;
}

/* A backslash was read: the line must end here, and another must follow. The lexer then stands at that line's
 * start. */
static bool continue_line(Lexer *lx)
{
    if (*lx->cur == '\r' && lx->cur[1] == '\n') {
        lx->cur++;
    }
    if (*lx->cur != '\n') {
        int offset = lexer_count_chars(lx->line_start, (size_t)(lx->cur - lx->line_start)) + 1;
        int length = lexer_count_chars(lx->line_start, strcspn(lx->line_start, "\n")) + 1;
        lexer_error_at(lx, SYNTAX_ERROR, offset < length ? offset : length, 0,
                       "unexpected character after line continuation character");
        if (*lx->cur) {
            lx->problem.line_length += lx->problem.line + lx->problem.line_length < lx->end;
        } else {
            lx->problem.offset = offset - 1;
        }
        lx->state = LEX_FAILED_LINE;
        return false;
    }
    lx->cur++;
    if (!lexer_enter_line(lx)) {
        lx->state = LEX_EOF;
        return false;
    }
    return true;
}

static TokenType indent_error(Lexer *lx, Token *token)
{
    lexer_error_at(lx, SYNTAX_TAB, 1, 0, "inconsistent use of tabs and spaces in indentation");
    lx->problem.line_length += lx->problem.line + lx->problem.line_length < lx->end;
    lx->state = LEX_FAILED_LINE;
    return end_empty(lx, token, T_ERRORTOKEN);
}

enum { TAB_SIZE = 8 };

/* Reads the indentation of the line just entered. False: it failed, with the token filled.
 * Comparing each indentation under two tab sizes, 8 and 1, finds mixtures whose meaning depends
 * on the size. */
static bool read_indentation(Lexer *lx, Token *token)
{
    int col = 0, alt_col = 0, continued_col = 0;
    lx->at_line_start = false;
    for (;; lx->cur++) {
        char c = *lx->cur;
        if (c == ' ') {
            col++, alt_col++;
        } else if (c == '\t') {
            col = (col / TAB_SIZE + 1) * TAB_SIZE;
            alt_col++;
        } else if (c == '\014') {
            col = alt_col = 0;
        } else if (c == '\\') {
            /* Indentation counts from the first of the joined lines. */
            continued_col = continued_col ? continued_col : col;
            lx->cur++;
            if (!continue_line(lx)) {
                end_empty(lx, token, T_ERRORTOKEN);
                return false;
            }
            lx->cur--;
        } else {
            break;
        }
    }
    lx->saw_end |= lx->cur == lx->end;
    lx->blank_line = *lx->cur == '#' || *lx->cur == '\n' || (*lx->cur == '\r' && lx->cur[1] == '\n');
    if (lx->blank_line || lx->level) {
        return true;
    }
    if (continued_col) {
        col = alt_col = continued_col;
    }
    int indent = lx->indents[lx->indent];
    if (col == indent) {
        if (alt_col != lx->alt_indents[lx->indent]) {
            indent_error(lx, token);
            return false;
        }
    } else if (col > indent) {
        if (lx->indent + 1 >= LEX_MAX_INDENT) {
            lexer_error_at(lx, SYNTAX_INDENTATION, 1, 0, "too many levels of indentation");
            lx->problem.line_length += lx->problem.line + lx->problem.line_length < lx->end;
            lx->state = LEX_FAILED_LINE;
            end_empty(lx, token, T_ERRORTOKEN);
            return false;
        }
        if (alt_col <= lx->alt_indents[lx->indent]) {
            indent_error(lx, token);
            return false;
        }
        lx->pending_indents++;
        lx->indent++;
        lx->indents[lx->indent] = col;
        lx->alt_indents[lx->indent] = alt_col;
    } else {
        while (lx->indent > 0 && col < lx->indents[lx->indent]) {
            lx->pending_indents--;
            lx->indent--;
        }
        if (col != lx->indents[lx->indent]) {
            const char *line_end = memchr(lx->cur, '\n', (size_t)(lx->end - lx->cur));
            line_end = line_end ? line_end + 1 : lx->end;
            int length = lexer_count_chars(lx->line_start, (size_t)(line_end - lx->line_start));
            lexer_error_at(lx, SYNTAX_INDENTATION, length, -1,
                           "unindent does not match any outer indentation level");
            lx->problem.line_length = (size_t)(line_end - lx->line_start);
            lx->state = LEX_FAILED_LINE;
            end_empty(lx, token, T_ERRORTOKEN);
            return false;
        }
        if (alt_col != lx->alt_indents[lx->indent]) {
            indent_error(lx, token);
            return false;
        }
    }
    return true;
}

/* --- Names and comments --- */

static TokenType invalid_character(Lexer *lx, Token *token, uint32_t c)
{
    if (unicode_is_printable(c)) {
        char text[5];
        unsigned n = utf8_write(c, (uint8_t *)text);
        text[n] = '\0';
        lexer_error(lx, "invalid character '%s' (U+%04X)", text, (unsigned)c);
    } else {
        lexer_error(lx, "invalid non-printable character U+%04X", (unsigned)c);
    }
    return end_empty(lx, token, T_ERRORTOKEN);
}

static TokenType finish_name(Lexer *lx, Token *token)
{
    unsigned char high = 0;
    const char *p = lx->cur;
    while (lex_is_name(*p)) {
        high |= (unsigned char)*p;
        p++;
    }
    lx->cur = p;
    if (high >= 128 && !lx->extra_tokens) {
        const char *start = lx->base + lx->token_start;
        uint32_t c;
        size_t valid = identifier_valid_prefix(start, (size_t)(p - start), &c);
        if (valid < (size_t)(p - start)) {
            lx->cur = start + valid;
            lx->cur += identifier_char_length(lx->cur, (size_t)(p - lx->cur));
            return invalid_character(lx, token, c);
        }
    }
    return lexer_end(lx, token, T_NAME);
}

/* A name, or a string with a prefix. */
static TokenType lex_name(Lexer *lx, Token *token)
{
    const char *p = lx->cur;
    bool b = false, u = false, r = false, f = false, t = false;
    for (;; p++) {
        if (!b && (*p | 32) == 'b') {
            b = true;
        } else if (!u && (*p | 32) == 'u') {
            u = true;
        } else if (!r && (*p | 32) == 'r') {
            r = true;
        } else if (!f && (*p | 32) == 'f') {
            f = true;
        } else if (!t && (*p | 32) == 't') {
            t = true;
        } else {
            break;
        }
    }
    if (*p != '"' && *p != '\'') {
        lx->cur = p;
        return finish_name(lx, token);
    }
    static const char letters[] = "ubrft";
    const bool seen[] = {u, b, r, f, t};
    static const uint8_t clashes[][2] = {{0, 1}, {0, 2}, {0, 3}, {0, 4}, {1, 3}, {1, 4}, {3, 4}};
    for (size_t i = 0; i < sizeof clashes / sizeof clashes[0]; i++) {
        if (seen[clashes[i][0]] && seen[clashes[i][1]]) {
            int before = lexer_count_chars(lx->line_start, (size_t)lx->token_col);
            lexer_error_at(lx, SYNTAX_ERROR, before + 1, before + (int)(p + 1 - lx->cur),
                           "'%c' and '%c' prefixes are incompatible", letters[clashes[i][0]],
                           letters[clashes[i][1]]);
            return end_empty(lx, token, T_ERRORTOKEN);
        }
    }
    lx->cur = p;
    if (f || t) {
        return lex_fstring_start(lx, token, f ? 'f' : 't', r);
    }
    return lex_string(lx, token);
}

/* A type comment's text after "# type: ", or NULL. */
static const char *type_comment_text(const char *p)
{
    if (*p != '#') {
        return NULL;
    }
    for (p++; *p == ' ' || *p == '\t'; p++) {
    }
    if (strncmp(p, "type: ", 6) != 0) {
        return NULL;
    }
    for (p += 6; *p == ' ' || *p == '\t'; p++) {
    }
    return p;
}

/* A comment begins at lx->cur. Returns the token it makes, or T_COUNT if it makes none. */
static TokenType lex_comment(Lexer *lx, Token *token)
{
    const char *start = lx->cur;
    const char *end = memchr(start, '\n', (size_t)(lx->end - start));
    end = end ? end : lx->end;
    if (end > start && end[-1] == '\r' && *end == '\n') {
        end--;
    }
    lx->cur = end;
    const char *text = lx->type_comments ? type_comment_text(start) : NULL;
    if (text) {
        unsigned char after = (unsigned char)text[strncmp(text, "ignore", 6) == 0 ? 6 : 0];
        bool ignore = strncmp(text, "ignore", 6) == 0 && text + 6 <= end &&
                      !(after >= 128 || lex_is_digit((char)after) || ((after | 32) >= 'a' && (after | 32) <= 'z'));
        if (ignore) {
            lexer_begin(lx, text + 6);
            return lexer_end(lx, token, T_TYPE_IGNORE);
        }
        lexer_begin(lx, text);
        lx->blank_line = false;
        return lexer_end(lx, token, T_TYPE_COMMENT);
    }
    if (lx->extra_tokens) {
        lexer_begin(lx, start);
        return lexer_end(lx, token, T_COMMENT);
    }
    return T_COUNT;
}

/* --- Operators and brackets --- */

/* The longest operator at p: its type, and its length in *length. */
static TokenType operator_at(const char *p, int *length)
{
    char c = p[0], d = c ? p[1] : '\0', e = d ? p[2] : '\0';
    *length = 1;
#define TWO(type) (*length = 2, type)
#define THREE(type) (*length = 3, type)
    switch (c) {
    case '(': return T_LPAR;
    case ')': return T_RPAR;
    case '[': return T_LSQB;
    case ']': return T_RSQB;
    case '{': return T_LBRACE;
    case '}': return T_RBRACE;
    case ',': return T_COMMA;
    case ';': return T_SEMI;
    case '~': return T_TILDE;
    case ':': return d == '=' ? TWO(T_COLONEQUAL) : T_COLON;
    case '=': return d == '=' ? TWO(T_EQEQUAL) : T_EQUAL;
    case '!': return d == '=' ? TWO(T_NOTEQUAL) : T_EXCLAMATION;
    case '%': return d == '=' ? TWO(T_PERCENTEQUAL) : T_PERCENT;
    case '&': return d == '=' ? TWO(T_AMPEREQUAL) : T_AMPER;
    case '|': return d == '=' ? TWO(T_VBAREQUAL) : T_VBAR;
    case '^': return d == '=' ? TWO(T_CIRCUMFLEXEQUAL) : T_CIRCUMFLEX;
    case '+': return d == '=' ? TWO(T_PLUSEQUAL) : T_PLUS;
    case '@': return d == '=' ? TWO(T_ATEQUAL) : T_AT;
    case '-': return d == '=' ? TWO(T_MINEQUAL) : d == '>' ? TWO(T_RARROW) : T_MINUS;
    case '.': return d == '.' && e == '.' ? THREE(T_ELLIPSIS) : T_DOT;
    case '*':
        return d == '*' ? (e == '=' ? THREE(T_DOUBLESTAREQUAL) : TWO(T_DOUBLESTAR)) :
               d == '=' ? TWO(T_STAREQUAL) : T_STAR;
    case '/':
        return d == '/' ? (e == '=' ? THREE(T_DOUBLESLASHEQUAL) : TWO(T_DOUBLESLASH)) :
               d == '=' ? TWO(T_SLASHEQUAL) : T_SLASH;
    case '<':
        return d == '<' ? (e == '=' ? THREE(T_LEFTSHIFTEQUAL) : TWO(T_LEFTSHIFT)) :
               d == '=' ? TWO(T_LESSEQUAL) : T_LESS;
    case '>':
        return d == '>' ? (e == '=' ? THREE(T_RIGHTSHIFTEQUAL) : TWO(T_RIGHTSHIFT)) :
               d == '=' ? TWO(T_GREATEREQUAL) : T_GREATER;
    default: return T_OP;
    }
#undef TWO
#undef THREE
}

static TokenType open_bracket(Lexer *lx, Token *token, TokenType type, char c)
{
    if (lx->level >= LEX_MAX_LEVEL) {
        lexer_error(lx, "too many nested parentheses");
        return end_empty(lx, token, T_ERRORTOKEN);
    }
    lx->brackets[lx->level++] = (LexBracket){c, lx->lineno, (int)(lx->cur - 1 - lx->line_start)};
    LexString *string = lexer_field(lx);
    if (string) {
        string->brackets++;
    }
    return lexer_end(lx, token, type);
}

static TokenType close_bracket(Lexer *lx, Token *token, TokenType type, char c)
{
    LexString *string = lexer_field(lx);
    if (string && !string->brackets && c == '}') {
        lexer_error(lx, "%c-string: single '}' is not allowed", string->letter);
        return end_empty(lx, token, T_ERRORTOKEN);
    }
    if (!lx->level && lx->extra_tokens) {
        return lexer_end(lx, token, type);
    }
    if (!lx->level) {
        lexer_error(lx, "unmatched '%c'", c);
        return end_empty(lx, token, T_ERRORTOKEN);
    }
    LexBracket open = lx->brackets[--lx->level];
    if (!lx->extra_tokens && ((open.open == '(') != (c == ')') || (open.open == '[') != (c == ']'))) {
        /* The bracket that opened a replacement field: the text after it is to blame. */
        if (string && open.open == '{' && string->brackets - 1 == string->fields) {
            lexer_error(lx, "%c-string: unmatched '%c'", string->letter, c);
        } else if (open.lineno != lx->lineno) {
            lexer_error(lx, "closing parenthesis '%c' does not match opening parenthesis '%c' on line %d", c,
                        open.open, open.lineno);
        } else {
            lexer_error(lx, "closing parenthesis '%c' does not match opening parenthesis '%c'", c, open.open);
        }
        return end_empty(lx, token, T_ERRORTOKEN);
    }
    if (string) {
        string->brackets--;
        if (string->brackets < 0) {
            lexer_error(lx, "%c-string: unmatched '%c'", string->letter, c);
            return end_empty(lx, token, T_ERRORTOKEN);
        }
        if (c == '}' && string->brackets == string->fields) {
            string->fields--;
            string->regular = false;
            string->in_spec = false;
        }
    }
    return lexer_end(lx, token, type);
}

static TokenType lex_operator(Lexer *lx, Token *token)
{
    char c = *lx->cur;
    LexString *string = lexer_field(lx);
    if (c == ':' && string && string->brackets - 1 == string->fields) {
        string->regular = false;
        string->in_spec = true;
        lx->cur++;
        return lexer_end(lx, token, T_COLON);
    }
    int length;
    TokenType type = operator_at(lx->cur, &length);
    lx->cur += length;
    switch (type) {
    case T_LPAR:
    case T_LSQB:
    case T_LBRACE: return open_bracket(lx, token, type, c);
    case T_RPAR:
    case T_RSQB:
    case T_RBRACE: return close_bracket(lx, token, type, c);
    case T_OP:
        if ((unsigned char)c < 32 || c == 127) {
            return invalid_character(lx, token, (unsigned char)c);
        }
        return lexer_end(lx, token, type);
    default: return lexer_end(lx, token, type);
    }
}

/* --- The main loop --- */

static TokenType end_of_text(Lexer *lx, Token *token)
{
    if (lx->level) {
        lx->state = LEX_EOF;
        return end_empty(lx, token, T_ERRORTOKEN);
    }
    if (lx->indent && lx->at_line_start) {
        lx->pending_indents = -(lx->indent - 1);
        lx->indent = 0;
        return end_empty(lx, token, T_DEDENT);
    }
    lx->state = LEX_DONE;
    return end_empty(lx, token, T_ENDMARKER);
}

static TokenType next_regular(Lexer *lx, Token *token)
{
    const char *comment = NULL;  /* where the current line's comment begins */
    for (;;) {
        if (lx->line_over && !lexer_enter_line(lx)) {
            if (lx->pending_indents < 0) {
                lx->pending_indents++;
                return end_empty(lx, token, T_DEDENT);
            }
            return end_of_text(lx, token);
        }
        if (lx->at_line_start && !read_indentation(lx, token)) {
            return T_ERRORTOKEN;
        }
        if (lx->pending_indents) {
            bool in = lx->pending_indents > 0;
            lx->pending_indents += in ? -1 : 1;
            return end_empty(lx, token, in ? T_INDENT : T_DEDENT);
        }
        const char *p = lx->cur;
        while (*p == ' ' || *p == '\t' || *p == '\014') {
            p++;
        }
        lx->cur = p;
        lexer_begin(lx, p);
        char c = *p;
        if (lex_is_name_start(c)) {
            return lex_name(lx, token);
        }
        if (lex_is_digit(c) || (c == '.' && lex_is_digit(p[1]))) {
            return lex_number(lx, token);
        }
        switch (c) {
        case '#': {
            TokenType type = lex_comment(lx, token);
            if (type != T_COUNT) {
                return type;
            }
            comment = p;
            continue;
        }
        case '\r':
            if (p[1] != '\n') {
                break;
            }
            lx->cur++;
            /* fall through */
        case '\n': {
            lx->cur++;
            bool blank = lx->blank_line || lx->level;
            lx->at_line_start = true;
            if (blank && !lx->extra_tokens) {
                lx->line_over = true;
                comment = NULL;
                continue;
            }
            if (comment) {
                lexer_begin(lx, comment);
            }
            lexer_end(lx, token, blank ? T_NL : T_NEWLINE);
            lx->line_over = true;
            return token->type;
        }
        case '"':
        case '\'': return lex_string(lx, token);
        case '\\':
            lx->cur++;
            if (!continue_line(lx)) {
                return end_empty(lx, token, T_ERRORTOKEN);
            }
            continue;
        case '\0':
            if (p == lx->end) {
                lx->line_over = true;
                continue;
            }
            break;
        }
        return lex_operator(lx, token);
    }
}

TokenType lexer_next(Lexer *lx, Token *token)
{
    LexString *string = lexer_field(lx);
    if (string && !string->regular) {
        TokenType type = lex_fstring_continue(lx, token);
        return type == T_ERRORTOKEN ? end_empty(lx, token, type) : type;
    }
    return next_regular(lx, token);
}
