/* The kinds of items an array can hold, and the formats in which arrays are pickled. */
#include "modules/array/array_priv.h"

#include "base/utf8.h"
#include "object/bytes.h"

/* --- Getting and setting ----------------------------------------------------------------------------------------------------------- */

#define INT_GETTER(name, C, make)                     \
    static Value name(Thread *t, const char *p) {     \
        C c;                                          \
        memcpy(&c, p, sizeof c);                      \
        return make;                                  \
    }
INT_GETTER(get_b, int8_t, v_smallint(c))
INT_GETTER(get_B, uint8_t, v_smallint(c))
INT_GETTER(get_h, int16_t, v_smallint(c))
INT_GETTER(get_H, uint16_t, v_smallint(c))
INT_GETTER(get_i, int32_t, v_smallint(c))
INT_GETTER(get_I, uint32_t, v_smallint(c))
INT_GETTER(get_q, int64_t, int_from_i64(t, c))
INT_GETTER(get_Q, uint64_t, int_from_u64(t, c))
INT_GETTER(get_f, float, float_from_double(t, c))
INT_GETTER(get_d, double, float_from_double(t, c))

static Value get_w(Thread *t, const char *p) {
    uint32_t c;
    memcpy(&c, p, 4);
    if (c > 0x10ffff) return err_raise(t, T_ValueError, "character U+%x is not in range [U+0000; U+10ffff]", c);
    return str_from_char(t, c);
}

/* An int in C's long, then within bounds whose errors are named. */
static bool bounded(Thread *t, Value v, int64_t min, int64_t max, const char *name, int64_t *out) {
    if (!arg_i64(t, v, out)) return false;
    if (*out < min) return err_fail(t, T_OverflowError, "%s is less than minimum", name);
    if (*out > max) return err_fail(t, T_OverflowError, "%s is greater than maximum", name);
    return true;
}

#define BOUNDED_SETTER(id, C, MIN, MAX, NAME, FIRST)                                        \
    static bool id(Thread *t, Value v, char *p) {                                           \
        int64_t i;                                                                          \
        if (!(FIRST) || !bounded(t, v, MIN, MAX, NAME, &i)) return false;                   \
        C c = (C)i;                                                                         \
        memcpy(p, &c, sizeof c);                                                            \
        return true;                                                                        \
    }
static bool is_short(Thread *t, Value v) {
    int64_t i;
    return bounded(t, v, INT16_MIN, INT16_MAX, "signed short integer", &i);
}
static bool fits_int(Thread *t, Value v) {
    int64_t i;
    return bounded(t, v, INT32_MIN, INT32_MAX, "signed integer", &i);
}
BOUNDED_SETTER(set_b, int8_t, INT8_MIN, INT8_MAX, "signed char", is_short(t, v))
BOUNDED_SETTER(set_B, uint8_t, 0, UINT8_MAX, "unsigned byte integer", true)
BOUNDED_SETTER(set_h, int16_t, INT16_MIN, INT16_MAX, "signed short integer", true)
BOUNDED_SETTER(set_H, uint16_t, 0, UINT16_MAX, "unsigned short", fits_int(t, v))
BOUNDED_SETTER(set_i, int32_t, INT32_MIN, INT32_MAX, "signed integer", true)

static bool set_l(Thread *t, Value v, char *p) {
    int64_t i;
    if (!arg_i64(t, v, &i)) return false;
    memcpy(p, &i, 8);
    return true;
}

/* An exact int, its sign and its low word; false with an exception, or *fits false. */
static bool magnitude(Thread *t, Value v, uint64_t *word, bool *negative, bool *fits) {
    Value number = number_index(t, v);
    if (is_null(number)) return false;
    uint64_t scratch;
    IntView view = int_view(number, &scratch);
    *negative = view.negative;
    *word = view.n > 0 ? view.limbs[0] : 0;
    *fits = view.n <= 1;
    decref(t, number);
    return true;
}

static bool set_unsigned_long(Thread *t, Value v, uint64_t max, char *p, size_t size) {
    uint64_t word;
    bool negative, fits;
    if (!magnitude(t, v, &word, &negative, &fits)) return false;
    if (negative) return err_fail(t, T_OverflowError, "can't convert negative value to unsigned int");
    if (!fits) return err_fail(t, T_OverflowError, "Python int too large to convert to C unsigned long");
    if (word > max) return err_fail(t, T_OverflowError, "unsigned int is greater than maximum");
    memcpy(p, &word, size);
    return true;
}
static bool set_I(Thread *t, Value v, char *p) { return set_unsigned_long(t, v, UINT32_MAX, p, 4); }
static bool set_L(Thread *t, Value v, char *p) { return set_unsigned_long(t, v, UINT64_MAX, p, 8); }

static bool set_q(Thread *t, Value v, char *p) {
    uint64_t word;
    bool negative, fits;
    if (!magnitude(t, v, &word, &negative, &fits)) return false;
    if (!fits || word > (uint64_t)INT64_MAX + negative) return err_fail(t, T_OverflowError, "int too big to convert");
    if (negative) word = 0 - word;
    memcpy(p, &word, 8);
    return true;
}

static bool set_Q(Thread *t, Value v, char *p) {
    uint64_t word;
    bool negative, fits;
    if (!magnitude(t, v, &word, &negative, &fits)) return false;
    if (negative) return err_fail(t, T_OverflowError, "can't convert negative int to unsigned");
    if (!fits) return err_fail(t, T_OverflowError, "int too big to convert");
    memcpy(p, &word, 8);
    return true;
}

static bool set_d(Thread *t, Value v, char *p) {
    double d;
    if (!arg_double(t, v, &d)) return false;
    memcpy(p, &d, 8);
    return true;
}
static bool set_f(Thread *t, Value v, char *p) {
    double d;
    if (!arg_double(t, v, &d)) return false;
    float f = (float)d;
    memcpy(p, &f, 4);
    return true;
}

static bool set_w(Thread *t, Value v, char *p) {
    if (!is_str(t, v)) return err_fail(t, T_TypeError, "array item must be a unicode character, not %T", v);
    Str *s = V_AS(Str, v);
    if (str_len(s) != 1)
        return err_fail(t, T_TypeError, "array item must be a unicode character, not a string of length %zd", (size_t)str_len(s));
    uint32_t c = str_at(s, 0);
    memcpy(p, &c, 4);
    return true;
}

const ItemKind array_kinds[KIND_COUNT] = {
    [ARRAY_b] = {'b', 1, true, true, false, "b", get_b, set_b},
    [ARRAY_B] = {'B', 1, true, false, false, "B", get_B, set_B},
    [ARRAY_u] = {'u', 4, false, false, true, "w", get_w, set_w},
    [ARRAY_w] = {'w', 4, false, false, true, "w", get_w, set_w},
    [ARRAY_h] = {'h', 2, true, true, false, "h", get_h, set_h},
    [ARRAY_H] = {'H', 2, true, false, false, "H", get_H, set_H},
    [ARRAY_i] = {'i', 4, true, true, false, "i", get_i, set_i},
    [ARRAY_I] = {'I', 4, true, false, false, "I", get_I, set_I},
    [ARRAY_l] = {'l', 8, true, true, false, "l", get_q, set_l},
    [ARRAY_L] = {'L', 8, true, false, false, "L", get_Q, set_L},
    [ARRAY_q] = {'q', 8, true, true, false, "q", get_q, set_q},
    [ARRAY_Q] = {'Q', 8, true, false, false, "Q", get_Q, set_Q},
    [ARRAY_f] = {'f', 4, false, true, false, "f", get_f, set_f},
    [ARRAY_d] = {'d', 8, false, true, false, "d", get_d, set_d},
    [ARRAY_KINDS] = {0},
};

int array_kind_of_code(uint32_t code) {
    for (int i = 0; array_kinds[i].code; i++)
        if ((uint32_t)array_kinds[i].code == code) return i;
    return -1;
}

/* --- Machine formats ------------------------------------------------------------------------------------------------------------------ */

typedef enum FormatClass { FORMAT_INT, FORMAT_FLOAT, FORMAT_UTF16, FORMAT_UTF32 } FormatClass;

typedef struct MachineFormat {
    uint8_t size;
    bool is_signed, big_endian;
    FormatClass class;
} MachineFormat;

static const MachineFormat machine_formats[FORMAT_COUNT] = {
    {1, false, false, FORMAT_INT},  {1, true, false, FORMAT_INT},   {2, false, false, FORMAT_INT},   {2, false, true, FORMAT_INT},
    {2, true, false, FORMAT_INT},   {2, true, true, FORMAT_INT},    {4, false, false, FORMAT_INT},   {4, false, true, FORMAT_INT},
    {4, true, false, FORMAT_INT},   {4, true, true, FORMAT_INT},    {8, false, false, FORMAT_INT},   {8, false, true, FORMAT_INT},
    {8, true, false, FORMAT_INT},   {8, true, true, FORMAT_INT},    {4, true, false, FORMAT_FLOAT},  {4, true, true, FORMAT_FLOAT},
    {8, true, false, FORMAT_FLOAT}, {8, true, true, FORMAT_FLOAT},  {4, false, false, FORMAT_UTF16}, {4, false, true, FORMAT_UTF16},
    {4, false, false, FORMAT_UTF32}, {4, false, true, FORMAT_UTF32},
};

static bool kind_has_format(const ItemKind *kind, const MachineFormat *f) {
    if (kind->is_text) return f->class == FORMAT_UTF32;
    return kind->size == f->size && kind->is_signed == f->is_signed && f->class == (kind->is_int ? FORMAT_INT : FORMAT_FLOAT);
}

int array_machine_format(const ItemKind *kind) {
    int i = 0;
    while (!kind_has_format(kind, &machine_formats[i])) i++;
    return i;
}

/* Foreign ints get the kind that has their size and sign, the last of two that do. */
static uint32_t code_for_ints(uint32_t wanted, const MachineFormat *f) {
    for (int i = 0; array_kinds[i].code; i++)
        if (kind_has_format(&array_kinds[i], f)) wanted = (uint32_t)array_kinds[i].code;
    return wanted;
}

static Value foreign_item(Thread *t, const MachineFormat *f, const char *data) {
    char item[ITEM_MAX];
    if (f->class == FORMAT_INT) return int_from_bytes(t, (const uint8_t *)data, f->size, !f->big_endian, f->is_signed);
    for (int i = 0; i < f->size; i++) item[i] = data[f->big_endian ? f->size - 1 - i : i];
    return f->size == 4 ? get_f(t, item) : get_d(t, item);
}

/* The items as a list of numbers or a str. */
static Value foreign_items(Thread *t, const MachineFormat *f, Value bytes) {
    if (f->class == FORMAT_UTF16) return t->hooks->decode(t, bytes, f->big_endian ? "utf-16-be" : "utf-16-le", "strict");
    if (f->class == FORMAT_UTF32) return t->hooks->decode(t, bytes, f->big_endian ? "utf-32-be" : "utf-32-le", "strict");
    Value list = list_new(t, 0);
    const char *data = V_AS(Bytes, bytes)->data;
    int64_t n = V_AS(Bytes, bytes)->length;
    for (int64_t i = 0; !is_null(list) && i < n; i += f->size) {
        Value item = foreign_item(t, f, data + i);
        if (is_null(item) || !list_append_take(t, V_AS(List, list), item)) slot_clear(t, &list);
    }
    return list;
}

static Value make(Thread *t, Type *type, Value typecode, Value items) {
    Value room[3] = {VNULL, typecode, items};
    return builtin_type(t, T_array)->slots.new(t, type, room + 1, 2, VNULL);
}

/* Makes the array from its items' bytes if they are this machine's, else from the items themselves. */
Value array_reconstructor(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_type(t, args[0])) return err_raise(t, T_TypeError, "first argument must be a type object, not %T", args[0]);
    Type *type = V_AS(Type, args[0]);
    if (!is_subtype(type, builtin_type(t, T_array))) return err_raise(t, T_TypeError, "%N is not a subtype of %N", type, builtin_type(t, T_array));
    if (!is_str(t, args[1]) || str_len(V_AS(Str, args[1])) != 1)
        return err_raise(t, T_TypeError, "_array_reconstructor() argument 2 must be a unicode character, not %T", args[1]);
    int32_t code;
    if (!arg_i32(t, args[2], &code)) return VNULL;
    uint32_t letter = str_at(V_AS(Str, args[1]), 0);
    int kind = array_kind_of_code(letter);
    if (kind < 0) return err_raise(t, T_ValueError, "second argument must be a valid type code");
    if (code < 0 || code >= FORMAT_COUNT) return err_raise(t, T_ValueError, "third argument must be a valid machine format code.");
    if (!is_bytes(t, args[3])) return err_raise(t, T_TypeError, "fourth argument should be bytes, not %T", args[3]);
    const MachineFormat *f = &machine_formats[code];
    if (array_machine_format(&array_kinds[kind]) == code) return make(t, type, args[1], args[3]);
    if (V_AS(Bytes, args[3])->length % f->size != 0)
        return err_raise(t, T_ValueError, "string length not a multiple of item size");
    Value items = foreign_items(t, f, args[3]), v = VNULL;
    Value typecode = is_null(items) ? VNULL : str_from_char(t, f->class == FORMAT_INT ? code_for_ints(letter, f) : letter);
    if (!is_null(typecode)) v = make(t, type, typecode, items);
    decref_maybe(t, typecode);
    decref_maybe(t, items);
    return v;
}
