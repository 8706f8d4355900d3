/* async_generator and the awaitables it gives: __anext__ and asend (AsyncSend), athrow and aclose (AsyncThrow), anext with a default.
 *
 * A value that the generator yields comes out wrapped, so that it differs from what its own awaits yield through it: the awaitable unwraps it
 * and ends with StopIteration(value).
 */
#include "core/names.h"
#include "heap/heap.h"
#include "object/exception.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/call.h"
#include "ops/object.h"
#include "ops/warn.h"
#include "vm/eval_priv.h"
#include "vm/generator.h"

typedef struct AsyncThrow { Object head; Generator *generator; Value exception; uint8_t state; } AsyncThrow; /* exception VNULL: aclose */
typedef struct AnextAwaitable { Object head; Value awaitable, fallback; } AnextAwaitable;

Value async_wrapped_value(Thread *t, Value v) {
    WrappedValue *w = heap_object(t, SHAPE_async_generator_wrapped_value, sizeof *w);
    if (w == NULL) {
        decref(t, v);
        return VNULL;
    }
    w->value = v;
    gc_track(t, w);
    return v_from(w);
}

bool async_generator_begin(Thread *t, Generator *g) {
    if (g->async_hooks_done) return true;
    g->async_hooks_done = 1;
    if (!is_null(t->asyncgen_finalizer)) slot_set(t, &g->origin_or_finalizer, new_ref(t->asyncgen_finalizer));
    if (is_null(t->asyncgen_firstiter)) return true;
    Value first = new_ref(t->asyncgen_firstiter), r = call_1(t, first, v_from(g));
    decref(t, first);
    decref_maybe(t, r);
    return !is_null(r);
}

static Value asend_new(Thread *t, Generator *g, Value value) {
    AsyncSend *o = heap_object(t, SHAPE_async_generator_asend, sizeof *o);
    if (o == NULL) return VNULL;
    obj_incref(g);
    o->generator = g;
    o->value = new_ref(value);
    o->state = AWAIT_NEW;
    gc_track(t, o);
    return v_from(o);
}

static Value athrow_new(Thread *t, Generator *g, Value exception_args) {
    AsyncThrow *o = heap_object(t, SHAPE_async_generator_athrow, sizeof *o);
    if (o == NULL) return VNULL;
    obj_incref(g);
    o->generator = g;
    o->exception = new_ref_maybe(exception_args);
    o->state = AWAIT_NEW;
    gc_track(t, o);
    return v_from(o);
}

/* What resuming the generator gave, as `await` takes it: a value to yield on, or the one that the generator itself yielded (SEND_RETURN). */
static SendResult unwrap_sent(Thread *t, Generator *g, SendResult r, Value *result) {
    if (r == SEND_RETURN) {
        decref(t, *result);
        err_raise_value(t, v_from(builtin_type(t, T_StopAsyncIteration)));
        r = SEND_ERROR;
    }
    if (r == SEND_ERROR) {
        if (err_is(t, T_StopAsyncIteration) || err_is(t, T_GeneratorExit)) g->async_closed = 1;
        g->is_async_running = 0;
        *result = VNULL;
        return SEND_ERROR;
    }
    if (!IS_EXACT(*result, async_generator_wrapped_value)) return SEND_YIELD;
    Value wrapped = *result;
    *result = new_ref(V_AS(WrappedValue, wrapped)->value);
    decref(t, wrapped);
    g->is_async_running = 0;
    return SEND_RETURN;
}

/* The same as send() answers it: a value to yield on, or VNULL with an exception. */
static Value unwrap(Thread *t, Generator *g, SendResult r, Value result) {
    r = unwrap_sent(t, g, r, &result);
    if (r != SEND_RETURN) return result;
    err_stop_iteration(t, result);
    decref(t, result);
    return VNULL;
}

/* --- asend ---------------------------------------------------------------------------------------------------------------------- */

static SendResult asend_send_slot(Thread *t, Value self, Value arg, Value *result) {
    AsyncSend *o = V_AS(AsyncSend, self);
    *result = VNULL;
    if (o->state == AWAIT_CLOSED) return err_minus(t, T_RuntimeError, "cannot reuse already awaited __anext__()/asend()");
    Generator *g = o->generator;
    if (o->state == AWAIT_NEW) {
        if (g->is_async_running) {
            o->state = AWAIT_CLOSED;
            return err_minus(t, T_RuntimeError, "anext(): asynchronous generator is already running");
        }
        if (is_none(arg)) arg = o->value;
        o->state = AWAIT_STARTED;
        g->is_async_running = 1;
    }
    SendResult r = generator_send(t, g, arg, result);
    r = unwrap_sent(t, g, r, result);
    if (r != SEND_YIELD) o->state = AWAIT_CLOSED;
    return r;
}

Generator *async_send_begin(Thread *t, AsyncSend *s, Value *sent) {
    Generator *g = s->generator;
    if (t->breaker != 0 || t->fiber->depth >= t->depth_limit) return NULL;
    *sent = V_NONE;
    if (s->state == AWAIT_STARTED) return g->state == GEN_SUSPENDED ? g : NULL;
    if (s->state != AWAIT_NEW || g->is_async_running || g->state > GEN_SUSPENDED) return NULL;
    if (g->state == GEN_CREATED && !is_none(s->value)) return NULL;
    *sent = new_ref(s->value);
    s->state = AWAIT_STARTED;
    g->is_async_running = 1;
    return g;
}

void async_send_end(Thread *t, AsyncSend *s, Value exception) {
    Generator *g = s->generator;
    if (!is_null(exception) && (IS_A(t, exception, StopAsyncIteration) || IS_A(t, exception, GeneratorExit))) g->async_closed = 1;
    g->is_async_running = 0;
    s->state = AWAIT_CLOSED;
}

void async_send_yielded(Thread *t, Frame *caller, int64_t delegate) {
    Value s = caller->registers[delegate];
    async_send_end(t, V_AS(AsyncSend, s), VNULL);
    caller->registers[delegate] = V_UNBOUND;
    caller->pc += (int32_t)caller->pc[-1];
    decref(t, s);
}

static Value asend_resume(Thread *t, AsyncSend *o, Value arg) {
    Value result;
    if (asend_send_slot(t, v_from(o), arg, &result) != SEND_RETURN) return result;
    err_stop_iteration(t, result);
    decref(t, result);
    return VNULL;
}

static Value asend_next(Thread *t, Value self) { return asend_resume(t, V_AS(AsyncSend, self), V_NONE); }
static Value asend_send(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return asend_resume(t, V_AS(AsyncSend, args[0]), args[1]); }

static Value asend_raise(Thread *t, AsyncSend *o, Value exception) {
    if (o->state == AWAIT_CLOSED) return err_raise(t, T_RuntimeError, "cannot reuse already awaited __anext__()/asend()");
    Generator *g = o->generator;
    if (o->state == AWAIT_NEW) {
        if (g->is_async_running) {
            o->state = AWAIT_CLOSED;
            return err_raise(t, T_RuntimeError, "anext(): asynchronous generator is already running");
        }
        o->state = AWAIT_STARTED;
        g->is_async_running = 1;
    }
    Value result;
    SendResult r = generator_throw(t, g, exception, true, &result);
    result = unwrap(t, g, r, result);
    if (is_null(result)) o->state = AWAIT_CLOSED;
    return result;
}

static Value asend_throw(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "throw", kwnames) || !call_arity(t, "throw", nargs - 1, 1, 3)) return VNULL;
    Value e = throw_arguments(t, args + 1, nargs - 1);
    if (is_null(e)) return VNULL;
    Value v = asend_raise(t, V_AS(AsyncSend, args[0]), e);
    decref(t, e);
    return v;
}

static Value exit_instance(Thread *t) { return call_0(t, v_from(builtin_type(t, T_GeneratorExit))); }

/* The end of close(): throwing GeneratorExit must have ended it. */
static Value closed(Thread *t, Value v) {
    if (!is_null(v)) {
        decref(t, v);
        return err_raise(t, T_RuntimeError, "coroutine ignored GeneratorExit");
    }
    if (err_catch(t, T_StopIteration) || err_catch(t, T_StopAsyncIteration) || err_catch(t, T_GeneratorExit)) return V_NONE;
    return VNULL;
}

static Value asend_close(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    AsyncSend *o = V_AS(AsyncSend, args[0]);
    if (o->state == AWAIT_CLOSED) return V_NONE;
    Value e = exit_instance(t);
    if (is_null(e)) return VNULL;
    Value v = asend_raise(t, o, e);
    decref(t, e);
    return closed(t, v);
}

static void warn_method_unawaited(Thread *t, const char *method, Generator *g, Value self) {
    Value pending = err_fetch(t);
    if (!warn(t, T_RuntimeWarning, 1, "coroutine method '%s' of '%U' was never awaited", method, g->qualname)) err_unraisable(t, NULL, self);
    err_restore(t, pending);
}
static void asend_finalize(Thread *t, Value self) {
    AsyncSend *o = V_AS(AsyncSend, self);
    if (o->state == AWAIT_NEW) warn_method_unawaited(t, "asend", o->generator, self);
}

static Value self_iter(Thread *t, Value self) { return new_ref(self); }

static const MethodDef asend_methods[] = {
    {"send", "($self, value, /)", "send(value) -> send 'value' into agen,\nreturn next yielded value or raise StopIteration.", asend_send},
    {"throw", NULL, "throw(value)\nthrow(type[,value[,tb]])\n\nRaise exception in generator.", asend_throw},
    {"close", "($self, /)", "close() -> raise GeneratorExit inside generator.", asend_close},
    {NULL},
};
static const Field asend_fields[] = {FIELD_POINTER(AsyncSend, generator), FIELD_VALUE(AsyncSend, value)};
const TypeDef typedef_async_generator_asend = {
    .name = "async_generator_asend",
    .flags = TF_GC | TF_NO_NEW | TF_IMMUTABLE | TF_FINALIZE,
    .size = sizeof(AsyncSend),
    FIELDS(asend_fields),
    .methods = asend_methods,
    .slots = {.iter = self_iter, .next = asend_next, .await = self_iter, .send = asend_send_slot, .finalize = asend_finalize},
};

/* --- athrow and aclose ------------------------------------------------------------------------------------------------------------ */

static Value athrow_ended(Thread *t, AsyncThrow *o) {
    o->generator->is_async_running = 0;
    o->state = AWAIT_CLOSED;
    if (is_null(o->exception) && (err_is(t, T_StopAsyncIteration) || err_is(t, T_GeneratorExit))) {
        err_clear(t); /* aclose: that is how it should end */
        err_raise_value(t, v_from(builtin_type(t, T_StopIteration)));
    }
    return VNULL;
}

static Value ignored_exit(Thread *t, AsyncThrow *o) {
    o->generator->is_async_running = 0;
    o->state = AWAIT_CLOSED;
    return err_raise(t, T_RuntimeError, "async generator ignored GeneratorExit");
}

/* Of aclose: a value that the generator itself yields means that it goes on. */
static Value aclose_result(Thread *t, AsyncThrow *o, SendResult r, Value result) {
    if (r == SEND_YIELD && IS_EXACT(result, async_generator_wrapped_value)) {
        decref(t, result);
        return ignored_exit(t, o);
    }
    if (r == SEND_YIELD) return result;
    if (r == SEND_RETURN) {
        decref(t, result);
        err_raise_value(t, v_from(builtin_type(t, T_StopAsyncIteration)));
    }
    return athrow_ended(t, o);
}

static bool athrow_begin(Thread *t, AsyncThrow *o) {
    Generator *g = o->generator;
    if (g->is_async_running) {
        o->state = AWAIT_CLOSED;
        return err_fail(t, T_RuntimeError, "%s(): asynchronous generator is already running", is_null(o->exception) ? "aclose" : "athrow");
    }
    return true;
}

static Value athrow_resume(Thread *t, AsyncThrow *o, Value arg) {
    Generator *g = o->generator;
    bool closing = is_null(o->exception);
    if (o->state == AWAIT_CLOSED) return err_raise(t, T_RuntimeError, "cannot reuse already awaited aclose()/athrow()");
    if (g->state == GEN_CLOSED) {
        o->state = AWAIT_CLOSED;
        return err_raise_value(t, v_from(builtin_type(t, T_StopIteration)));
    }
    Value result;
    SendResult r;
    if (o->state == AWAIT_NEW) {
        if (!athrow_begin(t, o)) return VNULL;
        if (g->async_closed) {
            o->state = AWAIT_CLOSED;
            return err_raise_value(t, v_from(builtin_type(t, T_StopAsyncIteration)));
        }
        if (!is_none(arg)) return err_raise(t, T_RuntimeError, "can't send non-None value to a just-started coroutine");
        o->state = AWAIT_STARTED;
        g->is_async_running = 1;
        Value e;
        if (closing) {
            g->async_closed = 1;
            e = exit_instance(t);
        } else {
            e = throw_arguments(t, V_AS(Tuple, o->exception)->items, (uint32_t)tuple_len(o->exception));
        }
        if (is_null(e)) return athrow_ended(t, o);
        r = generator_throw(t, g, e, false, &result);
        decref(t, e);
    } else {
        r = generator_send(t, g, arg, &result);
    }
    if (closing) return aclose_result(t, o, r, result);
    result = unwrap(t, g, r, result);
    return is_null(result) ? (err_is(t, T_StopIteration) ? (o->state = AWAIT_CLOSED, VNULL) : athrow_ended(t, o)) : result;
}

static Value athrow_next(Thread *t, Value self) { return athrow_resume(t, V_AS(AsyncThrow, self), V_NONE); }
static Value athrow_send(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return athrow_resume(t, V_AS(AsyncThrow, args[0]), args[1]); }

static Value athrow_raise(Thread *t, AsyncThrow *o, Value exception) {
    Generator *g = o->generator;
    if (o->state == AWAIT_CLOSED) return err_raise(t, T_RuntimeError, "cannot reuse already awaited aclose()/athrow()");
    if (o->state == AWAIT_NEW) {
        if (!athrow_begin(t, o)) return VNULL;
        o->state = AWAIT_STARTED;
        g->is_async_running = 1;
    }
    Value result;
    SendResult r = generator_throw(t, g, exception, true, &result);
    if (is_null(o->exception)) {
        if (r == SEND_YIELD && IS_EXACT(result, async_generator_wrapped_value)) {
            decref(t, result);
            return ignored_exit(t, o);
        }
        if (r == SEND_YIELD) return result;
        if (r == SEND_RETURN) {
            decref(t, result);
            err_raise_value(t, v_from(builtin_type(t, T_StopAsyncIteration)));
        }
        return athrow_ended(t, o);
    }
    result = unwrap(t, g, r, result);
    if (is_null(result)) {
        g->is_async_running = 0;
        o->state = AWAIT_CLOSED;
    }
    return result;
}

static Value athrow_throw(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "throw", kwnames) || !call_arity(t, "throw", nargs - 1, 1, 3)) return VNULL;
    Value e = throw_arguments(t, args + 1, nargs - 1);
    if (is_null(e)) return VNULL;
    Value v = athrow_raise(t, V_AS(AsyncThrow, args[0]), e);
    decref(t, e);
    return v;
}

static Value athrow_close(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    AsyncThrow *o = V_AS(AsyncThrow, args[0]);
    if (o->state == AWAIT_CLOSED) return V_NONE;
    Value e = exit_instance(t);
    if (is_null(e)) return VNULL;
    Value v = athrow_raise(t, o, e);
    decref(t, e);
    return closed(t, v);
}

static void athrow_finalize(Thread *t, Value self) {
    AsyncThrow *o = V_AS(AsyncThrow, self);
    if (o->state == AWAIT_NEW) warn_method_unawaited(t, is_null(o->exception) ? "aclose" : "athrow", o->generator, self);
}

static const MethodDef athrow_methods[] = {
    {"send", "($self, value, /)", "send(value) -> send 'value' into agen,\nreturn next yielded value or raise StopIteration.", athrow_send},
    {"throw", NULL, "throw(value)\nthrow(type[,value[,tb]])\n\nRaise exception in generator.", athrow_throw},
    {"close", "($self, /)", "close() -> raise GeneratorExit inside generator.", athrow_close},
    {NULL},
};
static const Field athrow_fields[] = {FIELD_POINTER(AsyncThrow, generator), FIELD_VALUE(AsyncThrow, exception)};
const TypeDef typedef_async_generator_athrow = {
    .name = "async_generator_athrow",
    .flags = TF_GC | TF_NO_NEW | TF_IMMUTABLE | TF_FINALIZE,
    .size = sizeof(AsyncThrow),
    FIELDS(athrow_fields),
    .methods = athrow_methods,
    .slots = {.iter = self_iter, .next = athrow_next, .await = self_iter, .finalize = athrow_finalize},
};

static const Field wrapped_fields[] = {FIELD_VALUE(WrappedValue, value)};
const TypeDef typedef_async_generator_wrapped_value = {
    .name = "async_generator_wrapped_value",
    .flags = TF_GC | TF_NO_NEW | TF_IMMUTABLE,
    .size = sizeof(WrappedValue),
    FIELDS(wrapped_fields),
};

/* --- anext with a default ---------------------------------------------------------------------------------------------------------- */

Value anext_awaitable_new(Thread *t, Value awaitable, Value fallback) {
    AnextAwaitable *o = heap_object(t, SHAPE_anext_awaitable, sizeof *o);
    if (o == NULL) return VNULL;
    o->awaitable = new_ref(awaitable);
    o->fallback = new_ref(fallback);
    gc_track(t, o);
    return v_from(o);
}

static Value anext_iterator(Thread *t, AnextAwaitable *o) {
    Value it = awaitable_iterator(t, o->awaitable);
    if (is_null(it) || !IS_EXACT(it, coroutine)) return it;
    Value wrapper = type_of(t, it)->slots.await(t, it); /* it needs __next__ */
    decref(t, it);
    return wrapper;
}

/* The end of the wrapped awaitable gives the default. */
static Value anext_result(Thread *t, AnextAwaitable *o, Value v) {
    if (!is_null(v) || !err_catch(t, T_StopAsyncIteration)) return v;
    err_stop_iteration(t, o->fallback);
    return VNULL;
}

static Value anext_next(Thread *t, Value self) {
    AnextAwaitable *o = V_AS(AnextAwaitable, self);
    Value it = anext_iterator(t, o);
    if (is_null(it)) return VNULL;
    Value v = type_of(t, it)->slots.next(t, it);
    decref(t, it);
    return anext_result(t, o, v);
}

static Value anext_forward(Thread *t, Value self, Value name, Value *args, uint32_t nargs) {
    AnextAwaitable *o = V_AS(AnextAwaitable, self);
    Value it = anext_iterator(t, o);
    if (is_null(it)) return VNULL;
    Value v = call_method(t, it, name, args, nargs);
    decref(t, it);
    return anext_result(t, o, v);
}
static Value anext_send(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return anext_forward(t, args[0], N(t, send), args + 1, nargs - 1); }
static Value anext_throw(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "throw", kwnames)) return VNULL;
    return anext_forward(t, args[0], N(t, throw), args + 1, nargs - 1);
}
static Value anext_close(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return anext_forward(t, args[0], N(t, close), args + 1, nargs - 1); }

static const MethodDef anext_methods[] = {
    {"send", "($self, value, /)", "send(value) -> send 'value' into the wrapped iterator,\nreturn next yielded value or raise StopIteration.", anext_send},
    {"throw", NULL, "throw(value)\nthrow(typ[,val[,tb]])\n\nraise exception in the wrapped iterator, return next yielded value\nor raise StopIteration.", anext_throw},
    {"close", "($self, /)", "close() -> raise GeneratorExit inside generator.", anext_close},
    {NULL},
};
static const Field anext_fields[] = {FIELD_VALUE(AnextAwaitable, awaitable), FIELD_VALUE(AnextAwaitable, fallback)};
const TypeDef typedef_anext_awaitable = {
    .name = "anext_awaitable",
    .flags = TF_GC | TF_NO_NEW | TF_IMMUTABLE,
    .size = sizeof(AnextAwaitable),
    FIELDS(anext_fields),
    .methods = anext_methods,
    .slots = {.iter = self_iter, .next = anext_next, .await = self_iter},
};

/* --- async_generator ------------------------------------------------------------------------------------------------------------------ */

Value async_generator_anext(Thread *t, Value self) {
    Generator *g = V_AS(Generator, self);
    return async_generator_begin(t, g) ? asend_new(t, g, V_NONE) : VNULL;
}
static Value agen_asend(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Generator *g = V_AS(Generator, args[0]);
    return async_generator_begin(t, g) ? asend_new(t, g, args[1]) : VNULL;
}
static Value agen_athrow(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "athrow", kwnames) || !call_arity(t, "athrow", nargs - 1, 1, 3)) return VNULL;
    if (nargs > 2 && !warn(t, T_DeprecationWarning, 1, "the (type, exc, tb) signature of athrow() is deprecated, use the single-arg signature instead.")) return VNULL;
    Generator *g = V_AS(Generator, args[0]);
    if (!async_generator_begin(t, g)) return VNULL;
    Value arguments = tuple_from(t, args + 1, nargs - 1);
    if (is_null(arguments)) return VNULL;
    Value v = athrow_new(t, g, arguments);
    decref(t, arguments);
    return v;
}
static Value agen_aclose(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Generator *g = V_AS(Generator, args[0]);
    return async_generator_begin(t, g) ? athrow_new(t, g, VNULL) : VNULL;
}
static Value agen_repr(Thread *t, Value self) { return generator_repr_as(t, self, "async_generator"); }
static Value agen_running(Thread *t, Value self, void *closure) { return v_bool(V_AS(Generator, self)->is_async_running); }
static Value agen_name(Thread *t, Value self, void *closure) { return new_ref(V_AS(Generator, self)->name); }
static Value agen_qualname(Thread *t, Value self, void *closure) { return new_ref(V_AS(Generator, self)->qualname); }
static bool agen_set_name(Thread *t, Value self, Value v, void *closure) {
    if (is_null(v) || !is_str(t, v)) return err_fail(t, T_TypeError, "__name__ must be set to a string object");
    slot_set(t, &V_AS(Generator, self)->name, new_ref(v));
    return true;
}
static bool agen_set_qualname(Thread *t, Value self, Value v, void *closure) {
    if (is_null(v) || !is_str(t, v)) return err_fail(t, T_TypeError, "__qualname__ must be set to a string object");
    slot_set(t, &V_AS(Generator, self)->qualname, new_ref(v));
    return true;
}
static Value agen_sizeof(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return v_smallint((int64_t)(sizeof(Generator) + V_AS(Generator, args[0])->frame_words * sizeof(Value)));
}
static Value agen_alias(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return call_2(t, v_from(builtin_type(t, T_GenericAlias)), args[0], args[1]);
}

static const MethodDef agen_methods[] = {
    {"asend", "($self, value, /)", "asend(v) -> send 'v' in generator.", agen_asend},
    {"athrow", NULL, "athrow(value)\nathrow(type[,value[,tb]])\n\nraise exception in generator.", agen_athrow},
    {"aclose", "($self, /)", "aclose() -> raise GeneratorExit inside generator.", agen_aclose},
    {"__sizeof__", "($self, /)", "gen.__sizeof__() -> size of gen in memory, in bytes", agen_sizeof},
    {"__class_getitem__", "($type, object, /)", "See PEP 585", agen_alias, MF_CLASS},
    {NULL},
};
static const GetSetDef agen_getsets[] = {
    {"__name__", agen_name, agen_set_name, "name of the async generator"},
    {"__qualname__", agen_qualname, agen_set_qualname, "qualified name of the async generator"},
    {"ag_await", generator_get_delegate, NULL, "object being awaited on, or None"},
    {"ag_frame", generator_get_frame, NULL, NULL},
    {"ag_running", agen_running, NULL, NULL},
    {"ag_code", generator_get_code, NULL, NULL},
    {"ag_suspended", generator_get_suspended, NULL, NULL},
    {NULL},
};
static const Field agen_fields[] = {FIELD_POINTER(Generator, code), FIELD_VALUE(Generator, name), FIELD_VALUE(Generator, qualname), FIELD_VALUE(Generator, origin_or_finalizer)};
const TypeDef typedef_async_generator = {
    .name = "async_generator",
    .flags = TF_GC | TF_WEAKREF | TF_EXT | TF_FINALIZE | TF_NO_NEW | TF_IMMUTABLE,
    .size = sizeof(Generator),
    .ext_offset = offsetof(Generator, ext),
    FIELDS(agen_fields),
    .methods = agen_methods,
    .getsets = agen_getsets,
    .slots = {.repr = agen_repr, .aiter = self_iter, .anext = async_generator_anext, .finalize = generator_finalize, .destroy = generator_destroy,
              .traverse = generator_traverse, .clear = generator_clear},
};
