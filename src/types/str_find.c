/* str: searching and replacing. */
#include "base/find.h"
#include "types/str_priv.h"

bool str_search_range(Thread *t, Value start, Value end, int64_t length, int64_t *from, int64_t *to) {
    *from = 0;
    *to = length;
    if (!is_null(start) && !is_none(start)) {
        if (!has_index(t, start)) return err_fail(t, T_TypeError, "slice indices must be integers or None or have an __index__ method");
        if (!number_to_index(t, start, from, T_INVALID)) return false;
    }
    if (!is_null(end) && !is_none(end)) {
        if (!has_index(t, end)) return err_fail(t, T_TypeError, "slice indices must be integers or None or have an __index__ method");
        if (!number_to_index(t, end, to, T_INVALID)) return false;
    }
    if (*to > length) *to = length;
    else if (*to < 0) *to = *to + length < 0 ? 0 : *to + length;
    if (*from < 0) *from = *from + length < 0 ? 0 : *from + length;
    return true;
}

/* The common part of find, index, count: arguments (sub, start, end). */
static bool search_arguments(Thread *t, const char *name, Value *args, Units *hay, Units *needle, int64_t *from, bool *possible) {
    if (!is_str(t, args[1])) return err_fail(t, T_TypeError, "%s() argument 1 must be str, not %T", name, args[1]);
    int64_t to;
    if (is_null(args[2]) && is_null(args[3])) {
        *from = 0;
        *possible = true;
        *hay = str_units(V_AS(Str, args[0]));
        *needle = str_units(V_AS(Str, args[1]));
        return true;
    }
    if (!str_search_range(t, args[2], args[3], str_len(V_AS(Str, args[0])), from, &to)) return false;
    *possible = *from <= to;
    *needle = str_units(V_AS(Str, args[1]));
    *hay = *possible ? units_slice(str_units(V_AS(Str, args[0])), (size_t)*from, (size_t)to) : (Units){NULL, 0, 1};
    return true;
}

/* -2: exception. */
static int64_t find(Thread *t, const char *name, Value *args, size_t (*search)(Units, Units)) {
    Units hay, needle;
    int64_t from;
    bool possible;
    if (!search_arguments(t, name, args, &hay, &needle, &from, &possible)) return -2;
    if (!possible) return -1;
    size_t at = search(hay, needle);
    return at == FIND_NONE ? -1 : from + (int64_t)at;
}

static Value find_result(int64_t at) { return at == -2 ? VNULL : v_smallint(at); }
static Value index_result(Thread *t, int64_t at) { return at == -2 ? VNULL : at == -1 ? err_raise(t, T_ValueError, "substring not found") : v_smallint(at); }

STR_METHOD(str_m_find) { return find_result(find(t, "find", args, find_first)); }
STR_METHOD(str_m_rfind) { return find_result(find(t, "rfind", args, find_last)); }
STR_METHOD(str_m_index) { return index_result(t, find(t, "index", args, find_first)); }
STR_METHOD(str_m_rindex) { return index_result(t, find(t, "rindex", args, find_last)); }

STR_METHOD(str_m_count) {
    Units hay, needle;
    int64_t from;
    bool possible;
    if (!search_arguments(t, "count", args, &hay, &needle, &from, &possible)) return VNULL;
    if (!possible) return v_smallint(0);
    return v_smallint((int64_t)find_count(hay, needle, SIZE_MAX));
}

bool str_contains(const Str *s, const Str *sub) { return find_first(str_units(s), str_units(sub)) != FIND_NONE; }

/* --- Beginnings and ends ----------------------------------------------------------------------- */

static bool matches_at(const Str *s, const Str *part, int64_t at) {
    int64_t n = str_len(part);
    if (s->kind == part->kind) return memcmp(s->data + at * s->kind, part->data, (size_t)n * s->kind) == 0;
    for (int64_t i = 0; i < n; i++)
        if (str_at(s, at + i) != str_at(part, i)) return false;
    return true;
}

static bool has_affix(const Str *s, const Str *part, int64_t from, int64_t to, bool at_end) {
    int64_t n = str_len(part);
    return to - from >= n && matches_at(s, part, at_end ? to - n : from);
}

static Value affix(Thread *t, const char *name, Value *args, bool at_end) {
    Str *s = V_AS(Str, args[0]);
    int64_t from, to;
    if (!str_search_range(t, args[2], args[3], str_len(s), &from, &to)) return VNULL;
    Value parts = args[1];
    if (is_tuple(t, parts)) {
        for (int64_t i = 0; i < tuple_len(parts); i++) {
            Value part = tuple_at(parts, i);
            if (!is_str(t, part)) return err_raise(t, T_TypeError, "tuple for %s must only contain str, not %T", name, part);
            if (from <= str_len(s) && has_affix(s, V_AS(Str, part), from, to, at_end)) return V_TRUE;
        }
        return V_FALSE;
    }
    if (!is_str(t, parts)) return err_raise(t, T_TypeError, "%s first arg must be str or a tuple of str, not %T", name, parts);
    return v_bool(from <= str_len(s) && has_affix(s, V_AS(Str, parts), from, to, at_end));
}
STR_METHOD(str_m_startswith) { return affix(t, "startswith", args, false); }
STR_METHOD(str_m_endswith) { return affix(t, "endswith", args, true); }

STR_METHOD(str_m_removeprefix) {
    if (!arg_str(t, args[1], "removeprefix", "")) return VNULL;
    Str *s = V_AS(Str, args[0]), *part = V_AS(Str, args[1]);
    int64_t n = str_len(s);
    return has_affix(s, part, 0, n, false) ? str_substring(t, args[0], str_len(part), n) : str_exact(t, args[0]);
}
STR_METHOD(str_m_removesuffix) {
    if (!arg_str(t, args[1], "removesuffix", "")) return VNULL;
    Str *s = V_AS(Str, args[0]), *part = V_AS(Str, args[1]);
    int64_t n = str_len(s);
    return has_affix(s, part, 0, n, true) ? str_substring(t, args[0], 0, n - str_len(part)) : str_exact(t, args[0]);
}

/* --- Partition --------------------------------------------------------------------------------- */

static Value partition(Thread *t, Value *args, bool last) {
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "must be str, not %T", args[1]);
    Str *s = V_AS(Str, args[0]), *sep = V_AS(Str, args[1]);
    if (str_len(sep) == 0) return err_raise(t, T_ValueError, "empty separator");
    size_t at = last ? find_last(str_units(s), str_units(sep)) : find_first(str_units(s), str_units(sep));
    Value parts[3];
    if (at == FIND_NONE) {
        parts[0] = new_ref(t->interp->empty_str);
        parts[1] = new_ref(t->interp->empty_str);
        parts[2] = new_ref(t->interp->empty_str);
        parts[last ? 2 : 0] = str_exact(t, args[0]);
    } else {
        parts[0] = str_substring(t, args[0], 0, (int64_t)at);
        parts[1] = str_exact(t, args[1]);
        parts[2] = str_substring(t, args[0], (int64_t)at + str_len(sep), str_len(s));
    }
    if (is_null(parts[0]) || is_null(parts[1]) || is_null(parts[2])) {
        for (int i = 0; i < 3; i++) decref_maybe(t, parts[i]);
        return VNULL;
    }
    return tuple_take(t, parts, 3);
}
STR_METHOD(str_m_partition) { return partition(t, args, false); }
STR_METHOD(str_m_rpartition) { return partition(t, args, true); }

/* --- Replace ----------------------------------------------------------------------------------- */

STR_METHOD(str_m_replace) {
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "replace() argument 1 must be str, not %T", args[1]);
    if (!is_str(t, args[2])) return err_raise(t, T_TypeError, "replace() argument 2 must be str, not %T", args[2]);
    int64_t max = -1;
    if (!is_null(args[3]) && !number_to_index(t, args[3], &max, T_OverflowError)) return VNULL;
    Str *s = V_AS(Str, args[0]), *old = V_AS(Str, args[1]), *fresh = V_AS(Str, args[2]);
    Units hay = str_units(s), needle = str_units(old), with = str_units(fresh);
    size_t limit = max < 0 ? SIZE_MAX : (size_t)max;
    size_t count = needle.len > hay.len ? 0 : find_count(hay, needle, limit);
    if (count == 0 || (old == fresh)) return str_exact(t, args[0]);
    if ((with.len > needle.len) && count > (size_t)((INT64_C(1) << 40) - (int64_t)hay.len) / (with.len - needle.len))
        return err_raise(t, T_OverflowError, "replace string is too long");
    int64_t length = (int64_t)hay.len + (int64_t)count * ((int64_t)with.len - (int64_t)needle.len);
    StrBuilder b;
    str_builder_init(&b);
    size_t at = 0;
    if (needle.len == 0) { /* between all characters */
        for (size_t i = 0; i < count; i++) {
            if (!str_builder_str(t, &b, args[2])) return VNULL;
            if (i < hay.len && !str_builder_char(t, &b, units_at(hay, i))) return VNULL;
        }
        at = count < hay.len ? count : hay.len;
    } else if (needle.len == with.len && with.width <= hay.width && needle.len == 1 && !(s->flags & STR_ASCII && !str_is_ascii(fresh))) {
        Value result = str_new(t, length, hay.width == 1 ? (str_is_ascii(s) && str_is_ascii(fresh) ? 0x7f : 0xff) : hay.width == 2 ? 0xffff : 0x10ffff);
        if (is_null(result) || hay.width != 1 || !str_is_ascii(s)) {
            decref_maybe(t, result); /* a replacement may narrow: the builder sorts that out */
            if (is_null(result)) return VNULL;
        } else {
            uint8_t *out = V_AS(Str, result)->data, from = (uint8_t)units_at(needle, 0), to = (uint8_t)units_at(with, 0);
            const uint8_t *in = s->data;
            size_t left = count;
            for (size_t i = 0; i < hay.len; i++) {
                bool hit = in[i] == from && left > 0;
                left -= hit;
                out[i] = hit ? to : in[i];
            }
            return result;
        }
    }
    for (; needle.len > 0 && count > 0; count--) {
        size_t found = find_first(units_slice(hay, at, hay.len), needle);
        if (!str_builder_part(t, &b, args[0], (int64_t)at, (int64_t)(at + found)) || !str_builder_str(t, &b, args[2])) return VNULL;
        at += found + needle.len;
    }
    if (!str_builder_part(t, &b, args[0], (int64_t)at, (int64_t)hay.len)) return VNULL;
    return str_builder_finish(t, &b);
}
