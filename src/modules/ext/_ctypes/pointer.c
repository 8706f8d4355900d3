/* _ctypes: pointers. */
#include "modules/ext/_ctypes/ctypes_priv.h"

/* --- Classes ------------------------------------------------------------------------------------------------------------------------------------ */

/* "&" and the format of what it points to, arrays with their shape in front. */
static bool set_pointer_format(Thread *t, CType *c, const CType *item) {
    const char *format = item->format ? item->format : "B";
    if (item->ndim == 0) return ctype_set_format(t, c, "&%s", format);
    StrBuilder b;
    str_builder_init(&b);
    for (int i = 0; i < item->ndim; i++) str_builder_format(t, &b, i ? ",%ld" : "%ld", (long)item->shape[i]);
    Value shape = str_builder_finish(t, &b), keep = VNULL;
    const char *text = is_null(shape) ? NULL : str_utf8(t, shape, NULL, &keep);
    bool done = text != NULL && ctype_set_format(t, c, "&(%s)%s", text, format);
    decref_maybe(t, shape);
    decref_maybe(t, keep);
    return done;
}

bool pointer_set_proto(Thread *t, CType *c, Value proto) {
    CType *item = ctype_of(t, proto);
    if (item == NULL) return err_fail(t, T_TypeError, "%R must have storage info", proto);
    slot_set(t, &c->proto, new_ref(proto));
    if (is_null(item->pointer_type)) item->pointer_type = new_ref(v_from(c));
    return set_pointer_format(t, c, item);
}

bool pointer_class_init(Thread *t, CType *c) {
    c->kind = CK_POINTER;
    c->size = sizeof(void *);
    c->align = ffi_type_pointer.alignment;
    c->length = 1;
    c->flags |= CT_HAS_POINTER;
    Value proto = dict_get_cstr(t, c->type.dict, "_type_"); /* that of a base does not count */
    if (is_null(proto)) return ctype_set_format(t, c, "&B");
    incref(proto);
    bool done = is_type(t, proto) ? pointer_set_proto(t, c, proto) : err_fail(t, T_TypeError, "_type_ must be a type");
    decref(t, proto);
    return done;
}

Value pointer_set_type(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    CType *c = V_AS(CType, args[0]);
    return pointer_set_proto(t, c, args[1]) && attr_set_cstr(t, args[0], "_type_", args[1]) ? V_NONE : VNULL;
}

Value pointer_from_param(Thread *t, Value class, Value v) {
    if (is_none(v)) return V_NONE;
    CType *c = ctype_of_kind(t, class, CK_POINTER);
    if (c == NULL || is_null(c->proto)) return err_raise(t, T_TypeError, "abstract class");
    if (is_cdata(t, v)) {
        Type *item = V_AS(Type, c->proto);
        CType *given = ctype_of_data(t, V_AS(CData, v));
        if (is_subtype(&given->type, item)) return data_byref(t, v, 0);
        if ((given->kind == CK_POINTER || given->kind == CK_ARRAY) && !is_null(given->proto) && is_subtype(V_AS(Type, given->proto), item)) return new_ref(v);
    }
    return data_from_param(t, class, v);
}

/* --- Instances ------------------------------------------------------------------------------------------------------------------------------------- */

static CType *proto_of(Thread *t, CData *d) {
    Value proto = ctype_of_data(t, d)->proto;
    return is_null(proto) ? NULL : V_AS(CType, proto);
}

static char *target(CData *d) { return *(char **)d->memory; }

static Value get_contents(Thread *t, Value self, void *closure) {
    CData *d = V_AS(CData, self);
    if (target(d) == NULL) return err_raise(t, T_ValueError, "NULL pointer access");
    CType *proto = proto_of(t, d);
    if (proto == NULL || proto->kind == CK_ABSTRACT) return err_raise(t, T_TypeError, "abstract class");
    return data_view(t, proto, self, 0, target(d));
}

/* The pointer points to the object's memory and keeps it. */
static bool set_contents(Thread *t, Value self, Value v, void *closure) {
    CData *d = V_AS(CData, self);
    if (is_null(v)) return err_fail(t, T_TypeError, "Pointer does not support item deletion");
    CType *proto = proto_of(t, d);
    if (proto == NULL) return err_fail(t, T_TypeError, "abstract class");
    if (!is_cdata(t, v)) return err_fail(t, T_TypeError, "expected %N instead of %T", &proto->type, v);
    CData *to = V_AS(CData, v);
    *(char **)d->memory = to->memory;
    if (!data_keep(t, d, 1, new_ref(v))) return false;
    Value objects = data_objects(t, to);
    return !is_null(objects) && data_keep(t, d, 0, new_ref(objects));
}

static Value slot_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    CType *c = ctype_of(t, v_from(type));
    if (c == NULL || c->kind != CK_POINTER || is_null(c->proto)) return err_raise(t, T_TypeError, "Cannot create instance: has no _type_");
    return data_new(t, c);
}

static bool slot_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_null(kwnames) && tuple_len(kwnames) > 0) return call_no_keywords(t, "POINTER", kwnames);
    if (!call_arity(t, "POINTER", nargs, 0, 1)) return false;
    return nargs == 0 || set_contents(t, self, args[0], NULL);
}

static Value slot_item(Thread *t, Value self, int64_t i) {
    CData *d = V_AS(CData, self);
    if (target(d) == NULL) return err_raise(t, T_ValueError, "NULL pointer access");
    CType *proto = proto_of(t, d);
    if (proto == NULL || proto->kind == CK_ABSTRACT) return err_raise(t, T_TypeError, "abstract class");
    return data_get(t, proto, d, i, target(d) + i * proto->size);
}

static bool set_item(Thread *t, CData *d, int64_t i, Value v) {
    if (is_null(v)) return err_fail(t, T_TypeError, "Pointer does not support item deletion");
    if (target(d) == NULL) return err_fail(t, T_ValueError, "NULL pointer access");
    CType *proto = proto_of(t, d);
    if (proto == NULL || proto->kind == CK_ABSTRACT) return err_fail(t, T_TypeError, "abstract class");
    return data_set(t, proto, d, i, target(d) + i * proto->size, v);
}

/* A slice needs a stop, for a pointer has no length; a negative index is one before it. */
static Value get_slice(Thread *t, Value self, Value slice) {
    CData *d = V_AS(CData, self);
    Slice *s = V_AS(Slice, slice);
    int64_t start = 0, stop, step = 1;
    if (!is_none(s->step) && !number_to_index(t, s->step, &step, T_ValueError)) return VNULL;
    if (step == 0) return err_raise(t, T_ValueError, "slice step cannot be zero");
    if (is_none(s->start)) {
        if (step < 0) return err_raise(t, T_ValueError, "slice start is required for step < 0");
    } else if (!number_to_index(t, s->start, &start, T_ValueError)) {
        return VNULL;
    }
    if (is_none(s->stop)) return err_raise(t, T_ValueError, "slice stop is required");
    if (!number_to_index(t, s->stop, &stop, T_ValueError)) return VNULL;
    int64_t n = 0;
    if ((step > 0 && start < stop) || (step < 0 && stop < start)) n = step > 0 ? (stop - start - 1) / step + 1 : (stop - start + 1) / step + 1;
    CType *proto = proto_of(t, d);
    if (proto == NULL) return err_raise(t, T_TypeError, "abstract class");
    char code = proto->kind == CK_SIMPLE ? proto->simple->code : 0;
    if ((code == 'c' || code == 'u') && target(d) == NULL && n > 0) return err_raise(t, T_ValueError, "NULL pointer access");
    if (code == 'c') {
        Value bytes = bytes_new(t, NULL, n);
        for (int64_t i = 0; i < n && !is_null(bytes); i++) V_AS(Bytes, bytes)->data[i] = target(d)[start + i * step];
        return bytes;
    }
    if (code == 'u') {
        StrBuilder b;
        str_builder_init(&b);
        for (int64_t i = 0; i < n; i++) str_builder_char(t, &b, ((uint32_t *)target(d))[start + i * step]);
        return str_builder_finish(t, &b);
    }
    Value list = list_new(t, n);
    for (int64_t i = 0; i < n && !is_null(list); i++) {
        Value v = slot_item(t, self, start + i * step);
        if (is_null(v) || !list_append_take(t, V_AS(List, list), v)) slot_clear(t, &list);
    }
    return list;
}

static Value slot_getitem(Thread *t, Value self, Value key) {
    int64_t i;
    if (has_index(t, key)) return number_to_index(t, key, &i, T_IndexError) ? slot_item(t, self, i) : VNULL;
    if (IS_EXACT(key, slice)) return get_slice(t, self, key);
    return err_raise(t, T_TypeError, "Pointer indices must be integer");
}

static bool slot_setitem(Thread *t, Value self, Value key, Value v) {
    int64_t i;
    if (!has_index(t, key)) return err_fail(t, T_TypeError, is_null(v) ? "Pointer does not support item deletion" : "Pointer indices must be integer");
    return number_to_index(t, key, &i, T_IndexError) && set_item(t, V_AS(CData, self), i, v);
}

static int slot_truth(Thread *t, Value self) { return target(V_AS(CData, self)) != NULL; }

static const GetSetDef getsets[] = {{"contents", get_contents, set_contents, "the object this pointer points to (read-write)"}, {NULL}};

const TypeDef typedef_ctypes_Pointer = {
    .name = "_ctypes._Pointer",
    .doc = "XXX to be provided",
    .flags = TF_MODULE_NAME | TF_BASE | TF_GC,
    .size = sizeof(CData),
    .ext_offset = offsetof(CData, ext),
    .getsets = getsets,
    .slots = {.new = slot_new, .init = slot_init, .truth = slot_truth, .getitem = slot_getitem, .setitem = slot_setitem},
};
