/* The doors of the interpreter for the rooms above it: running code, and looking at the running frame. */
#ifndef KRAIT_VM_RUN_H
#define KRAIT_VM_RUN_H

#include "core/errors.h"
#include "object/code.h"
#include "object/function.h"

/* Runs a code object as exec() and eval() do: globals is a dict (its __builtins__ is looked up, and set if
 * absent), locals any mapping (register 0 of such code), closure a tuple of cells or VNULL.  Owned result. */
Value run_code(Thread *t, Value code, Value globals, Value locals, Value closure);
/* Runs a function's body with `namespace` as its locals: class bodies for __build_class__. */
Value run_class_body(Thread *t, Function *body, Value namespace);
/* The innermost Python frame's globals and builtins (borrowed; VNULL: no frame runs). */
Value frame_globals(Thread *t);
Value frame_builtins(Thread *t);
/* What locals() answers there: the namespace itself, or a new snapshot dict for functions. Owned. */
Value frame_locals(Thread *t);
/* The code of that frame (borrowed, NULL: none) and its current line. */
Code *frame_code(Thread *t);
int frame_line(Thread *t);
/* The frame object `depth` Python frames up (0: the innermost); VNULL without exception beyond the last. Owned. */
Value frame_object_at(Thread *t, int depth);
/* The awaitable of anext(iterator, default), from the one that __anext__ gave; borrows both. */
Value anext_awaitable_new(Thread *t, Value awaitable, Value fallback);

#endif
