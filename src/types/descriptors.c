/* The descriptors of built-in types: methods, class methods, slots as methods, computed attributes, fields; and bound slots. */
#include <ctype.h>

#include "heap/heap.h"
#include "object/dict.h"
#include "object/dispatch.h"
#include "object/float.h"
#include "object/int.h"
#include "object/str.h"
#include "object/exception.h"
#include "object/tuple.h"
#include "ops/arguments.h"
#include "object/instance.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"
#include "types/slots.h"
#include "types/types_priv.h"

/* --- What all have in common ------------------------------------------------------------------------------------------------------- */

typedef struct Described { Type *type; const char *name, *signature, *doc; } Described;

static Described describe(Value v) {
    switch (v_obj(v)->shape) {
    case SHAPE_wrapper_descriptor: {
        WrapperDescriptor *w = V_AS(WrapperDescriptor, v);
        return (Described){w->type, w->slot->name, w->slot->signature, w->slot->doc};
    }
    default: {
        BuiltinFunction *f = V_AS(BuiltinFunction, v);
        return (Described){f->type, f->def->name, f->def->signature, f->def->doc};
    }
    }
}
static bool is_field(Value v) { return v_obj(v)->shape == SHAPE_getset_descriptor || v_obj(v)->shape == SHAPE_member_descriptor; }

/* The name of any descriptor (owned) and its type. */
static Value name_and_type(Thread *t, Value v, Type **type) {
    if (is_field(v)) {
        *type = V_AS(GetSetDescriptor, v)->type;
        return new_ref(V_AS(GetSetDescriptor, v)->name);
    }
    Described d = describe(v);
    *type = d.type;
    return str_intern_cstr(t, d.name);
}
_Static_assert(offsetof(GetSetDescriptor, type) == offsetof(MemberDescriptor, type), "fields begin alike");

static Value get_name(Thread *t, Value self, void *c) {
    Type *type;
    if (IS_EXACT(self, member_descriptor)) return new_ref(V_AS(MemberDescriptor, self)->name);
    return name_and_type(t, self, &type);
}
static Type *type_of_descriptor(Value self) { return is_field(self) ? V_AS(GetSetDescriptor, self)->type : describe(self).type; }
static Value get_objclass(Thread *t, Value self, void *c) { return ref_of(type_of_descriptor(self)); }
static Value get_qualname(Thread *t, Value self, void *c) {
    Value name = get_name(t, self, NULL);
    if (is_null(name)) return name;
    Value r = str_format(t, "%U.%U", type_of_descriptor(self)->qualname, name);
    decref(t, name);
    return r;
}
static Value doc_value(Thread *t, const char *doc) { return doc ? str_from_cstr(t, doc) : V_NONE; }
static Value get_doc(Thread *t, Value self, void *c) {
    if (IS_EXACT(self, getset_descriptor)) return doc_value(t, V_AS(GetSetDescriptor, self)->def->doc);
    if (IS_EXACT(self, member_descriptor)) return doc_value(t, V_AS(MemberDescriptor, self)->def.doc);
    return doc_value(t, describe(self).doc);
}
static Value get_signature(Thread *t, Value self, void *c) { return doc_value(t, describe(self).signature); }

static Value descriptor_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value name = get_name(t, args[0], NULL), getter = is_null(name) ? VNULL : dict_get_str(t, t->interp->builtins, N(t, getattr)), r = VNULL;
    if (!is_null(getter)) {
        Value pair = tuple_of(t, 2, v_from(type_of_descriptor(args[0])), name);
        if (!is_null(pair)) {
            r = tuple_of(t, 2, getter, pair);
            decref(t, pair);
        }
    }
    decref_maybe(t, name);
    return r;
}

static Value repr_as(Thread *t, Value self, const char *kind) {
    Value name = get_name(t, self, NULL);
    if (is_null(name)) return name;
    Value r = str_format(t, "<%s '%U' of '%N' objects>", kind, name, type_of_descriptor(self));
    decref(t, name);
    return r;
}

/* Whether the descriptor belongs to the instance's class. */
static bool fits(Thread *t, Value descr, Value instance) {
    Type *type = type_of_descriptor(descr);
    if (LIKELY(is_instance_of(t, instance, type))) return true;
    Value name = get_name(t, descr, NULL);
    if (is_null(name)) return false;
    err_raise(t, T_TypeError, "descriptor '%U' for '%N' objects doesn't apply to a '%T' object", name, type, instance);
    decref(t, name);
    return false;
}

static const MethodDef reduce_method[] = {
    {"__reduce__", "($self, /)", "Helper for pickle.", descriptor_reduce},
    {NULL},
};
static const GetSetDef method_getsets[] = {
    {"__name__", get_name}, {"__qualname__", get_qualname}, {"__objclass__", get_objclass}, {"__doc__", get_doc}, {"__text_signature__", get_signature}, {NULL},
};
static const GetSetDef field_getsets[] = {
    {"__name__", get_name}, {"__qualname__", get_qualname}, {"__objclass__", get_objclass}, {"__doc__", get_doc}, {NULL},
};

/* --- Methods ----------------------------------------------------------------------------------------------------------------------- */

static Value method_repr(Thread *t, Value self) { return repr_as(t, self, "method"); }

static Value method_get(Thread *t, Value descr, Value instance, Value owner) {
    if (is_null(instance)) return new_ref(descr);
    return fits(t, descr, instance) ? builtin_bind(t, V_AS(BuiltinFunction, descr), instance) : VNULL;
}
const TypeDef typedef_method_descriptor = {
    .name = "method_descriptor",
    .flags = TF_METHOD,
    .size = sizeof(BuiltinFunction),
    .methods = reduce_method,
    .getsets = method_getsets,
    .slots = {.repr = method_repr, .call = method_descriptor_call, .descr_get = method_get},
};

static Value classmethod_get(Thread *t, Value descr, Value instance, Value owner) {
    BuiltinFunction *f = V_AS(BuiltinFunction, descr);
    if (is_null(owner)) {
        if (is_null(instance))
            return err_raise(t, T_TypeError, "descriptor '%s' for type '%N' needs either an object or a type", f->def->name, f->type);
        owner = v_from(type_of(t, instance));
    }
    if (!is_type(t, owner)) return err_raise(t, T_TypeError, "descriptor '%s' for type '%N' needs a type, not a '%T' as arg 2", f->def->name, f->type, owner);
    if (!is_subtype(V_AS(Type, owner), f->type))
        return err_raise(t, T_TypeError, "descriptor '%s' requires a subtype of '%N' but received '%N'", f->def->name, f->type, V_AS(Type, owner));
    return builtin_bind(t, f, owner);
}
static Value classmethod_call(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames) {
    BuiltinFunction *f = V_AS(BuiltinFunction, callee);
    if (nargs == 0) return err_raise(t, T_TypeError, "descriptor '%s' of '%N' object needs an argument", f->def->name, f->type);
    Value bound = classmethod_get(t, callee, VNULL, args[0]);
    if (is_null(bound)) return VNULL;
    Value r = call_copy(t, bound, args + 1, nargs - 1, kwnames);
    decref(t, bound);
    return r;
}
const TypeDef typedef_classmethod_descriptor = {
    .name = "classmethod_descriptor",
    .size = sizeof(BuiltinFunction),
    .getsets = method_getsets,
    .slots = {.repr = method_repr, .call = classmethod_call, .descr_get = classmethod_get},
};

/* --- Slots as methods -------------------------------------------------------------------------------------------------------------- */

static Value wrapper_repr(Thread *t, Value self) { return repr_as(t, self, "slot wrapper"); }

static Value wrapper_invoke(Thread *t, WrapperDescriptor *w, Value self, Value *args, uint32_t nargs, Value kwnames) {
    if (UNLIKELY(keyword_count(kwnames)) && !w->slot->keywords) return err_raise(t, T_TypeError, "wrapper %s() takes no keyword arguments", w->slot->name);
    return w->slot->wrap(t, w, self, args, nargs, kwnames);
}

static Value wrapper_call(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames) {
    WrapperDescriptor *w = V_AS(WrapperDescriptor, callee);
    if (nargs == 0) return err_raise(t, T_TypeError, "descriptor '%s' of '%N' object needs an argument", w->slot->name, w->type);
    if (!is_instance_of(t, args[0], w->type))
        return err_raise(t, T_TypeError, "descriptor '%s' requires a '%N' object but received a '%T'", w->slot->name, w->type, args[0]);
    if (!w->slot->keywords) return wrapper_invoke(t, w, args[0], args + 1, nargs - 1, kwnames);
    /* __init__ and __call__ use the word in front of their arguments, which is self's here. */
    size_t n = nargs - 1 + keyword_count(kwnames);
    ArgCopy c;
    if (copy_begin(t, &c, n) == NULL) return VNULL;
    if (n) memcpy(c.args, args + 1, n * sizeof(Value));
    Value r = wrapper_invoke(t, w, args[0], c.args, nargs - 1, kwnames);
    copy_end(t, &c);
    return r;
}

static Value wrapper_get(Thread *t, Value descr, Value instance, Value owner) {
    if (is_null(instance)) return new_ref(descr);
    if (!fits(t, descr, instance)) return VNULL;
    MethodWrapper *m = heap_object(t, SHAPE_method_wrapper, sizeof *m);
    if (m == NULL) return VNULL;
    m->descriptor = new_ref(descr);
    m->self = new_ref(instance);
    gc_track(t, m);
    return v_from(m);
}
const TypeDef typedef_wrapper_descriptor = {
    .name = "wrapper_descriptor",
    .flags = TF_METHOD,
    .size = sizeof(WrapperDescriptor),
    .methods = reduce_method,
    .getsets = method_getsets,
    .slots = {.repr = wrapper_repr, .call = wrapper_call, .descr_get = wrapper_get},
};

static WrapperDescriptor *wrapper_of(Value self) { return V_AS(WrapperDescriptor, V_AS(MethodWrapper, self)->descriptor); }

static Value bound_repr(Thread *t, Value self) {
    MethodWrapper *m = V_AS(MethodWrapper, self);
    return str_format(t, "<method-wrapper '%s' of %T object at %p>", wrapper_of(self)->slot->name, m->self, (void *)m->self.bits);
}
static Value bound_call(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames) {
    MethodWrapper *m = V_AS(MethodWrapper, callee);
    return wrapper_invoke(t, wrapper_of(callee), m->self, args, nargs, kwnames);
}
static Value bound_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if ((op != CMP_EQ && op != CMP_NE) || !IS_EXACT(a, method_wrapper) || !IS_EXACT(b, method_wrapper)) return V_NOTIMPL;
    bool equal = same(V_AS(MethodWrapper, a)->descriptor, V_AS(MethodWrapper, b)->descriptor) && same(V_AS(MethodWrapper, a)->self, V_AS(MethodWrapper, b)->self);
    return v_bool(equal == (op == CMP_EQ));
}
static bool bound_hash(Thread *t, Value self, int64_t *hash) {
    MethodWrapper *m = V_AS(MethodWrapper, self);
    *hash = (int64_t)((m->self.bits >> 4) * 31 ^ m->descriptor.bits >> 4);
    return true;
}
static Value bound_name(Thread *t, Value self, void *c) { return get_name(t, V_AS(MethodWrapper, self)->descriptor, NULL); }
static Value bound_qualname(Thread *t, Value self, void *c) { return get_qualname(t, V_AS(MethodWrapper, self)->descriptor, NULL); }
static Value bound_objclass(Thread *t, Value self, void *c) { return get_objclass(t, V_AS(MethodWrapper, self)->descriptor, NULL); }
static Value bound_doc(Thread *t, Value self, void *c) { return get_doc(t, V_AS(MethodWrapper, self)->descriptor, NULL); }
static Value bound_signature(Thread *t, Value self, void *c) { return get_signature(t, V_AS(MethodWrapper, self)->descriptor, NULL); }
static Value bound_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value name = bound_name(t, args[0], NULL), getter = is_null(name) ? VNULL : dict_get_str(t, t->interp->builtins, N(t, getattr)), r = VNULL;
    Value pair = is_null(getter) ? VNULL : tuple_of(t, 2, V_AS(MethodWrapper, args[0])->self, name);
    if (!is_null(pair)) r = tuple_of(t, 2, getter, pair);
    decref_maybe(t, pair);
    decref_maybe(t, name);
    return r;
}
static const MethodDef bound_methods[] = {
    {"__reduce__", "($self, /)", "Helper for pickle.", bound_reduce},
    {NULL},
};
static const GetSetDef bound_getsets[] = {
    {"__name__", bound_name}, {"__qualname__", bound_qualname}, {"__objclass__", bound_objclass},
    {"__doc__", bound_doc}, {"__text_signature__", bound_signature}, {NULL},
};
static const MemberDef bound_members[] = {
    {"__self__", MK_VALUE, MEMBER_READONLY, offsetof(MethodWrapper, self)},
    {NULL},
};
static const Field bound_fields[] = {FIELD_VALUE(MethodWrapper, descriptor), FIELD_VALUE(MethodWrapper, self)};
const TypeDef typedef_method_wrapper = {
    .name = "method-wrapper",
    .flags = TF_GC,
    .size = sizeof(MethodWrapper),
    FIELDS(bound_fields),
    .methods = bound_methods,
    .getsets = bound_getsets,
    .members = bound_members,
    .slots = {.repr = bound_repr, .call = bound_call, .compare = bound_compare, .hash = bound_hash},
};

/* --- Computed attributes ----------------------------------------------------------------------------------------------------------- */

static Value getset_repr(Thread *t, Value self) { return repr_as(t, self, "attribute"); }

static Value getset_get(Thread *t, Value descr, Value instance, Value owner) {
    if (is_null(instance)) return new_ref(descr);
    GetSetDescriptor *d = V_AS(GetSetDescriptor, descr);
    if (!fits(t, descr, instance)) return VNULL;
    if (d->def->get) return d->def->get(t, instance, d->def->closure);
    return err_raise(t, T_AttributeError, "attribute '%U' of '%N' objects is not readable", d->name, d->type);
}
static bool getset_set(Thread *t, Value descr, Value instance, Value value) {
    GetSetDescriptor *d = V_AS(GetSetDescriptor, descr);
    if (!fits(t, descr, instance)) return false;
    if (d->def->set) return d->def->set(t, instance, value, d->def->closure);
    return err_fail(t, T_AttributeError, "attribute '%U' of '%N' objects is not writable", d->name, d->type);
}
static const Field getset_fields[] = {FIELD_POINTER(GetSetDescriptor, type), FIELD_VALUE(GetSetDescriptor, name), FIELD_VALUE(GetSetDescriptor, qualname)};
const TypeDef typedef_getset_descriptor = {
    .name = "getset_descriptor",
    .flags = TF_GC,
    .size = sizeof(GetSetDescriptor),
    FIELDS(getset_fields),
    .methods = reduce_method,
    .getsets = field_getsets,
    .slots = {.repr = getset_repr, .descr_get = getset_get, .descr_set = getset_set},
};

/* --- Fields ------------------------------------------------------------------------------------------------------------------------ */

static Value member_repr(Thread *t, Value self) { return repr_as(t, self, "member"); }

/* An empty field: the text has the class's full name. */
static COLD Value fail_empty(Thread *t, Value instance, Value name) {
    Value type = type_full_name(t, type_of(t, instance));
    if (is_null(type)) return VNULL;
    err_attribute_text(t, instance, name, "'%U' object has no attribute '%U'", type, name);
    decref(t, type);
    return VNULL;
}

static Value member_get(Thread *t, Value descr, Value instance, Value owner) {
    if (is_null(instance)) return new_ref(descr);
    MemberDescriptor *d = V_AS(MemberDescriptor, descr);
    if (!fits(t, descr, instance)) return VNULL;
    const char *at = (char *)v_obj(instance) + d->def.offset;
    switch (d->def.kind) {
    case MK_VALUE: return is_null(*(Value *)at) ? V_NONE : new_ref(*(Value *)at);
    case MK_VALUE_OR_ATTRIBUTE_ERROR: return LIKELY(!is_null(*(Value *)at)) ? new_ref(*(Value *)at) : fail_empty(t, instance, d->name);
    case MK_INT32: return int_from_i64(t, *(int32_t *)at);
    case MK_UINT32: return int_from_i64(t, *(uint32_t *)at);
    case MK_INT64: return int_from_i64(t, *(int64_t *)at);
    case MK_DOUBLE: return float_from_double(t, *(double *)at);
    case MK_BOOL8: return v_bool(*(uint8_t *)at);
    case MK_CSTRING: return *(const char **)at ? str_from_cstr(t, *(const char **)at) : V_NONE;
    case MK_ATTRIBUTE: {
        Value v = instance_get(t, v_obj(instance), d->name);
        return is_null(v) ? fail_empty(t, instance, d->name) : new_ref(v);
    }
    }
    return V_NONE;
}

static bool member_set_number(Thread *t, MemberDescriptor *d, char *at, Value value) {
    int64_t i;
    int truth_value;
    switch (d->def.kind) {
    case MK_DOUBLE: return arg_double(t, value, (double *)at);
    case MK_BOOL8:
        if (!is_bool(value)) return err_fail(t, T_TypeError, "attribute value type must be bool");
        truth_value = same(value, V_TRUE);
        *(uint8_t *)at = (uint8_t)truth_value;
        return true;
    case MK_INT32: return arg_i32(t, value, (int32_t *)at);
    case MK_UINT32: return arg_u32(t, value, (uint32_t *)at);
    case MK_INT64:
        if (!arg_i64(t, value, &i)) return false;
        *(int64_t *)at = i;
        return true;
    }
    return err_fail(t, T_TypeError, "readonly attribute");
}

/* "can't delete element attribute", of a type Element. */
static bool fail_kept(Thread *t, const MemberDescriptor *d) {
    char name[64];
    const Str *s = V_AS(Str, d->type->name);
    size_t n = 0;
    for (; n + 1 < sizeof name && (int64_t)n < str_len(s); n++) name[n] = (char)tolower((int)str_at(s, (int64_t)n));
    name[n] = 0;
    return err_fail(t, T_AttributeError, "can't delete %s attribute", name);
}

static bool member_set(Thread *t, Value descr, Value instance, Value value) {
    MemberDescriptor *d = V_AS(MemberDescriptor, descr);
    if (!fits(t, descr, instance)) return false;
    if (d->def.flags & MEMBER_READONLY) return err_fail(t, T_AttributeError, "readonly attribute");
    if (is_null(value) && d->def.flags & MEMBER_KEPT) return fail_kept(t, d);
    if (d->def.kind == MK_ATTRIBUTE) {
        if (!is_null(value)) return instance_set(t, v_obj(instance), d->name, value);
        int deleted = instance_delete(t, v_obj(instance), d->name);
        return deleted == 0 ? err_fail(t, T_AttributeError, "%U", d->name) : deleted > 0;
    }
    char *at = (char *)v_obj(instance) + d->def.offset;
    if (d->def.kind != MK_VALUE && d->def.kind != MK_VALUE_OR_ATTRIBUTE_ERROR) {
        if (is_null(value)) return err_fail(t, T_TypeError, "can't delete numeric/char attribute");
        return member_set_number(t, d, at, value);
    }
    if (is_null(value) && is_null(*(Value *)at) && d->def.kind == MK_VALUE_OR_ATTRIBUTE_ERROR) return err_fail(t, T_AttributeError, "%U", d->name);
    slot_set(t, (Value *)at, new_ref_maybe(value));
    return true;
}
static const Field member_fields[] = {FIELD_POINTER(MemberDescriptor, type), FIELD_VALUE(MemberDescriptor, name), FIELD_VALUE(MemberDescriptor, qualname)};
const TypeDef typedef_member_descriptor = {
    .name = "member_descriptor",
    .flags = TF_GC,
    .size = sizeof(MemberDescriptor),
    FIELDS(member_fields),
    .methods = reduce_method,
    .getsets = field_getsets,
    .slots = {.repr = member_repr, .descr_get = member_get, .descr_set = member_set},
};
