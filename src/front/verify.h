/* Holding code objects that come from outside against the instruction table. */
#ifndef KRAIT_FRONT_VERIFY_H
#define KRAIT_FRONT_VERIFY_H

#include "core/errors.h"

/* Registers, constants, names, sites, jumps and handlers are in range, operands that must be temporaries are, control cannot run off the end:
 * running the code can then not reach outside of its frame. false: ValueError. Nested code is not looked at. */
bool code_verify(Thread *t, Code *code) MUST_USE;

#endif
