/* The type greenlet. How control passes: switch.c. */
#include "modules/greenlet/greenlet_priv.h"

#include "vm/frame_object.h"

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)
#define SELF(v) V_AS(Greenlet, v)

bool greenlet_check(Thread *t, Value v) {
    return is_greenlet(t, v) || err_fail(t, T_TypeError, "GreenletChecker: Expected any type of greenlet, not %T", v);
}

/* --- Making one ------------------------------------------------------------------------------------------------------------------------- */

static Value slot_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Greenlet *current = greenlet_current(t);
    Value room[2] = {VNULL, VNULL};
    Value v = current == NULL ? VNULL : builtin_type(t, T_object)->slots.new(t, type, room + 1, 0, VNULL);
    if (is_null(v)) return VNULL;
    Greenlet *g = SELF(v);
    g->parent = ref_of(current);
    g->fiber = &g->own;
    return v;
}

static bool set_parent(Thread *t, Greenlet *g, Value value) {
    if (!greenlet_check(t, value)) return false;
    Greenlet *parent = SELF(value);
    for (Greenlet *p = parent; p != NULL; p = is_null(p->parent) ? NULL : SELF(p->parent))
        if (p == g) return err_fail(t, T_ValueError, "cyclic parent chain");
    if (g->state != GREENLET_NEW && greenlet_main_of(parent) != greenlet_main_of(g))
        return err_fail(t, T_ValueError, "parent cannot be on a different thread");
    slot_set(t, &g->parent, new_ref(value));
    return true;
}

static bool set_run(Thread *t, Value self, Value value, void *closure) {
    Greenlet *g = SELF(self);
    if (g->state != GREENLET_NEW) return err_fail(t, T_AttributeError, "run cannot be set after the start of the greenlet");
    slot_set(t, &g->run, new_ref_maybe(value));
    return true;
}

static bool slot_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Value a[2];
    if (!call_bind_signature(t, "green", "(run=None, parent=None)", args, nargs, kwnames, a)) return false;
    if (!is_null(a[0]) && !set_run(t, self, a[0], NULL)) return false;
    return is_null(a[1]) || is_none(a[1]) || set_parent(t, SELF(self), a[1]);
}

/* --- Methods ---------------------------------------------------------------------------------------------------------------------------- */

METHOD(m_switch) {
    Value positional = tuple_from(t, args + 1, nargs - 1), keywords = VNULL;
    uint32_t n = is_null(kwnames) ? 0 : (uint32_t)tuple_len(kwnames);
    if (n > 0 && !is_null(positional)) keywords = dict_new(t);
    for (uint32_t i = 0; i < n && !is_null(keywords); i++)
        if (!dict_set(t, keywords, tuple_at(kwnames, i), args[nargs + i])) slot_clear(t, &keywords);
    if (is_null(positional) || (n > 0 && is_null(keywords))) {
        decref_maybe(t, positional);
        return VNULL;
    }
    return greenlet_switch(t, SELF(args[0]), positional, keywords);
}

/* An instance of the class that throw() got; owned. */
static Value instantiate(Thread *t, Value type, Value value) {
    if (is_instance_of(t, value, V_AS(Type, type))) return new_ref(value);
    Value e = is_none(value) ? call_0(t, type) : is_tuple(t, value) ? call_tuple(t, type, value, VNULL) : call_1(t, type, value);
    if (is_null(e) || is_exception(t, e)) return e;
    decref(t, e);
    return err_raise(t, T_TypeError, "exceptions must be classes, or instances, not %T", e);
}

METHOD(m_throw) {
    Value what = is_null(args[1]) ? greenlet_module(t)->GreenletExit : args[1];
    Value value = is_null(args[2]) ? V_NONE : args[2], traceback = is_null(args[3]) ? V_NONE : args[3], e;
    if (!is_none(traceback) && !IS_EXACT(traceback, traceback)) return err_raise(t, T_TypeError, "throw() third argument must be a traceback object");
    if (is_type(t, what) && is_subtype(V_AS(Type, what), builtin_type(t, T_BaseException))) {
        e = instantiate(t, what, value);
    } else if (is_exception(t, what)) {
        e = is_none(value) ? new_ref(what) : err_raise(t, T_TypeError, "instance exception may not have a separate value");
    } else {
        e = err_raise(t, T_TypeError, "exceptions must be classes, or instances, not %T", what);
    }
    if (is_null(e)) return VNULL;
    if (!is_none(traceback)) slot_set(t, &V_AS(ExceptionBase, e)->traceback, new_ref(traceback));
    return greenlet_throw(t, SELF(args[0]), e);
}

METHOD(m_no_state) { return err_raise(t, T_TypeError, "cannot serialize '%N' object", type_of(t, args[0])); }

/* --- Attributes -------------------------------------------------------------------------------------------------------------------------- */

#define GETTER(name) static Value name(Thread *t, Value self, void *closure)

GETTER(get_run) {
    Greenlet *g = SELF(self);
    if (g->state != GREENLET_NEW || is_null(g->run)) return err_raise(t, T_AttributeError, "run");
    return new_ref(g->run);
}
GETTER(get_parent) { return is_null(SELF(self)->parent) ? V_NONE : new_ref(SELF(self)->parent); }
static bool parent_setter(Thread *t, Value self, Value value, void *closure) {
    if (is_null(value)) return err_fail(t, T_AttributeError, "can't delete attribute");
    if (greenlet_is_main(SELF(self))) return err_fail(t, T_AttributeError, "cannot set the parent of a main greenlet");
    return set_parent(t, SELF(self), value);
}
/* It has ended, or its thread has. */
static bool is_dead(Thread *t, Greenlet *g) { return g->state == GREENLET_DEAD || (g->state == GREENLET_ACTIVE && greenlet_is_orphan(t, g)); }
GETTER(get_dead) { return v_bool(is_dead(t, SELF(self))); }
static bool is_running(Thread *t, Greenlet *g) { return t->fiber->greenlet == g; }

/* Whether it runs in another thread. */
static bool is_in_use(Thread *t, Greenlet *g) {
    for (Thread *thread = t->interp->threads; thread != NULL; thread = thread->next)
        if (thread != t && thread->fiber->greenlet == g) return true;
    return false;
}

/* The innermost frame of a suspended greenlet. */
GETTER(get_frame) {
    Greenlet *g = SELF(self);
    bool suspended = g->state == GREENLET_ACTIVE && !is_running(t, g) && !is_in_use(t, g) && !(greenlet_is_main(g) && greenlet_is_orphan(t, g));
    return suspended && g->fiber->frame != NULL ? frame_object(t, g->fiber->frame) : V_NONE;
}
/* Where its context is; NULL: it was the main one of a thread that has ended. */
static Value *context_of(Thread *t, Greenlet *g) {
    return greenlet_is_main(g) && greenlet_is_orphan(t, g) ? NULL : &g->fiber->context;
}
GETTER(get_context) {
    if (is_in_use(t, SELF(self))) return err_raise(t, T_ValueError, "cannot get context of a greenlet that is running in a different thread");
    Value *context = context_of(t, SELF(self));
    return context == NULL || is_null(*context) ? V_NONE : new_ref(*context);
}
static bool set_context(Thread *t, Value self, Value value, void *closure) {
    if (is_null(value)) return err_fail(t, T_AttributeError, "can't delete context attribute");
    if (!is_none(value) && !IS_EXACT(value, Context)) return err_fail(t, T_TypeError, "greenlet context must be a contextvars.Context or None");
    if (is_in_use(t, SELF(self))) return err_fail(t, T_ValueError, "cannot set context of a greenlet that is running in a different thread");
    Value *context = context_of(t, SELF(self));
    if (context != NULL) slot_set(t, context, is_none(value) ? VNULL : new_ref(value));
    return true;
}
GETTER(get_stack_saved) { return v_smallint(0); }

static Value slot_repr(Thread *t, Value self) {
    Greenlet *g = SELF(self);
    Type *type = type_of(t, self);
    void *main = greenlet_main_of(g);
    if (is_dead(t, g))
        return str_format(t, "<%N object at %p (otid=%p) %sdead>", type, (void *)g, main, greenlet_is_orphan(t, g) ? "(thread exited) " : "");
    const char *how = is_running(t, g) ? " current" : g->state == GREENLET_ACTIVE ? " suspended" : "";
    return str_format(t, "<%N object at %p (otid=%p)%s%s%s%s>", type, (void *)g, main, how, g->state == GREENLET_ACTIVE ? " active" : "",
                      g->state == GREENLET_NEW ? " pending" : " started", greenlet_is_main(g) ? " main" : "");
}
static int slot_truth(Thread *t, Value self) { return SELF(self)->state == GREENLET_ACTIVE && !is_dead(t, SELF(self)); }

/* --- The type ---------------------------------------------------------------------------------------------------------------------------- */

static void slot_finalize(Thread *t, Value self) {
    if (SELF(self)->state != GREENLET_ACTIVE || greenlet_is_main(SELF(self)) || greenlet_module(t) == NULL) return;
    Value pending = err_fetch(t);
    greenlet_kill(t, SELF(self));
    err_restore(t, pending);
}
static void slot_destroy(Thread *t, Object *self) { fiber_stack_give(t, (Greenlet *)self, false); }

static const MethodDef methods[] = {
    {"switch", NULL, "switch(*args, **kwargs): control goes to this greenlet; what is handed to us when it comes back.", m_switch},
    {"throw", "($self, typ=<unrepresentable>, val=None, tb=None, /)", "The same with an exception, GreenletExit by default.", m_throw},
    {"__getstate__", "($self, /)", "Greenlets cannot be copied.", m_no_state},
    {NULL},
};
static const GetSetDef getsets[] = {
    {"run", get_run, set_run}, {"parent", get_parent, parent_setter}, {"dead", get_dead}, {"gr_frame", get_frame},
    {"gr_context", get_context, set_context}, {"_stack_saved", get_stack_saved}, {NULL},
};
static const Field fields[] = {
    FIELD_VALUE(Greenlet, run), FIELD_VALUE(Greenlet, parent), FIELD_VALUE(Greenlet, main), FIELD_VALUE(Greenlet, args),
    FIELD_VALUE(Greenlet, kwargs), FIELD_VALUE(Greenlet, trace), FIELD_VALUE(Greenlet, doomed), FIELD_VALUE(Greenlet, own.context),
};

static bool type_ready(Thread *t, Type *type) {
    GreenletModule *m = greenlet_module(t);
    if (!dict_set_cstr(t, type->dict, "error", m->error) || !dict_set_cstr(t, type->dict, "GreenletExit", m->GreenletExit)) return false;
    for (const MethodDef *row = greenlet_functions; row->name != NULL; row++) {
        if (strcmp(row->name, "getcurrent") && strcmp(row->name, "settrace") && strcmp(row->name, "gettrace")) continue;
        Value f = builtin_new(t, row, VNULL, VNULL);
        bool good = !is_null(f) && dict_set_cstr(t, type->dict, row->name, f);
        decref_maybe(t, f);
        if (!good) return false;
    }
    return true;
}

const TypeDef typedef_greenlet = {
    .name = "greenlet.greenlet",
    .doc = "greenlet(run=None, parent=None): a line of execution that runs when it is switched to.",
    .flags = TF_BASE | TF_GC | TF_DICT | TF_WEAKREF | TF_EXT | TF_MODULE_NAME,
    .size = sizeof(Greenlet),
    .ext_offset = offsetof(Greenlet, ext),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .slots = {.new = slot_new, .init = slot_init, .repr = slot_repr, .truth = slot_truth, .finalize = slot_finalize, .destroy = slot_destroy},
    .ready = type_ready,
};
