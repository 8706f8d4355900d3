/* The pickler's memo: which objects were written already, and under which number. A hash table of addresses that holds its objects, so
 * that no other object takes the address of one that is written. */
#include "modules/pickle/pickle_priv.h"

enum { FIRST_SIZE = 32 };

static inline uint64_t place_of(Value object) {
    uint64_t h = object.bits * UINT64_C(0x9E3779B97F4A7C15);
    return h >> 32;
}

/* The object's entry, or the free one where it belongs. */
static MemoEntry *entry_of(const Memo *m, Value object) {
    for (uint64_t i = place_of(object);; i++) {
        MemoEntry *e = &m->table[i & m->mask];
        if (same(e->object, object) || is_null(e->object)) return e;
    }
}

int64_t memo_find(const Memo *m, Value object) {
    if (m->count == 0) return -1;
    MemoEntry *e = entry_of(m, object);
    return is_null(e->object) ? -1 : e->index;
}

static bool grow(Thread *t, Memo *m) {
    uint64_t size = m->table == NULL ? FIRST_SIZE : (m->mask + 1) * 4;
    Memo larger = {heap_alloc_zeroed(t, size * sizeof(MemoEntry)), size - 1, m->count};
    if (larger.table == NULL) return false;
    for (uint64_t i = 0; m->table != NULL && i <= m->mask; i++)
        if (!is_null(m->table[i].object)) *entry_of(&larger, m->table[i].object) = m->table[i];
    heap_free(t, m->table);
    *m = larger;
    return true;
}

bool memo_add(Thread *t, Memo *m, Value object, int64_t index) {
    if ((m->table == NULL || (uint64_t)m->count * 2 > m->mask) && !grow(t, m)) return false;
    MemoEntry *e = entry_of(m, object);
    if (is_null(e->object)) {
        e->object = new_ref(object);
        m->count++;
    }
    e->index = index;
    return true;
}

void memo_clear(Thread *t, Memo *m) {
    Memo old = *m;
    *m = (Memo){0}; /* dropping the objects may run anything */
    for (uint64_t i = 0; old.table != NULL && i <= old.mask; i++) decref_maybe(t, old.table[i].object);
    heap_free(t, old.table);
}

bool memo_copy(Thread *t, Memo *to, const Memo *from) {
    *to = (Memo){0};
    if (from->table == NULL) return true;
    size_t bytes = (size_t)(from->mask + 1) * sizeof(MemoEntry);
    MemoEntry *table = heap_alloc(t, bytes);
    if (table == NULL) return false;
    memcpy(table, from->table, bytes);
    *to = (Memo){table, from->mask, from->count};
    for (uint64_t i = 0; i <= to->mask; i++) incref_maybe(table[i].object);
    return true;
}
