/* Reading a zone: the tuple of zoneinfo._common.load_data() becomes kinds of local time, transitions and a rule. */
#include "modules/zoneinfo/zoneinfo_priv.h"

typedef struct Loader {
    Zone *zone;
    int64_t transitions, types;  /* of the file */
    int64_t *is_dst, *dst_offsets;
    Value indices, times, offsets, dst_flags, names, rule_text;
} Loader;

/* --- Numbers of the file ------------------------------------------------------------------------------------------------------------------ */

static bool number_at(Thread *t, Value tuple, int64_t i, int64_t *out) { return arg_i64(t, tuple_at(tuple, i), out); }

static bool check_shape(Thread *t, Value data, Loader *l) {
    bool good = is_tuple(t, data) && tuple_len(data) == 6;
    for (int i = 0; good && i < 5; i++) good = is_tuple(t, tuple_at(data, i));
    if (!good) return err_fail(t, T_TypeError, "zoneinfo._common.load_data() must return five tuples and a TZ string");
    l->indices = tuple_at(data, 0);
    l->times = tuple_at(data, 1);
    l->offsets = tuple_at(data, 2);
    l->dst_flags = tuple_at(data, 3);
    l->names = tuple_at(data, 4);
    l->rule_text = tuple_at(data, 5);
    l->transitions = tuple_len(l->times);
    l->types = tuple_len(l->offsets);
    if (tuple_len(l->indices) != l->transitions || tuple_len(l->dst_flags) != l->types || tuple_len(l->names) != l->types || l->types > UINT16_MAX - 2 ||
        l->transitions > UINT32_MAX / 64)
        return err_fail(t, T_ValueError, "zoneinfo._common.load_data() returned tuples of different lengths");
    return is_none(l->rule_text) || is_bytes(t, l->rule_text) || err_fail(t, T_TypeError, "the TZ string must be bytes, not '%T'", l->rule_text);
}

static bool allocate(Thread *t, Loader *l) {
    Zone *z = l->zone;
    size_t n = (size_t)l->transitions, kinds = (size_t)l->types + 2;
    z->kinds = heap_alloc_zeroed(t, kinds * KINDS * sizeof *z->kinds);
    if (z->kinds == NULL) return false;
    z->kind_values = (uint32_t)(kinds * KINDS);
    z->offsets = heap_alloc_zeroed(t, kinds * sizeof *z->offsets + n * sizeof *z->kind_of);
    z->utc = heap_alloc(t, 3 * n * sizeof *z->utc);
    l->is_dst = heap_alloc_zeroed(t, 2 * kinds * sizeof *l->is_dst);
    if (z->offsets == NULL || z->utc == NULL || l->is_dst == NULL) return false;
    l->dst_offsets = l->is_dst + kinds;
    z->kind_of = (uint16_t *)(z->offsets + kinds);
    z->local[0] = z->utc + n;
    z->local[1] = z->utc + 2 * n;
    return true;
}

static bool read_types(Thread *t, Loader *l) {
    for (int64_t i = 0; i < l->types; i++) {
        int32_t offset;
        if (!arg_i32(t, tuple_at(l->offsets, i), &offset) || !number_at(t, l->dst_flags, i, &l->is_dst[i])) return false;
        l->zone->offsets[i] = offset;
    }
    return true;
}

static bool read_transitions(Thread *t, Loader *l) {
    Zone *z = l->zone;
    for (int64_t i = 0; i < l->transitions; i++) {
        int64_t kind;
        if (!number_at(t, l->times, i, &z->utc[i]) || !number_at(t, l->indices, i, &kind)) return false;
        if (kind < 0 || kind >= l->types) return err_fail(t, T_ValueError, "Invalid transition index found while reading TZif: %lld", (long long)kind);
        z->kind_of[i] = (uint16_t)kind;
    }
    z->transitions = (uint32_t)l->transitions;
    return true;
}

/* --- What follows from them ---------------------------------------------------------------------------------------------------------------- */

/* What summer time adds is not in the file: it is the difference to the standard time in front of one of its transitions, or behind it;
 * an hour where neither is known. */
static void infer_dst_offsets(Loader *l) {
    const Zone *z = l->zone;
    for (int64_t i = 1; i < l->transitions; i++) {
        int kind = z->kind_of[i], previous = z->kind_of[i - 1];
        if (!l->is_dst[kind] || l->dst_offsets[kind] != 0) continue;
        int64_t offset = l->is_dst[previous] ? 0 : (int64_t)z->offsets[kind] - z->offsets[previous];
        if (offset == 0 && kind < l->types - 1 && i + 1 < l->transitions) {
            int next = z->kind_of[i + 1];
            if (l->is_dst[next]) continue;
            offset = (int64_t)z->offsets[kind] - z->offsets[next];
        }
        l->dst_offsets[kind] = offset;
    }
    for (int64_t kind = 0; kind < l->types; kind++)
        if (l->is_dst[kind] && l->dst_offsets[kind] == 0) l->dst_offsets[kind] = 3600;
}

/* The larger offset of the two sides counts without fold, the smaller one with it. */
static void find_local_times(Loader *l) {
    Zone *z = l->zone;
    for (int64_t i = 0; i < l->transitions; i++) {
        int64_t before = i > 0 ? z->offsets[z->kind_of[i - 1]] : z->offsets[0], after = z->offsets[z->kind_of[i]];
        if (i == 0 && l->types < 2) after = before;
        z->local[0][i] = (int64_t)((uint64_t)z->utc[i] + (uint64_t)(before > after ? before : after));
        z->local[1][i] = (int64_t)((uint64_t)z->utc[i] + (uint64_t)(before > after ? after : before));
    }
}

/* --- Objects --------------------------------------------------------------------------------------------------------------------------------- */

static bool make_kind(Thread *t, Zone *z, int32_t kind, int32_t offset, int64_t dst_offset, Value name /* taken */) {
    Value *parts = z->kinds + kind * KINDS;
    z->offsets[kind] = offset;
    parts[KIND_NAME] = name;
    if (is_null(name) || is_null(parts[KIND_UTCOFF] = delta_new(t, (Micros)offset * SECOND_US))) return false;
    return !is_null(parts[KIND_DSTOFF] = delta_new(t, (Micros)dst_offset * SECOND_US));
}

static bool make_kinds(Thread *t, Loader *l) {
    for (int32_t i = 0; i < l->types; i++)
        if (!make_kind(t, l->zone, i, l->zone->offsets[i], l->dst_offsets[i], new_ref(tuple_at(l->names, i)))) return false;
    return true;
}

static bool parse_rule(Thread *t, Loader *l) {
    Zone *z = l->zone;
    const Bytes *text = V_AS(Bytes, l->rule_text);
    const char *wrong = zone_rule_parse(text->data, (size_t)text->length, &z->rule);
    if (wrong != NULL) return err_fail(t, T_ValueError, wrong, l->rule_text);
    const ZoneRule *r = &z->rule;
    z->std_kind = (int32_t)l->types;
    if (!make_kind(t, z, z->std_kind, r->std_offset, 0, str_from_ascii(t, r->std.text, (int64_t)r->std.length))) return false;
    if (!r->has_dst) return true;
    z->dst_kind = z->std_kind + 1;
    return make_kind(t, z, z->dst_kind, r->dst_offset, r->dst_offset - r->std_offset, str_from_ascii(t, r->dst.text, (int64_t)r->dst.length));
}

/* Without a rule the last kind goes on for ever. */
static bool find_rule(Thread *t, Loader *l) {
    Zone *z = l->zone;
    if (!is_none(l->rule_text) && V_AS(Bytes, l->rule_text)->length > 0) return parse_rule(t, l);
    if (l->types == 0) return err_fail(t, T_ValueError, "No time zone information found.");
    z->std_kind = l->transitions > 0 ? z->kind_of[l->transitions - 1] : (int32_t)l->types - 1;
    return true;
}

static bool find_before(Loader *l) {
    int32_t kind = 0;
    while (kind < l->types && l->is_dst[kind]) kind++;
    l->zone->before_kind = kind < l->types ? kind : l->types > 0 ? 0 : NO_KIND;
    return true;
}

/* 1, 0, -1 */
static int kinds_are_equal(Thread *t, const Zone *z, int32_t a, int32_t b) {
    for (int part = 0; part < KINDS; part++) {
        int same_part = equal_fast(t, zone_kind(z, a, part), zone_kind(z, b, part));
        if (same_part <= 0) return same_part;
    }
    return 1;
}

static bool find_fixed(Thread *t, Loader *l) {
    Zone *z = l->zone;
    int fixed = l->types > 1 || z->dst_kind != NO_KIND ? 0 : l->types == 0 ? 1 : kinds_are_equal(t, z, 0, z->std_kind);
    z->is_fixed = fixed > 0;
    return fixed >= 0;
}

bool zone_load(Thread *t, Zone *z, Value data) {
    Loader l = {.zone = z};
    z->before_kind = z->std_kind = z->dst_kind = NO_KIND;
    bool good = check_shape(t, data, &l) && allocate(t, &l) && read_types(t, &l) && read_transitions(t, &l);
    if (good) {
        infer_dst_offsets(&l);
        find_local_times(&l);
        good = make_kinds(t, &l) && find_before(&l) && find_rule(t, &l) && find_fixed(t, &l);
    }
    heap_free(t, l.is_dst);
    return good;
}
