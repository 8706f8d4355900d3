/* The type dict.  Its views are in dict_views.c, its iterators in dict_iterators.c. */
#include "core/names.h"
#include "heap/heap.h"
#include "object/instance.h"
#include "object/list.h"
#include "object/set.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"
#include "types/dict_priv.h"
#include "types/iterators.h"

#define SELF args[0]

/* --- Life ------------------------------------------------------------------------------------------------------------------------ */

static Value dict_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (type == builtin_type(t, T_dict)) return dict_new(t);
    Value v = object_new(t, type);
    return is_null(v) ? v : object_done(t, v);
}

bool dict_update_from_call(Thread *t, Value self, const char *name, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_arity(t, name, nargs, 0, 1)) return false;
    if (nargs == 1 && !dict_update(t, self, args[0])) return false;
    if (is_null(kwnames)) return true;
    for (int64_t i = 0; i < tuple_len(kwnames); i++)
        if (!dict_set(t, self, tuple_at(kwnames, i), args[nargs + i])) return false;
    return true;
}

static bool dict_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    return dict_update_from_call(t, self, "dict", args, nargs, kwnames);
}

static void dict_destroy(Thread *t, Object *self) { dict_clear(t, v_from(self)); }

static int dict_traverse(Object *self, VisitFn visit, void *context) {
    DictKeys *k = ((Dict *)self)->keys;
    for (uint32_t i = 0; k != NULL && i < k->entries; i++) {
        Value key = *dict_entry_key(k, i), value = *dict_entry_value(k, i);
        if (is_null(key)) continue;
        int stop = k->is_general && is_obj(key) ? visit(key, context) : 0;
        if (stop == 0 && is_obj(value)) stop = visit(value, context);
        if (stop) return stop;
    }
    return 0;
}

static Value dict_repr(Thread *t, Value self) {
    int entered = repr_enter(t, self);
    if (entered <= 0) return entered < 0 ? VNULL : str_from_ascii(t, "{...}", 5);
    StrBuilder b;
    str_builder_init(&b);
    bool ok = str_builder_char(t, &b, '{');
    uint32_t pos = 0;
    Value key, value;
    for (bool first = true; ok && dict_next(self, &pos, &key, &value); first = false) {
        incref(key);
        incref(value);
        ok = (first || str_builder_ascii(t, &b, ", ", 2)) && str_builder_repr(t, &b, key) && str_builder_ascii(t, &b, ": ", 2) &&
             str_builder_repr(t, &b, value);
        decref(t, key);
        decref(t, value);
    }
    ok = ok && str_builder_char(t, &b, '}');
    repr_leave(t, self);
    return ok ? str_builder_finish(t, &b) : VNULL;
}

/* 1, 0 or -1 */
static int dict_equal(Thread *t, Value a, Value b) {
    if (dict_len(a) != dict_len(b)) return 0;
    uint32_t pos = 0;
    Value key, value;
    while (dict_next(a, &pos, &key, &value)) {
        int64_t hash = dict_entry_hash(t, V_AS(Dict, a)->keys, pos - 1);
        incref(key);
        incref(value);
        Value other = new_ref_maybe(dict_get_hashed(t, b, key, hash));
        int is_equal = is_null(other) ? (err_pending(t) ? -1 : 0) : equal_fast(t, value, other);
        decref(t, key);
        decref(t, value);
        decref_maybe(t, other);
        if (is_equal <= 0) return is_equal;
    }
    return 1;
}

static Value dict_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if ((op != CMP_EQ && op != CMP_NE) || !is_dict(t, a) || !is_dict(t, b)) return V_NOTIMPL;
    int is_equal = dict_equal(t, a, b);
    return is_equal < 0 ? VNULL : v_bool(is_equal == (op == CMP_EQ));
}

static int64_t dict_length(Thread *t, Value self) { return dict_len(self); }
static Value dict_iter(Thread *t, Value self) { return dict_iterator_new(t, self, PART_KEYS, false); }

/* --- Items ----------------------------------------------------------------------------------------------------------------------- */

Value dict_missing(Thread *t, Value self, Value key) {
    if (!IS_EXACT(self, dict)) {
        bool found;
        Value v = call_special(t, self, N(t, __missing__), &key, 1, &found);
        if (found || err_pending(t)) return v;
    }
    return err_raise_with(t, T_KeyError, key);
}

static Value dict_getitem(Thread *t, Value self, Value key) {
    Value v = dict_get(t, self, key);
    if (LIKELY(!is_null(v))) return new_ref(v);
    return err_pending(t) ? VNULL : dict_missing(t, self, key);
}

static bool dict_setitem(Thread *t, Value self, Value key, Value value) {
    if (!is_null(value)) return dict_set(t, self, key, value);
    int deleted = dict_delete(t, self, key);
    if (deleted == 0) err_raise_with(t, T_KeyError, key);
    return deleted > 0;
}

Value dict_or(Thread *t, Value a, Value b) {
    if (!is_dict(t, a) || !is_dict(t, b)) return V_NOTIMPL;
    Value v = dict_copy(t, a);
    if (!is_null(v) && !dict_update(t, v, b)) {
        decref(t, v);
        return VNULL;
    }
    return v;
}

Value dict_ior(Thread *t, Value self, Value other) { return dict_update(t, self, other) ? new_ref(self) : VNULL; }

/* --- Methods --------------------------------------------------------------------------------------------------------------------- */

static Value method_get(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value v = dict_get(t, SELF, args[1]);
    if (!is_null(v)) return new_ref(v);
    if (err_pending(t)) return VNULL;
    return is_null(args[2]) ? V_NONE : new_ref(args[2]);
}

static Value method_setdefault(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return dict_setdefault(t, SELF, args[1], is_null(args[2]) ? V_NONE : args[2]);
}

static Value method_pop(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value v = dict_pop(t, SELF, args[1]);
    if (!is_null(v) || err_pending(t)) return v;
    return is_null(args[2]) ? err_raise_with(t, T_KeyError, args[1]) : new_ref(args[2]);
}

static Value method_popitem(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value pair[2];
    if (!dict_popitem(t, SELF, &pair[0], &pair[1])) return err_raise(t, T_KeyError, "popitem(): dictionary is empty");
    return tuple_take(t, pair, 2);
}

static Value method_update(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return dict_update_from_call(t, SELF, "update", args + 1, nargs - 1, kwnames) ? V_NONE : VNULL;
}

static Value method_clear(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    dict_clear(t, SELF);
    return V_NONE;
}

static Value method_copy(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return dict_copy(t, SELF); }
static Value method_keys(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return dict_view_new(t, SELF, PART_KEYS); }
static Value method_values(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return dict_view_new(t, SELF, PART_VALUES); }
static Value method_items(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return dict_view_new(t, SELF, PART_ITEMS); }
static Value method_reversed(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return dict_iterator_new(t, SELF, PART_KEYS, true); }

static Value method_sizeof(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Dict *d = V_AS(Dict, SELF);
    return v_smallint((int64_t)type_of(t, SELF)->size + (d->keys ? (int64_t)heap_size(d->keys) : 0));
}

typedef struct FromKeys { Value dict, value; bool plain; } FromKeys;

static bool add_key(Thread *t, Value key, void *context) {
    FromKeys *f = context;
    return f->plain ? dict_set(t, f->dict, key, f->value) : item_set(t, f->dict, key, f->value);
}

/* Containers that know the hashes of their keys. */
static bool has_exact_hashes(Value v) { return IS_EXACT(v, dict) || IS_EXACT(v, set) || IS_EXACT(v, frozenset); }

static bool add_hashed_keys(Thread *t, FromKeys *f, Value from) {
    bool is_plain_dict = IS_EXACT(from, dict);
    if (!dict_reserve(t, f->dict, is_plain_dict ? dict_len(from) : set_len(from))) return false;
    uint32_t dict_pos = 0;
    uint64_t set_pos = 0;
    Value key, ignored;
    int64_t hash;
    while (is_plain_dict ? dict_next(from, &dict_pos, &key, &ignored) : set_next(from, &set_pos, &key, &hash)) {
        if (is_plain_dict) hash = dict_entry_hash(t, V_AS(Dict, from)->keys, dict_pos - 1);
        incref(key);
        bool ok = dict_set_hashed(t, f->dict, key, hash, f->value);
        decref(t, key);
        if (!ok) return false;
    }
    return true;
}

static Value method_fromkeys(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    FromKeys f = {.value = is_null(args[2]) ? V_NONE : args[2]};
    f.dict = call_0(t, args[0]);
    if (is_null(f.dict)) return VNULL;
    f.plain = IS_EXACT(f.dict, dict);
    bool ok = f.plain && (has_exact_hashes(args[1])) ? add_hashed_keys(t, &f, args[1]) : iterate(t, args[1], add_key, &f);
    if (ok) return f.dict;
    decref(t, f.dict);
    return VNULL;
}

static const MethodDef dict_methods[] = {
    {"__sizeof__", "($self, /)", "Bytes of memory.", method_sizeof, 0, FX_PURE},
    {"get", "($self, key, default=None, /)", "The value of a key, or the default where it is not there.", method_get},
    {"setdefault", "($self, key, default=None, /)", "The value of a key, which is first set to the default where it is not there.", method_setdefault},
    {"pop", "($self, key, default=<unrepresentable>, /)",
     "D.pop(k[,d]) -> v\n\nRemove a key and return its value; where it is not there return the default, or raise KeyError.", method_pop},
    {"popitem", "($self, /)", "Remove the pair that was added last and return it as (key, value).\n\nKeyError if the dict is empty.", method_popitem},
    {"keys", "($self, /)", "A view of the keys, which acts as a set.", method_keys, 0, FX_NO_PYTHON},
    {"items", "($self, /)", "A view of the pairs (key, value), which acts as a set.", method_items, 0, FX_NO_PYTHON},
    {"values", "($self, /)", "A view of the values.", method_values, 0, FX_NO_PYTHON},
    {"update", NULL, "D.update([E, ]**F) -> None\n\nAdd the items of E, a mapping or an iterable of pairs, then the keyword arguments.", method_update},
    {"fromkeys", "($type, iterable, value=None, /)", "A new dict with keys from an iterable, all with one value.", method_fromkeys, MF_CLASS},
    {"clear", "($self, /)", "Remove all items.", method_clear},
    {"copy", "($self, /)", "A new dict with the same items.", method_copy, 0, FX_NO_PYTHON},
    {"__reversed__", "($self, /)", "An iterator over the keys from the last to the first.", method_reversed, 0, FX_NO_PYTHON},
    CLASS_GETITEM,
    {NULL},
};

const TypeDef typedef_dict = {
    .name = "dict",
    .doc = "dict() -> new empty dictionary\n"
           "dict(mapping) -> new dictionary with a mapping's (key, value) pairs\n"
           "dict(iterable) -> new dictionary with the pairs that the iterable gives\n"
           "dict(**kwargs) -> new dictionary with the keyword arguments; it may be added to the others",
    .flags = TF_BASE | TF_GC | TF_DICT_SUB | TF_MAPPING | TF_IMMUTABLE,
    .size = sizeof(Dict),
    .methods = dict_methods,
    .slots = {.new = dict_make, .init = dict_init, .destroy = dict_destroy, .traverse = dict_traverse, .clear = dict_destroy, .repr = dict_repr,
              .compare = dict_compare, .iter = dict_iter, .len = dict_length, .getitem = dict_getitem,
              .setitem = dict_setitem, .contains = dict_contains, .binop = {[OP_or] = dict_or}, .inplace = {[OP_or] = dict_ior}},
};
