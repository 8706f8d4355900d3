/* Globals: classes, functions and whatever calls itself by a name. They are written as module and name, after a check that they can be
 * found again under these, or as a number of copyreg's extension registry. */
#include "modules/pickle/pickle_priv.h"

/* --- Dotted paths -------------------------------------------------------------------------------------------------------------------- */

Value pickle_dotted_path(Thread *t, Value name) {
    Value parts = list_new(t, 1);
    int64_t start = 0, end = str_len(V_AS(Str, name));
    while (!is_null(parts) && start <= end) {
        int64_t dot = str_find_char(V_AS(Str, name), '.', start, end);
        if (dot < 0) dot = end;
        Value part = str_substring(t, name, start, dot);
        if (is_null(part) || !list_append_take(t, V_AS(List, parts), part)) {
            decref(t, parts);
            return VNULL;
        }
        start = dot + 1;
    }
    return parts;
}

Value pickle_follow_path(Thread *t, Value object, Value path) {
    Value v = new_ref(object);
    for (int64_t i = 0; !is_null(v) && i < list_len(path); i++) {
        Value name = new_ref(list_at(path, i)), next = attr_get(t, v, name);
        decref(t, name);
        decref(t, v);
        v = next;
    }
    return v;
}

Value pickle_import(Thread *t, Value name) {
    Value top = import_module_level(t, name, VNULL, VNULL, VNULL, 0);
    if (is_null(top)) return VNULL;
    decref(t, top); /* "a" of "a.b" */
    return item_get(t, t->interp->modules, name);
}

/* --- The module of a global ---------------------------------------------------------------------------------------------------------- */

/* Raises PicklingError in the handling of the pending exception. */
static Value fail_because(Thread *t, const char *format, ...) {
    Value reason = err_fetch(t);
    va_list args;
    va_start(args, format);
    err_raise_va(t, V_AS(Type, pickle_state(t)->PicklingError), format, args);
    va_end(args);
    err_set_context(t, reason);
    return VNULL;
}

/* 1: the object is what stands in the module under this path; 0: it is not, or nothing does; -1. */
static int stands_in(Thread *t, Value module, Value path, Value object) {
    Value found = pickle_follow_path(t, module, path);
    if (is_null(found)) return err_catch(t, T_AttributeError) ? 0 : -1;
    bool is = same(found, object);
    decref(t, found);
    return is;
}

/* For an object without __module__: the first module that has it; __main__ otherwise. Owned. */
static Value search_modules(Thread *t, Value object, Value path) {
    Value modules = IS_EXACT(t->interp->modules, dict) ? dict_items_list(t, t->interp->modules) : VNULL, found = VNULL;
    if (is_null(modules) && err_pending(t)) return VNULL;
    for (int64_t i = 0; !is_null(modules) && is_null(found) && i < list_len(modules); i++) {
        Value name = tuple_at(list_at(modules, i), 0), module = tuple_at(list_at(modules, i), 1);
        if (is_none(module)) continue;
        if (IS_EXACT(name, str) && (str_equals_cstr(V_AS(Str, name), "__main__") || str_equals_cstr(V_AS(Str, name), "__mp_main__"))) continue;
        int is = stands_in(t, module, path, object);
        if (is < 0) {
            decref(t, modules);
            return VNULL;
        }
        if (is) found = new_ref(name);
    }
    decref_maybe(t, modules);
    return is_null(found) ? str_intern_cstr(t, "__main__") : found;
}

/* false: PicklingError, unless the object can be found where it says. */
static bool check_place(Thread *t, Value object, Value module_name, Value name, Value path) {
    Value module = pickle_import(t, module_name);
    if (is_null(module)) {
        if (!err_is(t, T_ImportError) && !err_is(t, T_ValueError) && !err_is(t, T_KeyError)) return false;
        Value reason = err_fetch(t);
        PICKLING_ERROR(t, "Can't pickle %R: %S", object, reason);
        err_set_context(t, reason);
        return false;
    }
    Value found = pickle_follow_path(t, module, path);
    decref(t, module);
    if (is_null(found)) {
        if (err_is(t, T_AttributeError)) fail_because(t, "Can't pickle %R: it's not found as %S.%S", object, module_name, name);
        return false;
    }
    bool is = same(found, object);
    decref(t, found);
    if (!is) PICKLING_ERROR(t, "Can't pickle %R: it's not the same object as %S.%S", object, module_name, name);
    return is;
}

/* The name of the module that has the object under `name`; owned. */
static Value module_of(Thread *t, Value object, Value name, Value path) {
    Value module_name = attr_get_maybe(t, object, N(t, __module__));
    if (is_null(module_name) && err_pending(t)) return VNULL;
    for (int64_t i = 0; i < list_len(path); i++)
        if (str_equals_cstr(V_AS(Str, list_at(path, i)), "<locals>")) {
            decref_maybe(t, module_name);
            PICKLING_ERROR(t, "Can't pickle local object %R", object);
            return VNULL;
        }
    if (is_null(module_name) || is_none(module_name)) module_name = search_modules(t, object, path);
    if (is_null(module_name)) return VNULL;
    if (!is_str(t, module_name)) err_raise(t, T_TypeError, "module name must be a string");
    else if (check_place(t, object, module_name, name, path)) return module_name;
    decref(t, module_name);
    return VNULL;
}

/* --- Writing ------------------------------------------------------------------------------------------------------------------------- */

/* 1: written as a number of the extension registry; 0: it is not registered; -1. */
static int save_extension(Thread *t, Pickler *p, Value module_name, Value name) {
    Value key = tuple_of(t, 2, module_name, name);
    if (is_null(key)) return -1;
    Value number = dict_get(t, pickle_state(t)->extension_registry, key);
    decref(t, key);
    if (is_null(number)) return err_pending(t) ? -1 : 0;
    int64_t code;
    if (!arg_i64(t, number, &code)) return -1;
    if (code <= 0 || code > INT32_MAX) return err_minus(t, T_RuntimeError, "extension code %ld is out of range", (long)code);
    int bytes = code <= 0xff ? 1 : code <= 0xffff ? 2 : 4;
    uint8_t op[5] = {bytes == 1 ? PK_EXT1 : bytes == 2 ? PK_EXT2 : PK_EXT4};
    store_le(op + 1, (uint64_t)code, 4);
    return output_put(t, &p->out, op, bytes + 1) ? 1 : -1;
}

/* The Python 2 name of a global: replaces both (owned). */
static bool map_to_python2(Thread *t, Value *module_name, Value *name) {
    PickleState *s = pickle_state(t);
    Value key = tuple_of(t, 2, *module_name, *name);
    if (is_null(key)) return false;
    Value pair = dict_get(t, s->reverse_name_mapping, key);
    decref(t, key);
    if (is_null(pair) && err_pending(t)) return false;
    if (!is_null(pair)) {
        if (!is_tuple(t, pair) || tuple_len(pair) != 2)
            return err_fail(t, T_RuntimeError, "_compat_pickle.REVERSE_NAME_MAPPING values should be 2-tuples, not %T", pair);
        if (!is_str(t, tuple_at(pair, 0)) || !is_str(t, tuple_at(pair, 1)))
            return err_fail(t, T_RuntimeError, "_compat_pickle.REVERSE_NAME_MAPPING values should be pairs of str, not (%T, %T)",
                            tuple_at(pair, 0), tuple_at(pair, 1));
        slot_set(t, module_name, new_ref(tuple_at(pair, 0)));
        slot_set(t, name, new_ref(tuple_at(pair, 1)));
        return true;
    }
    Value module = dict_get(t, s->reverse_import_mapping, *module_name);
    if (is_null(module)) return !err_pending(t);
    if (!is_str(t, module)) return err_fail(t, T_RuntimeError, "_compat_pickle.REVERSE_IMPORT_MAPPING values should be strings, not %T", module);
    slot_set(t, module_name, new_ref(module));
    return true;
}

/* A name and a line feed: ASCII, in protocol 3 UTF-8. */
static bool put_name_line(Thread *t, Pickler *p, Value name, const char *what) {
    Value text = t->hooks->encode(t, name, p->protocol == 3 ? "utf-8" : "ascii", "strict");
    if (is_null(text)) {
        if (err_is(t, T_UnicodeEncodeError))
            fail_because(t, "can't pickle %s identifier %R using pickle protocol %d", what, name, (int)p->protocol);
        return false;
    }
    bool good = output_put(t, &p->out, V_AS(Bytes, text)->data, V_AS(Bytes, text)->length) && output_byte(t, &p->out, '\n');
    decref(t, text);
    return good;
}

static bool put_global_lines(Thread *t, Pickler *p, Value module_name, Value name) {
    if (!output_byte(t, &p->out, PK_GLOBAL)) return false;
    incref(module_name);
    incref(name);
    bool good = (!p->fix_imports || p->protocol >= 3 || map_to_python2(t, &module_name, &name)) &&
                put_name_line(t, p, module_name, "module") && put_name_line(t, p, name, "global");
    decref(t, module_name);
    decref(t, name);
    return good;
}

/* Before protocol 4 there are no dotted names: "a.b" is written as getattr(a, "b"). */
static bool save_by_lines(Thread *t, Pickler *p, Value module_name, Value path) {
    int64_t n = list_len(path);
    for (int64_t i = 1; i < n; i++)
        if (!pickle_save(t, p, pickle_state(t)->getattr) || (p->protocol < 2 && !output_byte(t, &p->out, PK_MARK))) return false;
    if (!put_global_lines(t, p, module_name, list_at(path, 0))) return false;
    for (int64_t i = 1; i < n; i++)
        if (!pickle_save(t, p, list_at(path, i)) || !output_byte(t, &p->out, p->protocol < 2 ? PK_TUPLE : PK_TUPLE2) ||
            !output_byte(t, &p->out, PK_REDUCE))
            return false;
    return true;
}

static bool save_named(Thread *t, Pickler *p, Value v, Value name, Value path) {
    Value module_name = module_of(t, v, name, path);
    if (is_null(module_name)) return false;
    int extension = p->protocol >= 2 ? save_extension(t, p, module_name, name) : 0;
    bool good = extension >= 0;
    if (extension == 0) {
        if (p->protocol >= 4) good = pickle_save(t, p, module_name) && pickle_save(t, p, name) && output_byte(t, &p->out, PK_STACK_GLOBAL);
        else good = save_by_lines(t, p, module_name, path);
        good = good && pickle_memoize(t, p, v);
    }
    decref(t, module_name);
    return good;
}

bool pickle_save_global(Thread *t, Pickler *p, Value v, Value name) {
    if (!is_null(name)) {
        incref(name);
    } else {
        name = attr_get_maybe(t, v, N(t, __qualname__));
        if (is_null(name) && !err_pending(t)) name = attr_get(t, v, N(t, __name__));
        if (is_null(name)) return false;
    }
    Value path = is_str(t, name) ? pickle_dotted_path(t, name) : err_raise(t, T_TypeError, "must be str, not %T", name);
    bool good = !is_null(path) && save_named(t, p, v, name, path);
    decref_maybe(t, path);
    decref(t, name);
    return good;
}
