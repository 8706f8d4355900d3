/* Characters of identifiers, and the interning table: open addressing, at most half full,
 * grown within the tree's arena. */
#include "front/identifier.h"

#include <string.h>

#include "base/unicode.h"
#include "base/unicode_normalize.h"
#include "base/utf8.h"

typedef struct IdentTable {
    Arena *arena;
    Ident **slots;
    uint32_t mask;
    uint32_t used;
} IdentTable;

/* --- Characters --- */

static uint32_t read_char(const char *p, size_t n, size_t *length)
{
    uint32_t c = 0;
    unsigned bad;
    Utf8Fault fault;
    *length = utf8_read((const uint8_t *)p, n, UTF8_SURROGATEPASS, &c, &bad, &fault);
    if (!*length) {
        *length = 1;
        return 0xFFFD;
    }
    return c;
}

size_t identifier_char_length(const char *p, size_t n)
{
    size_t length;
    read_char(p, n, &length);
    return length;
}

size_t identifier_valid_prefix(const char *utf8, size_t n, uint32_t *c)
{
    size_t i = 0;
    while (i < n) {
        size_t length;
        *c = read_char(utf8 + i, n - i, &length);
        if (i == 0 ? !unicode_is_xid_start(*c) : !unicode_is_xid_continue(*c)) {
            return i;
        }
        i += length;
    }
    return n;
}

const char *identifier_normalize(Arena *arena, const char *utf8, size_t n, size_t *length)
{
    uint32_t *chars = arena_alloc(arena, n * sizeof *chars);
    if (!chars) {
        return NULL;
    }
    size_t n_chars = 0;
    for (size_t i = 0, size; i < n; i += size) {
        chars[n_chars++] = read_char(utf8 + i, n - i, &size);
    }
    Units text = {chars, n_chars, 4};
    if (unicode_quick_check(text, UNICODE_NFKC) == UNICODE_YES) {
        *length = n;
        return utf8;
    }
    Ucs4Vec normal = {0};
    char *out = NULL;
    if (unicode_normalize(text, UNICODE_NFKC, false, &normal) && (out = arena_alloc(arena, normal.len * 4 + 1))) {
        *length = utf8_encode((Units){normal.data, normal.len, 4}, (uint8_t *)out);
    }
    vec_free(&normal);
    return out;
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
