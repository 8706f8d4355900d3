/* FutureIter: what `await future` runs. It yields the future once, and answers its result when it is resumed. */
#include "modules/asyncio/asyncio_priv.h"

#include "vm/generator.h"

typedef struct FutureIter { Object head; Value future; } FutureIter; /* VNULL: exhausted */

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

Value future_iter(Thread *t, Value self) {
    if (is_null(V_AS(Future, self)->loop)) return err_raise(t, T_RuntimeError, "Future object is not initialized.");
    FutureIter *it = heap_object(t, SHAPE_FutureIter, sizeof *it);
    if (it == NULL) return VNULL;
    it->future = new_ref(self);
    gc_track(t, it);
    return v_from(it);
}

static SendResult iter_step(Thread *t, Value self, Value arg, Value *result) {
    FutureIter *it = V_AS(FutureIter, self);
    *result = VNULL;
    if (is_null(it->future)) {
        *result = V_NONE;
        return SEND_RETURN;
    }
    Future *f = V_AS(Future, it->future);
    if (f->state == FUTURE_PENDING) {
        if (f->blocking) return err_minus(t, T_RuntimeError, "await wasn't used with future");
        f->blocking = true;
        *result = new_ref(it->future);
        return SEND_YIELD;
    }
    Value future = it->future, outcome = VNULL;
    it->future = VNULL;
    int kind = future_outcome(t, f, &outcome);
    decref(t, future);
    if (kind > 0) {
        *result = outcome;
        return SEND_RETURN;
    }
    if (kind == 0) {
        err_raise_value(t, outcome);
        decref(t, outcome);
    }
    return SEND_ERROR;
}

/* As __next__ and send() answer: the end is a StopIteration. */
static Value step_value(Thread *t, Value self) {
    Value v;
    SendResult r = iter_step(t, self, V_NONE, &v);
    return r == SEND_YIELD ? v : r == SEND_RETURN ? stop_with(t, v) : VNULL;
}

static Value iter_self(Thread *t, Value self) { return new_ref(self); }
METHOD(m_send) { return step_value(t, args[0]); }
METHOD(m_throw) {
    if (!call_no_keywords(t, "throw", kwnames) || !call_arity(t, "throw", nargs - 1, 1, 3)) return VNULL;
    Value e = throw_arguments(t, args + 1, nargs - 1);
    if (is_null(e)) return VNULL;
    slot_clear(t, &V_AS(FutureIter, args[0])->future);
    err_raise_value(t, e);
    decref(t, e);
    return VNULL;
}
METHOD(m_close) {
    slot_clear(t, &V_AS(FutureIter, args[0])->future);
    return V_NONE;
}

static const MethodDef methods[] = {
    {"send", "($self, arg, /)", "Resumes it.", m_send},
    {"throw", NULL, "throw(value): ends it with an exception.", m_throw},
    {"close", "($self, /)", "Ends it.", m_close},
    {NULL},
};
static const Field fields[] = {FIELD_VALUE(FutureIter, future)};
const TypeDef typedef_FutureIter = {
    .name = "_asyncio.FutureIter",
    .flags = TF_GC | TF_IMMUTABLE | TF_NO_NEW | TF_MODULE_NAME,
    .size = sizeof(FutureIter),
    FIELDS(fields),
    .methods = methods,
    .slots = {.iter = iter_self, .next = step_value, .send = iter_step},
};
