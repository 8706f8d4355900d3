/* Importing: the C side of the import system.  The machinery itself is the standard library's importlib. */
#ifndef KRAIT_IMPORT_IMPORT_H
#define KRAIT_IMPORT_IMPORT_H

#include "core/def.h"
#include "core/errors.h"

/* import.c */

/* __import__(name, globals, locals, fromlist, level): globals and fromlist may be VNULL. */
Value import_module_level(Thread *t, Value name, Value globals, Value locals, Value fromlist, int level);
/* The module of a dotted name, as importlib.import_module gives it. Owned. */
Value import_module(Thread *t, const char *name);

/* builtin_modules.c: modules in C, linked into the executable or in shared objects of our own. */

/* Whether a module in C of that name can be had. */
bool import_is_builtin(Thread *t, Value name);
/* Its definition; loads the shared object where that is its place. NULL: exception pending. */
const ModuleDef *import_builtin_def(Thread *t, Value name);
/* A ModuleNotFoundError is pending: where it is about a module that this build was left without, it says what to install. */
void import_explain_left_out(Thread *t);
/* A module of that definition with functions and state, not executed, in no dict. Owned. */
Value import_make_builtin(Thread *t, const ModuleDef *def);
bool import_exec_builtin(Thread *t, Value module) MUST_USE;
/* Both, and into sys.modules: for boot. Owned. */
Value import_boot_builtin(Thread *t, const char *name);
/* Tuple of the names of all modules in C. */
Value import_builtin_names(Thread *t);
/* Adds functions to a module's dict; rows end with a NULL name. */
bool module_add_functions(Thread *t, Value module, const MethodDef *rows) MUST_USE;

#endif
