/* str: its slots and the table of its methods, which are in str_*.c. */
#include "heap/heap.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/instance.h"
#include "object/int.h"
#include "types/codecs.h"
#include "types/format.h"
#include "types/str_priv.h"

/* --- Construction ------------------------------------------------------------------------------ */

/* A subclass instance with the text of an exact str (taken). */
static Value subclass_instance(Thread *t, Type *type, Value exact) {
    if (is_null(exact)) return VNULL;
    Str *s = V_AS(Str, exact);
    size_t bytes = (size_t)(str_len(s) + 1) * s->kind;
    Value v = object_new_sized(t, type, (int64_t)bytes);
    if (!is_null(v)) {
        Str *copy = V_AS(Str, v);
        copy->length_low = s->length_low;
        copy->length_high = s->length_high;
        copy->kind = s->kind;
        copy->flags = s->flags & STR_ASCII;
        memcpy(copy->data, s->data, bytes);
        v = object_done(t, v);
    }
    decref(t, exact);
    return v;
}

static Value text_of(Thread *t, Value object, Value encoding, Value errors) {
    if (is_null(object)) return new_ref(t->interp->empty_str);
    if (is_null(encoding) && is_null(errors)) return str_of(t, object);
    if (is_str(t, object)) return err_raise(t, T_TypeError, "decoding str is not supported");
    if (!has_buffer(t, object)) return err_raise(t, T_TypeError, "decoding to str: need a bytes-like object, %T found", object);
    Value keep[2] = {{0}};
    const char *e = is_null(encoding) ? "utf-8" : str_cstr(t, encoding, &keep[0]), *r = NULL;
    Value v = VNULL;
    if (e != NULL && (is_null(errors) || (r = str_cstr(t, errors, &keep[1])) != NULL)) v = codec_decode(t, object, e, r);
    decref_maybe(t, keep[0]);
    decref_maybe(t, keep[1]);
    return v;
}

static Value str_new_slot(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value v;
    if (nargs == 1 && is_null(kwnames)) {
        v = str_of(t, args[0]);
    } else {
        Value out[3];
        if (nargs > 3) return call_arity(t, "str", nargs, 0, 3), VNULL;
        if (!call_bind_signature(t, "str", "(object='', encoding='utf-8', errors='strict')", args, nargs, kwnames, out)) return VNULL;
        if (!is_null(out[1]) && !arg_str(t, out[1], "str", "'encoding'")) return VNULL;
        if (!is_null(out[2]) && !arg_str(t, out[2], "str", "'errors'")) return VNULL;
        v = text_of(t, out[0], out[1], out[2]);
    }
    if (type == builtin_type(t, T_str) || is_null(v)) return v;
    Value exact = str_exact(t, v);
    decref(t, v);
    return subclass_instance(t, type, exact);
}

/* --- Slots ------------------------------------------------------------------------------------- */

static Value slot_str(Thread *t, Value v) { return str_exact(t, v); }
static bool slot_hash(Thread *t, Value v, int64_t *hash) {
    *hash = str_hash_of(t, V_AS(Str, v));
    return true;
}
static int64_t slot_len(Thread *t, Value v) { return str_len(V_AS(Str, v)); }

static Value slot_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if (!is_str(t, a) || !is_str(t, b)) return V_NOTIMPL;
    Str *x = V_AS(Str, a), *y = V_AS(Str, b);
    switch (op) {
    case CMP_EQ: return v_bool(str_equal(x, y));
    case CMP_NE: return v_bool(!str_equal(x, y));
    case CMP_LT: return v_bool(str_compare(x, y) < 0);
    case CMP_LE: return v_bool(str_compare(x, y) <= 0);
    case CMP_GT: return v_bool(str_compare(x, y) > 0);
    default: return v_bool(str_compare(x, y) >= 0);
    }
}

static Value slot_item(Thread *t, Value v, int64_t i) {
    Str *s = V_AS(Str, v);
    if (i < 0 || i >= str_len(s)) return err_raise(t, T_IndexError, "string index out of range");
    return str_from_char(t, str_at(s, i));
}

static Value slice_of(Thread *t, Value v, Value slice) {
    Str *s = V_AS(Str, v);
    int64_t start, stop, step, count;
    if (!slice_indices(t, slice, str_len(s), &start, &stop, &step, &count)) return VNULL;
    if (step == 1) return str_substring(t, v, start, start + count);
    StrBuilder b;
    str_builder_init(&b);
    for (int64_t i = 0; i < count; i++)
        if (!str_builder_char(t, &b, str_at(s, start + i * step))) return VNULL;
    return str_builder_finish(t, &b);
}

static Value slot_getitem(Thread *t, Value v, Value key) {
    if (IS_EXACT(key, slice)) return slice_of(t, v, key);
    if (!has_index(t, key)) return err_raise(t, T_TypeError, "string indices must be integers, not '%T'", key);
    int64_t i;
    if (!number_to_index(t, key, &i, T_IndexError)) return VNULL;
    return slot_item(t, v, i < 0 ? i + str_len(V_AS(Str, v)) : i);
}

static int slot_contains(Thread *t, Value v, Value sub) {
    if (!is_str(t, sub)) return err_minus(t, T_TypeError, "'in <string>' requires string as left operand, not %T", sub);
    return str_contains(V_AS(Str, v), V_AS(Str, sub));
}

static Value slot_concat(Thread *t, Value a, Value b) {
    if (!is_str(t, b)) return err_raise(t, T_TypeError, "can only concatenate str (not \"%T\") to str", b);
    return str_concat(t, a, b);
}

static Value slot_repeat(Thread *t, Value v, int64_t count) {
    Str *s = V_AS(Str, v);
    int64_t n = str_len(s);
    if (count <= 0 || n == 0) return new_ref(t->interp->empty_str);
    if (count == 1) return str_exact(t, v);
    if (count > (INT64_C(1) << 40) / n) return err_no_memory(t);
    Value result = str_new(t, n * count, str_is_ascii(s) ? 0x7f : s->kind == 1 ? 0xff : s->kind == 2 ? 0xffff : 0x10ffff);
    if (is_null(result)) return result;
    uint8_t *out = V_AS(Str, result)->data;
    size_t unit = (size_t)n * s->kind, total = unit * (size_t)count;
    if (unit == 1) {
        memset(out, s->data[0], total);
    } else {
        memcpy(out, s->data, unit);
        for (size_t done = unit; done < total; done *= 2) memcpy(out + done, out, done < total - done ? done : total - done);
    }
    return result;
}

static Value slot_mod(Thread *t, Value a, Value b) { return is_str(t, a) ? percent_str(t, a, b) : V_NOTIMPL; }

static void slot_destroy(Thread *t, Object *o) { str_intern_forget(t, (Str *)o); }

static Value slot_iter(Thread *t, Value v) {
    IndexIterator *it = heap_object(t, SHAPE_str_iterator, sizeof *it);
    if (it == NULL) return VNULL;
    it->sequence = new_ref(v);
    it->index = 0;
    return v_from(it);
}

/* --- Methods that are here --------------------------------------------------------------------- */

static Value str_m_encode(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value keep[2] = {{0}}, result = VNULL;
    if (!is_null(args[1]) && !is_str(t, args[1])) return err_raise(t, T_TypeError, "encode() argument 'encoding' must be str, not %T", args[1]);
    if (!is_null(args[2]) && !is_str(t, args[2])) return err_raise(t, T_TypeError, "encode() argument 'errors' must be str, not %T", args[2]);
    const char *encoding = is_null(args[1]) ? "utf-8" : str_cstr(t, args[1], &keep[0]), *errors = NULL;
    if (encoding != NULL && (is_null(args[2]) || (errors = str_cstr(t, args[2], &keep[1])) != NULL)) result = codec_encode(t, args[0], encoding, errors);
    decref_maybe(t, keep[0]);
    decref_maybe(t, keep[1]);
    return result;
}

static Value str_m_getnewargs(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    StrBuilder b; /* a copy, also of an exact str */
    str_builder_init(&b);
    if (!str_builder_str(t, &b, args[0])) return VNULL;
    Value copy = str_builder_finish(t, &b);
    return is_null(copy) ? VNULL : tuple_take(t, &copy, 1);
}

static Value str_m_sizeof(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Str *s = V_AS(Str, args[0]);
    return v_smallint((int64_t)offsetof(Str, data) + (str_len(s) + 1) * s->kind);
}

static Value str_m_format_spec(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "__format__() argument must be str, not %T", args[1]);
    if (str_len(V_AS(Str, args[1])) == 0) return str_of(t, args[0]);
    return format_str(t, args[0], args[1]);
}

#define PURE FX_PURE | FX_NO_PYTHON
static const MethodDef str_methods[] = {
    {"encode", "($self, /, encoding='utf-8', errors='strict')", "The text as bytes in an encoding.", str_m_encode},
    {"replace", "($self, old, new, /, count=-1)", "A copy with all occurrences of old replaced by new, or the first count of them.", str_m_replace},
    {"split", "($self, /, sep=None, maxsplit=-1)", "The list of the parts between separators; without sep, of the words between white space.", str_m_split},
    {"rsplit", "($self, /, sep=None, maxsplit=-1)", "As split, but a maxsplit counts from the end.", str_m_rsplit},
    {"join", "($self, iterable, /)", "The strings of an iterable with this one between them.", str_m_join},
    {"capitalize", "($self, /)", "The first character in title case, the others in lower case.", str_m_capitalize, 0, PURE},
    {"casefold", "($self, /)", "A form for comparing without regard to case.", str_m_casefold, 0, PURE},
    {"title", "($self, /)", "Each word with a first letter in title case.", str_m_title, 0, PURE},
    {"center", "($self, width, fillchar=' ', /)", "Padded on both sides to a width.", str_m_center},
    {"count", "($self, sub, start=None, end=None, /)", "The number of occurrences of sub that do not overlap, in s[start:end].", str_m_count},
    {"expandtabs", "($self, /, tabsize=8)", "Tabs replaced by blanks up to the next multiple of tabsize columns.", str_m_expandtabs},
    {"find", "($self, sub, start=None, end=None, /)", "The lowest index of sub in s[start:end], or -1.", str_m_find},
    {"partition", "($self, sep, /)", "The part before the first separator, the separator, the part behind.", str_m_partition},
    {"index", "($self, sub, start=None, end=None, /)", "As find, but ValueError when it is not found.", str_m_index},
    {"ljust", "($self, width, fillchar=' ', /)", "Padded on the right to a width.", str_m_ljust},
    {"lower", "($self, /)", "In lower case.", str_m_lower, 0, PURE},
    {"lstrip", "($self, chars=None, /)", "Without leading white space, or leading characters of chars.", str_m_lstrip},
    {"rfind", "($self, sub, start=None, end=None, /)", "The highest index of sub in s[start:end], or -1.", str_m_rfind},
    {"rindex", "($self, sub, start=None, end=None, /)", "As rfind, but ValueError when it is not found.", str_m_rindex},
    {"rjust", "($self, width, fillchar=' ', /)", "Padded on the left to a width.", str_m_rjust},
    {"rstrip", "($self, chars=None, /)", "Without trailing white space, or trailing characters of chars.", str_m_rstrip},
    {"rpartition", "($self, sep, /)", "The part before the last separator, the separator, the part behind.", str_m_rpartition},
    {"splitlines", "($self, /, keepends=False)", "The list of the lines.", str_m_splitlines},
    {"strip", "($self, chars=None, /)", "Without white space at both ends, or characters of chars.", str_m_strip},
    {"swapcase", "($self, /)", "Upper case to lower case and the other way round.", str_m_swapcase, 0, PURE},
    {"translate", "($self, table, /)", "Each character replaced by table[its code point]: a code point, a string or None.", str_m_translate},
    {"upper", "($self, /)", "In upper case.", str_m_upper, 0, PURE},
    {"startswith", "($self, prefix, start=None, end=None, /)", "Whether s[start:end] begins with a prefix, or with one of a tuple.", str_m_startswith},
    {"endswith", "($self, suffix, start=None, end=None, /)", "Whether s[start:end] ends with a suffix, or with one of a tuple.", str_m_endswith},
    {"removeprefix", "($self, prefix, /)", "Without the prefix, if it is there.", str_m_removeprefix},
    {"removesuffix", "($self, suffix, /)", "Without the suffix, if it is there.", str_m_removesuffix},
    {"isascii", "($self, /)", "Whether all characters are ASCII.", str_m_isascii, 0, PURE},
    {"islower", "($self, /)", "Whether all cased characters are lower case, and there is one.", str_m_islower, 0, PURE},
    {"isupper", "($self, /)", "Whether all cased characters are upper case, and there is one.", str_m_isupper, 0, PURE},
    {"istitle", "($self, /)", "Whether the text is in title case.", str_m_istitle, 0, PURE},
    {"isspace", "($self, /)", "Whether all characters are white space, and there is one.", str_m_isspace, 0, PURE},
    {"isdecimal", "($self, /)", "Whether all characters are decimal digits, and there is one.", str_m_isdecimal, 0, PURE},
    {"isdigit", "($self, /)", "Whether all characters are digits, and there is one.", str_m_isdigit, 0, PURE},
    {"isnumeric", "($self, /)", "Whether all characters have a numeric value, and there is one.", str_m_isnumeric, 0, PURE},
    {"isalpha", "($self, /)", "Whether all characters are letters, and there is one.", str_m_isalpha, 0, PURE},
    {"isalnum", "($self, /)", "Whether all characters are letters or digits, and there is one.", str_m_isalnum, 0, PURE},
    {"isidentifier", "($self, /)", "Whether the text could be a name in Python.", str_m_isidentifier, 0, PURE},
    {"isprintable", "($self, /)", "Whether repr() would escape none of the characters.", str_m_isprintable, 0, PURE},
    {"zfill", "($self, width, /)", "Padded with zeros on the left, behind a sign.", str_m_zfill},
    {"format", "($self, /, *args, **kwargs)", "The text with {} replaced by arguments.", str_m_format},
    {"format_map", "($self, mapping, /)", "As format(**mapping), but the mapping is used as it is.", str_m_format_map},
    {"maketrans", "(x, y=<unrepresentable>, z=<unrepresentable>, /)",
     "A table for translate: from a dict, or from strings of the same length and one of characters to delete.", str_m_maketrans, MF_STATIC},
    {"__format__", "($self, format_spec, /)", "Text by a format specification.", str_m_format_spec},
    {"__sizeof__", "($self, /)", "Bytes of memory.", str_m_sizeof},
    {"__getnewargs__", "($self, /)", NULL, str_m_getnewargs},
    {NULL},
};

const TypeDef typedef_str = {
    .name = "str",
    .doc = "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\nText: an immutable sequence of characters. The first form is what\n"
           "print() shows of an object, the second decodes bytes.",
    .flags = TF_BASE | TF_STR | TF_VARSIZED,
    .size = sizeof(Str),
    .item_size = 1,
    .methods = str_methods,
    .slots = {.new = str_new_slot, .destroy = slot_destroy, .repr = str_repr, .str = slot_str, .hash = slot_hash, .compare = slot_compare,
              .iter = slot_iter, .len = slot_len, .getitem = slot_getitem, .item = slot_item, .contains = slot_contains,
              .concat = slot_concat, .repeat = slot_repeat, .binop = {[OP_mod] = slot_mod}},
};
