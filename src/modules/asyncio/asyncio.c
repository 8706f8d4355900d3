/* The module _asyncio: its types, and what it takes from the library. */
#include "modules/asyncio/asyncio_priv.h"

Value asyncio_library(Thread *t, enum Borrowed what) {
    static const struct { const char *module, *name; } places[LIB_COUNT] = {
        [LIB_CancelledError] = {"asyncio.exceptions", "CancelledError"},
        [LIB_InvalidStateError] = {"asyncio.exceptions", "InvalidStateError"},
        [LIB_future_repr] = {"asyncio.base_futures", "_future_repr"},
        [LIB_task_repr] = {"asyncio.base_tasks", "_task_repr"},
        [LIB_task_get_stack] = {"asyncio.base_tasks", "_task_get_stack"},
        [LIB_task_print_stack] = {"asyncio.base_tasks", "_task_print_stack"},
        [LIB_extract_stack] = {"asyncio.format_helpers", "extract_stack"},
        [LIB_iscoroutine] = {"asyncio.coroutines", "iscoroutine"},
        [LIB_get_event_loop_policy] = {"asyncio.events", "_get_event_loop_policy"},
        [LIB_WeakSet] = {"weakref", "WeakSet"},
    };
    Value *slot = &asyncio_state(t)->library[what];
    if (LIKELY(!is_null(*slot))) return *slot;
    Value module = import_module(t, places[what].module);
    if (is_null(module)) return VNULL;
    Value v = attr_get_cstr(t, module, places[what].name);
    decref(t, module);
    if (!is_null(v)) slot_set(t, slot, v);
    return v;
}

bool asyncio_invalid_state(Thread *t, const char *format, ...) {
    Value type = asyncio_library(t, LIB_InvalidStateError);
    if (is_null(type)) return false;
    va_list args;
    va_start(args, format);
    err_raise_va(t, V_AS(Type, type), format, args);
    va_end(args);
    return false;
}

static bool exec(Thread *t, Value module) {
    AsyncioState *s = module_state(module);
    Value name = str_intern_cstr(t, "context");
    s->context_name = is_null(name) ? VNULL : tuple_of(t, 1, name);
    decref_maybe(t, name);
    s->stop = is_null(s->context_name) ? VNULL : str_intern_cstr(t, "stop");
    s->call_soon_threadsafe = is_null(s->stop) ? VNULL : str_intern_cstr(t, "call_soon_threadsafe");
    if (is_null(s->call_soon_threadsafe) || !module_add_type(t, module, T_Future, &typedef_Future) || !module_add_type(t, module, T_Task, &typedef_Task) ||
        !type_boot(t, T_FutureIter, T_object, &typedef_FutureIter) ||
        !type_boot(t, T_TaskStepMethWrapper, T_object, &typedef_TaskStepMethWrapper))
        return false;
    /* Now, not when they are needed: that may be while the interpreter ends. The package may be importing this module just now. */
    for (int i = 0; i < LIB_COUNT; i++)
        if (is_null(asyncio_library(t, i))) return false;
    return true;
}

static int traverse(void *state, VisitFn visit, void *context) {
    AsyncioState *s = state;
    for (int i = 0; i < LIB_COUNT; i++) {
        int stop = is_null(s->library[i]) ? 0 : visit(s->library[i], context);
        if (stop) return stop;
    }
    Value others[] = {s->context_name, s->stop, s->call_soon_threadsafe, s->other_tasks, s->eager_tasks};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        int stop = is_null(others[i]) ? 0 : visit(others[i], context);
        if (stop) return stop;
    }
    return 0;
}
static void clear(Thread *t, void *state) {
    AsyncioState *s = state;
    for (int i = 0; i < LIB_COUNT; i++) slot_clear(t, &s->library[i]);
    slot_clear(t, &s->context_name);
    slot_clear(t, &s->stop);
    slot_clear(t, &s->call_soon_threadsafe);
    slot_clear(t, &s->other_tasks);
    slot_clear(t, &s->eager_tasks);
}

const ModuleDef module_asyncio = {
    .name = "_asyncio",
    .doc = "The fast parts of the package asyncio.",
    .functions = running_functions,
    .state_size = sizeof(AsyncioState),
    .exec = exec,
    .traverse = traverse,
    .clear = clear,
};
