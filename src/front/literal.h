/* The values of literals: numbers, and the escapes of strings. */
#ifndef KRAIT_FRONT_LITERAL_H
#define KRAIT_FRONT_LITERAL_H

#include "front/ast.h"

/* The value of a NUMBER token. False: out of memory. */
bool literal_number(Arena *arena, const char *text, size_t length, AstConstant *value);

typedef enum EscapeFault {
    ESCAPE_FINE,
    ESCAPE_NO_MEMORY,
    ESCAPE_TRUNCATED_X, ESCAPE_TRUNCATED_U, ESCAPE_TRUNCATED_U8, ESCAPE_ILLEGAL, ESCAPE_MALFORMED_NAME,
    ESCAPE_UNKNOWN_NAME, ESCAPE_LONE_BACKSLASH,
    ESCAPE_BYTES_X,
} EscapeFault;

typedef struct EscapeResult {
    EscapeFault fault;
    size_t start, end;          /* of the faulty escape, in the units CPython counts: see literal.c */
    const char *invalid;        /* the first escape that means nothing, at its backslash, or NULL */
    bool invalid_octal;         /* it is an octal beyond \377 */
    const char *text;
    size_t length;
    bool ascii;
} EscapeResult;

/* The character of a Unicode name (of \N{...}), or -1. */
int32_t literal_named_char(const char *name, size_t length);

/* Decodes a str literal's body with escapes. */
void literal_decode_str(Arena *arena, const char *body, size_t length, EscapeResult *result);

/* Decodes a bytes literal's body with escapes. */
void literal_decode_bytes(Arena *arena, const char *body, size_t length, EscapeResult *result);

/* The words for a fault of a str literal. */
const char *literal_fault_reason(EscapeFault fault);

#endif
