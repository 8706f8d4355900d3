/* Safe points: what waits in Thread.breaker is done here, between two instructions. */
#include "object/gc.h"
#include "vm/eval_priv.h"
#include "vm/gil.h"

bool signals_check(Thread *t) {
    if (!t->is_main || !t->runtime->signals_pending || t->hooks->signals == NULL) return true;
    t->runtime->signals_pending = 0;
    return t->hooks->signals(t);
}

static bool raise_async(Thread *t) {
    breaker_clear(t, BREAK_ASYNC);
    Value e = t->async_exception;
    t->async_exception = VNULL;
    if (is_null(e)) return true;
    err_raise_value(t, e);
    if (is_type(t, e)) { /* a class: raised without arguments */
        err_clear(t);
        err_raise_type(t, V_AS(Type, e), "");
    }
    decref(t, e);
    return false;
}

static bool signals_due(Thread *t) {
    if (!(t->breaker & BREAK_SIGNAL)) return true;
    breaker_clear(t, BREAK_SIGNAL);
    return signals_check(t);
}

bool safe_point(Thread *t) {
    uint32_t reasons = t->breaker;
    if (!signals_due(t)) return false;
    if (reasons & BREAK_GC) gc_collect_if_due(t);
    if (reasons & (BREAK_GIL | BREAK_EXIT)) {
        gil_yield(t);
        if (!signals_due(t)) return false; /* what came meanwhile belongs here, not behind the next instruction */
    }
    if (reasons & BREAK_PENDING) breaker_clear(t, BREAK_PENDING);
    if (reasons & BREAK_ASYNC) return raise_async(t);
    return true;
}
