/* From a source object of a program to a syntax tree: decoding, parsing, warnings, SyntaxError. */
#ifndef KRAIT_FRONT_READ_SOURCE_H
#define KRAIT_FRONT_READ_SOURCE_H

#include "core/errors.h"
#include "front/compile.h"
#include "front/parse.h"

/* Parses UTF-8 text into the arena. The tree, with result->idents its identifiers; NULL: exception pending.
 * filename: str. flags: CF_..., with the bits of future statements in force. */
AstMod *read_utf8(Thread *t, Arena *arena, const char *text, int64_t n, Value filename, enum CompileMode mode, int flags,
                  int feature_version, ParseResult *result) MUST_USE;

/* The same of a str, bytes or buffer object; what is not UTF-8 is decoded as its coding line says. */
AstMod *read_source(Thread *t, Arena *arena, Value source, Value filename, enum CompileMode mode, int flags,
                    int feature_version, ParseResult *result) MUST_USE;

/* Raises what the parser or the source check described. */
void read_raise(Thread *t, const SyntaxProblem *problem, Value filename) COLD;

#endif
