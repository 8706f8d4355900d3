/* set and frozenset: an open-addressed table whose iteration order is CPython's. */
#ifndef KRAIT_OBJECT_SET_H
#define KRAIT_OBJECT_SET_H

#include "core/object.h"

typedef struct SetEntry { Value key; int64_t hash; } SetEntry; /* key VNULL: never used; V_UNBOUND: deleted */
typedef struct Set {
    Object head;
    int64_t used, filled; /* live entries; live and deleted ones */
    uint64_t mask;        /* table size - 1; at least 7 once there is a table */
    SetEntry *table;      /* raw heap block, NULL: empty */
    int64_t hash;         /* frozenset: -1 until computed */
    uint64_t finger;      /* set.pop's search */
} Set;

Value set_new(Thread *t, Value iterable);       /* VNULL iterable: empty */
Value frozenset_new(Thread *t, Value iterable);
bool set_add(Thread *t, Value set, Value key) MUST_USE;
int set_discard(Thread *t, Value set, Value key); /* 1, 0, -1 */
int set_contains(Thread *t, Value set, Value key);
bool set_update(Thread *t, Value set, Value iterable) MUST_USE;
bool set_next(Value set, uint64_t *pos, Value *key, int64_t *hash); /* borrowed */
static inline int64_t set_len(Value set) { return V_AS(Set, set)->used; }

#endif
