/* Calling. Arguments are borrowed; args[-1] must be writable scratch for the callee's slot (see call_args).
 *
 * The raw convention everywhere: `nargs` positional values, followed by one value for each name in the
 * tuple kwnames (VNULL: none).
 */
#ifndef KRAIT_OPS_CALL_H
#define KRAIT_OPS_CALL_H

#include "core/def.h"
#include "core/errors.h"

/* args must have a spare word in front: args[-1] is overwritten with the callee. */
Value call(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames);
/* Without that demand: copies the arguments. */
Value call_copy(Thread *t, Value callee, const Value *args, uint32_t nargs, Value kwnames);
/* callee(self, *args): copies the arguments behind self. */
Value call_with_self(Thread *t, Value callee, Value self, const Value *args, uint32_t nargs, Value kwnames);
Value call_0(Thread *t, Value callee);
Value call_1(Thread *t, Value callee, Value a);
Value call_2(Thread *t, Value callee, Value a, Value b);
Value call_3(Thread *t, Value callee, Value a, Value b, Value c);
/* callee(*args, **kwargs): a tuple, a dict or VNULL. */
Value call_tuple(Thread *t, Value callee, Value args, Value kwargs);

/* object.name(...): the bound method is not made where it need not be. `method`: interned str. */
Value call_method(Thread *t, Value object, Value method, const Value *args, uint32_t nargs);
/* The same with keyword arguments: their values follow the nargs positional ones. */
Value call_method_kw(Thread *t, Value object, Value method, const Value *args, uint32_t nargs, Value kwnames);
Value call_method_0(Thread *t, Value object, Value method);
Value call_method_1(Thread *t, Value object, Value method, Value a);
Value call_method_2(Thread *t, Value object, Value method, Value a, Value b);

/* type(object).name looked up as special methods are (not in the instance), with the descriptor bound.
 * lookup_special: owned, VNULL without exception when absent. */
Value lookup_special(Thread *t, Value object, Value method);
/* Looks up and calls; *found tells whether it was there (VNULL and !*found: absent, no exception). */
Value call_special(Thread *t, Value object, Value method, const Value *args, uint32_t nargs, bool *found);

/* For functions that take the call as it is (def.h): distributes a raw call over the parameters of `def`'s
 * signature: out[i] is borrowed or VNULL; what *name collects is the positional rest (*rest, *nrest), and
 * **name gives a new dict in *kwargs (owned, VNULL if the signature has none). */
bool call_bind(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames, Value *out, Value **rest, uint32_t *nrest, Value *kwargs);
/* A function without keyword arguments: TypeError "NAME() takes no keyword arguments". */
bool call_no_keywords(Thread *t, const char *name, Value kwnames);
/* TypeError as CPython's unpacking of positional arguments words it unless min <= nargs <= max. */
bool call_arity(Thread *t, const char *name, uint32_t nargs, uint32_t min, uint32_t max);

/* For `new` and `init` slots: binds a raw call to the parameters of a signature text such as
 * "(x, /, base=10)" (no self) into out[]; name is for messages. */
bool call_bind_signature(Thread *t, const char *name, const char *signature, Value *args, uint32_t nargs, Value kwnames, Value *out);

/* The call slots of builtin_function, method_descriptor and method. */
Value builtin_call(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames);
Value method_descriptor_call(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames);
Value method_call(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames);

bool is_callable(Thread *t, Value v);
/* The module object of a C function (from args[-1]) and its state. */
Value function_module(Thread *t, Value callee);

#endif
