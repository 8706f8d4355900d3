/* product, combinations, combinations_with_replacement, permutations.
 *
 * Each keeps its input as a tuple (product: a tuple of tuples) and the indices of the items that make up its current answer; a step
 * moves the indices on and gathers the items into a tuple.
 */
#include "modules/itertools/itertools_priv.h"

typedef struct Combinatoric {
    Object head;
    Value pool;       /* tuple; of product, one for each position */
    Value recycled;
    int64_t *indices; /* raw block: length of them, or for permutations one for each item of the pool */
    int64_t *cycles;  /* permutations: raw block of length */
    Value *gathered;  /* raw block of length, borrowed values */
    int64_t length;   /* of the answers */
    bool started, stopped;
} Combinatoric;

static const Field fields[] = {FIELD_VALUE(Combinatoric, pool), FIELD_VALUE(Combinatoric, recycled), FIELD_BUFFER(Combinatoric, indices),
                               FIELD_BUFFER(Combinatoric, cycles), FIELD_BUFFER(Combinatoric, gathered)};

static void *words(Thread *t, int64_t n) {
    if ((uint64_t)n > UINT64_MAX / 16) return err_no_memory(t), NULL;
    return heap_alloc_zeroed(t, (size_t)n * 8);
}

/* An instance; takes the pool. */
static Value make(Thread *t, Type *type, Value pool, int64_t nindices, int64_t ncycles, int64_t length) {
    Value v = object_new(t, type);
    if (is_null(v)) {
        decref(t, pool);
        return VNULL;
    }
    Combinatoric *c = V_AS(Combinatoric, v);
    c->pool = pool;
    c->length = length;
    if ((c->indices = words(t, nindices)) == NULL || (ncycles > 0 && (c->cycles = words(t, ncycles)) == NULL) ||
        (c->gathered = words(t, length)) == NULL) {
        decref(t, v);
        return VNULL;
    }
    return object_done(t, v);
}

/* The answer for the current indices. */
static Value answer(Thread *t, Combinatoric *c, bool of_product) {
    if (c->length == 0) return tuple_new(t, 0);
    for (int64_t i = 0; i < c->length; i++)
        c->gathered[i] = new_ref(tuple_at(of_product ? tuple_at(c->pool, i) : c->pool, c->indices[i]));
    return tuple_recycle(t, &c->recycled, c->gathered, c->length);
}

static Value stop(Combinatoric *c) {
    c->stopped = true;
    return VNULL;
}

/* --- product --------------------------------------------------------------------------------------------------------------------- */

NEW(product_make) {
    int64_t repeat = 1, n;
    if (!is_null(kwnames) && tuple_len(kwnames) > 0) {
        if (tuple_len(kwnames) > 1) return err_raise(t, T_TypeError, "product() takes at most 1 keyword argument (%ld given)", (long)tuple_len(kwnames));
        if (!str_equals_cstr(V_AS(Str, tuple_at(kwnames, 0)), "repeat"))
            return err_raise(t, T_TypeError, "product() got an unexpected keyword argument '%U'", tuple_at(kwnames, 0));
        if (!arg_size(t, args[nargs], &repeat)) return VNULL;
        if (repeat < 0) return err_raise(t, T_ValueError, "repeat argument cannot be negative");
    }
    if (repeat == 0) nargs = 0;
    if (__builtin_mul_overflow(repeat, (int64_t)nargs, &n) || n > INT64_MAX / 64) return err_raise(t, T_OverflowError, "repeat argument too large");
    Value pool = tuple_new(t, n);
    if (is_null(pool)) return VNULL;
    bool some_empty = false;
    for (int64_t i = 0; i < n; i++) {
        Value items = i < nargs ? tuple_from_iterable(t, args[i]) : new_ref(tuple_at(pool, i - nargs));
        if (is_null(items)) {
            decref(t, pool);
            return VNULL;
        }
        V_AS(Tuple, pool)->items[i] = items;
        if (tuple_len(items) == 0) some_empty = true;
    }
    Value v = make(t, type, n > 0 ? tuple_done(t, pool) : pool, n, 0, n);
    if (!is_null(v)) V_AS(Combinatoric, v)->stopped = some_empty;
    return v;
}

static Value product_next(Thread *t, Value self) {
    Combinatoric *c = V_AS(Combinatoric, self);
    if (c->stopped) return VNULL;
    if (!c->started) {
        c->started = true;
        return answer(t, c, true);
    }
    int64_t i = c->length - 1;
    while (i >= 0 && ++c->indices[i] == tuple_len(tuple_at(c->pool, i))) c->indices[i--] = 0;
    return i < 0 ? stop(c) : answer(t, c, true);
}

/* --- combinations ---------------------------------------------------------------------------------------------------------------- */

/* The arguments (iterable, r) of both kinds; answers the pool. */
static Value pool_and_length(Thread *t, const char *name, Value *args, uint32_t nargs, Value kwnames, int64_t *length) {
    Value bound[2];
    if (!call_bind_signature(t, name, "(iterable, r)", args, nargs, kwnames, bound) || !arg_size(t, bound[1], length)) return VNULL;
    Value pool = tuple_from_iterable(t, bound[0]);
    if (!is_null(pool) && *length < 0) {
        decref(t, pool);
        return err_raise(t, T_ValueError, "r must be non-negative");
    }
    return pool;
}

NEW(combinations_make) {
    int64_t r;
    Value pool = pool_and_length(t, "combinations", args, nargs, kwnames, &r);
    if (is_null(pool)) return VNULL;
    bool none = r > tuple_len(pool);
    if (none) r = 0;
    Value v = make(t, type, pool, r, 0, r);
    if (is_null(v)) return VNULL;
    for (int64_t i = 0; i < r; i++) V_AS(Combinatoric, v)->indices[i] = i;
    V_AS(Combinatoric, v)->stopped = none;
    return v;
}

static Value combinations_next(Thread *t, Value self) {
    Combinatoric *c = V_AS(Combinatoric, self);
    if (c->stopped) return VNULL;
    if (!c->started) {
        c->started = true;
        return answer(t, c, false);
    }
    int64_t n = tuple_len(c->pool), r = c->length, i = r - 1;
    while (i >= 0 && c->indices[i] == i + n - r) i--;
    if (i < 0) return stop(c);
    c->indices[i]++;
    for (int64_t j = i + 1; j < r; j++) c->indices[j] = c->indices[j - 1] + 1;
    return answer(t, c, false);
}

NEW(combinations_with_replacement_make) {
    int64_t r;
    Value pool = pool_and_length(t, "combinations_with_replacement", args, nargs, kwnames, &r);
    if (is_null(pool)) return VNULL;
    bool none = tuple_len(pool) == 0 && r > 0;
    Value v = make(t, type, pool, r, 0, r);
    if (!is_null(v)) V_AS(Combinatoric, v)->stopped = none;
    return v;
}

static Value combinations_with_replacement_next(Thread *t, Value self) {
    Combinatoric *c = V_AS(Combinatoric, self);
    if (c->stopped) return VNULL;
    if (!c->started) {
        c->started = true;
        return answer(t, c, false);
    }
    int64_t last = tuple_len(c->pool) - 1, i = c->length - 1;
    while (i >= 0 && c->indices[i] == last) i--;
    if (i < 0) return stop(c);
    int64_t index = c->indices[i] + 1;
    for (; i < c->length; i++) c->indices[i] = index;
    return answer(t, c, false);
}

/* --- permutations ---------------------------------------------------------------------------------------------------------------- */

NEW(permutations_make) {
    Value bound[2];
    if (!call_bind_signature(t, "permutations", "(iterable, r=None)", args, nargs, kwnames, bound)) return VNULL;
    Value pool = tuple_from_iterable(t, bound[0]);
    if (is_null(pool)) return VNULL;
    int64_t n = tuple_len(pool), r = n;
    if (!is_null(bound[1]) && !is_none(bound[1])) {
        bool ok = is_int(t, bound[1]) ? arg_size(t, bound[1], &r) : err_fail(t, T_TypeError, "Expected int as r");
        if (ok && r < 0) ok = err_fail(t, T_ValueError, "r must be non-negative");
        if (!ok) {
            decref(t, pool);
            return VNULL;
        }
    }
    bool none = r > n;
    if (none) r = 0;
    Value v = make(t, type, pool, n, r, r);
    if (is_null(v)) return VNULL;
    Combinatoric *c = V_AS(Combinatoric, v);
    for (int64_t i = 0; i < n; i++) c->indices[i] = i;
    for (int64_t i = 0; i < r; i++) c->cycles[i] = n - i;
    c->stopped = none;
    return v;
}

static Value permutations_next(Thread *t, Value self) {
    Combinatoric *c = V_AS(Combinatoric, self);
    if (c->stopped) return VNULL;
    if (!c->started) {
        c->started = true;
        return answer(t, c, false);
    }
    int64_t n = tuple_len(c->pool);
    for (int64_t i = c->length - 1; i >= 0; i--) {
        if (--c->cycles[i] == 0) { /* all at this place had their turn: indices[i] goes to the end */
            int64_t first = c->indices[i];
            memmove(c->indices + i, c->indices + i + 1, (size_t)(n - 1 - i) * sizeof(int64_t));
            c->indices[n - 1] = first;
            c->cycles[i] = n - i;
            continue;
        }
        int64_t j = n - c->cycles[i], swap = c->indices[i];
        c->indices[i] = c->indices[j];
        c->indices[j] = swap;
        return answer(t, c, false);
    }
    return stop(c);
}

METHOD(method_sizeof) {
    Combinatoric *c = V_AS(Combinatoric, args[0]);
    return v_smallint((int64_t)type_of(t, args[0])->size + c->length * 16);
}
static const MethodDef methods[] = {{"__sizeof__", "($self, /)", "Bytes of memory.", method_sizeof}, {NULL}};

#define COMBINATORIC_TYPE(id, parameters, text)                                      \
    const TypeDef typedef_##id = {                                                   \
        .name = "itertools." #id,                                                    \
        .doc = text,                                                                 \
        .signature = parameters,                                                     \
        .flags = ITERATOR_FLAGS | TF_BASE,                                           \
        .size = sizeof(Combinatoric),                                                \
        FIELDS(fields),                                                              \
        .methods = methods,                                                          \
        .slots = {.new = id##_make, .iter = itertools_self_iter, .next = id##_next}, \
    }
COMBINATORIC_TYPE(product, "(*iterables, repeat=1)", "An iterator over the Cartesian product: what nested for loops over the iterables would give, the last one moving fastest.");
COMBINATORIC_TYPE(combinations, "(iterable, r)", "An iterator over tuples of r items in the order in which they stand.\n\ncombinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)");
COMBINATORIC_TYPE(combinations_with_replacement, "(iterable, r)", "An iterator over tuples of r items, of which each may come several times.\n\ncombinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')");
COMBINATORIC_TYPE(permutations, "(iterable, r=None)", "An iterator over tuples of r items (all of them unless given) in every order.\n\npermutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)");
