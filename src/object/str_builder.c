/* StrBuilder: text of unknown length and width.  The data lies where a str has it, behind room for its head, in memory for an object
 * that widens and grows; `finish` copies it once into a str of the right size. Long text is not copied: it becomes the str where it lies. */
#include <stdarg.h>

#include "core/errors.h"
#include "heap/heap.h"
#include "object/dispatch.h"
#include "object/str.h"

void str_builder_init(StrBuilder *b) { *b = (StrBuilder){.kind = 1}; }

static Str *unfinished(const StrBuilder *b) { return b->data ? (Str *)(b->data - offsetof(Str, data)) : NULL; }
static size_t bytes_for(int64_t units, unsigned kind) { return offsetof(Str, data) + (size_t)units * kind; }

void str_builder_drop(Thread *t, StrBuilder *b) {
    if (b->data) heap_object_free(t, &unfinished(b)->head);
    *b = (StrBuilder){.kind = 1, .failed = true};
}

static COLD bool fail(Thread *t, StrBuilder *b) {
    str_builder_drop(t, b);
    return false;
}

/* Room for `more` further units, the widest of which is of the class of max_char. */
static bool prepare(Thread *t, StrBuilder *b, int64_t more, uint32_t max_char) {
    unsigned kind = units_width_for(max_char);
    if (LIKELY(kind <= b->kind && b->length + more <= b->capacity)) {
        b->max_char |= max_char;
        return true;
    }
    if (b->failed) return false;
    if (kind < b->kind) kind = b->kind;
    int64_t need = b->length + more;
    int64_t capacity = need <= b->capacity ? b->capacity : need + need / 2 + 16;
    if (kind == b->kind && b->data) {
        Str *grown = heap_object_resize(t, unfinished(b), bytes_for(capacity, kind));
        if (grown == NULL) return fail(t, b);
        b->data = grown->data;
    } else {
        Str *wide = heap_object(t, SHAPE_str, bytes_for(capacity, kind));
        if (wide == NULL) return fail(t, b);
        if (b->length) units_copy(wide->data, kind, (Units){b->data, (size_t)b->length, b->kind});
        if (b->data) heap_object_free(t, &unfinished(b)->head);
        b->data = wide->data;
        b->kind = (uint8_t)kind;
    }
    b->capacity = capacity;
    b->max_char |= max_char;
    return true;
}

bool str_builder_char_slow(Thread *t, StrBuilder *b, uint32_t c) {
    if (!prepare(t, b, 1, c < 128 ? 0x7f : c < 256 ? 0xff : c < 0x10000 ? 0xffff : 0x10ffff)) return false;
    if (b->kind == 1) b->data[b->length] = (uint8_t)c;
    else if (b->kind == 2) ((uint16_t *)b->data)[b->length] = (uint16_t)c;
    else ((uint32_t *)b->data)[b->length] = c;
    b->length++;
    return true;
}

static inline bool add_units(Thread *t, StrBuilder *b, Units u, uint32_t bound) {
    if (u.len == 0) return !b->failed;
    if (LIKELY(u.width == 1 && b->kind == 1 && b->length + (int64_t)u.len <= b->capacity)) {
        memcpy(b->data + b->length, u.data, u.len);
        b->length += (int64_t)u.len;
        b->max_char |= bound;
        return true;
    }
    if (!prepare(t, b, (int64_t)u.len, bound)) return false;
    units_copy(b->data + (size_t)b->length * b->kind, b->kind, u);
    b->length += (int64_t)u.len;
    return true;
}

bool str_builder_str(Thread *t, StrBuilder *b, Value v) {
    Str *s = V_AS(Str, v);
    return add_units(t, b, str_units(s), str_is_ascii(s) ? 0x7f : s->kind == 1 ? 0xff : s->kind == 2 ? 0xffff : 0x10ffff);
}

bool str_builder_part(Thread *t, StrBuilder *b, Value v, int64_t start, int64_t stop) {
    if (stop <= start) return !b->failed;
    Str *s = V_AS(Str, v);
    Units u = units_slice(str_units(s), (size_t)start, (size_t)stop);
    return add_units(t, b, u, str_is_ascii(s) ? 0x7f : units_widest(u));
}

bool str_builder_ascii(Thread *t, StrBuilder *b, const char *ascii, int64_t length) {
    return add_units(t, b, (Units){ascii, (size_t)length, 1}, 0x7f);
}

bool str_builder_cstr(Thread *t, StrBuilder *b, const char *ascii) { return str_builder_ascii(t, b, ascii, (int64_t)strlen(ascii)); }

bool str_builder_repr(Thread *t, StrBuilder *b, Value v) {
    Value text = repr_of(t, v);
    if (is_null(text)) return fail(t, b);
    bool done = str_builder_str(t, b, text);
    decref(t, text);
    return done;
}

bool str_builder_format(Thread *t, StrBuilder *b, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Value text = str_format_va(t, format, args);
    va_end(args);
    if (is_null(text)) return fail(t, b);
    bool done = str_builder_str(t, b, text);
    decref(t, text);
    return done;
}

bool str_builder_fill(Thread *t, StrBuilder *b, uint32_t c, int64_t count) {
    if (count <= 0) return !b->failed;
    if (!prepare(t, b, count, c < 128 ? 0x7f : c < 256 ? 0xff : c < 0x10000 ? 0xffff : 0x10ffff)) return false;
    if (b->kind == 1) memset(b->data + b->length, (int)c, (size_t)count);
    for (int64_t i = b->length; b->kind != 1 && i < b->length + count; i++) {
        if (b->kind == 2) ((uint16_t *)b->data)[i] = (uint16_t)c;
        else ((uint32_t *)b->data)[i] = c;
    }
    b->length += count;
    return true;
}

/* Whether the builder's own memory can be the str: it is a mapping, whose end the system takes back, and its units are not too wide. */
static bool fits_as_it_is(const StrBuilder *b) {
    if (!b->data || !(page_of(b->data)->flags & PAGE_MAPPED) || b->length > STR_MAX) return false;
    return b->kind == 1 || units_width_for(units_widest((Units){b->data, (size_t)b->length, b->kind})) == b->kind;
}

static Value finish_in_place(Thread *t, StrBuilder *b) {
    bool ascii = b->kind == 1 && (b->max_char < 128 || units_widest((Units){b->data, (size_t)b->length, 1}) < 128);
    Str *s = heap_object_resize(t, unfinished(b), bytes_for(b->length + 1, b->kind));
    if (s == NULL) return fail(t, b), VNULL;
    str_init_head(s, b->length, b->kind, ascii);
    *b = (StrBuilder){.kind = 1, .failed = true};
    return v_from(s);
}

Value str_builder_finish(Thread *t, StrBuilder *b) {
    if (b->failed) return VNULL;
    if (fits_as_it_is(b)) return finish_in_place(t, b);
    Value v;
    if (b->length == 0) v = new_ref(t->interp->empty_str);
    else if (b->kind == 1) v = b->max_char < 128 ? str_from_ascii(t, (const char *)b->data, b->length) : str_from_latin1(t, b->data, b->length);
    else v = b->kind == 2 ? str_from_ucs2(t, (const uint16_t *)b->data, b->length) : str_from_ucs4(t, (const uint32_t *)b->data, b->length);
    str_builder_drop(t, b);
    return v;
}
