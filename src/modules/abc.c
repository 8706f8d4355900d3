/* _abc: abstract base classes.
 *
 * Each abstract class has its data in the attribute _abc_impl: three tables of classes.  A table maps the address of a class to a weak
 * reference: an entry counts only while the reference still leads to that class, so that nothing has to be done when classes
 * die; what has died is swept out when a table has doubled.  Registering anywhere makes all negative answers void: they carry
 * the number of registrations at the time.
 */
#include "modules/module.h"
#include "object/instance.h"
#include "object/set.h"
#include "object/weakref.h"

typedef struct AbcData {
    Object head;
    Value registry, cache, negative; /* dicts or VNULL */
    uint32_t registry_sweep, cache_sweep, negative_sweep; /* sizes at which dead entries are swept out */
    int64_t negative_version;
    void *ext;
} AbcData;
typedef struct AbcState {
    int64_t registrations;
    Type *data_type;
} AbcState;

static AbcState *state_of(Thread *t, Value callee) { return module_state(function_module(t, callee)); }

/* --- Tables of classes --------------------------------------------------------------------------------------------------------------- */

static Value table_key(Value cls) { return v_smallint((int64_t)(cls.bits >> 4)); }

static bool table_has(Thread *t, Value table, Value cls) {
    if (is_null(table)) return false;
    Value ref = dict_get(t, table, table_key(cls));
    return !is_null(ref) && same(weakref_get(ref), cls);
}

static bool table_sweep(Thread *t, Value *table) {
    Value fresh = dict_new(t);
    if (is_null(fresh)) return false;
    uint32_t pos = 0;
    Value key, ref;
    while (dict_next(*table, &pos, &key, &ref)) {
        if (is_none(weakref_get(ref)) || dict_set(t, fresh, key, ref)) continue;
        decref(t, fresh);
        return false;
    }
    slot_set(t, table, fresh);
    return true;
}

static bool table_add(Thread *t, Value *table, uint32_t *sweep, Value cls) {
    if (is_null(*table)) {
        *table = dict_new(t);
        if (is_null(*table)) return false;
        *sweep = 32;
    }
    if (dict_len(*table) >= *sweep) {
        if (!table_sweep(t, table)) return false;
        *sweep = 32 + 2 * (uint32_t)dict_len(*table);
    }
    Value ref = weakref_new(t, cls, VNULL);
    if (is_null(ref)) return false;
    bool ok = dict_set(t, *table, table_key(cls), ref);
    decref(t, ref);
    return ok;
}

/* --- The data of a class ------------------------------------------------------------------------------------------------------------- */

/* Owned; NULL: an exception. */
static AbcData *data_of(Thread *t, AbcState *state, Value cls) {
    Value v = attr_get(t, cls, N(t, _abc_impl));
    if (is_null(v)) return NULL;
    if (type_of(t, v) == state->data_type) return V_AS(AbcData, v);
    err_raise(t, T_TypeError, "_abc_impl is set to a wrong type");
    decref(t, v);
    return NULL;
}

/* Adds the names among `names` (attributes of cls) that are abstract. */
static bool is_abstract(Thread *t, Value v, int *result) {
    Value flag = attr_get_maybe(t, v, N(t, __isabstractmethod__));
    if (is_null(flag)) {
        *result = 0;
        return !err_pending(t);
    }
    *result = truth(t, flag);
    decref(t, flag);
    return *result >= 0;
}

static bool own_abstract_methods(Thread *t, Value cls, Value out) {
    if (!is_type(t, cls)) return err_fail(t, T_TypeError, "_abc_init() argument must be a class");
    Value copy = dict_copy(t, V_AS(Type, cls)->dict);
    if (is_null(copy)) return false;
    uint32_t pos = 0;
    Value name, v;
    bool ok = true;
    while (ok && dict_next(copy, &pos, &name, &v)) {
        int abstract;
        ok = is_abstract(t, v, &abstract);
        if (ok && abstract) ok = set_add(t, out, name);
    }
    decref(t, copy);
    return ok;
}

static bool inherited_abstract_methods(Thread *t, Value cls, Value out) {
    Value bases = attr_get(t, cls, N(t, __bases__));
    if (is_null(bases)) return false;
    bool ok = true;
    for (int64_t i = 0; ok && i < tuple_len(bases); i++) {
        Value names = attr_get_maybe(t, tuple_at(bases, i), N(t, __abstractmethods__));
        if (is_null(names)) {
            ok = !err_pending(t);
            continue;
        }
        Value list = list_from_iterable(t, names);
        decref(t, names);
        ok = !is_null(list);
        for (int64_t k = 0; ok && k < list_len(list); k++) {
            Value v = attr_get_maybe(t, cls, list_at(list, k));
            int abstract = 0;
            ok = is_null(v) ? !err_pending(t) : is_abstract(t, v, &abstract);
            if (ok && abstract) ok = set_add(t, out, list_at(list, k));
            decref_maybe(t, v);
        }
        decref_maybe(t, list);
    }
    decref(t, bases);
    return ok;
}

static bool compute_abstract_methods(Thread *t, Value cls) {
    Value names = set_new(t, VNULL);
    if (is_null(names)) return false;
    bool ok = own_abstract_methods(t, cls, names) && inherited_abstract_methods(t, cls, names);
    Value frozen = ok ? frozenset_new(t, names) : VNULL;
    decref(t, names);
    ok = !is_null(frozen) && attr_set(t, cls, N(t, __abstractmethods__), frozen);
    decref_maybe(t, frozen);
    return ok;
}

enum { PYTHON_SEQUENCE = 1 << 5, PYTHON_MAPPING = 1 << 6 };

/* __abc_tpflags__ tells which patterns instances match. */
static bool take_pattern_flags(Thread *t, Value cls) {
    Type *type = V_AS(Type, cls);
    Value flags = dict_get_str(t, type->dict, N(t, __abc_tpflags__));
    if (is_null(flags)) return true;
    int64_t bits;
    if (!is_smallint(flags) || !arg_i64(t, flags, &bits)) return !err_pending(t);
    if ((bits & (PYTHON_SEQUENCE | PYTHON_MAPPING)) == (PYTHON_SEQUENCE | PYTHON_MAPPING))
        return err_fail(t, T_TypeError, "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING");
    if (bits & PYTHON_SEQUENCE) type->flags = (type->flags & ~(uint32_t)TF_MAPPING) | TF_SEQUENCE;
    if (bits & PYTHON_MAPPING) type->flags = (type->flags & ~(uint32_t)TF_SEQUENCE) | TF_MAPPING;
    return dict_delete(t, type->dict, N(t, __abc_tpflags__)) >= 0;
}

static Value abc_init(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    AbcState *state = state_of(t, args[-1]);
    if (!compute_abstract_methods(t, args[0])) return VNULL;
    Value data = object_new(t, state->data_type);
    if (is_null(data)) return VNULL;
    V_AS(AbcData, data)->negative_version = state->registrations;
    object_done(t, data);
    bool ok = attr_set(t, args[0], N(t, _abc_impl), data);
    decref(t, data);
    return ok && take_pattern_flags(t, args[0]) ? V_NONE : VNULL;
}

/* --- Registering --------------------------------------------------------------------------------------------------------------------- */

/* Subclasses match the same patterns; a class that says something itself keeps it. */
static void spread_pattern_flag(Thread *t, Type *type, uint32_t flag) {
    if ((type->flags & (TF_SEQUENCE | TF_MAPPING)) == flag || type->flags & TF_IMMUTABLE) return;
    type->flags = (type->flags & ~(uint32_t)(TF_SEQUENCE | TF_MAPPING)) | flag;
    if (is_null(type->subclasses)) return;
    uint32_t pos = 0;
    Value key, v;
    while (dict_next(type->subclasses, &pos, &key, &v)) {
        if (IS_EXACT(v, weakref)) v = weakref_get(v);
        if (!is_none(v)) spread_pattern_flag(t, V_AS(Type, v), flag);
    }
}

static Value abc_register(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    AbcState *state = state_of(t, args[-1]);
    Value self = args[0], cls = args[1];
    if (!is_type(t, cls)) return err_raise(t, T_TypeError, "Can only register classes");
    int r = is_subclass(t, cls, self);
    if (r) return r < 0 ? VNULL : new_ref(cls);
    r = is_subclass(t, self, cls);
    if (r) return r < 0 ? VNULL : err_raise(t, T_RuntimeError, "Refusing to create an inheritance cycle");
    AbcData *data = data_of(t, state, self);
    if (data == NULL) return VNULL;
    bool ok = table_add(t, &data->registry, &data->registry_sweep, cls);
    obj_decref(t, data);
    if (!ok) return VNULL;
    state->registrations++;
    if (is_type(t, self)) {
        uint32_t flag = V_AS(Type, self)->flags & (TF_SEQUENCE | TF_MAPPING);
        if (flag) spread_pattern_flag(t, V_AS(Type, cls), flag);
    }
    return new_ref(cls);
}

/* --- Checking ------------------------------------------------------------------------------------------------------------------------ */

static Value subclasscheck_of(Thread *t, Value self, Value cls) { return call_method_1(t, self, N(t, __subclasscheck__), cls); }

static Value abc_instancecheck(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    AbcState *state = state_of(t, args[-1]);
    Value self = args[0];
    AbcData *data = data_of(t, state, self);
    if (data == NULL) return VNULL;
    Value result = VNULL, cls = attr_get_maybe(t, args[1], N(t, __class__));
    if (is_null(cls)) {
        if (err_pending(t)) goto done;
        cls = ref_of(type_of(t, args[1]));
    }
    if (table_has(t, data->cache, cls)) {
        result = V_TRUE;
        goto done;
    }
    Value type = v_from(type_of(t, args[1]));
    if (same(type, cls)) {
        if (data->negative_version == state->registrations && table_has(t, data->negative, cls)) result = V_FALSE;
        else result = subclasscheck_of(t, self, cls);
        goto done;
    }
    result = subclasscheck_of(t, self, cls);
    if (is_null(result)) goto done;
    int yes = truth(t, result);
    if (yes) {
        if (yes < 0) slot_clear(t, &result);
        goto done;
    }
    slot_set(t, &result, subclasscheck_of(t, self, type));
done:
    decref_maybe(t, cls);
    obj_decref(t, data);
    return result;
}

/* Whether the class is below one of those registered: 1, 0, -1. */
static int check_registry(Thread *t, AbcData *data, Value cls) {
    if (is_null(data->registry)) return 0;
    Value refs = dict_values_list(t, data->registry);
    if (is_null(refs)) return -1;
    int result = 0;
    for (int64_t i = 0; result == 0 && i < list_len(refs); i++) {
        Value other = weakref_get(list_at(refs, i));
        if (is_none(other)) continue;
        incref(other);
        result = is_subclass(t, cls, other);
        decref(t, other);
    }
    decref(t, refs);
    return result;
}

static int check_subclasses(Thread *t, Value self, Value cls) {
    Value subclasses = call_method_0(t, self, N(t, __subclasses__));
    if (is_null(subclasses)) return -1;
    int result = 0;
    if (!is_list(t, subclasses)) result = err_minus(t, T_TypeError, "__subclasses__() must return a list");
    for (int64_t i = 0; result == 0 && i < list_len(subclasses); i++) {
        Value other = new_ref(list_at(subclasses, i));
        result = is_subclass(t, cls, other);
        decref(t, other);
    }
    decref(t, subclasses);
    return result;
}

static int check_hook(Thread *t, Value self, Value cls, bool *decided) {
    Value answer = call_method_1(t, self, N(t, __subclasshook__), cls);
    if (is_null(answer)) return -1;
    *decided = !is_notimpl(answer);
    int result = same(answer, V_TRUE);
    bool odd = *decided && !is_bool(answer);
    decref(t, answer);
    return odd ? err_minus(t, T_AssertionError, "__subclasshook__ must return either False, True, or NotImplemented") : result;
}

static Value abc_subclasscheck(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    AbcState *state = state_of(t, args[-1]);
    Value self = args[0], cls = args[1];
    if (!is_type(t, cls)) return err_raise(t, T_TypeError, "issubclass() arg 1 must be a class");
    AbcData *data = data_of(t, state, self);
    if (data == NULL) return VNULL;
    bool decided = false;
    int result = 1;
    if (table_has(t, data->cache, cls)) goto answer;
    if (data->negative_version < state->registrations) {
        slot_clear(t, &data->negative);
        data->negative_version = state->registrations;
    } else if (table_has(t, data->negative, cls)) {
        result = 0;
        goto answer;
    }
    result = check_hook(t, self, cls, &decided);
    if (result == 0 && !decided) {
        Type *type = V_AS(Type, cls);
        for (uint32_t i = 0; !result && i < type->mro_count; i++) result = same(v_from(type->mro_types[i]), self);
        if (result == 0 && table_has(t, data->registry, cls)) goto registered;
        if (result == 0) result = check_registry(t, data, cls);
        if (result == 0) result = check_subclasses(t, self, cls);
    }
    if (result > 0 && !table_add(t, &data->cache, &data->cache_sweep, cls)) result = -1;
    if (result == 0 && !table_add(t, &data->negative, &data->negative_sweep, cls)) result = -1;
    goto answer;
registered:
    result = 1;
answer:
    obj_decref(t, data);
    return result < 0 ? VNULL : v_bool(result);
}

/* --- Looking in ---------------------------------------------------------------------------------------------------------------------- */

static Value table_as_set(Thread *t, Value table) {
    Value set = set_new(t, VNULL);
    if (is_null(set) || is_null(table)) return set;
    uint32_t pos = 0;
    Value key, ref;
    while (dict_next(table, &pos, &key, &ref)) {
        if (is_none(weakref_get(ref)) || set_add(t, set, ref)) continue;
        decref(t, set);
        return VNULL;
    }
    return set;
}

static Value abc_get_dump(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    AbcData *data = data_of(t, state_of(t, args[-1]), args[0]);
    if (data == NULL) return VNULL;
    Value registry = table_as_set(t, data->registry), cache = table_as_set(t, data->cache), negative = table_as_set(t, data->negative), r = VNULL;
    if (!is_null(registry) && !is_null(cache) && !is_null(negative)) r = tuple_of(t, 4, registry, cache, negative, v_smallint(data->negative_version));
    decref_maybe(t, registry);
    decref_maybe(t, cache);
    decref_maybe(t, negative);
    obj_decref(t, data);
    return r;
}

static Value abc_reset_registry(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    AbcData *data = data_of(t, state_of(t, args[-1]), args[0]);
    if (data == NULL) return VNULL;
    slot_clear(t, &data->registry);
    obj_decref(t, data);
    return V_NONE;
}
static Value abc_reset_caches(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    AbcData *data = data_of(t, state_of(t, args[-1]), args[0]);
    if (data == NULL) return VNULL;
    slot_clear(t, &data->cache);
    slot_clear(t, &data->negative);
    obj_decref(t, data);
    return V_NONE;
}
static Value abc_get_cache_token(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return int_from_i64(t, state_of(t, args[-1])->registrations); }

static const Field data_fields[] = {FIELD_VALUE(AbcData, registry), FIELD_VALUE(AbcData, cache), FIELD_VALUE(AbcData, negative)};
static const TypeDef data_def = {
    .name = "_abc._abc_data",
    .doc = "Internal state held by ABC machinery.",
    .flags = TF_GC | TF_WEAKREF | TF_NO_NEW,
    .size = sizeof(AbcData),
    .ext_offset = offsetof(AbcData, ext),
    FIELDS(data_fields),
};

static bool abc_exec(Thread *t, Value module) {
    AbcState *state = module_state(module);
    state->data_type = type_from_def(t, &data_def, VNULL, VNULL);
    return state->data_type != NULL;
}

static const MethodDef functions[] = {
    {"get_cache_token", "($module, /)", "Returns the current ABC cache token.\n\nThe token is an opaque object (supporting equality testing) identifying the\ncurrent version of the ABC cache for virtual subclasses. The token changes\nwith every call to register() on any ABC.", abc_get_cache_token},
    {"_abc_init", "($module, self, /)", "Internal ABC helper for class set-up. Should be never used outside abc module.", abc_init},
    {"_abc_register", "($module, self, subclass, /)", "Internal ABC helper for subclass registration. Should be never used outside abc module.", abc_register},
    {"_abc_instancecheck", "($module, self, instance, /)", "Internal ABC helper for instance checks. Should be never used outside abc module.", abc_instancecheck},
    {"_abc_subclasscheck", "($module, self, subclass, /)", "Internal ABC helper for subclasss checks. Should be never used outside abc module.", abc_subclasscheck},
    {"_get_dump", "($module, self, /)", "Internal ABC helper for cache and registry debugging.\n\nReturn shallow copies of registry, of both caches, and\nnegative cache version. Don't call this function directly,\ninstead use ABC._dump_registry() for a nice repr.", abc_get_dump},
    {"_reset_registry", "($module, self, /)", "Internal ABC helper to reset registry of a given class.\n\nShould be only used by refleak.py", abc_reset_registry},
    {"_reset_caches", "($module, self, /)", "Internal ABC helper to reset both caches of a given class.\n\nShould be only used by refleak.py", abc_reset_caches},
    {NULL},
};
const ModuleDef module_abc = {
    .name = "_abc",
    .doc = "Module contains faster C implementation of abc.ABCMeta",
    .functions = functions,
    .state_size = sizeof(AbcState),
    .exec = abc_exec,
};
