/* How input() reads the terminal: another module may do it with editing. */
#ifndef KRAIT_MODULES_BUILTINS_INPUT_H
#define KRAIT_MODULES_BUILTINS_INPUT_H

#include <stdio.h>

#include "core/errors.h"

/* A line without its newline (owned); prompt: a str or VNULL. EOFError at the end. */
typedef Value (*TerminalReader)(Thread *t, void *context, FILE *in, FILE *out, Value prompt);

/* State of the module builtins. */
typedef struct BuiltinsState {
    TerminalReader reader; /* NULL: none; set by modules/ext/readline */
    void *context;
} BuiltinsState;

#endif
