/* set and frozenset: an open-addressed table whose iteration order is CPython's. */
#ifndef KRAIT_OBJECT_SET_H
#define KRAIT_OBJECT_SET_H

#include "core/object.h"

typedef struct SetEntry { Value key; int64_t hash; } SetEntry; /* key VNULL: never used; V_UNBOUND: deleted */
typedef struct Set {
    Object head;
    int64_t used, filled; /* live entries; live and deleted ones */
    uint64_t mask;        /* table size - 1; 7 also while there is no table */
    SetEntry *table;      /* raw heap block, NULL: empty */
    int64_t hash;         /* frozenset: -1 until computed */
    uint64_t finger;      /* set.pop's search */
    void *ext;            /* weak references */
} Set;

Value set_new(Thread *t, Value iterable);       /* VNULL iterable: empty */
Value frozenset_new(Thread *t, Value iterable);
bool set_add(Thread *t, Value set, Value key) MUST_USE;
/* Adds a small int that is its own hash if the first place looked at decides; false: set_add is to. */
static inline bool set_add_smallint(Set *s, Value key) {
    int64_t hash = smallint_get(key);
    if (s->table == NULL || (uint64_t)hash >= (UINT64_C(1) << 61) - 1) return false;
    SetEntry *e = &s->table[(uint64_t)hash & s->mask];
    if (same(e->key, key)) return true;
    if (!is_null(e->key) || ((uint64_t)s->filled + 1) * 5 >= s->mask * 3) return false;
    *e = (SetEntry){key, hash};
    s->filled++;
    s->used++;
    return true;
}
int set_discard(Thread *t, Value set, Value key); /* 1, 0, -1 */
int set_contains(Thread *t, Value set, Value key);
bool set_update(Thread *t, Value set, Value iterable) MUST_USE;
bool frozenset_init_shared(Thread *t); /* boot: the empty frozenset */
Value set_new_shaped(Thread *t, bool frozen); /* empty and fresh, also a frozenset: for filling */
Value set_copy(Thread *t, Value set, bool frozen); /* always a new one */
bool set_reserve_merge(Thread *t, Set *s, int64_t added) MUST_USE; /* before adding what may be `added` new keys */
bool set_merge(Thread *t, Value set, Value other) MUST_USE; /* other is a set */
bool set_key_hash(Thread *t, Value key, int64_t *hash); /* TypeError "cannot use 'list' as a set element (...)" */
bool set_add_hashed(Thread *t, Value set, Value key, int64_t hash) MUST_USE;
/* Adds a key that the set, from which nothing was ever deleted, is known not to have. */
bool set_add_absent(Thread *t, Value set, Value key, int64_t hash) MUST_USE;
int set_discard_hashed(Thread *t, Value set, Value key, int64_t hash);
int set_contains_hashed(Thread *t, Value set, Value key, int64_t hash);
bool set_compact(Thread *t, Set *s) MUST_USE; /* after many deletions: drops the deleted slots if they are a quarter */
void set_clear(Thread *t, Value set);
Value set_pop(Thread *t, Value set); /* owned; VNULL: empty, no exception */
void set_swap_bodies(Value a, Value b);
static inline bool set_entry_is_live(const SetEntry *e) { return !is_null(e->key) && !is_unbound(e->key); }
/* Walks the entries: *pos starts at 0; the key is borrowed. */
static inline bool set_next(Value set, uint64_t *pos, Value *key, int64_t *hash) {
    const Set *s = V_AS(Set, set);
    const SetEntry *table = s->table;
    if (UNLIKELY(table == NULL)) return false;
    uint64_t i = *pos, mask = s->mask;
    for (; i <= mask; i++) {
        if (!set_entry_is_live(&table[i])) continue;
        *pos = i + 1;
        *key = table[i].key;
        *hash = table[i].hash;
        return true;
    }
    *pos = i;
    return false;
}
/* Whether the key is there, as far as that can be told without running Python code: 1, 0, -1: set_contains_hashed is to tell. */
enum { SET_LINEAR_PROBES = 9, SET_PERTURB_SHIFT = 5 };
static inline int set_probe(const Set *s, Value key, int64_t hash) {
    const SetEntry *table = s->table;
    if (UNLIKELY(table == NULL)) return 0;
    uint64_t mask = s->mask, perturb = (uint64_t)hash, i = (uint64_t)hash & mask;
    for (;;) {
        const SetEntry *e = &table[i];
        unsigned probes = i + SET_LINEAR_PROBES <= mask ? SET_LINEAR_PROBES : 0;
        do {
            if (same(e->key, key)) return 1;
            if (is_null(e->key)) return 0;
            if (e->hash == hash && !is_unbound(e->key) && !are_smallints(e->key, key)) return -1;
            e++;
        } while (probes--);
        perturb >>= SET_PERTURB_SHIFT;
        i = (i * 5 + 1 + perturb) & mask;
    }
}
static inline int64_t set_len(Value set) { return V_AS(Set, set)->used; }

#endif
