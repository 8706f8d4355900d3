/* mappingproxy: everything goes to the mapping behind it. */
#include "types/mappingproxy.h"

#include "heap/heap.h"
#include "object/dict.h"
#include "object/dispatch.h"
#include "object/str.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"
#include "types/generic_alias.h"
#include "types/types_priv.h"

static Value mapping_of(Value v) { return V_AS(MappingProxy, v)->mapping; }

Value mappingproxy_new(Thread *t, Value mapping) {
    MappingProxy *p = heap_object(t, SHAPE_mappingproxy, sizeof *p);
    if (p == NULL) return VNULL;
    p->mapping = new_ref(mapping);
    gc_track(t, p);
    return v_from(p);
}

static Value proxy_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value mapping;
    if (!call_bind_signature(t, "mappingproxy", "(mapping)", args, nargs, kwnames, &mapping)) return VNULL;
    if (!is_mapping(t, mapping) || is_list(t, mapping) || is_tuple(t, mapping))
        return err_raise(t, T_TypeError, "mappingproxy() argument must be a mapping, not %T", mapping);
    return mappingproxy_new(t, mapping);
}

static Value proxy_repr(Thread *t, Value self) { return str_format(t, "mappingproxy(%R)", mapping_of(self)); }
static Value proxy_str(Thread *t, Value self) { return str_of(t, mapping_of(self)); }
static bool proxy_hash(Thread *t, Value self, int64_t *hash) { return hash_of(t, mapping_of(self), hash); }
static Value proxy_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    return compare(t, mapping_of(a), IS_EXACT(b, mappingproxy) ? mapping_of(b) : b, op);
}
static Value proxy_or(Thread *t, Value a, Value b) {
    if (UNLIKELY(!stack_check(t, ""))) return VNULL;
    return number_binary(t, OP_or, IS_EXACT(a, mappingproxy) ? mapping_of(a) : a, IS_EXACT(b, mappingproxy) ? mapping_of(b) : b);
}
static Value proxy_ior(Thread *t, Value a, Value b) { return err_raise(t, T_TypeError, "'|=' is not supported by %T; use '|' instead", a); }
/* Proxies of proxies of proxies: each operation looks at the stack. */
static int64_t proxy_len(Thread *t, Value self) { return stack_check(t, "") ? length_of(t, mapping_of(self)) : -1; }
static Value proxy_getitem(Thread *t, Value self, Value key) { return stack_check(t, "") ? item_get(t, mapping_of(self), key) : VNULL; }
static int proxy_contains(Thread *t, Value self, Value key) { return stack_check(t, "") ? contains(t, mapping_of(self), key) : -1; }
static Value proxy_iter(Thread *t, Value self) { return stack_check(t, "") ? iter_of(t, mapping_of(self)) : VNULL; }

static Value proxy_get(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return call_method_2(t, mapping_of(args[0]), N(t, get), args[1], is_null(args[2]) ? V_NONE : args[2]);
}
static Value proxy_keys(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return call_method_0(t, mapping_of(args[0]), N(t, keys)); }
static Value proxy_values(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return call_method_0(t, mapping_of(args[0]), N(t, values)); }
static Value proxy_items(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return call_method_0(t, mapping_of(args[0]), N(t, items)); }
static Value proxy_copy(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return call_method_0(t, mapping_of(args[0]), N(t, copy)); }
static Value proxy_reversed(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return call_method_0(t, mapping_of(args[0]), N(t, __reversed__)); }

static const MethodDef methods[] = {
    {"get", "($self, key, default=None, /)", "Return the value for key if key is in the mapping, else default.", proxy_get},
    {"keys", "($self, /)", "a set-like object providing a view on the mapping's keys", proxy_keys},
    {"values", "($self, /)", "an object providing a view on the mapping's values", proxy_values},
    {"items", "($self, /)", "a set-like object providing a view on the mapping's items", proxy_items},
    {"copy", "($self, /)", "a shallow copy of the mapping", proxy_copy},
    {"__class_getitem__", "($type, object, /)", "See PEP 585", generic_alias_class_getitem, MF_CLASS},
    {"__reversed__", "($self, /)", "reverse iterator", proxy_reversed},
    {NULL},
};
static const Field fields[] = {FIELD_VALUE(MappingProxy, mapping)};
const TypeDef typedef_mappingproxy = {
    .name = "mappingproxy",
    .doc = "Read-only proxy of a mapping.",
    .signature = "(mapping)",
    .flags = TF_GC | TF_MAPPING,
    .size = sizeof(MappingProxy),
    FIELDS(fields),
    .methods = methods,
    .slots = {.new = proxy_make, .repr = proxy_repr, .str = proxy_str, .hash = proxy_hash, .compare = proxy_compare, .binop[OP_or] = proxy_or,
              .inplace[OP_or] = proxy_ior, .len = proxy_len, .getitem = proxy_getitem, .contains = proxy_contains, .iter = proxy_iter},
};
