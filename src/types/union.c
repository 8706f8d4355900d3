/* typing.Union: see union.h.  The order of the arguments is kept for the eye; equality and hash do not look at it. */
#include "types/union.h"

#include "heap/heap.h"
#include "object/dict.h"
#include "object/dispatch.h"
#include "object/list.h"
#include "object/set.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"
#include "types/generic_alias.h"
#include "types/types_priv.h"

static Union *as(Value v) { return V_AS(Union, v); }

/* A union being made. */
typedef struct Builder {
    Value args;       /* list */
    Value hashable;   /* set */
    Value unhashable; /* list or VNULL */
    bool check;       /* what is no type goes through typing's own check */
} Builder;

static bool add_single(Thread *t, Builder *b, Value arg) {
    int64_t hash;
    if (hash_of(t, arg, &hash)) {
        int has = set_contains(t, b->hashable, arg);
        if (has) return has > 0;
        return set_add(t, b->hashable, arg) && list_append(t, V_AS(List, b->args), arg);
    }
    if (!err_catch(t, T_TypeError)) return false;
    if (is_null(b->unhashable)) {
        b->unhashable = list_new(t, 1);
        if (is_null(b->unhashable)) return false;
    }
    int has = contains(t, b->unhashable, arg);
    if (has) return has > 0;
    return list_append(t, V_AS(List, b->unhashable), arg) && list_append(t, V_AS(List, b->args), arg);
}

static bool add(Thread *t, Builder *b, Value arg) {
    if (is_none(arg)) arg = v_from(builtin_type(t, T_NoneType));
    if (IS_EXACT(arg, Union)) {
        Value args = as(arg)->args;
        for (int64_t i = 0; i < tuple_len(args); i++)
            if (!add_single(t, b, tuple_at(args, i))) return false;
        return true;
    }
    if (!b->check || is_type(t, arg)) return add_single(t, b, arg);
    Value typing = t->hooks->import(t, "typing"), check = is_null(typing) ? VNULL : attr_get_cstr(t, typing, "_type_check");
    Value text = is_null(check) ? VNULL : str_from_cstr(t, "Union[arg, ...]: each arg must be a type.");
    Value checked = is_null(text) ? VNULL : call_2(t, check, arg, text);
    bool ok = !is_null(checked) && add_single(t, b, checked);
    decref_maybe(t, typing);
    decref_maybe(t, check);
    decref_maybe(t, text);
    decref_maybe(t, checked);
    return ok;
}

static Value builder_finish(Thread *t, Builder *b, bool ok) {
    Value r = VNULL;
    if (ok && list_len(b->args) == 1) {
        r = new_ref(list_at(b->args, 0));
    } else if (ok) {
        Union *u = heap_object(t, SHAPE_Union, sizeof *u);
        if (u != NULL) {
            memset((char *)u + sizeof(Object), 0, sizeof *u - sizeof(Object));
            u->args = list_to_tuple(t, V_AS(List, b->args));
            u->hashable = frozenset_new(t, b->hashable);
            if (!is_null(b->unhashable)) u->unhashable = list_to_tuple(t, V_AS(List, b->unhashable));
            gc_track(t, u);
            r = v_from(u);
            if (is_null(u->args) || is_null(u->hashable)) slot_clear(t, &r);
        }
    }
    decref_maybe(t, b->args);
    decref_maybe(t, b->hashable);
    decref_maybe(t, b->unhashable);
    return r;
}
static bool builder_begin(Thread *t, Builder *b, bool check) {
    *b = (Builder){list_new(t, 4), VNULL, VNULL, check};
    if (!is_null(b->args)) b->hashable = set_new(t, VNULL);
    return !is_null(b->hashable);
}

Value union_from_args(Thread *t, const Value *args, int64_t n) {
    if (n == 0) return err_raise(t, T_TypeError, "Cannot take a Union of no types.");
    Builder b;
    bool ok = builder_begin(t, &b, true);
    for (int64_t i = 0; ok && i < n; i++) ok = add(t, &b, args[i]);
    return builder_finish(t, &b, ok);
}

static bool is_unionable(Thread *t, Value v) {
    return is_none(v) || is_type(t, v) || IS_A(t, v, GenericAlias) || IS_EXACT(v, Union) || IS_EXACT(v, TypeAliasType);
}

Value union_of_operands(Thread *t, Value a, Value b) {
    if (IS_EXACT(a, Union) || IS_EXACT(b, Union)) {
        Value pair[2] = {a, b};
        return union_from_args(t, pair, 2);
    }
    if (!is_unionable(t, a) || !is_unionable(t, b)) return V_NOTIMPL;
    Builder builder;
    bool ok = builder_begin(t, &builder, false) && add(t, &builder, a) && add(t, &builder, b);
    return builder_finish(t, &builder, ok);
}

/* --- The object -------------------------------------------------------------------------------------------------------------------- */

static Value union_repr(Thread *t, Value self) {
    StrBuilder b;
    str_builder_init(&b);
    bool ok = true;
    Value args = as(self)->args;
    for (int64_t i = 0; ok && i < tuple_len(args); i++) ok = (i == 0 || str_builder_cstr(t, &b, " | ")) && generic_repr_item(t, &b, tuple_at(args, i));
    if (ok) return str_builder_finish(t, &b);
    str_builder_drop(t, &b);
    return VNULL;
}

static bool union_hash(Thread *t, Value self, int64_t *hash) {
    Value rest = as(self)->unhashable;
    for (int64_t i = 0; !is_null(rest) && i < tuple_len(rest); i++)
        if (!hash_of(t, tuple_at(rest, i), hash)) return false;
    if (!is_null(rest)) return err_fail(t, T_TypeError, "union contains %ld unhashable elements", (long)tuple_len(rest));
    return hash_of(t, as(self)->hashable, hash);
}

static int all_in(Thread *t, Value items, Value others) {
    for (int64_t i = 0; i < tuple_len(items); i++) {
        int has = contains(t, others, tuple_at(items, i));
        if (has <= 0) return has;
    }
    return 1;
}
static int unions_equal(Thread *t, Union *a, Union *b) {
    int eq = equal(t, a->hashable, b->hashable);
    if (eq <= 0) return eq;
    if (is_null(a->unhashable) || is_null(b->unhashable)) return is_null(a->unhashable) && is_null(b->unhashable);
    if (tuple_len(a->unhashable) != tuple_len(b->unhashable)) return 0;
    eq = all_in(t, a->unhashable, b->unhashable);
    return eq > 0 ? all_in(t, b->unhashable, a->unhashable) : eq;
}
static Value union_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if ((op != CMP_EQ && op != CMP_NE) || !IS_EXACT(b, Union)) return V_NOTIMPL;
    int eq = unions_equal(t, as(a), as(b));
    return eq < 0 ? VNULL : v_bool(eq == (op == CMP_EQ));
}

static Value parameters_of(Thread *t, Union *u) {
    if (is_null(u->parameters)) u->parameters = generic_parameters(t, u->args);
    return u->parameters;
}
static Value union_getitem(Thread *t, Value self, Value item) {
    Value parameters = parameters_of(t, as(self));
    Value args = is_null(parameters) ? VNULL : generic_substitute(t, self, as(self)->args, parameters, item);
    if (is_null(args)) return VNULL;
    Value r = union_from_args(t, V_AS(Tuple, args)->items, tuple_len(args));
    decref(t, args);
    return r;
}

static Value get_parameters(Thread *t, Value self, void *c) { return new_ref_maybe(parameters_of(t, as(self))); }
static Value get_name(Thread *t, Value self, void *c) { return str_from_cstr(t, "Union"); }
static Value get_origin(Thread *t, Value self, void *c) { return ref_of(builtin_type(t, T_Union)); }

static Value union_mro_entries(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return err_raise(t, T_TypeError, "Cannot subclass %R", args[0]); }
static Value union_class_getitem(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (is_tuple(t, args[1])) return union_from_args(t, V_AS(Tuple, args[1])->items, tuple_len(args[1]));
    return union_from_args(t, &args[1], 1);
}

static const MethodDef methods[] = {
    {"__mro_entries__", "($self, bases, /)", NULL, union_mro_entries},
    {"__class_getitem__", "($type, object, /)", "See PEP 585", union_class_getitem, MF_CLASS},
    {NULL},
};
static const GetSetDef getsets[] = {
    {"__name__", get_name, NULL, "Name of the type"},
    {"__qualname__", get_name, NULL, "Qualified name of the type"},
    {"__origin__", get_origin, NULL, "Always returns the type"},
    {"__parameters__", get_parameters, NULL, "Type variables in the types.UnionType."},
    {NULL},
};
static const MemberDef members[] = {
    {"__args__", MK_VALUE, MEMBER_READONLY, offsetof(Union, args)},
    {NULL},
};
static const Field fields[] = {FIELD_VALUE(Union, args), FIELD_VALUE(Union, hashable), FIELD_VALUE(Union, unhashable), FIELD_VALUE(Union, parameters)};
const TypeDef typedef_Union = {
    .name = "typing.Union",
    .doc = "Represent a union type\n\nE.g. for int | str",
    .flags = TF_GC | TF_WEAKREF | TF_NO_NEW,
    .size = sizeof(Union),
    .ext_offset = offsetof(Union, ext),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .slots = {.repr = union_repr, .hash = union_hash, .compare = union_compare, .getitem = union_getitem, .binop[OP_or] = union_of_operands},
};
