/* The module _sysconfig: what only the executable knows of how it was built. */
#include "modules/module.h"

static Value config_vars(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value dict = dict_new(t);
    if (is_null(dict)) return dict;
    if (dict_set_cstr(t, dict, "Py_GIL_DISABLED", v_smallint(0)) && dict_set_cstr(t, dict, "Py_DEBUG", v_smallint(0))) return dict;
    decref(t, dict);
    return VNULL;
}

static const MethodDef functions[] = {
    {"config_vars", "($module, /)", "Returns a dictionary containing build variables intended to be exposed by sysconfig.", config_vars},
    {NULL},
};

const ModuleDef module__sysconfig = {.name = "_sysconfig", .doc = "A helper for the sysconfig module.", .functions = functions};
