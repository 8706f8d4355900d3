/* What the files of the type dict share. */
#ifndef KRAIT_TYPES_DICT_PRIV_H
#define KRAIT_TYPES_DICT_PRIV_H

#include "object/dict.h"

enum DictPart { PART_KEYS, PART_VALUES, PART_ITEMS };

typedef struct DictView { Object head; Value dict; } DictView;

/* used: the dict's size when the walk began, -1 once it changed.  recycled: a tuple to use again, for items. */
typedef struct DictIterator { Object head; Value dict, recycled; int64_t used, left; int64_t pos; } DictIterator;

/* One step forward in a dict that has not changed, over an entry that was not deleted; false: look closer. Both borrowed. */
static inline bool dict_iterator_step(DictIterator *it, Value *key, Value *value) {
    if (UNLIKELY(is_null(it->dict))) return false;
    const Dict *d = V_AS(Dict, it->dict);
    const DictKeys *k = d->keys;
    if (UNLIKELY(it->used != d->used || it->left <= 0 || k == NULL || it->pos >= k->entries)) return false;
    Value *at = k->is_general ? &((DictEntry *)dict_entries(k))[it->pos].key : &((DictStrEntry *)dict_entries(k))[it->pos].key;
    if (UNLIKELY(is_null(at[0]))) return false;
    *key = at[0];
    *value = at[1];
    it->pos++;
    it->left--;
    return true;
}

Value dict_view_new(Thread *t, Value dict, enum DictPart part);
Value dict_iterator_new(Thread *t, Value dict, enum DictPart part, bool reversed);
/* {**self, **other} for `|`, of two dicts; the answer is a plain dict. */
Value dict_or(Thread *t, Value a, Value b);
Value dict_ior(Thread *t, Value self, Value other);
/* Adds what dict(...) and update(...) were called with. */
bool dict_update_from_call(Thread *t, Value self, const char *name, Value *args, uint32_t nargs, Value kwnames);
/* A miss in a subclass: __missing__, or KeyError. */
Value dict_missing(Thread *t, Value self, Value key);

#endif
