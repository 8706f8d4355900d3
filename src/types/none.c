/* The types of None, Ellipsis and NotImplemented: immediate values, one each. */
#include "object/str.h"
#include "ops/arguments.h"
#include "types/types_priv.h"

static Value only_instance(Thread *t, const char *type, Value instance, uint32_t nargs, Value kwnames) {
    if (nargs || keyword_count(kwnames)) return err_raise(t, T_TypeError, "%s takes no arguments", type);
    return instance;
}

static Value none_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) { return only_instance(t, "NoneType", V_NONE, nargs, kwnames); }
static Value none_repr(Thread *t, Value self) { return new_ref(N(t, None)); }
static int none_truth(Thread *t, Value self) { return 0; }
static bool none_hash(Thread *t, Value self, int64_t *hash) {
    *hash = 0xFCA86420;
    return true;
}
const TypeDef typedef_NoneType = {
    .name = "NoneType",
    .doc = "The type of the None singleton.",
    .signature = "()",
    .size = sizeof(Object),
    .slots = {.new = none_new, .repr = none_repr, .truth = none_truth, .hash = none_hash},
};

static Value ellipsis_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) { return only_instance(t, "EllipsisType", V_ELLIPSIS, nargs, kwnames); }
static Value ellipsis_repr(Thread *t, Value self) { return str_from_cstr(t, "Ellipsis"); }
static Value ellipsis_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return ellipsis_repr(t, args[0]); }
static const MethodDef ellipsis_methods[] = {
    {"__reduce__", "($self, /)", NULL, ellipsis_reduce},
    {NULL},
};
const TypeDef typedef_ellipsis = {
    .name = "ellipsis",
    .doc = "The type of the Ellipsis singleton.",
    .signature = "()",
    .size = sizeof(Object),
    .methods = ellipsis_methods,
    .slots = {.new = ellipsis_new, .repr = ellipsis_repr},
};

static Value notimpl_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) { return only_instance(t, "NotImplementedType", V_NOTIMPL, nargs, kwnames); }
static Value notimpl_repr(Thread *t, Value self) { return str_from_cstr(t, "NotImplemented"); }
static Value notimpl_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return notimpl_repr(t, args[0]); }
static int notimpl_truth(Thread *t, Value self) { return err_minus(t, T_TypeError, "NotImplemented should not be used in a boolean context"); }
static const MethodDef notimpl_methods[] = {
    {"__reduce__", "($self, /)", NULL, notimpl_reduce},
    {NULL},
};
const TypeDef typedef_NotImplementedType = {
    .name = "NotImplementedType",
    .doc = "The type of the NotImplemented singleton.",
    .signature = "()",
    .size = sizeof(Object),
    .methods = notimpl_methods,
    .slots = {.new = notimpl_new, .repr = notimpl_repr, .truth = notimpl_truth},
};
