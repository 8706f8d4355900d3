/* Tokens: their numbers (T_NAME, T_LPAR, ...) and what the lexer says of one. */
#ifndef KRAIT_FRONT_TOKEN_H
#define KRAIT_FRONT_TOKEN_H

#include <stddef.h>
#include <stdint.h>

typedef enum TokenType {
#define TOKEN(name, text) T_##name,
#include "front/token.def"
    T_COUNT,
    T_FIRST_KEYWORD = T_FALSE
} TokenType;

typedef struct Token {
    uint8_t type;           /* TokenType */
    uint8_t level;          /* open brackets after it */
    int32_t lineno, col;    /* its start; col counts bytes, -1 for tokens without text */
    int32_t end_lineno, end_col;
    uint32_t start, end;    /* its text, as offsets into the lexer's buffer */
} Token;

/* "NAME", "LPAR"; a keyword's is its text in capitals. */
const char *token_name(TokenType type);

/* What an operator or keyword reads; "" for the others. */
const char *token_text(TokenType type);

/* The keyword these bytes are, or T_NAME. */
TokenType token_keyword(const char *bytes, size_t length);

#endif
