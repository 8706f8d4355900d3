/* The module _zstd: its errors, functions about frames, and constants. */
#include "modules/ext/_zstd/zstd_priv.h"

Value zstd_error(Thread *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    err_raise_va(t, V_AS(Type, ZSTD_STATE(t)->error), format, args);
    va_end(args);
    return VNULL;
}

static Value fn_get_frame_info(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Buffer view;
    if (!buffer_get(t, args[0], &view, BUF_SIMPLE)) return VNULL;
    unsigned long long size = ZSTD_getFrameContentSize(view.data, (size_t)view.length);
    unsigned id = ZSTD_getDictID_fromFrame(view.data, (size_t)view.length);
    buffer_release(t, &view);
    if (size == ZSTD_CONTENTSIZE_ERROR)
        return zstd_error(t, "Error when getting information from the header of a Zstandard frame. Ensure the frame_buffer argument starts "
                             "from the beginning of a frame, and its length is not less than the frame header (6~18 bytes).");
    Value both[2] = {size == ZSTD_CONTENTSIZE_UNKNOWN ? V_NONE : int_from_u64(t, size), v_smallint(id)};
    return tuple_take(t, both, 2);
}

static Value fn_get_frame_size(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Buffer view;
    if (!buffer_get(t, args[0], &view, BUF_SIMPLE)) return VNULL;
    size_t size = ZSTD_findFrameCompressedSize(view.data, (size_t)view.length);
    buffer_release(t, &view);
    if (!ZSTD_isError(size)) return int_from_u64(t, size);
    return zstd_error(t, "Error when finding the compressed size of a Zstandard frame. Ensure the frame_buffer argument starts from the "
                         "beginning of a frame, and its length is not less than this complete frame. Zstd error message: %s.",
                      ZSTD_getErrorName(size));
}

static const MethodDef functions[] = {
    {"train_dict", "($module, samples_bytes, samples_sizes, dict_size, /)", "A dictionary's content, trained on samples.", zstd_train_dict},
    {"finalize_dict", "($module, custom_dict_bytes, samples_bytes, samples_sizes, dict_size, compression_level, /)",
     "A dictionary made of given content and samples.", zstd_finalize_dict},
    {"get_param_bounds", "($module, /, parameter, is_compress)", "The range of a parameter: (lowest, highest).", zstd_get_param_bounds},
    {"get_frame_size", "($module, /, frame_buffer)", "The compressed size of the frame at the start of a buffer.", fn_get_frame_size},
    {"get_frame_info", "($module, /, frame_buffer)", "(size of the content or None, dictionary id) of a frame.", fn_get_frame_info},
    {"set_parameter_types", "($module, /, c_parameter_type, d_parameter_type)", "Tell the module the two enums of parameters.", zstd_set_parameter_types},
    {NULL},
};

#define NUMBER(name) {#name, name}
static const struct { const char *name; int value; } numbers[] = {
    NUMBER(ZSTD_c_compressionLevel), NUMBER(ZSTD_c_windowLog), NUMBER(ZSTD_c_hashLog), NUMBER(ZSTD_c_chainLog), NUMBER(ZSTD_c_searchLog),
    NUMBER(ZSTD_c_minMatch), NUMBER(ZSTD_c_targetLength), NUMBER(ZSTD_c_strategy), NUMBER(ZSTD_c_enableLongDistanceMatching),
    NUMBER(ZSTD_c_ldmHashLog), NUMBER(ZSTD_c_ldmMinMatch), NUMBER(ZSTD_c_ldmBucketSizeLog), NUMBER(ZSTD_c_ldmHashRateLog),
    NUMBER(ZSTD_c_contentSizeFlag), NUMBER(ZSTD_c_checksumFlag), NUMBER(ZSTD_c_dictIDFlag), NUMBER(ZSTD_c_nbWorkers), NUMBER(ZSTD_c_jobSize),
    NUMBER(ZSTD_c_overlapLog), NUMBER(ZSTD_d_windowLogMax),
    NUMBER(ZSTD_fast), NUMBER(ZSTD_dfast), NUMBER(ZSTD_greedy), NUMBER(ZSTD_lazy), NUMBER(ZSTD_lazy2), NUMBER(ZSTD_btlazy2), NUMBER(ZSTD_btopt),
    NUMBER(ZSTD_btultra), NUMBER(ZSTD_btultra2), NUMBER(ZSTD_CLEVEL_DEFAULT),
};

static bool add_error(Thread *t, Value module, ZstdState *state) {
    if (is_null(state->error)) {
        state->error = module_new_exception(t, "compression.zstd", "ZstdError", VNULL);
        Value doc = is_null(state->error) ? VNULL : str_from_cstr(t, "An error of the zstd library.");
        bool done = !is_null(doc) && attr_set_cstr(t, state->error, "__doc__", doc);
        decref_maybe(t, doc);
        if (!done) return false;
    }
    return module_add(t, module, "ZstdError", new_ref(state->error));
}

/* Copies of the module share the types: a dictionary of one serves the compressors of all. */
static bool add_types(Thread *t, Value module, ZstdState *state) {
    if (state->dict_type != NULL)
        return module_add(t, module, "ZstdDict", ref_of(state->dict_type)) && module_add(t, module, "ZstdCompressor", ref_of(state->compressor_type)) &&
               module_add(t, module, "ZstdDecompressor", ref_of(state->decompressor_type));
    state->compressor_type = module_add_dynamic_type(t, module, &typedef_ZstdCompressor, VNULL);
    state->decompressor_type = module_add_dynamic_type(t, module, &typedef_ZstdDecompressor, VNULL);
    state->dict_type = module_add_dynamic_type(t, module, &typedef_ZstdDict, VNULL);
    return state->compressor_type != NULL && state->decompressor_type != NULL && state->dict_type != NULL;
}

static bool zstd_exec(Thread *t, Value module) {
    ZstdState *state = ZSTD_STATE(t);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if (!module_add_int(t, module, numbers[i].name, numbers[i].value)) return false;
    return module_add_int(t, module, "ZSTD_DStreamOutSize", (int64_t)ZSTD_DStreamOutSize()) && module_add_cstr(t, module, "zstd_version", ZSTD_versionString()) &&
           module_add_int(t, module, "zstd_version_number", ZSTD_versionNumber()) && add_error(t, module, state) && add_types(t, module, state);
}

const ModuleDef krait_module__zstd = {
    .name = "_zstd",
    .doc = "Zstandard for the module compression.zstd.",
    .functions = functions,
    .state_size = sizeof(ZstdState),
    .exec = zstd_exec,
};
