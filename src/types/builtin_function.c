/* builtin_function_or_method: functions of C, plain or bound. */
#include "heap/heap.h"
#include "object/dict.h"
#include "object/dispatch.h"
#include "object/function.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "types/types_priv.h"

static BuiltinFunction *as(Value v) { return V_AS(BuiltinFunction, v); }
/* What a method is bound to: a static method to its type; VNULL for functions. */
static Value bound_to(Thread *t, Value v) {
    BuiltinFunction *f = as(v);
    if (f->flags & MF_STATIC && f->type) return v_from(f->type);
    Value self = f->self;
    return is_null(self) || IS_A(t, self, module) ? VNULL : self;
}

static Value builtin_repr(Thread *t, Value self) {
    Value bound = bound_to(t, self);
    if (is_null(bound)) return str_format(t, "<built-in function %s>", as(self)->def->name);
    return str_format(t, "<built-in method %s of %T object at %p>", as(self)->def->name, bound, (void *)bound.bits);
}

static Value builtin_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if ((op != CMP_EQ && op != CMP_NE) || !IS_EXACT(a, builtin_function) || !IS_EXACT(b, builtin_function)) return V_NOTIMPL;
    bool equal = as(a)->self.bits == as(b)->self.bits && as(a)->fn == as(b)->fn;
    return v_bool(equal == (op == CMP_EQ));
}
static bool builtin_hash(Thread *t, Value self, int64_t *hash) {
    *hash = (int64_t)(as(self)->self.bits >> 4 ^ (uint64_t)as(self)->fn);
    return true;
}

static Value get_name(Thread *t, Value self, void *c) { return str_intern_cstr(t, as(self)->def->name); }
static Value get_qualname(Thread *t, Value self, void *c) {
    BuiltinFunction *f = as(self);
    Value bound = bound_to(t, self);
    if (is_null(bound)) return get_name(t, self, NULL);
    Value owner = is_type(t, bound) ? bound : v_from(type_of(t, bound));
    Value q = attr_get(t, owner, N(t, __qualname__));
    if (is_null(q)) return q;
    Value r = str_format(t, "%S.%s", q, f->def->name);
    decref(t, q);
    return r;
}
static Value get_doc(Thread *t, Value self, void *c) { return as(self)->def->doc ? str_from_cstr(t, as(self)->def->doc) : V_NONE; }
static Value get_signature(Thread *t, Value self, void *c) { return as(self)->def->signature ? str_from_cstr(t, as(self)->def->signature) : V_NONE; }
static Value get_self(Thread *t, Value self, void *c) { return is_null(as(self)->self) ? V_NONE : new_ref(as(self)->self); }

static Value builtin_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value bound = bound_to(t, args[0]), name = get_name(t, args[0], NULL);
    if (is_null(bound) || is_null(name)) return name;
    Value getter = dict_get_str(t, t->interp->builtins, N(t, getattr)), pair = is_null(getter) ? VNULL : tuple_of(t, 2, bound, name), r = VNULL;
    if (!is_null(pair)) r = tuple_of(t, 2, getter, pair);
    decref_maybe(t, pair);
    decref(t, name);
    return r;
}

static const MethodDef methods[] = {
    {"__reduce__", "($self, /)", "Helper for pickle.", builtin_reduce},
    {NULL},
};
static const GetSetDef getsets[] = {
    {"__name__", get_name}, {"__qualname__", get_qualname}, {"__doc__", get_doc}, {"__self__", get_self}, {"__text_signature__", get_signature}, {NULL},
};
static const MemberDef members[] = {
    {"__module__", MK_VALUE, 0, offsetof(BuiltinFunction, module)},
    {NULL},
};
static const Field fields[] = {FIELD_VALUE(BuiltinFunction, self), FIELD_VALUE(BuiltinFunction, module)};
const TypeDef typedef_builtin_function = {
    .name = "builtin_function_or_method",
    .flags = TF_GC | TF_WEAKREF,
    .size = sizeof(BuiltinFunction),
    .ext_offset = offsetof(BuiltinFunction, ext),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .slots = {.repr = builtin_repr, .compare = builtin_compare, .hash = builtin_hash, .call = builtin_call},
};
