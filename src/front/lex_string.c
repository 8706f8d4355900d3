/* Strings as tokens: where one ends, and the modes of f-strings and t-strings.
 *
 * An f-string is a START token, then MIDDLE tokens of literal text and, for each replacement field, the ordinary
 * tokens from { to }, then an END token. Within a field's format spec the text is MIDDLE again. Escapes are
 * not decoded here; a doubled brace ends a MIDDLE behind its first half. */
#include <string.h>

#include "front/lexer_priv.h"

static TokenType fail(Lexer *lx, Token *token)
{
    token->type = T_ERRORTOKEN;
    token->level = (uint8_t)lx->level;
    token->lineno = token->end_lineno = lx->lineno;
    token->col = token->end_col = -1;
    token->start = token->end = lx->token_start;
    return T_ERRORTOKEN;
}

/* Puts the lexer back behind the first character of an unfinished string, so that the error is
 * reported there; returns the line where the end was missed. */
static int back_to(Lexer *lx, uint32_t start, uint32_t line_start, int lineno)
{
    int detected = lx->lineno;
    lx->cur = lx->base + start + 1;
    lx->line_start = lx->base + line_start;
    lx->lineno = lineno;
    return detected;
}

static TokenType unterminated(Lexer *lx, Token *token, char quote, int quote_size, bool escaped_quote, bool at_end)
{
    int detected = back_to(lx, lx->token_start, lx->token_start - (uint32_t)lx->token_col, lx->token_lineno);
    LexString *outer = lexer_field(lx);
    if (outer && outer->quote == quote && outer->quote_size == quote_size) {
        lexer_error(lx, "%c-string: expecting '}'", outer->letter);
    } else if (quote_size == 3) {
        lexer_error(lx, "unterminated triple-quoted string literal (detected at line %d)", detected);
        if (at_end) {
            lx->state = LEX_EOF_IN_STRING;
        }
    } else {
        lexer_error(lx, "unterminated string literal (detected at line %d)%s", detected,
                    escaped_quote ? "; perhaps you escaped the end quote?" : "");
        if (at_end) {
            lx->state = LEX_EOL_IN_STRING;
        }
    }
    return fail(lx, token);
}

TokenType lex_string(Lexer *lx, Token *token)
{
    const char *p = lx->cur;
    char quote = *p;
    int quote_size = 1;
    bool escaped_quote = false;
    if (p[1] == quote) {
        if (p[2] != quote) {
            lx->cur = p + 2;
            return lexer_end(lx, token, T_STRING);
        }
        quote_size = 3;
    }
    p += quote_size;
    for (;;) {
        while (*p != quote && *p != '\\' && *p != '\n' && *p != '\0') {
            p++;
        }
        if (*p == quote) {
            if (quote_size == 1) {
                p++;
                break;
            }
            if (p[1] == quote && p[2] == quote) {
                p += 3;
                break;
            }
            p++;
            continue;
        }
        if (*p == '\\') {
            p++;
            if (*p == quote) {
                escaped_quote = true;
            }
            if (*p == '\r' && p[1] == '\n') {
                p++;
            }
            if (*p != '\n' && *p != '\0') {
                p++;
                continue;
            }
            if (*p == '\n' && quote_size == 1) {
                p++;
                lx->cur = p;
                if (!lexer_enter_line(lx)) {
                    return unterminated(lx, token, quote, quote_size, escaped_quote, true);
                }
                p = lx->cur;
                continue;
            }
        }
        if (*p == '\n' && quote_size == 3) {
            lx->cur = p + 1;
            if (!lexer_enter_line(lx)) {
                return unterminated(lx, token, quote, quote_size, escaped_quote, true);
            }
            p = lx->cur;
            continue;
        }
        if (*p == '\0' && p != lx->end) {
            p++;
            continue;
        }
        return unterminated(lx, token, quote, quote_size, escaped_quote, *p == '\0');
    }
    lx->cur = p;
    return lexer_end(lx, token, T_STRING);
}

/* --- f-strings --- */

TokenType lex_fstring_start(Lexer *lx, Token *token, char letter, bool raw)
{
    const char *p = lx->cur;
    int quote_size = p[1] == *p && p[2] == *p ? 3 : 1;
    lx->cur = p + quote_size;
    if (lx->n_strings + 1 >= LEX_MAX_STRINGS) {
        lexer_error(lx, "too many nested f-strings or t-strings");
        return fail(lx, token);
    }
    lx->strings[lx->n_strings++] = (LexString){
        .quote = *p,
        .letter = letter,
        .quote_size = (uint8_t)quote_size,
        .raw = raw,
        .fields = -1,
        .start = lx->token_start,
        .line_start = lx->token_start - (uint32_t)lx->token_col,
        .lineno = lx->token_lineno,
    };
    return lexer_end(lx, token, letter == 'f' ? T_FSTRING_START : T_TSTRING_START);
}

static TokenType unterminated_fstring(Lexer *lx, Token *token, LexString *string, bool at_end)
{
    int detected = back_to(lx, string->start, string->line_start, string->lineno);
    if (string->quote_size == 3) {
        lexer_error(lx, "unterminated triple-quoted %c-string literal (detected at line %d)", string->letter,
                    detected);
        if (at_end) {
            lx->state = LEX_EOF_IN_STRING;
        }
    } else {
        lexer_error(lx, "unterminated %c-string literal (detected at line %d)", string->letter, detected);
    }
    return fail(lx, token);
}

static TokenType middle(Lexer *lx, Token *token, const LexString *string, const char *end, int skip)
{
    lx->cur = end;
    lexer_end(lx, token, string->letter == 'f' ? T_FSTRING_MIDDLE : T_TSTRING_MIDDLE);
    lx->cur = end + skip;
    token->end_col += skip;
    return token->type;
}

/* Is the closing quote at p? */
static bool closes(const LexString *string, const char *p)
{
    return *p == string->quote && (string->quote_size == 1 || (p[1] == string->quote && p[2] == string->quote));
}

/* Literal text from p up to the next field, doubled brace or end. */
static TokenType fstring_text(Lexer *lx, Token *token, LexString *string)
{
    const char *p = lx->cur;
    bool in_name = false;  /* in the braces of \N{...} */
    bool in_spec = string->in_spec && string->brackets > 0 && string->fields >= 0;
    for (;; p++) {
        if (*p == '\n' || (*p == '\0' && p == lx->end)) {
            if (*p == '\n' && in_spec) {
                lx->cur = p + 1;
                if (string->quote_size == 1) {
                    lx->cur = p + 1;
                    int offset = lexer_count_chars(lx->line_start, (size_t)(lx->cur - lx->line_start));
                    lexer_error_at(lx, SYNTAX_ERROR, offset, offset,
                                   "%c-string: newlines are not allowed in format specifiers for single quoted "
                                   "%c-strings", string->letter, string->letter);
                    return fail(lx, token);
                }
                if (!lexer_enter_line(lx)) {
                    return unterminated_fstring(lx, token, string, true);
                }
                p = lx->cur - 1;
                continue;
            }
            if (*p == '\n' && string->quote_size == 3) {
                lx->cur = p + 1;
                if (lexer_enter_line(lx)) {
                    p = lx->cur - 1;
                    continue;
                }
                return unterminated_fstring(lx, token, string, true);
            }
            return unterminated_fstring(lx, token, string, *p == '\0');
        }
        if (closes(string, p)) {
            return middle(lx, token, string, p, 0);
        }
        if (*p == '{') {
            if (p[1] == '{' && !in_spec) {
                return middle(lx, token, string, p + 1, 1);
            }
            string->fields++;
            if (string->fields >= LEX_MAX_EXPRESSIONS) {
                lx->cur = p;
                lexer_error(lx, "%c-string: expressions nested too deeply", string->letter);
                return fail(lx, token);
            }
            string->regular = true;
            return middle(lx, token, string, p, 0);
        }
        if (*p == '}') {
            if (in_name) {
                return middle(lx, token, string, p + 1, 0);
            }
            if (p[1] == '}' && !in_spec && string->brackets == 0) {
                return middle(lx, token, string, p + 1, 1);
            }
            string->regular = true;
            return middle(lx, token, string, p, 0);
        }
        if (*p == '\\') {
            char c = p[1];
            if (c == '{' || c == '}' || (c == '\0' && p + 1 == lx->end)) {
                continue;
            }
            if (c == '\r' && p[2] == '\n') {
                p++;
                c = '\n';
            }
            if (c == '\n') {
                lx->cur = p + 2;
                if (!lexer_enter_line(lx)) {
                    return unterminated_fstring(lx, token, string, true);
                }
                p = lx->cur - 1;
                continue;
            }
            p++;
            if (!string->raw && c == 'N' && p[1] == '{') {
                p++;
                in_name = true;
            }
        }
    }
}

TokenType lex_fstring_continue(Lexer *lx, Token *token)
{
    LexString *string = lexer_field(lx);
    if (lx->line_over && !lexer_enter_line(lx)) {
        return unterminated_fstring(lx, token, string, true);
    }
    const char *p = lx->cur;
    lexer_begin(lx, p);
    if (*p == '{' && p[1] != '{') {
        string->fields++;
        if (string->fields >= LEX_MAX_EXPRESSIONS) {
            lexer_error(lx, "%c-string: expressions nested too deeply", string->letter);
            return fail(lx, token);
        }
        string->regular = true;
        return lexer_next(lx, token);
    }
    if (closes(string, p)) {
        lx->cur = p + string->quote_size;
        lx->n_strings--;
        return lexer_end(lx, token, string->letter == 'f' ? T_FSTRING_END : T_TSTRING_END);
    }
    return fstring_text(lx, token, string);
}
