/* _ctypes: CData, what all instances are: memory, what it keeps alive, items inside it, buffers, pickling; and prepared arguments. */
#include "modules/ext/_ctypes/ctypes_priv.h"

/* --- Making -------------------------------------------------------------------------------------------------------------------------------- */

static Value data_allocate(Thread *t, CType *c) {
    /* A metatype called by hand makes classes beside _CData. */
    if (!is_subtype(&c->type, ctypes_state(t)->data)) return err_raise(t, T_TypeError, "abstract class");
    Value v = object_new(t, &c->type);
    if (is_null(v)) return v;
    c->flags |= CT_FINAL;
    V_AS(CData, v)->size = c->size;
    return v;
}

Value data_new(Thread *t, CType *c) {
    Value v = data_allocate(t, c);
    if (is_null(v)) return v;
    CData *d = V_AS(CData, v);
    d->owns = true;
    if (c->size <= (int64_t)sizeof d->room) {
        d->memory = (char *)d->room;
    } else if ((d->memory = calloc(1, (size_t)c->size)) == NULL) {
        d->owns = false;
        decref(t, v);
        return err_no_memory(t);
    }
    return object_done(t, v);
}

Value data_slot_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    CType *c = ctype_concrete(t, type);
    return c ? data_new(t, c) : VNULL;
}

Value data_view(Thread *t, CType *c, Value base, int64_t index, void *memory) {
    Value v = data_allocate(t, c);
    if (is_null(v)) return v;
    CData *d = V_AS(CData, v);
    d->memory = memory;
    d->base = new_ref_maybe(base);
    d->index = index;
    return object_done(t, v);
}

static void data_destroy(Thread *t, Object *self) {
    CData *d = (CData *)self;
    if (d->owns && d->memory != (char *)d->room) free(d->memory);
}

/* --- Keeping alive ------------------------------------------------------------------------------------------------------------------------------ */

static CData *outermost(CData *d) {
    while (!is_null(d->base)) d = V_AS(CData, d->base);
    return d;
}

static bool objects_begin(Thread *t, CData *d) {
    if (!is_null(d->objects)) return true;
    d->objects = ctype_of_data(t, d)->length ? dict_new(t) : V_NONE;
    return !is_null(d->objects);
}

Value data_objects(Thread *t, CData *d) {
    d = outermost(d);
    return objects_begin(t, d) ? d->objects : VNULL;
}

/* The place as a key: its index and those of what it lies in, in hexadecimal. */
static Value place_key(Thread *t, const CData *d, int64_t index) {
    StrBuilder b;
    str_builder_init(&b);
    str_builder_format(t, &b, "%lx", (unsigned long)index);
    for (; !is_null(d->base); d = V_AS(CData, d->base)) str_builder_format(t, &b, ":%lx", (unsigned long)d->index);
    return str_builder_finish(t, &b);
}

bool data_keep(Thread *t, CData *d, int64_t index, Value keep) {
    if (is_null(keep) || is_none(keep)) return true;
    CData *outer = outermost(d);
    if (!objects_begin(t, outer)) {
        decref(t, keep);
        return false;
    }
    if (!is_dict(t, outer->objects)) {
        slot_set(t, &outer->objects, keep);
        return true;
    }
    Value key = place_key(t, d, index);
    bool done = !is_null(key) && dict_set(t, outer->objects, key, keep);
    decref_maybe(t, key);
    decref(t, keep);
    return done;
}

/* --- Items ------------------------------------------------------------------------------------------------------------------------------------------ */

Value data_get(Thread *t, CType *c, CData *owner, int64_t index, void *memory) {
    if (is_plain_simple(t, c)) return c->simple->get(t, memory, c->flags & CT_SWAPPED);
    return data_view(t, c, v_from(owner), index, memory);
}

/* An array where a pointer to its items is wanted. */
static bool array_fits_pointer(Thread *t, CType *pointer, CType *array) {
    CType *wanted = is_null(pointer->proto) ? NULL : ctype_of(t, pointer->proto), *given = is_null(array->proto) ? NULL : ctype_of(t, array->proto);
    return wanted != NULL && given != NULL && is_subtype(&given->type, &wanted->type);
}

static bool store_data(Thread *t, CType *c, void *memory, Value v, Value *keep) {
    CData *source = V_AS(CData, v);
    if (is_instance_of(t, v, &c->type)) {
        memcpy(memory, source->memory, (size_t)(c->size < source->size ? c->size : source->size));
        Value objects = data_objects(t, source);
        *keep = new_ref_maybe(objects);
        return !is_null(objects);
    }
    CType *given = ctype_of_data(t, source);
    if (c->kind == CK_POINTER && given->kind == CK_ARRAY && array_fits_pointer(t, c, given)) {
        Value objects = data_objects(t, source);
        if (is_null(objects)) return false;
        memcpy(memory, &source->memory, sizeof source->memory);
        *keep = tuple_of(t, 2, objects, v);
        return !is_null(*keep);
    }
    return err_fail(t, T_TypeError, "incompatible types, %T instance instead of %N instance", v, &c->type);
}

static bool store(Thread *t, CType *c, void *memory, Value v, Value *keep) {
    if (is_cdata(t, v) && !is_plain_simple(t, c)) return store_data(t, c, memory, v, keep);
    if (is_cdata(t, v) && is_instance_of(t, v, &c->type)) return store_data(t, c, memory, v, keep);
    if (c->kind == CK_SIMPLE) return c->simple->set(t, memory, v, c->flags & CT_SWAPPED, keep);
    if (is_tuple(t, v)) {
        Value made = call_tuple(t, v_from(c), v, VNULL);
        if (is_null(made)) {
            if (!err_pending(t)) return false;
            Value error = err_fetch(t);
            err_raise(t, T_RuntimeError, "(%N) %T: %S", &c->type, error, error);
            if (is_exception(t, error)) decref(t, error);
            return false;
        }
        bool good = store(t, c, memory, made, keep);
        decref(t, made);
        return good;
    }
    if (c->kind == CK_POINTER && is_none(v)) {
        memset(memory, 0, sizeof(void *));
        return true;
    }
    return err_fail(t, T_TypeError, "expected %N instance, got %T", &c->type, v);
}

bool data_set(Thread *t, CType *c, CData *owner, int64_t index, void *memory, Value v) {
    Value keep = VNULL;
    return store(t, c, memory, v, &keep) && data_keep(t, owner, index, keep);
}

/* --- Arguments --------------------------------------------------------------------------------------------------------------------------------------- */

SendResult as_parameter(Thread *t, Value v, Value *out) {
    Value name = str_intern_cstr(t, "_as_parameter_");
    if (is_null(name)) return SEND_ERROR;
    *out = attr_get_maybe(t, v, name);
    decref(t, name);
    return !is_null(*out) ? SEND_YIELD : err_pending(t) ? SEND_ERROR : SEND_RETURN;
}

Value data_byref(Thread *t, Value v, int64_t offset) {
    CArg *a = heap_object(t, ctypes_state(t)->arg->shape, sizeof *a);
    if (a == NULL) return VNULL;
    memset((char *)a + sizeof(Object), 0, sizeof *a - sizeof(Object));
    a->tag = 'P';
    a->simple = simple_kind('P');
    a->object = new_ref(v);
    a->value.p = V_AS(CData, v)->memory + offset;
    return v_from(a);
}

Value data_from_param(Thread *t, Value class, Value v) {
    CType *c = ctype_of(t, class);
    if (c == NULL) return err_raise(t, T_TypeError, "abstract class");
    if (is_instance_of(t, v, &c->type)) return new_ref(v);
    if (type_of(t, v) == ctypes_state(t)->arg) {
        Value object = V_AS(CArg, v)->object;
        Type *wanted = c->kind == CK_POINTER && !is_null(c->proto) ? V_AS(Type, c->proto) : &c->type;
        if (!is_null(object) && is_instance_of(t, object, wanted)) return new_ref(v);
        const char *tag = V_AS(CArg, v)->tag == 'P' ? "pointer to " : "";
        return err_raise(t, T_TypeError, "expected %N instance instead of %s%T", &c->type, tag, is_null(object) ? V_NONE : object);
    }
    Value parameter;
    SendResult found = as_parameter(t, v, &parameter);
    if (found == SEND_RETURN) return err_raise(t, T_TypeError, "expected %N instance instead of %T", &c->type, v);
    if (found == SEND_ERROR) return VNULL;
    Value answer = stack_check(t, " while processing _as_parameter_") ? data_from_param(t, class, parameter) : VNULL;
    decref(t, parameter);
    return answer;
}

static void arg_destroy(Thread *t, Object *self) { decref_maybe(t, ((CArg *)self)->object); }

static Value arg_repr(Thread *t, Value self) {
    CArg *a = V_AS(CArg, self);
    if (a->simple != NULL && strchr("bBhHiIlLqQfd", a->tag)) {
        Value v = a->simple->get(t, &a->value, false), text = is_null(v) ? VNULL : str_format(t, "<cparam '%c' (%R)>", a->tag, v);
        decref_maybe(t, v);
        return text;
    }
    if (a->tag == 'c') {
        uint8_t c = (uint8_t)a->value.b;
        if (c >= 32 && c < 127 && c != '\'' && c != '\\') return str_format(t, "<cparam 'c' ('%c')>", c);
        char hex[8];
        snprintf(hex, sizeof hex, "%02x", c);
        return str_format(t, "<cparam 'c' ('\\x%s')>", hex);
    }
    if (strchr("zZP", a->tag)) return str_format(t, "<cparam '%c' (%p)>", a->tag, a->value.p);
    return str_format(t, "<cparam '%c' at %p>", a->tag, (void *)a);
}

static const MemberDef arg_members[] = {{"_obj", MK_VALUE, MEMBER_READONLY, offsetof(CArg, object), "the wrapped object"}, {NULL}};

const TypeDef typedef_ctypes_CArg = {
    .name = "_ctypes.CArgObject",
    .flags = TF_MODULE_NAME | TF_NO_NEW,
    .size = sizeof(CArg),
    .members = arg_members,
    .slots = {.destroy = arg_destroy, .repr = arg_repr},
};

/* --- Buffers ------------------------------------------------------------------------------------------------------------------------------------------ */

static bool get_buffer(Thread *t, Value self, Buffer *view, int flags) {
    CData *d = V_AS(CData, self);
    CType *c = ctype_of_data(t, d), *item = c;
    while (item->kind == CK_ARRAY) item = V_AS(CType, item->proto);
    *view = (Buffer){.object = new_ref(self), .data = d->memory, .length = d->size, .item_size = item->size, .ndim = c->ndim, .format = c->format};
    if (flags & BUF_ND && c->ndim > 0) {
        view->shape = c->shape;
        view->strides = c->shape + c->ndim;
    }
    return true;
}

/* --- Pickling ------------------------------------------------------------------------------------------------------------------------------------------ */

/* (_unpickle, (class, (dict, bytes))) */
static Value method_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    CData *d = V_AS(CData, args[0]);
    if (ctype_of_data(t, d)->flags & CT_HAS_POINTER || ctype_of_data(t, d)->kind == CK_POINTER || ctype_of_data(t, d)->kind == CK_FUNCTION)
        return err_raise(t, T_ValueError, "ctypes objects containing pointers cannot be pickled");
    Value dict = attr_get(t, args[0], N(t, __dict__)), data = is_null(dict) ? VNULL : bytes_new(t, d->memory, d->size);
    Value state = is_null(data) ? VNULL : tuple_of(t, 2, dict, data);
    Value rest = is_null(state) ? VNULL : tuple_of(t, 2, v_from(type_of(t, args[0])), state);
    Value answer = is_null(rest) ? VNULL : tuple_of(t, 2, ctypes_state(t)->unpickle, rest);
    decref_maybe(t, dict);
    decref_maybe(t, data);
    decref_maybe(t, state);
    decref_maybe(t, rest);
    return answer;
}

static Value method_setstate(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    CData *d = V_AS(CData, args[0]);
    Value state = args[1];
    if (!is_tuple(t, state) || tuple_len(state) != 2 || !is_dict(t, tuple_at(state, 0)) || !is_bytes(t, tuple_at(state, 1)))
        return err_raise(t, T_TypeError, "__setstate__ expected a tuple of a dictionary and bytes");
    Bytes *data = V_AS(Bytes, tuple_at(state, 1));
    memcpy(d->memory, data->data, (size_t)(data->length < d->size ? data->length : d->size));
    Value dict = attr_get(t, args[0], N(t, __dict__));
    bool done = !is_null(dict) && is_dict(t, dict) && dict_update(t, dict, tuple_at(state, 0));
    decref_maybe(t, dict);
    return done ? V_NONE : err_pending(t) ? VNULL : err_raise(t, T_TypeError, "%T.__dict__ must be a dictionary, not %T", args[0], dict);
}

/* --- The type -------------------------------------------------------------------------------------------------------------------------------------------- */

static bool slot_hash(Thread *t, Value self, int64_t *hash) { return err_fail(t, T_TypeError, "unhashable type"); }

static Value method_outparam(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return new_ref(args[0]); }

static Value get_base(Thread *t, Value self, void *closure) { return is_null(V_AS(CData, self)->base) ? V_NONE : new_ref(V_AS(CData, self)->base); }
static Value get_objects(Thread *t, Value self, void *closure) {
    Value objects = V_AS(CData, self)->objects;
    return is_null(objects) ? V_NONE : new_ref(objects);
}
static Value get_needs_free(Thread *t, Value self, void *closure) { return v_smallint(V_AS(CData, self)->owns); }

static const MethodDef methods[] = {
    {"__ctypes_from_outparam__", "($self, /)", "default __ctypes_from_outparam__ method returns self.", method_outparam},
    {"__reduce__", "($self, /)", NULL, method_reduce},
    {"__setstate__", "($self, object, /)", NULL, method_setstate},
    {NULL},
};
static const GetSetDef getsets[] = {
    {"_b_base_", get_base, NULL, "the base object"},
    {"_b_needsfree_", get_needs_free, NULL, "whether the object owns the memory or not"},
    {"_objects", get_objects, NULL, "internal objects tree (NEVER CHANGE THIS OBJECT!)"},
    {NULL},
};
static const Field fields[] = {FIELD_VALUE(CData, base), FIELD_VALUE(CData, objects)};

/* Cycles are broken at the objects only: whoever has the memory needs its base. */
static void slot_clear_objects(Thread *t, Object *self) { slot_clear(t, &((CData *)self)->objects); }

const TypeDef typedef_ctypes_CData = {
    .name = "_ctypes._CData",
    .doc = "XXX to be provided",
    .flags = TF_MODULE_NAME | TF_BASE | TF_GC | TF_WEAKREF,
    .size = sizeof(CData),
    .ext_offset = offsetof(CData, ext),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .slots = {.destroy = data_destroy, .clear = slot_clear_objects, .hash = slot_hash, .get_buffer = get_buffer},
};
