/* _ctypes: arrays. */
#include <wchar.h>

#include "modules/ext/_ctypes/ctypes_priv.h"
#include "types/generic_alias.h"
#include "types/types_priv.h"

/* --- Classes ------------------------------------------------------------------------------------------------------------------------------------ */

static bool set_shape(Thread *t, CType *c, const CType *item) {
    int ndim = item->ndim + 1;
    int64_t *shape = heap_alloc(t, 2 * (size_t)ndim * sizeof *shape);
    if (shape == NULL) return false;
    shape[0] = c->length;
    for (int i = 1; i < ndim; i++) shape[i] = item->shape[i - 1];
    shape[ndim] = item->size;
    for (int i = 1; i < ndim; i++) shape[ndim + i] = item->shape[item->ndim + i - 1];
    heap_free(t, c->shape);
    c->shape = shape;
    c->ndim = ndim;
    return true;
}

static bool get_char_value_rows(Thread *t, CType *c, char code);

bool array_class_init(Thread *t, CType *c) {
    Value length = ctype_attribute(t, c, "_length_");
    if (is_null(length)) return err_pending(t) ? false : err_fail(t, T_AttributeError, "class must define a '_length_' attribute");
    bool good = is_int(t, length) || err_fail(t, T_TypeError, "The '_length_' attribute must be an integer");
    if (good && int_sign(length) < 0) good = err_fail(t, T_ValueError, "The '_length_' attribute must not be negative");
    if (good && !int_to_i64(t, length, &c->length)) {
        err_clear(t);
        good = err_fail(t, T_OverflowError, "The '_length_' attribute is too large");
    }
    decref(t, length);
    if (!good) return false;
    Value proto = ctype_attribute(t, c, "_type_");
    if (is_null(proto)) return err_pending(t) ? false : err_fail(t, T_AttributeError, "class must define a '_type_' attribute");
    slot_set(t, &c->proto, proto);
    CType *item = ctype_of(t, proto);
    if (item == NULL || item->kind == CK_ABSTRACT) return err_fail(t, T_TypeError, "_type_ must have storage info");
    if (item->size != 0 && c->length > INT64_MAX / item->size) return err_fail(t, T_OverflowError, "array too large");
    c->kind = CK_ARRAY;
    c->size = c->length * item->size;
    c->align = item->align;
    c->flags |= item->flags & (CT_HAS_POINTER | CT_HAS_UNION | CT_HAS_BITFIELD);
    if (item->kind == CK_POINTER || item->kind == CK_FUNCTION) c->flags |= CT_HAS_POINTER;
    item->flags |= CT_FINAL;
    if (!set_shape(t, c, item) || !ctype_set_format(t, c, "%s", item->format ? item->format : "B")) return false;
    char code = item->kind == CK_SIMPLE ? item->simple->code : 0;
    return code != 'c' && code != 'u' ? true : get_char_value_rows(t, c, code);
}

Value array_type_of(Thread *t, Value item, int64_t length) {
    CtypesState *s = ctypes_state(t);
    Value count = int_from_i64(t, length), key = is_null(count) ? VNULL : tuple_of(t, 2, item, count), made = VNULL;
    if (is_null(key)) goto done;
    made = new_ref_maybe(dict_get(t, s->array_types, key));
    if (!is_null(made) || err_pending(t)) goto done;
    Value name = str_format(t, "%N_Array_%ld", V_AS(Type, item), (long)length), bases = tuple_of(t, 1, v_from(s->classes[CK_ARRAY])), namespace = dict_new(t);
    if (!is_null(name) && !is_null(bases) && !is_null(namespace) && dict_set_cstr(t, namespace, "_length_", count) && dict_set_cstr(t, namespace, "_type_", item))
        made = call_3(t, v_from(s->metatypes[CK_ARRAY]), name, bases, namespace);
    if (!is_null(made) && !dict_set(t, s->array_types, key, made)) slot_clear(t, &made);
    decref_maybe(t, name);
    decref_maybe(t, bases);
    decref_maybe(t, namespace);
done:
    decref_maybe(t, count);
    decref_maybe(t, key);
    return made;
}

/* --- value and raw of character arrays ---------------------------------------------------------------------------------------------------------------- */

static Value get_raw(Thread *t, Value self, void *closure) { return bytes_new(t, V_AS(CData, self)->memory, V_AS(CData, self)->size); }

static bool set_raw(Thread *t, Value self, Value v, void *closure) {
    CData *d = V_AS(CData, self);
    Buffer view;
    if (is_null(v)) return err_fail(t, T_AttributeError, "cannot delete attribute");
    if (!buffer_get(t, v, &view, BUF_SIMPLE)) return false;
    bool fits = view.length <= d->size;
    if (fits) memcpy(d->memory, view.data, (size_t)view.length);
    buffer_release(t, &view);
    return fits || err_fail(t, T_ValueError, "byte string too long");
}

static Value get_text(Thread *t, Value self, void *closure) {
    CData *d = V_AS(CData, self);
    return bytes_new(t, d->memory, (int64_t)strnlen(d->memory, (size_t)d->size));
}

static bool set_text(Thread *t, Value self, Value v, void *closure) {
    CData *d = V_AS(CData, self);
    if (is_null(v)) return err_fail(t, T_TypeError, "can't delete attribute");
    if (!is_bytes(t, v)) return err_fail(t, T_TypeError, "bytes expected instead of %T instance", v);
    int64_t n = V_AS(Bytes, v)->length;
    if (n > d->size) return err_fail(t, T_ValueError, "byte string too long");
    memcpy(d->memory, V_AS(Bytes, v)->data, (size_t)n);
    if (n < d->size) d->memory[n] = 0;
    return true;
}

static Value get_wide(Thread *t, Value self, void *closure) {
    CData *d = V_AS(CData, self);
    const uint32_t *p = (const uint32_t *)d->memory;
    int64_t n = 0, most = d->size / 4;
    while (n < most && p[n]) n++;
    for (int64_t i = 0; i < n; i++)
        if (p[i] > 0x10FFFF) return err_raise(t, T_ValueError, "character U+%x is not in range [U+0000; U+10ffff]", p[i]);
    return str_from_ucs4(t, p, n);
}

static bool set_wide(Thread *t, Value self, Value v, void *closure) {
    CData *d = V_AS(CData, self);
    uint32_t *p = (uint32_t *)d->memory;
    if (is_null(v)) return err_fail(t, T_TypeError, "can't delete attribute");
    if (!is_str(t, v)) return err_fail(t, T_TypeError, "unicode string expected instead of %T instance", v);
    const Str *s = V_AS(Str, v);
    int64_t n = str_len(s), most = d->size / 4;
    if (n > most) return err_fail(t, T_ValueError, "string too long");
    for (int64_t i = 0; i < n; i++) p[i] = str_at(s, i);
    if (n < most) p[n] = 0;
    return true;
}

static const GetSetDef char_getsets[] = {{"raw", get_raw, set_raw, "value"}, {"value", get_text, set_text, "string value"}};
static const GetSetDef wchar_getsets[] = {{"value", get_wide, set_wide, "string value"}};

static bool get_char_value_rows(Thread *t, CType *c, char code) {
    const GetSetDef *rows = code == 'c' ? char_getsets : wchar_getsets;
    for (size_t i = 0; i < (code == 'c' ? COUNT_OF(char_getsets) : COUNT_OF(wchar_getsets)); i++) {
        Value d = type_getset_new(t, &c->type, &rows[i]);
        bool done = !is_null(d) && attr_set_cstr(t, v_from(c), rows[i].name, d);
        decref_maybe(t, d);
        if (!done) return false;
    }
    return true;
}

/* --- Items ---------------------------------------------------------------------------------------------------------------------------------------------- */

static CType *item_type(Thread *t, CData *d) { return V_AS(CType, ctype_of_data(t, d)->proto); }
static int64_t count_of(Thread *t, CData *d) { return ctype_of_data(t, d)->length; }

static Value slot_item(Thread *t, Value self, int64_t i) {
    CData *d = V_AS(CData, self);
    CType *item = item_type(t, d);
    if (i < 0 || i >= count_of(t, d)) return err_raise(t, T_IndexError, "invalid index");
    return data_get(t, item, d, i, d->memory + i * item->size);
}

static bool slot_set_item(Thread *t, Value self, int64_t i, Value v) {
    CData *d = V_AS(CData, self);
    CType *item = item_type(t, d);
    if (is_null(v)) return err_fail(t, T_TypeError, "Array does not support item deletion");
    if (i < 0 || i >= count_of(t, d)) return err_fail(t, T_IndexError, "invalid index");
    return data_set(t, item, d, i, d->memory + i * item->size, v);
}

/* The items of a slice: bytes or text where they are characters, else a list. */
static Value get_slice(Thread *t, CData *d, Value slice) {
    CType *item = item_type(t, d);
    int64_t start, stop, step, n;
    if (!slice_indices(t, slice, count_of(t, d), &start, &stop, &step, &n)) return VNULL;
    char code = item->kind == CK_SIMPLE ? item->simple->code : 0;
    if (code == 'c') {
        Value bytes = bytes_new(t, NULL, n);
        for (int64_t i = 0; i < n && !is_null(bytes); i++) V_AS(Bytes, bytes)->data[i] = d->memory[start + i * step];
        return bytes;
    }
    if (code == 'u') {
        StrBuilder b;
        str_builder_init(&b);
        for (int64_t i = 0; i < n; i++) str_builder_char(t, &b, ((uint32_t *)d->memory)[start + i * step]);
        return str_builder_finish(t, &b);
    }
    Value list = list_new(t, n);
    for (int64_t i = 0; i < n && !is_null(list); i++) {
        Value v = slot_item(t, v_from(d), start + i * step);
        if (is_null(v) || !list_append_take(t, V_AS(List, list), v)) slot_clear(t, &list);
    }
    return list;
}

static Value slot_getitem(Thread *t, Value self, Value key) {
    CData *d = V_AS(CData, self);
    int64_t i;
    if (has_index(t, key)) {
        if (!number_to_index(t, key, &i, T_IndexError)) return VNULL;
        return slot_item(t, self, i < 0 ? i + count_of(t, d) : i);
    }
    if (IS_EXACT(key, slice)) return get_slice(t, d, key);
    return err_raise(t, T_TypeError, "indices must be integers");
}

static bool set_slice(Thread *t, CData *d, Value slice, Value v) {
    int64_t start, stop, step, n;
    if (!slice_indices(t, slice, count_of(t, d), &start, &stop, &step, &n)) return false;
    int64_t given = length_of(t, v);
    if (given < 0) return false;
    if (given != n) return err_fail(t, T_ValueError, "Can only assign sequence of same size");
    for (int64_t i = 0; i < n; i++) {
        Value item = item_get_index(t, v, i);
        bool good = !is_null(item) && slot_set_item(t, v_from(d), start + i * step, item);
        decref_maybe(t, item);
        if (!good) return false;
    }
    return true;
}

static bool slot_setitem(Thread *t, Value self, Value key, Value v) {
    CData *d = V_AS(CData, self);
    int64_t i;
    if (is_null(v)) return err_fail(t, T_TypeError, "Array does not support item deletion");
    if (has_index(t, key)) {
        if (!number_to_index(t, key, &i, T_IndexError)) return false;
        return slot_set_item(t, self, i < 0 ? i + count_of(t, d) : i, v);
    }
    if (IS_EXACT(key, slice)) return set_slice(t, d, key, v);
    return err_fail(t, T_TypeError, "indices must be integer");
}

static int64_t slot_len(Thread *t, Value self) { return count_of(t, V_AS(CData, self)); }

static bool slot_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    for (uint32_t i = 0; i < nargs; i++)
        if (!slot_set_item(t, self, i, args[i])) return false;
    return true;
}

static Value class_getitem(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return generic_alias_class_getitem(t, args, nargs, kwnames); }

static const MethodDef methods[] = {{"__class_getitem__", "($type, object, /)", "See PEP 585", class_getitem, MF_CLASS}, {NULL}};

const TypeDef typedef_ctypes_Array = {
    .name = "_ctypes.Array",
    .doc = "Abstract base class for arrays.",
    .flags = TF_MODULE_NAME | TF_BASE | TF_GC | TF_SEQUENCE,
    .size = sizeof(CData),
    .ext_offset = offsetof(CData, ext),
    .methods = methods,
    .slots = {.new = data_slot_new, .init = slot_init, .len = slot_len, .item = slot_item, .getitem = slot_getitem, .setitem = slot_setitem},
};
