/* types.SimpleNamespace: a bag of attributes. */
#include "heap/heap.h"
#include "object/dict.h"
#include "object/dispatch.h"
#include "object/instance.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/arguments.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"
#include "types/types_priv.h"

typedef struct Namespace { Object head; void *ext; } Namespace;

static bool check_names(Thread *t, Value dict) {
    uint32_t pos = 0;
    Value key, value;
    while (dict_next(dict, &pos, &key, &value))
        if (!is_str(t, key)) return err_fail(t, T_TypeError, "keywords must be strings");
    return true;
}

static bool namespace_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_arity(t, type_of(t, self)->def->name + sizeof "types", nargs, 0, 1)) return false;
    Value dict = instance_dict(t, v_obj(self));
    if (is_null(dict)) return false;
    bool ok = true;
    if (nargs == 1) {
        Value items = is_dict(t, args[0]) ? new_ref(args[0]) : call_1(t, v_from(builtin_type(t, T_dict)), args[0]);
        ok = !is_null(items) && check_names(t, items) && dict_update(t, dict, items);
        decref_maybe(t, items);
    }
    for (uint32_t k = 0; ok && k < keyword_count(kwnames); k++) ok = dict_set(t, dict, tuple_at(kwnames, k), args[nargs + k]);
    decref(t, dict);
    return ok;
}

static Value namespace_repr(Thread *t, Value self) {
    int entered = repr_enter(t, self);
    const char *name = IS_EXACT(self, SimpleNamespace) ? "namespace" : NULL;
    if (entered < 0) return VNULL;
    if (entered == 0) return name ? str_from_cstr(t, "namespace(...)") : str_format(t, "%T(...)", self);
    Value dict = instance_dict(t, v_obj(self)), result = VNULL, copy = is_null(dict) ? VNULL : dict_copy(t, dict);
    if (!is_null(copy)) {
        StrBuilder b;
        str_builder_init(&b);
        str_builder_format(t, &b, name ? "namespace(" : "%T(", self);
        uint32_t pos = 0, n = 0;
        Value key, value;
        bool ok = true;
        while (ok && dict_next(copy, &pos, &key, &value)) {
            if (!is_str(t, key) || str_len(V_AS(Str, key)) == 0) continue;
            if (n++) str_builder_cstr(t, &b, ", ");
            ok = str_builder_str(t, &b, key) && str_builder_cstr(t, &b, "=") && str_builder_repr(t, &b, value);
        }
        if (ok) ok = str_builder_cstr(t, &b, ")");
        if (ok) result = str_builder_finish(t, &b);
        else str_builder_drop(t, &b);
        decref(t, copy);
    }
    decref_maybe(t, dict);
    repr_leave(t, self);
    return result;
}

static Value namespace_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if (!IS_A(t, a, SimpleNamespace) || !IS_A(t, b, SimpleNamespace)) return V_NOTIMPL;
    Value da = instance_dict(t, v_obj(a)), db = is_null(da) ? VNULL : instance_dict(t, v_obj(b));
    Value r = is_null(db) ? VNULL : compare(t, da, db, op);
    decref_maybe(t, da);
    decref_maybe(t, db);
    return r;
}

static Value namespace_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value dict = instance_dict(t, v_obj(args[0]));
    if (is_null(dict)) return VNULL;
    Value r = tuple_of(t, 3, v_from(type_of(t, args[0])), t->interp->empty_tuple, dict);
    decref(t, dict);
    return r;
}

static Value namespace_replace(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (nargs != 1) return err_raise(t, T_TypeError, "__replace__() takes no positional arguments");
    Value copy = call_0(t, v_from(type_of(t, args[0])));
    if (is_null(copy)) return VNULL;
    if (!IS_A(t, copy, SimpleNamespace)) {
        Value name = type_full_name(t, type_of(t, args[0]));
        if (!is_null(name)) err_raise(t, T_TypeError, "expect types.SimpleNamespace type, but %U() returned '%T' object", name, copy);
        decref_maybe(t, name);
        decref(t, copy);
        return VNULL;
    }
    Value from = instance_dict(t, v_obj(args[0])), to = is_null(from) ? VNULL : instance_dict(t, v_obj(copy));
    bool ok = !is_null(to) && dict_update(t, to, from);
    for (uint32_t k = 0; ok && k < keyword_count(kwnames); k++) ok = dict_set(t, to, tuple_at(kwnames, k), args[1 + k]);
    decref_maybe(t, from);
    decref_maybe(t, to);
    if (ok) return copy;
    decref(t, copy);
    return VNULL;
}

static const MethodDef methods[] = {
    {"__reduce__", "($self, /)", "Return state information for pickling", namespace_reduce},
    {"__replace__", "($self, /, **changes)", "Return a copy of the namespace object with new values for the specified attributes.", namespace_replace},
    {NULL},
};
const TypeDef typedef_SimpleNamespace = {
    .name = "types.SimpleNamespace",
    .doc = "A simple attribute-based namespace.",
    .signature = "(mapping_or_iterable=(), /, **kwargs)",
    .flags = TF_BASE | TF_GC | TF_DICT,
    .size = sizeof(Namespace),
    .ext_offset = offsetof(Namespace, ext),
    .methods = methods,
    .slots = {.new = type_generic_new, .init = namespace_init, .repr = namespace_repr, .compare = namespace_compare},
};
