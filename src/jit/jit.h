/* Machine code of bytecode: the door of vm/native.h, filled.
 *
 *     native.c       one pass over a code's instructions: the code itself, the stubs that all code of an interpreter shares
 *     templates*.c   what each instruction becomes; known_calls.c: a call whose callee is known
 *     run.c          what machine code calls
 *     x86.h          the assembler        code_memory.c  the memory
 *
 * This is a baseline compiler: instructions become templates one by one, on the interpreter's own frames and registers. A template is the
 * instruction's fast path; whatever else can happen is left to the body of the same instruction in vm/, run by jit_step.
 */
#ifndef KRAIT_JIT_JIT_H
#define KRAIT_JIT_JIT_H

#include "core/state.h"

/* Opens the door in t's interpreter. Where there can be none (another processor, no executable memory), it stays shut. */
void jit_init(Thread *t);
void jit_finish(Thread *t);

#endif
