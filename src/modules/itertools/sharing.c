/* groupby and tee: several iterators over one. */
#include "modules/itertools/itertools_priv.h"

/* --- groupby --------------------------------------------------------------------------------------------------------------------- */

/* current: the item that was read last, VNULL once a group gave it out, with its key; target: the key of the group that was given out
 * last; grouper: the group that may still go on (compared, not owned). */
typedef struct GroupBy { Object head; Value iterator, function, target, key, current; Object *grouper; } GroupBy;
typedef struct Grouper { Object head; Value parent, target; } Grouper;

NEW(groupby_make) {
    Value bound[2];
    if (!call_bind_signature(t, "groupby", "(iterable, key=None)", args, nargs, kwnames, bound)) return VNULL;
    Value iterator = iter_of(t, bound[0]), v = is_null(iterator) ? VNULL : object_new(t, type);
    if (is_null(v)) {
        decref_maybe(t, iterator);
        return VNULL;
    }
    V_AS(GroupBy, v)->iterator = iterator;
    V_AS(GroupBy, v)->function = is_null(bound[1]) ? V_NONE : new_ref(bound[1]);
    return object_done(t, v);
}

/* Reads the next item and its key. */
static bool step(Thread *t, GroupBy *g) {
    Value item = iter_next(t, g->iterator);
    if (is_null(item)) return false;
    Value key = is_none(g->function) ? new_ref(item) : call_1(t, g->function, item);
    if (is_null(key)) {
        decref(t, item);
        return false;
    }
    slot_set(t, &g->current, item);
    slot_set(t, &g->key, key);
    return true;
}

static int held_equal(Thread *t, Value a, Value b) {
    incref(a);
    incref(b);
    int is_equal = equal_fast(t, a, b);
    decref(t, a);
    decref(t, b);
    return is_equal;
}

static Value grouper_new(Thread *t, Value parent, Value target) {
    Value v = object_new(t, builtin_type(t, T_grouper));
    if (is_null(v)) return VNULL;
    V_AS(Grouper, v)->parent = new_ref(parent);
    V_AS(Grouper, v)->target = new_ref(target);
    V_AS(GroupBy, parent)->grouper = v_obj(v);
    return object_done(t, v);
}

static Value groupby_next(Thread *t, Value self) {
    GroupBy *g = V_AS(GroupBy, self);
    g->grouper = NULL;
    for (;;) { /* past what is left of the last group */
        if (!is_null(g->key)) {
            if (is_null(g->target)) break;
            int is_same = held_equal(t, g->target, g->key);
            if (is_same < 0) return VNULL;
            if (!is_same) break;
        }
        if (!step(t, g)) return VNULL;
    }
    slot_set(t, &g->target, new_ref(g->key));
    Value key = new_ref(g->key), group = grouper_new(t, self, g->target);
    if (is_null(group)) {
        decref(t, key);
        return VNULL;
    }
    const Value pair[2] = {key, group};
    return tuple_take(t, pair, 2);
}

NEW(grouper_make) {
    if (!call_no_keywords(t, "_grouper", kwnames) || !call_arity(t, "_grouper", nargs, 2, 2)) return VNULL;
    if (!IS_A(t, args[0], groupby)) return err_raise(t, T_TypeError, "_grouper() argument 1 must be itertools.groupby, not %T", args[0]);
    return grouper_new(t, args[0], args[1]);
}

static Value grouper_next(Thread *t, Value self) {
    Grouper *group = V_AS(Grouper, self);
    GroupBy *g = V_AS(GroupBy, group->parent);
    if (g->grouper != v_obj(self)) return VNULL;
    if (is_null(g->current) && !step(t, g)) return VNULL;
    int is_same = held_equal(t, group->target, g->key);
    if (is_same <= 0 || is_null(g->current)) return VNULL;
    Value item = g->current;
    g->current = VNULL;
    slot_clear(t, &g->key);
    return item;
}

static const Field groupby_fields[] = {FIELD_VALUE(GroupBy, iterator), FIELD_VALUE(GroupBy, function), FIELD_VALUE(GroupBy, target),
                                       FIELD_VALUE(GroupBy, key), FIELD_VALUE(GroupBy, current)};
const TypeDef typedef_groupby = {
    .name = "itertools.groupby",
    .doc = "An iterator over pairs of a key and an iterator over the neighbouring items that have it.\n\n"
           "The key of an item is what the key function returns for it, the item itself without one.",
    .signature = "(iterable, key=None)",
    .flags = ITERATOR_FLAGS | TF_BASE,
    .size = sizeof(GroupBy),
    FIELDS(groupby_fields),
    .slots = {.new = groupby_make, .iter = itertools_self_iter, .next = groupby_next},
};

static const Field grouper_fields[] = {FIELD_VALUE(Grouper, parent), FIELD_VALUE(Grouper, target)};
const TypeDef typedef_grouper = {
    .name = "itertools._grouper",
    .flags = ITERATOR_FLAGS,
    .size = sizeof(Grouper),
    FIELDS(grouper_fields),
    .slots = {.new = grouper_make, .iter = itertools_self_iter, .next = grouper_next},
};

/* --- tee ------------------------------------------------------------------------------------------------------------------------- */

enum { LINK_ITEMS = 57 };

/* A stretch of the items, read once; the tees that are still in it keep it. */
typedef struct TeeData { Object head; Value iterator, next; int64_t count; bool running; Value items[LINK_ITEMS]; } TeeData;
typedef struct Tee { Object head; Value data; int64_t index; void *ext; } Tee;

static Value tee_data_new(Thread *t, Value iterator) {
    Value v = object_new(t, builtin_type(t, T_tee_data));
    if (is_null(v)) return VNULL;
    V_AS(TeeData, v)->iterator = new_ref(iterator);
    return object_done(t, v);
}

static int tee_data_traverse(Object *self, VisitFn visit, void *context) {
    TeeData *d = (TeeData *)self;
    for (int64_t i = 0; i < d->count; i++) {
        int result = is_obj(d->items[i]) ? visit(d->items[i], context) : 0;
        if (result) return result;
    }
    return 0;
}

static void tee_data_clear(Thread *t, Object *self) {
    TeeData *d = (TeeData *)self;
    int64_t n = d->count;
    d->count = 0;
    for (int64_t i = 0; i < n; i++) decref(t, d->items[i]);
}

/* Item i of a stretch, which is read if it is the next one. Owned. */
static Value tee_data_item(Thread *t, TeeData *d, int64_t i) {
    if (i < d->count) return new_ref(d->items[i]);
    if (d->running) return err_raise(t, T_RuntimeError, "cannot re-enter the tee iterator");
    if (is_null(d->iterator)) return VNULL;
    d->running = true;
    Value item = iter_next(t, d->iterator);
    d->running = false;
    if (is_null(item)) return VNULL;
    d->items[d->count++] = new_ref(item);
    return item;
}

static Value tee_next(Thread *t, Value self) {
    Tee *tee = V_AS(Tee, self);
    if (tee->index >= LINK_ITEMS) {
        TeeData *d = V_AS(TeeData, tee->data);
        if (is_null(d->next)) {
            Value next = tee_data_new(t, d->iterator);
            if (is_null(next)) return VNULL;
            d->next = next;
        }
        slot_set(t, &tee->data, new_ref(d->next));
        tee->index = 0;
    }
    Value data = new_ref(tee->data);
    Value item = tee_data_item(t, V_AS(TeeData, data), tee->index);
    decref(t, data);
    if (!is_null(item)) tee->index++;
    return item;
}

static Value tee_over(Thread *t, Value data, int64_t index) {
    Value v = object_new(t, builtin_type(t, T_tee));
    if (is_null(v)) return VNULL;
    V_AS(Tee, v)->data = new_ref(data);
    V_AS(Tee, v)->index = index;
    return object_done(t, v);
}

static Value tee_copy(Thread *t, Value tee) { return tee_over(t, V_AS(Tee, tee)->data, V_AS(Tee, tee)->index); }
METHOD(method_copy) { return tee_copy(t, args[0]); }

static Value tee_of(Thread *t, Value iterable) {
    Value iterator = iter_of(t, iterable);
    if (is_null(iterator)) return VNULL;
    if (IS_EXACT(iterator, tee)) {
        Value copy = tee_copy(t, iterator);
        decref(t, iterator);
        return copy;
    }
    Value data = tee_data_new(t, iterator), v = is_null(data) ? VNULL : tee_over(t, data, 0);
    decref(t, iterator);
    decref_maybe(t, data);
    return v;
}

NEW(tee_make) {
    if (!call_no_keywords(t, "_tee", kwnames) || !call_arity(t, "_tee", nargs, 1, 1)) return VNULL;
    return tee_of(t, args[0]);
}

NEW(tee_data_make) {
    if (!call_no_keywords(t, "teedataobject", kwnames) || !call_arity(t, "teedataobject", nargs, 3, 3)) return VNULL;
    if (!IS_EXACT(args[1], list)) return err_raise(t, T_TypeError, "teedataobject() argument 2 must be list, not %T", args[1]);
    int64_t n = list_len(args[1]);
    if (n > LINK_ITEMS) return err_raise(t, T_ValueError, "Invalid arguments");
    if (n < LINK_ITEMS && !is_none(args[2])) return err_raise(t, T_ValueError, "Invalid arguments");
    if (!is_none(args[2]) && !IS_EXACT(args[2], tee_data)) return err_raise(t, T_ValueError, "Invalid arguments");
    Value v = tee_data_new(t, args[0]);
    if (is_null(v)) return VNULL;
    TeeData *d = V_AS(TeeData, v);
    for (int64_t i = 0; i < n; i++) d->items[i] = new_ref(list_at(args[1], i));
    d->count = n;
    if (!is_none(args[2])) d->next = new_ref(args[2]);
    return v;
}

Value itertools_tee(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t n = 2;
    if (!is_null(args[1]) && !arg_size(t, args[1], &n)) return VNULL;
    if (n < 0) return err_raise(t, T_ValueError, "n must be >= 0");
    if (n == 0) return tuple_new(t, 0);
    Value iterator = iter_of(t, args[0]), result = VNULL, first = VNULL, copy = VNULL;
    if (is_null(iterator)) return VNULL;
    result = tuple_new(t, n);
    if (is_null(result)) goto fail;
    copy = attr_get_maybe(t, iterator, N(t, __copy__));
    if (is_null(copy) && err_pending(t)) goto fail;
    first = is_null(copy) ? tee_of(t, iterator) : new_ref(iterator);
    if (is_null(first)) goto fail;
    Value *items = V_AS(Tuple, result)->items;
    items[0] = first;
    if (IS_EXACT(first, tee) && !is_null(copy)) { /* an own place for the first, too */
        items[0] = VNULL;
        Value own = tee_copy(t, first);
        decref(t, first);
        if (is_null(own)) goto fail;
        items[0] = own;
    }
    for (int64_t i = 1; i < n; i++) {
        items[i] = IS_EXACT(items[0], tee) ? tee_copy(t, items[0]) : call_0(t, copy);
        if (is_null(items[i])) goto fail;
    }
    decref_maybe(t, copy);
    decref(t, iterator);
    return tuple_done(t, result);
fail:
    decref_maybe(t, copy);
    decref(t, iterator);
    decref_maybe(t, result);
    return VNULL;
}

static const MethodDef tee_methods[] = {{"__copy__", "($self, /)", "An independent iterator.", method_copy}, {NULL}};
static const Field tee_fields[] = {FIELD_VALUE(Tee, data)};
const TypeDef typedef_tee = {
    .name = "itertools._tee",
    .doc = "An iterator that can be copied.",
    .signature = "(iterable, /)",
    .flags = ITERATOR_FLAGS | TF_WEAKREF | TF_EXT,
    .size = sizeof(Tee),
    FIELDS(tee_fields),
    .ext_offset = offsetof(Tee, ext),
    .methods = tee_methods,
    .slots = {.new = tee_make, .iter = itertools_self_iter, .next = tee_next},
};

static const Field tee_data_fields[] = {FIELD_VALUE(TeeData, iterator), FIELD_VALUE(TeeData, next)};
const TypeDef typedef_tee_data = {
    .name = "itertools._tee_dataobject",
    .doc = "A stretch of the items that several tees read.",
    .flags = ITERATOR_FLAGS,
    .size = sizeof(TeeData),
    FIELDS(tee_data_fields),
    .slots = {.new = tee_data_make, .destroy = tee_data_clear, .traverse = tee_data_traverse, .clear = tee_data_clear},
};
