/* The module atexit: functions to run when the interpreter ends.
 *
 * They stand in a list, each as a tuple (function, args, kwargs or None), the oldest first.
 */
#include "modules/atexit.h"

#include "modules/module.h"

typedef struct AtexitState { Value callbacks; } AtexitState; /* list */

static List *callbacks(Thread *t) {
    AtexitState *s = MODULE_STATE(t, atexit, AtexitState);
    return s && !is_null(s->callbacks) ? V_AS(List, s->callbacks) : NULL;
}

static Value atexit_register(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (nargs == 0) return err_raise(t, T_TypeError, "register() takes at least 1 argument (0 given)");
    if (!is_callable(t, args[0])) return err_raise(t, T_TypeError, "the first argument must be callable");
    Value rest = tuple_from(t, args + 1, nargs - 1), kwargs = V_NONE, entry = VNULL;
    if (is_null(rest)) return VNULL;
    bool ok = true;
    if (!is_null(kwnames) && tuple_len(kwnames)) {
        kwargs = dict_new(t);
        ok = !is_null(kwargs);
        for (int64_t i = 0; ok && i < tuple_len(kwnames); i++) ok = dict_set(t, kwargs, tuple_at(kwnames, i), args[nargs + i]);
    }
    if (ok) entry = tuple_of(t, 3, args[0], rest, kwargs);
    decref(t, rest);
    decref_maybe(t, kwargs);
    if (is_null(entry) || !list_append_take(t, callbacks(t), entry)) return VNULL;
    return new_ref(args[0]);
}

static Value atexit_unregister(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    List *list = callbacks(t);
    for (int64_t i = list->length - 1; i >= 0; i--) {
        if (i >= list->length) continue; /* a comparison has shortened it */
        Value entry = new_ref(list->items[i]);
        int is_it = equal(t, tuple_at(entry, 0), args[0]);
        if (is_it > 0 && i < list->length && same(list->items[i], entry) && !list_delete(t, list, i, i + 1)) is_it = -1;
        decref(t, entry);
        if (is_it < 0) return VNULL;
    }
    return V_NONE;
}

/* Runs what is registered now, the last one first; what these register is dropped. */
void atexit_run(Thread *t) {
    List *list = callbacks(t);
    if (!list || list->length == 0) return;
    Value copy = list_from(t, list->items, list->length);
    if (is_null(copy)) {
        err_clear(t);
        return;
    }
    for (int64_t i = list_len(copy) - 1; i >= 0; i--) {
        Value entry = list_at(copy, i), kwargs = tuple_at(entry, 2);
        Value r = call_tuple(t, tuple_at(entry, 0), tuple_at(entry, 1), is_none(kwargs) ? VNULL : kwargs);
        if (is_null(r)) err_unraisable(t, "Exception ignored in atexit callback", tuple_at(entry, 0));
        decref_maybe(t, r);
    }
    decref(t, copy);
    list_clear(t, list);
}

static Value atexit_run_exitfuncs(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    atexit_run(t);
    return V_NONE;
}

static Value atexit_clear(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    list_clear(t, callbacks(t));
    return V_NONE;
}

static Value atexit_ncallbacks(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_smallint(callbacks(t)->length); }

static const MethodDef functions[] = {
    {"register", "($module, func, /, *args, **kwargs)", "Has func(*args, **kwargs) called at exit; answers func.", atexit_register},
    {"unregister", "($module, func, /)", "Forgets each call of func that was registered.", atexit_unregister},
    {"_run_exitfuncs", "($module, /)", "Runs what is registered.", atexit_run_exitfuncs},
    {"_clear", "($module, /)", "Forgets everything that was registered.", atexit_clear},
    {"_ncallbacks", "($module, /)", "How many calls are registered.", atexit_ncallbacks},
    {0},
};

static bool atexit_exec(Thread *t, Value module) {
    AtexitState *s = module_state(module);
    s->callbacks = list_new(t, 0);
    return !is_null(s->callbacks);
}

static int atexit_traverse(void *state, VisitFn visit, void *context) {
    AtexitState *s = state;
    return is_null(s->callbacks) ? 0 : visit(s->callbacks, context);
}

static void atexit_clear_state(Thread *t, void *state) { slot_clear(t, &((AtexitState *)state)->callbacks); }

const ModuleDef module_atexit = {
    .name = "atexit",
    .doc = "Functions that are called when the interpreter ends.",
    .functions = functions,
    .state_size = sizeof(AtexitState),
    .exec = atexit_exec,
    .traverse = atexit_traverse,
    .clear = atexit_clear_state,
};
