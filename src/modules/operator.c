/* The module _operator: the operators as functions, and getters. */
#include "modules/compare_digest.h"
#include "modules/module.h"
#include "object/buffer.h"
#include "object/instance.h"

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)
#define NEW(name) static Value name(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames)

/* --- Functions ------------------------------------------------------------------------------------------------------------------- */

static Value bool_or_error(int truth_value) { return truth_value < 0 ? VNULL : v_bool(truth_value); }

METHOD(op_truth) { return bool_or_error(truth(t, args[0])); }
METHOD(op_not) {
    int is_true = truth(t, args[0]);
    return is_true < 0 ? VNULL : v_bool(!is_true);
}
METHOD(op_is) { return v_bool(same(args[0], args[1])); }
METHOD(op_is_not) { return v_bool(!same(args[0], args[1])); }
METHOD(op_is_none) { return v_bool(is_none(args[0])); }
METHOD(op_is_not_none) { return v_bool(!is_none(args[0])); }
METHOD(op_lt) { return compare(t, args[0], args[1], CMP_LT); }
METHOD(op_le) { return compare(t, args[0], args[1], CMP_LE); }
METHOD(op_eq) { return compare(t, args[0], args[1], CMP_EQ); }
METHOD(op_ne) { return compare(t, args[0], args[1], CMP_NE); }
METHOD(op_gt) { return compare(t, args[0], args[1], CMP_GT); }
METHOD(op_ge) { return compare(t, args[0], args[1], CMP_GE); }
METHOD(op_neg) { return number_neg(t, args[0]); }
METHOD(op_pos) { return number_pos(t, args[0]); }
METHOD(op_abs) { return number_abs(t, args[0]); }
METHOD(op_invert) { return number_invert(t, args[0]); }
METHOD(op_index) { return number_index(t, args[0]); }
METHOD(op_pow) { return number_power(t, args[0], args[1], V_NONE); }
METHOD(op_ipow) { return number_inplace(t, OP_pow, args[0], args[1]); }
#define BINARY(id)                                                            \
    METHOD(op_##id) { return number_binary(t, OP_##id, args[0], args[1]); }   \
    METHOD(op_i##id) { return number_inplace(t, OP_##id, args[0], args[1]); }
BINARY(add) BINARY(sub) BINARY(mul) BINARY(matmul) BINARY(truediv) BINARY(floordiv) BINARY(mod)
BINARY(lshift) BINARY(rshift) BINARY(and) BINARY(or) BINARY(xor)

METHOD(op_concat) { return concat(t, args[0], args[1]); }
METHOD(op_iconcat) {
    Slots *s = &type_of(t, args[0])->slots;
    if (s->inplace_concat) return s->inplace_concat(t, args[0], args[1]);
    if (s->concat) return s->concat(t, args[0], args[1]);
    if (is_sequence(t, args[0]) && is_sequence(t, args[1])) return number_inplace(t, OP_add, args[0], args[1]);
    return err_raise(t, T_TypeError, "'%T' object can't be concatenated", args[0]);
}
METHOD(op_contains) { return bool_or_error(contains(t, args[0], args[1])); }
METHOD(op_getitem) { return item_get(t, args[0], args[1]); }
METHOD(op_setitem) { return item_set(t, args[0], args[1], args[2]) ? V_NONE : VNULL; }
METHOD(op_delitem) { return item_delete(t, args[0], args[1]) ? V_NONE : VNULL; }

/* Walks a sequence: the number of equal items, or with `first` the index of the first one in it. */
static int64_t search(Thread *t, Value sequence, Value v, bool first) {
    Value it = iter_of(t, sequence), item;
    if (is_null(it)) {
        if (err_catch(t, T_TypeError)) err_raise(t, T_TypeError, "argument of type '%T' is not iterable", sequence);
        return -1;
    }
    int64_t count = 0, i = 0;
    for (; !is_null(item = iter_next(t, it)); i++) {
        int found = equal_fast(t, item, v);
        decref(t, item);
        count += found > 0;
        if (found < 0 || (found && first)) break;
    }
    decref(t, it);
    if (err_pending(t)) return -1;
    if (!first) return count;
    return count ? i : err_minus(t, T_ValueError, "sequence.index(x): x not in sequence");
}
METHOD(op_countOf) {
    int64_t n = search(t, args[0], args[1], false);
    return n < 0 ? VNULL : v_smallint(n);
}
METHOD(op_indexOf) {
    int64_t i = search(t, args[0], args[1], true);
    return i < 0 ? VNULL : v_smallint(i);
}

METHOD(op_length_hint) {
    int64_t fallback = 0;
    if (!is_null(args[1]) && !arg_size(t, args[1], &fallback)) return VNULL;
    int64_t n = length_hint(t, args[0], fallback);
    return n == -1 && err_pending(t) ? VNULL : int_from_i64(t, n);
}

METHOD(op_call) {
    if (nargs < 1) return err_raise(t, T_TypeError, "call expected at least 1 argument, got 0");
    return call_copy(t, args[0], args + 1, nargs - 1, kwnames);
}

/* --- itemgetter ------------------------------------------------------------------------------------------------------------------ */

typedef struct Getter { Object head; Value keys; } Getter; /* a tuple; of attrgetter, str without dots or tuples of such */

static bool one_argument(Thread *t, const char *name, uint32_t nargs, Value kwnames) {
    return call_no_keywords(t, name, kwnames) && (LIKELY(nargs == 1) || err_fail(t, T_TypeError, "%s expected 1 argument, got %u", name, nargs));
}

static Value get_call_signature(Thread *t, Value self, void *closure) { return str_from_cstr(t, "(obj, /)"); }
static const GetSetDef call_signature[] = {{"__text_signature__", get_call_signature, NULL, NULL, NULL}, {NULL}};

static Value getter_make(Thread *t, Type *type, Value keys) {
    Value v = is_null(keys) ? VNULL : object_new(t, type);
    if (is_null(v)) {
        decref_maybe(t, keys);
        return VNULL;
    }
    V_AS(Getter, v)->keys = keys;
    return object_done(t, v);
}

static inline Value one_item(Thread *t, Value v, Value key) {
    if (IS_EXACT(v, tuple) && is_smallint(key) && (uint64_t)smallint_get(key) < (uint64_t)tuple_len(v)) return new_ref(tuple_at(v, smallint_get(key)));
    return item_get(t, v, key);
}

NEW(itemgetter_make) {
    if (!call_no_keywords(t, "itemgetter", kwnames)) return VNULL;
    if (nargs < 1) return err_raise(t, T_TypeError, "itemgetter expected 1 argument, got 0");
    return getter_make(t, type, tuple_from(t, args, nargs));
}

/* get() of the only key, or a tuple of those of all. */
static ALWAYS_INLINE Value get_all(Thread *t, Value keys, Value v, Value (*get)(Thread *t, Value v, Value key)) {
    int64_t n = tuple_len(keys);
    if (LIKELY(n == 1)) return get(t, v, tuple_at(keys, 0));
    Value result = tuple_new(t, n);
    if (is_null(result)) return VNULL;
    for (int64_t i = 0; i < n; i++) {
        Value item = get(t, v, tuple_at(keys, i));
        if (is_null(item)) {
            decref(t, result);
            return VNULL;
        }
        V_AS(Tuple, result)->items[i] = item;
    }
    return tuple_done(t, result);
}

static Value itemgetter_call(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    if (!one_argument(t, "itemgetter", nargs, kwnames)) return VNULL;
    return get_all(t, V_AS(Getter, self)->keys, args[0], one_item);
}

/* "operator.itemgetter(1, 2)" */
static Value getter_text(Thread *t, Value self, Value keys, Value keywords) {
    int entered = repr_enter(t, self);
    if (entered < 0) return VNULL;
    Value type = v_from(type_of(t, self)), module = attr_get(t, type, N(t, __module__)), text = VNULL;
    StrBuilder b;
    str_builder_init(&b);
    bool ok = !is_null(module) && str_builder_format(t, &b, "%S.%U(", module, V_AS(Type, type)->name);
    if (ok && entered == 0) ok = str_builder_ascii(t, &b, "...", 3);
    else
        for (int64_t i = 0; ok && i < tuple_len(keys); i++) ok = (i == 0 || str_builder_ascii(t, &b, ", ", 2)) && str_builder_repr(t, &b, tuple_at(keys, i));
    uint32_t pos = 0;
    Value key, value;
    while (ok && entered > 0 && !is_null(keywords) && dict_next(keywords, &pos, &key, &value)) ok = str_builder_format(t, &b, ", %S=%R", key, value);
    if (ok && str_builder_char(t, &b, ')')) text = str_builder_finish(t, &b);
    if (entered > 0) repr_leave(t, self);
    decref_maybe(t, module);
    return text;
}

static Value itemgetter_repr(Thread *t, Value self) { return getter_text(t, self, V_AS(Getter, self)->keys, VNULL); }
METHOD(itemgetter_reduce) { return tuple_of(t, 2, v_from(type_of(t, args[0])), V_AS(Getter, args[0])->keys); }

static const MethodDef itemgetter_methods[] = {{"__reduce__", "($self, /)", "For pickling.", itemgetter_reduce}, {NULL}};
static const Field getter_fields[] = {FIELD_VALUE(Getter, keys)};
static const TypeDef typedef_itemgetter = {
    .name = "operator.itemgetter",
    .doc = "A callable that gets items of its argument: after f = itemgetter(2), f(r) is r[2]; after g = itemgetter(2, 5, 3), g(r) is (r[2], r[5], r[3]).",
    .signature = "(item, /, *items)",
    .flags = TF_GC | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(Getter),
    FIELDS(getter_fields),
    .methods = itemgetter_methods,
    .getsets = call_signature,
    .slots = {.new = itemgetter_make, .repr = itemgetter_repr, .call = itemgetter_call},
};

/* --- attrgetter ------------------------------------------------------------------------------------------------------------------ */

/* "a.b" as a tuple of interned parts, "a" interned as it is. */
static Value split_name(Thread *t, Value name) {
    Str *s = V_AS(Str, name);
    int64_t n = str_len(s), start = 0;
    if (str_find_char(s, '.', 0, n) < 0) {
        Value exact = str_exact(t, name);
        return is_null(exact) ? VNULL : str_intern(t, exact);
    }
    Value parts = list_new(t, 2);
    while (!is_null(parts) && start <= n) {
        int64_t dot = str_find_char(s, '.', start, n);
        if (dot < 0) dot = n;
        Value exact = str_exact(t, name), part = is_null(exact) ? VNULL : str_substring(t, exact, start, dot);
        decref_maybe(t, exact);
        if (!is_null(part)) part = str_intern(t, part);
        if (is_null(part) || !list_append_take(t, V_AS(List, parts), part)) {
            decref(t, parts);
            return VNULL;
        }
        start = dot + 1;
    }
    if (is_null(parts)) return VNULL;
    Value tuple = list_to_tuple(t, V_AS(List, parts));
    decref(t, parts);
    return tuple;
}

NEW(attrgetter_make) {
    if (!call_no_keywords(t, "attrgetter", kwnames)) return VNULL;
    if (nargs < 1) return err_raise(t, T_TypeError, "attrgetter expected 1 argument, got 0");
    Value keys = tuple_new(t, nargs);
    for (uint32_t i = 0; !is_null(keys) && i < nargs; i++) {
        Value key = is_str(t, args[i]) ? split_name(t, args[i]) : err_raise(t, T_TypeError, "attribute name must be a string");
        if (is_null(key)) {
            decref(t, keys);
            return VNULL;
        }
        V_AS(Tuple, keys)->items[i] = key;
    }
    return is_null(keys) ? VNULL : getter_make(t, type, tuple_done(t, keys));
}

static Value one_attribute(Thread *t, Value v, Value key) {
    if (LIKELY(!IS_EXACT(key, tuple))) return attr_get(t, v, key);
    incref(v);
    for (int64_t i = 0; i < tuple_len(key) && !is_null(v); i++) {
        Value next = attr_get(t, v, tuple_at(key, i));
        decref(t, v);
        v = next;
    }
    return v;
}

static Value attrgetter_call(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    if (!one_argument(t, "attrgetter", nargs, kwnames)) return VNULL;
    return get_all(t, V_AS(Getter, self)->keys, args[0], one_attribute);
}

/* The names as they were given. */
static Value attrgetter_names(Thread *t, Value self) {
    Value keys = V_AS(Getter, self)->keys, names = tuple_new(t, tuple_len(keys));
    for (int64_t i = 0; !is_null(names) && i < tuple_len(keys); i++) {
        Value key = tuple_at(keys, i);
        Value name = IS_EXACT(key, tuple) ? str_join(t, t->interp->latin1_chars['.'], V_AS(Tuple, key)->items, tuple_len(key)) : new_ref(key);
        if (is_null(name)) {
            decref(t, names);
            return VNULL;
        }
        V_AS(Tuple, names)->items[i] = name;
    }
    return names;
}

static Value attrgetter_repr(Thread *t, Value self) {
    Value names = attrgetter_names(t, self);
    if (is_null(names)) return VNULL;
    Value text = getter_text(t, self, names, VNULL);
    decref(t, names);
    return text;
}

METHOD(attrgetter_reduce) {
    Value names = attrgetter_names(t, args[0]);
    if (is_null(names)) return VNULL;
    Value result = tuple_of(t, 2, v_from(type_of(t, args[0])), names);
    decref(t, names);
    return result;
}

static const MethodDef attrgetter_methods[] = {{"__reduce__", "($self, /)", "For pickling.", attrgetter_reduce}, {NULL}};
static const TypeDef typedef_attrgetter = {
    .name = "operator.attrgetter",
    .doc = "A callable that gets attributes of its argument: after f = attrgetter('name'), f(r) is r.name; after g = attrgetter('name', 'date'), "
           "g(r) is (r.name, r.date); a name may have dots.",
    .signature = "(attr, /, *attrs)",
    .flags = TF_GC | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(Getter),
    FIELDS(getter_fields),
    .methods = attrgetter_methods,
    .getsets = call_signature,
    .slots = {.new = attrgetter_make, .repr = attrgetter_repr, .call = attrgetter_call},
};

/* --- methodcaller ---------------------------------------------------------------------------------------------------------------- */

typedef struct MethodCaller { Object head; Value name, args, kwargs; } MethodCaller; /* kwargs: dict or VNULL */

NEW(methodcaller_make) {
    if (nargs < 1) return err_raise(t, T_TypeError, "methodcaller needs at least one argument, the method name");
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "method name must be a string");
    Value name = str_exact(t, args[0]), given = VNULL, kwargs = VNULL, v = VNULL;
    if (!is_null(name)) name = str_intern(t, name);
    if (!is_null(name)) given = tuple_from(t, args + 1, nargs - 1);
    bool ok = !is_null(given);
    if (ok && !is_null(kwnames)) {
        kwargs = dict_new(t);
        ok = !is_null(kwargs);
        for (int64_t i = 0; ok && i < tuple_len(kwnames); i++) ok = dict_set(t, kwargs, tuple_at(kwnames, i), args[nargs + i]);
    }
    if (ok) v = object_new(t, type);
    if (is_null(v)) {
        decref_maybe(t, name);
        decref_maybe(t, given);
        decref_maybe(t, kwargs);
        return VNULL;
    }
    MethodCaller *m = V_AS(MethodCaller, v);
    m->name = name;
    m->args = given;
    m->kwargs = kwargs;
    return object_done(t, v);
}

static Value methodcaller_call(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    if (!one_argument(t, "methodcaller", nargs, kwnames)) return VNULL;
    MethodCaller *m = V_AS(MethodCaller, self);
    if (is_null(m->kwargs)) return call_method(t, args[0], m->name, V_AS(Tuple, m->args)->items, (uint32_t)tuple_len(m->args));
    Value method = attr_get(t, args[0], m->name);
    if (is_null(method)) return VNULL;
    Value result = call_tuple(t, method, m->args, m->kwargs);
    decref(t, method);
    return result;
}

/* (name, *args) */
static Value with_name(Thread *t, MethodCaller *m) {
    Value all = tuple_new(t, tuple_len(m->args) + 1);
    if (is_null(all)) return VNULL;
    V_AS(Tuple, all)->items[0] = new_ref(m->name);
    for (int64_t i = 0; i < tuple_len(m->args); i++) V_AS(Tuple, all)->items[i + 1] = new_ref(tuple_at(m->args, i));
    return tuple_done(t, all);
}

static Value methodcaller_repr(Thread *t, Value self) {
    Value all = with_name(t, V_AS(MethodCaller, self));
    if (is_null(all)) return VNULL;
    Value text = getter_text(t, self, all, V_AS(MethodCaller, self)->kwargs);
    decref(t, all);
    return text;
}

METHOD(methodcaller_reduce) {
    MethodCaller *m = V_AS(MethodCaller, args[0]);
    Value type = v_from(type_of(t, args[0])), result = VNULL;
    if (is_null(m->kwargs)) {
        Value all = with_name(t, m);
        if (!is_null(all)) result = tuple_of(t, 2, type, all);
        decref_maybe(t, all);
        return result;
    }
    Value functools = t->hooks->import(t, "functools"), partial = VNULL, first = VNULL, made = VNULL;
    if (!is_null(functools)) partial = attr_get_cstr(t, functools, "partial");
    if (!is_null(partial)) first = tuple_of(t, 2, type, m->name);
    if (!is_null(first)) made = call_tuple(t, partial, first, m->kwargs);
    if (!is_null(made)) result = tuple_of(t, 2, made, m->args);
    decref_maybe(t, functools);
    decref_maybe(t, partial);
    decref_maybe(t, first);
    decref_maybe(t, made);
    return result;
}

static const MethodDef methodcaller_methods[] = {{"__reduce__", "($self, /)", "For pickling.", methodcaller_reduce}, {NULL}};
static const Field methodcaller_fields[] = {FIELD_VALUE(MethodCaller, name), FIELD_VALUE(MethodCaller, args), FIELD_VALUE(MethodCaller, kwargs)};
static const TypeDef typedef_methodcaller = {
    .name = "operator.methodcaller",
    .doc = "A callable that calls a method of its argument: after f = methodcaller('name', 'date', foo=1), f(r) is r.name('date', foo=1).",
    .signature = "(name, /, *args, **kwargs)",
    .flags = TF_GC | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(MethodCaller),
    FIELDS(methodcaller_fields),
    .methods = methodcaller_methods,
    .getsets = call_signature,
    .slots = {.new = methodcaller_make, .repr = methodcaller_repr, .call = methodcaller_call},
};

/* --- The module ------------------------------------------------------------------------------------------------------------------ */

#define ONE(name, fn, meaning) {name, "($module, a, /)", "Same as " meaning ".", fn}
#define TWO(name, fn, meaning) {name, "($module, a, b, /)", "Same as " meaning ".", fn}

static const MethodDef functions[] = {
    {"truth", "($module, a, /)", "Whether a is true.", op_truth},
    {"contains", "($module, a, b, /)", "Same as b in a (the operands are reversed).", op_contains},
    {"indexOf", "($module, a, b, /)", "The index of the first item of a that is equal to b.", op_indexOf},
    {"countOf", "($module, a, b, /)", "How many items of a are equal to b.", op_countOf},
    {"call", "($module, obj, /, *args, **kwargs)", "Same as obj(*args, **kwargs).", op_call},
    {"length_hint", "($module, obj, default=0, /)", "An estimate of the number of items: len(), else __length_hint__(), else the default.", op_length_hint},
    {"_compare_digest", "($module, a, b, /)",
     "Same as a == b, for two ASCII str or two bytes-like objects, in a time that does not tell where they differ.", compare_digest},
    {"index", "($module, a, /)", "Same as a.__index__().", op_index},
    {"setitem", "($module, a, b, c, /)", "Same as a[b] = c.", op_setitem},
    ONE("is_none", op_is_none, "a is None"), ONE("is_not_none", op_is_not_none, "a is not None"), ONE("not_", op_not, "not a"),
    ONE("neg", op_neg, "-a"), ONE("pos", op_pos, "+a"), ONE("abs", op_abs, "abs(a)"), ONE("inv", op_invert, "~a"), ONE("invert", op_invert, "~a"),
    TWO("is_", op_is, "a is b"), TWO("is_not", op_is_not, "a is not b"), TWO("add", op_add, "a + b"), TWO("sub", op_sub, "a - b"),
    TWO("mul", op_mul, "a * b"), TWO("matmul", op_matmul, "a @ b"), TWO("floordiv", op_floordiv, "a // b"), TWO("truediv", op_truediv, "a / b"),
    TWO("mod", op_mod, "a % b"), TWO("lshift", op_lshift, "a << b"), TWO("rshift", op_rshift, "a >> b"), TWO("and_", op_and, "a & b"),
    TWO("xor", op_xor, "a ^ b"), TWO("or_", op_or, "a | b"), TWO("pow", op_pow, "a ** b"), TWO("iadd", op_iadd, "a += b"),
    TWO("isub", op_isub, "a -= b"), TWO("imul", op_imul, "a *= b"), TWO("imatmul", op_imatmul, "a @= b"), TWO("ifloordiv", op_ifloordiv, "a //= b"),
    TWO("itruediv", op_itruediv, "a /= b"), TWO("imod", op_imod, "a %= b"), TWO("ilshift", op_ilshift, "a <<= b"),
    TWO("irshift", op_irshift, "a >>= b"), TWO("iand", op_iand, "a &= b"), TWO("ixor", op_ixor, "a ^= b"), TWO("ior", op_ior, "a |= b"),
    TWO("ipow", op_ipow, "a **= b"), TWO("concat", op_concat, "a + b, for a and b sequences"), TWO("iconcat", op_iconcat, "a += b, for a and b sequences"),
    TWO("getitem", op_getitem, "a[b]"), TWO("delitem", op_delitem, "del a[b]"), TWO("lt", op_lt, "a < b"), TWO("le", op_le, "a <= b"),
    TWO("eq", op_eq, "a == b"), TWO("ne", op_ne, "a != b"), TWO("gt", op_gt, "a > b"), TWO("ge", op_ge, "a >= b"),
    {NULL},
};

static bool exec(Thread *t, Value module) {
    return module_add_type(t, module, T_itemgetter, &typedef_itemgetter) && module_add_type(t, module, T_attrgetter, &typedef_attrgetter) &&
           module_add_type(t, module, T_methodcaller, &typedef_methodcaller);
}

const ModuleDef module__operator = {
    .name = "_operator",
    .doc = "The operators as functions: operator.add(x, y) is x + y. The names are those of the special methods; most of these can be had, too.",
    .functions = functions,
    .exec = exec,
};
