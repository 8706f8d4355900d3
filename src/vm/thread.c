/* Beginning and ending of threads. */
#include "vm/thread.h"

#include <sched.h>

#include "core/runtime.h"
#include "heap/heap.h"
#include "vm/eval_priv.h"
#include "vm/gil.h"
#include "vm/trace.h"

Thread *thread_new(Interp *interp) {
    Thread *t = thread_create(interp);
    if (t == NULL) return NULL;
    t->dispatch = t->plain_dispatch = eval_table(false);
    return t;
}

void thread_begin(Thread *t) {
    thread_attach(t);
    gil_acquire(t);
}

void thread_discard(Thread *t) { thread_destroy(t); }

static void drop_values(Thread *t, Thread *dying) {
    slot_clear(t, &dying->locals);
    slot_clear(t, &dying->async_exception);
    slot_clear(t, &dying->asyncgen_firstiter);
    slot_clear(t, &dying->asyncgen_finalizer);
    slot_clear(t, &dying->repr_stack);
    slot_clear(t, &dying->asyncio_loop);
    slot_clear(t, &dying->asyncio_task);
    slot_clear(t, &dying->main_fiber.context);
    Value greenlet = v_from(dying->main_fiber.greenlet);
    dying->main_fiber.greenlet = NULL;
    decref_maybe(t, greenlet);
}

void thread_end(Thread *t) {
    if (t->trace != NULL) {
        trace_free(t);
        heap_free(t, t->trace);
        t->trace = NULL;
    }
    drop_values(t, t);
    drop_values(t, t); /* what finalizers of the first round made */
    t->dispatch = t->plain_dispatch = eval_table(false);
    stack_free(&t->main_fiber);
    heap_free(t, t->dealloc_queue);
    t->dealloc_queue = NULL;
    Interp *interp = t->interp;
    __atomic_add_fetch(&interp->leaving, 1, __ATOMIC_RELAXED);
    thread_unlink(t); /* while it has the GIL: those who walk the list with it need no lock */
    gil_release(t);
    thread_detach(t);
    thread_destroy(t);
    __atomic_sub_fetch(&interp->leaving, 1, __ATOMIC_RELEASE); /* from here on the interpreter may be gone */
}

void thread_after_fork(Thread *t) {
    pthread_mutex_init(&t->runtime->lock, NULL);
    gil_after_fork(t);
    t->interp->leaving = 0;
    t->is_main = true;
    t->interp->main_thread = t;
    for (Thread *other = t->interp->threads, *next; other != NULL; other = next) {
        next = other->next;
        if (other == t) continue;
        drop_values(t, other); /* its frames' references are lost */
        stack_free(&other->main_fiber);
        thread_destroy(other);
    }
    t->interp->main_thread = t;
    slot_clear(t, &t->asyncio_loop); /* it runs in the parent */
    slot_clear(t, &t->asyncio_task);
}

void threads_stop(Thread *t) {
    for (Thread *other = t->interp->threads; other != NULL; other = other->next)
        if (other != t) breaker_set(other, BREAK_EXIT);
}

bool thread_is_alone(Thread *t) {
    pthread_mutex_lock(&t->runtime->lock);
    bool alone = t->interp->threads == t && t->next == NULL;
    pthread_mutex_unlock(&t->runtime->lock);
    while (alone && __atomic_load_n(&t->interp->leaving, __ATOMIC_ACQUIRE) > 0) sched_yield();
    return alone;
}

Thread *thread_find(Thread *t, uint64_t id) {
    Thread *other = t->interp->threads;
    while (other != NULL && other->id != id) other = other->next;
    return other;
}

bool thread_set_async_exception(Thread *t, uint64_t id, Value exception) {
    Thread *other = thread_find(t, id);
    if (other == NULL) return false;
    slot_set(t, &other->async_exception, new_ref_maybe(exception));
    breaker_set(other, BREAK_ASYNC);
    return true;
}
