/* weakref.ref: the type of weak references. */
#include "core/def.h"
#include "core/names.h"
#include "object/weakref.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"

static Value ref_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    bool plain = type->shape == SHAPE_weakref;
    if (plain && !call_no_keywords(t, "ref", kwnames)) return VNULL;
    if (!call_arity(t, "__new__", nargs, 1, 2)) return VNULL;
    return weakref_make(t, type, args[0], nargs > 1 && !is_none(args[1]) ? args[1] : VNULL);
}

/* A derived class may pass more to its own __init__; here the number is checked only. */
static bool ref_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    return call_no_keywords(t, "ref", kwnames) && call_arity(t, "__init__", nargs, 1, 2);
}

static Value ref_call(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "weakref", kwnames) || !call_arity(t, "weakref", nargs, 0, 0)) return VNULL;
    return new_ref(weakref_get(self));
}

static bool ref_hash(Thread *t, Value self, int64_t *hash) {
    WeakRef *w = V_AS(WeakRef, self);
    if (w->hash == -1) {
        Value referent = new_ref(w->referent);
        if (is_none(referent)) return err_fail(t, T_TypeError, "weak object has gone away");
        bool ok = hash_of(t, referent, hash);
        decref(t, referent);
        if (!ok) return false;
        w->hash = *hash;
    }
    *hash = w->hash;
    return true;
}

static Value ref_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if ((op != CMP_EQ && op != CMP_NE) || !IS_A(t, a, weakref) || !IS_A(t, b, weakref)) return V_NOTIMPL;
    Value x = weakref_get(a), y = weakref_get(b);
    if (is_none(x) || is_none(y)) return v_bool(same(a, b) == (op == CMP_EQ));
    incref(x);
    incref(y);
    Value r = compare(t, x, y, op);
    decref(t, x);
    decref(t, y);
    return r;
}

/* Shown is the referent's __name__, as its type gives it, where that is a str. */
static Value ref_repr(Thread *t, Value self) {
    Value referent = weakref_get(self);
    if (is_none(referent)) return str_format(t, "<weakref at %p; dead>", (void *)v_obj(self));
    incref(referent);
    Value name = lookup_special(t, referent, N(t, __name__)), r = VNULL;
    if (is_null(name) && err_pending(t)) {
        decref(t, referent);
        return VNULL;
    }
    void *at = v_obj(self), *to = v_obj(referent);
    if (!is_null(name) && is_str(t, name)) r = str_format(t, "<weakref at %p; to '%Q' at %p (%U)>", at, referent, to, name);
    else r = str_format(t, "<weakref at %p; to '%Q' at %p>", at, referent, to);
    decref_maybe(t, name);
    decref(t, referent);
    return r;
}

static void ref_destroy(Thread *t, Object *self) { weakref_sever(t, (WeakRef *)self); }

static Value get_callback(Thread *t, Value self, void *closure) {
    Value callback = V_AS(WeakRef, self)->callback;
    return is_null(callback) ? V_NONE : new_ref(callback);
}

static Value ref_class_getitem(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return call_2(t, v_from(builtin_type(t, T_GenericAlias)), args[0], args[1]);
}

/* The collector breaks no cycle by forgetting a callback that could still be called. */
static void ref_clear(Thread *t, Object *self) {
    weakref_sever(t, (WeakRef *)self);
    slot_clear(t, &((WeakRef *)self)->callback);
}

static const Field ref_fields[] = {FIELD_VALUE(WeakRef, callback)};
static const GetSetDef ref_getsets[] = {{"__callback__", get_callback, NULL, NULL, NULL}, {0}};
static const MethodDef ref_methods[] = {
    {"__class_getitem__", "($type, object, /)", "References are generic over the type of their object.", ref_class_getitem, MF_CLASS},
    {0},
};

const TypeDef typedef_weakref = {
    .name = "weakref.ReferenceType",
    .flags = TF_BASE | TF_GC | TF_MODULE_NAME,
    .size = sizeof(WeakRef),
    FIELDS(ref_fields),
    .getsets = ref_getsets,
    .methods = ref_methods,
    .slots = {.new = ref_new, .init = ref_init, .destroy = ref_destroy, .clear = ref_clear, .call = ref_call, .hash = ref_hash,
              .compare = ref_compare, .repr = ref_repr},
};
