/* _typing: the parts of typing that are in C. */
#include "modules/module.h"
#include "types/typevar.h"

static Value idfunc(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return new_ref(args[0]); }

static bool typing_exec(Thread *t, Value module) {
    static const struct { const char *name; enum TypeId id; } rows[] = {
        {"TypeVar", T_TypeVar}, {"ParamSpec", T_ParamSpec}, {"ParamSpecArgs", T_ParamSpecArgs}, {"ParamSpecKwargs", T_ParamSpecKwargs},
        {"TypeVarTuple", T_TypeVarTuple}, {"TypeAliasType", T_TypeAliasType}, {"Generic", T_Generic}, {"Union", T_Union},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (!module_add(t, module, rows[i].name, ref_of(builtin_type(t, rows[i].id)))) return false;
    return module_add(t, module, "NoDefault", new_ref(no_default(t)));
}

static const MethodDef functions[] = {
    {"_idfunc", "($module, x, /)", NULL, idfunc},
    {NULL},
};
const ModuleDef module_typing = {
    .name = "_typing",
    .doc = "Primitives and accelerators for the typing module.\n",
    .functions = functions,
    .exec = typing_exec,
};
