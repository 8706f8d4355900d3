/* ast.AST: making nodes from arguments, their repr, copying. */
#include "modules/ast/ast_priv.h"

#include "object/instance.h"
#include "object/set.h"
#include "ops/object.h"

/* --- Small helpers --- */

static Value shown_name(Thread *t, Type *type);

/* A tuple attribute of the class (owned); _attributes may be absent: an empty tuple. */
static Value class_tuple(Thread *t, Value self, const char *name)
{
    Value names = attr_get_cstr(t, v_from(type_of(t, self)), name);
    if (is_null(names)) {
        if (!err_catch(t, T_AttributeError)) {
            return VNULL;
        }
        if (strcmp(name, "_fields") != 0) {
            return tuple_of(t, 0);
        }
        Value type_name = shown_name(t, type_of(t, self));
        if (!is_null(type_name)) {
            err_raise(t, T_AttributeError, "type object '%U' has no attribute '%s'", type_name, name);
            decref(t, type_name);
        }
        return VNULL;
    }
    Value fast = sequence_tuple(t, names, "AST._fields must be a sequence");
    decref(t, names);
    return fast;
}

static bool deprecated(Thread *t, const char *format, Value type_name, Value name)
{
    Value message = str_format(t, format, type_name, name);
    if (is_null(message)) {
        return false;
    }
    bool ok = t->hooks->warn(t, builtin_type(t, T_DeprecationWarning), message, 1);
    decref(t, message);
    return ok;
}

/* A class's name in messages: ast.AST itself is shown with its module. */
static Value shown_name(Thread *t, Type *type)
{
    return type->flags & TF_HEAP ? new_ref(type->name) : str_format(t, "ast.%U", type->name);
}

/* --- AST(...) --- */

/* What a field becomes that no argument gave. */
static bool fill_field(Thread *t, Value self, Value name, Value types, Value type_name)
{
    AstState *state = ast_state(t);
    if (!state) {
        return false;
    }
    Value type = is_null(types) ? VNULL : mapping_get_maybe(t, types, name);
    if (is_null(type)) {
        if (err_pending(t)) {
            return false;
        }
        return is_null(types) ||
               deprecated(t, "Field %R is missing from %U._field_types. This will become an error in Python 3.15.",
                          name, type_name);
    }
    bool ok = true;
    if (IS_A(t, type, GenericAlias)) {
        Value empty = list_new(t, 0);
        ok = !is_null(empty) && attr_set(t, self, name, empty);
        decref_maybe(t, empty);
    } else if (IS_A(t, type, Union)) {
        /* Optional: the class has None for it. */
    } else if (same(type, v_from(state->types[AST_TYPE_expr_context]))) {
        ok = attr_set(t, self, name, state->singletons[AST_Load]);
    } else {
        ok = deprecated(t,
                        "%U.__init__ missing 1 required positional argument: %R. This will become an error in "
                        "Python 3.15.",
                        type_name, name);
    }
    decref(t, type);
    return ok;
}

static bool fill_rest(Thread *t, Value self, Value fields, const bool *given)
{
    Type *type = type_of(t, self);
    Value types = attr_get_cstr(t, v_from(type), "_field_types");
    if (is_null(types) && !err_catch(t, T_AttributeError)) {
        return false;
    }
    Value name = shown_name(t, type);
    bool ok = !is_null(name);
    for (int64_t i = 0; ok && i < sequence_fast_len(fields); i++) {
        if (!given[i]) {
            Value field = new_ref(sequence_fast_items(fields)[i]);
            ok = fill_field(t, self, field, types, name);
            decref(t, field);
        }
    }
    decref_maybe(t, name);
    decref_maybe(t, types);
    return ok;
}

/* The index of a name in a sequence; -1: absent, -2: error. */
static int64_t find_name(Thread *t, Value names, Value name)
{
    for (int64_t i = 0; i < sequence_fast_len(names); i++) {
        int same_name = equal_fast(t, sequence_fast_items(names)[i], name);
        if (same_name) {
            return same_name < 0 ? -2 : i;
        }
    }
    return -1;
}

static bool keyword_field(Thread *t, Value self, Value fields, Value attributes, bool *given, uint32_t nargs,
                          Value key, Value value)
{
    Type *type = type_of(t, self);
    int64_t i = find_name(t, fields, key);
    if (i == -2) {
        return false;
    }
    if (i >= 0) {
        if (i < (int64_t)nargs) {
            Value name = shown_name(t, type);
            if (!is_null(name)) {
                err_raise(t, T_TypeError, "%U got multiple values for argument %R", name, key);
                decref(t, name);
            }
            return false;
        }
        given[i] = true;
        return attr_set(t, self, key, value);
    }
    int64_t attribute = find_name(t, attributes, key);
    if (attribute == -2) {
        return false;
    }
    if (attribute < 0) {
        Value name = shown_name(t, type);
        bool ok = !is_null(name) &&
                  deprecated(t,
                             "%U.__init__ got an unexpected keyword argument %R. Support for arbitrary keyword "
                             "arguments is deprecated and will be removed in Python 3.15.",
                             name, key);
        decref_maybe(t, name);
        if (!ok) {
            return false;
        }
    }
    return attr_set(t, self, key, value);
}

static bool init_fields(Thread *t, Value self, Value fields, Value attributes, Value *args, uint32_t nargs,
                        Value kwnames)
{
    enum { FEW = 32 };
    bool few[FEW] = {false}, *given = few;
    int64_t n = sequence_fast_len(fields);
    if ((int64_t)nargs > n) {
        return err_fail(t, T_TypeError, "%U constructor takes at most %lld positional argument%s",
                        type_of(t, self)->name, (long long)n, n == 1 ? "" : "s");
    }
    Value more = VNULL;
    if (n > FEW) {
        more = bytes_new(t, NULL, n);
        if (is_null(more)) {
            return false;
        }
        given = (bool *)V_AS(Bytes, more)->data;
        memset(given, 0, (size_t)n);
    }
    bool ok = true;
    for (uint32_t i = 0; ok && i < nargs; i++) {
        given[i] = true;
        Value name = new_ref(sequence_fast_items(fields)[i]);
        ok = attr_set(t, self, name, args[i]);
        decref(t, name);
    }
    for (int64_t i = 0; ok && !is_null(kwnames) && i < tuple_len(kwnames); i++) {
        ok = keyword_field(t, self, fields, attributes, given, nargs, tuple_at(kwnames, i), args[nargs + i]);
    }
    ok = ok && fill_rest(t, self, fields, given);
    decref_maybe(t, more);
    return ok;
}

static bool node_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames)
{
    Value fields = class_tuple(t, self, "_fields");
    Value attributes = is_null(fields) ? VNULL : class_tuple(t, self, "_attributes");
    bool ok = !is_null(attributes) && init_fields(t, self, fields, attributes, args, nargs, kwnames);
    decref_maybe(t, fields);
    decref_maybe(t, attributes);
    return ok;
}

/* --- repr: three levels deep, the ends of long lists --- */

enum { REPR_DEPTH = 3 };

static bool repr_node(Thread *t, StrBuilder *b, Value self, int depth);

static bool repr_item(Thread *t, StrBuilder *b, Value v, int depth)
{
    return ast_is_node(t, v) ? repr_node(t, b, v, depth) : str_builder_repr(t, b, v);
}

static bool repr_list(Thread *t, StrBuilder *b, Value list, int depth)
{
    bool tuple = is_tuple(t, list);
    Value items = sequence_tuple(t, list, "expected a sequence");
    if (is_null(items)) {
        return false;
    }
    int64_t n = sequence_fast_len(items);
    bool ok = str_builder_char(t, b, tuple ? '(' : '[');
    if (ok && n) {
        Value first = new_ref(sequence_fast_items(items)[0]), last = new_ref(sequence_fast_items(items)[n - 1]);
        ok = repr_item(t, b, first, depth) && (n < 3 || str_builder_cstr(t, b, ", ...")) &&
             (n < 2 || (str_builder_cstr(t, b, ", ") && repr_item(t, b, last, depth)));
        decref(t, first);
        decref(t, last);
    }
    decref(t, items);
    return ok && str_builder_char(t, b, tuple ? ')' : ']');
}

static bool repr_node(Thread *t, StrBuilder *b, Value self, int depth)
{
    if (!stack_check(t, " while getting the repr of an object")) {
        str_builder_drop(t, b);
        return false;
    }
    Type *type = type_of(t, self);
    bool ok = type->flags & TF_HEAP ? str_builder_str(t, b, type->name) : str_builder_format(t, b, "ast.%U", type->name);
    if (!ok) {
        return false;
    }
    if (depth <= 0) {
        return str_builder_cstr(t, b, "(...)");
    }
    int entered = repr_enter(t, self);
    if (entered <= 0) {
        return entered == 0 && str_builder_cstr(t, b, "(...)");
    }
    Value fields = class_tuple(t, self, "_fields");
    ok = !is_null(fields) && str_builder_char(t, b, '(');
    for (int64_t i = 0; ok && i < sequence_fast_len(fields); i++) {
        Value name = new_ref(sequence_fast_items(fields)[i]);
        Value value = attr_get(t, self, name);
        ok = !is_null(value) && (i == 0 || str_builder_cstr(t, b, ", ")) && str_builder_str(t, b, name) &&
             str_builder_char(t, b, '=') &&
             (is_list(t, value) || is_tuple(t, value) ? repr_list(t, b, value, depth - 1)
                                                       : repr_item(t, b, value, depth - 1));
        decref(t, name);
        decref_maybe(t, value);
    }
    decref_maybe(t, fields);
    repr_leave(t, self);
    return ok && str_builder_char(t, b, ')');
}

static Value node_repr(Thread *t, Value self)
{
    StrBuilder b;
    str_builder_init(&b);
    if (!repr_node(t, &b, self, REPR_DEPTH)) {
        str_builder_drop(t, &b);
        return VNULL;
    }
    return str_builder_finish(t, &b);
}

/* --- Copying --- */

/* (type, one None for each leading field that is set, the __dict__): the constructor must not miss a field. */
static Value node_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames)
{
    (void)nargs;
    (void)kwnames;
    Value self = args[0];
    Value dict = attr_get(t, self, N(t, __dict__));
    Value fields = is_null(dict) ? VNULL : class_tuple(t, self, "_fields");
    Value result = VNULL;
    if (!is_null(fields)) {
        int64_t n = sequence_fast_len(fields), set = 0;
        while (set < n) {
            int there = contains(t, dict, sequence_fast_items(fields)[set]);
            if (there < 0) {
                goto done;
            }
            if (!there) {
                break;
            }
            set++;
        }
        Value positional = tuple_new(t, set);
        if (!is_null(positional)) {
            for (int64_t i = 0; i < set; i++) {
                V_AS(Tuple, positional)->items[i] = V_NONE;
            }
            positional = tuple_done(t, positional);
            result = tuple_of(t, 3, v_from(type_of(t, self)), positional, dict);
            decref(t, positional);
        }
    }
done:
    decref_maybe(t, fields);
    decref_maybe(t, dict);
    return result;
}

/* A field without a value that has no default: collects its repr. */
static bool note_missing(Thread *t, Value self, Value payload, Value field, Value missing)
{
    int there = dict_contains(t, payload, field);
    if (there) {
        return there > 0;
    }
    Value fallback = attr_get_maybe(t, v_from(type_of(t, self)), field);
    if (!is_null(fallback) || err_pending(t)) {
        decref_maybe(t, fallback);
        return !err_pending(t);
    }
    Value types = attr_get_cstr(t, v_from(type_of(t, self)), "_field_types");
    Value type = is_null(types) ? VNULL : mapping_get_maybe(t, types, field);
    decref_maybe(t, types);
    if (is_null(type) && err_pending(t) && !err_catch(t, T_AttributeError)) {
        return false;
    }
    AstState *state = ast_state(t);
    bool optional = !is_null(type) && state && (IS_A(t, type, GenericAlias) || IS_A(t, type, Union) ||
                    same(type, v_from(state->types[AST_TYPE_expr_context])));
    decref_maybe(t, type);
    if (!state || optional) {
        return state != NULL;
    }
    Value repr = repr_of(t, field);
    return !is_null(repr) && list_append_take(t, V_AS(List, missing), repr);
}

static bool check_missing(Thread *t, Value self, Value fields, Value payload)
{
    Value missing = list_new(t, 0);
    bool ok = !is_null(missing);
    for (int64_t i = 0; ok && i < sequence_fast_len(fields); i++) {
        ok = note_missing(t, self, payload, sequence_fast_items(fields)[i], missing);
    }
    if (ok && list_len(missing)) {
        ok = false;
        Value comma = str_from_cstr(t, ", ");
        Value names = is_null(comma) || !list_sort(t, V_AS(List, missing), VNULL, false)
                          ? VNULL
                          : str_join(t, comma, V_AS(List, missing)->items, list_len(missing));
        if (!is_null(names)) {
            int64_t n = list_len(missing);
            err_raise(t, T_TypeError, "%U.__replace__ missing %lld keyword argument%s: %U.", type_of(t, self)->name,
                      (long long)n, n == 1 ? "" : "s", names);
            decref(t, names);
        }
        decref_maybe(t, comma);
    }
    decref_maybe(t, missing);
    return ok;
}

/* What the instance holds under these names. */
static bool copy_known(Thread *t, Value payload, Value own, Value names)
{
    for (int64_t i = 0; i < sequence_fast_len(names); i++) {
        Value name = sequence_fast_items(names)[i];
        Value value = dict_get(t, own, name);
        if (is_null(value) ? err_pending(t) : !dict_set(t, payload, name, value)) {
            return false;
        }
    }
    return true;
}

static Value node_replace(Thread *t, Value *args, uint32_t nargs, Value kwnames)
{
    Value self = args[0];
    if (nargs > 1) {
        return err_raise(t, T_TypeError, "__replace__() takes no positional arguments");
    }
    Value fields = class_tuple(t, self, "_fields");
    Value attributes = is_null(fields) ? VNULL : class_tuple(t, self, "_attributes");
    Value own = is_null(attributes) ? VNULL : attr_get(t, self, N(t, __dict__));
    Value payload = is_null(own) ? VNULL : dict_new(t);
    bool ok = !is_null(payload) && copy_known(t, payload, own, fields) && copy_known(t, payload, own, attributes);
    for (int64_t i = 0; ok && !is_null(kwnames) && i < tuple_len(kwnames); i++) {
        Value key = tuple_at(kwnames, i);
        int64_t field = find_name(t, fields, key);
        int64_t attribute = field == -1 ? find_name(t, attributes, key) : 0;
        ok = field != -2 && attribute != -2;
        if (ok && field < 0 && attribute < 0) {
            ok = err_fail(t, T_TypeError, "%U.__replace__ got an unexpected keyword argument %R.",
                          type_of(t, self)->name, key);
        }
        ok = ok && dict_set(t, payload, key, args[nargs + i]);
    }
    ok = ok && check_missing(t, self, fields, payload);
    Value result = ok ? call_tuple(t, v_from(type_of(t, self)), t->interp->empty_tuple, payload) : VNULL;
    decref_maybe(t, fields);
    decref_maybe(t, attributes);
    decref_maybe(t, own);
    decref_maybe(t, payload);
    return result;
}

static const MethodDef node_methods[] = {
    {"__reduce__", "($self, /)", NULL, node_reduce},
    {"__replace__", "($self, /, **fields)", "Return a copy of the AST node with new values for the specified fields.", node_replace},
    {NULL},
};

const TypeDef typedef_AST = {
    .name = "ast.AST",
    .flags = TF_BASE | TF_MUTABLE | TF_DICT | TF_GC | TF_MODULE_NAME,
    .size = sizeof(Object),
    .methods = node_methods,
    .slots = {
        .new = type_generic_new,
        .init = node_init,
        .repr = node_repr,
    },
};
