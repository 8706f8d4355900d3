/* How a task runs: a step resumes the coroutine, and what it yields or ends with decides what comes next. */
#include "modules/asyncio/asyncio_priv.h"

#include "modules/contextvars.h"
#include "vm/generator.h"

/* --- Turns -------------------------------------------------------------------------------------------------------------------------------
 *
 * A turn is what the loop, or a future, calls to have the task go on. When memory ends it may be dropped without a call: by a future that
 * cannot tell the loop, by a handle that cannot make the call (the traceback keeps that, until a collection finds it). Nobody would resume
 * the task then, and who waits for it would wait for ever: so a turn that dies before its task has run makes up for it, and MemoryError is
 * thrown into the coroutine.
 */

typedef struct Turn {
    Object head;
    Value task, exception;               /* exception VNULL: none to be thrown */
    uint32_t steps;                      /* of the task when the turn was made: it has run since if it has more, and this one is over */
    uint32_t shortages : 31, wakes : 1;  /* shortages: of memory, up to now; wakes: it is a future's callback, `task_wakeup` */
} Turn;

static Turn *turn_new(Thread *t, Task *task, Value exception, bool wakes) {
    Turn *turn = heap_object(t, SHAPE_TaskStepMethWrapper, sizeof *turn);
    if (turn == NULL) return NULL;
    turn->task = ref_of(task);
    turn->exception = new_ref_maybe(exception);
    turn->steps = task->steps;
    turn->shortages = gc_shortages(t) & INT32_MAX;
    turn->wakes = wakes;
    gc_track(t, turn);
    return turn;
}
/* Drops one that could not be handed on; who wanted that raises. */
static void turn_abandon(Thread *t, Turn *turn) {
    turn->steps = V_AS(Task, turn->task)->steps - 1;
    obj_decref(t, turn);
}

bool task_step_soon(Thread *t, Task *task, Value exception) {
    Turn *turn = turn_new(t, task, exception, false);
    if (turn == NULL) return false;
    bool good = future_call_soon(t, task->loop, v_from(turn), VNULL, task->context);
    if (!good) turn_abandon(t, turn);
    else obj_decref(t, turn);
    return good;
}

static bool was_lost(Thread *t, const Turn *turn) {
    if (is_null(turn->task)) return false; /* the collector has cleared it */
    const Task *task = V_AS(Task, turn->task);
    if (task->state != FUTURE_PENDING || task->steps != turn->steps) return false;
    if ((gc_shortages(t) & INT32_MAX) == turn->shortages) return false;
    if (running_thread(t, task->loop) == NULL) return false;
    return !turn->wakes || (!is_null(task->waiter) && is_future(t, task->waiter) && V_AS(Future, task->waiter)->state != FUTURE_PENDING);
}

static void turn_finalize(Thread *t, Value self) {
    Turn *turn = V_AS(Turn, self);
    if (LIKELY(!was_lost(t, turn))) return;
    Task *task = V_AS(Task, new_ref(turn->task));
    err_no_memory(t);
    Value e = err_fetch(t);
    Turn *other = turn_new(t, task, e, false);
    bool good = other != NULL && future_call_from_anywhere(t, task->loop, v_from(other), task->context);
    if (!good && other != NULL) turn_abandon(t, other);
    else if (good) obj_decref(t, other);
    if (!good) err_unraisable(t, "Exception ignored while a task was to go on", v_from(task));
    decref(t, e);
    obj_decref(t, task);
}

static Value wakeup(Thread *t, Turn *turn, Value future);

static Value turn_call(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Turn *turn = V_AS(Turn, self);
    if (!is_null(kwnames) && tuple_len(kwnames)) return err_raise(t, T_TypeError, "function takes no keyword arguments");
    if (turn->wakes) {
        if (nargs != 1) return err_raise(t, T_TypeError, "Task.task_wakeup() takes exactly one argument (%u given)", nargs);
        return wakeup(t, turn, args[0]);
    }
    if (nargs) return err_raise(t, T_TypeError, "function takes no positional arguments");
    return task_step(t, V_AS(Task, turn->task), turn->exception) ? V_NONE : VNULL;
}

static Value turn_repr(Thread *t, Value self) {
    Turn *turn = V_AS(Turn, self);
    if (!turn->wakes) return builtin_type(t, T_object)->slots.repr(t, self);
    return str_format(t, "<built-in method task_wakeup of %N object at %p>", type_of(t, turn->task), (void *)v_obj(turn->task));
}
static Value turn_get_self(Thread *t, Value self, void *closure) { return new_ref(V_AS(Turn, self)->task); }
/* Only wakeups have names. */
static Value turn_get_name(Thread *t, Value self, void *closure) {
    if (V_AS(Turn, self)->wakes) return str_from_cstr(t, closure);
    return err_raise(t, T_AttributeError, "'%N' object has no such name", type_of(t, self));
}

static const GetSetDef turn_getsets[] = {
    {"__self__", turn_get_self}, {"__name__", turn_get_name, .closure = "task_wakeup"},
    {"__qualname__", turn_get_name, .closure = "Task.task_wakeup"}, {NULL},
};
static const Field turn_fields[] = {FIELD_VALUE(Turn, task), FIELD_VALUE(Turn, exception)};
const TypeDef typedef_TaskStepMethWrapper = {
    .name = "_asyncio.TaskStepMethWrapper",
    .flags = TF_GC | TF_IMMUTABLE | TF_NO_NEW | TF_MODULE_NAME,
    .size = sizeof(Turn),
    FIELDS(turn_fields),
    .getsets = turn_getsets,
    .slots = {.call = turn_call, .repr = turn_repr, .finalize = turn_finalize},
};

/* --- What a coroutine yields ----------------------------------------------------------------------------------------------------------- */

/* The coroutine gets a RuntimeError with its next step. */
static bool refuse(Thread *t, Task *task, const char *format, ...) COLD;
static bool refuse(Thread *t, Task *task, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Value text = str_format_va(t, format, args), e = is_null(text) ? VNULL : call_1(t, v_from(builtin_type(t, T_RuntimeError)), text);
    va_end(args);
    decref_maybe(t, text);
    bool good = !is_null(e) && task_step_soon(t, task, e);
    decref_maybe(t, e);
    return good;
}
static bool refuse_direct_yield(Thread *t, Task *task, Value v) {
    return refuse(t, task, "yield was used instead of yield from in task %R with %R", v_from(task), v);
}
static bool refuse_other_loop(Thread *t, Task *task, Value v) {
    return refuse(t, task, "Task %R got Future %R attached to a different loop", v_from(task), v);
}

/* The task waits for v; a cancellation that came before is passed on. */
static bool set_waiter(Thread *t, Task *task, Value v) {
    slot_set(t, &task->waiter, new_ref(v));
    if (!task->must_cancel) return true;
    Value message = is_null(task->cancel_message) ? V_NONE : task->cancel_message;
    Value answer = call_method_1(t, v, N(t, cancel), message);
    int is_true = is_null(answer) ? -1 : truth(t, answer);
    decref_maybe(t, answer);
    if (is_true > 0) task->must_cancel = false;
    return is_true >= 0;
}

static bool wait_for_future(Thread *t, Task *task, Value v) {
    Future *f = V_AS(Future, v);
    if (!same(f->loop, task->loop)) return refuse_other_loop(t, task, v);
    if (!f->blocking) return refuse_direct_yield(t, task, v);
    if (!future_awaited_by_add(t, v, v_from(task))) return false;
    f->blocking = false;
    Turn *turn = turn_new(t, task, VNULL, true);
    if (turn == NULL) return false;
    if (!future_add_callback(t, f, v_from(turn), task->context)) {
        turn_abandon(t, turn);
        return false;
    }
    obj_decref(t, turn);
    return set_waiter(t, task, v);
}

/* Takes back what a failed beginning has done. */
static void stop_waiting(Thread *t, Task *task, Value v) {
    slot_clear(t, &task->waiter);
    if (!future_awaited_by_discard(t, v, v_from(task))) err_clear(t);
}

static Value loop_of(Thread *t, Value future) {
    Value get_loop = attr_get_maybe(t, future, N(t, get_loop));
    if (is_null(get_loop)) return err_pending(t) ? VNULL : attr_get(t, future, N(t, _loop));
    Value loop = call_0(t, get_loop);
    decref(t, get_loop);
    return loop;
}

/* Something that says it is a future, or one derived from ours. */
static bool wait_for_other(Thread *t, Task *task, Value v, Value blocking) {
    int is_blocking = truth(t, blocking);
    Value loop = is_blocking < 0 ? VNULL : loop_of(t, v);
    if (is_null(loop)) return false;
    bool same_loop = same(loop, task->loop);
    decref(t, loop);
    if (!same_loop) return refuse_other_loop(t, task, v);
    if (!is_blocking) return refuse_direct_yield(t, task, v);
    if (!future_awaited_by_add(t, v, v_from(task)) || !attr_set(t, v, N(t, _asyncio_future_blocking), V_FALSE)) return false;
    Turn *turn = turn_new(t, task, VNULL, true);
    if (turn == NULL) return false;
    Value args[2] = {v_from(turn), task->context};
    Value done = call_method_kw(t, v, N(t, add_done_callback), args, 1, asyncio_state(t)->context_name);
    if (is_null(done)) {
        turn_abandon(t, turn);
        return false;
    }
    obj_decref(t, turn);
    decref(t, done);
    return set_waiter(t, task, v);
}

static bool handle_yield(Thread *t, Task *task, Value v) {
    if (same(v, v_from(task))) return refuse(t, task, "Task cannot await on itself: %R", v);
    if (LIKELY(is_exact_future(v))) return wait_for_future(t, task, v);
    if (is_none(v)) return task_step_soon(t, task, VNULL); /* a bare yield: one turn of the loop */
    Value blocking = attr_get_maybe(t, v, N(t, _asyncio_future_blocking));
    if (is_null(blocking) && err_pending(t)) return false;
    if (!is_null(blocking) && !is_none(blocking)) {
        bool good = wait_for_other(t, task, v, blocking);
        decref(t, blocking);
        return good;
    }
    if (IS_EXACT(v, generator)) return refuse(t, task, "yield was used instead of yield from for generator in task %R with %R", v_from(task), v);
    return refuse(t, task, "Task got bad yield: %R", v);
}

/* --- How it ends ----------------------------------------------------------------------------------------------------------------------- */

static bool handle_return(Thread *t, Task *task, Value v) {
    running_list_remove(t, task);
    if (!task->must_cancel) return future_set_result(t, (Future *)task, v);
    task->must_cancel = false; /* cancelled just before the end */
    return future_cancel(t, (Future *)task, task->cancel_message) >= 0;
}

/* The pending exception ended it. */
static bool handle_exception(Thread *t, Task *task) {
    running_list_remove(t, task);
    Value e = err_fetch(t), cancelled = asyncio_library(t, LIB_CancelledError);
    if (is_null(cancelled)) {
        decref(t, e);
        return false;
    }
    if (is_instance_of(t, e, V_AS(Type, cancelled))) {
        slot_set(t, &task->cancelled_error, e);
        return future_cancel(t, (Future *)task, VNULL) >= 0;
    }
    bool good = future_set_exception(t, (Future *)task, e);
    if (good && (IS_A(t, e, KeyboardInterrupt) || IS_A(t, e, SystemExit))) {
        err_restore(t, e);
        return false;
    }
    decref(t, e);
    return good;
}

/* --- A step ------------------------------------------------------------------------------------------------------------------------------ */

static SendResult resume(Thread *t, Value coroutine, Value exception, Value *result) {
    if (is_null(exception)) return iter_send(t, coroutine, V_NONE, result);
    if (IS_EXACT(coroutine, coroutine)) return generator_throw(t, V_AS(Generator, coroutine), exception, true, result);
    *result = call_method_1(t, coroutine, N(t, throw), exception);
    if (!is_null(*result)) return SEND_YIELD;
    if (!err_is(t, T_StopIteration)) return SEND_ERROR;
    Value stop = err_fetch(t);
    *result = new_ref(V_AS(StopIterationObject, stop)->value);
    decref(t, stop);
    return SEND_RETURN;
}

/* Where a cancellation is due, CancelledError is thrown; owned, VNULL with *good: nothing is. */
static Value exception_to_throw(Thread *t, Task *task, Value exception, bool *good) {
    *good = true;
    if (!task->must_cancel) return new_ref_maybe(exception);
    task->must_cancel = false;
    Value cancelled = asyncio_library(t, LIB_CancelledError);
    if (!is_null(cancelled) && !is_null(exception) && is_instance_of(t, exception, V_AS(Type, cancelled))) return new_ref(exception);
    Value e = is_null(cancelled) ? VNULL : future_cancelled_error(t, (Future *)task);
    *good = !is_null(e);
    return e;
}

static bool run(Thread *t, Task *task, Value exception) {
    if (task->state != FUTURE_PENDING)
        return asyncio_invalid_state(t, "__step(): already done: %R %R", v_from(task), is_null(exception) ? V_NONE : exception);
    bool good;
    Value thrown = exception_to_throw(t, task, exception, &good), v = VNULL;
    if (!good) return false;
    slot_clear(t, &task->waiter);
    if (is_null(task->coroutine)) {
        decref_maybe(t, thrown);
        return err_fail(t, T_RuntimeError, "uninitialized Task object");
    }
    Value coroutine = new_ref(task->coroutine);
    SendResult r;
    for (;;) {
        task->steps++;
        r = resume(t, coroutine, thrown, &v);
        decref_maybe(t, thrown);
        if (r != SEND_YIELD) break;
        good = handle_yield(t, task, v);
        bool retry = !good && err_is(t, T_MemoryError); /* it could not begin to wait: the coroutine hears of it where it awaits */
        thrown = retry ? err_fetch(t) : VNULL;
        if (retry) stop_waiting(t, task, v);
        decref(t, v);
        if (LIKELY(!retry)) break;
    }
    decref(t, coroutine);
    if (r == SEND_YIELD) return good;
    if (r == SEND_ERROR) return handle_exception(t, task);
    good = handle_return(t, task, v);
    decref(t, v);
    return good;
}

/* Runs `undo` with the pending exception, if any, put aside: an exception of its own has that as its context. */
static bool undone(Thread *t, bool good, bool done, Value pending) {
    if (is_null(pending)) return good && done;
    if (done) err_restore(t, pending);
    else err_set_context(t, pending);
    return false;
}

bool task_step(Thread *t, Task *task, Value exception) {
    Value self = v_from(task);
    if (!running_enter(t, task->loop, self)) return false;
    incref(self);
    bool good = run(t, task, exception);
    Value pending = err_fetch(t);
    good = undone(t, good, running_leave(t, task->loop, self), pending);
    decref(t, self);
    return good;
}

static bool run_eagerly(Thread *t, Task *task) {
    if (!contextvars_enter(t, task->context)) return false;
    bool good = run(t, task, VNULL);
    contextvars_leave(t, task->context);
    return good;
}

bool task_step_eagerly(Thread *t, Task *task) {
    Value self = v_from(task), before = running_swap(t, task->loop, self);
    if (is_null(before)) return false;
    running_list_add(t, task);
    bool good = run_eagerly(t, task);
    Value pending = err_fetch(t), now = running_swap(t, task->loop, before);
    good = undone(t, good, !is_null(now), pending);
    decref_maybe(t, now);
    decref(t, before);
    if (task->state != FUTURE_PENDING) {
        running_list_remove(t, task);
        slot_clear(t, &task->coroutine); /* its frame is of no use any more */
    }
    return good;
}

/* --- Waking up --------------------------------------------------------------------------------------------------------------------------- */

/* The future that the task waited for is done. The task may wait for it no longer, when memory had ended meanwhile. */
static Value wakeup(Thread *t, Turn *turn, Value future) {
    Task *task = V_AS(Task, turn->task);
    Value outcome = VNULL, e = VNULL;
    if (!future_awaited_by_discard(t, future, turn->task)) return VNULL;
    if (task->steps != turn->steps) return V_NONE;
    int kind;
    if (LIKELY(is_exact_future(future))) {
        kind = future_outcome(t, V_AS(Future, future), &outcome);
    } else {
        outcome = call_method_0(t, future, N(t, result));
        kind = is_null(outcome) ? -1 : 1;
    }
    if (kind == 0) e = outcome;
    else if (kind < 0) e = err_fetch(t);
    else decref(t, outcome); /* the coroutine asks for it */
    bool good = task_step(t, task, e);
    decref_maybe(t, e);
    return good ? V_NONE : VNULL;
}
