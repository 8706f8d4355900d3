/* _ctypes_test: a shared library of small C functions, by which the standard library's tests of ctypes try every way of passing values.
 *
 * As a module it says where the library lies and what its tf_... functions were called with; the functions are in library.c.
 */
#include <stdio.h>

#include "core/config.h"
#include "modules/ext/_ctypes_test/library.h"
#include "modules/module.h"

static Value last_signed(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return int_from_i64(t, last_tf_arg_s); }
static Value last_unsigned(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return int_from_u64(t, last_tf_arg_u); }

static const MethodDef functions[] = {
    {"get_last_tf_arg_s", "($module, /)", "The last argument of a tf_... function that takes a signed number.", last_signed},
    {"get_last_tf_arg_u", "($module, /)", "The last argument of a tf_... function that takes an unsigned number.", last_unsigned},
    {NULL},
};

static bool exec(Thread *t, Value module) {
    char path[4096];
    snprintf(path, sizeof path, "%s/modules/_ctypes_test.so", t->runtime->config->library_dir);
    return module_add_cstr(t, module, "__file__", path);
}

const ModuleDef krait_module__ctypes_test = {.name = "_ctypes_test", .functions = functions, .exec = exec};
