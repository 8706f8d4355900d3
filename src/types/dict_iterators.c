/* The iterators of a dict: over keys, values and items, forwards and backwards. */
#include "core/names.h"
#include "heap/heap.h"
#include "object/list.h"
#include "object/tuple.h"
#include "ops/object.h"
#include "types/dict_priv.h"
#include "types/iterators.h"

Value dict_iterator_new(Thread *t, Value dict, enum DictPart part, bool reversed) {
    static const uint32_t shapes[2][3] = {{SHAPE_dict_keyiterator, SHAPE_dict_valueiterator, SHAPE_dict_itemiterator},
                                          {SHAPE_dict_reversekeyiterator, SHAPE_dict_reversevalueiterator, SHAPE_dict_reverseitemiterator}};
    DictIterator *it = heap_object(t, shapes[reversed][part], sizeof *it);
    if (UNLIKELY(it == NULL)) return VNULL;
    Dict *d = V_AS(Dict, dict);
    it->dict = new_ref(dict);
    it->recycled = VNULL;
    it->used = it->left = d->used;
    it->pos = reversed ? (d->keys ? (int64_t)d->keys->entries - 1 : -1) : 0;
    gc_track(t, it);
    return v_from(it);
}

/* The next entry, borrowed. false: exhausted (without an exception) or the dict changed. */
static ALWAYS_INLINE bool step_forward(Thread *t, DictIterator *it, Value *key, Value *value) {
    if (LIKELY(dict_iterator_step(it, key, value))) return true;
    if (is_null(it->dict)) return false;
    Dict *d = V_AS(Dict, it->dict);
    if (UNLIKELY(it->used != d->used)) {
        it->used = -1;
        return err_fail(t, T_RuntimeError, "dictionary changed size during iteration");
    }
    uint32_t pos = (uint32_t)it->pos;
    if (LIKELY(dict_next(it->dict, &pos, key, value))) {
        if (UNLIKELY(it->left == 0)) {
            slot_clear(t, &it->dict);
            return err_fail(t, T_RuntimeError, "dictionary keys changed during iteration");
        }
        it->pos = pos;
        it->left--;
        return true;
    }
    slot_clear(t, &it->dict);
    return false;
}

static bool step_backward(Thread *t, DictIterator *it, Value *key, Value *value) {
    if (is_null(it->dict)) return false;
    Dict *d = V_AS(Dict, it->dict);
    if (it->used != d->used) {
        it->used = -1;
        return err_fail(t, T_RuntimeError, "dictionary changed size during iteration");
    }
    DictKeys *k = d->keys;
    int64_t i = it->pos;
    if (k != NULL && i >= (int64_t)k->entries) i = -1;
    while (k != NULL && i >= 0 && is_null(*dict_entry_key(k, (uint32_t)i))) i--;
    if (k == NULL || i < 0) {
        slot_clear(t, &it->dict);
        return false;
    }
    if (it->left == 0) {
        slot_clear(t, &it->dict);
        return err_fail(t, T_RuntimeError, "dictionary keys changed during iteration");
    }
    *key = *dict_entry_key(k, (uint32_t)i);
    *value = *dict_entry_value(k, (uint32_t)i);
    it->pos = i - 1;
    it->left--;
    return true;
}

static inline Value pair_of(Thread *t, DictIterator *it, Value key, Value value) {
    const Value pair[2] = {new_ref(key), new_ref(value)};
    return tuple_recycle(t, &it->recycled, pair, 2);
}

static Value key_next(Thread *t, Value self) {
    Value key, value;
    return step_forward(t, V_AS(DictIterator, self), &key, &value) ? new_ref(key) : VNULL;
}
static Value value_next(Thread *t, Value self) {
    Value key, value;
    return step_forward(t, V_AS(DictIterator, self), &key, &value) ? new_ref(value) : VNULL;
}
static Value item_next(Thread *t, Value self) {
    Value key, value;
    DictIterator *it = V_AS(DictIterator, self);
    return step_forward(t, it, &key, &value) ? pair_of(t, it, key, value) : VNULL;
}
static int item_next_pair(Thread *t, Value self, Value pair[2]) {
    if (!step_forward(t, V_AS(DictIterator, self), &pair[0], &pair[1])) return 0;
    incref(pair[0]);
    incref(pair[1]);
    return 1;
}
static Value reversekey_next(Thread *t, Value self) {
    Value key, value;
    return step_backward(t, V_AS(DictIterator, self), &key, &value) ? new_ref(key) : VNULL;
}
static Value reversevalue_next(Thread *t, Value self) {
    Value key, value;
    return step_backward(t, V_AS(DictIterator, self), &key, &value) ? new_ref(value) : VNULL;
}
static Value reverseitem_next(Thread *t, Value self) {
    Value key, value;
    DictIterator *it = V_AS(DictIterator, self);
    return step_backward(t, it, &key, &value) ? pair_of(t, it, key, value) : VNULL;
}

static Value self_iter(Thread *t, Value self) { return new_ref(self); }

static Value length_hint_method(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    DictIterator *it = V_AS(DictIterator, args[0]);
    return v_smallint(!is_null(it->dict) && it->used == dict_len(it->dict) ? it->left : 0);
}

/* Pickled as an iterator over a list of what is left; a copy is walked, not the iterator itself. */
static Value reduce_method(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    DictIterator *it = V_AS(DictIterator, args[0]), copy = *it;
    copy.head.refs = REFS_IMMORTAL; /* lives on this stack */
    copy.recycled = VNULL;
    incref_maybe(copy.dict);
    Value list = list_new(t, 0);
    if (!is_null(list) && !list_extend(t, V_AS(List, list), v_from(&copy))) {
        decref(t, list);
        list = VNULL;
    }
    decref_maybe(t, copy.dict);
    decref_maybe(t, copy.recycled);
    if (is_null(list)) return VNULL;
    return reduce_to_iter(t, list, VNULL);
}

static const MethodDef iterator_methods[] = {
    {"__length_hint__", "($self, /)", "The number of items that are left.", length_hint_method},
    {"__reduce__", "($self, /)", "For pickling.", reduce_method},
    {NULL},
};
static const Field iterator_fields[] = {FIELD_VALUE(DictIterator, dict), FIELD_VALUE(DictIterator, recycled)};

#define DICT_ITERATOR(kind, pairs)                              \
    const TypeDef typedef_dict_##kind##iterator = {             \
        .name = "dict_" #kind "iterator",                       \
        .flags = TF_GC | TF_NO_NEW | TF_IMMUTABLE,              \
        .size = sizeof(DictIterator),                           \
        FIELDS(iterator_fields),                                \
        .methods = iterator_methods,                            \
        .slots = {.iter = self_iter, .next = kind##_next, .next_pair = pairs}, \
    }
DICT_ITERATOR(key, NULL);
DICT_ITERATOR(value, NULL);
DICT_ITERATOR(item, item_next_pair);
DICT_ITERATOR(reversekey, NULL);
DICT_ITERATOR(reversevalue, NULL);
DICT_ITERATOR(reverseitem, NULL);
