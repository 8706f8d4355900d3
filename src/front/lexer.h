/* The lexer: source text to tokens, one at a time.
 *
 * The text is UTF-8 with '\n' line ends, without NUL bytes, and has a NUL byte behind its end.
 * The parser hands it over whole; module `_tokenize` feeds it line by line through `more`.
 * A token that cannot be read is T_ERRORTOKEN; `problem` then says why, except when the text
 * ended inside brackets (LEX_EOF), which only the parser can judge.
 *
 * A stack of string modes holds the f-strings and t-strings we are inside of: in `regular` mode an
 * entry is inside a replacement field and ordinary tokens are read, else literal text is. */
#ifndef KRAIT_FRONT_LEXER_H
#define KRAIT_FRONT_LEXER_H

#include "base/arena.h"
#include "front/parse.h"
#include "front/token.h"

enum {
    LEX_MAX_LEVEL = 200,       /* brackets */
    LEX_MAX_INDENT = 100,
    LEX_MAX_STRINGS = 150,     /* f-strings within f-strings */
    LEX_MAX_EXPRESSIONS = 3,   /* replacement fields within format specs */
};

/* Where the lexer stands after a token. */
typedef enum LexState {
    LEX_OK,
    LEX_DONE,            /* ENDMARKER was given */
    LEX_EOF,             /* the text ended where it may not; no problem was described */
    LEX_EOF_IN_STRING,   /* the text ended inside a triple-quoted string; described */
    LEX_EOL_IN_STRING,   /* the text ended inside a one-line string; described */
    LEX_FAILED,          /* described in `problem` */
    LEX_FAILED_LINE,     /* the same, of a line's form: indentation, continuation */
} LexState;

typedef struct LexBracket {
    char open;
    int32_t lineno, col;
} LexBracket;

typedef struct LexString {
    char quote;
    char letter;              /* 'f' or 't' */
    uint8_t quote_size;       /* 1 or 3 */
    bool raw;
    bool regular;             /* inside a replacement field */
    bool in_spec;             /* inside a format spec */
    int brackets;             /* open brackets inside this string */
    int fields;               /* depth of replacement fields, from -1 */
    uint32_t start;           /* offset of the opening quote's token */
    uint32_t line_start;      /* offset of its line */
    int lineno;
} LexString;

typedef struct Lexer Lexer;
struct Lexer {
    const char *base, *end;   /* the text; *end is NUL */
    const char *cur;          /* next byte to read */
    const char *line_start;   /* of the current line */
    int lineno;               /* of the current line; 0 before the first */
    bool at_line_start;       /* the current line's indentation is still to be read */
    bool line_over;           /* the line was read to its end; the next is not entered yet */
    bool blank_line;          /* the current line has no token so far and makes no NEWLINE */
    bool saw_end;             /* a character behind the text's last was asked for */
    bool extra_tokens;        /* give COMMENT and NL too */
    bool type_comments;       /* give TYPE_COMMENT and TYPE_IGNORE */
    LexState state;

    Arena *arena;             /* for messages */
    SyntaxProblem problem;
    SyntaxWarningNote *warnings, **warnings_end;
    bool no_warnings;

    uint32_t token_start;     /* of the token being read */
    int token_lineno, token_col;

    int indent, pending_indents;
    int level;
    int n_strings;            /* entries of strings[] */
    int indents[LEX_MAX_INDENT], alt_indents[LEX_MAX_INDENT];
    LexBracket brackets[LEX_MAX_LEVEL];
    LexString strings[LEX_MAX_STRINGS];

    /* Appends more text (and calls lexer_moved if the buffer moves); false: there is no more.
     * NULL when the text is whole. */
    bool (*more)(Lexer *lx);
    void *more_data;
};

void lexer_init(Lexer *lx, Arena *arena, const char *text, size_t length);

/* Tells the lexer that its text now lies at `base` and has `length` bytes. */
void lexer_moved(Lexer *lx, const char *base, size_t length);

/* Reads the next token. */
TokenType lexer_next(Lexer *lx, Token *token);

/* Describes a problem whose columns are characters from 1, at the current line; the state becomes
 * LEX_FAILED. Returns T_ERRORTOKEN. The first problem stays. */
TokenType lexer_error_at(Lexer *lx, SyntaxClass kind, int offset, int end_offset, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The same where the lexer stands now: the offset is the number of characters read of the line. */
TokenType lexer_error(Lexer *lx, const char *format, ...) __attribute__((format(printf, 2, 3)));

void lexer_warn(Lexer *lx, bool deprecation, int lineno, int offset, int end_offset, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Characters in n bytes of UTF-8; a broken sequence at the end counts as one. */
int lexer_count_chars(const char *bytes, size_t n);

/* The f-string or t-string whose replacement field we are in, or NULL. */
static inline LexString *lexer_field(Lexer *lx)
{
    return lx->n_strings ? &lx->strings[lx->n_strings - 1] : NULL;
}

#endif
