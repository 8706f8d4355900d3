/* Parsing format specifications, and the layout of padded text and grouped numbers. */
#include "types/format_spec.h"

#include <locale.h>

#include "base/unicode.h"
#include "base/utf8.h"
#include "heap/heap.h"

/* --- Parsing ----------------------------------------------------------------------------------- */

static bool is_align(uint32_t c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

/* Decimal digits at *at; *out is left alone where there are none. */
static bool parse_number(Thread *t, const Str *s, int64_t *at, int64_t *out) {
    int64_t n = str_len(s), v = 0, start = *at;
    for (; *at < n; (*at)++) {
        int digit = unicode_decimal(str_at(s, *at));
        if (digit < 0) break;
        if (v > (INT64_MAX - digit) / 10) return err_fail(t, T_ValueError, "Too many decimal digits in format string");
        v = v * 10 + digit;
    }
    if (*at > start) *out = v;
    return true;
}

static bool parse_grouping(Thread *t, const Str *s, int64_t *at, uint32_t *out) {
    int64_t n = str_len(s);
    if (*at < n && (str_at(s, *at) == ',' || str_at(s, *at) == '_')) {
        *out = str_at(s, (*at)++);
        if (*at < n && (str_at(s, *at) == ',' || str_at(s, *at) == '_')) {
            if (str_at(s, *at) == *out) return err_fail(t, T_ValueError, "Cannot specify '%c' with '%c'.", (int)*out, (int)*out);
            return err_fail(t, T_ValueError, "Cannot specify both ',' and '_'.");
        }
    }
    return true;
}

/* Does the type write its digits in groups? */
static bool check_grouping(Thread *t, uint32_t grouping, uint32_t type) {
    if (!grouping) return true;
    bool fits = type == 0 || type == 'd' || type == 'e' || type == 'f' || type == 'g' || type == 'E' || type == 'G' || type == '%' || type == 'F' ||
                (grouping == '_' && (type == 'b' || type == 'o' || type == 'x' || type == 'X'));
    if (fits) return true;
    if (type > 32 && type < 128) return err_fail(t, T_ValueError, "Cannot specify '%c' with '%c'.", (int)grouping, (int)type);
    return err_fail(t, T_ValueError, "Cannot specify '%c' with '\\x%x'.", (int)grouping, type);
}

bool format_spec_parse(Thread *t, Value v, Value spec, uint32_t default_align, FormatSpec *out) {
    const Str *s = V_AS(Str, spec);
    int64_t n = str_len(s), at = 0;
    *out = (FormatSpec){.fill = ' ', .align = default_align, .width = -1, .precision = -1};
    bool fill_given = false, align_given = false;
    if (n >= 2 && is_align(str_at(s, 1))) {
        out->fill = str_at(s, 0);
        out->align = str_at(s, 1);
        fill_given = align_given = true;
        at = 2;
    } else if (n >= 1 && is_align(str_at(s, 0))) {
        out->align = str_at(s, 0);
        align_given = true;
        at = 1;
    }
#define NEXT_IS(c) (at < n && str_at(s, at) == (c))
    if (NEXT_IS(' ') || NEXT_IS('+') || NEXT_IS('-')) out->sign = str_at(s, at++);
    if (NEXT_IS('z')) out->no_negative_zero = true, at++;
    if (NEXT_IS('#')) out->alternate = true, at++;
    if (!fill_given && NEXT_IS('0')) {
        out->fill = '0';
        out->zero_padded = true;
        if (!align_given && default_align == '>') out->align = '=';
        at++;
    }
    if (!parse_number(t, s, &at, &out->width) || !parse_grouping(t, s, &at, &out->grouping)) return false;
    if (NEXT_IS('.')) {
        at++;
        if (!parse_number(t, s, &at, &out->precision) || !parse_grouping(t, s, &at, &out->fraction_grouping)) return false;
        if (out->precision < 0 && !out->fraction_grouping) return err_fail(t, T_ValueError, "Format specifier missing precision");
    }
#undef NEXT_IS
    if (n - at > 1) return err_fail(t, T_ValueError, "Invalid format specifier '%U' for object of type '%T'", spec, v);
    if (n - at == 1) out->type = str_at(s, at);
    return check_grouping(t, out->grouping, out->type) && check_grouping(t, out->fraction_grouping, out->type);
}

Value format_unknown_type(Thread *t, uint32_t type, Value v) {
    if (type > 32 && type < 128) return err_raise(t, T_ValueError, "Unknown format code '%c' for object of type '%T'", (int)type, v);
    return err_raise(t, T_ValueError, "Unknown format code '\\x%x' for object of type '%T'", type, v);
}

/* --- Layout ------------------------------------------------------------------------------------ */

static void split_padding(int64_t total, uint32_t align, int64_t *left, int64_t *right) {
    *left = align == '>' ? total : align == '^' ? total / 2 : 0;
    *right = total - *left;
}

bool format_put_padded(Thread *t, StrBuilder *b, const FormatSpec *spec, Value text, uint32_t default_align) {
    int64_t missing = spec->width - str_len(V_AS(Str, text)), left, right;
    if (missing <= 0) return str_builder_str(t, b, text);
    split_padding(missing, spec->align ? spec->align : default_align, &left, &right);
    return str_builder_fill(t, b, spec->fill, left) && str_builder_str(t, b, text) && str_builder_fill(t, b, spec->fill, right);
}

typedef struct Separators {
    char point[16], group[16];
    int point_chars, group_chars;
    const char *sizes; /* as struct lconv has them: "\3" for groups of three; "" for none */
} Separators;

static int characters(const char *utf8) {
    int n = 0;
    for (; *utf8; utf8++) n += (*utf8 & 0xc0) != 0x80;
    return n;
}

static void find_separators(const FormatSpec *spec, bool localised, Separators *out) {
    *out = (Separators){.point = ".", .point_chars = 1, .sizes = ""};
    if (localised) {
        struct lconv *conv = localeconv();
        strncpy(out->point, conv->decimal_point, sizeof out->point - 1);
        strncpy(out->group, conv->thousands_sep, sizeof out->group - 1);
        out->sizes = *conv->thousands_sep ? conv->grouping : "";
    } else if (spec->grouping) {
        out->group[0] = (char)spec->grouping;
        bool by_four = spec->type == 'b' || spec->type == 'o' || spec->type == 'x' || spec->type == 'X';
        out->sizes = by_four ? "\4" : "\3";
    }
    out->point_chars = characters(out->point);
    out->group_chars = characters(out->group);
}

/* Where the separators stand: the digits of the next group to the left. 0: no more groups. */
static int64_t group_size(const char **sizes) {
    if (**sizes == 0 || **sizes == 127) return 0;
    int64_t size = **sizes;
    if ((*sizes)[1] != 0) (*sizes)++;
    return size;
}

static int64_t separators_for(int64_t digits, const char *sizes) {
    int64_t count = 0;
    for (int64_t size; (size = group_size(&sizes)) > 0 && digits > size; count++) digits -= size;
    return count;
}

/* `digits` with zeros before them to `n` digits in all, grouped. */
static bool put_grouped(Thread *t, StrBuilder *b, const char *digits, int64_t have, int64_t n, const Separators *sep) {
    int64_t breaks = separators_for(n, sep->sizes), small[64], *at = breaks <= 64 ? small : heap_alloc(t, (size_t)breaks * sizeof *at);
    if (at == NULL) return false;
    bool done = true;
    const char *sizes = sep->sizes;
    int64_t left = n;
    for (int64_t i = 0; i < breaks; i++) {
        left -= group_size(&sizes);
        at[i] = left; /* from the right: the last is the first to be written */
    }
    int64_t next = breaks - 1;
    for (int64_t i = 0; done && i < n; i++) {
        if (next >= 0 && i == at[next]) {
            for (const char *p = sep->group; done && *p;) {
                uint32_t c;
                unsigned bad;
                Utf8Fault fault;
                p += utf8_read((const uint8_t *)p, strlen(p), UTF8_SURROGATEPASS, &c, &bad, &fault);
                done = str_builder_char(t, b, c);
            }
            next--;
        }
        done = done && str_builder_char(t, b, i < n - have ? '0' : (uint8_t)digits[i - (n - have)]);
    }
    if (at != small) heap_free(t, at);
    return done;
}

/* The fraction's digits with separators every three from the point. */
static bool put_rest(Thread *t, StrBuilder *b, const FormatSpec *spec, const NumberParts *parts, const Separators *sep) {
    const char *p = parts->rest, *end = p + parts->n_rest;
    if (p < end && *p == '.') {
        p++;
        if (!str_builder_cstr(t, b, sep->point)) return false;
        if (spec->fraction_grouping)
            for (int64_t i = 0; p < end && *p >= '0' && *p <= '9'; i++, p++)
                if ((i > 0 && i % 3 == 0 && !str_builder_char(t, b, spec->fraction_grouping)) || !str_builder_char(t, b, (uint8_t)*p)) return false;
    }
    return str_builder_ascii(t, b, p, end - p);
}

static int64_t rest_length(const FormatSpec *spec, const NumberParts *parts, const Separators *sep) {
    int64_t n = parts->n_rest;
    if (n > 0 && parts->rest[0] == '.') {
        n += sep->point_chars - 1;
        int64_t digits = 0;
        while (digits + 1 < parts->n_rest && parts->rest[digits + 1] >= '0' && parts->rest[digits + 1] <= '9') digits++;
        if (spec->fraction_grouping && digits > 0) n += (digits - 1) / 3;
    }
    return n;
}

bool format_put_number(Thread *t, StrBuilder *b, const FormatSpec *spec, const NumberParts *parts) {
    Separators sep;
    find_separators(spec, parts->localised, &sep);
    int64_t fixed = (parts->sign != 0) + (int64_t)strlen(parts->prefix) + rest_length(spec, parts, &sep);
    int64_t digits = parts->n_digits, grouped = digits + separators_for(digits, sep.sizes) * sep.group_chars;
    /* Zeros as fill behind the sign belong to the number and are grouped with it. */
    if (spec->fill == '0' && spec->align == '=' && parts->numeric)
        while (grouped + fixed < spec->width) {
            digits++;
            grouped = digits + separators_for(digits, sep.sizes) * sep.group_chars;
        }
    int64_t missing = spec->width - grouped - fixed, left = 0, middle = 0, right = 0;
    if (missing > 0) {
        if (spec->align == '=') middle = missing;
        else split_padding(missing, spec->align, &left, &right);
    }
    bool done = str_builder_fill(t, b, spec->fill, left) && (parts->sign == 0 || str_builder_char(t, b, (uint8_t)parts->sign)) &&
                str_builder_cstr(t, b, parts->prefix) && str_builder_fill(t, b, spec->fill, middle);
    if (done && *sep.sizes == 0 && digits == parts->n_digits) done = str_builder_ascii(t, b, parts->digits, digits);
    else done = done && put_grouped(t, b, parts->digits, parts->n_digits, digits, &sep);
    return done && put_rest(t, b, spec, parts, &sep) && str_builder_fill(t, b, spec->fill, right);
}
