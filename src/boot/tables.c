/* Definitions by id: the one place that names every built-in type and module. */
#include "boot/tables.h"

#define BUILTIN(def, id) extern const TypeDef def;
#define MODULE(def, id)
#define TYPE(id, base, where) where(typedef_##id, T_##id)
#include "core/types.def"
#undef TYPE
#undef BUILTIN
#undef MODULE

const TypeDef *const boot_type_defs[TYPE_COUNT] = {
#define BUILTIN(def, id) [id] = &def,
#define MODULE(def, id)
#define TYPE(id, base, where) where(typedef_##id, T_##id)
#include "core/types.def"
#undef TYPE
#undef BUILTIN
#undef MODULE
};

#define MODULE(id, name) extern const ModuleDef module_##id;
#include "modules/modules.def"
#undef MODULE

const ModuleDef *const boot_module_defs[] = {
#define MODULE(id, name) &module_##id,
#include "modules/modules.def"
#undef MODULE
    NULL,
};
