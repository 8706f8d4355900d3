/* What runs: each thread's running loop and current task, and the tasks there are.
 *
 * Pending tasks of ours are in a list that holds no references: a task that dies leaves it. Tasks of other kinds are registered by hand.
 */
#include "modules/asyncio/asyncio_priv.h"

#define FUNCTION(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

/* --- The running loop ------------------------------------------------------------------------------------------------------------------ */

FUNCTION(get_running_loop_maybe) { return is_null(t->asyncio_loop) ? V_NONE : new_ref(t->asyncio_loop); }
FUNCTION(set_running_loop) {
    slot_set(t, &t->asyncio_loop, is_none(args[0]) ? VNULL : new_ref(args[0]));
    return V_NONE;
}
static Value running_loop(Thread *t) { /* borrowed */
    return is_null(t->asyncio_loop) ? err_raise(t, T_RuntimeError, "no running event loop") : t->asyncio_loop;
}
FUNCTION(get_running_loop) { return new_ref_maybe(running_loop(t)); }

Value running_current_loop(Thread *t) {
    if (!is_null(t->asyncio_loop)) return new_ref(t->asyncio_loop);
    Value get = asyncio_library(t, LIB_get_event_loop_policy), policy = is_null(get) ? VNULL : call_0(t, get);
    if (is_null(policy)) return VNULL;
    Value loop = call_method_0(t, policy, N(t, get_event_loop));
    decref(t, policy);
    return loop;
}
Thread *running_thread(Thread *t, Value loop) {
    Thread *other = t->interp->threads;
    while (other != NULL && !same(other->asyncio_loop, loop)) other = other->next;
    return other;
}

FUNCTION(get_event_loop) { return running_current_loop(t); }

/* --- The current task ------------------------------------------------------------------------------------------------------------------ */

static bool must_run(Thread *t, Value loop) {
    return (same(t->asyncio_loop, loop)) || err_fail(t, T_RuntimeError, "loop %R is not the running loop", loop);
}

bool running_enter(Thread *t, Value loop, Value task) {
    if (!must_run(t, loop)) return false;
    if (!is_null(t->asyncio_task))
        return err_fail(t, T_RuntimeError, "Cannot enter into task %R while another task %R is being executed.", task, t->asyncio_task);
    t->asyncio_task = new_ref(task);
    return true;
}

bool running_leave(Thread *t, Value loop, Value task) {
    if (!must_run(t, loop)) return false;
    if (!same(t->asyncio_task, task))
        return err_fail(t, T_RuntimeError, "Invalid attempt to leave task %R while task %R is entered.", task,
                        is_null(t->asyncio_task) ? V_NONE : t->asyncio_task);
    slot_clear(t, &t->asyncio_task);
    return true;
}

Value running_swap(Thread *t, Value loop, Value task) {
    if (!must_run(t, loop)) return VNULL;
    Value before = t->asyncio_task;
    t->asyncio_task = is_none(task) ? VNULL : new_ref(task);
    return is_null(before) ? V_NONE : before;
}

FUNCTION(enter_task) { return running_enter(t, args[0], args[1]) ? V_NONE : VNULL; }
FUNCTION(leave_task) { return running_leave(t, args[0], args[1]) ? V_NONE : VNULL; }
FUNCTION(swap_current_task) { return running_swap(t, args[0], args[1]); }

FUNCTION(current_task) {
    Value loop = args[0];
    if (is_null(loop) || is_none(loop)) loop = running_loop(t);
    if (is_null(loop)) return VNULL;
    const Thread *thread = running_thread(t, loop);
    return thread == NULL || is_null(thread->asyncio_task) ? V_NONE : new_ref(thread->asyncio_task);
}

/* --- All tasks ------------------------------------------------------------------------------------------------------------------------- */

void running_list_add(Thread *t, Task *task) {
    if (task->listed) return;
    AsyncioState *s = asyncio_state(t);
    task->previous = NULL;
    task->next = s->tasks;
    if (s->tasks) s->tasks->previous = task;
    s->tasks = task;
    task->listed = true;
}

void running_list_remove(Thread *t, Task *task) {
    if (!task->listed) return;
    task->listed = false;
    if (task->next) task->next->previous = task->previous;
    if (task->previous) task->previous->next = task->next;
    else if (asyncio_state(t)) asyncio_state(t)->tasks = task->next;
}

/* Calls collection.method(task), the collection being made at first. */
static Value change(Thread *t, Value *collection, bool weak, Value method, Value task) {
    if (is_null(*collection)) {
        Value type = weak ? asyncio_library(t, LIB_WeakSet) : v_from(builtin_type(t, T_set));
        *collection = is_null(type) ? VNULL : call_0(t, type);
        if (is_null(*collection)) return VNULL;
    }
    return call_method_1(t, *collection, method, task);
}
FUNCTION(register_task) {
    if (!is_task(t, args[0])) return change(t, &asyncio_state(t)->other_tasks, true, N(t, add), args[0]);
    running_list_add(t, V_AS(Task, args[0]));
    return V_NONE;
}
FUNCTION(unregister_task) {
    if (!is_task(t, args[0])) return change(t, &asyncio_state(t)->other_tasks, true, N(t, discard), args[0]);
    running_list_remove(t, V_AS(Task, args[0]));
    return V_NONE;
}
FUNCTION(register_eager_task) { return change(t, &asyncio_state(t)->eager_tasks, false, N(t, add), args[0]); }
FUNCTION(unregister_eager_task) { return change(t, &asyncio_state(t)->eager_tasks, false, N(t, discard), args[0]); }

/* Whether a registered task belongs to the loop and is not done: 1, 0, -1. */
static int is_pending_of(Thread *t, Value task, Value loop) {
    Value done = call_method_0(t, task, N(t, done));
    int is_done = is_null(done) ? -1 : truth(t, done);
    decref_maybe(t, done);
    if (is_done) return is_done < 0 ? -1 : 0;
    Value get_loop = attr_get_maybe(t, task, N(t, get_loop));
    if (is_null(get_loop) && err_pending(t)) return -1;
    Value own = is_null(get_loop) ? attr_get(t, task, N(t, _loop)) : call_0(t, get_loop);
    decref_maybe(t, get_loop);
    if (is_null(own)) return -1;
    bool is = same(own, loop);
    decref(t, own);
    return is;
}

static bool add_registered(Thread *t, Value set, Value collection, Value loop) {
    if (is_null(collection)) return true;
    Value list = list_from_iterable(t, collection);
    bool good = !is_null(list);
    for (int64_t i = 0; good && i < list_len(list); i++) {
        int is = is_pending_of(t, list_at(list, i), loop);
        good = is >= 0 && (is == 0 || set_add(t, set, list_at(list, i)));
    }
    decref_maybe(t, list);
    return good;
}

/* Ours, in a list first: adding to a set may run Python code, and tasks end meanwhile. */
static bool add_listed(Thread *t, Value set, Value loop) {
    Value list = list_new(t, 0);
    bool good = !is_null(list);
    for (Task *task = asyncio_state(t)->tasks; good && task != NULL; task = task->next)
        if (same(task->loop, loop) && task->state == FUTURE_PENDING) good = list_append(t, V_AS(List, list), v_from(task));
    for (int64_t i = 0; good && i < list_len(list); i++) good = set_add(t, set, list_at(list, i));
    decref_maybe(t, list);
    return good;
}

FUNCTION(all_tasks) {
    Value loop = args[0];
    if (is_null(loop) || is_none(loop)) loop = running_loop(t);
    Value set = is_null(loop) ? VNULL : set_new(t, VNULL);
    if (is_null(set)) return VNULL;
    AsyncioState *s = asyncio_state(t);
    if (add_registered(t, set, s->eager_tasks, loop) && add_registered(t, set, s->other_tasks, loop) && add_listed(t, set, loop)) return set;
    decref(t, set);
    return VNULL;
}

FUNCTION(add_to_awaited_by) { return future_awaited_by_add(t, args[0], args[1]) ? V_NONE : VNULL; }
FUNCTION(discard_from_awaited_by) { return future_awaited_by_discard(t, args[0], args[1]) ? V_NONE : VNULL; }

const MethodDef running_functions[] = {
    {"_get_running_loop", "($module, /)", "The loop that runs in this thread, or None.", get_running_loop_maybe},
    {"_set_running_loop", "($module, loop, /)", "For loops: this one runs now; None: none does.", set_running_loop},
    {"get_running_loop", "($module, /)", "The loop that runs in this thread; RuntimeError where none does.", get_running_loop},
    {"get_event_loop", "($module, /)", "The running loop, or that of the policy.", get_event_loop},
    {"_enter_task", "($module, /, loop, task)", "A task is current now; none may be.", enter_task},
    {"_leave_task", "($module, /, loop, task)", "The task is no longer current.", leave_task},
    {"_swap_current_task", "($module, /, loop, task)", "Makes a task, or None, current; answers the one before.", swap_current_task},
    {"current_task", "($module, /, loop=None)", "The task that runs in a loop.", current_task},
    {"all_tasks", "($module, /, loop=None)", "The set of a loop's tasks that are not done.", all_tasks},
    {"_register_task", "($module, /, task)", "all_tasks() knows the task.", register_task},
    {"_unregister_task", "($module, /, task)", "all_tasks() forgets the task.", unregister_task},
    {"_register_eager_task", "($module, /, task)", "The same for its first step.", register_eager_task},
    {"_unregister_eager_task", "($module, /, task)", "The first step is over.", unregister_eager_task},
    {"future_add_to_awaited_by", "($module, fut, waiter, /)", "A future is awaited by another or a task.", add_to_awaited_by},
    {"future_discard_from_awaited_by", "($module, fut, waiter, /)", "It no longer is.", discard_from_awaited_by},
    {NULL},
};
