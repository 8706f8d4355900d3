/* What TypeVar, ParamSpec, TypeVarTuple and TypeAliasType share. */
#ifndef KRAIT_TYPES_TYPEVAR_PRIV_H
#define KRAIT_TYPES_TYPEVAR_PRIV_H

#include "types/typevar.h"

/* One layout for the three kinds of parameters: each uses what it has. */
typedef struct TypeParam {
    Object head;
    void *ext; /* __module__ and what else is set */
    Value name;
    Value bound, evaluate_bound;
    Value constraints, evaluate_constraints;
    Value default_value, evaluate_default;
    bool covariant, contravariant, infer_variance;
} TypeParam;

/* The value of a lazily computed attribute: what is known, or what `evaluate` gives, kept. Owned. */
Value typeparam_evaluate(Thread *t, Value *known, Value evaluate, Value fallback);
/* A callable that gives `value` in the format asked for. */
Value const_evaluator_new(Thread *t, Value value);
/* typing.NAME(args...) */
Value typing_call(Thread *t, const char *name, const Value *args, uint32_t nargs);
/* typing.Unpack[v] */
Value typing_unpack(Thread *t, Value v);
/* The module of the code that calls: owned str or None. */
Value typing_caller(Thread *t);
/* An iterator over Unpack[v]: *v in a subscript. */
Value typing_unpack_iter(Thread *t, Value v);

#endif
