/* sys.monitoring (PEP 669): tools, their events and callbacks.
 *
 * While any tool asks for an event, the threads run on the tracing table, and trace.c calls the functions here. What a code has for itself (events
 * of a tool in this code only, and places where a callback answered DISABLE) hangs on Code.monitoring.
 */
#include "vm/monitor.h"

#include <string.h>

#include "core/names.h"
#include "heap/heap.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/function.h"
#include "object/instance.h"
#include "object/int.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"
#include "types/typemaking.h"
#include "vm/frame_object.h"
#include "vm/positions.h"
#include "vm/trace.h"

enum Event {
    PY_START, PY_RESUME, PY_RETURN, PY_YIELD, EV_CALL, EV_LINE, EV_INSTRUCTION, EV_JUMP, BRANCH_LEFT, BRANCH_RIGHT, STOP_ITERATION, EV_RAISE,
    EXCEPTION_HANDLED, PY_UNWIND, PY_THROW, EV_RERAISE, C_RETURN, C_RAISE, EV_BRANCH,
};
static const char *const event_names[MONITOR_EVENTS] = {
    "PY_START", "PY_RESUME", "PY_RETURN", "PY_YIELD", "CALL", "LINE", "INSTRUCTION", "JUMP", "BRANCH_LEFT", "BRANCH_RIGHT", "STOP_ITERATION",
    "RAISE", "EXCEPTION_HANDLED", "PY_UNWIND", "PY_THROW", "RERAISE", "C_RETURN", "C_RAISE", "BRANCH",
};
enum {
    LOCAL_EVENTS = (1 << (STOP_ITERATION + 1)) - 1,
    C_EVENTS = 1 << C_RETURN | 1 << C_RAISE,
    BRANCH_SIDES = 1 << BRANCH_LEFT | 1 << BRANCH_RIGHT,
};

typedef struct CodeMonitor {
    uint32_t events[MONITOR_TOOLS];
    uint32_t restarts; /* the bitmaps below are of this count */
    uint8_t *disabled[MONITOR_TOOLS][STOP_ITERATION + 1]; /* a bit for each instruction word; NULL: none */
} CodeMonitor;

static void clear_disabled(Thread *t, CodeMonitor *m) {
    for (int tool = 0; tool < MONITOR_TOOLS; tool++) {
        for (int e = 0; e <= STOP_ITERATION; e++) {
            heap_free(t, m->disabled[tool][e]);
            m->disabled[tool][e] = NULL;
        }
    }
}

void monitor_code_free(Thread *t, Code *code) {
    if (code->monitoring == NULL) return;
    clear_disabled(t, code->monitoring);
    heap_free(t, code->monitoring);
    code->monitoring = NULL;
}

static CodeMonitor *code_monitor(Thread *t, Code *code) {
    if (code->monitoring == NULL) {
        CodeMonitor *m = heap_alloc_zeroed(t, sizeof *m);
        if (m == NULL) return NULL;
        m->restarts = vm_state(t)->monitoring->restarts;
        code->monitoring = m;
    }
    return code->monitoring;
}

/* --- Reporting --------------------------------------------------------------------------------------------------------------------- */

static bool is_disabled(Thread *t, Monitoring *m, Code *code, int tool, int event, uint32_t index) {
    CodeMonitor *c = code->monitoring;
    if (c == NULL || event > STOP_ITERATION) return false;
    if (c->restarts != m->restarts) {
        clear_disabled(t, c);
        c->restarts = m->restarts;
    }
    const uint8_t *bits = c->disabled[tool][event];
    return bits != NULL && bits[index >> 3] >> (index & 7) & 1;
}

static bool disable(Thread *t, Monitoring *m, Code *code, int tool, int event, uint32_t index) {
    if (event > STOP_ITERATION) {
        slot_clear(t, &m->callbacks[tool][event]);
        return err_fail(t, T_ValueError, "Cannot disable %s events. Callback removed.", event_names[event]);
    }
    CodeMonitor *c = code_monitor(t, code);
    if (c == NULL) return false;
    uint8_t **bits = &c->disabled[tool][event];
    if (*bits == NULL && (*bits = heap_alloc_zeroed(t, code->ninstructions / 8 + 1)) == NULL) return false;
    (*bits)[index >> 3] |= (uint8_t)(1 << (index & 7));
    return true;
}

static bool wanted(Monitoring *m, const Code *code, int tool, int event) {
    uint32_t events = m->events[tool] | (code->monitoring ? ((CodeMonitor *)code->monitoring)->events[tool] : 0);
    if (event == C_RETURN || event == C_RAISE) event = EV_CALL; /* they come with it */
    return events >> event & 1;
}

/* Whether any tool asks for the event in this code. */
static inline bool asked(const Monitoring *m, const Code *code, int event) {
    if (event == C_RETURN || event == C_RAISE) event = EV_CALL;
    return code->monitoring != NULL || m->asked >> event & 1;
}

bool monitor_wants_lines(Thread *t, const Code *code) { return asked(vm_state(t)->monitoring, code, EV_LINE); }

/* Calls the tools' callbacks with (code, args...). */
static bool fire(Thread *t, Frame *f, int event, uint32_t index, const Value *args, uint32_t nargs) {
    Monitoring *m = vm_state(t)->monitoring;
    Code *code = f->code;
    bool ok = true;
    if (!asked(m, code, event)) return true;
    for (int tool = 0; ok && tool < MONITOR_TOOLS; tool++) {
        if (!wanted(m, code, tool, event) || is_disabled(t, m, code, tool, event, index)) continue;
        Value callback = m->callbacks[tool][event];
        if (is_null(callback) && (event == BRANCH_LEFT || event == BRANCH_RIGHT)) callback = m->callbacks[tool][EV_BRANCH];
        if (is_null(callback)) continue;
        Value window[6] = {VNULL, v_from(code)};
        for (uint32_t i = 0; i < nargs; i++) window[2 + i] = args[i];
        incref(callback);
        /* A callback in C runs no instructions, as a rule: the table may stay. */
        bool in_python = !IS_EXACT(callback, builtin_function);
        m->inside = true;
        if (in_python) trace_refresh(t);
        Value r = call(t, callback, window + 1, 1 + nargs, VNULL);
        m->inside = false;
        if (in_python || !(t->breaker & BREAK_TRACE)) trace_refresh(t);
        decref(t, callback);
        ok = !is_null(r);
        if (ok && same(r, m->disable)) ok = disable(t, m, code, tool, event, index);
        decref_maybe(t, r);
    }
    return ok;
}

static Value offset_of(uint32_t index) { return v_smallint((int64_t)index * 2); }

bool monitor_enter(Thread *t, Frame *f, bool begins) {
    uint32_t index = frame_lasti(f);
    Value offset = offset_of(index);
    return fire(t, f, begins ? PY_START : PY_RESUME, index, &offset, 1);
}

typedef struct Word { enum Opcode op; uint32_t a, b, c, bx, ab, next; int64_t target; bool jumps; } Word;

static Word decode(const Code *code, uint32_t index) {
    Word d = {0};
    uint32_t w = code->instructions[index++], wide = 0;
    if (bc_op(w) == BC_WIDE) {
        wide = w;
        w = code->instructions[index++];
    }
    d.op = bc_op(w);
    d.a = bc_a(w) | bc_a(wide) << 8, d.b = bc_b(w) | bc_b(wide) << 8, d.c = bc_c(w) | bc_c(wide) << 8;
    d.bx = bc_bx(w) | bc_bx(wide) << 16;
    d.ab = (w >> 8 & 0xFFFF) | (wide >> 8 & 0xFFFF) << 16;
    const OpInfo *info = &op_info[d.op];
    int64_t offset = 0;
    if (info->word != '-') {
        offset = (int32_t)code->instructions[index++];
        d.jumps = info->word == 'j';
    } else if (info->operands[0] == 'L') {
        d.jumps = true;
        offset = wide ? (int32_t)((w >> 8) | (wide >> 8) << 24) : bc_sax(w);
    } else if (info->operands[1] == 'J') {
        d.jumps = true;
        offset = wide ? (int32_t)d.bx : bc_sbx(w);
    }
    d.next = index;
    d.target = index + offset;
    return d;
}

static bool c_call_over(Thread *t, Monitoring *m, Frame *f, int event) {
    CCall call;
    if (!c_calls_end(&m->c_calls, f, &call)) return true;
    Value args[] = {offset_of(call.index), call.callable, call.argument};
    bool ok = fire(t, f, event, call.index, args, 3);
    decref_maybe(t, args[1]);
    decref_maybe(t, args[2]);
    return ok;
}

static bool report_call(Thread *t, Monitoring *m, Frame *f, uint32_t index, const Word *d) {
    Value *window = f->registers + d->a, callee = window[0], self = window[CALL_GAP + 1];
    Value argument = !is_unbound(self) ? self : d->op != BC_CALL_EX && d->b > 0 ? window[CALL_GAP + 2] : m->missing;
    if (IS_EXACT(callee, method) && is_unbound(self)) {
        argument = V_AS(BoundMethod, callee)->self;
        callee = V_AS(BoundMethod, callee)->function;
    }
    Value args[] = {offset_of(index), new_ref(callee), new_ref(argument)};
    bool ok = fire(t, f, EV_CALL, index, args, 3);
    if (ok && !IS_EXACT(callee, function)) return c_calls_begin(t, &m->c_calls, (CCall){f, index, args[1], args[2]});
    decref(t, args[1]);
    decref(t, args[2]);
    return ok;
}

/* Whether a callback set f_lineno: the loop goes on there. */
static bool jumped(Monitoring *m, Frame *f) {
    if (f->object == NULL || f->object->lineno == 0) return false;
    f->object->lineno = 0;
    return true;
}

bool monitor_instruction(Thread *t, Frame *f, uint32_t index, int line_before) {
    Monitoring *m = vm_state(t)->monitoring;
    Code *code = f->code;
    Word d = decode(code, index);
    if (!c_call_over(t, m, f, C_RETURN)) return false;
    if (m->branch_frame == f) {
        m->branch_frame = NULL;
        Value args[] = {offset_of(m->branch_index), offset_of(index)};
        const uint32_t *pc = f->pc;
        f->pc = code->instructions + m->branch_index + 1; /* the frame is seen at the branch */
        if (!fire(t, f, index == m->branch_right ? BRANCH_RIGHT : BRANCH_LEFT, m->branch_index, args, 2)) return false;
        if (jumped(m, f)) return true;
        f->pc = pc;
    }
    Value arg;
    if (asked(m, code, EV_LINE)) {
        int line = code_line(code, index);
        arg = v_smallint(line);
        if (((line > 0 && line != line_before) || is_empty_module(code, index, line)) && !fire(t, f, EV_LINE, index, &arg, 1)) return false;
        if (jumped(m, f)) return true;
    }
    arg = offset_of(index);
    if (!fire(t, f, EV_INSTRUCTION, index, &arg, 1)) return false;
    switch (d.op) {
        case BC_RETURN: return fire(t, f, PY_RETURN, index, (Value[]){arg, f->registers[d.a]}, 2);
        case BC_RETURN_CONST: return fire(t, f, PY_RETURN, index, (Value[]){arg, code->consts[d.ab]}, 2);
        case BC_YIELD: return fire(t, f, PY_YIELD, index, (Value[]){arg, f->registers[d.b]}, 2);
        case BC_CALL: case BC_CALL_KW: case BC_CALL_EX: return report_call(t, m, f, index, &d);
        case BC_JUMP: case BC_LOOP: return fire(t, f, EV_JUMP, index, (Value[]){arg, offset_of((uint32_t)d.target)}, 2);
        case BC_SEND: return true;
        default:
            if (d.jumps) {
                m->branch_frame = f;
                m->branch_index = index;
                m->branch_left = d.next;
                m->branch_right = (uint32_t)d.target;
            }
            return true;
    }
}

bool monitor_exception(Thread *t, Frame *f, Value exception, enum MonitorPhase phase) {
    Monitoring *m = vm_state(t)->monitoring;
    static const uint8_t events[] = {[MONITOR_RAISED] = EV_RAISE, [MONITOR_RAISED_AGAIN] = EV_RERAISE, [MONITOR_HANDLED] = EXCEPTION_HANDLED,
                                     [MONITOR_UNWOUND] = PY_UNWIND, [MONITOR_THROWN] = PY_THROW, [MONITOR_STOPPED] = STOP_ITERATION};
    uint32_t index = frame_lasti(f);
    if (m->branch_frame == f && phase != MONITOR_STOPPED) m->branch_frame = NULL;
    if (phase == MONITOR_RAISED && !c_call_over(t, m, f, C_RAISE)) return false;
    return fire(t, f, events[phase], index, (Value[]){offset_of(index), exception}, 2);
}

/* --- The module ------------------------------------------------------------------------------------------------------------------------ */

#define FUNCTION(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

static Monitoring *monitoring_of(Thread *t) { return vm_state(t)->monitoring; }

static void note_activity(Thread *t);

static bool tool_argument(Thread *t, Value v, int32_t *tool) {
    if (!arg_i32(t, v, tool)) return false;
    if (*tool < 0 || *tool >= MONITOR_TOOLS) return err_fail(t, T_ValueError, "invalid tool %d (must be between 0 and 5)", *tool);
    return true;
}
static bool used_tool(Thread *t, Value v, int32_t *tool) {
    if (!tool_argument(t, v, tool)) return false;
    if (is_null(monitoring_of(t)->names[*tool])) return err_fail(t, T_ValueError, "tool %d is not in use", *tool);
    return true;
}

FUNCTION(use_tool_id) {
    int32_t tool;
    if (!tool_argument(t, args[0], &tool)) return VNULL;
    if (!is_str(t, args[1])) return err_raise(t, T_ValueError, "tool name must be a str");
    Monitoring *m = monitoring_of(t);
    if (!is_null(m->names[tool])) return err_raise(t, T_ValueError, "tool %d is already in use", tool);
    m->names[tool] = new_ref(args[1]);
    return V_NONE;
}

static void clear_tool(Thread *t, int32_t tool) {
    Monitoring *m = monitoring_of(t);
    m->events[tool] = 0;
    for (int e = 0; e < MONITOR_EVENTS; e++) slot_clear(t, &m->callbacks[tool][e]);
    note_activity(t);
}
FUNCTION(clear_tool_id) {
    int32_t tool;
    if (!tool_argument(t, args[0], &tool)) return VNULL;
    if (!is_null(monitoring_of(t)->names[tool])) clear_tool(t, tool);
    return V_NONE;
}
FUNCTION(free_tool_id) {
    int32_t tool;
    if (!tool_argument(t, args[0], &tool)) return VNULL;
    if (is_null(monitoring_of(t)->names[tool])) return V_NONE;
    clear_tool(t, tool);
    slot_clear(t, &monitoring_of(t)->names[tool]);
    return V_NONE;
}
FUNCTION(get_tool) {
    int32_t tool;
    if (!tool_argument(t, args[0], &tool)) return VNULL;
    Value name = monitoring_of(t)->names[tool];
    return is_null(name) ? V_NONE : new_ref(name);
}
FUNCTION(register_callback) {
    int32_t tool, mask;
    if (!tool_argument(t, args[0], &tool) || !arg_i32(t, args[1], &mask)) return VNULL;
    if (mask <= 0 || mask >= 1 << MONITOR_EVENTS) return err_raise(t, T_ValueError, "invalid event %d", mask);
    if (mask & (mask - 1)) return err_raise(t, T_ValueError, "The callback can only be set for one event at a time");
    Value *slot = &monitoring_of(t)->callbacks[tool][__builtin_ctz((unsigned)mask)], before = *slot;
    *slot = is_none(args[2]) ? VNULL : new_ref(args[2]);
    return is_null(before) ? V_NONE : before;
}

/* The set as tools see it, with BRANCH where both sides are asked for, and the other way round. */
static bool event_set(Thread *t, Value v, uint32_t *out, bool local) {
    int32_t set;
    if (!arg_i32(t, v, &set)) return false;
    if (set < 0 || set >= 1 << MONITOR_EVENTS) return err_fail(t, T_ValueError, "invalid event set 0x%x", (unsigned)set);
    if ((set & C_EVENTS) && !(set & 1 << EV_CALL)) return err_fail(t, T_ValueError, "cannot set C_RETURN or C_RAISE events independently");
    uint32_t events = (uint32_t)set;
    if (local) {
        events &= ~(uint32_t)C_EVENTS;
        if (events & ~(uint32_t)(LOCAL_EVENTS | 1 << EV_BRANCH)) return err_fail(t, T_ValueError, "invalid local event set 0x%x", (unsigned)set);
        events = (uint32_t)set;
    }
    if (events & 1 << EV_BRANCH) events = (events & ~(1u << EV_BRANCH)) | BRANCH_SIDES;
    *out = events;
    return true;
}

static void note_activity(Thread *t) {
    Monitoring *m = monitoring_of(t);
    m->branch_frame = NULL; /* nothing from before counts */
    c_calls_free(t, &m->c_calls);
    m->asked = 0;
    for (int tool = 0; tool < MONITOR_TOOLS; tool++) m->asked |= m->events[tool];
    m->active = m->has_local || m->asked != 0;
    for (Thread *other = t->interp->threads; other != NULL; other = other->next) {
        TraceState *s = other->trace;
        if (s != NULL) s->last_frame = NULL;
        trace_refresh(other);
    }
}

FUNCTION(get_events) {
    int32_t tool;
    return tool_argument(t, args[0], &tool) ? v_smallint(monitoring_of(t)->events[tool]) : VNULL;
}
FUNCTION(set_events) {
    int32_t tool;
    uint32_t events;
    if (!used_tool(t, args[0], &tool) || !event_set(t, args[1], &events, false)) return VNULL;
    monitoring_of(t)->events[tool] = events;
    note_activity(t);
    return V_NONE;
}
FUNCTION(get_local_events) {
    int32_t tool;
    if (!IS_EXACT(args[1], code)) return err_raise(t, T_TypeError, "code must be a code object");
    if (!tool_argument(t, args[0], &tool)) return VNULL;
    CodeMonitor *c = V_AS(Code, args[1])->monitoring;
    return v_smallint(c == NULL ? 0 : c->events[tool]);
}
FUNCTION(set_local_events) {
    int32_t tool;
    uint32_t events;
    if (!IS_EXACT(args[1], code)) return err_raise(t, T_TypeError, "code must be a code object");
    if (!used_tool(t, args[0], &tool) || !event_set(t, args[2], &events, true)) return VNULL;
    CodeMonitor *c = code_monitor(t, V_AS(Code, args[1]));
    if (c == NULL) return VNULL;
    c->events[tool] = events;
    if (events) {
        monitoring_of(t)->has_local = true;
        note_activity(t);
    }
    return V_NONE;
}
FUNCTION(restart_events) {
    monitoring_of(t)->restarts++;
    return V_NONE;
}
FUNCTION(all_events) {
    Monitoring *m = monitoring_of(t);
    Value dict = dict_new(t);
    for (int e = 0; !is_null(dict) && e < MONITOR_EVENTS - 1; e++) {
        int64_t tools = 0;
        for (int tool = 0; tool < MONITOR_TOOLS; tool++) tools |= (int64_t)(m->events[tool] >> e & 1) << tool;
        if (tools && !dict_set_cstr(t, dict, event_names[e], v_smallint(tools))) {
            decref(t, dict);
            return VNULL;
        }
    }
    return dict;
}

static const MethodDef functions[] = {
    {"use_tool_id", "($module, tool_id, name, /)", "Take a tool number for a tool of this name.", use_tool_id},
    {"clear_tool_id", "($module, tool_id, /)", "Drop the tool's events and callbacks.", clear_tool_id},
    {"free_tool_id", "($module, tool_id, /)", "Give the tool number back.", free_tool_id},
    {"get_tool", "($module, tool_id, /)", "The name of the tool, or None.", get_tool},
    {"register_callback", "($module, tool_id, event, func, /)", "Set the callback for an event; answers the one before.", register_callback},
    {"get_events", "($module, tool_id, /)", "The events that the tool is told of everywhere.", get_events},
    {"set_events", "($module, tool_id, event_set, /)", "Set them.", set_events},
    {"get_local_events", "($module, tool_id, code, /)", "The events that the tool is told of in this code.", get_local_events},
    {"set_local_events", "($module, tool_id, code, event_set, /)", "Set them.", set_local_events},
    {"restart_events", "($module, /)", "Turn on again what callbacks have disabled.", restart_events},
    {"_all_events", "($module, /)", "A dict from events to the tools that ask for them.", all_events},
    {NULL},
};

static bool add_int(Thread *t, Value dict, const char *name, int64_t value) { return dict_set_cstr(t, dict, name, v_smallint(value)); }

static Value sentinel(Thread *t) { return object_new(t, builtin_type(t, T_object)); }

Value monitor_module(Thread *t) {
    Monitoring *m = heap_alloc_zeroed(t, sizeof *m);
    if (m == NULL) return VNULL;
    vm_state(t)->monitoring = m;
    m->disable = sentinel(t);
    m->missing = sentinel(t);
    Value name = str_from_cstr(t, "sys.monitoring"), module = is_null(name) ? VNULL : module_new(t, name), events = VNULL;
    if (is_null(m->disable) || is_null(m->missing) || is_null(module)) goto failed;
    Value dict = V_AS(Module, module)->dict;
    for (const MethodDef *d = functions; d->name != NULL; d++) {
        Value f = builtin_new(t, d, VNULL, name);
        bool ok = !is_null(f) && dict_set_cstr(t, dict, d->name, f);
        decref_maybe(t, f);
        if (!ok) goto failed;
    }
    events = call_0(t, v_from(builtin_type(t, T_SimpleNamespace)));
    if (is_null(events) || !dict_set_cstr(t, dict, "events", events)) goto failed;
    for (int e = 0; e < MONITOR_EVENTS; e++)
        if (!attr_set_cstr(t, events, event_names[e], v_smallint(1 << e))) goto failed;
    if (!attr_set_cstr(t, events, "NO_EVENTS", v_smallint(0)) || !dict_set_cstr(t, dict, "DISABLE", m->disable) ||
        !dict_set_cstr(t, dict, "MISSING", m->missing) || !add_int(t, dict, "DEBUGGER_ID", 0) || !add_int(t, dict, "COVERAGE_ID", 1) ||
        !add_int(t, dict, "PROFILER_ID", 2) || !add_int(t, dict, "OPTIMIZER_ID", 5))
        goto failed;
    decref(t, events);
    decref(t, name);
    return module;
failed:
    decref_maybe(t, events);
    decref_maybe(t, name);
    decref_maybe(t, module);
    return VNULL;
}
