/* `format % values` for str, bytes and bytearray.
 *
 * Both kinds share the parsing of %(key)#0- +width.precision and the layout; text is built in a StrBuilder, bytes as
 * Latin-1 text that becomes bytes at the end.
 */
#include "base/floattext.h"
#include "heap/heap.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/dict.h"
#include "object/float.h"
#include "object/int.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"
#include "types/format.h"

#include "core/names.h"

typedef struct Percent {
    Value values;       /* the right operand */
    int64_t next, count; /* of its items; count -1: a single value */
    bool is_mapping, bytes;
    Value current;      /* item of the key given last; owned or VNULL */
} Percent;

typedef struct Conversion {
    bool left, plus, blank, alternate, zero;
    int64_t width, precision; /* -1: not given */
    uint32_t type;
} Conversion;

static Value next_value(Thread *t, Percent *p) {
    if (!is_null(p->current)) return p->current;
    if (p->count < 0) {
        if (p->next++ == 0) return p->values;
    } else if (p->next < p->count) {
        return tuple_at(p->values, p->next++);
    }
    return err_raise(t, T_TypeError, "not enough arguments for format string");
}

/* --- Layout of one conversion -------------------------------------------------------------------- */

/* sign and prefix, then digits, padded: zeros go between. */
static bool put(Thread *t, StrBuilder *b, const Conversion *c, const char *sign, const char *prefix, Value text, bool numeric) {
    int64_t n = str_len(V_AS(Str, text)), fixed = (int64_t)strlen(sign) + (int64_t)strlen(prefix), missing = c->width - n - fixed;
    if (missing < 0) missing = 0;
    bool zeros = c->zero && numeric && !c->left;
    return (c->left || zeros || str_builder_fill(t, b, ' ', missing)) && str_builder_cstr(t, b, sign) && str_builder_cstr(t, b, prefix) &&
           (!zeros || str_builder_fill(t, b, '0', missing)) && str_builder_str(t, b, text) && (!c->left || str_builder_fill(t, b, ' ', missing));
}

/* --- Numbers ----------------------------------------------------------------------------------- */

static Value integer_of(Thread *t, const Percent *p, const Conversion *c, Value v) {
    bool decimal = c->type == 'd' || c->type == 'i' || c->type == 'u';
    if (is_int(t, v)) return int_exact(t, v);
    if (decimal && is_float(t, v)) return int_from_double(t, float_get(v));
    Slots *s = &type_of(t, v)->slots;
    Value i = VNULL;
    if (decimal && (s->to_int || s->index)) i = number_int(t, v);
    else if (!decimal && s->index) i = number_index(t, v);
    if (!is_null(i)) return i;
    if (err_pending(t) && !err_is(t, T_TypeError)) return VNULL;
    err_clear(t);
    if (decimal) return err_raise(t, T_TypeError, "%%%c format: a real number is required, not %T", (int)c->type, v);
    return err_raise(t, T_TypeError, "%%%c format: an integer is required, not %T", (int)c->type, v);
}

static bool put_integer(Thread *t, StrBuilder *b, Percent *p, const Conversion *c, Value v) {
    Value i = integer_of(t, p, c, v);
    if (is_null(i)) return false;
    bool negative = int_sign(i) < 0;
    int base = c->type == 'o' ? 8 : (c->type | 0x20) == 'x' ? 16 : 10;
    Value text = int_to_str(t, i, base, false);
    decref(t, i);
    if (is_null(text)) return false;
    Str *s = V_AS(Str, text);
    int64_t n = str_len(s) - negative;
    StrBuilder digits;
    str_builder_init(&digits);
    bool done = str_builder_fill(t, &digits, '0', c->precision - n);
    for (int64_t k = negative; done && k < str_len(s); k++) {
        uint32_t ch = str_at(s, k);
        done = str_builder_char(t, &digits, c->type == 'X' && ch >= 'a' ? ch & 0xdf : ch);
    }
    decref(t, text);
    text = done ? str_builder_finish(t, &digits) : VNULL;
    if (is_null(text)) return false;
    const char *prefix = !c->alternate ? "" : c->type == 'x' ? "0x" : c->type == 'X' ? "0X" : c->type == 'o' ? "0o" : "";
    done = put(t, b, c, negative ? "-" : c->plus ? "+" : c->blank ? " " : "", prefix, text, true);
    decref(t, text);
    return done;
}

static bool put_float(Thread *t, StrBuilder *b, const Percent *p, const Conversion *c, Value v) {
    double d;
    if (!float_convert(t, v, &d)) {
        if (p->bytes && err_catch(t, T_TypeError)) return err_fail(t, T_TypeError, "float argument required, not %T", v);
        return false;
    }
    int64_t precision = c->precision < 0 ? 6 : c->precision;
    if (precision > INT32_MAX - 100) return err_fail(t, T_ValueError, "precision too large");
    char small[200];
    size_t bound = float_format_bound(d, (char)c->type, (int)precision);
    char *text = bound <= sizeof small ? small : heap_alloc(t, bound);
    if (text == NULL) return false;
    size_t n = float_format(d, (char)c->type, (int)precision, c->alternate ? FLOAT_ALTERNATE : 0, text);
    bool negative = text[0] == '-';
    Value digits = str_from_ascii(t, text + negative, (int64_t)n - negative);
    if (text != small) heap_free(t, text);
    if (is_null(digits)) return false;
    bool done = put(t, b, c, negative ? "-" : c->plus ? "+" : c->blank ? " " : "", "", digits, true);
    decref(t, digits);
    return done;
}

/* --- Characters and text ------------------------------------------------------------------------- */

static bool put_char(Thread *t, StrBuilder *b, const Percent *p, const Conversion *c, Value v) {
    Value text = VNULL;
    if (p->bytes) {
        int64_t code = -1;
        if (is_bytes(t, v) && V_AS(Bytes, v)->length == 1) code = (uint8_t)V_AS(Bytes, v)->data[0];
        else if (IS_A(t, v, bytearray) && V_AS(ByteArray, v)->length == 1) code = (uint8_t)V_AS(ByteArray, v)->start[0];
        else if (is_bytes(t, v)) return err_fail(t, T_TypeError, "%%c requires an integer in range(256) or a single byte, not a bytes object of length %lld", (long long)V_AS(Bytes, v)->length);
        else if (IS_A(t, v, bytearray)) return err_fail(t, T_TypeError, "%%c requires an integer in range(256) or a single byte, not a bytearray object of length %lld", (long long)V_AS(ByteArray, v)->length);
        else if (has_index(t, v)) {
            if (!number_to_index(t, v, &code, T_INVALID)) return false;
            if (code < 0 || code > 255) return err_fail(t, T_OverflowError, "%%c arg not in range(256)");
        } else return err_fail(t, T_TypeError, "%%c requires an integer in range(256) or a single byte, not %Q", v);
        text = str_from_char(t, (uint32_t)code);
    } else if (is_str(t, v)) {
        if (str_len(V_AS(Str, v)) != 1)
            return err_fail(t, T_TypeError, "%%c requires an int or a unicode character, not a string of length %lld", (long long)str_len(V_AS(Str, v)));
        text = str_exact(t, v);
    } else {
        int64_t code;
        if (!has_index(t, v)) return err_fail(t, T_TypeError, "%%c requires an int or a unicode character, not %Q", v);
        if (!number_to_index(t, v, &code, T_INVALID)) return false;
        if (code < 0 || code > 0x10ffff) return err_fail(t, T_OverflowError, "%%c arg not in range(0x110000)");
        text = str_from_char(t, (uint32_t)code);
    }
    if (is_null(text)) return false;
    bool done = put(t, b, c, "", "", text, false);
    decref(t, text);
    return done;
}

/* %s and %b of bytes formatting: the bytes as Latin-1 text. */
static Value bytes_text(Thread *t, Value v) {
    if (!is_bytes(t, v) && !has_buffer(t, v)) {
        bool found;
        Value made = call_special(t, v, N(t, __bytes__), NULL, 0, &found);
        if (!found && is_null(made) && !err_pending(t))
            return err_raise(t, T_TypeError, "%%b requires a bytes-like object, or an object that implements __bytes__, not '%T'", v);
        if (is_null(made)) return VNULL;
        if (!is_bytes(t, made)) {
            err_raise(t, T_TypeError, "__bytes__ returned non-bytes (type %T)", made);
            decref(t, made);
            return VNULL;
        }
        Value text = str_from_latin1(t, (const uint8_t *)V_AS(Bytes, made)->data, V_AS(Bytes, made)->length);
        decref(t, made);
        return text;
    }
    Buffer view;
    if (!buffer_get(t, v, &view, BUF_SIMPLE)) return VNULL;
    Value text = str_from_latin1(t, (const uint8_t *)view.data, view.length);
    buffer_release(t, &view);
    return text;
}

static bool put_text(Thread *t, StrBuilder *b, const Percent *p, const Conversion *c, Value v) {
    Value text;
    if (p->bytes) text = c->type == 's' || c->type == 'b' ? bytes_text(t, v) : ascii_of(t, v);
    else text = c->type == 's' ? str_of(t, v) : c->type == 'r' ? repr_of(t, v) : ascii_of(t, v);
    if (!is_null(text) && c->precision >= 0 && c->precision < str_len(V_AS(Str, text)))
        slot_set(t, &text, str_substring(t, text, 0, c->precision));
    if (is_null(text)) return false;
    bool done = put(t, b, c, "", "", text, false);
    decref(t, text);
    return done;
}

/* --- Parsing ----------------------------------------------------------------------------------- */

/* A number or `*`; -1 in *out is left where there is none. */
static bool read_size(Thread *t, Percent *p, const Str *s, int64_t *at, int64_t *out, bool *negative, const char *what) {
    int64_t n = str_len(s);
    if (*at < n && str_at(s, *at) == '*') {
        (*at)++;
        Value v = next_value(t, p);
        if (is_null(v)) return false;
        if (!is_int(t, v)) return err_fail(t, T_TypeError, "* wants int");
        int64_t size = int_clamp_i64(v);
        if (size == INT64_MAX || size == INT64_MIN) return err_fail(t, T_OverflowError, "Python int too large to convert to C ssize_t");
        *negative = size < 0;
        *out = size < 0 ? -size : size;
        return true;
    }
    int64_t v = 0, start = *at;
    for (; *at < n && str_at(s, *at) >= '0' && str_at(s, *at) <= '9'; (*at)++) {
        if (v > (INT64_MAX - 9) / 10) return err_fail(t, T_ValueError, "%s too big", what);
        v = v * 10 + (str_at(s, *at) - '0');
    }
    if (*at > start) *out = v;
    return true;
}

static bool read_key(Thread *t, Percent *p, Value format, int64_t *at) {
    Str *s = V_AS(Str, format);
    int64_t n = str_len(s), start = ++*at;
    if (!p->is_mapping) return err_fail(t, T_TypeError, "format requires a mapping");
    int depth = 1;
    for (; *at < n; (*at)++) {
        uint32_t c = str_at(s, *at);
        depth += (c == '(') - (c == ')');
        if (depth == 0) break;
    }
    if (depth > 0) return err_fail(t, T_ValueError, "incomplete format key");
    Value key = str_substring(t, format, start, *at);
    (*at)++;
    if (!is_null(key) && p->bytes) {
        Value bytes = bytes_new(t, (const char *)V_AS(Str, key)->data, str_len(V_AS(Str, key)));
        slot_set(t, &key, bytes);
    }
    if (is_null(key)) return false;
    Value item = item_get(t, p->values, key);
    decref(t, key);
    slot_set(t, &p->current, item);
    return !is_null(item);
}

/* %s of a str and %d of a small int without flags and sizes, which is most of what is formatted; false: it is something else. */
static inline bool is_plain(const Percent *p, const Conversion *c, Value v) {
    if (c->width >= 0 || c->precision >= 0 || c->plus || c->blank) return false;
    return c->type == 's' ? IS_EXACT(v, str) && !p->bytes : c->type == 'd' && is_smallint(v);
}

static bool put_plain(Thread *t, StrBuilder *b, Value v) {
    if (!is_smallint(v)) return str_builder_str(t, b, v);
    char text[24];
    int n = int_small_text(smallint_get(v), text);
    return str_builder_ascii(t, b, text, n);
}

static bool put_conversion(Thread *t, StrBuilder *b, Percent *p, Value format, int64_t *at) {
    Str *s = V_AS(Str, format);
    int64_t n = str_len(s), first = *at;
    Conversion c = {.width = -1, .precision = -1};
    if (*at < n && str_at(s, *at) == '(' && !read_key(t, p, format, at)) return false;
    for (; *at < n; (*at)++) {
        uint32_t ch = str_at(s, *at);
        if (ch == '-') c.left = true;
        else if (ch == '+') c.plus = true;
        else if (ch == ' ') c.blank = true;
        else if (ch == '#') c.alternate = true;
        else if (ch == '0') c.zero = true;
        else break;
    }
    bool negative = false;
    if (!read_size(t, p, s, at, &c.width, &negative, "width")) return false;
    if (negative) c.left = true;
    if (*at < n && str_at(s, *at) == '.') {
        (*at)++;
        c.precision = 0;
        negative = false;
        if (!read_size(t, p, s, at, &c.precision, &negative, "precision")) return false;
        if (negative) c.precision = 0;
    }
    if (*at < n && (str_at(s, *at) == 'l' || str_at(s, *at) == 'h' || str_at(s, *at) == 'L')) (*at)++;
    if (*at >= n) return err_fail(t, T_ValueError, "incomplete format");
    c.type = str_at(s, (*at)++);
    if (c.type == '%' && *at - 1 == first) return str_builder_char(t, b, '%');
    Value v = next_value(t, p);
    if (is_null(v)) return false;
    if (is_plain(p, &c, v) && is_null(p->current)) return put_plain(t, b, v);
    incref(v);
    bool done;
    switch (c.type) {
    case 's': case 'r': case 'a': done = put_text(t, b, p, &c, v); break;
    case 'b':
        if (!p->bytes) goto unsupported;
        done = put_text(t, b, p, &c, v);
        break;
    case 'd': case 'i': case 'u': case 'o': case 'x': case 'X': done = put_integer(t, b, p, &c, v); break;
    case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': done = put_float(t, b, p, &c, v); break;
    case 'c': done = put_char(t, b, p, &c, v); break;
    default:
    unsupported:
        if (c.type >= 32 && c.type < 127)
            done = err_fail(t, T_ValueError, "unsupported format character '%c' (0x%x) at index %lld", (int)c.type, c.type, (long long)*at - 1);
        else
            done = err_fail(t, T_ValueError, "unsupported format character '?' (0x%x) at index %lld", c.type, (long long)*at - 1);
    }
    decref(t, v);
    slot_clear(t, &p->current);
    return done;
}

static Value percent(Thread *t, Value format, Value values, bool bytes) {
    Percent p = {.values = values, .bytes = bytes, .count = -1};
    if (is_tuple(t, values)) p.count = tuple_len(values);
    else p.is_mapping = type_of(t, values)->slots.getitem != NULL && !is_str(t, values) && !(bytes && (is_bytes(t, values) || IS_A(t, values, bytearray)));
    Str *s = V_AS(Str, format);
    int64_t n = str_len(s), at = 0;
    StrBuilder b;
    str_builder_init(&b);
    bool done = true;
    while (done && at < n) {
        int64_t sign = str_find_char(s, '%', at, n);
        if (sign < 0) sign = n;
        done = str_builder_part(t, &b, format, at, sign);
        at = sign + 1;
        if (done && sign < n) done = put_conversion(t, &b, &p, format, &at);
    }
    if (done && !p.is_mapping && (p.count < 0 ? p.next == 0 : p.next < p.count))
        done = err_fail(t, T_TypeError, bytes ? "not all arguments converted during bytes formatting" : "not all arguments converted during string formatting");
    decref_maybe(t, p.current);
    if (done) return str_builder_finish(t, &b);
    if (!b.failed) str_builder_drop(t, &b);
    return VNULL;
}

Value percent_str(Thread *t, Value format, Value args) { return percent(t, format, args, false); }

Value percent_bytes(Thread *t, Value format, Value args) {
    bool is_array = !is_bytes(t, format);
    Value text = is_array ? str_from_latin1(t, (const uint8_t *)bytearray_data(V_AS(ByteArray, format)), V_AS(ByteArray, format)->length)
                          : str_from_latin1(t, (const uint8_t *)V_AS(Bytes, format)->data, V_AS(Bytes, format)->length);
    if (is_null(text)) return VNULL;
    Value result = percent(t, text, args, true);
    decref(t, text);
    if (is_null(result)) return VNULL;
    Str *s = V_AS(Str, result);
    Value bytes = is_array ? bytearray_new(t, (const char *)s->data, str_len(s)) : bytes_new(t, (const char *)s->data, str_len(s));
    decref(t, result);
    return bytes;
}
