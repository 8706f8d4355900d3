/* Filters: specifiers (dicts with an "id" and options) to and from the library's structs. */
#include <stdlib.h>

#include "modules/ext/_lzma/lzma_priv.h"

bool lzma_unsigned(Thread *t, Value v, const char *c_type, uint64_t max, uint64_t *out) {
    Value number = number_index(t, v);
    if (is_null(number)) return false;
    uint64_t scratch;
    IntView view = int_view(number, &scratch);
    bool fits = false;
    if (view.negative) {
        err_raise(t, T_ValueError, "Cannot convert negative int");
    } else if (view.n > 1 || (view.n == 1 && view.limbs[0] > max)) {
        err_raise(t, T_OverflowError, "Python int too large for C %s", c_type);
    } else {
        *out = view.n == 0 ? 0 : view.limbs[0];
        fits = true;
    }
    decref(t, number);
    return fits;
}

/* --- Options ---------------------------------------------------------------------------------------------- */

/* A key of a specifier and the place of its value: a 32-bit number, or an enum of the library, which is as wide. */
typedef struct OptionKey {
    const char *name;
    uint32_t offset;
} OptionKey;
_Static_assert(sizeof(lzma_mode) == 4 && sizeof(lzma_match_finder) == 4 && sizeof(uint32_t) == 4, "options are 32 bits wide");

#define LZMA_KEY(key, member) {key, offsetof(lzma_options_lzma, member)}
static const OptionKey lzma_keys[] = {
    LZMA_KEY("dict_size", dict_size), LZMA_KEY("lc", lc), LZMA_KEY("lp", lp), LZMA_KEY("pb", pb), LZMA_KEY("mode", mode),
    LZMA_KEY("nice_len", nice_len), LZMA_KEY("mf", mf), LZMA_KEY("depth", depth), {NULL, 0},
};
static const OptionKey delta_keys[] = {{"dist", offsetof(lzma_options_delta, dist)}, {NULL, 0}};
static const OptionKey bcj_keys[] = {{"start_offset", offsetof(lzma_options_bcj, start_offset)}, {NULL, 0}};

typedef struct FilterKind {
    const char *name; /* in messages */
    const OptionKey *keys;
    size_t options_size;
    bool has_preset;
} FilterKind;
static const FilterKind kind_lzma = {"LZMA", lzma_keys, sizeof(lzma_options_lzma), true};
static const FilterKind kind_delta = {"delta", delta_keys, sizeof(lzma_options_delta), false};
static const FilterKind kind_bcj = {"BCJ", bcj_keys, sizeof(lzma_options_bcj), false};

static const FilterKind *kind_of(lzma_vli id) {
    switch (id) {
    case LZMA_FILTER_LZMA1: case LZMA_FILTER_LZMA2: return &kind_lzma;
    case LZMA_FILTER_DELTA: return &kind_delta;
    case LZMA_FILTER_X86: case LZMA_FILTER_POWERPC: case LZMA_FILTER_IA64:
    case LZMA_FILTER_ARM: case LZMA_FILTER_ARMTHUMB: case LZMA_FILTER_SPARC: return &kind_bcj;
    default: return NULL;
    }
}

static bool option_set(Thread *t, const FilterKind *kind, void *options, Value key, Value value) {
    if (!is_str(t, key)) return false;
    if (str_equals_cstr(V_AS(Str, key), "id") || (kind->has_preset && str_equals_cstr(V_AS(Str, key), "preset"))) return true;
    for (const OptionKey *k = kind->keys; k->name != NULL; k++) {
        uint64_t number;
        if (!str_equals_cstr(V_AS(Str, key), k->name)) continue;
        if (!lzma_unsigned(t, value, "uint32_t", UINT32_MAX, &number)) return false;
        *(uint32_t *)((char *)options + k->offset) = (uint32_t)number;
        return true;
    }
    return false;
}

/* An item of a specifier; VNULL without an exception: it has none. Owned. */
static Value spec_get(Thread *t, Value spec, const char *key) {
    Value name = str_intern_cstr(t, key), value = is_null(name) ? VNULL : mapping_get_maybe(t, spec, name);
    decref_maybe(t, name);
    return value;
}

/* What the options are before the specifier's own. */
static bool options_preset(Thread *t, Value spec, lzma_options_lzma *options) {
    Value given = spec_get(t, spec, "preset");
    uint64_t preset = LZMA_PRESET_DEFAULT;
    if (is_null(given) && err_pending(t)) return false;
    bool good = is_null(given) || lzma_unsigned(t, given, "uint32_t", UINT32_MAX, &preset);
    decref_maybe(t, given);
    if (good && lzma_lzma_preset(options, (uint32_t)preset)) {
        lzma_error(t, "Invalid compression preset: %u", (unsigned)preset);
        good = false;
    }
    return good;
}

static bool options_parse(Thread *t, const FilterKind *kind, Value spec, void *options) {
    if (kind->has_preset && !options_preset(t, spec, options)) return false;
    if (kind == &kind_delta) *(lzma_options_delta *)options = (lzma_options_delta){.type = LZMA_DELTA_TYPE_BYTE, .dist = 1};
    /* Converting a value may run Python code, which may change the dict: walks a copy. */
    Value copy = is_dict(t, spec) ? dict_copy(t, spec) : VNULL, key, value;
    bool good = !is_null(copy);
    uint32_t at = 0;
    while (good && dict_next(copy, &at, &key, &value)) good = option_set(t, kind, options, key, value);
    decref_maybe(t, copy);
    if (good) return true;
    err_clear(t);
    return err_fail(t, T_ValueError, "Invalid filter specifier for %s filter", kind->name);
}

/* --- Filters ------------------------------------------------------------------------------------------------ */

static bool filter_parse(Thread *t, Value spec, lzma_filter *filter) {
    filter->options = NULL;
    if (!is_mapping(t, spec)) return err_fail(t, T_TypeError, "Filter specifier must be a dict or dict-like object");
    Value id = spec_get(t, spec, "id");
    if (is_null(id)) return !err_pending(t) && err_fail(t, T_ValueError, "Filter specifier must have an \"id\" entry");
    bool good = lzma_unsigned(t, id, "lzma_vli", UINT64_MAX, &filter->id);
    decref(t, id);
    if (!good) return false;
    const FilterKind *kind = kind_of(filter->id);
    if (kind == NULL) return err_fail(t, T_ValueError, "Invalid filter ID: %lu", (unsigned long)filter->id);
    filter->options = calloc(1, kind->options_size);
    if (filter->options == NULL) return err_no_memory_fail(t);
    if (options_parse(t, kind, spec, filter->options)) return true;
    free(filter->options);
    filter->options = NULL;
    return false;
}

bool filter_chain_parse(Thread *t, Value specs, FilterChain *chain) {
    chain->filters[0].id = LZMA_VLI_UNKNOWN;
    int64_t n = is_dict(t, specs) ? 0 : length_of(t, specs);
    if (n < 0) return false;
    if (n > LZMA_FILTERS_MAX) return err_fail(t, T_ValueError, "Too many filters - liblzma supports a maximum of %d", LZMA_FILTERS_MAX);
    if (is_dict(t, specs)) return err_fail(t, T_TypeError, "%T is not a sequence", specs);
    for (int64_t i = 0; i < n; i++) {
        Value spec = item_get_index(t, specs, i);
        bool good = !is_null(spec) && filter_parse(t, spec, &chain->filters[i]);
        decref_maybe(t, spec);
        chain->filters[good ? i + 1 : i].id = LZMA_VLI_UNKNOWN;
        if (good) continue;
        filter_chain_free(chain);
        return false;
    }
    return true;
}

void filter_chain_free(FilterChain *chain) {
    for (lzma_filter *f = chain->filters; f->id != LZMA_VLI_UNKNOWN; f++) free(f->options);
    chain->filters[0].id = LZMA_VLI_UNKNOWN;
}

/* --- Properties: a filter's options as they stand in a file ----------------------------------------------------- */

Value lzma_encode_filter_properties(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    lzma_filter filter;
    uint32_t size;
    if (!filter_parse(t, args[0], &filter)) return VNULL;
    Value result = VNULL;
    if (!lzma_raise(t, lzma_properties_size(&size, &filter))) {
        result = bytes_new(t, NULL, size);
        if (!is_null(result) && lzma_raise(t, lzma_properties_encode(&filter, (uint8_t *)V_AS(Bytes, result)->data))) slot_clear(t, &result);
    }
    free(filter.options);
    return result;
}

static bool spec_set(Thread *t, Value spec, const char *key, uint64_t number) {
    Value value = int_from_u64(t, number);
    bool done = !is_null(value) && dict_set_cstr(t, spec, key, value);
    decref_maybe(t, value);
    return done;
}

static bool spec_fill(Thread *t, Value spec, const lzma_filter *filter) {
    if (!spec_set(t, spec, "id", filter->id)) return false;
    const lzma_options_lzma *lzma = filter->options;
    const lzma_options_delta *delta = filter->options;
    const lzma_options_bcj *bcj = filter->options;
    switch (filter->id) {
    case LZMA_FILTER_LZMA1:
        return spec_set(t, spec, "lc", lzma->lc) && spec_set(t, spec, "lp", lzma->lp) && spec_set(t, spec, "pb", lzma->pb) &&
               spec_set(t, spec, "dict_size", lzma->dict_size);
    case LZMA_FILTER_LZMA2: return spec_set(t, spec, "dict_size", lzma->dict_size);
    case LZMA_FILTER_DELTA: return spec_set(t, spec, "dist", delta->dist);
    default:
        if (kind_of(filter->id) != &kind_bcj) return err_fail(t, T_ValueError, "Invalid filter ID: %lu", (unsigned long)filter->id);
        return bcj == NULL || spec_set(t, spec, "start_offset", bcj->start_offset);
    }
}

Value lzma_decode_filter_properties(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    lzma_filter filter = {0};
    Buffer view;
    if (!lzma_unsigned(t, args[0], "lzma_vli", UINT64_MAX, &filter.id) || !buffer_get(t, args[1], &view, BUF_SIMPLE)) return VNULL;
    lzma_ret result = lzma_properties_decode(&filter, NULL, (const uint8_t *)view.data, (size_t)view.length);
    buffer_release(t, &view);
    if (lzma_raise(t, result)) return VNULL;
    Value spec = dict_new(t);
    if (!is_null(spec) && !spec_fill(t, spec, &filter)) slot_clear(t, &spec);
    free(filter.options);
    return spec;
}
