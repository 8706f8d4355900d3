/* sys.settrace and sys.setprofile.
 *
 * While something is watched, t->dispatch is the tracing table, whose entries all call trace_instruction before the instruction, and BREAK_TRACE is
 * set, so that entering a frame calls trace_enter. While a trace function itself runs, both are switched off.
 * A call of a C function is reported as 'c_call' before it; its 'c_return' comes before the next instruction of the frame, or 'c_exception' when
 * an exception arrives there instead.
 */
#include "vm/trace.h"

#include <string.h>

#include "core/names.h"
#include "heap/heap.h"
#include "object/exception.h"
#include "object/function.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/call.h"
#include "ops/number.h"
#include "vm/eval_priv.h"
#include "vm/generator.h"
#include "vm/monitor.h"
#include "vm/positions.h"

#define NOWHERE UINT32_MAX

TraceState *trace_state(Thread *t) {
    if (t->trace == NULL) {
        TraceState *s = heap_alloc_zeroed(t, sizeof *s);
        if (s == NULL) return NULL;
        t->trace = s;
    }
    return t->trace;
}

void trace_free(Thread *t) {
    TraceState *s = t->trace;
    if (s == NULL) return;
    slot_clear(t, &s->trace);
    slot_clear(t, &s->profile);
    c_calls_free(t, &s->c_calls);
    trace_refresh(t);
}

void trace_refresh(Thread *t) {
    TraceState *s = t->trace;
    bool watched = (s != NULL && s->inside == 0 && (!is_null(s->trace) || !is_null(s->profile))) || monitor_active(t);
    t->dispatch = eval_table(watched);
    if (watched) breaker_set(t, BREAK_TRACE);
    else breaker_clear(t, BREAK_TRACE);
}

bool trace_set(Thread *t, Value trace) {
    TraceState *s = trace_state(t);
    if (s == NULL) return false;
    s->last_frame = NULL;
    slot_set(t, &s->trace, new_ref_maybe(trace));
    trace_refresh(t);
    return true;
}

bool trace_set_profile(Thread *t, Value profile) {
    TraceState *s = trace_state(t);
    if (s == NULL) return false;
    s->last_frame = NULL;
    slot_set(t, &s->profile, new_ref_maybe(profile));
    c_calls_free(t, &s->c_calls);
    trace_refresh(t);
    return true;
}

/* --- Reporting -------------------------------------------------------------------------------------------------------------------- */

/* Calls function(frame, event, arg) with tracing off: owned; VNULL: exception. */
static Value report(Thread *t, TraceState *s, Value function, Frame *f, const char *event, Value arg) {
    Value frame = frame_object(t, f);
    Value name = is_null(frame) ? VNULL : str_intern_cstr(t, event), r = VNULL;
    if (!is_null(name)) {
        incref(function);
        const char *outer = s->event;
        s->event = event;
        s->inside++;
        trace_refresh(t);
        r = call_3(t, function, frame, name, arg);
        s->inside--;
        s->event = outer;
        trace_refresh(t);
        decref(t, function);
    }
    decref_maybe(t, frame);
    decref_maybe(t, name);
    return r;
}

/* An event to the frame's own trace function (or, for 'call', to the thread's); what it answers becomes f_trace. An error ends tracing. */
static bool report_trace(Thread *t, TraceState *s, Frame *f, const char *event, Value arg, bool is_call) {
    Value function = is_call ? s->trace : f->object != NULL ? f->object->trace : VNULL;
    if (is_null(function) || is_null(s->trace)) return true;
    Value r = report(t, s, function, f, event, arg);
    if (is_null(r)) {
        Value e = err_fetch(t);
        slot_clear(t, &s->trace);
        if (f->object != NULL) slot_clear(t, &f->object->trace);
        trace_refresh(t);
        err_restore(t, e);
        return false;
    }
    if (is_none(r) || f->object == NULL) decref(t, r);
    else slot_set(t, &f->object->trace, r);
    return true;
}

static bool report_profile(Thread *t, TraceState *s, Frame *f, const char *event, Value arg) {
    if (is_null(s->profile)) return true;
    Value r = report(t, s, s->profile, f, event, arg);
    if (is_null(r)) {
        Value e = err_fetch(t);
        slot_clear(t, &s->profile);
        trace_refresh(t);
        err_restore(t, e);
        return false;
    }
    decref(t, r);
    return true;
}

static enum Opcode op_at(const uint32_t *pc, uint32_t *w, uint32_t *wide) {
    *wide = 0;
    if (bc_op(*pc) == BC_WIDE) *wide = *pc++;
    *w = *pc;
    return bc_op(*pc);
}

/* A generator goes on with an exception: it is entered, too. */
bool trace_thrown(Thread *t, Value exception) {
    TraceState *s = trace_state(t);
    Frame *f = t->fiber->frame;
    if (s == NULL) return false;
    s->last_frame = f;
    s->last_index = NOWHERE; /* a handler on the line that it stands at is told of */
    if (monitor_active(t) && !monitor_exception(t, f, exception, MONITOR_THROWN)) return false;
    if (s->inside || (is_null(s->trace) && is_null(s->profile))) return true;
    f->flags |= FRAME_TRACED;
    return report_trace(t, s, f, "call", V_NONE, true) && report_profile(t, s, f, "call", V_NONE);
}

bool trace_enter(Thread *t) {
    TraceState *s = t->trace;
    Frame *f = t->fiber->frame;
    uint32_t w, wide;
    bool begins = f->pc == f->code->start;
    if (s != NULL) s->last_frame = NULL;
    if (begins && op_at(f->pc, &w, &wide) == BC_RETURN_GENERATOR) return true; /* the body begins when it is resumed */
    if (monitor_active(t) && !monitor_enter(t, f, begins || bc_op(f->pc[-1]) == BC_RETURN_GENERATOR)) return false;
    if (s == NULL || s->inside || (is_null(s->trace) && is_null(s->profile))) return true;
    f->flags |= FRAME_TRACED;
    return report_trace(t, s, f, "call", V_NONE, true) && report_profile(t, s, f, "call", V_NONE);
}

/* --- Lines ------------------------------------------------------------------------------------------------------------------------ */

/* The line that the frame was at before the instruction it comes to: 0 where it begins, -1 for one without a line. */
static int line_before(TraceState *s, const Frame *f) {
    const Code *code = f->code;
    if (s->last_frame == f) return s->last_index == NOWHERE ? 0 : code_line(code, s->last_index);
    if (f->pc == code->start) return 0;
    uint32_t index = frame_lasti(f);
    return bc_op(code->instructions[index]) == BC_RETURN_GENERATOR ? 0 : code_line(code, index);
}

/* A loop on a single line: each time round is told of, but for the loop that is a call (COLLECT). */
static bool loops_within_line(const Code *code, uint32_t index, int line) {
    uint32_t w, wide;
    enum Opcode op = op_at(code->instructions + index, &w, &wide);
    if (op != BC_LOOP) return false;
    int32_t offset = wide ? (int32_t)((w >> 8) | (wide >> 8) << 24) : bc_sax(w);
    uint32_t target = (uint32_t)((int64_t)index + 1 + (wide != 0) + offset);
    return offset < 0 && op_at(code->instructions + target, &w, &wide) != BC_COLLECT && code_line(code, target) == line;
}

/* `before` is the line of the instruction run before: a line event comes where the line changes. */
static bool line_event(Thread *t, TraceState *s, Frame *f, uint32_t index, int before) {
    FrameObject *o = f->object;
    if (o == NULL || is_null(o->trace) || is_null(s->trace)) return true;
    int line = code_line(f->code, index);
    if (o->trace_lines && ((line > 0 && (line != before || loops_within_line(f->code, index, line))) || is_empty_module(f->code, index, line))) {
        if (!report_trace(t, s, f, "line", V_NONE, false)) return false;
        if (o->lineno != 0) { /* it jumped: the line gone to is reported, too */
            o->lineno = 0;
            return line_event(t, s, f, frame_lasti(f), 0);
        }
    }
    if (f->object->trace_opcodes) return report_trace(t, s, f, "opcode", V_NONE, false);
    return true;
}

static bool return_event(Thread *t, TraceState *s, Frame *f, Value v) {
    f->flags &= ~(uint32_t)FRAME_TRACED;
    return report_trace(t, s, f, "return", v, false) && report_profile(t, s, f, "return", v);
}

static bool report_exception(Thread *t, TraceState *s, Frame *f, Value e) {
    if (f->object == NULL || is_null(f->object->trace) || is_null(s->trace)) return true;
    Value traceback = V_AS(ExceptionBase, e)->traceback;
    Value arg = tuple_of(t, 3, v_from(type_of(t, e)), e, is_null(traceback) ? V_NONE : traceback);
    bool ok = !is_null(arg) && report_trace(t, s, f, "exception", arg, false);
    decref_maybe(t, arg);
    return ok;
}

/* A generator may jump when it is about to be suspended: it goes on then. */
static bool yield_event(Thread *t, TraceState *s, Frame *f, Value v) {
    s->yields = true;
    bool ok = report_trace(t, s, f, "return", v, false);
    s->yields = false;
    if (ok && f->object != NULL && f->object->lineno != 0) {
        f->object->lineno = 0;
        return line_event(t, s, f, frame_lasti(f), 0);
    }
    f->flags &= ~(uint32_t)FRAME_TRACED;
    return ok && report_profile(t, s, f, "return", v);
}

/* The C function that a call window is about to call, as profilers see it: owned; VNULL: another kind of callee, or an exception. */
static Value c_callee(Thread *t, Value *window, bool spread) {
    Value callee = window[0], self = window[CALL_GAP + 1];
    if (IS_EXACT(callee, method) && !spread) callee = V_AS(BoundMethod, callee)->function;
    if (IS_EXACT(callee, builtin_function)) return new_ref(callee);
    if (IS_EXACT(callee, method_descriptor)) return is_unbound(self) ? new_ref(callee) : builtin_bind(t, V_AS(BuiltinFunction, callee), self);
    return VNULL;
}

/* The frame goes on, or an exception arrives there: the C function that it called is done. */
static bool c_call_over(Thread *t, TraceState *s, Frame *f, const char *event) {
    CCall call;
    if (!c_calls_end(&s->c_calls, f, &call)) return true;
    bool ok = report_profile(t, s, f, event, call.callable);
    decref(t, call.callable);
    return ok;
}

bool trace_instruction(Thread *t, Value *R, const uint32_t *pc) {
    TraceState *s = trace_state(t);
    if (s == NULL) return false;
    Frame *f = frame_of(R);
    /* Finding a line is dear: only where someone wants to know. */
    bool lines = !is_null(s->trace) || (monitor_active(t) && monitor_wants_lines(t, f->code));
    int before = lines ? line_before(s, f) : 0;
    uint32_t index = (uint32_t)(pc - f->code->instructions), w, wide;
    f->pc = pc + 1;
    s->last_frame = f;
    s->last_index = index;
    if (bc_op(*pc) == BC_RETURN_GENERATOR) return true; /* nothing of the body has run */
    if (monitor_active(t) && !monitor_instruction(t, f, index, before)) return false;
    if (s->inside) return true;
    if (!c_call_over(t, s, f, "c_return")) return false;
    if (!line_event(t, s, f, index, before)) return false;
    switch (op_at(f->pc - 1, &w, &wide)) {
        case BC_RETURN: return return_event(t, s, f, R[bc_a(w) | bc_a(wide) << 8]);
        case BC_RETURN_CONST: return return_event(t, s, f, f->code->consts[(w >> 8 & 0xFFFF) | (wide >> 8 & 0xFFFF) << 16]);
        case BC_YIELD: return yield_event(t, s, f, R[bc_b(w) | bc_b(wide) << 8]);
        case BC_CALL: case BC_CALL_KW: case BC_CALL_EX: {
            if (is_null(s->profile)) return true;
            Value function = c_callee(t, R + (bc_a(w) | bc_a(wide) << 8), bc_op(w) == BC_CALL_EX);
            if (is_null(function)) return !err_pending(t);
            bool ok = report_profile(t, s, f, "c_call", function);
            if (ok && !is_null(s->profile)) return c_calls_begin(t, &s->c_calls, (CCall){f, index, function, VNULL});
            decref(t, function);
            return ok;
        }
        default: return true;
    }
}

bool trace_unwind(Thread *t, Frame *f, bool leaving) {
    TraceState *s = t->trace;
    Value e = err_fetch(t);
    bool ok = !monitor_active(t) || monitor_exception(t, f, e, leaving ? MONITOR_UNWOUND : MONITOR_RAISED);
    if (ok && s != NULL && !s->inside) {
        if (leaving) {
            ok = !(f->flags & FRAME_TRACED) || return_event(t, s, f, V_NONE);
        } else {
            ok = c_call_over(t, s, f, "c_exception") && report_exception(t, s, f, e);
        }
    }
    if (ok) err_restore(t, e);
    else decref(t, e);
    return ok;
}

/* The iterator of a FOR_ITER raised StopIteration, which is pending and ends the loop: it is told of and caught. */
bool trace_iterator_stopped(Thread *t) {
    if ((t->breaker & BREAK_TRACE) && err_is(t, T_StopIteration) && !trace_unwind(t, t->fiber->frame, false)) return false;
    return err_catch(t, T_StopIteration);
}

/* What the innermost frame delegates to, or iterates over, ended with a result other than an exception: watchers see a StopIteration. */
bool trace_stop(Thread *t, Value result, bool raised) {
    TraceState *s = t->trace;
    Frame *f = t->fiber->frame;
    stop_with(t, new_ref(result));
    Value stop = err_fetch(t);
    bool ok = !monitor_active(t) || monitor_exception(t, f, stop, raised ? MONITOR_RAISED : MONITOR_STOPPED);
    if (ok && s != NULL && !s->inside) ok = report_exception(t, s, f, stop);
    decref(t, stop);
    return ok;
}

bool trace_generator_returned(Thread *t, Value result, bool iterates) {
    TraceState *s = t->trace;
    Frame *f = t->fiber->frame;
    if (s != NULL) {
        s->last_frame = f;
        s->last_index = frame_lasti(f);
    }
    if (!iterates || !is_none(result)) return trace_stop(t, result, iterates);
    if (!monitor_active(t)) return true; /* the plain end of a loop: tools may ask for it, a trace function does not hear of it */
    stop_with(t, V_NONE);
    Value stop = err_fetch(t);
    bool ok = monitor_exception(t, f, stop, MONITOR_STOPPED);
    decref(t, stop);
    return ok;
}

/* --- Jumping ---------------------------------------------------------------------------------------------------------------------- */

bool trace_set_line(Thread *t, FrameObject *o, Value v) {
    if (is_null(v)) return err_fail(t, T_AttributeError, "cannot delete attribute");
    if (!is_int(t, v)) return err_fail(t, T_ValueError, "lineno must be an integer");
    TraceState *s = t->trace;
    Monitoring *m = vm_state(t)->monitoring;
    bool by_tool = m != NULL && m->inside && !o->ended; /* a callback of sys.monitoring */
    if (by_tool) {
        int32_t goal;
        return int_to_i32(t, v, &goal) && trace_jump(t, o, goal);
    }
    bool inside = !o->ended && s != NULL && s->inside;
    if (inside && strcmp(s->event, "call") == 0) return err_fail(t, T_ValueError, "can't jump from the 'call' trace event of a new frame");
    if (!inside || is_null(o->trace)) return err_fail(t, T_ValueError, "f_lineno can only be set in a trace function");
    if (strcmp(s->event, "line") != 0 && !s->yields) return err_fail(t, T_ValueError, "can only jump from a 'line' trace event");
    int32_t line;
    if (!int_to_i32(t, v, &line)) return false;
    return trace_jump(t, o, line);
}
