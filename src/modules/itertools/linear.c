/* The iterators of itertools that walk their input once: count to zip_longest.
 *
 * Any step may run Python code that steps the same iterator or drops its fields, so that these are read again afterwards and
 * held where they are in use.
 */
#include "modules/itertools/itertools_priv.h"

/* A field held while it is used: iterators may be cleared by what they call. */
static Value held_next(Thread *t, Value iterator) {
    Value v = iterator_next_at_once(iterator);
    if (!is_null(v)) return v;
    incref(iterator);
    v = iter_next(t, iterator);
    decref(t, iterator);
    return v;
}

/* --- count ----------------------------------------------------------------------------------------------------------------------- */

/* While `number` is VNULL the count is `small` and the step 1. */
typedef struct Count { Object head; Value number, step; int64_t small; } Count;

NEW(count_make) {
    Value bound[2];
    if (!call_bind_signature(t, "count", "(start=0, step=1)", args, nargs, kwnames, bound)) return VNULL;
    Value start = is_null(bound[0]) ? v_smallint(0) : bound[0], step = is_null(bound[1]) ? v_smallint(1) : bound[1];
    if (!is_number(t, start) || !is_number(t, step)) return err_raise(t, T_TypeError, "a number is required");
    if (is_bool(step)) step = v_smallint(same(step, V_TRUE));
    if (is_bool(start) && same(step, v_smallint(1))) start = v_smallint(same(start, V_TRUE));
    Value v = object_new(t, type);
    if (is_null(v)) return VNULL;
    Count *c = V_AS(Count, v);
    c->step = new_ref(step);
    if (is_smallint(start) && same(step, v_smallint(1))) c->small = smallint_get(start);
    else c->number = new_ref(start);
    return object_done(t, v);
}

static Value count_next(Thread *t, Value self) {
    Count *c = V_AS(Count, self);
    if (LIKELY(is_null(c->number))) {
        if (LIKELY(c->small < SMALLINT_MAX)) return v_smallint(c->small++);
        c->number = v_smallint(c->small);
    }
    Value number = new_ref(c->number), next = number_add(t, number, c->step);
    if (is_null(next)) {
        decref(t, number);
        return VNULL;
    }
    slot_set(t, &c->number, next);
    return number;
}

static Value count_repr(Thread *t, Value self) {
    Count *c = V_AS(Count, self);
    Value number = is_null(c->number) ? v_smallint(c->small) : c->number;
    const char *name = type_of(t, self) == builtin_type(t, T_count) ? "count" : NULL;
    Value type_name = name ? VNULL : type_of(t, self)->name;
    Value shown = name ? str_from_cstr(t, name) : new_ref(type_name);
    if (is_null(shown)) return VNULL;
    Value text = same(c->step, v_smallint(1)) ? str_format(t, "%U(%R)", shown, number) : str_format(t, "%U(%R, %R)", shown, number, c->step);
    decref(t, shown);
    return text;
}

static const Field count_fields[] = {FIELD_VALUE(Count, number), FIELD_VALUE(Count, step)};
const TypeDef typedef_count = {
    .name = "itertools.count",
    .doc = "An endless iterator over start, start + step, start + 2 * step, ...",
    .signature = "(start=0, step=1)",
    .flags = ITERATOR_FLAGS | TF_BASE,
    .size = sizeof(Count),
    FIELDS(count_fields),
    .slots = {.new = count_make, .repr = count_repr, .iter = itertools_self_iter, .next = count_next},
};

/* --- cycle ----------------------------------------------------------------------------------------------------------------------- */

/* iterator: VNULL once it has ended and `saved` holds its items. */
typedef struct Cycle { Object head; Value iterator, saved; int64_t index; } Cycle;

NEW(cycle_make) {
    if (!itertools_no_keywords(t, type, T_cycle, "cycle", kwnames) || !call_arity(t, "cycle", nargs, 1, 1)) return VNULL;
    Value iterator = iter_of(t, args[0]), saved = is_null(iterator) ? VNULL : list_new(t, 0);
    Value v = is_null(saved) ? VNULL : object_new(t, type);
    if (is_null(v)) {
        decref_maybe(t, iterator);
        decref_maybe(t, saved);
        return VNULL;
    }
    V_AS(Cycle, v)->iterator = iterator;
    V_AS(Cycle, v)->saved = saved;
    return object_done(t, v);
}

static Value cycle_next(Thread *t, Value self) {
    Cycle *c = V_AS(Cycle, self);
    if (!is_null(c->iterator)) {
        Value item = held_next(t, c->iterator);
        if (!is_null(item)) {
            if (list_append(t, V_AS(List, c->saved), item)) return item;
            decref(t, item);
            return VNULL;
        }
        if (err_pending(t)) return VNULL;
        slot_clear(t, &c->iterator);
    }
    List *l = V_AS(List, c->saved);
    if (l->length == 0) return VNULL;
    Value item = new_ref(l->items[c->index]);
    if (++c->index >= l->length) c->index = 0;
    return item;
}

static const Field cycle_fields[] = {FIELD_VALUE(Cycle, iterator), FIELD_VALUE(Cycle, saved)};
const TypeDef typedef_cycle = {
    .name = "itertools.cycle",
    .doc = "An iterator over the items of an iterable, then over the same again, without end.",
    .signature = "(iterable, /)",
    .flags = ITERATOR_FLAGS | TF_BASE,
    .size = sizeof(Cycle),
    FIELDS(cycle_fields),
    .slots = {.new = cycle_make, .iter = itertools_self_iter, .next = cycle_next},
};

/* --- repeat ---------------------------------------------------------------------------------------------------------------------- */

typedef struct Repeat { Object head; Value item; int64_t left; } Repeat; /* left: -1 for ever */

NEW(repeat_make) {
    Value bound[2];
    if (!call_bind_signature(t, "repeat", "(object, times=<unrepresentable>)", args, nargs, kwnames, bound)) return VNULL;
    int64_t left = -1;
    if (!is_null(bound[1])) {
        if (!arg_size(t, bound[1], &left)) return VNULL;
        if (left < 0) left = 0;
    }
    Value v = object_new(t, type);
    if (is_null(v)) return VNULL;
    V_AS(Repeat, v)->item = new_ref(bound[0]);
    V_AS(Repeat, v)->left = left;
    return object_done(t, v);
}

static Value repeat_next(Thread *t, Value self) {
    Repeat *r = V_AS(Repeat, self);
    if (r->left == 0) return VNULL;
    if (r->left > 0) r->left--;
    return new_ref(r->item);
}

static Value repeat_repr(Thread *t, Value self) {
    Repeat *r = V_AS(Repeat, self);
    Value name = type_of(t, self)->name;
    return r->left == -1 ? str_format(t, "%U(%R)", name, r->item) : str_format(t, "%U(%R, %ld)", name, r->item, (long)r->left);
}

METHOD(repeat_hint) {
    Repeat *r = V_AS(Repeat, args[0]);
    return r->left == -1 ? err_raise(t, T_TypeError, "len() of unsized object") : int_from_i64(t, r->left);
}

static const MethodDef repeat_methods[] = {{"__length_hint__", "($self, /)", "The number of items that are left.", repeat_hint}, {NULL}};
static const Field repeat_fields[] = {FIELD_VALUE(Repeat, item)};
const TypeDef typedef_repeat = {
    .name = "itertools.repeat",
    .doc = "repeat(object [,times])\n\nAn iterator that gives the same object so many times, or without end.",
    .flags = ITERATOR_FLAGS | TF_BASE,
    .size = sizeof(Repeat),
    FIELDS(repeat_fields),
    .methods = repeat_methods,
    .slots = {.new = repeat_make, .repr = repeat_repr, .iter = itertools_self_iter, .next = repeat_next},
};

/* --- chain ----------------------------------------------------------------------------------------------------------------------- */

typedef struct Chain { Object head; Value source, active; } Chain; /* source: an iterator over iterables, VNULL when it has ended */

static Value chain_over(Thread *t, Type *type, Value source) {
    Value v = is_null(source) ? VNULL : object_new(t, type);
    if (is_null(v)) {
        decref_maybe(t, source);
        return VNULL;
    }
    V_AS(Chain, v)->source = source;
    return object_done(t, v);
}

NEW(chain_make) {
    if (!itertools_no_keywords(t, type, T_chain, "chain", kwnames)) return VNULL;
    Value all = tuple_from(t, args, nargs);
    if (is_null(all)) return VNULL;
    Value source = iter_of(t, all);
    decref(t, all);
    return chain_over(t, type, source);
}

METHOD(chain_from_iterable) { return chain_over(t, V_AS(Type, args[0]), iter_of(t, args[1])); }

static Value chain_next(Thread *t, Value self) {
    Chain *c = V_AS(Chain, self);
    while (!is_null(c->source)) {
        if (is_null(c->active)) {
            Value iterable = held_next(t, c->source);
            if (is_null(iterable)) {
                slot_clear(t, &c->source);
                return VNULL;
            }
            Value active = iter_of(t, iterable);
            decref(t, iterable);
            if (is_null(active)) {
                slot_clear(t, &c->source);
                return VNULL;
            }
            slot_set(t, &c->active, active);
        }
        Value item = held_next(t, c->active);
        if (!is_null(item) || err_pending(t)) return item;
        slot_clear(t, &c->active);
    }
    return VNULL;
}

static const MethodDef chain_methods[] = {
    {"from_iterable", "($type, iterable, /)", "chain(*iterable), of which each item is asked for only when its turn comes.", chain_from_iterable, MF_CLASS},
    CLASS_GETITEM,
    {NULL},
};
static const Field chain_fields[] = {FIELD_VALUE(Chain, source), FIELD_VALUE(Chain, active)};
const TypeDef typedef_chain = {
    .name = "itertools.chain",
    .doc = "An iterator over the items of the first iterable, then of the next one, and so on.",
    .signature = "(*iterables)",
    .flags = ITERATOR_FLAGS | TF_BASE,
    .size = sizeof(Chain),
    FIELDS(chain_fields),
    .methods = chain_methods,
    .slots = {.new = chain_make, .iter = itertools_self_iter, .next = chain_next},
};

/* --- islice ---------------------------------------------------------------------------------------------------------------------- */

typedef struct ISlice { Object head; Value iterator; int64_t next, stop, step, count; } ISlice; /* stop: -1 none; count: items seen */

/* A bound: None leaves *out. */
static bool islice_bound(Thread *t, Value v, int64_t minimum, int64_t *out, const char *message) {
    if (is_none(v)) return true;
    bool ok = has_index(t, v) && number_to_index(t, v, out, T_OverflowError) && *out >= minimum;
    if (ok) return true;
    err_clear(t);
    return err_fail(t, T_ValueError, "%s", message);
}

NEW(islice_make) {
    static const char stop_text[] = "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    static const char start_text[] = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    static const char step_text[] = "Step for islice() must be a positive integer or None.";
    if (!itertools_no_keywords(t, type, T_islice, "islice", kwnames) || !call_arity(t, "islice", nargs, 2, 4)) return VNULL;
    int64_t start = 0, stop = -1, step = 1;
    if (nargs == 2) {
        if (!islice_bound(t, args[1], 0, &stop, stop_text)) return VNULL;
    } else {
        if (!islice_bound(t, args[2], INT64_MIN, &stop, stop_text)) return VNULL;
        if (!is_none(args[2]) && stop < 0) {
            if (stop == -1) return err_raise(t, T_ValueError, "%s", stop_text);
            return err_raise(t, T_ValueError, "%s", start_text);
        }
        if (!islice_bound(t, args[1], 0, &start, start_text)) return VNULL;
    }
    if (nargs == 4 && !islice_bound(t, args[3], 1, &step, step_text)) return VNULL;
    Value iterator = iter_of(t, args[0]), v = is_null(iterator) ? VNULL : object_new(t, type);
    if (is_null(v)) {
        decref_maybe(t, iterator);
        return VNULL;
    }
    ISlice *s = V_AS(ISlice, v);
    s->iterator = iterator;
    s->next = start;
    s->stop = stop;
    s->step = step;
    return object_done(t, v);
}

static Value islice_next(Thread *t, Value self) {
    ISlice *s = V_AS(ISlice, self);
    if (is_null(s->iterator)) return VNULL;
    Value iterator = new_ref(s->iterator), item = VNULL;
    while (s->count < s->next) {
        item = iter_next(t, iterator);
        if (is_null(item)) goto end;
        decref(t, item);
        s->count++;
    }
    item = VNULL;
    if (s->stop != -1 && s->count >= s->stop) goto end;
    item = iter_next(t, iterator);
    if (is_null(item)) goto end;
    s->count++;
    if (__builtin_add_overflow(s->next, s->step, &s->next) || (s->stop != -1 && s->next > s->stop)) s->next = s->stop == -1 ? INT64_MAX : s->stop;
    decref(t, iterator);
    return item;
end:
    decref(t, iterator);
    slot_clear(t, &s->iterator);
    return VNULL;
}

static const Field islice_fields[] = {FIELD_VALUE(ISlice, iterator)};
const TypeDef typedef_islice = {
    .name = "itertools.islice",
    .doc = "islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object\n\n"
           "An iterator over the items that a slice of a sequence would have.",
    .flags = ITERATOR_FLAGS | TF_BASE,
    .size = sizeof(ISlice),
    FIELDS(islice_fields),
    .slots = {.new = islice_make, .iter = itertools_self_iter, .next = islice_next},
};

/* --- starmap, takewhile, dropwhile, filterfalse: a function and an iterator ----------------------------------------------------- */

typedef struct Walk { Object head; Value function, iterator; bool flag; } Walk; /* flag: the stop of takewhile, the start of dropwhile */
static const Field walk_fields[] = {FIELD_VALUE(Walk, function), FIELD_VALUE(Walk, iterator)};

static Value walk_make(Thread *t, Type *type, enum TypeId id, const char *name, Value *args, uint32_t nargs, Value kwnames) {
    if (!itertools_no_keywords(t, type, id, name, kwnames) || !call_arity(t, name, nargs, 2, 2)) return VNULL;
    Value iterator = iter_of(t, args[1]), v = is_null(iterator) ? VNULL : object_new(t, type);
    if (is_null(v)) {
        decref_maybe(t, iterator);
        return VNULL;
    }
    V_AS(Walk, v)->function = new_ref(args[0]);
    V_AS(Walk, v)->iterator = iterator;
    return object_done(t, v);
}

/* The truth of function(item). */
static int ask(Thread *t, Value function, Value item) {
    Value answer = call_1(t, function, item);
    if (is_null(answer)) return -1;
    int is_true = truth(t, answer);
    decref(t, answer);
    return is_true;
}

NEW(starmap_make) { return walk_make(t, type, T_starmap, "starmap", args, nargs, kwnames); }
static Value starmap_next(Thread *t, Value self) {
    Walk *w = V_AS(Walk, self);
    Value item = iter_next(t, w->iterator);
    if (is_null(item)) return VNULL;
    Value arguments = tuple_from_iterable(t, item), v = VNULL;
    decref(t, item);
    if (is_null(arguments)) return VNULL;
    v = call_tuple(t, w->function, arguments, VNULL);
    decref(t, arguments);
    return v;
}

NEW(takewhile_make) { return walk_make(t, type, T_takewhile, "takewhile", args, nargs, kwnames); }
static Value takewhile_next(Thread *t, Value self) {
    Walk *w = V_AS(Walk, self);
    if (w->flag) return VNULL;
    Value item = iter_next(t, w->iterator);
    if (is_null(item)) return VNULL;
    int is_true = ask(t, w->function, item);
    if (is_true > 0) return item;
    decref(t, item);
    if (is_true == 0) w->flag = true;
    return VNULL;
}

NEW(dropwhile_make) { return walk_make(t, type, T_dropwhile, "dropwhile", args, nargs, kwnames); }
static Value dropwhile_next(Thread *t, Value self) {
    Walk *w = V_AS(Walk, self);
    for (;;) {
        Value item = iter_next(t, w->iterator);
        if (is_null(item) || w->flag) return item;
        int is_true = ask(t, w->function, item);
        if (is_true == 0) {
            w->flag = true;
            return item;
        }
        decref(t, item);
        if (is_true < 0) return VNULL;
    }
}

NEW(filterfalse_make) { return walk_make(t, type, T_filterfalse, "filterfalse", args, nargs, kwnames); }
static Value filterfalse_next(Thread *t, Value self) {
    Walk *w = V_AS(Walk, self);
    bool by_truth = is_none(w->function) || same(w->function, v_from(builtin_type(t, T_bool)));
    for (;;) {
        Value item = iter_next(t, w->iterator);
        if (is_null(item)) return VNULL;
        int is_true = by_truth ? truth(t, item) : ask(t, w->function, item);
        if (is_true == 0) return item;
        decref(t, item);
        if (is_true < 0) return VNULL;
    }
}

#define WALK_TYPE(id, parameters, text)                                             \
    const TypeDef typedef_##id = {                                                  \
        .name = "itertools." #id,                                                   \
        .doc = text,                                                                \
        .signature = parameters,                                                    \
        .flags = ITERATOR_FLAGS | TF_BASE,                                          \
        .size = sizeof(Walk),                                                       \
        FIELDS(walk_fields),                                                        \
        .slots = {.new = id##_make, .iter = itertools_self_iter, .next = id##_next}, \
    }
WALK_TYPE(starmap, "(function, iterable, /)", "An iterator over function(*item) for each item of an iterable of tuples.");
WALK_TYPE(takewhile, "(predicate, iterable, /)", "An iterator over the items in front of the first one for which the predicate is false.");
WALK_TYPE(dropwhile, "(predicate, iterable, /)", "An iterator over the items from the first one for which the predicate is false.");
WALK_TYPE(filterfalse, "(function, iterable, /)", "An iterator over the items for which the function returns a false value; with None, over those that are false.");

/* --- compress -------------------------------------------------------------------------------------------------------------------- */

typedef struct Compress { Object head; Value data, selectors; } Compress;

NEW(compress_make) {
    Value bound[2];
    if (!call_bind_signature(t, "compress", "(data, selectors)", args, nargs, kwnames, bound)) return VNULL;
    Value data = iter_of(t, bound[0]), selectors = is_null(data) ? VNULL : iter_of(t, bound[1]);
    Value v = is_null(selectors) ? VNULL : object_new(t, type);
    if (is_null(v)) {
        decref_maybe(t, data);
        decref_maybe(t, selectors);
        return VNULL;
    }
    V_AS(Compress, v)->data = data;
    V_AS(Compress, v)->selectors = selectors;
    return object_done(t, v);
}

static Value compress_next(Thread *t, Value self) {
    Compress *c = V_AS(Compress, self);
    for (;;) {
        Value item = iter_next(t, c->data);
        if (is_null(item)) return VNULL;
        Value selector = iter_next(t, c->selectors);
        int keep = is_null(selector) ? -1 : truth(t, selector);
        decref_maybe(t, selector);
        if (keep > 0) return item;
        decref(t, item);
        if (keep < 0) return VNULL;
    }
}

static const Field compress_fields[] = {FIELD_VALUE(Compress, data), FIELD_VALUE(Compress, selectors)};
const TypeDef typedef_compress = {
    .name = "itertools.compress",
    .doc = "An iterator over the items of data whose counterpart in selectors is true.",
    .signature = "(data, selectors)",
    .flags = ITERATOR_FLAGS | TF_BASE,
    .size = sizeof(Compress),
    FIELDS(compress_fields),
    .slots = {.new = compress_make, .iter = itertools_self_iter, .next = compress_next},
};

/* --- accumulate ------------------------------------------------------------------------------------------------------------------ */

typedef struct Accumulate { Object head; Value iterator, function, initial, total; } Accumulate;

NEW(accumulate_make) {
    Value bound[3];
    if (!call_bind_signature(t, "accumulate", "(iterable, func=None, *, initial=None)", args, nargs, kwnames, bound)) return VNULL;
    Value iterator = iter_of(t, bound[0]), v = is_null(iterator) ? VNULL : object_new(t, type);
    if (is_null(v)) {
        decref_maybe(t, iterator);
        return VNULL;
    }
    Accumulate *a = V_AS(Accumulate, v);
    a->iterator = iterator;
    if (!is_null(bound[1]) && !is_none(bound[1])) a->function = new_ref(bound[1]);
    if (!is_null(bound[2]) && !is_none(bound[2])) a->initial = new_ref(bound[2]);
    return object_done(t, v);
}

static Value accumulate_next(Thread *t, Value self) {
    Accumulate *a = V_AS(Accumulate, self);
    if (!is_null(a->initial)) {
        slot_set(t, &a->total, a->initial);
        a->initial = VNULL;
        return new_ref(a->total);
    }
    Value item = iter_next(t, a->iterator);
    if (is_null(item)) return VNULL;
    if (is_null(a->total)) {
        a->total = item;
        return new_ref(item);
    }
    Value total = new_ref(a->total);
    Value next = is_null(a->function) ? number_add(t, total, item) : call_2(t, a->function, total, item);
    decref(t, total);
    decref(t, item);
    if (is_null(next)) return VNULL;
    slot_set(t, &a->total, new_ref(next));
    return next;
}

static const Field accumulate_fields[] = {FIELD_VALUE(Accumulate, iterator), FIELD_VALUE(Accumulate, function), FIELD_VALUE(Accumulate, initial),
                                          FIELD_VALUE(Accumulate, total)};
const TypeDef typedef_accumulate = {
    .name = "itertools.accumulate",
    .doc = "An iterator over running totals, or over the running results of a function of two arguments.",
    .signature = "(iterable, func=None, *, initial=None)",
    .flags = ITERATOR_FLAGS | TF_BASE,
    .size = sizeof(Accumulate),
    FIELDS(accumulate_fields),
    .slots = {.new = accumulate_make, .iter = itertools_self_iter, .next = accumulate_next},
};

/* --- pairwise -------------------------------------------------------------------------------------------------------------------- */

typedef struct Pairwise { Object head; Value iterator, old, recycled; } Pairwise;

NEW(pairwise_make) {
    if (!itertools_no_keywords(t, type, T_pairwise, "pairwise", kwnames) || !call_arity(t, "pairwise", nargs, 1, 1)) return VNULL;
    Value iterator = iter_of(t, args[0]), v = is_null(iterator) ? VNULL : object_new(t, type);
    if (is_null(v)) {
        decref_maybe(t, iterator);
        return VNULL;
    }
    V_AS(Pairwise, v)->iterator = iterator;
    return object_done(t, v);
}

static Value pairwise_next(Thread *t, Value self) {
    Pairwise *p = V_AS(Pairwise, self);
    if (is_null(p->iterator)) return VNULL;
    if (is_null(p->old)) {
        Value first = held_next(t, p->iterator);
        if (is_null(first)) {
            slot_clear(t, &p->iterator);
            slot_clear(t, &p->old);
            return VNULL;
        }
        slot_set(t, &p->old, first);
        if (is_null(p->iterator)) { /* ended by a step inside that step */
            slot_clear(t, &p->old);
            return VNULL;
        }
    }
    Value old = new_ref(p->old), item = held_next(t, p->iterator);
    if (is_null(item)) {
        slot_clear(t, &p->iterator);
        slot_clear(t, &p->old);
        decref(t, old);
        return VNULL;
    }
    slot_set(t, &p->old, new_ref(item));
    const Value pair[2] = {old, item};
    return tuple_recycle(t, &p->recycled, pair, 2);
}

static const Field pairwise_fields[] = {FIELD_VALUE(Pairwise, iterator), FIELD_VALUE(Pairwise, old), FIELD_VALUE(Pairwise, recycled)};
const TypeDef typedef_pairwise = {
    .name = "itertools.pairwise",
    .doc = "An iterator over pairs of neighbours: s -> (s0,s1), (s1,s2), (s2, s3), ...",
    .signature = "(iterable, /)",
    .flags = ITERATOR_FLAGS | TF_BASE,
    .size = sizeof(Pairwise),
    FIELDS(pairwise_fields),
    .slots = {.new = pairwise_make, .iter = itertools_self_iter, .next = pairwise_next},
};

/* --- batched --------------------------------------------------------------------------------------------------------------------- */

typedef struct Batched { Object head; Value iterator; int64_t size; bool strict; } Batched;

NEW(batched_make) {
    Value bound[3];
    if (!call_bind_signature(t, "batched", "(iterable, n, *, strict=False)", args, nargs, kwnames, bound)) return VNULL;
    int64_t size;
    bool strict = false;
    if (!arg_size(t, bound[1], &size) || (!is_null(bound[2]) && !arg_bool(t, bound[2], &strict))) return VNULL;
    if (size < 1) return err_raise(t, T_ValueError, "n must be at least one");
    Value iterator = iter_of(t, bound[0]), v = is_null(iterator) ? VNULL : object_new(t, type);
    if (is_null(v)) {
        decref_maybe(t, iterator);
        return VNULL;
    }
    V_AS(Batched, v)->iterator = iterator;
    V_AS(Batched, v)->size = size;
    V_AS(Batched, v)->strict = strict;
    return object_done(t, v);
}

static Value batched_next(Thread *t, Value self) {
    Batched *b = V_AS(Batched, self);
    if (is_null(b->iterator)) return VNULL;
    Value iterator = new_ref(b->iterator), list = list_new(t, b->size < 64 ? b->size : 64), item, result = VNULL;
    if (is_null(list)) goto done;
    List *l = V_AS(List, list);
    while (l->length < b->size && !is_null(item = iter_next(t, iterator)))
        if (!list_append_take(t, l, item)) goto done;
    if (l->length < b->size) {
        slot_clear(t, &b->iterator);
        if (err_pending(t) || l->length == 0) goto done;
        if (b->strict) {
            err_raise(t, T_ValueError, "batched(): incomplete batch");
            goto done;
        }
    }
    int64_t n = l->length;
    l->length = 0; /* the tuple takes the items */
    result = tuple_take(t, l->items, n);
done:
    decref(t, iterator);
    decref_maybe(t, list);
    return result;
}

static const Field batched_fields[] = {FIELD_VALUE(Batched, iterator)};
const TypeDef typedef_batched = {
    .name = "itertools.batched",
    .doc = "An iterator over tuples of n items each; the last one may be shorter, unless strict is true: then that is a ValueError.\n\n"
           "    >>> list(batched(range(5), 2))\n"
           "    [(0, 1), (2, 3), (4,)]\n",
    .signature = "(iterable, n, *, strict=False)",
    .flags = ITERATOR_FLAGS | TF_BASE,
    .size = sizeof(Batched),
    FIELDS(batched_fields),
    .slots = {.new = batched_make, .iter = itertools_self_iter, .next = batched_next},
};

/* --- zip_longest ----------------------------------------------------------------------------------------------------------------- */

/* iterators: a list, of which the ended ones are None. */
typedef struct ZipLongest { Object head; Value iterators, fill, recycled; int64_t active; } ZipLongest;

NEW(zip_longest_make) {
    Value fill = V_NONE;
    if (!is_null(kwnames) && tuple_len(kwnames) > 0) {
        if (tuple_len(kwnames) > 1 || !str_equals_cstr(V_AS(Str, tuple_at(kwnames, 0)), "fillvalue"))
            return err_raise(t, T_TypeError, "zip_longest() got an unexpected keyword argument");
        fill = args[nargs];
    }
    Value iterators = list_new(t, nargs);
    if (is_null(iterators)) return VNULL;
    for (uint32_t i = 0; i < nargs; i++) {
        Value it = iter_of(t, args[i]);
        if (is_null(it) || !list_append_take(t, V_AS(List, iterators), it)) {
            decref(t, iterators);
            return VNULL;
        }
    }
    Value v = object_new(t, type);
    if (is_null(v)) {
        decref(t, iterators);
        return VNULL;
    }
    ZipLongest *z = V_AS(ZipLongest, v);
    z->iterators = iterators;
    z->fill = new_ref(fill);
    z->active = nargs;
    return object_done(t, v);
}

static Value zip_longest_next(Thread *t, Value self) {
    ZipLongest *z = V_AS(ZipLongest, self);
    List *l = V_AS(List, z->iterators);
    int64_t n = l->length;
    if (n == 0 || z->active == 0) return VNULL;
    Value few[16], *items = few, result = VNULL;
    if (n > (int64_t)COUNT_OF(few) && (items = heap_alloc(t, (size_t)n * sizeof(Value))) == NULL) return VNULL;
    for (int64_t i = 0; i < n; i++) {
        Value iterator = l->items[i], item = VNULL;
        if (!is_none(iterator)) {
            item = held_next(t, iterator);
            if (is_null(item)) {
                bool failed = err_pending(t);
                if (failed || --z->active <= 0) {
                    z->active = 0;
                    while (i-- > 0) decref(t, items[i]);
                    goto done;
                }
                slot_set(t, &l->items[i], V_NONE);
            }
        }
        items[i] = is_null(item) ? new_ref(z->fill) : item;
    }
    result = tuple_recycle(t, &z->recycled, items, n);
done:
    if (items != few) heap_free(t, items);
    return result;
}

static const Field zip_longest_fields[] = {FIELD_VALUE(ZipLongest, iterators), FIELD_VALUE(ZipLongest, fill), FIELD_VALUE(ZipLongest, recycled)};
const TypeDef typedef_zip_longest = {
    .name = "itertools.zip_longest",
    .doc = "An iterator over tuples of one item of each iterable, until the longest ends; what shorter ones lack is fillvalue.",
    .signature = "(*iterables, fillvalue=None)",
    .flags = ITERATOR_FLAGS | TF_BASE,
    .size = sizeof(ZipLongest),
    FIELDS(zip_longest_fields),
    .slots = {.new = zip_longest_make, .iter = itertools_self_iter, .next = zip_longest_next},
};
