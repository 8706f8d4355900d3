/* The module _queue: SimpleQueue, an unbounded queue between threads whose put can interrupt anything.
 *
 * The items are a ring under the GIL.  A get that must wait gives the GIL away and sleeps on the word `puts` (a futex), which every
 * put counts up.
 */
#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "modules/module.h"
#include "object/instance.h"
#include "types/iterators.h"

typedef struct SimpleQueue {
    Object head;
    Value *items; /* raw block, a ring */
    int64_t capacity, start, length;
    uint32_t puts, waiting;
    void *ext;
} SimpleQueue;

typedef struct QueueState { Type *empty; } QueueState;

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)
#define SELF V_AS(SimpleQueue, args[0])

static Value *slot(SimpleQueue *q, int64_t i) { return &q->items[(q->start + i) & (q->capacity - 1)]; }

static Value queue_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "SimpleQueue", kwnames) || !call_arity(t, "SimpleQueue", nargs, 0, 0)) return VNULL;
    Value v = object_new(t, type);
    return is_null(v) ? v : object_done(t, v);
}

static void queue_clear(Thread *t, Object *self) {
    SimpleQueue *q = (SimpleQueue *)self, old = *q;
    q->items = NULL;
    q->capacity = q->start = q->length = 0;
    for (int64_t i = 0; i < old.length; i++) decref(t, *slot(&old, i));
    heap_free(t, old.items);
}

static int queue_traverse(Object *self, VisitFn visit, void *context) {
    SimpleQueue *q = (SimpleQueue *)self;
    for (int64_t i = 0; i < q->length; i++) {
        int stop = is_obj(*slot(q, i)) ? visit(*slot(q, i), context) : 0;
        if (stop) return stop;
    }
    return 0;
}

static bool grow(Thread *t, SimpleQueue *q) {
    int64_t capacity = q->capacity ? q->capacity * 2 : 8;
    Value *items = heap_alloc(t, (size_t)capacity * sizeof(Value));
    if (items == NULL) return false;
    for (int64_t i = 0; i < q->length; i++) items[i] = *slot(q, i);
    heap_free(t, q->items);
    q->items = items;
    q->capacity = capacity;
    q->start = 0;
    return true;
}

static Value put(Thread *t, SimpleQueue *q, Value item) {
    if (q->length == q->capacity && !grow(t, q)) return VNULL;
    *slot(q, q->length++) = new_ref(item);
    __atomic_add_fetch(&q->puts, 1, __ATOMIC_RELEASE);
    if (q->waiting) syscall(SYS_futex, &q->puts, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    return V_NONE;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static Value raise_empty(Thread *t) {
    QueueState *state = MODULE_STATE(t, _queue, QueueState);
    return err_raise_type(t, state->empty, "%s", "");
}

/* deadline: a negative one is none. */
static Value get(Thread *t, SimpleQueue *q, bool block, double deadline) {
    while (q->length == 0) {
        if (!block) return raise_empty(t);
        struct timespec wait = {0};
        if (deadline >= 0) {
            double left = deadline - now();
            if (left <= 0) return raise_empty(t);
            wait.tv_sec = (time_t)left;
            wait.tv_nsec = (long)((left - (double)wait.tv_sec) * 1e9);
        }
        uint32_t seen = __atomic_load_n(&q->puts, __ATOMIC_ACQUIRE);
        q->waiting++;
        int error;
        gil_release(t);
        error = syscall(SYS_futex, &q->puts, FUTEX_WAIT_PRIVATE, seen, deadline >= 0 ? &wait : NULL, NULL, 0) < 0 ? errno : 0;
        gil_acquire(t);
        q->waiting--;
        if (error == EINTR && !signals_check(t)) return VNULL;
    }
    Value v = *slot(q, 0);
    q->start = (q->start + 1) & (q->capacity - 1);
    q->length--;
    return v;
}

METHOD(method_put) { return put(t, SELF, args[1]); }

METHOD(method_get) {
    bool block = true;
    double deadline = -1;
    if (!is_null(args[1]) && !arg_bool(t, args[1], &block)) return VNULL;
    if (block && !is_null(args[2]) && !is_none(args[2])) {
        double timeout;
        if (!arg_double(t, args[2], &timeout)) return VNULL;
        if (timeout < 0) return err_raise(t, T_ValueError, "'timeout' must be a non-negative number");
        if (timeout > 9.2e9) return err_raise(t, T_OverflowError, "timeout value is too large");
        deadline = now() + timeout;
    }
    return get(t, SELF, block, deadline);
}

METHOD(method_get_nowait) { return get(t, SELF, false, -1); }
METHOD(method_empty) { return v_bool(SELF->length == 0); }
METHOD(method_qsize) { return v_smallint(SELF->length); }

static const MethodDef methods[] = {
    {"empty", "($self, /)", "Whether the queue is empty (it may no longer be when the answer is read).", method_empty},
    {"get", "($self, /, block=True, timeout=None)",
     "Remove the item that waited longest and return it.\n\nWhere there is none, wait, at most `timeout` seconds, and raise Empty; without block at once.", method_get},
    {"get_nowait", "($self, /)", "The same without waiting.", method_get_nowait},
    {"put", "($self, /, item, block=True, timeout=None)", "Add an item. This never waits; the other arguments are there for likeness with Queue.put().", method_put},
    {"put_nowait", "($self, /, item)", "Add an item.", method_put},
    {"qsize", "($self, /)", "The number of items (it may be another one when the answer is read).", method_qsize},
    CLASS_GETITEM,
    {NULL},
};

static const TypeDef typedef_SimpleQueue = {
    .name = "_queue.SimpleQueue",
    .doc = "Simple, unbounded, reentrant FIFO queue.",
    .signature = "()",
    .flags = TF_BASE | TF_GC | TF_WEAKREF | TF_EXT | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(SimpleQueue),
    .ext_offset = offsetof(SimpleQueue, ext),
    .methods = methods,
    .slots = {.new = queue_make, .destroy = queue_clear, .traverse = queue_traverse, .clear = queue_clear},
};

static bool exec(Thread *t, Value module) {
    if (!module_add_type(t, module, T_SimpleQueue, &typedef_SimpleQueue)) return false;
    /* An ordinary class: class Empty(Exception). */
    Value name = str_from_cstr(t, "Empty"), bases = VNULL, namespace = VNULL, cls = VNULL;
    if (!is_null(name)) bases = tuple_of(t, 1, v_from(builtin_type(t, T_Exception)));
    if (!is_null(bases)) namespace = dict_new(t);
    bool ok = !is_null(namespace);
    if (ok) {
        Value doc = str_from_cstr(t, "Exception raised by Queue.get(block=0)/get_nowait()."), module_name = str_from_cstr(t, "_queue");
        ok = !is_null(doc) && !is_null(module_name) && dict_set_cstr(t, namespace, "__doc__", doc) && dict_set_cstr(t, namespace, "__module__", module_name);
        decref_maybe(t, doc);
        decref_maybe(t, module_name);
    }
    if (ok) cls = call_3(t, v_from(builtin_type(t, T_type)), name, bases, namespace);
    decref_maybe(t, name);
    decref_maybe(t, bases);
    decref_maybe(t, namespace);
    if (is_null(cls)) return false;
    MODULE_STATE(t, _queue, QueueState)->empty = V_AS(Type, cls);
    return module_add(t, module, "Empty", cls);
}

const ModuleDef module__queue = {
    .name = "_queue",
    .doc = "Queues between threads, for the module queue.",
    .state_size = sizeof(QueueState),
    .exec = exec,
};
