/* The functions of sys that look at frames, threads and tracing. */
#include "vm/sys_vm.h"

#include "core/names.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/float.h"
#include "object/int.h"
#include "object/function.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/call.h"
#include "ops/number.h"
#include "types/typemaking.h"
#include "vm/frame_object.h"
#include "vm/gil.h"
#include "vm/monitor.h"
#include "vm/run.h"
#include "vm/trace.h"
#include "vm/unwind.h"
#include "vm/vm_state.h"

#define FUNCTION(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

/* --- Frames and exceptions ---------------------------------------------------------------------------------------------------- */

FUNCTION(sys_getframe) {
    int32_t depth = 0;
    if (!is_null(args[0]) && !arg_i32(t, args[0], &depth)) return VNULL;
    Value f = frame_object_at(t, depth < 0 ? 0 : depth);
    if (is_null(f) && !err_pending(t)) err_raise(t, T_ValueError, "call stack is not deep enough");
    return f;
}

FUNCTION(sys_getframemodulename) {
    int32_t depth = 0;
    if (!is_null(args[0]) && !arg_i32(t, args[0], &depth)) return VNULL;
    Frame *f = t->fiber->frame;
    while (f != NULL && depth-- > 0) f = f->previous;
    if (f == NULL || f->function == NULL || is_null(f->function->module)) return V_NONE;
    return new_ref(f->function->module);
}

FUNCTION(sys_exc_info) {
    Value e = handled_exception(t);
    if (is_none(e)) return tuple_of(t, 3, V_NONE, V_NONE, V_NONE);
    Value traceback = V_AS(ExceptionBase, e)->traceback;
    return tuple_of(t, 3, v_from(type_of(t, e)), e, is_null(traceback) ? V_NONE : traceback);
}

FUNCTION(sys_exception) { return new_ref(handled_exception(t)); }

FUNCTION(sys_current_frames) {
    Value dict = dict_new(t);
    if (is_null(dict)) return dict;
    for (Thread *other = t->interp->threads; other != NULL; other = other->next) {
        if (other->fiber == NULL || other->fiber->frame == NULL) continue;
        Value id = int_from_u64(t, other->id), f = is_null(id) ? VNULL : frame_object(t, other->fiber->frame);
        bool ok = !is_null(f) && dict_set(t, dict, id, f);
        decref_maybe(t, id);
        decref_maybe(t, f);
        if (!ok) {
            decref(t, dict);
            return VNULL;
        }
    }
    return dict;
}

FUNCTION(sys_current_exceptions) {
    Value dict = dict_new(t);
    if (is_null(dict)) return dict;
    for (Thread *other = t->interp->threads; other != NULL; other = other->next) {
        if (other->fiber == NULL) continue;
        Value id = int_from_u64(t, other->id);
        bool ok = !is_null(id) && dict_set(t, dict, id, handled_exception(other));
        decref_maybe(t, id);
        if (!ok) {
            decref(t, dict);
            return VNULL;
        }
    }
    return dict;
}

/* --- Tracing ---------------------------------------------------------------------------------------------------------------------- */

static Value function_or_null(Value v) { return is_none(v) ? VNULL : v; }

FUNCTION(sys_settrace) { return trace_set(t, function_or_null(args[0])) ? V_NONE : VNULL; }
FUNCTION(sys_setprofile) { return trace_set_profile(t, function_or_null(args[0])) ? V_NONE : VNULL; }
FUNCTION(sys_gettrace) {
    TraceState *s = t->trace;
    return s == NULL || is_null(s->trace) ? V_NONE : new_ref(s->trace);
}
FUNCTION(sys_getprofile) {
    TraceState *s = t->trace;
    return s == NULL || is_null(s->profile) ? V_NONE : new_ref(s->profile);
}
FUNCTION(sys_settraceallthreads) {
    for (Thread *other = t->interp->threads; other != NULL; other = other->next)
        if (!trace_set(other, function_or_null(args[0]))) return VNULL;
    return V_NONE;
}
FUNCTION(sys_setprofileallthreads) {
    for (Thread *other = t->interp->threads; other != NULL; other = other->next)
        if (!trace_set_profile(other, function_or_null(args[0]))) return VNULL;
    return V_NONE;
}
FUNCTION(sys_call_tracing) {
    if (!IS_EXACT(args[1], tuple)) return err_raise(t, T_TypeError, "call_tracing() argument 2 must be tuple, not %T", args[1]);
    TraceState *s = t->trace;
    uint32_t inside = s != NULL ? s->inside : 0;
    if (s != NULL) s->inside = 0;
    trace_refresh(t);
    Value v = call_tuple(t, args[0], args[1], VNULL);
    if (s != NULL) s->inside = inside;
    trace_refresh(t);
    return v;
}

/* --- Limits and hooks ---------------------------------------------------------------------------------------------------------------- */

FUNCTION(sys_setrecursionlimit) {
    int32_t limit;
    if (!arg_i32(t, args[0], &limit)) return VNULL;
    if (limit < 1) return err_raise(t, T_ValueError, "recursion limit must be greater or equal than 1");
    if (t->fiber->depth >= (uint32_t)limit)
        return err_raise(t, T_RecursionError, "cannot set the recursion limit to %d at the recursion depth %u: the limit is too low", limit, t->fiber->depth);
    for (Thread *other = t->interp->threads; other != NULL; other = other->next) other->depth_limit = (uint32_t)limit;
    return V_NONE;
}
FUNCTION(sys_getrecursionlimit) { return v_smallint(t->depth_limit); }

FUNCTION(sys_setswitchinterval) {
    double seconds;
    if (!arg_double(t, args[0], &seconds)) return VNULL;
    if (!(seconds > 0)) return err_raise(t, T_ValueError, "switch interval must be strictly positive");
    gil_set_interval(t->interp, seconds > 1e9 ? UINT64_C(1000000000000000) : (uint64_t)(seconds * 1e6));
    return V_NONE;
}
FUNCTION(sys_getswitchinterval) { return float_from_double(t, (double)gil_interval(t->interp) * 1e-6); }

static bool hook_argument(Thread *t, Value v, const char *name) {
    if (is_null(v) || is_none(v) || is_callable(t, v)) return true;
    return err_fail(t, T_TypeError, "callable %s expected, got %T", name, v);
}
FUNCTION(sys_set_asyncgen_hooks) {
    if (!hook_argument(t, args[1], "finalizer") || !hook_argument(t, args[0], "firstiter")) return VNULL;
    if (!is_null(args[0])) slot_set(t, &t->asyncgen_firstiter, is_none(args[0]) ? VNULL : new_ref(args[0]));
    if (!is_null(args[1])) slot_set(t, &t->asyncgen_finalizer, is_none(args[1]) ? VNULL : new_ref(args[1]));
    return V_NONE;
}
FUNCTION(sys_get_asyncgen_hooks) {
    Value values[] = {is_null(t->asyncgen_firstiter) ? V_NONE : new_ref(t->asyncgen_firstiter),
                      is_null(t->asyncgen_finalizer) ? V_NONE : new_ref(t->asyncgen_finalizer)};
    return structseq_new(t, vm_state(t)->asyncgen_hooks, values);
}
FUNCTION(sys_set_coroutine_origin_tracking_depth) {
    int32_t depth;
    if (!arg_i32(t, args[0], &depth)) return VNULL;
    if (depth < 0) return err_raise(t, T_ValueError, "depth must be >= 0");
    t->coroutine_origin_depth = depth;
    return V_NONE;
}
FUNCTION(sys_get_coroutine_origin_tracking_depth) { return v_smallint(t->coroutine_origin_depth); }

const MethodDef sys_vm_functions[] = {
    {"_getframe", "($module, depth=0, /)", "The frame object of the caller, or one further up.", sys_getframe, 0, FX_NEEDS_FRAME},
    {"_getframemodulename", "($module, depth=0)", "The name of the module of the calling function, or one further up.", sys_getframemodulename, 0, FX_NEEDS_FRAME},
    {"exc_info", "($module, /)", "Type, value and traceback of the exception that is being handled, or three times None.", sys_exc_info, 0, FX_NEEDS_FRAME},
    {"exception", "($module, /)", "The exception that is being handled, or None.", sys_exception, 0, FX_NEEDS_FRAME},
    {"_current_frames", "($module, /)", "A dict from thread identifiers to their innermost frames.", sys_current_frames, 0, FX_NEEDS_FRAME},
    {"_current_exceptions", "($module, /)", "A dict from thread identifiers to the exceptions they are handling.", sys_current_exceptions},
    {"settrace", "($module, function, /)", "Set the trace function of this thread.", sys_settrace},
    {"gettrace", "($module, /)", "The trace function of this thread, or None.", sys_gettrace},
    {"setprofile", "($module, function, /)", "Set the profile function of this thread.", sys_setprofile},
    {"getprofile", "($module, /)", "The profile function of this thread, or None.", sys_getprofile},
    {"_settraceallthreads", "($module, function, /)", "Set the trace function of all threads.", sys_settraceallthreads},
    {"_setprofileallthreads", "($module, function, /)", "Set the profile function of all threads.", sys_setprofileallthreads},
    {"call_tracing", "($module, func, args, /)", "Call func(*args) with tracing on, also from within a trace function.", sys_call_tracing},
    {"setrecursionlimit", "($module, limit, /)", "Set how deep Python calls may nest.", sys_setrecursionlimit},
    {"getrecursionlimit", "($module, /)", "How deep Python calls may nest.", sys_getrecursionlimit},
    {"setswitchinterval", "($module, interval, /)", "Set how many seconds a thread runs while another waits.", sys_setswitchinterval},
    {"getswitchinterval", "($module, /)", "How many seconds a thread runs while another waits.", sys_getswitchinterval},
    {"set_asyncgen_hooks", "($module, firstiter=<unrepresentable>, finalizer=<unrepresentable>)", "Set the hooks of asynchronous generators for this thread.", sys_set_asyncgen_hooks},
    {"get_asyncgen_hooks", "($module, /)", "The hooks of asynchronous generators: (firstiter, finalizer).", sys_get_asyncgen_hooks},
    {"set_coroutine_origin_tracking_depth", "($module, depth)", "Set how many frames cr_origin shows.", sys_set_coroutine_origin_tracking_depth},
    {"get_coroutine_origin_tracking_depth", "($module, /)", "How many frames cr_origin shows.", sys_get_coroutine_origin_tracking_depth},
    {NULL},
};

static const StructSeqField hook_fields[] = {{"firstiter", "Called when an asynchronous generator is iterated first."},
                                             {"finalizer", "Called when one is about to be collected."}, {NULL}};
static const StructSeqDef hooks_def = {"sys.asyncgen_hooks", "The hooks of asynchronous generators.", hook_fields, 2};

/* sys._jit: there is no compiler at run time yet. */
FUNCTION(jit_no) { return V_FALSE; }
static const MethodDef jit_functions[] = {
    {"is_available", "($module, /)", "Whether this build can compile while it runs.", jit_no},
    {"is_enabled", "($module, /)", "Whether it would.", jit_no},
    {"is_active", "($module, /)", "Whether the caller's code is compiled.", jit_no},
};
static bool add_jit(Thread *t, Value sys) {
    Value name = str_from_cstr(t, "sys._jit"), module = is_null(name) ? VNULL : module_new(t, name);
    bool ok = !is_null(module);
    for (size_t i = 0; ok && i < COUNT_OF(jit_functions); i++) {
        Value f = builtin_new(t, &jit_functions[i], VNULL, name);
        ok = !is_null(f) && dict_set_cstr(t, V_AS(Module, module)->dict, jit_functions[i].name, f);
        decref_maybe(t, f);
    }
    ok = ok && dict_set_cstr(t, V_AS(Module, sys)->dict, "_jit", module);
    decref_maybe(t, name);
    decref_maybe(t, module);
    return ok;
}

bool sys_vm_init(Thread *t, Value module) {
    vm_state(t)->asyncgen_hooks = structseq_type(t, &hooks_def);
    if (vm_state(t)->asyncgen_hooks == NULL) return false;
    Value monitoring = monitor_module(t);
    bool ok = !is_null(monitoring) && dict_set_cstr(t, V_AS(Module, module)->dict, "monitoring", monitoring) &&
              dict_set_cstr(t, t->interp->modules, "sys.monitoring", monitoring);
    decref_maybe(t, monitoring);
    return ok && add_jit(t, module);
}
