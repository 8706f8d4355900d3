/* dict: the compact table.  What iterates over other objects is in ops/dict_ops.c, methods are in types/dict*.c.
 *
 * The index table maps a hash to the index of an entry; a slot is EMPTY or was given to an entry once.  Deletion
 * only empties the entry (key VNULL) and leaves its slot, so that chains of probes hold; a new entry on the way of whose key it
 * lies may take it.  Hence the slots in use never outnumber the entries ever begun since the table was built, which `capacity` limits: where entries are
 * given up at the end (popitem), capacity shrinks with them.  A slot that outlives its entry does no harm: whoever reads it
 * compares with the entry that is there now.
 *
 * Where the first entry is deleted, its value may be a small int: the number of deleted entries at the front.  So taking from the
 * front again and again costs constant time.
 *
 * Up to SMALL_ENTRIES entries have no table and are searched in order.
 *
 * When the live entries move together is CPython's: programs that delete and insert while they iterate see it.
 *
 * A comparison of keys may run Python code that changes this dict.  After each, `find` looks whether the table and the entry
 * are what they were and else begins again.
 */
#include "object/dict.h"

#include "base/hash.h"
#include "heap/heap.h"
#include "object/dispatch.h"
#include "object/list.h"
#include "object/tuple.h"

enum { SMALL_ENTRIES = 8, PERTURB_SHIFT = 5 };
enum { ABSENT = -1, FAILED = -2 };
#define EMPTY UINT32_MAX

/* --- The table ------------------------------------------------------------------------------------------------------------------- */

static inline void *index_table(const DictKeys *k) { return (char *)k + sizeof(DictKeys); }

/* `width` is a constant where this is inlined. */
static ALWAYS_INLINE uint32_t index_at(const void *table, unsigned width, size_t slot) {
    if (width == 1) {
        uint8_t i = ((const uint8_t *)table)[slot];
        return i == UINT8_MAX ? EMPTY : i;
    }
    if (width == 2) {
        uint16_t i = ((const uint16_t *)table)[slot];
        return i == UINT16_MAX ? EMPTY : i;
    }
    return ((const uint32_t *)table)[slot];
}

/* Whether a slot's entry is not in use: no key, or not begun (again) since the end was taken off. */
static inline bool entry_is_dead(const DictKeys *k, uint32_t i) { return i >= k->entries || is_null(*dict_entry_key(k, i)); }

/* Gives an entry that is in place and counted its slot: the first on its way that is empty or, unless the table is `clean` of such, was left
 * by a deleted entry. */
static ALWAYS_INLINE void index_give(DictKeys *k, int64_t hash, uint32_t entry, bool clean) {
    size_t mask = ((size_t)1 << k->log2_size) - 1, slot = (size_t)hash & mask;
    uint64_t perturb = (uint64_t)hash;
    void *table = index_table(k);
    for (;;) {
        uint32_t i = index_at(table, k->index_width, slot);
        if (i == EMPTY || (!clean && entry_is_dead(k, i))) break;
        perturb >>= PERTURB_SHIFT;
        slot = (slot * 5 + perturb + 1) & mask;
    }
    if (k->index_width == 1) ((uint8_t *)table)[slot] = (uint8_t)entry;
    else if (k->index_width == 2) ((uint16_t *)table)[slot] = (uint16_t)entry;
    else ((uint32_t *)table)[slot] = entry;
}
static void index_put(DictKeys *k, int64_t hash, uint32_t entry) { index_give(k, hash, entry, false); }
static void index_put_clean(DictKeys *k, int64_t hash, uint32_t entry) { index_give(k, hash, entry, true); }

static inline uint32_t usable(unsigned log2_size) { return (uint32_t)(((uint64_t)2 << log2_size) / 3); }

/* An empty table for at least n entries. */
static DictKeys *keys_new(Thread *t, uint64_t n, bool general) {
    unsigned log2_size = n <= usable(3) ? usable(3) : usable(4), width = 0; /* the limit, as long as there is no index */
    uint64_t capacity = n;
    if (n > SMALL_ENTRIES) {
        log2_size = 4;
        while (usable(log2_size) < n) log2_size++;
        if (UNLIKELY(log2_size > 31)) {
            err_no_memory(t);
            return NULL;
        }
        width = log2_size <= 8 ? 1 : log2_size <= 16 ? 2 : 4;
        capacity = usable(log2_size);
    }
    size_t index_bytes = (((size_t)width << log2_size) * (width != 0) + 7) & ~(size_t)7;
    size_t entry_size = general ? sizeof(DictEntry) : sizeof(DictStrEntry);
    DictKeys *k = heap_alloc(t, sizeof(DictKeys) + index_bytes + capacity * entry_size);
    if (UNLIKELY(k == NULL)) return NULL;
    *k = (DictKeys){.log2_size = (uint8_t)log2_size, .index_width = (uint8_t)width, .is_general = general, .capacity = (uint32_t)capacity};
    if (width) memset(index_table(k), 0xFF, index_bytes);
    return k;
}

static inline int64_t str_key_hash(Value key) { return V_AS(Str, key)->hash; } /* computed when it became a key */

static inline int64_t entry_hash(const DictKeys *k, uint32_t i) {
    return k->is_general ? ((DictEntry *)dict_entries(k))[i].hash : str_key_hash(((DictStrEntry *)dict_entries(k))[i].key);
}

int64_t dict_entry_hash(Thread *t, const DictKeys *keys, uint32_t index) { return entry_hash(keys, index); }

/* A larger table with the same entries in the same places, where the limit is not reached; a small one may have an index from then on. */
static bool extend(Thread *t, Dict *d) {
    DictKeys *old = d->keys;
    uint32_t limit = old->limit, room = limit <= SMALL_ENTRIES || old->capacity >= SMALL_ENTRIES ? limit : SMALL_ENTRIES;
    DictKeys *k = keys_new(t, room, old->is_general);
    if (UNLIKELY(k == NULL)) return false;
    memcpy(dict_entries(k), dict_entries(old), old->entries * (old->is_general ? sizeof(DictEntry) : sizeof(DictStrEntry)));
    k->entries = old->entries;
    k->has_uninterned = old->has_uninterned;
    if (k->index_width == 0) k->limit = (uint8_t)limit;
    else k->capacity = limit;
    for (uint32_t i = 0; k->index_width && i < k->entries; i++)
        if (!is_null(*dict_entry_key(k, i))) index_put_clean(k, entry_hash(k, i), i);
    heap_free(t, old);
    d->keys = k;
    return true;
}

/* Brings the live entries of a table without index together; it can go on for as many as the smallest table then. */
static void move_together(DictKeys *k) {
    uint32_t live = 0;
    for (uint32_t i = 0; i < k->entries; i++) {
        if (is_null(*dict_entry_key(k, i))) continue;
        if (k->is_general) ((DictEntry *)dict_entries(k))[live++] = ((DictEntry *)dict_entries(k))[i];
        else ((DictStrEntry *)dict_entries(k))[live++] = ((DictStrEntry *)dict_entries(k))[i];
    }
    k->entries = live;
    k->limit = usable(3);
}

/* A new table for n entries with the live entries of the old one, which is freed. */
static bool rebuild(Thread *t, Dict *d, uint64_t n, bool general) {
    DictKeys *old = d->keys, *k = keys_new(t, n, general);
    if (UNLIKELY(k == NULL)) return false;
    if (old != NULL) {
        uint32_t live = 0;
        if (!old->is_general && !general) {
            const DictStrEntry *from = dict_entries(old);
            DictStrEntry *to = dict_entries(k);
            for (uint32_t i = 0; i < old->entries; i++)
                if (!is_null(from[i].key)) to[live++] = from[i];
            if (k->index_width)
                for (uint32_t i = 0; i < live; i++) index_put_clean(k, str_key_hash(to[i].key), i);
        } else {
            DictEntry *to = dict_entries(k);
            for (uint32_t i = 0; i < old->entries; i++) {
                Value key = *dict_entry_key(old, i);
                if (!is_null(key)) to[live++] = (DictEntry){entry_hash(old, i), key, *dict_entry_value(old, i)};
            }
            if (k->index_width)
                for (uint32_t i = 0; i < live; i++) index_put_clean(k, to[i].hash, i);
        }
        k->entries = live;
        k->has_uninterned = old->has_uninterned;
        heap_free(t, old);
    }
    d->keys = k;
    return true;
}

/* How many entries to make room for when a table with `used` live ones has reached its limit: a table whose index has three times as many
 * slots, or the first part of it. */
static inline uint64_t next_capacity(uint32_t used) {
    if (used < 2) return 2;
    if (used == 2) return usable(3);
    if (used <= usable(3)) return SMALL_ENTRIES;
    return usable(64 - (unsigned)__builtin_clzll((uint64_t)used * 3 - 1));
}

/* Room for one more entry where the table is full, or cannot hold such keys. */
static NOINLINE bool make_room(Thread *t, Dict *d, bool general) {
    DictKeys *k = d->keys;
    if (k == NULL) return rebuild(t, d, next_capacity(0), general);
    if (k->entries < k->capacity) return rebuild(t, d, k->entries == 0 && k->capacity > next_capacity(0) ? k->capacity : next_capacity(d->used), general);
    if (k->is_general == general) {
        if (k->index_width == 0 && k->entries < k->limit) return extend(t, d);
        if (k->index_width == 0 && k->capacity == usable(3) && d->used <= 2) {
            move_together(k);
            return true;
        }
    }
    return rebuild(t, d, next_capacity(d->used), general);
}

/* --- Finding --------------------------------------------------------------------------------------------------------------------- */

static ALWAYS_INLINE bool str_key_matches(Value have, Value key, int64_t hash, bool by_pointer) {
    if (same(have, key)) return true;
    if (by_pointer || is_null(have)) return false;
    return V_AS(Str, have)->hash == hash && str_equal(V_AS(Str, have), V_AS(Str, key));
}

/* An exact str among entries whose keys all are.  by_pointer: equal keys are the same object. */
static ALWAYS_INLINE int64_t probe_str(const DictKeys *k, unsigned width, Value key, int64_t hash, bool by_pointer) {
    const DictStrEntry *entries = dict_entries(k);
    const void *table = index_table(k);
    size_t mask = ((size_t)1 << k->log2_size) - 1, slot = (size_t)hash & mask;
    uint64_t perturb = (uint64_t)hash;
    for (;;) {
        uint32_t i = index_at(table, width, slot);
        if (i == EMPTY) return ABSENT;
        if (str_key_matches(entries[i].key, key, hash, by_pointer)) return i;
        perturb >>= PERTURB_SHIFT;
        slot = (slot * 5 + perturb + 1) & mask;
    }
}

static inline int64_t find_str(const DictKeys *k, Value key, int64_t hash) {
    bool by_pointer = !k->has_uninterned && str_is_interned(V_AS(Str, key));
    if (k->index_width == 0) {
        const DictStrEntry *entries = dict_entries(k);
        for (uint32_t i = 0; i < k->entries; i++)
            if (same(entries[i].key, key)) return i;
        if (by_pointer) return ABSENT;
        for (uint32_t i = 0; i < k->entries; i++)
            if (str_key_matches(entries[i].key, key, hash, false)) return i;
        return ABSENT;
    }
    if (k->index_width == 1) return by_pointer ? probe_str(k, 1, key, hash, true) : probe_str(k, 1, key, hash, false);
    if (k->index_width == 2) return probe_str(k, 2, key, hash, by_pointer);
    return probe_str(k, 4, key, hash, by_pointer);
}

/* What `have == key` tells about the entry that holds `have`. */
enum Match { DIFFERENT, EQUAL, CHANGED, ERROR };

static enum Match compare_running_python(Thread *t, Dict *d, const DictKeys *k, uint32_t i, Value have, Value key) {
    uint8_t log2_size = k->log2_size, general = k->is_general;
    incref(have);
    int result = equal(t, have, key);
    decref(t, have);
    if (result < 0) return ERROR;
    k = d->keys == k ? k : NULL;
    if (k == NULL || k->log2_size != log2_size || k->is_general != general || i >= k->entries || !same(*dict_entry_key(k, i), have)) return CHANGED;
    return result ? EQUAL : DIFFERENT;
}

static ALWAYS_INLINE enum Match match_entry(Thread *t, Dict *d, const DictKeys *k, uint32_t i, Value key, int64_t hash) {
    Value have;
    int64_t have_hash;
    if (k->is_general) {
        const DictEntry *e = &((const DictEntry *)dict_entries(k))[i];
        have = e->key;
        have_hash = e->hash;
        if (same(have, key)) return EQUAL;
        if (have_hash != hash || is_null(have)) return DIFFERENT;
    } else {
        have = ((const DictStrEntry *)dict_entries(k))[i].key;
        if (same(have, key)) return EQUAL;
        if (is_null(have) || str_key_hash(have) != hash) return DIFFERENT;
    }
    if (are_smallints(have, key)) return DIFFERENT;
    if (IS_EXACT(have, str) && IS_EXACT(key, str)) return str_equal(V_AS(Str, have), V_AS(Str, key)) ? EQUAL : DIFFERENT;
    return compare_running_python(t, d, k, i, have, key);
}

/* Any key among entries of any kind. */
static int64_t find_any(Thread *t, Dict *d, Value key, int64_t hash) {
again:;
    const DictKeys *k = d->keys;
    if (k == NULL) return ABSENT;
    if (k->index_width == 0) {
        for (uint32_t i = 0; i < k->entries; i++) {
            enum Match m = match_entry(t, d, k, i, key, hash);
            if (m == EQUAL) return i;
            if (m == ERROR) return FAILED;
            if (m == CHANGED) goto again;
        }
        return ABSENT;
    }
    const void *table = index_table(k);
    unsigned width = k->index_width;
    size_t mask = ((size_t)1 << k->log2_size) - 1, slot = (size_t)hash & mask;
    uint64_t perturb = (uint64_t)hash;
    for (;;) {
        uint32_t i = index_at(table, width, slot);
        if (i == EMPTY) return ABSENT;
        enum Match m = match_entry(t, d, k, i, key, hash);
        if (LIKELY(m == EQUAL)) return i;
        if (m == ERROR) return FAILED;
        if (m == CHANGED) goto again;
        perturb >>= PERTURB_SHIFT;
        slot = (slot * 5 + perturb + 1) & mask;
    }
}

/* A small int among entries of any kind: equal ones are the same word, unless a key of another type has its hash. */
static int64_t find_small_int(Thread *t, Dict *d, const DictKeys *k, Value key, int64_t hash) {
    if (UNLIKELY(!k->is_general)) return find_any(t, d, key, hash);
    const DictEntry *entries = dict_entries(k);
    if (k->index_width == 0) {
        for (uint32_t i = 0; i < k->entries; i++) {
            if (same(entries[i].key, key)) return i;
            if (UNLIKELY(entries[i].hash == hash) && !is_smallint(entries[i].key) && !is_null(entries[i].key)) return find_any(t, d, key, hash);
        }
        return ABSENT;
    }
    const void *table = index_table(k);
    unsigned width = k->index_width;
    size_t mask = ((size_t)1 << k->log2_size) - 1, slot = (size_t)hash & mask;
    uint64_t perturb = (uint64_t)hash;
    for (;;) {
        uint32_t i = index_at(table, width, slot);
        if (i == EMPTY) return ABSENT;
        if (LIKELY(same(entries[i].key, key))) return i;
        if (UNLIKELY(entries[i].hash == hash) && !is_smallint(entries[i].key) && !is_null(entries[i].key)) return find_any(t, d, key, hash);
        perturb >>= PERTURB_SHIFT;
        slot = (slot * 5 + perturb + 1) & mask;
    }
}

static inline int64_t find(Thread *t, Dict *d, Value key, int64_t hash) {
    const DictKeys *k = d->keys;
    if (k == NULL) return ABSENT;
    if (is_smallint(key)) return find_small_int(t, d, k, key, hash);
    if (!k->is_general && IS_EXACT(key, str)) return find_str(k, key, hash);
    return find_any(t, d, key, hash);
}

int64_t dict_find(Thread *t, Value dict, Value key, int64_t hash) { return find(t, V_AS(Dict, dict), key, hash); }

COLD static void unhashable(Thread *t, Value key, const char *use) {
    Value error = err_fetch(t);
    if (!IS_EXACT(error, TypeError)) {
        err_restore(t, error);
        return;
    }
    err_raise(t, T_TypeError, "cannot use '%T' as %s (%S)", key, use, error);
    decref(t, error);
}

/* The hash of what needs no type asked. */
static inline bool hash_known(Thread *t, Value key, int64_t *hash) {
    if (LIKELY(IS_EXACT(key, str))) {
        *hash = str_hash_of(t, V_AS(Str, key));
        return true;
    }
    if (is_smallint(key)) {
        *hash = hash_int(smallint_get(key));
        return true;
    }
    if (IS_EXACT(key, type)) {
        *hash = hash_pointer(v_obj(key));
        return true;
    }
    return IS_EXACT(key, tuple) && (*hash = tuple_hash_kept(V_AS(Tuple, key))) != 0;
}

static NOINLINE bool hash_asked(Thread *t, Value key, int64_t *hash, const char *use) {
    if (LIKELY(hash_of(t, key, hash))) return true;
    unhashable(t, key, use);
    return false;
}

bool hash_at_once(Thread *t, Value key, int64_t *hash) { return hash_known(t, key, hash); }

bool hash_element(Thread *t, Value key, int64_t *hash, const char *use) { return hash_known(t, key, hash) || hash_asked(t, key, hash, use); }

static inline bool key_hash(Thread *t, Value key, int64_t *hash) { return LIKELY(hash_known(t, key, hash)) || hash_asked(t, key, hash, "a dict key"); }
bool dict_key_hash(Thread *t, Value key, int64_t *hash) { return key_hash(t, key, hash); }

/* --- Getting --------------------------------------------------------------------------------------------------------------------- */

static inline Value value_at(const DictKeys *k, int64_t i) { return i < 0 ? VNULL : *dict_entry_value(k, (uint32_t)i); }

Value dict_get_str(Thread *t, Value dict, Value str) {
    Dict *d = V_AS(Dict, dict);
    const DictKeys *k = d->keys;
    if (k == NULL) return VNULL;
    int64_t hash = str_hash_of(t, V_AS(Str, str));
    if (LIKELY(!k->is_general)) {
        int64_t i = find_str(k, str, hash);
        return i < 0 ? VNULL : ((DictStrEntry *)dict_entries(k))[i].value;
    }
    Value pending = t->pending; /* a key of another type may answer the comparison with an exception: it is not ours */
    t->pending = VNULL;
    int64_t i = find_any(t, d, str, hash);
    if (i == FAILED) err_clear(t);
    t->pending = pending;
    return value_at(d->keys, i);
}

Value dict_get_hashed(Thread *t, Value dict, Value key, int64_t hash) {
    Dict *d = V_AS(Dict, dict);
    int64_t i = find(t, d, key, hash);
    return value_at(d->keys, i);
}

Value dict_get(Thread *t, Value dict, Value key) {
    int64_t hash;
    if (UNLIKELY(!key_hash(t, key, &hash))) return VNULL;
    return dict_get_hashed(t, dict, key, hash);
}

Value dict_get_cstr(Thread *t, Value dict, const char *key) {
    Value name = str_intern_cstr(t, key);
    if (is_null(name)) {
        err_clear(t);
        return VNULL;
    }
    Value v = dict_get_str(t, dict, name);
    decref(t, name);
    return v;
}

int dict_contains(Thread *t, Value dict, Value key) {
    int64_t hash;
    if (UNLIKELY(!key_hash(t, key, &hash))) return -1;
    int64_t i = find(t, V_AS(Dict, dict), key, hash);
    return i >= 0 ? 1 : i == ABSENT ? 0 : -1;
}

/* --- Making ---------------------------------------------------------------------------------------------------------------------- */

Value dict_new(Thread *t) {
    Dict *d = heap_object(t, SHAPE_dict, sizeof(Dict));
    if (UNLIKELY(d == NULL)) return VNULL;
    d->used = 0;
    d->watched = 0;
    d->keys = NULL;
    gc_track(t, d);
    return v_from(d);
}

Value dict_new_sized(Thread *t, int64_t n) {
    Value v = dict_new(t);
    if (n <= 0 || is_null(v)) return v;
    V_AS(Dict, v)->keys = keys_new(t, (uint64_t)n, false);
    if (UNLIKELY(V_AS(Dict, v)->keys == NULL)) {
        decref(t, v);
        return VNULL;
    }
    return v;
}

bool dict_reserve(Thread *t, Value dict, int64_t n) {
    Dict *d = V_AS(Dict, dict);
    DictKeys *k = d->keys;
    if (n <= 0) return true;
    if (k == NULL) return (d->keys = keys_new(t, (uint64_t)n, false)) != NULL;
    if ((uint64_t)n <= k->capacity - k->entries) return true;
    return rebuild(t, d, (uint64_t)d->used + (uint64_t)n, k->is_general);
}

static inline void incref_entries(DictKeys *k) {
    if (k->is_general) {
        DictEntry *e = dict_entries(k);
        for (uint32_t i = 0; i < k->entries; i++) {
            incref_maybe(e[i].key);
            incref_maybe(e[i].value);
        }
    } else {
        DictStrEntry *e = dict_entries(k);
        for (uint32_t i = 0; i < k->entries; i++) {
            incref_maybe(e[i].key);
            incref_maybe(e[i].value);
        }
    }
}

Value dict_copy(Thread *t, Value dict) {
    Dict *from = V_AS(Dict, dict);
    Value v = dict_new(t);
    if (is_null(v) || from->used == 0) return v;
    Dict *d = V_AS(Dict, v);
    DictKeys *k = from->keys, *copy;
    size_t entry_size = k->is_general ? sizeof(DictEntry) : sizeof(DictStrEntry);
    if (k->index_width == 0 && k->entries == from->used) {
        copy = keys_new(t, k->entries, k->is_general);
        if (UNLIKELY(copy == NULL)) goto fail;
        copy->limit = k->limit;
        memcpy(dict_entries(copy), dict_entries(k), k->entries * entry_size);
        copy->entries = k->entries;
    } else if (from->used >= k->entries * 2 / 3 && k->index_width != 0 && k->capacity == usable(k->log2_size)) { /* no slot outlived its entry */
        size_t head = sizeof(DictKeys) + dict_index_bytes(k);
        copy = heap_alloc(t, head + k->capacity * entry_size);
        if (UNLIKELY(copy == NULL)) goto fail;
        memcpy(copy, k, head + k->entries * entry_size);
        copy->version = 0;
    } else {
        copy = keys_new(t, from->used, k->is_general);
        if (UNLIKELY(copy == NULL)) goto fail;
        uint32_t live = 0;
        for (uint32_t i = 0; i < k->entries; i++) {
            Value key = *dict_entry_key(k, i), value = *dict_entry_value(k, i);
            if (is_null(key)) continue;
            if (copy->is_general) ((DictEntry *)dict_entries(copy))[live] = (DictEntry){entry_hash(k, i), key, value};
            else ((DictStrEntry *)dict_entries(copy))[live] = (DictStrEntry){key, value};
            if (copy->index_width) index_put_clean(copy, entry_hash(k, i), live);
            live++;
        }
        copy->entries = live;
    }
    copy->has_uninterned = k->has_uninterned;
    incref_entries(copy);
    d->keys = copy;
    d->used = from->used;
    return v;
fail:
    decref(t, v);
    return VNULL;
}

/* --- Setting --------------------------------------------------------------------------------------------------------------------- */

/* Adds a key that is not there; the caller has just looked.  Borrows both. */
static bool add_entry(Thread *t, Dict *d, Value key, int64_t hash, Value value) {
    bool is_str = IS_EXACT(key, str);
    DictKeys *k = d->keys;
    bool general = !is_str || (k != NULL && k->is_general);
    if (UNLIKELY(k == NULL || k->entries >= k->capacity || (general && !k->is_general))) {
        if (!make_room(t, d, general)) return false;
        k = d->keys;
    }
    uint32_t i = k->entries++;
    incref(key);
    incref(value);
    if (k->is_general) {
        ((DictEntry *)dict_entries(k))[i] = (DictEntry){hash, key, value};
        if (!is_str) k->has_uninterned = 1;
    } else ((DictStrEntry *)dict_entries(k))[i] = (DictStrEntry){key, value};
    if (is_str && !str_is_interned(V_AS(Str, key))) k->has_uninterned = 1;
    if (k->index_width) index_put(k, hash, i);
    k->version = 0;
    d->used++;
    return true;
}

static inline bool set_found(Thread *t, Dict *d, int64_t i, Value key, int64_t hash, Value value) {
    if (i >= 0) {
        slot_set(t, dict_entry_value(d->keys, (uint32_t)i), new_ref(value));
        return true;
    }
    if (UNLIKELY(i == FAILED)) return false;
    return add_entry(t, d, key, hash, value);
}

bool dict_set_hashed(Thread *t, Value dict, Value key, int64_t hash, Value value) {
    Dict *d = V_AS(Dict, dict);
    return set_found(t, d, find(t, d, key, hash), key, hash, value);
}

bool dict_set(Thread *t, Value dict, Value key, Value value) {
    int64_t hash;
    if (UNLIKELY(!key_hash(t, key, &hash))) return false;
    return dict_set_hashed(t, dict, key, hash, value);
}

bool dict_set_str(Thread *t, Value dict, Value str, Value value) {
    return dict_set_hashed(t, dict, str, str_hash_of(t, V_AS(Str, str)), value);
}

bool dict_set_cstr(Thread *t, Value dict, const char *key, Value value) {
    Value name = str_intern_cstr(t, key);
    if (is_null(name)) return false;
    bool ok = dict_set_str(t, dict, name, value);
    decref(t, name);
    return ok;
}

Value dict_setdefault(Thread *t, Value dict, Value key, Value value) {
    int64_t hash;
    if (UNLIKELY(!key_hash(t, key, &hash))) return VNULL;
    Dict *d = V_AS(Dict, dict);
    int64_t i = find(t, d, key, hash);
    if (i >= 0) return new_ref(*dict_entry_value(d->keys, (uint32_t)i));
    if (i == FAILED || !add_entry(t, d, key, hash, value)) return VNULL;
    return new_ref(value);
}

/* --- Removing -------------------------------------------------------------------------------------------------------------------- */

/* Entries below this are deleted. */
static inline uint32_t dead_front(const DictKeys *k) {
    if (!is_null(*dict_entry_key(k, 0))) return 0;
    Value count = *dict_entry_value(k, 0);
    return is_smallint(count) ? (uint32_t)smallint_get(count) : 0;
}

void dict_remove_entry(Thread *t, Value dict, uint32_t i, Value *key, Value *value) {
    Dict *d = V_AS(Dict, dict);
    DictKeys *k = d->keys;
    Value *key_slot = dict_entry_key(k, i), *value_slot = dict_entry_value(k, i);
    *key = *key_slot;
    *value = *value_slot;
    bool at_front = i == dead_front(k);
    *key_slot = VNULL;
    *value_slot = VNULL;
    if (at_front) *dict_entry_value(k, 0) = v_smallint(i + 1);
    k->version = 0;
    d->used--;
}

bool dict_move_to_end(Thread *t, Value dict, uint32_t i, bool last) {
    Dict *d = V_AS(Dict, dict);
    DictKeys *k = d->keys;
    int64_t hash = entry_hash(k, i);
    if (last) {
        if (i + 1 == k->entries) return true;
        if (k->entries >= k->capacity) { /* the entry's index changes with the table */
            uint32_t before = 0;
            for (uint32_t j = 0; j < i; j++) before += !is_null(*dict_entry_key(k, j));
            if (!rebuild(t, d, next_capacity(d->used), k->is_general)) return false;
            i = before;
        }
        Value old_key, old_value;
        dict_remove_entry(t, dict, i, &old_key, &old_value);
        bool ok = add_entry(t, d, old_key, hash, old_value);
        decref(t, old_key);
        decref(t, old_value);
        return ok;
    }
    /* To the front: everything goes into a new table behind it. */
    DictKeys *fresh = keys_new(t, (uint64_t)d->used + 1, k->is_general);
    if (fresh == NULL) return false;
    uint32_t live = 0;
    for (uint32_t n = 0; n <= k->entries; n++) {
        uint32_t from = n == 0 ? i : n - 1;
        if ((n > 0 && from == i) || is_null(*dict_entry_key(k, from))) continue;
        int64_t h = entry_hash(k, from);
        Value moved = *dict_entry_key(k, from), its_value = *dict_entry_value(k, from);
        if (fresh->is_general) ((DictEntry *)dict_entries(fresh))[live] = (DictEntry){h, moved, its_value};
        else ((DictStrEntry *)dict_entries(fresh))[live] = (DictStrEntry){moved, its_value};
        if (fresh->index_width) index_put_clean(fresh, h, live);
        live++;
    }
    fresh->entries = live;
    fresh->has_uninterned = k->has_uninterned;
    heap_free(t, k);
    d->keys = fresh;
    return true;
}

int dict_delete(Thread *t, Value dict, Value key) {
    int64_t hash;
    if (UNLIKELY(!key_hash(t, key, &hash))) return -1;
    int64_t i = find(t, V_AS(Dict, dict), key, hash);
    if (i < 0) return i == ABSENT ? 0 : -1;
    Value old_key, old_value;
    dict_remove_entry(t, dict, (uint32_t)i, &old_key, &old_value);
    decref(t, old_key);
    decref(t, old_value);
    return 1;
}

Value dict_pop(Thread *t, Value dict, Value key) {
    int64_t hash;
    Dict *d = V_AS(Dict, dict);
    if (d->used == 0) return VNULL;
    if (UNLIKELY(!key_hash(t, key, &hash))) return VNULL;
    int64_t i = find(t, d, key, hash);
    if (i < 0) return VNULL;
    Value old_key, old_value;
    dict_remove_entry(t, dict, (uint32_t)i, &old_key, &old_value);
    decref(t, old_key);
    return old_value;
}

bool dict_popitem(Thread *t, Value dict, Value *key, Value *value) {
    Dict *d = V_AS(Dict, dict);
    if (d->used == 0) return false;
    DictKeys *k = d->keys;
    uint32_t i = k->entries - 1;
    while (is_null(*dict_entry_key(k, i))) i--;
    dict_remove_entry(t, dict, i, key, value);
    if (d->used == 0) *dict_entry_value(k, 0) = i == 0 ? VNULL : v_smallint(i); /* entry i will be begun anew */
    if (k->index_width == 0) k->limit -= (uint8_t)(k->entries - i);
    else k->capacity -= k->entries - i;
    if (k->index_width == 0 && k->capacity > k->limit) k->capacity = k->limit;
    k->entries = i;
    return true;
}

/* Drops what a table holds, in order, and the table. */
static void drop_keys(Thread *t, DictKeys *k) {
    if (k == NULL) return;
    uint32_t n = k->entries;
    if (k->is_general) {
        for (const DictEntry *e = dict_entries(k), *end = e + n; e < end; e++) {
            if (is_null(e->key)) continue;
            decref(t, e->key);
            decref(t, e->value);
        }
    } else {
        for (const DictStrEntry *e = dict_entries(k), *end = e + n; e < end; e++) {
            if (is_null(e->key)) continue;
            decref(t, e->key);
            decref(t, e->value);
        }
    }
    heap_free(t, k);
}

void dict_clear(Thread *t, Value dict) {
    Dict *d = V_AS(Dict, dict);
    DictKeys *k = d->keys;
    d->keys = NULL;
    d->used = 0;
    drop_keys(t, k);
}

/* --- Walking --------------------------------------------------------------------------------------------------------------------- */

bool dict_next(Value dict, uint32_t *pos, Value *key, Value *value) {
    const DictKeys *k = V_AS(Dict, dict)->keys;
    if (k == NULL) return false;
    uint32_t i = *pos;
    if (i == 0 && k->entries > 0) i = dead_front(k);
    if (k->is_general) {
        const DictEntry *e = dict_entries(k);
        while (i < k->entries && is_null(e[i].key)) i++;
        if (i >= k->entries) return false;
        *key = e[i].key;
        *value = e[i].value;
    } else {
        const DictStrEntry *e = dict_entries(k);
        while (i < k->entries && is_null(e[i].key)) i++;
        if (i >= k->entries) return false;
        *key = e[i].key;
        *value = e[i].value;
    }
    *pos = i + 1;
    return true;
}

enum Part { KEYS, VALUES, ITEMS };

static Value list_of(Thread *t, Value dict, enum Part part) {
    int64_t n = dict_len(dict);
    Value list = list_new(t, n);
    if (is_null(list)) return list;
    List *l = V_AS(List, list);
    uint32_t pos = 0;
    Value key, value;
    while (dict_next(dict, &pos, &key, &value)) {
        Value item = part == KEYS ? new_ref(key) : part == VALUES ? new_ref(value) : tuple_of(t, 2, key, value);
        if (is_null(item) || !list_append_take(t, l, item)) {
            decref(t, list);
            return VNULL;
        }
    }
    return list;
}

Value dict_keys_list(Thread *t, Value dict) { return list_of(t, dict, KEYS); }
Value dict_values_list(Thread *t, Value dict) { return list_of(t, dict, VALUES); }
Value dict_items_list(Thread *t, Value dict) { return list_of(t, dict, ITEMS); }

/* --- For caches ------------------------------------------------------------------------------------------------------------------ */

int64_t dict_index_of(Thread *t, Value dict, Value str) {
    const DictKeys *k = V_AS(Dict, dict)->keys;
    if (k == NULL || k->is_general) return ABSENT;
    return find_str(k, str, str_hash_of(t, V_AS(Str, str)));
}

uint32_t dict_keys_version(Thread *t, Value dict) {
    DictKeys *k = V_AS(Dict, dict)->keys;
    if (k == NULL || k->is_general) return 0;
    if (k->version == 0 && t->interp->next_keys_version != UINT32_MAX) k->version = ++t->interp->next_keys_version;
    return k->version;
}
