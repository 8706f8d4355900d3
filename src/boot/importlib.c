/* Setting up the standard library's importlib, the way CPython does: _bootstrap runs as `_frozen_importlib` with sys and _imp given,
 * then installs its path-based part. */
#include "boot/boot_priv.h"
#include "core/names.h"
#include "import/import.h"
#include "modules/imp.h"
#include "object/dict.h"
#include "object/simple.h"
#include "object/str.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "vm/run.h"

bool boot_importlib(Thread *t) {
    Interp *interp = t->interp;
    Value name = str_intern_cstr(t, "_frozen_importlib"), module = VNULL, code = VNULL, imp = VNULL, result = VNULL;
    if (is_null(name)) return false;
    module = module_new(t, name);
    bool done = !is_null(module) && dict_set(t, interp->modules, name, module);
    if (done) {
        code = imp_frozen_code(t, name);
        Value dict = V_AS(Module, module)->dict;
        Value origin = str_intern_cstr(t, "importlib._bootstrap");
        done = !is_null(code) && !is_null(origin) && dict_set_str(t, dict, N(t, __builtins__), interp->builtins_module) &&
               dict_set_cstr(t, dict, "__origname__", origin);
        decref_maybe(t, origin);
        if (done) {
            result = run_code(t, code, dict, dict, VNULL);
            done = !is_null(result);
            decref_maybe(t, result);
        }
    }
    if (done) {
        interp->importlib = new_ref(module);
        imp = import_boot_builtin(t, "_imp");
        done = !is_null(imp);
    }
    if (done) {
        result = call_method_2(t, module, N(t, _install), interp->sys_module, imp);
        done = !is_null(result);
        decref_maybe(t, result);
    }
    decref_maybe(t, imp);
    decref_maybe(t, code);
    decref_maybe(t, module);
    decref(t, name);
    return done;
}

bool boot_importlib_external(Thread *t) {
    Value result = call_method_0(t, t->interp->importlib, N(t, _install_external_importers));
    decref_maybe(t, result);
    if (is_null(result)) return false;
    /* zipimport goes first on sys.path_hooks. */
    Value zipimport = import_module(t, "zipimport");
    if (is_null(zipimport)) return false;
    Value importer = attr_get_cstr(t, zipimport, "zipimporter");
    decref(t, zipimport);
    if (is_null(importer)) return false;
    Value hooks = dict_get_cstr(t, t->interp->sys_dict, "path_hooks");
    Value args[2] = {v_smallint(0), importer};
    Value inserted = is_null(hooks) ? V_NONE : call_method(t, hooks, N(t, insert), args, 2);
    decref(t, importer);
    decref_maybe(t, inserted);
    return !is_null(inserted);
}
