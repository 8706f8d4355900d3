/* module: a namespace with a name. Reading its attributes is in ops/attr.c. */
#include "heap/heap.h"
#include "object/dict.h"
#include "object/dispatch.h"
#include "object/instance.h"
#include "object/list.h"
#include "object/simple.h"
#include "object/str.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "types/types_priv.h"

static Module *as(Value v) { return V_AS(Module, v); }

static Value module_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    as(v)->dict = dict_new(t);
    if (is_null(as(v)->dict)) {
        decref(t, v);
        return VNULL;
    }
    return object_done(t, v);
}

static bool module_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Value parts[2];
    if (!call_bind_signature(t, "module", "(name, doc=None)", args, nargs, kwnames, parts)) return false;
    if (!is_str(t, parts[0])) return err_fail(t, T_TypeError, "module() argument 'name' must be str, not %T", parts[0]);
    if (is_null(as(self)->dict)) {
        as(self)->dict = dict_new(t);
        if (is_null(as(self)->dict)) return false;
    }
    Value d = as(self)->dict;
    return dict_set_str(t, d, N(t, __name__), parts[0]) && dict_set_str(t, d, N(t, __doc__), is_null(parts[1]) ? V_NONE : parts[1]) &&
           dict_set_str(t, d, N(t, __package__), V_NONE) && dict_set_str(t, d, N(t, __loader__), V_NONE) && dict_set_str(t, d, N(t, __spec__), V_NONE);
}

static Value module_repr(Thread *t, Value self) {
    if (is_null(t->interp->importlib) || is_none(t->interp->importlib)) {
        Value name = is_null(as(self)->dict) ? VNULL : dict_get_str(t, as(self)->dict, N(t, __name__));
        return is_null(name) ? str_from_cstr(t, "<module '?'>") : str_format(t, "<module %R>", name);
    }
    Value method = str_intern_cstr(t, "_module_repr");
    if (is_null(method)) return VNULL;
    Value r = call_method_1(t, t->interp->importlib, method, self);
    decref(t, method);
    return r;
}

static Value module_dir(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value dict = attr_get(t, args[0], N(t, __dict__)), result = VNULL;
    if (is_null(dict)) return VNULL;
    if (!is_dict(t, dict)) {
        err_raise(t, T_TypeError, "%S.__dict__ is not a dictionary", args[0]);
    } else {
        Value hook = dict_get_str(t, dict, N(t, __dir__));
        if (is_null(hook)) {
            result = dict_keys_list(t, dict);
        } else {
            incref(hook);
            result = call_0(t, hook);
            decref(t, hook);
        }
    }
    decref(t, dict);
    return result;
}

static Value get_dict(Thread *t, Value self, void *c) { return is_null(as(self)->dict) ? V_NONE : new_ref(as(self)->dict); }
static bool set_dict(Thread *t, Value self, Value value, void *c) { return err_fail(t, T_AttributeError, "readonly attribute"); }

/* Whether the module's code still runs: what it has computed so far must not be kept. */
static bool is_initializing(Thread *t, Value dict) {
    Value spec = dict_get_str(t, dict, N(t, __spec__));
    if (is_null(spec) || is_none(spec)) return false;
    Value flag = attr_get_maybe(t, spec, N(t, _initializing));
    bool r = !is_null(flag) && truth(t, flag) > 0;
    decref_maybe(t, flag);
    err_clear(t);
    return r;
}

static Value get_annotate(Thread *t, Value self, void *c) {
    Value v = dict_get_str(t, as(self)->dict, N(t, __annotate__));
    if (!is_null(v)) return new_ref(v);
    return dict_set_str(t, as(self)->dict, N(t, __annotate__), V_NONE) ? V_NONE : VNULL;
}
static bool set_annotate(Thread *t, Value self, Value value, void *c) {
    if (is_null(value)) return err_fail(t, T_TypeError, "cannot delete __annotate__ attribute");
    if (!is_none(value) && !is_callable(t, value)) return err_fail(t, T_TypeError, "__annotate__ must be callable or None");
    if (!dict_set_str(t, as(self)->dict, N(t, __annotate__), value)) return false;
    return is_none(value) || dict_delete(t, as(self)->dict, N(t, __annotations__)) >= 0;
}
static Value get_annotations(Thread *t, Value self, void *c) {
    Value dict = as(self)->dict, known = dict_get_str(t, dict, N(t, __annotations__));
    if (!is_null(known)) return new_ref(known);
    Value annotate = dict_get_str(t, dict, N(t, __annotate__)), result;
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
    if (!is_null(result) && !is_initializing(t, dict) && !dict_set_str(t, dict, N(t, __annotations__), result)) slot_clear(t, &result);
    return result;
}
static bool set_annotations(Thread *t, Value self, Value value, void *c) {
    Value dict = as(self)->dict;
    if (!is_null(value)) {
        if (!dict_set_str(t, dict, N(t, __annotations__), value)) return false;
    } else {
        int deleted = dict_delete(t, dict, N(t, __annotations__));
        if (deleted == 0) err_raise(t, T_AttributeError, "__annotations__");
        if (deleted <= 0) return false;
    }
    return dict_delete(t, dict, N(t, __annotate__)) >= 0;
}

/* The state of a module in C. */
static int module_traverse(Object *o, VisitFn visit, void *context) {
    Module *m = (Module *)o;
    return m->def && m->def->traverse && m->state ? m->def->traverse(m->state, visit, context) : 0;
}
static void module_clear(Thread *t, Object *o) {
    Module *m = (Module *)o;
    if (m->def && m->def->clear && m->state) m->def->clear(t, m->state);
    slot_clear(t, &m->dict);
}
static void module_destroy(Thread *t, Object *o) {
    Module *m = (Module *)o;
    if (m->def && m->def->clear && m->state) m->def->clear(t, m->state);
    for (int i = 0; m->state != NULL && i < MODULE_STATES_MAX; i++)
        if (t->interp->module_state[i] == m->state) t->interp->module_state[i] = NULL;
    heap_free(t, m->state);
    m->state = NULL;
}

static const MethodDef methods[] = {
    {"__dir__", "($self, /)", "__dir__() -> list\nspecialized dir() implementation", module_dir},
    {NULL},
};
static const GetSetDef getsets[] = {
    {"__dict__", get_dict, set_dict},
    {"__annotations__", get_annotations, set_annotations},
    {"__annotate__", get_annotate, set_annotate},
    {NULL},
};
static const Field fields[] = {FIELD_VALUE(Module, dict)};
const TypeDef typedef_module = {
    .name = "module",
    .doc = "Create a module object.\n\nThe name must be a string; the optional docstring can have any type.",
    .signature = "(name, doc=None)",
    .flags = TF_BASE | TF_GC | TF_WEAKREF | TF_DICT_FIELD,
    .size = sizeof(Module),
    .ext_offset = offsetof(Module, ext),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .slots = {.new = module_make, .init = module_init, .repr = module_repr, .getattr = attr_module_get, .setattr = attr_generic_set,
              .traverse = module_traverse, .clear = module_clear, .destroy = module_destroy},
};
