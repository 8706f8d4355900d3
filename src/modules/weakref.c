/* The module _weakref. */
#include "object/weakref.h"

#include "modules/module.h"

static Value get_count(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t n = 0;
    if (is_obj(args[0])) {
        for (WeakRef *w = weakref_list(t, v_obj(args[0])); w; w = w->next) n += w->head.refs > 0;
    }
    return v_smallint(n);
}

static Value get_references(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value list = list_new(t, 0);
    if (is_null(list) || !is_obj(args[0])) return list;
    for (WeakRef *w = weakref_list(t, v_obj(args[0])); w; w = w->next) {
        if (w->head.refs == 0 || list_append(t, V_AS(List, list), v_from(w))) continue;
        decref(t, list);
        return VNULL;
    }
    return list;
}

static Value proxy(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "_weakref.proxy", kwnames) || !call_arity(t, "proxy", nargs, 1, 2)) return VNULL;
    enum TypeId id = is_callable(t, args[0]) ? T_weakcallableproxy : T_weakproxy;
    return weakref_make(t, builtin_type(t, id), args[0], nargs > 1 && !is_none(args[1]) ? args[1] : VNULL);
}

/* The entry stays when its reference was replaced by a live one meanwhile. */
static Value remove_dead(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_dict(t, args[0])) return err_raise(t, T_TypeError, "_remove_dead_weakref() argument 1 must be dict, not %T", args[0]);
    Value ref = dict_get(t, args[0], args[1]);
    if (is_null(ref)) return err_pending(t) ? VNULL : V_NONE;
    if (!IS_A(t, ref, weakref)) return err_raise(t, T_TypeError, "not a weakref");
    if (is_none(weakref_get(ref)) && dict_delete(t, args[0], args[1]) < 0) return VNULL;
    return V_NONE;
}

static const MethodDef functions[] = {
    {"getweakrefcount", "($module, object, /)", "How many weak references and proxies the object has.", get_count, 0, FX_NO_PYTHON | FX_NO_RAISE},
    {"getweakrefs", "($module, object, /)", "The object's weak references and proxies, as a list.", get_references, 0, FX_NO_PYTHON},
    {"proxy", NULL, "proxy(object[, callback]): an object that behaves as this one does, without keeping it alive.", proxy},
    {"_remove_dead_weakref", "($module, dct, key, /)", "Removes the key's entry if its weak reference is dead.", remove_dead},
    {0},
};

static bool weakref_exec(Thread *t, Value module) {
    Value ref = v_from(builtin_type(t, T_weakref));
    return module_add(t, module, "ref", new_ref(ref)) && module_add(t, module, "ReferenceType", new_ref(ref)) &&
           module_add(t, module, "ProxyType", ref_of(builtin_type(t, T_weakproxy))) &&
           module_add(t, module, "CallableProxyType", ref_of(builtin_type(t, T_weakcallableproxy)));
}

const ModuleDef module_weakref = {
    .name = "_weakref",
    .doc = "Weak references: what the module weakref stands on.",
    .functions = functions,
    .exec = weakref_exec,
};
