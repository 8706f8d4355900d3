/* list: a growing array of values. */
#ifndef KRAIT_OBJECT_LIST_H
#define KRAIT_OBJECT_LIST_H

#include "core/object.h"

typedef struct List {
    Object head;
    int64_t length;
    Value *items;     /* raw heap block; NULL when capacity is 0 */
    int64_t capacity; /* -1 while the list is being sorted */
} List;

Value list_new(Thread *t, int64_t capacity);                   /* empty */
Value list_from(Thread *t, const Value *items, int64_t n);     /* borrows */
Value list_from_strided(Thread *t, const Value *items, int64_t n, int64_t step); /* every step-th of them, n in all; borrows */
Value list_take(Thread *t, const Value *items, int64_t n);     /* takes the items, also on failure */
Value list_from_iterable(Thread *t, Value iterable);
bool list_grow(Thread *t, List *l, int64_t capacity);          /* at least */
bool list_append_slow(Thread *t, List *l, Value v);            /* takes v */
/* Appends; takes v, also on failure. */
static inline MUST_USE bool list_append_take(Thread *t, List *l, Value v) {
    if (LIKELY(l->length < l->capacity)) {
        l->items[l->length++] = v;
        return true;
    }
    return list_append_slow(t, l, v);
}
static inline MUST_USE bool list_append(Thread *t, List *l, Value v) { return list_append_take(t, l, new_ref(v)); }
bool list_insert(Thread *t, List *l, int64_t index, Value v);  /* borrows; index as list.insert */
bool list_extend(Thread *t, List *l, Value iterable);
Value list_pop(Thread *t, List *l, int64_t index);             /* 0 <= index < length */
bool list_delete(Thread *t, List *l, int64_t start, int64_t stop);
bool list_set_slice(Thread *t, List *l, int64_t start, int64_t stop, Value sequence); /* VNULL deletes */
/* Whether nobody but the caller, who owns a reference, has this exact list: then its items may be moved out of it. */
static inline bool list_is_unshared(Value v) { return is_ptr(v) && v_obj(v)->shape == SHAPE_list && v_obj(v)->refs == 1; }
bool list_set_slice_moving(Thread *t, List *l, int64_t start, int64_t stop, List *unshared); /* another list, which is then empty */
bool list_add_list(Thread *t, List *l, List *other, bool moving) MUST_USE; /* room for no more; moving: other is unshared, then empty */
bool list_sort(Thread *t, List *l, Value key, bool reverse);   /* key VNULL or None: none */
void list_reverse(List *l);
void list_clear(Thread *t, List *l);
Value list_to_tuple(Thread *t, List *l);
static inline Value list_at(Value list, int64_t i) { return V_AS(List, list)->items[i]; }
static inline int64_t list_len(Value list) { return V_AS(List, list)->length; }

#endif
