/* Text by a format: printf's conversions and those for Values (core/errors.h). */
#include <stdio.h>

#include "core/errors.h"
#include "core/def.h"
#include "core/names.h"
#include "object/dict.h"
#include "object/dispatch.h"
#include "object/str.h"
#include "object/type_name.h"

enum { FORMAT_MAX = 24, NUMBER_MAX = 128 };

/* The name of a type as messages show it: a built-in type's with its module, a class's last part. */
Value type_display_name(Thread *t, const Type *type) {
    if (!(type->flags & TF_HEAP) && type->def) return str_from_cstr(t, type->def->name);
    return new_ref(type->name);
}

static bool add_owned(Thread *t, StrBuilder *b, Value text) {
    if (is_null(text)) return false;
    bool done = str_builder_str(t, b, text);
    decref(t, text);
    return done;
}

/* repr with what is not ASCII escaped. */
/* A class's name with its module, unless that is builtins or __main__; a built-in type's as it is. Owned. */
static Value qualified_type_name(Thread *t, const Type *type) {
    if (!(type->flags & TF_HEAP)) return type_display_name(t, type);
    Value module = dict_get_str(t, type->dict, N(t, __module__));
    if (is_null(module) || !IS_EXACT(module, str) || same(module, N(t, builtins)) || str_equals_cstr(V_AS(Str, module), "__main__"))
        return new_ref(type->qualname);
    return str_format(t, "%U.%U", module, type->qualname);
}

static bool add_ascii(Thread *t, StrBuilder *b, Value v) {
    Value text = repr_of(t, v);
    if (is_null(text)) return false;
    const Str *s = V_AS(Str, text);
    bool ok = true;
    if (str_is_ascii(s)) {
        ok = str_builder_str(t, b, text);
    } else {
        for (int64_t i = 0, n = str_len(s); ok && i < n; i++) {
            uint32_t c = str_at(s, i);
            char escape[12];
            if (c < 0x80) {
                ok = str_builder_char(t, b, c);
                continue;
            }
            snprintf(escape, sizeof escape, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
            ok = str_builder_cstr(t, b, escape);
        }
    }
    decref(t, text);
    return ok;
}

/* UTF-8 text of at most `limit` bytes (-1: to its end); a character that the limit cuts is left out, bad bytes become U+FFFD. */
static bool add_text(Thread *t, StrBuilder *b, const char *text, int64_t limit) {
    if (!text) text = "(null)";
    size_t n = limit < 0 ? strlen(text) : strnlen(text, (size_t)limit);
    const uint8_t *p = (const uint8_t *)text, *end = p + n;
    while (p < end) {
        const uint8_t *run = p;
        while (p < end && *p < 0x80) p++;
        if (p > run && !str_builder_ascii(t, b, (const char *)run, p - run)) return false;
        if (p == end) break;
        uint32_t c = *p++;
        int more = c >= 0xF0 && c < 0xF8 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : -1;
        if (c >= 0xF8 || more < 0) c = 0xFFFD, more = 0;
        else c &= 0x3Fu >> more;
        for (; more > 0 && p < end && (*p & 0xC0) == 0x80; more--) c = c << 6 | (*p++ & 0x3F);
        if (more) {
            if (limit >= 0 && p == end) break;
            c = 0xFFFD;
        }
        if (!str_builder_char(t, b, c)) return false;
    }
    return true;
}

/* A number by printf itself, given the flags and width that stood in the format. */
static bool add_number(Thread *t, StrBuilder *b, const char *spec, size_t n, char length, char conversion, va_list args) {
    char format[FORMAT_MAX + 4], text[NUMBER_MAX];
    if (n > FORMAT_MAX - 4) n = FORMAT_MAX - 4;
    memcpy(format, spec, n);
    bool wide = length == 'l' || length == 'z' || length == 'L' || length == 'j' || length == 't';
    if (wide) memcpy(format + n, "ll", 2), n += 2;
    format[n] = conversion;
    format[n + 1] = 0;
    if (wide) snprintf(text, sizeof text, format, (long long)va_arg(args, int64_t));
    else snprintf(text, sizeof text, format, va_arg(args, int));
    return str_builder_cstr(t, b, text);
}

static bool add_double(Thread *t, StrBuilder *b, const char *spec, size_t n, char conversion, double d) {
    char format[FORMAT_MAX + 2], text[NUMBER_MAX * 4];
    if (n > FORMAT_MAX - 2) n = FORMAT_MAX - 2;
    memcpy(format, spec, n);
    format[n] = conversion;
    format[n + 1] = 0;
    snprintf(text, sizeof text, format, d);
    return str_builder_cstr(t, b, text);
}

/* One conversion; *p stands behind its '%' and is moved behind it. */
static bool add_conversion(Thread *t, StrBuilder *b, const char **p, va_list *args) {
    const char *spec = *p - 1, *q = *p;
    while (*q && strchr("-+ #0", *q)) q++;
    while (*q >= '0' && *q <= '9') q++;
    int64_t precision = -1;
    if (*q == '.') {
        q++;
        precision = 0;
        if (*q == '*') {
            precision = va_arg(*args, int);
            q++;
        }
        while (*q >= '0' && *q <= '9') precision = precision * 10 + (*q++ - '0');
    }
    size_t n = (size_t)(q - spec);
    char length = 0;
    while (*q && strchr("lzjtLh", *q)) length = *q++;
    char conversion = *q;
    *p = conversion ? q + 1 : q;
    switch (conversion) {
        case 'd': case 'i': case 'u': case 'x': case 'X': case 'o': return add_number(t, b, spec, n, length, conversion, *args);
        case 'f': case 'g': case 'e': return add_double(t, b, spec, n, conversion, va_arg(*args, double));
        case 'c': return str_builder_char(t, b, (uint32_t)va_arg(*args, int));
        case 's': return add_text(t, b, va_arg(*args, const char *), precision);
        case 'p': {
            char text[NUMBER_MAX];
            snprintf(text, sizeof text, "%p", va_arg(*args, void *));
            return str_builder_cstr(t, b, text);
        }
        case 'R': return add_owned(t, b, repr_of(t, va_arg(*args, Value)));
        case 'S': return add_owned(t, b, str_of(t, va_arg(*args, Value)));
        case 'A': return add_ascii(t, b, va_arg(*args, Value));
        case 'U': return str_builder_str(t, b, va_arg(*args, Value));
        case 'T': return add_owned(t, b, type_display_name(t, type_of(t, va_arg(*args, Value))));
        case 'Q': return add_owned(t, b, qualified_type_name(t, type_of(t, va_arg(*args, Value))));
        case 'N': return add_owned(t, b, type_display_name(t, va_arg(*args, Type *)));
        default: return str_builder_char(t, b, '%');
    }
}

Value str_format_va(Thread *t, const char *format, va_list args) {
    StrBuilder b;
    str_builder_init(&b);
    va_list rest;
    va_copy(rest, args);
    bool ok = true;
    while (ok && *format) {
        const char *percent = strchrnul(format, '%');
        if (percent > format) ok = add_text(t, &b, format, percent - format);
        format = percent;
        if (ok && *format) {
            format++;
            ok = add_conversion(t, &b, &format, &rest);
        }
    }
    va_end(rest);
    if (!ok) {
        str_builder_drop(t, &b);
        return VNULL;
    }
    return str_builder_finish(t, &b);
}

Value str_format(Thread *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Value text = str_format_va(t, format, args);
    va_end(args);
    return text;
}
