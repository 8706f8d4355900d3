/* The methods that bytes and bytearray have in common. */
#include "base/find.h"
#include "heap/heap.h"
#include "types/bytes_priv.h"
#include "types/codecs.h"

static inline bool is_space(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static inline bool is_lower(uint8_t c) { return (uint8_t)(c - 'a') < 26; }
static inline bool is_upper(uint8_t c) { return (uint8_t)(c - 'A') < 26; }
static inline bool is_alpha(uint8_t c) { return (uint8_t)((c | 0x20) - 'a') < 26; }
static inline bool is_digit(uint8_t c) { return (uint8_t)(c - '0') < 10; }

bool byte_value(Thread *t, Value v, uint8_t *out, const char *message) {
    if (LIKELY(is_smallint(v)) && smallint_get(v) >= 0 && smallint_get(v) < 256) {
        *out = (uint8_t)smallint_get(v);
        return true;
    }
    int64_t i;
    if (!number_to_index(t, v, &i, T_INVALID)) return false;
    if (i < 0 || i > 255) return err_fail(t, T_ValueError, "%s", message);
    *out = (uint8_t)i;
    return true;
}

/* --- Arguments --------------------------------------------------------------------------------- */

/* A sub-argument: a buffer, or an int that stands for one byte. */
typedef struct Sub {
    Buffer view;
    bool has_view;
    uint8_t one;
    Units units;
} Sub;

static bool sub_get(Thread *t, Value v, Sub *sub) {
    sub->has_view = false;
    if (!has_buffer(t, v) && has_index(t, v)) {
        if (!byte_value(t, v, &sub->one, "byte must be in range(0, 256)")) return false;
        sub->units = byte_units(&sub->one, 1);
        return true;
    }
    if (!has_buffer(t, v)) return err_fail(t, T_TypeError, "argument should be integer or bytes-like object, not '%T'", v);
    if (!buffer_get(t, v, &sub->view, BUF_SIMPLE)) return false;
    sub->has_view = true;
    sub->units = byte_units(sub->view.data, sub->view.length);
    return true;
}
static void sub_free(Thread *t, Sub *sub) {
    if (sub->has_view) buffer_release(t, &sub->view);
}

static bool range_get(Thread *t, Value start, Value end, int64_t length, int64_t *from, int64_t *to) {
    *from = 0;
    *to = length;
    static const char message[] = "slice indices must be integers or None or have an __index__ method";
    if (!is_null(start) && !is_none(start) && (!has_index(t, start) ? !err_fail(t, T_TypeError, message) : !number_to_index(t, start, from, T_INVALID))) return false;
    if (!is_null(end) && !is_none(end) && (!has_index(t, end) ? !err_fail(t, T_TypeError, message) : !number_to_index(t, end, to, T_INVALID))) return false;
    if (*to > length) *to = length;
    else if (*to < 0) *to = *to + length < 0 ? 0 : *to + length;
    if (*from < 0) *from = *from + length < 0 ? 0 : *from + length;
    return true;
}

/* --- Searching --------------------------------------------------------------------------------- */

/* While arguments are converted, which may run Python code, the size of a bytearray must not change. */
static void hold(View v, Value self) {
    if (v.is_array) V_AS(ByteArray, self)->exports++;
}
static void let_go(View v, Value self) {
    if (v.is_array) V_AS(ByteArray, self)->exports--;
}

static int64_t find(Thread *t, Value *args, size_t (*search)(Units, Units)) {
    int64_t from, to, found = -2;
    Sub sub;
    View v = view_of(t, args[0]);
    hold(v, args[0]);
    if (range_get(t, args[2], args[3], v.n, &from, &to) && sub_get(t, args[1], &sub)) {
        size_t at = from > to ? FIND_NONE : search(byte_units(v.data + from, to - from), sub.units);
        found = at == FIND_NONE ? -1 : from + (int64_t)at;
        sub_free(t, &sub);
    }
    let_go(v, args[0]);
    return found;
}
static Value find_result(int64_t at) { return at == -2 ? VNULL : v_smallint(at); }
static Value index_result(Thread *t, int64_t at) { return at == -2 ? VNULL : at == -1 ? err_raise(t, T_ValueError, "subsection not found") : v_smallint(at); }
BYTES_METHOD(bytes_m_find) { return find_result(find(t, args, find_first)); }
BYTES_METHOD(bytes_m_rfind) { return find_result(find(t, args, find_last)); }
BYTES_METHOD(bytes_m_index) { return index_result(t, find(t, args, find_first)); }
BYTES_METHOD(bytes_m_rindex) { return index_result(t, find(t, args, find_last)); }

BYTES_METHOD(bytes_m_count) {
    int64_t from, to;
    Sub sub;
    View v = view_of(t, args[0]);
    Value count = VNULL;
    hold(v, args[0]);
    if (range_get(t, args[2], args[3], v.n, &from, &to) && sub_get(t, args[1], &sub)) {
        count = v_smallint(from > to ? 0 : (int64_t)find_count(byte_units(v.data + from, to - from), sub.units, SIZE_MAX));
        sub_free(t, &sub);
    }
    let_go(v, args[0]);
    return count;
}

int bytes_contains(Thread *t, Value self, Value v) {
    Sub sub;
    View own = view_of(t, self);
    int found = -1;
    hold(own, self);
    int64_t byte;
    if (has_index(t, v) && number_to_index(t, v, &byte, T_INVALID)) {
        if (byte < 0 || byte > 255) err_raise(t, T_ValueError, "byte must be in range(0, 256)");
        else found = own.n > 0 && memchr(own.data, (int)byte, (size_t)own.n) != NULL;
    } else if (err_clear(t), !has_buffer(t, v)) { /* what __index__ raised does not count */
        err_raise(t, T_TypeError, "a bytes-like object is required, not '%T'", v);
    } else if (sub_get(t, v, &sub)) {
        found = find_first(byte_units(own.data, own.n), sub.units) != FIND_NONE;
        sub_free(t, &sub);
    }
    let_go(own, self);
    return found;
}

/* 1, 0, -1 */
static int has_affix(Thread *t, Value self, Value part, int64_t from, int64_t to, bool at_end, const char *name) {
    if (!has_buffer(t, part)) return err_minus(t, T_TypeError, "%s first arg must be bytes or a tuple of bytes, not %T", name, part);
    Buffer b;
    if (!buffer_get(t, part, &b, BUF_SIMPLE)) return -1;
    View v = view_of(t, self);
    bool has = from <= v.n && to - from >= b.length && memcmp(v.data + (at_end ? to - b.length : from), b.data, (size_t)b.length) == 0;
    buffer_release(t, &b);
    return has;
}

static Value affix(Thread *t, const char *name, Value *args, bool at_end) {
    int64_t from, to;
    if (!range_get(t, args[2], args[3], view_of(t, args[0]).n, &from, &to)) return VNULL;
    if (is_tuple(t, args[1])) {
        for (int64_t i = 0; i < tuple_len(args[1]); i++) {
            Value part = tuple_at(args[1], i);
            if (!has_buffer(t, part)) return err_raise(t, T_TypeError, "a bytes-like object is required, not '%T'", part);
            int has = has_affix(t, args[0], part, from, to, at_end, name);
            if (has != 0) return has < 0 ? VNULL : V_TRUE;
        }
        return V_FALSE;
    }
    int has = has_affix(t, args[0], args[1], from, to, at_end, name);
    return has < 0 ? VNULL : v_bool(has);
}
BYTES_METHOD(bytes_m_startswith) { return affix(t, "startswith", args, false); }
BYTES_METHOD(bytes_m_endswith) { return affix(t, "endswith", args, true); }

static Value remove_affix(Thread *t, Value *args, bool at_end) {
    Buffer b;
    if (!buffer_get(t, args[1], &b, BUF_SIMPLE)) return VNULL;
    View v = view_of(t, args[0]);
    int64_t cut = b.length > 0 && v.n >= b.length && memcmp(v.data + (at_end ? v.n - b.length : 0), b.data, (size_t)b.length) == 0 ? b.length : 0;
    buffer_release(t, &b);
    if (cut == 0 && IS_EXACT(args[0], bytes)) return new_ref(args[0]);
    return make_like(t, v, v.data + (at_end ? 0 : cut), v.n - cut);
}
BYTES_METHOD(bytes_m_removeprefix) { return remove_affix(t, args, false); }
BYTES_METHOD(bytes_m_removesuffix) { return remove_affix(t, args, true); }

/* --- Splitting --------------------------------------------------------------------------------- */

static bool add_part(Thread *t, Value list, View v, int64_t start, int64_t stop) {
    Value part = make_like(t, v, v.data + start, stop - start);
    return !is_null(part) && list_append_take(t, V_AS(List, list), part);
}
static Value finish(Thread *t, Value list, bool done) {
    if (done) return list;
    decref_maybe(t, list);
    return VNULL;
}

static Value split_space(Thread *t, View v, int64_t max, bool from_right) {
    Value list = list_new(t, 8);
    bool done = !is_null(list);
    int64_t start = 0, end = v.n;
    while (done) {
        /* White space goes from where the next word is sought; what a maxsplit leaves keeps that at its other end. */
        if (!from_right) while (start < end && is_space(v.data[start])) start++;
        else while (end > start && is_space(v.data[end - 1])) end--;
        if (start >= end) break;
        int64_t cut = from_right ? end : start;
        if (max-- == 0) cut = from_right ? start : end;
        else if (from_right) while (cut > start && !is_space(v.data[cut - 1])) cut--;
        else while (cut < end && !is_space(v.data[cut])) cut++;
        done = from_right ? add_part(t, list, v, cut, end) : add_part(t, list, v, start, cut);
        if (from_right) end = cut;
        else start = cut;
    }
    if (done && from_right) list_reverse(V_AS(List, list));
    return finish(t, list, done);
}

static Value split(Thread *t, Value *args, bool from_right) {
    int64_t max = -1;
    if (!is_null(args[2]) && !number_to_index(t, args[2], &max, T_OverflowError)) return VNULL;
    if (is_null(args[1]) || is_none(args[1])) return split_space(t, view_of(t, args[0]), max, from_right);
    Buffer sep;
    View v = view_of(t, args[0]);
    hold(v, args[0]);
    bool got = buffer_get(t, args[1], &sep, BUF_SIMPLE);
    let_go(v, args[0]);
    if (!got) return VNULL;
    Value list = VNULL;
    if (sep.length == 0) {
        err_raise(t, T_ValueError, "empty separator");
    } else {
        list = list_new(t, 8);
        bool done = !is_null(list);
        int64_t start = 0, end = v.n;
        Units needle = byte_units(sep.data, sep.length);
        while (done && max-- != 0) {
            size_t at = from_right ? find_last(byte_units(v.data + start, end - start), needle) : find_first(byte_units(v.data + start, end - start), needle);
            if (at == FIND_NONE) break;
            int64_t cut = start + (int64_t)at;
            if (from_right) {
                done = add_part(t, list, v, cut + sep.length, end);
                end = cut;
            } else {
                done = add_part(t, list, v, start, cut);
                start = cut + sep.length;
            }
        }
        done = done && add_part(t, list, v, start, end);
        if (done && from_right) list_reverse(V_AS(List, list));
        list = finish(t, list, done);
    }
    buffer_release(t, &sep);
    return list;
}
BYTES_METHOD(bytes_m_split) { return split(t, args, false); }
BYTES_METHOD(bytes_m_rsplit) { return split(t, args, true); }

BYTES_METHOD(bytes_m_splitlines) {
    bool keep = false;
    if (!is_null(args[1]) && !arg_bool(t, args[1], &keep)) return VNULL;
    View v = view_of(t, args[0]);
    Value list = list_new(t, 8);
    bool done = !is_null(list);
    for (int64_t i = 0; done && i < v.n;) {
        int64_t start = i;
        while (i < v.n && v.data[i] != '\n' && v.data[i] != '\r') i++;
        int64_t end = i;
        if (i < v.n) i += v.data[i] == '\r' && i + 1 < v.n && v.data[i + 1] == '\n' ? 2 : 1;
        done = add_part(t, list, v, start, keep ? i : end);
    }
    return finish(t, list, done);
}

static Value partition(Thread *t, Value *args, bool last) {
    Buffer sep;
    if (!buffer_get(t, args[1], &sep, BUF_SIMPLE)) return VNULL;
    View v = view_of(t, args[0]);
    Value parts[3] = {{0}}, result = VNULL;
    if (sep.length == 0) {
        err_raise(t, T_ValueError, "empty separator");
    } else {
        Units needle = byte_units(sep.data, sep.length), hay = byte_units(v.data, v.n);
        size_t at = last ? find_last(hay, needle) : find_first(hay, needle);
        if (at == FIND_NONE) {
            for (int i = 0; i < 3; i++) parts[i] = i == (last ? 2 : 0) ? (IS_EXACT(args[0], bytes) ? new_ref(args[0]) : make_like(t, v, v.data, v.n)) : make_like(t, v, "", 0);
        } else {
            parts[0] = make_like(t, v, v.data, (int64_t)at);
            parts[1] = IS_EXACT(args[1], bytes) && !v.is_array ? new_ref(args[1]) : make_like(t, v, sep.data, sep.length);
            parts[2] = make_like(t, v, v.data + at + sep.length, v.n - (int64_t)at - sep.length);
        }
        if (is_null(parts[0]) || is_null(parts[1]) || is_null(parts[2])) for (int i = 0; i < 3; i++) decref_maybe(t, parts[i]);
        else result = tuple_take(t, parts, 3);
    }
    buffer_release(t, &sep);
    return result;
}
BYTES_METHOD(bytes_m_partition) { return partition(t, args, false); }
BYTES_METHOD(bytes_m_rpartition) { return partition(t, args, true); }

enum { LEFT = 1, RIGHT = 2 };
static Value strip(Thread *t, Value *args, int sides) {
    bool drop[256] = {false};
    if (is_null(args[1]) || is_none(args[1])) {
        for (int c = 0; c < 128; c++) drop[c] = is_space((uint8_t)c);
    } else {
        Buffer b;
        if (!buffer_get(t, args[1], &b, BUF_SIMPLE)) return VNULL;
        for (int64_t i = 0; i < b.length; i++) drop[(uint8_t)b.data[i]] = true;
        buffer_release(t, &b);
    }
    View v = view_of(t, args[0]);
    int64_t start = 0, end = v.n;
    if (sides & LEFT) while (start < end && drop[v.data[start]]) start++;
    if (sides & RIGHT) while (end > start && drop[v.data[end - 1]]) end--;
    if (start == 0 && end == v.n && IS_EXACT(args[0], bytes)) return new_ref(args[0]);
    return make_like(t, v, v.data + start, end - start);
}
BYTES_METHOD(bytes_m_strip) { return strip(t, args, LEFT | RIGHT); }
BYTES_METHOD(bytes_m_lstrip) { return strip(t, args, LEFT); }
BYTES_METHOD(bytes_m_rstrip) { return strip(t, args, RIGHT); }

/* --- Joining and replacing ----------------------------------------------------------------------- */

static Value join_items(Thread *t, Value *args) {
    Value fast = sequence_fast(t, args[1], "can only join an iterable");
    if (is_null(fast)) return VNULL;
    int64_t n = sequence_fast_len(fast), total = 0;
    Buffer *views = heap_alloc(t, sizeof *views * (size_t)(n + 1));
    int64_t got = 0;
    Value result = VNULL;
    View self = view_of(t, args[0]);
    for (; views != NULL && got < n; got++) {
        if (got >= sequence_fast_len(fast)) {
            err_raise(t, T_RuntimeError, "sequence changed size during iteration");
            break;
        }
        Value item = sequence_fast_items(fast)[got];
        if (!has_buffer(t, item)) {
            err_raise(t, T_TypeError, "sequence item %lld: expected a bytes-like object, %T found", (long long)got, item);
            break;
        }
        incref(item); /* __buffer__ may drop it from the sequence */
        bool has = buffer_get(t, item, &views[got], BUF_SIMPLE);
        decref(t, item);
        if (!has) break;
        if (__builtin_add_overflow(total, views[got].length, &total) || (got > 0 && __builtin_add_overflow(total, self.n, &total))) {
            buffer_release(t, &views[got]);
            err_raise(t, T_OverflowError, "join() result is too long for bytes");
            break;
        }
    }
    if (views != NULL && got == n && sequence_fast_len(fast) != n) {
        err_raise(t, T_RuntimeError, "sequence changed size during iteration");
    } else if (views != NULL && got == n) {
        if (n == 1 && !self.is_array && IS_EXACT(views[0].object, bytes)) {
            result = new_ref(views[0].object);
        } else {
            result = make_like(t, self, NULL, total);
            if (!is_null(result)) {
                uint8_t *p = data_of(t, result);
                self = view_of(t, args[0]);
                for (int64_t i = 0; i < n; i++) {
                    if (i > 0) {
                        memcpy(p, self.data, (size_t)self.n);
                        p += self.n;
                    }
                    memcpy(p, views[i].data, (size_t)views[i].length);
                    p += views[i].length;
                }
            }
        }
    }
    for (int64_t i = 0; views != NULL && i < got; i++) buffer_release(t, &views[i]);
    heap_free(t, views);
    decref(t, fast);
    return result;
}

/* While the items are walked nobody may change the size of what stands between them. */
BYTES_METHOD(bytes_m_join) {
    Buffer lock;
    if (!buffer_get(t, args[0], &lock, BUF_SIMPLE)) return VNULL;
    Value result = join_items(t, args);
    buffer_release(t, &lock);
    return result;
}

BYTES_METHOD(bytes_m_replace) {
    int64_t max = -1;
    if (!is_null(args[3]) && !number_to_index(t, args[3], &max, T_OverflowError)) return VNULL;
    Buffer old, fresh;
    if (!buffer_get(t, args[1], &old, BUF_SIMPLE)) return VNULL;
    if (!buffer_get(t, args[2], &fresh, BUF_SIMPLE)) {
        buffer_release(t, &old);
        return VNULL;
    }
    View v = view_of(t, args[0]);
    Units needle = byte_units(old.data, old.length);
    size_t count = find_count(byte_units(v.data, v.n), needle, max < 0 ? SIZE_MAX : (size_t)max);
    Value result;
    int64_t growth, length;
    if (count == 0) {
        result = IS_EXACT(args[0], bytes) ? new_ref(args[0]) : make_like(t, v, v.data, v.n);
    } else if (__builtin_mul_overflow((int64_t)count, fresh.length - old.length, &growth) || __builtin_add_overflow(v.n, growth, &length) || length > INT64_MAX / 2) {
        result = err_raise(t, T_OverflowError, "replace bytes is too long");
    } else {
        result = make_like(t, v, NULL, length);
        if (!is_null(result)) {
            v = view_of(t, args[0]);
            uint8_t *out = data_of(t, result);
            int64_t at = 0;
            for (; count > 0; count--) {
                int64_t found = old.length == 0 ? at : at + (int64_t)find_first(byte_units(v.data + at, v.n - at), needle);
                memcpy(out, v.data + at, (size_t)(found - at));
                out += found - at;
                memcpy(out, fresh.data, (size_t)fresh.length);
                out += fresh.length;
                at = found + old.length;
                if (old.length == 0 && at < v.n) *out++ = v.data[at++];
            }
            memcpy(out, v.data + at, (size_t)(v.n - at));
        }
    }
    buffer_release(t, &fresh);
    buffer_release(t, &old);
    return result;
}

/* --- Case -------------------------------------------------------------------------------------- */

typedef enum CaseOp { LOWER, UPPER, TITLE, CAPITALIZE, SWAP } CaseOp;
static Value change_case(Thread *t, Value self, CaseOp op) {
    View v = view_of(t, self);
    Value result = make_like(t, v, v.data, v.n);
    if (is_null(result)) return result;
    if (!v.is_array && v.n == 1) { /* one byte is shared: make a new text of it */
        uint8_t c = v.data[0];
        uint8_t changed = op == LOWER ? (is_upper(c) ? c | 0x20 : c) : op == SWAP ? (is_alpha(c) ? c ^ 0x20 : c) : (is_lower(c) ? c & 0xdf : c);
        decref(t, result);
        return bytes_new(t, (const char *)&changed, 1);
    }
    if (v.n == 0) return result;
    uint8_t *out = data_of(t, result);
    bool in_word = false;
    for (int64_t i = 0; i < v.n; i++) {
        uint8_t c = out[i];
        switch (op) {
        case LOWER: out[i] = is_upper(c) ? c | 0x20 : c; break;
        case UPPER: out[i] = is_lower(c) ? c & 0xdf : c; break;
        case SWAP: out[i] = is_alpha(c) ? c ^ 0x20 : c; break;
        case CAPITALIZE: out[i] = i == 0 ? (is_lower(c) ? c & 0xdf : c) : (is_upper(c) ? c | 0x20 : c); break;
        case TITLE:
            out[i] = in_word ? (is_upper(c) ? c | 0x20 : c) : (is_lower(c) ? c & 0xdf : c);
            in_word = is_alpha(c);
            break;
        }
    }
    return result;
}
BYTES_METHOD(bytes_m_lower) { return change_case(t, args[0], LOWER); }
BYTES_METHOD(bytes_m_upper) { return change_case(t, args[0], UPPER); }
BYTES_METHOD(bytes_m_title) { return change_case(t, args[0], TITLE); }
BYTES_METHOD(bytes_m_capitalize) { return change_case(t, args[0], CAPITALIZE); }
BYTES_METHOD(bytes_m_swapcase) { return change_case(t, args[0], SWAP); }

static Value all_are(Thread *t, Value self, bool (*is)(uint8_t), bool empty) {
    View v = view_of(t, self);
    for (int64_t i = 0; i < v.n; i++)
        if (!is(v.data[i])) return V_FALSE;
    return v_bool(v.n > 0 || empty);
}
static bool alnum(uint8_t c) { return is_alpha(c) || is_digit(c); }
static bool alpha(uint8_t c) { return is_alpha(c); }
static bool digit(uint8_t c) { return is_digit(c); }
static bool space(uint8_t c) { return is_space(c); }
static bool ascii(uint8_t c) { return c < 128; }
BYTES_METHOD(bytes_m_isalnum) { return all_are(t, args[0], alnum, false); }
BYTES_METHOD(bytes_m_isalpha) { return all_are(t, args[0], alpha, false); }
BYTES_METHOD(bytes_m_isdigit) { return all_are(t, args[0], digit, false); }
BYTES_METHOD(bytes_m_isspace) { return all_are(t, args[0], space, false); }
BYTES_METHOD(bytes_m_isascii) { return all_are(t, args[0], ascii, true); }

BYTES_METHOD(bytes_m_islower) {
    View v = view_of(t, args[0]);
    bool found = false;
    for (int64_t i = 0; i < v.n; i++) {
        if (is_upper(v.data[i])) return V_FALSE;
        found = found || is_lower(v.data[i]);
    }
    return v_bool(found);
}
BYTES_METHOD(bytes_m_isupper) {
    View v = view_of(t, args[0]);
    bool found = false;
    for (int64_t i = 0; i < v.n; i++) {
        if (is_lower(v.data[i])) return V_FALSE;
        found = found || is_upper(v.data[i]);
    }
    return v_bool(found);
}
BYTES_METHOD(bytes_m_istitle) {
    View v = view_of(t, args[0]);
    bool found = false, after_letter = false;
    for (int64_t i = 0; i < v.n; i++) {
        uint8_t c = v.data[i];
        if (is_upper(c) ? after_letter : is_lower(c) ? !after_letter : false) return V_FALSE;
        after_letter = is_alpha(c);
        found = found || after_letter;
    }
    return v_bool(found);
}

/* --- Padding ----------------------------------------------------------------------------------- */

static bool pad_arguments(Thread *t, const char *name, Value *args, int64_t *missing, uint8_t *fill) {
    int64_t width;
    if (!number_to_index(t, args[1], &width, T_OverflowError)) return false;
    *fill = ' ';
    if (!is_null(args[2])) {
        if (is_bytes(t, args[2]) && V_AS(Bytes, args[2])->length == 1) *fill = (uint8_t)V_AS(Bytes, args[2])->data[0];
        else if (IS_A(t, args[2], bytearray) && V_AS(ByteArray, args[2])->length == 1) *fill = (uint8_t)V_AS(ByteArray, args[2])->start[0];
        else if (is_bytes(t, args[2]) || IS_A(t, args[2], bytearray))
            return err_fail(t, T_TypeError, "%s(): argument 2 must be a byte string of length 1, not a %T object of length %lld", name, args[2], (long long)view_of(t, args[2]).n);
        else return err_fail(t, T_TypeError, "%s() argument 2 must be a byte string of length 1, not %T", name, args[2]);
    }
    *missing = width - view_of(t, args[0]).n;
    return true;
}
static Value pad(Thread *t, Value self, int64_t left, int64_t right, uint8_t fill) {
    View v = view_of(t, self);
    if (left < 0) left = 0;
    if (right < 0) right = 0;
    if (left + right == 0 && IS_EXACT(self, bytes)) return new_ref(self);
    if (left > INT64_MAX / 4 || right > INT64_MAX / 4) return err_no_memory(t);
    Value result = make_like(t, v, NULL, left + v.n + right);
    if (is_null(result) || left + v.n + right == 0) return result;
    uint8_t *out = data_of(t, result);
    v = view_of(t, self);
    memset(out, fill, (size_t)left);
    memcpy(out + left, v.data, (size_t)v.n);
    memset(out + left + v.n, fill, (size_t)right);
    return result;
}
BYTES_METHOD(bytes_m_ljust) {
    int64_t missing;
    uint8_t fill;
    return pad_arguments(t, "ljust", args, &missing, &fill) ? pad(t, args[0], 0, missing, fill) : VNULL;
}
BYTES_METHOD(bytes_m_rjust) {
    int64_t missing;
    uint8_t fill;
    return pad_arguments(t, "rjust", args, &missing, &fill) ? pad(t, args[0], missing, 0, fill) : VNULL;
}
BYTES_METHOD(bytes_m_center) {
    int64_t missing;
    uint8_t fill;
    if (!pad_arguments(t, "center", args, &missing, &fill)) return VNULL;
    if (missing < 0) missing = 0;
    int64_t width = missing + view_of(t, args[0]).n, left = missing / 2 + (missing & width & 1);
    return pad(t, args[0], left, missing - left, fill);
}
BYTES_METHOD(bytes_m_zfill) {
    int64_t width;
    if (!number_to_index(t, args[1], &width, T_OverflowError)) return VNULL;
    int64_t missing = width - view_of(t, args[0]).n;
    Value result = pad(t, args[0], missing, 0, '0');
    if (is_null(result) || missing <= 0) return result;
    uint8_t *out = data_of(t, result);
    if (width > missing && (out[missing] == '+' || out[missing] == '-')) {
        out[0] = out[missing];
        out[missing] = '0';
    }
    return result;
}

BYTES_METHOD(bytes_m_expandtabs) {
    int32_t size = 8;
    if (!is_null(args[1]) && !arg_i32(t, args[1], &size)) return VNULL;
    Value result = VNULL;
    for (int pass = 0; pass < 2; pass++) { /* first the length, then the bytes */
        View v = view_of(t, args[0]);
        int64_t column = 0, at = 0;
        uint8_t *out = pass && !is_null(result) ? data_of(t, result) : NULL;
        for (int64_t i = 0; i < v.n; i++) {
            uint8_t c = v.data[i];
            if (c == '\t') {
                int64_t blanks = size > 0 ? size - column % size : 0;
                if (out) memset(out + at, ' ', (size_t)blanks);
                at += blanks;
                column += blanks;
                if (at > INT64_MAX / 4) return err_raise(t, T_OverflowError, "result too long");
            } else {
                if (out) out[at] = c;
                at++;
                column = c == '\n' || c == '\r' ? 0 : column + 1;
            }
        }
        if (pass == 0) {
            result = make_like(t, v, NULL, at);
            if (is_null(result) || at == 0) return result;
        }
    }
    return result;
}

/* --- Translation ------------------------------------------------------------------------------- */

BYTES_METHOD(bytes_m_maketrans) {
    Buffer from, to;
    if (!buffer_get(t, args[0], &from, BUF_SIMPLE)) return VNULL;
    if (!buffer_get(t, args[1], &to, BUF_SIMPLE)) {
        buffer_release(t, &from);
        return VNULL;
    }
    Value result = VNULL;
    if (from.length != to.length) {
        err_raise(t, T_ValueError, "maketrans arguments must have same length");
    } else {
        char table[256];
        for (int c = 0; c < 256; c++) table[c] = (char)c;
        for (int64_t i = 0; i < from.length; i++) table[(uint8_t)from.data[i]] = to.data[i];
        result = bytes_new(t, table, 256);
    }
    buffer_release(t, &to);
    buffer_release(t, &from);
    return result;
}

BYTES_METHOD(bytes_m_translate) {
    uint8_t table[256];
    bool drop[256] = {false};
    for (int c = 0; c < 256; c++) table[c] = (uint8_t)c;
    Buffer b;
    if (!is_none(args[1])) {
        if (!buffer_get(t, args[1], &b, BUF_SIMPLE)) return VNULL;
        bool fits = b.length == 256;
        if (fits) memcpy(table, b.data, 256);
        buffer_release(t, &b);
        if (!fits) return err_raise(t, T_ValueError, "translation table must be 256 characters long");
    }
    if (!is_null(args[2])) {
        if (!buffer_get(t, args[2], &b, BUF_SIMPLE)) return VNULL;
        for (int64_t i = 0; i < b.length; i++) drop[(uint8_t)b.data[i]] = true;
        buffer_release(t, &b);
    }
    View v = view_of(t, args[0]);
    uint8_t *out = heap_alloc(t, (size_t)v.n + 1);
    if (out == NULL) return VNULL;
    int64_t n = 0;
    for (int64_t i = 0; i < v.n; i++)
        if (!drop[v.data[i]]) out[n++] = table[v.data[i]];
    Value result = IS_EXACT(args[0], bytes) && n == v.n && memcmp(out, v.data, (size_t)n) == 0 ? new_ref(args[0]) : make_like(t, v, out, n);
    heap_free(t, out);
    return result;
}

/* --- Text -------------------------------------------------------------------------------------- */

BYTES_METHOD(bytes_m_decode) {
    Value keep[2] = {{0}}, result = VNULL;
    if (!is_null(args[1]) && !is_str(t, args[1])) return err_raise(t, T_TypeError, "decode() argument 'encoding' must be str, not %T", args[1]);
    if (!is_null(args[2]) && !is_str(t, args[2])) return err_raise(t, T_TypeError, "decode() argument 'errors' must be str, not %T", args[2]);
    const char *encoding = is_null(args[1]) ? "utf-8" : str_cstr(t, args[1], &keep[0]), *errors = NULL;
    if (encoding != NULL && (is_null(args[2]) || (errors = str_cstr(t, args[2], &keep[1])) != NULL)) result = codec_decode(t, args[0], encoding, errors);
    decref_maybe(t, keep[0]);
    decref_maybe(t, keep[1]);
    return result;
}

Value bytes_hex(Thread *t, const uint8_t *p, int64_t n, Value separator, Value per_separator) {
    int32_t per = 1;
    uint32_t sep = 0;
    if (!is_null(per_separator) && !arg_i32(t, per_separator, &per)) return VNULL;
    if (!is_null(separator)) {
        int64_t length = length_of(t, separator);
        if (length < 0) return VNULL;
        if (!is_str(t, separator) && !is_bytes(t, separator)) return err_raise(t, T_TypeError, "sep must be str or bytes.");
        if (length != 1 || (is_str(t, separator) ? str_len(V_AS(Str, separator)) : V_AS(Bytes, separator)->length) != 1) return err_raise(t, T_ValueError, "sep must be length 1.");
        sep = is_str(t, separator) ? str_at(V_AS(Str, separator), 0) : (uint8_t)V_AS(Bytes, separator)->data[0];
        if (sep > 127) return err_raise(t, T_ValueError, "sep must be ASCII.");
    }
    if (n == 0) return new_ref(t->interp->empty_str);
    int64_t group = per < 0 ? -(int64_t)per : per, breaks = !is_null(separator) && group ? (n - 1) / group : 0;
    Value v = str_new(t, n * 2 + breaks, 0x7f);
    if (is_null(v)) return v;
    uint8_t *out = V_AS(Str, v)->data;
    static const char digits[] = "0123456789abcdef";
    for (int64_t i = 0; i < n; i++) {
        bool boundary = breaks && i > 0 && (per < 0 ? i % group == 0 : (n - i) % group == 0);
        if (boundary) *out++ = (uint8_t)sep;
        *out++ = (uint8_t)digits[p[i] >> 4];
        *out++ = (uint8_t)digits[p[i] & 15];
    }
    return v;
}
BYTES_METHOD(bytes_m_hex) {
    Buffer lock; /* the separator's length may be asked of Python code */
    if (!buffer_get(t, args[0], &lock, BUF_SIMPLE)) return VNULL;
    Value text = bytes_hex(t, (const uint8_t *)lock.data, lock.length, args[1], args[2]);
    buffer_release(t, &lock);
    return text;
}

static int hex_digit(uint32_t c) { return c >= '0' && c <= '9' ? (int)c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' && c < 128 ? (int)(c | 0x20) - 'a' + 10 : -1; }

BYTES_METHOD(bytes_m_fromhex) {
    Value text = VNULL;
    if (is_str(t, args[1])) {
        text = new_ref(args[1]);
    } else if (has_buffer(t, args[1])) {
        Buffer b;
        if (!buffer_get(t, args[1], &b, BUF_SIMPLE)) return VNULL;
        text = str_from_latin1(t, (const uint8_t *)b.data, b.length);
        buffer_release(t, &b);
    } else {
        return err_raise(t, T_TypeError, "fromhex() argument must be str or bytes-like, not %T", args[1]);
    }
    if (is_null(text)) return VNULL;
    Str *s = V_AS(Str, text);
    int64_t n = str_len(s), m = 0, i = 0;
    char *out = heap_alloc(t, (size_t)n / 2 + 1);
    Value result = VNULL;
    while (out != NULL) {
        while (i < n && str_at(s, i) < 128 && is_space((uint8_t)str_at(s, i))) i++;
        if (i >= n) {
            result = bytes_new(t, out, m);
            break;
        }
        int high = hex_digit(str_at(s, i)), low = i + 1 < n ? hex_digit(str_at(s, i + 1)) : -1;
        if (high >= 0 && i + 1 >= n) {
            err_raise(t, T_ValueError, "fromhex() arg must contain an even number of hexadecimal digits");
            break;
        }
        if (high < 0 || low < 0) {
            err_raise(t, T_ValueError, "non-hexadecimal number found in fromhex() arg at position %lld", (long long)(high < 0 ? i : i + 1));
            break;
        }
        out[m++] = (char)(high << 4 | low);
        i += 2;
    }
    heap_free(t, out);
    decref(t, text);
    if (is_null(result) || same(args[0], v_from(builtin_type(t, T_bytes)))) return result;
    Value converted = call_1(t, args[0], result);
    decref(t, result);
    return converted;
}

Value bytes_repr(Thread *t, View v, const char *before, const char *after) {
    bool single = memchr(v.data, '\'', (size_t)v.n) != NULL, both = memchr(v.data, '"', (size_t)v.n) != NULL;
    uint32_t quote = single && !both ? '"' : '\'';
    StrBuilder b;
    str_builder_init(&b);
    if (!str_builder_format(t, &b, "%s", before) || !str_builder_char(t, &b, 'b') || !str_builder_char(t, &b, quote)) return VNULL;
    for (int64_t i = 0; i < v.n; i++) {
        uint8_t c = v.data[i];
        char text[5] = {'\\', (char)c, 0};
        int n = 2;
        if (c == quote || c == '\\' || (c == '\'' && v.is_array)) n = 2;
        else if (c == '\t') text[1] = 't';
        else if (c == '\n') text[1] = 'n';
        else if (c == '\r') text[1] = 'r';
        else if (c < ' ' || c >= 127) {
            text[1] = 'x';
            text[2] = "0123456789abcdef"[c >> 4];
            text[3] = "0123456789abcdef"[c & 15];
            n = 4;
        } else {
            text[0] = (char)c;
            n = 1;
        }
        if (!str_builder_ascii(t, &b, text, n)) return VNULL;
    }
    if (!str_builder_char(t, &b, quote) || !str_builder_cstr(t, &b, after)) return VNULL;
    return str_builder_finish(t, &b);
}
