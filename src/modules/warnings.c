/* The module _warnings: filtering of warnings in C, and the doors for C code (warnings.h).
 *
 * The state that programs may replace lives in the module `warnings` once that is imported (filters, defaultaction,
 * onceregistry, _showwarnmsg); until then the same names here are used.
 */
#include "modules/warnings.h"

#include <string.h>

#include "core/config.h"
#include "front/file_line.h"
#include "modules/module.h"
#include "vm/run.h"

typedef struct WarningsState {
    Value filters, once_registry, default_action, context_var; /* owned */
    Value lock;        /* a _thread.RLock, made when first asked for */
    int64_t version;   /* changes with the filters */
} WarningsState;

static WarningsState *state_of(Thread *t) { return MODULE_STATE(t, _warnings, WarningsState); }

/* --- The state --------------------------------------------------------------------------------- */

/* warnings.NAME if the module is imported and has it; owned, VNULL without exception otherwise. */
static Value warnings_attribute(Thread *t, const char *name, bool import) {
    Value module;
    if (import && !t->interp->finalizing) {
        module = t->hooks->import(t, "warnings");
        if (is_null(module) && !err_catch(t, T_ImportError)) return VNULL;
    } else {
        module = new_ref_maybe(dict_get_str(t, t->interp->modules, N(t, warnings)));
    }
    if (is_null(module) || is_none(module)) return VNULL;
    Value key = str_intern_cstr(t, name), v = is_null(key) ? VNULL : attr_get_maybe(t, module, key);
    decref_maybe(t, key);
    decref(t, module);
    return v;
}

/* The module's NAME; where it is gone, *own, which is the one last seen. Owned. */
static Value current(Thread *t, const char *name, Value *own, enum TypeId type) {
    Value v = warnings_attribute(t, name, false);
    if (is_null(v)) return err_pending(t) ? VNULL : new_ref(*own);
    if (type != T_INVALID && !is_instance_of(t, v, builtin_type(t, type))) {
        err_raise(t, type == T_list ? T_ValueError : T_TypeError, "_warnings.%s must be a %N%s", name, builtin_type(t, type), type == T_str ? ", not" : "");
        decref(t, v);
        return VNULL;
    }
    if (!same(v, *own)) slot_set(t, own, new_ref(v));
    return v;
}

static bool lock(Thread *t, bool acquire) {
    WarningsState *state = state_of(t);
    if (is_null(state->lock)) {
        Value module = t->hooks->import(t, "_thread"), type = is_null(module) ? VNULL : attr_get_cstr(t, module, "RLock");
        decref_maybe(t, module);
        if (!is_null(type)) state->lock = call_0(t, type);
        decref_maybe(t, type);
        if (is_null(state->lock)) return false;
    }
    Value done = call_method_0(t, state->lock, acquire ? N(t, acquire) : N(t, release));
    decref_maybe(t, done);
    return !is_null(done);
}

/* --- Filters ----------------------------------------------------------------------------------- */

/* 1, 0, -1: whether a filter's message or module pattern fits. */
static int pattern_fits(Thread *t, Value pattern, Value text) {
    if (is_none(pattern)) return 1;
    if (IS_EXACT(pattern, str)) return equal(t, pattern, text);
    Value match = call_method_1(t, pattern, N(t, match), text);
    if (is_null(match)) return -1;
    int fits = truth(t, match);
    decref(t, match);
    return fits;
}

/* The filter of a list that applies (owned); VNULL without exception: none. */
static Value find_filter(Thread *t, Value filters, Value category, Value text, int64_t line, Value module) {
    for (int64_t i = 0; i < list_len(filters); i++) {
        Value item = new_ref(list_at(filters, i));
        if (!is_tuple(t, item) || tuple_len(item) != 5) {
            decref(t, item);
            return err_raise(t, T_ValueError, "_warnings.filters item %lld isn't a 5-tuple", (long long)i);
        }
        Value *part = V_AS(Tuple, item)->items;
        if (!is_str(t, part[0])) {
            err_raise(t, T_TypeError, "action must be a string, not '%T'", part[0]);
            decref(t, item);
            return VNULL;
        }
        int fits = pattern_fits(t, part[1], text);
        if (fits > 0) fits = is_subclass(t, category, part[2]);
        if (fits > 0) fits = pattern_fits(t, part[3], module);
        int64_t filter_line = 0;
        if (fits > 0 && !arg_i64(t, part[4], &filter_line)) fits = -1;
        if (fits > 0 && (filter_line == 0 || filter_line == line)) return item;
        decref(t, item);
        if (fits < 0) return VNULL;
    }
    return VNULL;
}

/* The action (owned str) and the filter it comes from (owned; None for the default). */
static Value action_for(Thread *t, Value category, Value text, int64_t line, Value module, Value *item) {
    WarningsState *state = state_of(t);
    *item = VNULL;
    if (t->runtime->config->context_aware_warnings) {
        Value context = call_method_1(t, state->context_var, N(t, get), V_NONE);
        if (is_null(context)) return VNULL;
        if (!is_none(context)) {
            Value own = attr_get_cstr(t, context, "_filters");
            if (!is_null(own) && is_list(t, own)) *item = find_filter(t, own, category, text, line, module);
            decref_maybe(t, own);
        }
        decref(t, context);
    }
    if (is_null(*item) && !err_pending(t)) {
        Value filters = current(t, "filters", &state->filters, T_list);
        if (is_null(filters)) return VNULL;
        *item = find_filter(t, filters, category, text, line, module);
        decref(t, filters);
    }
    if (!is_null(*item)) return new_ref(tuple_at(*item, 0));
    if (err_pending(t)) return VNULL;
    *item = V_NONE;
    return current(t, "defaultaction", &state->default_action, T_str);
}

/* --- Registries -------------------------------------------------------------------------------- */

/* Whether the warning was seen before; 1, 0, -1.  With `mark`, it is now. */
static int already_warned(Thread *t, Value registry, Value key, bool mark) {
    WarningsState *state = state_of(t);
    Value version = dict_get_cstr(t, registry, "version");
    bool fresh = !is_null(version) && is_smallint(version) && smallint_get(version) == state->version;
    if (!fresh) {
        dict_clear(t, registry);
        if (!dict_set_cstr(t, registry, "version", v_smallint(state->version))) return -1;
    } else {
        Value seen = dict_get(t, registry, key);
        if (is_null(seen)) {
            if (err_pending(t)) return -1;
        } else {
            int is_seen = truth(t, seen);
            if (is_seen != 0) return is_seen;
        }
    }
    return mark && !dict_set(t, registry, key, V_TRUE) ? -1 : 0;
}

static int seen_with(Thread *t, Value registry, Value text, Value category, bool with_line) {
    Value key = with_line ? tuple_of(t, 3, text, category, v_smallint(0)) : tuple_of(t, 2, text, category);
    if (is_null(key)) return -1;
    int seen = already_warned(t, registry, key, true);
    decref(t, key);
    return seen;
}

/* --- Showing ----------------------------------------------------------------------------------- */

/* The line of the source below a warning, indented; `given` if it is known, VNULL otherwise. */
static void show_line(Thread *t, Value err, Value given, Value filename, int64_t lineno) {
    Value line = is_null(given) ? file_line(t, filename, lineno) : new_ref(given);
    if (is_null(line)) return;
    int64_t start = 0, end = str_len(V_AS(Str, line));
    while (start < end && memchr(" \t\f", (int)(str_at(V_AS(Str, line), start) & 127), 3) != NULL && str_at(V_AS(Str, line), start) < 128) start++;
    while (end > start && (str_at(V_AS(Str, line), end - 1) == '\n' || str_at(V_AS(Str, line), end - 1) == '\r')) end--;
    Value part = str_substring(t, line, start, end), text = is_null(part) ? VNULL : str_format(t, "  %U\n", part);
    Value done = is_null(text) ? VNULL : call_method_1(t, err, N(t, write), text);
    if (is_null(done)) err_clear(t);
    decref_maybe(t, done);
    decref_maybe(t, text);
    decref_maybe(t, part);
    decref(t, line);
}

/* Without the module warnings: plain text on sys.stderr. */
static void show_plainly(Thread *t, Value filename, int64_t line, Value source_line, Value text, Value category) {
    Value err = new_ref_maybe(dict_get_str(t, t->interp->sys_dict, N(t, stderr)));
    if (is_null(err) || is_none(err)) return;
    Value name = attr_get(t, category, N(t, __name__));
    Value message = is_null(name) ? VNULL : str_format(t, "%S:%lld: %S: %S\n", filename, (long long)line, name, text);
    Value done = is_null(message) ? VNULL : call_method_1(t, err, N(t, write), message);
    if (is_null(done)) err_clear(t);
    else show_line(t, err, source_line, filename, line);
    decref_maybe(t, done);
    decref_maybe(t, message);
    decref_maybe(t, name);
    decref(t, err);
}

static bool show(Thread *t, Value category, Value text, Value message, Value filename, int64_t line, Value source_line, Value source) {
    Value function = warnings_attribute(t, "_showwarnmsg", !is_null(source));
    if (is_null(function)) {
        if (err_pending(t)) return false;
        show_plainly(t, filename, line, source_line, text, category);
        return true;
    }
    bool done = false;
    Value type = warnings_attribute(t, "WarningMessage", false);
    if (!is_callable(t, function)) {
        err_raise(t, T_TypeError, "warnings._showwarnmsg() must be set to a callable");
    } else if (is_null(type)) {
        if (!err_pending(t)) err_raise(t, T_RuntimeError, "unable to get warnings.WarningMessage");
    } else {
        Value args[] = {message, category, filename, int_from_i64(t, line), V_NONE, is_null(source_line) ? V_NONE : source_line, is_null(source) ? V_NONE : source};
        Value shown = call_copy(t, type, args, COUNT_OF(args), VNULL);
        if (!is_null(shown)) {
            Value result = call_1(t, function, shown);
            done = !is_null(result);
            decref_maybe(t, result);
            decref(t, shown);
        }
    }
    decref_maybe(t, type);
    decref(t, function);
    return done;
}

/* --- warn_explicit ----------------------------------------------------------------------------- */

/* "x" from "x.py"; owned. */
static Value module_of_file(Thread *t, Value filename) {
    Str *s = V_AS(Str, filename);
    int64_t n = str_len(s);
    if (n == 0) return str_from_cstr(t, "<unknown>");
    if (n >= 3 && str_at(s, n - 3) == '.' && str_at(s, n - 2) == 'p' && str_at(s, n - 1) == 'y') return str_substring(t, filename, 0, n - 3);
    return str_exact(t, filename);
}

/* Decides and acts; `registry` a dict or None. */
static bool decide(Thread *t, Value category, Value text, Value message, Value filename, int64_t line, Value module, Value registry, Value source_line, Value source) {
    Value key = tuple_of(t, 3, text, category, v_smallint(line));
    if (is_null(key)) return false;
    Value item = VNULL, action = VNULL;
    bool done = false;
    if (!is_none(registry)) {
        int seen = already_warned(t, registry, key, false);
        if (seen != 0) {
            done = seen > 0;
            goto out;
        }
    }
    action = action_for(t, category, text, line, module, &item);
    if (is_null(action)) goto out;
    Str *a = V_AS(Str, action);
    if (str_equals_cstr(a, "error")) {
        err_raise_value(t, message);
        goto out;
    }
    if (str_equals_cstr(a, "ignore")) {
        done = true;
        goto out;
    }
    bool always = str_equals_cstr(a, "always") || str_equals_cstr(a, "all");
    int seen = 0;
    if (!always) {
        if (!is_none(registry) && !dict_set(t, registry, key, V_TRUE)) goto out;
        if (str_equals_cstr(a, "once")) {
            Value once = new_ref(registry);
            if (is_none(registry)) once = current(t, "onceregistry", &state_of(t)->once_registry, T_dict);
            seen = is_null(once) ? -1 : seen_with(t, once, text, category, false);
            decref_maybe(t, once);
        } else if (str_equals_cstr(a, "module")) {
            seen = is_none(registry) ? 0 : seen_with(t, registry, text, category, true);
        } else if (!str_equals_cstr(a, "default")) {
            err_raise(t, T_RuntimeError, "Unrecognized action (%R) in warnings.filters:\n %R", action, item);
            goto out;
        }
    }
    done = seen > 0 || (seen == 0 && show(t, category, text, message, filename, line, source_line, source));
out:
    decref_maybe(t, action);
    decref_maybe(t, item);
    decref(t, key);
    return done;
}

static bool warn_explicit(Thread *t, Value category, Value message, Value filename, int64_t line, Value module, Value registry, Value source_line, Value source) {
    if (is_none(module)) return true; /* at shutdown */
    if (!is_null(registry) && !is_none(registry) && !is_dict(t, registry)) return err_fail(t, T_TypeError, "'registry' must be a dict or None");
    Value name = is_null(module) ? module_of_file(t, filename) : new_ref(module), text = VNULL, instance = VNULL, kind = VNULL;
    bool done = false;
    if (is_null(name)) return false;
    if (is_instance_of(t, message, builtin_type(t, T_Warning))) {
        text = str_of(t, message);
        instance = new_ref(message);
        kind = ref_of(type_of(t, message));
    } else {
        text = new_ref(message);
        kind = new_ref(category);
        instance = call_1(t, category, message);
    }
    if (!is_null(text) && !is_null(instance))
        done = decide(t, kind, text, instance, filename, line, name, is_null(registry) ? V_NONE : registry, source_line, source);
    decref_maybe(t, kind);
    decref_maybe(t, instance);
    decref_maybe(t, text);
    decref(t, name);
    return done;
}

/* --- warn -------------------------------------------------------------------------------------- */

static bool file_contains(Str *s, const char *part) {
    int64_t n = str_len(s), m = (int64_t)strlen(part);
    for (int64_t i = 0; i + m <= n; i++) {
        int64_t k = 0;
        while (k < m && str_at(s, i + k) == (uint8_t)part[k]) k++;
        if (k == m) return true;
    }
    return false;
}

static Value frame_file(Thread *t, Value frame) {
    Value code = attr_get_cstr(t, frame, "f_code"), file = is_null(code) ? VNULL : attr_get_cstr(t, code, "co_filename");
    decref_maybe(t, code);
    return file;
}

/* Frames of importlib and those whose files begin with a prefix are not counted. 1, 0, -1 */
static int is_skipped(Thread *t, Value frame, Value prefixes) {
    Value file = frame_file(t, frame);
    if (is_null(file)) return -1;
    int skipped = 0;
    if (is_str(t, file)) {
        Str *s = V_AS(Str, file);
        skipped = file_contains(s, "importlib") && file_contains(s, "_bootstrap");
        for (int64_t i = 0; !skipped && !is_null(prefixes) && i < tuple_len(prefixes); i++) {
            Value result = call_method_1(t, file, N(t, startswith), tuple_at(prefixes, i));
            skipped = is_null(result) ? -1 : same(result, V_TRUE);
            decref_maybe(t, result);
        }
    }
    decref(t, file);
    return skipped;
}

/* The frame that a stack level means; VNULL without exception: above the last. */
static Value frame_for(Thread *t, int64_t level, Value prefixes) {
    Value frame = frame_object_at(t, 0);
    if (is_null(frame)) return VNULL;
    bool plain = level <= 0;
    if (!plain) {
        int internal = is_skipped(t, frame, VNULL);
        if (internal < 0) goto fail;
        plain = internal;
    }
    while (--level > 0 && !is_none(frame)) {
        int skipped;
        do {
            Value back = attr_get_cstr(t, frame, "f_back");
            decref(t, frame);
            frame = back;
            if (is_null(frame)) return VNULL;
            if (is_none(frame)) return VNULL;
            skipped = plain ? 0 : is_skipped(t, frame, prefixes);
            if (skipped < 0) goto fail;
        } while (skipped);
    }
    return frame;
fail:
    decref(t, frame);
    return VNULL;
}

static bool do_warn(Thread *t, Value message, Value category, int64_t level, Value source, Value prefixes) {
    Value frame = frame_for(t, level, prefixes), globals = VNULL, filename = VNULL, registry = VNULL, module = VNULL;
    int64_t line = 0;
    bool done = false;
    if (is_null(frame)) {
        if (err_pending(t)) return false;
        globals = new_ref(t->interp->sys_dict);
        filename = str_from_cstr(t, "<sys>");
    } else {
        globals = attr_get_cstr(t, frame, "f_globals");
        filename = frame_file(t, frame);
        Value number = attr_get_cstr(t, frame, "f_lineno");
        if (!is_null(number) && is_smallint(number)) line = smallint_get(number);
        decref_maybe(t, number);
        decref(t, frame);
    }
    if (is_null(globals) || is_null(filename) || err_pending(t)) goto out;
    registry = new_ref_maybe(dict_get_cstr(t, globals, "__warningregistry__"));
    if (is_null(registry)) {
        registry = dict_new(t);
        if (is_null(registry) || !dict_set_cstr(t, globals, "__warningregistry__", registry)) goto out;
    }
    module = new_ref_maybe(dict_get_str(t, globals, N(t, __name__)));
    if (is_null(module) || (!is_none(module) && !is_str(t, module))) slot_set(t, &module, str_from_cstr(t, "<string>"));
    if (is_null(module)) goto out;
    done = warn_explicit(t, category, message, filename, line, module, registry, VNULL, source);
out:
    decref_maybe(t, module);
    decref_maybe(t, registry);
    decref_maybe(t, filename);
    decref_maybe(t, globals);
    return done;
}

/* The category that holds: the message's own class, the argument, or UserWarning. Owned. */
static Value category_of(Thread *t, Value message, Value category) {
    Value warning = v_from(builtin_type(t, T_Warning));
    int is_warning = is_instance(t, message, warning);
    if (is_warning < 0) return VNULL;
    if (is_warning) return ref_of(type_of(t, message));
    if (is_null(category) || is_none(category)) return ref_of(builtin_type(t, T_UserWarning));
    if (!is_type(t, category)) return err_raise(t, T_TypeError, "category must be a Warning subclass, not '%T'", category);
    int fits = is_subclass(t, category, warning);
    if (fits < 0) return VNULL;
    if (!fits) return err_raise(t, T_TypeError, "category must be a Warning subclass, not class '%N'", V_AS(Type, category));
    return new_ref(category);
}

static Value m_warn(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t level = 1;
    if (!is_null(args[2]) && !number_to_index(t, args[2], &level, T_OverflowError)) return VNULL;
    Value prefixes = args[4];
    if (!is_null(prefixes)) {
        if (!is_tuple(t, prefixes)) return err_raise(t, T_TypeError, "warn() argument 'skip_file_prefixes' must be tuple, not %T", prefixes);
        for (int64_t i = 0; i < tuple_len(prefixes); i++)
            if (!is_str(t, tuple_at(prefixes, i))) return err_raise(t, T_TypeError, "Found non-str '%T' in skip_file_prefixes.", tuple_at(prefixes, i));
        if (tuple_len(prefixes) == 0) prefixes = VNULL;
        else if (level < 2) level = 2;
    }
    Value category = category_of(t, args[0], args[1]);
    if (is_null(category)) return VNULL;
    Value source = !is_null(args[3]) && is_none(args[3]) ? VNULL : args[3];
    bool done = do_warn(t, args[0], category, level, source, prefixes);
    decref(t, category);
    return done ? V_NONE : VNULL;
}

/* The loader that a module's globals name, as importlib judges it; owned, None if there is none. */
static Value loader_of(Thread *t, Value globals) {
    Value external = t->hooks->import(t, "importlib._bootstrap_external");
    Value judge = is_null(external) ? VNULL : attr_get_cstr(t, external, "_bless_my_loader");
    Value loader = is_null(judge) ? VNULL : call_1(t, judge, globals);
    decref_maybe(t, judge);
    decref_maybe(t, external);
    return loader;
}

/* The name that a module's loader knows it by: that of its spec, as __main__ has another one. Owned; VNULL without exception: it has none. */
static Value name_of(Thread *t, Value globals) {
    Value spec = dict_get_str(t, globals, N(t, __spec__)), name = VNULL;
    if (!is_null(spec) && !is_none(spec)) {
        incref(spec);
        name = attr_get_maybe(t, spec, N(t, name));
        decref(t, spec);
        if (err_pending(t)) return VNULL;
    }
    if (!is_null(name) && !is_none(name)) return name;
    return new_ref_maybe(dict_get_str(t, globals, N(t, __name__)));
}

/* The line of the source that the loader of a module has: *line (owned), VNULL where nobody knows it. False: an exception. */
static bool line_from_loader(Thread *t, Value globals, int64_t number, Value *line) {
    Value get = VNULL, source = VNULL, lines = VNULL, loader = loader_of(t, globals);
    Value name = is_null(loader) ? VNULL : name_of(t, globals), key = is_null(name) ? VNULL : str_intern_cstr(t, "get_source");
    *line = VNULL;
    if (!is_null(key) && !is_none(loader)) get = attr_get_maybe(t, loader, key);
    if (!is_null(get)) {
        source = call_1(t, get, name);
        if (is_null(source)) err_catch(t, T_ImportError); /* a loader that has no such module, as that of -c */
    }
    if (!is_null(source) && !is_none(source)) {
        /* str's own method: a subclass may have another idea of lines */
        Value split = is_str(t, source) ? type_lookup(t, builtin_type(t, T_str), N(t, splitlines)) : VNULL;
        if (!is_null(split)) lines = call_1(t, split, source);
        else if (!err_pending(t)) err_raise(t, T_TypeError, "must be str, not %T", source);
    }
    if (!is_null(lines) && number > 0 && number <= list_len(lines)) *line = new_ref(list_at(lines, number - 1));
    decref_maybe(t, lines);
    decref_maybe(t, source);
    decref_maybe(t, get);
    decref_maybe(t, key);
    decref_maybe(t, loader);
    decref_maybe(t, name);
    return !err_pending(t);
}

static Value m_warn_explicit(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    enum { MESSAGE, CATEGORY, FILENAME, LINENO, MODULE_, REGISTRY, GLOBALS, SOURCE };
    int32_t line;
    if (!is_str(t, args[FILENAME])) return err_raise(t, T_TypeError, "warn_explicit() argument 'filename' must be str, not %T", args[FILENAME]);
    if (!arg_i32(t, args[LINENO], &line)) return VNULL;
    Value category = category_of(t, args[MESSAGE], args[CATEGORY]);
    if (is_null(category)) return VNULL;
    Value globals = args[GLOBALS];
    if (!is_null(globals) && !is_none(globals) && !is_dict(t, globals)) {
        decref(t, category);
        return err_raise(t, T_TypeError, "module_globals must be a dict, not '%T'", globals);
    }
    Value source = !is_null(args[SOURCE]) && is_none(args[SOURCE]) ? VNULL : args[SOURCE], source_line = VNULL;
    bool done = is_null(globals) || is_none(globals) || line_from_loader(t, globals, line, &source_line);
    if (done) done = warn_explicit(t, category, args[MESSAGE], args[FILENAME], line, args[MODULE_], args[REGISTRY], source_line, source);
    decref_maybe(t, source_line);
    decref(t, category);
    return done ? V_NONE : VNULL;
}

static Value m_filters_mutated(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value lock = state_of(t)->lock, name = is_null(lock) ? VNULL : str_intern_cstr(t, "_is_owned");
    Value owned = is_null(lock) ? V_FALSE : is_null(name) ? VNULL : call_method_0(t, lock, name);
    decref_maybe(t, name);
    if (is_null(owned)) return VNULL;
    if (!same(owned, V_TRUE)) return err_raise(t, T_RuntimeError, "warnings lock is not held");
    state_of(t)->version++;
    return V_NONE;
}
static Value m_acquire(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return lock(t, true) ? V_NONE : VNULL; }
static Value m_release(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return lock(t, false) ? V_NONE : VNULL; }

/* --- C code ------------------------------------------------------------------------------------ */

/* False: too early in boot to tell anybody. */
static bool is_ready(Thread *t) {
    if (state_of(t) != NULL) return true;
    Value module = !is_null(t->interp->importlib) ? t->hooks->import(t, "_warnings") : VNULL;
    decref_maybe(t, module);
    if (state_of(t) != NULL) return true;
    err_clear(t);
    return false;
}

bool warnings_warn(Thread *t, Type *category, Value message, int stack_level) {
    return !is_ready(t) || do_warn(t, message, v_from(category), stack_level, VNULL, VNULL);
}

bool warnings_unclosed(Thread *t, Value source, const char *format) {
    if (!is_ready(t)) return true;
    Value message = str_format(t, format, source);
    if (is_null(message)) return false;
    bool done = do_warn(t, message, v_from(builtin_type(t, T_ResourceWarning)), 1, source, VNULL);
    decref(t, message);
    return done;
}

bool warnings_warn_at(Thread *t, Type *category, Value message, Value filename, int lineno) {
    if (state_of(t) == NULL) return true;
    return warn_explicit(t, v_from(category), message, filename, lineno, VNULL, VNULL, VNULL, VNULL);
}

static bool add_filter(Thread *t, Value filters, enum TypeId category, const char *module, const char *action) {
    Value a = str_from_cstr(t, action), m = module ? str_from_cstr(t, module) : V_NONE;
    Value item = is_null(a) || is_null(m) ? VNULL : tuple_of(t, 5, a, V_NONE, v_from(builtin_type(t, category)), m, v_smallint(0));
    decref_maybe(t, a);
    decref_maybe(t, m);
    return !is_null(item) && list_append_take(t, V_AS(List, filters), item);
}

static bool warnings_exec(Thread *t, Value module) {
    WarningsState *state = module_state(module);
    state->filters = list_new(t, 5);
    state->once_registry = dict_new(t);
    state->default_action = str_from_cstr(t, "default");
    Value name = str_from_cstr(t, "_warnings_context");
    if (is_null(state->filters) || is_null(state->once_registry) || is_null(state->default_action) || is_null(name)) return false;
    state->context_var = call_1(t, v_from(builtin_type(t, T_ContextVar)), name);
    decref(t, name);
    state->version = 1;
    return !is_null(state->context_var) && add_filter(t, state->filters, T_DeprecationWarning, "__main__", "default") &&
           add_filter(t, state->filters, T_DeprecationWarning, NULL, "ignore") && add_filter(t, state->filters, T_PendingDeprecationWarning, NULL, "ignore") &&
           add_filter(t, state->filters, T_ImportWarning, NULL, "ignore") && add_filter(t, state->filters, T_ResourceWarning, NULL, "ignore") &&
           module_add(t, module, "filters", new_ref(state->filters)) && module_add(t, module, "_onceregistry", new_ref(state->once_registry)) &&
           module_add(t, module, "_defaultaction", new_ref(state->default_action)) && module_add(t, module, "_warnings_context", new_ref(state->context_var));
}

static int warnings_traverse(void *memory, VisitFn visit, void *context) {
    WarningsState *state = memory;
    const Value values[] = {state->filters, state->once_registry, state->default_action, state->context_var, state->lock};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        int stop = is_null(values[i]) ? 0 : visit(values[i], context);
        if (stop) return stop;
    }
    return 0;
}

static const MethodDef functions[] = {
    {"warn", "($module, /, message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=())",
     "Issue a warning, or ignore it, or raise it, as the filters say.", m_warn, 0, FX_NEEDS_FRAME},
    {"warn_explicit", "($module, /, message, category, filename, lineno, module=<unrepresentable>, registry=None, module_globals=None, source=None)",
     "Issue a warning for a place that is given.", m_warn_explicit},
    {"_filters_mutated_lock_held", "($module, /)", "The filters were changed: forget what was seen.", m_filters_mutated},
    {"_acquire_lock", "($module, /)", "Acquire the lock of the filters.", m_acquire},
    {"_release_lock", "($module, /)", "Release the lock of the filters.", m_release},
    {NULL},
};

const ModuleDef module__warnings = {
    .name = "_warnings",
    .doc = "Filtering of warnings in C; programs use the module warnings.",
    .functions = functions,
    .state_size = sizeof(WarningsState),
    .exec = warnings_exec,
    .traverse = warnings_traverse,
};
