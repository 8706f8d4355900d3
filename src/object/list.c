/* list: construction and raw access.  What iterates or sorts is in ops/list_ops.c, methods are in types/list.c.
 *
 * Every change of a list is complete before a reference is dropped, since dropping one may run code that
 * uses the list.  `capacity` is -1 while the list is being sorted: it looks empty, and whoever adds an item then gives it
 * another capacity, by which the sort notices.
 */
#include "object/list.h"

#include "core/errors.h"
#include "heap/heap.h"
#include "object/tuple.h"

static const int64_t LIST_MAX = INT64_MAX / (int64_t)sizeof(Value) / 2;

static Value alloc(Thread *t, int64_t capacity) {
    List *l = heap_object(t, SHAPE_list, sizeof(List));
    if (UNLIKELY(l == NULL)) return VNULL;
    l->length = 0;
    l->items = NULL;
    l->capacity = 0;
    if (capacity > 0 && UNLIKELY(!list_grow(t, l, capacity))) {
        decref(t, v_from(l));
        return VNULL;
    }
    return v_from(l);
}

Value list_new(Thread *t, int64_t capacity) {
    Value v = alloc(t, capacity);
    if (LIKELY(!is_null(v))) gc_track(t, v_obj(v));
    return v;
}

Value list_from(Thread *t, const Value *items, int64_t n) {
    Value v = alloc(t, n);
    if (UNLIKELY(is_null(v))) return VNULL;
    List *l = V_AS(List, v);
    for (int64_t i = 0; i < n; i++) l->items[i] = new_ref(items[i]);
    l->length = n;
    gc_track(t, l);
    return v;
}

Value list_from_strided(Thread *t, const Value *items, int64_t n, int64_t step) {
    Value v = alloc(t, n);
    if (UNLIKELY(is_null(v))) return VNULL;
    List *l = V_AS(List, v);
    for (int64_t i = 0; i < n; i++) l->items[i] = new_ref(items[i * step]);
    l->length = n;
    gc_track(t, l);
    return v;
}

Value list_take(Thread *t, const Value *items, int64_t n) {
    Value v = alloc(t, n);
    if (UNLIKELY(is_null(v))) {
        for (int64_t i = 0; i < n; i++) decref(t, items[i]);
        return VNULL;
    }
    List *l = V_AS(List, v);
    if (n > 0) memcpy(l->items, items, (size_t)n * sizeof(Value));
    l->length = n;
    gc_track(t, l);
    return v;
}

/* Gives the block room for `capacity` items, not fewer than length. */
static bool reallocate(Thread *t, List *l, int64_t capacity) {
    if (UNLIKELY(capacity > LIST_MAX)) return err_no_memory_fail(t);
    Value *items = heap_realloc(t, l->items, (size_t)capacity * sizeof(Value));
    if (UNLIKELY(items == NULL)) return false;
    l->items = items;
    l->capacity = capacity;
    return true;
}

bool list_grow(Thread *t, List *l, int64_t capacity) {
    if (l->capacity >= capacity) return true;
    return reallocate(t, l, capacity);
}

/* The capacity that makes a list grow to n items and on in constant time each. */
static inline int64_t roomy(int64_t n) { return (n + (n >> 3) + 6) & ~(int64_t)3; }

/* Makes room for `extra` items behind the last. */
static inline bool make_room(Thread *t, List *l, int64_t extra) {
    int64_t n = l->length + extra;
    if (LIKELY(n <= l->capacity)) return true;
    int64_t room = roomy(n);
    if (room - n < extra) room = (n + 3) & ~(int64_t)3; /* a long addition at once: no more than it asks for */
    return reallocate(t, l, room);
}

/* After items were removed: gives memory back when less than half of it is used. */
static inline void shrink(Thread *t, List *l) {
    if (l->length >= l->capacity / 2 || l->capacity <= 8) return;
    int64_t room = l->length == 0 ? 0 : roomy(l->length);
    if (room == 0) {
        heap_free(t, l->items);
        l->items = NULL;
        l->capacity = 0;
        return;
    }
    Value *items = heap_realloc(t, l->items, (size_t)room * sizeof(Value));
    if (items == NULL) {
        err_clear(t);
        return;
    }
    l->items = items;
    l->capacity = room;
}

bool list_append_slow(Thread *t, List *l, Value v) {
    if (UNLIKELY(!make_room(t, l, 1))) {
        decref(t, v);
        return false;
    }
    l->items[l->length++] = v;
    return true;
}

bool list_insert(Thread *t, List *l, int64_t index, Value v) {
    int64_t n = l->length;
    if (index < 0) {
        index += n;
        if (index < 0) index = 0;
    }
    if (index > n) index = n;
    if (!make_room(t, l, 1)) return false;
    memmove(l->items + index + 1, l->items + index, (size_t)(n - index) * sizeof(Value));
    l->items[index] = new_ref(v);
    l->length = n + 1;
    return true;
}

Value list_pop(Thread *t, List *l, int64_t index) {
    Value v = l->items[index];
    l->length--;
    memmove(l->items + index, l->items + index + 1, (size_t)(l->length - index) * sizeof(Value));
    shrink(t, l);
    return v;
}

bool list_delete(Thread *t, List *l, int64_t start, int64_t stop) {
    int64_t count = stop - start;
    if (count <= 0) return true;
    if (count == l->length) {
        list_clear(t, l);
        return true;
    }
    Value few[8], *removed = few;
    if (count > (int64_t)COUNT_OF(few)) {
        removed = heap_alloc(t, (size_t)count * sizeof(Value));
        if (removed == NULL) return false;
    }
    memcpy(removed, l->items + start, (size_t)count * sizeof(Value));
    memmove(l->items + start, l->items + stop, (size_t)(l->length - stop) * sizeof(Value));
    l->length -= count;
    shrink(t, l);
    for (int64_t i = count - 1; i >= 0; i--) decref(t, removed[i]);
    if (removed != few) heap_free(t, removed);
    return true;
}

/* l[start:stop] = n items, which are moved or taken references to; bounds as they are after clipping. */
static bool replace(Thread *t, List *l, int64_t start, int64_t stop, const Value *items, int64_t added, bool itself, bool moving) {
    int64_t length = l->length, count = stop - start;
    /* What leaves lies aside until the list is whole; what comes does, too, where the list is put into itself. */
    int64_t room = itself ? count + added : count;
    Value few[16], *aside = few;
    if (room > (int64_t)COUNT_OF(few)) {
        aside = heap_alloc(t, (size_t)room * sizeof(Value));
        if (aside == NULL) return false;
    }
    if (itself) items = memcpy(aside + count, items, (size_t)added * sizeof(Value));
    if (added > count && !make_room(t, l, added - count)) {
        if (aside != few) heap_free(t, aside);
        return false;
    }
    Value *place = l->items + start;
    for (int64_t i = 0; i < count; i++) aside[i] = place[i];
    if (added != count) memmove(place + added, place + count, (size_t)(length - stop) * sizeof(Value));
    if (moving) memcpy(place, items, (size_t)added * sizeof(Value));
    else for (int64_t i = 0; i < added; i++) place[i] = new_ref(items[i]);
    l->length = length + added - count;
    if (added < count) shrink(t, l);
    for (int64_t i = count - 1; i >= 0; i--) decref(t, aside[i]);
    if (aside != few) heap_free(t, aside);
    return true;
}

static void clip(const List *l, int64_t *start, int64_t *stop) {
    if (*start < 0) *start = 0;
    if (*start > l->length) *start = l->length;
    if (*stop < *start) *stop = *start;
    if (*stop > l->length) *stop = l->length;
}

bool list_set_slice(Thread *t, List *l, int64_t start, int64_t stop, Value sequence) {
    clip(l, &start, &stop);
    if (is_null(sequence)) return list_delete(t, l, start, stop);
    int64_t added = is_tuple(t, sequence) ? tuple_len(sequence) : list_len(sequence);
    if (added == 0) return list_delete(t, l, start, stop);
    const Value *items = is_tuple(t, sequence) ? V_AS(Tuple, sequence)->items : V_AS(List, sequence)->items;
    return replace(t, l, start, stop, items, added, same(sequence, v_from(l)), false);
}

bool list_set_slice_moving(Thread *t, List *l, int64_t start, int64_t stop, List *unshared) {
    clip(l, &start, &stop);
    int64_t added = unshared->length;
    if (added == 0) return list_delete(t, l, start, stop);
    unshared->length = 0; /* before anything is dropped that could look */
    if (replace(t, l, start, stop, unshared->items, added, false, true)) return true;
    unshared->length = added;
    return false;
}

bool list_add_list(Thread *t, List *l, List *other, bool moving) {
    int64_t n = l->length, m = other->length;
    if (n + m > l->capacity && !reallocate(t, l, n + m)) return false;
    if (moving) {
        memcpy(l->items + n, other->items, (size_t)m * sizeof(Value));
        other->length = 0;
    } else {
        for (int64_t i = 0; i < m; i++) l->items[n + i] = new_ref(other->items[i]);
    }
    l->length = n + m;
    return true;
}

void list_reverse(List *l) {
    if (l->length < 2) return;
    for (Value *low = l->items, *high = l->items + l->length - 1; low < high; low++, high--) {
        Value v = *low;
        *low = *high;
        *high = v;
    }
}

void list_clear(Thread *t, List *l) {
    Value *items = l->items;
    int64_t n = l->length;
    if (items == NULL) return;
    l->items = NULL;
    l->length = 0;
    l->capacity = 0;
    for (int64_t i = n - 1; i >= 0; i--) decref(t, items[i]);
    heap_free(t, items);
}

Value list_to_tuple(Thread *t, List *l) { return tuple_from(t, l->items, l->length); }
