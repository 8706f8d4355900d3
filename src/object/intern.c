/* Interned strings: an open-addressed table of borrowed pointers.
 *
 * An interned str is found by its text, so equal interned strings are one object.  The table does not own
 * them: a str that dies leaves it (str_intern_forget).
 */
#include "core/errors.h"
#include "heap/heap.h"
#include "object/str.h"

typedef struct InternTable {
    size_t mask;          /* slots - 1 */
    size_t used, filled;  /* live; live and left ones */
    Str **slots;          /* NULL: never used; LEFT: someone was here.  A raw heap block. */
} InternTable;

#define LEFT ((Str *)1)

static size_t slot_for_insert(InternTable *table, uint64_t hash) {
    size_t i = hash & table->mask;
    for (size_t step = 1; table->slots[i] != NULL && table->slots[i] != LEFT; step++) i = (i + step) & table->mask;
    return i;
}

static bool rebuild(Thread *t, InternTable *table) {
    size_t slots = 1024;
    while (slots < table->used * 3) slots *= 2;
    Str **old = table->slots;
    size_t old_count = old ? table->mask + 1 : 0;
    Str **fresh = heap_alloc_zeroed(t, slots * sizeof(Str *));
    if (fresh == NULL) return false;
    table->slots = fresh;
    table->mask = slots - 1;
    table->filled = table->used;
    for (size_t i = 0; i < old_count; i++)
        if (old[i] != NULL && old[i] != LEFT) fresh[slot_for_insert(table, (uint64_t)old[i]->hash)] = old[i];
    heap_free(t, old);
    return true;
}

bool str_intern_init(Thread *t) {
    InternTable *table = heap_alloc_zeroed(t, sizeof *table);
    if (table == NULL) return false;
    t->interp->interned = table;
    return rebuild(t, table);
}

Value str_intern(Thread *t, Value v) {
    Str *s = V_AS(Str, v);
    if (s->flags & STR_INTERNED) return v;
    InternTable *table = t->interp->interned;
    uint64_t hash = (uint64_t)str_hash_of(t, s);
    size_t i = hash & table->mask;
    for (size_t step = 1; table->slots[i] != NULL; step++) {
        Str *other = table->slots[i];
        if (other != LEFT && (uint64_t)other->hash == hash && str_equal(other, s)) {
            obj_incref(other);
            decref(t, v);
            return v_from(other);
        }
        i = (i + step) & table->mask;
    }
    if (table->filled * 3 >= table->mask * 2 && !rebuild(t, table)) {
        decref(t, v);
        return VNULL;
    }
    i = slot_for_insert(table, hash);
    if (table->slots[i] == NULL) table->filled++;
    table->used++;
    table->slots[i] = s;
    s->flags |= STR_INTERNED;
    return v;
}

Value str_intern_cstr(Thread *t, const char *utf8) {
    Value v = str_from_cstr(t, utf8);
    return is_null(v) ? v : str_intern(t, v);
}

void str_intern_forget(Thread *t, Str *s) {
    InternTable *table = t->interp->interned;
    if (!(s->flags & STR_INTERNED) || table == NULL) return;
    size_t i = (uint64_t)s->hash & table->mask;
    for (size_t step = 1; table->slots[i] != NULL; step++) {
        if (table->slots[i] == s) {
            table->slots[i] = LEFT;
            table->used--;
            return;
        }
        i = (i + step) & table->mask;
    }
}

size_t str_intern_count(Thread *t) { return t->interp->interned->used; }

void str_intern_free(Interp *interp) { interp->interned = NULL; /* its memory goes with the heap */ }
