/* The type Task: a coroutine that a loop runs to its end. How it runs: task_step.c. */
#include "modules/asyncio/asyncio_priv.h"

#include "modules/contextvars.h"

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)
#define SELF(v) V_AS(Task, v)

/* --- Making one ---------------------------------------------------------------------------------------------------------------------- */

static bool must_be_coroutine(Thread *t, Value v) {
    if (IS_EXACT(v, coroutine)) return true;
    Value check = asyncio_library(t, LIB_iscoroutine), answer = is_null(check) ? VNULL : call_1(t, check, v);
    int is_true = is_null(answer) ? -1 : truth(t, answer);
    decref_maybe(t, answer);
    if (is_true == 0) return err_fail(t, T_TypeError, "a coroutine was expected, got %R", v);
    return is_true > 0;
}

/* The name as an exact str; owned. */
static Value name_text(Thread *t, Value name) { return IS_EXACT(name, str) ? new_ref(name) : str_of(t, name); }

static bool is_running(Thread *t, Value loop, bool *running) {
    Value answer = call_method_0(t, loop, N(t, is_running));
    int is_true = is_null(answer) ? -1 : truth(t, answer);
    decref_maybe(t, answer);
    *running = is_true > 0;
    return is_true >= 0;
}

static bool start(Thread *t, Task *task, bool eagerly) {
    bool running = false;
    if (eagerly && !is_running(t, task->loop, &running)) return false;
    if (running) return task_step_eagerly(t, task);
    if (!task_step_soon(t, task, VNULL)) return false;
    running_list_add(t, task);
    return true;
}

static bool slot_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Value a[5];
    if (!call_bind_signature(t, "Task", "(coro, *, loop=None, name=None, context=None, eager_start=False)", args, nargs, kwnames, a)) return false;
    Task *task = SELF(self);
    bool eagerly = false;
    if (!is_null(a[4]) && !arg_bool(t, a[4], &eagerly)) return false;
    running_list_remove(t, task);
    if (!future_init(t, (Future *)task, a[1])) return false;
    task->log_destroy_pending = false;
    if (!must_be_coroutine(t, a[0])) return false;
    Value context = is_null(a[3]) || is_none(a[3]) ? contextvars_copy(t) : new_ref(a[3]);
    if (is_null(context)) return false;
    slot_set(t, &task->context, context);
    slot_clear(t, &task->waiter);
    slot_set(t, &task->coroutine, new_ref(a[0]));
    bool named = !is_null(a[2]) && !is_none(a[2]);
    Value name = named ? name_text(t, a[2]) : v_smallint(++asyncio_state(t)->task_count);
    if (is_null(name)) return false;
    slot_set(t, &task->name, name);
    task->must_cancel = false;
    task->cancels = 0;
    task->log_destroy_pending = true;
    return start(t, task, eagerly);
}

/* --- Methods ------------------------------------------------------------------------------------------------------------------------- */

METHOD(m_set_result) { return err_raise(t, T_RuntimeError, "Task does not support set_result operation"); }
METHOD(m_set_exception) { return err_raise(t, T_RuntimeError, "Task does not support set_exception operation"); }

/* Asks what it waits for to be cancelled: 1: it will be, 0: it is too late for that, -1. */
static int cancel_waiter(Thread *t, Value waiter, Value message) {
    if (IS_EXACT(waiter, Future)) return future_cancel(t, V_AS(Future, waiter), message);
    Value answer = call_method_1(t, waiter, N(t, cancel), message);
    int is_true = is_null(answer) ? -1 : truth(t, answer);
    decref_maybe(t, answer);
    return is_true;
}

METHOD(m_cancel) {
    Task *task = SELF(args[0]);
    Value message = is_null(args[1]) ? V_NONE : args[1];
    task->log_traceback = false;
    if (task->state != FUTURE_PENDING) return V_FALSE;
    task->cancels++;
    if (!is_null(task->waiter)) {
        Value waiter = new_ref(task->waiter);
        int cancelled = cancel_waiter(t, waiter, message);
        decref(t, waiter);
        if (cancelled) return cancelled < 0 ? VNULL : V_TRUE;
    }
    task->must_cancel = true;
    slot_set(t, &task->cancel_message, new_ref(message));
    return V_TRUE;
}
METHOD(m_cancelling) { return int_from_i64(t, SELF(args[0])->cancels); }
METHOD(m_uncancel) {
    Task *task = SELF(args[0]);
    if (task->cancels > 0 && --task->cancels == 0) task->must_cancel = false;
    return int_from_i64(t, task->cancels);
}

METHOD(m_get_stack) {
    Value f = asyncio_library(t, LIB_task_get_stack);
    return is_null(f) ? VNULL : call_2(t, f, args[0], is_null(args[1]) ? V_NONE : args[1]);
}
METHOD(m_print_stack) {
    Value f = asyncio_library(t, LIB_task_print_stack);
    return is_null(f) ? VNULL : call_3(t, f, args[0], is_null(args[1]) ? V_NONE : args[1], is_null(args[2]) ? V_NONE : args[2]);
}

METHOD(m_get_name) {
    Task *task = SELF(args[0]);
    if (is_smallint(task->name)) {
        Value name = str_format(t, "Task-%lld", (long long)smallint_get(task->name));
        if (is_null(name)) return VNULL;
        slot_set(t, &task->name, name);
    }
    return is_null(task->name) ? V_NONE : new_ref(task->name);
}
METHOD(m_set_name) {
    Value name = name_text(t, args[1]);
    if (is_null(name)) return VNULL;
    slot_set(t, &SELF(args[0])->name, name);
    return V_NONE;
}
static Value or_none(Value v) { return is_null(v) ? V_NONE : new_ref(v); }
METHOD(m_get_coro) { return or_none(SELF(args[0])->coroutine); }
METHOD(m_get_context) { return or_none(SELF(args[0])->context); }

static Value get_log_destroy(Thread *t, Value self, void *closure) { return v_bool(SELF(self)->log_destroy_pending); }
static bool set_log_destroy(Thread *t, Value self, Value value, void *closure) {
    if (is_null(value)) return err_fail(t, T_AttributeError, "attribute '_log_destroy_pending' of '%N' objects cannot be deleted", type_of(t, self));
    return arg_bool(t, value, &SELF(self)->log_destroy_pending);
}
static Value get_must_cancel(Thread *t, Value self, void *closure) { return v_bool(SELF(self)->must_cancel); }
static Value get_coro(Thread *t, Value self, void *closure) { return or_none(SELF(self)->coroutine); }
static Value get_waiter(Thread *t, Value self, void *closure) { return or_none(SELF(self)->waiter); }

/* --- The type ------------------------------------------------------------------------------------------------------------------------ */

static void slot_finalize(Thread *t, Value self) {
    Task *task = SELF(self);
    if (task->state == FUTURE_PENDING && task->log_destroy_pending && !is_null(task->loop)) {
        task->log_destroy_pending = false;
        Value pending = err_fetch(t);
        future_report(t, (Future *)task, "task", str_from_cstr(t, "Task was destroyed but it is pending!"), VNULL);
        err_restore(t, pending);
    }
    future_finalize(t, self);
}
static void slot_destroy(Thread *t, Object *self) { running_list_remove(t, (Task *)self); }

static const MethodDef methods[] = {
    {"set_result", "($self, result, /)", "Refused: the coroutine gives the result.", m_set_result},
    {"set_exception", "($self, exception, /)", "Refused.", m_set_exception},
    {"cancel", "($self, /, msg=None)", "Has CancelledError thrown into the coroutine at its next step; False: it is done already.", m_cancel},
    {"cancelling", "($self, /)", "The number of cancellations asked for and not taken back.", m_cancelling},
    {"uncancel", "($self, /)", "Takes one cancellation back; the number that remains.", m_uncancel},
    {"get_stack", "($self, /, *, limit=None)", "The frames of the coroutine.", m_get_stack},
    {"print_stack", "($self, /, *, limit=None, file=None)", "Prints the stack or traceback of the coroutine.", m_print_stack},
    {"get_name", "($self, /)", "The name.", m_get_name},
    {"set_name", "($self, value, /)", "Gives a name.", m_set_name},
    {"get_coro", "($self, /)", "The coroutine.", m_get_coro},
    {"get_context", "($self, /)", "The context it runs in.", m_get_context},
    {NULL},
};
static const GetSetDef getsets[] = {
    {"_log_destroy_pending", get_log_destroy, set_log_destroy}, {"_must_cancel", get_must_cancel}, {"_coro", get_coro},
    {"_fut_waiter", get_waiter}, {NULL},
};
static const Field fields[] = {FIELD_VALUE(Task, waiter), FIELD_VALUE(Task, coroutine), FIELD_VALUE(Task, context), FIELD_VALUE(Task, name)};
const TypeDef typedef_Task = {
    .name = "_asyncio.Task",
    .doc = "A coroutine wrapped in a future.",
    .signature = "(coro, *, loop=None, name=None, context=None, eager_start=False)",
    .flags = TF_BASE | TF_GC | TF_IMMUTABLE | TF_DICT | TF_WEAKREF | TF_EXT | TF_MODULE_NAME,
    .size = sizeof(Task),
    .ext_offset = offsetof(Task, ext),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .slots = {.init = slot_init, .finalize = slot_finalize, .destroy = slot_destroy},
};
