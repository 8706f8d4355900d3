/* Finding attributes of types: along the mro, through one cache of the interpreter.
 *
 * The cache maps (version of the type, name) to the attribute or to its absence; an entry that another one drives from its place goes
 * beside it.  A type that changes gives up its version, and so do its subclasses; an entry of an old version is never found again.
 * Names are held, attributes are borrowed: the namespaces hold them while the version lasts.
 */
#include "core/names.h"
#include "heap/heap.h"
#include "object/dict.h"
#include "object/str.h"
#include "object/weakref.h"
#include "ops/attr.h"

enum { CACHE_ENTRIES = 2048, MAX_VERSION_CHANGES = 1000 };

typedef struct MethodCacheEntry {
    Value name;
    Value found; /* VNULL: there is none */
    uint32_t version;
} MethodCacheEntry;
typedef struct MethodCache {
    MethodCacheEntry entries[CACHE_ENTRIES];
} MethodCache;

/* All shapes of a type show its version. */
static void set_version(Thread *t, Type *type, uint32_t version) {
    type->version = version;
    for (uint32_t s = type->shape; s != 0;) {
        Shape *shape = shape_at(t, s);
        shape->version = version;
        s = shape->sibling;
    }
}

uint32_t type_version(Thread *t, Type *type) {
    if (LIKELY(type->version != 0)) return type->version;
    if (type->version_changes >= MAX_VERSION_CHANGES || t->interp->next_type_version == UINT32_MAX) return 0;
    /* A base without a version would not tell us of its changes: see type_modified. */
    for (uint32_t i = type->mro_count; i-- > 1;)
        if (type->mro_types[i]->version == 0 && type_version(t, type->mro_types[i]) == 0) return 0;
    set_version(t, type, ++t->interp->next_type_version);
    return type->version;
}

void type_modified(Thread *t, Type *type) {
    if (type->version == 0) return; /* then no subclass has one */
    set_version(t, type, 0);
    type->version_changes++;
    if (is_null(type->subclasses)) return;
    uint32_t pos = 0;
    Value key, value;
    while (dict_next(type->subclasses, &pos, &key, &value)) {
        if (IS_EXACT(value, weakref)) value = weakref_get(value);
        if (!is_none(value)) type_modified(t, V_AS(Type, value));
    }
}

Value type_lookup_uncached(Thread *t, Type *type, Value name) {
    for (uint32_t i = 0; i < type->mro_count; i++) {
        Value v = dict_get_str(t, type->mro_types[i]->dict, name);
        if (!is_null(v)) return v;
    }
    return VNULL;
}

/* Whether the entry stands beside its place; then it takes it, and what was there goes beside. */
static bool entry_recall(MethodCache *cache, size_t at, uint32_t version, Value name) {
    MethodCacheEntry *beside = &cache->entries[at ^ 1], found = *beside;
    if (found.version != version || !same(found.name, name)) return false;
    *beside = cache->entries[at];
    cache->entries[at] = found;
    return true;
}

static NOINLINE Value lookup_and_cache(Thread *t, Type *type, Value name, size_t at) {
    MethodCache *cache = t->interp->method_cache;
    if (cache == NULL) {
        cache = heap_alloc_zeroed(t, sizeof *cache);
        if (cache == NULL) err_clear(t);
        t->interp->method_cache = cache;
    }
    if (cache != NULL && type->version != 0 && entry_recall(cache, at, type->version, name)) return cache->entries[at].found;
    Value v = type_lookup_uncached(t, type, name);
    uint32_t version = type_version(t, type);
    if (cache == NULL || version == 0) return v;
    MethodCacheEntry *e = &cache->entries[at], *beside = &cache->entries[at ^ 1];
    Value forgotten = beside->name;
    *beside = *e;
    *e = (MethodCacheEntry){new_ref(name), v, version};
    decref_maybe(t, forgotten);
    return v;
}

static inline size_t cache_index(uint32_t version, Value name) {
    return (version * UINT32_C(2654435761) ^ (uint32_t)(name.bits >> 4) ^ (uint32_t)(name.bits >> 15)) & (CACHE_ENTRIES - 1);
}

Value type_lookup(Thread *t, Type *type, Value name) {
    if (UNLIKELY(!str_is_interned(V_AS(Str, name)))) return type_lookup_uncached(t, type, name);
    size_t at = cache_index(type->version, name);
    MethodCache *cache = t->interp->method_cache;
    if (LIKELY(cache != NULL && type->version != 0)) {
        MethodCacheEntry *e = &cache->entries[at];
        if (LIKELY(e->version == type->version && same(e->name, name))) return e->found;
    } else if (type_version(t, type) != 0) {
        at = cache_index(type->version, name);
    }
    return lookup_and_cache(t, type, name, at);
}
