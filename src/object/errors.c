/* Raising: making exceptions, the pending one, its context.
 *
 * A built-in exception whose message is known is made here without calling anything; one with arguments, or of a class, is
 * made by calling its type.  When an exception becomes pending, the one that is being handled becomes its __context__, unless it
 * has been put back by err_restore, which changes nothing.
 */
#include "core/errors.h"

#include "core/def.h"
#include "heap/heap.h"
#include "object/exception.h"
#include "object/instance.h"
#include "object/str.h"
#include "object/tuple.h"

/* --- The pending exception --------------------------------------------------------------------- */

Value err_fetch(Thread *t) {
    Value e = t->pending;
    t->pending = VNULL;
    return e;
}

void err_restore(Thread *t, Value exception) {
    Value old = t->pending;
    t->pending = exception;
    decref_maybe(t, old);
}

void err_clear(Thread *t) { err_restore(t, VNULL); }

bool err_is(Thread *t, enum TypeId type) {
    return err_pending(t) && is_instance_of(t, t->pending, builtin_type(t, type));
}

bool err_catch(Thread *t, enum TypeId type) {
    if (!err_is(t, type)) return false;
    err_clear(t);
    return true;
}

void err_unraisable(Thread *t, const char *message, Value object) {
    if (!err_pending(t)) return;
    Value text = VNULL, keep = VNULL, e = t->pending;
    if (is_null(V_AS(ExceptionBase, e)->traceback) && t->hooks->add_traceback) { /* raised in C: where that was called from */
        t->pending = VNULL;
        t->hooks->add_traceback(t, e);
        err_restore(t, e);
    }
    if (message && !is_null(object)) { /* "MESSAGE OBJECT", and no object beside it */
        Value pending = err_fetch(t);
        text = str_format(t, "%s %R", message, object);
        const char *whole = is_null(text) ? NULL : str_utf8(t, text, NULL, &keep);
        if (whole) {
            message = whole;
            object = VNULL;
        }
        err_restore(t, pending);
    }
    if (t->hooks->unraisable) t->hooks->unraisable(t, message, object);
    err_clear(t);
    decref_maybe(t, keep);
    decref_maybe(t, text);
}

/* The exception that is being handled, through the generators that handle none; borrowed, VNULL: none. */
Value err_handled(Thread *t) {
    for (Handled *h = t->fiber->handled; h; h = h->previous) {
        if (!is_none(h->exception) && !is_null(h->exception)) return h->exception;
    }
    return VNULL;
}

/* Takes `e` out of the chain of contexts that begins at `from`, so that chaining `e` to it makes no circle. */
static void context_cut(Thread *t, Value from, Value e) {
    Value slow = from;
    bool step = false;
    for (Value at = from;;) {
        Value next = V_AS(ExceptionBase, at)->context;
        if (is_null(next)) return;
        if (same(next, e)) {
            slot_clear(t, &V_AS(ExceptionBase, at)->context);
            return;
        }
        at = next;
        if (same(at, slow)) return; /* a circle that somebody has made; e is not in it */
        if (step) slow = V_AS(ExceptionBase, slow)->context;
        step = !step;
    }
}

/* Makes `e` (taken) pending, in the context of what is being handled. */
static void set_pending(Thread *t, Value e) {
    Value handled = err_handled(t);
    if (!is_null(handled) && !same(handled, e)) {
        incref(handled);
        context_cut(t, handled, e);
        slot_set(t, &V_AS(ExceptionBase, e)->context, handled);
    }
    err_restore(t, e);
}

void err_set_context(Thread *t, Value context) {
    if (is_null(context)) return;
    if (!err_pending(t)) {
        t->pending = context;
        return;
    }
    if (same(t->pending, context)) {
        decref(t, context);
        return;
    }
    context_cut(t, context, t->pending);
    slot_set(t, &V_AS(ExceptionBase, t->pending)->context, context);
}

void err_set_cause(Thread *t, Value cause) {
    if (is_null(cause) || !err_pending(t)) {
        err_set_context(t, cause);
        return;
    }
    ExceptionBase *e = V_AS(ExceptionBase, t->pending);
    slot_set(t, &e->cause, new_ref(cause));
    e->suppress_context = true;
    err_set_context(t, cause);
}

/* --- Making ------------------------------------------------------------------------------------ */

Value err_no_memory(Thread *t) {
    if (is_null(t->pending)) t->pending = memory_error_take(t);
    return VNULL;
}

bool err_store_memory_errors(Thread *t) {
    Interp *interp = t->interp;
    if (interp->memory_error_count == MEMORY_ERRORS) return true;
    Value pending = err_fetch(t), type = v_from(builtin_type(t, T_MemoryError));
    while (interp->memory_error_count < MEMORY_ERRORS) {
        Value window[2] = {VNULL}, e = type_of(t, type)->slots.call(t, type, window + 1, 0, VNULL);
        bool made = !is_null(e);
        if (!made) {
            e = err_fetch(t);
            if (is_null(e)) break;
            if (v_obj(e)->refs != 1) { /* not one of the store's, or still the immortal one */
                decref(t, e);
                break;
            }
        }
        interp->memory_errors[interp->memory_error_count++] = e;
        if (!made) break;
    }
    err_restore(t, pending);
    return interp->memory_error_count == MEMORY_ERRORS;
}

bool err_no_memory_fail(Thread *t) {
    err_no_memory(t);
    return false;
}

/* The exception that calling `type` with the arguments gives; owned. */
static Value make_by_call(Thread *t, Value type, const Value *args, uint32_t n) {
    Value window[4] = {VNULL};
    for (uint32_t i = 0; i < n; i++) window[1 + i] = args[i];
    if (!stack_check(t, "")) return VNULL;
    Value e = type_of(t, type)->slots.call(t, type, window + 1, n, VNULL);
    if (is_null(e) || is_exception(t, e)) return e;
    err_raise(t, T_TypeError, "calling %R should have returned an instance of BaseException, not %R", type, v_from(type_of(t, e)));
    decref(t, e);
    return VNULL;
}

/* An exception of a built-in type with args (message,), its fields besides args empty; owned. */
static Value make_plain(Thread *t, Type *type, Value message) {
    Value args = tuple_from(t, &message, !is_null(message));
    if (is_null(args)) return VNULL;
    Value e = object_new(t, type);
    if (is_null(e)) {
        decref(t, args);
        return VNULL;
    }
    V_AS(ExceptionBase, e)->args = args;
    return object_done(t, e);
}

/* Types whose init derives more from the message than args. */
static bool init_derives(Type *type) {
    return type->flags & TF_HEAP || type->slots.init == NULL || type->def->size != sizeof(ExceptionBase);
}

static Value raise_message(Thread *t, Type *type, Value message) {
    if (is_null(message)) return VNULL;
    Value e = init_derives(type) ? make_by_call(t, v_from(type), &message, 1) : make_plain(t, type, message);
    decref(t, message);
    if (!is_null(e)) set_pending(t, e);
    return VNULL;
}

Value err_raise_va(Thread *t, Type *type, const char *format, va_list args) {
    if (format == NULL) return err_raise_value(t, v_from(type)); /* without arguments */
    if (!type) return err_no_memory(t); /* boot has not come so far */
    if (!format) { /* without a message */
        Value e = make_by_call(t, v_from(type), NULL, 0);
        if (!is_null(e)) set_pending(t, e);
        return VNULL;
    }
    return raise_message(t, type, str_format_va(t, format, args));
}

#define RAISE_BY_FORMAT(type)                         \
    do {                                              \
        va_list args_;                                \
        va_start(args_, format);                      \
        err_raise_va(t, (type), format, args_);       \
        va_end(args_);                                \
    } while (0)

Value err_raise(Thread *t, enum TypeId type, const char *format, ...) {
    RAISE_BY_FORMAT(builtin_type(t, type));
    return VNULL;
}

bool err_fail(Thread *t, enum TypeId type, const char *format, ...) {
    RAISE_BY_FORMAT(builtin_type(t, type));
    return false;
}

int err_minus(Thread *t, enum TypeId type, const char *format, ...) {
    RAISE_BY_FORMAT(builtin_type(t, type));
    return -1;
}

Value err_raise_type(Thread *t, Type *type, const char *format, ...) {
    if (format == NULL) return err_raise_value(t, v_from(type)); /* without arguments */
    RAISE_BY_FORMAT(type);
    return VNULL;
}

Value err_raise_value(Thread *t, Value exception) {
    if (is_exception(t, exception)) {
        set_pending(t, new_ref(exception));
        return VNULL;
    }
    if (is_type(t, exception) && V_AS(Type, exception)->flags & TF_EXCEPTION) {
        Value e = make_by_call(t, exception, NULL, 0);
        if (!is_null(e)) set_pending(t, e);
        return VNULL;
    }
    return err_raise(t, T_TypeError, "exceptions must derive from BaseException");
}

Value err_raise_with(Thread *t, enum TypeId type, Value argument) {
    Type *class = builtin_type(t, type);
    Value e = init_derives(class) ? make_by_call(t, v_from(class), &argument, !is_null(argument)) : make_plain(t, class, argument);
    if (!is_null(e)) set_pending(t, e);
    return VNULL;
}

Value err_stop_iteration(Thread *t, Value value) {
    Type *type = builtin_type(t, T_StopIteration);
    bool bare = is_null(value) || is_none(value);
    Value args = bare ? new_ref(t->interp->empty_tuple) : tuple_from(t, &value, 1);
    if (is_null(args)) return VNULL;
    Value e = object_new(t, type);
    if (is_null(e)) {
        decref(t, args);
        return VNULL;
    }
    V_AS(StopIterationObject, e)->args = args;
    V_AS(StopIterationObject, e)->value = bare ? V_NONE : new_ref(value);
    set_pending(t, object_done(t, e));
    return VNULL;
}

/* --- The C stack ------------------------------------------------------------------------------- */

bool stack_overflow(Thread *t, const char *where) {
    /* What is made here needs a little stack of its own: the reserve below the limit. */
    Value message = str_format(t, "maximum recursion depth exceeded%s", where);
    if (is_null(message)) return false;
    Value e = make_plain(t, builtin_type(t, T_RecursionError), message);
    decref(t, message);
    if (!is_null(e)) set_pending(t, e);
    return false;
}
