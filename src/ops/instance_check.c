/* isinstance and issubclass: the classes' own checks, tuples of classes, and objects that only look like classes (__bases__). */
#include "core/names.h"
#include "object/simple.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"

/* The __bases__ of something like a class: owned tuple; VNULL: it has none, or an exception. */
static Value bases_of(Thread *t, Value cls) {
    Value bases = attr_get_maybe(t, cls, N(t, __bases__));
    if (is_null(bases) || is_tuple(t, bases)) return bases;
    decref(t, bases);
    return VNULL;
}

static bool check_class(Thread *t, Value cls, const char *message) {
    Value bases = bases_of(t, cls);
    if (is_null(bases)) return err_pending(t) ? false : err_fail(t, T_TypeError, "%s", message);
    decref(t, bases);
    return true;
}

/* Whether `cls` is reached from `derived` by __bases__. */
static int derives(Thread *t, Value derived, Value cls) {
    if (same(derived, cls)) return 1;
    if (!stack_check(t, " in __issubclass__")) return -1;
    Value bases = bases_of(t, derived);
    if (is_null(bases)) return err_pending(t) ? -1 : 0;
    int result = 0;
    for (int64_t i = 0; result == 0 && i < tuple_len(bases); i++) result = derives(t, tuple_at(bases, i), cls);
    decref(t, bases);
    return result;
}

/* Whether v.__class__ is object's own, so that it tells no more than the type. */
static bool shows_its_type(Thread *t, Value v) {
    Type *type = type_of(t, v);
    return (type->slots.getattr == attr_generic_get || type->slots.getattr == attr_type_get) &&
           same(type_lookup(t, type, N(t, __class__)), type_lookup(t, builtin_type(t, T_object), N(t, __class__)));
}

int is_instance_plain(Thread *t, Value v, Value cls) {
    if (is_type(t, cls)) {
        if (is_instance_of(t, v, V_AS(Type, cls))) return 1;
        if (LIKELY(shows_its_type(t, v))) return 0;
        Value own = attr_get_maybe(t, v, N(t, __class__));
        if (is_null(own)) return err_pending(t) ? -1 : 0;
        int result = is_type(t, own) && !same(own, v_from(type_of(t, v))) && is_subtype(V_AS(Type, own), V_AS(Type, cls));
        decref(t, own);
        return result;
    }
    if (!check_class(t, cls, "isinstance() arg 2 must be a type, a tuple of types, or a union")) return -1;
    Value own = attr_get_maybe(t, v, N(t, __class__));
    if (is_null(own)) return err_pending(t) ? -1 : 0;
    int result = derives(t, own, cls);
    decref(t, own);
    return result;
}

int is_subclass_plain(Thread *t, Value derived, Value cls) {
    if (is_type(t, derived) && is_type(t, cls)) return is_subtype(V_AS(Type, derived), V_AS(Type, cls));
    if (!check_class(t, derived, "issubclass() arg 1 must be a class")) return -1;
    if (!check_class(t, cls, "issubclass() arg 2 must be a class, a tuple of classes, or a union")) return -1;
    return derives(t, derived, cls);
}

/* One of the two questions, asked of each of a tuple or by the class's own method. */
static int ask(Thread *t, Value v, Value cls, Value method, const char *where, int (*plain)(Thread *, Value, Value), int (*again)(Thread *, Value, Value)) {
    if (IS_EXACT(cls, Union)) cls = V_AS(Union, cls)->args;
    if (is_tuple(t, cls)) {
        if (!stack_check(t, where)) return -1;
        int result = 0;
        incref(cls);
        for (int64_t i = 0; result == 0 && i < tuple_len(cls); i++) result = again(t, v, tuple_at(cls, i));
        decref(t, cls);
        return result;
    }
    if (!stack_check(t, where)) return -1;
    bool found;
    Value answer = call_special(t, cls, method, &v, 1, &found);
    if (is_null(answer)) return found || err_pending(t) ? -1 : plain(t, v, cls);
    int result = truth(t, answer);
    decref(t, answer);
    return result;
}

int is_instance(Thread *t, Value v, Value cls) {
    if (same(v_from(type_of(t, v)), cls)) return 1;
    if (IS_EXACT(cls, type)) return is_instance_plain(t, v, cls);
    return ask(t, v, cls, N(t, __instancecheck__), " in __instancecheck__", is_instance_plain, is_instance);
}

int is_subclass(Thread *t, Value derived, Value cls) {
    if (IS_EXACT(cls, type)) return same(derived, cls) ? 1 : is_subclass_plain(t, derived, cls);
    return ask(t, derived, cls, N(t, __subclasscheck__), " in __subclasscheck__", is_subclass_plain, is_subclass);
}
