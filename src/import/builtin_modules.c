/* Modules in C: finding their definitions and making them.
 *
 * Most are linked into the executable (modules/modules.def).  Those on heavy libraries are shared objects in the
 * library directory (ext_modules.def), loaded when they are imported; for Python both kinds are built in.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

#include "core/config.h"
#include "core/names.h"
#include "heap/heap.h"
#include "import/import.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/function.h"
#include "object/list.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"

static const struct { const char *name, *package; } ext_modules[] = {
#define EXT_MODULE(name, package) {#name, package},
#include "import/ext_modules.def"
#undef EXT_MODULE
};

static int ext_index(Value name) {
    for (size_t i = 0; i < COUNT_OF(ext_modules); i++)
        if (str_equals_cstr(V_AS(Str, name), ext_modules[i].name)) return (int)i;
    return -1;
}

static void ext_path(Thread *t, int index, char *path, size_t size) {
    snprintf(path, size, "%s/modules/%s.so", t->runtime->config->library_dir, ext_modules[index].name);
}

static const ModuleDef *linked_def(Thread *t, Value name) {
    for (const ModuleDef *const *def = t->runtime->module_defs; *def != NULL; def++)
        if (str_equals_cstr(V_AS(Str, name), (*def)->name)) return *def;
    return NULL;
}

bool import_is_builtin(Thread *t, Value name) {
    if (linked_def(t, name) != NULL) return true;
    int index = ext_index(name);
    if (index < 0) return false;
    char path[4096];
    ext_path(t, index, path, sizeof path);
    return access(path, R_OK) == 0;
}

static Value left_out_message(Thread *t, int index) {
    return str_format(t, "No module named '%s': this Krait was built without it; install %s and build again", ext_modules[index].name, ext_modules[index].package);
}

const ModuleDef *import_builtin_def(Thread *t, Value name) {
    const ModuleDef *def = linked_def(t, name);
    if (def != NULL) return def;
    int index = ext_index(name);
    if (index < 0) {
        err_import(t, T_ModuleNotFoundError, VNULL, name, VNULL);
        return NULL;
    }
    char path[4096], symbol[128];
    ext_path(t, index, path, sizeof path);
    Value message;
    if (access(path, R_OK) != 0) {
        message = left_out_message(t, index);
    } else {
        void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        snprintf(symbol, sizeof symbol, "krait_module_%s", ext_modules[index].name);
        const ModuleDef *found = handle ? dlsym(handle, symbol) : NULL;
        if (found != NULL) return found;
        message = str_format(t, "cannot load module '%U': %s", name, dlerror());
    }
    if (!is_null(message)) {
        err_import(t, T_ModuleNotFoundError, message, name, VNULL);
        decref(t, message);
    }
    return NULL;
}

void import_explain_left_out(Thread *t) {
    if (!err_is(t, T_ModuleNotFoundError)) return;
    Value name = V_AS(ImportErrorObject, t->pending)->name;
    int index = is_null(name) || !is_str(t, name) ? -1 : ext_index(name);
    if (index < 0 || import_is_builtin(t, name)) return;
    Value exception = err_fetch(t), message = left_out_message(t, index), args = is_null(message) ? VNULL : tuple_of(t, 1, message);
    if (is_null(args)) {
        err_clear(t); /* the plain message has to do */
    } else {
        slot_set(t, &V_AS(ImportErrorObject, exception)->msg, new_ref(message));
        slot_set(t, &V_AS(ImportErrorObject, exception)->args, args);
    }
    decref_maybe(t, message);
    err_restore(t, exception);
}

bool module_add_functions(Thread *t, Value module, const MethodDef *rows) {
    Value dict = V_AS(Module, module)->dict, module_name = dict_get_str(t, dict, N(t, __name__));
    for (; rows->name != NULL; rows++) {
        Value function = builtin_new(t, rows, module, module_name);
        bool done = !is_null(function) && dict_set_cstr(t, dict, rows->name, function);
        decref_maybe(t, function);
        if (!done) return false;
    }
    return true;
}

Value import_make_builtin(Thread *t, const ModuleDef *def) {
    Value name = str_intern_cstr(t, def->name), module = is_null(name) ? VNULL : module_new(t, name);
    decref_maybe(t, name);
    if (is_null(module)) return VNULL;
    Module *m = V_AS(Module, module);
    m->def = def;
    if (def->state_size > 0) {
        m->state = heap_alloc_zeroed(t, def->state_size);
        if (m->state == NULL) goto fail;
    }
    if (def->doc != NULL) {
        Value doc = str_from_cstr(t, def->doc);
        bool done = !is_null(doc) && dict_set_str(t, m->dict, N(t, __doc__), doc);
        decref_maybe(t, doc);
        if (!done) goto fail;
    }
    if (def->functions != NULL && !module_add_functions(t, module, def->functions)) goto fail;
    return module;
fail:
    decref(t, module);
    return VNULL;
}

/* Makes the module's state known under its id: enum ModuleId counts the linked modules first, then those of ext_modules.def.
 * A second copy of a module does not take over: functions and types of the first one live on. */
static bool register_state(Thread *t, Value module, int *place) {
    Module *m = V_AS(Module, module);
    const ModuleDef *const *defs = t->runtime->module_defs;
    int id = 0;
    while (defs[id] != NULL && defs[id] != m->def) id++;
    bool linked = defs[id] != NULL;
    if (!linked) {
        for (size_t i = 0; i < COUNT_OF(ext_modules); i++)
            if (strcmp(ext_modules[i].name, m->def->name) == 0) id += (int)i;
    }
    *place = id;
    if (m->state == NULL || t->interp->module_state[id] != NULL) return true;
    t->interp->module_state[id] = m->state;
    if (!linked) make_immortal(module); /* its types are, and their methods use the state */
    Value *copies = &t->interp->first_copies;
    if (is_null(*copies)) *copies = list_new(t, 64);
    return !is_null(*copies) && list_append(t, V_AS(List, *copies), module);
}

bool import_exec_builtin(Thread *t, Value module) {
    Module *m = V_AS(Module, module);
    int id;
    if (register_state(t, module, &id) && (m->def->exec == NULL || m->def->exec(t, module))) return true;
    /* The next import makes it anew; what exists of this one keeps its state. */
    if (t->interp->module_state[id] == m->state) t->interp->module_state[id] = NULL;
    return false;
}

Value import_boot_builtin(Thread *t, const char *name) {
    Value text = str_intern_cstr(t, name), module = VNULL;
    if (is_null(text)) return VNULL;
    const ModuleDef *def = import_builtin_def(t, text);
    if (def != NULL) module = import_make_builtin(t, def);
    if (!is_null(module) && (!dict_set(t, t->interp->modules, text, module) || !import_exec_builtin(t, module))) slot_clear(t, &module);
    decref(t, text);
    return module;
}

Value import_builtin_names(Thread *t) {
    Value list = list_new(t, 128);
    if (is_null(list)) return VNULL;
    for (const ModuleDef *const *def = t->runtime->module_defs; *def != NULL; def++) {
        Value name = str_intern_cstr(t, (*def)->name);
        if (is_null(name) || !list_append_take(t, V_AS(List, list), name)) goto fail;
    }
    for (size_t i = 0; i < COUNT_OF(ext_modules); i++) {
        char path[4096];
        ext_path(t, (int)i, path, sizeof path);
        if (access(path, R_OK) != 0) continue;
        Value name = str_intern_cstr(t, ext_modules[i].name);
        if (is_null(name) || !list_append_take(t, V_AS(List, list), name)) goto fail;
    }
    if (!list_sort(t, V_AS(List, list), VNULL, false)) goto fail;
    Value names = list_to_tuple(t, V_AS(List, list));
    decref(t, list);
    return names;
fail:
    decref(t, list);
    return VNULL;
}
