/* Out-of-line operations of imports, and the intrinsics. */
#include "object/exception.h"
#include "object/str.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"
#include "ops/shadowing.h"
#include "types/typevar.h"
#include "vm/eval_priv.h"
#include "vm/frame_object.h"

/* --- Imports -------------------------------------------------------------------------------------------------------------------------- */

bool op_import_name(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t site) {
    Frame *f = frame_of(R);
    Operand level = operand(R, b), fromlist = operand(R, b + 1);
    Value name = site_name(R, site), v = VNULL, import = VNULL;
    Value builtins = f->function->builtins;
    import = is_null(builtins) ? VNULL : IS_EXACT(builtins, dict) ? new_ref_maybe(dict_get_str(t, builtins, N(t, __import__))) : mapping_get_maybe(t, builtins, N(t, __import__));
    if (is_null(import)) {
        if (!err_pending(t)) err_raise(t, T_ImportError, "__import__ not found");
    } else {
        Value locals = f->code->flags & CO_OPTIMIZED || is_unbound(R[0]) ? V_NONE : R[0];
        Value args[] = {VNULL, name, f->globals, locals, fromlist.v, level.v};
        v = call(t, import, args + 1, 5, VNULL);
        decref(t, import);
    }
    operand_drop(t, level);
    operand_drop(t, fromlist);
    return reg_result(t, R, a, v);
}

static Value module_spec_origin(Thread *t, Value spec) {
    Value has_location = attr_get_cstr(t, spec, "has_location"), origin = VNULL;
    if (!is_null(has_location) && truth(t, has_location) > 0) origin = attr_get_cstr(t, spec, "origin");
    err_clear(t);
    decref_maybe(t, has_location);
    if (!is_null(origin) && !is_str(t, origin)) {
        decref(t, origin);
        origin = VNULL;
    }
    return origin;
}

static bool is_initializing(Thread *t, Value spec) {
    Value v = is_null(spec) ? VNULL : attr_get_maybe(t, spec, N(t, _initializing));
    bool is = !is_null(v) && truth(t, v) > 0;
    decref_maybe(t, v);
    err_clear(t);
    return is;
}

/* ImportError: cannot import name 'x' from 'm' (where), with what may be the reason. */
static void cannot_import(Thread *t, Value module, Value name) {
    Value module_name = attr_get_maybe(t, module, N(t, __name__)), spec = attr_get_maybe(t, module, N(t, __spec__)), origin = VNULL, text;
    err_clear(t);
    bool named = !is_null(module_name) && is_str(t, module_name);
    if (!is_null(spec) && !is_none(spec)) origin = module_spec_origin(t, spec);
    bool in_spec = !is_null(origin);
    if (is_null(origin)) {
        origin = attr_get_maybe(t, module, N(t, __file__));
        err_clear(t);
        if (!is_null(origin) && !is_str(t, origin)) {
            decref(t, origin);
            origin = VNULL;
        }
    }
    Shadowing shadows = named && in_spec ? module_shadowing(t, module_name, origin) : SHADOWS_NOTHING;
    Value from = named ? new_ref(module_name) : str_from_cstr(t, "<unknown module name>");
    Value place = is_null(origin) ? str_from_cstr(t, "unknown location") : new_ref(origin);
    if (is_null(from) || is_null(place) || shadows == SHADOWS_ERROR) goto done;
    bool initializing = is_initializing(t, spec);
    if (shadows == SHADOWS_STANDARD)
        text = str_format(t, "cannot import name %R from %R (consider renaming %R since it has the same name as the standard library module named %R and prevents "
                             "importing that standard library module)", name, from, origin, from);
    else if (shadows == SHADOWS_LIBRARY && initializing)
        text = str_format(t, "cannot import name %R from %R (consider renaming %R if it has the same name as a library you intended to import)", name, from, origin);
    else if (initializing)
        text = str_format(t, "cannot import name %R from partially initialized module %R (most likely due to a circular import) (%U)", name, from, place);
    else
        text = str_format(t, "cannot import name %R from %R (%U)", name, from, place);
    if (!is_null(text)) {
        err_import(t, T_ImportError, text, named ? module_name : VNULL, origin);
        if (err_is(t, T_ImportError)) slot_set(t, &V_AS(ImportErrorObject, t->pending)->name_from, new_ref(name));
        decref(t, text);
    }
done:
    decref_maybe(t, from);
    decref_maybe(t, place);
    decref_maybe(t, module_name);
    decref_maybe(t, spec);
    decref_maybe(t, origin);
}

bool op_import_from(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t site) {
    Value module = R[b], name = site_name(R, site);
    Value v = attr_get_maybe(t, module, name);
    if (is_null(v)) {
        if (err_pending(t)) return false;
        /* A submodule that is being imported is in sys.modules before it is an attribute. */
        Value package = attr_get_maybe(t, module, N(t, __name__));
        if (!is_null(package) && is_str(t, package)) {
            Value full = str_format(t, "%U.%U", package, name);
            if (!is_null(full)) {
                v = is_dict(t, t->interp->modules) ? new_ref_maybe(dict_get(t, t->interp->modules, full)) : mapping_get_maybe(t, t->interp->modules, full);
                decref(t, full);
            }
        }
        decref_maybe(t, package);
        if (is_null(v) && !err_pending(t)) cannot_import(t, module, name);
    }
    return reg_result(t, R, a, v);
}

static bool import_all(Thread *t, Value module, Value namespace) {
    bool ok = false, skip_private = false;
    Value all = attr_get_maybe(t, module, N(t, __all__)), dict = VNULL, names = VNULL;
    if (is_null(all)) {
        if (err_pending(t)) return false;
        dict = attr_get_maybe(t, module, N(t, __dict__));
        if (is_null(dict)) {
            if (!err_pending(t)) err_raise(t, T_ImportError, "from-import-* object has no __dict__ and no __all__");
            return false;
        }
        Value keys = call_method_0(t, dict, N(t, keys));
        all = is_null(keys) ? VNULL : list_from_iterable(t, keys);
        decref_maybe(t, keys);
        if (is_null(all)) goto done;
        skip_private = true;
    }
    for (int64_t i = 0;; i++) {
        Value name = item_get_index(t, all, i);
        if (is_null(name)) {
            ok = err_catch(t, T_IndexError);
            break;
        }
        if (!is_str(t, name)) {
            Value module_name = attr_get(t, module, N(t, __name__));
            if (!is_null(module_name) && !is_str(t, module_name))
                err_raise(t, T_TypeError, "module __name__ must be a string, not %T", module_name);
            else if (!is_null(module_name))
                err_raise(t, T_TypeError, "%s in %U.%s must be str, not %T", skip_private ? "Key" : "Item", module_name, skip_private ? "__dict__" : "__all__", name);
            decref_maybe(t, module_name);
            decref(t, name);
            break;
        }
        Str *s = V_AS(Str, name);
        if (skip_private && str_len(s) > 0 && str_at(s, 0) == '_') {
            decref(t, name);
            continue;
        }
        Value v = attr_get(t, module, name);
        bool stored = !is_null(v) && (IS_EXACT(namespace, dict) ? dict_set(t, namespace, name, v) : item_set(t, namespace, name, v));
        decref_maybe(t, v);
        decref(t, name);
        if (!stored) break;
    }
done:
    decref_maybe(t, all);
    decref_maybe(t, dict);
    decref_maybe(t, names);
    return ok;
}

bool op_import_star(Thread *t, Value *R, uint32_t a) {
    Operand module = operand(R, a);
    Frame *f = frame_of(R);
    bool ok = import_all(t, module.v, f->code->flags & CO_OPTIMIZED || is_unbound(R[0]) ? f->globals : R[0]);
    operand_drop(t, module);
    return ok;
}

/* --- Intrinsics ------------------------------------------------------------------------------------------------------------------------ */

static Value stop_iteration_error(Thread *t, Value e) {
    Frame *f = t->fiber->frame;
    const char *message = NULL;
    if (IS_A(t, e, StopIteration)) {
        message = "generator raised StopIteration";
        if (f->code->flags & CO_ASYNC_GENERATOR) message = "async generator raised StopIteration";
        else if (f->code->flags & CO_COROUTINE) message = "coroutine raised StopIteration";
    } else if ((f->code->flags & CO_ASYNC_GENERATOR) && IS_A(t, e, StopAsyncIteration)) {
        message = "async generator raised StopAsyncIteration";
    }
    if (message == NULL) return new_ref(e);
    err_raise(t, T_RuntimeError, "%s", message);
    Value error = err_fetch(t);
    if (is_null(error)) return VNULL;
    ExceptionBase *x = V_AS(ExceptionBase, error);
    slot_set(t, &x->cause, new_ref(e));
    slot_set(t, &x->context, new_ref(e));
    x->suppress_context = true;
    return error;
}

static Value print_expression(Thread *t, Value v) {
    Value hook = dict_get_str(t, t->interp->sys_dict, N(t, displayhook));
    if (is_null(hook)) return err_raise(t, T_RuntimeError, "lost sys.displayhook");
    incref(hook);
    Value r = call_1(t, hook, v);
    decref(t, hook);
    return r;
}

OP3(intrinsic_1) {
    Operand x = operand(R, b);
    Value v = VNULL;
    switch (c) {
        case INTRINSIC_PRINT_EXPRESSION: v = print_expression(t, x.v); break;
        case INTRINSIC_STOPITERATION_ERROR: v = is_exception(t, x.v) ? stop_iteration_error(t, x.v) : new_ref(x.v); break;
        case INTRINSIC_TYPEVAR: v = typevar_new(t, x.v, VNULL, VNULL); break;
        case INTRINSIC_PARAMSPEC: v = paramspec_new(t, x.v); break;
        case INTRINSIC_TYPEVARTUPLE: v = typevartuple_new(t, x.v); break;
        case INTRINSIC_SUBSCRIPT_GENERIC: v = IS_EXACT(x.v, tuple) ? generic_subscript(t, x.v) : err_raise(t, T_SystemError, "a tuple is needed"); break;
        case INTRINSIC_TYPEALIAS:
            if (!IS_EXACT(x.v, tuple) || tuple_len(x.v) != 3) err_raise(t, T_SystemError, "the parts of a type alias do not fit");
            else v = typealias_new(t, tuple_at(x.v, 0), tuple_at(x.v, 1), tuple_at(x.v, 2));
            break;
        default: err_raise(t, T_SystemError, "unknown intrinsic %u", c);
    }
    operand_drop(t, x);
    return reg_result(t, R, a, v);
}

bool op_intrinsic_2(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, uint32_t id) {
    Operand x = operand(R, b), y = operand(R, c);
    Value v = VNULL;
    switch (id) {
        case INTRINSIC_TYPEVAR_WITH_BOUND: v = typevar_new(t, x.v, y.v, VNULL); break;
        case INTRINSIC_TYPEVAR_WITH_CONSTRAINTS: v = typevar_new(t, x.v, VNULL, y.v); break;
        case INTRINSIC_SET_TYPEPARAM_DEFAULT:
            if (!IS_A(t, x.v, TypeVar) && !IS_A(t, x.v, ParamSpec) && !IS_A(t, x.v, TypeVarTuple)) err_raise(t, T_SystemError, "a type parameter is needed");
            else v = typeparam_set_default(t, x.v, y.v);
            break;
        case INTRINSIC_SET_FUNCTION_TYPE_PARAMS:
            if (!IS_EXACT(x.v, function) || !IS_EXACT(y.v, tuple)) {
                err_raise(t, T_SystemError, "a function is needed");
                break;
            }
            slot_set(t, &V_AS(Function, x.v)->type_params, new_ref(y.v));
            v = new_ref(x.v);
            break;
        default: err_raise(t, T_SystemError, "unknown intrinsic %u", id);
    }
    operand_drop(t, x);
    operand_drop(t, y);
    return reg_result(t, R, a, v);
}
