/* The module _pickle: its functions, its exceptions, and what it takes from other modules. */
#include "modules/pickle/pickle_priv.h"

#define FUNCTION(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

/* --- Functions ----------------------------------------------------------------------------------------------------------------------- */

FUNCTION(pickle_dumps) {
    Pickler p = {.fix_imports = true};
    output_init(&p.out, VNULL);
    bool good = pickler_options(t, &p, args[1], args[2], args[3]) && pickle_dump(t, &p, args[0]);
    Value bytes = good ? output_take(t, &p.out) : VNULL;
    pickler_drop(t, &p);
    return bytes;
}

FUNCTION(pickle_dump_to) {
    Pickler p = {.fix_imports = true};
    output_init(&p.out, VNULL);
    bool good = pickler_options(t, &p, args[2], args[3], args[4]) && pickler_set_file(t, &p, args[1]) && pickle_dump(t, &p, args[0]) &&
                output_flush(t, &p.out);
    pickler_drop(t, &p);
    return good ? V_NONE : VNULL;
}

/* `args`: fix_imports, encoding, errors, buffers. */
static bool options(Thread *t, Unpickler *u, Value *args, const char *name) {
    for (int i = 1; i < 3; i++)
        if (!is_null(args[i]) && !arg_str(t, args[i], name, i == 1 ? "'encoding'" : "'errors'")) return false;
    return unpickler_options(t, u, args[0], args[1], args[2], args[3]);
}

FUNCTION(pickle_loads) {
    Buffer view;
    Unpickler u = {.fix_imports = true};
    Value v = VNULL;
    if (options(t, &u, args + 1, "loads") && buffer_get(t, args[0], &view, BUF_SIMPLE)) {
        input_set_memory(&u.in, view.data, view.length);
        v = unpickle_load(t, &u);
        buffer_release(t, &view);
    }
    unpickler_drop(t, &u);
    return v;
}

FUNCTION(pickle_load_from) {
    Unpickler u = {.fix_imports = true};
    Value v = VNULL;
    if (options(t, &u, args + 1, "load") && input_set_file(t, &u.in, args[0])) v = unpickle_load(t, &u);
    unpickler_drop(t, &u);
    return v;
}

static const MethodDef functions[] = {
    {"dump", "($module, /, obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)", "Writes the pickle of an object to a binary file.", pickle_dump_to},
    {"dumps", "($module, /, obj, protocol=None, *, fix_imports=True, buffer_callback=None)", "The pickle of an object, as bytes.", pickle_dumps},
    {"load", "($module, /, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())", "Reads a pickle from a binary file and answers its object.", pickle_load_from},
    {"loads", "($module, data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())", "The object of a pickle.", pickle_loads},
    {NULL},
};

/* --- The module ---------------------------------------------------------------------------------------------------------------------- */

static bool make_exceptions(Thread *t, Value module, PickleState *s) {
    s->PickleError = module_new_exception(t, "_pickle", "PickleError", VNULL);
    s->PicklingError = is_null(s->PickleError) ? VNULL : module_new_exception(t, "_pickle", "PicklingError", s->PickleError);
    s->UnpicklingError = is_null(s->PicklingError) ? VNULL : module_new_exception(t, "_pickle", "UnpicklingError", s->PickleError);
    return !is_null(s->UnpicklingError) && module_add(t, module, "PickleError", new_ref(s->PickleError)) &&
           module_add(t, module, "PicklingError", new_ref(s->PicklingError)) && module_add(t, module, "UnpicklingError", new_ref(s->UnpicklingError));
}

typedef struct Borrowed { const char *module, *name; Value *slot; bool is_dict; } Borrowed;

static bool borrow(Thread *t, const Borrowed *b) {
    Value module = import_module(t, b->module);
    if (is_null(module)) return false;
    *b->slot = attr_get_cstr(t, module, b->name);
    decref(t, module);
    if (is_null(*b->slot)) return false;
    if (b->is_dict && !IS_EXACT(*b->slot, dict))
        return err_fail(t, T_RuntimeError, "%s.%s should be a dict, not %T", b->module, b->name, *b->slot);
    return true;
}

static bool exec(Thread *t, Value module) {
    PickleState *s = module_state(module);
    const Borrowed rows[] = {
        {"copyreg", "dispatch_table", &s->dispatch_table, true},
        {"copyreg", "_extension_registry", &s->extension_registry, true},
        {"copyreg", "_inverted_registry", &s->inverted_registry, true},
        {"copyreg", "_extension_cache", &s->extension_cache, true},
        {"_compat_pickle", "NAME_MAPPING", &s->name_mapping, true},
        {"_compat_pickle", "IMPORT_MAPPING", &s->import_mapping, true},
        {"_compat_pickle", "REVERSE_NAME_MAPPING", &s->reverse_name_mapping, true},
        {"_compat_pickle", "REVERSE_IMPORT_MAPPING", &s->reverse_import_mapping, true},
        {"codecs", "encode", &s->codecs_encode, false},
        {"functools", "partial", &s->partial, false},
        {"builtins", "getattr", &s->getattr, false},
    };
    if (!make_exceptions(t, module, s)) return false;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (!borrow(t, &rows[i])) return false;
    return module_add_type(t, module, T_PickleBuffer, &typedef_PickleBuffer) && module_add_type(t, module, T_Pickler, &typedef_Pickler) &&
           module_add_type(t, module, T_Unpickler, &typedef_Unpickler) &&
           type_boot(t, T_PicklerMemoProxy, T_object, &typedef_PicklerMemoProxy) &&
           type_boot(t, T_UnpicklerMemoProxy, T_object, &typedef_UnpicklerMemoProxy);
}

static int traverse(void *state, VisitFn visit, void *context) {
    Value *values = state;
    for (size_t i = 0; i < sizeof(PickleState) / sizeof(Value); i++) {
        int stop = is_null(values[i]) ? 0 : visit(values[i], context);
        if (stop) return stop;
    }
    return 0;
}
static void clear(Thread *t, void *state) {
    Value *values = state;
    for (size_t i = 0; i < sizeof(PickleState) / sizeof(Value); i++) slot_clear(t, &values[i]);
}

const ModuleDef module_pickle = {
    .name = "_pickle",
    .doc = "Writing objects as bytes and reading them back.",
    .functions = functions,
    .state_size = sizeof(PickleState),
    .exec = exec,
    .traverse = traverse,
    .clear = clear,
};
