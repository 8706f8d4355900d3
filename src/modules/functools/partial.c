/* partial: a function with some arguments given; Placeholder keeps a place among them open. */
#include "modules/functools/functools_priv.h"

typedef struct Partial {
    Object head;
    Value function, args, keywords; /* args: tuple; keywords: dict */
    int64_t open;                   /* placeholders among args; the last one is none */
    void *ext;
} Partial;

#define SELF V_AS(Partial, args[0])

static inline bool is_placeholder(Value v) { return has_shape(v, SHAPE_placeholder); }

static int64_t count_open(Value tuple) {
    int64_t n = 0;
    for (int64_t i = 0; i < tuple_len(tuple); i++) n += is_placeholder(tuple_at(tuple, i));
    return n;
}

static bool check_last(Thread *t, Value tuple) {
    int64_t n = tuple_len(tuple);
    return n == 0 || !is_placeholder(tuple_at(tuple, n - 1)) || err_fail(t, T_TypeError, "trailing Placeholders are not allowed");
}

/* Whether the instance has attributes of its own. */
static bool has_attributes(Thread *t, Value v) {
    InstanceExt **word = instance_ext_word(t, v_obj(v));
    return obj_shape(t, v_obj(v))->nslots > 0 || (word && *word && !is_null((*word)->dict) && dict_len((*word)->dict) > 0);
}

/* The given arguments followed by more, of which the first fill the open places. */
static Value join(Thread *t, Value given, int64_t open, const Value *more, int64_t n) {
    int64_t given_n = tuple_len(given), filled = n < open ? n : open, used = 0;
    Value v = tuple_new(t, given_n + n - filled);
    if (is_null(v) || given_n + n - filled == 0) return v;
    Value *items = V_AS(Tuple, v)->items;
    for (int64_t i = 0; i < given_n; i++) {
        Value item = tuple_at(given, i);
        if (used < filled && is_placeholder(item)) item = more[used++];
        items[i] = new_ref(item);
    }
    for (int64_t i = given_n; used < n; i++) items[i] = new_ref(more[used++]);
    return tuple_done(t, v);
}

static Value partial_call(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames);

NEW(partial_make) {
    if (nargs < 1) return err_raise(t, T_TypeError, "type 'partial' takes at least one argument");
    Value function = args[0], given = t->interp->empty_tuple, inner_keywords = VNULL;
    if (!is_callable(t, function)) return err_raise(t, T_TypeError, "the first argument must be callable");
    if (nargs > 1 && is_placeholder(args[nargs - 1])) return err_raise(t, T_TypeError, "trailing Placeholders are not allowed");
    int64_t nkw = is_null(kwnames) ? 0 : tuple_len(kwnames), open = 0;
    for (int64_t i = 0; i < nkw; i++)
        if (is_placeholder(args[nargs + i])) return err_raise(t, T_TypeError, "Placeholder cannot be passed as a keyword argument");
    if (type_of(t, function)->slots.call == partial_call && !has_attributes(t, function)) {
        Partial *inner = V_AS(Partial, function);
        function = inner->function;
        given = inner->args;
        open = inner->open;
        inner_keywords = inner->keywords;
    }
    Value all = join(t, given, open, args + 1, (int64_t)nargs - 1), keywords = VNULL, v = VNULL;
    if (!is_null(all)) keywords = is_null(inner_keywords) ? dict_new(t) : dict_copy(t, inner_keywords);
    bool ok = !is_null(keywords);
    for (int64_t i = 0; ok && i < nkw; i++) ok = dict_set(t, keywords, tuple_at(kwnames, i), args[nargs + i]);
    if (ok) v = object_new(t, type);
    if (is_null(v)) {
        decref_maybe(t, all);
        decref_maybe(t, keywords);
        return VNULL;
    }
    Partial *p = V_AS(Partial, v);
    p->function = new_ref(function);
    p->args = all;
    p->keywords = keywords;
    p->open = count_open(all);
    return object_done(t, v);
}

/* --- Calling --------------------------------------------------------------------------------------------------------------------- */

/* The keyword arguments of a call that has some of its own, or of a partial that has: values behind out[n], names as answered (owned). */
static Value merge_keywords(Thread *t, Value keywords, const Value *values, Value kwnames, Value *out) {
    int64_t ncall = is_null(kwnames) ? 0 : tuple_len(kwnames), n = 0;
    Value names = list_new(t, dict_len(keywords) + ncall);
    if (is_null(names)) return VNULL;
    uint32_t pos = 0;
    Value key, value;
    while (dict_next(keywords, &pos, &key, &value)) {
        V_AS(List, names)->items[n] = new_ref(key);
        V_AS(List, names)->length = ++n;
        out[n - 1] = value;
    }
    int64_t own = n;
    for (int64_t i = 0; i < ncall; i++) {
        Value name = tuple_at(kwnames, i);
        int64_t at = 0;
        while (at < own && !same(list_at(names, at), name) && !str_equal(V_AS(Str, list_at(names, at)), V_AS(Str, name))) at++;
        if (at == own) {
            at = n++;
            V_AS(List, names)->items[at] = new_ref(name);
            V_AS(List, names)->length = n;
        }
        out[at] = values[i];
    }
    Value tuple = list_to_tuple(t, V_AS(List, names));
    decref(t, names);
    return tuple;
}

static Value partial_call(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames) {
    Partial *p = V_AS(Partial, callee);
    if (nargs < p->open)
        return err_raise(t, T_TypeError, "missing positional arguments in 'partial' call; expected at least %ld, got %u", (long)p->open, nargs);
    int64_t ngiven = tuple_len(p->args), total = ngiven + (int64_t)nargs - p->open;
    int64_t ncall = is_null(kwnames) ? 0 : tuple_len(kwnames), nkw = dict_len(p->keywords) + ncall;
    Value few[20], *room = few;
    if (total + nkw + 1 > (int64_t)COUNT_OF(few) && (room = heap_alloc(t, (size_t)(total + nkw + 1) * sizeof(Value))) == NULL) return VNULL;
    Value *out = room + 1, function = new_ref(p->function), given = new_ref(p->args), keywords = new_ref(p->keywords), names = VNULL, result = VNULL;
    int64_t used = 0;
    for (int64_t i = 0; i < ngiven; i++) {
        Value item = tuple_at(given, i);
        out[i] = used < p->open && is_placeholder(item) ? args[used++] : item;
    }
    for (int64_t i = ngiven; used < (int64_t)nargs; i++) out[i] = args[used++];
    if (dict_len(keywords) == 0) {
        names = new_ref_maybe(kwnames);
        for (int64_t i = 0; i < ncall; i++) out[total + i] = args[nargs + i];
    } else {
        names = merge_keywords(t, keywords, args + nargs, kwnames, out + total);
        if (is_null(names)) goto done;
    }
    /* The values of the dict are borrowed: the dict may change during the call. */
    for (int64_t i = 0; i < (is_null(names) ? 0 : tuple_len(names)); i++) incref(out[total + i]);
    result = call(t, function, out, (uint32_t)total, names);
    for (int64_t i = 0; i < (is_null(names) ? 0 : tuple_len(names)); i++) decref(t, out[total + i]);
done:
    if (room != few) heap_free(t, room);
    decref(t, function);
    decref(t, given);
    decref(t, keywords);
    decref_maybe(t, names);
    return result;
}

static Value partial_get(Thread *t, Value self, Value instance, Value owner) {
    return is_null(instance) || is_none(instance) ? new_ref(self) : method_new(t, self, instance);
}

/* --- Text and state -------------------------------------------------------------------------------------------------------------- */

static bool put_name(Thread *t, StrBuilder *b, Value self) {
    Value type = v_from(type_of(t, self)), module = attr_get(t, type, N(t, __module__));
    Value name = is_null(module) ? VNULL : attr_get(t, type, N(t, __qualname__));
    bool ok = !is_null(name) && str_builder_format(t, b, "%S.%S(", module, name);
    decref_maybe(t, module);
    decref_maybe(t, name);
    return ok;
}

static Value partial_repr(Thread *t, Value self) {
    Partial *p = V_AS(Partial, self);
    StrBuilder b;
    str_builder_init(&b);
    int entered = repr_enter(t, self);
    if (entered <= 0) return entered < 0 ? VNULL : str_from_ascii(t, "...", 3);
    if (!put_name(t, &b, self)) goto fail;
    Value function = new_ref(p->function), given = new_ref(p->args), keywords = dict_copy(t, p->keywords);
    bool ok = !is_null(keywords) && str_builder_repr(t, &b, function);
    for (int64_t i = 0; ok && i < tuple_len(given); i++) ok = str_builder_ascii(t, &b, ", ", 2) && str_builder_repr(t, &b, tuple_at(given, i));
    uint32_t pos = 0;
    Value key, value;
    while (ok && dict_next(keywords, &pos, &key, &value)) ok = str_builder_format(t, &b, ", %S=%R", key, value);
    ok = ok && str_builder_char(t, &b, ')');
    decref(t, function);
    decref(t, given);
    decref_maybe(t, keywords);
    if (!ok) goto fail;
    repr_leave(t, self);
    return str_builder_finish(t, &b);
fail:
    repr_leave(t, self);
    return VNULL;
}

METHOD(method_reduce) {
    Value dict = has_attributes(t, args[0]) ? instance_dict(t, v_obj(args[0])) : V_NONE, inner = VNULL, state = VNULL, result = VNULL;
    if (!is_null(dict)) inner = tuple_of(t, 1, SELF->function);
    if (!is_null(inner)) state = tuple_of(t, 4, SELF->function, SELF->args, SELF->keywords, dict);
    if (!is_null(state)) result = tuple_of(t, 3, v_from(type_of(t, args[0])), inner, state);
    decref_maybe(t, dict);
    decref_maybe(t, inner);
    decref_maybe(t, state);
    return result;
}

METHOD(method_setstate) {
    Value state = args[1];
    if (!is_tuple(t, state) || tuple_len(state) != 4) return err_raise(t, T_TypeError, "invalid partial state");
    Value function = tuple_at(state, 0), given = tuple_at(state, 1), keywords = tuple_at(state, 2), dict = tuple_at(state, 3);
    if (!is_callable(t, function) || !is_tuple(t, given) || (!is_none(keywords) && !is_dict(t, keywords)) || (!is_none(dict) && !is_dict(t, dict)))
        return err_raise(t, T_TypeError, "invalid partial state");
    if (!check_last(t, given)) return VNULL;
    given = IS_EXACT(given, tuple) ? new_ref(given) : tuple_from(t, V_AS(Tuple, given)->items, tuple_len(given));
    if (is_null(given)) return VNULL;
    keywords = is_none(keywords) ? dict_new(t) : IS_EXACT(keywords, dict) ? new_ref(keywords) : dict_copy(t, keywords);
    if (is_null(keywords)) {
        decref(t, given);
        return VNULL;
    }
    Partial *p = SELF;
    slot_set(t, &p->function, new_ref(function));
    slot_set(t, &p->args, given);
    slot_set(t, &p->keywords, keywords);
    p->open = count_open(given);
    if (is_none(dict)) {
        if (!has_attributes(t, args[0])) return V_NONE;
        Value empty = dict_new(t);
        bool ok = !is_null(empty) && instance_set_dict(t, v_obj(args[0]), empty);
        decref_maybe(t, empty);
        return ok ? V_NONE : VNULL;
    }
    return instance_set_dict(t, v_obj(args[0]), dict) ? V_NONE : VNULL;
}

static const MethodDef partial_methods[] = {
    {"__reduce__", "($self, /)", "For pickling.", method_reduce},
    {"__setstate__", "($self, object, /)", "For pickling.", method_setstate},
    CLASS_GETITEM,
    {NULL},
};
static const MemberDef partial_members[] = {
    {"func", MK_VALUE, MEMBER_READONLY, offsetof(Partial, function), "function object to use in future partial calls"},
    {"args", MK_VALUE, MEMBER_READONLY, offsetof(Partial, args), "tuple of arguments to future partial calls"},
    {"keywords", MK_VALUE, MEMBER_READONLY, offsetof(Partial, keywords), "dictionary of keyword arguments to future partial calls"},
    {NULL},
};
static const Field partial_fields[] = {FIELD_VALUE(Partial, function), FIELD_VALUE(Partial, args), FIELD_VALUE(Partial, keywords)};

const TypeDef typedef_partial = {
    .name = "functools.partial",
    .doc = "A function with some of its arguments given.\n\nA call adds its own arguments; those that are Placeholder are filled first.",
    .signature = "(func, /, *args, **keywords)",
    .flags = TF_BASE | TF_GC | TF_DICT | TF_WEAKREF | TF_EXT | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(Partial),
    .ext_offset = offsetof(Partial, ext),
    FIELDS(partial_fields),
    .methods = partial_methods,
    .members = partial_members,
    .slots = {.new = partial_make, .repr = partial_repr, .call = partial_call, .descr_get = partial_get},
};

/* --- Placeholder ----------------------------------------------------------------------------------------------------------------- */

NEW(placeholder_make) {
    if (nargs > 0 || !is_null(kwnames)) return err_raise(t, T_TypeError, "PlaceholderType takes no arguments");
    Value *one = &STATE(t)->placeholder;
    if (is_null(*one)) {
        *one = object_new(t, type);
        if (is_null(*one)) return VNULL;
        make_immortal(*one);
    }
    return new_ref(*one);
}

static Value placeholder_repr(Thread *t, Value self) { return str_from_cstr(t, "Placeholder"); }
METHOD(placeholder_reduce) { return str_from_cstr(t, "Placeholder"); }

static const MethodDef placeholder_methods[] = {{"__reduce__", "($self, /)", "For pickling.", placeholder_reduce}, {NULL}};
const TypeDef typedef_placeholder = {
    .name = "functools._PlaceholderType",
    .doc = "The type of Placeholder, which keeps a place among the arguments of a partial open.",
    .flags = TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(Object),
    .methods = placeholder_methods,
    .slots = {.new = placeholder_make, .repr = placeholder_repr},
};
