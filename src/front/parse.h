/* The front door of the parser: source text in, syntax tree or problem out.
 *
 * It knows no Python objects, reads no files and keeps no state between calls. Everything it
 * returns lives in the caller's arena. Columns in problems and warnings count characters from 1,
 * as SyntaxError.offset does; 0 or -1 where CPython reports those. */
#ifndef KRAIT_FRONT_PARSE_H
#define KRAIT_FRONT_PARSE_H

#include "front/ast.h"

typedef enum ParseMode {
    PARSE_EXEC,       /* a file: Module */
    PARSE_EVAL,       /* an expression: Expression */
    PARSE_SINGLE,     /* one interactive statement: Interactive */
    PARSE_FUNC_TYPE,  /* a signature type comment: FunctionType */
} ParseMode;

typedef enum ParseFlags {
    PARSE_BARRY_AS_BDFL = 1 << 0,           /* `<>` instead of `!=` */
    PARSE_DONT_IMPLY_DEDENT = 1 << 1,       /* single mode: an open block at the end is an error */
    PARSE_ALLOW_INCOMPLETE_INPUT = 1 << 2,  /* an unfinished text is SYNTAX_INCOMPLETE */
    PARSE_TYPE_COMMENTS = 1 << 3,           /* `# type:` comments stand in the tree */
    PARSE_IGNORE_COOKIE = 1 << 4,           /* the text was a str: a coding line means nothing */
    PARSE_NO_BYTE_WARNINGS = 1 << 5,        /* collect no warnings (a second parse of the same text) */
} ParseFlags;

typedef struct ParseOptions {
    ParseMode mode;
    unsigned flags;
    int feature_version;    /* the minor version to hold to; 0 is the newest */
    int int_max_digits;     /* of decimal integers; 0: no limit */
    const void *c_stack_end;  /* the lowest address the C stack may reach; NULL: 6 MB below here */
} ParseOptions;

typedef enum SyntaxClass {
    SYNTAX_OK,
    SYNTAX_ERROR,
    SYNTAX_INDENTATION,
    SYNTAX_TAB,
    SYNTAX_INCOMPLETE,  /* _IncompleteInputError */
    SYNTAX_VALUE,       /* ValueError: a NUL in the text; an int literal beyond the digits limit */
    SYNTAX_MEMORY,      /* MemoryError: nesting beyond the parser's stack; message is NULL when
                           memory itself ran out */
} SyntaxClass;

/* A SyntaxError's arguments. */
typedef struct SyntaxProblem {
    SyntaxClass kind;
    const char *message;      /* UTF-8, NUL-terminated */
    int lineno, offset;
    int end_lineno, end_offset;
    const char *line;         /* the source line, NULL if there is none; not NUL-terminated */
    size_t line_length;
} SyntaxProblem;

/* A SyntaxWarning that the text earned, in the order of discovery. Whoever issues it turns it
 * into a SyntaxError at these places when the filters make it one. */
typedef struct SyntaxWarningNote {
    struct SyntaxWarningNote *next;
    const char *message;      /* of the warning */
    int lineno;               /* of the warning */
    SyntaxProblem at;         /* the error it becomes; at.kind is SYNTAX_ERROR */
    bool deprecation;         /* a DeprecationWarning */
} SyntaxWarningNote;

typedef struct ParseResult {
    AstMod *tree;                  /* NULL: see problem */
    SyntaxProblem problem;
    SyntaxWarningNote *warnings;
    struct IdentTable *idents;     /* the tree's identifiers, for ident_intern */
    const char *text;              /* the text as it was read, with its last line end; NULL: it was not */
    size_t text_length;
} ParseResult;

/* Parses UTF-8 text of the given length (it need not end in NUL or newline). */
void parse_source(Arena *arena, const char *text, size_t length, const ParseOptions *options,
                  ParseResult *result);

/* The identifier of these bytes, in the tree's table; NULL when out of memory. No normalisation. */
Ident *ident_intern(struct IdentTable *table, const char *utf8, size_t length);
struct IdentTable *ident_table_new(Arena *arena);

#endif
