/* Out-of-line operations of exceptions and `with`. */
#include "object/exception.h"
#include "object/str.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"
#include "vm/eval_priv.h"
#include "vm/unwind.h"

/* An instance (owned) of what `raise` was given. */
static Value exception_made(Thread *t, Value v, const char *refusal) {
    if (is_exception(t, v)) return new_ref(v);
    if (!is_type(t, v) || !is_subtype(V_AS(Type, v), builtin_type(t, T_BaseException))) return err_raise(t, T_TypeError, "%s", refusal);
    Value e = call_0(t, v);
    if (is_null(e) || is_exception(t, e)) return e;
    err_raise(t, T_TypeError, "calling %R should have returned an instance of BaseException, not %R", v, v_from(type_of(t, e)));
    decref(t, e);
    return VNULL;
}

/* true: the handled exception is pending again. */
OP3(raise) {
    if (c == 0) {
        Value e = handled_exception(t);
        if (is_none(e)) {
            err_raise(t, T_RuntimeError, "No active exception to reraise");
            return false;
        }
        t->pending = new_ref(e);
        return true;
    }
    Operand what = operand(R, a), from = c == 2 ? operand(R, b) : (Operand){V_UNBOUND, false};
    Value e = exception_made(t, what.v, "exceptions must derive from BaseException");
    if (!is_null(e) && c == 2) {
        Value cause = is_none(from.v) ? VNULL : exception_made(t, from.v, "exception causes must derive from BaseException");
        if (is_null(cause) && !is_none(from.v)) {
            decref(t, e);
            e = VNULL;
        } else {
            ExceptionBase *x = V_AS(ExceptionBase, e);
            slot_set(t, &x->cause, cause);
            x->suppress_context = true;
        }
    }
    if (!is_null(e)) {
        err_raise_value(t, e);
        decref(t, e);
    }
    operand_drop(t, what);
    operand_drop(t, from);
    return false;
}

OP3(reraise) {
    Value e = reg_take(R, a);
    if (is_exception(t, e)) {
        t->pending = e;
    } else { /* None, where code was put together by a program */
        decref(t, e);
        err_raise(t, T_SystemError, "there is no exception to raise again");
    }
    return false;
}

OP3(push_exc) {
    Handled *h = t->fiber->handled;
    Value before = h->exception;
    h->exception = new_ref(R[b]);
    reg_set(t, R, a, before);
    return true;
}

OP3(pop_exc) {
    Handled *h = t->fiber->handled;
    Value now = h->exception;
    h->exception = reg_take(R, a);
    decref(t, now);
    return true;
}

static bool is_exception_class(Thread *t, Value v) { return is_type(t, v) && (V_AS(Type, v)->flags & TF_EXCEPTION); }

static bool check_handler_types(Thread *t, Value v) {
    if (IS_EXACT(v, tuple) || is_tuple(t, v)) {
        for (int64_t i = 0; i < tuple_len(v); i++) {
            if (is_exception_class(t, tuple_at(v, i))) continue;
            return err_fail(t, T_TypeError, "catching classes that do not inherit from BaseException is not allowed");
        }
        return true;
    }
    if (is_exception_class(t, v)) return true;
    return err_fail(t, T_TypeError, "catching classes that do not inherit from BaseException is not allowed");
}

static bool exception_matches(Thread *t, Value exception, Value type) {
    if (is_tuple(t, type)) {
        for (int64_t i = 0; i < tuple_len(type); i++)
            if (exception_matches(t, exception, tuple_at(type, i))) return true;
        return false;
    }
    Type *own = type_of(t, exception);
    return own == V_AS(Type, type) || is_subtype(own, V_AS(Type, type));
}

OP3(exc_match) {
    Operand type = operand(R, c);
    bool ok = is_exception_class(t, type.v) || check_handler_types(t, type.v);
    if (ok) reg_set(t, R, a, v_bool(exception_matches(t, R[b], type.v)));
    operand_drop(t, type);
    return ok;
}

/* --- except* --------------------------------------------------------------------------------------------------------------------- */

static bool check_group_types(Thread *t, Value v) {
    if (!check_handler_types(t, v)) return false;
    Type *group = builtin_type(t, T_BaseExceptionGroup);
    bool bad = false;
    if (is_tuple(t, v)) {
        for (int64_t i = 0; i < tuple_len(v); i++) bad |= is_subtype(V_AS(Type, tuple_at(v, i)), group);
    } else {
        bad = is_subtype(V_AS(Type, v), group);
    }
    if (bad) return err_fail(t, T_TypeError, "catching ExceptionGroup with except* is not allowed. Use except instead.");
    return true;
}

static bool split_group(Thread *t, Value exception, Value type, Value *match, Value *rest) {
    *match = *rest = V_NONE;
    if (is_none(exception)) return true;
    if (exception_matches(t, exception, type)) {
        if (IS_A(t, exception, BaseExceptionGroup)) {
            *match = new_ref(exception);
            return true;
        }
        Value list = tuple_of(t, 1, exception); /* a naked exception is wrapped */
        if (is_null(list)) return false;
        *match = call_2(t, v_from(builtin_type(t, T_ExceptionGroup)), t->interp->empty_str, list);
        decref(t, list);
        if (is_null(*match) && err_is(t, T_TypeError)) {
            err_clear(t);
            list = tuple_of(t, 1, exception);
            if (is_null(list)) return false;
            *match = call_2(t, v_from(builtin_type(t, T_BaseExceptionGroup)), t->interp->empty_str, list);
            decref(t, list);
        }
        if (is_null(*match)) return false;
        unwind_add_traceback(t, *match); /* the group comes from here */
        return true;
    }
    if (!IS_A(t, exception, BaseExceptionGroup)) {
        *rest = new_ref(exception);
        return true;
    }
    Value split = attr_get_cstr(t, exception, "split");
    if (is_null(split)) return false;
    Value pair = call_1(t, split, type);
    decref(t, split);
    if (is_null(pair)) return false;
    if (!is_tuple(t, pair)) {
        err_raise(t, T_TypeError, "%T.split must return a tuple, not %T", exception, pair);
    } else if (tuple_len(pair) < 2) {
        err_raise(t, T_TypeError, "%T.split must return a 2-tuple, got tuple of size %ld", exception, (long)tuple_len(pair));
    } else {
        *match = new_ref(tuple_at(pair, 0));
        *rest = new_ref(tuple_at(pair, 1));
    }
    decref(t, pair);
    return !err_pending(t);
}

OP3(exc_group_match) {
    Operand group = operand(R, b), type = operand(R, c);
    Value match, rest;
    bool ok = check_group_types(t, type.v) && split_group(t, group.v, type.v, &match, &rest);
    if (ok) {
        /* The matching part is what is handled now. */
        if (!is_none(match)) {
            Handled *h = t->fiber->handled;
            slot_set(t, &h->exception, new_ref(match));
        }
        reg_set(t, R, a, match);
        reg_set(t, R, a + 1, rest);
    }
    operand_drop(t, group);
    operand_drop(t, type);
    return ok;
}

/* Whether e is part of the group it came from: same notes, traceback, context and cause as its origin. */
static bool from_origin(Value e, Value origin) {
    ExceptionBase *x = V_AS(ExceptionBase, e), *o = V_AS(ExceptionBase, origin);
    return same(x->traceback, o->traceback) && same(x->context, o->context) && same(x->cause, o->cause);
}

static bool collect_leaves(Thread *t, Value e, List *out) {
    if (!IS_A(t, e, BaseExceptionGroup)) return list_append(t, out, e);
    Value inner = V_AS(ExceptionGroupObject, e)->exceptions;
    for (int64_t i = 0; i < tuple_len(inner); i++)
        if (!collect_leaves(t, tuple_at(inner, i), out)) return false;
    return true;
}

/* The original group narrowed to the leaves in `leaves`; None where there are none. */
static Value narrow_group(Thread *t, Value e, List *leaves) {
    if (!IS_A(t, e, BaseExceptionGroup)) {
        for (int64_t i = 0; i < leaves->length; i++)
            if (same(leaves->items[i], e)) return new_ref(e);
        return V_NONE;
    }
    Value inner = V_AS(ExceptionGroupObject, e)->exceptions, kept = list_new(t, tuple_len(inner)), result = VNULL;
    if (is_null(kept)) return VNULL;
    bool whole = true;
    for (int64_t i = 0; i < tuple_len(inner); i++) {
        Value part = narrow_group(t, tuple_at(inner, i), leaves);
        if (is_null(part)) goto done;
        if (!same(part, tuple_at(inner, i))) whole = false;
        if (!is_none(part) && !list_append_take(t, V_AS(List, kept), part)) goto done;
    }
    if (whole) {
        result = new_ref(e);
    } else if (list_len(kept) == 0) {
        result = V_NONE;
    } else {
        Value derive = attr_get(t, e, N(t, derive));
        if (is_null(derive)) goto done;
        result = call_1(t, derive, kept);
        decref(t, derive);
        if (is_null(result)) goto done;
        if (!is_exception(t, result) || !IS_A(t, result, BaseExceptionGroup)) {
            err_raise(t, T_TypeError, "derive must return an instance of BaseExceptionGroup");
            decref(t, result);
            result = VNULL;
            goto done;
        }
        ExceptionBase *x = V_AS(ExceptionBase, result), *o = V_AS(ExceptionBase, e);
        slot_set(t, &x->traceback, new_ref_maybe(o->traceback));
        slot_set(t, &x->context, new_ref_maybe(o->context));
        slot_set(t, &x->cause, new_ref_maybe(o->cause));
        x->suppress_context = o->suppress_context;
        Value notes = attr_get_maybe(t, e, N(t, __notes__));
        if (!is_null(notes)) {
            Value copy = list_from_iterable(t, notes);
            decref(t, notes);
            bool ok = !is_null(copy) && attr_set(t, result, N(t, __notes__), copy);
            decref_maybe(t, copy);
            if (!ok) err_clear(t);
        } else {
            err_clear(t);
        }
    }
done:
    decref(t, kept);
    return result;
}

/* What an except* statement raises at its end, from the exception it was given and the list of what its clauses raised and what none took. */
static Value star_result(Thread *t, Value original, Value list) {
    List *l = V_AS(List, list);
    if (l->length == 0) return V_NONE;
    if (!IS_A(t, original, BaseExceptionGroup)) return new_ref(list_at(list, 0)); /* a naked exception: at most one clause ran */
    Value raised = list_new(t, 0), leaves = list_new(t, 0), result = VNULL, again = VNULL;
    if (is_null(raised) || is_null(leaves)) goto done;
    for (int64_t i = 0; i < l->length; i++) {
        Value e = l->items[i];
        if (is_none(e)) continue;
        if (!is_exception(t, e)) {
            err_raise(t, T_SystemError, "an exception is needed");
            goto done;
        }
        bool ok = from_origin(e, original) ? collect_leaves(t, e, V_AS(List, leaves)) : list_append(t, V_AS(List, raised), e);
        if (!ok) goto done;
    }
    again = list_len(leaves) ? narrow_group(t, original, V_AS(List, leaves)) : V_NONE;
    if (is_null(again)) goto done;
    if (list_len(raised) == 0) {
        result = new_ref(again);
        goto done;
    }
    if (!is_none(again) && !list_append(t, V_AS(List, raised), again)) goto done;
    if (list_len(raised) > 1) {
        result = call_2(t, v_from(builtin_type(t, T_ExceptionGroup)), t->interp->empty_str, raised);
        if (is_null(result) && err_is(t, T_TypeError)) {
            err_clear(t);
            result = call_2(t, v_from(builtin_type(t, T_BaseExceptionGroup)), t->interp->empty_str, raised);
        }
    } else {
        result = new_ref(list_at(raised, 0));
    }
done:
    decref_maybe(t, raised);
    decref_maybe(t, leaves);
    decref_maybe(t, again);
    return result;
}

OP3(exc_star_result) {
    Operand original = operand(R, b), list = operand(R, c);
    bool ok = reg_result(t, R, a, star_result(t, original.v, list.v));
    operand_drop(t, original);
    operand_drop(t, list);
    return ok;
}

/* --- with ------------------------------------------------------------------------------------------------------------------------ */

static bool has_special(Thread *t, Value v, const char *name) {
    Value n = str_intern_cstr(t, name);
    if (is_null(n)) return false;
    bool found = !is_null(type_lookup(t, type_of(t, v), n));
    decref(t, n);
    return found;
}

static void no_context_manager(Thread *t, Value v, uint32_t which) {
    static const char *const names[] = {"__enter__", "__exit__", "__aenter__", "__aexit__"};
    bool async = which >= 2;
    bool other = async ? has_special(t, v, "__enter__") && has_special(t, v, "__exit__") : has_special(t, v, "__aenter__") && has_special(t, v, "__aexit__");
    if (err_pending(t)) return;
    const char *hint = !other ? "" : async ? " but it supports the context manager protocol. Did you mean to use 'with'?"
                                           : " but it supports the asynchronous context manager protocol. Did you mean to use 'async with'?";
    err_raise(t, T_TypeError, "'%T' object does not support the %scontext manager protocol (missed %s method)%s", v, async ? "asynchronous " : "", names[which], hint);
}

OP3(load_special) {
    Value v = R[b];
    Value name = c == 0 ? N(t, __enter__) : c == 1 ? N(t, __exit__) : c == 2 ? N(t, __aenter__) : N(t, __aexit__);
    Type *type = type_of(t, v);
    Value found = type_lookup(t, type, name), self = V_UNBOUND;
    if (is_null(found)) {
        no_context_manager(t, v, c);
        return false;
    }
    incref(found);
    Type *kind = type_of(t, found);
    if (kind->flags & TF_METHOD) {
        self = new_ref(v);
    } else if (kind->slots.descr_get != NULL) {
        Value bound = kind->slots.descr_get(t, found, v, v_from(type));
        decref(t, found);
        if (is_null(bound)) return false;
        found = bound;
    }
    R[a] = found;
    R[a + CALL_GAP + 1] = self;
    return true;
}

OP3(with_except) {
    Value e = R[c], self = R[b + 1];
    Value traceback = V_AS(ExceptionBase, e)->traceback;
    Value args[6] = {VNULL, self, v_from(type_of(t, e)), e, is_null(traceback) ? V_NONE : traceback};
    Value v = is_unbound(self) ? call(t, R[b], args + 2, 3, VNULL) : call(t, R[b], args + 1, 4, VNULL);
    return reg_result(t, R, a, v);
}
