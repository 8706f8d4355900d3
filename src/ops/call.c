/* Calling: the call slots of C functions, their descriptors and bound methods, and the ways in which C code calls.
 *
 * Arguments stay where the caller has them.  They are copied only where a self must stand in front of them or omitted
 * parameters must be filled up.
 */
#include "ops/call.h"

#include "core/names.h"
#include "object/dict.h"
#include "object/simple.h"
#include "object/str.h"
#include "ops/arguments.h"
#include "ops/attr.h"
#include "ops/signature.h"

Value call(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames) {
    Type *type = type_of(t, callee);
    if (UNLIKELY(type->slots.call == NULL)) return err_raise(t, T_TypeError, "'%T' object is not callable", callee);
    if (UNLIKELY(!stack_check(t, " while calling a Python object"))) return VNULL;
    return type->slots.call(t, callee, args, nargs, kwnames);
}

bool is_callable(Thread *t, Value v) { return type_of(t, v)->slots.call != NULL; }

Value call_copy(Thread *t, Value callee, const Value *args, uint32_t nargs, Value kwnames) {
    size_t n = nargs + keyword_count(kwnames);
    ArgCopy c;
    if (copy_begin(t, &c, n) == NULL) return VNULL;
    if (n) memcpy(c.args, args, n * sizeof(Value));
    Value r = call(t, callee, c.args, nargs, kwnames);
    copy_end(t, &c);
    return r;
}

Value call_with_self(Thread *t, Value callee, Value self, const Value *args, uint32_t nargs, Value kwnames) {
    size_t n = nargs + keyword_count(kwnames);
    ArgCopy c;
    if (copy_begin(t, &c, n + 1) == NULL) return VNULL;
    c.args[0] = self;
    if (n) memcpy(c.args + 1, args, n * sizeof(Value));
    Value r = call(t, callee, c.args, nargs + 1, kwnames);
    copy_end(t, &c);
    return r;
}

Value call_0(Thread *t, Value callee) {
    Value args[1];
    return call(t, callee, args + 1, 0, VNULL);
}
Value call_1(Thread *t, Value callee, Value a) {
    Value args[2] = {VNULL, a};
    return call(t, callee, args + 1, 1, VNULL);
}
Value call_2(Thread *t, Value callee, Value a, Value b) {
    Value args[3] = {VNULL, a, b};
    return call(t, callee, args + 1, 2, VNULL);
}
Value call_3(Thread *t, Value callee, Value a, Value b, Value c) {
    Value args[4] = {VNULL, a, b, c};
    return call(t, callee, args + 1, 3, VNULL);
}

Value call_tuple(Thread *t, Value callee, Value positional, Value kwargs) {
    size_t n = is_null(positional) ? 0 : (size_t)tuple_len(positional);
    size_t nkw = is_null(kwargs) ? 0 : (size_t)dict_len(kwargs);
    ArgCopy c;
    if (copy_begin(t, &c, n + nkw) == NULL) return VNULL;
    Value names = VNULL, r = VNULL;
    if (n) memcpy(c.args, V_AS(Tuple, positional)->items, n * sizeof(Value));
    if (nkw) {
        names = tuple_new(t, (int64_t)nkw);
        if (is_null(names)) goto done;
        uint32_t pos = 0;
        size_t i = 0;
        Value key, value;
        while (i < nkw && dict_next(kwargs, &pos, &key, &value)) {
            if (!is_str(t, key)) {
                err_raise(t, T_TypeError, "keywords must be strings");
                goto done;
            }
            V_AS(Tuple, names)->items[i] = new_ref(key);
            c.args[n + i++] = new_ref(value); /* the callee may change the dict */
        }
        tuple_done(t, names);
    }
    r = call(t, callee, c.args, (uint32_t)n, names);
done:
    for (size_t i = 0; !is_null(names) && i < nkw && !is_null(tuple_at(names, (int64_t)i)); i++) decref(t, c.args[n + i]);
    decref_maybe(t, names);
    copy_end(t, &c);
    return r;
}

/* --- C functions ------------------------------------------------------------------------------------------------------------------- */

static NOINLINE Value invoke_bound_by_signature(Thread *t, Value callee, Value self, Value *args, uint32_t nargs, Value kwnames) {
    BuiltinFunction *f = V_AS(BuiltinFunction, callee);
    const Signature *s = f->signature ? f->signature : signature_of(t, f->def->signature);
    if (s == NULL) return VNULL;
    f->signature = (Signature *)s;
    Value room[s->total + 2];
    room[0] = callee;
    Value *out = room + 1;
    if (s->has_self) {
        if (is_null(self)) {
            self = *args++;
            nargs--;
        }
        *out++ = self;
    }
    if (!signature_bind(t, s, signature_user(t, f), args, nargs, kwnames, out, NULL, NULL, NULL)) return VNULL;
    return f->fn(t, room + 1, f->total_params, VNULL);
}

/* self VNULL: it is among the arguments, if there is one. */
static inline Value invoke(Thread *t, Value callee, Value self, Value *args, uint32_t nargs, Value kwnames) {
    BuiltinFunction *f = V_AS(BuiltinFunction, callee);
    uint32_t shift = !is_null(self), n = nargs + shift;
    if (builtin_takes_raw(f)) {
        if (!shift) {
            args[-1] = callee;
            return f->fn(t, args, nargs, kwnames);
        }
        size_t all = nargs + keyword_count(kwnames);
        ArgCopy c;
        if (copy_begin(t, &c, all + 1) == NULL) return VNULL;
        c.args[-1] = callee;
        c.args[0] = self;
        if (all) memcpy(c.args + 1, args, all * sizeof(Value));
        Value r = f->fn(t, c.args, n, kwnames);
        copy_end(t, &c);
        return r;
    }
    if (LIKELY(keyword_count(kwnames) == 0 && n >= f->min_args && n <= f->max_args)) {
        if (n == f->total_params && !shift) {
            args[-1] = callee;
            return f->fn(t, args, n, VNULL);
        }
        Value room[f->total_params + 1];
        uint32_t at = 0;
        room[at++] = callee;
        if (shift) room[at++] = self;
        for (uint32_t i = 0; i < nargs; i++) room[at++] = args[i];
        while (at <= f->total_params) room[at++] = VNULL;
        return f->fn(t, room + 1, f->total_params, VNULL);
    }
    return invoke_bound_by_signature(t, callee, self, args, nargs, kwnames);
}

Value builtin_call(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames) {
    BuiltinFunction *f = V_AS(BuiltinFunction, callee);
    return invoke(t, callee, f->flags & BF_SELF ? f->self : VNULL, args, nargs, kwnames);
}

Value method_descriptor_call(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames) {
    BuiltinFunction *f = V_AS(BuiltinFunction, callee);
    if (UNLIKELY(nargs == 0)) return err_raise(t, T_TypeError, "unbound method %U.%s() needs an argument", f->type->name, f->def->name);
    if (UNLIKELY(!is_instance_of(t, args[0], f->type)))
        return err_raise(t, T_TypeError, "descriptor '%s' for '%N' objects doesn't apply to a '%T' object", f->def->name, f->type, args[0]);
    return invoke(t, callee, VNULL, args, nargs, kwnames);
}

Value method_call(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames) {
    BoundMethod *m = V_AS(BoundMethod, callee);
    /* The method may die while it runs (`obj.f` was its only holder): the function and self must not. */
    Value function = new_ref(m->function), self = new_ref(m->self);
    Value r = call_with_self(t, function, self, args, nargs, kwnames);
    decref(t, function);
    decref(t, self);
    return r;
}

Value function_module(Thread *t, Value callee) { return V_AS(BuiltinFunction, callee)->self; }

/* --- Methods by name --------------------------------------------------------------------------------------------------------------- */

/* The attribute `method` of object for a call: *bound tells that it needs no self.  Owned. */
static Value load_method(Thread *t, Value object, Value method, bool *bound) {
    Type *type = type_of(t, object);
    if (type->slots.getattr == attr_generic_get) {
        Value descr = type_lookup(t, type, method);
        if (!is_null(descr) && type_of(t, descr)->flags & TF_METHOD && is_null(attr_own(t, type, object, method))) {
            *bound = false;
            return new_ref(descr);
        }
    }
    *bound = true;
    return attr_get(t, object, method);
}

Value call_method_kw(Thread *t, Value object, Value method, const Value *args, uint32_t nargs, Value kwnames) {
    bool bound;
    Value callee = load_method(t, object, method, &bound);
    if (is_null(callee)) return VNULL;
    Value r = bound ? call_copy(t, callee, args, nargs, kwnames) : call_with_self(t, callee, object, args, nargs, kwnames);
    decref(t, callee);
    return r;
}
Value call_method(Thread *t, Value object, Value method, const Value *args, uint32_t nargs) {
    return call_method_kw(t, object, method, args, nargs, VNULL);
}
Value call_method_0(Thread *t, Value object, Value method) { return call_method(t, object, method, NULL, 0); }
Value call_method_1(Thread *t, Value object, Value method, Value a) { return call_method(t, object, method, &a, 1); }
Value call_method_2(Thread *t, Value object, Value method, Value a, Value b) {
    Value args[2] = {a, b};
    return call_method(t, object, method, args, 2);
}

/* --- Special methods: found in the type ---------------------------------------------------------------------------------------------- */

Value lookup_special(Thread *t, Value object, Value method) {
    Type *type = type_of(t, object);
    Value descr = type_lookup(t, type, method);
    if (is_null(descr)) return VNULL;
    Type *kind = type_of(t, descr);
    if (kind->slots.descr_get == NULL) return new_ref(descr);
    incref(descr);
    Value r = kind->slots.descr_get(t, descr, object, v_from(type));
    decref(t, descr);
    return r;
}

Value call_special(Thread *t, Value object, Value method, const Value *args, uint32_t nargs, bool *found) {
    Type *type = type_of(t, object);
    Value descr = type_lookup(t, type, method);
    *found = !is_null(descr);
    if (!*found) return VNULL;
    Type *kind = type_of(t, descr);
    incref(descr);
    Value r;
    if (LIKELY(kind->flags & TF_METHOD)) {
        r = call_with_self(t, descr, object, args, nargs, VNULL);
    } else if (kind->slots.descr_get == NULL) {
        r = call_copy(t, descr, args, nargs, VNULL);
    } else {
        Value bound = kind->slots.descr_get(t, descr, object, v_from(type));
        r = is_null(bound) ? VNULL : call_copy(t, bound, args, nargs, VNULL);
        decref_maybe(t, bound);
    }
    decref(t, descr);
    return r;
}
