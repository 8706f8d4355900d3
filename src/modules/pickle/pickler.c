/* The type Pickler, its memo as seen from Python, and the options of all ways of pickling. */
#include "modules/pickle/pickle_priv.h"

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

/* --- Setting up ---------------------------------------------------------------------------------------------------------------------- */

bool pickler_options(Thread *t, Pickler *p, Value protocol, Value fix_imports, Value buffer_callback) {
    p->protocol = PICKLE_DEFAULT;
    if (!is_null(protocol) && !is_none(protocol)) {
        int64_t n;
        if (!arg_i64(t, protocol, &n)) return false;
        if (n > PICKLE_HIGHEST) return err_fail(t, T_ValueError, "pickle protocol must be <= %d", PICKLE_HIGHEST);
        p->protocol = n < 0 ? PICKLE_HIGHEST : (int32_t)n;
    }
    p->bin = p->protocol > 0;
    p->fix_imports = true;
    if (!is_null(fix_imports) && !arg_bool(t, fix_imports, &p->fix_imports)) return false;
    bool has_callback = !is_null(buffer_callback) && !is_none(buffer_callback);
    if (has_callback && p->protocol < 5) return err_fail(t, T_ValueError, "buffer_callback needs protocol >= 5");
    slot_set(t, &p->buffer_callback, has_callback ? new_ref(buffer_callback) : VNULL);
    return true;
}

bool pickler_set_file(Thread *t, Pickler *p, Value file) {
    Value write = attr_get_maybe(t, file, N(t, write));
    if (is_null(write)) return err_pending(t) ? false : err_fail(t, T_TypeError, "file must have a 'write' attribute");
    slot_set(t, &p->out.write, write);
    return true;
}

void pickler_drop(Thread *t, Pickler *p) {
    output_reset(t, &p->out);
    memo_clear(t, &p->memo);
    Value *values[] = {&p->out.write, &p->persistent_attribute, &p->dispatch_table, &p->buffer_callback,
                       &p->persistent_id, &p->reducer_override, &p->fast_memo};
    for (size_t i = 0; i < COUNT_OF(values); i++) slot_clear(t, values[i]);
}

/* --- The memo as Python sees it: {id: (number, object)} ------------------------------------------------------------------------------ */

typedef struct MemoProxy { Object head; Value pickler; } MemoProxy;

static Value memo_dict(Thread *t, const Memo *m) {
    Value dict = dict_new_sized(t, m->count);
    for (uint64_t i = 0; !is_null(dict) && m->table != NULL && i <= m->mask; i++) {
        if (is_null(m->table[i].object)) continue;
        Value id = int_from_u64(t, m->table[i].object.bits);
        Value pair = is_null(id) ? VNULL : tuple_of(t, 2, v_smallint(m->table[i].index), m->table[i].object);
        if (is_null(pair) || !dict_set(t, dict, id, pair)) slot_clear(t, &dict);
        decref_maybe(t, id);
        decref_maybe(t, pair);
    }
    return dict;
}

METHOD(proxy_clear) {
    memo_clear(t, &V_AS(Pickler, V_AS(MemoProxy, args[0])->pickler)->memo);
    return V_NONE;
}
METHOD(proxy_copy) { return memo_dict(t, &V_AS(Pickler, V_AS(MemoProxy, args[0])->pickler)->memo); }
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
static const Field proxy_fields[] = {FIELD_VALUE(MemoProxy, pickler)};
const TypeDef typedef_PicklerMemoProxy = {
    .name = "_pickle.PicklerMemoProxy",
    .flags = TF_GC | TF_IMMUTABLE | TF_NO_NEW | TF_MODULE_NAME,
    .size = sizeof(MemoProxy),
    FIELDS(proxy_fields),
    .methods = proxy_methods,
};

/* Adds what a dict of the form above says. */
static bool memo_fill(Thread *t, Memo *m, Value dict) {
    uint32_t pos = 0;
    Value id, pair;
    while (dict_next(dict, &pos, &id, &pair)) {
        if (!is_tuple(t, pair) || tuple_len(pair) != 2) return err_fail(t, T_TypeError, "'memo' values must be 2-item tuples");
        int64_t index;
        if (!is_int(t, tuple_at(pair, 0))) return err_fail(t, T_TypeError, "an integer is required");
        if (!int_to_i64(t, tuple_at(pair, 0), &index) || !memo_add(t, m, tuple_at(pair, 1), index)) return false;
    }
    return true;
}

static Value get_memo(Thread *t, Value self, void *closure) {
    MemoProxy *proxy = heap_object(t, SHAPE_PicklerMemoProxy, sizeof *proxy);
    if (proxy == NULL) return VNULL;
    proxy->pickler = new_ref(self);
    gc_track(t, proxy);
    return v_from(proxy);
}

static bool set_memo(Thread *t, Value self, Value value, void *closure) {
    Pickler *p = V_AS(Pickler, self);
    if (is_null(value)) return err_fail(t, T_TypeError, "attribute deletion is not supported");
    Memo memo = {0};
    bool good;
    if (IS_EXACT(value, PicklerMemoProxy)) good = memo_copy(t, &memo, &V_AS(Pickler, V_AS(MemoProxy, value)->pickler)->memo);
    else if (is_dict(t, value)) good = memo_fill(t, &memo, value);
    else good = err_fail(t, T_TypeError, "'memo' attribute must be a PicklerMemoProxy object or dict, not %T", value);
    Memo old = good ? p->memo : memo;
    if (good) p->memo = memo;
    memo_clear(t, &old);
    return good;
}

/* --- The type ------------------------------------------------------------------------------------------------------------------------ */

static bool pickler_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Pickler *p = V_AS(Pickler, self);
    Value a[4];
    if (!call_bind_signature(t, "Pickler", "(file, protocol=None, fix_imports=True, buffer_callback=None)", args, nargs, kwnames, a)) return false;
    if (p->running) return err_fail(t, T_RuntimeError, "Pickler object is already used");
    if (!pickler_options(t, p, a[1], a[2], a[3]) || !pickler_set_file(t, p, a[0])) return false;
    Value table = attr_get_maybe(t, self, N(t, dispatch_table)); /* of the class, perhaps */
    if (is_null(table) && err_pending(t)) return false;
    slot_set(t, &p->dispatch_table, table);
    output_reset(t, &p->out);
    memo_clear(t, &p->memo);
    p->self = self;
    p->fast = p->fast_nesting = 0;
    p->ready = true;
    return true;
}

METHOD(pickler_dump) {
    Pickler *p = V_AS(Pickler, args[0]);
    if (!p->ready) {
        PICKLING_ERROR(t, "Pickler.__init__() was not called by %N.__init__()", type_of(t, args[0]));
        return VNULL;
    }
    if (p->running) return err_raise(t, T_RuntimeError, "Pickler object is already used");
    p->running = true;
    output_reset(t, &p->out);
    bool good = pickle_dump(t, p, args[1]) && output_flush(t, &p->out);
    output_reset(t, &p->out);
    p->running = false;
    return good ? V_NONE : VNULL;
}

METHOD(pickler_clear_memo) {
    memo_clear(t, &V_AS(Pickler, args[0])->memo);
    return V_NONE;
}

Value pickler_persistent_id(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return V_NONE; }

METHOD(pickler_sizeof) {
    Pickler *p = V_AS(Pickler, args[0]);
    int64_t n = (int64_t)heap_size(p) + (p->memo.table ? (int64_t)heap_size(p->memo.table) : 0);
    return int_from_i64(t, n + (is_null(p->out.bytes) ? 0 : (int64_t)heap_size(v_obj(p->out.bytes))));
}

/* persistent_id may be assigned to, although it is a method. */
static bool is_name(Value name, Value wanted) { return same(name, wanted) || (IS_EXACT(name, str) && str_equal(V_AS(Str, name), V_AS(Str, wanted))); }

static Value pickler_getattr(Thread *t, Value self, Value name) {
    Pickler *p = V_AS(Pickler, self);
    if (!is_null(p->persistent_attribute) && is_name(name, N(t, persistent_id))) return new_ref(p->persistent_attribute);
    return attr_generic_get(t, self, name);
}
static bool pickler_setattr(Thread *t, Value self, Value name, Value value) {
    if (!is_name(name, N(t, persistent_id))) return attr_generic_set(t, self, name, value);
    slot_set(t, &V_AS(Pickler, self)->persistent_attribute, new_ref_maybe(value));
    return true;
}

static int pickler_traverse(Object *self, VisitFn visit, void *context) {
    Memo *m = &((Pickler *)self)->memo;
    for (uint64_t i = 0; m->table != NULL && i <= m->mask; i++) {
        int stop = is_null(m->table[i].object) ? 0 : visit(m->table[i].object, context);
        if (stop) return stop;
    }
    return 0;
}
static void pickler_destroy(Thread *t, Object *self) { memo_clear(t, &((Pickler *)self)->memo); }

static Value pickler_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value v = object_new(t, type);
    if (is_null(v)) return VNULL;
    output_init(&V_AS(Pickler, v)->out, VNULL);
    return object_done(t, v);
}

/* `bin` and `fast`: ints of C. */
static Value get_int(Thread *t, Value self, void *closure) { return v_smallint(*(int32_t *)((char *)v_obj(self) + (size_t)closure)); }
static bool set_int(Thread *t, Value self, Value value, void *closure) {
    if (is_null(value)) return err_fail(t, T_TypeError, "can't delete numeric/char attribute");
    int64_t i;
    if (!arg_i64(t, value, &i)) return false;
    *(int32_t *)((char *)v_obj(self) + (size_t)closure) = (int32_t)i;
    return true;
}

static const MethodDef methods[] = {
    {"persistent_id", "($self, obj, /)", "The identifier of an object that is kept elsewhere; None: it is pickled.", pickler_persistent_id},
    {"dump", "($self, obj, /)", "Writes the pickle of an object to the file.", pickler_dump},
    {"clear_memo", "($self, /)", "Forgets which objects were written, so that none is written as a reference to an earlier pickle.", pickler_clear_memo},
    {"__sizeof__", "($self, /)", "Bytes in memory.", pickler_sizeof},
    {NULL},
};
static const MemberDef members[] = {
    {"dispatch_table", MK_VALUE_OR_ATTRIBUTE_ERROR, 0, offsetof(Pickler, dispatch_table), NULL},
    {NULL},
};
static const GetSetDef getsets[] = {
    {"bin", get_int, set_int, NULL, (void *)offsetof(Pickler, bin)},
    {"fast", get_int, set_int, NULL, (void *)offsetof(Pickler, fast)},
    {"memo", get_memo, set_memo},
    {NULL},
};
static const Field fields[] = {
    FIELD_VALUE(Pickler, out.bytes), FIELD_VALUE(Pickler, out.write), FIELD_VALUE(Pickler, persistent_attribute),
    FIELD_VALUE(Pickler, dispatch_table), FIELD_VALUE(Pickler, buffer_callback), FIELD_VALUE(Pickler, persistent_id),
    FIELD_VALUE(Pickler, reducer_override), FIELD_VALUE(Pickler, fast_memo),
};
const TypeDef typedef_Pickler = {
    .name = "_pickle.Pickler",
    .doc = "Writes pickles of objects to a binary file.",
    .signature = "(file, protocol=None, fix_imports=True, buffer_callback=None)",
    .flags = TF_BASE | TF_GC | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(Pickler),
    FIELDS(fields),
    .methods = methods,
    .members = members,
    .getsets = getsets,
    .slots = {.new = pickler_new, .init = pickler_init, .getattr = pickler_getattr, .setattr = pickler_setattr,
              .traverse = pickler_traverse, .clear = pickler_destroy, .destroy = pickler_destroy},
};
