/* set and frozenset: the table.  Methods are in types/set*.c.
 *
 * The order in which a set is walked is the order of its slots, and programs can see it; so the probes, the times of growth
 * and the sizes are those that CPython has: from the slot that the hash names up to SET_LINEAR_PROBES neighbours, then
 * a jump by the perturbed hash; a new key goes into the last deleted slot that was passed on the way; a table is rebuilt
 * when three fifths of it were ever used.
 *
 * As in a dict, a comparison may change the set; `find_slot` begins again when the table or the entry is not what it was.
 */
#include "object/set.h"

#include "base/hash.h"
#include "heap/heap.h"
#include "object/dict.h"
#include "object/dispatch.h"
#include "object/str.h"

enum { MIN_SIZE = 8, SLOW_GROWTH = 50000 };

Value set_new_shaped(Thread *t, bool frozen) {
    Set *s = heap_object(t, frozen ? SHAPE_frozenset : SHAPE_set, sizeof(Set));
    if (UNLIKELY(s == NULL)) return VNULL;
    s->used = s->filled = 0;
    s->mask = MIN_SIZE - 1;
    s->table = NULL;
    s->hash = -1;
    s->finger = 0;
    s->ext = NULL;
    gc_track(t, s);
    return v_from(s);
}

bool frozenset_init_shared(Thread *t) {
    if (!is_null(t->interp->empty_frozenset)) return true;
    Value v = set_new_shaped(t, true);
    if (is_null(v)) return false;
    make_immortal(v);
    t->interp->empty_frozenset = v;
    return true;
}

static SetEntry *new_table(Thread *t, uint64_t size) { return heap_alloc_zeroed(t, size * sizeof(SetEntry)); }

static inline bool has_table(Thread *t, Set *s) { return LIKELY(s->table != NULL) || (s->table = new_table(t, s->mask + 1)) != NULL; }

/* Puts a key where it is known to be absent and no slot was deleted. */
static void insert_clean(SetEntry *table, uint64_t mask, Value key, int64_t hash) {
    uint64_t perturb = (uint64_t)hash, i = (uint64_t)hash & mask;
    for (;;) {
        SetEntry *e = &table[i];
        unsigned probes = i + SET_LINEAR_PROBES <= mask ? SET_LINEAR_PROBES : 0;
        do {
            if (is_null(e->key)) {
                *e = (SetEntry){key, hash};
                return;
            }
            e++;
        } while (probes--);
        perturb >>= SET_PERTURB_SHIFT;
        i = (i * 5 + 1 + perturb) & mask;
    }
}

/* A table for more than min_used keys. */
static bool resize(Thread *t, Set *s, uint64_t min_used) {
    uint64_t size = MIN_SIZE;
    while (size <= min_used) size <<= 1;
    SetEntry *old = s->table, *table = new_table(t, size);
    if (UNLIKELY(table == NULL)) return false;
    if (old != NULL) {
        int64_t left = s->used;
        for (const SetEntry *e = old; left > 0; e++) {
            if (!set_entry_is_live(e)) continue;
            left--;
            insert_clean(table, size - 1, e->key, e->hash);
        }
        heap_free(t, old);
    }
    s->table = table;
    s->mask = size - 1;
    s->filled = s->used;
    return true;
}

/* The slot with the key, or the unused one that ends its probes (key VNULL); NULL: exception pending. The set has a table.
 * *deleted: the last deleted slot on the way, NULL: none; where NULL is passed nobody asks. */
static ALWAYS_INLINE SetEntry *find_slot(Thread *t, Set *s, Value key, int64_t hash, SetEntry **deleted) {
again:
    if (deleted) *deleted = NULL;
    SetEntry *table = s->table;
    uint64_t mask = s->mask, perturb = (uint64_t)hash, i = (uint64_t)hash & mask;
    for (;;) {
        SetEntry *e = &table[i];
        unsigned probes = i + SET_LINEAR_PROBES <= mask ? SET_LINEAR_PROBES : 0;
        do {
            Value have = e->key;
            if (is_null(have)) return e;
            if (e->hash == hash && !is_unbound(have)) {
                if (same(have, key)) return e;
                if (IS_EXACT(have, str) && IS_EXACT(key, str)) {
                    if (str_equal(V_AS(Str, have), V_AS(Str, key))) return e;
                } else if (!are_smallints(have, key)) {
                    incref(have);
                    int result = equal(t, have, key);
                    decref(t, have);
                    if (result < 0) return NULL;
                    if (s->table != table || s->mask != mask || !same(e->key, have)) {
                        if (!has_table(t, s)) return NULL;
                        goto again;
                    }
                    if (result) return e;
                }
            } else if (deleted && is_unbound(have)) *deleted = e;
            e++;
        } while (probes--);
        perturb >>= SET_PERTURB_SHIFT;
        i = (i * 5 + 1 + perturb) & mask;
    }
}

bool set_key_hash(Thread *t, Value key, int64_t *hash) { return hash_element(t, key, hash, "a set element"); }

/* One more entry stands in a slot that was never used. */
static inline bool has_grown(Thread *t, Set *s) {
    s->filled++;
    s->used++;
    if ((uint64_t)s->filled * 5 < s->mask * 3) return true;
    return resize(t, s, (uint64_t)(s->used > SLOW_GROWTH ? s->used * 2 : s->used * 4));
}

bool set_add_hashed(Thread *t, Value set, Value key, int64_t hash) {
    Set *s = V_AS(Set, set);
    if (UNLIKELY(!has_table(t, s))) return false;
    SetEntry *deleted, *e = find_slot(t, s, key, hash, &deleted);
    if (UNLIKELY(e == NULL)) return false;
    if (!is_null(e->key)) return true;
    if (deleted != NULL) {
        *deleted = (SetEntry){new_ref(key), hash};
        s->used++;
        return true;
    }
    *e = (SetEntry){new_ref(key), hash};
    return has_grown(t, s);
}

bool set_add_absent(Thread *t, Value set, Value key, int64_t hash) {
    Set *s = V_AS(Set, set);
    if (UNLIKELY(!has_table(t, s))) return false;
    insert_clean(s->table, s->mask, new_ref(key), hash);
    return has_grown(t, s);
}

bool set_add(Thread *t, Value set, Value key) {
    int64_t hash;
    return set_key_hash(t, key, &hash) && set_add_hashed(t, set, key, hash);
}

int set_contains_hashed(Thread *t, Value set, Value key, int64_t hash) {
    Set *s = V_AS(Set, set);
    if (s->table == NULL) return 0;
    SetEntry *e = find_slot(t, s, key, hash, NULL);
    return e == NULL ? -1 : !is_null(e->key);
}

int set_contains(Thread *t, Value set, Value key) {
    int64_t hash;
    return set_key_hash(t, key, &hash) ? set_contains_hashed(t, set, key, hash) : -1;
}

int set_discard_hashed(Thread *t, Value set, Value key, int64_t hash) {
    Set *s = V_AS(Set, set);
    if (s->table == NULL) return 0;
    SetEntry *e = find_slot(t, s, key, hash, NULL);
    if (e == NULL) return -1;
    if (is_null(e->key)) return 0;
    Value old = e->key;
    *e = (SetEntry){V_UNBOUND, -1};
    s->used--;
    decref(t, old);
    return 1;
}

int set_discard(Thread *t, Value set, Value key) {
    int64_t hash;
    return set_key_hash(t, key, &hash) ? set_discard_hashed(t, set, key, hash) : -1;
}

Value set_pop(Thread *t, Value set) {
    Set *s = V_AS(Set, set);
    if (s->used == 0) return VNULL;
    uint64_t i = s->finger & s->mask;
    while (!set_entry_is_live(&s->table[i])) i = (i + 1) & s->mask;
    Value key = s->table[i].key;
    s->table[i] = (SetEntry){V_UNBOUND, -1};
    s->used--;
    s->finger = i + 1;
    return key;
}

bool set_compact(Thread *t, Set *s) {
    if ((uint64_t)(s->filled - s->used) <= s->mask / 4) return true;
    return resize(t, s, (uint64_t)(s->used > SLOW_GROWTH ? s->used * 2 : s->used * 4));
}

bool set_reserve_merge(Thread *t, Set *s, int64_t added) {
    if ((uint64_t)(s->filled + added) * 5 < s->mask * 3) return true;
    return resize(t, s, (uint64_t)(s->used + added) * 2);
}

bool set_merge(Thread *t, Value set, Value from) {
    Set *s = V_AS(Set, set), *other = V_AS(Set, from);
    if (s == other || other->used == 0) return true;
    if (!set_reserve_merge(t, s, other->used) || !has_table(t, s)) return false;
    if (s->filled == 0) {
        if (s->mask == other->mask && other->filled == other->used) {
            memcpy(s->table, other->table, (s->mask + 1) * sizeof(SetEntry));
            for (uint64_t i = 0; i <= s->mask; i++) incref_maybe(s->table[i].key);
        } else {
            int64_t left = other->used;
            for (const SetEntry *e = other->table; left > 0; e++) {
                if (!set_entry_is_live(e)) continue;
                left--;
                insert_clean(s->table, s->mask, new_ref(e->key), e->hash);
            }
        }
        s->filled = s->used = other->used;
        return true;
    }
    for (uint64_t i = 0; other->table != NULL && i <= other->mask; i++) {
        SetEntry e = other->table[i];
        if (!set_entry_is_live(&e)) continue;
        incref(e.key);
        bool ok = set_add_hashed(t, set, e.key, e.hash);
        decref(t, e.key);
        if (!ok) return false;
    }
    return true;
}

Value set_copy(Thread *t, Value set, bool frozen) {
    Value copy = set_new_shaped(t, frozen);
    if (!is_null(copy) && !set_merge(t, copy, set)) {
        decref(t, copy);
        return VNULL;
    }
    return copy;
}

void set_clear(Thread *t, Value set) {
    Set *s = V_AS(Set, set);
    SetEntry *table = s->table;
    int64_t left = s->used;
    s->table = NULL;
    s->used = s->filled = 0;
    s->mask = MIN_SIZE - 1;
    s->hash = -1;
    if (table == NULL) return;
    for (SetEntry *e = table; left > 0; e++) {
        if (!set_entry_is_live(e)) continue;
        left--;
        decref(t, e->key);
    }
    heap_free(t, table);
}

void set_swap_bodies(Value v, Value w) {
    Set *a = V_AS(Set, v), *b = V_AS(Set, w);
    Set body = *a;
    a->used = b->used, a->filled = b->filled, a->mask = b->mask, a->table = b->table, a->hash = -1;
    b->used = body.used, b->filled = body.filled, b->mask = body.mask, b->table = body.table, b->hash = -1;
}
