/* The module _bz2: compressors and decompressors of the bzip2 library. */
#include <bzlib.h>
#include <limits.h>

#include "modules/decompressor.h"


/* The exception for what a library call answered; false where that is no error. */
static bool raise_bz2(Thread *t, int result) {
    switch (result) {
    case BZ_OK: case BZ_RUN_OK: case BZ_FLUSH_OK: case BZ_FINISH_OK: case BZ_STREAM_END: return false;
    case BZ_CONFIG_ERROR: err_raise(t, T_SystemError, "libbzip2 was not compiled correctly"); break;
    case BZ_PARAM_ERROR: err_raise(t, T_ValueError, "Internal error - invalid parameters passed to libbzip2"); break;
    case BZ_MEM_ERROR: err_no_memory(t); break;
    case BZ_DATA_ERROR: case BZ_DATA_ERROR_MAGIC: err_raise(t, T_OSError, "Invalid data stream"); break;
    case BZ_IO_ERROR: err_raise(t, T_OSError, "Unknown I/O error"); break;
    case BZ_UNEXPECTED_EOF: err_raise(t, T_EOFError, "Compressed file ended before the logical end-of-stream was detected"); break;
    case BZ_SEQUENCE_ERROR: err_raise(t, T_RuntimeError, "Internal error - Invalid sequence of commands sent to libbzip2"); break;
    default: err_raise(t, T_OSError, "Unrecognized error from libbzip2: %d", result); break;
    }
    return true;
}

/* The library counts in 32 bits: pieces are given as far as it can count, and moved on by what it took. */
static unsigned part(size_t n) { return n > UINT_MAX ? UINT_MAX : (unsigned)n; }
static void load(bz_stream *z, const CodecPieces *p) {
    z->next_in = (char *)p->in;
    z->avail_in = part(p->in_left);
    z->next_out = p->out;
    z->avail_out = part(p->out_left);
}
static void store(const bz_stream *z, CodecPieces *p) {
    p->in_left -= (size_t)(z->next_in - p->in);
    p->in = z->next_in;
    p->out_left -= (size_t)(z->next_out - p->out);
    p->out = z->next_out;
}

/* --- BZ2Compressor ---------------------------------------------------------------------------------------- */

typedef struct Compressor {
    Object head;
    pthread_mutex_t mutex;
    bz_stream z;
    bool is_open, flushed;
} Compressor;

static Value compressor_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value given;
    int32_t level = 9;
    if (!call_bind_signature(t, "BZ2Compressor", "(compresslevel=9, /)", args, nargs, kwnames, &given)) return VNULL;
    if (!is_null(given) && !arg_c_int(t, given, &level)) return VNULL;
    if (level < 1 || level > 9) return err_raise(t, T_ValueError, "compresslevel must be between 1 and 9");
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    Compressor *c = V_AS(Compressor, v);
    int result = BZ2_bzCompressInit(&c->z, level, 0, 0);
    c->is_open = result == BZ_OK;
    if (!raise_bz2(t, result)) return object_done(t, v);
    decref(t, v);
    return VNULL;
}

static void compressor_destroy(Thread *t, Object *self) {
    Compressor *c = (Compressor *)self;
    if (c->is_open) BZ2_bzCompressEnd(&c->z);
}

static Value compress_locked(Thread *t, Compressor *c, const char *data, size_t n, int action) {
    OutputBuffer out;
    if (!output_begin(t, &out, action == BZ_FINISH ? 8192 : (int64_t)n / 4, -1)) return VNULL;
    CodecPieces p = {.in = data, .in_left = n};
    for (;;) {
        if (p.in_left == 0 && action == BZ_RUN) break;
        p.out = output_at(&out);
        p.out_left = output_room(&out);
        load(&c->z, &p);
        int result;
        CODEC_CALL(t, &p, result = BZ2_bzCompress(&c->z, c->z.avail_in < p.in_left ? BZ_RUN : action));
        store(&c->z, &p);
        out.used += p.out - output_at(&out);
        if (raise_bz2(t, result)) goto fail;
        if (result == BZ_STREAM_END) break;
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
                              : compress_locked(t, c, view.data, (size_t)view.length, BZ_RUN);
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
        result = compress_locked(t, c, NULL, 0, BZ_FINISH);
    }
    object_unlock(&c->mutex);
    return result;
}

static const MethodDef compressor_methods[] = {
    {"compress", "($self, data, /)", "Take more data; answers what is ready of its compressed form.", m_compress},
    {"flush", "($self, /)", "The end of the stream: what was not answered before.", m_flush},
    {NULL},
};
static const TypeDef typedef_compressor = {
    .name = "_bz2.BZ2Compressor",
    .doc = "Compresses data that is given in pieces.",
    .signature = "(compresslevel=9, /)",
    .flags = TF_IMMUTABLE,
    .size = sizeof(Compressor),
    .methods = compressor_methods,
    .slots = {.new = compressor_new, .destroy = compressor_destroy},
};

/* --- BZ2Decompressor ---------------------------------------------------------------------------------------- */

typedef struct Bz2Decompressor {
    Decompressor common;
    bz_stream z;
    bool is_open, is_broken; /* broken: the library must not go on after an error */
} Bz2Decompressor;

static Value bz2_decompressor_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "BZ2Decompressor", kwnames)) return VNULL;
    if (nargs > 0) return err_raise(t, T_TypeError, "BZ2Decompressor() takes no positional arguments");
    Value v = decompressor_new(t, type);
    if (is_null(v)) return v;
    Bz2Decompressor *d = V_AS(Bz2Decompressor, v);
    int result = BZ2_bzDecompressInit(&d->z, 0, 0);
    d->is_open = result == BZ_OK;
    if (!raise_bz2(t, result)) return object_done(t, v);
    decref(t, v);
    return VNULL;
}

static void bz2_decompressor_destroy(Thread *t, Object *self) {
    Bz2Decompressor *d = (Bz2Decompressor *)self;
    if (d->is_open) BZ2_bzDecompressEnd(&d->z);
}

static DecompressStep step(Thread *t, Decompressor *common, CodecPieces *p) {
    Bz2Decompressor *d = (Bz2Decompressor *)common;
    int result;
    if (d->is_broken) {
        err_raise(t, T_ValueError, "Decompressor is unusable after a previous error");
        return STEP_FAILED;
    }
    load(&d->z, p);
    CODEC_CALL(t, p, result = BZ2_bzDecompress(&d->z));
    store(&d->z, p);
    if (raise_bz2(t, result)) {
        d->is_broken = true;
        common->needs_input = false;
        return STEP_FAILED;
    }
    return result == BZ_STREAM_END ? STEP_END : STEP_MORE;
}

static Value m_decompress(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return decompressor_run(t, args, step, "End of stream already reached"); }

static const MethodDef decompressor_methods[] = {
    {"decompress", "($self, /, data, max_length=-1)", "The decompressed form of data; at most max_length bytes unless that is negative.", m_decompress},
    {NULL},
};
static const MemberDef decompressor_members[] = {DECOMPRESSOR_MEMBERS, DECOMPRESSOR_UNUSED_DATA, {NULL}};
static const Field decompressor_fields[] = {DECOMPRESSOR_FIELDS};
static const TypeDef typedef_decompressor = {
    .name = "_bz2.BZ2Decompressor",
    .doc = "Decompresses a stream that is given in pieces.",
    .signature = "()",
    .flags = TF_IMMUTABLE,
    .size = sizeof(Bz2Decompressor),
    FIELDS(decompressor_fields),
    .methods = decompressor_methods,
    .members = decompressor_members,
    .slots = {.new = bz2_decompressor_new, .destroy = bz2_decompressor_destroy},
};

/* --- The module ---------------------------------------------------------------------------------------------- */

static bool bz2_exec(Thread *t, Value module) {
    return module_add_dynamic_type(t, module, &typedef_compressor, VNULL) != NULL && module_add_dynamic_type(t, module, &typedef_decompressor, VNULL) != NULL;
}

const ModuleDef krait_module__bz2 = {.name = "_bz2", .exec = bz2_exec};
