/* What the lexer's files share among themselves. */
#ifndef KRAIT_FRONT_LEXER_PRIV_H
#define KRAIT_FRONT_LEXER_PRIV_H

#include "front/lexer.h"

/* Enters the next line, asking for more text when there is none here; false at the text's end. */
bool lexer_enter_line(Lexer *lx);

/* Marks the token as starting at `start`, on the current line. */
void lexer_begin(Lexer *lx, const char *start);

/* Fills in a token from where lexer_begin marked to lx->cur. */
TokenType lexer_end(Lexer *lx, Token *token, TokenType type);

/* lex_number.c: a number whose first character (a digit, or '.' before a digit) is at lx->cur. */
TokenType lex_number(Lexer *lx, Token *token);

/* lex_string.c: strings; lx->cur stands at the opening quote, the prefix lies between the
 * token's start and there. */
TokenType lex_string(Lexer *lx, Token *token);
TokenType lex_fstring_start(Lexer *lx, Token *token, char letter, bool raw);
TokenType lex_fstring_continue(Lexer *lx, Token *token);

static inline bool lex_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool lex_is_hex(char c)
{
    return lex_is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* May begin an identifier, as far as the first byte tells. */
static inline bool lex_is_name_start(char c)
{
    return ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_' || (unsigned char)c >= 128;
}

static inline bool lex_is_name(char c)
{
    return lex_is_name_start(c) || lex_is_digit(c);
}

#endif
