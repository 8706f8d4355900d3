/* Starting and ending the vm in an interpreter. */
#include "vm/vm.h"

#include "core/names.h"
#include "heap/heap.h"
#include "object/simple.h"
#include "object/tuple.h"
#include "vm/call.h"
#include "vm/eval_priv.h"
#include "vm/frame.h"
#include "vm/gil.h"
#include "vm/run.h"
#include "vm/thread.h"
#include "vm/trace.h"
#include "vm/unwind.h"
#include "vm/vm_state.h"

/* super() without arguments: the content of the cell __class__, and the first argument. */
static bool super_arguments(Thread *t, Value *type, Value *object) {
    Frame *f = t->fiber->frame;
    if (f == NULL) return err_fail(t, T_RuntimeError, "super(): no current frame");
    Code *code = f->code;
    if (code->nargs == 0) return err_fail(t, T_RuntimeError, "super(): no arguments");
    Value first = f->registers[0];
    for (uint32_t i = 0; is_unbound(first) && i < code->ncells; i++) { /* a parameter that closures share */
        Value cell = f->registers[code->nlocals + i];
        if (same(tuple_at(code->cell_names, i), tuple_at(code->local_names, 0)) && IS_EXACT(cell, cell)) first = V_AS(Cell, cell)->value;
    }
    if (is_unbound(first)) return err_fail(t, T_RuntimeError, "super(): arg[0] deleted");
    for (uint32_t i = 0; i < code->nfree; i++) {
        if (!same(tuple_at(code->free_names, i), N(t, __class__))) continue;
        Value cell = f->registers[code->nlocals + code->ncells + i];
        Value content = IS_EXACT(cell, cell) ? V_AS(Cell, cell)->value : V_UNBOUND;
        if (is_unbound(content)) return err_fail(t, T_RuntimeError, "super(): empty __class__ cell");
        if (!is_type(t, content)) return err_fail(t, T_RuntimeError, "super(): __class__ is not a type (%T)", content);
        *type = content;
        *object = first;
        return true;
    }
    return err_fail(t, T_RuntimeError, "super(): __class__ cell not found");
}

bool vm_init(Thread *t) {
    Interp *interp = t->interp;
    VmState *state = heap_alloc_zeroed(t, sizeof *state);
    if (state == NULL) return false;
    interp->code_registry = state;
    if (!gil_create(interp)) return err_no_memory_fail(t);
    gil_acquire(t);
    t->dispatch = t->plain_dispatch = eval_table(false);
    Hooks *hooks = &interp->hooks;
    hooks->poll = safe_point;
    hooks->add_traceback = unwind_add_traceback;
    hooks->frame_clear = frame_clear_registers;
    hooks->frame_traverse = frame_traverse_registers;
    hooks->visit_running = frame_visit_running;
    hooks->frame_globals = frame_globals;
    hooks->super_arguments = super_arguments;
    builtin_type(t, T_function)->slots.call = function_call;
    return true;
}

void vm_finish(Thread *t) {
    trace_free(t);
}
