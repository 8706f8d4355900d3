/* Out-of-line operations of the loop on iterators, awaitables and generators: GET_ITER, BEGIN_COLLECT, GET_AWAITABLE and their kin. */
#include <string.h>

#include "core/names.h"
#include "object/set.h"
#include "object/str.h"
#include "ops/attr.h"
#include "ops/object.h"
#include "vm/eval_priv.h"
#include "vm/generator.h"

/* What the method `name` of a class makes when it is the function of a generator of that shape, without a call: owned; VNULL: it is none. */
static Value made_by_method(Thread *t, Value self, Value name, uint32_t shape) {
    Type *type = type_of(t, self);
    if (!(type->flags & TF_HEAP)) return VNULL;
    Value method = type_lookup(t, type, name);
    if (!has_shape(method, SHAPE_function)) return VNULL;
    Function *function = V_AS(Function, method);
    Code *code = function->code;
    if (code->generator_args != 2 || code->generator_shape != shape || t->fiber->depth >= t->depth_limit || t->coroutine_origin_depth != 0) return VNULL;
    obj_incref(function);
    incref(self);
    Value g = generator_call(t, function, &self);
    if (UNLIKELY(is_null(g))) { /* no memory: the long way round says so */
        err_clear(t);
        decref(t, self);
        obj_decref(t, function);
    }
    return g;
}

static Value iterator_of(Thread *t, Value v) {
    Value iterator = made_by_method(t, v, N(t, __iter__), SHAPE_generator);
    return is_null(iterator) ? iter_of(t, v) : iterator;
}

OP3(get_iter) {
    if (has_class(R[b])) {
        enum Special special = special_iter(t, R, a, b);
        if (special != SPECIAL_NONE) return special == SPECIAL_PUSHED;
    }
    Operand x = operand(R, b);
    Value v = iterator_of(t, x.v);
    bool ok = reg_result(t, R, a, v);
    operand_drop(t, x);
    return ok;
}

/* Whether v is a function of the module builtins, the one of that name. */
static bool is_builtins_function(Value v, const char *name) {
    if (!IS_EXACT(v, builtin_function)) return false;
    BuiltinFunction *f = V_AS(BuiltinFunction, v);
    return f->type == NULL && strcmp(f->def->name, name) == 0 && IS_EXACT(f->module, str) && str_equals_cstr(V_AS(Str, f->module), "builtins");
}

int op_begin_collect(Thread *t, Value *R, uint32_t a, uint32_t common) {
    Value callee = R[a], *self = &R[a + CALL_GAP + 1], *argument = self + 1, made = V_UNBOUND;
    if (!IS_EXACT(*argument, generator) || !is_unbound(*self)) return 0;
    switch (common) {
        case 2:
            if (!same(callee, v_from(builtin_type(t, T_tuple)))) return 0;
            made = list_new(t, 0);
            break;
        case 3: case 4:
            if (!is_builtins_function(callee, common == 3 ? "all" : "any")) return 0;
            break;
        case 5: case 6:
            if (!same(callee, v_from(builtin_type(t, common == 5 ? T_list : T_set)))) return 0;
            if (t->breaker & BREAK_TRACE) return 0; /* tools are told of the call */
            made = common == 5 ? list_new(t, 0) : set_new(t, VNULL);
            break;
        default: return 0;
    }
    if (UNLIKELY(is_null(made))) return -1;
    R[a] = made;
    R[a + 1] = *argument;
    R[a + 2] = V_UNBOUND;
    *argument = V_UNBOUND;
    decref(t, callee);
    return 1;
}

OP3(get_yield_from_iter) {
    Operand x = operand(R, b);
    Value v;
    if (IS_EXACT(x.v, coroutine)) {
        if (frame_of(R)->code->flags & (CO_COROUTINE | CO_ITERABLE_COROUTINE)) v = new_ref(x.v);
        else v = err_raise(t, T_TypeError, "cannot 'yield from' a coroutine object in a non-coroutine generator");
    } else if (IS_EXACT(x.v, generator)) {
        v = new_ref(x.v);
    } else {
        v = iterator_of(t, x.v);
    }
    bool ok = reg_result(t, R, a, v);
    operand_drop(t, x);
    return ok;
}

Value awaitable_iterator(Thread *t, Value v) {
    if (IS_EXACT(v, coroutine)) return new_ref(v);
    if (IS_EXACT(v, generator) && (generator_frame(V_AS(Generator, v))->code->flags & CO_ITERABLE_COROUTINE)) return new_ref(v);
    UnaryFn await = type_of(t, v)->slots.await;
    if (await == NULL) return err_raise(t, T_TypeError, "'%T' object can't be awaited", v);
    Value iterator = await(t, v);
    if (is_null(iterator)) return iterator;
    bool is_coroutine = IS_EXACT(iterator, coroutine) ||
                        (IS_EXACT(iterator, generator) && (generator_frame(V_AS(Generator, iterator))->code->flags & CO_ITERABLE_COROUTINE));
    if (is_coroutine) err_raise(t, T_TypeError, "__await__() returned a coroutine");
    else if (!is_iterator(t, iterator)) err_raise(t, T_TypeError, "__await__() returned non-iterator of type '%T'", iterator);
    else return iterator;
    decref(t, iterator);
    return VNULL;
}

OP3(get_awaitable) {
    Operand x = operand(R, b);
    Value v = awaitable_iterator(t, x.v);
    if (is_null(v) && c != 0 && type_of(t, x.v)->slots.await == NULL) {
        const char *method = c == 1 ? "__aenter__" : "__aexit__";
        err_clear(t);
        err_raise(t, T_TypeError, "'async with' received an object from %s that does not implement __await__: %T", method, x.v);
    }
    if (!is_null(v) && IS_EXACT(v, coroutine) && !is_null(generator_delegate(V_AS(Generator, v)))) {
        decref(t, v);
        v = err_raise(t, T_RuntimeError, "coroutine is being awaited already");
    }
    bool ok = reg_result(t, R, a, v);
    operand_drop(t, x);
    return ok;
}

OP3(get_aiter) {
    Operand x = operand(R, b);
    Type *type = type_of(t, x.v);
    Value v = made_by_method(t, x.v, N(t, __aiter__), SHAPE_async_generator);
    if (!is_null(v)) {
    } else if (type->slots.aiter == NULL) {
        v = err_raise(t, T_TypeError, "'async for' requires an object with __aiter__ method, got %T", x.v);
    } else {
        v = type->slots.aiter(t, x.v);
        if (!is_null(v) && type_of(t, v)->slots.anext == NULL) {
            err_raise(t, T_TypeError, "'async for' received an object from __aiter__ that does not implement __anext__: %T", v);
            decref(t, v);
            v = VNULL;
        }
    }
    bool ok = reg_result(t, R, a, v);
    operand_drop(t, x);
    return ok;
}

OP3(get_anext) {
    Value iterator = R[b], v;
    Type *type = type_of(t, iterator);
    if (type->slots.anext == NULL) {
        v = err_raise(t, T_TypeError, "'async for' requires an iterator with __anext__ method, got %T", iterator);
        return false;
    }
    v = type->slots.anext(t, iterator);
    if (!is_null(v) && !IS_EXACT(iterator, async_generator)) {
        Value awaitable = awaitable_iterator(t, v);
        if (is_null(awaitable)) {
            Value cause = err_fetch(t);
            err_raise(t, T_TypeError, "'async for' received an invalid object from __anext__: %T", v);
            err_set_cause(t, cause);
        }
        decref(t, v);
        v = awaitable;
    }
    return reg_result(t, R, a, v);
}

OP3(end_async_for) {
    Value e = reg_take(R, b), iterator = reg_take(R, a);
    decref(t, iterator);
    if (IS_A(t, e, StopAsyncIteration)) {
        decref(t, e);
        return true;
    }
    t->pending = e;
    return false;
}

OP3(async_gen_wrap) { return reg_result(t, R, a, async_wrapped_value(t, reg_take(R, b))); }
