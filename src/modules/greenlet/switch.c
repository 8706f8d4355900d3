/* Who runs next: switching, starting and ending greenlets, and what travels between them.
 *
 *     greenlet_switch(target)   target->args = ..., transfer ----------> (target) arrive: trace, drop the one who left, take args
 *     (we) arrive  <------------------------------------------- transfer, target->finish: when its run() is over
 */
#include "modules/greenlet/greenlet_priv.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

/* The thread's main greenlet is made when it is first asked for; it lives as long as the thread (vm/thread.c drops it). */
static Greenlet *make_main(Thread *t) {
    Value v = object_new(t, builtin_type(t, T_greenlet));
    if (is_null(v)) return NULL;
    Greenlet *g = V_AS(Greenlet, v);
    g->state = GREENLET_ACTIVE;
    g->fiber = &t->main_fiber;
    t->main_fiber.greenlet = g;
    obj_incref(g); /* as it is running */
    gc_track(t, g);
    return g;
}

Greenlet *greenlet_current(Thread *t) {
    if (t->fiber->greenlet == NULL) return make_main(t);
    Greenlet *main = t->main_fiber.greenlet;
    if (UNLIKELY(!is_null(main->doomed))) {
        Value pending = err_fetch(t);
        slot_clear(t, &main->doomed);
        err_restore(t, pending);
    }
    return t->fiber->greenlet;
}

bool greenlet_is_orphan(Thread *t, Greenlet *g) {
    Greenlet *main = greenlet_main_of(g);
    for (Thread *thread = t->interp->threads; thread != NULL; thread = thread->next)
        if (thread->main_fiber.greenlet == main) return false;
    return true;
}

/* Whether a greenlet belongs to the running thread; else `error` is pending. */
static bool is_of_thread(Thread *t, Greenlet *g) {
    Greenlet *main = greenlet_main_of(g), *current = greenlet_current(t);
    if (current == NULL) return false;
    if (main == greenlet_main_of(current)) return true;
    Type *error = V_AS(Type, greenlet_module(t)->error);
    if (greenlet_is_orphan(t, g)) err_raise_type(t, error, "cannot switch to a different thread (which happens to have exited)");
    else err_raise_type(t, error, "Cannot switch to a different thread\n\tCurrent:  %R\n\tExpected: %R", v_from(current), v_from(main));
    return false;
}

/* --- The moment of switching ------------------------------------------------------------------------------------------------------------ */

/* AddressSanitizer has to know on which stack we are. */
#if defined(__SANITIZE_ADDRESS__)
static void announce(Greenlet *from, Greenlet *to, void **fake) {
    if (to->mapping) {
        to->stack_low = to->mapping;
        to->stack_size = FIBER_STACK_BYTES;
    }
    __sanitizer_start_switch_fiber(from->state == GREENLET_DEAD ? NULL : fake, to->stack_low, to->stack_size);
}
static void announced(Greenlet *self, void *fake) {
    __sanitizer_finish_switch_fiber(fake, &self->origin->stack_low, &self->origin->stack_size);
}
#else
static void announce(Greenlet *from, Greenlet *to, void **fake) { (void)from, (void)to, (void)fake; }
static void announced(Greenlet *self, void *fake) { (void)self, (void)fake; }
#endif

/* What belongs to the line of execution but lies in the thread is put back when control returns. */
static void transfer(Thread *t, Greenlet *from, Greenlet *to) {
    int dealloc_depth = t->dealloc_depth, repr_depth = t->repr_depth;
    Value repr_stack = t->repr_stack;
    t->dealloc_depth = t->repr_depth = 0;
    t->repr_stack = VNULL;
    obj_incref(to);
    to->origin = from;
    t->fiber = to->fiber;
    void *fake = NULL;
    announce(from, to, &fake);
    fiber_point_switch(&from->point, &to->point);
    announced(from, fake);
    slot_set(t, &t->repr_stack, repr_stack);
    t->dealloc_depth = dealloc_depth;
    t->repr_depth = repr_depth;
}

/* What came with control, and who had it before; all owned. args VNULL: the pending exception came. */
typedef struct Arrival {
    Value args, kwargs;
    Greenlet *origin;
} Arrival;

static void drop_luggage(Thread *t, Arrival *a) {
    slot_clear(t, &a->args);
    slot_clear(t, &a->kwargs);
}

/* Calls the trace function; its exception takes the place of what came, and ends the tracing. It may switch, too. */
static void trace(Thread *t, Greenlet *self, Arrival *a) {
    Greenlet *main = greenlet_main_of(self);
    if (is_null(main->trace)) return;
    Value pending = err_fetch(t), function = new_ref(main->trace);
    Value event = str_intern_cstr(t, is_null(pending) ? "switch" : "throw"), pair = is_null(event) ? VNULL : tuple_of(t, 2, v_from(a->origin), v_from(self));
    Value done = is_null(pair) ? VNULL : call_2(t, function, event, pair);
    decref_maybe(t, event);
    decref_maybe(t, pair);
    decref(t, function);
    if (!is_null(done)) {
        decref(t, done);
        err_restore(t, pending);
        return;
    }
    Value error = err_fetch(t);
    slot_clear(t, &main->trace);
    drop_luggage(t, a);
    decref_maybe(t, pending);
    err_restore(t, error);
}

/* Control has come to `self`. */
static Arrival arrive(Thread *t, Greenlet *self) {
    Arrival a = {self->args, self->kwargs, self->origin};
    self->args = self->kwargs = VNULL;
    self->origin = NULL;
    if (a.origin->state == GREENLET_DEAD) fiber_stack_give(t, a.origin, true);
    trace(t, self, &a);
    return a;
}

/* Lets that one go, which may kill it, that is, switch. */
static void let_go(Thread *t, Greenlet *origin) {
    Value pending = err_fetch(t);
    obj_decref(t, origin);
    err_restore(t, pending);
}

/* What switch() answers: the only argument, a tuple of several, the keyword arguments, or a pair of both. */
static Value value_of(Thread *t, Value args, Value kwargs) {
    if (is_null(kwargs) || dict_len(kwargs) == 0) return new_ref(tuple_len(args) == 1 ? tuple_at(args, 0) : args);
    return tuple_len(args) == 0 ? new_ref(kwargs) : tuple_of(t, 2, args, kwargs);
}

/* --- The life of a greenlet ------------------------------------------------------------------------------------------------------------- */

/* The first of g and its ancestors that is not dead. The main one never is. */
static Greenlet *living(Greenlet *g) {
    while (g->state == GREENLET_DEAD && !is_null(g->parent)) g = V_AS(Greenlet, g->parent);
    return g;
}

/* GreenletExit is no error: it is what a greenlet that was killed answers. */
static Value exit_value(Thread *t, Value result) {
    if (!is_null(result) || !is_instance_of(t, t->pending, V_AS(Type, greenlet_module(t)->GreenletExit))) return result;
    return err_fetch(t);
}

static Greenlet *deliver(Thread *t, Greenlet *target, Value args, Value kwargs);

/* Never returns: the result (VNULL: the pending exception) goes to the parent. */
static void finish(Thread *t, Greenlet *g, Value result) {
    g->state = GREENLET_DEAD;
    gc_track(t, g);
    Value args = VNULL;
    if (!is_null(result)) {
        args = tuple_of(t, 1, result);
        decref(t, result);
    }
    for (Greenlet *parent = V_AS(Greenlet, g->parent);;) {
        parent = living(parent);
        Greenlet *next = deliver(t, parent, args, VNULL);
        if (next != NULL) transfer(t, g, next);
        args = VNULL; /* that failed: its exception goes on to the next */
        parent = V_AS(Greenlet, parent->parent);
    }
}

static void run(void *argument) {
    Greenlet *g = argument;
    Thread *t = g->own.thread;
    announced(g, NULL);
    Value function = g->run, result = VNULL;
    g->run = VNULL;
    Arrival a = arrive(t, g);
    let_go(t, a.origin);
    if (!is_null(a.args)) result = call_tuple(t, function, a.args, a.kwargs);
    Value pending = err_fetch(t);
    drop_luggage(t, &a);
    decref(t, function);
    err_restore(t, pending);
    finish(t, g, exit_value(t, result));
}

enum Start { START_FAILED, STARTED, STARTED_BEFORE };

/* Prepares a new greenlet for its first turn. */
static enum Start start(Thread *t, Greenlet *g, Value args, Value kwargs) {
    Value travelling = err_fetch(t), function = attr_get(t, v_from(g), N(t, run));
    /* The attribute's getter may have started it, or given it a parent elsewhere; so may the death of what was there. */
    bool fits = !is_null(function) && (g->state != GREENLET_NEW || is_of_thread(t, g));
    if (fits && g->state == GREENLET_NEW) slot_clear(t, &g->run);
    bool before = fits && g->state != GREENLET_NEW;
    if (before || !fits || !fiber_stack_take(t, g)) {
        decref_maybe(t, function);
        if (before) err_restore(t, travelling);
        else decref_maybe(t, travelling);
        return before ? STARTED_BEFORE : START_FAILED;
    }
    err_restore(t, travelling);
    g->main = ref_of(greenlet_main_of(g));
    Value replaced = g->run;
    g->run = function;
    g->fiber = &g->own;
    g->state = GREENLET_ACTIVE;
    gc_untrack(t, g); /* what its stack holds is not seen by the collector */
    g->args = args;
    g->kwargs = kwargs;
    fiber_point_init(&g->point, g->mapping, g->mapping + FIBER_STACK_BYTES, run, g);
    decref_maybe(t, replaced);
    return STARTED;
}

/* Puts args where the target, or the next living one above it, will find them; NULL: exception, args are dropped. */
static Greenlet *deliver(Thread *t, Greenlet *target, Value args, Value kwargs) {
    for (;;) {
        target = living(target);
        enum Start how = target->state == GREENLET_NEW ? start(t, target, args, kwargs) : STARTED_BEFORE;
        if (how == STARTED) return target;
        if (how == STARTED_BEFORE && target->state == GREENLET_ACTIVE) break;
        if (how == STARTED_BEFORE) continue; /* and it is over already */
        decref_maybe(t, args);
        decref_maybe(t, kwargs);
        return NULL;
    }
    slot_set(t, &target->args, args);
    slot_set(t, &target->kwargs, kwargs);
    return target;
}

Value greenlet_switch(Thread *t, Greenlet *target, Value args, Value kwargs) {
    Greenlet *self = greenlet_current(t);
    if (self == NULL || !is_of_thread(t, target)) {
        decref_maybe(t, args);
        decref_maybe(t, kwargs);
        return VNULL;
    }
    target = deliver(t, target, args, kwargs);
    if (target == NULL) return VNULL;
    Arrival a;
    if (target == self) {
        a = (Arrival){self->args, self->kwargs, NULL};
        self->args = self->kwargs = VNULL;
    } else {
        transfer(t, self, target);
        a = arrive(t, self);
        let_go(t, a.origin);
    }
    Value v = is_null(a.args) ? VNULL : value_of(t, a.args, a.kwargs);
    drop_luggage(t, &a);
    return v;
}

Value greenlet_throw(Thread *t, Greenlet *target, Value exception) {
    err_restore(t, exception);
    if (target->state != GREENLET_DEAD) return greenlet_switch(t, target, VNULL, VNULL);
    Value v = exit_value(t, VNULL), args = is_null(v) ? VNULL : tuple_of(t, 1, v);
    decref_maybe(t, v);
    return greenlet_switch(t, target, args, VNULL);
}

/* It can only run in its own thread, which will see to it; once that has ended, its memory is given back as it is. */
static void doom(Thread *t, Greenlet *g) {
    Greenlet *main = greenlet_main_of(g);
    if (greenlet_is_orphan(t, g)) return;
    if (is_null(main->doomed)) main->doomed = list_new(t, 1);
    if (is_null(main->doomed) || !list_append(t, V_AS(List, main->doomed), v_from(g))) err_clear(t);
    else *gc_mark_of(g) &= ~GC_FINALIZED; /* it will die a second time */
}

void greenlet_kill(Thread *t, Greenlet *g) {
    Greenlet *self = t->fiber->greenlet;
    if (self == NULL || greenlet_main_of(g) != greenlet_main_of(self)) {
        doom(t, g);
        return;
    }
    Value parent = g->parent;
    g->parent = ref_of(self);
    err_raise_type(t, V_AS(Type, greenlet_module(t)->GreenletExit), "Killing the greenlet because all references have vanished.");
    Value done = greenlet_switch(t, g, VNULL, VNULL);
    if (is_null(done)) err_unraisable(t, NULL, v_from(g));
    decref_maybe(t, done);
    slot_set(t, &g->parent, parent);
    if (g->state == GREENLET_ACTIVE) obj_incref(g); /* it would not die: nobody can end it any more */
}
