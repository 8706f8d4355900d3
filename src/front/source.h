/* From the bytes of a source file to what the parser takes: which encoding they are in, and whether UTF-8 is
 * what it claims to be. Decoding from other encodings happens above. */
#ifndef KRAIT_FRONT_SOURCE_H
#define KRAIT_FRONT_SOURCE_H

#include "front/parse.h"

enum { SOURCE_NAME_MAX = 80 };

typedef struct SourceEncoding {
    size_t skip;                 /* bytes of the byte order mark */
    bool declared;               /* a coding line or a mark told */
    bool utf8;                   /* the text is UTF-8: no decoding needed */
    char name[SOURCE_NAME_MAX];  /* "utf-8", "iso-8859-1" for their usual spellings, else as it is written */
} SourceEncoding;

/* Reads the byte order mark and the coding line of the first two lines. False: the two contradict each other;
 * *problem says so (with its message in the arena). */
bool source_encoding(Arena *arena, const char *bytes, size_t n, SourceEncoding *encoding, SyntaxProblem *problem);

/* Checks UTF-8 without surrogates (n bytes, the mark skipped). False: *problem. */
bool source_check_utf8(Arena *arena, const char *bytes, size_t n, SyntaxProblem *problem);

#endif
