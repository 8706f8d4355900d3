/* _ctypes: simple types: how each C type is read and written, and _SimpleCData. */
#include <wchar.h>

#include "modules/ext/_ctypes/ctypes_priv.h"

/* --- Numbers ------------------------------------------------------------------------------------------------------------------------------- */

static void copy_swapped(void *to, const void *from, size_t n, bool swapped) {
    for (size_t i = 0; i < n; i++) ((char *)to)[i] = ((const char *)from)[swapped ? n - 1 - i : i];
}

/* An int's low bits, as C converts it. */
static bool set_int(Thread *t, void *memory, size_t size, Value v, bool swapped) {
    Value index = VNULL;
    if (!is_int(t, v)) {
        v = index = number_index(t, v);
        if (is_null(index)) return false;
    }
    uint64_t bits = int_to_u64_mask(v);
    decref_maybe(t, index);
    copy_swapped(memory, &bits, size, swapped);
    return true;
}

#define INT_KIND(name, T, to_value)                                                                   \
    static Value get_##name(Thread *t, const void *memory, bool swapped) {                             \
        T x;                                                                                           \
        copy_swapped(&x, memory, sizeof x, swapped);                                                   \
        return to_value(t, x);                                                                         \
    }                                                                                                  \
    static bool set_##name(Thread *t, void *memory, Value v, bool swapped, Value *keep) { return set_int(t, memory, sizeof(T), v, swapped); }
INT_KIND(i8, int8_t, int_from_i64)
INT_KIND(u8, uint8_t, int_from_i64)
INT_KIND(i16, int16_t, int_from_i64)
INT_KIND(u16, uint16_t, int_from_i64)
INT_KIND(i32, int32_t, int_from_i64)
INT_KIND(u32, uint32_t, int_from_i64)
INT_KIND(i64, int64_t, int_from_i64)
INT_KIND(u64, uint64_t, int_from_u64)

static Value get_bool(Thread *t, const void *memory, bool swapped) { return v_bool(*(const char *)memory != 0); }
static bool set_bool(Thread *t, void *memory, Value v, bool swapped, Value *keep) {
    int yes = truth(t, v);
    if (yes < 0) return false;
    *(bool *)memory = yes;
    return true;
}

/* Windows' VARIANT_BOOL: true is -1. */
static Value get_variant_bool(Thread *t, const void *memory, bool swapped) {
    int16_t x;
    memcpy(&x, memory, sizeof x);
    return v_bool(x != 0);
}
static bool set_variant_bool(Thread *t, void *memory, Value v, bool swapped, Value *keep) {
    int yes = truth(t, v);
    int16_t x = yes > 0 ? -1 : 0;
    memcpy(memory, &x, sizeof x);
    return yes >= 0;
}

#define FLOAT_KIND(name, T)                                                                           \
    static Value get_##name(Thread *t, const void *memory, bool swapped) {                             \
        T x;                                                                                           \
        copy_swapped(&x, memory, sizeof x, swapped);                                                   \
        return float_from_double(t, (double)x);                                                        \
    }                                                                                                  \
    static bool set_##name(Thread *t, void *memory, Value v, bool swapped, Value *keep) {              \
        double d;                                                                                      \
        if (!arg_double(t, v, &d)) return false;                                                       \
        T x = (T)d;                                                                                    \
        copy_swapped(memory, &x, sizeof x, swapped);                                                   \
        return true;                                                                                   \
    }
FLOAT_KIND(float, float)
FLOAT_KIND(double, double)
FLOAT_KIND(longdouble, long double)

#define COMPLEX_KIND(name, T)                                                                         \
    static Value get_##name(Thread *t, const void *memory, bool swapped) {                             \
        T parts[2];                                                                                    \
        for (int i = 0; i < 2; i++) copy_swapped(&parts[i], (const T *)memory + i, sizeof(T), swapped); \
        return complex_from_doubles(t, (double)parts[0], (double)parts[1]);                            \
    }                                                                                                  \
    static bool set_##name(Thread *t, void *memory, Value v, bool swapped, Value *keep) {              \
        double real, imag;                                                                             \
        if (!complex_convert(t, v, &real, &imag)) return false;                                        \
        T parts[2] = {(T)real, (T)imag};                                                               \
        for (int i = 0; i < 2; i++) copy_swapped((T *)memory + i, &parts[i], sizeof(T), swapped);       \
        return true;                                                                                   \
    }
COMPLEX_KIND(cfloat, float)
COMPLEX_KIND(cdouble, double)
COMPLEX_KIND(clongdouble, long double)

/* --- Characters and text ------------------------------------------------------------------------------------------------------------------------ */

static Value get_char(Thread *t, const void *memory, bool swapped) { return bytes_new(t, memory, 1); }
static bool set_char(Thread *t, void *memory, Value v, bool swapped, Value *keep) {
    if (is_bytes(t, v)) {
        if (V_AS(Bytes, v)->length != 1)
            return err_fail(t, T_TypeError, "one character bytes, bytearray, or an integer in range(256) expected, not bytes of length %zd",
                            (size_t)V_AS(Bytes, v)->length);
        *(char *)memory = V_AS(Bytes, v)->data[0];
        return true;
    }
    if (IS_A(t, v, bytearray)) {
        ByteArray *a = V_AS(ByteArray, v);
        if (a->length != 1)
            return err_fail(t, T_TypeError, "one character bytes, bytearray, or an integer in range(256) expected, not bytearray of length %zd",
                            (size_t)a->length);
        *(char *)memory = bytearray_data(a)[0];
        return true;
    }
    if (is_int(t, v)) {
        int64_t i = int_clamp_i64(v);
        if (i < 0 || i > 255) return err_fail(t, T_TypeError, "integer not in range(256)");
        *(char *)memory = (char)i;
        return true;
    }
    return err_fail(t, T_TypeError, "one character bytes, bytearray, or an integer in range(256) expected, not %T", v);
}

static Value get_wchar(Thread *t, const void *memory, bool swapped) {
    uint32_t c;
    memcpy(&c, memory, sizeof c);
    if (c > 0x10FFFF) return err_raise(t, T_ValueError, "character U+%x is not in range [U+0000; U+10ffff]", c);
    return str_from_char(t, c);
}
static bool set_wchar(Thread *t, void *memory, Value v, bool swapped, Value *keep) {
    if (!is_str(t, v)) return err_fail(t, T_TypeError, "a unicode character expected, not instance of %T", v);
    if (str_len(V_AS(Str, v)) != 1) return err_fail(t, T_TypeError, "a unicode character expected, not a string of length %zd", (size_t)str_len(V_AS(Str, v)));
    uint32_t c = str_at(V_AS(Str, v), 0);
    memcpy(memory, &c, sizeof c);
    return true;
}

static void *read_pointer(const void *memory) {
    void *p;
    memcpy(&p, memory, sizeof p);
    return p;
}
static void write_pointer(void *memory, const void *p) { memcpy(memory, &p, sizeof p); }

/* None, or an address. */
static bool set_address(Thread *t, void *memory, Value v) {
    if (is_none(v)) {
        write_pointer(memory, NULL);
        return true;
    }
    write_pointer(memory, (void *)int_to_u64_mask(v));
    return true;
}

static Value get_char_p(Thread *t, const void *memory, bool swapped) {
    const char *p = read_pointer(memory);
    return p ? bytes_from_cstr(t, p) : V_NONE;
}
static bool set_char_p(Thread *t, void *memory, Value v, bool swapped, Value *keep) {
    if (is_bytes(t, v)) {
        write_pointer(memory, V_AS(Bytes, v)->data);
        *keep = new_ref(v);
        return true;
    }
    if (is_none(v) || is_int(t, v)) return set_address(t, memory, v);
    return err_fail(t, T_TypeError, "bytes or integer address expected instead of %T instance", v);
}

static Value get_wchar_p(Thread *t, const void *memory, bool swapped) {
    const uint32_t *p = read_pointer(memory);
    return p ? str_from_ucs4(t, p, (int64_t)wcslen((const wchar_t *)p)) : V_NONE;
}

static void capsule_free(Value capsule) { free(V_AS(Capsule, capsule)->pointer); }

/* A str as wchar_t in libc's memory, which a capsule owns: owned. */
static Value wide_copy(Thread *t, Value v, void **pointer) {
    const Str *s = V_AS(Str, v);
    int64_t n = str_len(s);
    uint32_t *copy = malloc((size_t)(n + 1) * 4);
    if (copy == NULL) return err_no_memory(t);
    for (int64_t i = 0; i < n; i++) copy[i] = str_at(s, i);
    copy[n] = 0;
    Capsule *capsule = heap_object(t, SHAPE_capsule, sizeof *capsule);
    if (capsule == NULL) {
        free(copy);
        return VNULL;
    }
    capsule->pointer = *pointer = copy;
    capsule->name = "_ctypes/cfield.c wchar_t buffer from unicode";
    capsule->context = NULL;
    capsule->destructor = capsule_free;
    return v_from(capsule);
}

static bool set_wchar_p(Thread *t, void *memory, Value v, bool swapped, Value *keep) {
    if (is_none(v) || is_int(t, v)) return set_address(t, memory, v);
    if (!is_str(t, v)) return err_fail(t, T_TypeError, "unicode string or integer address expected instead of %T instance", v);
    void *wide = NULL;
    *keep = wide_copy(t, v, &wide);
    if (is_null(*keep)) return false;
    write_pointer(memory, wide);
    return true;
}

static Value get_void_p(Thread *t, const void *memory, bool swapped) {
    void *p = read_pointer(memory);
    return p ? int_from_u64(t, (uint64_t)p) : V_NONE;
}
static bool set_void_p(Thread *t, void *memory, Value v, bool swapped, Value *keep) {
    if (is_none(v) || is_int(t, v)) return set_address(t, memory, v);
    return err_fail(t, T_TypeError, "cannot be converted to pointer");
}

/* A py_object's word is a Value, whatever it encodes. */
static Value get_object(Thread *t, const void *memory, bool swapped) {
    Value v;
    memcpy(&v, memory, sizeof v);
    return is_null(v) ? err_raise(t, T_ValueError, "PyObject is NULL") : new_ref(v);
}
static bool set_object(Thread *t, void *memory, Value v, bool swapped, Value *keep) {
    memcpy(memory, &v, sizeof v);
    *keep = new_ref(v);
    return true;
}

/* --- The rows ------------------------------------------------------------------------------------------------------------------------------------- */

static const SimpleKind kinds[] = {
    {'c', 'c', 1, false, false, &ffi_type_schar, get_char, set_char},
    {'b', 'b', 1, true, true, &ffi_type_schar, get_i8, set_i8},
    {'B', 'B', 1, true, false, &ffi_type_uchar, get_u8, set_u8},
    {'h', 'h', 2, true, true, &ffi_type_sshort, get_i16, set_i16},
    {'H', 'H', 2, true, false, &ffi_type_ushort, get_u16, set_u16},
    {'i', 'i', 4, true, true, &ffi_type_sint, get_i32, set_i32},
    {'I', 'I', 4, true, false, &ffi_type_uint, get_u32, set_u32},
    {'l', 'l', 8, true, true, &ffi_type_sint64, get_i64, set_i64},
    {'L', 'L', 8, true, false, &ffi_type_uint64, get_u64, set_u64},
    {'q', 'q', 8, true, true, &ffi_type_sint64, get_i64, set_i64},
    {'Q', 'Q', 8, true, false, &ffi_type_uint64, get_u64, set_u64},
    {'?', '?', 1, true, false, &ffi_type_uchar, get_bool, set_bool},
    {'v', 'v', 2, false, true, &ffi_type_sshort, get_variant_bool, set_variant_bool},
    {'f', 'f', sizeof(float), false, true, &ffi_type_float, get_float, set_float},
    {'d', 'd', sizeof(double), false, true, &ffi_type_double, get_double, set_double},
    {'g', 'g', sizeof(long double), false, true, &ffi_type_longdouble, get_longdouble, set_longdouble},
    {'F', 'F', 2 * sizeof(float), false, true, &ffi_type_complex_float, get_cfloat, set_cfloat},
    {'D', 'D', 2 * sizeof(double), false, true, &ffi_type_complex_double, get_cdouble, set_cdouble},
    {'G', 'G', 2 * sizeof(long double), false, true, &ffi_type_complex_longdouble, get_clongdouble, set_clongdouble},
    {'u', 'u', 4, false, false, &ffi_type_sint, get_wchar, set_wchar},
    {'z', 'z', 8, false, false, &ffi_type_pointer, get_char_p, set_char_p},
    {'Z', 'Z', 8, false, false, &ffi_type_pointer, get_wchar_p, set_wchar_p},
    {'P', 'P', 8, false, false, &ffi_type_pointer, get_void_p, set_void_p},
    {'O', 'O', 8, false, false, &ffi_type_pointer, get_object, set_object},
};
_Static_assert(sizeof(long) == 8 && sizeof(wchar_t) == 4, "the sizes above");

const SimpleKind *simple_kind(uint32_t code) {
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if ((uint8_t)kinds[i].code == code) return &kinds[i];
    return NULL;
}

/* --- Classes --------------------------------------------------------------------------------------------------------------------------------------- */

static bool is_pointer_code(char code) { return strchr("zZPO", code) != NULL; }

/* The class of the other byte order, and the attributes by which Structure's endian variants find it. */
static bool add_swapped_class(Thread *t, CType *c) {
    static const enum { LITTLE, BIG } native = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? BIG : LITTLE;
    const char *own = native == LITTLE ? "__ctype_le__" : "__ctype_be__";
    const char *other = native == LITTLE ? "__ctype_be__" : "__ctype_le__";
    Value bases = tuple_of(t, 1, v_from(ctypes_state(t)->classes[CK_SIMPLE])), namespace = dict_new(t), swapped = VNULL;
    bool ready = !is_null(bases) && !is_null(namespace) && dict_set_cstr(t, namespace, "_type_", c->proto) && dict_set_cstr(t, namespace, "_swapped_", V_TRUE);
    if (ready)
        swapped = call_3(t, v_from(type_of(t, v_from(c))), c->type.name, bases, namespace);
    decref_maybe(t, bases);
    decref_maybe(t, namespace);
    if (is_null(swapped)) return false;
    CType *s = V_AS(CType, swapped);
    bool done = attr_set_cstr(t, v_from(c), own, v_from(c)) && attr_set_cstr(t, v_from(c), other, swapped) &&
                attr_set_cstr(t, swapped, own, v_from(c)) && attr_set_cstr(t, swapped, other, swapped);
    s->flags |= CT_SWAPPED;
    done = done && ctype_set_format(t, s, "%c%c", native == LITTLE ? '>' : '<', c->format[1]);
    decref(t, swapped);
    return done;
}

bool simple_class_init(Thread *t, CType *c) {
    Value code = ctype_attribute(t, c, "_type_");
    if (is_null(code)) return err_pending(t) ? false : err_fail(t, T_AttributeError, "class must define a '_type_' attribute");
    slot_set(t, &c->proto, code);
    if (!is_str(t, code)) return err_fail(t, T_TypeError, "class must define a '_type_' string attribute");
    if (str_len(V_AS(Str, code)) != 1)
        return err_fail(t, T_ValueError, "class must define a '_type_' attribute which must be a string of length 1");
    const SimpleKind *kind = simple_kind(str_at(V_AS(Str, code), 0));
    if (kind == NULL)
        return err_fail(t, T_AttributeError,
                        "class must define a '_type_' attribute which must be\na single character string containing one of the\n"
                        "supported types: 'cbBhHiIlLdDFGfuzZqQPOv?g'.");
    c->simple = kind;
    c->kind = CK_SIMPLE;
    c->size = kind->size;
    c->align = kind->ffi->alignment;
    c->length = 0;
    if (is_pointer_code(kind->code)) c->flags |= CT_HAS_POINTER;
    if (!ctype_set_format(t, c, "<%c", strchr("lL", kind->code) ? kind->format == 'l' ? 'q' : 'Q' : kind->format)) return false;
    bool is_root = c->type.base == ctypes_state(t)->classes[CK_SIMPLE] || !is_subtype(&c->type, ctypes_state(t)->data), is_swapped = !is_null(dict_get_cstr(t, c->type.dict, "_swapped_"));
    if (is_swapped) return dict_delete(t, c->type.dict, N(t, _swapped_)) >= 0;
    bool swaps = strchr("hHiIlLqQ?fdFD", kind->code) != NULL;
    return !is_root || !swaps || add_swapped_class(t, c);
}

/* --- from_param ------------------------------------------------------------------------------------------------------------------------------------- */

static Value arg_new(Thread *t, char tag, const SimpleKind *kind) {
    CArg *a = heap_object(t, ctypes_state(t)->arg->shape, sizeof *a);
    if (a == NULL) return VNULL;
    memset((char *)a + sizeof(Object), 0, sizeof *a - sizeof(Object));
    a->tag = tag;
    a->simple = kind;
    return v_from(a);
}

/* The value stored as an argument, or VNULL with the setter's exception. */
static Value stored_arg(Thread *t, const SimpleKind *kind, Value v) {
    Value arg = arg_new(t, kind->code, kind);
    if (is_null(arg)) return VNULL;
    Value keep = VNULL;
    if (kind->set(t, &V_AS(CArg, arg)->value, v, false, &keep)) {
        V_AS(CArg, arg)->object = is_null(keep) ? new_ref(v) : keep;
        return arg;
    }
    decref(t, arg);
    return VNULL;
}

/* Whether v is an array of, or a pointer to, `code`; for void pointers: any of them. */
static bool is_address_of(Thread *t, Value v, char code) {
    if (!is_cdata(t, v)) return false;
    CType *c = ctype_of_data(t, V_AS(CData, v));
    if (c->kind != CK_ARRAY && c->kind != CK_POINTER) return false;
    if (code == 0) return true;
    CType *item = is_null(c->proto) ? NULL : ctype_of_kind(t, c->proto, CK_SIMPLE);
    return item != NULL && item->simple->code == code;
}

/* byref() of a simple type's instance of that code. */
static bool is_reference_to(Thread *t, Value v, char code) {
    if (type_of(t, v) != ctypes_state(t)->arg || V_AS(CArg, v)->tag != 'P') return false;
    if (code == 0) return true;
    Value object = V_AS(CArg, v)->object;
    CType *c = is_null(object) || !is_cdata(t, object) ? NULL : ctype_of_data(t, V_AS(CData, object));
    return c != NULL && c->kind == CK_SIMPLE && c->simple->code == code;
}

/* What a pointer type takes beside what its setter does. VNULL without exception: it does not. */
static Value pointer_like(Thread *t, const SimpleKind *kind, Value v) {
    if (is_none(v)) return V_NONE;
    char item = kind->code == 'z' ? 'c' : kind->code == 'Z' ? 'u' : 0;
    if (is_address_of(t, v, item) || is_reference_to(t, v, item)) return new_ref(v);
    if (kind->code != 'P') return VNULL;
    if (is_bytes(t, v)) return stored_arg(t, simple_kind('z'), v);
    if (is_str(t, v)) return stored_arg(t, simple_kind('Z'), v);
    if (!is_cdata(t, v)) return VNULL;
    CType *c = ctype_of_data(t, V_AS(CData, v));
    if (c->kind == CK_FUNCTION || (c->kind == CK_SIMPLE && strchr("zZ", c->simple->code))) {
        Value arg = arg_new(t, 'P', simple_kind('P'));
        if (is_null(arg)) return VNULL;
        V_AS(CArg, arg)->value.p = read_pointer(V_AS(CData, v)->memory);
        V_AS(CArg, arg)->object = new_ref(v);
        return arg;
    }
    return VNULL;
}

Value simple_from_param(Thread *t, Value class, Value v) {
    CType *c = ctype_of_kind(t, class, CK_SIMPLE);
    if (c == NULL) return err_raise(t, T_TypeError, "abstract class");
    if (is_instance_of(t, v, &c->type)) return new_ref(v);
    const SimpleKind *kind = c->simple;
    if (strchr("zZP", kind->code)) {
        Value answer = pointer_like(t, kind, v);
        if (!is_null(answer) || err_pending(t)) return answer;
    }
    /* An address as int is for void pointers only. */
    bool is_text = kind->code == 'z' || kind->code == 'Z';
    Value arg = is_text && is_int(t, v) ? err_raise(t, T_TypeError, "no text") : stored_arg(t, kind, v);
    if (!is_null(arg)) return arg;
    if (strchr("zZP", kind->code) && err_catch(t, T_TypeError))
        err_raise(t, T_TypeError, "'%T' object cannot be interpreted as ctypes.%s", v, kind->code == 'z' ? "c_char_p" : kind->code == 'Z' ? "c_wchar_p" : "c_void_p");
    Value error = err_fetch(t), parameter;
    SendResult found = as_parameter(t, v, &parameter);
    if (found == SEND_YIELD) {
        decref(t, error);
        if (!stack_check(t, " while processing _as_parameter_")) {
            decref(t, parameter);
            return VNULL;
        }
        Value answer = simple_from_param(t, class, parameter);
        decref(t, parameter);
        return answer;
    }
    if (found == SEND_ERROR) decref(t, error);
    else err_restore(t, error);
    return VNULL;
}

/* --- _SimpleCData --------------------------------------------------------------------------------------------------------------------------------------- */

static Value get_value(Thread *t, Value self, void *closure) {
    CData *d = V_AS(CData, self);
    CType *c = ctype_of_data(t, d);
    return c->simple->get(t, d->memory, c->flags & CT_SWAPPED);
}

static bool set_value(Thread *t, Value self, Value v, void *closure) {
    CData *d = V_AS(CData, self);
    CType *c = ctype_of_data(t, d);
    if (is_null(v)) return err_fail(t, T_TypeError, "can't delete attribute");
    Value keep = VNULL;
    return c->simple->set(t, d->memory, v, c->flags & CT_SWAPPED, &keep) && data_keep(t, d, 0, keep);
}

static bool slot_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_null(kwnames) && tuple_len(kwnames) > 0) return call_no_keywords(t, "__init__", kwnames);
    if (!call_arity(t, "__init__", nargs, 0, 1)) return false;
    return nargs == 0 || set_value(t, self, args[0], NULL);
}

static int slot_truth(Thread *t, Value self) {
    CData *d = V_AS(CData, self);
    for (int64_t i = 0; i < d->size; i++)
        if (d->memory[i]) return 1;
    return 0;
}

static Value slot_repr(Thread *t, Value self) {
    CType *c = ctype_of_data(t, V_AS(CData, self));
    if (!is_plain_simple(t, c)) return str_format(t, "<%N object at %p>", &c->type, (void *)v_obj(self));
    Value v = get_value(t, self, NULL);
    if (is_null(v)) return VNULL;
    Value text = str_format(t, "%N(%R)", &c->type, v);
    decref(t, v);
    return text;
}

/* What an output parameter gives: a plain simple type's value, else the object. */
static Value from_outparam(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return is_plain_simple(t, ctype_of_data(t, V_AS(CData, args[0]))) ? get_value(t, args[0], NULL) : new_ref(args[0]);
}

static const MethodDef methods[] = {{"__ctypes_from_outparam__", "($self, /)", NULL, from_outparam}, {NULL}};
static const GetSetDef getsets[] = {{"value", get_value, set_value, "current value"}, {NULL}};

const TypeDef typedef_ctypes_SimpleCData = {
    .name = "_ctypes._SimpleCData",
    .doc = "XXX to be provided",
    .flags = TF_MODULE_NAME | TF_BASE | TF_GC,
    .size = sizeof(CData),
    .ext_offset = offsetof(CData, ext),
    .methods = methods,
    .getsets = getsets,
    .slots = {.new = data_slot_new, .init = slot_init, .truth = slot_truth, .repr = slot_repr},
};
