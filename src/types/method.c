/* method: a function bound to its first argument. */
#include "base/hash.h"
#include "heap/heap.h"
#include "object/dict.h"
#include "object/dispatch.h"
#include "object/exception.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "types/types_priv.h"

static BoundMethod *as(Value v) { return V_AS(BoundMethod, v); }

static Value method_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "method", kwnames) || !call_arity(t, "method", nargs, 2, 2)) return VNULL;
    if (!is_callable(t, args[0])) return err_raise(t, T_TypeError, "first argument must be callable");
    if (is_none(args[1])) return err_raise(t, T_TypeError, "instance must not be None");
    return method_new(t, args[0], args[1]);
}

static Value method_repr(Thread *t, Value self) {
    Value name = attr_get_maybe(t, as(self)->function, N(t, __qualname__));
    if (is_null(name) && !err_pending(t)) name = attr_get_maybe(t, as(self)->function, N(t, __name__));
    if (is_null(name) && err_pending(t)) return VNULL;
    bool known = !is_null(name) && is_str(t, name);
    Value r = known ? str_format(t, "<bound method %U of %R>", name, as(self)->self) : str_format(t, "<bound method ? of %R>", as(self)->self);
    decref_maybe(t, name);
    return r;
}

static Value method_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if ((op != CMP_EQ && op != CMP_NE) || !IS_EXACT(a, method) || !IS_EXACT(b, method)) return V_NOTIMPL;
    int eq = same(as(a)->self, as(b)->self) ? equal(t, as(a)->function, as(b)->function) : 0;
    return eq < 0 ? VNULL : v_bool(eq == (op == CMP_EQ));
}
static bool method_hash(Thread *t, Value self, int64_t *hash) {
    if (!hash_of(t, as(self)->function, hash)) return false;
    *hash ^= hash_pointer((void *)as(self)->self.bits);
    if (*hash == -1) *hash = -2;
    return true;
}

/* What the type lacks comes from the function. */
static Value method_getattr(Thread *t, Value self, Value name) {
    Value descr = type_lookup(t, type_of(t, self), name);
    if (is_null(descr)) return attr_get(t, as(self)->function, name);
    return attr_generic_get(t, self, name);
}
static Value method_get(Thread *t, Value descr, Value instance, Value owner) { return new_ref(descr); }

static Value get_doc(Thread *t, Value self, void *c) {
    Value doc = attr_get_maybe(t, as(self)->function, N(t, __doc__));
    return is_null(doc) && !err_pending(t) ? V_NONE : doc;
}

static Value method_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value name = attr_get(t, as(args[0])->function, N(t, __name__));
    if (is_null(name)) return VNULL;
    Value getter = dict_get_str(t, t->interp->builtins, N(t, getattr)), pair = is_null(getter) ? VNULL : tuple_of(t, 2, as(args[0])->self, name), r = VNULL;
    if (!is_null(pair)) r = tuple_of(t, 2, getter, pair);
    decref_maybe(t, pair);
    decref(t, name);
    return r;
}

static const MethodDef methods[] = {
    {"__reduce__", "($self, /)", "Helper for pickle.", method_reduce},
    {NULL},
};
static const GetSetDef getsets[] = {
    {"__doc__", get_doc},
    {NULL},
};
static const MemberDef members[] = {
    {"__func__", MK_VALUE, MEMBER_READONLY, offsetof(BoundMethod, function), "the function (or other callable) implementing a method"},
    {"__self__", MK_VALUE, MEMBER_READONLY, offsetof(BoundMethod, self), "the instance to which a method is bound"},
    {NULL},
};
static const Field fields[] = {FIELD_VALUE(BoundMethod, function), FIELD_VALUE(BoundMethod, self)};
const TypeDef typedef_method = {
    .name = "method",
    .doc = "Create a bound instance method object.",
    .signature = "(function, instance, /)",
    .flags = TF_GC | TF_WEAKREF,
    .size = sizeof(BoundMethod),
    .ext_offset = offsetof(BoundMethod, ext),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .slots = {.new = method_make, .repr = method_repr, .compare = method_compare, .hash = method_hash, .getattr = method_getattr,
              .setattr = attr_generic_set, .call = method_call, .descr_get = method_get},
};
