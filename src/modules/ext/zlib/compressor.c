/* zlib's Compress objects. */
#include "modules/ext/zlib/zlib_priv.h"

typedef struct Compressor {
    Object head;
    pthread_mutex_t mutex;
    z_stream z;
    bool is_open; /* the library holds memory for z */
} Compressor;

static Value raise_no_room(Thread *t) { return err_raise(t, T_MemoryError, "Can't allocate memory for compression object"); }

/* The preset dictionary; false: exception pending. */
static bool set_dictionary(Thread *t, z_stream *z, const Buffer *zdict) {
    if ((size_t)zdict->length > UINT_MAX) return err_fail(t, T_OverflowError, "zdict length does not fit in an unsigned int");
    switch (deflateSetDictionary(z, (const Bytef *)zdict->data, (uInt)zdict->length)) {
    case Z_OK: return true;
    case Z_STREAM_ERROR: return err_fail(t, T_ValueError, "Invalid dictionary");
    default: return err_fail(t, T_ValueError, "deflateSetDictionary()");
    }
}

static Value make(Thread *t, const int32_t *options, const Buffer *zdict) {
    Value v = object_new(t, builtin_type(t, T_zlib_Compress));
    if (is_null(v)) return v;
    Compressor *c = V_AS(Compressor, v);
    int result = deflateInit2(&c->z, options[0], options[1], options[2], options[3], options[4]);
    c->is_open = result == Z_OK;
    if (c->is_open ? zdict == NULL || set_dictionary(t, &c->z, zdict) : false) return object_done(t, v);
    if (result == Z_MEM_ERROR) raise_no_room(t);
    else if (result == Z_STREAM_ERROR) err_raise(t, T_ValueError, "Invalid initialization option");
    else if (result != Z_OK) zlib_error(t, &c->z, result, "while creating compression object");
    decref(t, v);
    return VNULL;
}

Value zlib_compressobj(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t options[5] = {Z_DEFAULT_COMPRESSION, DEFLATED, MAX_WBITS, DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY};
    for (int i = 0; i < 5; i++)
        if (!is_null(args[i]) && !arg_c_int(t, args[i], &options[i])) return VNULL;
    if (is_null(args[5])) return make(t, options, NULL);
    Buffer zdict;
    if (!buffer_get(t, args[5], &zdict, BUF_SIMPLE)) return VNULL;
    Value v = make(t, options, &zdict);
    buffer_release(t, &zdict);
    return v;
}

static void compressor_destroy(Thread *t, Object *self) {
    Compressor *c = (Compressor *)self;
    if (c->is_open) deflateEnd(&c->z);
}

/* --- Methods ------------------------------------------------------------------------------------------------- */

static Value compress_locked(Thread *t, Compressor *c, const Buffer *view) {
    OutputBuffer out;
    if (!output_begin(t, &out, view->length / 2, -1)) return VNULL;
    CodecPieces p = {.in = view->data, .in_left = (size_t)view->length};
    int result = zlib_run(t, &c->z, deflate, &p, &out, Z_NO_FLUSH);
    if (is_null(out.bytes)) return VNULL;
    if (result == Z_OK || result == Z_BUF_ERROR) return output_finish(t, &out);
    output_drop(t, &out);
    return zlib_error(t, &c->z, result, "while compressing data");
}

static Value m_compress(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Compressor *c = V_AS(Compressor, args[0]);
    Buffer view;
    if (!buffer_get(t, args[1], &view, BUF_SIMPLE)) return VNULL;
    object_lock(t, &c->mutex);
    Value result = compress_locked(t, c, &view);
    object_unlock(&c->mutex);
    buffer_release(t, &view);
    return result;
}

static Value flush_locked(Thread *t, Compressor *c, int mode) {
    OutputBuffer out;
    if (!output_begin(t, &out, DEF_BUF_SIZE, -1)) return VNULL;
    CodecPieces p = {0};
    int result = zlib_run(t, &c->z, deflate, &p, &out, mode);
    if (is_null(out.bytes)) return VNULL;
    const char *doing = "while flushing";
    if (result == Z_STREAM_END && mode == Z_FINISH) {
        result = deflateEnd(&c->z);
        c->is_open = result != Z_OK;
        doing = "while finishing compression";
    }
    if (result == Z_OK || result == Z_BUF_ERROR) return output_finish(t, &out);
    output_drop(t, &out);
    return zlib_error(t, &c->z, result, doing);
}

static Value m_flush(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Compressor *c = V_AS(Compressor, args[0]);
    int32_t mode = Z_FINISH;
    if (!is_null(args[1]) && !arg_c_int(t, args[1], &mode)) return VNULL;
    if (mode == Z_NO_FLUSH) return new_ref(t->interp->empty_bytes);
    object_lock(t, &c->mutex);
    Value result = flush_locked(t, c, mode);
    object_unlock(&c->mutex);
    return result;
}

static Value m_copy(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Compressor *from = V_AS(Compressor, args[0]);
    Value v = object_new(t, builtin_type(t, T_zlib_Compress));
    if (is_null(v)) return v;
    Compressor *c = V_AS(Compressor, v);
    object_lock(t, &from->mutex);
    int result = deflateCopy(&c->z, &from->z);
    object_unlock(&from->mutex);
    c->is_open = result == Z_OK;
    if (c->is_open) return object_done(t, v);
    if (result == Z_STREAM_ERROR) err_raise(t, T_ValueError, "Inconsistent stream state");
    else if (result == Z_MEM_ERROR) raise_no_room(t);
    else zlib_error(t, &from->z, result, "while copying compression object");
    decref(t, v);
    return VNULL;
}

static const MethodDef methods[] = {
    {"compress", "($self, data, /)", "Take more data; answers what is ready of its compressed form.", m_compress},
    {"flush", "($self, mode=zlib.Z_FINISH, /)", "Compress all that was taken; with Z_FINISH that is the end of the stream.", m_flush},
    {"copy", "($self, /)", "A copy with the same state.", m_copy},
    {"__copy__", "($self, /)", NULL, m_copy},
    {"__deepcopy__", "($self, memo, /)", NULL, m_copy},
    {NULL},
};

const TypeDef typedef_zlib_Compress = {
    .name = "zlib.Compress",
    .flags = TF_NO_NEW | TF_MUTABLE,
    .size = sizeof(Compressor),
    .methods = methods,
    .slots = {.destroy = compressor_destroy},
};
