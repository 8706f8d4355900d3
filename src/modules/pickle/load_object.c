/* Globals, calls and instances: the instructions with which a pickle names and runs code. */
#include "modules/pickle/pickle_priv.h"

#include "modules/sys.h"

static bool is_ascii(const uint8_t *p, int64_t n) {
    for (int64_t i = 0; i < n; i++)
        if (p[i] > 0x7f) return false;
    return true;
}

/* --- Globals ------------------------------------------------------------------------------------------------------------------------- */

/* The Python 3 name of a global of Python 2: replaces both (owned). */
static bool map_from_python2(Thread *t, Value *module, Value *name) {
    PickleState *s = pickle_state(t);
    Value key = tuple_of(t, 2, *module, *name);
    if (is_null(key)) return false;
    Value pair = dict_get(t, s->name_mapping, key);
    decref(t, key);
    if (is_null(pair) && err_pending(t)) return false;
    if (!is_null(pair)) {
        if (!is_tuple(t, pair) || tuple_len(pair) != 2)
            return err_fail(t, T_RuntimeError, "_compat_pickle.NAME_MAPPING values should be 2-tuples, not %T", pair);
        if (!is_str(t, tuple_at(pair, 0)) || !is_str(t, tuple_at(pair, 1)))
            return err_fail(t, T_RuntimeError, "_compat_pickle.NAME_MAPPING values should be pairs of str, not (%T, %T)", tuple_at(pair, 0),
                            tuple_at(pair, 1));
        slot_set(t, module, new_ref(tuple_at(pair, 0)));
        slot_set(t, name, new_ref(tuple_at(pair, 1)));
        return true;
    }
    Value mapped = dict_get(t, s->import_mapping, *module);
    if (is_null(mapped)) return !err_pending(t);
    if (!is_str(t, mapped)) return err_fail(t, T_RuntimeError, "_compat_pickle.IMPORT_MAPPING values should be strings, not %T", mapped);
    slot_set(t, module, new_ref(mapped));
    return true;
}

static Value find_dotted(Thread *t, Value module, Value module_name, Value name) {
    Value path = pickle_dotted_path(t, name), v = is_null(path) ? VNULL : pickle_follow_path(t, module, path);
    if (is_null(v) && !is_null(path) && err_is(t, T_AttributeError)) {
        Value reason = err_fetch(t);
        err_raise(t, T_AttributeError, "Can't resolve path %R on module %R", name, module_name);
        err_set_context(t, reason);
    }
    decref_maybe(t, path);
    return v;
}

Value unpickler_find_class(Thread *t, Unpickler *u, Value module_name, Value name) {
    if (!sys_audit_event(t, "pickle.find_class", tuple_of(t, 2, module_name, name))) return VNULL;
    incref(module_name);
    incref(name);
    Value v = VNULL;
    if (u->protocol >= 3 || !u->fix_imports || map_from_python2(t, &module_name, &name)) {
        Value module = pickle_import(t, module_name);
        bool dotted = u->protocol >= 4 && IS_EXACT(name, str) && str_find_char(V_AS(Str, name), '.', 0, str_len(V_AS(Str, name))) >= 0;
        if (!is_null(module)) v = dotted ? find_dotted(t, module, module_name, name) : attr_get(t, module, name);
        decref_maybe(t, module);
    }
    decref(t, module_name);
    decref(t, name);
    return v;
}

static Value find_class(Thread *t, Unpickler *u, Value module, Value name) {
    if (LIKELY(!u->finds_itself)) return unpickler_find_class(t, u, module, name);
    return call_method_2(t, u->self, N(t, find_class), module, name);
}

bool unpickle_find_push(Thread *t, Unpickler *u, Value module, Value name) {
    Value v = is_null(module) || is_null(name) ? VNULL : find_class(t, u, module, name);
    decref_maybe(t, module);
    decref_maybe(t, name);
    return unpickle_push(t, u, v);
}

/* A name in a line of its own. VNULL: exception. */
static Value take_name(Thread *t, Unpickler *u, bool ascii) {
    int64_t n;
    const uint8_t *line = input_line(t, &u->in, &n);
    if (line == NULL) return VNULL;
    if (n < 2) {
        UNPICKLING_ERROR(t, "pickle data was truncated");
        return VNULL;
    }
    if (!ascii || is_ascii(line, n - 1)) return str_from_utf8(t, (const char *)line, n - 1);
    Value bytes = bytes_new(t, (const char *)line, n - 1), text = is_null(bytes) ? VNULL : t->hooks->decode(t, bytes, "ascii", "strict");
    decref_maybe(t, bytes);
    return text;
}

bool unpickle_global(Thread *t, Unpickler *u) {
    Value module = take_name(t, u, false), name = is_null(module) ? VNULL : take_name(t, u, false);
    return unpickle_find_push(t, u, module, name);
}

bool unpickle_stack_global(Thread *t, Unpickler *u) {
    Value name = unpickle_pop(t, u), module = is_null(name) ? VNULL : unpickle_pop(t, u);
    if (!is_null(module) && (!IS_EXACT(name, str) || !IS_EXACT(module, str))) {
        UNPICKLING_ERROR(t, "STACK_GLOBAL requires str");
        slot_clear(t, &module);
    }
    return unpickle_find_push(t, u, module, name);
}

/* An object of copyreg's extension registry, which keeps what was found. */
bool unpickle_extension(Thread *t, Unpickler *u, int bytes) {
    const uint8_t *at = input_take(t, &u->in, bytes);
    if (at == NULL) return false;
    int64_t code = (int32_t)read_le(at, bytes);
    if (code <= 0) {
        UNPICKLING_ERROR(t, "EXT specifies code <= 0");
        return false;
    }
    PickleState *s = pickle_state(t);
    Value v = dict_get(t, s->extension_cache, v_smallint(code));
    if (!is_null(v)) return unpickle_push(t, u, new_ref(v));
    Value pair = err_pending(t) ? VNULL : dict_get(t, s->inverted_registry, v_smallint(code));
    if (is_null(pair)) return err_pending(t) ? false : err_fail(t, T_ValueError, "unregistered extension code %ld", (long)code);
    if (!is_tuple(t, pair) || tuple_len(pair) != 2 || !is_str(t, tuple_at(pair, 0)) || !is_str(t, tuple_at(pair, 1)))
        return err_fail(t, T_ValueError, "_inverted_registry[%ld] isn't a 2-tuple of strings", (long)code);
    return unpickle_find_push(t, u, new_ref(tuple_at(pair, 0)), new_ref(tuple_at(pair, 1))) &&
           dict_set(t, s->extension_cache, v_smallint(code), u->stack[u->top - 1]);
}

/* --- Calls --------------------------------------------------------------------------------------------------------------------------- */

bool unpickle_reduce(Thread *t, Unpickler *u) {
    Value args = unpickle_pop(t, u), callable = is_null(args) ? VNULL : unpickle_pop(t, u), v = VNULL;
    if (!is_null(callable)) v = is_tuple(t, args) ? call_tuple(t, callable, args, VNULL) : err_raise(t, T_TypeError, "argument list must be a tuple");
    decref_maybe(t, args);
    decref_maybe(t, callable);
    return unpickle_push(t, u, v);
}

/* cls.__new__(cls, *args, **kwargs); kwargs VNULL: none. The class's own slot is called, not what stands under the name. */
static Value make_instance(Thread *t, Value cls, Value args, Value kwargs, const char *op) {
    if (!is_type(t, cls)) UNPICKLING_ERROR(t, "%s class argument must be a type, not %T", op, cls);
    else if (V_AS(Type, cls)->slots.new == NULL || V_AS(Type, cls)->flags & TF_NO_NEW)
        UNPICKLING_ERROR(t, "%s class argument '%N' doesn't have __new__", op, V_AS(Type, cls));
    else if (!is_tuple(t, args)) UNPICKLING_ERROR(t, "%s args argument must be a tuple, not %T", op, args);
    else if (!is_null(kwargs) && !is_dict(t, kwargs)) UNPICKLING_ERROR(t, "%s kwargs argument must be a dict, not %T", op, kwargs);
    else if (!is_null(kwargs) || tuple_len(args) > 0) {
        Value make = attr_get(t, cls, N(t, __new__)), all = is_null(make) ? VNULL : tuple_new(t, tuple_len(args) + 1), v = VNULL;
        if (!is_null(all)) {
            V_AS(Tuple, all)->items[0] = new_ref(cls);
            for (int64_t i = 0; i < tuple_len(args); i++) V_AS(Tuple, all)->items[i + 1] = new_ref(tuple_at(args, i));
            tuple_done(t, all);
            v = call_tuple(t, make, all, kwargs);
        }
        decref_maybe(t, all);
        decref_maybe(t, make);
        return v;
    } else {
        Value room[2] = {VNULL, VNULL};
        return V_AS(Type, cls)->slots.new(t, V_AS(Type, cls), room + 1, 0, VNULL);
    }
    return VNULL;
}

bool unpickle_newobj(Thread *t, Unpickler *u, bool with_keywords) {
    Value kwargs = with_keywords ? unpickle_pop(t, u) : VNULL, v = VNULL;
    if (with_keywords && is_null(kwargs)) return false;
    Value args = unpickle_pop(t, u), cls = is_null(args) ? VNULL : unpickle_pop(t, u);
    if (!is_null(cls)) v = make_instance(t, cls, args, kwargs, with_keywords ? "NEWOBJ_EX" : "NEWOBJ");
    decref_maybe(t, kwargs);
    decref_maybe(t, args);
    decref_maybe(t, cls);
    return unpickle_push(t, u, v);
}

/* What INST and OBJ do: a class without arguments is not initialised, unless it has __getinitargs__. Takes cls and args. */
static bool push_instance(Thread *t, Unpickler *u, Value cls, Value args) {
    Value v = VNULL;
    if (!is_null(cls) && !is_null(args)) {
        int has_arguments = tuple_len(args) > 0 || !is_type(t, cls) ? 1 : attr_has(t, cls, N(t, __getinitargs__));
        if (has_arguments == 0) v = call_method_1(t, cls, N(t, __new__), cls);
        if (has_arguments > 0) v = call_tuple(t, cls, args, VNULL);
    }
    decref_maybe(t, cls);
    decref_maybe(t, args);
    return unpickle_push(t, u, v);
}

bool unpickle_inst(Thread *t, Unpickler *u) {
    int64_t mark = unpickle_mark(t, u);
    if (mark < 0) return false;
    Value module = take_name(t, u, true), name = is_null(module) ? VNULL : take_name(t, u, true);
    Value cls = is_null(name) ? VNULL : find_class(t, u, module, name);
    decref_maybe(t, module);
    decref_maybe(t, name);
    return push_instance(t, u, cls, is_null(cls) ? VNULL : unpickle_tuple(t, u, mark));
}

bool unpickle_obj(Thread *t, Unpickler *u) {
    int64_t mark = unpickle_mark(t, u);
    if (mark < 0) return false;
    if (u->top - mark < 1) return unpickle_underflow(t, u);
    Value args = unpickle_tuple(t, u, mark + 1);
    return push_instance(t, u, is_null(args) ? VNULL : unpickle_pop(t, u), args);
}

/* --- State --------------------------------------------------------------------------------------------------------------------------- */

/* An interned copy of a key, as names of attributes are; owned. */
static Value intern_key(Thread *t, Value key) { return IS_EXACT(key, str) ? str_intern(t, new_ref(key)) : new_ref(key); }

static bool set_in_slots(Thread *t, Value object, Value state) {
    uint32_t pos = 0;
    Value key, value;
    while (dict_next(state, &pos, &key, &value)) {
        Value name = intern_key(t, key);
        incref(value);
        bool good = !is_null(name) && instance_set(t, v_obj(object), name, value);
        decref_maybe(t, name);
        decref(t, value);
        if (!good) return false;
    }
    return true;
}

static bool set_in_dict(Thread *t, Value object, Value state) {
    Value dict = attr_get(t, object, N(t, __dict__));
    if (is_null(dict)) return false;
    uint32_t pos = 0;
    Value key, value;
    bool good = true;
    while (good && dict_next(state, &pos, &key, &value)) {
        Value name = intern_key(t, key);
        incref(value);
        good = !is_null(name) && item_set(t, dict, name, value);
        decref_maybe(t, name);
        decref(t, value);
    }
    decref(t, dict);
    return good;
}

static bool has_only_str_keys(Value dict) {
    uint32_t pos = 0;
    Value key, value;
    while (dict_next(dict, &pos, &key, &value))
        if (!IS_EXACT(key, str)) return false;
    return true;
}

static bool set_attributes(Thread *t, Value object, Value slots) {
    uint32_t pos = 0;
    Value key, value;
    bool good = true;
    while (good && dict_next(slots, &pos, &key, &value)) {
        incref(key);
        incref(value);
        good = attr_set(t, object, key, value);
        decref(t, key);
        decref(t, value);
    }
    return good;
}

/* What an object without __setstate__ does with its state: attributes, or a pair of them and the slots. */
static bool set_state(Thread *t, Value object, Value state) {
    Value slots = VNULL;
    if (is_tuple(t, state) && tuple_len(state) == 2) {
        slots = tuple_at(state, 1);
        state = tuple_at(state, 0);
    }
    if (!is_none(state)) {
        if (!is_dict(t, state)) {
            UNPICKLING_ERROR(t, "state is not a dictionary");
            return false;
        }
        bool plain = type_is_plain_instance(t, object) && has_only_str_keys(state);
        if (!(plain ? set_in_slots(t, object, state) : set_in_dict(t, object, state))) return false;
    }
    if (is_null(slots) || is_none(slots)) return true;
    if (!is_dict(t, slots)) {
        UNPICKLING_ERROR(t, "slot state is not a dictionary");
        return false;
    }
    return set_attributes(t, object, slots);
}

bool unpickle_build(Thread *t, Unpickler *u) {
    if (u->top - 2 < u->fence) return unpickle_underflow(t, u);
    Value state = unpickle_pop(t, u), object = u->stack[u->top - 1];
    Value setstate = attr_get_maybe(t, object, N(t, __setstate__));
    bool good;
    if (!is_null(setstate)) {
        Value done = call_1(t, setstate, state);
        good = !is_null(done);
        decref_maybe(t, done);
        decref(t, setstate);
    } else {
        good = !err_pending(t) && set_state(t, object, state);
    }
    decref(t, state);
    return good;
}
