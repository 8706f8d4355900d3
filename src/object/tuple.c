/* tuple: construction and raw access.  Methods are in types/tuple.c.
 *
 * A tuple is tracked by the collector only when it can be part of a cycle: when one of its items can.  The
 * items do not change after tuple_done, so that this is decided once.
 */
#include "object/tuple.h"

#include <stdarg.h>

#include "core/errors.h"
#include "heap/heap.h"

static const int64_t TUPLE_MAX = (INT64_MAX - (int64_t)sizeof(Tuple)) / (int64_t)sizeof(Value);

bool tuple_init_shared(Thread *t) {
    if (!is_null(t->interp->empty_tuple)) return true;
    Tuple *empty = heap_object(t, SHAPE_tuple, sizeof(Tuple));
    if (empty == NULL) return false;
    empty->length = 0;
    t->interp->empty_tuple = v_from(empty);
    make_immortal(t->interp->empty_tuple);
    return true;
}

/* Room for `length` items, which the caller fills before anything else happens, and for the hash. */
static inline Tuple *tuple_alloc(Thread *t, int64_t length) {
    if (UNLIKELY(length > TUPLE_MAX)) {
        err_no_memory(t);
        return NULL;
    }
    Tuple *tuple = heap_object(t, SHAPE_tuple, sizeof(Tuple) + (((size_t)length + 1) & ~(size_t)1) * sizeof(Value));
    if (LIKELY(tuple != NULL)) {
        tuple->length = length;
        tuple->items[(length - 1) | 1] = VNULL; /* the word of the hash, or the last item, yet to come */
    }
    return tuple;
}

static Value empty_tuple(Thread *t) {
    if (UNLIKELY(is_null(t->interp->empty_tuple)) && !tuple_init_shared(t)) return VNULL;
    return t->interp->empty_tuple;
}

Value tuple_new(Thread *t, int64_t length) {
    if (length == 0) return empty_tuple(t);
    Tuple *tuple = tuple_alloc(t, length);
    if (UNLIKELY(tuple == NULL)) return VNULL;
    memset(tuple->items, 0, (size_t)length * sizeof(Value));
    return v_from(tuple);
}

/* Whether a reference to v can be part of a cycle. */
static inline bool may_be_in_cycle(Thread *t, Value v) {
    if (!is_obj(v)) return false;
    Object *o = v_obj(v);
    if (o->shape == SHAPE_str) return false;
    if (!(obj_type(t, o)->flags & TF_GC)) return false;
    return o->shape != SHAPE_tuple || gc_is_tracked(t, o);
}

Value tuple_done(Thread *t, Value v) {
    Tuple *tuple = V_AS(Tuple, v);
    if (tuple->head.shape != SHAPE_tuple) {
        gc_track(t, tuple);
        return v;
    }
    for (int64_t i = 0; i < tuple->length; i++)
        if (may_be_in_cycle(t, tuple->items[i])) {
            gc_track(t, tuple);
            break;
        }
    return v;
}

Value tuple_from(Thread *t, const Value *items, int64_t n) {
    if (n == 0) return empty_tuple(t);
    Tuple *tuple = tuple_alloc(t, n);
    if (UNLIKELY(tuple == NULL)) return VNULL;
    bool tracked = false;
    for (int64_t i = 0; i < n; i++) {
        Value v = tuple->items[i] = items[i];
        if (!is_ptr(v)) continue;
        incref(v);
        if (!tracked) tracked = may_be_in_cycle(t, v);
    }
    if (tracked) gc_track(t, tuple);
    return v_from(tuple);
}

Value tuple_take(Thread *t, const Value *items, int64_t n) {
    if (n == 0) return empty_tuple(t);
    bool absent = false;
    for (int64_t i = 0; i < n; i++) absent |= is_null(items[i]);
    Tuple *tuple = UNLIKELY(absent) ? NULL : tuple_alloc(t, n);
    if (UNLIKELY(tuple == NULL)) {
        for (int64_t i = 0; i < n; i++) decref_maybe(t, items[i]);
        return VNULL;
    }
    bool tracked = false;
    for (int64_t i = 0; i < n; i++) {
        tuple->items[i] = items[i];
        if (!tracked && is_ptr(items[i])) tracked = may_be_in_cycle(t, items[i]);
    }
    if (tracked) gc_track(t, tuple);
    return v_from(tuple);
}

Value tuple_of(Thread *t, int n, ...) {
    if (n == 0) return empty_tuple(t);
    Tuple *tuple = tuple_alloc(t, n);
    if (UNLIKELY(tuple == NULL)) return VNULL;
    va_list args;
    va_start(args, n);
    for (int i = 0; i < n; i++) tuple->items[i] = new_ref(va_arg(args, Value));
    va_end(args);
    return tuple_done(t, v_from(tuple));
}

Value tuple_recycle(Thread *t, Value *cache, const Value *items, int64_t n) {
    Value v = *cache;
    if (is_null(v) || v_obj(v)->refs != 1) {
        Value fresh = tuple_take(t, items, n);
        if (!is_null(fresh) && n > 0) slot_set(t, cache, new_ref(fresh));
        return fresh;
    }
    incref(v);
    Tuple *tuple = V_AS(Tuple, v);
    bool may_need_tracking = true;
    if (tuple_has_hash_word(tuple)) *tuple_hash_word(tuple) = 0;
    for (int64_t i = 0; i < n; i++) {
        Value old = tuple->items[i];
        tuple->items[i] = items[i];
        if (may_need_tracking && may_be_in_cycle(t, items[i])) {
            if (!gc_is_tracked(t, v_obj(v))) gc_track(t, tuple);
            may_need_tracking = false;
        }
        decref(t, old);
    }
    return v;
}

Value tuple_slice(Thread *t, Value v, int64_t start, int64_t stop) {
    Tuple *tuple = V_AS(Tuple, v);
    if (start < 0) start = 0;
    if (stop > tuple->length) stop = tuple->length;
    if (start >= stop) return empty_tuple(t);
    if (start == 0 && stop == tuple->length && tuple->head.shape == SHAPE_tuple) return new_ref(v);
    return tuple_from(t, tuple->items + start, stop - start);
}
