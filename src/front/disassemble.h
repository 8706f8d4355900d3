/* A code object's text: -X dump=code. */
#ifndef KRAIT_FRONT_DISASSEMBLE_H
#define KRAIT_FRONT_DISASSEMBLE_H

#include <stdio.h>

#include "core/errors.h"

/* With nested code. false: exception pending. */
bool code_disassemble(Thread *t, Code *code, FILE *out);

#endif
