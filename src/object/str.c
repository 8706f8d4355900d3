/* str: construction and raw access.  Methods and formatting are in types/str*.c, interning in intern.c.
 *
 * Invariants: the kind is the narrowest that fits; STR_ASCII is set exactly when every unit is below 128;
 * the unit behind the last is 0; the empty str and those of one character below 256 are shared (an
 * equal fresh one is allowed, but nothing here makes it).
 */
#include "object/str.h"

#include "base/hash.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "core/errors.h"
#include "heap/heap.h"
#include "object/bytes.h"
#include "object/exception.h"

enum { STR_HEADER = offsetof(Str, data) };

static Str *str_alloc(Thread *t, int64_t length, unsigned kind, bool ascii) {
    if (UNLIKELY(length > STR_MAX)) {
        err_no_memory(t);
        return NULL;
    }
    Str *s = heap_object(t, SHAPE_str, STR_HEADER + (size_t)(length + 1) * kind);
    if (UNLIKELY(s == NULL)) return NULL;
    str_init_head(s, length, kind, ascii);
    return s;
}

Value str_new(Thread *t, int64_t length, uint32_t max_char) { return v_from(str_alloc(t, length, units_width_for(max_char), max_char < 128)); }

static Value empty(Thread *t) { return new_ref(t->interp->empty_str); }

Value str_from_char(Thread *t, uint32_t c) {
    if (LIKELY(c < 256)) return new_ref(t->interp->latin1_chars[c]);
    Value v = str_new(t, 1, c);
    if (is_null(v)) return v;
    Str *s = V_AS(Str, v);
    if (s->kind == 2) *(uint16_t *)s->data = (uint16_t)c;
    else *(uint32_t *)s->data = c;
    return v;
}

bool str_init_shared(Thread *t) {
    Interp *interp = t->interp;
    Str *s = str_alloc(t, 0, 1, true);
    if (s == NULL) return false;
    interp->empty_str = v_from(s);
    for (unsigned c = 0; c < 256; c++) {
        s = str_alloc(t, 1, 1, c < 128);
        if (s == NULL) return false;
        s->data[0] = (uint8_t)c;
        interp->latin1_chars[c] = v_from(s);
    }
    interp->empty_str = str_intern(t, interp->empty_str);
    make_immortal(interp->empty_str);
    for (unsigned c = 0; c < 256; c++) {
        interp->latin1_chars[c] = str_intern(t, interp->latin1_chars[c]);
        make_immortal(interp->latin1_chars[c]);
    }
    return true;
}

/* --- From other representations ---------------------------------------------------------------- */

/* Valid UTF-8 whose size and width are known. */
static Value decode_scanned(Thread *t, const uint8_t *utf8, size_t bytes, Utf8Scan scan) {
    if (scan.n_chars == 0) return empty(t);
    if (scan.n_chars == 1) {
        uint32_t c;
        unsigned bad;
        Utf8Fault fault;
        utf8_read(utf8, bytes, UTF8_SURROGATEPASS, &c, &bad, &fault);
        return str_from_char(t, c);
    }
    Value v = str_new(t, (int64_t)scan.n_chars, scan.widest);
    if (is_null(v)) return v;
    Str *s = V_AS(Str, v);
    if (scan.widest < 128) memcpy(s->data, utf8, bytes);
    else utf8_decode(utf8, bytes, s->data, s->kind);
    return v;
}

static Value from_utf8(Thread *t, const char *utf8, int64_t bytes, unsigned mode) {
    Utf8Scan scan;
    Utf8Error error;
    if (UNLIKELY(!utf8_scan((const uint8_t *)utf8, (size_t)bytes, mode, &scan, &error)))
        return err_unicode_decode(t, "utf-8", utf8, bytes, (int64_t)error.start, (int64_t)error.end, utf8_reason(error.fault));
    return decode_scanned(t, (const uint8_t *)utf8, (size_t)bytes, scan);
}

Value str_from_utf8(Thread *t, const char *utf8, int64_t bytes) { return from_utf8(t, utf8, bytes, UTF8_STRICT); }
Value str_from_utf8_surrogatepass(Thread *t, const char *utf8, int64_t bytes) { return from_utf8(t, utf8, bytes, UTF8_SURROGATEPASS); }
Value str_from_cstr(Thread *t, const char *utf8) { return from_utf8(t, utf8, (int64_t)strlen(utf8), UTF8_STRICT); }

Value str_from_ascii(Thread *t, const char *ascii, int64_t length) {
    if (length == 0) return empty(t);
    if (length == 1) return str_from_char(t, (uint8_t)ascii[0]);
    Str *s = str_alloc(t, length, 1, true);
    if (s != NULL) memcpy(s->data, ascii, (size_t)length);
    return v_from(s);
}

Value str_from_latin1(Thread *t, const uint8_t *chars, int64_t length) {
    if (length == 0) return empty(t);
    if (length == 1) return str_from_char(t, chars[0]);
    bool ascii = utf8_ascii_prefix(chars, (size_t)length) == (size_t)length;
    Str *s = str_alloc(t, length, 1, ascii);
    if (s != NULL) memcpy(s->data, chars, (size_t)length);
    return v_from(s);
}

/* A str of any units, in the narrowest kind. */
static Value from_units(Thread *t, Units u) {
    if (u.len == 0) return empty(t);
    if (u.len == 1) return str_from_char(t, units_at(u, 0));
    Value v = str_new(t, (int64_t)u.len, units_widest(u));
    if (!is_null(v)) units_copy(V_AS(Str, v)->data, V_AS(Str, v)->kind, u);
    return v;
}

Value str_from_ucs2(Thread *t, const uint16_t *chars, int64_t length) { return from_units(t, (Units){chars, (size_t)length, 2}); }
Value str_from_ucs4(Thread *t, const uint32_t *chars, int64_t length) { return from_units(t, (Units){chars, (size_t)length, 4}); }

Value str_substring(Thread *t, Value v, int64_t start, int64_t stop) {
    Str *s = V_AS(Str, v);
    int64_t length = str_len(s);
    if (start == 0 && stop == length && IS_EXACT(v, str)) return new_ref(v);
    if (stop - start == 1) return str_from_char(t, str_at(s, start));
    if (stop <= start) return empty(t);
    if (str_is_ascii(s)) return str_from_ascii(t, (const char *)s->data + start, stop - start);
    return from_units(t, units_slice(str_units(s), (size_t)start, (size_t)stop));
}

Value str_exact(Thread *t, Value v) { return IS_EXACT(v, str) ? new_ref(v) : from_units(t, str_units(V_AS(Str, v))); }

/* --- Putting together -------------------------------------------------------------------------- */

static uint32_t class_bound(const Str *s) { return str_is_ascii(s) ? 0x7f : s->kind == 1 ? 0xff : s->kind == 2 ? 0xffff : 0x10ffff; }

Value str_concat(Thread *t, Value a, Value b) {
    Str *x = V_AS(Str, a), *y = V_AS(Str, b);
    int64_t n = str_len(x), m = str_len(y);
    if (n == 0 && IS_EXACT(b, str)) return new_ref(b);
    if (m == 0 && IS_EXACT(a, str)) return new_ref(a);
    if (n + m == 0) return empty(t);
    uint32_t bound = class_bound(x) | class_bound(y);
    Value v = str_new(t, n + m, bound);
    if (is_null(v)) return v;
    Str *s = V_AS(Str, v);
    units_copy(s->data, s->kind, str_units(x));
    units_copy(s->data + (size_t)n * s->kind, s->kind, str_units(y));
    return v;
}

bool str_append(Thread *t, Value *left, Value right) {
    Str *x = V_AS(Str, *left), *y = V_AS(Str, right);
    int64_t n = str_len(x), m = str_len(y);
    bool in_place = x->head.refs == 1 && x->head.shape == SHAPE_str && !(x->flags & STR_INTERNED) && x != y && n > 0 && m > 0 &&
                    y->kind <= x->kind && n + m <= STR_MAX;
    if (in_place) {
        size_t size = STR_HEADER + (size_t)(n + m + 1) * x->kind;
        Str *s = size <= heap_size(x) ? x : heap_object_resize(t, x, size + size / 8);
        if (s == NULL) return false;
        units_copy(s->data + (size_t)n * s->kind, s->kind, str_units(y));
        memset(s->data + (size_t)(n + m) * s->kind, 0, s->kind);
        s->length_low = (uint32_t)(n + m);
        s->length_high = (uint8_t)((n + m) >> 32);
        s->flags = str_is_ascii(s) && str_is_ascii(y) ? STR_ASCII : 0;
        *left = v_from(s);
        return true;
    }
    Value joined = str_concat(t, *left, right);
    if (is_null(joined)) return false;
    slot_set(t, left, joined);
    return true;
}

Value str_join(Thread *t, Value separator, Value *items, int64_t n) {
    if (n == 0) return empty(t);
    Str *sep = V_AS(Str, separator);
    int64_t sep_len = str_len(sep), length = 0;
    uint32_t bound = n > 1 && sep_len > 0 ? class_bound(sep) : 0x7f;
    for (int64_t i = 0; i < n; i++) {
        if (UNLIKELY(!is_str(t, items[i])))
            return err_raise(t, T_TypeError, "sequence item %lld: expected str instance, %T found", (long long)i, items[i]);
        Str *s = V_AS(Str, items[i]);
        bound |= class_bound(s);
        length += str_len(s) + (i > 0 ? sep_len : 0);
        if (length > STR_MAX) return err_raise(t, T_OverflowError, "join() result is too long for a Python string");
    }
    if (n == 1 && IS_EXACT(items[0], str)) return new_ref(items[0]);
    if (length == 0) return empty(t);
    if (length == 1) {
        for (int64_t i = 0; i < n; i++)
            if (str_len(V_AS(Str, items[i])) == 1) return str_from_char(t, str_at(V_AS(Str, items[i]), 0));
        return str_from_char(t, str_at(sep, 0));
    }
    Value v = str_new(t, length, bound);
    if (is_null(v)) return v;
    Str *out = V_AS(Str, v);
    uint8_t *p = out->data;
    unsigned kind = out->kind;
    for (int64_t i = 0; i < n; i++) {
        if (i > 0 && sep_len > 0) {
            units_copy(p, kind, str_units(sep));
            p += (size_t)sep_len * kind;
        }
        Units u = str_units(V_AS(Str, items[i]));
        units_copy(p, kind, u);
        p += u.len * kind;
    }
    return v;
}

/* --- Questions --------------------------------------------------------------------------------- */

int64_t str_hash(Thread *t, Str *s) {
    if (!(s->flags & STR_HASHED)) {
        HashKey key = {t->interp->hash_key[0], t->interp->hash_key[1]};
        s->hash = hash_bytes(&key, s->data, (size_t)str_len(s) * s->kind);
        s->flags |= STR_HASHED;
    }
    return s->hash;
}

bool str_equal(const Str *a, const Str *b) {
    if (a == b) return true;
    int64_t n = str_len(a);
    return n == str_len(b) && a->kind == b->kind && memcmp(a->data, b->data, (size_t)n * a->kind) == 0;
}

int str_compare(const Str *a, const Str *b) {
    if (a == b) return 0;
    int64_t n = str_len(a), m = str_len(b), common = n < m ? n : m;
    if (a->kind == 1 && b->kind == 1) {
        int order = memcmp(a->data, b->data, (size_t)common);
        if (order != 0) return order < 0 ? -1 : 1;
    } else {
        for (int64_t i = 0; i < common; i++) {
            uint32_t x = str_at(a, i), y = str_at(b, i);
            if (x != y) return x < y ? -1 : 1;
        }
    }
    return n == m ? 0 : n < m ? -1 : 1;
}

bool str_equals_cstr(const Str *s, const char *ascii) {
    size_t n = strlen(ascii);
    return str_is_ascii(s) && (size_t)str_len(s) == n && memcmp(s->data, ascii, n) == 0;
}

bool str_starts_with_cstr(const Str *s, const char *ascii) {
    size_t n = strlen(ascii);
    if ((size_t)str_len(s) < n) return false;
    if (s->kind == 1) return memcmp(s->data, ascii, n) == 0;
    for (size_t i = 0; i < n; i++)
        if (str_at(s, (int64_t)i) != (uint8_t)ascii[i]) return false;
    return true;
}

int64_t str_find_char(const Str *s, uint32_t c, int64_t start, int64_t stop) {
    if (start >= stop) return -1;
    if (s->kind == 1) {
        if (c > 255) return -1;
        const uint8_t *p = memchr(s->data + start, (int)c, (size_t)(stop - start));
        return p ? p - s->data : -1;
    }
    if (s->kind == 2) {
        if (c > 0xffff) return -1;
        const uint16_t *p = str_2(s);
        for (int64_t i = start; i < stop; i++)
            if (p[i] == c) return i;
        return -1;
    }
    const uint32_t *p = str_4(s);
    for (int64_t i = start; i < stop; i++)
        if (p[i] == c) return i;
    return -1;
}

bool str_is_identifier(const Str *s) {
    int64_t n = str_len(s);
    if (n == 0 || !unicode_is_xid_start(str_at(s, 0))) return false;
    for (int64_t i = 1; i < n; i++)
        if (!unicode_is_xid_continue(str_at(s, i))) return false;
    return true;
}

/* --- UTF-8 ------------------------------------------------------------------------------------- */

const char *str_utf8(Thread *t, Value v, int64_t *bytes, Value *keep) {
    Str *s = V_AS(Str, v);
    *keep = VNULL;
    if (str_is_ascii(s)) {
        if (bytes) *bytes = str_len(s);
        return (const char *)s->data;
    }
    size_t size;
    Utf8Error error;
    if (!utf8_size(str_units(s), UTF8_STRICT, &size, &error)) {
        err_unicode_encode(t, "utf-8", v, (int64_t)error.start, (int64_t)error.end, utf8_reason(error.fault));
        return NULL;
    }
    Value b = bytes_new(t, NULL, (int64_t)size);
    if (is_null(b)) return NULL;
    utf8_encode(str_units(s), (uint8_t *)V_AS(Bytes, b)->data);
    if (bytes) *bytes = (int64_t)size;
    *keep = b;
    return V_AS(Bytes, b)->data;
}

const char *str_cstr(Thread *t, Value v, Value *keep) {
    int64_t n;
    const char *p = str_utf8(t, v, &n, keep);
    if (p == NULL || memchr(p, 0, (size_t)n) == NULL) return p;
    if (!is_null(*keep)) decref(t, *keep);
    *keep = VNULL;
    err_raise(t, T_ValueError, "embedded null character");
    return NULL;
}
