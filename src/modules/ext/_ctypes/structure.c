/* _ctypes: structures and unions, and their fields.
 *
 * Where the fields lie is computed by the library's ctypes._layout; here the result is checked and made the class's.
 */
#include "modules/ext/_ctypes/ctypes_priv.h"
#include "types/types_priv.h"

/* What `type` does for an attribute of a class. */
static bool class_set(Thread *t, Value class, Value name, Value v) { return builtin_type(t, T_type)->slots.setattr(t, class, name, v); }

/* --- Bit fields ----------------------------------------------------------------------------------------------------------------------------------- */

/* The bits of a field of `size` bytes at memory, and where they stand; in the order of the field's type. */
static uint64_t load_word(const void *memory, int64_t size, bool swapped) {
    uint64_t word = 0;
    for (int64_t i = 0; i < size; i++) word |= (uint64_t)((const uint8_t *)memory)[swapped ? size - 1 - i : i] << (8 * i);
    return word;
}
static void store_word(void *memory, int64_t size, bool swapped, uint64_t word) {
    for (int64_t i = 0; i < size; i++) ((uint8_t *)memory)[swapped ? size - 1 - i : i] = (uint8_t)(word >> (8 * i));
}
static uint64_t mask_of(int64_t bits) { return bits >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << bits) - 1; }

static Value get_bits(Thread *t, CType *c, const CField *f, const void *memory) {
    uint64_t bits = load_word(memory, c->size, c->flags & CT_SWAPPED) >> f->bit_offset & mask_of(f->bit_size);
    if (c->simple->code == '?') return v_bool(bits != 0);
    if (!c->simple->is_signed) return int_from_u64(t, bits);
    int unused = 64 - (int)f->bit_size;
    return int_from_i64(t, (int64_t)(bits << unused) >> unused);
}

static bool set_bits(Thread *t, CType *c, const CField *f, void *memory, Value v) {
    uint64_t full = 0;
    Value keep = VNULL;
    if (!c->simple->set(t, &full, v, false, &keep)) return false;
    uint64_t mask = mask_of(f->bit_size) << f->bit_offset, word = load_word(memory, c->size, c->flags & CT_SWAPPED);
    store_word(memory, c->size, c->flags & CT_SWAPPED, (word & ~mask) | (full << f->bit_offset & mask));
    return true;
}

/* --- Arrays of characters, which are text as fields ------------------------------------------------------------------------------------------------ */

/* 'c' or 'u' for such an array, else 0. */
static char text_code(Thread *t, CType *c) {
    CType *item = c->kind == CK_ARRAY ? ctype_of_kind(t, c->proto, CK_SIMPLE) : NULL;
    char code = item ? item->simple->code : 0;
    return code == 'c' || code == 'u' ? code : 0;
}

static Value get_wide(Thread *t, CType *c, const void *memory) {
    const uint32_t *p = memory;
    int64_t n = 0;
    while (n < c->length && p[n]) {
        if (p[n] > 0x10FFFF) return err_raise(t, T_ValueError, "character U+%x is not in range [U+0000; U+10ffff]", p[n]);
        n++;
    }
    return str_from_ucs4(t, p, n);
}

static bool set_narrow(Thread *t, CType *c, char *memory, Value v) {
    if (!is_bytes(t, v)) return err_fail(t, T_TypeError, "expected bytes, %T found", v);
    int64_t n = (int64_t)strlen(V_AS(Bytes, v)->data); /* as C copies it */
    if (n > c->size) return err_fail(t, T_ValueError, "bytes too long (%zd, maximum length %zd)", (size_t)n, (size_t)c->size);
    memcpy(memory, V_AS(Bytes, v)->data, (size_t)n);
    if (n < c->size) memory[n] = 0;
    return true;
}

static bool set_wide(Thread *t, CType *c, void *memory, Value v) {
    if (!is_str(t, v)) return err_fail(t, T_TypeError, "unicode string expected instead of %T instance", v);
    const Str *s = V_AS(Str, v);
    uint32_t *p = memory;
    int64_t n = str_len(s);
    if (n > c->length) return err_fail(t, T_ValueError, "string too long (%zd, maximum length %zd)", (size_t)n, (size_t)c->length);
    for (int64_t i = 0; i < n; i++) p[i] = str_at(s, i);
    if (n < c->length) p[n] = 0;
    return true;
}

/* --- CField ----------------------------------------------------------------------------------------------------------------------------------------- */

static CData *owner_of(Thread *t, Value instance) {
    if (is_cdata(t, instance)) return V_AS(CData, instance);
    err_raise(t, T_TypeError, "not a ctype instance");
    return NULL;
}

static Value field_get(Thread *t, Value self, Value instance, Value owner) {
    CField *f = V_AS(CField, self);
    if (is_null(instance) || is_none(instance)) return new_ref(self);
    CData *d = owner_of(t, instance);
    if (d == NULL) return VNULL;
    CType *c = V_AS(CType, f->proto);
    char *memory = d->memory + f->byte_offset;
    if (f->is_bitfield) return get_bits(t, c, f, memory);
    char text = text_code(t, c);
    if (text == 'c') return bytes_new(t, memory, (int64_t)strnlen(memory, (size_t)c->size));
    return text == 'u' ? get_wide(t, c, memory) : data_get(t, c, d, f->index, memory);
}

static bool field_set(Thread *t, Value self, Value instance, Value v) {
    CField *f = V_AS(CField, self);
    CData *d = owner_of(t, instance);
    if (d == NULL) return false;
    if (is_null(v)) return err_fail(t, T_TypeError, "can't delete attribute");
    CType *c = V_AS(CType, f->proto);
    char *memory = d->memory + f->byte_offset;
    if (f->is_bitfield) return set_bits(t, c, f, memory, v);
    char text = is_cdata(t, v) ? 0 : text_code(t, c);
    return text == 'c' ? set_narrow(t, c, memory, v) : text == 'u' ? set_wide(t, c, memory, v) : data_set(t, c, d, f->index, memory, v);
}

static Value field_raise_range(Thread *t, const char *text, Value name) { return err_raise(t, T_ValueError, text, name); }

static Value field_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    enum { NAME, TYPE, BYTE_SIZE, BYTE_OFFSET, INDEX, INTERNAL, BIT_SIZE, BIT_OFFSET, COUNT };
    Value v[COUNT];
    if (!call_bind_signature(t, "CField", "(*, name, type, byte_size, byte_offset, index, _internal_use, bit_size=None, bit_offset=None)", args, nargs, kwnames, v))
        return VNULL;
    int internal = truth(t, v[INTERNAL]);
    if (internal < 0) return VNULL;
    if (!internal) return err_raise(t, T_TypeError, "CField is not intended to be used directly; use it via Structure or Union classes");
    if (!is_str(t, v[NAME])) return err_raise(t, T_TypeError, "CField() argument 'name' must be str, not %T", v[NAME]);
    int64_t size, offset, index, bit_size = 0, bit_offset = 0;
    if (!arg_size(t, v[BYTE_SIZE], &size) || !arg_size(t, v[BYTE_OFFSET], &offset) || !arg_size(t, v[INDEX], &index)) return VNULL;
    if (size < 0) return field_raise_range(t, "byte size of field %R must not be negative", v[NAME]);
    CType *proto = ctype_of(t, v[TYPE]);
    if (proto == NULL || proto->kind == CK_ABSTRACT) return err_raise(t, T_TypeError, "type of field %R must be a C type", v[NAME]);
    if (size != proto->size) return field_raise_range(t, "byte size of field %R does not match type size", v[NAME]);
    bool bits = !is_null(v[BIT_SIZE]) && !is_none(v[BIT_SIZE]);
    if (bits) {
        if (proto->simple == NULL || !proto->simple->is_int) return err_raise(t, T_TypeError, "bit fields not allowed for type %N", &proto->type);
        if (!arg_size(t, v[BIT_SIZE], &bit_size) || is_null(v[BIT_OFFSET]) || !arg_size(t, v[BIT_OFFSET], &bit_offset)) return VNULL;
        if (bit_size <= 0 || bit_size > size * 8) return field_raise_range(t, "number of bits invalid for bit field %R", v[NAME]);
        if (bit_offset < 0) return field_raise_range(t, "bit offset of field %R must not be negative", v[NAME]);
        if (bit_offset + bit_size > size * 8)
            return err_raise(t, T_ValueError, "bit field %R overflows its type (%ld + %ld > %ld)", v[NAME], (long)bit_offset, (long)bit_size, (long)size * 8);
    }
    Value made = object_new(t, type);
    if (is_null(made)) return made;
    CField *f = V_AS(CField, made);
    f->name = str_exact(t, v[NAME]);
    if (!is_null(f->name)) f->name = str_intern(t, f->name);
    f->proto = new_ref(v[TYPE]);
    f->byte_size = size;
    f->byte_offset = offset;
    f->index = index;
    f->is_bitfield = bits;
    f->bit_size = bit_size;
    f->bit_offset = bit_offset;
    if (!is_null(f->name)) return object_done(t, made);
    decref(t, made);
    return VNULL;
}

static Value field_size(Thread *t, Value self, void *closure) {
    CField *f = V_AS(CField, self);
    return int_from_i64(t, f->is_bitfield ? f->bit_size << 16 | f->bit_offset : f->byte_size);
}

/* Eight times the size of a large field is more than 64 bits. */
static Value field_bit_size(Thread *t, Value self, void *closure) {
    CField *f = V_AS(CField, self);
    if (f->is_bitfield) return v_smallint(f->bit_size);
    Value bytes = int_from_i64(t, f->byte_size), bits = is_null(bytes) ? VNULL : int_mul(t, bytes, v_smallint(8));
    decref_maybe(t, bytes);
    return bits;
}

static Value field_repr(Thread *t, Value self) {
    CField *f = V_AS(CField, self);
    Type *proto = V_AS(Type, f->proto);
    if (f->is_bitfield)
        return str_format(t, "<ctypes.CField %R type=%N, ofs=%ld, bit_size=%ld, bit_offset=%ld>", f->name, proto, (long)f->byte_offset,
                          (long)f->bit_size, (long)f->bit_offset);
    return str_format(t, "<ctypes.CField %R type=%N, ofs=%ld, size=%ld>", f->name, proto, (long)f->byte_offset, (long)f->byte_size);
}

static const MemberDef field_members[] = {
    {"name", MK_VALUE, MEMBER_READONLY, offsetof(CField, name), "name of this field"},
    {"type", MK_VALUE, MEMBER_READONLY, offsetof(CField, proto), "type of this field"},
    {"offset", MK_INT64, MEMBER_READONLY, offsetof(CField, byte_offset), "offset in bytes of this field (same as byte_offset)"},
    {"byte_offset", MK_INT64, MEMBER_READONLY, offsetof(CField, byte_offset), "offset in bytes of this field"},
    {"byte_size", MK_INT64, MEMBER_READONLY, offsetof(CField, byte_size), "size of this field in bytes"},
    {"bit_offset", MK_INT64, MEMBER_READONLY, offsetof(CField, bit_offset), "additional offset in bits (relative to byte_offset)"},
    {"is_bitfield", MK_BOOL8, MEMBER_READONLY, offsetof(CField, is_bitfield), "true if this is a bitfield"},
    {"is_anonymous", MK_BOOL8, MEMBER_READONLY, offsetof(CField, is_anonymous), "true if this field is anonymous"},
    {NULL},
};
static const GetSetDef field_getsets[] = {
    {"size", field_size, NULL, "size in bytes of this field. For bitfields, this is a legacy packed value; use byte_size instead"},
    {"bit_size", field_bit_size, NULL, "size of this field in bits"},
    {NULL},
};
static const Field field_fields[] = {FIELD_VALUE(CField, name), FIELD_VALUE(CField, proto)};

const TypeDef typedef_ctypes_CField = {
    .name = "ctypes.CField",
    .doc = "Structure/Union member",
    .flags = TF_MODULE_NAME | TF_GC,
    .size = sizeof(CField),
    FIELDS(field_fields),
    .members = field_members,
    .getsets = field_getsets,
    .slots = {.new = field_new, .repr = field_repr, .descr_get = field_get, .descr_set = field_set},
};

/* --- Passing by value: the layout as libffi wants it ---------------------------------------------------------------------------------------------------- */

/* The simple values that a type consists of, in order, into `out` (NULL: only counted). */
static size_t flatten(Thread *t, CType *c, ffi_type **out) {
    if (c->kind == CK_ARRAY) {
        size_t n = 0;
        for (int64_t i = 0; i < c->length; i++) n += flatten(t, V_AS(CType, c->proto), out ? out + n : NULL);
        return n;
    }
    if (c->kind != CK_STRUCT && c->kind != CK_UNION) {
        if (out) *out = ctype_ffi(c);
        return 1;
    }
    size_t n = 0;
    for (ffi_type **e = c->elements; e && *e; e++, n++)
        if (out) out[n] = *e;
    return n;
}

enum {
    BY_MEMORY = 32, /* bytes: what is larger travels in memory, whatever it consists of; libffi does not look at its elements */
};

/* The bytes of the elements laid out as C does. */
static size_t natural_size(ffi_type **elements) {
    size_t at = 0;
    for (; *elements; elements++) at = (at + (*elements)->alignment - 1) / (*elements)->alignment * (*elements)->alignment + (*elements)->size;
    return at;
}

/* The elements of the fields in order (NULL: only counted): of bits that share a word the first, of a union the largest member. */
static size_t flatten_fields(Thread *t, CType *c, Value fields, ffi_type **out) {
    size_t n = 0;
    int64_t end = 0;
    CField *largest = NULL;
    for (int64_t i = 0; i < list_len(fields); i++) {
        CField *f = V_AS(CField, list_at(fields, i));
        if (c->kind == CK_UNION) {
            if (largest == NULL || f->byte_size > largest->byte_size) largest = f;
        } else if (f->byte_offset >= end || !f->is_bitfield) {
            n += flatten(t, V_AS(CType, f->proto), out ? out + n : NULL);
            end = f->byte_offset + f->byte_size;
        }
    }
    return largest ? flatten(t, V_AS(CType, largest->proto), out) : n;
}

/* What C could not have laid out so (packed ones) is described as bytes, which is at least as large as it is. */
static bool set_elements(Thread *t, CType *c, CType *base, Value fields) {
    bool small = c->size <= BY_MEMORY;
    size_t inherited = small && base ? flatten(t, base, NULL) : 0, n = small ? inherited + flatten_fields(t, c, fields, NULL) : 1;
    ffi_type **elements = heap_alloc(t, ((n > BY_MEMORY ? n : BY_MEMORY) + 1) * sizeof *elements);
    if (elements == NULL) return false;
    elements[0] = &ffi_type_uint8;
    if (small && base) flatten(t, base, elements);
    if (small) flatten_fields(t, c, fields, elements + inherited);
    elements[n] = NULL;
    if (small && natural_size(elements) > (size_t)c->size) {
        for (n = 0; n < (size_t)c->size; n++) elements[n] = &ffi_type_uint8;
        elements[n] = NULL;
    }
    heap_free(t, c->elements);
    c->elements = elements;
    c->ffi_own = (ffi_type){.size = (size_t)c->size, .alignment = (unsigned short)c->align, .type = FFI_TYPE_STRUCT, .elements = elements};
    return true;
}

/* --- Classes ---------------------------------------------------------------------------------------------------------------------------------------------- */

static bool copy_layout(Thread *t, CType *c, CType *base) {
    c->size = base->size;
    c->align = base->align;
    c->length = base->length;
    c->flags |= base->flags & ~CT_FINAL;
    slot_set(t, &c->fields, new_ref_maybe(base->fields));
    if (base->format && !ctype_set_format(t, c, "%s", base->format)) return false;
    Value none = list_new(t, 0);
    bool done = !is_null(none) && set_elements(t, c, base, none);
    decref_maybe(t, none);
    return done;
}

static CType *base_of(Thread *t, CType *c) {
    CType *base = ctype_of(t, v_from(c->type.base));
    return base && base->kind == c->kind ? base : NULL;
}

/* The fields of an anonymous member become the class's own, moved to where the member lies. */
static bool add_anonymous(Thread *t, CType *c, CField *member) {
    CType *inner = V_AS(CType, member->proto);
    if (inner->kind != CK_STRUCT && inner->kind != CK_UNION)
        return err_fail(t, T_AttributeError, "'%U' is specified in _anonymous_ but not in _fields_", member->name);
    for (int64_t i = 0; !is_null(inner->fields) && i < list_len(inner->fields); i++) {
        CField *f = V_AS(CField, list_at(inner->fields, i));
        if (f->is_anonymous) {
            CField nested = *f;
            nested.byte_offset += member->byte_offset;
            nested.index += member->index;
            if (!add_anonymous(t, c, &nested)) return false;
            continue;
        }
        Value copy = object_new(t, ctypes_state(t)->field);
        if (is_null(copy)) return false;
        CField *to = V_AS(CField, copy);
        uint32_t head_size = offsetof(CField, name);
        memcpy((char *)to + head_size, (char *)f + head_size, sizeof *f - head_size);
        incref(to->name);
        incref(to->proto);
        to->byte_offset += member->byte_offset;
        to->index += member->index;
        object_done(t, copy);
        bool done = class_set(t, v_from(c), to->name, copy);
        decref(t, copy);
        if (!done) return false;
    }
    return true;
}

static bool take_anonymous(Thread *t, CType *c) {
    Value names = ctype_attribute(t, c, "_anonymous_");
    if (is_null(names)) return !err_pending(t);
    Value fast = sequence_tuple(t, names, "_anonymous_ must be a sequence");
    decref(t, names);
    if (is_null(fast)) return false;
    bool good = true;
    for (int64_t i = 0; good && i < sequence_fast_len(fast); i++) {
        Value name = sequence_fast_items(fast)[i], member = attr_get(t, v_from(c), name);
        if (is_null(member)) good = false;
        else if (type_of(t, member) != ctypes_state(t)->field) good = err_fail(t, T_AttributeError, "'%S' is specified in _anonymous_ but not in _fields_", name);
        else {
            V_AS(CField, member)->is_anonymous = true;
            good = add_anonymous(t, c, V_AS(CField, member));
        }
        decref_maybe(t, member);
    }
    decref(t, fast);
    return good;
}

static bool take_int(Thread *t, Value layout, const char *name, int64_t *out) {
    Value v = attr_get_cstr(t, layout, name);
    bool done = !is_null(v) && arg_size(t, v, out);
    decref_maybe(t, v);
    if (done && *out < 0) return err_fail(t, T_ValueError, "%s must not be negative", name);
    return done;
}

static bool take_format(Thread *t, CType *c, Value layout) {
    Value v = attr_get_cstr(t, layout, "format_spec"), keep = VNULL;
    const char *text = is_null(v) ? NULL : str_cstr(t, v, &keep);
    bool done = text != NULL && ctype_set_format(t, c, "%s", text);
    decref_maybe(t, v);
    decref_maybe(t, keep);
    return done;
}

/* Checks a field of the layout and makes it an attribute. */
static bool take_field(Thread *t, CType *c, Value v) {
    if (type_of(t, v) != ctypes_state(t)->field) return err_fail(t, T_TypeError, "fields must be of type CField, got %T", v);
    CField *f = V_AS(CField, v);
    CType *proto = V_AS(CType, f->proto);
    if (proto == c) return err_fail(t, T_AttributeError, "Structure or union cannot contain itself");
    if (f->byte_offset < 0 || f->byte_offset + f->byte_size > c->size)
        return err_fail(t, T_ValueError, "field %R is outside of the structure's bounds", f->name);
    c->flags |= proto->flags & (CT_HAS_POINTER | CT_HAS_UNION | CT_HAS_BITFIELD);
    if (proto->kind == CK_UNION) c->flags |= CT_HAS_UNION;
    if (proto->kind == CK_POINTER || proto->kind == CK_FUNCTION) c->flags |= CT_HAS_POINTER;
    if (f->is_bitfield) c->flags |= CT_HAS_BITFIELD;
    proto->flags |= CT_FINAL;
    return class_set(t, v_from(c), f->name, v);
}

/* Lays the class out by the value of _fields_. */
static bool set_fields(Thread *t, CType *c, Value input) {
    if (c->flags & CT_FINAL) return err_fail(t, T_AttributeError, "_fields_ is final");
    CType *base = base_of(t, c);
    if (base) base->flags |= CT_FINAL;
    Value module = t->hooks->import(t, "ctypes._layout"), layout = VNULL, fields = VNULL, given = VNULL;
    Value function = is_null(module) ? VNULL : attr_get_cstr(t, module, "get_layout");
    bool good = false;
    Value args[5] = {VNULL, v_from(c), input, v_bool(c->kind == CK_STRUCT), base && base->size > 0 ? v_from(base) : V_NONE};
    if (!is_null(function)) layout = call(t, function, args + 1, 4, VNULL);
    if (is_null(layout)) goto done;
    int64_t size, align;
    if (!take_int(t, layout, "size", &size) || !take_int(t, layout, "align", &align)) goto done;
    if (c->flags & CT_FINAL) {
        err_raise(t, T_AttributeError, "_fields_ is final");
        goto done;
    }
    given = attr_get_cstr(t, layout, "fields");
    fields = is_null(given) ? VNULL : list_from_iterable(t, given);
    if (is_null(fields)) goto done;
    int64_t n = list_len(fields);
    c->size = size;
    c->align = align;
    c->length = n + (base ? base->length : 0);
    c->flags = base ? base->flags & ~CT_FINAL : 0;
    if (c->kind == CK_UNION) c->flags |= CT_HAS_UNION;
    if (!take_format(t, c, layout)) goto done;
    for (int64_t i = 0; i < n; i++)
        if (!take_field(t, c, list_at(fields, i))) goto done;
    c->flags |= CT_FINAL;
    if (!set_elements(t, c, base, fields)) goto done;
    slot_set(t, &c->fields, new_ref(fields));
    good = take_anonymous(t, c);
done:
    decref_maybe(t, module);
    decref_maybe(t, function);
    decref_maybe(t, layout);
    decref_maybe(t, given);
    decref_maybe(t, fields);
    return good;
}

bool struct_class_init(Thread *t, CType *c) {
    CtypesState *s = ctypes_state(t);
    c->kind = is_subtype(type_of(t, v_from(c)), s->metatypes[CK_STRUCT]) ? CK_STRUCT : CK_UNION;
    c->align = 1;
    if (!is_null(dict_get_cstr(t, c->type.dict, "_abstract_"))) {
        c->kind = CK_ABSTRACT;
        return true;
    }
    Value input = dict_get_cstr(t, c->type.dict, "_fields_");
    if (!is_null(input)) {
        incref(input);
        bool done = attr_set_cstr(t, v_from(c), "_fields_", input);
        decref(t, input);
        return done;
    }
    CType *base = base_of(t, c);
    if (base != NULL) {
        base->flags |= CT_FINAL;
        return copy_layout(t, c, base);
    }
    if (c->kind == CK_UNION) c->flags |= CT_HAS_UNION;
    Value none = list_new(t, 0);
    bool done = !is_null(none) && set_elements(t, c, NULL, none) && ctype_set_format(t, c, "B");
    decref_maybe(t, none);
    return done;
}

bool struct_class_setattr(Thread *t, Value self, Value name, Value v) {
    bool is_fields = is_str(t, name) && str_equals_cstr(V_AS(Str, name), "_fields_");
    if (is_fields && !is_null(v)) {
        if (V_AS(CType, self)->kind == CK_ABSTRACT) return err_fail(t, T_TypeError, "ctypes state is not initialized");
        if (!set_fields(t, V_AS(CType, self), v)) return false;
    }
    return class_set(t, self, name, v);
}

/* --- Instances ---------------------------------------------------------------------------------------------------------------------------------------------- */

/* Sets fields in order from the positional arguments, those of bases first; *at: the next argument. */
static bool init_positional(Thread *t, Value self, Type *type, Value *args, uint32_t nargs, Value kwnames, uint32_t *at) {
    if (type->base != NULL && ctype_of(t, v_from(type->base)) && !init_positional(t, self, type->base, args, nargs, kwnames, at)) return false;
    Value fields = type->flags & TF_HEAP ? dict_get_cstr(t, type->dict, "_fields_") : VNULL;
    if (is_null(fields) || *at >= nargs) return true;
    incref(fields);
    bool good = true;
    int64_t n = length_of(t, fields);
    for (int64_t i = 0; good && n >= 0 && i < n && *at < nargs; i++) {
        Value pair = item_get_index(t, fields, i), name = is_null(pair) ? VNULL : item_get_index(t, pair, 0);
        good = !is_null(name);
        for (int64_t k = 0; good && !is_null(kwnames) && k < tuple_len(kwnames); k++)
            if (equal(t, tuple_at(kwnames, k), name) == 1) good = err_fail(t, T_TypeError, "duplicate values for field %R", name);
        good = good && attr_set(t, self, name, args[(*at)++]);
        decref_maybe(t, pair);
        decref_maybe(t, name);
    }
    decref(t, fields);
    return good && n >= 0;
}

static bool slot_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    uint32_t at = 0;
    if (nargs > 0 && !init_positional(t, self, type_of(t, self), args, nargs, kwnames, &at)) return false;
    if (at < nargs) return err_fail(t, T_TypeError, "too many initializers");
    for (int64_t i = 0; !is_null(kwnames) && i < tuple_len(kwnames); i++)
        if (!attr_set(t, self, tuple_at(kwnames, i), args[nargs + i])) return false;
    return true;
}

const TypeDef typedef_ctypes_Structure = {
    .name = "_ctypes.Structure",
    .doc = "Structure base class",
    .flags = TF_MODULE_NAME | TF_BASE | TF_GC,
    .size = sizeof(CData),
    .ext_offset = offsetof(CData, ext),
    .slots = {.new = data_slot_new, .init = slot_init},
};
const TypeDef typedef_ctypes_Union = {
    .name = "_ctypes.Union",
    .doc = "Union base class",
    .flags = TF_MODULE_NAME | TF_BASE | TF_GC,
    .size = sizeof(CData),
    .ext_offset = offsetof(CData, ext),
    .slots = {.new = data_slot_new, .init = slot_init},
};
