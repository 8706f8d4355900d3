/* __build_class__: what a class statement calls.
 *
 * Resolves __mro_entries__, finds the metaclass, prepares the namespace, runs the body in it, calls the metaclass,
 * and checks that the __class__ cell was filled by type.__new__.
 */
#include "modules/builtins/builtins_priv.h"
#include "vm/run.h"

/* bases with __mro_entries__ replaced: a new tuple, owned. */
static Value resolve_bases(Thread *t, Value bases) {
    int64_t n = tuple_len(bases);
    Value list = VNULL;
    for (int64_t i = 0; i < n; i++) {
        Value base = tuple_at(bases, i);
        if (is_type(t, base)) {
            if (!is_null(list) && !list_append(t, V_AS(List, list), base)) goto fail;
            continue;
        }
        Value method = attr_get_maybe(t, base, N(t, __mro_entries__));
        if (is_null(method)) {
            if (err_pending(t)) goto fail;
            if (!is_null(list) && !list_append(t, V_AS(List, list), base)) goto fail;
            continue;
        }
        Value entries = call_1(t, method, bases);
        decref(t, method);
        if (is_null(entries)) goto fail;
        if (!is_tuple(t, entries)) {
            decref(t, entries);
            err_raise(t, T_TypeError, "__mro_entries__ must return a tuple");
            goto fail;
        }
        if (is_null(list)) {
            list = list_from(t, V_AS(Tuple, bases)->items, i);
            if (is_null(list)) {
                decref(t, entries);
                return VNULL;
            }
        }
        bool done = list_extend(t, V_AS(List, list), entries);
        decref(t, entries);
        if (!done) goto fail;
    }
    if (is_null(list)) return new_ref(bases);
    Value resolved = list_to_tuple(t, V_AS(List, list));
    decref(t, list);
    return resolved;
fail:
    decref_maybe(t, list);
    return VNULL;
}

/* The most derived of `winner` and the types of the bases. */
static Type *derived_metaclass(Thread *t, Type *winner, Value bases) {
    for (int64_t i = 0; i < tuple_len(bases); i++) {
        Type *candidate = type_of(t, tuple_at(bases, i));
        if (is_subtype(winner, candidate)) continue;
        if (is_subtype(candidate, winner)) {
            winner = candidate;
            continue;
        }
        err_raise(t, T_TypeError, "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases");
        return NULL;
    }
    return winner;
}

/* The namespace that metaclass.__prepare__ gives, or a dict. */
static Value prepare(Thread *t, Value metaclass, Value name, Value bases, Value kwargs) {
    Value function = attr_get_maybe(t, metaclass, N(t, __prepare__));
    if (is_null(function)) return err_pending(t) ? VNULL : dict_new(t);
    Value args = tuple_of(t, 2, name, bases);
    Value namespace = is_null(args) ? VNULL : call_tuple(t, function, args, kwargs);
    decref_maybe(t, args);
    decref(t, function);
    if (!is_null(namespace) && !is_dict(t, namespace) && !is_mapping(t, namespace)) {
        if (is_type(t, metaclass))
            err_raise(t, T_TypeError, "%N.__prepare__() must return a mapping, not %T", V_AS(Type, metaclass), namespace);
        else
            err_raise(t, T_TypeError, "<metaclass>.__prepare__() must return a mapping, not %T", namespace);
        decref(t, namespace);
        return VNULL;
    }
    return namespace;
}

/* The cell that the body answered must hold the new class. */
static bool check_class_cell(Thread *t, Value cell, Value name, Value cls) {
    if (!IS_EXACT(cell, cell) || !is_type(t, cls)) return true;
    Value held = V_AS(Cell, cell)->value;
    if (same(held, cls)) return true;
    if (is_unbound(held))
        return err_fail(t, T_RuntimeError, "__class__ not set defining %R as %R. Was __classcell__ propagated to type.__new__?", name, cls);
    return err_fail(t, T_TypeError, "__class__ set to %R defining %R as %R", held, name, cls);
}

Value builtins_build_class(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (nargs < 2) return err_raise(t, T_TypeError, "__build_class__: not enough arguments");
    if (!IS_EXACT(args[0], function)) return err_raise(t, T_TypeError, "__build_class__: func must be a function");
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "__build_class__: name is not a string");
    Value name = args[1], result = VNULL;
    Value original = tuple_from(t, args + 2, nargs - 2), bases = VNULL, kwargs = VNULL, metaclass = VNULL, namespace = VNULL, cell = VNULL, cls = VNULL;
    if (is_null(original)) return VNULL;
    bases = resolve_bases(t, original);
    if (is_null(bases)) goto done;
    bool metaclass_is_type = true;
    if (!is_null(kwnames)) {
        kwargs = dict_new(t);
        if (is_null(kwargs)) goto done;
        for (int64_t i = 0; i < tuple_len(kwnames); i++) {
            Value key = tuple_at(kwnames, i), value = args[nargs + i];
            if (same(key, N(t, metaclass))) metaclass = new_ref(value);
            else if (!dict_set(t, kwargs, key, value)) goto done;
        }
        if (!is_null(metaclass)) metaclass_is_type = is_type(t, metaclass);
    }
    if (is_null(metaclass)) metaclass = ref_of(tuple_len(bases) == 0 ? builtin_type(t, T_type) : type_of(t, tuple_at(bases, 0)));
    if (metaclass_is_type) {
        Type *winner = derived_metaclass(t, V_AS(Type, metaclass), bases);
        if (winner == NULL) goto done;
        slot_set(t, &metaclass, ref_of(winner));
    }
    namespace = prepare(t, metaclass, name, bases, kwargs);
    if (is_null(namespace)) goto done;
    cell = run_class_body(t, V_AS(Function, args[0]), namespace);
    if (is_null(cell)) goto done;
    if (!same(bases, original) && !item_set(t, namespace, N(t, __orig_bases__), original)) goto done;
    Value call_args = tuple_of(t, 3, name, bases, namespace);
    if (is_null(call_args)) goto done;
    cls = call_tuple(t, metaclass, call_args, kwargs);
    decref(t, call_args);
    if (is_null(cls) || !check_class_cell(t, cell, name, cls)) goto done;
    result = new_ref(cls);
done:
    decref_maybe(t, cls);
    decref_maybe(t, cell);
    decref_maybe(t, namespace);
    decref_maybe(t, metaclass);
    decref_maybe(t, kwargs);
    decref_maybe(t, bases);
    decref(t, original);
    return result;
}
