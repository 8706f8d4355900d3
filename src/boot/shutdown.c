/* Taking an interpreter down, in CPython's order:
 *
 *     threads are joined (threading._shutdown), exit functions run, streams flushed,
 *     __main__ and the other modules lose their names, newest first, a collection follows,
 *     then builtins and sys go, the streams are flushed once more, and the heap is given back.
 */
#include "boot/boot.h"

#include "core/config.h"
#include "core/names.h"
#include "core/runtime.h"
#include "heap/heap.h"
#include "jit/jit.h"
#include "modules/atexit.h"
#include "modules/interpreters/interpreters.h"
#include "modules/module.h"
#include "object/census.h"
#include "object/gc.h"
#include "object/weakref.h"
#include "vm/frame.h"
#include "vm/gil.h"
#include "vm/thread.h"
#include "vm/vm.h"

static void join_threads(Thread *t) {
    Value threading = dict_get_str(t, t->interp->modules, N(t, threading));
    if (is_null(threading) || is_none(threading)) return;
    incref(threading);
    Value result = call_method_0(t, threading, N(t, _shutdown));
    if (is_null(result)) err_unraisable(t, "Exception ignored on threading shutdown", threading);
    decref_maybe(t, result);
    decref(t, threading);
}

/* sys.stdout and sys.stderr; -1: one could not be flushed. */
static int flush_streams(Thread *t, bool report) {
    int status = 0;
    const Value names[] = {N(t, stdout), N(t, stderr)};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        Value stream = new_ref_maybe(dict_get_str(t, t->interp->sys_dict, names[i]));
        if (is_null(stream) || is_none(stream)) continue;
        Value closed = attr_get_maybe(t, stream, N(t, closed));
        bool is_closed = !is_null(closed) && truth(t, closed) > 0;
        err_clear(t);
        decref_maybe(t, closed);
        if (!is_closed) {
            Value result = call_method_0(t, stream, N(t, flush));
            if (is_null(result)) {
                if (i == 0 && report) err_unraisable(t, "Exception ignored while flushing sys.stdout", VNULL);
                else err_clear(t);
                status = -1;
            }
            decref_maybe(t, result);
        }
        decref(t, stream);
    }
    return status;
}

/* A module's names: those with one underscore first, then all but __builtins__. */
static void clear_namespace(Thread *t, Value dict) {
    for (int pass = 0; pass < 2; pass++) {
        Value keys = dict_keys_list(t, dict);
        if (is_null(keys)) {
            err_clear(t);
            return;
        }
        for (int64_t i = 0; i < list_len(keys); i++) {
            Value key = list_at(keys, i), value = dict_get(t, dict, key);
            if (is_null(value) || is_none(value) || !is_str(t, key)) continue;
            Str *s = V_AS(Str, key);
            bool private = str_len(s) > 0 && str_at(s, 0) == '_' && (str_len(s) < 2 || str_at(s, 1) != '_');
            if (pass == 0 ? !private : str_equals_cstr(s, "__builtins__")) continue;
            if (!dict_set(t, dict, key, V_NONE)) err_clear(t);
        }
        decref(t, keys);
    }
}

/* The modules leave sys.modules; what then lives on is emptied, the newest first. */
static void drop_modules(Thread *t) {
    Interp *interp = t->interp;
    static const char *const sys_names[] = {"path", "argv", "ps1", "ps2", "last_exc", "last_type", "last_value", "last_traceback", "path_hooks",
                                            "path_importer_cache", "meta_path"};
    for (size_t i = 0; i < COUNT_OF(sys_names); i++)
        if (!dict_set_cstr(t, interp->sys_dict, sys_names[i], V_NONE)) err_clear(t);
    static const char *const streams[][2] = {{"stdin", "__stdin__"}, {"stdout", "__stdout__"}, {"stderr", "__stderr__"}};
    for (size_t i = 0; i < COUNT_OF(streams); i++) {
        Value original = dict_get_cstr(t, interp->sys_dict, streams[i][1]);
        if (!dict_set_cstr(t, interp->sys_dict, streams[i][0], is_null(original) ? V_NONE : original)) err_clear(t);
    }
    Value items = IS_EXACT(interp->modules, dict) ? dict_items_list(t, interp->modules) : VNULL;
    if (is_null(items)) {
        err_clear(t);
        return;
    }
    int64_t n = list_len(items), kept = 0;
    Value *refs = heap_alloc(t, sizeof(Value) * (size_t)(n + 1));
    for (int64_t i = 0; refs != NULL && i < n; i++) {
        Value module = tuple_at(list_at(items, i), 1);
        if (!dict_set(t, interp->modules, tuple_at(list_at(items, i), 0), V_NONE)) err_clear(t);
        if (!IS_A(t, module, module) || same(module, interp->sys_module) || same(module, interp->builtins_module)) continue;
        refs[kept] = weakref_new(t, module, VNULL);
        if (is_null(refs[kept])) err_clear(t);
        else kept++;
    }
    decref(t, items);
    dict_clear(t, interp->modules);
    slot_clear(t, &interp->first_copies);
    gc_collect(t, 2);
    for (int64_t i = kept - 1; i >= 0; i--) {
        Value module = weakref_get(refs[i]);
        if (!is_none(module)) {
            incref(module);
            clear_namespace(t, V_AS(Module, module)->dict);
            decref(t, module);
        }
        decref(t, refs[i]);
    }
    heap_free(t, refs);
    gc_collect(t, 2);
}

int shutdown_interp(Thread *t) {
    Interp *interp = t->interp;
    join_threads(t);
    atexit_run(t);
    interpreters_end_all(t);
    int status = flush_streams(t, true);
    interp->finalizing = true;
    t->finalizing = true;
    threads_stop(t);
    if (t->runtime->config->heap_stats) census_print(t, stderr);
    drop_modules(t);
    flush_streams(t, false); /* finalisers may have written more */
    if (!dict_set_str(t, interp->sys_dict, N(t, stderr), V_NONE)) err_clear(t); /* what is finalised from now on has nobody to tell */
    clear_namespace(t, interp->sys_dict);
    vm_finish(t);
    jit_finish(t);
    return status;
}

static bool free_interp(Thread *t) {
    Interp *interp = t->interp;
    if (!thread_is_alone(t)) {
        gil_release(t);
        return false;
    }
    gc_fini(t);
    gil_release(t);
    stack_free(&t->main_fiber);
    thread_detach(t);
    gil_destroy(interp);
    heap_destroy(interp->heap);
    thread_destroy(t);
    interp_destroy(interp);
    return true;
}

bool shutdown_free(Thread *t) {
    Runtime *runtime = t->runtime;
    if (!free_interp(t)) return false;
    runtime_destroy(runtime);
    return true;
}

void shutdown_further(Thread *t) {
    shutdown_interp(t);
    if (!free_interp(t)) thread_detach(t);
}

/* The operating system takes the memory back faster than we could. */
void shutdown_runtime(Runtime *runtime) { (void)runtime; }
