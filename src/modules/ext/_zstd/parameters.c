/* Parameters of compression and decompression: their names and ranges, and dicts of options. */
#include "modules/ext/_zstd/zstd_priv.h"

typedef struct ParameterName {
    int parameter;
    const char *name;
} ParameterName;
static const ParameterName compression_names[] = {
    {ZSTD_c_compressionLevel, "compression_level"},
    {ZSTD_c_windowLog, "window_log"},
    {ZSTD_c_hashLog, "hash_log"},
    {ZSTD_c_chainLog, "chain_log"},
    {ZSTD_c_searchLog, "search_log"},
    {ZSTD_c_minMatch, "min_match"},
    {ZSTD_c_targetLength, "target_length"},
    {ZSTD_c_strategy, "strategy"},
    {ZSTD_c_enableLongDistanceMatching, "enable_long_distance_matching"},
    {ZSTD_c_ldmHashLog, "ldm_hash_log"},
    {ZSTD_c_ldmMinMatch, "ldm_min_match"},
    {ZSTD_c_ldmBucketSizeLog, "ldm_bucket_size_log"},
    {ZSTD_c_ldmHashRateLog, "ldm_hash_rate_log"},
    {ZSTD_c_contentSizeFlag, "content_size_flag"},
    {ZSTD_c_checksumFlag, "checksum_flag"},
    {ZSTD_c_dictIDFlag, "dict_id_flag"},
    {ZSTD_c_nbWorkers, "nb_workers"},
    {ZSTD_c_jobSize, "job_size"},
    {ZSTD_c_overlapLog, "overlap_log"},
};

static const char *compression_name(int parameter) {
    for (size_t i = 0; i < COUNT_OF(compression_names); i++)
        if (compression_names[i].parameter == parameter) return compression_names[i].name;
    return NULL;
}
static const char *decompression_name(int parameter) { return parameter == ZSTD_d_windowLogMax ? "window_log_max" : NULL; }

static ZSTD_bounds compression_bounds(int parameter) { return ZSTD_cParam_getBounds((ZSTD_cParameter)parameter); }
static ZSTD_bounds decompression_bounds(int parameter) { return ZSTD_dParam_getBounds((ZSTD_dParameter)parameter); }

const ZstdSide zstd_compression = {"compression", "DecompressionParameter", compression_bounds, compression_name};
const ZstdSide zstd_decompression = {"decompression", "CompressionParameter", decompression_bounds, decompression_name};

Value zstd_parameter_error(Thread *t, const ZstdSide *side, int parameter, int value) {
    ZSTD_bounds bounds = side->bounds(parameter);
    char unknown[48];
    const char *name = side->name(parameter);
    if (name == NULL) {
        snprintf(unknown, sizeof unknown, "unknown parameter (key %d)", parameter);
        name = unknown;
    }
    if (ZSTD_isError(bounds.error)) return err_raise(t, T_ValueError, "invalid %s parameter '%s'", side->noun, name);
    if (side == &zstd_compression && parameter == ZSTD_c_compressionLevel)
        return err_raise(t, T_ValueError, "illegal compression level %d; the valid range is [%d, %d]", value, bounds.lowerBound, bounds.upperBound);
    return err_raise(t, T_ValueError, "%s parameter '%s' received an illegal value %d; the valid range is [%d, %d]", side->noun, name, value,
                     bounds.lowerBound, bounds.upperBound);
}

bool zstd_options_each(Thread *t, const ZstdSide *side, Value options, bool (*set)(Thread *t, void *context, int parameter, int value), void *context) {
    const ZstdState *state = ZSTD_STATE(t);
    Value foreign = side == &zstd_compression ? state->decompression_keys : state->compression_keys;
    Value copy = dict_copy(t, options), key, value; /* converting a number may run Python code */
    bool good = !is_null(copy);
    uint32_t at = 0;
    while (good && dict_next(copy, &at, &key, &value)) {
        int32_t parameter, number;
        if (!is_null(foreign) && same(v_from(type_of(t, key)), foreign))
            good = err_fail(t, T_TypeError, "%s options dictionary key must not be a %s attribute", side->noun, side->other_enum);
        else good = arg_c_int(t, key, &parameter) && arg_c_int(t, value, &number) && set(t, context, parameter, number);
    }
    decref_maybe(t, copy);
    return good;
}

Value zstd_get_param_bounds(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t parameter;
    bool is_compress;
    if (!arg_c_int(t, args[0], &parameter) || !arg_bool(t, args[1], &is_compress)) return VNULL;
    const ZstdSide *side = is_compress ? &zstd_compression : &zstd_decompression;
    ZSTD_bounds bounds = side->bounds(parameter);
    if (ZSTD_isError(bounds.error))
        return zstd_error(t, "Unable to get zstd %s parameter bounds: %s", side->noun, ZSTD_getErrorName(bounds.error));
    Value both[2] = {v_smallint(bounds.lowerBound), v_smallint(bounds.upperBound)};
    return tuple_take(t, both, 2);
}

static bool check_type(Thread *t, Value v, const char *argument) {
    return is_type(t, v) || err_fail(t, T_TypeError, "set_parameter_types() argument '%s' must be type, not %T", argument, v);
}
Value zstd_set_parameter_types(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    ZstdState *state = ZSTD_STATE(t);
    if (!check_type(t, args[0], "c_parameter_type") || !check_type(t, args[1], "d_parameter_type")) return VNULL;
    slot_set(t, &state->compression_keys, new_ref(args[0]));
    slot_set(t, &state->decompression_keys, new_ref(args[1]));
    return V_NONE;
}
