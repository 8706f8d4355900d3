/* The type Future: its state, its callbacks, and the reports of exceptions that nobody asked for. */
#include "modules/asyncio/asyncio_priv.h"

#include "modules/contextvars.h"
#include "types/generic_alias.h"

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)
#define SELF(v) V_AS(Future, v)

static bool is_ready(Thread *t, const Future *f) {
    return LIKELY(!is_null(f->loop)) || err_fail(t, T_RuntimeError, "Future object is not initialized.");
}

/* --- Callbacks ----------------------------------------------------------------------------------------------------------------------- */

typedef struct LoopCall { Value loop, method, callback, argument, context; } LoopCall; /* argument VNULL: none */

static bool loop_call(Thread *t, const LoopCall *c) {
    Value args[3] = {c->callback, c->argument, c->context};
    uint32_t n = 2;
    if (is_null(c->argument)) {
        args[1] = c->context;
        n = 1;
    }
    Value handle = call_method_kw(t, c->loop, c->method, args, n, asyncio_state(t)->context_name);
    decref_maybe(t, handle);
    return !is_null(handle);
}

static bool loop_call_surely(Thread *t, const LoopCall *c) {
    if (LIKELY(loop_call(t, c))) return true;
    if (!err_is(t, T_MemoryError)) return false;
    err_clear(t);
    gc_collect_after_shortage(t);
    if (loop_call(t, c)) return true;
    if (!err_is(t, T_MemoryError)) return false;
    Value e = err_fetch(t), stopped = call_method_0(t, c->loop, asyncio_state(t)->stop);
    if (is_null(stopped)) err_unraisable(t, "Exception ignored while a loop without memory was to stop", c->loop);
    decref_maybe(t, stopped);
    err_restore(t, e);
    return false;
}

bool future_call_soon(Thread *t, Value loop, Value callback, Value argument, Value context) {
    return loop_call(t, &(LoopCall){loop, N(t, call_soon), callback, argument, context});
}
bool future_call_soon_surely(Thread *t, Value loop, Value callback, Value argument, Value context) {
    return loop_call_surely(t, &(LoopCall){loop, N(t, call_soon), callback, argument, context});
}
bool future_call_from_anywhere(Thread *t, Value loop, Value callback, Value context) {
    return loop_call_surely(t, &(LoopCall){loop, asyncio_state(t)->call_soon_threadsafe, callback, VNULL, context});
}

static bool schedule_callbacks(Thread *t, Future *f) {
    Value self = v_from(f);
    if (!is_null(f->callback)) {
        Value callback = f->callback, context = f->callback_context;
        f->callback = f->callback_context = VNULL;
        bool good = future_call_soon_surely(t, f->loop, callback, self, context);
        decref(t, callback);
        decref(t, context);
        if (!good) {
            slot_clear(t, &f->callbacks);
            return false;
        }
    }
    Value list = f->callbacks;
    if (is_null(list)) return true;
    f->callbacks = VNULL;
    bool good = true;
    for (int64_t i = 0; good && i < list_len(list); i++)
        good = future_call_soon_surely(t, f->loop, tuple_at(list_at(list, i), 0), self, tuple_at(list_at(list, i), 1));
    decref(t, list);
    return good;
}

bool future_add_callback(Thread *t, Future *f, Value callback, Value context) {
    if (f->state != FUTURE_PENDING) return future_call_soon(t, f->loop, callback, v_from(f), context);
    if (is_null(f->callback) && is_null(f->callbacks)) {
        f->callback = new_ref(callback);
        f->callback_context = new_ref(context);
        return true;
    }
    if (is_null(f->callbacks)) f->callbacks = list_new(t, 1);
    Value pair = is_null(f->callbacks) ? VNULL : tuple_of(t, 2, callback, context);
    return !is_null(pair) && list_append_take(t, V_AS(List, f->callbacks), pair);
}

/* --- State --------------------------------------------------------------------------------------------------------------------------- */

static bool has_debug(Thread *t, Value loop, bool *debug) {
    Value answer = call_method_0(t, loop, N(t, get_debug));
    int is_true = is_null(answer) ? -1 : truth(t, answer);
    decref_maybe(t, answer);
    *debug = is_true > 0;
    return is_true >= 0;
}

bool future_init(Thread *t, Future *f, Value loop) {
    Value *values[] = {&f->loop, &f->callback, &f->callback_context, &f->callbacks, &f->result, &f->exception, &f->traceback,
                       &f->source_traceback, &f->cancel_message, &f->cancelled_error, &f->awaited_by};
    for (size_t i = 0; i < COUNT_OF(values); i++) slot_clear(t, values[i]);
    f->state = FUTURE_PENDING;
    f->blocking = f->log_traceback = false;
    loop = is_null(loop) || is_none(loop) ? running_current_loop(t) : new_ref(loop);
    if (is_null(loop)) return false;
    f->loop = loop;
    bool debug;
    if (!has_debug(t, loop, &debug)) return false;
    if (!debug || t->interp->finalizing) return true;
    Value extract = asyncio_library(t, LIB_extract_stack);
    if (is_null(extract)) return false;
    f->source_traceback = call_0(t, extract);
    return !is_null(f->source_traceback);
}

static bool must_be_pending(Thread *t, const Future *f) {
    return f->state == FUTURE_PENDING || asyncio_invalid_state(t, "invalid state");
}

bool future_set_result(Thread *t, Future *f, Value result) {
    if (!is_ready(t, f) || !must_be_pending(t, f)) return false;
    slot_set(t, &f->result, new_ref(result));
    f->state = FUTURE_FINISHED;
    return schedule_callbacks(t, f);
}

/* The instance that an exception given by class or instance stands for; owned. */
static Value exception_instance(Thread *t, Value v) {
    Value e = is_type(t, v) && is_subtype(V_AS(Type, v), builtin_type(t, T_BaseException)) ? call_0(t, v) : new_ref(v);
    if (is_null(e) || is_exception(t, e)) return e;
    decref(t, e);
    return err_raise(t, T_TypeError, "invalid exception object");
}

bool future_set_exception(Thread *t, Future *f, Value exception) {
    if (!is_ready(t, f) || !must_be_pending(t, f)) return false;
    Value e = exception_instance(t, exception);
    if (is_null(e)) return false;
    if (IS_A(t, e, StopIteration)) {
        err_raise(t, T_RuntimeError, "StopIteration interacts badly with generators and cannot be raised into a Future");
        err_set_cause(t, e);
        e = err_fetch(t);
    }
    slot_set(t, &f->exception, e);
    slot_set(t, &f->traceback, new_ref_maybe(V_AS(ExceptionBase, e)->traceback));
    f->state = FUTURE_FINISHED;
    bool good = schedule_callbacks(t, f);
    f->log_traceback = good;
    return good;
}

int future_cancel(Thread *t, Future *f, Value message) {
    f->log_traceback = false;
    if (f->state != FUTURE_PENDING) return 0;
    f->state = FUTURE_CANCELLED;
    slot_set(t, &f->cancel_message, new_ref_maybe(message));
    return schedule_callbacks(t, f) ? 1 : -1;
}

Value future_cancelled_error(Thread *t, Future *f) {
    if (!is_null(f->cancelled_error)) {
        Value e = f->cancelled_error;
        f->cancelled_error = VNULL;
        return e;
    }
    Value type = asyncio_library(t, LIB_CancelledError);
    if (is_null(type)) return VNULL;
    return is_null(f->cancel_message) || is_none(f->cancel_message) ? call_0(t, type) : call_1(t, type, f->cancel_message);
}

static void raise_cancelled(Thread *t, Future *f) {
    Value e = future_cancelled_error(t, f);
    if (is_null(e)) return;
    err_raise_value(t, e);
    decref(t, e);
}

int future_outcome(Thread *t, Future *f, Value *outcome) {
    if (f->state == FUTURE_CANCELLED) return raise_cancelled(t, f), -1;
    if (f->state == FUTURE_PENDING) return asyncio_invalid_state(t, "Result is not set."), -1;
    f->log_traceback = false;
    if (is_null(f->exception)) {
        *outcome = new_ref(f->result);
        return 1;
    }
    /* The traceback as it was, without what earlier raises have added; from the second time on none. */
    Value traceback = f->traceback;
    f->traceback = VNULL;
    slot_set(t, &V_AS(ExceptionBase, f->exception)->traceback, traceback);
    *outcome = new_ref(f->exception);
    return 0;
}

static Value result_of(Thread *t, Future *f) {
    Value outcome;
    int kind = future_outcome(t, f, &outcome);
    if (kind > 0) return outcome;
    if (kind == 0) {
        err_raise_value(t, outcome);
        decref(t, outcome);
    }
    return VNULL;
}

/* --- Who waits for whom --------------------------------------------------------------------------------------------------------------- */

bool future_awaited_by_add(Thread *t, Value future, Value waiter) {
    if (!is_future(t, future) || !is_future(t, waiter)) return true;
    Future *f = SELF(future);
    if (is_null(f->awaited_by)) { /* mostly there is only one */
        f->awaited_by = new_ref(waiter);
        return true;
    }
    if (!IS_EXACT(f->awaited_by, set)) {
        Value set = set_new(t, VNULL);
        if (is_null(set) || !set_add(t, set, f->awaited_by)) {
            decref_maybe(t, set);
            return false;
        }
        slot_set(t, &f->awaited_by, set);
    }
    return set_add(t, f->awaited_by, waiter);
}

bool future_awaited_by_discard(Thread *t, Value future, Value waiter) {
    if (!is_future(t, future) || !is_future(t, waiter)) return true;
    Future *f = SELF(future);
    if (same(f->awaited_by, waiter)) slot_clear(t, &f->awaited_by);
    return is_null(f->awaited_by) || !IS_EXACT(f->awaited_by, set) || set_discard(t, f->awaited_by, waiter) >= 0;
}

/* --- Reports ------------------------------------------------------------------------------------------------------------------------- */

static bool dict_set_maybe(Thread *t, Value dict, const char *key, Value v) { return is_null(v) || dict_set_cstr(t, dict, key, v); }

void future_report(Thread *t, Future *f, const char *kind, Value message, Value exception) {
    Value self = v_from(f), context = is_null(message) ? VNULL : dict_new(t), handler = VNULL, done = VNULL;
    if (!is_null(context) && dict_set_cstr(t, context, kind, self) && dict_set_cstr(t, context, "message", message) &&
        dict_set_maybe(t, context, "exception", exception) && dict_set_maybe(t, context, "source_traceback", f->source_traceback))
        handler = attr_get(t, f->loop, N(t, call_exception_handler));
    if (!is_null(handler)) done = call_1(t, handler, context);
    if (is_null(done)) {
        Value text = is_null(handler) ? VNULL : handler;
        err_unraisable(t, is_null(text) ? NULL : "Exception ignored while calling asyncio function", is_null(text) ? self : text);
    }
    decref_maybe(t, done);
    decref_maybe(t, handler);
    decref_maybe(t, context);
    decref_maybe(t, message);
}

void future_finalize(Thread *t, Value self) {
    Future *f = SELF(self);
    if (!f->log_traceback) return;
    f->log_traceback = false;
    Value pending = err_fetch(t);
    future_report(t, f, "future", str_format(t, "%U exception was never retrieved", type_of(t, self)->name), f->exception);
    err_restore(t, pending);
}

/* --- Methods ------------------------------------------------------------------------------------------------------------------------- */

static bool slot_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Value loop;
    return call_bind_signature(t, "Future", "(*, loop=None)", args, nargs, kwnames, &loop) && future_init(t, SELF(self), loop);
}

METHOD(m_result) {
    Future *f = SELF(args[0]);
    if (is_null(f->loop)) return asyncio_invalid_state(t, "Future object is not initialized."), VNULL;
    return result_of(t, f);
}
METHOD(m_exception) {
    Future *f = SELF(args[0]);
    if (is_null(f->loop)) return asyncio_invalid_state(t, "Future object is not initialized."), VNULL;
    if (f->state == FUTURE_CANCELLED) return raise_cancelled(t, f), VNULL;
    if (f->state == FUTURE_PENDING) return asyncio_invalid_state(t, "Exception is not set."), VNULL;
    f->log_traceback = false;
    return is_null(f->exception) ? V_NONE : new_ref(f->exception);
}
METHOD(m_set_result) { return future_set_result(t, SELF(args[0]), args[1]) ? V_NONE : VNULL; }
METHOD(m_set_exception) { return future_set_exception(t, SELF(args[0]), args[1]) ? V_NONE : VNULL; }

METHOD(m_add_done_callback) {
    Future *f = SELF(args[0]);
    if (is_null(f->loop)) return err_raise(t, T_RuntimeError, "uninitialized Future object");
    Value context = is_null(args[2]) || is_none(args[2]) ? contextvars_copy(t) : new_ref(args[2]);
    bool good = !is_null(context) && future_add_callback(t, f, args[1], context);
    decref_maybe(t, context);
    return good ? V_NONE : VNULL;
}

/* Takes the equal ones out of the list; how many, -1: exception. Comparison may change the list. */
static int64_t remove_from_list(Thread *t, Future *f, Value callback) {
    Value list = f->callbacks;
    if (is_null(list)) return 0;
    Value kept = list_new(t, 0);
    incref(list);
    int64_t n = 0;
    bool good = !is_null(kept);
    for (int64_t i = 0; good && i < list_len(list); i++) {
        Value pair = new_ref(list_at(list, i));
        int is_equal = equal(t, tuple_at(pair, 0), callback);
        if (is_equal == 0) good = list_append(t, V_AS(List, kept), pair);
        else if (is_equal > 0) n++;
        else good = false;
        decref(t, pair);
    }
    if (good && same(f->callbacks, list)) {
        if (list_len(kept) == 0) slot_clear(t, &kept);
        slot_set(t, &f->callbacks, kept);
        kept = VNULL;
    }
    decref_maybe(t, kept);
    decref(t, list);
    return good ? n : -1;
}

METHOD(m_remove_done_callback) {
    Future *f = SELF(args[0]);
    if (!is_ready(t, f)) return VNULL;
    int64_t n = 0;
    if (!is_null(f->callback)) {
        Value callback = new_ref(f->callback);
        int is_equal = equal(t, args[1], callback);
        decref(t, callback);
        if (is_equal < 0) return VNULL;
        if (is_equal) {
            slot_clear(t, &f->callback);
            slot_clear(t, &f->callback_context);
            n = 1;
        }
    }
    int64_t more = remove_from_list(t, f, args[1]);
    return more < 0 ? VNULL : v_smallint(n + more);
}

METHOD(m_cancel) {
    Future *f = SELF(args[0]);
    int done = is_ready(t, f) ? future_cancel(t, f, args[1]) : -1;
    return done < 0 ? VNULL : v_bool(done);
}
METHOD(m_cancelled) { return v_bool(!is_null(SELF(args[0])->loop) && SELF(args[0])->state == FUTURE_CANCELLED); }
METHOD(m_done) { return v_bool(!is_null(SELF(args[0])->loop) && SELF(args[0])->state != FUTURE_PENDING); }
METHOD(m_get_loop) { return is_ready(t, SELF(args[0])) ? new_ref(SELF(args[0])->loop) : VNULL; }
METHOD(m_make_cancelled_error) { return future_cancelled_error(t, SELF(args[0])); }
METHOD(m_class_getitem) { return generic_alias_new(t, args[0], args[1]); }

static Value slot_repr(Thread *t, Value self) {
    if (!is_ready(t, SELF(self))) return VNULL;
    Value repr = asyncio_library(t, is_task(t, self) ? LIB_task_repr : LIB_future_repr);
    return is_null(repr) ? VNULL : call_1(t, repr, self);
}

/* --- Attributes ---------------------------------------------------------------------------------------------------------------------- */

#define GETTER(name) static Value name(Thread *t, Value self, void *closure)
#define SETTER(name) static bool name(Thread *t, Value self, Value value, void *closure)

static Value or_none(Value v) { return is_null(v) ? V_NONE : new_ref(v); }

GETTER(get_state) {
    if (!is_ready(t, SELF(self))) return VNULL;
    uint8_t state = SELF(self)->state;
    return str_intern_cstr(t, state == FUTURE_PENDING ? "PENDING" : state == FUTURE_CANCELLED ? "CANCELLED" : "FINISHED");
}
GETTER(get_blocking) { return v_bool(!is_null(SELF(self)->loop) && SELF(self)->blocking); }
GETTER(get_loop) { return or_none(SELF(self)->loop); }
GETTER(get_result) { return is_ready(t, SELF(self)) ? or_none(SELF(self)->result) : VNULL; }
GETTER(get_exception) { return is_ready(t, SELF(self)) ? or_none(SELF(self)->exception) : VNULL; }
GETTER(get_log_traceback) { return is_ready(t, SELF(self)) ? v_bool(SELF(self)->log_traceback) : VNULL; }
GETTER(get_source_traceback) { return or_none(SELF(self)->source_traceback); }
GETTER(get_cancel_message) { return or_none(SELF(self)->cancel_message); }

GETTER(get_callbacks) {
    Future *f = SELF(self);
    if (!is_ready(t, f)) return VNULL;
    if (is_null(f->callback) && is_null(f->callbacks)) return V_NONE;
    Value list = list_new(t, 1);
    bool good = !is_null(list);
    if (good && !is_null(f->callback)) {
        Value pair = tuple_of(t, 2, f->callback, f->callback_context);
        good = !is_null(pair) && list_append_take(t, V_AS(List, list), pair);
    }
    if (good && !is_null(f->callbacks)) good = list_extend(t, V_AS(List, list), f->callbacks);
    if (!good && !is_null(list)) slot_clear(t, &list);
    return list;
}

GETTER(get_awaited_by) {
    Future *f = SELF(self);
    if (is_null(f->awaited_by)) return V_NONE;
    if (IS_EXACT(f->awaited_by, set)) return frozenset_new(t, f->awaited_by);
    Value single = tuple_of(t, 1, f->awaited_by), set = is_null(single) ? VNULL : frozenset_new(t, single);
    decref_maybe(t, single);
    return set;
}

static bool no_deletion(Thread *t, Value self, Value value, const char *name) {
    return !is_null(value) || err_fail(t, T_AttributeError, "attribute '%s' of '%N' objects cannot be deleted", name, type_of(t, self));
}
SETTER(set_blocking) {
    if (!no_deletion(t, self, value, "_asyncio_future_blocking") || !is_ready(t, SELF(self))) return false;
    return arg_bool(t, value, &SELF(self)->blocking);
}
SETTER(set_log_traceback) {
    bool is_true;
    if (!no_deletion(t, self, value, "_log_traceback") || !arg_bool(t, value, &is_true)) return false;
    if (is_true) return err_fail(t, T_ValueError, "_log_traceback can only be set to False");
    SELF(self)->log_traceback = false;
    return true;
}
SETTER(set_cancel_message) {
    if (!no_deletion(t, self, value, "_cancel_message")) return false;
    slot_set(t, &SELF(self)->cancel_message, new_ref(value));
    return true;
}

/* --- The type ------------------------------------------------------------------------------------------------------------------------ */

static const MethodDef methods[] = {
    {"result", "($self, /)", "The result, or the exception is raised; CancelledError, or InvalidStateError while it is pending.", m_result},
    {"exception", "($self, /)", "The exception that was set, or None.", m_exception},
    {"set_result", "($self, result, /)", "Marks it done with a result.", m_set_result},
    {"set_exception", "($self, exception, /)", "Marks it done with an exception.", m_set_exception},
    {"add_done_callback", "($self, fn, /, *, context=<unrepresentable>)", "Calls fn(future) by the loop once it is done.", m_add_done_callback},
    {"remove_done_callback", "($self, fn, /)", "Removes all occurrences of a callback; how many.", m_remove_done_callback},
    {"cancel", "($self, /, msg=None)", "Cancels it; False: it is done already.", m_cancel},
    {"cancelled", "($self, /)", "Whether it was cancelled.", m_cancelled},
    {"done", "($self, /)", "Whether it has a result, an exception, or was cancelled.", m_done},
    {"get_loop", "($self, /)", "The loop it belongs to.", m_get_loop},
    {"_make_cancelled_error", "($self, /)", "The CancelledError to raise.", m_make_cancelled_error},
    {"__class_getitem__", "($type, object, /)", "Futures are generic over the type of their result.", m_class_getitem, MF_CLASS},
    {NULL},
};
static const GetSetDef getsets[] = {
    {"_state", get_state}, {"_asyncio_future_blocking", get_blocking, set_blocking}, {"_loop", get_loop}, {"_callbacks", get_callbacks},
    {"_result", get_result}, {"_exception", get_exception}, {"_log_traceback", get_log_traceback, set_log_traceback},
    {"_source_traceback", get_source_traceback}, {"_cancel_message", get_cancel_message, set_cancel_message},
    {"_asyncio_awaited_by", get_awaited_by}, {NULL},
};
static const Field fields[] = {
    FIELD_VALUE(Future, loop), FIELD_VALUE(Future, callback), FIELD_VALUE(Future, callback_context), FIELD_VALUE(Future, callbacks),
    FIELD_VALUE(Future, result), FIELD_VALUE(Future, exception), FIELD_VALUE(Future, traceback), FIELD_VALUE(Future, source_traceback),
    FIELD_VALUE(Future, cancel_message), FIELD_VALUE(Future, cancelled_error), FIELD_VALUE(Future, awaited_by),
};
const TypeDef typedef_Future = {
    .name = "_asyncio.Future",
    .doc = "The result of something that is not finished yet, for one event loop.",
    .signature = "(*, loop=None)",
    .flags = TF_BASE | TF_GC | TF_IMMUTABLE | TF_DICT | TF_WEAKREF | TF_EXT | TF_MODULE_NAME,
    .size = sizeof(Future),
    .ext_offset = offsetof(Future, ext),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .slots = {.new = type_generic_new, .init = slot_init, .repr = slot_repr, .iter = future_iter, .await = future_iter, .finalize = future_finalize},
};
