/* The types set and frozenset. */
#include "base/hash.h"
#include "core/names.h"
#include "heap/heap.h"
#include "object/dict.h"
#include "object/instance.h"
#include "object/list.h"
#include "object/set.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/call.h"
#include "ops/object.h"
#include "types/iterators.h"

#define SELF args[0]

static inline bool is_set(Thread *t, Value v) { return IS_EXACT(v, set) || has_flag(t, v, TF_SET); }
static inline bool is_frozen(Thread *t, Value v) { return IS_EXACT(v, frozenset) || (!IS_EXACT(v, set) && IS_A(t, v, frozenset)); }

/* --- Life ------------------------------------------------------------------------------------------------------------------------ */

/* An empty set of a type. */
static Value empty_of(Thread *t, Type *type) {
    if (type == builtin_type(t, T_set)) return set_new_shaped(t, false);
    if (type == builtin_type(t, T_frozenset)) return set_new_shaped(t, true);
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    V_AS(Set, v)->mask = 7;
    V_AS(Set, v)->hash = -1;
    return object_done(t, v);
}

static Value set_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) { return empty_of(t, type); }

static bool set_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "set", kwnames) || !call_arity(t, "set", nargs, 0, 1)) return false;
    if (set_len(self) > 0) set_clear(t, self);
    return nargs == 0 || set_update(t, self, args[0]);
}

static Value frozenset_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Type *plain = builtin_type(t, T_frozenset);
    if (!is_null(kwnames) && (type == plain || type->slots.init == plain->slots.init) && !call_no_keywords(t, "frozenset", kwnames)) return VNULL;
    if (!call_arity(t, "frozenset", nargs, 0, 1)) return VNULL;
    if (type == plain) return frozenset_new(t, nargs ? args[0] : VNULL);
    Value v = empty_of(t, type);
    if (!is_null(v) && nargs == 1 && !set_update(t, v, args[0])) {
        decref(t, v);
        return VNULL;
    }
    return v;
}

static void set_destroy(Thread *t, Object *self) { set_clear(t, v_from(self)); }

static int set_traverse(Object *self, VisitFn visit, void *context) {
    uint64_t pos = 0;
    Value key;
    int64_t hash;
    while (set_next(v_from(self), &pos, &key, &hash)) {
        int stop = is_obj(key) ? visit(key, context) : 0;
        if (stop) return stop;
    }
    return 0;
}

static Value set_repr(Thread *t, Value self) {
    bool bare = IS_EXACT(self, set);
    if (set_len(self) == 0) return str_format(t, "%T()", self);
    int entered = repr_enter(t, self);
    if (entered <= 0) return entered < 0 ? VNULL : str_format(t, "%T(...)", self);
    Value list = list_from_iterable(t, self), text = VNULL;
    if (!is_null(list)) {
        StrBuilder b;
        str_builder_init(&b);
        bool ok = bare || str_builder_format(t, &b, "%T(", self);
        ok = ok && str_builder_char(t, &b, '{');
        for (int64_t i = 0; ok && i < list_len(list); i++)
            ok = (i == 0 || str_builder_ascii(t, &b, ", ", 2)) && str_builder_repr(t, &b, list_at(list, i));
        ok = ok && str_builder_ascii(t, &b, "})", bare ? 1 : 2);
        if (ok) text = str_builder_finish(t, &b);
        decref(t, list);
    }
    repr_leave(t, self);
    return text;
}

static bool frozenset_hash(Thread *t, Value self, int64_t *hash) {
    Set *s = V_AS(Set, self);
    if (s->hash == -1) {
        uint64_t acc = 0, pos = 0;
        Value key;
        int64_t item;
        while (set_next(self, &pos, &key, &item)) acc ^= hash_set_mix(item);
        s->hash = hash_set_end(acc, (size_t)s->used);
    }
    *hash = s->hash;
    return true;
}

static int64_t set_length(Thread *t, Value self) { return set_len(self); }

/* --- Membership ------------------------------------------------------------------------------------------------------------------ */

/* The hash of a key that is asked for; for an unhashable set that of a frozenset with its items, which then stands in *stand_in (owned). */
static bool key_or_frozen(Thread *t, Value *key, int64_t *hash, Value *stand_in) {
    *stand_in = VNULL;
    if (set_key_hash(t, *key, hash)) return true;
    if (!is_set(t, *key) || !err_catch(t, T_TypeError)) return false;
    *stand_in = set_copy(t, *key, true);
    if (is_null(*stand_in)) return false;
    *key = *stand_in;
    return hash_of(t, *key, hash);
}

static int set_has(Thread *t, Value self, Value key) {
    int64_t hash;
    Value stand_in;
    int found = key_or_frozen(t, &key, &hash, &stand_in) ? set_contains_hashed(t, self, key, hash) : -1;
    decref_maybe(t, stand_in);
    return found;
}

static int discard(Thread *t, Value self, Value key) {
    int64_t hash;
    Value stand_in;
    int found = key_or_frozen(t, &key, &hash, &stand_in) ? set_discard_hashed(t, self, key, hash) : -1;
    decref_maybe(t, stand_in);
    return found;
}

/* --- Algebra --------------------------------------------------------------------------------------------------------------------- */

/* The walk over a set's entries with the key held, since comparing may change the set. */
typedef struct Walk {
    Value set, key;
    int64_t hash;
    uint64_t pos;
    bool compared; /* Python code may have run: keys may come twice */
} Walk;
static inline bool walk_next(Thread *t, Walk *w) {
    decref_maybe(t, w->key);
    if (set_next(w->set, &w->pos, &w->key, &w->hash)) {
        incref(w->key);
        return true;
    }
    w->key = VNULL;
    return false;
}
/* Whether the key is in another set. */
static inline int walk_is_in(Thread *t, Walk *w, Value other) {
    int found = set_probe(V_AS(Set, other), w->key, w->hash);
    if (LIKELY(found >= 0)) return found;
    w->compared = true;
    return set_contains_hashed(t, other, w->key, w->hash);
}
/* Adds the key to a set that is made of such keys. */
static inline bool walk_add(Thread *t, Walk *w, Value result) {
    return LIKELY(!w->compared) ? set_add_absent(t, result, w->key, w->hash) : set_add_hashed(t, result, w->key, w->hash);
}
static inline void walk_end(Thread *t, Walk *w) { slot_clear(t, &w->key); }

static Value drop(Thread *t, Value v) {
    decref_maybe(t, v);
    return VNULL;
}

/* A copy as set or frozenset, whichever `self` derives from. */
static Value base_copy(Thread *t, Value self) { return set_copy(t, self, is_frozen(t, self)); }
static Value base_empty(Thread *t, Value self) { return set_new_shaped(t, is_frozen(t, self)); }

static Value intersection(Thread *t, Value self, Value other) {
    if (same(self, other)) return base_copy(t, self);
    Value result = base_empty(t, self);
    if (is_null(result)) return VNULL;
    bool ok = true;
    if (is_set(t, other)) {
        Value small = other, big = self;
        if (set_len(small) > set_len(big)) small = self, big = other;
        Walk w = {.set = small};
        while (ok && walk_next(t, &w)) {
            int found = walk_is_in(t, &w, big);
            ok = found == 0 || (found > 0 && walk_add(t, &w, result));
        }
        walk_end(t, &w);
        return ok ? result : drop(t, result);
    }
    Value it = iter_of(t, other), item;
    if (is_null(it)) return drop(t, result);
    while (ok && !is_null(item = iter_next(t, it))) {
        int64_t hash;
        int found = set_key_hash(t, item, &hash) ? set_contains_hashed(t, self, item, hash) : -1;
        ok = found == 0 || (found > 0 && set_add_hashed(t, result, item, hash));
        decref(t, item);
    }
    decref(t, it);
    return err_pending(t) ? drop(t, result) : result;
}

static bool difference_update(Thread *t, Value self, Value other) {
    if (same(self, other)) {
        set_clear(t, self);
        return true;
    }
    bool ok = true;
    if (is_set(t, other)) {
        Value common = VNULL;
        if (set_len(other) >> 3 > set_len(self)) {
            common = intersection(t, self, other);
            if (is_null(common)) return false;
            other = common;
        }
        Walk w = {.set = other};
        while (ok && walk_next(t, &w)) ok = set_discard_hashed(t, self, w.key, w.hash) >= 0;
        walk_end(t, &w);
        decref_maybe(t, common);
    } else {
        Value it = iter_of(t, other), item;
        if (is_null(it)) return false;
        while (ok && !is_null(item = iter_next(t, it))) {
            ok = set_discard(t, self, item) >= 0;
            decref(t, item);
        }
        decref(t, it);
        ok = ok && !err_pending(t);
    }
    return ok && set_compact(t, V_AS(Set, self));
}

static Value difference(Thread *t, Value self, Value other) {
    int64_t size = is_set(t, other) ? set_len(other) : IS_EXACT(other, dict) ? dict_len(other) : -1;
    if (size < 0 || set_len(self) >> 2 > size) {
        Value result = base_copy(t, self);
        if (!is_null(result) && !difference_update(t, result, other)) return drop(t, result);
        return result;
    }
    Value result = base_empty(t, self);
    if (is_null(result)) return VNULL;
    Walk w = {.set = self};
    bool ok = true, in_dict = IS_EXACT(other, dict);
    while (ok && walk_next(t, &w)) {
        int found;
        if (in_dict) {
            int64_t i = dict_find(t, other, w.key, w.hash);
            found = i >= 0 ? 1 : i == -1 ? 0 : -1;
            w.compared = true;
        } else found = walk_is_in(t, &w, other);
        ok = found > 0 || (found == 0 && walk_add(t, &w, result));
    }
    walk_end(t, &w);
    return ok ? result : drop(t, result);
}

static bool toggle(Thread *t, Value self, Value key, int64_t hash) {
    int found = set_discard_hashed(t, self, key, hash);
    return found > 0 || (found == 0 && set_add_hashed(t, self, key, hash));
}

static bool symmetric_difference_update(Thread *t, Value self, Value other) {
    if (same(self, other)) {
        set_clear(t, self);
        return true;
    }
    bool ok = true;
    if (IS_EXACT(other, dict)) {
        uint32_t pos = 0;
        Value key, value;
        while (ok && dict_next(other, &pos, &key, &value)) {
            int64_t hash = dict_entry_hash(t, V_AS(Dict, other)->keys, pos - 1);
            incref(key);
            ok = toggle(t, self, key, hash);
            decref(t, key);
        }
        return ok;
    }
    Value owned = VNULL;
    if (!is_set(t, other)) {
        owned = base_empty(t, self);
        if (is_null(owned) || !set_update(t, owned, other)) return decref_maybe(t, owned), false;
        other = owned;
    }
    Walk w = {.set = other};
    while (ok && walk_next(t, &w)) ok = toggle(t, self, w.key, w.hash);
    walk_end(t, &w);
    decref_maybe(t, owned);
    return ok;
}

static Value symmetric_difference(Thread *t, Value self, Value other) {
    Value result = base_empty(t, self);
    if (is_null(result)) return VNULL;
    return set_update(t, result, other) && symmetric_difference_update(t, result, self) ? result : drop(t, result);
}

static int disjoint(Thread *t, Value self, Value other) {
    if (same(self, other)) return set_len(self) == 0;
    if (is_set(t, other)) {
        if (set_len(other) > set_len(self)) {
            Value swap = self;
            self = other;
            other = swap;
        }
        Walk w = {.set = other};
        int found = 0;
        while (found == 0 && walk_next(t, &w)) found = walk_is_in(t, &w, self);
        walk_end(t, &w);
        return found < 0 ? -1 : !found;
    }
    Value it = iter_of(t, other), item;
    if (is_null(it)) return -1;
    int found = 0;
    while (found == 0 && !is_null(item = iter_next(t, it))) {
        found = set_contains(t, self, item);
        decref(t, item);
    }
    decref(t, it);
    return err_pending(t) ? -1 : !found;
}

/* Whether all of self is in other; both are sets. */
static int subset_of_set(Thread *t, Value self, Value other) {
    if (set_len(self) > set_len(other)) return 0;
    Walk w = {.set = self};
    int found = 1;
    Value key;
    uint64_t pos = 0;
    while (set_next(self, &pos, &key, &w.hash) && (found = set_probe(V_AS(Set, other), key, w.hash)) >= 0) { /* no code runs, so the key need not be held */
        if (found == 0) return 0;
        w.pos = pos;
    }
    if (found > 0) return 1;
    for (found = 1; found > 0 && walk_next(t, &w);) found = set_contains_hashed(t, other, w.key, w.hash);
    walk_end(t, &w);
    return found;
}

static int subset(Thread *t, Value self, Value other) {
    if (is_set(t, other)) return subset_of_set(t, self, other);
    Value common = intersection(t, self, other);
    if (is_null(common)) return -1;
    bool all = set_len(common) == set_len(self);
    decref(t, common);
    return all;
}

static int superset(Thread *t, Value self, Value other) {
    if (is_set(t, other)) return subset_of_set(t, other, self);
    Value it = iter_of(t, other), item;
    if (is_null(it)) return -1;
    int found = 1;
    while (found > 0 && !is_null(item = iter_next(t, it))) {
        found = set_contains(t, self, item);
        decref(t, item);
    }
    decref(t, it);
    return err_pending(t) ? -1 : found;
}

/* --- Operators ------------------------------------------------------------------------------------------------------------------- */

static Value set_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if (!is_set(t, b) || !is_set(t, a)) return V_NOTIMPL;
    int64_t n = set_len(a), m = set_len(b);
    int is;
    switch (op) {
    case CMP_EQ:
    case CMP_NE:
        if (n != m || (V_AS(Set, a)->hash != -1 && V_AS(Set, b)->hash != -1 && V_AS(Set, a)->hash != V_AS(Set, b)->hash)) is = 0;
        else is = subset_of_set(t, a, b);
        if (op == CMP_NE && is >= 0) is = !is;
        break;
    case CMP_LE: is = subset_of_set(t, a, b); break;
    case CMP_GE: is = subset_of_set(t, b, a); break;
    case CMP_LT: is = n < m ? subset_of_set(t, a, b) : 0; break;
    default: is = n > m ? subset_of_set(t, b, a) : 0; break;
    }
    return is < 0 ? VNULL : v_bool(is);
}

static Value op_or(Thread *t, Value a, Value b) {
    if (!is_set(t, a) || !is_set(t, b)) return V_NOTIMPL;
    Value result = base_copy(t, a);
    if (!is_null(result) && !same(a, b) && !set_merge(t, result, b)) return drop(t, result);
    return result;
}
static Value op_and(Thread *t, Value a, Value b) { return is_set(t, a) && is_set(t, b) ? intersection(t, a, b) : V_NOTIMPL; }
static Value op_sub(Thread *t, Value a, Value b) { return is_set(t, a) && is_set(t, b) ? difference(t, a, b) : V_NOTIMPL; }
static Value op_xor(Thread *t, Value a, Value b) { return is_set(t, a) && is_set(t, b) ? symmetric_difference(t, a, b) : V_NOTIMPL; }

static bool intersection_update(Thread *t, Value self, Value other) {
    Value common = intersection(t, self, other);
    if (is_null(common)) return false;
    set_swap_bodies(self, common);
    decref(t, common);
    return true;
}

static Value inplace_or(Thread *t, Value a, Value b) {
    if (!is_set(t, b)) return V_NOTIMPL;
    return set_merge(t, a, b) ? new_ref(a) : VNULL;
}
static Value inplace_and(Thread *t, Value a, Value b) {
    if (!is_set(t, b)) return V_NOTIMPL;
    return intersection_update(t, a, b) ? new_ref(a) : VNULL;
}
static Value inplace_sub(Thread *t, Value a, Value b) {
    if (!is_set(t, b)) return V_NOTIMPL;
    return difference_update(t, a, b) ? new_ref(a) : VNULL;
}
static Value inplace_xor(Thread *t, Value a, Value b) {
    if (!is_set(t, b)) return V_NOTIMPL;
    return symmetric_difference_update(t, a, b) ? new_ref(a) : VNULL;
}

/* --- Methods --------------------------------------------------------------------------------------------------------------------- */

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

METHOD(method_contains) {
    int found = set_has(t, SELF, args[1]);
    return found < 0 ? VNULL : v_bool(found);
}
METHOD(method_add) { return set_add(t, SELF, args[1]) ? V_NONE : VNULL; }
METHOD(method_discard) { return discard(t, SELF, args[1]) < 0 ? VNULL : V_NONE; }
METHOD(method_remove) {
    int found = discard(t, SELF, args[1]);
    if (found == 0) return err_raise_with(t, T_KeyError, args[1]);
    return found < 0 ? VNULL : V_NONE;
}
METHOD(method_pop) {
    Value v = set_pop(t, SELF);
    return is_null(v) ? err_raise(t, T_KeyError, "pop from an empty set") : v;
}
METHOD(method_clear) {
    set_clear(t, SELF);
    return V_NONE;
}
METHOD(method_copy) { return base_copy(t, SELF); }
METHOD(frozenset_copy) { return IS_EXACT(SELF, frozenset) ? new_ref(SELF) : set_copy(t, SELF, true); }

static bool no_keywords(Thread *t, Value self, const char *method, Value kwnames) {
    if (LIKELY(is_null(kwnames))) return true;
    return err_fail(t, T_TypeError, "%s.%s() takes no keyword arguments", is_frozen(t, self) ? "frozenset" : "set", method);
}

METHOD(method_union) {
    if (!no_keywords(t, SELF, "union", kwnames)) return VNULL;
    Value result = base_copy(t, SELF);
    for (uint32_t i = 1; i < nargs && !is_null(result); i++)
        if (!same(SELF, args[i]) && !set_update(t, result, args[i])) result = drop(t, result);
    return result;
}
METHOD(method_update) {
    if (!no_keywords(t, SELF, "update", kwnames)) return VNULL;
    for (uint32_t i = 1; i < nargs; i++)
        if (!set_update(t, SELF, args[i])) return VNULL;
    return V_NONE;
}
METHOD(method_intersection) {
    if (!no_keywords(t, SELF, "intersection", kwnames)) return VNULL;
    if (nargs == 1) return base_copy(t, SELF);
    Value result = new_ref(SELF);
    for (uint32_t i = 1; i < nargs && !is_null(result); i++) slot_set(t, &result, intersection(t, result, args[i]));
    return result;
}
METHOD(method_intersection_update) {
    Value common = method_intersection(t, args, nargs, kwnames);
    if (is_null(common)) return VNULL;
    set_swap_bodies(SELF, common);
    decref(t, common);
    return V_NONE;
}
METHOD(method_difference) {
    if (!no_keywords(t, SELF, "difference", kwnames)) return VNULL;
    if (nargs == 1) return base_copy(t, SELF);
    Value result = difference(t, SELF, args[1]);
    for (uint32_t i = 2; i < nargs && !is_null(result); i++)
        if (!difference_update(t, result, args[i])) result = drop(t, result);
    return result;
}
METHOD(method_difference_update) {
    if (!no_keywords(t, SELF, "difference_update", kwnames)) return VNULL;
    for (uint32_t i = 1; i < nargs; i++)
        if (!difference_update(t, SELF, args[i])) return VNULL;
    return V_NONE;
}
METHOD(method_symmetric_difference) { return symmetric_difference(t, SELF, args[1]); }
METHOD(method_symmetric_difference_update) { return symmetric_difference_update(t, SELF, args[1]) ? V_NONE : VNULL; }
METHOD(method_isdisjoint) {
    int is = disjoint(t, SELF, args[1]);
    return is < 0 ? VNULL : v_bool(is);
}
METHOD(method_issubset) {
    int is = subset(t, SELF, args[1]);
    return is < 0 ? VNULL : v_bool(is);
}
METHOD(method_issuperset) {
    int is = superset(t, SELF, args[1]);
    return is < 0 ? VNULL : v_bool(is);
}
METHOD(method_sizeof) {
    Set *s = V_AS(Set, SELF);
    return v_smallint((int64_t)type_of(t, SELF)->size + (s->table ? (int64_t)((s->mask + 1) * sizeof(SetEntry)) : 0));
}
METHOD(method_reduce) {
    Value list = list_from_iterable(t, SELF), inner = VNULL, state = VNULL, result = VNULL;
    if (!is_null(list)) inner = tuple_of(t, 1, list);
    if (!is_null(inner)) state = call_method_0(t, SELF, N(t, __getstate__));
    if (!is_null(state)) result = tuple_of(t, 3, v_from(type_of(t, SELF)), inner, state);
    decref_maybe(t, list);
    decref_maybe(t, inner);
    decref_maybe(t, state);
    return result;
}

#define SHARED_METHODS                                                                                                              \
    {"__reduce__", "($self, /)", "For pickling.", method_reduce},                                                                    \
    {"__sizeof__", "($self, /)", "Bytes of memory.", method_sizeof, 0, FX_PURE},                                                     \
    {"difference", "($self, /, *others)", "A new set with the items that are in none of the others.", method_difference},            \
    {"intersection", "($self, /, *others)", "A new set with the items that are in all others, too.", method_intersection},           \
    {"isdisjoint", "($self, other, /)", "Whether no item is in both.", method_isdisjoint},                                           \
    {"issubset", "($self, other, /)", "Whether the other one contains this set.", method_issubset},                                  \
    {"issuperset", "($self, other, /)", "Whether this set contains the other one.", method_issuperset},                              \
    {"symmetric_difference", "($self, other, /)", "A new set with the items that are in one of both only.", method_symmetric_difference}, \
    {"union", "($self, /, *others)", "A new set with the items of all.", method_union},                                              \
    {"__contains__", "($self, object, /)", "Whether the object is an item.", method_contains, MF_COEXIST},                           \
    CLASS_GETITEM, {NULL}

static const MethodDef set_methods[] = {
    {"add", "($self, object, /)", "Add an item; if it is there already, nothing happens.", method_add},
    {"clear", "($self, /)", "Remove all items.", method_clear},
    {"copy", "($self, /)", "A new set with the same items.", method_copy},
    {"discard", "($self, object, /)", "Remove an item; unlike remove(), do nothing where it is absent.", method_discard},
    {"difference_update", "($self, /, *others)", "Remove the items that are in one of the others.", method_difference_update},
    {"intersection_update", "($self, /, *others)", "Keep the items that are in all others only.", method_intersection_update},
    {"pop", "($self, /)", "Remove any item and return it.\n\nKeyError if the set is empty.", method_pop},
    {"remove", "($self, object, /)", "Remove an item.\n\nKeyError if it is absent.", method_remove},
    {"symmetric_difference_update", "($self, other, /)", "Keep the items that are in one of both only.", method_symmetric_difference_update},
    {"update", "($self, /, *others)", "Add the items of the others.", method_update},
    SHARED_METHODS,
};
static const MethodDef frozenset_methods[] = {
    {"copy", "($self, /)", "The set itself, or a plain one with the items of an instance of a subclass.", frozenset_copy},
    SHARED_METHODS,
};

/* --- Iterator -------------------------------------------------------------------------------------------------------------------- */

typedef struct SetIterator { Object head; Value set; int64_t used, left; uint64_t pos; } SetIterator;

static Value set_iter(Thread *t, Value self) {
    SetIterator *it = heap_object(t, SHAPE_set_iterator, sizeof *it);
    if (UNLIKELY(it == NULL)) return VNULL;
    it->set = new_ref(self);
    it->used = it->left = set_len(self);
    it->pos = 0;
    gc_track(t, it);
    return v_from(it);
}

static Value iterator_next(Thread *t, Value self) {
    SetIterator *it = V_AS(SetIterator, self);
    if (is_null(it->set)) return VNULL;
    if (it->used != set_len(it->set)) {
        it->used = -1;
        return err_raise(t, T_RuntimeError, "Set changed size during iteration");
    }
    Value key;
    int64_t hash;
    if (LIKELY(set_next(it->set, &it->pos, &key, &hash))) {
        it->left--;
        return new_ref(key);
    }
    slot_clear(t, &it->set);
    return VNULL;
}

METHOD(iterator_hint) {
    SetIterator *it = V_AS(SetIterator, SELF);
    return v_smallint(!is_null(it->set) && it->used == set_len(it->set) ? it->left : 0);
}

METHOD(iterator_reduce) {
    SetIterator *it = V_AS(SetIterator, SELF), copy = *it;
    copy.head.refs = REFS_IMMORTAL; /* lives on this stack */
    incref_maybe(copy.set);
    Value list = list_new(t, 0);
    if (!is_null(list) && !list_extend(t, V_AS(List, list), v_from(&copy))) list = drop(t, list);
    decref_maybe(t, copy.set);
    return is_null(list) ? VNULL : reduce_to_iter(t, list, VNULL);
}

static Value self_iter(Thread *t, Value self) { return new_ref(self); }

static const MethodDef iterator_methods[] = {
    {"__length_hint__", "($self, /)", "The number of items that are left.", iterator_hint},
    {"__reduce__", "($self, /)", "For pickling.", iterator_reduce},
    {NULL},
};
static const Field iterator_fields[] = {FIELD_VALUE(SetIterator, set)};

const TypeDef typedef_set_iterator = {
    .name = "set_iterator",
    .flags = TF_GC | TF_NO_NEW | TF_IMMUTABLE,
    .size = sizeof(SetIterator),
    FIELDS(iterator_fields),
    .methods = iterator_methods,
    .slots = {.iter = self_iter, .next = iterator_next},
};

/* --- Types ----------------------------------------------------------------------------------------------------------------------- */

#define SHARED_SLOTS                                                                                                  \
    .destroy = set_destroy, .traverse = set_traverse, .clear = set_destroy, .repr = set_repr, .compare = set_compare, \
    .iter = set_iter, .len = set_length, .contains = set_has,                                                         \
    .binop = {[OP_or] = op_or, [OP_and] = op_and, [OP_sub] = op_sub, [OP_xor] = op_xor}

const TypeDef typedef_set = {
    .name = "set",
    .doc = "A mutable collection of hashable items without order or duplicates.",
    .signature = "(iterable=(), /)",
    .flags = TF_BASE | TF_GC | TF_SET | TF_WEAKREF | TF_EXT | TF_IMMUTABLE,
    .size = sizeof(Set),
    .ext_offset = offsetof(Set, ext),
    .methods = set_methods,
    .slots = {.new = set_make, .init = set_init, SHARED_SLOTS,
              .inplace = {[OP_or] = inplace_or, [OP_and] = inplace_and, [OP_sub] = inplace_sub, [OP_xor] = inplace_xor}},
};

const TypeDef typedef_frozenset = {
    .name = "frozenset",
    .doc = "An immutable collection of hashable items without order or duplicates.",
    .signature = "(iterable=(), /)",
    .flags = TF_BASE | TF_GC | TF_SET | TF_WEAKREF | TF_EXT | TF_IMMUTABLE,
    .size = sizeof(Set),
    .ext_offset = offsetof(Set, ext),
    .methods = frozenset_methods,
    .slots = {.new = frozenset_make, .hash = frozenset_hash, SHARED_SLOTS},
};
