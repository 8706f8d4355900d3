/* Holding code objects that come from outside against the instruction table. */
#ifndef KRAIT_FRONT_VERIFY_H
#define KRAIT_FRONT_VERIFY_H

#include "core/errors.h"

/* Registers, constants, names, sites, jumps and handlers are in range, operands that must be temporaries are, control cannot run off the end:
 * running the code can then not reach outside of its frame. false: ValueError. Nested code is not looked at. */
bool code_verify(Thread *t, Code *code) MUST_USE;
/* verify_flow.c: of verified code that a program has put together: no register is read where it has no value, and lists, cells, saved exceptions and so
 * on are what the instructions need. What the compiler made, and a file of bytecode is trusted to hold, needs no such proof. false: ValueError. */
bool code_verify_flow(Thread *t, Code *code) MUST_USE;

#endif
