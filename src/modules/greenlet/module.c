/* The module _greenlet, which the package greenlet (lib/greenlet) shows. */
#include "modules/greenlet/greenlet_priv.h"

#include <time.h>

#define FUNCTION(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

FUNCTION(getcurrent) {
    Greenlet *g = greenlet_current(t);
    return g == NULL ? VNULL : ref_of(g);
}

/* Where the thread's trace function is; NULL: no memory. */
static Value *trace_slot(Thread *t) {
    Greenlet *g = greenlet_current(t);
    return g == NULL ? NULL : &greenlet_main_of(g)->trace;
}
FUNCTION(settrace) {
    Value *slot = trace_slot(t);
    if (slot == NULL) return VNULL;
    Value before = *slot;
    *slot = is_none(args[0]) ? VNULL : new_ref(args[0]);
    return is_null(before) ? V_NONE : before;
}
FUNCTION(gettrace) {
    Value *slot = trace_slot(t);
    return slot == NULL ? VNULL : is_null(*slot) ? V_NONE : new_ref(*slot);
}
/* Nothing is left over from ended threads that would have to be looked for. */
FUNCTION(enable_optional_cleanup) { return V_NONE; }
FUNCTION(cleanup_clocks) { return v_smallint(0); }

FUNCTION(pending_cleanups) { return v_smallint(0); }
FUNCTION(total_main_greenlets) {
    int64_t n = 0;
    for (Thread *thread = t->interp->threads; thread != NULL; thread = thread->next) n += thread->main_fiber.greenlet != NULL;
    return v_smallint(n);
}

const MethodDef greenlet_functions[] = {
    {"getcurrent", "($module, /)", "The greenlet that runs.", getcurrent},
    {"settrace", "($module, callback, /)", "Has callback(event, (origin, target)) called at each switch of this thread; the one before, or None.", settrace},
    {"gettrace", "($module, /)", "The trace function, or None.", gettrace},
    {"enable_optional_cleanup", "($module, enabled, /)", "Accepted; there is none.", enable_optional_cleanup},
    {"get_clocks_used_doing_optional_cleanup", "($module, /)", "0", cleanup_clocks},
    {"get_pending_cleanup_count", "($module, /)", "0", pending_cleanups},
    {"get_total_main_greenlets", "($module, /)", "How many threads have used greenlets.", total_main_greenlets},
    {NULL},
};

static bool exec(Thread *t, Value module) {
    GreenletModule *m = module_state(module);
    m->error = module_new_exception(t, "greenlet", "error", VNULL);
    m->GreenletExit = is_null(m->error) ? VNULL : module_new_exception(t, "greenlet", "GreenletExit", v_from(builtin_type(t, T_BaseException)));
    return !is_null(m->GreenletExit) && module_add(t, module, "error", new_ref(m->error)) &&
           module_add(t, module, "GreenletExit", new_ref(m->GreenletExit)) && module_add_type(t, module, T_greenlet, &typedef_greenlet) &&
           module_add_int(t, module, "CLOCKS_PER_SEC", CLOCKS_PER_SEC) && module_add(t, module, "GREENLET_USE_GC", V_TRUE) &&
           module_add(t, module, "GREENLET_USE_TRACING", V_TRUE) && module_add(t, module, "GREENLET_USE_CONTEXT_VARS", V_TRUE);
}

static int traverse(void *state, VisitFn visit, void *context) {
    GreenletModule *m = state;
    int stop = is_null(m->error) ? 0 : visit(m->error, context);
    return stop || is_null(m->GreenletExit) ? stop : visit(m->GreenletExit, context);
}
static void clear(Thread *t, void *state) {
    GreenletModule *m = state;
    fiber_stacks_free(m);
    slot_clear(t, &m->error);
    slot_clear(t, &m->GreenletExit);
}

const ModuleDef module_greenlet = {
    .name = "_greenlet",
    .doc = "Lines of execution that hand control to one another.",
    .functions = greenlet_functions,
    .state_size = sizeof(GreenletModule),
    .exec = exec,
    .traverse = traverse,
    .clear = clear,
};
