/* Importing: the C side of the import system.  The machinery itself is the standard library's importlib. */
#ifndef KRAIT_IMPORT_IMPORT_H
#define KRAIT_IMPORT_IMPORT_H

#include "core/def.h"
#include "core/errors.h"

/* __import__(name, globals, locals, fromlist, level): globals and fromlist may be VNULL. */
Value import_module_level(Thread *t, Value name, Value globals, Value locals, Value fromlist, int level);
/* importlib.import_module(dotted name), as C code wants it: the module itself. Owned. */
Value import_module(Thread *t, const char *name);
/* A module of C by its definition, executed and in no dict yet; spec VNULL or a ModuleSpec. */
Value import_make_builtin(Thread *t, const ModuleDef *def, Value spec);
/* The definition of a module linked into the executable, NULL: none such. */
const ModuleDef *import_find_builtin(Thread *t, Value name);
/* Code of a module of the standard library that stands in for CPython's frozen ones
 * ("_frozen_importlib", "_frozen_importlib_external", "zipimport", ...), from its cache or compiled.
 * VNULL without exception: it is none of them. */
Value import_frozen_code(Thread *t, Value name, bool *is_package, const char **origin);
bool import_is_frozen(Value name, bool *is_package);
/* Boot: sets up importlib; then the path-based part. */
bool import_boot(Thread *t);
bool import_boot_external(Thread *t);

#endif
