/* The type Unpickler, its memo as seen from Python, and the options of all ways of unpickling. */
#include "modules/pickle/pickle_priv.h"

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

/* --- Setting up ---------------------------------------------------------------------------------------------------------------------- */

bool unpickler_options(Thread *t, Unpickler *u, Value fix_imports, Value encoding, Value errors, Value buffers) {
    u->fix_imports = true;
    if (!is_null(fix_imports) && !arg_bool(t, fix_imports, &u->fix_imports)) return false;
    slot_set(t, &u->encoding, new_ref_maybe(encoding));
    slot_set(t, &u->errors, new_ref_maybe(errors));
    Value iterator = VNULL;
    if (!is_null(buffers) && !is_none(buffers)) {
        iterator = iter_of(t, buffers);
        if (is_null(iterator)) return false;
    }
    slot_set(t, &u->buffers, iterator);
    return true;
}

void unpickler_drop(Thread *t, Unpickler *u) {
    unpickle_cut(t, u, 0);
    heap_free(t, u->stack);
    heap_free(t, u->marks);
    u->stack = NULL;
    u->marks = NULL;
    u->stack_capacity = u->marks_count = u->marks_capacity = u->fence = 0;
    unpickle_memo_clear(t, u);
    input_drop(t, &u->in);
    Value *values[] = {&u->encoding, &u->errors, &u->buffers, &u->persistent_attribute, &u->persistent_load};
    for (size_t i = 0; i < COUNT_OF(values); i++) slot_clear(t, values[i]);
}

/* --- The memo as Python sees it: {number: object} ------------------------------------------------------------------------------------ */

typedef struct MemoProxy { Object head; Value unpickler; } MemoProxy;

METHOD(proxy_clear) {
    unpickle_memo_clear(t, V_AS(Unpickler, V_AS(MemoProxy, args[0])->unpickler));
    return V_NONE;
}
METHOD(proxy_copy) { return unpickle_memo_dict(t, V_AS(Unpickler, V_AS(MemoProxy, args[0])->unpickler)); }
METHOD(proxy_reduce) {
    Value dict = proxy_copy(t, args, nargs, kwnames), contents = is_null(dict) ? VNULL : tuple_of(t, 1, dict);
    Value r = is_null(contents) ? VNULL : tuple_of(t, 2, v_from(builtin_type(t, T_dict)), contents);
    decref_maybe(t, dict);
    decref_maybe(t, contents);
    return r;
}

static const MethodDef proxy_methods[] = {
    {"clear", "($self, /)", "Forgets all objects.", proxy_clear},
    {"copy", "($self, /)", "The memo as a dict.", proxy_copy},
    {"__reduce__", "($self, /)", "For pickling: the memo as a dict.", proxy_reduce},
    {NULL},
};
static const Field proxy_fields[] = {FIELD_VALUE(MemoProxy, unpickler)};
const TypeDef typedef_UnpicklerMemoProxy = {
    .name = "_pickle.UnpicklerMemoProxy",
    .flags = TF_GC | TF_IMMUTABLE | TF_NO_NEW | TF_MODULE_NAME,
    .size = sizeof(MemoProxy),
    FIELDS(proxy_fields),
    .methods = proxy_methods,
};

static Value get_memo(Thread *t, Value self, void *closure) {
    MemoProxy *proxy = heap_object(t, SHAPE_UnpicklerMemoProxy, sizeof *proxy);
    if (proxy == NULL) return VNULL;
    proxy->unpickler = new_ref(self);
    gc_track(t, proxy);
    return v_from(proxy);
}

/* Puts what a dict of the form above says into an empty memo. */
static bool memo_fill(Thread *t, Unpickler *u, Value dict) {
    uint32_t pos = 0;
    Value key, value;
    while (dict_next(dict, &pos, &key, &value)) {
        if (!is_int(t, key)) return err_fail(t, T_TypeError, "memo key must be integers");
        int64_t index;
        if (!int_to_i64(t, key, &index)) return false;
        if (index < 0) return err_fail(t, T_ValueError, "memo key must be positive integers.");
        if (!unpickle_memo_put(t, u, (uint64_t)index, value)) return false;
    }
    return true;
}

static bool set_memo(Thread *t, Value self, Value value, void *closure) {
    if (is_null(value)) return err_fail(t, T_TypeError, "attribute deletion is not supported");
    Value dict;
    if (IS_EXACT(value, UnpicklerMemoProxy)) dict = unpickle_memo_dict(t, V_AS(Unpickler, V_AS(MemoProxy, value)->unpickler));
    else if (is_dict(t, value)) dict = dict_copy(t, value);
    else dict = err_raise(t, T_TypeError, "'memo' attribute must be an UnpicklerMemoProxy object or dict, not %T", value);
    if (is_null(dict)) return false;
    Unpickler fresh = {.memo = NULL}, *u = V_AS(Unpickler, self);
    bool good = memo_fill(t, &fresh, dict);
    decref(t, dict);
    if (good) {
        Unpickler old = {.memo = u->memo, .memo_size = u->memo_size, .memo_used = u->memo_used, .memo_sparse = u->memo_sparse};
        u->memo = fresh.memo;
        u->memo_size = fresh.memo_size;
        u->memo_used = fresh.memo_used;
        u->memo_sparse = fresh.memo_sparse;
        fresh = old;
    }
    unpickle_memo_clear(t, &fresh);
    return good;
}

/* --- The type ------------------------------------------------------------------------------------------------------------------------ */

static bool str_argument(Thread *t, Value v, const char *name) {
    if (is_null(v) || is_str(t, v)) return true;
    return err_fail(t, T_TypeError, "Unpickler() argument '%s' must be str, not %T", name, v);
}

static bool unpickler_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Unpickler *u = V_AS(Unpickler, self);
    Value a[5];
    if (!call_bind_signature(t, "Unpickler", "(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())", args, nargs, kwnames, a))
        return false;
    if (!str_argument(t, a[2], "encoding") || !str_argument(t, a[3], "errors")) return false;
    if (u->running) return err_fail(t, T_RuntimeError, "Unpickler object is already used");
    input_drop(t, &u->in);
    unpickle_memo_clear(t, u);
    if (!input_set_file(t, &u->in, a[0]) || !unpickler_options(t, u, a[1], a[2], a[3], a[4])) return false;
    u->self = self;
    u->finds_itself = type_of(t, self) != builtin_type(t, T_Unpickler);
    u->protocol = 0;
    u->ready = true;
    return true;
}

METHOD(unpickler_load) {
    Unpickler *u = V_AS(Unpickler, args[0]);
    if (!u->ready) {
        UNPICKLING_ERROR(t, "Unpickler.__init__() was not called by %N.__init__()", type_of(t, args[0]));
        return VNULL;
    }
    if (u->running) return err_raise(t, T_RuntimeError, "Unpickler object is already used");
    Value method = attr_get_maybe(t, args[0], N(t, persistent_load));
    if (is_null(method) && err_pending(t)) return VNULL;
    if (!is_null(method) && is_own_method(method, args[0], unpickler_persistent_load)) slot_clear(t, &method);
    slot_set(t, &u->persistent_load, method);
    u->running = true;
    Value v = unpickle_load(t, u);
    u->running = false;
    slot_clear(t, &u->persistent_load); /* a bound method of the unpickler itself */
    return v;
}

Value unpickler_persistent_load(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    UNPICKLING_ERROR(t, "A load persistent id instruction was encountered, but no persistent_load function was specified.");
    return VNULL;
}

METHOD(unpickler_m_find_class) { return unpickler_find_class(t, V_AS(Unpickler, args[0]), args[1], args[2]); }

METHOD(unpickler_sizeof) {
    Unpickler *u = V_AS(Unpickler, args[0]);
    void *blocks[] = {u, u->stack, u->marks, u->memo};
    int64_t n = 0;
    for (size_t i = 0; i < COUNT_OF(blocks); i++) n += blocks[i] ? (int64_t)heap_size(blocks[i]) : 0;
    return int_from_i64(t, n);
}

/* persistent_load may be assigned to, although it is a method. */
static bool is_name(Value name, Value wanted) { return same(name, wanted) || (IS_EXACT(name, str) && str_equal(V_AS(Str, name), V_AS(Str, wanted))); }

static Value unpickler_getattr(Thread *t, Value self, Value name) {
    Unpickler *u = V_AS(Unpickler, self);
    if (!is_null(u->persistent_attribute) && is_name(name, N(t, persistent_load))) return new_ref(u->persistent_attribute);
    return attr_generic_get(t, self, name);
}
static bool unpickler_setattr(Thread *t, Value self, Value name, Value value) {
    if (!is_name(name, N(t, persistent_load))) return attr_generic_set(t, self, name, value);
    slot_set(t, &V_AS(Unpickler, self)->persistent_attribute, new_ref_maybe(value));
    return true;
}

static int unpickler_traverse(Object *self, VisitFn visit, void *context) {
    Unpickler *u = (Unpickler *)self;
    for (int64_t i = 0; i < u->memo_size; i++) {
        int stop = is_null(u->memo[i]) ? 0 : visit(u->memo[i], context);
        if (stop) return stop;
    }
    return 0;
}
static void unpickler_clear(Thread *t, Object *self) { unpickle_memo_clear(t, (Unpickler *)self); }

static const MethodDef methods[] = {
    {"persistent_load", "($self, pid, /)", "The object of a persistent identifier.", unpickler_persistent_load},
    {"load", "($self, /)", "Reads a pickle from the file and answers its object.", unpickler_load},
    {"find_class", "($self, module_name, global_name, /)", "A global of a module; subclasses may refuse.", unpickler_m_find_class},
    {"__sizeof__", "($self, /)", "Bytes in memory.", unpickler_sizeof},
    {NULL},
};
static const GetSetDef getsets[] = {{"memo", get_memo, set_memo}, {NULL}};
static const Field fields[] = {
    FIELD_VALUE(Unpickler, in.data), FIELD_VALUE(Unpickler, in.read), FIELD_VALUE(Unpickler, in.readline), FIELD_VALUE(Unpickler, in.readinto),
    FIELD_VALUE(Unpickler, in.peek), FIELD_VALUES(Unpickler, stack, top), FIELD_BUFFER(Unpickler, marks), FIELD_VALUE(Unpickler, memo_sparse),
    FIELD_VALUE(Unpickler, encoding), FIELD_VALUE(Unpickler, errors), FIELD_VALUE(Unpickler, buffers),
    FIELD_VALUE(Unpickler, persistent_attribute), FIELD_VALUE(Unpickler, persistent_load),
};
const TypeDef typedef_Unpickler = {
    .name = "_pickle.Unpickler",
    .doc = "Reads objects from the pickles of a binary file.",
    .signature = "(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
    .flags = TF_BASE | TF_GC | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(Unpickler),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .slots = {.new = type_generic_new, .init = unpickler_init, .getattr = unpickler_getattr, .setattr = unpickler_setattr,
              .traverse = unpickler_traverse, .clear = unpickler_clear, .destroy = unpickler_clear},
};
