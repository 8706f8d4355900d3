/* The views of a dict: keys() and items() act as sets, values() does not. */
#include "core/names.h"
#include "heap/heap.h"
#include "object/list.h"
#include "object/set.h"
#include "object/tuple.h"
#include "ops/call.h"
#include "ops/object.h"
#include "types/dict_priv.h"
#include "types/iterators.h"

#define DICT_OF(v) (V_AS(DictView, v)->dict)

Value dict_view_new(Thread *t, Value dict, enum DictPart part) {
    static const uint32_t shapes[3] = {SHAPE_dict_keys, SHAPE_dict_values, SHAPE_dict_items};
    DictView *view = heap_object(t, shapes[part], sizeof *view);
    if (UNLIKELY(view == NULL)) return VNULL;
    view->dict = new_ref(dict);
    gc_track(t, view);
    return v_from(view);
}

static bool is_set_like(Thread *t, Value v) { return IS_A(t, v, dict_keys) || IS_A(t, v, dict_items); }
static int64_t view_len(Thread *t, Value self) { return dict_len(DICT_OF(self)); }

static Value keys_iter(Thread *t, Value self) { return dict_iterator_new(t, DICT_OF(self), PART_KEYS, false); }
static Value values_iter(Thread *t, Value self) { return dict_iterator_new(t, DICT_OF(self), PART_VALUES, false); }
static Value items_iter(Thread *t, Value self) { return dict_iterator_new(t, DICT_OF(self), PART_ITEMS, false); }

static Value keys_reversed(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return dict_iterator_new(t, DICT_OF(args[0]), PART_KEYS, true); }
static Value values_reversed(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return dict_iterator_new(t, DICT_OF(args[0]), PART_VALUES, true); }
static Value items_reversed(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return dict_iterator_new(t, DICT_OF(args[0]), PART_ITEMS, true); }

static Value view_repr(Thread *t, Value self) {
    int entered = repr_enter(t, self);
    if (entered <= 0) return entered < 0 ? VNULL : str_from_ascii(t, "...", 3);
    Value list = list_from_iterable(t, self), text = VNULL;
    if (!is_null(list)) text = str_format(t, "%T(%R)", self, list);
    decref_maybe(t, list);
    repr_leave(t, self);
    return text;
}

static int keys_contains(Thread *t, Value self, Value v) { return dict_contains(t, DICT_OF(self), v); }

static int items_contains(Thread *t, Value self, Value v) {
    if (!is_tuple(t, v) || tuple_len(v) != 2) return 0;
    Value found = dict_get(t, DICT_OF(self), tuple_at(v, 0));
    if (is_null(found)) return err_pending(t) ? -1 : 0;
    incref(found);
    int is_equal = equal_fast(t, found, tuple_at(v, 1));
    decref(t, found);
    return is_equal;
}

/* Whether all of `a` is in `b`. */
static int all_in(Thread *t, Value a, Value b) {
    Value it = iter_of(t, a), item;
    if (is_null(it)) return -1;
    int inside = 1;
    while (inside > 0 && !is_null(item = iter_next(t, it))) {
        inside = contains(t, b, item);
        decref(t, item);
    }
    decref(t, it);
    return inside > 0 && err_pending(t) ? -1 : inside;
}

static Value view_compare(Thread *t, Value self, Value other, enum CompareOp op) {
    if (!has_flag(t, other, TF_SET) && !is_set_like(t, other)) return V_NOTIMPL;
    int64_t n = length_of(t, self), m = n < 0 ? -1 : length_of(t, other);
    if (m < 0) return VNULL;
    int is = 0;
    switch (op) {
    case CMP_EQ:
    case CMP_NE:
        is = n == m ? all_in(t, self, other) : 0;
        if (op == CMP_NE && is >= 0) is = !is;
        break;
    case CMP_LT: is = n < m ? all_in(t, self, other) : 0; break;
    case CMP_LE: is = n <= m ? all_in(t, self, other) : 0; break;
    case CMP_GT: is = n > m ? all_in(t, other, self) : 0; break;
    case CMP_GE: is = n >= m ? all_in(t, other, self) : 0; break;
    }
    return is < 0 ? VNULL : v_bool(is);
}

/* --- Set operations -------------------------------------------------------------------------------------------------------------- */

/* set(a), changed by a method of set called with b. */
static Value set_changed_by(Thread *t, Value a, Value method, Value b) {
    Value set = set_new(t, a);
    if (is_null(set)) return VNULL;
    Value done = call_method_1(t, set, method, b);
    if (is_null(done)) {
        decref(t, set);
        return VNULL;
    }
    decref(t, done);
    return set;
}

static Value view_sub(Thread *t, Value a, Value b) { return set_changed_by(t, a, N(t, difference_update), b); }

static Value view_or(Thread *t, Value a, Value b) {
    Value set = set_new(t, a);
    if (!is_null(set) && !set_update(t, set, b)) {
        decref(t, set);
        return VNULL;
    }
    return set;
}

static Value view_and(Thread *t, Value a, Value b) {
    if (!is_set_like(t, a)) {
        Value swap = a;
        a = b;
        b = swap;
    }
    int64_t n = dict_len(DICT_OF(a));
    if (IS_EXACT(b, set) && n <= set_len(b)) return call_method_1(t, b, N(t, intersection), a);
    if (is_set_like(t, b) && dict_len(DICT_OF(b)) > n) {
        Value swap = a;
        a = b;
        b = swap;
    }
    Value result = set_new(t, VNULL), it = is_null(result) ? VNULL : iter_of(t, b), item;
    if (is_null(it)) {
        decref_maybe(t, result);
        return VNULL;
    }
    bool is_keys = IS_A(t, a, dict_keys);
    while (!is_null(item = iter_next(t, it))) {
        int found = is_keys ? keys_contains(t, a, item) : items_contains(t, a, item);
        bool ok = found == 0 || (found > 0 && set_add(t, result, item));
        decref(t, item);
        if (!ok) break;
    }
    decref(t, it);
    if (err_pending(t)) {
        decref(t, result);
        return VNULL;
    }
    return result;
}

/* items() ^ items(): values are compared first, so that unhashable ones do where keys and values agree. */
static Value items_xor(Thread *t, Value a, Value b) {
    Value rest = dict_copy(t, DICT_OF(b)), result = is_null(rest) ? VNULL : set_new(t, VNULL);
    if (is_null(result)) {
        decref_maybe(t, rest);
        return VNULL;
    }
    uint32_t pos = 0;
    Value key, value, pair;
    Value left = DICT_OF(a);
    bool ok = true;
    while (ok && dict_next(left, &pos, &key, &value)) {
        int64_t hash = dict_entry_hash(t, V_AS(Dict, left)->keys, pos - 1);
        incref(key);
        incref(value);
        Value other = new_ref_maybe(dict_get_hashed(t, rest, key, hash));
        int is_equal = is_null(other) ? (err_pending(t) ? -1 : 0) : equal_fast(t, value, other);
        if (is_equal > 0) ok = dict_delete(t, rest, key) >= 0;
        else if (is_equal == 0) {
            pair = tuple_of(t, 2, key, value);
            ok = !is_null(pair) && set_add(t, result, pair);
            decref_maybe(t, pair);
        } else ok = false;
        decref(t, key);
        decref(t, value);
        decref_maybe(t, other);
    }
    for (pos = 0; ok && dict_next(rest, &pos, &key, &value);) {
        pair = tuple_of(t, 2, key, value);
        ok = !is_null(pair) && set_add(t, result, pair);
        decref_maybe(t, pair);
    }
    decref(t, rest);
    if (ok) return result;
    decref(t, result);
    return VNULL;
}

static Value view_xor(Thread *t, Value a, Value b) {
    if (IS_A(t, a, dict_items) && IS_A(t, b, dict_items)) return items_xor(t, a, b);
    return set_changed_by(t, a, N(t, symmetric_difference_update), b);
}

static Value method_isdisjoint(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value self = args[0], other = args[1];
    if (same(self, other)) return v_bool(view_len(t, self) == 0);
    if (has_flag(t, other, TF_SET) || is_set_like(t, other)) {
        int64_t n = length_of(t, other);
        if (n < 0) return VNULL;
        if (n > view_len(t, self)) {
            other = self;
            self = args[1];
        }
    }
    Value it = iter_of(t, other), item;
    if (is_null(it)) return VNULL;
    int found = 0;
    while (found == 0 && !is_null(item = iter_next(t, it))) {
        found = contains(t, self, item);
        decref(t, item);
    }
    decref(t, it);
    if (err_pending(t)) return VNULL;
    return v_bool(found == 0);
}

static Value get_mapping(Thread *t, Value self, void *closure) { return call_1(t, v_from(builtin_type(t, T_mappingproxy)), DICT_OF(self)); }

static const GetSetDef view_getsets[] = {
    {"mapping", get_mapping, NULL, "dictionary that this view refers to", NULL},
    {NULL},
};
static const Field view_fields[] = {FIELD_VALUE(DictView, dict)};

#define ISDISJOINT {"isdisjoint", "($self, other, /)", "Whether the view and an iterable have no item in common.", method_isdisjoint}
#define REVERSED(kind) {"__reversed__", "($self, /)", "An iterator from the last to the first.", kind##_reversed}
#define SET_OPERATORS .binop = {[OP_sub] = view_sub, [OP_and] = view_and, [OP_or] = view_or, [OP_xor] = view_xor}

static const MethodDef keys_methods[] = {ISDISJOINT, REVERSED(keys), {NULL}};
static const MethodDef items_methods[] = {ISDISJOINT, REVERSED(items), {NULL}};
static const MethodDef values_methods[] = {REVERSED(values), {NULL}};

const TypeDef typedef_dict_keys = {
    .name = "dict_keys",
    .flags = TF_GC | TF_NO_NEW | TF_IMMUTABLE | TF_BASE,
    .size = sizeof(DictView),
    FIELDS(view_fields),
    .methods = keys_methods,
    .getsets = view_getsets,
    .slots = {.repr = view_repr, .compare = view_compare, .iter = keys_iter, .len = view_len, .contains = keys_contains,
              SET_OPERATORS},
};

const TypeDef typedef_dict_items = {
    .name = "dict_items",
    .flags = TF_GC | TF_NO_NEW | TF_IMMUTABLE | TF_BASE,
    .size = sizeof(DictView),
    FIELDS(view_fields),
    .methods = items_methods,
    .getsets = view_getsets,
    .slots = {.repr = view_repr, .compare = view_compare, .iter = items_iter, .len = view_len, .contains = items_contains,
              SET_OPERATORS},
};

const TypeDef typedef_dict_values = {
    .name = "dict_values",
    .flags = TF_GC | TF_NO_NEW | TF_IMMUTABLE | TF_BASE,
    .size = sizeof(DictView),
    FIELDS(view_fields),
    .methods = values_methods,
    .getsets = view_getsets,
    .slots = {.repr = view_repr, .iter = values_iter, .len = view_len},
};
