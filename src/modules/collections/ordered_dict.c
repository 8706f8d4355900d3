/* OrderedDict: a dict that can move keys to either end, tells its order in comparisons, and notices changes under an iterator.
 *
 * The order is the dict's own.  `state` counts the changes of the set of keys or their order, by which iterators notice them.
 */
#include "modules/collections/collections_priv.h"
#include "types/dict_priv.h"

typedef struct OrderedDict {
    Dict dict;
    uint64_t state;
    void *ext;
} OrderedDict;

#define SELF args[0]
#define STATE(v) (V_AS(OrderedDict, v)->state)

static bool is_ordered(Thread *t, Value v) { return IS_A(t, v, OrderedDict); }
/* Whether items are set and deleted as OrderedDict does, not by a subclass's methods. */
static bool has_own_items(Thread *t, Value v) { return type_of(t, v)->slots.setitem == builtin_type(t, T_OrderedDict)->slots.setitem; }

/* --- Items ----------------------------------------------------------------------------------------------------------------------- */

static bool odict_setitem(Thread *t, Value self, Value key, Value value) {
    int64_t n = dict_len(self);
    if (is_null(value)) {
        int deleted = dict_delete(t, self, key);
        if (deleted > 0) STATE(self)++;
        if (deleted == 0) err_raise_with(t, T_KeyError, key);
        return deleted > 0;
    }
    if (!dict_set(t, self, key, value)) return false;
    if (dict_len(self) != n) STATE(self)++;
    return true;
}

static bool add_pair(Thread *t, Value pair, void *context) {
    Value self = *(Value *)context;
    Value fast = sequence_tuple(t, pair, "cannot convert dictionary update sequence element to a sequence");
    if (is_null(fast)) return false;
    bool ok;
    int64_t n = sequence_fast_len(fast);
    if (n == 2) ok = item_set(t, self, sequence_fast_items(fast)[0], sequence_fast_items(fast)[1]);
    else ok = err_fail(t, T_ValueError, n < 2 ? "need more than %ld value%s to unpack" : "too many values to unpack (expected 2)", (long)n, n == 1 ? "" : "s");
    decref(t, fast);
    return ok;
}

typedef struct FromMapping { Value self, mapping; } FromMapping;
static bool add_key_of(Thread *t, Value key, void *context) {
    FromMapping *f = context;
    Value value = item_get(t, f->mapping, key);
    bool ok = !is_null(value) && item_set(t, f->self, key, value);
    decref_maybe(t, value);
    return ok;
}

static bool update_from(Thread *t, Value self, Value other) {
    if (IS_EXACT(other, dict)) {
        uint32_t pos = 0;
        int64_t n = dict_len(other);
        Value key, value;
        while (dict_next(other, &pos, &key, &value)) {
            incref(key);
            incref(value);
            bool ok = item_set(t, self, key, value);
            decref(t, key);
            decref(t, value);
            if (!ok) return false;
            if (dict_len(other) != n) return err_fail(t, T_RuntimeError, "dictionary changed size during iteration");
        }
        return true;
    }
    Value keys_method = attr_get_maybe(t, other, N(t, keys));
    if (!is_null(keys_method)) {
        Value keys = call_0(t, keys_method);
        decref(t, keys_method);
        if (is_null(keys)) return false;
        FromMapping f = {self, other};
        bool ok = iterate(t, keys, add_key_of, &f);
        decref(t, keys);
        return ok;
    }
    if (err_pending(t)) return false;
    Value items_method = attr_get_maybe(t, other, N(t, items));
    if (!is_null(items_method)) {
        Value items = call_0(t, items_method);
        decref(t, items_method);
        if (is_null(items)) return false;
        bool ok = iterate(t, items, add_pair, &self);
        decref(t, items);
        return ok;
    }
    return !err_pending(t) && iterate(t, other, add_pair, &self);
}

static bool update_from_call(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    if (nargs > 0 && !update_from(t, self, args[0])) return false;
    for (int64_t i = 0; !is_null(kwnames) && i < tuple_len(kwnames); i++)
        if (!item_set(t, self, tuple_at(kwnames, i), args[nargs + i])) return false;
    return true;
}

static bool odict_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    if (nargs > 1) return err_fail(t, T_TypeError, "expected at most 1 argument, got %u", nargs);
    return update_from_call(t, self, args, nargs, kwnames);
}

METHOD(method_update) {
    if (nargs > 2) return err_raise(t, T_TypeError, "update() takes at most 1 positional argument (%u given)", nargs - 1);
    return update_from_call(t, SELF, args + 1, nargs - 1, kwnames) ? V_NONE : VNULL;
}

METHOD(method_clear) {
    STATE(SELF)++;
    dict_clear(t, SELF);
    return V_NONE;
}

METHOD(method_pop) {
    Value v = dict_pop(t, SELF, args[1]);
    if (!is_null(v)) {
        STATE(SELF)++;
        return v;
    }
    if (err_pending(t)) return VNULL;
    return is_null(args[2]) ? err_raise_with(t, T_KeyError, args[1]) : new_ref(args[2]);
}

/* The index of the first or last live entry; the dict is not empty. */
static uint32_t end_entry(Value self, bool last) {
    DictKeys *k = V_AS(Dict, self)->keys;
    if (!last) {
        uint32_t pos = 0;
        Value key, value;
        dict_next(self, &pos, &key, &value);
        return pos - 1;
    }
    uint32_t i = k->entries - 1;
    while (is_null(*dict_entry_key(k, i))) i--;
    return i;
}

METHOD(method_popitem) {
    bool last = true;
    if (!is_null(args[1]) && !arg_bool(t, args[1], &last)) return VNULL;
    if (dict_len(SELF) == 0) return err_raise(t, T_KeyError, "dictionary is empty");
    Value pair[2];
    STATE(SELF)++;
    if (last) dict_popitem(t, SELF, &pair[0], &pair[1]);
    else dict_remove_entry(t, SELF, end_entry(SELF, false), &pair[0], &pair[1]);
    return tuple_take(t, pair, 2);
}

METHOD(method_move_to_end) {
    bool last = true;
    int64_t hash;
    if (!is_null(args[2]) && !arg_bool(t, args[2], &last)) return VNULL;
    if (!dict_key_hash(t, args[1], &hash)) return VNULL;
    int64_t i = dict_find(t, SELF, args[1], hash);
    if (i == -1) return err_raise_with(t, T_KeyError, args[1]);
    if (i < 0) return VNULL;
    if ((uint32_t)i == end_entry(SELF, last)) return V_NONE;
    STATE(SELF)++;
    return dict_move_to_end(t, SELF, (uint32_t)i, last) ? V_NONE : VNULL;
}

METHOD(method_setdefault) {
    Value fallback = is_null(args[2]) ? V_NONE : args[2];
    if (has_own_items(t, SELF)) {
        int64_t n = dict_len(SELF);
        Value v = dict_setdefault(t, SELF, args[1], fallback);
        if (dict_len(SELF) != n) STATE(SELF)++;
        return v;
    }
    int found = contains(t, SELF, args[1]);
    if (found < 0) return VNULL;
    if (found) return item_get(t, SELF, args[1]);
    return item_set(t, SELF, args[1], fallback) ? new_ref(fallback) : VNULL;
}

/* --- Iterators and views --------------------------------------------------------------------------------------------------------- */

/* next: the entry whose turn it is, found in advance; -1: none. */
typedef struct OrderedIterator { Object head; Value odict, recycled; int64_t next, used; uint64_t state; uint8_t part, reversed; } OrderedIterator;

static int64_t live_from(Value odict, int64_t i, bool reversed) {
    DictKeys *k = V_AS(Dict, odict)->keys;
    if (k == NULL) return -1;
    while (i >= 0 && i < (int64_t)k->entries && is_null(*dict_entry_key(k, (uint32_t)i))) i += reversed ? -1 : 1;
    return i < (int64_t)k->entries ? i : -1;
}

static Value iterator_new(Thread *t, Value odict, enum DictPart part, bool reversed) {
    Value v = object_new(t, builtin_type(t, T_odict_iterator));
    if (is_null(v)) return VNULL;
    OrderedIterator *it = V_AS(OrderedIterator, v);
    it->odict = new_ref(odict);
    it->part = (uint8_t)part;
    it->reversed = reversed;
    it->state = STATE(odict);
    it->used = dict_len(odict);
    it->next = it->used == 0 ? -1 : (int64_t)end_entry(odict, reversed);
    return object_done(t, v);
}

static Value iterator_next(Thread *t, Value self) {
    OrderedIterator *it = V_AS(OrderedIterator, self);
    if (is_null(it->odict)) return VNULL;
    if (it->next < 0) {
        slot_clear(t, &it->odict);
        return VNULL;
    }
    if (it->state != STATE(it->odict)) {
        slot_clear(t, &it->odict);
        return err_raise(t, T_RuntimeError, "OrderedDict mutated during iteration");
    }
    if (it->used != dict_len(it->odict)) {
        slot_clear(t, &it->odict);
        return err_raise(t, T_RuntimeError, "OrderedDict changed size during iteration");
    }
    DictKeys *k = V_AS(Dict, it->odict)->keys;
    Value key = *dict_entry_key(k, (uint32_t)it->next), value = *dict_entry_value(k, (uint32_t)it->next);
    it->next = live_from(it->odict, it->next + (it->reversed ? -1 : 1), it->reversed);
    if (it->part == PART_KEYS) return new_ref(key);
    if (it->part == PART_VALUES) return new_ref(value);
    const Value pair[2] = {new_ref(key), new_ref(value)};
    return tuple_recycle(t, &it->recycled, pair, 2);
}

METHOD(iterator_reduce) {
    OrderedIterator *it = V_AS(OrderedIterator, args[0]), copy = *it;
    copy.head.refs = REFS_IMMORTAL; /* lives on this stack */
    copy.recycled = VNULL;
    incref_maybe(copy.odict);
    Value list = list_new(t, 0);
    if (!is_null(list) && !list_extend(t, V_AS(List, list), v_from(&copy))) {
        decref(t, list);
        list = VNULL;
    }
    decref_maybe(t, copy.odict);
    decref_maybe(t, copy.recycled);
    return is_null(list) ? VNULL : reduce_to_iter(t, list, VNULL);
}

static const MethodDef iterator_methods[] = {{"__reduce__", "($self, /)", "For pickling.", iterator_reduce}, {NULL}};
static const Field iterator_fields[] = {FIELD_VALUE(OrderedIterator, odict), FIELD_VALUE(OrderedIterator, recycled)};
const TypeDef typedef_odict_iterator = {
    .name = "odict_iterator",
    .flags = TF_GC | TF_NO_NEW | TF_IMMUTABLE,
    .size = sizeof(OrderedIterator),
    FIELDS(iterator_fields),
    .methods = iterator_methods,
    .slots = {.iter = collections_self_iter, .next = iterator_next},
};

static Value view_new(Thread *t, Value odict, enum TypeId id) {
    Value v = object_new(t, builtin_type(t, id));
    if (is_null(v)) return VNULL;
    V_AS(DictView, v)->dict = new_ref(odict);
    return object_done(t, v);
}

METHOD(method_keys) { return view_new(t, SELF, T_odict_keys); }
METHOD(method_values) { return view_new(t, SELF, T_odict_values); }
METHOD(method_items) { return view_new(t, SELF, T_odict_items); }

#define ORDERED_VIEW(kind, part)                                                                                                      \
    static Value kind##_iter(Thread *t, Value self) { return iterator_new(t, V_AS(DictView, self)->dict, part, false); }              \
    METHOD(kind##_reversed) { return iterator_new(t, V_AS(DictView, args[0])->dict, part, true); }                                    \
    static const MethodDef kind##_methods[] = {{"__reversed__", "($self, /)", "An iterator from the last to the first.", kind##_reversed}, {NULL}}; \
    const TypeDef typedef_odict_##kind = {                                                                                            \
        .name = "odict_" #kind,                                                                                                       \
        .flags = TF_GC | TF_NO_NEW | TF_IMMUTABLE,                                                                                    \
        .size = sizeof(DictView),                                                                                                     \
        .methods = kind##_methods,                                                                                                    \
        .slots = {.iter = kind##_iter},                                                                                               \
    }
ORDERED_VIEW(keys, PART_KEYS);
ORDERED_VIEW(values, PART_VALUES);
ORDERED_VIEW(items, PART_ITEMS);

static Value odict_iter(Thread *t, Value self) { return iterator_new(t, self, PART_KEYS, false); }
METHOD(method_reversed) { return iterator_new(t, SELF, PART_KEYS, true); }

/* --- Comparison, text, copies ---------------------------------------------------------------------------------------------------- */

/* Whether both have equal keys in the same order; they have equally many. */
static int same_order(Thread *t, Value a, Value b) {
    uint32_t i = 0, j = 0;
    uint64_t state_a = STATE(a), state_b = STATE(b);
    Value x, y, ignored;
    for (;;) {
        bool more = dict_next(a, &i, &x, &ignored);
        if (more != dict_next(b, &j, &y, &ignored)) return 0;
        if (!more) return 1;
        incref(x);
        incref(y);
        int is_equal = equal_fast(t, x, y);
        decref(t, x);
        decref(t, y);
        if (is_equal <= 0) return is_equal;
        if (STATE(a) != state_a || STATE(b) != state_b) return err_minus(t, T_RuntimeError, "OrderedDict mutated during iteration");
    }
}

static Value odict_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if ((op != CMP_EQ && op != CMP_NE) || !is_dict(t, b)) return V_NOTIMPL;
    Value as_dicts = builtin_type(t, T_dict)->slots.compare(t, a, b, CMP_EQ);
    if (is_null(as_dicts) || is_notimpl(as_dicts)) return as_dicts;
    int is_equal = same(as_dicts, V_TRUE);
    if (is_equal && is_ordered(t, b) && !same(a, b)) is_equal = same_order(t, a, b);
    return is_equal < 0 ? VNULL : v_bool(is_equal == (op == CMP_EQ));
}

static Value odict_repr(Thread *t, Value self) {
    Value name = type_of(t, self)->name;
    if (dict_len(self) == 0) return str_format(t, "%U()", name);
    int entered = repr_enter(t, self);
    if (entered <= 0) return entered < 0 ? VNULL : str_from_ascii(t, "...", 3);
    Value plain = VNULL, text = VNULL;
    if (IS_EXACT(self, OrderedDict)) plain = dict_copy(t, self);
    else {
        Value items = call_method_0(t, self, N(t, items));
        plain = is_null(items) ? VNULL : dict_new(t);
        if (!is_null(plain) && !dict_update(t, plain, items)) {
            decref(t, plain);
            plain = VNULL;
        }
        decref_maybe(t, items);
    }
    if (!is_null(plain)) text = str_format(t, "%U(%R)", name, plain);
    decref_maybe(t, plain);
    repr_leave(t, self);
    return text;
}

METHOD(method_copy) {
    Value v = call_0(t, v_from(type_of(t, SELF)));
    if (is_null(v)) return VNULL;
    uint32_t pos = 0;
    uint64_t state = STATE(SELF);
    Value key, value;
    while (dict_next(SELF, &pos, &key, &value)) {
        incref(key);
        Value item = IS_EXACT(SELF, OrderedDict) ? new_ref(value) : item_get(t, SELF, key);
        bool ok = !is_null(item) && item_set(t, v, key, item);
        decref(t, key);
        decref_maybe(t, item);
        if (ok && STATE(SELF) != state) ok = err_fail(t, T_RuntimeError, "OrderedDict mutated during iteration");
        if (!ok) {
            decref(t, v);
            return VNULL;
        }
    }
    return v;
}

METHOD(method_reduce) {
    Value state = call_method_0(t, SELF, N(t, __getstate__)), items = VNULL, it = VNULL, result = VNULL;
    if (!is_null(state)) items = call_method_0(t, SELF, N(t, items));
    if (!is_null(items)) it = iter_of(t, items);
    if (!is_null(it)) result = tuple_of(t, 5, v_from(type_of(t, SELF)), t->interp->empty_tuple, state, V_NONE, it);
    decref_maybe(t, state);
    decref_maybe(t, items);
    decref_maybe(t, it);
    return result;
}

METHOD(method_sizeof) {
    Dict *d = V_AS(Dict, SELF);
    return v_smallint((int64_t)sizeof(OrderedDict) + (d->keys ? (int64_t)heap_size(d->keys) : 0));
}

typedef struct FromKeys { Value dict, value; } FromKeys;
static bool add_key(Thread *t, Value key, void *context) {
    FromKeys *f = context;
    return item_set(t, f->dict, key, f->value);
}
METHOD(method_fromkeys) {
    FromKeys f = {call_0(t, SELF), is_null(args[2]) ? V_NONE : args[2]};
    if (!is_null(f.dict) && !iterate(t, args[1], add_key, &f)) {
        decref(t, f.dict);
        return VNULL;
    }
    return f.dict;
}

static Value odict_or(Thread *t, Value a, Value b) {
    bool left = is_ordered(t, a);
    if (!is_dict(t, a) || !is_dict(t, b)) return V_NOTIMPL;
    Value v = call_1(t, v_from(type_of(t, left ? a : b)), a);
    if (!is_null(v) && !update_from(t, v, b)) {
        decref(t, v);
        return VNULL;
    }
    return v;
}

static Value odict_ior(Thread *t, Value self, Value other) { return update_from(t, self, other) ? new_ref(self) : VNULL; }

static const MethodDef odict_methods[] = {
    {"fromkeys", "($type, /, iterable, value=None)", "A new OrderedDict with keys from an iterable, all with one value.", method_fromkeys, MF_CLASS},
    {"setdefault", "($self, /, key, default=None)", "The value of a key, which is first set to the default where it is not there.", method_setdefault},
    {"pop", "($self, /, key, default=<unrepresentable>)", "od.pop(key[,default]) -> v\n\nRemove a key and return its value, else the default; KeyError without one.", method_pop},
    {"popitem", "($self, /, last=True)", "Remove the last pair (the first one unless last is true) and return it.", method_popitem},
    {"keys", "($self, /)", "A view of the keys.", method_keys},
    {"values", "($self, /)", "A view of the values.", method_values},
    {"items", "($self, /)", "A view of the pairs (key, value).", method_items},
    {"update", NULL, "Add the items of a mapping or of an iterable of pairs, then the keyword arguments.", method_update},
    {"clear", "($self, /)", "Remove all items.", method_clear},
    {"copy", "($self, /)", "A new OrderedDict with the same items.", method_copy},
    {"move_to_end", "($self, /, key, last=True)", "Move a key to the end, to the front unless last is true.\n\nKeyError if it is absent.", method_move_to_end},
    {"__reversed__", "($self, /)", "An iterator over the keys from the last to the first.", method_reversed},
    {"__reduce__", "($self, /)", "For pickling.", method_reduce},
    {"__sizeof__", "($self, /)", "Bytes of memory.", method_sizeof},
    {NULL},
};

const TypeDef typedef_OrderedDict = {
    .name = "collections.OrderedDict",
    .doc = "A dict that can reorder its keys.",
    .flags = TF_BASE | TF_GC | TF_DICT | TF_WEAKREF | TF_EXT | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(OrderedDict),
    .ext_offset = offsetof(OrderedDict, ext),
    .methods = odict_methods,
    .slots = {.init = odict_init, .repr = odict_repr, .compare = odict_compare, .iter = odict_iter, .setitem = odict_setitem,
              .binop = {[OP_or] = odict_or}, .inplace = {[OP_or] = odict_ior}},
};
