/* Objects of all other types: by reducer_override, a dispatch table, or their own __reduce_ex__, and the writing of what these answer. */
#include "modules/pickle/pickle_priv.h"

/* What `__reduce__` answers: (callable, args[, state[, items[, pairs[, state_setter]]]]); VNULL: absent or None. */
typedef struct Reduced {
    Value callable, args, state, items, pairs, setter;
} Reduced;

static bool fail(Thread *t, const char *format, ...) COLD;
static bool fail(Thread *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    err_raise_va(t, V_AS(Type, pickle_state(t)->PicklingError), format, args);
    va_end(args);
    return false;
}

static bool unpack(Thread *t, Value tuple, Reduced *r) {
    int64_t n = tuple_len(tuple);
    if (n < 2 || n > 6) return fail(t, "tuple returned by __reduce__ must contain 2 through 6 elements");
    *r = (Reduced){.callable = tuple_at(tuple, 0), .args = tuple_at(tuple, 1)};
    Value *optional[] = {&r->state, &r->items, &r->pairs, &r->setter};
    for (int64_t i = 2; i < n; i++)
        if (!is_none(tuple_at(tuple, i))) *optional[i - 2] = tuple_at(tuple, i);
    if (!is_callable(t, r->callable)) return fail(t, "first item of the tuple returned by __reduce__ must be callable, not %Q", r->callable);
    if (!is_tuple(t, r->args)) return fail(t, "second item of the tuple returned by __reduce__ must be a tuple, not %Q", r->args);
    if (!is_null(r->items) && !is_iterator(t, r->items))
        return fail(t, "fourth item of the tuple returned by __reduce__ must be an iterator, not %Q", r->items);
    if (!is_null(r->pairs) && !is_iterator(t, r->pairs))
        return fail(t, "fifth item of the tuple returned by __reduce__ must be an iterator, not %Q", r->pairs);
    if (!is_null(r->setter) && !is_callable(t, r->setter))
        return fail(t, "sixth item of the tuple returned by __reduce__ must be callable, not %Q", r->setter);
    return true;
}

/* --- The object itself --------------------------------------------------------------------------------------------------------------- */

/* copyreg.__newobj_ex__(cls, args, kwargs) has an instruction from protocol 4 on. */
static bool save_newobj_ex(Thread *t, Pickler *p, Value args, Value v) {
    if (tuple_len(args) != 3) return fail(t, "__newobj_ex__ expected 3 arguments, got %zd", (size_t)tuple_len(args));
    Value cls = tuple_at(args, 0), positional = tuple_at(args, 1), keywords = tuple_at(args, 2);
    if (!is_type(t, cls)) return fail(t, "first argument to __newobj_ex__() must be a class, not %Q", cls);
    if (!is_tuple(t, positional)) return fail(t, "second argument to __newobj_ex__() must be a tuple, not %Q", positional);
    if (!is_dict(t, keywords)) return fail(t, "third argument to __newobj_ex__() must be a dict, not %Q", keywords);
    if (p->protocol >= 4) {
        if (!pickle_save(t, p, cls)) return pickle_note(t, "when serializing %Q class", v);
        if (!pickle_save(t, p, positional) || !pickle_save(t, p, keywords)) return pickle_note(t, "when serializing %Q __new__ arguments", v);
        return output_byte(t, &p->out, PK_NEWOBJ_EX);
    }
    int64_t n = tuple_len(positional);
    Value make = attr_get(t, cls, N(t, __new__)), all = is_null(make) ? VNULL : tuple_new(t, n + 2), partial = VNULL;
    if (!is_null(all)) {
        Value *items = V_AS(Tuple, all)->items;
        items[0] = new_ref(make);
        items[1] = new_ref(cls);
        for (int64_t i = 0; i < n; i++) items[i + 2] = new_ref(tuple_at(positional, i));
        tuple_done(t, all);
        partial = call_tuple(t, pickle_state(t)->partial, all, keywords);
    }
    decref_maybe(t, make);
    decref_maybe(t, all);
    if (is_null(partial)) return false;
    bool good = pickle_save(t, p, partial) || pickle_note(t, "when serializing %Q reconstructor", v);
    decref(t, partial);
    return good && pickle_save(t, p, t->interp->empty_tuple) && output_byte(t, &p->out, PK_REDUCE);
}

/* copyreg.__newobj__(cls, *args) has one from protocol 2 on. */
static bool save_newobj(Thread *t, Pickler *p, Value args, Value v) {
    if (tuple_len(args) < 1) return fail(t, "__newobj__ expected at least 1 argument, got 0");
    Value cls = tuple_at(args, 0);
    if (!is_type(t, cls)) return fail(t, "first argument to __newobj__() must be a class, not %Q", cls);
    Value own = attr_get(t, v, N(t, __class__)); /* a proxy has another one than its type */
    if (is_null(own)) return false;
    bool is_own = same(own, cls) || fail(t, "first argument to __newobj__() must be %R, not %R", own, cls);
    decref(t, own);
    if (!is_own) return false;
    if (!pickle_save(t, p, cls)) return pickle_note(t, "when serializing %Q class", v);
    Value rest = tuple_slice(t, args, 1, tuple_len(args));
    bool good = !is_null(rest) && (pickle_save(t, p, rest) || pickle_note(t, "when serializing %Q __new__ arguments", v));
    decref_maybe(t, rest);
    return good && output_byte(t, &p->out, PK_NEWOBJ);
}

enum Maker { CALL, NEWOBJ, NEWOBJ_EX };

/* Which of the functions with instructions of their own a callable is: by its name. false: exception. */
static bool maker_of(Thread *t, Pickler *p, Value callable, enum Maker *maker) {
    *maker = CALL;
    if (p->protocol < 2) return true;
    Value name = attr_get_maybe(t, callable, N(t, __name__));
    if (is_null(name)) return !err_pending(t);
    if (is_str(t, name) && str_equals_cstr(V_AS(Str, name), "__newobj__")) *maker = NEWOBJ;
    if (is_str(t, name) && str_equals_cstr(V_AS(Str, name), "__newobj_ex__")) *maker = NEWOBJ_EX;
    decref(t, name);
    return true;
}

static bool save_making(Thread *t, Pickler *p, const Reduced *r, Value v) {
    enum Maker maker;
    if (!maker_of(t, p, r->callable, &maker)) return false;
    if (maker == NEWOBJ) return save_newobj(t, p, r->args, v);
    if (maker == NEWOBJ_EX) return save_newobj_ex(t, p, r->args, v);
    if (!pickle_save(t, p, r->callable)) return pickle_note(t, "when serializing %Q reconstructor", v);
    if (!pickle_save(t, p, r->args)) return pickle_note(t, "when serializing %Q reconstructor arguments", v);
    return output_byte(t, &p->out, PK_REDUCE);
}

/* A function that sets the state is called for its effect only: the object stays on the stack. */
static bool save_setter(Thread *t, Pickler *p, const Reduced *r, Value v) {
    if (!pickle_save(t, p, r->setter)) return pickle_note(t, "when serializing %Q state setter", v);
    if (!pickle_save(t, p, v)) return false;
    if (!pickle_save(t, p, r->state)) return pickle_note(t, "when serializing %Q state", v);
    return output_byte(t, &p->out, PK_TUPLE2) && output_byte(t, &p->out, PK_REDUCE) && output_byte(t, &p->out, PK_POP);
}

bool pickle_save_reduce(Thread *t, Pickler *p, Value reduced, Value v) {
    Reduced r;
    if (!unpack(t, reduced, &r) || !save_making(t, p, &r, v)) return false;
    int64_t index = memo_find(&p->memo, v);
    if (index >= 0) return output_byte(t, &p->out, PK_POP) && pickle_put_memo(t, p, index); /* recursive: it was written meanwhile */
    if (!pickle_memoize(t, p, v)) return false;
    if (!is_null(r.items) && !pickle_save_items(t, p, r.items, v)) return false;
    if (!is_null(r.pairs) && !pickle_save_pairs(t, p, r.pairs, v)) return false;
    if (is_null(r.state)) return true;
    if (!is_null(r.setter)) return save_setter(t, p, &r, v);
    if (!pickle_save(t, p, r.state)) return pickle_note(t, "when serializing %Q state", v);
    return output_byte(t, &p->out, PK_BUILD);
}

/* --- How an object is reduced -------------------------------------------------------------------------------------------------------- */

static bool save_answer(Thread *t, Pickler *p, Value answer, Value v) {
    if (is_null(answer)) return false;
    bool good;
    if (is_str(t, answer)) good = pickle_save_global(t, p, v, answer);
    else if (!is_tuple(t, answer)) good = fail(t, "__reduce__ must return a string or tuple, not %Q", answer) || pickle_note(t, "when serializing %Q object", v);
    else good = pickle_save_reduce(t, p, answer, v) || pickle_note(t, "when serializing %Q object", v);
    decref(t, answer);
    return good;
}

/* The types of the singletons are no globals: they are written as type(None) and so on. */
static bool save_type(Thread *t, Pickler *p, Value v) {
    Type *type = V_AS(Type, v);
    Value single = type == builtin_type(t, T_NoneType) ? V_NONE
                   : type == builtin_type(t, T_ellipsis) ? V_ELLIPSIS
                   : type == builtin_type(t, T_NotImplementedType) ? V_NOTIMPL : VNULL;
    if (is_null(single)) return pickle_save_global(t, p, v, VNULL);
    Value args = tuple_of(t, 1, single), reduced = is_null(args) ? VNULL : tuple_of(t, 2, v_from(builtin_type(t, T_type)), args);
    decref_maybe(t, args);
    bool good = !is_null(reduced) && pickle_save_reduce(t, p, reduced, v);
    decref_maybe(t, reduced);
    return good;
}

/* What the dispatch table has for a type; owned, VNULL: nothing, or an exception. */
static Value dispatched(Thread *t, Pickler *p, Type *type) {
    if (is_null(p->dispatch_table)) return new_ref_maybe(dict_get(t, pickle_state(t)->dispatch_table, v_from(type)));
    return mapping_get_maybe(t, p->dispatch_table, v_from(type));
}

/* By the object's own methods. */
static Value reduce(Thread *t, Pickler *p, Value v) {
    Value method = attr_get_maybe(t, v, N(t, __reduce_ex__));
    bool has_protocol = !is_null(method);
    if (is_null(method) && !err_pending(t)) method = attr_get_maybe(t, v, N(t, __reduce__));
    if (is_null(method)) {
        if (!err_pending(t)) fail(t, "Can't pickle %Q object", v);
        return VNULL;
    }
    Value answer = has_protocol ? call_1(t, method, v_smallint(p->protocol)) : call_0(t, method);
    decref(t, method);
    return answer;
}

bool pickle_save_other(Thread *t, Pickler *p, Value v) {
    if (!is_null(p->reducer_override)) {
        Value answer = call_1(t, p->reducer_override, v);
        if (is_null(answer) || !is_notimpl(answer)) return save_answer(t, p, answer, v);
    }
    Type *type = type_of(t, v);
    if (type == builtin_type(t, T_type)) return save_type(t, p, v);
    if (type == builtin_type(t, T_function)) return pickle_save_global(t, p, v, VNULL);
    Value reducer = dispatched(t, p, type);
    if (!is_null(reducer)) {
        Value answer = call_1(t, reducer, v);
        decref(t, reducer);
        return save_answer(t, p, answer, v);
    }
    if (err_pending(t)) return false;
    if (type->flags & TF_TYPE) return pickle_save_global(t, p, v, VNULL);
    return save_answer(t, p, reduce(t, p, v), v);
}
