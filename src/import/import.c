/* __import__ in C: answers from sys.modules at once, and calls importlib for the rest.
 *
 * Errors that pass through importlib lose its frames from their tracebacks, as users expect.
 */
#include "import/import.h"
#include "import/import_time.h"

#include "core/config.h"
#include "core/names.h"
#include "object/code.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"

/* --- Tracebacks -------------------------------------------------------------------------------- */

static bool frame_is_in(Thread *t, Value frame, const char *file, const char *function) {
    Value code = attr_get_cstr(t, frame, "f_code");
    if (is_null(code)) {
        err_clear(t);
        return false;
    }
    bool is = IS_EXACT(code, code) && str_equals_cstr(V_AS(Str, V_AS(Code, code)->filename), file) &&
              (function == NULL || str_equals_cstr(V_AS(Str, V_AS(Code, code)->name), function));
    decref(t, code);
    return is;
}

/* Drops runs of importlib's frames: all of them for ImportError, else those that end in _call_with_frames_removed. */
static void strip_importlib_frames(Thread *t) {
    if (t->runtime->config->verbose) return;
    Value exception = err_fetch(t);
    bool always = is_exception(t, exception) && is_subtype(type_of(t, exception), builtin_type(t, T_ImportError));
    Value *outer = &V_AS(ExceptionBase, exception)->traceback, *link = outer;
    bool in_run = false;
    while (!is_null(*link)) {
        Traceback *tb = V_AS(Traceback, *link);
        bool own = frame_is_in(t, tb->frame, "<frozen importlib._bootstrap>", NULL) || frame_is_in(t, tb->frame, "<frozen importlib._bootstrap_external>", NULL);
        if (own && !in_run) outer = link;
        in_run = own;
        Value next = tb->next;
        if (own && (always || frame_is_in(t, tb->frame, "<frozen importlib._bootstrap>", "_call_with_frames_removed"))) {
            incref_maybe(next);
            slot_set(t, outer, next);
            link = outer;
            in_run = false;
        } else {
            link = &tb->next;
        }
    }
    err_restore(t, exception);
}

/* --- The slow way ------------------------------------------------------------------------------ */

static Value find_and_load(Thread *t, Value name) {
    if (is_null(t->interp->importlib)) return err_import(t, T_ModuleNotFoundError, VNULL, name, VNULL);
    Value import = dict_get_str(t, t->interp->builtins, N(t, __import__));
    bool timed = UNLIKELY(t->interp->import_times != NULL);
    ImportTimer timer;
    if (timed) import_timer_start(t, &timer);
    Value module = call_method_2(t, t->interp->importlib, N(t, _find_and_load), name, is_null(import) ? V_NONE : import);
    if (timed) import_timer_stop(t, &timer, name);
    if (is_null(module)) {
        strip_importlib_frames(t);
        import_explain_left_out(t);
    }
    return module;
}

/* A module that another thread is still importing: waits for it. *waited: what sys.modules holds may have changed. */
static bool ensure_initialized(Thread *t, Value module, Value name, bool *waited) {
    *waited = false;
    Value spec = attr_get_maybe(t, module, N(t, __spec__));
    if (is_null(spec)) return !err_pending(t);
    if (is_none(spec)) return true;
    Value flag = attr_get_maybe(t, spec, N(t, _initializing));
    decref(t, spec);
    if (is_null(flag)) return !err_pending(t);
    int initializing = truth(t, flag);
    decref(t, flag);
    if (initializing <= 0) return initializing == 0;
    *waited = true;
    Value done = call_method_1(t, t->interp->importlib, N(t, _lock_unlock_module), name);
    decref_maybe(t, done);
    return !is_null(done);
}

static Value module_known(Thread *t, Value name) {
    Value modules = t->interp->modules;
    return LIKELY(IS_EXACT(modules, dict)) ? new_ref_maybe(dict_get(t, modules, name)) : mapping_get_maybe(t, modules, name);
}

/* sys.modules[name], imported if it is not there. */
static Value get_or_load(Thread *t, Value name) {
    Value module = module_known(t, name);
    if (is_null(module)) return err_pending(t) ? VNULL : find_and_load(t, name);
    if (is_none(module)) {
        Value message = str_format(t, "import of %U halted; None in sys.modules", name);
        if (is_null(message)) return VNULL;
        err_import(t, T_ModuleNotFoundError, message, name, VNULL);
        decref(t, message);
        return VNULL;
    }
    if (UNLIKELY(t->interp->import_times != NULL)) import_times_cached(t, name);
    bool waited;
    if (!ensure_initialized(t, module, name, &waited)) {
        decref(t, module);
        strip_importlib_frames(t);
        return VNULL;
    }
    if (LIKELY(!waited)) return module;
    Value now = module_known(t, name); /* the other thread's import may have failed */
    bool stays = same(now, module);
    decref_maybe(t, now);
    if (stays) return module;
    decref(t, module);
    return err_pending(t) ? VNULL : find_and_load(t, name);
}

/* Relative imports and what else is rare, by importlib's own __import__. */
static Value import_by_library(Thread *t, Value name, Value globals, Value fromlist, int level) {
    Value function = attr_get(t, t->interp->importlib, N(t, __import__));
    if (is_null(function)) return VNULL;
    Value args = tuple_of(t, 5, name, is_null(globals) ? V_NONE : globals, V_NONE, is_null(fromlist) ? t->interp->empty_tuple : fromlist, v_smallint(level));
    Value module = is_null(args) ? VNULL : call_tuple(t, function, args, VNULL);
    decref_maybe(t, args);
    decref(t, function);
    if (is_null(module)) strip_importlib_frames(t);
    return module;
}

/* --- Relative names ---------------------------------------------------------------------------- */

/* The absolute name of a relative import where __package__ tells it plainly; VNULL without exception: ask importlib. */
static Value resolve(Thread *t, Value name, Value globals, int level) {
    if (is_null(globals) || !is_dict(t, globals)) return VNULL;
    Value package = dict_get_str(t, globals, N(t, __package__)), spec = dict_get_str(t, globals, N(t, __spec__));
    if (is_null(package) || !is_str(t, package) || str_len(V_AS(Str, package)) == 0) return VNULL;
    if (!is_null(spec) && !is_none(spec)) {
        Value parent = attr_get_maybe(t, spec, N(t, parent));
        bool plain = !is_null(parent) && is_str(t, parent) && str_equal(V_AS(Str, parent), V_AS(Str, package));
        decref_maybe(t, parent);
        if (!plain) {
            err_clear(t);
            return VNULL;
        }
    }
    int64_t end = str_len(V_AS(Str, package));
    for (; level > 1; level--) {
        while (end > 0 && str_at(V_AS(Str, package), end - 1) != '.') end--;
        if (end == 0) return VNULL;
        end--;
    }
    Value base = str_substring(t, package, 0, end);
    if (is_null(base) || str_len(V_AS(Str, name)) == 0) return base;
    Value absolute = str_format(t, "%U.%U", base, name);
    decref(t, base);
    return absolute;
}

/* --- The door ---------------------------------------------------------------------------------- */

/* What `import a.b.c` binds: the first package of the name, or of the part that was written. */
static Value head_of(Thread *t, Value module, Value name, Value absolute, int level) {
    Str *s = V_AS(Str, name);
    int64_t dot = str_find_char(s, '.', 0, str_len(s));
    if (dot < 0) return module;
    Value head = VNULL, head_name = VNULL;
    if (level == 0) {
        head_name = str_substring(t, name, 0, dot);
        if (!is_null(head_name)) head = get_or_load(t, head_name);
    } else {
        int64_t cut = str_len(s) - dot;
        head_name = str_substring(t, absolute, 0, str_len(V_AS(Str, absolute)) - cut);
        if (!is_null(head_name)) {
            head = new_ref_maybe(dict_get(t, t->interp->modules, head_name));
            if (is_null(head) && !err_pending(t)) err_raise(t, T_KeyError, "%R not in sys.modules as expected", head_name);
        }
    }
    decref_maybe(t, head_name);
    decref(t, module);
    return head;
}

Value import_module_level(Thread *t, Value name, Value globals, Value locals, Value fromlist, int level) {
    if (!is_str(t, name)) return err_raise(t, T_TypeError, "module name must be a string");
    if (level < 0) return err_raise(t, T_ValueError, "level must be >= 0");
    Value absolute;
    if (level == 0) {
        if (str_len(V_AS(Str, name)) == 0) return err_raise(t, T_ValueError, "Empty module name");
        absolute = new_ref(name);
    } else {
        absolute = resolve(t, name, globals, level);
        if (is_null(absolute)) return err_pending(t) ? VNULL : import_by_library(t, name, globals, fromlist, level);
    }
    Value module = get_or_load(t, absolute);
    int has_fromlist = is_null(module) || is_null(fromlist) ? 0 : truth(t, fromlist);
    if (is_null(module) || has_fromlist < 0) {
        decref_maybe(t, module);
        module = VNULL;
    } else if (has_fromlist == 0) {
        if (level == 0 || str_len(V_AS(Str, name)) > 0) module = head_of(t, module, name, absolute, level);
    } else {
        Value path = attr_get_maybe(t, module, N(t, __path__));
        if (!is_null(path)) {
            decref(t, path);
            Value importer = dict_get_str(t, t->interp->builtins, N(t, __import__));
            Value args[3] = {module, fromlist, is_null(importer) ? V_NONE : importer};
            Value handled = call_method(t, t->interp->importlib, N(t, _handle_fromlist), args, 3);
            if (is_null(handled)) strip_importlib_frames(t);
            decref(t, module);
            module = handled;
        } else if (err_pending(t)) {
            decref(t, module);
            module = VNULL;
        }
    }
    decref(t, absolute);
    return module;
}

Value import_module(Thread *t, const char *name) {
    Value text = str_intern_cstr(t, name);
    if (is_null(text)) return VNULL;
    Value module = get_or_load(t, text);
    decref(t, text);
    return module;
}
