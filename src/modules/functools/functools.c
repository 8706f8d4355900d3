/* The module _functools: reduce, cmp_to_key.  partial and lru_cache have files of their own. */
#include "modules/functools/functools_priv.h"

/* --- reduce ---------------------------------------------------------------------------------------------------------------------- */

METHOD(functools_reduce) {
    Value function = args[0], result = new_ref_maybe(args[2]), item;
    Value it = iter_of(t, args[1]);
    if (is_null(it)) {
        if (err_catch(t, T_TypeError)) err_raise(t, T_TypeError, "reduce() arg 2 must support iteration");
        decref_maybe(t, result);
        return VNULL;
    }
    while (!is_null(item = iter_next(t, it))) {
        if (is_null(result)) {
            result = item;
            continue;
        }
        Value next = call_2(t, function, result, item);
        decref(t, item);
        slot_set(t, &result, next);
        if (is_null(next)) break;
    }
    decref(t, it);
    if (err_pending(t)) {
        decref_maybe(t, result);
        return VNULL;
    }
    if (is_null(result)) return err_raise(t, T_TypeError, "reduce() of empty iterable with no initial value");
    return result;
}

/* --- cmp_to_key ------------------------------------------------------------------------------------------------------------------ */

/* object: VNULL in what cmp_to_key returns, which is called with an object. */
typedef struct KeyWrapper { Object head; Value compare, object; } KeyWrapper;

static Value key_new(Thread *t, Value compare, Value object) {
    Value v = object_new(t, builtin_type(t, T_cmp_key));
    if (is_null(v)) return VNULL;
    V_AS(KeyWrapper, v)->compare = new_ref(compare);
    V_AS(KeyWrapper, v)->object = new_ref_maybe(object);
    return object_done(t, v);
}

static Value key_call(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames) {
    Value bound[1];
    if (!call_bind_signature(t, "K", "(obj)", args, nargs, kwnames, bound)) return VNULL;
    return key_new(t, V_AS(KeyWrapper, callee)->compare, bound[0]);
}

static Value key_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if (!IS_EXACT(a, cmp_key) || !IS_EXACT(b, cmp_key)) return err_raise(t, T_TypeError, "other argument must be K instance");
    KeyWrapper *x = V_AS(KeyWrapper, a), *y = V_AS(KeyWrapper, b);
    if (is_null(x->object) || is_null(y->object)) return err_raise(t, T_AttributeError, "object");
    Value order = call_2(t, x->compare, x->object, y->object);
    if (is_null(order)) return VNULL;
    Value result = compare(t, order, v_smallint(0), op);
    decref(t, order);
    return result;
}

static Value get_call_signature(Thread *t, Value self, void *closure) { return str_from_cstr(t, "(obj)"); }
static const GetSetDef key_getsets[] = {{"__text_signature__", get_call_signature, NULL, NULL, NULL}, {NULL}};
static const MemberDef key_members[] = {{"obj", MK_VALUE, 0, offsetof(KeyWrapper, object), "Value wrapped by a key function."}, {NULL}};
static const Field key_fields[] = {FIELD_VALUE(KeyWrapper, compare), FIELD_VALUE(KeyWrapper, object)};
static const TypeDef typedef_cmp_key = {
    .name = "functools.KeyWrapper",
    .flags = TF_GC | TF_NO_NEW | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(KeyWrapper),
    FIELDS(key_fields),
    .members = key_members,
    .getsets = key_getsets,
    .slots = {.call = key_call, .compare = key_compare},
};

METHOD(functools_cmp_to_key) { return key_new(t, args[0], VNULL); }

static const MethodDef functions[] = {
    {"reduce", "($module, function, iterable, /, initial=<unrepresentable>)",
     "Combine the items of an iterable from left to right by a function of two arguments.\n\n"
     "reduce(lambda x, y: x+y, [1, 2, 3, 4, 5]) is ((((1+2)+3)+4)+5). What initial is given stands in front of the items.", functools_reduce},
    {"cmp_to_key", "($module, /, mycmp)", "A key function from one that compares two values.", functools_cmp_to_key},
    {NULL},
};

static bool exec(Thread *t, Value module) {
    if (!module_add_type(t, module, T_partial, &typedef_partial) || !module_add_type(t, module, T_lru_cache_wrapper, &typedef_lru_cache_wrapper) ||
        !module_add_type(t, module, T_placeholder, &typedef_placeholder) || !module_add_type(t, module, T_cmp_key, &typedef_cmp_key))
        return false;
    Value name = str_intern_cstr(t, "KeyWrapper");
    if (is_null(name) || dict_delete(t, V_AS(Module, module)->dict, name) < 0) return false;
    decref(t, name);
    STATE(t)->keyword_mark = object_new(t, builtin_type(t, T_object));
    if (is_null(STATE(t)->keyword_mark)) return false;
    make_immortal(STATE(t)->keyword_mark);
    return module_add(t, module, "Placeholder", call_0(t, v_from(builtin_type(t, T_placeholder))));
}

const ModuleDef module__functools = {
    .name = "_functools",
    .doc = "Tools for functions.",
    .functions = functions,
    .state_size = sizeof(FunctoolsState),
    .exec = exec,
};
