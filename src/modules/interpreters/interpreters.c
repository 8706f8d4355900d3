/* The module _interpreters: making interpreters and running code in them, for concurrent.interpreters.
 *
 * A run packs what it needs, enters the other interpreter, unpacks and runs it there, packs what comes of it, leaves, and unpacks that.
 * Of an exception only its text comes back.
 */
#include "front/compile.h"
#include "modules/interpreters/interpreters_priv.h"
#include "object/code.h"
#include "vm/run.h"

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

InterpretersState *interpreters_state(Thread *t) { return MODULE_STATE(t, _interpreters, InterpretersState); }

bool interpreters_need_module(Thread *t) {
    Value module = import_module(t, "_interpreters");
    decref_maybe(t, module);
    return !is_null(module);
}

static bool id_argument(Thread *t, Value v, int64_t *id) {
    if (!is_int(t, v)) return err_fail(t, T_TypeError, "interpreter ID must be an int, got %T", v);
    if (!arg_i64(t, v, id)) return false;
    return *id >= 0 || err_fail(t, T_ValueError, "interpreter ID must be a non-negative int, got %R", v);
}

/* --- What is told of an exception -------------------------------------------------------------------------------- */

enum { INFO_NAME, INFO_QUALNAME, INFO_MODULE, INFO_MESSAGE, INFO_FORMATTED, INFO_DISPLAY, INFO_COUNT };

/* A str or None; an exception that arises meanwhile is dropped. */
static Value text_or_none(Thread *t, Value v) {
    err_clear(t);
    if (!is_null(v) && IS_EXACT(v, str)) return v;
    decref_maybe(t, v);
    return V_NONE;
}

/* As the traceback module prints it, without the last line's end. */
static Value display_of(Thread *t, Value exception) {
    Value module = import_module(t, "traceback"), format = is_null(module) ? VNULL : attr_get_cstr(t, module, "format_exception");
    Value lines = is_null(format) ? VNULL : call_1(t, format, exception), text = VNULL;
    if (!is_null(lines) && is_list(t, lines)) text = str_join(t, t->interp->empty_str, V_AS(List, lines)->items, list_len(lines));
    if (!is_null(text) && str_len(V_AS(Str, text)) > 0) slot_set(t, &text, str_substring(t, text, 0, str_len(V_AS(Str, text)) - 1));
    decref_maybe(t, module);
    decref_maybe(t, format);
    decref_maybe(t, lines);
    return text;
}

static Value formatted_of(Thread *t, Value name, Value module, Value message) {
    bool plain = is_none(module) || str_equals_cstr(V_AS(Str, module), "builtins") || str_equals_cstr(V_AS(Str, module), "__main__");
    bool empty = is_none(message) || str_len(V_AS(Str, message)) == 0;
    if (plain) return empty ? new_ref(name) : str_format(t, "%S: %S", name, message);
    return empty ? str_format(t, "%S.%S", module, name) : str_format(t, "%S.%S: %S", module, name, message);
}

/* A tuple of INFO_COUNT texts. */
static Value info_of(Thread *t, Value exception) {
    Value type = v_from(type_of(t, exception)), info = tuple_new(t, INFO_COUNT);
    if (is_null(info)) return VNULL;
    Value *texts = V_AS(Tuple, info)->items;
    texts[INFO_NAME] = text_or_none(t, attr_get(t, type, N(t, __name__)));
    texts[INFO_QUALNAME] = text_or_none(t, attr_get(t, type, N(t, __qualname__)));
    texts[INFO_MODULE] = text_or_none(t, attr_get(t, type, N(t, __module__)));
    texts[INFO_MESSAGE] = text_or_none(t, str_of(t, exception));
    texts[INFO_FORMATTED] = text_or_none(t, formatted_of(t, texts[INFO_QUALNAME], texts[INFO_MODULE], texts[INFO_MESSAGE]));
    texts[INFO_DISPLAY] = text_or_none(t, display_of(t, exception));
    return tuple_done(t, info);
}

/* SimpleNamespace with the names given; the values are borrowed. */
static Value namespace_of(Thread *t, const char *const *names, const Value *values, int n) {
    Value dict = dict_new(t), result = VNULL;
    bool done = !is_null(dict);
    for (int i = 0; i < n && done; i++) done = dict_set_cstr(t, dict, names[i], values[i]);
    if (done) result = call_tuple(t, v_from(builtin_type(t, T_SimpleNamespace)), t->interp->empty_tuple, dict);
    decref_maybe(t, dict);
    return result;
}

static Value namespace_of_info(Thread *t, Value info) {
    const Value *texts = V_AS(Tuple, info)->items;
    Value type = namespace_of(t, (const char *const[]){"__name__", "__qualname__", "__module__"}, texts, 3);
    if (is_null(type)) return VNULL;
    const Value fields[] = {type, texts[INFO_MESSAGE], texts[INFO_FORMATTED], texts[INFO_DISPLAY]};
    Value result = namespace_of(t, (const char *const[]){"type", "msg", "formatted", "errdisplay"}, fields, 4);
    decref(t, type);
    return result;
}

/* --- Running ------------------------------------------------------------------------------------------------------- */

enum { PART_FUNCTION, PART_ARGS, PART_KWARGS, PART_COUNT };
static const char *const part_refused[] = {"func not shareable", "args not shareable", "kwargs not shareable"};

/* What goes there and what comes back. */
typedef struct Run {
    Parcel parts[PART_COUNT];
    Parcel code, names; /* instead of parts: code for the namespace of __main__; what is to be set there first, (name, value) in turn */
    Parcel result;      /* the value, or why there is none: a tuple of INFO_COUNT texts ... */
    bool raised;
    int refused;        /* ... of what went wrong when this part was unpacked; -1: none of them */
    bool result_refused; /* the result could not be packed */
} Run;

static void run_free(Run *r) {
    for (int i = 0; i < PART_COUNT; i++) parcel_free(&r->parts[i]);
    parcel_free(&r->code);
    parcel_free(&r->names);
    parcel_free(&r->result);
}

static Value main_dict(Thread *t) {
    Value main = dict_get_str(t, t->interp->modules, N(t, __main__));
    if (!is_null(main) && IS_A(t, main, module)) return V_AS(Module, main)->dict;
    return err_raise(t, T_RuntimeError, "interpreter has no module __main__");
}

static bool set_names(Thread *t, const Parcel *names) {
    Value pairs = parcel_unpack(t, names), dict = main_dict(t);
    bool done = !is_null(pairs) && !is_null(dict);
    for (int64_t i = 0; done && i + 1 < tuple_len(pairs); i += 2) done = dict_set(t, dict, tuple_at(pairs, i), tuple_at(pairs, i + 1));
    decref_maybe(t, pairs);
    return done;
}

static Value run_parts(Thread *t, Run *r) {
    Value parts[PART_COUNT] = {VNULL, VNULL, VNULL}, result = VNULL;
    for (r->refused = 0; r->refused < PART_COUNT; r->refused++) {
        if (r->parts[r->refused].kind == PARCEL_EMPTY) continue;
        parts[r->refused] = parcel_unpack(t, &r->parts[r->refused]);
        if (is_null(parts[r->refused])) break;
    }
    if (r->refused == PART_COUNT) {
        r->refused = -1;
        result = call_tuple(t, parts[PART_FUNCTION], is_null(parts[PART_ARGS]) ? t->interp->empty_tuple : parts[PART_ARGS], parts[PART_KWARGS]);
    }
    for (int i = 0; i < PART_COUNT; i++) decref_maybe(t, parts[i]);
    return result;
}

static Value run_main(Thread *t, Run *r) {
    if (r->names.kind != PARCEL_EMPTY && !set_names(t, &r->names)) return VNULL;
    if (r->code.kind == PARCEL_EMPTY) return V_NONE;
    Value code = parcel_unpack(t, &r->code), dict = main_dict(t);
    Value result = is_null(code) || is_null(dict) ? VNULL : run_code(t, code, dict, dict, VNULL);
    decref_maybe(t, code);
    if (is_null(result)) return VNULL;
    decref(t, result);
    return V_NONE;
}

/* In the other interpreter: everything ends as a parcel. */
static void run_there(Thread *t, Run *r) {
    r->refused = -1;
    Value value = r->parts[PART_FUNCTION].kind != PARCEL_EMPTY ? run_parts(t, r) : run_main(t, r);
    if (!is_null(value)) {
        r->result_refused = !parcel_pack(t, value, PARCEL_ANY, &r->result);
        decref(t, value);
        if (!r->result_refused) return;
    }
    r->raised = true;
    Value exception = err_fetch(t), info = info_of(t, exception);
    decref(t, exception);
    if (is_null(info) || !parcel_pack(t, info, PARCEL_SHAREABLE, &r->result)) err_clear(t);
    decref_maybe(t, info);
}

/* Raised here, since the program there never began or its result is lost: with what went wrong as the cause. */
static Value raise_refused(Thread *t, const Run *r, Value info) {
    Value display = tuple_at(info, INFO_DISPLAY);
    err_raise(t, T_Exception, "%S", is_none(display) ? tuple_at(info, INFO_FORMATTED) : display);
    return parcel_refuse(t, r->result_refused ? "result not shareable" : part_refused[r->refused]);
}

/* Runs and frees it. *info: None, or what became of an exception; both owned. false: an exception is pending here. */
static bool run(Thread *t, int64_t id, Run *r, Value *result, Value *info) {
    *result = *info = V_NONE;
    Entry *entry;
    Thread *there = interpreters_enter(t, id, &entry);
    if (there != NULL) {
        run_there(there, r);
        interpreters_leave(t, entry);
        Value v = r->result.kind == PARCEL_EMPTY ? err_no_memory(t) : parcel_unpack(t, &r->result);
        if (!is_null(v) && r->raised && (r->refused >= 0 || r->result_refused)) raise_refused(t, r, v);
        else if (!is_null(v) && r->raised) *info = namespace_of_info(t, v);
        else if (!is_null(v)) *result = new_ref(v);
        decref_maybe(t, v);
    }
    run_free(r);
    return !err_pending(t);
}

/* As exec() and its relatives answer: None or a namespace that tells of the exception. */
static Value run_script(Thread *t, int64_t id, Run *r) {
    Value result, info;
    return run(t, id, r, &result, &info) ? info : VNULL;
}

/* --- Scripts and their names ---------------------------------------------------------------------------------------- */

static bool pack_code(Thread *t, Value code, Parcel *out) {
    if (V_AS(Code, code)->nfree > 0) return err_fail(t, T_ValueError, "closures not supported");
    return parcel_pack_code(t, code, out);
}

static bool pack_function_code(Thread *t, Value function, Parcel *out) {
    const Code *code = V_AS(Function, function)->code;
    if (code->nargs > 0 || code->nkwonly > 0 || code->flags & (CO_VARARGS | CO_VARKEYWORDS)) return err_fail(t, T_ValueError, "code with args not supported");
    return pack_code(t, v_from(code), out);
}

/* The text of a script, code, or a function without arguments. */
static bool pack_script(Thread *t, Value script, Parcel *out) {
    if (IS_EXACT(script, code)) return pack_code(t, script, out);
    if (IS_EXACT(script, function)) return pack_function_code(t, script, out);
    if (!is_str(t, script) && !is_bytes(t, script)) return err_fail(t, T_TypeError, "unsupported script %R", script);
    Value filename = str_from_cstr(t, "<script>"), code = VNULL;
    if (!is_null(filename)) code = compile_source(t, script, filename, COMPILE_EXEC, 0, -1, -1);
    bool done = !is_null(code) && pack_code(t, code, out);
    decref_maybe(t, filename);
    decref_maybe(t, code);
    return done;
}

/* The items of a dict as one tuple. */
static bool pack_names(Thread *t, Value dict, Parcel *out) {
    if (is_null(dict) || is_none(dict) || dict_len(dict) == 0) return true;
    Value pairs = tuple_new(t, 2 * dict_len(dict)), key, value;
    if (is_null(pairs)) return false;
    uint32_t at = 0;
    for (int64_t i = 0; dict_next(dict, &at, &key, &value); i += 2) {
        V_AS(Tuple, pairs)->items[i] = new_ref(key);
        V_AS(Tuple, pairs)->items[i + 1] = new_ref(value);
    }
    pairs = tuple_done(t, pairs);
    bool done = parcel_pack(t, pairs, PARCEL_SHAREABLE, out);
    decref(t, pairs);
    return done;
}

static Value exec_packed(Thread *t, int64_t id, Value shared, Run *r, bool packed) {
    if (packed && !is_null(shared) && !is_none(shared) && !is_dict(t, shared)) packed = err_fail(t, T_TypeError, "expected 'shared' to be a dict, not %T", shared);
    if (packed && pack_names(t, shared, &r->names)) return run_script(t, id, r);
    run_free(r);
    return VNULL;
}

METHOD(interpreters_exec) {
    int64_t id;
    Run r = {0};
    if (!id_argument(t, args[0], &id) || !interpreters_check(t, id)) return VNULL;
    return exec_packed(t, id, args[2], &r, pack_script(t, args[1], &r.code));
}

METHOD(run_string) {
    int64_t id;
    Run r = {0};
    if (!id_argument(t, args[0], &id) || !interpreters_check(t, id)) return VNULL;
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "_interpreters.run_string() argument 2 must be str, not %T", args[1]);
    return exec_packed(t, id, args[2], &r, pack_script(t, args[1], &r.code));
}

METHOD(run_func) {
    int64_t id;
    Run r = {0};
    if (!id_argument(t, args[0], &id) || !interpreters_check(t, id)) return VNULL;
    if (!IS_EXACT(args[1], function) && !IS_EXACT(args[1], code))
        return err_raise(t, T_TypeError, "_interpreters.run_func() argument 2 must be a function, not %T", args[1]);
    return exec_packed(t, id, args[2], &r, pack_script(t, args[1], &r.code));
}

METHOD(set_main_attrs) {
    int64_t id;
    Run r = {0};
    if (!id_argument(t, args[0], &id) || !interpreters_check(t, id)) return VNULL;
    if (!is_dict(t, args[1])) return err_raise(t, T_TypeError, "_interpreters.set___main___attrs() argument 2 must be dict, not %T", args[1]);
    if (dict_len(args[1]) == 0) return err_raise(t, T_ValueError, "arg 2 must be a non-empty dict");
    return exec_packed(t, id, args[1], &r, true);
}

/* With what was wrong with one of its items as the cause. */
static bool refuse_part(Thread *t, Value part) {
    Value cause = err_fetch(t);
    err_raise_type(t, interpreters_state(t)->not_shareable, "%R does not support cross-interpreter data", part);
    err_set_cause(t, cause);
    return false;
}

METHOD(interpreters_call) {
    int64_t id;
    Run r = {0};
    if (!id_argument(t, args[0], &id) || !interpreters_check(t, id)) return VNULL;
    if (!is_callable(t, args[1])) return err_raise(t, T_TypeError, "expected a callable, got %R", args[1]);
    if (!is_null(args[2]) && !is_none(args[2]) && !is_tuple(t, args[2])) return err_raise(t, T_TypeError, "expected 'args' to be a tuple, not %T", args[2]);
    if (!is_null(args[3]) && !is_none(args[3]) && !is_dict(t, args[3])) return err_raise(t, T_TypeError, "expected 'kwargs' to be a dict, not %T", args[3]);
    bool packed = parcel_pack(t, args[1], PARCEL_ANY, &r.parts[PART_FUNCTION]);
    for (int i = PART_ARGS; i < PART_COUNT && packed; i++) {
        Value part = args[i + 1];
        if (is_null(part) || is_none(part) || (is_dict(t, part) && dict_len(part) == 0)) continue;
        packed = parcel_pack(t, part, PARCEL_ANY, &r.parts[i]) || refuse_part(t, part);
    }
    if (!packed) {
        run_free(&r);
        return VNULL;
    }
    Value result, info, pair = VNULL;
    if (run(t, id, &r, &result, &info)) pair = tuple_of(t, 2, result, info);
    decref_maybe(t, result);
    decref_maybe(t, info);
    return pair;
}

METHOD(capture_exception) {
    Value exception = args[0];
    if (is_null(exception) || is_none(exception)) return V_NONE; /* none is being raised while a function is called */
    if (!is_exception(t, exception)) return err_raise(t, T_TypeError, "expected exception, got %R", exception);
    Value info = info_of(t, exception), result = is_null(info) ? VNULL : namespace_of_info(t, info);
    decref_maybe(t, info);
    return result;
}

/* --- Making, ending, counting ---------------------------------------------------------------------------------------- */

enum { CONFIG_FIELDS = 7 };
static const char *const config_names[] = {"use_main_obmalloc", "allow_fork", "allow_exec", "allow_threads", "allow_daemon_threads",
                                           "check_multi_interp_extensions", "gil"};

static Value config_namespace(Thread *t, bool isolated) {
    Value gil = str_from_cstr(t, isolated ? "own" : "shared");
    if (is_null(gil)) return VNULL;
    const Value values[] = {v_bool(!isolated), v_bool(!isolated), v_bool(!isolated), V_TRUE, v_bool(!isolated), v_bool(isolated), gil};
    Value result = namespace_of(t, config_names, values, CONFIG_FIELDS);
    decref(t, gil);
    return result;
}

METHOD(get_config) {
    int64_t id;
    if (!id_argument(t, args[0], &id) || !interpreters_check(t, id)) return VNULL;
    if (id != t->runtime->main->id) return config_namespace(t, true);
    Value result = config_namespace(t, false), gil = is_null(result) ? VNULL : str_from_cstr(t, "own");
    bool done = !is_null(gil) && attr_set_cstr(t, result, "gil", gil);
    decref_maybe(t, gil);
    if (done) return result;
    decref_maybe(t, result);
    return VNULL;
}

/* What is made is always isolated: another configuration is refused, not taken for it. */
METHOD(create) {
    bool counted = false, isolated = is_null(args[0]) || is_none(args[0]);
    if (!is_null(args[1]) && !arg_bool(t, args[1], &counted)) return VNULL;
    if (!isolated && is_str(t, args[0])) isolated = str_equals_cstr(V_AS(Str, args[0]), "isolated") || str_equals_cstr(V_AS(Str, args[0]), "default");
    if (!isolated && IS_A(t, args[0], SimpleNamespace)) {
        Value gil = attr_get_cstr(t, args[0], "gil");
        if (is_null(gil)) return VNULL;
        isolated = is_str(t, gil) && str_equals_cstr(V_AS(Str, gil), "own");
        decref(t, gil);
    }
    if (!isolated) return err_raise(t, T_NotImplementedError, "interpreters that are not isolated: each has a heap and a GIL of its own");
    int64_t id = interpreters_create(t, counted);
    return id < 0 ? VNULL : v_smallint(id);
}

METHOD(new_config) {
    Value name = nargs > 0 ? args[0] : VNULL;
    if (nargs > 1) return err_raise(t, T_TypeError, "new_config expected at most 1 argument, got %u", nargs);
    bool isolated = is_null(name) || is_none(name) || (is_str(t, name) && (str_equals_cstr(V_AS(Str, name), "isolated") || str_equals_cstr(V_AS(Str, name), "default") ||
                                                                              str_len(V_AS(Str, name)) == 0));
    bool legacy = !isolated && is_str(t, name) && str_equals_cstr(V_AS(Str, name), "legacy");
    if (!isolated && !legacy) return err_raise(t, T_ValueError, "unsupported config name '%S'", name);
    Value config = config_namespace(t, isolated);
    for (int64_t i = 0; !is_null(config) && !is_null(kwnames) && i < tuple_len(kwnames); i++) {
        bool known = false;
        for (int k = 0; k < CONFIG_FIELDS; k++) known = known || str_equals_cstr(V_AS(Str, tuple_at(kwnames, i)), config_names[k]);
        if (!known) err_raise(t, T_ValueError, "got an unexpected override: %R", tuple_at(kwnames, i));
        if (known && attr_set(t, config, tuple_at(kwnames, i), args[nargs + i])) continue;
        decref(t, config);
        return VNULL;
    }
    return config;
}

METHOD(destroy) {
    int64_t id;
    return id_argument(t, args[0], &id) && interpreters_destroy(t, id) ? V_NONE : VNULL;
}

static Value row_of(Thread *t, int64_t id) {
    return tuple_of(t, 2, v_smallint(id), v_smallint(id == t->runtime->main->id ? WHENCE_RUNTIME : WHENCE_STDLIB));
}

METHOD(list_all) {
    Interpreters *all = interpreters_of(t);
    Value list = all == NULL ? VNULL : list_new(t, 0), row = is_null(list) ? VNULL : row_of(t, t->runtime->main->id);
    bool done = !is_null(row) && list_append_take(t, V_AS(List, list), row);
    if (done) {
        pthread_mutex_lock(&all->lock);
        for (Entry *e = all->entries; e != NULL && done; e = e->next) {
            row = row_of(t, e->id);
            done = !is_null(row) && list_append_take(t, V_AS(List, list), row);
        }
        pthread_mutex_unlock(&all->lock);
    }
    if (done) return list;
    decref_maybe(t, list);
    return VNULL;
}

METHOD(get_current) { return row_of(t, t->interp->id); }
METHOD(get_main) { return row_of(t, t->runtime->main->id); }

METHOD(whence) {
    int64_t id;
    if (!id_argument(t, args[0], &id) || !interpreters_check(t, id)) return VNULL;
    return v_smallint(id == t->runtime->main->id ? WHENCE_RUNTIME : WHENCE_STDLIB);
}

METHOD(is_running) {
    int64_t id;
    if (!id_argument(t, args[0], &id)) return VNULL;
    int running = interpreters_is_running(t, id);
    return running < 0 ? VNULL : v_bool(running);
}

METHOD(incref_id) {
    int64_t id;
    return id_argument(t, args[0], &id) && interpreters_add_reference(t, id, 1) ? V_NONE : VNULL;
}
METHOD(decref_id) {
    int64_t id;
    return id_argument(t, args[0], &id) && interpreters_add_reference(t, id, -1) ? V_NONE : VNULL;
}
METHOD(is_shareable) { return v_bool(parcel_is_shareable(t, args[0])); }

static const MethodDef functions[] = {
    {"create", "($module, /, config='isolated', *, reqrefs=False)", "Make a new interpreter and answer its ID. With reqrefs it ends with the last reference to it.", create},
    {"destroy", "($module, /, id, *, restrict=False)", "End the interpreter.", destroy},
    {"list_all", "($module, /, *, require_ready=False)", "The (ID, whence) of all interpreters.", list_all},
    {"get_current", "($module, /)", "The (ID, whence) of the running interpreter.", get_current},
    {"get_main", "($module, /)", "The (ID, whence) of the main interpreter.", get_main},
    {"is_running", "($module, /, id, *, restrict=False)", "Whether something runs in the interpreter's __main__.", is_running},
    {"get_config", "($module, /, id, *, restrict=False)", "How the interpreter is configured.", get_config},
    {"new_config", NULL, "A configuration by its name, with changes given by keywords.", new_config},
    {"whence", "($module, /, id)", "Where the interpreter came from: one of the WHENCE_ numbers.", whence},
    {"exec", "($module, /, id, code, shared=None, *, restrict=False)", "Run a script, code or a function without arguments in the interpreter's __main__.\n\nAnswers None, or what is to be told of an exception.", interpreters_exec},
    {"call", "($module, /, id, callable, args=None, kwargs=None, *, preserve_exc=False, restrict=False)", "Call copies of the callable and of its arguments in the interpreter.\n\nAnswers a copy of the result, and None or what is to be told of an exception.", interpreters_call},
    {"run_string", "($module, /, id, script, shared=None, *, restrict=False)", "Run a script in the interpreter's __main__.", run_string},
    {"run_func", "($module, /, id, func, shared=None, *, restrict=False)", "Run the body of a function without arguments in the interpreter's __main__.", run_func},
    {"set___main___attrs", "($module, /, id, updates, *, restrict=False)", "Set names in the interpreter's __main__ to copies of shareable objects.", set_main_attrs},
    {"incref", "($module, /, id, *, implieslink=False, restrict=False)", "Count a reference to the interpreter.", incref_id},
    {"decref", "($module, /, id, *, restrict=False)", "Give up a reference to the interpreter.", decref_id},
    {"is_shareable", "($module, /, obj)", "Whether the object can go to another interpreter without being pickled.", is_shareable},
    {"capture_exception", "($module, /, exc=None)", "What is to be told of an exception.", capture_exception},
    {NULL},
};

static bool add_exception(Thread *t, Value module, const char *name, Value base, Type **out) {
    Value type = module_new_exception(t, "concurrent.interpreters", name, base);
    if (is_null(type)) return false;
    *out = V_AS(Type, type);
    return module_add(t, module, name, new_ref(type));
}

static bool exec(Thread *t, Value module) {
    InterpretersState *s = module_state(module);
    static const struct { const char *name; int value; } constants[] = {
        {"WHENCE_UNKNOWN", WHENCE_UNKNOWN}, {"WHENCE_RUNTIME", WHENCE_RUNTIME}, {"WHENCE_LEGACY_CAPI", WHENCE_LEGACY_CAPI},
        {"WHENCE_CAPI", WHENCE_CAPI}, {"WHENCE_XI", WHENCE_XI}, {"WHENCE_STDLIB", WHENCE_STDLIB},
    };
    for (size_t i = 0; i < COUNT_OF(constants); i++)
        if (!module_add_int(t, module, constants[i].name, constants[i].value)) return false;
    return add_exception(t, module, "InterpreterError", VNULL, &s->error) &&
           add_exception(t, module, "InterpreterNotFoundError", v_from(s->error), &s->not_found) &&
           add_exception(t, module, "NotShareableError", v_from(builtin_type(t, T_TypeError)), &s->not_shareable);
}

static int traverse(void *data, VisitFn visit, void *context) {
    InterpretersState *s = data;
    Type *const held[] = {s->error, s->not_found, s->not_shareable};
    for (size_t i = 0; i < COUNT_OF(held); i++) {
        int stop = held[i] == NULL ? 0 : visit(v_from(held[i]), context);
        if (stop) return stop;
    }
    return 0;
}

const ModuleDef module__interpreters = {
    .name = "_interpreters",
    .doc = "This module provides primitive operations to manage Python interpreters.\nThe 'interpreters' module provides a more convenient interface.",
    .functions = functions,
    .state_size = sizeof(InterpretersState),
    .exec = exec,
    .traverse = traverse,
};
