/* Type parameters and type aliases, as their statements make them. */
#ifndef KRAIT_TYPES_TYPEVAR_H
#define KRAIT_TYPES_TYPEVAR_H

#include "core/errors.h"

/* evaluate_...: functions that compute the bound or the constraints when asked, or VNULL. All borrowed. */
Value typevar_new(Thread *t, Value name, Value evaluate_bound, Value evaluate_constraints);
Value paramspec_new(Thread *t, Value name);
Value typevartuple_new(Thread *t, Value name);
/* Gives a parameter the function that computes its default; answers the parameter (owned). */
Value typeparam_set_default(Thread *t, Value parameter, Value evaluate_default);
/* The type statement: type_params a tuple or None. */
Value typealias_new(Thread *t, Value name, Value type_params, Value evaluate_value);
/* Generic[params]: the base that a class with type parameters gets. */
Value generic_subscript(Thread *t, Value params);
Value no_default(Thread *t); /* borrowed */

#endif
