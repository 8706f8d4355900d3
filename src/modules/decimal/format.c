/* Decimal.__format__: [[fill]align][sign][z][#][0][width][grouping][.precision[grouping]][type], with CPython's grammar for decimals. */
#include <locale.h>
#include <stdlib.h>

#include "modules/decimal/decimal_priv.h"
#include "ops/warn.h"

typedef struct Spec {
    uint32_t fill, align, type;
    char sign, fraction_separator; /* 0: none */
    bool alternate, no_negative_zero, zero_padded, grouped, deprecated;
    int64_t width, precision;       /* -1: not given */
    const char *point, *separator, *grouping; /* UTF-8; sizes of groups as in struct lconv */
} Spec;

static bool is_align(uint32_t c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

static bool read_number(const Str *s, int64_t *at, int64_t *out) {
    while (*at < str_len(s) && str_at(s, *at) >= '0' && str_at(s, *at) <= '9') {
        *out = (*out < 0 ? 0 : *out) * 10 + (int64_t)(str_at(s, *at) - '0');
        if (*out > INT32_MAX) return false;
        ++*at;
    }
    return true;
}

static bool spec_parse(const Str *s, Spec *f) {
    int64_t n = str_len(s), at = 0;
    *f = (Spec){.fill = ' ', .align = '>', .sign = '-', .width = -1, .precision = -1, .point = ".", .separator = "", .grouping = ""};
#define NEXT_IS(c) (at < n && str_at(s, at) == (uint32_t)(c))
    bool align_given = false;
    if (n >= 2 && is_align(str_at(s, 1))) {
        f->fill = str_at(s, 0);
        f->align = str_at(s, 1);
        align_given = true;
        at = 2;
    } else if (n >= 1 && is_align(str_at(s, 0))) {
        f->align = str_at(s, 0);
        align_given = true;
        at = 1;
    }
    if (NEXT_IS('+') || NEXT_IS('-') || NEXT_IS(' ')) f->sign = (char)str_at(s, at++);
    if (NEXT_IS('z')) f->no_negative_zero = true, at++;
    if (NEXT_IS('#')) f->alternate = true, at++;
    if (NEXT_IS('0')) {
        if (align_given) return false;
        f->zero_padded = true;
        f->fill = '0';
        f->align = '=';
        at++;
    }
    if (!read_number(s, &at, &f->width)) return false;
    if (NEXT_IS(',') || NEXT_IS('_')) {
        f->grouped = true;
        f->separator = str_at(s, at++) == ',' ? "," : "_";
        f->grouping = "\3";
    }
    if (NEXT_IS('.')) {
        at++;
        if (!read_number(s, &at, &f->precision)) return false;
        if (NEXT_IS(',') || NEXT_IS('_')) f->fraction_separator = (char)str_at(s, at++);
        else if (f->precision < 0) return false;
    }
#undef NEXT_IS
    if (at < n) f->type = str_at(s, at++);
    if (at != n || (f->type && (f->type > 127 || !strchr("eEfFgGnN%", (int)f->type)))) return false;
    if (f->type == 'n' || f->type == 'N') {
        if (f->grouped) return false;
        const struct lconv *l = localeconv();
        f->point = l->decimal_point;
        f->separator = l->thousands_sep;
        f->grouping = l->grouping;
        f->deprecated = f->type == 'N';
        f->type = f->deprecated ? 'G' : 'g';
    }
    return true;
}

/* --- Digits -------------------------------------------------------------------------------------------------------------------------------- */

/* To `digits` significant ones. */
static void round_digits(Num *n, int64_t digits, enum Rounding round) {
    uint32_t ignored = 0;
    int64_t have = num_digits(n);
    if (have <= digits || num_is_zero(n)) return;
    Num copy = *n;
    Num r;
    num_init(&r);
    num_rescale(&r, &copy, n->exp + have - digits, round, &ignored);
    if (num_digits(&r) > digits) {
        mpz_divexact_ui(r.c, r.c, 10);
        r.exp++;
    }
    num_clear(n);
    *n = r;
}

static bool rescale(Num *n, int64_t exp, enum Rounding round) {
    uint32_t status = 0;
    Num r;
    num_init(&r);
    num_rescale(&r, n, exp, round, &status);
    num_clear(n);
    *n = r;
    return !(status & MALLOC_ERROR);
}

/* To an exponent, like rescale(); zeros that come behind the digits are only counted: a format may ask for millions of them. */
static bool rescale_padded(Num *n, int64_t exp, enum Rounding round, int64_t *zeros) {
    if (n->exp <= exp || num_is_zero(n)) return rescale(n, exp, round);
    *zeros = n->exp - exp;
    n->exp = exp;
    return *zeros <= INT32_MAX;
}

/* The number's text after its sign: whole part, rest (fraction and exponent); malloc'ed. */
typedef struct Body { char *text; size_t whole, fraction, length; } Body;

/* Digits and so many zeros with the point after `point` of them, and an exponent where `e` is not 0. */
static bool body_make(Body *b, const Num *n, int64_t zeros, int64_t point, char letter, int64_t e, bool percent) {
    size_t have;
    char *digits = num_coefficient_text(n->c, &have);
    if (digits == NULL) return false;
    int64_t zeros_front = point <= 0 ? 1 - point : 0, zeros_back = point > (int64_t)have + zeros ? point - (int64_t)have : zeros;
    b->text = malloc(have + (size_t)zeros_front + (size_t)zeros_back + 40);
    if (b->text != NULL) {
        char *at = b->text;
        memset(at, '0', (size_t)zeros_front);
        memcpy(at + zeros_front, digits, have);
        memset(at + zeros_front + have, '0', (size_t)zeros_back);
        b->whole = (size_t)(point <= 0 ? 1 : point);
        b->fraction = (size_t)zeros_front + have + (size_t)zeros_back - b->whole;
        at += b->whole + b->fraction;
        if (letter) at += sprintf(at, "%c%+lld", letter, (long long)e);
        if (percent) *at++ = '%';
        b->length = (size_t)(at - b->text);
    }
    free(digits);
    return b->text != NULL;
}

static bool body_of(Body *b, Num *n, const Spec *f, const Ctx *ctx) {
    enum Rounding round = ctx->round;
    uint32_t type = f->type;
    int64_t zeros = 0;
    bool upper = type == 'E' || type == 'G' || (type == 0 && ctx->capitals);
    if (type == '%') n->exp += 2;
    if (f->precision >= 0) {
        switch (type) {
        case 'e': case 'E':
            round_digits(n, f->precision + 1, round);
            break;
        case 'f': case 'F': case '%':
            if (!rescale_padded(n, -f->precision, round, &zeros)) return false;
            break;
        default: round_digits(n, f->precision ? f->precision : 1, round); break;
        }
    }
    int64_t digits = num_digits(n), left = n->exp + digits, point;
    if (type == 'e' || type == 'E') {
        int64_t missing = f->precision >= 0 ? f->precision + 1 - digits : 0;
        /* A zero keeps its last digit in place, however many it shows. */
        if (num_is_zero(n)) return body_make(b, n, 0, 1 - missing, type == 'E' ? 'E' : 'e', n->exp + missing, false);
        return body_make(b, n, missing > 0 ? missing : 0, 1, type == 'E' ? 'E' : 'e', left - 1, false);
    }
    if (type == 'f' || type == 'F' || type == '%') {
        if (n->exp > 0 && !rescale_padded(n, 0, round, &zeros)) return false;
        point = n->exp + zeros + num_digits(n);
        return body_make(b, n, zeros, point, 0, 0, type == '%');
    }
    point = n->exp <= 0 && left > -6 ? left : 1;
    return body_make(b, n, 0, point, left != point ? (upper ? 'E' : 'e') : 0, left - point, false);
}

/* --- Layout ------------------------------------------------------------------------------------------------------------------------------------ */

/* Where separators stand: before digit i counted from the right. */
static bool separator_at(const Spec *f, int64_t i) {
    if (!*f->separator || !*f->grouping) return false;
    int64_t at = 0;
    const char *g = f->grouping;
    for (;;) {
        if (*g <= 0 || *g == 127) return false;
        at += *g;
        if (i == at) return true;
        if (i < at) return false;
        if (g[1] == 0) return (i - at) % *g == 0; /* the last size goes on for ever */
        g++;
    }
}

static int64_t chars_of(const char *utf8) {
    int64_t n = 0;
    for (; *utf8; utf8++) n += (*utf8 & 0xc0) != 0x80;
    return n;
}

static bool put_utf8(Thread *t, StrBuilder *b, const char *utf8) {
    if (!(*utf8 & 0x80) && utf8[0] && !utf8[1]) return str_builder_char(t, b, (uint32_t)*utf8);
    Value s = str_from_utf8(t, utf8, (int64_t)strlen(utf8));
    bool good = !is_null(s) && str_builder_str(t, b, s);
    decref_maybe(t, s);
    return good;
}

static bool put_whole(Thread *t, StrBuilder *b, const Spec *f, const char *digits, int64_t n, int64_t zeros) {
    if (!*f->separator) return str_builder_fill(t, b, '0', zeros) && str_builder_ascii(t, b, digits, n);
    for (int64_t i = n + zeros; i > 0; i--) {
        if (i != n + zeros && separator_at(f, i) && !put_utf8(t, b, f->separator)) return false;
        if (!str_builder_char(t, b, i > n ? '0' : (uint32_t)digits[n - i])) return false;
    }
    return true;
}

static int64_t whole_width(const Spec *f, int64_t n) {
    int64_t width = n, separator = chars_of(f->separator);
    for (int64_t i = 1; i < n; i++) width += separator_at(f, i) ? separator : 0;
    return width;
}

static bool put_fraction(Thread *t, StrBuilder *b, const Spec *f, const char *digits, int64_t n) {
    if (!f->fraction_separator) return str_builder_ascii(t, b, digits, n);
    for (int64_t i = 0; i < n; i += 3) {
        if (i && !str_builder_char(t, b, (uint32_t)f->fraction_separator)) return false;
        if (!str_builder_ascii(t, b, digits + i, n - i < 3 ? n - i : 3)) return false;
    }
    return true;
}

static bool lay_out(Thread *t, StrBuilder *b, const Spec *f, char sign, const Body *body, const char *special) {
    int64_t fraction = (int64_t)body->fraction, tail = (int64_t)(body->length - body->whole) - fraction;
    bool point = fraction || f->alternate;
    int64_t rest = special ? 0 : fraction + tail + (point ? chars_of(f->point) : 0);
    if (!special && f->fraction_separator && fraction) rest += (fraction - 1) / 3;
    int64_t whole = special ? (int64_t)strlen(special) : (int64_t)body->whole, zeros = 0;
    int64_t width = (special ? whole : whole_width(f, whole)) + rest + (sign != 0);
    if (!special && f->zero_padded)
        for (int64_t separator = chars_of(f->separator), n = whole; width < f->width; n++, zeros++) width += 1 + (n > 0 && separator_at(f, n) ? separator : 0);
    int64_t missing = f->width > width ? f->width - width : 0;
    uint32_t align = f->align;
    int64_t left = align == '>' ? missing : align == '^' ? missing / 2 : 0, middle = align == '=' ? missing : 0, right = missing - left - middle;
    uint32_t fill = special && f->zero_padded ? ' ' : f->fill;
    if (special && f->zero_padded) left = missing, middle = right = 0;
    if (!str_builder_fill(t, b, fill, left) || (sign && !str_builder_char(t, b, (uint32_t)sign)) || !str_builder_fill(t, b, fill, middle)) return false;
    if (special) {
        if (!str_builder_cstr(t, b, special)) return false;
    } else {
        if (!put_whole(t, b, f, body->text, whole, zeros)) return false;
        if (point && !put_utf8(t, b, f->point)) return false;
        if (!put_fraction(t, b, f, body->text + body->whole, fraction) || !str_builder_ascii(t, b, body->text + body->whole + fraction, tail)) return false;
    }
    return str_builder_fill(t, b, fill, right);
}

/* decimal_point, thousands_sep and grouping of a dict; the texts live as long as it. */
static bool override_from(Thread *t, Value dict, Spec *f, Value keep[3]) {
    static const char *const names[] = {"decimal_point", "thousands_sep", "grouping"};
    const char **places[] = {&f->point, &f->separator, &f->grouping};
    if (!is_dict(t, dict)) return err_fail(t, T_TypeError, "optional argument must be a dict");
    for (int i = 0; i < 3; i++) {
        Value v = dict_get_cstr(t, dict, names[i]);
        if (is_null(v) || !is_str(t, v)) {
            err_clear(t);
            return err_fail(t, T_ValueError, "invalid override dict");
        }
        *places[i] = str_utf8(t, v, NULL, &keep[i]);
        if (*places[i] == NULL) return false;
    }
    /* A point of one character, a separator of at most one, and sizes that are some. */
    bool sane = chars_of(f->point) == 1 && chars_of(f->separator) <= 1;
    for (const char *g = f->grouping; *g; g++) sane = sane && !(*g & 0x80);
    if (!sane) return err_fail(t, T_ValueError, "invalid override dict");
    return true;
}

Value decimal_format(Thread *t, Value self, Value spec, Value override) {
    if (!is_str(t, spec)) return err_raise(t, T_TypeError, "format arg must be str");
    Spec f;
    if (!spec_parse(V_AS(Str, spec), &f)) return err_raise(t, T_ValueError, "invalid format string");
    if (f.deprecated && !warn(t, T_DeprecationWarning, 1, "Format specifier 'N' is deprecated and slated for removal in Python 3.18")) return VNULL;
    Value keep[3] = {VNULL, VNULL, VNULL}, context = context_current(t), result = VNULL;
    if (is_null(context)) return context;
    incref(context);
    Num view = decimal_view(self), n;
    num_init(&n);
    num_copy(&n, &view);
    Body body = {NULL};
    char *special = NULL;
    StrBuilder b;
    str_builder_init(&b);
    if (!is_null(override) && !override_from(t, override, &f, keep)) goto done;
    if (n.kind != NUM_FINITE) {
        size_t length;
        n.sign = 0;
        special = num_to_text(&n, false, true, NULL, &length);
        if (special && f.type == '%') strcpy(special + length, "%"); /* there is room */
        if (special == NULL) err_no_memory(t);
    } else if (!body_of(&body, &n, &f, ctx_of(context))) {
        err_no_memory(t);
    }
    if (special == NULL && body.text == NULL) goto done;
    bool negative = view.sign;
    if (negative && f.no_negative_zero && n.kind == NUM_FINITE && num_is_zero(&n)) negative = false;
    char sign = negative ? '-' : f.sign == '-' ? 0 : f.sign;
    if (lay_out(t, &b, &f, sign, &body, special)) {
        result = str_builder_finish(t, &b);
        str_builder_init(&b);
    }
done:
    str_builder_drop(t, &b);
    free(body.text);
    free(special);
    num_clear(&n);
    for (int i = 0; i < 3; i++) decref_maybe(t, keep[i]);
    decref(t, context);
    return result;
}
