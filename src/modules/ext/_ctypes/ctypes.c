/* The module _ctypes: its functions and constants. */
#include <dlfcn.h>
#include <time.h>

#include "modules/ext/_ctypes/ctypes_priv.h"
#include "modules/sys.h"

/* --- Sizes and addresses ----------------------------------------------------------------------------------------------------------------------------- */

CTYPES_FUNCTION(ctypes_sizeof) {
    if (is_cdata(t, args[0])) return int_from_i64(t, V_AS(CData, args[0])->size);
    CType *c = ctype_of(t, args[0]);
    return c && c->kind != CK_ABSTRACT ? int_from_i64(t, c->size) : err_raise(t, T_TypeError, "this type has no size");
}

CTYPES_FUNCTION(ctypes_alignment) {
    CType *c = is_cdata(t, args[0]) ? ctype_of_data(t, V_AS(CData, args[0])) : ctype_of(t, args[0]);
    return c && c->kind != CK_ABSTRACT ? int_from_i64(t, c->align) : err_raise(t, T_TypeError, "no alignment info");
}

CTYPES_FUNCTION(ctypes_addressof) {
    if (!is_cdata(t, args[0])) return err_raise(t, T_TypeError, "addressof() argument must be _ctypes._CData, not %T", args[0]);
    Value audit = tuple_of(t, 1, args[0]);
    if (is_null(audit) || !sys_audit_event(t, "ctypes.addressof", audit)) return VNULL;
    return int_from_u64(t, (uint64_t)V_AS(CData, args[0])->memory);
}

CTYPES_FUNCTION(ctypes_byref) {
    int64_t offset = 0;
    if (!is_cdata(t, args[0])) return err_raise(t, T_TypeError, "byref() argument 1 must be _ctypes._CData, not %T", args[0]);
    if (!is_null(args[1]) && !arg_size(t, args[1], &offset)) return VNULL;
    return data_byref(t, args[0], offset);
}

CTYPES_FUNCTION(ctypes_resize) {
    int64_t size;
    if (!is_cdata(t, args[0])) return err_raise(t, T_TypeError, "resize() argument 1 must be _ctypes._CData, not %T", args[0]);
    if (!arg_size(t, args[1], &size)) return VNULL;
    CData *d = V_AS(CData, args[0]);
    CType *c = ctype_of_data(t, d);
    if (size < c->size) return err_raise(t, T_ValueError, "minimum size is %zd", (size_t)c->size);
    if (!d->owns) return err_raise(t, T_ValueError, "Memory cannot be resized because this object doesn't own it");
    bool inside = d->memory == (char *)d->room;
    if (inside && size <= (int64_t)sizeof d->room) {
        d->size = size;
        return V_NONE;
    }
    char *memory = inside ? malloc((size_t)size) : realloc(d->memory, (size_t)size);
    if (memory == NULL) return err_no_memory(t);
    if (inside) memcpy(memory, d->room, sizeof d->room);
    if (size > d->size) memset(memory + d->size, 0, (size_t)(size - d->size));
    d->memory = memory;
    d->size = size;
    return V_NONE;
}

/* (format, ndim, shape) */
CTYPES_FUNCTION(ctypes_buffer_info) {
    CType *c = is_cdata(t, args[0]) ? ctype_of_data(t, V_AS(CData, args[0])) : ctype_of(t, args[0]);
    if (c == NULL || c->kind == CK_ABSTRACT) return err_raise(t, T_TypeError, "not a ctypes type or object");
    Value shape = tuple_new(t, c->ndim), format = c->format ? str_from_cstr(t, c->format) : V_NONE, info = VNULL;
    for (int i = 0; i < c->ndim && !is_null(shape); i++)
        if (is_null(V_AS(Tuple, shape)->items[i] = int_from_i64(t, c->shape[i]))) slot_clear(t, &shape);
    if (!is_null(shape) && !is_null(format)) info = tuple_of(t, 3, format, v_smallint(c->ndim), shape);
    decref_maybe(t, shape);
    decref_maybe(t, format);
    return info;
}

/* --- Calls by address ----------------------------------------------------------------------------------------------------------------------------------- */

static Value call_address(Thread *t, const char *name, uint32_t flags, Value *args, uint32_t nargs) {
    if (!call_arity(t, name, nargs, 2, 2)) return VNULL;
    if (!is_int(t, args[0])) return err_raise(t, T_TypeError, "an integer is required");
    if (!is_tuple(t, args[1])) return err_raise(t, T_TypeError, "%s() argument 2 must be tuple, not %T", name, args[1]);
    Value audit = tuple_of(t, 2, args[0], args[1]);
    if (is_null(audit) || !sys_audit_event(t, "ctypes.call_function", audit)) return VNULL;
    CallPlan plan = {.address = (void *)int_to_u64_mask(args[0]), .flags = flags};
    return ctypes_call(t, &plan, V_AS(Tuple, args[1])->items, (uint32_t)tuple_len(args[1]));
}
CTYPES_FUNCTION(ctypes_call_function) { return call_address(t, "call_function", 0, args, nargs); }
CTYPES_FUNCTION(ctypes_call_cdeclfunction) { return call_address(t, "call_cdeclfunction", FUNCFLAG_CDECL, args, nargs); }

CTYPES_FUNCTION(ctypes_get_errno) {
    if (!sys_audit_event(t, "ctypes.get_errno", VNULL)) return VNULL;
    return v_smallint(errno_copy_get(ctypes_state(t)));
}
CTYPES_FUNCTION(ctypes_set_errno) {
    int32_t value;
    if (!call_arity(t, "set_errno", nargs, 1, 1) || !arg_i32(t, args[0], &value)) return VNULL;
    Value audit = tuple_of(t, 1, args[0]);
    if (is_null(audit) || !sys_audit_event(t, "ctypes.set_errno", audit)) return VNULL;
    int old = errno_copy_get(ctypes_state(t));
    errno_copy_set(ctypes_state(t), value);
    return v_smallint(old);
}

/* --- Objects by address ----------------------------------------------------------------------------------------------------------------------------------- */

/* The object that a word stands for, as in py_object: what id() gives of an object in memory. */
CTYPES_FUNCTION(ctypes_object_from) {
    if (!call_arity(t, "PyObj_FromPtr", nargs, 1, 1)) return VNULL;
    if (!is_int(t, args[0])) return err_raise(t, T_TypeError, "an integer is required");
    Value v = {int_to_u64_mask(args[0])};
    if (is_null(v)) return err_raise(t, T_ValueError, "PyObject is NULL");
    return new_ref(v);
}
CTYPES_FUNCTION(ctypes_incref) {
    incref(args[0]);
    return new_ref(args[0]);
}
CTYPES_FUNCTION(ctypes_decref) {
    decref(t, args[0]);
    return new_ref(args[0]);
}

/* _unpickle(class, state): class.__new__(class), then __setstate__(*state). */
CTYPES_FUNCTION(ctypes_unpickle) {
    if (!call_arity(t, "_unpickle", nargs, 2, 2)) return VNULL;
    Value name = str_intern_cstr(t, "__new__"), made = is_null(name) ? VNULL : call_method_1(t, args[0], name, args[0]);
    decref_maybe(t, name);
    if (is_null(made)) return VNULL;
    name = str_intern_cstr(t, "__setstate__");
    Value done = is_null(name) ? VNULL : call_method_1(t, made, name, args[1]);
    decref_maybe(t, name);
    if (is_null(done)) slot_clear(t, &made);
    decref_maybe(t, done);
    return made;
}

static const MethodDef functions[] = {
    {"get_errno", "($module, /)", NULL, ctypes_get_errno},
    {"set_errno", NULL, NULL, ctypes_set_errno},
    {"_unpickle", NULL, NULL, ctypes_unpickle},
    {"buffer_info", "($module, object, /)", "Return buffer interface information", ctypes_buffer_info},
    {"resize", "($module, obj, size, /)", NULL, ctypes_resize, MF_UNPACKS},
    {"dlopen", NULL, "dlopen(name, flag={RTLD_GLOBAL|RTLD_LOCAL}) open a shared library", ctypes_dlopen},
    {"dlclose", NULL, "dlclose a library", ctypes_dlclose},
    {"dlsym", NULL, "find symbol in shared library", ctypes_dlsym},
    {"dllist", "($module, /)", "dllist() -> list of loaded shared libraries", ctypes_dllist},
    {"alignment", "($module, object, /)", "The alignment of a C type or instance.", ctypes_alignment},
    {"sizeof", "($module, obj, /)", "Return the size in bytes of a C instance.", ctypes_sizeof},
    {"byref", "($module, obj, offset=0, /)", "Return a pointer lookalike to a C instance, only usable as function argument.", ctypes_byref, MF_UNPACKS},
    {"addressof", "($module, obj, /)", "Return the address of the C instance internal buffer", ctypes_addressof},
    {"call_function", NULL, NULL, ctypes_call_function},
    {"call_cdeclfunction", NULL, NULL, ctypes_call_cdeclfunction},
    {"PyObj_FromPtr", NULL, NULL, ctypes_object_from},
    {"Py_INCREF", "($module, object, /)", NULL, ctypes_incref},
    {"Py_DECREF", "($module, object, /)", NULL, ctypes_decref},
    {NULL},
};

/* --- The module -------------------------------------------------------------------------------------------------------------------------------------------- */

static bool exec(Thread *t, Value module) {
    CtypesState *s = ctypes_state(t);
    if (is_null(s->array_types)) {
        if (pthread_key_create(&s->errno_key, NULL) != 0) return err_no_memory_fail(t);
        s->array_types = dict_new(t);
        s->argument_error = module_new_exception(t, "ctypes", "ArgumentError", VNULL);
        if (is_null(s->array_types) || is_null(s->argument_error)) return false;
    }
    slot_set(t, &s->unpickle, new_ref_maybe(dict_get_cstr(t, V_AS(Module, module)->dict, "_unpickle")));
    return module_add(t, module, "ArgumentError", new_ref(s->argument_error)) && ctypes_make_types(t, module) && entries_make(t, module) &&
           module_add_int(t, module, "FUNCFLAG_CDECL", FUNCFLAG_CDECL) && module_add_int(t, module, "FUNCFLAG_PYTHONAPI", FUNCFLAG_PYTHONAPI) &&
           module_add_int(t, module, "FUNCFLAG_USE_ERRNO", FUNCFLAG_USE_ERRNO) && module_add_int(t, module, "FUNCFLAG_USE_LASTERROR", FUNCFLAG_USE_LASTERROR) &&
           module_add_int(t, module, "RTLD_LOCAL", RTLD_LOCAL) && module_add_int(t, module, "RTLD_GLOBAL", RTLD_GLOBAL) &&
           module_add_int(t, module, "CTYPES_MAX_ARGCOUNT", 1024) && module_add_int(t, module, "SIZEOF_TIME_T", sizeof(time_t)) &&
           module_add_cstr(t, module, "__version__", "1.1.0");
}

static int state_traverse(void *state, VisitFn visit, void *context) {
    CtypesState *s = state;
    int stop = is_null(s->argument_error) ? 0 : visit(s->argument_error, context);
    if (!stop && !is_null(s->array_types)) stop = visit(s->array_types, context);
    return stop || is_null(s->unpickle) ? stop : visit(s->unpickle, context);
}

const ModuleDef krait_module__ctypes = {
    .name = "_ctypes",
    .doc = "Create and manipulate C compatible data types in Python.",
    .functions = functions,
    .state_size = sizeof(CtypesState),
    .exec = exec,
    .traverse = state_traverse,
};
