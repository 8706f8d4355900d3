/* list.sort: a stable adaptive merge sort.
 *
 * Runs that are there already are found and kept; short ones are filled up by binary insertion.  Which neighbours are merged
 * when is decided by the powers of their boundaries (Munro and Wild, "Nearly-optimal mergesorts"); a merge that
 * finds one side winning again and again gallops (McIlroy, "Optimistic sorting and information theoretic complexity";
 * Peters' timsort).  The algorithm stands once in sort_merge.inc and is compiled for each kind of keys.
 *
 * With a key function the keys are sorted and the values move along.  While the sort runs, the list looks empty and its
 * capacity is -1: a capacity other than that afterwards means that someone changed it.
 */
#include "object/dict.h"
#include "object/float.h"
#include "object/list.h"
#include "object/str.h"
#include "object/tuple.h"
#include "heap/heap.h"
#include "ops/call.h"
#include "ops/object.h"

enum { MIN_GALLOP = 7, MAX_DEPTH = 85, FEW = 256 };

/* Keys, and the values that move with them: NULL where the keys are the values. */
typedef struct Span { Value *keys, *values; } Span;
typedef struct Run { Span span; int64_t length; int power; } Run;

typedef struct Sort {
    Thread *t;
    Value (*compare)(Thread *t, Value a, Value b, enum CompareOp op); /* KIND_SAME_TYPE: the type's slot */
    int64_t min_gallop;
    Span aside;             /* room for one side of a merge */
    int64_t aside_capacity; /* in items; values included where there are any */
    bool with_values;
    int depth;
    Run runs[MAX_DEPTH];
    Value few[FEW];
} Sort;

static inline Span span_at(Span s, int64_t i) { return (Span){s.keys + i, s.values ? s.values + i : NULL}; }
static inline void span_copy(Span to, Span from, int64_t n) {
    memmove(to.keys, from.keys, (size_t)n * sizeof(Value));
    if (from.values) memmove(to.values, from.values, (size_t)n * sizeof(Value));
}
static inline void span_put(Span *to, Span *from) {
    *to->keys++ = *from->keys++;
    if (from->values) *to->values++ = *from->values++;
}
static inline void span_move(Span *to, Span *from, int64_t n) {
    span_copy(*to, *from, n);
    *to = span_at(*to, n);
    *from = span_at(*from, n);
}
static inline void span_put_down(Span *to, Span *from) {
    *to->keys-- = *from->keys--;
    if (from->values) *to->values-- = *from->values--;
}
static inline void span_move_down(Span *to, Span *from, int64_t n) {
    *to = span_at(*to, -n);
    *from = span_at(*from, -n);
    span_copy(span_at(*to, 1), span_at(*from, 1), n);
}
static void values_reverse(Value *v, int64_t n) {
    for (int64_t i = 0, j = n - 1; i < j; i++, j--) {
        Value x = v[i];
        v[i] = v[j];
        v[j] = x;
    }
}
static void span_reverse(Span s, int64_t n) {
    values_reverse(s.keys, n);
    if (s.values) values_reverse(s.values, n);
}

/* Room aside for n items. */
static bool sort_need(Sort *s, int64_t n) {
    if (n <= s->aside_capacity) return true;
    if (s->aside.keys != s->few) heap_free(s->t, s->aside.keys);
    s->aside = (Span){s->few, s->with_values ? s->few + FEW / 2 : NULL};
    s->aside_capacity = s->with_values ? FEW / 2 : FEW;
    if (n <= s->aside_capacity) return true;
    Value *block = heap_alloc(s->t, (size_t)n * sizeof(Value) * (s->with_values ? 2 : 1));
    if (block == NULL) return false;
    s->aside = (Span){block, s->with_values ? block + n : NULL};
    s->aside_capacity = n;
    return true;
}

/* The shortest run that is worth merging: n / min_run is a power of two or just below. */
static int64_t min_run_of(int64_t n) {
    int64_t odd = 0;
    while (n >= 64) {
        odd |= n & 1;
        n >>= 1;
    }
    return n + odd;
}

/* The power of the boundary between the run at `start` of n1 items and the next one of n2, among n: the depth in a perfectly balanced
 * tree over [0, n) at which the runs' middles part. */
static int power_of(int64_t start, int64_t n1, int64_t n2, int64_t n) {
    int64_t a = 2 * start + n1, b = a + n1 + n2; /* twice the middles */
    int power = 0;
    for (;;) {
        power++;
        if (a >= n) {
            a -= n;
            b -= n;
        } else if (b >= n) return power;
        a <<= 1;
        b <<= 1;
    }
}

/* --- Kinds of keys --------------------------------------------------------------------------------------------------------------- */

enum Kind { KIND_INT, KIND_FLOAT, KIND_LATIN, KIND_TUPLE, KIND_SAME_TYPE, KIND_ANY };

static inline int latin_less(Value a, Value b) {
    const Str *x = V_AS(Str, a), *y = V_AS(Str, b);
    int64_t n = str_len(x), m = str_len(y);
    int order = memcmp(x->data, y->data, (size_t)(n < m ? n : m));
    return order != 0 ? order < 0 : n < m;
}

static int any_less(Thread *t, Value a, Value b) {
    if (are_smallints(a, b)) return smallint_get(a) < smallint_get(b);
    return compare_bool(t, a, b, CMP_LT);
}

static int same_type_less(Sort *s, Value a, Value b) {
    Thread *t = s->t;
    Value v = s->compare(t, a, b, CMP_LT);
    if (is_notimpl(v)) return compare_bool(t, a, b, CMP_LT);
    if (is_null(v)) return -1;
    if (is_bool(v)) return same(v, V_TRUE);
    int less = truth(t, v);
    decref(t, v);
    return less;
}

/* Tuples: the first items that are not equal decide. */
static int tuple_less(Thread *t, Value a, Value b) {
    int64_t n = tuple_len(a), m = tuple_len(b), both = n < m ? n : m;
    for (int64_t i = 0; i < both; i++) {
        Value x = tuple_at(a, i), y = tuple_at(b, i);
        if (same(x, y)) continue;
        if (are_smallints(x, y)) return smallint_get(x) < smallint_get(y);
        int is_equal = equal(t, x, y);
        if (is_equal < 0) return -1;
        if (!is_equal) return compare_bool(t, x, y, CMP_LT);
    }
    return n < m;
}

#define SORT(name) name##_int
#define LESS(a, b) (smallint_get(a) < smallint_get(b))
#include "ops/sort_merge.inc"

#define SORT(name) name##_float
#define LESS(a, b) (float_get(a) < float_get(b))
#include "ops/sort_merge.inc"

#define SORT(name) name##_latin
#define LESS(a, b) latin_less(a, b)
#include "ops/sort_merge.inc"

#define SORT(name) name##_tuple
#define LESS(a, b) tuple_less(s->t, a, b)
#include "ops/sort_merge.inc"

#define SORT(name) name##_same_type
#define LESS(a, b) same_type_less(s, a, b)
#include "ops/sort_merge.inc"

#define SORT(name) name##_any
#define LESS(a, b) any_less(s->t, a, b)
#include "ops/sort_merge.inc"

static inline bool is_latin(Value v) { return IS_EXACT(v, str) && V_AS(Str, v)->kind == 1; }

static enum Kind kind_of(Thread *t, const Value *keys, int64_t n, Sort *s) {
    int64_t i = 1;
    Value first = keys[0];
    if (is_smallint(first)) {
        while (i < n && is_smallint(keys[i])) i++;
        return i == n ? KIND_INT : KIND_ANY;
    }
    if (is_exact_float(first)) {
        while (i < n && is_exact_float(keys[i])) i++;
        return i == n ? KIND_FLOAT : KIND_ANY;
    }
    if (is_latin(first)) {
        while (i < n && is_latin(keys[i])) i++;
        if (i == n) return KIND_LATIN;
    }
    if (!is_obj(first)) return KIND_ANY;
    uint32_t shape = v_obj(first)->shape;
    for (i = 1; i < n; i++)
        if (!has_shape(keys[i], shape)) return KIND_ANY;
    if (shape == SHAPE_tuple) return KIND_TUPLE;
    s->compare = type_of(t, first)->slots.compare;
    return s->compare != NULL ? KIND_SAME_TYPE : KIND_ANY;
}

static bool sort_span(Thread *t, Span span, int64_t n) {
    Sort s;
    s.t = t;
    s.min_gallop = MIN_GALLOP;
    s.with_values = span.values != NULL;
    s.aside = (Span){s.few, s.with_values ? s.few + FEW / 2 : NULL};
    s.aside_capacity = s.with_values ? FEW / 2 : FEW;
    s.depth = 0;
    bool ok = false;
    switch (kind_of(t, span.keys, n, &s)) {
    case KIND_INT: ok = all_int(&s, span, n); break;
    case KIND_FLOAT: ok = all_float(&s, span, n); break;
    case KIND_LATIN: ok = all_latin(&s, span, n); break;
    case KIND_TUPLE: ok = all_tuple(&s, span, n); break;
    case KIND_SAME_TYPE: ok = all_same_type(&s, span, n); break;
    case KIND_ANY: ok = all_any(&s, span, n); break;
    }
    if (s.aside.keys != s.few) heap_free(t, s.aside.keys);
    return ok;
}

/* --- The list -------------------------------------------------------------------------------------------------------------------- */

/* The keys of the items, in a raw block; NULL: exception. */
static Value *keys_of(Thread *t, const Value *items, int64_t n, Value function) {
    Value *keys = heap_alloc(t, (size_t)n * sizeof(Value));
    if (keys == NULL) return NULL;
    for (int64_t i = 0; i < n; i++) {
        keys[i] = call_1(t, function, items[i]);
        if (is_null(keys[i])) {
            while (i-- > 0) decref(t, keys[i]);
            heap_free(t, keys);
            return NULL;
        }
    }
    return keys;
}

bool list_sort(Thread *t, List *l, Value key, bool reverse) {
    Value *items = l->items;
    int64_t n = l->length, capacity = l->capacity;
    l->items = NULL;
    l->length = 0;
    l->capacity = -1;

    bool ok = true;
    Value *keys = NULL;
    if (!is_null(key) && !is_none(key) && n > 0) ok = (keys = keys_of(t, items, n, key)) != NULL;
    if (ok && n > 1) {
        Span span = keys ? (Span){keys, items} : (Span){items, NULL};
        /* Reversed before and after, equal items keep their order. */
        if (reverse) span_reverse(span, n);
        ok = sort_span(t, span, n);
        if (reverse) span_reverse(span, n);
    }
    if (keys != NULL) {
        for (int64_t i = 0; i < n; i++) decref(t, keys[i]);
        heap_free(t, keys);
    }
    if (l->capacity != -1 && ok) ok = err_fail(t, T_ValueError, "list modified during sort");

    List changed = *l;
    l->items = items;
    l->length = n;
    l->capacity = capacity;
    if (changed.items != NULL) {
        for (int64_t i = changed.length - 1; i >= 0; i--) decref(t, changed.items[i]);
        heap_free(t, changed.items);
    }
    return ok;
}
