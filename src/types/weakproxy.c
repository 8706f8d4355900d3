/* weakref.proxy: objects that behave as another one does, as long as that lives.
 *
 * Every operation takes the referent, holds it meanwhile, and does the same with it.
 */
#include "core/def.h"
#include "core/names.h"
#include "object/weakref.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"

/* The object behind a proxy, or the value itself; owned.  VNULL: ReferenceError. */
static Value held(Thread *t, Value v) {
    if (!IS_EXACT(v, weakproxy) && !IS_EXACT(v, weakcallableproxy)) return new_ref(v);
    Value referent = weakref_get(v);
    if (is_none(referent)) return err_raise(t, T_ReferenceError, "weakly-referenced object no longer exists");
    return new_ref(referent);
}

/* Defines a slot of one operand as `operation(t, o)`, failing with `mark`. */
#define UNARY(name, Result, mark, operation) \
    static Result name(Thread *t, Value self) { \
        Value o = held(t, self); \
        if (is_null(o)) return mark; \
        Result r = operation(t, o); \
        decref(t, o); \
        return r; \
    }
UNARY(proxy_str, Value, VNULL, str_of)
UNARY(proxy_neg, Value, VNULL, number_neg)
UNARY(proxy_pos, Value, VNULL, number_pos)
UNARY(proxy_abs, Value, VNULL, number_abs)
UNARY(proxy_invert, Value, VNULL, number_invert)
UNARY(proxy_int, Value, VNULL, number_int)
UNARY(proxy_float, Value, VNULL, number_float)
UNARY(proxy_index, Value, VNULL, number_index)
UNARY(proxy_iter, Value, VNULL, iter_of)
UNARY(proxy_truth, int, -1, truth)
UNARY(proxy_len, int64_t, -1, length_of)

static Value proxy_next(Thread *t, Value self) {
    Value o = held(t, self);
    if (is_null(o)) return VNULL;
    Value r = VNULL;
    if (is_iterator(t, o)) r = iter_next(t, o);
    else err_raise(t, T_TypeError, "Weakref proxy referenced a non-iterator '%T' object", o);
    decref(t, o);
    return r;
}

static Value proxy_binary(Thread *t, enum BinOp op, Value a, Value b, Value (*operation)(Thread *, enum BinOp, Value, Value)) {
    Value x = held(t, a), y = is_null(x) ? VNULL : held(t, b), r = VNULL;
    if (!is_null(y)) r = operation(t, op, x, y);
    decref_maybe(t, x);
    decref_maybe(t, y);
    return r;
}
#define OPERATORS(X) \
    X(add) X(sub) X(mul) X(matmul) X(truediv) X(floordiv) X(mod) X(pow) X(lshift) X(rshift) X(and) X(or) X(xor)
_Static_assert(BINOP_COUNT == 14, "these and divmod, which has no in-place form");
#define FORWARD(id) \
    static Value proxy_##id(Thread *t, Value a, Value b) { return proxy_binary(t, OP_##id, a, b, number_binary); }
#define INPLACE(id) \
    static Value proxy_inplace_##id(Thread *t, Value a, Value b) { return proxy_binary(t, OP_##id, a, b, number_inplace); }
OPERATORS(FORWARD)
FORWARD(divmod)
OPERATORS(INPLACE)

static Value proxy_power(Thread *t, Value a, Value b, Value modulus) {
    Value x = held(t, a), y = is_null(x) ? VNULL : held(t, b), m = is_null(y) ? VNULL : held(t, modulus), r = VNULL;
    if (!is_null(m)) r = number_power(t, x, y, m);
    decref_maybe(t, x);
    decref_maybe(t, y);
    decref_maybe(t, m);
    return r;
}

static Value proxy_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    Value x = held(t, a), y = is_null(x) ? VNULL : held(t, b), r = VNULL;
    if (!is_null(y)) r = compare(t, x, y, op);
    decref_maybe(t, x);
    decref_maybe(t, y);
    return r;
}

static bool proxy_hash(Thread *t, Value self, int64_t *hash) { return err_fail(t, T_TypeError, "unhashable type: '%T'", self); }

static Value proxy_getattr(Thread *t, Value self, Value name) {
    Value o = held(t, self);
    if (is_null(o)) return VNULL;
    Value r = attr_get(t, o, name);
    decref(t, o);
    return r;
}

static bool proxy_setattr(Thread *t, Value self, Value name, Value value) {
    Value o = held(t, self);
    if (is_null(o)) return false;
    bool ok = attr_set(t, o, name, value);
    decref(t, o);
    return ok;
}

static Value proxy_getitem(Thread *t, Value self, Value key) {
    Value o = held(t, self), k = is_null(o) ? VNULL : held(t, key);
    Value r = is_null(k) ? VNULL : item_get(t, o, k);
    decref_maybe(t, o);
    decref_maybe(t, k);
    return r;
}

static bool proxy_setitem(Thread *t, Value self, Value key, Value value) {
    Value o = held(t, self), k = is_null(o) ? VNULL : held(t, key);
    bool ok = !is_null(k) && (is_null(value) ? item_delete(t, o, k) : item_set(t, o, k, value));
    decref_maybe(t, o);
    decref_maybe(t, k);
    return ok;
}

static int proxy_contains(Thread *t, Value self, Value key) {
    Value o = held(t, self);
    if (is_null(o)) return -1;
    int r = contains(t, o, key);
    decref(t, o);
    return r;
}

static Value proxy_call(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Value o = held(t, self);
    if (is_null(o)) return VNULL;
    Value r = call(t, o, args, nargs, kwnames);
    decref(t, o);
    return r;
}

static Value proxy_repr(Thread *t, Value self) {
    Value referent = weakref_get(self);
    if (is_none(referent)) return str_format(t, "<weakproxy at %p; dead>", (void *)v_obj(self));
    return str_format(t, "<weakproxy at %p; to '%Q' at %p>", (void *)v_obj(self), referent, (void *)v_obj(referent));
}

static void proxy_destroy(Thread *t, Object *self) { weakref_sever(t, (WeakRef *)self); }
static void proxy_clear(Thread *t, Object *self) {
    weakref_sever(t, (WeakRef *)self);
    slot_clear(t, &((WeakRef *)self)->callback);
}

/* Two methods that have no slot. */
static Value proxy_bytes(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value o = held(t, args[0]);
    if (is_null(o)) return VNULL;
    Value r = call_method_0(t, o, N(t, __bytes__));
    decref(t, o);
    return r;
}

static Value proxy_reversed(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value o = held(t, args[0]);
    if (is_null(o)) return VNULL;
    Value r = call_method_0(t, o, N(t, __reversed__));
    decref(t, o);
    return r;
}

static const Field proxy_fields[] = {FIELD_VALUE(WeakRef, callback)};
static const MethodDef proxy_methods[] = {
    {"__bytes__", "($self, /)", NULL, proxy_bytes},
    {"__reversed__", "($self, /)", NULL, proxy_reversed},
    {0},
};

#define FORWARD_SLOT(id) [OP_##id] = proxy_##id,
#define INPLACE_SLOT(id) [OP_##id] = proxy_inplace_##id,
/* The slots of both types; proxies of callables can be called besides. */
#define PROXY_TYPE(id, text, ...) \
    const TypeDef typedef_##id = { \
        .name = text, \
        .flags = TF_GC | TF_NO_NEW | TF_MODULE_NAME, \
        .size = sizeof(WeakRef), \
        FIELDS(proxy_fields), \
        .methods = proxy_methods, \
        .slots = {.destroy = proxy_destroy, .clear = proxy_clear, .repr = proxy_repr, .str = proxy_str, .hash = proxy_hash, \
                  .getattr = proxy_getattr, .setattr = proxy_setattr, .compare = proxy_compare, .iter = proxy_iter, \
                  .next = proxy_next, .binop = {OPERATORS(FORWARD_SLOT) FORWARD_SLOT(divmod)}, \
                  .inplace = {OPERATORS(INPLACE_SLOT)}, .power = proxy_power, .neg = proxy_neg, \
                  .pos = proxy_pos, .abs = proxy_abs, .invert = proxy_invert, .to_int = proxy_int, .to_float = proxy_float, \
                  .index = proxy_index, .truth = proxy_truth, .len = proxy_len, .getitem = proxy_getitem, \
                  .setitem = proxy_setitem, .contains = proxy_contains, __VA_ARGS__}};
PROXY_TYPE(weakproxy, "weakref.ProxyType")
PROXY_TYPE(weakcallableproxy, "weakref.CallableProxyType", .call = proxy_call)
