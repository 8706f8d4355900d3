/* LZMACompressor and LZMADecompressor. */
#include "modules/ext/_lzma/lzma_priv.h"

static void load(lzma_stream *z, const CodecPieces *p) {
    z->next_in = (const uint8_t *)p->in;
    z->avail_in = p->in_left;
    z->next_out = (uint8_t *)p->out;
    z->avail_out = p->out_left;
}
static void store(const lzma_stream *z, CodecPieces *p) {
    p->in = (const char *)z->next_in;
    p->in_left = z->avail_in;
    p->out = (char *)z->next_out;
    p->out_left = z->avail_out;
}

/* --- LZMACompressor -------------------------------------------------------------------------------------------- */

typedef struct Compressor {
    Object head;
    pthread_mutex_t mutex;
    lzma_stream z;
    bool flushed;
} Compressor;

static bool open_xz(Thread *t, lzma_stream *z, lzma_check check, uint32_t preset, Value filters) {
    if (is_none(filters)) return !lzma_raise(t, lzma_easy_encoder(z, preset, check));
    FilterChain chain;
    if (!filter_chain_parse(t, filters, &chain)) return false;
    lzma_ret result = lzma_stream_encoder(z, chain.filters, check);
    filter_chain_free(&chain);
    return !lzma_raise(t, result);
}

static bool open_alone(Thread *t, lzma_stream *z, uint32_t preset, Value filters) {
    if (is_none(filters)) {
        lzma_options_lzma options;
        if (lzma_lzma_preset(&options, preset)) return lzma_error(t, "Invalid compression preset: %u", preset), false;
        return !lzma_raise(t, lzma_alone_encoder(z, &options));
    }
    FilterChain chain;
    if (!filter_chain_parse(t, filters, &chain)) return false;
    bool fits = chain.filters[0].id == LZMA_FILTER_LZMA1 && chain.filters[1].id == LZMA_VLI_UNKNOWN;
    lzma_ret result = fits ? lzma_alone_encoder(z, chain.filters[0].options) : LZMA_OK;
    filter_chain_free(&chain);
    if (!fits) return err_fail(t, T_ValueError, "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter");
    return !lzma_raise(t, result);
}

static bool open_raw(Thread *t, lzma_stream *z, Value filters, lzma_ret (*coder)(lzma_stream *, const lzma_filter *)) {
    FilterChain chain;
    if (!filter_chain_parse(t, filters, &chain)) return false;
    lzma_ret result = coder(z, chain.filters);
    filter_chain_free(&chain);
    return !lzma_raise(t, result);
}

static bool compressor_open(Thread *t, lzma_stream *z, Value *given) {
    int32_t format = FORMAT_XZ, check = -1;
    uint64_t preset = LZMA_PRESET_DEFAULT;
    Value filters = is_null(given[3]) ? V_NONE : given[3];
    bool has_preset = !is_null(given[2]) && !is_none(given[2]);
    if ((!is_null(given[0]) && !arg_c_int(t, given[0], &format)) || (!is_null(given[1]) && !arg_c_int(t, given[1], &check))) return false;
    if (has_preset && !is_none(filters)) return err_fail(t, T_ValueError, "Cannot specify both preset and filter chain");
    if (has_preset && !lzma_unsigned(t, given[2], "uint32_t", UINT32_MAX, &preset)) return false;
    if (format != FORMAT_XZ && check != -1 && check != LZMA_CHECK_NONE)
        return err_fail(t, T_ValueError, "Integrity checks are only supported by FORMAT_XZ");
    switch (format) {
    case FORMAT_XZ: return open_xz(t, z, check == -1 ? LZMA_CHECK_CRC64 : (lzma_check)check, (uint32_t)preset, filters);
    case FORMAT_ALONE: return open_alone(t, z, (uint32_t)preset, filters);
    case FORMAT_RAW:
        if (is_none(filters)) return err_fail(t, T_ValueError, "Must specify filters for FORMAT_RAW");
        return open_raw(t, z, filters, lzma_raw_encoder);
    default: return err_fail(t, T_ValueError, "Invalid container format: %d", format);
    }
}

static Value compressor_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value given[4];
    if (!call_bind_signature(t, "LZMACompressor", "(format=FORMAT_XZ, check=-1, preset=None, filters=None)", args, nargs, kwnames, given)) return VNULL;
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    if (compressor_open(t, &V_AS(Compressor, v)->z, given)) return object_done(t, v);
    decref(t, v);
    return VNULL;
}

static void compressor_destroy(Thread *t, Object *self) { lzma_end(&((Compressor *)self)->z); }

static Value compress_locked(Thread *t, Compressor *c, const char *data, size_t n, lzma_action action) {
    OutputBuffer out;
    if (!output_begin(t, &out, action == LZMA_FINISH ? 8192 : (int64_t)n / 4, -1)) return VNULL;
    CodecPieces p = {.in = data, .in_left = n};
    for (;;) {
        p.out = output_at(&out);
        p.out_left = output_room(&out);
        load(&c->z, &p);
        lzma_ret result;
        bool is_long = action == LZMA_FINISH || codec_is_long(p.in_left, 0);
        if (is_long) ALLOW_THREADS(t, result = lzma_code(&c->z, action));
        else result = lzma_code(&c->z, action);
        store(&c->z, &p);
        out.used += p.out - output_at(&out);
        if (result == LZMA_BUF_ERROR && p.in_left == 0 && p.out_left > 0) result = LZMA_OK; /* nothing was to be done */
        if (lzma_raise(t, result)) goto fail;
        if (result == LZMA_STREAM_END || (action == LZMA_RUN && p.in_left == 0)) break;
        if (p.out_left == 0 && !output_grow(t, &out)) goto fail;
    }
    return output_finish(t, &out);
fail:
    output_drop(t, &out);
    return VNULL;
}

static Value m_compress(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Compressor *c = V_AS(Compressor, args[0]);
    Buffer view;
    if (!buffer_get(t, args[1], &view, BUF_SIMPLE)) return VNULL;
    object_lock(t, &c->mutex);
    Value result = c->flushed ? err_raise(t, T_ValueError, "Compressor has been flushed")
                              : compress_locked(t, c, view.data, (size_t)view.length, LZMA_RUN);
    object_unlock(&c->mutex);
    buffer_release(t, &view);
    return result;
}

static Value m_flush(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Compressor *c = V_AS(Compressor, args[0]);
    Value result;
    object_lock(t, &c->mutex);
    if (c->flushed) {
        result = err_raise(t, T_ValueError, "Repeated call to flush()");
    } else {
        c->flushed = true;
        result = compress_locked(t, c, NULL, 0, LZMA_FINISH);
    }
    object_unlock(&c->mutex);
    return result;
}

static const MethodDef compressor_methods[] = {
    {"compress", "($self, data, /)", "Take more data; answers what is ready of its compressed form.", m_compress},
    {"flush", "($self, /)", "The end of the stream: what was not answered before.", m_flush},
    {NULL},
};

const TypeDef typedef_LZMACompressor = {
    .name = "_lzma.LZMACompressor",
    .doc = "LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)\n\n"
           "Compresses data that is given in pieces, with the settings of a preset or by a chain of filters.",
    .flags = TF_IMMUTABLE,
    .size = sizeof(Compressor),
    .methods = compressor_methods,
    .slots = {.new = compressor_new, .destroy = compressor_destroy},
};

/* --- LZMADecompressor -------------------------------------------------------------------------------------------- */

typedef struct LzmaDecompressor {
    Decompressor common;
    lzma_stream z;
    int32_t check; /* of the stream, as far as it is known */
} LzmaDecompressor;

static bool decompressor_open(Thread *t, LzmaDecompressor *d, Value *given) {
    const uint32_t flags = LZMA_TELL_ANY_CHECK | LZMA_TELL_NO_CHECK;
    int32_t format = FORMAT_AUTO;
    uint64_t limit = UINT64_MAX;
    bool has_limit = !is_null(given[1]) && !is_none(given[1]), has_filters = !is_null(given[2]) && !is_none(given[2]);
    if (!is_null(given[0]) && !arg_c_int(t, given[0], &format)) return false;
    if (has_limit && format == FORMAT_RAW) return err_fail(t, T_ValueError, "Cannot specify memory limit with FORMAT_RAW");
    if (has_limit && !lzma_unsigned(t, given[1], "uint64_t", UINT64_MAX, &limit)) return false;
    if (format == FORMAT_RAW && !has_filters) return err_fail(t, T_ValueError, "Must specify filters for FORMAT_RAW");
    if (format != FORMAT_RAW && has_filters) return err_fail(t, T_ValueError, "Cannot specify filters except with FORMAT_RAW");
    d->check = CHECK_UNKNOWN;
    switch (format) {
    case FORMAT_AUTO: return !lzma_raise(t, lzma_auto_decoder(&d->z, limit, flags));
    case FORMAT_XZ: return !lzma_raise(t, lzma_stream_decoder(&d->z, limit, flags));
    case FORMAT_ALONE: d->check = LZMA_CHECK_NONE; return !lzma_raise(t, lzma_alone_decoder(&d->z, limit));
    case FORMAT_RAW: d->check = LZMA_CHECK_NONE; return open_raw(t, &d->z, given[2], lzma_raw_decoder);
    default: return err_fail(t, T_ValueError, "Invalid container format: %d", format);
    }
}

static Value lzma_decompressor_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value given[3];
    if (!call_bind_signature(t, "LZMADecompressor", "(format=FORMAT_AUTO, memlimit=None, filters=None)", args, nargs, kwnames, given)) return VNULL;
    Value v = decompressor_new(t, type);
    if (is_null(v)) return v;
    if (decompressor_open(t, V_AS(LzmaDecompressor, v), given)) return object_done(t, v);
    decref(t, v);
    return VNULL;
}

static void lzma_decompressor_destroy(Thread *t, Object *self) { lzma_end(&((LzmaDecompressor *)self)->z); }

static DecompressStep step(Thread *t, Decompressor *common, CodecPieces *p) {
    LzmaDecompressor *d = (LzmaDecompressor *)common;
    lzma_ret result;
    load(&d->z, p);
    CODEC_CALL(t, p, result = lzma_code(&d->z, LZMA_RUN));
    store(&d->z, p);
    switch (result) {
    case LZMA_GET_CHECK: case LZMA_NO_CHECK: d->check = (int32_t)lzma_get_check(&d->z); return STEP_MORE;
    case LZMA_STREAM_END: return STEP_END;
    case LZMA_BUF_ERROR: /* no progress: for want of input or of room, which is no error here */
        if (p->in_left == 0 || p->out_left == 0) return STEP_MORE;
        break;
    default: break;
    }
    return lzma_raise(t, result) ? STEP_FAILED : STEP_MORE;
}

static Value m_decompress(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return decompressor_run(t, args, step, "Already at end of stream"); }

static const MethodDef decompressor_methods[] = {
    {"decompress", "($self, /, data, max_length=-1)", "The decompressed form of data; at most max_length bytes unless that is negative.", m_decompress},
    {NULL},
};
static const MemberDef decompressor_members[] = {
    DECOMPRESSOR_MEMBERS,
    DECOMPRESSOR_UNUSED_DATA,
    {"check", MK_INT32, MEMBER_READONLY, offsetof(LzmaDecompressor, check), "The kind of integrity check (CHECK_UNKNOWN until it was read)."},
    {NULL},
};
static const Field decompressor_fields[] = {DECOMPRESSOR_FIELDS};

const TypeDef typedef_LZMADecompressor = {
    .name = "_lzma.LZMADecompressor",
    .doc = "Decompresses a stream that is given in pieces.",
    .signature = "(format=FORMAT_AUTO, memlimit=None, filters=None)",
    .flags = TF_IMMUTABLE,
    .size = sizeof(LzmaDecompressor),
    FIELDS(decompressor_fields),
    .methods = decompressor_methods,
    .members = decompressor_members,
    .slots = {.new = lzma_decompressor_new, .destroy = lzma_decompressor_destroy},
};
