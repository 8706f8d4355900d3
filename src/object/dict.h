/* dict: compact, in insertion order.
 *
 *     Dict --> DictKeys: | header | index table: 1, 2 or 4 bytes each | entries in order |
 *
 * Entries are {key, value} while all keys are exact strings (their hash is cached in them), else
 * {hash, key, value}.  A deleted entry has key VNULL.  `version` names the *set of keys and their
 * positions*: while it is unchanged, entry i still belongs to the same key (its value may have
 * changed, never to VNULL).  The interpreter's global caches hold (version, entry index).
 * Version 0: none given yet; dict_keys_version gives one.
 */
#ifndef KRAIT_OBJECT_DICT_H
#define KRAIT_OBJECT_DICT_H

#include "core/object.h"
#include "object/str.h"

typedef struct DictKeys {
    uint32_t version;
    union {
        uint8_t log2_size; /* of the index table */
        uint8_t limit;     /* without one: how many entries may be begun before the live ones move together, >= capacity */
    };
    uint8_t index_width; /* 1, 2 or 4 bytes; 0: no table, few entries are searched in order */
    uint8_t is_general;  /* entries hold hashes */
    uint8_t has_uninterned; /* some key is or was not an interned str: equal keys may be different objects */
    uint32_t entries;    /* used, deleted ones included */
    uint32_t capacity;   /* `entries` may grow to this */
    /* index table, then entries; see object/dict.c */
} DictKeys;

struct Dict {
    Object head;
    uint32_t used;      /* live entries */
    uint32_t watched;   /* someone wants to know of changes: instance dicts, type dicts */
    DictKeys *keys;     /* raw heap block; NULL: empty, nothing allocated */
};

typedef struct DictStrEntry { Value key, value; } DictStrEntry;
typedef struct DictEntry { int64_t hash; Value key, value; } DictEntry;

static inline size_t dict_index_bytes(const DictKeys *k) { return ((((size_t)k->index_width << k->log2_size) * (k->index_width != 0)) + 7) & ~(size_t)7; }
static inline void *dict_entries(const DictKeys *k) { return (char *)k + sizeof(DictKeys) + dict_index_bytes(k); }
static inline Value *dict_entry_value(const DictKeys *k, uint32_t i) {
    return k->is_general ? &((DictEntry *)dict_entries(k))[i].value : &((DictStrEntry *)dict_entries(k))[i].value;
}
static inline Value *dict_entry_key(const DictKeys *k, uint32_t i) {
    return k->is_general ? &((DictEntry *)dict_entries(k))[i].key : &((DictStrEntry *)dict_entries(k))[i].key;
}

Value dict_new(Thread *t);
Value dict_new_sized(Thread *t, int64_t n);
Value dict_copy(Thread *t, Value dict);
/* Lookups answer a borrowed value, or VNULL: absent, or an exception is pending (only where the key's
 * hash or comparison may run Python code). */
Value dict_get(Thread *t, Value dict, Value key);
Value dict_get_hashed(Thread *t, Value dict, Value key, int64_t hash);
Value dict_get_str(Thread *t, Value dict, Value str);     /* exact str key: never raises */
Value dict_get_cstr(Thread *t, Value dict, const char *key);
/* Keys and values are borrowed. */
bool dict_set(Thread *t, Value dict, Value key, Value value) MUST_USE;
bool dict_set_hashed(Thread *t, Value dict, Value key, int64_t hash, Value value) MUST_USE;
bool dict_set_str(Thread *t, Value dict, Value str, Value value) MUST_USE;
bool dict_set_cstr(Thread *t, Value dict, const char *key, Value value) MUST_USE;
int dict_delete(Thread *t, Value dict, Value key);        /* 1 deleted, 0 absent (no exception), -1 */
Value dict_pop(Thread *t, Value dict, Value key);         /* owned; VNULL: absent or exception */
Value dict_setdefault(Thread *t, Value dict, Value key, Value value); /* owned */
int dict_contains(Thread *t, Value dict, Value key);      /* 1, 0, -1 */
bool dict_update(Thread *t, Value dict, Value other);     /* as dict.update(other) */
/* Adds the items of a mapping; `override`: 1 replaces, 0 keeps, 2 raises KeyError on a duplicate. */
bool dict_merge(Thread *t, Value dict, Value mapping, int override) MUST_USE;
void dict_clear(Thread *t, Value dict);
static inline int64_t dict_len(Value dict) { return V_AS(Dict, dict)->used; }
/* Walks the entries: *pos starts at 0; key and value are borrowed. The dict must not change size meanwhile. */
bool dict_next(Value dict, uint32_t *pos, Value *key, Value *value);
bool dict_popitem(Thread *t, Value dict, Value *key, Value *value); /* owned; false: empty */
Value dict_keys_list(Thread *t, Value dict);
Value dict_values_list(Thread *t, Value dict);
Value dict_items_list(Thread *t, Value dict);
/* Entries by index: finding one (-1: absent, -2: exception), its removal. Key and value come back owned. */
int64_t dict_find(Thread *t, Value dict, Value key, int64_t hash);
void dict_remove_entry(Thread *t, Value dict, uint32_t index, Value *key, Value *value);
bool dict_move_to_end(Thread *t, Value dict, uint32_t index, bool last) MUST_USE; /* of the order; last false: to its front */
/* hash_of for a key: TypeError "cannot use 'list' as a dict key (...)" where it is unhashable. */
bool dict_key_hash(Thread *t, Value key, int64_t *hash);
int64_t dict_entry_hash(Thread *t, const DictKeys *keys, uint32_t index);
/* Room for n more entries without growing on the way. */
bool dict_reserve(Thread *t, Value dict, int64_t n) MUST_USE;
bool hash_at_once(Thread *t, Value key, int64_t *hash); /* of strings, classes, small ints, and tuples that keep it; false: of others */
bool hash_element(Thread *t, Value key, int64_t *hash, const char *use); /* with another use named, "a set element" */
/* For caches: the entry's index of an interned string key, -1: absent; and the version of the keys (0: can't be given). */
int64_t dict_index_of(Thread *t, Value dict, Value str);
uint32_t dict_keys_version(Thread *t, Value dict);
static inline uint32_t dict_version_now(Value dict) { DictKeys *k = V_AS(Dict, dict)->keys; return k ? k->version : 0; }

#endif
