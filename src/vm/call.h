/* Calls of Python functions: slots.call of function, and helpers of the loop's calls. */
#ifndef KRAIT_VM_CALL_H
#define KRAIT_VM_CALL_H

#include "core/errors.h"
#include "object/function.h"

/* slots.call of function: vm_init puts it there. */
Value function_call(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames);
/* Runs a body whose register 0 is its namespace. */
Value function_run_namespace(Thread *t, Function *function, Value namespace);
/* Moves the owned values of a call, which stand at registers, to the parameters; false: TypeError, all dropped. */
bool function_bind(Thread *t, Function *f, Value *registers, uint32_t nargs, Value kwnames) MUST_USE;
/* A callable for messages: "module.name()" or its str. */
Value callable_text(Thread *t, Value callee);
/* Adds the items of a mapping to the keyword arguments of a call of `callee`: TypeErrors for what is no mapping and for repeated names. */
bool dict_merge_keywords(Thread *t, Value kwargs, Value mapping, Value callee) MUST_USE;

#endif
