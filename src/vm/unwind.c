/* Unwinding: from a pending exception to the handler in a frame, or out of the frames that C entered.
 *
 * Each frame the exception passes through adds an entry to its traceback, which holds the frame object and so keeps the locals alive.
 */
#include "heap/heap.h"
#include "object/exception.h"
#include "vm/eval_priv.h"
#include "vm/frame_object.h"
#include "vm/monitor.h"
#include "vm/unwind.h"

static void add_entry(Thread *t, Value exception, Frame *f) {
    Value object = frame_object(t, f);
    if (is_null(object)) {
        err_clear(t);
        return;
    }
    Traceback *entry = heap_object(t, SHAPE_traceback, sizeof *entry);
    if (entry == NULL) {
        err_clear(t);
        decref(t, object);
        return;
    }
    ExceptionBase *e = V_AS(ExceptionBase, exception);
    entry->next = e->traceback;
    entry->frame = object;
    entry->lasti = (int32_t)frame_lasti(f) * 2;
    entry->lineno = -1;
    e->traceback = v_from(entry);
    gc_track(t, entry);
}

void unwind_add_traceback(Thread *t, Value exception) {
    Frame *f = t->fiber->frame;
    if (f == NULL) return;
    Value pending = err_fetch(t);
    add_entry(t, exception, f);
    if (!is_null(pending)) err_restore(t, pending);
}

/* Tells the tools of a pending exception; what a callback raises takes its place. */
static void trace_phase(Thread *t, Frame *f, enum MonitorPhase phase) {
    if (!monitor_active(t)) return;
    Value e = err_fetch(t);
    if (monitor_exception(t, f, e, phase)) err_restore(t, e);
    else decref(t, e);
}

const ExceptionEntry *unwind_handler(const Code *code, uint32_t index) {
    const ExceptionEntry *e = code->exceptions;
    for (uint32_t i = 0; i < code->nexceptions; i++, e++)
        if (index >= e->start && index < e->end) return e;
    return NULL;
}

/* A clean-up raises an exception again as if it came from where it was raised, not from itself. */
static bool cleans_up(const Frame *f) {
    uint32_t word = f->code->instructions[frame_lasti(f)];
    return bc_op(word) == BC_RERAISE && bc_b(word);
}

static void note_caught(Fiber *fiber, Frame *f) {
    if (cleans_up(f)) return;
    fiber->caught_frame = f;
    fiber->caught_index = frame_lasti(f);
}

/* A frame that a clean-up leaves stands where the exception was raised: its line is told by f_lineno. */
static void stand_where_raised(Fiber *fiber, Frame *f) {
    if (!cleans_up(f) || fiber->caught_frame != f || fiber->caught_index >= f->code->ninstructions) return;
    f->pc = f->code->instructions + fiber->caught_index + 1;
}

bool unwind(Thread *t, bool again) {
    for (;;) {
        Fiber *fiber = t->fiber;
        Frame *f = fiber->frame;
        Value exception = t->pending;
        t->pending = VNULL;
        bool raised_again = again;
        if (!again) add_entry(t, exception, f);
        if (UNLIKELY(t->breaker & BREAK_TRACE)) {
            t->pending = exception;
            /* What a trace function raises takes its place. */
            if (!again) trace_unwind(t, f, false);
            else trace_phase(t, f, MONITOR_RAISED_AGAIN);
            exception = t->pending;
            t->pending = VNULL;
        }
        again = false;
        const ExceptionEntry *handler = unwind_handler(f->code, frame_lasti(f));
        if (handler != NULL) {
            if (UNLIKELY(monitor_active(t))) {
                t->pending = exception;
                trace_phase(t, f, MONITOR_HANDLED);
                exception = t->pending;
                t->pending = VNULL;
            }
            note_caught(fiber, f);
            frame_drop_temporaries(t, f, handler->depth);
            reg_set(t, f->registers, handler->target_reg, exception);
            f->pc = f->code->instructions + handler->handler;
            return true;
        }
        if (raised_again) stand_where_raised(fiber, f);
        if (UNLIKELY((f->flags & FRAME_TRACED) || monitor_active(t))) {
            t->pending = exception;
            trace_unwind(t, f, true);
            exception = t->pending;
            t->pending = VNULL;
        }
        frame_drop_temporaries(t, f, f->code->nfixed);
        uint32_t flags = f->flags;
        if (flags & FRAME_GENERATOR) {
            Value delegate = f->instance;
            generator_finish(t, f);
            if (flags & FRAME_ASEND) async_send_end(t, V_AS(AsyncSend, fiber->frame->registers[smallint_get(delegate)]), exception);
        } else {
            frame_leave(t, f);
        }
        t->pending = exception;
        if (flags & FRAME_ENTRY) return false;
    }
}

Value handled_exception(Thread *t) {
    for (Handled *h = t->fiber->handled; h != NULL; h = h->previous)
        if (!is_none(h->exception) && !is_null(h->exception)) return h->exception;
    return V_NONE;
}
