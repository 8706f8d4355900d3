/* For authors of modules in C.
 *
 * A module is one file (or folder) in src/modules, ends with `const ModuleDef module_NAME = {...}`, and has one row
 * in modules.def.  It uses object/, ops/ and this header, not the interpreter or the compiler.
 */
#ifndef KRAIT_MODULES_MODULE_H
#define KRAIT_MODULES_MODULE_H

#include "core/def.h"
#include "core/errors.h"
#include "core/names.h"
#include "heap/heap.h"
#include "import/import.h"
#include "object/bytes.h"
#include "object/dict.h"
#include "object/float.h"
#include "object/function.h"
#include "object/int.h"
#include "object/list.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"
#include "types/typemaking.h"

enum ModuleId {
#define MODULE(id, name) MODULE_##id,
#include "modules/modules.def"
#undef MODULE
    MODULE_LINKED_COUNT,
    MODULE_BEFORE_EXT = MODULE_LINKED_COUNT - 1,
#define EXT_MODULE(name, package) MODULE_##name,
#include "import/ext_modules.def"
#undef EXT_MODULE
    MODULE_COUNT
};
_Static_assert((int)MODULE_COUNT <= (int)MODULE_STATES_MAX, "interp->module_state has room for every module");

/* The state of a module by its id; NULL until its exec ran. Fast: one load.  That of a module in a shared object is there
 * for good once it was imported: such a module never dies. */
#define MODULE_STATE(t, id, T) ((T *)(t)->interp->module_state[MODULE_##id])
/* The state of this very copy of a module. */
static inline void *module_state(Value module) { return V_AS(Module, module)->state; }

/* In exec functions. Values are taken by module_add (also on failure). */
bool module_add(Thread *t, Value module, const char *name, Value value) MUST_USE;
bool module_add_int(Thread *t, Value module, const char *name, int64_t value) MUST_USE;
bool module_add_cstr(Thread *t, Value module, const char *name, const char *text) MUST_USE;
/* Makes the type with a constant id (core/types.def, MODULE) and adds it under its name. */
bool module_add_type(Thread *t, Value module, enum TypeId id, const TypeDef *def) MUST_USE;
/* A type without a constant id; base VNULL: object.  Adds it and answers it (borrowed), NULL on error. */
Type *module_add_dynamic_type(Thread *t, Value module, const TypeDef *def, Value base);

/* A new exception class NAME of the module named; base VNULL: Exception. Owned. */
Value module_new_exception(Thread *t, const char *module, const char *name, Value base);

/* Blocking calls: between them no object may be touched (vm/gil.c). */
void gil_release(Thread *t);
void gil_acquire(Thread *t);
#define ALLOW_THREADS(t, statement) do { gil_release(t); statement; gil_acquire(t); } while (0)
/* After EINTR: runs signal handlers; false: one raised. */
bool signals_check(Thread *t) MUST_USE;

#endif
