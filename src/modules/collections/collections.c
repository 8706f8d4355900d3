/* The module _collections: defaultdict, the getters of named tuples, counting.  deque and OrderedDict have files of their own. */
#include "modules/collections/collections_priv.h"
#include "types/dict_priv.h"

/* --- defaultdict ----------------------------------------------------------------------------------------------------------------- */

typedef struct DefaultDict { Dict dict; Value factory; } DefaultDict; /* factory: VNULL stands for None */

#define FACTORY(v) (V_AS(DefaultDict, v)->factory)

static bool defaultdict_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Value factory = VNULL;
    if (nargs > 0) {
        if (!is_none(args[0]) && !is_callable(t, args[0])) return err_fail(t, T_TypeError, "first argument must be callable or None");
        factory = is_none(args[0]) ? VNULL : new_ref(args[0]);
        args++;
        nargs--;
    }
    slot_set(t, &FACTORY(self), factory);
    return dict_update_from_call(t, self, "dict", args, nargs, kwnames);
}

static Value defaultdict_missing(Thread *t, Value self, Value key) {
    Value factory = FACTORY(self);
    if (is_null(factory) || is_none(factory)) return err_raise_with(t, T_KeyError, key);
    incref(factory);
    Value v = call_0(t, factory);
    decref(t, factory);
    if (is_null(v)) return VNULL;
    Value kept = dict_setdefault(t, self, key, v); /* the factory may have set the key itself */
    decref(t, v);
    return kept;
}

static Value defaultdict_getitem(Thread *t, Value self, Value key) {
    Value v = dict_get(t, self, key);
    if (LIKELY(!is_null(v))) return new_ref(v);
    if (err_pending(t)) return VNULL;
    return IS_EXACT(self, defaultdict) ? defaultdict_missing(t, self, key) : dict_missing(t, self, key);
}

static Value defaultdict_repr(Thread *t, Value self) {
    Value base = builtin_type(t, T_dict)->slots.repr(t, self), factory = VNULL, text = VNULL;
    if (is_null(base)) return VNULL;
    if (is_null(FACTORY(self))) factory = str_from_ascii(t, "None", 4);
    else {
        int entered = repr_enter(t, FACTORY(self));
        if (entered < 0) goto done;
        if (entered == 0) factory = str_from_ascii(t, "...", 3);
        else {
            Value held = new_ref(FACTORY(self));
            factory = repr_of(t, held);
            repr_leave(t, held);
            decref(t, held);
        }
    }
    if (!is_null(factory)) text = str_format(t, "%U(%U, %U)", type_of(t, self)->name, factory, base);
done:
    decref_maybe(t, factory);
    decref(t, base);
    return text;
}

METHOD(method_missing) { return defaultdict_missing(t, args[0], args[1]); }

static Value factory_or_none(Value self) { return is_null(FACTORY(self)) ? V_NONE : FACTORY(self); }

METHOD(method_copy) { return call_2(t, v_from(type_of(t, args[0])), factory_or_none(args[0]), args[0]); }

METHOD(method_reduce) {
    Value factory = factory_or_none(args[0]), inner = is_none(factory) ? tuple_new(t, 0) : tuple_of(t, 1, factory), items = VNULL, it = VNULL, result = VNULL;
    if (!is_null(inner)) items = call_method_0(t, args[0], N(t, items));
    if (!is_null(items)) it = iter_of(t, items);
    if (!is_null(it)) result = tuple_of(t, 5, v_from(type_of(t, args[0])), inner, V_NONE, V_NONE, it);
    decref_maybe(t, inner);
    decref_maybe(t, items);
    decref_maybe(t, it);
    return result;
}

static Value defaultdict_or(Thread *t, Value a, Value b) {
    if (!is_dict(t, a) || !is_dict(t, b)) return V_NOTIMPL;
    Value self = IS_A(t, a, defaultdict) ? a : b;
    Value v = call_2(t, v_from(type_of(t, self)), factory_or_none(self), a);
    if (!is_null(v) && !dict_update(t, v, b)) {
        decref(t, v);
        return VNULL;
    }
    return v;
}

static const MethodDef defaultdict_methods[] = {
    {"__missing__", "($self, object, /)", "What d[key] does for an absent key: set it to default_factory() and return that; KeyError without one.", method_missing},
    {"copy", "($self, /)", "A new defaultdict with the same items.", method_copy},
    {"__copy__", "($self, /)", "A new defaultdict with the same items.", method_copy},
    {"__reduce__", "($self, /)", "For pickling.", method_reduce},
    CLASS_GETITEM,
    {NULL},
};
static const MemberDef defaultdict_members[] = {
    {"default_factory", MK_VALUE, 0, offsetof(DefaultDict, factory), "Makes the value of an absent key; or None."},
    {NULL},
};
static const Field defaultdict_fields[] = {FIELD_VALUE(DefaultDict, factory)};

static const TypeDef typedef_defaultdict = {
    .name = "collections.defaultdict",
    .doc = "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\n"
           "A dict that calls default_factory without arguments for the value of an absent key, sets and returns it.\n"
           "The other arguments are those of dict.",
    .flags = TF_BASE | TF_GC | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(DefaultDict),
    FIELDS(defaultdict_fields),
    .methods = defaultdict_methods,
    .members = defaultdict_members,
    .slots = {.init = defaultdict_init, .repr = defaultdict_repr, .getitem = defaultdict_getitem, .binop = {[OP_or] = defaultdict_or}},
};

/* --- _tuplegetter ---------------------------------------------------------------------------------------------------------------- */

typedef struct TupleGetter { Object head; Value doc; int64_t index; } TupleGetter;

NEW(tuplegetter_make) {
    if (!call_no_keywords(t, "_tuplegetter", kwnames) || !call_arity(t, "_tuplegetter", nargs, 2, 2)) return VNULL;
    int64_t index;
    if (!arg_size(t, args[0], &index)) return VNULL;
    Value v = object_new(t, type);
    if (is_null(v)) return VNULL;
    V_AS(TupleGetter, v)->index = index;
    V_AS(TupleGetter, v)->doc = new_ref(args[1]);
    return object_done(t, v);
}

static Value tuplegetter_get(Thread *t, Value self, Value instance, Value owner) {
    TupleGetter *g = V_AS(TupleGetter, self);
    if (is_null(instance)) return new_ref(self);
    if (!is_tuple(t, instance)) {
        if (is_none(instance)) return new_ref(self);
        return err_raise(t, T_TypeError, "descriptor for index '%ld' for tuple subclasses doesn't apply to '%T' object", (long)g->index, instance);
    }
    if ((uint64_t)g->index >= (uint64_t)tuple_len(instance)) return err_raise(t, T_IndexError, "tuple index out of range");
    return new_ref(tuple_at(instance, g->index));
}

static bool tuplegetter_set(Thread *t, Value self, Value instance, Value value) {
    return err_fail(t, T_AttributeError, is_null(value) ? "can't delete attribute" : "can't set attribute");
}

static Value tuplegetter_repr(Thread *t, Value self) {
    return str_format(t, "%U(%ld, %R)", type_of(t, self)->name, (long)V_AS(TupleGetter, self)->index, V_AS(TupleGetter, self)->doc);
}

METHOD(tuplegetter_reduce) {
    TupleGetter *g = V_AS(TupleGetter, args[0]);
    Value inner = tuple_of(t, 2, v_smallint(g->index), g->doc), result = VNULL;
    if (!is_null(inner)) result = tuple_of(t, 2, v_from(type_of(t, args[0])), inner);
    decref_maybe(t, inner);
    return result;
}

static const MethodDef tuplegetter_methods[] = {{"__reduce__", "($self, /)", "For pickling.", tuplegetter_reduce}, {NULL}};
static const MemberDef tuplegetter_members[] = {{"__doc__", MK_VALUE, 0, offsetof(TupleGetter, doc), NULL}, {NULL}};
static const Field tuplegetter_fields[] = {FIELD_VALUE(TupleGetter, doc)};
static const TypeDef typedef_tuplegetter = {
    .name = "collections._tuplegetter",
    .flags = TF_GC | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(TupleGetter),
    FIELDS(tuplegetter_fields),
    .methods = tuplegetter_methods,
    .members = tuplegetter_members,
    .slots = {.new = tuplegetter_make, .repr = tuplegetter_repr, .descr_get = tuplegetter_get, .descr_set = tuplegetter_set},
};

/* --- _count_elements ------------------------------------------------------------------------------------------------------------- */

/* Whether the mapping looks keys up and sets them as dict does. */
static bool counts_as_dict(Thread *t, Value mapping) {
    if (!is_dict(t, mapping)) return false;
    Type *type = type_of(t, mapping), *dict = builtin_type(t, T_dict);
    return same(type_lookup(t, type, N(t, get)), type_lookup(t, dict, N(t, get))) && type->slots.setitem == dict->slots.setitem;
}

static bool count_in_dict(Thread *t, Value key, void *context) {
    Value dict = *(Value *)context;
    int64_t hash;
    if (!dict_key_hash(t, key, &hash)) return false;
    Value old = dict_get_hashed(t, dict, key, hash);
    if (is_null(old)) return !err_pending(t) && dict_set_hashed(t, dict, key, hash, v_smallint(1));
    incref(old);
    Value count = number_add(t, old, v_smallint(1));
    decref(t, old);
    bool ok = !is_null(count) && dict_set_hashed(t, dict, key, hash, count);
    decref_maybe(t, count);
    return ok;
}

typedef struct Counting { Value mapping, get; } Counting;
static bool count_in_mapping(Thread *t, Value key, void *context) {
    Counting *c = context;
    Value old = call_2(t, c->get, key, v_smallint(0)), count = VNULL;
    if (!is_null(old)) count = number_add(t, old, v_smallint(1));
    bool ok = !is_null(count) && item_set(t, c->mapping, key, count);
    decref_maybe(t, old);
    decref_maybe(t, count);
    return ok;
}

METHOD(count_elements) {
    if (counts_as_dict(t, args[0])) return iterate(t, args[1], count_in_dict, &args[0]) ? V_NONE : VNULL;
    Counting c = {args[0], attr_get(t, args[0], N(t, get))};
    if (is_null(c.get)) return VNULL;
    bool ok = iterate(t, args[1], count_in_mapping, &c);
    decref(t, c.get);
    return ok ? V_NONE : VNULL;
}

static const MethodDef functions[] = {
    {"_count_elements", "($module, mapping, iterable, /)", "Count the elements of an iterable, adding to a mapping.", count_elements},
    {NULL},
};

static bool exec(Thread *t, Value module) {
    if (!module_add_type(t, module, T_deque, &typedef_deque) || !module_add_type(t, module, T_defaultdict, &typedef_defaultdict) ||
        !module_add_type(t, module, T_OrderedDict, &typedef_OrderedDict) || !module_add_type(t, module, T_deque_iterator, &typedef_deque_iterator) ||
        !module_add_type(t, module, T_deque_reverse_iterator, &typedef_deque_reverse_iterator) ||
        !module_add_type(t, module, T_tuplegetter, &typedef_tuplegetter))
        return false;
    static const struct {
        enum TypeId id;
        const TypeDef *def;
        const char *name;
    } hidden[] = {{T_odict_iterator, &typedef_odict_iterator, "odict_iterator"}, {T_odict_keys, &typedef_odict_keys, "odict_keys"},
                  {T_odict_values, &typedef_odict_values, "odict_values"}, {T_odict_items, &typedef_odict_items, "odict_items"}};
    for (size_t i = 0; i < COUNT_OF(hidden); i++) {
        if (!module_add_type(t, module, hidden[i].id, hidden[i].def)) return false;
        Value name = str_intern_cstr(t, hidden[i].name);
        if (is_null(name) || dict_delete(t, V_AS(Module, module)->dict, name) < 0) return false;
        decref(t, name);
    }
    return true;
}

const ModuleDef module__collections = {
    .name = "_collections",
    .doc = "Containers in C for the module collections: deque, defaultdict, OrderedDict.",
    .functions = functions,
    .exec = exec,
};
