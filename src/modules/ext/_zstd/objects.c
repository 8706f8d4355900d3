/* ZstdCompressor and ZstdDecompressor. */
#include "modules/ext/_zstd/zstd_priv.h"

/* --- ZstdCompressor -------------------------------------------------------------------------------------------- */

typedef struct Compressor {
    Object head;
    pthread_mutex_t mutex;
    ZSTD_CCtx *context;
    Value dict;        /* the ZstdDict in use, VNULL: none */
    int level;
    int32_t last_mode; /* ZSTD_EndDirective of the last call */
} Compressor;

static bool set_parameter(Thread *t, void *context, int parameter, int value) {
    Compressor *c = context;
    if (parameter == ZSTD_c_compressionLevel) {
        ZSTD_bounds bounds = ZSTD_cParam_getBounds(ZSTD_c_compressionLevel);
        if (value < bounds.lowerBound || value > bounds.upperBound) return zstd_parameter_error(t, &zstd_compression, parameter, value), false;
        c->level = value;
    }
    size_t result = ZSTD_CCtx_setParameter(c->context, (ZSTD_cParameter)parameter, value);
    return !ZSTD_isError(result) || (zstd_parameter_error(t, &zstd_compression, parameter, value), false);
}

static bool set_level(Thread *t, Compressor *c, Value level) {
    int32_t number;
    if (!is_int(t, level)) return err_fail(t, T_TypeError, "invalid type for level, expected int");
    if (int_to_i32(t, level, &number)) return set_parameter(t, c, ZSTD_c_compressionLevel, number);
    err_clear(t);
    ZSTD_bounds bounds = ZSTD_cParam_getBounds(ZSTD_c_compressionLevel);
    return err_fail(t, T_ValueError, "illegal compression level; the valid range is [%d, %d]", bounds.lowerBound, bounds.upperBound);
}

static bool set_compression_dict(Thread *t, Compressor *c, Value v) {
    ZstdDict *dict;
    enum DictUse use;
    if (!zstd_dict_argument(t, v, DICT_UNDIGESTED, &dict, &use)) return false;
    const Bytes *content = V_AS(Bytes, dict->content);
    size_t result;
    if (use == DICT_DIGESTED) {
        ZSTD_CDict *digested = zstd_dict_for_level(t, dict, c->level);
        if (digested == NULL) return false;
        result = ZSTD_CCtx_refCDict(c->context, digested);
    } else if (use == DICT_UNDIGESTED) {
        result = ZSTD_CCtx_loadDictionary(c->context, content->data, (size_t)content->length);
    } else {
        result = ZSTD_CCtx_refPrefix(c->context, content->data, (size_t)content->length);
    }
    if (ZSTD_isError(result)) return zstd_error(t, "Unable to load Zstandard dictionary or prefix for compression: %s", ZSTD_getErrorName(result)), false;
    c->dict = ref_of(dict);
    return true;
}

static bool compressor_set_up(Thread *t, Compressor *c, Value level, Value options, Value dict) {
    c->last_mode = ZSTD_e_end;
    c->level = ZSTD_CLEVEL_DEFAULT;
    c->context = ZSTD_createCCtx();
    if (c->context == NULL) return zstd_error(t, "Unable to create ZSTD_CCtx instance."), false;
    if (!is_none(level) && !is_none(options)) return err_fail(t, T_TypeError, "Only one of level or options should be used.");
    if (!is_none(level) && !set_level(t, c, level)) return false;
    if (!is_none(options)) {
        if (!is_dict(t, options)) return err_fail(t, T_TypeError, "ZstdCompressor() argument 'options' must be dict, not %T", options);
        if (!zstd_options_each(t, &zstd_compression, options, set_parameter, c)) return false;
    }
    return is_none(dict) || set_compression_dict(t, c, dict);
}

static inline Value or_none(Value v) { return is_null(v) ? V_NONE : v; }

static Value compressor_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value given[3];
    if (!call_bind_signature(t, "ZstdCompressor", "(level=None, options=None, zstd_dict=None)", args, nargs, kwnames, given)) return VNULL;
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    if (compressor_set_up(t, V_AS(Compressor, v), or_none(given[0]), or_none(given[1]), or_none(given[2]))) return object_done(t, v);
    decref(t, v);
    return VNULL;
}

static void compressor_destroy(Thread *t, Object *self) { ZSTD_freeCCtx(((Compressor *)self)->context); }

static Value compress_locked(Thread *t, Compressor *c, const char *data, size_t n, ZSTD_EndDirective mode) {
    OutputBuffer out;
    if (!output_begin(t, &out, mode == ZSTD_e_continue ? (int64_t)n / 4 : (int64_t)n / 2 + 1024, -1)) return VNULL;
    ZSTD_inBuffer in = {data, n, 0};
    for (;;) {
        ZSTD_outBuffer room = {output_at(&out), output_room(&out), 0};
        size_t result;
        bool is_long = mode != ZSTD_e_continue || codec_is_long(n - in.pos, 0);
        if (is_long) ALLOW_THREADS(t, result = ZSTD_compressStream2(c->context, &room, &in, mode));
        else result = ZSTD_compressStream2(c->context, &room, &in, mode);
        out.used += (int64_t)room.pos;
        if (ZSTD_isError(result)) {
            ZSTD_CCtx_reset(c->context, ZSTD_reset_session_only);
            c->last_mode = ZSTD_e_end;
            zstd_error(t, "Unable to compress Zstandard data: %s", ZSTD_getErrorName(result));
            break;
        }
        if (mode == ZSTD_e_continue ? in.pos == in.size : result == 0) {
            c->last_mode = mode;
            return output_finish(t, &out);
        }
        if (room.pos == room.size && !output_grow(t, &out)) break;
    }
    output_drop(t, &out);
    return VNULL;
}

static Value compress(Thread *t, Compressor *c, const char *data, size_t n, int mode) {
    object_lock(t, &c->mutex);
    Value result = compress_locked(t, c, data, n, (ZSTD_EndDirective)mode);
    object_unlock(&c->mutex);
    return result;
}

static Value m_compress(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t mode = ZSTD_e_continue;
    Buffer view;
    if (!buffer_get(t, args[1], &view, BUF_SIMPLE)) return VNULL;
    Value result = VNULL;
    if (is_null(args[2]) || arg_c_int(t, args[2], &mode)) {
        if (mode < ZSTD_e_continue || mode > ZSTD_e_end)
            err_raise(t, T_ValueError, "mode argument wrong value, it should be one of ZstdCompressor.CONTINUE, "
                                       "ZstdCompressor.FLUSH_BLOCK, ZstdCompressor.FLUSH_FRAME.");
        else result = compress(t, V_AS(Compressor, args[0]), view.data, (size_t)view.length, mode);
    }
    buffer_release(t, &view);
    return result;
}

static Value m_flush(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t mode = ZSTD_e_end;
    if (!is_null(args[1]) && !arg_c_int(t, args[1], &mode)) return VNULL;
    if (mode != ZSTD_e_flush && mode != ZSTD_e_end)
        return err_raise(t, T_ValueError, "mode argument wrong value, it should be ZstdCompressor.FLUSH_FRAME or ZstdCompressor.FLUSH_BLOCK.");
    return compress(t, V_AS(Compressor, args[0]), NULL, 0, mode);
}

/* The size of a frame's content, or that it is not known. */
static bool take_pledge(Thread *t, Value v, unsigned long long *size) {
    *size = ZSTD_CONTENTSIZE_UNKNOWN;
    if (is_none(v)) return true;
    if (!is_int(t, v)) return err_fail(t, T_TypeError, "an integer is required");
    uint64_t number;
    bool fits = int_to_u64(t, v, &number);
    if (!fits && !err_catch(t, T_OverflowError)) return false;
    if (!fits || number >= ZSTD_CONTENTSIZE_ERROR)
        return err_fail(t, T_ValueError, "size argument should be a positive int less than %lu", (unsigned long)ZSTD_CONTENTSIZE_ERROR);
    *size = number;
    return true;
}

static Value m_set_pledged_input_size(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Compressor *c = V_AS(Compressor, args[0]);
    unsigned long long size;
    if (!take_pledge(t, args[1], &size)) return VNULL;
    Value result = V_NONE;
    object_lock(t, &c->mutex);
    if (c->last_mode != ZSTD_e_end) {
        result = err_raise(t, T_ValueError, "set_pledged_input_size() method must be called when last_mode == FLUSH_FRAME");
    } else {
        size_t code = ZSTD_CCtx_setPledgedSrcSize(c->context, size);
        if (ZSTD_isError(code)) result = zstd_error(t, "Unable to set pledged uncompressed content size: %s", ZSTD_getErrorName(code));
    }
    object_unlock(&c->mutex);
    return result;
}

static bool compressor_ready(Thread *t, Type *type) {
    return dict_set_cstr(t, type->dict, "CONTINUE", v_smallint(ZSTD_e_continue)) && dict_set_cstr(t, type->dict, "FLUSH_BLOCK", v_smallint(ZSTD_e_flush)) &&
           dict_set_cstr(t, type->dict, "FLUSH_FRAME", v_smallint(ZSTD_e_end));
}

static const MethodDef compressor_methods[] = {
    {"compress", "($self, /, data, mode=ZstdCompressor.CONTINUE)", "Take more data; answers what is ready of its compressed form.", m_compress},
    {"flush", "($self, /, mode=ZstdCompressor.FLUSH_FRAME)", "End the block or the frame: what was not answered before.", m_flush},
    {"set_pledged_input_size", "($self, size, /)", "Tell the size of the next frame's content, which its header then holds; None: not known.", m_set_pledged_input_size},
    {NULL},
};
static const MemberDef compressor_members[] = {{"last_mode", MK_INT32, MEMBER_READONLY, offsetof(Compressor, last_mode), "The mode of the last call."}, {NULL}};
static const Field compressor_fields[] = {FIELD_VALUE(Compressor, dict)};

const TypeDef typedef_ZstdCompressor = {
    .name = "compression.zstd.ZstdCompressor",
    .doc = "Compresses data that is given in pieces.",
    .signature = "(level=None, options=None, zstd_dict=None)",
    .flags = TF_IMMUTABLE | TF_GC,
    .size = sizeof(Compressor),
    FIELDS(compressor_fields),
    .methods = compressor_methods,
    .members = compressor_members,
    .slots = {.new = compressor_new, .destroy = compressor_destroy},
    .ready = compressor_ready,
};

/* --- ZstdDecompressor -------------------------------------------------------------------------------------------- */

typedef struct ZstdDecompressor {
    Decompressor common;
    ZSTD_DCtx *context;
    Value dict; /* the ZstdDict in use, VNULL: none */
} ZstdDecompressor;

static bool set_decompression_parameter(Thread *t, void *context, int parameter, int value) {
    size_t result = ZSTD_DCtx_setParameter(((ZstdDecompressor *)context)->context, (ZSTD_dParameter)parameter, value);
    return !ZSTD_isError(result) || (zstd_parameter_error(t, &zstd_decompression, parameter, value), false);
}

static bool set_decompression_dict(Thread *t, ZstdDecompressor *d, Value v) {
    ZstdDict *dict;
    enum DictUse use;
    if (!zstd_dict_argument(t, v, DICT_DIGESTED, &dict, &use)) return false;
    const Bytes *content = V_AS(Bytes, dict->content);
    size_t result;
    if (use == DICT_DIGESTED) {
        ZSTD_DDict *digested = zstd_dict_for_decompression(t, dict);
        if (digested == NULL) return false;
        result = ZSTD_DCtx_refDDict(d->context, digested);
    } else if (use == DICT_UNDIGESTED) {
        result = ZSTD_DCtx_loadDictionary(d->context, content->data, (size_t)content->length);
    } else {
        result = ZSTD_DCtx_refPrefix(d->context, content->data, (size_t)content->length);
    }
    if (ZSTD_isError(result)) return zstd_error(t, "Unable to load Zstandard dictionary or prefix for decompression: %s", ZSTD_getErrorName(result)), false;
    d->dict = ref_of(dict);
    return true;
}

static bool decompressor_set_up(Thread *t, ZstdDecompressor *d, Value dict, Value options) {
    d->context = ZSTD_createDCtx();
    if (d->context == NULL) return zstd_error(t, "Unable to create ZSTD_DCtx instance."), false;
    if (!is_none(dict) && !set_decompression_dict(t, d, dict)) return false;
    if (is_none(options)) return true;
    if (!is_dict(t, options)) return err_fail(t, T_TypeError, "ZstdDecompressor() argument 'options' must be dict, not %T", options);
    return zstd_options_each(t, &zstd_decompression, options, set_decompression_parameter, d);
}

static Value zstd_decompressor_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value given[2];
    if (!call_bind_signature(t, "ZstdDecompressor", "(zstd_dict=None, options=None)", args, nargs, kwnames, given)) return VNULL;
    Value v = decompressor_new(t, type);
    if (is_null(v)) return v;
    if (decompressor_set_up(t, V_AS(ZstdDecompressor, v), or_none(given[0]), or_none(given[1]))) return object_done(t, v);
    decref(t, v);
    return VNULL;
}

static void zstd_decompressor_destroy(Thread *t, Object *self) { ZSTD_freeDCtx(((ZstdDecompressor *)self)->context); }

static DecompressStep step(Thread *t, Decompressor *common, CodecPieces *p) {
    ZstdDecompressor *d = (ZstdDecompressor *)common;
    ZSTD_inBuffer in = {p->in, p->in_left, 0};
    ZSTD_outBuffer out = {p->out, p->out_left, 0};
    size_t result;
    CODEC_CALL(t, p, result = ZSTD_decompressStream(d->context, &out, &in));
    p->in += in.pos;
    p->in_left -= in.pos;
    p->out += out.pos;
    p->out_left -= out.pos;
    if (!ZSTD_isError(result)) return result == 0 ? STEP_END : STEP_MORE;
    ZSTD_DCtx_reset(d->context, ZSTD_reset_session_only);
    zstd_error(t, "Unable to decompress Zstandard data: %s", ZSTD_getErrorName(result));
    return STEP_FAILED;
}

static Value m_decompress(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return decompressor_run(t, args, step, "Already at the end of a Zstandard frame."); }

static const MethodDef decompressor_methods[] = {
    {"decompress", "($self, /, data, max_length=-1)", "The decompressed form of data; at most max_length bytes unless that is negative.", m_decompress},
    {NULL},
};
static const MemberDef decompressor_members[] = {DECOMPRESSOR_MEMBERS, DECOMPRESSOR_UNUSED_DATA, {NULL}};
static const Field decompressor_fields[] = {DECOMPRESSOR_FIELDS, FIELD_VALUE(ZstdDecompressor, dict)};

const TypeDef typedef_ZstdDecompressor = {
    .name = "compression.zstd.ZstdDecompressor",
    .doc = "Decompresses a frame that is given in pieces.",
    .signature = "(zstd_dict=None, options=None)",
    .flags = TF_IMMUTABLE | TF_GC,
    .size = sizeof(ZstdDecompressor),
    FIELDS(decompressor_fields),
    .methods = decompressor_methods,
    .members = decompressor_members,
    .slots = {.new = zstd_decompressor_new, .destroy = zstd_decompressor_destroy},
};
