/* generator, coroutine and coroutine_wrapper, and the loop's part of all generators.
 *
 *     CREATED --> RUNNING <--> SUSPENDED
 *                    \--> CLOSED (the frame is gone) <-- close(), the collector, the object's death
 *
 * The frame lies in the object. The loop enters and leaves it in place (FOR_ITER, SEND); C enters it as an entry frame. While a generator
 * runs, its `handled` is the innermost of the fiber, so that what it handles is its own.
 */
#include "vm/generator.h"

#include <string.h>

#include "core/names.h"
#include "heap/heap.h"
#include "object/exception.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"
#include "ops/warn.h"
#include "vm/eval_priv.h"
#include "vm/frame_object.h"
#include "vm/unwind.h"

/* --- In the loop -------------------------------------------------------------------------------------------------------------- */

/* cr_origin: (filename, line, name) of the frames from the caller up. */
static Value origin_tuple(Thread *t, Frame *f, int depth) {
    int n = 0;
    for (Frame *at = f; at != NULL && n < depth; at = at->previous) n++;
    Value origin = tuple_new(t, n);
    if (is_null(origin)) return VNULL;
    Frame *at = f;
    for (int i = 0; i < n; i++, at = at->previous) {
        Value entry = tuple_of(t, 3, at->code->filename, v_smallint(frame_line_of(t, at)), at->code->name);
        if (is_null(entry)) {
            decref(t, origin);
            return VNULL;
        }
        V_AS(Tuple, origin)->items[i] = entry;
    }
    return tuple_done(t, origin);
}

/* A generator of `code` without its frame's contents; `name` and `qualname` come from the function. */
static inline Generator *generator_new(Thread *t, Function *function, Code *code) {
    uint32_t words = CALL_GAP + code->nregs;
    Generator *g = heap_object(t, code->generator_shape, sizeof *g + words * sizeof(Value));
    if (UNLIKELY(g == NULL)) return NULL;
    g->name = new_ref(function->name);
    g->qualname = new_ref(function->qualname);
    obj_incref(code);
    g->code = code;
    g->ext = NULL;
    g->handled.exception = V_NONE;
    g->handled.previous = NULL;
    g->origin_or_finalizer = VNULL;
    g->state = GEN_CREATED;
    g->is_async_running = g->async_hooks_done = g->async_closed = 0;
    g->frame_words = words;
    return g;
}

Value generator_call(Thread *t, Function *function, Value *args) {
    Code *code = function->code;
    uint32_t nargs = code->nargs, nregs = code->nregs;
    Generator *g = generator_new(t, function, code);
    if (UNLIKELY(g == NULL)) return VNULL;
    if (LIKELY(code->warm != NULL) && UNLIKELY(--code->warm->heat < 0)) code_heated(t, code);
    Frame *f = generator_frame(g);
    f->previous = NULL;
    f->function = function;
    f->pc = code->start + 1;
    f->code = code;
    f->globals = function->globals;
    f->object = NULL;
    f->result = 0;
    f->flags = FRAME_GENERATOR;
    f->instance = v_smallint(-1);
    Value *registers = f->registers;
    for (uint32_t i = 0; i < nargs; i++) {
        registers[i] = args[i];
        args[i] = V_UNBOUND;
    }
    for (uint32_t i = nargs; i < nregs; i++) registers[i] = V_UNBOUND;
    if (code->nfree != 0) {
        Value *cells = V_AS(Tuple, function->closure)->items, *target = registers + code->nlocals + code->ncells;
        for (uint32_t i = 0; i < code->nfree; i++) target[i] = new_ref(cells[i]);
    }
    gc_track(t, g);
    return v_from(g);
}

Value generator_make(Thread *t, Frame *f) {
    Code *code = f->code;
    Fiber *fiber = t->fiber;
    Value origin = VNULL;
    if ((code->flags & CO_COROUTINE) && t->coroutine_origin_depth > 0 && f->previous != NULL) {
        origin = origin_tuple(t, f->previous, t->coroutine_origin_depth);
        if (is_null(origin)) return VNULL;
    }
    Generator *g = generator_new(t, f->function, code);
    if (g == NULL) {
        decref_maybe(t, origin);
        return VNULL;
    }
    g->origin_or_finalizer = origin;
    uint32_t words = g->frame_words;
    memcpy(g->frame, f, words * sizeof(Value));
    Frame *own = generator_frame(g), *caller = f->previous;
    uint32_t flags = f->flags;
    if (own->object != NULL) own->object->frame = own;
    own->previous = NULL;
    own->flags = FRAME_GENERATOR;
    own->instance = v_smallint(-1);
    for (uint32_t i = 0; i < words; i++) ((Value *)f)[i] = V_UNBOUND;
    fiber->frame = caller;
    fiber->depth--;
    frame_give_back(fiber, f, flags, caller);
    gc_track(t, g);
    return v_from(g);
}

bool generator_enter(Thread *t, Generator *g, Value arg, uint32_t result, uint32_t flags, uint32_t delegate) {
    Fiber *fiber = t->fiber;
    /* A chain of generators may be deeper than calls may nest. */
    if (UNLIKELY(fiber->depth >= 2 * (uint64_t)t->depth_limit)) {
        decref(t, arg);
        return recursion_error(t);
    }
    int64_t suspended = smallint_get(generator_frame(g)->instance);
    Frame *f = generator_link(fiber, g, result, flags, delegate);
    if (suspended >= 0) reg_set(t, f->registers, suspended & 0xFFFF, arg);
    else decref(t, arg);
    return true;
}

/* Delegation, `yield from` and `await`, is compiled to SEND a d a, its jump word, YIELD a a d+1, and a JUMP back to the SEND; `a` is a temporary. */
static inline bool yields_on(uint32_t w, uint32_t a) { return bc_op(w) == BC_YIELD && bc_a(w) == a && bc_b(w) == a && bc_c(w) != 0; }

Frame *generator_ascend(Thread *t, Frame *f, uint32_t *flags, uint32_t *result) {
    Fiber *fiber = t->fiber;
    while (*flags & FRAME_SEND && t->breaker == 0 && yields_on(*f->pc, *result)) {
        uint32_t w = *f->pc++;
        Frame *caller = f->previous;
        *flags = f->flags;
        *result = f->result;
        generator_unlink(fiber, f, bc_a(w), bc_c(w));
        f = caller;
    }
    return f;
}

void generator_descend(Thread *t, Frame *f, int64_t suspended, Value sent) {
    Fiber *fiber = t->fiber;
    uint32_t a, limit = t->depth_limit;
    for (;;) {
        uint32_t d = (uint32_t)(suspended >> 16) - 1;
        a = suspended & 0xFFFF;
        if (d > UINT8_MAX || f->pc[0] != (BC_JUMP | (uint32_t)-4 << 8) || f->pc[-3] != bc_make(BC_SEND, a, d, a)) break;
        Value delegate = f->registers[d];
        if (!is_resumable(delegate) || t->breaker != 0 || fiber->depth >= limit) break;
        Generator *g = V_AS(Generator, delegate);
        if (g->state != GEN_SUSPENDED) break;
        f->pc--;
        f = generator_frame(g);
        suspended = smallint_get(f->instance);
        generator_link(fiber, g, a, FRAME_SEND, d);
    }
    reg_set(t, f->registers, a, sent);
}

/* The frame's registers go and the state is CLOSED; what is left to drop is answered. */
static MUST_USE Function *frame_end(Thread *t, Generator *g) {
    Frame *f = generator_frame(g);
    g->state = GEN_CLOSED;
    frame_clear_registers(t, f);
    Value handled = g->handled.exception;
    g->handled.exception = V_NONE;
    decref(t, handled);
    Function *function = f->function;
    f->function = NULL;
    return function;
}

void generator_finish(Thread *t, Frame *f) {
    Fiber *fiber = t->fiber;
    Generator *g = frame_generator(f);
    fiber->handled = g->handled.previous;
    g->state = GEN_CLOSED;
    if (UNLIKELY(f->object != NULL)) frame_object_detach(t, f);
    frame_drop_fixed(t, f); /* temporaries are dead */
    Value handled = g->handled.exception;
    g->handled.exception = V_NONE;
    if (UNLIKELY(is_obj(handled))) decref(t, handled);
    Function *function = f->function;
    f->function = NULL;
    fiber->frame = f->previous;
    f->previous = NULL;
    fiber->depth--;
    obj_decref(t, function);
}

/* --- From C ---------------------------------------------------------------------------------------------------------------------- */

static const char *kind_of(Generator *g) {
    return g->head.shape == SHAPE_coroutine ? "coroutine" : g->head.shape == SHAPE_async_generator ? "async generator" : "generator";
}

Value generator_delegate(Generator *g) {
    if (g->state != GEN_SUSPENDED) return VNULL;
    Frame *f = generator_frame(g);
    uint32_t c = (uint32_t)(smallint_get(f->instance) >> 16);
    return c ? f->registers[c - 1] : VNULL;
}

static SendResult ended(Generator *g, Value v, Value *result) {
    *result = v;
    if (is_null(v)) return SEND_ERROR;
    return g->state == GEN_SUSPENDED ? SEND_YIELD : SEND_RETURN;
}

SendResult generator_send(Thread *t, Generator *g, Value arg, Value *result) {
    *result = VNULL;
    if (g->state == GEN_RUNNING) return err_minus(t, T_ValueError, "%s already executing", kind_of(g));
    if (g->state == GEN_CLOSED) {
        if (g->head.shape == SHAPE_coroutine) return err_minus(t, T_RuntimeError, "cannot reuse already awaited coroutine");
        *result = V_NONE;
        return SEND_RETURN;
    }
    if (g->state == GEN_CREATED && !is_none(arg))
        return err_minus(t, T_TypeError, "can't send non-None value to a just-started %s", kind_of(g));
    if (!generator_enter(t, g, new_ref(arg), 0, FRAME_ENTRY, 0)) return SEND_ERROR;
    obj_incref(g); /* what runs may drop the last reference */
    SendResult r = ended(g, eval(t, generator_frame(g)), result);
    obj_decref(t, g);
    return r;
}

SendResult generator_raise(Thread *t, Generator *g, Value *result) {
    *result = VNULL;
    if (g->state == GEN_RUNNING) {
        err_clear(t);
        return err_minus(t, T_ValueError, "%s already executing", kind_of(g));
    }
    if (g->state == GEN_CLOSED) {
        if (g->head.shape == SHAPE_coroutine) {
            err_clear(t);
            return err_minus(t, T_RuntimeError, "cannot reuse already awaited coroutine");
        }
        return SEND_ERROR;
    }
    Value exception = err_fetch(t);
    Frame *f = generator_frame(g);
    Value suspended = f->instance;
    f->instance = v_smallint(-1); /* no value is sent in */
    if (!generator_enter(t, g, V_NONE, 0, FRAME_ENTRY, 0)) {
        f->instance = suspended;
        decref(t, exception);
        return SEND_ERROR;
    }
    if (UNLIKELY(t->breaker & BREAK_TRACE) && !trace_thrown(t, exception)) decref(t, exception); /* the hook's exception takes its place */
    else t->pending = exception;
    if (!is_none(g->handled.exception) && !same(g->handled.exception, t->pending)) err_set_context(t, new_ref(g->handled.exception));
    obj_incref(g);
    SendResult r = ended(g, eval_throw(t, f), result);
    obj_decref(t, g);
    return r;
}

/* Runs `act` as if the generator ran: others must find it busy, and tracebacks see its frame. */
static void busy_begin(Thread *t, Generator *g) {
    g->state = GEN_RUNNING;
    Frame *f = generator_frame(g);
    f->previous = t->fiber->frame;
    t->fiber->frame = f;
}
static void busy_end(Thread *t, Generator *g) {
    Frame *f = generator_frame(g);
    t->fiber->frame = f->previous;
    f->previous = NULL;
    g->state = GEN_SUSPENDED;
}

/* close() of a delegate: false with an exception. */
static bool delegate_close(Thread *t, Value delegate) {
    Value r;
    if (IS_EXACT(delegate, generator) || IS_EXACT(delegate, coroutine)) {
        r = generator_close(t, V_AS(Generator, delegate));
    } else {
        Value close = attr_get_maybe(t, delegate, N(t, close));
        if (is_null(close)) {
            if (err_pending(t)) err_unraisable(t, NULL, delegate);
            return true;
        }
        r = call_0(t, close);
        decref(t, close);
    }
    decref_maybe(t, r);
    return !is_null(r);
}

SendResult generator_throw(Thread *t, Generator *g, Value exception, bool close_on_exit, Value *result) {
    Value delegate = generator_delegate(g);
    *result = VNULL;
    if (is_null(delegate)) goto here;
    incref(delegate);
    if (close_on_exit && IS_A(t, exception, GeneratorExit)) {
        busy_begin(t, g);
        bool ok = delegate_close(t, delegate);
        busy_end(t, g);
        decref(t, delegate);
        if (!ok) return generator_raise(t, g, result);
        goto here;
    }
    SendResult r;
    if (IS_EXACT(delegate, generator) || IS_EXACT(delegate, coroutine)) {
        busy_begin(t, g);
        r = generator_throw(t, V_AS(Generator, delegate), exception, close_on_exit, result);
        busy_end(t, g);
        if (r == SEND_RETURN) {
            err_stop_iteration(t, *result);
            decref(t, *result);
            r = SEND_ERROR;
        }
    } else {
        Value throw = attr_get_maybe(t, delegate, N(t, throw));
        if (is_null(throw)) {
            decref(t, delegate);
            if (err_pending(t)) return SEND_ERROR;
            goto here;
        }
        busy_begin(t, g);
        *result = call_1(t, throw, exception);
        busy_end(t, g);
        decref(t, throw);
        r = is_null(*result) ? SEND_ERROR : SEND_YIELD;
    }
    decref(t, delegate);
    if (r == SEND_YIELD) return r;
    return generator_raise(t, g, result); /* the delegation ends: its value or exception goes on in this generator */
here:
    /* Its context is what the generator handles, if anything: not what the caller of throw() handles. */
    err_restore(t, new_ref(exception));
    if (is_obj(g->handled.exception)) err_set_context(t, new_ref(g->handled.exception));
    return generator_raise(t, g, result);
}

Value throw_arguments(Thread *t, Value *args, uint32_t nargs) {
    Value type = args[0], value = nargs > 1 ? args[1] : VNULL, traceback = nargs > 2 ? args[2] : VNULL, e;
    if (nargs > 1 && !warn(t, T_DeprecationWarning, 1, "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead."))
        return VNULL;
    if (!is_null(traceback) && is_none(traceback)) traceback = VNULL;
    if (!is_null(traceback) && !IS_EXACT(traceback, traceback)) return err_raise(t, T_TypeError, "throw() third argument must be a traceback object");
    if (is_exception(t, type)) {
        if (!is_null(value) && !is_none(value)) return err_raise(t, T_TypeError, "instance exception may not have a separate value");
        e = new_ref(type);
    } else if (is_type(t, type) && (V_AS(Type, type)->flags & TF_EXCEPTION)) {
        if (!is_null(value) && is_instance_of(t, value, V_AS(Type, type))) e = new_ref(value);
        else if (is_null(value) || is_none(value)) e = call_0(t, type);
        else if (is_tuple(t, value)) e = call_tuple(t, type, value, VNULL);
        else e = call_1(t, type, value);
        if (!is_null(e) && !is_exception(t, e)) {
            err_raise(t, T_TypeError, "calling %R should have returned an instance of BaseException, not %R", type, v_from(type_of(t, e)));
            decref(t, e);
            e = VNULL;
        }
        if (is_null(e)) return err_fetch(t); /* what went wrong is thrown */
    } else {
        return err_raise(t, T_TypeError, "exceptions must be classes or instances deriving from BaseException, not %T", type);
    }
    if (!is_null(traceback)) slot_set(t, &V_AS(ExceptionBase, e)->traceback, new_ref(traceback));
    return e;
}

/* Whether an exception thrown in where g is suspended would leave it at once: its only handler is that around all of a generator's code, which
 * turns StopIteration into RuntimeError. */
static bool leaves_at_once(Thread *t, Generator *g) {
    Frame *f = generator_frame(g);
    if (t->breaker & BREAK_TRACE) return false; /* tools see it leave */
    const ExceptionEntry *handler = unwind_handler(f->code, frame_lasti(f));
    if (handler == NULL) return true;
    uint32_t w = f->code->instructions[handler->handler];
    return bc_op(w) == BC_INTRINSIC_1 && bc_c(w) == INTRINSIC_STOPITERATION_ERROR;
}

Value generator_close(Thread *t, Generator *g) {
    if (g->state == GEN_RUNNING) return err_raise(t, T_ValueError, "%s already executing", kind_of(g));
    if (g->state == GEN_CLOSED) return V_NONE;
    if (g->state == GEN_CREATED) {
        obj_decref(t, frame_end(t, g));
        return V_NONE;
    }
    Value delegate = generator_delegate(g);
    bool raised = false;
    if (!is_null(delegate)) {
        incref(delegate);
        busy_begin(t, g);
        raised = !delegate_close(t, delegate);
        busy_end(t, g);
        decref(t, delegate);
    }
    if (is_null(delegate) && leaves_at_once(t, g)) {
        g->state = GEN_CLOSED;
        frame_drop_temporaries(t, generator_frame(g), g->code->nfixed);
        obj_decref(t, frame_end(t, g));
        return V_NONE;
    }
    if (!raised) err_raise_value(t, v_from(builtin_type(t, T_GeneratorExit)));
    Value result;
    switch (generator_raise(t, g, &result)) {
        case SEND_YIELD:
            decref(t, result);
            return err_raise(t, T_RuntimeError, "%s ignored GeneratorExit", kind_of(g));
        case SEND_RETURN: return result;
        case SEND_ERROR: break;
    }
    if (err_catch(t, T_StopIteration) || err_catch(t, T_GeneratorExit)) return V_NONE;
    return VNULL;
}

Value stop_with(Thread *t, Value result) {
    if (is_none(result)) return err_raise_value(t, v_from(builtin_type(t, T_StopIteration)));
    err_stop_iteration(t, result);
    decref(t, result);
    return VNULL;
}

/* --- Life --------------------------------------------------------------------------------------------------------------------------- */

static int gen_traverse(Object *self, VisitFn visit, void *context) {
    Generator *g = (Generator *)self;
    if (is_obj(g->handled.exception)) {
        int r = visit(g->handled.exception, context);
        if (r) return r;
    }
    /* A running frame's windows hold borrowed values, too: it is not walked, and so all it refers to stays. */
    return g->state >= GEN_RUNNING ? 0 : frame_traverse_registers(generator_frame(g), visit, context);
}

static void gen_clear(Thread *t, Object *self) {
    Generator *g = (Generator *)self;
    if (g->state < GEN_RUNNING) obj_decref(t, frame_end(t, g));
}

static void gen_destroy(Thread *t, Object *self) {
    Generator *g = (Generator *)self;
    if (g->state != GEN_CLOSED) obj_decref(t, frame_end(t, g));
}

void unraisable_while(Thread *t, const char *doing, Value object) {
    Value pending = err_fetch(t);
    Value text = str_format(t, "Exception ignored while %s %R", doing, object), keep = VNULL;
    const char *message = is_null(text) ? NULL : str_cstr(t, text, &keep);
    if (message == NULL) err_clear(t);
    err_restore(t, pending);
    err_unraisable(t, message, VNULL);
    decref_maybe(t, text);
    decref_maybe(t, keep);
}

void warn_unawaited(Thread *t, Value coroutine) {
    Value module = is_null(t->interp->modules) || !is_dict(t, t->interp->modules) ? VNULL : dict_get_str(t, t->interp->modules, N(t, warnings));
    if (!is_null(module)) {
        Value f = attr_get_maybe(t, module, N(t, _warn_unawaited_coroutine));
        if (!is_null(f)) {
            Value r = call_1(t, f, coroutine);
            decref(t, f);
            bool warned = !is_null(r) || err_is(t, T_RuntimeWarning);
            if (is_null(r)) unraisable_while(t, "finalizing coroutine", coroutine);
            else decref(t, r);
            if (warned) return;
        }
        err_clear(t);
    }
    if (!warn(t, T_RuntimeWarning, 1, "coroutine '%U' was never awaited", V_AS(Generator, coroutine)->qualname))
        unraisable_while(t, "finalizing coroutine", coroutine);
}

static void gen_finalize(Thread *t, Value self) {
    Generator *g = V_AS(Generator, self);
    if (g->state >= GEN_RUNNING) return;
    Value pending = err_fetch(t);
    if (g->head.shape == SHAPE_async_generator && !is_null(g->origin_or_finalizer) && !g->async_closed) {
        Value r = call_1(t, g->origin_or_finalizer, self);
        if (is_null(r)) err_unraisable(t, NULL, g->origin_or_finalizer);
        else decref(t, r);
        err_restore(t, pending);
        return;
    }
    if (g->head.shape == SHAPE_coroutine && g->state == GEN_CREATED) {
        warn_unawaited(t, self);
    } else {
        Value r = generator_close(t, g);
        if (is_null(r)) unraisable_while(t, "closing generator", self);
        else decref(t, r);
    }
    err_restore(t, pending);
}

/* --- Methods -------------------------------------------------------------------------------------------------------------------------- */

static Value gen_next(Thread *t, Value self) {
    Value result;
    switch (generator_send(t, V_AS(Generator, self), V_NONE, &result)) {
        case SEND_YIELD: return result;
        case SEND_RETURN: return is_none(result) ? VNULL : stop_with(t, result);
        default: return VNULL;
    }
}

static SendResult gen_send_slot(Thread *t, Value self, Value arg, Value *result) { return generator_send(t, V_AS(Generator, self), arg, result); }

static Value answer(Thread *t, SendResult r, Value result) {
    if (r == SEND_YIELD) return result;
    return r == SEND_RETURN ? stop_with(t, result) : VNULL;
}

static Value gen_send(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value result;
    SendResult r = generator_send(t, V_AS(Generator, args[0]), args[1], &result);
    return answer(t, r, result);
}

static Value gen_throw(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "throw", kwnames) || !call_arity(t, "throw", nargs - 1, 1, 3)) return VNULL;
    Value e = throw_arguments(t, args + 1, nargs - 1), result;
    if (is_null(e)) return VNULL;
    SendResult r = generator_throw(t, V_AS(Generator, args[0]), e, true, &result);
    decref(t, e);
    return answer(t, r, result);
}

static Value gen_close(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return generator_close(t, V_AS(Generator, args[0])); }

static Value gen_sizeof(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return int_from_i64(t, (int64_t)(sizeof(Generator) + V_AS(Generator, args[0])->frame_words * sizeof(Value)));
}

Value generator_repr_as(Thread *t, Value self, const char *kind) {
    return str_format(t, "<%s object %U at 0x%lx>", kind, V_AS(Generator, self)->qualname, (unsigned long)self.bits);
}
static Value gen_repr(Thread *t, Value self) { return generator_repr_as(t, self, "generator"); }
static Value coro_repr(Thread *t, Value self) { return generator_repr_as(t, self, "coroutine"); }
static Value self_iter(Thread *t, Value self) { return new_ref(self); }

static Value get_name(Thread *t, Value self, void *closure) { return new_ref(V_AS(Generator, self)->name); }
static Value get_qualname(Thread *t, Value self, void *closure) { return new_ref(V_AS(Generator, self)->qualname); }
static bool set_name(Thread *t, Value self, Value v, void *closure) {
    if (is_null(v) || !is_str(t, v)) return err_fail(t, T_TypeError, "__name__ must be set to a string object");
    slot_set(t, &V_AS(Generator, self)->name, new_ref(v));
    return true;
}
static bool set_qualname(Thread *t, Value self, Value v, void *closure) {
    if (is_null(v) || !is_str(t, v)) return err_fail(t, T_TypeError, "__qualname__ must be set to a string object");
    slot_set(t, &V_AS(Generator, self)->qualname, new_ref(v));
    return true;
}
Value generator_get_frame(Thread *t, Value self, void *closure) {
    Generator *g = V_AS(Generator, self);
    return g->state == GEN_CLOSED ? V_NONE : frame_object(t, generator_frame(g));
}
Value generator_get_code(Thread *t, Value self, void *closure) {
    Generator *g = V_AS(Generator, self);
    return ref_of(g->code);
}
static Value get_running(Thread *t, Value self, void *closure) { return v_bool(V_AS(Generator, self)->state == GEN_RUNNING); }
Value generator_get_suspended(Thread *t, Value self, void *closure) { return v_bool(V_AS(Generator, self)->state == GEN_SUSPENDED); }
Value generator_get_delegate(Thread *t, Value self, void *closure) {
    Value v = generator_delegate(V_AS(Generator, self));
    return is_null(v) ? V_NONE : new_ref(v);
}
static Value get_origin(Thread *t, Value self, void *closure) {
    Value v = V_AS(Generator, self)->origin_or_finalizer;
    return is_null(v) ? V_NONE : new_ref(v);
}

static Value coro_await(Thread *t, Value self) {
    CoroutineWrapper *w = heap_object(t, SHAPE_coroutine_wrapper, sizeof *w);
    if (w == NULL) return VNULL;
    w->coroutine = new_ref(self);
    gc_track(t, w);
    return v_from(w);
}

static Value generic_alias(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return call_2(t, v_from(builtin_type(t, T_GenericAlias)), args[0], args[1]);
}

#define GENERIC_ROW {"__class_getitem__", "($type, object, /)", "See PEP 585", generic_alias, MF_CLASS}
#define SEND_DOC "send(arg) -> send 'arg' into generator,\nreturn next yielded value or raise StopIteration."
#define THROW_DOC "throw(value)\nthrow(type[,value[,tb]])\n\nRaise exception in generator, return next yielded value or raise\nStopIteration."

static const MethodDef gen_methods[] = {
    {"send", "($self, value, /)", SEND_DOC, gen_send},
    {"throw", NULL, THROW_DOC, gen_throw},
    {"close", "($self, /)", "close() -> raise GeneratorExit inside generator.", gen_close},
    {"__sizeof__", "($self, /)", "gen.__sizeof__() -> size of gen in memory, in bytes", gen_sizeof},
    GENERIC_ROW,
    {NULL},
};

static const GetSetDef gen_getsets[] = {
    {"__name__", get_name, set_name, "name of the generator"},
    {"__qualname__", get_qualname, set_qualname, "qualified name of the generator"},
    {"gi_yieldfrom", generator_get_delegate, NULL, "object being iterated by yield from, or None"},
    {"gi_running", get_running, NULL, NULL},
    {"gi_frame", generator_get_frame, NULL, NULL},
    {"gi_suspended", generator_get_suspended, NULL, NULL},
    {"gi_code", generator_get_code, NULL, NULL},
    {NULL},
};

static const Field gen_fields[] = {FIELD_POINTER(Generator, code), FIELD_VALUE(Generator, name), FIELD_VALUE(Generator, qualname), FIELD_VALUE(Generator, origin_or_finalizer)};

const TypeDef typedef_generator = {
    .name = "generator",
    .flags = TF_GC | TF_WEAKREF | TF_EXT | TF_FINALIZE | TF_NO_NEW | TF_IMMUTABLE,
    .size = sizeof(Generator),
    .ext_offset = offsetof(Generator, ext),
    FIELDS(gen_fields),
    .methods = gen_methods,
    .getsets = gen_getsets,
    .slots = {.repr = gen_repr, .iter = self_iter, .next = gen_next, .send = gen_send_slot, .finalize = gen_finalize, .destroy = gen_destroy,
              .traverse = gen_traverse, .clear = gen_clear},
};

static const MethodDef coro_methods[] = {
    {"send", "($self, value, /)", "send(arg) -> send 'arg' into coroutine,\nreturn next iterated value or raise StopIteration.", gen_send},
    {"throw", NULL, "throw(value)\nthrow(type[,value[,traceback]])\n\nRaise exception in coroutine, return next iterated value or raise\nStopIteration.", gen_throw},
    {"close", "($self, /)", "close() -> raise GeneratorExit inside coroutine.", gen_close},
    {"__sizeof__", "($self, /)", "coro.__sizeof__() -> size of coro in memory, in bytes", gen_sizeof},
    GENERIC_ROW,
    {NULL},
};

static const GetSetDef coro_getsets[] = {
    {"__name__", get_name, set_name, "name of the coroutine"},
    {"__qualname__", get_qualname, set_qualname, "qualified name of the coroutine"},
    {"cr_await", generator_get_delegate, NULL, "object being awaited on, or None"},
    {"cr_running", get_running, NULL, NULL},
    {"cr_frame", generator_get_frame, NULL, NULL},
    {"cr_code", generator_get_code, NULL, NULL},
    {"cr_suspended", generator_get_suspended, NULL, NULL},
    {"cr_origin", get_origin, NULL, NULL},
    {NULL},
};

const TypeDef typedef_coroutine = {
    .name = "coroutine",
    .flags = TF_GC | TF_WEAKREF | TF_EXT | TF_FINALIZE | TF_NO_NEW | TF_IMMUTABLE,
    .size = sizeof(Generator),
    .ext_offset = offsetof(Generator, ext),
    FIELDS(gen_fields),
    .methods = coro_methods,
    .getsets = coro_getsets,
    .slots = {.repr = coro_repr, .await = coro_await, .send = gen_send_slot, .finalize = gen_finalize, .destroy = gen_destroy,
              .traverse = gen_traverse, .clear = gen_clear},
};

/* Shared with async_generator.c. */
void generator_finalize(Thread *t, Value self) { gen_finalize(t, self); }
void generator_destroy(Thread *t, Object *self) { gen_destroy(t, self); }
void generator_clear(Thread *t, Object *self) { gen_clear(t, self); }
int generator_traverse(Object *self, VisitFn visit, void *context) { return gen_traverse(self, visit, context); }

/* --- coroutine_wrapper ------------------------------------------------------------------------------------------------------------------ */

static Value wrapper_next(Thread *t, Value self) {
    Value result;
    SendResult r = generator_send(t, V_AS(Generator, V_AS(CoroutineWrapper, self)->coroutine), V_NONE, &result);
    return answer(t, r, result);
}
static SendResult wrapper_send_slot(Thread *t, Value self, Value arg, Value *result) {
    return generator_send(t, V_AS(Generator, V_AS(CoroutineWrapper, self)->coroutine), arg, result);
}
static Value wrapper_send(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value result;
    SendResult r = wrapper_send_slot(t, args[0], args[1], &result);
    return answer(t, r, result);
}
static Value wrapper_throw(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "throw", kwnames) || !call_arity(t, "throw", nargs - 1, 1, 3)) return VNULL;
    Value e = throw_arguments(t, args + 1, nargs - 1), result;
    if (is_null(e)) return VNULL;
    SendResult r = generator_throw(t, V_AS(Generator, V_AS(CoroutineWrapper, args[0])->coroutine), e, true, &result);
    decref(t, e);
    return answer(t, r, result);
}
static Value wrapper_close(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return generator_close(t, V_AS(Generator, V_AS(CoroutineWrapper, args[0])->coroutine));
}

static const MethodDef wrapper_methods[] = {
    {"send", "($self, value, /)", "send(arg) -> send 'arg' into coroutine,\nreturn next iterated value or raise StopIteration.", wrapper_send},
    {"throw", NULL, "throw(value)\nthrow(type[,value[,traceback]])\n\nRaise exception in coroutine, return next iterated value or raise\nStopIteration.", wrapper_throw},
    {"close", "($self, /)", "close() -> raise GeneratorExit inside coroutine.", wrapper_close},
    {NULL},
};
static const Field wrapper_fields[] = {FIELD_VALUE(CoroutineWrapper, coroutine)};

const TypeDef typedef_coroutine_wrapper = {
    .name = "coroutine_wrapper",
    .doc = "A wrapper object implementing __await__ for coroutines.",
    .flags = TF_GC | TF_NO_NEW | TF_IMMUTABLE,
    .size = sizeof(CoroutineWrapper),
    FIELDS(wrapper_fields),
    .methods = wrapper_methods,
    .slots = {.iter = self_iter, .next = wrapper_next, .send = wrapper_send_slot},
};
