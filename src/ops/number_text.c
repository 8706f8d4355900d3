/* Numbers from text: int(text, base) and float(text), for str with any decimal digits and for bytes-like objects.
 * complex(text) shares the first step. */
#include "ops/number_text.h"

#include "base/floattext.h"
#include "base/unicode.h"
#include "heap/heap.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/float.h"
#include "object/int.h"
#include "object/str.h"

bool number_text_get(Thread *t, Value v, NumberText *out) {
    *out = (NumberText){.is_text = true};
    const char *data;
    int64_t n;
    if (is_str(t, v)) {
        Str *s = V_AS(Str, v);
        n = str_len(s);
        if (str_is_ascii(s)) {
            data = (const char *)s->data;
        } else {
            out->owned = heap_alloc(t, (size_t)n + 1);
            if (out->owned == NULL) return false;
            for (int64_t i = 0; i < n; i++) {
                uint32_t c = str_at(s, i);
                int digit = c < 128 ? -1 : unicode_decimal(c);
                out->owned[i] = c < 128 ? (char)c : unicode_is_space(c) ? ' ' : digit >= 0 ? (char)('0' + digit) : '?';
            }
            out->owned[n] = 0;
            data = out->owned;
        }
    } else if (has_buffer(t, v)) {
        Buffer view;
        if (!buffer_get(t, v, &view, BUF_SIMPLE)) return false;
        n = view.length;
        out->owned = heap_alloc(t, (size_t)n + 1);
        if (out->owned != NULL) {
            memcpy(out->owned, view.data, (size_t)n);
            out->owned[n] = 0;
        }
        buffer_release(t, &view);
        if (out->owned == NULL) return false;
        data = out->owned;
    } else {
        out->is_text = false;
        return true;
    }
    while (n > 0 && (data[0] == ' ' || (data[0] >= '\t' && data[0] <= '\r') || (data[0] >= 0x1c && data[0] <= 0x1f && is_str(t, v)))) data++, n--;
    while (n > 0 && (data[n - 1] == ' ' || (data[n - 1] >= '\t' && data[n - 1] <= '\r') || (data[n - 1] >= 0x1c && data[n - 1] <= 0x1f && is_str(t, v)))) n--;
    out->text = data;
    out->n = n;
    return true;
}

void number_text_free(Thread *t, NumberText *text) { heap_free(t, text->owned); }

/* --- int --------------------------------------------------------------------------------------- */

static int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'z') return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
    return 99;
}

/* Copies the digits of [p, p+n) without single underscores between them; -1: malformed. */
static int64_t clean_digits(const char *p, int64_t n, int base, bool underscore_first, char *out) {
    int64_t m = 0;
    bool after_digit = underscore_first;
    for (int64_t i = 0; i < n; i++) {
        if (p[i] == '_') {
            if (!after_digit || i + 1 == n) return -1;
            after_digit = false;
        } else {
            if (digit_value(p[i]) >= base) return -1;
            out[m++] = p[i];
            after_digit = true;
        }
    }
    return m == 0 ? -1 : m;
}

static Value invalid_int(Thread *t, Value v, int base) {
    return err_raise(t, T_ValueError, "invalid literal for int() with base %d: %.200R", base, v);
}

Value int_from_str(Thread *t, Value v, int base) {
    if (base != 0 && (base < 2 || base > 36)) return err_raise(t, T_ValueError, "int() base must be >= 2 and <= 36, or 0");
    NumberText text;
    if (!number_text_get(t, v, &text)) return VNULL;
    const char *p = text.text;
    int64_t n = text.n;
    int asked = base;
    bool negative = false, prefixed = false;
    if (n > 0 && (*p == '+' || *p == '-')) {
        negative = *p == '-';
        p++, n--;
    }
    if (n > 1 && p[0] == '0') {
        int letter = p[1] | 0x20, implied = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
        if (implied != 0 && (base == 0 || base == implied)) {
            base = implied;
            p += 2, n -= 2;
            prefixed = true;
        }
    }
    if (base == 0) {
        base = 10;
        if (n > 0 && p[0] == '0') /* "0_0" is fine, "01" is not */
            for (int64_t i = 0; i < n; i++)
                if (p[i] != '0' && p[i] != '_') base = 37;
    }
    Value result = VNULL;
    char small[64], *digits = n < (int64_t)sizeof small ? small : heap_alloc(t, (size_t)n);
    if (digits != NULL) {
        int64_t m = base <= 36 ? clean_digits(p, n, base, prefixed, digits) : -1;
        if (m < 0) {
            invalid_int(t, v, asked);
        } else if ((base & (base - 1)) == 0 || m <= 640 || int_digits_allowed(t, m, true)) {
            result = int_from_ascii(t, digits, m, base);
            if (negative && !is_null(result)) {
                Value positive = result;
                result = int_neg(t, positive);
                decref(t, positive);
            }
        }
        if (digits != small) heap_free(t, digits);
    }
    number_text_free(t, &text);
    return result;
}

/* --- float ------------------------------------------------------------------------------------- */

int64_t number_text_strip_underscores(const char *p, int64_t n, char *out) {
    int64_t m = 0;
    for (int64_t i = 0; i < n; i++) {
        if (p[i] != '_') {
            out[m++] = p[i];
            continue;
        }
        bool between = i > 0 && i + 1 < n && p[i - 1] >= '0' && p[i - 1] <= '9' && p[i + 1] >= '0' && p[i + 1] <= '9';
        if (!between) return -1;
    }
    return m;
}

Value float_from_str(Thread *t, Value v) {
    NumberText text;
    if (!number_text_get(t, v, &text)) return VNULL;
    if (!text.is_text) return err_raise(t, T_TypeError, "float() argument must be a string or a real number, not '%T'", v);
    double d = 0;
    const char *p = text.text;
    int64_t n = text.n;
    char small[64], *clean = NULL;
    bool good = n > 0;
    if (good && memchr(p, '_', (size_t)n) != NULL) {
        clean = n < (int64_t)sizeof small ? small : heap_alloc(t, (size_t)n);
        if (clean == NULL) {
            number_text_free(t, &text);
            return VNULL;
        }
        n = number_text_strip_underscores(p, n, clean);
        p = clean;
        good = n > 0;
    }
    good = good && float_parse(p, (size_t)n, true, &d) == (size_t)n;
    if (clean != NULL && clean != small) heap_free(t, clean);
    number_text_free(t, &text);
    if (!good) return err_raise(t, T_ValueError, "could not convert string to float: %R", v);
    return float_from_double(t, d);
}
