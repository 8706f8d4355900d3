/* Attributes: reading, setting and deleting them as object, type and module do it.
 *
 * The order of a lookup is the language's: data descriptors of the type, the object itself, other attributes of the type.
 * Each way in has a quiet form that makes no AttributeError where there is nothing.
 */
#include "ops/attr.h"

#include "object/dict.h"
#include "object/exception.h"
#include "object/instance.h"
#include "object/simple.h"
#include "object/str.h"
#include "ops/call.h"
#include "ops/object.h"
#include "ops/shadowing.h"

/* --- Names ------------------------------------------------------------------------------------------------------------------------- */

/* An interned exact str for a name that is not one; owned, VNULL: TypeError. */
static NOINLINE Value intern_name(Thread *t, Value name) {
    if (!is_str(t, name)) return err_raise(t, T_TypeError, "attribute name must be string, not '%T'", name);
    Value exact = str_exact(t, name);
    return is_null(exact) ? VNULL : str_intern(t, exact);
}
static inline bool name_is_ready(Value name) { return LIKELY(IS_EXACT(name, str) && str_is_interned(V_AS(Str, name))); }

/* --- Errors ------------------------------------------------------------------------------------------------------------------------ */

Value err_attribute_text(Thread *t, Value object, Value name, const char *format, ...) {
    va_list args;
    va_start(args, format);
    err_raise_va(t, builtin_type(t, T_AttributeError), format, args);
    va_end(args);
    if (IS_EXACT(t->pending, AttributeError)) {
        AttributeErrorObject *e = V_AS(AttributeErrorObject, t->pending);
        slot_set(t, &e->name, new_ref(name));
        slot_set(t, &e->object, new_ref(object));
    }
    return VNULL;
}

/* --- Objects ----------------------------------------------------------------------------------------------------------------------- */

Value attr_own(Thread *t, Type *type, Value object, Value name) {
    if (LIKELY(type->flags & TF_DICT)) return instance_get(t, v_obj(object), name);
    if (type->flags & TF_DICT_FIELD) {
        Value dict = V_AS(Module, object)->dict;
        return is_null(dict) ? VNULL : dict_get_str(t, dict, name);
    }
    /* The namespace of a class is what object.__getattribute__ finds in it, without binding. That of a built-in type is out of its reach. */
    if (UNLIKELY(type->flags & TF_TYPE) && V_AS(Type, object)->flags & TF_HEAP) return dict_get_str(t, V_AS(Type, object)->dict, name);
    return VNULL;
}

/* What a descriptor of `type` (borrowed) gives for the object. */
static inline Value descriptor_get(Thread *t, Value descr, Type *kind, Value object, Type *type) {
    if (UNLIKELY(!stack_check(t, ""))) return VNULL;
    incref(descr);
    Value r = kind->slots.descr_get(t, descr, object, v_from(type));
    decref(t, descr);
    return r;
}

/* Drops an AttributeError of a quiet lookup. */
static inline Value quieten(Thread *t, Value r, bool quiet) {
    if (UNLIKELY(is_null(r) && quiet)) err_catch(t, T_AttributeError);
    return r;
}

static inline Value generic_get(Thread *t, Value object, Value name, bool quiet) {
    Type *type = type_of(t, object);
    Value descr = type_lookup(t, type, name);
    Type *kind = NULL;
    if (!is_null(descr)) {
        kind = type_of(t, descr);
        if (kind->slots.descr_set && kind->slots.descr_get) return quieten(t, descriptor_get(t, descr, kind, object, type), quiet);
    }
    incref_maybe(descr); /* a dict with keys of any kind may run code that takes it out of the class */
    Value own = attr_own(t, type, object, name);
    if (!is_null(own)) {
        incref(own);
        decref_maybe(t, descr);
        return own;
    }
    if (kind != NULL) {
        if (kind->slots.descr_get == NULL) return descr;
        Value r = kind->slots.descr_get(t, descr, object, v_from(type));
        decref(t, descr);
        return quieten(t, r, quiet);
    }
    return quiet ? VNULL : err_attribute_text(t, object, name, "'%T' object has no attribute '%U'", object, name);
}

static Value generic_get_any_name(Thread *t, Value object, Value name, bool quiet) {
    if (name_is_ready(name)) return generic_get(t, object, name, quiet);
    Value interned = intern_name(t, name);
    if (is_null(interned)) return VNULL;
    Value r = generic_get(t, object, interned, quiet);
    decref(t, interned);
    return r;
}

Value attr_generic_get(Thread *t, Value object, Value name) {
    if (name_is_ready(name)) return generic_get(t, object, name, false);
    return generic_get_any_name(t, object, name, false);
}
Value attr_generic_get_maybe(Thread *t, Value object, Value name) { return generic_get_any_name(t, object, name, true); }

static COLD bool fail_to_set(Thread *t, Value object, Value name, bool in_type) {
    if (in_type) {
        err_attribute_text(t, object, name, "'%T' object attribute '%U' is read-only", object, name);
    } else if (type_of(t, object)->slots.setattr == attr_generic_set) {
        err_attribute_text(t, object, name, "'%T' object has no attribute '%U' and no __dict__ for setting new attributes", object, name);
    } else {
        err_attribute(t, object, name);
    }
    return false;
}

static bool generic_set(Thread *t, Value object, Value name, Value value) {
    Type *type = type_of(t, object);
    Value descr = type_lookup(t, type, name);
    if (!is_null(descr)) {
        Type *kind = type_of(t, descr);
        if (kind->slots.descr_set) {
            incref(descr);
            bool ok = kind->slots.descr_set(t, descr, object, value);
            decref(t, descr);
            return ok;
        }
    }
    int deleted;
    if (LIKELY(type->flags & TF_DICT)) {
        if (LIKELY(!is_null(value))) return instance_set(t, v_obj(object), name, value);
        deleted = instance_delete(t, v_obj(object), name);
    } else if (type->flags & TF_DICT_FIELD && !is_null(V_AS(Module, object)->dict)) {
        if (!is_null(value)) return dict_set_str(t, V_AS(Module, object)->dict, name, value);
        deleted = dict_delete(t, V_AS(Module, object)->dict, name);
    } else {
        return fail_to_set(t, object, name, !is_null(descr));
    }
    if (deleted == 0) {
        if (is_null(descr)) err_attribute(t, object, name);
        else fail_to_set(t, object, name, true);
    }
    return deleted > 0;
}

bool attr_generic_set(Thread *t, Value object, Value name, Value value) {
    if (name_is_ready(name)) return generic_set(t, object, name, value);
    Value interned = intern_name(t, name);
    if (is_null(interned)) return false;
    bool ok = generic_set(t, object, interned, value);
    decref(t, interned);
    return ok;
}

/* --- Types ------------------------------------------------------------------------------------------------------------------------- */

static Value type_get(Thread *t, Value object, Value name, bool quiet) {
    Type *type = V_AS(Type, object), *meta = type_of(t, object);
    Value descr = type_lookup(t, meta, name);
    Type *kind = NULL;
    if (!is_null(descr)) {
        kind = type_of(t, descr);
        if (kind->slots.descr_set && kind->slots.descr_get) return quieten(t, descriptor_get(t, descr, kind, object, meta), quiet);
    }
    Value own = type_lookup(t, type, name);
    if (!is_null(own)) {
        Type *own_kind = type_of(t, own);
        if (own_kind->slots.descr_get == NULL) return new_ref(own);
        incref(own);
        Value r = own_kind->slots.descr_get(t, own, VNULL, object);
        decref(t, own);
        return quieten(t, r, quiet);
    }
    if (kind != NULL) {
        if (kind->slots.descr_get == NULL) return new_ref(descr);
        return quieten(t, descriptor_get(t, descr, kind, object, meta), quiet);
    }
    return quiet ? VNULL : err_attribute_text(t, object, name, "type object '%N' has no attribute '%U'", type, name);
}

static Value type_get_any_name(Thread *t, Value type, Value name, bool quiet) {
    if (name_is_ready(name)) return type_get(t, type, name, quiet);
    Value interned = intern_name(t, name);
    if (is_null(interned)) return VNULL;
    Value r = type_get(t, type, interned, quiet);
    decref(t, interned);
    return r;
}
Value attr_type_get(Thread *t, Value type, Value name) { return type_get_any_name(t, type, name, false); }

/* --- Modules ----------------------------------------------------------------------------------------------------------------------- */

/* Whether spec._initializing is true: 1, 0, -1. */
static int spec_flag(Thread *t, Value spec, Value flag) {
    Value v = attr_get_maybe(t, spec, flag);
    if (is_null(v)) return err_pending(t) ? -1 : 0;
    int r = truth(t, v);
    decref(t, v);
    return r;
}

static bool has_location(Thread *t, Value spec) {
    Value v = attr_get_cstr(t, spec, "has_location");
    bool has = !is_null(v) && truth(t, v) > 0;
    decref_maybe(t, v);
    err_clear(t);
    return has;
}

/* The AttributeError for a module that lacks `name`. */
static COLD Value module_attribute_error(Thread *t, Value module, Value name) {
    Value dict = V_AS(Module, module)->dict;
    Value module_name = is_null(dict) ? VNULL : dict_get_str(t, dict, N(t, __name__));
    if (is_null(module_name) || !is_str(t, module_name)) return err_attribute_text(t, module, name, "module has no attribute '%U'", name);
    Value spec = dict_get_str(t, dict, N(t, __spec__));
    if (is_null(spec) || is_none(spec)) return err_attribute_text(t, module, name, "module '%U' has no attribute '%U'", module_name, name);
    incref(spec);
    incref(module_name);
    Value origin = VNULL, r = VNULL;
    int initializing = spec_flag(t, spec, N(t, _initializing));
    if (initializing < 0) goto done;
    origin = attr_get_maybe(t, spec, N(t, origin));
    if (is_null(origin) && err_pending(t)) goto done;
    if (!is_null(origin) && !is_str(t, origin)) slot_clear(t, &origin);
    Shadowing shadows = has_location(t, spec) ? module_shadowing(t, module_name, origin) : SHADOWS_NOTHING;
    if (shadows == SHADOWS_ERROR) goto done;
    if (shadows == SHADOWS_STANDARD) {
        err_attribute_text(t, module, name,
                           "module '%U' has no attribute '%U' (consider renaming '%U' since it has the same name as the standard library module named "
                           "'%U' and prevents importing that standard library module)",
                           module_name, name, origin, module_name);
        goto done;
    }
    if (initializing) {
        if (shadows == SHADOWS_LIBRARY)
            err_attribute_text(t, module, name,
                               "module '%U' has no attribute '%U' (consider renaming '%U' if it has the same name as a library you intended to import)",
                               module_name, name, origin);
        else if (!is_null(origin))
            err_attribute_text(t, module, name, "partially initialized module '%U' from '%U' has no attribute '%U' (most likely due to a circular import)",
                               module_name, origin, name);
        else
            err_attribute_text(t, module, name, "partially initialized module '%U' has no attribute '%U' (most likely due to a circular import)", module_name, name);
        goto done;
    }
    Value pending = attr_get_maybe(t, spec, N(t, _uninitialized_submodules));
    if (is_null(pending) && err_pending(t)) goto done;
    int is_submodule = is_null(pending) ? 0 : contains(t, pending, name);
    decref_maybe(t, pending);
    if (is_submodule < 0) goto done;
    if (is_submodule)
        err_attribute_text(t, module, name, "cannot access submodule '%U' of module '%U' (most likely due to a circular import)", name, module_name);
    else
        err_attribute_text(t, module, name, "module '%U' has no attribute '%U'", module_name, name);
done:
    decref_maybe(t, origin);
    decref(t, spec);
    decref(t, module_name);
    return r;
}

static Value module_get(Thread *t, Value module, Value name, bool quiet) {
    Value v = attr_generic_get_maybe(t, module, name);
    if (LIKELY(!is_null(v)) || err_pending(t)) return v;
    Value dict = V_AS(Module, module)->dict;
    Value hook = is_null(dict) ? VNULL : dict_get_str(t, dict, N(t, __getattr__));
    if (!is_null(hook)) {
        incref(hook);
        v = call_1(t, hook, name);
        decref(t, hook);
        return quieten(t, v, quiet);
    }
    return quiet ? VNULL : module_attribute_error(t, module, name);
}
Value attr_module_get(Thread *t, Value module, Value name) { return module_get(t, module, name, false); }

/* --- Any object -------------------------------------------------------------------------------------------------------------------- */

static COLD Value no_attributes(Thread *t, Value object, Value name) {
    if (!is_str(t, name)) return err_raise(t, T_TypeError, "attribute name must be string, not '%T'", name);
    return err_attribute(t, object, name);
}

/* The AttributeError of a getter or a __getattr__ may not say what was looked for: then it is told, for who suggests names. */
static COLD Value not_found(Thread *t, Value object, Value name) {
    if (!IS_EXACT(t->pending, AttributeError)) return VNULL;
    AttributeErrorObject *e = V_AS(AttributeErrorObject, t->pending);
    if (is_null(e->name) && is_null(e->object)) {
        slot_set(t, &e->name, new_ref(name));
        slot_set(t, &e->object, new_ref(object));
    }
    return VNULL;
}

Value attr_get(Thread *t, Value object, Value name) {
    Type *type = type_of(t, object);
    Value v;
    if (LIKELY(type->slots.getattr == attr_generic_get)) {
        v = attr_generic_get(t, object, name);
    } else {
        if (UNLIKELY(type->slots.getattr == NULL)) return no_attributes(t, object, name);
        if (UNLIKELY(!IS_EXACT(name, str) && !is_str(t, name))) return no_attributes(t, object, name);
        if (UNLIKELY(!stack_check(t, ""))) return VNULL;
        v = type->slots.getattr(t, object, name);
    }
    return LIKELY(!is_null(v)) ? v : not_found(t, object, name);
}

Value attr_get_maybe(Thread *t, Value object, Value name) {
    Type *type = type_of(t, object);
    if (LIKELY(type->slots.getattr == attr_generic_get)) return generic_get_any_name(t, object, name, true);
    if (type->slots.getattr == attr_type_get) return type_get_any_name(t, object, name, true);
    if (type->slots.getattr == attr_module_get) return module_get(t, object, name, true);
    return quieten(t, attr_get(t, object, name), true);
}

bool attr_set(Thread *t, Value object, Value name, Value value) {
    Type *type = type_of(t, object);
    if (LIKELY(type->slots.setattr == attr_generic_set)) return attr_generic_set(t, object, name, value);
    Value interned = name_is_ready(name) ? new_ref(name) : intern_name(t, name);
    if (is_null(interned)) return false;
    bool ok = false;
    if (UNLIKELY(!stack_check(t, ""))) ok = false;
    else if (type->slots.setattr) ok = type->slots.setattr(t, object, interned, value);
    else if (type->slots.getattr == NULL)
        err_raise(t, T_TypeError, "'%T' object has no attributes (%s .%U)", object, is_null(value) ? "del" : "assign to", interned);
    else
        err_raise(t, T_TypeError, "'%T' object has only read-only attributes (%s .%U)", object, is_null(value) ? "del" : "assign to", interned);
    decref(t, interned);
    return ok;
}

int attr_has(Thread *t, Value object, Value name) {
    Value v = attr_get_maybe(t, object, name);
    if (is_null(v)) return err_pending(t) ? -1 : 0;
    decref(t, v);
    return 1;
}

Value attr_get_cstr(Thread *t, Value object, const char *name) {
    Value n = str_intern_cstr(t, name);
    if (is_null(n)) return VNULL;
    Value v = attr_get(t, object, n);
    decref(t, n);
    return v;
}

bool attr_set_cstr(Thread *t, Value object, const char *name, Value value) {
    Value n = str_intern_cstr(t, name);
    if (is_null(n)) return false;
    bool ok = attr_set(t, object, n, value);
    decref(t, n);
    return ok;
}
