/* TypeAliasType, what `type X = ...` makes, and Generic, the base of classes with type parameters. */
#include "heap/heap.h"
#include "object/dict.h"
#include "object/dispatch.h"
#include "object/instance.h"
#include "object/list.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/arguments.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"
#include "types/generic_alias.h"
#include "types/types_priv.h"
#include "types/typevar_priv.h"
#include "types/union.h"

/* --- Aliases ----------------------------------------------------------------------------------------------------------------------- */

typedef struct TypeAlias {
    Object head;
    Value name;
    Value type_params;     /* tuple or VNULL */
    Value evaluate, value; /* either or both */
    Value module;          /* VNULL: that of `evaluate` */
} TypeAlias;
static TypeAlias *as(Value v) { return V_AS(TypeAlias, v); }

static Value alias_alloc(Thread *t, Value name, Value type_params, Value evaluate, Value value, Value module) {
    TypeAlias *a = heap_object(t, SHAPE_TypeAliasType, sizeof *a);
    if (a == NULL) return VNULL;
    a->name = new_ref(name);
    bool generic = !is_null(type_params) && is_tuple(t, type_params) && tuple_len(type_params) > 0;
    a->type_params = generic ? new_ref(type_params) : VNULL;
    a->evaluate = new_ref_maybe(evaluate);
    a->value = new_ref_maybe(value);
    a->module = new_ref_maybe(module);
    gc_track(t, a);
    return v_from(a);
}

Value typealias_new(Thread *t, Value name, Value type_params, Value evaluate_value) { return alias_alloc(t, name, type_params, evaluate_value, VNULL, VNULL); }

/* Parameters with a default must not stand before those without. */
static bool check_type_params(Thread *t, Value params) {
    bool seen_default = false;
    for (int64_t i = 0; i < tuple_len(params); i++) {
        Value p = tuple_at(params, i);
        bool is_param = IS_A(t, p, TypeVar) || IS_A(t, p, ParamSpec) || IS_A(t, p, TypeVarTuple);
        Value flag = is_param ? call_method_0(t, p, N(t, has_default)) : VNULL;
        if (!is_param) return err_fail(t, T_TypeError, "Expected a type param, got %R", p);
        if (is_null(flag)) return false;
        if (same(flag, V_TRUE)) seen_default = true;
        else if (seen_default) return err_fail(t, T_TypeError, "non-default type parameter '%R' follows default type parameter", p);
    }
    return true;
}

static Value alias_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value a[3];
    if (!call_bind_signature(t, "typealias", "(name, value, *, type_params=<unrepresentable>)", args, nargs, kwnames, a)) return VNULL;
    if (!is_str(t, a[0])) return err_raise(t, T_TypeError, "typealias() argument 'name' must be str, not %T", a[0]);
    if (!is_null(a[2])) {
        if (!is_tuple(t, a[2])) return err_raise(t, T_TypeError, "type_params must be a tuple");
        if (!check_type_params(t, a[2])) return VNULL;
    }
    Value module = typing_caller(t);
    Value r = alias_alloc(t, a[0], a[2], VNULL, a[1], module);
    decref(t, module);
    return r;
}

static Value alias_repr(Thread *t, Value self) { return new_ref(as(self)->name); }

static Value alias_getitem(Thread *t, Value self, Value args) {
    if (is_null(as(self)->type_params)) return err_raise(t, T_TypeError, "Only generic type aliases are subscriptable");
    return generic_alias_new(t, self, args);
}

static Value get_type_params(Thread *t, Value self, void *c) { return is_null(as(self)->type_params) ? tuple_new(t, 0) : new_ref(as(self)->type_params); }

/* A tuple of parameters with each TypeVarTuple as Unpack[it]. */
static Value unpacked_params(Thread *t, Value params) {
    Value list = list_new(t, tuple_len(params)), r = VNULL;
    bool ok = !is_null(list);
    for (int64_t i = 0; ok && i < tuple_len(params); i++) {
        Value p = tuple_at(params, i), v = IS_A(t, p, TypeVarTuple) ? typing_unpack(t, p) : new_ref(p);
        ok = !is_null(v) && list_append_take(t, V_AS(List, list), v);
    }
    if (ok) r = list_to_tuple(t, V_AS(List, list));
    decref_maybe(t, list);
    return r;
}
static Value get_parameters(Thread *t, Value self, void *c) {
    return is_null(as(self)->type_params) ? tuple_new(t, 0) : unpacked_params(t, as(self)->type_params);
}
static Value get_value(Thread *t, Value self, void *c) { return typeparam_evaluate(t, &as(self)->value, as(self)->evaluate, V_NONE); }
static Value get_evaluate(Thread *t, Value self, void *c) {
    return is_null(as(self)->evaluate) ? const_evaluator_new(t, as(self)->value) : new_ref(as(self)->evaluate);
}
static Value get_module(Thread *t, Value self, void *c) {
    if (!is_null(as(self)->module)) return new_ref(as(self)->module);
    if (!is_null(as(self)->evaluate)) return attr_get(t, as(self)->evaluate, N(t, __module__));
    return V_NONE;
}
static Value alias_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return new_ref(as(args[0])->name); }

static const MethodDef alias_methods[] = {
    {"__reduce__", "($self, /)", NULL, alias_reduce},
    {NULL},
};
static const GetSetDef alias_getsets[] = {
    {"__parameters__", get_parameters}, {"__type_params__", get_type_params}, {"__value__", get_value},
    {"evaluate_value", get_evaluate}, {"__module__", get_module}, {NULL},
};
static const MemberDef alias_members[] = {
    {"__name__", MK_VALUE, MEMBER_READONLY, offsetof(TypeAlias, name)},
    {NULL},
};
static const Field alias_fields[] = {FIELD_VALUE(TypeAlias, name), FIELD_VALUE(TypeAlias, type_params), FIELD_VALUE(TypeAlias, evaluate),
                                     FIELD_VALUE(TypeAlias, value), FIELD_VALUE(TypeAlias, module)};
const TypeDef typedef_TypeAliasType = {
    .name = "typing.TypeAliasType",
    .doc = "Type alias.\n\nType aliases are created through the type statement.",
    .signature = "(name, value, *, type_params=<unrepresentable>)",
    .flags = TF_GC,
    .size = sizeof(TypeAlias),
    FIELDS(alias_fields),
    .methods = alias_methods,
    .getsets = alias_getsets,
    .members = alias_members,
    .slots = {.new = alias_make, .repr = alias_repr, .getitem = alias_getitem, .iter = typing_unpack_iter, .binop[OP_or] = union_of_operands},
};

/* --- Generic ----------------------------------------------------------------------------------------------------------------------- */

/* typing.NAME(cls, *args, **kwargs) */
static Value through_typing(Thread *t, const char *name, Value *args, uint32_t nargs, Value kwnames) {
    Value typing = t->hooks->import(t, "typing"), f = is_null(typing) ? VNULL : attr_get_cstr(t, typing, name), r = VNULL;
    if (!is_null(f)) r = call_copy(t, f, args, nargs, kwnames);
    decref_maybe(t, typing);
    decref_maybe(t, f);
    return r;
}
static Value generic_class_getitem(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return through_typing(t, "_generic_class_getitem", args, nargs, kwnames); }
static Value generic_init_subclass(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return through_typing(t, "_generic_init_subclass", args, nargs, kwnames); }

Value generic_subscript(Thread *t, Value params) {
    Value unpacked = unpacked_params(t, params);
    if (is_null(unpacked)) return VNULL;
    Value args[2] = {v_from(builtin_type(t, T_Generic)), unpacked};
    Value r = through_typing(t, "_generic_class_getitem", args, 2, VNULL);
    decref(t, unpacked);
    return r;
}

static const MethodDef generic_methods[] = {
    {"__class_getitem__", NULL, NULL, generic_class_getitem, MF_CLASS},
    {"__init_subclass__", NULL, NULL, generic_init_subclass, MF_CLASS},
    {NULL},
};
const TypeDef typedef_Generic = {
    .name = "typing.Generic",
    .doc = "Abstract base class for generic types.",
    .flags = TF_BASE | TF_GC,
    .size = sizeof(Object),
    .methods = generic_methods,
};
