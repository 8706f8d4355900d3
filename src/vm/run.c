/* The doors of vm/run.h: running code, and looking at the running frame. */
#include "vm/run.h"

#include "core/names.h"
#include "object/dict.h"
#include "object/tuple.h"
#include "vm/call.h"
#include "vm/frame_object.h"

Value run_code(Thread *t, Value code, Value globals, Value locals, Value closure) {
    if (is_dict(t, globals) && is_null(dict_get_str(t, globals, N(t, __builtins__)))) {
        Value builtins = frame_builtins(t);
        if (is_null(builtins)) builtins = t->interp->builtins;
        if (!is_null(builtins) && !dict_set_str(t, globals, N(t, __builtins__), builtins)) return VNULL;
    }
    Value f = function_new(t, V_AS(Code, code), globals, VNULL);
    if (is_null(f)) return VNULL;
    if (!is_null(closure)) slot_set(t, &V_AS(Function, f)->closure, new_ref(closure));
    Value v = function_run_namespace(t, V_AS(Function, f), locals);
    decref(t, f);
    return v;
}

Value run_class_body(Thread *t, Function *body, Value namespace) { return function_run_namespace(t, body, namespace); }

Value frame_globals(Thread *t) {
    Frame *f = t->fiber->frame;
    return f != NULL ? f->globals : VNULL;
}

Value frame_builtins(Thread *t) {
    Frame *f = t->fiber->frame;
    return f != NULL ? f->function->builtins : VNULL;
}

Value frame_locals(Thread *t) {
    Frame *f = t->fiber->frame;
    return f != NULL ? frame_locals_snapshot(t, f) : err_raise(t, T_SystemError, "frame does not exist");
}

Code *frame_code(Thread *t) {
    Frame *f = t->fiber->frame;
    return f != NULL ? f->code : NULL;
}

int frame_line(Thread *t) {
    Frame *f = t->fiber->frame;
    return f != NULL ? frame_line_of(t, f) : 0;
}

Value frame_object_at(Thread *t, int depth) {
    Frame *f = t->fiber->frame;
    while (f != NULL && depth-- > 0) f = f->previous;
    return f != NULL ? frame_object(t, f) : VNULL;
}
