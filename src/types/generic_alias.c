/* types.GenericAlias, and what all generic forms share: finding type parameters in arguments and putting arguments in their places. */
#include "types/generic_alias.h"

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
#include "types/types_priv.h"
#include "types/union.h"

static GenericAlias *as(Value v) { return V_AS(GenericAlias, v); }

/* --- Making ------------------------------------------------------------------------------------------------------------------------ */

static bool alias_fill(Thread *t, GenericAlias *a, Value origin, Value args) {
    a->args = is_tuple(t, args) ? new_ref(args) : tuple_of(t, 1, args);
    a->origin = new_ref(origin);
    return !is_null(a->args);
}

Value generic_alias_new(Thread *t, Value origin, Value args) {
    GenericAlias *a = heap_object(t, SHAPE_GenericAlias, sizeof *a);
    if (a == NULL) return VNULL;
    memset((char *)a + sizeof(Object), 0, sizeof *a - sizeof(Object));
    if (!alias_fill(t, a, origin, args)) {
        obj_decref(t, a);
        return VNULL;
    }
    gc_track(t, a);
    return v_from(a);
}

Value generic_alias_class_getitem(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return generic_alias_new(t, args[0], args[1]); }

static Value alias_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "GenericAlias", kwnames) || !call_arity(t, "GenericAlias", nargs, 2, 2)) return VNULL;
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    if (!alias_fill(t, as(v), args[0], args[1])) {
        decref(t, v);
        return VNULL;
    }
    return object_done(t, v);
}

/* --- Text -------------------------------------------------------------------------------------------------------------------------- */

static bool repr_list(Thread *t, StrBuilder *b, Value list) {
    if (!str_builder_cstr(t, b, "[")) return false;
    for (int64_t i = 0, n = list_len(list); i < n; i++) {
        if (i >= list_len(list)) return err_fail(t, T_IndexError, "list index out of range"); /* a repr has emptied it */
        Value item = new_ref(list_at(list, i));
        bool ok = (i == 0 || str_builder_cstr(t, b, ", ")) && generic_repr_item(t, b, item);
        decref(t, item);
        if (!ok) return false;
    }
    return str_builder_cstr(t, b, "]");
}

bool generic_repr_item(Thread *t, StrBuilder *b, Value v) {
    if (same(v, V_ELLIPSIS)) return str_builder_cstr(t, b, "...");
    if (same(v, v_from(builtin_type(t, T_NoneType)))) return str_builder_cstr(t, b, "None");
    int has_origin = attr_has(t, v, N(t, __origin__)), has_args = has_origin > 0 ? attr_has(t, v, N(t, __args__)) : 0;
    if (has_origin < 0 || has_args < 0) return false;
    if (has_args) return str_builder_repr(t, b, v);
    Value qualname = attr_get_maybe(t, v, N(t, __qualname__)), module = VNULL;
    if (is_null(qualname)) return !err_pending(t) && str_builder_repr(t, b, v);
    bool ok = false;
    module = attr_get_maybe(t, v, N(t, __module__));
    if (is_null(module) && err_pending(t)) goto done;
    if (is_null(module) || is_none(module) || !is_str(t, qualname)) ok = str_builder_repr(t, b, v);
    else if (is_str(t, module) && str_equals_cstr(V_AS(Str, module), "builtins")) ok = str_builder_str(t, b, qualname);
    else ok = str_builder_format(t, b, "%S.%S", module, qualname);
done:
    decref(t, qualname);
    decref_maybe(t, module);
    return ok;
}

static Value alias_repr(Thread *t, Value self) {
    GenericAlias *a = as(self);
    StrBuilder b;
    str_builder_init(&b);
    bool ok = (!a->starred || str_builder_cstr(t, &b, "*")) && generic_repr_item(t, &b, a->origin) && str_builder_cstr(t, &b, "[");
    int64_t n = tuple_len(a->args);
    for (int64_t i = 0; ok && i < n; i++) {
        Value item = tuple_at(a->args, i);
        ok = (i == 0 || str_builder_cstr(t, &b, ", ")) && (IS_EXACT(item, list) ? repr_list(t, &b, item) : generic_repr_item(t, &b, item));
    }
    if (ok && n == 0) ok = str_builder_cstr(t, &b, "()");
    if (ok) ok = str_builder_cstr(t, &b, "]");
    if (ok) return str_builder_finish(t, &b);
    str_builder_drop(t, &b);
    return VNULL;
}

/* --- Parameters -------------------------------------------------------------------------------------------------------------------- */

static bool add_once(Thread *t, Value list, Value v) {
    for (int64_t i = 0; i < list_len(list); i++)
        if (same(list_at(list, i), v)) return true;
    return list_append(t, V_AS(List, list), v);
}

static bool collect(Thread *t, Value found, Value args);

static bool collect_one(Thread *t, Value found, Value arg) {
    if (is_type(t, arg)) return true;
    int is_parameter = attr_has(t, arg, N(t, __typing_subst__));
    if (is_parameter) return is_parameter > 0 && add_once(t, found, arg);
    if (IS_EXACT(arg, tuple) || IS_EXACT(arg, list)) return collect(t, found, arg);
    Value inner = attr_get_maybe(t, arg, N(t, __parameters__));
    if (is_null(inner)) return !err_pending(t);
    bool ok = true;
    if (is_tuple(t, inner))
        for (int64_t i = 0; ok && i < tuple_len(inner); i++) ok = add_once(t, found, tuple_at(inner, i));
    decref(t, inner);
    return ok;
}

static bool collect(Thread *t, Value found, Value args) {
    if (!stack_check(t, "")) return false;
    for (int64_t i = 0; i < sequence_fast_len(args); i++) {
        Value item = new_ref(sequence_fast_items(args)[i]);
        bool ok = collect_one(t, found, item);
        decref(t, item);
        if (!ok) return false;
    }
    return true;
}

Value generic_parameters(Thread *t, Value args) {
    Value found = list_new(t, 4), result = VNULL;
    if (is_null(found)) return VNULL;
    if (collect(t, found, args)) result = list_to_tuple(t, V_AS(List, found));
    decref(t, found);
    return result;
}

/* --- Substitution ------------------------------------------------------------------------------------------------------------------ */

/* The items of alias[item] as a list, *tuple[...] opened up. */
static Value open_items(Thread *t, Value item) {
    bool many = is_tuple(t, item);
    int64_t n = many ? tuple_len(item) : 1;
    Value list = list_new(t, n);
    if (is_null(list)) return VNULL;
    for (int64_t i = 0; i < n; i++) {
        Value v = many ? tuple_at(item, i) : item, inner = VNULL;
        if (!is_type(t, v)) {
            inner = attr_get_maybe(t, v, N(t, __typing_unpacked_tuple_args__));
            if (is_null(inner) && err_pending(t)) goto fail;
        }
        bool open = !is_null(inner) && is_tuple(t, inner) && !(tuple_len(inner) && same(tuple_at(inner, tuple_len(inner) - 1), V_ELLIPSIS));
        bool ok = true;
        if (open)
            for (int64_t k = 0; ok && k < tuple_len(inner); k++) ok = list_append(t, V_AS(List, list), tuple_at(inner, k));
        else
            ok = list_append(t, V_AS(List, list), v);
        decref_maybe(t, inner);
        if (!ok) goto fail;
    }
    return list;
fail:
    decref(t, list);
    return VNULL;
}

static int64_t index_of(Value tuple, Value v) {
    for (int64_t i = 0; i < tuple_len(tuple); i++)
        if (same(tuple_at(tuple, i), v)) return i;
    return -1;
}

static bool append_all(Thread *t, Value list, Value sequence) {
    bool ok = true;
    for (int64_t i = 0; ok && i < tuple_len(sequence); i++) ok = list_append(t, V_AS(List, list), tuple_at(sequence, i));
    return ok;
}

/* arg[...] with its own parameters replaced; owned. */
static Value substitute_inner(Thread *t, Value arg, Value parameters, Value items) {
    Value inner = attr_get_maybe(t, arg, N(t, __parameters__));
    if (is_null(inner)) return err_pending(t) ? VNULL : new_ref(arg);
    Value result = VNULL;
    if (!is_tuple(t, inner) || tuple_len(inner) == 0) {
        decref(t, inner);
        return new_ref(arg);
    }
    Value list = list_new(t, tuple_len(inner));
    bool ok = !is_null(list);
    for (int64_t i = 0; ok && i < tuple_len(inner); i++) {
        Value p = tuple_at(inner, i);
        int64_t at = index_of(parameters, p);
        if (at < 0) {
            ok = list_append(t, V_AS(List, list), p);
            continue;
        }
        Value given = tuple_at(items, at);
        /* A parameter that stands for several arguments got a tuple of them. */
        if (type_of(t, p)->slots.iter && is_tuple(t, given)) ok = append_all(t, list, given);
        else ok = list_append(t, V_AS(List, list), given);
    }
    Value key = ok ? list_to_tuple(t, V_AS(List, list)) : VNULL;
    if (!is_null(key)) result = item_get(t, arg, key);
    decref_maybe(t, key);
    decref_maybe(t, list);
    decref(t, inner);
    return result;
}

static bool substitute_all(Thread *t, Value args, Value parameters, Value items, Value out);

static bool substitute_one(Thread *t, Value arg, Value parameters, Value items, Value out) {
    if (is_type(t, arg)) return list_append(t, V_AS(List, out), arg);
    if (IS_EXACT(arg, tuple) || IS_EXACT(arg, list)) {
        Value inner = list_new(t, 4);
        bool ok = !is_null(inner) && substitute_all(t, arg, parameters, items, inner);
        if (ok && IS_EXACT(arg, tuple)) {
            Value tuple = list_to_tuple(t, V_AS(List, inner));
            slot_set(t, &inner, tuple);
            ok = !is_null(tuple);
        }
        if (ok) return list_append_take(t, V_AS(List, out), inner);
        decref_maybe(t, inner);
        return false;
    }
    Value flag = attr_get_maybe(t, arg, N(t, __typing_is_unpacked_typevartuple__));
    if (is_null(flag) && err_pending(t)) return false;
    int unpack = is_null(flag) ? 0 : truth(t, flag);
    decref_maybe(t, flag);
    if (unpack < 0) return false;
    Value subst = attr_get_maybe(t, arg, N(t, __typing_subst__)), r;
    if (is_null(subst) && err_pending(t)) return false;
    if (!is_null(subst)) {
        int64_t at = index_of(parameters, arg);
        r = at < 0 ? err_raise(t, T_TypeError, "parameter %R not found in __parameters__", arg) : call_1(t, subst, tuple_at(items, at));
        decref(t, subst);
    } else {
        r = substitute_inner(t, arg, parameters, items);
    }
    if (is_null(r)) return false;
    if (!unpack) return list_append_take(t, V_AS(List, out), r);
    bool ok = is_tuple(t, r) ? append_all(t, out, r) : err_fail(t, T_TypeError, "expected __typing_subst__ of %T objects to return a tuple, not %T", arg, r);
    decref(t, r);
    return ok;
}

static bool substitute_all(Thread *t, Value args, Value parameters, Value items, Value out) {
    if (!stack_check(t, "")) return false;
    for (int64_t i = 0; i < sequence_fast_len(args); i++) {
        Value arg = new_ref(sequence_fast_items(args)[i]);
        bool ok = substitute_one(t, arg, parameters, items, out);
        decref(t, arg);
        if (!ok) return false;
    }
    return true;
}

Value generic_substitute(Thread *t, Value self, Value args, Value parameters, Value item) {
    int64_t n = tuple_len(parameters);
    if (n == 0) return err_raise(t, T_TypeError, "%R is not a generic class", self);
    Value list = open_items(t, item), items = VNULL, out = VNULL, result = VNULL;
    if (is_null(list)) return VNULL;
    items = list_to_tuple(t, V_AS(List, list));
    decref(t, list);
    if (is_null(items)) return VNULL;
    for (int64_t i = 0; i < n; i++) {
        Value prepare = attr_get_maybe(t, tuple_at(parameters, i), N(t, __typing_prepare_subst__));
        if (is_null(prepare) && err_pending(t)) goto done;
        if (is_null(prepare) || is_none(prepare)) {
            decref_maybe(t, prepare);
            continue;
        }
        Value prepared = call_2(t, prepare, self, items);
        decref(t, prepare);
        if (is_null(prepared)) goto done;
        Value tuple = is_tuple(t, prepared) ? new_ref(prepared) : tuple_of(t, 1, prepared);
        decref(t, prepared);
        if (is_null(tuple)) goto done;
        slot_set(t, &items, tuple);
    }
    if (tuple_len(items) != n) {
        err_raise(t, T_TypeError, "Too %s arguments for %R; actual %ld, expected %ld", tuple_len(items) > n ? "many" : "few", self, (long)tuple_len(items), (long)n);
        goto done;
    }
    out = list_new(t, tuple_len(args));
    if (!is_null(out) && substitute_all(t, args, parameters, items, out)) result = list_to_tuple(t, V_AS(List, out));
done:
    decref_maybe(t, out);
    decref(t, items);
    return result;
}

/* --- The object -------------------------------------------------------------------------------------------------------------------- */

static Value parameters_of(Thread *t, GenericAlias *a) {
    if (is_null(a->parameters)) a->parameters = generic_parameters(t, a->args);
    return a->parameters;
}

static Value alias_getitem(Thread *t, Value self, Value item) {
    GenericAlias *a = as(self);
    Value parameters = parameters_of(t, a);
    Value args = is_null(parameters) ? VNULL : generic_substitute(t, self, a->args, parameters, item);
    if (is_null(args)) return VNULL;
    Value r = generic_alias_new(t, a->origin, args);
    decref(t, args);
    if (!is_null(r)) as(r)->starred = a->starred;
    return r;
}

static bool alias_hash(Thread *t, Value self, int64_t *hash) {
    int64_t h;
    if (!hash_of(t, as(self)->origin, hash) || !hash_of(t, as(self)->args, &h)) return false;
    *hash ^= h;
    if (*hash == -1) *hash = -2;
    return true;
}
static Value alias_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if ((op != CMP_EQ && op != CMP_NE) || !IS_A(t, a, GenericAlias) || !IS_A(t, b, GenericAlias)) return V_NOTIMPL;
    int eq = as(a)->starred == as(b)->starred;
    if (eq) eq = equal(t, as(a)->origin, as(b)->origin);
    if (eq > 0) eq = equal(t, as(a)->args, as(b)->args);
    return eq < 0 ? VNULL : v_bool(eq == (op == CMP_EQ));
}

static Value alias_call(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    incref(self);
    Value r = call(t, as(self)->origin, args, nargs, kwnames);
    if (!is_null(r) && !attr_set(t, r, N(t, __orig_class__), self) && !err_catch(t, T_AttributeError) && !err_catch(t, T_TypeError)) slot_clear(t, &r);
    decref(t, self);
    return r;
}

/* Attributes are the origin's, with a few exceptions. */
static Value alias_getattr(Thread *t, Value self, Value name) {
    static const uint16_t own[] = {N___class__, N___origin__, N___args__, N___unpacked__, N___parameters__, N___typing_unpacked_tuple_args__,
                                   N___mro_entries__, N___reduce_ex__, N___reduce__, N___bases__, N___copy__, N___deepcopy__};
    for (size_t i = 0; i < COUNT_OF(own); i++)
        if (same(name, t->names[own[i]]) || str_equal(V_AS(Str, name), V_AS(Str, t->names[own[i]]))) return attr_generic_get(t, self, name);
    return attr_get(t, as(self)->origin, name);
}

static Value alias_mro_entries(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return tuple_of(t, 1, as(args[0])->origin); }
static Value alias_instancecheck(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return err_raise(t, T_TypeError, "isinstance() argument 2 cannot be a parameterized generic");
}
static Value alias_subclasscheck(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return err_raise(t, T_TypeError, "issubclass() argument 2 cannot be a parameterized generic");
}
static Value alias_dir(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value names = dir_of(t, as(args[0])->origin);
    if (is_null(names)) return VNULL;
    static const uint16_t more[] = {N___origin__, N___args__, N___parameters__, N___mro_entries__, N___reduce_ex__, N___reduce__, N___unpacked__,
                                    N___typing_unpacked_tuple_args__, N___class__};
    for (size_t i = 0; i < COUNT_OF(more); i++) {
        Value name = t->names[more[i]];
        int has = contains(t, names, name);
        if (has < 0 || (has == 0 && !list_append(t, V_AS(List, names), name))) {
            decref(t, names);
            return VNULL;
        }
    }
    return names;
}
static Value alias_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    GenericAlias *a = as(args[0]);
    Value inner = tuple_of(t, 2, a->origin, a->args), r = VNULL;
    if (is_null(inner)) return VNULL;
    if (!a->starred) {
        r = tuple_of(t, 2, v_from(builtin_type(t, T_GenericAlias)), inner);
    } else {
        Value plain = generic_alias_new(t, a->origin, a->args), it = is_null(plain) ? VNULL : iter_of(t, plain), one = is_null(it) ? VNULL : tuple_of(t, 1, it);
        Value next = dict_get_str(t, t->interp->builtins, N(t, next));
        if (!is_null(one) && !is_null(next)) r = tuple_of(t, 2, next, one);
        decref_maybe(t, one);
        decref_maybe(t, it);
        decref_maybe(t, plain);
    }
    decref(t, inner);
    return r;
}
static Value get_parameters(Thread *t, Value self, void *c) { return new_ref_maybe(parameters_of(t, as(self))); }
static Value get_unpacked_args(Thread *t, Value self, void *c) {
    return as(self)->starred && same(as(self)->origin, v_from(builtin_type(t, T_tuple))) ? new_ref(as(self)->args) : V_NONE;
}

/* --- *alias ------------------------------------------------------------------------------------------------------------------------ */

typedef struct AliasIterator { Object head; Value alias; } AliasIterator;

static Value alias_iter(Thread *t, Value self) {
    AliasIterator *it = heap_object(t, SHAPE_generic_alias_iterator, sizeof *it);
    if (it == NULL) return VNULL;
    it->alias = new_ref(self);
    gc_track(t, it);
    return v_from(it);
}
static Value iterator_next(Thread *t, Value self) {
    AliasIterator *it = V_AS(AliasIterator, self);
    if (is_null(it->alias)) return VNULL;
    Value r = generic_alias_new(t, as(it->alias)->origin, as(it->alias)->args);
    if (!is_null(r)) as(r)->starred = true;
    slot_clear(t, &it->alias);
    return r;
}
static Value iterator_iter(Thread *t, Value self) { return new_ref(self); }
static Value iterator_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value iter = dict_get_str(t, t->interp->builtins, N(t, iter)); /* first: it may run code that exhausts the iterator */
    Value alias = V_AS(AliasIterator, args[0])->alias;
    if (is_null(iter)) return err_raise(t, T_AttributeError, "iter");
    Value inner = is_null(alias) ? tuple_of(t, 1, t->interp->empty_tuple) : tuple_of(t, 1, alias);
    if (is_null(inner)) return VNULL;
    Value r = tuple_of(t, 2, iter, inner);
    decref(t, inner);
    return r;
}
static const MethodDef iterator_methods[] = {
    {"__reduce__", "($self, /)", "Helper for pickle.", iterator_reduce},
    {NULL},
};
static const Field iterator_fields[] = {FIELD_VALUE(AliasIterator, alias)};
const TypeDef typedef_generic_alias_iterator = {
    .name = "generic_alias_iterator",
    .flags = TF_GC,
    .size = sizeof(AliasIterator),
    FIELDS(iterator_fields),
    .methods = iterator_methods,
    .slots = {.iter = iterator_iter, .next = iterator_next},
};

static const MethodDef methods[] = {
    {"__mro_entries__", "($self, bases, /)", NULL, alias_mro_entries},
    {"__instancecheck__", "($self, instance, /)", NULL, alias_instancecheck},
    {"__subclasscheck__", "($self, cls, /)", NULL, alias_subclasscheck},
    {"__reduce__", "($self, /)", NULL, alias_reduce},
    {"__dir__", "($self, /)", NULL, alias_dir},
    {NULL},
};
static const GetSetDef getsets[] = {
    {"__parameters__", get_parameters, NULL, "Type variables in the GenericAlias."},
    {"__typing_unpacked_tuple_args__", get_unpacked_args, NULL, NULL},
    {NULL},
};
static const MemberDef members[] = {
    {"__origin__", MK_VALUE, MEMBER_READONLY, offsetof(GenericAlias, origin)},
    {"__args__", MK_VALUE, MEMBER_READONLY, offsetof(GenericAlias, args)},
    {"__unpacked__", MK_BOOL8, MEMBER_READONLY, offsetof(GenericAlias, starred)},
    {NULL},
};
static const Field fields[] = {FIELD_VALUE(GenericAlias, origin), FIELD_VALUE(GenericAlias, args), FIELD_VALUE(GenericAlias, parameters)};
const TypeDef typedef_GenericAlias = {
    .name = "types.GenericAlias",
    .doc = "Represent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).",
    .signature = "(origin, args, /)",
    .flags = TF_BASE | TF_GC | TF_WEAKREF,
    .size = sizeof(GenericAlias),
    .ext_offset = offsetof(GenericAlias, ext),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .slots = {.new = alias_make, .repr = alias_repr, .hash = alias_hash, .compare = alias_compare, .call = alias_call, .getattr = alias_getattr,
              .setattr = attr_generic_set, .getitem = alias_getitem, .iter = alias_iter, .binop[OP_or] = union_of_operands},
};
