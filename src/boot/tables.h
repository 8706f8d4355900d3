/* The tables that boot ties together: every built-in type and module by its id. */
#ifndef KRAIT_BOOT_TABLES_H
#define KRAIT_BOOT_TABLES_H

#include "core/def.h"

extern const TypeDef *const boot_type_defs[];    /* by enum TypeId; NULL for MODULE types */
extern const ModuleDef *const boot_module_defs[]; /* by enum ModuleId, ends with NULL */

#endif
