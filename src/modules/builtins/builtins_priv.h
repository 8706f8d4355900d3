/* The functions of the module builtins, by file. */
#ifndef KRAIT_MODULES_BUILTINS_PRIV_H
#define KRAIT_MODULES_BUILTINS_PRIV_H

#include "modules/module.h"

#define BUILTIN_FUNCTION(f) Value f(Thread *t, Value *args, uint32_t nargs, Value kwnames)

/* build_class.c */
BUILTIN_FUNCTION(builtins_build_class);
/* run_source.c */
BUILTIN_FUNCTION(builtins_compile);
BUILTIN_FUNCTION(builtins_eval);
BUILTIN_FUNCTION(builtins_exec);
/* print.c */
BUILTIN_FUNCTION(builtins_print);
BUILTIN_FUNCTION(builtins_input);
/* aggregate.c */
BUILTIN_FUNCTION(builtins_all);
BUILTIN_FUNCTION(builtins_any);
BUILTIN_FUNCTION(builtins_max);
BUILTIN_FUNCTION(builtins_min);
BUILTIN_FUNCTION(builtins_sorted);
BUILTIN_FUNCTION(builtins_sum);

#endif
