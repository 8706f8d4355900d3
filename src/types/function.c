/* function: the attributes of Python functions. Running them is vm's: it puts its own function into the call slot. */
#include "heap/heap.h"
#include "object/list.h"
#include "object/code.h"
#include "object/dict.h"
#include "object/dispatch.h"
#include "object/function.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/warn.h"
#include "types/types_priv.h"

static Function *as(Value v) { return V_AS(Function, v); }

static bool check_closure(Thread *t, Code *code, Value closure) {
    if (!is_none(closure) && !is_tuple(t, closure)) {
        if (code->nfree) return err_fail(t, T_TypeError, "arg 5 (closure) must be tuple");
        return err_fail(t, T_TypeError, "arg 5 (closure) must be None or tuple");
    }
    int64_t n = is_none(closure) ? 0 : tuple_len(closure);
    if (n == 0 && is_none(closure) && code->nfree) return err_fail(t, T_TypeError, "arg 5 (closure) must be tuple");
    if (n != code->nfree) return err_fail(t, T_ValueError, "%U requires closure of length %u, not %ld", code->name, code->nfree, (long)n);
    for (int64_t i = 0; i < n; i++)
        if (!IS_EXACT(tuple_at(closure, i), cell)) return err_fail(t, T_TypeError, "arg 5 (closure) expected cell, found %T", tuple_at(closure, i));
    return true;
}

static Value function_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value p[6];
    if (!call_bind_signature(t, "function", "(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)", args, nargs, kwnames, p)) return VNULL;
    for (int i = 2; i < 6; i++)
        if (is_null(p[i])) p[i] = V_NONE;
    if (!IS_EXACT(p[0], code)) return err_raise(t, T_TypeError, "function() argument 'code' must be code, not %T", p[0]);
    if (!is_dict(t, p[1])) return err_raise(t, T_TypeError, "function() argument 'globals' must be dict, not %T", p[1]);
    if (!is_none(p[2]) && !is_str(t, p[2])) return err_raise(t, T_TypeError, "arg 3 (name) must be None or string");
    if (!is_none(p[3]) && !is_tuple(t, p[3])) return err_raise(t, T_TypeError, "arg 4 (defaults) must be None or tuple");
    if (!check_closure(t, V_AS(Code, p[0]), p[4])) return VNULL;
    if (!is_none(p[5]) && !is_dict(t, p[5])) return err_raise(t, T_TypeError, "arg 6 (kwdefaults) must be None or dict");
    Value v = function_new(t, V_AS(Code, p[0]), p[1], VNULL);
    if (is_null(v)) return v;
    Function *f = as(v);
    if (!is_none(p[2])) slot_set(t, &f->name, new_ref(p[2]));
    if (!is_none(p[3])) f->defaults = new_ref(p[3]);
    if (!is_none(p[4])) f->closure = new_ref(p[4]);
    if (!is_none(p[5])) f->kwdefaults = new_ref(p[5]);
    return v;
}

static Value function_repr(Thread *t, Value self) { return str_format(t, "<function %U at %p>", as(self)->qualname, (void *)self.bits); }

static Value function_get(Thread *t, Value self, Value instance, Value owner) {
    if (is_null(instance) || is_none(instance)) return new_ref(self);
    return method_new(t, self, instance);
}

/* The slot's place: vm's function stands in the type once it is up, and that is what runs. */
static Value call_through_type(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames) {
    Type *type = builtin_type(t, T_function);
    if (type->slots.call == call_through_type) return err_raise(t, T_SystemError, "the interpreter is not running yet");
    return type->slots.call(t, callee, args, nargs, kwnames);
}

/* --- Attributes -------------------------------------------------------------------------------------------------------------------- */

static Value get_code(Thread *t, Value self, void *c) { return ref_of(as(self)->code); }
static bool set_code(Thread *t, Value self, Value value, void *c) {
    if (is_null(value) || !IS_EXACT(value, code)) return err_fail(t, T_TypeError, "__code__ must be set to a code object");
    Function *f = as(self);
    uint32_t has = is_null(f->closure) ? 0 : (uint32_t)tuple_len(f->closure), needs = V_AS(Code, value)->nfree;
    if (has != needs) return err_fail(t, T_ValueError, "%U() requires a code object with %u free vars, not %u", f->name, has, needs);
    uint32_t kinds = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR;
    if ((f->code->flags & kinds) != (V_AS(Code, value)->flags & kinds) &&
        !warn(t, T_DeprecationWarning, 1, "Assigning a code object of non-matching type is deprecated (e.g., from a generator to a plain function)"))
        return false;
    if (is_null(f->retired) && is_null(f->retired = list_new(t, 1))) return false;
    if (!list_append(t, V_AS(List, f->retired), v_from(f->code))) return false;
    Code *old = f->code;
    obj_incref(V_AS(Code, value));
    f->code = V_AS(Code, value);
    f->version = 0;
    obj_decref(t, old);
    return true;
}

static Value get_name(Thread *t, Value self, void *c) { return new_ref(as(self)->name); }
static Value get_qualname(Thread *t, Value self, void *c) { return new_ref(as(self)->qualname); }
static bool set_name(Thread *t, Value self, Value value, void *c) {
    if (is_null(value) || !is_str(t, value)) return err_fail(t, T_TypeError, "__name__ must be set to a string object");
    slot_set(t, &as(self)->name, new_ref(value));
    return true;
}
static bool set_qualname(Thread *t, Value self, Value value, void *c) {
    if (is_null(value) || !is_str(t, value)) return err_fail(t, T_TypeError, "__qualname__ must be set to a string object");
    slot_set(t, &as(self)->qualname, new_ref(value));
    return true;
}

static Value get_defaults(Thread *t, Value self, void *c) { return is_null(as(self)->defaults) ? V_NONE : new_ref(as(self)->defaults); }
static Value get_kwdefaults(Thread *t, Value self, void *c) { return is_null(as(self)->kwdefaults) ? V_NONE : new_ref(as(self)->kwdefaults); }
static bool set_defaults(Thread *t, Value self, Value value, void *c) {
    if (!is_null(value) && is_none(value)) value = VNULL;
    if (!is_null(value) && !is_tuple(t, value)) return err_fail(t, T_TypeError, "__defaults__ must be set to a tuple object");
    as(self)->version = 0;
    slot_set(t, &as(self)->defaults, new_ref_maybe(value));
    return true;
}
static bool set_kwdefaults(Thread *t, Value self, Value value, void *c) {
    if (!is_null(value) && is_none(value)) value = VNULL;
    if (!is_null(value) && !is_dict(t, value)) return err_fail(t, T_TypeError, "__kwdefaults__ must be set to a dict object");
    as(self)->version = 0;
    slot_set(t, &as(self)->kwdefaults, new_ref_maybe(value));
    return true;
}

static Value get_annotate(Thread *t, Value self, void *c) { return is_null(as(self)->annotate) ? V_NONE : new_ref(as(self)->annotate); }
static bool set_annotate(Thread *t, Value self, Value value, void *c) {
    if (is_null(value)) return err_fail(t, T_TypeError, "__annotate__ cannot be deleted");
    if (!is_none(value) && !is_callable(t, value)) return err_fail(t, T_TypeError, "__annotate__ must be callable or None");
    slot_set(t, &as(self)->annotate, new_ref(value));
    if (!is_none(value)) slot_set(t, &as(self)->annotations, VNULL);
    return true;
}
static Value get_annotations(Thread *t, Value self, void *c) {
    if (!is_null(as(self)->annotations)) return new_ref(as(self)->annotations);
    Value annotate = as(self)->annotate, result;
    if (!is_null(annotate) && is_callable(t, annotate)) {
        incref(annotate);
        result = call_1(t, annotate, v_smallint(1));
        decref(t, annotate);
        if (!is_null(result) && !is_dict(t, result)) {
            err_raise(t, T_TypeError, "__annotate__ returned non-dict of type '%T'", result);
            slot_clear(t, &result);
        }
    } else {
        result = dict_new(t);
    }
    if (!is_null(result)) slot_set(t, &as(self)->annotations, new_ref(result));
    return result;
}
static bool set_annotations(Thread *t, Value self, Value value, void *c) {
    if (!is_null(value) && is_none(value)) value = VNULL;
    if (!is_null(value) && !is_dict(t, value)) return err_fail(t, T_TypeError, "__annotations__ must be set to a dict object");
    slot_set(t, &as(self)->annotations, new_ref_maybe(value));
    slot_set(t, &as(self)->annotate, VNULL);
    return true;
}

static Value get_type_params(Thread *t, Value self, void *c) { return is_null(as(self)->type_params) ? tuple_new(t, 0) : new_ref(as(self)->type_params); }
static bool set_type_params(Thread *t, Value self, Value value, void *c) {
    if (is_null(value) || !is_tuple(t, value)) return err_fail(t, T_TypeError, "__type_params__ must be set to a tuple");
    slot_set(t, &as(self)->type_params, new_ref(value));
    return true;
}

static const GetSetDef getsets[] = {
    {"__code__", get_code, set_code},
    {"__defaults__", get_defaults, set_defaults},
    {"__kwdefaults__", get_kwdefaults, set_kwdefaults},
    {"__annotations__", get_annotations, set_annotations, "Dict of annotations in a function object."},
    {"__annotate__", get_annotate, set_annotate, "Get the code object for a function."},
    {"__name__", get_name, set_name},
    {"__qualname__", get_qualname, set_qualname},
    {"__type_params__", get_type_params, set_type_params, "Get the declared type parameters for a function."},
    {NULL},
};
static const MemberDef members[] = {
    {"__closure__", MK_VALUE, MEMBER_READONLY, offsetof(Function, closure)},
    {"__doc__", MK_VALUE, 0, offsetof(Function, doc)},
    {"__globals__", MK_VALUE, MEMBER_READONLY, offsetof(Function, globals)},
    {"__module__", MK_VALUE, 0, offsetof(Function, module)},
    {"__builtins__", MK_VALUE, MEMBER_READONLY, offsetof(Function, builtins)},
    {NULL},
};
static const Field fields[] = {
    FIELD_POINTER(Function, code), FIELD_VALUE(Function, globals), FIELD_VALUE(Function, builtins), FIELD_VALUE(Function, closure),
    FIELD_VALUE(Function, defaults), FIELD_VALUE(Function, kwdefaults), FIELD_VALUE(Function, name), FIELD_VALUE(Function, qualname),
    FIELD_VALUE(Function, module), FIELD_VALUE(Function, doc), FIELD_VALUE(Function, annotate), FIELD_VALUE(Function, annotations),
    FIELD_VALUE(Function, type_params), FIELD_VALUE(Function, retired),
};

/* What a function cannot be without stays until it dies: somebody may still run it. */
static void function_clear(Thread *t, Object *o) {
    Function *f = (Function *)o;
    f->version = 0;
    Value *const parts[] = {&f->globals, &f->builtins, &f->closure, &f->defaults, &f->kwdefaults, &f->module, &f->doc, &f->annotate, &f->annotations, &f->type_params};
    for (size_t i = 2; i < COUNT_OF(parts); i++) slot_clear(t, parts[i]);
}

const TypeDef typedef_function = {
    .name = "function",
    .doc = "Create a function object.\n\n  code\n    a code object\n  globals\n    the globals dictionary\n  name\n    a string that overrides the name from the code object\n  argdefs\n    a tuple that specifies the default argument values\n  closure\n    a tuple that supplies the bindings for free variables\n  kwdefaults\n    a dictionary that specifies the default keyword argument values",
    .signature = "(code, globals, name=None, argdefs=None, closure=None,\n         kwdefaults=None)",
    .flags = TF_GC | TF_DICT | TF_WEAKREF | TF_METHOD,
    .size = sizeof(Function),
    .ext_offset = offsetof(Function, ext),
    FIELDS(fields),
    .getsets = getsets,
    .members = members,
    .slots = {.new = function_make, .repr = function_repr, .call = call_through_type, .descr_get = function_get, .clear = function_clear},
};
