/* C slots called as methods: int.__add__(1, 2).  The wrapper descriptor has checked self; each function here checks the number of
 * arguments, calls the slot in the descriptor, and turns its result into an object. */
#include "object/buffer.h"
#include "object/int.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"
#include "types/slots_priv.h"
#include "types/types_priv.h"

static COLD bool fail_count(Thread *t, uint32_t expected, uint32_t nargs) {
    return err_fail(t, T_TypeError, "expected %u argument%s, got %u", expected, expected == 1 ? "" : "s", nargs);
}
#define EXPECT(n) do { if (UNLIKELY(nargs != (n))) { fail_count(t, (n), nargs); return VNULL; } } while (0)
#define CALL(type) ((type)d->wrapped)

static Value none_if(bool ok) { return ok ? V_NONE : VNULL; }

WRAP(init) { return none_if(CALL(bool (*)(Thread *, Value, Value *, uint32_t, Value))(t, self, args, nargs, kwnames)); }
WRAP(call) { return CALL(Value (*)(Thread *, Value, Value *, uint32_t, Value))(t, self, args, nargs, kwnames); }
WRAP(del) {
    EXPECT(0);
    CALL(void (*)(Thread *, Value))(t, self);
    return V_NONE;
}
WRAP(unary) {
    EXPECT(0);
    return CALL(UnaryFn)(t, self);
}
WRAP(binary) {
    EXPECT(1);
    return CALL(BinaryFn)(t, self, args[0]);
}
WRAP(left) {
    EXPECT(1);
    return CALL(BinaryFn)(t, self, args[0]);
}
WRAP(right) {
    EXPECT(1);
    return CALL(BinaryFn)(t, args[0], self);
}
static Value wrap_pow(Thread *t, WrapperDescriptor *d, Value self, Value *args, uint32_t nargs, bool swap) {
    if (nargs < 1 || nargs > 2) return err_raise(t, T_TypeError, "expected 1 or 2 arguments, got %u", nargs);
    Value a = swap ? args[0] : self, b = swap ? self : args[0];
    if (nargs == 1 || is_none(args[1])) return CALL(BinaryFn)(t, a, b);
    return d->type->slots.power ? d->type->slots.power(t, a, b, args[1]) : V_NOTIMPL;
}
WRAP(pow_left) { return wrap_pow(t, d, self, args, nargs, false); }
WRAP(pow_right) { return wrap_pow(t, d, self, args, nargs, true); }

WRAP(hash) {
    EXPECT(0);
    int64_t h;
    return CALL(bool (*)(Thread *, Value, int64_t *))(t, self, &h) ? int_from_i64(t, h) : VNULL;
}
WRAP(next) {
    EXPECT(0);
    Value r = CALL(UnaryFn)(t, self);
    if (is_null(r) && !err_pending(t)) return err_raise_value(t, v_from(builtin_type(t, T_StopIteration)));
    return r;
}
WRAP(truth) {
    EXPECT(0);
    int r = CALL(int (*)(Thread *, Value))(t, self);
    return r < 0 ? VNULL : v_bool(r);
}
WRAP(len) {
    EXPECT(0);
    int64_t n = CALL(int64_t (*)(Thread *, Value))(t, self);
    return n < 0 ? VNULL : int_from_i64(t, n);
}

#define COMPARE(name, op) \
    WRAP(name) { \
        EXPECT(1); \
        return CALL(Value (*)(Thread *, Value, Value, enum CompareOp))(t, self, args[0], op); \
    }
COMPARE(lt, CMP_LT)
COMPARE(le, CMP_LE)
COMPARE(eq, CMP_EQ)
COMPARE(ne, CMP_NE)
COMPARE(gt, CMP_GT)
COMPARE(ge, CMP_GE)

/* object.__setattr__(cls, ...) would go around what type.__setattr__ guards: from the base that gave the class its slot on, no
 * other slot in C may lie in front of the one that is called. */
static bool setattr_is_fit(Thread *t, WrapperDescriptor *d, Value self, const char *what) {
    Type *type = type_of(t, self), *defining = type;
    for (uint32_t i = type->mro_count; i-- > 0;) {
        Type *base = type->mro_types[i];
        if (base->slots.setattr == slot_setattr || base->slots.setattr != type->slots.setattr) continue;
        defining = base;
        break;
    }
    for (Type *base = defining; base; base = base->base) {
        if ((void *)base->slots.setattr == d->wrapped) return true;
        if (base->slots.setattr != slot_setattr) return err_fail(t, T_TypeError, "can't apply this %s to %N object", what, type);
    }
    return true;
}
static bool name_is_str(Thread *t, Value name) {
    return is_str(t, name) || err_fail(t, T_TypeError, "attribute name must be string, not '%T'", name);
}
WRAP(setattr) {
    EXPECT(2);
    if (!name_is_str(t, args[0]) || !setattr_is_fit(t, d, self, "__setattr__")) return VNULL;
    return none_if(CALL(bool (*)(Thread *, Value, Value, Value))(t, self, args[0], args[1]));
}
WRAP(delattr) {
    EXPECT(1);
    if (!name_is_str(t, args[0]) || !setattr_is_fit(t, d, self, "__delattr__")) return VNULL;
    return none_if(CALL(bool (*)(Thread *, Value, Value, Value))(t, self, args[0], VNULL));
}

WRAP(descr_get) {
    if (nargs < 1 || nargs > 2)
        return err_raise(t, T_TypeError, nargs < 1 ? "expected at least 1 argument, got %u" : "expected at most 2 arguments, got %u", nargs);
    Value instance = is_none(args[0]) ? VNULL : args[0], owner = nargs == 2 && !is_none(args[1]) ? args[1] : VNULL;
    if (is_null(instance) && is_null(owner)) return err_raise(t, T_TypeError, "__get__(None, None) is invalid");
    return CALL(Value (*)(Thread *, Value, Value, Value))(t, self, instance, owner);
}
WRAP(descr_set) {
    EXPECT(2);
    return none_if(CALL(bool (*)(Thread *, Value, Value, Value))(t, self, args[0], args[1]));
}
WRAP(descr_delete) {
    EXPECT(1);
    return none_if(CALL(bool (*)(Thread *, Value, Value, Value))(t, self, args[0], VNULL));
}

WRAP(setitem) {
    EXPECT(2);
    return none_if(CALL(bool (*)(Thread *, Value, Value, Value))(t, self, args[0], args[1]));
}
WRAP(delitem) {
    EXPECT(1);
    return none_if(CALL(bool (*)(Thread *, Value, Value, Value))(t, self, args[0], VNULL));
}

/* An index of a sequence from an argument: negative ones count from the end. */
static bool sequence_index(Thread *t, Value self, Value arg, int64_t *index) {
    if (!number_to_index(t, arg, index, T_OverflowError)) return false;
    if (*index < 0 && type_of(t, self)->slots.len) {
        int64_t n = type_of(t, self)->slots.len(t, self);
        if (n < 0) return false;
        *index += n;
    }
    return true;
}
WRAP(item) {
    EXPECT(1);
    int64_t i;
    if (!sequence_index(t, self, args[0], &i)) return VNULL;
    return CALL(Value (*)(Thread *, Value, int64_t))(t, self, i);
}
WRAP(set_item_at) {
    EXPECT(2);
    int64_t i;
    if (!sequence_index(t, self, args[0], &i)) return VNULL;
    return none_if(CALL(bool (*)(Thread *, Value, int64_t, Value))(t, self, i, args[1]));
}
WRAP(delete_item_at) {
    EXPECT(1);
    int64_t i;
    if (!sequence_index(t, self, args[0], &i)) return VNULL;
    return none_if(CALL(bool (*)(Thread *, Value, int64_t, Value))(t, self, i, VNULL));
}
WRAP(contains) {
    EXPECT(1);
    int r = CALL(int (*)(Thread *, Value, Value))(t, self, args[0]);
    return r < 0 ? VNULL : v_bool(r);
}
WRAP(repeat) {
    EXPECT(1);
    int64_t n;
    if (!has_index(t, args[0])) return err_raise(t, T_TypeError, "'%T' object cannot be interpreted as an integer", args[0]);
    if (!number_to_index(t, args[0], &n, T_OverflowError)) return VNULL;
    return CALL(Value (*)(Thread *, Value, int64_t))(t, self, n);
}

WRAP(buffer) {
    EXPECT(1);
    int64_t flags;
    if (!arg_i64(t, args[0], &flags)) return VNULL;
    if (flags > INT32_MAX || flags < INT32_MIN) return err_raise(t, T_OverflowError, "buffer flags out of range");
    return call_1(t, v_from(builtin_type(t, T_memoryview)), self);
}
WRAP(release_buffer) {
    EXPECT(1);
    if (!IS_EXACT(args[0], memoryview)) return err_raise(t, T_TypeError, "expected a memoryview object");
    Value r = call_method_0(t, args[0], N(t, release));
    return r;
}
