/* str: immutable text, 1, 2 or 4 bytes a character, the narrowest that fits; the hash is cached.
 *
 * Data follows the head in place and is NUL-terminated (one unit).  Equal interned strings are one object.
 */
#ifndef KRAIT_OBJECT_STR_H
#define KRAIT_OBJECT_STR_H

#include "base/units.h"
#include "core/object.h"

enum StrFlags { STR_ASCII = 1, STR_INTERNED = 2, STR_HASHED = 4, STR_IDENTIFIER_KNOWN = 8, STR_IDENTIFIER = 16 };

typedef struct Str {
    Object head;
    uint32_t length_low; /* see str_len: 40 bits in all */
    uint8_t length_high;
    uint8_t kind;        /* bytes a character: 1, 2, 4 */
    uint8_t flags;
    uint8_t reserved;
    int64_t hash;        /* valid with STR_HASHED */
    uint8_t data[];      /* kind * (length + 1) bytes */
} Str;

#define STR_MAX ((INT64_C(1) << 40) - 1) /* characters */
static inline int64_t str_len(const Str *s) { return (int64_t)s->length_low | (int64_t)s->length_high << 32; }
static inline bool str_is_ascii(const Str *s) { return s->flags & STR_ASCII; }
static inline bool str_is_interned(const Str *s) { return s->flags & STR_INTERNED; }
static inline const uint8_t *str_1(const Str *s) { return s->data; }
static inline const uint16_t *str_2(const Str *s) { return (const uint16_t *)s->data; }
static inline const uint32_t *str_4(const Str *s) { return (const uint32_t *)s->data; }
static inline uint32_t str_at(const Str *s, int64_t i) {
    return s->kind == 1 ? str_1(s)[i] : s->kind == 2 ? str_2(s)[i] : str_4(s)[i];
}

static inline Units str_units(const Str *s) { return (Units){s->data, (size_t)str_len(s), s->kind}; }

/* All of a str but its text, for who has the memory: `length` units of `kind` bytes and one more. */
static inline void str_init_head(Str *s, int64_t length, unsigned kind, bool ascii) {
    s->length_low = (uint32_t)length;
    s->length_high = (uint8_t)(length >> 32);
    s->kind = (uint8_t)kind;
    s->flags = ascii ? STR_ASCII : 0;
    s->reserved = 0;
    s->hash = 0;
    memset(s->data + (size_t)length * kind, 0, kind);
}

/* Construction.  Results are owned; VNULL: exception pending. */
Value str_new(Thread *t, int64_t length, uint32_t max_char); /* uninitialised data for the caller to fill; not for length 0 or shared chars */
Value str_from_utf8(Thread *t, const char *utf8, int64_t bytes); /* strict; UnicodeDecodeError */
Value str_from_utf8_surrogatepass(Thread *t, const char *utf8, int64_t bytes);
Value str_from_cstr(Thread *t, const char *utf8); /* NUL-terminated, valid by contract */
Value str_from_ascii(Thread *t, const char *ascii, int64_t length);
Value str_from_latin1(Thread *t, const uint8_t *chars, int64_t length);
Value str_from_ucs2(Thread *t, const uint16_t *chars, int64_t length); /* narrows */
Value str_from_ucs4(Thread *t, const uint32_t *chars, int64_t length); /* narrows */
Value str_from_char(Thread *t, uint32_t c);                            /* shared below 256 */
Value str_substring(Thread *t, Value s, int64_t start, int64_t stop);  /* 0 <= start <= stop <= length; exact str */
Value str_concat(Thread *t, Value a, Value b);                         /* both str */
/* str_concat(*left, right) into *left, in place where nobody else holds *left. false: exception pending, *left kept. */
bool str_append(Thread *t, Value *left, Value right);
Value str_intern(Thread *t, Value s);                /* takes s (an exact str), answers the interned one */
Value str_intern_cstr(Thread *t, const char *utf8);  /* owned */
void str_intern_forget(Thread *t, Str *s);           /* an interned str dies: its type's destroy */
bool str_intern_init(Thread *t);                     /* boot: the table of an interpreter */
void str_intern_free(Interp *interp);
size_t str_intern_count(Thread *t);
bool str_init_shared(Thread *t);                     /* boot: the empty str and those of one character */
Value str_join(Thread *t, Value separator, Value *items, int64_t n); /* items are str: TypeError otherwise */
Value str_exact(Thread *t, Value s); /* owned exact str with the text of a str or subclass instance */

int64_t str_hash(Thread *t, Str *s); /* computes and caches */
static inline int64_t str_hash_of(Thread *t, Str *s) { return LIKELY(s->flags & STR_HASHED) ? s->hash : str_hash(t, s); }
bool str_equal(const Str *a, const Str *b);
int str_compare(const Str *a, const Str *b);      /* by code points: -1, 0, 1 */
bool str_equals_cstr(const Str *s, const char *ascii);
int64_t str_find_char(const Str *s, uint32_t c, int64_t start, int64_t stop); /* -1: none */
bool str_contains(const Str *s, const Str *sub);
bool str_starts_with_cstr(const Str *s, const char *ascii);
bool str_is_identifier(const Str *s);

/* UTF-8 of s: points into s when it is ASCII, else into *keep (a bytes object, owned by the caller; VNULL when not
 * needed).  NULL: exception pending (surrogates).  *bytes may be NULL. */
const char *str_utf8(Thread *t, Value s, int64_t *bytes, Value *keep);
/* The same, but with an embedded NUL refused ("embedded null character"). */
const char *str_cstr(Thread *t, Value s, Value *keep);

/* A builder for text of unknown width and length.  On failure the exception is pending and the
 * builder is released; str_builder_finish and _drop release it, too. */
typedef struct StrBuilder {
    uint8_t *data;    /* a Str under construction */
    int64_t length, capacity;
    uint32_t max_char; /* of what was put in so far, rounded up */
    uint8_t kind;
    bool failed;
} StrBuilder;
void str_builder_init(StrBuilder *b);
bool str_builder_char_slow(Thread *t, StrBuilder *b, uint32_t c);
static inline bool str_builder_char(Thread *t, StrBuilder *b, uint32_t c) {
    if (UNLIKELY(c >= 128 || b->kind != 1 || b->length >= b->capacity)) return str_builder_char_slow(t, b, c);
    b->data[b->length++] = (uint8_t)c;
    return true;
}
bool str_builder_str(Thread *t, StrBuilder *b, Value s); /* borrowed */
bool str_builder_part(Thread *t, StrBuilder *b, Value s, int64_t start, int64_t stop);
bool str_builder_ascii(Thread *t, StrBuilder *b, const char *ascii, int64_t length);
bool str_builder_cstr(Thread *t, StrBuilder *b, const char *ascii);
bool str_builder_repr(Thread *t, StrBuilder *b, Value v); /* repr(v) */
bool str_builder_format(Thread *t, StrBuilder *b, const char *format, ...); /* as str_format (core/errors.h) */
bool str_builder_fill(Thread *t, StrBuilder *b, uint32_t c, int64_t count);
Value str_builder_finish(Thread *t, StrBuilder *b);
void str_builder_drop(Thread *t, StrBuilder *b);

#endif
