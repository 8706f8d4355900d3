/* Boot, in this order, since each step stands on the ones before:
 *
 *     runtime, interpreter, heap, thread        core/runtime.c, heap/
 *     shared strings and interned names         object/str.c, core/names.def
 *     the types of core/types.def               types/type_ready.c
 *     shared objects: (), 0.0, the store of MemoryErrors
 *     sys, builtins, their dicts                modules/
 *     importlib, then its path-based part       importlib._bootstrap from the standard library
 *     encodings, sys.stdin, stdout, stderr
 *
 * Until types stand, a failure can only be told plainly; from then on it is an exception.
 */
#include "boot/boot.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "boot/boot_priv.h"
#include "boot/tables.h"
#include "core/names.h"
#include "heap/heap.h"
#include "import/import.h"
#include "import/import_time.h"
#include "modules/module.h"
#include "modules/sys.h"
#include "object/exception.h"
#include "object/gc.h"
#include "object/instance.h"
#include "object/set.h"

static bool intern_names(Thread *t) {
    static const char *const texts[NAME_COUNT] = {
#define NAME(x) [N_##x] = #x,
#include "core/names.inc"
#undef NAME
    };
    for (int i = 0; i < NAME_COUNT; i++) {
        t->names[i] = str_intern_cstr(t, texts[i]);
        if (is_null(t->names[i])) return false;
        make_immortal(t->names[i]);
    }
    return true;
}

static bool make_types(Thread *t) {
    static const enum TypeId bases[TYPE_COUNT] = {
#define TYPE(id, base, where) [T_##id] = T_##base,
#include "core/types.def"
#undef TYPE
    };
    for (int id = 1; id < TYPE_COUNT; id++)
        if (boot_type_defs[id] != NULL && !type_boot(t, id, bases[id], boot_type_defs[id])) return false;
    return true;
}

/* The empty tuple is needed to make types, so this is in two parts. */
static bool make_first_objects(Thread *t) {
    Interp *interp = t->interp;
    interp->empty_tuple = tuple_new(t, 0);
    interp->empty_bytes = bytes_new(t, NULL, 0);
    if (is_null(interp->empty_tuple) || is_null(interp->empty_bytes)) return false;
    make_immortal(interp->empty_tuple);
    make_immortal(interp->empty_bytes);
    for (int c = 0; c < 256; c++) {
        char byte = (char)c;
        interp->bytes_chars[c] = bytes_new(t, &byte, 1);
        if (is_null(interp->bytes_chars[c])) return false;
        make_immortal(interp->bytes_chars[c]);
    }
    interp->float_zero = float_from_double(t, 0.0);
    interp->float_minus_zero = float_from_double(t, -0.0);
    if (is_null(interp->float_zero) || is_null(interp->float_minus_zero)) return false;
    make_immortal(interp->float_zero);
    make_immortal(interp->float_minus_zero);
    return true;
}

static bool make_later_objects(Thread *t) {
    Interp *interp = t->interp;
    interp->empty_frozenset = frozenset_new(t, VNULL);
    interp->modules = dict_new(t);
    if (!err_store_memory_errors(t) || is_null(interp->empty_frozenset) || is_null(interp->modules)) return false;
    make_immortal(interp->memory_errors[0]);
    return true;
}

static bool make_first_modules(Thread *t) {
    Interp *interp = t->interp;
    Value builtins = import_boot_builtin(t, "builtins");
    if (is_null(builtins)) return false;
    interp->builtins_module = builtins;
    interp->builtins = V_AS(Module, builtins)->dict;
    Value name = str_intern_cstr(t, "sys"), sys = VNULL;
    const ModuleDef *def = is_null(name) ? NULL : import_builtin_def(t, name);
    if (def != NULL) sys = import_make_builtin(t, def);
    bool done = !is_null(sys) && dict_set(t, interp->modules, name, sys);
    decref_maybe(t, name);
    if (!done) return false;
    interp->sys_module = sys;
    interp->sys_dict = V_AS(Module, sys)->dict;
    return import_exec_builtin(t, sys) && module_add(t, sys, "modules", new_ref(interp->modules)) &&
           module_add(t, sys, "builtin_module_names", import_builtin_names(t));
}

/* What went wrong while there is no traceback module yet; where memory ran out, where that was tells nobody anything. */
static void report(Thread *t, const char *step) {
    bool memory = !err_pending(t) || err_is(t, T_MemoryError); /* there is no exception yet, early on */
    Value exception = err_fetch(t), keep = VNULL;
    fprintf(stderr, "krait: start-up failed: %s%s\n", step, memory ? ": out of memory" : "");
    if (is_null(exception)) return;
    if (memory) {
        decref(t, exception);
        return;
    }
    Value text = str_format(t, "%T: %S", exception, exception);
    const char *utf8 = is_null(text) ? NULL : str_cstr(t, text, &keep);
    if (utf8 != NULL) fprintf(stderr, "krait: %s\n", utf8);
    err_restore(t, exception);
    if (is_null(t->interp->sys_dict)) err_clear(t); /* no sys.excepthook yet */
    else sys_print_exception(t);
}

Thread *boot_interp(Runtime *runtime) {
    Interp *interp = interp_create(runtime);
    if (interp == NULL || (interp->heap = heap_create(interp)) == NULL) {
        fprintf(stderr, "krait: out of memory\n");
        return NULL;
    }
    Thread *t = thread_create(interp);
    if (t == NULL) {
        fprintf(stderr, "krait: out of memory\n");
        return NULL;
    }
    if (!gc_init(t)) {
        fprintf(stderr, "krait: out of memory\n");
        return NULL;
    }
    t->is_main = runtime->main == interp;
    interp->main_thread = t;
    thread_attach(t);
    if (!str_intern_init(t) || !str_init_shared(t) || !intern_names(t) || !make_first_objects(t)) {
        fprintf(stderr, "krait: out of memory\n");
        return NULL;
    }
    static const struct { const char *name; bool (*run)(Thread *); } steps[] = {
        {"types", make_types},
        {"shared objects", make_later_objects},
        {"hooks", boot_hooks},
        {"the modules builtins and sys", make_first_modules},
        {"sys.stderr for -v", boot_early_stderr},
        {"the times of imports", import_times_init},
        {"importlib", boot_importlib},
        {"the path-based importlib", boot_importlib_external},
        {"encodings", boot_encodings},
        {"sys.stdin, sys.stdout, sys.stderr", boot_streams},
        {"warnings", boot_warnings},
        {"faulthandler and tracemalloc", boot_tracing},
    };
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        if (steps[i].run(t)) continue;
        report(t, steps[i].name);
        return NULL;
    }
    return t;
}

Thread *boot(Config *config) {
    Runtime *runtime = runtime_create(config);
    if (runtime == NULL) {
        fprintf(stderr, "krait: out of memory\n");
        return NULL;
    }
    runtime->type_defs = boot_type_defs;
    runtime->module_defs = boot_module_defs;
    Thread *t = boot_interp(runtime);
    if (t != NULL) runtime->main = t->interp;
    return t;
}
