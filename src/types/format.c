/* format() of str, int, float and complex. */
#include "types/format.h"

#include <math.h>
#include <stdlib.h>

#include "base/floattext.h"
#include "base/limbs.h"
#include "heap/heap.h"
#include "object/float.h"
#include "object/int.h"
#include "ops/number.h"
#include "ops/object.h"
#include "types/format_spec.h"

static Value finish(Thread *t, StrBuilder *b, bool done) {
    if (done) return str_builder_finish(t, b);
    if (!b->failed) str_builder_drop(t, b);
    return VNULL;
}

/* --- str --------------------------------------------------------------------------------------- */

Value format_str(Thread *t, Value v, Value spec_text) {
    if (str_len(V_AS(Str, spec_text)) == 0) return str_of(t, v); /* a subclass may have a __str__ of its own */
    FormatSpec spec;
    if (!format_spec_parse(t, v, spec_text, '<', &spec)) return VNULL;
    if (spec.type != 0 && spec.type != 's') return format_unknown_type(t, spec.type, v);
    if (spec.sign == ' ') return err_raise(t, T_ValueError, "Space not allowed in string format specifier");
    if (spec.sign) return err_raise(t, T_ValueError, "Sign not allowed in string format specifier");
    if (spec.no_negative_zero) return err_raise(t, T_ValueError, "Negative zero coercion (z) not allowed in string format specifier");
    if (spec.alternate) return err_raise(t, T_ValueError, "Alternate form (#) not allowed in string format specifier");
    if (spec.align == '=') return err_raise(t, T_ValueError, "'=' alignment not allowed in string format specifier");
    if (spec.grouping) return err_raise(t, T_ValueError, "Cannot specify '%c' with 's'.", (int)spec.grouping);
    int64_t n = str_len(V_AS(Str, v));
    Value text = spec.precision >= 0 && spec.precision < n ? str_substring(t, v, 0, spec.precision) : str_exact(t, v);
    if (is_null(text) || spec.width <= str_len(V_AS(Str, text))) return text;
    StrBuilder b;
    str_builder_init(&b);
    bool done = format_put_padded(t, &b, &spec, text, '<');
    decref(t, text);
    return finish(t, &b, done);
}

/* --- int --------------------------------------------------------------------------------------- */

static Value format_int_as_char(Thread *t, Value v, const FormatSpec *spec) {
    if (spec->sign) return err_raise(t, T_ValueError, "Sign not allowed with integer format specifier 'c'");
    if (spec->alternate) return err_raise(t, T_ValueError, "Alternate form (#) not allowed with integer format specifier 'c'");
    int64_t c = int_clamp_i64(v);
    if (c < 0 || c > 0x10ffff) return err_raise(t, T_OverflowError, "%%c arg not in range(0x110000)");
    Value text = str_from_char(t, (uint32_t)c);
    if (is_null(text)) return VNULL;
    StrBuilder b;
    str_builder_init(&b);
    bool done = format_put_padded(t, &b, spec, text, '>');
    decref(t, text);
    return finish(t, &b, done);
}

static Value format_int_digits(Thread *t, Value v, const FormatSpec *spec, unsigned base) {
    uint64_t scratch;
    IntView i = int_view(v, &scratch);
    if (base == 10 && i.n > 33 && !int_digits_allowed(t, (int64_t)((double)(limbs_bit_length(i.limbs, (size_t)i.n) - 1) * 0.30102999566398114) + 1, false))
        return VNULL;
    size_t bound = limbs_text_bound(i.limbs, (size_t)i.n, base) + 1;
    char small[160], *text = bound <= sizeof small ? small : heap_alloc(t, bound);
    if (text == NULL) return VNULL;
    size_t n = limbs_to_text(i.limbs, (size_t)i.n, base, text);
    if (n == LIMBS_NO_MEMORY) {
        if (text != small) heap_free(t, text);
        return err_no_memory(t);
    }
    if (spec->type == 'X')
        for (size_t k = 0; k < n; k++)
            if (text[k] >= 'a') text[k] &= 0xdf;
    const char *prefix = !spec->alternate ? "" : base == 2 ? "0b" : base == 8 ? "0o" : spec->type == 'X' ? "0X" : base == 16 ? "0x" : "";
    NumberParts parts = {.sign = i.negative ? '-' : spec->sign == '+' ? '+' : spec->sign == ' ' ? ' ' : 0, .prefix = prefix, .digits = text,
                         .n_digits = (int64_t)n, .rest = "", .localised = spec->type == 'n', .numeric = true};
    StrBuilder b;
    str_builder_init(&b);
    bool done = format_put_number(t, &b, spec, &parts);
    if (text != small) heap_free(t, text);
    return finish(t, &b, done);
}

static Value format_double(Thread *t, double d, Value v, const FormatSpec *spec);

Value format_int(Thread *t, Value v, Value spec_text) {
    if (str_len(V_AS(Str, spec_text)) == 0) return is_exact_int(v) ? int_to_str(t, v, 10, false) : str_of(t, v);
    FormatSpec spec;
    if (!format_spec_parse(t, v, spec_text, '>', &spec)) return VNULL;
    switch (spec.type) {
    case 0: case 'd': case 'n': case 'b': case 'o': case 'x': case 'X': case 'c': {
        if (spec.precision >= 0) return err_raise(t, T_ValueError, "Precision not allowed in integer format specifier");
        if (spec.no_negative_zero) return err_raise(t, T_ValueError, "Negative zero coercion (z) not allowed in format specifier with integer presentation type");
        if (spec.type == 'c') return format_int_as_char(t, v, &spec);
        return format_int_digits(t, v, &spec, spec.type == 'b' ? 2 : spec.type == 'o' ? 8 : (spec.type | 0x20) == 'x' ? 16 : 10);
    }
    case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': case '%': {
        double d;
        return int_to_double(t, v, &d) ? format_double(t, d, v, &spec) : VNULL;
    }
    default: return format_unknown_type(t, spec.type, v);
    }
}

/* --- float ------------------------------------------------------------------------------------- */

/* The text of |d| by a specification's type, in a block of *capacity bytes; the sign apart. */
typedef struct DoubleText {
    char small[192], *text; /* text is small or a heap block */
    size_t n;
    bool negative;
} DoubleText;

static bool double_text(Thread *t, double d, const FormatSpec *spec, bool for_complex, DoubleText *out) {
    uint32_t type = spec->type;
    int64_t precision = spec->precision;
    unsigned flags = (spec->alternate ? FLOAT_ALTERNATE : 0) | (spec->no_negative_zero ? FLOAT_NO_NEG_0 : 0);
    if (precision > INT32_MAX - 100) return err_fail(t, T_ValueError, "precision too big");
    bool percent = type == '%';
    if (type == 0 && precision < 0) {
        type = 'r';
        precision = 0;
        if (!for_complex) flags |= FLOAT_ADD_DOT_0;
    } else if (type == 0) {
        type = 'g';
        if (!for_complex) flags |= FLOAT_ADD_DOT_0;
    } else if (type == 'n') {
        type = 'g';
    } else if (percent) {
        d *= 100;
        type = 'f';
    }
    if (precision < 0) precision = 6;
    size_t bound = float_format_bound(d, (char)type, (int)precision) + 8;
    out->text = bound <= sizeof out->small ? out->small : heap_alloc(t, bound);
    if (out->text == NULL) return false;
    out->n = float_format(d, (char)type, (int)precision, flags, out->text);
    if (percent) out->text[out->n++] = '%';
    out->negative = out->text[0] == '-';
    if (out->negative) memmove(out->text, out->text + 1, --out->n);
    return true;
}

static void double_text_free(Thread *t, DoubleText *d) {
    if (d->text != d->small) heap_free(t, d->text);
}

static NumberParts parts_of(const DoubleText *d, const FormatSpec *spec) {
    size_t digits = 0;
    while (digits < d->n && d->text[digits] >= '0' && d->text[digits] <= '9') digits++;
    bool numeric = digits > 0;
    if (!numeric) digits = d->n - (d->n > 0 && d->text[d->n - 1] == '%');
    return (NumberParts){.sign = d->negative ? '-' : spec->sign == '+' ? '+' : spec->sign == ' ' ? ' ' : 0, .prefix = "", .digits = d->text,
                         .n_digits = (int64_t)digits, .rest = d->text + digits, .n_rest = (int64_t)(d->n - digits), .localised = spec->type == 'n', .numeric = true};
}

static Value format_double(Thread *t, double d, Value v, const FormatSpec *spec) {
    switch (spec->type) {
    case 0: case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': case 'n': case '%': break;
    default: return format_unknown_type(t, spec->type, v);
    }
    DoubleText text;
    if (!double_text(t, d, spec, false, &text)) return VNULL;
    NumberParts parts = parts_of(&text, spec);
    FormatSpec plain = *spec;
    if (!isfinite(d)) plain.grouping = 0;
    StrBuilder b;
    str_builder_init(&b);
    bool done = format_put_number(t, &b, &plain, &parts);
    double_text_free(t, &text);
    return finish(t, &b, done);
}

Value format_float(Thread *t, Value v, Value spec_text) {
    if (str_len(V_AS(Str, spec_text)) == 0) return is_exact_float(v) ? float_to_str(t, float_get(v)) : str_of(t, v);
    FormatSpec spec;
    return format_spec_parse(t, v, spec_text, '>', &spec) ? format_double(t, float_get(v), v, &spec) : VNULL;
}

/* --- complex ----------------------------------------------------------------------------------- */

Value format_complex(Thread *t, Value v, Value spec_text) {
    if (str_len(V_AS(Str, spec_text)) == 0) return str_of(t, v);
    FormatSpec spec;
    if (!format_spec_parse(t, v, spec_text, '>', &spec)) return VNULL;
    switch (spec.type) {
    case 0: case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': case 'n': break;
    default: return format_unknown_type(t, spec.type, v);
    }
    if (spec.fill == '0') return err_raise(t, T_ValueError, "Zero padding is not allowed in complex format specifier");
    if (spec.align == '=') return err_raise(t, T_ValueError, "'=' alignment flag is not allowed in complex format specifier");
    Complex *c = V_AS(Complex, v);
    DoubleText re, im;
    if (!double_text(t, c->real, &spec, true, &re)) return VNULL;
    if (!double_text(t, c->imag, &spec, true, &im)) {
        double_text_free(t, &re);
        return VNULL;
    }
    bool no_type = spec.type == 0, skip_real = no_type && c->real == 0 && !signbit(c->real), brackets = no_type && !skip_real;
    FormatSpec part = spec;
    part.width = -1;
    StrBuilder inner, b;
    str_builder_init(&inner);
    str_builder_init(&b);
    bool done = !brackets || str_builder_char(t, &inner, '(');
    if (!skip_real) {
        NumberParts parts = parts_of(&re, &part);
        done = done && format_put_number(t, &inner, &part, &parts);
        part.sign = '+';
    }
    NumberParts parts = parts_of(&im, &part);
    done = done && format_put_number(t, &inner, &part, &parts) && str_builder_char(t, &inner, 'j') && (!brackets || str_builder_char(t, &inner, ')'));
    double_text_free(t, &re);
    double_text_free(t, &im);
    Value text = finish(t, &inner, done);
    if (is_null(text)) return VNULL;
    done = format_put_padded(t, &b, &spec, text, '>');
    decref(t, text);
    return finish(t, &b, done);
}
