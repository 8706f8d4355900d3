/* Running a program: text, module, file or standard input, as __main__. */
#ifndef KRAIT_CLI_RUN_H
#define KRAIT_CLI_RUN_H

#include "cli/options.h"
#include "core/errors.h"

enum { RUN_INTERRUPTED = -1000 };

/* Answers the exit status; RUN_INTERRUPTED: an uncaught KeyboardInterrupt. */
int run_plan(Thread *t, const RunPlan *plan);

#endif
