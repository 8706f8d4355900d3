/* lru_cache: a function that remembers its results.
 *
 * `cache` is a dict.  Without a limit it maps a key to the result; with one, to the index of a link in the array `links`, which are
 * chained in the order of use:
 *
 *     newest <-> ... <-> oldest           NONE at both ends
 *
 * Looking a key up may run Python code (comparisons) that uses or clears the cache: `generation` counts the clearings, and links
 * are named by index.
 */
#include "modules/functools/functools_priv.h"

#define NONE UINT32_MAX

typedef struct Link { Value key, value; int64_t hash; uint32_t newer, older; } Link;

typedef struct LruCache {
    Object head;
    Value function, info_type, cache;
    int64_t maxsize; /* -1: no limit */
    int64_t hits, misses;
    Link *links;     /* raw block */
    uint32_t count, capacity, newest, oldest, spare; /* spare: chain of links out of use, through `older` */
    uint32_t generation;
    bool typed;
    void *ext;
} LruCache;

#define SELF V_AS(LruCache, args[0])

/* --- Links ----------------------------------------------------------------------------------------------------------------------- */

static void unlink_link(LruCache *c, uint32_t i) {
    Link *l = &c->links[i];
    if (l->newer == NONE) c->newest = l->older;
    else c->links[l->newer].older = l->older;
    if (l->older == NONE) c->oldest = l->newer;
    else c->links[l->older].newer = l->newer;
}

static void make_newest(LruCache *c, uint32_t i) {
    Link *l = &c->links[i];
    l->newer = NONE;
    l->older = c->newest;
    if (c->newest == NONE) c->oldest = i;
    else c->links[c->newest].newer = i;
    c->newest = i;
}

/* An empty link; NONE: MemoryError. */
static uint32_t take_link(Thread *t, LruCache *c) {
    if (c->spare != NONE) {
        uint32_t i = c->spare;
        c->spare = c->links[i].older;
        return i;
    }
    if (c->count == c->capacity) {
        uint32_t capacity = c->capacity ? c->capacity * 2 : 16;
        Link *links = heap_realloc(t, c->links, capacity * sizeof(Link));
        if (links == NULL) return NONE;
        c->links = links;
        c->capacity = capacity;
    }
    c->links[c->count] = (Link){0};
    return c->count++;
}

static void give_back(LruCache *c, uint32_t i) {
    c->links[i] = (Link){.older = c->spare};
    c->spare = i;
}

static void reset(Thread *t, LruCache *c) {
    Link *links = c->links;
    uint32_t count = c->count;
    c->links = NULL;
    c->count = c->capacity = 0;
    c->newest = c->oldest = c->spare = NONE;
    c->generation++;
    for (uint32_t i = 0; i < count; i++) {
        decref_maybe(t, links[i].key);
        decref_maybe(t, links[i].value);
    }
    heap_free(t, links);
}

static void lru_destroy(Thread *t, Object *self) { reset(t, (LruCache *)self); }

static int lru_traverse(Object *self, VisitFn visit, void *context) {
    LruCache *c = (LruCache *)self;
    for (uint32_t i = 0; i < c->count; i++) {
        int stop = is_obj(c->links[i].key) ? visit(c->links[i].key, context) : 0;
        if (stop == 0 && is_obj(c->links[i].value)) stop = visit(c->links[i].value, context);
        if (stop) return stop;
    }
    return 0;
}

static void lru_clear(Thread *t, Object *self) {
    LruCache *c = (LruCache *)self;
    if (!is_null(c->cache)) dict_clear(t, c->cache);
    reset(t, c);
}

/* --- Keys ------------------------------------------------------------------------------------------------------------------------ */

static Value make_key(Thread *t, LruCache *c, Value *args, uint32_t nargs, Value kwnames) {
    int64_t nkw = is_null(kwnames) ? 0 : tuple_len(kwnames);
    if (!c->typed && nkw == 0 && nargs == 1 && (IS_EXACT(args[0], str) || is_exact_int(args[0]))) return new_ref(args[0]);
    int64_t n = nargs + (nkw ? 1 + 2 * nkw : 0) + (c->typed ? nargs + nkw : 0);
    Value key = tuple_new(t, n);
    if (is_null(key) || n == 0) return key;
    Value *items = V_AS(Tuple, key)->items;
    for (uint32_t i = 0; i < nargs; i++) *items++ = new_ref(args[i]);
    if (nkw) *items++ = new_ref(STATE(t)->keyword_mark);
    for (int64_t i = 0; i < nkw; i++) {
        *items++ = new_ref(tuple_at(kwnames, i));
        *items++ = new_ref(args[nargs + i]);
    }
    for (int64_t i = 0; c->typed && i < nargs + nkw; i++) *items++ = ref_of(type_of(t, args[i]));
    return tuple_done(t, key);
}

/* --- Calls ----------------------------------------------------------------------------------------------------------------------- */

static Value run(Thread *t, LruCache *c, Value *args, uint32_t nargs, Value kwnames) {
    Value function = new_ref(c->function);
    Value v = call_copy(t, function, args, nargs, kwnames);
    decref(t, function);
    return v;
}

static Value call_unlimited(Thread *t, LruCache *c, Value *args, uint32_t nargs, Value kwnames) {
    Value key = make_key(t, c, args, nargs, kwnames), v = VNULL;
    int64_t hash;
    if (is_null(key)) return VNULL;
    if (!hash_of(t, key, &hash)) goto done;
    v = dict_get_hashed(t, c->cache, key, hash);
    if (!is_null(v)) {
        c->hits++;
        incref(v);
        goto done;
    }
    if (err_pending(t)) goto done;
    c->misses++;
    v = run(t, c, args, nargs, kwnames);
    if (!is_null(v) && !dict_set_hashed(t, c->cache, key, hash, v)) {
        decref(t, v);
        v = VNULL;
    }
done:
    decref(t, key);
    return v;
}

/* The link of a key: -1 absent, -2 exception. */
static int64_t find_link(Thread *t, LruCache *c, Value key, int64_t hash) {
    Value i = dict_get_hashed(t, c->cache, key, hash);
    return !is_null(i) ? smallint_get(i) : err_pending(t) ? -2 : -1;
}

/* Frees the oldest link for new use: its index, or -1 exception, -2 the cache changed meanwhile and the result is not kept. */
static int64_t evict(Thread *t, LruCache *c) {
    uint32_t i = c->oldest, generation = c->generation;
    Link old = c->links[i];
    unlink_link(c, i);
    c->links[i].key = c->links[i].value = VNULL;
    int64_t entry = dict_find(t, c->cache, old.key, old.hash);
    if (entry == -2 || c->generation != generation) { /* then the link is gone already */
        if (c->generation == generation) give_back(c, i);
        decref(t, old.key);
        decref(t, old.value);
        return entry == -2 ? -1 : -2;
    }
    if (entry >= 0) {
        Value key, value;
        dict_remove_entry(t, c->cache, (uint32_t)entry, &key, &value);
        decref(t, key);
    }
    decref(t, old.key);
    decref(t, old.value);
    if (c->generation != generation) return -2;
    return i;
}

/* Keeps a result. */
static bool keep(Thread *t, LruCache *c, Value key, int64_t hash, Value v) {
    int64_t i;
    if (dict_len(c->cache) < c->maxsize || c->oldest == NONE) i = take_link(t, c), i = i == NONE ? -1 : i;
    else i = evict(t, c);
    if (i < 0) return i == -2;
    uint32_t generation = c->generation;
    if (!dict_set_hashed(t, c->cache, key, hash, v_smallint(i))) {
        if (c->generation == generation) give_back(c, (uint32_t)i);
        return false;
    }
    if (c->generation != generation) return true;
    Link *l = &c->links[i];
    l->key = new_ref(key);
    l->value = new_ref(v);
    l->hash = hash;
    make_newest(c, (uint32_t)i);
    return true;
}

static Value call_limited(Thread *t, LruCache *c, Value *args, uint32_t nargs, Value kwnames) {
    Value key = make_key(t, c, args, nargs, kwnames), v = VNULL;
    int64_t hash, i;
    if (is_null(key)) return VNULL;
    if (!hash_of(t, key, &hash) || (i = find_link(t, c, key, hash)) == -2) goto done;
    if (i >= 0) {
        c->hits++;
        if (c->newest != (uint32_t)i) {
            unlink_link(c, (uint32_t)i);
            make_newest(c, (uint32_t)i);
        }
        v = new_ref(c->links[i].value);
        goto done;
    }
    c->misses++;
    v = run(t, c, args, nargs, kwnames);
    if (is_null(v)) goto done;
    i = find_link(t, c, key, hash); /* the call may have come by here itself */
    if (i == -2 || (i == -1 && !keep(t, c, key, hash, v))) {
        decref(t, v);
        v = VNULL;
    }
done:
    decref(t, key);
    return v;
}

static Value lru_call(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames) {
    LruCache *c = V_AS(LruCache, callee);
    if (c->maxsize < 0) return call_unlimited(t, c, args, nargs, kwnames);
    if (c->maxsize > 0) return call_limited(t, c, args, nargs, kwnames);
    c->misses++;
    return run(t, c, args, nargs, kwnames);
}

static Value lru_get(Thread *t, Value self, Value instance, Value owner) {
    return is_null(instance) || is_none(instance) ? new_ref(self) : method_new(t, self, instance);
}

/* --- The type -------------------------------------------------------------------------------------------------------------------- */

NEW(lru_make) {
    Value bound[4];
    if (!call_bind_signature(t, "lru_cache", "(user_function, maxsize, typed, cache_info_type)", args, nargs, kwnames, bound)) return VNULL;
    if (!is_callable(t, bound[0])) return err_raise(t, T_TypeError, "the first argument must be callable");
    int64_t maxsize = -1;
    bool typed;
    if (!is_none(bound[1])) {
        if (!has_index(t, bound[1])) return err_raise(t, T_TypeError, "maxsize should be integer or None");
        if (!number_to_index(t, bound[1], &maxsize, T_OverflowError)) return VNULL;
        if (maxsize < 0) maxsize = 0;
    }
    if (!arg_bool(t, bound[2], &typed)) return VNULL;
    Value cache = dict_new(t), v = is_null(cache) ? VNULL : object_new(t, type);
    if (is_null(v)) {
        decref_maybe(t, cache);
        return VNULL;
    }
    LruCache *c = V_AS(LruCache, v);
    c->function = new_ref(bound[0]);
    c->info_type = new_ref(bound[3]);
    c->cache = cache;
    c->maxsize = maxsize;
    c->typed = typed;
    c->newest = c->oldest = c->spare = NONE;
    return object_done(t, v);
}

METHOD(method_cache_info) {
    LruCache *c = SELF;
    const Value info[4] = {v_smallint(c->hits), v_smallint(c->misses), c->maxsize < 0 ? V_NONE : v_smallint(c->maxsize), v_smallint(dict_len(c->cache))};
    return call_copy(t, c->info_type, info, 4, VNULL);
}

METHOD(method_cache_clear) {
    LruCache *c = SELF;
    c->hits = c->misses = 0;
    lru_clear(t, v_obj(args[0]));
    return V_NONE;
}

METHOD(method_reduce) { return attr_get(t, args[0], N(t, __qualname__)); }
METHOD(method_copy) { return new_ref(args[0]); }

static const MethodDef lru_methods[] = {
    {"cache_info", "($self, /)", "Report cache statistics.", method_cache_info},
    {"cache_clear", "($self, /)", "Forget the results and the statistics.", method_cache_clear},
    {"__reduce__", "($self, /)", NULL, method_reduce},
    {"__copy__", "($self, /)", NULL, method_copy},
    {"__deepcopy__", "($self, memo, /)", NULL, method_copy},
    {NULL},
};
static const Field lru_fields[] = {FIELD_VALUE(LruCache, function), FIELD_VALUE(LruCache, info_type), FIELD_VALUE(LruCache, cache)};

const TypeDef typedef_lru_cache_wrapper = {
    .name = "functools._lru_cache_wrapper",
    .doc = "A callable that remembers the results of a function.\n\n"
           "user_function: the function\n\nmaxsize: 0 for no cache, None for one without a limit, else how many results are kept\n\n"
           "typed: whether arguments that are equal but of different types are told apart\n\n"
           "cache_info_type: namedtuple class with the fields hits, misses, maxsize and currsize\n",
    .flags = TF_BASE | TF_GC | TF_DICT | TF_WEAKREF | TF_EXT | TF_METHOD | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(LruCache),
    .ext_offset = offsetof(LruCache, ext),
    FIELDS(lru_fields),
    .methods = lru_methods,
    .slots = {.new = lru_make, .destroy = lru_destroy, .traverse = lru_traverse, .clear = lru_clear, .call = lru_call, .descr_get = lru_get},
};
