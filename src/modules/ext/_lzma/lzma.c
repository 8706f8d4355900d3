/* The module _lzma: its errors, functions and constants. */
#include "modules/ext/_lzma/lzma_priv.h"

Value lzma_error(Thread *t, const char *format, unsigned value) { return err_raise_type(t, V_AS(Type, LZMA_STATE(t)->error), format, value); }

bool lzma_raise(Thread *t, lzma_ret result) {
    switch (result) {
    case LZMA_OK: case LZMA_GET_CHECK: case LZMA_NO_CHECK: case LZMA_STREAM_END: return false;
    case LZMA_MEM_ERROR: err_no_memory(t); break;
    case LZMA_UNSUPPORTED_CHECK: lzma_error(t, "Unsupported integrity check", 0); break;
    case LZMA_MEMLIMIT_ERROR: lzma_error(t, "Memory usage limit exceeded", 0); break;
    case LZMA_FORMAT_ERROR: lzma_error(t, "Input format not supported by decoder", 0); break;
    case LZMA_OPTIONS_ERROR: lzma_error(t, "Invalid or unsupported options", 0); break;
    case LZMA_DATA_ERROR: lzma_error(t, "Corrupt input data", 0); break;
    case LZMA_BUF_ERROR: lzma_error(t, "Insufficient buffer space", 0); break;
    case LZMA_PROG_ERROR: lzma_error(t, "Internal error", 0); break;
    default: lzma_error(t, "Unrecognized error from liblzma: %d", (unsigned)result); break;
    }
    return true;
}

static Value fn_is_check_supported(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t check;
    return arg_c_int(t, args[0], &check) ? v_bool(lzma_check_is_supported((lzma_check)check)) : VNULL;
}

static const MethodDef functions[] = {
    {"is_check_supported", "($module, check_id, /)", "Whether the library has that integrity check.", fn_is_check_supported},
    {"_encode_filter_properties", "($module, filter, /)", "A filter's options as bytes (not its id).", lzma_encode_filter_properties},
    {"_decode_filter_properties", "($module, filter_id, encoded_props, /)", "The filter specifier of such bytes.", lzma_decode_filter_properties},
    {NULL},
};

#define LZMA_NUMBER(name) {#name, LZMA_##name}
static const struct { const char *name; uint64_t value; } numbers[] = {
    {"FORMAT_AUTO", FORMAT_AUTO}, {"FORMAT_XZ", FORMAT_XZ}, {"FORMAT_ALONE", FORMAT_ALONE}, {"FORMAT_RAW", FORMAT_RAW},
    LZMA_NUMBER(CHECK_NONE), LZMA_NUMBER(CHECK_CRC32), LZMA_NUMBER(CHECK_CRC64), LZMA_NUMBER(CHECK_SHA256), LZMA_NUMBER(CHECK_ID_MAX),
    {"CHECK_UNKNOWN", CHECK_UNKNOWN},
    LZMA_NUMBER(FILTER_LZMA1), LZMA_NUMBER(FILTER_LZMA2), LZMA_NUMBER(FILTER_DELTA), LZMA_NUMBER(FILTER_X86), LZMA_NUMBER(FILTER_IA64),
    LZMA_NUMBER(FILTER_ARM), LZMA_NUMBER(FILTER_ARMTHUMB), LZMA_NUMBER(FILTER_SPARC), LZMA_NUMBER(FILTER_POWERPC),
    LZMA_NUMBER(MF_HC3), LZMA_NUMBER(MF_HC4), LZMA_NUMBER(MF_BT2), LZMA_NUMBER(MF_BT3), LZMA_NUMBER(MF_BT4),
    LZMA_NUMBER(MODE_FAST), LZMA_NUMBER(MODE_NORMAL), LZMA_NUMBER(PRESET_DEFAULT), LZMA_NUMBER(PRESET_EXTREME),
};

static bool add_error(Thread *t, Value module, LzmaState *state) {
    if (is_null(state->error)) {
        state->error = module_new_exception(t, "_lzma", "LZMAError", VNULL);
        Value doc = is_null(state->error) ? VNULL : str_from_cstr(t, "A call of the library failed.");
        bool done = !is_null(doc) && attr_set_cstr(t, state->error, "__doc__", doc);
        decref_maybe(t, doc);
        if (!done) return false;
    }
    return module_add(t, module, "LZMAError", new_ref(state->error));
}

static bool lzma_exec(Thread *t, Value module) {
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if (!module_add(t, module, numbers[i].name, int_from_u64(t, numbers[i].value))) return false;
    return add_error(t, module, LZMA_STATE(t)) && module_add_dynamic_type(t, module, &typedef_LZMACompressor, VNULL) != NULL &&
           module_add_dynamic_type(t, module, &typedef_LZMADecompressor, VNULL) != NULL;
}

const ModuleDef krait_module__lzma = {.name = "_lzma", .functions = functions, .state_size = sizeof(LzmaState), .exec = lzma_exec};
