/* The generic slot functions: what the slots of a class with special methods in Python are.  Each looks its method up in
 * the type, calls it, and checks the result as the language asks. */
#include "object/buffer.h"
#include "object/exception.h"
#include "object/dispatch.h"
#include "object/float.h"
#include "object/int.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/arguments.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"
#include "types/slots_priv.h"
#include "types/types_priv.h"

/* The method is there, or it was deleted a moment ago. */
static Value call_found(Thread *t, Value self, Value name, const Value *args, uint32_t nargs) {
    bool found;
    Value r = call_special(t, self, name, args, nargs, &found);
    return found ? r : err_raise(t, T_AttributeError, "%U", name); /* a class that has one of a slot's two methods */
}
/* The same; NotImplemented where it is not there. */
static Value call_maybe(Thread *t, Value self, Value name, Value arg) {
    bool found;
    Value r = call_special(t, self, name, &arg, 1, &found);
    return found ? r : V_NOTIMPL;
}
static bool call_and_drop(Thread *t, Value self, Value name, const Value *args, uint32_t nargs) {
    Value r = call_found(t, self, name, args, nargs);
    if (is_null(r)) return false;
    decref(t, r);
    return true;
}

/* --- Life -------------------------------------------------------------------------------------------------------------------------- */

Value slot_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value method = attr_get(t, v_from(type), N(t, __new__));
    if (is_null(method)) return VNULL;
    Value r = call_with_self(t, method, v_from(type), args, nargs, kwnames);
    decref(t, method);
    return r;
}

bool slot_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Type *type = type_of(t, self);
    Value method = type_lookup(t, type, N(t, __init__)), r;
    if (is_null(method)) return err_attribute(t, self, N(t, __init__)), false;
    Type *kind = type_of(t, method);
    incref(method);
    if (LIKELY(kind->flags & TF_METHOD)) {
        r = call_with_self(t, method, self, args, nargs, kwnames);
    } else if (kind->slots.descr_get) {
        Value bound = kind->slots.descr_get(t, method, self, v_from(type));
        r = is_null(bound) ? VNULL : call(t, bound, args, nargs, kwnames);
        decref_maybe(t, bound);
    } else {
        r = call(t, method, args, nargs, kwnames);
    }
    decref(t, method);
    if (is_null(r)) return false;
    if (LIKELY(is_none(r))) return true;
    err_raise(t, T_TypeError, "__init__() should return None, not '%T'", r);
    decref(t, r);
    return false;
}

/* Runs with whatever exception was pending set aside; its own errors have nowhere to go. */
void slot_del(Thread *t, Value self) {
    Value pending = err_fetch(t);
    Value method = lookup_special(t, self, N(t, __del__));
    if (!is_null(method)) {
        Value r = call_0(t, method);
        Value function = type_lookup(t, type_of(t, self), N(t, __del__));
        if (is_null(r)) err_unraisable(t, "Exception ignored while calling deallocator", is_null(function) ? method : function);
        else decref(t, r);
        decref(t, method);
    } else {
        err_clear(t);
    }
    if (!is_null(pending)) err_restore(t, pending);
}

/* --- Any object -------------------------------------------------------------------------------------------------------------------- */

Value slot_repr(Thread *t, Value self) { return call_found(t, self, N(t, __repr__), NULL, 0); }
Value slot_str(Thread *t, Value self) { return call_found(t, self, N(t, __str__), NULL, 0); }

bool slot_hash(Thread *t, Value self, int64_t *hash) {
    Value r = call_found(t, self, N(t, __hash__), NULL, 0);
    if (is_null(r)) return false;
    if (!is_int(t, r)) {
        decref(t, r);
        return err_fail(t, T_TypeError, "__hash__ method should return an integer");
    }
    /* A number that fits is the hash, -1 excepted; another one is hashed as ints are. */
    if (!int_to_i64(t, r, hash)) {
        err_clear(t);
        *hash = int_hash(r);
    }
    if (*hash == -1) *hash = -2;
    decref(t, r);
    return true;
}

Value slot_call(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Type *type = type_of(t, self);
    Value method = type_lookup(t, type, N(t, __call__)), r;
    if (is_null(method)) return err_attribute(t, self, N(t, __call__));
    Type *kind = type_of(t, method);
    incref(method);
    if (LIKELY(kind->flags & TF_METHOD)) {
        r = call_with_self(t, method, self, args, nargs, kwnames);
    } else if (kind->slots.descr_get) {
        Value bound = kind->slots.descr_get(t, method, self, v_from(type));
        r = is_null(bound) ? VNULL : call(t, bound, args, nargs, kwnames);
        decref_maybe(t, bound);
    } else {
        r = call(t, method, args, nargs, kwnames);
    }
    decref(t, method);
    return r;
}

/* __getattribute__, then __getattr__ where that found nothing. */
Value slot_getattr(Thread *t, Value self, Value name) {
    Type *type = type_of(t, self);
    Value getter = type_lookup(t, type, N(t, __getattribute__));
    Value hook = type_lookup(t, type, N(t, __getattr__));
    bool is_plain = !is_null(getter) && IS_EXACT(getter, wrapper_descriptor) && V_AS(WrapperDescriptor, getter)->wrapped == (void *)attr_generic_get;
    Value r;
    if (is_plain) r = is_null(hook) ? attr_generic_get(t, self, name) : attr_generic_get_maybe(t, self, name);
    else r = call_found(t, self, N(t, __getattribute__), &name, 1);
    if (!is_null(r)) return r;
    if (is_null(hook = type_lookup(t, type_of(t, self), N(t, __getattr__)))) return VNULL;
    if (err_pending(t) && !err_catch(t, T_AttributeError)) return VNULL;
    return call_found(t, self, N(t, __getattr__), &name, 1);
}

bool slot_setattr(Thread *t, Value self, Value name, Value value) {
    if (is_null(value)) return call_and_drop(t, self, N(t, __delattr__), &name, 1);
    Value args[2] = {name, value};
    return call_and_drop(t, self, N(t, __setattr__), args, 2);
}

Value slot_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    static const uint16_t names[] = {N___lt__, N___le__, N___eq__, N___ne__, N___gt__, N___ge__};
    Value method = type_lookup(t, type_of(t, a), t->names[names[op]]);
    if (is_null(method)) return V_NOTIMPL;
    /* A class rarely has all six: the others are the base's own. */
    if (IS_EXACT(method, wrapper_descriptor) && V_AS(WrapperDescriptor, method)->slot->offset == offsetof(Slots, compare)) {
        WrapperDescriptor *w = V_AS(WrapperDescriptor, method);
        if (is_instance_of(t, a, w->type)) return ((Value (*)(Thread *, Value, Value, enum CompareOp))w->wrapped)(t, a, b, op);
    }
    Type *kind = type_of(t, method);
    if (kind->flags & TF_METHOD || kind->slots.descr_get == NULL) return call_maybe(t, a, t->names[names[op]], b);
    Value bound = kind->slots.descr_get(t, method, a, v_from(type_of(t, a)));
    if (is_null(bound)) { /* an attribute that raises is as good as none */
        err_clear(t);
        return V_NOTIMPL;
    }
    Value r = call_1(t, bound, b);
    decref(t, bound);
    return r;
}

/* None as a special method says that the class does not want it. */
static bool is_refused(Thread *t, Value self, Value name) {
    Value method = type_lookup(t, type_of(t, self), name);
    return !is_null(method) && is_none(method);
}

Value slot_iter(Thread *t, Value self) {
    if (is_refused(t, self, N(t, __iter__))) return err_raise(t, T_TypeError, "'%T' object is not iterable", self);
    return call_found(t, self, N(t, __iter__), NULL, 0);
}

Value slot_next(Thread *t, Value self) {
    Value r = call_found(t, self, N(t, __next__), NULL, 0);
    if (is_null(r) && err_is(t, T_StopIteration)) { /* one with a value is for `yield from` */
        Value value = V_AS(StopIterationObject, t->pending)->value;
        if (is_null(value) || is_none(value)) err_clear(t);
    }
    return r;
}

Value slot_descr_get(Thread *t, Value descr, Value instance, Value owner) {
    Type *type = type_of(t, descr);
    if (is_null(type_lookup(t, type, N(t, __get__)))) return new_ref(descr);
    Value args[2] = {is_null(instance) ? V_NONE : instance, is_null(owner) ? V_NONE : owner};
    return call_found(t, descr, N(t, __get__), args, 2);
}

bool slot_descr_set(Thread *t, Value descr, Value instance, Value value) {
    Value args[2] = {instance, value}, method = is_null(value) ? N(t, __delete__) : N(t, __set__);
    if (is_null(type_lookup(t, type_of(t, descr), method))) { /* the class has the other one only */
        err_raise_with(t, T_AttributeError, method);
        return false;
    }
    return is_null(value) ? call_and_drop(t, descr, N(t, __delete__), args, 1) : call_and_drop(t, descr, N(t, __set__), args, 2);
}

/* --- Coroutines -------------------------------------------------------------------------------------------------------------------- */

Value slot_await(Thread *t, Value self) { return call_found(t, self, N(t, __await__), NULL, 0); }
Value slot_aiter(Thread *t, Value self) { return call_found(t, self, N(t, __aiter__), NULL, 0); }
Value slot_anext(Thread *t, Value self) { return call_found(t, self, N(t, __anext__), NULL, 0); }

/* --- Numbers ----------------------------------------------------------------------------------------------------------------------- */

/* a op b where the class of one of them, or of both, has the generic slot.  A right operand of a subclass that has its own
 * reflected method goes first. */
static Value slot_binary(Thread *t, Value a, Value b, enum BinOp op, BinaryFn generic, enum NameId forward, enum NameId reflected) {
    Type *ta = type_of(t, a), *tb = type_of(t, b);
    bool other = ta != tb && tb->slots.binop[op] == generic;
    if (ta->slots.binop[op] == generic) {
        if (other && is_subtype(tb, ta)) {
            Value theirs = type_lookup(t, tb, t->names[reflected]);
            if (!is_null(theirs) && !same(theirs, type_lookup(t, ta, t->names[reflected])) ) {
                Value r = call_maybe(t, b, t->names[reflected], a);
                if (!is_notimpl(r)) return r;
                other = false;
            }
        }
        Value r = call_maybe(t, a, t->names[forward], b);
        if (!is_notimpl(r) || ta == tb) return r;
    }
    if (other) return call_maybe(t, b, t->names[reflected], a);
    return V_NOTIMPL;
}

#define BINOP(id, symbol, forward, reflected, inplace) \
    Value slot_##id(Thread *t, Value a, Value b) { return slot_binary(t, a, b, OP_##id, slot_##id, N_##forward, N_##reflected); } \
    Value slot_i##id(Thread *t, Value a, Value b) { return call_maybe(t, a, t->names[N_##inplace], b); }
#include "core/binops.def"
#undef BINOP

Value slot_power(Thread *t, Value base, Value exponent, Value modulus) {
    bool found;
    Value r;
    if (type_of(t, base)->slots.power == slot_power) {
        Value args[2] = {exponent, modulus};
        r = call_special(t, base, N(t, __pow__), args, 2, &found);
        if (found && !is_notimpl(r)) return r;
    }
    if (type_of(t, exponent)->slots.power == slot_power) {
        Value args[2] = {base, modulus};
        r = call_special(t, exponent, N(t, __rpow__), args, 2, &found);
        if (found) return r;
    }
    return V_NOTIMPL;
}

Value slot_neg(Thread *t, Value self) { return call_found(t, self, N(t, __neg__), NULL, 0); }
Value slot_pos(Thread *t, Value self) { return call_found(t, self, N(t, __pos__), NULL, 0); }
Value slot_abs(Thread *t, Value self) { return call_found(t, self, N(t, __abs__), NULL, 0); }
Value slot_invert(Thread *t, Value self) { return call_found(t, self, N(t, __invert__), NULL, 0); }
Value slot_to_int(Thread *t, Value self) { return call_found(t, self, N(t, __int__), NULL, 0); }
Value slot_to_float(Thread *t, Value self) { return call_found(t, self, N(t, __float__), NULL, 0); }
Value slot_index(Thread *t, Value self) { return call_found(t, self, N(t, __index__), NULL, 0); }

int slot_truth(Thread *t, Value self) {
    if (is_refused(t, self, N(t, __bool__))) return err_minus(t, T_TypeError, "'%T' cannot be interpreted as a boolean", self);
    bool found;
    Value r = call_special(t, self, N(t, __bool__), NULL, 0, &found);
    if (!found) return 1;
    if (is_null(r)) return -1;
    if (is_bool(r)) return same(r, V_TRUE);
    err_raise(t, T_TypeError, "__bool__ should return bool, returned %T", r);
    decref(t, r);
    return -1;
}

/* --- Containers -------------------------------------------------------------------------------------------------------------------- */

int64_t slot_len(Thread *t, Value self) {
    Value r = call_found(t, self, N(t, __len__), NULL, 0);
    if (is_null(r)) return -1;
    int64_t n = -1;
    Value i = number_index(t, r);
    decref(t, r);
    if (is_null(i)) return -1;
    if (int_sign(i) < 0) err_raise(t, T_ValueError, "__len__() should return >= 0");
    else if (!number_to_index(t, i, &n, T_OverflowError)) n = -1;
    decref(t, i);
    return n;
}

Value slot_getitem(Thread *t, Value self, Value key) { return call_found(t, self, N(t, __getitem__), &key, 1); }

bool slot_setitem(Thread *t, Value self, Value key, Value value) {
    Value args[2] = {key, value};
    return is_null(value) ? call_and_drop(t, self, N(t, __delitem__), args, 1) : call_and_drop(t, self, N(t, __setitem__), args, 2);
}

Value slot_item(Thread *t, Value self, int64_t index) {
    Value key = int_from_i64(t, index);
    if (is_null(key)) return VNULL;
    Value v = slot_getitem(t, self, key);
    decref(t, key);
    return v;
}
bool slot_set_item_at(Thread *t, Value self, int64_t index, Value value) {
    Value key = int_from_i64(t, index);
    if (is_null(key)) return false;
    bool done = slot_setitem(t, self, key, value);
    decref(t, key);
    return done;
}

typedef struct Search { Value key; int found; } Search;
static bool search_step(Thread *t, Value item, void *context) {
    Search *s = context;
    s->found = equal(t, item, s->key);
    return s->found == 0;
}
static int contains_by_iteration(Thread *t, Value self, Value key) {
    Search s = {key, 0};
    if (iterate(t, self, search_step, &s)) return 0;
    return s.found > 0 ? 1 : -1;
}

int slot_contains(Thread *t, Value self, Value key) {
    Value method = type_lookup(t, type_of(t, self), N(t, __contains__));
    if (!is_null(method) && is_none(method)) return err_minus(t, T_TypeError, "'%T' object is not a container", self);
    if (!is_null(method)) {
        Value r = call_found(t, self, N(t, __contains__), &key, 1);
        if (is_null(r)) return -1;
        int result = truth(t, r);
        decref(t, r);
        return result;
    }
    return contains_by_iteration(t, self, key);
}

/* --- Buffers ----------------------------------------------------------------------------------------------------------------------- */

/* __buffer__(flags) gives a memoryview: the consumer gets its memory. The view that asked keeps the memoryview alive through
 * view->internal until it is released. */
bool slot_buffer(Thread *t, Value self, Buffer *view, int flags) {
    Value arg = v_smallint(flags);
    Value memory = call_found(t, self, N(t, __buffer__), &arg, 1);
    if (is_null(memory)) return false;
    if (!IS_EXACT(memory, memoryview)) {
        err_raise(t, T_TypeError, "__buffer__ returned non-memoryview object");
        decref(t, memory);
        return false;
    }
    if (!buffer_get(t, memory, view, flags)) {
        decref(t, memory);
        return false;
    }
    slot_set(t, &view->object, new_ref(self));
    view->internal = v_obj(memory);
    return true;
}

void slot_release_buffer(Thread *t, Value self, Buffer *view) {
    if (view->internal == NULL) return;
    Value memory = v_from(view->internal);
    view->internal = NULL;
    Value pending = err_fetch(t);
    bool found;
    Value r = call_special(t, self, N(t, __release_buffer__), &memory, 1, &found);
    if (found && is_null(r)) err_unraisable(t, "Exception ignored in __release_buffer__ of", self);
    decref_maybe(t, r);
    decref(t, memory);
    if (!is_null(pending)) err_restore(t, pending);
}
