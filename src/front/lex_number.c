/* Numbers: the exact shapes of the literals, with the words for each wrong one. */
#include <string.h>

#include "front/lexer_priv.h"

/* A number may be followed at once by a keyword that can follow it in a valid program (`1if x else y`),
 * with a warning; by no other letter. */
static bool keyword_follows(const char *p)
{
    static const char *const keywords[] = {"and", "else", "for", "if", "in", "is", "or", "not"};
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        size_t length = strlen(keywords[i]);
        if (strncmp(p, keywords[i], length) == 0 && (*p == 'i' || !lex_is_name(p[length]))) {
            return true;
        }
    }
    return false;
}

/* What stands behind the number must not continue it. */
static TokenType verify_end(Lexer *lx, Token *token, const char *p, const char *kind)
{
    lx->cur = p;
    if (lx->extra_tokens || !lex_is_name(*p) || (unsigned char)*p >= 128) {
        return lexer_end(lx, token, T_NUMBER);
    }
    if (keyword_follows(p)) {
        int offset = lexer_count_chars(lx->line_start, (size_t)(p - lx->line_start));
        lexer_warn(lx, false, lx->lineno, offset, offset, "invalid %s literal", kind);
        return lexer_end(lx, token, T_NUMBER);
    }
    return lexer_error(lx, "invalid %s literal", kind);
}

/* Digits with single underscores between them, from p on; NULL after an error. */
static const char *decimal_digits(Lexer *lx, const char *p)
{
    for (;;) {
        while (lex_is_digit(*p)) {
            p++;
        }
        if (*p != '_') {
            return p;
        }
        p++;
        if (!lex_is_digit(*p)) {
            lx->cur = p;
            lexer_error(lx, "invalid decimal literal");
            return NULL;
        }
    }
}

static bool is_digit_of(char c, int base)
{
    return base == 16 ? lex_is_hex(c) : c >= '0' && c < '0' + base;
}

/* 0x, 0o, 0b; p stands behind the letter. */
static TokenType radix_number(Lexer *lx, Token *token, const char *p, int base, const char *kind)
{
    do {
        if (*p == '_') {
            p++;
        }
        if (!is_digit_of(*p, base)) {
            bool digit = base < 10 && lex_is_digit(*p);
            lx->cur = p + digit;
            return digit ? lexer_error(lx, "invalid digit '%c' in %s literal", *p, kind)
                         : lexer_error(lx, "invalid %s literal", kind);
        }
        while (is_digit_of(*p, base)) {
            p++;
        }
    } while (*p == '_');
    if (base < 10 && lex_is_digit(*p)) {
        lx->cur = p + 1;
        return lexer_error(lx, "invalid digit '%c' in %s literal", *p, kind);
    }
    return verify_end(lx, token, p, kind);
}

/* What may follow the digits before the point: fraction, exponent, j. */
static TokenType number_tail(Lexer *lx, Token *token, const char *p)
{
    if (*p == '.') {
        p++;
        if (lex_is_digit(*p) && !(p = decimal_digits(lx, p))) {
            return T_ERRORTOKEN;
        }
    }
    if ((*p | 32) == 'e') {
        const char *digits = p + 1;
        if (*digits == '+' || *digits == '-') {
            digits++;
            if (!lex_is_digit(*digits)) {
                lx->cur = digits;
                return lexer_error(lx, "invalid decimal literal");
            }
        } else if (!lex_is_digit(*digits)) {
            return verify_end(lx, token, p, "decimal");
        }
        if (!(p = decimal_digits(lx, digits))) {
            return T_ERRORTOKEN;
        }
    }
    if ((*p | 32) == 'j') {
        return verify_end(lx, token, p + 1, "imaginary");
    }
    return verify_end(lx, token, p, "decimal");
}

static TokenType zero_number(Lexer *lx, Token *token, const char *p)
{
    switch (p[1] | 32) {
    case 'x': return radix_number(lx, token, p + 2, 16, "hexadecimal");
    case 'o': return radix_number(lx, token, p + 2, 8, "octal");
    case 'b': return radix_number(lx, token, p + 2, 2, "binary");
    }
    p++;
    for (;;) {
        if (*p == '_') {
            p++;
            if (!lex_is_digit(*p)) {
                lx->cur = p;
                return lexer_error(lx, "invalid decimal literal");
            }
        }
        if (*p != '0') {
            break;
        }
        p++;
    }
    if (!lex_is_digit(*p)) {
        return number_tail(lx, token, p);
    }
    const char *zeros_end = p + 1;
    if (!(p = decimal_digits(lx, p))) {
        return T_ERRORTOKEN;
    }
    if (*p == '.' || (*p | 32) == 'e' || (*p | 32) == 'j') {
        return number_tail(lx, token, p);
    }
    lx->cur = p;
    if (lx->extra_tokens) {
        return lexer_end(lx, token, T_NUMBER);
    }
    const char *start = lx->base + lx->token_start;
    int before = lexer_count_chars(lx->line_start, (size_t)lx->token_col);
    return lexer_error_at(lx, SYNTAX_ERROR, before + 1, before + (int)(zeros_end - start),
                          "leading zeros in decimal integer literals are not permitted; "
                          "use an 0o prefix for octal integers");
}

TokenType lex_number(Lexer *lx, Token *token)
{
    const char *p = lx->cur;
    TokenType type;
    if (*p == '0') {
        type = zero_number(lx, token, p);
    } else {
        if (*p != '.' && !(p = decimal_digits(lx, p))) {
            type = T_ERRORTOKEN;
        } else {
            type = number_tail(lx, token, p);
        }
    }
    if (type == T_ERRORTOKEN) {
        token->type = T_ERRORTOKEN;
        token->level = (uint8_t)lx->level;
        token->lineno = token->end_lineno = lx->lineno;
        token->col = token->end_col = -1;
        token->start = token->end = lx->token_start;
    }
    return type;
}
