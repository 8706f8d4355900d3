/* The types enumerate, zip, map, filter and reversed: iterators over iterators.
 *
 * Each answers a fresh tuple or value a step; zip and enumerate fill the last tuple again where the program has dropped it.
 * Any step may run Python code that steps the same iterator: fields are read again after it.
 */
#include "core/names.h"
#include "heap/heap.h"
#include "object/instance.h"
#include "object/int.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"
#include "types/iterators.h"

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

static Value self_iter(Thread *t, Value self) { return new_ref(self); }

/* Room for an instance of one of the types here, zeroed. */
static Value make_instance(Thread *t, Type *type, enum TypeId id, size_t size) {
    if (type != builtin_type(t, id)) return object_new(t, type);
    Object *o = heap_object(t, id * sizeof(Shape), size);
    if (UNLIKELY(o == NULL)) return VNULL;
    memset(o + 1, 0, size - sizeof(Object));
    return v_from(o);
}

static Value reduce_with(Thread *t, Value self, Value args, Value state) {
    if (is_null(args)) return VNULL;
    Value type = v_from(type_of(t, self));
    Value result = is_null(state) ? tuple_of(t, 2, type, args) : tuple_of(t, 3, type, args, state);
    decref(t, args);
    return result;
}

/* --- enumerate ------------------------------------------------------------------------------------------------------------------- */

typedef struct Enumerate { Object head; Value iterator, recycled, big_index; int64_t index; } Enumerate;

static Value enumerate_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    uint32_t nkw = is_null(kwnames) ? 0 : (uint32_t)tuple_len(kwnames);
    if (nargs + nkw > 2) return err_raise(t, T_TypeError, "enumerate() takes at most 2 arguments (%u given)", nargs + nkw);
    Value iterable = nargs > 0 ? args[0] : VNULL, start = nargs > 1 ? args[1] : VNULL;
    for (uint32_t i = 0; i < nkw; i++) {
        Value name = tuple_at(kwnames, i);
        if (is_null(iterable) && str_equals_cstr(V_AS(Str, name), "iterable")) iterable = args[nargs + i];
        else if (is_null(start) && nargs + nkw == 2 && str_equals_cstr(V_AS(Str, name), "start")) start = args[nargs + i];
        else return err_raise(t, T_TypeError, "'%U' is an invalid keyword argument for enumerate()", name);
    }
    if (is_null(iterable)) return err_raise(t, T_TypeError, "enumerate() missing required argument 'iterable'");
    start = is_null(start) ? v_smallint(0) : number_index(t, start);
    if (is_null(start)) return VNULL;
    Value iterator = iter_of(t, iterable), v = is_null(iterator) ? VNULL : make_instance(t, type, T_enumerate, sizeof(Enumerate));
    if (is_null(v)) {
        decref(t, start);
        decref_maybe(t, iterator);
        return VNULL;
    }
    Enumerate *e = V_AS(Enumerate, v);
    e->iterator = iterator;
    if (is_smallint(start)) e->index = smallint_get(start);
    else e->big_index = start;
    return object_done(t, v);
}

/* The index of this step, owned; counts on. */
static Value enumerate_index(Thread *t, Enumerate *e) {
    if (LIKELY(is_null(e->big_index))) {
        if (LIKELY(e->index < SMALLINT_MAX)) return v_smallint(e->index++);
        e->big_index = v_smallint(e->index);
    }
    Value next = int_add(t, e->big_index, v_smallint(1));
    if (is_null(next)) return VNULL;
    Value index = e->big_index;
    e->big_index = next;
    return index;
}

static int enumerate_next_pair(Thread *t, Value self, Value pair[2]) {
    Enumerate *e = V_AS(Enumerate, self);
    Value item = iter_next_fast(t, e->iterator);
    if (is_null(item)) return 0;
    Value index = enumerate_index(t, e);
    if (UNLIKELY(is_null(index))) {
        decref(t, item);
        return 0;
    }
    pair[0] = index;
    pair[1] = item;
    return 1;
}

static Value enumerate_next(Thread *t, Value self) {
    Value pair[2];
    return enumerate_next_pair(t, self, pair) > 0 ? tuple_recycle(t, &V_AS(Enumerate, self)->recycled, pair, 2) : VNULL;
}

METHOD(enumerate_reduce) {
    Enumerate *e = V_AS(Enumerate, args[0]);
    Value index = is_null(e->big_index) ? v_smallint(e->index) : e->big_index;
    return reduce_with(t, args[0], tuple_of(t, 2, e->iterator, index), VNULL);
}

static const MethodDef enumerate_methods[] = {{"__reduce__", "($self, /)", "For pickling.", enumerate_reduce}, CLASS_GETITEM, {NULL}};
static const Field enumerate_fields[] = {FIELD_VALUE(Enumerate, iterator), FIELD_VALUE(Enumerate, recycled), FIELD_VALUE(Enumerate, big_index)};
const TypeDef typedef_enumerate = {
    .name = "enumerate",
    .doc = "An iterator over pairs of a count, from start on, and an item of the iterable:\n\n    (0, items[0]), (1, items[1]), ...",
    .signature = "(iterable, start=0)",
    .flags = TF_BASE | TF_GC | TF_IMMUTABLE,
    .size = sizeof(Enumerate),
    FIELDS(enumerate_fields),
    .methods = enumerate_methods,
    .slots = {.new = enumerate_make, .iter = self_iter, .next = enumerate_next, .next_pair = enumerate_next_pair},
};

/* --- zip and map ----------------------------------------------------------------------------------------------------------------- */

/* Of zip, function is VNULL. */
typedef struct Parallel { Object head; Value function, iterators, recycled; bool strict; } Parallel;

enum { ON_STACK = 16 };

/* The keyword argument strict, the only one. */
static bool strict_keyword(Thread *t, const char *name, Value *keywords, Value kwnames, bool *strict) {
    *strict = false;
    if (is_null(kwnames)) return true;
    int64_t n = tuple_len(kwnames);
    if (n > 1) return err_fail(t, T_TypeError, "%s() takes at most 1 keyword argument (%ld given)", name, (long)n);
    if (n == 0) return true;
    if (!str_equals_cstr(V_AS(Str, tuple_at(kwnames, 0)), "strict"))
        return err_fail(t, T_TypeError, "%s() got an unexpected keyword argument '%U'", name, tuple_at(kwnames, 0));
    return arg_bool(t, keywords[0], strict);
}

static Value iterators_of(Thread *t, Value *iterables, uint32_t n) {
    Value tuple = tuple_new(t, n);
    if (is_null(tuple)) return VNULL;
    for (uint32_t i = 0; i < n; i++) {
        Value it = iter_of(t, iterables[i]);
        if (is_null(it)) {
            decref(t, tuple);
            return VNULL;
        }
        V_AS(Tuple, tuple)->items[i] = it;
    }
    return tuple_done(t, tuple);
}

static Value parallel_make(Thread *t, Type *type, enum TypeId id, Value function, Value *iterables, uint32_t n, bool strict) {
    Value iterators = iterators_of(t, iterables, n);
    Value v = is_null(iterators) ? VNULL : make_instance(t, type, id, sizeof(Parallel));
    if (is_null(v)) {
        decref_maybe(t, iterators);
        return VNULL;
    }
    Parallel *p = V_AS(Parallel, v);
    p->function = new_ref_maybe(function);
    p->iterators = iterators;
    p->strict = strict;
    return object_done(t, v);
}

/* Iterator i of a strict walk ended: then so must the others. */
static COLD void check_lengths(Thread *t, const char *name, Value iterators, int64_t i) {
    if (i > 0) {
        err_raise(t, T_ValueError, "%s() argument %ld is shorter than argument%s%ld", name, (long)i + 1, i == 1 ? " " : "s 1-", (long)i);
        return;
    }
    for (i = 1; i < tuple_len(iterators); i++) {
        Value item = iter_next(t, tuple_at(iterators, i));
        if (!is_null(item)) {
            decref(t, item);
            err_raise(t, T_ValueError, "%s() argument %ld is longer than argument%s%ld", name, (long)i + 1, i == 1 ? " " : "s 1-", (long)i);
            return;
        }
        if (err_pending(t)) return;
    }
}

/* One item of each iterator into items[]. */
static bool step_all(Thread *t, Parallel *p, const char *name, Value *items) {
    Value iterators = p->iterators;
    int64_t n = tuple_len(iterators);
    for (int64_t i = 0; i < n; i++) {
        items[i] = iter_next_fast(t, tuple_at(iterators, i));
        if (LIKELY(!is_null(items[i]))) continue;
        if (p->strict && !err_pending(t)) check_lengths(t, name, iterators, i);
        while (i-- > 0) decref(t, items[i]);
        return false;
    }
    return true;
}

static Value zip_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    bool strict;
    if (!strict_keyword(t, "zip", args + nargs, kwnames, &strict)) return VNULL;
    return parallel_make(t, type, T_zip, VNULL, args, nargs, strict);
}

static Value zip_next(Thread *t, Value self) {
    Parallel *p = V_AS(Parallel, self);
    int64_t n = tuple_len(p->iterators);
    if (n == 0) return VNULL;
    if (LIKELY(n <= ON_STACK)) {
        Value items[ON_STACK];
        return step_all(t, p, "zip", items) ? tuple_recycle(t, &p->recycled, items, n) : VNULL;
    }
    Value *items = heap_alloc(t, (size_t)n * sizeof(Value));
    if (items == NULL) return VNULL;
    Value v = step_all(t, p, "zip", items) ? tuple_take(t, items, n) : VNULL;
    heap_free(t, items);
    return v;
}

static int zip_next_pair(Thread *t, Value self, Value pair[2]) {
    Parallel *p = V_AS(Parallel, self);
    if (tuple_len(p->iterators) != 2) return -1;
    return step_all(t, p, "zip", pair);
}

METHOD(zip_reduce) {
    Parallel *p = V_AS(Parallel, args[0]);
    return reduce_with(t, args[0], new_ref(p->iterators), p->strict ? V_TRUE : VNULL);
}

METHOD(parallel_setstate) { return arg_bool(t, args[1], &V_AS(Parallel, args[0])->strict) ? V_NONE : VNULL; }

static Value map_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    bool strict;
    if (!strict_keyword(t, "map", args + nargs, kwnames, &strict)) return VNULL;
    if (nargs < 2) return err_raise(t, T_TypeError, "map() must have at least two arguments.");
    return parallel_make(t, type, T_map, args[0], args + 1, nargs - 1, strict);
}

static Value call_with_items(Thread *t, Parallel *p, Value *items, int64_t n) {
    if (!step_all(t, p, "map", items)) return VNULL;
    Value function = new_ref(p->function);
    Value v = call(t, function, items, (uint32_t)n, VNULL);
    decref(t, function);
    for (int64_t i = 0; i < n; i++) decref(t, items[i]);
    return v;
}

static Value map_next(Thread *t, Value self) {
    Parallel *p = V_AS(Parallel, self);
    int64_t n = tuple_len(p->iterators);
    if (LIKELY(n <= ON_STACK)) {
        Value room[ON_STACK + 1];
        return call_with_items(t, p, room + 1, n);
    }
    Value *room = heap_alloc(t, (size_t)(n + 1) * sizeof(Value));
    if (room == NULL) return VNULL;
    Value v = call_with_items(t, p, room + 1, n);
    heap_free(t, room);
    return v;
}

METHOD(map_reduce) {
    Parallel *p = V_AS(Parallel, args[0]);
    int64_t n = tuple_len(p->iterators);
    Value all = tuple_new(t, n + 1);
    if (is_null(all)) return VNULL;
    V_AS(Tuple, all)->items[0] = new_ref(p->function);
    for (int64_t i = 0; i < n; i++) V_AS(Tuple, all)->items[i + 1] = new_ref(tuple_at(p->iterators, i));
    return reduce_with(t, args[0], tuple_done(t, all), p->strict ? V_TRUE : VNULL);
}

#define SETSTATE {"__setstate__", "($self, object, /)", "Set whether the walk is strict.", parallel_setstate}
static const MethodDef zip_methods[] = {{"__reduce__", "($self, /)", "For pickling.", zip_reduce}, SETSTATE, {NULL}};
static const MethodDef map_methods[] = {{"__reduce__", "($self, /)", "For pickling.", map_reduce}, SETSTATE, {NULL}};
static const Field parallel_fields[] = {FIELD_VALUE(Parallel, function), FIELD_VALUE(Parallel, iterators), FIELD_VALUE(Parallel, recycled)};

const TypeDef typedef_zip = {
    .name = "zip",
    .doc = "An iterator over tuples of one item of each iterable, until the shortest ends.\n\n"
           "With strict, ValueError if another one has items left then.\n\n"
           "   >>> list(zip('abcdefg', range(3), range(4)))\n   [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]",
    .signature = "(*iterables, strict=False)",
    .flags = TF_BASE | TF_GC | TF_IMMUTABLE,
    .size = sizeof(Parallel),
    FIELDS(parallel_fields),
    .methods = zip_methods,
    .slots = {.new = zip_make, .iter = self_iter, .next = zip_next, .next_pair = zip_next_pair},
};

const TypeDef typedef_map = {
    .name = "map",
    .doc = "An iterator over what a function returns for one item of each iterable, until the shortest ends.\n\n"
           "With strict, ValueError if another one has items left then.",
    .signature = "(function, iterable, /, *iterables, strict=False)",
    .flags = TF_BASE | TF_GC | TF_IMMUTABLE,
    .size = sizeof(Parallel),
    FIELDS(parallel_fields),
    .methods = map_methods,
    .slots = {.new = map_make, .iter = self_iter, .next = map_next},
};

/* --- filter ---------------------------------------------------------------------------------------------------------------------- */

typedef struct Filter { Object head; Value function, iterator; } Filter;

static Value filter_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Type *plain = builtin_type(t, T_filter);
    if (!is_null(kwnames) && (type == plain || type->slots.init == plain->slots.init) && !call_no_keywords(t, "filter", kwnames)) return VNULL;
    if (!call_arity(t, "filter", nargs, 2, 2)) return VNULL;
    Value iterator = iter_of(t, args[1]), v = is_null(iterator) ? VNULL : make_instance(t, type, T_filter, sizeof(Filter));
    if (is_null(v)) {
        decref_maybe(t, iterator);
        return VNULL;
    }
    V_AS(Filter, v)->function = new_ref(args[0]);
    V_AS(Filter, v)->iterator = iterator;
    return object_done(t, v);
}

static Value filter_next(Thread *t, Value self) {
    Filter *f = V_AS(Filter, self);
    bool by_truth = is_none(f->function) || same(f->function, v_from(builtin_type(t, T_bool)));
    for (;;) {
        Value item = iter_next_fast(t, f->iterator);
        if (is_null(item)) return VNULL;
        int keep;
        if (by_truth) keep = truth(t, item);
        else {
            Value answer = call_1(t, f->function, item);
            keep = is_null(answer) ? -1 : truth(t, answer);
            decref_maybe(t, answer);
        }
        if (keep > 0) return item;
        decref(t, item);
        if (keep < 0) return VNULL;
    }
}

METHOD(filter_reduce) {
    Filter *f = V_AS(Filter, args[0]);
    return reduce_with(t, args[0], tuple_of(t, 2, f->function, f->iterator), VNULL);
}

static const MethodDef filter_methods[] = {{"__reduce__", "($self, /)", "For pickling.", filter_reduce}, {NULL}};
static const Field filter_fields[] = {FIELD_VALUE(Filter, function), FIELD_VALUE(Filter, iterator)};
const TypeDef typedef_filter = {
    .name = "filter",
    .doc = "An iterator over the items for which the function returns a true value; with None, over those that are true.",
    .signature = "(function, iterable, /)",
    .flags = TF_BASE | TF_GC | TF_IMMUTABLE,
    .size = sizeof(Filter),
    FIELDS(filter_fields),
    .methods = filter_methods,
    .slots = {.new = filter_make, .iter = self_iter, .next = filter_next},
};

/* --- reversed -------------------------------------------------------------------------------------------------------------------- */

static Value reversed_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Type *plain = builtin_type(t, T_reversed);
    if (!is_null(kwnames) && (type == plain || type->slots.init == plain->slots.init) && !call_no_keywords(t, "reversed", kwnames)) return VNULL;
    if (!call_arity(t, "reversed", nargs, 1, 1)) return VNULL;
    Value sequence = args[0], method = lookup_special(t, sequence, N(t, __reversed__));
    if (!is_null(method)) {
        if (is_none(method)) return err_raise(t, T_TypeError, "'%T' object is not reversible", sequence);
        Value v = call_0(t, method);
        decref(t, method);
        return v;
    }
    if (err_pending(t)) return VNULL;
    if (!is_sequence(t, sequence)) return err_raise(t, T_TypeError, "'%T' object is not reversible", sequence);
    int64_t n = length_of(t, sequence);
    if (n < 0) return VNULL;
    Value v = make_instance(t, type, T_reversed, sizeof(IndexIterator));
    if (is_null(v)) return VNULL;
    V_AS(IndexIterator, v)->sequence = new_ref(sequence);
    V_AS(IndexIterator, v)->index = n - 1;
    return object_done(t, v);
}

static Value reversed_next(Thread *t, Value self) {
    IndexIterator *it = V_AS(IndexIterator, self);
    if (is_null(it->sequence)) return VNULL;
    if (it->index >= 0) {
        Value sequence = new_ref(it->sequence);
        Value v = item_get_index(t, sequence, it->index);
        decref(t, sequence);
        if (!is_null(v)) {
            it->index--;
            return v;
        }
        if (!err_catch(t, T_IndexError) && !err_catch(t, T_StopIteration)) return VNULL;
    }
    it->index = -1;
    slot_clear(t, &it->sequence);
    return VNULL;
}

METHOD(reversed_hint) {
    IndexIterator *it = V_AS(IndexIterator, args[0]);
    if (is_null(it->sequence)) return v_smallint(0);
    int64_t n = length_of(t, it->sequence);
    if (n < 0) return VNULL;
    return v_smallint(n < it->index + 1 ? 0 : it->index + 1);
}

METHOD(reversed_reduce) {
    IndexIterator *it = V_AS(IndexIterator, args[0]);
    if (!is_null(it->sequence)) return reduce_with(t, args[0], tuple_of(t, 1, it->sequence), v_smallint(it->index));
    return reduce_with(t, args[0], tuple_of(t, 1, t->interp->empty_tuple), VNULL);
}

METHOD(reversed_setstate) {
    IndexIterator *it = V_AS(IndexIterator, args[0]);
    int64_t index;
    if (!arg_size(t, args[1], &index)) return VNULL;
    if (is_null(it->sequence)) return V_NONE;
    int64_t n = length_of(t, it->sequence);
    if (n < 0) return VNULL;
    if (index < -1) index = -1;
    it->index = index > n - 1 ? n - 1 : index;
    return V_NONE;
}

static const MethodDef reversed_methods[] = {
    {"__length_hint__", "($self, /)", "The number of items that are left.", reversed_hint},
    {"__reduce__", "($self, /)", "For pickling.", reversed_reduce},
    {"__setstate__", "($self, object, /)", "Set the index of the next item.", reversed_setstate},
    {NULL},
};
static const Field reversed_fields[] = {FIELD_VALUE(IndexIterator, sequence)};
const TypeDef typedef_reversed = {
    .name = "reversed",
    .doc = "An iterator over a sequence from the last item to the first.",
    .signature = "(sequence, /)",
    .flags = TF_BASE | TF_GC | TF_IMMUTABLE,
    .size = sizeof(IndexIterator),
    FIELDS(reversed_fields),
    .methods = reversed_methods,
    .slots = {.new = reversed_make, .iter = self_iter, .next = reversed_next},
};
