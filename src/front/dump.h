/* -X dump: the stages of a program as text. */
#ifndef KRAIT_FRONT_DUMP_H
#define KRAIT_FRONT_DUMP_H

#include <stdio.h>

#include "core/errors.h"

/* `stages`: names with commas: tokens, ast, scopes, cfg, code. */
bool dump_stages(Thread *t, const char *source, int64_t n, const char *filename, const char *stages, FILE *out);

#endif
