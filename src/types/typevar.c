/* TypeVar, ParamSpec and TypeVarTuple: parameters of generic classes, functions and aliases.
 *
 * Those that a statement makes compute their bounds, constraints and defaults when somebody asks: an evaluate_... function is
 * called with the format 1 (value) and its answer kept.
 */
#include "heap/heap.h"
#include "object/dict.h"
#include "object/dispatch.h"
#include "object/instance.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/arguments.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"
#include "types/generic_alias.h"
#include "types/types_priv.h"
#include "types/typevar_priv.h"
#include "types/union.h"

static TypeParam *as(Value v) { return V_AS(TypeParam, v); }

/* --- Helpers ----------------------------------------------------------------------------------------------------------------------- */

Value typing_call(Thread *t, const char *name, const Value *args, uint32_t nargs) {
    Value typing = t->hooks->import(t, "typing");
    if (is_null(typing)) return VNULL;
    Value f = attr_get_cstr(t, typing, name);
    decref(t, typing);
    if (is_null(f)) return VNULL;
    Value r = call_copy(t, f, args, nargs, VNULL);
    decref(t, f);
    return r;
}

Value typing_unpack(Thread *t, Value v) {
    Value typing = t->hooks->import(t, "typing");
    if (is_null(typing)) return VNULL;
    Value unpack = attr_get_cstr(t, typing, "Unpack");
    decref(t, typing);
    if (is_null(unpack)) return VNULL;
    Value r = item_get(t, unpack, v);
    decref(t, unpack);
    return r;
}

Value typing_unpack_iter(Thread *t, Value v) {
    Value unpacked = typing_unpack(t, v), tuple = is_null(unpacked) ? VNULL : tuple_of(t, 1, unpacked);
    Value r = is_null(tuple) ? VNULL : iter_of(t, tuple);
    decref_maybe(t, unpacked);
    decref_maybe(t, tuple);
    return r;
}

Value typing_caller(Thread *t) {
    Value globals = t->hooks->frame_globals ? t->hooks->frame_globals(t) : VNULL;
    Value module = is_null(globals) ? VNULL : dict_get_str(t, globals, N(t, __name__));
    return is_null(module) ? V_NONE : new_ref(module);
}

Value typeparam_evaluate(Thread *t, Value *known, Value evaluate, Value fallback) {
    if (!is_null(*known)) return new_ref(*known);
    if (is_null(evaluate)) return new_ref(fallback);
    incref(evaluate);
    Value v = call_1(t, evaluate, v_smallint(1));
    decref(t, evaluate);
    if (!is_null(v)) slot_set(t, known, new_ref(v));
    return v;
}

static Value checked_type(Thread *t, Value v, const char *message) {
    if (is_none(v)) return ref_of(builtin_type(t, T_NoneType));
    Value text = str_from_cstr(t, message);
    if (is_null(text)) return VNULL;
    Value args[2] = {v, text};
    Value r = typing_call(t, "_type_check", args, 2);
    decref(t, text);
    return r;
}

/* --- Constant evaluators ------------------------------------------------------------------------------------------------------------- */

typedef struct ConstEvaluator { Object head; Value value; } ConstEvaluator;

static Value evaluator_call(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Value v = V_AS(ConstEvaluator, self)->value;
    int64_t format;
    if (!call_no_keywords(t, "_ConstEvaluator.__call__", kwnames)) return VNULL;
    if (nargs != 1) return err_raise(t, T_TypeError, "_ConstEvaluator.__call__() takes exactly one argument (%u given)", nargs);
    if (!arg_i64(t, args[0], &format)) return VNULL;
    if (format != 4) return new_ref(v);
    StrBuilder b;
    str_builder_init(&b);
    bool ok = true;
    if (is_tuple(t, v)) {
        ok = str_builder_cstr(t, &b, "(");
        for (int64_t i = 0; ok && i < tuple_len(v); i++) ok = (i == 0 || str_builder_cstr(t, &b, ", ")) && generic_repr_item(t, &b, tuple_at(v, i));
        if (ok) ok = str_builder_cstr(t, &b, ")");
    } else {
        ok = generic_repr_item(t, &b, v);
    }
    if (ok) return str_builder_finish(t, &b);
    str_builder_drop(t, &b);
    return VNULL;
}
static Value evaluator_repr(Thread *t, Value self) { return str_format(t, "<constevaluator %R>", V_AS(ConstEvaluator, self)->value); }
static const Field evaluator_fields[] = {FIELD_VALUE(ConstEvaluator, value)};
static const TypeDef evaluator_def = {
    .name = "_typing._ConstEvaluator",
    .flags = TF_GC | TF_NO_NEW,
    .size = sizeof(ConstEvaluator),
    FIELDS(evaluator_fields),
    .slots = {.repr = evaluator_repr, .call = evaluator_call},
};

/* The type has no id: TypeVar's own type keeps it. */
Value const_evaluator_new(Thread *t, Value value) {
    Type *owner = builtin_type(t, T_TypeVar), *type = owner->module_state;
    if (type == NULL) {
        type = type_from_def(t, &evaluator_def, VNULL, VNULL);
        if (type == NULL) return VNULL;
        owner->module_state = type;
    }
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    V_AS(ConstEvaluator, v)->value = new_ref(value);
    return object_done(t, v);
}

/* What an evaluate_... attribute shows: the function, or one that gives the known value, or None. */
static Value evaluator_of(Thread *t, Value evaluate, Value known) {
    if (!is_null(evaluate)) return new_ref(evaluate);
    return is_null(known) ? V_NONE : const_evaluator_new(t, known);
}

/* --- NoDefault --------------------------------------------------------------------------------------------------------------------- */

Value no_default(Thread *t) { return v_from(builtin_type(t, T_NoDefaultType)->module_state); }

static bool no_default_ready(Thread *t, Type *type) {
    Object *o = heap_object(t, SHAPE_NoDefaultType, sizeof(Object) + 8);
    if (o == NULL) return false;
    make_immortal(v_from(o));
    type->module_state = o;
    return true;
}
static Value no_default_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (nargs || keyword_count(kwnames)) return err_raise(t, T_TypeError, "NoDefaultType takes no arguments");
    return no_default(t);
}
static Value no_default_repr(Thread *t, Value self) { return str_from_cstr(t, "typing.NoDefault"); }
static Value no_default_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return str_from_cstr(t, "NoDefault"); }
static const MethodDef no_default_methods[] = {
    {"__reduce__", "($self, /)", NULL, no_default_reduce},
    {NULL},
};
const TypeDef typedef_NoDefaultType = {
    .name = "NoDefaultType",
    .doc = "The type of the NoDefault singleton.",
    .size = sizeof(Object),
    .methods = no_default_methods,
    .slots = {.new = no_default_new, .repr = no_default_repr},
    .ready = no_default_ready,
};

/* --- What the parameters have in common ---------------------------------------------------------------------------------------------- */

static TypeParam *param_alloc(Thread *t, enum TypeId id, Value name) {
    Value v = object_new(t, builtin_type(t, id));
    if (is_null(v)) return NULL;
    as(v)->name = new_ref(name);
    return as(v);
}
/* Of a constructor: the module is the caller's. */
static Value param_made(Thread *t, TypeParam *p) {
    object_done(t, v_from(p));
    Value module = typing_caller(t);
    bool ok = instance_set(t, &p->head, N(t, __module__), module);
    decref(t, module);
    if (ok) return v_from(p);
    obj_decref(t, p);
    return VNULL;
}

static Value param_repr(Thread *t, Value self) {
    TypeParam *p = as(self);
    if (p->infer_variance) return new_ref(p->name);
    return str_format(t, "%s%U", p->covariant ? "+" : p->contravariant ? "-" : "~", p->name);
}
static Value param_or(Thread *t, Value a, Value b) {
    Value pair[2] = {a, b};
    return union_from_args(t, pair, 2);
}

static Value get_bound(Thread *t, Value self, void *c) { return typeparam_evaluate(t, &as(self)->bound, as(self)->evaluate_bound, V_NONE); }
static Value get_constraints(Thread *t, Value self, void *c) {
    Value empty = tuple_new(t, 0);
    return is_null(empty) ? empty : typeparam_evaluate(t, &as(self)->constraints, as(self)->evaluate_constraints, empty);
}
static Value get_default(Thread *t, Value self, void *c) { return typeparam_evaluate(t, &as(self)->default_value, as(self)->evaluate_default, no_default(t)); }
static Value get_evaluate_bound(Thread *t, Value self, void *c) { return evaluator_of(t, as(self)->evaluate_bound, as(self)->bound); }
static Value get_evaluate_constraints(Thread *t, Value self, void *c) { return evaluator_of(t, as(self)->evaluate_constraints, as(self)->constraints); }
static Value get_evaluate_default(Thread *t, Value self, void *c) { return evaluator_of(t, as(self)->evaluate_default, as(self)->default_value); }

static bool has_default(Thread *t, TypeParam *p) { return !is_null(p->evaluate_default) || (!is_null(p->default_value) && !same(p->default_value, no_default(t))); }
static Value param_has_default(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_bool(has_default(t, as(args[0]))); }
static Value param_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return new_ref(as(args[0])->name); }

static Value typevar_mro_entries(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return err_raise(t, T_TypeError, "Cannot subclass an instance of TypeVar"); }
static Value paramspec_mro_entries(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return err_raise(t, T_TypeError, "Cannot subclass an instance of ParamSpec"); }
static Value typevartuple_mro_entries(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return err_raise(t, T_TypeError, "Cannot subclass an instance of TypeVarTuple"); }

static bool check_variance(Thread *t, Value covariant, Value contravariant, Value infer, TypeParam *p) {
    int co = is_null(covariant) ? 0 : truth(t, covariant), contra = is_null(contravariant) ? 0 : truth(t, contravariant), inf = is_null(infer) ? 0 : truth(t, infer);
    if (co < 0 || contra < 0 || inf < 0) return false;
    if (co && contra) return err_fail(t, T_ValueError, "Bivariant types are not supported.");
    if (inf && (co || contra)) return err_fail(t, T_ValueError, "Variance cannot be specified with infer_variance.");
    p->covariant = co;
    p->contravariant = contra;
    p->infer_variance = inf;
    return true;
}
static bool check_name(Thread *t, Value name, const char *function) {
    return is_str(t, name) || err_fail(t, T_TypeError, "%s() argument 'name' must be str, not %T", function, name);
}

#define PARAM_FIELDS \
    FIELD_VALUE(TypeParam, name), FIELD_VALUE(TypeParam, bound), FIELD_VALUE(TypeParam, evaluate_bound), FIELD_VALUE(TypeParam, constraints), \
    FIELD_VALUE(TypeParam, evaluate_constraints), FIELD_VALUE(TypeParam, default_value), FIELD_VALUE(TypeParam, evaluate_default)
static const Field param_fields[] = {PARAM_FIELDS};
#define PARAM_FLAGS (TF_GC | TF_DICT | TF_WEAKREF)

/* --- TypeVar ----------------------------------------------------------------------------------------------------------------------- */

Value typevar_new(Thread *t, Value name, Value evaluate_bound, Value evaluate_constraints) {
    TypeParam *p = param_alloc(t, T_TypeVar, name);
    if (p == NULL) return VNULL;
    p->infer_variance = true;
    p->evaluate_bound = new_ref_maybe(evaluate_bound);
    p->evaluate_constraints = new_ref_maybe(evaluate_constraints);
    return object_done(t, v_from(p));
}

/* The call's arguments apart: names from the keywords, positional ones behind the name. */
typedef struct TypeVarArgs { Value name, bound, default_value, covariant, contravariant, infer_variance; } TypeVarArgs;

static bool typevar_arguments(Thread *t, Value *args, uint32_t nargs, Value kwnames, TypeVarArgs *out) {
    static const char *const names[] = {"name", "bound", "default", "covariant", "contravariant", "infer_variance"};
    Value *places[] = {&out->name, &out->bound, &out->default_value, &out->covariant, &out->contravariant, &out->infer_variance};
    *out = (TypeVarArgs){.name = nargs ? args[0] : VNULL};
    for (uint32_t k = 0; k < keyword_count(kwnames); k++) {
        Value keyword = tuple_at(kwnames, k);
        size_t i = 0;
        while (i < COUNT_OF(names) && !str_equals_cstr(V_AS(Str, keyword), names[i])) i++;
        if (i == COUNT_OF(names)) return err_fail(t, T_TypeError, "typevar() got an unexpected keyword argument '%U'", keyword);
        if (!is_null(*places[i])) return err_fail(t, T_TypeError, "argument for typevar() given by name ('%U') and position (1)", keyword);
        *places[i] = args[nargs + k];
    }
    if (is_null(out->name)) return err_fail(t, T_TypeError, "typevar() missing required argument 'name' (pos 1)");
    return check_name(t, out->name, "typevar");
}

static Value typevar_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    TypeVarArgs a;
    if (!typevar_arguments(t, args, nargs, kwnames, &a)) return VNULL;
    TypeParam *p = param_alloc(t, T_TypeVar, a.name);
    if (p == NULL) return VNULL;
    if (!check_variance(t, a.covariant, a.contravariant, a.infer_variance, p)) goto fail;
    if (!is_null(a.bound) && !is_none(a.bound)) {
        p->bound = checked_type(t, a.bound, "Bound must be a type.");
        if (is_null(p->bound)) goto fail;
    }
    if (nargs == 2) {
        err_raise(t, T_TypeError, "A single constraint is not allowed");
        goto fail;
    }
    if (nargs > 2) {
        if (!is_null(p->bound)) {
            err_raise(t, T_TypeError, "Constraints cannot be combined with bound=...");
            goto fail;
        }
        p->constraints = tuple_from(t, args + 1, nargs - 1);
        if (is_null(p->constraints)) goto fail;
    }
    p->default_value = new_ref_maybe(a.default_value);
    return param_made(t, p);
fail:
    obj_decref(t, p);
    return VNULL;
}

static Value typevar_subst(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return typing_call(t, "_typevar_subst", args, 2); }

static Value typevar_prepare(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value parameters = attr_get(t, args[1], N(t, __parameters__));
    if (is_null(parameters)) return VNULL;
    int64_t n = length_of(t, args[2]), index = -1;
    if (n >= 0 && is_tuple(t, parameters))
        for (int64_t i = 0; index < 0 && i < tuple_len(parameters); i++)
            if (same(tuple_at(parameters, i), args[0])) index = i;
    decref(t, parameters);
    if (n < 0) return VNULL;
    if (index < 0) return err_raise(t, T_ValueError, "tuple.index(x): x not in tuple");
    if (index < n) return new_ref(args[2]);
    if (index == n) {
        Value d = get_default(t, args[0], NULL);
        if (is_null(d)) return VNULL;
        if (!same(d, no_default(t))) {
            Value one = tuple_of(t, 1, d), r = is_null(one) ? VNULL : concat(t, args[2], one);
            decref_maybe(t, one);
            decref(t, d);
            return r;
        }
        decref(t, d);
    }
    return err_raise(t, T_TypeError, "Too few arguments for %S; actual %ld, expected at least %ld", args[1], (long)n, (long)index + 1);
}

static const MethodDef typevar_methods[] = {
    {"__typing_subst__", "($self, arg, /)", NULL, typevar_subst},
    {"__typing_prepare_subst__", "($self, alias, args, /)", NULL, typevar_prepare},
    {"__reduce__", "($self, /)", NULL, param_reduce},
    {"has_default", "($self, /)", NULL, param_has_default},
    {"__mro_entries__", "($self, bases, /)", NULL, typevar_mro_entries},
    {NULL},
};
static const GetSetDef typevar_getsets[] = {
    {"__bound__", get_bound}, {"__constraints__", get_constraints}, {"__default__", get_default},
    {"evaluate_bound", get_evaluate_bound}, {"evaluate_constraints", get_evaluate_constraints}, {"evaluate_default", get_evaluate_default}, {NULL},
};
static const MemberDef typevar_members[] = {
    {"__name__", MK_VALUE, MEMBER_READONLY, offsetof(TypeParam, name)},
    {"__covariant__", MK_BOOL8, MEMBER_READONLY, offsetof(TypeParam, covariant)},
    {"__contravariant__", MK_BOOL8, MEMBER_READONLY, offsetof(TypeParam, contravariant)},
    {"__infer_variance__", MK_BOOL8, MEMBER_READONLY, offsetof(TypeParam, infer_variance)},
    {NULL},
};
const TypeDef typedef_TypeVar = {
    .name = "typing.TypeVar",
    .doc = "Type variable.",
    .flags = PARAM_FLAGS,
    .size = sizeof(TypeParam),
    .ext_offset = offsetof(TypeParam, ext),
    FIELDS(param_fields),
    .methods = typevar_methods,
    .getsets = typevar_getsets,
    .members = typevar_members,
    .slots = {.new = typevar_make, .repr = param_repr, .binop[OP_or] = param_or},
};

/* --- ParamSpec --------------------------------------------------------------------------------------------------------------------- */

Value paramspec_new(Thread *t, Value name) {
    TypeParam *p = param_alloc(t, T_ParamSpec, name);
    if (p == NULL) return VNULL;
    p->infer_variance = true;
    return object_done(t, v_from(p));
}

static Value paramspec_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value a[6];
    if (!call_bind_signature(t, "paramspec", "(name, *, bound=None, default=typing.NoDefault, covariant=False, contravariant=False, infer_variance=False)", args,
                             nargs, kwnames, a) || !check_name(t, a[0], "paramspec"))
        return VNULL;
    TypeParam *p = param_alloc(t, T_ParamSpec, a[0]);
    if (p == NULL) return VNULL;
    if (!check_variance(t, a[3], a[4], a[5], p)) goto fail;
    if (!is_null(a[1]) && !is_none(a[1])) p->bound = new_ref(a[1]);
    p->default_value = new_ref_maybe(a[2]);
    return param_made(t, p);
fail:
    obj_decref(t, p);
    return VNULL;
}

static Value paramspec_subst(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return typing_call(t, "_paramspec_subst", args, 2); }
static Value paramspec_prepare(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return typing_call(t, "_paramspec_prepare_subst", args, 3); }

typedef struct ParamSpecPart { Object head; Value origin; void *ext; } ParamSpecPart;

static Value part_new(Thread *t, enum TypeId id, Value origin) {
    Value v = object_new(t, builtin_type(t, id));
    if (is_null(v)) return v;
    V_AS(ParamSpecPart, v)->origin = new_ref(origin);
    return object_done(t, v);
}
static Value get_args(Thread *t, Value self, void *c) { return part_new(t, T_ParamSpecArgs, self); }
static Value get_kwargs(Thread *t, Value self, void *c) { return part_new(t, T_ParamSpecKwargs, self); }

static const MethodDef paramspec_methods[] = {
    {"__typing_subst__", "($self, arg, /)", NULL, paramspec_subst},
    {"__typing_prepare_subst__", "($self, alias, args, /)", NULL, paramspec_prepare},
    {"__reduce__", "($self, /)", NULL, param_reduce},
    {"has_default", "($self, /)", NULL, param_has_default},
    {"__mro_entries__", "($self, bases, /)", NULL, paramspec_mro_entries},
    {NULL},
};
static const GetSetDef paramspec_getsets[] = {
    {"args", get_args, NULL, "Represents positional arguments."}, {"kwargs", get_kwargs, NULL, "Represents keyword arguments."},
    {"__default__", get_default}, {"evaluate_default", get_evaluate_default}, {NULL},
};
static const MemberDef paramspec_members[] = {
    {"__name__", MK_VALUE, MEMBER_READONLY, offsetof(TypeParam, name)},
    {"__bound__", MK_VALUE, MEMBER_READONLY, offsetof(TypeParam, bound)},
    {"__covariant__", MK_BOOL8, MEMBER_READONLY, offsetof(TypeParam, covariant)},
    {"__contravariant__", MK_BOOL8, MEMBER_READONLY, offsetof(TypeParam, contravariant)},
    {"__infer_variance__", MK_BOOL8, MEMBER_READONLY, offsetof(TypeParam, infer_variance)},
    {NULL},
};
const TypeDef typedef_ParamSpec = {
    .name = "typing.ParamSpec",
    .doc = "Parameter specification variable: it stands for the parameters of a callable.\n\n"
           "    >>> P = ParamSpec('P')\n    >>> P.__name__, P.args, P.kwargs\n    ('P', P.args, P.kwargs)",
    .flags = PARAM_FLAGS,
    .size = sizeof(TypeParam),
    .ext_offset = offsetof(TypeParam, ext),
    FIELDS(param_fields),
    .methods = paramspec_methods,
    .getsets = paramspec_getsets,
    .members = paramspec_members,
    .slots = {.new = paramspec_make, .repr = param_repr, .binop[OP_or] = param_or},
};

static Value part_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value origin;
    const char *name = type == builtin_type(t, T_ParamSpecArgs) ? "paramspecargs" : "paramspeckwargs";
    if (!call_bind_signature(t, name, "(origin)", args, nargs, kwnames, &origin)) return VNULL;
    return part_new(t, type == builtin_type(t, T_ParamSpecArgs) ? T_ParamSpecArgs : T_ParamSpecKwargs, origin);
}
static Value part_repr(Thread *t, Value self) {
    Value origin = V_AS(ParamSpecPart, self)->origin;
    const char *part = IS_EXACT(self, ParamSpecArgs) ? "args" : "kwargs";
    if (IS_A(t, origin, ParamSpec)) return str_format(t, "%U.%s", as(origin)->name, part);
    return str_format(t, "%R.%s", origin, part);
}
static Value part_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if ((op != CMP_EQ && op != CMP_NE) || v_obj(a)->shape != (is_obj(b) ? v_obj(b)->shape : 0)) return V_NOTIMPL;
    return compare(t, V_AS(ParamSpecPart, a)->origin, V_AS(ParamSpecPart, b)->origin, op);
}
static bool part_hash(Thread *t, Value self, int64_t *hash) { return hash_of(t, V_AS(ParamSpecPart, self)->origin, hash); }
static Value part_args_mro_entries(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return err_raise(t, T_TypeError, "Cannot subclass an instance of ParamSpecArgs"); }
static Value part_kwargs_mro_entries(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return err_raise(t, T_TypeError, "Cannot subclass an instance of ParamSpecKwargs"); }
static const MethodDef part_args_methods[] = {
    {"__mro_entries__", "($self, bases, /)", NULL, part_args_mro_entries},
    {NULL},
};
static const MethodDef part_kwargs_methods[] = {
    {"__mro_entries__", "($self, bases, /)", NULL, part_kwargs_mro_entries},
    {NULL},
};
static const MemberDef part_members[] = {
    {"__origin__", MK_VALUE, MEMBER_READONLY, offsetof(ParamSpecPart, origin)},
    {NULL},
};
static const Field part_fields[] = {FIELD_VALUE(ParamSpecPart, origin)};
#define PART_TYPE(id, method_table, text) \
    const TypeDef typedef_##id = { \
        .name = "typing." #id, .doc = text, .signature = "(origin)", .flags = TF_GC | TF_WEAKREF, .size = sizeof(ParamSpecPart), \
        .ext_offset = offsetof(ParamSpecPart, ext), FIELDS(part_fields), .methods = method_table, .members = part_members, \
        .slots = {.new = part_make, .repr = part_repr, .compare = part_compare, .hash = part_hash}, \
    }
PART_TYPE(ParamSpecArgs, part_args_methods, "The positional part of a ParamSpec's parameters, for *args.\n\n    >>> P = ParamSpec('P')\n    >>> P.args.__origin__ is P\n    True");
PART_TYPE(ParamSpecKwargs, part_kwargs_methods, "The keyword part of a ParamSpec's parameters, for **kwargs.\n\n    >>> P = ParamSpec('P')\n    >>> P.kwargs.__origin__ is P\n    True");

/* --- TypeVarTuple ------------------------------------------------------------------------------------------------------------------ */

Value typevartuple_new(Thread *t, Value name) {
    TypeParam *p = param_alloc(t, T_TypeVarTuple, name);
    return p ? object_done(t, v_from(p)) : VNULL;
}

static Value typevartuple_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value a[2];
    if (!call_bind_signature(t, "typevartuple", "(name, *, default=typing.NoDefault)", args, nargs, kwnames, a) || !check_name(t, a[0], "typevartuple")) return VNULL;
    TypeParam *p = param_alloc(t, T_TypeVarTuple, a[0]);
    if (p == NULL) return VNULL;
    p->default_value = new_ref_maybe(a[1]);
    return param_made(t, p);
}
static Value typevartuple_repr(Thread *t, Value self) { return new_ref(as(self)->name); }
static Value typevartuple_subst(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return err_raise(t, T_TypeError, "Substitution of bare TypeVarTuple is not supported"); }
static Value typevartuple_prepare(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return typing_call(t, "_typevartuple_prepare_subst", args, 3); }

static const MethodDef typevartuple_methods[] = {
    {"__typing_subst__", "($self, arg, /)", NULL, typevartuple_subst},
    {"__typing_prepare_subst__", "($self, alias, args, /)", NULL, typevartuple_prepare},
    {"__reduce__", "($self, /)", NULL, param_reduce},
    {"has_default", "($self, /)", NULL, param_has_default},
    {"__mro_entries__", "($self, bases, /)", NULL, typevartuple_mro_entries},
    {NULL},
};
static const GetSetDef typevartuple_getsets[] = {
    {"__default__", get_default}, {"evaluate_default", get_evaluate_default}, {NULL},
};
static const MemberDef typevartuple_members[] = {
    {"__name__", MK_VALUE, MEMBER_READONLY, offsetof(TypeParam, name)},
    {NULL},
};
const TypeDef typedef_TypeVarTuple = {
    .name = "typing.TypeVarTuple",
    .doc = "Type variable tuple. A specialized form of type variable that enables\nvariadic generics.",
    .flags = PARAM_FLAGS,
    .size = sizeof(TypeParam),
    .ext_offset = offsetof(TypeParam, ext),
    FIELDS(param_fields),
    .methods = typevartuple_methods,
    .getsets = typevartuple_getsets,
    .members = typevartuple_members,
    .slots = {.new = typevartuple_make, .repr = typevartuple_repr, .iter = typing_unpack_iter},
};

Value typeparam_set_default(Thread *t, Value parameter, Value evaluate_default) {
    slot_set(t, &as(parameter)->evaluate_default, new_ref(evaluate_default));
    return new_ref(parameter);
}
