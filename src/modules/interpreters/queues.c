/* The module _interpqueues: queues that lie in no interpreter, with parcels in them.
 *
 * They live as long as some Queue object is bound to them. A get does not wait: the library's Queue asks again.
 */
#include <stdlib.h>

#include "modules/interpreters/interpreters_priv.h"

typedef struct Item {
    struct Item *next;
    Parcel parcel;   /* empty: who put it is gone */
    int64_t interp;  /* who put it */
    int32_t unbound; /* what a get finds then: 1 nothing, the item goes; 2, 3: for the library */
} Item;

typedef struct Queue {
    struct Queue *next;
    int64_t id, max_size, count, references;
    int32_t unbound, fallback; /* defaults of put */
    Item *first, **last;
} Queue;

struct Queues {
    Queue *first; /* the newest first */
    int64_t last_id;
};

typedef struct QueuesState {
    Type *error, *not_found; /* owned */
    Value queue, empty, full; /* the library's types, owned; VNULL until they are registered */
} QueuesState;

static QueuesState *state_of(Thread *t) { return MODULE_STATE(t, _interpqueues, QueuesState); }

Type *queues_type(Thread *t) {
    QueuesState *s = state_of(t);
    return s == NULL || is_null(s->queue) ? NULL : V_AS(Type, s->queue);
}

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

/* --- The queues of the process, with its lock ----------------------------------------------------------------------- */

static Interpreters *lock(Thread *t) {
    Interpreters *all = interpreters_of(t);
    if (all == NULL) return NULL;
    pthread_mutex_lock(&all->lock);
    if (all->queues != NULL || (all->queues = calloc(1, sizeof *all->queues)) != NULL) return all;
    pthread_mutex_unlock(&all->lock);
    err_no_memory(t);
    return NULL;
}

static Queue *find(Interpreters *all, int64_t id) {
    Queue *q = all->queues->first;
    while (q != NULL && q->id != id) q = q->next;
    return q;
}

/* The queue, with the lock held; NULL: exception pending, without it. */
static Queue *lock_queue(Thread *t, Value id_value, Interpreters **all) {
    int64_t id;
    if (!arg_i64(t, id_value, &id)) return NULL;
    *all = lock(t);
    if (*all == NULL) return NULL;
    Queue *q = find(*all, id);
    if (q != NULL) return q;
    pthread_mutex_unlock(&(*all)->lock);
    err_raise_type(t, state_of(t)->not_found, "queue %lld not found", (long long)id);
    return NULL;
}

static void item_free(Item *item) {
    parcel_free(&item->parcel);
    free(item);
}

static Item *take_first(Queue *q) {
    Item *item = q->first;
    if (item == NULL) return NULL;
    q->first = item->next;
    if (q->first == NULL) q->last = &q->first;
    q->count--;
    return item;
}

static void queue_free(Interpreters *all, Queue *q) {
    Queue **link = &all->queues->first;
    while (*link != q) link = &(*link)->next;
    *link = q->next;
    for (Item *item; (item = take_first(q)) != NULL;) item_free(item);
    free(q);
}

void queues_forget_interpreter(Interpreters *all, int64_t id) {
    pthread_mutex_lock(&all->lock);
    for (Queue *q = all->queues == NULL ? NULL : all->queues->first; q != NULL; q = q->next) {
        for (Item **link = &q->first; *link != NULL;) {
            Item *item = *link;
            bool removed = item->interp == id && item->unbound == 1;
            if (item->interp == id) parcel_free(&item->parcel);
            if (!removed) {
                link = &item->next;
                continue;
            }
            *link = item->next;
            if (item->next == NULL) q->last = link;
            q->count--;
            free(item);
        }
    }
    pthread_mutex_unlock(&all->lock);
}

/* --- The functions ------------------------------------------------------------------------------------------------------ */

static bool unbound_argument(Thread *t, Value v, int32_t *out) {
    *out = -1;
    if (!is_null(v) && !arg_i32(t, v, out)) return false;
    return *out == -1 || (*out >= 1 && *out <= 3) || err_fail(t, T_ValueError, "unsupported unboundop %d", *out);
}

METHOD(create) {
    int64_t max_size;
    int32_t unbound, fallback = -1;
    if (!arg_i64(t, args[0], &max_size) || !unbound_argument(t, args[1], &unbound)) return VNULL;
    if (!is_null(args[2]) && !arg_i32(t, args[2], &fallback)) return VNULL;
    Queue *q = calloc(1, sizeof *q);
    Interpreters *all = q == NULL ? NULL : lock(t);
    if (all == NULL) {
        free(q);
        return q == NULL ? err_no_memory(t) : VNULL;
    }
    int64_t id = ++all->queues->last_id;
    *q = (Queue){.next = all->queues->first, .id = id, .max_size = max_size, .unbound = unbound < 0 ? 3 : unbound, .fallback = fallback < 0 ? 1 : fallback};
    q->last = &q->first;
    all->queues->first = q;
    pthread_mutex_unlock(&all->lock);
    return v_smallint(id);
}

METHOD(destroy) {
    Interpreters *all;
    Queue *q = lock_queue(t, args[0], &all);
    if (q == NULL) return VNULL;
    queue_free(all, q);
    pthread_mutex_unlock(&all->lock);
    return V_NONE;
}

METHOD(bind) {
    Interpreters *all;
    Queue *q = lock_queue(t, args[0], &all);
    if (q == NULL) return VNULL;
    q->references++;
    pthread_mutex_unlock(&all->lock);
    return V_NONE;
}

METHOD(release) {
    Interpreters *all;
    Queue *q = lock_queue(t, args[0], &all);
    if (q == NULL) return VNULL;
    bool unbound = q->references == 0;
    if (!unbound && --q->references == 0) queue_free(all, q);
    pthread_mutex_unlock(&all->lock);
    return unbound ? err_raise_type(t, state_of(t)->error, "queue %lld not bound", (long long)int_to_u64_mask(args[0])) : V_NONE;
}

/* QueueFull and QueueEmpty; QueueError before the library has told them. */
static Value raise_state(Thread *t, Value type, Value id, const char *what) {
    return err_raise_type(t, is_null(type) ? state_of(t)->error : V_AS(Type, type), "queue %S is %s", id, what);
}

METHOD(put) {
    int32_t unbound;
    if (!unbound_argument(t, args[2], &unbound)) return VNULL;
    Item *item = calloc(1, sizeof *item);
    if (item == NULL) return err_no_memory(t);
    if (!parcel_pack(t, args[1], PARCEL_ANY, &item->parcel)) {
        free(item);
        return VNULL;
    }
    Interpreters *all;
    Queue *q = lock_queue(t, args[0], &all);
    if (q == NULL) {
        item_free(item);
        return VNULL;
    }
    bool full = q->max_size > 0 && q->count >= q->max_size;
    if (!full) {
        item->interp = t->interp->id;
        item->unbound = unbound < 0 ? q->unbound : unbound;
        *q->last = item;
        q->last = &item->next;
        q->count++;
    }
    pthread_mutex_unlock(&all->lock);
    if (!full) return V_NONE;
    item_free(item);
    return raise_state(t, state_of(t)->full, args[0], "full");
}

METHOD(get) {
    Interpreters *all;
    Queue *q = lock_queue(t, args[0], &all);
    if (q == NULL) return VNULL;
    Item *item = take_first(q);
    pthread_mutex_unlock(&all->lock);
    if (item == NULL) return raise_state(t, state_of(t)->empty, args[0], "empty");
    bool gone = item->parcel.kind == PARCEL_EMPTY;
    Value v = gone ? V_NONE : parcel_unpack(t, &item->parcel), pair = VNULL;
    if (!is_null(v)) pair = tuple_of(t, 2, v, gone ? v_smallint(item->unbound) : V_NONE);
    decref_maybe(t, v);
    item_free(item);
    return pair;
}

/* A copy of a queue's numbers. */
static bool numbers(Thread *t, Value id, Queue *out) {
    Interpreters *all;
    Queue *q = lock_queue(t, id, &all);
    if (q == NULL) return false;
    *out = *q;
    pthread_mutex_unlock(&all->lock);
    return true;
}

METHOD(get_count) {
    Queue q;
    return numbers(t, args[0], &q) ? v_smallint(q.count) : VNULL;
}
METHOD(get_maxsize) {
    Queue q;
    return numbers(t, args[0], &q) ? int_from_i64(t, q.max_size) : VNULL;
}
METHOD(is_full) {
    Queue q;
    return numbers(t, args[0], &q) ? v_bool(q.max_size > 0 && q.count >= q.max_size) : VNULL;
}
METHOD(get_queue_defaults) {
    Queue q;
    return numbers(t, args[0], &q) ? tuple_of(t, 2, v_smallint(q.unbound), v_smallint(q.fallback)) : VNULL;
}

METHOD(list_all) {
    Value list = list_new(t, 0);
    Interpreters *all = is_null(list) ? NULL : lock(t);
    if (all == NULL) {
        decref_maybe(t, list);
        return VNULL;
    }
    bool done = true;
    for (Queue *q = all->queues->first; q != NULL && done; q = q->next) {
        Value row = tuple_of(t, 3, v_smallint(q->id), v_smallint(q->unbound), v_smallint(q->fallback));
        done = !is_null(row) && list_append_take(t, V_AS(List, list), row);
    }
    pthread_mutex_unlock(&all->lock);
    if (done) return list;
    decref(t, list);
    return VNULL;
}

METHOD(register_heap_types) {
    QueuesState *s = state_of(t);
    for (int i = 0; i < 3; i++)
        if (!is_type(t, args[i])) return err_raise(t, T_TypeError, "expected a type for '%s', got %R", i == 0 ? "queuetype" : i == 1 ? "emptyerror" : "fullerror", args[i]);
    slot_set(t, &s->queue, new_ref(args[0]));
    slot_set(t, &s->empty, new_ref(args[1]));
    slot_set(t, &s->full, new_ref(args[2]));
    return V_NONE;
}

static const MethodDef functions[] = {
    {"create", "($module, /, maxsize, unboundop=-1, fallback=-1)", "Make a new cross-interpreter queue and answer its ID.", create},
    {"destroy", "($module, /, qid)", "Clear and destroy the queue: later uses of it raise QueueNotFoundError.", destroy},
    {"list_all", "($module, /)", "The (ID, unboundop, fallback) of all queues.", list_all},
    {"put", "($module, /, qid, obj, unboundop=-1, fallback=-1)", "Add a copy of the object to the queue.", put},
    {"get", "($module, /, qid)", "The (object, unboundop) at the front of the queue; QueueEmpty where it is empty.", get},
    {"bind", "($module, /, qid)", "Count a reference to the queue, which lives until the last one is released.", bind},
    {"release", "($module, /, qid)", "Give up a reference to the queue.", release},
    {"get_maxsize", "($module, /, qid)", "How many items the queue may hold; 0 or less: any number.", get_maxsize},
    {"get_queue_defaults", "($module, /, qid)", "The queue's (unboundop, fallback).", get_queue_defaults},
    {"is_full", "($module, /, qid)", "Whether the queue holds as many items as it may.", is_full},
    {"get_count", "($module, /, qid)", "How many items are in the queue.", get_count},
    {"_register_heap_types", "($module, /, queuetype, emptyerror, fullerror)", "The types that the library defines.", register_heap_types},
    {NULL},
};

static bool exec(Thread *t, Value module) {
    QueuesState *s = module_state(module);
    if (!interpreters_need_module(t)) return false;
    Value error = module_new_exception(t, "concurrent.interpreters", "QueueError", v_from(builtin_type(t, T_RuntimeError)));
    if (is_null(error)) return false;
    s->error = V_AS(Type, error);
    if (!module_add(t, module, "QueueError", new_ref(error))) return false;
    Value not_found = module_new_exception(t, "concurrent.interpreters", "QueueNotFoundError", error);
    if (is_null(not_found)) return false;
    s->not_found = V_AS(Type, not_found);
    return module_add(t, module, "QueueNotFoundError", new_ref(not_found));
}

static int traverse(void *data, VisitFn visit, void *context) {
    QueuesState *s = data;
    const Value held[] = {s->error == NULL ? VNULL : v_from(s->error), s->not_found == NULL ? VNULL : v_from(s->not_found), s->queue, s->empty, s->full};
    for (size_t i = 0; i < COUNT_OF(held); i++) {
        int stop = is_null(held[i]) ? 0 : visit(held[i], context);
        if (stop) return stop;
    }
    return 0;
}

static void clear(Thread *t, void *data) {
    QueuesState *s = data;
    slot_clear(t, &s->queue);
    slot_clear(t, &s->empty);
    slot_clear(t, &s->full);
}

const ModuleDef module__interpqueues = {
    .name = "_interpqueues",
    .doc = "This module provides primitive operations to manage Python interpreters.\nThe 'interpreters' module provides a more convenient interface.",
    .functions = functions,
    .state_size = sizeof(QueuesState),
    .exec = exec,
    .traverse = traverse,
    .clear = clear,
};
