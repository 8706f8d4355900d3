/* staticmethod and classmethod: functions that do not bind, or bind to the class. */
#include "heap/heap.h"
#include "object/dict.h"
#include "object/dispatch.h"
#include "object/function.h"
#include "object/instance.h"
#include "object/simple.h"
#include "object/str.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "types/generic_alias.h"
#include "types/types_priv.h"

static WrappedMethod *as(Value v) { return V_AS(WrappedMethod, v); }
static Value callable_of(Value v) { return is_null(as(v)->callable) ? V_NONE : as(v)->callable; }

static bool copy_attribute(Thread *t, Value to, Value from, Value name) {
    Value v = attr_get_maybe(t, from, name);
    if (is_null(v)) return !err_pending(t);
    bool ok = attr_set(t, to, name, v);
    decref(t, v);
    return ok;
}

static bool wrap(Thread *t, const char *name, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Value callable;
    if (!call_bind_signature(t, name, "(function, /)", args, nargs, kwnames, &callable)) return false;
    slot_set(t, &as(self)->callable, new_ref(callable));
    return copy_attribute(t, self, callable, N(t, __module__)) && copy_attribute(t, self, callable, N(t, __name__)) &&
           copy_attribute(t, self, callable, N(t, __qualname__)) && copy_attribute(t, self, callable, N(t, __doc__));
}
static bool static_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) { return wrap(t, "staticmethod", self, args, nargs, kwnames); }
static bool class_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) { return wrap(t, "classmethod", self, args, nargs, kwnames); }

static Value static_repr(Thread *t, Value self) { return str_format(t, "<staticmethod(%R)>", callable_of(self)); }
static Value class_repr(Thread *t, Value self) { return str_format(t, "<classmethod(%R)>", callable_of(self)); }

static Value static_get(Thread *t, Value self, Value instance, Value owner) {
    if (is_null(as(self)->callable)) return err_raise(t, T_RuntimeError, "uninitialized staticmethod object");
    return new_ref(as(self)->callable);
}
static Value static_call(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    if (is_null(as(self)->callable)) return err_raise(t, T_RuntimeError, "uninitialized staticmethod object");
    Value callable = new_ref(as(self)->callable);
    Value r = call(t, callable, args, nargs, kwnames);
    decref(t, callable);
    return r;
}
static Value class_get(Thread *t, Value self, Value instance, Value owner) {
    if (is_null(as(self)->callable)) return err_raise(t, T_RuntimeError, "uninitialized classmethod object");
    return method_new(t, as(self)->callable, is_null(owner) ? v_from(type_of(t, instance)) : owner);
}

static Value get_abstract(Thread *t, Value self, void *c) {
    int abstract = is_null(as(self)->callable) ? 0 : type_is_abstract_method(t, as(self)->callable);
    return abstract < 0 ? VNULL : v_bool(abstract);
}

/* __annotations__ and __annotate__ are the function's until somebody sets them. */
static Value get_from_callable(Thread *t, Value self, void *closure) {
    Value name = closure ? N(t, __annotate__) : N(t, __annotations__);
    Value own = instance_get(t, v_obj(self), name);
    if (!is_null(own)) return new_ref(own);
    Value v = attr_get(t, callable_of(self), name);
    if (!is_null(v) && !instance_set(t, v_obj(self), name, v)) slot_clear(t, &v);
    return v;
}
static bool set_own(Thread *t, Value self, Value value, void *closure) {
    Value name = closure ? N(t, __annotate__) : N(t, __annotations__);
    if (!is_null(value)) return instance_set(t, v_obj(self), name, value);
    int deleted = instance_delete(t, v_obj(self), name);
    return deleted > 0 || (deleted == 0 && err_fail(t, T_AttributeError, "%U", name));
}

static const GetSetDef getsets[] = {
    {"__isabstractmethod__", get_abstract},
    {"__annotations__", get_from_callable, set_own},
    {"__annotate__", get_from_callable, set_own, NULL, (void *)"annotate"},
    {NULL},
};
static const MemberDef members[] = {
    {"__func__", MK_VALUE, MEMBER_READONLY, offsetof(WrappedMethod, callable)},
    {"__wrapped__", MK_VALUE, MEMBER_READONLY, offsetof(WrappedMethod, callable)},
    {NULL},
};
static const MethodDef methods[] = {
    {"__class_getitem__", "($type, object, /)", "See PEP 585", generic_alias_class_getitem, MF_CLASS},
    {NULL},
};
static const Field fields[] = {FIELD_VALUE(WrappedMethod, callable)};
const TypeDef typedef_staticmethod = {
    .name = "staticmethod",
    .doc = "Convert a function to be a static method.\n\nA static method does not receive an implicit first argument: it is called as\nthe class's or an instance's attribute with just the arguments given.",
    .signature = "(function, /)",
    .flags = TF_BASE | TF_GC | TF_DICT,
    .size = sizeof(WrappedMethod),
    .ext_offset = offsetof(WrappedMethod, ext),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .slots = {.new = type_generic_new, .init = static_init, .repr = static_repr, .call = static_call, .descr_get = static_get},
};
const TypeDef typedef_classmethod = {
    .name = "classmethod",
    .doc = "Convert a function to be a class method.\n\nA class method receives the class as implicit first argument, as an instance\nmethod receives the instance.",
    .signature = "(function, /)",
    .flags = TF_BASE | TF_GC | TF_DICT,
    .size = sizeof(WrappedMethod),
    .ext_offset = offsetof(WrappedMethod, ext),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .slots = {.new = type_generic_new, .init = class_init, .repr = class_repr, .descr_get = class_get},
};
