/* Numbers and escapes.
 *
 * Faults in str literals are placed as the codec that CPython sends them through counts: there, every
 * character beyond ASCII was first spelled \UXXXXXXXX, and so takes ten places; a backslash before one stands for
 * itself and takes six. */
#include "front/literal.h"

#include <string.h>

#include "base/floattext.h"
#include "base/unicode_names.h"
#include "base/utf8.h"
#include "front/identifier.h"

/* --- Numbers --- */

static int digit_value(char c)
{
    return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

static bool integer(Arena *arena, const char *digits, size_t n, int base, AstConstant *value)
{
    while (n > 1 && *digits == '0') {
        digits++;
        n--;
    }
    int64_t result = 0;
    for (size_t i = 0; i < n; i++) {
        if (__builtin_mul_overflow(result, base, &result) ||
            __builtin_add_overflow(result, digit_value(digits[i]), &result)) {
            const char *text = arena_strdup(arena, digits, n);
            *value = (AstConstant){
                .kind = AST_CONST_BIG_INT, .length = (uint32_t)n, .base = (uint8_t)base, .u.text = text};
            return text != NULL;
        }
    }
    *value = (AstConstant){.kind = AST_CONST_INT, .u.integer = result};
    return true;
}

static double real(const char *text)
{
    double value = 0;
    float_parse(text, strlen(text), false, &value);
    return value;
}

bool literal_number(Arena *arena, const char *text, size_t length, AstConstant *value)
{
    char small[64];
    char *digits = small;
    if (length >= sizeof small && !(digits = arena_alloc(arena, length + 1))) {
        return false;
    }
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '_') {
            digits[n++] = text[i];
        }
    }
    digits[n] = '\0';
    if (digits[0] == '0' && n > 1) {
        switch (digits[1] | 32) {
        case 'x': return integer(arena, digits + 2, n - 2, 16, value);
        case 'o': return integer(arena, digits + 2, n - 2, 8, value);
        case 'b': return integer(arena, digits + 2, n - 2, 2, value);
        }
    }
    if ((digits[n - 1] | 32) == 'j') {
        digits[n - 1] = '\0';
        *value = (AstConstant){.kind = AST_CONST_IMAGINARY, .u.real = real(digits)};
        return true;
    }
    if (strpbrk(digits, ".eE")) {
        *value = (AstConstant){.kind = AST_CONST_FLOAT, .u.real = real(digits)};
        return true;
    }
    return integer(arena, digits, n, 10, value);
}

/* --- Escapes --- */

int32_t literal_named_char(const char *name, size_t length)
{
    uint32_t chars[4];
    return unicode_lookup(name, length, chars) == 1 ? (int32_t)chars[0] : -1;
}

const char *literal_fault_reason(EscapeFault fault)
{
    switch (fault) {
    case ESCAPE_TRUNCATED_X: return "truncated \\xXX escape";
    case ESCAPE_TRUNCATED_U: return "truncated \\uXXXX escape";
    case ESCAPE_TRUNCATED_U8: return "truncated \\UXXXXXXXX escape";
    case ESCAPE_ILLEGAL: return "illegal Unicode character";
    case ESCAPE_MALFORMED_NAME: return "malformed \\N character escape";
    case ESCAPE_UNKNOWN_NAME: return "unknown Unicode character name";
    case ESCAPE_LONE_BACKSLASH: return "\\ at end of string";
    default: return "";
    }
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* What one-letter escapes stand for; -1: none of them. */
static int simple_escape(char c)
{
    switch (c) {
    case '\\': return '\\';
    case '\'': return '\'';
    case '"': return '"';
    case 'a': return '\a';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    default: return -1;
    }
}

/* Up to three octal digits at *p; the value. */
static unsigned octal(const char **p, const char *end)
{
    unsigned value = 0;
    for (int i = 0; i < 3 && *p < end && **p >= '0' && **p <= '7'; i++) {
        value = value * 8 + (unsigned)(*(*p)++ - '0');
    }
    return value;
}

/* Places from a body's start to p, as the codec counts them. */
static size_t places(const char *body, const char *p)
{
    size_t n = 0;
    while (body < p) {
        size_t length = (unsigned char)*body < 128 ? 1 : identifier_char_length(body, (size_t)(p - body));
        bool lone = *body == '\\' && body + 1 < p && (unsigned char)body[1] >= 128;
        n += lone ? 6 : length == 1 ? 1 : 10;
        body += length;
        if (body[-1] == '\\' && !lone && body < p) {
            body++;
            n++;
        }
    }
    return n;
}

typedef struct Escape {
    EscapeFault fault;
    const char *end;    /* behind the escape, or behind what of it is right */
    uint32_t value;
} Escape;

static Escape hex_escape(const char *p, const char *end, int digits, EscapeFault truncated)
{
    uint32_t value = 0;
    for (int i = 0; i < digits; i++, p++) {
        int digit = p < end ? hex_value(*p) : -1;
        if (digit < 0) {
            return (Escape){truncated, p, 0};
        }
        value = value << 4 | (uint32_t)digit;
    }
    return (Escape){value > 0x10FFFF ? ESCAPE_ILLEGAL : ESCAPE_FINE, p, value};
}

/* \N{name}; p stands behind the N. */
static Escape name_escape(const char *p, const char *end)
{
    if (p == end || *p != '{') {
        return (Escape){ESCAPE_MALFORMED_NAME, p, 0};
    }
    const char *close = memchr(p, '}', (size_t)(end - p));
    if (!close || close == p + 1) {
        return (Escape){ESCAPE_MALFORMED_NAME, close ? p + 1 : end, 0};
    }
    int32_t c = literal_named_char(p + 1, (size_t)(close - p - 1));
    return (Escape){c < 0 ? ESCAPE_UNKNOWN_NAME : ESCAPE_FINE, close + 1, (uint32_t)c};
}

void literal_decode_str(Arena *arena, const char *body, size_t length, EscapeResult *result)
{
    *result = (EscapeResult){.ascii = true};
    char *out = arena_alloc(arena, length + 1);
    if (!out) {
        result->fault = ESCAPE_NO_MEMORY;
        return;
    }
    char *o = out;
    const char *p = body, *end = body + length;
    unsigned char high = 0;
    while (p < end) {
        if (*p != '\\') {
            high |= (unsigned char)*p;
            *o++ = *p++;
            continue;
        }
        const char *start = p++;
        if (p == end || (unsigned char)*p >= 128) {
            *o++ = '\\';
            continue;
        }
        Escape escape = {ESCAPE_FINE, p + 1, 0};
        int simple = simple_escape(*p);
        if (simple >= 0) {
            *o++ = (char)simple;
            p++;
            continue;
        }
        switch (*p) {
        case '\n': p++; continue;
        case 'x': escape = hex_escape(p + 1, end, 2, ESCAPE_TRUNCATED_X); break;
        case 'u': escape = hex_escape(p + 1, end, 4, ESCAPE_TRUNCATED_U); break;
        case 'U': escape = hex_escape(p + 1, end, 8, ESCAPE_TRUNCATED_U8); break;
        case 'N': escape = name_escape(p + 1, end); break;
        case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': {
            const char *digits = p;
            escape.value = octal(&digits, end);
            escape.end = digits;
            if (escape.value > 0377 && !result->invalid) {
                result->invalid = start;
                result->invalid_octal = true;
            }
            break;
        }
        default:
            if (!result->invalid) {
                result->invalid = start;
            }
            *o++ = '\\';
            continue;
        }
        if (escape.fault) {
            result->fault = escape.fault;
            result->start = places(body, start);
            result->end = places(body, escape.end) - 1;
            return;
        }
        result->ascii &= escape.value < 128;
        o += utf8_write(escape.value, (uint8_t *)o);
        p = escape.end;
    }
    *o = '\0';
    result->ascii &= high < 128;
    result->text = out;
    result->length = (size_t)(o - out);
}

void literal_decode_bytes(Arena *arena, const char *body, size_t length, EscapeResult *result)
{
    *result = (EscapeResult){0};
    char *out = arena_alloc(arena, length + 1);
    if (!out) {
        result->fault = ESCAPE_NO_MEMORY;
        return;
    }
    char *o = out;
    const char *p = body, *end = body + length;
    while (p < end) {
        if (*p != '\\') {
            *o++ = *p++;
            continue;
        }
        const char *start = p++;
        if (p == end) {
            result->fault = ESCAPE_LONE_BACKSLASH;
            result->start = (size_t)(start - body);
            return;
        }
        int simple = simple_escape(*p);
        if (simple >= 0) {
            *o++ = (char)simple;
            p++;
        } else if (*p == '\n') {
            p++;
        } else if (*p >= '0' && *p <= '7') {
            unsigned value = octal(&p, end);
            if (value > 0377 && !result->invalid) {
                result->invalid = start;
                result->invalid_octal = true;
            }
            *o++ = (char)value;
        } else if (*p == 'x') {
            if (end - p < 3 || hex_value(p[1]) < 0 || hex_value(p[2]) < 0) {
                result->fault = ESCAPE_BYTES_X;
                result->start = (size_t)(start - body);
                return;
            }
            *o++ = (char)(hex_value(p[1]) << 4 | hex_value(p[2]));
            p += 3;
        } else {
            if (!result->invalid) {
                result->invalid = start;
            }
            *o++ = '\\';
        }
    }
    *o = '\0';
    result->text = out;
    result->length = (size_t)(o - out);
}
