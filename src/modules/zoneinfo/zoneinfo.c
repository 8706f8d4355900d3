/* The module _zoneinfo: the type ZoneInfo, its caches, and what zones answer.
 *
 * Zones asked for by key are shared: each class has a weak cache of those that live, and ZoneInfo itself keeps the last eight alive.
 * Classes derived from it keep their weak cache in an attribute, _weak_cache, which Python code may replace. */
#include "modules/zoneinfo/zoneinfo_priv.h"

#include "types/typemaking.h"

enum { STRONG_MAX = 8 };

/* Hangs on the type, which outlives any copy of the module. */
typedef struct ZoneState {
    Value weak;   /* WeakValueDictionary: key -> zone */
    Value strong; /* dict: the same, the last used one last */
} ZoneState;

static inline ZoneState *state_of(Thread *t) { return builtin_type(t, T_ZoneInfo)->module_state; }
static inline bool is_zone(Thread *t, Value v) { return IS_EXACT(v, ZoneInfo) || (is_obj(v) && IS_A(t, v, ZoneInfo)); }
static inline bool is_base(Thread *t, const Type *type) { return type == builtin_type(t, T_ZoneInfo); }

static Value call_named(Thread *t, Value object, const char *name, const Value *args, uint32_t n) {
    Value method = attr_get_cstr(t, object, name);
    if (is_null(method)) return VNULL;
    Value result = call_copy(t, method, args, n, VNULL);
    decref(t, method);
    return result;
}

static Value call_imported(Thread *t, const char *module, const char *name, const Value *args, uint32_t n) {
    Value found = t->hooks->import(t, module);
    if (is_null(found)) return VNULL;
    Value result = call_named(t, found, name, args, n);
    decref(t, found);
    return result;
}

/* --- Making ------------------------------------------------------------------------------------------------------------------------------- */

static Value load_from_file(Thread *t, Type *type, Value file, Value key) {
    Value v = object_new(t, type), data = VNULL;
    if (is_null(v)) return v;
    V_AS(Zone, v)->key = new_ref(key);
    data = call_imported(t, "zoneinfo._common", "load_data", &file, 1);
    bool good = !is_null(data) && zone_load(t, V_AS(Zone, v), data);
    decref_maybe(t, data);
    if (good) return object_done(t, v);
    decref(t, v);
    return VNULL;
}

/* The file with a key's data, open for reading. */
static Value open_file(Thread *t, Value key) {
    Value path = call_imported(t, "zoneinfo._tzpath", "find_tzfile", &key, 1);
    if (is_null(path)) return path;
    if (is_none(path)) return call_imported(t, "zoneinfo._common", "load_tzdata", &key, 1);
    Value mode = str_from_cstr(t, "rb"), file = VNULL;
    if (!is_null(mode)) file = call_imported(t, "io", "open", (Value[]){path, mode}, 2);
    decref(t, path);
    decref_maybe(t, mode);
    return file;
}

static Value load_key(Thread *t, Type *type, Value key) {
    Value file = open_file(t, key);
    if (is_null(file)) return file;
    Value v = load_from_file(t, type, file, key), pending = is_null(v) ? err_fetch(t) : VNULL;
    Value closed = call_named(t, file, "close", NULL, 0);
    decref(t, file);
    if (!is_null(closed)) {
        decref(t, closed);
        if (!is_null(pending)) err_restore(t, pending);
        return v;
    }
    if (!is_null(pending)) err_set_context(t, pending);
    decref_maybe(t, v);
    return VNULL;
}

/* --- Caches ---------------------------------------------------------------------------------------------------------------------------------- */

static Value new_weak_cache(Thread *t) { return call_imported(t, "weakref", "WeakValueDictionary", NULL, 0); }

static Value weak_cache_of(Thread *t, Type *type) {
    return is_base(t, type) ? new_ref(state_of(t)->weak) : attr_get_cstr(t, v_from(type), "_weak_cache");
}

/* The zone of a key that was used lately, which becomes the last used one; VNULL: none, or an exception. Owned. */
static Value strong_take(Thread *t, Value key) {
    int64_t hash;
    /* A key without hash fails later, where the weak cache is asked. */
    if (!hash_of(t, key, &hash)) {
        err_catch(t, T_TypeError);
        return VNULL;
    }
    return dict_pop(t, state_of(t)->strong, key);
}

static bool strong_put(Thread *t, Value key, Value zone) {
    Value strong = state_of(t)->strong, old = dict_pop(t, strong, key);
    if (is_null(old) && err_pending(t)) return false;
    decref_maybe(t, old);
    if (!dict_set(t, strong, key, zone)) return false;
    while (dict_len(strong) > STRONG_MAX) {
        uint32_t at = 0;
        Value first_key, first_zone;
        dict_next(strong, &at, &first_key, &first_zone);
        dict_remove_entry(t, strong, at - 1, &first_key, &first_zone);
        decref(t, first_key);
        decref(t, first_zone);
    }
    return true;
}

static bool check_cached(Thread *t, Type *type, Value zone, Value key) {
    if (is_instance_of(t, zone, type)) return true;
    return err_fail(t, T_RuntimeError, "Unexpected instance of %T in %N weak cache for key %R", zone, type, key);
}

/* The zone in the weak cache, or a new one that has been put there. */
static Value weak_get(Thread *t, Type *type, Value key) {
    Value cache = weak_cache_of(t, type);
    if (is_null(cache)) return cache;
    Value zone = call_named(t, cache, "get", (Value[]){key, V_NONE}, 2);
    if (!is_null(zone) && is_none(zone)) {
        Value fresh = load_key(t, type, key);
        zone = is_null(fresh) ? VNULL : call_named(t, cache, "setdefault", (Value[]){key, fresh}, 2);
        decref_maybe(t, fresh);
    }
    decref(t, cache);
    if (is_null(zone)) return zone;
    if (!check_cached(t, type, zone, key)) {
        decref(t, zone);
        return VNULL;
    }
    V_AS(Zone, zone)->source = SOURCE_CACHE;
    return zone;
}

static Value zone_of_key(Thread *t, Type *type, Value key) {
    bool base = is_base(t, type);
    Value zone = base ? strong_take(t, key) : VNULL;
    if (is_null(zone) && err_pending(t)) return VNULL;
    if (is_null(zone)) zone = weak_get(t, type, key);
    if (!is_null(zone) && base && !strong_put(t, key, zone)) {
        decref(t, zone);
        return VNULL;
    }
    return zone;
}

static Value zone_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value key;
    return call_bind_signature(t, "ZoneInfo", "(key)", args, nargs, kwnames, &key) ? zone_of_key(t, type, key) : VNULL;
}

METHOD(m_no_cache) { return load_key(t, V_AS(Type, args[0]), args[1]); }

METHOD(m_from_file) {
    Value repr = repr_of(t, args[1]);
    if (is_null(repr)) return repr;
    Value v = load_from_file(t, V_AS(Type, args[0]), args[1], is_null(args[2]) ? V_NONE : args[2]);
    if (is_null(v)) {
        decref(t, repr);
        return v;
    }
    V_AS(Zone, v)->file_repr = repr;
    V_AS(Zone, v)->source = SOURCE_FILE;
    return v;
}

typedef struct Clearing {
    Value weak;
    bool base;
} Clearing;

static bool clear_key(Thread *t, Value key, void *context) {
    Clearing *c = context;
    if (c->base) {
        Value zone = dict_pop(t, state_of(t)->strong, key);
        if (is_null(zone) && err_pending(t)) return false;
        decref_maybe(t, zone);
    }
    Value popped = call_named(t, c->weak, "pop", (Value[]){key, V_NONE}, 2);
    decref_maybe(t, popped);
    return !is_null(popped);
}

METHOD(m_clear_cache) {
    Type *type = V_AS(Type, args[0]);
    Clearing c = {weak_cache_of(t, type), is_base(t, type)};
    bool good;
    if (is_null(c.weak)) return VNULL;
    if (is_null(args[1]) || is_none(args[1])) {
        Value cleared = call_named(t, c.weak, "clear", NULL, 0);
        good = !is_null(cleared);
        decref_maybe(t, cleared);
        if (good && c.base) dict_clear(t, state_of(t)->strong);
    } else {
        good = iterate(t, args[1], clear_key, &c);
    }
    decref(t, c.weak);
    return good ? V_NONE : VNULL;
}

METHOD(m_init_subclass) {
    Value cache = new_weak_cache(t);
    if (is_null(cache)) return cache;
    bool good = attr_set_cstr(t, args[0], "_weak_cache", cache);
    decref(t, cache);
    return good ? V_NONE : VNULL;
}

/* --- Which kind of local time ------------------------------------------------------------------------------------------------------------------ */

/* What a zone wants to know of a datetime. */
typedef struct Wall {
    int64_t seconds; /* since 1970, as if it were UTC */
    int year, fold;
} Wall;

static bool int_attribute(Thread *t, Value object, const char *name, int64_t *out) {
    Value v = attr_get_cstr(t, object, name);
    bool good = !is_null(v) && arg_i64(t, v, out);
    decref_maybe(t, v);
    return good;
}

/* Derived classes and look-alikes answer for themselves. */
static bool read_wall_slowly(Thread *t, Value dt, Wall *out) {
    int64_t ordinal, hour, minute, second, year, fold;
    Value v = call_named(t, dt, "toordinal", NULL, 0);
    bool good = !is_null(v) && arg_i64(t, v, &ordinal);
    decref_maybe(t, v);
    if (!good || !int_attribute(t, dt, "hour", &hour) || !int_attribute(t, dt, "minute", &minute) || !int_attribute(t, dt, "second", &second) ||
        !int_attribute(t, dt, "year", &year) || !int_attribute(t, dt, "fold", &fold))
        return false;
    if (year < YEAR_MIN || year > YEAR_MAX) return err_fail(t, T_ValueError, "year must be in %d..%d, not %lld", YEAR_MIN, YEAR_MAX, (long long)year);
    out->seconds = (int64_t)((uint64_t)(ordinal - ORDINAL_EPOCH) * DAY_SECONDS + (uint64_t)hour * 3600 + (uint64_t)minute * 60 + (uint64_t)second);
    out->year = (int)year;
    out->fold = fold != 0;
    return true;
}

static bool read_wall(Thread *t, Value dt, Wall *out) {
    if (!IS_EXACT(dt, datetime)) return read_wall_slowly(t, dt, out);
    const DateTime *d = V_AS(DateTime, dt);
    out->seconds = (int64_t)(ymd_ordinal(d->ymd) - ORDINAL_EPOCH) * DAY_SECONDS + clock_seconds(&d->clock);
    out->year = d->ymd.year;
    out->fold = d->clock.fold;
    return true;
}

/* How many of n ascending times are not after `at`. */
static uint32_t count_until(const int64_t *times, uint32_t n, int64_t at) {
    uint32_t low = 0;
    while (low < n) {
        uint32_t middle = low + (n - low) / 2;
        if (times[middle] <= at) low = middle + 1;
        else n = middle;
    }
    return low;
}

static int32_t kind_by_rule(const Zone *z, const Wall *w) {
    return z->dst_kind != NO_KIND && zone_rule_is_dst(&z->rule, w->seconds, w->year, w->fold) ? z->dst_kind : z->std_kind;
}

static int32_t kind_at(const Zone *z, const Wall *w) {
    const int64_t *times = z->local[w->fold];
    uint32_t n = z->transitions;
    if (n == 0 || w->seconds > times[n - 1]) return kind_by_rule(z, w);
    uint32_t passed = count_until(times, n, w->seconds);
    return passed == 0 ? z->before_kind : z->kind_of[passed - 1];
}

/* A part of the kind of local time at dt. */
static Value answer(Thread *t, Value self, Value dt, int part) {
    const Zone *z = V_AS(Zone, self);
    Wall w;
    if (is_none(dt)) return z->is_fixed ? new_ref(zone_kind(z, z->std_kind, part)) : V_NONE;
    return read_wall(t, dt, &w) ? new_ref(zone_kind(z, kind_at(z, &w), part)) : VNULL;
}

METHOD(m_utcoffset) { return answer(t, args[0], args[1], KIND_UTCOFF); }
METHOD(m_dst) { return answer(t, args[0], args[1], KIND_DSTOFF); }
METHOD(m_tzname) { return answer(t, args[0], args[1], KIND_NAME); }

/* The kind that holds at a second of UTC; *fold: its local time was there before. */
static int32_t kind_at_utc(const Zone *z, const Wall *w, bool *fold) {
    uint32_t n = z->transitions, passed = count_until(z->utc, n, w->seconds);
    *fold = false;
    if (n > 0 && passed == 0) return z->before_kind;
    bool by_rule = n == 0 || w->seconds > z->utc[n - 1];
    int32_t kind = by_rule ? z->std_kind : z->kind_of[passed - 1];
    if (by_rule && z->dst_kind != NO_KIND && zone_rule_is_dst_utc(&z->rule, w->seconds, w->year, fold)) kind = z->dst_kind;
    if (n == 0) return kind;
    /* Right behind a transition the local time of the kind before it comes again. */
    int32_t previous = passed >= 2 ? z->kind_of[passed - 2] : z->before_kind;
    int64_t shift = (int64_t)z->offsets[previous] - z->offsets[kind];
    if (shift > w->seconds - z->utc[passed - 1]) *fold = true;
    return kind;
}

static Value with_fold(Thread *t, Value dt) {
    if (IS_EXACT(dt, datetime)) {
        V_AS(DateTime, dt)->clock.fold = 1; /* nobody else has seen it */
        return dt;
    }
    Value method = attr_get_cstr(t, dt, "replace"), names = tuple_of(t, 1, N(t, fold)), result = VNULL;
    if (!is_null(method) && !is_null(names)) result = call_copy(t, method, (Value[]){v_smallint(1)}, 0, names);
    decref_maybe(t, method);
    decref_maybe(t, names);
    decref(t, dt);
    return result;
}

METHOD(m_fromutc) {
    const Zone *z = V_AS(Zone, args[0]);
    Wall w;
    bool fold;
    if (!is_datetime(t, args[1])) return err_raise(t, T_TypeError, "fromutc: argument must be a datetime");
    if (!same(V_AS(DateTime, args[1])->clock.tzinfo, args[0])) return err_raise(t, T_ValueError, "fromutc: dt.tzinfo is not self");
    if (!read_wall(t, args[1], &w)) return VNULL;
    int32_t kind = kind_at_utc(z, &w, &fold);
    Value local = IS_EXACT(args[1], datetime) ? datetime_shift(t, args[1], (Micros)z->offsets[kind] * SECOND_US)
                                              : number_add(t, args[1], zone_kind(z, kind, KIND_UTCOFF));
    return is_null(local) || !fold ? local : with_fold(t, local);
}

/* --- Text, pickles ---------------------------------------------------------------------------------------------------------------------------------- */

static Value slot_repr(Thread *t, Value self) {
    const Zone *z = V_AS(Zone, self);
    StrBuilder b;
    str_builder_init(&b);
    bool good = type_text(t, &b, self);
    if (good && !is_none(z->key)) good = str_builder_format(t, &b, "(key=%R)", z->key);
    else if (good) good = str_builder_format(t, &b, ".from_file(%U)", z->file_repr);
    if (good) return str_builder_finish(t, &b);
    str_builder_drop(t, &b);
    return VNULL;
}

static Value slot_str(Thread *t, Value self) {
    const Zone *z = V_AS(Zone, self);
    return is_none(z->key) ? repr_of(t, self) : str_of(t, z->key);
}

static Value refuse_pickling(Thread *t) {
    Value text = str_from_cstr(t, "Cannot pickle a ZoneInfo file from a file stream.");
    Value error = is_null(text) ? VNULL : call_imported(t, "pickle", "PicklingError", &text, 1);
    decref_maybe(t, text);
    if (is_null(error)) return VNULL;
    err_raise_value(t, error);
    decref(t, error);
    return VNULL;
}

METHOD(m_reduce) {
    const Zone *z = V_AS(Zone, args[0]);
    if (z->source == SOURCE_FILE) return refuse_pickling(t);
    Value maker = attr_get_cstr(t, v_from(type_of(t, args[0])), "_unpickle");
    if (is_null(maker)) return maker;
    Value arguments = tuple_of(t, 2, z->key, v_smallint(z->source == SOURCE_CACHE));
    return tuple_take(t, (Value[]){maker, arguments}, 2);
}

METHOD(m_unpickle) {
    int from_cache = 0;
    if (!fields_int(t, args[2], &from_cache)) return VNULL;
    Type *type = V_AS(Type, args[0]);
    return from_cache ? zone_of_key(t, type, args[1]) : load_key(t, type, args[1]);
}

/* --- The type ------------------------------------------------------------------------------------------------------------------------------------------ */

static const MethodDef methods[] = {
    {"clear_cache", "($type, /, *, only_keys=None)", "Clear the ZoneInfo cache.", m_clear_cache, MF_CLASS},
    {"no_cache", "($type, /, key)", "Get a new instance of ZoneInfo, bypassing the cache.", m_no_cache, MF_CLASS},
    {"from_file", "($type, file_obj, /, key=None)", "Create a ZoneInfo file from a file object.", m_from_file, MF_CLASS},
    {"utcoffset", "($self, dt, /)", "Retrieve a timedelta representing the UTC offset in a zone at the given datetime.", m_utcoffset},
    {"dst", "($self, dt, /)", "Retrieve a timedelta representing the amount of DST applied in a zone at the given datetime.", m_dst},
    {"tzname", "($self, dt, /)",
     "Retrieve a string containing the abbreviation for the time zone that applies in a zone at a given datetime.", m_tzname},
    {"fromutc", "($self, object, /)", "Given a datetime with local time in UTC, retrieve an adjusted datetime in local time.", m_fromutc},
    {"__reduce__", "($self, /)", "Function for serialization with the pickle protocol.", m_reduce},
    {"_unpickle", "($type, key, from_cache, /)", "Private method used in unpickling.", m_unpickle, MF_CLASS},
    {"__init_subclass__", NULL, "Function to initialize subclasses.", m_init_subclass, MF_CLASS},
    {NULL},
};
static const MemberDef members[] = {{"key", MK_VALUE, MEMBER_READONLY, offsetof(Zone, key), NULL}, {NULL}};
static const Field fields[] = {FIELD_VALUE(Zone, key), FIELD_VALUE(Zone, file_repr), FIELD_VALUES(Zone, kinds, kind_values), FIELD_BUFFER(Zone, offsets),
                               FIELD_BUFFER(Zone, utc)};

static const TypeDef typedef_ZoneInfo = {
    .name = "zoneinfo.ZoneInfo",
    .flags = TF_BASE | TF_MODULE_NAME | TF_WEAKREF | TF_EXT,
    .size = sizeof(Zone),
    FIELDS(fields),
    .methods = methods,
    .members = members,
    .slots = {.new = zone_make, .repr = slot_repr, .str = slot_str},
};

/* The type needs tzinfo to stand. */
static bool exec(Thread *t, Value module) {
    Value datetime = t->hooks->import(t, "_datetime");
    if (is_null(datetime)) return false;
    decref(t, datetime);
    if (!module_add_type(t, module, T_ZoneInfo, &typedef_ZoneInfo)) return false;
    Type *type = builtin_type(t, T_ZoneInfo);
    if (type->module_state != NULL) return true;
    ZoneState *state = heap_alloc_zeroed(t, sizeof *state);
    if (state == NULL) return false;
    state->weak = new_weak_cache(t);
    state->strong = dict_new(t);
    type->module_state = state;
    return !is_null(state->weak) && !is_null(state->strong);
}

const ModuleDef module__zoneinfo = {
    .name = "_zoneinfo",
    .doc = "C implementation of the zoneinfo module",
    .exec = exec,
};
