/* str: splitting, joining, stripping and padding. */
#include "base/find.h"
#include "base/unicode.h"
#include "types/str_priv.h"

static bool add_part(Thread *t, Value list, Value s, int64_t start, int64_t stop) {
    Value part = str_substring(t, s, start, stop);
    return !is_null(part) && list_append_take(t, V_AS(List, list), part);
}

static Value finish(Thread *t, Value list, bool done) {
    if (done) return list;
    decref(t, list);
    return VNULL;
}

/* ASCII white space as str.split sees it: with the separators 0x1c to 0x1f. */
static inline bool is_space(uint32_t c) {
    return c < 128 ? c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f) : unicode_is_space(c);
}

static Value split_space(Thread *t, Value v, int64_t max) {
    Str *s = V_AS(Str, v);
    int64_t n = str_len(s), i = 0;
    Value list = list_new(t, 8);
    if (is_null(list)) return list;
    bool done = true;
    while (done) {
        while (i < n && is_space(str_at(s, i))) i++;
        if (i >= n) break;
        int64_t start = i;
        if (max-- == 0) {
            done = add_part(t, list, v, start, n);
            break;
        }
        while (i < n && !is_space(str_at(s, i))) i++;
        done = add_part(t, list, v, start, i);
    }
    return finish(t, list, done);
}

static Value rsplit_space(Thread *t, Value v, int64_t max) {
    Str *s = V_AS(Str, v);
    int64_t i = str_len(s);
    Value list = list_new(t, 8);
    if (is_null(list)) return list;
    bool done = true;
    while (done) {
        while (i > 0 && is_space(str_at(s, i - 1))) i--;
        if (i <= 0) break;
        int64_t end = i;
        if (max-- == 0) {
            done = add_part(t, list, v, 0, end);
            break;
        }
        while (i > 0 && !is_space(str_at(s, i - 1))) i--;
        done = add_part(t, list, v, i, end);
    }
    list_reverse(V_AS(List, list));
    return finish(t, list, done);
}

static Value split_by(Thread *t, Value v, Value sep, int64_t max, bool from_right) {
    Units hay = str_units(V_AS(Str, v)), needle = str_units(V_AS(Str, sep));
    Value list = list_new(t, 8);
    if (is_null(list)) return list;
    bool done = true;
    size_t start = 0, end = hay.len;
    while (done && max-- != 0) {
        Units rest = units_slice(hay, start, end);
        size_t at = from_right ? find_last(rest, needle) : find_first(rest, needle);
        if (at == FIND_NONE) break;
        if (from_right) {
            done = add_part(t, list, v, (int64_t)(at + needle.len), (int64_t)end);
            end = at;
        } else {
            done = add_part(t, list, v, (int64_t)start, (int64_t)(start + at));
            start += at + needle.len;
        }
    }
    done = done && add_part(t, list, v, (int64_t)start, (int64_t)end);
    if (from_right) list_reverse(V_AS(List, list));
    return finish(t, list, done);
}

static Value split(Thread *t, Value *args, bool from_right) {
    int64_t max = -1;
    if (!is_null(args[2]) && !number_to_index(t, args[2], &max, T_OverflowError)) return VNULL;
    if (is_null(args[1]) || is_none(args[1])) return from_right ? rsplit_space(t, args[0], max) : split_space(t, args[0], max);
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "must be str or None, not %T", args[1]);
    if (str_len(V_AS(Str, args[1])) == 0) return err_raise(t, T_ValueError, "empty separator");
    return split_by(t, args[0], args[1], max, from_right);
}
STR_METHOD(str_m_split) { return split(t, args, false); }
STR_METHOD(str_m_rsplit) { return split(t, args, true); }

STR_METHOD(str_m_splitlines) {
    bool keep = false;
    if (!is_null(args[1]) && !arg_bool(t, args[1], &keep)) return VNULL;
    Str *s = V_AS(Str, args[0]);
    int64_t n = str_len(s);
    Value list = list_new(t, 8);
    bool done = !is_null(list);
    for (int64_t i = 0; done && i < n;) {
        int64_t start = i;
        while (i < n && !unicode_is_linebreak(str_at(s, i))) i++;
        int64_t end = i;
        if (i < n) i += str_at(s, i) == '\r' && i + 1 < n && str_at(s, i + 1) == '\n' ? 2 : 1;
        done = add_part(t, list, args[0], start, keep ? i : end);
    }
    return is_null(list) ? list : finish(t, list, done);
}

STR_METHOD(str_m_join) {
    Value fast = sequence_fast(t, args[1], "can only join an iterable");
    if (is_null(fast)) return VNULL;
    Value result = str_join(t, args[0], sequence_fast_items(fast), sequence_fast_len(fast));
    decref(t, fast);
    return result;
}

/* --- Strip ------------------------------------------------------------------------------------- */

enum { LEFT = 1, RIGHT = 2 };

static Value strip(Thread *t, const char *name, Value *args, int sides) {
    Str *s = V_AS(Str, args[0]);
    int64_t start = 0, end = str_len(s);
    if (is_null(args[1]) || is_none(args[1])) {
        if (sides & LEFT) while (start < end && is_space(str_at(s, start))) start++;
        if (sides & RIGHT) while (end > start && is_space(str_at(s, end - 1))) end--;
    } else {
        if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "%s arg must be None or str", name);
        Str *chars = V_AS(Str, args[1]);
        int64_t n = str_len(chars);
        if (sides & LEFT) while (start < end && str_find_char(chars, str_at(s, start), 0, n) >= 0) start++;
        if (sides & RIGHT) while (end > start && str_find_char(chars, str_at(s, end - 1), 0, n) >= 0) end--;
    }
    return str_substring(t, args[0], start, end);
}
STR_METHOD(str_m_strip) { return strip(t, "strip", args, LEFT | RIGHT); }
STR_METHOD(str_m_lstrip) { return strip(t, "lstrip", args, LEFT); }
STR_METHOD(str_m_rstrip) { return strip(t, "rstrip", args, RIGHT); }

/* --- Padding ----------------------------------------------------------------------------------- */

static Value pad(Thread *t, Value v, int64_t left, int64_t right, uint32_t fill) {
    if (left <= 0 && right <= 0) return str_exact(t, v);
    if (left > INT64_MAX / 4 || right > INT64_MAX / 4) return err_raise(t, T_OverflowError, "padded string is too long");
    StrBuilder b;
    str_builder_init(&b);
    if (!str_builder_fill(t, &b, fill, left) || !str_builder_str(t, &b, v) || !str_builder_fill(t, &b, fill, right)) return VNULL;
    return str_builder_finish(t, &b);
}

static bool pad_arguments(Thread *t, Value *args, int64_t *missing, uint32_t *fill) {
    int64_t width;
    if (!number_to_index(t, args[1], &width, T_OverflowError)) return false;
    *fill = ' ';
    if (!is_null(args[2])) {
        if (!is_str(t, args[2])) return err_fail(t, T_TypeError, "The fill character must be a unicode character, not %T", args[2]);
        if (str_len(V_AS(Str, args[2])) != 1) return err_fail(t, T_TypeError, "The fill character must be exactly one character long");
        *fill = str_at(V_AS(Str, args[2]), 0);
    }
    *missing = width - str_len(V_AS(Str, args[0]));
    return true;
}

STR_METHOD(str_m_ljust) {
    int64_t missing;
    uint32_t fill;
    return pad_arguments(t, args, &missing, &fill) ? pad(t, args[0], 0, missing, fill) : VNULL;
}
STR_METHOD(str_m_rjust) {
    int64_t missing;
    uint32_t fill;
    return pad_arguments(t, args, &missing, &fill) ? pad(t, args[0], missing, 0, fill) : VNULL;
}
STR_METHOD(str_m_center) {
    int64_t missing;
    uint32_t fill;
    if (!pad_arguments(t, args, &missing, &fill)) return VNULL;
    if (missing <= 0) return str_exact(t, args[0]);
    int64_t width = missing + str_len(V_AS(Str, args[0])), left = missing / 2 + (missing & width & 1);
    return pad(t, args[0], left, missing - left, fill);
}
STR_METHOD(str_m_zfill) {
    int64_t width;
    if (!number_to_index(t, args[1], &width, T_OverflowError)) return VNULL;
    Str *s = V_AS(Str, args[0]);
    int64_t n = str_len(s), missing = width - n;
    if (missing <= 0) return str_exact(t, args[0]);
    bool sign = n > 0 && (str_at(s, 0) == '+' || str_at(s, 0) == '-');
    StrBuilder b;
    str_builder_init(&b);
    if (!str_builder_part(t, &b, args[0], 0, sign) || !str_builder_fill(t, &b, '0', missing) || !str_builder_part(t, &b, args[0], sign, n)) return VNULL;
    return str_builder_finish(t, &b);
}

STR_METHOD(str_m_expandtabs) {
    int32_t size = 8;
    if (!is_null(args[1]) && !arg_i32(t, args[1], &size)) return VNULL;
    Str *s = V_AS(Str, args[0]);
    int64_t n = str_len(s), column = 0, start = 0;
    if (str_find_char(s, '\t', 0, n) < 0) return str_exact(t, args[0]);
    StrBuilder b;
    str_builder_init(&b);
    for (int64_t i = 0; i < n; i++) {
        uint32_t c = str_at(s, i);
        if (c == '\t') {
            int64_t blanks = size > 0 ? size - column % size : 0;
            if (!str_builder_part(t, &b, args[0], start, i) || !str_builder_fill(t, &b, ' ', blanks)) return VNULL;
            column += blanks;
            start = i + 1;
        } else {
            column = c == '\n' || c == '\r' ? 0 : column + 1;
        }
    }
    if (!str_builder_part(t, &b, args[0], start, n)) return VNULL;
    return str_builder_finish(t, &b);
}
