/* Filling the core containers from any iterable: what object/tuple.h, list.h, dict.h and set.h declare and object/ cannot do. */
#include "base/hash.h"
#include "core/names.h"
#include "object/dict.h"
#include "object/list.h"
#include "object/set.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"

/* --- list and tuple -------------------------------------------------------------------------------------------------------------- */

static bool extend_from_items(Thread *t, List *l, const Value *items, int64_t n) {
    if (n == 0) return true;
    bool itself = items == l->items;
    int64_t length = l->length > 0 ? l->length : 0;
    int64_t room = l->capacity >= length + n ? length + n : length + n + (length > 0 ? (length + n) / 8 : 0);
    if (!list_grow(t, l, room)) return false;
    if (itself) items = l->items;
    for (int64_t i = 0; i < n; i++) l->items[length + i] = new_ref(items[i]);
    l->length = length + n;
    return true;
}

static bool extend_from_dict(Thread *t, List *l, Value dict) {
    if (!list_grow(t, l, l->length + dict_len(dict))) return false;
    uint32_t pos = 0;
    Value key, value;
    while (dict_next(dict, &pos, &key, &value)) l->items[l->length++] = new_ref(key);
    return true;
}

static bool extend_from_set(Thread *t, List *l, Value set) {
    if (!list_grow(t, l, l->length + set_len(set))) return false;
    uint64_t pos = 0;
    Value key;
    int64_t hash;
    while (set_next(set, &pos, &key, &hash)) l->items[l->length++] = new_ref(key);
    return true;
}

/* `ask`: __len__ and __length_hint__ of classes are called for how many items will come. */
static bool extend(Thread *t, List *l, Value iterable, bool ask) {
    if (IS_EXACT(iterable, list)) return extend_from_items(t, l, V_AS(List, iterable)->items, list_len(iterable));
    if (IS_EXACT(iterable, tuple)) return extend_from_items(t, l, V_AS(Tuple, iterable)->items, tuple_len(iterable));
    if (IS_EXACT(iterable, dict)) return extend_from_dict(t, l, iterable);
    if (IS_EXACT(iterable, set) || IS_EXACT(iterable, frozenset)) return extend_from_set(t, l, iterable);

    Value it = iter_of(t, iterable), item, pair[2];
    if (is_null(it)) return false;
    int (*next_pair)(Thread *, Value, Value *) = is_ptr(it) && v_obj(it)->shape < SHAPE_FIRST_DYNAMIC ? type_of(t, it)->slots.next_pair : NULL;
    int64_t hint = ask || !(type_of(t, iterable)->flags & TF_HEAP) ? length_hint(t, iterable, 0) : 0;
    bool ok = hint >= 0;
    if (ok && hint > 0 && hint < INT64_MAX - l->length) ok = list_grow(t, l, l->length + hint);
    if (ok) {
        int got = -1;
        while (next_pair != NULL && (got = next_pair(t, it, pair)) > 0) /* pairs that are kept: a tuple used again is of no use */
            if (is_null(item = tuple_take(t, pair, 2)) || UNLIKELY(!list_append_take(t, l, item))) break;
        while (got < 0 && !is_null(item = iter_next_fast(t, it)))
            if (UNLIKELY(!list_append_take(t, l, item))) break;
        ok = !err_pending(t);
    }
    decref(t, it);
    return ok;
}

bool list_extend(Thread *t, List *l, Value iterable) { return extend(t, l, iterable, true); }

static Value collected(Thread *t, Value iterable, bool ask) {
    Value list = list_new(t, 0);
    if (!is_null(list) && !extend(t, V_AS(List, list), iterable, ask)) {
        decref(t, list);
        return VNULL;
    }
    return list;
}

Value list_from_iterable(Thread *t, Value iterable) {
    if (IS_EXACT(iterable, list)) return list_from(t, V_AS(List, iterable)->items, list_len(iterable));
    if (IS_EXACT(iterable, tuple)) return list_from(t, V_AS(Tuple, iterable)->items, tuple_len(iterable));
    return collected(t, iterable, true);
}

Value tuple_from_iterable(Thread *t, Value iterable) {
    if (IS_EXACT(iterable, tuple)) return new_ref(iterable);
    if (IS_EXACT(iterable, list)) return list_to_tuple(t, V_AS(List, iterable));
    Value list = collected(t, iterable, false);
    if (is_null(list)) return VNULL;
    List *l = V_AS(List, list);
    int64_t n = l->length;
    l->length = 0; /* the tuple takes the items */
    Value tuple = tuple_take(t, l->items, n);
    decref(t, list);
    return tuple;
}

/* --- dict ------------------------------------------------------------------------------------------------------------------------ */

enum Override { KEEP = 0, REPLACE = 1, REFUSE = 2 };

static bool put(Thread *t, Value dict, Value key, int64_t hash, Value value, enum Override override) {
    if (override == REPLACE) return dict_set_hashed(t, dict, key, hash, value);
    int64_t i = dict_find(t, dict, key, hash);
    if (i == -1) return dict_set_hashed(t, dict, key, hash, value);
    if (i < 0) return false;
    if (override == REFUSE) {
        err_raise_with(t, T_KeyError, key);
        return false;
    }
    return true;
}

static bool merge_dict(Thread *t, Value dict, Value other, enum Override override) {
    if (same(dict, other) || dict_len(other) == 0) return true;
    Dict *d = V_AS(Dict, dict), *o = V_AS(Dict, other);
    if (d->keys == NULL) {
        Value copy = dict_copy(t, other);
        if (is_null(copy)) return false;
        Dict *c = V_AS(Dict, copy);
        d->keys = c->keys;
        d->used = c->used;
        c->keys = NULL;
        c->used = 0;
        decref(t, copy);
        return true;
    }
    if (o->used > d->used && !dict_reserve(t, dict, o->used)) return false;
    uint32_t pos = 0, used = o->used;
    Value key, value;
    while (dict_next(other, &pos, &key, &value)) {
        int64_t hash = dict_entry_hash(t, o->keys, pos - 1);
        incref(key);
        incref(value);
        bool ok = put(t, dict, key, hash, value, override);
        decref(t, key);
        decref(t, value);
        if (!ok) return false;
        if (o->used != used) return err_fail(t, T_RuntimeError, "dict mutated during update");
    }
    return true;
}

static bool merge_by_keys(Thread *t, Value dict, Value mapping, enum Override override) {
    Value keys = call_method_0(t, mapping, N(t, keys));
    if (is_null(keys)) return false;
    Value it = iter_of(t, keys), key;
    if (is_null(it) && err_is(t, T_TypeError) && type_of(t, keys)->slots.iter == NULL) {
        err_clear(t);
        err_raise(t, T_TypeError, "%T.keys() returned a non-iterable (type %T)", mapping, keys);
    }
    decref(t, keys);
    if (is_null(it)) return false;
    while (!is_null(key = iter_next(t, it))) {
        int64_t hash;
        Value value = VNULL;
        bool ok = dict_key_hash(t, key, &hash);
        if (ok && override != REPLACE) {
            int64_t i = dict_find(t, dict, key, hash);
            if (i >= 0 && override == KEEP) {
                decref(t, key);
                continue;
            }
            if (i >= 0) err_raise_with(t, T_KeyError, key);
            ok = i == -1;
        }
        if (ok) ok = !is_null(value = item_get(t, mapping, key)) && dict_set_hashed(t, dict, key, hash, value);
        decref(t, key);
        decref_maybe(t, value);
        if (!ok) break;
    }
    decref(t, it);
    return !err_pending(t);
}

bool dict_merge(Thread *t, Value dict, Value mapping, int override) {
    if (is_dict(t, mapping) && type_of(t, mapping)->slots.iter == builtin_type(t, T_dict)->slots.iter)
        return merge_dict(t, dict, mapping, (enum Override)override);
    return merge_by_keys(t, dict, mapping, (enum Override)override);
}

/* The note that tells which element of dict(iterable) was no sequence. */
COLD static void note_element(Thread *t, int64_t i) {
    Value error = err_fetch(t), note = str_format(t, "Cannot convert dictionary update sequence element #%ld to a sequence", (long)i);
    if (!is_null(note)) {
        Value done = call_method_1(t, error, N(t, add_note), note);
        decref_maybe(t, done);
        decref(t, note);
    }
    err_clear(t);
    err_restore(t, error);
}

static bool merge_pair(Thread *t, Value dict, Value pair, int64_t i) {
    if (IS_EXACT(pair, tuple) && tuple_len(pair) == 2) return dict_set(t, dict, tuple_at(pair, 0), tuple_at(pair, 1)); /* the pair is held */
    Value fast = sequence_fast(t, pair, "object is not iterable");
    if (is_null(fast)) {
        if (err_is(t, T_TypeError)) note_element(t, i);
        return false;
    }
    int64_t n = sequence_fast_len(fast);
    bool ok;
    if (n != 2) ok = err_fail(t, T_ValueError, "dictionary update sequence element #%ld has length %ld; 2 is required", (long)i, (long)n);
    else {
        Value key = new_ref(sequence_fast_items(fast)[0]), value = new_ref(sequence_fast_items(fast)[1]);
        ok = dict_set(t, dict, key, value);
        decref(t, key);
        decref(t, value);
    }
    decref(t, fast);
    return ok;
}

static bool merge_pairs(Thread *t, Value dict, Value pairs) {
    Value it = iter_of(t, pairs), pair;
    if (is_null(it)) return false;
    for (int64_t i = 0; !is_null(pair = iter_next_fast(t, it)); i++) {
        bool ok = merge_pair(t, dict, pair, i);
        decref(t, pair);
        if (!ok) break;
    }
    decref(t, it);
    return !err_pending(t);
}

bool dict_update(Thread *t, Value dict, Value other) {
    if (IS_EXACT(other, dict)) return dict_merge(t, dict, other, REPLACE);
    int has_keys = attr_has(t, other, N(t, keys));
    if (has_keys < 0) return false;
    return has_keys ? dict_merge(t, dict, other, REPLACE) : merge_pairs(t, dict, other);
}

/* --- set ------------------------------------------------------------------------------------------------------------------------- */

static bool add_item(Thread *t, Value item, void *set) { return set_add(t, *(Value *)set, item); }

/* Hashing an item may change the list. */
static bool add_sequence(Thread *t, Value set, Value sequence) {
    bool is_list = IS_EXACT(sequence, list);
    for (int64_t i = 0; i < (is_list ? list_len(sequence) : tuple_len(sequence)); i++) {
        Value item = is_list ? list_at(sequence, i) : tuple_at(sequence, i);
        if (is_smallint(item)) {
            if (UNLIKELY(!set_add_hashed(t, set, item, hash_int(smallint_get(item))))) return false;
            continue;
        }
        incref(item);
        bool ok = set_add(t, set, item);
        decref(t, item);
        if (!ok) return false;
    }
    return true;
}

bool set_update(Thread *t, Value set, Value iterable) {
    if (has_flag(t, iterable, TF_SET)) return set_merge(t, set, iterable);
    if (IS_EXACT(iterable, dict)) {
        Dict *d = V_AS(Dict, iterable);
        if (!set_reserve_merge(t, V_AS(Set, set), d->used)) return false;
        uint32_t pos = 0;
        Value key, value;
        while (dict_next(iterable, &pos, &key, &value)) {
            int64_t hash = dict_entry_hash(t, d->keys, pos - 1);
            incref(key);
            bool ok = set_add_hashed(t, set, key, hash);
            decref(t, key);
            if (!ok) return false;
        }
        return true;
    }
    if (IS_EXACT(iterable, list) || IS_EXACT(iterable, tuple)) return add_sequence(t, set, iterable);
    return iterate(t, iterable, add_item, &set);
}

static Value filled(Thread *t, Value iterable, bool frozen) {
    Value set = set_new_shaped(t, frozen);
    if (!is_null(set) && !is_null(iterable) && !set_update(t, set, iterable)) {
        decref(t, set);
        return VNULL;
    }
    return set;
}

Value set_new(Thread *t, Value iterable) { return filled(t, iterable, false); }

Value frozenset_new(Thread *t, Value iterable) {
    if (!is_null(iterable) && IS_EXACT(iterable, frozenset)) return new_ref(iterable);
    return filled(t, iterable, true);
}
