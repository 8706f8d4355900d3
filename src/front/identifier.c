/* Characters of identifiers, and the interning table: open addressing, at most half full,
 * grown within the tree's arena. */
#include "front/identifier.h"

#include <string.h>

typedef struct IdentTable {
    Arena *arena;
    Ident **slots;
    uint32_t mask;
    uint32_t used;
} IdentTable;

/* --- Characters --- */

size_t identifier_char_length(const char *p, size_t n)
{
    unsigned char c = (unsigned char)*p;
    size_t length = c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    return length <= n ? length : 1;
}

static uint32_t decode(const char *p, size_t n, size_t *length)
{
    const unsigned char *s = (const unsigned char *)p;
    *length = identifier_char_length(p, n);
    switch (*length) {
    case 2: return (s[0] & 0x1Fu) << 6 | (s[1] & 0x3Fu);
    case 3: return (s[0] & 0x0Fu) << 12 | (s[1] & 0x3Fu) << 6 | (s[2] & 0x3Fu);
    case 4: return (s[0] & 0x07u) << 18 | (s[1] & 0x3Fu) << 12 | (s[2] & 0x3Fu) << 6 | (s[3] & 0x3Fu);
    default: return s[0];
    }
}

size_t identifier_encode(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

#if __has_include("base/unicode.h")
#include "base/unicode.h"
#endif

static bool is_xid_start(uint32_t c)
{
    return c != 0xA0 && c != 0xFEFF && (c < 0x2000 || c >= 0x2C00) && c != 0xD7 && c != 0xF7;
}

static bool is_xid_continue(uint32_t c)
{
    return is_xid_start(c);
}

bool identifier_is_printable(uint32_t c)
{
    return c >= 32 && c != 127 && !(c >= 0x80 && c <= 0xA0) && c != 0xAD && c != 0xFEFF && !(c >= 0x2000 && c < 0x2010);
}

size_t identifier_valid_prefix(const char *utf8, size_t n, uint32_t *c)
{
    size_t i = 0;
    while (i < n) {
        size_t length;
        *c = decode(utf8 + i, n - i, &length);
        bool valid = *c < 128 || (i == 0 ? is_xid_start(*c) : is_xid_continue(*c));
        if (!valid) {
            return i;
        }
        i += length;
    }
    return n;
}

const char *identifier_normalize(Arena *arena, const char *utf8, size_t n, size_t *length)
{
    (void)arena;
    *length = n;
    return utf8;
}

/* --- The table --- */

IdentTable *ident_table_new(Arena *arena)
{
    IdentTable *table = arena_zalloc(arena, sizeof *table);
    if (!table) {
        return NULL;
    }
    table->arena = arena;
    table->mask = 127;
    table->slots = arena_zalloc(arena, (table->mask + 1) * sizeof *table->slots);
    return table->slots ? table : NULL;
}

static bool table_grow(IdentTable *table)
{
    uint32_t mask = table->mask * 2 + 1;
    Ident **slots = arena_zalloc(table->arena, (mask + 1) * sizeof *slots);
    if (!slots) {
        return false;
    }
    for (uint32_t i = 0; i <= table->mask; i++) {
        Ident *id = table->slots[i];
        if (!id) {
            continue;
        }
        uint32_t at = id->hash & mask;
        while (slots[at]) {
            at = (at + 1) & mask;
        }
        slots[at] = id;
    }
    table->slots = slots;
    table->mask = mask;
    return true;
}

Ident *ident_intern(IdentTable *table, const char *utf8, size_t length)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ (unsigned char)utf8[i]) * 16777619u;
    }
    hash ^= hash >> 15;
    uint32_t at = hash & table->mask;
    for (Ident *id; (id = table->slots[at]); at = (at + 1) & table->mask) {
        if (id->hash == hash && id->length == length && memcmp(id->utf8, utf8, length) == 0) {
            return id;
        }
    }
    Ident *id = arena_alloc(table->arena, sizeof *id + length + 1);
    if (!id) {
        return NULL;
    }
    id->slot = 0;
    id->hash = hash;
    id->length = (uint32_t)length;
    memcpy(id->utf8, utf8, length);
    id->utf8[length] = '\0';
    table->slots[at] = id;
    if (++table->used * 2 > table->mask && !table_grow(table)) {
        return NULL;
    }
    return id;
}
