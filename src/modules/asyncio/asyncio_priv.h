/* _asyncio inside: futures, tasks, and what runs where.
 *
 *     Task.__init__ --> loop.call_soon(Turn) --> task_step: sends into the coroutine
 *                                                  |  it yields a future: add_done_callback(Turn that wakes)
 *     loop.call_soon(Turn, future)  <-- future is done <--+
 *
 * The loop, its handles and everything that is rare are the library's Python.
 */
#ifndef KRAIT_MODULES_ASYNCIO_PRIV_H
#define KRAIT_MODULES_ASYNCIO_PRIV_H

#include "modules/module.h"
#include "object/exception.h"
#include "object/gc.h"
#include "object/instance.h"
#include "object/set.h"

enum FutureState { FUTURE_PENDING, FUTURE_CANCELLED, FUTURE_FINISHED };

/* Values are VNULL where there is nothing. The first callback has a place of its own; further ones are (callback, context) in a list. */
#define FUTURE_HEAD                                                                                                       \
    Object head;                                                                                                          \
    Value loop; /* VNULL: not initialised */                                                                              \
    Value callback, callback_context, callbacks;                                                                          \
    Value result, exception, traceback; /* traceback: that of the exception when it was set */                            \
    Value source_traceback, cancel_message, cancelled_error;                                                              \
    Value awaited_by; /* a future or task, or a set of them */                                                            \
    void *ext;                                                                                                            \
    uint8_t state; /* enum FutureState */                                                                                 \
    bool blocking, log_traceback

typedef struct Future { FUTURE_HEAD; } Future;

typedef struct Task Task;
struct Task {
    FUTURE_HEAD;
    bool must_cancel, log_destroy_pending, listed;
    uint32_t steps;      /* how often the coroutine was resumed */
    Value waiter;        /* what it waits for */
    Value coroutine, context;
    Value name;          /* str, or the int of "Task-1" until somebody asks */
    int64_t cancels;     /* cancel() minus uncancel() */
    Task *previous, *next; /* of the list of pending tasks, while `listed` */
};

/* Things of the library. */
enum Borrowed {
    LIB_CancelledError, LIB_InvalidStateError, LIB_future_repr, LIB_task_repr, LIB_task_get_stack, LIB_task_print_stack, LIB_extract_stack,
    LIB_iscoroutine, LIB_get_event_loop_policy, LIB_WeakSet, LIB_COUNT
};

typedef struct AsyncioState {
    Value library[LIB_COUNT];
    Value context_name;    /* ("context",) */
    Value stop, call_soon_threadsafe; /* names */
    Value other_tasks;     /* WeakSet of registered tasks that are none of ours; VNULL: none */
    Value eager_tasks;     /* set of such that are in their first step; VNULL */
    Task *tasks;           /* ours that are pending: borrowed, newest first */
    int64_t task_count;    /* for names */
} AsyncioState;
static inline AsyncioState *asyncio_state(Thread *t) { return MODULE_STATE(t, asyncio, AsyncioState); }
/* Borrowed; VNULL: exception. */
Value asyncio_library(Thread *t, enum Borrowed what);
/* Raises InvalidStateError. */
bool asyncio_invalid_state(Thread *t, const char *format, ...) COLD; /* false */

/* --- future.c ------------------------------------------------------------------------------------------------------------------------ */

static inline bool is_exact_future(Value v) { return IS_EXACT(v, Future) || IS_EXACT(v, Task); }
static inline bool is_future(Thread *t, Value v) {
    return is_exact_future(v) || (is_obj(v) && is_instance_of(t, v, builtin_type(t, T_Future)));
}
static inline bool is_task(Thread *t, Value v) {
    return IS_EXACT(v, Task) || (is_obj(v) && is_instance_of(t, v, builtin_type(t, T_Task)));
}
bool future_init(Thread *t, Future *f, Value loop) MUST_USE; /* loop VNULL or None: the current one */
bool future_set_result(Thread *t, Future *f, Value result) MUST_USE;
bool future_set_exception(Thread *t, Future *f, Value exception) MUST_USE;
int future_cancel(Thread *t, Future *f, Value message); /* 1 cancelled, 0 it was done, -1 */
/* What it is done with: 1 its result, 0 its exception, both owned in *outcome; -1: an exception is pending (it was cancelled, it is not done). */
int future_outcome(Thread *t, Future *f, Value *outcome);
Value future_cancelled_error(Thread *t, Future *f); /* an instance; owned */
bool future_add_callback(Thread *t, Future *f, Value callback, Value context) MUST_USE;
/* loop.call_soon(callback[, argument], context=context) */
bool future_call_soon(Thread *t, Value loop, Value callback, Value argument, Value context) MUST_USE;
/* The same for a callback that is lost otherwise: where there is no memory for it, all garbage goes first; where there is none even then,
 * the loop is told to stop, since what waits for the callback would wait for ever. */
bool future_call_soon_surely(Thread *t, Value loop, Value callback, Value argument, Value context) MUST_USE;
bool future_call_from_anywhere(Thread *t, Value loop, Value callback, Value context) MUST_USE; /* as surely, though the loop waits already */
bool future_awaited_by_add(Thread *t, Value future, Value waiter) MUST_USE;
bool future_awaited_by_discard(Thread *t, Value future, Value waiter) MUST_USE;
void future_finalize(Thread *t, Value self);
/* loop.call_exception_handler({"message": ..., kind: self, ...}); errors are reported. Takes message. */
void future_report(Thread *t, Future *f, const char *kind, Value message, Value exception);
extern const TypeDef typedef_Future, typedef_FutureIter, typedef_Task, typedef_TaskStepMethWrapper;
Value future_iter(Thread *t, Value self);

/* --- task.c, task_step.c ----------------------------------------------------------------------------------------------------------- */

/* Runs the coroutine up to its next yield; exception (borrowed) VNULL: sends None. The task is the current one meanwhile. */
bool task_step(Thread *t, Task *task, Value exception) MUST_USE;
/* The same at once, inside another task perhaps, before the loop has seen the task. */
bool task_step_eagerly(Thread *t, Task *task) MUST_USE;
bool task_step_soon(Thread *t, Task *task, Value exception) MUST_USE;

/* --- running.c: which loop and task run in a thread, and which tasks there are ---------------------------------------------------- */

bool running_enter(Thread *t, Value loop, Value task) MUST_USE;
bool running_leave(Thread *t, Value loop, Value task) MUST_USE;
Value running_swap(Thread *t, Value loop, Value task); /* the task before, or None; owned */
Thread *running_thread(Thread *t, Value loop);         /* where the loop runs; NULL: nowhere */
Value running_current_loop(Thread *t);                 /* the running loop, or the policy's; owned */
void running_list_add(Thread *t, Task *task);
void running_list_remove(Thread *t, Task *task);
extern const MethodDef running_functions[];

#endif
